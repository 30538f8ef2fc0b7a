//! Resolving where the torch index names no hash for torch's own wheel, as `download.pytorch.org` does for some files.
//!
//! uv since autumn 2026 computes the missing hash of a lock by fetching the whole wheel (measured with 0.13.8: twice).
//! So gigabytes would be fetched while planning. Instead: versions first, without hashes, which needs the metadata
//! alone; wheels without a hash from the index's own page; the lock of everything else by uv as usual. The hash is
//! computed when the wheel is fetched to be installed.

use super::{Question, by_uv, run_resolver};
use crate::catalog::Platform;
use crate::facts::PythonVersion;
use crate::host::{Host, Request, fetch_text};
use crate::index::{PageFile, WheelName, files_of};
use crate::lock::{Lock, LockedPackage, LockedWheel, normalised, public};
use crate::problem::Problem;
use std::ops::ControlFlow;
use std::time::Duration;

const PAGE_LIMIT: Duration = Duration::from_secs(30);
const LONGEST_PAGE: usize = 32 << 20;

/// For which machine a wheel is picked from a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tags {
    /// Python of the environment.
    pub python: PythonVersion,
    /// System and processor.
    pub platform: Platform,
}

/// A line of the plain answer: `torch==2.15.0+cu130`, and below it `    # from https://…`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pin {
    name: String,
    version: String,
    index: Option<String>,
}

fn pins_of(text: &str) -> Vec<Pin> {
    let mut pins: Vec<Pin> = Vec::new();
    for line in text.lines() {
        if let Some(index) = line.trim().strip_prefix("# from ") {
            if let Some(last) = pins.last_mut() {
                last.index = Some(index.trim().to_owned());
            }
        } else if let Some((name, version)) = line.split_once("==") {
            // What follows a blank is a marker, true on this machine.
            let version = version.split([' ', ';']).next().unwrap_or_default();
            pins.push(Pin { name: normalised(name.trim()), version: version.to_owned(), index: None });
        }
    }
    pins
}

/// Resolves in the way of this file.
pub(super) fn resolve(
    host: &dyn Host,
    question: &Question,
    tags: Tags,
    address: &dyn Fn(&str) -> String,
    tick: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<Lock, Problem> {
    let mut command = by_uv(host, question, address)?;
    if let Some(at) = command.args.iter().position(|arg| arg == "--format") {
        command.args.drain(at..at + 2);
    }
    let at = command.args.len().saturating_sub(1);
    command.args.splice(at..at, ["--no-annotate".to_owned(), "--emit-index-annotation".to_owned()]);
    let pins = pins_of(&run_resolver(host, question, &command, tick)?.0);
    let mut bare = Vec::new();
    let mut rest = Vec::new();
    for pin in pins {
        match without_hash(host, question, &pin, tags, address) {
            Some(package) => bare.push(package),
            None => rest.push(format!("{}=={}", pin.name, pin.version)),
        }
    }
    let others = Question { requirements: rest, ..question.clone() };
    let mut command = by_uv(host, &others, address)?;
    let at = command.args.len().saturating_sub(1);
    command.args.insert(at, "--no-deps".to_owned());
    let (text, said) = run_resolver(host, &others, &command, tick)?;
    let mut lock = super::lock_of_uv(question, &text).map_err(|error| super::bad_lock(&error, &said))?;
    lock.packages.extend(bare);
    lock.packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(lock)
}

/// The package as the torch index's page has it, if that is where it comes from and the page names no hash for it.
fn without_hash(
    host: &dyn Host,
    question: &Question,
    pin: &Pin,
    tags: Tags,
    address: &dyn Fn(&str) -> String,
) -> Option<LockedPackage> {
    let torch = question.indexes.torch.as_deref()?;
    let from = pin.index.as_deref()?;
    if public(from).trim_end_matches('/') != public(torch).trim_end_matches('/') {
        return None;
    }
    let page = format!("{}/{}/", torch.trim_end_matches('/'), pin.name);
    let request = Request { limit: Some(PAGE_LIMIT), ..Request::get(address(&page)) };
    let text = fetch_text(host, &request, LONGEST_PAGE).ok()?;
    let files = files_of(&page, &text);
    let file = best(&files, pin, tags)?;
    if file.sha256.is_some() {
        return None;
    }
    let wheel = LockedWheel { file_name: file.file_name.clone(), url: file.url.clone(), sha256: None, size: None };
    Some(LockedPackage { name: pin.name.clone(), version: pin.version.clone(), index: Some(public(torch)), wheel })
}

/// The wheel of this version for this machine: one built for exactly this Python before one for any.
fn best<'a>(files: &'a [PageFile], pin: &Pin, tags: Tags) -> Option<&'a PageFile> {
    files
        .iter()
        .filter_map(|file| fit(file, pin, tags).map(|fit| (fit, file)))
        .max_by_key(|(fit, _)| *fit)
        .map(|(_, file)| file)
}

