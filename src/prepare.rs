//! From a wish to an approved plan: detect, ask the indexes, assess, find the engine, resolve, plan. What the command line
//! and the window both do before anything runs; changes nothing but the product's own cache.

pub mod again;
mod begun;
mod docker;
mod extension;
pub mod kit;
mod linux;
mod look;
mod nightly;
mod program;
pub mod repair;
pub mod source;
mod target;
mod tools;
mod wsl2;

pub use look::{Looking, look};
pub use target::{check_target, default_target};

use crate::assess::{self, Assessment, Build, Origin, Route, Verdict, Wishes};
use crate::catalog::{Catalog, LiveIndex, Platform};
use crate::detect::{self, settings};
use crate::engine::{self, UvPin};
use crate::facts::{ComputeCapability, Fingerprint, MachineFacts, PciId, Python, PythonVersion, Reach, TorchVersion};
use crate::host::Host;
use crate::plan::{Choices, Engine, Frame, Indexes, Places, Plan};
use crate::problem::Problem;
use crate::resolve::{self, Question};
use begun::{Begun, begun};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the user asked for; everything left out is decided here.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// `--route`
    pub route: Option<Route>,
    /// `--env`, absolute.
    pub target: Option<PathBuf>,
    /// Where environments go that nobody names a folder for; `None` is the home folder.
    pub folder: Option<PathBuf>,
    /// `--torch`
    pub torch: Option<TorchVersion>,
    /// `--variant`
    pub variant: Option<String>,
    /// `--python` with a version.
    pub python: Option<PythonVersion>,
    /// `--python` with a path.
    pub interpreter: Option<PathBuf>,
    /// `--engine`
    pub engine: Option<Engine>,
    /// `--gpu`
    pub gpus: Option<Vec<u32>>,
    /// `--with`
    pub packages: Vec<String>,
    /// `--kit`
    pub kits: Vec<String>,
    /// `--index-url`, else the mirror of the settings.
    pub mirror: Option<String>,
    /// `--replace`
    pub replace: bool,
    /// `--offline`
    pub offline: bool,
    /// What the indexes are asked for.
    pub looking: Looking,
}

/// What is known before a choice is made.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The machine.
    pub facts: MachineFacts,
    /// The indexes.
    pub live: LiveIndex,
    /// One verdict a route.
    pub assessments: Vec<Assessment>,
}

/// Asks the machine.
pub fn detect(
    host: &Arc<dyn Host>,
    catalog: &'static Catalog,
    wish: &Wish,
    known_environments: Vec<PathBuf>,
    watch: &mut dyn detect::Watch,
) -> MachineFacts {
    let usual = || wish.folder.clone().unwrap_or_else(|| host.folders().home.clone());
    let target = wish.target.clone().unwrap_or_else(usual);
    let mut ask = detect::Ask::new(target);
    ask.offline = wish.offline;
    ask.known_environments = known_environments;
    if let Some(mirror) = &wish.mirror {
        ask.torch_index_url.clone_from(mirror);
    }
    let platform = platform_of(&**host);
    let why_not = move |python: &Python| why_not(catalog, platform, python);
    let lookups =
        detect::Lookups { python_why_not: Arc::new(why_not), card_names: Arc::new(|id| card_name(catalog, id)) };
    let mut facts = detect::detect(host, &lookups, &ask, watch);
    add_our_uv(&**host, catalog, &mut facts);
    know_interpreter(&**host, catalog, &mut facts, wish);
    facts
}

fn why_not(catalog: &Catalog, platform: Option<Platform>, python: &Python) -> Option<String> {
    platform.and_then(|platform| assess::python_why_not(catalog, python, platform)).map(|reason| reason.text)
}

/// Asks the interpreter that is wished, where a look that was made with another wish does not know it.
fn know_interpreter(host: &dyn Host, catalog: &Catalog, facts: &mut MachineFacts, wish: &Wish) {
    if let Some(path) = &wish.interpreter {
        let platform = platform_of(host);
        add_named(host, facts, path, &|python| why_not(catalog, platform, python));
    }
}

