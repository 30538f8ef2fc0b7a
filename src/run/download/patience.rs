//! How long a server in trouble is waited for: pauses that double, with a little chance in them so that a thousand of us do
//! not come back at the same moment, and never shorter than the server asks for.

use super::{FetchError, FetchNews, On};
use crate::host::{Hop, Host, HostError};
use std::time::{Duration, SystemTime};

/// Tries at a place while others are not asked yet.
pub const FEW: u32 = 3;
/// Tries without a single new byte at a server that was never reached.
const UNREACHED: u32 = 5;
/// The same at one that answers, and be it with an error: it may be over in some minutes.
const REACHED: u32 = 12;
/// The wait before the second try; doubled for each further one.
const FIRST: Duration = Duration::from_millis(500);
/// No pause of ours is longer.
const LONGEST: Duration = Duration::from_secs(30);
/// A server that asks for more than this has given its answer.
const LONGEST_ASKED: Duration = Duration::from_mins(10);

/// What was tried at one place since its last new byte.
#[derive(Debug, Default)]
pub struct Backoff {
    tries: u32,
}

impl Backoff {
    /// The pause before the next try, `None` if there shall be none. `most` limits the tries further; `now` is where
    /// chance comes from.
    pub fn after(&mut self, error: &HostError, most: u32, now: SystemTime) -> Option<Duration> {
        self.tries += 1;
        let is_unreached = matches!(error, HostError::Network { hop: Hop::Name | Hop::Connect | Hop::Proxy, .. });
        let limit = if is_unreached { UNREACHED } else { REACHED };
        let asked = asked_pause(error);
        if self.tries >= limit.min(most) || !worth_another_try(error) {
            return None;
        }
        let own = FIRST.saturating_mul(1 << self.tries.saturating_sub(1).min(16)).min(LONGEST);
        let nanos = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
        let chance = f64::from(nanos / 100 % 1000) / 1000.0;
        Some(own.mul_f64(0.75 + chance / 2.0).max(asked))
    }
}

fn asked_pause(error: &HostError) -> Duration {
    let asked = if let HostError::Status { retry_after, .. } = error { *retry_after } else { None };
    asked.unwrap_or_default()
}

/// Whether the same question may have another answer later.
pub fn worth_another_try(error: &HostError) -> bool {
    match error {
        HostError::Network { hop, .. } => !matches!(hop, Hop::Certificate),
        HostError::Status { status, .. } => {
            matches!(status, 408 | 416 | 425 | 429 | 500..=599) && asked_pause(error) <= LONGEST_ASKED
        }
        HostError::Timeout { .. } => true,
        HostError::NotFound { .. }
        | HostError::Nvml { .. }
        | HostError::Stopped
        | HostError::File { .. }
        | HostError::Start { .. } => false,
    }
}

/// Lets the pause go by; a cancel is heard at once.
pub fn wait(host: &dyn Host, pause: Duration, why: &HostError, on: &mut On<'_>) -> Result<(), FetchError> {
    let until = host.uptime() + pause;
    if on(FetchNews::Retry { why: why.to_string() }).is_break() {
        return Err(FetchError::Cancelled);
    }
    while host.uptime() < until {
        host.pause(Duration::from_millis(50).min(pause));
        if on(FetchNews::Waiting { why: "the next try".to_owned() }).is_break() {
            return Err(FetchError::Cancelled);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16, seconds: Option<u64>) -> HostError {
        HostError::Status { status, url: String::new(), retry_after: seconds.map(Duration::from_secs) }
    }

    #[test]
    fn pauses_double_with_a_little_chance_and_are_never_shorter_than_asked_for() {
        let pauses = |error: &HostError| {
            let mut backoff = Backoff::default();
            let mut now = SystemTime::UNIX_EPOCH;
            std::iter::from_fn(move || {
                now += Duration::from_nanos(1_234_567);
                backoff.after(error, u32::MAX, now)
            })
            .collect::<Vec<_>>()
        };
        let plain = pauses(&status(503, None));
        assert_eq!(plain.len(), 11);
        for (at, pause) in plain.iter().enumerate() {
            let middle = (0.5 * f64::powi(2.0, i32::try_from(at).unwrap())).min(30.0);
            assert!((middle * 0.75..=middle * 1.25).contains(&pause.as_secs_f64()), "{at}: {pause:?}");
        }
        let exact = plain.iter().filter(|pause| pause.subsec_millis() % 500 == 0).count();
        assert!(exact < 3, "no chance in them: {plain:?}");
        assert_eq!(pauses(&status(429, Some(60))), [Duration::from_mins(1); 11]);
        assert!(pauses(&status(429, Some(3600))).is_empty(), "an hour is an answer");
        assert!(pauses(&status(404, None)).is_empty());
    }
}
