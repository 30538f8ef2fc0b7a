//! The watch with a made-up library and virtual time.

use super::*;
use crate::facts::OsFamily;
use crate::host::NvmlInventory;
use crate::host::fake::World;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;

const SECOND: Duration = Duration::from_secs(1);

/// Answers with the number of the call as its temperature; call `hangs_at` waits for the gate.
struct Counting {
    calls: AtomicU32,
    hangs_at: Option<u32>,
    gate: Mutex<mpsc::Receiver<()>>,
}

impl GpuLibrary for Counting {
    fn is_simulated(&self) -> bool {
        false
    }
    fn inventory(&self) -> Result<NvmlInventory, HostError> {
        Err(HostError::Stopped)
    }
    fn sample(&self) -> Result<Vec<GpuSample>, HostError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        if Some(call) == self.hangs_at {
            self.gate.lock().unwrap().recv().ok();
        }
        Ok(vec![GpuSample { celsius: Some(call), ..GpuSample::default() }])
    }
}

fn counting(hangs_at: Option<u32>) -> (Arc<Counting>, mpsc::Sender<()>) {
    let (sender, gate) = mpsc::channel();
    (Arc::new(Counting { calls: AtomicU32::new(0), hangs_at, gate: Mutex::new(gate) }), sender)
}

#[test]
fn a_reading_is_taken_each_interval_until_the_limit() {
    let (library, _gate) = counting(None);
    let world = World::new(OsFamily::Linux).gpu_library(library);
    let mut seen = Vec::new();
    watch(&world, SECOND, Some(3 * SECOND), &mut |tick| {
        seen.push((tick.time.clone(), tick.samples[0].celsius));
        ControlFlow::Continue(())
    })
    .unwrap();
    let at = |time: &str, call| (time.to_owned(), Some(call));
    assert_eq!(
        seen,
        [at("2026-11-21T12:00:00.000Z", 0), at("2026-11-21T12:00:01.000Z", 1), at("2026-11-21T12:00:02.000Z", 2)]
    );
}

#[test]
fn the_watch_ends_when_it_is_told_to_and_reads_at_least_once() {
    let (library, _gate) = counting(None);
    let world = World::new(OsFamily::Linux).gpu_library(library);
    for (limit, stop_at, expected) in [(None, 4, 4), (Some(Duration::ZERO), 100, 1)] {
        let mut ticks = 0;
        watch(&world, Duration::ZERO, limit, &mut |_| {
            ticks += 1;
            if ticks == stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
        assert_eq!(ticks, expected);
    }
}

#[test]
fn without_nvml_there_is_nothing_to_watch() {
    let answer = watch(&World::new(OsFamily::Linux), SECOND, None, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(answer, Err(HostError::NotFound { .. })));
}

#[test]
fn a_driver_that_hangs_is_named_and_not_asked_again_until_it_answers() {
    let (library, gate) = counting(Some(1));
    let world = World::new(OsFamily::Linux);
    let mut watch = Watch { library: library.clone(), patience: Duration::from_millis(20), unanswered: None };
    let (mut silent, mut calls) = (0, 0);
    watch
        .run(&world, SECOND, None, &mut |tick| {
            calls = calls.max(library.calls.load(Ordering::SeqCst));
            silent += u32::from(tick.trouble.is_some());
            if silent == 3 {
                gate.send(()).unwrap();
            }
            let is_second = tick.samples.iter().any(|sample| sample.celsius == Some(1));
            if is_second { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
    assert!(silent >= 3 && calls == 2, "{silent} silent ticks, {calls} calls");
}

#[test]
fn the_history_forgets_the_oldest() {
    let mut history = History::new(2);
    assert_eq!(history.latest(), None);
    for time in ["1", "2", "3"] {
        history.push(MonitorTick { time: time.to_owned(), samples: Vec::new(), trouble: None });
    }
    let times: Vec<_> = history.ticks().map(|tick| tick.time.as_str()).collect();
    assert_eq!((times, history.latest().unwrap().time.as_str()), (vec!["2", "3"], "3"));
}

#[test]
fn every_row_has_the_columns_of_the_header() {
    let full = GpuSample {
        index: 1,
        utilisation_percent: Some(97),
        memory_used_bytes: Some(1 << 30),
        memory_total_bytes: Some(12 << 30),
        celsius: Some(71),
        watts: Some(229.5),
        limit_watts: Some(250.0),
        clock_mhz: Some(2610),
        memory_clock_mhz: Some(14001),
        fan_percent: Some(55),
        pcie: Some((5, 16)),
        throttle: vec!["sw_power_cap".to_owned(), "sync_boost".to_owned()],
        compute_pids: vec![4711, 4712],
        lost: false,
    };
    let lost = GpuSample { index: 2, lost: true, ..GpuSample::default() };
    let tick = MonitorTick { time: "T".to_owned(), samples: vec![full, lost], trouble: None };
    let rows = csv_rows(&tick);
    assert_eq!(
        rows,
        "T,1,97,1073741824,12884901888,71,229.5,250,2610,14001,55,5,16,sw_power_cap sync_boost,4711 4712,false,\r\n\
         T,2,,,,,,,,,,,,,,true,\r\n"
    );
    let columns = |row: &str| row.matches(',').count();
    assert!(rows.lines().all(|row| columns(row) == columns(CSV_HEADER)));
    assert!(!CSV_HEADER.contains(' ') && CSV_HEADER.ends_with("\r\n"));
}

#[test]
fn a_trouble_is_a_row_of_its_own_and_quoted() {
    let tick = MonitorTick { time: "T".to_owned(), samples: Vec::new(), trouble: Some("a, \"b\"".to_owned()) };
    assert_eq!(csv_rows(&tick), "T,,,,,,,,,,,,,,,,\"a, \"\"b\"\"\"\r\n");
}
