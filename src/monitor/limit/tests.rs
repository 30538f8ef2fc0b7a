use super::*;
use crate::host::{GpuLimits, GpuProcess, PcieRate, ProcessKind, Throttle};

const OURS: u32 = 4711;
const HERE: On = On { cores: 16, names_processes: true, spills: true };

fn process(pid: u32) -> GpuProcess {
    GpuProcess { pid, kind: ProcessKind::Compute, memory_bytes: None }
}

/// A card that works well for our process.
fn working() -> GpuSample {
    GpuSample {
        utilisation_percent: Some(97),
        memory_used_bytes: Some(6 << 30),
        memory_total_bytes: Some(12 << 30),
        pcie: Some((4, 16)),
        pcie_rate: Some(PcieRate { sent_kb: 100_000, received_kb: 900_000 }),
        throttle: Some(Vec::new()),
        processes: Some(vec![process(OURS)]),
        limits: GpuLimits { default_watts: Some(250.0), pcie: Some((4, 16)), ..GpuLimits::default() },
        limit_watts: Some(250.0),
        ..GpuSample::default()
    }
}

fn tick(samples: Vec<GpuSample>) -> MonitorTick {
    MonitorTick { time: String::new(), samples, trouble: None }
}

/// Twelve seconds of it, with a child below, and so many cores busy.
fn seen(cores: f64, sample: impl Fn(u32) -> GpuSample) -> Watched {
    seen_on(HERE, cores, sample)
}

fn seen_on(on: On, cores: f64, sample: impl Fn(u32) -> GpuSample) -> Watched {
    let mut watched = Watched::new(OURS, on);
    for second in 0..=12 {
        let activity = Activity {
            processes: vec![OURS, OURS + 1],
            processor: Duration::from_secs_f64(f64::from(second) * cores),
            ..Activity::default()
        };
        watched.take(f64::from(second), &tick(vec![sample(second)]), Some(&activity));
    }
    watched
}

fn limit(cores: f64, sample: impl Fn(u32) -> GpuSample) -> Limit {
    seen(cores, sample).verdict().unwrap().limit
}

#[test]
fn a_card_that_works_all_the_time_is_the_limit_itself() {
    let held = seen(1.0, |_| working()).verdict().unwrap();
    assert_eq!((held.limit, held.card, held.of_cores), (Limit::Card, Some(0), 16));
    assert!((held.cores - 1.0).abs() < 0.01 && (held.seconds - 12.0).abs() < 0.01, "{} {}", held.cores, held.seconds);
    // A child of it that computes is the same program.
    assert_eq!(limit(1.0, |_| GpuSample { processes: Some(vec![process(OURS + 1)]), ..working() }), Limit::Card);
    // A dip is a dip.
    let dips = |second| if second == 5 { 20 } else { 97 };
    assert_eq!(limit(1.0, |second| GpuSample { utilisation_percent: Some(dips(second)), ..working() }), Limit::Card);
}

#[test]
fn a_card_that_waits_waits_for_the_program_or_with_it() {
    let idle = |_| GpuSample { utilisation_percent: Some(31), ..working() };
    assert_eq!(limit(1.1, idle), Limit::Preparing);
    assert_eq!(limit(15.9, idle), Limit::Preparing);
    assert_eq!(limit(0.2, idle), Limit::Waiting);
}

#[test]
fn a_process_that_no_card_names_computes_on_the_processor_if_it_does() {
    let other = |_| GpuSample { processes: Some(vec![process(99)]), ..working() };
    let held = seen(7.5, other).verdict().unwrap();
    assert_eq!((held.limit, held.card, held.utilisation_percent), (Limit::OnProcessor, None, None));
    assert_eq!(limit(0.1, other), Limit::Waiting);
    // In a container the numbers are those of the PC outside, or there are none.
    assert_eq!(seen_on(On { names_processes: false, ..HERE }, 7.5, other).verdict(), Err(NotSaid::NotTold));
    assert_eq!(seen(7.5, |_| GpuSample { processes: Some(Vec::new()), ..working() }).verdict(), Err(NotSaid::NotTold));
    let idle = |_| GpuSample { processes: Some(Vec::new()), utilisation_percent: Some(0), ..working() };
    assert_eq!(limit(7.5, idle), Limit::OnProcessor);
    // Inside WSL2 no driver says who computes.
    assert_eq!(seen(7.5, |_| GpuSample { processes: None, ..working() }).verdict(), Err(NotSaid::NotTold));
}

