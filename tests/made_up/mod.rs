//! Machines in a few words, for the tables of verdicts.

use torch_wizard::catalog::LiveIndex;
use torch_wizard::facts::{Gpu, MachineFacts, OsFacts, OsFamily, Probed, Python, Reach, Source, Tool, Via};

pub fn found<T>(value: T) -> Probed<T> {
    Probed::Found { value, source: Source::new(Via::User, "the table") }
}

pub fn absent<T>() -> Probed<T> {
    Probed::Absent { source: Source::new(Via::User, "the table") }
}

pub fn unknown<T>() -> Probed<T> {
    Probed::Unknown { why: "no answer".to_owned(), source: Source::new(Via::User, "the table") }
}

/// `windows`, `linux`, `wsl`, `aarch64`, `macos`, `windows-arm`; `linux/2.27` sets glibc.
pub fn os(word: &str) -> Probed<OsFacts> {
    let (name, glibc) = word.split_once('/').unwrap_or((word, "2.39"));
    let (family, arch) = match name {
        "windows" => (OsFamily::Windows, "x86_64"),
        "windows-arm" => (OsFamily::Windows, "aarch64"),
        "macos" => (OsFamily::Macos, "aarch64"),
        "aarch64" => (OsFamily::Linux, "aarch64"),
        "linux" | "wsl" | "wsl1" => (OsFamily::Linux, "x86_64"),
        _ => return unknown(),
    };
    let (major, minor) = glibc.split_once('.').unwrap();
    let glibc = (family == OsFamily::Linux).then(|| (major.parse().unwrap(), minor.parse().unwrap()));
    let is_wsl = name.starts_with("wsl");
    let version = if name == "wsl1" { "Ubuntu 22.04 (WSL 1)" } else { name };
    let (version, arch) = (version.to_owned(), arch.to_owned());
    found(OsFacts { family, version, build: None, arch, is_wsl, is_container: false, glibc })
}

/// `8.6;12.0`; `?` is a card of unknown capability, `-` no card, `!` nobody knows.
pub fn gpus(word: &str) -> Probed<Vec<Gpu>> {
    match word {
        "-" => absent(),
        "!" => unknown(),
        list => found(
            (0..)
                .zip(list.split(';'))
                .map(|(index, capability)| Gpu {
                    index,
                    name: format!("Card {capability}"),
                    uuid: None,
                    pci_id: None,
                    pci_bus: None,
                    capability: capability.parse().ok(),
                    memory_bytes: None,
                    board: torch_wizard::facts::Board::default(),
                    source: Source::new(Via::Nvml, ""),
                })
                .collect(),
        ),
    }
}

/// A version; `-` is no driver, `?` nobody knows.
pub fn facts(cards: &str, driver: &str, system: &str, pythons: &[&str]) -> MachineFacts {
    let python = |text: &&str| {
        let version = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        Python {
            path: (*text).into(),
            version: version.parse().ok(),
            implementation: if text.ends_with("pypy") { "pypy" } else { "cpython" }.to_owned(),
            bits: Some(if text.ends_with('w') { 32 } else { 64 }),
            free_threaded: text.ends_with('t'),
            source: Source::new(Via::System, ""),
            why_not: None,
        }
    };
    let mut facts = MachineFacts {
        os: os(system),
        gpus: gpus(cards),
        driver: match driver {
            "-" => absent(),
            "?" => unknown(),
            version => found(version.parse().unwrap()),
        },
        pythons: found(pythons.iter().map(python).collect()),
        ..MachineFacts::unknown("2026-11-21T00:00:00Z")
    };
    facts.tools.insert("uv".to_owned(), found(Tool { path: "uv".into(), version: None }));
    facts
}

/// `all`, `no-torch` (`PyPI` only), `no-pypi`, `none`, `offline`.
pub fn reach(word: &str) -> LiveIndex {
    let (torch_index, pypi) = match word {
        "all" => (Reach::Reached, Reach::Reached),
        "no-torch" => (Reach::Blocked, Reach::Reached),
        "no-pypi" => (Reach::Reached, Reach::Blocked),
        "none" => (Reach::Blocked, Reach::Blocked),
        _ => (Reach::Unknown, Reach::Unknown),
    };
    LiveIndex { torch_index, pypi, ..LiveIndex::offline() }
}
