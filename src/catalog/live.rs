//! What the indexes said when they were asked: plain values, filled by the live look-up.

mod address;
mod news;
mod nightly;

pub use address::{TORCH_INDEX, fixed_variant, nightly_page, variant_page};
pub use news::{NewRelease, News};
pub use nightly::{Nightly, Pythons};

use super::Platform;
use crate::facts::{Reach, TorchVersion};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A wheel of torch as an index page lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveWheel {
    /// With its local part, e.g. `2.15.0+cu130`.
    pub version: TorchVersion,
    /// `cp312`; the ABI tag for free-threaded builds: `cp313t`.
    pub python_tag: String,
    /// `win_amd64`, `manylinux_2_28_x86_64` …
    pub platform_tag: String,
    /// Whether the page gives its SHA-256.
    pub has_hash: bool,
}

/// The live look-up's answer. Nothing in it is an opinion: what was not asked is `Unknown` or missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveIndex {
    /// Reach of `download.pytorch.org`, now.
    pub torch_index: Reach,
    /// Reach of the mirror the user set, now; `None` without one.
    pub mirror: Option<Reach>,
    /// Reach of `PyPI`, or of the index that stands in for it, now.
    pub pypi: Reach,
    /// The wheels per variant, from the mirror's pages if there is one, else from the torch index's. A page that
    /// could not be read is missing; an empty list counts as one.
    pub pages: BTreeMap<String, Vec<LiveWheel>>,
    /// Variants that the index said it does not have; only where it has others.
    #[serde(default)]
    pub absent: BTreeSet<String>,
    /// The nights per variant that have torch and torchvision together. A variant is missing where nobody asked, or
    /// where a page could not be read; one without nightly builds has an empty list.
    #[serde(default)]
    pub nightly: BTreeMap<String, Vec<Nightly>>,
    /// Versions of torch on `PyPI`; `None` if not asked.
    pub pypi_torch: Option<Vec<TorchVersion>>,
    /// When the pages were read (RFC 3339, UTC); the oldest of them, if not all at once. `None` if there are none.
    #[serde(default)]
    pub taken_at: Option<String>,
    /// The pages were read by an earlier run: nothing to install by.
    #[serde(default)]
    pub from_cache: bool,
    /// They stand in for an answer that did not come, however old they are: what they list need not be there any more,
    /// and what they lack may have come.
    #[serde(default)]
    pub stands_in: bool,
}

impl LiveIndex {
    /// Nothing was asked.
    pub const fn offline() -> Self {
        Self {
            torch_index: Reach::Unknown,
            mirror: None,
            pypi: Reach::Unknown,
            pages: BTreeMap::new(),
            absent: BTreeSet::new(),
            nightly: BTreeMap::new(),
            pypi_torch: None,
            taken_at: None,
            from_cache: false,
            stands_in: false,
        }
    }

    /// Reach of the index that the pages are of, now: the mirror's if there is one.
    pub fn reach(&self) -> Reach {
        self.mirror.unwrap_or(self.torch_index)
    }

    /// Something is known of what the index has, by this look or an earlier one.
    pub fn is_known(&self) -> bool {
        !self.pages.is_empty()
    }

    /// How long ago the pages were read; `None` if there are none, or if another clock says so.
    pub fn age(&self, now: jiff::Timestamp) -> Option<Duration> {
        let at: jiff::Timestamp = self.taken_at.as_deref()?.parse().ok()?;
        Duration::try_from(now.duration_since(at)).ok()
    }

    /// The wheels on a variant's page that are of this variant.
    pub fn wheels<'a>(&'a self, variant: &'a str) -> impl Iterator<Item = &'a LiveWheel> {
        let own = move |wheel: &&LiveWheel| wheel.version.local().is_none_or(|local| local == variant);
        self.pages.get(variant).into_iter().flatten().filter(own)
    }

    /// Whether the index lists a build for a platform, whatever the Python; `None` if nobody knows.
    pub fn has_build(&self, variant: &str, torch: &TorchVersion, platform: Platform) -> Option<bool> {
        if self.pages.get(variant).is_none_or(Vec::is_empty) {
            return self.absent.contains(variant).then_some(false);
        }
        let public = torch.public();
        Some(
            self.wheels(variant).any(|wheel| wheel.version.public() == public && platform.has_tag(&wheel.platform_tag)),
        )
    }
}

#[cfg(test)]
mod tests;
