//! Getting the source. Not `git clone`, which refuses a folder that is there: each of these commands can be repeated, so
//! that a fetch which was cut goes on.

use super::Recipe;
use crate::facts::OsFamily;
use crate::plan::wheel::step;
use crate::plan::{Action, CommandSpec, Plan, PlanStep};
use std::collections::BTreeMap;
use std::path::Path;

/// Variables that would point git to another repository.
const BENDING: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
];

/// After a fetch git may tidy up in the background: it would outlive the step and hold files of a folder that is moved
/// next. Older ones know the second setting alone.
const QUIET: [&str; 4] = ["-c", "maintenance.auto=false", "-c", "gc.auto=0"];

/// git with these arguments; `set` has what its kind of child inherits.
pub(crate) fn command(os: OsFamily, git: &Path, set: &BTreeMap<String, String>, args: &[&str]) -> CommandSpec {
    // Handed on to submodules, too. Files of torch lie deeper than Windows' 260 characters.
    let long_paths = ["-c", "core.longpaths=true"];
    let first = if os == OsFamily::Windows { &long_paths[..] } else { &[] };
    let mut command = CommandSpec::new(git, QUIET.iter().chain(first).chain(args).copied());
    command.env.clone_from(set);
    command.env_remove.extend(BENDING.map(str::to_owned));
    // Its progress is read; a user's language may be another.
    command.env.insert("LC_ALL".to_owned(), "C".to_owned());
    // Nobody can answer there.
    command.env.insert("GIT_TERMINAL_PROMPT".to_owned(), "0".to_owned());
    command.env.insert("GCM_INTERACTIVE".to_owned(), "never".to_owned());
    if let Some(certificates) = set.get("SSL_CERT_FILE") {
        command.env.insert("GIT_SSL_CAINFO".to_owned(), certificates.clone());
    }
    command
}

pub(super) fn steps(plan: &Plan, recipe: &Recipe) -> Vec<PlanStep> {
    let folder = recipe.folder.display().to_string();
    let (tag, url) = (&recipe.tag, &recipe.url);
    let of_tag = format!("refs/tags/{tag}:refs/tags/{tag}");
    let run = |key: &str, title: &str, args: &[&str], weight: u64, silence: &str| {
        let action = Action::Run { command: command(plan.os, &recipe.git, &plan.inheritance.set, args) };
        step(key, title, action, vec![recipe.folder.clone()], weight, silence)
    };
    vec![
        run("source-init", "Make the folder for the source", &["init", "--quiet", &folder], 200, "making a folder"),
        run(
            "source-fetch",
            &format!("Fetch the source of {tag}"),
            &["-C", &folder, "fetch", "--progress", "--depth", "1", "--no-tags", "--force", url, &of_tag],
            30_000,
            "waiting for the repository",
        ),
        run(
            "source-checkout",
            &format!("Write the files of {tag}"),
            &[
                "-C",
                &folder,
                "-c",
                "advice.detachedHead=false",
                "checkout",
                "--progress",
                "--force",
                "--detach",
                &format!("tags/{tag}"),
            ],
            5_000,
            "writing files",
        ),
        // CMake keeps the paths of an earlier environment. Only a new run cleans: one that goes on has this behind it.
        run(
            "source-clean",
            "Remove what an earlier build left there",
            &["-C", &folder, "clean", "-ffdx", "--quiet"],
            2_000,
            "removing files",
        ),
        run(
            "source-submodules",
            "Fetch the libraries that are built into torch",
            &[
                "-C",
                &folder,
                "submodule",
                "update",
                "--init",
                "--recursive",
                "--force",
                "--depth",
                "1",
                "--jobs",
                "4",
                "--progress",
            ],
            180_000,
            "waiting for the repositories",
        ),
    ]
}
