//! Journeys through the proof: rows that light up, failures that name software or card, what was skipped, what runs on
//! the processor.

use crate::pc;
use crate::proofs;
use crate::shown::{Look, Shown, show};
use eframe::egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::time::Duration;
use torch_wizard::app::{Action, Dialog, Effect, Message, Model, Saved, Screen, VerifyState};
use torch_wizard::run::EventKind;

/// Names of the rows and lines on the page, one after the other.
fn said(harness: &Harness<'static, Shown>, role: Role) -> Vec<String> {
    let nodes = harness.root().children_recursive();
    let of_role = nodes.filter(|node| node.accesskit_node().role() == role);
    of_role
        .map(|node| node.accesskit_node().label().or_else(|| node.accesskit_node().value()).unwrap_or_default())
        .collect()
}

fn row(harness: &Harness<'static, Shown>, name: &str) -> String {
    let rows = said(harness, Role::Row);
    rows.iter()
        .find(|row| row.starts_with(&format!("{name}: ")))
        .cloned()
        .unwrap_or_else(|| panic!("{name} in {rows:#?}"))
}

fn title(harness: &Harness<'static, Shown>) -> String {
    said(harness, Role::Heading).into_iter().next().unwrap()
}

fn shown(model: Model) -> Harness<'static, Shown> {
    show(model, Look::default())
}

fn button(harness: &mut Harness<'static, Shown>, name: &str) {
    harness.get_by_role_and_label(Role::Button, name).click();
    harness.run_steps(2);
}

#[test]
fn rows_are_there_from_the_beginning_and_light_up_one_after_the_other() {
    let harness = shown(pc::verifying("rtx5070-healthy.jsonl", 0));
    assert_eq!(title(&harness), "Running kernels on your GPU");
    assert_eq!(row(&harness, "PyTorch is loaded"), "PyTorch is loaded: Running");
    assert_eq!(row(&harness, "Optimizer step"), "Optimizer step: Waiting");
    harness.get_by_label_contains("0 of 27 checks");
    // hello, five of the installation and the card, three companions, and the first kernel begins.
    let harness = shown(pc::verifying("rtx5070-healthy.jsonl", 12));
    assert_eq!(row(&harness, "Kernels for this card"), "Kernels for this card: Passed");
    assert_eq!(row(&harness, "Matrix product, float32"), "Matrix product, float32: Running");
    assert_eq!(row(&harness, "Matrix product, TF32"), "Matrix product, TF32: Waiting");
    harness.get_by_label_contains("7 of 27 checks");
    let harness = shown(pc::verifying("rtx5070-healthy.jsonl", 13));
    let ended = row(&harness, "Matrix product, float32");
    assert_eq!(ended, "Matrix product, float32: Passed, 4.61 ms, 29.8 TFLOPS, error and allowed error 1.9e-6 / 2.0e-5");
    assert_eq!(row(&harness, "Matrix product, TF32"), "Matrix product, TF32: Running");
}

#[test]
fn the_wait_for_torch_is_explained() {
    let mut model = pc::verifying("rtx5070-healthy.jsonl", 0);
    let doing = "import torch".to_owned();
    pc::tell(&mut model, pc::event("verify", EventKind::Quiet { seconds: 3, doing, stall: None }));
    shown(model).get_by_label_contains("Importing torch for 3 s");
}

#[test]
fn a_proof_says_where_and_how_well() {
    let mut harness = shown(pc::proven());
    assert_eq!(title(&harness), "Your GPU runs PyTorch");
    harness
        .get_by_label_contains("Measured on GPU 0, NVIDIA GeForce RTX 5070, sm_120. 27 passed, 0 failed, 0 skipped.");
    harness.get_by_label_contains("Largest error 1.8e-3, allowed 7.8e-3.");
    harness.get_by_label("GPU utilisation: 95 %, highest");
    button(&mut harness, "Save report…");
    let dialog = harness.state().model.dialog.clone();
    assert!(matches!(dialog, Some(Dialog::Save { what: Saved::Report, .. })), "{dialog:?}");
}

#[test]
fn finish_leads_to_done() {
    let mut harness = shown(pc::proven());
    button(&mut harness, "Finish");
    assert_eq!(harness.state().model.screen, Screen::Done);
}

#[test]
fn the_checks_can_run_again_and_be_skipped_which_proves_nothing() {
    let mut harness = shown(pc::proven());
    button(&mut harness, "Run again");
    assert!(harness.state().effects.iter().any(|effect| matches!(effect, Effect::Verify { .. })));
    assert_eq!(row(&harness, "PyTorch is loaded"), "PyTorch is loaded: Running");
    button(&mut harness, "Skip");
    assert!(harness.state().effects.iter().any(|effect| matches!(effect, Effect::StopVerify)));
    assert_eq!(title(&harness), "Not proven: you skipped the checks");
    assert_eq!(row(&harness, "PyTorch is loaded"), "PyTorch is loaded: Not run");
    // What the stopped checks still say changes nothing.
    let late = Message::Verified(Box::new(Ok(Some(pc::report("rtx5070-healthy.jsonl", false)))));
    pc::tell(&mut harness.state_mut().model, late);
    harness.run_steps(2);
    assert_eq!(title(&harness), "Not proven: you skipped the checks");
    button(&mut harness, "Finish");
    assert_eq!(harness.state().model.screen, Screen::Done);
}

