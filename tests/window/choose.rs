//! The routes: one radio group, reached by mouse and keys, and never needed where one route is recommended.

use crate::pc;
use crate::shown::{Look, Shown, show};
use eframe::egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use torch_wizard::app::{Action, Effect, Message, Model, Screen};
use torch_wizard::assess::Route;
use torch_wizard::catalog::{LiveIndex, LiveWheel};
use torch_wizard::facts::{MachineFacts, Reach};
use torch_wizard::text::Language;

fn on_choose(mut model: Model) -> Model {
    pc::tell(&mut model, Message::User(Action::Go(Screen::Choose)));
    model
}

/// No index answers.
pub fn unreached() -> Model {
    let mut facts = pc::rtx_5070();
    if let torch_wizard::facts::Probed::Found { value, .. } = &mut facts.network {
        value.torch_index = Reach::Blocked;
        value.failures.insert(
            "https://download.pytorch.org/whl".to_owned(),
            "https://download.pytorch.org/whl: the name could not be resolved".to_owned(),
        );
    }
    let live = LiveIndex { torch_index: Reach::Blocked, pypi: Reach::Reached, ..LiveIndex::offline() };
    on_choose(answered(facts, live))
}

fn answered(facts: MachineFacts, live: LiveIndex) -> Model {
    let mut model = pc::opened();
    let scan = model.detection.scan;
    pc::tell(&mut model, Message::Detected { scan, facts: Box::new(facts.clone()) });
    pc::tell(&mut model, Message::Indexed { scan, facts: Box::new(facts), live: Box::new(live) });
    model
}

/// The machine has answered, the index has not.
fn before_the_index() -> Model {
    let mut model = pc::opened();
    let scan = model.detection.scan;
    pc::tell(&mut model, Message::Detected { scan, facts: Box::new(pc::rtx_5070()) });
    on_choose(model)
}

/// The index lists the wheel that would be taken.
fn seen_live() -> Model {
    let wheel = LiveWheel {
        version: "2.15.0+cu130".parse().unwrap(),
        python_tag: "cp312".to_owned(),
        platform_tag: "win_amd64".to_owned(),
        has_hash: true,
    };
    let mut live = LiveIndex { torch_index: Reach::Reached, pypi: Reach::Reached, ..LiveIndex::offline() };
    live.pages.insert("cu130".to_owned(), vec![wheel]);
    on_choose(answered(pc::rtx_5070(), live))
}

fn picked(mut model: Model, route: Route) -> Model {
    pc::tell(&mut model, Message::User(Action::Pick(route)));
    model
}

/// States to look at.
pub fn states() -> Vec<(&'static str, Model)> {
    vec![
        ("choose-asking", before_the_index()),
        ("choose-seen", seen_live()),
        ("choose-cpu", picked(on_choose(pc::detected()), Route::Cpu)),
        ("choose-no-card", on_choose(pc::detected_with(pc::no_card()))),
        ("choose-sick", on_choose(pc::detected_with(pc::sick_driver()))),
        ("choose-blocked", picked(on_choose(pc::detected_with(crate::detect::with_driver("537.58"))), Route::Wheel)),
        ("choose-unreached", unreached()),
        ("choose-apart", on_choose(pc::detected_with(crate::detect::apart()))),
    ]
}

fn opened(model: Model) -> Harness<'static, Shown> {
    show(model, Look::default())
}

const WHEEL: &str = "Stable wheel, CUDA 13.2 runtime. Recommended. ";
const CPU: &str = "CPU now, without a GPU. Works. ";

fn is_on(harness: &Harness<'static, Shown>, name: &str) -> bool {
    let node = harness.get_by_label_contains(name);
    node.accesskit_node().toggled() == Some(eframe::egui::accesskit::Toggled::True)
}

fn press(harness: &mut Harness<'static, Shown>, name: &str) {
    harness.get_by_label_contains(name).click();
    harness.run_steps(3);
}

#[test]
fn a_card_is_one_node_that_says_route_verdict_sentence_and_cost() {
    let harness = opened(on_choose(pc::detected()));
    harness.get_by_label(concat!(
        "Stable wheel, CUDA 13.2 runtime. Recommended. ",
        "torch 2.15.0+cu132 for Python 3.12, from the PyTorch index, as of 2026-11-21. ",
        "2.64 GB download, about 1 to 11 min"
    ));
    assert!(is_on(&harness, WHEEL));
    assert!(!is_on(&harness, CPU));
}

#[test]
fn arrow_keys_move_choice_and_focus_together() {
    let mut harness = opened(on_choose(pc::detected()));
    harness.get_by_label_contains(WHEEL).focus();
    harness.run_steps(3);
    harness.key_press(Key::ArrowDown);
    harness.run_steps(3);
    // Four routes are not judged by this version: the arrows pass over them.
    assert!(is_on(&harness, CPU) && !is_on(&harness, WHEEL));
    assert!(harness.get_by_label_contains(CPU).accesskit_node().is_focused());
    harness.key_press(Key::ArrowDown);
    harness.run_steps(3);
    assert!(is_on(&harness, WHEEL));
    harness.key_press(Key::ArrowUp);
    harness.run_steps(3);
    assert!(is_on(&harness, CPU));
    let picks = [Route::Cpu, Route::Wheel, Route::Cpu].map(Action::Pick);
    assert_eq!(harness.state().actions, picks);
}

