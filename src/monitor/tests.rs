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
