//! Other places on a machine where torch can live: WSL and containers; and what a running torch says of the machine.

use super::{CudaVersion, TorchVersion};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// WSL on a Windows PC. Read without starting it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wsl {
    /// `wsl.exe`.
    pub program: PathBuf,
    /// Version of the package from the Store; `None` for the one that came with Windows.
    pub version: Option<String>,
    /// What the user set for new distributions, 1 or 2; `None` if nothing, which leaves it to WSL.
    #[serde(default)]
    pub default_version: Option<u8>,
    /// Registered distributions, the default one first.
    pub distributions: Vec<Distribution>,
}

/// A distribution that WSL has registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// e.g. `Ubuntu-24.04`.
    pub name: String,
    /// 1 or 2: only 2 has the GPU.
    pub version: u8,
}

/// What WSL2 asks of a Windows PC, with WSL or without. `None` is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Virtualisation {
    /// The processor's virtualisation is switched on in the firmware.
    pub firmware: Option<bool>,
    /// A hypervisor runs: Windows's own, or the one that Windows itself is a guest of. Without one, WSL2 needs a
    /// restart, or `hypervisorlaunchtype` is off.
    pub hypervisor: Option<bool>,
    /// The Windows feature `VirtualMachinePlatform` is there.
    pub platform: Option<bool>,
}

/// The programs that run containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContainerProgram {
    /// Docker, Docker Desktop included.
    Docker,
    /// Podman.
    Podman,
}

impl ContainerProgram {
    /// Its name, which is its command as well.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
        }
    }
}

/// What runs containers on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerEngine {
    /// Which.
    pub program: ContainerProgram,
    /// The executable.
    pub path: PathBuf,
    /// What it says of its version.
    pub version: Option<String>,
    /// Whether it answers; `None` if it was not asked or that could not be told.
    pub is_running: Option<bool>,
    /// Whether it can hand NVIDIA cards to a container; `None` if that could not be told.
    pub has_gpu: Option<bool>,
    /// The cards have names of the Container Device Interface: `--device nvidia.com/gpu=all` works.
    #[serde(default)]
    pub has_cdi: bool,
    /// `nvidia-ctk` of the NVIDIA Container Toolkit, which sets an engine up.
    #[serde(default)]
    pub toolkit: Option<PathBuf>,
    /// It runs without root.
    #[serde(default)]
    pub is_rootless: bool,
    /// What stands in its way.
    #[serde(default)]
    pub trouble: Option<EngineTrouble>,
}

/// What stands between a container engine and a container with the GPU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum EngineTrouble {
    /// Nobody answers: the daemon, Docker Desktop or podman's machine is not started.
    NotRunning,
    /// It is there, and this user may not talk to it.
    PermissionDenied,
    /// No answer in time.
    NoAnswer,
    /// It runs on another machine.
    Remote {
        /// Its address, without user name and password.
        host: String,
    },
    /// It is switched to Windows containers, which have no CUDA.
    WindowsContainers,
    /// It runs without root, and NVIDIA's runtime still wants to set device rules, which needs root
    /// (`no-cgroups = false`).
    NeedsNoCgroups,
    /// Anything else, in its own words.
    Other {
        /// What it said.
        words: String,
    },
}

impl EngineTrouble {
    /// The word in JSON and in probes.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotRunning => "not-running",
            Self::PermissionDenied => "permission-denied",
            Self::NoAnswer => "no-answer",
            Self::Remote { .. } => "remote",
            Self::WindowsContainers => "windows-containers",
            Self::NeedsNoCgroups => "needs-no-cgroups",
            Self::Other { .. } => "other",
        }
    }

    /// What it has to say beyond that word.
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Remote { host } => Some(host.clone()),
            Self::Other { words } => Some(words.clone()),
            Self::NotRunning
            | Self::PermissionDenied
            | Self::NoAnswer
            | Self::WindowsContainers
            | Self::NeedsNoCgroups => None,
        }
    }
}

/// What a running torch said of its machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TorchSeen {
    /// Its version.
    pub torch: Option<TorchVersion>,
    /// The CUDA runtime it was built with.
    pub cuda: Option<CudaVersion>,
    /// `torch.cuda.is_available()`
    pub is_available: Option<bool>,
    /// It listed the cards itself, so the driver knows them, even those it has no kernels for.
    pub sees_cards: bool,
    /// It said that it was built without CUDA.
    #[serde(default)]
    pub is_cpu_build: bool,
    /// It said itself that it has no code for a card (`is not compatible with the current PyTorch installation`,
    /// `no kernel image`).
    #[serde(default)]
    pub refuses_card: bool,
    /// It said itself that the driver is too old for it (`The NVIDIA driver on your system is too old`).
    #[serde(default)]
    pub refuses_driver: bool,
    /// What is compiled into it, as it said (`sm_90`, `compute_120`); empty if it did not.
    #[serde(default)]
    pub archs: Vec<String>,
}

impl TorchSeen {
    /// It reached the cards: it said so, or it named them, which takes a driver that works.
    pub fn reaches_cards(&self) -> bool {
        self.is_available.unwrap_or(self.sees_cards)
    }
}
