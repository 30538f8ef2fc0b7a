//! The known environments and the interrupted run, as cards; how each stands on this machine follows from its files, its
//! last proof and the facts.

use super::{Model, Opened};
use crate::assess::Reason;
use crate::environments::{State, Trouble};
use crate::facts::{Change, Fingerprint, MachineFacts};
use crate::problem::Problem;
use crate::recheck::{self, Doubt, Fault, Kept, Standing};
use crate::run::journal::SavedRun;
use crate::run::kept::Replaced;
use crate::verify::Proof;
use std::path::PathBuf;
use std::time::Duration;

/// One known environment.
#[derive(Clone, Debug)]
pub struct Card {
    /// As the registry and its files have it.
    pub kept: Kept,
    /// How it stands on this machine; `None` until the machine was asked.
    pub standing: Option<Standing>,
    /// What changed since its last proof.
    pub since: Vec<Change>,
    /// What its last repair replaced, if that is kept.
    pub replaced: Option<Box<Replaced>>,
}

/// How an environment stands, as its card shows it.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Its files are not what they were.
    Broken(Trouble),
    /// By the rules its torch does not run on this machine.
    Unfit(Vec<Reason>),
    /// A check gave a wrong result or an error.
    Failed,
    /// It was proven on this machine as it was before.
    Changed(Vec<Change>),
    /// It was proven under this driver.
    Proven {
        /// Which; empty if it was not told.
        driver: String,
    },
    /// It runs on the processor, and the checks passed there.
    Processor,
    /// Nobody has checked.
    NotProven,
    /// A deciding fact is missing.
    Unclear(Doubt),
}

impl Condition {
    /// Whether the smallest change that mends it can be planned.
    pub const fn can_be_repaired(&self) -> bool {
        match self {
            Self::Broken(trouble) => !matches!(trouble, Trouble::Missing),
            Self::Unfit(_) | Self::Failed => true,
            Self::Changed(_) | Self::Proven { .. } | Self::Processor | Self::NotProven | Self::Unclear(_) => false,
        }
    }

    /// It needs more than a proof.
    pub const fn is_trouble(&self) -> bool {
        matches!(self, Self::Broken(_) | Self::Unfit(_) | Self::Failed)
    }
}

impl Card {
    /// Not held against a machine yet.
    pub const fn new(kept: Kept) -> Self {
        Self { kept, standing: None, since: Vec::new(), replaced: None }
    }

    /// Its folder.
    pub const fn path(&self) -> &PathBuf {
        &self.kept.known.path
    }

    fn judge(&mut self, facts: &MachineFacts, catalog: &crate::catalog::Catalog) {
        self.standing = Some(recheck::judge(&self.kept, facts, catalog));
        // Without a proof there is nothing that it could have changed since.
        let is_proven = self.kept.known.verdict.is_some();
        let since = || recheck::since_proof(&self.kept.known, &Fingerprint::of(facts));
        self.since = if is_proven { since() } else { Vec::new() };
    }

    /// How it stands.
    pub fn condition(&self) -> Condition {
        if let State::Wrong(trouble) = &self.kept.state {
            return Condition::Broken(trouble.clone());
        }
        match &self.standing {
            None | Some(Standing::Holds) => self.as_last_proven(),
            Some(Standing::NeedsProof { since }) if since.is_empty() => match self.kept.known.verdict {
                Some(Proof::NoGpu | Proof::CpuOnly) => Condition::Processor,
                Some(Proof::Proven | Proof::Failed | Proof::Incomplete) | None => Condition::NotProven,
            },
            Some(Standing::NeedsProof { since }) => match self.kept.known.verdict {
                Some(_) => Condition::Changed(since.clone()),
                None => Condition::NotProven,
            },
            Some(Standing::Broken(Fault::Rule(reasons))) => Condition::Unfit(reasons.clone()),
            Some(Standing::Broken(Fault::Files(trouble))) => Condition::Broken(trouble.clone()),
            Some(Standing::Broken(Fault::Checks(_))) => Condition::Failed,
            Some(Standing::Missing) => Condition::Broken(Trouble::Missing),
            Some(Standing::Unknown(doubt)) => Condition::Unclear(doubt.clone()),
        }
    }

    fn as_last_proven(&self) -> Condition {
        match self.kept.known.verdict {
            Some(Proof::Failed) => Condition::Failed,
            Some(Proof::Proven) => Condition::Proven { driver: self.kept.known.driver.clone().unwrap_or_default() },
            Some(Proof::NoGpu | Proof::CpuOnly) => Condition::Processor,
            // A build for the processor has no proof to make.
            None if self.standing.is_some() && self.kept.known.variant.as_deref() == Some("cpu") => {
                Condition::Processor
            }
            Some(Proof::Incomplete) | None => Condition::NotProven,
        }
    }

    /// The folder's name, which is what people call it.
    pub fn name(&self) -> String {
        let path = self.path().display().to_string();
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
    /// What a quick look at the machine said: counts until the whole look is done.
    pub glance: Option<Box<MachineFacts>>,
    /// The card that shows more.
    pub opened: Option<Opened>,
}

impl Home {
    /// Nothing to show.
    pub const fn is_empty(&self) -> bool {
        self.cards.is_empty() && self.unfinished.is_none() && self.trouble.is_none()
    }

    /// The environment of a folder.
    pub fn card(&self, path: &std::path::Path) -> Option<&Card> {
        self.cards.iter().find(|card| card.path() == path)
    }

    /// Environments whose last proof was on this machine as it was before.
    pub fn changed(&self) -> Vec<&Card> {
        self.cards.iter().filter(|card| !card.since.is_empty()).collect()
    }
}

/// Holds every environment against the machine as it is known now. One whose probes still run says nothing yet.
pub(super) fn judge(model: &mut Model) {
    let whole = model.detection.corrected.as_ref().filter(|_| model.detection.has_machine());
    let facts = whole.or(model.home.glance.as_deref());
    for card in &mut model.home.cards {
        if let Some(facts) = facts {
            card.judge(facts, model.catalog);
        } else {
            (card.standing, card.since) = (None, Vec::new());
        }
    }
}

#[cfg(test)]
mod tests;
