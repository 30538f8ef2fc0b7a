//! The operating system as a text tells of it: by name, by kernel, by build, by the look of its paths.

use super::draft::{At, Best, Weight, unknown};
use super::versions::numbers;
use crate::catalog::Catalog;
use crate::facts::{OsFacts, OsFamily, Probed, Wsl};

/// What has been told of the system.
#[derive(Debug, Default)]
pub(super) struct System {
    family: Best<OsFamily>,
    named: Best<Named>,
    /// A second name, where the first is of Windows and WSL runs another inside.
    inner: Best<Named>,
    build: Best<u32>,
    arch: Best<&'static str>,
    libc: Best<(u32, u32)>,
    /// The library that a program was built for: the real one is at least this.
    libc_at_least: Option<(u32, u32)>,
    /// WSL, and which if that was said.
    wsl: Best<Option<u8>>,
    /// Linux on the machine itself.
    native: Best<()>,
    /// Kernel of another distribution than the one inside.
    kernel: Option<String>,
    pub is_container: bool,
    has_nvidias_torch: bool,
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
    pub wsl: Option<Option<u8>>,
}

/// Distributions as they are named, with the word the tables use.
const DISTRIBUTIONS: [&str; 52] = [
    "ubuntu", "kubuntu", "xubuntu", "lubuntu", "debian", "fedora", "centos", "rhel", "red hat", "redhat", "rocky", "almalinux", "alma",
    "oracle linux", "amazon", "opensuse leap", "opensuse", "suse", "sles", "mint", "linuxmint", "pop!_os", "arch linux", "archlinux", "manjaro", "endeavouros",
    "nixos", "gentoo", "void linux", "artix", "garuda", "cachyos", "nobara", "bazzite", "bluefin", "alpine", "kali", "raspbian", "elementary",
    "zorin", "deepin", "kylin", "openeuler", "anolis", "alibaba", "alinux", "tencentos", "clear linux", "slackware", "proxmox", "unraid",
    "scientific",
];

impl System {
    /// A name with its weight.
    pub(super) fn name(&mut self, weight: Weight, named: Named, at: At) {
        if let Some(wsl) = named.wsl {
            self.wsl(weight, wsl, at);
        }
        if let Some(arch) = named.arch {
            self.arch(weight, arch, at);
        }
        if let Some(build) = named.build {
            self.build.offer(weight, build, at);
        }
        let Some(family) = named.family else { return };
        self.family(weight, family, at);
        if family == OsFamily::Linux && !named.name.is_empty() && named.wsl.is_none() {
            // A distribution that is named stands for itself unless WSL is named as well.
            self.native.offer(weight.min(Weight::Hint), (), at);
        }
        if named.shown.is_empty() {
            return;
        }
        if family == OsFamily::Linux && !named.name.is_empty() {
            self.inner.offer(weight, named.clone(), at);
        }
        self.named.offer(weight, named, at);
    }

    /// A family alone.
    pub(super) fn family(&mut self, weight: Weight, family: OsFamily, at: At) {
        self.family.offer(weight, family, at);
    }

    /// Windows' build.
    pub(super) fn build(&mut self, weight: Weight, build: u32, at: At) {
        self.build.offer(weight, build, at);
    }

    /// Processor architecture.
    pub(super) fn arch(&mut self, weight: Weight, arch: &'static str, at: At) {
        self.arch.offer(weight, arch, at);
    }

    /// WSL, and which.
    pub(super) fn wsl(&mut self, weight: Weight, version: Option<u8>, at: At) {
        self.wsl.offer(weight, version, at);
    }

    /// Linux that is no WSL.
    pub(super) fn native_linux(&mut self, weight: Weight, at: At) {
        self.family.offer(weight.min(Weight::Person), OsFamily::Linux, at);
        self.native.offer(weight, (), at);
    }

    /// The C library itself.
    pub(super) fn libc(&mut self, weight: Weight, version: (u32, u32), at: At) {
        self.libc.offer(weight, version, at);
    }

