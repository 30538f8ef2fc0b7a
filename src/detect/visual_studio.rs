//! The C++ compiler of Windows: Visual Studio or its Build Tools, and the Windows SDK.
//!
//! Asks, in order:
//! 1. `cl` on PATH, which is there in a developer prompt alone;
//! 2. `vswhere`, which every Visual Studio since 2017 brings and which knows all of them, at most 2 s;
//! 3. for each of them, its folder: a Visual Studio may lack C++, and a compiler that is no file compiles nothing;
//! 4. for the SDK, `KitsRoot10` in the registry and the headers below it.
//!
//! The compiler is `Absent` if `vswhere` is not there, or if it names no Visual Studio with a compiler for x64.

use super::programs;
use crate::environments::places::{below, name_of};
use crate::facts::{OsFamily, Probed, Source, Tool, Via, VisualStudio};
use crate::host::Host;
use crate::plan::CommandSpec;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The component that brings `cl` for x64:
/// <https://learn.microsoft.com/visualstudio/install/workload-component-id-vs-build-tools>
pub const COMPILER: &str = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64";

const LIMIT: Duration = Duration::from_secs(2);

/// `vswhere` reads what all installers left; without `-products *` it leaves the Build Tools out.
const VSWHERE: [&str; 5] = ["-products", "*", "-format", "json", "-utf8"];

/// Every Visual Studio, the one a build takes first; why they are not known, if they are not.
pub fn studios(host: &dyn Host) -> Result<Vec<VisualStudio>, String> {
    let vswhere = vswhere(host);
    if host.family() != OsFamily::Windows || host.meta(&vswhere).is_none() {
        return Ok(Vec::new());
    }
    let text = match programs::output(host, CommandSpec::new(&vswhere, VSWHERE), LIMIT) {
        Ok(output) if output.is_success() => output.text(),
        Ok(output) => return Err(format!("vswhere ended with {:?}", output.exit)),
        Err(error) => return Err(error.to_string()),
    };
    let listed: Vec<Listed> = match serde_json::from_str(text.trim().trim_start_matches('\u{feff}')) {
        Ok(listed) => listed,
        Err(error) => return Err(format!("vswhere's answer cannot be read: {error}")),
    };
    let mut studios: Vec<VisualStudio> = listed.into_iter().map(|listed| studio(host, listed)).collect();
    studios.sort_by_key(|studio| std::cmp::Reverse((!studio.toolsets.is_empty(), numbers(&studio.version))));
    Ok(studios)
}

/// The compiler among the programs.
pub fn msvc(host: &dyn Host, studios: &Result<Vec<VisualStudio>, String>) -> Probed<Tool> {
    if host.family() != OsFamily::Windows {
        return Probed::Absent { source: Source::new(Via::System, "only on Windows") };
    }
    if let Some(path) = host.find_programs("cl").into_iter().next() {
        let source = Source::new(Via::FileSystem, path.display().to_string());
        // A developer prompt says which compiler it stands for.
        let version = host.var("VCToolsVersion").and_then(|version| version.into_string().ok());
        return Probed::Found { value: Tool { path, version }, source };
    }
    let source = |detail: String| Source::new(Via::Command, detail);
    let vswhere = vswhere(host).display().to_string();
    let studios = match studios {
        Ok(studios) => studios,
        Err(why) => return Probed::Unknown { why: why.clone(), source: source(vswhere) },
    };
    let with_compiler = studios.iter().find_map(|studio| Some((studio, studio.toolsets.first()?)));
    let Some((studio, toolset)) = with_compiler else {
        let lacking = studios.iter().map(|studio| format!("{} has no {}", studio.name, studio.missing.join(", ")));
        let lacking = lacking.collect::<Vec<_>>().join("; ");
        return Probed::Absent { source: source(if lacking.is_empty() { vswhere } else { lacking }) };
    };
    let value = Tool { path: compiler(&studio.root, toolset), version: Some(toolset.clone()) };
    Probed::Found { value, source: source(vswhere) }
}

