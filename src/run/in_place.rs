//! Changes an environment where it stands, so that it can be had back at any instant, byte for byte.
//!
//! Nothing is copied and nothing is written over: what goes and what comes is moved by rename, whole folders where all
//! in them goes. Before the first rename of a step the list of what it will move is on the disk; from then on the place
//! where a thing lies says whether it was moved, so each step can be gone on with, or undone, from any cut.
//!
//! ```text
//! environment/.torch-wizard/RUN/ROUND/new/…      unpacked, laid out as the environment; moved in from here
//!                                    /kept/…     what was set aside
//!                                    /over/…     what stood where something was moved in
//!                                    /kept.json  the list of what is set aside
//!                                    /in.json    the lists of what is moved in and over
//! environment/.torch-wizard/RUN.gone/            nobody needs it any more, whether the change stands or was undone
//! ```

mod arrivals;
mod owned;
mod record;
mod scripts;

use super::journal::History;
use super::{EventKind, Runner, Stop, problems};
use crate::environments::places::{below, name_of, parent_of};
use crate::host::{Host, HostError};
use crate::plan::{Action, Plan, PlanStep, beside, in_place};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const KEPT: &str = "kept";
const OVER: &str = "over";
const KEPT_LIST: &str = "kept.json";
const IN_LIST: &str = "in.json";
const GONE: &str = ".gone";

/// What a step moves: paths below the environment, with `/` between their parts. Each is a file, a link, or a folder
/// that is moved whole; none lies in another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct List {
    schema: u32,
    /// What is set aside, or moved in.
    paths: Vec<String>,
    /// What stands in the way of what is moved in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    over: Vec<String>,
}

/// The list of a step that was begun.
fn read(host: &dyn Host, path: &Path) -> Result<Option<List>, HostError> {
    if host.meta(path).is_none() {
        return Ok(None);
    }
    let bytes = host.read(path)?;
    match serde_json::from_slice::<List>(&bytes) {
        Ok(list) if list.schema <= crate::store::SCHEMA => Ok(Some(list)),
        // Nothing may be guessed about somebody's files.
        Ok(_) => Err(unreadable(path, "a newer torch-wizard wrote it".to_owned())),
        Err(error) => Err(unreadable(path, error.to_string())),
    }
}

fn unreadable(path: &Path, why: String) -> HostError {
    HostError::File {
        what: "could not understand",
        path: path.to_owned(),
        source: std::io::Error::new(std::io::ErrorKind::InvalidData, why),
    }
}

fn write(host: &dyn Host, path: &Path, list: &List) -> Result<(), HostError> {
    host.write_atomic(path, &serde_json::to_vec(list).unwrap_or_default())
}

/// Moves aside what packages and broken removals have in an environment.
fn set_aside(
    host: &dyn Host,
    environment: &Path,
    (packages, leftovers): (&[String], &[PathBuf]),
    round: &Path,
) -> Result<(), HostError> {
    let place = round.join(KEPT_LIST);
    let list = if let Some(list) = read(host, &place)? {
        list
    } else {
        let paths = owned::paths(host, environment, packages, leftovers)?;
        let list = List { schema: crate::store::SCHEMA, paths, over: Vec::new() };
        write(host, &place, &list)?;
        list
    };
    list.paths.iter().try_for_each(|path| keep(host, environment, &round.join(KEPT), path))
}

/// Moves in what was unpacked.
fn move_in(host: &dyn Host, environment: &Path, round: &Path) -> Result<(), HostError> {
    let (place, new) = (round.join(IN_LIST), round.join(in_place::NEW));
    let list = if let Some(list) = read(host, &place)? {
        list
    } else {
        let (paths, over) = arrivals::paths(host, environment, &new)?;
        let list = List { schema: crate::store::SCHEMA, paths, over };
        write(host, &place, &list)?;
        list
    };
    list.over.iter().try_for_each(|path| keep(host, environment, &round.join(OVER), path))?;
    for path in &list.paths {
        let from = below(&new, path);
        if host.meta(&from).is_some() {
            host.rename(&from, &below(environment, path))?;
        }
    }
    Ok(())
}

