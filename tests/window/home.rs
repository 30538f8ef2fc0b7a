//! Journeys on Home: what was interrupted goes on with one click, what is deleted is asked about first.

use crate::homes;
use crate::pc;
use crate::shown::{Look, Shown, show};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::path::PathBuf;
use torch_wizard::app::{
    Action, Arrange, ArrangeAction, Arranged, Becomes, Came, Compared, Dialog, Effect, Message, Model, Screen, Taken,
    VerifyState, Watched,
};
use torch_wizard::assess::Reason;
use torch_wizard::facts::{Board, Fingerprint, Gpu, Probed, Via};
use torch_wizard::plan::{Shell, activation};
use torch_wizard::problem::Problem;
use torch_wizard::run::journal::{History, SavedRun};
use torch_wizard::run::kept::Replaced;
use torch_wizard::store::Settings;
use torch_wizard::verify::Proof;

fn click(harness: &mut Harness<'static, Shown>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

fn shown(model: Model) -> Harness<'static, Shown> {
    show(model, Look::default())
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(format!(r"C:\Users\jane\{name}"))
}

/// Another card and driver than those of the proof, and a torch without code for the new one.
pub fn card_swapped() -> Model {
    let mut cards = vec![homes::card("torch-cu126", "2.7.1+cu126", "cu126", Some(Proof::Proven), Some("572.16"))];
    let mut before = pc::rtx_5070();
    before.driver = pc::found(Via::Nvml, "572.16".parse().unwrap());
    let old = Gpu { uuid: Some("GPU-old".to_owned()), ..pc::gpu(0, "NVIDIA GeForce RTX 4070", "8.9", 12_282) };
    before.gpus = pc::found(Via::Nvml, vec![old]);
    cards[0].kept.known.machine = Some(Fingerprint::of(&before));
    homes::home(cards, None)
}

const TROUBLE: &str = "torch in it is built for the processor.";

/// A repair to be looked at.
pub fn repair_planned() -> Model {
    let mut model = homes::home(homes::all_cards(), None);
    pc::tell(&mut model, Message::User(Action::Repair(path("broken"))));
    let mut plan = pc::plan_for(&model);
    plan.target = path("broken");
    plan.assessment.verdict.reasons_mut().insert(
        0,
        Reason {
            code: "made-up".to_owned(),
            text: TROUBLE.to_owned(),
            source: None,
            args: std::collections::BTreeMap::new(),
        },
    );
    let ticket = model.review.ticket;
    pc::tell(&mut model, Message::RepairPlanned { ticket, plan: Box::new(Ok(Some(plan))) });
    model
}

#[test]
fn an_interrupted_install_goes_on_with_one_click() {
    let mut harness = shown(homes::home(homes::two_cards(), Some(&["environment", "download"])));
    harness.get_by_label("One install was interrupted");
    let far = harness.get_by_label_contains("2 of 6 steps are done");
    let said = far.accesskit_node().value().unwrap();
    assert!(said.contains("Fetch the wheels") && said.contains("Write the pins"), "{said}");
    click(&mut harness, "Resume");
    assert!(matches!(harness.state().effects.as_slice(), [Effect::Resume { circumstances: Some(_), .. }]));
    assert_eq!(harness.state().model.screen, Screen::Run);
}

#[test]
fn a_cancelled_install_is_called_so_and_can_be_removed() {
    let mut model = homes::home(homes::two_cards(), Some(&[]));
    model.home.unfinished.as_mut().unwrap().history.cancelled = true;
    let mut harness = shown(model);
    harness.get_by_label("One install was cancelled");
    click(&mut harness, "Remove");
    assert!(matches!(harness.state().effects.as_slice(), [Effect::RollBack(_)]));
    // What is being removed cannot be gone on with, and nothing new begins beside it.
    assert!(harness.query_by_label("Resume").is_none());
    assert!(harness.get_by_label("New environment").accesskit_node().is_disabled());
}

