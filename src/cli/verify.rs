//! `verify`

use super::args::VerifyArgs;
use super::{Done, Failed, Session, exit, show};
use crate::facts::MachineFacts;
use crate::prepare::{self, Wish};
use crate::problem::Problem;
use crate::report::About;
use crate::run::prove::{News, Place, Proving, prove_known};
use crate::store::StoreError;
use crate::text::{Language, Text};
use crate::verify::contract::{check_line, verdict_line};
use crate::verify::{DeviceChoice, Level, Progress, Proof, VerificationReport};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub fn run(session: &mut Session, args: &VerifyArgs) -> Done {
    let form = args.report.as_deref().map(Form::of).transpose()?;
    let choice: DeviceChoice = args
        .device
        .parse()
        .map_err(|error: crate::verify::command::BadDevice| Failed::Usage(format!("--device: {error}")))?;
    let (place, environment) = meant(session, args.env.as_deref())?;
    let checked = environment.clone().unwrap_or_else(|| place.python.clone());
    let wish = Wish { offline: true, ..Wish::default() };
    let facts = super::detect::look(session, &wish, Vec::new());
    let load = Load { level: args.level.into(), seconds: args.seconds, choice: choice.clone(), lines: Lines::Answer };
    let report = check(session, load, &facts, place)?;
    let Some(mut report) = report else { return Err(Problem::new("cancelled", "Cancelled.").into()) };
    let system = facts.os.found().map(crate::report::system);
    report.lock = environment.as_deref().and_then(|environment| crate::run::lock_of(&*session.host, environment));
    if let (Some(path), Some(form)) = (&args.report, form) {
        let about = About { subject: Some(&checked), system: system.as_deref(), facts: Some(&facts), private: None };
        write(session, &session.absolute(path), form, &report, &about)?;
    }
    if let Some(environment) = &environment {
        crate::store::remember(&*session.host, environment, &report)?;
    }
    if session.json {
        session.say_json(&verdict_line(&report));
    } else {
        session.screen.say(show::verdict(&report, session.catalog));
    }
    let good = report.verdict == Proof::Proven || (choice == DeviceChoice::Cpu && report.all_passed());
    Ok(if good { exit::DONE } else { exit::NO })
}

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Html,
    Json,
}

impl Form {
    /// By the end of the file's name.
    fn of(path: &Path) -> Result<Self, Failed> {
        let ending = path.extension().unwrap_or_default();
        if ending.eq_ignore_ascii_case("html") || ending.eq_ignore_ascii_case("htm") {
            Ok(Self::Html)
        } else if ending.eq_ignore_ascii_case("json") {
            Ok(Self::Json)
        } else {
            Err(Failed::Usage(format!("--report: {} must end in .html or .json", path.display())))
        }
    }
}

/// Writes the report. A page is made to be given away: without the user's name and home folder, and in the language
/// of the settings.
fn write(
    session: &Session,
    path: &Path,
    form: Form,
    report: &VerificationReport,
    about: &About<'_>,
) -> Result<(), Failed> {
    let host = &*session.host;
    match form {
        Form::Json => crate::store::save(host, path, report)?,
        Form::Html => {
            let private = crate::detect::identity::private(host, &session.settings);
            let language = session.settings.language.as_deref().and_then(Language::of).unwrap_or(Language::English);
            let about = About { private: Some(&private), ..*about };
            let page = crate::report::verification_html(report, &about, session.catalog, &Text::new(language));
            host.write_atomic(path, page.as_bytes()).map_err(StoreError::from)?;
        }
    }
    Ok(())
}

/// The interpreter that is meant, and its environment if it is a known one.
fn meant(session: &Session, word: Option<&Path>) -> Result<(Place, Option<PathBuf>), Failed> {
    let host = &*session.host;
    let registry = session.known()?;
    let Some(word) = word else {
        let newest = registry.environments.last().ok_or_else(|| {
            Problem::new("no-environment", "No environment is known yet.")
                .command("Name one", "torch-wizard verify FOLDER")
                .command("Make one", "torch-wizard install")
        })?;
        return Ok((Place::of(host, &newest.path)?, Some(newest.path.clone())));
    };
    let path = session.absolute(word);
    match session.host.meta(&path) {
        Some(meta) if meta.is_dir => {
            let known = registry.find(&path).map(|known| known.path.clone());
            Ok((Place::of(host, known.as_deref().unwrap_or(&path))?, known))
        }
        // A link to an interpreter must stay one: its place says which environment it belongs to.
        Some(_) => Ok((Place::here(std::path::absolute(word).unwrap_or(path)), None)),
        None => match registry.find(word) {
            Some(known) => Ok((Place::of(host, &known.path)?, Some(known.path.clone()))),
            None => Err(Failed::Usage(format!(
                "{} is neither a folder, an interpreter nor a known environment",
                word.display()
            ))),
        },
    }
}

/// What the checks are to do.
pub(super) struct Load {
    pub level: Level,
    /// Of a soak.
    pub seconds: u64,
    pub choice: DeviceChoice,
    pub lines: Lines,
}

/// What the line of a check is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// Part of the answer.
    Answer,
    /// A message beside it.
    Message,
}

/// The report; `None` if it was cancelled.
pub(super) fn check(
    session: &mut Session,
    load: Load,
    facts: &MachineFacts,
    place: Place,
) -> Result<Option<VerificationReport>, Failed> {
    let Load { level, seconds, choice, lines } = load;
    let mut circumstances = prepare::circumstances(facts);
    circumstances.choice = choice;
    circumstances.taken_at = crate::time::now(&*session.host);
    let expected = session.expected();
    let host = std::sync::Arc::clone(&session.host);
    let (cleared, _) = crate::detect::settings::child_env(&*host);
    let proving = Proving {
        folder: place.folder(&*host),
        place,
        level,
        seconds,
        circumstances,
        expected: &expected,
        cleared,
        leaves_no_trace: false,
    };
    let mut last = Duration::ZERO;
    let report = prove_known(&*host, proving, &mut |news| {
        match news {
            News::Progress(Progress::Ended(check)) if lines == Lines::Message => {
                session.screen.note(show::check(&check));
            }
            News::Progress(Progress::Ended(check)) if session.json => session.say_json(&check_line(&check)),
            News::Progress(Progress::Ended(check)) => session.screen.say(show::check(&check)),
            News::Progress(Progress::Waiting { what, seconds }) => {
                let now = host.uptime();
                if seconds > 0 && now.saturating_sub(last) >= Duration::from_secs(2) {
                    last = now;
                    session.screen.note(format!("  {what} … ({seconds} s)"));
                }
            }
            News::Progress(Progress::GoesOn { check, fraction, .. }) => {
                let now = host.uptime();
                if now.saturating_sub(last) >= Duration::from_secs(2) {
                    last = now;
                    session.screen.note(format!("  {check} … ({:.0} %)", fraction * 100.0));
                }
            }
            News::Log { text, .. } if session.verbose => session.screen.note(text),
            News::Child(_)
            | News::Log { .. }
            | News::Tick
            | News::Progress(Progress::Began(_) | Progress::Started { .. } | Progress::Finished) => {}
        }
        if session.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_its_name_says_what_a_report_is() {
        for (name, form) in [("a.html", Form::Html), ("b.HTM", Form::Html), ("dir.json/c.Json", Form::Json)] {
            assert!(Form::of(Path::new(name)).is_ok_and(|found| found == form), "{name}");
        }
        for name in ["a.pdf", "html", ".json", "a.html.bak", "dir.html/a"] {
            assert!(matches!(Form::of(Path::new(name)), Err(Failed::Usage(_))), "{name}");
        }
    }
}
