//! Cards' boards and advice on them, in the contract's shape.

use crate::catalog::Catalog;
use crate::facts::{Board, MachineFacts};
use crate::hardware::words::{self, Said};
use crate::text::{Language, Text};
use serde::Serialize;

/// What the driver tells of a card's board and slot.
#[derive(Debug, Serialize)]
pub struct BoardLine {
    window_bytes: Option<u64>,
    power_limit_watts: Option<u32>,
    default_power_limit_watts: Option<u32>,
    pcie_generation: Option<u32>,
    pcie_width: Option<u32>,
}

/// A board; `None` where nothing is known of it.
pub fn board(board: &Board) -> Option<BoardLine> {
    (!board.is_unknown()).then(|| BoardLine {
        window_bytes: board.window_bytes,
        power_limit_watts: board.limit_watts,
        default_power_limit_watts: board.default_watts,
        pcie_generation: board.link.map(|link| link.0),
        pcie_width: board.link.map(|link| link.1),
    })
}

/// What is worth a word, the gravest first.
pub fn advice(facts: &MachineFacts, catalog: &Catalog) -> Vec<Said> {
    words::of(&crate::hardware::advice(facts, catalog), catalog, &Text::new(Language::English))
}
