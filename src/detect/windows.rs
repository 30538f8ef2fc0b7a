//! What Windows tells of itself, from its registry and its folders alone: nothing is started, all of it can be read by
//! everybody and takes milliseconds.
//!
//! Each fact is asked by itself. A value that is not there means something only where its surroundings could be read:
//! without them the fact is *unknown*. On other systems none is asked. The places asked stand with each function.

mod policy;
mod runtime;

use crate::detect::settings;
use crate::facts::{OsFamily, Probed, RestartSign, Source, Via, WindowsFacts, WindowsRelease};
use crate::host::{Host, winhttp};
use std::path::PathBuf;

pub use runtime::LIBRARIES;

const CURRENT: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
const CONTROL: &str = r"HKLM\SYSTEM\CurrentControlSet\Control";
const CODE_INTEGRITY: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\CI";
const INTERNET: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";

/// Everything that is known of this Windows.
pub fn read(host: &dyn Host) -> WindowsFacts {
    if host.family() != OsFamily::Windows {
        return WindowsFacts::default();
    }
    WindowsFacts {
        release: release(host),
        vc_runtime: runtime::read(host),
        pending_restart: pending_restart(host),
        long_paths: long_paths(host),
        smart_app_control: policy::smart_app_control(host),
        execution_policy: policy::execution(host),
        antivirus: policy::antivirus(host),
        power_plan: power_plan(host),
        machine_proxy: winhttp::machine_proxy(host),
        proxy_script: proxy_script(host),
    }
}

/// The folder of Windows's own libraries.
fn system_folder(host: &dyn Host) -> PathBuf {
    host.var("WINDIR").map_or_else(|| PathBuf::from(r"C:\Windows"), PathBuf::from).join("System32")
}

fn found<T>(value: T, key: &str) -> Probed<T> {
    Probed::Found { value, source: Source::new(Via::Registry, key) }
}

/// What a value says that is not there, if the keys around it can be seen.
fn absent_within<T>(host: &dyn Host, around: &str, key: &str) -> Probed<T> {
    let source = Source::new(Via::Registry, key);
    if host.registry_keys(around).is_empty() {
        let why = format!("the registry shows nothing below {around}");
        return Probed::Unknown { why, source };
    }
    Probed::Absent { source }
}

fn number(host: &dyn Host, key: &str, value: &str) -> Option<u32> {
    host.registry(key, value)?.trim().parse().ok()
}

fn text(host: &dyn Host, key: &str, value: &str) -> Option<String> {
    host.registry(key, value).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// `DisplayVersion` and `UBR` beside the build; `SkuPolicyRequired` of the code integrity policy for S mode
/// (<https://learn.microsoft.com/windows/security/application-security/application-control>).
fn release(host: &dyn Host) -> Probed<WindowsRelease> {
    let release = WindowsRelease {
        display_version: text(host, CURRENT, "DisplayVersion"),
        revision: number(host, CURRENT, "UBR"),
        is_s_mode: number(host, &format!(r"{CODE_INTEGRITY}\Policy"), "SkuPolicyRequired").map(|number| number == 1),
    };
    if release == WindowsRelease::default() {
        let why = "the registry names neither version nor revision".to_owned();
        return Probed::Unknown { why, source: Source::new(Via::Registry, CURRENT) };
    }
    found(release, CURRENT)
}

/// The three places where Windows and its installers note that a restart is due.
pub fn pending_restart(host: &dyn Host) -> Probed<Vec<RestartSign>> {
    const SERVICING: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing";
    const UPDATE: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update";
    let session = format!(r"{CONTROL}\Session Manager");
    let has = |key: &str, name: &str| host.registry_keys(key).iter().any(|sub| sub.eq_ignore_ascii_case(name));
    let signs = [
        (RestartSign::Components, has(SERVICING, "RebootPending")),
        (RestartSign::Updates, has(UPDATE, "RebootRequired")),
        (RestartSign::Files, text(host, &session, "PendingFileRenameOperations").is_some()),
    ];
    let signs: Vec<_> = signs.into_iter().filter(|(_, is_there)| *is_there).map(|(sign, _)| sign).collect();
    if signs.is_empty() { absent_within(host, SERVICING, SERVICING) } else { found(signs, SERVICING) }
}

/// `LongPathsEnabled`, which counts for programs that say they can do with it. Not there is off.
/// <https://learn.microsoft.com/windows/win32/fileio/maximum-file-path-limitation>
pub fn long_paths(host: &dyn Host) -> Probed<bool> {
    let key = format!(r"{CONTROL}\FileSystem");
    match number(host, &key, "LongPathsEnabled") {
        Some(number) => found(number == 1, &key),
        None => match absent_within::<bool>(host, CONTROL, &key) {
            Probed::Absent { source } => Probed::Found { value: false, source },
            unknown @ (Probed::Unknown { .. } | Probed::Found { .. }) => unknown,
        },
    }
}

/// The plans that every Windows has, by the ids that are the same in all languages; others by the name they were given.
/// <https://learn.microsoft.com/windows-hardware/customize/power-settings/configure-power-settings>
fn power_plan(host: &dyn Host) -> Probed<String> {
    const PLANS: [(&str, &str); 4] = [
        ("381b4222-f694-41f0-9685-ff5bb260df2e", "Balanced"),
        ("8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c", "High performance"),
        ("a1841308-3541-4fab-bc81-f71556f20b4a", "Power saver"),
        ("e9a42b02-d5df-448d-aa00-03f14749eb61", "Ultimate performance"),
    ];
    let key = format!(r"{CONTROL}\Power\User\PowerSchemes");
    let Some(id) = text(host, &key, "ActivePowerScheme") else {
        let why = "the registry names no active plan".to_owned();
        return Probed::Unknown { why, source: Source::new(Via::Registry, key) };
    };
    let usual = PLANS.iter().find(|(plan, _)| plan.eq_ignore_ascii_case(&id)).map(|(_, name)| (*name).to_owned());
    // `@%SystemRoot%\system32\powrprof.dll,-15,Balanced`
    let given = || text(host, &format!(r"{key}\{id}"), "FriendlyName");
    let plain = |name: String| name.rsplit(',').next().map(|name| name.trim().to_owned());
    found(usual.or_else(|| given().and_then(plain)).unwrap_or(id), &key)
}

/// A PAC script is a program in another language: that it is there explains why an address cannot be reached.
fn proxy_script(host: &dyn Host) -> Probed<String> {
    match text(host, INTERNET, "AutoConfigURL") {
        Some(address) => found(settings::mask(&address), INTERNET),
        None => absent_within(host, r"HKCU\Software\Microsoft\Windows\CurrentVersion", INTERNET),
    }
}

#[cfg(test)]
mod tests;
