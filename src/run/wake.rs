//! A new life of a run: survivors of the earlier one are ended, what it left half done is begun anew, what it has done
//! is trusted.

use super::{EventKind, Runner, Stop, download, prove, rollback};
use crate::host::{Host, HostError};
use crate::plan::{Action, CommandSpec, Inside, Plan, PlanStep, wsl2};
use sha2::{Digest as _, Sha256};
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

pub(super) fn writes_below(step: &PlanStep, folder: &Path) -> bool {
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
        // So would an environment that an older run replaced and could not remove. Best effort: it may still be in use.
        for step in &self.plan.steps {
            if let Action::Promote { to, aside: Some(aside), .. } = &step.action
                && self.host.meta(to).is_some()
            {
                self.host.remove(aside).ok();
            }
        }
        self.clear_gone();
        Ok(())
    }

    /// Goes through what the earlier lives left.
    pub(super) fn wake_up(&mut self) -> Result<(), Stop> {
        rollback::end_survivors(&*self.host, self.plan, &self.history)?;
        self.emit(None, EventKind::Resumed)?;
        let stands = self.wake_in_place()?;
        let promotion = promotion(self.plan);
        let moved = stands || promotion.is_some_and(|step| self.was_begun(&step.key));
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
        if torn.is_some() && (self.drop_damaged_wheels()? || self.wheels_are_gone()) {
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
    /// to its end is trusted. Where hours of compiling stand between the first and the last of them, one that was not
    /// begun yet counts as well: with the environment made anew its headers would be new, and all that reads them would
    /// be compiled again.
    fn environment_is_whole(&self, place: &Path) -> bool {
        let is_installer = |step: &&PlanStep| matches!(step.action, Action::Run { .. }) && writes_below(step, place);
        let is_compiled = self.plan.recipe.is_some();
        let is_fine =
            |step: &PlanStep| self.history.done.contains(&step.key) || is_compiled && !self.was_begun(&step.key);
        self.host.meta(place).is_some() && self.plan.steps.iter().filter(is_installer).all(is_fine)
    }

    pub(super) fn begin_environment_anew(&mut self, place: &Path) -> Result<(), Stop> {
        if self.host.meta(place).is_some() {
            remove_environment(&*self.host, self.plan, place)?;
        }
        self.undo_steps(|step| matches!(step.action, Action::WritePins { .. }) || writes_below(step, place))
    }

    /// Where an installer failed, a wheel may be at fault: what is not what the lock names is thrown away. Says whether
    /// there was any, or a link is missing.
    fn drop_damaged_wheels(&self) -> Result<bool, Stop> {
        let is_failed = |step: &PlanStep| self.history.failed.as_deref() == Some(step.key.as_str());
        let has_failed =
            self.plan.steps.iter().any(|step| matches!(step.action, Action::Run { .. }) && is_failed(step));
        let mut has_any = false;
        for package in self.plan.lock.packages.iter().filter(|_| has_failed) {
            let name = &package.wheel.file_name;
            let Some(hash) = package.wheel.sha256.as_ref().or_else(|| self.history.hashes.get(name)) else { continue };
            let whole = download::place(&self.plan.places.store, hash, name);
            for file in [&self.plan.places.links.join(name), &whole] {
                let is_right = self.host.meta(file).is_some() && sha256_of(&*self.host, file)? == *hash;
                if is_right {
                    // The other is the same file, or it is made from this one.
                    break;
                }
                self.host.remove(file)?;
                has_any = true;
            }
        }
        Ok(has_any)
    }

    /// The wheels may have been cleaned away in between.
    fn wheels_are_gone(&self) -> bool {
        self.plan.lock.packages.iter().any(|package| {
            let known = self.history.hashes.get(&package.wheel.file_name).map(String::as_str);
            !download::is_here(&*self.host, &self.plan.places.store, &package.wheel, known)
        })
    }

    /// Steps that were done and must be done again.
    pub(super) fn undo_steps(&mut self, is_one: impl Fn(&PlanStep) -> bool) -> Result<(), Stop> {
        let plan = self.plan;
        for step in plan.steps.iter().filter(|step| is_one(step)) {
            if self.history.done.remove(&step.key) {
                self.emit(None, EventKind::Undone { step: step.key.clone() })?;
            }
        }
        Ok(())
    }
}

fn sha256_of(host: &dyn Host, file: &Path) -> Result<String, HostError> {
    const PIECE: usize = 1 << 20;
    let (mut hash, mut from) = (Sha256::new(), 0);
    loop {
        let piece = host.read_at(file, from, PIECE)?;
        if piece.is_empty() {
            return Ok(crate::text::hex(hash.finalize().as_slice()));
        }
        hash.update(&piece);
        from += piece.len() as u64;
    }
}

#[cfg(test)]
mod tests;