#[test]
fn within_an_install_there_is_cancel_and_no_skip() {
    let mut harness = shown(pc::verifying("rtx5070-healthy.jsonl", 9));
    assert!(harness.query_by_role_and_label(Role::Button, "Skip").is_none());
    button(&mut harness, "Cancel");
    assert_eq!(harness.state().actions, [Action::Cancel]);
    assert_eq!(title(&harness), "Stopping…");
    // Not by any other way either.
    let mut model = pc::verifying("rtx5070-healthy.jsonl", 9);
    assert!(pc::tell(&mut model, Message::User(Action::SkipVerify)).is_empty());
    assert_eq!(model.verify.state, VerifyState::Running);
}

#[test]
fn what_was_skipped_is_shown_as_skipped_with_its_reason() {
    let harness = shown(proofs::beside_ended("rtx2060-healthy.jsonl"));
    assert_eq!(row(&harness, "Matrix product, TF32"), "Matrix product, TF32: Skipped");
    harness.get_by_label("TF32 needs compute capability 8.0; this card has 7.5");
    harness.get_by_label_contains("23 passed, 0 failed, 4 skipped.");
}

#[test]
fn a_wrong_result_names_the_card_and_says_why_and_what_changed() {
    let mut harness = shown(proofs::not_proven("rtx5070-wrong-softmax.jsonl"));
    assert_eq!(title(&harness), "Your GPU does not compute correctly");
    harness.get_by_label("This points to the card or how it is run");
    harness
        .get_by_label_contains("22 of 23 kernels are right on GPU 0, NVIDIA GeForce RTX 5070 and \"Softmax\" is not");
    harness.get_by_label_contains("what was not proven waits in");
    assert!(row(&harness, "Softmax").starts_with("Softmax: Failed"));
    assert!(harness.query_by_role_and_label(Role::Button, "Finish").is_none(), "nothing is finished");
    button(&mut harness, "Run the checks again");
    let state = harness.state();
    assert_eq!(state.actions, [Action::Resume]);
    assert!(state.effects.iter().any(|effect| matches!(effect, Effect::Resume { .. })));
}

#[test]
fn missing_kernels_and_a_failed_import_name_the_software() {
    for (recorded, says) in [
        ("rtx5070-arch-missing.jsonl", "This torch holds no code for GPU 0"),
        ("import-error.jsonl", "https://aka.ms/vs/17/release/vc_redist.x64.exe"),
        ("no-driver.jsonl", "torch did not get as far as the card."),
    ] {
        let harness = shown(proofs::not_proven(recorded));
        harness.get_by_label("This points to the software, not to the card");
        harness.get_by_label_contains(says);
    }
}

#[test]
fn a_crash_says_that_it_is_not_known() {
    let harness = shown(proofs::not_proven("rtx5070-crash-conv2d.jsonl"));
    assert_eq!(title(&harness), "Not proven: the checks did not all run");
    harness.get_by_label("Software or card? Not known");
    harness.get_by_label_contains("26 passed, 0 failed, 1 not finished, 0 skipped.");
    assert_eq!(row(&harness, "Convolution"), "Convolution: Crashed");
}

#[test]
fn a_long_check_says_how_far_it_is() {
    let mut model = pc::verifying("rtx5070-healthy.jsonl", 12);
    let progress =
        torch_wizard::verify::Progress::GoesOn { check: "matmul-fp32".to_owned(), device: Some(0), fraction: 0.375 };
    model.verify.take(progress, model.now);
    assert_eq!(row(&shown(model), "Matrix product, float32"), "Matrix product, float32: Running, 37 %");
}

#[test]
fn what_was_slow_is_shown_with_its_cause_and_a_fault_beside_the_verdict() {
    let harness = shown(proofs::soaked());
    assert_eq!(title(&harness), "Your GPU runs PyTorch");
    let labels = said(&harness, Role::Label);
    let has = |words: &str| assert!(labels.iter().any(|label| label.contains(words)), "{words} in {labels:#?}");
    has("The driver reported a fault while the checks ran");
    has("GPU 0: Xid 31 (GPU memory page fault), 1 ×.");
    has("Slower than expected of this card");
    has("Matrix product, float16 at 33 % of 61.7 TFLOPS (calculated); Matrix product, bfloat16 at 33 %");
    has("Clocks held down by a power limit of 120 W; the card comes with 250 W.");
    has("Under load: GPU 0, NVIDIA GeForce RTX 5070");
    has("Core clock: lowest ");
    has("~ calculated from data sheets");
    assert!(row(&harness, "Matrix product, float16").contains("20.5 of 61.7 TFLOPS (calculated)"));
}

#[test]
fn a_failed_check_says_what_became_of_it_when_it_was_tried_once_more() {
    let harness = shown(proofs::not_proven("rtx5070-wrong-softmax.jsonl"));
    harness.get_by_label("Tried once more: in a fresh process failed, on the processor passed.");
}

