//! What is worth a word in the readings: folded over them, without a clock. Pure.
//!
//! An idle card's link and clocks fall by design, so both are judged under load alone.

use super::MonitorTick;
use crate::catalog::Topic;
use crate::hardware::LOWERED;
use crate::host::{GpuSample, Throttle};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A card that works at least so hard is under load, in percent.
pub(crate) const LOAD: u32 = 50;
/// The link takes a moment to speed up, in seconds.
const SPEEDS_UP: f64 = 3.0;
/// Nearly full: no more than one part in so many is free.
const NEARLY: u64 = 20;
/// Near: so many degrees below.
const NEAR: u32 = 5;

/// The kind of an Xid event among the keys of findings.
const XID: u8 = 7;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Good to know; nothing is wrong.
    Note,
    /// Costs speed, or will cost more.
    Warning,
    /// Results or the card itself are in danger.
    Danger,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// The driver does not answer.
    Silent {
        /// Its words, or ours for it.
        said: String,
    },
    /// The card fell off the bus.
    Lost,
    /// The clocks are held down.
    HeldDown {
        /// Why.
        reason: Throttle,
    },
    /// They are held down by a power limit that somebody lowered.
    LimitLowered {
        /// The limit in force.
        watts: f64,
        /// The one that the card comes with.
        default_watts: f64,
    },
    /// The link is slower or narrower than it could be, under load.
    SlowLink {
        /// Generation and width now.
        now: (u32, u32),
        /// The best of this card in this PC.
        best: (u32, u32),
    },
    /// Hardly any of the card's memory is left.
    MemoryFull {
        /// In use.
        used_bytes: u64,
        /// Of the card.
        total_bytes: u64,
    },
    /// The chip is about to be slowed down, or is.
    Hot {
        /// Now.
        celsius: u32,
        /// Where the hardware slows it down.
        slowdown_celsius: u32,
    },
    /// The card's memory is about to make the driver slow it down, or does.
    MemoryHot {
        /// Now.
        celsius: u32,
        /// Where the driver slows down for the memory's sake.
        slowdown_celsius: u32,
    },
    /// Memory errors that could not be corrected.
    MemoryErrors {
        /// Since the driver was loaded.
        count: u64,
    },
    /// The driver reported a fault.
    Xid {
        /// Its number.
        number: u64,
        /// How often, in these readings.
        times: u32,
    },
}

/// One finding of the newest reading.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// NVML's number of the card; `None` for the driver.
    pub card: Option<u32>,
    /// How much it matters.
    pub weight: Weight,
    /// For how long it has been so, in seconds; for an Xid, since its first.
    pub seconds: f64,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

impl What {
    /// How much it matters.
    pub fn weight(&self) -> Weight {
        match self {
            Self::Silent { .. } | Self::Lost | Self::MemoryErrors { .. } | Self::Xid { .. } => Weight::Danger,
            Self::LimitLowered { .. }
            | Self::SlowLink { .. }
            | Self::MemoryFull { .. }
            | Self::Hot { .. }
            | Self::MemoryHot { .. } => Weight::Warning,
            Self::HeldDown { reason } => match reason {
                // A card that works at the limit it was made with works as it should.
                Throttle::PowerCap
                | Throttle::ApplicationClocks
                | Throttle::SyncBoost
                | Throttle::DisplayClocks
                | Throttle::Other(_) => Weight::Note,
                Throttle::HardwareSlowdown
                | Throttle::SoftwareThermal
                | Throttle::HardwareThermal
                | Throttle::PowerBrake => Weight::Warning,
            },
        }
    }

    /// What advice on it is about.
    pub fn topic(&self) -> Topic {
        match self {
            Self::Silent { .. } => Topic::Silent,
            Self::Lost => Topic::Lost,
            Self::LimitLowered { .. } => Topic::PowerLimit,
            Self::SlowLink { .. } => Topic::SlowLink,
            Self::MemoryFull { .. } => Topic::MemoryFull,
            Self::Hot { .. } | Self::MemoryHot { .. } => Topic::Heat,
            Self::MemoryErrors { .. } => Topic::MemoryErrors,
            Self::Xid { .. } => Topic::Xid,
            Self::HeldDown { reason } => match reason {
                Throttle::PowerCap => Topic::PowerLimit,
                Throttle::PowerBrake | Throttle::HardwareSlowdown => Topic::PowerBrake,
                Throttle::SoftwareThermal | Throttle::HardwareThermal => Topic::Heat,
                Throttle::ApplicationClocks | Throttle::SyncBoost | Throttle::DisplayClocks | Throttle::Other(_) => {
                    Topic::Clocks
                }
            },
        }
    }

