//! Live figures of the cards: one reading per interval, a bounded history, what is to be said of it, and rows for a table.
//!
//! A driver that hangs makes a tick that says so; it does not stop the watch.

mod csv;
mod findings;
pub mod follow;
mod history;
mod limit;
mod words;

pub use csv::{CSV_HEADER, csv_rows};
pub(crate) use findings::LOAD;
pub use findings::{Finding, Judge, Weight, What};
pub use history::History;
pub use limit::{Held, Limit, NotSaid, On, Watched};
pub use words::{held, link, reason_words, sentence};

use crate::host::nvml::{self, Pending};
use crate::host::{GpuLibrary, GpuSample, Host, HostError};
use serde::{Deserialize, Serialize};
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

#[cfg(test)]
mod tests;
