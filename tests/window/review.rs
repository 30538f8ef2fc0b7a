//! Journeys over the plan: where it goes, what is wrong with a folder, and that only Install installs.

use crate::pc::{plan_for, reviewed, tell};
use crate::runs::{failed, no_network, reviewed_with, taken, unplanned, with_trouble};
use crate::shown::{Look, Shown, is_enabled, show, tall};
use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use torch_wizard::app::{Action, Effect, Load, Message, Saved, Screen};
use torch_wizard::assess::Reason;
use torch_wizard::plan::Engine;
use torch_wizard::plan::export::{Format, action_text};
use torch_wizard::text::Language;

fn click(harness: &mut Harness<'static, Shown>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(2);
}

/// The button that installs: its name begins with what it does.
const INSTALL: &str = "Install PyTorch 2.15 for RTX 5070 (2.56 GB)";

fn type_target(harness: &mut Harness<'static, Shown>, keys: &str) {
    let field = |harness: &Harness<'static, Shown>| {
        harness.get_by_role_and_label(Role::TextInput, "Where").focus();
    };
    field(harness);
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::TextInput, "Where").type_text(keys);
    harness.run_steps(2);
}

#[test]
fn a_folder_that_is_typed_is_planned_for_at_once_and_looked_at() {
    let mut harness = tall(reviewed());
    type_target(&mut harness, "-2");
    let typed = PathBuf::from(r"C:\Users\jane\torch-cu132-2");
    let state = harness.state();
    let plan = state.model.review.plan.ready().unwrap();
    assert_eq!(plan.target, typed);
    assert!(plan.staging.starts_with(r"C:\Users\jane\torch-cu132-2.tw-new"), "{}", plan.staging.display());
    let is_asked =
        |effect: &Effect| matches!(effect, Effect::CheckTarget { target, replace: false, .. } if *target == typed);
    assert!(state.effects.iter().any(is_asked));
    assert!(!state.effects.iter().any(|effect| matches!(effect, Effect::Plan { .. })), "no new resolution");
    assert!(!is_enabled(&harness, INSTALL), "not before the folder was looked at");
    let checked = Message::TargetChecked { target: typed, trouble: None };
    tell(&mut harness.state_mut().model, checked);
    harness.run_steps(2);
    assert!(is_enabled(&harness, INSTALL));
}

#[test]
fn the_field_keeps_the_focus_while_the_plan_is_made_anew() {
    let mut harness = tall(unplanned(taken(r"D:\ai")));
    harness.get_by_label("D:\\ai is there already.");
    for letter in ["D", ":", r"\", "n"] {
        if letter == "D" {
            type_target(&mut harness, letter);
        } else {
            let field = harness.get_by_role_and_label(Role::TextInput, "Where");
            assert!(field.is_focused());
            field.type_text(letter);
            harness.run_steps(2);
        }
    }
    assert_eq!(harness.state().model.choice.target.as_deref(), Some(r"D:\n"));
    assert!(harness.state().model.review.plan.is_busy());
}

#[test]
fn a_taken_folder_is_told_under_its_field_with_the_way_to_replace_it() {
    let mut harness = tall(with_trouble(taken(r"D:\ai\torch")));
    harness.get_by_label("This folder cannot be used");
    harness.get_by_label(r"D:\ai\torch is there already.");
    harness.get_by_label("Or choose another folder.");
    assert!(!is_enabled(&harness, INSTALL));
    click(&mut harness, "Replace it once the new one is proven");
    assert_eq!(harness.state().actions, [Action::SetReplace(true)]);
    let replaces = |effect: &Effect| matches!(effect, Effect::CheckTarget { target, replace: true, .. } if target == Path::new(r"D:\ai\torch"));
    assert!(harness.state().effects.iter().any(replaces));
    let target = PathBuf::from(r"D:\ai\torch");
    tell(&mut harness.state_mut().model, Message::TargetChecked { target, trouble: None });
    harness.run_steps(2);
    harness.get_by_label(r"D:\ai\torch will be replaced");
    assert!(is_enabled(&harness, INSTALL));
    // And the way back.
    click(&mut harness, "Replace what stands there once the new one is proven");
    assert_eq!(harness.state().actions.last(), Some(&Action::SetReplace(false)));
    assert!(harness.query_by_label(r"D:\ai\torch will be replaced").is_none());
}

#[test]
fn too_little_room_is_told_with_the_number_that_is_missing() {
    let said = "The environment takes 6.00 GB, and 4.80 GB are free there: 1.20 GB too few.";
    let problem = torch_wizard::problem::Problem::new("no-room", said).advise("Choose a folder on another volume.");
    let harness = tall(with_trouble(problem));
    harness.get_by_label(said);
    harness.get_by_label("Choose a folder on another volume.");
}

