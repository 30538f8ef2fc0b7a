//! The stable wheel that fits every chosen card and the driver.
//!
//! All builds of the platform go through one sieve after the other: code for every card, driver, C library, the
//! user's wishes, and a place to fetch them from. The first sieve that nothing passes is the reason to say no; of
//! what is left the newest torch wins.

pub(super) mod cards;
mod newer;
mod why;

use super::machine::{Card, Context, DriverNow, Fit, NoCards, Offer, cost};
use super::stop::Stop;
use super::{Assessment, Build, Reason, Risk, Route, Verdict, Wishes, reasons, windows};
use crate::catalog::{BuildRow, DriverFloor, Platform};
use crate::facts::{CudaVersion, OsFacts, OsFamily, Reach, TorchVersion};
use cards::Served;

pub(super) fn assess(context: &Context<'_>) -> Assessment {
    decide(context, Route::Wheel).map_or_else(|stop| stop.of(Route::Wheel), |decided| decided.assessment)
}

/// What every route with a card on this system asks first: a system with CUDA, a card, a driver at all.
/// `runtimes` are those the route can take: a driver that runs none of them is no use to any card.
pub(super) fn setting<'a>(
    context: &Context<'a>,
    runtimes: impl FnOnce(Platform) -> Vec<CudaVersion>,
) -> Result<(Platform, Vec<Card<'a>>), Stop> {
    if context.os().is_some_and(|os| os.family == OsFamily::Macos) {
        return Err(Stop::blocked(vec![reasons::no_cuda_on_macos()], Vec::new()));
    }
    if context.os().is_some_and(OsFacts::is_wsl1) {
        return Err(Stop::blocked(vec![reasons::wsl1_has_no_gpu()], vec![reasons::convert_to_wsl2()]));
    }
    if context.has_no_card() {
        let others = &context.facts.other_cards;
        let elsewhere = (!others.is_empty()).then(|| reasons::builds_for_others(others)).into_iter().collect();
        return Err(Stop::blocked(vec![reasons::no_nvidia_card()], elsewhere));
    }
    let platform = context.platform()?;
    if matches!(context.driver(), DriverNow::Missing) && context.facts.gpus.found().is_none() {
        // Whatever the card is: nothing runs on it without a driver.
        return Err(Stop::blocked(vec![reasons::no_driver()], vec![reasons::install_a_driver()]));
    }
    let cards = context.cards();
    if let (Err(NoCards::Unknown(_)), Some(floor)) = (&cards, context.below_all(&runtimes(platform))) {
        return Err(Stop::blocked(vec![too_old(context, &floor)], vec![reasons::install_driver(&floor)]));
    }
    Ok((platform, cards?))
}

/// The driver is older than this, in the words that fit what is known of it.
pub(super) fn too_old(context: &Context<'_>, floor: &DriverFloor) -> Reason {
    match context.driver() {
        DriverNow::Version(driver) | DriverNow::AtLeast(driver) => reasons::driver_too_old(&driver, floor),
        DriverNow::Missing => reasons::driver_missing(floor),
        DriverNow::Before(_) | DriverNow::Unknown => reasons::driver_too_old_unnamed(floor),
    }
}

/// The verdict for a wheel, and what of it is about the cards alone.
pub(super) struct Decided {
    pub assessment: Assessment,
    /// Cards that are left out or lose something.
    pub about_cards: Vec<Reason>,
}

/// The verdict for a wheel on this system, as `route`.
pub(super) fn decide(context: &Context<'_>, route: Route) -> Result<Decided, Stop> {
    let mut decided = chosen(context, route)?;
    windows::judge(context, &mut decided.assessment)?;
    Ok(decided)
}

