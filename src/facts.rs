//! What is known about a machine: plain values, each with where it was found. No I/O in here.

pub mod fingerprint;
pub mod gpu;
pub mod places;
pub mod power;
pub mod toolchain;
pub mod versions;
pub mod windows;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub use fingerprint::{CardSeen, Change, Driver, Fingerprint};
pub use gpu::{Board, ComputeCapability, Gpu, PciId, link_carries};
pub use places::{ContainerEngine, ContainerProgram, Distribution, EngineTrouble, TorchSeen, Virtualisation, Wsl};
pub use power::PowerSupply;
pub use toolchain::{CudaToolkit, VisualStudio};
pub use versions::{CudaVersion, DriverVersion, PythonVersion, TorchVersion};
pub use windows::{
    ExecutionPolicy, MachineProxy, RestartSign, SmartAppControl, VcRuntime, WindowsFacts, WindowsRelease,
};

/// Where a value came from, shown beside it in the window and in reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The kind of place.
    pub via: Via,
    /// Command line, file path or registry key.
    pub detail: String,
}

impl Source {
    /// A source of the given kind.
    pub fn new(via: Via, detail: impl Into<String>) -> Self {
        Self { via, detail: detail.into() }
    }
}

/// The kinds of places a fact can come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// NVIDIA's management library of the installed driver.
    Nvml,
    /// A library that plays NVML (`TORCH_WIZARD_NVML`): whatever rests on it is never `proven`.
    Simulated,
    /// `nvidia-smi --query-gpu`.
    NvidiaSmi,
    /// The PCI bus as the operating system lists it.
    PciBus,
    /// The Windows registry.
    Registry,
    /// `/proc` or `/sys`.
    ProcFs,
    /// The output of some other program.
    Command,
    /// A file or folder.
    FileSystem,
    /// An environment variable.
    Environment,
    /// A package index.
    Index,
    /// The operating system's own interfaces.
    System,
    /// The user said so.
    User,
}

impl Via {
    /// The word used in JSON and shown to people.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nvml => "nvml",
            Self::Simulated => "simulated",
            Self::NvidiaSmi => "nvidia-smi",
            Self::PciBus => "pci-bus",
            Self::Registry => "registry",
            Self::ProcFs => "proc-fs",
            Self::Command => "command",
            Self::FileSystem => "file-system",
            Self::Environment => "environment",
            Self::Index => "index",
            Self::System => "system",
            Self::User => "user",
        }
    }
}

/// A fact is found, known to be absent, or not known. `Unknown` never counts as `Absent`: a failed
/// probe must not become a wrong verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Probed<T> {
    /// It is there.
    Found {
        /// What was found.
        value: T,
        /// Where.
        source: Source,
    },
    /// It is certainly not there.
    Absent {
        /// Who said so.
        source: Source,
    },
    /// Nobody could say.
    Unknown {
        /// The first thing that went wrong, in one sentence.
        why: String,
        /// What was asked.
        source: Source,
    },
}

impl<T> Probed<T> {
    /// The value, if it was found.
    pub const fn found(&self) -> Option<&T> {
        if let Self::Found { value, .. } = self { Some(value) } else { None }
    }

    /// Whether it is known not to be there.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent { .. })
    }

    /// Where the answer came from.
    pub const fn source(&self) -> &Source {
        match self {
            Self::Found { source, .. } | Self::Absent { source } | Self::Unknown { source, .. } => source,
        }
    }

    /// A fact nobody has asked for yet.
    pub fn not_asked() -> Self {
        Self::Unknown { why: "not asked".to_owned(), source: Source::new(Via::System, "") }
    }

    /// The outcome word for the list of probes.
    pub const fn outcome(&self) -> ProbeOutcome {
        match self {
            Self::Found { .. } => ProbeOutcome::Found,
            Self::Absent { .. } => ProbeOutcome::Absent,
            Self::Unknown { .. } => ProbeOutcome::Unknown,
        }
    }
}

/// One question asked of the machine; printed under `probes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Stable name of the probe.
    pub name: String,
    /// When it started, as milliseconds after the scan began.
    pub started_ms: u64,
    /// How long it took.
    pub milliseconds: u64,
    /// How it ended.
    pub outcome: ProbeOutcome,
    /// What was asked, and what stood in the way.
    pub detail: String,
}

/// How a probe ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeOutcome {
    /// An answer came.
    Found,
    /// The thing asked for is certainly not there.
    Absent,
    /// No usable answer.
    Unknown,
    /// No answer within the probe's limit.
    TimedOut,
}

/// The operating system families the product tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OsFamily {
    /// Windows 10 or later.
    Windows,
    /// Linux, WSL2 included (see [`OsFacts::is_wsl`]).
    Linux,
    /// macOS.
    Macos,
    /// Anything else.
    Other,
}

