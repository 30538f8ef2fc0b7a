//! Software or card? What a proof that failed says of its cause, and on which evidence; "not known" where it says
//! nothing. Pure.
//!
//! The checks alone never convict a card: a wrong result may be a faulty kernel, and a crash may be either. What they
//! do show is that nothing ran on the card, that the wheel holds no code for it, or that the same code is right
//! elsewhere. What the driver reported while the failing check ran says more: memory errors, heat, power, faults.

use super::checks::{ARCH_LIST, CUDA_AVAILABLE, IMPORT, KERNELS, PINNED_COPY};
use super::{Check, CheckOutcome, DeviceVerdict, Kernels, Repeat, VerificationReport};
use crate::catalog::{Catalog, FaultSide};
use crate::host::Throttle;
use crate::monitor::What;

/// Where the cause is to be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspect {
    /// The wheel, the driver, a setting, another program; the card itself did nothing wrong.
    Software,
    /// The card, or how it is run: clocks, power, cooling, slot. Likely, never certain.
    Card,
    /// The checks do not say.
    NotKnown,
}

/// What speaks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// torch could not be imported, so nothing ran on a card.
    NotImported,
    /// No card took part: the checks ran on the processor.
    OnProcessor,
    /// This torch holds no code that the card could run.
    NoKernels,
    /// torch does not get as far as the card: no CUDA in the wheel, the driver, a mask.
    NotReached,
    /// The driver lost the card while it computed.
    Lost,
    /// The same check is right on another card of the same kind.
    RightElsewhere,
    /// The same check is wrong on every card of this kind.
    WrongElsewhere,
    /// The same check is wrong on the processor as well, which shares the wheel with the card and nothing else.
    WrongOnProcessor,
    /// Two runs of the same numbers gave different results.
    NotTheSame,
    /// The driver counted memory errors that it could not correct while the check ran.
    MemoryErrors,
    /// The card was as hot as it may be while the check ran.
    Overheated,
    /// The hardware braked the card while the check ran, as it does when power is short.
    PowerShort,
    /// The driver reported an Xid of the card's own while the check ran.
    CardFault,
    /// The driver reported an Xid while the check ran that a program or the driver itself mostly causes.
    ProgramFault,
    /// What came over the PCIe link is not what was sent, and the kernels compute right.
    Link,
    /// Some results are wrong and others right, with code compiled for this card.
    SomeWrong,
    /// Nothing computes correctly, or the driver compiled the code itself.
    AllWrong,
    /// A check took its process with it.
    Crashed,
    /// A check did not end.
    TimedOut,
    /// The check program did not reach its end, or said an error that may be either.
    Unclear,
}

/// What a failed proof points to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suspicion<'a> {
    /// Where to look.
    pub suspect: Suspect,
    /// Why.
    pub evidence: Evidence,
    /// The check that shows it.
    pub check: &'a Check,
    /// Kernel checks of the same device that are right, and all that gave a result.
    pub right_of: (usize, usize),
}

/// Software or card? `None` if nothing went wrong, or if the card is played by a library.
pub fn suspect<'a>(report: &'a VerificationReport, catalog: &Catalog) -> Option<Suspicion<'a>> {
    let mut bad = report.checks.iter().filter(|check| is_bad(check));
    let first = bad.next()?;
    if report.simulated {
        return None;
    }
    let said = |suspect, evidence, check| Suspicion { suspect, evidence, check, right_of: right_of(report, check) };
    if first.check == IMPORT {
        return Some(said(Suspect::Software, Evidence::NotImported, first));
    }
    if first.check == CUDA_AVAILABLE {
        return Some(said(Suspect::Software, Evidence::NotReached, first));
    }
    // A card without code for it explains whatever its kernels say afterwards.
    let lacks_code = |check: &&Check| {
        check.check == ARCH_LIST || device_of(report, check).is_some_and(|it| it.kernels == Some(Kernels::None))
    };
    if let Some(check) = report.checks.iter().filter(|check| is_bad(check)).find(lacks_code) {
        return Some(said(Suspect::Software, Evidence::NoKernels, check));
    }
    if let Some((suspect, evidence)) = report.label.as_deref().and_then(of_label) {
        return Some(said(suspect, evidence, first));
    }
    if report.devices.is_empty() && KERNELS.iter().any(|kernel| kernel.name == first.check) {
        return Some(said(Suspect::Software, Evidence::OnProcessor, first));
    }
    let (suspect, evidence) = match first.outcome {
        CheckOutcome::Failed if is_wrong(first) => of_wrong_result(report, first),
        CheckOutcome::Crashed => (Suspect::NotKnown, Evidence::Crashed),
        CheckOutcome::TimedOut => (Suspect::NotKnown, Evidence::TimedOut),
        CheckOutcome::Failed | CheckOutcome::Passed | CheckOutcome::Skipped => (Suspect::NotKnown, Evidence::Unclear),
    };
    let (suspect, evidence) = reported(report, first, catalog, suspect).unwrap_or((suspect, evidence));
    Some(said(suspect, evidence, first))
}

