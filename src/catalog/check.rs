//! What must hold between the rows; the form of a row is checked when it is read.
//!
//! All that does not hold is told at once: who adds a release or a card learns every table that lacks it.

mod build;
mod cards;
mod images;
mod kits;
mod wheels;

use super::{COMPANIONS, Catalog, CatalogError, DRIVERS, GPUS, TOOLS, WHEELS, rows};
use std::collections::BTreeSet;

/// What does not hold.
#[derive(Default)]
struct Found(Vec<CatalogError>);

impl Found {
    fn add(&mut self, file: &'static str, row: impl Into<String>, what: impl Into<String>) {
        self.0.push(CatalogError::Row { file, row: row.into(), what: what.into() });
    }

    fn unless(&mut self, holds: bool, file: &'static str, row: impl Into<String>, what: impl Into<String>) {
        if !holds {
            self.add(file, row, what);
        }
    }

    /// No name stands twice.
    fn unique(&mut self, file: &'static str, list: &str, ids: impl Iterator<Item = String>) {
        let mut seen = BTreeSet::new();
        for id in ids {
            if !seen.insert(id.clone()) {
                self.add(file, format!("{list} ({id})"), "stands there twice");
            }
        }
    }

    /// Each of a list is greater than the one before.
    fn rising<T: PartialOrd>(&mut self, file: &'static str, list: &str, order: &str, values: &[T]) {
        self.unless(values.is_sorted_by(|a, b| a < b), file, list, format!("the rows stand {order}"));
    }
}

/// Every rule that does not hold.
pub(super) fn check(catalog: &Catalog) -> Result<(), CatalogError> {
    let mut found = Found::default();
    backed(catalog, &mut found);
    uniques(catalog, &mut found);
    cards::check(catalog, &mut found);
    wheels::check(catalog, &mut found);
    images::check(catalog, &mut found);
    build::check(catalog, &mut found);
    kits::check(catalog, &mut found);
    for topic in rows::Topic::ALL {
        let has_row = catalog.hardware.source(topic).is_some();
        found.unless(has_row, super::HARDWARE, format!("advice ({})", topic.word()), "is missing");
    }
    for row in &catalog.uv_wheels {
        let is_hash = row.sha256.len() == 64 && row.sha256.chars().all(|c| c.is_ascii_hexdigit());
        found.unless(is_hash, TOOLS, &row.file, "sha256 has 64 hexadecimal digits");
    }
    let Found(mut all) = found;
    match (all.pop(), all.is_empty()) {
        (None, _) => Ok(()),
        (Some(only), true) => Err(only),
        (Some(last), false) => {
            all.push(last);
            Err(CatalogError::Several(all))
        }
    }
}

fn uniques(catalog: &Catalog, found: &mut Found) {
    found.unique(DRIVERS, "runtime", catalog.runtimes.iter().map(|row| row.variant.clone()));
    found.unique(DRIVERS, "fault", catalog.driver_faults.iter().map(|row| row.code.clone()));
    found.unique(GPUS, "cards", catalog.cards.iter().map(|row| row.name.clone()));
    found.unique(WHEELS, "release", catalog.releases.iter().map(|row| row.torch.to_string()));
    found.unique(COMPANIONS, "set", catalog.companion_sets.iter().map(|row| row.torch.to_string()));
    found.unique(COMPANIONS, "package", catalog.packages.iter().map(|row| row.name.clone()));
    found.unique(TOOLS, "uv_wheel", catalog.uv_wheels.iter().map(|row| row.platform.clone()));
    found.unique(super::CONTAINERS, "image", catalog.images.iter().map(|row| row.image.clone()));
    found.unique(super::XIDS, "xid", catalog.xids.iter().map(|row| row.number.to_string()));
    found.unique(super::KITS, "kit", catalog.kits.all.iter().map(|row| row.name.clone()));
    found.unique(super::KITS, "source_only", catalog.kits.sources.iter().map(|row| row.name.clone()));
    found.unique(super::HARDWARE, "advice", catalog.hardware.topics.iter().map(|row| row.topic.word().to_owned()));
    found.unique(super::WSL, "command", catalog.wsl.commands.iter().map(|row| row.code.clone()));
}

