//! What a person waits for: remembered when it is said first, and held against what the index has at each start.
//!
//! An index names releases and variants, and not for which cards their wheels have code. So what is told is what has
//! come since, never that the wait is over: that shows in the verdicts, once a catalogue or a trial knows.

use crate::assess::Wait;
use crate::catalog::{Catalog, LiveIndex};
use crate::facts::TorchVersion;
use crate::host::Host;
use crate::store::{self, SCHEMA, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The file.
#[derive(Debug, Serialize, Deserialize)]
struct Waiting {
    schema: u32,
    /// `sm_130`; empty where nothing is waited for.
    arch: String,
    /// Since when (RFC 3339, UTC).
    since: String,
    /// The newest release of that day.
    torch: Option<TorchVersion>,
    /// What the index and the catalogue had on that day, as [`LiveIndex::offers`] names it.
    offers: BTreeSet<String>,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { schema: SCHEMA, arch: String::new(), since: String::new(), torch: None, offers: BTreeSet::new() }
    }
}

/// What has come since the wait began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// What is waited for.
    pub wait: Wait,
    /// Since when (RFC 3339, UTC).
    pub since: String,
    /// Names of releases, variants and nightly builds that were not there then: `torch 2.16.0`, `cu136`,
    /// `nightly/cu136`.
    pub new: Vec<String>,
    /// The index has answered this time.
    pub is_asked: bool,
}

/// Remembers the wait, or says what has come since it was remembered. `None` if it cannot be remembered.
pub fn watch(host: &dyn Host, wait: &Wait, catalog: &Catalog, live: &LiveIndex) -> Option<Watched> {
    let since = remembered(host, wait, catalog, live).map_err(|error| tracing::warn!("{error}")).ok()?;
    let torch = newest(catalog, live).filter(|newest| since.torch.as_ref().is_none_or(|then| newest > then));
    let offers = offers(catalog, live);
    let releases = torch.map(|torch| format!("torch {torch}"));
    Some(Watched {
        wait: wait.clone(),
        new: releases.into_iter().chain(offers.difference(&since.offers).cloned()).collect(),
        since: since.since,
        is_asked: live.is_known() && !live.stands_in,
    })
}

fn path(host: &dyn Host) -> PathBuf {
    host.folders().data.join("waiting.json")
}

fn remembered(host: &dyn Host, wait: &Wait, catalog: &Catalog, live: &LiveIndex) -> Result<Waiting, StoreError> {
    let known: Waiting = store::load(host, &path(host))?;
    if known.arch == wait.arch {
        return Ok(known);
    }
    let begun = Waiting {
        arch: wait.arch.clone(),
        since: crate::time::now(host),
        torch: newest(catalog, live),
        offers: offers(catalog, live),
        ..Waiting::default()
    };
    store::save(host, &path(host), &begun)?;
    Ok(begun)
}

fn newest(catalog: &Catalog, live: &LiveIndex) -> Option<TorchVersion> {
    let newer = live.news(catalog).newer_releases.into_iter().next().map(|release| release.torch);
    newer.or_else(|| catalog.releases().first().map(|release| release.torch.clone()))
}

/// What there is, by the catalogue and by the index.
fn offers(catalog: &Catalog, live: &LiveIndex) -> BTreeSet<String> {
    let nightly = catalog.nightly.iter().map(|variant| format!("nightly/{variant}"));
    let sure = crate::catalog::Platform::ALL.into_iter().flat_map(|platform| catalog.builds(platform));
    let stable = sure.filter(|row| !row.is_unverified).map(|row| row.variant.to_owned());
    stable.chain(nightly).chain(live.offers()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::LiveWheel;
    use crate::facts::OsFamily;
    use crate::host::fake::World;
    use std::time::Duration;

    fn wait(arch: &str) -> Wait {
        Wait { what: format!("kernels for {arch}"), arch: arch.to_owned(), variant: "cu134".to_owned() }
    }

    fn index(versions: &[&str]) -> LiveIndex {
        let wheel = |version: &&str| LiveWheel {
            version: version.parse().unwrap(),
            python_tag: "cp312".to_owned(),
            platform_tag: "win_amd64".to_owned(),
            has_hash: true,
        };
        let pages = versions.iter().map(|version| {
            let variant = version.split_once('+').unwrap().1;
            (variant.to_owned(), vec![wheel(version)])
        });
        LiveIndex { pages: pages.collect(), ..LiveIndex::offline() }
    }

    #[test]
    fn what_has_come_since_is_told_at_each_start() {
        let (host, catalog) = (World::new(OsFamily::Windows), Catalog::embedded().unwrap());
        let first = watch(&host, &wait("sm_130"), catalog, &index(&["2.15.0+cu132"])).unwrap();
        assert_eq!((first.new.len(), first.is_asked), (0, true));
        host.advance(Duration::from_hours(48));
        let silent = watch(&host, &wait("sm_130"), catalog, &LiveIndex::offline()).unwrap();
        assert_eq!((silent.new.len(), silent.is_asked), (0, false));
        assert_eq!(silent.since, "2026-11-21T12:00:00.000Z");
        let come = index(&["2.16.0+cu132", "2.16.0+cu136", "2.15.0+cu134"]);
        for _ in 0..2 {
            let told = watch(&host, &wait("sm_130"), catalog, &come).unwrap();
            assert_eq!(told.new, ["torch 2.16.0", "cu134", "cu136"], "also what the catalogue was not sure of");
            assert_eq!(told.since, first.since);
        }
    }

    #[test]
    fn another_card_begins_anew() {
        let (host, catalog) = (World::new(OsFamily::Linux), Catalog::embedded().unwrap());
        watch(&host, &wait("sm_130"), catalog, &LiveIndex::offline());
        host.advance(Duration::from_hours(1));
        let other = watch(&host, &wait("sm_140"), catalog, &index(&["2.16.0+cu136"])).unwrap();
        assert_eq!((other.since.as_str(), other.new.len()), ("2026-11-21T13:00:00.000Z", 0));
    }

    #[test]
    fn who_cannot_remember_does_not_watch() {
        let place = path(&World::new(OsFamily::Linux));
        let host = World::new(OsFamily::Linux).file(&place, "{\"schema\": 9}");
        assert_eq!(watch(&host, &wait("sm_130"), Catalog::embedded().unwrap(), &LiveIndex::offline()), None);
        assert_eq!(host.read(&place).unwrap(), b"{\"schema\": 9}");
    }
}
