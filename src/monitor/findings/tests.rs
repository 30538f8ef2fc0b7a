use super::*;
use crate::host::GpuLimits;

fn card() -> GpuSample {
    GpuSample {
        utilisation_percent: Some(97),
        memory_used_bytes: Some(6 << 30),
        memory_total_bytes: Some(12 << 30),
        celsius: Some(66),
        limit_watts: Some(250.0),
        pcie: Some((5, 16)),
        throttle: Some(Vec::new()),
        xids: Some(Vec::new()),
        ecc_uncorrected: Some(0),
        limits: GpuLimits {
            pcie: Some((5, 16)),
            default_watts: Some(250.0),
            slowdown_celsius: Some(90),
            ..GpuLimits::default()
        },
        ..GpuSample::default()
    }
}

fn tick(samples: Vec<GpuSample>) -> MonitorTick {
    MonitorTick { time: String::new(), samples, trouble: None }
}

/// What a card that stays as it is for ten seconds is found to be.
fn of(sample: &GpuSample) -> Vec<What> {
    let mut judge = Judge::default();
    judge.take(0.0, &tick(vec![sample.clone()]));
    judge.take(10.0, &tick(vec![sample.clone()])).into_iter().map(|finding| finding.what).collect()
}

#[test]
fn a_healthy_card_under_load_has_no_findings() {
    assert_eq!(of(&card()), []);
    // Neither has one of which nothing is known.
    assert_eq!(of(&GpuSample::default()), []);
}

#[test]
fn a_slow_link_is_one_only_under_load_and_after_a_moment() {
    let narrow = GpuSample { pcie: Some((5, 4)), ..card() };
    let idle = GpuSample { utilisation_percent: Some(0), pcie: Some((1, 16)), ..card() };
    let slow = What::SlowLink { now: (5, 4), best: (5, 16) };
    assert_eq!(of(&narrow), [slow]);
    assert_eq!(of(&GpuSample { pcie: Some((3, 16)), ..card() }), [What::SlowLink { now: (3, 16), best: (5, 16) }]);
    assert_eq!(of(&idle), []);
    let mut judge = Judge::default();
    let mut found = |at, sample: &GpuSample| judge.take(at, &tick(vec![sample.clone()])).len();
    assert_eq!([found(0.0, &narrow), found(2.9, &narrow), found(3.0, &narrow)], [0, 0, 1]);
    // A pause begins the moment anew.
    assert_eq!([found(4.0, &idle), found(5.0, &narrow), found(7.0, &narrow), found(8.0, &narrow)], [0, 0, 0, 1]);
}

#[test]
fn a_power_limit_that_somebody_lowered_weighs_more_than_the_cards_own() {
    let capped = GpuSample { throttle: Some(vec![Throttle::PowerCap]), ..card() };
    let lowered = GpuSample { limit_watts: Some(180.0), ..capped.clone() };
    assert_eq!(of(&capped), [What::HeldDown { reason: Throttle::PowerCap }]);
    assert_eq!(of(&lowered), [What::LimitLowered { watts: 180.0, default_watts: 250.0 }]);
    let weight = |sample: &GpuSample| Judge::default().take(0.0, &tick(vec![sample.clone()]))[0].weight;
    assert_eq!((weight(&capped), weight(&lowered)), (Weight::Note, Weight::Warning));
}

#[test]
fn each_threshold_holds_from_its_value_on() {
    let hot = |celsius| of(&GpuSample { celsius: Some(celsius), ..card() }).len();
    assert_eq!([hot(84), hot(85), hot(93)], [0, 1, 1]);
    let limits = GpuLimits { memory_warm_celsius: Some(105), ..card().limits };
    let memory_hot = |celsius| of(&GpuSample { memory_celsius: Some(celsius), limits, ..card() });
    assert_eq!(memory_hot(99), []);
    assert_eq!(memory_hot(100), [What::MemoryHot { celsius: 100, slowdown_celsius: 105 }]);
    let full = |used: u64| of(&GpuSample { memory_used_bytes: Some(used), memory_total_bytes: Some(1000), ..card() });
    assert_eq!([full(949).len(), full(950).len(), full(1000).len()], [0, 1, 1]);
    let errors = |count| of(&GpuSample { ecc_uncorrected: Some(count), ..card() }).len();
    assert_eq!([errors(0), errors(1)], [0, 1]);
}

#[test]
fn a_lost_card_says_nothing_else() {
    let lost = GpuSample { lost: true, ..card() };
    assert_eq!(of(&lost), [What::Lost]);
}

#[test]
fn it_is_said_for_how_long_and_a_break_begins_anew() {
    let held = GpuSample { throttle: Some(vec![Throttle::HardwareThermal]), ..card() };
    let mut judge = Judge::default();
    let mut seconds =
        |at, sample: &GpuSample| judge.take(at, &tick(vec![sample.clone()])).first().map(|finding| finding.seconds);
    assert_eq!((seconds(5.0, &held), seconds(17.0, &held)), (Some(0.0), Some(12.0)));
    assert_eq!((seconds(18.0, &card()), seconds(19.0, &held)), (None, Some(0.0)));
}

#[test]
fn a_pause_of_the_readings_begins_anew_but_an_xid_keeps_its_moment() {
    let held = GpuSample { throttle: Some(vec![Throttle::HardwareThermal]), pcie: Some((5, 4)), ..card() };
    let mut judge = Judge::default();
    judge.take(0.0, &tick(vec![GpuSample { xids: Some(vec![31]), ..held.clone() }]));
    judge.take(9.0, &tick(vec![held.clone()]));
    judge.pause();
    let found: Vec<(What, f64)> =
        judge.take(100.0, &tick(vec![held])).into_iter().map(|finding| (finding.what, finding.seconds)).collect();
    let xid = (What::Xid { number: 31, times: 1 }, 100.0);
    // The link, too, has to be under load for a moment before it is judged.
    assert_eq!(found, [xid, (What::HeldDown { reason: Throttle::HardwareThermal }, 0.0)]);
}

#[test]
fn an_xid_is_remembered_and_counted_and_the_gravest_stands_first() {
    let mut judge = Judge::default();
    let held = GpuSample { throttle: Some(vec![Throttle::PowerCap]), xids: Some(vec![31, 31]), ..card() };
    let findings = judge.take(1.0, &tick(vec![held]));
    let xid = |times| What::Xid { number: 31, times };
    assert_eq!(findings[0].what, xid(2));
    assert_eq!(findings[1].what, What::HeldDown { reason: Throttle::PowerCap });
    let findings = judge.take(9.0, &tick(vec![GpuSample { xids: Some(vec![31]), ..card() }]));
    assert_eq!((findings.len(), &findings[0].what, findings[0].seconds), (1, &xid(3), 8.0));
}

#[test]
fn a_driver_that_does_not_answer_is_found_and_what_happened_before_stays() {
    let mut judge = Judge::default();
    judge.take(1.0, &tick(vec![GpuSample { xids: Some(vec![79]), ..card() }]));
    let silent = MonitorTick { time: String::new(), samples: Vec::new(), trouble: Some("no answer".to_owned()) };
    let findings = judge.take(2.0, &silent);
    assert_eq!(findings[0].what, What::Silent { said: "no answer".to_owned() });
    assert_eq!((findings[0].card, findings[1].card), (None, Some(0)));
    assert_eq!(findings[1].what, What::Xid { number: 79, times: 1 });
}
