//! What the indexes said when they were asked: plain values, filled by the live look-up.

use crate::facts::{Reach, TorchVersion};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Reach of `download.pytorch.org`.
    pub torch_index: Reach,
    /// Reach of the mirror the user set; `None` without one.
    pub mirror: Option<Reach>,
    /// Reach of `PyPI`, or of the index that stands in for it.
    pub pypi: Reach,
    /// The wheels per variant, from the mirror's pages if there is one, else from the torch index's. A page that
    /// could not be read is missing; an empty list counts as one.
    pub pages: BTreeMap<String, Vec<LiveWheel>>,
    /// Versions of torch on `PyPI`; `None` if not asked.
    pub pypi_torch: Option<Vec<TorchVersion>>,
}

impl LiveIndex {
    /// Nothing was asked.
    pub const fn offline() -> Self {
        Self {
            torch_index: Reach::Unknown,
            mirror: None,
            pypi: Reach::Unknown,
            pages: BTreeMap::new(),
            pypi_torch: None,
        }
    }
}
