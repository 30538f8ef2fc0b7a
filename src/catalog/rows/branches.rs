//! Rows of `drivers.toml` about the branches of the driver.

use super::{Backing, Numbering};
use crate::facts::{ComputeCapability, CudaVersion, DriverVersion};
use serde::Deserialize;

/// The two kinds of kernel module on Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KernelModule {
    /// NVIDIA's open one (`nvidia-open`).
    Open,
    /// The proprietary one.
    Proprietary,
}

/// Which kernel modules drive a range of compute capabilities.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModulesOfCards {
    /// First capability of the range.
    pub from: ComputeCapability,
    /// Last one, included.
    pub to: ComputeCapability,
    /// Those that drive them.
    pub modules: Vec<KernelModule>,
    /// Where it comes from.
    pub backing: Backing,
}

/// A branch of the driver.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// e.g. 570.
    pub branch: u32,
    /// Newest CUDA runtime it accepts.
    pub cuda: CudaVersion,
    /// First release on Linux, or the oldest that was seen.
    pub first_linux: Option<DriverVersion>,
    /// First public release on Windows, or the oldest that was seen.
    pub first_windows: Option<DriverVersion>,
    /// Cards below this compute capability are not driven any more.
    pub drops_below: Option<ComputeCapability>,
    /// Kernel modules in its packages for Linux.
    pub modules: Vec<KernelModule>,
    /// Until when it gets fixes, where that is a long time.
    pub supported_until: Option<String>,
    /// What else to know.
    pub note: Option<String>,
    /// Where it comes from.
    pub backing: Backing,
}

/// Where a driver for Linux comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriverOrigin {
    /// How the names of the systems begin that it is for.
    pub systems: Vec<String>,
    /// The branches whose packages the commands install.
    #[serde(default)]
    pub branches: Vec<u32>,
    /// Installs a branch (`{branch}`) with the open kernel module.
    pub open: Option<String>,
    /// The same with the proprietary one.
    pub proprietary: Option<String>,
    /// Says how.
    pub page: String,
    /// Where it comes from.
    pub backing: Backing,
}

impl DriverOrigin {
    /// The command that installs a branch; `None` where its package is not known.
    pub fn command(&self, branch: u32, module: KernelModule) -> Option<String> {
        let form = match module {
            KernelModule::Open => self.open.as_ref(),
            KernelModule::Proprietary => self.proprietary.as_ref(),
        };
        let form = form.filter(|_| self.branches.contains(&branch))?;
        Some(form.replace("{branch}", &branch.to_string()))
    }
}

/// Drivers that carry a known fault.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriverFault {
    /// Stable word.
    pub code: String,
    /// Whose numbers.
    pub on: Numbering,
    /// First driver that has it.
    pub from: DriverVersion,
    /// First driver that does not any more.
    pub fixed_in: DriverVersion,
    /// Least compute capability that it concerns; `None` for all.
    pub least_capability: Option<ComputeCapability>,
    /// It can damage the card, so the driver is to be replaced.
    #[serde(default)]
    pub is_dangerous: bool,
    /// In plain words.
    pub what: String,
    /// Where it comes from.
    pub backing: Backing,
}

impl DriverFault {
    /// Whether a driver on a card has it.
    pub fn concerns(&self, driver: &DriverVersion, on: Numbering, capability: ComputeCapability) -> bool {
        let card = self.least_capability.is_none_or(|least| capability >= least);
        card && self.on == on && *driver >= self.from && *driver < self.fixed_in
    }
}
