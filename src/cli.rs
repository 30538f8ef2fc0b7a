//! The commands of CLI.md over the library. Standard output carries the answer alone; progress and logs go to standard
//! error. Texts are written through [`Screen`], so that tests and the binary share every path.

mod advise;
mod args;
mod cache;
mod detect;
mod diagnose;
mod doctor;
mod driver;
mod envs;
mod install;
pub mod json;
mod kit;
mod monitor;
mod patch;
mod plan;
mod recheck;
mod repair;
mod show;
mod verify;
mod wait;
mod watch;
mod window;

pub(crate) use doctor::machine;

use crate::catalog::Catalog;
use crate::host::Host;
use crate::host::real::RealHost;
use crate::problem::{Problem, Remedy};
use crate::store::{Settings, StoreError};
use args::{Cli, Command};
use clap::Parser as _;
use std::io::{BufRead as _, IsTerminal as _, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Exit codes of CLI.md.
pub mod exit {
    /// Done.
    pub const DONE: i32 = 0;
    /// It ran and the answer is no.
    pub const NO: i32 = 1;
    /// Wrong usage or unreadable input.
    pub const USAGE: i32 = 2;
    /// Interrupted, can be resumed.
    pub const INTERRUPTED: i32 = 4;
    /// Cancelled.
    pub const CANCELLED: i32 = 130;
}

/// Where answers and messages go.
pub struct Screen {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    /// Messages may move on the spot.
    moving: bool,
    /// So may the answer.
    live: bool,
    quiet: bool,
}

impl Screen {
    /// A line of the answer.
    fn say(&mut self, text: impl std::fmt::Display) {
        // A reader that hung up (`| head`) wants no more.
        writeln!(self.out, "{text}").ok();
    }

    /// The answer as it is, e.g. a script.
    fn raw(&mut self, text: &str) {
        self.out.write_all(text.as_bytes()).ok();
        self.out.flush().ok();
    }

    /// A message beside the answer.
    fn note(&mut self, text: impl std::fmt::Display) {
        if !self.quiet {
            writeln!(self.err, "{text}").ok();
        }
    }

    /// Asks a question that `y` or `yes` affirms. Shown even where messages are not wanted: an answer is waited for.
    fn agreed(&mut self, question: &str) -> bool {
        writeln!(self.err, "{question} [y/N]").ok();
        self.err.flush().ok();
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer).ok();
        matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
    }

    /// A failure: cause, what changed, next steps.
    fn problem(&mut self, problem: &Problem, verbose: bool) {
        writeln!(self.err, "error: {}", problem.cause).ok();
        writeln!(self.err, "  {}", problem.changed).ok();
        for remedy in &problem.next {
            match remedy {
                Remedy::Advice { text } => writeln!(self.err, "  → {text}").ok(),
                Remedy::Command { text, command } => writeln!(self.err, "  → {text}: {command}").ok(),
            };
        }
        let is_telling = matches!(problem.label.as_str(), "no-solution" | "tool-failed" | crate::mistake::LABEL);
        if !problem.details.is_empty() && (verbose || is_telling) {
            writeln!(self.err, "\ndetails:").ok();
            for line in problem.details.lines() {
                writeln!(self.err, "  {line}").ok();
            }
        }
        self.err.flush().ok();
    }
}

/// What every command has at hand.
struct Session {
    host: Arc<dyn Host>,
    catalog: &'static Catalog,
    settings: Settings,
    screen: Screen,
    cancel: Arc<AtomicBool>,
    json: bool,
    /// Standard output carries the events of a run, not one answer.
    tells_events: bool,
    verbose: bool,
    offline: bool,
}

/// How a command that could not do its work ends.
enum Failed {
    Problem(Problem),
    /// Exit code 2: the words of the user cannot be followed.
    Usage(String),
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Problem(error.into())
    }
}

type Done = Result<i32, Failed>;

/// Parses the arguments, runs the command, answers with the exit code.
pub fn main() -> i32 {
    #[cfg(feature = "gui")]
    if crate::gui::start::is_worker() {
        return crate::gui::start::main();
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            error.print().ok();
            return error.exit_code();
        }
    };
    if let Some(code) = window::open(&cli) {
        return code;
    }
    let screen = Screen {
        out: Box::new(std::io::stdout()),
        err: Box::new(std::io::stderr()),
        moving: std::io::stderr().is_terminal() && !cli.quiet && cli.color != args::Color::Never,
        live: std::io::stdout().is_terminal() && cli.color != args::Color::Never,
        quiet: cli.quiet,
    };
    run(cli, screen)
}

