//! Every sentence an assessment can say, one function per code. The code is stable; the words are not.

use super::{Reason, Unblock};
use crate::catalog::{DriverFloor, PythonTrouble};
use crate::facts::{ComputeCapability, CudaVersion, DriverVersion, Gpu, PythonVersion, TorchVersion};

const RELEASES: &str = "https://github.com/pytorch/pytorch/blob/main/RELEASE.md";
const WHEELS: &str = "https://download.pytorch.org/whl/";
const DRIVER_TABLE: &str = "https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/index.html";

fn reason(code: &str, text: String, source: &str) -> Reason {
    Reason { code: code.to_owned(), text, source: Some(source.to_owned()) }
}

/// A reason that rests on this machine alone.
fn here(code: &str, text: String) -> Reason {
    Reason { code: code.to_owned(), text, source: None }
}

fn unblock(text: String) -> Unblock {
    Unblock { text, command: None }
}

fn card(gpu: &Gpu, capability: ComputeCapability) -> String {
    format!("{} (compute capability {capability})", gpu.name)
}

pub(super) fn not_in_this_version() -> Reason {
    here("not-in-this-version", "This version does not judge this route yet.".to_owned())
}

pub(super) fn os_unknown() -> Reason {
    here("os-unknown", "The operating system is not known, so no build can be named.".to_owned())
}

pub(super) fn platform_not_covered(what: &str) -> Reason {
    reason("platform-not-covered", format!("The catalogue has no builds of torch for {what}."), WHEELS)
}

pub(super) fn no_cuda_on_macos() -> Reason {
    reason("no-cuda-on-macos", "NVIDIA has no driver for macOS, and torch has no CUDA build for it.".to_owned(), WHEELS)
}

pub(super) fn no_nvidia_card() -> Reason {
    here("no-nvidia-card", "There is no NVIDIA card in this machine.".to_owned())
}

pub(super) fn cards_unknown(why: &str) -> Reason {
    here("cards-unknown", format!("It is not known which cards this machine has: {why}."))
}

pub(super) fn no_such_card(index: u32) -> Reason {
    here("no-such-card", format!("There is no card with number {index}."))
}

pub(super) fn capability_unknown(gpu: &Gpu) -> Reason {
    here(
        "capability-unknown",
        format!("The compute capability of {} is not known, so no build can be named.", gpu.name),
    )
}

pub(super) fn no_code_for_card(gpu: &Gpu, capability: ComputeCapability) -> Reason {
    let text = format!("No build of torch since 2.5 for this system has code for {}.", card(gpu, capability));
    reason("no-code-for-card", text, RELEASES)
}

pub(super) fn reports_contradict(gpu: &Gpu, capability: ComputeCapability) -> Reason {
    let text = format!("Reports contradict each other whether any build of torch runs on {}.", card(gpu, capability));
    reason("reports-contradict", text, RELEASES)
}

pub(super) fn card_too_new(gpu: &Gpu, capability: ComputeCapability) -> Reason {
    let text = format!("No stable build of torch has code for {} yet.", card(gpu, capability));
    reason("card-too-new", text, RELEASES)
}

pub(super) fn card_left_out(gpu: &Gpu, capability: ComputeCapability) -> Reason {
    let text = format!(
        "{} is left out: with this driver no build of torch runs on it. The other cards are used.",
        card(gpu, capability)
    );
    reason("card-left-out", text, RELEASES)
}

pub(super) fn no_common_wheel() -> Reason {
    reason("no-common-wheel", "No build of torch has code for all of these cards at once.".to_owned(), RELEASES)
}

pub(super) fn card_served_by(gpu: &Gpu, capability: ComputeCapability, by: &[String], not_by: &[String]) -> Reason {
    let text = format!("{} is served by {}, not by {}.", card(gpu, capability), by.join(", "), not_by.join(", "));
    reason("card-served-by", text, RELEASES)
}

pub(super) fn one_environment_each(gpu: &Gpu) -> Unblock {
    Unblock {
        text: format!("Make an environment of its own for {}.", gpu.name),
        command: Some(format!("torch-wizard install --gpu {}", gpu.index)),
    }
}

pub(super) fn driver_dropped_card(
    gpu: &Gpu,
    capability: ComputeCapability,
    driver: &DriverVersion,
    last_branch: u32,
    source: &str,
) -> Reason {
    let text = format!(
        "Driver {driver} does not drive {} any more; branch {last_branch} is the last that does.",
        card(gpu, capability)
    );
    reason("driver-dropped-card", text, source)
}

pub(super) fn older_branch(last_branch: u32) -> Unblock {
    unblock(format!("Install the newest driver of the older branch {last_branch}."))
}