/// A uv that is packed beside the program or was brought earlier is on no PATH.
fn add_our_uv(host: &dyn Host, catalog: &Catalog, facts: &mut MachineFacts) {
    use crate::facts::{Probed, Source, Tool, Via};
    if facts.tools.get("uv").is_some_and(|uv| uv.found().is_some()) {
        return;
    }
    if let Some(uv) = engine::find_uv(host, &pin(catalog)) {
        let source = Source::new(Via::FileSystem, "our own");
        let tool = Tool { path: uv.path, version: Some(uv.version) };
        facts.tools.insert("uv".to_owned(), Probed::Found { value: tool, source });
    }
}

fn pin(catalog: &Catalog) -> UvPin {
    UvPin {
        version: catalog.uv.version.clone(),
        hashes: catalog.uv_wheels.iter().map(|wheel| wheel.sha256.clone()).collect(),
    }
}

/// What is known of the interpreter that the user named.
fn named_python<'a>(facts: &'a MachineFacts, wish: &Wish) -> Option<&'a Python> {
    let path = wish.interpreter.as_ref()?;
    facts.pythons.found()?.iter().find(|python| python.path == *path)
}

/// An interpreter that the user named counts, wherever it lies.
fn add_named(host: &dyn Host, facts: &mut MachineFacts, path: &Path, why_not: &dyn Fn(&Python) -> Option<String>) {
    use crate::facts::{Probed, Source, Via};
    let source = Source::new(Via::User, "--python");
    let mut pythons = facts.pythons.found().cloned().unwrap_or_default();
    if pythons.iter().any(|python| python.path == path) {
        return;
    }
    let candidate = detect::python::Candidate { path: path.to_owned(), source: source.clone() };
    let mut python = detect::python::ask(host, &candidate);
    python.why_not = python.why_not.take().or_else(|| why_not(&python));
    pythons.push(python);
    facts.pythons = Probed::Found { value: pythons, source };
}

fn platform_of(host: &dyn Host) -> Option<Platform> {
    let basics = host.basics();
    let os = crate::facts::OsFacts {
        family: host.family(),
        version: basics.os_version,
        build: basics.os_build,
        arch: basics.arch,
        is_wsl: false,
        is_container: false,
        glibc: None,
    };
    Platform::of(&os)
}

