//! Lines that a person can paste to use an environment.

use crate::facts::OsFamily;
use crate::plan::{CommandSpec, Engine, Plan, Shell, python_of};
use std::path::{Path, PathBuf};

/// How to enter an environment, for each shell of its system, the usual one first.
pub fn activation(os: OsFamily, environment: &Path) -> Vec<(Shell, String)> {
    let shells: &[Shell] = match os {
        OsFamily::Windows => &[Shell::PowerShell, Shell::Cmd],
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => &[Shell::Posix],
    };
    shells.iter().map(|&shell| (shell, crate::plan::activation(os, environment, shell))).collect()
}

/// How to make an environment a kernel of Jupyter: bring what speaks to it, then register it.
pub fn notebook_kernel(os: OsFamily, environment: &Path, plan: Option<&Plan>) -> [CommandSpec; 2] {
    let python = python_of(os, environment);
    let name = name_of(os, environment);
    let uv = plan.filter(|plan| plan.choices.engine == Engine::Uv);
    let bring = match uv {
        // Environments made by uv hold no pip.
        Some(plan) => {
            let uv = plan.choices.uv.clone().unwrap_or_else(|| PathBuf::from("uv"));
            let words = ["pip", "install", "--python", &python.to_string_lossy(), "ipykernel"];
            CommandSpec::new(uv, words)
        }
        None => CommandSpec::new(python.clone(), ["-m", "pip", "install", "ipykernel"]),
    };
    [bring, CommandSpec::new(python, ["-m", "ipykernel", "install", "--user", "--name", &name])]
}

/// A command of ours for an environment.
pub fn wizard(words: &[&str], environment: &Path) -> CommandSpec {
    let path = environment.to_string_lossy();
    CommandSpec::new("torch-wizard", words.iter().copied().chain([path.as_ref()]))
}

/// A line to paste. A program found by its name alone needs no call operator in PowerShell.
pub fn line(command: &CommandSpec, shell: Shell) -> String {
    let line = command.display(shell);
    match line.strip_prefix("& ") {
        Some(rest) if shell == Shell::PowerShell && !rest.starts_with('\'') => rest.to_owned(),
        _ => line,
    }
}

/// The folder's own name as a kernel's: Jupyter takes letters, digits, `-`, `_` and `.` alone.
fn name_of(os: OsFamily, environment: &Path) -> String {
    let text = environment.to_string_lossy();
    let ends: &[char] = if os == OsFamily::Windows { &['/', '\\'] } else { &['/'] };
    let folder = text.rsplit(ends).find(|part| !part.is_empty()).unwrap_or_default();
    let name: String =
        folder.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    let name = name.trim_matches(['-', '.']);
    if name.is_empty() { "torch".to_owned() } else { name.to_owned() }
}

/// A file in a folder, in the spelling of the system the folder is of.
pub fn below(os: OsFamily, folder: &Path, name: &str) -> PathBuf {
    let mut path = folder.as_os_str().to_owned();
    path.push(if os == OsFamily::Windows { "\\" } else { "/" });
    path.push(name);
    path.into()
}
