//! `envs diff`

use super::meant;
use super::snapshot::in_a_line;
use crate::cli::wait::telling;
use crate::cli::{Done, Failed, Session, exit, json};
use crate::problem::Problem;
use crate::snapshots::compare::{Difference, Side, compare};
use crate::snapshots::{Snapshot, changed_files, file_of, load, take};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One of the two.
pub(super) struct Meant {
    /// What it is, or was.
    pub snapshot: Snapshot,
    /// The environment's folder, where it is one.
    pub environment: Option<PathBuf>,
}

/// `envs diff --json`.
#[derive(serde::Serialize)]
struct Answer<'a> {
    schema: u32,
    same: bool,
    a: Of<'a>,
    b: Of<'a>,
    #[serde(flatten)]
    difference: &'a Difference,
}

#[derive(serde::Serialize)]
struct Of<'a> {
    kind: &'static str,
    environment: String,
    torch: Option<&'a str>,
    variant: Option<&'a str>,
    python: Option<String>,
    packages: usize,
}

pub fn run(session: &mut Session, a: &Path, b: &Path) -> Done {
    let (a, b) = (either(session, a)?, either(session, b)?);
    let host = Arc::clone(&session.host);
    let files = telling(session, "reading the files of torch", |tell| {
        let environments = [(Side::A, &a), (Side::B, &b)];
        let folders = environments.into_iter().filter_map(|(side, of)| Some((side, of.environment.as_ref()?)));
        folders
            .flat_map(|(side, folder)| {
                changed_files(&*host, side, folder, &mut || tell.now("reading the files of torch"))
            })
            .collect()
    });
    if session.is_cancelled() {
        return Err(Problem::new("cancelled", "Cancelled.").into());
    }
    let difference = compare(&a.snapshot, &b.snapshot, files);
    let same = difference.is_none();
    if session.json {
        session.say_json(&Answer { schema: json::SCHEMA, same, a: of(&a), b: of(&b), difference: &difference });
    } else {
        session.screen.raw(&text(&a, &b, &difference));
    }
    Ok(if same { exit::DONE } else { exit::NO })
}

/// An environment, or a snapshot: a folder is the first, a file the second, and of names the environment's counts.
fn either(session: &Session, word: &Path) -> Result<Meant, Failed> {
    let (path, known) = meant(session, word)?;
    let is_folder = session.host.meta(&path).is_some_and(|meta| meta.is_dir);
    if is_folder {
        let snapshot = take(&*session.host, &path, known.as_ref())?;
        return Ok(Meant { snapshot, environment: Some(path) });
    }
    Ok(Meant { snapshot: snapshot(session, word)?, environment: None })
}

/// The snapshot that a word means.
pub(super) fn snapshot(session: &Session, word: &Path) -> Result<Snapshot, Failed> {
    let Some(file) = file_of(&*session.host, word, &session.absolute(word)) else {
        let folder = crate::snapshots::folder(&*session.host);
        let cause = format!("{} is neither an environment nor a snapshot.", word.display());
        return Err(Problem::new("unknown-snapshot", cause)
            .command("See the list of environments", "torch-wizard envs list")
            .advise(format!("Snapshots that were taken lie in {}.", folder.display()))
            .into());
    };
    Ok(load(&*session.host, &file)?)
}

fn of(meant: &Meant) -> Of<'_> {
    let Meant { snapshot, environment } = meant;
    Of {
        kind: if environment.is_some() { "environment" } else { "snapshot" },
        environment: snapshot.environment.display().to_string(),
        torch: snapshot.torch.as_deref(),
        variant: snapshot.variant.as_deref(),
        python: snapshot.python.map(|python| python.to_string()),
        packages: snapshot.packages.len(),
    }
}

fn text(a: &Meant, b: &Meant, difference: &Difference) -> String {
    let head = |letter: &str, of: &Meant| {
        let when = match of.environment {
            Some(_) => String::new(),
            None => format!(" on {}", crate::time::minute(&of.snapshot.taken_at)),
        };
        format!("{letter}: {}{when}: {}", of.snapshot.environment.display(), in_a_line(&of.snapshot))
    };
    let mut lines = vec![head("a", a), head("b", b)];
    if difference.is_none() {
        lines.push("Nothing is different.".to_owned());
    }
    lines.extend(difference.lines());
    lines.join("\n") + "\n"
}
