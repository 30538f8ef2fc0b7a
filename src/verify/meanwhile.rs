//! What happened to the cards while the checks ran, folded over the readings by the rules of the monitor. Pure.

use crate::host::{GpuProcess, GpuSample, PowerSupply, ProcessKind};
use crate::monitor::{Finding, Judge, MonitorTick, What};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Readings further apart than this, in seconds, say nothing of the time between them.
const GAP: f64 = 3.0;
/// So many stretches of one thing are kept: what comes and goes for hours is then told as going on.
const MOST_STRETCHES: usize = 256;
/// A process that fewer readings show may be one of the check program's own that has ended before it was looked for.
const LEAST_READINGS: u32 = 2;

/// What happened while the checks ran, beside them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Meanwhile {
    /// What the driver reported, in the order it began.
    pub reported: Vec<Reported>,
    /// Who else computed on the cards. Empty also where the driver does not name the check program itself, since then
    /// nobody can tell ours from others.
    pub others: Vec<Other>,
    /// NVML's numbers of the cards whose Xid events the driver tells.
    pub hears_xids: Vec<u32>,
    /// What the PC ran on; `None` where it has no battery.
    pub power_supply: Option<PowerSupply>,
}

/// Something that the driver reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reported {
    /// NVML's number of the card; `None` for the driver itself.
    pub device: Option<u32>,
    /// What, with its worst figures.
    #[serde(flatten)]
    pub what: What,
    /// For how long in all, in seconds; 0 for an Xid, which is a moment.
    pub seconds: f64,
    /// From when to when, in seconds since the verification began.
    pub stretches: Vec<(f64, f64)>,
}

/// Another process that computed on a card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Other {
    /// NVML's number of the card.
    pub device: u32,
    /// Its id.
    pub pid: u32,
    /// The most of the card's memory that it held, in bytes; `None` where the driver does not know.
    pub memory_bytes: Option<u64>,
    /// The first and the last reading that shows it, in seconds since the verification began.
    pub stretch: (f64, f64),
}

/// Whether two stretches of time have a moment in common.
fn meet(one: (f64, f64), other: (f64, f64)) -> bool {
    one.0 <= other.1 && other.0 <= one.1
}

impl Reported {
    /// For how long it was so within a stretch of time, in seconds; `None` if it was not.
    pub fn seconds_within(&self, span: (f64, f64)) -> Option<f64> {
        let within = self.stretches.iter().filter(|stretch| meet(**stretch, span));
        let common = within.map(|(began, ended)| ended.min(span.1) - began.max(span.0));
        common.reduce(|one, next| one + next)
    }
}

impl Meanwhile {
    /// What the driver reported of a card within a stretch of time, or of itself.
    pub fn during(&self, device: u32, span: (f64, f64)) -> impl Iterator<Item = &What> {
        let of_it = self.reported.iter().filter(move |reported| reported.device.is_none_or(|of| of == device));
        let within = of_it.filter(move |reported| reported.seconds_within(span).is_some());
        within.map(|reported| &reported.what)
    }

    /// Who else computed on a card within a stretch of time.
    pub fn others_during(&self, device: u32, span: (f64, f64)) -> impl Iterator<Item = &Other> {
        self.others.iter().filter(move |other| other.device == device && meet(other.stretch, span))
    }
}

/// Takes reading after reading.
#[derive(Default)]
pub(super) struct Watch {
    judge: Judge,
    reported: Vec<Reported>,
    others: BTreeMap<(u32, u32), (Other, u32)>,
    /// Cards on which the driver named a process of the check program.
    ours_seen: BTreeSet<u32>,
    hears_xids: BTreeSet<u32>,
    /// Memory errors of each card at its first reading.
    errors_before: BTreeMap<u32, u64>,
    last: Option<f64>,
}

impl Watch {
    /// Takes a reading; `ours` are the processes of the check program.
    pub(super) fn take(&mut self, at: f64, tick: &MonitorTick, ours: &BTreeSet<u32>) {
        let before = self.last.replace(at).filter(|before| at - before <= GAP).unwrap_or(at);
        for sample in &tick.samples {
            self.errors_before.entry(sample.index).or_insert_with(|| sample.ecc_uncorrected.unwrap_or_default());
        }
        for finding in self.judge.take(at, tick) {
            self.add(before, at, finding);
        }
        for (card, process) in strangers(tick, ours) {
            let new = || (Other { device: card, pid: process.pid, memory_bytes: None, stretch: (at, at) }, 0);
            let (other, readings) = self.others.entry((card, process.pid)).or_insert_with(new);
            other.memory_bytes = other.memory_bytes.max(process.memory_bytes);
            other.stretch.1 = at;
            *readings += 1;
        }
        let is_ours = |sample: &&GpuSample| sample.compute_pids().any(|pid| ours.contains(&pid));
        self.hears_xids.extend(tick.samples.iter().filter(|it| it.xids.is_some()).map(|it| it.index));
        self.ours_seen.extend(tick.samples.iter().filter(is_ours).map(|sample| sample.index));
    }

