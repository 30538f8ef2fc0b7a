//! What a failed check says → the label of a known failure, by the rules of `diagnose`.

use super::checks::ARCH_LIST;
use super::{Check, CheckOutcome};
use crate::diagnose::{Knowledge, diagnose};

/// The label of libraries that Windows could not load, for want of Microsoft's C++ runtime as a rule.
pub const VC_RUNTIME: &str = "vcredist-missing";

/// What is less sure than this is not named: a check says one thing, and a guess would pass for its meaning.
const SURE: f64 = 0.8;

/// The label of the first failure that has one. A list of architectures that lacks the card comes last: what a kernel
/// itself says is the better evidence.
pub(super) fn first_label(checks: &[Check]) -> Option<&'static str> {
    let bad = |check: &&Check| !matches!(check.outcome, CheckOutcome::Passed | CheckOutcome::Skipped);
    let by_words = checks.iter().filter(bad).find_map(|check| label_of(check.detail.as_deref()?));
    let lacks_card = || checks.iter().filter(bad).any(|check| check.check == ARCH_LIST);
    by_words.or_else(|| lacks_card().then_some("arch-not-compatible"))
}

fn label_of(words: &str) -> Option<&'static str> {
    let knowledge = Knowledge::embedded().ok()?;
    let said = diagnose(&mut words.as_bytes(), knowledge).ok()?;
    let failure = knowledge.failure(said.answer.label()).filter(|_| said.confidence >= SURE)?;
    Some(&failure.label)
}