#[test]
fn space_picks_where_nothing_is_chosen_yet() {
    let mut harness = opened(on_choose(pc::detected_with(pc::sick_driver())));
    assert_eq!(harness.state().model.chosen(), None);
    harness.key_press(Key::Tab);
    harness.run_steps(3);
    harness.key_press(Key::Space);
    harness.run_steps(3);
    assert_eq!(harness.state().actions, [Action::Pick(Route::Wheel)]);
}

#[test]
fn picking_the_processor_and_going_back_keeps_the_choice() {
    let mut harness = opened(pc::detected());
    press(&mut harness, "Other routes…");
    press(&mut harness, CPU);
    // What is recommended does not move with what is picked.
    assert!(harness.query_by_label_contains(WHEEL).is_some());
    press(&mut harness, "Back");
    assert_eq!(harness.state().model.screen, Screen::Detect);
    harness.get_by_label("Your choice");
    press(&mut harness, "Other routes…");
    assert!(is_on(&harness, CPU));
    press(&mut harness, "Back");
    press(&mut harness, "PyTorch on the processor");
    let state = harness.state();
    assert_eq!(state.model.screen, Screen::Review);
    assert!(
        state.effects.iter().any(|effect| matches!(effect, Effect::Plan { chosen, .. } if chosen.route == Route::Cpu))
    );
}

#[test]
fn what_this_version_does_not_judge_cannot_be_picked() {
    let mut harness = opened(on_choose(pc::detected()));
    let docker = harness.get_by_label_contains("Docker. Not in this version. ");
    assert!(docker.accesskit_node().is_disabled());
    docker.click();
    harness.run_steps(3);
    assert_eq!(harness.state().actions, []);
}

#[test]
fn a_blocked_route_stays_says_what_would_unblock_it_and_opens_no_plan() {
    let mut harness = opened(on_choose(pc::detected_with(crate::detect::with_driver("537.58"))));
    harness.get_by_label_contains("Install NVIDIA driver 572.16 or newer");
    press(&mut harness, "Stable wheel. Blocked. Driver 537.58 is too old");
    assert_eq!(harness.state().model.choice.route, Some(Route::Wheel));
    harness.get_by_label("This route is blocked; the card says what would unblock it.");
    let next = harness.get_all_by_label("Review the plan").find(|node| node.accesskit_node().is_disabled());
    next.unwrap().click();
    harness.run_steps(2);
    press(&mut harness, "Open www.nvidia.com");
    assert_eq!(harness.state().model.screen, Screen::Choose);
    let page = Action::OpenPage("https://www.nvidia.com/drivers".to_owned());
    assert_eq!(harness.state().actions, [Action::Pick(Route::Wheel), page]);
}

#[test]
fn the_chosen_card_shows_its_reasons_with_their_sources() {
    let mut harness = opened(on_choose(pc::detected()));
    harness.get_by_label_contains("is new enough: at least 580");
    press(&mut harness, "Source 3: docs.nvidia.com");
    assert!(
        matches!(harness.state().actions.last(), Some(Action::OpenPage(url)) if url.starts_with("https://docs.nvidia.com/"))
    );
    press(&mut harness, CPU);
    assert!(harness.query_by_label_contains("is new enough: at least 580").is_none());
}

#[test]
fn reasons_and_what_helps_are_said_in_the_language_of_the_window() {
    let german = || Look { language: Some(Language::German), ..Look::default() };
    let harness = show(on_choose(pc::detected()), german());
    harness.get_by_label("Treiber 581.57 ist neu genug: Nötig ist mindestens 580.0.");
    assert!(harness.query_by_label_contains("is new enough").is_none());
    let harness = show(unreached(), german());
    harness.get_by_label("Geben Sie einen Spiegel von download.pytorch.org an, der erreichbar ist.");
}

#[test]
fn what_rests_on_the_catalogue_says_so_until_the_index_has_it() {
    let harness = opened(before_the_index());
    harness.get_by_label_contains(". torch 2.15.0+cu132 for Python 3.12, from the PyTorch index, as of 2026-11-21");
    let harness = opened(seen_live());
    let card = harness.get_by_label_contains(". torch 2.15.0+cu130 for Python 3.12, from the PyTorch index");
    assert!(!card.accesskit_node().label().unwrap().contains("as of"));
}

#[test]
fn an_index_that_does_not_answer_is_told_and_asked_again() {
    let mut harness = opened(unreached());
    harness.get_by_label("The index could not be reached");
    press(&mut harness, "Try again");
    assert_eq!(harness.state().actions, [Action::Rescan]);
    assert!(harness.query_by_label("The index could not be reached").is_none());
}

#[test]
fn of_several_cards_one_can_be_served_alone() {
    let mut harness = opened(on_choose(pc::detected_with(pc::mixed())));
    harness.get_by_label_contains(". torch 2.7.1+cu128");
    press(&mut harness, "Cards to serve: Only 0: RTX 5090");
    harness.get_by_label_contains(". torch 2.15.0+cu132");
    press(&mut harness, "Cards to serve: All cards");
    assert_eq!(harness.state().model.choice.gpus, None);
}
