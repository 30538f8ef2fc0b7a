//! How the failures of a run read: cause, what changed on this PC, next step.

use super::download::FetchError;
use super::journal::JournalError;
use super::said;
use super::space::Shortage;
use super::wake::promotion;
use crate::diagnose::{Answer, Diagnosis, Mend};
use crate::facts::OsFamily;
use crate::host::{ChildExit, Hop, HostError, InUse};
use crate::plan::{Action, CommandSpec, Plan, PlanStep, Shell, in_place};
use crate::problem::{NOTHING_CHANGED, Problem, Remedy};
use std::path::Path;

pub(super) fn target_taken(target: &Path) -> Problem {
    Problem::new("target-taken", format!("{} appeared while the new environment was built.", target.display()))
        .changed("The new environment waits beside it.")
        .command("Go on, once it is moved out of the way", "torch-wizard resume")
        .command("Undo it", "torch-wizard rollback")
}

/// What was built is gone before it was moved to its place.
pub(super) fn vanished(staging: &Path) -> Problem {
    Problem::new(
        "vanished",
        format!("{} was removed before the environment could be moved to its place.", staging.display()),
    )
    .changed("Nothing stands at its place.")
    .command("Undo the run, then install again", "torch-wizard rollback")
}

/// A stop by the user, in words.
pub(super) fn cancelled(plan: &Plan) -> Problem {
    Problem::new("cancelled", "Cancelled.")
        .changed(fetched_is_kept(plan))
        .command("Go on", "torch-wizard resume")
        .command("Undo it", "torch-wizard rollback")
}

pub(super) fn untouched(plan: &Plan) -> String {
    match promotion(plan) {
        Some(_) => format!("{} is as it was before.", plan.target.display()),
        None if in_place::is_in_place(plan) => format!("{} is as it was before.", plan.target.display()),
        // Nothing is built aside: what is done is done.
        None => DONE_IS_KEPT.to_owned(),
    }
}

const DONE_IS_KEPT: &str = "What is done so far is kept.";

fn fetched_is_kept(plan: &Plan) -> String {
    match promotion(plan) {
        Some(_) => format!("{} What was fetched so far is kept.", untouched(plan)),
        None if in_place::is_in_place(plan) => format!("{} What was fetched so far is kept.", untouched(plan)),
        None => untouched(plan),
    }
}

/// The restart that a plan asks for.
pub(super) fn restart(why: &str) -> Problem {
    Problem::new("restart", why)
        .changed(DONE_IS_KEPT)
        .advise("Restart Windows now. Shutting down and switching on again is not enough.")
        .command("Go on after the restart", "torch-wizard resume")
}

/// The user came back without it.
pub(super) fn not_restarted(why: &str) -> Problem {
    Problem { cause: format!("{why} Windows was not restarted since."), ..restart(why) }
}

/// A step that only an administrator may run.
pub(super) fn needs_administrator(plan: &Plan, step: &PlanStep, shell: Shell) -> Problem {
    let command = match &step.action {
        Action::Run { command } => Some(command.display(shell)),
        Action::Fetch
        | Action::WritePins { .. }
        | Action::Rehome { .. }
        | Action::Verify { .. }
        | Action::Promote { .. }
        | Action::WriteFile { .. }
        | Action::Expect { .. }
        | Action::Restart { .. }
        | Action::Register { .. }
        | Action::SetAside { .. }
        | Action::MoveIn { .. }
        | Action::Program { .. }
        | Action::DropAside { .. } => None,
    };
    let cause = format!("This step needs administrator rights: {}.", step.title.trim_end_matches('.'));
    let problem = Problem::new("needs-administrator", cause)
        .changed(untouched(plan))
        .details(command.clone().unwrap_or_else(|| step.title.clone()));
    match (plan.os, command) {
        (OsFamily::Windows, command) => {
            let what = command.map(|command| format!(" It will run: {command}")).unwrap_or_default();
            problem
                .advise(format!("Open PowerShell as administrator (right click, Run as administrator).{what}"))
                .command("Go on there", "torch-wizard resume")
        }
        (OsFamily::Linux | OsFamily::Macos | OsFamily::Other, Some(command)) => {
            problem.command("Run it yourself", format!("sudo {command}")).command(
                "Then begin again; what is done is found",
                format!("torch-wizard install --route {}", plan.assessment.route.word()),
            )
        }
        (OsFamily::Linux | OsFamily::Macos | OsFamily::Other, None) => {
            problem.command("Go on as root", "torch-wizard resume")
        }
    }
}

