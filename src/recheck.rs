//! After a driver, a card or the system changed: which known environments still hold.
//!
//! [`judge`] is pure: what the registry says of a proof is held against the machine of today, and the rules are those of
//! `assess`. [`look`] asks the machine no more than that takes and starts no Python, so that a check at log-on is done in a
//! moment. Changes nothing but its own file and, with a new proof, the registry.

mod seen;
mod words;

pub use seen::{Seen, Told};
pub use words::{change, changes, note, standing};

use crate::assess::{self, Reason, TorchStatus};
use crate::catalog::Catalog;
use crate::detect::gpu::DriverTrouble;
use crate::detect::{gpu, os};
use crate::environments::{self, State, Trouble};
use crate::facts::{Change, Driver, Environment, Fingerprint, MachineFacts, Probed, Source, Via};
use crate::host::Host;
use crate::store::{Known, Registry};
use crate::verify::Proof;
use std::path::PathBuf;

/// How an environment stands today.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// Proven under this very driver and card, or as sound as it was where there is nothing to prove.
    Holds,
    /// The rules see no fault, and no proof speaks for this machine.
    NeedsProof {
        /// What changed since the last one; empty if there was none.
        since: Vec<Change>,
    },
    /// It does not run here any more.
    Broken(Fault),
    /// Its folder is gone.
    Missing,
    /// A deciding fact is missing.
    Unknown(Doubt),
}

/// Why an environment does not hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// A rule says so.
    Rule(Vec<Reason>),
    /// Its files are not what they were.
    Files(Trouble),
    /// The checks ran here and say so.
    Checks(Proof),
}

/// Why nobody can say.
#[derive(Clone, Debug, PartialEq)]
pub enum Doubt {
    /// The rules lack something.
    Rule(Vec<Reason>),
    /// It runs inside WSL or a container, where this check does not look.
    Inside,
}

impl Standing {
    /// The word of `recheck --json`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::NeedsProof { .. } => "needs-proof",
            Self::Broken(_) => "broken",
            Self::Missing => "missing",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// What is known of an environment: by the registry, and by its files today.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// As the registry has it.
    pub known: Known,
    /// As its files have it.
    pub state: State,
    /// The torch in it.
    pub held: Environment,
}

impl Kept {
    /// Reads an environment's files.
    pub fn read(host: &dyn Host, known: Known) -> Self {
        let state = environments::state(host, &known);
        let held = environments::inspect(host, &known.path);
        Self { known, state, held }
    }
}

/// How an environment stands on this machine.
pub fn judge(kept: &Kept, facts: &MachineFacts, catalog: &Catalog) -> Standing {
    let now = Fingerprint::of(facts);
    match &kept.state {
        State::Wrong(Trouble::Missing) => return Standing::Missing,
        // What is inside a distribution or an image cannot be read from here.
        State::Wrong(_) if kept.known.is_inside() => {}
        State::Wrong(trouble) => return Standing::Broken(Fault::Files(trouble.clone())),
        State::Sound => {}
    }
    let since = since_proof(&kept.known, &now);
    match kept.known.verdict.filter(|_| since.is_empty()) {
        Some(Proof::Proven) if !now.simulated => return Standing::Holds,
        Some(Proof::NoGpu) if now.has_no_card() => return Standing::Holds,
        Some(Proof::Failed) => return Standing::Broken(Fault::Checks(Proof::Failed)),
        Some(Proof::Proven | Proof::NoGpu | Proof::CpuOnly | Proof::Incomplete) | None => {}
    }
    if kept.known.is_inside() {
        return Standing::Unknown(Doubt::Inside);
    }
    let torch = assess::installed_torch(facts, &kept.held, catalog);
    match torch.status {
        TorchStatus::Fails => Standing::Broken(Fault::Rule(torch.reasons)),
        TorchStatus::CpuOnly => Standing::Holds,
        TorchStatus::None => Standing::Broken(Fault::Files(Trouble::NoTorch)),
        // The rules are silent without a card; what was proven on one does not hold without it.
        TorchStatus::Unknown if now.has_no_card() && kept.known.verdict == Some(Proof::Proven) => {
            Standing::Broken(Fault::Rule(torch.reasons))
        }
        TorchStatus::Unknown if now.driver.is_none() || now.cards.is_none() || now.has_no_card() => {
            Standing::Unknown(Doubt::Rule(torch.reasons))
        }
        // A build that nobody has listed: only a proof can tell.
        TorchStatus::Works | TorchStatus::Unknown => Standing::NeedsProof { since },
    }
}

