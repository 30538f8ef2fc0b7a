//! Done: what works, in one sentence that says no more than the checks do; how fast; how to use it; where it is.

mod checked;

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::theme::space;
use super::super::widgets::{self, Button, ButtonKind, FooterButton, Tone};
use crate::app::rendered::subject;
use crate::app::{Action, Condition, Model, RunView, Saved, VerifyState};
use crate::assess::Route;
use crate::facts::OsFamily;
use crate::plan::{CommandSpec, Shell, activation, docker, python_of};
use crate::problem::Problem;
use crate::report::{below, headline, line, notebook_kernel};
use crate::text::Text;
use crate::verify::{Proof, VerificationReport};
use eframe::egui::Ui;
use std::path::PathBuf;

/// What is known of the environment that the run made.
enum Standing<'a> {
    /// Its checks ended so.
    Checked(&'a VerificationReport),
    /// Its checks were left out.
    Skipped,
    /// Its checks could not be run.
    Failed(&'a Problem),
    /// The checks on hand are of another environment.
    Elsewhere,
}

fn standing<'a>(model: &'a Model, run: &RunView) -> Standing<'a> {
    let is_its_own = subject(model).as_ref() == Some(&run.plan.target);
    match &model.verify.state {
        VerifyState::Ended(report) if is_its_own => Standing::Checked(report),
        VerifyState::Skipped if is_its_own => Standing::Skipped,
        VerifyState::Failed(problem) if is_its_own => Standing::Failed(problem),
        VerifyState::Ended(_)
        | VerifyState::Skipped
        | VerifyState::Failed(_)
        | VerifyState::Idle
        | VerifyState::Running => Standing::Elsewhere,
    }
}

/// Whether the list of environments has it as proven under the driver of now.
fn is_listed_as_proven(model: &Model, run: &RunView) -> bool {
    let card = model.home.card(&run.plan.target);
    card.is_some_and(|card| matches!(card.condition(), Condition::Proven { .. }))
}

/// An environment for the processor whose checks passed there: what was asked for is there.
fn is_fine_on_the_processor(run: &RunView, report: &VerificationReport) -> bool {
    run.plan.assessment.route == Route::Cpu
        && matches!(report.verdict, Proof::CpuOnly | Proof::NoGpu)
        && report.all_passed()
}

/// What stands above.
pub fn head(model: &Model, text: &Text) -> Head {
    let Some(run) = &model.run else { return Head::default() };
    let proven = is_listed_as_proven(model, run);
    let (tone, title) = match standing(model, run) {
        Standing::Checked(report) if is_fine_on_the_processor(run, report) => {
            (Tone::Success, text.get("done-title-processor"))
        }
        Standing::Checked(report) => (tone_of(report), headline(report, text)),
        Standing::Skipped | Standing::Failed(_) | Standing::Elsewhere if proven => {
            (Tone::Success, text.get("done-title-proven"))
        }
        Standing::Skipped | Standing::Failed(_) | Standing::Elsewhere => (Tone::Warn, text.get("done-title-open")),
    };
    let path = run.plan.target.display().to_string();
    let lead = match torch(run) {
        Some(torch) => text.with("done-lead", &[("torch", torch.into()), ("path", path.into())]),
        None => text.with("done-lead-unknown", &[("path", path.into())]),
    };
    Head { mark: Some((tone.icon(), tone)), title, lead, is_busy: false }
}

fn torch(run: &RunView) -> Option<String> {
    let package = run.plan.lock.packages.iter().find(|package| package.name == "torch")?;
    Some(package.version.clone())
}

const fn tone_of(report: &VerificationReport) -> Tone {
    match report.verdict {
        Proof::Proven if !report.simulated => Tone::Success,
        Proof::Failed => Tone::Danger,
        Proof::Proven | Proof::NoGpu | Proof::CpuOnly | Proof::Incomplete => Tone::Warn,
    }
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let run = model.run.as_ref()?;
    ui.spacing_mut().item_spacing.y = space::S;
    let mut action = widgets::card(ui, |ui| checked::show(ui, model, run, text));
    action = action.or(widgets::card(ui, |ui| usage(ui, model, run, text)));
    action.or(widgets::card(ui, |ui| places(ui, model, run, text)))
}