/// The sign of an earlier step's work is not there.
pub(super) fn not_as_expected(plan: &Plan, why: &str, what: &str) -> Problem {
    Problem::new("not-as-expected", why)
        .changed(untouched(plan))
        .command("Try again from this step", "torch-wizard resume")
        .command("Undo it", "torch-wizard rollback")
        .details(what)
}

/// A change in place failed, and so did taking it back.
pub(super) fn not_brought_back(plan: &Plan, first: Option<Problem>, problem: &Problem) -> Problem {
    let target = plan.target.display();
    let cause = format!("{target} could not be brought back to what it was: {}", problem.cause);
    let first = first.map(|first| first.cause).unwrap_or_default();
    Problem::new("not-undone", cause)
        .changed("Part of the change is made; nothing is lost, what was replaced is kept beside it.")
        .command("Undo it, when the cause is mended", "torch-wizard rollback")
        .command("Or go on", "torch-wizard resume")
        .details(first)
}

/// A verification that left no report.
pub(super) fn no_report(plan: &Plan) -> Problem {
    Problem::new("internal", "The run ended without a verification.")
        .changed(untouched(plan))
        .command("Run it again", "torch-wizard resume")
}

/// A journal that another torch-wizard wrote.
pub fn other_form(error: &JournalError) -> Problem {
    Problem::new("other-journal", format!("The record of a run is another torch-wizard's: {error}."))
        .changed(NOTHING_CHANGED)
        .advise("Go on with it, or undo it, with the torch-wizard that began it.")
}

/// A journal that cannot be read.
pub(super) fn damaged(plan: &Plan, error: &JournalError) -> Problem {
    if let JournalError::OtherForm { .. } = error {
        return other_form(error);
    }
    Problem::new("journal-damaged", "The record of this run is damaged, so it cannot be gone on with.")
        .changed(untouched(plan))
        .command("Undo the run; fetched wheels are kept", "torch-wizard rollback")
        .details(error.to_string())
}

pub(super) fn not_kept(plan: &Plan, file: &str) -> Problem {
    Problem::new("offline", format!("{file} is not among the wheels kept here, and --offline forbids fetching it."))
        .changed(untouched(plan))
        .command("Go on with the network", "torch-wizard resume")
        .command("Undo it", "torch-wizard rollback")
}

/// A volume has no room, and nobody is there who could make some now.
pub(super) fn no_space(shortage: &Shortage) -> Problem {
    use crate::text::size;
    let Shortage { folder, needed, free, what } = shortage;
    let (folder, missing) = (folder.display(), size(shortage.missing()));
    Problem::new(
        "disk-full",
        format!(
            "The volume of {folder} has {} free; {} are needed there ({what}): {missing} more.",
            size(*free),
            size(*needed)
        ),
    )
    .changed("What was fetched so far is kept.")
    .command("Free some space (this shows what may go)", "torch-wizard cache list")
    .command("Go on afterwards", "torch-wizard resume")
    .advise("Or make the environment on another volume (--env), or move the caches there (TORCH_WIZARD_HOME).")
}

/// Somebody holds a file.
pub(super) fn in_use(held: &InUse) -> Problem {
    Problem::new("in-use", format!("{held}."))
        .advise(format!("Close what {} is part of: a notebook, an editor, a terminal.", held.who()))
        .command("Then go on", "torch-wizard resume")
        .command("Or undo it", "torch-wizard rollback")
}

