//! The proof of an environment that stands, beside a run.

use super::super::verify::{VerifyState, VerifyView, Watched};
use super::super::{Effect, Model, Screen};
use super::runs::{circumstances, resume};
use crate::assess::Route;
use crate::verify::{DeviceChoice, Level};
use std::path::PathBuf;

pub(super) fn verify_again(model: &mut Model, level: Level) -> Vec<Effect> {
    match model.verify.watched.clone() {
        Watched::Environment(path) => verify(model, path, level),
        Watched::Run => match &model.run {
            Some(run) if run.is_promoted() => {
                let path = run.plan.target.clone();
                verify(model, path, level)
            }
            // What was not proven waits in staging: the run goes on with its proof.
            Some(_) => resume(model),
            None => Vec::new(),
        },
    }
}

/// Runs the checks of an environment that stands.
pub(super) fn verify(model: &mut Model, path: PathBuf, level: Level) -> Vec<Effect> {
    if model.is_running() || matches!(model.verify.state, VerifyState::Running) {
        return Vec::new();
    }
    let of_run = model.run.as_ref().is_some_and(|run| run.plan.target == path);
    let is_cpu = match &model.run {
        Some(run) if of_run => run.plan.assessment.route == Route::Cpu,
        Some(_) | None => model.home.card(&path).is_some_and(|card| card.kept.known.variant.as_deref() == Some("cpu")),
    };
    let gpus = model.facts().and_then(|facts| facts.gpus.found()).map(Vec::as_slice).unwrap_or_default();
    let cards: Vec<u32> = if is_cpu { Vec::new() } else { gpus.iter().map(|gpu| gpu.index).collect() };
    let mut circumstances = circumstances(model.facts());
    if is_cpu {
        circumstances.choice = DeviceChoice::Cpu;
    }
    let watched = if of_run { Watched::Run } else { Watched::Environment(path.clone()) };
    model.verify = VerifyView::begin(watched, level, &cards, model.now);
    if model.screen.step().is_some() || model.screen == Screen::Home {
        model.before = model.screen;
    }
    model.monitor.trouble = None;
    model.screen = Screen::Verify;
    vec![Effect::Verify { environment: path, level, circumstances: Box::new(circumstances) }]
}

/// Something happened in a verification beside a run; one that was skipped or given up has nothing to say.
pub(super) fn verifying(model: &mut Model, progress: crate::verify::Progress) {
    if !matches!(model.verify.state, VerifyState::Running) || model.is_running() {
        return;
    }
    let device = if let crate::verify::Progress::Started { device, .. } = &progress { *device } else { None };
    model.verify.take(progress, model.now);
    look_at(model, device);
}

/// The plots beside the proof show the card that computes.
pub(super) fn look_at(model: &mut Model, device: Option<u32>) {
    if let Some(card) = device.filter(|_| model.screen == Screen::Verify) {
        model.monitor.card = card;
    }
}

/// Within an install the proof is not left out: what is not proven is not put in place.
pub(super) fn skip_verify(model: &mut Model) -> Vec<Effect> {
    if model.is_running() || !matches!(model.verify.state, VerifyState::Running) {
        return Vec::new();
    }
    model.verify.state = VerifyState::Skipped;
    model.verify.ended = Some(model.now);
    model.verify.waiting = None;
    vec![Effect::StopVerify]
}

pub(super) fn verified(
    model: &mut Model,
    result: Result<Option<crate::verify::VerificationReport>, crate::problem::Problem>,
) -> Vec<Effect> {
    // A run that was begun meanwhile has the page for its own proof.
    if !model.is_running() && matches!(model.verify.state, VerifyState::Running) {
        match result {
            Ok(Some(report)) => model.verify.end(report, model.now),
            // Stopped: the page says "skipped" already.
            Ok(None) => {}
            Err(problem) => {
                model.verify.state = VerifyState::Failed(problem);
                model.verify.ended = Some(model.now);
            }
        }
    }
    vec![Effect::LoadHome]
}
