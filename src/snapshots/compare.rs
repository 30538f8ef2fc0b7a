//! What is different between two environments, or between one and what it was. Pure.

use super::{Package, Snapshot};
use crate::environments::record::Fate;
use crate::lock::is_same_version;
use serde::Serialize;
use std::collections::BTreeSet;

/// All that is different from the first to the second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The torch, if it is another.
    pub torch: Option<Change>,
    /// Its variant, if it is another.
    pub variant: Option<Change>,
    /// The Python, if it is another.
    pub python: Option<Change>,
    /// Packages that only the second has.
    pub added: Vec<Named>,
    /// Packages that only the first has.
    pub removed: Vec<Named>,
    /// Packages that both have, with other versions or files.
    pub changed: Vec<Changed>,
    /// Files of torch that are not what they were installed as.
    pub files: Vec<File>,
}

/// A value before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Of the first.
    pub from: Option<String>,
    /// Of the second.
    pub to: Option<String>,
}

/// A package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A package that both have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Its name.
    pub name: String,
    /// Its version in the first.
    pub from: String,
    /// Its version in the second.
    pub to: String,
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The first.
    A,
    /// The second.
    B,
}

/// A file of torch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// Whose.
    pub side: Side,
    /// Seen from the folder of the packages.
    pub path: String,
    /// What became of it.
    pub what: Fate,
}

impl Difference {
    /// Whether nothing is different.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// What is different, a line each: `-` is gone, `+` has come, `~` is another, `!` is damaged.
    pub fn lines(&self) -> Vec<String> {
        let Self { torch, variant, python, added, removed, changed, files } = self;
        let value = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        let of_change =
            |name: &str, change: &Change| format!("{name}: {} → {}", value(&change.from), value(&change.to));
        let heads = [("torch", torch), ("variant", variant), ("Python", python)];
        let mut lines: Vec<String> =
            heads.into_iter().filter_map(|(name, change)| Some(of_change(name, change.as_ref()?))).collect();
        lines.extend(removed.iter().map(|package| format!("- {} {}", package.name, package.version)));
        lines.extend(added.iter().map(|package| format!("+ {} {}", package.name, package.version)));
        lines.extend(changed.iter().map(|package| {
            if package.from == package.to {
                format!("~ {} {}: other files under the same version", package.name, package.from)
            } else {
                format!("~ {} {} → {}", package.name, package.from, package.to)
            }
        }));
        lines.extend(files.iter().map(|file| {
            let side = if file.side == Side::A { "a" } else { "b" };
            let what = match file.what {
                Fate::Missing => "is gone",
                Fate::Changed => "is not what was installed",
            };
            format!("! {side}: {} {what}", file.path)
        }));
        lines
    }
}

/// Compares. `files` are those of torch that are known not to be what they were.
pub fn compare(a: &Snapshot, b: &Snapshot, files: Vec<File>) -> Difference {
    let change = |from: Option<String>, to: Option<String>| (from != to).then_some(Change { from, to });
    let python = |snapshot: &Snapshot| snapshot.python.map(|python| python.to_string());
    let only = |one: &Snapshot, other: &Snapshot| {
        let alone = one.packages.iter().filter(|package| other.package(&package.name).is_none());
        alone.map(|package| Named { name: package.name.clone(), version: package.version.clone() }).collect()
    };
    let both = a.packages.iter().filter_map(|from| Some((from, b.package(&from.name)?)));
    let changed = both.filter(|(from, to)| !is_same(from, to)).map(|(from, to)| Changed {
        name: from.name.clone(),
        from: from.version.clone(),
        to: to.version.clone(),
    });
    Difference {
        torch: change(a.torch.clone(), b.torch.clone()),
        variant: change(a.variant.clone(), b.variant.clone()),
        python: change(python(a), python(b)),
        added: only(b, a),
        removed: only(a, b),
        changed: changed.collect(),
        files,
    }
}

/// Whether two packages are the same as far as anybody knows: a package without hashes is what its version says.
pub fn is_same(one: &Package, other: &Package) -> bool {
    let has_same_files = one.files.as_ref().zip(other.files.as_ref()).is_none_or(|(one, other)| one == other);
    is_same_version(&one.version, &other.version) && has_same_files
}

/// What brings an environment back to a snapshot: what has to be installed, and what has to go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WayBack {
    /// Packages of the snapshot.
    pub install: Vec<Package>,
    /// Names of packages that the snapshot does not have.
    pub remove: Vec<String>,
}

/// The way from `now` back to `then`. `broken` names packages whose files are not what their lists say.
pub fn way_back(now: &Snapshot, then: &Snapshot, broken: &BTreeSet<String>) -> WayBack {
    let is_there = |package: &&Package| {
        now.package(&package.name).is_some_and(|there| is_same(there, package) && !broken.contains(&package.name))
    };
    let install = then.packages.iter().filter(|package| !is_there(package)).cloned().collect();
    let is_more = |package: &&Package| then.package(&package.name).is_none();
    let remove = now.packages.iter().filter(is_more).map(|package| package.name.clone()).collect();
    WayBack { install, remove }
}
