//! The window's state machine: what is shown, what a person did, what happened, what is to be done.
//!
//! Pure: no clock, no file, no egui. `update(&mut Model, Message)` changes the model and returns the [`Effect`]s that
//! `perform` (or the window itself, see [`Effect::is_of_the_window`]) carries out; what they bring comes back as
//! [`Message`]s.

pub mod correct;
pub mod detection;
pub mod drafts;
pub mod home;
pub mod log;
pub mod monitor;
pub mod remedy;
pub mod rendered;
pub mod review;
pub mod run;
pub mod steps;
mod update;
pub mod verify;

pub use correct::{Correction, Corrections, Subject};
pub use detection::{Detection, Row, Scanning};
pub use drafts::{Draft, Drafts};
pub use home::{Card, Condition, Home};
pub use log::{Lines, LogAction, LogView, NoLines};
pub use monitor::{MonitorAction, MonitorView, Span};
pub use review::{Choice, Review};
pub use run::{RunState, RunView, StepView};
pub use steps::{StepState, note_of, state_of};
pub use update::update;
pub use verify::{CheckRow, RowState, VerifyState, VerifyView, Watched};

use crate::assess::{Assessment, Route};
use crate::catalog::{Catalog, LiveIndex};
use crate::facts::{MachineFacts, OsFamily, Probe};
use crate::host::Folders;
use crate::monitor::MonitorTick;
use crate::plan::export::Format;
use crate::plan::{Engine, Plan, Shell};
use crate::prepare::{Scan, Wish};
use crate::problem::Problem;
use crate::run::journal::SavedRun;
use crate::run::{Outcome, RunEvent};
use crate::store::{Settings, Theme};
use crate::verify::{Circumstances, Progress, VerificationReport};
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
}

impl Screen {
    /// The six steps, in order.
    pub const STEPS: [Self; 6] = [Self::Detect, Self::Choose, Self::Review, Self::Run, Self::Verify, Self::Done];

    /// Its place among the steps, from 0; `None` for what stands beside the way.
    pub fn step(self) -> Option<usize> {
        Self::STEPS.iter().position(|step| *step == self)
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

/// A text that can be saved to a file.
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
    /// Where Monitor, Settings and Help go back to.
    pub before: Screen,
    /// Time since the program started, as of the last message.
    pub now: Duration,
    /// The system we run on.
    pub os: OsFamily,
    /// What a person set.
    pub settings: Settings,
    /// What is being typed into them.
    pub drafts: Drafts,
    /// The product's folders.
    pub folders: Folders,
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
    }
}

/// What a person did. Screens return it; they never change the model.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Go to a screen, if it is permitted.
    Go(Screen),
    /// One step back, or from a side screen to where one came from.
    Back,
    /// The primary button of the page.
    Next,
    /// Look at the machine again.
    Rescan,
    /// Do not wait for a row's probes any longer.
    Skip(Row),
    /// Open or close a row.
    Unfold(Row),
    /// A fact is wrong.
    Correct(Subject),
    /// Take back what was said of a fact.
    Uncorrect(Subject),
    /// Text of the open dialog.
    Type(String),
    /// Yes to the open dialog.
    Confirm,
    /// Close the open dialog.
    Dismiss,
    /// Choose a route.
    Pick(Route),
    /// Serve these cards alone; `None` is all.
    PickCards(Option<Vec<u32>>),
    /// Another folder, as typed.
    SetTarget(String),
    /// The folder dialog of the system.
    BrowseTarget,
    /// Replace what stands there.
    SetReplace(bool),
    /// Another Python; `None` lets the wizard decide.
    SetPython(Option<PathBuf>),
    /// Another engine; `None` lets the wizard decide.
    SetEngine(Option<Engine>),
    /// With torchaudio.
    SetAudio(bool),
    /// Make the plan again.
    Replan,
    /// Run the plan.
    Install,
    /// Stop the run.
    Cancel,
    /// Go on with the interrupted run.
    Resume,
    /// Undo the interrupted run.
    RollBack,
    /// Leave the proof out.
    SkipVerify,
    /// Run the checks again.
    VerifyAgain,
    /// Run the checks of a known environment.
    VerifyEnvironment(PathBuf),
    /// A new install from the beginning.
    StartOver,
    /// To the clipboard.
    Copy(String),
    /// The whole log to the clipboard.
    CopyLog,
    /// A terminal with the environment active.
    OpenTerminal(PathBuf),
    /// A file or folder in the system's own program.
    OpenPath(PathBuf),
    /// A page in the browser.
    OpenPage(String),
    /// Off the list; its files stay.
    Forget(PathBuf),
    /// Delete an environment (asks first).
    Remove(PathBuf),
    /// Save a text (asks where).
    Save(Saved),
    /// The save dialog of the system.
    BrowseSave,
    /// A setting.
    Set(Setting),
    /// A letter more of a setting that holds once it is whole.
    Draft(Draft),
    /// What was typed into the settings is whole.
    Settle,
    /// In the log.
    Log(LogAction),
    /// In the monitor.
    Monitor(MonitorAction),
    /// Close the window.
    Close,
}

