//! A build that the index has and the catalogue does not know. The least driver is told by the major version of its
//! runtime; for which cards it has code nobody knows, so it is never said to work.

use super::super::machine::{Card, Context, Fit};
use super::super::stop::Stop;
use super::super::{Assessment, Build, Origin, Risk, Route, Verdict, reasons};
use crate::catalog::{Platform, TORCH_INDEX, variant_page};
use crate::facts::{CudaVersion, TorchVersion};

/// The verdict on a version that was asked for, or on any version of a variant that was.
pub(super) fn decide(
    context: &Context<'_>,
    route: Route,
    (platform, cards): (Platform, &[Card<'_>]),
    torch: Option<&TorchVersion>,
) -> Result<Assessment, Stop> {
    let variant = context.wishes.variant.clone().or_else(|| torch.and_then(TorchVersion::local));
    let mut found: Vec<Build> = builds(context, platform, torch, variant.as_deref());
    let not_there = || {
        let reason = match (torch, &variant) {
            (Some(torch), _) => reasons::torch_not_in_catalogue(torch),
            (None, Some(variant)) => reasons::variant_does_not_fit(variant, &[]),
            (None, None) => reasons::not_on_index(),
        };
        Stop::unknown(reason)
    };
    found.sort_by_key(|build| (build.torch.clone(), CudaVersion::of_variant(&build.variant)));
    let mut floors = Vec::new();
    while let Some(build) = found.pop() {
        let Some(cuda) = CudaVersion::of_variant(&build.variant) else { continue };
        let Some(floor) = context.runtime_floor(cuda, cards) else { continue };
        if let Fit::TooOld(floor) = context.reaches(floor) {
            floors.push(floor);
            continue;
        }
        let reasons = vec![reasons::newer_than_catalogue(&build.torch, &build.variant)];
        return Ok(Assessment {
            build: Some(build),
            gpus: cards.iter().map(|card| card.gpu.index).collect(),
            risk: Some(Risk::Medium),
            ..Assessment::without_build(route, Verdict::Unknown { reasons })
        });
    }
    let Some(floor) = floors.into_iter().min_by(|a, b| a.least.cmp(&b.least)) else { return Err(not_there()) };
    Err(Stop::blocked(vec![super::too_old(context, &floor)], vec![reasons::install_driver(&floor)]))
}

/// What the pages list of it for this platform and a Python that can be had.
fn builds(
    context: &Context<'_>,
    platform: Platform,
    torch: Option<&TorchVersion>,
    variant: Option<&str>,
) -> Vec<Build> {
    let live = context.live;
    let base = context.wishes.mirror.as_deref();
    let pages = live.pages.keys().filter(|name| *name != "cpu" && variant.is_none_or(|wanted| *name == wanted));
    let of_page = |name: &String| {
        let url = variant_page(base.unwrap_or(TORCH_INDEX), name);
        let origin = if base.is_some() { Origin::Mirror { url } } else { Origin::TorchIndex { url } };
        let name = name.clone();
        let wheels =
            live.wheels(&name).filter(|wheel| wheel.version.is_stable() && platform.has_tag(&wheel.platform_tag));
        let wanted = wheels.filter(|wheel| torch.is_none_or(|torch| torch.public() == wheel.version.public()));
        let of = wanted.filter_map(|wheel| {
            let python = context.any_python(&wheel.python_tag)?;
            let torch = wheel.version.public().parse().ok()?;
            let (variant, origin) = (name.clone(), origin.clone());
            Some(Build { torch, variant, python: Some(python), origin, seen_live: !live.stands_in })
        });
        of.collect::<Vec<_>>()
    };
    pages.flat_map(of_page).collect()
}
