//! podman: on Linux it needs no daemon, and hands cards on by CDI alone.

use super::{LIMIT, cdi, is_running, silence, trouble};
use crate::detect::programs;
use crate::facts::{ContainerEngine, EngineTrouble, OsFamily};
use crate::host::{Host, decode};
use crate::plan::CommandSpec;

/// Adds what is known of a podman.
pub(super) fn ask(host: &dyn Host, mut engine: ContainerEngine) -> ContainerEngine {
    if let Some(address) = super::docker::remote(host, &["CONTAINER_HOST"]) {
        engine.trouble = Some(EngineTrouble::Remote { host: address });
        return engine;
    }
    match host.family() {
        OsFamily::Linux => {
            engine.is_running = Some(true);
            engine.is_rootless = !host.is_elevated();
            engine.has_gpu = cdi(host);
            engine.has_cdi = engine.has_gpu == Some(true);
        }
        // Its containers run in a virtual machine, whose devices cannot be seen from here. On a Mac none is NVIDIA's.
        OsFamily::Windows | OsFamily::Macos | OsFamily::Other => {
            engine.has_gpu = (host.family() == OsFamily::Macos).then_some(false);
            engine.trouble = machine_trouble(host, &engine);
            engine.is_running = engine.trouble.as_ref().map_or(Some(true), is_running);
        }
    }
    engine
}

fn machine_trouble(host: &dyn Host, engine: &ContainerEngine) -> Option<EngineTrouble> {
    let command = CommandSpec::new(&engine.path, ["info", "--format", "json"]);
    match programs::output(host, command, LIMIT) {
        Ok(output) if output.is_success() => None,
        Ok(output) => Some(trouble(&decode(&output.stderr))),
        Err(error) => Some(silence(&error)),
    }
}
