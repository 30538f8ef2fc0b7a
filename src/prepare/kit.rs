//! A kit for an environment that stands: its packages, resolved so that its torch stays.

use super::again::{self, Task};
use super::linux::bad_target;
use super::program::{self, Looked, place};
use super::{Wish, repair};
use crate::assess::{Reason, Route};
use crate::catalog::{Catalog, Kit, KitIssue};
use crate::detect::settings;
use crate::environments::{kernels, packages};
use crate::facts::{ComputeCapability, MachineFacts, PythonVersion};
use crate::host::Host;
use crate::lock::{Lock, normalised};
use crate::plan::Plan;
use crate::plan::kit::{Program, has_call, start, with_calls};
use crate::plan::repair::{Change, Holding, InPlace, in_place, reason};
use crate::problem::Problem;
use crate::resolve::{self, Question, has_no_answer};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::str::FromStr as _;

/// What belongs to a torch beside the libraries that it brings.
const COMPANIONS: [&str; 3] = ["torch", "torchvision", "torchaudio"];

/// The kits of these names, or why one of them cannot be had here.
pub fn named<'a>(host: &dyn Host, catalog: &'a Catalog, names: &[String]) -> Result<Vec<&'a Kit>, Problem> {
    let kit = |name: &String| {
        let kit = catalog.kits.named(name).ok_or_else(|| {
            Problem::new("no-kit", format!("There is no kit {name}."))
                .command("See which there are", "torch-wizard kit list")
        })?;
        if !kit.is_for(host.family()) {
            return Err(Problem::new(
                "kit-not-here",
                format!("The packages of {name} have no wheels for this system."),
            )
            .command("See which there are", "torch-wizard kit list"));
        }
        Ok(kit)
    };
    names.iter().map(kit).collect()
}

/// Refuses a Python that not all packages of a kit have wheels for.
fn fits_python(kit: &Kit, python: Option<PythonVersion>) -> Result<(), Problem> {
    let Some(python) = python.filter(|python| !takes(kit, *python)) else { return Ok(()) };
    let name = &kit.name;
    let cause = format!("The packages of the kit {name} are for Python {}, and this is Python {python}.", kit.python);
    let problem = Problem::new("kit-other-python", cause);
    Err(match newest_python(&[kit]) {
        Some(fits) => problem.command(
            "Make it an environment of its own",
            format!("torch-wizard install --kit {name} --python {fits} --env FOLDER"),
        ),
        None => problem,
    })
}

fn takes(kit: &Kit, python: PythonVersion) -> bool {
    let version = pep440_rs::Version::new([
        u64::from(python.major),
        u64::from(python.minor),
        u64::from(python.patch.unwrap_or_default()),
    ]);
    kit.python.contains(&version)
}

/// The newest minor version of Python 3 that all of these kits take; `None` if there is none, or no newest one.
fn newest_python(kits: &[&Kit]) -> Option<PythonVersion> {
    let all_take = |python: &PythonVersion| kits.iter().all(|kit| takes(kit, *python));
    if all_take(&PythonVersion::minor(3, u8::MAX)) {
        return None;
    }
    (0..u8::MAX).rev().map(|minor| PythonVersion::minor(3, minor)).find(all_take)
}

/// The wish with a Python that all kits take, where nobody has named one.
pub(super) fn with_python(wish: &Wish, kits: &[&Kit], facts: &MachineFacts) -> Result<Wish, Problem> {
    let named = wish.python.or_else(|| super::named_python(facts, wish)?.version);
    if named.is_some() {
        kits.iter().try_for_each(|kit| fits_python(kit, named))?;
        return Ok(wish.clone());
    }
    let newest = newest_python(kits).filter(|_| wish.interpreter.is_none());
    // What is here need not be brought.
    let pythons = facts.pythons.found().map(Vec::as_slice).unwrap_or_default();
    let usable = pythons.iter().filter(|python| python.why_not.is_none()).filter_map(|python| python.version);
    let here = usable.filter(|python| kits.iter().all(|kit| takes(kit, *python))).max();
    let python = newest.map(|newest| here.map_or(newest, |here| PythonVersion::minor(here.major, here.minor)));
    Ok(Wish { python, ..wish.clone() })
}

/// A kit is called from this system, where a container and WSL are not seen into.
pub fn elsewhere() -> Problem {
    Problem::new("kit-elsewhere", "Kits are for environments on this system, not for those in WSL or a container.")
        .advise("Install its packages inside; `torch-wizard kit list` names them.")
}

