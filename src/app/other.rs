//! Another PC, judged from a text that somebody sent: what was pasted or read, what it says, what follows from it. What
//! this PC reaches or has set says nothing about that one.

use super::{Effect, Model};
use crate::assess::{self, Assessment, InstalledTorch, Route, Verdict};
use crate::catalog::{Catalog, LiveIndex};
use crate::facts::MachineFacts;
use crate::prepare::{self, Wish};
use crate::problem::Problem;
use crate::report_in;
use std::path::{Path, PathBuf};

/// What was done on its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OtherAction {
    /// The text as it is now.
    Type(String),
    /// The file dialog of the system.
    Browse,
    /// Judge what was pasted.
    Judge,
    /// Back to the text.
    Change,
    /// Show a route's reasons.
    Pick(Route),
    /// Serve these cards alone; `None` is all.
    PickCards(Option<Vec<u32>>),
}

/// How far the reading is.
#[derive(Clone, Debug, Default)]
pub enum Reading {
    /// Nothing was read.
    #[default]
    Not,
    /// A file is being read.
    Busy,
    /// Nothing in it tells of a machine.
    Nothing,
    /// The file could not be read.
    Failed(Problem),
    /// What it says, judged.
    Done(Box<Reported>),
}

/// Another PC as a report tells of it.
#[derive(Clone, Debug)]
pub struct Reported {
    /// What the report says.
    pub facts: MachineFacts,
    /// One verdict a route.
    pub assessments: Vec<Assessment>,
    /// The torch it speaks of, if any.
    pub torch: Option<InstalledTorch>,
}

/// Another PC.
#[derive(Clone, Debug, Default)]
pub struct Other {
    /// What was pasted or typed.
    pub text: String,
    /// The file that was read last.
    pub file: Option<PathBuf>,
    /// How far the reading is.
    pub reading: Reading,
    /// The route whose reasons are shown; `None` is the recommended one.
    pub route: Option<Route>,
    /// Cards to serve; `None` is all.
    pub gpus: Option<Vec<u32>>,
}

impl Other {
    /// The other PC, once it is judged.
    pub fn reported(&self) -> Option<&Reported> {
        if let Reading::Done(reported) = &self.reading { Some(reported) } else { None }
    }

    /// The route whose reasons are shown.
    pub fn chosen(&self) -> Option<Route> {
        let list = &self.reported()?.assessments;
        let is_best = |assessment: &&Assessment| matches!(assessment.verdict, Verdict::Recommended { .. });
        self.route.or_else(|| list.iter().find(is_best).map(|assessment| assessment.route))
    }

    /// Another text: what was chosen for the one before does not hold.
    fn take(&mut self, file: Option<PathBuf>, reading: Reading) {
        (self.file, self.reading) = (file, reading);
        (self.route, self.gpus) = (None, None);
    }
}

fn judge(catalog: &Catalog, facts: &MachineFacts, gpus: Option<Vec<u32>>) -> Vec<Assessment> {
    let wish = Wish { gpus, ..Wish::default() };
    prepare::judge(catalog, facts, &LiveIndex::offline(), &wish)
}

fn judged(catalog: &Catalog, facts: Option<MachineFacts>) -> Reading {
    let Some(facts) = facts else { return Reading::Nothing };
    let assessments = judge(catalog, &facts, None);
    let torch = report_in::torch_of(&facts).map(|torch| assess::installed_torch(&facts, torch, catalog));
    Reading::Done(Box::new(Reported { facts, assessments, torch }))
}

/// Does it.
pub(super) fn act(model: &mut Model, action: OtherAction) -> Vec<Effect> {
    let other = &mut model.other;
    match action {
        OtherAction::Type(text) => {
            other.text = text;
            other.take(None, Reading::Not);
        }
        OtherAction::Browse => return vec![Effect::BrowseOpen(model.folders.home.clone())],
        OtherAction::Judge => {
            let facts = report_in::read(&other.text, model.catalog).ok();
            other.take(None, judged(model.catalog, facts));
        }
        OtherAction::Change => other.take(None, Reading::Not),
        OtherAction::Pick(route) => other.route = Some(route),
        OtherAction::PickCards(gpus) => {
            if let Reading::Done(reported) = &mut other.reading {
                reported.assessments = judge(model.catalog, &reported.facts, gpus.clone());
            }
            other.gpus = gpus;
        }
    }
    Vec::new()
}

/// The system's dialog named a file.
pub(super) fn read_file(model: &mut Model, path: PathBuf) -> Vec<Effect> {
    model.other.take(Some(path.clone()), Reading::Busy);
    vec![Effect::ReadReport(path)]
}

/// A file was read.
pub(super) fn reported(model: &mut Model, path: &Path, facts: Result<Option<MachineFacts>, Problem>) {
    let other = &mut model.other;
    let is_asked = matches!(other.reading, Reading::Busy) && other.file.as_deref() == Some(path);
    if !is_asked {
        return;
    }
    other.reading = match facts {
        Ok(facts) => judged(model.catalog, facts),
        Err(problem) => Reading::Failed(problem),
    };
}
