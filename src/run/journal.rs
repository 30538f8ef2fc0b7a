//! The append-only record of a run: what was begun, what is done. A torn last line is expected (a power cut), a torn
//! line before it is not.

use super::{EventKind, RunEvent};
use crate::host::{Growing, Host, HostError};
use crate::plan::Plan;
use crate::store::StoreError;
use crate::text::hex;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// One line of the file.
#[derive(Debug, Deserialize)]
struct Line {
    /// First eight hex digits of the SHA-256 of the event's text.
    sum: String,
    event: Box<serde_json::value::RawValue>,
}

/// The event of a line, if its sum is right.
fn event_of(line: &[u8]) -> Option<RunEvent> {
    let line: Line = serde_json::from_slice(line).ok()?;
    let text = line.event.get();
    (sum(text) == line.sum).then(|| serde_json::from_str(text).ok()).flatten()
}

fn sum(event: &str) -> String {
    hex(Sha256::digest(event.as_bytes()).as_slice()).chars().take(8).collect()
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A line that is not the last cannot be read.
    #[error("line {line} of {} is damaged", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
    /// The plan beside it cannot be read.
    #[error(transparent)]
    Plan(#[from] StoreError),
    /// The system said no.
    #[error(transparent)]
    Host(#[from] HostError),
}

/// A journal open for writing.
pub struct Journal {
    file: Box<dyn Growing>,
}

impl Journal {
    /// Opens the journal of a run, new or to be gone on with.
    pub fn open(host: &dyn Host, run: &Path) -> Result<Self, HostError> {
        Ok(Self { file: host.grow(&run.join("journal.jsonl"))? })
    }

    /// Adds an event and returns when it is on the disk.
    pub fn add(&mut self, event: &RunEvent) -> Result<(), HostError> {
        let Ok(text) = serde_json::to_string(event) else { return Ok(()) };
        // A torn line of an earlier life must not swallow this one: each begins on a line of its own.
        let line = format!("\n{{\"sum\":\"{}\",\"event\":{text}}}", sum(&text));
        self.file.add(line.as_bytes())?;
        self.file.sync()
    }
}

/// What a journal says of its run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Steps that are done.
    pub done: BTreeSet<String>,
    /// The step that was begun last and did not end.
    pub open: Option<String>,
    /// Hashes computed for files whose index names none.
    pub hashes: BTreeMap<String, String>,
    /// Steps that waited for the user, each with when the system had been started then.
    pub waited: BTreeMap<String, Option<u64>>,
    /// Children that were started and whose end is not recorded: process id and when it began.
    pub children: Vec<(u32, u64)>,
    /// The run came to an end that needs nothing more.
    pub ended: bool,
    /// It was cancelled.
    pub cancelled: bool,
}

impl History {
    /// Reads the journal of a run; an empty history if there is none yet.
    pub fn read(host: &dyn Host, run: &Path) -> Result<Self, JournalError> {
        let path = run.join("journal.jsonl");
        if host.meta(&path).is_none() {
            return Ok(Self::default());
        }
        Self::of(&host.read(&path)?, &path)
    }

    fn of(bytes: &[u8], path: &Path) -> Result<Self, JournalError> {
        let mut history = Self::default();
        let lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').collect();
        let mut torn = None;
        for (number, line) in lines.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
            match event_of(line) {
                Some(event) => history.take(&event),
                // Only a line that the wizard was killed while writing is torn: the next life begins with `Resumed`.
                None => torn = torn.or(Some(number + 1)),
            }
        }
        match torn {
            Some(line) if !may_be_torn(line, &lines) => Err(JournalError::Damaged { path: path.to_owned(), line }),
            _ => Ok(history),
        }
    }

    fn take(&mut self, event: &RunEvent) {
        match &event.kind {
            EventKind::Started { .. } => self.open.clone_from(&event.step),
            EventKind::Finished => {
                self.done.extend(event.step.clone());
                self.open = None;
                self.children.clear();
            }
            EventKind::Child { id, began } => self.children.push((*id, *began)),
            EventKind::Hashed { file, sha256 } => {
                self.hashes.insert(file.clone(), sha256.clone());
            }
            EventKind::NeedsUser { booted, .. } => {
                self.waited.extend(event.step.clone().map(|step| (step, *booted)));
            }
            EventKind::Undone { step } => {
                self.done.remove(step);
            }
            EventKind::Ended { settled, .. } => {
                self.ended = *settled;
                self.children.clear();
            }
            EventKind::Cancelled => self.cancelled = true,
            EventKind::Resumed => (self.ended, self.cancelled) = (false, false),
            EventKind::Progress { .. }
            | EventKind::Log { .. }
            | EventKind::Quiet { .. }
            | EventKind::Failed { .. }
            | EventKind::Checking { .. }
            | EventKind::Check { .. }
            | EventKind::Verified { .. } => {}
        }
    }
}

/// A torn line is the last one, or the one before a `Resumed`.
fn may_be_torn(line: usize, lines: &[&[u8]]) -> bool {
    let next = lines.iter().skip(line).find(|line| !line.is_empty());
    next.is_none_or(|next| event_of(next).is_some_and(|event| matches!(event.kind, EventKind::Resumed)))
}

