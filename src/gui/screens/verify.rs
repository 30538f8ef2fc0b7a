//! Step 5: the proof as it happens, and what it came to. Kernels light up one after the other beside the card's figures;
//! a failure says where its cause is to be looked for, as far as the checks can tell.

mod beside;
mod cause;
mod checks;
mod figures;

pub use beside::faults;
pub use figures::bands;

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::widgets::{self, FooterButton, Tone};
use crate::app::{Action, Model, RowState, RunState, Saved, VerifyState, VerifyView, Watched};
use crate::report::headline;
use crate::text::Text;
use crate::verify::words::{card_name, check_name};
use crate::verify::{Check, CheckOutcome, DeviceVerdict, Level, Proof, VerificationReport};
use eframe::egui::{ScrollArea, Ui};

/// What stands above.
pub fn head(model: &Model, text: &Text) -> Head {
    let plain =
        |mark, title: &str, lead: String| Head { mark: Some(mark), title: text.get(title), lead, is_busy: false };
    match &model.verify.state {
        VerifyState::Idle => plain((icons::CIRCLE, Tone::Neutral), "verify-title-idle", text.get("verify-lead-idle")),
        VerifyState::Running => {
            Head { mark: None, title: running_title(model, text), lead: lead(model, text), is_busy: true }
        }
        VerifyState::Skipped => {
            plain((icons::TRIANGLE_ALERT, Tone::Warn), "verify-title-skipped", text.get("verify-lead-skipped"))
        }
        VerifyState::Failed(_) => {
            plain((icons::CIRCLE_X, Tone::Danger), "verify-title-not-run", text.get("verify-lead-not-run"))
        }
        VerifyState::Ended(report) => Head {
            mark: Some(mark(report)),
            title: headline(report, text),
            lead: found(model, report, text),
            is_busy: false,
        },
    }
}

/// How the verdict is to be taken. What was asked of the processor alone and passed is no warning, and no proof.
fn mark(report: &VerificationReport) -> (&'static str, Tone) {
    match report.verdict {
        _ if report.simulated => (icons::FLASK_CONICAL, Tone::Warn),
        Proof::Proven => (icons::SHIELD_CHECK, Tone::Success),
        Proof::NoGpu | Proof::CpuOnly if report.all_passed() => (icons::CPU, Tone::Neutral),
        Proof::Failed | Proof::NoGpu | Proof::CpuOnly => (icons::CIRCLE_X, Tone::Danger),
        Proof::Incomplete => (icons::TRIANGLE_ALERT, Tone::Warn),
    }
}

fn running_title(model: &Model, text: &Text) -> String {
    let stops = model.run.as_ref().is_some_and(|run| matches!(run.state, RunState::Stopping));
    if stops && model.verify.watched == Watched::Run {
        return text.get("verify-title-stopping");
    }
    text.get(match devices(&model.verify).len() {
        0 => "verify-title-processor",
        1 => "verify-title-running",
        _ => "verify-title-running-several",
    })
}

/// How far, and with what.
fn lead(model: &Model, text: &Text) -> String {
    let (done, all) = model.verify.counts();
    let mut lead = text.with("verify-progress", &[("done", done.into()), ("all", all.into())]);
    if let Some((what, seconds)) = &model.verify.waiting {
        let time = format!("{seconds} s");
        lead.push(' ');
        lead += &match what.as_str() {
            "import torch" => text.with("verify-waiting-import", &[("time", time.into())]),
            "devices" => text.with("verify-waiting-devices", &[("time", time.into())]),
            other => text.with("verify-waiting", &[("what", check_name(other, text).into()), ("time", time.into())]),
        };
    }
    lead
}

