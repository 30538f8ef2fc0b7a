use super::*;
use crate::facts::{Board, Mask, Probed, Source, Via};
use crate::text::{Language, Text};

fn found<T>(value: T) -> Probed<T> {
    Probed::Found { value, source: Source::new(Via::Nvml, "NVML") }
}

/// An RTX 5070 whose board is as it should be.
fn card(index: u32) -> Gpu {
    Gpu {
        index,
        name: "NVIDIA GeForce RTX 5070".to_owned(),
        uuid: None,
        pci_id: None,
        pci_bus: None,
        capability: "12.0".parse().ok(),
        memory_bytes: Some(12_227 << 20),
        board: Board {
            window_bytes: Some(16 << 30),
            limit_watts: Some(250),
            default_watts: Some(250),
            link: Some((5, 16)),
        },
        source: Source::new(Via::Nvml, "NVML"),
    }
}

fn pc(cards: Vec<Gpu>) -> MachineFacts {
    let mut facts = MachineFacts::unknown("");
    facts.os = found(OsFacts { arch: "AMD64".to_owned(), ..OsFacts::of(OsFamily::Windows) });
    facts.gpus = found(cards);
    facts.driver = found("581.57".parse().unwrap());
    facts
}

fn hints(facts: &MachineFacts) -> Vec<(Option<u32>, &'static str)> {
    let all = advice(facts, Catalog::embedded().unwrap());
    all.iter().map(|one| (one.card, one.hint.topic().word())).collect()
}

/// The card as it should be but for one thing.
fn with_board(change: impl Fn(&mut Board)) -> MachineFacts {
    let mut changed = card(0);
    change(&mut changed.board);
    pc(vec![changed])
}

/// 581.57 has a fault of its own (power readings after sleep), which is told of and not meant here.
fn beside_driver(facts: &MachineFacts) -> Vec<(Option<u32>, &'static str)> {
    hints(facts).into_iter().filter(|(_, topic)| *topic != "driver-fault").collect()
}

#[test]
fn a_pc_as_it_should_be_gives_rise_to_nothing_and_nor_does_one_that_tells_nothing() {
    assert_eq!(beside_driver(&pc(vec![card(0)])), []);
    assert_eq!(beside_driver(&with_board(|board| *board = Board::default())), []);
    assert_eq!(hints(&MachineFacts::unknown("")), []);
}

#[test]
fn a_small_window_is_resizable_bar_that_is_off_on_cards_that_have_it() {
    let small = |board: &mut Board| board.window_bytes = Some(256 << 20);
    assert_eq!(beside_driver(&with_board(small)), [(Some(0), "window")]);
    // Part of the memory is more than without it.
    assert_eq!(beside_driver(&with_board(|board| board.window_bytes = Some(8 << 30))), []);
    let mut turing = card(0);
    (turing.capability, turing.board) =
        ("7.5".parse().ok(), Board { window_bytes: Some(256 << 20), ..Board::default() });
    assert_eq!(beside_driver(&pc(vec![turing])), [], "cards before it have no larger one");
    let mut tiny = card(0);
    (tiny.memory_bytes, tiny.board.window_bytes) = (Some(256 << 20), Some(256 << 20));
    assert_eq!(beside_driver(&pc(vec![tiny])), [], "all of its memory");
    let mut inside = with_board(small);
    inside.os = found(OsFacts { is_wsl: true, arch: "x86_64".to_owned(), ..OsFacts::of(OsFamily::Linux) });
    assert_eq!(beside_driver(&inside), [], "WSL shows a window of its own");
}

#[test]
fn a_slot_of_an_older_generation_is_told_only_where_the_card_could_do_more() {
    assert_eq!(beside_driver(&with_board(|board| board.link = Some((4, 16)))), [(Some(0), "older-link")]);
    // Narrower may be how the card is built.
    assert_eq!(beside_driver(&with_board(|board| board.link = Some((5, 8)))), []);
    let mut ada = card(0);
    (ada.capability, ada.board.link) = ("8.9".parse().ok(), Some((4, 16)));
    assert_eq!(beside_driver(&pc(vec![ada])), []);
}

#[test]
fn a_lowered_limit_is_told_and_a_raised_one_is_not() {
    assert_eq!(beside_driver(&with_board(|board| board.limit_watts = Some(180))), [(Some(0), "power-limit")]);
    assert_eq!(beside_driver(&with_board(|board| board.limit_watts = Some(300))), []);
    assert_eq!(beside_driver(&with_board(|board| board.limit_watts = Some(249))), [], "rounding is no lowering");
    let mut laptop = with_board(|board| (board.limit_watts, board.link) = (Some(115), Some((4, 8))));
    laptop.power_supply = found(PowerSupply::Mains);
    assert_eq!(beside_driver(&laptop), [], "a laptop's firmware sets it, and it has no slots");
}

