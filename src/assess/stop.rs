//! A verdict reached before a build could be named.

use super::machine::NoCards;
use super::{Assessment, Reason, Route, Unblock, Verdict};

/// The verdict, with what is known all the same.
pub(super) struct Stop {
    pub verdict: Verdict,
    pub acceptable: Vec<String>,
}

impl Stop {
    pub(super) fn blocked(reasons: Vec<Reason>, unblock: Vec<Unblock>) -> Self {
        Self { verdict: Verdict::Blocked { reasons, unblock }, acceptable: Vec::new() }
    }

    pub(super) fn unknown(reason: Reason) -> Self {
        Self { verdict: Verdict::Unknown { reasons: vec![reason] }, acceptable: Vec::new() }
    }

    /// The answer for a route that ends here.
    pub(super) fn of(self, route: Route) -> Assessment {
        Assessment { acceptable_variants: self.acceptable, ..Assessment::without_build(route, self.verdict) }
    }
}

impl From<NoCards> for Stop {
    fn from(none: NoCards) -> Self {
        match none {
            NoCards::Absent(reason) => Self::blocked(vec![reason], Vec::new()),
            NoCards::Unknown(reason) => Self::unknown(reason),
        }
    }
}
