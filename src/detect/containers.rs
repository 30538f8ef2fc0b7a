//! What runs containers: Docker, else podman, and whether it can hand NVIDIA cards on.
//!
//! Asks of both, side by side:
//! 1. where the program is: on PATH, then where its installer puts it;
//! 2. `--version`, 1 s;
//! 3. Docker: `docker info`, 2 s, unless it is set to a daemon on another machine, which is left alone;
//!    podman: nothing on Linux, where it has no daemon and a question would already start a process; `podman info`
//!    elsewhere, 2 s;
//! 4. files: CDI specifications, `daemon.json`, the settings of Docker Desktop.
//!
//! Nothing is started: a daemon, Docker Desktop or a machine of podman that is off stays off. Of two engines the one
//! that answers is taken. `Absent` if neither program is there.

mod docker;
mod podman;

use super::programs;
use crate::environments::places::{below, name_of};
use crate::facts::{ContainerEngine, ContainerProgram, EngineTrouble, OsFamily, Probed, Source, Tool, Via};
use crate::host::{Host, HostError};
use crate::plan::CommandSpec;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longest wait for the daemon's word.
const LIMIT: Duration = Duration::from_secs(2);

/// How the devices of NVIDIA's CDI specifications are named.
const CDI_KIND: &str = "nvidia.com/gpu";

/// Names of the programs asked for.
pub const NAMES: [&str; 2] = ["docker", "podman"];

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Containers {
    /// The engine to use.
    pub engine: Probed<ContainerEngine>,
    /// Each program by name.
    pub tools: Vec<(String, Probed<Tool>)>,
}

/// Both programs, and the engine to use.
pub fn read(host: &dyn Host) -> Containers {
    let engines = programs::side_by_side("detect-containers", &NAMES, |name| engine(host, name));
    let tools =
        NAMES.iter().zip(&engines).map(|(name, engine)| ((*name).to_owned(), tool(name, engine.as_ref()))).collect();
    let mut found: Vec<ContainerEngine> = engines.into_iter().flatten().collect();
    found.sort_by_key(|engine| engine.is_running != Some(true));
    let engine = match found.into_iter().next() {
        Some(value) => {
            let source = Source::new(Via::Command, value.path.display().to_string());
            Probed::Found { value, source }
        }
        None => Probed::Absent { source: Source::new(Via::FileSystem, NAMES.join(", ")) },
    };
    Containers { engine, tools }
}

/// The programs and their versions alone: no daemon is asked.
pub fn versions(host: &dyn Host) -> Vec<(String, Probed<Tool>)> {
    let engines = programs::side_by_side("detect-containers", &NAMES, |name| program(host, name));
    NAMES.iter().zip(&engines).map(|(name, engine)| ((*name).to_owned(), tool(name, engine.as_ref()))).collect()
}

/// An engine in a few words.
pub fn words(engine: &ContainerEngine) -> String {
    let mut words = vec![engine.program.word().to_owned()];
    words.extend(engine.version.clone());
    words.extend(engine.trouble.as_ref().map(|trouble| trouble.word().to_owned()));
    words.join(" ")
}

fn tool(name: &str, engine: Option<&ContainerEngine>) -> Probed<Tool> {
    let Some(ContainerEngine { path, version, .. }) = engine else {
        return Probed::Absent {
            source: Source::new(Via::FileSystem, format!("{name} on PATH and in its usual places")),
        };
    };
    let source = Source::new(Via::FileSystem, path.display().to_string());
    Probed::Found { value: Tool { path: path.clone(), version: version.clone() }, source }
}

/// One of them, if its program is there, and what its daemon says.
fn engine(host: &dyn Host, name: &str) -> Option<ContainerEngine> {
    let engine = program(host, name)?;
    Some(match engine.program {
        ContainerProgram::Docker => docker::ask(host, engine),
        ContainerProgram::Podman => podman::ask(host, engine),
    })
}

/// One of them, if its program is there; nobody has asked its daemon.
fn program(host: &dyn Host, name: &str) -> Option<ContainerEngine> {
    let usual = usual_places(host, name).into_iter().filter(|path| programs::is_file(host, path));
    let path = host.find_programs(name).into_iter().chain(usual).next()?;
    let told = programs::output(host, CommandSpec::new(&path, ["--version"]), programs::VERSION_LIMIT);
    let told = told.ok().filter(crate::host::Output::is_success).map(|output| output.text()).unwrap_or_default();
    // Distributions have a `docker` that is podman.
    let is_podman = name == "podman" || told.to_lowercase().contains("podman version");
    Some(ContainerEngine {
        program: if is_podman { ContainerProgram::Podman } else { ContainerProgram::Docker },
        path,
        version: number(&told),
        is_running: None,
        has_gpu: None,
        has_cdi: false,
        toolkit: toolkit(host),
        is_rootless: false,
        trouble: None,
    })
}

