//! What a run tells of itself, line by line, and how it ends.

use super::space::Shortage;
use crate::diagnose::Diagnosis;
use crate::problem::Problem;
use crate::progress::Units;
use crate::verify::{Check, VerificationReport};
use serde::{Deserialize, Serialize};

/// Something happened in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunEvent {
    /// When (RFC 3339, UTC).
    pub time: String,
    /// Key of the step; `None` for the run as a whole.
    pub step: Option<String>,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum EventKind {
    /// A step begins.
    Started {
        /// Its title.
        title: String,
    },
    /// A child was started.
    Child {
        /// Process id, which is its group's as well.
        id: u32,
        /// When it began, in seconds since 1970.
        began: u64,
    },
    /// A step gets on.
    Progress {
        /// Bytes of the step that are there.
        done_bytes: u64,
        /// Bytes of the step.
        total_bytes: Option<u64>,
        /// Share of the whole run, 0.0 to 1.0; never falls.
        fraction: f64,
        /// Bytes a second over the last few seconds.
        bytes_per_second: Option<f64>,
        /// Time left of the step, in seconds.
        seconds_left: Option<f64>,
        /// What is under way, e.g. a file's name.
        what: String,
        /// Units of the step, where it is counted in them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        units: Option<Units>,
        /// Share of the step, 0.0 to 1.0, never falling, where the amounts are of a part of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        share: Option<f64>,
    },
    /// A line of a tool's output.
    Log {
        /// It came on standard error.
        stderr: bool,
        /// The line.
        text: String,
    },
    /// Nothing was heard for a while.
    Quiet {
        /// For so long.
        seconds: u64,
        /// What it is known to be doing.
        doing: String,
        /// Why it takes so long, as far as can be seen; after a long silence only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stall: Option<Stall>,
    },
    /// A volume is full: the run goes on by itself as soon as there is room.
    Paused {
        /// How much, and where.
        shortage: Shortage,
    },
    /// There is room again.
    Unpaused,
    /// The hash of a file whose index names none was computed.
    Hashed {
        /// The file.
        file: String,
        /// SHA-256, lower-case hex.
        sha256: String,
    },
    /// A check of the verification began.
    Checking {
        /// Its name.
        check: String,
        /// NVML's number of the device; `None` for the processor.
        device: Option<u32>,
    },
    /// One check of the verification ended.
    Check {
        /// Its result.
        check: Check,
    },
    /// The verification ended.
    Verified {
        /// What it found.
        report: Box<VerificationReport>,
    },
    /// A step is done.
    Finished,
    /// What the log of a step that failed says of the cause.
    Diagnosed {
        /// The answer.
        diagnosis: Box<Diagnosis>,
    },
    /// A step failed.
    Failed {
        /// Why.
        problem: Problem,
    },
    /// A step cannot go on before the user has done something.
    NeedsUser {
        /// What, and how to go on.
        problem: Problem,
        /// When the system was started, in seconds since 1970: tells later whether it was restarted since.
        booted: Option<u64>,
    },
    /// The user said stop.
    Cancelled,
    /// A new life of the run begins.
    Resumed,
    /// A step that was done must be done again.
    Undone {
        /// Its key; not called `step` on disk, which every event has already.
        #[serde(rename = "undone")]
        step: String,
    },
    /// The run ends.
    Ended {
        /// Exit code of CLI.md.
        exit: i32,
        /// Nothing is left to resume.
        settled: bool,
    },
}

/// What can be seen of a tool that says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stall {
    /// It uses the processor.
    Processor,
    /// It reads or writes files.
    Disk,
    /// A program that looks at every file for viruses is busy; its name.
    Scanner(String),
    /// Nothing comes over the network.
    NoBytes,
    /// It neither computes nor reads or writes.
    Idle,
    /// It cannot be seen.
    Unknown,
}

impl Stall {
    /// In words for people.
    pub fn words(&self) -> String {
        match self {
            Self::Processor => "it uses the processor".to_owned(),
            Self::Disk => "it reads and writes files".to_owned(),
            Self::Scanner(name) => format!("{name} looks at every file for viruses"),
            Self::NoBytes => "no bytes come".to_owned(),
            Self::Idle => "it neither computes nor reads or writes: it waits for something".to_owned(),
            Self::Unknown => "what it does cannot be seen from here".to_owned(),
        }
    }
}

impl EventKind {
    /// Whether the journal keeps it: what is needed to go on, and nothing that comes ten times a second.
    pub(super) const fn is_kept(&self) -> bool {
        match self {
            Self::Progress { .. }
            | Self::Log { .. }
            | Self::Quiet { .. }
            | Self::Paused { .. }
            | Self::Unpaused
            | Self::Diagnosed { .. }
            | Self::Checking { .. } => false,
            Self::Started { .. }
            | Self::Child { .. }
            | Self::Hashed { .. }
            | Self::Check { .. }
            | Self::Verified { .. }
            | Self::Finished
            | Self::Failed { .. }
            | Self::NeedsUser { .. }
            | Self::Cancelled
            | Self::Resumed
            | Self::Undone { .. }
            | Self::Ended { .. } => true,
        }
    }

    /// Whether it still matters after a power cut. A child does not: it is looked for after the wizard was killed, and
    /// then the system still knows what was written.
    pub(super) const fn outlives_the_system(&self) -> bool {
        !matches!(self, Self::Child { .. })
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// All steps are done: what the plan makes stands at its place.
    Promoted {
        /// What the verification found; `None` where the plan has none.
        report: Option<Box<VerificationReport>>,
    },
    /// A step failed; what stood at the target is untouched.
    Failed {
        /// Why.
        problem: Problem,
        /// What the verification found, if it was what failed.
        report: Option<Box<VerificationReport>>,
    },
    /// It waits for the user: administrator rights, a restart. It can go on afterwards.
    NeedsUser {
        /// What is to be done.
        problem: Problem,
    },
    /// The user said stop.
    Cancelled {
        /// In words.
        problem: Problem,
    },
}
