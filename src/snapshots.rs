//! What an environment was at a moment: each package with its version, its index, the hash of its wheel and of its files;
//! its Python, and what it was proven on. A snapshot is a small file that another environment can be held against, and
//! that an environment can be had back by.

pub mod compare;

use crate::environments::{self, packages, record};
use crate::facts::{Fingerprint, PythonVersion, TorchVersion};
use crate::host::Host;
use crate::lock::{LockedPackage, LockedWheel, is_same_version};
use crate::plan::repair::Installed;
use crate::problem::Problem;
use crate::store::{Known, SCHEMA, look};
use crate::verify::Proof;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// What an environment was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Form of the file.
    pub schema: u32,
    /// When it was taken (RFC 3339, UTC).
    pub taken_at: String,
    /// The environment's folder.
    pub environment: PathBuf,
    /// `venv`, `conda`, `portable`.
    pub kind: String,
    /// The version of its Python.
    pub python: Option<PythonVersion>,
    /// `2.15.0+cu130`.
    pub torch: Option<String>,
    /// `cu130`, `cpu`.
    pub variant: Option<String>,
    /// The route it was made by; `None` if it was adopted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The last verdict on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Proof>,
    /// When (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<String>,
    /// The machine of that verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Fingerprint>,
    /// The indexes that its packages are known to come from, sorted.
    pub indexes: Vec<String>,
    /// Its packages, by name.
    pub packages: Vec<Package>,
}

/// A package of a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Normalised name.
    pub name: String,
    /// Version with local part.
    pub version: String,
    /// Somebody asked for it, and no other package for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub requested: bool,
    /// Who installed it: `uv`, `pip`, `conda`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installer: Option<String>,
    /// The address or folder it came from, where that was no index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// One hash over its files as its RECORD lists them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<String>,
    /// The index it was found on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<String>,
    /// The wheel it was made from, where a run of ours put it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wheel: Option<LockedWheel>,
}

impl Snapshot {
    /// The package of this name.
    pub fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// The torch in it.
    pub fn torch_version(&self) -> Option<TorchVersion> {
        self.torch.as_ref()?.parse().ok()
    }

    /// The name its file has where nobody chooses one: that of the environment and of the moment.
    pub fn file_name(&self) -> String {
        let name = harmless_name(&self.environment);
        let digits: String = self.taken_at.chars().filter(char::is_ascii_digit).collect();
        let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("0");
        format!("{name}-{}-{}.json", part(0, 8), part(8, 17))
    }
}

/// A folder's name in letters that every system takes in the name of a file.
fn harmless_name(environment: &Path) -> String {
    let harmless = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    environments::places::name_of(environment).trim_start_matches('.').chars().map(harmless).collect()
}

/// So many are shown of an environment.
const LAST: usize = 5;

/// The folder of all snapshots.
pub fn folder(host: &dyn Host) -> PathBuf {
    host.folders().data.join("snapshots")
}

/// Takes one of an environment. `known` is what the registry has of it.
pub fn take(host: &dyn Host, path: &Path, known: Option<&Known>) -> Result<Snapshot, Problem> {
    let seen = environments::inspect(host, path);
    let python = environments::python_version(host, &seen.path);
    let site = packages::of_environment(host, path);
    if site.packages.is_empty() {
        return Err(Problem::new("no-packages", format!("There are no packages in {}.", path.display()))
            .command("See what is known of it", format!("torch-wizard envs check \"{}\"", path.display())));
    }
    let wheels = crate::run::wheels_of(host, &seen.path);
    let packages: Vec<Package> =
        site.packages.iter().map(|package| read(host, package, &site.packages, &wheels)).collect();
    let mut indexes: Vec<String> = packages.iter().filter_map(|package| package.index.clone()).collect();
    indexes.sort();
    indexes.dedup();
    Ok(Snapshot {
        schema: SCHEMA,
        taken_at: crate::time::now(host),
        variant: environments::variant(&seen),
        torch: seen.torch.as_ref().map(ToString::to_string),
        environment: seen.path,
        kind: seen.kind,
        python,
        route: known.and_then(|known| known.route.clone()),
        verdict: known.and_then(|known| known.verdict),
        verified_at: known.and_then(|known| known.verified_at.clone()),
        machine: known.and_then(|known| known.machine.clone()),
        indexes,
        packages,
    })
}

