//! Message → change of the model and effects. The only place that changes the model.

mod choices;
mod proof;
mod runs;
mod way;

use super::{Action, Dialog, Effect, Load, Message, Model, Notice, Screen};
use super::{arrange, detection, diagnose, drafts, home, monitor, other, repair, review, support};
use crate::run::kept::Replaced;
use crate::verify::Level;
use std::path::{Path, PathBuf};
use std::time::Duration;

use choices::{confirm, corrected, file_name, known_text, pick, picked, rejudged};
use proof::{skip_verify, verified, verify, verify_again, verifying};
use runs::{cancel, install, resume, roll_back, run_ended, run_event};
use way::{ask_log_on_check, back, close, go, next, start_over, watch};

pub(in crate::app) use choices::set;

/// Changes the model, and says what is to be done in the world.
pub fn update(model: &mut Model, message: Message) -> Vec<Effect> {
    let mut effects = happened(model, message);
    effects.extend(watch(model));
    effects
}

fn happened(model: &mut Model, message: Message) -> Vec<Effect> {
    match message {
        Message::User(action) => user(model, action),
        Message::Clock(now) => clock(model, now),
        Message::Probed { scan, probe, facts } => {
            detection::probed(model, scan, probe, *facts);
            Vec::new()
        }
        Message::Detected { scan, facts } => {
            detection::detected(model, scan, *facts);
            model.monitor.trouble = None;
            Vec::new()
        }
        Message::Indexed { scan, facts, live } => {
            detection::indexed(model, scan, *facts, *live);
            Vec::new()
        }
        Message::Watched { scan, watched } => {
            if scan == model.detection.scan {
                model.detection.watched = Some(*watched);
            }
            Vec::new()
        }
        Message::Planning { ticket, doing: now_doing } => {
            if let Load::Busy { doing, .. } = &mut model.review.plan
                && ticket == model.review.ticket
            {
                *doing = now_doing;
            }
            Vec::new()
        }
        Message::Planned { ticket, plan } => {
            review::planned(model, ticket, *plan);
            Vec::new()
        }
        Message::RepairPlanned { ticket, plan } => {
            repair::found(model, ticket, *plan);
            Vec::new()
        }
        Message::TargetChecked { target, trouble } => {
            review::target_checked(model, &target, trouble);
            Vec::new()
        }
        Message::Reported { path, facts } => {
            other::reported(model, &path, *facts);
            Vec::new()
        }
        Message::Diagnosing { ticket, amount } => {
            diagnose::reading(model, ticket, amount);
            Vec::new()
        }
        Message::Diagnosed { ticket, found } => {
            diagnose::found(model, ticket, *found);
            Vec::new()
        }
        Message::Gathered { ticket, bundle } => {
            support::gathered(model, ticket, *bundle);
            Vec::new()
        }
        Message::Picked(path) => picked(model, path),
        Message::Run(event) => run_event(model, &event),
        Message::LogOpened(lines) => {
            model.lines = lines;
            model.log = super::LogView::default();
            Vec::new()
        }
        Message::LogGrown => Vec::new(),
        Message::RunEnded(outcome) => run_ended(model, &outcome),
        Message::Verifying(progress) => {
            verifying(model, *progress);
            Vec::new()
        }
        Message::Verified(result) => verified(model, *result),
        Message::Tick(tick) => {
            model.monitor.take(*tick, model.now);
            Vec::new()
        }
        Message::Acted { pid, activity } => {
            model.monitor.acted(pid, activity.as_deref(), model.now);
            Vec::new()
        }
        Message::NoReadings(problem) => {
            model.monitor.every = None;
            model.monitor.trouble = Some(problem);
            Vec::new()
        }
        Message::Marked(marks) => {
            model.monitor.mark(marks, model.now);
            Vec::new()
        }
        Message::NotFollowed(problem) => {
            model.monitor.log.is_on = false;
            model.monitor.log.trouble = Some(problem);
            Vec::new()
        }
        Message::Hidden(hidden) => {
            model.is_hidden = hidden;
            Vec::new()
        }
        Message::Home { cards, unfinished, trouble, damaged } => {
            model.home.damaged = damaged;
            came_home(model, cards, unfinished, trouble);
            let mut effects = arrange::again(model);
            // The whole look takes its time; what changed since the proofs is told before.
            let wants_glance = !model.home.cards.is_empty() && !model.detection.has_machine();
            effects.extend((wants_glance && model.home.glance.is_none()).then_some(Effect::Glance));
            effects
        }
        Message::Glanced(facts) => {
            model.home.glance = Some(facts);
            home::judge(model);
            Vec::new()
        }
        Message::Arranged(came) => {
            arrange::came(model, *came);
            Vec::new()
        }
        Message::HomeDone(result) => {
            model.home.busy = None;
            match result {
                Ok(said) => {
                    notice(model, "notice-done", said.clone(), false);
                    (model.home.said, model.home.trouble) = (Some(said), None);
                }
                Err(problem) => model.home.trouble = Some(problem),
            }
            vec![Effect::LoadHome]
        }
        Message::ComesBack(comes_back) => {
            let key = if comes_back { "notice-comes-back" } else { "notice-comes-not-back" };
            notice(model, key, String::new(), !comes_back);
            Vec::new()
        }
        Message::LogOnCheck { status, trouble } => {
            model.log_on_check = Load::Ready(status);
            if let Some(problem) = trouble {
                notice(model, "notice-trouble", problem.cause, true);
            }
            Vec::new()
        }
        Message::Wrote(path) => {
            notice(model, "notice-saved", path.display().to_string(), false);
            Vec::new()
        }
        Message::Trouble(problem) => {
            notice(model, "notice-trouble", problem.cause, true);
            Vec::new()
        }
    }
}

