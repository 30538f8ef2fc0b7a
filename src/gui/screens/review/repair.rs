//! The same page for the plan that mends a known environment: its folder, Python and engine stand fixed, and what is wrong
//! stands above everything.

use super::super::super::frame::Head;
use super::super::super::widgets::{self, Tone};
use super::details::reason_line;
use crate::app::{Action, Becomes, Load, Model};
use crate::plan::Plan;
use crate::text::Text;
use eframe::egui::Ui;
use std::path::Path;

/// What the environment is called.
fn name(model: &Model, environment: &Path) -> String {
    let shown = || environment.display().to_string();
    model.home.card(environment).map_or_else(shown, crate::app::Card::name)
}

/// The word of its sentences.
pub const fn word(becomes: &Becomes) -> &'static str {
    match becomes {
        Becomes::Mended => "repair",
        Becomes::Snapshot(_) => "back",
        Becomes::WithKit(_) => "kit",
    }
}

/// What stands above.
pub fn head(model: &Model, environment: &Path, text: &Text) -> Head {
    let word = word(&model.review.becomes);
    let of = |key: &str| {
        let kit = if let Becomes::WithKit(kit) = &model.review.becomes { kit.as_str() } else { "" };
        let values = [("name", name(model, environment).into()), ("kit", kit.into())];
        text.with(&key.replace("repair", word), &values)
    };
    let lead = format!("review-lead-{word}");
    match &model.review.plan {
        Load::Idle | Load::Busy { .. } => Head {
            title: of("review-title-repair-busy"),
            lead: text.get("review-lead-busy"),
            is_busy: model.review.plan.is_busy(),
            ..Head::default()
        },
        Load::Failed(_) => Head {
            mark: Some((Tone::Danger.icon(), Tone::Danger)),
            title: of("review-title-repair-failed"),
            lead: text.get("nothing-changed"),
            is_busy: false,
        },
        Load::Ready(_) => {
            Head { title: of("review-title-repair"), lead: text.find(&lead).unwrap_or_default(), ..Head::default() }
        }
    }
}

/// What is wrong, and how it is mended.
pub fn troubles(ui: &mut Ui, plan: &Plan, becomes: &Becomes, text: &Text) -> Option<Action> {
    let mut action = None;
    let (tone, title) = match becomes {
        Becomes::Mended => (Tone::Warn, "review-troubles"),
        Becomes::Snapshot(_) => (Tone::Neutral, "review-way-back"),
        Becomes::WithKit(_) => (Tone::Neutral, "review-way-kit"),
    };
    widgets::card_in(ui, tone, |ui| {
        widgets::label(ui, text.find(title).unwrap_or_default());
        for reason in plan.assessment.verdict.reasons() {
            action = action.take().or(reason_line(ui, reason, text));
        }
    });
    action
}