/// Moves one thing out of the environment, unless that was done.
fn keep(host: &dyn Host, environment: &Path, shelf: &Path, path: &str) -> Result<(), HostError> {
    let (from, to) = (below(environment, path), below(shelf, path));
    if host.meta(&to).is_some() || host.meta(&from).is_none() {
        return Ok(());
    }
    rename(host, &from, &to)
}

/// Moves one thing back. Whatever stands there by now came later.
fn restore(host: &dyn Host, environment: &Path, shelf: &Path, path: &str) -> Result<(), HostError> {
    let (from, to) = (below(shelf, path), below(environment, path));
    if host.meta(&from).is_none() {
        return Ok(());
    }
    host.remove(&to)?;
    rename(host, &from, &to)
}

fn rename(host: &dyn Host, from: &Path, to: &Path) -> Result<(), HostError> {
    if let Some(folder) = parent_of(to) {
        host.make_dir(&folder)?;
    }
    host.rename(from, to)
}

/// Undoes what a round has moved; what was unpacked lies in the round again. Answers whether there was anything.
fn bring_back(host: &dyn Host, environment: &Path, round: &Path) -> Result<bool, HostError> {
    let (places, new) = ([round.join(IN_LIST), round.join(KEPT_LIST)], round.join(in_place::NEW));
    let [arrived, kept] = &places;
    if let Some(list) = read(host, arrived)? {
        for path in list.paths.iter().rev() {
            take_out(host, environment, &new, path, &list.paths)?;
        }
        for path in list.over.iter().rev() {
            restore(host, environment, &round.join(OVER), path)?;
        }
    }
    let was_set_aside = read(host, kept)?;
    for path in was_set_aside.iter().flat_map(|list| list.paths.iter().rev()) {
        restore(host, environment, &round.join(KEPT), path)?;
    }
    let was_any = places.iter().any(|place| host.meta(place).is_some());
    // In this order: a list that is there is true.
    places.iter().try_for_each(|place| host.remove(place))?;
    Ok(was_any)
}

/// Moves one thing that was moved in out again, and removes what Python compiled of it since.
fn take_out(host: &dyn Host, environment: &Path, new: &Path, path: &str, all: &[String]) -> Result<(), HostError> {
    let (from, to) = (below(environment, path), below(new, path));
    if host.meta(&to).is_some() || host.meta(&from).is_none() {
        return Ok(());
    }
    // Not what came compiled with it, by itself or in a folder that was moved whole.
    let came = |cache: &String| all.iter().any(|moved| Path::new(cache).starts_with(moved));
    for cache in arrivals::caches(host, environment, path).into_iter().filter(|cache| !came(cache)) {
        let cache = below(environment, &cache);
        host.remove(&cache)?;
        let folder = parent_of(&cache).unwrap_or_default();
        if host.list(&folder).is_ok_and(|files| files.is_empty()) {
            host.remove(&folder)?;
        }
    }
    rename(host, &from, &to)
}

/// Makes the rounds of a run nobody's, in one rename, and removes them. What cannot be removed now is told and is in
/// nobody's way.
fn forget(host: &dyn Host, aside: &Path) -> Result<Option<HostError>, HostError> {
    let gone = beside(aside, GONE);
    if host.meta(aside).is_some() {
        host.rename(aside, &gone)?;
    }
    let left = host.remove(&gone).and_then(|()| remove_if_empty(host, aside));
    Ok(left.err())
}

fn remove_if_empty(host: &dyn Host, aside: &Path) -> Result<(), HostError> {
    let Some(folder) = parent_of(aside) else { return Ok(()) };
    if host.list(&folder).is_ok_and(|files| files.is_empty()) {
        host.remove(&folder)?;
    }
    Ok(())
}

