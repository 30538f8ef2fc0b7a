//! The names of operating systems in a piece of text: family, distribution, release, build, architecture.

use super::versions::numbers;
use crate::facts::OsFamily;

/// Which WSL a text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SaidWsl {
    /// WSL 1, which has no GPU.
    One,
    /// WSL 2.
    Two,
    /// WSL, and no more.
    Unsaid,
}

impl SaidWsl {
    /// What stands behind `WSL`.
    pub(super) fn of(rest: &str) -> Self {
        match rest.trim_start_matches([' ', '-', ':']).chars().next() {
            Some('1') => Self::One,
            Some('2') => Self::Two,
            Some(_) | None => Self::Unsaid,
        }
    }

    /// As it is shown.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::One => "WSL 1",
            Self::Two => "WSL 2",
            Self::Unsaid => "WSL",
        }
    }
}

/// A system by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// Family.
    pub family: Option<OsFamily>,
    /// As it shall be shown.
    pub shown: String,
    /// Distribution in small letters; `windows 11` for Windows.
    pub name: String,
    /// `22.04.3`, `24H2`.
    pub release: Option<String>,
    /// Build of Windows.
    pub build: Option<u32>,
    /// Processor architecture.
    pub arch: Option<&'static str>,
    /// WSL is named beside it.
    pub wsl: Option<SaidWsl>,
}

/// Distributions as they are named, with the word the tables use.
#[rustfmt::skip]
const DISTRIBUTIONS: [&str; 52] = [
    "ubuntu", "kubuntu", "xubuntu", "lubuntu", "debian", "fedora", "centos", "rhel", "red hat",
    "redhat", "rocky", "almalinux", "alma", "oracle linux", "amazon", "opensuse leap", "opensuse",
    "suse", "sles", "mint", "linuxmint", "pop!_os", "arch linux", "archlinux", "manjaro",
    "endeavouros", "nixos", "gentoo", "void linux", "artix", "garuda", "cachyos", "nobara", "bazzite",
    "bluefin", "alpine", "kali", "raspbian", "elementary", "zorin", "deepin", "kylin", "openeuler",
    "anolis", "alibaba", "alinux", "tencentos", "clear linux", "slackware", "proxmox", "unraid",
    "scientific",
];

/// The system that a piece of text names.
pub(super) fn describe(text: &str) -> Named {
    let text = text.trim().trim_matches(['[', ']', '"', '\'']).trim();
    let lower = text.to_lowercase();
    let windows = windows_at(&lower);
    let linux = linux_at(&lower);
    let mac = ["macos", "mac os", "osx", "os x", "darwin"].iter().find_map(|word| find_word(&lower, word));
    let other = ["freebsd", "openbsd", "netbsd", "solaris", "android"].iter().find_map(|word| find_word(&lower, word));
    let first = [windows, linux.as_ref().map(|(at, _)| *at), mac, other].into_iter().flatten().min();
    let mut named = Named { arch: arch_of(&lower), wsl: wsl_of(&lower), ..Named::default() };
    let Some(first) = first else { return named };
    let is_windows = windows == Some(first) && !(named.wsl.is_some() && linux.is_some());
    if is_windows {
        named.family = Some(OsFamily::Windows);
        describe_windows(text.get(first..).unwrap_or(text), &mut named);
    } else if let Some((at, word)) = linux.filter(|(at, _)| *at == first || named.wsl.is_some()) {
        named.family = Some(OsFamily::Linux);
        named.build = windows.and_then(|_| build_of(&lower));
        describe_linux(text, at, word, &mut named);
    } else if mac == Some(first) {
        named.family = Some(OsFamily::Macos);
        named.shown = shown(text);
    } else {
        named.family = Some(OsFamily::Other);
        named.shown = shown(text);
    }
    named
}