#[test]
fn a_simulated_card_is_never_proven() {
    let harness = shown(proofs::simulated());
    assert_eq!(title(&harness), "Simulated GPU: nothing is proven");
    let proven: Vec<String> = said(&harness, Role::Label).into_iter().filter(|line| line.contains("Proven")).collect();
    assert!(proven.is_empty(), "{proven:?}");
}

#[test]
fn on_the_processor_there_are_checks_and_no_plots() {
    let harness = shown(proofs::on_processor(9));
    assert_eq!(title(&harness), "Running kernels on your processor");
    harness.get_by_label_contains("there are no GPU figures to watch");
    assert!(harness.query_by_label_contains("GPU utilisation").is_none());
    assert!(row(&harness, "Matrix product, float32").starts_with("Matrix product, float32: Passed, 2.33 ms"));
    let mut harness = shown(proofs::ended_on_processor());
    assert_eq!(title(&harness), "PyTorch was checked on the processor alone");
    harness.get_by_label_contains("Measured on the processor, AMD Ryzen 7 7800X3D");
    button(&mut harness, "Finish");
    assert_eq!(harness.state().model.screen, Screen::Done);
}

#[test]
fn several_cards_stand_in_groups_with_a_verdict_each() {
    let mut harness = shown(proofs::beside_ended("rtx5070-and-gtx1080.jsonl"));
    assert_eq!(title(&harness), "PyTorch does not run on every chosen GPU");
    let labels = said(&harness, Role::Label);
    for words in
        ["Installation", "GPU 0, NVIDIA GeForce RTX 5070", "Proven", "GPU 1, NVIDIA GeForce GTX 1080", "Failed"]
    {
        assert!(labels.iter().any(|label| label == words), "{words} in {labels:#?}");
    }
    harness.get_by_label("GPU utilisation: 3 %, highest");
    harness.get_by_label("Card: GPU 0, NVIDIA GeForce RTX 5070").click();
    harness.run_steps(2);
    harness.get_by_label_contains("GPU utilisation: 9");
}

#[test]
fn the_proof_of_a_known_environment_closes_to_the_list() {
    let mut harness = shown(proofs::beside_ended("rtx2060-healthy.jsonl"));
    assert!(harness.query_by_role_and_label(Role::Button, "Finish").is_none());
    button(&mut harness, "Close");
    assert_eq!(harness.state().model.screen, Screen::Home);
    // From a side page, too, the way back does not end in a circle.
    let mut model = proofs::beside_ended("rtx2060-healthy.jsonl");
    for action in [Action::Go(Screen::Monitor), Action::Back, Action::Back] {
        pc::tell(&mut model, Message::User(action));
    }
    assert_eq!(model.screen, Screen::Home);
}

#[test]
fn checks_that_could_not_run_say_so() {
    let mut model = proofs::beside("rtx2060-healthy.jsonl", 0);
    let problem = torch_wizard::problem::Problem::new("no-interpreter", "There is no Python in C:\\old.")
        .advise("Make the environment anew.");
    pc::tell(&mut model, Message::Verified(Box::new(Err(problem))));
    let harness = shown(model);
    assert_eq!(title(&harness), "The checks could not run");
    harness.get_by_label("There is no Python in C:\\old.");
    assert_eq!(row(&harness, "PyTorch is loaded"), "PyTorch is loaded: Not run");
}

#[test]
fn figures_are_read_four_times_a_second_while_checks_run_and_not_afterwards() {
    let mut model = pc::reviewed();
    pc::tell(&mut model, Message::User(Action::Install));
    let effects = pc::tell(&mut model, pc::started("verify"));
    assert!(matches!(&effects[..], [Effect::Watch(every)] if *every == Duration::from_millis(250)), "{effects:?}");
    let effects = pc::tell(&mut model, Message::User(Action::Go(Screen::Monitor)));
    assert!(matches!(&effects[..], [Effect::Watch(every)] if *every == Duration::from_secs(1)), "{effects:?}");
    pc::tell(&mut model, Message::User(Action::Back));
    let report = Box::new(pc::report("rtx5070-healthy.jsonl", false));
    let effects = pc::tell(&mut model, pc::event("verify", EventKind::Verified { report }));
    assert!(matches!(&effects[..], [Effect::Unwatch]), "{effects:?}");
}

#[test]
fn an_install_stops_the_checks_of_another_environment() {
    let mut model = pc::reviewed();
    model.home = proofs::beside("rtx2060-healthy.jsonl", 3).home;
    pc::tell(&mut model, Message::User(Action::VerifyEnvironment(proofs::known())));
    pc::tell(&mut model, Message::User(Action::Go(Screen::Review)));
    let effects = pc::tell(&mut model, Message::User(Action::Install));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::StopVerify)), "{effects:?}");
    let late = Message::Verified(Box::new(Ok(Some(pc::report("rtx5070-healthy.jsonl", false)))));
    pc::tell(&mut model, late);
    assert_eq!(model.verify.state, VerifyState::Idle, "another environment's proof stood as this run's");
}
