//! The entry of a run's environment in the list of known ones: put there at the end, taken back when the run is undone.

use super::Stop;
use crate::host::{Guard, Host};
use crate::plan::Plan;
use crate::problem::Problem;
use crate::store::{Known, Registry, StoreError, load, save};
use crate::verify::VerificationReport;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What was known of the place before: a list of one or none, in the folder of the run.
pub(super) fn before(plan: &Plan) -> PathBuf {
    plan.places.run.join("listed-before.json")
}

fn is_of(known: &Known, plan: &Plan) -> bool {
    known.plan_id.as_deref() == Some(plan.id.as_str())
}

/// The entry of an environment that a run made.
pub(super) fn known_of(plan: &Plan, report: Option<&VerificationReport>, at: &Path, created: String) -> Known {
    Known {
        path: at.to_owned(),
        created,
        torch: report.and_then(|report| report.torch.clone()),
        variant: plan.assessment.build.as_ref().map(|build| build.variant.clone()),
        route: Some(plan.assessment.route.word().to_owned()),
        plan_id: Some(plan.id.clone()),
        verdict: report.map(|report| report.verdict),
        verified_at: report.map(|report| report.taken_at.clone()),
        driver: report.and_then(|report| report.driver.clone()),
        last_report: Some(plan.places.run.join("report.json")),
        machine: report.and_then(|report| report.machine.clone()),
    }
}

/// Wizards at work on other environments write the same list; each is done in a moment.
fn alone(host: &dyn Host) -> Option<Box<dyn Guard>> {
    let path = host.folders().data.join("locks").join("environments.lock");
    (0..50).find_map(|turn| {
        if turn > 0 {
            host.pause(Duration::from_millis(100));
        }
        host.lock(&path).ok().flatten()
    })
}

/// Puts an environment into the list. What was known of its place is kept with the run.
pub(super) fn put(host: &dyn Host, plan: &Plan, known: Known) -> Result<(), Stop> {
    let at = known.path.clone();
    let _alone = alone(host);
    let put = || -> Result<(), StoreError> {
        let path = Registry::path(host);
        let mut registry: Registry = load(host, &path)?;
        let older = registry.environments.iter().find(|other| other.path == known.path && !is_of(other, plan));
        if let Some(older) = older {
            let mut kept = Registry::default();
            kept.put(older.clone());
            save(host, &before(plan), &kept)?;
        }
        registry.put(known);
        save(host, &path, &registry)
    };
    put().map_err(|error| {
        let mut problem = Problem::from(error);
        problem.changed =
            format!("The environment stands at {} and is not yet in the list. {}", at.display(), problem.changed);
        Stop::Failed(problem.command("Put it into the list", "torch-wizard resume"))
    })
}

/// Takes the entry of a run that is undone out of the list; what was known before is known again.
pub(super) fn take_back(host: &dyn Host, plan: &Plan) -> Result<(), Problem> {
    let _alone = alone(host);
    let path = Registry::path(host);
    let mut registry: Registry = load(host, &path)?;
    if !registry.environments.iter().any(|known| is_of(known, plan)) {
        return Ok(());
    }
    registry.environments.retain(|known| !is_of(known, plan));
    let older: Registry = load(host, &before(plan))?;
    for known in older.environments {
        registry.put(known);
    }
    Ok(save(host, &path, &registry)?)
}

/// Whether something that stands at a place may be moved away for an environment: an empty folder or an environment.
pub(super) fn may_be_replaced(host: &dyn Host, folder: &Path) -> bool {
    host.meta(&folder.join("pyvenv.cfg")).is_some() || host.list(folder).is_ok_and(|entries| entries.is_empty())
}
