//! A timer of the user's own systemd with its service: plain files below the user's configuration.

use super::{Status, WORDS, ask, program, refused, unavailable};
use crate::host::{Host, HostError};
use crate::plan::CommandSpec;
use crate::problem::Problem;
use std::path::{Path, PathBuf};

pub(super) const TIMER: &str = "torch-wizard-recheck.timer";
pub(super) const SERVICE: &str = "torch-wizard-recheck.service";

/// Where the user's units lie.
fn folder(host: &dyn Host) -> PathBuf {
    let config = host.var("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    config.unwrap_or_else(|| host.folders().home.join(".config")).join("systemd").join("user")
}

fn systemctl<const N: usize>(host: &dyn Host, words: [&str; N]) -> Option<CommandSpec> {
    let program = host.find_programs("systemctl").into_iter().next()?;
    Some(CommandSpec::new(program, std::iter::once("--user").chain(words)))
}

pub(super) fn set_up(host: &dyn Host) -> Result<(), Problem> {
    let Some(enable) = systemctl(host, ["enable", TIMER]) else { return Err(unavailable("there is no systemd here")) };
    if is_offline(host) {
        return Err(unavailable("systemd is installed and does not run this system"));
    }
    let folder = folder(host);
    let failed = |error: HostError| crate::run::problem_of(&error);
    host.make_dir(&folder).map_err(failed)?;
    for (name, text) in [(SERVICE, service(host)), (TIMER, timer())] {
        host.write_atomic(&folder.join(name), text.as_bytes()).map_err(failed)?;
    }
    // A second `enable` finds the link there and reads the files anew.
    let (is_on, said) = ask(host, &enable).map_err(failed)?;
    if is_on {
        return Ok(());
    }
    take_files(host)?;
    let has_manager =
        systemctl(host, ["show-environment"]).is_some_and(|asks| ask(host, &asks).is_ok_and(|(ok, _)| ok));
    if has_manager {
        Err(refused("systemctl", said))
    } else {
        Err(unavailable("no systemd runs for this user").details(said))
    }
}

/// The system was started without systemd, as in a container: a timer could be enabled and nobody would ever start it.
fn is_offline(host: &dyn Host) -> bool {
    let Some(asks) = systemctl(host, ["is-system-running"]) else { return false };
    // This word is the same in every language.
    ask(host, &asks).is_ok_and(|(_, said)| said == "offline")
}

pub(super) fn remove(host: &dyn Host) -> Result<(), Problem> {
    if host.meta(&folder(host).join(TIMER)).is_some()
        && let Some(disable) = systemctl(host, ["disable", "--now", TIMER])
    {
        // Without a manager the files decide: they go in any case.
        ask(host, &disable).ok();
    }
    take_files(host)?;
    if let Some(reload) = systemctl(host, ["daemon-reload"]) {
        ask(host, &reload).ok();
    }
    Ok(())
}

/// Both units and the link that has the timer started.
fn take_files(host: &dyn Host) -> Result<(), Problem> {
    let folder = folder(host);
    for file in [folder.join("timers.target.wants").join(TIMER), folder.join(TIMER), folder.join(SERVICE)] {
        host.remove(&file).map_err(|error| crate::run::problem_of(&error))?;
    }
    Ok(())
}

/// Whether the units are there, switched on or not.
pub(super) fn has_files(host: &dyn Host) -> bool {
    host.meta(&folder(host).join(TIMER)).is_some()
}

pub(super) fn status(host: &dyn Host) -> Status {
    let Some(is_enabled) = systemctl(host, ["is-enabled", TIMER]).filter(|_| !is_offline(host)) else {
        return Status::Unavailable;
    };
    match ask(host, &is_enabled) {
        Ok((true, _)) => Status::On,
        Ok((false, _)) => Status::Off,
        Err(_) => Status::Unavailable,
    }
}

/// A word of a unit, in quotes. `%` begins a placeholder everywhere in a unit.
/// <https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html>
fn word(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\"").replace('%', "%%"))
}

/// What starts the check. The colon leaves `$` alone. systemd takes no program with quotes in its name, but any argument.
pub(super) fn start(program: &Path) -> String {
    let program = program.display().to_string();
    let through = if program.contains(['"', '\'', '\\']) { "/usr/bin/env " } else { "" };
    format!(":{through}{} {}", word(&program), WORDS.join(" "))
}

pub(super) fn service(host: &dyn Host) -> String {
    let start = start(&program(host));
    let own = host.var("TORCH_WIZARD_HOME").and_then(|own| own.into_string().ok()).filter(|own| !own.is_empty());
    let own = own.map(|own| format!("Environment={}\n", word(&format!("TORCH_WIZARD_HOME={own}")))).unwrap_or_default();
    // That an environment does not hold is an answer and no failure of the unit.
    format!(
        "[Unit]
Description=torch-wizard: which PyTorch environments still fit the driver and the card

[Service]
Type=oneshot
{own}ExecStart={start}
SuccessExitStatus=1
TimeoutStartSec=10min
Nice=10
"
    )
}

pub(super) fn timer() -> String {
    format!(
        "[Unit]
Description=torch-wizard: a look at the PyTorch environments, a minute after log-on

[Timer]
OnStartupSec=1min
Unit={SERVICE}

[Install]
WantedBy=timers.target
"
    )
}
