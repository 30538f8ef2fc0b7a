//! The rules of putting together, one by one.

use super::*;
use crate::facts::{CudaVersion, DriverVersion};
use std::time::Duration;

fn names(id: PciId) -> Option<(String, Option<ComputeCapability>)> {
    (id.device == 0x2f04).then(|| ("GeForce RTX 5070".to_owned(), Some(ComputeCapability::new(12, 0))))
}

fn version(text: &str) -> DriverVersion {
    text.parse().unwrap()
}

fn source(via: Via) -> Source {
    Source::new(via, via.word())
}

fn found<T>(via: Via, value: T) -> Probed<T> {
    Probed::Found { value, source: source(via) }
}

fn blank(via: Via) -> GpuFindings {
    GpuFindings::unknown(&source(via), "failed")
}

fn none(via: Via) -> GpuFindings {
    GpuFindings::absent(&source(via))
}

fn on_bus(id: &str, bus: &str) -> SeenGpu {
    SeenGpu { pci_id: id.parse().ok(), pci_bus: Some(bus.to_owned()), ..SeenGpu::default() }
}

fn card(index: u32, name: &str, bus: &str) -> SeenGpu {
    SeenGpu { index: Some(index), name: Some(name.to_owned()), ..on_bus("10de:2684", bus) }
}

fn with(via: Via, cards: Vec<SeenGpu>) -> GpuFindings {
    GpuFindings { cards: found(via, cards), ..blank(via) }
}

fn codes(facts: &GpuFacts) -> Vec<&'static str> {
    facts.troubles.iter().map(DriverTrouble::code).collect()
}

#[test]
fn nvml_goes_first_and_its_gaps_are_filled() {
    let nvml = GpuFindings {
        driver: found(Via::Nvml, version("581.57")),
        driver_cuda: found(Via::Nvml, CudaVersion::new(13, 0)),
        ..with(Via::Nvml, vec![card(0, "NVIDIA GeForce RTX 4090", "A")])
    };
    let told = SeenGpu { memory_bytes: Some(7), name: Some("other".to_owned()), ..card(0, "x", "A") };
    let smi = GpuFindings { driver: found(Via::NvidiaSmi, version("500.01")), ..with(Via::NvidiaSmi, vec![told]) };
    let facts = merge(&nvml, &smi, &blank(Via::PciBus), &names);
    let gpu = &facts.gpus.found().unwrap()[0];
    assert_eq!((gpu.name.as_str(), gpu.memory_bytes, gpu.source.via), ("NVIDIA GeForce RTX 4090", Some(7), Via::Nvml));
    assert_eq!(facts.driver.found(), Some(&version("581.57")));
    assert_eq!(facts.driver_cuda.found(), Some(&CudaVersion::new(13, 0)));
}

#[test]
fn nvidia_smi_stands_in_but_never_tells_the_newest_runtime() {
    let smi = GpuFindings {
        driver: found(Via::NvidiaSmi, version("570.86.15")),
        ..with(Via::NvidiaSmi, vec![card(0, "NVIDIA T4", "A")])
    };
    for nvml in [blank(Via::Nvml), none(Via::Nvml)] {
        let facts = merge(&nvml, &smi, &blank(Via::PciBus), &names);
        assert_eq!(facts.gpus.found().unwrap()[0].source.via, Via::NvidiaSmi);
        assert_eq!(facts.driver.found(), Some(&version("570.86.15")));
        assert!(matches!(facts.driver_cuda, Probed::Unknown { .. }));
    }
}

#[test]
fn a_card_without_a_driver_is_named_from_the_catalogue() {
    let cards = vec![on_bus("10de:2f04", "A"), on_bus("10de:ffff", "B")];
    let pci = GpuFindings { driver: Probed::Absent { source: source(Via::ProcFs) }, ..with(Via::PciBus, cards) };
    let facts = merge(&none(Via::Nvml), &none(Via::NvidiaSmi), &pci, &names);
    let gpus = facts.gpus.found().unwrap();
    assert_eq!((gpus[0].name.as_str(), gpus[0].capability), ("GeForce RTX 5070", Some(ComputeCapability::new(12, 0))));
    assert_eq!((gpus[1].name.as_str(), gpus[1].capability, gpus[1].index), ("NVIDIA device 10de:ffff", None, 1));
    assert!(facts.driver.is_absent() && facts.driver_cuda.is_absent());
    assert!(facts.troubles.is_empty());
}

#[test]
fn no_card_is_certain_only_if_nvml_is_missing_and_the_bus_has_none() {
    let (nvml, smi, pci) = (none(Via::Nvml), none(Via::NvidiaSmi), none(Via::PciBus));
    assert!(merge(&nvml, &smi, &pci, &names).gpus.is_absent());
    assert!(merge(&nvml, &blank(Via::NvidiaSmi), &pci, &names).gpus.is_absent());
    for (nvml, pci) in [(&blank(Via::Nvml), &pci), (&nvml, &blank(Via::PciBus))] {
        let facts = merge(nvml, &smi, pci, &names);
        assert!(matches!(facts.gpus, Probed::Unknown { ref why, .. } if why == "failed"), "{:?}", facts.gpus);
    }
}

