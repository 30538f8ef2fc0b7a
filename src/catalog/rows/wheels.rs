//! Rows of `wheels.toml` and the sets of `companions.toml`.

use super::{Backing, Platform};
use crate::facts::{ComputeCapability, TorchVersion};
use serde::{Deserialize, Deserializer};

/// What one release of torch has for one platform.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformBuilds {
    /// Variants on `download.pytorch.org`, `cpu` included.
    pub variants: Vec<String>,
    /// Those of them that were published as experimental.
    #[serde(default)]
    pub experimental: Vec<String>,
    /// Further ones that only the live index can confirm.
    #[serde(default)]
    pub unverified: Vec<String>,
    /// Variants whose architectures nobody has looked up.
    #[serde(default)]
    pub unknown_archs: Vec<String>,
    /// Variant of the build on `PyPI`.
    pub pypi: String,
    /// Size of that wheel in 10⁶ bytes.
    pub pypi_mb: u32,
    /// Python tags, `cp313t` for free-threaded ones.
    pub pythons: Vec<String>,
    /// Least GNU C library.
    #[serde(default, deserialize_with = "glibc")]
    pub glibc: Option<(u32, u32)>,
}

fn glibc<'de, D: Deserializer<'de>>(input: D) -> Result<Option<(u32, u32)>, D::Error> {
    let text = String::deserialize(input)?;
    let bad = || serde::de::Error::custom(format!("{text:?} is no glibc version such as 2.28"));
    let (major, minor) = text.split_once('.').ok_or_else(bad)?;
    major.parse().ok().zip(minor.parse().ok()).map(Some).ok_or_else(bad)
}

/// A release of torch.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Public version.
    pub torch: TorchVersion,
    /// The day it came out.
    pub published: jiff::civil::Date,
    /// Its builds for Windows.
    pub windows_x86_64: PlatformBuilds,
    /// Its builds for Linux on Intel or AMD.
    pub linux_x86_64: PlatformBuilds,
    /// Its builds for Linux on Arm.
    pub linux_aarch64: PlatformBuilds,
    /// Where it comes from.
    pub backing: Backing,
}

impl Release {
    /// Its builds for a platform.
    pub const fn on(&self, platform: Platform) -> &PlatformBuilds {
        match platform {
            Platform::WindowsX86 => &self.windows_x86_64,
            Platform::LinuxX86 => &self.linux_x86_64,
            Platform::LinuxArm => &self.linux_aarch64,
        }
    }
}

/// The architectures compiled into some builds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchList {
    /// Releases.
    #[serde(default)]
    pub torch: Vec<TorchVersion>,
    /// And everything older than this one.
    pub before: Option<TorchVersion>,
    /// Variants.
    pub variants: Vec<String>,
    /// Platforms.
    pub platforms: Vec<Platform>,
    /// Compiled code, `sm_XY`.
    pub archs: Vec<ComputeCapability>,
    /// Code that the driver compiles at first use, `compute_XY`.
    #[serde(default)]
    pub ptx: Vec<ComputeCapability>,
    /// Reports contradict each other whether these are in it.
    #[serde(default)]
    pub unsure: Vec<ComputeCapability>,
    /// Where it comes from.
    pub backing: Backing,
}

/// What an environment with some builds costs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// The platform.
    pub platform: Platform,
    /// The variants.
    pub variants: Vec<String>,
    /// Download in 10⁶ bytes.
    pub download_mb: u32,
    /// Unpacked, in 10⁶ bytes.
    pub disk_mb: u32,
    /// Where it comes from.
    pub backing: Backing,
}

/// The longest path inside the wheel of a release for Windows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongestMember {
    /// The release of torch.
    pub torch: TorchVersion,
    /// Its length.
    pub characters: usize,
    /// Where it comes from.
    pub backing: Backing,
}

/// The companions of a release.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanionSet {
    /// The release of torch.
    pub torch: TorchVersion,
    /// Version of torchvision.
    pub torchvision: String,
    /// Version of torchaudio.
    pub torchaudio: String,
    /// What torch asks of triton on Linux, e.g. `==3.6.0`.
    pub triton: String,
    /// What to ask of triton-windows; `None` if none is known to fit.
    pub triton_windows: Option<String>,
    /// Variants that torchaudio has wheels for; empty: those of torch.
    #[serde(default)]
    pub torchaudio_variants: Vec<String>,
    /// Where it comes from.
    pub backing: Backing,
}
