//! A run: begun, stopped, gone on with, undone, and what it tells meanwhile.

use super::super::verify::{VerifyState, VerifyView, Watched};
use super::super::{Effect, LogView, Model, NoLines, RunState, RunView, Screen, review};
use super::proof::look_at;
use crate::facts::MachineFacts;
use crate::run::{EventKind, Outcome, RunEvent};
use crate::verify::{Circumstances, Level};

/// What a verdict rests on beside the checks.
pub(super) fn circumstances(facts: Option<&MachineFacts>) -> Circumstances {
    facts.map(crate::prepare::circumstances).unwrap_or_default()
}

pub(super) fn install(model: &mut Model) -> Vec<Effect> {
    if model.is_running() || model.run.as_ref().is_some_and(RunView::is_promoted) {
        return Vec::new();
    }
    let Some(plan) = model.review.installable().cloned() else { return Vec::new() };
    let mut effects = begin_run(model, plan.clone(), false);
    let circumstances = Box::new(circumstances(model.facts()));
    effects.push(Effect::Run { plan: Box::new(plan), circumstances });
    effects
}

pub(super) fn begin_run(model: &mut Model, plan: crate::plan::Plan, is_resumed: bool) -> Vec<Effect> {
    // A proof of another environment would compete for the card, and has no page any more.
    let proves = matches!(model.verify.state, VerifyState::Running);
    model.run = Some(RunView::new(plan, model.now, is_resumed));
    model.verify = VerifyView::default();
    model.lines = std::sync::Arc::new(NoLines);
    model.log = LogView::default();
    model.home.unfinished = None;
    model.screen = Screen::Run;
    if proves { vec![Effect::StopVerify] } else { Vec::new() }
}

pub(super) fn cancel(model: &mut Model) -> Vec<Effect> {
    let Some(run) = model.run.as_mut().filter(|run| run.is_under_way()) else {
        return if model.closing { vec![Effect::Close] } else { Vec::new() };
    };
    run.state = RunState::Stopping;
    vec![Effect::Cancel]
}

pub(super) fn resume(model: &mut Model) -> Vec<Effect> {
    if model.is_running() {
        return Vec::new();
    }
    let facts = model.detection.has_machine().then(|| Box::new(circumstances(model.facts())));
    // The run of this session that was stopped, else the one an earlier session left.
    let stopped = model.run.as_ref().filter(|run| !run.is_promoted()).map(|run| (*run.plan).clone());
    let saved = match (stopped, model.home.unfinished.take()) {
        (Some(plan), _) => Box::new(crate::run::journal::SavedRun {
            folder: plan.places.run.clone(),
            plan,
            history: crate::run::journal::History::default(),
        }),
        (None, Some(saved)) => saved,
        (None, None) => return Vec::new(),
    };
    let mut effects = begin_run(model, saved.plan.clone(), true);
    effects.push(Effect::Resume { saved, circumstances: facts });
    effects
}

pub(super) fn roll_back(model: &mut Model) -> Vec<Effect> {
    let stopped = model.run.as_ref().filter(|run| !run.is_under_way() && !run.is_promoted());
    let folder = stopped
        .map(|run| run.plan.places.run.clone())
        .or_else(|| model.home.unfinished.take().map(|saved| saved.folder))
        .or_else(|| model.home.damaged.take());
    let Some(folder) = folder else { return Vec::new() };
    model.home.trouble = None;
    model.home.busy = Some(model.now);
    model.run = None;
    model.verify = VerifyView::default();
    review::withdraw(model);
    model.screen = if model.home.is_empty() { Screen::Detect } else { Screen::Home };
    vec![Effect::RollBack(folder)]
}

/// Numbers of the cards that a plan's run proves.
pub(super) fn cards_of(model: &Model, plan: &crate::plan::Plan) -> Vec<u32> {
    let gpus = model.facts().and_then(|facts| facts.gpus.found()).map(Vec::as_slice).unwrap_or_default();
    let number = |card: &String| {
        gpus.iter().find(|gpu| gpu.uuid.as_ref() == Some(card)).map(|gpu| gpu.index).or_else(|| card.parse().ok())
    };
    plan.choices.cards.iter().filter_map(number).collect()
}

