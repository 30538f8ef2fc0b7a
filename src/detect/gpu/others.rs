//! Graphics of other makers, which PyTorch has builds of its own for: named, so that a PC without an NVIDIA card hears
//! what exists instead.

use super::bus::{DEVICES, ENUM, Presence, hex, is_display, line, model_id, presence, value};
use crate::facts::OsFamily;
use crate::host::Host;
use std::path::Path;

/// Vendors on the PCI bus whose graphics PyTorch has builds for.
/// <https://pcisig.com/membership/member-companies>
const MAKERS: [(u16, &str); 2] = [(0x1002, "AMD"), (0x8086, "Intel")];

fn maker(vendor: u32) -> Option<&'static str> {
    MAKERS.iter().find(|(id, _)| u32::from(*id) == vendor).map(|(_, name)| *name)
}

/// The graphics of AMD and Intel: by the name Windows has for them, on Linux by maker and id. Files and registry only.
pub fn others(host: &dyn Host) -> Vec<String> {
    match host.family() {
        OsFamily::Linux => linux(host),
        OsFamily::Windows => windows(host),
        OsFamily::Macos | OsFamily::Other => Vec::new(),
    }
}

fn linux(host: &dyn Host) -> Vec<String> {
    let devices = host.list(Path::new(DEVICES)).unwrap_or_default();
    devices
        .iter()
        .filter_map(|entry| {
            let number = |name: &str| line(host, &entry.path.join(name)).as_deref().and_then(hex);
            let vendor = number("vendor")?;
            let maker = maker(vendor).filter(|_| number("class").is_some_and(|class| class >> 16 == 0x03))?;
            Some(format!("{maker} graphics ({vendor:04x}:{:04x})", number("device")?))
        })
        .collect()
}

fn windows(host: &dyn Host) -> Vec<String> {
    let mut names = Vec::new();
    for model in host.registry_keys(ENUM) {
        let Some(id) = model_id(&model) else { continue };
        let Some(maker) = maker(u32::from(id.vendor)) else { continue };
        for instance in host.registry_keys(&format!(r"{ENUM}\{model}")) {
            let device = format!(r"{model}\{instance}");
            if !is_display(host, &device) || presence(host, &device) != Presence::Present {
                continue;
            }
            // `@oem3.inf,%amd7480.1%;AMD Radeon RX 7600`; without the maker's driver it is Microsoft's name.
            let described = value(host, &device, "DeviceDesc");
            let name = described.as_deref().and_then(|text| text.rsplit(';').next()).map(str::trim);
            let own = name.filter(|name| name.contains(maker));
            names.push(own.map_or_else(|| format!("{maker} graphics ({id})"), str::to_owned));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::others;
    use crate::facts::OsFamily;
    use crate::host::fake::World;

    #[test]
    fn the_graphics_of_other_makers_are_named_on_linux() {
        let device = |world: World, at: &str, vendor: &str, class: &str| {
            let folder = format!("/sys/bus/pci/devices/0000:{at}:00.0");
            world
                .file(format!("{folder}/vendor"), vendor)
                .file(format!("{folder}/device"), "0x744c")
                .file(format!("{folder}/class"), class)
        };
        let world = device(World::new(OsFamily::Linux), "03", "0x1002", "0x030000\n");
        let world = device(world, "04", "0x10de", "0x030000");
        let world = device(world, "05", "0x1002", "0x040300");
        assert_eq!(others(&world), ["AMD graphics (1002:744c)"]);
        assert!(others(&World::new(OsFamily::Linux)).is_empty());
    }

    #[test]
    fn the_graphics_of_other_makers_are_named_on_windows() {
        let key = r"HKLM\SYSTEM\CurrentControlSet\Enum\PCI";
        let display = "{4d36e968-e325-11ce-bfc1-08002be10318}";
        let device = format!(r"{key}\VEN_8086&DEV_56A0&SUBSYS_1&REV_08\4&1&0&0008");
        let world = World::new(OsFamily::Windows)
            .registry(&device, "ClassGUID", display)
            .registry(&device, "DeviceDesc", "@oem7.inf,%iarc%;Intel(R) Arc(TM) A770 Graphics")
            .registry(&format!(r"{device}\Control"), "x", "1");
        assert_eq!(others(&world), ["Intel(R) Arc(TM) A770 Graphics"]);
    }
}
