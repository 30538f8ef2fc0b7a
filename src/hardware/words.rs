//! Advice as sentences: what was measured, how to check it, and the page that says it. The same everywhere.

use super::{Advice, Hint};
use crate::catalog::{Catalog, Topic};
use crate::monitor::{Finding, Weight, sentence};
use crate::text::Text;
use serde::Serialize;

/// A piece of advice or a finding of the monitor, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// What it is about.
    pub topic: Topic,
    /// How much it matters.
    pub weight: Weight,
    /// The driver's number of the card; `None` for the PC.
    pub card: Option<u32>,
    /// What was measured, and what it means.
    pub what: String,
    /// How to check it, and what to do.
    pub check: String,
    /// The page that says it.
    pub source: String,
}

impl Said {
    /// What, with the card's number before it.
    pub fn with_card(&self, text: &Text) -> String {
        match self.card {
            Some(index) => {
                text.with("finding-card", &[("index", index.to_string().into()), ("what", self.what.as_str().into())])
            }
            None => self.what.clone(),
        }
    }
}

/// Advice in words.
pub fn of(advice: &[Advice], catalog: &Catalog, text: &Text) -> Vec<Said> {
    let said = |advice: &Advice| {
        let topic = advice.hint.topic();
        let source = match &advice.hint {
            Hint::DriverFault { source, .. } => source.clone(),
            Hint::SmallWindow { .. }
            | Hint::OlderLink { .. }
            | Hint::LimitLowered { .. }
            | Hint::SeveralCards { .. }
            | Hint::Order { .. }
            | Hint::TwoGraphics { .. }
            | Hint::Battery => page(topic, catalog),
        };
        let what = hint(&advice.hint, text);
        Said { topic, weight: advice.hint.weight(), card: advice.card, what, check: check(topic, text), source }
    };
    advice.iter().map(said).collect()
}

/// A finding of the monitor in words.
pub fn of_finding(finding: &Finding, catalog: &Catalog, text: &Text) -> Said {
    let topic = finding.what.topic();
    Said {
        topic,
        weight: finding.weight,
        card: finding.card,
        what: sentence(finding, catalog, text),
        check: check(topic, text),
        source: page(topic, catalog),
    }
}

fn page(topic: Topic, catalog: &Catalog) -> String {
    catalog.hardware.source(topic).unwrap_or_default().to_owned()
}

fn check(topic: Topic, text: &Text) -> String {
    text.get(&format!("hardware-check-{}", topic.word()))
}

fn hint(hint: &Hint, text: &Text) -> String {
    let number = |number: u32| number.to_string().into();
    match hint {
        Hint::SmallWindow { window_bytes, memory_bytes } => {
            let memory = |bytes: u64| text.memory(bytes).into();
            text.with("hardware-window", &[("window", memory(*window_bytes)), ("memory", memory(*memory_bytes))])
        }
        Hint::OlderLink { here, card } => {
            text.with("hardware-older-link", &[("here", number(*here)), ("card", number(*card))])
        }
        Hint::LimitLowered { watts, default_watts } => {
            text.with("hardware-power-limit", &[("watts", number(*watts)), ("default", number(*default_watts))])
        }
        Hint::SeveralCards { count, watts, supply_watts } => text.with(
            "hardware-several-cards",
            &[("count", (*count).into()), ("watts", number(*watts)), ("supply", number(*supply_watts))],
        ),
        Hint::Order { cards } => {
            let cards: Vec<String> = cards.iter().map(|(index, name)| format!("{index}: {name}")).collect();
            text.with("hardware-order", &[("cards", cards.join(", ").into())])
        }
        Hint::TwoGraphics { other } => text.with("hardware-two-graphics", &[("other", other.as_str().into())]),
        Hint::Battery => text.get("hardware-battery"),
        Hint::DriverFault { driver, what, fixed_in, .. } => {
            let what = what.trim_end_matches('.').into();
            let values = [("driver", driver.as_str().into()), ("what", what), ("fixed", fixed_in.as_str().into())];
            text.with("reason-driver-fault", &values)
        }
    }
}