/// Whether an environment of this route can have kits from the beginning.
pub const fn goes_with(route: Route) -> bool {
    matches!(route, Route::Wheel | Route::Nightly | Route::Cpu)
}

pub(super) fn refuse_route(route: Route) -> Result<(), Problem> {
    match route {
        Route::Docker | Route::Wsl2 => Err(elsewhere()),
        Route::Source => Err(Problem::new("kit-not-built", "A kit is resolved beside a torch that an index has, and none has the one that is built here.")
            .advise("Leave --kit out, and install the packages inside, each with --no-deps; `torch-wizard kit list` names them.")),
        Route::Wheel | Route::Nightly | Route::Cpu => Ok(()),
    }
}

/// The wish with the packages of kits among those that are wished for by name.
pub(super) fn with_packages(wish: &Wish, kits: &[&Kit], programs: &[Looked]) -> Wish {
    let mut packages = wish.packages.clone();
    let own = kits.iter().flat_map(|kit| &kit.packages).map(ToString::to_string);
    for package in own.chain(programs.iter().flat_map(|looked| looked.packages.iter().cloned())) {
        if !packages.contains(&package) {
            packages.push(package);
        }
    }
    Wish { packages, ..wish.clone() }
}

/// The plan of a new environment with what is known of its kits, and their calls.
pub(super) fn called(
    host: &dyn Host,
    catalog: &Catalog,
    mut plan: Plan,
    (kits, programs): (&[&Kit], Vec<Looked>),
    facts: &MachineFacts,
) -> Result<Plan, Problem> {
    let locked = plan.lock.packages.iter();
    let versions = locked.map(|package| (normalised(&package.name), package.version.clone())).collect();
    for kit in kits {
        plan.assessment.verdict.reasons_mut().extend(issues(catalog, kit, facts, &versions));
    }
    with_programs(host, plan, kits, programs)
}

/// The plan with what its kits check out, and their calls.
fn with_programs(host: &dyn Host, mut plan: Plan, kits: &[&Kit], looked: Vec<Looked>) -> Result<Plan, Problem> {
    let mut programs = Vec::new();
    for looked in looked {
        let Some(kit) = kits.iter().find(|kit| kit.name == looked.program.kit) else { continue };
        let folder = place(host, kit, &looked, &plan.target)?;
        let Looked { program, commit, .. } = looked;
        let program = Program { folder, ..program };
        let kept = kit.program.as_ref().map(|of| of.keeps.join(", ")).unwrap_or_default();
        let start = start(&plan, kit).unwrap_or_default();
        let places: [(&str, &dyn std::fmt::Display); 5] = [
            ("url", &program.url),
            ("commit", &commit),
            ("folder", &program.folder.display()),
            ("start", &start),
            ("kept", &kept),
        ];
        let code = if program.stands { "kit-program-stands" } else { "kit-program" };
        let reasons = plan.assessment.verdict.reasons_mut();
        reasons.push(reason(code, &places));
        let within: Vec<&str> = program.within.iter().map(|other| other.repository.as_str()).collect();
        if !program.stands && !within.is_empty() {
            reasons.push(reason("kit-program-within", &[("urls", &within.join(", "))]));
        }
        let urls = within.into_iter().chain([program.url.as_str()]).filter_map(|url| url::Url::parse(url).ok());
        plan.hosts.extend(urls.filter_map(|url| url.host_str().map(str::to_owned)));
        programs.push(program);
    }
    plan.hosts.sort();
    plan.hosts.dedup();
    Ok(with_calls(plan, kits, &programs))
}

/// The kits whose call a plan makes.
pub fn of_plan<'a>(catalog: &'a Catalog, plan: &Plan) -> Vec<&'a Kit> {
    catalog.kits.all.iter().filter(|kit| has_call(plan, kit)).collect()
}

/// What a run that came to its end means for Jupyter: a kit may want the environment among its kernels, and one that has
/// lost its kernel is not offered any more.
pub fn settle_kernel(host: &dyn Host, catalog: &Catalog, plan: &Plan) -> Result<(), Problem> {
    if of_plan(catalog, plan).iter().any(|kit| kit.kernel) {
        return kernels::register(host, &plan.target).map(drop);
    }
    let is_offered = kernels::registered(host, &plan.target).is_some();
    let has_kernel =
        || packages::of_environment(host, &plan.target).packages.iter().any(|it| it.name == kernels::LAUNCHER);
    if is_offered && !has_kernel() { kernels::unregister(host, &plan.target).map(drop) } else { Ok(()) }
}