fn chosen(context: &Context<'_>, route: Route) -> Result<Decided, Stop> {
    let runtimes = |platform| runtimes(&context.cuda_builds(platform));
    let (platform, cards) = setting(context, runtimes)?;
    if let Some(newer) = newer(context, route, platform, &cards) {
        return newer.map(|assessment| Decided { assessment, about_cards: Vec::new() });
    }
    let builds = context.cuda_builds(platform);
    let (cards, left_out) = cards::usable(context, cards, &builds, platform)?;
    let Served { cards, builds: with_code, losses } = cards::served(context, cards, &builds, platform)?;

    let (driven, is_sure) = served_by_driver(context, &cards, &with_code)?;
    let fitting = served_by_system(context, driven)?;
    let acceptable = if is_sure && losses.is_empty() { variants(&fitting) } else { Vec::new() };
    let with_acceptable = |stop: Stop| Stop { acceptable: acceptable.clone(), ..stop };
    let wished = wished(context, &fitting).map_err(with_acceptable)?;
    let (row, offer) = best_offer(context, &wished, platform).map_err(with_acceptable)?;

    let mut reasons = vec![why::why_this_torch(context, &row, &cards, &builds, platform)];
    reasons.extend(why::why_it_fits(context, &row, &offer, &cards, platform));
    let about_cards: Vec<_> = losses.into_iter().chain(left_out).collect();
    reasons.extend(about_cards.iter().cloned());
    let verdict = if is_sure {
        Verdict::Works { reasons }
    } else {
        reasons.insert(0, reasons::driver_unknown(context.floor(&row, &cards).as_ref()));
        Verdict::Unknown { reasons }
    };
    let (download_bytes, disk_bytes, seconds) = cost(context.catalog, row.variant, platform);
    let needs = context.needs(&offer);
    let assessment = Assessment {
        route,
        verdict,
        build: Some(Build {
            torch: row.release.torch.clone(),
            variant: row.variant.to_owned(),
            python: Some(offer.python),
            origin: offer.origin,
            seen_live: offer.seen_live,
        }),
        acceptable_variants: acceptable,
        gpus: cards.iter().map(|card| card.gpu.index).collect(),
        download_bytes,
        disk_bytes,
        seconds,
        needs,
        risk: Some(Risk::Low),
    };
    Ok(Decided { assessment, about_cards })
}

/// The verdict on a wish for what the catalogue does not know; `None` if it knows it.
fn newer(
    context: &Context<'_>,
    route: Route,
    platform: Platform,
    cards: &[Card<'_>],
) -> Option<Result<Assessment, Stop>> {
    let Wishes { torch, variant, .. } = context.wishes;
    let is_new = |torch: &&TorchVersion| context.catalog.release(torch).is_none();
    let is_new_variant =
        variant.as_deref().is_some_and(|name| name != "cpu" && context.catalog.runtime(name).is_none());
    match torch.as_ref().filter(is_new) {
        Some(torch) => Some(newer::decide(context, route, (platform, cards), Some(torch))),
        None if is_new_variant => Some(newer::decide(context, route, (platform, cards), torch.as_ref())),
        None => None,
    }
}

/// The builds that the driver serves, and whether that is certain.
pub(super) fn served_by_driver<'a>(
    context: &Context<'_>,
    cards: &[Card<'_>],
    builds: &[BuildRow<'a>],
) -> Result<(Vec<BuildRow<'a>>, bool), Stop> {
    let least = |floors: &mut dyn Iterator<Item = DriverFloor>| floors.min_by(|a, b| a.least.cmp(&b.least));
    if matches!(context.driver(), DriverNow::Missing) {
        // Without any driver the newest torch may as well have the driver it wants.
        let newest = builds.first().map(|row| &row.release.torch);
        let of_newest = builds.iter().filter(|row| Some(&row.release.torch) == newest);
        let floor = least(&mut of_newest.filter_map(|row| context.floor(row, cards)));
        let reason = floor.as_ref().map_or_else(|| reasons::driver_unknown(None), reasons::driver_missing);
        return Err(Stop::blocked(vec![reason], floor.iter().map(reasons::install_driver).collect()));
    }
    let (mut fit, mut unsure, mut floors) = (Vec::new(), Vec::new(), Vec::new());
    for row in builds {
        match context.fit(row, cards) {
            Fit::Yes => fit.push(*row),
            Fit::Unsure => unsure.push(*row),
            Fit::TooOld(floor) => floors.push(floor),
        }
    }
    if !fit.is_empty() {
        return Ok((fit, true));
    }
    if !unsure.is_empty() {
        return Ok((unsure, false));
    }
    let floor = least(&mut floors.into_iter());
    let reason = floor.as_ref().map_or_else(|| reasons::driver_unknown(None), |floor| too_old(context, floor));
    Err(Stop::blocked(vec![reason], floor.iter().map(reasons::install_driver).collect()))
}

pub(super) fn served_by_system<'a>(
    context: &Context<'_>,
    builds: Vec<BuildRow<'a>>,
) -> Result<Vec<BuildRow<'a>>, Stop> {
    let fitting: Vec<_> = builds.into_iter().filter(|row| context.glibc_serves(row)).collect();
    match context.os().and_then(|os| os.glibc) {
        Some(glibc) if fitting.is_empty() => {
            Err(Stop::blocked(vec![reasons::glibc_too_old(glibc)], vec![reasons::newer_system()]))
        }
        Some(_) | None => Ok(fitting),
    }
}

