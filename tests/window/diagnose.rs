//! The cause in a log: pasted, chosen or dropped, found on its thread, shown as the command shows it.

use crate::homes;
use crate::pc;
use crate::shown::{Look, Shown, is_enabled, press, show, tall};
use eframe::egui::accesskit::{Live, Role};
use eframe::egui::{DroppedFile, Event, HoveredFile, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;
use torch_wizard::app::diagnose::MOST;
use torch_wizard::app::{Action, Amount, DiagnoseAction, Effect, Found, Load, Log, Message, Model, Screen};
use torch_wizard::catalog::Catalog;
use torch_wizard::diagnose::{Diagnosis, Knowledge, Sureness, diagnose};
use torch_wizard::facts::{Mask, OsFamily};
use torch_wizard::host::fake::World;
use torch_wizard::perform::Performer;
use torch_wizard::problem::Problem;
use torch_wizard::text::{Language, Text};

const NO_KERNEL: &str = "Loading checkpoint shards: 100%
Traceback (most recent call last):
  File \"train.py\", line 31, in <module>
RuntimeError: CUDA error: no kernel image is available for execution on the device
CUDA kernel errors might be asynchronously reported at some other API call.
";

const FULL_AND_MORE: &str = "Collecting torch
ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device
torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.
";

const NOT_KNOWN: &str = "frobnicating the plutonium
FrobError: no plutonium in the flux compensator
Error: the compensator stopped
";

const WELL: &str = "Collecting torch\nSuccessfully installed torch-2.9.0\n";

fn act(model: &mut Model, action: DiagnoseAction) -> Vec<Effect> {
    pc::tell(model, Message::User(Action::Diagnose(action)))
}

fn on_page(mut model: Model) -> Model {
    pc::tell(&mut model, Message::User(Action::Go(Screen::Diagnose)));
    model
}

/// The system that the tests run on.
const HERE: OsFamily = if cfg!(windows) { OsFamily::Windows } else { OsFamily::Linux };

fn read_in(bytes: &[u8]) -> Diagnosis {
    diagnose(&mut &*bytes, Knowledge::embedded().unwrap()).unwrap()
}

fn found_in(bytes: &[u8]) -> Found {
    Found::new(read_in(bytes), Knowledge::embedded().unwrap(), HERE)
}

/// Tells the window the answer to its newest question.
fn answer(model: &mut Model, found: Result<Diagnosis, Problem>) {
    let ticket = model.diagnose.ticket;
    pc::tell(model, Message::Diagnosed { ticket, found: Box::new(found) });
}

fn pasted(text: &str) -> Model {
    let mut model = on_page(homes::home(homes::two_cards(), Some(&["environment"])));
    act(&mut model, DiagnoseAction::Paste(text.to_owned()));
    answer(&mut model, Ok(read_in(text.as_bytes())));
    model
}

/// A long file, of which a part is read.
fn reading(total: Option<u64>) -> Model {
    let mut model = on_page(pc::detected());
    act(&mut model, DiagnoseAction::Drop(vec![PathBuf::from(r"D:\logs\training\run-17.log")]));
    let amount = Amount { done: 1_420_000_000, total };
    let ticket = model.diagnose.ticket;
    pc::tell(&mut model, Message::Diagnosing { ticket, amount });
    pc::at(&mut model, 30.0);
    model
}

fn dropped() -> Model {
    let mut model = reading(None);
    answer(&mut model, Ok(read_in(FULL_AND_MORE.as_bytes())));
    model
}

fn unreadable() -> Model {
    let mut model = reading(None);
    let problem = Problem::new("unreadable-log", r"The log cannot be read: D:\logs\training\run-17.log is gone.")
        .advise("Choose another file, or paste its text.");
    answer(&mut model, Err(problem));
    model
}

fn five_megabytes() -> String {
    let line = "2026-11-29 10:00:00 step 1200/9000 loss 0.3141 lr 3e-4 tokens/s 41,235\n";
    format!("{}{NO_KERNEL}", line.repeat(5_000_000 / line.len()))
}

/// States to look at.
pub fn states() -> Vec<(&'static str, Model)> {
    let mut typed = on_page(pc::detected());
    act(&mut typed, DiagnoseAction::Type(NO_KERNEL.to_owned()));
    vec![
        ("diagnose", on_page(pc::detected())),
        ("diagnose-typed", typed),
        ("diagnose-known", pasted(NO_KERNEL)),
        ("diagnose-several", dropped()),
        ("diagnose-unknown", pasted(NOT_KNOWN)),
        ("diagnose-fine", pasted(WELL)),
        ("diagnose-long", pasted(&five_megabytes())),
        ("diagnose-reading", reading(Some(3_500_000_000))),
        ("diagnose-reading-on", reading(None)),
        ("diagnose-unreadable", unreadable()),
    ]
}

/// What a screen reader has of the page.
fn words(harness: &Harness<'static, Shown>) -> Vec<String> {
    let label = |node: egui_kittest::Node<'_>| {
        let access = node.accesskit_node();
        access.label().or_else(|| access.value())
    };
    harness.root().children_recursive().filter_map(label).collect()
}

