//! Message → change of the model and effects. The only place that changes the model.

use super::verify::{VerifyState, VerifyView, Watched};
use super::{
    Action, Dialog, Effect, Load, Message, Model, MonitorAction, Notice, RunState, RunView, Saved, Screen, Setting,
    Subject, detection, drafts, review, steps,
};
use crate::assess::Route;
use crate::facts::MachineFacts;
use crate::run::{EventKind, Outcome, RunEvent};
use crate::verify::{Circumstances, DeviceChoice};
use std::path::PathBuf;
use std::time::Duration;

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
        Message::TargetChecked { target, trouble } => {
            review::target_checked(model, &target, trouble);
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
        Message::NoReadings(problem) => {
            model.monitor.every = None;
            model.monitor.trouble = Some(problem);
            Vec::new()
        }
        Message::Hidden(hidden) => {
            model.is_hidden = hidden;
            Vec::new()
        }
        Message::Home { cards, unfinished, trouble, damaged } => {
            model.home.damaged = damaged;
            home(model, cards, unfinished, trouble);
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

fn notice(model: &mut Model, key: &'static str, what: String, is_trouble: bool) {
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

fn home(
    model: &mut Model,
    cards: Vec<super::Card>,
    unfinished: Option<Box<crate::run::journal::SavedRun>>,
    trouble: Option<crate::problem::Problem>,
) {
    model.home.cards = cards;
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
        Action::Replan => review::make(model),
        Action::Install => install(model),
        Action::Cancel => cancel(model),
        Action::Resume => resume(model),
        Action::RollBack => roll_back(model),
        Action::SkipVerify => skip_verify(model),
        Action::VerifyAgain => verify_again(model),
        Action::VerifyEnvironment(path) => verify(model, path),
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
        Action::Monitor(MonitorAction::Card(card)) => {
            model.monitor.card = card;
            Vec::new()
        }
        Action::Monitor(MonitorAction::Look(span)) => {
            model.monitor.span = span;
            Vec::new()
        }
        Action::Close => close(model),
    }
}

/// A name that says what it is; the folder is asked for.
const fn file_name(what: Saved) -> &'static str {
    use crate::plan::export::Format;
    match what {
        Saved::Report => "torch-wizard-report.html",
        Saved::ReferenceCard => "torch-wizard-card.html",
        Saved::Readings => "torch-wizard-readings.csv",
        Saved::Plan(Format::Text) => "torch-wizard-plan.txt",
        Saved::Plan(Format::Json) => "torch-wizard-plan.json",
        Saved::Plan(Format::Sh) => "install-torch.sh",
        Saved::Plan(Format::Ps1) => "install-torch.ps1",
        Saved::Plan(Format::Bat) => "install-torch.bat",
        Saved::Plan(Format::Requirements) => "requirements.txt",
        Saved::Plan(Format::Dockerfile) => "Dockerfile",
        Saved::Plan(Format::Pylock) => "pylock.toml",
    }
}

fn go(model: &mut Model, screen: Screen) -> Vec<Effect> {
    if !steps::is_permitted(model, screen) {
        return Vec::new();
    }
    if model.screen != screen && (model.screen.step().is_some() || model.screen == Screen::Home) {
        model.before = model.screen;
    }
    if screen != Screen::Settings {
        // What could not be taken is not kept.
        model.drafts = super::Drafts::default();
    }
    if screen == Screen::Review && model.run.is_none() {
        return review::enter(model);
    }
    if screen == Screen::Monitor && model.screen != Screen::Monitor {
        // Whoever comes again asks again.
        model.monitor.trouble = None;
    }
    model.screen = screen;
    Vec::new()
}

/// Readings are taken while somebody looks at them: in the monitor and beside the proof. Follows from the model alone,
/// after every message, so that no way of leaving a page can forget to end them.
fn watch(model: &mut Model) -> Vec<Effect> {
    let wanted = watched_every(model);
    let before = std::mem::replace(&mut model.monitor.every, wanted);
    match wanted {
        _ if wanted == before => Vec::new(),
        // A new watch ends the one before it.
        Some(interval) => vec![Effect::Watch(interval)],
        None => vec![Effect::Unwatch],
    }
}

fn watched_every(model: &Model) -> Option<Duration> {
    let has_cards = model.facts().is_some_and(|facts| facts.gpus.found().is_some_and(|gpus| !gpus.is_empty()));
    if !has_cards || model.monitor.trouble.is_some() {
        return None;
    }
    let proves = model.screen == Screen::Verify && matches!(model.verify.state, VerifyState::Running);
    if proves {
        // Checks take a second or two: their load would be missed by a reading a second.
        return Some(Duration::from_millis(250));
    }
    (model.screen == Screen::Monitor && !model.is_hidden).then_some(Duration::from_secs(1))
}

fn back(model: &mut Model) -> Vec<Effect> {
    let target = match model.screen.step() {
        // The proof of a known environment stands beside the way.
        Some(_) if model.screen == Screen::Verify && matches!(model.verify.watched, Watched::Environment(_)) => {
            Some(if steps::is_permitted(model, Screen::Home) { Screen::Home } else { Screen::Detect })
        }
        Some(at) => {
            let earlier = Screen::STEPS.iter().take(at).rev();
            earlier.copied().find(|step| steps::is_permitted(model, *step))
        }
        None => Some(model.before),
    };
    target.map(|screen| go(model, screen)).unwrap_or_default()
}

/// The primary button. Install is no step forward but an act of its own.
fn next(model: &mut Model) -> Vec<Effect> {
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
        Screen::Monitor | Screen::Settings | Screen::Help => back(model),
    }
}

