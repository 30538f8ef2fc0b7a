//! Step 4: the run as it goes, its end, and its log.

mod now;

pub(super) use now::upper_first;

use super::super::frame::{Footer, Head};
use super::super::theme::{self, space};
use super::super::widgets::{self, Banner, FooterButton, Tone};
use super::super::{icons, log_view};
use crate::app::{Action, Model, RunState, RunView, StepView, VerifyState};
use crate::plan::Plan;
use crate::problem::{Problem, Remedy};
use crate::text::Text;
use eframe::egui::{self, Ui};
use std::time::Duration;

/// The log with its head is never lower than this; where there is no room, the page scrolls.
const LEAST_LOG: f32 = 196.0;

/// What stands above.
pub fn head(model: &Model, text: &Text) -> Head {
    let Some(run) = &model.run else { return Head::default() };
    let what = product(&run.plan, text);
    let named = |key: &str| text.with(key, &[("what", what.as_str().into())]);
    match &run.state {
        RunState::Running if run.paused.is_some() => Head {
            mark: Some((Tone::Warn.icon(), Tone::Warn)),
            title: text.get("run-title-paused"),
            lead: text.get("run-lead-paused"),
            is_busy: false,
        },
        RunState::Running => {
            Head { title: named("run-title-running"), lead: progress_sentence(model, run, text), ..Head::default() }
        }
        RunState::Stopping => Head {
            title: text.get("run-title-stopping"),
            lead: text.get("run-lead-stopping"),
            is_busy: true,
            ..Head::default()
        },
        RunState::Cancelled(_) => Head {
            mark: Some((icons::SQUARE, Tone::Warn)),
            title: text.get("run-title-cancelled"),
            lead: text.get("run-lead-cancelled"),
            is_busy: false,
        },
        RunState::Failed(_) => Head {
            mark: Some((Tone::Danger.icon(), Tone::Danger)),
            title: named("run-title-failed"),
            lead: failed_sentence(run, text),
            is_busy: false,
        },
        RunState::NeedsUser(_) => Head {
            mark: Some((Tone::Warn.icon(), Tone::Warn)),
            title: text.get("run-title-waits"),
            lead: waiting_sentence(run, text),
            is_busy: false,
        },
        RunState::Promoted => Head {
            mark: Some((Tone::Success.icon(), Tone::Success)),
            title: named("run-title-promoted"),
            lead: text.with("run-lead-promoted", &[("path", run.plan.target.display().to_string().into())]),
            is_busy: false,
        },
    }
}

/// What is installed: `PyTorch 2.15.0 (cu130)`.
pub(super) fn product(plan: &Plan, text: &Text) -> String {
    plan.assessment.build.as_ref().map_or_else(
        || "PyTorch".to_owned(),
        |build| {
            let (version, variant) = (build.torch.public(), build.variant.clone());
            text.with("run-product", &[("version", version.into()), ("variant", variant.into())])
        },
    )
}

/// The step that is told: the one under way, else the next one.
fn told(run: &RunView) -> Option<(usize, &crate::plan::PlanStep)> {
    run.current().or_else(|| {
        let at = run.steps.iter().position(|step| *step == StepView::Waiting)?;
        Some((at, run.plan.steps.get(at)?))
    })
}

/// What a step is doing, in a few words.
fn doing(step: &crate::plan::PlanStep, text: &Text) -> String {
    if let crate::plan::Action::Verify { device, .. } = &step.action
        && device == "cpu"
    {
        return text.get("run-doing-verify-cpu");
    }
    text.find(&format!("run-doing-{}", step.key)).unwrap_or_else(|| step.title.clone())
}

fn place_of(run: &RunView, at: usize, doing: &str, key: &str, text: &Text) -> String {
    let (number, count) = (at + 1, run.plan.steps.len());
    text.with(key, &[("number", number.into()), ("count", count.into()), ("doing", doing.into())])
}

fn progress_sentence(model: &Model, run: &RunView, text: &Text) -> String {
    let Some((at, step)) = told(run) else { return text.get("run-lead-begins") };
    let mut said = place_of(run, at, &doing(step, text), "run-lead-step", text);
    if let Some(left) = run.left(model.now) {
        said = format!("{said} {}", left_sentence(left, text));
    }
    said
}

/// Time left in round words: seconds would dance.
fn left_sentence(left: Duration, text: &Text) -> String {
    match left.as_secs() {
        0..5 => text.get("run-left-done"),
        5..50 => text.get("run-left-seconds"),
        50..90 => text.get("run-left-minute"),
        seconds => text.with("run-left-minutes", &[("minutes", seconds.div_ceil(60).into())]),
    }
}

fn failed_sentence(run: &RunView, text: &Text) -> String {
    let at = run.steps.iter().position(|step| *step == StepView::Failed);
    let step = at.or_else(|| run.steps.iter().position(|step| *step == StepView::Running));
    match step.and_then(|at| Some((at, run.plan.steps.get(at)?))) {
        Some((at, step)) => place_of(run, at, &doing(step, text), "run-lead-failed", text),
        None => text.get("run-lead-failed-early"),
    }
}

