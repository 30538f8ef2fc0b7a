//! What is kept between installs, how large it is, and what of it may go.

use crate::catalog::Catalog;
use crate::host::Host;
use crate::prepare::source;
use crate::run::journal::{History, runs_folder};
use crate::text;
use std::path::{Path, PathBuf};

/// One part of the cache.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Part {
    /// What it is, in words.
    pub name: &'static str,
    /// Where.
    pub path: PathBuf,
    /// How large.
    pub bytes: u64,
    /// Why it is kept; null if it may go.
    pub kept_because: Option<String>,
}

/// Bytes of a folder with all in it.
pub fn size(host: &dyn Host, path: &Path) -> u64 {
    let Some(meta) = host.meta(path) else { return 0 };
    if !meta.is_dir || meta.is_link {
        return meta.len;
    }
    host.list(path).unwrap_or_default().iter().map(|entry| size(host, &entry.path)).sum()
}

/// How many runs did not come to an end, or have a record that does not say so. Only looks: nothing is set aside.
fn waiting(host: &dyn Host) -> usize {
    let runs = host.list(&runs_folder(host)).unwrap_or_default().into_iter().map(|entry| entry.path);
    let has_plan = |run: &PathBuf| host.meta(&run.join("plan.json")).is_some();
    runs.filter(has_plan).filter(|run| !History::read(host, run).is_ok_and(|history| history.ended)).count()
}

/// All parts, those that are empty as well.
pub fn parts(host: &dyn Host, catalog: &Catalog) -> Vec<Part> {
    let cache = &host.folders().cache;
    let waiting = waiting(host);
    let needed = (waiting > 0).then(|| format!("{} may be resumed", text::count(waiting, "install", "installs")));
    [
        ("wheels", cache.join("wheels"), needed.clone()),
        ("links", cache.join("links"), needed.clone()),
        ("source builds", source::work_folder(host, catalog), needed.clone()),
        ("built wheels", source::built_folder(host), Some("each took an hour or so to build".to_owned())),
        // Files of environments are hard links to it: removing it frees only what no environment uses.
        ("unpacked packages", cache.join("uv"), None),
        ("check program", cache.join("verify"), None),
        ("programs' sources", cache.join("programs"), needed),
        ("index pages", crate::index::cache::path(host), None),
    ]
    .into_iter()
    .map(|(name, path, kept_because)| Part { name, bytes: size(host, &path), path, kept_because })
    .collect()
}
