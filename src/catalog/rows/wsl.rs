//! Rows of `wsl.toml`.

use super::Backing;
use crate::catalog::CatalogError;
use crate::catalog::load::File;
use crate::facts::{ComputeCapability, Distribution, DriverVersion, PythonVersion, Wsl};
use serde::Deserialize;

/// What CUDA inside WSL2 asks of a PC.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WslNeeds {
    /// Least build of Windows 10.
    pub least_build: u32,
    /// How that build is called.
    pub least_name: String,
    /// First build that is Windows 11.
    pub windows_11: u32,
    /// Whether servers are served.
    pub on_server: bool,
    /// 1 has no GPU.
    pub wsl_version: u8,
    /// Least Linux kernel of WSL.
    pub least_kernel: String,
    /// Kernel that is recommended.
    pub advised_kernel: String,
    /// Least compute capability.
    pub least_capability: ComputeCapability,
    /// Least driver of Windows.
    pub least_driver: DriverVersion,
    /// Cards in this driver mode are not handed through.
    pub refused_mode: String,
    /// First WSL that prints UTF-8 when `WSL_UTF8=1` is set.
    pub utf8_from: String,
    /// Where it comes from.
    pub backing: Backing,
}

/// The distribution that is installed where there is none.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WslDistribution {
    /// As `wsl --install -d` takes it.
    pub name: String,
    /// Python that it brings.
    pub python: PythonVersion,
    /// Its GNU C library.
    pub glibc: String,
    /// Packages that an environment needs there.
    pub packages: Vec<String>,
    /// How the names of those begin that serve as well as this one.
    pub serve: Vec<String>,
    /// Where it comes from.
    pub backing: Backing,
}

/// A step around WSL, as a command.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WslCommand {
    /// Stable word.
    pub code: String,
    /// Arguments of `wsl.exe`; `{distribution}` stands for its name.
    pub arguments: Vec<String>,
    /// It needs administrator rights.
    #[serde(default)]
    pub admin: bool,
    /// Windows may have to be restarted afterwards.
    #[serde(default)]
    pub restart: bool,
    /// What it does and what to mind.
    pub why: String,
    /// Where it comes from.
    pub backing: Backing,
}

/// What must not be installed inside.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WslForbidden {
    /// Name of the package; `*` stands for anything.
    pub package: String,
    /// In plain words.
    pub why: String,
    /// What serves in its place, if something is needed.
    pub instead: Option<String>,
    /// Where it comes from.
    pub backing: Backing,
}

/// A path inside a distribution.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WslPlace {
    /// Stable word.
    pub code: String,
    /// The path.
    pub path: String,
    /// In plain words.
    pub why: String,
    /// Where it comes from.
    pub backing: Backing,
}

/// What is less there than on Linux itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WslLimit {
    /// Stable word.
    pub code: String,
    /// In plain words.
    pub why: String,
    /// Where it comes from.
    pub backing: Backing,
}

/// The file that sets what WSL may take of the PC.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WslConfig {
    /// Below the user's folder on Windows.
    pub file: String,
    /// Its section.
    pub section: String,
    /// Its keys that matter here.
    pub keys: Vec<String>,
    /// Share of the PC's memory that WSL takes without it.
    pub memory_share: f64,
    /// Arguments of `wsl.exe` after which it counts.
    pub apply: Vec<String>,
    /// Where it comes from.
    pub backing: Backing,
}

/// What is known about CUDA inside WSL2.
#[derive(Clone, Debug, PartialEq)]
pub struct WslRules {
    /// What it asks of the PC.
    pub needs: WslNeeds,
    /// What is installed where there is nothing.
    pub distribution: WslDistribution,
    /// Steps.
    pub commands: Vec<WslCommand>,
    /// What must not be installed inside.
    pub forbidden: Vec<WslForbidden>,
    /// Paths inside.
    pub places: Vec<WslPlace>,
    /// What is less there than on Linux itself.
    pub limits: Vec<WslLimit>,
    /// What WSL may take of the PC.
    pub config: WslConfig,
}

impl WslRules {
    /// The distribution to stand in: one whose wheels are known to run, of WSL 2 before WSL 1, the default one first.
    /// Others belong to programs (Docker Desktop) or have another C library.
    pub fn pick<'a>(&self, wsl: &'a Wsl) -> Option<&'a Distribution> {
        let serves = |distribution: &&Distribution| {
            let name = distribution.name.to_ascii_lowercase();
            self.distribution.serve.iter().any(|family| name.starts_with(&family.to_ascii_lowercase()))
        };
        let fitting = || wsl.distributions.iter().filter(serves);
        fitting().find(|distribution| distribution.version == 2).or_else(|| fitting().next())
    }

    pub(in crate::catalog) fn read(file: &mut File) -> Result<Self, CatalogError> {
        Ok(Self {
            needs: file.row("needs")?,
            distribution: file.row("distribution")?,
            commands: file.rows("command")?,
            forbidden: file.rows("forbidden")?,
            places: file.rows("place")?,
            limits: file.rows("limit")?,
            config: file.row("config")?,
        })
    }

    pub(in crate::catalog) fn backings(&self) -> Vec<&Backing> {
        let Self { needs, distribution, commands, forbidden, places, limits, config } = self;
        let rows = commands.iter().map(|row| &row.backing).chain(forbidden.iter().map(|row| &row.backing));
        rows.chain(places.iter().map(|row| &row.backing))
            .chain(limits.iter().map(|row| &row.backing))
            .chain([&needs.backing, &distribution.backing, &config.backing])
            .collect()
    }

    /// The command of a word.
    pub fn command(&self, code: &str) -> Option<&WslCommand> {
        self.commands.iter().find(|row| row.code == code)
    }
}
