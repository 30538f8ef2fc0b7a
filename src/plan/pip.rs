//! The commands of Python's own venv and pip.

use super::{CommandSpec, Plan, python_of};
use crate::facts::OsFamily;
use std::path::Path;

fn command(plan: &Plan, python: &Path, args: &[&str]) -> CommandSpec {
    let mut command = CommandSpec::new(python, args.iter().copied());
    command.env_remove.clone_from(&plan.inheritance.cleared);
    command.env.clone_from(&plan.inheritance.set);
    // pip reads no configuration file at all when it is told that this one is it.
    let nothing = if plan.os == OsFamily::Windows { "nul" } else { "/dev/null" };
    command.env.insert("PIP_CONFIG_FILE".to_owned(), nothing.to_owned());
    command.env.insert("PYTHONNOUSERSITE".to_owned(), "1".to_owned());
    command.env.insert("PYTHONUTF8".to_owned(), "1".to_owned());
    command
}

/// `python -m venv`.
pub fn make_environment(plan: &Plan, at: &Path) -> CommandSpec {
    let at = at.display().to_string();
    command(plan, &plan.choices.python, &["-m", "venv", "--prompt", &super::prompt(plan), &at])
}

/// `pip install` from the fetched files alone, each by its hash.
pub fn install(plan: &Plan, at: &Path, pins: &Path) -> CommandSpec {
    let links = plan.places.links.display().to_string();
    let pins = pins.display().to_string();
    command(
        plan,
        &python_of(plan.os, at),
        &[
            "-m",
            "pip",
            "install",
            "--no-index",
            "--find-links",
            &links,
            "--require-hashes",
            "--no-deps",
            "--no-cache-dir",
            "--no-input",
            "--disable-pip-version-check",
            "--progress-bar",
            "off",
            "-r",
            &pins,
        ],
    )
}
