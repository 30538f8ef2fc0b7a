//! What tells "there is none" from "nobody knows", the cards of other makers, and what a torch said of itself.

use super::state;
use crate::facts::{MachineFacts, TorchSeen};
use serde::Serialize;

/// The part of `detect --json` that reports are read back with.
#[derive(Debug, Serialize)]
pub(super) struct Seen {
    gpus_state: &'static str,
    /// Cards that are not NVIDIA's, where they were named.
    other_cards: Vec<String>,
    /// Null where no torch was heard.
    #[serde(rename = "torch_seen")]
    torch: Option<TorchLine>,
}

#[derive(Debug, Serialize)]
struct TorchLine {
    torch: Option<String>,
    cuda_runtime: Option<String>,
    is_available: Option<bool>,
    sees_cards: bool,
    is_cpu_build: bool,
    refuses_card: bool,
    refuses_driver: bool,
    archs: Vec<String>,
}

/// The facts in the contract's shape.
pub(super) fn seen(facts: &MachineFacts) -> Seen {
    Seen {
        gpus_state: state(&facts.gpus),
        other_cards: facts.other_cards.clone(),
        torch: facts.torch_seen.as_ref().map(torch),
    }
}

fn torch(seen: &TorchSeen) -> TorchLine {
    let TorchSeen { torch, cuda, is_available, sees_cards, is_cpu_build, refuses_card, refuses_driver, archs } = seen;
    TorchLine {
        torch: torch.as_ref().map(ToString::to_string),
        cuda_runtime: cuda.map(|cuda| cuda.to_string()),
        is_available: *is_available,
        sees_cards: *sees_cards,
        is_cpu_build: *is_cpu_build,
        refuses_card: *refuses_card,
        refuses_driver: *refuses_driver,
        archs: archs.clone(),
    }
}
