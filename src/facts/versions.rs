//! Versions: parsing and order. A value exists only if its text parsed.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A text that is no version of the kind asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no {kind} version")]
pub struct BadVersion {
    /// What it should have been.
    pub kind: &'static str,
    /// What stood there.
    pub text: String,
}

fn numbers(kind: &'static str, text: &str) -> Result<Vec<u32>, BadVersion> {
    let bad = || BadVersion { kind, text: text.to_owned() };
    let parts: Vec<u32> = text.trim().split('.').map(str::parse).collect::<Result<_, _>>().ok().ok_or_else(bad)?;
    if parts.len() < 2 { Err(bad()) } else { Ok(parts) }
}

macro_rules! as_text {
    ($type:ty) => {
        impl From<$type> for String {
            fn from(version: $type) -> Self {
                version.to_string()
            }
        }
        impl TryFrom<String> for $type {
            type Error = BadVersion;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
    };
}

/// Version of the NVIDIA driver: 581.57 on Windows, 580.95.05 on Linux; compared field by field.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DriverVersion {
    text: String,
    fields: Vec<u32>,
}

impl DriverVersion {
    /// The branch: 580 for 580.95.05.
    pub fn branch(&self) -> u32 {
        self.fields.first().copied().unwrap_or_default()
    }
}

impl FromStr for DriverVersion {
    type Err = BadVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self { fields: numbers("driver", text)?, text: text.trim().to_owned() })
    }
}

// Leading zeros are part of the name (580.95.05) and not of the order.
impl PartialEq for DriverVersion {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
}
impl Eq for DriverVersion {}
impl PartialOrd for DriverVersion {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for DriverVersion {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.fields.cmp(&other.fields)
    }
}

impl fmt::Display for DriverVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
as_text!(DriverVersion);

/// Version of a CUDA runtime or toolkit, e.g. 12.8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct CudaVersion {
    /// 12 or 13.
    pub major: u16,
    /// Release within the major version.
    pub minor: u16,
}

impl CudaVersion {
    /// From its two numbers.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// The name of the wheel variant built with it: `cu128` for 12.8.
    pub fn variant(self) -> String {
        format!("cu{}{}", self.major, self.minor)
    }

    /// The runtime a variant was built with; `None` for `cpu` and anything that is no CUDA variant.
    pub fn of_variant(variant: &str) -> Option<Self> {
        let digits = variant.strip_prefix("cu")?;
        let (major, minor) = digits.split_at_checked(2)?;
        Some(Self { major: major.parse().ok()?, minor: minor.parse().ok()? })
    }
}

impl FromStr for CudaVersion {
    type Err = BadVersion;

    /// Reads `12.8` and `12.8.61`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadVersion { kind: "CUDA", text: text.to_owned() };
        let parts = numbers("CUDA", text)?;
        let field = |at: usize| parts.get(at).and_then(|&n| u16::try_from(n).ok()).ok_or_else(bad);
        Ok(Self { major: field(0)?, minor: field(1)? })
    }
}

impl fmt::Display for CudaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
as_text!(CudaVersion);

/// Version of a Python interpreter, e.g. 3.12.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PythonVersion {
    /// 3.
    pub major: u8,
    /// 12 in 3.12.4.
    pub minor: u8,
    /// 4 in 3.12.4; `None` if only the minor version is meant.
    pub patch: Option<u8>,
}

impl PythonVersion {
    /// A minor version, e.g. 3.12.
    pub const fn minor(major: u8, minor: u8) -> Self {
        Self { major, minor, patch: None }
    }

    /// `3.12`, whatever the patch.
    pub fn short(self) -> String {
        format!("{}.{}", self.major, self.minor)
    }

    /// The tag of its wheels: `cp312`.
    pub fn tag(self) -> String {
        format!("cp{}{}", self.major, self.minor)
    }
}

impl FromStr for PythonVersion {
    type Err = BadVersion;

