//! What the driver saw of the cards while the checks ran: the evidence beside torch's own word, and the curves of a report.

use crate::host::GpuSample;
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
}
