//! In a container: a published image that fits card and driver, else one built from the wheels that would.

use super::inside::{self, Linux};
use super::machine::{Card, Context, Fit};
use super::stop::Stop;
use super::wheel::{self, Decided};
use super::{Assessment, Build, Origin, Risk, Route, Verdict, reasons};
use crate::catalog::{Flavour, Image, ImageKind, Platform};
use crate::facts::{ContainerEngine, EngineTrouble, OsFamily, Probed};

/// A published image may be so many minor releases older than the wheel that would fit.
const MAY_LAG: u64 = 2;

pub(super) fn assess(context: &Context<'_>) -> Assessment {
    decide(context).unwrap_or_else(|stop| stop.of(Route::Docker))
}

fn decide(context: &Context<'_>) -> Result<Assessment, Stop> {
    if context.os().is_some_and(|os| os.family == OsFamily::Macos) {
        return Err(Stop::blocked(vec![reasons::no_cuda_on_macos()], Vec::new()));
    }
    // What the base image has serves every wheel.
    let facts = inside::facts(context, &Linux { name: "Linux", glibc: None, is_container: true });
    let inner = Context { facts: &facts, ..*context };
    if let Some(os) = context.os() {
        inside::known_platform(os)?;
    }
    let Decided { mut assessment, about_cards } = wheel::decide(&inner, Route::Docker)?;
    let platform = inner.platform()?;
    assessment.needs.clear();
    assessment.risk = Some(Risk::Low);
    let image = published(&inner, &assessment, platform);
    if let Some(image) = image {
        assessment.build = image.torch.clone().zip(image.variant.clone()).map(|(torch, variant)| Build {
            torch,
            variant,
            python: image.python,
            origin: Origin::Image { image: image.image.clone() },
            seen_live: false,
        });
        let bytes = |mb: Option<u32>| mb.map(|mb| u64::from(mb) * 1_000_000);
        assessment.download_bytes = bytes(image.download_mb);
        assessment.disk_bytes = bytes(image.disk_mb);
        // A line of 100 MB/s against one of 5 MB/s.
        assessment.seconds = image.download_mb.map(|mb| (30 + mb / 100, 300 + mb / 5));
    }
    if let Verdict::Works { reasons } | Verdict::Unknown { reasons } = &mut assessment.verdict {
        match image {
            // What was said of the wheel does not hold of an image with another torch.
            Some(image) => *reasons = [vec![reasons::image_fits(&image.image)], about_cards].concat(),
            None => reasons.insert(0, reasons::image_is_built()),
        }
    }
    engine_serves(context, &mut assessment)?;
    Ok(assessment)
}

/// The newest published image with code for all cards that the driver runs, unless it is much older than the wheel.
fn published<'a>(context: &Context<'a>, wheel: &Assessment, platform: Platform) -> Option<&'a Image> {
    let Ok(cards) = context.cards() else { return None };
    let cards: Vec<_> = cards.into_iter().filter(|card| wheel.gpus.contains(&card.gpu.index)).collect();
    let newest = &wheel.build.as_ref()?.torch;
    let wishes = context.wishes;
    let is_wished = |image: &&Image| {
        wishes.torch.as_ref().is_none_or(|torch| image.torch.as_ref().is_some_and(|own| own.public() == torch.public()))
            && wishes.variant.as_ref().is_none_or(|variant| image.variant.as_ref() == Some(variant))
    };
    let fits = |image: &&Image| image.platforms.contains(&platform) && serves(context, image, &cards);
    let is_recent = |image: &&Image| {
        image.torch.as_ref().is_some_and(|torch| newest.minor().saturating_sub(torch.minor()) <= MAY_LAG)
    };
    let fitting = context.catalog.images().iter().filter(is_recent).filter(is_wished).filter(fits);
    // PyTorch's own images are a third of the size of NVIDIA's.
    let rank = |image: &&Image| {
        (image.kind == ImageKind::Pytorch, image.torch.clone(), image.flavour == Flavour::Runtime, image.cuda())
    };
    fitting.max_by_key(rank)
}

/// Code for every card, and a driver that is certainly new enough.
fn serves(context: &Context<'_>, image: &Image, cards: &[Card<'_>]) -> bool {
    let catalog = context.catalog;
    cards.iter().all(|card| {
        let floor = catalog.image_driver_floor(image, context.numbering(), card.capability);
        catalog.image_has_code(image, card.capability) == Some(true)
            && floor.is_some_and(|floor| matches!(context.reaches(floor), Fit::Yes))
    })
}

/// What runs containers must be there and hand the cards on. Of another machine that is only reported, it can be got.
fn engine_serves(context: &Context<'_>, assessment: &mut Assessment) -> Result<(), Stop> {
    if context.facts.is_report {
        return Ok(());
    }
    let stop = |reason, unblock: Vec<_>| {
        Err(Stop { acceptable: assessment.acceptable_variants.clone(), ..Stop::blocked(vec![reason], unblock) })
    };
    let guide = context.catalog.containers.toolkit.guide.clone();
    let is_windows = context.os().is_some_and(|os| os.family == OsFamily::Windows);
    match &context.facts.containers {
        Probed::Absent { .. } => stop(reasons::no_container_engine(), vec![reasons::install_engine(is_windows)]),
        Probed::Found { value: ContainerEngine { program, trouble: Some(trouble), .. }, .. } => {
            stop(reasons::engine_trouble(program.word(), trouble), vec![reasons::mend_engine(program.word(), trouble)])
        }
        Probed::Found { value: ContainerEngine { program, is_running: Some(false), .. }, .. } => {
            let trouble = EngineTrouble::NotRunning;
            stop(
                reasons::engine_trouble(program.word(), &trouble),
                vec![reasons::mend_engine(program.word(), &trouble)],
            )
        }
        Probed::Found { value: ContainerEngine { program, has_gpu: Some(false), toolkit, .. }, .. } => {
            let way = match toolkit {
                Some(_) => reasons::set_up_container_toolkit(*program),
                None => reasons::install_container_toolkit(&guide),
            };
            stop(reasons::engine_without_gpu(program.word()), vec![way])
        }
        Probed::Found { value: ContainerEngine { program, has_gpu: None, .. }, .. } => {
            if let Verdict::Works { reasons } = &mut assessment.verdict {
                reasons.push(reasons::engine_gpu_unknown(program.word()));
                assessment.verdict = Verdict::Unknown { reasons: std::mem::take(reasons) };
            }
            Ok(())
        }
        Probed::Found { .. } => Ok(()),
        Probed::Unknown { why, .. } => {
            if let Verdict::Works { reasons } = &mut assessment.verdict {
                reasons.insert(0, reasons::engine_unknown(why));
                assessment.verdict = Verdict::Unknown { reasons: std::mem::take(reasons) };
            }
            Ok(())
        }
    }
}
