//! The report for people: for a terminal, and as Markdown with more of the log.

use super::{Kept, LINES, LastRun, Outcome, Report, Wizard};
use crate::diagnose::{Answer, Diagnosis};
use crate::problem::{Problem, Remedy};
use crate::text;
use std::fmt::Write as _;

/// How much of the log a terminal shows.
const ON_A_TERMINAL: usize = 20;

/// A part of the report: its heading and its lines.
type Part = (&'static str, String);

/// Not redacted yet.
pub(super) fn terminal(report: &Report) -> String {
    let mut out = String::new();
    for (heading, body) in parts(report, ON_A_TERMINAL) {
        writeln!(out, "{heading}").ok();
        for line in body.lines() {
            writeln!(out, "  {line}").ok();
        }
        out.push('\n');
    }
    out.push_str(
        "`torch-wizard doctor --report FILE.zip` saves all of it for support, with names, hosts and secrets hidden.\n",
    );
    out
}

/// Not redacted yet. Everything stands in code blocks: `<user>` would be markup elsewhere.
pub(super) fn markdown(report: &Report) -> String {
    let mut out = format!("# torch-wizard {}, {}\n", env!("CARGO_PKG_VERSION"), report.made_at);
    for (heading, body) in parts(report, LINES) {
        write!(out, "\n## {heading}\n\n~~~~~~~~text\n{body}~~~~~~~~\n").ok();
    }
    out
}

fn parts(report: &Report, lines: usize) -> Vec<Part> {
    let mut parts = vec![("Findings", findings(report)), ("Wizard", wizard(&report.wizard))];
    parts.push(("This PC", report.machine.text.trim_end().to_owned() + "\n"));
    parts.push(("Routes", routes(report)));
    parts.push(("Environments", environments(&report.environments)));
    match &report.run {
        Some(run) => {
            parts.push(("Last run", last_run(run)));
            if !run.log.is_empty() {
                parts.push(("End of its log", tail(&run.log, lines)));
            }
        }
        None => parts.push(("Last run", "none\n".to_owned())),
    }
    if lines == LINES && !report.wizard.log.is_empty() {
        parts.push(("End of the wizard's own log", tail(&report.wizard.log, ON_A_TERMINAL)));
    }
    parts
}

fn line(out: &mut String, name: &str, value: impl std::fmt::Display) {
    writeln!(out, "{name:<14} {value}").ok();
}

fn tail(lines: &[String], most: usize) -> String {
    let from = lines.len().saturating_sub(most);
    lines.get(from..).unwrap_or_default().join("\n") + "\n"
}

fn findings(report: &Report) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        writeln!(out, "! {}", finding.text).ok();
        if let Some(command) = &finding.command {
            writeln!(out, "  → {command}").ok();
        }
    }
    if out.is_empty() { "nothing is wrong with the wizard itself\n".to_owned() } else { out }
}

fn wizard(wizard: &Wizard) -> String {
    let mut out = String::new();
    let system = format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH);
    line(&mut out, "version", format!("{}, built for {system}", env!("CARGO_PKG_VERSION")));
    line(&mut out, "program", wizard.program.display());
    line(&mut out, "data", wizard.data.display());
    let bytes: u64 = wizard.caches.iter().map(|part| part.bytes).sum();
    line(&mut out, "cache", format!("{}, {}", wizard.cache.display(), text::size(bytes)));
    for part in wizard.caches.iter().filter(|part| part.bytes > 0) {
        line(&mut out, "", format!("{:>9}  {}", text::size(part.bytes), part.name));
    }
    for (name, value) in &wizard.settings {
        line(&mut out, "setting", format!("{name} = {value}"));
    }
    line(&mut out, "log-on check", wizard.log_on);
    out
}

fn routes(report: &Report) -> String {
    let mut out = String::new();
    for one in &report.advice {
        let build = one.build.as_ref().map(|build| format!(", torch {build}")).unwrap_or_default();
        let why = one.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        line(&mut out, one.route, format!("{}{build}{why}", one.verdict));
    }
    out
}

fn environments(all: &[Kept]) -> String {
    let mut out = String::new();
    for Kept { known, state, trouble } in all {
        let torch = known.torch.as_deref().unwrap_or("no torch");
        let verdict = known.verdict.map_or("not verified", crate::verify::Proof::word);
        let when = known.verified_at.as_ref().map(|at| format!(" on {at}")).unwrap_or_default();
        let driver = known.driver.as_ref().map(|driver| format!(" with driver {driver}")).unwrap_or_default();
        let trouble = trouble.as_ref().map(|trouble| format!(" – {state}: {trouble}")).unwrap_or_default();
        writeln!(out, "{}  {torch}  {verdict}{when}{driver}{trouble}", known.path.display()).ok();
    }
    if out.is_empty() { "none\n".to_owned() } else { out }
}

fn last_run(run: &LastRun) -> String {
    let mut out = String::new();
    line(&mut out, "run", format!("{}: {}", run.id, run.end_in_words()));
    if let Some(plan) = &run.plan {
        let build = plan.assessment.build.as_ref();
        let torch = build.map(|build| format!(", torch {} ({})", build.torch, build.variant)).unwrap_or_default();
        line(&mut out, "route", format!("{}{torch}", plan.assessment.route.word()));
        line(&mut out, "target", plan.target.display());
    } else {
        line(&mut out, "plan", "cannot be read");
    }
    for step in run.steps() {
        let mark = match step.outcome {
            Outcome::Done => "✓",
            Outcome::Failed => "✕",
            Outcome::Begun | Outcome::Waits | Outcome::Undone => "…",
            Outcome::Open => "–",
        };
        let outcome = if step.outcome == Outcome::Done { String::new() } else { format!(" ({})", step.outcome.word()) };
        line(&mut out, "", format!("{mark} {}{outcome}", step.title));
    }
    if let Some(problem) = run.problem() {
        tell_problem(&mut out, problem);
    }
    if let Some(diagnosis) = &run.diagnosis {
        tell_diagnosis(&mut out, diagnosis);
    }
    out
}

fn tell_problem(out: &mut String, problem: &Problem) {
    line(out, "problem", format!("{} ({})", problem.cause, problem.label));
    line(out, "", &problem.changed);
    for remedy in &problem.next {
        match remedy {
            Remedy::Advice { text } => line(out, "", format!("→ {text}")),
            Remedy::Command { text, command } => line(out, "", format!("→ {text}: {command}")),
        }
    }
    for detail in problem.details.lines() {
        line(out, "", format!("| {detail}"));
    }
}

fn tell_diagnosis(out: &mut String, diagnosis: &Diagnosis) {
    match &diagnosis.answer {
        Answer::Known { failure, .. } => {
            line(
                out,
                "its log says",
                format!("{} ({}, {:.0} % sure)", failure.title, failure.label, diagnosis.confidence * 100.0),
            );
            line(out, "", format!("→ {}", failure.remedy));
        }
        Answer::Unknown => line(out, "its log says", "not recognised"),
        Answer::Fine => line(out, "its log says", "nothing wrong was found in it"),
    }
    for evidence in &diagnosis.evidence {
        line(out, "", format!("line {}: {}", evidence.line, evidence.text));
    }
}
