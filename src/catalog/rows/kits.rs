//! Rows of `kits.toml`.

use super::Backing;
use crate::catalog::CatalogError;
use crate::catalog::load::File;
use crate::facts::{ComputeCapability, OsFamily};
use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::Requirement;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How the line begins that says what came of a call: `passed: …` or `skipped: …` follows.
pub const CALLED: &str = "kit-call: ";

/// The language that everything is said in.
const ENGLISH: &str = "en";

/// Packages that go together on top of a torch, and one call that shows that they work with it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kit {
    /// The word of the commands.
    pub name: String,
    /// What it is for, by the code of the language.
    pub what: BTreeMap<String, String>,
    /// Requirements, without torch itself.
    pub packages: Vec<Requirement>,
    /// Python that uses them with torch, on the card where there is one. Fetches nothing; fails by an exception, else
    /// prints a line that begins with [`CALLED`].
    pub call: String,
    /// Where its packages have wheels; everywhere, if it is empty.
    #[serde(default)]
    pub os: Vec<OsFamily>,
    /// The environment becomes a kernel of Jupyter.
    #[serde(default)]
    pub kernel: bool,
    /// The Pythons that all of its packages have wheels for (PEP 440); any, if it is left out.
    #[serde(default)]
    pub python: VersionSpecifiers,
    /// A program whose source is checked out beside the environment; its own list of packages counts, too.
    pub program: Option<KitProgram>,
    /// Where it comes from.
    pub backing: Backing,
}

/// A program that is no package.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KitProgram {
    /// Its repository.
    pub repository: String,
    /// The branch that is taken.
    pub branch: String,
    /// Name of its folder, beside the environment.
    pub folder: String,
    /// The file in it that lists its packages as pip reads them.
    pub requirements: String,
    /// Arguments of Python that start it, in its folder.
    pub start: Vec<String>,
    /// What of it is the user's: models, pictures, settings.
    pub keeps: Vec<String>,
    /// Other repositories that it finds in its own folder.
    #[serde(default)]
    pub within: Vec<Within>,
}

/// Another repository inside of a program, at exactly this commit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Within {
    /// Where it stands in the program's folder, with `/`.
    pub folder: String,
    /// Where it comes from.
    pub repository: String,
    /// Its commit, 40 digits.
    pub commit: String,
}

/// A package that indexes have as source alone. It is of Python only, so setuptools makes it without a compiler.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceOnly {
    /// The package.
    pub name: String,
    /// The one version that is taken.
    pub version: String,
    /// What it needs, the setuptools that makes it included: without this its code would be run to learn it.
    pub requires: Vec<Requirement>,
    /// Where it comes from.
    pub backing: Backing,
}

/// What is known to go wrong with a package of a kit, or to look as if it did.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KitIssue {
    /// Of these kits.
    pub kits: Vec<String>,
    /// The package.
    pub package: String,
    /// Its versions (PEP 440); empty for any.
    pub versions: VersionSpecifiers,
    /// Only with a card of this compute capability or a later one.
    #[serde(default)]
    pub capability: Option<ComputeCapability>,
    /// A warning that may be left as it is.
    #[serde(default)]
    pub harmless: bool,
    /// What goes wrong.
    pub what: String,
    /// What helps.
    pub helps: String,
    /// When it was reported.
    pub since: jiff::civil::Date,
    /// Where.
    pub backing: Backing,
}

impl Kit {
    /// Whether its packages have wheels for a system.
    pub fn is_for(&self, os: OsFamily) -> bool {
        self.os.is_empty() || self.os.contains(&os)
    }

    /// What it is for, in a language; in English where nobody has said it in that one.
    pub fn what_in(&self, language: &str) -> &str {
        self.what.get(language).or_else(|| self.what.get(ENGLISH)).map(String::as_str).unwrap_or_default()
    }
}

impl KitIssue {
    /// Whether it concerns this version on these cards.
    pub fn concerns(&self, package: &str, version: &Version, newest_card: Option<ComputeCapability>) -> bool {
        let is_there = self.package == package && self.versions.contains(version);
        is_there && self.capability.is_none_or(|from| newest_card.is_some_and(|card| card >= from))
    }
}

/// What is known of kits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kits {
    /// All of them, in the order they are shown.
    pub all: Vec<Kit>,
    /// What is known to go wrong.
    pub issues: Vec<KitIssue>,
    /// Packages that are made from source where something asks for them.
    pub sources: Vec<SourceOnly>,
}

impl Kits {
    /// The kit of a name.
    pub fn named(&self, name: &str) -> Option<&Kit> {
        self.all.iter().find(|kit| kit.name == name)
    }

    /// What is known to go wrong with a kit.
    pub fn issues_of<'a>(&'a self, kit: &'a Kit) -> impl Iterator<Item = &'a KitIssue> {
        self.issues.iter().filter(|issue| issue.kits.contains(&kit.name))
    }

    pub(in crate::catalog) fn read(file: &mut File) -> Result<Self, CatalogError> {
        Ok(Self { all: file.rows("kit")?, issues: file.rows("issue")?, sources: file.rows("source_only")? })
    }

    pub(in crate::catalog) fn backings(&self) -> impl Iterator<Item = &Backing> {
        let issues = self.issues.iter().map(|row| &row.backing);
        let sources = self.sources.iter().map(|row| &row.backing);
        self.all.iter().map(|row| &row.backing).chain(issues).chain(sources)
    }
}
