//! The work of the threads: detect, plan, run, verify, watch. Each is the same library call that the command line makes.

use super::{LogFile, Shared};
use crate::app::Message;
use crate::assess::Assessment;
use crate::detect::{self, settings};
use crate::facts::{MachineFacts, Probe};
use crate::monitor::follow::{Mark, Matcher, Tail};
use crate::plan::Plan;
use crate::prepare::{self, Scan, Wish};
use crate::problem::Problem;
use crate::report_in;
use crate::run::prove::{News, Place, Proving, prove_known};
use crate::run::{EventKind, Outcome, RunEvent, Surroundings, rollback};
use crate::store::{Registry, load};
use crate::verify::command::SOAK_SECONDS;
use crate::verify::{Circumstances, Level};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Tells the window of each probe.
struct Telling<'a> {
    shared: &'a Shared,
    scan: u32,
    skipped: &'a Mutex<BTreeSet<String>>,
}

impl detect::Watch for Telling<'_> {
    fn ended(&mut self, probe: &Probe, facts: &dyn Fn() -> MachineFacts) {
        let message = Message::Probed { scan: self.scan, probe: probe.clone(), facts: Box::new(facts()) };
        self.shared.send(message);
    }

    fn skips(&self, probe: &str) -> bool {
        self.skipped.lock().is_ok_and(|skipped| skipped.contains(probe))
    }
}

/// Asks the machine, then the indexes.
pub(super) fn detect(shared: &Shared, scan: u32, wish: &Wish, skipped: &Mutex<BTreeSet<String>>) {
    let known = known_environments(shared);
    let mut telling = Telling { shared, scan, skipped };
    let mut facts = prepare::detect(&shared.host, shared.catalog, wish, known, &mut telling);
    shared.send(Message::Detected { scan, facts: Box::new(facts.clone()) });
    let live = prepare::look(&shared.host, shared.catalog, &mut facts, wish);
    let wait = crate::assess::wait(&facts, shared.catalog);
    if let Some(watched) = wait.and_then(|wait| crate::waiting::watch(&*shared.host, &wait, shared.catalog, &live)) {
        shared.send(Message::Watched { scan, watched: Box::new(watched) });
    }
    shared.send(Message::Indexed { scan, facts: Box::new(facts), live: Box::new(live) });
}

