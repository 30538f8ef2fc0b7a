//! One reading of each card: what changes is asked each time, what does not is asked once.

use super::super::{GpuLimits, GpuProcess, GpuSample, PcieRate, ProcessKind, Throttle};
use super::Questions;
use super::events::Events;
use nvml_wrapper::enum_wrappers::device::{
    Clock, EccCounter, MemoryError, PcieUtilCounter, TemperatureSensor, TemperatureThreshold,
};
use nvml_wrapper::enums::device::{SampleValue, UsedGpuMemory};
use nvml_wrapper::error::{Bits, NvmlError};
use nvml_wrapper::struct_wrappers::device::ProcessInfo;
use nvml_wrapper::structs::device::FieldId;
use nvml_wrapper::sys_exports::field_id::NVML_FI_DEV_MEMORY_TEMP;
use nvml_wrapper::{Device, Nvml};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// NVML counts the bytes of the link for 20 ms in each direction: at ten readings a second that would be most of the
/// time, so it is asked less often than the rest.
const RATE_EVERY: Duration = Duration::from_millis(900);

/// What is known of a card from earlier readings.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    limits: GpuLimits,
    fans: u32,
    rate: Option<PcieRate>,
    rate_taken: Option<Instant>,
}

/// Takes readings.
#[derive(Default)]
pub(super) struct Readings {
    known: Mutex<BTreeMap<u32, Known>>,
    events: Events,
}

impl Readings {
    /// One of each card.
    pub(super) fn take(&self, nvml: &'static Nvml, cards: u32, is_simulated: bool) -> Vec<GpuSample> {
        // One that plays NVML answers at once, and its time may run faster.
        let every = if is_simulated { Duration::ZERO } else { RATE_EVERY };
        (0..cards).map(|index| self.card(nvml, index, every)).collect()
    }

