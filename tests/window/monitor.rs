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
use torch_wizard::host::{Activity, Throttle};

fn shown(model: Model) -> Harness<'static, Shown> {
    show(model, Look::default())
}

fn press(harness: &mut Harness<'static, Shown>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(2);
}

/// The window asks the system for nothing here: what the process did comes as a message.
#[test]
fn a_process_that_is_slow_is_judged_and_one_that_no_card_names_by_its_number() {
    let mut model = proofs::monitor(120, |_, _| ());
    let judge = Action::Monitor(MonitorAction::Judge(Some(4711)));
    let effects = torch_wizard::app::update(&mut model, Message::User(judge.clone()));
    assert!(matches!(effects.as_slice(), [Effect::WatchProcess(Some(4711))]), "{effects:?}");
    let mut harness = crate::shown::tall(model);
    harness.get_by_label_contains("Process 4711 is being looked at");
    press(&mut harness, "Why is process 4711 slow?");
    assert!(harness.state().actions.contains(&judge));
    for second in 0_u32..12 {
        let activity = Activity {
            processes: vec![4711],
            processor: Duration::from_secs(u64::from(second)),
            ..Activity::default()
        };
        let now = harness.state().model.now + Duration::from_secs(1);
        harness.state_mut().model.now = now;
        pc::tell(&mut harness.state_mut().model, Message::Acted { pid: 4711, activity: Some(Box::new(activity)) });
    }
    harness.run_steps(2);
    harness.get_by_label_contains("The card is the limit of process 4711: kernels run 93 % of the time");
    press(&mut harness, "Look no more");
    assert!(harness.state().model.monitor.watched.is_none());
    assert!(harness.state().effects.iter().any(|effect| matches!(effect, Effect::WatchProcess(None))));
    // By its number, with a field.
    let field = harness.get_by_role_and_label(Role::TextInput, "Process by its number");
    field.focus();
    field.type_text("815");
    harness.run_steps(2);
    press(&mut harness, "Look at it");
    assert_eq!(harness.state().model.monitor.watched.as_ref().map(torch_wizard::monitor::Watched::pid), Some(815));
    pc::tell(&mut harness.state_mut().model, Message::Acted { pid: 815, activity: None });
    harness.run_steps(2);
    harness.get_by_label_contains("There is no process 815 any more.");
    // It may be there again: it is asked for once more.
    press(&mut harness, "Look at it");
    let asked = |effect: &&Effect| matches!(effect, Effect::WatchProcess(Some(815)));
    assert_eq!(harness.state().effects.iter().filter(asked).count(), 2);
}

