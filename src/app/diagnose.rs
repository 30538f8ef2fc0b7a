//! The cause in a log: what was pasted, dropped or chosen, how far the reading is, and what was found.

use super::{Effect, Load, Model};
use crate::assess;
use crate::diagnose::{Diagnosis, Knowledge, Machine, weigh};
use crate::facts::OsFamily;
use crate::problem::Problem;
use std::path::PathBuf;
use std::sync::Arc;

/// Bytes that the field holds at most. The whole of a field is laid out and told to a screen reader in every frame, so
/// what is longer is kept beside it, as a file is.
pub const MOST: usize = 32 * 1024;

/// What was done on its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiagnoseAction {
    /// The field's text as it is now.
    Type(String),
    /// A text to be looked at at once.
    Paste(String),
    /// The file dialog of the system.
    Browse,
    /// These files were dropped onto the window: the first is read.
    Drop(Vec<PathBuf>),
    /// Find the cause in what is there.
    Find,
    /// The log is of this PC, or is not.
    OfThisPc(bool),
    /// Begin anew.
    Clear,
}

/// A text that was pasted or typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// The whole of it.
    pub text: Arc<str>,
    /// How many lines it has.
    pub lines: usize,
}

impl Pasted {
    /// Counts its lines.
    pub fn new(text: &str) -> Self {
        Self { text: Arc::from(text), lines: text.lines().count() }
    }
}

/// A log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Log {
    /// From the clipboard or the keyboard.
    Pasted(Pasted),
    /// A file, which is read piece by piece.
    File(PathBuf),
}

/// The answer, with the words of what it names.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The answer.
    pub diagnosis: Diagnosis,
    /// The titles of its other failures, in their order.
    pub titles: Vec<String>,
    /// The commands that help on the system that the log is of.
    pub commands: Vec<String>,
}

impl Found {
    /// Looks the titles up. `here` is this machine's system, for a log that does not show its own.
    pub fn new(diagnosis: Diagnosis, knowledge: &Knowledge, here: OsFamily) -> Self {
        let title = |label: &str| knowledge.failure(label).map(|failure| failure.title.clone()).unwrap_or_default();
        let titles = diagnosis.others.iter().map(|other| title(&other.label)).collect();
        let commands = diagnosis.commands(here).into_iter().map(str::to_owned).collect();
        Self { diagnosis, titles, commands }
    }
}

/// How much of a log was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// Bytes so far.
    pub done: u64,
    /// All bytes; `None` where that is not known.
    pub total: Option<u64>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct DiagnoseView {
    /// What the field holds.
    pub text: String,
    /// What is looked at in place of the field's text: a file, or a text too long for the field.
    pub held: Option<Log>,
    /// Which question; an answer to an older one is not taken.
    pub ticket: u32,
    /// How far the reading is.
    pub amount: Amount,
    /// What the log alone says.
    pub read: Option<Diagnosis>,
    /// The log is of this PC, whose facts weigh in.
    pub of_this_pc: bool,
    /// What was found.
    pub answer: Load<Found>,
}

impl Default for DiagnoseView {
    fn default() -> Self {
        Self {
            text: String::new(),
            held: None,
            ticket: 0,
            amount: Amount::default(),
            read: None,
            of_this_pc: false,
            answer: Load::Idle,
        }
    }
}

impl DiagnoseView {
    /// The file that is looked at.
    pub const fn file(&self) -> Option<&PathBuf> {
        match &self.held {
            Some(Log::File(path)) => Some(path),
            Some(Log::Pasted(_)) | None => None,
        }
    }

    /// Nothing is there to be looked at.
    pub fn is_empty(&self) -> bool {
        self.held.is_none() && self.text.trim().is_empty()
    }

    fn log(&self) -> Option<Log> {
        match &self.held {
            Some(log) => Some(log.clone()),
            None if self.is_empty() => None,
            None => Some(Log::Pasted(Pasted::new(&self.text))),
        }
    }

