//! What an index has that the catalogue does not know. Such builds are judged by rule alone: the least driver is that
//! of the runtime's major version, and for which cards they have code is not known.

use super::LiveIndex;
use crate::catalog::{Catalog, Platform, python_of_tag};
use crate::facts::{CudaVersion, PythonVersion, TorchVersion};
use std::collections::{BTreeMap, BTreeSet};

/// A stable release that is newer than all of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRelease {
    /// Its public version.
    pub torch: TorchVersion,
    /// The variants whose pages list it, oldest runtime first; empty if only `PyPI` has it.
    pub variants: Vec<String>,
    /// Whether `PyPI` has it; `None` if it was not asked.
    pub on_pypi: Option<bool>,
}

/// What is new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Releases newer than all of the catalogue, newest first.
    pub newer_releases: Vec<NewRelease>,
    /// Variants with stable wheels that the catalogue has no runtime for.
    pub new_variants: Vec<String>,
    /// Variants with nightly builds that the catalogue has no runtime for.
    pub new_nightly_variants: Vec<String>,
    /// Builds that the catalogue was not sure of, and that are there.
    pub confirmed: Vec<(TorchVersion, String)>,
}

impl News {
    /// Nothing is new.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl LiveIndex {
    /// What the catalogue does not know. Pre-releases and wheels of other local parts are no news.
    pub fn news(&self, catalog: &Catalog) -> News {
        let Some(newest) = catalog.releases().first().map(|release| &release.torch) else { return News::default() };
        let mut newer: BTreeMap<TorchVersion, BTreeSet<&str>> = BTreeMap::new();
        let mut new_variants = Vec::new();
        for (variant, versions) in &self.stable() {
            if !versions.is_empty() && is_unknown(catalog, variant) {
                new_variants.push((*variant).to_owned());
            }
            for version in versions.iter().filter(|version| *version > newest) {
                newer.entry(version.clone()).or_default().insert(variant);
            }
        }
        let of_pypi = self.pypi_torch.iter().flatten().filter(|version| version.is_stable() && *version > newest);
        for version in of_pypi {
            newer.entry(version.clone()).or_default();
        }
        let on_pypi = |torch: &TorchVersion| self.pypi_torch.as_ref().map(|versions| versions.contains(torch));
        let release = |(torch, variants): (TorchVersion, BTreeSet<&str>)| NewRelease {
            on_pypi: on_pypi(&torch),
            variants: by_runtime(variants),
            torch,
        };
        let nightly =
            self.nightly.iter().filter(|(variant, nights)| !nights.is_empty() && is_unknown(catalog, variant));
        News {
            newer_releases: newer.into_iter().rev().map(release).collect(),
            new_variants: by_runtime(new_variants.iter().map(String::as_str)),
            new_nightly_variants: by_runtime(nightly.map(|(variant, _)| variant.as_str())),
            confirmed: self.confirmed(catalog),
        }
    }

    /// The variants that have stable wheels, and those that have nightly builds as `nightly/cu134`.
    pub fn offers(&self) -> BTreeSet<String> {
        let stable = self.stable().into_iter().filter(|(_, versions)| !versions.is_empty());
        let nightly = self.nightly.iter().filter(|(_, nights)| !nights.is_empty());
        let stable = stable.map(|(variant, _)| variant.to_owned());
        stable.chain(nightly.map(|(variant, _)| format!("nightly/{variant}"))).collect()
    }

    /// Public versions of the stable wheels on each page.
    fn stable(&self) -> BTreeMap<&str, BTreeSet<TorchVersion>> {
        let of_page = |variant: &str| -> BTreeSet<TorchVersion> {
            let own = self.wheels(variant).filter(|wheel| wheel.version.is_stable());
            own.filter_map(|wheel| wheel.version.public().parse().ok()).collect()
        };
        self.pages.keys().map(|variant| (variant.as_str(), of_page(variant))).collect()
    }

    fn confirmed(&self, catalog: &Catalog) -> Vec<(TorchVersion, String)> {
        let mut list: Vec<_> = Platform::ALL
            .into_iter()
            .flat_map(|platform| catalog.builds(platform).map(move |row| (platform, row)))
            .filter(|(platform, row)| {
                row.is_unverified && self.has_build(row.variant, &row.release.torch, *platform) == Some(true)
            })
            .map(|(_, row)| (row.release.torch.clone(), row.variant.to_owned()))
            .collect();
        list.sort();
        list.dedup();
        list
    }

    /// The Pythons that a build has wheels for on a platform, oldest first; free-threaded ones left out. Empty if the
    /// page was not read.
    pub fn pythons(&self, variant: &str, torch: &TorchVersion, platform: Platform) -> Vec<PythonVersion> {
        let public = torch.public();
        let wheels = self.wheels(variant);
        let fitting = wheels.filter(|wheel| wheel.version.public() == public && platform.has_tag(&wheel.platform_tag));
        let plain = fitting.filter(|wheel| !wheel.python_tag.ends_with('t'));
        let found: BTreeSet<_> = plain.filter_map(|wheel| python_of_tag(&wheel.python_tag)).collect();
        found.into_iter().collect()
    }
}

fn is_unknown(catalog: &Catalog, variant: &str) -> bool {
    variant != "cpu" && catalog.runtime(variant).is_none()
}

fn by_runtime<'a>(variants: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut list: Vec<&str> = variants.into_iter().collect();
    list.sort_unstable_by_key(|variant| CudaVersion::of_variant(variant));
    list.into_iter().map(str::to_owned).collect()
}
