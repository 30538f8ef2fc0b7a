//! The PCI bus as the operating system lists it, so that a card without a driver is still named; and the version
//! of a driver that runs, without any of its tools.

use super::{DriverTrouble, GpuFindings, SeenGpu, bus_address, is_simulated, not_asked, unknown};
use crate::facts::gpu::NVIDIA;
use crate::facts::{DriverVersion, OsFamily, PciId, Probed, Source, Via};
use crate::host::{Host, HostError};
use std::io;
use std::path::Path;

pub(super) const DEVICES: &str = "/sys/bus/pci/devices";
const MODULE: &str = "/sys/module/nvidia";
const PROC: &str = "/proc/driver/nvidia/version";
pub(super) const ENUM: &str = r"HKLM\SYSTEM\CurrentControlSet\Enum\PCI";
const SERVICES: &str = r"HKLM\SYSTEM\CurrentControlSet\Services";
const CLASSES: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Class";
/// The class of display adapters, in every version and language of Windows.
const DISPLAY: &str = "{4d36e968-e325-11ce-bfc1-08002be10318}";

/// Asks the operating system for NVIDIA's display devices and the version of the driver that runs.
///
/// Linux:
/// 1. `/sys/bus/pci/devices/*/{vendor,device,class,uevent}`, display classes (0x03) only,
/// 2. `/sys/module/nvidia/version`, then `/proc/driver/nvidia/version`.
///
/// Windows:
/// 1. `HKLM\SYSTEM\CurrentControlSet\Enum\PCI\VEN_10DE…`, display class only. Cards that were removed stay listed
///    there, so Windows is asked which devices are plugged in ([`Host::present_devices`], those without a driver too).
///    Where it does not say, a card counts as present if the system started it (its `Control` key, or the `Enum` key of
///    its service, both of which live until shutdown), as removed if that service runs without it, else it is unclear,
/// 2. `DriverVersion` of the class key of a present card: `32.0.15.8157` is 581.57.
///
/// No limit of its own: files and registry only. `Absent` if the bus is listed and has none; a bus that cannot be
/// read, is empty (sandboxes hide it), or is WSL's (the card is behind `/dev/dxg`) is `Unknown`.
pub fn pci_bus(host: &dyn Host) -> GpuFindings {
    if is_simulated(host) {
        return not_asked(Via::PciBus);
    }
    match host.family() {
        OsFamily::Linux => linux(host),
        OsFamily::Windows => windows(host),
        OsFamily::Macos | OsFamily::Other => {
            GpuFindings::unknown(&Source::new(Via::PciBus, "PCI bus"), "not asked on this system")
        }
    }
}

fn linux(host: &dyn Host) -> GpuFindings {
    let source = Source::new(Via::PciBus, DEVICES);
    let (cards, troubles) = match host.list(Path::new(DEVICES)) {
        Err(error) => (unknown(&source, &error.to_string()), Vec::new()),
        Ok(entries) if entries.is_empty() => (unknown(&source, "the bus is not shown here"), Vec::new()),
        Ok(entries) => {
            let seen: Vec<_> = entries.iter().filter_map(|entry| linux_card(host, &entry.path)).collect();
            let troubles = seen.iter().filter_map(|(_, trouble)| trouble.clone()).collect();
            let seen: Vec<SeenGpu> = seen.into_iter().map(|(card, _)| card).collect();
            let cards = if !seen.is_empty() {
                Probed::Found { value: seen, source }
            } else if host.meta(Path::new("/dev/dxg")).is_some() {
                unknown(&source, "inside WSL the card is not on the bus but behind /dev/dxg")
            } else {
                Probed::Absent { source }
            };
            (cards, troubles)
        }
    };
    let driver = linux_driver(host);
    let why = "the bus does not tell it";
    GpuFindings { cards, driver, troubles, ..GpuFindings::unknown(&Source::new(Via::PciBus, DEVICES), why) }
}

pub(super) fn line(host: &dyn Host, path: &Path) -> Option<String> {
    Some(String::from_utf8_lossy(&host.read(path).ok()?).trim().to_owned())
}

pub(super) fn hex(text: &str) -> Option<u32> {
    u32::from_str_radix(text.trim_start_matches("0x"), 16).ok()
}

