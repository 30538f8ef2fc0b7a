use super::text::{Status, Versions, list, status, versions};
use super::*;
use crate::host::fake::{Script, World};
use crate::host::{Basics, decode};

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

/// As `wsl.exe` writes: two bytes a letter, no mark.
fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn the_list_is_read_by_its_columns_in_any_language() {
    let english = "  NAME              STATE           VERSION\r\n* Ubuntu-24.04      Running         2\r\n  docker-desktop    Stopped         2\r\n  Old               Stopped         1\r\n";
    let french =
        "  NOM       ÉTAT            VERSION\r\n  Debian    En cours d’exécution2\r\n* Ubuntu    Arrêté          2\r\n";
    let japanese = "  名前        状態            バージョン\r\n* Ubuntu      実行中          2\r\n";
    let names = |text: &str| {
        let found = list(&decode(&wide(text)));
        assert_eq!(found, list(text));
        found.into_iter().map(|one| format!("{} {}", one.name, one.version)).collect::<Vec<_>>()
    };
    assert_eq!(names(english), ["Ubuntu-24.04 2", "docker-desktop 2", "Old 1"]);
    assert_eq!(names(french), ["Ubuntu 2", "Debian 2"]);
    assert_eq!(names(japanese), ["Ubuntu 2"]);
    let no_star = english.replace('*', " ");
    assert_eq!(names(&no_star).len(), 3);
    for prose in [
        "Windows Subsystem for Linux has no installed distributions.\r\nUse 'wsl.exe --list --online' to list them\r\n",
        "Kernel    5.10.102.1\r\nExit      code 12\r\nThere is one  of version 2\r\n",
        "Ubuntu (Padrão)\r\nUbuntu-20.04\r\n",
        "",
    ] {
        assert!(names(prose).is_empty(), "{prose}");
    }
}

#[test]
fn the_status_is_read_by_the_order_of_its_lines() {
    let of = |text: &str| {
        let told = status(&decode(&wide(text)));
        assert_eq!(told, status(text));
        told
    };
    let ubuntu = |kernel: Option<&str>| Status {
        distribution: Some("Ubuntu-22.04".to_owned()),
        default_version: Some(2),
        kernel: kernel.map(str::to_owned),
    };
    assert_eq!(of("Standarddistribution: Ubuntu-22.04\r\nStandardversion: 2\r\n"), ubuntu(None));
    assert_eq!(of("既定のディストリビューション: Ubuntu-22.04\r\n既定のバージョン: 2\r\n"), ubuntu(None));
    assert_eq!(of("默认分发：Ubuntu-22.04\r\n默认版本：2\r\n"), ubuntu(None));
    assert_eq!(of("Дистрибутив по умолчанию: Ubuntu-22.04\r\nВерсия по умолчанию: 2\r\n"), ubuntu(None));
    let inbox = "Distribution par défaut\u{a0}: Ubuntu-22.04\r\nVersion par défaut\u{a0}: 2\r\n\r\nDernière mise à jour : 27/03/2022\r\nLes mises à jour automatiques sont activées.\r\n\r\nVersion du noyau : 5.10.102.1\r\n";
    assert_eq!(of(inbox), ubuntu(Some("5.10.102.1")));
    let none = of("Default Version: 1\r\n");
    assert_eq!((none.distribution, none.default_version), (None, Some(1)));
    let help =
        "Copyright (c) Microsoft Corporation. All rights reserved.\r\nUsage: wsl.exe [Argument] [Options...]\r\n";
    assert_eq!(of(help), Status::default());
    assert_eq!(of("WSL version: 2.6.1.0\r\nKernel version: 6.6.87.2-1\r\n"), Status::default());
}

#[test]
fn the_versions_are_read_by_the_order_of_their_lines() {
    let of = |text: &str| {
        let told = versions(&decode(&wide(text)));
        assert_eq!(told, versions(text));
        told
    };
    let expected = Versions { wsl: "2.6.1.0".to_owned(), kernel: "6.6.87.2-1".to_owned() };
    for text in [
        "WSL version: 2.6.1.0\r\nKernel version: 6.6.87.2-1\r\nWSLg version: 1.0.66\r\nWindows version: 10.0.26100.4061\r\n",
        "WSL 版本： 2.6.1.0\r\n核心版本： 6.6.87.2-1\r\nWSLg 版本： 1.0.66\r\n",
        "WSL バージョン: 2.6.1.0\r\nカーネル バージョン: 6.6.87.2-1\r\n",
    ] {
        assert_eq!(of(text).as_ref(), Some(&expected), "{text}");
    }
    assert_eq!(of("Invalid command line option: --version\r\nUsage: wsl.exe [Argument]\r\n"), None);
    assert_eq!(of(""), None);
}
