//! The registry and the interrupted runs, read and changed.

use super::Shared;
use crate::app::{Card, Message};
use crate::facts::MachineFacts;
use crate::problem::Problem;
use crate::recheck::Kept;
use crate::run::journal::unfinished;
use crate::run::kept::{self, Replaced};
use crate::run::rollback;
use crate::store::{self, Registry, StoreError};
use std::path::Path;

const MADE_AGAIN: &str =
    "The list of environments had been damaged. It was set aside, and made again from the records of installs.";

/// Reads what the home screen shows.
pub(super) fn load(shared: &Shared) {
    let host = &*shared.host;
    let mut trouble = None;
    let registry = match store::load::<Registry>(host, &Registry::path(host)) {
        Ok(registry) => registry,
        // It is set aside, and made again below.
        Err(StoreError::Broken { .. }) => Registry::default(),
        Err(error) => {
            trouble = Some(Problem::from(error));
            Registry::default()
        }
    };
    match crate::run::found_again(host) {
        // Whoever hears that asks once more.
        Ok(Some(_)) => return shared.send(Message::HomeDone(Ok(MADE_AGAIN.to_owned()))),
        Ok(None) => {}
        Err(error) => trouble = Some(Problem::from(error)),
    }
    let replaced = kept::all(host);
    let cards = registry
        .environments
        .into_iter()
        .rev()
        .map(|known| {
            let before = replaced.iter().find(|replaced| replaced.run.plan.target == known.path).cloned();
            Card { replaced: before.map(Box::new), ..Card::new(Kept::read(host, known)) }
        })
        .collect();
    let (mut left, mut damaged) = (None, None);
    for run in unfinished(host) {
        match run {
            Ok(run) => {
                left = Some(Box::new(run));
                break;
            }
            Err((folder, error)) => {
                let problem = Problem::new("journal-damaged", format!("The record of a run is damaged: {error}."))
                    .command("Undo that run; fetched wheels are kept", "torch-wizard rollback")
                    .details(folder.display().to_string());
                trouble = trouble.or(Some(problem));
                damaged = damaged.or(Some(folder));
            }
        }
    }
    shared.send(Message::Home { cards, unfinished: left, trouble, damaged });
}

/// The machine as far as the known environments rest on it.
pub(super) fn glance(shared: &Shared) -> MachineFacts {
    let host = &*shared.host;
    let registry: Registry = store::look(host, &Registry::path(host)).unwrap_or_default();
    let has_containers = registry.environments.iter().any(store::Known::is_in_container);
    crate::recheck::look(host, shared.catalog, has_containers).0
}

/// Undoes a run by what its folder says.
pub(super) fn roll_back(shared: &Shared, folder: &Path) {
    let host = &*shared.host;
    let result = match crate::run::journal::read_run(host, folder) {
        Ok(Some(run)) => rollback::roll_back(host, &run),
        Ok(None) => Ok("There was nothing to undo.".to_owned()),
        Err(_) => rollback::roll_back_damaged(host, folder),
    };
    shared.send(Message::HomeDone(result));
}

/// Removes what a repair replaced.
pub(super) fn let_go(shared: &Shared, replaced: &Replaced) {
    shared.send(Message::HomeDone(kept::let_go(&*shared.host, replaced)));
}

/// Takes an environment off the list.
pub(super) fn forget(shared: &Shared, path: &Path) {
    let done = off_the_list(shared, path);
    let said = format!("{} is off the list. Its files were not touched.", path.display());
    shared.send(Message::HomeDone(done.map(|()| said)));
}

fn off_the_list(shared: &Shared, path: &Path) -> Result<(), Problem> {
    let host = &*shared.host;
    let file = Registry::path(host);
    let mut registry: Registry = store::load(host, &file)?;
    registry.environments.retain(|known| known.path != path);
    Ok(store::save(host, &file, &registry)?)
}

/// Deletes an environment: only what is one, and off the list first, so that a half-deleted folder is not listed.
pub(super) fn remove(shared: &Shared, path: &Path) {
    let host = &*shared.host;
    // What a repair of it replaced goes with it.
    let before = kept::of(host, path).map_or(Ok(()), |replaced| kept::let_go(host, &replaced).map(drop));
    let done = before.and_then(|()| crate::environments::remove(host, path));
    shared.send(Message::HomeDone(done.map(|()| format!("{} was deleted.", path.display()))));
}
