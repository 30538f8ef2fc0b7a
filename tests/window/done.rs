//! Journeys on Done: what works is said as the checks say it, lines are copied as they run, reports leave without the
//! person.

use crate::pc;
use crate::proofs;
use crate::shown::{Look, Shown, show};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::path::{Path, PathBuf};
use torch_wizard::app::rendered::rendered;
use torch_wizard::app::{Action, Effect, Model, Saved, Screen, VerifyState, Watched};
use torch_wizard::facts::OsFamily;
use torch_wizard::plan::export::Format;
use torch_wizard::plan::{Shell, activation};
use torch_wizard::problem::Problem;
use torch_wizard::report;
use torch_wizard::text::{Language, Text};

/// The folder of the environment that was installed.
fn target(model: &Model) -> PathBuf {
    model.run.as_ref().unwrap().plan.target.clone()
}

fn click(harness: &mut Harness<'static, Shown>, name: &str) {
    harness.get_by_label(name).scroll_to_me();
    harness.run_steps(3);
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

fn shown(state: VerifyState) -> Harness<'static, Shown> {
    show(pc::done_with(state), Look::default())
}

fn ended(recorded: &str, simulated: bool) -> VerifyState {
    VerifyState::Ended(Box::new(pc::report(recorded, simulated)))
}

/// What would be saved, as text.
fn saved(model: &Model, what: Saved, path: &Path) -> String {
    String::from_utf8(rendered(model, what, path, &Text::new(Language::English)).unwrap()).unwrap()
}

#[test]
fn the_title_says_no_more_than_the_checks_do() {
    for (state, title) in [
        (ended("rtx5070-healthy.jsonl", false), "Your GPU runs PyTorch"),
        (ended("rtx5070-healthy.jsonl", true), "Simulated GPU: nothing is proven"),
        (ended("rtx5070-wrong-softmax.jsonl", false), "Your GPU does not compute correctly"),
        (VerifyState::Skipped, "Installed, not proven"),
        (VerifyState::Failed(Problem::new("x", "No Python.")), "Installed, not proven"),
    ] {
        shown(state).get_by_label(title);
    }
    show(pc::done_on_the_processor(), Look::default()).get_by_label("PyTorch works on your processor");
    // The proof of another environment is none of this one.
    let mut model = pc::done();
    model.verify.watched = Watched::Environment(PathBuf::from(r"C:\other"));
    show(model, Look::default()).get_by_label("Installed, not proven");
}

#[test]
fn speeds_stand_beside_what_the_card_does_and_only_where_it_is_real() {
    let harness = show(pc::done(), Look::default());
    assert!(harness.query_all_by_label_contains("TFLOPS (").count() >= 1);
    let harness = shown(ended("rtx5070-healthy.jsonl", true));
    assert_eq!(harness.query_all_by_label_contains("TFLOPS").count(), 0);
    assert_eq!(harness.query_all_by_label_contains("not passed").count(), 0);
}

#[test]
fn a_fault_of_the_driver_stays_in_sight() {
    let VerifyState::Ended(report) = proofs::soaked().verify.state else { panic!("it ended") };
    let harness = shown(VerifyState::Ended(report));
    harness.get_by_label("The driver reported a fault while the checks ran");
    harness.get_by_label_contains("Xid 31 (GPU memory page fault)");
    let harness = shown(ended("rtx5070-healthy.jsonl", false));
    assert!(harness.query_by_label_contains("The driver reported a fault").is_none());
}

#[test]
fn the_lines_are_copied_as_they_run() {
    let mut model = pc::done();
    for shell in [Shell::PowerShell, Shell::Cmd] {
        model.settings.shell = Some(shell);
        let mut harness = show(model.clone(), Look::default());
        for name in ["Activate", "Then try it", "Interpreter for an editor", "Notebook: bring the kernel"] {
            click(&mut harness, &format!("Copy: {name}"));
        }
        let plan = model.run.as_ref().map(|run| (*run.plan).clone()).unwrap();
        let target = target(&model);
        let [bring, _] = report::notebook_kernel(OsFamily::Windows, &target, Some(&plan));
        let run = match shell {
            Shell::PowerShell => "python -c 'import torch; print(torch.cuda.get_device_name())'",
            Shell::Cmd | Shell::Posix => "python -c \"import torch; print(torch.cuda.get_device_name())\"",
        };
        let lines = [
            activation(OsFamily::Windows, &target, shell),
            run.to_owned(),
            format!(r"{}\Scripts\python.exe", target.display()),
            report::line(&bring, shell),
        ];
        assert_eq!(harness.state().actions, lines.map(Action::Copy));
    }
}