fn wished<'a>(context: &Context<'_>, builds: &[BuildRow<'a>]) -> Result<Vec<BuildRow<'a>>, Stop> {
    let wishes = context.wishes;
    let mut left = builds.to_vec();
    if let Some(torch) = &wishes.torch {
        left.retain(|row| row.release.torch.public() == torch.public());
        if left.is_empty() {
            let instead = builds.first().map(|row| &row.release.torch);
            return Err(unmet(reasons::torch_does_not_fit(torch, instead), "--torch"));
        }
    }
    let variant = wishes.variant.clone().or_else(|| wishes.torch.as_ref().and_then(TorchVersion::local));
    if let Some(variant) = &variant {
        let others = variants(&left);
        left.retain(|row| row.variant == variant);
        if left.is_empty() {
            return Err(unmet(reasons::variant_does_not_fit(variant, &others), "--variant"));
        }
    }
    if let Some(python) = wishes.python {
        left.retain(|row| row.on.pythons.contains(&python.tag()));
        if left.is_empty() {
            return Err(unmet(reasons::python_does_not_fit(python), "--python"));
        }
    }
    Ok(left)
}

fn unmet(reason: Reason, option: &str) -> Stop {
    Stop::blocked(vec![reason], vec![reasons::drop_wish(option)])
}

/// The newest torch that can be had; of its variants one that the index was seen to have, then one that is no
/// experiment, then the newest.
fn best_offer<'a>(
    context: &Context<'_>,
    builds: &[BuildRow<'a>],
    platform: Platform,
) -> Result<(BuildRow<'a>, Offer), Stop> {
    let offers = builds.iter().filter_map(|row| context.offer(row, platform).map(|offer| (*row, offer)));
    let rank = |(row, offer): &(BuildRow<'a>, Offer)| {
        (&row.release.torch, offer.seen_live, !row.is_experimental, CudaVersion::of_variant(row.variant))
    };
    offers.max_by(|a, b| rank(a).cmp(&rank(b))).ok_or_else(|| {
        let live = context.live;
        let mirror = context.wishes.mirror.as_ref().and(live.mirror);
        let is_blocked = live.torch_index == Reach::Blocked && mirror.is_none_or(|reach| reach == Reach::Blocked);
        let reason = match (is_blocked, live.pypi) {
            (true, Reach::Blocked) => reasons::indexes_unreachable(),
            (true, Reach::Reached | Reach::Unknown) => reasons::torch_index_blocked(),
            (false, _) => reasons::not_on_index(),
        };
        Stop::blocked(vec![reason], vec![reasons::use_mirror()])
    })
}

/// The runtimes of some builds.
pub(super) fn runtimes(builds: &[BuildRow<'_>]) -> Vec<CudaVersion> {
    builds.iter().filter_map(|row| CudaVersion::of_variant(row.variant)).collect()
}

/// The variants of some builds, oldest runtime first; unverified ones are no answer to "what runs".
pub(super) fn variants(builds: &[BuildRow<'_>]) -> Vec<String> {
    let mut names: Vec<&str> = builds.iter().filter(|row| !row.is_unverified).map(|row| row.variant).collect();
    names.sort_unstable_by_key(|name| CudaVersion::of_variant(name));
    names.dedup();
    names.into_iter().map(str::to_owned).collect()
}
