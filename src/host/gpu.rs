//! What NVML tells, as the rest of the program sees it.

use super::HostError;
use crate::facts::{Board, ComputeCapability, CudaVersion, DriverVersion, PciId};

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
    /// Its board and slot.
    pub board: Board,
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
#[serde(default)]
pub struct GpuSample {
    /// NVML's number.
    pub index: u32,
    /// Share of time in which a kernel ran, in percent.
    pub utilisation_percent: Option<u32>,
    /// Share of time in which the card's memory was read or written, in percent.
    pub memory_utilisation_percent: Option<u32>,
    /// Memory in use, in bytes.
    pub memory_used_bytes: Option<u64>,
    /// Memory of the card, in bytes.
    pub memory_total_bytes: Option<u64>,
    /// Temperature of the chip, in degrees Celsius.
    pub celsius: Option<u32>,
    /// Temperature of the memory, in degrees Celsius.
    pub memory_celsius: Option<u32>,
    /// Power drawn, in watts.
    pub watts: Option<f64>,
    /// Power limit in force, in watts.
    pub limit_watts: Option<f64>,
    /// Clock of the multiprocessors, in MHz.
    pub clock_mhz: Option<u32>,
    /// Clock of the memory, in MHz.
    pub memory_clock_mhz: Option<u32>,
    /// Performance state, 0 (fastest) to 15.
    pub performance_state: Option<u32>,
    /// The fastest fan, in percent.
    pub fan_percent: Option<u32>,
    /// Every fan, in percent.
    pub fans_percent: Vec<u32>,
    /// PCIe generation and width of the moment; both fall while the card is idle.
    pub pcie: Option<(u32, u32)>,
    /// What went over the link, measured at most once a second.
    pub pcie_rate: Option<PcieRate>,
    /// Packets sent anew over the link since the driver was loaded.
    pub pcie_replays: Option<u32>,
    /// What holds the clocks down; an idle card is not held down.
    pub throttle: Option<Vec<Throttle>>,
    /// Memory errors corrected since the driver was loaded.
    pub ecc_corrected: Option<u64>,
    /// Memory errors that could not be corrected since the driver was loaded.
    pub ecc_uncorrected: Option<u64>,
    /// Codes of the driver's Xid events since the reading before; `None` where it tells none.
    pub xids: Option<Vec<u64>>,
    /// Who uses the card.
    pub processes: Option<Vec<GpuProcess>>,
    /// What the card can do, asked once.
    pub limits: GpuLimits,
    /// The card does not answer any more (fell off the bus). Then no other field but `xids` says anything.
    pub lost: bool,
}

impl GpuSample {
    /// Ids of the processes that compute on the card.
    pub fn compute_pids(&self) -> impl Iterator<Item = u32> {
        let processes = self.processes.as_deref().unwrap_or_default();
        processes.iter().filter(|process| process.kind != ProcessKind::Graphics).map(|process| process.pid)
    }
}

/// What does not change from reading to reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct GpuLimits {
    /// Highest PCIe generation and width of this card in this PC.
    pub pcie: Option<(u32, u32)>,
    /// Power limit that the card comes with, in watts.
    pub default_watts: Option<f64>,
    /// Highest power limit that can be set, in watts.
    pub most_watts: Option<f64>,
    /// Where the driver begins to slow the chip down, in degrees Celsius.
    pub warm_celsius: Option<u32>,
    /// Where the hardware slows the chip down, in degrees Celsius.
    pub slowdown_celsius: Option<u32>,
    /// Where the card switches itself off, in degrees Celsius.
    pub shutdown_celsius: Option<u32>,
    /// Where the driver slows down for the memory's sake, in degrees Celsius.
    pub memory_warm_celsius: Option<u32>,
}

/// What went over the PCIe link, as NVML counts it: KB/s over 20 ms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PcieRate {
    /// From the card.
    pub sent_kb: u32,
    /// To the card.
    pub received_kb: u32,
}

/// What a process does on a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcessKind {
    /// It computes.
    Compute,
    /// It draws.
    Graphics,
    /// The driver lists it as both.
    Both,
}

/// A process that uses a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct GpuProcess {
    /// Its id.
    pub pid: u32,
    /// What it does there.
    pub kind: ProcessKind,
    /// The card's memory that it holds; `None` where the driver does not know (Windows manages it itself).
    pub memory_bytes: Option<u64>,
}

