//! CUDA toolkits: every `nvcc` that can be found, since which one a build takes depends on the card.
//!
//! Looks, in order:
//! 1. on PATH,
//! 2. below `CUDA_PATH`, `CUDA_HOME` and the `CUDA_PATH_V12_8` of each toolkit's installer,
//! 3. in the usual places: `/usr/local/cuda*`, `/opt/cuda`, `C:\Program Files\NVIDIA GPU Computing Toolkit\CUDA\v*`.
//!
//! Each compiler is asked for its version, all side by side, 1 s each; where it does not answer, the toolkit's own
//! `version.json` does. A folder without `nvcc` holds no toolkit that could build.

use super::programs;
use crate::environments::places::{below, expand, name_of, parent_of};
use crate::facts::{CudaToolkit, OsFamily};
use crate::host::Host;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// An `nvcc` and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiler {
    /// The compiler, links followed.
    pub path: PathBuf,
    /// e.g. `12.8`; `None` if neither it nor its folder told.
    pub version: Option<String>,
}

/// Every compiler, in the order in which a build that is told nothing would take them.
pub fn compilers(host: &dyn Host) -> Vec<Compiler> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for path in candidates(host) {
        // A compiler's cache stands under its name too.
        let is_new = is_nvcc(&path) && !paths.iter().any(|known| is_same(host, known, &path));
        if is_new {
            paths.push(path);
        }
    }
    programs::side_by_side("detect-nvcc", &paths, |path| {
        let version = programs::version(host, path).or_else(|| version_file(host, path));
        Compiler { path: path.clone(), version }
    })
}

/// The toolkits whose version is known, the newest first.
pub fn toolkits(compilers: &[Compiler]) -> Vec<CudaToolkit> {
    let of = |compiler: &Compiler| {
        let cuda = compiler.version.as_deref()?.parse().ok()?;
        Some(CudaToolkit { cuda, root: root(&compiler.path)?, nvcc: compiler.path.clone() })
    };
    let mut found: Vec<CudaToolkit> = compilers.iter().filter_map(of).collect();
    found.sort_by_key(|toolkit| std::cmp::Reverse(toolkit.cuda));
    found
}

fn candidates(host: &dyn Host) -> Vec<PathBuf> {
    let is_windows = host.family() == OsFamily::Windows;
    let mut roots: Vec<PathBuf> = ["CUDA_PATH", "CUDA_HOME"].iter().filter_map(|name| folder(host, name)).collect();
    let mut of_versions: Vec<String> =
        host.vars().into_iter().filter_map(|(name, _)| name.into_string().ok()).collect();
    of_versions.retain(|name| name.to_uppercase().starts_with("CUDA_PATH_V"));
    of_versions.sort();
    roots.extend(of_versions.iter().filter_map(|name| folder(host, name)));
    if is_windows {
        let programs = folder(host, "ProgramFiles").unwrap_or_else(|| PathBuf::from(r"C:\Program Files"));
        roots.extend(expand(host, &below(&programs, "NVIDIA GPU Computing Toolkit/CUDA"), "v*"));
    } else {
        roots.extend(["/usr/local/cuda", "/opt/cuda"].map(PathBuf::from));
        roots.extend(expand(host, Path::new("/usr/local"), "cuda-*"));
    }
    let file = if is_windows { "nvcc.exe" } else { "nvcc" };
    let usual = roots.into_iter().map(|root| root.join("bin").join(file));
    let usual = usual.filter(|path| programs::is_file(host, path));
    host.find_programs("nvcc").into_iter().chain(usual).map(|path| host.resolve(&path)).collect()
}