    /// The answer is that of another text now; one that is on its way is not waited for.
    fn forget(&mut self) -> Vec<Effect> {
        self.ticket += 1;
        self.read = None;
        let before = std::mem::replace(&mut self.answer, Load::Idle);
        if before.is_busy() { vec![Effect::StopDiagnosis] } else { Vec::new() }
    }
}

/// Does it.
pub(super) fn act(model: &mut Model, action: DiagnoseAction) -> Vec<Effect> {
    let view = &mut model.diagnose;
    match action {
        DiagnoseAction::Type(text) => {
            view.text = text;
            view.forget()
        }
        DiagnoseAction::Paste(text) if text.trim().is_empty() => Vec::new(),
        DiagnoseAction::Paste(text) if text.len() > MOST => hold(model, Log::Pasted(Pasted::new(&text))),
        DiagnoseAction::Paste(text) => {
            (view.text, view.held) = (text, None);
            find(model)
        }
        DiagnoseAction::Browse => {
            let folder = view.file().and_then(|path| path.parent()).map(std::path::Path::to_owned);
            vec![Effect::BrowseOpen(folder.unwrap_or_else(|| model.folders.home.clone()))]
        }
        DiagnoseAction::Drop(paths) => {
            let is_one = paths.len() == 1;
            let Some(path) = paths.into_iter().next() else { return Vec::new() };
            if !is_one {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                super::update::notice(model, "notice-first-file", name, false);
            }
            read_file(model, path)
        }
        DiagnoseAction::Find => find(model),
        DiagnoseAction::OfThisPc(is_of_it) => {
            view.of_this_pc = is_of_it;
            hold_against(model);
            Vec::new()
        }
        DiagnoseAction::Clear => {
            (view.text, view.held) = (String::new(), None);
            view.forget()
        }
    }
}

/// A file was named.
pub(super) fn read_file(model: &mut Model, path: PathBuf) -> Vec<Effect> {
    hold(model, Log::File(path))
}

fn hold(model: &mut Model, log: Log) -> Vec<Effect> {
    model.diagnose.text = String::new();
    model.diagnose.held = Some(log);
    find(model)
}

fn find(model: &mut Model) -> Vec<Effect> {
    let view = &mut model.diagnose;
    let Some(log) = view.log() else { return Vec::new() };
    view.ticket += 1;
    view.amount = Amount::default();
    view.read = None;
    view.answer = Load::Busy { since: model.now, doing: String::new() };
    vec![Effect::Diagnose { ticket: view.ticket, log }]
}

/// How far the reading is.
pub(super) fn reading(model: &mut Model, ticket: u32, amount: Amount) {
    if ticket == model.diagnose.ticket {
        model.diagnose.amount = amount;
    }
}

/// The answer, or why there is none.
pub(super) fn found(model: &mut Model, ticket: u32, found: Result<Diagnosis, Problem>) {
    if ticket != model.diagnose.ticket {
        return;
    }
    match found {
        Ok(diagnosis) => {
            model.diagnose.read = Some(diagnosis);
            hold_against(model);
        }
        Err(problem) => model.diagnose.answer = Load::Failed(problem),
    }
}

/// The answer: what the log says, and where it is of this PC, what this PC says of that.
pub(super) fn hold_against(model: &mut Model) {
    let (Some(read), Ok(knowledge)) = (model.diagnose.read.clone(), Knowledge::embedded()) else { return };
    let facts = model.facts().filter(|_| model.diagnose.of_this_pc && model.detection.has_machine());
    let diagnosis = match facts {
        Some(facts) => {
            let torch = assess::only_torch(facts, None, model.catalog);
            weigh(read, Machine { facts, torch: &torch }, knowledge)
        }
        None => read,
    };
    model.diagnose.answer = Load::Ready(Found::new(diagnosis, knowledge, model.os));
}

#[cfg(test)]
mod tests;
