//! The steps of a build from source: try the compilers, fetch the tag, configure, see that the card is in it, compile, install, prove.
//! Pure; what the build is made of is gathered by `prepare`.
//!
//! Everything before `install` happens in folders of our own, so that a run which was cut goes on with what is compiled.

pub(crate) mod git;
mod kernel;
mod targets;
mod workshop;

pub use targets::Targets;
pub use workshop::{Setting, Workshop};

use super::wheel::{self, step};
use super::{
    Action, Choices, CommandSpec, Engine, Frame, Plan, PlanError, PlanStep, begun, inside, pip, python_of, uv,
};
use crate::assess::Assessment;
use crate::facts::PythonVersion;
use crate::lock::Lock;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a build is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    /// git's executable.
    pub git: PathBuf,
    /// The repository.
    pub url: String,
    /// The tag that is built.
    pub tag: String,
    /// Folder of the source and of what is compiled from it: short on Windows, where the paths below it are long.
    pub folder: PathBuf,
    /// Folder that keeps the finished wheel.
    pub built: PathBuf,
    /// A wheel of exactly this recipe is kept there already.
    pub is_built: bool,
    /// Arguments of Python that make a wheel of the folder they run in, by the project's README.
    pub wheel: Vec<String>,
    /// Compilers and settings.
    pub workshop: Workshop,
}

impl Recipe {
    /// The version of the wheel. Its local part says that it is none of an index.
    pub fn version(&self) -> String {
        let workshop = &self.workshop;
        let named = workshop.settings.iter().find(|setting| setting.name == "PYTORCH_BUILD_VERSION");
        named.map_or_else(|| workshop.torch.public(), |setting| workshop.filled(&setting.value, ""))
    }

    /// What the kept wheel was built of. A wheel beside another text is not used again. How many compilers ran, and in
    /// which folders, does not go into it.
    pub fn record(&self, python: &str) -> String {
        let Self { url, tag, .. } = self;
        let Workshop { targets, toolkit, settings, .. } = &self.workshop;
        let version = self.version();
        let cuda = toolkit.cuda;
        let mut text =
            format!("{url} {tag}\nversion {version}\npython {python}\ntoolkit {cuda}\ncode {}\n", targets.list());
        for Setting { name, value, .. } in settings.iter().filter(|setting| !setting.value.contains('{')) {
            text.extend([name, "=", value, "\n"]);
        }
        text
    }

    /// The name of the folder that keeps the wheel.
    pub fn kept_name(&self, python: &str) -> String {
        use sha2::{Digest as _, Sha256};
        let whole = crate::text::hex(Sha256::digest(self.record(python).as_bytes()).as_slice());
        format!("torch-{}-{}", self.version(), whole.get(..8).unwrap_or(&whole))
    }
}

/// The name of the file beside a kept wheel that says what it was built of.
pub const RECORD: &str = "built-of.txt";

/// Makes the plan of route source. `lock` has what the build and the finished torch need, torch itself not.
pub fn plan(
    assessment: Assessment,
    choices: Choices,
    lock: Lock,
    frame: Frame,
    recipe: Recipe,
) -> Result<Plan, PlanError> {
    recipe.workshop.check()?;
    let device = choices.cards.join(",");
    let mut plan = begun(assessment, choices, lock, frame)?;
    if !recipe.is_built {
        plan.hosts.extend(url::Url::parse(&recipe.url).ok().and_then(|url| url.host_str().map(str::to_owned)));
        plan.hosts.sort();
        plan.hosts.dedup();
    }
    plan.steps = steps(&plan, &recipe, &device);
    plan.recipe = Some(recipe);
    Ok(plan)
}

fn steps(plan: &Plan, recipe: &Recipe, device: &str) -> Vec<PlanStep> {
    let mut steps = Vec::new();
    if !recipe.is_built {
        steps.extend(recipe.workshop.trial(plan, &python_of(plan.os, &plan.staging), &plan.staging));
    }
    steps.extend([wheel::environment(plan), wheel::download(plan), wheel::pins(plan), requirements(plan, recipe)]);
    if !recipe.is_built {
        steps.extend(git::steps(plan, recipe));
        steps.push(configure(plan, recipe));
        steps.extend(recipe.workshop.targets.expected(plan.os, &recipe.folder));
        steps.push(build(plan, recipe));
    }
    steps.push(install(plan, recipe));
    steps.push(check_archs(plan, recipe));
    if !recipe.is_built {
        steps.push(keep(plan, recipe));
    }
    steps.extend(wheel::ends(plan, device));
    steps
}

