//! Keys that hold everywhere. What a focused control does with a key is its own affair.

use crate::app::{Action, DiagnoseAction, LogAction, Model, Screen, Setting, steps};
use eframe::egui::{Key, KeyboardShortcut, Modifiers, Ui};

/// What the keys of this frame ask for.
pub fn pressed(ui: &Ui, model: &Model) -> Option<Action> {
    let hit = |modifiers: Modifiers, key: Key| {
        ui.ctx().input_mut(|input| input.consume_shortcut(&KeyboardShortcut::new(modifiers, key)))
    };
    if model.dialog.is_some() {
        return hit(Modifiers::NONE, Key::Escape).then_some(Action::Dismiss);
    }
    zoom(model, &hit)
        .or_else(|| steps(model, &hit))
        .or_else(|| side(model, &hit))
        .or_else(|| log(model, &hit))
        .or_else(|| find(model, &hit))
        .or_else(|| enter(ui, model))
}

fn zoom(model: &Model, hit: &dyn Fn(Modifiers, Key) -> bool) -> Option<Action> {
    let now = model.settings.zoom_percent;
    let to = if hit(Modifiers::COMMAND, Key::Plus) || hit(Modifiers::COMMAND, Key::Equals) {
        now.saturating_add(10)
    } else if hit(Modifiers::COMMAND, Key::Minus) {
        now.saturating_sub(10)
    } else if hit(Modifiers::COMMAND, Key::Num0) {
        100
    } else {
        return None;
    };
    Some(Action::Set(Setting::Zoom(to)))
}

/// The key of each step.
const NUMBERS: [Key; 6] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6];

fn steps(model: &Model, hit: &dyn Fn(Modifiers, Key) -> bool) -> Option<Action> {
    if hit(Modifiers::ALT, Key::ArrowLeft) {
        return Some(Action::Back);
    }
    if hit(Modifiers::ALT, Key::ArrowRight) {
        let at = model.screen.step()?;
        let later = Screen::STEPS.iter().skip(at + 1);
        return later.copied().find(|step| steps::is_permitted(model, *step)).map(Action::Go);
    }
    let asked = NUMBERS.iter().position(|key| hit(Modifiers::COMMAND, *key))?;
    Screen::STEPS.get(asked).copied().map(Action::Go)
}

fn side(_model: &Model, hit: &dyn Fn(Modifiers, Key) -> bool) -> Option<Action> {
    [
        (Modifiers::COMMAND, Key::M, Action::Go(Screen::Monitor)),
        (Modifiers::COMMAND, Key::D, Action::Go(Screen::Diagnose)),
        (Modifiers::COMMAND, Key::Comma, Action::Go(Screen::Settings)),
        (Modifiers::NONE, Key::F1, Action::Go(Screen::Help)),
        (Modifiers::NONE, Key::F5, Action::Rescan),
    ]
    .into_iter()
    .find_map(|(modifiers, key, action)| hit(modifiers, key).then_some(action))
}

fn log(model: &Model, hit: &dyn Fn(Modifiers, Key) -> bool) -> Option<Action> {
    if model.screen != Screen::Run {
        return None;
    }
    let action = if hit(Modifiers::COMMAND, Key::F) {
        LogAction::Search(true)
    } else if hit(Modifiers::NONE, Key::F3) {
        LogAction::FindNext
    } else if hit(Modifiers::NONE, Key::F8) {
        LogAction::NextProblem
    } else if model.log.search.is_some() && hit(Modifiers::NONE, Key::Escape) {
        LogAction::Search(false)
    } else {
        return None;
    };
    Some(Action::Log(action))
}

/// Enter alone is a new line in the field there.
fn find(model: &Model, hit: &dyn Fn(Modifiers, Key) -> bool) -> Option<Action> {
    let asks = model.screen == Screen::Diagnose && hit(Modifiers::COMMAND, Key::Enter);
    asks.then_some(Action::Diagnose(DiagnoseAction::Find))
}

/// Enter with nothing focused is the primary button; Install is only pressed where it is meant.
fn enter(ui: &Ui, model: &Model) -> Option<Action> {
    if !matches!(model.screen, Screen::Detect | Screen::Choose) {
        return None;
    }
    let is_free = ui.ctx().memory(|memory| memory.focused().is_none());
    (is_free && ui.input(|input| input.key_pressed(Key::Enter))).then_some(Action::Next)
}
