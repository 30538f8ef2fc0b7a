//! `doctor`

use super::args::DoctorArgs;
use super::wait::telling;
use super::{Done, Failed, Session, exit, json, show};
use crate::catalog::Catalog;
use crate::detect::identity;
use crate::doctor::gather::{self, gather};
use crate::doctor::{Bundle, Form, Machine, Report};
use crate::facts::MachineFacts;
use crate::prepare::{self, Scan};
use crate::report::Private;
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;

pub fn run(session: &mut Session, args: &DoctorArgs) -> Done {
    let wanted = args.report.as_deref().map(|path| wanted(session, path, args.yes)).transpose()?;
    let report = report(session);
    let private = identity::private(&*session.host, &session.settings);
    match wanted {
        Some((path, form)) => save(session, &report.bundle(&private, form), &path, args.yes),
        None => Ok(tell(session, &report, &private)),
    }
}

/// Where the report goes, and as what; said before anything is looked at.
fn wanted(session: &Session, path: &Path, yes: bool) -> Result<(std::path::PathBuf, Form), Failed> {
    let form = Form::of(path)
        .ok_or_else(|| Failed::Usage(format!("--report: {} must end in .zip, .md, .txt or .json", path.display())))?;
    let path = session.absolute(path);
    if !yes && session.host.meta(&path).is_some() {
        return Err(Failed::Usage(format!("--report: {} is there already; add --yes to replace it", path.display())));
    }
    if !yes && !session.can_ask() {
        return Err(Failed::Usage("doctor asks before it writes, and nobody can answer here; add --yes".to_owned()));
    }
    Ok((path, form))
}

/// Looks at everything.
fn report(session: &mut Session) -> Report {
    let (host, catalog) = (Arc::clone(&session.host), session.catalog);
    let wish = gather::wish(&session.settings, session.offline);
    telling(session, "looking at this PC", |say| {
        let known = gather::known(&*host);
        let mut facts = prepare::detect(&host, catalog, &wish, known, &mut crate::detect::Unwatched);
        // A report of what is known so far is worth more than none.
        let scan = if say.now("asking the indexes").is_continue() {
            let live = prepare::look(&host, catalog, &mut facts, &wish);
            let assessments = prepare::judge(catalog, &facts, &live, &wish);
            Scan { facts, live, assessments }
        } else {
            Scan { facts, live: crate::catalog::LiveIndex::offline(), assessments: Vec::new() }
        };
        let machine = machine(&scan.facts, catalog);
        gather(&*host, catalog, &scan, machine)
    })
}

/// This PC as `detect` tells it.
pub(crate) fn machine(facts: &MachineFacts, catalog: &Catalog) -> Machine {
    Machine {
        text: show::facts(facts, catalog, false),
        json: serde_json::to_string(&json::detected(facts, catalog)).unwrap_or_default(),
    }
}

fn tell(session: &mut Session, report: &Report, private: &Private) -> i32 {
    if session.json {
        session.screen.say(report.json(private));
    } else {
        session.screen.raw(&report.text(private));
    }
    exit::DONE
}

/// `doctor --report FILE --json`
#[derive(Serialize)]
struct Saved<'a> {
    schema: u32,
    path: String,
    files: Vec<FileLine>,
    hidden: &'a crate::report::Hidden,
}

#[derive(Serialize)]
struct FileLine {
    name: &'static str,
    bytes: usize,
}

/// Shows what is in it, asks, writes.
fn save(session: &mut Session, bundle: &Bundle, path: &Path, yes: bool) -> Done {
    let bytes = bundle.bytes()?;
    if session.json {
        let files = bundle.files.iter().map(|file| FileLine { name: file.name, bytes: file.text.len() }).collect();
        let saved = Saved { schema: json::SCHEMA, path: path.display().to_string(), files, hidden: &bundle.hidden };
        session.say_json(&saved);
    } else {
        session.screen.raw(&bundle.preview(path));
    }
    if !yes && !session.screen.agreed(&format!("Write {}?", path.display())) {
        session.screen.note("Nothing was written.");
        return Ok(exit::DONE);
    }
    session.host.write_atomic(path, &bytes).map_err(|error| crate::run::problem_of(&error))?;
    session.screen.note(format!("Written to {}.", path.display()));
    Ok(exit::DONE)
}