#[test]
fn only_the_install_button_installs() {
    let mut harness = tall(reviewed());
    harness.get_by_label("Changes start after you press Install.");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert!(harness.state().actions.is_empty(), "{:?}", harness.state().actions);
    // Enter in the field is no consent either.
    harness.get_by_role_and_label(Role::TextInput, "Where").focus();
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert!(harness.state().model.run.is_none());
    harness.get_by_label(INSTALL).focus();
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert_eq!(harness.state().actions, [Action::Install]);
    assert!(matches!(harness.state().effects.as_slice(), [Effect::Run { .. }]));
    assert_eq!(harness.state().model.screen, Screen::Run);
}

#[test]
fn every_command_is_shown_and_copied_as_it_runs() {
    let mut harness = tall(reviewed());
    let model = &harness.state().model;
    let plan = model.review.plan.ready().unwrap().clone();
    let shell = model.shell();
    for (number, step) in (1..).zip(&plan.steps) {
        let text = action_text(&plan, &step.action, shell);
        harness.get_by_label(&text);
        click(&mut harness, &format!("Copy command {number}"));
        assert_eq!(harness.state().actions.last(), Some(&Action::Copy(text)));
    }
}

#[test]
fn a_kit_makes_a_new_plan_and_is_named_where_it_is_picked() {
    let mut harness = tall(reviewed());
    click(&mut harness, "Kits: none");
    let llm = "llm: Load and run language models";
    click(&mut harness, llm);
    click(&mut harness, "xformers: Memory-saving attention for programs that ask for xformers by name");
    assert_eq!(harness.state().model.choice.kits, ["llm", "xformers"]);
    harness.get_by_label("Kits: llm, xformers");
    click(&mut harness, llm);
    assert_eq!(harness.state().model.choice.kits, ["xformers"]);
    let plans = harness.state().effects.iter().filter(|effect| matches!(effect, Effect::Plan { .. })).count();
    assert_eq!(plans, 3);
    // What is known of it stands under it before anything is begun.
    let mut plan = plan_for(&harness.state().model);
    let code = "kit-issue".to_owned();
    let text = "Known of xformers (since 2025-09-09): It fails. Leave it out.".to_owned();
    let source = Some("https://one.example/1, https://two.example/2".to_owned());
    plan.assessment.verdict.reasons_mut().push(Reason { code, text, source, args: BTreeMap::new() });
    let ticket = harness.state().model.review.ticket;
    tell(&mut harness.state_mut().model, Message::Planned { ticket, plan: Box::new(Ok(plan)) });
    harness.run_steps(2);
    harness.get_by_label_contains("Known of xformers");
    // Each page that says it is a link of its own.
    harness.get_by_label("https://one.example/1");
    click(&mut harness, "https://two.example/2");
    assert_eq!(harness.state().actions.last(), Some(&Action::OpenPage("https://two.example/2".to_owned())));
}

#[test]
fn python_engine_and_torchaudio_make_a_new_plan() {
    let mut harness = tall(reviewed());
    click(&mut harness, "Engine: pip");
    assert_eq!(harness.state().model.choice.engine, Some(Engine::Pip));
    let plan = plan_for(&harness.state().model);
    let ticket = harness.state().model.review.ticket;
    tell(&mut harness.state_mut().model, Message::Planned { ticket, plan: Box::new(Ok(plan)) });
    harness.run_steps(2);
    click(&mut harness, "With torchaudio");
    assert_eq!(harness.state().actions, [Action::SetEngine(Some(Engine::Pip)), Action::SetAudio(true)]);
    let plans = harness.state().effects.iter().filter(|effect| matches!(effect, Effect::Plan { .. })).count();
    assert_eq!(plans, 2);
    click(&mut harness, "1 Python that does not fit");
    harness.get_by_label(r"3.9.13  C:\Python39\python.exe: torch 2.15 has no wheel for Python 3.9.");
    let python = r"C:\Users\jane\AppData\Local\Programs\Python\Python312\python.exe";
    harness.get_by_label("Python: Let the wizard decide").click();
    harness.run_steps(3);
    click(&mut harness, &format!("3.12.8  {python}"));
    assert_eq!(harness.state().actions.last(), Some(&Action::SetPython(Some(PathBuf::from(python)))));
}

