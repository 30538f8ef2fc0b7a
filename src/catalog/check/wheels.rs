//! A release and each of its variants is known to every table that speaks of wheels.

use super::Found;
use crate::catalog::{BUILD, COMPANIONS, Catalog, DRIVERS, Platform, Release, WHEELS, python_of_tag};
use crate::facts::CudaVersion;
use std::cmp::Reverse;
use std::collections::BTreeSet;

pub(super) fn check(catalog: &Catalog, found: &mut Found) {
    let newest_first: Vec<_> = catalog.releases.iter().map(|row| Reverse(&row.torch)).collect();
    found.rising(WHEELS, "release", "newest first", &newest_first);
    for release in &catalog.releases {
        let has_set = catalog.companions(&release.torch).is_some();
        found.unless(has_set, COMPANIONS, release.torch.to_string(), "the release has no set of companions");
        source_line(catalog, found, release);
        for platform in Platform::ALL {
            builds(catalog, found, release, platform);
        }
    }
    for set in &catalog.companion_sets {
        let known = catalog.release(&set.torch).is_some();
        found.unless(known, COMPANIONS, set.torch.to_string(), "there is no such release");
        for variant in set.torchaudio_variants.iter().filter(|variant| !is_known(catalog, variant)) {
            found.add(COMPANIONS, set.torch.to_string(), format!("unknown variant {variant}"));
        }
    }
    for variant in all_variants(catalog) {
        runtime(catalog, found, variant);
    }
    for variant in &catalog.next.variants {
        let is_new = CudaVersion::of_variant(variant).is_some() && !is_known(catalog, variant);
        found.unless(is_new, WHEELS, variant, "is no variant that may come: it is known, or no variant of CUDA");
    }
}

fn is_known(catalog: &Catalog, variant: &str) -> bool {
    variant == "cpu" || catalog.runtime(variant).is_some()
}

/// Every variant of the releases and of the nightly builds, but `cpu`.
fn all_variants(catalog: &Catalog) -> BTreeSet<&str> {
    let of_releases = catalog.releases.iter().flat_map(|release| {
        let on = Platform::ALL.into_iter().map(|platform| release.on(platform));
        on.flat_map(|on| on.variants.iter().chain(&on.unverified).chain([&on.pypi]))
    });
    let all = of_releases.chain(&catalog.nightly).map(String::as_str);
    all.filter(|variant| *variant != "cpu").collect()
}

/// What a variant needs apart from the release.
fn runtime(catalog: &Catalog, found: &mut Found, variant: &str) {
    found.unless(is_known(catalog, variant), DRIVERS, variant, "the variant has no runtime");
    let Some(cuda) = CudaVersion::of_variant(variant) else {
        return found.add(WHEELS, variant, "is no variant");
    };
    if let Some(row) = catalog.runtime(variant) {
        found.unless(row.cuda == cuda, DRIVERS, variant, format!("is not the runtime {}", row.cuda));
    }
    let has_toolkit = catalog.toolkits.iter().any(|row| row.cuda == cuda);
    found.unless(has_toolkit, DRIVERS, cuda.to_string(), format!("no toolkit row has the CUDA version of {variant}"));
    let has_compiler = catalog.source.compiler(cuda).is_some();
    found.unless(has_compiler, BUILD, cuda.to_string(), format!("no compiler row has the CUDA version of {variant}"));
}

/// The source of a release is built with a Python that it has wheels for.
fn source_line(catalog: &Catalog, found: &mut Found, release: &Release) {
    let name = release.torch.to_string();
    let Some(line) = catalog.source.line(&release.torch) else {
        return found.add(BUILD, name, "no line of the source speaks of it");
    };
    let pythons: Vec<_> = release.linux_x86_64.pythons.iter().filter_map(|tag| python_of_tag(tag)).collect();
    let fits = pythons.iter().min() == Some(&line.pythons.0) && pythons.iter().max() == Some(&line.pythons.1);
    found.unless(fits, BUILD, name, format!("its wheels are not for Python {} to {}", line.pythons.0, line.pythons.1));
}

fn builds(catalog: &Catalog, found: &mut Found, release: &Release, platform: Platform) {
    let on = release.on(platform);
    let name = format!("{} on {platform}", release.torch);
    for variant in on.variants.iter().chain(&on.unverified) {
        found.unless(catalog.size(variant, platform).is_some(), WHEELS, &name, format!("no size for {variant}"));
    }
    let pypi = catalog.size(&on.pypi, platform).is_some();
    found.unless(pypi, WHEELS, &name, format!("no size for {} of PyPI", on.pypi));
    for odd in on.experimental.iter().chain(&on.unknown_archs).filter(|variant| !on.variants.contains(variant)) {
        found.add(WHEELS, &name, format!("{odd} is not among the variants"));
    }
    for tag in on.pythons.iter().filter(|tag| python_of_tag(tag).is_none()) {
        found.add(WHEELS, &name, format!("{tag} is no Python tag"));
    }
    for variant in on.variants.iter().chain(&on.unverified).filter(|variant| *variant != "cpu") {
        let lists = || catalog.arch_lists.iter().filter(|row| row.is_of(&release.torch, variant, platform));
        let (count, expected) = (lists().count(), usize::from(!on.unknown_archs.contains(variant)));
        let what = format!("{variant} has {count} arch lists, expected {expected}");
        found.unless(count == expected, WHEELS, &name, what);
        let compiler = CudaVersion::of_variant(variant).and_then(|cuda| catalog.source.compiler(cuda));
        for row in lists().take(1) {
            for arch in row.archs.iter().filter(|arch| compiler.is_some_and(|compiler| !compiler.knows(**arch))) {
                found.add(WHEELS, &name, format!("the toolkit of {variant} makes no code for {}", arch.sm()));
            }
        }
    }
}
