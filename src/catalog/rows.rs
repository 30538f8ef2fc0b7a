//! The rows of the tables in `assets/catalog/`, as they are read.

use crate::facts::{ComputeCapability, CudaVersion, DriverVersion, OsFacts, OsFamily, PythonVersion, TorchVersion};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// How well a row is backed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Read from the wheel, the index or the tool itself.
    Measured,
    /// Stated by the named public source.
    Sourced,
    /// Derived from other facts.
    Inferred,
}

/// Where a row comes from; the row's own words, else those at the head of its file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backing {
    /// Public page, file or measurement.
    pub source: String,
    /// The day somebody looked.
    pub date: jiff::civil::Date,
    /// How well.
    pub confidence: Confidence,
}

/// The systems that torch has CUDA wheels for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Platform {
    /// 64-bit Windows on Intel or AMD.
    #[serde(rename = "windows_x86_64")]
    WindowsX86,
    /// 64-bit Linux on Intel or AMD, WSL2 included.
    #[serde(rename = "linux_x86_64")]
    LinuxX86,
    /// 64-bit Linux on Arm.
    #[serde(rename = "linux_aarch64")]
    LinuxArm,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::WindowsX86, Self::LinuxX86, Self::LinuxArm];

    /// The platform of a machine; `None` if torch has no wheels in the catalogue for it.
    pub fn of(os: &OsFacts) -> Option<Self> {
        match (os.family, os.arch.as_str()) {
            (OsFamily::Windows, "x86_64" | "AMD64" | "amd64") => Some(Self::WindowsX86),
            (OsFamily::Linux, "x86_64" | "amd64") => Some(Self::LinuxX86),
            (OsFamily::Linux, "aarch64" | "arm64") => Some(Self::LinuxArm),
            (OsFamily::Windows | OsFamily::Linux | OsFamily::Macos | OsFamily::Other, _) => None,
        }
    }

    /// The word used in the tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::WindowsX86 => "windows_x86_64",
            Self::LinuxX86 => "linux_x86_64",
            Self::LinuxArm => "linux_aarch64",
        }
    }

    /// Whether a wheel's platform tag (`win_amd64`, `manylinux_2_28_x86_64`) is of this platform.
    pub fn has_tag(self, tag: &str) -> bool {
        match self {
            Self::WindowsX86 => tag == "win_amd64",
            Self::LinuxX86 => tag.contains("linux") && tag.ends_with("x86_64"),
            Self::LinuxArm => tag.contains("linux") && tag.ends_with("aarch64"),
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Whose driver numbers count: those of Windows also inside WSL, whose driver is the one of Windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// Windows and WSL.
    Windows,
    /// Native Linux.
    Linux,
}

impl Numbering {
    /// The numbering on a machine.
    pub fn of(os: &OsFacts) -> Self {
        match (os.family, os.is_wsl) {
            (OsFamily::Windows, _) | (OsFamily::Linux, true) => Self::Windows,
            (OsFamily::Linux, false) | (OsFamily::Macos | OsFamily::Other, _) => Self::Linux,
        }
    }
}

/// The device half of a PCI id, written `2b85`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Device(pub u16);

impl TryFrom<String> for Device {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bad = || format!("{text:?} is no PCI device id such as 2b85");
        u16::from_str_radix(&text, 16).map(Self).ok().ok_or_else(bad)
    }
}

/// Peak dense figures in 10¹² operations a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tflops {
    /// Single precision without tensor cores.
    pub fp32: Option<f64>,
    /// TF32 on tensor cores.
    pub tf32: Option<f64>,
    /// Half precision on tensor cores, accumulated in single precision.
    pub fp16: Option<f64>,
    /// `bfloat16` on tensor cores.
    pub bf16: Option<f64>,
    /// 8-bit floating point on tensor cores.
    pub fp8: Option<f64>,
}

/// A card.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Name without NVIDIA.
    pub name: String,
    /// Its PCI device ids; several cards can share one.
    pub pci: Vec<Device>,
    /// Compute capability.
    pub capability: ComputeCapability,
    /// Memory in 2³⁰ bytes, as printed on the box.
    pub memory_gb: Option<f64>,
    /// Board power.
    pub watts: Option<f64>,
    /// Peak figures.
    #[serde(default)]
    pub tflops: Tflops,
    /// What the driver calls it, where that is not NVIDIA + name.
    #[serde(default)]
    pub driver_names: Vec<String>,
    /// Where it comes from.
    pub backing: Backing,
}

/// What the first digits of an unknown PCI device id say.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PciPrefix {
    /// The first two or three digits.
    pub prefix: String,
    /// Compute capability of the generation.
    pub capability: ComputeCapability,
    /// Where it comes from.
    pub backing: Backing,
}

