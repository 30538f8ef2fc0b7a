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
    /// Whether it answers; `None` if it was not asked.
    pub is_running: Option<bool>,
    /// Whether it can hand NVIDIA cards to a container; `None` if that could not be told.
    pub has_gpu: Option<bool>,
}

/// What a running torch said of its machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TorchSeen {
    /// Its version.
    pub torch: Option<TorchVersion>,
    /// The CUDA runtime it was built with.
    pub cuda: Option<CudaVersion>,
    /// `torch.cuda.is_available()`
    pub is_available: Option<bool>,
    /// It listed the cards itself, so the driver knows them, even those it has no kernels for.
    pub sees_cards: bool,
}
