//! `envs restore`, `envs clone`

use super::diff::snapshot;
use super::{meant, not_there};
use crate::cli::args::ChangeArgs;
use crate::cli::wait::telling;
use crate::cli::{Done, Session, exit, install, json, plan};
use crate::host::Host;
use crate::prepare::again::{Again, Lost, Task, wish_of_clone, wish_of_restore};
use crate::prepare::{self, Scan, Wish};
use crate::problem::Problem;
use crate::snapshots::compare::compare;
use crate::snapshots::{Snapshot, take};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// `envs restore --json` and `envs clone --json` where nothing is begun.
#[derive(serde::Serialize)]
struct Answer<'a> {
    schema: u32,
    environment: String,
    /// It is what it shall be.
    same: bool,
    lost: Vec<Line<'a>>,
}

#[derive(serde::Serialize)]
struct Line<'a> {
    name: &'a str,
    version: &'a str,
    why: &'a str,
}

pub fn run(session: &mut Session, word: &Path, then: &Path, how: &ChangeArgs) -> Done {
    let (path, known) = meant(session, word)?;
    if session.host.meta(&path).is_none() {
        return Err(not_there(&path));
    }
    let then = snapshot(session, then)?;
    let host = Arc::clone(&session.host);
    let now = take(&*host, &path, known.as_ref())?;
    let wish = wish_of_restore(&*host, &path, &then, plan::wish_of(session, how))?;
    let scan = plan::scan(session, &wish)?;
    let again = prepared(session, &scan, &wish, &then, |task, tick| task.restore(&now, tick))?;
    carry_on(session, again, &path, how, &scan, &then)
}

pub fn make_like(session: &mut Session, word: &Path, place: &Path, how: &ChangeArgs) -> Done {
    let (path, known) = meant(session, word)?;
    if session.host.meta(&path).is_none() {
        return Err(not_there(&path));
    }
    let place = session.absolute(place);
    let of = take(&*session.host, &path, known.as_ref())?;
    let wish = wish_of_clone(&*session.host, &of, &place, plan::wish_of(session, how));
    let scan = plan::scan(session, &wish)?;
    let again = prepared(session, &scan, &wish, &of, |task, tick| task.made_like(tick))?;
    carry_on(session, again, &place, how, &scan, &of)
}

fn prepared(
    session: &mut Session,
    scan: &Scan,
    wish: &Wish,
    then: &Snapshot,
    plan: impl FnOnce(&Task<'_>, &mut dyn FnMut(&str) -> ControlFlow<()>) -> Result<Again, Problem> + Send,
) -> Result<Again, Problem> {
    let (host, catalog) = (Arc::clone(&session.host), session.catalog);
    let task = Task { host: &host, catalog, scan, wish, then };
    telling(session, "looking for the packages", |tell| plan(&task, &mut |doing| tell.now(doing)))
}

/// Runs the plan, or says why there is none.
fn carry_on(session: &mut Session, again: Again, path: &Path, how: &ChangeArgs, scan: &Scan, then: &Snapshot) -> Done {
    let (same, lost) = match again {
        Again::Plan(plan) => {
            let circumstances = prepare::circumstances(&scan.facts);
            let check = |session: &mut Session| difference(&*session.host, path, then);
            return install::offer(session, &plan, how, circumstances, check);
        }
        Again::Same => (true, Vec::new()),
        Again::Lost(lost) => (false, lost),
    };
    if session.json {
        let environment = path.display().to_string();
        let lost = lost.iter().map(line).collect();
        session.say_json(&Answer { schema: json::SCHEMA, environment, same, lost });
    } else if same {
        session.screen.say(format!("{} is what it was then.", path.display()));
    } else {
        session.screen.say("These packages cannot be had again, so nothing was changed:");
        for Lost { name, version, why } in &lost {
            session.screen.say(format!("  {name} {version}: {why}"));
        }
    }
    Ok(if same { exit::DONE } else { exit::NO })
}

fn line(lost: &Lost) -> Line<'_> {
    Line { name: &lost.name, version: &lost.version, why: &lost.why }
}

/// What is different from the snapshot in spite of all. The folder may be another one.
fn difference(host: &dyn Host, path: &Path, then: &Snapshot) -> Vec<String> {
    let now = match take(host, path, None) {
        Ok(now) => now,
        Err(problem) => return vec![problem.cause],
    };
    let said = compare(then, &now, Vec::new()).lines();
    let head = (!said.is_empty()).then(|| "It is not in everything what it was then:".to_owned());
    head.into_iter().chain(said).collect()
}