/// Where it was measured, how the checks ended, and how near the nearest result came to what is allowed.
fn found(model: &Model, report: &VerificationReport, text: &Text) -> String {
    let (passed, failed) = (report.count(CheckOutcome::Passed), report.count(CheckOutcome::Failed));
    let skipped = report.count(CheckOutcome::Skipped);
    let unfinished = report.checks.len() - passed - failed - skipped;
    let mut parts = vec![where_measured(model, report, text)];
    let counts = [("passed", passed.into()), ("failed", failed.into()), ("skipped", skipped.into())];
    parts.push(if unfinished == 0 {
        text.with("verify-counts", &counts)
    } else {
        let [a, b, c] = counts;
        text.with("verify-counts-unfinished", &[a, b, c, ("unfinished", unfinished.into())])
    });
    if let Some((error, allowed)) = nearest_to_limit(report) {
        let numbers = [("error", text.scientific(error).into()), ("allowed", text.scientific(allowed).into())];
        parts.push(text.with("verify-largest-error", &numbers));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

fn where_measured(model: &Model, report: &VerificationReport, text: &Text) -> String {
    if report.torch.is_none() {
        return String::new();
    }
    if report.devices.is_empty() {
        let hardware = model.facts().and_then(|facts| facts.hardware.found());
        return match hardware.filter(|_| !has_cards(&model.verify)) {
            Some(hardware) => text.with("verify-measured-processor", &[("name", hardware.cpu.as_str().into())]),
            None => String::new(),
        };
    }
    let names: Vec<String> = report.devices.iter().map(|device| device_said(device, text)).collect();
    text.with("verify-measured", &[("devices", names.join("; ").into())])
}

fn device_said(device: &DeviceVerdict, text: &Text) -> String {
    let name = card_name(device.index, Some(&device.name), text);
    device.capability.map_or_else(|| name.clone(), |capability| format!("{name}, {}", capability.sm()))
}

/// Error and tolerance of the result that uses up most of what it is allowed.
fn nearest_to_limit(report: &VerificationReport) -> Option<(f64, f64)> {
    let numbers = report.checks.iter().filter_map(|check| check.max_error.zip(check.tolerance));
    let share = |(error, allowed): &(f64, f64)| error / allowed;
    numbers.filter(|(_, allowed)| *allowed > 0.0).max_by(|one, other| share(one).total_cmp(&share(other)))
}

/// The cards that the checks run on.
fn devices(view: &VerifyView) -> Vec<u32> {
    let mut devices: Vec<u32> = view.rows.iter().filter_map(|row| row.device).collect();
    devices.sort_unstable();
    devices.dedup();
    devices
}

fn has_cards(view: &VerifyView) -> bool {
    view.rows.iter().any(|row| row.device.is_some())
}

/// The name of a card.
fn device_name(model: &Model, index: u32, text: &Text) -> String {
    let of_report = model.verify.report().and_then(|report| report.devices.iter().find(|device| device.index == index));
    let known = || model.facts()?.gpus.found()?.iter().find(|gpu| gpu.index == index).map(|gpu| gpu.name.clone());
    let name = of_report.map(|device| device.name.clone()).or_else(known);
    card_name(index, name.as_deref(), text)
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let view = &model.verify;
    let room = ui.available_height();
    if matches!(view.state, VerifyState::Running) && room.is_finite() {
        return running(ui, model, text, room);
    }
    let mut action = None;
    if let Some(problem) = problem(model) {
        action = widgets::problem_card(ui, problem, None, text);
        widgets::page_gap(ui);
    }
    if let Some(report) = view.report() {
        cause::show(ui, model, report, text);
        beside::warnings(ui, model, report, text);
        beside::under_load(ui, model, report, text);
    }
    if view.rows.is_empty() {
        return action;
    }
    action = action.or(figures::show(ui, model, text));
    checks::show(ui, model, text, false);
    action
}

/// The height that the figures take, and the least that is worth to be left for the checks.
const FIGURES: f32 = 240.0;
const LEAST_CHECKS: f32 = 180.0;

/// While it runs, the figures stay in sight and the checks scroll below them, if there is room for both.
fn running(ui: &mut Ui, model: &Model, text: &Text, room: f32) -> Option<Action> {
    let figures = if has_cards(&model.verify) { FIGURES } else { 70.0 };
    let in_a_row = figures::columns(ui) == 4 || !has_cards(&model.verify);
    let mut action = None;
    if in_a_row && room >= figures + LEAST_CHECKS {
        action = figures::show(ui, model, text);
        checks::show(ui, model, text, true);
    } else {
        ScrollArea::vertical().id_salt("verify").auto_shrink(false).show(ui, |ui| {
            action = figures::show(ui, model, text);
            checks::show(ui, model, text, false);
        });
    }
    action
}

/// What stopped the proof, or the run at its proof.
fn problem(model: &Model) -> Option<&crate::problem::Problem> {
    if let VerifyState::Failed(problem) = &model.verify.state {
        return Some(problem);
    }
    let run = model.run.as_ref().filter(|_| model.verify.watched == Watched::Run)?;
    if let RunState::Failed(problem) = &run.state { Some(problem) } else { None }
}

/// What stands below.
pub fn footer(model: &Model, text: &Text) -> Footer {
    let view = &model.verify;
    let in_run = model.is_running();
    let sentence = match &view.state {
        VerifyState::Running if in_run => text.get("verify-safe-to-cancel"),
        VerifyState::Running => text.get("verify-changes-nothing"),
        VerifyState::Ended(report) => time_taken(view, report, text),
        VerifyState::Idle | VerifyState::Skipped | VerifyState::Failed(_) => text.get("verify-again-any-time"),
    };
    Footer { sentence, buttons: buttons(model, in_run, text) }
}

fn buttons(model: &Model, in_run: bool, text: &Text) -> Vec<FooterButton> {
    let view = &model.verify;
    let mut buttons = Vec::new();
    let is_promoted = model.run.as_ref().is_some_and(crate::app::RunView::is_promoted);
    let is_beside = matches!(view.watched, Watched::Environment(_));
    if in_run {
        let stops = model.run.as_ref().is_some_and(|run| matches!(run.state, RunState::Stopping));
        let cancel = FooterButton::secondary(icons::SQUARE, text.get("button-cancel"), Action::Cancel);
        return vec![cancel.when(!stops)];
    }
    if matches!(view.state, VerifyState::Running) {
        buttons.push(FooterButton::quiet(icons::X, text.get("button-skip"), Action::SkipVerify));
    }
    if matches!(view.state, VerifyState::Ended(_)) {
        buttons.push(FooterButton::secondary(icons::SAVE, text.get("button-save-report"), Action::Save(Saved::Report)));
    }
    let has_ended = matches!(view.state, VerifyState::Ended(_) | VerifyState::Skipped | VerifyState::Failed(_));
    if has_ended && (is_promoted || is_beside) {
        for (key, level) in [("button-verify-soak", Level::Soak), ("button-verify-full", Level::Full)] {
            buttons.push(FooterButton::quiet(icons::SHIELD_CHECK, text.get(key), Action::VerifyAgain(level)));
        }
        let again = Action::VerifyAgain(Level::Quick);
        buttons.push(FooterButton::secondary(icons::REFRESH_CW, text.get("button-verify-again"), again));
    }
    if is_beside && has_ended {
        buttons.push(FooterButton::primary(icons::CHECK, text.get("button-close"), Action::Next));
    } else if is_promoted {
        let finish = FooterButton::primary(icons::ARROW_RIGHT, text.get("button-finish"), Action::Next);
        buttons.push(finish.when(has_ended));
    } else {
        buttons.insert(0, FooterButton::secondary(icons::ARROW_LEFT, text.get("button-back"), Action::Back));
    }
    buttons
}

fn time_taken(view: &VerifyView, report: &VerificationReport, text: &Text) -> String {
    let took = view.ended.map(|ended| ended.saturating_sub(view.began)).filter(|took| !took.is_zero());
    match took {
        Some(took) => {
            text.with("verify-took", &[("checks", report.checks.len().into()), ("time", text.duration(took).into())])
        }
        None => text.get("verify-again-any-time"),
    }
}

/// How a row stands, as it is shown: rows run in their order, so the first that has not ended is the one that runs,
/// even before the check program says so.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Standing<'a> {
    /// To come.
    Waiting,
    /// It runs.
    Running,
    /// It ended.
    Ended(&'a Check),
    /// Left out by the user.
    LeftOut,
}

/// How each row stands.
fn standings(view: &VerifyView) -> Vec<Standing<'_>> {
    let running = view
        .rows
        .iter()
        .position(|row| matches!(row.state, RowState::Running))
        .or_else(|| view.rows.iter().position(|row| matches!(row.state, RowState::Waiting)));
    view.rows
        .iter()
        .enumerate()
        .map(|(at, row)| match (&row.state, &view.state) {
            (RowState::Ended(check), _) => Standing::Ended(check),
            (RowState::Waiting | RowState::Running, VerifyState::Skipped | VerifyState::Failed(_)) => Standing::LeftOut,
            (RowState::Waiting | RowState::Running, VerifyState::Running) if Some(at) == running => Standing::Running,
            (
                RowState::Waiting | RowState::Running,
                VerifyState::Idle | VerifyState::Running | VerifyState::Ended(_),
            ) => Standing::Waiting,
        })
        .collect()
}
