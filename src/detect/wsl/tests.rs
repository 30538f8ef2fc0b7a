use super::*;
use crate::host::Basics;
use crate::host::fake::{Script, World};

const USER: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Lxss";
const PACKAGE: &str = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Lxss\MSI";

fn pc() -> World {
    World::new(OsFamily::Windows).program(r"C:\Windows\System32\wsl.exe", Script::hangs())
}

fn with_services(world: World, names: &[&str]) -> World {
    names.iter().fold(world, |world, name| world.registry(&format!(r"{SERVICES}\{name}"), "Type", "16"))
}

fn with_distribution(world: World, key: &str, name: &str, flags: &str) -> World {
    let key = format!(r"{USER}\{{{key}}}");
    // The version of the file system, which is 2 for WSL1 as well.
    world.registry(&key, "DistributionName", name).registry(&key, "Flags", flags).registry(&key, "Version", "2")
}

fn rows(wsl: &Probed<Wsl>) -> Vec<(&str, u8)> {
    wsl.found().unwrap().distributions.iter().map(|one| (one.name.as_str(), one.version)).collect()
}

#[test]
fn distributions_are_read_from_the_registry_and_nothing_is_started() {
    let world = pc()
        .registry(PACKAGE, "Version", "2.6.1.0")
        .registry(USER, "DefaultDistribution", "{B2}")
        .registry(USER, "DefaultVersion", "2")
        .registry(&format!(r"{USER}\{{c3}}"), "State", "3");
    let world = with_distribution(world, "a1", "Debian", "7");
    let world = with_distribution(world, "b2", "Ubuntu-24.04", "15");
    let world = with_distribution(world, "c3", "half-installed", "15");
    let wsl = read(&world);
    assert_eq!(rows(&wsl), [("Ubuntu-24.04", 2), ("Debian", 1)]);
    let found = wsl.found().unwrap();
    assert_eq!((found.version.as_deref(), found.default_version), (Some("2.6.1.0"), Some(2)));
    assert_eq!(tool(&wsl).source().detail, "Ubuntu-24.04 (WSL 2), Debian (WSL 1)");
    assert!(world.ran().is_empty());
}

#[test]
fn a_distribution_without_flags_is_wsl1_as_wsl_takes_it() {
    let world = pc().registry(&format!(r"{USER}\{{a1}}"), "DistributionName", "Legacy");
    assert_eq!(rows(&read(&world)), [("Legacy", 1)]);
}

#[test]
fn wsl_exe_alone_is_unknown_until_the_services_tell() {
    assert!(matches!(read(&pc()), Probed::Unknown { .. }));
    assert!(read(&with_services(pc(), &["Dnscache", "HNS"])).is_absent());
    for service in ["LxssManager", "WSLService", "lxss"] {
        let wsl = read(&with_services(pc(), &["Dnscache", service]));
        assert!(wsl.found().is_some_and(|wsl| wsl.distributions.is_empty() && wsl.version.is_none()), "{service}");
    }
    assert!(read(&with_services(World::new(OsFamily::Windows), &["LxssManager"])).is_absent());
}

#[test]
fn the_package_is_found_where_windows_has_no_wsl_exe_of_its_own() {
    let world = World::new(OsFamily::Windows)
        .registry(PACKAGE, "InstallLocation", r"C:\Program Files\WSL\")
        .registry(PACKAGE, "Version", "2.6.1.0")
        .file(r"C:\Program Files\WSL\wsl.exe", "");
    assert!(read(&world).found().is_some());
}

#[test]
fn other_systems_have_no_wsl() {
    let world = World::new(OsFamily::Linux);
    assert!(read(&world).is_absent());
    assert_eq!(virtualisation(&world), Virtualisation::default());
}

#[test]
fn the_platform_is_there_if_all_its_services_are() {
    let of = |build: u32, names: &[&str]| {
        let basics = Basics { os_build: Some(build), hypervisor: Some(true), ..Host::basics(&pc()) };
        virtualisation(&with_services(pc().basics(basics), names)).platform
    };
    assert_eq!(of(26100, &["Dnscache", "HNS", "vmcompute", "VfpExt"]), Some(true));
    // Hyper-V without the platform.
    assert_eq!(of(26100, &["Dnscache", "HNS", "vmcompute"]), Some(false));
    assert_eq!(of(19045, &["Dnscache", "hns", "vmcompute"]), Some(true));
    assert_eq!(of(26100, &["Dnscache"]), Some(false));
    assert_eq!(of(26100, &[]), None);
    let basics = Basics { firmware_virtualisation: Some(false), hypervisor: Some(false), ..Host::basics(&pc()) };
    let told = virtualisation(&pc().basics(basics));
    assert_eq!((told.firmware, told.hypervisor, told.platform), (Some(false), Some(false), None));
}