/// What is known of a subject, to begin a correction with.
fn known_text(model: &Model, subject: Subject) -> String {
    let Some(facts) = model.facts() else { return String::new() };
    match subject {
        Subject::Card => {
            let first = facts.gpus.found().and_then(|gpus| gpus.first());
            first.map(|gpu| gpu.name.trim_start_matches("NVIDIA ").to_owned()).unwrap_or_default()
        }
        Subject::Driver => facts.driver.found().map(ToString::to_string).unwrap_or_default(),
        Subject::Python => {
            let fit = facts.pythons.found().and_then(|list| list.iter().find(|python| python.why_not.is_none()));
            fit.map(|python| python.path.display().to_string()).unwrap_or_default()
        }
    }
}

fn confirm(model: &mut Model) -> Vec<Effect> {
    match model.dialog.take() {
        Some(Dialog::CloseDuringRun) => {
            model.closing = true;
            cancel(model)
        }
        Some(Dialog::RemoveEnvironment(path)) => {
            model.home.busy = Some(model.now);
            vec![Effect::Remove(path)]
        }
        Some(Dialog::Correct { subject, text, .. }) => {
            match model.corrections.take(subject, &text, model.catalog) {
                Ok(()) => corrected(model),
                Err(key) => model.dialog = Some(Dialog::Correct { subject, text, trouble: Some(key) }),
            }
            Vec::new()
        }
        Some(Dialog::Save { what, path }) => vec![Effect::Render { what, path: PathBuf::from(path) }],
        None => Vec::new(),
    }
}

/// The facts are others now: what was judged and planned by the old ones does not hold.
fn corrected(model: &mut Model) {
    detection::correct(model);
    review::withdraw(model);
    detection::judge(model);
}

fn pick(model: &mut Model, route: Route) -> Vec<Effect> {
    if model.choice.route != Some(route) {
        model.choice.route = Some(route);
        review::withdraw(model);
        detection::judge(model);
    }
    // From the first page's and a problem's button the way leads on to the plan.
    match model.screen {
        Screen::Detect => go(model, Screen::Review),
        Screen::Review => review::enter(model),
        Screen::Home
        | Screen::Choose
        | Screen::Run
        | Screen::Verify
        | Screen::Done
        | Screen::Monitor
        | Screen::Settings
        | Screen::Help => Vec::new(),
    }
}

/// A choice that bears on the packages.
fn rejudged(model: &mut Model) -> Vec<Effect> {
    review::withdraw(model);
    detection::judge(model);
    review::make(model)
}

fn picked(model: &mut Model, path: PathBuf) -> Vec<Effect> {
    let text = path.display().to_string();
    match &mut model.dialog {
        Some(Dialog::Save { path, .. } | Dialog::Correct { text: path, .. }) => {
            *path = text;
            Vec::new()
        }
        Some(Dialog::CloseDuringRun | Dialog::RemoveEnvironment(_)) => Vec::new(),
        None if model.screen == Screen::Settings => set(model, Setting::EnvironmentsFolder(Some(path))),
        None => user(model, Action::SetTarget(text)),
    }
}

/// What a verdict rests on beside the checks.
fn circumstances(facts: Option<&MachineFacts>) -> Circumstances {
    facts.map(crate::prepare::circumstances).unwrap_or_default()
}

fn install(model: &mut Model) -> Vec<Effect> {
    if model.is_running() || model.run.as_ref().is_some_and(RunView::is_promoted) {
        return Vec::new();
    }
    let Some(plan) = model.review.installable().cloned() else { return Vec::new() };
    let mut effects = begin_run(model, plan.clone(), false);
    let circumstances = Box::new(circumstances(model.facts()));
    effects.push(Effect::Run { plan: Box::new(plan), circumstances });
    effects
}

