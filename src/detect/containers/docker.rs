//! Docker: what its daemon says of itself, and what its files say where it is silent.

use super::{CDI_KIND, LIMIT, cdi, is_running, silence, trouble};
use crate::detect::{programs, settings};
use crate::environments::places::below;
use crate::facts::{ContainerEngine, EngineTrouble, OsFamily};
use crate::host::{Host, decode};
use crate::plan::CommandSpec;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What `docker info --format '{{json .}}'` says, as far as it is read. Lists are null where there is nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Info {
    server_version: String,
    operating_system: String,
    kernel_version: String,
    #[serde(rename = "OSType")]
    os_type: String,
    runtimes: Option<Runtimes>,
    security_options: Option<Vec<String>>,
    /// Since 28.3; before, the specifications it would read.
    discovered_devices: Option<Vec<Device>>,
    #[serde(rename = "CDISpecDirs")]
    cdi_spec_dirs: Option<Vec<String>>,
    /// What went wrong, of releases that answer nevertheless.
    server_errors: Option<Vec<String>>,
}

/// Runtimes by name.
type Runtimes = BTreeMap<String, Runtime>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Runtime {
    path: String,
}

/// NVIDIA's runtime, whatever somebody called it.
fn is_nvidias(runtimes: &Runtimes) -> bool {
    runtimes
        .iter()
        .any(|(name, runtime)| name.starts_with("nvidia") || runtime.path.contains("nvidia-container-runtime"))
}

#[derive(Debug, Deserialize)]
struct Device {
    #[serde(rename = "ID")]
    id: String,
}

impl Info {
    fn is_desktop(&self) -> bool {
        self.operating_system == "Docker Desktop"
    }

    fn has_nvidia_runtime(&self) -> bool {
        self.runtimes.as_ref().is_some_and(is_nvidias)
    }

    fn is_rootless(&self) -> bool {
        self.security_options.iter().flatten().any(|option| option.contains("name=rootless"))
    }
}

/// Adds what is known of a Docker.
pub(super) fn ask(host: &dyn Host, mut engine: ContainerEngine) -> ContainerEngine {
    if let Some(address) = remote(host, &["DOCKER_HOST"]).or_else(|| remote_context(host)) {
        engine.trouble = Some(EngineTrouble::Remote { host: address });
        return engine;
    }
    match info(host, &engine.path) {
        Ok(info) => {
            engine.is_running = Some(true);
            understand(host, &info, &mut engine);
        }
        Err(trouble) => {
            engine.is_running = is_running(&trouble);
            engine.has_gpu = by_files(host, &engine);
            engine.trouble = Some(trouble);
        }
    }
    engine
}

fn info(host: &dyn Host, docker: &Path) -> Result<Info, EngineTrouble> {
    let command = CommandSpec::new(docker, ["info", "--format", "{{json .}}"]);
    let output = programs::output(host, command, LIMIT).map_err(|error| silence(&error))?;
    let info: Option<Info> = serde_json::from_str(output.text().trim()).ok();
    match info {
        Some(Info { server_errors: Some(errors), .. }) if !errors.is_empty() => Err(trouble(&errors.join("\n"))),
        Some(info) if output.is_success() && !info.server_version.is_empty() => Ok(info),
        Some(_) | None => Err(trouble(&decode(&output.stderr))),
    }
}

/// What a daemon's answer means for the cards.
fn understand(host: &dyn Host, info: &Info, engine: &mut ContainerEngine) {
    engine.is_rootless = info.is_rootless();
    if info.os_type == "windows" {
        engine.trouble = Some(EngineTrouble::WindowsContainers);
        engine.has_gpu = Some(false);
        return;
    }
    if info.is_desktop() {
        // Its virtual machine has the cards on Windows with WSL2 and nowhere else:
        // https://docs.docker.com/desktop/features/gpu/
        let kernel = info.kernel_version.to_lowercase();
        engine.has_gpu =
            if kernel.contains("wsl2") { Some(true) } else { kernel.contains("linuxkit").then_some(false) };
        return;
    }
    let is_listed = info.discovered_devices.iter().flatten().any(|device| device.id.starts_with(CDI_KIND));
    let reads_specifications = info.cdi_spec_dirs.iter().flatten().next().is_some();
    engine.has_cdi = is_listed || (reads_specifications && cdi(host) == Some(true));
    let needs_no_cgroups = info.has_nvidia_runtime() && engine.is_rootless && !has_no_cgroups(host);
    engine.has_gpu = if engine.has_cdi || (info.has_nvidia_runtime() && !needs_no_cgroups) {
        Some(true)
    } else if needs_no_cgroups {
        engine.trouble = Some(EngineTrouble::NeedsNoCgroups);
        Some(false)
    } else if engine.toolkit.is_some() {
        // `--gpus` works without an entry among the runtimes, but only if the toolkit was there when the daemon began.
        None
    } else {
        Some(false)
    };
}