/// An id that its prefix would misjudge.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PciException {
    /// The id.
    pub pci: Device,
    /// Compute capability; `None` if nobody has told it yet.
    pub capability: Option<ComputeCapability>,
    /// What it is.
    pub name: String,
    /// Where it comes from.
    pub backing: Backing,
}

/// A generation of chips.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Turing, Ampere …
    pub name: String,
    /// Its compute capabilities.
    pub capabilities: Vec<ComputeCapability>,
    /// First CUDA release that knows them; `None` if older than anything the catalogue speaks of.
    pub first_cuda: Option<CudaVersion>,
    /// Last one; `None` if the newest still does.
    pub last_cuda: Option<CudaVersion>,
    /// Where it comes from.
    pub backing: Backing,
}

/// Code that does not run on a card although major and minor version would fit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeException {
    /// The compiled code, e.g. `sm_80`.
    pub code: ComputeCapability,
    /// The card.
    pub not_on: ComputeCapability,
    /// From this runtime on it does run.
    pub until_cuda: Option<CudaVersion>,
    /// Where it comes from.
    pub backing: Backing,
}

/// The least driver of a variant's runtime.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runtime {
    /// `cu128`.
    pub variant: String,
    /// 12.8.
    pub cuda: CudaVersion,
    /// Least driver on Linux.
    pub linux: DriverVersion,
    /// Least driver on Windows.
    pub windows: DriverVersion,
    /// First public release that serves, where that is another number.
    pub first_linux: Option<DriverVersion>,
    /// The same on Windows.
    pub first_windows: Option<DriverVersion>,
    /// Where it comes from.
    pub backing: Backing,
}

/// The drivers that know a range of compute capabilities.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generation {
    /// First capability of the range.
    pub from: ComputeCapability,
    /// Last one, included.
    pub to: ComputeCapability,
    /// Least driver on Linux.
    pub linux: DriverVersion,
    /// Least driver on Windows.
    pub windows: DriverVersion,
    /// First public release that serves, where that is another number.
    pub first_linux: Option<DriverVersion>,
    /// The same on Windows.
    pub first_windows: Option<DriverVersion>,
    /// Branches from here on do not drive the cards any more.
    pub dropped_from: Option<u32>,
    /// The last branch that does.
    pub last_branch: Option<u32>,
    /// Where it comes from.
    pub backing: Backing,
}

/// The first releases on Linux that list a card, one per branch.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstLinux {
    /// Its id.
    pub pci: Device,
    /// Its name, for the reader of the table.
    pub name: String,
    /// The releases, oldest first.
    pub first: Vec<DriverVersion>,
    /// Where it comes from.
    pub backing: Backing,
}

/// The driver branch behind "newest runtime the driver accepts".
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toolkit {
    /// The runtime.
    pub cuda: CudaVersion,
    /// A driver on Linux that accepts it is at least this one.
    pub linux: DriverVersion,
    /// The same on Windows.
    pub windows: DriverVersion,
    /// Where it comes from.
    pub backing: Backing,
}

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

/// The version of uv that is brought along.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uv {
    /// Its version.
    pub version: String,
    /// Where it comes from.
    pub backing: Backing,
}

/// A wheel of uv.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UvWheel {
    /// `windows_x86_64`, `windows_aarch64`, `linux_x86_64`, `linux_musl_x86_64`, `linux_aarch64`.
    pub platform: String,
    /// Name of the file on `PyPI`.
    pub file: String,
    /// Its hash, in hexadecimal digits.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// Where it comes from.
    pub backing: Backing,
}

/// A patch release of Python that is refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PythonTrap {
    /// The release.
    pub version: PythonVersion,
    /// The package that does not work with it.
    pub breaks: String,
    /// The first release that works again.
    pub fixed_in: PythonVersion,
    /// Where it comes from.
    pub backing: Backing,
}

/// Builds of Python without any fitting wheel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnfitKind {
    /// 32-bit.
    #[serde(rename = "32-bit")]
    ThirtyTwoBit,
    /// Without the global interpreter lock.
    FreeThreaded,
    /// `PyPy` and others.
    NotCpython,
}

/// A kind of Python that is refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PythonKind {
    /// Which.
    pub kind: UnfitKind,
    /// Where it comes from.
    pub backing: Backing,
}

/// The Python that is taken where the user has not chosen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PythonChoice {
    /// The newest minor version taken by default.
    pub newest: PythonVersion,
    /// The one uv brings.
    pub brought: PythonVersion,
    /// Where it comes from.
    pub backing: Backing,
}
