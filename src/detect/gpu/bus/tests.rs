//! The bus as Linux and Windows list it.

use super::*;
use crate::host::fake::World;

fn device(world: World, at: &str, [vendor, id, class]: [&str; 3], driver: &str) -> World {
    let folder = format!("{DEVICES}/{at}");
    world
        .file(format!("{folder}/vendor"), format!("{vendor}\n"))
        .file(format!("{folder}/device"), format!("{id}\n"))
        .file(format!("{folder}/class"), format!("{class}\n"))
        .file(format!("{folder}/uevent"), format!("DRIVER={driver}\nPCI_CLASS=30000\n"))
}

fn pc() -> World {
    device(World::new(OsFamily::Linux), "0000:00:02.0", ["0x8086", "0xa780", "0x030000"], "i915")
}

fn with_card(driver: &str) -> World {
    let world = device(pc(), "0000:01:00.0", ["0x10de", "0x2f04", "0x030000"], driver);
    // Its sound device is no card.
    device(world, "0000:01:00.1", ["0x10de", "0x22e9", "0x040300"], "snd_hda_intel")
}

#[test]
fn a_card_without_a_driver_is_named_by_its_number() {
    let findings = pci_bus(&with_card(""));
    let [card] = findings.cards.found().unwrap().as_slice() else { panic!("{findings:?}") };
    assert_eq!(card.pci_id.unwrap().to_string(), "10de:2f04");
    assert_eq!(card.pci_bus.as_deref(), Some("00000000:01:00.0"));
    assert!(findings.driver.is_absent());
}

#[test]
fn who_holds_the_card_is_told() {
    for (driver, code) in [("nouveau", Some("nouveau")), ("vfio-pci", Some("set-aside")), ("nvidia", None)] {
        let troubles = pci_bus(&with_card(driver)).troubles;
        assert_eq!(troubles.first().map(DriverTrouble::code), code, "{driver}");
    }
}

#[test]
fn only_a_bus_that_is_listed_can_say_that_there_is_no_card() {
    assert!(pci_bus(&pc()).cards.is_absent());
    for world in [
        World::new(OsFamily::Linux),
        World::new(OsFamily::Linux).dir(DEVICES),
        World::new(OsFamily::Linux).refused(DEVICES, io::ErrorKind::PermissionDenied),
        pc().file("/dev/dxg", ""),
        World::new(OsFamily::Windows),
        World::new(OsFamily::Macos),
    ] {
        assert!(matches!(pci_bus(&world).cards, Probed::Unknown { .. }));
    }
}

#[test]
fn the_running_module_tells_its_version_without_any_tool() {
    let closed = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024\n\
                  GCC version:  gcc version 12.2.0 (Debian 12.2.0-14)\n";
    let open = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build  (bob@host)\n";
    for (text, version) in [(closed, "550.54.14"), (open, "580.95.05")] {
        let findings = pci_bus(&pc().file(PROC, text));
        assert_eq!(findings.driver.found().unwrap().to_string(), version);
    }
    let both = pc().file(PROC, open).file("/sys/module/nvidia/version", "570.86.15\n");
    assert_eq!(pci_bus(&both).driver.found().unwrap().to_string(), "570.86.15");
    assert!(matches!(pci_bus(&pc().file(PROC, "?")).driver, Probed::Unknown { .. }));
    assert!(matches!(pci_bus(&pc().file("/dev/dxg", "")).driver, Probed::Unknown { .. }));
}

const CARD: &str = r"VEN_10DE&DEV_2F04&SUBSYS_8A1A1043&REV_A1\4&2283f625&0&0019";
const OLD_CARD: &str = r"VEN_10DE&DEV_1B80&SUBSYS_119E10DE&REV_A1\4&2283f625&0&0008";

fn registered(world: World, device: &str, service: &str, at: &str) -> World {
    let key = format!(r"{ENUM}\{device}");
    world
        .registry(&key, "ClassGUID", DISPLAY)
        .registry(&key, "Service", service)
        .registry(&key, "DeviceDesc", "@oem12.inf,%nvidia_dev.2f04%;NVIDIA GeForce RTX 5070")
        .registry(&key, "LocationInformation", at)
        .registry(&key, "Driver", &format!(r"{DISPLAY}\0000"))
        .registry(&format!(r"{CLASSES}\{DISPLAY}\0000"), "ProviderName", "NVIDIA")
        .registry(&format!(r"{CLASSES}\{DISPLAY}\0000"), "DriverVersion", "32.0.15.8157")
}

fn windows_pc() -> World {
    let bridge = format!(r"{ENUM}\VEN_8086&DEV_A70D&SUBSYS_00000000&REV_01\3&11583659&0&08");
    let sound = format!(r"{ENUM}\VEN_10DE&DEV_22E9&SUBSYS_8A1A1043&REV_A1\4&2283f625&0&0119");
    World::new(OsFamily::Windows).registry(&bridge, "ClassGUID", "{4d36e97d-e325-11ce-bfc1-08002be10318}").registry(
        &sound,
        "ClassGUID",
        "{4d36e96c-e325-11ce-bfc1-08002be10318}",
    )
}

