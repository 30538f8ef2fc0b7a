//! The plan as a text for people.

use super::heading;
use crate::plan::{Action, Plan, Shell, native_shell};
use crate::text;
use std::fmt::Write as _;

pub(super) fn text(plan: &Plan) -> String {
    let shell = native_shell(plan.os);
    let mut out = format!("{}\n", heading(plan));
    writeln!(out, "{}", amount(plan)).ok();
    writeln!(out, "environment  {}", plan.target.display()).ok();
    let python = plan.choices.version().unwrap_or_else(|| "as in the image".to_owned());
    let path = plan.choices.python.display().to_string();
    let path = if path.is_empty() { path } else { format!(" ({path})") };
    writeln!(out, "Python       {python}{path}").ok();
    if !plan.lock.packages.is_empty() {
        writeln!(out, "engine       {}", plan.choices.engine.word()).ok();
    }
    writeln!(out, "hosts        {}", plan.hosts.join(", ")).ok();
    for reason in plan.assessment.verdict.reasons() {
        writeln!(out, "because      {}", reason.text).ok();
    }
    if !plan.inheritance.cleared.is_empty() {
        let names: Vec<&str> = plan.inheritance.cleared.iter().map(String::as_str).collect();
        writeln!(out, "not passed on to the install: {}", names.join(", ")).ok();
    }
    writeln!(out, "\nSteps").ok();
    for (number, step) in plan.steps.iter().enumerate() {
        let rights = if step.admin { " (administrator)" } else { "" };
        writeln!(out, "{}. {}{rights}", number + 1, step.title).ok();
        writeln!(out, "   {}", action_text(plan, &step.action, shell)).ok();
    }
    out += &settings(plan);
    if !plan.lock.packages.is_empty() {
        writeln!(out, "\nPackages").ok();
    }
    for package in &plan.lock.packages {
        let size = package.wheel.size.map_or_else(|| "?".to_owned(), text::size);
        let hash = if package.wheel.sha256.is_some() { "" } else { "  (the index names no hash)" };
        writeln!(out, "{:>9}  {} {}{hash}", size, package.name, package.version).ok();
    }
    out
}

/// The variables of a build from source, each with its reason.
fn settings(plan: &Plan) -> String {
    let Some(recipe) = plan.recipe.as_ref().filter(|recipe| !recipe.is_built) else { return String::new() };
    let mut out = "\nSettings of the build\n".to_owned();
    for setting in recipe.workshop.settings_in(&plan.staging) {
        writeln!(out, "{}={}\n   {}", setting.name, setting.value, setting.why).ok();
    }
    out
}

/// What is fetched and what it becomes.
fn amount(plan: &Plan) -> String {
    let disk = plan.assessment.disk_bytes;
    let disk = disk.map(|bytes| format!(", about {} on disk", text::size(bytes))).unwrap_or_default();
    if plan.lock.packages.is_empty() {
        let size = plan.assessment.download_bytes;
        let size = size.map_or_else(|| "size not known".to_owned(), |bytes| format!("about {}", text::size(bytes)));
        return format!("{size} to fetch{disk}");
    }
    let size = plan.lock.download_bytes().map_or_else(|| "size not known".to_owned(), text::size);
    let count = text::count(plan.lock.packages.len(), "package", "packages");
    format!("{count}, {size} to fetch at most{disk}")
}

/// An action as it is shown: a command as it runs, anything else in words.
pub fn action_text(plan: &Plan, action: &Action, shell: Shell) -> String {
    match action {
        Action::Run { command } => command.display(shell),
        Action::Fetch => {
            format!("{} → {}", text::count(plan.lock.packages.len(), "file", "files"), plan.places.store.display())
        }
        Action::WritePins { path } | Action::WriteFile { path, .. } | Action::Register { at: path } => {
            path.display().to_string()
        }
        Action::Rehome { from, to } => format!("{} → {}", from.display(), to.display()),
        Action::Verify { device, .. } => {
            format!("matrix products, convolution, LSTM, attention … on {device}, against float64")
        }
        Action::Expect { path, any, .. } => format!("{} in {}", any.join(", "), path.display()),
        Action::Restart { why } => why.clone(),
        Action::SetAside { packages, leftovers, aside, .. } => {
            let leftovers = leftovers.iter().map(|path| path.display().to_string());
            let what: Vec<String> = packages.iter().cloned().chain(leftovers).collect();
            format!("{} → {} (back from there when a later step fails)", what.join(", "), aside.display())
        }
        Action::MoveIn { aside, environment } => {
            format!("{} → {} (out again when a later step fails)", aside.display(), environment.display())
        }
        Action::DropAside { aside } => aside.display().to_string(),
        Action::Program { commands, to, .. } => {
            let commands: Vec<String> = commands.iter().map(|command| command.display(shell)).collect();
            format!("{} → {}", commands.join("; "), to.display())
        }
        Action::Promote { from, to, aside } => {
            let kept = aside
                .as_ref()
                .map(|aside| format!(" (what stands there waits in {})", aside.display()))
                .unwrap_or_default();
            format!("{} → {}{kept}", from.display(), to.display())
        }
    }
}
