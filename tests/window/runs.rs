//! Plans and runs in every state that Review and Run have words for, and logs of any length.

use crate::pc::{at, detected, event, finished, plan_for, reviewed, running, started, tell};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use torch_wizard::app::{Action, Lines, LogAction, Message, Model, Screen};
use torch_wizard::assess::{Need, Route};
use torch_wizard::plan::Plan;
use torch_wizard::problem::Problem;
use torch_wizard::run::space::Shortage;
use torch_wizard::run::{EventKind, Outcome};

/// A log of so many made-up lines, which keeps in mind what was read of it.
#[derive(Debug)]
pub struct Log {
    count: AtomicUsize,
    last: Vec<String>,
    /// The most lines that were read at once.
    pub most: AtomicUsize,
    /// How often it was read as a whole.
    pub whole: Mutex<usize>,
}

impl Log {
    /// So many lines, then these.
    pub fn new(count: usize, last: &[&str]) -> Arc<Self> {
        let last = last.iter().map(|line| (*line).to_owned()).collect();
        Arc::new(Self { count: AtomicUsize::new(count), last, most: AtomicUsize::new(0), whole: Mutex::new(0) })
    }

    pub fn grow(&self, by: usize) {
        self.count.fetch_add(by, Ordering::Relaxed);
    }

