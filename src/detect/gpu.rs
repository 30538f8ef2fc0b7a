//! Cards and their driver: three ways to ask, run side by side, and a pure [`merge()`] of what they said.
//!
//! Decides nothing, and names no card by itself: names and capabilities of cards without a driver come from the
//! catalogue through a function.

mod bus;
mod merge;
mod others;
mod smi;

pub use bus::{driver_date, pci_bus};
pub use merge::{Names, merge};
pub use others::others;
pub use smi::nvidia_smi;

use crate::facts::{
    Board, ComputeCapability, CudaVersion, DriverVersion, Gpu, Mask, PciId, ProbeOutcome, Probed, Source, Via,
};
use crate::host::{self, Host, HostError, NvmlGpu};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// The variable that names a library which plays NVML.
pub const SIMULATED: &str = "TORCH_WIZARD_NVML";

/// A card as one of the ways saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenGpu {
    /// NVML's number; `None` on the bus.
    pub index: Option<u32>,
    /// Name.
    pub name: Option<String>,
    /// Identity.
    pub uuid: Option<String>,
    /// Model number.
    pub pci_id: Option<PciId>,
    /// Place on the bus, in NVML's form `00000000:01:00.0`.
    pub pci_bus: Option<String>,
    /// Compute capability.
    pub capability: Option<ComputeCapability>,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
    /// Its board and slot.
    pub board: Board,
}

/// What stands in the way of a driver that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriverTrouble {
    /// The free driver holds the card; CUDA needs NVIDIA's.
    Nouveau,
    /// The card is set aside for a virtual machine.
    SetAside,
    /// The driver's files are there but its kernel part does not run.
    NotLoaded,
    /// The driver was changed and the old one still runs.
    RestartNeeded {
        /// Version of the driver's files.
        files: Option<DriverVersion>,
        /// Version of the kernel module that runs.
        loaded: Option<DriverVersion>,
    },
    /// A card fell off the bus.
    CardLost,
    /// We may not talk to the driver.
    NoPermission,
    /// The driver does not answer.
    Silent {
        /// How long it was given.
        seconds: u64,
    },
    /// A card on the bus that the driver in force does not list.
    NotDriven {
        /// Which.
        card: String,
    },
    /// The driver refuses for another reason.
    Refused {
        /// Its words.
        text: String,
    },
}

impl DriverTrouble {
    /// Stable word for tests and support.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Nouveau => "nouveau",
            Self::SetAside => "set-aside",
            Self::NotLoaded => "driver-not-loaded",
            Self::RestartNeeded { .. } => "restart-needed",
            Self::CardLost => "card-lost",
            Self::NoPermission => "no-permission",
            Self::Silent { .. } => "driver-silent",
            Self::NotDriven { .. } => "card-not-driven",
            Self::Refused { .. } => "driver-refused",
        }
    }

    fn of_nvml(code: Option<u32>, text: &str) -> Self {
        match code {
            Some(4) => Self::NoPermission,
            Some(9) => Self::NotLoaded,
            Some(15) => Self::CardLost,
            Some(18) => Self::RestartNeeded { files: None, loaded: None },
            _ => Self::Refused { text: text.to_owned() },
        }
    }
}

impl fmt::Display for DriverTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nouveau => f.write_str("The free driver nouveau holds the card; CUDA needs NVIDIA's driver."),
            Self::SetAside => f.write_str("The card is set aside for a virtual machine (vfio-pci)."),
            Self::NotLoaded => f.write_str("The driver is installed but does not run."),
            Self::RestartNeeded { files: Some(files), loaded: Some(loaded) } => {
                write!(f, "Restart needed: the driver's files are {files}, the loaded module is {loaded}.")
            }
            Self::RestartNeeded { files, loaded } => {
                f.write_str("Restart needed: the driver's files and the loaded module are of different versions")?;
                for (what, version) in [("files", files), ("module", loaded)] {
                    if let Some(version) = version {
                        write!(f, " ({what}: {version})")?;
                    }
                }
                f.write_str(".")
            }
            Self::CardLost => f.write_str("A card fell off the bus; only a restart brings it back."),
            Self::NoPermission => f.write_str("This user may not talk to the driver."),
            Self::Silent { seconds } => write!(f, "The driver did not answer within {seconds} s."),
            Self::NotDriven { card } => write!(f, "{card} is on the bus, but the driver does not list it."),
            Self::Refused { text } => write!(f, "The driver refuses: {text}."),
        }
    }
}

