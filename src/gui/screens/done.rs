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

/// A text that goes to a file.
pub fn rendered(
    _model: &Model,
    _what: crate::app::Saved,
    _path: &std::path::Path,
    _text: &Text,
) -> Result<String, crate::problem::Problem> {
    Ok(String::new())
}
