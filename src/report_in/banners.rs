//! Version lines of Python, CUDA's compiler, the kernel, Windows and the C library.

use super::draft::{At, Draft, Weight};
use super::os_names::SaidWsl;
use super::{os_names, versions};
use crate::facts::{OsFamily, Via};

/// Reads a line; true if nothing else need be looked for in it.
pub(super) fn line(draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
    let at = |by: &'static str| At { line: number, by, via: Via::Command };
    let plain = line.trim_start_matches(['>', '$', '|', ' ', '-', '*', '`']);
    let start = plain.split(' ').next().unwrap_or_default();
    match start {
        "Python" => return interpreter(draft, plain, at("Python's banner")),
        "Using" => return used(draft, plain, at("uv")),
        "Linux" => return linux(draft, plain, at("the kernel's name")),
        "ldd" => return libc(draft, plain, at("ldd")),
        "Built" => return built(draft, plain, at("nvcc")),
        "Copyright" | "nvcc:" => return plain.contains("NVIDIA"),
        _ => {}
    }
    if line.contains("Cuda compilation tools") {
        compiler(draft, line, at("nvcc"));
    } else if line.contains("Microsoft Windows [") {
        windows(draft, line, at("the command prompt"));
    } else if line.contains("microsoft-standard") {
        draft.system.wsl(Weight::Program, SaidWsl::Two, at("the kernel's name"));
        draft.system.family(Weight::Hint, OsFamily::Linux, at("the kernel's name"));
    }
    false
}

/// `Python 3.10.18 | packaged by … on win32`, and what `python --version` prints.
fn interpreter(draft: &mut Draft<'_>, line: &str, at: At) -> bool {
    let rest = line.strip_prefix("Python ").unwrap_or_default();
    let rest = rest.strip_prefix("version is ").unwrap_or(rest);
    if !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let is_banner = rest.contains('(') || versions::numbers(rest).len() + 12 > rest.trim().len();
    python(draft, rest, if is_banner { Weight::Program } else { Weight::Hint }, at);
    is_banner
}

/// `Using CPython 3.13.13 interpreter at: …`
fn used(draft: &mut Draft<'_>, line: &str, at: At) -> bool {
    let starts = ["Using CPython ", "Using Python ", "Using python "];
    if let Some(rest) = starts.iter().find_map(|start| line.strip_prefix(start)) {
        python(draft, rest, Weight::Program, at);
    }
    false
}

/// `/proc/version`, `uname -a`.
fn linux(draft: &mut Draft<'_>, line: &str, at: At) -> bool {
    if let Some(rest) = line.strip_prefix("Linux version ") {
        draft.system.kernel(rest.split_whitespace().next().unwrap_or_default(), at);
        return true;
    }
    let Some((before, _)) = line.split_once("GNU/Linux") else { return false };
    draft.system.kernel(line.split_whitespace().nth(2).unwrap_or_default(), at);
    if let Some(arch) = before.split_whitespace().next_back().and_then(os_names::arch_of) {
        draft.system.arch(Weight::Program, arch, at);
    }
    true
}

/// `ldd (Ubuntu GLIBC 2.35-0ubuntu3) 2.35`
fn libc(draft: &mut Draft<'_>, line: &str, at: At) -> bool {
    let rest = line.split_once("GLIBC ").or_else(|| line.split_once("(GNU libc) "));
    if let Some(version) = rest.and_then(|(_, rest)| os_names::two_numbers(rest)) {
        draft.system.libc(Weight::Program, version, at);
    }
    rest.is_some()
}

/// The compiler for Windows was built on Windows, which writes time zones out: `Pacific_Daylight_Time`.
fn built(draft: &mut Draft<'_>, line: &str, at: At) -> bool {
    let Some(day) = line.strip_prefix("Built on ") else { return false };
    let is_windows = day.contains("_Daylight_Time") || day.contains("_Standard_Time");
    let family = if is_windows { OsFamily::Windows } else { OsFamily::Linux };
    draft.system.family(Weight::Trace, family, at);
    true
}

/// `Cuda compilation tools, release 12.4, V12.4.131`
fn compiler(draft: &mut Draft<'_>, line: &str, at: At) {
    let Some((_, rest)) = line.split_once("release ") else { return };
    let exact = rest.split_once(", V").map(|(_, version)| versions::numbers(version));
    let version = exact.filter(|version| !version.is_empty()).unwrap_or_else(|| versions::numbers(rest));
    if !version.is_empty() {
        draft.toolkit.offer(Weight::Program, version.to_owned(), at);
    }
}

/// `Microsoft Windows [Version 10.0.22621.1105]`; the word for version differs by language.
fn windows(draft: &mut Draft<'_>, line: &str, at: At) {
    let inside =
        line.split_once("Microsoft Windows [").and_then(|(_, rest)| rest.split(']').next()).unwrap_or_default();
    if let Some(build) = os_names::build_of(inside) {
        draft.system.family(Weight::Program, OsFamily::Windows, at);
        draft.system.build(Weight::Program, build, at);
    }
}

/// An interpreter, and what its banner says of the system.
pub(super) fn python(draft: &mut Draft<'_>, text: &str, weight: Weight, at: At) {
    let Some(seen) = versions::python(text) else { return };
    draft.python.offer(weight, seen, at);
    if let Some((_, rest)) = text.split_once("[MSC ") {
        draft.system.family(Weight::Program, OsFamily::Windows, at);
        if let Some(arch) = os_names::arch_of(rest) {
            draft.system.arch(Weight::Program, arch, at);
        }
    } else if text.contains("Compiler: MSC ") || text.contains("on Windows") {
        draft.system.family(weight, OsFamily::Windows, at);
    } else if text.contains("[GCC ") || text.contains("on linux") || text.contains("on Linux") {
        draft.system.family(Weight::Hint, OsFamily::Linux, at);
    } else if text.contains("on darwin") || text.contains("on Darwin") {
        draft.system.family(Weight::Program, OsFamily::Macos, at);
    }
}
