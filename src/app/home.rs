//! The known environments and the interrupted run, as cards.

use crate::environments::{State, Trouble};
use crate::facts::DriverVersion;
use crate::problem::Problem;
use crate::run::journal::SavedRun;
use crate::store::Known;
use crate::verify::Proof;
use std::path::PathBuf;
use std::time::Duration;

/// One known environment with what its files say today.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// As the registry has it.
    pub known: Known,
    /// As its files have it.
    pub state: State,
}

/// How an environment stands, in the order of urgency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Its files are not what they were.
    Broken(Trouble),
    /// A check gave a wrong result or an error.
    Failed,
    /// It was proven under another driver.
    DriverChanged {
        /// That driver.
        from: String,
        /// The driver now.
        to: String,
    },
    /// It was proven under this driver.
    Proven {
        /// Which; empty if it was not told.
        driver: String,
    },
    /// It runs on the processor, and the checks passed there.
    Processor,
    /// Nobody has checked.
    NotProven,
}

impl Card {
    /// How it stands with this driver (`None`: not known).
    pub fn condition(&self, driver: Option<&DriverVersion>) -> Condition {
        if let State::Wrong(trouble) = &self.state {
            return Condition::Broken(trouble.clone());
        }
        match self.known.verdict {
            Some(Proof::Failed) => Condition::Failed,
            Some(Proof::Proven) => {
                let from = self.known.driver.clone().unwrap_or_default();
                match driver.map(ToString::to_string) {
                    Some(to) if !from.is_empty() && to != from => Condition::DriverChanged { from, to },
                    Some(_) | None => Condition::Proven { driver: from },
                }
            }
            Some(Proof::NoGpu | Proof::CpuOnly) => Condition::Processor,
            Some(Proof::Incomplete) | None => Condition::NotProven,
        }
    }

    /// The folder's name, which is what people call it.
    pub fn name(&self) -> String {
        let path = self.known.path.display().to_string();
        // By hand: the path need not be in the spelling of the system this runs on.
        let name = path.rsplit(['/', '\\']).find(|part| !part.is_empty()).map(str::to_owned);
        name.unwrap_or(path)
    }
}

/// What the home screen shows.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// Environments, the newest first.
    pub cards: Vec<Card>,
    /// A run that did not end.
    pub unfinished: Option<Box<SavedRun>>,
    /// What could not be read.
    pub trouble: Option<Problem>,
    /// The folder of a run whose record is damaged: it can be undone all the same.
    pub damaged: Option<PathBuf>,
    /// Something is being undone or removed, since when.
    pub busy: Option<Duration>,
    /// What was done last, in the engine's words.
    pub said: Option<String>,
}

impl Home {
    /// Nothing to show.
    pub const fn is_empty(&self) -> bool {
        self.cards.is_empty() && self.unfinished.is_none() && self.trouble.is_none()
    }

    /// The environment of a folder.
    pub fn card(&self, path: &std::path::Path) -> Option<&Card> {
        self.cards.iter().find(|card| card.known.path == path)
    }

    /// Environments proven under another driver than this one.
    pub fn proven_under_another(&self, driver: Option<&DriverVersion>) -> Vec<PathBuf> {
        let is_it = |card: &&Card| matches!(card.condition(driver), Condition::DriverChanged { .. });
        self.cards.iter().filter(is_it).map(|card| card.known.path.clone()).collect()
    }
}
