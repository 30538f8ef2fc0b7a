//! What changed and how environments stand, in sentences.

use super::{Doubt, Fault, Rechecked, Standing};
use crate::assess::Reason;
use crate::facts::Change;
use crate::text::Text;
use crate::verify::Proof;

/// One change, without a full stop.
pub fn change(change: &Change, text: &Text) -> String {
    match change {
        Change::Driver { from, to } => {
            let places = [("from", from.to_string().into()), ("to", to.to_string().into())];
            text.with("recheck-driver", &places)
        }
        Change::DriverInstalled { to } => text.with("recheck-driver-new", &[("to", to.to_string().into())]),
        Change::DriverRemoved { from } => text.with("recheck-driver-gone", &[("from", from.to_string().into())]),
        Change::CardReplaced { from, to } if from == to => {
            text.with("recheck-card-same", &[("name", from.as_str().into())])
        }
        Change::CardReplaced { from, to } => {
            text.with("recheck-card-replaced", &[("from", from.as_str().into()), ("to", to.as_str().into())])
        }
        Change::CardAdded { name } => text.with("recheck-card-added", &[("name", name.as_str().into())]),
        Change::CardRemoved { name } => text.with("recheck-card-removed", &[("name", name.as_str().into())]),
        Change::System { from, to } => {
            text.with("recheck-system", &[("from", from.as_str().into()), ("to", to.as_str().into())])
        }
        Change::Wsl { from, to } => {
            text.with("recheck-wsl", &[("from", from.as_str().into()), ("to", to.as_str().into())])
        }
        Change::Kernel { from, to } => {
            text.with("recheck-kernel", &[("from", from.as_str().into()), ("to", to.as_str().into())])
        }
        Change::Engine { name, from, to } => text.with(
            "recheck-engine",
            &[("name", name.as_str().into()), ("from", from.as_str().into()), ("to", to.as_str().into())],
        ),
    }
}

/// All of them as one sentence; empty without any.
pub fn changes(all: &[Change], text: &Text) -> String {
    let said: Vec<String> = all.iter().map(|one| change(one, text)).collect();
    if said.is_empty() { String::new() } else { format!("{}.", said.join("; ")) }
}

/// How an environment stands, as one or more sentences.
pub fn standing(standing: &Standing, text: &Text) -> String {
    match standing {
        Standing::Holds => text.get("recheck-holds"),
        Standing::NeedsProof { since } if since.is_empty() => text.get("recheck-never-proven"),
        Standing::NeedsProof { since } => {
            format!("{} {}", text.get("recheck-needs-proof"), changes(since, text))
        }
        Standing::Broken(Fault::Rule(reasons)) => {
            format!("{} {}", text.get("recheck-broken"), said(reasons, text)).trim_end().to_owned()
        }
        Standing::Broken(Fault::Files(trouble)) => text.with("recheck-files", &[("how", trouble.in_words().into())]),
        Standing::Broken(Fault::Checks(Proof::Failed)) => text.get("recheck-failed"),
        Standing::Broken(Fault::Checks(proof)) => text.with("recheck-not-proven", &[("verdict", proof.word().into())]),
        Standing::Missing => text.get("recheck-missing"),
        Standing::Unknown(Doubt::Rule(reasons)) => {
            format!("{} {}", text.get("recheck-unknown"), said(reasons, text)).trim_end().to_owned()
        }
        Standing::Unknown(Doubt::Restart) => text.get("recheck-restart"),
    }
}

fn said(reasons: &[Reason], text: &Text) -> String {
    let said: Vec<String> = reasons.iter().map(|reason| reason.said(text)).collect();
    said.join(" ")
}

/// Title and text of a notification: what changed, then how the first of these environments stands and how many more there
/// are. Nobody reads a list there.
pub fn note(all: &[Change], news: &[&Rechecked], text: &Text) -> Option<(String, String)> {
    let first = news.first()?;
    let is_broken = |one: &&Rechecked| matches!(one.standing, Standing::Broken(_) | Standing::Missing);
    let title = if news.iter().any(is_broken) { "recheck-note-broken" } else { "recheck-note-proof" };
    // The gravest stands first.
    let shown = news.iter().copied().find(|one| is_broken(one)).unwrap_or(first);
    let name = shown.path.file_name().unwrap_or(shown.path.as_os_str()).to_string_lossy().into_owned();
    // What changed is said already.
    let is_said = matches!(&shown.standing, Standing::NeedsProof { since } if since == all && !since.is_empty());
    let own = if is_said { text.get("recheck-needs-proof") } else { standing(&shown.standing, text) };
    let mut lines = vec![changes(all, text), format!("{name}: {own}")];
    let more = news.len().saturating_sub(1);
    if more > 0 {
        lines.push(text.with("recheck-note-more", &[("count", more.into())]));
    }
    lines.retain(|line| !line.is_empty());
    Some((text.find(title).unwrap_or_default(), lines.join("\n")))
}
