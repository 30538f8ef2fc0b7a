//! Readings of the cards over time, as lines of a plot: a gap in the readings is a gap in the line, not a zero.

use crate::host::GpuSample;
use crate::monitor::MonitorTick;
use crate::problem::Problem;
use std::collections::VecDeque;
use std::time::Duration;

/// How far back the plots look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// 60 seconds.
    #[default]
    Minute,
    /// 10 minutes.
    TenMinutes,
    /// Everything that is kept.
    All,
}

impl Span {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Minute, Self::TenMinutes, Self::All];
}

/// What a person did in the monitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonitorAction {
    /// Look at this card (NVML's number).
    Card(u32),
    /// Look so far back.
    Look(Span),
}

/// Readings kept: an hour of one a second.
const KEPT: usize = 3600;
/// Two readings further apart than this are not joined by a line.
const GAP: f64 = 3.0;

/// Readings and what is looked at.
#[derive(Clone, Debug, Default)]
pub struct MonitorView {
    /// Moment (seconds on the model's clock) and readings, the oldest first.
    pub ticks: VecDeque<(f64, MonitorTick)>,
    /// The card on the page (NVML's number).
    pub card: u32,
    /// How far back.
    pub span: Span,
    /// Readings are being taken, so far apart.
    pub every: Option<Duration>,
    /// Why there are none.
    pub trouble: Option<Problem>,
}

impl MonitorView {
    /// Takes a reading.
    pub fn take(&mut self, tick: MonitorTick, now: Duration) {
        if self.ticks.len() >= KEPT {
            self.ticks.pop_front();
        }
        self.trouble = None;
        if let Some(first) = tick.samples.first().filter(|_| !tick.samples.iter().any(|s| s.index == self.card)) {
            self.card = first.index;
        }
        self.ticks.push_back((now.as_secs_f64(), tick));
    }

    /// The newest reading of the card on the page.
    pub fn latest(&self) -> Option<&GpuSample> {
        self.ticks.back()?.1.samples.iter().find(|sample| sample.index == self.card)
    }

    /// The cards that were read last.
    pub fn cards(&self) -> Vec<u32> {
        self.ticks.back().map(|(_, tick)| tick.samples.iter().map(|sample| sample.index).collect()).unwrap_or_default()
    }

    /// Seconds that the plots look back.
    pub fn seconds(&self, now: Duration) -> f64 {
        match self.span {
            Span::Minute => 60.0,
            Span::TenMinutes => 600.0,
            Span::All => self.ticks.front().map_or(60.0, |(first, _)| (now.as_secs_f64() - first).max(60.0)),
        }
    }

    /// One figure of the card on the page as lines of points: x in seconds before `now` (negative), y as given.
    /// Where the figure is missing, or the readings are far apart, a new line begins.
    pub fn lines(&self, now: Duration, seconds: f64, figure: impl Fn(&GpuSample) -> Option<f64>) -> Vec<Vec<[f64; 2]>> {
        let now = now.as_secs_f64();
        let mut lines: Vec<Vec<[f64; 2]>> = Vec::new();
        let mut last: Option<f64> = None;
        for (at, tick) in self.ticks.iter().filter(|(at, _)| now - at <= seconds + GAP) {
            let value = tick.samples.iter().find(|sample| sample.index == self.card).and_then(&figure);
            let Some(value) = value else {
                last = None;
                continue;
            };
            let joins = last.is_some_and(|last| at - last <= GAP);
            match lines.last_mut().filter(|_| joins) {
                Some(line) => line.push([at - now, value]),
                None => lines.push(vec![[at - now, value]]),
            }
            last = Some(*at);
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(percent: Option<u32>) -> MonitorTick {
        let sample = GpuSample { utilisation_percent: percent, ..GpuSample::default() };
        MonitorTick { time: String::new(), samples: vec![sample], trouble: None }
    }

    #[test]
    fn a_gap_in_the_readings_is_a_gap_in_the_line() {
        let mut view = MonitorView::default();
        for (second, percent) in [(1, Some(10)), (2, Some(20)), (3, None), (4, Some(30)), (20, Some(40))] {
            view.take(tick(percent), Duration::from_secs(second));
        }
        let lines = view.lines(Duration::from_secs(20), 60.0, |sample| sample.utilisation_percent.map(f64::from));
        let lengths: Vec<usize> = lines.iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 1, 1]);
        assert_eq!(lines[0], [[-19.0, 10.0], [-18.0, 20.0]]);
    }

    #[test]
    fn the_oldest_readings_go() {
        let mut view = MonitorView::default();
        for second in 0..4000 {
            view.take(tick(Some(1)), Duration::from_secs(second));
        }
        assert_eq!(view.ticks.len(), KEPT);
        assert!((view.ticks[0].0 - 400.0).abs() < 0.1);
    }
}
