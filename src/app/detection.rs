//! What is known of the machine while it is being asked, and what follows from it for the routes.

use super::{Effect, Model, Screen};
use crate::assess::Assessment;
use crate::catalog::{LiveIndex, News};
use crate::facts::{MachineFacts, Probe, ProbeOutcome, Probed};
use crate::waiting::Watched;
use std::collections::BTreeSet;
use std::time::Duration;

/// Where the scan is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanning {
    /// The machine is being asked.
    Machine {
        /// Since when.
        since: Duration,
    },
    /// The machine has answered, the indexes are being asked.
    Indexes {
        /// Since when.
        since: Duration,
        /// How long the machine took.
        took: Duration,
    },
    /// Everything was asked.
    Done {
        /// How long the machine took.
        took: Duration,
    },
}

/// A row of the first page. Each rests on some probes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// The cards (each has a line of its own).
    Gpu,
    /// The driver.
    Driver,
    /// The operating system.
    System,
    /// Processor and memory.
    Hardware,
    /// Interpreters.
    Python,
    /// Free space.
    Disk,
    /// The indexes.
    Network,
    /// CUDA toolkits.
    Toolkit,
    /// Environments with torch.
    Torch,
    /// uv, git, compilers, Docker, podman, WSL.
    Tools,
    /// Index, proxy and certificate settings; masks.
    Settings,
}

impl Row {
    /// What everybody sees.
    pub const USUAL: [Self; 7] =
        [Self::Gpu, Self::Driver, Self::System, Self::Python, Self::Disk, Self::Toolkit, Self::Torch];
    /// What "show everything" adds.
    pub const MORE: [Self; 4] = [Self::Hardware, Self::Network, Self::Tools, Self::Settings];

    /// The probes it rests on; the last that ends settles it.
    pub const fn probes(self) -> &'static [&'static str] {
        match self {
            Self::Gpu | Self::Driver => &["nvml", "nvidia-smi", "pci-bus"],
            Self::System => &["os", "windows"],
            Self::Hardware => &["os"],
            Self::Python => &["pythons"],
            Self::Disk => &["disks"],
            Self::Network => &["torch-index", "pypi"],
            Self::Toolkit => &["tools"],
            Self::Tools => &["tools", "wsl", "containers"],
            Self::Torch => &["environments"],
            Self::Settings => &["settings"],
        }
    }

    /// The word that its sentences begin with: `fact-gpu` …
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gpu => "gpu",
            Self::Driver => "driver",
            Self::System => "system",
            Self::Hardware => "hardware",
            Self::Python => "python",
            Self::Disk => "disk",
            Self::Network => "network",
            Self::Toolkit => "toolkit",
            Self::Torch => "torch",
            Self::Tools => "tools",
            Self::Settings => "settings",
        }
    }
}

/// What is known, and how it came.
#[derive(Clone, Debug)]
pub struct Detection {
    /// Number of the scan; answers to an older one are not taken.
    pub scan: u32,
    /// Where it is.
    pub scanning: Scanning,
    /// As the machine said.
    pub facts: Option<MachineFacts>,
    /// The same with what the user said.
    pub corrected: Option<MachineFacts>,
    /// Probes that have ended, in the order they did.
    pub ended: Vec<Probe>,
    /// Rows that the user does not wait for.
    pub skipped: BTreeSet<Row>,
    /// What the indexes have; what the catalogue has until they answer.
    pub live: LiveIndex,
    /// The indexes were asked and have answered or not.
    pub has_asked_indexes: bool,
    /// What it has that the catalogue does not know.
    pub news: News,
    /// What has come since a wait began.
    pub watched: Option<Watched>,
    /// One verdict a route; empty until cards, driver and system are known or given up.
    pub assessments: Vec<Assessment>,
    /// Rows that are open.
    pub open: BTreeSet<Row>,
    /// What "check again" found changed: keys of sentences with the value before and now.
    pub changes: Vec<Change>,
}

/// A fact that changed between two scans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which row.
    pub row: Row,
    /// Before; empty if there was nothing.
    pub before: String,
    /// Now; empty if there is nothing.
    pub now: String,
}

impl Detection {
    /// Nothing asked yet.
    pub fn new() -> Self {
        Self {
            scan: 0,
            scanning: Scanning::Machine { since: Duration::ZERO },
            facts: None,
            corrected: None,
            ended: Vec::new(),
            skipped: BTreeSet::new(),
            live: LiveIndex::offline(),
            has_asked_indexes: false,
            news: News::default(),
            watched: None,
            assessments: Vec::new(),
            open: BTreeSet::new(),
            changes: Vec::new(),
        }
    }

    /// The machine was asked everything.
    pub const fn has_machine(&self) -> bool {
        !matches!(self.scanning, Scanning::Machine { .. })
    }

    /// Whether a row still waits for an answer that could change it.
    pub fn is_waiting(&self, row: Row) -> bool {
        if self.has_machine() {
            return row == Row::Network && matches!(self.scanning, Scanning::Indexes { .. });
        }
        // The cards are settled by the first way that tells all of them; what an earlier scan told settles nothing.
        let early = match (row, self.facts.as_ref().filter(|facts| facts.probes.is_empty())) {
            (Row::Gpu, Some(facts)) => facts.gpus.found().is_some(),
            (Row::Driver, Some(facts)) => facts.driver.found().is_some(),
            _ => false,
        };
        !early && !row.probes().iter().all(|name| self.ended.iter().any(|probe| probe.name == *name))
    }

