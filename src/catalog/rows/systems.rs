//! Rows of `systems.toml`, and the names of `gpus.toml`: what a report that names a thing says of it.

use super::Backing;
use crate::facts::ComputeCapability;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Names of cards with one capability.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedCards {
    /// Compute capability.
    pub capability: ComputeCapability,
    /// As drivers and lists write them.
    pub names: Vec<String>,
    /// Where it comes from.
    pub backing: Backing,
}

/// The C library of a distribution's releases.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistributionLibc {
    /// Its names in small letters, and those of its kinds.
    pub names: Vec<String>,
    /// Release → version of the GNU C library.
    pub glibc: BTreeMap<String, Libc>,
    /// Where it comes from.
    pub backing: Backing,
}

/// A version of the GNU C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Libc(pub (u32, u32));

impl TryFrom<String> for Libc {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bad = || format!("{text:?} is no glibc version such as 2.28");
        let (major, minor) = text.split_once('.').ok_or_else(bad)?;
        major.parse().ok().zip(minor.parse().ok()).map(Self).ok_or_else(bad)
    }
}

/// The builds of a Windows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowsReleases {
    /// `Windows 11`
    pub name: String,
    /// Release → build.
    pub builds: BTreeMap<String, u32>,
    /// Where it comes from.
    pub backing: Backing,
}
