//! Why a check ran below the range that is expected of its card: the likely causes, from what was measured meanwhile. Pure.

use super::checks::PINNED_COPY;
use super::{Check, CheckOutcome, Kernels, VerificationReport};
use crate::host::{PowerSupply, Throttle};
use crate::monitor::What;
use serde::{Deserialize, Serialize};

/// With fewer readings of a card during a check, nobody can say that nothing was the matter: the first may be from
/// before its load.
const LEAST_READINGS: usize = 2;

/// A check that ran below the range that is expected of its card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slow {
    /// Its name.
    pub check: String,
    /// NVML's number of the card.
    pub device: u32,
    /// The part of the best that was reached: 1 is all of it.
    pub share: f64,
    /// Readings of the card while it ran.
    pub readings: usize,
    /// What likely held it back, the gravest first.
    pub causes: Vec<Cause>,
}

/// What holds a card back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cause {
    /// The driver reported it while the check ran.
    Reported(What),
    /// Something beside the card.
    Beside(Beside),
}

/// What holds a card back from beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Beside {
    /// Another process computed on the card.
    OtherProcess {
        /// Its id.
        pid: u32,
        /// The most of the card's memory that it held, in bytes; `None` where the driver does not know.
        memory_bytes: Option<u64>,
    },
    /// This torch holds no code for the card but PTX, which the driver compiled.
    CompiledByDriver,
    /// The PC ran on its battery.
    OnBattery,
}

impl Slow {
    /// Whether the card was looked at for long enough: else "nothing was seen" means nothing.
    pub const fn is_watched(&self) -> bool {
        self.readings >= LEAST_READINGS
    }

    /// The same card held back by the same things.
    pub fn is_alike(&self, other: &Self) -> bool {
        self.device == other.device && self.is_watched() == other.is_watched() && self.causes == other.causes
    }
}

/// The rank of what explains little.
const NOTE: u8 = 9;

impl Cause {
    /// It is as it should be, and explains little.
    pub fn is_note(&self) -> bool {
        self.rank() == NOTE
    }

    /// The lower the graver.
    fn rank(&self) -> u8 {
        match self {
            Self::Reported(what) => match what {
                What::Lost | What::Xid { .. } | What::MemoryErrors { .. } => 0,
                What::HeldDown { reason } => match reason {
                    Throttle::HardwareSlowdown | Throttle::PowerBrake => 1,
                    Throttle::HardwareThermal | Throttle::SoftwareThermal => 2,
                    Throttle::ApplicationClocks | Throttle::DisplayClocks | Throttle::SyncBoost => 5,
                    // A card that works at the limit it was made with works as it should.
                    Throttle::PowerCap | Throttle::Other(_) => NOTE,
                },
                What::Hot { .. } | What::MemoryHot { .. } => 3,
                What::LimitLowered { .. } => 4,
                What::SlowLink { .. } => 5,
                What::MemoryFull { .. } | What::Silent { .. } => NOTE,
            },
            Self::Beside(Beside::OtherProcess { .. }) => 6,
            Self::Beside(Beside::CompiledByDriver) => 7,
            Self::Beside(Beside::OnBattery) => 8,
        }
    }
}

/// Every check that passed and was slow, in the order they ran. Of a failed one its failure is what matters.
pub fn slow(report: &VerificationReport) -> Vec<Slow> {
    let is_it = |check: &&Check| check.outcome == CheckOutcome::Passed && check.is_slow();
    let told = report.checks.iter().filter(is_it).filter_map(|check| {
        let (device, share) = check.device.zip(check.speed()?.share())?;
        Some(Slow {
            check: check.check.clone(),
            device,
            share,
            readings: readings(report, check, device).count(),
            causes: causes(report, check, device),
        })
    });
    told.collect()
}

/// Readings of a card while a check ran.
fn readings<'a>(
    report: &'a VerificationReport,
    check: &Check,
    device: u32,
) -> impl Iterator<Item = &'a super::Reading> + use<'a> {
    let span = check.span;
    let is_within = move |seconds: f64| span.is_some_and(|(began, ended)| seconds >= began && seconds <= ended);
    report.readings.iter().filter(move |reading| reading.device == device && is_within(reading.seconds))
}

fn causes(report: &VerificationReport, check: &Check, device: u32) -> Vec<Cause> {
    let mut causes = reported(report, check, device);
    if check.check == PINNED_COPY {
        causes.extend(slow_link(report, check, device).map(Cause::Reported));
    }
    if let Some(span) = check.span {
        let others = report.meanwhile.others_during(device, span);
        causes.extend(
            others
                .map(|other| Cause::Beside(Beside::OtherProcess { pid: other.pid, memory_bytes: other.memory_bytes })),
        );
    }
    if report.devices.iter().any(|known| known.index == device && known.kernels == Some(Kernels::Ptx)) {
        causes.push(Cause::Beside(Beside::CompiledByDriver));
    }
    if report.meanwhile.power_supply == Some(PowerSupply::Battery) {
        causes.push(Cause::Beside(Beside::OnBattery));
    }
    // A stable sort: alike ones stay as they were found.
    causes.sort_by_key(Cause::rank);
    causes
}

/// What the driver reported meanwhile and slows a check down.
fn reported(report: &VerificationReport, check: &Check, device: u32) -> Vec<Cause> {
    let Some(span) = check.span else { return Vec::new() };
    let found: Vec<&What> = report.meanwhile.during(device, span).collect();
    let holds = |reasons: &[Throttle]| {
        found.iter().any(|what| matches!(what, What::HeldDown { reason } if reasons.contains(reason)))
    };
    let is_thermal = holds(&[Throttle::HardwareThermal, Throttle::SoftwareThermal]);
    let has_reason = holds(&[Throttle::HardwareThermal, Throttle::PowerBrake]);
    let is_limited = found.iter().any(|what| matches!(what, What::LimitLowered { .. }));
    let counts = |what: &What| match what {
        // The general reason says nothing beside its own causes.
        What::HeldDown { reason: Throttle::HardwareSlowdown } => !has_reason,
        What::HeldDown { reason: Throttle::PowerCap } => !is_limited,
        // Heat alone slows nothing down.
        What::Hot { .. } | What::MemoryHot { .. } => is_thermal,
        // What is timed stays within the card but for one check, whose link is looked at by itself; and who does not answer
        // says nothing of a cause.
        What::SlowLink { .. } | What::MemoryFull { .. } | What::Silent { .. } => false,
        What::Lost
        | What::HeldDown { .. }
        | What::LimitLowered { .. }
        | What::MemoryErrors { .. }
        | What::Xid { .. } => true,
    };
    found.into_iter().filter(|what| counts(what)).cloned().map(Cause::Reported).collect()
}

/// The link while a copy went over it: the fastest of the readings, since it takes a moment to speed up. A copy keeps no
/// kernel busy, so that the rule of the monitor, which looks at links under load, does not see it.
fn slow_link(report: &VerificationReport, check: &Check, device: u32) -> Option<What> {
    let best = report.devices.iter().find(|known| known.index == device)?.best_link?;
    let links = readings(report, check, device).filter_map(|reading| reading.pcie);
    let now = links.max_by_key(|(generation, width)| (1_u64 << generation) * u64::from(*width))?;
    (now.0 < best.0 || now.1 < best.1).then_some(What::SlowLink { now, best })
}

#[cfg(test)]
mod tests;