    /// A Linux kernel by its release.
    pub(super) fn kernel(&mut self, release: &str, at: At) {
        let lower = release.to_ascii_lowercase();
        if lower.contains("microsoft") || lower.contains("-wsl2") {
            // `4.4.0-19041-Microsoft` is the layer of WSL 1.
            let version = if lower.starts_with("4.4.0-") && !lower.contains("wsl2") { 1 } else { 2 };
            self.wsl(Weight::Driver, Some(version), at);
            self.family.offer(Weight::Program, OsFamily::Linux, at);
            return;
        }
        // `5.15.83.1` is the kernel that WSL has ready, as Windows tells of it.
        if lower.matches('.').count() == 3 && lower.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-') {
            return;
        }
        self.native_linux(Weight::Program, at);
        self.kernel.get_or_insert_with(|| lower.clone());
        if lower.contains("tegra") {
            self.arch(Weight::Person, "aarch64", at);
        }
    }

    /// `Linux-5.15.0-91-generic-x86_64-with-glibc2.35`, `Windows-10-10.0.22631-SP0`, `macOS-14.5-arm64-arm-64bit`.
    pub(super) fn platform(&mut self, text: &str, at: At) -> bool {
        let lower = text.to_ascii_lowercase();
        if let Some(rest) = lower.strip_prefix("linux-") {
            let (kernel, with) = rest.split_once("-with-").unwrap_or((rest, ""));
            if !kernel.starts_with(|c: char| c.is_ascii_digit()) {
                return false;
            }
            self.kernel(kernel, at);
            if let Some(arch) = arch_of(kernel) {
                self.arch(Weight::Program, arch, at);
            }
            match with.strip_prefix("glibc") {
                Some(version) => self.libc_at_least = self.libc_at_least.max(two_numbers(version)),
                // `with-ubuntu-18.04-bionic`, `with-centos-7.9.2009-core`
                None if !with.is_empty() => self.name(Weight::Program, describe(&with.replace('-', " ")), at),
                None => {}
            }
            return true;
        }
        if lower.starts_with("windows-") {
            let mut named = describe(text.replace('-', " ").trim_end_matches(" SP0"));
            if let Some(arch) = arch_of(&lower) {
                named.arch = Some(arch);
            }
            self.name(Weight::Program, named, at);
            return true;
        }
        if lower.starts_with("macos-") || lower.starts_with("darwin-") {
            let first = text.split('-').take(2).collect::<Vec<_>>().join(" ");
            let named = describe(&first);
            self.name(Weight::Program, Named { arch: arch_of(&lower), ..named }, at);
            return true;
        }
        false
    }

    /// A torch that NVIDIA builds for its containers; on a Jetson it comes without one.
    pub(super) fn built_by_nvidia(&mut self) {
        self.has_nvidias_torch = true;
    }

    /// Whether more was told than the look of a path.
    pub(super) fn is_told(&self) -> bool {
        self.named.weight().is_some_and(|weight| weight >= Weight::Person)
            || self.family.weight().is_some_and(|weight| weight >= Weight::Person)
            || self.libc.get().is_some()
            || self.wsl.weight().is_some_and(|weight| weight >= Weight::Person)
    }

    /// The facts, and whether it is Linux on the machine itself.
    pub(super) fn finish(&self, catalog: &Catalog) -> (Probed<OsFacts>, Probed<Wsl>) {
        let is_wsl = self.wsl.weight().is_some_and(|weight| self.native.weight().is_none_or(|native| weight >= native));
        // A report from Windows may speak of WSL; one from inside names the distribution.
        let is_outside = self.family.get() == Some(&OsFamily::Windows)
            && self.family.weight() > self.wsl.weight()
            && self.inner.weight() < Some(Weight::Person);
        let is_wsl = is_wsl && !is_outside;
        let family = if is_wsl { Some(OsFamily::Linux) } else { self.family.get().copied() };
        let (Some(family), Some(at)) = (family, self.family.at().or(self.wsl.at())) else {
            return (unknown("the report does not name the system"), unknown("the report does not name the system"));
        };
        let named = if is_wsl { &self.inner } else { &self.named };
        let named = named.get().filter(|named| named.family == Some(family)).cloned().unwrap_or_default();
        let build = if family == OsFamily::Windows || is_wsl { self.told_build(&named, catalog) } else { None };
        let os = OsFacts {
            family,
            version: self.shown(&named, family, build, is_wsl, catalog),
            build,
            arch: self.arch.get().copied().unwrap_or_default().to_owned(),
            is_wsl,
            is_container: self.is_container || self.is_foreign_kernel(&named) || self.has_nvidias_torch && !self.is_jetson(),
            glibc: if family == OsFamily::Linux { self.glibc(&named, catalog) } else { None },
        };
        let native = || self.native.at().filter(|_| family == OsFamily::Linux && !is_wsl);
        let wsl = match native() {
            Some(at) => Probed::Absent { source: at.source() },
            None => unknown("the report does not say it"),
        };
        (Probed::Found { value: os, source: at.source() }, wsl)
    }

    fn told_build(&self, named: &Named, catalog: &Catalog) -> Option<u32> {
        let by_release = || {
            let release = named.release.as_deref()?;
            let name = if named.name == "windows 11" { "Windows 11" } else { "Windows 10" };
            catalog.windows_build(name, &release.to_ascii_uppercase())
        };
        self.build.get().copied().or(named.build).or_else(by_release)
    }

    fn shown(&self, named: &Named, family: OsFamily, build: Option<u32>, is_wsl: bool, catalog: &Catalog) -> String {
        let usual = match family {
            OsFamily::Windows => "Windows",
            OsFamily::Linux => "Linux",
            OsFamily::Macos => "macOS",
            OsFamily::Other => "another system",
        };
        let mut shown = if named.shown.is_empty() { usual.to_owned() } else { named.shown.clone() };
        // Windows 11 calls itself 10 in many places; its build tells.
        if family == OsFamily::Windows
            && let Some(build) = build
        {
            let true_name = if build >= catalog.wsl.needs.windows_11 { "Windows 11" } else { "Windows 10" };
            if shown == "Windows" {
                true_name.clone_into(&mut shown);
            } else if !shown.contains("Server") {
                shown = shown.replacen("Windows 10", true_name, 1);
            }
        }
        match self.wsl.get().filter(|_| is_wsl) {
            Some(Some(version)) => format!("{shown} (WSL {version})"),
            Some(None) => format!("{shown} (WSL)"),
            None => shown,
        }
    }

    /// What was said; else that of the release; else what programs were built for, which is the least it can be and so
    /// counts only where it is enough.
    fn glibc(&self, named: &Named, catalog: &Catalog) -> Option<(u32, u32)> {
        let by_release = || catalog.glibc_of(&named.name, named.release.as_deref()?);
        let needed = || catalog.releases().iter().flat_map(|release| release.on(crate::catalog::Platform::LinuxX86).glibc).max();
        let at_least = || self.libc_at_least.filter(|version| needed().is_some_and(|needed| *version >= needed));
        self.libc.get().copied().or_else(by_release).or_else(at_least)
    }

    fn is_jetson(&self) -> bool {
        self.kernel.as_deref().is_some_and(|kernel| kernel.contains("tegra"))
    }

    /// A kernel of one maker below the programs of another: containers bring no kernel.
    fn is_foreign_kernel(&self, named: &Named) -> bool {
        const OF_RED_HAT: [&str; 9] = [".el6", ".el7", ".el8", ".el9", ".al7", ".al8", ".fc3", ".fc4", ".amzn"];
        let is_other = ["ubuntu", "debian"].contains(&named.name.as_str());
        is_other && self.kernel.as_deref().is_some_and(|kernel| OF_RED_HAT.iter().any(|mark| kernel.contains(mark)))
    }
}

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
        ["windows ", "win ", "win", "windows", "windows-"].iter().any(|word| {
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
    named.release = lower.split([' ', ',', '(', ')', '/', '-']).find(|word| is_windows_release(word)).map(str::to_owned);
    if let Some(release) = &named.release {
        named.shown = format!("{} {}", named.shown, release.to_uppercase());
    }
    named.build = build_of(&lower);
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
    let of_version = lower.match_indices("10.0.").find_map(|(at, mark)| plausible(numbers(lower.get(at + mark.len()..)?).split('.').next()?));
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
    named.name = match word {
        "red hat" | "redhat" => "red hat",
        "oracle linux" => "oracle",
        "linux" | "gnu/linux" => "",
        other => other,
    }
    .to_owned();
    if named.name.is_empty() {
        // `Linux` alone, or a kernel: no distribution.
        named.shown = "Linux".to_owned();
        return;
    }
    let after = text.get(at + word.len()..).unwrap_or_default().to_lowercase();
    let mut words = after.split(|c: char| c.is_whitespace() || ",()_/:\"'-".contains(c)).filter(|word| !word.is_empty()).take(6);
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
    let word = ["windows", "win10", "win11", "win32", "win64", "win 10", "win 11"].iter().filter_map(|word| find_word(lower, word)).min();
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
    text.match_indices(word).map(|(at, _)| at).find(|&at| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| !c.is_alphanumeric())
    })
}

