//! Every reason an assessment can give, one function per code. The code is stable; the words stand in
//! `assets/lang/*/reasons.ftl`.

pub(super) mod guide;
mod places;
mod windows;

pub(super) use places::{
    compiler_unfit, disk_short, distribution_there, distribution_to_be_installed, engine_gpu_unknown, engine_trouble,
    engine_unknown, engine_without_gpu, free_disk, image_fits, image_is_built, install_compiler,
    install_container_toolkit, install_engine, install_programs, install_toolkit, install_visual_studio, memory_short,
    mend_engine, no_container_engine, no_toolkit_for_cards, no_wsl_on_server, only_on_windows, program_missing,
    program_unknown, set_up_container_toolkit, source_serves, switch_virtualisation_on, too_old_for_wsl,
    toolkit_missing, update_windows, virtualisation_off, visual_studio_unfit, windows_build_unknown, windows_too_old,
    workload_missing, wsl_to_be_set_up,
};

pub use windows::VC_RUNTIME_MISSING;
pub(super) use windows::{install_vc_runtime, restart_pending, smart_app_control, vc_runtime_missing, vc_runtime_old};

use super::{Reason, Unblock};
use crate::catalog::{DriverFault, DriverFloor, OtherBuild, PythonTrouble};
use crate::facts::{ComputeCapability, CudaVersion, DriverVersion, Gpu, OsFamily, PythonVersion, TorchVersion};
use crate::text;
use std::collections::BTreeMap;
use std::fmt::Display;

const RELEASES: &str = "https://github.com/pytorch/pytorch/blob/main/RELEASE.md";
const WHEELS: &str = "https://download.pytorch.org/whl/";
const README: &str = "https://github.com/pytorch/pytorch#from-source";
const WSL: &str = "https://docs.nvidia.com/cuda/wsl-user-guide";
const IMAGES: &str = "https://hub.docker.com/r/pytorch/pytorch/tags";
const CONTAINER_TOOLKIT: &str =
    "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html";
const NIGHTLY: &str = "https://download.pytorch.org/whl/nightly/";
const DRIVER_TABLE: &str = "https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/index.html";

/// The value that names a form of a code's sentence: one with fewer places, or with other ones.
const FORM: &str = "form";
/// The form without what is not known.
const BARE: (&str, &dyn Display) = (FORM, &"bare");

/// What stands in the places of a sentence.
type Places<'a> = [(&'a str, &'a dyn Display)];

/// The key of a sentence.
pub(super) fn key(what: &str, code: &str, args: &BTreeMap<String, String>) -> String {
    args.get(FORM).map_or_else(|| format!("{what}-{code}"), |form| format!("{what}-{code}-{form}"))
}

fn args(places: &Places<'_>) -> BTreeMap<String, String> {
    places.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect()
}

fn reason(code: &str, places: &Places<'_>, source: &str) -> Reason {
    Reason { source: Some(source.to_owned()), ..here(code, places) }
}

/// A reason that rests on this machine alone.
fn here(code: &str, places: &Places<'_>) -> Reason {
    let args = args(places);
    let text = text::in_english(&key("reason", code, &args), &args);
    Reason { code: code.to_owned(), text, source: None, args }
}

fn unblock(code: &str, places: &Places<'_>) -> Unblock {
    let args = args(places);
    let text = text::in_english(&key("unblock", code, &args), &args);
    Unblock { code: code.to_owned(), text, command: None, args }
}

pub(super) fn os_unknown() -> Reason {
    here("os-unknown", &[])
}

pub(super) fn platform_not_covered(family: OsFamily, arch: &str) -> Reason {
    let system: (&str, &dyn Display) = match family {
        OsFamily::Windows => ("system", &"Windows"),
        OsFamily::Linux => ("system", &"Linux"),
        OsFamily::Macos => ("system", &"macOS"),
        OsFamily::Other => (FORM, &"other"),
    };
    reason("platform-not-covered", &[system, ("arch", &arch)], WHEELS)
}

/// A build that somebody else publishes; nobody knows what it has code for.
pub(super) fn build_of_others(row: &OtherBuild) -> Unblock {
    let places: &Places<'_> = &[
        ("publisher", &row.publisher),
        ("torch", &row.torch),
        ("variant", &row.variant),
        ("source", &row.backing.source),
    ];
    unblock("build-of-others", places)
}

pub(super) fn no_cuda_on_macos() -> Reason {
    reason("no-cuda-on-macos", &[], WHEELS)
}

pub(super) fn no_nvidia_card() -> Reason {
    here("no-nvidia-card", &[])
}

