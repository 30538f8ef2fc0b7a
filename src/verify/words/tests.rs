use super::*;
use crate::text::Language;
use crate::verify::{Circumstances, Meanwhile, Proof, ReportBuilder, Spread};

fn english() -> Text {
    Text::new(Language::English)
}

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

fn report() -> VerificationReport {
    ReportBuilder::new(Circumstances::default(), &|_, _| None).finish(Some(0))
}

fn slow_of(check: &str, share: f64, readings: usize, causes: &[Cause]) -> Slow {
    Slow { check: check.to_owned(), device: 0, share, readings, causes: causes.to_vec() }
}

const LOWERED: Cause = Cause::Reported(What::LimitLowered { watts: 120.0, default_watts: 250.0 });

#[test]
fn checks_that_the_same_thing_held_back_are_told_together_with_the_best_and_how_it_is_known() {
    let check = |check: &str| Check {
        check: check.to_owned(),
        device: Some(0),
        tflops: Some(20.0),
        expected_tflops: Some(61.7),
        expected_basis: (check == "matmul-bf16").then_some(Basis::Measured),
        ..Check::default()
    };
    let report = VerificationReport {
        checks: ["matmul-fp16", "matmul-bf16", "memory-copy", "matmul-fp8"].map(check).to_vec(),
        slow: vec![
            slow_of("matmul-fp16", 0.324, 4, &[LOWERED]),
            slow_of("matmul-bf16", 0.31, 9, &[LOWERED]),
            slow_of("memory-copy", 0.4, 4, &[]),
            slow_of("matmul-fp8", 0.32, 4, &[LOWERED]),
        ],
        ..report()
    };
    let said = slow(&report, catalog(), &english());
    let wanted = "GPU 0: Matrix product, float16 at 32 % of 61.7 TFLOPS (calculated); \
                  Matrix product, bfloat16 at 31 % of 61.7 TFLOPS; \
                  Matrix product, float8 at 32 % of 61.7 TFLOPS (calculated).";
    assert_eq!((said.len(), said[0].checks.as_str()), (2, wanted));
    assert_eq!(said[0].causes, ["Clocks held down by a power limit of 120 W; the card comes with 250 W."]);
    assert!(said[1].causes[0].starts_with("The readings show none of the usual causes"), "{said:?}");
}

#[test]
fn what_was_not_looked_at_is_not_said_to_be_fine() {
    let causes = |readings: usize, causes: &[Cause]| {
        let report = VerificationReport { slow: vec![slow_of("sort", 0.1, readings, causes)], ..report() };
        slow(&report, catalog(), &english()).remove(0).causes
    };
    let cap = Cause::Reported(What::HeldDown { reason: Throttle::PowerCap });
    let not_measured = english().get("slow-not-measured");
    assert_eq!(causes(1, &[]), [not_measured.as_str()]);
    let set = Cause::Reported(What::HeldDown { reason: Throttle::ApplicationClocks });
    for seen in [LOWERED, set] {
        assert_eq!(causes(1, &[seen]).len(), 1, "what was seen is enough");
    }
    let both = causes(0, std::slice::from_ref(&cap));
    assert_eq!(both, [english().get("slow-power-cap"), not_measured], "a note explains little");
    assert_eq!(causes(2, &[cap]), [english().get("slow-power-cap")]);
}

#[test]
fn every_cause_from_beside_the_card_has_its_words() {
    let said = |beside| in_words(&Cause::Beside(beside), catalog(), &english());
    let other = |memory_bytes| Beside::OtherProcess { pid: 4711, memory_bytes };
    assert!(said(other(Some(3 << 30))).starts_with("Process 4711 computed on the card as well and held 3.0 GiB of"));
    assert!(said(other(None)).starts_with("Process 4711 computed on the card as well. Close it"));
    let xid = in_words(&Cause::Reported(What::Xid { number: 79, times: 2 }), catalog(), &english());
    assert_eq!(xid, "The driver reported Xid 79 meanwhile.");
    assert!(said(Beside::CompiledByDriver).contains("(PTX)"));
    assert!(said(Beside::OnBattery).starts_with("The PC ran on its battery"));
}

fn meanwhile(reported: &[(Option<u32>, What)]) -> Meanwhile {
    let one = |(device, what): &(Option<u32>, What)| Reported {
        device: *device,
        what: what.clone(),
        seconds: 41.2,
        stretches: vec![(0.0, 41.2)],
    };
    Meanwhile { reported: reported.iter().map(one).collect(), ..Meanwhile::default() }
}

#[test]
fn a_fault_is_told_apart_from_a_note_and_names_its_card() {
    let held = What::HeldDown { reason: Throttle::SoftwareThermal };
    let all =
        [(Some(1), What::Xid { number: 31, times: 2 }), (Some(0), held), (None, What::Silent { said: "no".into() })];
    let report = VerificationReport { meanwhile: meanwhile(&all), ..report() };
    let faults = faults(&report, catalog(), &english());
    assert!(faults[0].starts_with("GPU 1: Xid 31 (GPU memory page fault), 2 ×. "), "{faults:?}");
    assert_eq!(faults.len(), 1, "a driver that does not answer reports nothing");
    let notes = notes(&report, catalog(), &english());
    let held = "GPU 0: Clocks held down for 41 s: Temperature, by the driver.";
    assert_eq!(notes, [held, "The driver gives no reading: no."]);
}

