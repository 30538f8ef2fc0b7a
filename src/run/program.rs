//! A program's source: made beside its place by git, moved there by rename.

use super::journal::SavedRun;
use super::problems::target_taken;
use super::{Runner, Stop};
use crate::host::{ChildExit, Host, HostError};
use crate::plan::{Action, CommandSpec, Plan, PlanStep};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A look at a thousand files takes a moment.
const LIMIT: Duration = Duration::from_mins(1);

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

/// The run came to its end: what it checked out is the user's from here on, and no undoing may take it.
pub(super) fn settle(host: &dyn Host, plan: &Plan) {
    for step in &plan.steps {
        if let Action::Program { to, .. } = &step.action
            && is_of(host, to, &plan.id)
        {
            // With the mark it is still kept, as long as the journal can be read.
            host.remove(&mark(to)).ok();
        }
    }
}

/// Takes the source of a run away that did not come to its end. What somebody has put into the folder since, models
/// perhaps, keeps it: then it is theirs. Without a record of the run nobody knows whose it is.
pub(super) fn take_back(host: &dyn Host, run: &SavedRun, step: &PlanStep) -> Result<Vec<String>, HostError> {
    let Action::Program { commands, staging, to, within } = &step.action else { return Ok(Vec::new()) };
    let mut said = Vec::new();
    if is_of(host, to, &run.plan.id) && !run.history.done.is_empty() {
        if is_as_checked_out(host, commands, to, within) {
            // One rename: an undoing that is cut goes on with what is called ours by its name.
            host.remove(staging)?;
            host.rename(to, staging)?;
            said.push(format!("{} was removed.", to.display()));
        } else {
            host.remove(&mark(to))?;
            said.push(format!("{} stays: there are files in it that were not checked out.", to.display()));
        }
    }
    // Its name is the product's own.
    host.remove(staging)?;
    Ok(said)
}

/// Whether git finds nothing in it but what it wrote there, files that the program ignores included; nor in the
/// repositories within it.
fn is_as_checked_out(host: &dyn Host, commands: &[CommandSpec], folder: &Path, within: &[String]) -> bool {
    let Some(first) = commands.first() else { return false };
    let is_clean = |folder: &Path, apart_from: &[String]| {
        let folder = folder.display().to_string();
        let safe = format!("safe.directory={folder}");
        let args = ["-c", &safe, "-C", &folder, "status", "--porcelain", "-z", "--ignored", "--untracked-files=all"];
        let command = CommandSpec { args: args.map(str::to_owned).to_vec(), ..first.clone() };
        let Ok(said) = crate::host::output(host, &command, LIMIT) else { return false };
        // Two letters, a blank and a path, which for another repository ends with a slash.
        let is_apart = |line: &[u8]| apart_from.iter().any(|name| line.get(3..) == Some(format!("{name}/").as_bytes()));
        let mut lines = said.stdout.split(|byte| *byte == 0).filter(|line| !line.is_empty());
        said.exit == ChildExit::Code(0) && lines.all(is_apart)
    };
    is_clean(folder, within) && within.iter().all(|name| is_clean(&folder.join(name), &[]))
}
