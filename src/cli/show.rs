//! Facts and verdicts as text for a terminal.

mod knowledge;
mod places;
mod report;

pub use knowledge::Known;

use crate::assess::{Assessment, DriverAdvice, InstalledTorch, Need, Origin, Verdict, Wait};
use crate::facts::{MachineFacts, Probed, Reach};
use crate::text;
use crate::verify::{CheckOutcome, Speed};
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
pub fn facts(facts: &MachineFacts, verbose: bool) -> String {
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
    fact(&facts.driver, |version| format!("{version}{newest}"))
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
            let command = way.command.as_ref().map(|command| format!(": {command}")).unwrap_or_default();
            writeln!(out, "  → {}{command}", way.text).ok();
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

/// A verification, a line a check and the verdict.
pub fn check(check: &crate::verify::Check) -> String {
    let word = outcome(check.outcome);
    let device = check.device.map_or_else(String::new, |device| format!("card {device}  "));
    let mut out = format!("{word:<10}{device}{:<21}", check.check);
    if let Some(time) = check.milliseconds {
        write!(out, "{time:>10.2} ms").ok();
    }
    if let (Some(error), Some(tolerance)) = (check.max_error, check.tolerance) {
        write!(out, "  error {} of {}", text::scientific(error), text::scientific(tolerance)).ok();
    }
    if let Some(Speed { measured, best, unit }) = check.speed() {
        write!(out, "  {measured:.2} {unit}").ok();
        if let Some(best) = best {
            write!(out, " ({:.0} % of what this card does at best)", 100.0 * measured / best).ok();
        }
    }
    if let Some(detail) = &check.detail {
        write!(out, "  {detail}").ok();
    }
    if !check.repeats.is_empty() {
        let again = check.repeats.iter().map(|repeat| format!("{} {}", repeat.place, outcome(repeat.outcome)));
        write!(out, "  [once more: {}]", again.collect::<Vec<_>>().join(", ")).ok();
    }
    out.trim_end().to_owned()
}

const fn outcome(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Passed => "passed",
        CheckOutcome::Failed => "FAILED",
        CheckOutcome::Skipped => "skipped",
        CheckOutcome::TimedOut => "TIMED OUT",
        CheckOutcome::Crashed => "CRASHED",
    }
}

/// The verdict in a sentence.
pub fn verdict(report: &crate::verify::VerificationReport) -> String {
    use crate::verify::Proof;
    let torch = report.torch.as_ref().map_or_else(|| "PyTorch".to_owned(), |torch| format!("PyTorch {torch}"));
    if report.torch.is_none() {
        let word = report.verdict.word();
        return format!(
            "{word}: PyTorch could not be loaded, so nothing was checked. Nothing was changed.\n  \
             → Make an environment that has it: torch-wizard install"
        );
    }
    let passed = text::count(report.count(CheckOutcome::Passed), "check", "checks");
    let sentence = match report.verdict {
        Proof::Proven => format!("proven: {torch} runs on every chosen card; {passed} matched the reference."),
        Proof::Failed => format!("failed: {torch} does not do what it should here."),
        Proof::NoGpu => {
            format!("no-gpu: there is no usable NVIDIA card, so {torch} is not proven; {passed} passed without one.")
        }
        Proof::CpuOnly => {
            let others = report.checks.len() - report.count(CheckOutcome::Passed) - report.count(CheckOutcome::Skipped);
            let others = if others == 0 { String::new() } else { format!(", {others} did not") };
            format!("cpu-only: {torch} was checked on the processor; {passed} matched the reference{others}.")
        }
        Proof::Incomplete => {
            format!("incomplete: something that should have run did not; {passed} matched the reference.")
        }
    };
    let skipped = report.count(CheckOutcome::Skipped);
    let skipped = if skipped == 0 {
        String::new()
    } else {
        format!(" {} skipped.", text::count(skipped, "check was", "checks were"))
    };
    let simulated = if report.simulated { " The card is simulated, so nothing is proven." } else { "" };
    format!("{sentence}{skipped}{simulated}")
}
