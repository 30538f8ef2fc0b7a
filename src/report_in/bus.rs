//! Cards as the operating system lists them: `lspci`, and Windows' devices by `Get-CimInstance`, `wmic`, `dxdiag`.

use super::cards::{Place, SeenCard};
use super::draft::{At, Draft, Weight};
use super::smi::bus_address;
use super::{logs, versions};
use crate::detect::gpu::DriverTrouble;
use crate::facts::gpu::NVIDIA;
use crate::facts::{OsFamily, PciId, Via};

/// Reads a line of `lspci`; false if it is none.
pub(super) fn lspci(draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
    if !line.contains("NVIDIA Corporation") && !line.contains("controller") && !line.contains("Kernel driver") {
        return false;
    }
    let is_display =
        ["VGA compatible controller", "3D controller", "Display controller"].iter().any(|kind| line.contains(kind));
    let at = At { line: number, by: "lspci", via: Via::PciBus };
    if let Some((_, rest)) = line.split_once("NVIDIA Corporation ") {
        // An excerpt may lack the kind; audio and USB parts of a card name themselves.
        let is_part =
            ["Audio", "USB", "Serial bus", "UCSI", "Bridge", "bridge", "SMBus", "Ethernet", "nForce", "Subsystem"]
                .iter()
                .any(|word| line.contains(word));
        let id = id_in(rest).or_else(|| unnamed_device(rest));
        if !is_display && (is_part || id.is_none()) {
            return line.contains("controller") || is_part;
        }
        let name =
            rest.split_once(" [").and_then(|(_, name)| name.split(']').next()).filter(|name| !name.contains(':'));
        let name = name.map(|name| name.split(" / ").next().unwrap_or(name).trim().to_owned());
        let card = SeenCard {
            name,
            pci_id: id,
            pci_bus: line.split_whitespace().next().and_then(bus_address),
            ..SeenCard::new(at)
        };
        draft.cards.add(Place::Bus, card);
        draft.system.family(Weight::Hint, OsFamily::Linux, at);
        return true;
    }
    if let Some((_, module)) = line.split_once("Kernel driver in use:") {
        in_use(draft, module.trim(), at);
        return true;
    }
    if !is_display {
        return false;
    }
    draft.system.family(Weight::Hint, OsFamily::Linux, at);
    let name = line.split_once("controller").map(|(_, rest)| rest.split_once(": ").map_or(rest, |(_, name)| name));
    let name = name.unwrap_or(line).split(" (rev").next().unwrap_or_default().trim();
    let is_virtual = ["VMware", "Matrox", "ASPEED", "Red Hat", "Cirrus", "QXL", "Microsoft", "Virtio", "VirtualBox"]
        .iter()
        .any(|maker| name.contains(maker));
    if !is_virtual && !name.is_empty() {
        draft.cards.add_other(short(name));
        draft.cards.has_only_others();
    }
    true
}

/// A row of `wmic path win32_VideoController` with its columns run together:
/// `NVIDIA GeForce RTX 5060 Ti 4293918720 20250514000000.000000-000 32.0.15.7652`.
pub(super) fn windows_row(draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
    if !logs::starts_with_brand(line) {
        return false;
    }
    let Some((rest, last)) = line.trim_end().rsplit_once(' ') else { return false };
    let driver = versions::driver(last, true).filter(|_| last.matches('.').count() == 3);
    let is_measure = |word: &&str| word.len() >= 9 && word.starts_with(|c: char| c.is_ascii_digit());
    let words: Vec<&str> = rest.split_whitespace().take_while(|word| !is_measure(word)).collect();
    let Some(driver) = driver.filter(|_| (2..9).contains(&words.len())) else { return false };
    let at = At { line: number, by: "the devices of Windows", via: Via::System };
    draft.driver(Weight::Program, driver, at);
    draft.system.family(Weight::Hint, OsFamily::Windows, at);
    draft.cards.add(Place::Bus, SeenCard { name: Some(words.join(" ")), ..SeenCard::new(at) });
    true
}

/// `Intel Corporation Alder Lake-P GT2 [Iris Xe Graphics] [8086:46a6]` → `Intel Iris Xe Graphics`.
fn short(name: &str) -> String {
    let inside = name.split('[').skip(1).filter_map(|part| part.split(']').next()).filter(|part| !part.contains(':'));
    let maker =
        if name.starts_with("Advanced Micro Devices") { "AMD" } else { name.split(' ').next().unwrap_or_default() };
    match inside.filter(|part| *part != "AMD/ATI").last() {
        Some(model) => format!("{maker} {model}"),
        None => name.split(" [").next().unwrap_or(name).to_owned(),
    }
}