/// Plans a kit for the environment that `task` has as it is now.
pub fn plan(task: &Task<'_>, kit: &Kit, tick: &mut dyn FnMut(&str) -> ControlFlow<()>) -> Result<Plan, Problem> {
    let environment = &task.then.environment;
    let holding = repair::holding(&**task.host, task.catalog, &task.scan.facts, environment, task.wish)?;
    let mut begun = task.begin(tick)?;
    begun.choices.target.clone_from(&holding.path);
    begun.choices.python.clone_from(&holding.python);
    begun.choices.replace = true;
    fits_python(kit, holding.python_version)?;
    let set = &begun.question.inheritance.set;
    let place = Wish { target: Some(holding.path.clone()), ..task.wish.clone() };
    let looked = program::look(&**task.host, &task.scan.facts, &[kit], &place, set, tick)?;
    let listed = looked.iter().flat_map(|looked| looked.packages.iter().cloned());
    let wanted: Vec<String> = kit.packages.iter().map(ToString::to_string).chain(listed).collect();
    let mut resolving = Resolving { task, kit, wanted, holding: &holding, question: &begun.question, tick };
    let mut lock = resolving.lock()?;
    let is_there =
        |name: &str, version: &str| holding.package(&normalised(name)).is_some_and(|there| there.version == version);
    lock.packages.retain(|package| !is_there(&package.name, &package.version));
    refuse_own(&holding, &lock)?;
    if !task.wish.offline && !lock.packages.is_empty() {
        let credentials = settings::credentials(&**task.host);
        resolve::ask_sizes(task.host, &mut lock, &|url: &str| credentials.added_to(url))
            .map_err(|error| crate::run::network_problem(&error, crate::problem::NOTHING_CHANGED))?;
    }
    let change = Change::default();
    repair::refuse_condas(&holding, &Change { install: pins(&lock), ..Change::default() })?;
    let device = again::device(&begun);
    let parts = InPlace { holding: &holding, change: &change, device: &device };
    let mut reasons = vec![reason("kit", &[("kit", &kit.name), ("what", &kit.what_in("en"))])];
    reasons.extend(changed(&holding, &lock));
    let versions = versions(&holding, &lock);
    reasons.extend(issues(task.catalog, kit, &task.scan.facts, &versions));
    let (chosen, choices, frame) = task.framed(begun, &lock, reasons);
    let plan = in_place(chosen, choices, lock, frame, parts).map_err(|error| bad_target(&error))?;
    with_programs(&**task.host, plan, &[kit], looked)
}

struct Resolving<'a, 'b> {
    task: &'a Task<'a>,
    kit: &'a Kit,
    /// Its packages.
    wanted: Vec<String>,
    holding: &'a Holding,
    question: &'a Question,
    tick: &'b mut dyn FnMut(&str) -> ControlFlow<()>,
}

impl Resolving<'_, '_> {
    /// With everything that is there as it is; else with torch and what belongs to it as they are.
    fn lock(&mut self) -> Result<Lock, Problem> {
        match self.with(all(self.holding)) {
            Err(first) if has_no_answer(&first) => {}
            other => return other,
        }
        match self.with(own(self.holding)) {
            Err(second) if has_no_answer(&second) => Err(self.wants_another_torch(second)),
            other => other,
        }
    }

    fn with(&mut self, constraints: Vec<String>) -> Result<Lock, Problem> {
        let question =
            Question { requirements: self.wanted.clone(), constraints, alone: false, ..self.question.clone() };
        let credentials = settings::credentials(&**self.task.host);
        let address = |url: &str| credentials.added_to(url);
        let tick = &mut *self.tick;
        resolve::resolve(&**self.task.host, &question, &address, &mut || tick("resolving the packages"))
    }

    /// Nothing fits beside this torch; whether anything fits beside another says what to do.
    fn wants_another_torch(&mut self, said: Problem) -> Problem {
        let name = &self.kit.name;
        let is = self.holding.torch.as_ref().map(ToString::to_string).unwrap_or_default();
        if self.is_torch_gone() {
            let cause = format!("No index has torch {is}, so nothing can be resolved beside it.");
            return Problem::new("kit-torch-not-listed", cause)
                .advise("Install the packages inside by hand, each with --no-deps; `torch-wizard kit list` names them.")
                .details(said.details);
        }
        let Ok(lock) = self.with(Vec::new()) else { return said };
        let Some(torch) = lock.package("torch").map(|torch| torch.version.clone()) else { return said };
        let cause = format!("The kit {name} does not fit torch {is}: it would bring torch {torch}.");
        Problem::new("kit-other-torch", cause)
            .command("Make it an environment of its own", format!("torch-wizard install --kit {name} --env FOLDER"))
            .details(said.details)
    }
}