#[test]
fn a_soak_tells_clocks_power_temperature_and_what_held_the_card_down() {
    let spread = |least, median, most| Some(Spread { least, median, most });
    let load = UnderLoad {
        readings: 600,
        clock_mhz: spread(1500.0, 2655.0, 2760.0),
        watts: spread(240.0, 561.0, 575.0),
        celsius: spread(50.0, 71.0, 83.0),
        tells_throttle: true,
    };
    let device = DeviceVerdict {
        index: 0,
        uuid: None,
        name: String::new(),
        capability: None,
        kernels: None,
        verdict: Proof::Proven,
        best_link: None,
        seen: None,
        under_load: Some(load),
    };
    let soak = Check { check: "soak".to_owned(), device: Some(0), span: Some((11.0, 300.0)), ..Check::default() };
    let quiet = VerificationReport { level: Level::Soak, checks: vec![soak], ..report() };
    let said = |report: &VerificationReport, device: &DeviceVerdict| under_load(report, device, catalog(), &english());
    let figures = [
        "Core clock: lowest 1500 MHz, median 2655 MHz, highest 2760 MHz.",
        "Power: lowest 240 W, median 561 W, highest 575 W.",
        "Temperature: median 71 °C, highest 83 °C.",
    ];
    let rest = ["Nothing held the clocks down.", "Whether there were Xid events, the driver does not say."];
    assert_eq!(said(&quiet, &device), [&figures[..], &rest].concat());
    let hears = Meanwhile { hears_xids: vec![0], ..Meanwhile::default() };
    let hearing = VerificationReport { meanwhile: hears, ..quiet.clone() };
    assert_eq!(said(&hearing, &device)[4], "No Xid events.");
    let all = [
        (Some(0), What::LimitLowered { watts: 300.0, default_watts: 575.0 }),
        (Some(0), What::Xid { number: 79, times: 1 }),
        (Some(1), What::Lost),
    ];
    let busy = VerificationReport { meanwhile: meanwhile(&all), ..quiet.clone() };
    // The Xid and the other card are told elsewhere.
    let lowered = "Clocks held down for 30 s by a power limit of 300 W; the card comes with 575 W.";
    assert_eq!(said(&busy, &device), [&figures[..], &[lowered]].concat());
    let mut early = busy.clone();
    early.meanwhile.reported[1].stretches = vec![(2.0, 2.0)];
    assert_eq!(said(&early, &device).len(), 4, "that there was none is not said of one from before the load");
    let silent = DeviceVerdict { under_load: Some(UnderLoad { tells_throttle: false, ..load }), ..device.clone() };
    assert_eq!(said(&quiet, &silent)[3], "Whether anything held the clocks down, the driver does not say.");
    let unread = DeviceVerdict { under_load: None, ..device.clone() };
    assert_eq!(said(&quiet, &unread), ["There are no readings of the card under load."]);
    assert!(said(&VerificationReport { level: Level::Full, ..quiet }, &device).is_empty());
}

#[test]
fn where_a_check_was_tried_once_more_is_said_with_what_came_of_it() {
    let repeat = |place: &str, outcome| Repeat { place: place.to_owned(), outcome, max_error: None };
    let check = Check {
        repeats: vec![
            repeat("fresh process", CheckOutcome::Failed),
            repeat("cpu", CheckOutcome::Passed),
            repeat("cuda:1", CheckOutcome::TimedOut),
        ],
        ..Check::default()
    };
    let wanted =
        "Tried once more: in a fresh process failed, on the processor passed, on another card (cuda:1) timed out.";
    assert_eq!(repeats(&check, &english()).as_deref(), Some(wanted));
    assert_eq!(repeats(&Check::default(), &english()), None);
}

#[test]
fn every_evidence_has_its_words() {
    for evidence in [
        Evidence::NotImported,
        Evidence::OnProcessor,
        Evidence::NoKernels,
        Evidence::NotReached,
        Evidence::Lost,
        Evidence::RightElsewhere,
        Evidence::WrongElsewhere,
        Evidence::WrongOnProcessor,
        Evidence::NotTheSame,
        Evidence::MemoryErrors,
        Evidence::Overheated,
        Evidence::PowerShort,
        Evidence::CardFault,
        Evidence::ProgramFault,
        Evidence::Link,
        Evidence::SomeWrong,
        Evidence::AllWrong,
        Evidence::Crashed,
        Evidence::TimedOut,
        Evidence::Unclear,
    ] {
        assert!(Text::new(crate::text::Language::English).find(why(evidence)).is_some(), "{evidence:?}");
    }
}
