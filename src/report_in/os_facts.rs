//! Values that speak of the system: its name, version, kernel, C library, WSL, containers.

use super::draft::{At, Draft, Weight};
use super::facts::is_nothing;
use super::os_names::SaidWsl;
use super::warnings::truth;
use super::{os_names, versions};
use crate::facts::OsFamily;

/// The value of `OS:` and its like.
pub(super) fn os(draft: &mut Draft<'_>, value: &str, at: At) {
    if is_nothing(value) {
        return;
    }
    let named = os_names::describe(value);
    draft.system.name(Weight::Person, named, at);
    inner(draft, value, at);
}

/// A system's value may go on: `Ubuntu 26.04 LTS, kernel 7.0.0-15-generic, glibc 2.43`.
fn inner(draft: &mut Draft<'_>, value: &str, at: At) {
    if let Some((_, rest)) = value.split_once("glibc ")
        && let Some(version) = os_names::two_numbers(rest)
    {
        draft.system.libc(Weight::Person, version, at);
    }
    if let Some((_, rest)) = value.split_once("kernel ").or_else(|| value.split_once("GNU/Linux ")) {
        kernel(draft, rest, at);
    }
}

/// A version, build or release whose system stands elsewhere.
pub(super) fn os_version(draft: &mut Draft<'_>, key: &str, value: &str, at: At) {
    let lower = value.to_lowercase();
    let key = key.to_lowercase();
    if key == "release" || key == "version" {
        // uname's release, or that of a program: only what looks like a kernel or a Windows counts.
        if lower.contains("microsoft") {
            draft.system.kernel(value, at);
        } else if lower.starts_with("windows") {
            os(draft, value, at);
        } else if let Some(build) =
            os_names::build_of(&lower).filter(|_| lower.contains("10.0.") || lower.contains("os build"))
        {
            draft.system.build(Weight::Person, build, at);
            draft.system.family(Weight::Hint, OsFamily::Windows, at);
        } else if let Some(driver) = versions::driver(value, false).filter(versions::is_of_linux) {
            // `modinfo nvidia`
            draft.driver(Weight::Person, driver, at);
        }
        return;
    }
    let named = os_names::describe(value);
    if named.family.is_some() {
        draft.system.name(Weight::Person, named, at);
    } else if let Some(build) = os_names::build_of(&lower) {
        draft.system.build(Weight::Person, build, at);
        let is_windows = key.contains("windows") || lower.contains("10.0.");
        draft.system.family(if is_windows { Weight::Person } else { Weight::Trace }, OsFamily::Windows, at);
    }
}

/// A Linux kernel, and the processor it is for.
pub(super) fn kernel(draft: &mut Draft<'_>, value: &str, at: At) {
    let release = value
        .split_whitespace()
        .map(|word| word.trim_start_matches('v'))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.'));
    if let Some(release) = release {
        draft.system.kernel(release, at);
    }
    if let Some(arch) = os_names::arch_of(&value.to_lowercase()) {
        draft.system.arch(Weight::Program, arch, at);
    }
}

/// The GNU C library; only Linux has it.
pub(super) fn libc(draft: &mut Draft<'_>, value: &str, at: At) {
    if let Some(version) = os_names::two_numbers(value) {
        draft.system.libc(Weight::Program, version, at);
        draft.system.family(Weight::Person, OsFamily::Linux, at);
    }
}

/// The answer to a question about WSL.
pub(super) fn wsl(draft: &mut Draft<'_>, key: &str, value: &str, at: At) {
    let lower = value.to_lowercase();
    // `wsl --version` is asked on the Windows side and speaks of what is installed there.
    if key.eq_ignore_ascii_case("wsl version") && lower.matches('.').count() >= 2 {
        return;
    }
    let is = |number: &str| {
        lower.trim() == number || lower.contains(&format!("wsl{number}")) || lower.contains(&format!("wsl {number}"))
    };
    let version = if is("2") {
        SaidWsl::Two
    } else if is("1") {
        SaidWsl::One
    } else if truth(&lower) == Some(true) {
        SaidWsl::Unsaid
    } else {
        return;
    };
    draft.system.wsl(Weight::Person, version, at);
}

/// `yes`, `Docker`, an image's name; but not `Docker version 27` nor `baremetal`.
pub(super) fn is_container(value: &str) -> bool {
    let lower = value.to_lowercase();
    let denied =
        is_nothing(&lower) || truth(&lower) == Some(false) || lower.contains("bare") || lower.contains("version");
    !denied
        && (truth(&lower) == Some(true)
            || lower.contains("docker")
            || lower.contains("container")
            || lower.contains("podman")
            || lower.contains("nvcr.io"))
}
