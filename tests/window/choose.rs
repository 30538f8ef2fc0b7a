//! The routes: one radio group, reached by mouse and keys, and never needed where one route is recommended.

use crate::pc;
use crate::shown::{Look, Shown, show};
use eframe::egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use torch_wizard::app::{Action, Dialog, Effect, Message, Model, Screen, Subject};
use torch_wizard::assess::Route;
use torch_wizard::catalog::{LiveIndex, LiveWheel};
use torch_wizard::facts::{
    ContainerEngine, ContainerProgram, EngineTrouble, MachineFacts, OsFamily, Probed, Reach, Via,
};
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

pub fn engine(program: ContainerProgram, trouble: Option<EngineTrouble>) -> ContainerEngine {
    ContainerEngine {
        program,
        path: format!("/usr/bin/{}", program.word()).into(),
        version: Some("28.3.1".to_owned()),
        is_running: Some(trouble.is_none()),
        has_gpu: Some(true),
        has_cdi: true,
        toolkit: None,
        is_rootless: false,
        trouble,
    }
}

/// A Linux so old that no wheel runs on it, with an engine for containers.
pub fn old_linux(program: ContainerProgram, trouble: Option<EngineTrouble>) -> MachineFacts {
    let mut facts = pc::rtx_5070();
    if let Probed::Found { value, .. } = &mut facts.os {
        value.family = OsFamily::Linux;
        "CentOS Linux 7".clone_into(&mut value.version);
        value.build = None;
        value.glibc = Some((2, 17));
    }
    facts.driver = pc::found(Via::Nvml, "580.95.05".parse().unwrap());
    facts.containers = pc::found(Via::Command, engine(program, trouble));
    facts
}

/// A card newer than every build.
fn too_new() -> MachineFacts {
    let mut facts = pc::rtx_5070();
    facts.gpus = pc::found(Via::Nvml, vec![pc::gpu(0, "NVIDIA GeForce RTX 6090", "13.0", 32607)]);
    facts
}

/// States to look at.
pub fn states() -> Vec<(&'static str, Model)> {
    let docker = || old_linux(ContainerProgram::Docker, None);
    let stopped = || old_linux(ContainerProgram::Podman, Some(EngineTrouble::NotRunning));
    let here = |facts| on_choose(pc::detected_with(facts));
    vec![
        ("choose-docker", here(docker())),
        ("choose-engine-stopped", picked(here(stopped()), Route::Docker)),
        ("choose-wsl2", picked(here(pc::rtx_5070()), Route::Wsl2)),
        ("choose-source", picked(here(pc::rtx_5070()), Route::Source)),
        ("choose-nightly", picked(here(pc::rtx_5070()), Route::Nightly)),
        ("choose-wait", here(too_new())),
        ("choose-wait-picked", picked(here(too_new()), Route::Wheel)),
        ("choose-loses", picked(here(crate::detect::apart()), Route::Wheel)),
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
    // High enough that nothing has to be scrolled to.
    show(model, Look { size: [1080.0, 2000.0], ..Look::default() })
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
        "2.64 GB download, 6.00 GB on disk, about 1 to 11 min, low risk"
    ));
    assert!(is_on(&harness, WHEEL));
    assert!(!is_on(&harness, CPU));
}

#[test]
fn arrow_keys_move_choice_and_focus_together() {
    let mut harness = opened(on_choose(pc::detected()));
    harness.get_by_label_contains(WHEEL).focus();
    harness.run_steps(3);
    harness.key_press(Key::ArrowUp);
    harness.run_steps(3);
    assert!(is_on(&harness, CPU) && !is_on(&harness, WHEEL));
    assert!(harness.get_by_label_contains(CPU).accesskit_node().is_focused());
    for _ in 0..6 {
        harness.key_press(Key::ArrowDown);
        harness.run_steps(3);
    }
    let order = [Route::Wheel, Route::Nightly, Route::Wsl2, Route::Docker, Route::Source, Route::Cpu];
    let picks: Vec<Action> = std::iter::once(Route::Cpu).chain(order).map(Action::Pick).collect();
    assert_eq!(harness.state().actions, picks);
    assert!(is_on(&harness, CPU));
}