#[test]
fn every_figure_is_said_in_a_sentence() {
    let harness = shown(proofs::monitor(120, |_, _| ()));
    for sentence in [
        "GPU utilisation: 93 %, steady for 60 s",
        "GPU memory: 6.5 GiB, of 11.9 GiB, steady for 60 s",
        "Temperature: 68 °C, steady for 60 s, Slows down at 90 °C",
        "Power draw: 227 W, steady for 60 s, Limit 250 W",
        "Core clock: 2700 MHz, memory 14001 MHz, steady for 60 s",
        "PCIe link now: 5 × 16, Best here 5 × 16; falls when the card is idle",
        "Memory busy: 60 %",
        "Performance state: P0, PCIe packets sent anew: 0",
        "Memory errors: not reported by this card",
        "Fan: 50 %",
        "Process 4711: computes, 6.0 GiB",
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
    harness.get_by_label("Temperature: 68 °C, steady for 3 min, Slows down at 90 °C");
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

#[test]
fn for_how_long_something_is_so_does_not_count_the_time_without_readings() {
    let mut model = pc::detected();
    pc::tell(&mut model, Message::User(Action::Go(Screen::Monitor)));
    let read = |model: &mut Model, at: f64| {
        pc::at(model, at);
        let mut tick = pc::tick(9);
        tick.samples[0].throttle = Some(vec![Throttle::HardwareThermal]);
        pc::tell(model, Message::Tick(Box::new(tick)));
        model.monitor.findings.iter().map(|finding| finding.seconds).collect::<Vec<f64>>()
    };
    read(&mut model, 100.0);
    assert_eq!(read(&mut model, 101.0), [1.0]);
    pc::tell(&mut model, Message::User(Action::Back));
    pc::tell(&mut model, Message::User(Action::Go(Screen::Monitor)));
    assert_eq!(read(&mut model, 500.0), [0.0]);
}

fn watched(effects: &[Effect]) -> Option<Duration> {
    effects.iter().find_map(|effect| if let Effect::Watch(every) = effect { Some(*every) } else { None })
}

#[test]
fn how_often_is_chosen_and_readings_follow() {
    let mut harness = shown(proofs::monitor(20, |_, _| ()));
    press(&mut harness, "Readings a second: 10 Hz");
    assert_eq!(watched(&harness.state().effects), Some(Duration::from_millis(100)));
    press(&mut harness, "Readings a second: 2 Hz");
    assert_eq!(watched(&harness.state().effects[1..]), Some(Duration::from_millis(500)));
}

#[test]
fn the_plots_stand_still_while_readings_go_on() {
    let mut harness = shown(proofs::monitor(120, |_, _| ()));
    harness.get_by_label("GPU utilisation: 93 %, steady for 60 s");
    press(&mut harness, "Hold still");
    let model = &mut harness.state_mut().model;
    let now = model.now.as_secs_f64();
    for second in 1..=9 {
        pc::at(model, now + f64::from(second));
        let mut tick = pc::tick(100);
        tick.samples[0].utilisation_percent = Some(1);
        pc::tell(model, Message::Tick(Box::new(tick)));
    }
    harness.run_steps(2);
    harness.get_by_label("The plots show 60 s that ended 9 s ago; readings go on.");
    harness.get_by_label("GPU utilisation: 95 %, highest");
    press(&mut harness, "Go along");
    harness.get_by_label_contains("GPU utilisation: 1 %");
}

#[test]
fn time_is_moved_without_a_mouse() {
    let mut harness = shown(proofs::monitor(300, |_, _| ()));
    press(&mut harness, "Closer");
    harness.get_by_label("The plots show 30 s that ended 15 s ago; readings go on.");
    press(&mut harness, "Earlier");
    harness.get_by_label("The plots show 30 s that ended 30 s ago; readings go on.");
    press(&mut harness, "Later");
    press(&mut harness, "Further");
    harness.get_by_label("The plots show 60 s that ended 0 s ago; readings go on.");
}

#[test]
fn a_plot_is_dragged_and_zoomed_with_the_mouse() {
    use eframe::egui::{Event, Modifiers, PointerButton, Pos2};
    let mut harness = shown(proofs::monitor(300, |_, _| ()));
    let head = harness.get_by_label_contains("GPU utilisation:").rect();
    let at = Pos2::new(head.center().x, head.bottom() + 30.0);
    harness.event(Event::PointerMoved(at));
    let button = |pressed, pos| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    harness.event(button(true, at));
    harness.run_steps(1);
    for step in 1..=4_u8 {
        harness.event(Event::PointerMoved(at + eframe::egui::vec2(20.0 * f32::from(step), 0.0)));
        harness.run_steps(1);
    }
    harness.event(button(false, at + eframe::egui::vec2(80.0, 0.0)));
    harness.run_steps(2);
    let held = harness.state().model.monitor.held.unwrap();
    assert!((held.seconds() - 60.0).abs() < 0.01 && held.to < 290.0, "{held:?}");
    harness.event(Event::Zoom(2.0));
    harness.run_steps(2);
    let held = harness.state().model.monitor.held.unwrap();
    assert!((held.seconds() - 30.0).abs() < 0.01, "{held:?}");
}

#[test]
fn what_held_the_clocks_down_and_when_is_said_in_words() {
    let harness = shown(proofs::throttled());
    harness.get_by_label_contains("Power limit: held the clocks down for");
    harness.get_by_label_contains("What to know");
    // It, how to check it, and where that stands.
    assert_eq!(harness.query_all_by_label_contains("Clocks held down for").count(), 2);
    harness.get_by_label_contains("How to check: nvidia-smi -q -d TEMPERATURE");
}

#[test]
fn what_a_card_does_not_tell_is_not_said_to_be_none() {
    let harness = shown(proofs::silent());
    assert_eq!(harness.query_all_by_label("Not reported by this card.").count(), 2, "reasons and processes");
    assert!(harness.query_by_label("The driver reports nothing that holds the clocks down.").is_none());
}

#[test]
fn a_log_is_followed_and_its_lines_are_marks() {
    let mut model = proofs::monitor(60, |_, _| ());
    pc::tell(&mut model, Message::User(Action::Monitor(MonitorAction::LogPath("/tmp/train.log".to_owned()))));
    pc::tell(&mut model, Message::User(Action::Monitor(MonitorAction::LogWords("loss, acc ,".to_owned()))));
    // The field stands far down the page.
    let mut harness = show(model, Look { size: [1080.0, 2600.0], ..Look::default() });
    press(&mut harness, "Follow");
    let wanted = Effect::Follow { path: "/tmp/train.log".into(), words: vec!["loss".into(), "acc".into()] };
    assert_eq!(format!("{:?}", harness.state().effects), format!("{:?}", [wanted]));
    harness.get_by_label("No line has matched yet.");
    let mark = torch_wizard::monitor::follow::Matcher::new([]).mark("step 1 loss=0.25").unwrap();
    pc::tell(&mut harness.state_mut().model, Message::Marked(vec![mark]));
    harness.run_steps(2);
    harness.get_by_label("0 s ago: step 1 loss=0.25");
    harness.get_by_label("loss: 0.2500, newest number in the log");
    harness.get_by_label("Lines of the log in the time shown: 1");
    // A second word has a curve of its own.
    let mark = torch_wizard::monitor::follow::Matcher::new(["acc"]).mark("acc=0.91").unwrap();
    pc::tell(&mut harness.state_mut().model, Message::Marked(vec![mark]));
    harness.run_steps(2);
    harness.get_by_label("loss: 0.2500, newest number in the log");
    harness.get_by_label("acc: 0.9100, newest number in the log");
    press(&mut harness, "Follow no more");
    assert!(matches!(harness.state().effects.last(), Some(Effect::Unfollow)));
    let gone = torch_wizard::problem::Problem::new("unreadable-log", "The log cannot be read.");
    pc::tell(&mut harness.state_mut().model, Message::NotFollowed(gone));
    harness.run_steps(2);
    harness.get_by_label_contains("The log cannot be read.");
}

#[test]
fn a_log_is_looked_for_with_the_dialog_of_the_system_or_pasted_with_its_quotes() {
    let mut model = proofs::monitor(60, |_, _| ());
    model.screen = Screen::Monitor;
    let mut harness = show(model, Look { size: [1080.0, 2600.0], ..Look::default() });
    press(&mut harness, "Browse…");
    let home = harness.state().model.folders.home.clone();
    assert!(matches!(harness.state().effects.as_slice(), [Effect::BrowseOpen(from)] if *from == home));
    pc::tell(&mut harness.state_mut().model, Message::Picked("/runs/a/train.log".into()));
    assert_eq!(harness.state().model.monitor.log.path, "/runs/a/train.log");
    let copied = r#" "C:\My runs\train.log" "#.to_owned();
    pc::tell(&mut harness.state_mut().model, Message::User(Action::Monitor(MonitorAction::LogPath(copied))));
    let effects = pc::tell(&mut harness.state_mut().model, Message::User(Action::Monitor(MonitorAction::Follow)));
    let [Effect::Follow { path, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(path, std::path::Path::new(r"C:\My runs\train.log"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_whole_verification_of_a_played_card_is_on_the_axis_with_its_checks() {
    let harness = shown(crate::played::verification(Screen::Monitor, false));
    harness.get_by_label_contains("Checks of the proof in the time shown: ");
    harness.get_by_label_contains("Power limit: held the clocks down for 8.0 s");
    harness.get_by_label_contains("Power draw: ");
    harness.get_by_label("Fan: 41 %, 41 %, 41 %");
    // Its driver has a fault that is known; the card is well.
    let told: Vec<_> = harness.query_all_by_label_contains("How to check").map(|node| format!("{node:?}")).collect();
    assert!(told.len() == 1 && told[0].contains("nvidia-smi shows the driver's version"), "{told:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn scenes_of_the_played_library_are_told_on_the_page() {
    let told = |scene: &str, seconds: u32, words: &[&str]| {
        let harness = shown(crate::played::scene(scene, seconds));
        for words in words {
            assert!(harness.query_all_by_label_contains(words).next().is_some(), "{scene}: {words}");
        }
    };
    told("throttle", 30, &["at 90 °C the hardware slows down", "Temperature, by the hardware: held the clocks down"]);
    told("power-cap", 10, &["by a power limit of 400 W"]);
    told("filling", 31, &["GPU memory is nearly full"]);
    told("xid", 12, &["Xid 31 (GPU memory page fault)", "Xid 13 (Graphics Engine Exception)"]);
    told("lost", 9, &["GPU 0 does not answer any more", "Xid 79 (GPU has fallen off the bus)"]);
    told("narrow-link", 9, &["The PCIe link runs at PCIe 2 × 4 under load"]);
    told("ecc", 9, &["Memory errors: 2, Corrected: 5", "Xid 48", "Memory temperature: 57 °C"]);
    told("wsl2", 9, &["GPU utilisation: 80 %", "Fan: not reported by this card", "Memory errors: not reported"]);
}