/// A mistake of our own in the middle of a run.
pub(super) fn of_mistake(plan: &Plan, mut problem: Problem) -> Problem {
    let ways = [("Go on with it", "torch-wizard resume"), ("Or undo it", "torch-wizard rollback")];
    let ways = ways.map(|(text, command)| Remedy::Command { text: text.to_owned(), command: command.to_owned() });
    problem.next.splice(0..0, ways);
    problem.changed(if in_place::is_in_place(plan) {
        "It stopped there. A part of the change may be made; what was replaced is kept beside it."
    } else if promotion(plan).is_some() {
        "It stopped there. What was fetched so far is kept."
    } else {
        DONE_IS_KEPT
    })
}

/// An error of the system, in words.
pub fn problem_of(error: &HostError) -> Problem {
    let text = error.to_string();
    if let Some(held) = error.in_use() {
        return in_use(held).details(text);
    }
    match error {
        HostError::File { path, source, .. } if super::space::is_full(source) => {
            Problem::new("disk-full", format!("The volume of {} is full.", path.display()))
                .changed("What was fetched so far is kept.")
                .command("Go on when there is space", "torch-wizard resume")
                .details(text)
        }
        HostError::File { path, source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
            Problem::new("not-writable", format!("{} cannot be written or read by you.", path.display()))
                .advise("Choose another folder with --env, or get the right to write there.")
                .details(text)
        }
        HostError::File { .. } => Problem::new("file", format!("{text}."))
            .advise("See that the folder is there and can be written, then try again.")
            .details(text),
        HostError::NotFound { program } => {
            Problem::new("tool-missing", format!("{} was not found.", program.display()))
                .command("See what is there", "torch-wizard detect")
                .details(text)
        }
        HostError::Start { program, .. } => {
            Problem::new("tool-blocked", format!("{} could not be started.", program.display()))
                .advise(
                    "A virus scanner or a policy may block it; try the other engine with --engine pip or --engine uv.",
                )
                .details(text)
        }
        HostError::Timeout { what, seconds } => {
            Problem::new("timeout", format!("{what} did not answer within {seconds} s."))
                .advise("Try again.")
                .details(text)
        }
        HostError::Network { .. } | HostError::Status { .. } => network_problem(error, NOTHING_CHANGED),
        HostError::Nvml { .. } => {
            Problem::new("nvml", format!("{text}.")).command("See what is known", "torch-wizard detect")
        }
        HostError::Stopped => Problem::new("cancelled", "Cancelled."),
    }
}

/// A refusal on the way to a server, in words: which hop, and what helps at that hop.
pub fn network_problem(error: &HostError, changed: &str) -> Problem {
    let text = error.to_string();
    let problem = |label: &str, cause: String| Problem::new(label, cause).changed(changed).details(text.clone());
    match error {
        HostError::Network { hop, url, text, .. } => {
            let host = url::Url::parse(url)
                .ok()
                .and_then(|url| url.host_str().map(str::to_owned))
                .unwrap_or_else(|| url.clone());
            match hop {
                Hop::Name => problem("no-network", format!("The name {host} could not be looked up."))
                    .advise("Check the network connection, or set a proxy (HTTPS_PROXY) if your network needs one."),
                Hop::Connect => problem("no-network", format!("No connection to {host} ({text})."))
                    .advise("Check the network connection and the firewall, or set a proxy (HTTPS_PROXY)."),
                Hop::Proxy => problem("proxy", format!("The proxy on the way to {host} refused ({text})."))
                    .advise("Check HTTPS_PROXY and the proxy's user name and password."),
                Hop::Certificate => problem("certificate", format!("The certificate of {host} was not accepted ({text})."))
                    .advise("If your company inspects connections, set SSL_CERT_FILE to its certificate, or have it put into the system's store."),
                Hop::Transfer => problem("network", format!("The connection to {host} broke ({text}).")).advise("Try again; it goes on where it stopped."),
            }
        }
        HostError::Status { status, url, .. } => {
            let advice = match status {
                401 | 407 => {
                    "The server wants a user name and password: put them into the index URL or your netrc file."
                }
                403 | 404 => "The file is not there any more, or your network forbids it: make a new plan.",
                429 => "The server asks for a pause: try again in some minutes.",
                _ => "The server has trouble: try again later.",
            };
            problem("index-refused", format!("The server answered {status} for {url}.")).advise(advice)
        }
        HostError::NotFound { .. }
        | HostError::Timeout { .. }
        | HostError::Nvml { .. }
        | HostError::Stopped
        | HostError::File { .. }
        | HostError::Start { .. } => problem_of(error),
    }
}

