//! "Choose a route": every way to a working PyTorch with its verdict, its price and its reasons, in one radio group.

mod card;
pub(super) mod group;
pub(super) mod judged;
mod knowledge;
pub(super) mod reasons;
pub(super) mod rests;
pub(super) mod served;
mod unfolded;
pub(super) mod words;

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::widgets::{self, FooterButton};
use super::detect;
use crate::app::{Action, Model, Scanning, steps};
use crate::assess::Verdict;
use crate::text::Text;
use eframe::egui::Ui;
use judged::Judged;

/// What stands above.
pub fn head(model: &Model, text: &Text) -> Head {
    let is_busy = !matches!(model.detection.scanning, Scanning::Done { .. });
    let mut lead = text.get("choose-lead");
    if is_busy && !model.offline {
        lead = format!("{lead} {}", text.get("choose-index-asked"));
    }
    Head { title: text.get("choose-title"), lead, is_busy, ..Head::default() }
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let judged = Judged::ours(model);
    let mut action = detect::changes(ui, model, text);
    action = action.or(knowledge::banners(ui, model, text));
    action = action.or(served::choice(ui, text, &judged));
    action = action.or(group::show(ui, text, &judged));
    if judged.routes.is_empty() {
        widgets::muted_wrapped(ui, text.get("choose-wait"));
    }
    action
}

/// What stands below.
pub fn footer(model: &Model, text: &Text) -> Footer {
    let chosen = model.chosen();
    let stop = match chosen.map(|chosen| (steps::is_usable(chosen), &chosen.verdict)) {
        Some((true, _)) => None,
        Some((false, Verdict::Blocked { unblock, .. })) if unblock.is_empty() => Some("choose-stop-for-good"),
        Some((false, Verdict::Blocked { .. })) => Some("choose-stop-blocked"),
        Some((false, _)) => Some("choose-stop-unknown"),
        None => Some("choose-stop-none"),
    };
    let sentence = text.get(stop.unwrap_or("nothing-changed"));
    let buttons = vec![
        FooterButton::secondary(icons::ARROW_LEFT, text.get("button-back"), Action::Back),
        FooterButton::primary(icons::ARROW_RIGHT, text.get("button-review"), Action::Next).when(stop.is_none()),
    ];
    Footer { sentence, buttons }
}
