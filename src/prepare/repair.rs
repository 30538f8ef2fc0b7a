//! Repairing an environment: what it holds, what is wrong with it, and the plan of the smallest change.

use super::begun::{Begun, begun};
use super::linux::{bad_target, frame};
use super::{Scan, Wish, cards_of, choose, judge};
use crate::assess::{self, Assessment, Build, Reason, Route, TorchStatus, Verdict};
use crate::catalog::Catalog;
use crate::detect::{self, settings};
use crate::environments::health::{self, Was};
use crate::environments::{self, packages};
use crate::facts::{Environment, MachineFacts, PythonVersion, Source, TorchVersion, Via};
use crate::host::Host;
use crate::lock::Lock;
use crate::plan::repair::{Change, Holding, InPlace, Serves, change, diagnose, in_place, purge};
use crate::plan::{Choices, Indexes, Plan};
use crate::problem::Problem;
use crate::resolve::{self, Question};
use crate::store::{Registry, load, look};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// What is wrong with an environment, and what repairs it.
#[derive(Clone, Debug)]
pub struct Repair {
    /// What is wrong; empty if nothing is.
    pub troubles: Vec<Reason>,
    /// The smallest change; `None` if nothing is wrong.
    pub plan: Option<Plan>,
}

/// The wish that a look at this PC is made with: the same torch, for the same Python, in the same place.
pub fn wish(host: &dyn Host, environment: &Path, more: Wish) -> Result<Wish, Problem> {
    if let Some(folder) = crate::run::in_place::unfinished_in(host, environment) {
        return Err(Problem::new(
            "unfinished-change",
            format!("An earlier change of {} did not come to its end.", environment.display()),
        )
        .command("Go on with it", "torch-wizard resume")
        .command("Undo it", "torch-wizard rollback")
        .details(folder.display().to_string()));
    }
    if host.meta(environment).is_none() {
        return Err(environments::not_there(environment));
    }
    let seen = environments::inspect(host, environment);
    if seen.kind == "system" {
        return Err(Problem::new(
            "not-repaired",
            format!(
                "{} is no environment of its own: what belongs to the system is left alone.",
                environment.display()
            ),
        )
        .command("Make an environment instead", "torch-wizard install"));
    }
    let Some(python) = environments::interpreter(host, environment) else {
        return Err(Problem::new("no-interpreter", format!("There is no Python in {}.", environment.display()))
            .advise("Make the environment anew: torch-wizard install."));
    };
    let base = if seen.kind == "venv" { environments::base_interpreter(host, environment) } else { None };
    Ok(Wish {
        target: Some(environment.to_owned()),
        torch: seen.torch.clone(),
        python: python_version(host, environment, &python),
        interpreter: Some(base.unwrap_or(python)),
        replace: true,
        ..more
    })
}

/// The version that the interpreter tells, else the one that is written down: a Python whose base is gone does not start.
fn python_version(host: &dyn Host, environment: &Path, python: &Path) -> Option<PythonVersion> {
    let candidate = detect::python::Candidate { path: python.to_owned(), source: Source::new(Via::User, "repair") };
    let told = detect::python::ask(host, &candidate).version;
    told.or_else(|| environments::written_version(host, environment))
}

