//! Which Python can hold a release.

use super::{Catalog, Platform, Release, UnfitKind};
use crate::facts::{Python, PythonVersion};

/// Why a Python cannot hold a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PythonTrouble {
    /// It could not be asked for its version.
    NotAsked,
    /// 32-bit.
    ThirtyTwoBit,
    /// Without the global interpreter lock.
    FreeThreaded,
    /// No `CPython`.
    NotCpython,
    /// The release has no wheel for it.
    NoWheel {
        /// Oldest and newest minor version that it has wheels for.
        range: Option<(PythonVersion, PythonVersion)>,
    },
    /// A patch release that a package does not work with.
    Trap {
        /// The package.
        breaks: String,
        /// The first release that works again.
        fixed_in: PythonVersion,
        /// What backs it.
        source: String,
    },
}

impl Catalog {
    /// Why a Python cannot hold a release on a platform; `None` if it can.
    pub fn python_why_not(&self, python: &Python, release: &Release, platform: Platform) -> Option<PythonTrouble> {
        if let Some(unfit) = self.python_kinds.iter().find_map(|row| unfit(row.kind, python)) {
            return Some(unfit);
        }
        let Some(version) = python.version else { return Some(PythonTrouble::NotAsked) };
        let tags = &release.on(platform).pythons;
        if !tags.contains(&version.tag()) {
            let mut plain: Vec<_> =
                tags.iter().filter(|tag| !tag.ends_with('t')).filter_map(|t| python_of_tag(t)).collect();
            plain.sort_unstable();
            return Some(PythonTrouble::NoWheel { range: plain.first().copied().zip(plain.last().copied()) });
        }
        self.python_traps.iter().find(|row| row.version == version).map(|row| PythonTrouble::Trap {
            breaks: row.breaks.clone(),
            fixed_in: row.fixed_in,
            source: row.backing.source.clone(),
        })
    }
}

fn unfit(kind: UnfitKind, python: &Python) -> Option<PythonTrouble> {
    match kind {
        UnfitKind::ThirtyTwoBit => (python.bits == Some(32)).then_some(PythonTrouble::ThirtyTwoBit),
        UnfitKind::FreeThreaded => python.free_threaded.then_some(PythonTrouble::FreeThreaded),
        UnfitKind::NotCpython => (!["cpython", "unknown"]
            .contains(&python.implementation.to_ascii_lowercase().as_str()))
        .then_some(PythonTrouble::NotCpython),
    }
}

/// `cp312` and `cp313t` → 3.12 and 3.13.
pub(super) fn python_of_tag(tag: &str) -> Option<PythonVersion> {
    let digits = tag.strip_prefix("cp")?.trim_end_matches('t');
    let (major, minor) = digits.split_at_checked(1)?;
    Some(PythonVersion::minor(major.parse().ok()?, minor.parse().ok()?))
}
