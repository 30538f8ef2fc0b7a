//! What there is to say beside the routes: the driver, the torch that is there already, what to wait for.

use super::inside::{self, Linux};
use super::machine::{Card, Context, DriverNow, Fit, Standing};
use super::{Reason, Wishes, either, installed, reasons};
use crate::catalog::{BuildRow, Catalog, LiveIndex, Platform};
use crate::facts::{CudaVersion, DriverVersion, Environment, MachineFacts, Python, TorchVersion};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Whether a newer driver is the remedy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriverAdvice {
    /// No published wheel runs with the present driver and a newer one would change that. `None`: not known, no
    /// card, or only an older branch helps.
    pub upgrade_required: Option<bool>,
    /// The least driver that would, where an upgrade is required.
    pub minimum: Option<DriverVersion>,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Whether the torch of an environment fits card and driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TorchStatus {
    /// Code for every card, and a driver new enough.
    Works,
    /// One of them is missing.
    Fails,
    /// A build without CUDA.
    CpuOnly,
    /// There is no torch.
    None,
    /// A deciding fact is missing.
    Unknown,
}

impl TorchStatus {
    /// The word of CLI.md.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Fails => "fails",
            Self::CpuOnly => "cpu-only",
            Self::None => "none",
            Self::Unknown => "unknown",
        }
    }
}

/// The torch that is there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalledTorch {
    /// Its version; `None` if there is none.
    pub version: Option<TorchVersion>,
    /// Whether it fits.
    pub status: TorchStatus,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What may appear on an index one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// `kernels for sm_130`
    pub what: String,
    /// `sm_130`
    pub arch: String,
    /// The variant whose nightly builds would have it first.
    pub variant: String,
}

/// Whether the driver must be replaced.
pub fn driver_advice(facts: &MachineFacts, catalog: &Catalog) -> DriverAdvice {
    if let Some([one, another]) = either::machines(facts) {
        return either::driver(driver_advice(&one, catalog), &driver_advice(&another, catalog));
    }
    with_context(facts, catalog, |context| {
        let advice = upgrade(context);
        DriverAdvice { reasons: advice.reasons.into_iter().chain(faults(context)).collect(), ..advice }
    })
}

/// Known faults of the driver that is there.
fn faults(context: &Context<'_>) -> Vec<Reason> {
    let (DriverNow::Version(driver), Ok(cards)) = (context.driver(), context.cards()) else { return Vec::new() };
    let cards = cards.iter().map(|card| card.capability);
    let faults = context.catalog.faults_on(&driver, context.numbering(), cards);
    faults.into_iter().map(|fault| reasons::driver_fault(&driver, fault)).collect()
}

fn upgrade(context: &Context<'_>) -> DriverAdvice {
    let Some((platform, builds, cards)) = setting(context) else { return DriverAdvice::default() };
    let usable: Vec<_> =
        cards.iter().filter(|card| matches!(context.standing(card, &builds, platform), Standing::Usable)).collect();
    if usable.is_empty() {
        return DriverAdvice::default();
    }
    // Each card for itself: one that can be served is enough.
    let (mut floors, mut is_sure) = (Vec::new(), true);
    for card in usable {
        for row in builds.iter().filter(|row| context.has_code(row, platform, card.capability)) {
            match (context.driver(), context.fit(row, &[*card])) {
                (_, Fit::Yes) => {
                    return DriverAdvice { upgrade_required: Some(false), ..DriverAdvice::default() };
                }
                (_, Fit::TooOld(floor)) => floors.push(floor),
                (DriverNow::Missing, Fit::Unsure) => floors.extend(context.floor(row, &[*card])),
                (_, Fit::Unsure) => is_sure = false,
            }
        }
    }
    let least = floors.into_iter().min_by(|a, b| a.least.cmp(&b.least));
    let Some(floor) = least.filter(|_| is_sure) else {
        return DriverAdvice::default();
    };
    let reason = match context.driver() {
        DriverNow::Version(driver) => reasons::driver_too_old(&driver, &floor),
        DriverNow::Missing => reasons::driver_missing(&floor),
        DriverNow::AtLeast(_) | DriverNow::Before(_) | DriverNow::Unknown => reasons::driver_too_old_unnamed(&floor),
    };
    DriverAdvice { upgrade_required: Some(true), minimum: Some(floor.first), reasons: vec![reason] }
}

