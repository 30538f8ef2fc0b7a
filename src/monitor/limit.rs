//! What holds a process back although it works: folded over readings of the cards and of its tree of processes. Pure.

use super::findings::of_sample;
use super::{MonitorTick, Weight, What};
use crate::facts::{OsFacts, OsFamily, link_carries};
use crate::host::{Activity, GpuSample, ProcessKind};
use serde::Serialize;
use std::collections::VecDeque;
use std::time::Duration;

/// The last so many seconds are judged.
const WINDOW: f64 = 20.0;
/// Nothing is said before so many seconds have been seen: programs have phases.
const LEAST: f64 = 8.0;
/// A card whose kernels run for a smaller share of the time waits for something, in percent.
const WAITS: f64 = 70.0;
/// A card below this does nothing worth the name, in percent.
const IDLE: u32 = 10;
/// A process that keeps so many cores busy has work of its own; less is pauses.
const BUSY: f64 = 0.8;
/// What goes over the link, as a share of what it carries, from where on copies are the limit.
const LINK: f64 = 0.6;

/// What holds it back.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Limit {
    /// It computes, and no card names it.
    OnProcessor,
    /// The driver reports it of the card for most of the time.
    Reported {
        /// Heat, a power brake, a lowered limit, memory that is full.
        what: What,
    },
    /// Another process computes on the same card.
    Shared {
        /// Its id.
        pid: u32,
    },
    /// Copies over the PCIe link.
    Link {
        /// Generation and width.
        link: (u32, u32),
        /// The share of what it carries, 0 to 1.
        share: f64,
    },
    /// The card waits while the program works on the processor: data loading, Python between the kernels.
    Preparing,
    /// The card waits, and so does the program: disk, network, pauses.
    Waiting,
    /// The card itself: it works nearly all the time.
    Card,
}

/// What was seen of a process, and what follows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Held {
    /// The process that was asked about.
    pub pid: u32,
    /// NVML's number of the card it computes on.
    pub card: Option<u32>,
    /// What holds it back.
    #[serde(flatten)]
    pub limit: Limit,
    /// Share of the time in which kernels ran on that card, in percent.
    pub utilisation_percent: Option<f64>,
    /// Cores of the processor that it kept busy.
    pub cores: f64,
    /// Cores that there are.
    pub of_cores: u32,
    /// For how long it was looked at, in seconds.
    pub seconds: f64,
}

/// Why nothing can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotSaid {
    /// It was not looked at for long enough.
    TooEarly,
    /// There is no such process.
    Gone,
    /// The driver does not say who computes on its cards.
    NotTold,
}

/// What the PC is, as far as it decides what can be said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct On {
    /// Cores of its processor.
    pub cores: u32,
    /// The driver's numbers of processes are those of this system: not so in a container, nor inside WSL.
    pub names_processes: bool,
    /// A full card goes on in the PC's memory, slowly (Windows); elsewhere it costs nothing until it fails.
    pub spills: bool,
}

impl On {
    /// This system, with so many cores; one that nobody knows names nobody.
    pub fn of(os: Option<&OsFacts>, cores: u32) -> Self {
        Self {
            cores,
            names_processes: os.is_some_and(|os| !os.is_wsl && !os.is_container),
            spills: os.is_some_and(|os| os.family == OsFamily::Windows),
        }
    }
}

/// One look.
#[derive(Clone, Debug)]
struct Look {
    at: f64,
    processor: Duration,
    samples: Vec<GpuSample>,
    ours: Vec<u32>,
}

/// Looks at a process, reading after reading.
#[derive(Clone, Debug)]
pub struct Watched {
    pid: u32,
    on: On,
    looks: VecDeque<Look>,
    is_gone: bool,
}

impl Watched {
    /// Of this process.
    pub const fn new(pid: u32, on: On) -> Self {
        Self { pid, on, looks: VecDeque::new(), is_gone: false }
    }

    /// The process that is looked at.
    pub const fn pid(&self) -> u32 {
        self.pid
    }

    /// Takes a reading at this moment (seconds), with what the process and those below it have done by then.
    pub fn take(&mut self, at: f64, tick: &MonitorTick, activity: Option<&Activity>) {
        self.is_gone = activity.is_none();
        let Some(activity) = activity else { return self.looks.clear() };
        // A card that gives no reading says nothing of the time.
        if tick.trouble.is_some() {
            return self.looks.clear();
        }
        // Less than before: workers have ended, or the number is another process's by now.
        if self.looks.back().is_some_and(|last| activity.processor < last.processor) {
            self.looks.clear();
        }
        self.looks.push_back(Look {
            at,
            processor: activity.processor,
            samples: tick.samples.clone(),
            ours: activity.processes.clone(),
        });
        while self.looks.front().is_some_and(|first| at - first.at > WINDOW) {
            self.looks.pop_front();
        }
    }

