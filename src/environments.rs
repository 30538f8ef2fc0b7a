//! Environments that may hold torch: where they lie, and which torch they hold, read from files alone.
//!
//! Never starts a Python: a broken one hangs, and importing torch takes seconds. May use `host` and `facts`.

pub mod guard;
pub mod health;
pub mod kernels;
pub mod packages;
pub(crate) mod places;
pub mod record;
mod torch;

use crate::facts::{Environment, OsFamily};
use crate::host::Host;
use crate::problem::Problem;
use crate::store::Registry;
use places::{name_of, parent_of};
use std::path::{Path, PathBuf};

/// Every environment found on this machine, each folder once, with the torch it holds.
///
/// Looks, in order, at: `known` (the product's own list), the active environment (`VIRTUAL_ENV`, `CONDA_PREFIX`),
/// `.venv` and `venv` in the current folder and at home, where tools keep the environments of all projects, conda's,
/// those of Jupyter's kernels, the folders of well-known applications, and the site-packages of `interpreters`. Of the last only those with a torch, or the remains
/// of one, are told: a Python without torch is no environment of ours.
pub fn find(host: &dyn Host, known: &[PathBuf], interpreters: &[PathBuf]) -> Vec<Environment> {
    let mut seen: Vec<PathBuf> = Vec::new();
    let mut is_new = |path: &Path| {
        let path = host.resolve(path);
        let is_new = !seen.contains(&path);
        if is_new {
            seen.push(path);
        }
        is_new
    };
    let named = known.iter().cloned().chain(places::all(host));
    let mut found: Vec<Environment> =
        named.filter(|path| is_environment(host, path) && is_new(path)).map(|path| inspect(host, &path)).collect();
    // Several interpreters share a prefix (`/usr/bin/python3.11`, `python3.12`); each may have its own torch.
    let others = interpreters.iter().filter(|path| is_new(&prefix(host, path)) || has_versions(host, path));
    for environment in others.map(|path| inspect(host, path)) {
        let holds_any = environment.torch.is_some() || environment.damage.is_some();
        if holds_any && !found.contains(&environment) {
            found.push(environment);
        }
    }
    found
}

/// One environment, by its folder or by its interpreter.
pub fn inspect(host: &dyn Host, path: &Path) -> Environment {
    let folder = prefix(host, path);
    let kind = kind(host, &folder).to_owned();
    if host.meta(&folder).is_none() {
        let damage = Some("the folder is not there".to_owned());
        return Environment { path: folder, kind, torch: None, torch_cuda: None, damage };
    }
    let sites = site_packages(host, path);
    let held = sites.iter().find_map(|site| torch::read(host, site)).unwrap_or_default();
    let damage = held.damage();
    Environment { path: folder, kind, torch: held.version, torch_cuda: held.cuda, damage }
}

/// The variant of the torch in an environment: `cu126`, `cpu`, `rocm6.4` …; `None` without a torch.
pub fn variant(environment: &Environment) -> Option<String> {
    let local = environment.torch.as_ref()?.local();
    // The local part of a development build may be its commit, so CUDA's own version counts first.
    let by_cuda = environment.torch_cuda.map(crate::facts::CudaVersion::variant);
    let is_variant = |text: &String| ["cpu", "rocm", "xpu", "cu"].iter().any(|word| text.starts_with(word));
    Some(by_cuda.or_else(|| local.filter(is_variant)).unwrap_or_else(|| "cpu".to_owned()))
}

/// What the files of a known environment say today: it may have been deleted or changed behind our back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// As the registry has it.
    Sound,
    /// Otherwise.
    Wrong(Trouble),
}

/// What is wrong with a known environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The folder is gone.
    Missing,
    /// Files are damaged: how, in one sentence.
    Damaged(String),
    /// It holds another torch: its version and variant.
    Changed(String, String),
    /// torch is gone.
    NoTorch,
}

impl State {
    /// The word of `envs list --json`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Sound => "ok",
            Self::Wrong(Trouble::Missing) => "missing",
            Self::Wrong(Trouble::Damaged(_)) => "damaged",
            Self::Wrong(Trouble::Changed(..) | Trouble::NoTorch) => "changed",
        }
    }

    /// What is wrong, in words.
    pub fn in_words(&self) -> Option<String> {
        let Self::Wrong(trouble) = self else { return None };
        Some(trouble.in_words())
    }
}

impl Trouble {
    /// What is wrong, in words.
    pub fn in_words(&self) -> String {
        match self {
            Self::Missing => "the folder is gone".to_owned(),
            Self::Damaged(how) => how.clone(),
            Self::Changed(torch, variant) => format!("it holds torch {torch} ({variant}) now"),
            Self::NoTorch => "torch is gone".to_owned(),
        }
    }
}

/// What is said where nothing is in the place that was named.
pub fn not_there(path: &Path) -> Problem {
    Problem::new("unknown-environment", format!("{} is not there.", path.display()))
        .command("See the list of environments", "torch-wizard envs list")
}

