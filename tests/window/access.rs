//! For keyboard and screen reader, and for every size: all controls named, nothing outside the window, Tab in the order
//! content, footer, rail, and the whole way without a mouse.

use crate::pc;
use crate::shown::{Look, Shown, show};
use crate::states::all;
use eframe::egui::accesskit::{Live, Role};
use eframe::egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::collections::BTreeMap;
use torch_wizard::app::{Action, Effect, Message, Model, Screen};
use torch_wizard::text::Language;

/// What can be pressed, picked or typed into.
const CONTROLS: [Role; 9] = [
    Role::Button,
    Role::CheckBox,
    Role::ComboBox,
    Role::Link,
    Role::RadioButton,
    Role::Slider,
    Role::Tab,
    Role::TextInput,
    Role::MultilineTextInput,
];

/// Names, places and missing things of one page in one look.
fn troubles(harness: &Harness<'static, Shown>, look: &Look) -> Vec<String> {
    let mut found = Vec::new();
    // Bounds are in pixels of the screen, the zoom included.
    let width = f64::from(look.size[0]);
    let mut names: BTreeMap<(String, String), usize> = BTreeMap::new();
    for node in harness.root().children_recursive() {
        let access = node.accesskit_node();
        let (role, label) = (access.role(), access.label().or_else(|| access.value()).unwrap_or_default());
        let bounds = access.bounding_box();
        let is_control = CONTROLS.contains(&role);
        if is_control && label.trim().is_empty() {
            found.push(format!("{role:?} at {bounds:?} has no name"));
        }
        if is_control && !access.is_disabled() {
            *names.entry((format!("{role:?}"), label.clone())).or_default() += 1;
        }
        let Some(bounds) = bounds.filter(|bounds| bounds.width() > 0.5 && bounds.height() > 0.5) else { continue };
        // What is longer than its field is scrolled within it.
        if role == Role::TextRun && access.parent().is_some_and(|above| above.role() == Role::TextInput) {
            continue;
        }
        if !label.is_empty() && (bounds.x0 < -0.5 || bounds.x1 > width + 0.5) {
            let (from, to) = (bounds.x0, bounds.x1);
            found.push(format!("{role:?} {label:?} stands outside: {from:.0} to {to:.0} of {width:.0}"));
        }
    }
    let alike = names.into_iter().filter(|(_, count)| *count > 1);
    found.extend(alike.map(|((role, label), count)| format!("{count} × {role} {label:?}: which is which?")));
    found
}

/// Every page in one look: every control has a name of its own, and nothing stands outside the window.
#[track_caller]
fn assert_sound(look: &dyn Fn() -> Look) {
    let mut found = Vec::new();
    for (state, model) in all() {
        let harness = show(model, look());
        found.extend(troubles(&harness, &look()).into_iter().map(|trouble| format!("{state}: {trouble}")));
    }
    assert!(found.is_empty(), "{} troubles:\n{}", found.len(), found.join("\n"));
}

const LEAST: [f32; 2] = [860.0, 600.0];

#[test]
fn pages_are_sound_as_the_window_opens() {
    assert_sound(&Look::default);
}

#[test]
fn pages_are_sound_in_the_least_size() {
    assert_sound(&|| Look { size: LEAST, ..Look::default() });
}

#[test]
fn pages_are_sound_in_german_at_125_percent() {
    assert_sound(&|| Look { zoom: 1.25, language: Some(Language::German), ..Look::default() });
}

#[test]
fn pages_are_sound_in_german_at_150_percent_in_the_least_size() {
    assert_sound(&|| Look { zoom: 1.5, size: LEAST, language: Some(Language::German), ..Look::default() });
}

#[test]
fn pages_are_sound_with_long_words_at_150_percent() {
    assert_sound(&|| Look { zoom: 1.5, language: None, ..Look::default() });
}

