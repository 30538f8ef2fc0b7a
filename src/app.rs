//! The window's state machine: what is shown, what a person did, what happened, what is to be done.
//!
//! Pure: no clock, no file, no egui. `update(&mut Model, Message)` changes the model and returns the [`Effect`]s that
//! `perform` (or the window itself, see [`Effect::is_of_the_window`]) carries out; what they bring comes back as
//! [`Message`]s.

pub mod action;
pub mod arrange;
pub mod correct;
pub mod detection;
pub mod diagnose;
pub mod drafts;
pub mod effect;
pub mod home;
pub mod log;
pub mod message;
pub mod monitor;
#[cfg(test)]
mod opened;
pub mod other;
pub mod remedy;
pub mod rendered;
pub mod repair;
pub mod review;
pub mod run;
pub mod steps;
pub mod support;
mod update;
pub mod verify;

pub use action::{Action, Setting};
pub use arrange::{Arrange, ArrangeAction, Arranged, Came, Compared, Opened, Taken};
pub use correct::{Correction, Corrections, Subject};
pub use detection::{Detection, Row, Scanning};
pub use diagnose::{Amount, DiagnoseAction, DiagnoseView, Found, Log, Pasted};
pub use drafts::{Draft, Drafts};
pub use effect::Effect;
pub use home::{Card, Condition, Home};
pub use log::{Lines, LogAction, LogView, NoLines};
pub use message::Message;
pub use monitor::{Followed, MonitorAction, MonitorView, Rate, Span, Stretch};
pub use other::{Other, OtherAction, Reading, Reported};
pub use review::{Becomes, Choice, Fields, Review};
pub use run::{RunState, RunView, StepView};
pub use steps::{StepState, note_of, state_of};
pub use support::{SupportAction, SupportView};
pub use update::update;
pub use verify::{CheckRow, RowState, VerifyState, VerifyView, Watched};

use crate::assess::Assessment;
use crate::catalog::Catalog;
use crate::facts::{MachineFacts, OsFamily};
use crate::host::Folders;
use crate::log_on::Status;
use crate::plan::Shell;
use crate::plan::export::Format;
use crate::prepare::{Scan, Wish};
use crate::problem::Problem;
use crate::report::Private;
use crate::store::Settings;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What fills the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Screen {
    /// The known environments.
    Home,
    /// Step 1: the machine.
    Detect,
    /// Step 2: the routes.
    Choose,
    /// Step 3: the plan.
    Review,
    /// Step 4: the run.
    Run,
    /// Step 5: the proof.
    Verify,
    /// Step 6: how to use it.
    Done,
    /// Live figures of the cards.
    Monitor,
    /// What a person may set.
    Settings,
    /// Words, keys, places.
    Help,
    /// Another PC, judged from a text.
    Other,
    /// The cause in a log.
    Diagnose,
    /// The report for support.
    Support,
    /// Which driver the cards want, and how to get it.
    Driver,
}

impl Screen {
    /// The six steps, in order.
    pub const STEPS: [Self; 6] = [Self::Detect, Self::Choose, Self::Review, Self::Run, Self::Verify, Self::Done];

    /// Its place among the steps, from 0; `None` for what stands beside the way.
    pub fn step(self) -> Option<usize> {
        Self::STEPS.iter().position(|step| *step == self)
    }

    /// Whether it stands beside the way and may be entered at any time.
    pub const fn is_beside(self) -> bool {
        match self {
            Self::Monitor
            | Self::Settings
            | Self::Help
            | Self::Other
            | Self::Diagnose
            | Self::Support
            | Self::Driver => true,
            Self::Home | Self::Detect | Self::Choose | Self::Review | Self::Run | Self::Verify | Self::Done => false,
        }
    }

    /// The word that its sentences begin with: `step-detect`, `title-home` …
    pub const fn word(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Detect => "detect",
            Self::Choose => "choose",
            Self::Review => "review",
            Self::Run => "run",
            Self::Verify => "verify",
            Self::Done => "done",
            Self::Monitor => "monitor",
            Self::Settings => "settings",
            Self::Help => "help",
            Self::Other => "other",
            Self::Diagnose => "diagnose",
            Self::Support => "support",
            Self::Driver => "driver",
        }
    }
}

