//! What every plan for this PC begins with: the engine, the Python, and what the indexes are going to be asked with.

use super::tools::{self, ChosenPython};
use super::{Scan, Wish, hashless, indexes_of};
use crate::assess::{Assessment, Build};
use crate::catalog::{Catalog, Platform};
use crate::detect::settings;
use crate::host::Host;
use crate::plan::Inheritance;
use crate::problem::Problem;
use crate::resolve::Question;
use std::ops::ControlFlow;
use std::sync::Arc;

/// The question has no requirements yet.
pub(super) struct Begun {
    pub question: Question,
    pub python: ChosenPython,
}

/// Finds engine and Python for a build, bringing either where it is missing.
pub(super) fn begun(
    host: &Arc<dyn Host>,
    catalog: &Catalog,
    scan: &Scan,
    wish: &Wish,
    chosen: &Assessment,
    build: &Build,
    tick: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Begun, Problem> {
    let (cleared, set) = settings::child_env(&**host);
    let inheritance = Inheritance { cleared, set };
    let credentials = settings::credentials(&**host);
    let address = |url: &str| credentials.added_to(url);
    let indexes = indexes_of(&scan.facts, build);
    let (engine, uv, python) = tools::engine_and_python(
        host,
        catalog,
        &scan.facts,
        chosen,
        build,
        wish,
        &inheritance,
        &indexes,
        &address,
        tick,
    )?;
    let platform = scan.facts.os.found().and_then(Platform::of);
    let question = Question {
        requirements: Vec::new(),
        python: python.path.clone(),
        engine,
        uv: uv.map(|uv| uv.path),
        indexes,
        inheritance,
        uv_cache: host.folders().cache.join("uv"),
        offline: wish.offline,
        hashless: platform.and_then(|platform| hashless(&scan.live, platform, build)),
        elsewhere: None,
        constraints: Vec::new(),
        alone: false,
        sources: catalog.kits.sources.clone(),
    };
    Ok(Begun { question, python })
}