/// The operating system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OsFacts {
    /// Family.
    pub family: OsFamily,
    /// What the system calls itself, e.g. `Debian GNU/Linux 12 (bookworm)`.
    pub version: String,
    /// Windows build number.
    pub build: Option<u32>,
    /// Processor architecture of the machine: `x86_64`, `aarch64` …
    pub arch: String,
    /// Inside WSL (1 or 2).
    pub is_wsl: bool,
    /// Inside a container.
    pub is_container: bool,
    /// Version of the GNU C library (Linux only): wheels name the least they need.
    pub glibc: Option<(u32, u32)>,
}

impl OsFacts {
    /// A system of this family of which nothing else is known.
    pub const fn of(family: OsFamily) -> Self {
        Self {
            family,
            version: String::new(),
            build: None,
            arch: String::new(),
            is_wsl: false,
            is_container: false,
            glibc: None,
        }
    }

    /// Inside WSL 1, which has no GPU at all.
    pub fn is_wsl1(&self) -> bool {
        self.is_wsl && self.version.ends_with("(WSL 1)")
    }
}

/// Processor and memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hardware {
    /// Name of the processor.
    pub cpu: String,
    /// Logical cores.
    pub logical_cores: u32,
    /// Main memory in bytes.
    pub memory_bytes: u64,
}

/// A Python interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Python {
    /// The executable.
    pub path: PathBuf,
    /// `None` if it could not be asked.
    pub version: Option<PythonVersion>,
    /// `cpython`, `pypy` …; `unknown` if it could not be asked.
    pub implementation: String,
    /// 64 on any machine torch has wheels for.
    pub bits: Option<u8>,
    /// A build without the global interpreter lock (`3.13t`).
    pub free_threaded: bool,
    /// Where it was found: PATH, `py -0p`, uv, pyenv, conda …
    pub source: Source,
    /// Why it cannot hold the newest stable torch; `None` if it can.
    pub why_not: Option<String>,
}

/// A Python environment that may hold torch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Its folder.
    pub path: PathBuf,
    /// `venv`, `conda`, `portable`, `system`.
    pub kind: String,
    /// Version with local part, e.g. `2.6.0+cu124`, read from files; `None` if there is no torch.
    pub torch: Option<TorchVersion>,
    /// CUDA runtime this torch was built with, from `torch/version.py`; `None` for a CPU build.
    pub torch_cuda: Option<CudaVersion>,
    /// Something is wrong with the files: half-deleted, two torches, no RECORD.
    pub damage: Option<String>,
}

/// What a folder's volume is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiskRole {
    /// Where the environment goes.
    Target,
    /// Where wheels are kept.
    Cache,
    /// The system's folder for temporary files.
    Temp,
}

/// Free space on one volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// What for.
    pub role: DiskRole,
    /// The folder asked about (it need not exist yet).
    pub path: PathBuf,
    /// `None` if the system would not say.
    pub free_bytes: Option<u64>,
}

/// Free space of a volume that is built into the PC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixedVolume {
    /// Where it begins, e.g. `D:\`.
    pub root: PathBuf,
    /// `None` if the system would not say.
    pub free_bytes: Option<u64>,
}

/// Whether a host answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// It answered as an index does.
    Reached,
    /// It did not: no name, no connection, no certificate, or a refusal.
    Blocked,
    /// Not asked, or no answer in time.
    Unknown,
}

/// The network as an installer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// `download.pytorch.org`, or the mirror the user set.
    pub torch_index: Reach,
    /// PyPI, or the index that uv's and pip's settings name.
    pub pypi: Reach,
    /// The first hop that failed, per index, in one sentence.
    pub failures: BTreeMap<String, String>,
    /// Proxy in use, without user name and password.
    pub proxy: Option<String>,
}

/// Settings of the company or the user that an install honours, and leftovers that it must not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexSettings {
    /// The default index that uv's or pip's settings name; `None` means PyPI.
    pub default_index: Option<Setting>,
    /// Further indexes.
    pub extra_indexes: Vec<Setting>,
    /// Local folders or pages with wheels (`--find-links`).
    pub find_links: Vec<Setting>,
    /// Proxy and certificate settings in force.
    pub honoured: Vec<Setting>,
    /// Inherited settings that would bend an install: cleared for our children and named to the user.
    pub cleared: Vec<Setting>,
}

/// One setting and where it stands. Values never hold credentials: they are cut off when read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Name of the variable or key.
    pub name: String,
    /// Its value, without user name and password.
    pub value: String,
    /// The variable or the file.
    pub source: Source,
}

/// A mask that hides cards from CUDA programs, e.g. `CUDA_VISIBLE_DEVICES`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mask {
    /// Name of the variable.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A program that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// The executable.
    pub path: PathBuf,
    /// What it says of its version; `None` if it was not asked or did not say.
    pub version: Option<String>,
}