pub(super) fn driver_unknown(floor: Option<&DriverFloor>) -> Reason {
    let needs = floor.map_or_else(String::new, |floor| format!(" This build needs {} or newer.", floor.first));
    let text = format!("The version of the NVIDIA driver is not known.{needs}");
    reason("driver-unknown", text, floor.map_or(DRIVER_TABLE, |floor| floor.source.as_str()))
}

pub(super) fn driver_missing(floor: &DriverFloor) -> Reason {
    let text = format!("No NVIDIA driver is installed; version {} or newer is needed.", floor.first);
    reason("driver-missing", text, &floor.source)
}

pub(super) fn driver_too_old(driver: &DriverVersion, floor: &DriverFloor) -> Reason {
    let text =
        format!("Driver {driver} is too old for every build that serves the card: at least {} is needed.", floor.first);
    reason("driver-too-old", text, &floor.source)
}

pub(super) fn install_driver(floor: &DriverFloor) -> Unblock {
    unblock(format!("Install NVIDIA driver {} or newer from https://www.nvidia.com/drivers.", floor.first))
}

pub(super) fn glibc_too_old((major, minor): (u32, u32)) -> Reason {
    let text = format!("The GNU C library {major}.{minor} is too old for every build that serves the card.");
    reason("glibc-too-old", text, RELEASES)
}

pub(super) fn newer_system() -> Unblock {
    unblock("Use a system with glibc 2.28 or newer: Debian 10, Ubuntu 20.04, RHEL 8 or later.".to_owned())
}

pub(super) fn torch_not_in_catalogue(torch: &TorchVersion) -> Reason {
    reason("torch-not-in-catalogue", format!("The catalogue does not know torch {torch}."), WHEELS)
}

pub(super) fn torch_does_not_fit(torch: &TorchVersion, instead: Option<&TorchVersion>) -> Reason {
    let instead = instead.map_or_else(String::new, |instead| format!("; torch {instead} has one"));
    let text = format!("torch {torch} has no build for this card, driver and system{instead}.");
    reason("torch-does-not-fit", text, RELEASES)
}

pub(super) fn variant_does_not_fit(variant: &str, others: &[String]) -> Reason {
    let others = if others.is_empty() { "none do".to_owned() } else { format!("{} do", others.join(", ")) };
    let text = format!("No build of variant {variant} fits this card, driver and system; {others}.");
    reason("variant-does-not-fit", text, RELEASES)
}

pub(super) fn python_does_not_fit(python: PythonVersion) -> Reason {
    let text = format!("No fitting build of torch has wheels for Python {}.", python.short());
    reason("python-does-not-fit", text, WHEELS)
}

pub(super) fn drop_wish(option: &str) -> Unblock {
    unblock(format!("Leave {option} away, or choose another value for it."))
}

pub(super) fn indexes_unreachable() -> Reason {
    let text = "Neither download.pytorch.org nor PyPI can be reached.".to_owned();
    reason("indexes-unreachable", text, WHEELS)
}

pub(super) fn torch_index_blocked() -> Reason {
    let text = "download.pytorch.org cannot be reached, and PyPI has no fitting CUDA build for this system.".to_owned();
    reason("torch-index-blocked", text, WHEELS)
}

pub(super) fn not_on_index() -> Reason {
    let text = "The index was read and does not list any build that fits.".to_owned();
    reason("not-on-index", text, WHEELS)
}

pub(super) fn use_mirror() -> Unblock {
    Unblock {
        text: "Name a mirror of download.pytorch.org that can be reached.".to_owned(),
        command: Some("torch-wizard install --index-url https://mirror.example.org/whl".to_owned()),
    }
}

pub(super) fn newest_torch(torch: &TorchVersion) -> Reason {
    reason("newest-torch", format!("torch {torch} is the newest stable release."), RELEASES)
}

pub(super) fn newest_lacks_card(newest: &TorchVersion, chosen: &TorchVersion) -> Reason {
    let text = format!("torch {newest} has no code for this card; {chosen} is the newest that has.");
    reason("newest-lacks-card", text, RELEASES)
}

pub(super) fn newest_needs_driver(newest: &TorchVersion, chosen: &TorchVersion, floor: &DriverFloor) -> Reason {
    let text = format!(
        "torch {newest} needs driver {} or newer; {chosen} is the newest that runs with the present one.",
        floor.first
    );
    reason("newest-needs-driver", text, &floor.source)
}

pub(super) fn newest_needs_glibc(newest: &TorchVersion, chosen: &TorchVersion) -> Reason {
    let text = format!("torch {newest} needs a newer GNU C library; {chosen} is the newest for this system.");
    reason("newest-needs-glibc", text, RELEASES)
}

pub(super) fn newest_lacks_python(newest: &TorchVersion, chosen: &TorchVersion, python: PythonVersion) -> Reason {
    let text = format!("torch {newest} has no wheels for Python {}; {chosen} is the newest that has.", python.short());
    reason("newest-lacks-python", text, WHEELS)
}

