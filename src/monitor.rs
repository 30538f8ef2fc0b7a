//! Live figures of the cards: one reading per interval, a bounded history, and rows for a table.
//!
//! Shows and judges nothing. A driver that hangs makes a tick that says so; it does not stop the watch.

use crate::host::nvml::{self, Pending};
use crate::host::{GpuLibrary, GpuSample, Host, HostError};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// One moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MonitorTick {
    /// When, by the machine's clock (RFC 3339, UTC, milliseconds).
    pub time: String,
    /// One reading per card; empty if the driver did not give any.
    pub samples: Vec<GpuSample>,
    /// Why there is no reading.
    pub trouble: Option<String>,
}

/// NVML itself refreshes its figures at most every 17 to 1000 ms, depending on the card.
const SHORTEST: Duration = Duration::from_millis(50);

type Asked = Pending<Result<Vec<GpuSample>, HostError>>;

/// Reads every card once per `interval` until `on` says stop or `limit` has passed; at least once.
///
/// A driver that does not answer within [`nvml::LIMIT`] makes a tick with its `trouble`, and further ones each
/// interval until it answers; it is not asked a second time meanwhile. Fails only if NVML cannot be used at all.
pub fn watch(
    host: &dyn Host,
    interval: Duration,
    limit: Option<Duration>,
    on: &mut dyn FnMut(&MonitorTick) -> ControlFlow<()>,
) -> Result<(), HostError> {
    let mut watch = Watch { library: host.gpu_library()?, patience: nvml::LIMIT, unanswered: None };
    watch.run(host, interval.max(SHORTEST), limit, on)
}

struct Watch {
    library: Arc<dyn GpuLibrary>,
    patience: Duration,
    /// A call that hangs, and how long it was waited for.
    unanswered: Option<(Asked, Duration)>,
}

impl Watch {
    fn run(
        &mut self,
        host: &dyn Host,
        interval: Duration,
        limit: Option<Duration>,
        on: &mut dyn FnMut(&MonitorTick) -> ControlFlow<()>,
    ) -> Result<(), HostError> {
        let start = host.uptime();
        loop {
            let begin = host.uptime();
            let (samples, trouble) = match self.reading(interval)? {
                Ok(samples) => (samples, None),
                Err(text) => (Vec::new(), Some(text)),
            };
            if on(&MonitorTick { time: rfc3339(host.now()), samples, trouble }).is_break() {
                return Ok(());
            }
            let pause = interval.saturating_sub(host.uptime().saturating_sub(begin));
            let left = limit.map(|limit| limit.saturating_sub(host.uptime().saturating_sub(start)));
            if left.is_some_and(|left| left <= pause) {
                return Ok(());
            }
            host.pause(pause);
        }
    }

    /// The reading, or why there is none. Full patience for a new call; a call that hangs is looked after for one
    /// interval at a time, so that ticks go on.
    fn reading(&mut self, interval: Duration) -> Result<Result<Vec<GpuSample>, String>, HostError> {
        let (asked, waited, patience) = if let Some((asked, waited)) = self.unanswered.take() {
            (asked, waited, interval.min(self.patience))
        } else {
            let library = Arc::clone(&self.library);
            (nvml::ask("NVML", move || library.sample())?, Duration::ZERO, self.patience)
        };
        let answer = asked.wait(patience);
        Ok(match answer {
            Ok(Ok(samples)) => Ok(samples),
            Err(HostError::Timeout { .. }) => {
                let waited = waited + patience;
                self.unanswered = Some((asked, waited));
                Err(format!("the driver has not answered for {} s", waited.as_secs()))
            }
            Ok(Err(error)) | Err(error) => Err(error.to_string()),
        })
    }
}

fn rfc3339(time: SystemTime) -> String {
    let time = jiff::Timestamp::try_from(time).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The last ticks, the oldest first.
#[derive(Clone, Debug)]
pub struct History {
    ticks: VecDeque<MonitorTick>,
    capacity: usize,
}

impl History {
    /// Keeps the last `capacity` ticks; at least one.
    pub fn new(capacity: usize) -> Self {
        Self { ticks: VecDeque::new(), capacity: capacity.max(1) }
    }

    /// Adds one; the oldest goes if it is full.
    pub fn push(&mut self, tick: MonitorTick) {
        if self.ticks.len() >= self.capacity {
            self.ticks.pop_front();
        }
        self.ticks.push_back(tick);
    }

    /// All that are kept, the oldest first.
    pub fn ticks(&self) -> impl DoubleEndedIterator<Item = &MonitorTick> + ExactSizeIterator {
        self.ticks.iter()
    }

    /// The newest.
    pub fn latest(&self) -> Option<&MonitorTick> {
        self.ticks.back()
    }
}

/// First row of a table of ticks (RFC 4180).
pub const CSV_HEADER: &str = "time,gpu,utilisation_percent,memory_used_bytes,memory_total_bytes,celsius,watts,\
    limit_watts,clock_mhz,memory_clock_mhz,fan_percent,pcie_generation,pcie_width,throttle,compute_pids,lost,\
    trouble\r\n";

/// The rows of one tick (RFC 4180), one per card, or one with the trouble alone. A figure that is not known is an
/// empty field; the decimal point is a point in every language.
pub fn csv_rows(tick: &MonitorTick) -> String {
    let trouble = tick.trouble.as_deref().unwrap_or_default();
    if tick.samples.is_empty() {
        let gaps = ",".repeat(CSV_HEADER.matches(',').count());
        return format!("{}{gaps}{}\r\n", quoted(&tick.time), quoted(trouble));
    }
    tick.samples.iter().map(|sample| csv_row(&tick.time, sample, trouble)).collect()
}

fn csv_row(time: &str, sample: &GpuSample, trouble: &str) -> String {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let pids: Vec<String> = sample.compute_pids.iter().map(u32::to_string).collect();
    let fields = [
        time.to_owned(),
        sample.index.to_string(),
        text(sample.utilisation_percent),
        text(sample.memory_used_bytes),
        text(sample.memory_total_bytes),
        text(sample.celsius),
        text(sample.watts),
        text(sample.limit_watts),
        text(sample.clock_mhz),
        text(sample.memory_clock_mhz),
        text(sample.fan_percent),
        text(sample.pcie.map(|(generation, _)| generation)),
        text(sample.pcie.map(|(_, width)| width)),
        sample.throttle.join(" "),
        pids.join(" "),
        sample.lost.to_string(),
        trouble.to_owned(),
    ];
    fields.map(|field| quoted(&field)).join(",") + "\r\n"
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests;
