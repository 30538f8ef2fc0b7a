//! Readings of the cards over time, as lines of a plot: a gap in the readings is a gap in the line, not a zero.

use super::{Effect, Model};
use crate::host::{Activity, GpuSample, Throttle};
use crate::monitor::follow::Mark;
use crate::monitor::{Finding, History, Judge, MonitorTick, On, Watched};
use crate::problem::Problem;
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
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

/// How often the cards are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rate {
    /// Once a second.
    #[default]
    One,
    /// Twice.
    Two,
    /// Five times.
    Five,
    /// Ten times.
    Ten,
}

impl Rate {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::One, Self::Two, Self::Five, Self::Ten];

    /// Readings a second.
    pub const fn per_second(self) -> u32 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Five => 5,
            Self::Ten => 10,
        }
    }

    /// The time between two.
    pub fn interval(self) -> Duration {
        Duration::from_secs(1) / self.per_second()
    }
}

/// What a person did in the monitor.
#[derive(Clone, Debug, PartialEq)]
pub enum MonitorAction {
    /// Look at this card (NVML's number).
    Card(u32),
    /// Look so far back, and go along with the time.
    Look(Span),
    /// Read so often.
    Read(Rate),
    /// Stand still: readings go on, the plots do not.
    Hold,
    /// Go along with the time again.
    Live,
    /// Make the shown stretch so many times as long, around a place in it (0 left, 1 right).
    Zoom {
        /// Below 1 shows less.
        factor: f64,
        /// What stays where it is.
        around: f64,
    },
    /// Show what was so many seconds before.
    Slide(f64),
    /// Say what holds this process back; `None`: no process any more.
    Judge(Option<u32>),
    /// The number of such a process, as it is typed.
    JudgeNumber(String),
    /// The path of the log to follow, as it is typed.
    LogPath(String),
    /// Look for it with the system's dialog.
    BrowseLog,
    /// Words to look for in it, as they are typed.
    LogWords(String),
    /// Follow it.
    Follow,
    /// Follow it no more.
    Unfollow,
}

/// Two readings further apart than this are not joined by a line.
const GAP: f64 = 3.0;
/// The shortest and the longest stretch that can be shown, in seconds.
const STRETCHES: (f64, f64) = (2.0, 3600.0);
/// Marks of the log that are kept.
const MARKS: usize = 2000;

/// A stretch of time, in seconds on the model's clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// The left end.
    pub from: f64,
    /// The right end.
    pub to: f64,
}

impl Stretch {
    /// How long.
    pub fn seconds(self) -> f64 {
        self.to - self.from
    }
}

/// A training log that is followed.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    /// The path as it was typed.
    pub path: String,
    /// The words as they were typed, with commas between; none: the usual ones.
    pub words: String,
    /// It is followed.
    pub is_on: bool,
    /// Why it cannot be read.
    pub trouble: Option<Problem>,
    /// Moment (seconds on the model's clock) and line, the oldest first.
    pub marks: VecDeque<(f64, Mark)>,
}

/// Readings and what is looked at.
#[derive(Clone, Debug, Default)]
pub struct MonitorView {
    /// Moment (seconds on the model's clock) and readings, the oldest first.
    pub ticks: History,
    /// The card on the page (NVML's number).
    pub card: u32,
    /// How far back.
    pub span: Span,
    /// How often.
    pub rate: Rate,
    /// What is shown while it does not go along with the time.
    pub held: Option<Stretch>,
    /// Readings are being taken, so far apart.
    pub every: Option<Duration>,
    /// Why there are none.
    pub trouble: Option<Problem>,
    /// What is to be said of the newest reading, of all cards, the gravest first.
    pub findings: Vec<Finding>,
    /// The log beside it.
    pub log: Followed,
    /// The process that is judged.
    pub watched: Option<Watched>,
    /// Its number as it was typed.
    pub number: String,
    /// The process whose doings are being told.
    pub(super) asked: Option<u32>,
    judge: Judge,
}

