//! What the checks came to: counts, speeds beside what the card does at best, and how to check once more.

use super::super::super::icons;
use super::super::super::theme::{self, space};
use super::super::super::widgets::{self, Tone};
use super::super::verify::faults;
use super::{Standing, is_fine_on_the_processor, offers, standing};
use crate::app::{Action, Model, RunView, Saved};
use crate::report::{measured, moment};
use crate::text::Text;
use crate::verify::{Check, CheckOutcome, VerificationReport};
use eframe::egui::{Align, Label, Layout, RichText, Ui};

/// So many speeds; the others are in the report.
const MOST_SPEEDS: usize = 3;
/// Below this a speed stands under its check.
const NARROW: f32 = 480.0;

/// Draws it.
pub(super) fn show(ui: &mut Ui, model: &Model, run: &RunView, text: &Text) -> Option<Action> {
    widgets::heading(ui, text.get("done-works"));
    let again = (icons::SHIELD_CHECK, text.get("done-verify"), Action::VerifyEnvironment(run.plan.target.clone()));
    let mut buttons = vec![again];
    match standing(model, run) {
        Standing::Checked(report) => {
            faults(ui, model, report, text);
            found(ui, run, report, text);
            buttons.push((icons::SAVE, text.get("button-save-report"), Action::Save(Saved::Report)));
        }
        Standing::Skipped => {
            let again = super::is_listed_as_proven(model, run);
            widgets::label(ui, text.get(if again { "done-skipped-again" } else { "done-skipped" }));
        }
        Standing::Failed(problem) => {
            widgets::label(ui, text.with("done-failed", &[("why", problem.cause.as_str().into())]));
        }
        Standing::Elsewhere => {
            widgets::label(ui, text.get("done-elsewhere"));
        }
    }
    ui.add_space(space::XS);
    offers(ui, buttons)
}

fn found(ui: &mut Ui, run: &RunView, report: &VerificationReport, text: &Text) {
    counts(ui, report, text);
    let mut facts = Vec::new();
    if !report.taken_at.is_empty() {
        facts.push(text.with("done-at", &[("at", moment(&report.taken_at).into())]));
    }
    if let Some(driver) = &report.driver {
        facts.push(text.with("done-driver", &[("driver", driver.as_str().into())]));
    }
    if let Some(runtime) = &report.cuda_runtime {
        facts.push(text.with("done-runtime", &[("runtime", runtime.as_str().into())]));
    }
    if !facts.is_empty() {
        ui.add(Label::new(widgets::muted(ui, facts.join(" · "))).wrap());
    }
    if report.simulated {
        widgets::label(ui, text.get("done-simulated"));
        return;
    }
    if is_fine_on_the_processor(run, report) {
        widgets::label(ui, text.get("done-processor"));
    }
    speeds(ui, report, text);
}

fn counts(ui: &mut Ui, report: &VerificationReport, text: &Text) {
    let passed = report.count(CheckOutcome::Passed);
    let skipped = report.count(CheckOutcome::Skipped);
    let others = report.checks.len() - passed - skipped;
    ui.horizontal_wrapped(|ui| {
        for (tone, key, count) in [
            (Tone::Success, "done-count-passed", passed),
            (Tone::Danger, "done-count-failed", others),
            (Tone::Neutral, "done-count-skipped", skipped),
        ] {
            if count > 0 {
                widgets::pill(ui, tone, &text.with(key, &[("count", count.into())]));
            }
        }
    });
}

/// The fastest checks on a card, each beside what the catalogue expects of it; only where one was measured.
fn speeds(ui: &mut Ui, report: &VerificationReport, text: &Text) {
    let mut fast: Vec<&Check> =
        report.checks.iter().filter(|check| check.device.is_some() && check.tflops.is_some()).collect();
    fast.sort_by(|one, other| other.tflops.unwrap_or_default().total_cmp(&one.tflops.unwrap_or_default()));
    fast.truncate(MOST_SPEEDS);
    if fast.is_empty() {
        return;
    }
    let is_expected = fast.iter().any(|check| check.expected_tflops.is_some());
    let key = if is_expected { "done-speeds" } else { "done-speeds-alone" };
    ui.add_space(space::XS);
    widgets::label(ui, text.get(key));
    for check in fast {
        speed(ui, report, check, text);
    }
}

fn speed(ui: &mut Ui, report: &VerificationReport, check: &Check, text: &Text) {
    let Some(shown) = measured(check, text) else { return };
    let mut name = text.find(&format!("verify-check-{}", check.check)).unwrap_or_else(|| check.check.clone());
    if let Some(device) = check.device.filter(|_| report.devices.len() > 1) {
        name = format!("{name} {}", text.with("report-on-device", &[("index", device.to_string().into())]));
    }
    let number = Label::new(RichText::new(&shown).font(theme::mono(theme::LOG))).wrap();
    if ui.available_width() < NARROW {
        ui.add(Label::new(widgets::muted(ui, &name)).wrap());
        ui.add(number);
    } else {
        ui.horizontal(|ui| {
            ui.add(Label::new(widgets::muted(ui, &name)));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.add(number));
        });
    }
    let share = check.tflops.zip(check.expected_tflops.filter(|expected| *expected > 0.0));
    if let Some((measured, expected)) = share {
        let said = text.with("done-speed-said", &[("check", name.into()), ("speed", shown.into())]);
        widgets::progress(ui, &said, measured / expected, space::XS);
    }
    ui.add_space(space::XS);
}