fn linux_card(host: &dyn Host, folder: &Path) -> Option<(SeenGpu, Option<DriverTrouble>)> {
    let number = |name: &str| line(host, &folder.join(name)).as_deref().and_then(hex);
    let vendor = u16::try_from(number("vendor")?).ok()?;
    if vendor != NVIDIA || number("class")? >> 16 != 0x03 {
        return None;
    }
    let device = u16::try_from(number("device")?).ok()?;
    let uevent = line(host, &folder.join("uevent")).unwrap_or_default();
    let trouble = match uevent.lines().find_map(|line| line.strip_prefix("DRIVER=")) {
        Some("nouveau" | "nova_core") => Some(DriverTrouble::Nouveau),
        Some("vfio-pci") => Some(DriverTrouble::SetAside),
        Some(_) | None => None,
    };
    let pci_bus = folder.file_name().and_then(|name| bus_address(&name.to_string_lossy()));
    Some((SeenGpu { pci_id: Some(PciId { vendor, device }), pci_bus, ..SeenGpu::default() }, trouble))
}

/// `Absent` means that no such module is loaded. Inside WSL the driver is that of Windows.
fn linux_driver(host: &dyn Host) -> Probed<DriverVersion> {
    let found = |version, path: &str| Probed::Found { value: version, source: Source::new(Via::ProcFs, path) };
    let path = format!("{MODULE}/version");
    if let Some(version) = line(host, Path::new(&path)).and_then(|text| text.parse().ok()) {
        return found(version, &path);
    }
    let source = Source::new(Via::ProcFs, PROC);
    match host.read(Path::new(PROC)) {
        Ok(bytes) => match proc_version(&String::from_utf8_lossy(&bytes)) {
            Some(version) => found(version, PROC),
            None => unknown(&source, "it names no version"),
        },
        Err(error) if is_not_there(&error) && host.meta(Path::new("/dev/dxg")).is_none() => Probed::Absent { source },
        Err(error) => unknown(&source, &error.to_string()),
    }
}

fn is_not_there(error: &HostError) -> bool {
    error.io_kind() == Some(io::ErrorKind::NotFound)
}

/// The version in `NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.90.07  Fri May …` and in
/// `NVRM version:  NVIDIA UNIX Open Kernel Module for x86_64  515.57  Release Build …`: the first word after
/// `Kernel Module` that is one.
fn proc_version(text: &str) -> Option<DriverVersion> {
    let (_, rest) = text.lines().find(|line| line.contains("NVRM version"))?.split_once("Kernel Module")?;
    rest.split_whitespace().find_map(|word| word.parse().ok())
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Present,
    Removed,
    Unclear,
}

fn windows(host: &dyn Host) -> GpuFindings {
    let source = Source::new(Via::Registry, ENUM);
    let models = host.registry_keys(ENUM);
    if models.is_empty() {
        return GpuFindings::unknown(&source, "the registry lists no PCI device");
    }
    let (mut cards, mut unclear, mut driver) = (Vec::new(), Vec::new(), None);
    for model in &models {
        let Some(id) = model_id(model).filter(|id| id.vendor == NVIDIA) else { continue };
        for instance in host.registry_keys(&format!(r"{ENUM}\{model}")) {
            let device = format!(r"{model}\{instance}");
            if !is_display(host, &device) {
                continue;
            }
            match presence(host, &device) {
                Presence::Present => {
                    driver = driver.or_else(|| windows_driver(host, &device));
                    cards.push(windows_card(host, &device, id));
                }
                Presence::Unclear => unclear.push(id.to_string()),
                Presence::Removed => {}
            }
        }
    }
    let cards = if !cards.is_empty() {
        cards.sort_by(|a, b| a.pci_bus.cmp(&b.pci_bus));
        Probed::Found { value: cards, source: source.clone() }
    } else if unclear.is_empty() {
        Probed::Absent { source: source.clone() }
    } else {
        unknown(&source, &format!("the registry lists {}, which may have been removed", unclear.join(", ")))
    };
    let driver = match driver {
        Some((version, key)) => Probed::Found { value: version, source: Source::new(Via::Registry, key) },
        None if matches!(cards, Probed::Unknown { .. }) => unknown(&source, "no present card to ask"),
        None => Probed::Absent { source: source.clone() },
    };
    GpuFindings { cards, driver, ..GpuFindings::unknown(&source, "the registry does not tell it") }
}

/// `VEN_10DE&DEV_2F04&SUBSYS_…`
pub(super) fn model_id(model: &str) -> Option<PciId> {
    let part = |name: &str| model.split('&').find_map(|part| part.strip_prefix(name));
    let number = |text: &str| u16::from_str_radix(text, 16).ok();
    Some(PciId { vendor: number(part("VEN_")?)?, device: number(part("DEV_")?)? })
}

