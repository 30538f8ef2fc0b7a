//! The build of one night: for what no release has yet. Chosen by the same sieves as the wheel, from the variants that
//! nightly builds exist for.

use super::machine::{Card, Context, DriverNow, cost};
use super::stop::Stop;
use super::wheel::{runtimes, served_by_driver, served_by_system, setting, variants};
use super::{Assessment, Build, Need, Origin, Reason, Risk, Route, Verdict, reasons, windows};
use crate::catalog::{BuildRow, Catalog, Nightly, Platform, TORCH_INDEX, nightly_page};
use crate::facts::{CudaVersion, Probed, PythonVersion, Reach};

pub(super) fn assess(context: &Context<'_>) -> Assessment {
    decide(context).unwrap_or_else(|stop| stop.of(Route::Nightly))
}

/// The nightly variants as rows of the newest release, whose code they are taken to have.
fn rows(catalog: &Catalog, platform: Platform) -> Vec<BuildRow<'_>> {
    let Some(release) = catalog.releases().first() else { return Vec::new() };
    let on = release.on(platform);
    let of = |variant| BuildRow { release, on, variant, is_unverified: false, is_experimental: false };
    catalog.nightly.iter().filter(|variant| *variant != "cpu").map(|variant| of(variant.as_str())).collect()
}

fn decide(context: &Context<'_>) -> Result<Assessment, Stop> {
    let (platform, cards) = setting(context, |platform| runtimes(&rows(context.catalog, platform)))?;
    let mut rows = rows(context.catalog, platform);
    if let Some(variant) = &context.wishes.variant {
        rows.retain(|row| row.variant == variant);
        if rows.is_empty() {
            let others = context.catalog.nightly.clone();
            let reason = reasons::variant_does_not_fit(variant, &others);
            return Err(Stop::blocked(vec![reason], vec![reasons::drop_wish("--variant")]));
        }
    }
    let (cards, left_out) = with_code(context, cards, &rows, platform)?;
    rows.retain(|row| cards.iter().all(|card| context.has_code(row, platform, card.capability)));
    let (driven, is_sure) = served_by_driver(context, &cards, &rows)?;
    let fitting = served_by_system(context, driven)?;
    let acceptable = if is_sure { variants(&fitting) } else { Vec::new() };
    let found =
        newest_night(context, &fitting, platform).map_err(|stop| Stop { acceptable: acceptable.clone(), ..stop })?;

    let mut reasons = match &found {
        Some(found) => vec![reasons::night(&found.night.torch, context.catalog.nightly_kept_until(found.night.date))],
        None => vec![reasons::nights_not_asked()],
    };
    let floor = fitting.first().and_then(|row| context.floor(row, &cards));
    if let (DriverNow::Version(driver), Some(floor)) = (context.driver(), &floor) {
        reasons.push(reasons::driver_fits(&driver, floor));
    }
    reasons.push(reasons::nightly_risk());
    reasons.extend(left_out);
    let verdict = match (is_sure, &found) {
        (false, _) => {
            reasons.insert(0, reasons::driver_unknown(floor.as_ref()));
            Verdict::Unknown { reasons }
        }
        (true, None) if !context.facts.is_report => Verdict::Unknown { reasons },
        (true, _) => Verdict::Works { reasons },
    };
    let variant = found.as_ref().map(|found| found.variant).or_else(|| fitting.first().map(|row| row.variant));
    let (download_bytes, disk_bytes, seconds) =
        variant.map_or((None, None, None), |variant| cost(context.catalog, variant, platform));
    let mut assessment = Assessment {
        route: Route::Nightly,
        verdict,
        needs: found.as_ref().map(|found| needs(context, found)).unwrap_or_default(),
        build: found.map(Found::build),
        acceptable_variants: acceptable,
        gpus: cards.iter().map(|card| card.gpu.index).collect(),
        download_bytes,
        disk_bytes,
        seconds,
        risk: Some(Risk::Medium),
    };
    windows::judge(context, &mut assessment)?;
    Ok(assessment)
}

