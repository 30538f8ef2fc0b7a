//! One CUDA extension for an environment that stands: `--route source --env ENVIRONMENT --with NAME==VERSION`.

use super::linux::{bad_target, frame};
use super::{Scan, Wish, cards_of, choose, judge, pin, source};
use crate::assess::{Build, Origin, Route};
use crate::catalog::{BuildOf, Catalog};
use crate::detect::settings;
use crate::engine;
use crate::environments::{self, packages};
use crate::facts::PythonVersion;
use crate::host::Host;
use crate::lock::{Lock, normalised};
use crate::plan::extension::{self, Extension};
use crate::plan::repair::Installed;
use crate::plan::{Choices, Engine, Inheritance, Plan, PlanError};
use crate::problem::Problem;
use crate::resolve::{self, Question};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;

/// Whether this is what is wished for: packages beside the torch of an environment that is there.
pub(super) fn is_meant(host: &dyn Host, wish: &Wish) -> bool {
    let is_environment = |target: &PathBuf| environments::interpreter(host, target).is_some();
    !wish.packages.is_empty() && wish.target.as_ref().is_some_and(is_environment)
}

/// Makes the plan.
pub(super) fn plan(
    host: &Arc<dyn Host>,
    catalog: &Catalog,
    scan: &Scan,
    wish: &Wish,
    tick: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Plan, Problem> {
    let target = wish.target.clone().unwrap_or_default();
    let (name, version) = exact(&wish.packages)?;
    let (build, python, installed) = standing(&**host, catalog, scan, &target)?;
    // Compilers and cards are judged for the torch that is there and for its CUDA.
    let asked = Wish {
        torch: build.torch.public().parse().ok(),
        variant: Some(build.variant.clone()),
        route: Some(Route::Source),
        ..wish.clone()
    };
    let chosen = choose(&judge(catalog, &scan.facts, &scan.live, &asked), Some(Route::Source))?.clone();
    let workshop = source::workshop(&**host, catalog, &scan.facts, &chosen, &build, BuildOf::Extension)?;
    let (cleared, set) = settings::child_env(&**host);
    let inheritance = Inheritance { cleared, set };
    let (engine, uv) = engine_of(&**host, catalog, wish, &python, &inheritance)?;
    let indexes = super::indexes_of(&scan.facts, &build);
    let question = Question {
        requirements: missing(catalog, &installed),
        python: python.clone(),
        engine,
        uv,
        indexes: indexes.clone(),
        inheritance: inheritance.clone(),
        uv_cache: host.folders().cache.join("uv"),
        offline: wish.offline,
        hashless: None,
        elsewhere: None,
        constraints: installed.iter().map(|package| format!("{}=={}", package.name, package.version)).collect(),
        alone: true,
        sources: Vec::new(),
    };
    let lock = tools(host, &question, wish.offline, tick)?;
    let choices = Choices {
        target,
        python,
        python_version: build.python,
        engine,
        uv: question.uv,
        cards: cards_of(&scan.facts, &chosen, wish.gpus.as_deref()),
        replace: false,
    };
    let pairs = installed.into_iter().map(|package| (package.name, package.version)).collect();
    let extension = Extension { name, version, installed: pairs, workshop };
    let mut chosen = chosen;
    chosen.build = Some(build);
    let frame = frame(host, &lock, indexes, inheritance);
    extension::plan(chosen, choices, lock, frame, &extension).map_err(|error| match error {
        PlanError::NoCardToBuildFor | PlanError::ToolkitLacksCard { .. } => source::refused(&error),
        PlanError::NotOfWheelsAlone(_) | PlanError::BadTarget { .. } => bad_target(&error),
    })
}

/// Name and version of the one package: without an exact version nobody knows what was compiled.
fn exact(packages: &[String]) -> Result<(String, String), Problem> {
    let bad = || {
        Problem::new("not-exact", "One package is compiled at a time, and its exact version is needed.")
            .advise("Name it so: --with flash-attn==2.8.3")
    };
    let [text] = packages else { return Err(bad()) };
    let read = pep508_rs::Requirement::<url::Url>::from_str(text).ok().ok_or_else(bad)?;
    let Some(pep508_rs::VersionOrUrl::VersionSpecifier(versions)) = read.version_or_url else { return Err(bad()) };
    let mut all = versions.iter();
    match (all.next(), all.next()) {
        (Some(one), None) if *one.operator() == pep440_rs::Operator::Equal => {
            Ok((normalised(read.name.as_ref()), one.version().to_string()))
        }
        _ => Err(bad()),
    }
}

/// The torch of the environment as a build, its interpreter, and what is installed.
fn standing(
    host: &dyn Host,
    catalog: &Catalog,
    scan: &Scan,
    target: &Path,
) -> Result<(Build, PathBuf, Vec<Installed>), Problem> {
    let seen = environments::inspect(host, target);
    let (Some(torch), Some(cuda)) = (seen.torch, seen.torch_cuda) else {
        return Err(Problem::new("no-torch", format!("There is no torch with CUDA in {}.", target.display()))
            .advise("An extension is compiled against the torch of its environment: install that first."));
    };
    let Some(python) = environments::interpreter(host, target) else {
        return Err(Problem::new("no-interpreter", format!("There is no Python in {}.", target.display())));
    };
    let version = environments::written_version(host, target);
    let arch = scan.facts.os.found().map(|os| os.arch.clone()).unwrap_or_default();
    let markers = packages::markers(host.family(), &arch, version.unwrap_or(catalog.python_choice.brought));
    let sites = environments::site_packages(host, target);
    let installed = markers.map(|markers| packages::read(host, &sites, &markers).packages).unwrap_or_default();
    let minor = version.map(|version| PythonVersion::minor(version.major, version.minor));
    let variant = cuda.variant();
    let build = Build { torch, variant, python: minor, origin: Origin::Pypi, seen_live: false };
    Ok((build, python, installed))
}

/// What a build without isolation needs in the environment and does not find there.
fn missing(catalog: &Catalog, installed: &[Installed]) -> Vec<String> {
    let name = |requirement: &str| {
        let end = requirement.find(['<', '>', '=', '!', '~', '[']).unwrap_or(requirement.len());
        normalised(requirement.get(..end).unwrap_or_default())
    };
    let is_there = |requirement: &&String| installed.iter().any(|package| package.name == name(requirement));
    catalog.source.extension.packages.iter().filter(|requirement| !is_there(requirement)).cloned().collect()
}

fn tools(
    host: &Arc<dyn Host>,
    question: &Question,
    offline: bool,
    tick: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Lock, Problem> {
    if question.requirements.is_empty() {
        return Ok(Lock { created_by: String::new(), requires_python: None, packages: Vec::new() });
    }
    let credentials = settings::credentials(&**host);
    let address = |url: &str| credentials.added_to(url);
    let mut lock = resolve::resolve(&**host, question, &address, &mut || tick("resolving the packages"))?;
    if !offline {
        resolve::ask_sizes(host, &mut lock, &address)
            .map_err(|error| crate::run::network_problem(&error, crate::problem::NOTHING_CHANGED))?;
    }
    Ok(lock)
}

/// uv where it is there; else the environment's own pip.
fn engine_of(
    host: &dyn Host,
    catalog: &Catalog,
    wish: &Wish,
    python: &Path,
    inheritance: &Inheritance,
) -> Result<(Engine, Option<PathBuf>), Problem> {
    let uv = if wish.engine == Some(Engine::Pip) { None } else { engine::find_uv(host, &pin(catalog)) };
    match uv {
        Some(uv) => Ok((Engine::Uv, Some(uv.path))),
        None if engine::has_pip(host, python, inheritance) => Ok((Engine::Pip, None)),
        None => {
            Err(Problem::new("pip-missing", format!("{} has no pip, and uv is not there either.", python.display()))
                .advise("Install uv (https://docs.astral.sh/uv/)."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_package_by_its_exact_version_is_taken_and_nothing_else() {
        let of = |list: &[&str]| exact(&list.iter().map(|&text| text.to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["Flash_Attn==2.8.3"]).unwrap(), ("flash-attn".to_owned(), "2.8.3".to_owned()));
        for bad in [
            &["flash-attn"][..],
            &["flash-attn>=2.8"],
            &["flash-attn==2.8.*"],
            &["flash-attn>=2,<3"],
            &["a==1", "b==1"],
            &[],
            &["../evil"],
        ] {
            assert_eq!(of(bad).unwrap_err().label, "not-exact", "{bad:?}");
        }
    }

    #[test]
    fn only_the_tools_that_are_not_there_are_fetched() {
        let catalog = Catalog::embedded().unwrap();
        let there = |name: &str| Installed { name: name.to_owned(), ..Installed::default() };
        let all = missing(catalog, &[]);
        assert!(all.contains(&"ninja".to_owned()) && all.iter().any(|line| line.starts_with("setuptools")), "{all:?}");
        let some = missing(catalog, &[there("setuptools"), there("ninja")]);
        assert_eq!(some.len(), all.len() - 2, "{some:?}");
    }
}
