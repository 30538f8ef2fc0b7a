//! RECORD as a list of hashes: what came with a wheel, and whether the files on the disk are still that.
//! <https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file>

use super::places::{below, parent_of};
use crate::host::{FileReader, Host};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::Path;

/// So much of a file is hashed at a time.
const PIECE: usize = 1 << 20;
/// What installers write beside the files of a wheel.
const PAPERS: [&str; 6] = ["RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json"];

/// A line.
struct Line {
    /// With `/` between its parts, seen from the folder of the packages.
    path: String,
    /// As it stands there: `sha256=…`.
    hash: String,
    size: String,
}

fn lines(text: &str) -> impl Iterator<Item = Line> {
    text.lines().filter_map(|line| {
        // From its end: a path may hold a comma.
        let mut fields = line.rsplitn(3, ',');
        let (size, hash, path) = (fields.next()?, fields.next()?, fields.next()?);
        let path = path.trim_matches('"').replace("\"\"", "\"").replace('\\', "/");
        Some(Line { path, hash: hash.to_owned(), size: size.trim().to_owned() })
    })
}

/// Whether a file came with the wheel. Entry points are made where it is installed, and hold that place.
fn is_of_wheel(line: &Line) -> bool {
    let parts: Vec<&str> = line.path.split('/').collect();
    let is_paper = matches!(parts.as_slice(), [info, name] if info.ends_with(".dist-info") && PAPERS.contains(name));
    let is_script = matches!(parts.as_slice(), [.., folder, _] if ["bin", "Scripts"].contains(folder))
        && parts.first() == Some(&"..");
    line.hash.starts_with("sha256=") && !is_paper && !is_script
}

/// One hash for all that came with a wheel: the same whoever installed it, and wherever. `None` where no list is, or one
/// without hashes.
pub fn digest(host: &dyn Host, info: &Path) -> Option<String> {
    let bytes = host.read(&info.join("RECORD")).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut of_wheel: Vec<String> =
        lines(&text).filter(is_of_wheel).map(|line| format!("{},{},{}\n", line.path, line.hash, line.size)).collect();
    of_wheel.sort();
    (!of_wheel.is_empty()).then(|| crate::text::hex(Sha256::digest(of_wheel.concat().as_bytes()).as_slice()))
}

/// What became of a file since it was installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It is gone.
    Missing,
    /// It has another content.
    Changed,
}

/// The files of a package that are not what its list says, by their content. Gigabytes take seconds: `tick` is called
/// before each file, and may stop it.
pub fn changed(host: &dyn Host, info: &Path, tick: &mut dyn FnMut() -> ControlFlow<()>) -> Vec<(String, Fate)> {
    let (Ok(bytes), Some(site)) = (host.read(&info.join("RECORD")), parent_of(info)) else { return Vec::new() };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut found = Vec::new();
    for line in lines(&text).filter(is_of_wheel).filter(|line| !line.path.starts_with("../")) {
        if tick().is_break() {
            break;
        }
        let file = below(&site, &line.path);
        let Some(meta) = host.meta(&file) else {
            found.push((line.path, Fate::Missing));
            continue;
        };
        let has_size = line.size.parse().map_or(true, |size: u64| size == meta.len);
        if !has_size || hash(host, &file).is_some_and(|hash| hash != line.hash) {
            found.push((line.path, Fate::Changed));
        }
    }
    found
}

/// As RECORD has it; `None` for a file that cannot be read.
fn hash(host: &dyn Host, file: &Path) -> Option<String> {
    let (mut reader, mut piece, mut sum) = (FileReader::new(host, file), vec![0; PIECE], Sha256::new());
    loop {
        let count = reader.read(&mut piece).ok()?;
        if count == 0 {
            return Some(format!("sha256={}", BASE64_URL_SAFE_NO_PAD.encode(sum.finalize())));
        }
        sum.update(piece.get(..count)?);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::World;

    const INFO: &str = "/e/site-packages/a-1.0.dist-info";

    fn with(record: &str) -> World {
        World::new(OsFamily::Linux).file(format!("{INFO}/RECORD"), record).file("/e/site-packages/a/b.py", "hello")
    }

    fn line(path: &str, text: &str) -> String {
        let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()));
        format!("{path},sha256={hash},{}\n", text.len())
    }

    #[test]
    fn a_digest_is_the_same_whoever_installed_and_another_for_other_files() {
        let of = |record: String| digest(&with(&record), Path::new(INFO));
        let wheel = line("a/b.py", "hello") + &line("\"a/c, d.py\"", "");
        let uv = format!("a-1.0.dist-info/INSTALLER,sha256=x,2\n../../../bin/a,sha256=y,9\n{wheel}");
        let pip = format!("{wheel}a/__pycache__/b.cpython-312.pyc,,\na-1.0.dist-info/RECORD,,\n");
        assert_eq!(of(uv), of(pip.clone()));
        assert_eq!(of(pip.replace('/', "\\")), of(wheel.clone()), "as old versions of pip write on Windows");
        assert_ne!(of(wheel.clone()), of(line("a/b.py", "hullo") + &line("\"a/c, d.py\"", "")));
        assert_eq!(of("a.py,,\n".to_owned()), None);
    }

    #[test]
    fn files_are_held_against_their_hashes() {
        let seen = |world: &World| changed(world, Path::new(INFO), &mut || ControlFlow::Continue(()));
        let sound = with(&line("a/b.py", "hello"));
        assert_eq!(seen(&sound), []);
        let same_size = with(&line("a/b.py", "hallo"));
        assert_eq!(seen(&same_size), [("a/b.py".to_owned(), Fate::Changed)]);
        let gone = with(&line("a/c.py", ""));
        assert_eq!(seen(&gone), [("a/c.py".to_owned(), Fate::Missing)]);
        let stopped = changed(&gone, Path::new(INFO), &mut || ControlFlow::Break(()));
        assert_eq!(stopped, []);
    }
}
