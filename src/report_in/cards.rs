//! The cards that a text lists, by who lists them, and the one list that follows.

use super::draft::At;
use super::names::Named;
use crate::catalog::Catalog;
use crate::facts::{Board, ComputeCapability, Gpu, PciId};

/// Who lists cards; what stands further down is more trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// A sentence.
    Prose,
    /// A form filled in by hand.
    Person,
    /// The bus as the system lists it.
    Bus,
    /// A start-up log or a warning: perhaps not all cards.
    Log,
    /// torch, or a tool around it.
    Torch,
    /// The driver's own program.
    Driver,
}

/// A card as one line tells of it.
#[derive(Clone, Debug)]
pub(super) struct SeenCard {
    /// Its number.
    pub index: Option<u32>,
    /// Its name, which may be cut off.
    pub name: Option<String>,
    /// Identity.
    pub uuid: Option<String>,
    /// Model number.
    pub pci_id: Option<PciId>,
    /// Place on the bus.
    pub pci_bus: Option<String>,
    /// Compute capability, where the text says it.
    pub capability: Option<ComputeCapability>,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
    /// Its board and slot.
    pub board: Board,
    /// Where.
    pub at: At,
}

impl SeenCard {
    /// Nothing but where it stands.
    pub(super) fn new(at: At) -> Self {
        Self {
            index: None,
            name: None,
            uuid: None,
            pci_id: None,
            pci_bus: None,
            capability: None,
            memory_bytes: None,
            board: Board::default(),
            at,
        }
    }

    fn is_nameless(&self) -> bool {
        self.name.is_none()
    }

    fn is_cut(&self) -> bool {
        self.name.as_deref().is_some_and(|name| name.ends_with("...") || name.ends_with('…'))
    }

    /// The capability it was told with, else that of its id, else that of its name.
    fn capability(&self, catalog: &Catalog) -> Option<ComputeCapability> {
        let by_id = || catalog.capability_by_pci(self.pci_id?);
        let by_name = || catalog.capability_by_name(self.name.as_deref()?);
        self.capability.or_else(by_id).or_else(by_name)
    }
}

#[derive(Debug)]
struct List {
    place: Place,
    cards: Vec<SeenCard>,
}

/// The most that is kept of each: a text of any length stays bearable.
const MOST_LISTS: usize = 64;
const MOST_CARDS: usize = 64;

/// All lists of a text.
#[derive(Debug, Default)]
pub(super) struct Cards {
    lists: Vec<List>,
    others: Vec<String>,
    /// A list of all the cards of a machine had only those of other makers.
    lists_others: bool,
    /// The card told of last is NVIDIA's.
    pub is_at_ours: bool,
    /// The machines that sentences name, where they are of several: `PC 1 has …`, `PC 2 has …`.
    owners: Vec<String>,
}

impl Cards {
    /// Takes a card into the list it belongs to.
    pub(super) fn add(&mut self, place: Place, card: SeenCard) {
        self.is_at_ours = true;
        let last = self.lists.iter_mut().rev().find(|list| list.place == place);
        let Some(list) = last else { return self.begin(place, card) };
        // A warning may name a card without the number that another line has.
        if place == Place::Log
            && card.index.is_some()
            && let Some(same) = list.cards.iter_mut().find(|other| other.index.is_none() && key(other) == key(&card))
            && !same.is_nameless()
        {
            same.index = card.index;
            same.capability = same.capability.or(card.capability);
            return;
        }
        let is_known = |other: &SeenCard| match place {
            Place::Log if other.index.is_some() && card.index.is_some() => other.index == card.index,
            Place::Prose | Place::Log => key(other) == key(&card),
            Place::Bus => card.pci_bus.is_some() && other.pci_bus == card.pci_bus,
            Place::Person | Place::Torch | Place::Driver => false,
        };
        if list.cards.len() >= MOST_CARDS || list.cards.iter().any(is_known) {
            return;
        }
        let previous = list.cards.last();
        let goes_on = match place {
            Place::Prose | Place::Bus | Place::Log => true,
            Place::Person => previous.is_some_and(|other| {
                card.at.line <= other.at.line + 1 || card.index.is_some_and(|index| Some(index) > other.index)
            }),
            Place::Torch | Place::Driver => {
                previous.is_some_and(|other| card.index > other.index || card.index.is_none() && other.index.is_none())
            }
        };
        if goes_on { list.cards.push(card) } else { self.begin(place, card) }
    }

