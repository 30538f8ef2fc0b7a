//! What lies in a folder, as one can compare it: kinds, contents, rights; no times.

use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// uv notes when it unpacked a wheel, and the hash of that note.
fn lasting(name: &str, bytes: Vec<u8>) -> Vec<u8> {
    match name {
        "uv_cache.json" => Vec::new(),
        "RECORD" => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            text.lines().filter(|line| !line.contains("/uv_cache.json,")).collect::<String>().into_bytes()
        }
        _ => bytes,
    }
}

/// Everything below a folder by its relative path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree(BTreeMap<String, String>);

impl Tree {
    /// Nothing there is an empty tree. What Python compiles for itself is not looked at.
    pub fn of(folder: &Path) -> Self {
        let mut tree = Self::default();
        tree.take(folder, "");
        tree
    }

    /// The same without what lies below this folder of it.
    pub fn without(mut self, folder: &str) -> Self {
        let below = format!("{folder}/");
        self.0.retain(|path, _| path != folder && !path.starts_with(&below));
        self
    }

    fn take(&mut self, folder: &Path, prefix: &str) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.map(Result::unwrap) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name == "__pycache__" || name.ends_with(".pyc") {
                continue;
            }
            let (path, relative) = (entry.path(), format!("{prefix}{name}"));
            let meta = fs::symlink_metadata(&path).unwrap();
            let rights = meta.permissions().mode() & 0o777;
            if meta.is_symlink() {
                self.0.insert(relative, format!("link to {}", fs::read_link(&path).unwrap().display()));
            } else if meta.is_dir() {
                self.take(&path, &format!("{relative}/"));
                self.0.insert(relative, format!("folder {rights:o}"));
            } else {
                let hash = Sha256::digest(lasting(&name, fs::read(&path).unwrap_or_default()));
                let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
                self.0.insert(relative, format!("file {rights:o} {hash}"));
            }
        }
    }

    /// How this one differs from what it should be; a few lines at most.
    pub fn differences(&self, wanted: &Self) -> Vec<String> {
        let missing =
            wanted.0.keys().filter(|path| !self.0.contains_key(*path)).map(|path| format!("{path} is missing"));
        let others = self.0.iter().filter_map(|(path, is)| match wanted.0.get(path) {
            None => Some(format!("{path} is left over")),
            Some(was) if was != is => Some(format!("{path} is “{is}” and was “{was}”")),
            Some(_) => None,
        });
        missing.chain(others).take(6).collect()
    }
}
