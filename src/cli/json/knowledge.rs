//! How old the knowledge is that a verdict rests on, in the contract's shape.

use crate::catalog::{Catalog, LiveIndex};
use serde::Serialize;

#[derive(Debug, Serialize)]
pub(super) struct KnowledgeLine {
    /// The day of the catalogue.
    catalog: Option<String>,
    index: IndexLine,
    /// Releases newer than all of the catalogue.
    newer: Vec<NewerLine>,
    /// Variants that the catalogue does not know.
    new_variants: Vec<String>,
}

#[derive(Debug, Serialize)]
struct IndexLine {
    asked_at: Option<String>,
    /// `live`, `cache` or `none`.
    from: &'static str,
}

#[derive(Debug, Serialize)]
struct NewerLine {
    torch: String,
    variants: Vec<String>,
    pypi: Option<bool>,
}

pub(super) fn knowledge_line(catalog: &Catalog, live: &LiveIndex) -> KnowledgeLine {
    let news = live.news(catalog);
    KnowledgeLine {
        catalog: catalog.as_of().map(|date| date.to_string()),
        index: IndexLine {
            asked_at: live.taken_at.clone(),
            from: match (&live.taken_at, live.from_cache) {
                (None, _) => "none",
                (Some(_), true) => "cache",
                (Some(_), false) => "live",
            },
        },
        newer: news
            .newer_releases
            .into_iter()
            .map(|release| NewerLine {
                torch: release.torch.to_string(),
                variants: release.variants,
                pypi: release.on_pypi,
            })
            .collect(),
        new_variants: news.new_variants,
    }
}