/// A change of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// Light, dark, system.
    Theme(Theme),
    /// Tag of the language; `None` follows the system.
    Language(Option<String>),
    /// In percent; kept between 80 and 200.
    Zoom(u16),
    /// The shell of the commands.
    Shell(Option<Shell>),
    /// Where new environments go.
    EnvironmentsFolder(Option<PathBuf>),
    /// A mirror of the torch index.
    Mirror(Option<String>),
    /// Stronger outlines.
    MoreContrast(bool),
    /// Nothing moves.
    LessMotion(bool),
    /// All facts.
    ShowEverything(bool),
    /// Inner size of the window, in points.
    Window(u16, u16),
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Message {
    /// A person did something.
    User(Action),
    /// Time since the program started.
    Clock(Duration),
    /// A probe ended; the facts so far.
    Probed {
        /// Which scan.
        scan: u32,
        /// The probe.
        probe: Probe,
        /// What is known by now.
        facts: Box<MachineFacts>,
    },
    /// All probes ended.
    Detected {
        /// Which scan.
        scan: u32,
        /// What is known.
        facts: Box<MachineFacts>,
    },
    /// The indexes answered, or did not.
    Indexed {
        /// Which scan.
        scan: u32,
        /// The facts, with what the answers say of the network.
        facts: Box<MachineFacts>,
        /// What they have today.
        live: Box<LiveIndex>,
    },
    /// What the planning is doing.
    Planning {
        /// Which plan.
        ticket: u32,
        /// In words.
        doing: String,
    },
    /// The plan, or why there is none.
    Planned {
        /// Which plan.
        ticket: u32,
        /// The answer.
        plan: Box<Result<Plan, Problem>>,
    },
    /// What is wrong with a folder, if anything.
    TargetChecked {
        /// Which.
        target: PathBuf,
        /// What is wrong.
        trouble: Option<Problem>,
    },
    /// The system's dialog named a path.
    Picked(PathBuf),
    /// Something happened in the run.
    Run(Box<RunEvent>),
    /// The run's log is here.
    LogOpened(Arc<dyn Lines>),
    /// The log has grown.
    LogGrown,
    /// The run ended.
    RunEnded(Box<Outcome>),
    /// Something happened in a verification beside a run.
    Verifying(Box<Progress>),
    /// Such a verification ended; `None` if it was stopped.
    Verified(Box<Result<Option<VerificationReport>, Problem>>),
    /// A reading of the cards.
    Tick(Box<MonitorTick>),
    /// There will be no readings.
    NoReadings(Problem),
    /// The window was minimised or covered, or is seen again.
    Hidden(bool),
    /// Environments and interrupted runs.
    Home {
        /// Known environments with what their files say.
        cards: Vec<Card>,
        /// The newest run that did not end.
        unfinished: Option<Box<SavedRun>>,
        /// What could not be read.
        trouble: Option<Problem>,
        /// The folder of a run whose record is damaged.
        damaged: Option<PathBuf>,
    },
    /// An effect on the home screen is done.
    HomeDone(Result<String, Problem>),
    /// A file was written.
    Wrote(PathBuf),
    /// A small effect went wrong.
    Trouble(Problem),
}

/// What is to be done in the world.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Read the registry and the interrupted runs.
    LoadHome,
    /// Ask the machine, then the indexes.
    Detect {
        /// Which scan.
        scan: u32,
        /// What is wished, as far as it bears on the questions.
        wish: Box<Wish>,
    },
    /// Do not wait for these probes any longer.
    SkipProbes(Vec<String>),
    /// Make a plan.
    Plan {
        /// Which plan; an older one under way is given up.
        ticket: u32,
        /// What is known.
        scan: Box<Scan>,
        /// The route.
        chosen: Box<Assessment>,
        /// What is wished.
        wish: Box<Wish>,
    },
    /// Look whether an environment can be made there.
    CheckTarget {
        /// Where.
        target: PathBuf,
        /// What stands there may be replaced.
        replace: bool,
        /// Bytes it will take.
        bytes: Option<u64>,
    },
    /// Run a plan from its beginning.
    Run {
        /// The plan as reviewed.
        plan: Box<Plan>,
        /// What the verdict rests on.
        circumstances: Box<Circumstances>,
    },
    /// Go on with a run.
    Resume {
        /// The run.
        saved: Box<SavedRun>,
        /// What the verdict rests on; detected anew if it is not known yet.
        circumstances: Option<Box<Circumstances>>,
    },
    /// Undo the run of this folder.
    RollBack(PathBuf),
    /// Stop the run under way.
    Cancel,
    /// Run the checks of an environment.
    Verify {
        /// Its folder.
        environment: PathBuf,
        /// What the verdict rests on.
        circumstances: Box<Circumstances>,
    },
    /// Stop these checks.
    StopVerify,
    /// Read the cards at an interval.
    Watch(Duration),
    /// No more readings.
    Unwatch,
    /// Write the settings.
    SaveSettings(Box<Settings>),
    /// Take an environment off the list.
    Forget(PathBuf),
    /// Delete an environment.
    Remove(PathBuf),
    /// Write a text to a file.
    Write {
        /// Where.
        path: PathBuf,
        /// What.
        text: String,
    },
    /// A terminal with the environment active.
    OpenTerminal(PathBuf),
    /// A file or folder in the system's own program.
    OpenPath(PathBuf),
    /// To the clipboard: by the window.
    Copy(String),
    /// A page in the browser: by the window.
    OpenPage(String),
    /// The system's folder dialog: by the window.
    BrowseFolder(PathBuf),
    /// The system's save dialog: by the window.
    BrowseFile(PathBuf),
    /// The look changed: by the window.
    Restyle,
    /// Make the text and save it: by the window, which knows the language.
    Render {
        /// Which.
        what: Saved,
        /// Where to.
        path: PathBuf,
    },
    /// Close: by the window.
    Close,
}

impl Effect {
    /// Carried out by the window itself, which owns clipboard, dialogs and language.
    pub const fn is_of_the_window(&self) -> bool {
        matches!(
            self,
            Self::Copy(_)
                | Self::OpenPage(_)
                | Self::BrowseFolder(_)
                | Self::BrowseFile(_)
                | Self::Restyle
                | Self::Render { .. }
                | Self::Close
        )
    }
}
