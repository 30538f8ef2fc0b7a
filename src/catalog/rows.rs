//! The rows of the tables in `assets/catalog/`, as they are read.

mod branches;
mod cards;
mod containers;
mod drivers;
mod hardware;
mod index;
mod kits;
mod packages;
mod source;
mod systems;
mod tools;
mod wheels;
mod wsl;
mod xids;

pub use branches::{Branch, DriverFault, DriverOrigin, KernelModule, ModulesOfCards};
pub use cards::{Architecture, Card, CodeException, Device, PciException, PciPrefix, Tflops};
pub use containers::{
    BaseImage, ContainerToolkit, Containers, Flavour, Image, ImageKind, ImagePattern, ImageRule, RunFlag,
};
pub use drivers::{FirstLinux, Generation, Runtime, Toolkit};
pub use hardware::{HardwareRules, SeveralRule, Topic, TopicSource, WindowRule};
pub use index::{NextVariants, NightlyLife};
pub use kits::{CALLED, Kit, KitIssue, KitProgram, Kits, SourceOnly, Within};
pub use packages::{OnWindows, OtherBuild, Pin, Replaces, TorchPackage};
pub use source::{
    BuildDisk, BuildMemory, BuildOf, BuildTime, DistributionPackages, SettingKind, SourceBuild, SourceLine,
    SourceRepository, SourceSetting, ToolkitCompiler, VisualStudio, WindowsBuild, WindowsTool,
};
pub use systems::{DistributionLibc, Libc, NamedCards, WindowsReleases};
pub use tools::{PythonChoice, PythonKind, PythonTrap, UnfitKind, Uv, UvWheel, VcLibrary};
pub use wheels::{ArchList, CompanionSet, LongestMember, PlatformBuilds, Release, Size};
pub use wsl::{WslCommand, WslConfig, WslDistribution, WslForbidden, WslLimit, WslNeeds, WslPlace, WslRules};
pub use xids::{FaultSide, Xid};

use crate::facts::{OsFacts, OsFamily};
use serde::{Deserialize, Serialize};
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

/// Whether something is set or given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Needed {
    /// Always.
    Always,
    /// From a release on.
    Since,
    /// Before a release.
    Until,
    /// Where somebody wants it.
    Choice,
    /// Older guides do it; it serves nothing or harms.
    Never,
}

/// The head of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileHead {
    /// Name of the file.
    pub file: &'static str,
    /// Version of its form.
    pub schema: u32,
    /// Counts up with each change of its content.
    pub version: u32,
    /// The day somebody last looked.
    pub date: jiff::civil::Date,
}

/// The systems that torch has CUDA wheels for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
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
