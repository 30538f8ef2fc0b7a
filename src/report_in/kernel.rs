//! The kernel's log about NVIDIA's driver, and `/proc/driver/nvidia/version`.

use super::cards::{Place, SeenCard};
use super::draft::{At, Draft, Weight};
use super::{logs, os_names, versions};
use crate::detect::gpu::DriverTrouble;
use crate::facts::Via;

/// Reads a line of the module; false if it is none.
pub(super) fn line(draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
    if !line.contains("NVRM") {
        return false;
    }
    let Some((_, text)) = line.split_once("NVRM") else { return false };
    let at = At { line: number, by: "the kernel", via: Via::ProcFs };
    // `NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.90.07`, `… Open Kernel Module for x86_64  515.57`
    if let Some((_, rest)) = text.split_once("Kernel Module") {
        if let Some(driver) = rest.split_whitespace().find_map(|word| versions::driver(word, false)) {
            draft.driver(Weight::Driver, driver, at);
        }
        if let Some(arch) = os_names::arch_of(text) {
            draft.system.arch(Weight::Program, arch, at);
        }
        draft.system.native_linux(Weight::Person, at);
        return true;
    }
    // `nvidia-container-cli info`
    if let Some(version) = text.strip_prefix(" version:") {
        if let Some(driver) = versions::driver(version, false) {
            draft.driver(Weight::Driver, driver, at);
        }
        return true;
    }
    draft.system.native_linux(Weight::Person, at);
    cards(draft, text, At { via: Via::PciBus, ..at });
    driver(draft, text, at);
    true
}

/// `NVRM: The NVIDIA GeForce GTX 1050 GPU installed in this system …`, `(PCI ID: 10de:0de1)`.
fn cards(draft: &mut Draft<'_>, text: &str, at: At) {
    let between = |from: &str, to: &str| Some(text.split_once(from)?.1.split_once(to)?.0.trim());
    if let Some(name) = between("The NVIDIA ", " GPU installed in this system") {
        logs::card(draft, None, name, None, at);
    }
    if let Some(id) = between("(PCI ID: ", ")").and_then(|id| id.parse().ok()) {
        draft.cards.add(Place::Bus, SeenCard { pci_id: Some(id), ..SeenCard::new(at) });
    }
}

/// The version that ignores a card, and what else stands in the driver's way.
fn driver(draft: &mut Draft<'_>, text: &str, at: At) {
    let before = text.split_once(" NVIDIA driver").and_then(|(before, _)| before.split_whitespace().next_back());
    if let Some(driver) = before.and_then(|word| versions::driver(word, false)) {
        draft.driver(Weight::Program, driver, at);
    }
    let behind = |mark: &str| versions::driver(text.split_once(mark)?.1, false);
    let trouble = if text.contains("API mismatch") {
        let (loaded, files) = (behind("kernel module has the version "), behind("client has the version "));
        DriverTrouble::RestartNeeded { files, loaded }
    } else if text.contains("nouveau") {
        DriverTrouble::Nouveau
    } else if text.contains("fallen off the bus") {
        DriverTrouble::CardLost
    } else {
        return;
    };
    draft.trouble.get_or_insert(trouble);
}
