//! What must not be overlooked beside the verdict: faults that the driver reported, what was slow and why, and how the
//! cards fared under load.

use super::super::super::icons;
use super::super::super::theme::{self, palette, space};
use super::super::super::widgets::{self, Banner, Tone};
use crate::app::Model;
use crate::text::Text;
use crate::verify::{VerificationReport, words};
use eframe::egui::Ui;

/// Faults and what was slow; nothing if there is nothing to say.
pub fn warnings(ui: &mut Ui, model: &Model, report: &VerificationReport, text: &Text) {
    faults(ui, model, report, text);
    let slow = words::slow(report, model.catalog, text);
    if !slow.is_empty() {
        widgets::banner(ui, &Banner { tone: Tone::Warn, title: &text.get("slow-title"), text: "" }, |ui| {
            for held in &slow {
                ui.add_space(space::XS);
                widgets::label(ui, &held.checks);
                for cause in &held.causes {
                    ui.horizontal_top(|ui| {
                        ui.spacing_mut().item_spacing.x = space::S;
                        widgets::icon(ui, icons::ARROW_RIGHT, theme::ICON, palette(ui).muted);
                        widgets::label(ui, cause);
                    });
                }
            }
        });
        widgets::page_gap(ui);
    }
}

/// Faults of the driver in a banner; nothing if it reported none.
pub fn faults(ui: &mut Ui, model: &Model, report: &VerificationReport, text: &Text) {
    let faults = words::faults(report, model.catalog, text);
    if faults.is_empty() {
        return;
    }
    let (title, stand) = (text.get("faults-title"), text.get("faults-stand"));
    widgets::banner(ui, &Banner { tone: Tone::Warn, title: &title, text: &stand }, |ui| {
        for fault in faults {
            ui.add_space(space::XS);
            widgets::label(ui, fault);
        }
    });
    widgets::page_gap(ui);
}

/// The figures of each card under the load of a soak.
pub fn under_load(ui: &mut Ui, model: &Model, report: &VerificationReport, text: &Text) {
    for device in &report.devices {
        let said = words::under_load(report, device, model.catalog, text);
        if said.is_empty() {
            continue;
        }
        widgets::card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            widgets::name(ui, format!("{}: {}", text.get("load-title"), super::device_name(model, device.index, text)));
            for sentence in said {
                widgets::label(ui, sentence);
            }
        });
        widgets::page_gap(ui);
    }
}
