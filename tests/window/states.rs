//! Every page in its states, looked at in every size, language and theme: nothing panics, nothing is without a name.

use crate::homes;
use crate::pc;
use crate::proofs;
use crate::shown::{Look, shot, show};
use eframe::egui::Theme;
use torch_wizard::app::{Action, Message, Model, MonitorAction, Screen, Span, VerifyState};
use torch_wizard::problem::Problem;
use torch_wizard::text::Language;

fn on(mut model: Model, screen: Screen) -> Model {
    pc::tell(&mut model, Message::User(Action::Go(screen)));
    model
}

fn ended(recorded: &str, simulated: bool) -> VerifyState {
    VerifyState::Ended(Box::new(pc::report(recorded, simulated)))
}

/// Something is being deleted, and the list could not be read.
fn home_in_trouble() -> Model {
    let mut model = homes::home(homes::two_cards(), None);
    let problem = Problem::new("broken-file", "environments.json could not be read and was set aside.");
    let problem = problem.advise("Take known environments in again.");
    pc::tell(&mut model, Message::HomeDone(Err(problem)));
    model.home.busy = Some(model.now);
    model.home.said = Some(r"C:\Users\jane\torch-cu126 was deleted.".to_owned());
    model
}

fn act(mut model: Model, action: Action) -> Model {
    pc::tell(&mut model, Message::User(action));
    model
}

fn all_of_it() -> Action {
    Action::Monitor(MonitorAction::Look(Span::All))
}

/// Name and state of each page.
pub fn all() -> Vec<(&'static str, Model)> {
    vec![
        ("detect-opened", pc::opened()),
        ("detect", pc::detected()),
        ("detect-mixed", pc::detected_with(pc::mixed())),
        ("detect-no-card", pc::detected_with(pc::no_card())),
        ("detect-sick", pc::detected_with(pc::sick_driver())),
        ("driver", on(pc::detected_with(crate::detect::with_driver("537.58")), Screen::Driver)),
        ("driver-none", on(pc::detected_with(crate::detect::without_driver()), Screen::Driver)),
        ("driver-serves", on(pc::detected(), Screen::Driver)),
        ("driver-no-card", on(pc::detected_with(pc::no_card()), Screen::Driver)),
        ("driver-looking", on(pc::opened(), Screen::Driver)),
        ("choose", on(pc::detected(), Screen::Choose)),
        ("choose-mixed", on(pc::detected_with(pc::mixed()), Screen::Choose)),
        ("review", pc::reviewed()),
        ("run", pc::running()),
        ("verify", pc::verifying("rtx5070-healthy.jsonl", 20)),
        ("verify-proven", pc::proven()),
        ("done", pc::done()),
        ("done-processor", pc::done_on_the_processor()),
        ("done-simulated", pc::done_with(ended("rtx5070-healthy.jsonl", true))),
        ("done-several", pc::done_with(ended("rtx5070-and-gtx1080.jsonl", false))),
        ("done-skipped", pc::done_with(VerifyState::Skipped)),
        ("home", homes::home(homes::two_cards(), None)),
        ("home-all", homes::home(homes::all_cards(), None)),
        ("home-driver", homes::home(homes::all_cards()[..4].to_vec(), None)),
        ("home-card", crate::home::card_swapped()),
        ("home-kept", crate::home::repaired()),
        ("home-more", crate::home::opened()),
        ("review-repair", crate::home::repair_planned()),
        ("home-interrupted", homes::home(homes::two_cards(), Some(&["environment", "download"]))),
        ("home-trouble", home_in_trouble()),
        ("verify-begins", pc::verifying("rtx5070-healthy.jsonl", 0)),
        ("verify-wrong", proofs::not_proven("rtx5070-wrong-softmax.jsonl")),
        ("verify-no-kernels", proofs::not_proven("rtx5070-arch-missing.jsonl")),
        ("verify-crash", proofs::not_proven("rtx5070-crash-conv2d.jsonl")),
        ("verify-import", proofs::not_proven("import-error.jsonl")),
        ("verify-skips", proofs::beside_ended("rtx2060-healthy.jsonl")),
        ("verify-several", proofs::beside_ended("rtx5070-and-gtx1080.jsonl")),
        ("verify-beside", proofs::beside("rtx5070-and-gtx1080.jsonl", 40)),
        ("verify-skipped", act(proofs::beside("rtx2060-healthy.jsonl", 12), Action::SkipVerify)),
        ("verify-soaked", proofs::soaked()),
        ("verify-simulated", proofs::simulated()),
        ("verify-processor", proofs::on_processor(18)),
        ("verify-processor-ended", proofs::ended_on_processor()),
        ("monitor", proofs::monitor(120, |_, _| ())),
        ("monitor-after-proof", on(pc::proven(), Screen::Monitor)),
        ("monitor-two", proofs::monitor_of_two()),
        ("monitor-hour", act(proofs::monitor(3600, |_, _| ()), all_of_it())),
        ("monitor-throttled", proofs::throttled()),
        ("monitor-lost", proofs::lost()),
        ("monitor-hanging", proofs::hanging()),
        ("monitor-silent", proofs::silent()),
        ("monitor-no-readings", proofs::no_readings()),
        ("monitor-waiting", proofs::monitor(0, |_, _| ())),
        ("monitor-no-card", proofs::nothing_to_watch()),
        ("settings", on(pc::detected(), Screen::Settings)),
        ("help", on(pc::detected(), Screen::Help)),
    ]
    .into_iter()
    .chain(crate::runs::states())
    .chain(crate::detect::states())
    .chain(crate::choose::states())
    .chain(crate::knowledge::states())
    .chain(crate::other::states())
    .chain(crate::diagnose::states())
    .chain(crate::support::states())
    .chain(crate::routes::states())
    .chain(played())
    .collect()
}