    /// A reading speaks for the time since the one before it.
    fn add(&mut self, before: f64, at: f64, Finding { card, what, .. }: Finding) {
        let is_news = match &what {
            // The checks fill the memory themselves.
            What::MemoryFull { .. } => false,
            // They are counted since the driver was loaded.
            What::MemoryErrors { count } => {
                let before = card.and_then(|card| self.errors_before.get(&card));
                before.is_none_or(|before| count > before)
            }
            What::Silent { .. }
            | What::Lost
            | What::HeldDown { .. }
            | What::LimitLowered { .. }
            | What::SlowLink { .. }
            | What::Hot { .. }
            | What::MemoryHot { .. }
            | What::Xid { .. } => true,
        };
        if !is_news {
            return;
        }
        let since = if is_moment(&what) { at } else { before };
        let known = self.reported.iter_mut().find(|known| known.device == card && what.is_same(&known.what));
        let Some(known) = known else {
            let stretches = vec![(since, at)];
            self.reported.push(Reported { device: card, what, seconds: at - since, stretches });
            return;
        };
        // The monitor goes on telling of an Xid; only one more is news.
        if is_moment(&what) && known.what == what {
            return;
        }
        known.seconds += at - since;
        let is_full = known.stretches.len() >= MOST_STRETCHES;
        match known.stretches.last_mut().filter(|last| is_full || (last.1 >= since && !is_moment(&what))) {
            Some(last) => last.1 = at,
            None => known.stretches.push((since, at)),
        }
        if degree(&what) >= degree(&known.what) {
            known.what = what;
        }
    }

    /// What came of it.
    pub(super) fn end(self, power_supply: Option<PowerSupply>) -> Meanwhile {
        let Self { reported, others, ours_seen, hears_xids, .. } = self;
        let is_told =
            |(other, readings): &(Other, u32)| *readings >= LEAST_READINGS && ours_seen.contains(&other.device);
        let others = others.into_values().filter(is_told).map(|(other, _)| other).collect();
        Meanwhile { reported, others, hears_xids: hears_xids.into_iter().collect(), power_supply }
    }
}

/// Processes that compute on cards and are none of `ours`, with NVML's number of the card. Windows lists whoever draws as
/// computing too, so what does both is left out.
pub(super) fn strangers(tick: &MonitorTick, ours: &BTreeSet<u32>) -> Vec<(u32, GpuProcess)> {
    let of_card = |sample: &GpuSample| {
        let computes = |process: &&GpuProcess| process.kind == ProcessKind::Compute && !ours.contains(&process.pid);
        let processes = sample.processes.as_deref().unwrap_or_default();
        processes.iter().filter(computes).map(|process| (sample.index, *process)).collect::<Vec<_>>()
    };
    tick.samples.iter().flat_map(of_card).collect()
}

/// Something that happened, as against something that was so for a while.
const fn is_moment(what: &What) -> bool {
    matches!(what, What::Xid { .. })
}