/// Cards of other makers have builds of their own.
pub(super) fn builds_for_others(cards: &[String]) -> Unblock {
    unblock("builds-for-others", &[("cards", &cards.join(", "))])
}

pub(super) fn wsl1_has_no_gpu() -> Reason {
    reason("wsl1-has-no-gpu", &[], WSL)
}

pub(super) fn convert_to_wsl2() -> Unblock {
    let command = Some("wsl --set-version Ubuntu 2".to_owned());
    Unblock { command, ..unblock("convert-to-wsl2", &[]) }
}

pub(super) fn cards_unknown(why: &str) -> Reason {
    here("cards-unknown", &[("why", &why)])
}

pub(super) fn no_such_card(index: u32) -> Reason {
    here("no-such-card", &[("number", &index)])
}

pub(super) fn capability_unknown(gpu: &Gpu) -> Reason {
    here("capability-unknown", &[("card", &gpu.name)])
}

pub(super) fn no_code_for_card(gpu: &Gpu, capability: ComputeCapability) -> Reason {
    reason("no-code-for-card", &[("card", &gpu.name), ("capability", &capability)], RELEASES)
}

pub(super) fn reports_contradict(gpu: &Gpu, capability: ComputeCapability) -> Reason {
    reason("reports-contradict", &[("card", &gpu.name), ("capability", &capability)], RELEASES)
}

pub(super) fn card_too_new(gpu: &Gpu, capability: ComputeCapability) -> Reason {
    reason("card-too-new", &[("card", &gpu.name), ("capability", &capability)], RELEASES)
}

pub(super) fn card_left_out(gpu: &Gpu, capability: ComputeCapability) -> Reason {
    reason("card-left-out", &[("card", &gpu.name), ("capability", &capability)], RELEASES)
}

pub(super) fn no_common_wheel() -> Reason {
    reason("no-common-wheel", &[], RELEASES)
}

pub(super) fn card_served_by(gpu: &Gpu, capability: ComputeCapability, by: &[String], not_by: &[String]) -> Reason {
    let (by, others) = (by.join(", "), not_by.join(", "));
    reason(
        "card-served-by",
        &[("card", &gpu.name), ("capability", &capability), ("by", &by), ("others", &others)],
        RELEASES,
    )
}

pub(super) fn one_environment_each(gpu: &Gpu) -> Unblock {
    let command = Some(format!("torch-wizard install --gpu {}", gpu.index));
    Unblock { command, ..unblock("one-environment-each", &[("card", &gpu.name)]) }
}

pub(super) fn driver_dropped_card(
    gpu: &Gpu,
    capability: ComputeCapability,
    driver: &DriverVersion,
    last_branch: u32,
    source: &str,
) -> Reason {
    let places: &Places<'_> =
        &[("card", &gpu.name), ("capability", &capability), ("driver", driver), ("branch", &last_branch)];
    reason("driver-dropped-card", places, source)
}

pub(super) fn older_branch(last_branch: u32) -> Unblock {
    unblock("older-branch", &[("branch", &last_branch)])
}

/// There is no driver, and the card is not known either.
pub(super) fn no_driver() -> Reason {
    reason("no-driver", &[], DRIVER_TABLE)
}

pub(super) fn install_a_driver() -> Unblock {
    unblock("install-a-driver", &[])
}

/// A card that the chosen wheel does not serve can have an environment of its own.
pub(super) fn own_environment(gpu: &Gpu) -> Reason {
    here("own-environment", &[("card", &gpu.name), ("number", &gpu.index)])
}

pub(super) fn driver_unknown(floor: Option<&DriverFloor>) -> Reason {
    match floor {
        Some(floor) => reason("driver-unknown", &[("least", &floor.first)], &floor.source),
        None => reason("driver-unknown", &[BARE], DRIVER_TABLE),
    }
}

pub(super) fn driver_missing(floor: &DriverFloor) -> Reason {
    reason("driver-missing", &[("least", &floor.first)], &floor.source)
}

/// The driver accepts no runtime that would do; its version is not known.
pub(super) fn driver_too_old_unnamed(floor: &DriverFloor) -> Reason {
    reason("driver-too-old", &[("least", &floor.first), BARE], &floor.source)
}

pub(super) fn driver_too_old(driver: &DriverVersion, floor: &DriverFloor) -> Reason {
    reason("driver-too-old", &[("driver", driver), ("least", &floor.first)], &floor.source)
}

/// A known fault of the driver; `what` is the table's own sentence.
pub(super) fn driver_fault(driver: &DriverVersion, fault: &DriverFault) -> Reason {
    let (what, fixed) = (fault.what.trim_end_matches('.'), &fault.fixed_in);
    reason("driver-fault", &[("driver", driver), ("what", &what), ("fixed", fixed)], &fault.backing.source)
}