/// What the driver reported while a check failed, the most telling first. It says nothing against what shows that the
/// software is at fault, and a program's fault says nothing against what shows that it is the card.
fn reported(
    report: &VerificationReport,
    check: &Check,
    catalog: &Catalog,
    otherwise: Suspect,
) -> Option<(Suspect, Evidence)> {
    if otherwise == Suspect::Software {
        return None;
    }
    // Without its times it may have been any of them.
    let found: Vec<&What> = report.meanwhile.during(check.device?, check.span.unwrap_or((0.0, f64::MAX))).collect();
    let has = |is_it: &dyn Fn(&What) -> bool| found.iter().any(|what| is_it(what));
    let has_xid = |side: FaultSide| {
        has(&|what| matches!(what, What::Xid { number, .. } if catalog.xid(*number).is_some_and(|it| it.side == side)))
    };
    let brakes =
        |reasons: &[Throttle]| has(&|what| matches!(what, What::HeldDown { reason } if reasons.contains(reason)));
    if has(&|what| matches!(what, What::Lost)) {
        Some((Suspect::Card, Evidence::Lost))
    } else if has(&|what| matches!(what, What::MemoryErrors { .. })) {
        Some((Suspect::Card, Evidence::MemoryErrors))
    } else if has_xid(FaultSide::Card) {
        Some((Suspect::Card, Evidence::CardFault))
    } else if brakes(&[Throttle::HardwareThermal]) {
        Some((Suspect::Card, Evidence::Overheated))
    } else if brakes(&[Throttle::PowerBrake, Throttle::HardwareSlowdown]) {
        Some((Suspect::Card, Evidence::PowerShort))
    } else if otherwise == Suspect::NotKnown && has_xid(FaultSide::Software) {
        Some((Suspect::Software, Evidence::ProgramFault))
    } else {
        None
    }
}

const fn is_bad(check: &Check) -> bool {
    !matches!(check.outcome, CheckOutcome::Passed | CheckOutcome::Skipped)
}

/// It gave a result that is not the reference's, as against an error that was raised.
fn is_wrong(check: &Check) -> bool {
    let exceeds = check.max_error.zip(check.tolerance).is_some_and(|(error, allowed)| error > allowed);
    check.outcome == CheckOutcome::Failed
        && (exceeds || check.detail.as_deref().is_some_and(|detail| detail.starts_with("wrong result")))
}

fn device_of<'a>(report: &'a VerificationReport, check: &Check) -> Option<&'a DeviceVerdict> {
    report.devices.iter().find(|device| Some(device.index) == check.device)
}

/// What a known failure says by itself.
fn of_label(label: &str) -> Option<(Suspect, Evidence)> {
    match label {
        "no-kernel-image" | "arch-not-compatible" => Some((Suspect::Software, Evidence::NoKernels)),
        "cpu-only-wheel"
        | "cuda-visible-devices"
        | "driver-too-old"
        | "driver-missing"
        | "driver-mismatch"
        | "mixed-install"
        | "cusparselt-or-nvidia-lib-missing" => Some((Suspect::Software, Evidence::NotReached)),
        "gpu-fell-off-bus" => Some((Suspect::Card, Evidence::Lost)),
        _ => None,
    }
}

/// A wrong result: is the same code right elsewhere on this card, or on another of its kind?
fn of_wrong_result(report: &VerificationReport, wrong: &Check) -> (Suspect, Evidence) {
    let Some(device) = device_of(report, wrong) else { return (Suspect::NotKnown, Evidence::Unclear) };
    let on_processor = wrong.repeats.iter().find(|repeat| repeat.place == Repeat::PROCESSOR);
    if on_processor.is_some_and(|repeat| repeat.outcome == CheckOutcome::Failed) {
        return (Suspect::Software, Evidence::WrongOnProcessor);
    }
    if wrong.deterministic == Some(false) {
        return (Suspect::Card, Evidence::NotTheSame);
    }
    let twin = |check: &&Check| {
        check.check == wrong.check
            && device_of(report, check).is_some_and(|other| {
                other.index != device.index && other.capability.is_some() && other.capability == device.capability
            })
    };
    let twins: Vec<&Check> = report.checks.iter().filter(twin).collect();
    if twins.iter().any(|check| check.outcome == CheckOutcome::Passed) {
        return (Suspect::Card, Evidence::RightElsewhere);
    }
    if twins.iter().any(|check| is_wrong(check)) {
        return (Suspect::Software, Evidence::WrongElsewhere);
    }
    if wrong.check == PINNED_COPY && right_of(report, wrong).0 > 0 {
        return (Suspect::Card, Evidence::Link);
    }
    let is_compiled = matches!(device.kernels, Some(Kernels::Native | Kernels::SameMajor));
    if is_compiled && right_of(report, wrong).0 > 0 {
        (Suspect::Card, Evidence::SomeWrong)
    } else {
        (Suspect::NotKnown, Evidence::AllWrong)
    }
}

