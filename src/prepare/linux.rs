//! What the routes into a Linux beside this system share: the lock for it, made here; the cards; the frame of a plan.

use super::{Wish, cards_of, hashless, indexes_of, requirements, tools};
use crate::assess::{Assessment, Build};
use crate::catalog::{Catalog, Platform};
use crate::detect::settings;
use crate::facts::{MachineFacts, OsFacts};
use crate::host::Host;
use crate::lock::Lock;
use crate::plan::{Engine, Frame, Indexes, Inheritance, Places, PlanError};
use crate::prepare::Scan;
use crate::problem::Problem;
use crate::resolve::{self, Question, Tags};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

/// What is asked of a route's preparation, in one hand.
pub struct Task<'a> {
    pub host: &'a Arc<dyn Host>,
    pub catalog: &'a Catalog,
    pub scan: &'a Scan,
    pub chosen: &'a Assessment,
    pub build: &'a Build,
    pub wish: &'a Wish,
}

impl Task<'_> {
    pub fn facts(&self) -> &MachineFacts {
        &self.scan.facts
    }
}

/// A lock for Linux, and what it was made with.
pub struct Resolved {
    pub lock: Lock,
    pub uv: PathBuf,
    pub indexes: Indexes,
    pub inheritance: Inheritance,
}

/// The Linux beside a system has its processor.
pub fn platform(os: Option<&OsFacts>) -> Result<Platform, Problem> {
    match os.and_then(Platform::of) {
        Some(Platform::WindowsX86 | Platform::LinuxX86) => Ok(Platform::LinuxX86),
        Some(Platform::LinuxArm) => Ok(Platform::LinuxArm),
        None => Err(Problem::new("no-wheels", "There are no wheels of PyTorch for this kind of processor on Linux.")
            .command("See what is known of this PC", "torch-wizard detect")),
    }
}

/// Resolves the build with its companions, and what the route needs beside them, for a Linux.
pub fn resolved(
    task: &Task<'_>,
    more: &[String],
    tick: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Resolved, Problem> {
    let Task { host, catalog, scan, build, wish, .. } = task;
    let Some(python) = build.python else {
        return Err(Problem::new("internal", "The build names no Python."));
    };
    let platform = platform(scan.facts.os.found())?;
    let (cleared, set) = settings::child_env(&***host);
    let inheritance = Inheritance { cleared, set };
    let credentials = settings::credentials(&***host);
    let address = |url: &str| credentials.added_to(url);
    let indexes = indexes_of(&scan.facts, build);
    let (uv, reader) =
        tools::for_elsewhere(host, catalog, &scan.facts, (&inheritance, &indexes), &address, wish.offline, tick)?;
    let mut requirements = requirements(catalog, &scan.facts, build, wish)?;
    requirements.extend(more.iter().cloned());
    let question = Question {
        requirements,
        python: reader,
        engine: Engine::Uv,
        uv: Some(uv.path.clone()),
        indexes: indexes.clone(),
        inheritance: inheritance.clone(),
        uv_cache: host.folders().cache.join("uv"),
        offline: wish.offline,
        hashless: hashless(&scan.live, platform, build),
        elsewhere: Some(Tags { python, platform }),
        constraints: Vec::new(),
        alone: false,
        sources: Vec::new(),
    };
    let mut lock = resolve::resolve(&***host, &question, &address, &mut || tick("resolving the packages"))?;
    if !wish.offline && tick("asking for the sizes").is_continue() {
        resolve::ask_sizes(host, &mut lock, &address)
            .map_err(|error| crate::run::network_problem(&error, crate::problem::NOTHING_CHANGED))?;
    }
    Ok(Resolved { lock, uv: uv.path, indexes, inheritance })
}

/// The cards the route is for, and whether there are others beside them.
pub fn cards(task: &Task<'_>) -> (Vec<String>, bool) {
    let Task { chosen, wish, .. } = task;
    let cards = cards_of(task.facts(), chosen, wish.gpus.as_deref());
    let all = task.facts().gpus.found().map(Vec::len).unwrap_or_default();
    let are_picked = cards.len() < all;
    (cards, are_picked)
}

/// The frame of a plan made now.
pub fn frame(host: &Arc<dyn Host>, lock: &Lock, indexes: Indexes, inheritance: Inheritance) -> Frame {
    let id = crate::time::run_id(&**host);
    let cache = &host.folders().cache;
    let places = Places {
        run: crate::run::journal::runs_folder(&**host).join(&id),
        store: cache.join("wheels"),
        links: cache.join("links").join(lock.digest()),
        uv_cache: cache.join("uv"),
    };
    Frame { id, made_at: crate::time::now(&**host), os: host.family(), places, indexes, inheritance }
}

pub fn bad_target(error: &PlanError) -> Problem {
    Problem::new("bad-target", format!("{error}.")).advise("Choose another folder with --env.")
}

#[cfg(test)]
pub(super) mod fixtures;
