//! What installs, and for which Python: found, or brought.

use super::{Wish, named_python, pin};
use crate::assess::{Assessment, Build, Need};
use crate::catalog::Catalog;
use crate::engine::{self, Uv};
use crate::facts::{MachineFacts, Python, PythonVersion};
use crate::host::Host;
use crate::plan::{Engine, Indexes, Inheritance};
use crate::problem::Problem;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The interpreter of the environment to be.
pub struct ChosenPython {
    /// The executable.
    pub path: PathBuf,
    /// Its version.
    pub version: PythonVersion,
}

#[expect(clippy::too_many_arguments, reason = "one step of `plan`, split off for its length")]
/// Finds what installs and the Python it installs for, bringing either where it is missing.
pub fn engine_and_python(
    host: &Arc<dyn Host>,
    catalog: &Catalog,
    facts: &MachineFacts,
    chosen: &Assessment,
    build: &Build,
    wish: &Wish,
    inheritance: &Inheritance,
    indexes: &Indexes,
    address: &dyn Fn(&str) -> String,
    tick: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<(Engine, Option<Uv>, ChosenPython), Problem> {
    let Some(wanted) = build.python else {
        return Err(Problem::new("internal", "The build names no Python."));
    };
    let pin = pin(catalog);
    let python = python_for(facts, build, wanted, wish);
    let helper = python.as_ref().map(|python| python.path.clone()).or_else(|| any_python(facts));
    let mut uv = None;
    if wish.engine != Some(Engine::Pip) {
        uv = engine::find_uv(&**host, &pin);
        if uv.is_none()
            && !wish.offline
            && let Some(helper) = &helper
        {
            if tick("fetching uv").is_break() {
                return Err(Problem::new("cancelled", "Cancelled."));
            }
            let index = indexes.default.as_deref().map(address);
            match engine::bring_uv(&**host, &pin, helper, inheritance, index.as_deref()) {
                Ok(brought) => uv = Some(brought),
                Err(problem) if wish.engine == Some(Engine::Uv) => return Err(problem),
                Err(problem) => tracing::warn!("uv could not be fetched, going on with pip: {}", problem.details),
            }
        }
        if uv.is_none() && wish.engine == Some(Engine::Uv) {
            return Err(Problem::new(
                "uv-missing",
                "uv is not on this PC and there is no Python whose pip could fetch it.",
            )
            .advise("Install uv (https://docs.astral.sh/uv/) or a Python with pip."));
        }
    }
    let python = match (python, &uv) {
        (Some(python), _) => python,
        (None, _) if wish.interpreter.is_some() => return Err(named_does_not_fit(facts, wanted, wish)),
        (None, Some(uv)) if chosen.needs.contains(&Need::Python) => {
            bring_python(&**host, uv, wanted, inheritance, wish.offline)?
        }
        (None, _) => {
            return Err(Problem::new("python-missing", format!("No Python {wanted} with pip or uv was found."))
                .advise(format!(
                    "Install Python {wanted} from https://www.python.org/downloads/, or install uv, which brings one."
                )));
        }
    };
    let engine = if uv.is_some() { Engine::Uv } else { Engine::Pip };
    if engine == Engine::Pip && !engine::has_pip(&**host, &python.path, inheritance) {
        return Err(Problem::new(
            "pip-missing",
            format!("{} has no pip, and uv is not there either.", python.path.display()),
        )
        .advise("Install uv, or python3-venv and python3-pip of your system."));
    }
    Ok((engine, uv, python))
}

/// uv, and an interpreter for it to read with, where the environment will stand in another system: only the Python there
/// counts, any of this one's serves.
pub fn for_elsewhere(
    host: &Arc<dyn Host>,
    catalog: &Catalog,
    facts: &MachineFacts,
    (inheritance, indexes): (&Inheritance, &Indexes),
    address: &dyn Fn(&str) -> String,
    offline: bool,
    tick: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<(Uv, PathBuf), Problem> {
    let pin = pin(catalog);
    let python = any_python(facts);
    let uv = match (engine::find_uv(&**host, &pin), &python) {
        (Some(uv), _) => uv,
        (None, Some(python)) if !offline => {
            if tick("fetching uv").is_break() {
                return Err(Problem::new("cancelled", "Cancelled."));
            }
            let index = indexes.default.as_deref().map(address);
            engine::bring_uv(&**host, &pin, python, inheritance, index.as_deref())?
        }
        (None, _) => {
            return Err(Problem::new("uv-missing", "uv is not on this PC; only it can find packages for Linux here.")
                .advise("Install uv (https://docs.astral.sh/uv/) or a Python with pip, which can fetch it."));
        }
    };
    let python = match python {
        Some(python) => python,
        None => bring_python(&**host, &uv, catalog.python_choice.brought, inheritance, offline)?.path,
    };
    Ok((uv, python))
}

fn named_does_not_fit(facts: &MachineFacts, wanted: PythonVersion, wish: &Wish) -> Problem {
    let path = wish.interpreter.clone().unwrap_or_default();
    let python = named_python(facts, wish);
    let version = python.and_then(|python| python.version).map(|version| format!(" is Python {version}."));
    let why = python.and_then(|python| python.why_not.clone()).unwrap_or_default();
    let said = version.unwrap_or_else(|| " is no Python that answers.".to_owned());
    Problem::new("python-unfit", format!("{}{said} {why}", path.display()).trim_end().to_owned())
        .advise(format!("Leave --python away, or name a Python {}.", wanted.short()))
}

/// The interpreter of the build's minor version: the one that was named, else the newest patch found.
fn python_for(facts: &MachineFacts, build: &Build, wanted: PythonVersion, wish: &Wish) -> Option<ChosenPython> {
    let found = facts.pythons.found().map(Vec::as_slice).unwrap_or_default();
    let fits = |python: &&Python| {
        let named = wish.interpreter.as_ref().is_none_or(|path| *path == python.path);
        let version = python.version.is_some_and(|version| version.short() == wanted.short());
        let patch = wish.python.is_none_or(|wanted| wanted.patch.is_none() || Some(wanted) == python.version);
        // An interpreter that was named is taken as it is; others must be fit.
        named
            && version
            && patch
            && (wish.interpreter.is_some() || python.why_not.is_none() || build.torch.is_stable())
            && python.bits.is_none_or(|bits| bits == 64)
            && (wish.interpreter.is_some() || !python.free_threaded)
    };
    let best = found.iter().filter(fits).max_by_key(|python| python.version)?;
    Some(ChosenPython { path: best.path.clone(), version: best.version? })
}

fn any_python(facts: &MachineFacts) -> Option<PathBuf> {
    let found = facts.pythons.found()?;
    found
        .iter()
        .filter(|python| python.version.is_some())
        .max_by_key(|python| python.version)
        .map(|python| python.path.clone())
}

/// uv fetches a Python into a folder of ours; it must stay as long as environments stand on it, so it is no cache.
fn bring_python(
    host: &dyn Host,
    uv: &Uv,
    version: PythonVersion,
    inheritance: &Inheritance,
    offline: bool,
) -> Result<ChosenPython, Problem> {
    let folder = host.folders().data.join(crate::leave::PYTHONS);
    let run = |args: &[&str]| {
        let mut command = crate::plan::CommandSpec::new(&uv.path, args.iter().copied());
        command.env_remove.clone_from(&inheritance.cleared);
        command.env.clone_from(&inheritance.set);
        command.env.insert("UV_NO_CONFIG".to_owned(), "1".to_owned());
        command.env.insert("UV_PYTHON_INSTALL_DIR".to_owned(), folder.display().to_string());
        // Windows' list of Pythons is for those that the user has installed; ours would stay on it for ever.
        command.env.insert("UV_PYTHON_INSTALL_REGISTRY".to_owned(), "0".to_owned());
        if offline {
            command.env.insert("UV_OFFLINE".to_owned(), "1".to_owned());
        }
        crate::host::output(host, &command, Duration::from_mins(10))
    };
    let short = version.short();
    let problem = |said: String| {
        Problem::new(
            "python-missing",
            format!("No fitting Python is on this PC, and uv could not bring Python {short}."),
        )
        .advise(format!("Install Python {short} from https://www.python.org/downloads/ and try again."))
        .details(said)
    };
    let installed = run(&["python", "install", "--no-bin", &short]).map_err(|error| problem(error.to_string()))?;
    if !installed.is_success() {
        return Err(problem(crate::host::decode(&installed.stderr)));
    }
    let found = run(&["python", "find", "--managed-python", "--no-project", &short])
        .map_err(|error| problem(error.to_string()))?;
    let path = PathBuf::from(found.text().trim());
    if !found.is_success() || host.meta(&path).is_none() {
        return Err(problem(crate::host::decode(&found.stderr)));
    }
    Ok(ChosenPython { path, version })
}
