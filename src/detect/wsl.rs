//! WSL on a Windows PC, and what it asks of Windows.
//!
//! `wsl.exe` is never started: on a PC without WSL it may begin to install it. Asks, in order:
//! 1. whether `wsl.exe` is there at all: in the system's folder, as on every Windows, or where the Store's package lies;
//! 2. the package and the distributions that WSL registered
//!    (<https://github.com/microsoft/WSL/blob/master/src/windows/service/exe/DistributionRegistration.h>);
//! 3. the services of Windows, as WSL itself does to tell what is missing
//!    (<https://github.com/microsoft/WSL/blob/master/src/windows/common/WslInstall.cpp>);
//! 4. the processor, see [`Host::basics`].
//!
//! All of it can be read by everybody and takes milliseconds. `Absent` only if there is no `wsl.exe`, or if the services
//! could be read and none is WSL's.

use crate::facts::{Distribution, OsFamily, Probed, Source, Tool, Via, Virtualisation, Wsl};
use crate::host::Host;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Where WSL keeps its registrations, per user and for the machine.
const LXSS: &str = r"Software\Microsoft\Windows\CurrentVersion\Lxss";

/// Where Windows keeps its services and drivers.
const SERVICES: &str = r"HKLM\SYSTEM\CurrentControlSet\Services";

/// Any of these is there if WSL is: the one that came with Windows, its driver, the package's.
const OF_WSL: [&str; 3] = ["lxssmanager", "lxss", "wslservice"];

/// What the feature `VirtualMachinePlatform` brings.
const OF_PLATFORM: [&str; 2] = ["hns", "vmcompute"];

/// Needed as well from this build on: with Hyper-V alone the other two are there without it.
const FILTER: (&str, u32) = ("vfpext", 22_621);

/// Bit of a distribution's `Flags`: it runs in the virtual machine of WSL2. Its `Version` is that of its file system.
const VM_MODE: u32 = 8;

/// WSL as it is registered.
pub fn read(host: &dyn Host) -> Probed<Wsl> {
    if host.family() != OsFamily::Windows {
        return Probed::Absent { source: Source::new(Via::System, "only on Windows") };
    }
    let Some(program) = program(host) else {
        let source = Source::new(Via::FileSystem, format!("no wsl.exe below {}", windows(host).display()));
        return Probed::Absent { source };
    };
    let wsl = Wsl {
        program,
        version: package(host, "Version"),
        default_version: default(host),
        distributions: distributions(host),
    };
    let source = Source::new(Via::Registry, format!(r"HKCU\{LXSS}"));
    if wsl.version.is_some() || !wsl.distributions.is_empty() {
        return Probed::Found { value: wsl, source };
    }
    match services(host) {
        None => {
            let why = "wsl.exe is there, as on every Windows; no package and no distribution is registered";
            Probed::Unknown { why: why.to_owned(), source }
        }
        Some(services) if OF_WSL.iter().any(|name| services.contains(*name)) => Probed::Found { value: wsl, source },
        Some(_) => Probed::Absent { source: Source::new(Via::Registry, SERVICES) },
    }
}

/// WSL among the programs, with its distributions as the detail of its source.
pub fn tool(wsl: &Probed<Wsl>) -> Probed<Tool> {
    match wsl {
        Probed::Found { value, source } => {
            let tool = Tool { path: value.program.clone(), version: value.version.clone() };
            Probed::Found { value: tool, source: Source::new(source.via, names(value)) }
        }
        Probed::Absent { source } => Probed::Absent { source: source.clone() },
        Probed::Unknown { why, source } => Probed::Unknown { why: why.clone(), source: source.clone() },
    }
}

/// The distributions in a few words.
pub fn names(wsl: &Wsl) -> String {
    if wsl.distributions.is_empty() {
        return "no distribution".to_owned();
    }
    let names = wsl.distributions.iter().map(|one| format!("{} (WSL {})", one.name, one.version));
    names.collect::<Vec<_>>().join(", ")
}

/// What WSL2 needs of Windows and of the processor.
pub fn virtualisation(host: &dyn Host) -> Virtualisation {
    if host.family() != OsFamily::Windows {
        return Virtualisation::default();
    }
    let basics = host.basics();
    let has_filter =
        |services: &BTreeSet<String>| basics.os_build.map(|build| build < FILTER.1 || services.contains(FILTER.0));
    let platform = services(host).and_then(|services| {
        if OF_PLATFORM.iter().all(|name| services.contains(*name)) { has_filter(&services) } else { Some(false) }
    });
    Virtualisation { firmware: basics.firmware_virtualisation, hypervisor: basics.hypervisor, platform }
}

fn windows(host: &dyn Host) -> PathBuf {
    host.var("WINDIR").map_or_else(|| PathBuf::from(r"C:\Windows"), PathBuf::from)
}

fn program(host: &dyn Host) -> Option<PathBuf> {
    // A 32-bit program sees another folder under the name System32.
    let of_windows = ["System32", "Sysnative"].map(|folder| windows(host).join(folder));
    let of_package = package(host, "InstallLocation").map(PathBuf::from);
    let places = of_windows.into_iter().chain(of_package).map(|folder| folder.join("wsl.exe"));
    places.into_iter().find(|path| host.meta(path).is_some())
}

/// What the package from the Store (or from its installer) registered.
fn package(host: &dyn Host, value: &str) -> Option<String> {
    host.registry(&format!(r"HKLM\{LXSS}\MSI"), value).filter(|text| !text.is_empty())
}

fn default(host: &dyn Host) -> Option<u8> {
    host.registry(&format!(r"HKCU\{LXSS}"), "DefaultVersion")?.parse().ok()
}

/// The user's distributions, the default one first; those that are just being installed or removed are left out, as
/// WSL does.
fn distributions(host: &dyn Host) -> Vec<Distribution> {
    let user = format!(r"HKCU\{LXSS}");
    let default = host.registry(&user, "DefaultDistribution").unwrap_or_default();
    let mut keys: Vec<String> = host.registry_keys(&user).into_iter().filter(|key| key.starts_with('{')).collect();
    keys.sort_by_key(|key| !key.eq_ignore_ascii_case(&default));
    let of_key = |key: String| {
        let value = |name: &str| host.registry(&format!(r"{user}\{key}"), name);
        let is_passing = matches!(value("State").as_deref(), Some("3" | "4"));
        let flags: u32 = value("Flags").and_then(|flags| flags.parse().ok()).unwrap_or_default();
        let version = if flags & VM_MODE == VM_MODE { 2 } else { 1 };
        let name = value("DistributionName").filter(|_| !is_passing)?;
        Some(Distribution { name, version })
    };
    keys.into_iter().filter_map(of_key).collect()
}

/// Names of all services and drivers in small letters; `None` if they could not be read, for every Windows has some.
fn services(host: &dyn Host) -> Option<BTreeSet<String>> {
    let names: BTreeSet<String> = host.registry_keys(SERVICES).iter().map(|name| name.to_lowercase()).collect();
    (!names.is_empty()).then_some(names)
}

#[cfg(test)]
mod tests;