impl Resolving<'_, '_> {
    /// Whether the torch that is there cannot be had any more: built from source, or a night that the index has dropped.
    fn is_torch_gone(&mut self) -> bool {
        let Some(torch) = self.holding.package("torch") else { return true };
        let requirements = vec![pinned(&torch.name, &torch.version)];
        let question = Question { requirements, constraints: Vec::new(), alone: true, ..self.question.clone() };
        let credentials = settings::credentials(&**self.task.host);
        let tick = &mut *self.tick;
        let said = resolve::resolve(&**self.task.host, &question, &|url: &str| credentials.added_to(url), &mut || {
            tick("resolving the packages")
        });
        said.is_err_and(|problem| has_no_answer(&problem))
    }
}

fn pinned(name: &str, version: &str) -> String {
    format!("{name}=={version}")
}

fn pins(lock: &Lock) -> Vec<String> {
    lock.packages.iter().map(|package| pinned(&package.name, &package.version)).collect()
}

fn all(holding: &Holding) -> Vec<String> {
    holding.packages.iter().map(|package| pinned(&package.name, &package.version)).collect()
}

/// torch, its companions and its libraries.
fn own(holding: &Holding) -> Vec<String> {
    let brought = holding.brought_by_torch().into_iter();
    let own = COMPANIONS.iter().filter_map(|name| holding.package(name)).chain(brought);
    own.map(|package| pinned(&package.name, &package.version)).collect()
}

/// A resolver that broke its constraints would cost the proof.
fn refuse_own(holding: &Holding, lock: &Lock) -> Result<(), Problem> {
    let brought: Vec<&str> = holding.brought_by_torch().into_iter().map(|package| package.name.as_str()).collect();
    let is_own = |name: &str| COMPANIONS.contains(&name) && holding.package(name).is_some() || brought.contains(&name);
    match lock.packages.iter().map(|package| normalised(&package.name)).find(|name| is_own(name)) {
        Some(name) => {
            Err(Problem::new("internal", format!("{name} would be replaced, which belongs to the proven torch.")))
        }
        None => Ok(()),
    }
}

/// What is there at another version.
fn changed(holding: &Holding, lock: &Lock) -> Option<Reason> {
    let other = |package: &crate::lock::LockedPackage| {
        let there = holding.package(&normalised(&package.name))?;
        Some(format!("{} {} → {}", package.name, there.version, package.version))
    };
    let names: Vec<String> = lock.packages.iter().filter_map(other).collect();
    (!names.is_empty()).then(|| reason("kit-changes", &[("names", &names.join(", "))]))
}

/// Every package that will be there, with its version.
fn versions(holding: &Holding, lock: &Lock) -> BTreeMap<String, String> {
    let there = holding.packages.iter().map(|package| (package.name.clone(), package.version.clone()));
    there.chain(lock.packages.iter().map(|package| (normalised(&package.name), package.version.clone()))).collect()
}

/// What is known to go wrong with these versions on these cards.
fn issues(catalog: &Catalog, kit: &Kit, facts: &MachineFacts, versions: &BTreeMap<String, String>) -> Vec<Reason> {
    let cards = facts.gpus.found().map(Vec::as_slice).unwrap_or_default();
    let newest: Option<ComputeCapability> = cards.iter().filter_map(|card| card.capability).max();
    let concerns = |issue: &&KitIssue| {
        let version = versions.get(&issue.package).and_then(|version| pep440_rs::Version::from_str(version).ok());
        version.is_some_and(|version| issue.concerns(&issue.package, &version, newest))
    };
    catalog.kits.issues_of(kit).filter(concerns).map(of_issue).collect()
}