/// Asks the machine and then the indexes, and judges; `None` where `tick` ends it between the two.
pub fn scan(
    host: &Arc<dyn Host>,
    catalog: &'static Catalog,
    wish: &Wish,
    known_environments: Vec<PathBuf>,
    tick: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Option<Scan> {
    let mut facts = detect(host, catalog, wish, known_environments, &mut detect::Unwatched);
    tick("asking the indexes").is_continue().then(|| {
        let live = look(host, catalog, &mut facts, wish);
        let assessments = judge(catalog, &facts, &live, wish);
        Scan { facts, live, assessments }
    })
}

/// One verdict a route.
pub fn judge(catalog: &Catalog, facts: &MachineFacts, live: &LiveIndex, wish: &Wish) -> Vec<Assessment> {
    let wishes = Wishes {
        gpus: wish.gpus.clone(),
        torch: wish.torch.clone(),
        variant: wish.variant.clone(),
        python: wish.python.or_else(|| named_python(facts, wish)?.version),
        mirror: wish.mirror.clone(),
        route: wish.route,
    };
    assess::assess(facts, catalog, live, &wishes)
}

/// The assessment to plan for: the route that was asked for, else the recommended one.
pub fn choose(assessments: &[Assessment], route: Option<Route>) -> Result<&Assessment, Problem> {
    let found = match route {
        Some(route) => assessments.iter().find(|assessment| assessment.route == route),
        None => assessments.iter().find(|assessment| matches!(assessment.verdict, Verdict::Recommended { .. })),
    };
    // Nothing is recommended: the reasons of the route that would be are the ones to tell.
    let no_card = |assessment: &&Assessment| {
        assessment.route == Route::Wheel
            && assessment.verdict.reasons().iter().any(|reason| reason.code == "no-nvidia-card")
    };
    let likely = if assessments.iter().any(|assessment| no_card(&assessment)) { Route::Cpu } else { Route::Wheel };
    let best = found.or_else(|| assessments.iter().find(|assessment| assessment.route == likely));
    let Some(assessment) = best else {
        return Err(Problem::new("internal", "No route was judged."));
    };
    match &assessment.verdict {
        Verdict::Recommended { .. } | Verdict::Works { .. } => Ok(assessment),
        Verdict::Unknown { .. } if assessment.build.is_some() && route.is_some() => Ok(assessment),
        Verdict::Blocked { reasons, unblock } => {
            let mut problem = Problem::new("blocked", said(assessment.route, "is blocked", reasons));
            for way in unblock {
                problem = match &way.command {
                    Some(command) => problem.command(way.text.clone(), command.clone()),
                    None => problem.advise(way.text.clone()),
                };
            }
            Err(cpu_hint(problem, assessment.route))
        }
        Verdict::Unknown { reasons } => {
            let problem = Problem::new("unknown", said(assessment.route, "cannot be judged", reasons));
            Err(cpu_hint(problem.command("See what could not be found out", "torch-wizard detect"), assessment.route))
        }
    }
}

fn said(route: Route, how: &str, reasons: &[crate::assess::Reason]) -> String {
    let texts: Vec<&str> = reasons.iter().map(|reason| reason.text.as_str()).collect();
    format!("Route {} {how}: {}", route.word(), texts.join(" "))
}

fn cpu_hint(problem: Problem, route: Route) -> Problem {
    if route == Route::Cpu {
        problem
    } else {
        problem.command("PyTorch on the processor meanwhile", "torch-wizard install --route cpu")
    }
}

/// Makes the plan: finds engine and Python, resolves against the live index, asks for the sizes. `tick` is called ten times
/// a second with what it is doing, and may stop it.
pub fn plan(
    host: &Arc<dyn Host>,
    catalog: &Catalog,
    scan: &Scan,
    chosen: &Assessment,
    wish: &Wish,
    tick: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Plan, Problem> {
    if wish.kits.is_empty() {
        return of_packages(host, catalog, scan, chosen, wish, tick);
    }
    let kits = kit::named(&**host, catalog, &wish.kits)?;
    kit::refuse_route(chosen.route)?;
    let with_python = kit::with_python(wish, &kits, &scan.facts)?;
    // The build was chosen for any Python.
    let anew = (with_python.python != wish.python).then(|| judge(catalog, &scan.facts, &scan.live, &with_python));
    let chosen = match &anew {
        Some(assessments) => choose(assessments, Some(chosen.route))?,
        None => chosen,
    };
    let wish = with_python;
    let (_, set) = settings::child_env(&**host);
    let programs = program::look(&**host, &scan.facts, &kits, &wish, &set, tick)?;
    let wish = kit::with_packages(&wish, &kits, &programs);
    let plan = of_packages(host, catalog, scan, chosen, &wish, tick)?;
    kit::called(&**host, catalog, plan, (&kits, programs), &scan.facts)
}

/// The plan without what kits add to its steps.
fn of_packages(
    host: &Arc<dyn Host>,
    catalog: &Catalog,
    scan: &Scan,
    chosen: &Assessment,
    wish: &Wish,
    tick: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Plan, Problem> {
    let facts = &scan.facts;
    let Some(build) = chosen.build.clone() else {
        return Err(Problem::new("internal", "The route names no build of PyTorch."));
    };
    for package in &wish.packages {
        resolve::check_requirement(package)?;
    }
    match chosen.route {
        Route::Docker => return docker::plan(host, catalog, scan, chosen, &build, wish, tick),
        Route::Wsl2 => return wsl2::plan(host, catalog, scan, chosen, &build, wish, tick),
        Route::Source if extension::is_meant(&**host, wish) => {
            return extension::plan(host, catalog, scan, wish, tick);
        }
        Route::Wheel | Route::Nightly | Route::Source | Route::Cpu => {}
    }
    let target = wish.target.clone().unwrap_or_else(|| default_target(&**host, wish.folder.as_deref(), &build.variant));
    target::check_target(&**host, &target, wish.replace)?;
    target::check_length(&**host, catalog, &target, &build)?;
    let credentials = settings::credentials(&**host);
    let address = |url: &str| credentials.added_to(url);
    let Begun { question, python } = begun(host, catalog, scan, wish, chosen, &build, tick)?;
    let folders = host.folders();
    let recipe = match chosen.route {
        Route::Source => Some(source::recipe(&**host, catalog, facts, chosen, &build, python.version)?),
        Route::Wheel | Route::Nightly | Route::Docker | Route::Wsl2 | Route::Cpu => None,
    };
    let platform = facts.os.found().and_then(Platform::of);
    let is_nightly = chosen.route == Route::Nightly;
    let kept = is_nightly.then(|| nightly::kept_lock(&**host, &build, wish)).flatten();
    let question = Question {
        requirements: match &recipe {
            Some(recipe) => source::requirements(catalog, host.family(), &build, wish, recipe)?,
            None if kept.is_some() => Vec::new(),
            None if is_nightly => nightly::requirements(facts, &scan.live, &build, wish)?,
            None => requirements(catalog, facts, &build, wish)?,
        },
        hashless: match platform {
            Some(platform) if is_nightly => nightly::hashless(platform, &scan.live, &build),
            Some(_) | None => question.hashless,
        },
        // A build from source has steps of its own.
        sources: if recipe.is_some() { Vec::new() } else { question.sources },
        ..question
    };
    let mut chosen = chosen.clone();
    if recipe.is_some() {
        chosen.verdict.reasons_mut().push(source::alone());
    }
    let mut lock = match kept {
        Some(lock) => {
            chosen.verdict.reasons_mut().push(nightly::kept_reason(&lock));
            lock
        }
        None => resolve::resolve(&**host, &question, &address, &mut || tick("resolving the packages"))?,
    };
    if !wish.offline && tick("asking for the sizes").is_continue() {
        resolve::ask_sizes(host, &mut lock, &address)
            .map_err(|error| crate::run::network_problem(&error, crate::problem::NOTHING_CHANGED))?;
    }
    chosen.verdict.reasons_mut().extend(again::made_here(&lock));
    chosen.download_bytes = lock.download_bytes().or(chosen.download_bytes);
    let id = crate::time::run_id(&**host);
    let places = Places {
        run: crate::run::journal::runs_folder(&**host).join(&id),
        store: folders.cache.join("wheels"),
        // Named by the lock and not by the run: uv knows what it has unpacked by the path of the wheel.
        links: folders.cache.join("links").join(lock.digest()),
        uv_cache: question.uv_cache,
    };
    let choices = Choices {
        target,
        python: python.path,
        python_version: Some(python.version),
        engine: question.engine,
        uv: question.uv,
        cards: cards_of(facts, &chosen, wish.gpus.as_deref()),
        replace: wish.replace,
    };
    let Question { indexes, inheritance, .. } = question;
    let frame = Frame { id, made_at: crate::time::now(&**host), os: host.family(), places, indexes, inheritance };
    match recipe {
        Some(recipe) => {
            crate::plan::source::plan(chosen, choices, lock, frame, recipe).map_err(|error| source::refused(&error))
        }
        None => crate::plan::plan(chosen, choices, lock, frame).map_err(|error| linux::bad_target(&error)),
    }
}

/// The machine to pick a wheel for, where the page of the chosen build was read and names no hash for it.
fn hashless(live: &LiveIndex, platform: Platform, build: &Build) -> Option<resolve::Tags> {
    let python = build.python?;
    let is_it = |wheel: &crate::catalog::LiveWheel| {
        wheel.version.public() == build.torch.public()
            && wheel.python_tag == python.tag()
            && platform.has_tag(&wheel.platform_tag)
    };
    let page = live.pages.get(&build.variant).filter(|_| build.origin != Origin::Pypi && !live.from_cache)?;
    let wheel = page.iter().find(|wheel| is_it(wheel))?;
    (!wheel.has_hash).then_some(resolve::Tags { python, platform })
}

/// The chosen cards by UUID, or by number where the driver gives none.
fn cards_of(facts: &MachineFacts, chosen: &Assessment, wanted: Option<&[u32]>) -> Vec<String> {
    if chosen.route == Route::Cpu {
        return Vec::new();
    }
    let gpus = facts.gpus.found().map(Vec::as_slice).unwrap_or_default();
    gpus.iter()
        .filter(|gpu| wanted.is_none_or(|wanted| wanted.contains(&gpu.index)))
        // A card that is left out can prove nothing.
        .filter(|gpu| chosen.gpus.is_empty() || chosen.gpus.contains(&gpu.index))
        .map(|gpu| gpu.uuid.clone().unwrap_or_else(|| gpu.index.to_string()))
        .collect()
}

fn indexes_of(facts: &MachineFacts, build: &Build) -> Indexes {
    let settings = &facts.index_settings;
    let values = |list: &[crate::facts::Setting]| list.iter().map(|setting| setting.value.clone()).collect::<Vec<_>>();
    let torch = match &build.origin {
        Origin::TorchIndex { url } | Origin::Mirror { url } => Some(url.clone()),
        Origin::Pypi | Origin::Image { .. } | Origin::Git { .. } => None,
    };
    let pypi_blocked = facts.network.found().is_some_and(|network| network.pypi == Reach::Blocked);
    let default = settings.default_index.as_ref().map(|setting| setting.value.clone());
    Indexes {
        // The torch index carries torch's dependencies as well: where nothing else is reached, it is the only index.
        default: if pypi_blocked && default.is_none() { torch.clone() } else { default },
        torch,
        extra: values(&settings.extra_indexes),
        find_links: values(&settings.find_links),
    }
}

fn requirements(catalog: &Catalog, facts: &MachineFacts, build: &Build, wish: &Wish) -> Result<Vec<String>, Problem> {
    let public = build.torch.public();
    let local = match build.origin {
        Origin::TorchIndex { .. } | Origin::Mirror { .. } => format!("+{}", build.variant),
        Origin::Pypi | Origin::Image { .. } | Origin::Git { .. } => String::new(),
    };
    let mut list = vec![format!("torch=={public}{local}")];
    let companions = catalog.companions(&build.torch);
    match companions {
        Some(set) => list.push(format!("torchvision=={}", set.torchvision)),
        // A release newer than the catalogue: the resolver finds the torchvision that fits it.
        None => list.push("torchvision".to_owned()),
    }
    let pypi_blocked = facts.network.found().is_some_and(|network| network.pypi == Reach::Blocked);
    if !pypi_blocked {
        // Without a pip of its own, `pip install` in the environment would reach for another Python's.
        list.push("pip".to_owned());
    }
    for package in &wish.packages {
        let name = crate::lock::normalised(package);
        match companions.filter(|_| name == "torchaudio") {
            Some(set) => list.push(format!("torchaudio=={}", set.torchaudio)),
            None => list.push(package.clone()),
        }
    }
    if list.iter().any(|line| line.contains(['\n', '\r'])) {
        return Err(Problem::new("bad-requirement", "A package name has a line break."));
    }
    Ok(list)
}

/// Whether this PC has an NVIDIA card, as far as known.
pub fn card_present(facts: &MachineFacts) -> Option<bool> {
    match &facts.gpus {
        crate::facts::Probed::Found { value, .. } => Some(!value.is_empty()),
        crate::facts::Probed::Absent { .. } => Some(false),
        crate::facts::Probed::Unknown { .. } => None,
    }
}

/// Name and compute capability of a model that no driver names.
pub(crate) fn card_name(catalog: &Catalog, id: PciId) -> Option<(String, Option<ComputeCapability>)> {
    let name = catalog.gpu_by_pci(id, None).map(|card| card.name.clone());
    let capability = catalog.capability_by_pci(id);
    name.or_else(|| capability.map(|_| format!("NVIDIA device {id}"))).map(|name| (name, capability))
}

/// What a verdict rests on beside the checks.
pub fn circumstances(facts: &MachineFacts) -> crate::verify::Circumstances {
    let gpus = facts.gpus.found().map(Vec::as_slice).unwrap_or_default();
    crate::verify::Circumstances {
        card_present: card_present(facts),
        simulated: facts.is_simulated(),
        driver: facts.driver.found().map(ToString::to_string),
        cards: gpus.iter().filter_map(|gpu| Some((gpu.uuid.clone()?, gpu.index))).collect(),
        machine: Some(Fingerprint::of(facts)),
        ..crate::verify::Circumstances::default()
    }
}
