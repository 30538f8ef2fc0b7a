//! Run events → two bars that never fall back, speed and time left. Pure: time comes in with each call.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::time::Duration;

/// Speed is measured over this much of the past: long enough to be calm, short enough to notice a stall.
const WINDOW: Duration = Duration::from_secs(5);
/// What is counted in pieces goes in jumps, and single pieces take minutes: its speed is that of a longer past.
const WINDOW_OF_UNITS: Duration = Duration::from_mins(1);
/// Time left follows a change of speed within about so long, and runs down with the clock meanwhile.
const CALM: f64 = 8.0;

/// What is counted where bytes are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Files that are compiled, or steps of a build like them.
    Files,
    /// Layers of an image.
    Layers,
    /// Objects of a repository.
    Objects,
    /// Packages.
    Packages,
    /// Libraries that are fetched by a repository of their own.
    Libraries,
    /// Steps of a recipe.
    Steps,
    /// Hundredths: all that a tool tells.
    Percent,
}

impl Unit {
    /// The word of the JSON contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Layers => "layers",
            Self::Objects => "objects",
            Self::Packages => "packages",
            Self::Libraries => "libraries",
            Self::Steps => "steps",
            Self::Percent => "percent",
        }
    }
}

/// A count of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Units {
    /// So many are done.
    pub done: u64,
    /// Of so many, if that is known.
    pub total: Option<u64>,
    /// Of these.
    pub unit: Unit,
}

/// How much of a step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// In bytes.
    Bytes {
        /// Here.
        done: u64,
        /// Of so many.
        total: Option<u64>,
    },
    /// In units.
    Units(Units),
}

/// Progress over a list of weighted steps.
#[derive(Clone, Debug)]
pub struct Progress {
    weights: Vec<u64>,
    step: usize,
    fraction: f64,
    /// Share of the present step, 0.0 to 1.0; never falls within it.
    of_step: f64,
    done: u64,
    total: Option<u64>,
    units: Option<Units>,
    samples: VecDeque<(Duration, u64)>,
    /// When the present count began: the speed of its first seconds says nothing.
    since: Option<Duration>,
    left: Option<(Duration, f64)>,
}

impl Progress {
    /// Nothing done yet.
    pub fn new(weights: impl IntoIterator<Item = u64>) -> Self {
        Self {
            weights: weights.into_iter().collect(),
            step: 0,
            fraction: 0.0,
            of_step: 0.0,
            done: 0,
            total: None,
            units: None,
            samples: VecDeque::new(),
            since: None,
            left: None,
        }
    }

    /// A step begins.
    pub fn begin(&mut self, step: usize) {
        self.step = step;
        (self.total, self.units) = (None, None);
        self.of_step = 0.0;
        self.count_anew();
        self.raise(0.0);
    }

    /// Bytes of the present step. A total that shrinks or a count that falls back is taken as it is for speed and
    /// never lowers the bar.
    pub fn bytes(&mut self, now: Duration, done: u64, total: Option<u64>) {
        self.sample(now, done, WINDOW);
        (self.done, self.total, self.units) = (self.done.max(done), total, None);
        self.raise_to(done, total);
        self.estimate(now, total.map(|total| total.saturating_sub(self.done)));
    }

    /// Units of the present step. Another unit begins a new count.
    pub fn units(&mut self, now: Duration, units: Units) {
        let before = self.units.filter(|before| before.unit == units.unit);
        if before.is_none() {
            self.total = None;
            self.count_anew();
        }
        self.sample(now, units.done, WINDOW_OF_UNITS);
        let done = before.map_or(units.done, |before| before.done.max(units.done));
        self.units = Some(Units { done, ..units });
        self.estimate(now, units.total.map(|total| total.saturating_sub(done)));
    }

    /// What a tool said: an amount, and the share of the step where it knows better than the amount. Without a share
    /// the amount is all of the step.
    pub fn heard(&mut self, now: Duration, amount: Option<Amount>, share: Option<f64>) {
        match (amount, share) {
            (Some(Amount::Bytes { done, total }), None) => self.bytes(now, done, total),
            (Some(Amount::Bytes { done, total }), Some(_)) => {
                // One of several files: the next may be smaller.
                if self.total != total {
                    self.count_anew();
                }
                self.sample(now, done, WINDOW);
                (self.done, self.total, self.units) = (self.done.max(done), total, None);
                self.estimate(now, total.map(|total| total.saturating_sub(self.done)));
            }
            (Some(Amount::Units(units)), share) => {
                self.units(now, units);
                if share.is_none() {
                    self.raise_to(units.done, units.total);
                }
            }
            (None, _) => {}
        }
        if let Some(share) = share {
            self.raise(share);
        }
    }

    fn count_anew(&mut self) {
        (self.done, self.left, self.since) = (0, None, None);
        self.samples.clear();
    }

    fn sample(&mut self, now: Duration, done: u64, window: Duration) {
        // A restart of a file takes bytes back: speed begins anew.
        if self.samples.back().is_some_and(|&(_, before)| done < before) {
            self.samples.clear();
        }
        self.samples.push_back((now, done));
        while self.samples.len() > 2 && self.samples.front().is_some_and(|&(at, _)| now.saturating_sub(at) > window) {
            self.samples.pop_front();
        }
    }

