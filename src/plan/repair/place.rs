//! The steps of a repair where an environment stands, because it cannot be made again.

use super::{Change, Holding};
use crate::assess::Assessment;
use crate::lock::Lock;
use crate::plan::wheel::{self, step};
use crate::plan::{Action, Choices, Engine, Frame, Inside, Plan, PlanError, PlanStep, begun, in_place as placing, uv};

/// What a repair in place is made of.
#[derive(Clone, Copy, Debug)]
pub struct InPlace<'a> {
    /// What the environment holds.
    pub holding: &'a Holding,
    /// What changes.
    pub change: &'a Change,
    /// `cpu`, or the cards, separated by commas.
    pub device: &'a str,
}

/// Makes the plan. `choices.target` is the environment, `choices.python` its own interpreter; `lock` has what is
/// installed anew.
pub fn in_place(
    assessment: Assessment,
    choices: Choices,
    lock: Lock,
    frame: Frame,
    parts: InPlace<'_>,
) -> Result<Plan, PlanError> {
    let mut plan = begun(assessment, choices, lock, frame)?;
    plan.steps = steps(&plan, parts);
    Ok(plan)
}

/// The round of the packages, and that of what a broken removal left.
const PACKAGES: &str = "packages";
const LEFTOVERS: &str = "leftovers";

fn steps(plan: &Plan, parts: InPlace<'_>) -> Vec<PlanStep> {
    let InPlace { change, device, .. } = parts;
    let installs = !plan.lock.packages.is_empty();
    let mut steps = Vec::new();
    if installs {
        // Before anything is moved: a network that fails then changes nothing.
        steps.extend([wheel::download(plan), wheel::pins(plan)]);
    }
    steps.extend(purge(plan, change));
    if installs {
        steps.push(placing::unpack(plan, PACKAGES));
    }
    let names = going(plan, parts);
    if !names.is_empty() {
        let what = (PACKAGES, "Set aside the packages that are replaced");
        steps.push(placing::set_aside(plan, what, names, Vec::new()));
    }
    // After the packages: what is registered twice has a list of its files in each of its folders.
    if !change.leftovers.is_empty() {
        let what = (LEFTOVERS, "Set aside what a broken removal left");
        steps.push(placing::set_aside(plan, what, Vec::new(), change.leftovers.clone()));
    }
    if installs {
        steps.push(placing::move_in(plan, PACKAGES, "Move the new packages in"));
        steps.extend(placing::make(plan));
    }
    steps.push(step(
        "verify",
        "Run the kernels and compare with a reference",
        Action::Verify { python: plan.choices.python.clone(), device: device.to_owned(), inside: Inside::Here },
        Vec::new(),
        15_000,
        "loading PyTorch",
    ));
    steps.extend(placing::ends(plan));
    steps
}

/// uv's unpacked files are those of the environment, by hard links: what is damaged here is damaged there.
pub fn purge(plan: &Plan, change: &Change) -> Option<PlanStep> {
    if change.purge.is_empty() || plan.choices.engine == Engine::Pip {
        return None;
    }
    let names: Vec<&str> = change.purge.iter().map(String::as_str).collect();
    Some(step(
        "purge",
        "Remove damaged packages from the cache",
        Action::Run { command: uv::purge(plan, &names) },
        vec![plan.places.uv_cache.clone()],
        1_000,
        "removing files",
    ))
}

/// Everything that changes goes whole: what the old package alone had would stay otherwise. One that an installation
/// left without its papers may be there and in no list.
fn going(plan: &Plan, parts: InPlace<'_>) -> Vec<String> {
    let InPlace { holding, change, .. } = parts;
    let is_there = |name: &String| holding.package(name).is_some();
    let mut names: Vec<String> =
        change.names().into_iter().chain(change.remove.iter().cloned()).filter(is_there).collect();
    names.extend(plan.lock.packages.iter().map(|package| crate::lock::normalised(&package.name)));
    names.sort();
    names.dedup();
    names
}
