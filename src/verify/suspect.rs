//! Software or card? What a proof that failed says of its cause, and on which evidence; "not known" where it says
//! nothing. Pure.
//!
//! The checks alone never convict a card: a wrong result may be a faulty kernel, and a crash may be either. What they
//! do show is that nothing ran on the card, that the wheel holds no code for it, or that the same code is right
//! elsewhere.

use super::checks::{ARCH_LIST, CUDA_AVAILABLE, IMPORT, KERNELS};
use super::{Check, CheckOutcome, DeviceVerdict, Kernels, Repeat, VerificationReport};

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
pub fn suspect(report: &VerificationReport) -> Option<Suspicion<'_>> {
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
    Some(said(suspect, evidence, first))
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

    fn found(report: &VerificationReport) -> Option<(Suspect, Evidence, &str)> {
        suspect(report).map(|it| (it.suspect, it.evidence, it.check.check.as_str()))
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
        assert_eq!(suspect(&report).unwrap().right_of, (22, 23));
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
    fn on_the_processor_no_card_is_suspected() {
        let mut report = recorded("cpu-run.jsonl");
        let softmax = report.checks.iter_mut().find(|check| check.check == "softmax").unwrap();
        softmax.outcome = CheckOutcome::Failed;
        softmax.detail = Some("wrong result: error 0.01, allowed 1e-05".to_owned());
        assert_eq!(found(&report), Some((Suspect::Software, Evidence::OnProcessor, "softmax")));
    }
}