#[test]
fn the_plan_goes_out_in_other_forms_and_a_dockerfile_not_from_windows() {
    let mut harness = tall(reviewed());
    assert!(!is_enabled(&harness, "Export as Dockerfile"));
    click(&mut harness, "Export as PowerShell");
    assert_eq!(harness.state().actions, [Action::Save(Saved::Plan(Format::Ps1))]);
    // Without all hashes no script is offered: it could not check what it fetches.
    let harness = tall(reviewed_with(|plan| plan.lock.packages[1].wheel.sha256 = None));
    assert!(!is_enabled(&harness, "Export as PowerShell"));
    assert!(is_enabled(&harness, "Export as pylock.toml"));
}

#[test]
fn packages_are_listed_with_what_is_known_of_their_hashes() {
    let mut harness = tall(reviewed_with(|plan| plan.lock.packages[1].wheel.sha256 = None));
    click(&mut harness, "Packages (5)");
    let mut found: Vec<String> = Vec::new();
    for package in harness.state().model.review.plan.ready().unwrap().lock.packages.clone() {
        let known = if package.wheel.sha256.is_some() { "SHA-256 known" } else { "no hash in the index" };
        let name = format!("{} {},", package.name, package.version);
        let node = harness.get_by_label_contains(&name);
        let said = node.value().unwrap_or_default();
        assert!(said.ends_with(known), "{said}");
        found.push(said);
    }
    assert_eq!(found.iter().filter(|said| said.ends_with("no hash in the index")).count(), 1);
}

#[test]
fn a_plan_that_failed_is_told_with_its_cause_and_can_be_tried_again() {
    let mut harness = tall(unplanned(no_network()));
    harness.get_by_label("There is no plan yet");
    harness.get_by_label("The name download.pytorch.org could not be looked up.");
    click(&mut harness, "Copy details");
    assert!(matches!(harness.state().actions.as_slice(), [Action::Copy(text)] if text.contains("no such host")));
    click(&mut harness, "Try again");
    assert!(matches!(harness.state().effects.last(), Some(Effect::Plan { .. })));
    assert!(harness.state().model.review.plan.is_busy());
}

#[test]
fn what_a_plan_asks_for_is_said_before_it_is_pressed() {
    let harness = tall(crate::runs::demanding());
    harness.get_by_label("One step needs administrator rights");
    harness.get_by_label("A restart is needed");
    harness.get_by_label("This fetches 2.56 GB, much more than the processor needs");
    harness.get_by_label("5. Run kernels on the processor and compare with a reference");
    harness.get_by_label("Install PyTorch 2.15 for the processor (2.56 GB)");
}

#[test]
fn after_a_run_the_plan_is_looked_at_and_not_changed() {
    let mut model = failed();
    tell(&mut model, Message::User(Action::Go(Screen::Review)));
    let mut harness = tall(model);
    assert!(harness.query_by_role(Role::TextInput).is_none());
    assert!(harness.query_by_label_contains("Install PyTorch").is_none());
    click(&mut harness, "Back to the run");
    assert_eq!(harness.state().model.screen, Screen::Run);
}

#[test]
fn the_least_window_shows_install_in_one_word_and_says_all_of_it() {
    let harness = show(reviewed(), Look { size: [860.0, 600.0], ..Look::default() });
    let node = harness.get_by_label(INSTALL);
    assert!(node.rect().width() < 140.0, "{:?}", node.rect());
    harness.get_by_label("Changes start after you press Install.");
    let german = Look { size: [860.0, 600.0], language: Some(Language::German), ..Look::default() };
    let harness = show(reviewed(), german);
    assert!(harness.query_by_label_contains("Installieren: PyTorch 2.15").is_some());
}

#[test]
fn what_is_copied_is_quoted_for_the_shell() {
    let mut model = reviewed();
    tell(&mut model, Message::User(Action::SetTarget(r"D:\with space\torch".to_owned())));
    let target = PathBuf::from(r"D:\with space\torch");
    tell(&mut model, Message::TargetChecked { target, trouble: None });
    assert!(matches!(model.review.plan, Load::Ready(_)));
    let mut harness = tall(model);
    click(&mut harness, "Copy command 1");
    let quoted = "'D:\\with space\\torch.tw-new'";
    let is_copied = |effect: &Effect| matches!(effect, Effect::Copy(text) if text.contains(quoted));
    assert!(harness.state().effects.iter().any(is_copied));
}

#[test]
fn a_plan_under_way_says_what_it_does_and_for_how_long() {
    let harness = tall(crate::runs::planning());
    harness.get_by_label("Resolving the packages");
    assert!(!is_enabled(&harness, "Install"));
    harness.get_by_label("For 3 s so far.");
}
