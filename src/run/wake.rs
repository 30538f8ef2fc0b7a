//! A new life of a run: survivors of the earlier one are ended, what it left half done is begun anew, what it has done
//! is trusted.

use super::{EventKind, Runner, Stop, download, prove, rollback};
use crate::host::{Host, HostError};
use crate::plan::{Action, CommandSpec, Inside, Plan, PlanStep, wsl2};
use std::path::Path;
use std::time::Duration;

/// Where an environment stands that is not finished: beside its place, or inside WSL at its place, where nothing stood
/// before. A plan that changes an environment of this system in place has none: nothing of it can be thrown away.
pub(super) fn unfinished_place(plan: &Plan) -> Option<&Path> {
    let is_written = |folder: &Path| plan.steps.iter().any(|step| writes_below(step, folder));
    if is_written(&plan.staging) {
        return Some(&plan.staging);
    }
    Some(&*plan.target).filter(|target| plan.inside != Inside::Here && is_written(target))
}

/// The step that moves what was built beside its place there.
pub(super) fn promotion(plan: &Plan) -> Option<&PlanStep> {
    unfinished_place(plan).filter(|place| *place == plan.staging)?;
    plan.steps.iter().find(|step| step.writes.contains(&plan.target))
}

fn writes_below(step: &PlanStep, folder: &Path) -> bool {
    step.writes.iter().any(|path| path.starts_with(folder))
}

/// How long a distribution may take to start and to delete an environment.
const DELETING: Duration = Duration::from_mins(3);

/// Removes an environment of a plan. Inside WSL Linux does it, whose links Windows does not see as such.
pub(super) fn remove_environment(host: &dyn Host, plan: &Plan, folder: &Path) -> Result<(), HostError> {
    match (&plan.inside, wsl2::linux_path(folder)) {
        (Inside::Wsl { .. }, Some((_, path))) => {
            let remove = plan.inside.wrap(CommandSpec::new("rm", ["-rf", "--", &path]));
            let ended = crate::host::output(host, &remove, DELETING)?;
            if ended.is_success() {
                return Ok(());
            }
            let source = std::io::Error::other(String::from_utf8_lossy(&ended.stderr).trim().to_owned());
            Err(HostError::File { what: "could not remove", path: folder.to_owned(), source })
        }
        (Inside::Here | Inside::Container { .. } | Inside::Wsl { .. }, _) => host.remove(folder),
    }
}

impl Runner<'_> {
    /// An environment half made by a run whose record is lost would be in the way of this one.
    pub(super) fn clear_staging(&self) -> Result<(), Stop> {
        let staging = &self.plan.staging;
        if self.plan.inside == Inside::Here && self.host.meta(&staging.join("pyvenv.cfg")).is_some() {
            self.host.remove(staging)?;
        }
        Ok(())
    }

    /// Goes through what the earlier lives left.
    pub(super) fn wake_up(&mut self) -> Result<(), Stop> {
        rollback::end_survivors(&*self.host, self.plan, &self.history)?;
        self.emit(None, EventKind::Resumed)?;
        let promotion = promotion(self.plan);
        let moved = promotion.is_some_and(|step| self.was_begun(&step.key));
        let torn = unfinished_place(self.plan).filter(|place| !moved && !self.environment_is_whole(place));
        if let Some(place) = torn {
            self.begin_environment_anew(place)?;
        }
        if moved {
            self.note_that_it_moved()?;
            self.report = prove::saved(&*self.host, &self.plan.places.run).map(Box::new);
        } else {
            // The verdict is needed at the end and is cheap beside the rest: it is made anew in each life.
            self.undo_steps(|step| matches!(step.action, Action::Verify { .. }))?;
        }
        if torn.is_some() && self.wheels_are_gone() {
            self.undo_steps(|step| matches!(step.action, Action::Fetch))?;
        }
        Ok(())
    }

    /// A program that moves things cannot be run twice, as [`Action::Promote`] can.
    fn note_that_it_moved(&mut self) -> Result<(), Stop> {
        let plan = self.plan;
        let Some(step) = promotion(plan).filter(|step| matches!(step.action, Action::Run { .. })) else {
            return Ok(());
        };
        let is_there = |path: &Path| self.host.meta(path).is_some();
        if is_there(&plan.target) && !is_there(&plan.staging) && self.history.done.insert(step.key.clone()) {
            self.emit(Some(step), EventKind::Finished)?;
        }
        Ok(())
    }

    /// Done, or begun and cut.
    fn was_begun(&self, key: &str) -> bool {
        self.history.done.contains(key) || self.history.open.as_deref() == Some(key)
    }

    /// An installer that was killed leaves files that it later takes for whole: only a folder in which each of them came
    /// to its end is trusted.
    fn environment_is_whole(&self, place: &Path) -> bool {
        let is_installer = |step: &&PlanStep| matches!(step.action, Action::Run { .. }) && writes_below(step, place);
        self.host.meta(place).is_some()
            && self.plan.steps.iter().filter(is_installer).all(|step| self.history.done.contains(&step.key))
    }

    fn begin_environment_anew(&mut self, place: &Path) -> Result<(), Stop> {
        if self.host.meta(place).is_some() {
            remove_environment(&*self.host, self.plan, place)?;
        }
        self.undo_steps(|step| matches!(step.action, Action::WritePins { .. }) || writes_below(step, place))
    }

    /// The wheels may have been cleaned away in between.
    fn wheels_are_gone(&self) -> bool {
        self.plan.lock.packages.iter().any(|package| {
            let known = self.history.hashes.get(&package.wheel.file_name).map(String::as_str);
            let hash = package.wheel.sha256.as_deref().or(known);
            hash.is_none_or(|hash| {
                self.host.meta(&download::place(&self.plan.places.store, hash, &package.wheel.file_name)).is_none()
            })
        })
    }

    /// Steps that were done and must be done again.
    fn undo_steps(&mut self, is_one: impl Fn(&PlanStep) -> bool) -> Result<(), Stop> {
        let plan = self.plan;
        for step in plan.steps.iter().filter(|step| is_one(step)) {
            if self.history.done.remove(&step.key) {
                self.emit(None, EventKind::Undone { step: step.key.clone() })?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
