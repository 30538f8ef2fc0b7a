//! Rows of `xids.toml`: the driver's own numbers for what went wrong with a card.

use super::Backing;
use serde::{Deserialize, Serialize};

/// Where the cause of a fault is looked for first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultSide {
    /// In what ran, or in the driver.
    Software,
    /// In the card, its power, its cooling or its slot.
    Card,
    /// Nothing speaks for one or the other.
    Either,
}

/// A kind of event.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Xid {
    /// The driver's number.
    pub number: u64,
    /// NVIDIA's name for it.
    pub name: String,
    /// Where the cause is looked for.
    pub side: FaultSide,
    /// Where it comes from.
    pub backing: Backing,
}
