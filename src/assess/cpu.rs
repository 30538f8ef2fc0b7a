//! On the processor alone: possible wherever there are wheels, and named for what it is.

use super::machine::{Context, Offer, cost};
use super::{Assessment, Build, Need, Origin, Risk, Route, Verdict, reasons, windows};
use crate::catalog::{BuildRow, Platform};
use crate::facts::Reach;

/// A download of more than this is not taken without asking.
const LARGE: u64 = 1_000_000_000;

pub(super) fn assess(context: &Context<'_>) -> Assessment {
    let platform = match context.platform() {
        Ok(platform) => platform,
        // There may be builds for the processor that the catalogue does not speak of.
        Err(other) => return stop(Verdict::Unknown { reasons: other.verdict.reasons().to_vec() }),
    };
    let wishes = context.wishes;
    let is_wished = |row: &BuildRow<'_>| {
        wishes.torch.as_ref().is_none_or(|torch| row.release.torch.public() == torch.public())
            && wishes.python.is_none_or(|python| row.on.pythons.contains(&python.tag()))
    };
    let rows: Vec<_> = context.catalog.builds(platform).filter(|row| context.glibc_serves(row)).collect();
    if rows.is_empty() {
        let glibc = context.os().and_then(|os| os.glibc).unwrap_or_default();
        let unblock = vec![reasons::newer_system()];
        return stop(Verdict::Blocked { reasons: vec![reasons::glibc_too_old(glibc)], unblock });
    }
    let wished: Vec<_> = rows.into_iter().filter(is_wished).collect();
    if wished.is_empty() {
        return stop(unmet(context));
    }
    // Rows stand newest release first, so the first offer is the newest.
    let offered = |row: &BuildRow<'_>| context.offer(row, platform);
    let honest =
        wished.iter().filter(|row| row.variant == "cpu").find_map(|row| offered(row).map(|offer| (row, offer)));
    if let Some((row, offer)) = honest {
        return planned(context, row, offer, platform);
    }
    // Only PyPI is left, and there the build is the CUDA one.
    let stand_in =
        wished.iter().filter(|row| row.variant == row.on.pypi).find_map(|row| offered(row).map(|o| (row, o)));
    match stand_in {
        Some((row, offer)) if offer.origin == Origin::Pypi => planned(context, row, offer, platform),
        Some(_) | None => {
            let reason = match context.live.pypi {
                Reach::Blocked => reasons::indexes_unreachable(),
                Reach::Reached | Reach::Unknown => reasons::not_on_index(),
            };
            stop(Verdict::Blocked { reasons: vec![reason], unblock: vec![reasons::use_mirror()] })
        }
    }
}

fn unmet(context: &Context<'_>) -> Verdict {
    let wishes = context.wishes;
    match (&wishes.torch, wishes.python) {
        (Some(torch), _) if context.catalog.release(torch).is_none() => {
            Verdict::Unknown { reasons: vec![reasons::torch_not_in_catalogue(torch)] }
        }
        (_, Some(python)) => Verdict::Blocked {
            reasons: vec![reasons::python_does_not_fit(python)],
            unblock: vec![reasons::drop_wish("--python")],
        },
        (Some(torch), None) => Verdict::Blocked {
            reasons: vec![reasons::torch_does_not_fit(torch, None)],
            unblock: vec![reasons::drop_wish("--torch")],
        },
        (None, None) => Verdict::Unknown { reasons: vec![reasons::not_on_index()] },
    }
}

fn stop(verdict: Verdict) -> Assessment {
    Assessment::without_build(Route::Cpu, verdict)
}

fn planned(context: &Context<'_>, row: &BuildRow<'_>, offer: Offer, platform: Platform) -> Assessment {
    let (download_bytes, disk_bytes, seconds) = cost(context.catalog, row.variant, platform);
    let mut reasons = vec![reasons::on_the_processor()];
    let mut needs = context.needs(&offer);
    if row.variant != "cpu" {
        reasons.insert(0, reasons::cpu_build_unreachable(row.variant));
        if download_bytes.is_none_or(|bytes| bytes > LARGE) {
            needs.push(Need::Consent);
        }
    }
    if offer.seen_live {
        reasons.push(reasons::seen_live(row.variant));
    }
    let mut assessment = Assessment {
        route: Route::Cpu,
        verdict: Verdict::Works { reasons },
        build: Some(Build {
            torch: row.release.torch.clone(),
            variant: row.variant.to_owned(),
            python: Some(offer.python),
            origin: offer.origin,
            seen_live: offer.seen_live,
        }),
        acceptable_variants: vec![row.variant.to_owned()],
        gpus: Vec::new(),
        download_bytes,
        disk_bytes,
        seconds,
        needs,
        risk: Some(Risk::Low),
    };
    match windows::judge(context, &mut assessment) {
        Ok(()) => assessment,
        Err(stop) => stop.of(Route::Cpu),
    }
}