    fn begin(&mut self, place: Place, card: SeenCard) {
        if self.lists.len() < MOST_LISTS {
            self.lists.push(List { place, cards: vec![card] });
        }
    }

    /// Takes what a value or a sentence names.
    pub(super) fn add_named(&mut self, place: Place, named: Named, at: At) {
        if named.ours.is_empty() && !named.others.is_empty() && matches!(place, Place::Person | Place::Bus) {
            self.lists_others = true;
        }
        for other in named.others {
            self.add_other(other);
        }
        for card in named.ours {
            let (name, nth) = (Some(card.name), card.nth);
            let card = SeenCard { name, capability: None, ..SeenCard::new(at) };
            let list = self.lists.iter_mut().rev().find(|list| list.place == place);
            match list.filter(|_| place == Place::Prose && nth > 0) {
                // Sentences name a card again and again; only a count says that there are more.
                Some(list) if list.cards.iter().filter(|other| key(other) == key(&card)).count() <= nth => {
                    if list.cards.len() < MOST_CARDS {
                        list.cards.push(card);
                    }
                }
                Some(_) => {}
                None => self.add(place, card),
            }
        }
    }

    /// A sentence tells of this one of several machines.
    pub(super) fn owned_by(&mut self, machine: &str) {
        if self.owners.len() < 2 && !self.owners.iter().any(|known| known == machine) {
            self.owners.push(machine.to_owned());
        }
    }

    /// A card of another maker.
    pub(super) fn add_other(&mut self, name: String) {
        self.is_at_ours = false;
        if self.others.len() < MOST_CARDS && !self.others.contains(&name) {
            self.others.push(name);
        }
    }

    /// A complete list of the machine's cards has none of NVIDIA's.
    pub(super) fn has_only_others(&mut self) {
        self.lists_others = true;
    }

    /// The card that was told of last in a place, for lines that say more of it.
    pub(super) fn last(&mut self, place: Place) -> Option<&mut SeenCard> {
        self.lists.iter_mut().rev().find(|list| list.place == place)?.cards.last_mut()
    }

    /// The card told of last at all.
    pub(super) fn newest(&mut self) -> Option<&mut SeenCard> {
        self.lists.iter_mut().filter_map(|list| list.cards.last_mut()).max_by_key(|card| card.at.line)
    }

    /// Cards with these numbers, in all lists.
    pub(super) fn numbered(&mut self, first: u32, last: u32) -> impl Iterator<Item = &mut SeenCard> {
        let is_meant = move |card: &&mut SeenCard| card.index.is_some_and(|index| (first..=last).contains(&index));
        self.lists.iter_mut().flat_map(|list| list.cards.iter_mut()).filter(is_meant)
    }

    /// The names of other makers' cards.
    pub(super) fn others(&self) -> &[String] {
        &self.others
    }

    /// Whether a list of all cards had only those of other makers.
    pub(super) fn lists_others_only(&self) -> bool {
        self.lists_others && self.lists.iter().all(|list| list.place == Place::Prose || list.cards.is_empty())
    }

