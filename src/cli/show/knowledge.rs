//! How old the knowledge is that a verdict rests on, and what is waited for, as text.

use super::line;
use crate::catalog::{Catalog, LiveIndex};
use crate::text;
use crate::waiting::Watched;
use jiff::Timestamp;
use std::fmt::Write as _;

/// What an answer rests on beside the machine.
pub struct Known<'a> {
    /// The catalogue.
    pub catalog: &'a Catalog,
    /// The index.
    pub live: &'a LiveIndex,
    /// What came since a wait began.
    pub watched: Option<&'a Watched>,
    /// Nobody was to be asked.
    pub offline: bool,
    /// The moment of the answer.
    pub now: Timestamp,
}

/// The last lines of `advise`.
pub(super) fn knowledge(out: &mut String, known: &Known<'_>) {
    let Known { catalog, live, offline, now, watched: _ } = known;
    let catalogue = catalog.as_of().map(|date| format!("catalogue as of {date}")).unwrap_or_default();
    writeln!(out).ok();
    line(out, "knowledge", format!("{catalogue}, {}", index(live, *offline, *now)));
    let news = live.news(catalog);
    for release in &news.newer_releases {
        let place = if release.variants.is_empty() { "PyPI".to_owned() } else { release.variants.join(", ") };
        writeln!(
            out,
            "  The index has torch {} ({place}), which this version does not know; it is judged by rule.",
            release.torch
        )
        .ok();
    }
    let nightly = news.new_nightly_variants.iter().map(|variant| format!("nightly/{variant}"));
    let variants: Vec<String> = news.new_variants.iter().cloned().chain(nightly).collect();
    if !variants.is_empty() {
        writeln!(out, "  The index has variants that this version does not know: {}.", variants.join(", ")).ok();
    }
}

fn index(live: &LiveIndex, offline: bool, now: Timestamp) -> String {
    let silent = if offline { "nobody was asked" } else { "it did not answer now" };
    match &live.taken_at {
        Some(at) if live.from_cache => {
            let age = live.age(now).map(|age| format!(", {} ago", text::duration(age))).unwrap_or_default();
            let why = if live.stands_in { format!("; {silent}") } else { String::new() };
            format!("index as of {}{age}{why}", crate::time::minute(at))
        }
        Some(_) if live.is_known() => "index asked now".to_owned(),
        Some(_) | None if offline => "no index".to_owned(),
        Some(_) | None => "the index did not answer".to_owned(),
    }
}

/// What has come since the wait began.
pub(super) fn watched(out: &mut String, watched: &Watched) {
    let since = watched.since.get(..10).unwrap_or_default();
    let said = match (watched.new.as_slice(), watched.is_asked) {
        ([], true) => format!("Watched since {since}: nothing new on the index yet."),
        ([], false) => format!("Watched since {since}: the index was not asked this time."),
        (new, _) => format!(
            "New since {since}: {}. The index does not say whether they have {}.",
            new.join(", "),
            watched.wait.what
        ),
    };
    writeln!(out, "  {said}").ok();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::LiveWheel;
    use crate::facts::Reach;

    fn said(live: &LiveIndex, offline: bool) -> String {
        let now = "2026-11-24T14:10:00Z".parse().unwrap();
        let catalog = Catalog::embedded().unwrap();
        let mut out = String::new();
        knowledge(&mut out, &Known { catalog, live, watched: None, offline, now });
        out.trim_start().trim_start_matches("knowledge").trim_start().to_owned()
    }

    fn index_of(version: &str) -> LiveIndex {
        let wheel = LiveWheel {
            version: version.parse().unwrap(),
            python_tag: "cp312".to_owned(),
            platform_tag: "win_amd64".to_owned(),
            has_hash: true,
        };
        LiveIndex {
            torch_index: Reach::Reached,
            pages: [("cu132".to_owned(), vec![wheel])].into(),
            taken_at: Some("2026-11-24T12:00:00.000Z".to_owned()),
            ..LiveIndex::offline()
        }
    }

    #[test]
    fn it_is_said_how_old_the_knowledge_is() {
        let date = Catalog::embedded().unwrap().as_of().unwrap();
        let live = index_of("2.15.0+cu132");
        assert_eq!(said(&live, false), format!("catalogue as of {date}, index asked now\n"));
        let kept = LiveIndex { from_cache: true, ..live };
        let of = format!("catalogue as of {date}, index as of 2026-11-24 12:00 UTC, 2 h 10 min ago");
        assert_eq!(said(&kept, false), format!("{of}\n"));
        let lost = LiveIndex { torch_index: Reach::Blocked, stands_in: true, ..kept.clone() };
        assert_eq!(said(&lost, false), format!("{of}; it did not answer now\n"));
        let offline = LiveIndex { torch_index: Reach::Unknown, stands_in: true, ..kept };
        assert_eq!(said(&offline, true), format!("{of}; nobody was asked\n"));
        assert_eq!(said(&LiveIndex::offline(), true), format!("catalogue as of {date}, no index\n"));
        assert_eq!(said(&LiveIndex::offline(), false), format!("catalogue as of {date}, the index did not answer\n"));
    }

    #[test]
    fn what_the_catalogue_does_not_know_is_named() {
        let said = said(&index_of("2.16.0+cu132"), false);
        assert!(said.contains("The index has torch 2.16.0 (cu132), which this version does not know"), "{said}");
    }
}