/// The torch that counts as "the installed one" where nobody names an environment: that of the one in use (`active`), else of
/// the only one there is.
pub fn only_torch(facts: &MachineFacts, active: Option<&Path>, catalog: &Catalog) -> InstalledTorch {
    let none = InstalledTorch { version: None, status: TorchStatus::None, reasons: Vec::new() };
    let Some(all) = facts.environments.found() else {
        return InstalledTorch { status: TorchStatus::Unknown, ..none };
    };
    let mut with_torch = all.iter().filter(|environment| environment.torch.is_some());
    let chosen = match active {
        Some(active) => with_torch.find(|environment| environment.path == active),
        None => with_torch.next().filter(|_| with_torch.next().is_none()),
    };
    chosen.map_or(none, |environment| installed_torch(facts, environment, catalog))
}

/// Whether the kernels and the runtime of an environment's torch fit all cards and the driver.
pub fn installed_torch(facts: &MachineFacts, environment: &Environment, catalog: &Catalog) -> InstalledTorch {
    if let Some([one, other]) = either::machines(facts) {
        let other = installed_torch(&other, environment, catalog);
        return either::torch(installed_torch(&one, environment, catalog), &other);
    }
    let Some(torch) = &environment.torch else {
        let (status, reasons) = installed::without_version(facts.torch_seen.as_ref());
        return InstalledTorch { version: None, status, reasons };
    };
    let (status, reasons) =
        with_context(facts, catalog, |context| installed::judge(context, torch, environment.torch_cuda.as_ref()));
    InstalledTorch { version: Some(torch.clone()), status, reasons }
}

/// The same for a torch that runs in WSL2 or a container of this machine.
pub fn installed_torch_inside(facts: &MachineFacts, environment: &Environment, catalog: &Catalog) -> InstalledTorch {
    let linux = Linux { name: "Linux", glibc: None, is_container: false };
    let seen = with_context(facts, catalog, |context| inside::facts(context, &linux));
    installed_torch(&seen, environment, catalog)
}

/// What to wait for: only where a card is newer than every build.
pub fn wait(facts: &MachineFacts, catalog: &Catalog) -> Option<Wait> {
    with_context(facts, catalog, |context| {
        let (platform, builds, cards) = setting(context)?;
        let is_too_new = |card: &&Card<'_>| matches!(context.standing(card, &builds, platform), Standing::TooNew);
        let card = cards.iter().find(is_too_new)?;
        let newest = catalog.nightly.iter().max_by_key(|variant| CudaVersion::of_variant(variant))?;
        let arch = card.capability.sm();
        Some(Wait { what: format!("kernels for {arch}"), arch, variant: newest.clone() })
    })
}

/// Why a Python cannot hold the newest stable torch on a machine's system; `None` if it can.
pub fn python_why_not(catalog: &Catalog, python: &Python, platform: Platform) -> Option<Reason> {
    let newest = catalog.releases().first()?;
    let trouble = catalog.python_why_not(python, newest, platform)?;
    Some(reasons::python(&trouble, &newest.torch))
}

pub(super) fn with_context<T>(facts: &MachineFacts, catalog: &Catalog, ask: impl FnOnce(&Context<'_>) -> T) -> T {
    ask(&Context { facts, catalog, live: &LiveIndex::offline(), wishes: &Wishes::default() })
}

pub(super) fn setting<'a>(context: &Context<'a>) -> Option<(Platform, Vec<BuildRow<'a>>, Vec<Card<'a>>)> {
    let platform = context.platform().ok()?;
    let cards = context.cards().ok()?;
    Some((platform, context.cuda_builds(platform), cards))
}