/// A simulated card in scenes that the played NVML library has.
#[cfg(target_os = "linux")]
fn played() -> Vec<(&'static str, Model)> {
    use crate::played::{scene, verification};
    vec![
        ("verify-rtx-5090", verification(Screen::Verify, false)),
        ("monitor-rtx-5090", verification(Screen::Monitor, true)),
        ("monitor-hot", scene("throttle", 40)),
        ("monitor-xid", scene("xid", 30)),
        ("monitor-four", scene("four-mixed", 40)),
        ("monitor-wsl2", scene("wsl2", 30)),
        ("monitor-ecc", scene("ecc", 30)),
    ]
}

#[cfg(not(target_os = "linux"))]
fn played() -> Vec<(&'static str, Model)> {
    Vec::new()
}

/// Pictures for a person: `TORCH_WIZARD_SHOTS=folder cargo test --features window-tests --test window -- pictures`
/// (`TORCH_WIZARD_SHOT=detect` for one page alone).
#[test]
fn pictures() {
    #[expect(clippy::disallowed_methods, reason = "tests have no Host")]
    let (folder, only) = (std::env::var_os("TORCH_WIZARD_SHOTS"), std::env::var("TORCH_WIZARD_SHOT").ok());
    if folder.is_none() {
        return;
    }
    for (name, model) in all() {
        if only.as_ref().is_some_and(|only| !name.starts_with(only.as_str())) {
            continue;
        }
        let small = [860.0, 600.0];
        let looks = [
            ("dark", Look::default()),
            ("light", Look { theme: Theme::Light, ..Look::default() }),
            ("small", Look { size: small, ..Look::default() }),
            ("german-zoom", Look { zoom: 1.5, language: Some(Language::German), ..Look::default() }),
            // What would have to be scrolled to.
            ("whole", Look { theme: Theme::Light, size: [1080.0, 2600.0], ..Look::default() }),
            // The least window with large text.
            ("tight", Look { size: small, zoom: 1.5, language: Some(Language::German), ..Look::default() }),
        ];
        for (look, chosen) in looks {
            let mut harness = show(model.clone(), chosen);
            shot(&mut harness, &format!("{name}-{look}"));
        }
    }
}
