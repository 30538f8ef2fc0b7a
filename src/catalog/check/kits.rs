//! A kit leaves torch to the environment, and what is known of it names one that is there.

use super::Found;
use crate::catalog::{CALLED, Catalog, KITS};

/// What belongs to the environment.
const OWN: [&str; 3] = ["torch", "torchvision", "torchaudio"];

pub(super) fn check(catalog: &Catalog, found: &mut Found) {
    for kit in &catalog.kits.all {
        let own = kit.packages.iter().find(|package| OWN.contains(&package.name.as_ref()));
        found.unless(own.is_none(), KITS, &kit.name, "torch and its companions belong to the environment");
        found.unless(kit.what.contains_key("en"), KITS, &kit.name, "what it is for is not said in English");
        let has_packages = !kit.packages.is_empty() || kit.program.is_some();
        found.unless(has_packages, KITS, &kit.name, "no packages");
        found.unless(kit.call.contains(CALLED), KITS, &kit.name, format!("its call prints no line with {CALLED:?}"));
    }
    for issue in &catalog.kits.issues {
        let unknown: Vec<&String> = issue.kits.iter().filter(|name| catalog.kits.named(name).is_none()).collect();
        let is_of_any = unknown.is_empty() && !issue.kits.is_empty();
        found.unless(is_of_any, KITS, &issue.package, format!("kits names one that is there, not {unknown:?}"));
    }
}
