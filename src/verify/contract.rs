//! What `verify --json` prints: its own shapes, so that an inner rename never changes the contract (CLI.md).

use super::{Basis, Check, CheckOutcome, Proof, Repeat, Reported, Slow, VerificationReport};
use serde::Serialize;

/// One check.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CheckLine<'a> {
    /// Version of the contract.
    pub schema: u32,
    /// Its name.
    pub check: &'a str,
    /// NVML's number of the device.
    pub device: Option<u32>,
    /// How it ended.
    pub outcome: CheckOutcome,
    /// Median time of one run.
    pub milliseconds: Option<f64>,
    /// Largest error.
    pub max_error: Option<f64>,
    /// The most that counts as right.
    pub tolerance: Option<f64>,
    /// 10¹² operations a second.
    pub tflops: Option<f64>,
    /// What the catalogue expects.
    pub expected_tflops: Option<f64>,
    /// 10⁹ bytes a second, of copies.
    pub gb_per_second: Option<f64>,
    /// What the catalogue expects.
    pub expected_gb_per_second: Option<f64>,
    /// `calculated` or `measured`: how what is expected is known.
    pub expected_basis: Option<Basis>,
    /// Whether two runs gave the same bits.
    pub deterministic: Option<bool>,
    /// The same check elsewhere, after a failure.
    pub repeats: &'a [Repeat],
    /// Why skipped, or what it said.
    pub detail: Option<&'a str>,
}

/// The last line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VerdictLine<'a> {
    /// Version of the contract.
    pub schema: u32,
    /// The verdict on the whole.
    pub verdict: Proof,
    /// The chosen cards.
    pub devices: Vec<DeviceLine<'a>>,
    /// Version of torch.
    pub torch: Option<&'a str>,
    /// Architectures compiled in.
    pub arch_list: &'a [String],
    /// Checks that passed.
    pub passed: usize,
    /// Checks that gave a wrong result or an error, did not end or crashed.
    pub failed: usize,
    /// Checks that did not run.
    pub skipped: usize,
    /// Label of the first failure that is a known one.
    pub label: Option<&'a str>,
    /// Digest of the lock that the environment was made from, if it still is as that says.
    pub lock: Option<&'a str>,
    /// What the driver reported while the checks ran.
    pub reported: &'a [Reported],
    /// Checks below the range expected of their card, with the likely causes.
    pub slow: &'a [Slow],
}

/// A card and its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceLine<'a> {
    /// NVML's number.
    pub index: u32,
    /// Identity.
    pub uuid: Option<&'a str>,
    /// The verdict.
    pub verdict: Proof,
}

/// The line of one check.
pub fn check_line(check: &Check) -> CheckLine<'_> {
    CheckLine {
        schema: 1,
        check: &check.check,
        device: check.device,
        outcome: check.outcome,
        milliseconds: check.milliseconds,
        max_error: check.max_error,
        tolerance: check.tolerance,
        tflops: check.tflops,
        expected_tflops: check.expected_tflops,
        gb_per_second: check.gb_per_second,
        expected_gb_per_second: check.expected_gb_per_second,
        expected_basis: check.expected_basis,
        deterministic: check.deterministic,
        repeats: &check.repeats,
        detail: check.detail.as_deref(),
    }
}

/// The line that ends the output.
pub fn verdict_line(report: &VerificationReport) -> VerdictLine<'_> {
    let (passed, skipped) = (report.count(CheckOutcome::Passed), report.count(CheckOutcome::Skipped));
    VerdictLine {
        schema: 1,
        verdict: report.verdict,
        devices: report
            .devices
            .iter()
            .map(|device| DeviceLine { index: device.index, uuid: device.uuid.as_deref(), verdict: device.verdict })
            .collect(),
        torch: report.torch.as_deref(),
        arch_list: &report.arch_list,
        passed,
        failed: report.checks.len() - passed - skipped,
        skipped,
        label: report.label.as_deref(),
        lock: report.lock.as_deref(),
        reported: &report.meanwhile.reported,
        slow: &report.slow,
    }
}
