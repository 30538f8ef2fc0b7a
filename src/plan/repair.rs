//! Repairing an environment with the smallest change: what is wrong with it, what has to be installed anew, and the
//! steps. Pure.
//!
//! The promise is that nothing is ever worse than before. An environment that can be made again is made again beside
//! its place, with everything in it, and takes its place when it is proven. One that cannot is changed where it stands,
//! each step with the command that puts back what was there.

mod change;
mod diagnose;
mod place;

pub use change::{Change, change};
pub(crate) use diagnose::reason;
pub use diagnose::{Trouble, diagnose};
pub use place::{InPlace, in_place, purge};

use crate::facts::{PythonVersion, TorchVersion};
use std::path::PathBuf;
use std::time::SystemTime;

/// A package as an environment has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// Normalised name.
    pub name: String,
    /// Its version; the newest of those that are registered.
    pub version: String,
    /// The folder that registers it.
    pub info: PathBuf,
    /// Every version that is registered, if it is more than one.
    pub registered: Vec<String>,
    /// The folders that register all but the newest of them.
    pub stale: Vec<PathBuf>,
    /// The address or folder it was installed from, where that was no index.
    pub from: Option<String>,
    /// conda installed it, and keeps a list of its own.
    pub is_condas: bool,
    /// Its wheel is the same for all systems and variants.
    pub is_for_any: bool,
    /// Normalised names of what it asks for on this system.
    pub requires: Vec<String>,
    /// The releases of torch that it asks for, e.g. `==2.9.1`.
    pub torch: Option<String>,
    /// The releases of numpy that it asks for, e.g. `<2`.
    pub numpy: Option<String>,
    /// Somebody asked for it by name, and no other package for it.
    pub is_requested: bool,
    /// When it was installed, by the list of its files.
    pub installed: Option<SystemTime>,
    /// What is wrong with its files, in words.
    pub damage: Option<String>,
}

/// Whether the torch of an environment serves this PC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serves {
    /// As far as anybody can say it does.
    Yes,
    /// It has no CUDA, and there is a card.
    Cpu,
    /// Its kernels or its runtime do not fit card and driver.
    No,
}

/// What an environment holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Its folder.
    pub path: PathBuf,
    /// Its interpreter.
    pub python: PathBuf,
    /// The version of it.
    pub python_version: Option<PythonVersion>,
    /// The torch in it; `None` if there is none any more.
    pub torch: Option<TorchVersion>,
    /// `cu130`, `cpu`; of the torch in it.
    pub variant: Option<String>,
    /// Whether that torch serves this PC.
    pub serves: Serves,
    /// Its packages, each once, by name.
    pub packages: Vec<Installed>,
    /// Folders that a broken removal left.
    pub leftovers: Vec<PathBuf>,
    /// Why it cannot be made again; `None` if it can.
    pub cannot_be_made: Option<String>,
    /// Its files are links into our own cache, so damage in one is damage in the other.
    pub is_linked: bool,
}

impl Holding {
    /// The package of this name.
    pub fn package(&self, name: &str) -> Option<&Installed> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// The libraries of CUDA and the compiler that torch brought along: what torch asks for, and what that asks for.
    pub fn brought_by_torch(&self) -> Vec<&Installed> {
        let is_library = |name: &str| name == "triton" || name.starts_with("nvidia-") || name.starts_with("cuda-");
        let mut found: Vec<&Installed> = Vec::new();
        let mut open: Vec<&str> = vec!["torch"];
        while let Some(name) = open.pop() {
            for wanted in self.package(name).into_iter().flat_map(|package| &package.requires) {
                let Some(library) = self.package(wanted).filter(|library| is_library(&library.name)) else { continue };
                if !found.iter().any(|known| known.name == library.name) {
                    found.push(library);
                    open.push(&library.name);
                }
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }
}

/// The major version of CUDA that a package of libraries names: 12 of `nvidia-cublas-cu12`.
fn cuda_major(name: &str) -> Option<u16> {
    name.strip_prefix("nvidia-")?.rsplit_once("-cu")?.1.parse().ok()
}

#[cfg(test)]
mod tests;