pub(super) fn fetch_failed(plan: &Plan, error: &FetchError) -> Problem {
    match error {
        FetchError::HashMismatch { file, .. } | FetchError::WrongSize { file, .. } => Problem::new(
            "hash-mismatch",
            format!("{file} is not the file that the index promised; it was thrown away."),
        )
        .changed(untouched(plan))
        .advise("A proxy or a mirror may change files on the way. Try again, or another network or mirror.")
        .command("Try again", "torch-wizard resume")
        .details(error.to_string()),
        FetchError::Network { source, .. } => network_problem(source, &fetched_is_kept(plan))
            .command("Go on", "torch-wizard resume")
            .details(error.to_string()),
        FetchError::Disk(error) => problem_of(error),
        FetchError::Cancelled => cancelled(plan),
    }
}

/// What a tool's own list knows of its words comes first, then what the log is diagnosed as.
pub(super) fn tool_failed(
    plan: &Plan,
    step: &PlanStep,
    command: &CommandSpec,
    exit: ChildExit,
    tail: &str,
    diagnosis: Option<&Diagnosis>,
) -> Problem {
    let unknown = || {
        Problem::new("tool-failed", format!("{}: {}", step.title, how_it_ended(command, exit, tail)))
            .details(tail.to_owned())
    };
    said::explain(command, tail)
        .or_else(|| diagnosed(plan, step, tail, diagnosis?))
        .unwrap_or_else(unknown)
        .changed(untouched(plan))
        .command("Try again", "torch-wizard resume")
        .command("Undo it", "torch-wizard rollback")
}

/// A diagnosis that is sure enough to be told as the cause. What the program would mend in an environment that is in use
/// is no way for one that is being made.
fn diagnosed(plan: &Plan, step: &PlanStep, tail: &str, diagnosis: &Diagnosis) -> Option<Problem> {
    let Answer::Known { failure, .. } = &diagnosis.answer else { return None };
    if diagnosis.confidence < SURE {
        return None;
    }
    let line = diagnosis.evidence.first().map(|line| line.text.as_str()).unwrap_or_default();
    let before = if tail.contains(line) { String::new() } else { format!("{line}\n") };
    let cause = format!("{}: {}", step.title.trim_end_matches('.'), failure.cause);
    let problem = Problem::new(&failure.label, cause).advise(&failure.remedy).details(before + tail);
    let own = failure.mend.map(Mend::command);
    let commands = failure.commands_on(plan.os).into_iter().filter(|command| Some(*command) != own);
    Some(commands.fold(problem, |problem, command| problem.command("This may help", command)))
}

/// What is less sure is not told as the cause.
const SURE: f64 = 0.7;

/// In a sentence, with the tool's last word, which says more than its exit code.
fn how_it_ended(command: &CommandSpec, exit: ChildExit, tail: &str) -> String {
    let tool = said::tool(command);
    let said = tail.lines().map(str::trim).rfind(|line| line.starts_with("error") || line.starts_with("ERROR"));
    let said =
        said.or_else(|| tail.lines().next_back()).map(|line| format!(" It said: {}", line.trim())).unwrap_or_default();
    format!("{tool} {exit}.{said}")
}
