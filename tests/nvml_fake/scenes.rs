//! Ready-made scenes of the played NVML, second by second: what is read, and what is found in it.

use super::Fake;
use std::fs;
use std::sync::Arc;
use std::time::Instant;
use torch_wizard::host::{GpuLibrary, GpuSample, PcieRate, ProcessKind, Throttle};
use torch_wizard::monitor::{Finding, Judge, MonitorTick, Weight, What};

/// A scene with a clock that stands until it is set.
struct Scene {
    fake: Fake,
    library: Arc<dyn GpuLibrary>,
    judge: Judge,
}

impl Scene {
    fn new(lines: &str) -> Self {
        let fake = Fake::new("");
        let clock = fake.path.with_file_name("clock");
        fs::write(&clock, "0").unwrap();
        fake.scenario(&format!("{lines}\nclock={}", clock.display()));
        let library = fake.load().unwrap();
        let mut scene = Self { fake, library, judge: Judge::default() };
        // The first reading begins to listen to events.
        scene.at(0.0);
        scene
    }

    /// The readings at this second and what is found in them.
    fn at(&mut self, second: f64) -> (Vec<GpuSample>, Vec<Finding>) {
        fs::write(self.fake.path.with_file_name("clock"), second.to_string()).unwrap();
        let samples = self.library.sample().unwrap();
        let findings =
            self.judge.take(second, &MonitorTick { time: String::new(), samples: samples.clone(), trouble: None });
        (samples, findings)
    }

    /// What is found in the reading of a second.
    fn found(&mut self, second: f64) -> Vec<What> {
        self.at(second).1.into_iter().map(|finding| finding.what).collect()
    }

    fn card(&mut self, second: f64) -> GpuSample {
        self.at(second).0.remove(0)
    }
}

#[test]
fn a_card_that_heats_up_is_warned_of_in_time() {
    let mut scene = Scene::new("scene=heat-up");
    assert_eq!((scene.found(1.0), scene.card(1.0).celsius), (vec![], Some(38)));
    assert_eq!(scene.card(21.0).celsius, Some(62));
    assert_eq!(scene.found(50.0), [What::Hot { celsius: 88, slowdown_celsius: 90 }]);
}

#[test]
fn a_hot_card_is_held_down_by_the_driver_and_then_by_the_hardware() {
    let mut scene = Scene::new("scene=throttle");
    let held = |reason| What::HeldDown { reason };
    assert_eq!(scene.found(11.0), [What::Hot { celsius: 85, slowdown_celsius: 90 }]);
    assert!(scene.found(13.0).contains(&held(Throttle::SoftwareThermal)));
    let found = scene.found(19.0);
    assert!(found.contains(&held(Throttle::SoftwareThermal)) && found.contains(&held(Throttle::HardwareThermal)));
    assert!(scene.card(19.0).clock_mhz.unwrap() < 1200);
}

#[test]
fn a_power_limit_that_is_lowered_while_the_card_works_is_named() {
    let mut scene = Scene::new("scene=power-cap");
    assert_eq!(scene.found(4.0), []);
    let (samples, findings) = scene.at(6.0);
    assert_eq!(findings[0].what, What::LimitLowered { watts: 400.0, default_watts: 575.0 });
    assert_eq!((samples[0].limit_watts, samples[0].limits.most_watts), (Some(400.0), Some(600.0)));
}

#[test]
fn memory_that_fills_is_warned_of_before_it_is_full() {
    let mut scene = Scene::new("scene=filling");
    assert_eq!(scene.found(20.0), []);
    let total_bytes = 32607 << 20;
    let found = scene.found(30.0);
    assert!(matches!(found.as_slice(), [What::MemoryFull { total_bytes: total, .. }] if *total == total_bytes));
}

#[cfg(target_os = "linux")]
#[test]
fn a_reading_carries_the_xids_that_came_since_the_last_one() {
    let mut scene = Scene::new("scene=xid");
    let xids: Vec<_> = [5.0, 6.5, 7.0, 9.5].into_iter().map(|second| scene.card(second).xids).collect();
    assert_eq!(xids, [vec![], vec![31], vec![], vec![13]].map(Some));
    let both = [What::Xid { number: 13, times: 1 }, What::Xid { number: 31, times: 1 }];
    assert_eq!(scene.found(20.0), both);
}

#[test]
fn a_card_that_falls_off_the_bus_leaves_no_half_reading_but_its_xid() {
    let mut scene = Scene::new("scene=lost");
    assert_eq!(scene.card(7.9).utilisation_percent, Some(98));
    let (samples, findings) = scene.at(8.0);
    let xids = cfg!(target_os = "linux").then(|| vec![79]);
    assert_eq!(samples[0], GpuSample { index: 0, lost: true, xids, ..GpuSample::default() });
    assert_eq!((&findings[0].what, findings[0].weight), (&What::Lost, Weight::Danger));
}

#[test]
fn a_slow_link_is_found_under_load_and_never_on_an_idle_card() {
    let mut scene = Scene::new("scene=narrow-link");
    assert_eq!((scene.card(1.0).pcie, scene.found(1.5)), (Some((1, 4)), vec![]));
    assert_eq!(scene.found(3.0), []);
    assert_eq!(scene.found(6.5), [What::SlowLink { now: (2, 4), best: (5, 16) }]);
}

