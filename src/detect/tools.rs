//! Programs that a route needs: uv, pip, git, the CUDA compiler, the C++ compiler, Docker, WSL.
//!
//! A program's version is asked by one short run of at most 1 s, all side by side. Not asked: pip, which starts a
//! Python first, and `wsl.exe`, which on a PC without WSL may begin to install it.

use super::programs;
use crate::environments::places::below;
use crate::facts::{OsFamily, Probed, Source, Tool, Via};
use crate::host::Host;
use crate::plan::CommandSpec;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longest run of a program that tells its version.
const LIMIT: Duration = Duration::from_secs(1);

/// Where WSL keeps its registrations, per user and for the machine.
const LXSS: &str = r"Software\Microsoft\Windows\CurrentVersion\Lxss";

/// Names of the programs asked for.
pub const NAMES: [&str; 7] = ["uv", "pip", "git", "nvcc", "msvc", "docker", "wsl"];

/// All programs by name.
pub fn read(host: &dyn Host) -> BTreeMap<String, Probed<Tool>> {
    let found = programs::side_by_side("detect-tool", &NAMES, |name| match *name {
        "msvc" => msvc(host),
        "wsl" => wsl(host),
        name => simple(host, name),
    });
    NAMES.iter().map(|&name| name.to_owned()).zip(found).collect()
}

/// A program that lies on PATH or in its usual place, and tells its version with `--version`.
fn simple(host: &dyn Host, name: &str) -> Probed<Tool> {
    let places = usual_places(host, name);
    let beside_us = places.iter().filter(|path| path.starts_with(&host.folders().program)).cloned();
    let elsewhere = places.iter().filter(|path| !path.starts_with(&host.folders().program)).cloned();
    let is_file = |path: &PathBuf| host.meta(path).is_some_and(|meta| !meta.is_dir);
    let mut all = beside_us.filter(is_file).chain(host.find_programs(name)).chain(elsewhere.filter(is_file));
    let Some(path) = all.next() else {
        return Probed::Absent {
            source: Source::new(Via::FileSystem, format!("{name} on PATH and in its usual places")),
        };
    };
    let version = if name == "pip" { None } else { version(host, &path) };
    Probed::Found { source: Source::new(Via::FileSystem, path.display().to_string()), value: Tool { path, version } }
}

fn usual_places(host: &dyn Host, name: &str) -> Vec<PathBuf> {
    let home = &host.folders().home;
    let file = if host.family() == OsFamily::Windows { format!("{name}.exe") } else { name.to_owned() };
    match name {
        // A packed uv lies beside our program.
        "uv" => vec![
            host.folders().program.join(&file),
            below(home, ".local/bin").join(&file),
            below(home, ".cargo/bin").join(&file),
        ],
        "nvcc" => {
            let roots = ["CUDA_PATH", "CUDA_HOME"].iter().filter_map(|name| host.var(name)).map(PathBuf::from);
            roots.chain([PathBuf::from("/usr/local/cuda")]).map(|root| root.join("bin").join(&file)).collect()
        }
        _ => Vec::new(),
    }
}

/// The first version number in what the program prints: of `nvcc` the one after `release`.
fn version(host: &dyn Host, path: &Path) -> Option<String> {
    let output = programs::output(host, CommandSpec::new(path, ["--version"]), LIMIT).ok()?;
    if !output.is_success() {
        return None;
    }
    let text = output.text();
    let from = text.find("release ").unwrap_or_default();
    let is_version = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
    let words = text.get(from..)?.split(|c: char| c.is_whitespace() || c == ',');
    words.into_iter().find(is_version).map(str::to_owned)
}

/// The C++ compiler of Visual Studio: `cl` on PATH (a developer prompt), else what `vswhere` names.
fn msvc(host: &dyn Host) -> Probed<Tool> {
    if host.family() != OsFamily::Windows {
        return Probed::Absent { source: Source::new(Via::System, "only on Windows") };
    }
    if let Some(path) = host.find_programs("cl").into_iter().next() {
        let source = Source::new(Via::FileSystem, path.display().to_string());
        return Probed::Found { value: Tool { path, version: None }, source };
    }
    let programs =
        host.var("ProgramFiles(x86)").map_or_else(|| PathBuf::from(r"C:\Program Files (x86)"), PathBuf::from);
    let vswhere = below(&programs, "Microsoft Visual Studio/Installer/vswhere.exe");
    let source = Source::new(Via::Command, vswhere.display().to_string());
    if host.meta(&vswhere).is_none() {
        // Every Visual Studio and Build Tools since 2017 brings vswhere.
        return Probed::Absent { source };
    }
    let component = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64";
    let args = ["-products", "*", "-latest", "-utf8", "-requires", component, "-property", "installationPath"];
    let unknown = |why: String| Probed::Unknown { why, source: source.clone() };
    let text = match programs::output(host, CommandSpec::new(&vswhere, args), LIMIT) {
        Ok(output) if output.is_success() => output.text(),
        Ok(output) => return unknown(format!("vswhere ended with {:?}", output.exit)),
        Err(error) => return unknown(error.to_string()),
    };
    let Some(folder) = text.lines().map(str::trim).find(|line| !line.is_empty()) else {
        return Probed::Absent { source };
    };
    let tools = below(Path::new(folder), "VC/Auxiliary/Build/Microsoft.VCToolsVersion.default.txt");
    let version = String::from_utf8_lossy(&host.read(&tools).unwrap_or_default()).trim().to_owned();
    if version.is_empty() {
        return unknown(format!("{} could not be read", tools.display()));
    }
    let path = below(Path::new(folder), &format!("VC/Tools/MSVC/{version}/bin/Hostx64/x64/cl.exe"));
    Probed::Found { value: Tool { path, version: Some(version) }, source }
}

/// WSL, without starting anything: `wsl.exe` lies on every Windows, so only its registrations count.
fn wsl(host: &dyn Host) -> Probed<Tool> {
    if host.family() != OsFamily::Windows {
        return Probed::Absent { source: Source::new(Via::System, "only on Windows") };
    }
    let windows = host.var("WINDIR").map_or_else(|| PathBuf::from(r"C:\Windows"), PathBuf::from);
    // A 32-bit program sees another folder under the name System32.
    let places = ["System32", "Sysnative"].map(|folder| windows.join(folder).join("wsl.exe"));
    let Some(path) = places.iter().find(|path| host.meta(path).is_some()).cloned() else {
        return Probed::Absent {
            source: Source::new(Via::FileSystem, format!("no wsl.exe below {}", windows.display())),
        };
    };
    let version = host.registry(&format!(r"HKLM\{LXSS}\MSI"), "Version").filter(|version| !version.is_empty());
    let user = format!(r"HKCU\{LXSS}");
    let names = host.registry_keys(&user).into_iter().filter(|key| key.starts_with('{'));
    let distributions: Vec<String> =
        names.filter_map(|key| host.registry(&format!(r"{user}\{key}"), "DistributionName")).collect();
    if version.is_none() && distributions.is_empty() {
        let why = "wsl.exe is there, as on every Windows; no WSL of the Store and no distribution is registered";
        return Probed::Unknown { why: why.to_owned(), source: Source::new(Via::Registry, user) };
    }
    let detail = if distributions.is_empty() { "no distribution".to_owned() } else { distributions.join(", ") };
    Probed::Found { value: Tool { path, version }, source: Source::new(Via::Registry, detail) }
}
