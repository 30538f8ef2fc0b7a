//! Facts and verdicts as text for a terminal.

mod hardware;
mod knowledge;
mod places;
mod proof;
mod report;
mod windows;

pub use knowledge::Known;
pub use proof::{check, verdict};

use crate::assess::{Assessment, DriverAdvice, InstalledTorch, Need, Origin, Verdict, Wait};
use crate::catalog::Catalog;
use crate::facts::{MachineFacts, Probed, Reach};
use crate::text;
use std::fmt::Write as _;

/// A labelled line; the second column begins at the same place in all of them.
fn line(out: &mut String, label: &str, value: impl std::fmt::Display) {
    writeln!(out, "{label:<16}{value}").ok();
}

fn fact<T>(fact: &Probed<T>, found: impl FnOnce(&T) -> String) -> String {
    match fact {
        Probed::Found { value, source } => format!("{}  ({})", found(value), source.via.word()),
        Probed::Absent { source } => format!("none  ({})", source.via.word()),
        Probed::Unknown { why, .. } => format!("unknown: {why}"),
    }
}

/// `detect`
pub fn facts(facts: &MachineFacts, catalog: &Catalog, verbose: bool) -> String {
    let mut out = String::new();
    if facts.is_simulated() {
        writeln!(out, "SIMULATED: the cards and the driver are played by a library; nothing here is ever proven.\n")
            .ok();
    }
    cards(&mut out, facts);
    line(&mut out, "driver", driver(facts));
    line(
        &mut out,
        "system",
        fact(&facts.os, |os| {
            let place = match (os.is_wsl, os.is_container) {
                (true, true) => ", WSL, container",
                (true, false) => ", WSL",
                (false, true) => ", container",
                (false, false) => "",
            };
            format!("{} ({}{place})", os.version, os.arch)
        }),
    );
    line(
        &mut out,
        "processor",
        fact(&facts.hardware, |hardware| {
            format!(
                "{}, {} logical cores, {} memory",
                hardware.cpu,
                hardware.logical_cores,
                text::memory(hardware.memory_bytes)
            )
        }),
    );
    for disk in &facts.disks {
        let role = match disk.role {
            crate::facts::DiskRole::Target => "free, target",
            crate::facts::DiskRole::Cache => "free, cache",
            crate::facts::DiskRole::Temp => "free, temp",
        };
        let free = disk.free_bytes.map_or_else(|| "unknown".to_owned(), text::size);
        line(&mut out, role, format!("{free}  ({})", disk.path.display()));
    }
    for volume in facts.volumes.iter().filter(|_| verbose || facts.volumes.len() > 1) {
        let free = volume.free_bytes.map_or_else(|| "unknown".to_owned(), text::size);
        line(&mut out, "free, volume", format!("{free}  ({})", volume.root.display()));
    }
    pythons(&mut out, facts);
    environments(&mut out, facts);
    network(&mut out, facts);
    for (name, tool) in &facts.tools {
        let shown = fact(tool, |tool| {
            let version = tool.version.as_deref().unwrap_or("version not told");
            format!("{version}, {}", tool.path.display())
        });
        // What is not there and not needed is no news, and some have a line of their own.
        if verbose || (tool.found().is_some() && !places::SHOWN.contains(&name.as_str())) {
            line(&mut out, name, shown);
        }
    }
    places::places(&mut out, facts, verbose);
    windows::windows(&mut out, facts, verbose);
    hardware::hardware(&mut out, facts, catalog);
    if verbose {
        writeln!(out, "\nprobes").ok();
        for probe in &facts.probes {
            writeln!(out, "  {:<14}{:>6} ms  {:?}  {}", probe.name, probe.milliseconds, probe.outcome, probe.detail)
                .ok();
        }
    }
    out
}

fn cards(out: &mut String, facts: &MachineFacts) {
    match &facts.gpus {
        Probed::Found { value, .. } => {
            for gpu in value {
                let capability = gpu
                    .capability
                    .map_or_else(|| "compute capability unknown".to_owned(), |c| format!("compute capability {c}"));
                let memory = gpu.memory_bytes.map(|bytes| format!(", {}", text::memory(bytes))).unwrap_or_default();
                line(
                    out,
                    &format!("card {}", gpu.index),
                    format!("{}, {capability}{memory}  ({})", gpu.name, gpu.source.via.word()),
                );
            }
        }
        Probed::Absent { .. } => line(out, "card", "no NVIDIA card"),
        Probed::Unknown { why, .. } => line(out, "card", format!("unknown: {why}")),
    }
    for mask in &facts.masks {
        line(out, "mask", format!("{}={} hides or orders cards for CUDA programs", mask.name, mask.value));
    }
}

fn driver(facts: &MachineFacts) -> String {
    let newest = facts.driver_cuda.found().map(|cuda| format!(", runs CUDA up to {cuda}")).unwrap_or_default();
    let made = facts.driver_date.map(|date| format!(", made on {date}")).unwrap_or_default();
    fact(&facts.driver, |version| format!("{version}{newest}{made}"))
}

fn pythons(out: &mut String, facts: &MachineFacts) {
    match &facts.pythons {
        Probed::Found { value, .. } => {
            for python in value {
                let version = python.version.map_or_else(|| "?".to_owned(), |version| version.to_string());
                let why = python.why_not.as_ref().map(|why| format!("  – {why}")).unwrap_or_default();
                line(out, "Python", format!("{version:<8} {}{why}", python.path.display()));
            }
        }
        Probed::Absent { .. } => line(out, "Python", "none"),
        Probed::Unknown { why, .. } => line(out, "Python", format!("unknown: {why}")),
    }
}

