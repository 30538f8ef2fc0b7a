//! `install`, `resume`, `rollback`

use super::args::{ChangeArgs, InstallArgs, ResumeArgs, RollbackArgs};
use super::{Done, Failed, Session, exit, json, plan, show};
use crate::assess::Need;
use crate::host::Host;
use crate::plan::Plan;
use crate::plan::export::{Format, export};
use crate::prepare::{self, Wish};
use crate::problem::Problem;
use crate::run::journal::{JournalError, SavedRun};
use crate::run::{EventKind, Outcome, RunEvent, Surroundings, rollback};
use crate::text;
use crate::verify::Circumstances;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Above this, a CPU route that can only be had with the CUDA build asks first.
const ASK_ABOVE: u64 = 1_000_000_000;

pub fn run(session: &mut Session, args: &InstallArgs) -> Done {
    let wish = plan::wish(session, &args.options)?;
    let scan = plan::scan(session, &wish)?;
    let plan = plan::make(session, &scan, &wish)?;
    if !args.yes && !agreed(session, &plan)? {
        session.screen.note("Nothing was changed.");
        return Ok(exit::NO);
    }
    for said in rollback::clear_the_way(&*session.host, &plan)? {
        session.screen.note(said);
    }
    crate::run::save(&*session.host, &plan)?;
    carry_out(session, &plan, prepare::circumstances(&scan.facts))
}

/// Shows what would run and asks. Without a terminal nobody can answer, so `--yes` is asked for.
pub fn agreed(session: &mut Session, plan: &Plan) -> Result<bool, Failed> {
    if !session.can_ask() {
        return Err(Failed::Usage(
            "install asks before it begins, and nobody can answer here; add --yes, or look first with `torch-wizard plan`"
                .to_owned(),
        ));
    }
    let text = export(plan, Format::Text).unwrap_or_default();
    session.screen.note(text);
    let large = plan.lock.download_bytes().is_some_and(|bytes| bytes > ASK_ABOVE);
    if large && plan.assessment.needs.contains(&Need::Consent) {
        session.screen.note("The small build for the processor cannot be reached, so the large one would be fetched.");
    }
    Ok(session.screen.agreed("Go on?"))
}

/// Shows a plan, or asks and runs it. `check` looks at the result, and says what is not as it should be.
pub fn offer(
    session: &mut Session,
    plan: &Plan,
    how: &ChangeArgs,
    circumstances: Circumstances,
    check: impl FnOnce(&mut Session) -> Vec<String>,
) -> Done {
    if let Some(format) = how.format {
        let format = if session.json { Format::Json } else { format.into() };
        let text = export(plan, format).map_err(|error| {
            Problem::new("no-export", format!("The plan cannot be written in this form: {error}."))
                .advise("Use --format text, or let torch-wizard do it.")
        })?;
        session.screen.raw(&text);
        return Ok(exit::DONE);
    }
    if !how.yes && !agreed(session, plan)? {
        session.screen.note("Nothing was changed.");
        return Ok(exit::NO);
    }
    for said in rollback::clear_the_way(&*session.host, plan)? {
        session.screen.note(said);
    }
    crate::run::save(&*session.host, plan)?;
    carry_out_and(session, plan, circumstances, check)
}

/// Runs a plan and reports.
pub fn carry_out(session: &mut Session, plan: &Plan, circumstances: Circumstances) -> Done {
    carry_out_and(session, plan, circumstances, |_| Vec::new())
}

/// The same with a look at the result: what it says makes the answer no.
fn carry_out_and(
    session: &mut Session,
    plan: &Plan,
    circumstances: Circumstances,
    check: impl FnOnce(&mut Session) -> Vec<String>,
) -> Done {
    let credentials = crate::detect::settings::credentials(&*session.host);
    let address = |url: &str| credentials.added_to(url);
    let expected = session.expected();
    let (host, cancel) = (Arc::clone(&session.host), Arc::clone(&session.cancel));
    let session_offline = session.offline;
    let interactive = session.can_ask();
    let mut view = View::new(session, plan);
    let mut sink = |event: &RunEvent| view.show(event);
    let outcome = crate::run::run(
        plan,
        Surroundings {
            host: Arc::clone(&host),
            address: &address,
            expected: &expected,
            circumstances,
            offline: session_offline,
            interactive,
            cancel: &cancel,
            sink: &mut sink,
        },
    );
    view.finish();
    drop(view);
    let mut code = crate::run::finish(&*host, plan, &outcome)?;
    if matches!(outcome, Outcome::Promoted { .. }) {
        let mut said = super::kit::called(session, plan);
        said.extend(check(session));
        code = if said.is_empty() { code } else { exit::NO };
        for line in said {
            session.screen.note(line);
        }
    }
    report(session, plan, &outcome, code);
    Ok(code)
}

