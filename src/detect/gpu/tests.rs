//! NVML and the masks, with a library made up in Rust.

use super::*;
use crate::facts::OsFamily;
use crate::host::fake::World;
use crate::host::{GpuLibrary, GpuSample, NvmlInventory};
use std::sync::{Arc, Mutex, mpsc};

struct Played {
    simulated: bool,
    inventory: Option<NvmlInventory>,
    /// Asked while there is no inventory: never answers as long as its sender lives.
    gate: Mutex<mpsc::Receiver<()>>,
}

impl GpuLibrary for Played {
    fn is_simulated(&self) -> bool {
        self.simulated
    }
    fn inventory(&self) -> Result<NvmlInventory, HostError> {
        self.inventory.clone().ok_or_else(|| {
            self.gate.lock().map(|gate| gate.recv().ok()).ok();
            HostError::Stopped
        })
    }
    fn sample(&self) -> Result<Vec<GpuSample>, HostError> {
        Ok(Vec::new())
    }
}

fn world(simulated: bool, inventory: Option<NvmlInventory>) -> (World, mpsc::Sender<()>) {
    let (sender, gate) = mpsc::channel();
    let library = Played { simulated, inventory, gate: Mutex::new(gate) };
    (World::new(OsFamily::Windows).gpu_library(Arc::new(library)), sender)
}

fn inventory() -> NvmlInventory {
    let gpu = NvmlGpu {
        index: 0,
        name: Some("NVIDIA GeForce RTX 5070".to_owned()),
        uuid: Some("GPU-1".to_owned()),
        pci_id: "10de:2f04".parse().ok(),
        pci_bus: Some("00000000:0a:00.0".to_owned()),
        capability: Some(ComputeCapability::new(12, 0)),
        memory_bytes: Some(12227 << 20),
        board: crate::facts::Board::default(),
        trouble: None,
        lost: false,
    };
    NvmlInventory { driver: "581.57".parse().ok(), driver_cuda: Some(CudaVersion::new(13, 0)), gpus: vec![gpu] }
}

#[test]
fn nvml_tells_driver_newest_runtime_and_cards() {
    let (world, _gate) = world(false, Some(inventory()));
    let findings = nvml(&world);
    assert_eq!(findings.driver.found().unwrap().to_string(), "581.57");
    assert_eq!(findings.driver_cuda.found(), Some(&CudaVersion::new(13, 0)));
    let cards = findings.cards.found().unwrap();
    assert_eq!(cards[0].pci_bus.as_deref(), Some("00000000:0A:00.0"));
    assert_eq!((findings.outcome(), findings.cards.source().via), (ProbeOutcome::Found, Via::Nvml));
}

#[test]
fn a_lost_card_is_a_trouble_and_stays_in_the_list() {
    let mut inventory = inventory();
    inventory.gpus[0].lost = true;
    let (world, _gate) = world(false, Some(inventory));
    let findings = nvml(&world);
    assert_eq!(findings.troubles, [DriverTrouble::CardLost]);
    assert_eq!(findings.cards.found().unwrap().len(), 1);
}

#[test]
fn a_driver_that_hangs_is_unknown_and_said_to_be_silent() {
    let (world, _gate) = world(false, None);
    let findings = nvml_within(&world, Via::Nvml, Duration::from_millis(10));
    assert_eq!(findings.outcome(), ProbeOutcome::TimedOut);
    assert!(matches!(findings.cards, Probed::Unknown { .. }));
    assert_eq!(findings.troubles[0].code(), "driver-silent");
}

#[test]
fn a_missing_library_is_absent_a_refusing_one_is_unknown() {
    assert!(nvml(&World::new(OsFamily::Linux)).cards.is_absent());
    let cases = [
        (4, "no-permission"),
        (9, "driver-not-loaded"),
        (15, "card-lost"),
        (18, "restart-needed"),
        (999, "driver-refused"),
    ];
    for (number, code) in cases {
        let findings = nvml(&World::new(OsFamily::Linux).nvml_fails(number, "its words"));
        assert!(matches!(findings.cards, Probed::Unknown { .. }), "{number}");
        assert_eq!(findings.troubles[0].code(), code);
        assert_eq!(findings.detail(), "NVML: its words");
    }
}

#[test]
fn a_simulated_machine_stands_alone() {
    let (world, _gate) = world(true, Some(inventory()));
    let world = world.var(SIMULATED, r"C:\fake\nvml.dll");
    let findings = nvml(&world);
    assert_eq!(findings.cards.source().via, Via::Simulated);
    assert_eq!(findings.driver.source().via, Via::Simulated);
    assert!(matches!(nvidia_smi(&world).cards, Probed::Unknown { .. }));
    assert!(matches!(pci_bus(&world).cards, Probed::Unknown { .. }));
    assert!(world.ran().is_empty());
}

#[test]
fn a_simulated_library_that_is_missing_says_nothing_about_the_machine() {
    let world = World::new(OsFamily::Linux).var(SIMULATED, "/nowhere.so");
    assert!(matches!(nvml(&world).cards, Probed::Unknown { .. }));
    assert_eq!(nvml(&world).cards.source().via, Via::Simulated);
}

#[test]
fn an_empty_mask_counts_because_it_hides_every_card() {
    let world = World::new(OsFamily::Linux).var("CUDA_VISIBLE_DEVICES", "").var("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    let masks: Vec<_> = masks(&world).into_iter().map(|mask| (mask.name, mask.value)).collect();
    let mask = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(masks, [mask("CUDA_VISIBLE_DEVICES", ""), mask("CUDA_DEVICE_ORDER", "PCI_BUS_ID")]);
}

#[test]
fn places_on_the_bus_have_one_form() {
    for text in ["0000:01:00.0", "00000000:01:00.0"] {
        assert_eq!(bus_address(text).as_deref(), Some("00000000:01:00.0"));
    }
    assert_eq!(bus_address("0001:0a:00.0").as_deref(), Some("00000001:0A:00.0"));
    assert_eq!(bus_address("[N/A]"), None);
}

#[test]
fn a_restart_that_is_needed_names_both_versions() {
    let version = |text: &str| text.parse().ok();
    let both = DriverTrouble::RestartNeeded { files: version("570.124.04"), loaded: version("570.86.15") };
    assert_eq!(both.to_string(), "Restart needed: the driver's files are 570.124.04, the loaded module is 570.86.15.");
    let one = DriverTrouble::RestartNeeded { files: None, loaded: version("570.86.15") };
    assert!(one.to_string().ends_with("versions (module: 570.86.15)."), "{one}");
}
