//! From a snapshot to a plan: an environment becomes again what it was, or another is made like it.

mod wheels;

use super::begun::{self, begun};
use super::linux::{bad_target, frame};
use super::{Scan, Wish, cards_of, repair, target};
use crate::assess::{Assessment, Build, Need, Origin, Reason, Route, TorchStatus, Verdict, installed_torch};
use crate::catalog::{Catalog, TORCH_INDEX};
use crate::environments;
use crate::facts::{CudaVersion, Environment, PythonVersion};
use crate::host::Host;
use crate::lock::{Lock, normalised};
use crate::plan::repair::{Change, InPlace, in_place, reason};
use crate::plan::{Choices, Plan};
use crate::problem::Problem;
use crate::resolve::Question;
use crate::snapshots::compare::{Side, way_back};
use crate::snapshots::{Snapshot, changed_files};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use wheels::Found;

/// What came of it.
#[derive(Clone, Debug)]
pub enum Again {
    /// This does it.
    Plan(Box<Plan>),
    /// It is what it shall be.
    Same,
    /// Not all of it can be had again.
    Lost(Vec<Lost>),
}

/// A package that cannot be had again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Why, in words.
    pub why: String,
}

/// What is at hand.
pub struct Task<'a> {
    /// The outside.
    pub host: &'a Arc<dyn Host>,
    /// What is known of builds.
    pub catalog: &'a Catalog,
    /// What is known of this PC.
    pub scan: &'a Scan,
    /// Place, interpreter and index.
    pub wish: &'a Wish,
    /// What it shall be.
    pub then: &'a Snapshot,
}

/// The wish of a new environment like one that was.
pub fn wish_of_clone(host: &dyn Host, of: &Snapshot, place: &Path, more: Wish) -> Wish {
    let base = match of.kind.as_str() {
        "venv" => environments::base_interpreter(host, &of.environment),
        _ => environments::interpreter(host, &of.environment),
    };
    // Where its Python is gone, any of the same minor version will do.
    let minor = |python: PythonVersion| PythonVersion::minor(python.major, python.minor);
    Wish {
        target: Some(place.to_owned()),
        torch: of.torch_version(),
        variant: of.variant.clone(),
        python: if base.is_some() { of.python } else { of.python.map(minor) },
        interpreter: base,
        replace: false,
        ..more
    }
}

/// The wish of an environment that becomes again what it was.
pub fn wish_of_restore(host: &dyn Host, environment: &Path, then: &Snapshot, more: Wish) -> Result<Wish, Problem> {
    let wish = repair::wish(host, environment, more)?;
    Ok(Wish { torch: then.torch_version(), variant: then.variant.clone(), ..wish })
}

/// What is fixed before the packages are looked for.
pub(super) struct Begun {
    pub build: Build,
    pub chosen: Assessment,
    pub question: Question,
    pub choices: Choices,
}

