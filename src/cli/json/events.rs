//! The events of a run, one a line, and what comes before the first and after the last.

use crate::progress::Units;
use crate::run::{EventKind, RunEvent};
use crate::verify::contract::{CheckLine, VerdictLine, check_line, verdict_line};
use serde::Serialize;

/// One line of `install --json` and `resume --json`.
#[derive(Debug, Serialize)]
pub struct EventLine<'a> {
    time: &'a str,
    /// The plan's key; null before there is a plan, and for what belongs to no step.
    step: Option<&'a str>,
    #[serde(flatten)]
    what: What<'a>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum What<'a> {
    Started {
        title: &'a str,
    },
    Progress(Amount<'a>),
    Log {
        stderr: bool,
        text: &'a str,
    },
    Quiet {
        seconds: u64,
        doing: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        stall: Option<String>,
    },
    Paused {
        what: &'a str,
        folder: String,
        needed_bytes: u64,
        free_bytes: u64,
    },
    Unpaused,
    Verified {
        #[serde(skip_serializing_if = "Option::is_none")]
        check: Option<CheckLine<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        verified: Option<VerdictLine<'a>>,
    },
    Finished,
    Diagnosed(Box<super::Diagnosed>),
    Failed {
        problem: &'a crate::problem::Problem,
    },
    Cancelled,
}

/// How far a run and its step are; what is not known is left out.
#[derive(Debug, Serialize)]
struct Amount<'a> {
    done_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_bytes: Option<u64>,
    fraction: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes_per_second: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_left: Option<f64>,
    what: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    units_done: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    units_total: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step_fraction: Option<f64>,
}

/// The event in the contract's shape; `None` for what is no affair of others.
pub fn event_line(event: &RunEvent) -> Option<EventLine<'_>> {
    let what = match &event.kind {
        EventKind::Started { title } => What::Started { title },
        EventKind::Progress { .. } => What::Progress(amount(&event.kind)?),
        EventKind::Log { stderr, text } => What::Log { stderr: *stderr, text },
        EventKind::Quiet { seconds, doing, stall } => {
            What::Quiet { seconds: *seconds, doing, stall: stall.as_ref().map(crate::run::Stall::words) }
        }
        EventKind::Paused { shortage } => What::Paused {
            what: &shortage.what,
            folder: shortage.folder.display().to_string(),
            needed_bytes: shortage.needed,
            free_bytes: shortage.free,
        },
        EventKind::Unpaused => What::Unpaused,
        EventKind::Check { check } => What::Verified { check: Some(check_line(check)), verified: None },
        EventKind::Verified { report } => What::Verified { check: None, verified: Some(verdict_line(report)) },
        EventKind::Finished => What::Finished,
        // A run names the system of its log.
        EventKind::Diagnosed { diagnosis } => {
            What::Diagnosed(Box::new(super::diagnosed(diagnosis, crate::facts::OsFamily::Other)))
        }
        // The contract has one word for a step that did not get on; the last line's exit code says which it was.
        EventKind::Failed { problem } | EventKind::NeedsUser { problem, .. } => What::Failed { problem },
        EventKind::Cancelled => What::Cancelled,
        EventKind::Child { .. }
        | EventKind::Checking { .. }
        | EventKind::Hashed { .. }
        | EventKind::Resumed
        | EventKind::Undone { .. }
        | EventKind::Ended { .. } => return None,
    };
    Some(EventLine { time: &event.time, step: event.step.as_deref(), what })
}

fn amount(kind: &EventKind) -> Option<Amount<'_>> {
    let EventKind::Progress { done_bytes, total_bytes, fraction, bytes_per_second, seconds_left, what, units, share } =
        kind
    else {
        return None;
    };
    Some(Amount {
        done_bytes: *done_bytes,
        total_bytes: *total_bytes,
        fraction: *fraction,
        bytes_per_second: *bytes_per_second,
        seconds_left: *seconds_left,
        what,
        units_done: units.map(|Units { done, .. }| done),
        units_total: units.and_then(|units| units.total),
        unit: units.map(|units| units.unit.word()),
        step_fraction: *share,
    })
}

/// What is done before there is a plan, in the words of a silence.
pub const fn preparing_line<'a>(time: &'a str, seconds: u64, doing: &'a str) -> EventLine<'a> {
    EventLine { time, step: None, what: What::Quiet { seconds, doing, stall: None } }
}

/// The last line of `install --json` and `resume --json`.
#[derive(Debug, Serialize)]
pub struct EndLine<'a> {
    /// `ended`
    pub kind: &'static str,
    /// The exit code.
    pub exit: i32,
    /// The environment; null if none stands.
    pub env: Option<&'a str>,
}
