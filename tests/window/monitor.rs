//! Journeys through the monitor: cards, spans, gaps, and what is said where there is nothing to see.

use crate::pc;
use crate::proofs;
use crate::shown::{Look, Shown, show};
use eframe::egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::time::Duration;
use torch_wizard::app::{Action, Dialog, Effect, Message, Model, MonitorAction, Saved, Screen, Span};
use torch_wizard::facts::{Probed, Via};
use torch_wizard::host::Throttle;

fn shown(model: Model) -> Harness<'static, Shown> {
    show(model, Look::default())
}

fn press(harness: &mut Harness<'static, Shown>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(2);
}

#[test]
fn every_figure_is_said_in_a_sentence() {
    let harness = shown(proofs::monitor(120, |_, _| ()));
    for sentence in [
        "GPU utilisation: 93 %, steady for 60 s",
        "GPU memory: 6.5 GiB, of 11.9 GiB, steady for 60 s",
        "Temperature: 68 °C, steady for 60 s",
        "Power draw: 227 W, steady for 60 s, Limit 250 W",
        "Core clock: 2700 MHz, memory 14001 MHz, steady for 60 s",
        "PCIe link now: 5 × 16, Generation × lanes; falls when the card is idle",
        "Fan: 50 %",
        "Process 4711",
        "The driver reports nothing that holds the clocks down.",
    ] {
        harness.get_by_label(sentence);
    }
}

#[test]
fn a_figure_that_is_not_reported_is_a_dash_and_never_a_zero() {
    let harness = shown(proofs::silent());
    harness.get_by_label("GPU utilisation: not reported by this card");
    harness.get_by_label("Fan: not reported by this card");
    harness.get_by_label_contains("Temperature: 68 °C");
}

#[test]
fn another_card_shows_its_own_figures() {
    let mut harness = shown(proofs::monitor_of_two());
    harness.get_by_label("NVIDIA GeForce RTX 5090, live");
    harness.get_by_label_contains("GPU utilisation: 92 %");
    press(&mut harness, "Card: 1: GTX 1080 Ti");
    assert_eq!(harness.state().actions, [Action::Monitor(MonitorAction::Card(1))]);
    harness.get_by_label("NVIDIA GeForce GTX 1080 Ti, live");
    harness.get_by_label("GPU utilisation: 3 %, steady for 49 s");
    harness.get_by_label("Power draw: not reported by this card");
    harness.get_by_label("The driver names none.");
}

#[test]
fn the_span_is_chosen() {
    let mut harness = shown(proofs::monitor(200, |_, _| ()));
    press(&mut harness, "Time span: 10 min");
    assert_eq!(harness.state().model.monitor.span, Span::TenMinutes);
    harness.get_by_label("Temperature: 68 °C, steady for 3 min");
    press(&mut harness, "Time span: All");
    assert_eq!(harness.state().model.monitor.span, Span::All);
}

#[test]
fn readings_go_to_a_file() {
    let mut harness = shown(proofs::monitor(5, |_, _| ()));
    press(&mut harness, "Export CSV…");
    let dialog = harness.state().model.dialog.clone();
    assert!(matches!(dialog, Some(Dialog::Save { what: Saved::Readings, .. })), "{dialog:?}");
    let harness = shown(proofs::monitor(0, |_, _| ()));
    assert!(harness.get_by_role_and_label(Role::Button, "Export CSV…").accesskit_node().is_disabled());
}

#[test]
fn what_holds_the_clocks_down_is_said_in_words() {
    let harness = shown(proofs::throttled());
    harness.get_by_label("Power limit");
    harness.get_by_label("Temperature, by the driver");
    // A reason that is newer than the product is shown as the driver names it.
    let harness = shown(proofs::monitor(5, |_, tick| tick.samples[0].throttle = Some(vec![Throttle::Other(9)])));
    harness.get_by_label("reason_9");
}

#[test]
fn a_lost_card_and_a_silent_driver_are_told_apart() {
    let harness = shown(proofs::lost());
    harness.get_by_label("GPU 0 does not answer any more");
    harness.get_by_label("GPU utilisation: this card does not answer any more");
    let harness = shown(proofs::hanging());
    harness.get_by_label("The driver does not answer");
    harness.get_by_label_contains("The driver has not answered for 6 s.");
    harness.get_by_label("GPU utilisation: the driver does not answer");
}

#[test]
fn without_a_card_there_is_something_to_do_and_unknown_is_not_absent() {
    let mut harness = shown(proofs::nothing_to_watch());
    harness.get_by_label("There is no NVIDIA card to watch");
    press(&mut harness, "Check again");
    assert_eq!(harness.state().actions, [Action::Rescan]);
    let mut facts = pc::no_card();
    facts.gpus = Probed::Unknown {
        why: "NVML did not answer within 11 s.".to_owned(),
        source: torch_wizard::facts::Source::new(Via::Nvml, ""),
    };
    let mut model = pc::detected_with(facts);
    pc::tell(&mut model, Message::User(Action::Go(Screen::Monitor)));
    let harness = shown(model);
    harness.get_by_label("Whether there is a card is not known");
    harness.get_by_label_contains("The cards could not be asked: NVML did not answer within 11 s.");
    assert!(harness.query_by_label("There is no NVIDIA card to watch").is_none());
}

#[test]
fn a_driver_without_readings_says_so_and_can_be_asked_again() {
    let mut model = proofs::no_readings();
    // It is not asked over and over.
    assert!(pc::tell(&mut model, Message::Clock(Duration::from_secs(9))).is_empty());
    let mut harness = shown(model);
    harness.get_by_label("The driver gives no readings of the cards.");
    press(&mut harness, "Check again");
    let scan = harness.state().model.detection.scan;
    let effects = pc::tell(&mut harness.state_mut().model, Message::Detected { scan, facts: Box::new(pc::rtx_5070()) });
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Watch(_))), "{effects:?}");
}

#[test]
fn a_simulated_card_is_called_one() {
    let mut facts = pc::rtx_5070();
    facts.gpus = pc::found(Via::Simulated, vec![pc::gpu(0, "NVIDIA GeForce RTX 5070", "12.0", 12227)]);
    let mut model = pc::detected_with(facts);
    pc::tell(&mut model, Message::User(Action::Go(Screen::Monitor)));
    pc::tell(&mut model, Message::Tick(Box::new(pc::tick(9))));
    let harness = shown(model);
    harness.get_by_label("Simulated GPU, live");
    harness.get_by_label_contains("none of these figures comes from a real card");
}

#[test]
fn readings_are_taken_while_the_page_is_seen_and_only_then() {
    let watch = |effects: &[Effect]| {
        effects.iter().any(|effect| matches!(effect, Effect::Watch(every) if *every == Duration::from_secs(1)))
    };
    let unwatch = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::Unwatch));
    let mut model = pc::opened();
    assert!(!watch(&pc::tell(&mut model, Message::User(Action::Go(Screen::Monitor)))), "no card is known yet");
    let scan = model.detection.scan;
    let effects = pc::tell(&mut model, Message::Detected { scan, facts: Box::new(pc::rtx_5070()) });
    assert!(watch(&effects), "the facts came while somebody looks: {effects:?}");
    assert!(unwatch(&pc::tell(&mut model, Message::Hidden(true))), "nobody sees a hidden window");
    assert!(watch(&pc::tell(&mut model, Message::Hidden(false))));
    // Every way off the page ends them: here the one to the plan, which enters by itself.
    let effects = pc::tell(&mut model, Message::User(Action::Go(Screen::Review)));
    assert_eq!(model.screen, Screen::Review);
    assert!(unwatch(&effects), "{effects:?}");
}
