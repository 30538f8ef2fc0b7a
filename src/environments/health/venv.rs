//! Whether a virtual environment still stands on the Python it was made from, at the place it was made for.

use super::Finding;
use crate::assess::Reason;
use crate::environments::places::{below, name_of};
use crate::environments::{base_interpreter, interpreter, python_version, written};
use crate::facts::{Environment, OsFamily};
use crate::host::Host;
use crate::plan::repair::reason;
use crate::problem::Remedy;
use std::path::{Path, PathBuf};

/// What keeps its Python from starting, or its scripts from finding it.
pub(super) fn broken(host: &dyn Host, environment: &Environment) -> Vec<Finding> {
    let folder = &environment.path;
    let trouble = if environment.kind == "venv" {
        base(host, folder).or_else(|| moved(host, folder))
    } else if environment.kind != "system" && interpreter(host, folder).is_none() {
        Some(reason("check-no-python", &[]))
    } else {
        None
    };
    trouble.map(|reason| Finding { reason, remedy: made_anew(folder) }).into_iter().collect()
}

/// No file of it can be mended: its packages can be had again in a new one.
fn made_anew(folder: &Path) -> Remedy {
    Remedy::Command {
        text: "Make one with the same packages, then remove this one".to_owned(),
        command: format!("torch-wizard envs clone \"{}\" PATH", folder.display()),
    }
}

/// The Python it was made from is gone, or is another one now.
fn base(host: &dyn Host, folder: &Path) -> Option<Reason> {
    let home = written(host, folder, "home").map(PathBuf::from);
    let Some(base) = base_interpreter(host, folder) else {
        let named = home.map_or_else(|| "a folder that is not named".to_owned(), |home| home.display().to_string());
        return Some(reason("check-base-gone", &[("base", &named)]));
    };
    if interpreter(host, folder).is_none() {
        return Some(reason("check-no-python", &[]));
    }
    let version = python_version(host, folder)?;
    let minors = minors_in(host, &home?);
    let is_replaced = !minors.is_empty() && !minors.contains(&version.minor);
    let (base, version) = (base.display().to_string(), version.short());
    is_replaced.then(|| reason("check-base-changed", &[("base", &base), ("python", &version)]))
}

/// The minor versions of the Pythons in a folder, by names that say one.
fn minors_in(host: &dyn Host, home: &Path) -> Vec<u8> {
    let names = host.list(home).unwrap_or_default().into_iter().map(|entry| name_of(&entry.path).to_lowercase());
    let of_name = |name: String| {
        let minor = match host.family() {
            // The library beside the interpreter; `python3.dll` is that of any.
            OsFamily::Windows => name.strip_prefix("python3")?.strip_suffix(".dll")?,
            OsFamily::Linux | OsFamily::Macos | OsFamily::Other => name.strip_prefix("python3.")?,
        };
        minor.parse::<u8>().ok()
    };
    names.filter_map(of_name).collect()
}

/// Its scripts hold another place than the one it stands at.
fn moved(host: &dyn Host, folder: &Path) -> Option<Reason> {
    let script = match host.family() {
        OsFamily::Windows => "Scripts/activate.bat",
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => "bin/activate",
    };
    let bytes = host.read(&below(folder, script)).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let from = text.lines().find_map(held)?;
    // What asks for its own place, as uv's movable ones do, holds none.
    let is_absolute = from.starts_with('/') || from.get(1..3) == Some(":\\");
    let (there, here) = (host.resolve(Path::new(&from)), host.resolve(folder));
    let is_same = match host.family() {
        OsFamily::Windows => there.to_string_lossy().eq_ignore_ascii_case(&here.to_string_lossy()),
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => there == here,
    };
    (is_absolute && !is_same).then(|| reason("check-moved", &[("from", &from)]))
}

/// The place in a line that sets `VIRTUAL_ENV`, without its quotes.
fn held(line: &str) -> Option<String> {
    // uv's for the command prompt: `@for %%i in ("C:\x") do @set "VIRTUAL_ENV=%%~fi"`
    let of_loop = line.split_once("in (\"").filter(|(_, rest)| rest.contains("VIRTUAL_ENV=%%"));
    if let Some((_, rest)) = of_loop {
        return rest.split_once("\")").map(|(value, _)| value.to_owned());
    }
    let line = line.trim().trim_start_matches('@');
    let line = line.strip_prefix("set ").unwrap_or(line).trim_start_matches('"');
    let value = line.strip_prefix("VIRTUAL_ENV=")?.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| value.to_owned())
}