#[test]
fn pages_are_sound_with_long_words_at_200_percent_in_the_least_size() {
    assert_sound(&|| Look { zoom: 2.0, size: LEAST, language: None, ..Look::default() });
}

#[test]
fn pages_are_sound_at_4k() {
    assert_sound(&|| Look { zoom: 0.8, size: [3840.0, 2160.0], ..Look::default() });
}

/// Name and role of what has the focus.
fn focused(harness: &Harness<'static, Shown>) -> (Role, String) {
    let node = harness.root().children_recursive().find(|node| node.accesskit_node().is_focused());
    node.map_or((Role::Unknown, String::new()), |node| {
        let access = node.accesskit_node();
        (access.role(), access.label().unwrap_or_default())
    })
}

fn press(harness: &mut Harness<'static, Shown>, key: Key) {
    harness.key_press(key);
    harness.run_steps(3);
}

/// Presses Tab until this is focused.
#[track_caller]
fn tab_to(harness: &mut Harness<'static, Shown>, name: &str) {
    let mut seen = Vec::new();
    for _ in 0..80 {
        press(harness, Key::Tab);
        let (_, label) = focused(harness);
        if label.starts_with(name) {
            return;
        }
        seen.push(label);
    }
    panic!("Tab never reaches {name:?}: {seen:?}");
}

#[test]
fn tab_goes_from_the_content_to_the_footer_to_the_rail() {
    let mut harness = show(pc::detected(), Look::default());
    let mut order = Vec::new();
    for _ in 0..60 {
        press(&mut harness, Key::Tab);
        let (role, label) = focused(&harness);
        order.push((role, label.clone()));
        if label == "Help" {
            break;
        }
    }
    let place = |name: &str| {
        let found = order.iter().position(|(_, label)| label.starts_with(name));
        found.unwrap_or_else(|| panic!("{name:?} is not reached: {order:?}"))
    };
    let (content, primary, step, help) = (place("GPU"), place("Review the plan"), place("Step 1 of 6"), place("Help"));
    assert!(content < primary && primary < step && step < help, "{order:?}");
}

/// The engine's side of a run, as the window hears it.
fn engine(harness: &mut Harness<'static, Shown>, message: Message) {
    let shown = harness.state_mut();
    let effects = pc::tell(&mut shown.model, message);
    shown.effects.extend(effects);
    harness.run_steps(2);
}

fn screen_of(harness: &Harness<'static, Shown>) -> Screen {
    harness.state().model.screen
}

#[test]
fn the_whole_way_can_be_gone_by_keyboard_alone() {
    let mut harness = show(pc::detected(), Look::default());
    press(&mut harness, Key::Enter);
    assert_eq!(screen_of(&harness), Screen::Review);
    let (ticket, plan) = (harness.state().model.review.ticket, pc::plan_for(&harness.state().model));
    engine(&mut harness, Message::Planned { ticket, plan: Box::new(Ok(plan)) });
    // Install is pressed only where it is meant.
    press(&mut harness, Key::Enter);
    assert_eq!(screen_of(&harness), Screen::Review);
    tab_to(&mut harness, "Install");
    press(&mut harness, Key::Enter);
    assert_eq!(screen_of(&harness), Screen::Run);
    assert!(matches!(harness.state().effects.last(), Some(Effect::Run { .. })));
    // Escape never cancels a run.
    press(&mut harness, Key::Escape);
    assert!(harness.state().model.is_running());
    let report = pc::report("rtx5070-healthy.jsonl", false);
    for message in [
        pc::started("verify"),
        pc::event("verify", torch_wizard::run::EventKind::Verified { report: Box::new(report.clone()) }),
        Message::RunEnded(Box::new(torch_wizard::run::Outcome::Promoted { report: Some(Box::new(report)) })),
    ] {
        engine(&mut harness, message);
    }
    assert_eq!(screen_of(&harness), Screen::Verify);
    tab_to(&mut harness, "Finish");
    press(&mut harness, Key::Space);
    assert_eq!(screen_of(&harness), Screen::Done);
    tab_to(&mut harness, "Close");
    press(&mut harness, Key::Enter);
    assert!(matches!(harness.state().effects.last(), Some(Effect::Close)), "{:?}", harness.state().effects);
}