/// Finds out what is wrong and plans the repair.
pub fn plan(
    host: &Arc<dyn Host>,
    catalog: &Catalog,
    scan: &Scan,
    wish: &Wish,
    tick: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Repair, Problem> {
    let Some(environment) = &wish.target else {
        return Err(Problem::new("internal", "No environment was named."));
    };
    let mut scan = scan.clone();
    super::know_interpreter(&**host, catalog, &mut scan.facts, wish);
    let scan = &scan;
    let holding = holding(&**host, catalog, &scan.facts, environment, wish)?;
    // A torch that serves keeps its variant, whatever would be installed today.
    let variant = holding.variant.clone().filter(|_| holding.serves == Serves::Yes);
    let wish = Wish { variant, ..wish.clone() };
    let chosen = pick(catalog, scan, &wish, &holding, was(&**host, &holding));
    let build = chosen.as_ref().ok().and_then(|chosen| chosen.build.clone());
    let variant = build.as_ref().map(|build| build.variant.as_str()).or(wish.variant.as_deref());
    let troubles = diagnose(&holding, variant, &catalog.companion_sets);
    let reasons: Vec<Reason> = troubles.iter().map(crate::plan::repair::Trouble::reason).collect();
    if troubles.is_empty() {
        return Ok(Repair { troubles: reasons, plan: None });
    }
    let mut chosen = chosen?;
    let Some(build) = build else { return Err(Problem::new("internal", "The route names no build of PyTorch.")) };
    let change = change(&holding, &troubles, &build, &catalog.companion_sets);
    refuse_condas(&holding, &change)?;
    let cannot_be_made = holding.cannot_be_made.clone().or_else(|| from_no_index(&holding, &change));
    let holding = Holding { cannot_be_made, ..holding };
    chosen.verdict = Verdict::Works { reasons: reasons.clone() };
    let task = Task { host, catalog, scan, wish: &wish, holding: &holding, change: &change, build: &build };
    Ok(Repair { troubles: reasons, plan: Some(task.plan(chosen, tick)?) })
}

/// The torch that was there, where one of another variant is in its place now.
fn was(host: &dyn Host, holding: &Holding) -> Option<Was> {
    let registry: Registry = look(host, &Registry::path(host)).unwrap_or_default();
    let was = health::was(registry.find(&holding.path), &holding.packages)?;
    (holding.variant.as_ref() != Some(&was.variant)).then_some(was)
}

/// The build it shall have: the one it had before another was put in its place, else the same release if one fits, else the
/// newest that does.
fn pick(
    catalog: &Catalog,
    scan: &Scan,
    wish: &Wish,
    holding: &Holding,
    was: Option<Was>,
) -> Result<Assessment, Problem> {
    let has_card = super::card_present(&scan.facts) != Some(false);
    let route = match was.as_ref().and_then(|was| was.torch.as_ref()).or(holding.torch.as_ref()) {
        _ if !has_card => Route::Cpu,
        Some(torch) if !torch.is_stable() => Route::Nightly,
        Some(_) | None => Route::Wheel,
    };
    let with = |torch, variant: Option<String>| {
        let variant = variant.or_else(|| wish.variant.clone());
        let wish = Wish { torch, variant, route: Some(route), ..wish.clone() };
        choose(&judge(catalog, &scan.facts, &scan.live, &wish), Some(route)).cloned()
    };
    let release = |torch: &TorchVersion| torch.public().parse::<TorchVersion>().ok();
    if let Some(Was { torch, variant }) = was
        && let Ok(found) = with(torch.as_ref().or(holding.torch.as_ref()).and_then(release), Some(variant))
    {
        return Ok(found);
    }
    with(holding.torch.as_ref().and_then(release), None).or_else(|_| with(None, None))
}

/// What an environment holds.
pub(super) fn holding(
    host: &dyn Host,
    catalog: &Catalog,
    facts: &MachineFacts,
    folder: &Path,
    wish: &Wish,
) -> Result<Holding, Problem> {
    let seen = environments::inspect(host, folder);
    let python = environments::interpreter(host, folder).unwrap_or_default();
    let version = wish.python.unwrap_or(catalog.python_choice.brought);
    let arch = facts.os.found().map(|os| os.arch.clone()).unwrap_or_default();
    let Some(markers) = packages::markers(host.family(), &arch, version) else {
        return Err(Problem::new("internal", "The version of Python cannot be read."));
    };
    let site = packages::read(host, &environments::site_packages(host, folder), &markers);
    if site.installer.as_deref() == Some("conda") {
        return Err(Problem::new(
            "not-repaired",
            "conda has installed the torch in it, and conda alone may replace it.",
        )
        .advise(
            "Install torch by pip into a conda environment without it, or make one of its own: torch-wizard install.",
        ));
    }
    let is_venv = seen.kind == "venv";
    let cannot_be_made = (!is_venv).then(|| format!("it is no virtual environment ({})", seen.kind));
    let registry: Registry = load(host, &Registry::path(host)).unwrap_or_default();
    let is_ours = registry.find(folder).is_some_and(|known| known.plan_id.is_some());
    Ok(Holding {
        path: folder.to_owned(),
        python,
        python_version: wish.python,
        variant: environments::variant(&seen),
        serves: serves(catalog, facts, &seen),
        torch: seen.torch,
        is_linked: is_ours && site.installer.as_deref() == Some("uv"),
        packages: site.packages,
        leftovers: site.leftovers,
        cannot_be_made,
    })
}

/// Why not everything can be had again: a package that stays came from no index.
fn from_no_index(holding: &Holding, change: &Change) -> Option<String> {
    let anew = change.names();
    let stays = |name: &String| !anew.contains(name) && !change.remove.contains(name);
    let mut kept = holding.packages.iter().filter(|package| stays(&package.name));
    let (package, from) = kept.find_map(|package| Some((package, package.from.as_ref()?)))?;
    Some(format!("{} came from {from} and from no index", package.name))
}

/// What conda installed it must replace itself: its own list would say what is no longer there.
pub(super) fn refuse_condas(holding: &Holding, change: &Change) -> Result<(), Problem> {
    let names = change.names().into_iter().chain(change.remove.iter().cloned());
    let is_condas = |name: &String| holding.package(name).is_some_and(|package| package.is_condas);
    match names.into_iter().find(is_condas) {
        Some(name) => Err(Problem::new(
            "not-repaired",
            format!("conda has installed the {name} in it, and conda alone may replace it."),
        )
        .advise(
            "Remove it with conda first, then repair again; or make an environment of its own: torch-wizard install.",
        )),
        None => Ok(()),
    }
}

fn serves(catalog: &Catalog, facts: &MachineFacts, seen: &Environment) -> Serves {
    // Where nobody knows of a card, a torch without CUDA is no trouble.
    let has_card = super::card_present(facts) == Some(true);
    match assess::installed_torch(facts, seen, catalog).status {
        TorchStatus::CpuOnly if has_card => Serves::Cpu,
        TorchStatus::Fails if has_card => Serves::No,
        TorchStatus::CpuOnly | TorchStatus::Fails | TorchStatus::Works | TorchStatus::None | TorchStatus::Unknown => {
            Serves::Yes
        }
    }
}

/// Everything a plan of a repair is made from.
struct Task<'a> {
    host: &'a Arc<dyn Host>,
    catalog: &'a Catalog,
    scan: &'a Scan,
    wish: &'a Wish,
    holding: &'a Holding,
    change: &'a Change,
    build: &'a Build,
}