#[test]
fn deleting_asks_first_and_forgetting_does_not() {
    let mut harness = shown(homes::home(homes::two_cards(), None));
    harness.get_by_label("Two environments, both proven");
    click(&mut harness, "More of torch-cu128");
    harness.state_mut().effects.clear();
    click(&mut harness, "Delete torch-cu128");
    assert_eq!(harness.state().model.dialog, Some(Dialog::RemoveEnvironment(path("torch-cu128"))));
    assert!(harness.state().effects.is_empty());
    click(&mut harness, "Cancel");
    assert!(harness.state().effects.is_empty() && harness.state().model.dialog.is_none());
    click(&mut harness, "Delete torch-cu128");
    click(&mut harness, "Delete");
    assert!(matches!(harness.state().effects.as_slice(), [Effect::Remove(gone)] if *gone == path("torch-cu128")));

    let mut harness = shown(homes::home(homes::two_cards(), None));
    click(&mut harness, "More of torch-cu130");
    harness.state_mut().effects.clear();
    click(&mut harness, "Forget torch-cu130");
    assert!(matches!(harness.state().effects.as_slice(), [Effect::Forget(gone)] if *gone == path("torch-cu130")));
}

#[test]
fn verifying_goes_to_the_proof_of_that_environment() {
    let mut harness = shown(homes::home(homes::two_cards(), None));
    click(&mut harness, "Verify torch-cu128");
    let model = &harness.state().model;
    assert_eq!((model.screen, &model.verify.watched), (Screen::Verify, &Watched::Environment(path("torch-cu128"))));
    assert_eq!(model.verify.state, VerifyState::Running);
    let effects = &harness.state().effects;
    let [Effect::Verify { environment, .. }, Effect::Watch(_)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(*environment, path("torch-cu128"));
}

#[test]
fn a_changed_driver_is_told_and_the_first_proof_is_one_click_away() {
    let mut facts = pc::rtx_5070();
    facts.driver = pc::found(Via::Nvml, "590.12".parse().unwrap());
    let mut harness = shown(homes::home_over(pc::detected_with(facts), homes::two_cards(), None));
    harness.get_by_label("Driver 581.57 → 590.12.");
    harness.get_by_label("2 environments need a new proof.");
    assert_eq!(harness.query_all_by_label("Driver changed since").count(), 2);
    click(&mut harness, "Prove torch-cu130 again");
    assert_eq!(harness.state().actions, [Action::VerifyEnvironment(path("torch-cu130"))]);
}

#[test]
fn a_card_that_torch_has_no_kernels_for_is_told_with_its_repair() {
    let mut harness = shown(card_swapped());
    harness.get_by_label("One environment needs attention");
    harness.get_by_label("Driver 572.16 → 581.57; NVIDIA GeForce RTX 4070 replaced by NVIDIA GeForce RTX 5070.");
    harness.get_by_label("One environment does not run here any more.");
    harness.get_by_label("Does not run here");
    harness.get_by_label_contains("It does not run here any more.");
    // Once in the banner, once on its card: one click either way.
    harness.get_by_label("Repair torch-cu126");
    click(&mut harness, "See what mends torch-cu126");
    let effects = &harness.state().effects;
    let [Effect::PlanRepair { environment, scan: Some(_), .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(*environment, path("torch-cu126"));
    harness.get_by_label("Looking what is wrong with torch-cu126");
    assert!(harness.query_by_label("Folder").is_none(), "a repair has no choices");
}

#[test]
fn a_repair_shows_what_is_wrong_and_runs_after_its_button() {
    let mut harness = shown(repair_planned());
    harness.get_by_label("What mends broken");
    harness.get_by_label_contains(TROUBLE);
    click(&mut harness, "Repair");
    let effects = &harness.state().effects;
    assert!(matches!(effects.as_slice(), [Effect::Run { plan, .. }] if plan.target == path("broken")), "{effects:?}");
    assert_eq!(harness.state().model.screen, Screen::Run);
}

#[test]
fn what_is_sound_has_no_repair_and_nothing_is_repaired_beside_a_run() {
    let harness = shown(homes::home(homes::two_cards(), None));
    assert!(harness.query_by_label_contains("Repair").is_none());
    let mut model = pc::running();
    let effects = pc::tell(&mut model, Message::User(Action::Repair(path("torch-cu130"))));
    assert!(effects.is_empty() && model.screen == Screen::Run, "{effects:?}");
}

/// A repair has replaced the first of two environments.
pub fn repaired() -> Model {
    let mut cards = homes::two_cards();
    let plan = pc::plan_for(&pc::detected());
    let run = SavedRun { folder: plan.places.run.clone(), plan, history: History::default() };
    let known = Some(homes::card("torch-cu130", "2.9.1+cpu", "cpu", None, None).kept.known);
    let until = "2026-12-04T10:00:00.000Z".to_owned();
    cards[0].replaced = Some(Box::new(Replaced { run, aside: path("torch-cu130.tw-old"), known, until }));
    homes::home(cards, None)
}

#[test]
fn what_a_repair_replaced_comes_back_or_goes_with_one_click() {
    let mut harness = shown(repaired());
    let said = harness.get_by_label_contains("The one before (2.9.1+cpu) is kept until 2026-12-04");
    assert!(said.accesskit_node().value().is_some());
    click(&mut harness, "Go back to what torch-cu130 was before");
    let folder = pc::plan_for(&pc::detected()).places.run;
    assert!(matches!(harness.state().effects.as_slice(), [Effect::RollBack(run)] if *run == folder));
    // The pages of the run that is undone go with it.
    let mut model = repaired();
    model.run = pc::done().run;
    model.home.cards[0].kept.known.path = model.run.as_ref().unwrap().plan.target.clone();
    let back = Action::GoBack(model.home.cards[0].path().clone());
    pc::tell(&mut model, Message::User(back));
    assert!(model.run.is_none());
    let mut harness = shown(repaired());
    click(&mut harness, "Let go of what torch-cu130 was before");
    let effects = &harness.state().effects;
    assert!(
        matches!(effects.as_slice(), [Effect::LetGo(kept)] if kept.aside == path("torch-cu130.tw-old")),
        "{effects:?}"
    );
    // Nothing else of it begins meanwhile.
    assert!(harness.get_by_label("Go back to what torch-cu130 was before").accesskit_node().is_disabled());
}

#[test]
fn each_state_is_said_in_words_and_a_folder_that_is_gone_can_only_be_forgotten() {
    let mut harness = shown(homes::home(homes::all_cards(), None));
    for state in
        ["Driver changed since", "Works on the processor", "Not proven", "Failed", "Files changed", "Folder is gone"]
    {
        assert_eq!(harness.query_all_by_label(state).count(), 1, "{state}");
    }
    assert_eq!(harness.query_all_by_label("Proven with driver 581.57").count(), 2);
    assert!(harness.query_by_label("Verify gone").is_none() && harness.query_by_label("Delete gone").is_none());
    // Two folders of one name are told apart by their paths.
    assert!(harness.query_by_label("Verify torch-cu130").is_none());
    harness.get_by_label(r"Verify C:\Users\jane\torch-cu130");
    harness.get_by_label("Forget gone").scroll_to_me();
    harness.run_steps(3);
    click(&mut harness, "Forget gone");
    assert_eq!(harness.state().actions, [Action::Forget(path("gone"))]);
}

#[test]
fn the_line_that_is_copied_is_for_the_shell_of_the_settings() {
    let mut model = homes::home(homes::two_cards(), None);
    model.settings = Settings { shell: Some(Shell::Cmd), ..model.settings };
    let mut harness = shown(model);
    click(&mut harness, "Copy activation of torch-cu130");
    let line = activation(torch_wizard::facts::OsFamily::Windows, &path("torch-cu130"), Shell::Cmd);
    assert_eq!(harness.state().actions, [Action::Copy(line)]);
    click(&mut harness, "More of torch-cu130");
    click(&mut harness, "Copy interpreter of torch-cu130");
    let copied = path("torch-cu130").display().to_string() + r"\Scripts\python.exe";
    assert_eq!(harness.state_mut().actions.pop(), Some(Action::Copy(copied)));
    click(&mut harness, "Open terminal for torch-cu130");
    click(&mut harness, "More of torch-cu128");
    click(&mut harness, "Open folder of torch-cu128");
    let [.., terminal, _, folder] = harness.state().actions.as_slice() else { panic!("{:?}", harness.state().actions) };
    assert_eq!(*terminal, Action::OpenTerminal(path("torch-cu130")));
    assert_eq!(*folder, Action::OpenPath(path("torch-cu128")));
}

/// A card that is open, with two snapshots, one of them compared.
pub fn opened() -> Model {
    let mut model = homes::home(homes::two_cards(), None);
    pc::tell(&mut model, Message::User(Action::Arrange(ArrangeAction::Unfold(path("torch-cu130")))));
    let taken = |day: &str, torch: &str| Taken {
        file: path(&format!("torch-cu130-{day}.json")),
        at: format!("2026-11-{day}T08:00:00Z"),
        torch: Some(torch.to_owned()),
    };
    let lines = ["torch: 2.14.1+cu130 → 2.15.0+cu130", "- plain-extra 0.9", "~ torch 2.14.1+cu130 → 2.15.0+cu130"];
    let came = Came {
        environment: path("torch-cu130"),
        arranged: Arranged {
            is_guarded: true,
            is_kernel: false,
            snapshots: vec![taken("28", "2.15.0+cu130"), taken("02", "2.14.1+cu130")],
        },
        compared: Some(Compared { with: path("torch-cu130-02.json"), lines: lines.map(str::to_owned).to_vec() }),
        trouble: None,
    };
    pc::tell(&mut model, Message::Arranged(Box::new(came)));
    model
}

fn arranged(action: ArrangeAction) -> Action {
    Action::Arrange(action)
}

#[test]
fn an_opened_card_holds_its_torch_enters_its_kernel_and_goes_back_to_a_snapshot() {
    let mut harness = shown(opened());
    harness.get_by_label_contains("- plain-extra 0.9");
    click(&mut harness, "Protect the torch of torch-cu130 no longer");
    let effects = std::mem::take(&mut harness.state_mut().effects);
    let [Effect::Arrange { environment, what: Arrange::Guard(false) }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(*environment, path("torch-cu130"));
    // One thing at a time.
    assert!(harness.get_by_label("Use torch-cu130 in Jupyter").accesskit_node().is_disabled());

    let mut harness = shown(opened());
    click(&mut harness, "Use torch-cu130 in Jupyter");
    let mut came = Came { environment: path("torch-cu130"), ..Came::default() };
    came.trouble = Some(Problem::new("no-ipykernel", "torch-cu130 has no ipykernel, which Jupyter starts."));
    pc::tell(&mut harness.state_mut().model, Message::Arranged(Box::new(came)));
    harness.run_steps(3);
    harness.get_by_label_contains("has no ipykernel");

    let mut harness = shown(opened());
    let second = harness.get_all_by_label_contains("Bring back what it was on").nth(1).unwrap();
    second.click();
    harness.run_steps(3);
    let file = path("torch-cu130-02.json");
    assert_eq!(harness.state().actions, [arranged(ArrangeAction::BringBack(file.clone()))]);
    assert_eq!(harness.state().model.screen, Screen::Review);
    harness.get_by_label("Looking for the way back for torch-cu130");
    let effects = &harness.state().effects;
    assert!(
        matches!(effects.as_slice(), [Effect::PlanRepair { becomes: Becomes::Snapshot(of), .. }] if *of == file),
        "{effects:?}"
    );
}

#[test]
fn an_opened_card_offers_kits_and_the_page_of_the_plan_says_which() {
    let mut harness = shown(opened());
    click(&mut harness, "Add the kit comfyui to torch-cu130");
    assert_eq!(harness.state().actions, [arranged(ArrangeAction::AddKit("comfyui".to_owned()))]);
    assert_eq!(harness.state().model.screen, Screen::Review);
    harness.get_by_label("Looking for what comfyui needs in torch-cu130");
    let effects = &harness.state().effects;
    let is_it = |becomes: &Becomes| *becomes == Becomes::WithKit("comfyui".to_owned());
    assert!(matches!(effects.as_slice(), [Effect::PlanRepair { becomes, .. }] if is_it(becomes)), "{effects:?}");
}

#[test]
fn what_the_hardware_gives_rise_to_stands_below_the_environments() {
    let mut model = opened();
    let with_small_window = |gpu: &Gpu| {
        let board = Board { window_bytes: Some(256 << 20), ..Board::default() };
        Gpu { board, ..gpu.clone() }
    };
    let facts = model.detection.corrected.as_mut().unwrap();
    if let Probed::Found { value, .. } = &mut facts.gpus {
        *value = value.iter().map(with_small_window).collect();
    }
    let mut harness = crate::shown::tall(model);
    let told = |words: &str| harness.query_all_by_label_contains(words).count();
    assert_eq!(told("Resizable BAR seems to be off: the processor reaches 256 MiB of the card's"), 2, "and its source");
    assert_eq!(told("How to check: nvidia-smi -q shows it as"), 1);
    let source = harness.get_by_label_contains("Source of “Resizable BAR seems to be off");
    source.click();
    harness.run_steps(2);
    let is_page =
        |action: &Action| matches!(action, Action::OpenPage(page) if page.starts_with("https://docs.nvidia.com/"));
    assert!(harness.state().actions.iter().any(is_page), "{:?}", harness.state().actions);
}

#[test]
fn a_new_environment_begins_at_the_check_of_this_pc() {
    let mut harness = shown(homes::home(homes::two_cards(), None));
    harness.get_by_label("NVIDIA GeForce RTX 5070, driver 581.57");
    click(&mut harness, "New environment");
    assert_eq!(harness.state().model.screen, Screen::Detect);
}
