//! The commands of uv.

use super::{CommandSpec, Plan, python_of};
use std::path::Path;

fn command(plan: &Plan, args: &[&str]) -> CommandSpec {
    let program = plan.choices.uv.clone().unwrap_or_else(|| "uv".into());
    let mut command = CommandSpec::new(program, args.iter().copied());
    command.env_remove.clone_from(&plan.inheritance.cleared);
    command.env.clone_from(&plan.inheritance.set);
    // Only the interpreter that was chosen, and no setting of the folder we happen to stand in.
    command.env.insert("UV_NO_CONFIG".to_owned(), "1".to_owned());
    command.env.insert("UV_PYTHON_DOWNLOADS".to_owned(), "never".to_owned());
    command.env.insert("UV_CACHE_DIR".to_owned(), plan.places.uv_cache.display().to_string());
    command
}

/// `uv venv`: relocatable, so that a rename moves it whole.
pub fn make_environment(plan: &Plan, at: &Path) -> CommandSpec {
    let python = plan.choices.python.display().to_string();
    let at = at.display().to_string();
    command(
        plan,
        &["venv", "--relocatable", "--no-project", "--prompt", &super::prompt(plan), "--python", &python, &at],
    )
}

/// `uv pip install` from the fetched files alone, each by its hash. Files are found by name and not by path, which
/// would stay in the packages' metadata.
pub fn install(plan: &Plan, at: &Path, pins: &Path) -> CommandSpec {
    let python = python_of(plan.os, at).display().to_string();
    let links = plan.places.links.display().to_string();
    let pins = pins.display().to_string();
    command(
        plan,
        &[
            "pip",
            "install",
            "--python",
            &python,
            "--no-index",
            "--find-links",
            &links,
            "--require-hashes",
            "--no-deps",
            "-r",
            &pins,
        ],
    )
}
