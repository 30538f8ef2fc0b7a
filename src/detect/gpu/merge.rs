//! What the three ways said, as one answer. Pure.

use super::{DriverTrouble, GpuFacts, GpuFindings, SeenGpu, unknown};
use crate::facts::{ComputeCapability, Gpu, PciId, Probed, Source, Via};

/// Name and compute capability of a model, from the catalogue.
pub type Names<'a> = &'a dyn Fn(PciId) -> Option<(String, Option<ComputeCapability>)>;

/// Puts the findings together.
///
/// Cards, in order, from the first that has any:
/// 1. NVML, its gaps filled from `nvidia-smi` and the bus,
/// 2. `nvidia-smi`, its gaps filled from the bus,
/// 3. the bus, with name and compute capability from the catalogue.
///
/// They are `Absent` only if NVML's library does not exist (or lists none) *and* the bus lists no NVIDIA display
/// device; all else is `Unknown` with the first reason. The driver: NVML, `nvidia-smi`, then the bus; `Absent`
/// only if all three say so. The newest CUDA runtime: NVML only.
///
/// A simulated NVML stands alone: the real machine is not mixed in.
pub fn merge(nvml: &GpuFindings, smi: &GpuFindings, pci: &GpuFindings, names: Names<'_>) -> GpuFacts {
    if nvml.cards.source().via == Via::Simulated {
        return GpuFacts {
            gpus: list(&nvml.cards, &[], names),
            driver: nvml.driver.clone(),
            driver_cuda: nvml.driver_cuda.clone(),
            troubles: nvml.troubles.clone(),
        };
    }
    let driver = first_of([&nvml.driver, &smi.driver, &pci.driver]);
    let driver_cuda = match &nvml.driver_cuda {
        Probed::Absent { source } if !driver.is_absent() => unknown(source, "only NVML tells it, and there is none"),
        Probed::Found { .. } | Probed::Absent { .. } | Probed::Unknown { .. } => nvml.driver_cuda.clone(),
    };
    let bus = pci.cards.found().map(Vec::as_slice).unwrap_or_default();
    let (gpus, missed) = if let Some(cards) = nvml.cards.found() {
        let known = smi.cards.found().map(Vec::as_slice).unwrap_or_default();
        let (cards, missed) = with_bus(&fill(cards, known), bus);
        (gpus(&cards, nvml.cards.source(), names), missed)
    } else if let Some(cards) = smi.cards.found() {
        let (cards, missed) = with_bus(cards, bus);
        (gpus(&cards, smi.cards.source(), names), missed)
    } else {
        let missed = if driver.found().is_some() && nvml.driver.found().is_some() { bus.to_vec() } else { Vec::new() };
        (list(&pci.cards, &[&nvml.cards, &smi.cards], names), missed)
    };
    let mut troubles = troubles([nvml, smi, pci]);
    troubles.extend(missed.iter().map(|card| DriverTrouble::NotDriven { card: name(card, names) }));
    GpuFacts { gpus, driver, driver_cuda, troubles }
}

/// The first that was found; absent if all say so; else the first reason why it is not known.
fn first_of<T: Clone>(all: [&Probed<T>; 3]) -> Probed<T> {
    let found = all.into_iter().find(|probed| probed.found().is_some());
    let unknown = || all.into_iter().find(|probed| !probed.is_absent());
    let [first, ..] = all;
    found.or_else(unknown).unwrap_or(first).clone()
}

/// The cards of one way; where it has none, `before` must agree that there is none (NVML's word; `nvidia-smi`
/// alone proves nothing).
fn list(cards: &Probed<Vec<SeenGpu>>, before: &[&Probed<Vec<SeenGpu>>], names: Names<'_>) -> Probed<Vec<Gpu>> {
    let reason = before.iter().copied().chain([cards]).find_map(|probed| match probed {
        Probed::Unknown { why, source } => Some(unknown(source, why)),
        Probed::Found { .. } | Probed::Absent { .. } => None,
    });
    let nvml_agrees = before.first().is_none_or(|nvml| nvml.is_absent());
    match cards {
        Probed::Found { value, source } => gpus(value, source, names),
        Probed::Absent { source } if nvml_agrees => Probed::Absent { source: source.clone() },
        Probed::Absent { source } => reason.unwrap_or_else(|| unknown(source, "NVML could not be asked")),
        Probed::Unknown { why, source } => reason.unwrap_or_else(|| unknown(source, why)),
    }
}