/// How bad it is, among findings of the same kind.
fn degree(what: &What) -> f64 {
    match what {
        What::Hot { celsius, .. } | What::MemoryHot { celsius, .. } => f64::from(*celsius),
        What::LimitLowered { watts, .. } => -watts,
        What::Silent { .. }
        | What::Lost
        | What::HeldDown { .. }
        | What::SlowLink { .. }
        | What::MemoryFull { .. }
        | What::MemoryErrors { .. }
        | What::Xid { .. } => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{GpuLimits, Throttle};

    fn tick(sample: GpuSample) -> MonitorTick {
        MonitorTick { time: String::new(), samples: vec![sample], trouble: None }
    }

    fn watched(samples: impl IntoIterator<Item = (f64, GpuSample)>) -> Meanwhile {
        let mut watch = Watch::default();
        for (at, sample) in samples {
            watch.take(at, &tick(sample), &BTreeSet::from([77]));
        }
        watch.end(None)
    }

    fn held(reason: Throttle) -> GpuSample {
        GpuSample { throttle: Some(vec![reason]), ..GpuSample::default() }
    }

    #[test]
    fn what_comes_and_goes_is_one_thing_with_its_stretches_and_its_time() {
        let hot = || held(Throttle::HardwareThermal);
        let free = GpuSample::default;
        let found = watched([(0.0, free()), (0.5, hot()), (1.0, hot()), (1.5, free()), (2.0, hot()), (9.0, hot())]);
        let [reported] = &found.reported[..] else { panic!("{found:?}") };
        assert_eq!(reported.what, What::HeldDown { reason: Throttle::HardwareThermal });
        // Nobody looked for the seven seconds before the last reading.
        assert_eq!(reported.stretches, [(0.0, 1.0), (1.5, 2.0), (9.0, 9.0)]);
        assert!((reported.seconds - 1.5).abs() < 1e-9, "{}", reported.seconds);
        assert_eq!(found.during(0, (1.1, 1.4)).count(), 0);
        assert_eq!(found.during(0, (0.2, 0.3)).count(), 1);
        assert_eq!(found.during(1, (0.0, 9.0)).count(), 0, "of another card");
        assert_eq!((reported.seconds_within((0.25, 1.75)), reported.seconds_within((1.1, 1.4))), (Some(1.0), None));
        assert_eq!(reported.seconds_within((8.0, 9.0)), Some(0.0), "it was, for a moment");
    }

    #[test]
    fn an_xid_is_a_moment_each_time() {
        let with = |xids: &[u64]| GpuSample { xids: Some(xids.to_vec()), ..GpuSample::default() };
        let found = watched([(1.0, with(&[31])), (1.5, with(&[])), (2.0, with(&[31])), (2.5, with(&[]))]);
        let [reported] = &found.reported[..] else { panic!("{found:?}") };
        assert_eq!(reported.what, What::Xid { number: 31, times: 2 });
        assert_eq!((reported.stretches.as_slice(), reported.seconds), (&[(1.0, 1.0), (2.0, 2.0)][..], 0.0));
        assert_eq!((found.hears_xids, watched([(0.0, GpuSample::default())]).hears_xids), (vec![0], vec![]));
    }

    #[test]
    fn the_worst_figure_stays_and_a_lowered_limit_is_not_the_cards_own() {
        let limited = |watts: f64| GpuSample {
            limit_watts: Some(watts),
            limits: GpuLimits { default_watts: Some(575.0), ..GpuLimits::default() },
            ..held(Throttle::PowerCap)
        };
        let found = watched([(0.0, limited(575.0)), (0.5, limited(300.0)), (1.0, limited(400.0))]);
        let what: Vec<&What> = found.reported.iter().map(|reported| &reported.what).collect();
        let lowered = What::LimitLowered { watts: 300.0, default_watts: 575.0 };
        assert_eq!(what, [&What::HeldDown { reason: Throttle::PowerCap }, &lowered]);
    }

    #[test]
    fn memory_errors_from_before_are_none_of_this_time() {
        let with = |count| GpuSample { ecc_uncorrected: Some(count), ..GpuSample::default() };
        assert_eq!(watched([(0.0, with(2)), (0.5, with(2))]).reported, []);
        let found = watched([(0.0, with(2)), (0.5, with(2)), (1.0, with(3))]);
        let [reported] = &found.reported[..] else { panic!("{found:?}") };
        assert_eq!((&reported.what, &reported.stretches[..]), (&What::MemoryErrors { count: 3 }, &[(0.5, 1.0)][..]));
    }

    #[test]
    fn the_checks_fill_the_memory_themselves() {
        let full = GpuSample { memory_used_bytes: Some(100), memory_total_bytes: Some(100), ..GpuSample::default() };
        assert_eq!(watched([(0.0, full)]), Meanwhile::default());
    }

    #[test]
    fn what_comes_and_goes_for_hours_stays_small() {
        let found = watched((0..4000).map(|turn| {
            let sample = if turn % 2 == 0 { held(Throttle::PowerCap) } else { GpuSample::default() };
            (f64::from(turn), sample)
        }));
        let [reported] = &found.reported[..] else { panic!("{found:?}") };
        assert_eq!(reported.stretches.len(), MOST_STRETCHES);
        assert_eq!(reported.stretches.last().unwrap().1.to_bits(), 3998.0_f64.to_bits());
    }

    #[test]
    fn another_process_is_told_where_ours_is_known_and_more_than_one_reading_shows_it() {
        let process = |pid, kind, memory| GpuProcess { pid, kind, memory_bytes: Some(memory) };
        let compute = |pid, memory| process(pid, ProcessKind::Compute, memory);
        let with = |processes: &[GpuProcess]| GpuSample { processes: Some(processes.to_vec()), ..GpuSample::default() };
        let draws = process(9, ProcessKind::Both, 5);
        let found = watched([
            (0.0, with(&[compute(4711, 100), draws])),
            (0.5, with(&[compute(4711, 300), compute(77, 50), draws, compute(5, 1)])),
            (1.0, with(&[compute(4711, 200), draws])),
        ]);
        let other = Other { device: 0, pid: 4711, memory_bytes: Some(300), stretch: (0.0, 1.0) };
        assert_eq!(found.others, [other]);
        assert_eq!((found.others_during(0, (0.9, 2.0)).count(), found.others_during(0, (1.1, 2.0)).count()), (1, 0));
        // In a container the driver names processes otherwise: any of them may be ours.
        let unknown = watched([(0.0, with(&[compute(1, 1)])), (0.5, with(&[compute(1, 1)]))]);
        assert_eq!(unknown.others, []);
    }

    #[test]
    fn it_is_saved_as_plain_data_and_read_back() {
        let found = watched([(0.5, GpuSample { xids: Some(vec![31]), ..held(Throttle::PowerBrake) })]);
        let text = serde_json::to_string(&found).unwrap();
        assert!(text.contains(r#"{"device":0,"kind":"xid","number":31,"times":1,"seconds":0.0,"#), "{text}");
        assert_eq!(serde_json::from_str::<Meanwhile>(&text).unwrap(), found);
    }
}
