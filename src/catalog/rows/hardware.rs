//! Rows of `hardware.toml`: when advice on a PC's hardware is due, and where what it says stands.

use super::super::CatalogError;
use super::super::load::File;
use super::Backing;
use crate::facts::ComputeCapability;
use serde::{Deserialize, Serialize};

/// What a piece of advice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// Resizable BAR.
    Window,
    /// The slot is of an older generation than the card.
    OlderLink,
    /// The link runs below what it can do.
    SlowLink,
    /// A lowered power limit.
    PowerLimit,
    /// The supply or the mainboard asks for less.
    PowerBrake,
    /// Clocks that are held down otherwise.
    Clocks,
    /// Heat, of the chip or of its memory.
    Heat,
    /// Several cards on one supply.
    SeveralCards,
    /// In which order cards are counted.
    Order,
    /// Graphics of another maker draw the screen of a laptop.
    TwoGraphics,
    /// A laptop on its battery.
    Battery,
    /// A driver with a known fault.
    DriverFault,
    /// Hardly any of the card's memory is left.
    MemoryFull,
    /// Memory errors.
    MemoryErrors,
    /// A fault that the driver reported.
    Xid,
    /// A card that does not answer any more.
    Lost,
    /// A driver that does not answer.
    Silent,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Window,
        Self::OlderLink,
        Self::SlowLink,
        Self::PowerLimit,
        Self::PowerBrake,
        Self::Clocks,
        Self::Heat,
        Self::SeveralCards,
        Self::Order,
        Self::TwoGraphics,
        Self::Battery,
        Self::DriverFault,
        Self::MemoryFull,
        Self::MemoryErrors,
        Self::Xid,
        Self::Lost,
        Self::Silent,
    ];

    /// The word of the table, of JSON and of the sentences' keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::OlderLink => "older-link",
            Self::SlowLink => "slow-link",
            Self::PowerLimit => "power-limit",
            Self::PowerBrake => "power-brake",
            Self::Clocks => "clocks",
            Self::Heat => "heat",
            Self::SeveralCards => "several-cards",
            Self::Order => "order",
            Self::TwoGraphics => "two-graphics",
            Self::Battery => "battery",
            Self::DriverFault => "driver-fault",
            Self::MemoryFull => "memory-full",
            Self::MemoryErrors => "memory-errors",
            Self::Xid => "xid",
            Self::Lost => "lost",
            Self::Silent => "silent",
        }
    }
}

/// When Resizable BAR counts as off.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowRule {
    /// Cards from here on have it.
    pub least_capability: ComputeCapability,
    /// The window without it, in MiB.
    pub off_mib: u64,
    /// Where it comes from.
    pub backing: Backing,
}

/// When several cards are much for one supply.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeveralRule {
    /// Their limits together, in watts.
    pub watts: u32,
    /// More cards are a machine that was built for them.
    pub most_cards: usize,
    /// What the rest of the PC is taken to draw, in watts.
    pub rest_watts: u32,
    /// Cards that sit in machines built for them.
    pub not_for: Vec<ComputeCapability>,
    /// Where it comes from.
    pub backing: Backing,
}

/// Where a piece of advice stands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicSource {
    /// What it is about.
    pub topic: Topic,
    /// Where it comes from.
    pub backing: Backing,
}

/// All of `hardware.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HardwareRules {
    /// Resizable BAR.
    pub window: WindowRule,
    /// Several cards on one supply.
    pub several: SeveralRule,
    /// One row a topic.
    pub topics: Vec<TopicSource>,
}

impl HardwareRules {
    pub(in super::super) fn read(file: &mut File) -> Result<Self, CatalogError> {
        Ok(Self { window: file.row("window")?, several: file.row("several")?, topics: file.rows("advice")? })
    }

    /// Where every row comes from.
    pub(in super::super) fn backings(&self) -> Vec<&Backing> {
        let topics = self.topics.iter().map(|row| &row.backing);
        [&self.window.backing, &self.several.backing].into_iter().chain(topics).collect()
    }

    /// The page that says it.
    pub fn source(&self, topic: Topic) -> Option<&str> {
        self.topics.iter().find(|row| row.topic == topic).map(|row| row.backing.source.as_str())
    }
}