impl Task<'_> {
    fn plan(&self, chosen: Assessment, tick: &mut dyn FnMut(&str) -> ControlFlow<()>) -> Result<Plan, Problem> {
        let Begun { question, python } =
            begun(self.host, self.catalog, self.scan, self.wish, &chosen, self.build, tick)?;
        let credentials = settings::credentials(&**self.host);
        let address = |url: &str| credentials.added_to(url);
        let mut resolve = |question: Question| {
            resolve::resolve(&**self.host, &question, &address, &mut || tick("resolving the packages"))
        };
        let whole = match &self.holding.cannot_be_made {
            Some(why) => Err(why.clone()),
            None => self.whole(&question, &mut resolve)?,
        };
        let (mut lock, why) = match whole {
            Ok(lock) => (lock, None),
            Err(why) => (self.changed(&question, &mut resolve)?, Some(why)),
        };
        if !self.wish.offline && !lock.packages.is_empty() {
            resolve::ask_sizes(self.host, &mut lock, &address)
                .map_err(|error| crate::run::network_problem(&error, crate::problem::NOTHING_CHANGED))?;
        }
        let choices = Choices {
            target: self.holding.path.clone(),
            python: python.path,
            python_version: self.holding.python_version,
            engine: question.engine,
            uv: question.uv.clone(),
            cards: cards_of(&self.scan.facts, &chosen, self.wish.gpus.as_deref()),
            replace: true,
        };
        self.steps(chosen, choices, lock, question, why.as_deref())
    }

    /// Everything that the environment shall hold. `Err` in it says why not all of that can be had.
    fn whole(
        &self,
        question: &Question,
        resolve: &mut dyn FnMut(Question) -> Result<Lock, Problem>,
    ) -> Result<Result<Lock, String>, Problem> {
        // What names its variant is on the torch index alone; all else is not looked for there.
        let (own, others): (Vec<String>, Vec<String>) =
            self.change.keep.iter().cloned().partition(|requirement| requirement.contains('+'));
        let requirements = self.change.install.iter().cloned().chain(own).collect::<Vec<_>>();
        let mut lock = Lock { created_by: String::new(), requires_python: None, packages: Vec::new() };
        if !requirements.is_empty() {
            lock = resolve(Question { requirements, constraints: others.clone(), ..question.clone() })?;
        }
        let is_open = |requirement: &String| {
            let name = requirement.split("==").next().unwrap_or_default();
            lock.package(name).is_none()
        };
        let rest: Vec<String> = others.into_iter().filter(is_open).collect();
        if rest.is_empty() {
            return Ok(Ok(lock));
        }
        let indexes = Indexes { torch: None, ..question.indexes.clone() };
        let alone = Question { requirements: rest, indexes, hashless: None, alone: true, ..question.clone() };
        match resolve(alone) {
            Ok(more) => {
                lock.created_by = more.created_by;
                lock.packages.extend(more.packages);
                lock.packages.sort_by(|a, b| a.name.cmp(&b.name));
                Ok(Ok(lock))
            }
            Err(problem) if resolve::has_no_answer(&problem) => {
                Ok(Err("not every package in it can be fetched again".to_owned()))
            }
            Err(problem) => Err(problem),
        }
    }

    /// What is installed anew, and nothing that is there as it shall be.
    fn changed(
        &self,
        question: &Question,
        resolve: &mut dyn FnMut(Question) -> Result<Lock, Problem>,
    ) -> Result<Lock, Problem> {
        let requirements = self.change.install.clone();
        if requirements.is_empty() {
            return Ok(Lock { created_by: String::new(), requires_python: None, packages: Vec::new() });
        }
        let constraints = self.change.keep.clone();
        let mut lock = resolve(Question { requirements, constraints, ..question.clone() })?;
        let anew = self.change.names();
        lock.packages.retain(|package| {
            let is_same = self.holding.package(&package.name).is_some_and(|there| there.version == package.version);
            !is_same || anew.contains(&package.name) || self.change.remove.contains(&package.name)
        });
        Ok(lock)
    }

    fn steps(
        &self,
        mut chosen: Assessment,
        mut choices: Choices,
        lock: Lock,
        question: Question,
        why: Option<&str>,
    ) -> Result<Plan, Problem> {
        chosen.download_bytes = lock.download_bytes();
        chosen.verdict.reasons_mut().push(how(why));
        let frame = frame(self.host, &lock, question.indexes, question.inheritance);
        if why.is_none() {
            super::check_target(&**self.host, &choices.target, true)?;
            let plan = crate::plan::plan(chosen, choices, lock, frame).map_err(|error| bad_target(&error))?;
            let mut plan = Plan { keeps_replaced: true, ..plan };
            if let Some(step) = purge(&plan, self.change) {
                plan.steps.insert(0, step);
            }
            return Ok(plan);
        }
        let device = if chosen.route == Route::Cpu { "cpu".to_owned() } else { choices.cards.join(",") };
        choices.python.clone_from(&self.holding.python);
        let parts = InPlace { holding: self.holding, change: self.change, device: &device };
        in_place(chosen, choices, lock, frame, parts).map_err(|error| bad_target(&error))
    }
}

/// How it is done: beside its place, or where it stands.
fn how(why: Option<&str>) -> Reason {
    let (code, args) = match why {
        None => ("repair-beside", BTreeMap::new()),
        Some(why) => ("repair-in-place", BTreeMap::from([("why".to_owned(), why.to_owned())])),
    };
    let text = crate::text::in_english(&format!("reason-{code}"), &args);
    Reason { code: code.to_owned(), text, source: None, args }
}

#[cfg(test)]
mod tests;