/// What the files of a known environment say today.
pub fn state(host: &dyn Host, known: &crate::store::Known) -> State {
    // A look at files inside WSL starts its Linux.
    if known.is_in_wsl() {
        return State::Sound;
    }
    if host.meta(&known.path).is_none() {
        return State::Wrong(Trouble::Missing);
    }
    held_state(known, &inspect(host, &known.path))
}

/// The same by what was read of its files.
fn held_state(known: &crate::store::Known, now: &Environment) -> State {
    // What is inside a container cannot be read from here.
    if known.is_inside() {
        return State::Sound;
    }
    let torch = now.torch.as_ref().map(ToString::to_string);
    let variant = variant(now);
    if let Some(damage) = &now.damage {
        return State::Wrong(Trouble::Damaged(damage.clone()));
    }
    if known.variant.is_some() && variant.is_some() && variant != known.variant {
        return State::Wrong(Trouble::Changed(torch.unwrap_or_default(), variant.unwrap_or_default()));
    }
    if torch.is_none() && known.torch.is_some() {
        return State::Wrong(Trouble::NoTorch);
    }
    State::Sound
}

/// Deletes an environment: only what is one, since the folder may hold something else by now. It goes off the list
/// first: a half-deleted folder must not be listed as an environment.
pub fn remove(host: &dyn Host, path: &Path) -> Result<(), Problem> {
    let is_there = host.meta(path).is_some();
    if is_there && host.meta(&path.join("pyvenv.cfg")).is_none() {
        let cause = format!("{} is no virtual environment, so it is not deleted.", path.display());
        let command = format!("torch-wizard envs forget \"{}\"", path.display());
        return Err(Problem::new("not-removed", cause).command("Take it off the list", command));
    }
    let file = Registry::path(host);
    let mut registry: Registry = crate::store::load(host, &file)?;
    registry.environments.retain(|known| known.path != path);
    crate::store::save(host, &file, &registry)?;
    host.remove(path).map_err(|error| {
        crate::run::problem_of(&error)
            .changed(format!("{} is off the list; some of its files are left.", path.display()))
    })?;
    // Jupyter would offer what is not there any more.
    kernels::unregister(host, path).map(drop)
}

/// Where applications keep a Python of their own, below their folder.
const INNER: [&str; 7] =
    ["python_embeded", "python_embedded", "venv", ".venv", "system/python", "installer_files/env", "env"];

/// The environment that somebody means by a path: its folder, its interpreter, a Jupyter kernel, or the folder of an
/// application that has one inside.
pub fn meant(host: &dyn Host, path: &Path) -> Option<PathBuf> {
    let is_folder = host.meta(path)?.is_dir;
    if is_folder && interpreter(host, path).is_some() {
        return Some(path.to_owned());
    }
    if let Some(of_kernel) = kernels::environment(host, path) {
        return Some(of_kernel);
    }
    if !is_folder {
        // What belongs to the system is meant by its folder alone.
        let is_python = name_of(path).to_lowercase().starts_with("python");
        let folder = Some(prefix(host, path)).filter(|folder| is_python && kind(host, folder) != "system");
        return folder.filter(|folder| interpreter(host, folder).is_some());
    }
    INNER.iter().map(|inner| places::below(path, inner)).find(|folder| interpreter(host, folder).is_some())
}

/// The interpreter of an environment's folder, if one is there.
pub fn interpreter(host: &dyn Host, folder: &Path) -> Option<PathBuf> {
    let names: &[&str] = match host.family() {
        OsFamily::Windows => &["Scripts/python.exe", "python.exe", "bin/python.exe"],
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => &["bin/python", "bin/python3"],
    };
    let mut paths = names.iter().map(|name| places::below(folder, name));
    paths.find(|path| host.meta(path).is_some_and(|meta| !meta.is_dir))
}

