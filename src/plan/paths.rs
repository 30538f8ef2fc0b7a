//! Folders and paths in the spelling of the system that a plan is for, which need not be the one this program runs on.

use super::{Plan, PlanError, Shell, wsl2};
use crate::facts::OsFamily;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::path::{Path, PathBuf};

/// Suffix of the folder an environment is built in.
pub const STAGING_SUFFIX: &str = ".tw-new";
/// Suffix of the folder a replaced environment waits in until the new one stands.
pub const ASIDE_SUFFIX: &str = ".tw-old";

/// The same folder name with a suffix, in the same parent.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    // Not `with_file_name`, which would put the separator of this system into a path of another.
    let mut text = path.components().as_path().as_os_str().to_owned();
    text.push(suffix);
    text.into()
}

/// A file or folder in a folder, in the spelling of the system the plan is for.
pub(super) fn inside(os: OsFamily, folder: &Path, name: &str) -> PathBuf {
    let mut path = folder.as_os_str().to_owned();
    path.push(if os == OsFamily::Windows { "\\" } else { "/" });
    path.push(name);
    path.into()
}

/// The folder that a path is in, for the system the plan is for.
pub(super) fn above(os: OsFamily, path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    match text.rsplit_once(['\\', '/']) {
        // `C:` alone would be the volume's present folder, not its root.
        Some((volume, _)) if os == OsFamily::Windows && volume.ends_with(':') => format!(r"{volume}\").into(),
        Some((folder, _)) if os == OsFamily::Windows => folder.into(),
        Some(_) | None => path.parent().unwrap_or(path).to_owned(),
    }
}

/// The folder that a path is in, and its name there, for the system the plan is for.
pub(crate) fn parted(os: OsFamily, path: &Path) -> (PathBuf, String) {
    let text = path.to_string_lossy();
    let ends: &[char] = if os == OsFamily::Windows { &['\\', '/'] } else { &['/'] };
    (above(os, path), text.rsplit(ends).next().unwrap_or_default().to_owned())
}

/// What the shell shows while the environment is active: without this, the name of the folder it was built in.
pub fn prompt(plan: &Plan) -> String {
    let text = plan.target.to_string_lossy();
    let ends: &[char] = if plan.os == OsFamily::Windows { &['\\', '/'] } else { &['/'] };
    text.rsplit(ends).find(|part| !part.is_empty()).unwrap_or("torch").to_owned()
}

/// The environment's folder of programs.
pub fn bin_dir(os: OsFamily, environment: &Path) -> PathBuf {
    inside(os, environment, if os == OsFamily::Windows { "Scripts" } else { "bin" })
}

/// The environment's interpreter.
pub fn python_of(os: OsFamily, environment: &Path) -> PathBuf {
    inside(os, &bin_dir(os, environment), if os == OsFamily::Windows { "python.exe" } else { "python" })
}

/// How to enter an environment, as a line for a shell.
pub fn activation(os: OsFamily, environment: &Path, shell: Shell) -> String {
    if let Some(line) = wsl2::activation(environment, shell).filter(|_| os == OsFamily::Windows) {
        return line;
    }
    let file = |name: &str| shell.quote(&inside(os, &bin_dir(os, environment), name).display().to_string());
    match shell {
        Shell::PowerShell => format!("& {}", file("Activate.ps1")),
        Shell::Cmd => file("activate.bat"),
        Shell::Posix => format!(". {}", file("activate")),
    }
}

/// The shell that people of a system use.
pub const fn native_shell(os: OsFamily) -> Shell {
    match os {
        OsFamily::Windows => Shell::PowerShell,
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => Shell::Posix,
    }
}

/// Folder names that no tool of the trade can live with.
pub fn check_target(os: OsFamily, target: &Path) -> Result<(), PlanError> {
    let bad = |why: &str| Err(PlanError::BadTarget { path: target.to_owned(), why: why.to_owned() });
    let Some(text) = target.to_str() else { return bad("its name is not valid Unicode") };
    // By the rules of the plan's own system, which need not be the one this program runs on.
    let is_absolute = match os {
        OsFamily::Windows => {
            let after_drive =
                text.strip_prefix(|c: char| c.is_ascii_alphabetic()).and_then(|rest| rest.strip_prefix(':'));
            after_drive.is_some_and(|rest| rest.starts_with(['\\', '/'])) || text.starts_with(r"\\")
        }
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => text.starts_with('/'),
    };
    if !is_absolute {
        return bad("it must be an absolute path");
    }
    if target.file_name().is_none() || target.parent().is_none() {
        return bad("it is the root of a volume");
    }
    if text.chars().any(char::is_control) {
        return bad("its name has control characters");
    }
    match os {
        OsFamily::Windows => {
            // `activate.bat` expands %NAME%; `"` cannot be in a path at all.
            if text.contains(['%', '"', '!']) {
                return bad("its name has a character that Windows' command prompt expands (% ! \")");
            }
        }
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => {
            // venv refuses it: the folder could not be put on PATH.
            if text.contains(':') {
                return bad("its name has a colon, which separates entries of PATH");
            }
        }
    }
    Ok(())
}
/// A folder or file as an address: pip splits what it reads as a shell does, which would take backslashes and blanks out
/// of a path. What is none, as an address, stays as it is.
pub fn file_address(os: OsFamily, place: &str) -> String {
    const KEPT: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'/').remove(b':').remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let path = if os == OsFamily::Windows { place.replace('\\', "/") } else { place.to_owned() };
    let encoded = utf8_percent_encode(&path, KEPT);
    let has_drive = os == OsFamily::Windows && path.get(1..3) == Some(":/");
    if has_drive {
        format!("file:///{encoded}")
    } else if path.starts_with("//") {
        format!("file:{encoded}")
    } else if path.starts_with('/') {
        format!("file://{encoded}")
    } else {
        place.to_owned()
    }
}