/// The newest Windows SDK with headers.
pub fn sdk(host: &dyn Host) -> Probed<Tool> {
    if host.family() != OsFamily::Windows {
        return Probed::Absent { source: Source::new(Via::System, "only on Windows") };
    }
    // Its installer is a 32-bit program and writes into that part of the registry.
    let keys = ["SOFTWARE", r"SOFTWARE\WOW6432Node"]
        .map(|part| format!(r"HKLM\{part}\Microsoft\Windows Kits\Installed Roots"));
    let Some(root) = keys.iter().find_map(|key| host.registry(key, "KitsRoot10")).map(PathBuf::from) else {
        return Probed::Absent { source: Source::new(Via::Registry, r"Windows Kits\Installed Roots, KitsRoot10") };
    };
    let source = Source::new(Via::Registry, root.display().to_string());
    let mut folders = host.list(&root.join("Include")).unwrap_or_default();
    folders.retain(|folder| programs::is_file(host, &below(&folder.path, "um/Windows.h")));
    let newest = folders.iter().map(|folder| name_of(&folder.path)).max_by_key(|version| numbers(version));
    match newest {
        Some(version) => Probed::Found { value: Tool { path: root, version: Some(version) }, source },
        None => Probed::Absent { source },
    }
}

/// What `vswhere` says of one, as far as it is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    installation_path: PathBuf,
    installation_version: String,
    #[serde(default)]
    display_name: Option<String>,
}

fn vswhere(host: &dyn Host) -> PathBuf {
    let programs =
        host.var("ProgramFiles(x86)").map_or_else(|| PathBuf::from(r"C:\Program Files (x86)"), PathBuf::from);
    below(&programs, "Microsoft Visual Studio/Installer/vswhere.exe")
}

fn studio(host: &dyn Host, listed: Listed) -> VisualStudio {
    let root = listed.installation_path;
    let toolsets = toolsets(host, &root);
    let missing = if toolsets.is_empty() { vec![COMPILER.to_owned()] } else { Vec::new() };
    let name = listed.display_name.unwrap_or_else(|| "Visual Studio".to_owned());
    VisualStudio { name, root, version: listed.installation_version, toolsets, missing }
}

/// Versions of the compilers for x64 in a Visual Studio: the one it uses by itself, then the newest.
fn toolsets(host: &dyn Host, root: &Path) -> Vec<String> {
    let folders = host.list(&below(root, "VC/Tools/MSVC")).unwrap_or_default();
    let mut versions: Vec<String> = folders.iter().map(|folder| name_of(&folder.path)).collect();
    versions.retain(|version| programs::is_file(host, &compiler(root, version)));
    let default = host.read(&below(root, "VC/Auxiliary/Build/Microsoft.VCToolsVersion.default.txt"));
    let default = String::from_utf8_lossy(&default.unwrap_or_default()).trim().to_owned();
    versions.sort_by_key(|version| std::cmp::Reverse((*version == default, numbers(version))));
    versions
}

