//! Whether the torch that is there already has code for the cards and a driver that runs it.

use super::advice::setting;
use super::machine::{Card, Context, DriverNow, Fit};
use super::{Reason, TorchStatus, reasons};
use crate::catalog::{ArchList, DriverFloor, Platform};
use crate::facts::{CudaVersion, TorchSeen, TorchVersion};
use crate::verify::Kernels;

type Answer = (TorchStatus, Vec<Reason>);

/// What a torch that nobody named the version of said of itself.
pub(super) fn without_version(seen: Option<&TorchSeen>) -> Answer {
    let Some(seen) = seen else { return (TorchStatus::None, Vec::new()) };
    if seen.refuses_card {
        (TorchStatus::Fails, vec![reasons::torch_refuses_card()])
    } else if seen.refuses_driver && !seen.reaches_cards() {
        (TorchStatus::Fails, vec![reasons::unnamed_torch_refuses_driver()])
    } else if seen.is_cpu_build && !seen.reaches_cards() {
        (TorchStatus::CpuOnly, vec![reasons::unnamed_cpu_build()])
    } else {
        (TorchStatus::None, Vec::new())
    }
}

/// The answer for a version and the runtime it was built with, where that is known.
pub(super) fn judge(context: &Context<'_>, torch: &TorchVersion, cuda: Option<&CudaVersion>) -> Answer {
    let seen = context.facts.torch_seen.as_ref();
    if seen.is_some_and(|seen| seen.refuses_driver && !seen.reaches_cards()) {
        return (TorchStatus::Fails, vec![reasons::torch_refuses_driver(torch)]);
    }
    let local = torch.local();
    let of_local = local.as_deref().and_then(CudaVersion::of_variant);
    let Some(cuda) = cuda.copied().or(of_local) else { return without_runtime(context, torch, local.as_deref()) };
    // A build with CUDA that says it has none: two torches, and nobody says which of them is in use.
    if seen.is_some_and(|seen| seen.is_cpu_build) {
        return unsure(torch);
    }
    if context.has_no_card() {
        return (TorchStatus::Unknown, vec![reasons::no_nvidia_card()]);
    }
    let floor = context.runtime_floor(cuda, &[]);
    if let (DriverNow::Missing, Some(floor)) = (context.driver(), &floor) {
        return (TorchStatus::Fails, vec![reasons::driver_missing(floor)]);
    }
    let Some((platform, _, cards)) = setting(context) else { return unsure(torch) };
    let list = list_of(context, torch, cuda, platform);
    let mut is_sure = true;
    for card in &cards {
        match has_code(context, list, card, cuda) {
            Some(true) => {}
            Some(false) => {
                let source = list.map(|list| list.backing.source.as_str());
                return (TorchStatus::Fails, vec![reasons::arch_missing(card.gpu, card.capability, torch, source)]);
            }
            None => is_sure = false,
        }
    }
    let floor = context.runtime_floor(cuda, &cards);
    match (is_driven(context, floor.as_ref()), floor) {
        (Some(false), Some(floor)) => (TorchStatus::Fails, vec![reasons::runtime_too_new(torch, cuda, &floor)]),
        (Some(true), _) if is_sure => (TorchStatus::Works, vec![reasons::torch_fits(torch)]),
        (None, floor) if is_sure => (TorchStatus::Unknown, vec![reasons::driver_unknown(floor.as_ref())]),
        (Some(_) | None, _) => unsure(torch),
    }
}

fn unsure(torch: &TorchVersion) -> Answer {
    (TorchStatus::Unknown, vec![reasons::archs_unknown(torch)])
}