/// Kernel checks on the same device that are right, and all that gave a result.
fn right_of(report: &VerificationReport, check: &Check) -> (usize, usize) {
    let is_kernel = |other: &&Check| KERNELS.iter().any(|kernel| kernel.name == other.check);
    let of_device = report.checks.iter().filter(|other| other.device == check.device).filter(is_kernel);
    let all: Vec<&Check> = of_device.filter(|other| other.outcome != CheckOutcome::Skipped).collect();
    (all.iter().filter(|other| other.outcome == CheckOutcome::Passed).count(), all.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{Circumstances, ReportBuilder};

    fn recorded(name: &str) -> VerificationReport {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(name);
        #[expect(clippy::disallowed_methods, reason = "a recording of the tests: no Host here")]
        let lines = std::fs::read_to_string(path).unwrap();
        let circumstances = Circumstances { card_present: Some(true), ..Circumstances::default() };
        let mut builder = ReportBuilder::new(circumstances, &|_, _| None);
        for line in lines.lines() {
            builder.line(line);
        }
        builder.finish(Some(0))
    }

    fn catalog() -> &'static Catalog {
        Catalog::embedded().unwrap()
    }

    fn found(report: &VerificationReport) -> Option<(Suspect, Evidence, &str)> {
        suspect(report, catalog()).map(|it| (it.suspect, it.evidence, it.check.check.as_str()))
    }

    #[test]
    fn what_each_recorded_failure_points_to() {
        for (name, expected) in [
            ("import-error.jsonl", (Suspect::Software, Evidence::NotImported, "import")),
            ("cpu-wheel.jsonl", (Suspect::Software, Evidence::NotReached, "cuda-available")),
            ("no-driver.jsonl", (Suspect::Software, Evidence::NotReached, "cuda-available")),
            ("rtx5070-arch-missing.jsonl", (Suspect::Software, Evidence::NoKernels, "arch-list")),
            ("rtx5070-and-gtx1080.jsonl", (Suspect::Software, Evidence::NoKernels, "arch-list")),
            ("rtx5070-wrong-softmax.jsonl", (Suspect::Card, Evidence::SomeWrong, "softmax")),
            ("rtx5070-crash-conv2d.jsonl", (Suspect::NotKnown, Evidence::Crashed, "conv2d")),
            ("rtx5070-hang-lstm.jsonl", (Suspect::NotKnown, Evidence::TimedOut, "lstm")),
        ] {
            assert_eq!(found(&recorded(name)), Some(expected), "{name}");
        }
    }

    #[test]
    fn nothing_is_suspected_where_nothing_failed_or_the_card_is_played() {
        assert_eq!(found(&recorded("rtx5070-healthy.jsonl")), None);
        assert_eq!(found(&recorded("rtx2060-healthy.jsonl")), None);
        let mut played = recorded("rtx5070-wrong-softmax.jsonl");
        played.simulated = true;
        assert_eq!(found(&played), None);
    }

    #[test]
    fn the_evidence_counts_what_was_right_beside_it() {
        let report = recorded("rtx5070-wrong-softmax.jsonl");
        assert_eq!(suspect(&report, catalog()).unwrap().right_of, (22, 23));
    }

    #[test]
    fn the_same_check_elsewhere_and_twice_tells_a_build_from_a_card() {
        let mut report = recorded("rtx5070-wrong-softmax.jsonl");
        let wrong = report.checks.iter().position(|check| check.check == "softmax").unwrap();
        report.checks[wrong].deterministic = Some(false);
        assert_eq!(found(&report), Some((Suspect::Card, Evidence::NotTheSame, "softmax")));
        report.checks[wrong].repeats[1].outcome = CheckOutcome::Failed;
        assert_eq!(found(&report), Some((Suspect::Software, Evidence::WrongOnProcessor, "softmax")));
    }

    #[test]
    fn a_wrong_result_is_the_softwares_if_every_card_of_the_kind_shows_it() {
        let mut report = recorded("rtx5070-wrong-softmax.jsonl");
        let mut second = report.devices[0].clone();
        second.index = 1;
        report.devices.push(second);
        let mut twin = report.checks.iter().find(|check| check.check == "softmax").unwrap().clone();
        twin.device = Some(1);
        report.checks.push(twin.clone());
        assert_eq!(found(&report), Some((Suspect::Software, Evidence::WrongElsewhere, "softmax")));
        twin.outcome = CheckOutcome::Passed;
        twin.detail = None;
        *report.checks.last_mut().unwrap() = twin;
        assert_eq!(found(&report), Some((Suspect::Card, Evidence::RightElsewhere, "softmax")));
    }

    #[test]
    fn code_that_the_driver_compiled_convicts_nobody() {
        let mut report = recorded("rtx5070-wrong-softmax.jsonl");
        report.devices[0].kernels = Some(Kernels::Ptx);
        assert_eq!(found(&report), Some((Suspect::NotKnown, Evidence::AllWrong, "softmax")));
    }

    #[test]
    fn a_lost_card_points_to_the_card() {
        let mut report = recorded("rtx5070-wrong-softmax.jsonl");
        report.label = Some("gpu-fell-off-bus".to_owned());
        assert_eq!(found(&report).unwrap().1, Evidence::Lost);
    }

    #[test]
    fn what_the_driver_reported_while_a_check_failed_says_more() {
        let wrong = recorded("rtx5070-wrong-softmax.jsonl");
        let with = |report: &VerificationReport, what, stretch| {
            let mut report = report.clone();
            for check in &mut report.checks {
                check.span =
                    Some(if check.check == "softmax" || check.check == "conv2d" { (10.0, 11.0) } else { (1.0, 2.0) });
            }
            let reported = crate::verify::Reported { device: Some(0), what, seconds: 1.0, stretches: vec![stretch] };
            report.meanwhile.reported.push(reported);
            found(&report).map(|(suspect, evidence, _)| (suspect, evidence))
        };
        let (then, before) = ((10.5, 10.9), (1.5, 1.9));
        let held = |reason| What::HeldDown { reason };
        let xid = |number| What::Xid { number, times: 1 };
        for (what, evidence) in [
            (What::Lost, Evidence::Lost),
            (What::MemoryErrors { count: 2 }, Evidence::MemoryErrors),
            (xid(48), Evidence::CardFault),
            (held(Throttle::HardwareThermal), Evidence::Overheated),
            (held(Throttle::PowerBrake), Evidence::PowerShort),
        ] {
            assert_eq!(with(&wrong, what.clone(), then), Some((Suspect::Card, evidence)), "{what:?}");
            assert_eq!(with(&wrong, what.clone(), before), Some((Suspect::Card, Evidence::SomeWrong)), "{what:?}");
        }
        // A limit that works as it should, and a program's fault, say nothing beside results that are wrong.
        for what in [held(Throttle::PowerCap), xid(31)] {
            assert_eq!(with(&wrong, what, then), Some((Suspect::Card, Evidence::SomeWrong)));
        }
        let crash = recorded("rtx5070-crash-conv2d.jsonl");
        assert_eq!(with(&crash, xid(31), then), Some((Suspect::Software, Evidence::ProgramFault)));
        assert_eq!(with(&crash, xid(45), then), Some((Suspect::NotKnown, Evidence::Crashed)), "either");
        // What shows that the software is at fault stands.
        let lacks = recorded("rtx5070-arch-missing.jsonl");
        assert_eq!(with(&lacks, What::MemoryErrors { count: 2 }, (0.0, 99.0)).unwrap().0, Suspect::Software);
        let mut everywhere = wrong;
        let softmax = everywhere.checks.iter_mut().find(|check| check.check == "softmax").unwrap();
        softmax.repeats[1].outcome = CheckOutcome::Failed;
        let stands = Some((Suspect::Software, Evidence::WrongOnProcessor));
        assert_eq!(with(&everywhere, What::MemoryErrors { count: 2 }, then), stands);
    }

    #[test]
    fn copies_that_come_wrong_where_kernels_are_right_point_to_the_link() {
        let mut report = recorded("rtx5070-wrong-softmax.jsonl");
        let wrong = report.checks.iter_mut().find(|check| check.check == "softmax").unwrap();
        wrong.check = PINNED_COPY.to_owned();
        assert_eq!(found(&report), Some((Suspect::Card, Evidence::Link, PINNED_COPY)));
    }

    #[test]
    fn on_the_processor_no_card_is_suspected() {
        let mut report = recorded("cpu-run.jsonl");
        let softmax = report.checks.iter_mut().find(|check| check.check == "softmax").unwrap();
        softmax.outcome = CheckOutcome::Failed;
        softmax.detail = Some("wrong result: error 0.01, allowed 1e-05".to_owned());
        assert_eq!(found(&report), Some((Suspect::Software, Evidence::OnProcessor, "softmax")));
    }
}