    fn made_up(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    fn line(&self, number: usize) -> String {
        let left = self.made_up().checked_sub(number + 1);
        match left {
            None => self.last[number - self.made_up()].clone(),
            Some(_) if number % 9 == 4 => format!("WARNING: retrying after a timeout, part {number}"),
            Some(_) if number % 7 == 2 => format!("Prepared {number} packages in 1.20s"),
            Some(_) => format!("  fetching torch-2.15.0+cu130-cp312-cp312-win_amd64.whl, part {number}"),
        }
    }
}

impl Lines for Log {
    fn count(&self) -> usize {
        self.made_up() + self.last.len()
    }
    fn read(&self, range: Range<usize>) -> Vec<String> {
        self.most.fetch_max(range.len(), Ordering::Relaxed);
        (range.start..range.end.min(self.count())).map(|number| self.line(number)).collect()
    }
    fn find(&self, word: &str, from: usize) -> Option<usize> {
        let hit = |number: &usize| self.line(*number).to_lowercase().contains(&word.to_lowercase());
        (from..self.count()).find(hit).or_else(|| (0..from.min(self.count())).find(hit))
    }
    fn next_problem(&self, from: usize) -> Option<usize> {
        let hit = |number: &usize| {
            use torch_wizard::app::log::{Tone, tone};
            matches!(tone(&self.line(*number)), Tone::Trouble | Tone::Warning)
        };
        (from..self.count()).find(hit).or_else(|| (0..from.min(self.count())).find(hit))
    }
    fn all(&self) -> String {
        *self.whole.lock().unwrap() += 1;
        (0..self.count()).map(|number| self.line(number) + "\n").collect()
    }
}

pub fn with_log(mut model: Model, log: &Arc<Log>) -> Model {
    tell(&mut model, Message::LogOpened(Arc::clone(log) as Arc<dyn Lines>));
    model
}

/// The plan is being made.
pub fn planning() -> Model {
    let mut model = detected();
    tell(&mut model, Message::User(Action::Next));
    let ticket = model.review.ticket;
    at(&mut model, 5.0);
    tell(&mut model, Message::Planning { ticket, doing: "resolving the packages".to_owned() });
    model
}

/// There is no plan, for this reason.
pub fn unplanned(problem: Problem) -> Model {
    let mut model = planning();
    let ticket = model.review.ticket;
    tell(&mut model, Message::Planned { ticket, plan: Box::new(Err(problem)) });
    model
}

pub fn no_network() -> Problem {
    Problem::new("no-network", "The name download.pytorch.org could not be looked up.")
        .advise("Check the network connection, or set a proxy (HTTPS_PROXY) if your network needs one.")
        .details("dns error: no such host is known")
}

/// As the engine tells of a folder that is there.
pub fn taken(path: &str) -> Problem {
    Problem::new("target-taken", format!("{path} is there already."))
        .command("Replace it once the new one is proven", format!("torch-wizard install --env \"{path}\" --replace"))
        .advise("Or choose another folder with --env.")
}

/// Another folder was typed, and this is wrong with it.
pub fn with_trouble(problem: Problem) -> Model {
    let mut model = reviewed();
    let path = r"D:\ai\torch";
    tell(&mut model, Message::User(Action::SetTarget(path.to_owned())));
    tell(&mut model, Message::TargetChecked { target: PathBuf::from(path), trouble: Some(problem) });
    model
}

/// A plan with something changed in it.
pub fn reviewed_with(change: impl FnOnce(&mut Plan)) -> Model {
    let mut model = detected();
    tell(&mut model, Message::User(Action::Next));
    let mut plan = plan_for(&model);
    change(&mut plan);
    let ticket = model.review.ticket;
    tell(&mut model, Message::Planned { ticket, plan: Box::new(Ok(plan)) });
    model
}

/// A plan that asks for everything a plan can ask for.
pub fn demanding() -> Model {
    reviewed_with(|plan| {
        plan.assessment.route = Route::Cpu;
        if let torch_wizard::plan::Action::Verify { device, .. } = &mut plan.steps[4].action {
            "cpu".clone_into(device);
        }
        plan.assessment.needs = vec![Need::Administrator, Need::Restart, Need::Consent, Need::Uv, Need::Python];
        plan.steps[0].admin = true;
        let mut restart = plan.steps[0].clone();
        "restart".clone_into(&mut restart.key);
        restart.admin = false;
        restart.action = torch_wizard::plan::Action::Restart { why: "Windows switches on what WSL needs.".to_owned() };
        plan.steps.push(restart);
        plan.lock.packages[1].wheel.sha256 = None;
        plan.inheritance.cleared.insert("PIP_INDEX_URL".to_owned());
    })
}

/// What stands at the place will be replaced.
pub fn replacing() -> Model {
    let mut model = with_trouble(taken(r"D:\ai\torch"));
    tell(&mut model, Message::User(Action::SetReplace(true)));
    tell(&mut model, Message::TargetChecked { target: PathBuf::from(r"D:\ai\torch"), trouble: None });
    model
}

/// uv unpacks and says nothing.
pub fn silent(seconds: u64) -> Model {
    let mut model = running();
    at(&mut model, 75.0);
    for message in [finished("download"), started("pins"), finished("pins"), started("install")] {
        tell(&mut model, message);
    }
    let doing = "unpacking wheels and linking files".to_owned();
    tell(&mut model, event("install", EventKind::Quiet { seconds, doing, stall: None }));
    with_log(model, &Log::new(12, &["Resolved 5 packages in 210ms"]))
}

/// The volume of the wheels is full.
pub fn paused() -> Model {
    let mut model = running();
    let folder = r"C:\Users\kim\AppData\Local\torch-wizard\cache\wheels".into();
    let what = "the wheels and the unpacked packages".to_owned();
    let shortage = Shortage { folder, needed: 6_400_000_000, free: 1_150_000_000, what };
    tell(&mut model, event("download", EventKind::Paused { shortage }));
    with_log(model, &Log::new(12, &["Paused: 5.25 GB more are needed"]))
}

/// uv ended with an error.
pub fn failed() -> Model {
    let error = "error: Failed to install: torch-2.15.0+cu130 (No space left on device (os error 28))";
    let log = Log::new(400, &["Prepared 5 packages in 31.20s", error, "  caused by: no space left on device"]);
    let mut model = with_log(silent(4), &log);
    let problem =
        Problem::new("tool-failed", format!("Unpack and link the packages: uv ended with code 2. It said: {error}"))
            .changed(r"C:\Users\jane\torch-cu130 is as it was before.")
            .command("Try again", "torch-wizard resume")
            .command("Undo it", "torch-wizard rollback")
            .details(format!("Prepared 5 packages in 31.20s\n{error}"));
    tell(&mut model, event("install", EventKind::Failed { problem: problem.clone() }));
    tell(&mut model, Message::RunEnded(Box::new(Outcome::Failed { problem, report: None })));
    model
}

/// Windows has to be restarted before it goes on.
pub fn waiting() -> Model {
    let mut model = with_log(silent(4), &Log::new(12, &["The operation completed successfully."]));
    let problem = Problem::new("restart", "Windows switches on what WSL needs when it is restarted.")
        .changed("What is done so far is kept.")
        .advise("Restart Windows now. Shutting down and switching on again is not enough.")
        .command("Go on after the restart", "torch-wizard resume");
    let booted = Some(1_800_000_000);
    tell(&mut model, event("install", EventKind::NeedsUser { problem: problem.clone(), booted }));
    tell(&mut model, Message::RunEnded(Box::new(Outcome::NeedsUser { problem })));
    model
}

/// A failure whose problem has nothing but advice.
pub fn failed_without_buttons() -> Model {
    let mut model = running();
    let problem = Problem::new("timeout", "uv did not answer within 30 s.").advise("Try again.");
    tell(&mut model, Message::RunEnded(Box::new(Outcome::Failed { problem, report: None })));
    model
}

pub fn stopping() -> Model {
    let mut model = with_log(running(), &Log::new(40, &[]));
    tell(&mut model, Message::User(Action::Cancel));
    model
}

pub fn cancelled() -> Model {
    let mut model = stopping();
    let problem = Problem::new("cancelled", "Cancelled.")
        .changed(r"C:\Users\jane\torch-cu130 is as it was before. What was fetched so far is kept.")
        .command("Go on", "torch-wizard resume")
        .command("Undo it", "torch-wizard rollback");
    tell(&mut model, Message::RunEnded(Box::new(Outcome::Cancelled { problem })));
    model
}

/// A million lines, the end left behind, twelve new ones.
pub fn million() -> (Model, Arc<Log>) {
    let log = Log::new(999_988, &[]);
    let mut model = with_log(running(), &log);
    tell(&mut model, Message::User(Action::Log(LogAction::Scroll { by: -1000, visible: 14 })));
    log.grow(12);
    tell(&mut model, Message::LogGrown);
    (model, log)
}

fn searching() -> Model {
    let mut model = with_log(running(), &Log::new(4000, &[]));
    for action in [LogAction::Search(true), LogAction::Word("timeout".to_owned()), LogAction::FindNext] {
        tell(&mut model, Message::User(Action::Log(action)));
    }
    model
}

fn on(mut model: Model, screen: Screen) -> Model {
    tell(&mut model, Message::User(Action::Go(screen)));
    model
}

/// The states of Review and Run beside the plain ones.
pub fn states() -> Vec<(&'static str, Model)> {
    vec![
        ("review-busy", planning()),
        ("review-failed", unplanned(no_network())),
        ("review-taken", with_trouble(taken(r"D:\ai\torch"))),
        ("review-replacing", replacing()),
        ("review-demanding", demanding()),
        ("review-fixed", on(failed(), Screen::Review)),
        ("run-log", million().0),
        ("run-search", searching()),
        ("run-silent", silent(12)),
        ("run-long-silent", silent(130)),
        ("run-paused", paused()),
        ("run-failed", failed()),
        ("run-failed-advice", failed_without_buttons()),
        ("run-waiting", waiting()),
        ("run-stopping", stopping()),
        ("run-cancelled", cancelled()),
        ("run-promoted", on(crate::pc::proven(), Screen::Run)),
    ]
}