fn begin_run(model: &mut Model, plan: crate::plan::Plan, is_resumed: bool) -> Vec<Effect> {
    // A proof of another environment would compete for the card, and has no page any more.
    let proves = matches!(model.verify.state, VerifyState::Running);
    model.run = Some(RunView::new(plan, model.now, is_resumed));
    model.verify = VerifyView::default();
    model.lines = std::sync::Arc::new(super::NoLines);
    model.log = super::LogView::default();
    model.home.unfinished = None;
    model.screen = Screen::Run;
    if proves { vec![Effect::StopVerify] } else { Vec::new() }
}

fn cancel(model: &mut Model) -> Vec<Effect> {
    let Some(run) = model.run.as_mut().filter(|run| run.is_under_way()) else {
        return if model.closing { vec![Effect::Close] } else { Vec::new() };
    };
    run.state = RunState::Stopping;
    vec![Effect::Cancel]
}

fn resume(model: &mut Model) -> Vec<Effect> {
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

fn roll_back(model: &mut Model) -> Vec<Effect> {
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
fn cards_of(model: &Model, plan: &crate::plan::Plan) -> Vec<u32> {
    let gpus = model.facts().and_then(|facts| facts.gpus.found()).map(Vec::as_slice).unwrap_or_default();
    let number = |card: &String| {
        gpus.iter().find(|gpu| gpu.uuid.as_ref() == Some(card)).map(|gpu| gpu.index).or_else(|| card.parse().ok())
    };
    plan.choices.cards.iter().filter_map(number).collect()
}

fn run_event(model: &mut Model, event: &RunEvent) -> Vec<Effect> {
    let now = model.now;
    let Some(run) = &mut model.run else { return Vec::new() };
    run.take(event, now);
    let plan = std::sync::Arc::clone(&run.plan);
    match &event.kind {
        EventKind::Started { .. } if event.step.as_deref() == Some("verify") => {
            let cards = cards_of(model, &plan);
            model.verify = VerifyView::begin(Watched::Run, &cards, now);
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
        EventKind::Quiet { seconds, doing } if event.step.as_deref() == Some("verify") => {
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
        | EventKind::Hashed { .. }
        | EventKind::Finished
        | EventKind::Failed { .. }
        | EventKind::Cancelled
        | EventKind::Resumed
        | EventKind::Undone { .. }
        | EventKind::Ended { .. } => Vec::new(),
    }
}

fn run_ended(model: &mut Model, outcome: &Outcome) -> Vec<Effect> {
    let now = model.now;
    let lines = std::sync::Arc::clone(&model.lines);
    let Some(run) = &mut model.run else { return Vec::new() };
    run.end(outcome, now);
    match outcome {
        Outcome::Promoted { report } => {
            if model.verify.report().is_none() {
                // A run that was cut after its proof tells it only now.
                model.verify = VerifyView::begin(Watched::Run, &[], now);
                model.verify.end((**report).clone(), now);
            }
            if model.screen == Screen::Run {
                model.screen = Screen::Verify;
            }
        }
        Outcome::Failed { problem, .. } => {
            run.evidence = evidence(problem, &*lines);
            if model.verify.state == VerifyState::Running {
                model.verify.state = VerifyState::Failed(problem.clone());
            }
            // The proof's own page tells of a failed proof.
            if matches!(model.verify.state, VerifyState::Idle | VerifyState::Failed(_)) {
                model.screen = Screen::Run;
            }
        }
        Outcome::Cancelled { .. } => {
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
fn evidence(problem: &crate::problem::Problem, lines: &dyn super::Lines) -> Option<(usize, String)> {
    let words = problem.details.lines().map(str::trim).filter(|line| !line.is_empty());
    let told: Vec<&str> = words.collect();
    let is_trouble = |line: &&&str| super::log::tone(line) == super::log::Tone::Trouble;
    let said = told.iter().rfind(is_trouble).or(told.last())?;
    let at = lines.find(said, 0)?;
    Some((at, (*said).to_owned()))
}

fn verify_again(model: &mut Model) -> Vec<Effect> {
    match model.verify.watched.clone() {
        Watched::Environment(path) => verify(model, path),
        Watched::Run => match &model.run {
            Some(run) if run.is_promoted() => {
                let path = run.plan.target.clone();
                verify(model, path)
            }
            // What was not proven waits in staging: the run goes on with its proof.
            Some(_) => resume(model),
            None => Vec::new(),
        },
    }
}

/// Runs the checks of an environment that stands.
fn verify(model: &mut Model, path: PathBuf) -> Vec<Effect> {
    if model.is_running() || matches!(model.verify.state, VerifyState::Running) {
        return Vec::new();
    }
    let of_run = model.run.as_ref().is_some_and(|run| run.plan.target == path);
    let is_cpu = match &model.run {
        Some(run) if of_run => run.plan.assessment.route == Route::Cpu,
        Some(_) | None => model.home.card(&path).is_some_and(|card| card.known.variant.as_deref() == Some("cpu")),
    };
    let gpus = model.facts().and_then(|facts| facts.gpus.found()).map(Vec::as_slice).unwrap_or_default();
    let cards: Vec<u32> = if is_cpu { Vec::new() } else { gpus.iter().map(|gpu| gpu.index).collect() };
    let mut circumstances = circumstances(model.facts());
    if is_cpu {
        circumstances.choice = DeviceChoice::Cpu;
    }
    let watched = if of_run { Watched::Run } else { Watched::Environment(path.clone()) };
    model.verify = VerifyView::begin(watched, &cards, model.now);
    if model.screen.step().is_some() || model.screen == Screen::Home {
        model.before = model.screen;
    }
    model.monitor.trouble = None;
    model.screen = Screen::Verify;
    vec![Effect::Verify { environment: path, circumstances: Box::new(circumstances) }]
}

/// Something happened in a verification beside a run; one that was skipped or given up has nothing to say.
fn verifying(model: &mut Model, progress: crate::verify::Progress) {
    if !matches!(model.verify.state, VerifyState::Running) || model.is_running() {
        return;
    }
    let device = if let crate::verify::Progress::Started { device, .. } = &progress { *device } else { None };
    model.verify.take(progress, model.now);
    look_at(model, device);
}

/// The plots beside the proof show the card that computes.
fn look_at(model: &mut Model, device: Option<u32>) {
    if let Some(card) = device.filter(|_| model.screen == Screen::Verify) {
        model.monitor.card = card;
    }
}

/// Within an install the proof is not left out: what is not proven is not put in place.
fn skip_verify(model: &mut Model) -> Vec<Effect> {
    if model.is_running() || !matches!(model.verify.state, VerifyState::Running) {
        return Vec::new();
    }
    model.verify.state = VerifyState::Skipped;
    model.verify.ended = Some(model.now);
    model.verify.waiting = None;
    vec![Effect::StopVerify]
}

fn verified(
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

fn start_over(model: &mut Model) -> Vec<Effect> {
    if model.is_running() {
        return Vec::new();
    }
    model.choice = super::Choice::default();
    review::withdraw(model);
    model.run = None;
    model.verify = VerifyView::default();
    detection::judge(model);
    model.screen = Screen::Detect;
    Vec::new()
}

/// The zoom of the window, in percent.
const ZOOM: std::ops::RangeInclusive<u16> = 80..=200;

pub(super) fn set(model: &mut Model, setting: Setting) -> Vec<Effect> {
    let settings = &mut model.settings;
    let before = settings.clone();
    let (mut judges, mut moves) = (false, false);
    match setting {
        Setting::Theme(theme) => settings.theme = theme,
        Setting::Language(language) => settings.language = language,
        Setting::Zoom(percent) => settings.zoom_percent = percent.clamp(*ZOOM.start(), *ZOOM.end()),
        Setting::Shell(shell) => settings.shell = shell,
        Setting::EnvironmentsFolder(folder) => {
            settings.environments_folder = folder;
            model.drafts.folder = None;
            moves = true;
        }
        Setting::Mirror(mirror) => {
            settings.torch_mirror = mirror;
            model.drafts.mirror = None;
            judges = true;
        }
        Setting::MoreContrast(on) => settings.more_contrast = on,
        Setting::LessMotion(on) => settings.less_motion = on,
        Setting::ShowEverything(on) => settings.show_everything = on,
        Setting::Window(width, height) => settings.window = Some((width, height)),
    }
    if *settings == before {
        return Vec::new();
    }
    let mut effects = vec![Effect::SaveSettings(Box::new(settings.clone())), Effect::Restyle];
    if judges && !model.is_running() {
        review::withdraw(model);
        effects.extend(detection::begin(model));
    }
    if moves && model.run.is_none() && model.choice.target.is_none() {
        // A plan for the usual folder is one for another folder now: Review makes it anew.
        model.review = review::Review { ticket: model.review.ticket + 1, ..review::Review::default() };
    }
    effects
}

fn close(model: &mut Model) -> Vec<Effect> {
    if model.is_running() {
        if model.closing {
            return Vec::new();
        }
        model.dialog = Some(Dialog::CloseDuringRun);
        return Vec::new();
    }
    vec![Effect::Close]
}