/// The machine and the indexes, without telling anybody of the probes.
pub(super) fn scan(
    shared: &Shared,
    wish: &Wish,
    tick: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Scan, Problem> {
    prepare::scan(&shared.host, shared.catalog, wish, known_environments(shared), tick)
        .ok_or_else(|| Problem::new("cancelled", "Cancelled."))
}

fn known_environments(shared: &Shared) -> Vec<PathBuf> {
    let registry = load::<Registry>(&*shared.host, &Registry::path(&*shared.host)).unwrap_or_default();
    registry.environments.into_iter().map(|known| known.path).collect()
}

/// Makes a plan; gives up as soon as a newer one is asked for.
pub(super) fn plan(shared: &Shared, ticket: u32, newest: &AtomicU32, scan: &Scan, chosen: &Assessment, wish: &Wish) {
    let mut tell = planning(shared, ticket, newest);
    let made = prepare::plan(&shared.host, shared.catalog, scan, chosen, wish, &mut tell);
    // A folder without room is told now and not after the download; another folder needs no other packages.
    let short = made.as_ref().ok().and_then(|plan| {
        let trouble = room(shared, &plan.target, plan.assessment.disk_bytes)?;
        Some(Message::TargetChecked { target: plan.target.clone(), trouble: Some(trouble) })
    });
    shared.send(Message::Planned { ticket, plan: Box::new(made) });
    if let Some(message) = short {
        shared.send(message);
    }
}

/// Tells the window what a plan waits for, and ends it where a newer one was asked for.
pub(super) fn planning<'a>(
    shared: &'a Shared,
    ticket: u32,
    newest: &'a AtomicU32,
) -> impl FnMut(&str) -> ControlFlow<()> + 'a {
    let mut last = String::new();
    move |doing| {
        if doing != last {
            doing.clone_into(&mut last);
            shared.send(Message::Planning { ticket, doing: doing.to_owned() });
        }
        if newest.load(Ordering::SeqCst) == ticket { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

/// What is wrong with a folder: in the way, not writable, no room.
pub(super) fn check_target(shared: &Shared, target: PathBuf, replace: bool, bytes: Option<u64>) {
    let trouble = prepare::check_target(&*shared.host, &target, replace).err();
    let trouble = trouble.or_else(|| room(shared, &target, bytes));
    shared.send(Message::TargetChecked { target, trouble });
}

fn room(shared: &Shared, target: &Path, bytes: Option<u64>) -> Option<Problem> {
    let (needed, free) = (bytes?, shared.host.free_bytes(target).ok()?);
    let short = needed.checked_sub(free).filter(|short| *short > 0)?;
    let (needed, free, short) = (crate::text::size(needed), crate::text::size(free), crate::text::size(short));
    Some(
        Problem::new("no-room", format!("The environment takes {needed}, and {free} are free there: {short} too few."))
            .advise("Choose a folder on another volume, or make room."),
    )
}

/// Runs a plan from its beginning.
pub(super) fn run(shared: &Shared, plan: &Plan, circumstances: Circumstances, cancel: &AtomicBool) {
    let ready = rollback::clear_the_way(&*shared.host, plan).and_then(|said| {
        for line in said {
            tracing::info!("{line}");
        }
        note_before_kit(shared, plan)?;
        crate::run::save(&*shared.host, plan)
    });
    match ready {
        Ok(()) => carry_out(shared, plan, circumstances, cancel),
        Err(problem) => {
            shared.send(Message::RunEnded(Box::new(Outcome::Failed { problem, report: None })));
        }
    }
}

/// What an environment was before a kit came into it, so that it can be that again.
fn note_before_kit(shared: &Shared, plan: &Plan) -> Result<(), Problem> {
    let host = &*shared.host;
    if !crate::plan::in_place::is_in_place(plan) || prepare::kit::of_plan(shared.catalog, plan).is_empty() {
        return Ok(());
    }
    let now = crate::snapshots::take(host, &plan.target, None)?;
    crate::snapshots::save(host, &crate::snapshots::folder(host).join(now.file_name()), &now).map(drop)
}

/// Goes on with a run.
pub(super) fn resume(shared: &Shared, plan: &Plan, known: Option<Box<Circumstances>>, cancel: &AtomicBool) {
    let circumstances = known.map_or_else(
        || {
            let wish = Wish { offline: true, target: Some(plan.target.clone()), ..Wish::default() };
            let known = known_environments(shared);
            let facts = prepare::detect(&shared.host, shared.catalog, &wish, known, &mut crate::detect::Unwatched);
            prepare::circumstances(&facts)
        },
        |known| *known,
    );
    carry_out(shared, plan, circumstances, cancel);
}

/// The window is told of a longer log so often at most.
const LOG_PAUSE: Duration = Duration::from_millis(50);

fn carry_out(shared: &Shared, plan: &Plan, circumstances: Circumstances, cancel: &AtomicBool) {
    let host = &shared.host;
    let credentials = settings::credentials(&**host);
    let address = |url: &str| credentials.added_to(url);
    let expected = |card: &str, check: &str| shared.catalog.expected_of_check(card, check);
    let log = Arc::new(LogFile::new(Arc::clone(host), plan.places.run.join("install.log")));
    shared.send(Message::LogOpened(Arc::clone(&log) as Arc<dyn crate::app::Lines>));
    let mut last = Duration::ZERO;
    let mut sink = |event: &RunEvent| {
        let is_log = matches!(event.kind, EventKind::Log { .. });
        let now = host.uptime();
        if !is_log || now.saturating_sub(last) >= LOG_PAUSE {
            last = now;
            if log.grow() {
                shared.send(Message::LogGrown);
            }
        }
        // Lines are read from the file: a million of them would flood the channel.
        if !is_log {
            shared.send(Message::Run(Box::new(event.clone())));
        }
    };
    let surroundings = Surroundings {
        host: Arc::clone(host),
        address: &address,
        expected: &expected,
        circumstances,
        offline: shared.offline,
        interactive: true,
        cancel,
        sink: &mut sink,
    };
    let outcome = crate::run::run(plan, surroundings);
    log.grow();
    if let Err(problem) = crate::run::finish(&**host, plan, &outcome) {
        tracing::error!("the end of the run could not be written: {}", problem.cause);
    }
    let stands = matches!(outcome, Outcome::Promoted { .. });
    shared.send(Message::RunEnded(Box::new(outcome)));
    if stands && let Err(problem) = prepare::kit::settle_kernel(&**host, shared.catalog, plan) {
        shared.send(Message::Trouble(problem));
    }
}

/// Runs the checks of an environment, and remembers the verdict of a known one.
pub(super) fn verify(
    shared: &Shared,
    environment: &Path,
    level: Level,
    mut circumstances: Circumstances,
    cancel: &AtomicBool,
) {
    let host = &shared.host;
    let place = match Place::of(&**host, environment) {
        Ok(place) => place,
        Err(problem) => {
            shared.send(Message::Verified(Box::new(Err(problem))));
            return;
        }
    };
    circumstances.taken_at = crate::time::now(&**host);
    let expected = |card: &str, check: &str| shared.catalog.expected_of_check(card, check);
    let (cleared, _) = settings::child_env(&**host);
    let proving = Proving {
        folder: place.folder(&**host),
        place,
        level,
        seconds: SOAK_SECONDS,
        circumstances,
        expected: &expected,
        cleared,
        leaves_no_trace: false,
    };
    let mut result = prove_known(&**host, proving, &mut |news| {
        if let News::Progress(progress) = news {
            shared.send(Message::Verifying(Box::new(progress)));
        }
        if cancel.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    if let Ok(Some(report)) = &mut result {
        report.lock = crate::run::lock_of(&**host, environment);
        if let Err(error) = crate::store::remember(&**host, environment, report) {
            shared.send(Message::Trouble(error.into()));
        }
    }
    shared.send(Message::Verified(Box::new(result)));
}

/// Reads the cards until told to stop.
pub(super) fn watch(shared: &Shared, interval: Duration, stop: &AtomicBool) {
    let result = crate::monitor::watch(&*shared.host, interval, None, &mut |tick| {
        if stop.load(Ordering::SeqCst) {
            return ControlFlow::Break(());
        }
        shared.send(Message::Tick(Box::new(tick.clone())));
        ControlFlow::Continue(())
    });
    if let Err(error) = result {
        let problem = Problem::new("no-readings", "The driver gives no readings of the cards.")
            .advise("See on the first page what is known of card and driver.")
            .details(error.to_string());
        shared.send(Message::NoReadings(problem));
    }
}

/// Tells what a process does until told to stop, or until it is gone.
pub(super) fn watch_process(shared: &Shared, pid: u32, stop: &AtomicBool) {
    const PAUSE: Duration = Duration::from_secs(1);
    while !stop.load(Ordering::SeqCst) {
        let activity = shared.host.activity(pid).map(Box::new);
        let is_gone = activity.is_none();
        shared.send(Message::Acted { pid, activity });
        if is_gone {
            return;
        }
        shared.host.pause(PAUSE);
    }
}

/// Looks at a log until told to stop.
pub(super) fn follow(shared: &Shared, path: &Path, words: &[String], stop: &AtomicBool) {
    const PAUSE: Duration = Duration::from_millis(250);
    let matcher = Matcher::new(words.iter().map(String::as_str));
    let mut tail = Tail::new(path);
    while !stop.load(Ordering::SeqCst) {
        match tail.look(&*shared.host) {
            Ok(lines) => {
                let marks: Vec<Mark> = lines.iter().filter_map(|line| matcher.mark(line)).collect();
                if !marks.is_empty() {
                    shared.send(Message::Marked(marks));
                }
            }
            Err(error) => {
                let problem = Problem::new("unreadable-log", format!("The log {} cannot be read.", path.display()))
                    .advise("Check its name and whether you may read it.")
                    .details(error.to_string());
                shared.send(Message::NotFollowed(problem));
                return;
            }
        }
        shared.host.pause(PAUSE);
    }
}

/// Reads another PC's report.
pub(super) fn read_report(shared: &Shared, path: PathBuf) {
    let facts = match shared.host.read(&path) {
        Ok(bytes) => Ok(report_in::read(&report_in::decode(&bytes), shared.catalog).ok()),
        Err(error) => {
            let cause = format!("The report {} cannot be read: {error}.", path.display());
            Err(Problem::new("unreadable-report", cause).advise("Choose another file, or paste its text."))
        }
    };
    shared.send(Message::Reported { path, facts: Box::new(facts) });
}