fn compiler(root: &Path, toolset: &str) -> PathBuf {
    below(root, &format!("VC/Tools/MSVC/{toolset}/bin/Hostx64/x64/cl.exe"))
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map(|part| part.parse().unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::fake::{Script, World};

    const BUILD_TOOLS: &str = r"C:\Program Files (x86)\Microsoft Visual Studio\2022\BuildTools";
    const COMMUNITY: &str = r"C:\Program Files\Microsoft Visual Studio\18\Community";

    /// In the form of `vswhere -format json`, with what is not read around it.
    fn listed(studios: &[(&str, &str, &str)]) -> String {
        let one = |(name, path, version): &(&str, &str, &str)| {
            let path = path.replace('\\', "\\\\");
            format!(
                r#"{{"instanceId": "2c33f8c6", "installationPath": "{path}", "installationVersion": "{version}",
                "isComplete": true, "displayName": "{name}", "description": "無料で強力な IDE"}}"#
            )
        };
        format!("[{}]\r\n", studios.iter().map(one).collect::<Vec<_>>().join(","))
    }

    fn pc(script: Script) -> World {
        let vswhere = r"C:\Program Files (x86)\Microsoft Visual Studio\Installer\vswhere.exe";
        World::new(OsFamily::Windows).program(vswhere, script)
    }

    fn with_compiler(world: World, root: &str, toolset: &str) -> World {
        world.file(format!(r"{root}\VC\Tools\MSVC\{toolset}\bin\Hostx64\x64\cl.exe"), "")
    }

    #[test]
    fn the_compiler_is_that_of_the_newest_studio_that_has_one() {
        let both = [("Build Tools 2022", BUILD_TOOLS, "17.9.34723.18"), ("Community 2026", COMMUNITY, "18.0.1.2")];
        let world = with_compiler(pc(Script::prints(listed(&both))), BUILD_TOOLS, "14.39.33519");
        let world = with_compiler(world, BUILD_TOOLS, "14.44.35207");
        let world = world
            .file(format!(r"{BUILD_TOOLS}\VC\Auxiliary\Build\Microsoft.VCToolsVersion.default.txt"), "14.39.33519 \r\n")
            .dir(format!(r"{BUILD_TOOLS}\VC\Tools\MSVC\14.16.27023\bin\Hostx64\x86"));
        let found = studios(&world).unwrap();
        assert_eq!(found[0].toolsets, ["14.39.33519", "14.44.35207"]);
        assert!(found[0].missing.is_empty());
        assert_eq!(
            (found[1].name.as_str(), found[1].missing.as_slice()),
            ("Community 2026", &[COMPILER.to_owned()][..])
        );
        assert_eq!(msvc(&world, &Ok(found)).found().unwrap().version.as_deref(), Some("14.39.33519"));
        let world = with_compiler(world, COMMUNITY, "14.50.35717");
        let found = studios(&world).unwrap();
        assert_eq!(found[0].name, "Community 2026");
        assert!(world.ran().iter().all(|command| command.args.contains(&"-utf8".to_owned())));
    }

    #[test]
    fn a_studio_without_cpp_is_found_and_says_which_component_it_lacks() {
        let world = pc(Script::prints(listed(&[("Community 2026", COMMUNITY, "18.0.1.2")])));
        let found = studios(&world);
        let msvc = msvc(&world, &found);
        assert!(msvc.is_absent());
        assert_eq!(msvc.source().detail, format!("Community 2026 has no {COMPILER}"));
    }

    #[test]
    fn without_an_answer_of_vswhere_nothing_is_known() {
        for script in [Script::hangs(), Script::exits(87), Script::prints("Visual Studio Locator version 2.6.7\r\n")] {
            let world = pc(script);
            let found = studios(&world);
            assert!(found.is_err());
            assert!(matches!(msvc(&world, &found), Probed::Unknown { .. }));
        }
        for world in [World::new(OsFamily::Windows), pc(Script::prints("[]\r\n")), World::new(OsFamily::Linux)] {
            let found = studios(&world);
            assert_eq!(found, Ok(Vec::new()));
            assert!(msvc(&world, &found).is_absent());
        }
    }

    #[test]
    fn a_developer_prompt_has_its_own_compiler() {
        let world = pc(Script::hangs()).program("cl", Script::exits(0)).var("VCToolsVersion", "14.44.35207");
        let msvc = msvc(&world, &Err("not asked".to_owned()));
        assert_eq!(msvc.found().unwrap().version.as_deref(), Some("14.44.35207"));
    }

    #[test]
    fn the_sdk_counts_if_its_headers_are_there() {
        let kits = r"C:\Program Files (x86)\Windows Kits\10\";
        let key = r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows Kits\Installed Roots";
        let world = World::new(OsFamily::Windows).registry(key, "KitsRoot10", kits);
        assert!(sdk(&world).is_absent());
        let world = ["10.0.9999.0", "10.0.26100.0"]
            .iter()
            .fold(world, |world, version| world.file(format!(r"{kits}Include\{version}\um\Windows.h"), ""))
            .dir(format!(r"{kits}Include\10.0.30000.0\ucrt"));
        assert_eq!(sdk(&world).found().unwrap().version.as_deref(), Some("10.0.26100.0"));
        assert!(sdk(&World::new(OsFamily::Windows)).is_absent());
        assert!(sdk(&World::new(OsFamily::Linux)).is_absent());
    }
}
