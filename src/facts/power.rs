//! What a PC runs on.

use serde::{Deserialize, Serialize};

/// What a PC with a battery runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PowerSupply {
    /// A power adapter.
    Mains,
    /// Its battery: graphics cards are then kept far below what they can do.
    Battery,
    /// It has a battery and does not say.
    Unknown,
}

impl PowerSupply {
    /// The word of JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mains => "mains",
            Self::Battery => "battery",
            Self::Unknown => "unknown",
        }
    }
}
