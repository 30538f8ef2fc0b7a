//! Versions inside other text: of drivers, CUDA, torch and Python.

use super::draft::SeenPython;
use crate::facts::{CudaVersion, DriverVersion, PythonVersion, TorchVersion};

/// Where a word of a version begins and ends.
fn word(text: &str) -> &str {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "=:[(\"'`v<".contains(c));
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || ".+-_!".contains(c))).unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_end_matches(['.', '-', '_', '+'])
}

/// The numbers at the start of a text: `12.4.131`.
pub(super) fn numbers(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_end_matches('.')
}

/// The driver's version at the start of a text: `581.57`, `v555.52.04`, `[e.g. 535.54]`; `32.0.15.8157` as Windows
/// numbers it counts only where the device is known to be NVIDIA's.
pub(super) fn driver(text: &str, is_nvidia: bool) -> Option<DriverVersion> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "[(\"'`=:".contains(c));
    let text = text.strip_prefix("e.g.").unwrap_or(text);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "vVrR".contains(c));
    let plain = numbers(text);
    let parts: Vec<&str> = plain.split('.').collect();
    let is_digits = |part: &str, from: usize, to: usize| (from..=to).contains(&part.len());
    match parts.as_slice() {
        [branch, minor] if is_digits(branch, 3, 3) && is_digits(minor, 2, 3) => plain.parse().ok(),
        [branch, minor, patch] if is_digits(branch, 3, 3) && is_digits(minor, 2, 3) && is_digits(patch, 2, 2) => {
            plain.parse().ok()
        }
        [_, _, third, last] if is_nvidia && is_digits(third, 2, 2) && is_digits(last, 4, 4) => of_windows(third, last),
        _ => None,
    }
}

/// NVIDIA's own version is in the last five digits: `15.8157` → 581.57.
fn of_windows(third: &str, last: &str) -> Option<DriverVersion> {
    let digits = format!("{third}{last}");
    let (branch, minor) = digits.get(digits.len().checked_sub(5)?..)?.split_at_checked(3)?;
    format!("{branch}.{minor}").parse().ok()
}

/// Whether a version has the three numbers that only the drivers for Linux and its kin have.
pub(super) fn is_of_linux(version: &DriverVersion) -> bool {
    version.to_string().matches('.').count() == 2
}

/// A CUDA release at the start of a text: `12.8`, `12.8.61`, `V12.4.131`, `cuda_12.4`, `cu128`.
pub(super) fn cuda(text: &str) -> Option<CudaVersion> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "[(\"'`=:vV".contains(c));
    let text = text.strip_prefix("CUDA").or_else(|| text.strip_prefix("cuda")).unwrap_or(text);
    let text = text.trim_start_matches(['_', ' ', '-', '=', 'V', 'v']);
    if text.starts_with("cu") {
        return CudaVersion::of_variant(word(text));
    }
    let version: CudaVersion = numbers(text).parse().ok()?;
    (5..=30).contains(&version.major).then_some(version)
}

/// CUDA's own number: `12080` is 12.8.
pub(super) fn cuda_number(text: &str) -> Option<CudaVersion> {
    let number: u16 = text.parse().ok()?;
    (5000..=30_000).contains(&number).then(|| CudaVersion::new(number / 1000, number % 1000 / 10))
}

/// torch's version at the start of a text: `2.9.1+cu130`, `2.8.0 + cu129`, `2.4.0 (cu121)`, `2.5.0.dev20240705+cu121`.
pub(super) fn torch(text: &str) -> Option<TorchVersion> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "=:[(\"'`v".contains(c));
    let found = word(text);
    // The name of a file that can be fetched is not what is there.
    if found.contains(".whl") {
        return None;
    }
    let has_dot = found.split_once('.').is_some_and(|(major, rest)| {
        major.len() == 1 && major.chars().all(|c| c.is_ascii_digit()) && rest.starts_with(|c: char| c.is_ascii_digit())
    });
    // `torch 0.0` is what DeepSpeed prints where it knows nothing.
    if !has_dot || found == "0.0" {
        return None;
    }
    let rest = text.get(found.len()..).unwrap_or_default().trim_start_matches([' ', '+', '(', '-', ',', '`']);
    let variant = word(rest);
    let is_variant = CudaVersion::of_variant(variant).is_some() && variant.len() == 5 || variant == "cpu";
    if is_variant && !found.contains('+') {
        let joined = format!("{found}+{variant}");
        if let Ok(version) = joined.parse() {
            return Some(version);
        }
    }
    found.parse().ok().or_else(|| found.split(['-', '_']).next()?.parse().ok())
}