/// The rounds of a plan, in order.
fn rounds(plan: &Plan) -> Vec<&Path> {
    let mut found: Vec<&Path> = Vec::new();
    for step in &plan.steps {
        if let Action::SetAside { aside, .. } | Action::MoveIn { aside, .. } = &step.action
            && !found.contains(&aside.as_path())
        {
            found.push(aside);
        }
    }
    found
}

/// The folder of a round into which a step unpacks wheels: nothing of it is in the environment, so it can be made again.
/// What a step compiles takes too long for that, and the disk that was full may have been another one.
pub(super) fn filled_by(plan: &Plan, step: &PlanStep) -> Option<PathBuf> {
    let mut filled = rounds(plan).into_iter().map(|round| round.join(in_place::NEW));
    filled.find(|new| step.writes.contains(new) && step.writes.contains(&plan.places.uv_cache))
}

/// Undoes what a plan has moved, the last first; what it unpacked stays. Answers whether there was anything.
fn bring_all_back(host: &dyn Host, plan: &Plan) -> Result<bool, HostError> {
    let mut was_any = false;
    for round in rounds(plan).into_iter().rev() {
        was_any |= bring_back(host, &plan.target, round)?;
    }
    // The guard may hold the torch that the run brought.
    if was_any && let Err(problem) = crate::environments::guard::renew(host, &plan.target, &plan.target) {
        tracing::warn!("the guard of {} was not renewed: {}", plan.target.display(), problem.cause);
    }
    Ok(was_any)
}

/// Whether the change of a plan can no longer be undone: what it replaced was let go.
pub(super) fn is_settled(host: &dyn Host, plan: &Plan, history: &History) -> bool {
    let lets_go = plan.steps.iter().find(|step| matches!(step.action, Action::DropAside { .. }));
    lets_go.is_some_and(|step| {
        history.done.contains(&step.key)
            || history.open.as_deref() == Some(&step.key) && host.meta(&in_place::aside(plan)).is_none()
    })
}

/// Undoes the change of a plan. Says what is different now.
pub(super) fn undo(host: &dyn Host, plan: &Plan, history: &History) -> Result<Vec<String>, HostError> {
    if !in_place::is_in_place(plan) {
        return Ok(Vec::new());
    }
    let (aside, target) = (in_place::aside(plan), plan.target.display());
    if is_settled(host, plan, history) {
        forget(host, &aside)?;
        return Ok(vec![format!("The change of {target} had been proven and finished; it stays.")]);
    }
    let was_any = bring_all_back(host, plan)?;
    let left = forget(host, &aside)?;
    let mut said: Vec<String> = was_any.then(|| format!("{target} is as it was before.")).into_iter().collect();
    said.extend(left.map(|error| format!("Remove it by hand, nobody needs it: {error}.")));
    Ok(said)
}

/// A change of an environment that did not come to its end: its folder in the environment.
pub fn unfinished_in(host: &dyn Host, environment: &Path) -> Option<PathBuf> {
    let entries = host.list(&environment.join(in_place::FOLDER)).unwrap_or_default();
    let mut rounds = entries.into_iter().filter(|entry| entry.meta.is_dir && !name_of(&entry.path).ends_with(GONE));
    rounds
        .find(|entry| {
            let inner = host.list(&entry.path).unwrap_or_default();
            inner
                .iter()
                .any(|round| [KEPT_LIST, IN_LIST].iter().any(|list| host.meta(&round.path.join(list)).is_some()))
        })
        .map(|entry| entry.path)
}