/// The check at log-on: `recheck --quiet`, without the words and the other commands, which the window's program has no use for.
pub fn check_at_log_on() -> i32 {
    let screen = Screen {
        out: Box::new(std::io::stdout()),
        err: Box::new(std::io::stderr()),
        moving: false,
        live: false,
        quiet: true,
    };
    let beginning = Beginning { level: QUIET, ..Beginning::default() };
    begin(screen, &beginning, |session| {
        found_again(session)?;
        recheck::run(session)
    })
}

fn run(cli: Cli, screen: Screen) -> i32 {
    let is_report = matches!(cli.command, Some(Command::Doctor(_)));
    let beginning = Beginning {
        level: log_level(&cli),
        log: cli.log,
        json: cli.json,
        tells_events: cli.json && matches!(cli.command, Some(Command::Install(_) | Command::Resume(_))),
        verbose: cli.verbose > 0,
        offline: cli.offline,
        is_report,
    };
    begin(screen, &beginning, |session| {
        // A report mends nothing.
        if !is_report && cli.command.is_some() {
            found_again(session)?;
        }
        dispatch(session, cli.command)
    })
}

/// What the words say of every command.
#[derive(Default)]
struct Beginning {
    level: &'static str,
    log: Option<PathBuf>,
    json: bool,
    tells_events: bool,
    verbose: bool,
    offline: bool,
    /// What is asked when something is broken must not fail for that.
    is_report: bool,
}

/// Makes ready what every command needs, does the work and tells how it went wrong; answers with the exit code.
fn begin(mut screen: Screen, beginning: &Beginning, work: impl FnOnce(&mut Session) -> Done) -> i32 {
    let &Beginning { level, ref log, json, tells_events, verbose, offline, is_report } = beginning;
    let host: Arc<dyn Host> = match RealHost::new() {
        Ok(host) => Arc::new(host),
        Err(error) => {
            screen.problem(&Problem::new("no-home", format!("{error}.")), verbose);
            return exit::USAGE;
        }
    };
    crate::host::real::bind_children_to_us();
    let _log = crate::log::start(&*host, level, log.as_deref());
    let catalog = match Catalog::embedded() {
        Ok(catalog) => catalog,
        Err(error) => {
            screen.problem(&Problem::new("catalogue", format!("The built-in catalogue is damaged: {error}.")), verbose);
            return exit::USAGE;
        }
    };
    let settings = if is_report {
        Ok(crate::doctor::gather::settings(&*host))
    } else {
        crate::store::load(&*host, &Settings::path(&*host))
    };
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => {
            screen.problem(&error.into(), verbose);
            return exit::USAGE;
        }
    };
    let cancel = Arc::new(AtomicBool::new(false));
    listen_for_cancel(&cancel);
    let mut session = Session { host, catalog, settings, screen, cancel, json, tells_events, verbose, offline };
    let done = crate::mistake::caught(|| work(&mut session));
    match done.unwrap_or_else(|problem| Err(Failed::Problem(problem))) {
        Ok(code) => code,
        Err(failed) => session.failed(failed),
    }
}

impl Session {
    fn failed(&mut self, failed: Failed) -> i32 {
        let problem = match failed {
            Failed::Usage(text) => Problem::new("usage", text).command("See the words", "torch-wizard --help"),
            Failed::Problem(problem) => problem,
        };
        self.screen.problem(&problem, self.verbose);
        let exit = code_of(&problem);
        // Who reads the events of a run waits for its last line, also when nothing was begun.
        if self.tells_events {
            self.say_json(&json::EndLine { kind: "ended", exit, env: None });
        }
        exit
    }
}

/// A list of environments that was damaged and set aside is made again from the records of runs.
fn found_again(session: &mut Session) -> Result<(), Failed> {
    let Some(registry) = crate::run::found_again(&*session.host)? else { return Ok(()) };
    let paths: Vec<String> = registry.environments.iter().map(|known| known.path.display().to_string()).collect();
    let found = if paths.is_empty() { "none is there".to_owned() } else { paths.join(", ") };
    session.screen.note(format!(
        "The list of environments had been damaged. It is made again from the records of installs: {found}.\n\
         Others on this PC are shown by: torch-wizard envs list --all"
    ));
    Ok(())
}