/// Something that is asked for and comes later.
#[derive(Clone, Debug, PartialEq)]
pub enum Load<T> {
    /// Not asked for.
    Idle,
    /// Under way.
    Busy {
        /// Since when, on the model's clock.
        since: Duration,
        /// What it is doing, in the engine's words; empty until it says.
        doing: String,
    },
    /// Here.
    Ready(T),
    /// It will not come.
    Failed(Problem),
}

impl<T> Load<T> {
    /// The value, if it is here.
    pub const fn ready(&self) -> Option<&T> {
        if let Self::Ready(value) = self { Some(value) } else { None }
    }

    /// Whether it is under way.
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }
}

/// A question that stands before the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialog {
    /// The window shall close while a run is under way.
    CloseDuringRun,
    /// An environment shall be deleted.
    RemoveEnvironment(PathBuf),
    /// A fact is wrong: what is it really?
    Correct {
        /// Which fact.
        subject: Subject,
        /// What was typed or picked so far.
        text: String,
        /// Why it cannot be taken, as a key.
        trouble: Option<&'static str>,
    },
    /// A text goes to a file.
    Save {
        /// Which text.
        what: Saved,
        /// The path as typed.
        path: String,
    },
}

/// What can be saved to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// The verification as a page, or as JSON by the file's name.
    Report,
    /// One page about this PC's set-up.
    ReferenceCard,
    /// The plan in another form.
    Plan(Format),
    /// The readings of the monitor.
    Readings,
    /// The report for support, its form by the file's name.
    Support,
}

/// A word about something small that was done or could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Key of the sentence.
    pub key: &'static str,
    /// Value of its place `what`.
    pub what: String,
    /// It went wrong.
    pub is_trouble: bool,
    /// When it was said.
    pub since: Duration,
}

/// Everything the window shows.
#[derive(Clone, Debug)]
pub struct Model {
    /// What fills the page.
    pub screen: Screen,
    /// Where the pages beside the way go back to.
    pub before: Screen,
    /// Time since the program started, as of the last message.
    pub now: Duration,
    /// The system we run on.
    pub os: OsFamily,
    /// What a person set.
    pub settings: Settings,
    /// What is being typed into them.
    pub drafts: Drafts,
    /// Whether the environments are looked at after each log-on; asked when the settings are opened.
    pub log_on_check: Load<Status>,
    /// The product's folders.
    pub folders: Folders,
    /// What a report that is given away does not tell.
    pub private: Private,
    /// What the product knows.
    pub catalog: &'static Catalog,
    /// Ask no server.
    pub offline: bool,
    /// What is known of the machine and its routes.
    pub detection: Detection,
    /// What the user said of the machine.
    pub corrections: Corrections,
    /// What the user chose.
    pub choice: Choice,
    /// The plan, and the place it is for.
    pub review: Review,
    /// The run of this session.
    pub run: Option<RunView>,
    /// Where the lines of the run's log are.
    pub lines: Arc<dyn Lines>,
    /// How the log is looked at.
    pub log: LogView,
    /// The proof.
    pub verify: VerifyView,
    /// The cards' figures.
    pub monitor: MonitorView,
    /// Environments and interrupted runs.
    pub home: Home,
    /// Another PC.
    pub other: Other,
    /// The cause in a log.
    pub diagnose: DiagnoseView,
    /// The report for support.
    pub support: SupportView,
    /// A question before the page.
    pub dialog: Option<Dialog>,
    /// A word that goes by itself.
    pub notice: Option<Notice>,
    /// The user has acted: the window does not change the page by itself any more.
    pub has_acted: bool,
    /// The window closes as soon as the run has stopped.
    pub closing: bool,
    /// The window is minimised or covered: nobody sees what moves in it.
    pub is_hidden: bool,
}