/// What one way found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuFindings {
    /// The cards.
    pub cards: Probed<Vec<SeenGpu>>,
    /// Version of the driver (of the loaded module, where that differs).
    pub driver: Probed<DriverVersion>,
    /// Newest CUDA runtime the driver accepts.
    pub driver_cuda: Probed<CudaVersion>,
    /// Version of the driver's files, where it was told apart from the driver that runs.
    pub files: Option<DriverVersion>,
    /// What stands in the way.
    pub troubles: Vec<DriverTrouble>,
    /// No answer within the limit.
    pub timed_out: bool,
}

impl GpuFindings {
    /// Nothing is known, for one reason.
    pub fn unknown(source: &Source, why: &str) -> Self {
        Self {
            cards: unknown(source, why),
            driver: unknown(source, why),
            driver_cuda: unknown(source, why),
            files: None,
            troubles: Vec::new(),
            timed_out: false,
        }
    }

    /// No answer within the limit: for the caller that waits on its own.
    pub fn late(via: Via, limit: Duration) -> Self {
        let seconds = limit.as_secs();
        let source = Source::new(via, via.word());
        Self {
            timed_out: true,
            troubles: vec![DriverTrouble::Silent { seconds }],
            ..Self::unknown(&source, &format!("no answer within {seconds} s"))
        }
    }

    /// The way does not exist on this machine: no library, no program.
    fn absent(source: &Source) -> Self {
        Self {
            cards: Probed::Absent { source: source.clone() },
            driver: Probed::Absent { source: source.clone() },
            driver_cuda: Probed::Absent { source: source.clone() },
            ..Self::unknown(source, "")
        }
    }

    /// How the probe ended, for the list of probes.
    pub const fn outcome(&self) -> ProbeOutcome {
        if self.timed_out { ProbeOutcome::TimedOut } else { self.cards.outcome() }
    }

    /// What was asked, and what stood in the way.
    pub fn detail(&self) -> String {
        let asked = &self.cards.source().detail;
        match &self.cards {
            Probed::Unknown { why, .. } => format!("{asked}: {why}"),
            Probed::Found { .. } | Probed::Absent { .. } => asked.clone(),
        }
    }
}

fn unknown<T>(source: &Source, why: &str) -> Probed<T> {
    Probed::Unknown { why: why.to_owned(), source: source.clone() }
}

/// `found` as a fact of this source, else unknown.
fn known<T>(found: Option<T>, source: &Source, why: &str) -> Probed<T> {
    match found {
        Some(value) => Probed::Found { value, source: source.clone() },
        None => unknown(source, why),
    }
}

/// Cards and driver as the tools and NVML tell them, put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuFacts {
    /// NVIDIA cards.
    pub gpus: Probed<Vec<Gpu>>,
    /// Driver version.
    pub driver: Probed<DriverVersion>,
    /// Newest CUDA runtime the driver accepts.
    pub driver_cuda: Probed<CudaVersion>,
    /// What stands in the way, each kind of trouble once.
    pub troubles: Vec<DriverTrouble>,
}

/// Troubles as facts: stable words, each with its sentence.
pub fn by_code<'a>(troubles: impl IntoIterator<Item = &'a DriverTrouble>) -> BTreeMap<String, String> {
    troubles.into_iter().map(|trouble| (trouble.code().to_owned(), trouble.to_string())).collect()
}

/// Whether the user set a library that plays NVML; then the simulated machine stands alone.
fn is_simulated(host: &dyn Host) -> bool {
    host.var(SIMULATED).is_some_and(|path| !path.is_empty())
}

fn not_asked(via: Via) -> GpuFindings {
    GpuFindings::unknown(&Source::new(via, via.word()), "not asked: the cards are simulated")
}