/// What changed since an environment was last verified. Of what an older version wrote down only the driver is known.
pub fn since_proof(known: &Known, now: &Fingerprint) -> Vec<Change> {
    if let Some(machine) = &known.machine {
        return machine.changes_to(now);
    }
    let driver = known.driver.as_ref().and_then(|driver| driver.parse().ok());
    let driver = driver.map(|version| Driver::Found { version });
    Fingerprint { driver, simulated: now.simulated, ..Fingerprint::default() }.changes_to(now)
}

/// Asks the machine what a proof rests on: the system, the cards, the driver. At most as long as NVML and `nvidia-smi` are
/// waited for.
pub fn look(host: &dyn Host, catalog: &'static Catalog) -> (MachineFacts, Vec<DriverTrouble>) {
    let (system, hardware) = os::read(host);
    let nvml = gpu::nvml(host);
    let knows_all = nvml.cards.found().is_some() && nvml.driver.found().is_some();
    let smi = if knows_all {
        gpu::GpuFindings::unknown(&Source::new(Via::NvidiaSmi, "nvidia-smi"), "not needed: NVML had answered")
    } else {
        gpu::nvidia_smi(host)
    };
    let cards = gpu::merge(&nvml, &smi, &gpu::pci_bus(host), &|id| crate::prepare::card_name(catalog, id));
    let found = |source: &str| Source::new(Via::System, source);
    let facts = MachineFacts {
        os: Probed::Found { value: system, source: found("") },
        hardware: Probed::Found { value: hardware, source: found("") },
        gpus: cards.gpus,
        driver: cards.driver,
        driver_cuda: cards.driver_cuda,
        ..MachineFacts::unknown(crate::time::now(host))
    };
    (facts, cards.troubles)
}

/// One environment with its standing.
#[derive(Clone, Debug, PartialEq)]
pub struct Rechecked {
    /// Its folder.
    pub path: PathBuf,
    /// Its torch, as the registry has it.
    pub torch: Option<String>,
    /// How it stands.
    pub standing: Standing,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recheck {
    /// What changed since the last time anybody looked.
    pub changes: Vec<Change>,
    /// The known environments.
    pub environments: Vec<Rechecked>,
}

impl Recheck {
    /// Judges every known environment.
    pub fn of(host: &dyn Host, registry: Registry, seen: &Seen, facts: &MachineFacts, catalog: &Catalog) -> Self {
        let environments = registry.environments.into_iter().map(|known| {
            let kept = Kept::read(host, known);
            let standing = judge(&kept, facts, catalog);
            let Known { path, torch, .. } = kept.known;
            Rechecked { path, torch, standing }
        });
        Self { changes: seen.changes_to(&Fingerprint::of(facts)), environments: environments.collect() }
    }

    /// Whether every environment holds.
    pub fn all_hold(&self) -> bool {
        self.environments.iter().all(|one| one.standing == Standing::Holds)
    }

    /// Environments that do not hold and are worth a word: all of them after a change, else those that stand otherwise
    /// than was told last.
    pub fn news(&self, seen: &Seen) -> Vec<&Rechecked> {
        let is_new = |one: &&Rechecked| !self.changes.is_empty() || !seen.has_told(one);
        self.environments.iter().filter(|one| one.standing != Standing::Holds).filter(is_new).collect()
    }
}

#[cfg(test)]
mod tests;
