//! The packages of an environment, read from what installers wrote down (`*.dist-info`); no Python is started.

use super::places::{below, name_of};
use crate::facts::{OsFamily, PythonVersion};
use crate::host::Host;
use crate::lock::normalised;
use crate::plan::repair::Installed;
use pep508_rs::{MarkerEnvironment, MarkerEnvironmentBuilder};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

/// How many files of a package are looked at beside its libraries.
const SAMPLE: usize = 32;

/// What a site-packages folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// Each package once, by name.
    pub packages: Vec<Installed>,
    /// What pip renamed to remove it, and did not remove: `~orch`, `~orch-2.6.0.dist-info`.
    pub leftovers: Vec<PathBuf>,
    /// Who installed torch: `uv`, `pip`, `conda`.
    pub installer: Option<String>,
}

/// What an environment holds, for the Python that its files tell of. Where they tell of none, any will do to read what
/// does not depend on it.
pub fn of_environment(host: &dyn Host, path: &Path) -> Site {
    let python = super::python_version(host, &super::prefix(host, path)).unwrap_or(PythonVersion::minor(3, 12));
    let markers = markers(host.family(), &host.basics().arch, python);
    markers.map(|markers| read(host, &super::site_packages(host, path), &markers)).unwrap_or_default()
}

/// Reads all of them. `markers` is what packages may ask of the system before they ask for another package.
pub fn read(host: &dyn Host, sites: &[PathBuf], markers: &MarkerEnvironment) -> Site {
    let mut site_holds = Site::default();
    let mut registered: BTreeMap<String, Vec<Installed>> = BTreeMap::new();
    for site in sites {
        for entry in host.list(site).unwrap_or_default().into_iter().filter(|entry| entry.meta.is_dir) {
            let name = name_of(&entry.path);
            if name.starts_with('~') {
                site_holds.leftovers.push(entry.path);
            } else if name.ends_with(".dist-info")
                && let Some(package) = package(host, site, &entry.path, markers)
            {
                if package.name == "torch" {
                    site_holds.installer = installer(host, &entry.path);
                }
                registered.entry(package.name.clone()).or_default().push(package);
            }
        }
    }
    for site in sites {
        site_holds.leftovers.extend(editable_remnants(host, site));
    }
    site_holds.packages = registered.into_values().filter_map(once).collect();
    site_holds.leftovers.sort();
    site_holds
}

/// What an editable install put beside the packages and no package lists any more: Python still runs it at each start.
fn editable_remnants(host: &dyn Host, site: &Path) -> Vec<PathBuf> {
    let entries = host.list(site).unwrap_or_default();
    let (infos, files): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.meta.is_dir);
    let mut found: Vec<PathBuf> =
        files.into_iter().map(|file| file.path).filter(|path| name_of(path).starts_with("__editable__")).collect();
    if found.is_empty() {
        return found;
    }
    for info in infos.iter().filter(|info| name_of(&info.path).ends_with(".dist-info")) {
        let record = host.read(&info.path.join("RECORD")).unwrap_or_default();
        let record = String::from_utf8_lossy(&record).into_owned();
        found.retain(|path| !record.lines().any(|line| line.split(',').next() == Some(&*name_of(path))));
    }
    found
}

/// Who installed a package, by the folder that registers it: `uv`, `pip`, `conda`.
pub fn installer(host: &dyn Host, info: &Path) -> Option<String> {
    let bytes = host.read(&info.join("INSTALLER")).ok()?;
    Some(String::from_utf8_lossy(&bytes).trim().to_owned()).filter(|name| !name.is_empty())
}

/// A package that is registered more than once counts as its newest version.
fn once(mut all: Vec<Installed>) -> Option<Installed> {
    all.sort_by_key(|package| std::cmp::Reverse(pep440_rs::Version::from_str(&package.version).ok()));
    let registered = all.iter().map(|package| package.version.clone()).collect::<Vec<_>>();
    let mut rest = all.into_iter();
    let newest = rest.next()?;
    let stale: Vec<PathBuf> = rest.map(|package| package.info).collect();
    let registered = if stale.is_empty() { Vec::new() } else { registered };
    Some(Installed { registered, stale, ..newest })
}

/// What the markers of requirements are held against, for this system and a Python.
pub fn markers(family: OsFamily, arch: &str, python: PythonVersion) -> Option<MarkerEnvironment> {
    let (os, system, platform) = match family {
        OsFamily::Windows => ("nt", "Windows", "win32"),
        OsFamily::Macos => ("posix", "Darwin", "darwin"),
        OsFamily::Linux | OsFamily::Other => ("posix", "Linux", "linux"),
    };
    let machine = if family == OsFamily::Windows && arch == "x86_64" { "AMD64" } else { arch };
    let (full, short) = (PythonVersion { patch: Some(python.patch.unwrap_or_default()), ..python }, python.short());
    let full = full.to_string();
    let told = MarkerEnvironmentBuilder {
        implementation_name: "cpython",
        implementation_version: &full,
        os_name: os,
        platform_machine: machine,
        platform_python_implementation: "CPython",
        platform_release: "",
        platform_system: system,
        platform_version: "",
        python_full_version: &full,
        python_version: &short,
        sys_platform: platform,
    };
    MarkerEnvironment::try_from(told).ok()
}