#[test]
fn windows_tells_present_cards_from_removed_ones() {
    let services = format!(r"{SERVICES}\nvlddmkm\Enum");
    let world = registered(windows_pc(), CARD, "nvlddmkm", "@System32\\drivers\\pci.sys,#65536;PCI-Bus %1;(10,0,0)");
    let world = registered(world, OLD_CARD, "nvlddmkm", "").registry(&services, "Count", "1").registry(
        &services,
        "0",
        &format!(r"PCI\{CARD}"),
    );
    let findings = pci_bus(&world);
    let [card] = findings.cards.found().unwrap().as_slice() else { panic!("{findings:?}") };
    assert_eq!(card.name.as_deref(), Some("NVIDIA GeForce RTX 5070"));
    assert_eq!(card.pci_id.unwrap().to_string(), "10de:2f04");
    assert_eq!(card.pci_bus.as_deref(), Some("00000000:0A:00.0"));
    assert_eq!(findings.driver.found().unwrap().to_string(), "581.57");
}

#[test]
fn a_card_that_windows_started_without_nvidias_driver_is_present_and_has_no_driver() {
    let key = format!(r"{ENUM}\{CARD}");
    let world = windows_pc()
        .registry(&key, "CompatibleIDs", r"PCI\VEN_10DE&DEV_2F04;PCI\CC_030000")
        .registry(&key, "DeviceDesc", "@display.inf,%basic%;Microsoft Basic Display Adapter")
        .registry(&format!(r"{key}\Control"), "ActiveService", "BasicDisplay");
    let findings = pci_bus(&world);
    let [card] = findings.cards.found().unwrap().as_slice() else { panic!("{findings:?}") };
    assert_eq!((&card.name, card.pci_id.unwrap().device), (&None, 0x2f04));
    assert!(findings.driver.is_absent());
}

#[test]
fn a_registered_card_that_may_be_gone_is_unknown_and_a_removed_one_absent() {
    let unclear = registered(windows_pc(), CARD, "nvlddmkm", "");
    assert!(matches!(&pci_bus(&unclear).cards, Probed::Unknown { why, .. } if why.contains("10de:2f04")));
    let gone =
        registered(windows_pc(), CARD, "nvlddmkm", "").registry(&format!(r"{SERVICES}\nvlddmkm\Enum"), "Count", "0");
    assert!(pci_bus(&gone).cards.is_absent());
    assert!(pci_bus(&windows_pc()).cards.is_absent());
}

#[test]
fn windows_driver_versions_are_nvidias_last_five_digits() {
    for (text, version) in [("32.0.15.8157", "581.57"), ("27.21.14.5182", "451.82"), ("31.0.15.3", "500.03")] {
        assert_eq!(windows_version(text).unwrap().to_string(), version, "{text}");
    }
    for text in ["", "8157", "a.b", "..", "é.é"] {
        assert_eq!(windows_version(text), None, "{text}");
    }
}

#[test]
fn what_windows_says_of_plugged_in_devices_goes_before_every_sign_in_the_registry() {
    let bridge = r"PCI\VEN_8086&DEV_A70D&SUBSYS_00000000&REV_01\3&11583659&0&08";
    let card = format!(r"PCI\{}", CARD.to_lowercase());
    // No key says that it was started: it has no driver yet.
    let new = || registered(windows_pc(), CARD, "", "@System32\\drivers\\pci.sys,#65536;PCI-Bus %1;(1,0,0)");
    assert!(matches!(pci_bus(&new()).cards, Probed::Unknown { .. }));
    let there = pci_bus(&new().present(&[bridge, &card]));
    assert_eq!(there.cards.found().map(Vec::len), Some(1));
    let started = new().registry(&format!(r"{ENUM}\{CARD}\Control"), "x", "1");
    assert!(pci_bus(&started.present(&[bridge])).cards.is_absent(), "it was taken out");
}

#[test]
fn a_driver_has_the_day_that_stands_beside_its_version() {
    let key = format!(r"{CLASSES}\{DISPLAY}\0000");
    let of = |date: &str| {
        let world = registered(windows_pc(), CARD, "", "").registry(&key, "DriverDate", date);
        let world = world.present(&[&format!(r"PCI\{CARD}")]);
        driver_date(&world, &pci_bus(&world).driver).map(|date| date.to_string())
    };
    assert_eq!(of("6-3-2025").as_deref(), Some("2025-06-03"));
    assert_eq!((of("31-3-2025"), of("soon"), of("")), (None, None, None));
    let linux = with_card("nvidia").file("/sys/module/nvidia/version", "570.86.15\n");
    assert_eq!(driver_date(&linux, &pci_bus(&linux).driver), None);
}
