//! The reasons of the routes that are no folder on this system, and of the source build.

use super::{CONTAINER_TOOLKIT, DRIVER_TABLE, FORM, IMAGES, Places, README, WSL, here, reason, unblock};
use crate::assess::{Reason, Unblock};
use crate::facts::{ComputeCapability, ContainerProgram, CudaVersion, EngineTrouble, Gpu, TorchVersion};
use crate::text;

pub(in crate::assess) fn only_on_windows(is_wsl: bool) -> Reason {
    if is_wsl { here("only-on-windows", &[(FORM, &"inside")]) } else { here("only-on-windows", &[]) }
}

pub(in crate::assess) fn no_wsl_on_server(version: &str) -> Reason {
    reason("no-wsl-on-server", &[("system", &version)], WSL)
}

pub(in crate::assess) fn windows_too_old(build: u32, least: u32, name: &str) -> Reason {
    reason("windows-too-old", &[("build", &build), ("least", &least), ("name", &name)], WSL)
}

pub(in crate::assess) fn update_windows(name: &str) -> Unblock {
    unblock("update-windows", &[("name", &name)])
}

pub(in crate::assess) fn windows_build_unknown(least: u32) -> Reason {
    reason("windows-build-unknown", &[("least", &least)], WSL)
}

pub(in crate::assess) fn too_old_for_wsl(gpu: &Gpu, capability: ComputeCapability, least: ComputeCapability) -> Reason {
    reason("too-old-for-wsl", &[("card", &gpu.name), ("capability", &capability), ("least", &least)], WSL)
}

pub(in crate::assess) fn virtualisation_off() -> Reason {
    reason("virtualisation-off", &[], WSL)
}

pub(in crate::assess) fn switch_virtualisation_on() -> Unblock {
    unblock("switch-virtualisation-on", &[])
}

pub(in crate::assess) fn distribution_there(name: &str) -> Reason {
    here("distribution-there", &[("name", &name)])
}

pub(in crate::assess) fn distribution_to_be_installed(name: &str) -> Reason {
    here("distribution-to-be-installed", &[("name", &name)])
}

pub(in crate::assess) fn wsl_to_be_set_up(name: &str) -> Reason {
    here("wsl-to-be-set-up", &[("name", &name)])
}

pub(in crate::assess) fn image_fits(image: &str) -> Reason {
    reason("image-fits", &[("image", &image)], IMAGES)
}

pub(in crate::assess) fn image_is_built() -> Reason {
    here("image-is-built", &[])
}

pub(in crate::assess) fn no_container_engine() -> Reason {
    here("no-container-engine", &[])
}

pub(in crate::assess) fn install_engine(is_windows: bool) -> Unblock {
    if is_windows { unblock("install-engine", &[(FORM, &"windows")]) } else { unblock("install-engine", &[]) }
}

pub(in crate::assess) fn engine_trouble(program: &str, trouble: &EngineTrouble) -> Reason {
    let form = trouble.word();
    match trouble {
        EngineTrouble::Remote { host } => {
            here("engine-trouble", &[("program", &program), ("host", host), (FORM, &form)])
        }
        EngineTrouble::Other { words } => {
            here("engine-trouble", &[("program", &program), ("words", words), (FORM, &form)])
        }
        EngineTrouble::NotRunning
        | EngineTrouble::PermissionDenied
        | EngineTrouble::NoAnswer
        | EngineTrouble::WindowsContainers
        | EngineTrouble::NeedsNoCgroups => here("engine-trouble", &[("program", &program), (FORM, &form)]),
    }
}

pub(in crate::assess) fn mend_engine(program: &str, trouble: &EngineTrouble) -> Unblock {
    unblock("mend-engine", &[("program", &program), (FORM, &trouble.word())])
}

pub(in crate::assess) fn engine_without_gpu(program: &str) -> Reason {
    reason("engine-without-gpu", &[("program", &program)], CONTAINER_TOOLKIT)
}

pub(in crate::assess) fn install_container_toolkit(guide: &str) -> Unblock {
    unblock("install-container-toolkit", &[("guide", &guide)])
}

