//! What there is to say beside the routes: the driver, the torch that is there already, what to wait for.

use super::machine::{Card, Context, DriverNow, Standing};
use super::{Reason, Wishes, reasons};
use crate::catalog::{BuildRow, Catalog, LiveIndex, Platform};
use crate::facts::{CudaVersion, DriverVersion, Environment, MachineFacts, Python, TorchVersion};
use crate::verify::Kernels;
use serde::{Deserialize, Serialize};

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
    with_context(facts, catalog, |context| {
        let Some((platform, builds, cards)) = setting(context) else { return DriverAdvice::default() };
        let usable: Vec<_> =
            cards.iter().filter(|card| matches!(context.standing(card, &builds, platform), Standing::Usable)).collect();
        if usable.is_empty() {
            return DriverAdvice::default();
        }
        // Each card for itself: one that can be served is enough.
        let pairs = usable.into_iter().flat_map(|card| {
            let serving = builds.iter().filter(|row| context.has_code(row, platform, card.capability));
            serving.map(move |row| (*card, row))
        });
        let floors: Vec<_> = match context.driver() {
            DriverNow::Unknown => return DriverAdvice::default(),
            DriverNow::Missing => pairs.map(|(card, row)| context.floor(row, &[card])).collect(),
            DriverNow::Version(driver) => pairs.map(|(card, row)| context.too_old(&driver, row, &[card])).collect(),
        };
        if floors.iter().any(Option::is_none) {
            return DriverAdvice { upgrade_required: Some(false), ..DriverAdvice::default() };
        }
        let Some(floor) = floors.into_iter().flatten().min_by(|a, b| a.least.cmp(&b.least)) else {
            return DriverAdvice::default();
        };
        let reason = match context.driver() {
            DriverNow::Version(driver) => reasons::driver_too_old(&driver, &floor),
            DriverNow::Missing | DriverNow::Unknown => reasons::driver_missing(&floor),
        };
        DriverAdvice { upgrade_required: Some(true), minimum: Some(floor.first), reasons: vec![reason] }
    })
}

/// Whether the kernels and the runtime of an environment's torch fit all cards and the driver.
pub fn installed_torch(facts: &MachineFacts, environment: &Environment, catalog: &Catalog) -> InstalledTorch {
    let Some(torch) = &environment.torch else {
        return InstalledTorch { version: None, status: TorchStatus::None, reasons: Vec::new() };
    };
    let (status, reasons) =
        with_context(facts, catalog, |context| judge(context, torch, environment.torch_cuda.as_ref()));
    InstalledTorch { version: Some(torch.clone()), status, reasons }
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

fn with_context<T>(facts: &MachineFacts, catalog: &Catalog, ask: impl FnOnce(&Context<'_>) -> T) -> T {
    ask(&Context { facts, catalog, live: &LiveIndex::offline(), wishes: &Wishes::default() })
}

fn setting<'a>(context: &Context<'a>) -> Option<(Platform, Vec<BuildRow<'a>>, Vec<Card<'a>>)> {
    let platform = context.platform().ok()?;
    let cards = context.cards().ok()?;
    Some((platform, context.cuda_builds(platform), cards))
}

fn judge(context: &Context<'_>, torch: &TorchVersion, cuda: Option<&CudaVersion>) -> (TorchStatus, Vec<Reason>) {
    let local = torch.local();
    let of_local = local.as_deref().and_then(CudaVersion::of_variant);
    let Some(cuda) = cuda.copied().or(of_local) else {
        // A local part that is neither CUDA nor `cpu` (ROCm, XPU) is another world; none at all is a CPU build.
        return match local.as_deref() {
            None | Some("cpu") => (TorchStatus::CpuOnly, vec![reasons::cpu_build(torch)]),
            Some(_) => (TorchStatus::Unknown, vec![reasons::archs_unknown(torch)]),
        };
    };
    if context.has_no_card() {
        return (TorchStatus::Unknown, vec![reasons::no_nvidia_card()]);
    }
    let Some((platform, _, cards)) = setting(context) else {
        return (TorchStatus::Unknown, vec![reasons::archs_unknown(torch)]);
    };
    let variant = cuda.variant();
    let public = context.catalog.release(torch).map_or(torch, |release| &release.torch);
    let list = context.catalog.arch_list(public, &variant, platform);
    let mut is_sure = true;
    for card in &cards {
        let code = match list {
            Some(list) => match context.catalog.runs_row(list, card.capability, Some(cuda)) {
                Kernels::Native | Kernels::SameMajor => Some(true),
                Kernels::Ptx => None,
                Kernels::None if list.unsure.iter().any(|code| code.major == card.capability.major) => None,
                Kernels::None => Some(false),
            },
            None if context.catalog.could_have_code(cuda, card.capability) => None,
            None => Some(false),
        };
        match code {
            Some(true) => {}
            Some(false) => {
                let source = list.map(|list| list.backing.source.as_str());
                return (TorchStatus::Fails, vec![reasons::arch_missing(card.gpu, card.capability, torch, source)]);
            }
            None => is_sure = false,
        }
    }
    let floor = context.runtime_floor(cuda, &cards);
    match (context.driver(), floor) {
        (DriverNow::Version(driver), Some(floor)) if driver < floor.least => {
            (TorchStatus::Fails, vec![reasons::runtime_too_new(torch, cuda, &floor)])
        }
        (DriverNow::Missing, Some(floor)) => (TorchStatus::Fails, vec![reasons::driver_missing(&floor)]),
        (DriverNow::Version(_), Some(_)) if is_sure => (TorchStatus::Works, vec![reasons::torch_fits(torch)]),
        (DriverNow::Unknown, floor) if is_sure => (TorchStatus::Unknown, vec![reasons::driver_unknown(floor.as_ref())]),
        (DriverNow::Version(_) | DriverNow::Missing | DriverNow::Unknown, _) => {
            (TorchStatus::Unknown, vec![reasons::archs_unknown(torch)])
        }
    }
}
