//! What is particular to nightly builds: torch and its companions of one night, and the last good night, which is kept
//! here after the index has dropped it.

use super::Wish;
use crate::assess::{Build, Reason};
use crate::catalog::{LiveIndex, Nightly, Platform};
use crate::facts::{MachineFacts, Reach};
use crate::host::Host;
use crate::lock::{Lock, normalised};
use crate::problem::Problem;
use crate::resolve;
use crate::store::nightlies::{self, Night};
use std::collections::BTreeMap;

/// The night of a build as the index has it.
fn night(platform: Platform, live: &LiveIndex, build: &Build) -> Option<Nightly> {
    live.nightly_of(Nightly::date_of(&build.torch)?, &build.variant, platform, build.python?)
}

/// What is resolved for a night: torch and its companions, each by its exact version. A resolver takes a pre-release
/// that is named so and no other, so the rest of the environment stays with releases.
pub(super) fn requirements(
    facts: &MachineFacts,
    live: &LiveIndex,
    build: &Build,
    wish: &Wish,
) -> Result<Vec<String>, Problem> {
    let gone = |what: &str| {
        Problem::new("night-incomplete", format!("The index has no {what} of the night of torch {}.", build.torch))
            .advise("Leave --torch out for the newest night that is whole, or take the stable release: --route wheel.")
    };
    let platform = facts.os.found().and_then(Platform::of);
    let night = platform.and_then(|platform| night(platform, live, build));
    let local = &build.variant;
    let vision = night.as_ref().and_then(|night| night.torchvision.as_ref()).ok_or_else(|| gone("torchvision"))?;
    let mut list = vec![format!("torch=={}+{local}", build.torch.public()), format!("torchvision=={vision}")];
    let pypi_blocked = facts.network.found().is_some_and(|network| network.pypi == Reach::Blocked);
    if !pypi_blocked {
        list.push("pip".to_owned());
    }
    for package in &wish.packages {
        if normalised(package) == "torchaudio" {
            let audio = night.as_ref().and_then(|night| night.torchaudio.as_ref()).ok_or_else(|| gone("torchaudio"))?;
            list.push(format!("torchaudio=={audio}"));
        } else {
            list.push(package.clone());
        }
    }
    Ok(list)
}

/// The machine to pick wheels for, where the index names no hash for one of the night.
pub(super) fn hashless(platform: Platform, live: &LiveIndex, build: &Build) -> Option<resolve::Tags> {
    let night = night(platform, live, build)?;
    night.lacks_hashes.then_some(resolve::Tags { python: build.python?, platform })
}

/// The lock of exactly this build, if it was proven here and has all that is wished for: the wheels in it are kept.
pub(super) fn kept_lock(host: &dyn Host, build: &Build, wish: &Wish) -> Option<Lock> {
    // Who names no night wants the newest and what belongs to it today.
    wish.torch.as_ref()?;
    let nights = nightlies::kept(host);
    let night = nights.into_iter().find(|night| is_of(night, build))?;
    let has = |package: &String| night.lock.package(&normalised(package)).is_some();
    wish.packages.iter().all(has).then_some(night.lock)
}

fn is_of(night: &Night, build: &Build) -> bool {
    let tag = build.python.map(crate::facts::PythonVersion::tag);
    night.variant == build.variant && night.torch.public() == build.torch.public() && night.python_tag == tag
}

/// Why a night that the index may have dropped can be had.
pub(super) fn kept_reason(lock: &Lock) -> Reason {
    let torch = lock.package("torch").map(|torch| torch.version.clone()).unwrap_or_default();
    let args = BTreeMap::from([("torch".to_owned(), torch)]);
    let text = crate::text::in_english("reason-night-kept", &args);
    Reason { code: "night-kept".to_owned(), text, source: None, args }
}

/// Adds a wished night that is kept here to what the index has, where the index has it no more.
pub(super) fn with_kept(host: &dyn Host, facts: &MachineFacts, wish: &Wish, mut live: LiveIndex) -> LiveIndex {
    let (Some(torch), Some(platform)) = (&wish.torch, facts.os.found().and_then(Platform::of)) else { return live };
    let Some(date) = Nightly::date_of(torch) else { return live };
    for night in nightlies::kept(host).into_iter().filter(|night| night.torch.public() == torch.public()) {
        let is_here = |wheel: &str| platform.has_tag(wheel);
        let Some(python) = night.python.filter(|_| is_here(&night.platform_tag)) else { continue };
        if live.nightly_of(date, &night.variant, platform, python).is_some() {
            continue;
        }
        let version = |name: &str| {
            let package = night.lock.package(name)?;
            Some(package.version.split('+').next().unwrap_or_default().to_owned())
        };
        let torchaudio = version("torchaudio");
        let pythons: crate::catalog::Pythons = [(platform, [python].into())].into();
        let with_audio = if torchaudio.is_some() { pythons.clone() } else { crate::catalog::Pythons::new() };
        let night_of = Nightly {
            date,
            torch: torch.public().parse().unwrap_or_else(|_| torch.clone()),
            torchvision: version("torchvision"),
            torchaudio,
            pythons,
            with_audio,
            lacks_hashes: false,
        };
        live.nightly.entry(night.variant).or_default().push(night_of);
    }
    live
}

#[cfg(test)]
mod tests;
