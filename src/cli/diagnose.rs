//! `diagnose`

use super::args::DiagnoseArgs;
use super::{Done, Failed, Session, advise, detect, exit, json};
use crate::diagnose::{Answer, Diagnosis, Failure, Knowledge, Machine, Sureness, diagnose, weigh};
use crate::facts::OsFamily;
use crate::host::FileReader;
use crate::prepare::Wish;
use crate::problem::Problem;
use std::fmt::Write as _;

pub fn run(session: &mut Session, args: &DiagnoseArgs) -> Done {
    let knowledge = Knowledge::embedded()
        .map_err(|error| Problem::new("catalogue", format!("The built-in catalogue is damaged: {error}.")))?;
    let read = if args.text.as_os_str() == "-" {
        diagnose(&mut std::io::stdin().lock(), knowledge)
    } else {
        let path = session.absolute(&args.text);
        diagnose(&mut FileReader::new(&*session.host, path), knowledge)
    };
    let mut diagnosis = read.map_err(|error| unreadable(&error))?;
    if args.here {
        let known = session.known()?.environments.into_iter().map(|known| known.path).collect();
        let facts = detect::look(session, &Wish { offline: true, ..Wish::default() }, known);
        let torch = advise::installed(session, &facts);
        diagnosis = weigh(diagnosis, Machine { facts: &facts, torch: &torch }, knowledge);
    }
    if session.json {
        session.say_json(&json::diagnosed(&diagnosis, session.host.family()));
    } else {
        session.screen.raw(&told(&diagnosis, knowledge, session.host.family()));
    }
    Ok(if diagnosis.answer.is_unknown() { exit::NO } else { exit::DONE })
}

fn unreadable(error: &std::io::Error) -> Failed {
    Problem::new("unreadable-report", format!("The log cannot be read: {error}."))
        .advise("Name a file, or - for standard input.")
        .into()
}

/// The answer for people: the cause, the line that proves it, what to look at, what helps.
fn told(diagnosis: &Diagnosis, knowledge: &Knowledge, here: OsFamily) -> String {
    let mut text = String::new();
    match &diagnosis.answer {
        Answer::Known { failure, .. } => tell_failure(&mut text, failure, diagnosis, here),
        Answer::Unknown => {
            text.push_str("Not recognised: something is wrong here, and the cause is none of those that are known.\n");
            tell_lines(&mut text, "Lines that tell most", diagnosis);
        }
        Answer::Fine => {
            text.push_str("Nothing wrong was found in this log.\n");
            tell_lines(&mut text, "It says so", diagnosis);
        }
    }
    for other in &diagnosis.others {
        let title = knowledge.failure(&other.label).map(|failure| failure.title.as_str()).unwrap_or_default();
        let word = if other.also { "Also there" } else { "Perhaps, or what follows from it" };
        writeln!(text, "\n{word}: {title} ({}).", other.label).ok();
    }
    text
}

fn tell_failure(text: &mut String, failure: &Failure, diagnosis: &Diagnosis, here: OsFamily) {
    let Failure { label, title, cause, check, remedy, .. } = failure;
    writeln!(text, "{title} ({label}, {})", Sureness::of(diagnosis.confidence).word()).ok();
    writeln!(text, "\n{cause}").ok();
    tell_lines(text, "The line that shows it", diagnosis);
    if let Some(here) = &diagnosis.here {
        writeln!(text, "\n{here}").ok();
    }
    writeln!(text, "\nTo make sure: {check}").ok();
    writeln!(text, "What helps: {remedy}").ok();
    for command in diagnosis.commands(here) {
        writeln!(text, "  {command}").ok();
    }
}

fn tell_lines(text: &mut String, heading: &str, diagnosis: &Diagnosis) {
    if diagnosis.evidence.is_empty() {
        return;
    }
    writeln!(text, "\n{heading}:").ok();
    for line in &diagnosis.evidence {
        writeln!(text, "  {}: {}", line.line, line.text).ok();
    }
}
