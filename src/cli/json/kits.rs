//! `kit list --json`

use super::SCHEMA;
use crate::catalog::{Kit, KitIssue, Kits};
use crate::facts::OsFamily;
use serde::Serialize;

/// `kit list --json`
#[derive(Debug, Serialize)]
pub struct KitsLine<'a> {
    schema: u32,
    kits: Vec<KitLine<'a>>,
}

#[derive(Debug, Serialize)]
struct KitLine<'a> {
    name: &'a str,
    what: &'a str,
    packages: Vec<String>,
    /// Its packages have wheels for this system.
    here: bool,
    issues: Vec<IssueLine<'a>>,
    source: &'a str,
}

#[derive(Debug, Serialize)]
struct IssueLine<'a> {
    package: &'a str,
    versions: String,
    harmless: bool,
    what: &'a str,
    helps: &'a str,
    since: String,
    source: &'a str,
}

fn issue_line(issue: &KitIssue) -> IssueLine<'_> {
    IssueLine {
        package: &issue.package,
        versions: issue.versions.to_string(),
        harmless: issue.harmless,
        what: &issue.what,
        helps: &issue.helps,
        since: issue.since.to_string(),
        source: &issue.backing.source,
    }
}

/// The answer of `kit list --json`.
pub fn kits(kits: &Kits, here: OsFamily) -> KitsLine<'_> {
    fn line<'a>(kits: &'a Kits, kit: &'a Kit, here: OsFamily) -> KitLine<'a> {
        let Kit { name, packages, backing, .. } = kit;
        KitLine {
            name,
            what: kit.what_in("en"),
            packages: packages.iter().map(ToString::to_string).collect(),
            here: kit.is_for(here),
            issues: kits.issues_of(kit).map(issue_line).collect(),
            source: &backing.source,
        }
    }
    KitsLine { schema: SCHEMA, kits: kits.all.iter().map(|kit| line(kits, kit, here)).collect() }
}
