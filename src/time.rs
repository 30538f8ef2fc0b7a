//! Moments as text.

use crate::host::Host;
use std::time::SystemTime;

/// The host's clock as RFC 3339, UTC, to the millisecond: `2026-11-21T10:15:00.123Z`.
pub fn now(host: &dyn Host) -> String {
    text(host.now())
}

/// A moment as RFC 3339, UTC, to the millisecond.
pub fn text(moment: SystemTime) -> String {
    jiff::Timestamp::try_from(moment).map_or_else(|_| "1970-01-01T00:00:00Z".to_owned(), |at| format!("{at:.3}"))
}

/// A moment of [`text`] to the minute, for people: `2026-11-21 10:15 UTC`.
pub fn minute(moment: &str) -> String {
    moment.get(..16).map_or_else(|| moment.to_owned(), |text| format!("{} UTC", text.replace('T', " ")))
}

/// A name for a run that sorts by time: `20261121-101500-123`.
pub fn run_id(host: &dyn Host) -> String {
    let digits: String = now(host).chars().filter(char::is_ascii_digit).collect();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("0");
    format!("{}-{}-{}", part(0, 8), part(8, 14), part(14, 17))
}
