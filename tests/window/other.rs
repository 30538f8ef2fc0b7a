//! Another PC's report: pasted or opened, read, judged, and nothing of it mixed with this PC.

use crate::pc;
use crate::shown::{Look, Shown, is_enabled, press, show, tall};
use eframe::egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;
use torch_wizard::app::{Action, Effect, Message, Model, OtherAction, Reading, Screen};
use torch_wizard::assess::Route;
use torch_wizard::catalog::Catalog;
use torch_wizard::facts::OsFamily;
use torch_wizard::host::fake::World;
use torch_wizard::perform::Performer;
use torch_wizard::problem::Problem;
use torch_wizard::text::Language;

/// A PC with an old card, as `collect_env` tells of it.
const OLD_CARD: &str = "PyTorch version: 2.15.0+cu130
Is debug build: False
CUDA used to build PyTorch: 13.0

OS: Ubuntu 24.04.3 LTS (x86_64)
Libc version: glibc-2.39

Python version: 3.12.3 (main) [GCC 13.3.0] (64-bit runtime)
Is CUDA available: True
GPU models and configuration: GPU 0: NVIDIA GeForce GTX 1080 Ti
Nvidia driver version: 580.95.05
";

/// Two cards that no build serves together.
const TWO_CARDS: &str = "OS: Ubuntu 24.04.3 LTS (x86_64)
Libc version: glibc-2.39
GPU models and configuration:
GPU 0: NVIDIA GeForce RTX 5090
GPU 1: NVIDIA GeForce GTX 1080 Ti

Nvidia driver version: 580.95.05
";

fn act(model: &mut Model, action: OtherAction) {
    pc::tell(model, Message::User(Action::Other(action)));
}

fn asking() -> Model {
    let mut model = pc::detected();
    pc::tell(&mut model, Message::User(Action::Go(Screen::Other)));
    model
}

fn pasted(text: &str) -> Model {
    let mut model = asking();
    act(&mut model, OtherAction::Type(text.to_owned()));
    model
}

fn judged(text: &str) -> Model {
    let mut model = pasted(text);
    act(&mut model, OtherAction::Judge);
    model
}

fn unreadable() -> Model {
    let mut model = asking();
    let path = PathBuf::from(r"D:\reports\gone.txt");
    pc::tell(&mut model, Message::Picked(path.clone()));
    let problem = Problem::new("unreadable-report", r"The report D:\reports\gone.txt cannot be read: not found.")
        .advise("Choose another file, or paste its text.");
    pc::tell(&mut model, Message::Reported { path, facts: Box::new(Err(problem)) });
    model
}

/// States to look at.
pub fn states() -> Vec<(&'static str, Model)> {
    let mut reading = asking();
    pc::tell(&mut reading, Message::Picked(PathBuf::from(r"D:\reports\start-up.log")));
    vec![
        ("other", asking()),
        ("other-pasted", pasted(OLD_CARD)),
        ("other-reading", reading),
        ("other-nothing", judged("Good morning, my PC is slow.")),
        ("other-unreadable", unreadable()),
        ("other-judged", judged(OLD_CARD)),
        ("other-two-cards", judged(TWO_CARDS)),
        ("other-blocked", judged("GPU 0: NVIDIA GeForce RTX 5090\nNvidia driver version: 537.58\nOS: Windows 11")),
    ]
}

#[test]
fn a_report_is_pasted_judged_and_left_again() {
    let mut harness = tall(pc::detected());
    let before = harness.state().model.detection.assessments.clone();
    press(&mut harness, "Another PC’s report…");
    assert_eq!(harness.state().model.screen, Screen::Other);
    assert!(!is_enabled(&harness, "Judge it"));
    let field = |harness: &Harness<'static, Shown>| {
        harness.get_by_role_and_label(Role::MultilineTextInput, "Text of the report").focus();
    };
    field(&harness);
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Text of the report").type_text(OLD_CARD);
    harness.run_steps(3);
    assert_eq!(harness.state().model.other.text, OLD_CARD);
    press(&mut harness, "Judge it");
    harness.get_by_label("Another PC: GPU PyTorch runs there");
    harness.get_by_label("This is not the PC in front of you");
    harness.get_by_label_contains("NVIDIA GeForce GTX 1080 Ti, compute capability 6.1 (line ");
    harness.get_by_label_contains("2.15.0+cu130 does not fit card or driver. ");
    harness.get_by_label_contains("Stable wheel, CUDA 12.6 runtime. Recommended. torch 2.14.1+cu126");
    harness.get_by_label_contains("Driver: 580.95.05, line 11 of the report");
    for gone in ["Review the plan", "Check again", "Other routes…"] {
        assert!(harness.query_by_label(gone).is_none_or(|node| node.accesskit_node().role() == Role::Tab), "{gone}");
    }
    press(&mut harness, "Back to this PC");
    assert_eq!(harness.state().model.screen, Screen::Detect);
    assert_eq!(harness.state().model.detection.assessments, before, "this PC is judged as it was");
    assert!(harness.state().effects.is_empty(), "{:?}", harness.state().effects);
}

