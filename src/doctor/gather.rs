//! Gathers a report through `Host`. Whatever cannot be read is a finding, and nothing is set aside, mended or sent.

use super::{Advice, Finding, Kept, LINES, LastRun, Machine, Report, Wizard};
use crate::assess::Assessment;
use crate::caches;
use crate::catalog::Catalog;
use crate::diagnose::{Diagnosis, Knowledge, diagnose};
use crate::environments::{self, State};
use crate::facts::{DiskRole, MachineFacts};
use crate::host::{FileReader, Host};
use crate::log_on;
use crate::plan::{ASIDE_SUFFIX, Plan, STAGING_SUFFIX, in_place};
use crate::prepare::{Looking, Scan, Wish};
use crate::recheck::Seen;
use crate::run::journal::{History, readable, runs_folder};
use crate::run::log;
use crate::store::{self, Registry, Settings};
use crate::text;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Less room than this is said.
const LITTLE: u64 = 10_000_000_000;
/// Less room for temporary files.
const LITTLE_FOR_TEMPORARY: u64 = 1_000_000_000;
/// So much of the end of a log has its last lines.
const END_OF_LOG: u64 = 1 << 18;

/// Settings as far as they can be read, and the registry's environments.
pub fn settings(host: &dyn Host) -> Settings {
    store::look(host, &Settings::path(host)).unwrap_or_default()
}

/// The folders of the known environments, as far as the registry can be read.
pub fn known(host: &dyn Host) -> Vec<PathBuf> {
    registry(host).environments.into_iter().map(|known| known.path).collect()
}

fn registry(host: &dyn Host) -> Registry {
    store::look(host, &Registry::path(host)).unwrap_or_default()
}

/// Gathers everything. `scan` is what was found on this PC, `machine` how a face tells it.
pub fn gather(host: &dyn Host, catalog: &Catalog, scan: &Scan, machine: Machine) -> Report {
    let environments: Vec<Kept> = registry(host).environments.into_iter().map(|known| kept(host, known)).collect();
    let runs = runs(host);
    let mut findings = files(host);
    findings.extend(journals(host, &runs));
    findings.extend(locks(host));
    findings.extend(leftovers(host, &runs, &environments));
    findings.extend(environments.iter().filter_map(trouble));
    findings.extend(circumstances(host, &scan.facts));
    Report {
        made_at: crate::time::now(host),
        wizard: wizard(host, catalog),
        machine,
        advice: scan.assessments.iter().map(advice).collect(),
        environments,
        run: runs.first().map(|run| last_run(host, &run.folder)),
        findings,
    }
}

fn wizard(host: &dyn Host, catalog: &Catalog) -> Wizard {
    let folders = host.folders();
    Wizard {
        program: host.program(),
        data: folders.data.clone(),
        cache: folders.cache.clone(),
        settings: changed(&settings(host)),
        caches: caches::parts(host, catalog),
        log_on: log_on::status(host).word(),
        log: own_log(host),
    }
}

/// Settings that are not as they come.
fn changed(settings: &Settings) -> Vec<(String, String)> {
    let values = |settings: &Settings| {
        let Ok(serde_json::Value::Object(values)) = serde_json::to_value(settings) else {
            return serde_json::Map::new();
        };
        values
    };
    let usual = values(&Settings::default());
    let is_changed = |(name, value): &(String, serde_json::Value)| usual.get(name) != Some(value);
    values(settings).into_iter().filter(is_changed).map(|(name, value)| (name, value.to_string())).collect()
}

fn own_log(host: &dyn Host) -> Vec<String> {
    let mut logs: Vec<PathBuf> = names(host, &host.folders().data.join("logs"));
    logs.sort();
    logs.last().map(|path| end_of(host, path)).unwrap_or_default()
}

fn names(host: &dyn Host, folder: &Path) -> Vec<PathBuf> {
    host.list(folder).unwrap_or_default().into_iter().map(|entry| entry.path).collect()
}

/// The last lines of a file; of a bar that draws over itself the last picture.
fn end_of(host: &dyn Host, path: &Path) -> Vec<String> {
    let Some(meta) = host.meta(path) else { return Vec::new() };
    let from = meta.len.saturating_sub(END_OF_LOG);
    let length = usize::try_from(END_OF_LOG).unwrap_or(usize::MAX);
    let bytes = host.read_at(path, from, length).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    // The first line may have lost its beginning.
    let whole = if from > 0 { text.split_once('\n').map_or("", |(_, rest)| rest) } else { &text };
    let lines: Vec<&str> = whole.lines().map(|line| line.rsplit('\r').next().unwrap_or_default()).collect();
    let skipped = lines.len().saturating_sub(LINES);
    lines.into_iter().skip(skipped).map(str::to_owned).collect()
}