impl Task<'_> {
    /// Plans the way from what an environment is to what it shall be.
    pub fn restore(&self, now: &Snapshot, tick: &mut dyn FnMut(&str) -> ControlFlow<()>) -> Result<Again, Problem> {
        let reading = &mut || tick("reading the files of torch");
        let files = changed_files(&**self.host, Side::A, &now.environment, reading);
        // Packages whose files are not what their lists say.
        let mut broken = if files.is_empty() { BTreeSet::new() } else { BTreeSet::from(["torch".to_owned()]) };
        let holding = repair::holding(&**self.host, self.catalog, &self.scan.facts, &now.environment, self.wish)?;
        self.refuse_other_python(now)?;
        let is_unsound =
            |package: &&crate::plan::repair::Installed| package.damage.is_some() || !package.registered.is_empty();
        broken.extend(holding.packages.iter().filter(is_unsound).map(|package| package.name.clone()));
        let way = way_back(now, self.then, &broken);
        if way.install.is_empty() && way.remove.is_empty() && holding.leftovers.is_empty() {
            return Ok(Again::Same);
        }
        let mut begun = self.begin(tick)?;
        let lock = match self.lock(&way.install, &begun, tick)? {
            Found::All(lock) => lock,
            Found::Lost(lost) => return Ok(Again::Lost(lost)),
        };
        let stale = holding.packages.iter().filter(|package| broken.contains(&package.name));
        let change = Change {
            install: way.install.iter().map(|package| format!("{}=={}", package.name, package.version)).collect(),
            keep: Vec::new(),
            leftovers: stale.flat_map(|package| package.stale.clone()).chain(holding.leftovers.clone()).collect(),
            purge: if holding.is_linked { broken.into_iter().collect() } else { Vec::new() },
            remove: way.remove,
        };
        repair::refuse_condas(&holding, &change)?;
        let (when, install) = (crate::time::minute(&self.then.taken_at), change.install.len());
        let why = reason("restore", &[("when", &when), ("install", &install), ("remove", &change.remove.len())]);
        begun.choices.target.clone_from(&holding.path);
        begun.choices.python.clone_from(&holding.python);
        begun.choices.replace = true;
        let device = device(&begun);
        let parts = InPlace { holding: &holding, change: &change, device: &device };
        let (chosen, choices, frame) = self.framed(begun, &lock, [why]);
        let plan = in_place(chosen, choices, lock, frame, parts).map_err(|error| bad_target(&error))?;
        Ok(Again::Plan(Box::new(plan)))
    }

    /// Plans a new environment with the same packages.
    pub fn made_like(&self, tick: &mut dyn FnMut(&str) -> ControlFlow<()>) -> Result<Again, Problem> {
        let Some(place) = &self.wish.target else {
            return Err(Problem::new("internal", "No folder was named."));
        };
        target::check_target(&**self.host, place, false)?;
        let begun = self.begin(tick)?;
        target::check_length(&**self.host, self.catalog, place, &begun.build)?;
        let lock = match self.lock(&self.then.packages, &begun, tick)? {
            Found::All(lock) => lock,
            Found::Lost(lost) => return Ok(Again::Lost(lost)),
        };
        let from = self.then.environment.display().to_string();
        let (chosen, choices, frame) = self.framed(begun, &lock, [reason("clone", &[("from", &from)])]);
        let plan = crate::plan::plan(chosen, choices, lock, frame).map_err(|error| bad_target(&error))?;
        Ok(Again::Plan(Box::new(plan)))
    }

    /// Packages are made for one minor version of Python, which no change of packages changes.
    fn refuse_other_python(&self, now: &Snapshot) -> Result<(), Problem> {
        match (now.python, self.then.python) {
            (Some(is), Some(was)) if is.short() != was.short() => {
                let cause = format!("It had Python {was} then and has Python {is} now: packages cannot change that.");
                Err(Problem::new("other-python", cause)
                    .advise("Make a new environment with the Python of then: torch-wizard install --python VERSION."))
            }
            (Some(_) | None, _) => Ok(()),
        }
    }

    /// The build by what is known of its wheel, engine and Python.
    pub(super) fn begin(&self, tick: &mut dyn FnMut(&str) -> ControlFlow<()>) -> Result<Begun, Problem> {
        let build = self.build()?;
        self.refuse_unfit(&build)?;
        let chosen = self.assessment(&build);
        let begun::Begun { question, python } =
            begun(self.host, self.catalog, self.scan, self.wish, &chosen, &build, tick)?;
        let question = Question { alone: true, ..question };
        let choices = Choices {
            target: self.wish.target.clone().unwrap_or_default(),
            python: python.path,
            python_version: Some(python.version),
            engine: question.engine,
            uv: question.uv.clone(),
            cards: cards_of(&self.scan.facts, &chosen, self.wish.gpus.as_deref()),
            replace: false,
        };
        Ok(Begun { build, chosen, question, choices })
    }

    /// What by the rules does not run here is not fetched to fail in its proof.
    fn refuse_unfit(&self, build: &Build) -> Result<(), Problem> {
        let was = Environment {
            path: self.then.environment.clone(),
            kind: self.then.kind.clone(),
            torch: Some(build.torch.clone()),
            torch_cuda: CudaVersion::of_variant(&build.variant),
            damage: None,
        };
        let judged = installed_torch(&self.scan.facts, &was, self.catalog);
        if judged.status != TorchStatus::Fails {
            return Ok(());
        }
        let why: Vec<&str> = judged.reasons.iter().map(|reason| reason.text.as_str()).collect();
        let cause = format!("torch {} ({}) does not run on this PC. {}", build.torch, build.variant, why.join(" "));
        Err(Problem::new("not-for-this-pc", cause.trim_end())
            .command("See which driver the card wants", "torch-wizard driver")
            .command("Make an environment that runs here", "torch-wizard install"))
    }

    fn build(&self) -> Result<Build, Problem> {
        let (Some(torch), Some(variant)) = (self.then.torch_version(), self.then.variant.clone()) else {
            return Err(Problem::new("no-torch", "There was no torch in it, so nothing could prove the result.")
                .command("Make an environment with one instead", "torch-wizard install"));
        };
        let package = self.then.package("torch");
        let known = package.and_then(|package| package.index.clone());
        // torch itself names its variant wherever it came from; the list of packages does so for the torch index alone.
        let is_local = package.map_or(torch.local().is_some(), |package| package.version.contains('+'));
        let base = self.wish.mirror.as_deref().unwrap_or(TORCH_INDEX);
        let url = match known {
            // Its own page, else PyPI or what stands for it.
            Some(index) => Some(index).filter(|index| index.trim_end_matches('/').ends_with(&variant)),
            None => is_local.then(|| format!("{}/{variant}", base.trim_end_matches('/'))),
        };
        let origin = match url {
            Some(url) if url.starts_with(TORCH_INDEX) => Origin::TorchIndex { url },
            Some(url) => Origin::Mirror { url },
            None => Origin::Pypi,
        };
        Ok(Build { torch, variant, python: self.then.python, origin, seen_live: false })
    }

    /// It was chosen before: no rule chooses anew. What does not run here any more is told by the checks, and undone.
    fn assessment(&self, build: &Build) -> Assessment {
        let has_card = super::card_present(&self.scan.facts) != Some(false);
        let route = if !has_card || build.variant == "cpu" {
            Route::Cpu
        } else if build.torch.is_stable() {
            Route::Wheel
        } else {
            Route::Nightly
        };
        let found = self.scan.facts.pythons.found().map(Vec::as_slice).unwrap_or_default();
        let fits = |version: PythonVersion| build.python.is_some_and(|wanted| wanted.short() == version.short());
        let is_there = found.iter().filter_map(|python| python.version).any(fits);
        Assessment {
            route,
            verdict: Verdict::Works { reasons: Vec::new() },
            build: Some(build.clone()),
            acceptable_variants: Vec::new(),
            gpus: Vec::new(),
            download_bytes: None,
            disk_bytes: None,
            seconds: None,
            needs: if is_there { Vec::new() } else { vec![Need::Python] },
            risk: None,
        }
    }

    pub(super) fn framed(
        &self,
        begun: Begun,
        lock: &Lock,
        why: impl IntoIterator<Item = Reason>,
    ) -> (Assessment, Choices, crate::plan::Frame) {
        let Begun { mut chosen, question, choices, build: _ } = begun;
        chosen.verdict.reasons_mut().extend(why.into_iter().chain(made_here(lock)));
        chosen.download_bytes = lock.download_bytes();
        (chosen, choices, frame(self.host, lock, question.indexes, question.inheritance))
    }
}

/// What is made from its source, if anything is.
pub(super) fn made_here(lock: &Lock) -> Option<Reason> {
    let sources = lock.sources().packages.into_iter();
    let names: Vec<String> = sources.map(|package| format!("{} {}", package.name, package.version)).collect();
    (!names.is_empty()).then(|| reason("kit-made-from-source", &[("names", &names.join(", "))]))
}

/// `cpu`, or the cards, separated by commas.
pub(super) fn device(begun: &Begun) -> String {
    if begun.chosen.route == Route::Cpu { "cpu".to_owned() } else { begun.choices.cards.join(",") }
}

/// The name that a requirement `name==version` begins with.
fn named(requirement: &str) -> String {
    normalised(requirement.split("==").next().unwrap_or_default())
}