    /// A probe of this row got no answer in time.
    pub fn has_timed_out(&self, row: Row) -> bool {
        let late = |probe: &&Probe| probe.outcome == ProbeOutcome::TimedOut;
        self.ended.iter().filter(|probe| row.probes().contains(&probe.name.as_str())).any(|probe| late(&probe))
    }

    /// The probes of a row that have ended.
    pub fn probes_of(&self, row: Row) -> impl Iterator<Item = &Probe> {
        self.ended.iter().filter(move |probe| row.probes().contains(&probe.name.as_str()))
    }
}

impl Default for Detection {
    fn default() -> Self {
        Self::new()
    }
}

/// Asks everything anew.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    let since = model.now;
    let detection = &mut model.detection;
    detection.scan += 1;
    detection.scanning = Scanning::Machine { since };
    // What was seen at a glance is older than what is asked now.
    model.home.glance = None;
    detection.ended.clear();
    detection.skipped.clear();
    detection.has_asked_indexes = false;
    detection.watched = None;
    let scan = detection.scan;
    // Every route is judged, whichever was picked before; and a window that opens asks anew.
    let looking = crate::prepare::Looking::Around { age: Duration::ZERO };
    vec![Effect::Detect { scan, wish: Box::new(crate::prepare::Wish { looking, ..model.wish() }) }]
}

/// A probe ended.
pub fn probed(model: &mut Model, scan: u32, probe: Probe, facts: MachineFacts) {
    if scan != model.detection.scan {
        return;
    }
    model.detection.ended.push(probe);
    // A second look replaces the first one's facts as a whole: what has not answered yet is not unknown meanwhile.
    if model.detection.facts.as_ref().is_none_or(|known| known.probes.is_empty()) {
        model.detection.facts = Some(facts);
        correct(model);
    }
}

/// All probes ended.
pub fn detected(model: &mut Model, scan: u32, facts: MachineFacts) {
    let Scanning::Machine { since } = model.detection.scanning else { return };
    if scan != model.detection.scan {
        return;
    }
    let took = model.now.saturating_sub(since);
    model.detection.scanning = Scanning::Indexes { since: model.now, took };
    let before = model.detection.facts.take().filter(|before| !before.probes.is_empty());
    model.detection.changes = before.map(|before| changes(&before, &facts)).unwrap_or_default();
    model.detection.ended.clone_from(&facts.probes);
    model.detection.facts = Some(facts);
    correct(model);
    judge(model);
    if !model.detection.changes.is_empty() {
        changed_machine(model);
    }
}

/// The indexes answered or did not.
pub fn indexed(model: &mut Model, scan: u32, facts: MachineFacts, live: LiveIndex) {
    let Scanning::Indexes { took, .. } = model.detection.scanning else { return };
    if scan != model.detection.scan {
        return;
    }
    model.detection.scanning = Scanning::Done { took };
    model.detection.has_asked_indexes = !model.offline;
    model.detection.facts = Some(facts);
    model.detection.news = live.news(model.catalog);
    model.detection.live = live;
    correct(model);
    judge(model);
}

/// Puts what the user said over what the machine said.
pub fn correct(model: &mut Model) {
    let facts = model.detection.facts.clone();
    model.detection.corrected = facts.map(|facts| model.corrections.over(facts));
}

/// Judges the routes by what is known now. What the user picked is no reason to recommend it: the recommendation stays
/// where it is, see [`Model::chosen`].
pub fn judge(model: &mut Model) {
    super::home::judge(model);
    super::diagnose::hold_against(model);
    let Some(facts) = &model.detection.corrected else { return };
    let wish = crate::prepare::Wish { route: None, ..model.wish() };
    model.detection.assessments = crate::prepare::judge(model.catalog, facts, &model.detection.live, &wish);
}

/// "Check again" found another machine: the choice is asked for anew.
fn changed_machine(model: &mut Model) {
    if model.is_running() {
        return;
    }
    model.choice.route = None;
    model.choice.gpus = None;
    super::review::withdraw(model);
    judge(model);
    if matches!(model.screen, Screen::Review) {
        model.screen = Screen::Choose;
    }
}

/// What differs between two scans, as far as it bears on the choice.
fn changes(before: &MachineFacts, now: &MachineFacts) -> Vec<Change> {
    let cards = |facts: &MachineFacts| {
        let names = facts.gpus.found().map(|gpus| gpus.iter().map(|gpu| gpu.name.clone()).collect::<Vec<_>>());
        names.unwrap_or_default().join(", ")
    };
    let driver = |facts: &MachineFacts| text_of(&facts.driver);
    let system = |facts: &MachineFacts| facts.os.found().map(|os| os.version.clone()).unwrap_or_default();
    [
        (Row::Gpu, cards(before), cards(now)),
        (Row::Driver, driver(before), driver(now)),
        (Row::System, system(before), system(now)),
    ]
    .into_iter()
    .filter(|(_, before, now)| before != now)
    .map(|(row, before, now)| Change { row, before, now })
    .collect()
}

fn text_of<T: std::fmt::Display>(fact: &Probed<T>) -> String {
    fact.found().map(ToString::to_string).unwrap_or_default()
}