fn advice(assessment: &Assessment) -> Advice {
    Advice {
        route: assessment.route.word(),
        verdict: assessment.verdict.word(),
        build: assessment.build.as_ref().map(|build| format!("{} ({})", build.torch.public(), build.variant)),
        why: assessment.verdict.reasons().first().map(|reason| reason.text.clone()),
    }
}

fn kept(host: &dyn Host, known: store::Known) -> Kept {
    let state: State = environments::state(host, &known);
    Kept { state: state.word(), trouble: state.in_words(), known }
}

fn trouble(kept: &Kept) -> Option<Finding> {
    let trouble = kept.trouble.as_ref()?;
    let text = format!("The environment {} is not what it was: {trouble}.", kept.known.path.display());
    Some(Finding::new("environment", text).command("torch-wizard envs list"))
}

/// A run on disk, as far as it can be read.
struct Run {
    folder: PathBuf,
    plan: Option<Box<Plan>>,
    trouble: Option<String>,
    is_open: bool,
}

/// All runs, the newest first.
fn runs(host: &dyn Host) -> Vec<Run> {
    let mut folders = names(host, &runs_folder(host));
    folders.sort();
    let read = |folder: PathBuf| {
        let path = folder.join("plan.json");
        let plan = store::look::<Option<Plan>>(host, &path);
        let history = History::read(host, &folder).map_err(|error| error.to_string());
        let is_open = history.as_ref().map_or(true, |history| history.begun && !history.ended);
        let trouble = plan.as_ref().err().cloned().or_else(|| history.err());
        Run { folder, plan: plan.ok().flatten().map(Box::new), trouble, is_open }
    };
    folders.into_iter().rev().map(read).collect()
}

fn last_run(host: &dyn Host, folder: &Path) -> LastRun {
    let log = folder.join(log::NAME);
    let report = host.read(&folder.join("report.json")).ok();
    LastRun {
        id: environments::places::name_of(folder),
        plan: store::look::<Option<Plan>>(host, &folder.join("plan.json")).ok().flatten().map(Box::new),
        events: readable(host, folder).map(|(events, _)| events).unwrap_or_default(),
        log: end_of(host, &log),
        diagnosis: diagnosed(host, log),
        report: report.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    }
}

fn diagnosed(host: &dyn Host, log: PathBuf) -> Option<Diagnosis> {
    host.meta(&log)?;
    diagnose(&mut FileReader::new(host, log), Knowledge::embedded().ok()?).ok()
}

/// Files of ours that cannot be read, and those that were set aside for that.
fn files(host: &dyn Host) -> Vec<Finding> {
    let tried = [
        store::look::<Settings>(host, &Settings::path(host)).err(),
        store::look::<Registry>(host, &Registry::path(host)).err(),
        store::look::<Seen>(host, &Seen::path(host)).err(),
    ];
    let unreadable = tried.into_iter().flatten().map(|why| Finding::new("unreadable-file", format!("{why}.")));
    let aside = names(host, &host.folders().data).into_iter().filter(|path| name(path).contains(".broken"));
    let aside = aside.map(|path| {
        let text = format!("{} could not be read once and was set aside.", path.display());
        Finding::new("set-aside", text)
    });
    unreadable.chain(aside).collect()
}

fn name(path: &Path) -> String {
    environments::places::name_of(path)
}

fn journals(host: &dyn Host, runs: &[Run]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for run in runs {
        let target = run.plan.as_ref().map(|plan| format!(" of {}", plan.target.display())).unwrap_or_default();
        if let Some(trouble) = &run.trouble {
            let lost = readable(host, &run.folder).map_or(0, |(_, lost)| lost);
            let lines = if lost > 0 {
                format!(" ({} cannot be read)", text::count(lost, "line", "lines"))
            } else {
                String::new()
            };
            let text = format!("The record of the run {}{target} is damaged: {trouble}{lines}.", name(&run.folder));
            findings.push(Finding::new("journal-damaged", text).command("torch-wizard rollback"));
        } else if run.is_open {
            let text = format!("The install{target} did not end; it can be resumed or undone.");
            findings.push(Finding::new("unfinished", text).command("torch-wizard resume"));
        }
    }
    findings
}