    /// What holds it back.
    pub fn verdict(&self) -> Result<Held, NotSaid> {
        if self.is_gone {
            return Err(NotSaid::Gone);
        }
        let (Some(first), Some(last)) = (self.looks.front(), self.looks.back()) else { return Err(NotSaid::TooEarly) };
        let seconds = last.at - first.at;
        if seconds < LEAST {
            return Err(NotSaid::TooEarly);
        }
        let cores = last.processor.saturating_sub(first.processor).as_secs_f64() / seconds;
        let held = |card: Option<u32>, limit, utilisation_percent| Held {
            pid: self.pid,
            card,
            limit,
            utilisation_percent,
            cores,
            of_cores: self.on.cores,
            seconds,
        };
        let Some(card) = self.card() else {
            if !self.is_told() {
                return Err(NotSaid::NotTold);
            }
            return Ok(held(None, if cores >= BUSY { Limit::OnProcessor } else { Limit::Waiting }, None));
        };
        let utilisation = mean(self.of_card(card).filter_map(|sample| sample.utilisation_percent.map(f64::from)));
        let limit = self.limit(card, utilisation, cores).ok_or(NotSaid::NotTold)?;
        Ok(held(Some(card), limit, utilisation))
    }

    /// Whether a process that no card names is on none: every card that works names somebody, by numbers of this system.
    fn is_told(&self) -> bool {
        let latest = self.looks.back().map(|look| look.samples.as_slice()).unwrap_or_default();
        let names = |sample: &GpuSample| match (&sample.processes, sample.utilisation_percent) {
            (None, _) => false,
            (Some(list), Some(percent)) => percent < IDLE || !list.is_empty(),
            (Some(list), None) => !list.is_empty(),
        };
        self.on.names_processes && !latest.is_empty() && latest.iter().all(names)
    }

    /// The card that names it for most of the time, the one that works most.
    fn card(&self) -> Option<u32> {
        let latest = self.looks.back()?;
        let names_it = |card: u32| {
            let is_on = |look: &&Look| {
                let sample = look.samples.iter().find(|sample| sample.index == card);
                sample.is_some_and(|sample| sample.compute_pids().any(|pid| look.ours.contains(&pid)))
            };
            self.is_most(self.looks.iter().filter(is_on).count())
        };
        let busy = |card: u32| self.of_card(card).filter_map(|sample| sample.utilisation_percent).sum::<u32>();
        let cards = latest.samples.iter().map(|sample| sample.index).filter(|card| names_it(*card));
        cards.max_by_key(|card| (busy(*card), std::cmp::Reverse(*card)))
    }

    fn of_card(&self, card: u32) -> impl Iterator<Item = &GpuSample> {
        self.looks.iter().filter_map(move |look| look.samples.iter().find(|sample| sample.index == card))
    }

    /// Half of the looks or more.
    fn is_most(&self, count: usize) -> bool {
        count * 2 >= self.looks.len()
    }

    /// `None` where the driver does not say how busy the card is (a part of one, MIG).
    fn limit(&self, card: u32, utilisation: Option<f64>, cores: f64) -> Option<Limit> {
        if let Some(what) = self.reported(card) {
            return Some(Limit::Reported { what });
        }
        if let Some(pid) = self.stranger(card) {
            return Some(Limit::Shared { pid });
        }
        if let Some((link, share)) = self.link(card).filter(|(_, share)| *share >= LINK) {
            return Some(Limit::Link { link, share });
        }
        utilisation.map(|percent| match percent {
            percent if percent >= WAITS => Limit::Card,
            _ if cores >= BUSY => Limit::Preparing,
            _ => Limit::Waiting,
        })
    }

    /// What the driver reports for most of the time, the first by the order of a reading. The limit that a card comes with
    /// is as it should be.
    fn reported(&self, card: u32) -> Option<What> {
        let newest = self.of_card(card).last()?;
        let of_newest = of_sample(newest).into_iter().filter(|what| what.weight() > Weight::Note);
        let is_lasting = |what: &What| {
            let times = self.of_card(card).filter(|sample| of_sample(sample).iter().any(|other| other.is_same(what)));
            self.is_most(times.count())
        };
        let slows = |what: &What| match what {
            What::Hot { .. } | What::MemoryHot { .. } | What::MemoryErrors { .. } => false,
            What::MemoryFull { .. } => self.on.spills,
            What::Silent { .. }
            | What::Lost
            | What::HeldDown { .. }
            | What::LimitLowered { .. }
            | What::SlowLink { .. }
            | What::Xid { .. } => true,
        };
        of_newest.filter(slows).find(is_lasting)
    }

    /// Who else computes on it for most of the time, and nothing but that: Windows lists whatever draws as both.
    fn stranger(&self, card: u32) -> Option<u32> {
        let latest = self.looks.back()?;
        let sample = latest.samples.iter().find(|sample| sample.index == card)?;
        let computes = sample.processes.iter().flatten().filter(|process| process.kind == ProcessKind::Compute);
        let mut others = computes.map(|process| process.pid).filter(|pid| !latest.ours.contains(pid));
        others.find(|pid| {
            self.is_most(self.of_card(card).filter(|sample| sample.compute_pids().any(|it| it == *pid)).count())
        })
    }

    /// What went over the link, as a share of what it carries in one direction.
    fn link(&self, card: u32) -> Option<((u32, u32), f64)> {
        let link = self.of_card(card).filter_map(|sample| sample.pcie).max()?;
        let carries = link_carries(link)? * 1e6;
        let moved = |sample: &GpuSample| sample.pcie_rate.map(|rate| f64::from(rate.sent_kb.max(rate.received_kb)));
        Some((link, mean(self.of_card(card).filter_map(moved))? / carries))
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests;