fn report(session: &mut Session, plan: &Plan, outcome: &Outcome, code: i32) {
    let stands = matches!(outcome, Outcome::Promoted { .. });
    if session.json {
        let env = stands.then(|| plan.target.display().to_string());
        session.say_json(&json::EndLine { kind: "ended", exit: code, env: env.as_deref() });
        return;
    }
    match outcome {
        Outcome::Promoted { report } => {
            if let Some(report) = report {
                session.screen.say(show::verdict(report, session.catalog));
            }
            session.screen.say(format!("The environment stands at {}.", plan.target.display()));
            session.screen.say(format!(
                "Use it:  {}",
                crate::plan::activation(plan.os, &plan.target, crate::plan::native_shell(plan.os))
            ));
        }
        Outcome::Failed { problem, .. } | Outcome::NeedsUser { problem } | Outcome::Cancelled { problem } => {
            session.screen.problem(problem, session.verbose);
        }
    }
}

/// The run that a word of the user means.
fn pick(session: &Session, env: Option<&Path>) -> Result<Option<SavedRun>, (PathBuf, JournalError)> {
    let target = env.map(|path| session.absolute(path));
    let picked = rollback::pick(&*session.host, target.as_deref());
    // After it, which tells of a run that cannot be read.
    rollback::sweep(&*session.host);
    picked
}

fn damaged(folder: &Path, error: &JournalError) -> Problem {
    if let JournalError::OtherForm { .. } = error {
        return crate::run::other_form(error);
    }
    Problem::new("journal-damaged", format!("The record of a run is damaged: {error}."))
        .command("Undo that run; fetched wheels are kept", "torch-wizard rollback")
        .details(folder.display().to_string())
}

pub fn resume(session: &mut Session, args: &ResumeArgs) -> Done {
    let run = pick(session, args.env.as_deref()).map_err(|(folder, error)| damaged(&folder, &error))?;
    let Some(run) = run else {
        return Err(Problem::new("nothing-to-resume", "No interrupted install was found.")
            .command("Begin one", "torch-wizard install")
            .into());
    };
    if !session.json {
        session.screen.note(format!("Going on with {}.", run.plan.target.display()));
    }
    let wish = Wish { offline: true, target: Some(run.plan.target.clone()), ..Wish::default() };
    let known = session.known()?.environments.into_iter().map(|known| known.path).collect();
    let facts = super::detect::look(session, &wish, known);
    carry_out(session, &run.plan, prepare::circumstances(&facts))
}

pub fn rollback(session: &mut Session, args: &RollbackArgs) -> Done {
    let said = match pick(session, args.env.as_deref()) {
        Ok(Some(run)) => rollback::roll_back(&*session.host, &run)?,
        Ok(None) => match kept_before(session, args.env.as_deref()) {
            Some(kept) => rollback::roll_back(&*session.host, &kept.run)?,
            None if args.env.is_some() => {
                "There is no interrupted install of it, and nothing that a repair replaced. Nothing was changed."
                    .to_owned()
            }
            None => "There is no interrupted install. Nothing was changed.".to_owned(),
        },
        Err((folder, _)) => rollback::roll_back_damaged(&*session.host, &folder)?,
    };
    session.screen.say(said);
    Ok(exit::DONE)
}

/// What a repair of the environment that was named replaced, if it is kept.
fn kept_before(session: &Session, env: Option<&Path>) -> Option<crate::run::kept::Replaced> {
    let env = env?;
    let registry = session.known().unwrap_or_default();
    let place = session.absolute(env);
    let known = registry.find(&place).or_else(|| registry.find(env)).map(|known| known.path.clone());
    crate::run::kept::of(&*session.host, &known.unwrap_or(place))
}

/// `12 of 3456 files`, `34 %`.
fn amount_of(units: crate::progress::Units) -> String {
    use crate::progress::{Unit, Units};
    let Units { done, total, unit } = units;
    match (unit, total) {
        (Unit::Percent, _) => format!("{done} %"),
        (unit, Some(total)) => format!("{done} of {total} {}", unit.word()),
        (unit, None) => format!("{done} {}", unit.word()),
    }
}

