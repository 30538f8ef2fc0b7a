//! `advise`

use super::args::AdviseArgs;
use super::{Done, Failed, Session, exit, json, plan, show};
use crate::assess::{InstalledTorch, Route, TorchStatus, Verdict};
use crate::catalog::LiveIndex;
use crate::facts::MachineFacts;
use crate::prepare::{self, Looking, Scan, Wish};
use crate::problem::Problem;
use crate::{report_in, waiting};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A verdict changes nothing: what the index had so long ago is good enough for it.
const GOOD_ENOUGH: Duration = Duration::from_hours(1);

pub fn run(session: &mut Session, args: &AdviseArgs) -> Done {
    if let Some(path) = &args.report {
        return of_report(session, args, path);
    }
    let age = if args.refresh { Duration::ZERO } else { GOOD_ENOUGH };
    let wish = Wish { looking: Looking::Around { age }, ..plan::wish(session, &args.options)? };
    let scan = plan::scan(session, &wish)?;
    let installed = installed(session, &scan.facts);
    Ok(tell(session, &scan, &installed))
}

/// Says what was found and what follows.
fn tell(session: &mut Session, scan: &Scan, installed: &InstalledTorch) -> i32 {
    let (facts, catalog) = (&scan.facts, session.catalog);
    let driver = crate::assess::driver_advice(facts, catalog);
    let wait = crate::assess::wait(facts, catalog);
    let own = wait.as_ref().filter(|_| !facts.is_report);
    let watched = own.and_then(|wait| waiting::watch(&*session.host, wait, catalog, &scan.live));
    let known = show::Known {
        catalog,
        live: &scan.live,
        watched: watched.as_ref(),
        offline: session.offline || facts.is_report,
        now: jiff::Timestamp::try_from(session.host.now()).unwrap_or_default(),
    };
    if session.json {
        session.say_json(&json::advised(facts, installed, &driver, wait.as_ref(), &known, &scan.assessments));
    } else {
        let text = show::advice(facts, installed, &driver, wait.as_ref(), &known, &scan.assessments);
        session.screen.raw(&text);
    }
    let gpu_route_runs = scan.assessments.iter().any(|assessment| {
        assessment.route != Route::Cpu
            && matches!(assessment.verdict, Verdict::Recommended { .. } | Verdict::Works { .. })
    });
    if gpu_route_runs { exit::DONE } else { exit::NO }
}

/// Judges another machine. What this one reaches or has set says nothing about it, so no index is asked.
fn of_report(session: &mut Session, args: &AdviseArgs, path: &Path) -> Done {
    let facts = facts_of(session, path)?;
    let wish = Wish { mirror: args.options.index_url.clone(), ..plan::wish(session, &args.options)? };
    let live = LiveIndex::offline();
    let assessments = prepare::judge(session.catalog, &facts, &live, &wish);
    let scan = Scan { facts, live, assessments };
    let installed = reported(&scan, session);
    Ok(tell(session, &scan, &installed))
}

/// What a report says of its machine.
pub(super) fn facts_of(session: &Session, path: &Path) -> Result<MachineFacts, Failed> {
    let bytes = report_bytes(session, path)?;
    Ok(report_in::read(&report_in::decode(&bytes), session.catalog).map_err(|error| {
        Problem::new("unreadable-report", format!("{error} ({}).", shown(path)))
            .advise("Give it the output of `python -m torch.utils.collect_env`, of `nvidia-smi`, of `torch-wizard detect --json`, or an application's start-up log.")
    })?)
}

/// Longest report that is read: a long log with room to spare.
const LONGEST_REPORT: u64 = 64 << 20;

/// The report's bytes; `-` is standard input.
fn report_bytes(session: &Session, path: &Path) -> Result<Vec<u8>, Failed> {
    let unreadable = |why: String| {
        Problem::new("unreadable-report", format!("The report cannot be read: {why}."))
            .advise("Name a file, or - for standard input.")
    };
    if path.as_os_str() != "-" {
        let path = session.absolute(path);
        return session.host.read(&path).map_err(|error| unreadable(error.to_string()).into());
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(LONGEST_REPORT).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(error.to_string()))?;
    Ok(bytes)
}

fn shown(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
}

/// The torch of a report: the one it speaks of, else the only one of our own list.
fn reported(scan: &Scan, session: &Session) -> InstalledTorch {
    let none = InstalledTorch { version: None, status: TorchStatus::None, reasons: Vec::new() };
    if scan.facts.environments.found().is_none() {
        return InstalledTorch { status: TorchStatus::Unknown, ..none };
    }
    let chosen = report_in::torch_of(&scan.facts);
    chosen.map_or(none, |environment| crate::assess::installed_torch(&scan.facts, environment, session.catalog))
}

/// The torch that counts as "the installed one": that of the environment in use, else of the only one there is.
pub(super) fn installed(session: &Session, facts: &MachineFacts) -> InstalledTorch {
    let active = ["VIRTUAL_ENV", "CONDA_PREFIX"].iter().find_map(|name| session.host.var(name)).map(PathBuf::from);
    // The list may name it by another path.
    let known = active.as_ref().and_then(|active| {
        let is_it = |path: &Path| session.host.resolve(path) == session.host.resolve(active);
        facts.environments.found()?.iter().map(|environment| &environment.path).find(|path| is_it(path))
    });
    crate::assess::only_torch(facts, known.or(active.as_ref()).map(PathBuf::as_path), session.catalog)
}
