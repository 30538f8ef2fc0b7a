//! The commands of Python's own venv and pip.

use super::{CommandSpec, Plan, python_of};
use crate::facts::OsFamily;
use std::path::Path;

/// A command of this interpreter that takes nothing from pip's settings or the user's own packages.
pub(super) fn command(plan: &Plan, python: &Path, args: &[&str]) -> CommandSpec {
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
pub fn install(plan: &Plan, python: &Path, pins: &Path) -> CommandSpec {
    let links = plan.places.links.display().to_string();
    let pins = pins.display().to_string();
    command(
        plan,
        python,
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

/// `pip install` of one package of which a folder has the wheel, and of nothing it depends on.
pub fn install_one(plan: &Plan, at: &Path, links: &Path, exact: &str) -> CommandSpec {
    let links = links.display().to_string();
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
            "--no-deps",
            "--no-cache-dir",
            "--no-input",
            "--disable-pip-version-check",
            "--progress-bar",
            "off",
            exact,
        ],
    )
}

/// `pip install` of one package from its source, against what is in the environment; nothing that the constraints name
/// is changed. Without the cache, since a wheel in it may have been compiled for other cards.
pub fn compile_one(plan: &Plan, python: &Path, name: &str, exact: &str, constraints: &Path) -> CommandSpec {
    let constraints = constraints.display().to_string();
    let args = ["--no-build-isolation", "--no-binary", name, "--no-cache-dir", "--constraint", &constraints];
    online(plan, command(plan, python, &[&INSTALL, &args[..], &[exact]].concat()))
}

/// `pip install` of packages at the versions they had, and of nothing they depend on.
pub fn put_back(plan: &Plan, python: &Path, exact: &[&str]) -> CommandSpec {
    let args = ["--no-build-isolation", "--no-deps", "--force-reinstall"];
    online(plan, command(plan, python, &[&INSTALL, &args[..], exact].concat()))
}

/// `pip uninstall`.
pub fn uninstall(plan: &Plan, python: &Path, names: &[&str]) -> CommandSpec {
    let first = ["-m", "pip", "uninstall", "--yes", "--no-input", "--disable-pip-version-check"];
    command(plan, python, &[&first, names].concat())
}

const INSTALL: [&str; 7] =
    ["-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"];

/// With the indexes of the plan, which names no password: one that wants it refuses.
fn online(plan: &Plan, mut command: CommandSpec) -> CommandSpec {
    let indexes = &plan.indexes;
    if let Some(default) = &indexes.default {
        command.env.insert("PIP_INDEX_URL".to_owned(), default.clone());
    }
    let further: Vec<&str> = indexes.torch.iter().chain(&indexes.extra).map(String::as_str).collect();
    if !further.is_empty() {
        command.env.insert("PIP_EXTRA_INDEX_URL".to_owned(), further.join(" "));
    }
    command
}
