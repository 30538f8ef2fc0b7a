//! What a verification comes to, in one sentence that says no more than the checks do.

use super::markup::Tone;
use crate::verify::checks::KERNELS;
use crate::verify::{Check, CheckOutcome, Proof, VerificationReport};

/// The cases that need a sentence of their own: `Proof` knows five words, of which some have several causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// A library plays NVML, so whatever the checks say is no proof.
    Simulated,
    /// One card, every check.
    Proven,
    /// Several cards, every check on each.
    AllProven,
    /// A card returned a wrong result.
    WrongResult,
    /// torch cannot be imported.
    NotLoaded,
    /// Some of the chosen cards are proven, others failed.
    NotOnEveryCard,
    /// The card does not run this torch.
    DoesNotRun,
    /// No usable NVIDIA card.
    NoGpu,
    /// Checks on the processor did not pass.
    ProcessorFailed,
    /// This torch has no CUDA.
    CpuBuild,
    /// The processor alone was asked for.
    CpuAsked,
    /// Something that should have run did not.
    Incomplete,
}

impl Finding {
    /// What a report comes to.
    pub fn of(report: &VerificationReport) -> Self {
        if report.simulated {
            return Self::Simulated;
        }
        match report.verdict {
            Proof::Proven if report.devices.len() > 1 => Self::AllProven,
            Proof::Proven => Self::Proven,
            Proof::NoGpu => Self::NoGpu,
            Proof::Incomplete => Self::Incomplete,
            Proof::Failed if report.torch.is_none() => Self::NotLoaded,
            Proof::Failed if report.checks.iter().any(is_wrong_on_a_card) => Self::WrongResult,
            Proof::Failed if report.devices.iter().any(|device| device.verdict == Proof::Proven) => {
                Self::NotOnEveryCard
            }
            Proof::Failed => Self::DoesNotRun,
            Proof::CpuOnly if report.checks.iter().any(is_bad_on_the_processor) => Self::ProcessorFailed,
            Proof::CpuOnly if report.cuda_runtime.is_none() => Self::CpuBuild,
            Proof::CpuOnly => Self::CpuAsked,
        }
    }

    /// The key of the sentence.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Simulated => "report-simulated",
            Self::Proven => "report-proven",
            Self::AllProven => "report-all-proven",
            Self::WrongResult => "report-wrong-result",
            Self::NotLoaded => "report-not-loaded",
            Self::NotOnEveryCard => "report-not-on-every-card",
            Self::DoesNotRun => "report-does-not-run",
            Self::NoGpu => "report-no-gpu",
            Self::ProcessorFailed => "report-processor-failed",
            Self::CpuBuild => "report-cpu-build",
            Self::CpuAsked => "report-cpu-asked",
            Self::Incomplete => "report-incomplete",
        }
    }

    /// How it is to be taken.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Proven | Self::AllProven => Tone::Good,
            Self::WrongResult | Self::NotLoaded | Self::NotOnEveryCard | Self::DoesNotRun | Self::ProcessorFailed => {
                Tone::Bad
            }
            Self::Simulated | Self::NoGpu | Self::CpuBuild | Self::CpuAsked | Self::Incomplete => Tone::Warn,
        }
    }

    /// Whether every chosen card is proven.
    pub const fn is_proven(self) -> bool {
        matches!(self, Self::Proven | Self::AllProven)
    }
}

/// A number that is not the reference's, as against an error that was raised.
fn is_wrong_on_a_card(check: &Check) -> bool {
    let exceeds = check.max_error.zip(check.tolerance).is_some_and(|(error, allowed)| error > allowed);
    let says_so = check.detail.as_deref().is_some_and(|detail| detail.starts_with("wrong result"));
    check.outcome == CheckOutcome::Failed && check.device.is_some() && (exceeds || says_so)
}

fn is_bad_on_the_processor(check: &Check) -> bool {
    let is_kernel = KERNELS.iter().any(|kernel| kernel.name == check.check);
    is_kernel && check.device.is_none() && !matches!(check.outcome, CheckOutcome::Passed | CheckOutcome::Skipped)
}