#[test]
fn a_driver_is_absent_only_if_all_three_say_so() {
    let (nvml, smi) = (none(Via::Nvml), none(Via::NvidiaSmi));
    assert!(merge(&nvml, &smi, &none(Via::PciBus), &names).driver.is_absent());
    assert!(matches!(merge(&nvml, &smi, &blank(Via::PciBus), &names).driver, Probed::Unknown { .. }));
    assert!(matches!(merge(&nvml, &blank(Via::NvidiaSmi), &none(Via::PciBus), &names).driver, Probed::Unknown { .. }));
}

#[test]
fn a_mismatch_names_the_files_and_the_loaded_module() {
    let mismatch = || vec![DriverTrouble::RestartNeeded { files: None, loaded: None }];
    let nvml = GpuFindings { troubles: mismatch(), ..blank(Via::Nvml) };
    let smi = GpuFindings { troubles: mismatch(), files: Some(version("570.124")), ..blank(Via::NvidiaSmi) };
    let pci = GpuFindings {
        driver: found(Via::ProcFs, version("570.86.15")),
        ..with(Via::PciBus, vec![on_bus("10de:2f04", "A")])
    };
    let facts = merge(&nvml, &smi, &pci, &names);
    let both = DriverTrouble::RestartNeeded { files: Some(version("570.124")), loaded: Some(version("570.86.15")) };
    assert_eq!(facts.troubles, [both]);
    assert_eq!(facts.gpus.found().unwrap()[0].name, "GeForce RTX 5070");
}

#[test]
fn nouveau_explains_a_driver_that_is_not_loaded() {
    let nvml = GpuFindings { troubles: vec![DriverTrouble::NotLoaded], ..blank(Via::Nvml) };
    let pci =
        GpuFindings { troubles: vec![DriverTrouble::Nouveau], ..with(Via::PciBus, vec![on_bus("10de:2f04", "A")]) };
    assert_eq!(codes(&merge(&nvml, &none(Via::NvidiaSmi), &pci, &names)), ["nouveau"]);
}

#[test]
fn a_card_that_only_the_bus_has_is_a_trouble_and_no_card_to_compute_on() {
    let nvml = with(Via::Nvml, vec![card(0, "NVIDIA GeForce RTX 4090", "A")]);
    let pci = with(Via::PciBus, vec![on_bus("10de:2684", "A"), on_bus("10de:2f04", "B")]);
    let facts = merge(&nvml, &blank(Via::NvidiaSmi), &pci, &names);
    assert_eq!(facts.gpus.found().unwrap().len(), 1);
    assert_eq!(facts.troubles, [DriverTrouble::NotDriven { card: "GeForce RTX 5070".to_owned() }]);
}

#[test]
fn a_card_that_fell_off_the_bus_keeps_its_name() {
    let lost = SeenGpu { index: Some(0), ..SeenGpu::default() };
    let nvml = GpuFindings {
        troubles: vec![DriverTrouble::CardLost],
        ..with(Via::Nvml, vec![lost, card(1, "NVIDIA GeForce RTX 4090", "B")])
    };
    let pci = with(Via::PciBus, vec![on_bus("10de:2f04", "A"), on_bus("10de:2684", "B")]);
    let facts = merge(&nvml, &blank(Via::NvidiaSmi), &pci, &names);
    let gpus = facts.gpus.found().unwrap();
    assert_eq!((gpus[0].name.as_str(), gpus[0].index, gpus[1].index), ("GeForce RTX 5070", 0, 1));
    assert_eq!(codes(&facts), ["card-lost"]);
}

#[test]
fn a_silent_driver_leaves_the_card_of_the_bus() {
    let nvml = GpuFindings::late(Via::Nvml, Duration::from_secs(5));
    let smi = GpuFindings::late(Via::NvidiaSmi, Duration::from_secs(3));
    let facts = merge(&nvml, &smi, &with(Via::PciBus, vec![on_bus("10de:2f04", "A")]), &names);
    assert_eq!(facts.gpus.found().unwrap().len(), 1);
    assert!(matches!(facts.driver, Probed::Unknown { .. }));
    assert_eq!(facts.troubles, [DriverTrouble::Silent { seconds: 5 }]);
}

#[test]
fn a_simulated_machine_is_not_mixed_with_the_real_one() {
    let real = GpuFindings {
        driver: found(Via::NvidiaSmi, version("570.86.15")),
        troubles: vec![DriverTrouble::Nouveau],
        ..with(Via::PciBus, vec![on_bus("10de:2f04", "B")])
    };
    let simulated = with(Via::Simulated, vec![card(0, "NVIDIA GeForce RTX 4090", "A")]);
    for (nvml, count) in [(simulated, Some(1)), (blank(Via::Simulated), None)] {
        let facts = merge(&nvml, &real, &real, &names);
        assert_eq!(facts.gpus.found().map(Vec::len), count);
        assert_eq!((facts.gpus.source().via, facts.driver.source().via), (Via::Simulated, Via::Simulated));
        assert!(facts.driver.found().is_none() && facts.troubles.is_empty());
    }
}