pub(super) fn notice(model: &mut Model, key: &'static str, what: String, is_trouble: bool) {
    model.notice = Some(Notice { key, what, is_trouble, since: model.now });
}

/// A word stays long enough to be read.
const NOTICE: Duration = Duration::from_secs(6);

fn clock(model: &mut Model, now: Duration) -> Vec<Effect> {
    model.now = now;
    if model.notice.as_ref().is_some_and(|notice| now.saturating_sub(notice.since) > NOTICE) {
        model.notice = None;
    }
    Vec::new()
}

fn came_home(
    model: &mut Model,
    cards: Vec<super::Card>,
    unfinished: Option<Box<crate::run::journal::SavedRun>>,
    trouble: Option<crate::problem::Problem>,
) {
    model.home.cards = cards;
    home::judge(model);
    model.home.unfinished = unfinished;
    if trouble.is_some() {
        model.home.trouble = trouble;
    }
    // The window opens on what the user has, if nothing was done in it yet.
    if !model.has_acted && model.screen == Screen::Detect && !model.home.is_empty() {
        model.screen = Screen::Home;
    }
    if model.screen == Screen::Home && model.home.is_empty() {
        model.screen = Screen::Detect;
    }
}

/// Does something with what a repair of this environment replaced.
fn settle(model: &mut Model, path: &Path, does: fn(Replaced) -> Effect) -> Vec<Effect> {
    if model.is_running() || model.home.busy.is_some() {
        return Vec::new();
    }
    let Some(replaced) = model.home.card(path).and_then(|card| card.replaced.as_deref()).cloned() else {
        return Vec::new();
    };
    model.home.busy = Some(model.now);
    vec![does(replaced)]
}

fn user(model: &mut Model, action: Action) -> Vec<Effect> {
    model.has_acted = true;
    // Whatever is done next, what was typed into the settings is whole by then.
    let mut effects = if matches!(action, Action::Draft(_)) { Vec::new() } else { drafts::settle(model) };
    effects.extend(done(model, action));
    effects
}

