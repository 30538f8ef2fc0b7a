//! Stub.

use super::super::frame::{Footer, Head};
use crate::app::{Action, Model};
use crate::text::Text;
use eframe::egui::Ui;

/// What stands above.
pub fn head(_model: &Model, _text: &Text) -> Head {
    Head::default()
}

/// The page.
pub fn content(_ui: &mut Ui, _model: &Model, _text: &Text) -> Option<Action> {
    None
}

/// What stands below.
pub fn footer(_model: &Model, _text: &Text) -> Footer {
    Footer::default()
}