    /// Reads `3.12`, `3.12.4` and pre-releases such as `3.15.0rc1` (taken as their release).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadVersion { kind: "Python", text: text.to_owned() };
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let plain = text.get(..end).ok_or_else(bad)?;
        let parts = numbers("Python", plain).ok().ok_or_else(bad)?;
        let field = |at: usize| parts.get(at).map(|&n| u8::try_from(n).ok().ok_or_else(bad)).transpose();
        Ok(Self { major: field(0)?.ok_or_else(bad)?, minor: field(1)?.ok_or_else(bad)?, patch: field(2)? })
    }
}

impl fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}
as_text!(PythonVersion);

/// Version of torch by PEP 440, with the local part that names the variant: `2.9.1+cu130`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TorchVersion(pep440_rs::Version);

impl TorchVersion {
    /// The public part: `2.9.1`.
    pub fn public(&self) -> String {
        self.0.clone().without_local().to_string()
    }

    /// The local part: `cu130`, `cpu`; `None` for a wheel from PyPI on Linux.
    pub fn local(&self) -> Option<String> {
        let text = self.0.to_string();
        text.split_once('+').map(|(_, local)| local.to_owned())
    }

    /// The release that a pre-release or the build of one night belongs to: `2.9.0` of `2.9.0.dev20250729`.
    #[must_use]
    pub fn release_line(&self) -> Self {
        Self(pep440_rs::Version::new(self.0.release().iter().copied()))
    }

    /// The second number: 15 of `2.15.0`.
    pub fn minor(&self) -> u64 {
        self.0.release().get(1).copied().unwrap_or_default()
    }

    /// Pre-releases and development versions are not stable.
    pub fn is_stable(&self) -> bool {
        !self.0.any_prerelease()
    }
}

impl FromStr for TorchVersion {
    type Err = BadVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        pep440_rs::Version::from_str(text.trim())
            .map(Self)
            .ok()
            .ok_or_else(|| BadVersion { kind: "torch", text: text.to_owned() })
    }
}

impl fmt::Display for TorchVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
as_text!(TorchVersion);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers_are_compared_field_by_field() {
        let v = |text: &str| text.parse::<DriverVersion>().unwrap();
        assert!(v("580.95.05") > v("580.65.06"));
        assert!(v("581.57") > v("580.95.05"));
        assert!(v("570.86.16") > v("570.86.15"));
        assert!(v("528.33") > v("525.60.13"));
        assert_eq!(v("580.95.05").to_string(), "580.95.05");
        assert_eq!(v("580.95.05"), v("580.95.5"));
        for text in ["", "580", "N/A", "[Not Supported]", "580,95", "580.x"] {
            assert!(text.parse::<DriverVersion>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_variant_names_its_runtime() {
        assert_eq!(CudaVersion::of_variant("cu128"), Some(CudaVersion::new(12, 8)));
        assert_eq!(CudaVersion::of_variant("cu118"), Some(CudaVersion::new(11, 8)));
        assert_eq!(CudaVersion::of_variant("cpu"), None);
        assert_eq!(CudaVersion::of_variant("cu"), None);
        assert_eq!(CudaVersion::new(13, 0).variant(), "cu130");
    }

    #[test]
    fn pythons_are_read_with_and_without_a_patch() {
        assert_eq!("3.12".parse(), Ok(PythonVersion::minor(3, 12)));
        assert_eq!("3.15.0rc1".parse(), Ok(PythonVersion { major: 3, minor: 15, patch: Some(0) }));
        assert!("3".parse::<PythonVersion>().is_err());
        assert!("three".parse::<PythonVersion>().is_err());
    }

    #[test]
    fn a_torch_version_splits_into_public_and_local_part() {
        let v: TorchVersion = "2.9.1+cu130".parse().unwrap();
        assert_eq!((v.public().as_str(), v.local().as_deref(), v.is_stable()), ("2.9.1", Some("cu130"), true));
        let nightly: TorchVersion = "2.16.0.dev20261008+cu134".parse().unwrap();
        assert!(!nightly.is_stable());
        assert!("2.9.1".parse::<TorchVersion>().unwrap() < "2.10.0".parse().unwrap());
    }
}
