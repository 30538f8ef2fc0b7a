//! How the window starts, also on a sick machine.
//!
//! A broken driver can end or hang the process that asks it for a picture, and an event loop exists once a process. So
//! the program first runs as a supervisor without a window. It starts itself again as a worker, with one renderer after
//! the other, until a worker says that it has really painted.

mod instance;
mod supervisor;
mod worker;

pub use supervisor::{Outcome, Try, WindowStart};

use super::renderer::Renderer;
use crate::host::Host;
use crate::host::real::{RealHost, bind_children_to_us, no_crash_boxes};
use crate::plan::CommandSpec;
use crate::problem::{Problem, Remedy};
use crate::store::Settings;
use instance::Instance;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// First argument of a worker; the second is the renderer. An argument and no variable: what the window starts must not
/// take itself for a worker.
const WORKER: &str = "--window-worker";
/// First argument of a start by the uninstaller, which must show nothing; `--purge` may follow.
const LEAVE: &str = "--leave";
/// Begins a line of the worker that is meant for the supervisor: [`Said`] as JSON follows.
const SAID: &str = "torch-wizard window: ";

/// What a worker tells its supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "kebab-case")]
enum Said {
    /// Frames came out.
    Ready {
        /// The card, in the driver's words.
        adapter: Option<String>,
        /// Nothing was painted, because nobody could see it.
        hidden: bool,
    },
    /// The window was closed; what happens from here on is no reason to open it again.
    Closing,
}

/// How the window is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Ask no server.
    pub offline: bool,
    /// Filter for what standard error gets.
    pub level: String,
    /// Instead of the usual log file.
    pub log: Option<PathBuf>,
}

impl Default for Wish {
    fn default() -> Self {
        Self { offline: false, level: crate::log::USUAL.to_owned(), log: None }
    }
}

impl Wish {
    /// From arguments; what is no word of the window is left alone.
    fn from_words(words: impl IntoIterator<Item = OsString>) -> Self {
        let mut wish = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("--offline") => wish.offline = true,
                Some("--level") => {
                    if let Some(level) = words.next().and_then(|level| level.into_string().ok()) {
                        wish.level = level;
                    }
                }
                Some("--log") => wish.log = words.next().map(PathBuf::from),
                Some(_) | None => {}
            }
        }
        wish
    }

    /// The command that starts a worker.
    fn command(&self, host: &dyn Host, renderer: Renderer) -> CommandSpec {
        let mut command = CommandSpec::new(host.program(), [WORKER, renderer.word(), "--level", &self.level]);
        if self.offline {
            command.args.push("--offline".to_owned());
        }
        if let Some(log) = self.log.as_ref().and_then(|log| log.to_str()) {
            command.args.extend(["--log".to_owned(), log.to_owned()]);
        }
        command.env.extend(renderer.env(host).into_iter().map(|(name, value)| (name.to_owned(), value)));
        command
    }
}

/// Whether this process was started by a supervisor: then [`main`] is the only thing to call.
pub fn is_worker() -> bool {
    std::env::args_os().nth(1).is_some_and(|word| word == WORKER)
}

/// The window's program: arguments in, exit code out. With the words of the check at log-on it makes that.
pub fn main() -> i32 {
    let mut words = std::env::args_os().skip(1);
    if std::env::args_os().nth(1).is_some_and(|word| word == LEAVE) {
        return leave(words.any(|word| word == "--purge"));
    }
    if std::env::args_os().skip(1).eq(crate::log_on::WORDS) {
        return crate::cli::check_at_log_on();
    }
    if !is_worker() {
        return open(&Wish::from_words(words));
    }
    let renderer = words.nth(1).and_then(|word| Renderer::from_word(word.to_str()?));
    let Some(renderer) = renderer else {
        say("a worker needs the name of a renderer");
        return crate::cli::exit::USAGE;
    };
    worker::run(renderer, &Wish::from_words(words))
}

/// Takes back what was written outside of the program's folder. Nobody is there to read: what fails is told by the code
/// alone, and the uninstaller goes on.
fn leave(purge: bool) -> i32 {
    let left = RealHost::new().is_ok_and(|host| crate::leave::leave(&host, purge).is_ok());
    if left { crate::cli::exit::DONE } else { crate::cli::exit::NO }
}

/// Opens the window and stays until it is closed; answers with the exit code.
pub fn open(wish: &Wish) -> i32 {
    let host = match RealHost::new() {
        Ok(host) => host,
        Err(error) => {
            let problem = Problem::new("no-home", format!("{error}.")).advise("Set it, then open the window again.");
            return refuse(&problem, crate::cli::exit::USAGE);
        }
    };
    bind_children_to_us();
    no_crash_boxes();
    // Where no program can show a box, its complaint about that would be the last thing a person reads.
    let level = format!("{},rfd=off", wish.level);
    let _log = crate::log::start(&host, &level, wish.log.as_deref());
    // Asked here already: no renderer can help against damaged settings.
    if let Err(error) = crate::store::load::<Settings>(&host, &Settings::path(&host)) {
        return refuse(&error.into(), crate::cli::exit::USAGE);
    }
    let Instance::Ours(_alone) = instance::claim(&host) else {
        say("The window is open already and was asked to the front.");
        return crate::cli::exit::DONE;
    };
    match supervisor::run(&host, wish, &end_on_signal()) {
        Ok(code) => code,
        Err(problem) => refuse(&problem, crate::cli::exit::NO),
    }
}

/// Set once somebody asks us to end. Ctrl-C in a terminal asks the worker too, which ends by itself.
fn end_on_signal() -> Arc<AtomicBool> {
    let end = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&end);
    let handler = move || {
        if flag.swap(true, Ordering::SeqCst) {
            std::process::exit(crate::cli::exit::CANCELLED);
        }
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        tracing::warn!("Ctrl-C will end the window at once: {error}");
    }
    end
}

/// Says on standard error and in a box that there will be no window. The box needs no graphics card.
fn refuse(problem: &Problem, code: i32) -> i32 {
    tracing::info!("no window: {}", problem.cause);
    let mut text = format!("{}\n{}\n", problem.cause, problem.changed);
    for remedy in &problem.next {
        match remedy {
            Remedy::Advice { text: advice } => writeln!(text, "\n{advice}"),
            Remedy::Command { text: why, command } => writeln!(text, "\n{why}:\n    {command}"),
        }
        .ok();
    }
    say(&format!("error: {text}"));
    let title = "torch-wizard";
    rfd::MessageDialog::new().set_level(rfd::MessageLevel::Error).set_title(title).set_description(text).show();
    code
}

/// A line on standard error; nobody may be listening.
fn say(text: &str) {
    writeln!(std::io::stderr(), "{}", text.trim_end()).ok();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::World;

    #[test]
    fn a_worker_is_told_what_the_user_wished() {
        let host = World::new(OsFamily::Linux);
        for wish in [
            Wish::default(),
            Wish { offline: true, level: "torch_wizard=debug".to_owned(), log: Some("/tmp/a b.log".into()) },
        ] {
            let command = wish.command(&host, Renderer::Glow);
            assert_eq!(command.args[..2], [WORKER, "glow"]);
            assert_eq!(Wish::from_words(command.args.into_iter().skip(2).map(Into::into)), wish);
        }
    }
}
