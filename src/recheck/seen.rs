//! The file `machine.json`: the machine as it was at the last look, and what was told of the environments then.

use super::{Recheck, Rechecked, Standing};
use crate::facts::{Change, Fingerprint};
use crate::host::Host;
use crate::store::{self, SCHEMA, StoreError};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The last look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Form of the file.
    pub schema: u32,
    /// When (RFC 3339, UTC); empty if nobody has looked yet.
    #[serde(default)]
    pub looked_at: String,
    /// What was there; `None` if nobody has looked yet.
    #[serde(default)]
    pub machine: Option<Fingerprint>,
    /// Environments that did not hold.
    #[serde(default)]
    pub told: Vec<Told>,
}

/// An environment that a person was told of: the same is not told at every log-on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Its folder.
    pub path: PathBuf,
    /// The word of its standing.
    pub standing: String,
}

impl Default for Seen {
    fn default() -> Self {
        Self { schema: SCHEMA, looked_at: String::new(), machine: None, told: Vec::new() }
    }
}

impl Seen {
    /// Where it is kept.
    pub fn path(host: &dyn Host) -> PathBuf {
        host.folders().data.join("machine.json")
    }

    /// Reads it; what cannot be read is said and counts as never having looked.
    pub fn load(host: &dyn Host) -> (Self, Option<StoreError>) {
        match store::load(host, &Self::path(host)) {
            Ok(seen) => (seen, None),
            Err(error) => (Self::default(), Some(error)),
        }
    }

    /// What changed since; nothing at the first look.
    pub fn changes_to(&self, now: &Fingerprint) -> Vec<Change> {
        self.machine.as_ref().map(|machine| machine.changes_to(now)).unwrap_or_default()
    }

    /// Whether this was told at the last look.
    pub fn has_told(&self, one: &Rechecked) -> bool {
        self.told.iter().any(|told| told.path == one.path && told.standing == one.standing.word())
    }

    /// What is to be remembered after this look. A machine that is played does not take the place of the real one.
    #[must_use]
    pub fn after(self, host: &dyn Host, now: Fingerprint, recheck: &Recheck) -> Self {
        let machine = match self.machine {
            Some(before) if now.simulated && !before.simulated => before,
            Some(before) => now.or(&before),
            None => now,
        };
        let open = recheck.environments.iter().filter(|one| one.standing != Standing::Holds);
        let told = open.map(|one| Told { path: one.path.clone(), standing: one.standing.word().to_owned() });
        Self { looked_at: crate::time::now(host), machine: Some(machine), told: told.collect(), ..self }
    }

    /// Writes it.
    pub fn save(&self, host: &dyn Host) -> Result<(), StoreError> {
        store::save(host, &Self::path(host), self)
    }
}
