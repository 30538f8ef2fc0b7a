//! Advice on a PC's hardware, from what was measured of it: folded over its facts, without a clock. Pure.
//!
//! What the driver reports while a card works is the monitor's ([`crate::monitor::Judge`]); both have a
//! [`Topic`], by which [`words`] has how to check it and the catalogue the page that says it.

pub mod words;

use crate::catalog::{Catalog, Numbering, Topic};
use crate::facts::{Gpu, MachineFacts, OsFacts, OsFamily, PowerSupply};
use crate::monitor::Weight;
use serde::Serialize;

/// A limit below this share of the card's own was lowered by somebody.
pub(crate) const LOWERED: f64 = 0.98;
/// The variable that says how CUDA programs count cards, and its value that counts as the driver does.
const ORDER: (&str, &str) = ("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
/// Supplies are sold in steps of so many watts.
const STEP: u32 = 50;

/// What is advised, with the reading it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Hint {
    /// The processor reaches a part of the card's memory at once: Resizable BAR is off.
    SmallWindow {
        /// The window.
        window_bytes: u64,
        /// The card's memory.
        memory_bytes: u64,
    },
    /// The slot is of an older generation than the card.
    OlderLink {
        /// The best of this card in this PC.
        here: u32,
        /// What cards of its architecture can do.
        card: u32,
    },
    /// Somebody lowered the power limit.
    LimitLowered {
        /// The limit in force.
        watts: u32,
        /// The one that the card comes with.
        default_watts: u32,
    },
    /// Several cards that draw much together.
    SeveralCards {
        /// How many.
        count: usize,
        /// Their limits together.
        watts: u32,
        /// With the rest of the PC: what a supply should give.
        supply_watts: u32,
    },
    /// Different cards, which CUDA programs count in another order than the driver.
    Order {
        /// Number and name of each, as the driver counts.
        cards: Vec<(u32, String)>,
    },
    /// Graphics of another maker beside the card of a laptop.
    TwoGraphics {
        /// Its name.
        other: String,
    },
    /// A laptop on its battery.
    Battery,
    /// The driver has a known fault.
    DriverFault {
        /// Stable word of the table.
        code: String,
        /// The driver.
        driver: String,
        /// The table's words.
        what: String,
        /// The first driver without it.
        fixed_in: String,
        /// It can damage the card.
        is_dangerous: bool,
        /// The page that says it.
        source: String,
    },
}

impl Hint {
    /// What it is about.
    pub const fn topic(&self) -> Topic {
        match self {
            Self::SmallWindow { .. } => Topic::Window,
            Self::OlderLink { .. } => Topic::OlderLink,
            Self::LimitLowered { .. } => Topic::PowerLimit,
            Self::SeveralCards { .. } => Topic::SeveralCards,
            Self::Order { .. } => Topic::Order,
            Self::TwoGraphics { .. } => Topic::TwoGraphics,
            Self::Battery => Topic::Battery,
            Self::DriverFault { .. } => Topic::DriverFault,
        }
    }

    /// How much it matters.
    pub const fn weight(&self) -> Weight {
        match self {
            Self::DriverFault { is_dangerous: true, .. } => Weight::Danger,
            Self::DriverFault { .. } | Self::Battery => Weight::Warning,
            Self::SmallWindow { .. }
            | Self::OlderLink { .. }
            | Self::LimitLowered { .. }
            | Self::SeveralCards { .. }
            | Self::Order { .. }
            | Self::TwoGraphics { .. } => Weight::Note,
        }
    }
}

/// A piece of advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The driver's number of the card; `None` for the PC.
    pub card: Option<u32>,
    /// What.
    pub hint: Hint,
}

/// All that the facts give rise to, the gravest first. What is not known gives rise to nothing.
pub fn advice(facts: &MachineFacts, catalog: &Catalog) -> Vec<Advice> {
    let cards = facts.gpus.found().map(Vec::as_slice).unwrap_or_default();
    if cards.is_empty() {
        return Vec::new();
    }
    let of_pc = |hint| Advice { card: None, hint };
    let mut all: Vec<Advice> = driver_faults(facts, cards, catalog).into_iter().map(of_pc).collect();
    let whole = [battery(facts), order(facts, cards), several(cards, catalog), two_graphics(facts)];
    all.extend(whole.into_iter().flatten().map(of_pc));
    // A laptop has no slots, and its firmware sets the limit by what it is at.
    let is_laptop = facts.power_supply.found().is_some();
    for card in cards {
        let os = facts.os.found();
        let of_card = [
            window(os, card, catalog),
            limit(card).filter(|_| !is_laptop),
            older_link(os, card, catalog).filter(|_| !is_laptop),
        ];
        all.extend(of_card.into_iter().flatten().map(|hint| Advice { card: Some(card.index), hint }));
    }
    // A stable sort: PC before card, card by card.
    all.sort_by_key(|advice| std::cmp::Reverse(advice.hint.weight()));
    all
}

