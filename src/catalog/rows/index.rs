//! What is known of the wheel index itself.

use super::Backing;
use serde::Deserialize;

/// How long a nightly build is listed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NightlyLife {
    /// So many days from the day of the build on.
    pub days: u16,
    /// Where it comes from.
    pub backing: Backing,
}

/// Variants that nobody has seen yet, but that the index is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextVariants {
    /// Their names.
    pub variants: Vec<String>,
    /// Where they come from.
    pub backing: Backing,
}