pub(super) fn run_event(model: &mut Model, event: &RunEvent) -> Vec<Effect> {
    let now = model.now;
    let Some(run) = &mut model.run else { return Vec::new() };
    run.take(event, now);
    let plan = std::sync::Arc::clone(&run.plan);
    match &event.kind {
        EventKind::Started { .. } if event.step.as_deref() == Some("verify") => {
            let cards = cards_of(model, &plan);
            model.verify = VerifyView::begin(Watched::Run, Level::Quick, &cards, now);
            model.monitor.trouble = None;
            if model.screen == Screen::Run {
                model.screen = Screen::Verify;
            }
            Vec::new()
        }
        EventKind::Checking { check, device } => {
            model.verify.waiting = None;
            model.verify.started(check, *device, now);
            look_at(model, *device);
            Vec::new()
        }
        EventKind::Check { check } => {
            model.verify.waiting = None;
            model.verify.ended(check.clone(), now);
            Vec::new()
        }
        EventKind::Quiet { seconds, doing, .. } if event.step.as_deref() == Some("verify") => {
            model.verify.waiting = Some((doing.clone(), *seconds));
            Vec::new()
        }
        EventKind::Verified { report } => {
            model.verify.end((**report).clone(), now);
            Vec::new()
        }
        EventKind::Started { .. }
        | EventKind::Quiet { .. }
        | EventKind::Child { .. }
        | EventKind::Progress { .. }
        | EventKind::Log { .. }
        | EventKind::Paused { .. }
        | EventKind::Unpaused
        | EventKind::Hashed { .. }
        | EventKind::Finished
        | EventKind::Diagnosed { .. }
        | EventKind::Failed { .. }
        | EventKind::NeedsUser { .. }
        | EventKind::Cancelled
        | EventKind::Resumed
        | EventKind::Undone { .. }
        | EventKind::Ended { .. } => Vec::new(),
    }
}

pub(super) fn run_ended(model: &mut Model, outcome: &Outcome) -> Vec<Effect> {
    let now = model.now;
    let lines = std::sync::Arc::clone(&model.lines);
    let Some(run) = &mut model.run else { return Vec::new() };
    run.end(outcome, now);
    match outcome {
        Outcome::Promoted { report } => {
            if let (None, Some(report)) = (model.verify.report(), report) {
                // A run that was cut after its proof tells it only now.
                model.verify = VerifyView::begin(Watched::Run, Level::Quick, &[], now);
                model.verify.end((**report).clone(), now);
            }
            if model.screen == Screen::Run && model.verify.report().is_some() {
                model.screen = Screen::Verify;
            }
        }
        Outcome::Failed { problem, .. } => {
            let proof = run.diagnosis.as_ref().and_then(|diagnosis| diagnosis.evidence.first());
            let found = proof.and_then(|line| Some((lines.find(&line.text, 0)?, line.text.clone())));
            run.evidence = found.or_else(|| evidence(problem, &*lines));
            if model.verify.state == VerifyState::Running {
                model.verify.state = VerifyState::Failed(problem.clone());
            }
            // The proof's own page tells of a failed proof.
            if matches!(model.verify.state, VerifyState::Idle | VerifyState::Failed(_)) {
                model.screen = Screen::Run;
            }
        }
        Outcome::NeedsUser { .. } | Outcome::Cancelled { .. } => {
            model.verify = VerifyView::default();
            model.screen = Screen::Run;
        }
    }
    let mut effects = vec![Effect::LoadHome];
    if model.closing {
        effects.push(Effect::Close);
    }
    effects
}

/// The tool's own word that shows a failure, and where it stands in the log.
pub(super) fn evidence(problem: &crate::problem::Problem, lines: &dyn crate::app::Lines) -> Option<(usize, String)> {
    let words = problem.details.lines().map(str::trim).filter(|line| !line.is_empty());
    let told: Vec<&str> = words.collect();
    let is_trouble = |line: &&&str| crate::app::log::tone(line) == crate::app::log::Tone::Trouble;
    let said = told.iter().rfind(is_trouble).or(told.last())?;
    let at = lines.find(said, 0)?;
    Some((at, (*said).to_owned()))
}
