//! The cause in a log: a text to paste, a file to choose or to drop, then what the log shows, and what helps.

mod answer;
mod input;

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::theme::space;
use super::super::widgets::{self, FooterButton, Tone};
use crate::app::{Action, DiagnoseAction, Load, Log, Model};
use crate::diagnose::{Answer, Sureness};
use crate::text::Text;
use eframe::egui::Ui;
use std::time::Duration;

/// What is found sooner is not said to be looked for: the words would only flicker.
const SOON: Duration = Duration::from_secs(1);

/// What stands above.
pub fn head(model: &Model, text: &Text) -> Head {
    let of = |tone: Tone| Some((tone.icon(), tone));
    match &model.diagnose.answer {
        Load::Busy { since, .. } if model.now.saturating_sub(*since) >= SOON => Head {
            mark: None,
            title: text.get("diagnose-title-busy"),
            lead: lead(model, "diagnose-lead-busy", text),
            is_busy: true,
        },
        Load::Idle | Load::Busy { .. } => {
            Head { title: text.get("diagnose-title"), lead: text.get("diagnose-lead"), ..Head::default() }
        }
        Load::Failed(_) => Head {
            mark: of(Tone::Danger),
            title: text.get("diagnose-title-unread"),
            lead: lead(model, "diagnose-lead", text),
            is_busy: false,
        },
        Load::Ready(found) => {
            let sureness = Sureness::of(found.diagnosis.confidence);
            let (tone, title) = match (&found.diagnosis.answer, sureness) {
                (Answer::Known { .. }, Sureness::Sure) => (Tone::Danger, "diagnose-title-sure"),
                (Answer::Known { .. }, Sureness::Likely) => (Tone::Danger, "diagnose-title-likely"),
                (Answer::Known { .. }, Sureness::Possible) => (Tone::Warn, "diagnose-title-possible"),
                (Answer::Unknown, _) => (Tone::Warn, "diagnose-title-unknown"),
                (Answer::Fine, Sureness::Sure | Sureness::Likely) => (Tone::Success, "diagnose-title-fine"),
                // Neither trouble nor a good end was seen, which proves little.
                (Answer::Fine, Sureness::Possible) => (Tone::Neutral, "diagnose-title-fine"),
            };
            let lead = lead(model, "diagnose-lead-answer", text);
            Head { mark: of(tone), title: text.get(title), lead, is_busy: false }
        }
    }
}

/// A sentence with the log's name.
fn lead(model: &Model, key: &str, text: &Text) -> String {
    match &model.diagnose.held {
        Some(Log::File(path)) => text.with(&format!("{key}-file"), &[("path", path.display().to_string().into())]),
        Some(Log::Pasted(_)) | None => text.get(&format!("{key}-text")),
    }
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    ui.spacing_mut().item_spacing.y = space::S;
    let mut action = input::show(ui, model, text);
    match &model.diagnose.answer {
        Load::Idle => {}
        Load::Busy { since, .. } => {
            if model.now.saturating_sub(*since) >= SOON {
                input::amount(ui, model.diagnose.amount, text);
            }
        }
        Load::Failed(problem) => action = action.or(widgets::problem_card(ui, problem, None, text)),
        Load::Ready(found) => action = action.or(answer::show(ui, model, found, text)),
    }
    input::hovered(ui, text);
    action
}

/// What stands below.
pub fn footer(model: &Model, text: &Text) -> Footer {
    let view = &model.diagnose;
    let back = |make: fn(&'static str, String, Action) -> FooterButton| {
        make(icons::ARROW_LEFT, text.get("button-back"), Action::Back)
    };
    let find = |icon, key: &str| FooterButton::primary(icon, text.get(key), Action::Diagnose(DiagnoseAction::Find));
    let (sentence, buttons) = match (&view.answer, view.file()) {
        // A file may have grown since.
        (Load::Ready(_) | Load::Failed(_), Some(_)) => {
            let again = find(icons::REFRESH_CW, "diagnose-again");
            ("nothing-changed", vec![back(FooterButton::secondary), again])
        }
        (Load::Ready(_), None) => ("nothing-changed", vec![back(FooterButton::primary)]),
        (Load::Idle | Load::Busy { .. } | Load::Failed(_), _) => {
            let can = !view.is_empty() && !view.answer.is_busy();
            let find = find(icons::SEARCH, "diagnose-find").when(can);
            ("diagnose-footer", vec![back(FooterButton::secondary), find])
        }
    };
    Footer { sentence: text.find(sentence).unwrap_or_default(), buttons }
}
