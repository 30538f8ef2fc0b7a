//! The append-only record of a run: what was begun, what is done. A torn last line is expected (a power cut), a torn
//! line before it is not. Each line is on the disk before what it announces is done.

use super::{EventKind, RunEvent};
use crate::environments::places::name_of;
use crate::host::{Growing, Host, HostError};
use crate::plan::Plan;
use crate::store::{Registry, StoreError};
use crate::text::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The newest form of a journal.
pub const SCHEMA: u32 = 1;

/// The first line, in every form there will be.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    /// The form of all lines after it.
    journal: u32,
}

/// The form that a line says the journal has.
fn form_of(line: &[u8]) -> Option<u32> {
    serde_json::from_slice::<Head>(line).ok().map(|head| head.journal)
}

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
    /// Another torch-wizard wrote it, in another form.
    #[error("{} has form {found}, this torch-wizard reads form {SCHEMA}", path.display())]
    OtherForm {
        /// Which file.
        path: PathBuf,
        /// Its form; 0 if it does not say.
        found: u32,
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
    /// Its last line may be cut.
    is_torn: bool,
}

impl Journal {
    /// Opens the journal of a run, new or to be gone on with.
    pub fn open(host: &dyn Host, run: &Path) -> Result<Self, HostError> {
        let path = run.join("journal.jsonl");
        let before = if host.meta(&path).is_some() { host.read(&path)? } else { Vec::new() };
        let last = before.split(|&byte| byte == b'\n').rfind(|line| !line.is_empty());
        let is_torn = last.is_none_or(|last| form_of(last).is_none() && event_of(last).is_none());
        let mut journal = Self { file: host.grow(&path)?, is_torn };
        journal.say_form()?;
        Ok(journal)
    }

    /// Says the form, at the beginning and after a line that was cut: whatever follows is whole again.
    fn say_form(&mut self) -> Result<(), HostError> {
        if self.is_torn {
            let head = serde_json::to_string(&Head { journal: SCHEMA }).unwrap_or_default();
            self.file.add(format!("\n{head}").as_bytes())?;
            self.file.sync()?;
            self.is_torn = false;
        }
        Ok(())
    }

    /// Adds an event and returns when it is on the disk, if that matters for it.
    pub fn add(&mut self, event: &RunEvent) -> Result<(), HostError> {
        let Ok(text) = serde_json::to_string(event) else { return Ok(()) };
        // A torn line of an earlier life must not swallow this one: each begins on a line of its own.
        let line = format!("\n{{\"sum\":\"{}\",\"event\":{text}}}", sum(&text));
        self.say_form()?;
        // A full disk may take a part of it.
        self.is_torn = true;
        self.file.add(line.as_bytes())?;
        if event.kind.outlives_the_system() {
            self.file.sync()?;
        }
        self.is_torn = false;
        Ok(())
    }
}

/// What a journal says of its run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Something was noted, and be it that all was undone.
    pub begun: bool,
    /// Steps that are done.
    pub done: BTreeSet<String>,
    /// The step that was begun last and did not end.
    pub open: Option<String>,
    /// The step that failed last and was not done since.
    pub failed: Option<String>,
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
    /// Its last line was cut: something was begun that is not known.
    pub torn: bool,
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
        let mut form = None;
        for (number, line) in lines.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
            if let Some(found) = form_of(line) {
                if found != SCHEMA {
                    return Err(JournalError::OtherForm { path: path.to_owned(), found });
                }
                form = Some(found);
                continue;
            }
            match event_of(line) {
                Some(_) if form.is_none() => {
                    return Err(JournalError::OtherForm { path: path.to_owned(), found: 0 });
                }
                Some(event) => history.take(&event),
                // Only a line that the wizard was killed while writing is torn: the next life begins with `Resumed`.
                None if may_be_torn(number + 1, &lines) => history.torn = true,
                None => return Err(JournalError::Damaged { path: path.to_owned(), line: number + 1 }),
            }
        }
        Ok(history)
    }

    fn take(&mut self, event: &RunEvent) {
        self.begun = true;
        match &event.kind {
            EventKind::Started { .. } => self.open.clone_from(&event.step),
            EventKind::Finished => {
                self.done.extend(event.step.clone());
                self.failed.take_if(|failed| Some(&*failed) == event.step.as_ref());
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
                self.open.take_if(|open| open == step);
            }
            EventKind::Ended { settled, .. } => {
                self.ended = *settled;
                self.children.clear();
            }
            EventKind::Cancelled => self.cancelled = true,
            EventKind::Failed { .. } => self.failed.clone_from(&event.step),
            EventKind::Resumed => (self.ended, self.cancelled, self.torn) = (false, false, false),
            EventKind::Progress { .. }
            | EventKind::Log { .. }
            | EventKind::Quiet { .. }
            | EventKind::Paused { .. }
            | EventKind::Unpaused
            | EventKind::Diagnosed { .. }
            | EventKind::Checking { .. }
            | EventKind::Check { .. }
            | EventKind::Verified { .. } => {}
        }
    }
}