/// Without root NVIDIA's runtime must not set device rules:
/// <https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html#rootless-mode>
fn has_no_cgroups(host: &dyn Host) -> bool {
    let home = &host.folders().home;
    let own = host.var("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
    let files = [own, PathBuf::from("/etc")].map(|folder| below(&folder, "nvidia-container-runtime/config.toml"));
    let Some(text) = files.iter().find_map(|file| host.read(file).ok()) else { return false };
    String::from_utf8_lossy(&text).lines().any(|line| line.split_whitespace().collect::<String>() == "no-cgroups=true")
}

/// Whether a daemon that gives no answer could hand cards on.
fn by_files(host: &dyn Host, engine: &ContainerEngine) -> Option<bool> {
    match host.family() {
        OsFamily::Windows => desktop_on_wsl(host),
        OsFamily::Linux => {
            let home = &host.folders().home;
            let files = [PathBuf::from("/etc/docker/daemon.json"), below(home, ".config/docker/daemon.json")];
            let is_set_up = files.iter().any(|file| {
                let daemon: Option<DaemonFile> =
                    host.read(file).ok().and_then(|text| serde_json::from_slice(&text).ok());
                daemon.is_some_and(|daemon| is_nvidias(&daemon.runtimes))
            });
            match (is_set_up, &engine.toolkit) {
                (true, Some(_)) => Some(true),
                (false, Some(_)) | (true, None) => None,
                (false, None) => Some(false),
            }
        }
        OsFamily::Macos => Some(false),
        OsFamily::Other => None,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DaemonFile {
    runtimes: Runtimes,
}

/// Docker Desktop's own settings, of newer and older releases.
#[derive(Deserialize)]
struct DesktopFile {
    #[serde(alias = "WslEngineEnabled", alias = "wslEngineEnabled")]
    wsl: Option<bool>,
}

fn desktop_on_wsl(host: &dyn Host) -> Option<bool> {
    let folder = below(&PathBuf::from(host.var("APPDATA")?), "Docker");
    let files = ["settings-store.json", "settings.json"].map(|name| folder.join(name));
    files.iter().find_map(|file| serde_json::from_slice::<DesktopFile>(&host.read(file).ok()?).ok()?.wsl)
}

/// The address in a variable, if it is another machine's.
pub(super) fn remote(host: &dyn Host, variables: &[&str]) -> Option<String> {
    let address = variables.iter().find_map(|name| host.var(name))?.into_string().ok()?;
    elsewhere(&address)
}

/// A socket, a pipe and the own machine's ports are here; anything else is not.
fn elsewhere(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    if !["ssh", "tcp", "http", "https"].contains(&scheme) {
        return None;
    }
    let server = rest.split('/').next()?.rsplit('@').next()?;
    let name = server.rsplit_once(':').map_or(server, |(name, _)| name);
    let is_here = ["localhost", "[::1]"].contains(&name) || name.starts_with("127.");
    (!is_here).then(|| settings::mask(address))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ClientFile {
    current_context: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Context {
    name: String,
    endpoints: BTreeMap<String, Endpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Endpoint {
    #[serde(default)]
    host: String,
}

/// The address of the context in use, if it is another machine's. `DOCKER_HOST` goes before it.
fn remote_context(host: &dyn Host) -> Option<String> {
    let text = |name: &str| host.var(name).and_then(|value| value.into_string().ok()).filter(|value| !value.is_empty());
    if text("DOCKER_HOST").is_some() {
        return None;
    }
    let folder = text("DOCKER_CONFIG").map_or_else(|| host.folders().home.join(".docker"), PathBuf::from);
    let of_file = || {
        let file: ClientFile = serde_json::from_slice(&host.read(&folder.join("config.json")).ok()?).ok()?;
        Some(file.current_context)
    };
    let name = text("DOCKER_CONTEXT").or_else(of_file).filter(|name| !["", "default"].contains(&name.as_str()))?;
    let contexts = host.list(&below(&folder, "contexts/meta")).ok()?;
    let context = contexts.into_iter().find_map(|entry| {
        let context: Context = serde_json::from_slice(&host.read(&entry.path.join("meta.json")).ok()?).ok()?;
        (context.name == name).then_some(context)
    })?;
    elsewhere(&context.endpoints.get("docker")?.host)
}