/// The module that holds the card listed before.
fn in_use(draft: &mut Draft<'_>, module: &str, at: At) {
    let trouble = match module {
        "nouveau" | "nova_core" => DriverTrouble::Nouveau,
        "vfio-pci" => DriverTrouble::SetAside,
        _ => return,
    };
    if draft.cards.is_at_ours && draft.cards.last(Place::Bus).is_some_and(|card| card.at.line + 6 > at.line) {
        draft.no_driver.offer(Weight::Program, trouble.to_string(), at);
        draft.trouble.get_or_insert(trouble);
    }
}

/// The last `[10de:2204]`.
fn id_in(text: &str) -> Option<PciId> {
    text.rmatch_indices('[').find_map(|(at, _)| text.get(at + 1..)?.split(']').next()?.parse().ok())
}

/// `Device 1db6`
fn unnamed_device(text: &str) -> Option<PciId> {
    let digits = text.strip_prefix("Device ")?.get(..4)?;
    Some(PciId { vendor: NVIDIA, device: u16::from_str_radix(digits, 16).ok()? })
}

/// The model in a device's path under Windows: `PCI\VEN_10DE&DEV_2684&SUBSYS_…`.
pub(super) fn windows_id(text: &str) -> Option<PciId> {
    let (_, rest) = text.contains("VEN_").then(|| text.split_once("VEN_")).flatten()?;
    let vendor = u16::from_str_radix(rest.get(..4)?, 16).ok()?;
    let device = rest.get(4..)?.strip_prefix("&DEV_")?.get(..4)?;
    Some(PciId { vendor, device: u16::from_str_radix(device, 16).ok()? })
}

/// A device of Windows that is told of line by line: its name, its path, its driver.
#[derive(Debug, Default)]
pub(super) struct Device {
    line: usize,
    name: Option<String>,
    id: Option<PciId>,
    is_display: bool,
}

impl Device {
    /// Takes a value; a line far away, or a second name, begins another device.
    pub(super) fn value(&mut self, draft: &mut Draft<'_>, number: usize, key: &str, value: &str) {
        let key = key.trim().to_ascii_lowercase();
        let is_name =
            ["caption", "description", "name", "devicename", "card name", "videoprocessor"].contains(&key.as_str());
        let is_path = ["pnpdeviceid", "compatid", "deviceid", "hardwareid", "device instance path"]
            .contains(&key.as_str())
            || value.contains("PCI\\VEN_");
        if !(is_name || is_path || key == "deviceclass" || key == "creationclassname") {
            return;
        }
        if number > self.line + 60
            || (self.id.is_some() && is_path && windows_id(value).is_some_and(|id| self.id != Some(id)))
        {
            self.end(draft);
        }
        self.line = number;
        if is_path {
            self.id = self.id.or_else(|| windows_id(value));
        } else if is_name {
            self.name = self.name.take().or_else(|| Some(value.to_owned()).filter(|name| !name.is_empty()));
        } else {
            self.is_display |= value == "DISPLAY" || value == "Win32_VideoController";
        }
    }

    /// Whether the device under way is NVIDIA's.
    pub(super) fn is_nvidia(&self) -> bool {
        self.id.is_some_and(|id| id.vendor == NVIDIA)
            || self.name.as_deref().is_some_and(|name| name.to_ascii_lowercase().contains("nvidia"))
    }

    /// Enters what is known of the device.
    pub(super) fn end(&mut self, draft: &mut Draft<'_>) {
        let Self { line, name, id, is_display } = std::mem::take(self);
        let at = At { line, by: "the devices of Windows", via: Via::System };
        let Some(id) = id else { return };
        let name = name.filter(|name| !name.contains('\\'));
        if id.vendor == NVIDIA {
            let is_card = is_display || draft.catalog.capability_by_pci(id).is_some();
            let named = name.filter(|name| name.contains("NVIDIA") || name.contains("GeForce"));
            let is_audio = named.as_deref().is_some_and(|name| name.contains("Audio") || name.contains("USB"));
            if is_card && !is_audio {
                draft.cards.add(Place::Bus, SeenCard { name: named, pci_id: Some(id), ..SeenCard::new(at) });
            }
        } else if is_display && let Some(name) = name {
            draft.cards.add_other(name);
            draft.cards.has_only_others();
        }
    }
}
