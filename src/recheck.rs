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
use crate::detect::{containers, gpu, os, windows, wsl};
use crate::environments::{self, State, Trouble};
use crate::facts::{
    Change, CudaVersion, Driver, Environment, Fingerprint, MachineFacts, OsFamily, Probed, Source, Via, WindowsFacts,
};
use crate::host::Host;
use crate::plan::wsl2;
use crate::store::{Known, Registry};
use crate::verify::Proof;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// [`DriverTrouble::RestartNeeded`] among the driver's troubles.
const RESTART_NEEDED: &str = "restart-needed";

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
    /// The PC waits for a restart, and something changed since the last proof: what is so now need not be so then.
    Restart,
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
        let held = if known.is_inside() { as_listed(&known) } else { environments::inspect(host, &known.path) };
        Self { known, state, held }
    }
}

/// Whether the machine is another one after its next restart: Windows says so, or the driver's files are not those of the
/// module that runs.
pub fn waits_for_restart(facts: &MachineFacts) -> bool {
    facts.windows.waits_for_restart() || facts.driver_troubles.contains_key(RESTART_NEEDED)
}

/// How an environment stands on this machine.
pub fn judge(kept: &Kept, facts: &MachineFacts, catalog: &Catalog) -> Standing {
    let now = Fingerprint::of(facts);
    match &kept.state {
        State::Wrong(Trouble::Missing) => return Standing::Missing,
        State::Wrong(trouble) => return Standing::Broken(Fault::Files(trouble.clone())),
        State::Sound if has_lost_its_linux(&kept.known, facts) => return Standing::Missing,
        State::Sound => {}
    }
    let since = since_proof(&kept.known, &now);
    let is_silent = now.driver.is_none() || now.cards.is_none();
    // What runs on the processor rests on no driver.
    let was_proven = kept.known.verdict.is_some() && kept.known.variant.as_deref() != Some("cpu");
    if was_proven && (!since.is_empty() || is_silent) && waits_for_restart(facts) {
        return Standing::Unknown(Doubt::Restart);
    }
    match kept.known.verdict.filter(|_| since.is_empty()) {
        Some(Proof::Proven) if !now.simulated => return Standing::Holds,
        Some(Proof::NoGpu) if now.has_no_card() => return Standing::Holds,
        Some(Proof::Failed) => return Standing::Broken(Fault::Checks(Proof::Failed)),
        Some(Proof::Proven | Proof::NoGpu | Proof::CpuOnly | Proof::Incomplete) | None => {}
    }
    let torch = if kept.known.is_inside() {
        assess::installed_torch_inside(facts, &kept.held, catalog)
    } else {
        assess::installed_torch(facts, &kept.held, catalog)
    };
    match torch.status {
        TorchStatus::Fails => Standing::Broken(Fault::Rule(torch.reasons)),
        TorchStatus::CpuOnly => Standing::Holds,
        TorchStatus::None => Standing::Broken(Fault::Files(Trouble::NoTorch)),
        // The rules are silent without a card; what was proven on one does not hold without it.
        TorchStatus::Unknown if now.has_no_card() && kept.known.verdict == Some(Proof::Proven) => {
            Standing::Broken(Fault::Rule(torch.reasons))
        }
        TorchStatus::Unknown if is_silent || now.has_no_card() => Standing::Unknown(Doubt::Rule(torch.reasons)),
        // A build that nobody has listed: only a proof can tell.
        TorchStatus::Works | TorchStatus::Unknown => Standing::NeedsProof { since },
    }
}

/// Whether the distribution of WSL that it runs in is not registered any more.
fn has_lost_its_linux(known: &Known, facts: &MachineFacts) -> bool {
    let Some((name, _)) = wsl2::linux_path(&known.path).filter(|_| known.is_in_wsl()) else { return false };
    match &facts.wsl {
        Probed::Found { value, .. } => !value.distributions.iter().any(|one| one.name.eq_ignore_ascii_case(&name)),
        Probed::Absent { .. } | Probed::Unknown { .. } => false,
    }
}

/// The torch that runs where no file can be read, as the list has it.
fn as_listed(known: &Known) -> Environment {
    Environment {
        path: known.path.clone(),
        kind: known.route.clone().unwrap_or_default(),
        torch: known.torch.as_deref().and_then(|torch| torch.parse().ok()),
        torch_cuda: known.variant.as_deref().and_then(CudaVersion::of_variant),
        damage: None,
    }
}

/// What changed since an environment was last verified, of what its proof rests on. Of what an older version wrote down
/// only the driver is known.
pub fn since_proof(known: &Known, now: &Fingerprint) -> Vec<Change> {
    if let Some(machine) = &known.machine {
        return machine.changes_to(now).into_iter().filter(|change| rests_on(known, change)).collect();
    }
    let driver = known.driver.as_ref().and_then(|driver| driver.parse().ok());
    let driver = driver.map(|version| Driver::Found { version });
    Fingerprint { driver, simulated: now.simulated, ..Fingerprint::default() }.changes_to(now)
}

/// Torch on Windows itself does not rest on WSL, and only that in a container on what runs it.
fn rests_on(known: &Known, change: &Change) -> bool {
    match change {
        Change::Wsl { .. } => known.is_inside(),
        Change::Engine { .. } => known.is_in_container(),
        Change::Driver { .. }
        | Change::DriverInstalled { .. }
        | Change::DriverRemoved { .. }
        | Change::CardReplaced { .. }
        | Change::CardAdded { .. }
        | Change::CardRemoved { .. }
        | Change::System { .. }
        | Change::Kernel { .. } => true,
    }
}

/// Asks the machine what a proof rests on: the system, the cards, the driver, WSL; `engines`: also what runs containers, by
/// its program alone. At most as long as NVML and `nvidia-smi` are waited for.
pub fn look(host: &dyn Host, catalog: &'static Catalog, engines: bool) -> (MachineFacts, Vec<DriverTrouble>) {
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
    let pending_restart = match host.family() {
        OsFamily::Windows => windows::pending_restart(host),
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => Probed::not_asked(),
    };
    let facts = MachineFacts {
        os: Probed::Found { value: system, source: found("") },
        hardware: Probed::Found { value: hardware, source: found("") },
        gpus: cards.gpus,
        driver: cards.driver,
        driver_cuda: cards.driver_cuda,
        driver_troubles: gpu::by_code(&cards.troubles),
        wsl: wsl::read(host),
        wsl_kernel: os::wsl_kernel(host),
        tools: if engines { containers::versions(host).into_iter().collect() } else { BTreeMap::new() },
        windows: Box::new(WindowsFacts { pending_restart, ..WindowsFacts::default() }),
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
