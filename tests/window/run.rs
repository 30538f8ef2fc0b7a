//! Journeys through a run: its failure, its stop, its log of any length.

use crate::pc::{at, event, finished, running, started, tell};
use crate::runs::{Log, cancelled, failed, failed_without_buttons, million, paused, silent, waiting, with_log};
use crate::shown::{Look, Shown, show};
use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, TouchPhase, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::sync::atomic::Ordering;
use torch_wizard::app::{Action, Effect, LogAction, Message, Model, RunState, Screen};
use torch_wizard::problem::Problem;
use torch_wizard::run::{EventKind, Outcome};

fn shown(model: Model) -> Harness<'static, Shown> {
    show(model, Look::default())
}

fn click(harness: &mut Harness<'static, Shown>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(2);
}

/// The lines that a screen reader finds, as `number: words`.
fn lines(harness: &Harness<'static, Shown>) -> Vec<String> {
    let said = harness.query_all_by_role(Role::Label).filter_map(|node| node.value());
    said.filter_map(|said| said.strip_prefix("Line ").map(str::to_owned)).collect()
}

fn log_rect(harness: &Harness<'static, Shown>) -> eframe::egui::Rect {
    harness.get_by_role(Role::Document).rect()
}

fn focus_log(harness: &mut Harness<'static, Shown>) {
    harness.get_by_role(Role::Document).focus();
    harness.run_steps(2);
}

fn key(harness: &mut Harness<'static, Shown>, key: Key) {
    harness.key_press(key);
    harness.run_steps(2);
}

fn wheel(harness: &mut Harness<'static, Shown>, at: Pos2, delta: eframe::egui::Vec2, modifiers: Modifiers) {
    harness.hover_at(at);
    harness.run_steps(1);
    let unit = MouseWheelUnit::Point;
    harness.event_modifiers(
        Event::MouseWheel { unit, delta, modifiers, phase: TouchPhase::Move, source: MouseWheelSource::Wheel },
        modifiers,
    );
    // A wheel is smoothed over some frames.
    harness.run_steps(30);
}

#[test]
fn a_million_lines_are_shown_with_exact_numbers_and_only_those_in_sight_are_read() {
    let (mut model, log) = million();
    tell(&mut model, Message::User(Action::Log(LogAction::Follow)));
    let mut harness = shown(model);
    let last = lines(&harness);
    assert_eq!(last.last().unwrap(), "1,000,000:   fetching torch-2.15.0+cu130-cp312-cp312-win_amd64.whl, part 999999");
    let visible = last.len();
    assert!((8..40).contains(&visible), "{visible}");
    focus_log(&mut harness);
    key(&mut harness, Key::ArrowUp);
    assert!(lines(&harness).last().unwrap().starts_with("999,999: "));
    key(&mut harness, Key::PageUp);
    assert!(lines(&harness).last().unwrap().starts_with(&format!("{}: ", grouped(999_999 - (visible - 1)))));
    key(&mut harness, Key::Home);
    assert!(lines(&harness)[0].starts_with("1: "));
    key(&mut harness, Key::End);
    assert!(harness.state().model.log.follows);
    // Half way along the bar, in double precision.
    let rect = log_rect(&harness);
    harness.drag_at(Pos2::new(rect.right() - 8.0, rect.bottom() - 12.0));
    harness.run_steps(2);
    harness.hover_at(Pos2::new(rect.right() - 8.0, rect.center().y));
    harness.run_steps(2);
    harness.drop_at(Pos2::new(rect.right() - 8.0, rect.center().y));
    harness.run_steps(2);
    let shown = lines(&harness);
    let top = harness.state().model.log.top;
    assert!((490_000..510_000).contains(&top), "{top}");
    for (row, line) in shown.iter().enumerate() {
        assert!(line.starts_with(&format!("{}: ", grouped(top + row + 1))), "{line}");
        assert!(line.ends_with(&format!(" {}", top + row)) || line.contains(&format!(" {} ", top + row)), "{line}");
    }
    assert!(log.most.load(Ordering::Relaxed) <= visible, "only what is seen is read");
    assert_eq!(*log.whole.lock().unwrap(), 0, "never the whole log");
}

