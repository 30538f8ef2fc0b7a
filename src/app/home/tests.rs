use super::*;
use crate::catalog::Catalog;
use crate::facts::{Environment, OsFacts, OsFamily, Probed, Source, Via};
use crate::store::Known;

fn found<T>(value: T) -> Probed<T> {
    Probed::Found { value, source: Source::new(Via::Nvml, "") }
}

/// A Linux with a card of this capability under this driver.
fn machine(name: &str, capability: &str, driver: &str) -> MachineFacts {
    let os = OsFacts { version: "Debian 12".to_owned(), arch: "x86_64".to_owned(), ..OsFacts::of(OsFamily::Linux) };
    let gpu = crate::facts::Gpu {
        index: 0,
        name: name.to_owned(),
        uuid: Some(format!("GPU-{name}")),
        pci_id: None,
        pci_bus: None,
        capability: Some(capability.parse().unwrap()),
        memory_bytes: None,
        board: crate::facts::Board::default(),
        source: Source::new(Via::Nvml, ""),
    };
    let driver: crate::facts::DriverVersion = driver.parse().unwrap();
    MachineFacts {
        os: found(os),
        gpus: found(vec![gpu]),
        driver: found(driver),
        ..MachineFacts::unknown(String::new())
    }
}

/// Proven on that machine, with torch for CUDA 12.6.
fn proven_on(facts: &MachineFacts) -> Card {
    let known = Known {
        path: "/home/jane/torch-cu126".into(),
        created: "2026-11-20T09:00:00Z".to_owned(),
        torch: Some("2.7.1+cu126".to_owned()),
        variant: Some("cu126".to_owned()),
        route: Some("wheel".to_owned()),
        plan_id: Some("p".to_owned()),
        verdict: Some(Proof::Proven),
        verified_at: Some("2026-11-20T09:05:00Z".to_owned()),
        driver: facts.driver.found().map(ToString::to_string),
        last_report: None,
        machine: Some(Fingerprint::of(facts)),
    };
    let held = Environment {
        path: known.path.clone(),
        kind: "venv".to_owned(),
        torch: Some("2.7.1+cu126".parse().unwrap()),
        torch_cuda: Some("12.6".parse().unwrap()),
        damage: None,
    };
    Card::new(Kept { known, state: State::Sound, held })
}

fn judged(mut card: Card, now: &MachineFacts) -> Card {
    card.judge(now, Catalog::embedded().unwrap());
    card
}

#[test]
fn what_was_proven_holds_on_the_same_machine_alone() {
    let ada = machine("NVIDIA GeForce RTX 4070", "8.9", "572.16");
    let same = judged(proven_on(&ada), &ada);
    assert_eq!(same.condition(), Condition::Proven { driver: "572.16".to_owned() });
    assert!(same.since.is_empty());

    let updated = judged(proven_on(&ada), &machine("NVIDIA GeForce RTX 4070", "8.9", "581.57"));
    assert!(matches!(updated.condition(), Condition::Changed(since) if since.len() == 1), "{updated:?}");
}

#[test]
fn a_card_that_the_torch_has_no_kernels_for_is_told_by_rule_with_what_changed() {
    let ada = machine("NVIDIA GeForce RTX 4070", "8.9", "572.16");
    let swapped = judged(proven_on(&ada), &machine("NVIDIA GeForce RTX 5070", "12.0", "581.57"));
    let Condition::Unfit(reasons) = swapped.condition() else { panic!("{swapped:?}") };
    assert!(!reasons.is_empty());
    assert!(swapped.condition().can_be_repaired());
    assert_eq!(swapped.since.len(), 2, "{:?}", swapped.since);
}

#[test]
fn files_that_changed_come_before_what_the_rules_say() {
    let ada = machine("NVIDIA GeForce RTX 4070", "8.9", "572.16");
    let mut card = proven_on(&ada);
    let changed = Trouble::Changed("2.12.1+cpu".to_owned(), "cpu".to_owned());
    card.kept.state = State::Wrong(changed.clone());
    assert_eq!(card.condition(), Condition::Broken(changed.clone()), "before the machine was asked");
    assert_eq!(judged(card, &ada).condition(), Condition::Broken(changed));
}

#[test]
fn nobody_can_say_where_the_driver_is_not_known() {
    let ada = machine("NVIDIA GeForce RTX 4070", "8.9", "572.16");
    let mut card = proven_on(&ada);
    card.kept.known.verdict = None;
    let silent = MachineFacts {
        driver: Probed::Unknown { why: "no answer".to_owned(), source: Source::new(Via::Nvml, "") },
        ..ada
    };
    assert!(matches!(judged(card, &silent).condition(), Condition::Unclear(_)));
}

#[test]
fn what_changed_is_told_by_a_quick_look_before_the_whole_look_is_done() {
    use crate::app::{Effect, Message, update};
    let mut model = crate::app::opened::opened_by("jane");
    let card = proven_on(&machine("RTX 4070", "8.9", "572.16"));
    let home = Message::Home { cards: vec![card], unfinished: None, trouble: None, damaged: None };
    let effects = update(&mut model, home.clone());
    assert!(matches!(effects.as_slice(), [Effect::Glance]), "{effects:?}");
    assert_eq!(model.home.cards[0].standing, None);
    let facts = machine("RTX 4070", "8.9", "581.57");
    update(&mut model, Message::Glanced(Box::new(facts.clone())));
    assert!(matches!(model.home.cards[0].condition(), Condition::Changed(_)), "{:?}", model.home.cards[0].standing);
    // The whole look has the last word, and whoever reads the list again needs no second glance.
    let scan = model.detection.scan;
    let facts = MachineFacts { driver: found("572.16".parse().unwrap()), ..facts };
    update(&mut model, Message::Detected { scan, facts: Box::new(facts) });
    assert!(matches!(model.home.cards[0].condition(), Condition::Proven { .. }));
    assert!(update(&mut model, home).is_empty());
}
