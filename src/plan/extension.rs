//! One CUDA extension, compiled for the cards against the torch of an environment that stands. Pure.
//!
//! Index and installer build it before they install anything, so a build that fails leaves the environment as it was.

use super::source::Workshop;
use super::wheel::{self, step};
use super::{Action, Choices, CommandSpec, Engine, Frame, Inside, Plan, PlanError, PlanStep, begun, inside, pip, uv};
use crate::assess::Assessment;
use crate::lock::{Lock, normalised};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// An extension and the environment it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Normalised name.
    pub name: String,
    /// Exact version.
    pub version: String,
    /// Every package of the environment with its version: none of them is changed, but for this one.
    pub installed: Vec<(String, String)>,
    /// Compilers and settings; its toolkit is of the release that torch was built with.
    pub workshop: Workshop,
}

impl Extension {
    /// The version that stands there now.
    fn before(&self) -> Option<&str> {
        let found = self.installed.iter().find(|(name, _)| normalised(name) == self.name);
        found.map(|(_, version)| version.as_str())
    }

    /// What the installer must leave as it is.
    fn constraints(&self) -> String {
        let others = self.installed.iter().filter(|(name, _)| normalised(name) != self.name);
        others.fold(String::new(), |lines, (name, version)| lines + name + "==" + version + "\n")
    }
}

/// Makes the plan. `choices.target` is the environment, `choices.python` its own interpreter; `lock` has the tools of the build that it lacks.
pub fn plan(
    assessment: Assessment,
    choices: Choices,
    lock: Lock,
    frame: Frame,
    extension: &Extension,
) -> Result<Plan, PlanError> {
    extension.workshop.check()?;
    let mut plan = begun(assessment, choices, lock, frame)?;
    plan.steps = steps(&plan, extension);
    Ok(plan)
}

fn steps(plan: &Plan, extension: &Extension) -> Vec<PlanStep> {
    let constraints = inside(plan.os, &plan.places.run, "before.txt");
    let mut steps = vec![step(
        "before",
        "Note what is installed",
        Action::WriteFile { path: constraints.clone(), text: extension.constraints(), kept: None },
        vec![constraints.clone()],
        50,
        "writing a file",
    )];
    if !plan.lock.packages.is_empty() {
        steps.extend([wheel::download(plan), wheel::pins(plan), tools(plan)]);
    }
    steps.push(build(plan, extension, &constraints));
    let device = plan.choices.cards.join(",");
    steps.push(step(
        "verify",
        "Run the kernels and compare with a reference",
        Action::Verify { python: plan.choices.python.clone(), device, inside: Inside::Here },
        Vec::new(),
        15_000,
        "loading PyTorch",
    ));
    let register = Action::Register { at: plan.target.clone() };
    steps.push(step("register", "Take it into the list of environments", register, Vec::new(), 50, "writing a file"));
    steps
}

/// What a build without isolation finds in the environment or nowhere.
fn tools(plan: &Plan) -> PlanStep {
    let mut step = wheel::install_for(plan, &plan.choices.python, &plan.target);
    "tools".clone_into(&mut step.key);
    "Install what the build needs into the environment".clone_into(&mut step.title);
    step.undo = vec![uninstall(plan, plan.lock.packages.iter().map(|package| package.name.as_str()))];
    step
}

fn build(plan: &Plan, extension: &Extension, constraints: &Path) -> PlanStep {
    let Extension { name, version, workshop, .. } = extension;
    let exact = format!("{name}=={version}");
    let command = match plan.choices.engine {
        Engine::Uv => uv::compile_one(plan, &plan.choices.python, name, &exact, constraints),
        Engine::Pip => pip::compile_one(plan, &plan.choices.python, name, &exact, constraints),
    };
    let command = workshop.around(command, plan.os, &plan.choices.python, &plan.target).in_background();
    let undo = match extension.before() {
        Some(before) => {
            // Compiled as before: for these cards, by this toolkit.
            let exact = format!("{name}=={before}");
            let command = match plan.choices.engine {
                Engine::Uv => uv::put_back(plan, &plan.choices.python, &[&exact]),
                Engine::Pip => pip::put_back(plan, &plan.choices.python, &[&exact]),
            };
            workshop.around(command, plan.os, &plan.choices.python, &plan.target)
        }
        None => uninstall(plan, std::iter::once(name.as_str())),
    };
    let mut step = step(
        "extension",
        &format!("Compile {name} {version} for {}", workshop.targets.names()),
        Action::Run { command },
        vec![plan.target.clone()],
        1_200_000,
        "compiling; single files take minutes",
    );
    step.undo = vec![undo];
    step
}

fn uninstall<'a>(plan: &Plan, names: impl Iterator<Item = &'a str>) -> CommandSpec {
    let names: Vec<&str> = names.collect();
    match plan.choices.engine {
        Engine::Uv => uv::uninstall(plan, &plan.choices.python, &names),
        Engine::Pip => pip::uninstall(plan, &plan.choices.python, &names),
    }
}

#[cfg(test)]
mod tests;