fn grouped(number: usize) -> String {
    torch_wizard::text::Text::new(torch_wizard::text::Language::English).whole(number)
}

#[test]
fn the_end_is_followed_until_one_scrolls_up_and_a_pill_brings_back() {
    let log = Log::new(500, &[]);
    let mut harness = shown(with_log(running(), &log));
    assert!(lines(&harness).last().unwrap().starts_with("500: "));
    log.grow(1);
    harness.run_steps(2);
    assert!(lines(&harness).last().unwrap().starts_with("501: "), "the end is followed");
    let middle = log_rect(&harness).center();
    wheel(&mut harness, middle, vec2(0.0, 180.0), Modifiers::NONE);
    assert!(!harness.state().model.log.follows);
    let first = lines(&harness)[0].clone();
    assert!(harness.query_by_label_contains("new line").is_none());
    log.grow(1);
    harness.run_steps(2);
    harness.get_by_label("1 new line");
    log.grow(11);
    harness.run_steps(2);
    assert_eq!(lines(&harness)[0], first, "what is read stands still");
    click(&mut harness, "12 new lines");
    assert!(harness.state().model.log.follows);
    assert!(lines(&harness).last().unwrap().starts_with("513: "));
}

#[test]
fn shift_and_wheel_go_sideways() {
    let mut harness = shown(with_log(running(), &Log::new(500, &[])));
    let middle = log_rect(&harness).center();
    wheel(&mut harness, middle, vec2(0.0, -75.0), Modifiers::SHIFT);
    assert!(harness.state().model.log.indent > 3, "{:?}", harness.state().model.log);
    assert!(harness.state().model.log.follows, "and not up or down");
}

#[test]
fn the_log_is_searched_from_the_keyboard() {
    let log = Log::new(400, &["error: no space left"]);
    let mut harness = shown(with_log(running(), &log));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run_steps(2);
    let field = harness.get_by_role_and_label(Role::TextInput, "Find");
    assert!(field.is_focused(), "one can type at once");
    field.type_text("SPACE");
    harness.run_steps(2);
    key(&mut harness, Key::Enter);
    assert_eq!(harness.state().model.log.marked, Some(400));
    assert!(harness.get_by_role_and_label(Role::TextInput, "Find").is_focused());
    harness.get_by_role_and_label(Role::TextInput, "Find").type_text("craft");
    harness.run_steps(2);
    key(&mut harness, Key::Enter);
    harness.get_by_label("Nothing found");
    key(&mut harness, Key::Escape);
    assert!(harness.query_by_role(Role::TextInput).is_none());
    // F8: the next line that tells of trouble, from the marked one on and round.
    key(&mut harness, Key::F8);
    assert_eq!(harness.state().model.log.marked, Some(4));
}

#[test]
fn a_line_that_is_clicked_is_marked_and_copied_by_key_and_by_button() {
    let mut harness = shown(with_log(running(), &Log::new(500, &[])));
    let rect = log_rect(&harness);
    let at = Pos2::new(rect.left() + 120.0, rect.top() + 8.0 + 2.5 * 18.0);
    let third = lines(&harness)[2].clone();
    harness.drag_at(at);
    harness.run_steps(1);
    harness.drop_at(at);
    harness.run_steps(2);
    let (number, words) = third.split_once(": ").unwrap();
    let marked = harness.state().model.log.marked.unwrap();
    assert_eq!(grouped(marked + 1), number);
    assert!(harness.get_by_role(Role::Document).is_focused());
    harness.event(Event::Copy);
    harness.run_steps(2);
    assert_eq!(harness.state().actions.last(), Some(&Action::Copy(words.to_owned())));
    click(&mut harness, &format!("Copy line {number}"));
    assert_eq!(harness.state().actions.last(), Some(&Action::Copy(words.to_owned())));
    click(&mut harness, "Copy all");
    assert_eq!(harness.state().actions.last(), Some(&Action::CopyLog));
    click(&mut harness, "Open folder");
    assert!(
        matches!(harness.state().actions.last(), Some(Action::OpenPath(path)) if path.ends_with(r"20261121-100000") || path.to_string_lossy().ends_with("20261121-100000"))
    );
}

