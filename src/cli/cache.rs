//! `cache list|clean`

use super::args::{CacheArgs, CacheCommand};
use super::{Done, Session, exit};
use crate::host::Host;
use crate::run::journal::unfinished;
use crate::text;
use std::path::{Path, PathBuf};

/// One part of the cache.
#[derive(serde::Serialize)]
struct Part {
    name: &'static str,
    path: PathBuf,
    bytes: u64,
    /// Why it is kept; null if it may go.
    kept_because: Option<String>,
}

#[derive(serde::Serialize)]
struct Listing {
    schema: u32,
    parts: Vec<Part>,
}

/// Bytes of a folder with all in it.
fn size(host: &dyn Host, path: &Path) -> u64 {
    let Some(meta) = host.meta(path) else { return 0 };
    if !meta.is_dir || meta.is_link {
        return meta.len;
    }
    host.list(path).unwrap_or_default().iter().map(|entry| size(host, &entry.path)).sum()
}

fn parts(host: &dyn Host) -> Vec<Part> {
    let cache = &host.folders().cache;
    let waiting = unfinished(host).len();
    let needed = (waiting > 0).then(|| format!("{} may be resumed", text::count(waiting, "install", "installs")));
    [
        ("wheels", cache.join("wheels"), needed.clone()),
        ("links", cache.join("links"), needed),
        // Files of environments are hard links to it: removing it frees only what no environment uses.
        ("unpacked packages", cache.join("uv"), None),
        ("check program", cache.join("verify"), None),
    ]
    .into_iter()
    .map(|(name, path, kept_because)| Part { name, bytes: size(host, &path), path, kept_because })
    .collect()
}

pub fn run(session: &mut Session, args: &CacheArgs) -> Done {
    let host = std::sync::Arc::clone(&session.host);
    let parts = parts(&*host);
    match args.what {
        CacheCommand::List if session.json => session.say_json(&Listing { schema: super::json::SCHEMA, parts }),
        CacheCommand::List => {
            for part in parts {
                let kept = part.kept_because.map_or_else(|| "may go".to_owned(), |why| format!("kept: {why}"));
                session.screen.say(format!(
                    "{:>9}  {:<18} {kept}  ({})",
                    text::size(part.bytes),
                    part.name,
                    part.path.display()
                ));
            }
            session.screen.say("Environments keep working without the cache; the next install fetches again.");
        }
        CacheCommand::Clean => {
            let mut freed = 0;
            for part in parts.into_iter().filter(|part| part.kept_because.is_none()) {
                host.remove(&part.path).map_err(|error| crate::run::problem_of(&error))?;
                freed += part.bytes;
            }
            session.screen.say(format!("{} removed (what environments share stays on the disk).", text::size(freed)));
        }
    }
    Ok(exit::DONE)
}