#[test]
fn a_card_with_ecc_tells_its_errors_and_the_heat_of_its_memory() {
    let mut scene = Scene::new("scene=ecc");
    let card = scene.card(3.0);
    assert_eq!((card.ecc_corrected, card.ecc_uncorrected), (Some(5), Some(0)));
    assert_eq!((card.memory_celsius, card.fan_percent, card.fans_percent), (Some(49), None, vec![]));
    assert!(scene.found(7.0).contains(&What::MemoryErrors { count: 2 }));
}

#[test]
fn what_wsl2_does_not_tell_is_not_known_and_no_fault() {
    let mut scene = Scene::new("scene=wsl2");
    let (samples, findings) = scene.at(5.0);
    let card = &samples[0];
    assert_eq!((card.utilisation_percent, card.celsius, card.throttle.clone()), (Some(80), Some(43), Some(vec![])));
    assert_eq!((&card.processes, &card.xids, card.fan_percent, card.pcie_rate), (&None, &None, None, None));
    assert_eq!((card.limits.slowdown_celsius, card.limits.default_watts), (None, None));
    assert_eq!(card.limits.pcie, Some((5, 16)));
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn four_different_cards_each_tell_what_they_can() {
    let mut scene = Scene::new("scene=four-mixed");
    let (samples, _) = scene.at(3.0);
    let told: Vec<_> =
        samples.iter().map(|card| (card.watts.is_some(), card.fan_percent.is_some(), card.ecc_uncorrected)).collect();
    let plain = (true, true, None);
    assert_eq!(told, [plain, plain, (false, false, None), (true, false, Some(0))]);
    let on_second: Vec<_> = samples[1].processes.iter().flatten().map(|process| (process.pid, process.kind)).collect();
    assert_eq!(on_second, [(1200, ProcessKind::Graphics), (4712, ProcessKind::Compute)]);
    assert_eq!(samples[1].compute_pids().collect::<Vec<_>>(), [4712]);
}

#[test]
fn a_verification_is_played_with_the_processes_that_a_file_names() {
    let mut scene = Scene::new("scene=rtx-5090-verification");
    let pids = scene.fake.path.with_file_name("pids");
    let before = scene.card(1.0);
    assert_eq!((before.utilisation_percent, before.fans_percent.len()), (Some(0), 2));
    let Scene { fake, .. } = &scene;
    let clock = fake.path.with_file_name("clock");
    fake.scenario(&format!("scene=rtx-5090-verification\nclock={}\npids=@{}", clock.display(), pids.display()));
    scene.library = scene.fake.load().unwrap();
    let computes = |scene: &mut Scene| scene.card(6.0).compute_pids().collect::<Vec<_>>();
    assert!(computes(&mut scene).is_empty());
    fs::write(&pids, "812 813").unwrap();
    assert_eq!(computes(&mut scene), [812, 813]);
    let card = scene.card(6.0);
    assert_eq!(
        (card.pcie, card.pcie_rate),
        (Some((5, 16)), Some(PcieRate { sent_kb: 180_000, received_kb: 2_600_000 }))
    );
    let unknown = card.processes.iter().flatten().filter(|process| process.memory_bytes.is_none()).count();
    assert_eq!(unknown, 2, "processes of the file hold memory that is not told");
    // A healthy card has nothing to be warned of; that it works at its limit is a note.
    let weights: Vec<_> = [10.0, 20.5, 25.0, 31.0].map(|second| scene.at(second).1).concat();
    assert!(weights.iter().all(|finding| finding.weight == Weight::Note), "{weights:?}");
    assert_eq!(weights.len(), 1);
}

#[test]
fn courses_step_run_straight_and_can_be_silent() {
    let mut scene = Scene::new(&format!("{}\ncourse=0|temp|9:1\ncourse=*|temp|2:40,4:60,6:=80,8:x", super::RTX_5070));
    let celsius = [0.0, 3.0, 5.9, 6.0, 7.0, 8.0].map(|second| scene.card(second).celsius);
    assert_eq!(celsius, [Some(40), Some(50), Some(60), Some(80), Some(80), None]);
}

#[test]
fn the_link_is_not_counted_at_every_reading() {
    // NVML takes 20 ms for each direction: the answer of the reading right before this one stands.
    let mut scene = Scene::new("scene=heat-up");
    assert_eq!(scene.card(5.0).pcie_rate, Some(PcieRate::default()));
    // A library that has not been asked yet is.
    scene.library = scene.fake.load().unwrap();
    assert_eq!(scene.card(5.0).pcie_rate, Some(PcieRate { sent_kb: 420_000, received_kb: 1_900_000 }));
}

/// One reading of one card may cost 1 % of a core at one a second: 10 ms. NVML's own time is not in it.
#[test]
fn a_reading_costs_next_to_nothing_of_ours() {
    let fake = Fake::new("scene=four-mixed");
    let library = fake.load().unwrap();
    let begin = Instant::now();
    for _ in 0..100 {
        library.sample().unwrap();
    }
    let each = begin.elapsed() / 100;
    assert!(each.as_micros() < 2000, "four cards took {each:?}");
}
