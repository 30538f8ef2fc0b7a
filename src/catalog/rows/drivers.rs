//! Rows of `drivers.toml` about runtimes, generations of cards and toolkits.

use super::{Backing, Device};
use crate::facts::{ComputeCapability, CudaVersion, DriverVersion};
use serde::Deserialize;

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