/// The companions belong to what a user asks for, though they ask for torch themselves.
const ASKED_FOR: [&str; 3] = ["torch", "torchvision", "torchaudio"];

fn read(host: &dyn Host, package: &Installed, all: &[Installed], wheels: &[LockedPackage]) -> Package {
    let is_it = |wheel: &&LockedPackage| {
        wheel.name == package.name && is_same_version(&wheel.version, &package.version) && package.from.is_none()
    };
    let made_from = wheels.iter().find(is_it);
    // Our own installs name every package, so what nobody else asks for is what the user wanted.
    let is_asked_by_another = all.iter().any(|other| other.requires.contains(&package.name));
    let is_own_wish = !is_asked_by_another || ASKED_FOR.contains(&package.name.as_str());
    Package {
        name: package.name.clone(),
        version: package.version.clone(),
        requested: package.is_requested && (made_from.is_none() || is_own_wish),
        installer: packages::installer(host, &package.info),
        from: package.from.clone(),
        files: record::digest(host, &package.info),
        index: made_from.and_then(|wheel| wheel.index.clone()),
        wheel: made_from.map(|wheel| wheel.wheel.clone()),
    }
}

/// Writes a snapshot. Answers with its bytes.
pub fn save(host: &dyn Host, path: &Path, snapshot: &Snapshot) -> Result<u64, Problem> {
    // One line: with indents it would be a third larger.
    let mut bytes = serde_json::to_vec(snapshot).unwrap_or_default();
    bytes.push(b'\n');
    host.write_atomic(path, &bytes).map_err(|error| crate::run::problem_of(&error))?;
    Ok(bytes.len() as u64)
}

/// The file that a word means: itself, or the name of one in the folder of all. `None` if neither is there.
pub fn file_of(host: &dyn Host, word: &Path, absolute: &Path) -> Option<PathBuf> {
    let is_file = |path: &PathBuf| host.meta(path).is_some_and(|meta| !meta.is_dir);
    let named = folder(host).join(word);
    let with_end = folder(host).join(format!("{}.json", word.display()));
    [absolute.to_owned(), named, with_end].into_iter().find(is_file)
}

/// The last snapshots of an environment, the newest first, each with its file. What cannot be read is none of them.
pub fn last_of(host: &dyn Host, environment: &Path) -> Vec<(PathBuf, Snapshot)> {
    let begin = harmless_name(environment);
    let entries = host.list(&folder(host)).unwrap_or_default().into_iter().map(|entry| entry.path);
    let named = entries.map(|path| (environments::places::name_of(&path), path));
    let mut files: Vec<(String, PathBuf)> = named.filter(|(name, _)| name.starts_with(&begin)).collect();
    // Behind the folder's name stand day and time.
    files.sort_by(|(one, _), (other, _)| other.cmp(one));
    let read = files.into_iter().filter_map(|(_, path)| load(host, &path).ok().map(|snapshot| (path, snapshot)));
    read.filter(|(_, snapshot)| snapshot.environment == environment).take(LAST).collect()
}

/// The files of an environment's torch that are not what they were installed as. `go_on` is asked now and then.
pub fn changed_files(
    host: &dyn Host,
    side: compare::Side,
    environment: &Path,
    go_on: &mut dyn FnMut() -> ControlFlow<()>,
) -> Vec<compare::File> {
    let site = packages::of_environment(host, environment);
    let torch = site.packages.into_iter().find(|package| package.name == "torch");
    let changed = torch.map(|torch| record::changed(host, &torch.info, go_on)).unwrap_or_default();
    changed.into_iter().map(|(path, what)| compare::File { side, path, what }).collect()
}

/// Reads a snapshot. A file that is none stays where it is.
pub fn load(host: &dyn Host, path: &Path) -> Result<Snapshot, Problem> {
    let unreadable = |why: String| {
        Problem::new("unreadable-snapshot", format!("{} is no snapshot that can be read: {why}.", path.display()))
            .advise("Take a new one: torch-wizard envs snapshot ENV.")
    };
    let snapshot: Snapshot = look(host, path).map_err(unreadable)?;
    if snapshot.packages.is_empty() {
        return Err(unreadable("it names no packages".to_owned()));
    }
    Ok(snapshot)
}

#[cfg(test)]
mod tests;