/// What holds the clocks down, in the words of `nvidia-smi --query-gpu=clocks_event_reasons.*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Throttle {
    /// Clocks that somebody set.
    ApplicationClocks,
    /// The power limit.
    PowerCap,
    /// Hardware slowdown: heat, power brake or a sudden draw.
    HardwareSlowdown,
    /// Another card of a group is slower.
    SyncBoost,
    /// Heat, by the driver.
    SoftwareThermal,
    /// Heat, by the hardware.
    HardwareThermal,
    /// The power supply or mainboard asks for less.
    PowerBrake,
    /// Clocks of the display.
    DisplayClocks,
    /// A reason newer than this program: its bit.
    Other(u8),
}

impl Throttle {
    const KNOWN: [(Self, u8, &str); 8] = [
        (Self::ApplicationClocks, 1, "applications_clocks_setting"),
        (Self::PowerCap, 2, "sw_power_cap"),
        (Self::HardwareSlowdown, 3, "hw_slowdown"),
        (Self::SyncBoost, 4, "sync_boost"),
        (Self::SoftwareThermal, 5, "sw_thermal_slowdown"),
        (Self::HardwareThermal, 6, "hw_thermal_slowdown"),
        (Self::PowerBrake, 7, "hw_power_brake_slowdown"),
        (Self::DisplayClocks, 8, "display_clock_setting"),
    ];

    /// Its place in NVML's mask.
    pub fn bit(self) -> u8 {
        match self {
            Self::Other(bit) => bit,
            Self::ApplicationClocks
            | Self::PowerCap
            | Self::HardwareSlowdown
            | Self::SyncBoost
            | Self::SoftwareThermal
            | Self::HardwareThermal
            | Self::PowerBrake
            | Self::DisplayClocks => Self::KNOWN.iter().find(|known| known.0 == self).map_or(0, |known| known.1),
        }
    }

    /// The reasons in NVML's mask. Bit 0 is an idle card, which is not held down.
    pub fn of_mask(mask: u64) -> Vec<Self> {
        let named = |bit: u8| Self::KNOWN.iter().find(|known| known.1 == bit).map(|known| known.0);
        (1..64).filter(|bit| mask >> bit & 1 == 1).map(|bit| named(bit).unwrap_or(Self::Other(bit))).collect()
    }
}

impl std::fmt::Display for Throttle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self, Self::KNOWN.iter().find(|known| known.0 == *self)) {
            (_, Some(known)) => f.write_str(known.2),
            (Self::Other(bit), None) => write!(f, "reason_{bit}"),
            // Each of the others stands in the table.
            (_, None) => Ok(()),
        }
    }
}

impl From<Throttle> for String {
    fn from(reason: Throttle) -> Self {
        reason.to_string()
    }
}

impl TryFrom<String> for Throttle {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        let known = Self::KNOWN.iter().find(|known| known.2 == word).map(|known| known.0);
        let other = || Some(Self::Other(word.strip_prefix("reason_")?.parse().ok()?));
        known.or_else(other).ok_or_else(|| format!("no reason is called {word}"))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_card_is_not_held_down_and_a_new_reason_is_kept() {
        assert_eq!(Throttle::of_mask(0b100_0101), [Throttle::PowerCap, Throttle::HardwareThermal]);
        assert_eq!(Throttle::of_mask(1), []);
        assert_eq!(Throttle::of_mask(1 << 9), [Throttle::Other(9)]);
    }

    #[test]
    fn reasons_are_written_in_the_drivers_words_and_read_back() {
        let reasons = Throttle::of_mask(0x7fe);
        let text = serde_json::to_string(&reasons).unwrap();
        assert!(text.starts_with("[\"applications_clocks_setting\",\"sw_power_cap\""), "{text}");
        assert!(text.ends_with("\"reason_9\",\"reason_10\"]"), "{text}");
        assert_eq!(serde_json::from_str::<Vec<Throttle>>(&text).unwrap(), reasons);
        assert!(serde_json::from_str::<Throttle>("\"moon_phase\"").is_err());
    }

    #[test]
    fn who_only_draws_does_not_compute() {
        let process = |pid, kind| GpuProcess { pid, kind, memory_bytes: None };
        let processes =
            vec![process(1, ProcessKind::Compute), process(2, ProcessKind::Graphics), process(3, ProcessKind::Both)];
        let sample = GpuSample { processes: Some(processes), ..GpuSample::default() };
        assert_eq!(sample.compute_pids().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(GpuSample::default().compute_pids().count(), 0);
    }
}