impl MonitorView {
    /// Takes a reading.
    pub fn take(&mut self, tick: MonitorTick, now: Duration) {
        self.trouble = None;
        if let Some(first) = tick.samples.first().filter(|_| !tick.samples.iter().any(|s| s.index == self.card)) {
            self.card = first.index;
        }
        let at = now.as_secs_f64();
        self.findings = self.judge.take(at, &tick);
        self.ticks.push(at, tick);
    }

    /// Takes what a process did by now.
    pub(super) fn acted(&mut self, pid: u32, activity: Option<&Activity>, now: Duration) {
        let Some(watched) = self.watched.as_mut().filter(|watched| watched.pid() == pid) else { return };
        if let Some((_, tick)) = self.ticks.back() {
            watched.take(now.as_secs_f64(), tick, activity);
        }
    }

    /// Readings have ended for now.
    pub(super) fn pause(&mut self) {
        self.judge.pause();
    }

    /// Takes lines of the log.
    pub fn mark(&mut self, marks: Vec<Mark>, now: Duration) {
        let marks = marks.into_iter().map(|mark| (now.as_secs_f64(), mark));
        self.log.marks.extend(marks);
        self.log.marks.drain(..self.log.marks.len().saturating_sub(MARKS));
    }

    /// The newest reading of the card on the page.
    pub fn latest(&self) -> Option<&GpuSample> {
        self.ticks.back()?.1.samples.iter().find(|sample| sample.index == self.card)
    }

    /// The cards that were read last.
    pub fn cards(&self) -> Vec<u32> {
        self.ticks.back().map(|(_, tick)| tick.samples.iter().map(|sample| sample.index).collect()).unwrap_or_default()
    }

    /// What the plots show.
    pub fn stretch(&self, now: Duration) -> Stretch {
        let to = now.as_secs_f64();
        let seconds = match self.span {
            Span::Minute => 60.0,
            Span::TenMinutes => 600.0,
            Span::All => self.ticks.front().map_or(60.0, |(first, _)| (to - first).max(60.0)),
        };
        self.held.unwrap_or(Stretch { from: to - seconds, to })
    }

    /// Does what a person asked for, as far as it only changes what is looked at.
    pub(super) fn look(&mut self, action: MonitorAction, now: Duration) {
        let Stretch { from, to } = self.stretch(now);
        match action {
            MonitorAction::Card(card) => self.card = card,
            MonitorAction::Look(span) => (self.span, self.held) = (span, None),
            MonitorAction::Read(rate) => self.rate = rate,
            MonitorAction::Hold => self.held = Some(Stretch { from, to }),
            MonitorAction::Live => self.held = None,
            MonitorAction::Zoom { factor, around } => {
                let seconds = ((to - from) * factor).clamp(STRETCHES.0, STRETCHES.1);
                let stays = from + (to - from) * around.clamp(0.0, 1.0);
                self.hold(stays - seconds * around.clamp(0.0, 1.0), seconds, now);
            }
            MonitorAction::Slide(seconds) => self.hold(from - seconds, to - from, now),
            MonitorAction::JudgeNumber(number) => self.number = number,
            MonitorAction::LogPath(path) => self.log.path = path,
            MonitorAction::LogWords(words) => self.log.words = words,
            MonitorAction::Follow => {
                // Those of another log are no part of this one's curve.
                self.log.marks.clear();
                (self.log.is_on, self.log.trouble) = (true, None);
            }
            MonitorAction::Unfollow => self.log.is_on = false,
            MonitorAction::BrowseLog | MonitorAction::Judge(_) => {}
        }
    }

    /// Holds a stretch, not beyond now and not before there was a reading.
    fn hold(&mut self, from: f64, seconds: f64, now: Duration) {
        let now = now.as_secs_f64();
        let first = self.ticks.front().map_or(now, |(first, _)| *first).min(now - seconds);
        let from = from.clamp(first, now - seconds);
        self.held = Some(Stretch { from, to: from + seconds });
    }

