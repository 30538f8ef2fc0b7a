//! Programs that a route needs: uv, pip, git, and what compiles C++ and CUDA code.
//!
//! A program's version is asked by one short run of at most 1 s, all side by side. Not asked: pip, which starts a
//! Python first. The compilers of CUDA and of Windows have rooms of their own, [`toolkits`] and [`visual_studio`];
//! Docker, podman and WSL are found by probes of theirs.

use super::{programs, toolkits, visual_studio};
use crate::environments::places::below;
use crate::facts::{CudaToolkit, OsFamily, Probed, Source, Tool, Via, VisualStudio};
use crate::host::Host;
use crate::plan::CommandSpec;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Names of the programs asked for.
pub const NAMES: [&str; 10] = ["uv", "pip", "git", "cmake", "ninja", "gcc", "g++", "nvcc", "msvc", "windows-sdk"];

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tools {
    /// The programs by name.
    pub programs: BTreeMap<String, Probed<Tool>>,
    /// CUDA toolkits, the newest first.
    pub toolkits: Vec<CudaToolkit>,
    /// Visual Studios, the one a build takes first.
    pub visual_studios: Vec<VisualStudio>,
}

/// All programs.
pub fn read(host: &dyn Host) -> Tools {
    let found = programs::side_by_side("detect-tool", &NAMES, |&name| match name {
        "nvcc" => {
            let compilers = toolkits::compilers(host);
            let toolkits = toolkits::toolkits(&compilers);
            Tools { programs: one(name, nvcc(compilers)), toolkits, ..Tools::default() }
        }
        "msvc" => {
            let studios = visual_studio::studios(host);
            let msvc = visual_studio::msvc(host, &studios);
            Tools { programs: one(name, msvc), visual_studios: studios.unwrap_or_default(), ..Tools::default() }
        }
        "windows-sdk" => Tools { programs: one(name, visual_studio::sdk(host)), ..Tools::default() },
        name => Tools { programs: one(name, simple(host, name)), ..Tools::default() },
    });
    let mut all = Tools::default();
    for tools in found {
        all.programs.extend(tools.programs);
        all.toolkits.extend(tools.toolkits);
        all.visual_studios.extend(tools.visual_studios);
    }
    all
}

fn one(name: &str, tool: Probed<Tool>) -> BTreeMap<String, Probed<Tool>> {
    BTreeMap::from([(name.to_owned(), tool)])
}

/// A program that lies on PATH or in its usual place, and tells its version.
fn simple(host: &dyn Host, name: &str) -> Probed<Tool> {
    let places = usual_places(host, name);
    let beside_us = places.iter().filter(|path| path.starts_with(&host.folders().program)).cloned();
    let elsewhere = places.iter().filter(|path| !path.starts_with(&host.folders().program)).cloned();
    let is_file = |path: &PathBuf| programs::is_file(host, path);
    let mut all = beside_us.filter(is_file).chain(host.find_programs(name)).chain(elsewhere.filter(is_file));
    let Some(path) = all.next() else { return absent(name) };
    let version = match name {
        "pip" => None,
        "gcc" | "g++" => compiler_version(host, &path),
        _ => programs::version(host, &path),
    };
    Probed::Found { source: Source::new(Via::FileSystem, path.display().to_string()), value: Tool { path, version } }
}

fn absent(name: &str) -> Probed<Tool> {
    Probed::Absent { source: Source::new(Via::FileSystem, format!("{name} on PATH and in its usual places")) }
}

fn usual_places(host: &dyn Host, name: &str) -> Vec<PathBuf> {
    let home = &host.folders().home;
    let is_windows = host.family() == OsFamily::Windows;
    let file = if is_windows { format!("{name}.exe") } else { name.to_owned() };
    let programs = host.var("ProgramFiles").map_or_else(|| PathBuf::from(r"C:\Program Files"), PathBuf::from);
    match name {
        // A packed uv lies beside our program.
        "uv" => vec![
            host.folders().program.join(&file),
            below(home, ".local/bin").join(&file),
            below(home, ".cargo/bin").join(&file),
        ],
        "git" if is_windows => vec![below(&programs, "Git/cmd/git.exe")],
        "cmake" if is_windows => vec![below(&programs, "CMake/bin/cmake.exe")],
        _ => Vec::new(),
    }
}

/// The first compiler of CUDA code, as a build that is told nothing would take it.
fn nvcc(compilers: Vec<toolkits::Compiler>) -> Probed<Tool> {
    let Some(toolkits::Compiler { path, version }) = compilers.into_iter().next() else { return absent("nvcc") };
    Probed::Found { source: Source::new(Via::FileSystem, path.display().to_string()), value: Tool { path, version } }
}

/// GCC's first line names the version of its package before its own, so it is asked for the number alone: its newer
/// releases by one of these words, its older ones by the other. A Clang under its name refuses the first.
fn compiler_version(host: &dyn Host, path: &Path) -> Option<String> {
    let command = CommandSpec::new(path, ["-dumpfullversion", "-dumpversion"]);
    let output = programs::output(host, command, programs::VERSION_LIMIT).ok()?;
    let text = output.text().trim().to_owned();
    let is_version = text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains(char::is_whitespace);
    (output.is_success() && is_version).then_some(text)
}