#[test]
fn what_the_driver_reports_for_most_of_the_time_is_the_limit() {
    let hot = vec![Throttle::SoftwareThermal];
    let is_hot = |second| GpuSample { throttle: Some(if second > 3 { hot.clone() } else { Vec::new() }), ..working() };
    let what = What::HeldDown { reason: Throttle::SoftwareThermal };
    assert_eq!(limit(1.0, is_hot), Limit::Reported { what });
    // For a moment is not what holds it back, and nor is what is over.
    let moment = |second| GpuSample { throttle: Some(if second > 10 { hot.clone() } else { Vec::new() }), ..working() };
    assert_eq!(limit(1.0, moment), Limit::Card);
    let over = |second| GpuSample { throttle: Some(if second < 10 { hot.clone() } else { Vec::new() }), ..working() };
    assert_eq!(limit(1.0, over), Limit::Card);
    // The limit that a card comes with is as it should be, a lowered one is not.
    let capped =
        |watts| move |_| GpuSample { throttle: Some(vec![Throttle::PowerCap]), limit_watts: Some(watts), ..working() };
    assert_eq!(limit(1.0, capped(250.0)), Limit::Card);
    let what = What::LimitLowered { watts: 120.0, default_watts: 250.0 };
    assert_eq!(limit(1.0, capped(120.0)), Limit::Reported { what });
    let full = |_| GpuSample { memory_used_bytes: Some((12 << 30) - 1), ..working() };
    assert!(matches!(limit(1.0, full), Limit::Reported { what: What::MemoryFull { .. } }));
    let does_not_spill = seen_on(On { spills: false, ..HERE }, 1.0, full).verdict().unwrap();
    assert_eq!(does_not_spill.limit, Limit::Card, "servers of models fill it on purpose");
    // A part of a card does not say how busy it is.
    assert_eq!(seen(1.0, |_| GpuSample { utilisation_percent: None, ..working() }).verdict(), Err(NotSaid::NotTold));
}

#[test]
fn another_process_on_the_card_is_named_unless_it_only_passes() {
    let shared = |_| GpuSample { processes: Some(vec![process(OURS), process(99)]), ..working() };
    assert_eq!(limit(1.0, shared), Limit::Shared { pid: 99 });
    let passes = |second: u32| {
        let all = if second > 10 { vec![process(OURS), process(99)] } else { vec![process(OURS)] };
        GpuSample { processes: Some(all), ..working() }
    };
    assert_eq!(limit(1.0, passes), Limit::Card);
    for kind in [ProcessKind::Graphics, ProcessKind::Both] {
        let draws = GpuProcess { kind, ..process(99) };
        let beside = |_| GpuSample { processes: Some(vec![process(OURS), draws]), ..working() };
        assert_eq!(limit(1.0, beside), Limit::Card, "{kind:?}");
    }
}

#[test]
fn copies_are_the_limit_where_they_take_most_of_the_link() {
    // PCIe 4 × 16 carries 31.5 GB/s in one direction.
    let moved = |kb| move |_| GpuSample { pcie_rate: Some(PcieRate { sent_kb: 0, received_kb: kb }), ..working() };
    let Limit::Link { link, share } = limit(1.0, moved(24_000_000)) else { panic!("copies are not seen") };
    assert_eq!((link, (share * 100.0).round()), ((4, 16), 76.0));
    assert_eq!(limit(1.0, moved(15_000_000)), Limit::Card);
}

#[test]
fn nothing_is_said_too_early_nor_of_a_process_that_is_gone() {
    let mut watched = Watched::new(OURS, HERE);
    assert_eq!(watched.verdict(), Err(NotSaid::TooEarly));
    let activity = Activity { processes: vec![OURS], ..Activity::default() };
    for second in 0..8 {
        watched.take(f64::from(second), &tick(vec![working()]), Some(&activity));
        assert_eq!(watched.verdict(), Err(NotSaid::TooEarly), "{second}");
    }
    watched.take(8.0, &tick(vec![working()]), Some(&activity));
    assert!(watched.verdict().is_ok());
    // A driver that does not answer begins it anew.
    watched.take(9.0, &MonitorTick { trouble: Some("hangs".to_owned()), ..tick(Vec::new()) }, Some(&activity));
    assert_eq!(watched.verdict(), Err(NotSaid::TooEarly));
    watched.take(10.0, &tick(vec![working()]), None);
    assert_eq!(watched.verdict(), Err(NotSaid::Gone));
}

#[test]
fn a_number_that_is_another_process_by_now_begins_anew() {
    let mut watched = seen(4.0, |_| working());
    assert!(watched.verdict().is_ok());
    let activity = Activity { processes: vec![OURS], processor: Duration::from_secs(1), ..Activity::default() };
    watched.take(13.0, &tick(vec![working()]), Some(&activity));
    assert_eq!(watched.verdict(), Err(NotSaid::TooEarly));
}

#[test]
fn of_two_cards_the_one_that_names_the_process_is_meant() {
    let mut watched = Watched::new(OURS, HERE);
    let activity = Activity { processes: vec![OURS], ..Activity::default() };
    for second in 0..12 {
        let idle = GpuSample { index: 0, processes: Some(vec![process(5)]), ..working() };
        let ours = GpuSample { index: 1, ..working() };
        watched.take(f64::from(second), &tick(vec![idle, ours]), Some(&activity));
    }
    assert_eq!(watched.verdict().unwrap().card, Some(1));
}
