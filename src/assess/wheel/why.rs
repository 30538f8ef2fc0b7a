//! What a wheel's verdict says for itself.

use super::super::machine::{Card, Context, DriverNow, Offer};
use super::super::{Origin, Reason, reasons};
use crate::catalog::{BuildRow, Platform};

/// Why it is this release: the newest there is, or what stands between it and the newest.
pub(super) fn why_this_torch(
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

pub(super) fn why_it_fits(
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
