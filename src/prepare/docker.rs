//! What a plan of route `docker` is made of: the engine that was found, a published image or the wheels for one.

use super::linux::{self, Resolved, Task};
use super::{Scan, Wish, default_target, target};
use crate::assess::{Assessment, Build, Origin};
use crate::catalog::Catalog;
use crate::catalog::Needed;
use crate::facts::{ContainerEngine, OsFamily};
use crate::host::Host;
use crate::lock::Lock;
use crate::plan::docker::{self, Container, ImageFrom};
use crate::plan::{Choices, Engine, Indexes, Inheritance, Plan};
use crate::problem::Problem;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// Makes the plan.
pub fn plan(
    host: &Arc<dyn Host>,
    catalog: &Catalog,
    scan: &Scan,
    chosen: &Assessment,
    build: &Build,
    wish: &Wish,
    tick: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Plan, Problem> {
    let task = Task { host, catalog, scan, chosen, build, wish };
    let Some(engine) = scan.facts.containers.found() else { return Err(no_engine(&task)) };
    let target = wish
        .target
        .clone()
        .unwrap_or_else(|| default_target(&**host, wish.folder.as_deref(), &format!("{}-docker", build.variant)));
    check_target(&**host, &target)?;
    let (from, resolved) = match &build.origin {
        Origin::Image { image } => (ImageFrom::Registry { image: image.clone() }, published(wish)?),
        Origin::TorchIndex { .. } | Origin::Mirror { .. } | Origin::Pypi => {
            (ImageFrom::Wheels { base: base(catalog, build)? }, linux::resolved(&task, &[], tick)?)
        }
        Origin::Git { .. } => return Err(Problem::new("internal", "A container is not built from source.")),
    };
    let (cards, are_picked) = linux::cards(&task);
    let container = Container {
        engine: engine.program,
        program: engine.path.clone(),
        from,
        flags: flags(catalog, engine),
        cards: if are_picked { cards.clone() } else { Vec::new() },
        only_all: host.family() == OsFamily::Windows || scan.facts.os.found().is_some_and(|os| os.is_wsl),
    };
    let Resolved { lock, uv, indexes, inheritance } = resolved;
    let choices = Choices {
        target,
        python: docker::python(&container),
        python_version: build.python,
        engine: Engine::Uv,
        uv: Some(uv).filter(|uv| !uv.as_os_str().is_empty()),
        cards,
        replace: false,
    };
    let mut chosen = chosen.clone();
    chosen.download_bytes = lock.download_bytes().filter(|bytes| *bytes > 0).or(chosen.download_bytes);
    let frame = linux::frame(host, &lock, indexes, inheritance);
    docker::plan(chosen, choices, lock, frame, container).map_err(|error| linux::bad_target(&error))
}

/// A published image is taken as it is: nothing is resolved, and no index of packages asked.
fn published(wish: &Wish) -> Result<Resolved, Problem> {
    if let Some(package) = wish.packages.first() {
        return Err(Problem::new(
            "image-is-fixed",
            format!("The published image is taken as it is, without {package}."),
        )
        .advise("Leave --with away, and install the package in the container."));
    }
    Ok(Resolved {
        lock: Lock { created_by: String::new(), requires_python: None, packages: Vec::new() },
        uv: std::path::PathBuf::new(),
        indexes: Indexes::default(),
        inheritance: Inheritance::default(),
    })
}

/// What the wheels are put into.
fn base(catalog: &Catalog, build: &Build) -> Result<String, Problem> {
    let python = build.python.map(crate::facts::PythonVersion::short);
    let row = catalog.containers.bases.iter().find(|row| row.needed != Needed::Never);
    let base = row.zip(python).map(|(row, python)| row.image.replace("{python}", &python));
    base.ok_or_else(|| Problem::new("internal", "No image is known that the wheels could be put into."))
}

/// The options of `run`. Without root no limit can be raised above the user's own.
/// <https://github.com/containers/podman/issues/19319>
fn flags(catalog: &Catalog, engine: &ContainerEngine) -> Vec<Vec<String>> {
    let is_given = |flag: &Vec<String>| !(engine.is_rootless && flag.iter().any(|word| word.starts_with("memlock=")));
    let rows = catalog.containers.run_flags.iter();
    rows.filter(|row| row.needed != Needed::Never && row.programs.contains(&engine.program))
        .map(|row| row.flag.clone())
        .filter(is_given)
        .collect()
}

/// A container's folder holds the user's work: it is never replaced.
fn check_target(host: &dyn Host, target: &Path) -> Result<(), Problem> {
    if host.meta(target).is_some() {
        return Err(Problem::new(
            "target-taken",
            format!(
                "{} is there already. A container's folder is not replaced: your work may be in it.",
                target.display()
            ),
        )
        .advise("Choose another folder with --env."));
    }
    target::check_target(host, target, false)
}

fn no_engine(task: &Task<'_>) -> Problem {
    let problem = Problem::new("no-container-engine", "Neither Docker nor Podman was found on this PC.");
    match task.host.family() {
        OsFamily::Windows => problem.advise("Install Docker Desktop with its WSL 2 engine, and start it."),
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => problem.advise(format!(
            "Install Docker or Podman, then NVIDIA's Container Toolkit: {}",
            task.catalog.containers.toolkit.guide
        )),
    }
}

#[cfg(test)]
mod tests;
