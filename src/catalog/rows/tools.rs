//! Rows of `tools.toml`.

use super::Backing;
use crate::facts::{PythonVersion, TorchVersion};
use serde::Deserialize;

/// The version of uv that is brought along.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uv {
    /// Its version.
    pub version: String,
    /// Where it comes from.
    pub backing: Backing,
}

/// A wheel of uv.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UvWheel {
    /// `windows_x86_64`, `windows_aarch64`, `linux_x86_64`, `linux_musl_x86_64`, `linux_aarch64`.
    pub platform: String,
    /// Name of the file on `PyPI`.
    pub file: String,
    /// Its hash, in hexadecimal digits.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// Where it comes from.
    pub backing: Backing,
}

/// A patch release of Python that is refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PythonTrap {
    /// The release.
    pub version: PythonVersion,
    /// The package that does not work with it.
    pub breaks: String,
    /// The first release that works again.
    pub fixed_in: PythonVersion,
    /// Where it comes from.
    pub backing: Backing,
}

/// A file of Microsoft's C++ runtime that torch's libraries load by its name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VcLibrary {
    /// In small letters.
    pub file: String,
    /// The first release that asks for it; `None`: all do.
    pub since: Option<TorchVersion>,
    /// Where it comes from.
    pub backing: Backing,
}

/// Builds of Python without any fitting wheel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnfitKind {
    /// 32-bit.
    #[serde(rename = "32-bit")]
    ThirtyTwoBit,
    /// Without the global interpreter lock.
    FreeThreaded,
    /// `PyPy` and others.
    NotCpython,
}

/// A kind of Python that is refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PythonKind {
    /// Which.
    pub kind: UnfitKind,
    /// Where it comes from.
    pub backing: Backing,
}

/// The Python that is taken where the user has not chosen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PythonChoice {
    /// The newest minor version taken by default.
    pub newest: PythonVersion,
    /// The one uv brings.
    pub brought: PythonVersion,
    /// Where it comes from.
    pub backing: Backing,
}
