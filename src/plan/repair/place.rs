//! The steps of a repair where an environment stands, because it cannot be made again.

use super::{Change, Holding};
use crate::assess::Assessment;
use crate::lock::Lock;
use crate::plan::wheel::{self, step};
use crate::plan::{
    Action, Choices, CommandSpec, Engine, Frame, Inside, Plan, PlanError, PlanStep, begun, inside, pip, uv,
};

/// What a repair in place is made of.
#[derive(Clone, Copy, Debug)]
pub struct InPlace<'a> {
    /// What the environment holds.
    pub holding: &'a Holding,
    /// What changes.
    pub change: &'a Change,
    /// The page that the torch of before can be had from, where it is none of the plan's.
    pub before: Option<&'a str>,
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

fn steps(plan: &Plan, parts: InPlace<'_>) -> Vec<PlanStep> {
    let InPlace { holding, change, device, .. } = parts;
    let mut steps = vec![snapshot(plan, holding)];
    if !plan.lock.packages.is_empty() {
        // Before anything is removed: a network that fails then changes nothing.
        steps.extend([wheel::download(plan), wheel::pins(plan)]);
    }
    steps.extend(purge(plan, change));
    if !change.leftovers.is_empty() {
        steps.push(leftovers(plan, change));
    }
    steps.extend(uninstall(plan, parts));
    if !plan.lock.packages.is_empty() {
        let mut install = wheel::install_for(plan, &plan.choices.python, &plan.target);
        install.undo = remove_new(plan, holding);
        steps.push(install);
    }
    steps.push(step(
        "verify",
        "Run the kernels and compare with a reference",
        Action::Verify { python: plan.choices.python.clone(), device: device.to_owned(), inside: Inside::Here },
        Vec::new(),
        15_000,
        "loading PyTorch",
    ));
    let register = Action::Register { at: plan.target.clone() };
    steps.push(step("register", "Take it into the list of environments", register, Vec::new(), 50, "writing a file"));
    steps
}

/// Every package with its version, as pip and uv read it.
fn snapshot(plan: &Plan, holding: &Holding) -> PlanStep {
    let path = inside(plan.os, &plan.places.run, "before.txt");
    let line = |package: &super::Installed| format!("{}=={}\n", package.name, package.version);
    let text: String = holding.packages.iter().map(line).collect();
    let action = Action::WriteFile { path: path.clone(), text, kept: None };
    step("before", "Note what is installed", action, vec![path], 50, "writing a file")
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

/// Takes folders away with the environment's own Python, and is content if a step that is repeated finds them gone.
const REMOVE: &str = "import os, shutil, sys; [shutil.rmtree(path) for path in sys.argv[1:] if os.path.lexists(path)]";

fn leftovers(plan: &Plan, change: &Change) -> PlanStep {
    let mut args = vec!["-I".to_owned(), "-c".to_owned(), REMOVE.to_owned()];
    args.extend(change.leftovers.iter().map(|path| path.display().to_string()));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    step(
        "leftovers",
        "Remove what a broken removal left",
        Action::Run { command: pip::command(plan, &plan.choices.python, &args) },
        change.leftovers.clone(),
        1_000,
        "removing files",
    )
}

/// Everything that changes goes first: an installer that only replaces leaves what the old package alone had.
fn uninstall(plan: &Plan, parts: InPlace<'_>) -> Option<PlanStep> {
    let InPlace { holding, change, .. } = parts;
    let is_there = |name: &String| holding.package(name).is_some();
    let mut names: Vec<String> = change.names().into_iter().chain(change.remove.iter().cloned()).collect();
    names.extend(plan.lock.packages.iter().map(|package| package.name.clone()));
    names.retain(is_there);
    names.sort();
    names.dedup();
    if names.is_empty() {
        return None;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let command = remove(plan, &names);
    let mut step = step(
        "uninstall",
        "Remove the packages that are replaced",
        Action::Run { command },
        vec![plan.target.clone()],
        5_000,
        "removing files",
    );
    step.undo = put_back(plan, &names, parts);
    Some(step)
}

/// Takes away again what was not there before.
fn remove_new(plan: &Plan, holding: &Holding) -> Vec<CommandSpec> {
    let names = plan.lock.packages.iter().map(|package| package.name.as_str());
    let names: Vec<&str> = names.filter(|name| holding.package(name).is_none()).collect();
    if names.is_empty() { Vec::new() } else { vec![remove(plan, &names)] }
}

fn remove(plan: &Plan, names: &[&str]) -> CommandSpec {
    match plan.choices.engine {
        Engine::Uv => uv::uninstall(plan, &plan.choices.python, names),
        Engine::Pip => pip::uninstall(plan, &plan.choices.python, names),
    }
}

/// What stood there before, from where it came.
fn put_back(plan: &Plan, names: &[&str], parts: InPlace<'_>) -> Vec<CommandSpec> {
    let before = names.iter().filter_map(|name| parts.holding.package(name));
    let exact: Vec<String> = before.map(|package| format!("{}=={}", package.name, package.version)).collect();
    let exact: Vec<&str> = exact.iter().map(String::as_str).collect();
    let mut with_page = plan.clone();
    with_page.indexes.extra.extend(parts.before.map(str::to_owned));
    let python = &plan.choices.python;
    vec![match plan.choices.engine {
        Engine::Uv => uv::put_back(&with_page, python, &exact),
        Engine::Pip => pip::put_back(&with_page, python, &exact),
    }]
}
