//! What a repair replaced: it waits beside the new one until the user lets it go or its time is over. Until then one move
//! brings it back: the undoing of the run that replaced it.

use super::alone::take_lock;
use super::journal::{SavedRun, folders, look_at_run};
use super::problems::problem_of;
use crate::host::Host;
use crate::plan::{ASIDE_SUFFIX, Plan, beside};
use crate::problem::Problem;
use crate::store::{Known, Registry};
use jiff::{SignedDuration, Timestamp};
use std::path::{Path, PathBuf};

/// So long it is kept: a driver that fails after a while, or a project that is opened again, is found out by then.
const TIME: SignedDuration = SignedDuration::from_hours(14 * 24);

/// An environment that was replaced and is still there.
#[derive(Clone, Debug)]
pub struct Replaced {
    /// The run that replaced it.
    pub run: SavedRun,
    /// Where it waits.
    pub aside: PathBuf,
    /// What was known of it.
    pub known: Option<Known>,
    /// When it is removed by itself (RFC 3339, UTC).
    pub until: String,
}

/// All of them, one for each place.
pub fn all(host: &dyn Host) -> Vec<Replaced> {
    let mut found: Vec<Replaced> = Vec::new();
    for run in folders(host).iter().rev().filter_map(|folder| look_at_run(host, folder)) {
        let is_new = !found.iter().any(|other| other.run.plan.target == run.plan.target);
        if is_new && let Some(replaced) = replaced(host, run) {
            found.push(replaced);
        }
    }
    found
}

/// That of a place.
pub fn of(host: &dyn Host, environment: &Path) -> Option<Replaced> {
    all(host).into_iter().find(|replaced| super::rollback::is_for(host, &replaced.run.plan, environment))
}

fn replaced(host: &dyn Host, run: SavedRun) -> Option<Replaced> {
    let is_over = run.history.ended && run.history.done.contains("promote");
    let until = until(&run.plan).filter(|_| is_over && is_kept(host, &run.plan))?;
    let aside = beside(&run.plan.target, ASIDE_SUFFIX);
    let before: Registry = crate::store::look(host, &super::listed::before(&run.plan)).unwrap_or_default();
    let known = before.environments.into_iter().next();
    Some(Replaced { aside, known, until: crate::time::text(until.into()), run })
}

fn until(plan: &Plan) -> Option<Timestamp> {
    plan.made_at.parse::<Timestamp>().ok()?.checked_add(TIME).ok()
}

/// Whether what a plan replaced is there and its time is not over.
pub(super) fn is_kept(host: &dyn Host, plan: &Plan) -> bool {
    let is_there = |path: &Path| host.meta(path).is_some();
    let now = Timestamp::try_from(host.now()).unwrap_or_default();
    plan.keeps_replaced
        && is_there(&plan.target)
        && is_there(&beside(&plan.target, ASIDE_SUFFIX))
        && until(plan).is_some_and(|until| now < until)
}

/// Removes it; what stands in its place is not touched.
pub fn let_go(host: &dyn Host, replaced: &Replaced) -> Result<String, Problem> {
    let _lock = take_lock(host, &replaced.run.plan)?;
    host.remove(&replaced.aside).map_err(|error| problem_of(&error))?;
    Ok(format!("{} was removed; {} stands as it is.", replaced.aside.display(), replaced.run.plan.target.display()))
}

#[cfg(test)]
mod tests;