fn describe_windows(text: &str, named: &mut Named) {
    let lower = text.to_lowercase();
    let version = ["11", "10", "8.1", "7"].iter().find(|version| {
        ["windows ", "win ", "win", "windows", "windows-", "window ", "window"].iter().any(|word| {
            lower.strip_prefix(*word).is_some_and(|rest| {
                rest.strip_prefix(*version).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
            })
        })
    });
    let server = lower.starts_with("windows server").then(|| lower.split_whitespace().nth(2).map(numbers)).flatten();
    let edition = ["home", "pro", "enterprise", "education", "ltsc", "iot"]
        .iter()
        .find(|word| find_word(&lower, word).is_some())
        .map(|word| if *word == "ltsc" { "LTSC".to_owned() } else { capital(word) });
    named.shown = match (version, server) {
        (_, Some(year)) => format!("Windows Server {year}"),
        (Some(version), None) => format!("Windows {version}"),
        (None, None) => "Windows".to_owned(),
    };
    named.name = named.shown.to_lowercase();
    if let Some(edition) = edition {
        named.shown = format!("{} {edition}", named.shown);
    }
    named.release =
        lower.split([' ', ',', '(', ')', '/', '-', '.']).find(|word| is_windows_release(word)).map(str::to_owned);
    if let Some(release) = &named.release {
        named.shown = format!("{} {}", named.shown, release.to_uppercase());
    }
    named.build = build_of(&lower);
    if find_word(&lower, "arm").is_some() || lower.contains("snapdragon") {
        named.arch = Some("aarch64");
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `24h2`, `1909`
fn is_windows_release(word: &str) -> bool {
    let halves = word.split_once('h').is_some_and(|(year, half)| {
        year.len() == 2 && half.len() == 1 && year.parse::<u8>().is_ok() && half.parse::<u8>().is_ok()
    });
    halves || ["1607", "1703", "1709", "1803", "1809", "1903", "1909", "2004"].contains(&word)
}

/// The build in `10.0.22631`, `Build 19041`, `26100.3476`.
pub(super) fn build_of(lower: &str) -> Option<u32> {
    let plausible = |text: &str| text.parse::<u32>().ok().filter(|build| (10_000..40_000).contains(build));
    let of_version = lower
        .match_indices("10.0.")
        .find_map(|(at, mark)| plausible(numbers(lower.get(at + mark.len()..)?).split('.').next()?));
    let of_word = || {
        let (_, rest) = lower.split_once("build ")?;
        plausible(numbers(rest).split('.').next()?)
    };
    let of_revision = || {
        lower.split(|c: char| !(c.is_ascii_digit() || c == '.')).find_map(|word| {
            let (build, revision) = word.split_once('.')?;
            plausible(build).filter(|_| revision.parse::<u32>().is_ok())
        })
    };
    of_version.or_else(of_word).or_else(of_revision)
}

fn describe_linux(text: &str, at: usize, word: &str, named: &mut Named) {
    named.shown = shown(text.get(at..).unwrap_or(text));
    let name = match word {
        "red hat" | "redhat" => "red hat",
        "oracle linux" => "oracle",
        // `Linux` alone, or a kernel: no distribution.
        "linux" | "gnu/linux" => {
            "Linux".clone_into(&mut named.shown);
            return;
        }
        other => other,
    };
    name.clone_into(&mut named.name);
    let after = text.get(at + word.len()..).unwrap_or_default().to_lowercase();
    // Behind a comma stands another thing: `Gentoo, kernel 6.6`.
    let after = after.split([',', ';', '|']).next().unwrap_or_default();
    let mut words =
        after.split(|c: char| c.is_whitespace() || "()/:\"'-".contains(c)).filter(|word| !word.is_empty()).take(6);
    while let Some(word) = words.next() {
        let release = numbers(word.trim_start_matches('v'));
        if release.is_empty() || release.len() > 12 {
            continue;
        }
        // `20-04`
        let halves = named.name.ends_with("ubuntu") && release.len() == 2 && !release.contains('.');
        let half = if halves { words.next().filter(|half| ["04", "10"].contains(half)) } else { None };
        named.release = Some(half.map_or_else(|| release.to_owned(), |half| format!("{release}.{half}")));
        break;
    }
    if let Some(release) = &named.release
        && !named.shown.contains(release.as_str())
    {
        named.shown = format!("{} {release}", capital(word));
    }
}

/// The name without architecture, kernel and remarks.
fn shown(text: &str) -> String {
    let end = text.find([',', ';', '|', '(', '"']).unwrap_or(text.len());
    let text = text.get(..end).unwrap_or_default();
    let words = text.split_whitespace().filter(|word| arch_of(word).is_none()).take(8);
    words.collect::<Vec<_>>().join(" ").trim_end_matches(['-', '.', ':']).trim().to_owned()
}

fn windows_at(lower: &str) -> Option<usize> {
    let word = [
        "windows",
        "win10",
        "win11",
        "win32",
        "win64",
        "win 10",
        "win 11",
        "window10",
        "window11",
        "window 10",
        "window 11",
    ]
    .iter()
    .filter_map(|word| find_word(lower, word))
    .min();
    word.or_else(|| (lower == "nt" || lower == "win").then_some(0))
}

fn linux_at(lower: &str) -> Option<(usize, &'static str)> {
    let distribution = DISTRIBUTIONS.iter().filter_map(|word| Some((find_start(lower, word)?, *word))).min();
    let plain = || find_word(lower, "gnu/linux").or_else(|| find_word(lower, "linux")).map(|at| (at, "linux"));
    distribution.or_else(plain).or_else(|| (lower == "arch").then_some((0, "arch linux")))
}

/// A word by itself.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let at = find_start(text, word)?;
    let after = text.get(at + word.len()..)?;
    let ends = !after.starts_with(|c: char| c.is_alphabetic());
    ends.then_some(at)
}

/// A word's start: what follows may be glued (`Ubuntu20.04`).
fn find_start(text: &str, word: &str) -> Option<usize> {
    if !text.contains(word) {
        return None;
    }
    text.match_indices(word).map(|(at, _)| at).find(|&at| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| !c.is_alphanumeric())
    })
}

fn wsl_of(lower: &str) -> Option<SaidWsl> {
    let at = find_start(lower, "wsl").or_else(|| find_start(lower, "windows subsystem for linux"))?;
    let rest = lower.get(at..)?;
    let rest = rest.trim_start_matches("windows subsystem for linux").trim_start_matches("wsl");
    (!rest.starts_with('g')).then(|| SaidWsl::of(rest))
}

/// The architecture that a text names.
pub(super) fn arch_of(lower: &str) -> Option<&'static str> {
    lower.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).find_map(|word| {
        match word.to_ascii_lowercase().as_str() {
            "x86_64" | "amd64" | "x64" => Some("x86_64"),
            "aarch64" | "arm64" => Some("aarch64"),
            _ => None,
        }
    })
}

/// `2.35` and what follows.
pub(super) fn two_numbers(text: &str) -> Option<(u32, u32)> {
    let plain = numbers(text.trim_start_matches(|c: char| !c.is_ascii_digit()));
    let mut parts = plain.split('.');
    let (major, minor) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (major == 2 && minor < 100).then_some((major, minor))
}