/// Everything known about one machine at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineFacts {
    /// When the scan began (RFC 3339, UTC).
    pub taken_at: String,
    /// The operating system.
    pub os: Probed<OsFacts>,
    /// Processor and memory.
    pub hardware: Probed<Hardware>,
    /// NVIDIA cards. `Absent` only if the PCI bus (or NVML) says there is none.
    pub gpus: Probed<Vec<Gpu>>,
    /// Names of cards that are not NVIDIA's, where somebody named them.
    #[serde(default)]
    pub other_cards: Vec<String>,
    /// Version of the NVIDIA driver.
    pub driver: Probed<DriverVersion>,
    /// Newest CUDA runtime the driver accepts; not the installed toolkit.
    pub driver_cuda: Probed<CudaVersion>,
    /// What stands in the driver's way: stable words, each with a sentence.
    #[serde(default)]
    pub driver_troubles: BTreeMap<String, String>,
    /// The day in the driver's own record (Windows): when it was made, not when it was installed.
    #[serde(default)]
    pub driver_date: Option<jiff::civil::Date>,
    /// Variables that hide cards.
    pub masks: Vec<Mask>,
    /// Python interpreters, unfit ones included.
    pub pythons: Probed<Vec<Python>>,
    /// Environments seen, with the torch each holds.
    pub environments: Probed<Vec<Environment>>,
    /// Free space.
    pub disks: Vec<Disk>,
    /// Volumes built into the PC (Windows), whether they are used or not.
    #[serde(default)]
    pub volumes: Vec<FixedVolume>,
    /// Reach of the indexes.
    pub network: Probed<Network>,
    /// Index, proxy and certificate settings.
    pub index_settings: IndexSettings,
    /// Programs by name: `uv`, `pip`, `git`, `cmake`, `ninja`, `gcc`, `g++`, `nvcc`, `msvc`, `windows-sdk`, `docker`,
    /// `podman`, `wsl`.
    pub tools: BTreeMap<String, Probed<Tool>>,
    /// CUDA toolkits, the newest first. With none in it, `tools["nvcc"]` says whether there is none or nobody knows.
    #[serde(default)]
    pub toolkits: Vec<CudaToolkit>,
    /// Visual Studios, the one a build takes first. With none in it, `tools["msvc"]` says what is known.
    #[serde(default)]
    pub visual_studios: Vec<VisualStudio>,
    /// WSL; `Absent` where it is not set up, and on other systems.
    #[serde(default = "Probed::not_asked")]
    pub wsl: Probed<Wsl>,
    /// Version of the kernel inside WSL, which has the way to the card in it; `None` elsewhere.
    #[serde(default)]
    pub wsl_kernel: Option<String>,
    /// What WSL2 asks of Windows, whether WSL is there or not.
    #[serde(default)]
    pub virtualisation: Virtualisation,
    /// What Windows tells of itself; apart, since most machines have none of it and facts are moved about.
    #[serde(default)]
    pub windows: Box<WindowsFacts>,
    /// What the PC runs on; `Absent` without a battery.
    #[serde(default = "Probed::not_asked")]
    pub power_supply: Probed<PowerSupply>,
    /// What runs containers.
    #[serde(default = "Probed::not_asked")]
    pub containers: Probed<ContainerEngine>,
    /// A torch whose words about the cards were read: it proves a driver that nobody named.
    #[serde(default)]
    pub torch_seen: Option<TorchSeen>,
    /// The facts were read from texts about another machine: what those cannot show, and a user can get, counts as
    /// obtainable.
    #[serde(default)]
    pub is_report: bool,
    /// Every question asked, with its time.
    pub probes: Vec<Probe>,
}

impl MachineFacts {
    /// A machine of which nothing is known yet.
    pub fn unknown(taken_at: impl Into<String>) -> Self {
        Self {
            taken_at: taken_at.into(),
            os: Probed::not_asked(),
            hardware: Probed::not_asked(),
            gpus: Probed::not_asked(),
            other_cards: Vec::new(),
            driver: Probed::not_asked(),
            driver_cuda: Probed::not_asked(),
            driver_troubles: BTreeMap::new(),
            driver_date: None,
            masks: Vec::new(),
            pythons: Probed::not_asked(),
            environments: Probed::not_asked(),
            disks: Vec::new(),
            volumes: Vec::new(),
            network: Probed::not_asked(),
            index_settings: IndexSettings::default(),
            tools: BTreeMap::new(),
            toolkits: Vec::new(),
            visual_studios: Vec::new(),
            wsl: Probed::not_asked(),
            wsl_kernel: None,
            virtualisation: Virtualisation::default(),
            windows: Box::default(),
            power_supply: Probed::not_asked(),
            containers: Probed::not_asked(),
            torch_seen: None,
            is_report: false,
            probes: Vec::new(),
        }
    }

    /// Whether the cards come from a library that plays NVML.
    pub fn is_simulated(&self) -> bool {
        self.gpus.source().via == Via::Simulated
            || self.driver.source().via == Via::Simulated
            || self.gpus.found().is_some_and(|gpus| gpus.iter().any(|gpu| gpu.source.via == Via::Simulated))
    }
}
