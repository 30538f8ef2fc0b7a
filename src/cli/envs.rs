//! `envs list|adopt|forget|remove`, and what its other commands share.

mod check;
mod diff;
mod guard;
mod kernel;
mod restore;
mod snapshot;

use super::args::{EnvsArgs, EnvsCommand};
use super::{Done, Failed, Session, exit};
use crate::environments::{State, state};
use crate::facts::Environment;
use crate::problem::Problem;
use crate::run::kept;
use crate::store::{Known, Registry, save};
use std::path::{Path, PathBuf};

pub fn run(session: &mut Session, args: &EnvsArgs) -> Done {
    match &args.what {
        EnvsCommand::List { all } => list(session, *all),
        EnvsCommand::Adopt { path } => adopt(session, path),
        EnvsCommand::Forget { env } => forget(session, env),
        EnvsCommand::LetGo { env } => let_go(session, env),
        EnvsCommand::Remove { env, yes } => remove(session, env, *yes),
        EnvsCommand::Check { env } => check::run(session, env),
        EnvsCommand::Repair(args) => super::repair::run(session, args),
        EnvsCommand::Guard { env, what } => guard::run(session, env, *what),
        EnvsCommand::Kernel { env, what } => kernel::run(session, env, *what),
        EnvsCommand::Clone { env, path, how } => restore::make_like(session, env, path, how),
        EnvsCommand::Snapshot { env, output } => snapshot::run(session, env, output.as_deref()),
        EnvsCommand::Diff { a, b } => diff::run(session, a, b),
        EnvsCommand::Restore { env, snapshot, how } => restore::run(session, env, snapshot, how),
    }
}

/// One environment of `envs list --json`.
#[derive(serde::Serialize)]
struct Line<'a> {
    path: String,
    torch: Option<&'a str>,
    variant: Option<&'a str>,
    route: Option<&'a str>,
    created: &'a str,
    verdict: Option<crate::verify::Proof>,
    verified_at: Option<&'a str>,
    driver: Option<&'a str>,
    state: &'static str,
    trouble: Option<String>,
}

#[derive(serde::Serialize)]
struct Listing<'a> {
    schema: u32,
    environments: Vec<Line<'a>>,
    /// With `--all`.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<Vec<Found>>,
}

/// An environment with torch that is not in the list.
#[derive(serde::Serialize)]
struct Found {
    path: String,
    kind: String,
    torch: Option<String>,
    variant: Option<String>,
    damage: Option<String>,
    /// Takes it into the list.
    adopt: String,
}

/// Environments with a torch, or what is left of one, that are not in the list.
fn found(session: &Session, registry: &Registry) -> Vec<Found> {
    let host = &*session.host;
    let known: Vec<PathBuf> = registry.environments.iter().map(|known| host.resolve(&known.path)).collect();
    let all = crate::environments::find(host, &[], &[]).into_iter();
    let is_new = |seen: &Environment| {
        (seen.torch.is_some() || seen.damage.is_some()) && !known.contains(&host.resolve(&seen.path))
    };
    let line = |seen: Environment| Found {
        variant: crate::environments::variant(&seen),
        torch: seen.torch.map(|torch| torch.to_string()),
        kind: seen.kind,
        damage: seen.damage,
        adopt: format!("torch-wizard envs adopt \"{}\"", seen.path.display()),
        path: seen.path.display().to_string(),
    };
    all.filter(is_new).map(line).collect()
}

fn list(session: &mut Session, all: bool) -> Done {
    let registry = session.known()?;
    let found = all.then(|| found(session, &registry));
    let states: Vec<State> = registry.environments.iter().map(|known| state(&*session.host, known)).collect();
    let wrong = states.iter().any(|state| *state != State::Sound);
    if session.json {
        let environments = registry
            .environments
            .iter()
            .zip(states)
            .map(|(known, state)| Line {
                path: known.path.display().to_string(),
                torch: known.torch.as_deref(),
                variant: known.variant.as_deref(),
                route: known.route.as_deref(),
                created: &known.created,
                verdict: known.verdict,
                verified_at: known.verified_at.as_deref(),
                driver: known.driver.as_deref(),
                state: state.word(),
                trouble: state.in_words(),
            })
            .collect();
        session.say_json(&Listing { schema: super::json::SCHEMA, environments, found });
        return Ok(if wrong { exit::NO } else { exit::DONE });
    }
    if registry.environments.is_empty() {
        session.screen.say("No environments yet. Make one with `torch-wizard install`, or take one in with `torch-wizard envs adopt PATH`.");
    } else {
        for (known, state) in registry.environments.iter().zip(states) {
            let torch = known.torch.as_deref().unwrap_or("no torch");
            let verdict = known.verdict.map_or("not verified", crate::verify::Proof::word);
            let trouble =
                state.in_words().map(|trouble| format!("  – {}: {trouble}", state.word())).unwrap_or_default();
            session.screen.say(format!("{}  {torch}  {verdict}{trouble}", known.path.display()));
        }
    }
    if let Some(found) = found {
        session.screen.say(if found.is_empty() { "No others were found." } else { "Not in the list:" });
        for Found { path, kind, torch, adopt, .. } in found {
            let torch = torch.unwrap_or_else(|| "a damaged torch".to_owned());
            session.screen.say(format!("{path}  {torch}  {kind}\n  → {adopt}"));
        }
    }
    Ok(if wrong { exit::NO } else { exit::DONE })
}