fn package(host: &dyn Host, site: &Path, info: &Path, markers: &MarkerEnvironment) -> Option<Installed> {
    let folder = name_of(info);
    let (name, version) = folder.strip_suffix(".dist-info")?.split_once('-')?;
    let metadata = String::from_utf8_lossy(&host.read(&info.join("METADATA")).unwrap_or_default()).into_owned();
    let head: Vec<&str> = metadata.lines().take_while(|line| !line.is_empty()).collect();
    let wanted = head.iter().filter_map(|line| line.strip_prefix("Requires-Dist:"));
    let (mut requires, mut torch, mut numpy) = (Vec::new(), None, None);
    for text in wanted {
        let Some((name, versions)) = requirement(text.trim(), markers) else { continue };
        match name.as_str() {
            "torch" => torch = versions,
            "numpy" => numpy = versions,
            _ => {}
        }
        requires.push(name);
    }
    let wheel = String::from_utf8_lossy(&host.read(&info.join("WHEEL")).unwrap_or_default()).into_owned();
    let tags: Vec<&str> = wheel.lines().filter_map(|line| line.strip_prefix("Tag:")).collect();
    Some(Installed {
        name: normalised(name),
        version: version.to_owned(),
        info: info.to_owned(),
        registered: Vec::new(),
        stale: Vec::new(),
        from: direct(host, info),
        is_condas: installer(host, info).as_deref() == Some("conda"),
        is_for_any: !tags.is_empty() && tags.iter().all(|tag| tag.trim().ends_with("-none-any")),
        requires,
        torch,
        numpy,
        // https://peps.python.org/pep-0376/#requested
        is_requested: host.meta(&info.join("REQUESTED")).is_some(),
        // What was linked from a cache keeps its own time; the list is always written anew.
        installed: host.meta(&info.join("RECORD")).and_then(|meta| meta.modified),
        damage: damage(host, site, info, metadata.is_empty()),
    })
}

/// Name and versions of a requirement that counts here; `None` for one of an extra or of another system.
fn requirement(text: &str, markers: &MarkerEnvironment) -> Option<(String, Option<String>)> {
    let read = pep508_rs::Requirement::<url::Url>::from_str(text).ok()?;
    if !read.evaluate_markers(markers, &[]) {
        return None;
    }
    let versions = match read.version_or_url {
        Some(pep508_rs::VersionOrUrl::VersionSpecifier(versions)) => Some(versions.to_string()),
        Some(pep508_rs::VersionOrUrl::Url(_)) | None => None,
    };
    Some((normalised(read.name.as_ref()), versions.filter(|text| !text.is_empty())))
}

/// The address in `direct_url.json`, which only packages that came from no index have.
/// <https://packaging.python.org/en/latest/specifications/direct-url/>
fn direct(host: &dyn Host, info: &Path) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Direct {
        url: String,
    }
    let bytes = host.read(&info.join("direct_url.json")).ok()?;
    let read: Option<Direct> = serde_json::from_slice(&bytes).ok();
    Some(read.map_or_else(|| "an unknown place".to_owned(), |direct| crate::lock::public(&direct.url)))
}

/// Compares the disk with RECORD: libraries by name and size, of the rest a sample by name.
fn damage(host: &dyn Host, site: &Path, info: &Path, has_no_metadata: bool) -> Option<String> {
    if has_no_metadata {
        return Some("its METADATA is missing".to_owned());
    }
    let Ok(bytes) = host.read(&info.join("RECORD")) else {
        // conda and Linux distributions keep their own lists.
        let by = installer(host, info).unwrap_or_default();
        return ["pip", "uv"].contains(&by.as_str()).then(|| "an installation broke off, it has no RECORD".to_owned());
    };
    let text = String::from_utf8_lossy(&bytes);
    // Compiled files come and go; what lies outside may be on another volume; a quoted path holds a comma.
    let is_plain = |path: &str| !path.starts_with(['.', '/', '"']) && !path.contains("__pycache__");
    let files: Vec<(&str, Option<u64>)> = text
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(',');
            let path = fields.next().filter(|path| is_plain(path))?;
            Some((path, fields.nth(1).and_then(|size| size.trim().parse().ok())))
        })
        .collect();
    let is_library =
        |path: &str| [".so", ".dll", ".pyd", ".lib"].iter().any(|end| path.ends_with(end)) || path.contains(".so.");
    let (libraries, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|(path, _)| is_library(path));
    let step = (others.len() / SAMPLE).max(1);
    for (path, size) in libraries {
        let Some(meta) = host.meta(&below(site, path)) else { return Some(format!("{path} is missing")) };
        if size.is_some_and(|size| size != meta.len) {
            return Some(format!("{path} has not the size it was installed with"));
        }
    }
    let missing = others.into_iter().step_by(step).find(|(path, _)| host.meta(&below(site, path)).is_none());
    missing.map(|(path, _)| format!("{path} is missing"))
}

#[cfg(test)]
mod tests;
