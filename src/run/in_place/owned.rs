//! What packages have in an environment.

use super::arrivals::{CACHE, is_folder, joined, source};
use super::record;
use crate::environments::places::{below, name_of};
use crate::environments::site_packages;
use crate::facts::OsFamily;
use crate::host::{Entry, Host, HostError};
use crate::lock::normalised;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Paths below the environment of everything that these packages have in it, and of these leftovers: whole folders
/// where nothing else is in them. What another package lists as well stays, and so does what nobody lists.
pub(super) fn paths(
    host: &dyn Host,
    environment: &Path,
    packages: &[String],
    leftovers: &[PathBuf],
) -> Result<Vec<String>, HostError> {
    let mut search = Search::new(host, environment);
    search.whole = leftovers.iter().filter_map(|leftover| search.relative(leftover)).collect();
    for site in site_packages(host, environment) {
        search.site(&site, packages)?;
    }
    let mut wanted = Node::default();
    for path in search.files.iter().filter(|path| !search.others.contains(*path)) {
        wanted.at(path).is_wanted = true;
    }
    for path in &search.whole {
        wanted.at(&search.key(path)).is_whole = true;
    }
    let mut found = Vec::new();
    search.folder("", &wanted, false, &mut found)?;
    Ok(found)
}

/// Names in a folder.
#[derive(Default)]
struct Node {
    /// This file goes.
    is_wanted: bool,
    /// This goes with all that is in it.
    is_whole: bool,
    inner: BTreeMap<String, Node>,
}

impl Node {
    fn at(&mut self, path: &str) -> &mut Self {
        path.split('/').fold(self, |node, part| node.inner.entry(part.to_owned()).or_default())
    }
}

struct Search<'a> {
    host: &'a dyn Host,
    environment: &'a Path,
    /// Folders of packages and those above them: they stay, even if all in them goes.
    fixed: BTreeSet<String>,
    /// Keys of what the packages list, and of what all others list.
    files: BTreeSet<String>,
    others: BTreeSet<String>,
    whole: Vec<String>,
}

impl<'a> Search<'a> {
    fn new(host: &'a dyn Host, environment: &'a Path) -> Self {
        let [fixed, files, others] = std::array::from_fn(|_| BTreeSet::new());
        Self { host, environment, fixed, files, others, whole: Vec::new() }
    }

    fn relative(&self, path: &Path) -> Option<String> {
        record::relative(self.host.family(), &self.environment.to_string_lossy(), &path.to_string_lossy())
    }

    /// Names that mean the same file have the same key.
    fn key(&self, path: &str) -> String {
        if self.host.family() == OsFamily::Windows { path.to_lowercase() } else { path.to_owned() }
    }

    /// Reads the lists of all packages in a folder.
    fn site(&mut self, site: &Path, packages: &[String]) -> Result<(), HostError> {
        let Some(path) = self.relative(site) else { return Ok(()) };
        let parts: Vec<&str> = path.split('/').collect();
        for count in 1..=parts.len() {
            self.fixed.insert(self.key(&parts.iter().take(count).copied().collect::<Vec<_>>().join("/")));
        }
        for entry in self.host.list(site)?.into_iter().filter(is_folder) {
            let folder = name_of(&entry.path);
            let Some(name) = folder.strip_suffix(".dist-info").and_then(|stem| stem.split('-').next()) else {
                continue;
            };
            // What is left of a package owns nothing, whatever its list says.
            if name.starts_with('~') || self.whole.contains(&joined(&path, &folder)) {
                continue;
            }
            let is_meant = packages.contains(&normalised(name));
            let listed = self.listed(&path, &entry)?;
            if is_meant {
                if listed.is_none() {
                    self.whole.extend(self.unlisted(&path, &entry, name));
                }
                self.files.extend(listed.into_iter().flatten());
                self.whole.push(joined(&path, &folder));
            } else {
                self.others.extend(listed.into_iter().flatten());
            }
        }
        Ok(())
    }