#[test]
fn several_cards_are_added_together_and_one_that_does_not_tell_makes_the_sum_unknown() {
    let all = advice(&pc(vec![card(0), card(1)]), Catalog::embedded().unwrap());
    let sum = Hint::SeveralCards { count: 2, watts: 500, supply_watts: 750 };
    assert!(all.contains(&Advice { card: None, hint: sum }), "{all:?}");
    let mut silent = card(1);
    silent.board = Board::default();
    assert_eq!(beside_driver(&pc(vec![card(0), silent])), []);
    let mut small = card(1);
    small.board.limit_watts = Some(150);
    assert_eq!(beside_driver(&pc(vec![card(0), small])), [(Some(1), "power-limit")], "400 W are not much");
    let of_server = |index| Gpu { capability: "9.0".parse().ok(), ..card(index) };
    assert_eq!(beside_driver(&pc(vec![of_server(0), of_server(1)])), []);
    let rack = (0..8).map(card).collect();
    assert_eq!(beside_driver(&pc(rack)), [], "eight cards are a machine that was built for them");
}

#[test]
fn different_cards_are_counted_in_two_ways_until_the_variable_says_how() {
    let other = Gpu { name: "NVIDIA GeForce RTX 3060".to_owned(), capability: "8.6".parse().ok(), ..card(1) };
    let other = Gpu {
        board: Board { limit_watts: Some(170), default_watts: Some(170), link: Some((4, 16)), ..other.board },
        ..other
    };
    let mut facts = pc(vec![card(0), other]);
    assert_eq!(beside_driver(&facts), [(None, "order")]);
    let said = words::of(
        &advice(&facts, Catalog::embedded().unwrap()),
        Catalog::embedded().unwrap(),
        &Text::new(Language::English),
    );
    let order = said.iter().find(|one| one.topic == Topic::Order).unwrap();
    assert!(order.what.contains("0: NVIDIA GeForce RTX 5070, 1: NVIDIA GeForce RTX 3060"), "{}", order.what);
    facts.masks = vec![Mask { name: "CUDA_DEVICE_ORDER".to_owned(), value: "FASTEST_FIRST".to_owned() }];
    assert_eq!(beside_driver(&facts), [(None, "order")]);
    facts.masks = vec![Mask { name: "CUDA_DEVICE_ORDER".to_owned(), value: "PCI_BUS_ID".to_owned() }];
    assert_eq!(beside_driver(&facts), []);
}

#[test]
fn a_laptop_has_two_graphics_and_a_desktop_with_two_is_none() {
    let mut facts = pc(vec![card(0)]);
    facts.other_cards = vec!["Intel graphics (8086:a7a0)".to_owned()];
    facts.power_supply = Probed::Absent { source: Source::new(Via::System, "") };
    assert_eq!(beside_driver(&facts), []);
    facts.power_supply = found(PowerSupply::Mains);
    assert_eq!(beside_driver(&facts), [(None, "two-graphics")]);
    facts.power_supply = found(PowerSupply::Battery);
    assert_eq!(beside_driver(&facts), [(None, "battery"), (None, "two-graphics")], "the graver one is first");
    facts.other_cards = Vec::new();
    assert_eq!(beside_driver(&facts), [(None, "battery")]);
}

#[test]
fn a_dangerous_fault_of_the_driver_comes_before_all_else() {
    let mut facts = pc(vec![card(0)]);
    facts.power_supply = found(PowerSupply::Battery);
    facts.driver = found("595.59".parse().unwrap());
    let all = advice(&facts, Catalog::embedded().unwrap());
    let first = all.first().unwrap();
    assert_eq!(first.hint.weight(), Weight::Danger);
    assert!(matches!(&first.hint, Hint::DriverFault { code, .. } if code == "fans-stopped"), "{first:?}");
    facts.driver = found("571.0".parse().unwrap());
    assert_eq!(hints(&facts), [(None, "battery")]);
}

#[test]
fn every_topic_says_how_to_check_it_in_each_language() {
    for language in Language::ALL {
        let text = Text::new(language);
        for topic in Topic::ALL {
            assert!(
                text.find(&format!("hardware-check-{}", topic.word())).is_some(),
                "{} in {language:?}",
                topic.word()
            );
        }
    }
}