#[test]
fn every_route_has_its_card_with_its_verdict_and_its_price() {
    let harness = opened(on_choose(pc::detected()));
    let begins = [
        "Stable wheel, CUDA 13.2 runtime. Recommended. ",
        "Nightly wheel. Unknown. Which nights have torch and torchvision together, the index alone knows",
        "WSL2, CUDA 13.2 runtime. Works. torch 2.15.0+cu132 for Python 3.12, from the PyTorch index",
        "Docker. Blocked. Neither Docker nor Podman is installed",
        "Source build. Blocked. There is no CUDA toolkit here",
        "CPU now, without a GPU. Works. ",
    ];
    let mut above = 0.0;
    for begin in begins {
        let card = harness.get_by_label_contains(begin);
        assert!(card.rect().top() > above, "{begin}");
        above = card.rect().top();
    }
    let wsl2 = harness.get_by_label_contains(begins[2]).accesskit_node().label().unwrap();
    assert!(wsl2.ends_with("administrator rights, one restart, medium risk"), "{wsl2}");
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
fn a_blocked_route_stays_says_what_would_unblock_it_and_opens_no_plan() {
    let mut harness = opened(on_choose(pc::detected_with(crate::detect::with_driver("537.58"))));
    assert!(harness.query_all_by_label_contains("Install NVIDIA driver 572.16 or newer").count() > 1);
    assert!(harness.query_by_label("Which driver to install…").is_none(), "one a card would be too many");
    press(&mut harness, "Stable wheel. Blocked. Driver 537.58 is too old");
    assert_eq!(harness.state().model.choice.route, Some(Route::Wheel));
    harness.get_by_label("This route is blocked; the card says what would unblock it.");
    let next = harness.get_all_by_label("Review the plan").find(|node| node.accesskit_node().is_disabled());
    next.unwrap().click();
    harness.run_steps(2);
    press(&mut harness, "Which driver to install…");
    harness.get_by_label("Another driver is needed");
    press(&mut harness, "Back");
    assert_eq!(harness.state().model.screen, Screen::Choose);
    press(&mut harness, "Check again");
    let guide = Action::Go(Screen::Driver);
    assert_eq!(harness.state().actions, [Action::Pick(Route::Wheel), guide, Action::Back, Action::Rescan]);
}

#[test]
fn the_chosen_card_shows_its_reasons_with_their_facts_and_sources() {
    let mut harness = opened(on_choose(pc::detected()));
    harness.get_by_label_contains("is new enough: at least 580");
    harness.get_by_label("GPU: RTX 5070 (12.0), from NVML");
    harness.get_by_label("Driver: 581.57, from NVML");
    harness.get_by_label_contains("Low risk: released builds");
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
    let helps = "Geben Sie einen Spiegel von download.pytorch.org an, der erreichbar ist.";
    assert!(harness.query_all_by_label(helps).count() > 0);
}

#[test]
fn what_rests_on_the_catalogue_says_so_until_the_index_has_it() {
    let harness = opened(before_the_index());
    let wheel = "Recommended. torch 2.15.0+cu132 for Python 3.12, from the PyTorch index, as of 2026-11-21";
    harness.get_by_label_contains(wheel);
    let harness = opened(seen_live());
    let card = harness.get_by_label_contains("Recommended. torch 2.15.0+cu130 for Python 3.12, from the PyTorch index");
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
    harness.get_by_label_contains("Recommended. torch 2.7.1+cu128");
    press(&mut harness, "Cards to serve: Only 0: RTX 5090");
    harness.get_by_label_contains("Recommended. torch 2.15.0+cu132");
    press(&mut harness, "Cards to serve: All cards");
    assert_eq!(harness.state().model.choice.gpus, None);
}

#[test]
fn a_card_that_loses_is_told_and_has_a_plan_of_its_own() {
    let mut harness = opened(picked(on_choose(pc::detected_with(crate::detect::apart())), Route::Wheel));
    let card = harness.get_by_label_contains("Stable wheel, CUDA 13.2 runtime. Recommended. ");
    assert!(card.accesskit_node().label().unwrap().contains("Not for GTX 1080 Ti"));
    harness.get_by_label("1: RTX 5090 is served");
    harness.get_by_label("0: GTX 1080 Ti gets no kernels from this");
    assert!(harness.query_by_label_contains("torch-wizard install --gpu").is_none(), "no command line in the window");
    press(&mut harness, "Plan for GTX 1080 Ti alone");
    assert_eq!(harness.state().model.choice.gpus, Some(vec![0]));
    harness.get_by_label_contains("Stable wheel, CUDA 12.6 runtime. Recommended. torch 2.14.1+cu126");
    assert!(harness.query_by_label("1: RTX 5090 is served").is_none());
    press(&mut harness, "Cards to serve: All cards");
    harness.get_by_label("1: RTX 5090 is served");
}

#[test]
fn a_card_newer_than_every_build_is_waited_for() {
    let harness = opened(on_choose(pc::detected_with(too_new())));
    harness.get_by_label("No stable PyTorch has kernels for sm_130 yet");
    harness.get_by_label_contains("The nightly variant cu134 would have them first.");
}

#[test]
fn a_container_is_recommended_where_no_wheel_runs() {
    let harness = opened(on_choose(pc::detected_with(old_linux(ContainerProgram::Docker, None))));
    let card =
        harness.get_by_label_contains("Docker, CUDA 13.0 runtime. Recommended. torch 2.14.0+cu130 in the image ");
    let name = card.accesskit_node().label().unwrap();
    assert!(name.contains(" in the image pytorch/pytorch:") && name.ends_with("low risk"), "{name}");
    let harness = opened(on_choose(pc::detected_with(old_linux(ContainerProgram::Podman, None))));
    harness.get_by_label_contains("Podman, CUDA 13.0 runtime. Recommended. ");
}

#[test]
fn an_engine_that_is_not_started_is_started_and_checked_again() {
    let facts = old_linux(ContainerProgram::Podman, Some(EngineTrouble::NotRunning));
    let mut harness = opened(picked(on_choose(pc::detected_with(facts)), Route::Docker));
    harness.get_by_label("podman is installed and not started.");
    harness.get_by_label("Start podman, then check again.");
    press(&mut harness, "Check again");
    assert_eq!(harness.state().actions, [Action::Rescan]);
}

#[test]
fn a_command_that_would_unblock_is_copied() {
    let mut harness = opened(picked(on_choose(pc::detected()), Route::Source));
    let copy = harness.query_all_by_label_contains("Copy: winget install").next();
    copy.unwrap().click();
    harness.run_steps(3);
    let is_command = |action: &Action| matches!(action, Action::Copy(text) if text.starts_with("winget install"));
    assert!(harness.state().actions.iter().any(is_command), "{:?}", harness.state().actions);
    press(&mut harness, "Open developer.nvidia.com");
}

#[test]
fn what_a_missing_fact_leaves_open_can_be_told_by_hand() {
    let model = picked(on_choose(pc::detected_with(pc::sick_driver())), Route::Wheel);
    let mut harness = opened(model);
    press(&mut harness, "Stable wheel, CUDA 13.2 runtime. Unknown. The version of the NVIDIA driver is not known.");
    press(&mut harness, "Set the driver by hand…");
    assert!(matches!(harness.state().model.dialog, Some(Dialog::Correct { subject: Subject::Driver, .. })));
}

/// What the user says of the PC is judged with the same message, for every route.
#[test]
fn a_corrected_fact_judges_every_route_anew_at_once() {
    let word = |model: &Model, route: Route| {
        let found = model.detection.assessments.iter().find(|assessment| assessment.route == route);
        found.unwrap().verdict.word()
    };
    let say = |subject: Subject, text: &str| {
        let mut model = on_choose(pc::detected());
        pc::tell(&mut model, Message::User(Action::Correct(subject)));
        pc::tell(&mut model, Message::User(Action::Type(text.to_owned())));
        pc::tell(&mut model, Message::User(Action::Confirm));
        assert_eq!(model.dialog, None, "{text}");
        model
    };
    let before = pc::detected();
    assert_eq!([Route::Wheel, Route::Wsl2].map(|route| word(&before, route)), ["recommended", "works"]);
    let model = say(Subject::Driver, "537.58");
    for route in [Route::Wheel, Route::Nightly, Route::Wsl2] {
        assert_eq!(word(&model, route), "blocked", "{route:?}");
    }
    let model = say(Subject::Card, "3.5");
    assert_eq!(word(&model, Route::Wheel), "blocked");
    let model = say(Subject::Card, "");
    assert_eq!(word(&model, Route::Cpu), "recommended");
    let mut model = say(Subject::System, "18363");
    assert_eq!([Route::Wheel, Route::Wsl2].map(|route| word(&model, route)), ["recommended", "blocked"]);
    let harness = opened(model.clone());
    harness.get_by_label_contains("WSL2. Blocked. Windows build 18363 is older than");
    pc::tell(&mut model, Message::User(Action::Uncorrect(Subject::System)));
    assert_eq!(word(&model, Route::Wsl2), "works");
    let mut refused = on_choose(pc::detected());
    pc::tell(&mut refused, Message::User(Action::Correct(Subject::System)));
    pc::tell(&mut refused, Message::User(Action::Type("24H2".to_owned())));
    pc::tell(&mut refused, Message::User(Action::Confirm));
    assert!(matches!(refused.dialog, Some(Dialog::Correct { trouble: Some("correct-system-bad"), .. })));
}