pub(super) fn value(host: &dyn Host, device: &str, name: &str) -> Option<String> {
    host.registry(&format!(r"{ENUM}\{device}"), name).filter(|text| !text.is_empty())
}

/// By its class; a card that no driver was ever installed for has none, but names its kind on the bus.
pub(super) fn is_display(host: &dyn Host, device: &str) -> bool {
    match value(host, device, "ClassGUID") {
        Some(class) => class.eq_ignore_ascii_case(DISPLAY),
        None => value(host, device, "CompatibleIDs").is_some_and(|ids| ids.to_uppercase().contains("CC_03")),
    }
}

pub(super) fn presence(host: &dyn Host, device: &str) -> Presence {
    if let Some(present) = host.present_devices("PCI") {
        let path = format!(r"PCI\{device}");
        let is_there = present.iter().any(|id| id.eq_ignore_ascii_case(&path));
        return if is_there { Presence::Present } else { Presence::Removed };
    }
    if host.registry_keys(&format!(r"{ENUM}\{device}")).iter().any(|key| key.eq_ignore_ascii_case("Control")) {
        return Presence::Present;
    }
    let Some(service) = value(host, device, "Service") else { return Presence::Unclear };
    let started = format!(r"{SERVICES}\{service}\Enum");
    let Some(count) = host.registry(&started, "Count").and_then(|text| number(&text)) else { return Presence::Unclear };
    let path = format!(r"PCI\{device}");
    let is_listed = (0..count.min(64))
        .filter_map(|at| host.registry(&started, &at.to_string()))
        .any(|instance| instance.eq_ignore_ascii_case(&path));
    if is_listed { Presence::Present } else { Presence::Removed }
}

/// A number from the registry, decimal or `0x…`.
fn number(text: &str) -> Option<u32> {
    text.strip_prefix("0x").map_or_else(|| text.parse().ok(), |digits| u32::from_str_radix(digits, 16).ok())
}

fn windows_card(host: &dyn Host, device: &str, id: PciId) -> SeenGpu {
    // `@oem12.inf,%nvidia_dev.2f04%;NVIDIA GeForce RTX 5070`; without NVIDIA's driver it is Microsoft's name.
    let name = value(host, device, "DeviceDesc").and_then(|text| Some(text.rsplit(';').next()?.trim().to_owned()));
    SeenGpu {
        name: name.filter(|name| name.contains("NVIDIA")),
        pci_id: Some(id),
        pci_bus: value(host, device, "LocationInformation").as_deref().and_then(location),
        ..SeenGpu::default()
    }
}

/// `@System32\drivers\pci.sys,#65536;PCI bus %1, device %2, function %3;(1,0,0)`; the words differ by language.
fn location(text: &str) -> Option<String> {
    let inner = text.trim().strip_suffix(')')?.rsplit('(').next()?;
    let mut numbers = inner.split(',').map(|part| part.trim().parse::<u32>());
    let (bus, device, function) = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
    Some(format!("{:08X}:{:02X}:{device:02X}.{function:X}", bus >> 8, bus & 0xff))
}

fn windows_driver(host: &dyn Host, device: &str) -> Option<(DriverVersion, String)> {
    let key = format!(r"{CLASSES}\{}", value(host, device, "Driver")?);
    let is_nvidias = host.registry(&key, "ProviderName").is_some_and(|name| name.contains("NVIDIA"));
    let version = host.registry(&key, "DriverVersion").filter(|_| is_nvidias)?;
    Some((windows_version(&version)?, key))
}

/// The day that stands beside the version in the class key it was read from: `6-3-2025` is the third of June.
pub fn driver_date(host: &dyn Host, driver: &Probed<DriverVersion>) -> Option<jiff::civil::Date> {
    let Probed::Found { source, .. } = driver else { return None };
    let text = host.registry(&source.detail, "DriverDate").filter(|_| source.via == Via::Registry)?;
    let mut parts = text.trim().splitn(3, '-').map(|part| part.parse::<i16>().ok());
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    jiff::civil::Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// NVIDIA's version is in the last five digits of the last two fields: `32.0.15.8157` is 581.57.
fn windows_version(text: &str) -> Option<DriverVersion> {
    let mut fields = text.trim().rsplit('.');
    let (last, third) = (fields.next()?, fields.next()?);
    let digits = format!("{third}{last:0>4}");
    let at = digits.len().checked_sub(5)?;
    let (branch, minor) = digits.get(at..)?.split_at_checked(3)?;
    format!("{branch}.{minor}").parse().ok()
}

#[cfg(test)]
mod tests;