/// What the window is opened with.
#[derive(Clone, Debug)]
pub struct Start {
    /// The system we run on.
    pub os: OsFamily,
    /// What a person set.
    pub settings: Settings,
    /// The product's folders.
    pub folders: Folders,
    /// What the product knows.
    pub catalog: &'static Catalog,
    /// Ask no server.
    pub offline: bool,
}

impl Model {
    /// The window as it opens, with what is to be done at once.
    pub fn new(start: Start) -> (Self, Vec<Effect>) {
        let Start { os, settings, folders, catalog, offline } = start;
        let mut model = Self {
            screen: Screen::Detect,
            before: Screen::Detect,
            now: Duration::ZERO,
            os,
            settings,
            drafts: Drafts::default(),
            log_on_check: Load::Idle,
            private: Private::new(&folders.home, None),
            folders,
            catalog,
            offline,
            detection: Detection::new(),
            corrections: Corrections::default(),
            choice: Choice::default(),
            review: Review::default(),
            run: None,
            lines: Arc::new(NoLines),
            log: LogView::default(),
            verify: VerifyView::default(),
            monitor: MonitorView::default(),
            home: Home::default(),
            other: Other::default(),
            diagnose: DiagnoseView::default(),
            support: SupportView::default(),
            dialog: None,
            notice: None,
            has_acted: false,
            closing: false,
            is_hidden: false,
        };
        let mut effects = vec![Effect::LoadHome];
        effects.extend(detection::begin(&mut model));
        (model, effects)
    }

    /// The machine with what the user said of it; `None` until the first probe has answered.
    pub fn facts(&self) -> Option<&MachineFacts> {
        self.detection.corrected.as_ref()
    }

    /// Whether the cards come from a library that plays NVML.
    pub fn is_simulated(&self) -> bool {
        self.facts().is_some_and(MachineFacts::is_simulated)
    }

    /// A run is under way, or being stopped.
    pub fn is_running(&self) -> bool {
        self.run.as_ref().is_some_and(RunView::is_under_way)
    }

    /// The route that Review plans for: the one picked, else the recommended one.
    pub fn chosen(&self) -> Option<&Assessment> {
        let list = &self.detection.assessments;
        let picked = self.choice.route.and_then(|route| list.iter().find(|assessment| assessment.route == route));
        picked.or_else(|| self.recommended())
    }

    /// The recommended route.
    pub fn recommended(&self) -> Option<&Assessment> {
        let is_it = |assessment: &&Assessment| matches!(assessment.verdict, crate::assess::Verdict::Recommended { .. });
        self.detection.assessments.iter().find(is_it)
    }

    /// The shell that commands are shown for.
    pub fn shell(&self) -> Shell {
        self.settings.shell.unwrap_or(match self.os {
            OsFamily::Windows => Shell::PowerShell,
            OsFamily::Linux | OsFamily::Macos | OsFamily::Other => Shell::Posix,
        })
    }

    /// What is known of the machine and the indexes, once it is whole.
    pub fn scan(&self) -> Option<Scan> {
        let facts = self.facts().filter(|_| matches!(self.detection.scanning, Scanning::Done { .. }))?;
        let (live, assessments) = (self.detection.live.clone(), self.detection.assessments.clone());
        Some(Scan { facts: facts.clone(), live, assessments })
    }

    /// The user's choices as a wish.
    pub fn wish(&self) -> Wish {
        self.choice.wish(self)
    }

    /// Whether something moves on the page: a ring, a bar, a plot.
    pub fn is_busy(&self) -> bool {
        !matches!(self.detection.scanning, Scanning::Done { .. })
            || self.review.plan.is_busy()
            || self.is_running()
            || matches!(self.verify.state, VerifyState::Running)
            || self.home.busy.is_some()
            || self.home.opened.as_ref().is_some_and(|opened| opened.is_busy)
            || matches!(self.other.reading, Reading::Busy)
            || self.diagnose.answer.is_busy()
            || self.support.bundle.is_busy()
    }
}
