//! Known environments on these PCs, and installs that did not end.

use crate::pc::{detected, plan_for, tell};
use std::path::PathBuf;
use torch_wizard::app::{Card, Message, Model};
use torch_wizard::environments::{State, Trouble};
use torch_wizard::facts::Environment;
use torch_wizard::recheck::Kept;
use torch_wizard::run::journal::{History, SavedRun};
use torch_wizard::store::Known;
use torch_wizard::verify::Proof;

/// A known environment as the list has it.
pub fn card(name: &str, torch: &str, variant: &str, verdict: Option<Proof>, driver: Option<&str>) -> Card {
    let known = Known {
        path: PathBuf::from(format!(r"C:\Users\jane\{name}")),
        created: "2026-11-20T09:00:00Z".to_owned(),
        torch: Some(torch.to_owned()),
        variant: Some(variant.to_owned()),
        route: Some("wheel".to_owned()),
        plan_id: None,
        verdict,
        verified_at: verdict.map(|_| "2026-11-20T09:05:00Z".to_owned()),
        driver: driver.map(str::to_owned),
        last_report: None,
        machine: None,
    };
    let held = Environment {
        path: known.path.clone(),
        kind: "venv".to_owned(),
        torch: Some(torch.parse().unwrap()),
        torch_cuda: variant.strip_prefix("cu").map(|digits| {
            let (major, minor) = digits.split_at(digits.len() - 1);
            format!("{major}.{minor}").parse().unwrap()
        }),
        damage: None,
    };
    Card::new(Kept { known, state: State::Sound, held })
}

/// Two environments, both proven with the driver of today.
pub fn two_cards() -> Vec<Card> {
    vec![
        card("torch-cu130", "2.15.0+cu130", "cu130", Some(Proof::Proven), Some("581.57")),
        card("torch-cu128", "2.12.1+cu128", "cu128", Some(Proof::Proven), Some("581.57")),
    ]
}

/// One environment in each state.
pub fn all_cards() -> Vec<Card> {
    let mut cards = two_cards();
    let wrong = |mut card: Card, trouble: Trouble| {
        card.kept.state = State::Wrong(trouble);
        card
    };
    cards.push(card("older", "2.9.1+cu128", "cu128", Some(Proof::Proven), Some("572.16")));
    cards.push(card("processor", "2.15.0+cpu", "cpu", Some(Proof::CpuOnly), None));
    cards.push(card("adopted", "2.9.1+cu128", "cu128", None, None));
    cards.push(card("broken", "2.15.0+cu130", "cu130", Some(Proof::Failed), Some("581.57")));
    let changed = Trouble::Changed("2.16.0+cpu".to_owned(), "cpu".to_owned());
    cards.push(wrong(cards[0].clone(), changed));
    cards.push(wrong(card("gone", "2.15.0+cu130", "cu130", None, None), Trouble::Missing));
    cards[6].kept.known.path =
        PathBuf::from(r"D:\projects\a folder with quite a long name\and another one\torch-cu130");
    cards
}

/// The home page over a checked PC; `unfinished`: an install stopped after these steps.
pub fn home(cards: Vec<Card>, unfinished: Option<&[&str]>) -> Model {
    home_over(detected(), cards, unfinished)
}

/// The same over another PC.
pub fn home_over(mut model: Model, cards: Vec<Card>, unfinished: Option<&[&str]>) -> Model {
    let saved = unfinished.map(|done| {
        let plan = plan_for(&model);
        let done = done.iter().map(|step| (*step).to_owned()).collect();
        Box::new(SavedRun { folder: plan.places.run.clone(), plan, history: History { done, ..History::default() } })
    });
    tell(&mut model, Message::Home { cards, unfinished: saved, trouble: None, damaged: None });
    model
}
