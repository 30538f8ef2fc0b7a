//! The pages: each has a head, a content and a footer, made from the model alone.

mod choose;
mod detect;
mod diagnose;
mod done;
mod driver;
mod help;
mod home;
mod monitor;
mod other;
mod review;
pub(in crate::gui) mod run;
mod settings;
mod support;
mod verify;

use super::frame::{Footer, Head};
use crate::app::{Action, Model, Saved, Screen, rendered};
use crate::problem::Problem;
use crate::text::Text;
use eframe::egui::Ui;
use std::path::Path;

/// The head of the page.
pub fn head(model: &Model, text: &Text) -> Head {
    match model.screen {
        Screen::Home => home::head(model, text),
        Screen::Detect => detect::head(model, text),
        Screen::Choose => choose::head(model, text),
        Screen::Review => review::head(model, text),
        Screen::Run => run::head(model, text),
        Screen::Verify => verify::head(model, text),
        Screen::Done => done::head(model, text),
        Screen::Monitor => monitor::head(model, text),
        Screen::Settings => settings::head(model, text),
        Screen::Help => help::head(model, text),
        Screen::Other => other::head(model, text),
        Screen::Diagnose => diagnose::head(model, text),
        Screen::Support => support::head(model, text),
        Screen::Driver => driver::head(model, text),
    }
}

/// The content of the page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    match model.screen {
        Screen::Home => home::content(ui, model, text),
        Screen::Detect => detect::content(ui, model, text),
        Screen::Choose => choose::content(ui, model, text),
        Screen::Review => review::content(ui, model, text),
        Screen::Run => run::content(ui, model, text),
        Screen::Verify => verify::content(ui, model, text),
        Screen::Done => done::content(ui, model, text),
        Screen::Monitor => monitor::content(ui, model, text),
        Screen::Settings => settings::content(ui, model, text),
        Screen::Help => help::content(ui, model, text),
        Screen::Other => other::content(ui, model, text),
        Screen::Diagnose => diagnose::content(ui, model, text),
        Screen::Support => support::content(ui, model, text),
        Screen::Driver => driver::content(ui, model, text),
    }
}

/// The footer of the page.
pub fn footer(model: &Model, text: &Text) -> Footer {
    match model.screen {
        Screen::Home => home::footer(model, text),
        Screen::Detect => detect::footer(model, text),
        Screen::Choose => choose::footer(model, text),
        Screen::Review => review::footer(model, text),
        Screen::Run => run::footer(model, text),
        Screen::Verify => verify::footer(model, text),
        Screen::Done => done::footer(model, text),
        Screen::Monitor => monitor::footer(model, text),
        Screen::Settings => settings::footer(model, text),
        Screen::Help => help::footer(model, text),
        Screen::Other => other::footer(model, text),
        Screen::Diagnose => diagnose::footer(model, text),
        Screen::Support => support::footer(model, text),
        Screen::Driver => driver::footer(model, text),
    }
}

/// Whether the content takes the height that is left: the log does, and scrolls by itself.
pub const fn fills(model: &Model) -> bool {
    matches!(model.screen, Screen::Run | Screen::Support)
        || (matches!(model.screen, Screen::Verify) && matches!(model.verify.state, crate::app::VerifyState::Running))
}

/// A text that goes to a file.
pub fn rendered(model: &Model, what: Saved, path: &Path, text: &Text) -> Result<Vec<u8>, Problem> {
    rendered::rendered(model, what, path, text)
}
