//! `envs snapshot`

use super::{meant, not_there};
use crate::cli::{Done, Session, exit, json};
use crate::snapshots::{Snapshot, folder, save, take};
use crate::text;
use std::path::Path;

/// `envs snapshot --json`.
#[derive(serde::Serialize)]
struct Answer<'a> {
    schema: u32,
    /// By which `envs diff` and `envs restore` know it.
    name: &'a str,
    path: String,
    bytes: u64,
    environment: String,
    torch: Option<&'a str>,
    variant: Option<&'a str>,
    python: Option<String>,
    packages: usize,
    /// How many of them have the hash of the wheel they were made from.
    with_wheel: usize,
}

pub fn run(session: &mut Session, word: &Path, output: Option<&Path>) -> Done {
    let (path, known) = meant(session, word)?;
    if session.host.meta(&path).is_none() {
        return Err(not_there(&path));
    }
    let snapshot = take(&*session.host, &path, known.as_ref())?;
    let file = folder(&*session.host).join(snapshot.file_name());
    let bytes = save(&*session.host, &file, &snapshot)?;
    if let Some(output) = output {
        save(&*session.host, &session.absolute(output), &snapshot)?;
    }
    let name = snapshot.file_name();
    let name = name.trim_end_matches(".json");
    let with_wheel = snapshot.packages.iter().filter(|package| has_hash(package)).count();
    if session.json {
        let answer = Answer {
            schema: json::SCHEMA,
            name,
            path: file.display().to_string(),
            bytes,
            environment: snapshot.environment.display().to_string(),
            torch: snapshot.torch.as_deref(),
            variant: snapshot.variant.as_deref(),
            python: snapshot.python.map(|python| python.to_string()),
            packages: snapshot.packages.len(),
            with_wheel,
        };
        session.say_json(&answer);
        return Ok(exit::DONE);
    }
    let count = snapshot.packages.len();
    session.screen.say(format!("{}: {}", snapshot.environment.display(), in_a_line(&snapshot)));
    session
        .screen
        .say(format!("  {with_wheel} of {count} packages with the hash of their wheel, {}", text::size(bytes)));
    session.screen.say(format!("  {}", file.display()));
    session.screen.say(format!(
        "What changed since:  torch-wizard envs diff {name} \"{path}\"\n\
         Have it back:        torch-wizard envs restore \"{path}\" {name}",
        path = snapshot.environment.display()
    ));
    Ok(exit::DONE)
}

fn has_hash(package: &crate::snapshots::Package) -> bool {
    package.wheel.as_ref().is_some_and(|wheel| wheel.sha256.is_some())
}

/// `torch 2.15.0+cu130 (cu130), Python 3.12.4, 23 packages`
pub(super) fn in_a_line(snapshot: &Snapshot) -> String {
    let torch = snapshot.torch.as_ref().map_or_else(|| "no torch".to_owned(), |torch| format!("torch {torch}"));
    let variant = snapshot.variant.as_ref().map(|variant| format!(" ({variant})")).unwrap_or_default();
    let python = snapshot.python.map(|python| format!(", Python {python}")).unwrap_or_default();
    format!("{torch}{variant}{python}, {} packages", snapshot.packages.len())
}
