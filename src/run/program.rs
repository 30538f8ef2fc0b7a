//! A program's source: made beside its place by git, moved there by rename.

use super::problems::target_taken;
use super::{Runner, Stop};
use crate::host::{Host, HostError};
use crate::plan::{Action, CommandSpec, PlanStep};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Says in a checked out folder which run made it: a folder without it is somebody else's and is never removed.
fn mark(folder: &Path) -> PathBuf {
    folder.join(".git").join("torch-wizard-run")
}

fn is_of(host: &dyn Host, folder: &Path, run: &str) -> bool {
    host.read(&mark(folder)).is_ok_and(|bytes| bytes == run.as_bytes())
}

/// Whether a folder was checked out by a run for this environment that did not come to its end.
pub fn is_unfinished_program(host: &dyn Host, environment: &Path, folder: &Path) -> bool {
    let runs = super::journal::unfinished(host).into_iter().flatten();
    let mut of_environment = runs.filter(|run| super::rollback::is_for(host, &run.plan, environment));
    of_environment.any(|run| is_of(host, folder, &run.plan.id))
}

impl Runner<'_> {
    /// Makes it anew, whatever an earlier life left beside its place. One that stands there already is this run's own or
    /// in the way.
    pub(super) fn program(
        &mut self,
        step: &PlanStep,
        commands: &[CommandSpec],
        staging: &Path,
        to: &Path,
    ) -> Result<(), Stop> {
        let host = Arc::clone(&self.host);
        if is_of(&*host, to, &self.plan.id) {
            return Ok(());
        }
        if host.meta(to).is_some() {
            return Err(Stop::Failed(target_taken(to)));
        }
        self.insist(step, "removing what was begun", |host| host.remove(staging))?;
        for command in commands {
            self.run_command(step, command)?;
        }
        host.write_atomic(&mark(staging), self.plan.id.as_bytes())?;
        self.insist(step, &step.silence, |host| host.rename(staging, to))
    }
}

/// Takes the source of a run away that did not come to its end.
pub(super) fn take_back(host: &dyn Host, run: &str, step: &PlanStep) -> Result<Vec<String>, HostError> {
    let Action::Program { staging, to, .. } = &step.action else { return Ok(Vec::new()) };
    let mut said = Vec::new();
    if is_of(host, to, run) {
        host.remove(to)?;
        said.push(format!("{} was removed.", to.display()));
    }
    // Its name is the product's own.
    host.remove(staging)?;
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::World;

    #[test]
    fn only_what_this_run_made_is_taken_away() {
        let action = Action::Program { commands: Vec::new(), staging: "/a/App.tw-new".into(), to: "/a/App".into() };
        let step = PlanStep {
            key: "kit-app-source".to_owned(),
            title: String::new(),
            action,
            writes: Vec::new(),
            weight: 1,
            silence: String::new(),
            admin: false,
        };
        let there = |run: Option<&str>| {
            let world = World::new(OsFamily::Linux).file("/a/App/models/mine.bin", "mine").file("/a/App.tw-new/x", "");
            let world = run.into_iter().fold(world, |world, run| world.file("/a/App/.git/torch-wizard-run", run));
            let said = take_back(&world, "7", &step).unwrap();
            assert!(world.meta(Path::new("/a/App.tw-new")).is_none(), "what was begun goes");
            (world.meta(Path::new("/a/App")).is_some(), said.len())
        };
        assert_eq!(there(Some("7")), (false, 1));
        assert_eq!(there(Some("6")), (true, 0), "of another run");
        assert_eq!(there(None), (true, 0), "of somebody else");
    }
}