/// Locks that somebody holds at this moment. Each is taken for an instant, which is how one asks.
fn locks(host: &dyn Host) -> Vec<Finding> {
    let held = names(host, &host.folders().data.join("locks")).into_iter().filter(|path| {
        let is_lock = path.extension().is_some_and(|end| end == "lock");
        is_lock && matches!(host.lock(path), Ok(None))
    });
    held.map(|path| {
        let who = if name(&path) == "window.lock" { "The window is open" } else { "Another torch-wizard is at work" };
        Finding::new("busy", format!("{who} ({} is held).", name(&path)))
    })
    .collect()
}

/// What the indexes had so long ago is good enough for a report.
const GOOD_ENOUGH: Duration = Duration::from_hours(1);

/// What the look at the machine for a report asks.
pub fn wish(settings: &Settings, offline: bool) -> Wish {
    Wish {
        folder: settings.environments_folder.clone(),
        mirror: settings.torch_mirror.clone(),
        offline,
        looking: Looking::Around { age: GOOD_ENOUGH },
        ..Wish::default()
    }
}

/// Half-made and replaced environments that lie about, and what a change in place left in one.
fn leftovers(host: &dyn Host, runs: &[Run], environments: &[Kept]) -> Vec<Finding> {
    let targets = runs.iter().filter_map(|run| run.plan.as_ref()).map(|plan| plan.target.clone());
    let places: BTreeSet<PathBuf> = environments.iter().map(|kept| kept.known.path.clone()).chain(targets).collect();
    let usual = settings(host).environments_folder.unwrap_or_else(|| host.folders().home.clone());
    let above: BTreeSet<PathBuf> =
        places.iter().filter_map(|place| environments::places::parent_of(place)).chain([usual]).collect();
    let beside = above.iter().flat_map(|folder| names(host, folder)).filter(|path| {
        let name = name(path);
        name.ends_with(STAGING_SUFFIX) || name.ends_with(ASIDE_SUFFIX)
    });
    let inside = places.iter().map(|place| place.join(in_place::FOLDER)).filter(|path| host.meta(path).is_some());
    let is_of_open_run = |path: &Path| {
        runs.iter().filter(|run| run.is_open).filter_map(|run| run.plan.as_ref()).any(|plan| {
            [STAGING_SUFFIX, ASIDE_SUFFIX].iter().any(|suffix| crate::plan::beside(&plan.target, suffix) == path)
                || path.starts_with(&plan.target)
        })
    };
    let kept: BTreeSet<PathBuf> = crate::run::kept::all(host).into_iter().map(|kept| kept.aside).collect();
    beside
        .chain(inside)
        .map(|path| {
            if kept.contains(&path) {
                let text = format!("{} is what a repair replaced; it is kept for two weeks.", path.display());
                Finding::new("kept", text)
            } else if is_of_open_run(&path) {
                let text = format!("{} is a part of an install that did not end.", path.display());
                Finding::new("leftover", text).command("torch-wizard resume")
            } else {
                Finding::new("leftover", format!("{} was left behind by an install and is of no run.", path.display()))
            }
        })
        .collect()
}

/// Room, the check at log-on, a card that is played.
fn circumstances(host: &dyn Host, facts: &MachineFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut told = BTreeSet::new();
    for disk in &facts.disks {
        let (least, what) = match disk.role {
            DiskRole::Target => (LITTLE, "environments"),
            DiskRole::Cache => (LITTLE, "kept wheels"),
            DiskRole::Temp => (LITTLE_FOR_TEMPORARY, "temporary files"),
        };
        let Some(free) = disk.free_bytes.filter(|free| *free < least) else { continue };
        if told.insert(host.volume_name(&disk.path)) {
            let text = format!("Only {} are free for {what} at {}.", text::size(free), disk.path.display());
            findings.push(Finding::new("little-room", text).command("torch-wizard cache clean"));
        }
    }
    if log_on::was_lost(host) {
        let text = "The check at log-on was set up and is switched off now.";
        findings.push(Finding::new("log-on-off", text).command("torch-wizard watch on"));
    }
    if facts.is_simulated() {
        findings
            .push(Finding::new("simulated", "A library plays the driver (TORCH_WIZARD_NVML): nothing is ever proven."));
    }
    findings
}
