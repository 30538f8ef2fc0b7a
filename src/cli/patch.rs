//! `patch`

use super::args::PatchArgs;
use super::json::SCHEMA;
use super::wait::telling;
use super::{Done, Failed, Session, exit};
use crate::facts::{ComputeCapability, Probed};
use crate::gencode::{Found, is_patched, look};
use crate::host::Host;
use crate::problem::Problem;
use crate::recheck;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the file was before is kept beside it.
const BACKUP: &str = ".before-torch-wizard";

#[derive(Serialize)]
struct Line<'a> {
    schema: u32,
    file: String,
    /// `missing`, `serves`, `left-to-torch`, `not-understood`, `undone`.
    state: &'static str,
    adds: &'a [String],
    diff: &'a str,
    changed: bool,
    backup: Option<String>,
}

pub fn run(session: &mut Session, args: &PatchArgs) -> Done {
    let host = Arc::clone(&session.host);
    let given = session.absolute(&args.folder);
    let file = if host.meta(&given).is_some_and(|meta| meta.is_dir) { given.join("setup.py") } else { given };
    if host.meta(&file).is_none_or(|meta| meta.is_dir) {
        let cause = format!("There is no {}.", file.display());
        return Err(Problem::new("no-setup", cause)
            .advise("Name the folder of the extension's source, where its setup.py is.")
            .into());
    }
    let backup = backup_of(&file);
    if args.undo {
        return undo(session, &*host, &file, &backup);
    }
    let cards = cards(session, args)?;
    let before = read(&*host, &file)?;
    let found = look(&before, &cards, session.catalog);
    let Found::Missing { adds, text } = &found else { return Ok(told(session, &file, &found, &cards)) };
    let diff = diff(&file, &before, text);
    if !session.json {
        session.screen.raw(&diff);
    }
    let changes = args.yes || (session.can_ask() && session.screen.agreed("Change it so?"));
    if changes {
        change(&*host, &file, &backup, &before, text)?;
    }
    if session.json {
        let backup = changes.then(|| backup.display().to_string());
        let line = Line { adds, diff: &diff, changed: changes, backup, ..Line::of(&file, "missing") };
        session.say_json(&line);
    } else if changes {
        session
            .screen
            .note(format!("Changed. What it was is in {}; `torch-wizard patch --undo` has it back.", backup.display()));
        build(session, &file, &cards);
    } else {
        session.screen.note("Nothing was changed; --yes changes it so.");
    }
    Ok(if changes { exit::DONE } else { exit::NO })
}

impl Line<'_> {
    /// Nothing was changed, and nothing is to be.
    fn of(file: &Path, state: &'static str) -> Self {
        Self {
            schema: SCHEMA,
            file: file.display().to_string(),
            state,
            adds: &[],
            diff: "",
            changed: false,
            backup: None,
        }
    }
}

/// Where there is nothing to change.
fn told(session: &mut Session, file: &Path, found: &Found, cards: &[ComputeCapability]) -> i32 {
    let (state, words, done) = match found {
        Found::LeftToTorch => {
            ("left-to-torch", "It leaves the choice of code to torch: nothing is to be changed.", true)
        }
        Found::Serves | Found::Missing { .. } => {
            ("serves", "It makes code for these cards: nothing is to be changed.", true)
        }
        Found::NotUnderstood => (
            "not-understood",
            "It names the code it makes in a way that no line can be added to: add yours by hand.",
            false,
        ),
    };
    if session.json {
        session.say_json(&Line::of(file, state));
    } else {
        session.screen.say(words);
        build(session, file, cards);
    }
    if done { exit::DONE } else { exit::NO }
}

/// How it is built for the cards, whatever the file says.
fn build(session: &mut Session, file: &Path, cards: &[ComputeCapability]) {
    let list = crate::plan::source::Targets::of(cards.iter().copied()).list();
    let folder = file.parent().unwrap_or(file).display();
    session.screen.note(format!(
        "Build it with TORCH_CUDA_ARCH_LIST={list} set, in the environment of its torch: python -m pip install --no-build-isolation \"{folder}\""
    ));
}

/// The cards that are named, else those of this PC.
fn cards(session: &mut Session, args: &PatchArgs) -> Result<Vec<ComputeCapability>, Failed> {
    if !args.capability.is_empty() {
        return Ok(args.capability.clone());
    }
    let (host, catalog) = (Arc::clone(&session.host), session.catalog);
    let (facts, _) = telling(session, "looking at this PC", |_| recheck::look(&*host, catalog, false));
    let found = match &facts.gpus {
        Probed::Found { value, .. } => value.iter().filter_map(|card| card.capability).collect(),
        Probed::Absent { .. } | Probed::Unknown { .. } => Vec::new(),
    };
    if found.is_empty() {
        return Err(Problem::new("no-gpu", "No card is known whose code could be added.")
            .advise("Name its compute capability: --capability 12.0")
            .into());
    }
    Ok(found)
}

fn backup_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(BACKUP);
    file.with_file_name(name)
}

fn read(host: &dyn Host, file: &Path) -> Result<String, Failed> {
    let bytes = host.read(file).map_err(|error| crate::run::problem_of(&error))?;
    String::from_utf8(bytes).map_err(|error| {
        let cause = format!("{} is no text in UTF-8.", file.display());
        Problem::new("not-text", cause).details(error.to_string()).into()
    })
}

/// The first backup is what its maker wrote: a later change does not take its place.
fn change(host: &dyn Host, file: &Path, backup: &Path, before: &str, text: &str) -> Result<(), Failed> {
    let failed = |error: crate::host::HostError| crate::run::problem_of(&error);
    if host.meta(backup).is_none() {
        host.write_atomic(backup, before.as_bytes()).map_err(failed)?;
    }
    host.overwrite(file, text.as_bytes()).map_err(failed)?;
    Ok(())
}

fn undo(session: &mut Session, host: &dyn Host, file: &Path, backup: &Path) -> Done {
    let failed = |error: crate::host::HostError| crate::run::problem_of(&error);
    if host.meta(backup).is_none() {
        let cause = format!("There is no {}: nothing was changed here.", backup.display());
        return Err(Problem::new("no-backup", cause).into());
    }
    let before = read(host, backup)?;
    if !is_patched(&before, &read(host, file)?) {
        let cause = format!("{} was changed by others since, and that would be lost.", file.display());
        let remedy = format!("What its maker wrote is in {}: take from it what you want.", backup.display());
        return Err(Problem::new("changed-since", cause).advise(remedy).into());
    }
    host.overwrite(file, before.as_bytes()).map_err(failed)?;
    host.remove(backup).map_err(failed)?;
    if session.json {
        session.say_json(&Line { changed: true, ..Line::of(file, "undone") });
    } else {
        session.screen.note(format!("{} is what it was.", file.display()));
    }
    Ok(exit::DONE)
}

/// As `diff -u` writes it.
fn diff(file: &Path, before: &str, after: &str) -> String {
    let name = file.display().to_string();
    similar::TextDiff::from_lines(before, after).unified_diff().header(&name, &name).to_string()
}