fn driver_faults(facts: &MachineFacts, cards: &[Gpu], catalog: &Catalog) -> Vec<Hint> {
    let (Some(driver), Some(os)) = (facts.driver.found(), facts.os.found()) else { return Vec::new() };
    let capabilities = cards.iter().filter_map(|card| card.capability);
    let faults = catalog.faults_on(driver, Numbering::of(os), capabilities);
    let hint = |fault: &crate::catalog::DriverFault| Hint::DriverFault {
        code: fault.code.clone(),
        driver: driver.to_string(),
        what: fault.what.clone(),
        fixed_in: fault.fixed_in.to_string(),
        is_dangerous: fault.is_dangerous,
        source: fault.backing.source.clone(),
    };
    faults.into_iter().map(hint).collect()
}

fn battery(facts: &MachineFacts) -> Option<Hint> {
    let supply = facts.power_supply.found()?;
    (*supply == PowerSupply::Battery).then_some(Hint::Battery)
}

/// Cards of two kinds. Equal ones are counted alike, whatever the order.
fn order(facts: &MachineFacts, cards: &[Gpu]) -> Option<Hint> {
    let is_set = facts.masks.iter().any(|mask| mask.name == ORDER.0 && mask.value == ORDER.1);
    let first = cards.first()?;
    let differ = cards.iter().any(|card| card.name != first.name || card.memory_bytes != first.memory_bytes);
    let named = || cards.iter().map(|card| (card.index, card.name.clone())).collect();
    (differ && !is_set).then(|| Hint::Order { cards: named() })
}

/// What each may draw now. A card that does not tell its limit makes the sum unknown.
fn several(cards: &[Gpu], catalog: &Catalog) -> Option<Hint> {
    let rule = &catalog.hardware.several;
    let watts: u32 =
        cards.iter().map(|card| card.board.limit_watts.or(card.board.default_watts)).sum::<Option<u32>>()?;
    let of_servers = |card: &Gpu| card.capability.is_some_and(|capability| rule.not_for.contains(&capability));
    if cards.iter().any(of_servers) {
        return None;
    }
    let is_due = (2..=rule.most_cards).contains(&cards.len()) && watts >= rule.watts;
    let supply_watts = (watts + rule.rest_watts).div_ceil(STEP) * STEP;
    is_due.then_some(Hint::SeveralCards { count: cards.len(), watts, supply_watts })
}

/// Only a laptop has its screen wired to one of two.
fn two_graphics(facts: &MachineFacts) -> Option<Hint> {
    let other = facts.other_cards.first()?.clone();
    facts.power_supply.found().map(|_| Hint::TwoGraphics { other })
}

/// Inside WSL or a machine of another processor the window says nothing of the firmware's setting.
fn window(os: Option<&OsFacts>, card: &Gpu, catalog: &Catalog) -> Option<Hint> {
    let rule = &catalog.hardware.window;
    let has_it = card.capability.is_some_and(|capability| capability >= rule.least_capability);
    let (window_bytes, memory_bytes) = (card.board.window_bytes?, card.memory_bytes?);
    let is_small = window_bytes <= rule.off_mib << 20 && window_bytes < memory_bytes;
    (has_it && is_small && is_pc(os)).then_some(Hint::SmallWindow { window_bytes, memory_bytes })
}

/// A PC that the program runs on itself.
fn is_pc(os: Option<&OsFacts>) -> bool {
    os.is_some_and(|os| {
        !os.is_wsl
            && matches!(os.arch.as_str(), "x86_64" | "AMD64" | "amd64")
            && matches!(os.family, OsFamily::Windows | OsFamily::Linux)
    })
}

fn limit(card: &Gpu) -> Option<Hint> {
    let (watts, default_watts) = (card.board.limit_watts?, card.board.default_watts?);
    let is_lowered = f64::from(watts) < f64::from(default_watts) * LOWERED;
    is_lowered.then_some(Hint::LimitLowered { watts, default_watts })
}

fn older_link(os: Option<&OsFacts>, card: &Gpu, catalog: &Catalog) -> Option<Hint> {
    let (here, _) = card.board.link.filter(|_| is_pc(os))?;
    let able = catalog.architecture(card.capability?)?.pcie?;
    (here > 0 && here < able).then_some(Hint::OlderLink { here, card: able })
}

#[cfg(test)]
mod tests;
