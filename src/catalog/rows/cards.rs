//! Rows of `gpus.toml` and `architectures.toml`.

use super::Backing;
use crate::facts::{ComputeCapability, CudaVersion};
use serde::Deserialize;

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
    /// Bandwidth of its memory in 10⁹ bytes a second.
    pub gb_per_second: Option<f64>,
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
    /// Those of them that sit beside an Arm processor alone.
    #[serde(default)]
    pub on_arm: Vec<ComputeCapability>,
    /// First CUDA release that knows them; `None` if older than anything the catalogue speaks of.
    pub first_cuda: Option<CudaVersion>,
    /// Last one; `None` if the newest still does.
    pub last_cuda: Option<CudaVersion>,
    /// PCIe generation of its cards for a slot.
    pub pcie: Option<u32>,
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