/// The toolkit is there and the engine does not know of it yet.
pub(in crate::assess) fn set_up_container_toolkit(program: ContainerProgram) -> Unblock {
    let command = match program {
        ContainerProgram::Docker => "sudo nvidia-ctk runtime configure --runtime=docker",
        ContainerProgram::Podman => "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml",
    };
    Unblock {
        command: Some(command.to_owned()),
        ..unblock("set-up-container-toolkit", &[("program", &program.word())])
    }
}

pub(in crate::assess) fn engine_gpu_unknown(program: &str) -> Reason {
    reason("engine-gpu-unknown", &[("program", &program)], CONTAINER_TOOLKIT)
}

pub(in crate::assess) fn engine_unknown(why: &str) -> Reason {
    here("engine-unknown", &[("why", &why)])
}

pub(in crate::assess) fn source_serves(torch: &TorchVersion, cuda: CudaVersion, capabilities: &str) -> Reason {
    reason("source-serves", &[("torch", torch), ("cuda", &cuda), ("capabilities", &capabilities)], README)
}

pub(in crate::assess) fn no_toolkit_for_cards(capabilities: &str) -> Reason {
    reason("no-toolkit-for-cards", &[("capabilities", &capabilities)], DRIVER_TABLE)
}

pub(in crate::assess) fn toolkit_missing(cuda: CudaVersion) -> Reason {
    reason("toolkit-missing", &[("cuda", &cuda)], README)
}

pub(in crate::assess) fn install_toolkit(cuda: CudaVersion) -> Unblock {
    unblock("install-toolkit", &[("cuda", &cuda)])
}

pub(in crate::assess) fn program_missing(program: &str) -> Reason {
    reason("program-missing", &[("program", &program)], README)
}

pub(in crate::assess) fn program_unknown(program: &str) -> Reason {
    here("program-unknown", &[("program", &program)])
}

pub(in crate::assess) fn install_programs(command: Option<String>) -> Unblock {
    Unblock { command, ..unblock("install-programs", &[]) }
}

pub(in crate::assess) fn compiler_unfit(version: &str, least: &str, newest: u32, cuda: CudaVersion) -> Reason {
    let places: &Places<'_> = &[("version", &version), ("least", &least), ("newest", &newest), ("cuda", &cuda)];
    reason("compiler-unfit", places, README)
}

pub(in crate::assess) fn install_compiler(least: &str, newest: u32) -> Unblock {
    unblock("install-compiler", &[("least", &least), ("newest", &newest)])
}

pub(in crate::assess) fn workload_missing(name: &str, components: &[String]) -> Reason {
    let components = components.join(", ");
    reason("workload-missing", &[("name", &name), ("components", &components)], README)
}

pub(in crate::assess) fn visual_studio_unfit(name: &str, cuda: CudaVersion) -> Reason {
    reason("visual-studio-unfit", &[("name", &name), ("cuda", &cuda)], README)
}

/// The Build Tools with what a build needs of them, by Windows' package manager.
pub(in crate::assess) fn install_visual_studio(year: u16, winget: &str, components: &[String]) -> Unblock {
    let added = components.iter().map(|component| format!("--add {component}")).collect::<Vec<_>>().join(" ");
    let command = format!("winget install --id {winget} --override \"--passive --wait {added} --includeRecommended\"");
    Unblock { command: Some(command), ..unblock("install-visual-studio", &[("year", &year)]) }
}

pub(in crate::assess) fn disk_short(free: u64, wanted: u64) -> Reason {
    let (free, wanted) = (text::size(free), text::size(wanted));
    reason("disk-short", &[("free", &free), ("wanted", &wanted)], README)
}

pub(in crate::assess) fn free_disk(bytes: u64) -> Unblock {
    unblock("free-disk", &[("bytes", &text::size(bytes))])
}

pub(in crate::assess) fn memory_short(memory: u64, least: u64) -> Reason {
    let (memory, least) = (text::size(memory), text::size(least));
    reason("memory-short", &[("memory", &memory), ("least", &least)], README)
}
