//! The last readings, bounded in time and number.

use super::MonitorTick;
use std::collections::VecDeque;

/// Readings older than this, in seconds, go.
const LONGEST: f64 = 3600.0;
/// So many rows (one a card and reading) are kept: an hour of one card ten times a second, some 25 MB.
const MOST: usize = 36_000;

/// Moment (in seconds on the caller's clock) and reading, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct History {
    ticks: VecDeque<(f64, MonitorTick)>,
    rows: usize,
}

fn rows(tick: &MonitorTick) -> usize {
    tick.samples.len().max(1)
}

impl History {
    /// Adds one; the oldest go as long as there is too much. Moments do not go back.
    pub fn push(&mut self, at: f64, tick: MonitorTick) {
        self.rows += rows(&tick);
        self.ticks.push_back((at, tick));
        while self.ticks.len() > 1
            && (self.rows > MOST || self.ticks.front().is_some_and(|(first, _)| *first < at - LONGEST))
        {
            let gone = self.ticks.pop_front().map_or(0, |(_, tick)| rows(&tick));
            self.rows -= gone;
        }
    }

    /// All that are kept.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &(f64, MonitorTick)> + ExactSizeIterator {
        self.ticks.iter()
    }

    /// Those from a moment on.
    pub fn since(&self, at: f64) -> impl DoubleEndedIterator<Item = &(f64, MonitorTick)> + ExactSizeIterator {
        self.ticks.range(self.ticks.partition_point(|(moment, _)| *moment < at)..)
    }

    /// The oldest.
    pub fn front(&self) -> Option<&(f64, MonitorTick)> {
        self.ticks.front()
    }

    /// The newest.
    pub fn back(&self) -> Option<&(f64, MonitorTick)> {
        self.ticks.back()
    }

    /// How many readings.
    pub fn len(&self) -> usize {
        self.ticks.len()
    }

    /// None yet.
    pub fn is_empty(&self) -> bool {
        self.ticks.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::GpuSample;

    fn tick(cards: usize) -> MonitorTick {
        MonitorTick { time: String::new(), samples: vec![GpuSample::default(); cards], trouble: None }
    }

    #[test]
    fn an_hour_is_kept_whatever_the_interval() {
        let mut history = History::default();
        for second in 0..4000_u32 {
            history.push(f64::from(second), tick(1));
        }
        assert_eq!((history.len(), history.front().unwrap().0, history.back().unwrap().0), (3601, 399.0, 3999.0));
    }

    #[test]
    fn many_cards_ten_times_a_second_are_bounded_by_their_rows() {
        let mut history = History::default();
        for tenth in 0..20_000_u32 {
            history.push(f64::from(tenth) / 10.0, tick(4));
        }
        assert_eq!(history.len(), MOST / 4);
        // A driver that gives nothing makes rows as well.
        for tenth in 0..36_001_u32 {
            history.push(2000.0 + f64::from(tenth) / 100.0, tick(0));
        }
        assert_eq!(history.len(), MOST);
    }

    #[test]
    fn the_readings_from_a_moment_on() {
        let mut history = History::default();
        assert!(history.is_empty() && history.since(0.0).next().is_none());
        for second in [1.0, 2.0, 3.5] {
            history.push(second, tick(1));
        }
        let from = |at| history.since(at).map(|(moment, _)| *moment).collect::<Vec<_>>();
        assert_eq!((from(2.0), from(3.6)), (vec![2.0, 3.5], vec![]));
    }
}
