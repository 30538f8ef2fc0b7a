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
pub fn install(plan: &Plan, python: &Path, pins: &Path) -> CommandSpec {
    let python = python.display().to_string();
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

/// The same for packages that are made from their source: by the setuptools that is in the environment, which was
/// checked as they were, and not by one that is fetched for it.
pub fn make(plan: &Plan, python: &Path, pins: &Path) -> CommandSpec {
    let mut command = install(plan, python, pins);
    command.args.extend(["--no-build-isolation", "--no-cache"].map(str::to_owned));
    command
}

/// The same as [`install`] into a folder that is no environment: what stays of it is what uv's cache has unpacked then.
/// The hashes are named again, because uv takes an entry of its cache for the install only if it knows them of it.
pub fn unpack(plan: &Plan, pins: &Path, into: &Path) -> CommandSpec {
    let mut command = install(plan, &plan.choices.python, pins);
    command.args.extend(["--target".to_owned(), into.display().to_string()]);
    command
}

/// `uv pip install` of one package of which a folder has the wheel, and of nothing it depends on.
pub fn install_one(plan: &Plan, at: &Path, links: &Path, exact: &str) -> CommandSpec {
    let python = python_of(plan.os, at).display().to_string();
    let links = links.display().to_string();
    command(plan, &["pip", "install", "--python", &python, "--no-index", "--find-links", &links, "--no-deps", exact])
}

/// `uv pip install` of one package from its source, against what is in the environment; nothing that the constraints
/// name is changed. Without the cache, since a wheel in it may have been compiled for other cards.
pub fn compile_one(plan: &Plan, python: &Path, name: &str, exact: &str, constraints: &Path) -> CommandSpec {
    let python = python.display().to_string();
    let constraints = constraints.display().to_string();
    let args = ["--no-build-isolation", "--no-binary", name, "--no-cache", "--constraint", &constraints, exact];
    online(plan, command(plan, &[&["pip", "install", "--python", &python], &args[..]].concat()))
}

/// `uv cache clean` of single packages.
pub fn purge(plan: &Plan, names: &[&str]) -> CommandSpec {
    command(plan, &[&["cache", "clean"], names].concat())
}

/// With the indexes of the plan, which names no password: one that wants it refuses.
fn online(plan: &Plan, mut command: CommandSpec) -> CommandSpec {
    let indexes = &plan.indexes;
    if let Some(default) = &indexes.default {
        command.env.insert("UV_DEFAULT_INDEX".to_owned(), default.clone());
    }
    let further: Vec<&str> = indexes.torch.iter().chain(&indexes.extra).map(String::as_str).collect();
    if !further.is_empty() {
        command.env.insert("UV_INDEX".to_owned(), further.join(" "));
        command.env.insert("UV_INDEX_STRATEGY".to_owned(), "unsafe-best-match".to_owned());
    }
    command
}
