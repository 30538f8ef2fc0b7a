//! Steps that change an environment where it stands. Pure.
//!
//! The installer never writes into the environment: it unpacks into a folder inside it, laid out alike. What goes is
//! moved aside by rename, what was unpacked is moved in by rename, and what was kept goes when the result is proven.
//! So every file lies in one of two places, the volume needs no second copy, and each rename can be taken back.

use super::wheel::{self, step};
use super::{Action, CommandSpec, Engine, Plan, PlanStep, inside};
use std::path::PathBuf;

/// The folder in an environment that holds what is on its way in or out.
pub const FOLDER: &str = ".torch-wizard";
/// In a round of it: what was unpacked and is not moved in.
pub const NEW: &str = "new";

/// Where a plan keeps things while it changes its environment.
pub fn aside(plan: &Plan) -> PathBuf {
    inside(plan.os, &inside(plan.os, &plan.target, FOLDER), &plan.id)
}

/// The part of it for packages that go out and in together.
pub(super) fn round(plan: &Plan, word: &str) -> PathBuf {
    inside(plan.os, &aside(plan), word)
}

/// Whether a plan changes an environment where it stands.
pub fn is_in_place(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| matches!(step.action, Action::DropAside { .. }))
}

/// The packages of the lock, unpacked for a round.
pub(super) fn unpack(plan: &Plan, word: &str) -> PlanStep {
    let mut step = wheel::install_for(plan, &plan.choices.python, &unpacked(plan, word));
    "Unpack the packages beside what is installed".clone_into(&mut step.title);
    if let Action::Run { command } = &mut step.action {
        *command = into_round(plan, command.clone(), word);
        if plan.choices.engine == Engine::Pip {
            // It would remove what it finds installed.
            after_install(command, &["--ignore-installed"]);
        }
    }
    step
}

/// The packages of the lock that are made from their source, in a round of their own once the others are moved in.
pub(super) fn make(plan: &Plan) -> Vec<PlanStep> {
    let Some(mut steps) = wheel::make(plan, &plan.choices.python, &unpacked(plan, wheel::MAKE)) else {
        return Vec::new();
    };
    for step in &mut steps {
        if let Action::Run { command } = &mut step.action {
            *command = into_round(plan, command.clone(), wheel::MAKE);
        }
    }
    let move_in = move_in(plan, wheel::MAKE, "Move in what was made");
    steps.into_iter().chain([move_in]).collect()
}

/// Where the packages of a round are unpacked.
pub(super) fn unpacked(plan: &Plan, word: &str) -> PathBuf {
    inside(plan.os, &round(plan, word), NEW)
}

/// An install into a round instead of the environment.
pub(super) fn into_round(plan: &Plan, mut command: CommandSpec, word: &str) -> CommandSpec {
    after_install(&mut command, &["--prefix", &unpacked(plan, word).display().to_string()]);
    // The environment's own Python runs and must leave nothing behind.
    command.env.insert("PYTHONDONTWRITEBYTECODE".to_owned(), "1".to_owned());
    command
}

/// Adds options behind the word `install`.
pub(super) fn after_install(command: &mut CommandSpec, options: &[&str]) {
    let at = command.args.iter().position(|arg| arg == "install").map_or(command.args.len(), |at| at + 1);
    command.args.splice(at..at, options.iter().map(|&option| option.to_owned()));
}

/// Moves packages and remains of packages aside.
pub(super) fn set_aside(
    plan: &Plan,
    (word, title): (&str, &str),
    packages: Vec<String>,
    leftovers: Vec<PathBuf>,
) -> PlanStep {
    let action = Action::SetAside { environment: plan.target.clone(), packages, leftovers, aside: round(plan, word) };
    step(&format!("aside-{word}"), title, action, vec![plan.target.clone()], 500, "moving files")
}

/// Moves in what was unpacked for a round.
pub(super) fn move_in(plan: &Plan, word: &str, title: &str) -> PlanStep {
    let action = Action::MoveIn { aside: round(plan, word), environment: plan.target.clone() };
    step(&format!("in-{word}"), title, action, vec![plan.target.clone()], 500, "moving files")
}

/// The proven environment is listed, then what was kept is let go: from there on the change stands.
pub(super) fn ends(plan: &Plan) -> [PlanStep; 2] {
    let aside = aside(plan);
    let register = Action::Register { at: plan.target.clone() };
    let drop = Action::DropAside { aside: aside.clone() };
    [
        step("register", "Take it into the list of environments", register, Vec::new(), 50, "writing a file"),
        step("let-go", "Remove what was replaced", drop, vec![aside], 1_000, "removing files"),
    ]
}