/// A run on disk.
#[derive(Clone, Debug)]
pub struct SavedRun {
    /// Its folder.
    pub folder: PathBuf,
    /// The plan as approved.
    pub plan: Plan,
    /// What its journal says.
    pub history: History,
}

/// The folder of all runs.
pub fn runs_folder(host: &dyn Host) -> PathBuf {
    host.folders().data.join("runs")
}

/// Reads one run.
pub fn read_run(host: &dyn Host, folder: &Path) -> Result<Option<SavedRun>, JournalError> {
    let plan: Option<Plan> = crate::store::load(host, &folder.join("plan.json"))?;
    let Some(plan) = plan else { return Ok(None) };
    Ok(Some(SavedRun { folder: folder.to_owned(), plan, history: History::read(host, folder)? }))
}

/// Runs that did not come to an end, newest first. A run that cannot be read is an error with its folder's name.
pub fn unfinished(host: &dyn Host) -> Vec<Result<SavedRun, (PathBuf, JournalError)>> {
    let mut folders: Vec<PathBuf> = host
        .list(&runs_folder(host))
        .unwrap_or_default()
        .into_iter()
        .filter(|entry| entry.meta.is_dir)
        .map(|entry| entry.path)
        .collect();
    folders.sort();
    folders
        .into_iter()
        .rev()
        .filter_map(|folder| match read_run(host, &folder) {
            Ok(run) => run.filter(|run| !run.history.ended).map(Ok),
            Err(error) => Some(Err((folder, error))),
        })
        .collect()
}

/// How many runs that came to an end are kept for reports.
const KEPT: usize = 20;

/// Removes the oldest runs that came to an end, as far as they are more than twenty. Best effort: a run that cannot be
/// read or removed stays.
pub fn prune(host: &dyn Host) {
    let mut folders: Vec<PathBuf> =
        host.list(&runs_folder(host)).unwrap_or_default().into_iter().map(|entry| entry.path).collect();
    folders.sort();
    let is_over = |folder: &PathBuf| History::read(host, folder).is_ok_and(|history| history.ended);
    for folder in folders.into_iter().rev().filter(is_over).skip(KEPT) {
        host.remove(&folder).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(step: &str, kind: EventKind) -> String {
        let event = RunEvent { time: "2026-11-21T10:00:00Z".into(), step: Some(step.into()), kind };
        let text = serde_json::to_string(&event).unwrap();
        format!("\n{{\"sum\":\"{}\",\"event\":{text}}}", sum(&text))
    }

    fn history(text: &str) -> Result<History, JournalError> {
        History::of(text.as_bytes(), Path::new("journal.jsonl"))
    }

    #[test]
    fn a_torn_last_line_is_expected() {
        let whole =
            line("environment", EventKind::Started { title: "x".into() }) + &line("environment", EventKind::Finished);
        let next = line("download", EventKind::Started { title: "y".into() });
        for cut in 1..next.len() {
            let read = history(&format!("{whole}{}", &next[..cut])).unwrap();
            assert!(read.done.contains("environment"), "cut at {cut}");
            assert_eq!(read.open, None, "cut at {cut}");
        }
        assert_eq!(history(&format!("{whole}{next}")).unwrap().open.as_deref(), Some("download"));
    }

    #[test]
    fn a_damaged_line_in_the_middle_is_refused_unless_a_new_life_began_after_it() {
        let torn = "\n{\"sum\":\"00000000\",\"event\":{\"time\":";
        let after = line("download", EventKind::Finished);
        assert!(matches!(history(&format!("{torn}{after}")), Err(JournalError::Damaged { line: 2, .. })));
        let resumed = line("download", EventKind::Resumed) + &after;
        assert!(history(&format!("{torn}{resumed}")).unwrap().done.contains("download"));
    }

    #[test]
    fn a_flipped_bit_is_noticed() {
        let text = line("environment", EventKind::Finished) + &line("download", EventKind::Finished);
        let flipped = text.replacen("environment", "enwironment", 1);
        assert!(history(&flipped).is_err());
    }

    /// Its key must not be that of the event's own step: a line with one key twice cannot be read back.
    #[test]
    fn a_step_that_was_undone_can_be_read_back_in_the_middle_of_a_journal() {
        let of_the_run = |kind: EventKind| {
            let event = RunEvent { time: "2026-11-21T10:00:00Z".into(), step: None, kind };
            let text = serde_json::to_string(&event).unwrap();
            format!("\n{{\"sum\":\"{}\",\"event\":{text}}}", sum(&text))
        };
        let text = line("environment", EventKind::Finished)
            + &of_the_run(EventKind::Resumed)
            + &of_the_run(EventKind::Undone { step: "environment".into() })
            + &line("download", EventKind::Finished);
        assert_eq!(history(&text).unwrap().done.into_iter().collect::<Vec<_>>(), ["download"]);
    }

    #[test]
    fn an_ended_run_has_no_survivors_and_needs_nothing() {
        let text = line("install", EventKind::Child { id: 7, began: 9 });
        assert_eq!(history(&text).unwrap().children, [(7, 9)]);
        let text = text + &line("install", EventKind::Ended { exit: 0, settled: true });
        let read = history(&text).unwrap();
        assert!(read.ended && read.children.is_empty());
    }
}