/// A local part of another maker (`rocm`, `xpu`) is another world; none at all is a CPU build where the files were
/// read, and says nothing in a report that is silent about it. Other local parts name a commit.
fn without_runtime(context: &Context<'_>, torch: &TorchVersion, local: Option<&str>) -> Answer {
    let seen = context.facts.torch_seen.as_ref();
    let is_cpu = match local {
        Some("cpu") => true,
        // What it printed holds for every runtime it may have been built with.
        _ if seen.is_some_and(|seen| seen.refuses_card || !seen.archs.is_empty())
            && let Some(answer) = refused(context, torch) =>
        {
            return answer;
        }
        Some(local) if ["rocm", "xpu"].iter().any(|maker| local.starts_with(maker)) => false,
        Some(_) => seen.is_some_and(|seen| seen.is_cpu_build),
        None => !context.facts.is_report || seen.is_some_and(|seen| seen.is_cpu_build),
    };
    if is_cpu { (TorchStatus::CpuOnly, vec![reasons::cpu_build(torch)]) } else { unsure(torch) }
}

/// The answer where its own words or its own list leave out a card.
fn refused(context: &Context<'_>, torch: &TorchVersion) -> Option<Answer> {
    let seen = context.facts.torch_seen.as_ref()?;
    let cards = context.cards().ok().unwrap_or_default();
    let lacks = |card: &&Card<'_>| {
        !seen.archs.is_empty() && context.catalog.runs_on(&seen.archs, card.capability, None) == Kernels::None
    };
    match cards.iter().find(lacks) {
        Some(card) => Some((TorchStatus::Fails, vec![reasons::arch_missing(card.gpu, card.capability, torch, None)])),
        None if seen.refuses_card => Some((TorchStatus::Fails, vec![reasons::torch_refuses_card()])),
        None => None,
    }
}

/// What is compiled into it: of a build of one night what its release then had.
fn list_of<'a>(
    context: &Context<'a>,
    torch: &TorchVersion,
    cuda: CudaVersion,
    platform: Platform,
) -> Option<&'a ArchList> {
    let variant = cuda.variant();
    let catalog = context.catalog;
    let public = catalog.release(torch).map_or(torch, |release| &release.torch);
    let exact = catalog.arch_list(public, &variant, platform);
    exact.or_else(|| catalog.arch_list(&torch.release_line(), &variant, platform))
}

/// Whether it has code for a card; `None` if nobody can say.
fn has_code(context: &Context<'_>, list: Option<&ArchList>, card: &Card<'_>, cuda: CudaVersion) -> Option<bool> {
    let catalog = context.catalog;
    let seen = context.facts.torch_seen.as_ref();
    if let Some(seen) = seen {
        if seen.refuses_card {
            return Some(false);
        }
        if !seen.archs.is_empty() {
            return match catalog.runs_on(&seen.archs, card.capability, Some(cuda)) {
                Kernels::Native | Kernels::SameMajor => Some(true),
                Kernels::Ptx => None,
                Kernels::None => Some(false),
            };
        }
    }
    let Some(list) = list else {
        if !catalog.could_have_code(cuda, card.capability) {
            return Some(false);
        }
        // A build that nobody has listed and that reached the card without a word against it.
        return seen.filter(|seen| seen.reaches_cards()).map(|_| true);
    };
    match catalog.runs_row(list, card.capability, Some(cuda)) {
        Kernels::Native | Kernels::SameMajor => Some(true),
        Kernels::Ptx => None,
        Kernels::None if list.unsure.iter().any(|code| code.major == card.capability.major) => None,
        Kernels::None => Some(false),
    }
}

/// Whether the driver runs it; `None` if nobody can say.
fn is_driven(context: &Context<'_>, floor: Option<&DriverFloor>) -> Option<bool> {
    // It reached the card: what libraries of another driver it may do that with does not matter here.
    if context.facts.torch_seen.as_ref().is_some_and(TorchSeen::reaches_cards) {
        return Some(true);
    }
    match context.reaches(floor?.clone()) {
        Fit::Yes => Some(true),
        Fit::TooOld(_) => Some(false),
        Fit::Unsure => matches!(context.driver(), DriverNow::Missing).then_some(false),
    }
}
