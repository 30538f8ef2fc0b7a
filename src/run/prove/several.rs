//! Several environments proven side by side: most of a proof is the start of torch, which one card leaves time for.

use super::{News, Place, Proving, prove_known};
use crate::facts::MachineFacts;
use crate::host::Host;
use crate::problem::Problem;
use crate::verify::{Circumstances, Expected, Level, Proof, VerificationReport};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// What the quick checks and their context take of a card.
const OF_A_CARD: u64 = 1 << 30;
/// What a Python with torch and its workers take of the main memory.
const OF_THE_PC: u64 = 3 << 29;
/// So often the one who waits is asked whether to go on.
const ASK: Duration = Duration::from_millis(100);

/// What all of them have in common.
pub struct Common<'a> {
    /// What the verdicts rest on beside the checks.
    pub circumstances: Circumstances,
    /// Best speed of a card (by name) in a check (by name).
    pub expected: &'a (dyn Fn(&str, &str) -> Option<Expected> + Sync),
    /// Variables that would bend an interpreter.
    pub cleared: BTreeSet<String>,
}

/// What happens meanwhile.
pub enum Told<'a> {
    /// One has its verdict, or cannot have one.
    Ended(usize, &'a Result<VerificationReport, Problem>),
    /// What did not pass beside others is proven once more, alone: this one.
    Again(usize),
    /// Nothing, for a moment.
    Tick,
}

/// How many can be proven at once: by the memory of the smallest card and of the PC, and by its processor. What is not
/// known allows one.
pub fn at_once(facts: &MachineFacts) -> usize {
    let cards = facts.gpus.found().map(Vec::as_slice).unwrap_or_default();
    let card = cards.iter().map(|card| card.memory_bytes.unwrap_or_default() / OF_A_CARD).min();
    let Some(hardware) = facts.hardware.found() else { return 1 };
    let places = [card, Some(hardware.memory_bytes / OF_THE_PC), Some(u64::from(hardware.logical_cores))];
    usize::try_from(places.into_iter().flatten().min().unwrap_or(1)).unwrap_or(1).max(1)
}

/// Runs the quick checks in these places, so many at once; answers in their order, `None` for those that had not
/// come to their end when `on` said stop. What does not pass beside others is asked again alone: the others may have
/// been the reason.
pub fn several(
    host: &dyn Host,
    places: &[Place],
    hands: usize,
    common: &Common<'_>,
    on: &mut dyn FnMut(Told<'_>) -> ControlFlow<()>,
) -> Found {
    let mut found = Found::new();
    found.resize_with(places.len(), || None);
    let all: Vec<usize> = (0..places.len()).collect();
    let round = Round { host, places, common };
    let hands = hands.clamp(1, places.len().max(1));
    let mut flow = round.run(&all, hands, hands > 1, &mut found, on);
    for at in all {
        let is_open = found.get(at).is_some_and(Option::is_none);
        if flow.is_continue() && is_open {
            flow = on(Told::Again(at));
        }
        if flow.is_continue() && is_open {
            flow = round.run(&[at], 1, false, &mut found, on);
        }
    }
    found
}

/// On a card that is played, checks pass and prove nothing.
fn has_passed(answer: &Result<VerificationReport, Problem>) -> bool {
    answer.as_ref().is_ok_and(|report| report.verdict == Proof::Proven || report.all_passed())
}

/// The same for each.
struct Round<'a> {
    host: &'a dyn Host,
    places: &'a [Place],
    common: &'a Common<'a>,
}

/// What the checks said of each; `None` as long as nothing counts.
pub type Found = Vec<Option<Result<VerificationReport, Problem>>>;

impl Round<'_> {
    /// `is_first`: what does not pass will be asked again, so it is neither told nor kept.
    fn run(
        &self,
        which: &[usize],
        hands: usize,
        is_first: bool,
        found: &mut Found,
        on: &mut dyn FnMut(Told<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let (stop, next) = (AtomicBool::new(false), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            let (sender, ended) = channel();
            for _ in 0..hands {
                let (sender, stop, next) = (sender.clone(), &stop, &next);
                scope.spawn(move || {
                    while let Some(at) = which.get(next.fetch_add(1, Ordering::SeqCst)) {
                        let Some(answer) = self.one(*at, stop) else { return };
                        if sender.send((*at, answer)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            loop {
                let flow = match ended.recv_timeout(ASK) {
                    Ok((_, answer)) if is_first && !has_passed(&answer) => on(Told::Tick),
                    Ok((at, answer)) => {
                        let flow = on(Told::Ended(at, &answer));
                        if let Some(place) = found.get_mut(at) {
                            *place = Some(answer);
                        }
                        flow
                    }
                    Err(RecvTimeoutError::Timeout) => on(Told::Tick),
                    Err(RecvTimeoutError::Disconnected) => break,
                };
                if flow.is_break() {
                    stop.store(true, Ordering::SeqCst);
                }
            }
        });
        if stop.into_inner() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn one(&self, at: usize, stop: &AtomicBool) -> Option<Result<VerificationReport, Problem>> {
        let Self { host, places, common } = self;
        let place = places.get(at)?.clone();
        let proving = Proving {
            // Of its own: a program that is being read cannot be replaced on Windows.
            folder: place.folder(*host),
            place,
            level: Level::Quick,
            seconds: 0,
            circumstances: Circumstances { taken_at: crate::time::now(*host), ..common.circumstances.clone() },
            expected: common.expected,
            cleared: common.cleared.clone(),
            leaves_no_trace: false,
        };
        let on = &mut |_: News<'_>| {
            if stop.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        prove_known(*host, proving, on).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Gpu, Hardware, Probed, Source, Via};

    fn facts(cards: &[Option<u64>], memory: u64, cores: u32) -> MachineFacts {
        let source = Source::new(Via::System, "");
        let gpus = cards.iter().map(|gigabytes| Gpu {
            index: 0,
            name: "NVIDIA GeForce RTX 5070".to_owned(),
            uuid: None,
            pci_id: None,
            pci_bus: None,
            capability: None,
            memory_bytes: gigabytes.map(|gigabytes| gigabytes << 30),
            board: crate::facts::Board::default(),
            source: source.clone(),
        });
        let hardware = Hardware { cpu: String::new(), logical_cores: cores, memory_bytes: memory << 30 };
        MachineFacts {
            gpus: Probed::Found { value: gpus.collect(), source: source.clone() },
            hardware: Probed::Found { value: hardware, source },
            ..MachineFacts::unknown("2026-11-30T00:00:00Z".to_owned())
        }
    }

    #[test]
    fn the_scarcest_says_how_many_are_proven_at_once() {
        for (cards, memory, cores, expected) in [
            (&[Some(12)][..], 64, 16, 12),
            (&[Some(24), Some(8)], 64, 16, 8),
            (&[Some(24)], 16, 16, 10),
            (&[Some(24)], 64, 4, 4),
            (&[Some(24), None], 64, 16, 1),
            (&[], 64, 16, 16),
            (&[Some(2)], 1, 1, 1),
        ] {
            assert_eq!(at_once(&facts(cards, memory, cores)), expected, "{cards:?} {memory} {cores}");
        }
        assert_eq!(at_once(&MachineFacts::unknown("2026-11-30T00:00:00Z".to_owned())), 1);
    }
}