/// Asks NVML for driver, newest CUDA runtime and cards.
///
/// Asks, in order:
/// 1. `nvmlInit_v2` of the library (that of `TORCH_WIZARD_NVML`, if set: then all is [`Via::Simulated`]),
/// 2. `nvmlSystemGetDriverVersion`, `nvmlSystemGetCudaDriverVersion_v2`,
/// 3. per card its name, UUID, PCI numbers, compute capability and memory, each by itself.
///
/// At most [`host::nvml::LIMIT`] for 1 and again for 2 and 3. `Absent` if the library does not exist or lists no
/// card; anything that fails is `Unknown` with NVML's words, and named among the troubles.
pub fn nvml(host: &dyn Host) -> GpuFindings {
    let via = if is_simulated(host) { Via::Simulated } else { Via::Nvml };
    nvml_within(host, via, host::nvml::LIMIT)
}

fn nvml_within(host: &dyn Host, via: Via, limit: Duration) -> GpuFindings {
    let source = Source::new(via, "NVML");
    let inventory = host.gpu_library().and_then(|library| {
        let asked = if library.is_simulated() { Via::Simulated } else { via };
        let inventory = host::nvml::ask("NVML", move || library.inventory())?.wait(limit)??;
        Ok((asked, inventory))
    });
    match inventory {
        Ok((via, inventory)) => {
            let source = Source::new(via, "NVML");
            let cards: Vec<SeenGpu> = inventory.gpus.iter().map(SeenGpu::from).collect();
            GpuFindings {
                cards: if cards.is_empty() {
                    Probed::Absent { source: source.clone() }
                } else {
                    Probed::Found { value: cards, source: source.clone() }
                },
                driver: known(inventory.driver, &source, "NVML does not tell the driver's version"),
                driver_cuda: known(inventory.driver_cuda, &source, "NVML does not tell the newest CUDA runtime"),
                files: None,
                troubles: if inventory.gpus.iter().any(|gpu| gpu.lost) {
                    vec![DriverTrouble::CardLost]
                } else {
                    Vec::new()
                },
                timed_out: false,
            }
        }
        // A simulated library that is not there says nothing about this machine.
        Err(HostError::NotFound { .. }) if via != Via::Simulated => GpuFindings::absent(&source),
        Err(HostError::Timeout { seconds, .. }) => GpuFindings::late(via, Duration::from_secs(seconds)),
        Err(HostError::Nvml { code, text }) => {
            GpuFindings { troubles: vec![DriverTrouble::of_nvml(code, &text)], ..GpuFindings::unknown(&source, &text) }
        }
        Err(error) => GpuFindings::unknown(&source, &error.to_string()),
    }
}

impl From<&NvmlGpu> for SeenGpu {
    fn from(gpu: &NvmlGpu) -> Self {
        Self {
            index: Some(gpu.index),
            name: gpu.name.clone(),
            uuid: gpu.uuid.clone(),
            pci_id: gpu.pci_id,
            pci_bus: gpu.pci_bus.as_deref().and_then(bus_address),
            capability: gpu.capability,
            memory_bytes: gpu.memory_bytes,
            board: gpu.board,
        }
    }
}

/// A place on the bus in NVML's form, from `0000:01:00.0` or `00000000:01:00.0` in any case.
fn bus_address(text: &str) -> Option<String> {
    let (domain, rest) = text.trim().split_once(':')?;
    let domain = u32::from_str_radix(domain, 16).ok()?;
    Some(format!("{domain:08X}:{}", rest.to_uppercase()))
}

/// Variables that hide cards from CUDA programs or number them otherwise, as far as they are set. An empty
/// `CUDA_VISIBLE_DEVICES` hides every card, so empty values count.
pub fn masks(host: &dyn Host) -> Vec<Mask> {
    ["CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES"]
        .into_iter()
        .filter_map(|name| Some(Mask { name: name.to_owned(), value: host.var(name)?.to_string_lossy().into_owned() }))
        .collect()
}

#[cfg(test)]
mod tests;
