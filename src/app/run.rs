//! A run as it is watched: its steps, two bars that never fall back, silence that is explained, its end.

use crate::diagnose::Diagnosis;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::progress::Units;
use crate::run::space::Shortage;
use crate::run::{EventKind, Outcome, RunEvent, Stall};
use std::sync::Arc;
use std::time::Duration;

/// Where a run is.
#[derive(Clone, Debug, PartialEq)]
pub enum RunState {
    /// Under way.
    Running,
    /// Told to stop, and stopping.
    Stopping,
    /// Stopped by the user; it can go on.
    Cancelled(Problem),
    /// A step failed.
    Failed(Problem),
    /// It waits for the user: administrator rights, a restart.
    NeedsUser(Problem),
    /// The environment stands at its place.
    Promoted,
}

/// How a step of the plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepView {
    /// To come.
    Waiting,
    /// Under way.
    Running,
    /// Done.
    Done,
    /// Failed.
    Failed,
}

/// What is under way in a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transfer {
    /// A file's name.
    pub what: String,
    /// Bytes of the step that are there; never falls within a step.
    pub done: u64,
    /// Bytes of the step.
    pub total: Option<u64>,
    /// Bytes a second.
    pub per_second: Option<f64>,
    /// Time left of the step.
    pub left: Option<Duration>,
    /// Units of the step, where it is counted in them.
    pub units: Option<Units>,
    /// Share of the step, 0.0 to 1.0; never falls within a step.
    pub share: Option<f64>,
}

/// A silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// What it is known to be doing.
    pub doing: String,
    /// How long nothing was heard when this was said.
    pub seconds: u64,
    /// Why it takes so long, as far as can be seen.
    pub stall: Option<Stall>,
}

/// The run of this session.
#[derive(Clone, Debug)]
pub struct RunView {
    /// What runs.
    pub plan: Arc<Plan>,
    /// Where it is.
    pub state: RunState,
    /// When this life of the run began, on the model's clock.
    pub began: Duration,
    /// When it ended.
    pub ended: Option<Duration>,
    /// The steps by their place in the plan.
    pub steps: Vec<StepView>,
    /// Share of the whole, 0.0 to 1.0; never falls.
    pub overall: f64,
    /// What is being fetched or unpacked.
    pub transfer: Option<Transfer>,
    /// When the present step began to bring bytes.
    pub bytes_since: Option<Duration>,
    /// A silence that is going on.
    pub silence: Option<Silence>,
    /// A volume is full, and the run waits for room.
    pub paused: Option<Shortage>,
    /// The line of the log that shows the failure, and its words.
    pub evidence: Option<(usize, String)>,
    /// What the log of the step that failed was diagnosed as.
    pub diagnosis: Option<Box<Diagnosis>>,
    /// The run goes on with an earlier one.
    pub is_resumed: bool,
}

/// Time left is told after so much of data: before it would jump about.
const CALM: Duration = Duration::from_secs(5);

impl RunView {
    /// A run that begins now.
    pub fn new(plan: Plan, now: Duration, is_resumed: bool) -> Self {
        Self {
            steps: vec![StepView::Waiting; plan.steps.len()],
            plan: Arc::new(plan),
            state: RunState::Running,
            began: now,
            ended: None,
            overall: 0.0,
            transfer: None,
            bytes_since: None,
            silence: None,
            paused: None,
            evidence: None,
            diagnosis: None,
            is_resumed,
        }
    }

    /// Running or stopping.
    pub const fn is_under_way(&self) -> bool {
        matches!(self.state, RunState::Running | RunState::Stopping)
    }

    /// The environment stands at its place.
    pub const fn is_promoted(&self) -> bool {
        matches!(self.state, RunState::Promoted)
    }

    /// The step under way, with its place.
    pub fn current(&self) -> Option<(usize, &crate::plan::PlanStep)> {
        let at = self.steps.iter().rposition(|step| matches!(step, StepView::Running | StepView::Failed))?;
        Some((at, self.plan.steps.get(at)?))
    }

