//! `diagnose`

use super::args::DiagnoseArgs;
use super::{Done, Failed, Session, exit, json};
use crate::diagnose::{Answer, Diagnosis, Failure, Knowledge, diagnose};
use crate::host::FileReader;
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
    let diagnosis = read.map_err(|error| unreadable(&error))?;
    if session.json {
        session.say_json(&json::diagnosed(&diagnosis));
    } else {
        session.screen.raw(&told(&diagnosis, knowledge));
    }
    Ok(if diagnosis.answer == Answer::Unknown { exit::NO } else { exit::DONE })
}

fn unreadable(error: &std::io::Error) -> Failed {
    Problem::new("unreadable-report", format!("The log cannot be read: {error}."))
        .advise("Name a file, or - for standard input.")
        .into()
}

/// The answer for people: the cause, the line that proves it, what to look at, what helps.
fn told(diagnosis: &Diagnosis, knowledge: &Knowledge) -> String {
    let mut text = String::new();
    match &diagnosis.answer {
        Answer::Known { failure, .. } => tell_failure(&mut text, failure, diagnosis),
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

fn tell_failure(text: &mut String, failure: &Failure, diagnosis: &Diagnosis) {
    let Failure { label, title, cause, check, remedy, commands, .. } = failure;
    writeln!(text, "{title} ({label}, {})", sure(diagnosis.confidence)).ok();
    writeln!(text, "\n{cause}").ok();
    tell_lines(text, "The line that shows it", diagnosis);
    writeln!(text, "\nTo make sure: {check}").ok();
    writeln!(text, "What helps: {remedy}").ok();
    for command in commands {
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

/// A confidence in words.
fn sure(confidence: f64) -> &'static str {
    if confidence >= 0.9 {
        "sure"
    } else if confidence >= 0.7 {
        "likely"
    } else {
        "possible"
    }
}
