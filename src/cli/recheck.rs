//! `recheck`

use super::verify::{Lines, Load, check};
use super::wait::telling;
use super::{Done, Failed, Session, exit, json};
use crate::facts::{Fingerprint, MachineFacts};
use crate::host::Note;
use crate::prepare;
use crate::problem::Problem;
use crate::recheck::{self, Fault, Recheck, Rechecked, Seen, Standing};
use crate::run::prove::several::{Common, Told, at_once, several};
use crate::run::prove::{NOT_STARTED, Place};
use crate::store::Known;
use crate::text::{Language, Text};
use crate::verify::{DeviceChoice, Level, Proof, VerificationReport};
use std::ops::ControlFlow;
use std::sync::Arc;

pub fn run(session: &mut Session) -> Done {
    let registry = session.known()?;
    let (seen, trouble) = Seen::load(&*session.host);
    if let Some(trouble) = &trouble {
        tracing::warn!("what changed since the last look cannot be told: {trouble}");
    }
    let (host, catalog) = (Arc::clone(&session.host), session.catalog);
    let has_containers = registry.environments.iter().any(Known::is_in_container);
    let look = |_: &_| recheck::look(&*host, catalog, has_containers);
    let (facts, troubles) = telling(session, "looking at this PC", look);
    let mut found = Recheck::of(&*host, registry, &seen, &facts, catalog);
    let english = Text::new(Language::English);
    if session.screen.quiet {
        tell_elsewhere(session, &found, &seen);
    } else {
        if !found.changes.is_empty() {
            session.screen.note(recheck::changes(&found.changes, &english));
        }
        for trouble in &troubles {
            session.screen.note(trouble);
        }
        prove_anew(session, &mut found, &facts)?;
    }
    remember(session, seen, &facts, &found, trouble.as_ref());
    if session.json {
        session.say_json(&json::rechecked(&found, &facts, &troubles, &english));
    } else {
        say(session, &found, &english);
    }
    Ok(if found.all_hold() { exit::DONE } else { exit::NO })
}

/// A newer torch-wizard's file is left alone; to remember is a convenience otherwise.
fn remember(
    session: &Session,
    seen: Seen,
    facts: &MachineFacts,
    found: &Recheck,
    trouble: Option<&crate::store::StoreError>,
) {
    let host = &*session.host;
    if matches!(trouble, Some(crate::store::StoreError::Newer { .. })) {
        return;
    }
    if let Err(error) = seen.after(host, Fingerprint::of(facts), found).save(host) {
        tracing::warn!("the machine of today could not be written down: {error}");
    }
}

/// One line an environment; in quiet, those that do not hold.
fn say(session: &mut Session, found: &Recheck, text: &Text) {
    if found.environments.is_empty() {
        session.screen.note("No environments yet. Make one with `torch-wizard install`.");
    }
    for one in &found.environments {
        if session.screen.quiet && one.standing == Standing::Holds {
            continue;
        }
        let torch = one.torch.as_deref().unwrap_or("no torch");
        let how = recheck::standing(&one.standing, text);
        session.screen.say(format!("{}  {torch}  {}  {how}", one.path.display(), one.standing.word()));
        if let Standing::Broken(Fault::Rule(reasons)) = &one.standing {
            for source in reasons.iter().filter_map(|reason| reason.source.as_ref()) {
                session.screen.say(format!("  [{source}]"));
            }
        }
    }
}

/// Nobody looks at this program's output at log-on.
fn tell_elsewhere(session: &Session, found: &Recheck, seen: &Seen) {
    let text = Text::new(Language::wanted(session.settings.language.as_deref()));
    let news = found.news(seen);
    let Some((title, text)) = recheck::note(&found.changes, &news, &text) else { return };
    tracing::info!("recheck: {title}: {text}");
    if let Err(error) = session.host.notify(&Note { title, text }) {
        tracing::warn!("no notification could be shown: {error}");
    }
}

/// Runs the checks of what needs a proof, and enters what they say into the registry.
fn prove_anew(session: &mut Session, found: &mut Recheck, facts: &MachineFacts) -> Result<(), Failed> {
    let host = Arc::clone(&session.host);
    let open = found.environments.iter_mut().filter(|one| matches!(one.standing, Standing::NeedsProof { .. }));
    let mut without = Vec::new();
    let placed = open.filter_map(|one| match Place::of(&*host, &one.path) {
        Ok(place) => Some((one, place)),
        Err(problem) => {
            without.push(problem.cause);
            None
        }
    });
    let (mut open, places): (Vec<&mut Rechecked>, Vec<Place>) = placed.unzip();
    for cause in without {
        session.screen.note(cause);
    }
    let hands = at_once(facts).min(open.len());
    if hands > 1 {
        return side_by_side(session, &mut open, &places, hands, facts);
    }
    for (one, place) in open.into_iter().zip(places) {
        session.screen.note(format!("proving {} …", one.path.display()));
        let load = Load { level: Level::Quick, seconds: 0, choice: DeviceChoice::All, lines: Lines::Message };
        match check(session, load, facts, place) {
            Err(Failed::Problem(problem)) if problem.label == NOT_STARTED => session.screen.problem(&problem, false),
            report => enter(session, one, report?.ok_or_else(cancelled)?)?,
        }
    }
    Ok(())
}

fn side_by_side(
    session: &mut Session,
    open: &mut [&mut Rechecked],
    places: &[Place],
    hands: usize,
    facts: &MachineFacts,
) -> Result<(), Failed> {
    let host = Arc::clone(&session.host);
    let expected = session.expected();
    let common = Common {
        circumstances: prepare::circumstances(facts),
        expected: &expected,
        cleared: crate::detect::settings::child_env(&*host).0,
    };
    session.screen.note(format!("proving {} environments, {hands} at once …", open.len()));
    let reports = several(&*host, places, hands, &common, &mut |told| {
        let name = |at: usize| open.get(at).map_or_else(String::new, |one| one.path.display().to_string());
        match told {
            Told::Ended(at, Ok(report)) => {
                session.screen.note(format!("  {}: {}", name(at), report.verdict.word()));
            }
            Told::Ended(at, Err(problem)) => session.screen.note(format!("  {}: {}", name(at), problem.cause)),
            Told::Again(at) => session.screen.note(format!("  {}: once more, alone …", name(at))),
            Told::Tick => {}
        }
        if session.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let mut trouble = None;
    for (one, report) in open.iter_mut().zip(reports) {
        match report {
            Some(Ok(report)) => enter(session, one, report)?,
            // It wants its proof as before.
            Some(Err(problem)) if problem.label == NOT_STARTED => session.screen.problem(&problem, false),
            // What the others said counts all the same.
            Some(Err(problem)) => trouble = trouble.or(Some(Failed::from(problem))),
            None => trouble = trouble.or_else(|| Some(cancelled())),
        }
    }
    trouble.map_or(Ok(()), Err)
}

fn cancelled() -> Failed {
    Problem::new("cancelled", "Cancelled.").into()
}

/// What the checks said of one environment.
fn enter(session: &Session, one: &mut Rechecked, mut report: VerificationReport) -> Result<(), Failed> {
    let host = &*session.host;
    report.lock = crate::run::lock_of(host, &one.path);
    crate::store::remember(host, &one.path, &report)?;
    one.standing = match report.verdict {
        Proof::Proven => Standing::Holds,
        proof @ (Proof::Failed | Proof::NoGpu | Proof::CpuOnly | Proof::Incomplete) => {
            Standing::Broken(Fault::Checks(proof))
        }
    };
    Ok(())
}
