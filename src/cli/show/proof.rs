//! A verification as text.

use crate::catalog::Catalog;
use crate::text::{self, Language, Text};
use crate::verify::{Basis, Check, CheckOutcome, Proof, Speed, VerificationReport, words};
use std::fmt::Write as _;

/// One check.
pub fn check(check: &Check) -> String {
    let word = outcome(check.outcome);
    let device = check.device.map_or_else(String::new, |device| format!("card {device}  "));
    let mut out = format!("{word:<10}{device}{:<21}", check.check);
    if let Some(time) = check.milliseconds {
        write!(out, "{time:>10.2} ms").ok();
    }
    if let (Some(error), Some(tolerance)) = (check.max_error, check.tolerance) {
        write!(out, "  error {} of {}", text::scientific(error), text::scientific(tolerance)).ok();
    }
    if let Some(Speed { measured, best, unit, basis }) = check.speed() {
        write!(out, "  {measured:.2} {unit}").ok();
        if let Some(best) = best {
            let known = if basis == Basis::Calculated { ", calculated" } else { "" };
            write!(out, " ({:.0} % of what this card does at best{known})", 100.0 * measured / best).ok();
        }
    }
    if let Some(detail) = &check.detail {
        write!(out, "  {detail}").ok();
    }
    if !check.repeats.is_empty() {
        let again = check.repeats.iter().map(|repeat| format!("{} {}", repeat.place, outcome(repeat.outcome)));
        write!(out, "  [once more: {}]", again.collect::<Vec<_>>().join(", ")).ok();
    }
    out.trim_end().to_owned()
}

const fn outcome(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Passed => "passed",
        CheckOutcome::Failed => "FAILED",
        CheckOutcome::Skipped => "skipped",
        CheckOutcome::TimedOut => "TIMED OUT",
        CheckOutcome::Crashed => "CRASHED",
    }
}

/// The verdict in a sentence, and below it what must not be overlooked beside it.
pub fn verdict(report: &VerificationReport, catalog: &Catalog) -> String {
    let mut out = sentence(report);
    beside(&mut out, report, catalog);
    out.trim_end().to_owned()
}

/// What a failure points to, faults that the driver reported, what was slow and why, and how the cards fared under a load that lasted.
fn beside(out: &mut String, report: &VerificationReport, catalog: &Catalog) {
    let text = &Text::new(Language::English);
    // The check's own words stand in its line above; where torch cannot be loaded the sentence has said it all.
    if let Some(found) = words::pointer(report, catalog, text).filter(|_| report.torch.is_some()) {
        write!(out, "\n{}. {}.", found.title, found.why.trim_end_matches([':', '.'])).ok();
    }
    let faults = words::faults(report, catalog, text);
    if !faults.is_empty() {
        write!(out, "\n{}. {}", text.get("faults-title"), text.get("faults-stand")).ok();
    }
    for fault in faults {
        write!(out, "\n  {fault}").ok();
    }
    let slow = words::slow(report, catalog, text);
    if !slow.is_empty() {
        write!(out, "\n{}:", text.get("slow-title")).ok();
    }
    for held in slow {
        write!(out, "\n  {}", held.checks).ok();
        for cause in held.causes {
            write!(out, "\n    → {cause}").ok();
        }
    }
    for device in &report.devices {
        let said = words::under_load(report, device, catalog, text);
        if !said.is_empty() {
            write!(out, "\n{}, card {}:", text.get("load-title"), device.index).ok();
        }
        for line in said {
            write!(out, "\n  {line}").ok();
        }
    }
}

fn sentence(report: &VerificationReport) -> String {
    let torch = report.torch.as_ref().map_or_else(|| "PyTorch".to_owned(), |torch| format!("PyTorch {torch}"));
    if report.torch.is_none() {
        let word = report.verdict.word();
        return format!(
            "{word}: PyTorch could not be loaded, so nothing was checked. Nothing was changed.\n  \
             → Make an environment that has it: torch-wizard install"
        );
    }
    let passed = text::count(report.count(CheckOutcome::Passed), "check", "checks");
    let sentence = match report.verdict {
        Proof::Proven => format!("proven: {torch} runs on every chosen card; {passed} matched the reference."),
        Proof::Failed => format!("failed: {torch} does not do what it should here."),
        Proof::NoGpu => {
            format!("no-gpu: there is no usable NVIDIA card, so {torch} is not proven; {passed} passed without one.")
        }
        Proof::CpuOnly => {
            let others = report.checks.len() - report.count(CheckOutcome::Passed) - report.count(CheckOutcome::Skipped);
            let others = if others == 0 { String::new() } else { format!(", {others} did not") };
            format!("cpu-only: {torch} was checked on the processor; {passed} matched the reference{others}.")
        }
        Proof::Incomplete => {
            format!("incomplete: something that should have run did not; {passed} matched the reference.")
        }
    };
    let skipped = report.count(CheckOutcome::Skipped);
    let skipped = if skipped == 0 {
        String::new()
    } else {
        format!(" {} skipped.", text::count(skipped, "check was", "checks were"))
    };
    let simulated = if report.simulated { " The card is simulated, so nothing is proven." } else { "" };
    format!("{sentence}{skipped}{simulated}")
}