#[test]
fn a_failure_shows_cause_evidence_what_changed_and_the_ways_on() {
    let mut harness = shown(failed());
    harness.get_by_label("PyTorch 2.15.0 (cu132) was not installed");
    harness.get_by_label("Step 4 of 6 stopped: unpacking wheels and linking files.");
    harness.get_by_label_contains("uv ended with code 2.");
    harness.get_by_label(r"C:\Users\jane\torch-cu130 is as it was before.");
    // The evidence leads to its line in the log, which is still there.
    click(&mut harness, "The log shows it at line 402");
    assert_eq!(harness.state().model.log.marked, Some(401));
    assert!(lines(&harness).iter().any(|line| line.starts_with("402: error: Failed to install")));
    assert!(harness.query_by_label("Remove").is_none(), "the card has its own way to undo");
    click(&mut harness, "Undo it");
    assert!(matches!(harness.state().effects.last(), Some(Effect::RollBack(_))));
    let mut harness = shown(failed());
    click(&mut harness, "Try again");
    assert!(matches!(harness.state().effects.last(), Some(Effect::Resume { .. })));
    assert_eq!(harness.state().model.run.as_ref().unwrap().state, RunState::Running);
}

#[test]
fn a_failure_without_buttons_still_has_ways_on() {
    let mut harness = shown(failed_without_buttons());
    click(&mut harness, "Try again");
    assert!(matches!(harness.state().effects.last(), Some(Effect::Resume { .. })));
    let mut harness = shown(failed_without_buttons());
    click(&mut harness, "Remove");
    assert!(matches!(harness.state().effects.last(), Some(Effect::RollBack(_))));
}

#[test]
fn a_run_is_cancelled_without_a_question_and_goes_on_where_it_stopped() {
    let mut harness = shown(running());
    harness.get_by_label("Safe to cancel: your other environments stay untouched.");
    click(&mut harness, "Cancel");
    assert!(matches!(harness.state().effects.as_slice(), [Effect::Cancel]));
    harness.get_by_label("Stopping…");
    assert!(harness.get_by_label("Cancel").accesskit_node().is_disabled());
    let problem = Problem::new("cancelled", "Cancelled.").changed("What was fetched so far is kept.");
    let ended = Message::RunEnded(Box::new(Outcome::Cancelled { problem }));
    tell(&mut harness.state_mut().model, ended);
    harness.run_steps(2);
    harness.get_by_label("The install is stopped");
    harness.get_by_label("What was fetched so far is kept.");
    click(&mut harness, "Resume");
    assert!(matches!(harness.state().effects.last(), Some(Effect::Resume { .. })));
    harness.get_by_label("Installing PyTorch 2.15.0 (cu132)");
    let mut harness = shown(cancelled());
    click(&mut harness, "Remove");
    assert!(matches!(harness.state().effects.last(), Some(Effect::RollBack(_))));
}

#[test]
fn a_full_volume_is_named_with_what_is_missing_until_there_is_room() {
    let mut harness = shown(paused());
    harness.get_by_label("Paused: no room");
    harness.get_by_label_contains("has 1.15 GB free; 5.25 GB more are needed there");
    click(&mut harness, "Show the folder");
    assert!(matches!(harness.state().effects.last(), Some(Effect::OpenPath(_))));
    tell(&mut harness.state_mut().model, event("download", EventKind::Unpaused));
    harness.run_steps(2);
    harness.get_by_label("Installing PyTorch 2.15.0 (cu132)");
    let mut harness = shown(paused());
    click(&mut harness, "Cancel");
    assert!(matches!(harness.state().effects.last(), Some(Effect::Cancel)));
}

