//! `diagnose`

use super::SCHEMA;
use crate::diagnose::{Answer, Diagnosis, Evidence};
use crate::facts::OsFamily;
use serde::Serialize;

/// `diagnose --json`
#[derive(Debug, Serialize)]
pub struct Diagnosed {
    schema: u32,
    label: String,
    detail_label: Option<String>,
    confidence: f64,
    /// Null where no line proves anything.
    evidence: Option<Line>,
    /// Where the cause is not known: further lines that tell something.
    telling: Vec<Line>,
    title: String,
    cause: String,
    check: String,
    /// What this machine says of it; null where it was not asked or says nothing.
    machine: Option<String>,
    fix: Fix,
    alternatives: Vec<Alternative>,
}

#[derive(Debug, Serialize)]
struct Line {
    line: u64,
    text: String,
}

#[derive(Debug, Default, Serialize)]
struct Fix {
    summary: String,
    commands: Vec<String>,
    automatic: bool,
}

#[derive(Debug, Serialize)]
struct Alternative {
    label: String,
    confidence: f64,
    also: bool,
}

/// A diagnosis in the contract's shape; `here` is this machine's system, for a log that does not show its own.
pub fn diagnosed(diagnosis: &Diagnosis, here: OsFamily) -> Diagnosed {
    let Diagnosis { answer, confidence, evidence, others, here: machine, .. } = diagnosis;
    let mut lines = evidence.iter().map(|Evidence { line, text }| Line { line: *line, text: text.clone() });
    let (detail_label, title, cause, check, fix) = match answer {
        Answer::Known { failure, detail } => {
            let fix = Fix {
                summary: failure.remedy.clone(),
                commands: diagnosis.commands(here).into_iter().map(str::to_owned).collect(),
                automatic: failure.mend.is_some(),
            };
            let finer = failure.counts_as.as_ref().map(|_| failure.label.clone());
            (detail.clone().or(finer), failure.title.as_str(), failure.cause.as_str(), failure.check.as_str(), fix)
        }
        Answer::Unknown => (
            None,
            "Not recognised",
            "Something is wrong, and the cause is none of those that are known.",
            "",
            Fix::default(),
        ),
        Answer::Fine => (None, "Nothing wrong", "Nothing wrong was found in this log.", "", Fix::default()),
    };
    Diagnosed {
        schema: SCHEMA,
        label: answer.label().to_owned(),
        detail_label,
        confidence: rounded(*confidence),
        evidence: lines.next(),
        telling: lines.collect(),
        title: title.to_owned(),
        cause: cause.to_owned(),
        check: check.to_owned(),
        machine: machine.clone(),
        fix,
        alternatives: others
            .iter()
            .map(|other| Alternative {
                label: other.label.clone(),
                confidence: rounded(other.confidence),
                also: other.also,
            })
            .collect(),
    }
}

fn rounded(confidence: f64) -> f64 {
    (confidence * 100.0).round() / 100.0
}
