//! One CUDA extension, compiled for the cards against the torch of an environment that stands. Pure.
//!
//! It is built into a folder of its own, so a build that fails leaves the environment as it was.

use super::source::Workshop;
use super::wheel::{self, step};
use super::{Action, Choices, Engine, Frame, Inside, Plan, PlanError, PlanStep, begun, in_place, inside, pip, uv};
use crate::assess::Assessment;
use crate::lock::{Lock, normalised};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

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

    /// The same packages as requirements of a system that does not exist.
    fn overrides(&self) -> String {
        let others = self.installed.iter().filter(|(name, _)| normalised(name) != self.name);
        others.fold(String::new(), |lines, (name, _)| lines + name + " ; sys_platform == 'none'\n")
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
    let mut steps = extension.workshop.trial(plan, &plan.choices.python, &plan.target).to_vec();
    steps.push(step(
        "before",
        "Note what is installed",
        Action::WriteFile { path: constraints.clone(), text: extension.constraints(), kept: None },
        vec![constraints.clone()],
        50,
        "writing a file",
    ));
    if plan.choices.engine == Engine::Uv {
        let there = there_file(plan);
        let action = Action::WriteFile { path: there.clone(), text: extension.overrides(), kept: None };
        steps.push(step("there", "Note what need not be fetched", action, vec![there], 50, "writing a file"));
    }
    if !plan.lock.packages.is_empty() {
        let mut tools = in_place::unpack(plan, TOOLS);
        "tools".clone_into(&mut tools.key);
        steps.extend([wheel::download(plan), wheel::pins(plan), tools]);
        // What a build without isolation finds in the environment or nowhere.
        steps.push(in_place::move_in(plan, TOOLS, "Move in what the build needs"));
    }
    steps.push(build(plan, extension, &constraints));
    if extension.before().is_some() {
        let title = format!("Set {} {} aside", extension.name, extension.before().unwrap_or_default());
        steps.push(in_place::set_aside(plan, (EXTENSION, &title), vec![extension.name.clone()], Vec::new()));
    }
    steps.push(in_place::move_in(plan, EXTENSION, &format!("Move {} {} in", extension.name, extension.version)));
    let device = plan.choices.cards.join(",");
    steps.push(step(
        "verify",
        "Run the kernels and compare with a reference",
        Action::Verify { python: plan.choices.python.clone(), device, inside: Inside::Here },
        Vec::new(),
        15_000,
        "loading PyTorch",
    ));
    steps.extend(in_place::ends(plan));
    steps
}

/// The rounds of what the build needs, and of the extension.
const TOOLS: &str = "tools";
const EXTENSION: &str = "extension";

fn build(plan: &Plan, extension: &Extension, constraints: &Path) -> PlanStep {
    let Extension { name, version, workshop, .. } = extension;
    let exact = format!("{name}=={version}");
    let mut command = match plan.choices.engine {
        Engine::Uv => uv::compile_one(plan, &plan.choices.python, name, &exact, constraints),
        Engine::Pip => pip::compile_one(plan, &plan.choices.python, name, &exact, constraints),
    };
    match plan.choices.engine {
        // It looks into the folder alone and would fetch again what the environment has.
        Engine::Uv => {
            let there = there_file(plan).display().to_string();
            in_place::after_install(&mut command, &["--override", &there]);
        }
        // It would remove the version that is there; whoever has that has what it needs.
        Engine::Pip if extension.before().is_some() => {
            in_place::after_install(&mut command, &["--ignore-installed", "--no-deps"]);
        }
        Engine::Pip => {}
    }
    let command = in_place::into_round(plan, command, EXTENSION);
    let command = workshop.around(command, plan.os, &plan.choices.python, &plan.target).in_background();
    step(
        "extension",
        &format!("Compile {name} {version} for {}", workshop.targets.names()),
        Action::Run { command },
        vec![in_place::unpacked(plan, EXTENSION)],
        1_200_000,
        "compiling; single files take minutes",
    )
}

/// For uv: what the environment has counts as needed by nobody.
fn there_file(plan: &Plan) -> PathBuf {
    inside(plan.os, &plan.places.run, "there.txt")
}

#[cfg(test)]
mod tests;
