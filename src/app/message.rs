//! What happens, as the window hears it: from a person, from the threads, from the clock.

use super::{Action, Amount, Came, Card, Lines};
use crate::catalog::LiveIndex;
use crate::diagnose::Diagnosis;
use crate::doctor::Bundle;
use crate::facts::{MachineFacts, Probe};
use crate::log_on::Status;
use crate::monitor::MonitorTick;
use crate::monitor::follow::Mark;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::run::journal::SavedRun;
use crate::run::{Outcome, RunEvent};
use crate::verify::{Progress, VerificationReport};
use crate::waiting::Watched;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

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
    /// Something is waited for: what has come since.
    Watched {
        /// Which scan.
        scan: u32,
        /// The wait.
        watched: Box<Watched>,
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
    /// The plan of a repair, or why there is none; no plan where nothing is wrong.
    RepairPlanned {
        /// Which plan.
        ticket: u32,
        /// The answer.
        plan: Box<Result<Option<Plan>, Problem>>,
    },
    /// What is wrong with a folder, if anything.
    TargetChecked {
        /// Which.
        target: PathBuf,
        /// What is wrong.
        trouble: Option<Problem>,
    },
    /// A report of another PC was read from a file: its facts, if it tells of a machine.
    Reported {
        /// Which file.
        path: PathBuf,
        /// What it says.
        facts: Box<Result<Option<MachineFacts>, Problem>>,
    },
    /// How much of a log was read.
    Diagnosing {
        /// For which question.
        ticket: u32,
        /// So much.
        amount: Amount,
    },
    /// The cause in a log, or why it could not be read.
    Diagnosed {
        /// For which question.
        ticket: u32,
        /// The answer.
        found: Box<Result<Diagnosis, Problem>>,
    },
    /// The report for support is here.
    Gathered {
        /// For which question.
        ticket: u32,
        /// It.
        bundle: Box<Bundle>,
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
    /// What a process and those below it did by now; `None` if there is no such process.
    Acted {
        /// Which.
        pid: u32,
        /// What they did.
        activity: Option<Box<crate::host::Activity>>,
    },
    /// Lines of the followed log.
    Marked(Vec<Mark>),
    /// The log cannot be followed.
    NotFollowed(Problem),
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
    /// What a quick look at the machine said.
    Glanced(Box<MachineFacts>),
    /// How an environment stands whose card is open.
    Arranged(Box<Came>),
    /// An effect on the home screen is done.
    HomeDone(Result<String, Problem>),
    /// How the check at log-on stands, and why it could not be changed.
    LogOnCheck {
        /// Now.
        status: Status,
        /// What stood in the way of a change.
        trouble: Option<Problem>,
    },
    /// Whether the window will open once after the next restart.
    ComesBack(bool),
    /// A file was written.
    Wrote(PathBuf),
    /// A small effect went wrong.
    Trouble(Problem),
}
