//! Readings as the rows of a table (RFC 4180).

use super::MonitorTick;
use crate::host::{GpuProcess, GpuSample, ProcessKind};
use std::fmt::Display;

/// First row of a table of ticks.
pub const CSV_HEADER: &str = "time,gpu,utilisation_percent,memory_used_bytes,memory_total_bytes,celsius,watts,\
    limit_watts,clock_mhz,memory_clock_mhz,fan_percent,pcie_generation,pcie_width,throttle,compute_pids,lost,\
    trouble,memory_utilisation_percent,memory_celsius,performance_state,fans_percent,pcie_generation_max,\
    pcie_width_max,pcie_sent_kb,pcie_received_kb,pcie_replays,default_limit_watts,most_limit_watts,warm_celsius,\
    slowdown_celsius,shutdown_celsius,ecc_corrected,ecc_uncorrected,xids,processes\r\n";

/// Columns up to `trouble`.
const TROUBLE_AT: usize = 16;

/// The rows of one tick, one per card, or one with the trouble alone. A figure that is not known is an empty field, a
/// list that is known to be empty says `none`; the decimal point is a point in every language.
pub fn csv_rows(tick: &MonitorTick) -> String {
    let trouble = tick.trouble.as_deref().unwrap_or_default();
    if tick.samples.is_empty() {
        let gaps = CSV_HEADER.matches(',').count() - TROUBLE_AT;
        let (before, after) = (",".repeat(TROUBLE_AT), ",".repeat(gaps));
        return format!("{}{before}{}{after}\r\n", quoted(&tick.time), quoted(trouble));
    }
    tick.samples.iter().map(|sample| csv_row(&tick.time, sample, trouble)).collect()
}

fn text<T: Display>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn list<T: Display>(values: Option<impl IntoIterator<Item = T>>) -> String {
    let Some(values) = values else { return String::new() };
    let words: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(" ") }
}

fn process(process: &GpuProcess) -> String {
    let kind = match process.kind {
        ProcessKind::Compute => "compute",
        ProcessKind::Graphics => "graphics",
        ProcessKind::Both => "both",
    };
    format!("{}:{kind}:{}", process.pid, text(process.memory_bytes))
}

fn csv_row(time: &str, sample: &GpuSample, trouble: &str) -> String {
    let limits = &sample.limits;
    let fields = [
        time.to_owned(),
        sample.index.to_string(),
        text(sample.utilisation_percent),
        text(sample.memory_used_bytes),
        text(sample.memory_total_bytes),
        text(sample.celsius),
        text(sample.watts),
        text(sample.limit_watts),
        text(sample.clock_mhz),
        text(sample.memory_clock_mhz),
        text(sample.fan_percent),
        text(sample.pcie.map(|(generation, _)| generation)),
        text(sample.pcie.map(|(_, width)| width)),
        list(sample.throttle.as_ref()),
        list(sample.processes.as_ref().map(|_| sample.compute_pids())),
        sample.lost.to_string(),
        trouble.to_owned(),
        text(sample.memory_utilisation_percent),
        text(sample.memory_celsius),
        text(sample.performance_state),
        list((!sample.fans_percent.is_empty()).then_some(&sample.fans_percent)),
        text(limits.pcie.map(|(generation, _)| generation)),
        text(limits.pcie.map(|(_, width)| width)),
        text(sample.pcie_rate.map(|rate| rate.sent_kb)),
        text(sample.pcie_rate.map(|rate| rate.received_kb)),
        text(sample.pcie_replays),
        text(limits.default_watts),
        text(limits.most_watts),
        text(limits.warm_celsius),
        text(limits.slowdown_celsius),
        text(limits.shutdown_celsius),
        text(sample.ecc_corrected),
        text(sample.ecc_uncorrected),
        list(sample.xids.as_ref()),
        list(sample.processes.as_ref().map(|processes| processes.iter().map(process))),
    ];
    fields.map(|field| quoted(&field)).join(",") + "\r\n"
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{GpuLimits, PcieRate, Throttle};

    #[test]
    fn every_row_has_the_columns_of_the_header() {
        let process = |pid, kind, memory_bytes| GpuProcess { pid, kind, memory_bytes };
        let full = GpuSample {
            index: 1,
            utilisation_percent: Some(97),
            memory_utilisation_percent: Some(61),
            memory_used_bytes: Some(1 << 30),
            memory_total_bytes: Some(12 << 30),
            celsius: Some(71),
            memory_celsius: Some(80),
            watts: Some(229.5),
            limit_watts: Some(250.0),
            clock_mhz: Some(2610),
            memory_clock_mhz: Some(14001),
            performance_state: Some(2),
            fan_percent: Some(55),
            fans_percent: vec![50, 55],
            pcie: Some((4, 8)),
            pcie_rate: Some(PcieRate { sent_kb: 5, received_kb: 6 }),
            pcie_replays: Some(3),
            throttle: Some(vec![Throttle::PowerCap, Throttle::SyncBoost]),
            ecc_corrected: Some(1),
            ecc_uncorrected: Some(0),
            xids: Some(vec![31, 13]),
            processes: Some(vec![
                process(4711, ProcessKind::Compute, Some(1024)),
                process(4712, ProcessKind::Both, None),
                process(99, ProcessKind::Graphics, Some(7)),
            ]),
            limits: GpuLimits {
                pcie: Some((5, 16)),
                default_watts: Some(250.0),
                most_watts: Some(300.0),
                warm_celsius: Some(87),
                slowdown_celsius: Some(90),
                shutdown_celsius: Some(95),
                memory_warm_celsius: None,
            },
            lost: false,
        };
        let lost = GpuSample { index: 2, lost: true, ..GpuSample::default() };
        let nothing = GpuSample {
            throttle: Some(Vec::new()),
            xids: Some(Vec::new()),
            processes: Some(Vec::new()),
            ..GpuSample::default()
        };
        let rows = csv_rows(&MonitorTick { time: "T".to_owned(), samples: vec![full, lost, nothing], trouble: None });
        assert_eq!(
            rows,
            "T,1,97,1073741824,12884901888,71,229.5,250,2610,14001,55,4,8,sw_power_cap sync_boost,4711 4712,false,,\
             61,80,2,50 55,5,16,5,6,3,250,300,87,90,95,1,0,31 13,4711:compute:1024 4712:both: 99:graphics:7\r\n\
             T,2,,,,,,,,,,,,,,true,,,,,,,,,,,,,,,,,,,\r\n\
             T,0,,,,,,,,,,,,none,none,false,,,,,,,,,,,,,,,,,,none,none\r\n"
        );
        let columns = |row: &str| row.matches(',').count();
        assert!(rows.lines().all(|row| columns(row) == columns(CSV_HEADER)));
        assert!(!CSV_HEADER.contains(' ') && CSV_HEADER.ends_with("\r\n"));
        assert_eq!(CSV_HEADER.split(',').nth(TROUBLE_AT), Some("trouble"));
    }

    #[test]
    fn a_trouble_is_a_row_of_its_own_and_quoted() {
        let tick = MonitorTick { time: "T".to_owned(), samples: Vec::new(), trouble: Some("a, \"b\"".to_owned()) };
        let row = csv_rows(&tick);
        assert_eq!(row, format!("T,,,,,,,,,,,,,,,,\"a, \"\"b\"\"\"{}\r\n", ",".repeat(18)));
    }
}
