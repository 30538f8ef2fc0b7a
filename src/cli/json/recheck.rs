//! `recheck --json`

use super::{ReasonLine, SCHEMA, reason_lines};
use crate::detect::gpu::DriverTrouble;
use crate::facts::{Change, MachineFacts};
use crate::recheck::{self, Doubt, Fault, Recheck, Standing};
use crate::text::Text;
use serde::Serialize;

/// `recheck --json`
#[derive(Debug, Serialize)]
pub struct RecheckedAll<'a> {
    schema: u32,
    simulated: bool,
    all_hold: bool,
    restart_pending: bool,
    changes: Vec<ChangeLine>,
    driver_troubles: Vec<TroubleLine>,
    environments: Vec<Line<'a>>,
}

#[derive(Debug, Serialize)]
struct ChangeLine {
    what: &'static str,
    from: Option<String>,
    to: Option<String>,
    text: String,
}

#[derive(Debug, Serialize)]
struct TroubleLine {
    code: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    path: String,
    torch: Option<&'a str>,
    standing: &'static str,
    text: String,
    since: Vec<ChangeLine>,
    reasons: Vec<ReasonLine<'a>>,
}

fn change_line(change: &Change, text: &Text) -> ChangeLine {
    let said = recheck::change(change, text);
    let line = |what, from: Option<String>, to: Option<String>| ChangeLine { what, from, to, text: said.clone() };
    match change {
        Change::Driver { from, to } => line("driver", Some(from.to_string()), Some(to.to_string())),
        Change::DriverInstalled { to } => line("driver", None, Some(to.to_string())),
        Change::DriverRemoved { from } => line("driver", Some(from.to_string()), None),
        Change::CardReplaced { from, to } => line("card", Some(from.clone()), Some(to.clone())),
        Change::CardAdded { name } => line("card", None, Some(name.clone())),
        Change::CardRemoved { name } => line("card", Some(name.clone()), None),
        Change::System { from, to } => line("os", Some(from.clone()), Some(to.clone())),
        Change::Wsl { from, to } => line("wsl", Some(from.clone()), Some(to.clone())),
        Change::Kernel { from, to } => line("kernel", Some(from.clone()), Some(to.clone())),
        Change::Engine { from, to, .. } => line("engine", Some(from.clone()), Some(to.clone())),
    }
}

/// The answer of `recheck --json`.
pub fn rechecked<'a>(
    recheck: &'a Recheck,
    facts: &MachineFacts,
    troubles: &[DriverTrouble],
    text: &Text,
) -> RecheckedAll<'a> {
    let changes = |all: &[Change]| all.iter().map(|one| change_line(one, text)).collect();
    let trouble = |one: &DriverTrouble| TroubleLine { code: one.code(), text: one.to_string() };
    let environments = recheck.environments.iter().map(|one| Line {
        path: one.path.display().to_string(),
        torch: one.torch.as_deref(),
        standing: one.standing.word(),
        text: recheck::standing(&one.standing, text),
        since: match &one.standing {
            Standing::NeedsProof { since } => changes(since),
            Standing::Holds | Standing::Broken(_) | Standing::Missing | Standing::Unknown(_) => Vec::new(),
        },
        reasons: match &one.standing {
            Standing::Broken(Fault::Rule(reasons)) | Standing::Unknown(Doubt::Rule(reasons)) => reason_lines(reasons),
            Standing::Broken(Fault::Files(_) | Fault::Checks(_))
            | Standing::Unknown(Doubt::Restart)
            | Standing::Holds
            | Standing::NeedsProof { .. }
            | Standing::Missing => Vec::new(),
        },
    });
    RecheckedAll {
        schema: SCHEMA,
        simulated: facts.is_simulated(),
        all_hold: recheck.all_hold(),
        restart_pending: recheck::waits_for_restart(facts),
        changes: changes(&recheck.changes),
        driver_troubles: troubles.iter().map(trouble).collect(),
        environments: environments.collect(),
    }
}