/// Which step needs the user.
fn waiting_sentence(run: &RunView, text: &Text) -> String {
    told(run).map_or_else(String::new, |(at, step)| place_of(run, at, &doing(step, text), "run-lead-step", text))
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let run = model.run.as_ref()?;
    // What is in sight, whichever part of the page is scrolled to; the frame leaves a gap below.
    let room = ui.available_height() - space::M - space::S;
    let top = ui.cursor().top();
    let mut action = match &run.state {
        RunState::Running | RunState::Stopping => now::card(ui, model, run, text),
        RunState::Failed(problem) => widgets::problem_card(ui, problem, run.evidence.as_ref(), text),
        RunState::NeedsUser(problem) => widgets::waiting_card(ui, problem, text),
        RunState::Cancelled(problem) => {
            cancelled(ui, run, problem, text);
            None
        }
        RunState::Promoted => {
            promoted(ui, model, run, text);
            None
        }
    };
    ui.add_space(space::XS);
    let used = ui.cursor().top() - top;
    let height = (room - used).max(LEAST_LOG);
    action = action.or(log_view::show(ui, model, text, height));
    action
}

/// What a stopped run has left behind.
fn cancelled(ui: &mut Ui, run: &RunView, problem: &Problem, text: &Text) {
    let title = text.get("run-cancelled-title");
    widgets::banner(ui, &Banner { tone: Tone::Warn, title: &title, text: &problem.changed }, |ui| {
        widgets::label(ui, text.get("run-cancelled-ways"));
        now::pills(ui, run, Duration::ZERO, text);
    });
}

fn promoted(ui: &mut Ui, model: &Model, run: &RunView, text: &Text) {
    let title = text.get("run-promoted-title");
    let took = run.ended.unwrap_or(model.now).saturating_sub(run.began);
    let said = text.with("run-promoted-text", &[("time", text.duration(took).into())]);
    widgets::banner(ui, &Banner { tone: Tone::Success, title: &title, text: &said }, |ui| {
        now::pills(ui, run, model.now, text);
    });
}

/// What stands below.
pub fn footer(model: &Model, text: &Text) -> Footer {
    let Some(run) = &model.run else { return Footer::default() };
    match &run.state {
        RunState::Running | RunState::Stopping => running_footer(model, run, text),
        RunState::Cancelled(_) => Footer {
            sentence: text.get("run-footer-stopped"),
            buttons: vec![
                FooterButton::secondary(icons::X, text.get("button-remove"), Action::RollBack),
                FooterButton::primary(icons::PLAY, text.get("button-resume"), Action::Resume),
            ],
        },
        RunState::Failed(problem) => {
            Footer { sentence: text.get("run-footer-stopped"), buttons: missing_ways(problem, text) }
        }
        RunState::NeedsUser(problem) => {
            Footer { sentence: text.get("run-footer-waits"), buttons: missing_ways(problem, text) }
        }
        RunState::Promoted => Footer {
            sentence: text.get("run-footer-promoted"),
            buttons: vec![FooterButton::primary(icons::ARROW_RIGHT, text.get("run-verify"), Action::Next)],
        },
    }
}

fn running_footer(model: &Model, run: &RunView, text: &Text) -> Footer {
    let is_stopping = run.state == RunState::Stopping;
    let key = if is_stopping {
        "run-footer-stopping"
    } else if run.plan.choices.replace {
        "run-footer-safe-replace"
    } else {
        "run-footer-safe"
    };
    let mut buttons =
        vec![FooterButton::secondary(icons::SQUARE, text.get("button-cancel"), Action::Cancel).when(!is_stopping)];
    if matches!(model.verify.state, VerifyState::Running) {
        buttons.push(FooterButton::primary(icons::ARROW_RIGHT, text.get("run-watch-proof"), Action::Next));
    }
    Footer { sentence: text.get(key), buttons }
}

/// The ways on that the problem's own buttons do not offer.
fn missing_ways(problem: &Problem, text: &Text) -> Vec<FooterButton> {
    let offers: Vec<_> = problem.next.iter().map(crate::app::remedy::offer).collect();
    let offered = |wanted: &Action| {
        offers.iter().any(|offer| matches!(offer, crate::app::remedy::Offer::Button { action, .. } if action == wanted))
    };
    let has_button = problem.next.iter().any(|remedy| matches!(remedy, Remedy::Command { .. }));
    let mut buttons = vec![FooterButton::secondary(
        icons::ARROW_LEFT,
        text.get("run-to-plan"),
        Action::Go(crate::app::Screen::Review),
    )];
    if !offered(&Action::RollBack) {
        buttons.push(FooterButton::secondary(icons::X, text.get("button-remove"), Action::RollBack));
    }
    if !offered(&Action::Resume) {
        let words = text.get("button-retry");
        let again = if has_button { FooterButton::secondary } else { FooterButton::primary };
        buttons.push(again(icons::REFRESH_CW, words, Action::Resume));
    }
    buttons
}

/// Fixed-width text of the size of second lines.
pub(super) fn figures(ui: &Ui, words: impl Into<String>) -> egui::RichText {
    let color = theme::palette(ui).muted;
    egui::RichText::new(words).font(theme::mono(theme::LOG)).color(color)
}
