//! The steps that show that a kit works with the torch of its environment: one call, made before anything is final. Pure.

use super::source::git;
use super::wheel::step;
use super::{Action, CommandSpec, Inside, Plan, PlanStep, STAGING_SUFFIX, beside, inside, native_shell};
use crate::assess::Route;
use crate::catalog::{Kit, Within};
use std::path::{Path, PathBuf};

/// A program's source, as it was looked at: it lies in a bare repository of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The kit.
    pub kit: String,
    /// git's executable.
    pub git: PathBuf,
    /// Our repository.
    pub cache: PathBuf,
    /// Its ref for the commit.
    pub at: String,
    /// Where it came from.
    pub url: String,
    /// The branch.
    pub branch: String,
    /// Where it will stand.
    pub folder: PathBuf,
    /// Other repositories in that folder; their commits are in our repository, too.
    pub within: Vec<Within>,
    /// It stands there already, and is left as it is.
    pub stands: bool,
}

/// The ref of our repository for the commit of another one.
pub fn within_ref(commit: &str) -> String {
    format!("refs/within/{commit}")
}

/// Puts the call of each kit behind the proof: what fails there is undone as a whole.
///
/// Does nothing where torch runs in a Linux or a container of its own.
#[must_use]
pub fn with_calls(mut plan: Plan, kits: &[&Kit], programs: &[Program]) -> Plan {
    let proof = plan.steps.iter().enumerate().find_map(|(at, step)| {
        let Action::Verify { python, inside: Inside::Here, .. } = &step.action else { return None };
        Some((at, python.clone()))
    });
    let Some((at, python)) = proof else { return plan };
    let of = |kit: &Kit| programs.iter().find(|program| program.kit == kit.name);
    let steps_of = |kit: &&Kit| {
        let program = of(kit);
        let source = program.filter(|program| !program.stands).map(|program| source(&plan, program));
        source.into_iter().chain(call(&plan, kit, &python, program))
    };
    let calls: Vec<PlanStep> = kits.iter().flat_map(steps_of).collect();
    let last = plan.steps.split_off(at + 1);
    plan.steps.extend(calls);
    plan.steps.extend(last);
    plan
}

/// Whether a plan makes the call of a kit.
pub fn has_call(plan: &Plan, kit: &Kit) -> bool {
    plan.steps.iter().any(|step| step.key == key(kit))
}

fn key(kit: &Kit) -> String {
    format!("kit-{}", kit.name)
}

/// Whether a step is one of a kit's: its source, its call.
pub fn is_of_kit(step: &PlanStep) -> bool {
    step.key.starts_with("kit-")
}

/// The cards that were proven, as CUDA takes them: a call on another one would say nothing of this torch.
fn cards(plan: &Plan) -> Option<String> {
    if plan.assessment.route == Route::Cpu {
        return Some("-1".to_owned());
    }
    let cards = &plan.choices.cards;
    (!cards.is_empty()).then(|| cards.join(","))
}

/// The line that starts a program, by hand.
pub fn start(plan: &Plan, kit: &Kit) -> Option<String> {
    let args = kit.program.as_ref()?.start.iter().cloned();
    let command = CommandSpec::new(super::python_of(plan.os, &plan.target), args);
    Some(command.display(native_shell(plan.os)))
}

/// Checked out from our repository, with the public one as its origin: `git pull` brings it up to date.
fn source(plan: &Plan, program: &Program) -> PlanStep {
    let Program { kit, git: path, cache, at, url, branch, folder, within, .. } = program;
    // Two environments may have the same neighbour.
    let staging = beside(folder, &format!("{STAGING_SUFFIX}-{}", plan.id));
    let tracking = format!("{at}:refs/remotes/origin/{branch}");
    let cache = cache.display().to_string();
    let checkout = |place: &Path, what: &str, origin: &str, last: &[&str]| {
        let place = place.display().to_string();
        let in_place = |args: &[&str]| {
            // A volume without owners makes every folder somebody else's for git.
            let safe = format!("safe.directory={place}");
            let args: Vec<&str> = ["-c", &safe, "-C", place.as_str()].iter().chain(args).copied().collect();
            git::command(plan.os, path, &plan.inheritance.set, &args)
        };
        [
            git::command(plan.os, path, &plan.inheritance.set, &["init", "--quiet", &place]),
            in_place(&["fetch", "--quiet", "--depth", "1", "--no-tags", &cache, what]),
            in_place(&["remote", "add", "origin", origin]),
            in_place(last),
        ]
    };
    let tracked = format!("origin/{branch}");
    let own = checkout(&staging, &tracking, url, &["checkout", "--quiet", "-B", branch, "--track", &tracked]);
    let others = within.iter().flat_map(|Within { folder, repository, commit }| {
        let place = folder.split('/').fold(staging.clone(), |place, name| inside(plan.os, &place, name));
        checkout(&place, &within_ref(commit), repository, &["checkout", "--quiet", "--detach", commit])
    });
    let commands = own.into_iter().chain(others).collect();
    let within = within.iter().map(|other| other.folder.clone()).collect();
    let action = Action::Program { commands, staging: staging.clone(), to: folder.clone(), within };
    let title = format!("Check out {kit} to {}", folder.display());
    step(&format!("kit-{kit}-source"), &title, action, vec![staging, folder.clone()], 3_000, "writing files")
}

fn call(plan: &Plan, kit: &Kit, python: &Path, program: Option<&Program>) -> [PlanStep; 2] {
    let file = inside(plan.os, &plan.places.run, &format!("{}.py", key(kit)));
    let write = Action::WriteFile { path: file.clone(), text: kit.call.clone(), kept: None };
    // Neither the user's settings of Python nor what it compiles change what is installed; a kernel that the call starts
    // has no options of ours.
    let mut command =
        CommandSpec::new(python, ["-I", "-B", &file.display().to_string()]).with_env("PYTHONDONTWRITEBYTECODE", "1");
    command.env.extend(cards(plan).map(|cards| ("CUDA_VISIBLE_DEVICES".to_owned(), cards)));
    command.env_remove.clone_from(&plan.inheritance.cleared);
    command.cwd = program.map(|program| program.folder.clone());
    [
        step(
            &format!("{}-write", key(kit)),
            &format!("Write the call of the kit {}", kit.name),
            write,
            vec![file],
            50,
            "writing a file",
        ),
        step(
            &key(kit),
            &format!("Use the kit {} with torch once", kit.name),
            Action::Run { command },
            Vec::new(),
            15_000,
            "loading the packages",
        ),
    ]
}
