//! Another PC, judged from a text that somebody sent.

use super::super::frame::{Footer, Head};
use crate::app::{Action, Model};
use crate::text::Text;
use eframe::egui::Ui;

/// What stands above.
pub fn head(_model: &Model, text: &Text) -> Head {
    Head { title: text.get("help-title"), ..Head::default() }
}

/// The page.
pub const fn content(_ui: &mut Ui, _model: &Model, _text: &Text) -> Option<Action> {
    None
}

/// What stands below.
pub fn footer(_model: &Model, _text: &Text) -> Footer {
    Footer::default()
}