pub(super) fn install_driver(floor: &DriverFloor) -> Unblock {
    unblock("install-driver", &[("least", &floor.first)])
}

pub(super) fn glibc_too_old((major, minor): (u32, u32)) -> Reason {
    let glibc = format!("{major}.{minor}");
    reason("glibc-too-old", &[("glibc", &glibc)], RELEASES)
}

pub(super) fn newer_system() -> Unblock {
    unblock("newer-system", &[])
}

pub(super) fn torch_not_in_catalogue(torch: &TorchVersion) -> Reason {
    reason("torch-not-in-catalogue", &[("torch", torch)], WHEELS)
}

pub(super) fn newer_than_catalogue(torch: &TorchVersion, variant: &str) -> Reason {
    reason("newer-than-catalogue", &[("torch", torch), ("variant", &variant)], WHEELS)
}

pub(super) fn torch_does_not_fit(torch: &TorchVersion, instead: Option<&TorchVersion>) -> Reason {
    let instead = instead.map_or(BARE, |instead| ("instead", instead));
    reason("torch-does-not-fit", &[("torch", torch), instead], RELEASES)
}

pub(super) fn variant_does_not_fit(variant: &str, others: &[String]) -> Reason {
    let names = others.join(", ");
    let others: (&str, &dyn Display) = if others.is_empty() { BARE } else { ("others", &names) };
    reason("variant-does-not-fit", &[("variant", &variant), others], RELEASES)
}

pub(super) fn python_does_not_fit(python: PythonVersion) -> Reason {
    reason("python-does-not-fit", &[("python", &python.short())], WHEELS)
}

pub(super) fn drop_wish(option: &str) -> Unblock {
    unblock("drop-wish", &[("option", &option)])
}

pub(super) fn indexes_unreachable() -> Reason {
    reason("indexes-unreachable", &[], WHEELS)
}

pub(super) fn torch_index_blocked() -> Reason {
    reason("torch-index-blocked", &[], WHEELS)
}

pub(super) fn not_on_index() -> Reason {
    reason("not-on-index", &[], WHEELS)
}

pub(super) fn use_mirror() -> Unblock {
    let command = Some("torch-wizard install --index-url https://mirror.example.org/whl".to_owned());
    Unblock { command, ..unblock("use-mirror", &[]) }
}

pub(super) fn newest_torch(torch: &TorchVersion) -> Reason {
    reason("newest-torch", &[("torch", torch)], RELEASES)
}

pub(super) fn newest_lacks_card(newest: &TorchVersion, chosen: &TorchVersion) -> Reason {
    reason("newest-lacks-card", &[("newest", newest), ("chosen", chosen)], RELEASES)
}

pub(super) fn newest_needs_driver(newest: &TorchVersion, chosen: &TorchVersion, floor: &DriverFloor) -> Reason {
    reason("newest-needs-driver", &[("newest", newest), ("chosen", chosen), ("least", &floor.first)], &floor.source)
}

pub(super) fn newest_needs_glibc(newest: &TorchVersion, chosen: &TorchVersion) -> Reason {
    reason("newest-needs-glibc", &[("newest", newest), ("chosen", chosen)], RELEASES)
}

pub(super) fn newest_lacks_python(newest: &TorchVersion, chosen: &TorchVersion, python: PythonVersion) -> Reason {
    reason("newest-lacks-python", &[("newest", newest), ("chosen", chosen), ("python", &python.short())], WHEELS)
}

pub(super) fn newest_not_offered(newest: &TorchVersion, chosen: &TorchVersion) -> Reason {
    reason("newest-not-offered", &[("newest", newest), ("chosen", chosen)], WHEELS)
}

pub(super) fn asked_for(torch: &TorchVersion, variant: &str) -> Reason {
    here("asked-for", &[("torch", torch), ("variant", &variant)])
}

pub(super) fn code_on_card(
    gpu: &Gpu,
    capability: ComputeCapability,
    torch: &TorchVersion,
    variant: &str,
    source: Option<&str>,
) -> Reason {
    let places: &Places<'_> =
        &[("torch", torch), ("variant", &variant), ("card", &gpu.name), ("capability", &capability)];
    reason("code-on-card", places, source.unwrap_or(RELEASES))
}

pub(super) fn driver_fits(driver: &DriverVersion, floor: &DriverFloor) -> Reason {
    reason("driver-fits", &[("driver", driver), ("least", &floor.least)], &floor.source)
}