#[test]
fn a_saved_report_has_the_verdict_and_no_home_folder() {
    let mut harness = show(pc::done(), Look::default());
    click(&mut harness, "Save report…");
    click(&mut harness, "Save");
    let state = harness.state();
    let [Effect::Render { what: Saved::Report, path }] = state.effects.as_slice() else {
        panic!("{:?}", state.effects)
    };
    let page = saved(&state.model, Saved::Report, path);
    assert!(page.contains("Your GPU runs PyTorch") && page.contains(r"~\torch-cu"));
    assert!(!page.contains("jane"), "the report tells whose PC it is");
    let data = saved(&state.model, Saved::Report, &path.with_extension("json"));
    assert!(data.contains("\"verdict\": \"proven\"") && !data.contains("jane"));
}

#[test]
fn the_reference_card_is_the_users_own_and_the_plan_runs_as_it_is() {
    let mut harness = show(pc::done(), Look::default());
    click(&mut harness, "Reference card…");
    click(&mut harness, "Save");
    let state = harness.state();
    let [Effect::Render { what: Saved::ReferenceCard, path }] = state.effects.as_slice() else { panic!() };
    let card = saved(&state.model, Saved::ReferenceCard, path);
    let target = target(&state.model).display().to_string();
    assert!(card.contains("Your GPU runs PyTorch") && card.contains(&target));
    let script = saved(&state.model, Saved::Plan(Format::Ps1), path);
    assert!(script.contains(&target));
    // Packages for Windows cannot go into a container.
    let problem =
        rendered(&state.model, Saved::Plan(Format::Dockerfile), path, &Text::new(Language::English)).unwrap_err();
    assert_eq!(problem.label, "no-export");
}

#[test]
fn everything_else_is_one_click_away() {
    let mut harness = show(pc::done(), Look::default());
    let target = target(&harness.state().model);
    for (name, action) in [
        ("Open terminal", Action::OpenTerminal(target.clone())),
        ("Open folder", Action::OpenPath(target.clone())),
        ("Open: Environment", Action::OpenPath(target.clone())),
    ] {
        click(&mut harness, name);
        assert_eq!(harness.state().actions.last(), Some(&action), "{name}");
    }
    click(&mut harness, "Open: Log of the install");
    let Some(Action::OpenPath(log)) = harness.state().actions.last() else { panic!() };
    assert!(log.ends_with("install.log") || log.to_string_lossy().ends_with(r"\install.log"), "{log:?}");
    click(&mut harness, "Verify again");
    assert_eq!(harness.state().model.screen, Screen::Verify);
    assert_eq!(harness.state().model.verify.watched, Watched::Run);

    let mut harness = show(pc::done(), Look::default());
    click(&mut harness, "Close");
    assert!(matches!(harness.state().effects.as_slice(), [Effect::Close]));
}

#[test]
fn the_end_of_a_long_run_has_words_for_somebody_who_looks_elsewhere() {
    let text = Text::new(Language::English);
    let mut model = pc::proven();
    let note = torch_wizard::gui::attention::note(&model, &text).unwrap();
    assert!(note.title.ends_with(" is installed") && !note.text.is_empty(), "{note:?}");
    let run = model.run.as_mut().unwrap();
    run.began = run.ended.unwrap().saturating_sub(std::time::Duration::from_secs(19));
    assert_eq!(torch_wizard::gui::attention::note(&model, &text), None, "nobody turns away for so long");
    model.run = None;
    assert_eq!(torch_wizard::gui::attention::note(&model, &text), None);
}

#[test]
fn the_taskbar_has_the_bar_of_the_page_until_the_run_is_over() {
    use torch_wizard::app::RunState;
    use torch_wizard::gui::taskbar::Mark;
    let mut model = pc::running();
    let run = model.run.as_mut().unwrap();
    run.overall = 0.3336;
    assert_eq!(Mark::of(&model), Mark::Bar(334));
    let problem = Problem::new("x", "x");
    for (state, mark) in [
        (RunState::Stopping, Mark::Bar(334)),
        (RunState::NeedsUser(problem.clone()), Mark::Waits(334)),
        (RunState::Failed(problem.clone()), Mark::Failed(334)),
        (RunState::Cancelled(problem), Mark::None),
        (RunState::Promoted, Mark::None),
    ] {
        model.run.as_mut().unwrap().state = state;
        assert_eq!(Mark::of(&model), mark);
    }
    model.run = None;
    assert_eq!(Mark::of(&model), Mark::None);
}
