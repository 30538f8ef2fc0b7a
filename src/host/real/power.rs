//! Whether the PC has a battery, and runs on it.

use super::super::PowerSupply;

/// <https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-class-power>
#[cfg(target_os = "linux")]
pub fn supply() -> Option<PowerSupply> {
    of_folder(std::path::Path::new("/sys/class/power_supply"))
}

/// A folder with one for each supply, whose files hold a word each. A plugged adapter decides; without one a battery's
/// own word does. Batteries of mice and pens (`scope` is `Device`) are none of the PC's.
#[cfg(any(target_os = "linux", test))]
fn of_folder(folder: &std::path::Path) -> Option<PowerSupply> {
    let word = |supply: &std::path::Path, name: &str| {
        std::fs::read_to_string(supply.join(name)).map(|text| text.trim().to_owned()).unwrap_or_default()
    };
    let supplies: Vec<std::path::PathBuf> =
        std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    let (batteries, adapters): (Vec<_>, Vec<_>) = supplies
        .iter()
        .filter(|supply| word(supply, "scope") != "Device")
        .partition(|supply| word(supply, "type") == "Battery");
    if batteries.is_empty() {
        return None;
    }
    let plugs: Vec<String> = adapters.iter().map(|adapter| word(adapter, "online")).collect();
    if plugs.iter().any(|online| online == "1") {
        return Some(PowerSupply::Mains);
    }
    let states: Vec<String> = batteries.iter().map(|battery| word(battery, "status")).collect();
    if states.iter().any(|state| state == "Discharging") {
        return Some(PowerSupply::Battery);
    }
    // It says "Not charging" where the firmware stops before it is full: that takes an adapter.
    if states.iter().any(|state| ["Charging", "Full", "Not charging"].contains(&state.as_str())) {
        return Some(PowerSupply::Mains);
    }
    Some(if plugs.iter().any(|online| online == "0") { PowerSupply::Battery } else { PowerSupply::Unknown })
}

/// <https://learn.microsoft.com/windows/win32/api/winbase/ns-winbase-system_power_status>
#[cfg(windows)]
#[expect(unsafe_code, reason = "only this call tells what the PC runs on")]
pub fn supply() -> Option<PowerSupply> {
    use windows::Win32::System::Power::{GetSystemPowerStatus, SYSTEM_POWER_STATUS};
    let mut status = SYSTEM_POWER_STATUS::default();
    // SAFETY: fills a structure of ours that lives until the call returns.
    unsafe { GetSystemPowerStatus(&raw mut status) }.ok()?;
    of_status(status.ACLineStatus, status.BatteryFlag)
}

/// `ACLineStatus` 0 is off, 1 is on, 255 is not known; bit 7 of `BatteryFlag` is a PC without a battery, 255 is not known.
#[cfg(any(windows, test))]
const fn of_status(line: u8, battery: u8) -> Option<PowerSupply> {
    match (line, battery) {
        (_, 128..=254) => None,
        (1, _) => Some(PowerSupply::Mains),
        (0, _) => Some(PowerSupply::Battery),
        (_, _) => Some(PowerSupply::Unknown),
    }
}

/// Nobody to ask.
#[cfg(not(any(windows, target_os = "linux")))]
pub const fn supply() -> Option<PowerSupply> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_decides_then_the_batterys_own_word() {
        let battery = |state: &'static str| vec![("BAT0/type", "Battery"), ("BAT0/status", state)];
        let adapter = |online: &'static str| vec![("AC/type", "Mains"), ("AC/online", online)];
        let mouse = vec![("hid/type", "Battery"), ("hid/scope", "Device"), ("hid/status", "Discharging")];
        for (supplies, found) in [
            (vec![], None),
            (vec![mouse.clone(), adapter("1")], None),
            (vec![adapter("1"), battery("Discharging")], Some(PowerSupply::Mains)),
            (vec![adapter("0"), battery("Discharging")], Some(PowerSupply::Battery)),
            (vec![battery("Discharging"), mouse], Some(PowerSupply::Battery)),
            (vec![battery("Not charging")], Some(PowerSupply::Mains)),
            (vec![adapter("0"), battery("Unknown")], Some(PowerSupply::Battery)),
            (vec![battery("Unknown")], Some(PowerSupply::Unknown)),
        ] {
            let folder = tempfile::tempdir().unwrap();
            for (name, word) in supplies.iter().flatten() {
                let file = folder.path().join(name);
                std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                std::fs::write(file, format!("{word}\n")).unwrap();
            }
            assert_eq!(of_folder(folder.path()), found, "{supplies:?}");
        }
        assert_eq!(of_folder(std::path::Path::new("/there/is/none")), None);
    }

    #[test]
    fn what_windows_says_in_numbers() {
        assert_eq!([of_status(1, 8), of_status(0, 1)], [Some(PowerSupply::Mains), Some(PowerSupply::Battery)]);
        assert_eq!([of_status(1, 128), of_status(255, 1)], [None, Some(PowerSupply::Unknown)]);
        assert_eq!(of_status(255, 255), Some(PowerSupply::Unknown));
    }
}