/// Carries out on its real thread what the page asked for last, and tells the window the answer.
fn perform(harness: &mut Harness<'static, Shown>, world: World) {
    let effect = harness.state_mut().effects.pop().unwrap();
    assert!(matches!(effect, Effect::Diagnose { .. }), "{effect:?}");
    let (sender, receiver) = channel();
    let mut performer = Performer::new(Arc::new(world), Catalog::embedded().unwrap(), true, sender, Arc::new(|| {}));
    performer.perform(effect);
    while harness.state().model.diagnose.answer.is_busy() {
        let message = receiver.recv_timeout(Duration::from_mins(1)).unwrap();
        pc::tell(&mut harness.state_mut().model, message);
    }
    harness.run_steps(3);
}

#[derive(Debug)]
struct File(PathBuf);

impl DroppedFile for File {
    fn path(&self) -> &Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the program reads files by its Host".to_owned())
    }
}

fn drop_file(harness: &mut Harness<'static, Shown>, path: &str) {
    harness.input_mut().dropped_files.push(Arc::new(File(path.into())));
    harness.run_steps(3);
}

/// What the window has to show for a line of the command's answer.
fn as_shown(line: &str) -> Vec<String> {
    let two = |line: &str| line.split_once(": ").map(|(one, other)| (one.to_owned(), other.to_owned())).unwrap();
    if let Some(indented) = line.strip_prefix("  ") {
        let number = indented.split(':').next().unwrap();
        let is_line = number.parse::<u64>().is_ok();
        return vec![if is_line { format!("Line {indented}") } else { indented.to_owned() }];
    }
    for (heading, end) in [
        ("To make sure: ", ""),
        ("What helps: ", ""),
        ("Also there: ", "."),
        ("Perhaps, or what follows from it: ", "."),
        ("Not recognised: s", "."),
    ] {
        if line.starts_with(heading) {
            let (heading, words) = two(line);
            let words = words.strip_suffix(end).unwrap();
            // After its colon the command goes on in lower case.
            return vec![
                heading,
                words.strip_prefix("something").map_or(words.to_owned(), |rest| format!("Something{rest}")),
            ];
        }
    }
    let is_result = line.starts_with("Nothing wrong");
    let end = if line.ends_with(':') {
        ":"
    } else if is_result {
        "."
    } else {
        ""
    };
    vec![line.strip_suffix(end).unwrap().to_owned()]
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test plays the user: no Host here")]
fn window_and_command_show_the_same_answer() {
    let utf16: Vec<u8> = "\u{feff}".chars().chain(NO_KERNEL.chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    let logs: [&[u8]; 12] = [
        NO_KERNEL.as_bytes(),
        FULL_AND_MORE.as_bytes(),
        NOT_KNOWN.as_bytes(),
        WELL.as_bytes(),
        b"hello\n",
        &utf16,
        b"AssertionError: Torch not compiled with CUDA enabled\r\n",
        b"ERROR: Could not find a version that satisfies the requirement torch==9.9 (from versions: 2.7.0, 2.8.0)\n",
        b"nvcc fatal   : Unsupported gpu architecture 'compute_120'\nninja: build stopped: subcommand failed.\n",
        b"\x1b[31mWARNING\x1b[0m: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError': Failed to establish a new connection: [Errno -2] Name or service not known\n",
        b"ImportError: libcudnn.so.9: cannot open shared object file: No such file or directory\nFailed to initialize NVML: Driver/library version mismatch\n",
        b"Process finished with exit code 137\nKilled\n",
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.txt");
    let mut sure = Vec::new();
    for log in logs {
        std::fs::write(&path, log).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_torch-wizard"));
        let output = command.arg("diagnose").arg(&path).env("TORCH_WIZARD_HOME", folder.path()).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();

        let mut harness = tall(on_page(Model { os: HERE, ..pc::detected() }));
        // The command is a program of this system: a log that does not show its own gets the commands of this one.
        drop_file(&mut harness, "/log.txt");
        perform(&mut harness, World::new(HERE).file("/log.txt", log));
        let Load::Ready(found) = &harness.state().model.diagnose.answer else { panic!("{said}") };
        assert_eq!(found, &found_in(log));
        sure.push(Sureness::of(found.diagnosis.confidence).word());
        let shown = words(&harness);
        for line in said.lines().filter(|line| !line.is_empty()) {
            for wanted in as_shown(line) {
                assert!(shown.contains(&wanted), "{wanted:?} of\n{said}is not among {shown:#?}");
            }
        }
    }
    assert!(["sure", "likely", "possible"].iter().all(|word| sure.contains(word)), "{sure:?}");
}

#[test]
fn how_sure_an_answer_is_has_the_command_s_words() {
    let text = Text::new(Language::English);
    for sureness in Sureness::ALL {
        assert_eq!(text.get(&format!("diagnose-sure-{}", sureness.word())), sureness.word());
    }
}

#[test]
fn a_log_is_pasted_wherever_the_focus_is_and_its_cause_shown_and_said() {
    let mut harness = tall(pc::detected());
    press(&mut harness, "Diagnose a log");
    assert_eq!(harness.state().model.screen, Screen::Diagnose);
    assert!(!is_enabled(&harness, "Find the cause") && !is_enabled(&harness, "Clear"));
    harness.event(Event::Paste(NO_KERNEL.to_owned()));
    harness.run_steps(3);
    assert_eq!(harness.state().model.diagnose.text, NO_KERNEL);
    perform(&mut harness, World::new(OsFamily::Windows));
    harness.get_by_label("The log shows the cause");
    let title = harness.get_by_label("No code for this card (no-kernel-image, sure)");
    assert_eq!((title.accesskit_node().role(), title.accesskit_node().live()), (Role::Heading, Live::Polite));
    harness.get_by_label_contains("Line 4: RuntimeError: CUDA error: no kernel image is available");
    press(&mut harness, "Copy command 1");
    assert!(
        matches!(harness.state().effects.last(), Some(Effect::Copy(text)) if text == "torch-wizard envs repair ENV")
    );
    // There is none that could be repaired, and a route can be chosen.
    assert!(harness.query_by_label("Go to the environments").is_none());
    press(&mut harness, "Go to the routes");
    assert_eq!(harness.state().model.screen, Screen::Choose);
}

#[test]
fn a_log_of_this_pc_is_held_against_it_when_that_is_said() {
    let mut facts = pc::rtx_5070();
    facts.masks = vec![Mask { name: "CUDA_VISIBLE_DEVICES".to_owned(), value: "-1".to_owned() }];
    let mut harness = tall(on_page(pc::detected_with(facts)));
    harness.event(Event::Paste("RuntimeError: No CUDA GPUs are available\n".to_owned()));
    harness.run_steps(3);
    perform(&mut harness, World::new(OsFamily::Windows));
    assert!(harness.query_by_label("What this PC says of it").is_none(), "nobody has said that it is of this PC");
    press(&mut harness, "This log is of this PC: hold the answer against its driver, card and torch");
    harness.get_by_label("What this PC says of it");
    harness.get_by_label("On this PC CUDA_VISIBLE_DEVICES is set to “-1”.");
    press(&mut harness, "This log is of this PC: hold the answer against its driver, card and torch");
    assert!(harness.query_by_label("What this PC says of it").is_none());
}

#[test]
fn with_one_environment_its_repair_is_one_click_away() {
    let mut model = on_page(homes::home(vec![homes::two_cards().remove(0)], None));
    act(&mut model, DiagnoseAction::Paste(NO_KERNEL.to_owned()));
    answer(&mut model, Ok(read_in(NO_KERNEL.as_bytes())));
    let mut harness = tall(model);
    press(&mut harness, "Repair the environment");
    let Some(Effect::PlanRepair { environment, .. }) = harness.state().effects.last() else { panic!() };
    assert!(environment.display().to_string().ends_with("torch-cu130"));
}

#[test]
fn to_clear_leaves_an_empty_page() {
    let mut harness = tall(pasted(NO_KERNEL));
    press(&mut harness, "Clear");
    harness.get_by_label("Find the cause in a log");
    assert!(harness.state().model.diagnose.is_empty());
    assert!(harness.query_by_label_contains("No code for this card").is_none());
}

#[test]
fn what_is_typed_is_looked_at_when_it_is_asked_for() {
    let mut harness = tall(on_page(pc::detected()));
    harness.get_by_role_and_label(Role::MultilineTextInput, "Text of the log").focus();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Text of the log").type_text("Killed");
    harness.run_steps(3);
    assert_eq!((harness.state().model.diagnose.text.as_str(), harness.state().effects.len()), ("Killed", 0));
    press(&mut harness, "Find the cause");
    assert!(matches!(harness.state().effects.as_slice(), [Effect::Diagnose { .. }]));
    // What is pasted into the field stands where the cursor is, and is looked at at once.
    harness.get_by_role_and_label(Role::MultilineTextInput, "Text of the log").focus();
    harness.run_steps(2);
    harness.event(Event::Paste(" by the kernel".to_owned()));
    harness.run_steps(3);
    assert_eq!(harness.state().model.diagnose.text, "Killed by the kernel");
    assert_eq!(harness.state().effects.len(), 2);
    // Enter is a new line there, and with Ctrl the button.
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert_eq!(harness.state().effects.len(), 3, "the answer that was on its way is given up");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    assert_eq!(harness.state().model.diagnose.text, "Killed by the kernel\n");
    let Some(Effect::Diagnose { log: Log::Pasted(pasted), .. }) = harness.state().effects.last() else { panic!() };
    assert_eq!(&*pasted.text, "Killed by the kernel\n");
}

#[test]
fn five_megabytes_are_pasted_and_not_laid_out() {
    let text = five_megabytes();
    let mut harness = tall(on_page(pc::detected()));
    let nodes = words(&harness).len();
    harness.event(Event::Paste(text.clone()));
    harness.run_steps(3);
    harness.get_by_label_contains("Pasted text: 5.00 MB, ");
    assert!(words(&harness).len() <= nodes, "the lines are told one by one");
    perform(&mut harness, World::new(OsFamily::Windows));
    let lines = text.lines().count();
    harness.get_by_label_contains(&format!("Line {}: RuntimeError: CUDA error: no kernel image", lines - 1));
}

#[test]
fn what_does_not_fit_into_the_field_joins_what_stands_there() {
    let mut model = on_page(pc::detected());
    act(&mut model, DiagnoseAction::Type("one\ntwo\n".to_owned()));
    let mut harness = tall(model);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Text of the log").focus();
    harness.run_steps(2);
    let long = "x\n".repeat(MOST / 2);
    harness.event(Event::Paste(long.clone()));
    harness.run_steps(3);
    let Some(Log::Pasted(pasted)) = &harness.state().model.diagnose.held else { panic!() };
    assert!(pasted.text.len() == long.len() + 8 && pasted.text.contains("one\ntwo\n"));
    harness.get_by_label_contains("16,386 lines");
}

#[test]
fn a_file_is_chosen_read_and_read_again() {
    let mut harness = tall(on_page(pc::detected()));
    press(&mut harness, "Choose a file…");
    assert!(matches!(harness.state().effects.as_slice(), [Effect::BrowseOpen(_)]));
    let path = PathBuf::from(r"D:\run.log");
    let effects = pc::tell(&mut harness.state_mut().model, Message::Picked(path.clone()));
    harness.state_mut().effects = effects;
    perform(&mut harness, World::new(OsFamily::Windows).file(&path, WELL.as_bytes()));
    harness.get_by_label("Nothing wrong was found in this log");
    harness.get_by_label("Line 2: Successfully installed torch-2.9.0");
    harness.get_by_label(r"Found in D:\run.log.");
    press(&mut harness, "Open the log file");
    assert!(matches!(harness.state().effects.as_slice(), [Effect::OpenPath(opened)] if *opened == path));
    press(&mut harness, "Look again");
    perform(&mut harness, World::new(OsFamily::Windows));
    harness.get_by_label("The log cannot be read");
    harness.get_by_label_contains(r"could not read D:\run.log");
}

#[test]
fn a_dropped_file_is_read_and_the_page_says_beforehand_where_it_goes() {
    let mut harness = tall(on_page(pc::detected()));
    harness.input_mut().hovered_files.push(HoveredFile { path: Some(r"D:\run.log".into()), ..HoveredFile::default() });
    harness.run_steps(2);
    harness.get_by_label("Drop the log here");
    harness.input_mut().hovered_files.clear();
    drop_file(&mut harness, r"D:\run.log");
    assert!(harness.query_by_label("Drop the log here").is_none());
    perform(&mut harness, World::new(OsFamily::Windows).file(r"D:\run.log", NOT_KNOWN.as_bytes()));
    harness.get_by_label("Not recognised");
    press(&mut harness, "Copy the lines");
    let Some(Effect::Copy(lines)) = harness.state().effects.last() else { panic!() };
    assert_eq!(lines, "Error: the compensator stopped\nFrobError: no plutonium in the flux compensator");
    // On another page a file that is dropped is nobody's.
    press(&mut harness, "Help");
    let before = harness.state().effects.len();
    drop_file(&mut harness, r"D:\other.log");
    assert_eq!(harness.state().effects.len(), before);
}

#[test]
fn a_long_log_says_how_far_it_is_read_and_a_short_one_says_nothing() {
    let mut harness = tall(reading(Some(3_500_000_000)));
    harness.get_by_label("Looking for the cause");
    let bar = harness.get_by_role_and_label(Role::ProgressIndicator, "How much of the log is read");
    assert_eq!(bar.accesskit_node().numeric_value(), Some(40.0));
    harness.get_by_label("1.42 of 3.50 GB");
    act(&mut harness.state_mut().model, DiagnoseAction::Paste(WELL.to_owned()));
    harness.run_steps(2);
    harness.get_by_label("Find the cause in a log");
    assert!(harness.query_by_role(Role::ProgressIndicator).is_none());
    assert!(!is_enabled(&harness, "Find the cause"), "it is being looked for");
}

#[test]
fn a_command_of_ours_has_a_button_where_the_window_can_do_it() {
    let mut model = pasted(NO_KERNEL);
    let mut harness = tall(model.clone());
    press(&mut harness, "Go to the environments");
    assert_eq!(harness.state().model.screen, Screen::Home);
    // While an install runs, neither can be entered.
    model.run = pc::running().run;
    let harness = tall(model);
    for gone in ["Go to the environments", "Go to the routes"] {
        assert!(harness.query_by_label(gone).is_none(), "{gone}");
    }
    // An install that did not end is gone on with from here; where there is none, there is nothing to press.
    let silence = "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool: Read timed out.\n";
    let mut harness = tall(pasted(silence));
    press(&mut harness, "Resume the install");
    assert!(matches!(harness.state().effects.last(), Some(Effect::Resume { .. })));
    assert_eq!(harness.state().model.screen, Screen::Run);
    let mut model = pasted(silence);
    model.home.unfinished = None;
    assert!(tall(model).query_by_label("Resume the install").is_none());
}

#[test]
fn home_help_and_a_key_lead_there_and_back_to_where_one_was() {
    let mut harness = tall(homes::home(homes::two_cards(), None));
    press(&mut harness, "Find the cause of an error…");
    assert_eq!(harness.state().model.screen, Screen::Diagnose);
    press(&mut harness, "Back");
    assert_eq!(harness.state().model.screen, Screen::Home);
    press(&mut harness, "Help");
    press(&mut harness, "Find the cause of an error…");
    assert_eq!(harness.state().model.screen, Screen::Diagnose);
    press(&mut harness, "Back");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    harness.run_steps(2);
    assert_eq!(harness.state().model.screen, Screen::Diagnose);
}

#[test]
fn the_page_speaks_german_around_the_catalogue_s_words() {
    let german = Look { language: Some(Language::German), ..Look::default() };
    let harness = show(pasted(NO_KERNEL), german);
    harness.get_by_label("No code for this card (no-kernel-image, sicher)");
    harness.get_by_label("Um sicherzugehen");
}
