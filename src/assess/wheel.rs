//! The stable wheel that fits every chosen card and the driver.
//!
//! All builds of the platform go through one sieve after the other: code for every card, driver, C library, the
//! user's wishes, and a place to fetch them from. The first sieve that nothing passes is the reason to say no; of
//! what is left the newest torch wins.

use super::machine::{Card, Context, DriverNow, NoCards, Offer, Standing, cost};
use super::{Assessment, Build, Origin, Reason, Risk, Route, Unblock, Verdict, reasons};
use crate::catalog::{BuildRow, DriverFloor, Platform};
use crate::facts::{CudaVersion, OsFamily, Reach, TorchVersion};

/// A verdict reached before a build could be named.
struct Stop {
    verdict: Verdict,
    acceptable: Vec<String>,
}

impl Stop {
    fn blocked(reasons: Vec<Reason>, unblock: Vec<Unblock>) -> Self {
        Self { verdict: Verdict::Blocked { reasons, unblock }, acceptable: Vec::new() }
    }

    fn unknown(reason: Reason) -> Self {
        Self { verdict: Verdict::Unknown { reasons: vec![reason] }, acceptable: Vec::new() }
    }
}

pub(super) fn assess(context: &Context<'_>) -> Assessment {
    decide(context).unwrap_or_else(|Stop { verdict, acceptable }| Assessment {
        acceptable_variants: acceptable,
        ..Assessment::without_build(Route::Wheel, verdict)
    })
}

fn decide(context: &Context<'_>) -> Result<Assessment, Stop> {
    if context.has_no_card() {
        return Err(Stop::blocked(vec![reasons::no_nvidia_card()], Vec::new()));
    }
    if context.os().is_some_and(|os| os.family == OsFamily::Macos) {
        return Err(Stop::blocked(vec![reasons::no_cuda_on_macos()], Vec::new()));
    }
    let cards = context.cards().map_err(|none| match none {
        NoCards::Absent(reason) => Stop::blocked(vec![reason], Vec::new()),
        NoCards::Unknown(reason) => Stop::unknown(reason),
    })?;
    let platform = context.platform().map_err(Stop::unknown)?;
    let builds = context.cuda_builds(platform);
    let (cards, left_out) = usable_cards(context, cards, &builds, platform)?;

    let with_code = code_for_all(context, &cards, &builds, platform)?;
    let driven = served_by_driver(context, &cards, &with_code)?;
    let fitting = served_by_system(context, driven)?;
    let driver = context.driver();
    let acceptable = match driver {
        DriverNow::Version(_) => variants(&fitting),
        DriverNow::Missing | DriverNow::Unknown => Vec::new(),
    };
    let with_acceptable = |stop: Stop| Stop { acceptable: acceptable.clone(), ..stop };
    let wished = wished(context, &fitting).map_err(with_acceptable)?;
    let (row, offer) = best_offer(context, &wished, platform).map_err(with_acceptable)?;

    let mut reasons = vec![why_this_torch(context, &row, &cards, &builds, platform)];
    reasons.extend(why_it_fits(context, &row, &offer, &cards, platform));
    reasons.extend(left_out);
    let verdict = match driver {
        DriverNow::Version(_) => Verdict::Works { reasons },
        DriverNow::Missing | DriverNow::Unknown => {
            reasons.insert(0, reasons::driver_unknown(context.floor(&row, &cards).as_ref()));
            Verdict::Unknown { reasons }
        }
    };
    let (download_bytes, disk_bytes, seconds) = cost(context.catalog, row.variant, platform);
    let needs = context.needs(&offer);
    Ok(Assessment {
        route: Route::Wheel,
        verdict,
        build: Some(Build {
            torch: row.release.torch.clone(),
            variant: row.variant.to_owned(),
            python: Some(offer.python),
            origin: offer.origin,
            seen_live: offer.seen_live,
        }),
        acceptable_variants: acceptable,
        download_bytes,
        disk_bytes,
        seconds,
        needs,
        risk: Some(Risk::Low),
    })
}