/// Every row says where it comes from; the day and the confidence are checked by their types.
fn backed(catalog: &Catalog, found: &mut Found) {
    let Catalog {
        runtimes,
        generations,
        first_linux,
        toolkits,
        cards,
        prefixes,
        pci_exceptions,
        architectures,
        code_exceptions,
        nightly: _,
        nightly_life,
        next,
        releases,
        arch_lists,
        sizes,
        longest_members,
        companion_sets,
        packages,
        other_builds,
        branches,
        kernel_modules,
        driver_faults,
        driver_origins,
        uv,
        uv_wheels,
        python_traps,
        vc_libraries,
        python_kinds,
        python_choice,
        files: _,
        images,
        containers,
        source,
        wsl,
        named,
        distributions,
        windows,
        xids,
        kits,
        hardware,
        names: _,
    } = catalog;
    let all: [(&'static str, Vec<&rows::Backing>); 14] = [
        (
            DRIVERS,
            runtimes
                .iter()
                .map(|row| &row.backing)
                .chain(generations.iter().map(|row| &row.backing))
                .chain(first_linux.iter().map(|row| &row.backing))
                .chain(toolkits.iter().map(|row| &row.backing))
                .chain(branches.iter().map(|row| &row.backing))
                .chain(kernel_modules.iter().map(|row| &row.backing))
                .chain(driver_faults.iter().map(|row| &row.backing))
                .chain(driver_origins.iter().map(|row| &row.backing))
                .collect(),
        ),
        (
            GPUS,
            cards
                .iter()
                .map(|row| &row.backing)
                .chain(prefixes.iter().map(|row| &row.backing))
                .chain(pci_exceptions.iter().map(|row| &row.backing))
                .chain(named.iter().map(|row| &row.backing))
                .collect(),
        ),
        (
            super::ARCHITECTURES,
            architectures
                .iter()
                .map(|row| &row.backing)
                .chain(code_exceptions.iter().map(|row| &row.backing))
                .collect(),
        ),
        (
            WHEELS,
            releases
                .iter()
                .map(|row| &row.backing)
                .chain(arch_lists.iter().map(|row| &row.backing))
                .chain(sizes.iter().map(|row| &row.backing))
                .chain(longest_members.iter().map(|row| &row.backing))
                .chain(other_builds.iter().map(|row| &row.backing))
                .chain([&nightly_life.backing, &next.backing])
                .collect(),
        ),
        (
            super::COMPANIONS,
            companion_sets.iter().map(|row| &row.backing).chain(packages.iter().map(|row| &row.backing)).collect(),
        ),
        (
            TOOLS,
            uv_wheels
                .iter()
                .map(|row| &row.backing)
                .chain(python_traps.iter().map(|row| &row.backing))
                .chain(vc_libraries.iter().map(|row| &row.backing))
                .chain(python_kinds.iter().map(|row| &row.backing))
                .chain([&uv.backing, &python_choice.backing])
                .collect(),
        ),
        (super::CONTAINERS, images.iter().map(|row| &row.backing).collect()),
        (super::CONTAINERS, containers.backings()),
        (super::BUILD, source.backings()),
        (super::WSL, wsl.backings()),
        (
            super::SYSTEMS,
            distributions.iter().map(|row| &row.backing).chain(windows.iter().map(|row| &row.backing)).collect(),
        ),
        (super::XIDS, xids.iter().map(|row| &row.backing).collect()),
        (super::KITS, kits.backings().collect()),
        (super::HARDWARE, hardware.backings()),
    ];
    for (file, list) in all {
        for (at, _) in list.iter().enumerate().filter(|(_, backing)| backing.source.trim().is_empty()) {
            found.add(file, format!("row {}", at + 1), "source is empty");
        }
    }
}
