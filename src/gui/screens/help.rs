//! Help: each word of the field explained once, the keys, what is private, where things lie, and the commands that do
//! the same as the pages.

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::theme::{self, space};
use super::super::widgets::{self, ButtonKind, FooterButton};
use crate::app::{Action, Model, Screen};
use crate::text::Text;
use eframe::egui::{Align, Label, Layout, RichText, Role, Ui, WidgetInfo, vec2};

/// Below this a word stands above what it means.
const NARROW: f32 = 520.0;
/// Where the project is at home.
const PAGE: &str = env!("CARGO_PKG_REPOSITORY");

/// The words, by the end of their keys.
const WORDS: [&str; 11] = [
    "capability",
    "driver",
    "runtime",
    "toolkit",
    "variant",
    "local",
    "index",
    "wheel",
    "environment",
    "kernel",
    "proven",
];

/// The keys, by the end of their keys.
const KEYS: [&str; 13] = [
    "tab", "enter", "space", "arrows", "steps", "numbers", "escape", "rescan", "copy", "find", "cause", "side", "zoom",
];

/// Pages by the key of their name, each with the command that does the same.
const COMMANDS: [(&str, &str); 14] = [
    ("step-detect", "torch-wizard detect"),
    ("step-choose", "torch-wizard advise"),
    ("other-title", "torch-wizard advise --report FILE"),
    ("driver-name", "torch-wizard driver"),
    ("step-review", "torch-wizard plan"),
    ("step-run", "torch-wizard install"),
    ("help-cli-interrupted", "torch-wizard resume | rollback"),
    ("step-verify", "torch-wizard verify"),
    ("rail-monitor", "torch-wizard monitor"),
    ("rail-diagnose", "torch-wizard diagnose FILE"),
    ("support-name", "torch-wizard doctor --report FILE"),
    ("rail-home", "torch-wizard envs list"),
    ("home-repair", "torch-wizard envs repair ENV"),
    ("help-cli-wheels", "torch-wizard cache list"),
];

/// What stands above.
pub fn head(_model: &Model, text: &Text) -> Head {
    Head { title: text.get("help-title"), lead: text.get("help-lead"), ..Head::default() }
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    ui.spacing_mut().item_spacing.y = space::S;
    widgets::card(ui, |ui| {
        widgets::heading(ui, text.get("help-words"));
        for word in WORDS {
            let said = text.get(&format!("help-said-{word}"));
            entry(ui, &text.get(&format!("help-word-{word}")), &said, Value::Words);
        }
    });
    widgets::card(ui, |ui| {
        widgets::heading(ui, text.get("help-keys"));
        for key in KEYS {
            let does = text.get(&format!("help-does-{key}"));
            entry(ui, &text.get(&format!("help-key-{key}")), &does, Value::Words);
        }
    });
    widgets::card(ui, |ui| {
        widgets::heading(ui, text.get("help-private"));
        for key in ["help-private-none", "help-private-hosts", "help-private-reports"] {
            widgets::label(ui, text.get(key));
        }
    });
    let settings = widgets::card(ui, |ui| places(ui, model, text));
    let other = widgets::card(ui, |ui| {
        widgets::heading(ui, text.get("help-other"));
        widgets::label(ui, text.get("help-other-why"));
        let pressed = widgets::button(ui, ButtonKind::Secondary, icons::MONITOR, &text.get("other-entry"));
        pressed.then_some(Action::Go(Screen::Other))
    });
    let diagnose = widgets::card(ui, |ui| {
        widgets::heading(ui, text.get("help-diagnose"));
        widgets::label(ui, text.get("help-diagnose-why"));
        let pressed = widgets::button(ui, ButtonKind::Secondary, icons::SEARCH, &text.get("diagnose-entry"));
        pressed.then_some(Action::Go(Screen::Diagnose))
    });
    let support = widgets::card(ui, |ui| {
        widgets::heading(ui, text.get("help-support"));
        widgets::label(ui, text.get("help-support-why"));
        let pressed = widgets::button(ui, ButtonKind::Secondary, icons::LIST_CHECKS, &text.get("support-entry"));
        pressed.then_some(Action::Go(Screen::Support))
    });
    widgets::card(ui, |ui| {
        widgets::heading(ui, text.get("help-cli"));
        widgets::muted_wrapped(ui, text.get("help-cli-why"));
        for (key, command) in COMMANDS {
            entry(ui, &text.get(key), command, Value::Code);
        }
    });
    settings.or(other).or(diagnose).or(support).or(widgets::card(ui, |ui| about(ui, text)))
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    Words,
    Code,
}

/// A word and what it means, side by side where there is room; one row for a screen reader.
fn entry(ui: &mut Ui, word: &str, said: &str, value: Value) {
    let font = match value {
        Value::Words => theme::regular(theme::BODY),
        Value::Code => theme::mono(theme::MONO),
    };
    let means = Label::new(RichText::new(said).font(font)).wrap().selectable(true);
    let term = Label::new(widgets::strong(word, theme::BODY)).wrap();
    ui.add_space(space::XS);
    if ui.available_width() < NARROW {
        let response = ui.add(term);
        response.widget_info(|| WidgetInfo::labeled(Role::Term, true, word));
        ui.add(means);
        return;
    }
    ui.horizontal_top(|ui| {
        let width = 176.0;
        ui.allocate_ui_with_layout(vec2(width, 20.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(width);
            let response = ui.add(term);
            response.widget_info(|| WidgetInfo::labeled(Role::Term, true, word));
        });
        ui.add(means);
    });
}

fn places(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    widgets::heading(ui, text.get("help-places"));
    let home = || text.with("help-place-home", &[("home", model.folders.home.display().to_string().into())]);
    let folder = model.settings.environments_folder.as_ref();
    let environments = folder.map_or_else(home, |folder| folder.display().to_string());
    for (key, path) in [
        ("help-place-environments", environments),
        ("help-place-data", model.folders.data.display().to_string()),
        ("help-place-cache", model.folders.cache.display().to_string()),
    ] {
        entry(ui, &text.get(key), &path, Value::Words);
    }
    ui.add_space(space::XS);
    widgets::muted_wrapped(ui, text.get("help-place-settings"));
    let pressed = widgets::button(ui, ButtonKind::Secondary, icons::SETTINGS, &text.get("help-open-settings"));
    pressed.then_some(Action::Go(Screen::Settings))
}

fn about(ui: &mut Ui, text: &Text) -> Option<Action> {
    widgets::heading(ui, text.get("help-about"));
    entry(ui, &text.get("help-version"), env!("CARGO_PKG_VERSION"), Value::Words);
    entry(ui, &text.get("help-licence"), &text.get("help-licence-own"), Value::Words);
    entry(ui, &text.get("help-fonts"), &text.get("help-fonts-own"), Value::Words);
    ui.add_space(space::XS);
    widgets::muted_wrapped(ui, text.get("help-not"));
    let mut action = None;
    ui.horizontal_wrapped(|ui| {
        for (key, page) in [("help-page", PAGE.to_owned()), ("help-report", format!("{PAGE}/issues"))] {
            if widgets::button(ui, ButtonKind::Secondary, icons::EXTERNAL_LINK, &text.get(key)) {
                action = Some(Action::OpenPage(page));
            }
        }
    });
    action
}

/// What stands below.
pub fn footer(_model: &Model, text: &Text) -> Footer {
    Footer {
        sentence: text.with("help-footer", &[("version", env!("CARGO_PKG_VERSION").into())]),
        buttons: vec![FooterButton::secondary(icons::ARROW_LEFT, text.get("button-back"), Action::Back)],
    }
}