#[test]
fn a_run_that_needs_the_user_says_what_for_and_goes_on_where_it_is() {
    let mut harness = shown(waiting());
    harness.get_by_label("You are needed");
    harness.get_by_label_contains("Windows switches on what WSL needs when it is restarted.");
    harness.get_by_label_contains("Shutting down and switching on again is not enough.");
    harness.get_by_label("What is done so far is kept; it goes on from here.");
    // Nothing failed.
    assert!(harness.query_by_label_contains("was not installed").is_none());
    click(&mut harness, "Go on after the restart");
    assert!(matches!(harness.state().effects.last(), Some(Effect::Resume { .. })));
    let mut harness = shown(waiting());
    click(&mut harness, "Remove");
    assert!(matches!(harness.state().effects.last(), Some(Effect::RollBack(_))));
}

#[test]
fn bars_have_numbers_and_time_left_is_told_calmly() {
    let harness = shown(running());
    let overall = harness.get_by_label("Overall progress");
    assert_eq!(overall.accesskit_node().numeric_value(), Some(33.0));
    harness.get_by_label("Step 2 of 6: fetching the wheels. Less than a minute left.");
    harness.get_by_label_contains("1.42 of 2.56 GB, 38.6 MB/s, 0:29 left");
    for (name, state) in [("Environment", "done"), ("Download", "running"), ("Packages", "waiting")] {
        harness.get_by_label(&format!("{name}: {state}"));
    }
    // In the first seconds of a download nothing is said of the time: it would jump about.
    let mut model = crate::pc::reviewed();
    tell(&mut model, Message::User(Action::Install));
    for message in [started("environment"), finished("environment"), started("download")] {
        tell(&mut model, message);
    }
    at(&mut model, 2.0);
    let progress = EventKind::Progress {
        done_bytes: 10,
        total_bytes: Some(2_000_000_000),
        fraction: 0.1,
        bytes_per_second: Some(2_000_000.0),
        seconds_left: Some(1000.0),
        what: "torch".to_owned(),
        units: None,
        share: None,
    };
    tell(&mut model, event("download", progress));
    let mut harness = shown(model);
    harness.get_by_label("Step 2 of 6: fetching the wheels.");
    at(&mut harness.state_mut().model, 8.0);
    harness.run_steps(2);
    harness.get_by_label("Step 2 of 6: fetching the wheels. About 17 minutes left.");
}

#[test]
fn a_silence_is_explained_with_what_is_known_and_for_how_long() {
    let harness = shown(silent(12));
    harness.get_by_label("Unpacking wheels and linking files, nothing heard for 12 s");
    let harness = shown(silent(1));
    assert!(harness.query_by_label_contains("nothing heard").is_none(), "a second is no silence");
    let harness = shown(silent(130));
    harness.get_by_label_contains("This is unusually long.");
}

#[test]
fn the_proof_can_be_watched_from_the_run_and_the_end_leads_on_to_it() {
    let mut model = crate::pc::verifying("rtx5070-healthy.jsonl", 4);
    tell(&mut model, Message::User(Action::Go(Screen::Run)));
    let mut harness = shown(model);
    click(&mut harness, "Watch the proof");
    assert_eq!(harness.state().model.screen, Screen::Verify);
    let mut model = crate::pc::proven();
    tell(&mut model, Message::User(Action::Go(Screen::Run)));
    let mut harness = shown(model);
    harness.get_by_label("PyTorch 2.15.0 (cu132) is installed");
    click(&mut harness, "Verify");
    assert_eq!(harness.state().model.screen, Screen::Verify);
}

#[test]
fn where_there_is_little_room_the_page_scrolls_and_the_log_stays_usable() {
    for language in [Some(torch_wizard::text::Language::German), None] {
        let (model, _) = million();
        let harness = show(model, Look { size: [860.0, 600.0], zoom: 1.5, language, ..Look::default() });
        let rect = harness.get_by_role(Role::Document).rect();
        assert!(rect.height() >= 140.0, "{rect:?}");
    }
}