/// `Docker version 28.2.2, build e6534b4`, `podman version 5.4.0`
fn number(text: &str) -> Option<String> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',');
    words
        .into_iter()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.'))
        .map(str::to_owned)
}

fn usual_places(host: &dyn Host, name: &str) -> Vec<PathBuf> {
    let home = &host.folders().home;
    let folder = |variable: &str, usual: &str| host.var(variable).map_or_else(|| PathBuf::from(usual), PathBuf::from);
    match (host.family(), name) {
        (OsFamily::Windows, "docker") => {
            let mut places =
                vec![below(&folder("ProgramFiles", r"C:\Program Files"), "Docker/Docker/resources/bin/docker.exe")];
            let own = host.var("LOCALAPPDATA").map(PathBuf::from);
            places.extend(own.map(|own| below(&own, "Programs/DockerDesktop/resources/bin/docker.exe")));
            places.push(below(home, ".rd/bin/docker.exe"));
            places
        }
        (OsFamily::Windows, _) => {
            vec![below(&folder("ProgramFiles", r"C:\Program Files"), "RedHat/Podman/podman.exe")]
        }
        (OsFamily::Linux, "docker") => vec![below(home, "bin/docker"), PathBuf::from("/snap/bin/docker")],
        (OsFamily::Linux | OsFamily::Macos | OsFamily::Other, _) => Vec::new(),
    }
}

/// NVIDIA's Container Toolkit.
fn toolkit(host: &dyn Host) -> Option<PathBuf> {
    host.find_programs("nvidia-ctk").into_iter().next()
}

/// Whether the machine has a CDI specification of NVIDIA's cards; `None` if a folder of them refuses to be read.
fn cdi(host: &dyn Host) -> Option<bool> {
    let mut is_known = true;
    for folder in ["/etc/cdi", "/var/run/cdi"].map(Path::new) {
        let entries = match host.list(folder) {
            Ok(entries) => entries,
            Err(error) if error.io_kind() == Some(io::ErrorKind::NotFound) => continue,
            Err(_) => {
                is_known = false;
                continue;
            }
        };
        for entry in entries {
            let name = name_of(&entry.path);
            let is_specification = [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending));
            match host.read(&entry.path).map(|bytes| String::from_utf8_lossy(&bytes).contains(CDI_KIND)) {
                Ok(true) if is_specification => return Some(true),
                Ok(_) => {}
                Err(_) => is_known = is_known && !is_specification,
            }
        }
    }
    is_known.then_some(false)
}

/// Why an engine gave no answer, by its words: they are English everywhere, the system's within them are not.
fn trouble(words: &str) -> EngineTrouble {
    let has = |part: &str| words.contains(part);
    let silent = [
        "Is the docker daemon running",
        "daemon is not running",
        "Cannot connect to",
        "failed to connect",
        "error during connect",
        "connection refused",
        "no such file",
        "podman machine",
    ];
    if has("permission denied") {
        return EngineTrouble::PermissionDenied;
    }
    if silent.iter().any(|part| has(part)) {
        return EngineTrouble::NotRunning;
    }
    let words = words.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no answer").to_owned();
    EngineTrouble::Other { words }
}

/// The same for one that could not be asked.
fn silence(error: &HostError) -> EngineTrouble {
    match error {
        HostError::Timeout { .. } => EngineTrouble::NoAnswer,
        HostError::NotFound { .. }
        | HostError::Nvml { .. }
        | HostError::Network { .. }
        | HostError::Status { .. }
        | HostError::Stopped
        | HostError::File { .. }
        | HostError::Start { .. } => EngineTrouble::Other { words: error.to_string() },
    }
}

/// What the outcome of a question means for whether it runs: refused or late is not known.
const fn is_running(trouble: &EngineTrouble) -> Option<bool> {
    match trouble {
        EngineTrouble::NotRunning => Some(false),
        EngineTrouble::WindowsContainers | EngineTrouble::NeedsNoCgroups => Some(true),
        EngineTrouble::PermissionDenied
        | EngineTrouble::NoAnswer
        | EngineTrouble::Remote { .. }
        | EngineTrouble::Other { .. } => None,
    }
}

#[cfg(test)]
mod tests;
