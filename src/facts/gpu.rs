//! Cards: identity, compute capability, memory. Never decides by marketing name.

use super::Source;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Compute capability of a card, e.g. 8.9; written `sm_89` as a compile target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ComputeCapability {
    /// Architecture generation.
    pub major: u8,
    /// Member of the generation.
    pub minor: u8,
}

impl ComputeCapability {
    /// From its two numbers.
    pub const fn new(major: u8, minor: u8) -> Self {
        Self { major, minor }
    }

    /// The name of its real architecture, e.g. `sm_89`.
    pub fn sm(self) -> String {
        format!("sm_{}{}", self.major, self.minor)
    }
}

impl fmt::Display for ComputeCapability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A text that is no compute capability.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no compute capability such as 8.9 or sm_89")]
pub struct BadCapability(pub String);

impl FromStr for ComputeCapability {
    type Err = BadCapability;

    /// Reads `8.9`, `sm_89`, `compute_120`; a suffix such as the `a` of `sm_90a` is ignored.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadCapability(text.to_owned());
        let plain = text.trim();
        if let Some((major, minor)) = plain.split_once('.') {
            return Ok(Self { major: major.parse().ok().ok_or_else(bad)?, minor: minor.parse().ok().ok_or_else(bad)? });
        }
        let digits = plain.strip_prefix("sm_").or_else(|| plain.strip_prefix("compute_")).ok_or_else(bad)?;
        let digits = digits.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let cut = digits.len().checked_sub(1).filter(|&cut| cut > 0).ok_or_else(bad)?;
        let (major, minor) = digits.split_at_checked(cut).ok_or_else(bad)?;
        Ok(Self { major: major.parse().ok().ok_or_else(bad)?, minor: minor.parse().ok().ok_or_else(bad)? })
    }
}

impl From<ComputeCapability> for String {
    fn from(capability: ComputeCapability) -> Self {
        capability.to_string()
    }
}

impl TryFrom<String> for ComputeCapability {
    type Error = BadCapability;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Vendor and device number on the PCI bus, written `10de:2f04`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PciId {
    /// `0x10de` is NVIDIA.
    pub vendor: u16,
    /// The model.
    pub device: u16,
}

/// NVIDIA's vendor number on the PCI bus.
pub const NVIDIA: u16 = 0x10de;

impl fmt::Display for PciId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}:{:04x}", self.vendor, self.device)
    }
}

/// A text that is no PCI id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no PCI id such as 10de:2f04")]
pub struct BadPciId(pub String);

impl FromStr for PciId {
    type Err = BadPciId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadPciId(text.to_owned());
        let (vendor, device) = text.split_once(':').ok_or_else(bad)?;
        let number = |part: &str| u16::from_str_radix(part.trim_start_matches("0x"), 16).ok().ok_or_else(bad);
        Ok(Self { vendor: number(vendor)?, device: number(device)? })
    }
}

impl From<PciId> for String {
    fn from(id: PciId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for PciId {
    type Error = BadPciId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// What the driver says of a card's board and of the slot it is in. `None` is "it does not say".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Board {
    /// Size of the window through which the processor reaches the card's memory (BAR1), in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_bytes: Option<u64>,
    /// Power limit in force, in watts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_watts: Option<u32>,
    /// Power limit that the card comes with, in watts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_watts: Option<u32>,
    /// Highest PCIe generation and greatest width of this card in this PC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<(u32, u32)>,
}

impl Board {
    /// Nothing was told.
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }

    /// Gaps filled from what somebody else told.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            window_bytes: self.window_bytes.or(other.window_bytes),
            limit_watts: self.limit_watts.or(other.limit_watts),
            default_watts: self.default_watts.or(other.default_watts),
            link: self.link.or(other.link),
        }
    }
}

/// What a PCIe link carries in one direction, in 10⁹ bytes a second, by its generation and width; `None` for a generation
/// that is not known yet.
///
/// 2.5, 5, 8, 16, 32, 64 GT/s a lane (PCI Express Base Specification, <https://pcisig.com/specifications>), of which 8 of
/// 10, from generation 3 on 128 of 130, from 6 on 242 of 256 bits are data.
pub fn link_carries((generation, width): (u32, u32)) -> Option<f64> {
    let gigabits = match generation {
        1 => 2.5 * 8.0 / 10.0,
        2 => 5.0 * 8.0 / 10.0,
        3 => 8.0 * 128.0 / 130.0,
        4 => 16.0 * 128.0 / 130.0,
        5 => 32.0 * 128.0 / 130.0,
        6 => 64.0 * 242.0 / 256.0,
        _ => return None,
    };
    Some(gigabits / 8.0 * f64::from(width))
}

/// One NVIDIA card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gpu {
    /// Number in the order of NVML (that of the PCI bus), which `CUDA_DEVICE_ORDER=PCI_BUS_ID` keeps.
    pub index: u32,
    /// Name as the driver gives it, else from the catalogue, else `NVIDIA device 10de:xxxx`.
    pub name: String,
    /// Identity that survives a change of slots; `None` without a driver.
    pub uuid: Option<String>,
    /// Model number on the bus.
    pub pci_id: Option<PciId>,
    /// Place on the bus, e.g. `00000000:01:00.0`.
    pub pci_bus: Option<String>,
    /// `None` for a card known from the PCI bus only whose id the catalogue lacks.
    pub capability: Option<ComputeCapability>,
    /// Memory of the card in bytes.
    pub memory_bytes: Option<u64>,
    /// Its board and slot.
    #[serde(default)]
    pub board: Board,
    /// Where it was found.
    pub source: Source,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capability_is_read_in_every_spelling_the_field_uses() {
        for (text, major, minor) in [
            ("8.9", 8, 9),
            ("sm_89", 8, 9),
            ("sm_120", 12, 0),
            ("compute_120", 12, 0),
            ("sm_90a", 9, 0),
            ("10.3", 10, 3),
        ] {
            assert_eq!(text.parse(), Ok(ComputeCapability { major, minor }), "{text}");
        }
        for text in ["", "sm_", "sm_9", "8,9", "[N/A]", "8"] {
            assert!(text.parse::<ComputeCapability>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_pci_id_keeps_its_form() {
        let id: PciId = "10de:2f04".parse().unwrap();
        assert_eq!((id.vendor, id.device, id.to_string().as_str()), (NVIDIA, 0x2f04, "10de:2f04"));
        assert!("2f04".parse::<PciId>().is_err());
    }
}