/// A value of `pyvenv.cfg`.
fn written(host: &dyn Host, folder: &Path, key: &str) -> Option<String> {
    let bytes = host.read(&folder.join("pyvenv.cfg")).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let value = text.lines().filter_map(|line| line.split_once('=')).find(|(name, _)| name.trim() == key);
    value.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// The version of Python that a virtual environment was made with, as it is written down.
pub fn written_version(host: &dyn Host, folder: &Path) -> Option<crate::facts::PythonVersion> {
    // uv writes the second.
    let text = written(host, folder, "version").or_else(|| written(host, folder, "version_info"))?;
    text.parse().ok()
}

/// The version of an environment's Python by its files alone: what is written down, else the names of its own.
pub fn python_version(host: &dyn Host, folder: &Path) -> Option<crate::facts::PythonVersion> {
    written_version(host, folder).or_else(|| {
        let names = |folder: &Path| host.list(folder).unwrap_or_default().into_iter().map(|entry| name_of(&entry.path));
        // `lib/python3.12`; beside a portable one of Windows lies `python312.dll`.
        let of_library = |name: String| name.strip_prefix("python3.")?.parse().ok();
        let of_dll = |name: String| name.to_lowercase().strip_prefix("python3")?.strip_suffix(".dll")?.parse().ok();
        let minor = names(&folder.join("lib")).find_map(of_library).or_else(|| names(folder).find_map(of_dll))?;
        Some(crate::facts::PythonVersion::minor(3, minor))
    })
}

/// The interpreter that a virtual environment was made from, if it is still there.
pub fn base_interpreter(host: &dyn Host, folder: &Path) -> Option<PathBuf> {
    let named = written(host, folder, "executable").map(PathBuf::from);
    let home = written(host, folder, "home").map(PathBuf::from);
    let names: &[&str] = match host.family() {
        OsFamily::Windows => &["python.exe"],
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => &["python3", "python"],
    };
    let version = written_version(host, folder).map(|version| format!("python{}", version.short()));
    let beside = home
        .iter()
        .flat_map(|home| version.as_deref().into_iter().chain(names.iter().copied()).map(|name| home.join(name)));
    named.into_iter().chain(beside).find(|path| host.meta(path).is_some_and(|meta| !meta.is_dir))
}

/// The folders in which an environment or an interpreter (`path` may be either) keeps its packages, the user's
/// own folder left out.
pub fn site_packages(host: &dyn Host, path: &Path) -> Vec<PathBuf> {
    let folder = prefix(host, path);
    let version = python_of(host, path);
    let mut sites = vec![folder.join("Lib").join("site-packages")];
    let mut roots = vec![folder.clone()];
    if folder == Path::new("/usr") {
        // Debian and Fedora put what pip installs there.
        roots.insert(0, PathBuf::from("/usr/local"));
    }
    for root in roots {
        for library in ["lib", "lib64"] {
            let entries = host.list(&root.join(library)).unwrap_or_default();
            let pythons = entries.into_iter().filter(|entry| {
                let name = name_of(&entry.path);
                // Debian's packages for all versions lie below `python3`.
                let fits = version.as_ref().is_none_or(|version| name == *version || name == "python3");
                entry.meta.is_dir && name.starts_with("python3") && fits
            });
            for entry in pythons {
                sites.extend(["site-packages", "dist-packages"].map(|name| entry.path.join(name)));
            }
        }
    }
    let mut seen = Vec::new();
    sites.retain(|site| {
        // `lib64` is often a link to `lib`.
        let is_new = host.meta(site).is_some_and(|meta| meta.is_dir) && !seen.contains(&host.resolve(site));
        seen.push(host.resolve(site));
        is_new
    });
    sites
}

/// The folder of the environment that `path`, an interpreter or the folder itself, belongs to.
pub fn prefix(host: &dyn Host, path: &Path) -> PathBuf {
    if host.meta(path).is_none_or(|meta| meta.is_dir) {
        return path.to_owned();
    }
    let folder_of = |path: &Path| -> Option<PathBuf> {
        let folder = parent_of(path)?;
        let is_inner = ["bin", "scripts"].contains(&name_of(&folder).to_lowercase().as_str());
        if is_inner { parent_of(&folder) } else { Some(folder) }
    };
    let near = folder_of(path);
    // The interpreter of a venv is a link to that of the system: what counts lies beside the link.
    near.clone()
        .filter(|folder| host.meta(&folder.join("pyvenv.cfg")).is_some())
        .or_else(|| folder_of(&host.resolve(path)))
        .or(near)
        .unwrap_or_else(|| path.to_owned())
}

/// `python3.12` if the interpreter's true name says so; folders say nothing.
fn python_of(host: &dyn Host, path: &Path) -> Option<String> {
    if host.meta(path).is_none_or(|meta| meta.is_dir) || host.meta(&prefix(host, path).join("pyvenv.cfg")).is_some() {
        return None;
    }
    let name = name_of(&host.resolve(path));
    name.starts_with("python3.").then_some(name)
}

fn has_versions(host: &dyn Host, path: &Path) -> bool {
    python_of(host, path).is_some()
}

fn kind(host: &dyn Host, folder: &Path) -> &'static str {
    let has = |name: &str| host.meta(&folder.join(name)).is_some();
    if has("pyvenv.cfg") {
        "venv"
    } else if has("conda-meta") {
        "conda"
    } else if is_portable(host, folder) {
        "portable"
    } else {
        "system"
    }
}

/// The embeddable Python of python.org, which applications carry along, has a `python312._pth` beside it.
fn is_portable(host: &dyn Host, folder: &Path) -> bool {
    let name = name_of(folder).to_lowercase();
    if ["python_embeded", "python_embedded"].contains(&name.as_str()) {
        return true;
    }
    host.family() == OsFamily::Windows
        && host.list(folder).unwrap_or_default().iter().any(|entry| name_of(&entry.path).ends_with("._pth"))
}

fn is_environment(host: &dyn Host, folder: &Path) -> bool {
    let has = |name: &str| host.meta(&folder.join(name)).is_some();
    has("pyvenv.cfg") || has("conda-meta") || interpreter(host, folder).is_some()
}

#[cfg(test)]
mod tests;
