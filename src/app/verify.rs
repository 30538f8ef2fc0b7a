//! The proof as it is watched: a row for each check from the beginning, which lights up as it passes.

use crate::problem::Problem;
use crate::verify::checks::{self, ARCH_LIST, CUDA_AVAILABLE, DRIVER_RUNTIME, IMPORT};
use crate::verify::lines::Hello;
use crate::verify::{Check, Level, Progress, VerificationReport};
use std::path::PathBuf;
use std::time::Duration;

/// Whose proof is on the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Watched {
    /// That of the run of this session.
    #[default]
    Run,
    /// That of a known environment.
    Environment(PathBuf),
}

/// Where the proof is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum VerifyState {
    /// Not begun.
    #[default]
    Idle,
    /// Kernels run.
    Running,
    /// Left out by the user.
    Skipped,
    /// Here is what it found.
    Ended(Box<VerificationReport>),
    /// It could not be run.
    Failed(Problem),
}

/// How a row stands.
#[derive(Clone, Debug, PartialEq)]
pub enum RowState {
    /// To come.
    Waiting,
    /// It runs.
    Running,
    /// It ended.
    Ended(Box<Check>),
}

/// One check on one device.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckRow {
    /// Its name, e.g. `matmul-bf16`.
    pub check: String,
    /// NVML's number of the device; `None` for the processor and the whole installation.
    pub device: Option<u32>,
    /// How it stands.
    pub state: RowState,
    /// When it began, on the model's clock.
    pub began: Option<Duration>,
    /// When it ended.
    pub ended: Option<Duration>,
    /// How far a long one is, from 0 to 1.
    pub fraction: Option<f64>,
}

/// The proof.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VerifyView {
    /// Whose.
    pub watched: Watched,
    /// Where it is.
    pub state: VerifyState,
    /// What the environment holds, as soon as it said.
    pub hello: Option<Hello>,
    /// The checks, in the order they run.
    pub rows: Vec<CheckRow>,
    /// What it has been busy with for so many seconds.
    pub waiting: Option<(String, u64)>,
    /// When it began, on the model's clock.
    pub began: Duration,
    /// When it ended.
    pub ended: Option<Duration>,
}

impl VerifyView {
    /// A proof that begins now, on these cards (none: on the processor).
    pub fn begin(watched: Watched, level: Level, devices: &[u32], now: Duration) -> Self {
        let row = |check: &str, device: Option<u32>| CheckRow {
            check: check.to_owned(),
            device,
            state: RowState::Waiting,
            began: None,
            ended: None,
            fraction: None,
        };
        let mut rows = vec![row(IMPORT, None)];
        if devices.is_empty() {
            rows.extend(checks::of(level).map(|kernel| row(kernel.name, None)));
        } else {
            rows.extend([row(CUDA_AVAILABLE, None), row(DRIVER_RUNTIME, None)]);
            for &device in devices {
                rows.push(row(ARCH_LIST, Some(device)));
                rows.extend(checks::of(level).map(|kernel| row(kernel.name, Some(device))));
            }
        }
        Self { watched, state: VerifyState::Running, rows, began: now, ..Self::default() }
    }

    /// What it found.
    pub fn report(&self) -> Option<&VerificationReport> {
        if let VerifyState::Ended(report) = &self.state { Some(report) } else { None }
    }

    /// Takes what the check program said.
    pub fn take(&mut self, progress: Progress, now: Duration) {
        if !matches!(progress, Progress::Waiting { .. }) {
            self.waiting = None;
        }
        match progress {
            Progress::Began(hello) => self.hello = Some(*hello),
            Progress::Started { check, device, .. } => self.started(&check, device, now),
            Progress::GoesOn { check, device, fraction } => self.row(&check, device).fraction = Some(fraction),
            Progress::Waiting { what, seconds } => self.waiting = Some((what, seconds)),
            Progress::Ended(check) => self.ended(*check, now),
            Progress::Finished => {}
        }
    }

    /// A check began.
    pub fn started(&mut self, check: &str, device: Option<u32>, now: Duration) {
        let row = self.row(check, device);
        row.state = RowState::Running;
        row.began = Some(now);
    }

    /// A check ended.
    pub fn ended(&mut self, check: Check, now: Duration) {
        let row = self.row(&check.check, check.device);
        row.began = row.began.or(Some(now));
        row.ended = Some(now);
        row.state = RowState::Ended(Box::new(check));
    }

    /// The row of a check; a new one for a check that was not expected.
    fn row(&mut self, check: &str, device: Option<u32>) -> &mut CheckRow {
        let known = self.rows.iter().position(|row| row.check == check && row.device == device);
        let at = known.unwrap_or_else(|| {
            let (check, state) = (check.to_owned(), RowState::Waiting);
            let row = CheckRow { check, device, state, began: None, ended: None, fraction: None };
            self.rows.push(row);
            self.rows.len() - 1
        });
        // `at` is the place of a row that was found or pushed.
        #[expect(clippy::indexing_slicing, reason = "the place was found or made above")]
        &mut self.rows[at]
    }

    /// The verification ended. Rows that never ran are none of the report's: they go.
    pub fn end(&mut self, report: VerificationReport, now: Duration) {
        for check in &report.checks {
            let is_new = !self.rows.iter().any(|row| {
                row.check == check.check && row.device == check.device && matches!(row.state, RowState::Ended(_))
            });
            if is_new {
                self.ended(check.clone(), now);
            }
        }
        self.rows.retain(|row| matches!(row.state, RowState::Ended(_)));
        self.waiting = None;
        self.ended = Some(now);
        self.state = VerifyState::Ended(Box::new(report));
    }

    /// How many checks have ended, and how many there are.
    pub fn counts(&self) -> (usize, usize) {
        let ended = self.rows.iter().filter(|row| matches!(row.state, RowState::Ended(_))).count();
        (ended, self.rows.len())
    }
}
