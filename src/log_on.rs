//! The check at log-on, which a person asks for: a task of Windows' scheduler or a timer of the user's systemd, set up, looked
//! at and taken back. Both run `recheck --quiet` once, a minute after the log-on; nothing stays resident.

mod systemd;
mod task;

use crate::facts::OsFamily;
use crate::host::{Host, HostError, output};
use crate::plan::CommandSpec;
use crate::problem::Problem;
use std::path::PathBuf;
use std::time::Duration;

/// What is run.
pub const WORDS: [&str; 2] = ["recheck", "--quiet"];

/// How long `schtasks` and `systemctl` are waited for.
const LIMIT: Duration = Duration::from_secs(20);

/// Whether the check is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is.
    On,
    /// It is not.
    Off,
    /// This system has no place for it.
    Unavailable,
}

impl Status {
    /// The word of `watch --json`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Sets it up; what was set up earlier is replaced.
pub fn set_up(host: &dyn Host) -> Result<(), Problem> {
    match host.family() {
        OsFamily::Windows => task::set_up(host),
        OsFamily::Linux => systemd::set_up(host),
        OsFamily::Macos | OsFamily::Other => Err(unavailable("this system has neither a task scheduler nor systemd")),
    }
}

/// Takes it back. Nothing there is success.
pub fn remove(host: &dyn Host) -> Result<(), Problem> {
    match host.family() {
        OsFamily::Windows => task::remove(host),
        OsFamily::Linux => systemd::remove(host),
        OsFamily::Macos | OsFamily::Other => Ok(()),
    }
}

/// Whether it is set up.
pub fn status(host: &dyn Host) -> Status {
    match host.family() {
        OsFamily::Windows => task::status(host),
        OsFamily::Linux => systemd::status(host),
        OsFamily::Macos | OsFamily::Other => Status::Unavailable,
    }
}

/// Whether it was set up and something took it away since: its files are there, and it is off. Windows keeps no trace.
pub fn was_lost(host: &dyn Host) -> bool {
    host.family() == OsFamily::Linux && systemd::has_files(host) && status(host) == Status::Off
}

/// The program to start: the one of the window where there is one, since it opens no console.
fn program(host: &dyn Host) -> PathBuf {
    if host.family() == OsFamily::Windows {
        let quiet = PathBuf::from(format!(r"{}\torch-wizardw.exe", host.folders().program.display()));
        if host.meta(&quiet).is_some() {
            return quiet;
        }
    }
    host.program()
}

/// Runs a tool to its end: whether it ended well, and what it said.
fn ask(host: &dyn Host, command: &CommandSpec) -> Result<(bool, String), HostError> {
    let ended = output(host, command, LIMIT)?;
    let said = [&ended.stdout, &ended.stderr].map(|bytes| crate::host::decode(bytes).trim().to_owned()).join("\n");
    Ok((ended.is_success(), said.trim().to_owned()))
}

fn unavailable(why: &str) -> Problem {
    Problem::new("no-log-on-check", format!("The check at log-on cannot be set up: {why}."))
        .command("Have your desktop start this at log-on instead", format!("torch-wizard {}", WORDS.join(" ")))
}

/// A tool said no.
fn refused(tool: &str, said: String) -> Problem {
    Problem::new("log-on-check-refused", format!("The check at log-on could not be changed: {tool} refused."))
        .advise("Ask whoever looks after this PC whether users may have tasks of their own.")
        .details(said)
}

#[cfg(test)]
mod tests;