/// The cards to decide for. One that nothing serves is left out where others remain, unless it was asked for.
fn usable_cards<'a>(
    context: &Context<'a>,
    cards: Vec<Card<'a>>,
    builds: &[BuildRow<'_>],
    platform: Platform,
) -> Result<(Vec<Card<'a>>, Vec<Reason>), Stop> {
    let (mut usable, mut reasons, mut unblock, mut left_out) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut is_unsure = false;
    for card in cards {
        let Card { gpu, capability } = card;
        match context.standing(&card, builds, platform) {
            Standing::Usable => {
                usable.push(card);
                continue;
            }
            Standing::Dropped { last_branch, source } => {
                if let DriverNow::Version(driver) = context.driver() {
                    reasons.push(reasons::driver_dropped_card(gpu, capability, &driver, last_branch, &source));
                }
                unblock.push(reasons::older_branch(last_branch));
            }
            Standing::Unsure => {
                is_unsure = true;
                reasons.push(reasons::reports_contradict(gpu, capability));
            }
            Standing::TooNew => reasons.push(reasons::card_too_new(gpu, capability)),
            Standing::NoCode => reasons.push(reasons::no_code_for_card(gpu, capability)),
        }
        left_out.push(reasons::card_left_out(gpu, capability));
    }
    let is_asked_for = context.wishes.gpus.is_some();
    if reasons.is_empty() || (!usable.is_empty() && !is_asked_for) {
        return Ok((usable, left_out));
    }
    Err(if is_unsure && reasons.len() == 1 {
        Stop { verdict: Verdict::Unknown { reasons }, acceptable: Vec::new() }
    } else {
        Stop::blocked(reasons, unblock)
    })
}

fn code_for_all<'a>(
    context: &Context<'_>,
    cards: &[Card<'_>],
    builds: &[BuildRow<'a>],
    platform: Platform,
) -> Result<Vec<BuildRow<'a>>, Stop> {
    let serves = |row: &BuildRow<'_>, card: &Card<'_>| context.has_code(row, platform, card.capability);
    let common: Vec<_> = builds.iter().filter(|row| cards.iter().all(|card| serves(row, card))).copied().collect();
    if !common.is_empty() {
        return Ok(common);
    }
    let all = variants(builds);
    let mut reasons = vec![reasons::no_common_wheel()];
    reasons.extend(cards.iter().map(|card| {
        let serving: Vec<_> = builds.iter().filter(|row| serves(row, card)).copied().collect();
        let by = variants(&serving);
        let not_by: Vec<_> = all.iter().filter(|variant| !by.contains(variant)).cloned().collect();
        reasons::card_served_by(card.gpu, card.capability, &by, &not_by)
    }));
    Err(Stop::blocked(reasons, cards.iter().map(|card| reasons::one_environment_each(card.gpu)).collect()))
}

fn served_by_driver<'a>(
    context: &Context<'_>,
    cards: &[Card<'_>],
    builds: &[BuildRow<'a>],
) -> Result<Vec<BuildRow<'a>>, Stop> {
    let least = |floors: &mut dyn Iterator<Item = DriverFloor>| floors.min_by(|a, b| a.least.cmp(&b.least));
    match context.driver() {
        DriverNow::Unknown => Ok(builds.to_vec()),
        DriverNow::Missing => {
            // Without any driver the newest torch may as well have the driver it wants.
            let newest = builds.first().map(|row| &row.release.torch);
            let of_newest = builds.iter().filter(|row| Some(&row.release.torch) == newest);
            let floor = least(&mut of_newest.filter_map(|row| context.floor(row, cards)));
            let reason = floor.as_ref().map_or_else(|| reasons::driver_unknown(None), reasons::driver_missing);
            Err(Stop::blocked(vec![reason], floor.iter().map(reasons::install_driver).collect()))
        }
        DriverNow::Version(driver) => {
            let (fit, unfit): (Vec<_>, Vec<_>) = builds
                .iter()
                .map(|row| (*row, context.too_old(&driver, row, cards)))
                .partition(|(_, too_old)| too_old.is_none());
            if !fit.is_empty() {
                return Ok(fit.into_iter().map(|(row, _)| row).collect());
            }
            let floor = least(&mut unfit.into_iter().filter_map(|(_, floor)| floor));
            let reason = floor
                .as_ref()
                .map_or_else(|| reasons::driver_unknown(None), |floor| reasons::driver_too_old(&driver, floor));
            Err(Stop::blocked(vec![reason], floor.iter().map(reasons::install_driver).collect()))
        }
    }
}

