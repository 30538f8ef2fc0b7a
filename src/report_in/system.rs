//! The operating system as a text tells of it: by name, by kernel, by build, by the look of its paths.

use super::draft::{At, Best, Weight, unknown};
use super::os_names::{Named, SaidWsl, arch_of, describe, two_numbers};
use crate::catalog::{Catalog, Platform};
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
    wsl: Best<SaidWsl>,
    /// Linux on the machine itself.
    native: Best<()>,
    /// Kernel of another distribution than the one inside.
    kernel: Option<String>,
    /// It is inside a container.
    pub is_container: bool,
    /// Its torch is one that NVIDIA brings in containers.
    has_nvidias_torch: bool,
}

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
    pub(super) fn wsl(&mut self, weight: Weight, version: SaidWsl, at: At) {
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
            let is_layer = lower.starts_with("4.4.0-") && !lower.contains("wsl2");
            self.wsl(Weight::Driver, if is_layer { SaidWsl::One } else { SaidWsl::Two }, at);
            self.family.offer(Weight::Program, OsFamily::Linux, at);
            return;
        }
        // `5.15.83.1` is the kernel that WSL has ready, as Windows tells of it.
        if lower.matches('.').count() == 3 && lower.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-') {
            return;
        }
        // `5.4.72` alone: those of distributions go on with a build of theirs, that of WSL may be written so by hand.
        let is_bare = lower.chars().all(|c| c.is_ascii_digit() || c == '.');
        self.native_linux(if is_bare { Weight::Hint } else { Weight::Program }, at);
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
            let named = describe(text.replace('-', " ").trim_end_matches(" SP0"));
            self.platform_name(Named { arch: arch_of(&lower), ..named }, at);
            return true;
        }
        if lower.starts_with("macos-") || lower.starts_with("darwin-") {
            let first = text.split('-').take(2).collect::<Vec<_>>().join(" ");
            self.platform_name(Named { arch: arch_of(&lower), ..describe(&first) }, at);
            return true;
        }
        false
    }

    /// What Python calls the system: sure of family, build and architecture, while its name may be that of an older
    /// release.
    fn platform_name(&mut self, named: Named, at: At) {
        if let Some(family) = named.family {
            self.family(Weight::Program, family, at);
        }
        if let Some(build) = named.build {
            self.build(Weight::Program, build, at);
        }
        self.name(Weight::Hint, named, at);
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
            is_container: self.is_container
                || self.is_foreign_kernel(&named)
                || self.has_nvidias_torch && !self.is_jetson(),
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
            Some(wsl) => format!("{shown} ({})", wsl.word()),
            None => shown,
        }
    }

    /// What was said; else that of the release; else what programs were built for, which is the least it can be and so
    /// counts only where it is enough.
    fn glibc(&self, named: &Named, catalog: &Catalog) -> Option<(u32, u32)> {
        let by_release = || catalog.glibc_of(&named.name, named.release.as_deref()?);
        let needed = || catalog.releases().iter().filter_map(|release| release.on(Platform::LinuxX86).glibc).max();
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
