//! What the records of runs know of environments: enough to make the list of them again when that was lost.

use super::journal::{SavedRun, folders, look_at_run};
use super::listed::known_of;
use super::prove::saved;
use crate::environments::{inspect, interpreter};
use crate::host::Host;
use crate::lock::is_same_version;
use crate::plan::{Action, Plan};
use crate::store::{Registry, StoreError, save};
use std::path::Path;

/// Runs whose every step was done and not undone, the newest first. Only looks: a record that cannot be read stays, and
/// is not told of.
pub(super) fn runs_that_stand(host: &dyn Host) -> Vec<SavedRun> {
    let stands = |run: &SavedRun| run.plan.steps.iter().all(|step| run.history.done.contains(&step.key));
    folders(host).iter().rev().filter_map(|folder| look_at_run(host, folder)).filter(stands).collect()
}

/// The list of the environments that runs made and that stand there, as the runs put them into it.
fn remembered(host: &dyn Host) -> Registry {
    let mut registry = Registry::default();
    for SavedRun { folder, plan, .. } in runs_that_stand(host).into_iter().rev() {
        let Some(at) = place(&plan).filter(|at| interpreter(host, at).is_some()) else { continue };
        let now = inspect(host, at).torch.map(|torch| torch.to_string());
        let report = saved(host, &folder);
        let then = plan.lock.package("torch").map(|torch| torch.version.clone());
        let then = then.or_else(|| report.as_ref()?.torch.clone());
        // A proof is of the torch that was there then.
        let is_it = now.as_ref().zip(then.as_ref()).is_some_and(|(now, then)| is_same_version(now, then));
        let mut known = known_of(&plan, report.filter(|_| is_it).as_ref(), at, plan.made_at.clone());
        known.torch = known.torch.or(now);
        registry.put(known);
    }
    registry
}

/// Makes the list anew where it had been damaged and was set aside; `None` where it was not.
pub fn found_again(host: &dyn Host) -> Result<Option<Registry>, StoreError> {
    if !Registry::is_lost(host) {
        return Ok(None);
    }
    let registry = remembered(host);
    save(host, &Registry::path(host), &registry)?;
    Ok(Some(registry))
}

/// Where a plan puts its environment for good.
fn place(plan: &Plan) -> Option<&Path> {
    plan.steps.iter().find_map(|step| match &step.action {
        Action::Promote { to, .. } => Some(to.as_path()),
        Action::Register { at } => Some(at.as_path()),
        Action::Run { .. }
        | Action::Fetch
        | Action::WritePins { .. }
        | Action::Rehome { .. }
        | Action::Verify { .. }
        | Action::WriteFile { .. }
        | Action::Expect { .. }
        | Action::Restart { .. }
        | Action::SetAside { .. }
        | Action::MoveIn { .. }
        | Action::Program { .. }
        | Action::DropAside { .. } => None,
    })
}