/// Shows a run as it goes: JSON lines, moving bars on a terminal, else a line now and then.
struct View<'a> {
    session: &'a mut Session,
    bar: Option<indicatif::ProgressBar>,
    host: Arc<dyn Host>,
    last: Option<Duration>,
}

impl<'a> View<'a> {
    fn new(session: &'a mut Session, plan: &Plan) -> Self {
        let host = Arc::clone(&session.host);
        if !session.json {
            session.screen.note(format!("Installing into {} ({})", plan.target.display(), plan.places.run.display()));
        }
        let bar = (session.screen.moving && !session.json).then(|| {
            let bar = indicatif::ProgressBar::new(1000);
            let style = indicatif::ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}");
            style.map(|style| bar.set_style(style)).ok();
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self { session, bar, host, last: None }
    }

    fn show(&mut self, event: &RunEvent) {
        if self.session.json {
            if let Some(line) = json::event_line(event) {
                self.session.say_json(&line);
            }
            return;
        }
        match &event.kind {
            EventKind::Started { title } => self.line(title),
            EventKind::Progress {
                done_bytes,
                total_bytes,
                fraction,
                bytes_per_second,
                seconds_left,
                what,
                units,
                ..
            } => {
                let amount = units.map_or_else(
                    || {
                        let total = total_bytes.map(|total| format!(" of {}", text::size(total))).unwrap_or_default();
                        format!("{}{total}", text::size(*done_bytes))
                    },
                    amount_of,
                );
                let speed = bytes_per_second.map(|speed| format!(", {}", text::speed(speed))).unwrap_or_default();
                let left = seconds_left
                    .and_then(|left| Duration::try_from_secs_f64(left).ok())
                    .map(|left| format!(", {} left", text::duration(left)))
                    .unwrap_or_default();
                // `torch, triton` for the files under way.
                let files = || {
                    what.split(", ").map(|file| file.split('-').next().unwrap_or(file)).collect::<Vec<_>>().join(", ")
                };
                let name = if units.is_some() { what.clone() } else { files() };
                self.moving(*fraction, &format!("{amount}{speed}{left}  {name}"));
            }
            EventKind::Quiet { seconds, doing, stall } => {
                let stall = stall.as_ref().map(|stall| format!("; {}", stall.words())).unwrap_or_default();
                self.moving_text(&format!("{doing} … ({seconds} s{stall})"));
            }
            EventKind::Log { text, .. } => {
                if self.session.verbose {
                    self.line(text);
                } else {
                    self.moving_text(text);
                }
            }
            EventKind::Check { check } => self.line(&show::check(check)),
            EventKind::Paused { shortage } => {
                self.line(&format!(
                    "Paused: {}. Free some (torch-wizard cache clean in another window), and it goes on by itself.",
                    shortage.text()
                ));
            }
            EventKind::Unpaused => self.line("There is room now."),
            EventKind::Diagnosed { diagnosis } => {
                for proof in &diagnosis.evidence {
                    self.line(&format!("The log says: {}", proof.text));
                }
            }
            EventKind::Child { .. }
            | EventKind::Checking { .. }
            | EventKind::Hashed { .. }
            | EventKind::Verified { .. }
            | EventKind::Finished
            | EventKind::Failed { .. }
            | EventKind::NeedsUser { .. }
            | EventKind::Cancelled
            | EventKind::Resumed
            | EventKind::Undone { .. }
            | EventKind::Ended { .. } => {}
        }
    }

    /// A line that stays.
    fn line(&mut self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => self.session.screen.note(text),
        }
    }

    fn moving(&mut self, fraction: f64, text: &str) {
        if let Some(bar) = &self.bar {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
            bar.set_position((fraction.clamp(0.0, 1.0) * 1000.0) as u64);
        }
        self.moving_text(text);
    }

    /// On a terminal the text beside the bar; elsewhere a line every two seconds.
    fn moving_text(&mut self, text: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(text.to_owned());
            return;
        }
        let now = self.host.uptime();
        if self.last.is_none_or(|last| now.saturating_sub(last) >= Duration::from_secs(2)) {
            self.last = Some(now);
            self.session.screen.note(format!("  {text}"));
        }
    }

    fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
