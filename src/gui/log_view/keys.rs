//! Keys and wheel in the log.

use super::rows::{Area, ROW};
use crate::app::{Action, LogAction, Model};
use eframe::egui::{Event, EventFilter, Key, Modifiers, Response, Ui};

/// Characters that an arrow moves sideways.
const SIDEWAYS: isize = 8;

/// What a key does while the log has the focus.
pub fn pressed(ui: &Ui, model: &Model, response: &Response, area: &Area) -> Option<Action> {
    if !response.has_focus() {
        return None;
    }
    // Arrows are for the lines, and not for the way to the next control.
    let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    if ui.input(|input| input.events.contains(&Event::Copy)) {
        let line = model.log.marked?;
        return Some(Action::Copy(model.lines.read(line..line + 1).concat()));
    }
    let hit = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let page = isize::try_from(area.visible.saturating_sub(1).max(1)).unwrap_or(1);
    let visible = area.visible;
    let scroll = |by| LogAction::Scroll { by, visible };
    let keys = [
        (Key::ArrowUp, scroll(-1)),
        (Key::ArrowDown, scroll(1)),
        (Key::PageUp, scroll(-page)),
        (Key::PageDown, scroll(page)),
        (Key::Home, LogAction::To { top: 0, visible }),
        (Key::End, LogAction::Follow),
        (Key::ArrowLeft, LogAction::Indent(-SIDEWAYS)),
        (Key::ArrowRight, LogAction::Indent(SIDEWAYS)),
    ];
    keys.into_iter().find_map(|(key, action)| hit(key).then_some(Action::Log(action)))
}

/// What the wheel does over the log; what it does not take stays for the page around it.
pub fn turned(ui: &Ui, response: &Response, area: &Area) -> Option<Action> {
    let delta = ui.input(eframe::egui::InputState::smooth_scroll_delta);
    if delta.x.abs() > delta.y.abs() {
        return moved(ui, response, "x", -delta.x / area.letter).map(|by| {
            ui.input_mut(|input| input.smooth_scroll_delta.x = 0.0);
            Action::Log(LogAction::Indent(by))
        });
    }
    let is_up = delta.y > 0.0;
    let has_way = if is_up { area.top > 0 } else { area.top < area.last_top() };
    if delta.y == 0.0 || !has_way {
        return None;
    }
    ui.input_mut(|input| input.smooth_scroll_delta.y = 0.0);
    let by = moved(ui, response, "y", -delta.y / ROW)?;
    Some(Action::Log(LogAction::Scroll { by, visible: area.visible }))
}

/// Whole steps of what was turned so far; the fraction stays for the next frame.
fn moved(ui: &Ui, response: &Response, axis: &str, by: f32) -> Option<isize> {
    let id = response.id.with(axis);
    let sum = ui.data(|data| data.get_temp::<f32>(id)).unwrap_or_default() + by;
    let whole = sum.trunc();
    ui.data_mut(|data| data.insert_temp(id, sum - whole));
    #[expect(clippy::cast_possible_truncation, reason = "a wheel turns a few rows a frame")]
    let steps = whole as isize;
    (steps != 0).then_some(steps)
}
