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

/// The same for packages that are made from their source, by the setuptools that is in the environment.
pub fn make(plan: &Plan, python: &Path, pins: &Path) -> CommandSpec {
    let mut command = install(plan, python, pins);
    command.args.push("--no-build-isolation".to_owned());
    command
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
    // Without `--verbose` it is silent for as long as it compiles.
    let args =
        ["--verbose", "--no-build-isolation", "--no-binary", name, "--no-cache-dir", "--constraint", &constraints];
    online(plan, command(plan, python, &[&INSTALL[..], &bar(plan), &args[..], &[exact]].concat()))
}

const INSTALL: [&str; 5] = ["-m", "pip", "install", "--no-input", "--disable-pip-version-check"];

/// Progress that can be read: pip has it since 24.1, Python brings that or a newer one since 3.13.
/// <https://pip.pypa.io/en/stable/news/#v24-1>
fn bar(plan: &Plan) -> [&'static str; 2] {
    let is_new = plan.choices.python_version.is_some_and(|version| (version.major, version.minor) >= (3, 13));
    ["--progress-bar", if is_new { "raw" } else { "off" }]
}

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