/// The cards that nightly builds have code for. Others are left out where these remain, unless they were asked for.
fn with_code<'a>(
    context: &Context<'a>,
    cards: Vec<Card<'a>>,
    rows: &[BuildRow<'_>],
    platform: Platform,
) -> Result<(Vec<Card<'a>>, Vec<Reason>), Stop> {
    let serves = |card: &Card<'_>| rows.iter().any(|row| context.has_code(row, platform, card.capability));
    let (with, without): (Vec<_>, Vec<_>) = cards.into_iter().partition(serves);
    let lacking = without.iter().map(|card| reasons::nightly_lacks_card(card.gpu, card.capability)).collect();
    if with.is_empty() || (!without.is_empty() && context.wishes.gpus.is_some()) {
        return Err(Stop::blocked(lacking, Vec::new()));
    }
    Ok((with, lacking))
}

/// A night, where it is and for which Python.
struct Found<'a> {
    night: Nightly,
    variant: &'a str,
    python: PythonVersion,
    is_brought: bool,
    origin: Origin,
    seen_live: bool,
}

impl Found<'_> {
    fn build(self) -> Build {
        Build {
            torch: self.night.torch,
            variant: self.variant.to_owned(),
            python: Some(self.python),
            origin: self.origin,
            seen_live: self.seen_live,
        }
    }
}

/// The newest night of all fitting variants, or the one that was wished for; of the same night the newest runtime.
/// `None` where no page was read.
fn newest_night<'a>(
    context: &Context<'_>,
    rows: &[BuildRow<'a>],
    platform: Platform,
) -> Result<Option<Found<'a>>, Stop> {
    let live = context.live;
    if rows.iter().all(|row| !live.nightly.contains_key(row.variant)) {
        return match live.torch_index {
            Reach::Blocked if live.mirror.is_none() => {
                Err(Stop::blocked(vec![reasons::torch_index_blocked()], vec![reasons::use_mirror()]))
            }
            Reach::Blocked | Reach::Reached | Reach::Unknown => Ok(None),
        };
    }
    let wished = context.wishes.torch.as_ref();
    let night_of = |row: &BuildRow<'a>, python| match wished {
        Some(torch) => live.nightly_of(Nightly::date_of(torch)?, row.variant, platform, python),
        None => live.newest_nightly(row.variant, platform, python),
    };
    let found = rows.iter().filter_map(|row| {
        let page = nightly_page(context.wishes.mirror.as_deref().unwrap_or(TORCH_INDEX), row.variant)?;
        let origin = match context.wishes.mirror {
            Some(_) => Origin::Mirror { url: page },
            None => Origin::TorchIndex { url: page },
        };
        context.pythons(row, platform).into_iter().find_map(|(python, is_brought)| {
            let night = night_of(row, python)?;
            let (origin, seen_live) = (origin.clone(), !live.stands_in);
            Some(Found { night, variant: row.variant, python, is_brought, origin, seen_live })
        })
    });
    let rank = |found: &Found<'_>| (found.night.date, CudaVersion::of_variant(found.variant));
    match (found.max_by_key(rank), wished) {
        (Some(found), _) => Ok(Some(found)),
        (None, Some(torch)) => {
            Err(Stop::blocked(vec![reasons::night_gone(torch)], vec![reasons::drop_wish("--torch")]))
        }
        (None, None) => Err(Stop::blocked(vec![reasons::no_whole_night()], Vec::new())),
    }
}

fn needs(context: &Context<'_>, found: &Found<'_>) -> Vec<Need> {
    let no_uv = context.facts.tools.get("uv").is_some_and(Probed::is_absent);
    let python = found.is_brought.then_some(Need::Python);
    python.into_iter().chain(no_uv.then_some(Need::Uv)).collect()
}
