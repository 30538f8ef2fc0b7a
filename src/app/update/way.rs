//! Where one goes: from step to step, to the side pages and back, and the readings that follow the page.

use super::super::{
    Action, DiagnoseAction, Dialog, Effect, Load, Model, OtherAction, Reading, Saved, Screen, VerifyState, VerifyView,
    Watched,
};
use super::super::{detection, diagnose, other, review, steps, support};
use super::user;
use std::time::Duration;

pub(super) fn go(model: &mut Model, screen: Screen) -> Vec<Effect> {
    if !steps::is_permitted(model, screen) {
        return Vec::new();
    }
    if model.screen != screen && (model.screen.step().is_some() || model.screen == Screen::Home) {
        model.before = model.screen;
    }
    if screen != Screen::Settings {
        // What could not be taken is not kept.
        model.drafts = crate::app::Drafts::default();
    }
    if screen == Screen::Review && model.run.is_none() {
        return review::enter(model);
    }
    if screen == Screen::Monitor && model.screen != Screen::Monitor {
        // Whoever comes again asks again.
        model.monitor.trouble = None;
    }
    let comes_to_settings = screen == Screen::Settings && model.screen != Screen::Settings;
    model.screen = screen;
    if comes_to_settings {
        // Somebody else may have changed it since.
        return ask_log_on_check(model, None);
    }
    // What a report tells may be another by now.
    let is_asked = screen == Screen::Support && !model.support.bundle.is_busy();
    if is_asked { support::make(model) } else { Vec::new() }
}

/// Changes the check at log-on, or looks how it stands.
pub(super) fn ask_log_on_check(model: &mut Model, change: Option<bool>) -> Vec<Effect> {
    if model.log_on_check.is_busy() {
        return Vec::new();
    }
    model.log_on_check = Load::Busy { since: model.now, doing: String::new() };
    vec![Effect::LogOnCheck(change)]
}

/// Readings are taken while somebody looks at them: in the monitor and beside the proof. Follows from the model alone,
/// after every message, so that no way of leaving a page can forget to end them.
pub(super) fn watch(model: &mut Model) -> Vec<Effect> {
    let wanted = watched_every(model);
    let before = std::mem::replace(&mut model.monitor.every, wanted);
    if wanted.is_none() {
        model.monitor.pause();
    }
    let process = model.monitor.watched.as_ref().filter(|_| model.screen == Screen::Monitor && wanted.is_some());
    let process = process.map(crate::monitor::Watched::pid);
    let asked = std::mem::replace(&mut model.monitor.asked, process);
    let mut effects = if process == asked { Vec::new() } else { vec![Effect::WatchProcess(process)] };
    effects.extend(match wanted {
        _ if wanted == before => None,
        // A new watch ends the one before it.
        Some(interval) => Some(Effect::Watch(interval)),
        None => Some(Effect::Unwatch),
    });
    effects
}

pub(super) fn watched_every(model: &Model) -> Option<Duration> {
    let has_cards = model.facts().is_some_and(|facts| facts.gpus.found().is_some_and(|gpus| !gpus.is_empty()));
    if !has_cards || model.monitor.trouble.is_some() {
        return None;
    }
    let proves = model.screen == Screen::Verify && matches!(model.verify.state, VerifyState::Running);
    if proves {
        // Checks take a second or two: their load would be missed by a reading a second.
        return Some(Duration::from_millis(250));
    }
    (model.screen == Screen::Monitor && !model.is_hidden).then(|| model.monitor.rate.interval())
}

pub(super) fn back(model: &mut Model) -> Vec<Effect> {
    let target = match model.screen.step() {
        // The proof of a known environment stands beside the way.
        Some(_) if model.screen == Screen::Verify && matches!(model.verify.watched, Watched::Environment(_)) => {
            Some(if steps::is_permitted(model, Screen::Home) { Screen::Home } else { Screen::Detect })
        }
        // The repair of a known environment as well.
        Some(_) if model.screen == Screen::Review && model.review.repairs.is_some() => Some(Screen::Home),
        Some(at) => {
            let earlier = Screen::STEPS.iter().take(at).rev();
            earlier.copied().find(|step| steps::is_permitted(model, *step))
        }
        None => Some(model.before),
    };
    target.map(|screen| go(model, screen)).unwrap_or_default()
}

/// The primary button. Install is no step forward but an act of its own.
pub(super) fn next(model: &mut Model) -> Vec<Effect> {
    if matches!(model.screen, Screen::Detect | Screen::Choose) && model.review.repairs.is_some() {
        // A new environment is wished for now.
        review::withdraw(model);
    }
    match model.screen {
        Screen::Detect => match model.chosen().map(steps::is_usable) {
            Some(true) => go(model, Screen::Review),
            Some(false) | None => go(model, Screen::Choose),
        },
        Screen::Choose => go(model, Screen::Review),
        Screen::Run => go(model, Screen::Verify),
        Screen::Verify => match model.verify.watched {
            Watched::Run => go(model, Screen::Done),
            Watched::Environment(_) => back(model),
        },
        Screen::Review | Screen::Done => Vec::new(),
        Screen::Home => start_over(model),
        Screen::Monitor | Screen::Settings | Screen::Help | Screen::Driver => back(model),
        Screen::Support => user(model, Action::Save(Saved::Support)),
        Screen::Other => match model.other.reading {
            Reading::Done(_) => back(model),
            Reading::Busy => Vec::new(),
            Reading::Not | Reading::Nothing | Reading::Failed(_) => other::act(model, OtherAction::Judge),
        },
        Screen::Diagnose => diagnose::act(model, DiagnoseAction::Find),
    }
}

pub(super) fn start_over(model: &mut Model) -> Vec<Effect> {
    if model.is_running() {
        return Vec::new();
    }
    model.choice = crate::app::Choice::default();
    review::withdraw(model);
    model.run = None;
    model.verify = VerifyView::default();
    detection::judge(model);
    model.screen = Screen::Detect;
    Vec::new()
}

pub(super) fn close(model: &mut Model) -> Vec<Effect> {
    if model.is_running() {
        if model.closing {
            return Vec::new();
        }
        model.dialog = Some(Dialog::CloseDuringRun);
        return Vec::new();
    }
    vec![Effect::Close]
}
