//! What the driver saw of the cards while the checks ran: the evidence beside torch's own word, and the curves of a report.

use crate::host::{GpuSample, Throttle};
use crate::monitor::LOAD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One card at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Seconds since the verification began.
    pub seconds: f64,
    /// NVML's number of the card.
    pub device: u32,
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
    #[serde(default)]
    pub clock_mhz: Option<u32>,
    /// PCIe generation and width of the moment.
    #[serde(default)]
    pub pcie: Option<(u32, u32)>,
    /// What held the clocks down; empty if nothing did.
    #[serde(default)]
    pub throttle: Option<Vec<Throttle>>,
    /// A process of the check program computed on it.
    pub is_ours: bool,
}

impl Reading {
    /// Of a sample; `pids` are the processes of the check program.
    pub fn of(seconds: f64, sample: &GpuSample, pids: &BTreeSet<u32>) -> Self {
        Self {
            seconds,
            device: sample.index,
            utilisation_percent: sample.utilisation_percent,
            memory_used_bytes: sample.memory_used_bytes,
            memory_total_bytes: sample.memory_total_bytes,
            celsius: sample.celsius,
            watts: sample.watts,
            limit_watts: sample.limit_watts,
            clock_mhz: sample.clock_mhz,
            pcie: sample.pcie,
            throttle: sample.throttle.clone(),
            is_ours: sample.compute_pids().any(|pid| pids.contains(&pid)),
        }
    }
}

/// What the driver saw of one card in all readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// It listed a process of the check program among those that compute there. From inside a container or WSL process
    /// ids are others, and Windows does not always tell: `false` is no evidence against it.
    pub process: bool,
    /// The highest load.
    pub utilisation_percent: Option<u32>,
    /// The most memory in use, by whomever, in bytes.
    pub memory_bytes: Option<u64>,
    /// The highest temperature.
    pub celsius: Option<u32>,
}

/// Of one card; `None` if it was never read.
pub fn seen(readings: &[Reading], device: u32) -> Option<Seen> {
    let of_it: Vec<&Reading> = readings.iter().filter(|reading| reading.device == device).collect();
    (!of_it.is_empty()).then(|| Seen {
        process: of_it.iter().any(|reading| reading.is_ours),
        utilisation_percent: of_it.iter().filter_map(|reading| reading.utilisation_percent).max(),
        memory_bytes: of_it.iter().filter_map(|reading| reading.memory_used_bytes).max(),
        celsius: of_it.iter().filter_map(|reading| reading.celsius).max(),
    })
}

/// The lowest, the middle and the highest of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The lowest.
    pub least: f64,
    /// As many readings are above it as below.
    pub median: f64,
    /// The highest.
    pub most: f64,
}

impl Spread {
    fn of(figures: impl Iterator<Item = f64>) -> Option<Self> {
        let mut figures: Vec<f64> = figures.collect();
        figures.sort_by(f64::total_cmp);
        let (least, most) = (*figures.first()?, *figures.last()?);
        // Of an even number the upper one of the two in the middle: a figure that was read.
        Some(Self { least, median: *figures.get(figures.len() / 2)?, most })
    }
}

/// A card under a load that lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UnderLoad {
    /// Readings in which kernels ran most of the time.
    pub readings: usize,
    /// Clock of the multiprocessors, in MHz.
    pub clock_mhz: Option<Spread>,
    /// Power drawn, in watts.
    pub watts: Option<Spread>,
    /// Temperature of the chip, in degrees Celsius.
    pub celsius: Option<Spread>,
    /// The driver says whether anything holds the clocks down.
    pub tells_throttle: bool,
}

/// Of a card within a stretch of time; `None` if no reading shows it under load.
pub fn under_load(readings: &[Reading], device: u32, (began, ended): (f64, f64)) -> Option<UnderLoad> {
    let is_it = |reading: &&Reading| {
        let is_within = reading.seconds >= began && reading.seconds <= ended;
        reading.device == device && is_within && reading.utilisation_percent.is_some_and(|percent| percent >= LOAD)
    };
    let of_it: Vec<&Reading> = readings.iter().filter(is_it).collect();
    let spread = |figure: &dyn Fn(&Reading) -> Option<f64>| Spread::of(of_it.iter().filter_map(|it| figure(it)));
    (!of_it.is_empty()).then(|| UnderLoad {
        readings: of_it.len(),
        clock_mhz: spread(&|reading| reading.clock_mhz.map(f64::from)),
        watts: spread(&|reading| reading.watts),
        celsius: spread(&|reading| reading.celsius.map(f64::from)),
        tells_throttle: of_it.iter().any(|reading| reading.throttle.is_some()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_of_a_card_is_its_most_and_whether_it_was_ours() {
        let reading = |device, percent, is_ours| Reading {
            device,
            utilisation_percent: Some(percent),
            celsius: Some(40 + percent / 10),
            is_ours,
            ..Reading::default()
        };
        let readings = [reading(0, 3, false), reading(0, 97, true), reading(0, 50, false), reading(1, 2, false)];
        let first = seen(&readings, 0).unwrap();
        assert_eq!((first.process, first.utilisation_percent, first.celsius), (true, Some(97), Some(49)));
        assert_eq!(first.memory_bytes, None);
        assert!(!seen(&readings, 1).unwrap().process);
        assert_eq!(seen(&readings, 2), None);
    }

    #[test]
    fn a_load_is_told_by_the_readings_that_show_it() {
        let reading = |seconds, percent, mhz| Reading {
            seconds,
            utilisation_percent: Some(percent),
            clock_mhz: Some(mhz),
            throttle: Some(Vec::new()),
            ..Reading::default()
        };
        let readings = [
            reading(0.0, 99, 100),
            reading(1.0, 3, 210),
            reading(2.0, 99, 2700),
            reading(3.0, 50, 1500),
            reading(4.0, 99, 2800),
            reading(5.0, 49, 300),
            reading(9.0, 99, 3000),
        ];
        let load = under_load(&readings, 0, (1.0, 5.0)).unwrap();
        assert_eq!(load.clock_mhz, Some(Spread { least: 1500.0, median: 2700.0, most: 2800.0 }));
        assert_eq!((load.readings, load.watts, load.tells_throttle), (3, None, true));
        assert_eq!(under_load(&readings, 0, (0.5, 1.5)), None, "it was idle");
        assert_eq!(under_load(&readings, 1, (0.0, 9.0)), None, "of another card");
    }
}
