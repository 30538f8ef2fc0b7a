//! What the indexes had, kept on disk: for when they do not answer, for `--offline`, and so that a second look within
//! the hour asks nobody. Each page has its own time. Nothing here is proof that something is there now: what is read
//! from here is marked ([`LiveIndex::from_cache`]), and whoever installs asks anew.

use super::Ask;
use crate::catalog::{Catalog, LiveIndex, LiveWheel, Nightly};
use crate::facts::TorchVersion;
use crate::host::Host;
use crate::store::{self, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Whose pages they are. Addresses without user names, passwords and queries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whose {
    /// The torch index or its mirror.
    pub torch: String,
    /// The index that stands in for `PyPI`; `None` is `PyPI`.
    pub pypi: Option<String>,
    /// The day of the catalogue they were read beside. A newer catalogue knows more than the pages of that time do.
    pub catalog: Option<Date>,
}

/// Something with the moment it was read.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Read<T> {
    at: Timestamp,
    what: T,
}

/// The file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    schema: u32,
    whose: Whose,
    /// `None`: the index said that it does not have the variant.
    #[serde(default)]
    pages: BTreeMap<String, Read<Option<Vec<LiveWheel>>>>,
    #[serde(default)]
    nightly: BTreeMap<String, Read<Vec<Nightly>>>,
    #[serde(default)]
    pypi_torch: Option<Read<Vec<TorchVersion>>>,
}

impl Default for Kept {
    fn default() -> Self {
        Self::empty(Whose::default())
    }
}

/// Where it is kept.
pub fn path(host: &dyn Host) -> PathBuf {
    host.folders().cache.join("index.json")
}

/// Reads what is kept of these indexes; nothing of others counts. `None`: a newer torch-wizard wrote the file, and it
/// is left alone. A damaged file is set aside.
pub fn read(host: &dyn Host, whose: Whose) -> Option<Kept> {
    match store::load::<Kept>(host, &path(host)) {
        Ok(kept) if kept.whose == whose => Some(kept),
        Ok(_) => Some(Kept::empty(whose)),
        Err(StoreError::Newer { .. }) => None,
        Err(error @ (StoreError::Broken { .. } | StoreError::Host(_))) => {
            tracing::warn!("{error}");
            Some(Kept::empty(whose))
        }
    }
}

/// Keeps what was read now beside what was read before. A folder that cannot be written costs the next look its memory
/// and nothing else.
pub fn write(host: &dyn Host, mut kept: Kept, live: &LiveIndex) {
    let Some(at) = live.taken_at.as_deref().and_then(|text| text.parse().ok()).filter(|_| !live.from_cache) else {
        return;
    };
    kept.pages.extend(live.pages.iter().map(|(name, page)| (name.clone(), Read { at, what: Some(page.clone()) })));
    kept.pages.extend(live.absent.iter().map(|name| (name.clone(), Read { at, what: None })));
    kept.nightly.extend(live.nightly.iter().map(|(name, list)| (name.clone(), Read { at, what: list.clone() })));
    if let Some(versions) = &live.pypi_torch {
        kept.pypi_torch = Some(Read { at, what: versions.clone() });
    }
    let bytes = serde_json::to_vec(&kept).unwrap_or_default();
    if let Err(error) = host.write_atomic(&path(host), &bytes) {
        tracing::warn!("what the index has could not be kept: {error}");
    }
}

impl Kept {
    fn empty(whose: Whose) -> Self {
        Self { schema: store::SCHEMA, whose, pages: BTreeMap::new(), nightly: BTreeMap::new(), pypi_torch: None }
    }

    /// What is known of the things asked for, to stand in for an answer. `None` if that is no page at all. Reaches are
    /// not known from here.
    pub fn recall(&self, ask: &Ask, catalog: &Catalog, now: Timestamp) -> Option<LiveIndex> {
        let mut live = LiveIndex { from_cache: true, stands_in: true, ..LiveIndex::offline() };
        let mut oldest = now;
        for (name, page) in ask.variants.iter().filter_map(|name| self.pages.get_key_value(name)) {
            oldest = oldest.min(page.at);
            match &page.what {
                Some(wheels) => drop(live.pages.insert(name.clone(), wheels.clone())),
                None => drop(live.absent.insert(name.clone())),
            }
        }
        for (name, nights) in ask.nightly.iter().filter_map(|name| self.nightly.get_key_value(name)) {
            oldest = oldest.min(nights.at);
            let mut nights = nights.what.clone();
            nights.retain(|night| is_listed_still(catalog, night, now));
            live.nightly.insert(name.clone(), nights);
        }
        live.pypi_torch = self.pypi_torch.as_ref().map(|read| read.what.clone());
        live.taken_at = Some(crate::time::text(oldest.into()));
        live.is_known().then_some(live)
    }

    /// The same as an answer, if everything asked for was read not longer ago than this.
    pub fn recall_within(&self, age: Duration, ask: &Ask, catalog: &Catalog, now: Timestamp) -> Option<LiveIndex> {
        // What was read in the future was read by another clock.
        let is_new = |at: Timestamp| Duration::try_from(now.duration_since(at)).is_ok_and(|passed| passed <= age);
        let pages = ask.variants.iter().all(|name| self.pages.get(name).is_some_and(|page| is_new(page.at)));
        let nightly = ask.nightly.iter().all(|name| self.nightly.get(name).is_some_and(|list| is_new(list.at)));
        let live = (pages && nightly).then(|| self.recall(ask, catalog, now)).flatten()?;
        Some(LiveIndex { stands_in: false, ..live })
    }
}

fn is_listed_still(catalog: &Catalog, night: &Nightly, now: Timestamp) -> bool {
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    catalog.nightly_kept_until(night.date).is_some_and(|until| until >= today)
}

/// What an index had when it was read last, in the place of an answer that did not come. How the indexes are reached
/// now stays.
pub fn fill(live: LiveIndex, kept: Option<LiveIndex>) -> LiveIndex {
    match kept {
        Some(kept) if !live.is_known() => LiveIndex {
            torch_index: live.torch_index,
            mirror: live.mirror,
            pypi: live.pypi,
            pypi_torch: live.pypi_torch.or(kept.pypi_torch),
            ..kept
        },
        Some(_) | None => live,
    }
}

#[cfg(test)]
mod tests;