#[test]
fn the_keys_of_the_window_hold() {
    let mut harness = show(pc::reviewed(), Look::default());
    let mut hit = |modifiers: Modifiers, key: Key| {
        harness.key_press_modifiers(modifiers, key);
        harness.run_steps(2);
        screen_of(&harness)
    };
    assert_eq!(hit(Modifiers::ALT, Key::ArrowLeft), Screen::Choose);
    assert_eq!(hit(Modifiers::ALT, Key::ArrowRight), Screen::Review);
    assert_eq!(hit(Modifiers::COMMAND, Key::Num1), Screen::Detect);
    assert_eq!(hit(Modifiers::COMMAND, Key::Num5), Screen::Detect, "a step that is not permitted");
    assert_eq!(hit(Modifiers::COMMAND, Key::M), Screen::Monitor);
    assert_eq!(hit(Modifiers::COMMAND, Key::Comma), Screen::Settings);
    assert_eq!(hit(Modifiers::NONE, Key::F1), Screen::Help);
    assert_eq!(hit(Modifiers::ALT, Key::ArrowLeft), Screen::Detect);
    hit(Modifiers::COMMAND, Key::Plus);
    hit(Modifiers::NONE, Key::F5);
    let shown = harness.state();
    assert_eq!(shown.model.settings.zoom_percent, 110);
    assert!(shown.actions.contains(&Action::Rescan));
}

#[test]
fn a_question_takes_the_keys_and_escape_closes_it() {
    let mut model = pc::running();
    pc::tell(&mut model, Message::User(Action::Close));
    let mut harness = show(model, Look::default());
    harness.get_by_label("An install is running");
    let cancel = harness.query_all_by_label("Cancel").find(|node| !node.accesskit_node().is_disabled());
    assert!(cancel.is_none(), "the page behind the question can be pressed");
    press(&mut harness, Key::Escape);
    assert_eq!(harness.state().model.dialog, None);
    assert!(harness.state().model.is_running());
}

#[test]
fn the_result_is_announced() {
    for make in [pc::detected, pc::proven] {
        let harness = show(make(), Look::default());
        let live = |role: Role| {
            harness.root().children_recursive().any(|node| {
                let access = node.accesskit_node();
                access.role() == role && access.live() == Live::Polite && !access.label().unwrap_or_default().is_empty()
            })
        };
        assert!(live(Role::Heading), "the title is not announced");
    }
}

#[test]
fn bars_have_a_value_between_0_and_100() {
    let harness = show(pc::running(), Look::default());
    let bars: Vec<_> = harness.query_all_by_role(Role::ProgressIndicator).collect();
    assert_eq!(bars.len(), 2, "overall and now");
    for bar in bars {
        let access = bar.accesskit_node();
        let value = access.numeric_value().unwrap();
        assert!((0.0..=100.0).contains(&value));
        assert_eq!((access.min_numeric_value(), access.max_numeric_value()), (Some(0.0), Some(100.0)));
    }
}

/// A page at rest asks for no frame.
#[test]
fn a_page_at_rest_asks_for_no_frame() {
    let at_rest: Vec<(&str, Model)> =
        all().into_iter().filter(|(_, model)| !model.is_busy() && model.notice.is_none()).collect();
    assert!(at_rest.len() > 6);
    for (name, model) in at_rest {
        let mut harness = show(model, Look::default());
        harness.run_steps(3);
        let delay = harness.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min();
        assert!(delay.is_none_or(|delay| delay > std::time::Duration::from_hours(1)), "{name} wants {delay:?}");
    }
}