    /// Time left of the step under way, once it can be told calmly.
    pub fn left(&self, now: Duration) -> Option<Duration> {
        let since = self.bytes_since?;
        (now.saturating_sub(since) >= CALM).then(|| self.transfer.as_ref()?.left).flatten()
    }

    /// Takes an event. What the run says of its proof is the verification's affair.
    pub fn take(&mut self, event: &RunEvent, now: Duration) {
        if !matches!(event.kind, EventKind::Quiet { .. }) {
            self.silence = None;
        }
        let at = event.step.as_ref().and_then(|key| self.plan.steps.iter().position(|step| step.key == *key));
        match &event.kind {
            EventKind::Started { .. } => {
                self.mark(at, StepView::Running);
                // Steps that an earlier life has done are not told again.
                for step in self.steps.iter_mut().take(at.unwrap_or(0)) {
                    *step = StepView::Done;
                }
                (self.transfer, self.bytes_since) = (None, None);
            }
            EventKind::Progress {
                done_bytes,
                total_bytes,
                fraction,
                bytes_per_second,
                seconds_left,
                what,
                units,
                share,
            } => {
                self.overall = self.overall.max(*fraction);
                let before = self.transfer.take();
                self.bytes_since = self.bytes_since.or(Some(now));
                // Where a share is told, the bytes are those of one file after the other.
                let least = before.as_ref().filter(|_| share.is_none()).map_or(0, |before| before.done);
                let share =
                    share.map(|share| before.and_then(|before| before.share).map_or(share, |least| share.max(least)));
                self.transfer = Some(Transfer {
                    what: what.clone(),
                    done: least.max(*done_bytes),
                    total: *total_bytes,
                    per_second: *bytes_per_second,
                    left: seconds_left.and_then(|left| Duration::try_from_secs_f64(left).ok()),
                    units: *units,
                    share,
                });
            }
            EventKind::Quiet { seconds, doing, stall } => {
                self.silence = Some(Silence { doing: doing.clone(), seconds: *seconds, stall: stall.clone() });
            }
            EventKind::Paused { shortage } => self.paused = Some(shortage.clone()),
            EventKind::Unpaused => self.paused = None,
            EventKind::Finished => {
                self.mark(at, StepView::Done);
                self.overall = self.overall.max(self.share_of_finished());
                (self.transfer, self.bytes_since) = (None, None);
            }
            EventKind::Diagnosed { diagnosis } => self.diagnosis = Some(diagnosis.clone()),
            EventKind::Failed { .. } => self.mark(at, StepView::Failed),
            EventKind::NeedsUser { .. } => self.mark(at, StepView::Waiting),
            EventKind::Child { .. }
            | EventKind::Log { .. }
            | EventKind::Hashed { .. }
            | EventKind::Checking { .. }
            | EventKind::Check { .. }
            | EventKind::Verified { .. }
            | EventKind::Cancelled
            | EventKind::Resumed
            | EventKind::Undone { .. }
            | EventKind::Ended { .. } => {}
        }
    }

    /// The run ended.
    pub fn end(&mut self, outcome: &Outcome, now: Duration) {
        self.ended = Some(now);
        (self.silence, self.paused) = (None, None);
        match outcome {
            Outcome::Promoted { .. } => {
                self.overall = 1.0;
                self.steps.fill(StepView::Done);
                self.state = RunState::Promoted;
            }
            Outcome::Failed { problem, .. } => self.state = RunState::Failed(problem.clone()),
            Outcome::NeedsUser { problem } => self.state = RunState::NeedsUser(problem.clone()),
            Outcome::Cancelled { problem } => self.state = RunState::Cancelled(problem.clone()),
        }
    }

    fn mark(&mut self, at: Option<usize>, state: StepView) {
        if let Some(step) = at.and_then(|at| self.steps.get_mut(at)) {
            *step = state;
        }
    }

    fn share_of_finished(&self) -> f64 {
        let weight = |done: bool| -> u64 {
            let pairs = self.plan.steps.iter().zip(&self.steps);
            pairs.filter(|(_, state)| !done || **state == StepView::Done).map(|(step, _)| step.weight).sum()
        };
        weight(true) as f64 / weight(false).max(1) as f64
    }
}