    /// One figure of the card on the page as lines of points: x in seconds before `now` (negative), y as given.
    /// Where the figure is missing, or the readings are far apart, a new line begins.
    pub fn lines(&self, now: Duration, seconds: f64, figure: impl Fn(&GpuSample) -> Option<f64>) -> Vec<Vec<[f64; 2]>> {
        let now = now.as_secs_f64();
        let mut lines: Vec<Vec<[f64; 2]>> = Vec::new();
        let mut last: Option<f64> = None;
        for (at, tick) in self.ticks.since(now - seconds - GAP).take_while(|(at, _)| *at <= now + GAP) {
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

    /// When the clocks of the card on the page were held down within a stretch, reason by reason.
    pub fn held_down(&self, stretch: Stretch) -> Vec<(Throttle, Vec<Stretch>)> {
        let mut all: BTreeMap<Throttle, Vec<Stretch>> = BTreeMap::new();
        let mut before: Option<f64> = None;
        for (at, tick) in self.ticks.since(stretch.from - GAP).take_while(|(at, _)| *at <= stretch.to) {
            let sample = tick.samples.iter().find(|sample| sample.index == self.card);
            // A reading speaks for the time since the one before it.
            let since = before.filter(|before| at - before <= GAP).unwrap_or(*at);
            for &reason in sample.and_then(|sample| sample.throttle.as_ref()).into_iter().flatten() {
                let times = all.entry(reason).or_default();
                match times.last_mut().filter(|last| last.to >= since) {
                    Some(last) => last.to = *at,
                    None => times.push(Stretch { from: since.max(stretch.from), to: *at }),
                }
            }
            before = Some(*at);
        }
        all.retain(|_, times| {
            times.retain(|time| time.to >= stretch.from);
            !times.is_empty()
        });
        all.into_iter().collect()
    }
}

/// A path as it was typed or pasted: Explorer copies one with quotes around it.
fn typed_path(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(text).trim()
}

/// Does what a person asked for.
pub(super) fn act(model: &mut Model, action: MonitorAction) -> Vec<Effect> {
    let log = match action {
        MonitorAction::Follow if !typed_path(&model.monitor.log.path).is_empty() => {
            let path = PathBuf::from(typed_path(&model.monitor.log.path));
            let words = model.monitor.log.words.split(',').map(|word| word.trim().to_owned());
            Some(Effect::Follow { path, words: words.filter(|word| !word.is_empty()).collect() })
        }
        MonitorAction::Follow => return Vec::new(),
        MonitorAction::Unfollow => Some(Effect::Unfollow),
        MonitorAction::BrowseLog => {
            let typed = PathBuf::from(typed_path(&model.monitor.log.path));
            let folder = typed.parent().filter(|folder| folder.is_absolute()).map(std::path::Path::to_owned);
            Some(Effect::BrowseOpen(folder.unwrap_or_else(|| model.folders.home.clone())))
        }
        MonitorAction::Judge(pid) => {
            let facts = model.facts();
            let cores = facts.and_then(|facts| facts.hardware.found()).map_or(0, |hardware| hardware.logical_cores);
            let on = On::of(facts.and_then(|facts| facts.os.found()), cores);
            model.monitor.watched = pid.map(|pid| Watched::new(pid, on));
            // One that ended is asked for anew.
            model.monitor.asked = model.monitor.asked.filter(|_| pid.is_none());
            return Vec::new();
        }
        MonitorAction::JudgeNumber(_)
        | MonitorAction::Card(_)
        | MonitorAction::Look(_)
        | MonitorAction::Read(_)
        | MonitorAction::Hold
        | MonitorAction::Live
        | MonitorAction::Zoom { .. }
        | MonitorAction::Slide(_)
        | MonitorAction::LogPath(_)
        | MonitorAction::LogWords(_) => None,
    };
    model.monitor.look(action, model.now);
    log.into_iter().collect()
}

#[cfg(test)]
mod tests;
