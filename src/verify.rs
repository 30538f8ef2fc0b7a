//! The proof: what the checks said, and the verdict on it. Running them is `run`'s and `cli`'s affair;
//! the check program itself is `assets/python/verify/`.

pub mod builder;
pub mod checks;
pub mod command;
pub mod contract;
pub mod evidence;
mod labels;
pub mod lines;
pub mod meanwhile;
pub mod readings;
pub mod slow;
mod sources;
mod speed;
pub mod suspect;
pub mod words;

use crate::facts::{ComputeCapability, Fingerprint};
use serde::{Deserialize, Serialize};

pub use builder::{Circumstances, Progress, ReportBuilder};
pub use command::{DeviceChoice, Level, VERIFY_PY, command, command_inside};
pub use evidence::{OnDevice, Repeat};
pub use labels::VC_RUNTIME;
pub use meanwhile::{Meanwhile, Other, Reported};
pub use readings::{Reading, Seen, Spread, UnderLoad};
pub use slow::{Beside, Cause, Slow};
pub use speed::{Basis, Expected, Speed};
pub use suspect::{Evidence, Suspect, Suspicion, suspect};

/// How one check ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckOutcome {
    /// Ran, and matched the reference.
    Passed,
    /// Ran, and did not match; or raised an error.
    Failed,
    /// Did not run, for the reason in `detail`.
    #[default]
    Skipped,
    /// Did not end within its limit.
    TimedOut,
    /// Took its process with it.
    Crashed,
}

/// One kernel family on one device.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// e.g. `matmul-bf16`.
    pub check: String,
    /// Number of the device as NVML counts; `None` for the processor and for checks of the whole installation.
    pub device: Option<u32>,
    /// How it ended.
    pub outcome: CheckOutcome,
    /// Median of the timed runs; absent if it did not run.
    pub milliseconds: Option<f64>,
    /// Largest error against the float64 reference on the processor, in the measure that `tolerance` has.
    pub max_error: Option<f64>,
    /// The most that counts as right.
    pub tolerance: Option<f64>,
    /// Measured speed in 10¹² operations a second.
    pub tflops: Option<f64>,
    /// What this card does at best.
    pub expected_tflops: Option<f64>,
    /// 10⁹ bytes a second that were read and written, where that is the matter.
    #[serde(default)]
    pub gb_per_second: Option<f64>,
    /// What the memory of this card, or the best PCIe link that it has in this PC, does at best.
    #[serde(default)]
    pub expected_gb_per_second: Option<f64>,
    /// How what is expected is known; `None` where nothing is.
    #[serde(default)]
    pub expected_basis: Option<Basis>,
    /// Whether two runs of the same numbers gave the same bits; `None` where that was not compared.
    #[serde(default)]
    pub deterministic: Option<bool>,
    /// From when to when it ran, in seconds since the verification began.
    #[serde(default)]
    pub span: Option<(f64, f64)>,
    /// Of a skipped one: there is no such thing on this device or in this environment, as against one that was not tried.
    #[serde(default)]
    pub absent: bool,
    /// What shows that a card did it.
    #[serde(default)]
    pub on_device: Option<OnDevice>,
    /// After a failure: the same check elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeats: Vec<Repeat>,
    /// Why it was skipped, or what it said when it failed.
    pub detail: Option<String>,
}

/// Whether the wheel has code for a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kernels {
    /// A cubin of exactly this compute capability.
    Native,
    /// A cubin of the same major version that runs on it.
    SameMajor,
    /// Only PTX, compiled by the driver at first use.
    Ptx,
    /// Nothing that runs.
    None,
}

/// The verdict words of CLI.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// Every chosen card ran every check of the level that exists for it, on that card.
    Proven,
    /// A check gave a wrong result or an error.
    Failed,
    /// No usable NVIDIA card.
    NoGpu,
    /// A card is there but this torch has no CUDA; also the verdict of `--device cpu`.
    CpuOnly,
    /// Something that should have run was skipped, timed out or crashed without a wrong result.
    Incomplete,
}

impl Proof {
    /// The word of CLI.md.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Failed => "failed",
            Self::NoGpu => "no-gpu",
            Self::CpuOnly => "cpu-only",
            Self::Incomplete => "incomplete",
        }
    }
}

/// One device and its verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceVerdict {
    /// Number as NVML counts.
    pub index: u32,
    /// Identity.
    pub uuid: Option<String>,
    /// Name as torch gives it.
    pub name: String,
    /// Compute capability as torch gives it.
    pub capability: Option<ComputeCapability>,
    /// Whether this torch has code for it.
    pub kernels: Option<Kernels>,
    /// The verdict.
    pub verdict: Proof,
    /// Highest PCIe generation and width of this card in this PC.
    #[serde(default)]
    pub best_link: Option<(u32, u32)>,
    /// What the driver saw of it meanwhile; `None` if it was not asked.
    #[serde(default)]
    pub seen: Option<Seen>,
    /// Its figures under the load of a soak; `None` if there was none, or no reading shows it.
    #[serde(default)]
    pub under_load: Option<UnderLoad>,
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerificationReport {
    /// Version of this form.
    pub schema: u32,
    /// When it began (RFC 3339, UTC).
    pub taken_at: String,
    /// How thorough it was.
    #[serde(default)]
    pub level: Level,
    /// The verdict on the whole.
    pub verdict: Proof,
    /// Per device; empty without a card.
    pub devices: Vec<DeviceVerdict>,
    /// `2.15.0+cu130`; `None` if torch could not be imported.
    pub torch: Option<String>,
    /// CUDA runtime in the wheel.
    pub cuda_runtime: Option<String>,
    /// Digest of the lock that the environment was made from: the proof is of these wheels. `None` where it is none of
    /// ours or was changed since.
    #[serde(default)]
    pub lock: Option<String>,
    /// Architectures compiled in.
    pub arch_list: Vec<String>,
    /// Driver version at that time, if any.
    pub driver: Option<String>,
    /// The checks, in the order they ran.
    pub checks: Vec<Check>,
    /// The cards while they ran, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<Reading>,
    /// What happened to them meanwhile, and beside them.
    #[serde(default)]
    pub meanwhile: Meanwhile,
    /// The checks below the range that is expected of their card, with the likely causes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slow: Vec<Slow>,
    /// Label of the first failure, if it is a known one.
    pub label: Option<String>,
    /// Whether a library that plays NVML was in force: then never `proven`.
    pub simulated: bool,
    /// The cards, the driver and the system that the verdict rests on; `None` in reports of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Fingerprint>,
}

impl VerificationReport {
    /// How many checks ended so.
    pub fn count(&self, outcome: CheckOutcome) -> usize {
        self.checks.iter().filter(|check| check.outcome == outcome).count()
    }

    /// Every check ran, and passed or was rightly skipped on this device.
    pub fn all_passed(&self) -> bool {
        self.count(CheckOutcome::Passed) > 0
            && self.checks.iter().all(|check| matches!(check.outcome, CheckOutcome::Passed | CheckOutcome::Skipped))
    }
}
