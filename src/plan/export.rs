//! One plan in other forms: text, shell scripts, pins, Dockerfile, compose file, lock. The same lock, hashes and folders as
//! `install` uses.

mod batch;
mod container;
mod people;
mod pins;
mod posix;
mod powershell;
mod script;

use super::Plan;
use crate::assess::Origin;
use crate::facts::OsFamily;

pub use people::action_text;

/// The forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// The plan as data.
    Json,
    /// A script for sh.
    Sh,
    /// A script for PowerShell.
    Ps1,
    /// A batch file.
    Bat,
    /// Pins with hashes, for `pip install -r` and `uv pip install -r`.
    Requirements,
    /// A Dockerfile.
    Dockerfile,
    /// A file for `docker compose`.
    Compose,
    /// A PEP 751 lock.
    Pylock,
}

/// Why a form cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// Neither uv nor pip takes pins of which only some have hashes.
    #[error("the index names no hash for {0}, so a script could not check what it fetches")]
    NoHash(String),
    /// The lock is for another system than containers run.
    #[error("the packages are for {0:?}, a container runs Linux")]
    NotLinux(OsFamily),
    /// Its own code makes it, by a setuptools that pip would fetch for it unchecked.
    #[error("{0} is made from its source, which pins alone do not do as the plan does; a script does")]
    Source(String),
    /// Nothing to pin.
    #[error("route {0} has no packages to pin")]
    NoLock(&'static str),
    /// The lock has what torch needs, and not torch.
    #[error("torch is built here, so no list of packages has it")]
    BuiltHere,
    /// Not packages alone.
    #[error("route {0} cannot be written as an image")]
    NoImage(&'static str),
    /// Nothing to start.
    #[error("route {0} runs in no container; route docker does")]
    NoContainer(&'static str),
    /// A name that would be more than a name in a file of that form.
    #[error("{0:?} is no name or address that can be written there")]
    Odd(String),
    /// A batch file has no way to pass it on.
    #[error("{0:?} holds a character that a batch file cannot pass on")]
    ControlCharacter(String),
    /// The command prompt would cut it.
    #[error("a line of it would have {0} characters, more than the command prompt reads")]
    LineTooLong(usize),
    /// A change that is taken back file by file where it fails.
    #[error(
        "it changes an environment where it stands and brings every file back where it fails; a script cannot do that"
    )]
    InPlace,
    /// A program that reads a text.
    #[error("a program reads a text in the step {0:?}, which scripts do in ways of their own")]
    Fed(String),
}

/// Writes the plan in a form.
pub fn export(plan: &Plan, format: Format) -> Result<String, ExportError> {
    match format {
        Format::Text => Ok(people::text(plan)),
        Format::Json => Ok(as_data(plan)),
        Format::Sh => Ok(posix::text(&script::of(plan)?)),
        Format::Ps1 => Ok(powershell::text(&script::of(plan)?)),
        Format::Bat => batch::text(&script::of(plan)?),
        Format::Requirements => pins::requirements(plan),
        Format::Dockerfile => container::dockerfile(plan),
        Format::Compose => container::compose(plan),
        Format::Pylock => pins::pylock(plan),
    }
}

/// What the sentences of the verdict were made of is for the window's other languages and no part of the form.
fn as_data(plan: &Plan) -> String {
    let mut plan = plan.clone();
    for reason in plan.assessment.verdict.reasons_mut() {
        reason.args.clear();
    }
    serde_json::to_string_pretty(&plan).unwrap_or_default() + "\n"
}

fn heading(plan: &Plan) -> String {
    plan.assessment.build.as_ref().map_or_else(
        || format!("route {}", plan.assessment.route.word()),
        |build| {
            let from = match &build.origin {
                Origin::TorchIndex { url } | Origin::Mirror { url } => url.clone(),
                Origin::Pypi => "PyPI".to_owned(),
                Origin::Image { image } => image.clone(),
                Origin::Git { url, tag } => format!("{url} {tag}"),
            };
            let (torch, variant) = (&build.torch, &build.variant);
            let python = build.python.map(|python| format!(" for Python {}", python.short())).unwrap_or_default();
            format!("torch {torch} ({variant}){python}, route {}, from {from}", plan.assessment.route.word())
        },
    )
}

/// Words for a comment or a message: a line end in them would begin a command.
fn one_line(words: &str) -> String {
    words.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}