    /// Whether anything lists cards.
    pub(super) fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.others.is_empty()
    }

    /// Whether a program lists cards.
    pub(super) fn has_program_list(&self) -> bool {
        self.lists.iter().any(|list| list.place >= Place::Log)
    }

    /// The machine's cards.
    ///
    /// Driver and torch list all cards, so the longer of their lists counts; then logs, the bus, forms, sentences. A
    /// list that holds all of a better one and more besides completes it; sentences complete nothing.
    pub(super) fn chosen(&self, catalog: &Catalog) -> Vec<Gpu> {
        let is_of_several = self.owners.len() > 1;
        let complete = self.longest(|place| place >= Place::Torch);
        let order = [Place::Log, Place::Bus, Place::Person, Place::Prose];
        let best = complete.or_else(|| order.iter().find_map(|wanted| self.longest(|place| place == *wanted)));
        let best = best.filter(|list| !(is_of_several && list.place == Place::Prose));
        let Some(best) = best else { return Vec::new() };
        let mut cards = best.cards.clone();
        for list in self.lists.iter().filter(|list| list.place > Place::Prose) {
            if list.cards.len() > cards.len() && covers(&list.cards, &cards) {
                let missing = without(&list.cards, &cards);
                cards.extend(missing);
            }
        }
        // A log may name one card of those that a sentence counts: `two Tesla K80`.
        let counted = self.longest(|place| place == Place::Prose && !is_of_several).map(|list| list.cards.as_slice());
        if let ([card], Some(counted)) = (cards.as_slice(), counted)
            && best.place == Place::Log
            && counted.len() > 1
            && counted.iter().all(|other| is_alike(other, card))
        {
            let missing = without(counted, &cards);
            cards.extend(missing);
        }
        for card in &mut cards {
            self.fill(card);
        }
        cards.retain(|card| card.name.is_some() || card.pci_id.is_some());
        gpus(cards, catalog)
    }

    fn longest(&self, is_meant: impl Fn(Place) -> bool) -> Option<&List> {
        let lists = self.lists.iter().filter(|list| is_meant(list.place));
        // Of equals the first: `max_by_key` takes the last.
        lists.rev().max_by_key(|list| (list.cards.len(), list.place))
    }

    /// What other lists say of the same card.
    fn fill(&self, card: &mut SeenCard) {
        for other in self.lists.iter().filter(|list| list.place > Place::Prose).flat_map(|list| &list.cards) {
            let is_same = match (card.index, other.index) {
                (Some(mine), Some(theirs)) => mine == theirs && is_alike(card, other),
                (Some(_) | None, Some(_) | None) => is_alike(card, other),
            };
            if !is_same {
                continue;
            }
            if card.is_cut() && !other.is_cut() && other.name.is_some() {
                card.name.clone_from(&other.name);
            }
            card.capability = card.capability.or(other.capability);
            card.memory_bytes = card.memory_bytes.or(other.memory_bytes);
            card.board = card.board.or(other.board);
            card.pci_id = card.pci_id.or(other.pci_id);
            if card.index.is_some() && card.index == other.index {
                card.uuid = card.uuid.take().or_else(|| other.uuid.clone());
                card.pci_bus = card.pci_bus.take().or_else(|| other.pci_bus.clone());
            }
        }
    }
}

fn gpus(cards: Vec<SeenCard>, catalog: &Catalog) -> Vec<Gpu> {
    let mut taken: Vec<u32> = Vec::new();
    let mut gpus = Vec::with_capacity(cards.len());
    for card in cards {
        let free = |index: &u32| !taken.contains(index);
        let index = card.index.filter(free).or_else(|| (0..=u32::MAX).find(free)).unwrap_or_default();
        taken.push(index);
        let capability = card.capability(catalog);
        let by_id = || Some(catalog.gpu_by_pci(card.pci_id?, card.memory_bytes)?.name.clone());
        let name = card.name.clone().or_else(by_id);
        let by_number = || card.pci_id.map(|id| format!("NVIDIA device {id}"));
        gpus.push(Gpu {
            index,
            name: name.or_else(by_number).unwrap_or_else(|| "NVIDIA card".to_owned()),
            uuid: card.uuid,
            pci_id: card.pci_id,
            pci_bus: card.pci_bus,
            capability,
            memory_bytes: card.memory_bytes,
            board: card.board,
            source: card.at.source(),
        });
    }
    gpus
}

/// The letters and digits that tell cards apart.
fn key(card: &SeenCard) -> String {
    let lower = card.name.as_deref().unwrap_or_default().to_ascii_lowercase();
    let lower = ["nvidia", "geforce", "tesla", "laptop", "gpu", "rtx", "gtx", "..."]
        .iter()
        .fold(lower, |text, word| text.replace(word, " "));
    lower.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether two lines may mean the same card.
fn is_alike(one: &SeenCard, other: &SeenCard) -> bool {
    if one.pci_bus.is_some() && other.pci_bus.is_some() {
        return one.pci_bus == other.pci_bus;
    }
    let (a, b) = (key(one), key(other));
    !a.is_empty() && !b.is_empty() && (a.starts_with(&b) || b.starts_with(&a))
}

/// Whether each of the few has a card of its own among the many.
fn covers(many: &[SeenCard], few: &[SeenCard]) -> bool {
    without(many, few).len() + few.len() == many.len()
}

/// The many without those that are among the few.
fn without(many: &[SeenCard], few: &[SeenCard]) -> Vec<SeenCard> {
    let mut left: Vec<SeenCard> = many.to_vec();
    for card in few {
        if let Some(at) = left.iter().position(|other| is_alike(other, card)) {
            left.remove(at);
        }
    }
    left
}
