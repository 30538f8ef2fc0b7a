//! Rows of `companions.toml` about packages that are installed beside torch.

use super::Backing;
use crate::facts::{ComputeCapability, CudaVersion, PythonVersion, TorchVersion};
use serde::Deserialize;

/// What installing a package does to a torch that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Replaces {
    /// Nothing.
    No,
    /// Nothing, unless torch is missing or everything is upgraded.
    IfAbsent,
    /// It asks for other versions than the newest, and pip then takes PyPI's build, which on Windows is without CUDA.
    Yes,
}

/// How a package comes to Windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnWindows {
    /// Ready wheels.
    Wheels,
    /// Plain Python.
    Pure,
    /// Built on the PC, with compiler and toolkit.
    Source,
    /// Not at all; WSL2 serves.
    No,
}

/// What one version of a package asks of torch.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// The version.
    pub version: String,
    /// As in its metadata: `==2.9.1`.
    pub torch: String,
}

/// A package that is installed beside torch.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TorchPackage {
    /// As `PyPI` spells it.
    pub name: String,
    /// Newest version when somebody looked.
    pub newest: Option<String>,
    /// The day it came out.
    pub published: Option<jiff::civil::Date>,
    /// What the newest asks of torch; empty: any version, `None`: it does not ask for torch.
    pub torch: Option<String>,
    /// What older ones asked.
    #[serde(default)]
    pub pins: Vec<Pin>,
    /// What it does to a torch that is there.
    pub replaces: Replaces,
    /// How it comes to Windows.
    pub windows: OnWindows,
    /// Oldest and newest Python that it takes, where that is less than torch's.
    pub pythons: Option<(PythonVersion, PythonVersion)>,
    /// It has code of its own for the card.
    #[serde(default)]
    pub has_kernels: bool,
    /// First version with code for 12.0, where it has code of its own.
    pub first_blackwell: Option<String>,
    /// Code compiled into its newest wheel.
    #[serde(default)]
    pub archs: Vec<ComputeCapability>,
    /// Code that the driver compiles at first use.
    #[serde(default)]
    pub ptx: Vec<ComputeCapability>,
    /// CUDA runtimes it has a library for; of others the nearest within the major version serves.
    #[serde(default)]
    pub libraries: Vec<CudaVersion>,
    /// First version that takes the nearest library.
    pub nearest_from: Option<String>,
    /// It is built against the torch that is there only without isolation.
    #[serde(default)]
    pub no_isolation: bool,
    /// Versions that others refuse.
    #[serde(default)]
    pub refused: Vec<String>,
    /// What else to know, in plain words.
    pub note: Option<String>,
    /// Where it comes from.
    pub backing: Backing,
}

impl TorchPackage {
    /// What a version asks of torch, as far as it is noted.
    pub fn asks(&self, version: &str) -> Option<&str> {
        let pin = self.pins.iter().find(|pin| pin.version == version);
        let newest = self.torch.as_deref().filter(|_| self.newest.as_deref() == Some(version));
        pin.map(|pin| pin.torch.as_str()).or(newest)
    }

    /// The library that is loaded for a runtime: the newest that is not newer within the same major version, else the
    /// oldest that is; `None` where the major version has none.
    pub fn library(&self, runtime: CudaVersion) -> Option<CudaVersion> {
        let same = || self.libraries.iter().copied().filter(|library| library.major == runtime.major);
        same().filter(|library| *library <= runtime).max().or_else(|| same().min())
    }
}

/// A build of torch that somebody else publishes, apart from the indexes of the project.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherBuild {
    /// Who.
    pub publisher: String,
    /// Public version of torch.
    pub torch: TorchVersion,
    /// Its CUDA runtime in the word of the wheels.
    pub variant: String,
    /// `win_arm64`.
    pub platform_tag: String,
    /// Whether it is withdrawn or superseded.
    #[serde(default)]
    pub is_outdated: bool,
    /// In plain words.
    pub note: String,
    /// Where it comes from.
    pub backing: Backing,
}