fn wsl_of(lower: &str) -> Option<Option<u8>> {
    let at = find_start(lower, "wsl").or_else(|| find_start(lower, "windows subsystem for linux"))?;
    let rest = lower.get(at..)?;
    if rest.starts_with("wslg") {
        return None;
    }
    let version = rest.trim_start_matches("windows subsystem for linux").trim_start_matches("wsl").trim_start_matches([' ', '-', ':']);
    Some(match version.chars().next() {
        Some('1') => Some(1),
        Some('2') => Some(2),
        Some(_) | None => None,
    })
}

/// The architecture that a text names.
pub(super) fn arch_of(lower: &str) -> Option<&'static str> {
    lower.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).find_map(|word| match word.to_ascii_lowercase().as_str() {
        "x86_64" | "amd64" | "x64" => Some("x86_64"),
        "aarch64" | "arm64" => Some("aarch64"),
        "i686" | "i386" | "ppc64le" => None,
        _ => None,
    })
}

/// `2.35` and what follows.
pub(super) fn two_numbers(text: &str) -> Option<(u32, u32)> {
    let plain = numbers(text.trim_start_matches(|c: char| !c.is_ascii_digit()));
    let mut parts = plain.split('.');
    let (major, minor) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (major == 2 && minor < 100).then_some((major, minor))
}
