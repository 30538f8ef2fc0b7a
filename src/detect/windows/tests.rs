use super::*;
use crate::facts::{ExecutionPolicy, SmartAppControl, VcRuntime};
use crate::host::fake::World;

const SERVICING: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing";
const POLICY: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\CI\Policy";
const SHELL: &str = r"HKLM\SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell";

fn pc() -> World {
    World::new(OsFamily::Windows)
}

fn is_unknown<T>(fact: &Probed<T>) -> bool {
    matches!(fact, Probed::Unknown { .. })
}

#[test]
fn another_system_is_not_asked() {
    assert_eq!(read(&World::new(OsFamily::Linux)), WindowsFacts::default());
}

#[test]
fn a_registry_that_shows_nothing_makes_every_setting_unknown() {
    let facts = read(&pc());
    assert!(is_unknown(&facts.release) && is_unknown(&facts.pending_restart) && is_unknown(&facts.long_paths));
    assert!(is_unknown(&facts.smart_app_control) && is_unknown(&facts.execution_policy));
    assert!(is_unknown(&facts.antivirus) && is_unknown(&facts.power_plan) && is_unknown(&facts.proxy_script));
}

#[test]
fn the_files_of_the_runtime_decide_whatever_is_registered() {
    let system = |name: &str| format!(r"C:\Windows\System32\{name}");
    let key = r"HKLM\SOFTWARE\Microsoft\VisualStudio\14.0\VC\Runtimes\x64";
    let registered = || pc().registry(key, "Installed", "1").registry(key, "Version", "v14.44.35211.00");
    assert!(read(&registered()).vc_runtime.is_absent(), "its files were removed");
    let whole = registered().file(system("MSVCP140.dll"), "").file(system("vcruntime140_1.dll"), "");
    let libraries = vec!["msvcp140.dll".to_owned(), "vcruntime140_1.dll".to_owned()];
    let version = Some("14.44.35211.00".to_owned());
    assert_eq!(read(&whole).vc_runtime.found(), Some(&VcRuntime { version, libraries: libraries.clone() }));
    let bare = pc().file(system("msvcp140.dll"), "").file(system("vcruntime140_1.dll"), "");
    assert_eq!(read(&bare).vc_runtime.found(), Some(&VcRuntime { version: None, libraries }));
    let twin = r"HKLM\SOFTWARE\WOW6432Node\Microsoft\VisualStudio\14.0\VC\Runtimes\x64";
    let parts = [("Installed", "1"), ("Major", "14"), ("Minor", "29"), ("Bld", "30139")];
    let parts = parts.iter().fold(bare, |world, (name, value)| world.registry(twin, name, value));
    assert_eq!(read(&parts).vc_runtime.found().unwrap().version.as_deref(), Some("14.29.30139"));
    assert!(is_unknown(&read(&pc().var("WINDIR", r"D:\elsewhere")).vc_runtime), "nobody could look");
}

#[test]
fn what_waits_for_a_restart_is_read_in_three_places() {
    let still = || pc().registry(&format!(r"{SERVICING}\Packages"), "x", "1");
    assert!(read(&still()).pending_restart.is_absent());
    let update = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired";
    let session = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager";
    let due = still().registry(&format!(r"{SERVICING}\RebootPending"), "", "").registry(update, "x", "1").registry(
        session,
        "PendingFileRenameOperations",
        "\\??\\C:\\old.sys\n",
    );
    let all = [RestartSign::Components, RestartSign::Updates, RestartSign::Files];
    assert_eq!(read(&due).pending_restart.found().map(Vec::as_slice), Some(&all[..]));
    let emptied = still().registry(session, "PendingFileRenameOperations", "");
    assert!(read(&emptied).pending_restart.is_absent());
}

#[test]
fn a_release_has_its_name_its_revision_and_its_mode() {
    let world = pc().registry(CURRENT, "DisplayVersion", "24H2").registry(CURRENT, "UBR", "4351");
    let release = read(&world).release.found().cloned().unwrap();
    assert_eq!(
        (release.display_version.as_deref(), release.revision, release.is_s_mode),
        (Some("24H2"), Some(4351), None)
    );
    let locked = read(&world.registry(POLICY, "SkuPolicyRequired", "1"));
    assert_eq!(locked.release.found().unwrap().is_s_mode, Some(true));
}