#[test]
fn to_look_at_a_route_there_chooses_nothing_here() {
    let mut harness = tall(judged(OLD_CARD));
    harness.get_by_label_contains("Docker, CUDA 12.6 runtime. Works. ").click();
    harness.run_steps(3);
    let model = &harness.state().model;
    assert_eq!((model.other.route, model.choice.route), (Some(Route::Docker), None));
    harness.get_by_label_contains("Low risk: an image and one folder.");
    // Nothing is planned from there, whatever key is pressed.
    harness.key_press(eframe::egui::Key::Enter);
    harness.run_steps(2);
    assert_eq!(harness.state().model.screen, Screen::Other);
}

#[test]
fn of_two_cards_there_each_can_be_looked_at_alone() {
    let mut harness = tall(judged(TWO_CARDS));
    harness.get_by_label("1: GTX 1080 Ti gets no kernels from this");
    press(&mut harness, "Judge for GTX 1080 Ti alone");
    harness.get_by_label_contains("Stable wheel, CUDA 12.6 runtime. Recommended. ");
    let model = &harness.state().model;
    assert_eq!((model.other.gpus.clone(), model.choice.gpus.clone()), (Some(vec![1]), None));
    press(&mut harness, "Another report…");
    assert_eq!(harness.state().model.other.gpus, None, "what was chosen goes with its report");
    assert_eq!(harness.state().model.other.text, TWO_CARDS);
}

#[test]
fn what_would_unblock_there_has_no_button_that_acts_here() {
    let mut harness = tall(states().into_iter().find(|(name, _)| *name == "other-blocked").unwrap().1);
    harness.get_by_label("Another PC: every route to its GPU is blocked");
    harness.get_by_label_contains("Stable wheel. Blocked. ").click();
    harness.run_steps(3);
    press(&mut harness, "Open NVIDIA's driver page");
    assert!(harness.query_by_label("Check again").is_none());
}

#[test]
fn a_text_that_tells_of_no_machine_is_said_so() {
    let mut harness = tall(pasted("Good morning, my PC is slow."));
    press(&mut harness, "Judge it");
    harness.get_by_label("Nothing in this text tells of a machine");
    assert!(is_enabled(&harness, "Judge it"), "another try");
    let german = Look { language: Some(Language::German), ..Look::default() };
    let harness = show(judged("Guten Morgen."), german);
    harness.get_by_label("Nichts in diesem Text spricht von einem PC");
}

#[test]
fn a_file_is_opened_by_the_dialog_of_the_system() {
    let mut harness = tall(asking());
    press(&mut harness, "Open file…");
    assert!(matches!(harness.state().effects.as_slice(), [Effect::BrowseOpen(_)]));
    let path = PathBuf::from(r"D:\reports\env.txt");
    let effects = pc::tell(&mut harness.state_mut().model, Message::Picked(path.clone()));
    assert!(matches!(effects.as_slice(), [Effect::ReadReport(read)] if *read == path));
    harness.run_steps(2);
    harness.get_by_label("Reading the report");
    let facts = torch_wizard::report_in::read(OLD_CARD, Catalog::embedded().unwrap()).unwrap();
    // An answer about a file that is not asked for any more is not taken.
    let late = Message::Reported { path: PathBuf::from("other.txt"), facts: Box::new(Ok(None)) };
    pc::tell(&mut harness.state_mut().model, late);
    assert!(matches!(harness.state().model.other.reading, Reading::Busy));
    pc::tell(&mut harness.state_mut().model, Message::Reported { path, facts: Box::new(Ok(Some(facts))) });
    harness.run_steps(2);
    harness.get_by_label(r"Judged from D:\reports\env.txt.");
    let harness = tall(unreadable());
    harness.get_by_label(r"The report D:\reports\gone.txt cannot be read: not found.");
}

/// The thread that reads: bytes as PowerShell's `>` writes them, and a file that is not there.
#[test]
fn a_file_is_read_in_the_encoding_it_has() {
    let utf16: Vec<u8> = "\u{feff}".chars().chain(OLD_CARD.chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    let world = World::new(OsFamily::Windows).file(r"D:\env.txt", &utf16[..]);
    let (sender, receiver) = channel();
    let mut performer = Performer::new(Arc::new(world), Catalog::embedded().unwrap(), true, sender, Arc::new(|| {}));
    let mut read = |path: &str| {
        performer.perform(Effect::ReadReport(path.into()));
        match receiver.recv_timeout(Duration::from_secs(20)) {
            Ok(Message::Reported { facts, .. }) => *facts,
            other => panic!("{other:?}"),
        }
    };
    let facts = read(r"D:\env.txt").unwrap().unwrap();
    assert_eq!(facts.driver.found().unwrap().to_string(), "580.95.05");
    let problem = read(r"D:\gone.txt").unwrap_err();
    assert_eq!(problem.label, "unreadable-report");
}

#[test]
fn help_leads_there_and_back_to_where_one_was() {
    let mut model = pc::detected();
    for screen in [Screen::Choose, Screen::Help] {
        pc::tell(&mut model, Message::User(Action::Go(screen)));
    }
    let mut harness = tall(model);
    press(&mut harness, "Another PC’s report…");
    press(&mut harness, "Back to this PC");
    assert_eq!(harness.state().model.screen, Screen::Choose);
}
