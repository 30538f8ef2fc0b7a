//! Advice on the PC's hardware as text.

use crate::catalog::{Catalog, Topic};
use crate::facts::MachineFacts;
use crate::hardware::{Advice, advice, words};
use crate::text::{Language, Text};
use std::fmt::Write as _;

/// All of it, each with how to check it and the page that says it.
pub(super) fn hardware(out: &mut String, facts: &MachineFacts, catalog: &Catalog) {
    let all = advice(facts, catalog);
    if !all.is_empty() {
        writeln!(out, "\nhardware").ok();
        lines(out, &all, catalog);
    }
}

/// What stands beside the advice on the driver, which tells of its faults itself.
pub(super) fn beside_driver(out: &mut String, facts: &MachineFacts, catalog: &Catalog) {
    let mut all = advice(facts, catalog);
    all.retain(|one| one.hint.topic() != Topic::DriverFault);
    lines(out, &all, catalog);
}

fn lines(out: &mut String, advice: &[Advice], catalog: &Catalog) {
    let text = Text::new(Language::English);
    for said in words::of(advice, catalog, &text) {
        writeln!(out, "  {}\n    {} [{}]", said.with_card(&text), said.check, said.source).ok();
    }
}