fn folder(host: &dyn Host, name: &str) -> Option<PathBuf> {
    host.var(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn is_nvcc(path: &Path) -> bool {
    let name = name_of(path).to_lowercase();
    ["nvcc", "nvcc.exe"].contains(&name.as_str())
}

fn is_same(host: &dyn Host, one: &Path, other: &Path) -> bool {
    let text = |path: &Path| path.to_string_lossy().replace('\\', "/");
    let (one, other) = (text(one), text(other));
    if host.family() == OsFamily::Windows { one.to_lowercase() == other.to_lowercase() } else { one == other }
}

/// The folder above `bin`.
fn root(nvcc: &Path) -> Option<PathBuf> {
    parent_of(&parent_of(nvcc)?)
}

/// `version.json` of the toolkit (since 11.1), of which only this is read.
#[derive(Deserialize)]
struct VersionFile {
    cuda: VersionOf,
}

#[derive(Deserialize)]
struct VersionOf {
    version: String,
}

fn version_file(host: &dyn Host, nvcc: &Path) -> Option<String> {
    let bytes = host.read(&root(nvcc)?.join("version.json")).ok()?;
    serde_json::from_slice(&bytes).ok().map(|file: VersionFile| file.cuda.version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::fake::{Script, World};

    fn release(version: &str) -> Script {
        Script::prints(format!(
            "nvcc: NVIDIA (R) Cuda compiler driver\nCuda compilation tools, release {version}, V{version}.61\nBuild cuda_{version}.r{version}/compiler.1_0\n"
        ))
    }

    fn told(world: &World) -> Vec<String> {
        let all = toolkits(&compilers(world));
        all.iter().map(|one| format!("{} {}", one.cuda, one.root.display()).replace('\\', "/")).collect()
    }

    #[test]
    fn every_toolkit_of_linux_is_found_once_the_newest_first() {
        let world = World::new(OsFamily::Linux)
            .var("CUDA_HOME", "/usr/local/cuda-12.4")
            .program("nvcc", release("11.5"))
            .program("/usr/local/cuda-12.4/bin/nvcc", release("12.4"))
            .program("/usr/local/cuda-13.0/bin/nvcc", release("13.0"))
            .dir("/usr/local/cuda-12.8/lib64");
        assert_eq!(told(&world), ["13.0 /usr/local/cuda-13.0", "12.4 /usr/local/cuda-12.4", "11.5 /usr/local"]);
        // PATH goes first where nothing else decides.
        assert_eq!(compilers(&world).first().and_then(|nvcc| nvcc.version.as_deref()), Some("11.5"));
    }

    #[test]
    fn every_toolkit_of_windows_is_found_once() {
        let place = r"C:\Program Files\NVIDIA GPU Computing Toolkit\CUDA";
        let world = World::new(OsFamily::Windows)
            .var("PATH", &format!(r"C:\Windows\System32;{place}\v12.8\bin"))
            .var("CUDA_PATH", &format!(r"{place}\V12.8"))
            .var("CUDA_PATH_V13_0", r"D:\CUDA 13")
            .program(&format!(r"{place}\v12.8\bin\nvcc.exe"), release("12.8"))
            .program(&format!(r"{place}\v11.8\bin\nvcc.exe"), release("11.8"))
            .program(r"D:\CUDA 13\bin\nvcc.exe", release("13.0"));
        let place = place.replace('\\', "/");
        let expected = ["13.0 D:/CUDA 13".to_owned(), format!("12.8 {place}/v12.8"), format!("11.8 {place}/v11.8")];
        assert_eq!(told(&world), expected);
    }

    #[test]
    fn a_compiler_that_hangs_has_the_version_its_folder_tells() {
        let world = World::new(OsFamily::Linux)
            .program("/usr/local/cuda/bin/nvcc", Script::hangs())
            .file("/usr/local/cuda/version.json", r#"{"cuda": {"name": "CUDA SDK", "version": "12.8.1"}, "nvcc": {}}"#)
            .program("/opt/cuda/bin/nvcc", Script::exits(1));
        assert_eq!(told(&world), ["12.8 /usr/local/cuda"]);
        let all = compilers(&world);
        assert_eq!(all.len(), 2);
        assert_eq!(all.last().and_then(|nvcc| nvcc.version.clone()), None);
        assert!(compilers(&World::new(OsFamily::Linux)).is_empty());
    }
}
