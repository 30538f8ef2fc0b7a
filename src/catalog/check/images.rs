//! An image is judged by what other tables say of its torch and its runtime.

use super::Found;
use crate::catalog::{CONTAINERS, Catalog, Image, ImageKind, Platform};

pub(super) fn check(catalog: &Catalog, found: &mut Found) {
    for image in &catalog.images {
        if let Some(variant) = &image.variant {
            let known = image.cuda().is_some_and(|cuda| catalog.runtime_of(cuda).is_some());
            found.unless(known, CONTAINERS, &image.image, format!("no runtime has the major version of {variant}"));
        }
        match image.kind {
            ImageKind::Pytorch => wheels_inside(catalog, found, image),
            ImageKind::Ngc => own_build(catalog, found, image),
        }
    }
    let mut kinds = catalog.containers.patterns.iter().map(|row| row.kind);
    found.unless(kinds.any(|kind| kind == ImageKind::Pytorch), CONTAINERS, "pattern", "none for pytorch images");
}

/// It holds the wheels of a release, so their list of architectures is its own.
fn wheels_inside(catalog: &Catalog, found: &mut Found, image: &Image) {
    let (Some(torch), Some(variant)) = (&image.torch, &image.variant) else {
        return found.add(CONTAINERS, &image.image, "torch and variant are in the name of such an image");
    };
    let name = &image.image;
    let Some(release) = catalog.release(torch) else {
        return found.add(CONTAINERS, name, format!("there is no release {torch} in wheels.toml"));
    };
    let published = release.on(Platform::LinuxX86).variants.contains(variant);
    found.unless(published, CONTAINERS, name, format!("{torch} has no variant {variant} on Linux in wheels.toml"));
    let listed = catalog.arch_list(torch, variant, Platform::LinuxX86).is_some();
    found.unless(listed, CONTAINERS, name, format!("{torch}+{variant} has no arch list in wheels.toml"));
}

/// Its maker says which cards it is for; without a known runtime, which driver too.
fn own_build(catalog: &Catalog, found: &mut Found, image: &Image) {
    let name = &image.image;
    found.unless(!image.archs.is_empty() || image.newest.is_some(), CONTAINERS, name, "neither archs nor newest");
    let has_floor = image.variant.is_some() || image.least_driver.is_some();
    found.unless(has_floor, CONTAINERS, name, "neither variant nor least_driver: no driver could be judged");
    if let (Some(cuda), Some(newest)) = (image.cuda(), image.newest) {
        let could = catalog.could_have_code(cuda, newest);
        found.unless(could, CONTAINERS, name, format!("CUDA {cuda} makes no code for {newest}"));
    }
}