pub(super) fn seen_live(variant: &str) -> Reason {
    reason("seen-live", &[("variant", &variant)], WHEELS)
}

pub(super) fn pypi_build(variant: &str) -> Reason {
    reason("pypi-build", &[("variant", &variant)], RELEASES)
}

pub(super) fn unverified_variant(variant: &str) -> Reason {
    reason("unverified-variant", &[("variant", &variant)], RELEASES)
}

/// The build of a night, and how long it is likely to be listed.
pub(super) fn night(torch: &TorchVersion, until: Option<jiff::civil::Date>) -> Reason {
    match until {
        Some(until) => reason("night", &[("torch", torch), ("until", &until)], NIGHTLY),
        None => reason("night", &[("torch", torch), BARE], NIGHTLY),
    }
}

pub(super) fn nights_not_asked() -> Reason {
    reason("nights-not-asked", &[], NIGHTLY)
}

pub(super) fn nightly_risk() -> Reason {
    reason("nightly-risk", &[], RELEASES)
}

pub(super) fn nightly_lacks_card(gpu: &Gpu, capability: ComputeCapability) -> Reason {
    reason("nightly-lacks-card", &[("card", &gpu.name), ("capability", &capability)], RELEASES)
}

pub(super) fn night_gone(torch: &TorchVersion) -> Reason {
    reason("night-gone", &[("torch", torch)], NIGHTLY)
}

pub(super) fn no_whole_night() -> Reason {
    reason("no-whole-night", &[], NIGHTLY)
}

/// torch itself said that it has no code for a card.
pub(super) fn torch_refuses_card() -> Reason {
    here("torch-refuses-card", &[])
}

pub(super) fn on_the_processor() -> Reason {
    here("on-the-processor", &[])
}

pub(super) fn cpu_build_unreachable(variant: &str) -> Reason {
    reason("cpu-build-unreachable", &[("variant", &variant)], RELEASES)
}

pub(super) fn arch_missing(
    gpu: &Gpu,
    capability: ComputeCapability,
    torch: &TorchVersion,
    source: Option<&str>,
) -> Reason {
    reason(
        "arch-missing",
        &[("torch", torch), ("card", &gpu.name), ("capability", &capability)],
        source.unwrap_or(RELEASES),
    )
}

pub(super) fn archs_unknown(torch: &TorchVersion) -> Reason {
    reason("archs-unknown", &[("torch", torch)], RELEASES)
}

pub(super) fn cpu_build(torch: &TorchVersion) -> Reason {
    here("cpu-build", &[("torch", torch)])
}

pub(super) fn runtime_too_new(torch: &TorchVersion, cuda: CudaVersion, floor: &DriverFloor) -> Reason {
    let places: &Places<'_> = &[("torch", torch), ("cuda", &cuda), ("least", &floor.first), (FORM, &"runtime")];
    reason("driver-too-old", places, &floor.source)
}

/// What it printed at its start, whatever the tables would say.
pub(super) fn torch_refuses_driver(torch: &TorchVersion) -> Reason {
    here("driver-too-old", &[("torch", torch), (FORM, &"told")])
}

/// As above, of one whose version nobody named.
pub(super) fn unnamed_torch_refuses_driver() -> Reason {
    here("driver-too-old", &[(FORM, &"said")])
}

pub(super) fn unnamed_cpu_build() -> Reason {
    here("cpu-build", &[(FORM, &"bare")])
}

pub(super) fn torch_fits(torch: &TorchVersion) -> Reason {
    here("torch-fits", &[("torch", torch)])
}

/// Why a Python cannot hold a release.
pub(super) fn python(trouble: &PythonTrouble, torch: &TorchVersion) -> Reason {
    match trouble {
        PythonTrouble::NotAsked => here("python-not-asked", &[]),
        PythonTrouble::ThirtyTwoBit => reason("python-32-bit", &[], WHEELS),
        PythonTrouble::FreeThreaded => reason("python-free-threaded", &[], WHEELS),
        PythonTrouble::NotCpython => reason("python-not-cpython", &[], WHEELS),
        PythonTrouble::NoWheel { range: Some((oldest, newest)) } => {
            let (oldest, newest) = (oldest.short(), newest.short());
            reason("python-no-wheel", &[("torch", torch), ("oldest", &oldest), ("newest", &newest)], WHEELS)
        }
        PythonTrouble::NoWheel { range: None } => reason("python-no-wheel", &[("torch", torch), BARE], WHEELS),
        PythonTrouble::Trap { breaks, fixed_in, source } => {
            reason("python-trap", &[("breaks", breaks), ("fixed", fixed_in)], source)
        }
    }
}

#[cfg(test)]
mod tests;