/// What the build and torch need, by the lock, into the environment itself: with it extensions can be built later.
fn requirements(plan: &Plan, recipe: &Recipe) -> PlanStep {
    let mut step = wheel::install(plan);
    "requirements".clone_into(&mut step.key);
    let title = if recipe.is_built { "Install what torch needs" } else { "Install what the build and torch need" };
    title.clone_into(&mut step.title);
    step
}

/// A command of the new environment's Python in the folder of the source, with everything the build wants.
fn in_build(plan: &Plan, recipe: &Recipe, args: &[&str]) -> CommandSpec {
    let python = python_of(plan.os, &plan.staging);
    let command = pip::command(plan, &python, args);
    let mut command = recipe.workshop.around(command, plan.os, &python, &plan.staging);
    command.cwd = Some(recipe.folder.clone());
    command.in_background()
}

/// `CMake` alone, as torch's README has it: what is wrong with compiler or card shows here and not after an hour.
fn configure(plan: &Plan, recipe: &Recipe) -> PlanStep {
    let command = in_build(plan, recipe, &["setup.py", "build"]).with_env("CMAKE_ONLY", "1");
    step(
        "configure",
        "Configure the build with CMake",
        Action::Run { command },
        vec![inside(plan.os, &recipe.folder, "build")],
        120_000,
        "CMake looks for compilers and libraries",
    )
}

fn build(plan: &Plan, recipe: &Recipe) -> PlanStep {
    let built = recipe.built.display().to_string();
    // The folder to build is the last word.
    let (folder, first) = recipe.wheel.split_last().map_or((".", &[][..]), |(last, first)| (last.as_str(), first));
    let args: Vec<&str> = first.iter().map(String::as_str).chain(["--wheel-dir", &built, folder]).collect();
    let command = in_build(plan, recipe, &args);
    let count = crate::text::count(usize::try_from(recipe.workshop.jobs).unwrap_or(1), "compiler", "compilers at once");
    step(
        "build",
        &format!("Compile torch for {} ({count}); torchvision is not part of it", recipe.workshop.targets.names()),
        Action::Run { command },
        vec![inside(plan.os, &recipe.folder, "build"), recipe.built.clone()],
        // The middle of the estimate, in milliseconds; an hour without one.
        plan.assessment.seconds.map_or(3_600_000, |(low, high)| (u64::from(low) + u64::from(high)) * 500),
        "compiling; single files take minutes",
    )
}

/// The wheel that was built, found by its name so that no path stays in the package's metadata.
fn install(plan: &Plan, recipe: &Recipe) -> PlanStep {
    let exact = format!("torch=={}", recipe.version());
    let command = match plan.choices.engine {
        Engine::Uv => uv::install_one(plan, &plan.staging, &recipe.built, &exact),
        Engine::Pip => pip::install_one(plan, &plan.staging, &recipe.built, &exact),
    };
    step(
        "install",
        "Install the wheel that was built",
        Action::Run { command },
        vec![plan.staging.clone()],
        20_000,
        "unpacking the wheel",
    )
}

/// Asks the installed torch what is compiled into it; needs no card.
const SEE_ARCHS: &str = "import sys, torch; have = torch._C._cuda_getArchFlags().split(); print(*have); \
    missing = [name for name in sys.argv[1:] if name not in have]; \
    sys.exit('torch has no code for ' + ', '.join(missing) if missing else 0)";

fn check_archs(plan: &Plan, recipe: &Recipe) -> PlanStep {
    let mut args = vec!["-I".to_owned(), "-c".to_owned(), SEE_ARCHS.to_owned()];
    args.extend(recipe.workshop.targets.capabilities.iter().map(|capability| capability.sm()));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    // Not in the folder of the source, whose half-built torch Python would find first.
    let command = pip::command(plan, &python_of(plan.os, &plan.staging), &args);
    step(
        "check-archs",
        &format!("See that the wheel has code for {}", recipe.workshop.targets.names()),
        Action::Run { command },
        Vec::new(),
        5_000,
        "loading PyTorch",
    )
}

fn keep(plan: &Plan, recipe: &Recipe) -> PlanStep {
    let path = inside(plan.os, &recipe.built, RECORD);
    let python = plan.choices.python_version.map(PythonVersion::tag).unwrap_or_default();
    let text = recipe.record(&python);
    step(
        "keep",
        "Note what the wheel was built of, so that it is used again",
        Action::WriteFile { path: path.clone(), text, kept: None },
        vec![path],
        50,
        "writing a file",
    )
}

#[cfg(test)]
pub(crate) mod tests;
