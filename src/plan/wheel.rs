//! The steps that put published wheels into an environment beside its place, prove it and move it there.

use super::{
    ASIDE_SUFFIX, Action, CommandSpec, Engine, Inside, Plan, PlanStep, beside, bin_dir, inside, pip, python_of, uv,
};
use std::path::{Path, PathBuf};

/// One step; only what changes the system for all its users needs administrator rights.
pub(super) fn step(
    key: &str,
    title: &str,
    action: Action,
    writes: Vec<PathBuf>,
    weight: u64,
    silence: &str,
) -> PlanStep {
    PlanStep {
        key: key.to_owned(),
        title: title.to_owned(),
        action,
        writes,
        weight,
        silence: silence.to_owned(),
        admin: false,
    }
}

/// All steps of a route that installs wheels.
pub(super) fn steps(plan: &Plan, device: &str) -> Vec<PlanStep> {
    let mut steps = vec![environment(plan), download(plan), pins(plan), install(plan)];
    steps.extend(make(plan, &python_of(plan.os, &plan.staging), &plan.staging).into_iter().flatten());
    steps.extend(ends(plan, device));
    steps
}

/// The file with the pins.
fn pins_file(plan: &Plan) -> PathBuf {
    inside(plan.os, &plan.places.run, "pins.txt")
}

pub(super) fn environment(plan: &Plan) -> PlanStep {
    let command = match plan.choices.engine {
        Engine::Uv => uv::make_environment(plan, &plan.staging),
        Engine::Pip => pip::make_environment(plan, &plan.staging),
    };
    step(
        "environment",
        "Make the virtual environment beside its place",
        Action::Run { command },
        vec![plan.staging.clone()],
        500,
        "making the environment",
    )
}

pub(super) fn download(plan: &Plan) -> PlanStep {
    step(
        "download",
        "Fetch the wheels and check their hashes",
        Action::Fetch,
        vec![plan.places.store.clone(), plan.places.links.clone()],
        // 50 MB a second
        500 + plan.lock.download_bytes().unwrap_or_default() / 50_000,
        "waiting for the index",
    )
}

pub(super) fn pins(plan: &Plan) -> PlanStep {
    let path = pins_file(plan);
    let action = Action::WritePins { path: path.clone() };
    step("pins", "Write the pins with the hashes", action, vec![path], 50, "writing the pins")
}

pub(super) fn install(plan: &Plan) -> PlanStep {
    install_for(plan, &python_of(plan.os, &plan.staging), &plan.staging)
}

/// The packages of the lock for an interpreter, into the environment it is of.
pub(super) fn install_for(plan: &Plan, python: &Path, environment: &Path) -> PlanStep {
    let pins = pins_file(plan);
    let command = match plan.choices.engine {
        Engine::Uv => uv::install(plan, python, &pins),
        Engine::Pip => pip::install(plan, python, &pins),
    };
    step(
        "install",
        "Unpack and link the packages",
        Action::Run { command },
        vec![environment.to_owned(), plan.places.uv_cache.clone()],
        // 200 MB of wheels a second
        500 + plan.lock.download_bytes().unwrap_or_default() / 200_000,
        "unpacking wheels and linking files",
    )
}

/// The packages of the lock that are made from their source, once what they are made with is installed; `None` if there are
/// none.
pub(super) fn make(plan: &Plan, python: &Path, environment: &Path) -> Option<[PlanStep; 2]> {
    let sources = plan.lock.sources();
    let names: Vec<&str> = sources.packages.iter().map(|package| package.name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let file = inside(plan.os, &plan.places.run, "sources.txt");
    let write = Action::WriteFile { path: file.clone(), text: sources.requirements(), kept: None };
    let command = match plan.choices.engine {
        Engine::Uv => uv::make(plan, python, &file),
        Engine::Pip => pip::make(plan, python, &file),
    };
    let title = format!("Make {} from source", names.join(", "));
    let writes = vec![environment.to_owned()];
    Some([
        step("sources", "Write the sources with their hashes", write, vec![file], 50, "writing a file"),
        step(MAKE, &title, Action::Run { command }, writes, 3_000, "running setup.py"),
    ])
}

/// The step that makes packages from their source.
pub(super) const MAKE: &str = "make";

/// Unpacks packages whose wheels are here into uv's cache, from pins in a file, by way of a folder that is thrown away.
/// `None` where that is of no use: pip keeps nothing unpacked, and another system has another cache.
pub(crate) fn unpack_ahead(plan: &Plan, pins: &Path, into: &Path) -> Option<CommandSpec> {
    let uses_cache = |step: &PlanStep| step.key == "install" && step.writes.contains(&plan.places.uv_cache);
    let is_of_use =
        plan.choices.engine == Engine::Uv && plan.inside == Inside::Here && plan.steps.iter().any(uses_cache);
    is_of_use.then(|| uv::unpack(plan, pins, into))
}

/// From the installed packages to the environment at its place.
pub(super) fn ends(plan: &Plan, device: &str) -> Vec<PlanStep> {
    let staging = plan.staging.clone();
    let mut steps = Vec::new();
    if plan.choices.engine == Engine::Pip {
        // uv makes environments that can be moved; venv's scripts hold the path they were made under.
        steps.push(step(
            "rehome",
            "Point the environment's scripts to its final place",
            Action::Rehome { from: staging.clone(), to: plan.target.clone() },
            vec![bin_dir(plan.os, &staging)],
            100,
            "rewriting scripts",
        ));
    }
    steps.push(step(
        "verify",
        "Run the kernels and compare with a reference",
        Action::Verify { python: python_of(plan.os, &staging), device: device.to_owned(), inside: Inside::Here },
        Vec::new(),
        15_000,
        "loading PyTorch",
    ));
    let aside = plan.choices.replace.then(|| beside(&plan.target, ASIDE_SUFFIX));
    steps.push(step(
        "promote",
        "Move the environment to its place",
        Action::Promote { from: staging, to: plan.target.clone(), aside },
        vec![plan.target.clone()],
        100,
        "moving the environment to its place",
    ));
    steps
}
