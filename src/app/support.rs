//! The report for support: made when its page is opened, looked at there, saved where the person wants it.

use super::{Effect, Load, Model};
use crate::doctor::Bundle;

/// What was done on its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupportAction {
    /// Look at everything again.
    Again,
    /// Show this file of the report.
    Show(usize),
}

/// The page.
#[derive(Clone, Debug)]
pub struct SupportView {
    /// Which question; an answer to an older one is not taken.
    pub ticket: u32,
    /// The report, redacted.
    pub bundle: Load<Bundle>,
    /// Which of its files is shown.
    pub file: usize,
}

impl Default for SupportView {
    fn default() -> Self {
        Self { ticket: 0, bundle: Load::Idle, file: 0 }
    }
}

/// Gathers it.
pub(super) fn make(model: &mut Model) -> Vec<Effect> {
    let view = &mut model.support;
    view.ticket += 1;
    view.bundle = Load::Busy { since: model.now, doing: String::new() };
    let ticket = view.ticket;
    vec![Effect::Gather { ticket, scan: model.scan().map(Box::new), private: Box::new(model.private.clone()) }]
}

/// Does it.
pub(super) fn act(model: &mut Model, action: SupportAction) -> Vec<Effect> {
    match action {
        SupportAction::Again => make(model),
        SupportAction::Show(file) => {
            model.support.file = file;
            Vec::new()
        }
    }
}

/// It is here.
pub(super) fn gathered(model: &mut Model, ticket: u32, bundle: Bundle) {
    if ticket == model.support.ticket {
        model.support.file = model.support.file.min(bundle.files.len().saturating_sub(1));
        model.support.bundle = Load::Ready(bundle);
    }
}

#[cfg(test)]
mod tests;