/// An interpreter at the start of a text: `3.12.9 | packaged by Anaconda … (64-bit runtime)`.
pub(super) fn python(text: &str) -> Option<SeenPython> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "=:[(\"'`-".contains(c));
    let starts = ["Python", "CPython", "version=", "version is ", "version ", "Version: ", "v", "V"];
    let text = starts.iter().find_map(|start| text.strip_prefix(start)).unwrap_or(text);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "=:-".contains(c));
    let plain = numbers(text);
    let version: PythonVersion = plain.parse().ok()?;
    let is_real = (2..=3).contains(&version.major) && version.minor <= 40 && plain.matches('.').count() <= 2;
    let after = text.get(plain.len()..).unwrap_or_default();
    // `3.8+`, `3.10.x or newer` are wishes.
    if !is_real || after.starts_with('+') {
        return None;
    }
    let lower = after.to_ascii_lowercase();
    let bits = if lower.contains("32-bit") || lower.contains("32 bit") {
        Some(32)
    } else {
        (lower.contains("64-bit") || lower.contains("64 bit")).then_some(64)
    };
    let is_tagged = after.strip_prefix('t').is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()));
    let implementation = if lower.contains("pypy") { "pypy" } else { "cpython" };
    let free_threaded = is_tagged || lower.contains("free-threading") || lower.contains("free threading");
    Some(SeenPython { version, bits, free_threaded, implementation })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_is_told_from_other_numbers() {
        for (text, expected) in [
            ("581.57", Some("581.57")),
            ("[e.g. v555.52.04]", Some("555.52.04")),
            ("`470.82.01`, proprietary", Some("470.82.01")),
            ("517.40 Studio Driver", Some("517.40")),
            ("13.0", None),
            ("10.0.19045.5247", None),
            ("31.0.101.4146", None),
            ("550", None),
            ("2.9.1", None),
        ] {
            assert_eq!(driver(text, false).map(|v| v.to_string()).as_deref(), expected, "{text}");
        }
        assert_eq!(driver("32.0.15.8157", true).unwrap().to_string(), "581.57");
        assert_eq!(driver("32.0.15.8157", false), None);
    }

    #[test]
    fn a_torch_is_read_with_its_variant_however_it_is_written() {
        for (text, expected) in [
            ("2.9.1+cu130", Some("2.9.1+cu130")),
            ("2.8.0 + cu129", Some("2.8.0+cu129")),
            ("2.4.0 (cu121)", Some("2.4.0+cu121")),
            ("==2.5.1", Some("2.5.1")),
            ("1.8.1+cu111 @/home/user/site-packages/torch", Some("1.8.1+cu111")),
            ("2.9.0a0+145a3a7bda.nv25.10", Some("2.9.0a0+145a3a7bda.nv25.10")),
            ("2.1.0 (True)", Some("2.1.0")),
            ("N/A", None),
            ("12.8", None),
            ("version 2", None),
        ] {
            assert_eq!(torch(text).map(|v| v.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_python_tells_its_kind() {
        let seen = python("3.10.6 (tags/v3.10.6:9c7b4bd) [MSC v.1932 32 bit (Intel)]").unwrap();
        assert_eq!((seen.version.to_string().as_str(), seen.bits, seen.free_threaded), ("3.10.6", Some(32), false));
        assert!(python("3.13t").unwrap().free_threaded);
        assert!(python("3.13.1 experimental free-threading build (main)").unwrap().free_threaded);
        assert_eq!(python("3.10.14 (PyPy 7.3.17)").unwrap().implementation, "pypy");
        assert_eq!(python("3.8+"), None);
        assert_eq!(python("1.2"), None);
    }
}