    /// Keys of the files of a package; `None` if it has no list.
    fn listed(&self, site: &str, info: &Entry) -> Result<Option<Vec<String>>, HostError> {
        let file = info.path.join("RECORD");
        if self.host.meta(&file).is_none() {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&self.host.read(&file)?).into_owned();
        let environment = self.environment.to_string_lossy();
        let paths = record::paths(self.host.family(), &environment, site, &text);
        Ok(Some(paths.iter().map(|path| self.key(path)).collect()))
    }

    /// What an installation that broke off before its list most likely has: the modules that it names, and that of its
    /// own name.
    fn unlisted(&self, site: &str, info: &Entry, name: &str) -> Vec<String> {
        let text = self.host.read(&info.path.join("top_level.txt")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let is_name = |line: &&str| !line.is_empty() && line.chars().all(|c| c.is_alphanumeric() || c == '_');
        let own = normalised(name).replace('-', "_");
        let modules: BTreeSet<&str> = text.lines().map(str::trim).filter(is_name).chain([own.as_str()]).collect();
        modules.iter().flat_map(|module| [joined(site, module), joined(site, &format!("{module}.py"))]).collect()
    }

    /// Another package lists this file, or one in this folder.
    fn is_shared(&self, path: &str) -> bool {
        let key = self.key(path);
        let inner = format!("{key}/");
        self.others.contains(&key) || self.others.range(inner.clone()..).next().is_some_and(|o| o.starts_with(&inner))
    }

    /// Adds what goes in a folder. Answers whether the folder itself does.
    fn folder(&self, path: &str, node: &Node, is_whole: bool, found: &mut Vec<String>) -> Result<bool, HostError> {
        let (mut goes, mut all) = (Vec::new(), true);
        for entry in self.host.list(&below(self.environment, path))? {
            // A name that is no Unicode is in nobody's list.
            let Some(name) = entry.path.to_str().map(|_| name_of(&entry.path)) else {
                all = all && is_whole;
                continue;
            };
            let path = joined(path, &name);
            if self.entry(&path, &name, &entry, (node, is_whole), &mut goes)? {
                goes.push(path);
            } else {
                all = false;
            }
        }
        if all && (is_whole || !goes.is_empty()) && !self.is_fixed(path) {
            return Ok(true);
        }
        found.append(&mut goes);
        Ok(false)
    }

    /// Whether this goes; if only some of what is in it does, adds that.
    fn entry(
        &self,
        path: &str,
        name: &str,
        entry: &Entry,
        (node, is_whole): (&Node, bool),
        found: &mut Vec<String>,
    ) -> Result<bool, HostError> {
        let nothing = Node::default();
        let inner = node.inner.get(&self.key(name));
        let is_whole = is_whole || inner.is_some_and(|inner| inner.is_whole);
        if is_whole && !self.is_shared(path) {
            return Ok(true);
        }
        // Behind a link is another folder; only `lib64` and its like are part of the environment.
        if !(is_folder(entry) || entry.meta.is_dir && self.is_fixed(path)) {
            return Ok(inner.is_some_and(|inner| inner.is_wanted));
        }
        if name == CACHE && !is_whole {
            return self.compiled(path, node, inner.unwrap_or(&nothing), found);
        }
        match inner {
            None if !is_whole => Ok(false),
            inner => self.folder(path, inner.unwrap_or(&nothing), is_whole, found),
        }
    }

    /// What was compiled goes with what it was compiled from, listed or not.
    fn compiled(&self, path: &str, above: &Node, node: &Node, found: &mut Vec<String>) -> Result<bool, HostError> {
        let (mut goes, mut all) = (Vec::new(), true);
        for entry in self.host.list(&below(self.environment, path))? {
            let name = name_of(&entry.path);
            let is_wanted =
                |node: &Node, name: &str| node.inner.get(&self.key(name)).is_some_and(|file| file.is_wanted);
            let of_source = source(&name).is_some_and(|stem| is_wanted(above, &format!("{stem}.py")));
            if !is_folder(&entry) && (of_source || is_wanted(node, &name)) {
                goes.push(joined(path, &name));
            } else {
                all = false;
            }
        }
        if all && !goes.is_empty() {
            return Ok(true);
        }
        found.append(&mut goes);
        Ok(false)
    }

    fn is_fixed(&self, path: &str) -> bool {
        path.is_empty() || self.fixed.contains(&self.key(path))
    }
}