pub(super) fn newest_not_offered(newest: &TorchVersion, chosen: &TorchVersion) -> Reason {
    let text = format!("A fitting build of torch {newest} cannot be had from here; {chosen} is the newest that can.");
    reason("newest-not-offered", text, WHEELS)
}

pub(super) fn asked_for(torch: &TorchVersion, variant: &str) -> Reason {
    here("asked-for", format!("torch {torch} ({variant}) is what was asked for."))
}

pub(super) fn code_on_card(
    gpu: &Gpu,
    capability: ComputeCapability,
    torch: &TorchVersion,
    variant: &str,
    source: Option<&str>,
) -> Reason {
    let text = format!("torch {torch}+{variant} has code that runs on {}.", card(gpu, capability));
    reason("code-on-card", text, source.unwrap_or(RELEASES))
}

pub(super) fn driver_fits(driver: &DriverVersion, floor: &DriverFloor) -> Reason {
    let text = format!("Driver {driver} is new enough: at least {} is needed.", floor.least);
    reason("driver-fits", text, &floor.source)
}

pub(super) fn seen_live(variant: &str) -> Reason {
    reason("seen-live", format!("The index page of {variant} lists exactly this wheel."), WHEELS)
}

pub(super) fn pypi_build(variant: &str) -> Reason {
    let text =
        format!("It comes from PyPI, whose build of this release is {variant}: the torch index cannot be reached.");
    reason("pypi-build", text, RELEASES)
}

pub(super) fn unverified_variant(variant: &str) -> Reason {
    let text = format!("It is not certain that a stable {variant} build was published.");
    reason("unverified-variant", text, RELEASES)
}

pub(super) fn on_the_processor() -> Reason {
    here(
        "on-the-processor",
        "torch runs on the processor alone: everywhere, and much slower than on a card.".to_owned(),
    )
}

pub(super) fn cpu_build_unreachable(variant: &str) -> Reason {
    let text = format!(
        "Only PyPI can be reached, and its build is {variant}: it runs on the processor too, but is a far larger download."
    );
    reason("cpu-build-unreachable", text, RELEASES)
}

pub(super) fn arch_missing(
    gpu: &Gpu,
    capability: ComputeCapability,
    torch: &TorchVersion,
    source: Option<&str>,
) -> Reason {
    let text = format!("torch {torch} has no code for {}.", card(gpu, capability));
    reason("arch-missing", text, source.unwrap_or(RELEASES))
}

pub(super) fn archs_unknown(torch: &TorchVersion) -> Reason {
    let text = format!("It is not known for which cards torch {torch} has code.");
    reason("archs-unknown", text, RELEASES)
}

pub(super) fn cpu_build(torch: &TorchVersion) -> Reason {
    here("cpu-build", format!("torch {torch} is a build for the processor: it cannot use a card."))
}

pub(super) fn runtime_too_new(torch: &TorchVersion, cuda: CudaVersion, floor: &DriverFloor) -> Reason {
    let text = format!("torch {torch} brings CUDA {cuda}, which needs driver {} or newer.", floor.first);
    reason("driver-too-old", text, &floor.source)
}

pub(super) fn torch_fits(torch: &TorchVersion) -> Reason {
    here("torch-fits", format!("torch {torch} has code for the card, and the driver is new enough for it."))
}

/// Why a Python cannot hold a release.
pub(super) fn python(trouble: &PythonTrouble, torch: &TorchVersion) -> Reason {
    match trouble {
        PythonTrouble::NotAsked => here("python-not-asked", "It could not be asked for its version.".to_owned()),
        PythonTrouble::ThirtyTwoBit => {
            reason("python-32-bit", "It is a 32-bit Python; torch has 64-bit wheels only.".to_owned(), WHEELS)
        }
        PythonTrouble::FreeThreaded => {
            let text = "It is a free-threaded build, for which most companions of torch have no wheels.".to_owned();
            reason("python-free-threaded", text, WHEELS)
        }
        PythonTrouble::NotCpython => {
            reason("python-not-cpython", "It is no CPython; torch has wheels for CPython only.".to_owned(), WHEELS)
        }
        PythonTrouble::NoWheel { range: Some((oldest, newest)) } => {
            let text = format!("torch {torch} has wheels for Python {} to {} only.", oldest.short(), newest.short());
            reason("python-no-wheel", text, WHEELS)
        }
        PythonTrouble::NoWheel { range: None } => {
            reason("python-no-wheel", format!("torch {torch} has no wheels for it."), WHEELS)
        }
        PythonTrouble::Trap { breaks, fixed_in, source } => {
            let text = format!("{breaks} does not work with this patch release; {fixed_in} and later are fine.");
            reason("python-trap", text, source)
        }
    }
}