fn gpus(cards: &[SeenGpu], source: &Source, names: Names<'_>) -> Probed<Vec<Gpu>> {
    let gpu = |(at, card): (usize, &SeenGpu)| Gpu {
        index: card.index.unwrap_or_else(|| u32::try_from(at).unwrap_or(u32::MAX)),
        name: name(card, names),
        uuid: card.uuid.clone(),
        pci_id: card.pci_id,
        pci_bus: card.pci_bus.clone(),
        capability: card.capability.or_else(|| names(card.pci_id?)?.1),
        memory_bytes: card.memory_bytes,
        board: card.board,
        source: source.clone(),
    };
    Probed::Found { value: cards.iter().enumerate().map(gpu).collect(), source: source.clone() }
}

fn name(card: &SeenGpu, names: Names<'_>) -> String {
    let by_catalogue = || Some(names(card.pci_id?)?.0);
    let by_number = || card.pci_id.map(|id| format!("NVIDIA device {id}"));
    card.name.clone().or_else(by_catalogue).or_else(by_number).unwrap_or_else(|| "NVIDIA card".to_owned())
}

fn is_same(a: &SeenGpu, b: &SeenGpu) -> bool {
    let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    same(&a.uuid, &b.uuid) || same(&a.pci_bus, &b.pci_bus)
}

fn filled(card: &SeenGpu, other: &SeenGpu) -> SeenGpu {
    let card = card.clone();
    let other = other.clone();
    SeenGpu {
        index: card.index,
        name: card.name.or(other.name),
        uuid: card.uuid.or(other.uuid),
        pci_id: card.pci_id.or(other.pci_id),
        pci_bus: card.pci_bus.or(other.pci_bus),
        capability: card.capability.or(other.capability),
        memory_bytes: card.memory_bytes.or(other.memory_bytes),
        board: card.board.or(other.board),
    }
}

fn fill(cards: &[SeenGpu], known: &[SeenGpu]) -> Vec<SeenGpu> {
    let fill = |card: &SeenGpu| match known.iter().find(|other| is_same(card, other)) {
        Some(other) => filled(card, other),
        None => card.clone(),
    };
    cards.iter().map(fill).collect()
}

/// Fills the gaps from the bus and returns the cards that only the bus has. A card that fell off the bus has lost
/// its address; if as many are without one as the bus has left over, they are the same, in the same order.
fn with_bus(cards: &[SeenGpu], bus: &[SeenGpu]) -> (Vec<SeenGpu>, Vec<SeenGpu>) {
    let mut left: Vec<SeenGpu> =
        bus.iter().filter(|seen| !cards.iter().any(|card| is_same(card, seen))).cloned().collect();
    let nameless = cards.iter().filter(|card| card.pci_bus.is_none()).count();
    let mut pairs = if nameless == left.len() { std::mem::take(&mut left) } else { Vec::new() }.into_iter();
    let mut cards = fill(cards, bus);
    for card in cards.iter_mut().filter(|card| card.pci_bus.is_none()) {
        if let Some(seen) = pairs.next() {
            *card = filled(card, &seen);
        }
    }
    (cards, left)
}

/// Each kind of trouble once; versions filled in; nouveau explains why NVIDIA's driver is not loaded.
fn troubles(all: [&GpuFindings; 3]) -> Vec<DriverTrouble> {
    let mut troubles: Vec<DriverTrouble> = Vec::new();
    for trouble in all.into_iter().flat_map(|findings| &findings.troubles) {
        if !troubles.iter().any(|known| known.code() == trouble.code()) {
            troubles.push(trouble.clone());
        }
    }
    if troubles.contains(&DriverTrouble::Nouveau) {
        troubles.retain(|trouble| *trouble != DriverTrouble::NotLoaded);
    }
    let [_, _, pci] = all;
    for trouble in &mut troubles {
        if let DriverTrouble::RestartNeeded { files, loaded } = trouble {
            *files = files.take().or_else(|| all.into_iter().find_map(|findings| findings.files.clone()));
            *loaded = loaded.take().or_else(|| pci.driver.found().cloned());
        }
    }
    troubles
}

#[cfg(test)]
mod tests;