/// Every event of a journal that can be read, and how many lines cannot: for reports, which have to take what there is.
/// `None` if the file itself cannot be read.
pub fn readable(host: &dyn Host, run: &Path) -> Option<(Vec<RunEvent>, usize)> {
    let bytes = host.read(&run.join("journal.jsonl")).ok()?;
    let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty() && form_of(line).is_none());
    let (mut events, mut lost) = (Vec::new(), 0);
    for line in lines {
        match event_of(line) {
            Some(event) => events.push(event),
            None => lost += 1,
        }
    }
    Some((events, lost))
}

/// A torn line is the last one, or the one before a `Resumed`; a life may have been cut while it wrote even that.
fn may_be_torn(line: usize, lines: &[&[u8]]) -> bool {
    let mut rest = lines.iter().skip(line);
    let next =
        rest.find_map(|line| if form_of(line).is_some() { Some(true) } else { Some(is_resumed(&event_of(line)?)) });
    next.unwrap_or(true)
}

fn is_resumed(event: &RunEvent) -> bool {
    matches!(event.kind, EventKind::Resumed)
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

/// The folders of all runs, the oldest first.
pub fn folders(host: &dyn Host) -> Vec<PathBuf> {
    let entries = host.list(&runs_folder(host)).unwrap_or_default();
    let mut folders: Vec<PathBuf> =
        entries.into_iter().filter(|entry| entry.meta.is_dir).map(|entry| entry.path).collect();
    folders.sort();
    folders
}

/// Reads one run.
pub fn read_run(host: &dyn Host, folder: &Path) -> Result<Option<SavedRun>, JournalError> {
    let plan: Option<Plan> = crate::store::load(host, &folder.join("plan.json"))?;
    let Some(plan) = plan else { return Ok(None) };
    Ok(Some(SavedRun { folder: folder.to_owned(), plan, history: History::read(host, folder)? }))
}

/// The same for those who only look: what is damaged stays where it is, and is no run to them.
pub fn look_at_run(host: &dyn Host, folder: &Path) -> Option<SavedRun> {
    let plan: Option<Plan> = crate::store::look(host, &folder.join("plan.json")).ok()?;
    Some(SavedRun { folder: folder.to_owned(), plan: plan?, history: History::read(host, folder).ok()? })
}

/// Runs that did not come to an end, newest first. A run that cannot be read is an error with its folder's name.
pub fn unfinished(host: &dyn Host) -> Vec<Result<SavedRun, (PathBuf, JournalError)>> {
    folders(host)
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

/// Removes the oldest runs that came to an end, as far as they are more than twenty, and not those that made a known
/// environment: they know its wheels. Best effort: a run that cannot be read or removed stays.
pub fn prune(host: &dyn Host) {
    let Ok(known) = crate::store::look::<Registry>(host, &Registry::path(host)) else { return };
    let made: BTreeSet<String> = known.environments.into_iter().filter_map(|known| known.plan_id).collect();
    let is_over = |folder: &PathBuf| History::read(host, folder).is_ok_and(|history| history.ended);
    let made_none = |folder: &PathBuf| !made.contains(&name_of(folder));
    for folder in folders(host).into_iter().rev().filter(is_over).skip(KEPT).filter(made_none) {
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
        History::of(format!("\n{{\"journal\":{SCHEMA}}}{text}").as_bytes(), Path::new("journal.jsonl"))
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
        assert!(matches!(history(&format!("{torn}{after}")), Err(JournalError::Damaged { line: 3, .. })));
        let resumed = line("download", EventKind::Resumed) + &after;
        assert!(history(&format!("{torn}{resumed}")).unwrap().done.contains("download"));
    }

    #[test]
    fn a_life_that_was_cut_at_its_first_word_is_followed_by_another() {
        let torn = "\n{\"sum\":\"00000000\",\"event\":{\"time\":";
        // The very first line: the next life must begin with `Resumed`, or this one is no longer readable.
        assert_ne!(history(torn).unwrap(), History::default());
        let resumed = line("download", EventKind::Resumed);
        let after = line("download", EventKind::Finished);
        assert!(history(&format!("{torn}{torn}{resumed}{after}")).unwrap().done.contains("download"));
        // A second one is looked at as well.
        assert!(history(&format!("{torn}{resumed}{torn}{after}")).is_err());
    }

    /// A disk that was full in the middle of a record and has room again.
    #[test]
    fn what_is_written_behind_a_record_that_was_cut_can_be_read() {
        use crate::host::fake::World;
        let world = World::new(crate::facts::OsFamily::Linux);
        let (run, path) = (Path::new("/d/runs/1"), Path::new("/d/runs/1/journal.jsonl"));
        let event = |kind| RunEvent { time: "2026-11-21T10:00:00Z".into(), step: Some("download".into()), kind };
        Journal::open(&world, run).unwrap().add(&event(EventKind::Started { title: "x".into() })).unwrap();
        let whole = world.read(path).unwrap();
        world.write_atomic(path, &whole[..whole.len() / 2]).unwrap();
        Journal::open(&world, run).unwrap().add(&event(EventKind::Finished)).unwrap();
        assert!(History::read(&world, run).unwrap().done.contains("download"));
    }

    #[test]
    fn a_report_takes_what_can_be_read_of_a_damaged_journal() {
        use crate::host::fake::World;
        let text = line("environment", EventKind::Finished) + "\n{\"sum\":" + &line("download", EventKind::Finished);
        let world = World::new(crate::facts::OsFamily::Linux).file("/d/runs/1/journal.jsonl", &text);
        let (events, lost) = readable(&world, Path::new("/d/runs/1")).unwrap();
        assert_eq!((events.len(), lost), (2, 1));
        assert_eq!(readable(&world, Path::new("/d/runs/2")), None);
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

    #[test]
    fn a_journal_of_another_form_is_told_and_not_misread() {
        let of = |text: String| History::of(text.as_bytes(), Path::new("journal.jsonl"));
        let newer = format!("\n{{\"journal\":2,\"more\":true}}\nwho knows what{}", line("a", EventKind::Finished));
        assert!(matches!(of(newer), Err(JournalError::OtherForm { found: 2, .. })));
        let older = line("environment", EventKind::Finished);
        assert!(matches!(of(older), Err(JournalError::OtherForm { found: 0, .. })));
    }

    #[test]
    fn whatever_the_first_line_was_cut_at_the_next_life_says_the_form_again() {
        use crate::host::fake::World;
        let (host, run) = (World::new(crate::facts::OsFamily::Linux), Path::new("/d/runs/1"));
        let head = "\n{\"journal\":1}";
        for cut in 0..=head.len() {
            host.write_atomic(&run.join("journal.jsonl"), &head.as_bytes()[..cut]).unwrap();
            assert!(History::read(&host, run).unwrap().done.is_empty(), "cut at {cut}");
            let event = RunEvent { time: String::new(), step: Some("a".into()), kind: EventKind::Finished };
            Journal::open(&host, run).unwrap().add(&event).unwrap();
            assert!(History::read(&host, run).unwrap().done.contains("a"), "cut at {cut}");
        }
    }
}
