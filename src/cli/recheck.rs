//! `recheck`

use super::verify::{Lines, Load, check};
use super::wait::telling;
use super::{Done, Failed, Session, exit, json};
use crate::facts::{Fingerprint, MachineFacts};
use crate::host::Note;
use crate::problem::Problem;
use crate::recheck::{self, Fault, Recheck, Seen, Standing};
use crate::text::{Language, Text};
use crate::verify::{DeviceChoice, Level, Proof};
use std::path::Path;
use std::sync::Arc;

pub fn run(session: &mut Session) -> Done {
    let registry = session.known()?;
    let (seen, trouble) = Seen::load(&*session.host);
    if let Some(trouble) = &trouble {
        tracing::warn!("what changed since the last look cannot be told: {trouble}");
    }
    let (host, catalog) = (Arc::clone(&session.host), session.catalog);
    let (facts, troubles) = telling(session, "looking at this PC", |_| recheck::look(&*host, catalog));
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
    for one in &mut found.environments {
        if matches!(one.standing, Standing::NeedsProof { .. })
            && let Some(proof) = prove(session, &one.path, facts)?
        {
            one.standing = match proof {
                Proof::Proven => Standing::Holds,
                Proof::Failed | Proof::NoGpu | Proof::CpuOnly | Proof::Incomplete => {
                    Standing::Broken(Fault::Checks(proof))
                }
            };
        }
    }
    Ok(())
}

/// The verdict on one environment; `None` where there is no Python to ask.
fn prove(session: &mut Session, environment: &Path, facts: &MachineFacts) -> Result<Option<Proof>, Failed> {
    let host = Arc::clone(&session.host);
    let Some(python) = crate::environments::interpreter(&*host, environment) else { return Ok(None) };
    session.screen.note(format!("proving {} …", environment.display()));
    let load = Load { level: Level::Quick, seconds: 0, choice: DeviceChoice::All, lines: Lines::Message };
    let Some(mut report) = check(session, load, facts, python)? else {
        return Err(Problem::new("cancelled", "Cancelled.").into());
    };
    report.lock = crate::run::lock_of(&*host, environment);
    crate::store::remember(&*host, environment, &report)?;
    Ok(Some(report.verdict))
}