/// How closely a file fits: as [`WheelName::fit`], and only as this version, for this platform.
fn fit(file: &PageFile, pin: &Pin, tags: Tags) -> Option<u8> {
    use std::str::FromStr as _;
    let name = WheelName::parse(&file.file_name)?;
    let same_version =
        pep440_rs::Version::from_str(name.version).ok()? == pep440_rs::Version::from_str(&pin.version).ok()?;
    let is_it = normalised(name.project) == pin.name && same_version && name.is_on(tags.platform);
    is_it.then(|| name.fit(tags.python)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_answer_gives_names_versions_and_indexes() {
        let text = "torch==2.15.0+cu130\n    # from https://i.example/whl/cu130\nTyping_Extensions==4.16.0 ; python_version >= '3'\n";
        let seen = pins_of(text);
        assert_eq!(seen.len(), 2);
        assert_eq!((seen[0].name.as_str(), seen[0].version.as_str()), ("torch", "2.15.0+cu130"));
        assert_eq!(seen[0].index.as_deref(), Some("https://i.example/whl/cu130"));
        assert_eq!(
            (seen[1].name.as_str(), seen[1].version.as_str(), &seen[1].index),
            ("typing-extensions", "4.16.0", &None)
        );
    }

    #[test]
    fn the_wheel_for_this_python_and_system_is_picked_from_a_page() {
        let page = "https://i.example/whl/cu130/torch/";
        let names = [
            "torch-2.15.0%2Bcu130-cp312-cp312-manylinux_2_28_x86_64.whl",
            "torch-2.15.0%2Bcu130-cp312-cp312-win_amd64.whl",
            "torch-2.15.0%2Bcu130-cp313-cp313t-win_amd64.whl",
            "torch-2.15.0%2Bcu130-cp313-cp313-win_amd64.whl",
            "torch-2.14.1%2Bcu130-cp312-cp312-win_amd64.whl",
        ];
        let html = names.map(|name| format!("<a href=\"/whl/cu130/{name}\">x</a>")).concat();
        let files = files_of(page, &html);
        let pin = Pin { name: "torch".into(), version: "2.15.0+cu130".into(), index: None };
        let pick = |minor, platform| {
            let tags = Tags { python: PythonVersion::minor(3, minor), platform };
            best(&files, &pin, tags).map(|file| file.file_name.as_str())
        };
        assert_eq!(pick(12, Platform::WindowsX86), Some("torch-2.15.0+cu130-cp312-cp312-win_amd64.whl"));
        assert_eq!(pick(13, Platform::WindowsX86), Some("torch-2.15.0+cu130-cp313-cp313-win_amd64.whl"));
        assert_eq!(pick(12, Platform::LinuxX86), Some("torch-2.15.0+cu130-cp312-cp312-manylinux_2_28_x86_64.whl"));
        assert_eq!(pick(14, Platform::WindowsX86), None);
        assert_eq!(pick(12, Platform::LinuxArm), None);
    }
}
