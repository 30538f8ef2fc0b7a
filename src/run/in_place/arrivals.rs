//! What is moved into an environment, and what stands in its way there.

use crate::environments::places::{below, name_of};
use crate::host::{Entry, Host, HostError};
use std::collections::BTreeSet;
use std::path::Path;

/// Paths below the environment: what is moved in, whole folders where there is none of that name, and what must be
/// moved aside for it: files that packages share, and what Python compiled of files that change.
pub(super) fn paths(host: &dyn Host, environment: &Path, new: &Path) -> Result<(Vec<String>, Vec<String>), HostError> {
    let mut search = Search { host, environment, new, paths: Vec::new(), over: BTreeSet::new() };
    if host.meta(new).is_some() {
        search.folder("")?;
    }
    Ok((search.paths, search.over.into_iter().collect()))
}

struct Search<'a> {
    host: &'a dyn Host,
    environment: &'a Path,
    new: &'a Path,
    paths: Vec<String>,
    over: BTreeSet<String>,
}

/// uv's own lock, which it leaves in the folder it installs into.
const LOCK: &str = ".lock";

impl Search<'_> {
    fn folder(&mut self, path: &str) -> Result<(), HostError> {
        for entry in self.host.list(&below(self.new, path))? {
            let path = joined(path, &name_of(&entry.path));
            if path == LOCK {
                continue;
            }
            let place = below(self.environment, &path);
            match self.host.meta(&place) {
                Some(there) if is_folder(&entry) && there.is_dir && (!there.is_link || self.leads_inside(&place)) => {
                    self.folder(&path)?;
                    continue;
                }
                Some(_) => drop(self.over.insert(path.clone())),
                None => {}
            }
            self.over.extend(caches(self.host, self.environment, &path));
            self.paths.push(path);
        }
        Ok(())
    }

    /// `lib64` leads to `lib`; a link of the user's may lead anywhere.
    fn leads_inside(&self, link: &Path) -> bool {
        self.host.resolve(link).starts_with(self.host.resolve(self.environment))
    }
}

pub(super) fn is_folder(entry: &Entry) -> bool {
    entry.meta.is_dir && !entry.meta.is_link
}

pub(super) fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The folder that Python writes what it compiled into.
pub(super) const CACHE: &str = "__pycache__";

/// What Python has compiled of a file, for whichever version. <https://peps.python.org/pep-3147/>
pub(super) fn caches(host: &dyn Host, environment: &Path, path: &str) -> Vec<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let Some(stem) = name.strip_suffix(".py") else { return Vec::new() };
    let folder = joined(folder, CACHE);
    let entries = host.list(&below(environment, &folder)).unwrap_or_default();
    let names = entries.into_iter().map(|entry| name_of(&entry.path));
    names.filter(|name| source(name) == Some(stem)).map(|name| joined(&folder, &name)).collect()
}

/// The name without `.py` of the file that `torch.cpython-312.pyc` was compiled from.
pub(super) fn source(compiled: &str) -> Option<&str> {
    let (stem, _tag) = compiled.strip_suffix(".pyc")?.split_once('.')?;
    Some(stem)
}
