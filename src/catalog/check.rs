//! What must hold between the rows; the form of a row is checked when it is read.

use super::{Catalog, CatalogError, DRIVERS, GPUS, Platform, TOOLS, WHEELS, rows};
use std::collections::BTreeSet;

/// The first rule that does not hold.
pub(super) fn check(catalog: &Catalog) -> Result<(), CatalogError> {
    unique(DRIVERS, "runtime", catalog.runtimes.iter().map(|row| row.variant.clone()))?;
    unique(GPUS, "cards", catalog.cards.iter().map(|row| row.name.clone()))?;
    unique(WHEELS, "release", catalog.releases.iter().map(|row| row.torch.to_string()))?;
    unique(TOOLS, "uv_wheel", catalog.uv_wheels.iter().map(|row| row.platform.clone()))?;
    cards(catalog)?;
    backed(catalog)?;
    for pair in catalog.releases.windows(2) {
        if let [newer, older] = pair
            && newer.torch <= older.torch
        {
            return fail(WHEELS, older.torch.to_string(), "releases stand newest first");
        }
    }
    for release in &catalog.releases {
        if catalog.companions(&release.torch).is_none() {
            return fail(super::COMPANIONS, release.torch.to_string(), "the release has no set of companions");
        }
        for platform in Platform::ALL {
            builds(catalog, release, platform)?;
        }
    }
    for row in &catalog.uv_wheels {
        if row.sha256.len() != 64 || !row.sha256.chars().all(|c| c.is_ascii_hexdigit()) {
            return fail(TOOLS, row.file.clone(), "sha256 has 64 hexadecimal digits");
        }
    }
    Ok(())
}

fn fail(file: &'static str, row: String, what: impl Into<String>) -> Result<(), CatalogError> {
    Err(CatalogError::Row { file, row, what: what.into() })
}

fn unique(file: &'static str, list: &str, ids: impl Iterator<Item = String>) -> Result<(), CatalogError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id.clone()) {
            return fail(file, format!("{list} ({id})"), "stands there twice");
        }
    }
    Ok(())
}

fn cards(catalog: &Catalog) -> Result<(), CatalogError> {
    for (at, card) in catalog.cards.iter().enumerate() {
        if catalog.architecture(card.capability).is_none() {
            return fail(GPUS, card.name.clone(), format!("no architecture has capability {}", card.capability));
        }
        for other in catalog.cards.iter().skip(at + 1) {
            if other.capability != card.capability && other.pci.iter().any(|id| card.pci.contains(id)) {
                return fail(
                    GPUS,
                    other.name.clone(),
                    format!("shares an id with {} of another capability", card.name),
                );
            }
        }
    }
    Ok(())
}

/// Every row says where it comes from; the day and the confidence are checked by their types.
fn backed(catalog: &Catalog) -> Result<(), CatalogError> {
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
        releases,
        arch_lists,
        sizes,
        longest_members,
        companion_sets,
        uv,
        uv_wheels,
        python_traps,
        python_kinds,
        python_choice,
    } = catalog;
    let all: [(&'static str, Vec<&rows::Backing>); 6] = [
        (
            DRIVERS,
            runtimes
                .iter()
                .map(|row| &row.backing)
                .chain(generations.iter().map(|row| &row.backing))
                .chain(first_linux.iter().map(|row| &row.backing))
                .chain(toolkits.iter().map(|row| &row.backing))
                .collect(),
        ),
        (
            GPUS,
            cards
                .iter()
                .map(|row| &row.backing)
                .chain(prefixes.iter().map(|row| &row.backing))
                .chain(pci_exceptions.iter().map(|row| &row.backing))
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
                .collect(),
        ),
        (super::COMPANIONS, companion_sets.iter().map(|row| &row.backing).collect()),
        (
            TOOLS,
            uv_wheels
                .iter()
                .map(|row| &row.backing)
                .chain(python_traps.iter().map(|row| &row.backing))
                .chain(python_kinds.iter().map(|row| &row.backing))
                .chain([&uv.backing, &python_choice.backing])
                .collect(),
        ),
    ];
    for (file, list) in all {
        if let Some(at) = list.iter().position(|backing| backing.source.trim().is_empty()) {
            return fail(file, format!("row {}", at + 1), "source is empty");
        }
    }
    Ok(())
}

fn builds(catalog: &Catalog, release: &rows::Release, platform: Platform) -> Result<(), CatalogError> {
    let on = release.on(platform);
    let name = format!("{} on {platform}", release.torch);
    let known = |variant: &str| variant == "cpu" || catalog.runtime(variant).is_some();
    for variant in on.variants.iter().chain(&on.unverified).chain([&on.pypi]) {
        if !known(variant) {
            return fail(WHEELS, name, format!("unknown variant {variant}"));
        }
        if catalog.size(variant, platform).is_none() {
            return fail(WHEELS, name, format!("no size for {variant}"));
        }
    }
    if let Some(odd) = on.experimental.iter().chain(&on.unknown_archs).find(|&variant| !on.variants.contains(variant)) {
        return fail(WHEELS, name, format!("{odd} is not among the variants"));
    }
    if let Some(tag) = on.pythons.iter().find(|tag| super::python_of_tag(tag).is_none()) {
        return fail(WHEELS, name, format!("{tag} is no Python tag"));
    }
    for variant in on.variants.iter().chain(&on.unverified).filter(|&variant| variant != "cpu") {
        let lists = catalog.arch_lists.iter().filter(|row| row.is_of(&release.torch, variant, platform)).count();
        let expected = usize::from(!on.unknown_archs.contains(variant));
        if lists != expected {
            return fail(WHEELS, name, format!("{variant} has {lists} arch lists, expected {expected}"));
        }
    }
    Ok(())
}