/// The lines to use it with: key of the caption, and what is pasted.
fn lines(model: &Model, run: &RunView) -> Vec<(&'static str, String)> {
    let (os, environment, shell) = (model.os, &run.plan.target, model.shell());
    let program = if run.plan.assessment.route == Route::Cpu {
        "import torch; print(torch.__version__)"
    } else {
        "import torch; print(torch.cuda.get_device_name())"
    };
    if let Some(container) = &run.plan.container {
        let python = docker::python(container).to_string_lossy().into_owned();
        let start = |words: &[&str]| line(&docker::start(os, environment, words), shell);
        return vec![("done-line-container", start(&[])), ("done-line-try", start(&[&python, "-c", program]))];
    }
    let mut lines = vec![
        ("done-line-activate", activation(os, environment, shell)),
        ("done-line-run", line(&CommandSpec::new("python", ["-c", program]), shell)),
    ];
    if run.plan.distro.is_none() {
        let [bring, register] = notebook_kernel(os, environment, Some(&run.plan));
        lines.extend([
            ("done-line-editor", python_of(os, environment).display().to_string()),
            ("done-line-notebook", line(&bring, shell)),
            ("done-line-register", line(&register, shell)),
        ]);
    }
    lines
}

fn usage(ui: &mut Ui, model: &Model, run: &RunView, text: &Text) -> Option<Action> {
    let mut action = None;
    widgets::heading(ui, text.get("done-use"));
    let shell = text.get(match model.shell() {
        Shell::PowerShell => "done-shell-powershell",
        Shell::Cmd => "done-shell-cmd",
        Shell::Posix => "done-shell-posix",
    });
    widgets::muted_wrapped(ui, text.with("done-use-shell", &[("shell", shell.into())]));
    ui.add_space(space::XS);
    for (key, command) in lines(model, run) {
        let caption = text.get(key);
        let copy = text.with("done-copy-named", &[("what", caption.as_str().into())]);
        if widgets::copy_row(ui, &caption, &command, &copy) {
            action = Some(Action::Copy(command));
        }
    }
    if model.shell() == Shell::PowerShell && model.os == OsFamily::Windows {
        widgets::muted_wrapped(ui, text.get("done-powershell"));
    }
    ui.add_space(space::XS);
    let target = || run.plan.target.clone();
    let pressed = offers(
        ui,
        vec![
            (icons::TERMINAL, text.get("done-terminal"), Action::OpenTerminal(target())),
            (icons::FOLDER_OPEN, text.get("button-open-folder"), Action::OpenPath(target())),
            (icons::SAVE, text.get("done-card"), Action::Save(Saved::ReferenceCard)),
        ],
    );
    action.or(pressed)
}

/// Buttons in a row that may become two.
fn offers(ui: &mut Ui, buttons: Vec<(&str, String, Action)>) -> Option<Action> {
    let mut action = None;
    ui.horizontal_wrapped(|ui| {
        for (icon, words, does) in buttons {
            let kind = ButtonKind::Secondary;
            let button = Button { kind, icon, text: &words, name: "", enabled: true, only_icon: false };
            if button.show(ui).clicked() {
                action = Some(does);
            }
        }
    });
    action
}

fn places(ui: &mut Ui, model: &Model, run: &RunView, text: &Text) -> Option<Action> {
    let mut action = None;
    widgets::heading(ui, text.get("done-places"));
    let of_run = |name: &str| below(model.os, &run.plan.places.run, name);
    let rows: [(&str, PathBuf); 3] = [
        ("done-place-environment", run.plan.target.clone()),
        ("done-place-lock", of_run("pins.txt")),
        ("done-place-log", of_run("install.log")),
    ];
    for (key, path) in rows {
        let caption = text.get(key);
        let open = text.with("done-open-named", &[("what", caption.as_str().into())]);
        if widgets::place_row(ui, &caption, &path.display().to_string(), &open) {
            action = Some(Action::OpenPath(path));
        }
    }
    action
}

/// What stands below.
pub fn footer(model: &Model, text: &Text) -> Footer {
    let replaced = model.run.as_ref().is_some_and(|run| run.plan.choices.replace);
    let sentence = text.get(if replaced { "done-footer-replaced" } else { "done-footer" });
    let buttons = vec![
        FooterButton::secondary(icons::PACKAGE, text.get("done-new"), Action::StartOver),
        FooterButton::primary(icons::CHECK, text.get("button-close"), Action::Close),
    ];
    Footer { sentence, buttons }
}
