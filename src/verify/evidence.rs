//! What the check program says beside right and wrong.

use serde::{Deserialize, Serialize};

/// What shows that a card did the work.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnDevice {
    /// The most that torch held in the card's memory, in bytes.
    pub allocated_bytes: u64,
    /// One run by the card's own clock; `None` if it was not timed.
    pub event_milliseconds: Option<f64>,
}

/// A check that failed on a card, tried once more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Repeat {
    /// Where: `fresh process`, `cpu`, `cuda:1` (torch's number).
    #[serde(rename = "where")]
    pub place: String,
    /// How it ended there.
    pub outcome: super::CheckOutcome,
    /// Its largest error there.
    pub max_error: Option<f64>,
}

impl Repeat {
    /// The failure came back on the same card.
    pub const FRESH_PROCESS: &str = "fresh process";
    /// The processor, which shares the wheel with the card.
    pub const PROCESSOR: &str = "cpu";
}