    /// Time left goes down with the clock and follows the speed slowly, so that it does not dance.
    fn estimate(&mut self, now: Duration, rest: Option<u64>) {
        let since = *self.since.get_or_insert(now);
        if now.saturating_sub(since) < WINDOW {
            return;
        }
        let speed = self.speed().filter(|&speed| speed > 0.0);
        let (Some(rest), Some(speed)) = (rest, speed) else {
            return;
        };
        let raw = rest as f64 / speed;
        let seconds = match self.left {
            Some((at, before)) => {
                let passed = now.saturating_sub(at).as_secs_f64();
                let expected = (before - passed).max(0.0);
                expected + (raw - expected) * (1.0 - (-passed / CALM).exp())
            }
            None => raw,
        };
        self.left = Some((now, seconds));
    }

    /// The present step is done.
    pub fn end(&mut self) {
        self.raise(1.0);
    }

    fn raise_to(&mut self, done: u64, total: Option<u64>) {
        if let Some(total) = total.filter(|&total| total > 0) {
            self.raise((done as f64 / total as f64).min(1.0));
        }
    }

    fn raise(&mut self, of_step: f64) {
        let all: u64 = self.weights.iter().sum();
        let before: u64 = self.weights.iter().take(self.step).sum();
        let own = self.weights.get(self.step).copied().unwrap_or_default();
        self.of_step = self.of_step.max(of_step.clamp(0.0, 1.0));
        let now = (before as f64 + own as f64 * self.of_step) / all.max(1) as f64;
        self.fraction = self.fraction.max(now.clamp(0.0, 1.0));
    }

    /// Share of the whole, 0.0 to 1.0; never falls.
    pub const fn fraction(&self) -> f64 {
        self.fraction
    }

    /// Share of the present step, 0.0 to 1.0; never falls within it.
    pub const fn share(&self) -> f64 {
        self.of_step
    }

    /// Bytes of the present step, and how many there will be.
    pub const fn of_step(&self) -> (u64, Option<u64>) {
        (self.done, self.total)
    }

    /// Units of the present step, where it is counted in them.
    pub const fn units_of_step(&self) -> Option<Units> {
        self.units
    }

    /// Bytes a second over the last few seconds; `None` until there is something to measure, and where there are none.
    pub fn per_second(&self) -> Option<f64> {
        if self.units.is_some() { None } else { self.speed() }
    }

    fn speed(&self) -> Option<f64> {
        let (&(from, first), &(to, last)) = (self.samples.front()?, self.samples.back()?);
        let time = to.saturating_sub(from).as_secs_f64();
        (time > 0.2).then(|| last.saturating_sub(first) as f64 / time)
    }

    /// Time left of what is counted; `None` in its first seconds, and if it cannot be told.
    pub fn left(&self) -> Option<Duration> {
        let (_, seconds) = self.left?;
        Duration::try_from_secs_f64(seconds).ok()
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

    /// A download whose speed halves for a second and comes back, as with any wireless network.
    #[test]
    fn time_left_is_calm_when_the_speed_is_not() {
        let mut progress = Progress::new([1]);
        progress.begin(0);
        let (mut done, mut shown) = (0, Vec::new());
        for tenth in 0..600_u64 {
            done += if tenth % 50 < 10 { 40_000 } else { 100_000 };
            progress.bytes(Duration::from_millis(tenth * 100), done, Some(100_000_000));
            shown.extend(progress.left().map(|left| left.as_secs_f64()).filter(|_| tenth > 50));
        }
        let largest = shown.windows(10).map(|second| (second[9] - second[0]).abs()).fold(0.0, f64::max);
        assert!(largest < 5.0, "it jumped by {largest} s within a second");
        let rest = (100_000_000 - done) as f64 / 880_000.0;
        assert!((shown.last().unwrap() - rest).abs() < rest / 5.0, "{:?} {rest}", shown.last());
    }

    #[test]
    fn another_unit_begins_a_new_count_and_the_step_does_not_fall() {
        let mut progress = Progress::new([10, 10]);
        let units = |done, unit| Some(Amount::Units(Units { done, total: Some(100), unit }));
        progress.begin(0);
        progress.heard(Duration::from_secs(1), units(90, Unit::Objects), Some(0.8));
        progress.heard(Duration::from_secs(2), units(5, Unit::Percent), Some(0.1));
        assert_eq!(progress.units_of_step(), Some(Units { done: 5, total: Some(100), unit: Unit::Percent }));
        assert!((progress.share() - 0.8).abs() < f64::EPSILON && (progress.fraction() - 0.4).abs() < f64::EPSILON);
        // Within one unit it does not fall either, and without a share it is the step.
        progress.heard(Duration::from_secs(3), units(2, Unit::Percent), None);
        assert_eq!(progress.units_of_step().unwrap().done, 5);
        progress.heard(Duration::from_secs(4), units(95, Unit::Percent), None);
        assert!((progress.share() - 0.95).abs() < f64::EPSILON);
        progress.begin(1);
        assert!(progress.share() < f64::EPSILON && progress.units_of_step().is_none());
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