    /// Whether it is the same thing, whatever its figures.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.key() == other.key() && std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// The same thing in two readings has the same key, whatever its figures.
    fn key(&self) -> (u8, u64) {
        match self {
            Self::Silent { .. } => (0, 0),
            Self::Lost => (1, 0),
            Self::HeldDown { reason } => (2, u64::from(reason.bit())),
            // It is the power limit that holds the clocks down, whoever set it.
            Self::LimitLowered { .. } => (2, u64::from(Throttle::PowerCap.bit())),
            Self::SlowLink { .. } => (3, 0),
            Self::MemoryFull { .. } => (4, 0),
            Self::Hot { .. } => (5, 0),
            Self::MemoryErrors { .. } => (6, 0),
            Self::Xid { number, .. } => (XID, *number),
            Self::MemoryHot { .. } => (8, 0),
        }
    }
}

type Key = (Option<u32>, (u8, u64));

/// Judges reading after reading.
#[derive(Clone, Debug, Default)]
pub struct Judge {
    since: BTreeMap<Key, f64>,
    works_since: BTreeMap<u32, f64>,
    xids: BTreeMap<(u32, u64), u32>,
}

impl Judge {
    /// What is to be said of this reading, taken at this moment (seconds); the gravest first. Xid events stay: they say
    /// what happened, not what is.
    pub fn take(&mut self, at: f64, tick: &MonitorTick) -> Vec<Finding> {
        let mut found: Vec<(Option<u32>, What)> = Vec::new();
        found.extend(tick.trouble.iter().map(|said| (None, What::Silent { said: said.clone() })));
        for sample in &tick.samples {
            let card = Some(sample.index);
            for &number in sample.xids.iter().flatten() {
                *self.xids.entry((sample.index, number)).or_default() += 1;
            }
            found.extend(of_sample(sample).into_iter().map(|what| (card, what)));
            found.extend(self.link(at, sample).map(|what| (card, what)));
        }
        found.extend(self.xids.iter().map(|(&(card, number), &times)| (Some(card), What::Xid { number, times })));
        self.dated(at, found)
    }

    /// Readings end for a while: what is found afterwards begins anew, since nobody knows what was in between. Xid events
    /// keep their moment.
    pub fn pause(&mut self) {
        self.since.retain(|(_, (kind, _)), _| *kind == XID);
        self.works_since.clear();
    }

    /// The link of a card that has been under load for long enough to have sped up.
    fn link(&mut self, at: f64, sample: &GpuSample) -> Option<What> {
        if sample.utilisation_percent.is_none_or(|percent| percent < LOAD) {
            self.works_since.remove(&sample.index);
            return None;
        }
        let since = *self.works_since.entry(sample.index).or_insert(at);
        let (now, best) = (sample.pcie?, sample.limits.pcie?);
        let is_slow = now.0 < best.0 || now.1 < best.1;
        (is_slow && at - since >= SPEEDS_UP).then_some(What::SlowLink { now, best })
    }

    fn dated(&mut self, at: f64, found: Vec<(Option<u32>, What)>) -> Vec<Finding> {
        let keys: Vec<Key> = found.iter().map(|(card, what)| (*card, what.key())).collect();
        self.since.retain(|key, _| keys.contains(key));
        let mut findings: Vec<Finding> = found
            .into_iter()
            .zip(keys)
            .map(|((card, what), key)| {
                let seconds = at - *self.since.entry(key).or_insert(at);
                Finding { card, weight: what.weight(), seconds, what }
            })
            .collect();
        // A stable sort: cards and kinds stay in their order.
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.weight));
        findings
    }
}

/// What one reading says by itself.
pub(super) fn of_sample(sample: &GpuSample) -> Vec<What> {
    if sample.lost {
        return vec![What::Lost];
    }
    let mut found: Vec<What> = sample.throttle.iter().flatten().map(|&reason| held_down(sample, reason)).collect();
    let memory = sample.memory_used_bytes.zip(sample.memory_total_bytes);
    if let Some((used_bytes, total_bytes)) = memory
        && total_bytes > 0
        && total_bytes.saturating_sub(used_bytes) <= total_bytes / NEARLY
    {
        found.push(What::MemoryFull { used_bytes, total_bytes });
    }
    if let Some((celsius, slowdown_celsius)) = sample.celsius.zip(sample.limits.slowdown_celsius)
        && celsius + NEAR >= slowdown_celsius
    {
        found.push(What::Hot { celsius, slowdown_celsius });
    }
    if let Some((celsius, slowdown_celsius)) = sample.memory_celsius.zip(sample.limits.memory_warm_celsius)
        && celsius + NEAR >= slowdown_celsius
    {
        found.push(What::MemoryHot { celsius, slowdown_celsius });
    }
    found.extend(sample.ecc_uncorrected.filter(|&count| count > 0).map(|count| What::MemoryErrors { count }));
    found
}

fn held_down(sample: &GpuSample, reason: Throttle) -> What {
    match sample.limit_watts.zip(sample.limits.default_watts) {
        Some((watts, default_watts)) if reason == Throttle::PowerCap && watts < default_watts * LOWERED => {
            What::LimitLowered { watts, default_watts }
        }
        Some(_) | None => What::HeldDown { reason },
    }
}

#[cfg(test)]
mod tests;