fn of_issue(issue: &KitIssue) -> Reason {
    let code = if issue.harmless { "kit-harmless" } else { "kit-issue" };
    let places: &[(&str, &dyn std::fmt::Display)] =
        &[("package", &issue.package), ("what", &issue.what), ("helps", &issue.helps), ("since", &issue.since)];
    Reason { source: Some(issue.backing.source.clone()), ..reason(code, places) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::World;

    fn catalog() -> &'static Catalog {
        Catalog::embedded().unwrap()
    }

    fn kits(names: &[&str], family: OsFamily) -> Result<Vec<&'static Kit>, Problem> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        named(&World::new(family), catalog(), &names)
    }

    #[test]
    fn a_kit_is_known_by_its_name_where_its_packages_have_wheels() {
        assert_eq!(kits(&["llm", "qlora"], OsFamily::Windows).unwrap().len(), 2);
        assert_eq!(kits(&["llm", "no-such"], OsFamily::Windows).unwrap_err().label, "no-kit");
        assert!(kits(&["xformers"], OsFamily::Windows).is_ok());
        assert_eq!(kits(&["xformers"], OsFamily::Macos).unwrap_err().label, "kit-not-here");
    }

    #[test]
    fn kits_go_with_routes_whose_torch_is_in_the_lock() {
        for (route, label) in [
            (Route::Wheel, None),
            (Route::Nightly, None),
            (Route::Cpu, None),
            (Route::Source, Some("kit-not-built")),
            (Route::Wsl2, Some("kit-elsewhere")),
            (Route::Docker, Some("kit-elsewhere")),
        ] {
            let refused = refuse_route(route).err().map(|problem| problem.label);
            assert_eq!((refused.as_deref(), goes_with(route)), (label, label.is_none()), "{route:?}");
        }
    }

    /// What is here need not be fetched; a Python that cannot have torch, or that a kit does not take, is none.
    #[test]
    fn a_python_that_is_here_is_taken_before_the_newest_that_fits() {
        let web_ui = kits(&["a1111"], OsFamily::Linux).unwrap();
        let source = crate::facts::Source::new(crate::facts::Via::FileSystem, "x");
        let python = |version: &str, why_not: Option<&str>| crate::facts::Python {
            path: format!("/{version}").into(),
            version: version.parse().ok(),
            implementation: "CPython".to_owned(),
            bits: Some(64),
            free_threaded: false,
            source: source.clone(),
            why_not: why_not.map(str::to_owned),
        };
        let mut facts = MachineFacts::unknown("");
        let mut chosen = |pythons: Vec<crate::facts::Python>| {
            facts.pythons = crate::facts::Probed::Found { value: pythons, source: source.clone() };
            with_python(&Wish::default(), &web_ui, &facts).unwrap().python.map(|python| python.to_string())
        };
        assert_eq!(chosen(vec![python("3.10.4", None), python("3.13.1", None)]).as_deref(), Some("3.10"));
        assert_eq!(chosen(vec![python("3.10.4", Some("32 bits")), python("3.13.1", None)]).as_deref(), Some("3.11"));
        assert_eq!(chosen(vec![python("3.10.4", None), python("3.11.7", None)]).as_deref(), Some("3.11"));
    }

    #[test]
    fn a_package_of_two_kits_is_wished_once() {
        let wish = Wish { packages: vec!["accelerate".to_owned()], ..Wish::default() };
        let packages = with_packages(&wish, &kits(&["llm", "diffusers"], OsFamily::Linux).unwrap(), &[]).packages;
        assert_eq!(packages, ["accelerate", "transformers", "safetensors", "sentencepiece", "diffusers"]);
    }

    /// A resolver that breaks what it was told must not cost the proof.
    #[test]
    fn a_lock_that_names_torch_or_its_own_is_refused() {
        let installed = |name: &str, requires: &[&str]| crate::plan::repair::Installed {
            name: name.to_owned(),
            version: "1".to_owned(),
            requires: requires.iter().map(|&name| name.to_owned()).collect(),
            ..Default::default()
        };
        let packages = vec![
            installed("torch", &["triton", "sympy"]),
            installed("triton", &[]),
            installed("torchvision", &["torch"]),
            installed("sympy", &[]),
        ];
        let holding = Holding {
            path: "/e".into(),
            python: "/e/bin/python".into(),
            python_version: None,
            torch: None,
            variant: None,
            serves: crate::plan::repair::Serves::Yes,
            packages,
            leftovers: Vec::new(),
            cannot_be_made: None,
            is_linked: false,
        };
        let lock = |name: &str| {
            let url = format!("https://h.example/{name}-2-py3-none-any.whl");
            let text = format!(
                "lock-version = \"1.0\"\n[[packages]]\nname = \"{name}\"\nversion = \"2\"\nwheels = [{{ url = \"{url}\" }}]\n"
            );
            Lock::from_pylock(&text).unwrap()
        };
        for own in ["torch", "triton", "torchvision"] {
            assert_eq!(refuse_own(&holding, &lock(own)).unwrap_err().label, "internal", "{own}");
        }
        for other in ["sympy", "peft", "torchaudio"] {
            assert!(refuse_own(&holding, &lock(other)).is_ok(), "{other}");
        }
        assert_eq!(own(&holding), ["torch==1", "torchvision==1", "triton==1"]);
    }
}
