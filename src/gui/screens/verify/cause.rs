//! Software or card? What the failure points to, and why.

use super::super::super::widgets::{self, Banner, Tone};
use crate::app::Model;
use crate::text::Text;
use crate::verify::{Suspect, VerificationReport, words};
use eframe::egui::Ui;

/// Says where the cause is to be looked for; nothing if nothing failed.
pub fn show(ui: &mut Ui, model: &Model, report: &VerificationReport, text: &Text) {
    let Some(found) = words::pointer(report, model.catalog, text) else { return };
    let tone = if found.suspect == Suspect::NotKnown { Tone::Neutral } else { Tone::Warn };
    widgets::banner(ui, &Banner { tone, title: &found.title, text: &found.why }, |ui| {
        if let Some(detail) = &found.detail {
            widgets::command_box(ui, detail);
        }
    });
    widgets::page_gap(ui);
}