fn adopt(session: &mut Session, path: &Path) -> Done {
    let named = session.absolute(path);
    // The interpreter of a venv is a link, and what it leads to is not the environment.
    let meant = |path: &Path| crate::environments::meant(&*session.host, path);
    let Some(path) = meant(&session.host.resolve(Path::new(".")).join(path)).or_else(|| meant(&named)) else {
        return Err(Problem::new("no-interpreter", format!("{} holds no Python environment.", named.display()))
            .advise("Name the folder of a virtual environment (the one with pyvenv.cfg in it), of conda's, or of a portable Python.")
            .command("See those that are found", "torch-wizard envs list --all")
            .into());
    };
    let path = session.absolute(&path);
    let seen = crate::environments::inspect(&*session.host, &path);
    let mut registry = session.known()?;
    registry.put(Known {
        torch: seen.torch.as_ref().map(ToString::to_string),
        variant: crate::environments::variant(&seen),
        ..Known::of_others(path.clone(), crate::time::now(&*session.host))
    });
    save(&*session.host, &Registry::path(&*session.host), &registry)?;
    let torch = seen.torch.map_or_else(|| "no torch in it".to_owned(), |torch| format!("torch {torch}"));
    session.screen.say(format!("{} is in the list now ({torch}).", path.display()));
    if let Some(damage) = seen.damage {
        session.screen.note(format!("Note: {damage}."));
        return Ok(exit::NO);
    }
    Ok(exit::DONE)
}

/// The environment that a word means, listed or not: a folder, or the name of one in the list.
pub fn meant(session: &Session, word: &Path) -> Result<(PathBuf, Option<Known>), Failed> {
    let registry = session.known()?;
    let named = session.absolute(word);
    let known = registry.find(&named).or_else(|| registry.find(word)).cloned();
    Ok((known.as_ref().map_or(named, |known| known.path.clone()), known))
}

/// Nothing that a word could mean is there.
pub fn not_there(path: &Path) -> Failed {
    Failed::Problem(crate::environments::not_there(path))
}

/// The environment of the list that a word means: a folder, or a name.
fn find(session: &Session, registry: &Registry, word: &Path) -> Result<PathBuf, Failed> {
    let found = registry.find(&session.absolute(word)).or_else(|| registry.find(word));
    found.map(|known| known.path.clone()).ok_or_else(|| {
        Failed::Problem(
            Problem::new("unknown-environment", format!("{} is not in the list of environments.", word.display()))
                .command("See the list", "torch-wizard envs list"),
        )
    })
}

fn forget(session: &mut Session, word: &Path) -> Done {
    let mut registry = session.known()?;
    let path = find(session, &registry, word)?;
    registry.environments.retain(|known| known.path != path);
    save(&*session.host, &Registry::path(&*session.host), &registry)?;
    session.screen.say(format!("{} is off the list. Its files were not touched.", path.display()));
    Ok(exit::DONE)
}

fn let_go(session: &mut Session, word: &Path) -> Done {
    let registry = session.known()?;
    let path = find(session, &registry, word)?;
    let said = match kept::of(&*session.host, &path) {
        Some(replaced) => kept::let_go(&*session.host, &replaced)?,
        None => format!("Nothing is kept of what stood at {} before.", path.display()),
    };
    session.screen.say(said);
    Ok(exit::DONE)
}

fn remove(session: &mut Session, word: &Path, yes: bool) -> Done {
    let registry = session.known()?;
    let path = find(session, &registry, word)?;
    let is_there = session.host.meta(&path).is_some();
    if is_there && !yes && !agreed(session, &path)? {
        session.screen.note("Nothing was changed.");
        return Ok(exit::NO);
    }
    if let Some(replaced) = kept::of(&*session.host, &path) {
        kept::let_go(&*session.host, &replaced)?;
    }
    crate::environments::remove(&*session.host, &path)?;
    session.screen.say(format!("{} was deleted.", path.display()));
    Ok(exit::DONE)
}

fn agreed(session: &mut Session, path: &Path) -> Result<bool, Failed> {
    if !session.can_ask() {
        return Err(Failed::Usage("envs remove asks first, and nobody can answer here; add --yes".to_owned()));
    }
    Ok(session.screen.agreed(&format!("Delete {} and everything in it?", path.display())))
}
