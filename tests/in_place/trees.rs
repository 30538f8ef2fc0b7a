//! Environments made of decisions, and what must become of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

pub const SITE: &str = "lib/python3.11/site-packages";

/// Files that packages may list, below site-packages.
const POOL: [&str; 16] = [
    "alpha/__init__.py",
    "alpha/lib/x.so",
    "alpha/lib/deep/y.so",
    "alpha/__pycache__/__init__.cpython-311.pyc",
    "ns/__init__.py",
    "ns/a/m.py",
    "ns/a/n.py",
    "ns/b/m.py",
    "one.py",
    "__pycache__/one.cpython-311.pyc",
    "two.py",
    "../../../bin/tool",
    "../../../share/man/t.1",
    "../../../../outside.txt",
    "with, comma.txt",
    "user/listed.py",
];
/// Files that nobody lists.
const UNLISTED: [&str; 6] = [
    "alpha/notes.txt",
    "alpha/__pycache__/__init__.cpython-312.pyc",
    "__pycache__/two.cpython-311.pyc",
    "__pycache__/gone.cpython-311.pyc",
    "user/data/kept.bin",
    "ns/b/empty/.keep",
];

/// What was decided by chance, a bit each.
#[derive(Clone, Debug)]
pub struct Chance {
    /// For each of four packages, which of the pool it lists. The first two are replaced.
    pub lists: [u16; 4],
    /// Which files of the pool are missing on the disk.
    pub missing: u16,
    /// Which are links, read-only, or hard links into a cache.
    pub links: u16,
    pub read_only: u16,
    pub cached: u16,
    pub unlisted: u8,
    /// What the new packages have.
    pub new: u16,
    /// The second package has lost its list, the third never had a file in `bin` …
    pub has_no_record: bool,
    pub has_leftover: bool,
}

fn has(bits: u16, at: usize) -> bool {
    bits >> at & 1 == 1
}

/// A path below the environment; `None` outside it.
fn placed(path: &str) -> Option<String> {
    if path.starts_with("../../../../") {
        return None;
    }
    Some(path.strip_prefix("../../../").map_or_else(|| format!("{SITE}/{path}"), str::to_owned))
}

fn record(name: &str, paths: &[&str]) -> String {
    let mut text = String::new();
    for path in paths {
        let quoted = if path.contains(',') { format!("\"{path}\"") } else { (*path).to_owned() };
        writeln!(text, "{quoted},sha256=x,1").unwrap();
    }
    text + &format!("{name}.dist-info/METADATA,,\n{name}.dist-info/RECORD,,\n")
}