/// The exit code that a problem means.
fn code_of(problem: &Problem) -> i32 {
    match problem.label.as_str() {
        "cancelled" => exit::CANCELLED,
        "usage" | "bad-target" | "bad-requirement" | "broken-file" | "newer-file" | "unreadable-report" => exit::USAGE,
        _ => exit::NO,
    }
}

/// The first Ctrl-C (or end of the terminal) cancels cleanly, the second ends at once.
fn listen_for_cancel(cancel: &Arc<AtomicBool>) {
    let cancel = Arc::clone(cancel);
    let handler = move || {
        if cancel.swap(true, Ordering::SeqCst) {
            std::process::exit(exit::CANCELLED);
        }
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        tracing::warn!("Ctrl-C will end the program at once: {error}");
    }
}

/// What standard error gets of the log where messages are not wanted.
const QUIET: &str = "error";

/// What standard error gets of the log.
const fn log_level(cli: &Cli) -> &'static str {
    match (cli.quiet, cli.verbose) {
        (true, _) => QUIET,
        (false, 0) => crate::log::USUAL,
        (false, 1) => "torch_wizard=info",
        (false, _) => "torch_wizard=debug",
    }
}

fn dispatch(session: &mut Session, command: Option<Command>) -> Done {
    match command {
        Some(Command::Detect(args)) => detect::run(session, &args),
        Some(Command::Advise(args)) => advise::run(session, &args),
        Some(Command::Driver(args)) => driver::run(session, &args),
        Some(Command::Patch(args)) => patch::run(session, &args),
        Some(Command::Plan(args)) => plan::run(session, &args),
        Some(Command::Install(args)) => install::run(session, &args),
        Some(Command::Resume(args)) => install::resume(session, &args),
        Some(Command::Rollback(args)) => install::rollback(session, &args),
        Some(Command::Verify(args)) => verify::run(session, &args),
        Some(Command::Monitor(args)) => monitor::run(session, &args),
        Some(Command::Envs(args)) => envs::run(session, &args),
        Some(Command::Cache(args)) => cache::run(session, &args),
        Some(Command::Completions { shell }) => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut <Cli as clap::CommandFactory>::command(), "torch-wizard", &mut text);
            session.screen.raw(&String::from_utf8_lossy(&text));
            Ok(exit::DONE)
        }
        Some(Command::Diagnose(args)) => diagnose::run(session, &args),
        Some(Command::Recheck) => recheck::run(session),
        Some(Command::Kit(args)) => kit::run(session, &args),
        Some(Command::Watch(args)) => watch::run(session, args.what),
        Some(Command::Doctor(args)) => doctor::run(session, &args),
        Some(Command::Bundle { .. }) => not_yet("bundle"),
        None => {
            use clap::CommandFactory as _;
            session.screen.raw(&Cli::command().render_help().to_string());
            Ok(exit::DONE)
        }
    }
}

fn not_yet(what: &str) -> Done {
    Err(Failed::Usage(format!("{what}: not in this version")))
}

impl Session {
    fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::SeqCst)
    }

    /// A value of the contract, as one line of JSON.
    fn say_json<T: serde::Serialize>(&mut self, value: &T) {
        self.screen.say(serde_json::to_string(value).unwrap_or_default());
    }

    /// The path as the user means it: absolute, without `.` and `..`, seen from where the program was started.
    fn absolute(&self, path: &std::path::Path) -> PathBuf {
        self.host.resolve(path)
    }

    /// Whether somebody is there who could answer a question.
    fn can_ask(&self) -> bool {
        !self.json && std::io::stdin().is_terminal()
    }

    /// What the catalogue expects of a card (by name) in a check (by name).
    fn expected(&self) -> impl Fn(&str, &str) -> Option<crate::verify::Expected> + use<> {
        let catalog = self.catalog;
        move |card, check| catalog.expected_of_check(card, check)
    }

    /// Environments of the registry.
    fn known(&self) -> Result<crate::store::Registry, Failed> {
        Ok(crate::store::load(&*self.host, &crate::store::Registry::path(&*self.host))?)
    }
}
