//! What NVML tells, as the rest of the program sees it.

use super::HostError;
use crate::facts::{ComputeCapability, CudaVersion, DriverVersion, PciId};

/// A card as NVML describes it. Every field is NVML's own answer or `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NvmlGpu {
    /// NVML's number.
    pub index: u32,
    /// Name.
    pub name: Option<String>,
    /// Identity.
    pub uuid: Option<String>,
    /// Model number.
    pub pci_id: Option<PciId>,
    /// Place on the bus.
    pub pci_bus: Option<String>,
    /// Compute capability.
    pub capability: Option<ComputeCapability>,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
    /// The first thing that could not be read of this card.
    pub trouble: Option<String>,
    /// The card does not answer any more (fell off the bus).
    pub lost: bool,
}

/// What NVML says of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NvmlInventory {
    /// Driver version.
    pub driver: Option<DriverVersion>,
    /// Newest CUDA runtime the driver accepts.
    pub driver_cuda: Option<CudaVersion>,
    /// The cards.
    pub gpus: Vec<NvmlGpu>,
}

/// One reading of one card. `None` is "this card or driver does not say".
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct GpuSample {
    /// NVML's number.
    pub index: u32,
    /// Share of time in which a kernel ran, in percent.
    pub utilisation_percent: Option<u32>,
    /// Memory in use, in bytes.
    pub memory_used_bytes: Option<u64>,
    /// Memory of the card, in bytes.
    pub memory_total_bytes: Option<u64>,
    /// Temperature of the chip, in degrees Celsius.
    pub celsius: Option<u32>,
    /// Power drawn, in watts.
    pub watts: Option<f64>,
    /// Power limit in force, in watts.
    pub limit_watts: Option<f64>,
    /// Clock of the multiprocessors, in MHz.
    pub clock_mhz: Option<u32>,
    /// Clock of the memory, in MHz.
    pub memory_clock_mhz: Option<u32>,
    /// Fan, in percent.
    pub fan_percent: Option<u32>,
    /// PCIe generation and width of the moment.
    pub pcie: Option<(u32, u32)>,
    /// Why the clocks are held down, in NVML's words.
    pub throttle: Vec<String>,
    /// Process ids that compute on the card.
    pub compute_pids: Vec<u32>,
    /// The card does not answer any more (fell off the bus).
    pub lost: bool,
}

/// A loaded NVML. Calls may hang with a sick driver: the caller runs them on a thread it never waits for.
pub trait GpuLibrary: Send + Sync {
    /// The library plays NVML (`TORCH_WIZARD_NVML`).
    fn is_simulated(&self) -> bool;
    /// Driver and cards.
    fn inventory(&self) -> Result<NvmlInventory, HostError>;
    /// One reading of every card.
    fn sample(&self) -> Result<Vec<GpuSample>, HostError>;
}
