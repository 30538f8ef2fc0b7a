//! Which of the cards a wheel is chosen for: those that can be used at all, and of them the most that one wheel serves.

use super::super::machine::{Card, Context, DriverNow, Fit, Standing};
use super::super::stop::Stop;
use super::super::{Reason, Verdict, reasons};
use super::variants;
use crate::catalog::{BuildRow, Platform};

/// The cards to decide for. One that nothing serves is left out where others remain, unless it was asked for.
pub(in super::super) fn usable<'a>(
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

/// The cards that one wheel serves, and the builds that serve them.
pub(super) struct Served<'a, 'b> {
    pub cards: Vec<Card<'a>>,
    pub builds: Vec<BuildRow<'b>>,
    /// Not all cards: what each loses.
    pub losses: Vec<Reason>,
}

/// The builds with code for all cards. Where there is none, those for the most cards (the newer ones, if it's a draw)
/// are taken, unless all were asked for by number.
pub(super) fn served<'a, 'b>(
    context: &Context<'a>,
    cards: Vec<Card<'a>>,
    builds: &[BuildRow<'b>],
    platform: Platform,
) -> Result<Served<'a, 'b>, Stop> {
    let serves = |row: &BuildRow<'_>, card: &Card<'_>| context.has_code(row, platform, card.capability);
    let for_all = |cards: &[Card<'_>]| -> Vec<BuildRow<'b>> {
        builds.iter().filter(|row| cards.iter().all(|card| serves(row, card))).copied().collect()
    };
    let common = for_all(&cards);
    if !common.is_empty() {
        return Ok(Served { cards, builds: common, losses: Vec::new() });
    }
    let all = variants(builds);
    let mut reasons = vec![reasons::no_common_wheel()];
    reasons.extend(cards.iter().map(|card| {
        let serving: Vec<_> = builds.iter().filter(|row| serves(row, card)).copied().collect();
        let by = variants(&serving);
        let not_by: Vec<_> = all.iter().filter(|variant| !by.contains(variant)).cloned().collect();
        reasons::card_served_by(card.gpu, card.capability, &by, &not_by)
    }));
    let one_each = cards.iter().map(|card| reasons::one_environment_each(card.gpu)).collect();
    if context.wishes.gpus.is_some() {
        return Err(Stop::blocked(reasons, one_each));
    }
    let is_driven = |row: &BuildRow<'_>, card: &Card<'_>| !matches!(context.fit(row, &[*card]), Fit::TooOld(_));
    let group = |row: &BuildRow<'_>| -> Vec<Card<'a>> {
        cards.iter().filter(|card| serves(row, card) && is_driven(row, card)).copied().collect()
    };
    let rank = |group: &Vec<Card<'a>>| (group.len(), group.iter().map(|card| card.capability).max());
    // A wheel that this system's C library cannot load serves no card at all.
    let loadable = builds.iter().filter(|row| context.glibc_serves(row));
    let best = loadable.map(group).filter(|group| !group.is_empty()).max_by_key(rank);
    let Some(best) = best else { return Err(Stop::blocked(reasons, one_each)) };
    let numbers: Vec<u32> = best.iter().map(|card| card.gpu.index).collect();
    let is_lost = |card: &&Card<'_>| !numbers.contains(&card.gpu.index);
    reasons.extend(cards.iter().filter(is_lost).map(|card| reasons::own_environment(card.gpu)));
    Ok(Served { builds: for_all(&best), cards: best, losses: reasons })
}
