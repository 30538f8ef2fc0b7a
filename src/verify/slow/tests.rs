use super::*;
use crate::verify::meanwhile::{Meanwhile, Other, Reported};
use crate::verify::{Basis, Circumstances, DeviceVerdict, Proof, Reading, ReportBuilder};

const SPAN: (f64, f64) = (10.0, 12.0);

/// A check that reached this share of what is expected, on a card that was read twice meanwhile.
fn report(check: &str, share: f64) -> VerificationReport {
    let check = Check {
        check: check.to_owned(),
        device: Some(0),
        outcome: CheckOutcome::Passed,
        tflops: Some(60.0 * share),
        expected_tflops: Some(60.0),
        expected_basis: Some(Basis::Calculated),
        span: Some(SPAN),
        ..Check::default()
    };
    let device = DeviceVerdict {
        index: 0,
        uuid: None,
        name: "NVIDIA GeForce RTX 5070".to_owned(),
        capability: None,
        kernels: Some(Kernels::Native),
        verdict: Proof::Proven,
        best_link: Some((5, 16)),
        seen: None,
        under_load: None,
    };
    let reading = |seconds| Reading { seconds, pcie: Some((5, 16)), ..Reading::default() };
    VerificationReport {
        checks: vec![check],
        devices: vec![device],
        readings: [9.9, 10.5, 11.0, 12.1].map(reading).to_vec(),
        ..ReportBuilder::new(Circumstances::default(), &|_, _| None).finish(Some(0))
    }
}

fn reporting(whats: &[What]) -> VerificationReport {
    let reported = |what: &What| Reported { device: Some(0), what: what.clone(), seconds: 1.0, stretches: vec![SPAN] };
    let meanwhile = Meanwhile { reported: whats.iter().map(reported).collect(), ..Meanwhile::default() };
    VerificationReport { meanwhile, ..report("matmul-bf16", 0.3) }
}

fn held(reason: Throttle) -> What {
    What::HeldDown { reason }
}

/// The one check's causes.
fn found(report: &VerificationReport) -> Vec<Cause> {
    let slow = slow(report);
    assert_eq!(slow.len(), 1);
    slow[0].causes.clone()
}

const LOWERED: What = What::LimitLowered { watts: 120.0, default_watts: 250.0 };

#[test]
fn only_a_check_below_its_range_is_told_with_its_share() {
    assert_eq!(slow(&report("matmul-bf16", 0.9)), []);
    let told = slow(&report("matmul-bf16", 0.25));
    assert_eq!((told[0].check.as_str(), told[0].device, told[0].readings), ("matmul-bf16", 0, 2));
    assert!((told[0].share - 0.25).abs() < 1e-9 && told[0].is_watched());
    let mut failed = report("matmul-bf16", 0.25);
    failed.checks[0].outcome = CheckOutcome::Failed;
    assert_eq!(slow(&failed), []);
}

#[test]
fn with_one_reading_nothing_seen_is_not_measured() {
    let mut once = report("matmul-bf16", 0.3);
    assert_eq!(found(&once), []);
    once.readings.retain(|reading| reading.seconds < 11.0);
    assert!(!slow(&once)[0].is_watched());
    // What the driver reported counts all the same.
    once.meanwhile = reporting(&[LOWERED]).meanwhile;
    assert_eq!(found(&once), [Cause::Reported(LOWERED)]);
}

#[test]
fn the_gravest_stands_first_and_the_cards_own_limit_last() {
    let (hot, brake) = (held(Throttle::SoftwareThermal), held(Throttle::PowerBrake));
    let xid = What::Xid { number: 79, times: 1 };
    let mut report = reporting(&[held(Throttle::PowerCap), hot.clone(), brake.clone(), xid.clone()]);
    report.meanwhile.power_supply = Some(PowerSupply::Battery);
    report.meanwhile.others = vec![Other { device: 0, pid: 4711, memory_bytes: Some(9), stretch: (11.0, 30.0) }];
    report.devices[0].kernels = Some(Kernels::Ptx);
    let beside =
        [Beside::OtherProcess { pid: 4711, memory_bytes: Some(9) }, Beside::CompiledByDriver, Beside::OnBattery];
    let mut wanted: Vec<Cause> = [xid, brake, hot].map(Cause::Reported).to_vec();
    wanted.extend(beside.map(Cause::Beside));
    wanted.push(Cause::Reported(held(Throttle::PowerCap)));
    assert_eq!(found(&report), wanted);
}

#[test]
fn what_says_nothing_of_its_own_is_left_out() {
    let (general, thermal) = (held(Throttle::HardwareSlowdown), held(Throttle::HardwareThermal));
    let hot = What::Hot { celsius: 91, slowdown_celsius: 90 };
    assert_eq!(found(&reporting(std::slice::from_ref(&general))), [Cause::Reported(general.clone())]);
    assert_eq!(found(&reporting(std::slice::from_ref(&hot))), [], "nothing was slowed down for it");
    let both = found(&reporting(&[general, hot.clone(), thermal.clone()]));
    assert_eq!(both, [thermal, hot].map(Cause::Reported));
    let limits = found(&reporting(&[held(Throttle::PowerCap), LOWERED]));
    assert_eq!(limits, [Cause::Reported(LOWERED)]);
}

#[test]
fn what_was_before_or_elsewhere_is_no_cause() {
    let mut report = reporting(&[LOWERED]);
    report.meanwhile.others = vec![
        Other { device: 1, pid: 1, memory_bytes: None, stretch: SPAN },
        Other { device: 0, pid: 2, memory_bytes: None, stretch: (0.0, 9.0) },
    ];
    report.meanwhile.power_supply = Some(PowerSupply::Mains);
    report.meanwhile.reported[0].stretches = vec![(0.0, 9.9), (12.1, 20.0)];
    assert_eq!(found(&report), []);
    report.meanwhile.reported[0].stretches.push((11.9, 11.9));
    report.meanwhile.reported[0].device = Some(1);
    assert_eq!(found(&report), []);
    // The driver itself speaks for all cards.
    report.meanwhile.reported[0].device = None;
    assert_eq!(found(&report).len(), 1);
}

#[test]
fn a_link_slows_down_what_goes_over_it_alone() {
    let narrow = |check| {
        let mut report = reporting(&[What::SlowLink { now: (3, 4), best: (5, 16) }]);
        report.checks[0].check = String::from(check);
        // The link speeds up when it is used.
        report.readings[1].pcie = Some((1, 4));
        report.readings[2].pcie = Some((3, 4));
        found(&report)
    };
    assert_eq!(narrow(PINNED_COPY), [Cause::Reported(What::SlowLink { now: (3, 4), best: (5, 16) })]);
    assert_eq!(narrow("matmul-bf16"), []);
    assert_eq!(found(&report(PINNED_COPY, 0.2)), [], "the best link there is");
}

#[test]
fn causes_are_saved_with_their_kind_and_read_back() {
    let mut report = reporting(&[LOWERED]);
    report.meanwhile.power_supply = Some(PowerSupply::Battery);
    let told = slow(&report);
    let text = serde_json::to_string(&told).unwrap();
    let causes = r#"[{"kind":"limit_lowered","watts":120.0,"default_watts":250.0},{"kind":"on_battery"}]"#;
    assert!(text.contains(causes), "{text}");
    assert_eq!(serde_json::from_str::<Vec<Slow>>(&text).unwrap(), told);
}