fn environments(out: &mut String, facts: &MachineFacts) {
    let Some(environments) = facts.environments.found() else { return };
    for environment in
        environments.iter().filter(|environment| environment.torch.is_some() || environment.damage.is_some())
    {
        let torch = environment.torch.as_ref().map_or_else(|| "no torch".to_owned(), |torch| format!("torch {torch}"));
        let cuda = environment.torch_cuda.map_or_else(|| "no CUDA".to_owned(), |cuda| format!("CUDA {cuda}"));
        let damage = environment.damage.as_ref().map(|damage| format!("  – {damage}")).unwrap_or_default();
        line(out, "environment", format!("{torch}, {cuda}  {}{damage}", environment.path.display()));
    }
}

fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Reached => "reached",
        Reach::Blocked => "not reached",
        Reach::Unknown => "not known",
    }
}

fn network(out: &mut String, facts: &MachineFacts) {
    if let Some(network) = facts.network.found() {
        line(out, "network", format!("torch index {}, PyPI {}", reach(network.torch_index), reach(network.pypi)));
        for (index, failure) in &network.failures {
            line(out, "", format!("{index}: {failure}"));
        }
        if let Some(proxy) = &network.proxy {
            line(out, "proxy", proxy);
        }
    }
    let settings = &facts.index_settings;
    for setting in settings
        .default_index
        .iter()
        .chain(&settings.extra_indexes)
        .chain(&settings.find_links)
        .chain(&settings.honoured)
    {
        line(out, "setting", format!("{} = {}  ({})", setting.name, setting.value, setting.source.detail));
    }
    if !settings.cleared.is_empty() {
        let names: Vec<&str> = settings.cleared.iter().map(|setting| setting.name.as_str()).collect();
        line(out, "not passed on", names.join(", "));
    }
}

/// `advise`
pub fn advice(
    facts: &MachineFacts,
    installed: &InstalledTorch,
    driver: &DriverAdvice,
    wait: Option<&Wait>,
    known: &Known<'_>,
    routes: &[Assessment],
) -> String {
    let mut out = String::new();
    if facts.is_simulated() {
        writeln!(out, "SIMULATED: the cards and the driver are played by a library.\n").ok();
    }
    if facts.is_report {
        report::read(&mut out, facts);
    } else {
        cards(&mut out, facts);
        line(&mut out, "driver", self::driver(facts));
    }
    if !installed.reasons.is_empty() {
        let version = installed.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        line(&mut out, "installed", format!("torch{version}: {}", installed.status.word()));
        reasons(&mut out, &installed.reasons);
    }
    reasons(&mut out, &driver.reasons);
    if let Some(wait) = wait {
        line(&mut out, "wait for", format!("{} in {}", wait.what, wait.variant));
        if let Some(watched) = known.watched {
            knowledge::watched(&mut out, watched);
        }
    }
    hardware::beside_driver(&mut out, facts, known.catalog);
    for assessment in routes {
        writeln!(out).ok();
        route(&mut out, assessment);
    }
    knowledge::knowledge(&mut out, known);
    out
}

fn reasons(out: &mut String, reasons: &[crate::assess::Reason]) {
    for reason in reasons {
        let source = reason.source.as_ref().map(|source| format!(" [{source}]")).unwrap_or_default();
        writeln!(out, "  {}{source}", reason.text).ok();
    }
}

fn route(out: &mut String, assessment: &Assessment) {
    let word = match &assessment.verdict {
        Verdict::Recommended { .. } => "recommended",
        Verdict::Works { .. } => "works",
        Verdict::Blocked { .. } => "blocked",
        Verdict::Unknown { .. } => "unknown",
    };
    line(out, assessment.route.word(), word);
    if let Some(build) = &assessment.build {
        let from = match &build.origin {
            Origin::TorchIndex { .. } => "the torch index",
            Origin::Mirror { .. } => "your mirror",
            Origin::Pypi => "PyPI",
            Origin::Image { image } => image,
            Origin::Git { url, .. } => url,
        };
        let python = build.python.map(|python| format!(" for Python {}", python.short())).unwrap_or_default();
        writeln!(out, "  torch {} ({}){python} from {from}", build.torch, build.variant).ok();
    }
    let cost = cost(assessment);
    if !cost.is_empty() {
        writeln!(out, "  {cost}").ok();
    }
    reasons(out, assessment.verdict.reasons());
    for need in &assessment.needs {
        let text = match need {
            Need::Python => "uv brings a Python.",
            Need::Uv => "uv is fetched.",
            Need::Administrator => "One step needs administrator rights.",
            Need::Restart => "A restart is needed.",
            Need::Consent => "The download is larger than it needs to be: install asks first.",
        };
        writeln!(out, "  {text}").ok();
    }
    if let Verdict::Blocked { unblock, .. } = &assessment.verdict {
        for way in unblock {
            match &way.command {
                Some(command) => writeln!(out, "  → {}: {command}", way.text.trim_end_matches('.')).ok(),
                None => writeln!(out, "  → {}", way.text).ok(),
            };
        }
    }
}

/// What a route costs, as far as it is known: `about 3.40 GB to fetch, 8.00 GB on disk, 1 to 13 min, low risk`.
fn cost(assessment: &Assessment) -> String {
    let minutes = |seconds: u32| seconds.div_ceil(60);
    let parts = [
        assessment.download_bytes.map(|bytes| format!("about {} to fetch", text::size(bytes))),
        assessment.disk_bytes.map(|bytes| format!("{} on disk", text::size(bytes))),
        assessment.seconds.map(|(low, high)| format!("{} to {} min", minutes(low), minutes(high))),
        assessment.risk.map(|risk| format!("{} risk", risk.word())),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