    /// A card that is lost gives no half reading: it would be drawn as if the card were there.
    fn card(&self, nvml: &'static Nvml, index: u32, rate_every: Duration) -> GpuSample {
        let mut of = Questions::default();
        let device = of.ask("card", || nvml.device_by_index(index));
        let before = self.known().get(&index).copied();
        // Never asked with the lock held: the call may not come back.
        let known = device.as_ref().map(|device| before.unwrap_or_else(|| asked_once(&mut of, device)));
        let figures =
            device.as_ref().zip(known).map(|(device, known)| figures(&mut of, device, index, known, rate_every));
        let xids = self.events.since_last(nvml, index, device.as_ref());
        match figures.filter(|_| !of.lost) {
            Some((sample, known)) => {
                self.known().insert(index, known);
                GpuSample { xids, ..sample }
            }
            None => GpuSample { index, xids, lost: of.lost, ..GpuSample::default() },
        }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<u32, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn watts(milliwatts: u32) -> f64 {
    f64::from(milliwatts) / 1000.0
}

/// What does not change.
fn asked_once(of: &mut Questions, device: &Device<'_>) -> Known {
    let threshold = |of: &mut Questions, which| {
        // Cards that do not know one may answer 0.
        of.ask("threshold", || device.temperature_threshold(which)).filter(|&celsius| celsius > 0)
    };
    let warm_celsius = threshold(of, TemperatureThreshold::GpuMax);
    let slowdown_celsius = threshold(of, TemperatureThreshold::Slowdown);
    let shutdown_celsius = threshold(of, TemperatureThreshold::Shutdown);
    let memory_warm_celsius = threshold(of, TemperatureThreshold::MemoryMax);
    let generation = of.ask("highest PCIe generation", || device.max_pcie_link_gen());
    let width = of.ask("greatest PCIe width", || device.max_pcie_link_width());
    let default_watts = of.ask("default power limit", || device.power_management_limit_default()).map(watts);
    let most_watts = of
        .ask("highest power limit", || device.power_management_limit_constraints())
        .map(|range| watts(range.max_limit));
    // A driver that cannot count them may still answer for the first one.
    let fans = of.ask("fans", || device.num_fans()).unwrap_or(1);
    let limits = GpuLimits {
        pcie: generation.zip(width),
        default_watts,
        most_watts,
        warm_celsius,
        slowdown_celsius,
        shutdown_celsius,
        memory_warm_celsius,
    };
    Known { limits, fans, rate: None, rate_taken: None }
}

/// What changes. Whether the card was lost meanwhile stands in `of`.
fn figures(
    of: &mut Questions,
    device: &Device<'_>,
    index: u32,
    mut known: Known,
    rate_every: Duration,
) -> (GpuSample, Known) {
    let utilisation = of.ask("utilisation", || device.utilization_rates());
    let memory = of.ask("memory", || device.memory_info());
    let fans: Vec<u32> = (0..known.fans).filter_map(|fan| of.ask("fan", || device.fan_speed(fan))).collect();
    let generation = of.ask("PCIe generation", || device.current_pcie_link_gen());
    let width = of.ask("PCIe width", || device.current_pcie_link_width());
    rate(of, device, &mut known, rate_every);
    let errors = |of: &mut Questions, kind| of.ask("ECC", || device.total_ecc_errors(kind, EccCounter::Volatile));
    let (ecc_corrected, ecc_uncorrected) = (errors(of, MemoryError::Corrected), errors(of, MemoryError::Uncorrected));
    let sample = GpuSample {
        index,
        utilisation_percent: utilisation.as_ref().map(|rates| rates.gpu),
        memory_utilisation_percent: utilisation.map(|rates| rates.memory),
        memory_used_bytes: memory.as_ref().map(|memory| memory.used),
        memory_total_bytes: memory.map(|memory| memory.total),
        celsius: of.ask("temperature", || device.temperature(TemperatureSensor::Gpu)),
        memory_celsius: memory_celsius(of, device),
        watts: of.ask("power", || device.power_usage()).map(watts),
        limit_watts: of.ask("power limit", || device.enforced_power_limit()).map(watts),
        clock_mhz: of.ask("clock", || device.clock_info(Clock::SM)),
        memory_clock_mhz: of.ask("memory clock", || device.clock_info(Clock::Memory)),
        performance_state: of
            .ask("performance state", || device.performance_state())
            .map(|state| state.as_c())
            .filter(|&state| state < 16),
        fan_percent: fans.iter().copied().max(),
        fans_percent: fans,
        pcie: generation.zip(width),
        pcie_rate: known.rate,
        pcie_replays: of.ask("PCIe replays", || device.pcie_replay_counter()),
        throttle: of.ask("throttle reasons", || throttle_mask(device)).map(Throttle::of_mask),
        ecc_corrected,
        ecc_uncorrected,
        xids: None,
        processes: processes(of, device),
        limits: known.limits,
        lost: false,
    };
    (sample, known)
}

/// Bits newer than the wrapper are kept.
fn throttle_mask(device: &Device<'_>) -> Result<u64, NvmlError> {
    match device.current_throttle_reasons_strict() {
        Ok(reasons) => Ok(reasons.bits()),
        Err(NvmlError::IncorrectBits(Bits::U64(mask))) => Ok(mask),
        Err(error) => Err(error),
    }
}

/// What goes over the link; asked anew only when the last answer is old.
fn rate(of: &mut Questions, device: &Device<'_>, known: &mut Known, every: Duration) {
    #[expect(clippy::disallowed_methods, reason = "part of the host: how old the last answer is")]
    let now = Instant::now();
    if known.rate_taken.is_some_and(|taken| now.duration_since(taken) < every) {
        return;
    }
    known.rate_taken = Some(now);
    let sent = of.ask("PCIe sent", || device.pcie_throughput(PcieUtilCounter::Send));
    // A card that does not count one direction does not count the other: no need to wait for it.
    let received = sent.and_then(|_| of.ask("PCIe received", || device.pcie_throughput(PcieUtilCounter::Receive)));
    known.rate = sent.zip(received).map(|(sent_kb, received_kb)| PcieRate { sent_kb, received_kb });
}

fn memory_celsius(of: &mut Questions, device: &Device<'_>) -> Option<u32> {
    let fields = [FieldId(NVML_FI_DEV_MEMORY_TEMP)];
    let value = of.ask("memory temperature", || {
        let answer = device.field_values_for(&fields)?.into_iter().next().ok_or(NvmlError::NotFound)?;
        answer?.value
    })?;
    match value {
        SampleValue::U32(celsius) => Some(celsius).filter(|&celsius| celsius > 0),
        SampleValue::F64(_) | SampleValue::U64(_) | SampleValue::I64(_) => None,
    }
}

/// Who uses the card, by process id; `None` where the driver lists nobody at all.
fn processes(of: &mut Questions, device: &Device<'_>) -> Option<Vec<GpuProcess>> {
    let compute = of.ask("compute processes", || device.running_compute_processes());
    let graphics = of.ask("graphics processes", || device.running_graphics_processes());
    if compute.is_none() && graphics.is_none() {
        return None;
    }
    let mut all: BTreeMap<u32, GpuProcess> = BTreeMap::new();
    for (list, kind) in [(compute, ProcessKind::Compute), (graphics, ProcessKind::Graphics)] {
        for ProcessInfo { pid, used_gpu_memory, .. } in list.unwrap_or_default() {
            let memory_bytes = match used_gpu_memory {
                UsedGpuMemory::Used(bytes) => Some(bytes),
                UsedGpuMemory::Unavailable => None,
            };
            let process = all.entry(pid).or_insert(GpuProcess { pid, kind, memory_bytes });
            if process.kind != kind {
                process.kind = ProcessKind::Both;
            }
            process.memory_bytes = process.memory_bytes.max(memory_bytes);
        }
    }
    Some(all.into_values().collect())
}
