//! Undoing: survivors ended, the folder of an unfinished environment removed, a replaced one put back.

use super::journal::{History, Journal, JournalError, SavedRun};
use super::{EventKind, RunEvent, steps};
use crate::host::{Host, HostError};
use crate::plan::{ASIDE_SUFFIX, Plan, beside};
use crate::problem::Problem;
use std::path::Path;

/// Ends children that outlived the wizard. A process id may have been given to somebody else since: only a process that
/// began when the journal says is ours.
pub fn end_survivors(host: &dyn Host, history: &History) -> Result<(), HostError> {
    for &(id, began) in &history.children {
        let ours = match host.process_began(id) {
            // The system's clock counts whole seconds.
            Some(now) => now.abs_diff(began) <= 1,
            // The leader is gone, members of its group may not be; nobody else gets its number while they live.
            None => host.group_is_alive(id),
        };
        if ours {
            host.end_group(id)?;
        }
    }
    Ok(())
}

/// Undoes an unfinished run. Says in one sentence what is different now.
pub fn roll_back(host: &dyn Host, run: &SavedRun) -> Result<String, Problem> {
    // A wizard that is at work on this environment holds the lock: its run is not one that was left behind.
    let _lock = super::take_lock(host, &run.plan)?;
    let Plan { target, staging, places, .. } = &run.plan;
    let failed = |error: HostError| steps::problem_of(&error);
    end_survivors(host, &run.history).map_err(failed)?;
    let aside = beside(target, ASIDE_SUFFIX);
    let mut said = Vec::new();
    if host.meta(staging).is_some() {
        host.remove(staging).map_err(failed)?;
        said.push(format!("{} was removed.", staging.display()));
    }
    if host.meta(&aside).is_some() {
        if host.meta(target).is_none() {
            host.rename(&aside, target).map_err(failed)?;
            said.push(format!("The environment that stood at {} is back.", target.display()));
        } else if run.history.open.as_deref() == Some("promote") {
            // The new one had been moved in, the run was cut before it was registered: the old one wins.
            host.remove(target).map_err(failed)?;
            host.rename(&aside, target).map_err(failed)?;
            said.push(format!("The environment that stood at {} before is back.", target.display()));
        }
    }
    host.remove(&places.links).map_err(failed)?;
    let mut journal = Journal::open(host, &run.folder).map_err(failed)?;
    for kind in [EventKind::Resumed, EventKind::Ended { exit: 0, settled: true }] {
        let event = RunEvent { time: crate::time::now(host), step: None, kind };
        journal.add(&event).map_err(failed)?;
    }
    if said.is_empty() {
        said.push(format!("There was nothing to undo; {} is as it was.", target.display()));
    }
    said.push("Fetched wheels are kept; `torch-wizard cache clean` removes them.".to_owned());
    Ok(said.join(" "))
}

/// Undoes a run whose journal is damaged: its plan alone says what may lie about.
pub fn roll_back_damaged(host: &dyn Host, folder: &Path) -> Result<String, Problem> {
    let plan: Option<Plan> = crate::store::load(host, &folder.join("plan.json")).map_err(Problem::from)?;
    let journal = folder.join("journal.jsonl");
    let broken = beside(&journal, ".broken");
    host.remove(&broken).and_then(|()| host.rename(&journal, &broken)).map_err(|error| steps::problem_of(&error))?;
    let Some(plan) = plan else { return Ok(format!("{} was set aside.", journal.display())) };
    let history = History { open: Some("promote".to_owned()), ..History::default() };
    roll_back(host, &SavedRun { folder: folder.to_owned(), plan, history })
}

/// The run that `resume` or `rollback` is about: the newest unfinished one, or that of an environment.
pub fn pick(
    host: &dyn Host,
    environment: Option<&Path>,
) -> Result<Option<SavedRun>, (std::path::PathBuf, JournalError)> {
    for run in super::journal::unfinished(host) {
        match run {
            Ok(run) if environment.is_none_or(|wanted| run.plan.target == wanted) => return Ok(Some(run)),
            Err(error) if environment.is_none() => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(None)
}
