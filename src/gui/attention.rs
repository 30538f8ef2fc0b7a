//! The end of a long run is told to somebody who looks elsewhere: a notification, and the window's mark in the taskbar.

use super::screens;
use crate::app::{Effect, Model};
use crate::host::Note;
use crate::perform::Performer;
use crate::text::Text;
use eframe::egui::{Context, UserAttentionType, ViewportCommand};
use std::time::Duration;

/// Nobody turns away for less.
const LONG: Duration = Duration::from_secs(20);

/// A run has ended.
pub fn call(ctx: &Context, model: &Model, text: &Text, performer: &mut Performer) {
    // Whoever has told it to stop sits here, and where nobody says who has the focus nobody is called.
    let looks_elsewhere = ctx.input(|input| input.viewport().focused == Some(false));
    if let Some(note) = note(model, text).filter(|_| looks_elsewhere) {
        ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
        performer.perform(Effect::Notify(note));
    }
}

/// What the page says of a run that has ended, if it was a long one.
pub fn note(model: &Model, text: &Text) -> Option<Note> {
    let run = model.run.as_ref()?;
    let lasted = run.ended.unwrap_or(model.now).saturating_sub(run.began);
    let head = screens::run::head(model, text);
    (lasted >= LONG).then_some(Note { title: head.title, text: head.lead })
}
