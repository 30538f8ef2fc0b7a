//! Asks the machine everything at once: one named thread per probe, each with its own limit.
//!
//! A probe past its limit is `timed-out` and its facts stay unknown; its thread is left alone and nothing waits for
//! it, not even the end of the program: a call into a sick driver cannot be stopped from outside. May use `host`,
//! `facts` and `environments`; decides nothing.

pub mod containers;
pub mod disk;
pub mod gpu;
pub mod identity;
pub mod network;
pub mod os;
mod probes;
mod programs;
pub mod python;
#[cfg(test)]
pub(crate) mod real_outputs;
pub mod settings;
pub mod toolkits;
pub mod tools;
pub mod visual_studio;
pub mod windows;
pub mod wsl;

use crate::facts::{ComputeCapability, MachineFacts, PciId, Probe, ProbeOutcome, Python, Source, Via};
use crate::host::Host;
use gpu::GpuFindings;
use network::{Index, Reached};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

/// What is asked of the machine beyond itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Where the environment would go.
    pub target: PathBuf,
    /// Ask no server at all.
    pub offline: bool,
    /// `https://download.pytorch.org/whl`, or the mirror the user set.
    pub torch_index_url: String,
    /// `PyPI`'s simple index, asked if no setting of uv or pip names another; `None` leaves it out.
    pub pypi_url: Option<String>,
    /// Limit of each question to an index.
    pub network_limit: Duration,
    /// Environments the product knows already.
    pub known_environments: Vec<PathBuf>,
    /// The most that any probe may take, if less than its own limit.
    pub at_most: Option<Duration>,
}

impl Ask {
    /// The usual questions: an index that takes longer than 0.9 s is left for later.
    pub fn new(target: impl Into<PathBuf>) -> Self {
        Self {
            target: target.into(),
            offline: false,
            torch_index_url: "https://download.pytorch.org/whl".to_owned(),
            pypi_url: None,
            network_limit: Duration::from_millis(900),
            known_environments: Vec::new(),
            at_most: None,
        }
    }
}

/// Says why a Python cannot hold the newest stable torch; `None` if it can.
pub type PythonWhyNot = Arc<dyn Fn(&Python) -> Option<String> + Send + Sync>;

/// Name and compute capability of a model, for cards that no driver names.
pub type CardNames = Arc<dyn Fn(PciId) -> Option<(String, Option<ComputeCapability>)> + Send + Sync>;

/// What the catalogue knows and a probe needs.
#[derive(Clone)]
pub struct Lookups {
    /// Names the cards of the PCI bus.
    pub card_names: CardNames,
    /// Judges an interpreter that answered.
    pub python_why_not: PythonWhyNot,
}

/// Sits by a scan: hears of each probe that ends, and may not want to wait for some.
pub trait Watch {
    /// A probe ended; the facts as far as they are known.
    fn ended(&mut self, probe: &Probe, facts: &dyn Fn() -> MachineFacts);
    /// Whether this probe shall not be waited for any longer; asked ten times a second.
    fn skips(&self, _probe: &str) -> bool {
        false
    }
}

/// Nobody watches.
pub struct Unwatched;

impl Watch for Unwatched {
    fn ended(&mut self, _probe: &Probe, _facts: &dyn Fn() -> MachineFacts) {}
}

type Enter = Box<dyn FnOnce(&mut Draft) + Send>;
type Question = Box<dyn FnOnce(&dyn Host) -> Done + Send>;
type Late = fn(&mut Draft, &str);

/// When the draft holds all that a probe could add, and how long that probe is waited for then.
type Spared = (fn(&Draft) -> bool, Duration);

/// What the probes have brought so far.
struct Draft {
    facts: MachineFacts,
    nvml: GpuFindings,
    smi: GpuFindings,
    bus: GpuFindings,
    indexes: Vec<(Index, Reached)>,
}

impl Draft {
    fn new(taken_at: String) -> Self {
        let nobody = |via: Via| GpuFindings::unknown(&Source::new(via, via.word()), "not asked");
        Self {
            facts: MachineFacts::unknown(taken_at),
            nvml: nobody(Via::Nvml),
            smi: nobody(Via::NvidiaSmi),
            bus: nobody(Via::PciBus),
            indexes: Vec::new(),
        }
    }

    /// NVML told all that `nvidia-smi` could tell.
    fn knows_cards(&self) -> bool {
        self.nvml.cards.found().is_some() && self.nvml.driver.found().is_some()
    }
}

/// The end of a probe: its outcome, and how to enter what it found.
struct Done {
    outcome: ProbeOutcome,
    detail: String,
    enter: Enter,
}

impl Done {
    fn new(outcome: ProbeOutcome, detail: impl Into<String>, enter: impl FnOnce(&mut Draft) + Send + 'static) -> Self {
        Self { outcome, detail: detail.into(), enter: Box::new(enter) }
    }
}

/// One question, ready to be asked.
struct Job {
    name: &'static str,
    limit: Duration,
    /// A shorter limit as soon as the draft holds what this probe could add.
    spared: Option<Spared>,
    ask: Question,
    /// Enters that nobody could say.
    late: Late,
}