impl Runner<'_> {
    /// Moves aside what goes. A program that works in the environment, or a scanner at one of its files, is waited for.
    pub(super) fn set_aside(
        &mut self,
        step: &PlanStep,
        environment: &Path,
        what: (&[String], &[PathBuf]),
        aside: &Path,
    ) -> Result<(), Stop> {
        self.until_unused(step, environment)?;
        self.insist(step, &step.silence, |host| set_aside(host, environment, what, aside))
    }

    /// Moves in what was unpacked.
    pub(super) fn move_in(&mut self, step: &PlanStep, aside: &Path, environment: &Path) -> Result<(), Stop> {
        let os = self.plan.os;
        // Before the list of what is moved is made.
        self.insist(step, &step.silence, |host| {
            scripts::settle(host, os, environment, &aside.join(in_place::NEW))?;
            move_in(host, environment, aside)
        })
    }

    /// Lets go of what was set aside.
    pub(super) fn drop_aside(&mut self, step: &PlanStep, aside: &Path) -> Result<(), Stop> {
        if let Some(error) = forget(&*self.host, aside)? {
            let text = format!("{error}; it can be removed by hand");
            self.emit(Some(step), EventKind::Log { stderr: true, text })?;
        }
        Ok(())
    }

    /// A step failed or the user cancelled: the environment is had back at once; what was fetched and unpacked waits
    /// for the next life.
    pub(super) fn back_in_place(&mut self, stop: Stop) -> Stop {
        // Without its folder nothing was moved yet, or all was let go: what stands there now is the environment.
        if !in_place::is_in_place(self.plan) || self.host.meta(&in_place::aside(self.plan)).is_none() {
            return stop;
        }
        let host = std::sync::Arc::clone(&self.host);
        let back = bring_all_back(&*host, self.plan).map_err(Stop::from);
        let unlisted = || super::listed::take_back(&*host, self.plan).map_err(Stop::Failed);
        match back.and_then(|_| unlisted()).and_then(|()| self.undo_steps(moves)) {
            Ok(()) => stop,
            Err(Stop::Failed(problem)) => {
                Stop::Failed(problems::not_brought_back(self.plan, stop_problem(stop), &problem))
            }
            Err(other) => other,
        }
    }

    /// What earlier lives left of a change in place. Answers whether it stands, proven.
    pub(super) fn wake_in_place(&mut self) -> Result<bool, Stop> {
        let plan = self.plan;
        if !in_place::is_in_place(plan) {
            return Ok(false);
        }
        if is_settled(&*self.host, plan, &self.history) {
            self.clear_gone();
            return Ok(true);
        }
        for round in rounds(plan) {
            let new = round.join(in_place::NEW);
            let fills = |step: &PlanStep| matches!(step.action, Action::Run { .. }) && step.writes.contains(&new);
            let is_whole =
                plan.steps.iter().filter(|step| fills(step)).all(|step| self.history.done.contains(&step.key));
            if !is_whole {
                // Installers take a file that was cut for a whole one.
                bring_back(&*self.host, &plan.target, round)?;
                self.host.remove(&new)?;
                self.undo_steps(fills)?;
            }
        }
        // They see for themselves what is moved: a power cut may have taken back what was noted as done.
        self.undo_steps(moves)?;
        Ok(false)
    }

    /// What runs for the same environment left and could not remove.
    pub(super) fn clear_gone(&self) {
        let aside = in_place::aside(self.plan);
        let entries = parent_of(&aside).and_then(|folder| self.host.list(&folder).ok()).unwrap_or_default();
        for entry in entries.into_iter().filter(|entry| name_of(&entry.path).ends_with(GONE)) {
            self.host.remove(&entry.path).ok();
        }
        remove_if_empty(&*self.host, &aside).ok();
    }
}

/// A step of a change in place from its first move on.
pub(super) fn is_of_change(step: &PlanStep) -> bool {
    matches!(step.action, Action::SetAside { .. } | Action::MoveIn { .. } | Action::DropAside { .. })
}

/// What is done again in the next life: the entry in the list tells of a proof, which is made anew as well.
fn moves(step: &PlanStep) -> bool {
    matches!(step.action, Action::SetAside { .. } | Action::MoveIn { .. } | Action::Register { .. })
}

fn stop_problem(stop: Stop) -> Option<Problem> {
    match stop {
        Stop::Failed(problem) | Stop::NeedsUser(problem) => Some(problem),
        Stop::Cancelled => None,
    }
}

#[cfg(test)]
mod tests;