#[test]
fn long_paths_that_nobody_switched_on_are_off() {
    let key = format!(r"{CONTROL}\FileSystem");
    let said = |value: &str| read(&pc().registry(&key, "LongPathsEnabled", value)).long_paths.found().copied();
    assert_eq!((said("1"), said("0")), (Some(true), Some(false)));
    assert_eq!(read(&pc().registry(&key, "NtfsDisable8dot3NameCreation", "2")).long_paths.found(), Some(&false));
}

#[test]
fn smart_app_control_is_on_off_watching_or_not_there() {
    let said = |value: &str| read(&pc().registry(POLICY, "VerifiedAndReputablePolicyState", value)).smart_app_control;
    assert_eq!(said("0").found(), Some(&SmartAppControl::Off));
    assert_eq!(said("1").found(), Some(&SmartAppControl::On));
    assert_eq!(said("2").found(), Some(&SmartAppControl::Evaluation));
    assert!(is_unknown(&said("7")));
    assert!(read(&pc().registry(POLICY, "SkuPolicyRequired", "0")).smart_app_control.is_absent());
}

#[test]
fn of_the_execution_policies_the_first_in_force_counts() {
    let of = |world: World| read(&world).execution_policy.found().cloned();
    let policy = |policy: &str, is_enforced| Some(ExecutionPolicy { policy: policy.to_owned(), is_enforced });
    let bare = || pc().registry(SHELL, "Path", "powershell.exe");
    assert_eq!(of(bare()), policy("Restricted", false));
    let machine = || bare().registry(SHELL, "ExecutionPolicy", "RemoteSigned");
    assert_eq!(of(machine()), policy("RemoteSigned", false));
    let user = SHELL.replace("HKLM", "HKCU");
    let mine = || machine().registry(&user, "ExecutionPolicy", "Bypass");
    assert_eq!(of(mine()), policy("Bypass", false));
    let group = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\PowerShell";
    assert_eq!(of(mine().registry(group, "ExecutionPolicy", "AllSigned")), policy("AllSigned", true));
    assert_eq!(of(mine().registry(group, "EnableScripts", "0")), policy("Restricted", true));
}

#[test]
fn programs_against_viruses_are_named_unless_they_are_switched_off() {
    let services = r"HKLM\SYSTEM\CurrentControlSet\Services";
    let start = |world: World, name: &str, start: &str| world.registry(&format!(r"{services}\{name}"), "Start", start);
    let names = |world: &World| read(world).antivirus.found().cloned().unwrap_or_default();
    let world = start(start(start(pc(), "WinDefend", "2"), "AVP21.3", "2"), "avphone", "2");
    assert_eq!(names(&world), ["Microsoft Defender", "Kaspersky"]);
    let off = start(pc(), "WinDefend", "4");
    assert!(read(&off).antivirus.is_absent());
}

#[test]
fn a_power_plan_has_the_same_name_in_every_language() {
    let key = format!(r"{CONTROL}\Power\User\PowerSchemes");
    let active = |id: &str| pc().registry(&key, "ActivePowerScheme", id);
    let plan = |world: &World| read(world).power_plan.found().cloned();
    assert_eq!(plan(&active("8C5E7FDA-E8BF-4A96-9A85-A6E23A8C635C")).as_deref(), Some("High performance"));
    let named = active("abc").registry(&format!(r"{key}\abc"), "FriendlyName", "@%SystemRoot%\\x.dll,-15,Leise");
    assert_eq!(plan(&named).as_deref(), Some("Leise"));
    assert_eq!(plan(&active("abc")).as_deref(), Some("abc"));
}

#[test]
fn a_proxy_script_is_shown_without_a_password() {
    let script = "http://me:secret@pac.example.org/proxy.pac";
    let facts = read(&pc().registry(INTERNET, "AutoConfigURL", script));
    assert_eq!(facts.proxy_script.found().map(String::as_str), Some("http://pac.example.org/proxy.pac"));
    assert!(read(&pc().registry(INTERNET, "ProxyEnable", "0")).proxy_script.is_absent());
}