impl Chance {
    fn listed(&self, package: usize) -> Vec<&'static str> {
        POOL.iter().enumerate().filter(|(at, _)| has(self.lists[package], *at)).map(|(_, path)| *path).collect()
    }

    /// Makes the environment; files of the cache lie beside it.
    pub fn make(&self, root: &Path) {
        let environment = root.join("env");
        let write = |path: &str, text: &str| {
            let path = environment.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("pyvenv.cfg", "home = /usr/bin\n");
        write("bin/python", "");
        fs::create_dir_all(environment.join(SITE).join("empty")).unwrap();
        fs::create_dir_all(root.join("store")).unwrap();
        fs::write(root.join("outside.txt"), "not ours").unwrap();
        for (at, path) in POOL.iter().enumerate() {
            let Some(path) = placed(path).filter(|_| !has(self.missing, at)) else { continue };
            let full = environment.join(&path);
            fs::create_dir_all(full.parent().unwrap()).unwrap();
            if has(self.links, at) {
                symlink("somewhere/else", &full).unwrap();
            } else if has(self.cached, at) {
                let cached = root.join("store").join(at.to_string());
                fs::write(&cached, format!("old {path}")).unwrap();
                fs::hard_link(&cached, &full).unwrap();
            } else {
                fs::write(&full, format!("old {path}")).unwrap();
                let mode = if has(self.read_only, at) { 0o444 } else { 0o640 };
                fs::set_permissions(&full, fs::Permissions::from_mode(mode)).unwrap();
            }
        }
        for (at, path) in UNLISTED.iter().enumerate().filter(|(at, _)| has(self.unlisted.into(), *at)) {
            write(&format!("{SITE}/{path}"), &format!("nobody's {at}"));
        }
        for (package, name) in NAMES.iter().enumerate() {
            let info = format!("{SITE}/{name}-1.0.dist-info");
            write(&format!("{info}/METADATA"), "Metadata-Version: 2.1\n");
            if !(package == 1 && self.has_no_record) {
                write(&format!("{info}/RECORD"), &record(&format!("{name}-1.0"), &self.listed(package)));
            }
        }
        if self.has_leftover {
            write(&format!("{SITE}/~lpha/x.so"), "left");
            write(&format!("{SITE}/~lpha-0.9.dist-info/RECORD"), "~lpha/x.so,,\n");
        }
    }

    /// What the installer unpacks.
    pub fn unpacks(&self) -> Vec<(String, Vec<u8>)> {
        let new: Vec<&str> =
            POOL.iter().enumerate().filter(|(at, _)| has(self.new, *at)).map(|(_, path)| *path).collect();
        let mut files: Vec<(String, Vec<u8>)> = new
            .iter()
            .filter_map(|path| placed(path))
            .map(|path| (path.clone(), format!("new {path}").into_bytes()))
            .collect();
        let info = format!("{SITE}/alpha-2.0.dist-info");
        files.push((format!("{info}/METADATA"), b"Metadata-Version: 2.1\n".to_vec()));
        files.push((format!("{info}/RECORD"), record("alpha-2.0", &new).into_bytes()));
        files.push((".lock".to_owned(), Vec::new()));
        files
    }

    /// The files of the changed environment, worked out by other means: from the rules, not from moves.
    pub fn becomes(&self, before: &Tree) -> Tree {
        let others: BTreeSet<String> = (2..4).flat_map(|package| self.listed(package)).filter_map(placed).collect();
        let mut goes: BTreeSet<String> = self.listed(0).into_iter().filter_map(placed).collect();
        if self.has_no_record {
            goes.extend(before.keys().filter(|path| path.starts_with(&format!("{SITE}/beta"))).cloned());
        } else {
            goes.extend(self.listed(1).into_iter().filter_map(placed));
        }
        goes.retain(|path| !others.contains(path));
        let new: BTreeMap<String, Vec<u8>> = self.unpacks().into_iter().filter(|(path, _)| path != ".lock").collect();
        let is_of = |path: &str, source: &dyn Fn(&str) -> bool| {
            path.rsplit_once("/__pycache__/")
                .and_then(|(folder, name)| Some(format!("{folder}/{}.py", name.split_once('.')?.0)))
                .is_some_and(|path| source(&path))
        };
        let mut after: Tree = before
            .iter()
            .filter(|(path, node)| {
                let is_info =
                    ["alpha-1.0", "beta-1.0"].iter().any(|name| path.starts_with(&format!("{SITE}/{name}.dist-info/")));
                let is_compiled = is_of(path, &|source| goes.contains(source) || new.contains_key(source));
                !node.ends_with("folder") && !is_info && !path.contains('~') && !goes.contains(*path) && !is_compiled
            })
            .map(|(path, node)| (path.clone(), node.clone()))
            .collect();
        for (path, bytes) in new {
            after.insert(path, format!("file {}", String::from_utf8(bytes).unwrap()));
        }
        after
    }
}

/// The last two stay as they are.
const NAMES: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// Every path with its kind, rights and content.
pub type Tree = BTreeMap<String, String>;

pub fn tree(folder: &Path) -> Tree {
    let mut found = Tree::new();
    walk(folder, "", &mut found);
    found
}

fn walk(folder: &Path, above: &str, found: &mut Tree) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = format!("{above}{}", entry.file_name().to_str().unwrap());
        let meta = fs::symlink_metadata(entry.path()).unwrap();
        let mode = meta.permissions().mode() & 0o7777;
        let node = if meta.is_symlink() {
            format!("link {}", fs::read_link(entry.path()).unwrap().display())
        } else if meta.is_dir() {
            walk(&entry.path(), &format!("{path}/"), found);
            format!("{mode:o} folder")
        } else {
            format!("{mode:o} {}", fs::read_to_string(entry.path()).unwrap())
        };
        found.insert(path, node);
    }
}

/// The same with files alone and without their rights.
pub fn files(tree: &Tree) -> Tree {
    let is_file = |node: &&String| !node.ends_with(" folder");
    let plain = |node: &String| {
        if node.starts_with("link ") { node.clone() } else { format!("file {}", node.split_once(' ').unwrap().1) }
    };
    let kept = tree.iter().filter(|(_, node)| is_file(node));
    kept.map(|(path, node)| (path.clone(), if node.starts_with("file ") { node.clone() } else { plain(node) }))
        .collect()
}
