//! A card is known to every table that speaks of generations.

use super::Found;
use crate::catalog::{ARCHITECTURES, BUILD, Catalog, DRIVERS, GPUS};
use crate::facts::ComputeCapability;
use std::collections::BTreeMap;

pub(super) fn check(catalog: &Catalog, found: &mut Found) {
    let mut first = BTreeMap::new();
    for card in &catalog.cards {
        first.entry(card.capability).or_insert(card.name.as_str());
    }
    for (capability, name) in first {
        generation(catalog, found, capability, name);
    }
    for row in &catalog.prefixes {
        let known = catalog.architecture(row.capability).is_some();
        let what = format!("no architecture has capability {} of prefix {}", row.capability, row.prefix);
        found.unless(known, ARCHITECTURES, row.capability.to_string(), what);
    }
    for row in &catalog.named {
        let known = catalog.architecture(row.capability).is_some();
        found.unless(known, ARCHITECTURES, row.capability.to_string(), "no architecture has this capability of a name");
    }
    shared_ids(catalog, found);
    branches(catalog, found);
}

/// What a capability needs in each table; `name` is a card that has it.
fn generation(catalog: &Catalog, found: &mut Found, capability: ComputeCapability, name: &str) {
    let row = capability.to_string();
    match catalog.architecture(capability) {
        None => found.add(ARCHITECTURES, &row, format!("no architecture has capability {row} of {name}")),
        // What no compiler of the table knows any more has no place in it either.
        Some(architecture) => {
            let oldest = catalog.source.compilers.first().map(|compiler| compiler.cuda);
            let is_older = architecture.last_cuda.zip(oldest).is_some_and(|(last, oldest)| last < oldest);
            let compiled = catalog.source.compilers.iter().any(|compiler| compiler.knows(capability));
            found.unless(compiled || is_older, BUILD, &row, format!("no compiler makes code for {name}"));
        }
    }
    let driven = catalog.card_floor(crate::catalog::Numbering::Linux, capability).is_some();
    found.unless(driven, DRIVERS, &row, format!("no generation has capability {row} of {name}"));
    let has_module = !catalog.kernel_modules(capability).is_empty();
    found.unless(has_module, DRIVERS, &row, format!("no kernel_module has capability {row} of {name}"));
}

fn shared_ids(catalog: &Catalog, found: &mut Found) {
    let mut owners = BTreeMap::new();
    for card in &catalog.cards {
        for id in &card.pci {
            let owner = *owners.entry(*id).or_insert(card);
            let what = format!("shares an id with {} of another capability", owner.name);
            found.unless(owner.capability == card.capability, GPUS, &card.name, what);
        }
    }
}

/// A branch that drops cards is named by the generations it drops.
fn branches(catalog: &Catalog, found: &mut Found) {
    let numbers: Vec<u32> = catalog.branches.iter().map(|row| row.branch).collect();
    found.rising(DRIVERS, "branch", "oldest first", &numbers);
    for branch in &catalog.branches {
        let Some(below) = branch.drops_below else { continue };
        for row in catalog.generations.iter().filter(|row| row.to < below) {
            let dropped = row.dropped_from.is_some_and(|from| from <= branch.branch);
            let what = format!("branch {} drops it, dropped_from does not say so", branch.branch);
            found.unless(dropped, DRIVERS, format!("generation {} to {}", row.from, row.to), what);
        }
    }
    for fault in &catalog.driver_faults {
        found.unless(fault.from < fault.fixed_in, DRIVERS, &fault.code, "is fixed before it begins");
    }
    let for_all = catalog.driver_origins.last().is_some_and(|row| row.systems.iter().any(String::is_empty));
    found.unless(for_all, DRIVERS, "origin", "the last row is not for every system");
    let cudas: Vec<_> = catalog.toolkits.iter().map(|row| row.cuda).collect();
    found.rising(DRIVERS, "toolkit", "oldest first", &cudas);
}