fn done(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Go(screen) => go(model, screen),
        Action::Back => back(model),
        Action::Next => next(model),
        Action::Rescan => {
            if model.is_running() {
                Vec::new()
            } else {
                detection::begin(model)
            }
        }
        Action::Skip(row) => {
            model.detection.skipped.insert(row);
            vec![Effect::SkipProbes(row.probes().iter().map(|&name| name.to_owned()).collect())]
        }
        Action::Unfold(row) => {
            if !model.detection.open.remove(&row) {
                model.detection.open.insert(row);
            }
            Vec::new()
        }
        Action::Correct(subject) => {
            let text = known_text(model, subject);
            model.dialog = Some(Dialog::Correct { subject, text, trouble: None });
            Vec::new()
        }
        Action::Uncorrect(subject) => {
            model.corrections.forget(subject);
            corrected(model);
            Vec::new()
        }
        Action::Type(typed) => {
            match &mut model.dialog {
                Some(Dialog::Correct { text, trouble, .. }) => (*text, *trouble) = (typed, None),
                Some(Dialog::Save { path, .. }) => *path = typed,
                Some(Dialog::CloseDuringRun | Dialog::RemoveEnvironment(_)) | None => {}
            }
            Vec::new()
        }
        Action::Confirm => confirm(model),
        Action::Dismiss => {
            model.dialog = None;
            Vec::new()
        }
        Action::Pick(route) => pick(model, route),
        Action::PickCards(cards) => {
            model.choice.gpus = cards;
            review::withdraw(model);
            detection::judge(model);
            if model.screen == Screen::Review { review::make(model) } else { Vec::new() }
        }
        Action::SetTarget(text) => {
            model.choice.target = Some(text);
            model.choice.replace = false;
            review::retarget(model)
        }
        Action::BrowseTarget => {
            let planned = model.review.plan.ready().map(|plan| plan.target.clone());
            let from =
                if model.screen == Screen::Settings { model.settings.environments_folder.clone() } else { planned };
            vec![Effect::BrowseFolder(from.unwrap_or_else(|| model.folders.home.clone()))]
        }
        Action::SetReplace(replace) => {
            model.choice.replace = replace;
            let planned = model.review.plan.ready().map(|plan| plan.target.display().to_string());
            model.choice.target = model.choice.target.take().or(planned);
            review::retarget(model)
        }
        Action::SetPython(python) => {
            model.choice.python = python;
            rejudged(model)
        }
        Action::SetEngine(engine) => {
            model.choice.engine = engine;
            rejudged(model)
        }
        Action::SetAudio(audio) => {
            model.choice.audio = audio;
            rejudged(model)
        }
        Action::SetKit(name, on) => {
            model.choice.kits.retain(|kit| *kit != name);
            model.choice.kits.extend(on.then_some(name));
            rejudged(model)
        }
        Action::Replan => review::make(model),
        Action::Install => install(model),
        Action::Cancel => cancel(model),
        Action::Resume => resume(model),
        Action::RollBack => roll_back(model),
        Action::SkipVerify => skip_verify(model),
        Action::VerifyAgain(level) => verify_again(model, level),
        Action::VerifyEnvironment(path) => verify(model, path, Level::Quick),
        Action::StartOver => start_over(model),
        Action::Copy(text) => {
            notice(model, "notice-copied", String::new(), false);
            vec![Effect::Copy(text)]
        }
        Action::CopyLog => {
            notice(model, "notice-copied", String::new(), false);
            vec![Effect::Copy(model.lines.all())]
        }
        Action::OpenTerminal(path) => vec![Effect::OpenTerminal(path)],
        Action::OpenPath(path) => vec![Effect::OpenPath(path)],
        Action::OpenPage(url) => vec![Effect::OpenPage(url)],
        Action::ComeBack => vec![Effect::ComeBack],
        Action::Repair(path) => repair::begin(model, path),
        Action::GoBack(path) => {
            let effects = settle(model, &path, |replaced| Effect::RollBack(replaced.run.folder));
            // The pages of the run that is undone tell of what stands no more.
            if !effects.is_empty() && model.run.as_ref().is_some_and(|run| run.plan.target == path) {
                model.run = None;
                model.verify = super::VerifyView::default();
            }
            effects
        }
        Action::Arrange(action) => arrange::act(model, action),
        Action::LetGo(path) => settle(model, &path, |replaced| Effect::LetGo(Box::new(replaced))),
        Action::Forget(path) => {
            model.home.busy = Some(model.now);
            vec![Effect::Forget(path)]
        }
        Action::Remove(path) => {
            model.dialog = Some(Dialog::RemoveEnvironment(path));
            Vec::new()
        }
        Action::Save(what) => {
            let path = model.folders.home.join(file_name(what)).display().to_string();
            model.dialog = Some(Dialog::Save { what, path });
            Vec::new()
        }
        Action::BrowseSave => match &model.dialog {
            Some(Dialog::Save { path, .. }) => vec![Effect::BrowseFile(PathBuf::from(path))],
            Some(Dialog::CloseDuringRun | Dialog::RemoveEnvironment(_) | Dialog::Correct { .. }) | None => Vec::new(),
        },
        Action::Set(setting) => set(model, setting),
        Action::SetLogOnCheck(on) => ask_log_on_check(model, Some(on)),
        Action::Draft(draft) => {
            model.drafts.take(draft);
            Vec::new()
        }
        Action::Settle => Vec::new(),
        Action::Log(action) => {
            let lines = std::sync::Arc::clone(&model.lines);
            model.log.act(action, &*lines);
            Vec::new()
        }
        Action::Monitor(action) => monitor::act(model, action),
        Action::Other(action) => other::act(model, action),
        Action::Support(action) => support::act(model, action),
        Action::Diagnose(action) => diagnose::act(model, action),
        Action::Close => close(model),
    }
}
