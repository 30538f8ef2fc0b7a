//! What is to be done in the world: by `perform`, or by the window itself.

use super::{Arrange, Log, Saved};
use crate::assess::Assessment;
use crate::host::Note;
use crate::plan::Plan;
use crate::prepare::{Scan, Wish};
use crate::report::Private;
use crate::run::journal::SavedRun;
use crate::run::kept::Replaced;
use crate::store::Settings;
use crate::verify::{Circumstances, Level};
use std::path::PathBuf;
use std::time::Duration;

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
    /// Find out what is wrong with an environment and plan the smallest change that mends it.
    PlanRepair {
        /// Which plan; an older one under way is given up.
        ticket: u32,
        /// Its folder.
        environment: PathBuf,
        /// What is known of the machine; asked anew if that is not whole yet.
        scan: Option<Box<Scan>>,
        /// What is wished beside.
        wish: Box<Wish>,
        /// What it becomes.
        becomes: super::Becomes,
    },
    /// Ask the machine what the environments' proofs rest on, and no more: that is there at once.
    Glance,
    /// Do something for a known environment, and look how it stands.
    Arrange {
        /// Its folder.
        environment: PathBuf,
        /// What.
        what: Arrange,
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
        /// How thoroughly.
        level: Level,
        /// What the verdict rests on.
        circumstances: Box<Circumstances>,
    },
    /// Stop these checks.
    StopVerify,
    /// Read the cards at an interval.
    Watch(Duration),
    /// No more readings.
    Unwatch,
    /// Tell every second what a process and those below it do; `None`: no more.
    WatchProcess(Option<u32>),
    /// Tell what is appended to a log and holds one of the words.
    Follow {
        /// Which.
        path: PathBuf,
        /// What to look for; none: the usual words.
        words: Vec<String>,
    },
    /// No more lines of it.
    Unfollow,
    /// Set the check at log-on up or take it back, or only look how it stands.
    LogOnCheck(Option<bool>),
    /// A notification of the system.
    Notify(Note),
    /// Write the settings.
    SaveSettings(Box<Settings>),
    /// Read another PC's report from a file.
    ReadReport(PathBuf),
    /// Find the cause in a log; an older question under way is given up.
    Diagnose {
        /// Which question.
        ticket: u32,
        /// The log.
        log: Log,
    },
    /// Gather the report for support.
    Gather {
        /// Which question.
        ticket: u32,
        /// What is known of the machine; asked anew if that is not whole yet.
        scan: Option<Box<Scan>>,
        /// What it does not tell.
        private: Box<Private>,
    },
    /// Nobody waits for the cause any more.
    StopDiagnosis,
    /// Remove what a repair replaced.
    LetGo(Box<Replaced>),
    /// Take an environment off the list.
    Forget(PathBuf),
    /// Delete an environment.
    Remove(PathBuf),
    /// Write a file.
    Write {
        /// Where.
        path: PathBuf,
        /// What.
        bytes: Vec<u8>,
    },
    /// A terminal with the environment active.
    OpenTerminal(PathBuf),
    /// A file or folder in the system's own program.
    OpenPath(PathBuf),
    /// To the clipboard: by the window.
    Copy(String),
    /// Have the window open once after the next restart.
    ComeBack,
    /// A page in the browser: by the window.
    OpenPage(String),
    /// The system's folder dialog: by the window.
    BrowseFolder(PathBuf),
    /// The system's dialog for a file to read, beginning in a folder: by the window.
    BrowseOpen(PathBuf),
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
                | Self::BrowseOpen(_)
                | Self::Restyle
                | Self::Render { .. }
                | Self::Close
        )
    }
}
