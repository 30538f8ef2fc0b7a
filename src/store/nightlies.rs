//! The locks of nightly builds that were proven here. An index forgets a night after about two months; with its lock, and
//! its wheels in the store, it can be had again.

use crate::catalog::Nightly;
use crate::facts::{PythonVersion, TorchVersion};
use crate::host::{Host, HostError};
use crate::lock::Lock;
use crate::run::download::place;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const ENDS: &str = ".pylock.toml";

/// A night whose lock is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Night {
    /// The file.
    pub path: PathBuf,
    /// `cu132`.
    pub variant: String,
    /// With its local part.
    pub torch: TorchVersion,
    /// The Python of torch's wheel, and its tag; `None` if the name of the wheel does not say.
    pub python: Option<PythonVersion>,
    /// `cp312`.
    pub python_tag: Option<String>,
    /// `win_amd64`, `manylinux_2_28_x86_64` …
    pub platform_tag: String,
    /// The packages, each with its hash.
    pub lock: Lock,
}

fn folder(host: &dyn Host) -> PathBuf {
    host.folders().data.join("nightlies")
}

/// Keeps the lock of a night that was proven; it must have the hash of every wheel. Of a variant the newest counts.
pub fn keep(host: &dyn Host, variant: &str, torch: &TorchVersion, lock: &Lock) -> Result<(), HostError> {
    let Some(date) = Nightly::date_of(torch) else { return Ok(()) };
    let name = format!("{variant}-{}{ENDS}", date.strftime("%Y%m%d"));
    host.make_dir(&folder(host))?;
    host.write_atomic(&folder(host).join(name), lock.to_pylock().as_bytes())
}

/// All that are kept, newest first. A file that cannot be read is none.
pub fn kept(host: &dyn Host) -> Vec<Night> {
    let folder = folder(host);
    if host.meta(&folder).is_none() {
        return Vec::new();
    }
    let files = host.list(&folder).unwrap_or_default();
    let mut nights: Vec<Night> = files.into_iter().filter_map(|entry| read(host, &entry.path)).collect();
    nights.sort_by_key(|night| std::cmp::Reverse(Nightly::date_of(&night.torch)));
    nights
}

fn read(host: &dyn Host, path: &Path) -> Option<Night> {
    let name = crate::environments::places::name_of(path);
    let (variant, _) = name.strip_suffix(ENDS)?.rsplit_once('-')?;
    let text = String::from_utf8(host.read(path).ok()?).ok()?;
    // The file is ours: what may be in it was decided before it was written.
    let lock = Lock::from_pylock_with(&text, &|_, _| true).ok()?;
    let torch = lock.package("torch")?;
    // `torch-2.16.0.dev20261120+cu132-cp312-cp312-win_amd64.whl`
    let mut tags = torch.wheel.file_name.strip_suffix(".whl")?.rsplit('-');
    let (platform_tag, python_tag) = (tags.next()?.to_owned(), tags.nth(1).map(str::to_owned));
    let minor = python_tag.as_deref().and_then(|tag| tag.strip_prefix("cp3")).and_then(|minor| minor.parse().ok());
    Some(Night {
        path: path.to_owned(),
        variant: variant.to_owned(),
        torch: torch.version.parse().ok()?,
        python: minor.map(|minor| PythonVersion::minor(3, minor)),
        python_tag,
        platform_tag,
        lock,
    })
}

/// The wheels of the store that the last good night of each variant needs, and the locks of older nights.
pub fn in_use(host: &dyn Host, store: &Path) -> (BTreeSet<PathBuf>, Vec<PathBuf>) {
    let (mut variants, mut wheels, mut older) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for night in kept(host) {
        if !variants.insert(night.variant) {
            older.push(night.path);
            continue;
        }
        let packages = night.lock.packages.iter();
        wheels.extend(packages.filter_map(|package| {
            let hash = package.wheel.sha256.as_deref()?;
            Some(place(store, hash, &package.wheel.file_name))
        }));
    }
    (wheels, older)
}

#[cfg(test)]
mod tests;