/// Asks everything, side by side, and tells `watch` of the end of each probe.
///
/// Ends when every probe has answered or is past its limit; on a healthy machine that is under a second.
pub fn detect(host: &Arc<dyn Host>, lookups: &Lookups, ask: &Ask, watch: &mut dyn Watch) -> MachineFacts {
    let taken_at = jiff::Timestamp::try_from(host.now())
        .and_then(|now| jiff::Timestamp::from_second(now.as_second()))
        .map_or_else(|_| String::new(), |now| now.to_string());
    let mut draft = Draft::new(taken_at);
    let jobs = probes::jobs(lookups, ask);
    let names: Vec<&str> = jobs.iter().map(|job| job.name).collect();
    let mut probes = run(host, jobs, lookups, ask, &mut draft, watch);
    probes.sort_by_key(|probe| names.iter().position(|name| *name == probe.name));
    let driver = probes::enter_cards(&mut draft, lookups);
    watch.ended(&driver, &|| draft.facts.clone());
    probes.push(driver);
    let Draft { mut facts, indexes, .. } = draft;
    facts.network = probes::network_of(&indexes, ask);
    facts.probes = probes;
    facts
}

/// A probe under way.
struct Running {
    at: usize,
    name: &'static str,
    began: Duration,
    limit: Duration,
    spared: Option<Spared>,
    late: Late,
}

impl Running {
    fn limit(&self, draft: &Draft) -> Duration {
        let spared = self.spared.filter(|(is_enough, _)| is_enough(draft)).map(|(_, limit)| limit);
        spared.map_or(self.limit, |limit| limit.min(self.limit))
    }

    fn deadline(&self, draft: &Draft) -> Duration {
        self.began + self.limit(draft)
    }
}

/// How often it is looked whether a probe shall be skipped.
const LOOK: Duration = Duration::from_millis(100);

/// Runs the jobs and returns when each has ended or is late.
fn run(
    host: &Arc<dyn Host>,
    jobs: Vec<Job>,
    lookups: &Lookups,
    asked: &Ask,
    draft: &mut Draft,
    watch: &mut dyn Watch,
) -> Vec<Probe> {
    let start = host.uptime();
    let elapsed = || host.uptime().saturating_sub(start);
    let (sender, receiver) = mpsc::channel();
    let mut probes = Vec::new();
    let mut running = Vec::new();
    let mut end = |probe: Probe, draft: &Draft, watch: &mut dyn Watch| {
        watch.ended(&probe, &|| probes::so_far(draft, lookups, asked));
        probes.push(probe);
    };
    for (at, Job { name, limit, spared, ask, late }) in jobs.into_iter().enumerate() {
        let limit = asked.at_most.map_or(limit, |most| most.min(limit));
        if let Err(error) = begin(host, at, name, start, ask, sender.clone()) {
            late(draft, &error);
            let started_ms = millis(elapsed());
            let probe = Probe {
                name: name.to_owned(),
                started_ms,
                milliseconds: 0,
                outcome: ProbeOutcome::Unknown,
                detail: error,
            };
            end(probe, draft, watch);
            continue;
        }
        running.push(Running { at, name, began: elapsed(), limit, spared, late });
    }
    drop(sender);
    let mut now = elapsed();
    while let Some(next) = running.iter().map(|probe| probe.deadline(draft)).min() {
        let patience = next.saturating_sub(now).min(LOOK);
        match receiver.recv_timeout(patience) {
            Ok((at, probe, enter)) => {
                now = now.max(elapsed());
                // An answer that comes late is not taken: its facts have been told as unknown.
                if let Some(place) = running.iter().position(|probe| probe.at == at) {
                    running.swap_remove(place);
                    enter(draft);
                    end(probe, draft, watch);
                }
            }
            Err(stop) => {
                let broke_off = stop == RecvTimeoutError::Disconnected;
                // The wait itself may end a hair before the clock says so.
                now = (now + patience).max(elapsed());
                let (over, on_time): (Vec<_>, Vec<_>) = running
                    .into_iter()
                    .partition(|probe| broke_off || probe.deadline(draft) <= now || watch.skips(probe.name));
                running = on_time;
                for probe in over {
                    let (outcome, why) = if broke_off {
                        (ProbeOutcome::Unknown, "the probe broke off".to_owned())
                    } else {
                        let waited = now.saturating_sub(probe.began).min(probe.limit(draft));
                        (ProbeOutcome::TimedOut, format!("no answer within {} ms", waited.as_millis()))
                    };
                    (probe.late)(draft, &why);
                    let started_ms = millis(probe.began);
                    let milliseconds = millis(now).saturating_sub(started_ms);
                    let name = probe.name.to_owned();
                    end(Probe { name, started_ms, milliseconds, outcome, detail: why }, draft, watch);
                }
            }
        }
    }
    probes
}

type Message = (usize, Probe, Enter);

/// Starts the thread of one probe; nobody ever joins it.
fn begin(
    host: &Arc<dyn Host>,
    at: usize,
    name: &'static str,
    start: Duration,
    ask: Question,
    sender: Sender<Message>,
) -> Result<(), String> {
    let host = Arc::clone(host);
    let work = move || {
        let began = host.uptime();
        let Done { outcome, detail, enter } = ask(host.as_ref());
        let milliseconds = millis(host.uptime().saturating_sub(began));
        let started_ms = millis(began.saturating_sub(start));
        let probe = Probe { name: name.to_owned(), started_ms, milliseconds, outcome, detail };
        // Nobody listens any more if the probe is late.
        sender.send((at, probe, enter)).ok();
    };
    let thread = std::thread::Builder::new().name(format!("detect-{name}"));
    thread.spawn(work).map(drop).map_err(|error| format!("no thread for the probe: {error}"))
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
