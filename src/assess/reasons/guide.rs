//! What is said of the driver to take: why, which not, and what to do in which order.

use super::{BARE, FORM, Places, here, reason, unblock};
use crate::assess::{Reason, Unblock};
use crate::catalog::{DriverFault, KernelModule};
use crate::facts::{ComputeCapability, DriverVersion, Gpu, TorchVersion};
use std::fmt::Display;

/// The newest torch for the cards wants a newer one; an older torch runs with the present one.
pub fn held_back(torch: &TorchVersion, driver: &DriverVersion, least: &DriverVersion, source: &str) -> Reason {
    reason("driver-held-back", &[("torch", torch), ("driver", driver), ("least", least)], source)
}

/// The present one serves all that is there.
pub fn serves(driver: &DriverVersion, torch: &TorchVersion, source: &str) -> Reason {
    reason("driver-serves", &[("driver", driver), ("torch", torch)], source)
}

/// Inside a container there is none to change.
pub fn of_the_host() -> Reason {
    here("driver-of-the-host", &[])
}

/// No driver drives all the cards.
pub fn none_for_all(cards: &str) -> Reason {
    here("driver-none-for-all", &[("cards", &cards)])
}

/// No kernel module drives all the cards.
pub fn no_module_for_all(cards: &str) -> Reason {
    here("driver-no-module-for-all", &[("cards", &cards)])
}

/// Later branches leave a card behind.
pub fn not_after(gpu: &Gpu, capability: ComputeCapability, last_branch: u32, source: &str) -> Reason {
    let places: &Places<'_> = &[("card", &gpu.name), ("capability", &capability), ("branch", &last_branch)];
    reason("driver-not-after", places, source)
}

/// One with a known fault.
pub fn avoid(fault: &DriverFault) -> Reason {
    let what = fault.what.trim_end_matches('.');
    let places: &Places<'_> = &[("from", &fault.from), ("fixed", &fault.fixed_in), ("what", &what)];
    reason("driver-avoid", places, &fault.backing.source)
}

/// Which kernel module drives the cards on Linux.
pub fn module(module: KernelModule, source: &str) -> Reason {
    reason("driver-module", &[(FORM, &word(module))], source)
}

const fn word(module: KernelModule) -> &'static str {
    match module {
        KernelModule::Open => "open",
        KernelModule::Proprietary => "proprietary",
    }
}

/// Windows' driver serves WSL; one of Linux in there breaks it.
pub fn no_linux_driver_in_wsl() -> Reason {
    reason("driver-not-in-wsl", &[], super::WSL)
}

/// From the maker's page: any from here on, or the newest of the last branch that drives the cards.
pub fn from_page(least: &DriverVersion, last_branch: Option<u32>) -> Unblock {
    match last_branch {
        Some(branch) => unblock("driver-page", &[("branch", &branch), ("least", least), (FORM, &"branch")]),
        None => unblock("driver-page", &[("least", least)]),
    }
}

/// By a package of the system.
pub fn package(branch: u32, command: String) -> Unblock {
    Unblock { command: Some(command), ..unblock("driver-package", &[("branch", &branch)]) }
}

/// By what the system's page says.
pub fn by_page(branch: u32, page: &str) -> Unblock {
    unblock("driver-package", &[("branch", &branch), ("page", &page), (FORM, &"page")])
}

/// Removes what the present one leaves; `is_needed`: it goes back to an older one.
pub fn clean_windows(is_needed: bool) -> Unblock {
    let form: &[(&str, &dyn Display)] = if is_needed { &[(FORM, &"back")] } else { &[] };
    unblock("driver-clean", form)
}

/// The maker's own installer on Linux is not known to the system's packages.
pub fn clean_linux() -> Unblock {
    let command = Some("sudo nvidia-uninstall".to_owned());
    Unblock { command, ..unblock("driver-runfile", &[]) }
}

/// Windows brings the newer one again by itself.
pub fn watch_on() -> Unblock {
    let command = Some("torch-wizard watch on".to_owned());
    Unblock { command, ..unblock("driver-watch", &[]) }
}

/// Then the system begins anew.
pub fn restart(is_wsl: bool) -> Unblock {
    if is_wsl {
        let command = Some("wsl --shutdown".to_owned());
        return Unblock { command, ..unblock("driver-restart", &[(FORM, &"wsl")]) };
    }
    unblock("driver-restart", &[])
}

/// And the wizard looks again.
pub fn look_again() -> Unblock {
    let command = Some("torch-wizard recheck".to_owned());
    Unblock { command, ..unblock("driver-look-again", &[]) }
}

/// Nobody could say which driver is there.
pub fn unknown() -> Reason {
    reason("driver-unknown", &[BARE], super::DRIVER_TABLE)
}
