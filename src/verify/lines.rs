//! The lines that the check program prints; `assets/python/verify/protocol.py` says what is in them.

use super::{Check, Kernels, Level};
use crate::facts::ComputeCapability;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One line of the check program.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Line {
    /// What runs there; the first that is not `Waiting`.
    Hello(Hello),
    /// A check began.
    Started {
        /// Its name.
        check: String,
        /// torch's number of the device; `None` for the processor.
        device: Option<u32>,
        /// The process that does it, as the system counts.
        #[serde(default)]
        pid: Option<u32>,
    },
    /// A long check goes on.
    Progress {
        /// Its name.
        check: String,
        /// torch's number of the device.
        device: Option<u32>,
        /// So much of `total`.
        done: f64,
        /// All of it.
        total: f64,
    },
    /// Nothing else to say for a second.
    Waiting {
        /// `import torch`, `devices` or the name of a check.
        #[serde(rename = "for")]
        what: String,
        /// How long already.
        seconds: u64,
    },
    /// A check ended.
    Check(Check),
    /// All was said.
    End,
    /// A kind of a newer program.
    #[serde(other)]
    Other,
}

/// What the environment holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Hello {
    /// `3.12.4`.
    pub python: String,
    /// `2.15.0+cu130`; `None` if it could not be imported.
    pub torch: Option<String>,
    /// CUDA runtime in the wheel; `None` for a build without CUDA.
    pub cuda_runtime: Option<String>,
    /// Whether torch sees a card that it can use.
    pub cuda_available: bool,
    /// Architectures compiled in.
    pub arch_list: Vec<String>,
    /// The cards that torch sees.
    pub devices: Vec<SeenDevice>,
    /// Why torch could not be imported.
    pub import_error: Option<String>,
    /// How thorough it is.
    #[serde(default)]
    pub level: Level,
    /// The newest CUDA runtime that the driver knows.
    #[serde(default)]
    pub driver_runtime: Option<String>,
    /// Packages beside torch, with their versions.
    #[serde(default)]
    pub companions: BTreeMap<String, String>,
}

/// A card as torch sees it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SeenDevice {
    /// torch's number: that of NVML unless `CUDA_VISIBLE_DEVICES` hides cards.
    pub index: u32,
    /// Name.
    pub name: String,
    /// Identity; older torch does not tell.
    pub uuid: Option<String>,
    /// Compute capability.
    pub capability: Option<ComputeCapability>,
    /// Memory of the card in bytes.
    pub memory_bytes: Option<u64>,
    /// Whether this torch has code for it.
    pub kernels: Option<Kernels>,
}

/// Reads one line; `None` if it is none of ours (a library may print anything).
pub fn parse(line: &str) -> Option<Line> {
    serde_json::from_str(line.trim()).ok()
}
