//! `cache list|clean`

use super::args::{CacheArgs, CacheCommand};
use super::{Done, Session, exit};
use crate::caches::{Part, parts, size};
use crate::host::{Host, HostError};
use crate::text;
use std::path::{Path, PathBuf};

#[derive(serde::Serialize)]
struct Listing {
    schema: u32,
    parts: Vec<Part>,
}

/// Removes all wheels but those of the last good night of each variant: no index may have them any more.
fn clean_wheels(host: &dyn Host, store: &Path) -> Result<(), HostError> {
    let (in_use, older) = crate::store::nightlies::in_use(host, store);
    for lock in older {
        host.remove(&lock)?;
    }
    if in_use.is_empty() {
        return host.remove(store);
    }
    // `ab/ab12…/torch-….whl`
    for shelf in folder(host, store) {
        for hash in folder(host, &shelf) {
            if !in_use.iter().any(|wheel| wheel.starts_with(&hash)) {
                host.remove(&hash)?;
            }
        }
    }
    Ok(())
}

fn folder(host: &dyn Host, path: &Path) -> Vec<PathBuf> {
    host.list(path).unwrap_or_default().into_iter().map(|entry| entry.path).collect()
}

pub fn run(session: &mut Session, args: &CacheArgs) -> Done {
    let host = std::sync::Arc::clone(&session.host);
    let parts = parts(&*host, session.catalog);
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
            let failed = |error: HostError| crate::run::problem_of(&error);
            for part in parts.into_iter().filter(|part| part.kept_because.is_none()) {
                if part.name == "wheels" {
                    clean_wheels(&*host, &part.path).map_err(failed)?;
                } else {
                    host.remove(&part.path).map_err(failed)?;
                }
                freed += part.bytes.saturating_sub(size(&*host, &part.path));
            }
            session.screen.say(format!("{} removed (what environments share stays on the disk).", text::size(freed)));
        }
    }
    Ok(exit::DONE)
}
