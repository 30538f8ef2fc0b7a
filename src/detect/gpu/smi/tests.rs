//! Answers in the forms that drivers of several branches give.

use super::*;
use crate::facts::ProbeOutcome;
use crate::host::fake::{Script, World};

const ALL: &str = "--query-gpu=index,name,uuid,driver_version,compute_cap,memory.total,pci.device_id,pci.bus_id";
const OLD: &str = "--query-gpu=index,name,uuid,driver_version,memory.total,pci.device_id,pci.bus_id";
const FORMAT: &str = "--format=csv,noheader,nounits";

fn answer(script: Script) -> GpuFindings {
    nvidia_smi(&World::new(OsFamily::Linux).program("nvidia-smi", script))
}

#[test]
fn every_card_of_the_list_is_read() {
    let findings = answer(Script::prints(
        "0, NVIDIA GeForce RTX 4090, GPU-aa, 570.86.15, 8.9, 24564, 0x268410DE, 00000000:01:00.0\r\n\
         1, NVIDIA GeForce GTX 1080, GPU-bb, 570.86.15, 6.1, 8192, 0x1B8010DE, 00000000:0a:00.0\r\n",
    ));
    assert_eq!(findings.driver.found().unwrap().to_string(), "570.86.15");
    assert!(matches!(findings.driver_cuda, Probed::Unknown { .. }));
    let cards = findings.cards.found().unwrap();
    assert_eq!(cards.len(), 2);
    assert_eq!(cards[1].pci_id.unwrap().to_string(), "10de:1b80");
    assert_eq!((cards[1].index, cards[1].capability), (Some(1), Some(ComputeCapability::new(6, 1))));
    assert_eq!((cards[0].memory_bytes, cards[1].pci_bus.as_deref()), (Some(24564 << 20), Some("00000000:0A:00.0")));
}

#[test]
fn what_the_card_does_not_tell_is_left_open() {
    let row = "0, [Unknown Error], GPU-aa, 570.86.15, [N/A], [Not Supported], ERR!, 00000000:01:00.0\n";
    let findings = answer(Script::prints(row));
    let card = &findings.cards.found().unwrap()[0];
    assert_eq!((&card.name, card.capability, card.memory_bytes, card.pci_id), (&None, None, None, None));
    assert_eq!(card.uuid.as_deref(), Some("GPU-aa"));
}

#[test]
fn a_decimal_comma_stays_within_its_value() {
    let findings =
        answer(Script::prints("0, NVIDIA T4, GPU-aa, 570,86, 7,5, 15360 MiB, 0x1EB810DE, 00000000:01:00.0\n"));
    assert_eq!(findings.driver.found().unwrap().to_string(), "570.86");
    let card = &findings.cards.found().unwrap()[0];
    assert_eq!((card.capability, card.memory_bytes), (Some(ComputeCapability::new(7, 5)), Some(15360 << 20)));
}

#[test]
fn an_old_driver_is_asked_again_without_the_field_it_does_not_know() {
    let world = World::new(OsFamily::Windows)
        .program_with(
            "nvidia-smi",
            &[ALL, FORMAT],
            Script::prints("Field \"compute_cap\" is not a valid field to query.\n\n").exit(2),
        )
        .program_with(
            "nvidia-smi",
            &[OLD, FORMAT],
            Script::prints("0, GeForce GTX 1080, GPU-bb, 451.82, 8192, 0x1B8010DE, 00000000:01:00.0\n"),
        );
    let findings = nvidia_smi(&world);
    assert_eq!(findings.cards.found().unwrap()[0].name.as_deref(), Some("GeForce GTX 1080"));
    assert_eq!(findings.driver.found().unwrap().to_string(), "451.82");
    assert_eq!(world.ran().len(), 2);
}

#[test]
fn a_field_we_did_not_ask_for_ends_the_asking() {
    let findings = answer(Script::prints("Field \"id\" is not a valid field to query.").exit(2));
    assert!(matches!(findings.cards, Probed::Unknown { .. }));
}

#[test]
fn a_silent_nvidia_smi_is_unknown_not_absent() {
    let findings = answer(Script::hangs());
    assert_eq!(findings.outcome(), ProbeOutcome::TimedOut);
    assert!(matches!(findings.cards, Probed::Unknown { .. }));
    let slow = Script::exits(0).after(Duration::from_millis(2500)).stdout("0, A, B, 1.2, 8.9, 1, 0x268410DE, 0:1:0.0");
    assert_eq!(answer(slow).outcome(), ProbeOutcome::Found);
}

#[test]
fn refusals_are_told_apart_by_words_and_by_exit_code() {
    let no_driver = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure \
                     that the latest NVIDIA driver is installed and running.\n";
    let mismatch = "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 570.124\n";
    for (text, exit, code) in [
        (no_driver, 9, "driver-not-loaded"),
        (mismatch, 18, "restart-needed"),
        (mismatch, 1, "restart-needed"),
        ("in some other language", 15, "card-lost"),
        ("Failed to initialize NVML: Unknown Error\n", 255, "driver-refused"),
    ] {
        let findings = answer(Script::prints(text).exit(exit));
        assert!(matches!(findings.cards, Probed::Unknown { .. }), "{text}");
        assert_eq!(findings.troubles.iter().map(DriverTrouble::code).collect::<Vec<_>>(), [code], "{text}");
    }
    let findings = answer(Script::prints(mismatch).exit(18));
    assert_eq!(findings.files.unwrap().to_string(), "570.124");
}

#[test]
fn nonsense_with_exit_code_0_is_unknown() {
    for text in ["", "hello\n", "1, 2\n", "a, b, c, d, e, f, g, h\n", "<html>"] {
        let findings = answer(Script::prints(text));
        assert!(matches!(findings.cards, Probed::Unknown { .. }), "{text}");
        assert!(findings.troubles.is_empty());
    }
}

#[test]
fn no_devices_is_said_by_words_or_by_exit_code() {
    for script in [Script::prints("No devices were found\n"), Script::exits(6)] {
        assert!(answer(script).cards.is_absent());
    }
}

#[test]
fn without_the_program_it_is_absent() {
    let findings = nvidia_smi(&World::new(OsFamily::Windows));
    assert!(findings.cards.is_absent() && findings.driver.is_absent());
}

#[test]
fn wsls_own_program_is_asked_when_the_one_on_path_does_not_work() {
    let row = "0, NVIDIA GeForce RTX 5070, GPU-aa, 581.57, 12.0, 12227, 0x2F0410DE, 00000000:01:00.0\n";
    let world = World::new(OsFamily::Linux)
        .program("nvidia-smi", Script::prints("Failed to initialize NVML: GPU access blocked\n").exit(17))
        .program("/usr/lib/wsl/lib/nvidia-smi", Script::prints(row));
    assert_eq!(nvidia_smi(&world).cards.found().unwrap().len(), 1);
}
