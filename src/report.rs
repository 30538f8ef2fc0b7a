//! Pages to keep, print and give away: the report of a verification and the reference card of a PC. Each is one HTML
//! file without scripts and without anything from elsewhere. Pure: they are made of values, and written by others.

mod beside;
mod card;
mod commands;
mod curves;
mod finding;
mod markup;
mod redact;
mod secrets;
mod verification;

pub use commands::below;
pub use commands::{activation, line, notebook_kernel, wizard};
pub use markup::moment;
pub use redact::{Hidden, Kind, Private, Redactor, redacted, redacted_json};
pub use secrets::without_secrets;

use crate::catalog::Catalog;
use crate::facts::{MachineFacts, OsFacts, OsFamily};
use crate::plan::Plan;
use crate::store::Known;
use crate::text::Text;
use crate::verify::VerificationReport;
use std::path::Path;

/// What the page of a verification says beside the report.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// The environment, or the interpreter, that was checked.
    pub subject: Option<&'a Path>,
    /// The system, e.g. by [`system`].
    pub system: Option<&'a str>,
    /// The machine, whose hardware there may be advice on.
    pub facts: Option<&'a MachineFacts>,
    /// What shall not be in the page.
    pub private: Option<&'a Private>,
}

/// What the reference card is made of.
#[derive(Clone, Copy, Debug)]
pub struct Card<'a> {
    /// The folder of the environment.
    pub environment: &'a Path,
    /// The system it is for.
    pub os: OsFamily,
    /// The machine.
    pub facts: &'a MachineFacts,
    /// The plan it was made by, if it was made here.
    pub plan: Option<&'a Plan>,
    /// What the registry knows of it.
    pub known: Option<&'a Known>,
    /// Its last verification; without one the registry's word stands.
    pub report: Option<&'a VerificationReport>,
    /// When the card is made (RFC 3339, UTC).
    pub made_at: &'a str,
    /// What shall not be in the page. A card to paste commands from needs whole paths: then `None`.
    pub private: Option<&'a Private>,
}

/// The page of a verification: verdict, devices, checks, and what did not run.
pub fn verification_html(report: &VerificationReport, about: &About<'_>, catalog: &Catalog, text: &Text) -> String {
    verification::html(report, about, catalog, text)
}

/// One sheet of A4 with the set-up of a PC: what is in it, what was installed, how to use it and how to keep it.
pub fn reference_card(card: &Card<'_>, text: &Text) -> String {
    card::html(card, text)
}

/// What a verification comes to, in one sentence that says no more than the checks do.
pub fn headline(report: &VerificationReport, text: &Text) -> String {
    text.get(finding::Finding::of(report).key())
}

/// The speed of a check beside what the catalogue expects of the card; `None` where none was measured.
pub fn measured(check: &crate::verify::Check, text: &Text) -> Option<String> {
    verification::speed(text, check)
}

/// The system as one line.
pub fn system(os: &OsFacts) -> String {
    card::system(os)
}

#[cfg(test)]
mod tests;
