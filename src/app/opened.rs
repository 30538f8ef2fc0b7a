//! A window that was just opened: what the tests of the state machine begin with.

use super::{Model, Start};
use crate::catalog::Catalog;
use crate::facts::OsFamily;
use crate::host::Folders;
use crate::store::Settings;
use std::path::PathBuf;

/// On a Linux, in the home folder of this person.
pub(super) fn opened_by(person: &str) -> Model {
    let home = PathBuf::from(format!("/home/{person}"));
    let folders = Folders {
        data: home.join(".local/share/torch-wizard"),
        cache: home.join(".cache/torch-wizard"),
        temp: PathBuf::from("/tmp"),
        program: PathBuf::from("/usr/bin"),
        home,
    };
    let (os, catalog) = (OsFamily::Linux, Catalog::embedded().unwrap());
    Model::new(Start { os, settings: Settings::default(), folders, catalog, offline: true }).0
}
