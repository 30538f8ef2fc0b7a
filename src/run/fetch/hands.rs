//! How many wheels load at once. Pure.
//!
//! Where the way is the limit, few: the more of them share it, the later the large ones come, all at the same time, and
//! are unpacked when nothing loads any more. Where a server or a long way gives each connection only so much, one more
//! brings more.

use std::time::Duration;

/// So many at first: one keeps the way busy while the other one asks.
pub const FEW: usize = 2;
/// And never more than so many, which would cost the small ones patience.
pub const MOST: usize = 8;
/// Connections need a moment to come to their speed.
const WARM_UP: Duration = Duration::from_secs(1);
/// A speed is measured for so long.
const TRIAL: Duration = Duration::from_secs(2);
/// One more is worth it if it brings so much more: with four of them, a fair share would be a quarter.
const WORTH_IT: f64 = 1.12;

/// What is being found out.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// From then on speeds count; `before` is the speed without the newest hand.
    WarmsUp { until: Duration, before: Option<f64> },
    /// Since then it is measured, with so many bytes here.
    Measures { since: Duration, bytes: u64, before: Option<f64> },
    /// One more would bring nothing.
    Settled,
}

/// How many wheels load at once, found out while they do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hands {
    count: usize,
    stage: Stage,
}

impl Hands {
    /// A few, from this moment on.
    pub fn new(now: Duration) -> Self {
        Self { count: FEW, stage: Stage::WarmsUp { until: now + WARM_UP, before: None } }
    }

    /// How many there should be now that so many bytes are here.
    pub fn look(&mut self, now: Duration, bytes: u64) -> usize {
        match self.stage {
            Stage::WarmsUp { until, before } if now >= until => {
                self.stage = Stage::Measures { since: now, bytes, before };
            }
            Stage::Measures { since, bytes: at_first, before } if now.saturating_sub(since) >= TRIAL => {
                #[expect(clippy::cast_precision_loss, reason = "a speed")]
                let speed = bytes.saturating_sub(at_first) as f64 / now.saturating_sub(since).as_secs_f64();
                self.judge(now, speed, before);
            }
            Stage::WarmsUp { .. } | Stage::Measures { .. } | Stage::Settled => {}
        }
        self.count
    }

    fn judge(&mut self, now: Duration, speed: f64, before: Option<f64>) {
        if before.is_some_and(|before| speed < before * WORTH_IT) {
            self.count -= 1;
            self.stage = Stage::Settled;
        } else if self.count == MOST {
            self.stage = Stage::Settled;
        } else {
            self.count += 1;
            self.stage = Stage::WarmsUp { until: now + WARM_UP, before: Some(speed) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many there are after each second on a way that gives `speed(hands)` bytes a second.
    fn course(speed: impl Fn(usize) -> u64) -> Vec<usize> {
        let (mut hands, mut bytes) = (Hands::new(Duration::ZERO), 0);
        let mut count = FEW;
        let look = |second: u64| {
            bytes += speed(count);
            count = hands.look(Duration::from_secs(second), bytes);
            count
        };
        (1..=60).map(look).collect()
    }

    #[test]
    fn where_the_way_is_the_limit_a_third_is_tried_and_given_up() {
        let course = course(|_| 100_000_000);
        assert_eq!((course[0], course[3], course[6]), (2, 3, 2));
        assert!(course[6..].iter().all(|&count| count == 2), "{course:?}");
    }

    #[test]
    fn where_each_connection_gets_only_so_much_there_are_as_many_as_may_be() {
        let course = course(|hands| hands as u64 * 5_000_000);
        assert_eq!(course.last(), Some(&MOST), "{course:?}");
        assert!(course.is_sorted(), "{course:?}");
    }

    #[test]
    fn they_end_where_one_more_brings_nothing() {
        let course = course(|hands| hands.min(6) as u64 * 5_000_000);
        assert_eq!(course.last(), Some(&6), "{course:?}");
        assert_eq!(course.iter().max(), Some(&7));
    }
}
