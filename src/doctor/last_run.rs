//! The newest run: its steps, how it ended, what its log says.

use super::{File, log};
use crate::diagnose::Diagnosis;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::report::Redactor;
use crate::run::{EventKind, RunEvent};
use crate::verify::Proof;
use serde::Serialize;

/// The newest run.
#[derive(Clone, Debug, Default)]
pub struct LastRun {
    /// Its name.
    pub id: String,
    /// Its plan; `None` if it cannot be read.
    pub plan: Option<Box<Plan>>,
    /// What its journal has, as far as it can be read.
    pub events: Vec<RunEvent>,
    /// The end of its log.
    pub log: Vec<String>,
    /// What `diagnose` says of the whole log; `None` without one.
    pub diagnosis: Option<Diagnosis>,
    /// Its verification, as it was written.
    pub report: Option<String>,
}

/// How far a step came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Not begun.
    Open,
    /// Begun, and nothing was heard of its end.
    Begun,
    /// Done.
    Done,
    /// Failed.
    Failed,
    /// It waits for the user.
    Waits,
    /// Was done, and was undone.
    Undone,
}

impl Outcome {
    /// In words for people.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "not begun",
            Self::Begun => "begun",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Waits => "waits for you",
            Self::Undone => "undone",
        }
    }
}

/// A step with its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The plan's key.
    pub key: String,
    /// What it does, for people.
    pub title: String,
    /// How far it came.
    pub outcome: Outcome,
}

impl LastRun {
    /// The plan's steps; without a plan those that the journal knows.
    pub fn steps(&self) -> Vec<Step> {
        let of_plan = self.plan.iter().flat_map(|plan| &plan.steps);
        let mut steps: Vec<Step> = of_plan
            .map(|step| Step { key: step.key.clone(), title: step.title.clone(), outcome: Outcome::Open })
            .collect();
        for event in &self.events {
            let undone = if let EventKind::Undone { step } = &event.kind { Some(step) } else { None };
            let key = undone.or(event.step.as_ref());
            let Some((key, outcome)) = key.zip(outcome(&event.kind)) else { continue };
            match steps.iter_mut().find(|step| step.key == *key) {
                Some(step) => step.outcome = outcome,
                None => steps.push(Step { key: key.clone(), title: key.clone(), outcome }),
            }
        }
        steps
    }

    /// What went wrong last, unless the run came to a good end after it.
    pub fn problem(&self) -> Option<&Problem> {
        let is_well = self.exit() == Some(0) && !self.was_undone();
        let last = self.events.iter().rev().find_map(|event| {
            if let EventKind::Failed { problem } | EventKind::NeedsUser { problem, .. } = &event.kind {
                return Some(problem);
            }
            None
        });
        last.filter(|_| !is_well)
    }

    /// The exit code of its last life, and whether nothing is left to do; `None` while that has not ended.
    fn end(&self) -> Option<(i32, bool)> {
        let mut end = None;
        for event in &self.events {
            if let EventKind::Ended { exit, settled } = event.kind {
                end = Some((exit, settled));
            } else if event.kind == EventKind::Resumed {
                end = None;
            }
        }
        end
    }

    /// The exit code it ended with; `None` while it has not ended.
    pub fn exit(&self) -> Option<i32> {
        self.end().map(|(exit, _)| exit)
    }

    /// Whether something is left to resume or to undo.
    pub fn is_open(&self) -> bool {
        self.end().is_none_or(|(_, settled)| !settled)
    }

    /// Whether it was rolled back: it ended well, and not all of its steps are done.
    pub fn was_undone(&self) -> bool {
        self.end() == Some((0, true)) && self.steps().iter().any(|step| step.outcome != Outcome::Done)
    }

    /// The verdict it came to.
    pub fn verdict(&self) -> Option<Proof> {
        self.events.iter().rev().find_map(|event| {
            if let EventKind::Verified { report } = &event.kind { Some(report.verdict) } else { None }
        })
    }

    /// How it ended, in words.
    pub fn end_in_words(&self) -> String {
        let verdict = self.verdict().map(|verdict| format!(", verdict {}", verdict.word())).unwrap_or_default();
        match (self.exit(), self.is_open()) {
            (None, _) => format!("it did not end{verdict}"),
            _ if self.was_undone() => format!("it was undone{verdict}"),
            (Some(exit), true) => format!("exit code {exit}, can be resumed or undone{verdict}"),
            (Some(exit), false) => format!("exit code {exit}{verdict}"),
        }
    }

    /// Its files for a report.
    pub(super) fn files(&self, redactor: &mut Redactor<'_>) -> Vec<File> {
        let plan = self.plan.as_ref().and_then(|plan| serde_json::to_string_pretty(plan).ok());
        let events: String = self.events.iter().filter_map(|event| serde_json::to_string(event).ok()).fold(
            String::new(),
            |mut all, line| {
                all.push_str(&redactor.json(&line));
                all.push('\n');
                all
            },
        );
        let mut files = Vec::new();
        if let Some(plan) = plan {
            let about = "the plan of the last run, as it was approved";
            files.push(File { name: "plan.json", about, text: redactor.json(&plan) });
        }
        if !events.is_empty() {
            files.push(File { name: "journal.jsonl", about: "what the last run did, step by step", text: events });
        }
        files.extend(log("install.log", "the end of the last run's log", &self.log, redactor));
        if let Some(report) = &self.report {
            let about = "the checks of the last run";
            files.push(File { name: "report.json", about, text: redactor.json(report) });
        }
        files
    }
}

const fn outcome(kind: &EventKind) -> Option<Outcome> {
    Some(match kind {
        EventKind::Started { .. } => Outcome::Begun,
        EventKind::Finished => Outcome::Done,
        EventKind::Failed { .. } => Outcome::Failed,
        EventKind::NeedsUser { .. } => Outcome::Waits,
        EventKind::Undone { .. } => Outcome::Undone,
        EventKind::Child { .. }
        | EventKind::Progress { .. }
        | EventKind::Log { .. }
        | EventKind::Quiet { .. }
        | EventKind::Paused { .. }
        | EventKind::Unpaused
        | EventKind::Hashed { .. }
        | EventKind::Diagnosed { .. }
        | EventKind::Checking { .. }
        | EventKind::Check { .. }
        | EventKind::Verified { .. }
        | EventKind::Cancelled
        | EventKind::Resumed
        | EventKind::Ended { .. } => return None,
    })
}
