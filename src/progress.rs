//! Run events → two bars that never fall back, speed and time left. Pure: time comes in with each call.

use std::collections::VecDeque;
use std::time::Duration;

/// Speed is measured over this much of the past: long enough to be calm, short enough to notice a stall.
const WINDOW: Duration = Duration::from_secs(5);

/// Progress over a list of weighted steps.
#[derive(Clone, Debug)]
pub struct Progress {
    weights: Vec<u64>,
    step: usize,
    fraction: f64,
    done: u64,
    total: Option<u64>,
    samples: VecDeque<(Duration, u64)>,
}

impl Progress {
    /// Nothing done yet.
    pub fn new(weights: impl IntoIterator<Item = u64>) -> Self {
        Self {
            weights: weights.into_iter().collect(),
            step: 0,
            fraction: 0.0,
            done: 0,
            total: None,
            samples: VecDeque::new(),
        }
    }

    /// A step begins.
    pub fn begin(&mut self, step: usize) {
        self.step = step;
        (self.done, self.total) = (0, None);
        self.samples.clear();
        self.raise(0.0);
    }

    /// Bytes of the present step. A total that shrinks or a count that falls back is taken as it is for speed and
    /// never lowers the bar.
    pub fn bytes(&mut self, now: Duration, done: u64, total: Option<u64>) {
        // A restart of a file takes bytes back: speed begins anew.
        if self.samples.back().is_some_and(|&(_, before)| done < before) {
            self.samples.clear();
        }
        self.samples.push_back((now, done));
        while self.samples.len() > 2 && self.samples.front().is_some_and(|&(at, _)| now.saturating_sub(at) > WINDOW) {
            self.samples.pop_front();
        }
        (self.done, self.total) = (self.done.max(done), total);
        if let Some(total) = total.filter(|&total| total > 0) {
            self.raise((done as f64 / total as f64).min(1.0));
        }
    }

    /// The present step is done.
    pub fn end(&mut self) {
        self.raise(1.0);
    }

    fn raise(&mut self, of_step: f64) {
        let all: u64 = self.weights.iter().sum();
        let before: u64 = self.weights.iter().take(self.step).sum();
        let own = self.weights.get(self.step).copied().unwrap_or_default();
        let now = (before as f64 + own as f64 * of_step) / all.max(1) as f64;
        self.fraction = self.fraction.max(now.clamp(0.0, 1.0));
    }

    /// Share of the whole, 0.0 to 1.0; never falls.
    pub const fn fraction(&self) -> f64 {
        self.fraction
    }

    /// Bytes of the present step, and how many there will be.
    pub const fn of_step(&self) -> (u64, Option<u64>) {
        (self.done, self.total)
    }

    /// Bytes a second over the last few seconds; `None` until there is something to measure.
    pub fn per_second(&self) -> Option<f64> {
        let (&(from, first), &(to, last)) = (self.samples.front()?, self.samples.back()?);
        let time = to.saturating_sub(from).as_secs_f64();
        (time > 0.2).then(|| last.saturating_sub(first) as f64 / time)
    }

    /// Time left of the present step; `None` if it cannot be told.
    pub fn left(&self) -> Option<Duration> {
        let speed = self.per_second().filter(|&speed| speed > 1.0)?;
        let rest = self.total?.saturating_sub(self.done) as f64;
        Duration::try_from_secs_f64(rest / speed).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn overall_progress_never_falls(moves in prop::collection::vec((0_usize..4, 0_u64..200, 1_u64..200), 1..60)) {
            let mut progress = Progress::new([10, 100, 5, 30]);
            let mut last = 0.0;
            for (at, (step, done, total)) in moves.into_iter().enumerate() {
                if at % 5 == 0 { progress.begin(step); }
                progress.bytes(Duration::from_millis(100 * at as u64), done, Some(total));
                prop_assert!(progress.fraction() >= last && progress.fraction() <= 1.0);
                last = progress.fraction();
            }
        }
    }

    /// As a run sees it: two wheels of which the first is cut and begun anew, the second comes from the store, the total
    /// becomes known late.
    #[test]
    fn progress_never_falls_in_a_run_with_a_cut_connection_and_a_cached_wheel() {
        let recorded: [(usize, u64, Option<u64>); 9] = [
            (1, 0, None),
            (1, 300, None),
            (1, 300, Some(1000)),
            (1, 700, Some(1000)),
            (1, 0, Some(1000)),
            (1, 650, Some(1000)),
            (1, 800, Some(1200)),
            (1, 1200, Some(1200)),
            (2, 1, Some(5)),
        ];
        let mut progress = Progress::new([500, 7000, 50, 15_000]);
        let (mut step, mut last) = (usize::MAX, 0.0);
        for (second, (of, done, total)) in (0..).zip(recorded) {
            if of != step {
                progress.begin(of);
                step = of;
            }
            progress.bytes(Duration::from_secs(second), done, total);
            let (shown, _) = progress.of_step();
            assert!(progress.fraction() >= last && shown >= done, "at {second}");
            last = progress.fraction();
        }
        assert!(last < 1.0);
    }

    #[test]
    fn speed_and_time_left_come_from_the_last_seconds() {
        let mut progress = Progress::new([1]);
        progress.begin(0);
        for tenth in 0..=100_u64 {
            progress.bytes(Duration::from_millis(tenth * 100), tenth * 1_000, Some(1_000_000));
        }
        assert!((progress.per_second().unwrap() - 10_000.0).abs() < 1.0);
        assert_eq!(progress.left().unwrap().as_secs(), 90);
    }

    #[test]
    fn a_whole_run_ends_at_one() {
        let mut progress = Progress::new([3, 7]);
        progress.begin(0);
        progress.end();
        progress.begin(1);
        progress.end();
        assert!((progress.fraction() - 1.0).abs() < f64::EPSILON);
    }
}
