//! The health of an environment, read from its files alone: what state it is in, what is wrong with it, who brought the
//! torch that is in it, and what repairs it. Starts nothing, so it answers at once.

mod brought;
mod venv;

pub use brought::{Brought, brought};

use super::{State, inspect, packages, python_version, variant};
use crate::assess::Reason;
use crate::catalog::CompanionSet;
use crate::facts::{CudaVersion, Environment, OsFamily, PythonVersion, TorchVersion};
use crate::host::Host;
use crate::plan::repair::{self, Holding, Installed, Serves, reason};
use crate::problem::Remedy;
use crate::store::Known;
use std::path::Path;
use std::str::FromStr as _;

/// What a look at an environment's files says.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// The environment and the torch in it.
    pub environment: Environment,
    /// The version of its Python.
    pub python: Option<PythonVersion>,
    /// `cu130`, `cpu`; of the torch in it.
    pub variant: Option<String>,
    /// What the registry has of it.
    pub known: Option<Known>,
    /// How it stands against the registry, or by itself where that has nothing of it.
    pub state: State,
    /// What is wrong, the gravest first.
    pub findings: Vec<Finding>,
}

impl Health {
    /// Whether nothing is wrong with it.
    pub fn is_sound(&self) -> bool {
        self.state == State::Sound && self.findings.is_empty()
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What, in words.
    pub reason: Reason,
    /// What repairs it.
    pub remedy: Remedy,
}

/// Looks at an environment. `known` is what the registry has of it, `sets` what belongs together.
pub fn look(host: &dyn Host, folder: &Path, known: Option<Known>, sets: &[CompanionSet]) -> Health {
    let environment = inspect(host, folder);
    let state = state(host, &environment, known.as_ref());
    let python = python_version(host, &environment.path);
    let own = variant(&environment);
    let mut health = Health { environment, python, variant: own, known, state, findings: Vec::new() };
    // What is inside a distribution or an image cannot be read from here.
    let is_inside = health.known.as_ref().is_some_and(Known::is_inside);
    if is_inside || host.meta(&health.environment.path).is_none() {
        return health;
    }
    let mut findings = venv::broken(host, &health.environment);
    let site = packages::of_environment(host, folder);
    findings.extend(of_packages(host.family(), &health, site, sets));
    if let Some(how) = health.state.in_words().filter(|_| findings.is_empty()) {
        let remedy = repairs(&health.environment.path);
        findings.push(Finding { reason: reason("check-state", &[("how", &how)]), remedy });
    }
    health.findings = findings;
    health
}

fn state(host: &dyn Host, now: &Environment, known: Option<&Known>) -> State {
    if host.meta(&now.path).is_none() {
        return State::Wrong(super::Trouble::Missing);
    }
    match (known, &now.damage) {
        (Some(known), _) => super::held_state(known, now),
        (None, Some(damage)) => State::Wrong(super::Trouble::Damaged(damage.clone())),
        (None, None) => State::Sound,
    }
}

fn of_packages(os: OsFamily, health: &Health, site: packages::Site, sets: &[CompanionSet]) -> Vec<Finding> {
    let Health { environment, known, .. } = health;
    let was = was(known.as_ref(), &site.packages);
    let wanted = was.as_ref().map_or(health.variant.clone(), |was| Some(was.variant.clone()));
    let holding = Holding {
        path: environment.path.clone(),
        python: std::path::PathBuf::new(),
        python_version: health.python,
        torch: environment.torch.clone(),
        variant: health.variant.clone(),
        // Which card is there is not in its files.
        serves: Serves::Yes,
        packages: site.packages,
        leftovers: site.leftovers,
        cannot_be_made: None,
        is_linked: false,
    };
    let mut reasons = replaced(&holding, was.as_ref());
    reasons.extend(repair::diagnose(&holding, wanted.as_deref(), sets).iter().map(repair::Trouble::reason));
    reasons.extend(mixed(&holding));
    reasons.extend(numpy(os, &holding));
    let remedy = repairs(&environment.path);
    reasons.into_iter().map(|reason| Finding { reason, remedy: remedy.clone() }).collect()
}

/// The torch that stood here before.
pub(crate) struct Was {
    /// Its version, where somebody wrote it down.
    pub torch: Option<TorchVersion>,
    /// `cu130`, `cpu`.
    pub variant: String,
}

/// By the registry; else by the companions, which are built for one variant each.
pub(crate) fn was(known: Option<&Known>, packages: &[Installed]) -> Option<Was> {
    let is_cuda = |variant: &String| CudaVersion::of_variant(variant).is_some();
    let of_registry = known.and_then(|known| {
        let torch = known.torch.as_ref().and_then(|torch| torch.parse().ok());
        known.variant.clone().map(|variant| Was { torch, variant })
    });
    let locals = packages.iter().filter(|package| ["torchvision", "torchaudio"].contains(&package.name.as_str()));
    let mut locals = locals.filter_map(|package| Some(package.version.split_once('+')?.1.to_owned()));
    of_registry.or_else(|| locals.find(is_cuda).map(|variant| Was { torch: None, variant }))
}

/// Whether another torch took the place of the one that was there, and who brought it.
fn replaced(holding: &Holding, was: Option<&Was>) -> Vec<Reason> {
    let (Some(torch), Some(own), Some(was)) = (&holding.torch, &holding.variant, was) else { return Vec::new() };
    let before =
        was.torch.as_ref().map_or_else(|| format!("a build for {}", was.variant), |old| format!("torch {old}"));
    let lost_cuda = own == "cpu" && CudaVersion::of_variant(&was.variant).is_some();
    let is_other = *own != was.variant || was.torch.as_ref().is_some_and(|old| old.public() != torch.public());
    let first = match (lost_cuda, is_other) {
        (true, _) => reason("check-cpu-torch", &[("torch", torch), ("before", &before)]),
        (false, true) => reason("check-other-torch", &[("torch", torch), ("before", &before)]),
        (false, false) => return Vec::new(),
    };
    let who = brought(&holding.packages, was.torch.as_ref()).map(|brought| brought.reason());
    [first].into_iter().chain(who).collect()
}

/// Packages that are built for another major version of CUDA than torch; the companions have a rule of their own.
fn mixed(holding: &Holding) -> Option<Reason> {
    let own = holding.variant.as_deref().and_then(CudaVersion::of_variant)?;
    let is_other = |package: &&Installed| {
        let local = package.version.split_once('+').and_then(|(_, local)| CudaVersion::of_variant(local));
        local.is_some_and(|cuda| cuda.major != own.major)
    };
    let is_judged = |package: &&Installed| ["torch", "torchvision", "torchaudio"].contains(&package.name.as_str());
    let others = holding.packages.iter().filter(is_other).filter(|package| !is_judged(package));
    let names: Vec<String> = others.map(|package| format!("{} {}", package.name, package.version)).collect();
    let variant = own.variant();
    (!names.is_empty()).then(|| reason("check-mixed-cuda", &[("names", &names.join(", ")), ("torch", &variant)]))
}

/// What was compiled for the `NumPy` before 2 and does not load with the one that is there.
/// <https://github.com/pytorch/pytorch/issues/107302>, of Windows <https://github.com/pytorch/pytorch/issues/128860>
fn numpy(os: OsFamily, holding: &Holding) -> Vec<Reason> {
    let Some(numpy) = holding.package("numpy") else { return Vec::new() };
    let Ok(version) = pep440_rs::Version::from_str(&numpy.version) else { return Vec::new() };
    let refuses = |package: &&Installed| {
        let wants = package.numpy.as_deref().and_then(|wants| pep440_rs::VersionSpecifiers::from_str(wants).ok());
        wants.is_some_and(|wants| !wants.contains(&version))
    };
    let by_word = holding.packages.iter().filter(refuses).map(|package| {
        let wants = package.numpy.clone().unwrap_or_default();
        reason("check-numpy", &[("package", &package.name), ("wants", &wants), ("numpy", &numpy.version)])
    });
    let first: &[u64] = if os == OsFamily::Windows { &[2, 4, 1] } else { &[2, 3] };
    let first = pep440_rs::Version::new(first);
    let torch = holding.torch.as_ref().filter(|torch| {
        let public = pep440_rs::Version::from_str(&torch.public()).ok();
        version.release().first().is_some_and(|major| *major >= 2) && public.is_some_and(|torch| torch < first)
    });
    let by_torch = torch.map(|torch| reason("check-numpy-torch", &[("torch", torch), ("numpy", &numpy.version)]));
    by_torch.into_iter().chain(by_word).collect()
}

/// The command that repairs an environment's packages.
fn repairs(folder: &Path) -> Remedy {
    let command = format!("torch-wizard envs repair \"{}\"", folder.display());
    Remedy::Command { text: "Repair it".to_owned(), command }
}

#[cfg(test)]
mod tests;
