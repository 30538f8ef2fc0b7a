//! `envs check`

use super::{meant, not_there};
use crate::cli::{Done, Session, exit, json};
use crate::environments::health::{Finding, Health, look};
use crate::environments::{State, Trouble};
use crate::problem::Remedy;
use std::path::Path;

/// `envs check --json`.
#[derive(serde::Serialize)]
struct Answer<'a> {
    schema: u32,
    path: String,
    kind: &'a str,
    /// As in `envs list`.
    state: &'static str,
    torch: Option<String>,
    variant: Option<&'a str>,
    python: Option<String>,
    listed: bool,
    verdict: Option<crate::verify::Proof>,
    verified_at: Option<&'a str>,
    findings: Vec<Line<'a>>,
    milliseconds: u128,
}

#[derive(serde::Serialize)]
struct Line<'a> {
    code: &'a str,
    text: &'a str,
    fix: &'a str,
    command: Option<&'a str>,
}

pub fn run(session: &mut Session, word: &Path) -> Done {
    let began = session.host.uptime();
    let (path, known) = meant(session, word)?;
    if known.is_none() && session.host.meta(&path).is_none() {
        return Err(not_there(&path));
    }
    let health = look(&*session.host, &path, known, &session.catalog.companion_sets);
    if session.json {
        let milliseconds = session.host.uptime().saturating_sub(began).as_millis();
        session.say_json(&answer(&health, milliseconds));
    } else {
        session.screen.raw(&text(&health));
    }
    Ok(if health.is_sound() { exit::DONE } else { exit::NO })
}

fn answer(health: &Health, milliseconds: u128) -> Answer<'_> {
    let Health { environment, python, variant, known, state, findings } = health;
    Answer {
        schema: json::SCHEMA,
        path: environment.path.display().to_string(),
        kind: &environment.kind,
        state: state.word(),
        torch: environment.torch.as_ref().map(ToString::to_string),
        variant: variant.as_deref(),
        python: python.map(|python| python.to_string()),
        listed: known.is_some(),
        verdict: known.as_ref().and_then(|known| known.verdict),
        verified_at: known.as_ref().and_then(|known| known.verified_at.as_deref()),
        findings: findings.iter().map(line).collect(),
        milliseconds,
    }
}

fn line(finding: &Finding) -> Line<'_> {
    let (fix, command) = match &finding.remedy {
        Remedy::Advice { text } => (text.as_str(), None),
        Remedy::Command { text, command } => (text.as_str(), Some(command.as_str())),
    };
    Line { code: &finding.reason.code, text: &finding.reason.text, fix, command }
}

fn text(health: &Health) -> String {
    let Health { environment, python, variant, known, state, findings } = health;
    let path = environment.path.display();
    if *state == State::Wrong(Trouble::Missing) {
        return format!("{path}: the folder is gone.\n  → Take it off the list: torch-wizard envs forget \"{path}\"\n");
    }
    let torch = environment.torch.as_ref().map_or_else(|| "no torch".to_owned(), |torch| format!("torch {torch}"));
    let variant = variant.as_ref().map(|variant| format!(" ({variant})")).unwrap_or_default();
    let python = python.map(|python| format!(", Python {python}")).unwrap_or_default();
    let mut lines = vec![format!("{path}"), format!("  {torch}{variant}{python}, {}", environment.kind)];
    lines.push(match known {
        None => format!("  not in the list; take it in: torch-wizard envs adopt \"{path}\""),
        Some(known) => match (known.verdict, &known.verified_at) {
            (Some(verdict), Some(at)) => format!("  {} at {at}", verdict.word()),
            (Some(_) | None, _) => "  not verified".to_owned(),
        },
    });
    if health.is_sound() {
        lines.push("Nothing is wrong with its files.".to_owned());
    }
    lines.extend(findings.iter().map(|finding| format!("- {}", finding.reason.text)));
    let mut fixes: Vec<String> = findings.iter().map(fix).collect();
    fixes.dedup();
    lines.extend(fixes);
    lines.join("\n") + "\n"
}

fn fix(finding: &Finding) -> String {
    let Line { fix, command, .. } = line(finding);
    command.map_or_else(|| format!("  → {fix}"), |command| format!("  → {fix}: {command}"))
}
