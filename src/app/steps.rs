//! Which step may be entered when, and what stands under its name.

use super::{Model, RunState, RunView, Screen, VerifyState, Watched};
use crate::assess::{Assessment, Verdict};
use crate::text::Text;

/// How a step stands in the rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Decided or done; during a run it is closed all the same, see [`is_permitted`].
    Done,
    /// On the page now.
    Current,
    /// May be entered.
    Open,
    /// May not be entered yet, or not any more.
    Locked,
}

/// How a step stands.
pub fn state_of(model: &Model, screen: Screen) -> StepState {
    if screen == model.screen {
        return StepState::Current;
    }
    match (is_permitted(model, screen), is_done(model, screen)) {
        (_, true) => StepState::Done,
        (true, false) => StepState::Open,
        (false, false) => StepState::Locked,
    }
}

/// Whether a screen may be entered now.
pub fn is_permitted(model: &Model, screen: Screen) -> bool {
    let run = model.run.as_ref();
    if screen.is_beside() {
        return true;
    }
    // A verification within a run, and the run itself, hold the steps together.
    if model.is_running() {
        return screen == Screen::Run || screen == Screen::Verify && model.verify.state != VerifyState::Idle;
    }
    match screen {
        Screen::Home => !model.home.is_empty(),
        Screen::Choose => !model.detection.assessments.is_empty(),
        Screen::Review => run.is_some() || model.review.repairs.is_some() || model.chosen().is_some_and(is_usable),
        Screen::Run => run.is_some(),
        Screen::Verify => model.verify.state != VerifyState::Idle,
        Screen::Done => run.is_some_and(RunView::is_promoted) && !matches!(model.verify.state, VerifyState::Running),
        Screen::Detect
        | Screen::Monitor
        | Screen::Settings
        | Screen::Help
        | Screen::Other
        | Screen::Diagnose
        | Screen::Support
        | Screen::Driver => true,
    }
}

/// Whether a route can be planned for: not blocked, and what would be installed has a name.
pub const fn is_usable(assessment: &Assessment) -> bool {
    match assessment.verdict {
        Verdict::Recommended { .. } | Verdict::Works { .. } => true,
        Verdict::Blocked { .. } => false,
        Verdict::Unknown { .. } => assessment.build.is_some(),
    }
}

/// Whether what the step asks is answered.
fn is_done(model: &Model, screen: Screen) -> bool {
    let place = |screen: Screen| screen.step().unwrap_or(usize::MAX);
    match screen {
        Screen::Detect => !model.detection.assessments.is_empty() && place(model.furthest()) > place(Screen::Detect),
        Screen::Choose => place(model.furthest()) > place(Screen::Choose),
        Screen::Review => model.run.is_some(),
        Screen::Run => model.run.as_ref().is_some_and(RunView::is_promoted),
        Screen::Verify => matches!(model.verify.state, VerifyState::Ended(_)),
        Screen::Done
        | Screen::Home
        | Screen::Monitor
        | Screen::Settings
        | Screen::Help
        | Screen::Other
        | Screen::Diagnose
        | Screen::Support
        | Screen::Driver => false,
    }
}

impl Model {
    /// The last step that was reached.
    pub fn furthest(&self) -> Screen {
        let run = self.run.as_ref();
        if run.is_some_and(|run| matches!(run.state, RunState::Promoted)) {
            Screen::Done
        } else if self.verify.state != VerifyState::Idle && self.verify.watched == Watched::Run {
            Screen::Verify
        } else if run.is_some() {
            Screen::Run
        } else if !matches!(self.review.plan, super::Load::Idle) {
            Screen::Review
        } else if self.choice.route.is_some() {
            Screen::Choose
        } else {
            Screen::Detect
        }
    }
}

/// What was decided in a finished step, to stand under its name.
pub fn note_of(model: &Model, screen: Screen, text: &Text) -> String {
    if !is_done(model, screen) {
        return String::new();
    }
    match screen {
        Screen::Detect => model.facts().map(machine).unwrap_or_default(),
        // A repair follows no route.
        Screen::Choose if model.review.repairs.is_some() => String::new(),
        Screen::Choose => model
            .chosen()
            .and_then(|chosen| chosen.build.as_ref())
            .map(|build| format!("torch {} {}", build.torch.public(), build.variant))
            .unwrap_or_default(),
        Screen::Review => model
            .review
            .plan
            .ready()
            .or_else(|| model.run.as_ref().map(|run| &*run.plan))
            .map(crate::plan::prompt)
            .unwrap_or_default(),
        Screen::Run => {
            let plan = model.run.as_ref().map(|run| &run.plan);
            plan.and_then(|plan| plan.lock.download_bytes()).map(|bytes| text.size(bytes)).unwrap_or_default()
        }
        Screen::Verify => {
            let word = model.verify.report().map(|report| format!("step-verdict-{}", report.verdict.word()));
            word.map(|key| text.get(&key)).unwrap_or_default()
        }
        Screen::Done
        | Screen::Home
        | Screen::Monitor
        | Screen::Settings
        | Screen::Help
        | Screen::Other
        | Screen::Diagnose
        | Screen::Support
        | Screen::Driver => String::new(),
    }
}

/// Cards and driver in a few words.
fn machine(facts: &crate::facts::MachineFacts) -> String {
    let short = |name: &str| name.trim_start_matches("NVIDIA ").trim_start_matches("GeForce ").to_owned();
    let cards = facts.gpus.found().map(Vec::as_slice).unwrap_or_default();
    let mut words: Vec<String> = cards.first().map(|gpu| short(&gpu.name)).into_iter().collect();
    if cards.len() > 1 {
        words = vec![format!("{} + {}", words.concat(), cards.len() - 1)];
    }
    words.extend(facts.driver.found().map(ToString::to_string));
    words.join(", ")
}