fn served_by_system<'a>(context: &Context<'_>, builds: Vec<BuildRow<'a>>) -> Result<Vec<BuildRow<'a>>, Stop> {
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
        if context.catalog.release(torch).is_none() {
            return Err(Stop::unknown(reasons::torch_not_in_catalogue(torch)));
        }
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

/// Why it is this release: the newest there is, or what stands between it and the newest.
fn why_this_torch(
    context: &Context<'_>,
    row: &BuildRow<'_>,
    cards: &[Card<'_>],
    builds: &[BuildRow<'_>],
    platform: Platform,
) -> Reason {
    let chosen = &row.release.torch;
    if context.wishes.torch.is_some() || context.wishes.variant.is_some() {
        return reasons::asked_for(chosen, row.variant);
    }
    let newest = match context.catalog.releases().first() {
        Some(release) if release.torch != *chosen => &release.torch,
        Some(_) | None => return reasons::newest_torch(chosen),
    };
    let serves = |row: &&BuildRow<'_>| cards.iter().all(|card| context.has_code(row, platform, card.capability));
    let with_code: Vec<_> = builds.iter().filter(|row| row.release.torch == *newest).filter(serves).collect();
    if with_code.is_empty() {
        return reasons::newest_lacks_card(newest, chosen);
    }
    if let DriverNow::Version(driver) = context.driver() {
        let floors: Option<Vec<_>> = with_code.iter().map(|row| context.too_old(&driver, row, cards)).collect();
        let least = floors.and_then(|floors| floors.into_iter().min_by(|a, b| a.least.cmp(&b.least)));
        if let Some(floor) = least {
            return reasons::newest_needs_driver(newest, chosen, &floor);
        }
    }
    if with_code.iter().all(|row| !context.glibc_serves(row)) {
        return reasons::newest_needs_glibc(newest, chosen);
    }
    if let Some(python) = context.wishes.python
        && with_code.iter().all(|row| !row.on.pythons.contains(&python.tag()))
    {
        return reasons::newest_lacks_python(newest, chosen, python);
    }
    reasons::newest_not_offered(newest, chosen)
}

fn why_it_fits(
    context: &Context<'_>,
    row: &BuildRow<'_>,
    offer: &Offer,
    cards: &[Card<'_>],
    platform: Platform,
) -> Vec<Reason> {
    let torch = &row.release.torch;
    let source = context.catalog.arch_list(torch, row.variant, platform).map(|list| list.backing.source.as_str());
    let code = |card: &Card<'_>| reasons::code_on_card(card.gpu, card.capability, torch, row.variant, source);
    let mut reasons: Vec<_> = cards.iter().map(code).collect();
    if let (DriverNow::Version(driver), Some(floor)) = (context.driver(), context.floor(row, cards)) {
        reasons.push(reasons::driver_fits(&driver, &floor));
    }
    if offer.seen_live {
        reasons.push(reasons::seen_live(row.variant));
    }
    if offer.origin == Origin::Pypi {
        reasons.push(reasons::pypi_build(row.variant));
    }
    if row.is_unverified && !offer.seen_live {
        reasons.push(reasons::unverified_variant(row.variant));
    }
    reasons
}

/// The variants of some builds, oldest runtime first; unverified ones are no answer to "what runs".
fn variants(builds: &[BuildRow<'_>]) -> Vec<String> {
    let mut names: Vec<&str> = builds.iter().filter(|row| !row.is_unverified).map(|row| row.variant).collect();
    names.sort_unstable_by_key(|name| CudaVersion::of_variant(name));
    names.dedup();
    names.into_iter().map(str::to_owned).collect()
}
