//! The steps with what was decided in them, and what stands beside the way.

use super::icons;
use super::theme::{self, palette, space};
use super::widgets::{self, Button, ButtonKind, Tone};
use crate::app::steps::is_permitted;
use crate::app::{Action, Model, Screen, StepState, note_of, state_of};
use crate::text::Text;
use eframe::egui::{
    self, Align, Align2, CornerRadius, CursorIcon, Layout, Pos2, Response, Role, ScrollArea, Sense, Stroke, StrokeKind,
    Ui, WidgetInfo, vec2,
};

/// Width of the rail without its words, where the window is narrow.
const SLIM: f32 = 64.0;
/// A window narrower than this (large text on a small screen) has no room for a rail and a page.
const NARROW: f32 = 700.0;
/// Height of a step: the usual one, and the least where large text leaves little room.
const ROW: f32 = 48.0;
const LEAST_ROW: f32 = theme::TARGET;
/// The logo with the gap below it.
const LOGO: f32 = 52.0;
/// The mark of a simulated card with its gap.
const SIMULATED: f32 = 38.0;

/// How wide the rail is in a window of this width.
pub fn width(window: f32) -> f32 {
    if window < NARROW { SLIM } else { theme::RAIL_WIDTH }
}

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let slim = ui.available_width() < 100.0;
    let mut action = None;
    let rows = if slim { 4.0 } else { 3.0 } + if is_permitted(model, Screen::Home) { 1.0 } else { 0.0 };
    let tools = rows * (theme::TARGET + space::XS);
    let full = ui.max_rect();
    let (upper, lower) = full.split_top_bottom_at_y((full.bottom() - tools).max(full.top() + ROW));
    let mut top = ui.new_child(egui::UiBuilder::new().id_salt("steps").max_rect(upper));
    ScrollArea::vertical().id_salt("rail").auto_shrink(false).show(&mut top, |ui| {
        let count = Screen::STEPS.len() as f32;
        let marks = if model.is_simulated() { SIMULATED } else { 0.0 };
        let room = ui.available_height() - marks;
        // The name of the program goes first where the steps need the room.
        let shows_logo = room - LOGO >= count * LEAST_ROW;
        if shows_logo {
            logo(ui, slim);
            ui.add_space(space::M);
        }
        let height = ((room - if shows_logo { LOGO } else { 0.0 }) / count).clamp(LEAST_ROW, ROW).floor();
        if model.is_simulated() {
            simulated(ui, text, slim);
            ui.add_space(space::S);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        for (index, step) in Screen::STEPS.into_iter().enumerate() {
            if row(ui, model, text, index, step, height).clicked() {
                action = Some(Action::Go(step));
            }
        }
    });
    let mut bottom = ui.new_child(egui::UiBuilder::new().id_salt("tools").max_rect(lower));
    action.or_else(|| side(&mut bottom, model, text, slim))
}

fn logo(ui: &mut Ui, slim: bool) {
    let p = palette(ui);
    ui.horizontal(|ui| {
        ui.add_space(if slim { 2.0 } else { 10.0 });
        let (rect, _) = ui.allocate_exact_size(vec2(28.0, 28.0), Sense::hover());
        ui.painter().rect_filled(rect, CornerRadius::same(8), p.accent_fill);
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::ZAP, theme::icon(17.0), p.on_accent);
        if !slim {
            ui.label(widgets::strong("torch-wizard", theme::HEADING));
        }
    });
}

/// A library that plays NVML is in force: said on every page.
fn simulated(ui: &mut Ui, text: &Text, slim: bool) {
    let p = palette(ui);
    if slim {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
        let said = text.get("rail-simulated");
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::FLASK_CONICAL, theme::icon(17.0), p.warn);
        response.on_hover_text(said);
        return;
    }
    ui.horizontal(|ui| {
        ui.add_space(10.0);
        ui.spacing_mut().interact_size.y = 22.0;
        widgets::pill(ui, Tone::Warn, &text.get("rail-simulated")).on_hover_text(text.get("rail-simulated-why"));
    });
}

/// One step; answers the response, so that the caller turns a click into an action.
fn row(ui: &mut Ui, model: &Model, text: &Text, index: usize, step: Screen, height: f32) -> Response {
    let slim = ui.available_width() < 100.0;
    let p = palette(ui);
    let state = state_of(model, step);
    let enabled = state == StepState::Current || is_permitted(model, step);
    let name = text.get(&format!("step-{}", step.word()));
    let note = note_of(model, step, text);
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), sense);
    let word = match state {
        StepState::Done => "step-state-done",
        StepState::Current => "step-state-current",
        StepState::Open => "step-state-open",
        StepState::Locked => "step-state-locked",
    };
    let mut said = text.with(
        "step-said",
        &[
            ("number", (index + 1).into()),
            ("count", Screen::STEPS.len().into()),
            ("name", name.as_str().into()),
            ("state", text.get(word).into()),
        ],
    );
    if !note.is_empty() {
        said = format!("{said}. {note}");
    }
    let is_current = state == StepState::Current;
    response.widget_info(|| WidgetInfo::selected(Role::Tab, enabled, is_current, &said));
    // `WidgetInfo::selected` sets `toggled`; a tab needs `selected` as well.
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_selected(is_current));
    let painter = ui.painter();
    let radius = CornerRadius::same(theme::RADIUS_ROW);
    if is_current {
        painter.rect_filled(rect, radius, p.accent_soft);
    } else if response.hovered() && enabled {
        painter.rect_filled(rect, radius, p.raised);
    }
    if response.has_focus() {
        painter.rect_stroke(rect, radius, Stroke::new(2.0, p.accent), StrokeKind::Inside);
    }
    let dot = Pos2::new(if slim { rect.center().x } else { rect.left() + 24.0 }, rect.center().y);
    if index + 1 < Screen::STEPS.len() {
        let color = if state == StepState::Done { p.success } else { p.border };
        painter.vline(dot.x, (dot.y + 14.0)..=(dot.y + height - 14.0), Stroke::new(1.5, color));
    }
    mark(ui, dot, index, state);
    if !slim {
        words(ui, rect, &name, &note, state, enabled);
    }
    let response = if enabled { response.on_hover_cursor(CursorIcon::PointingHand) } else { response };
    if slim { response.on_hover_text(if note.is_empty() { name } else { format!("{name}\n{note}") }) } else { response }
}

fn mark(ui: &Ui, dot: Pos2, index: usize, state: StepState) {
    let p = palette(ui);
    let painter = ui.painter();
    let number = |color| {
        painter.text(dot, Align2::CENTER_CENTER, index + 1, theme::semibold(12.0), color);
    };
    match state {
        StepState::Done => {
            painter.circle_filled(dot, 11.0, p.success_soft);
            painter.text(dot, Align2::CENTER_CENTER, icons::CHECK, theme::icon(13.0), p.success);
        }
        StepState::Current => {
            painter.circle_filled(dot, 11.0, p.accent_fill);
            number(p.on_accent);
        }
        StepState::Open | StepState::Locked => {
            painter.circle_stroke(dot, 10.5, Stroke::new(1.5, p.border_strong));
            number(p.muted);
        }
    }
}

fn words(ui: &Ui, rect: egui::Rect, name: &str, note: &str, state: StepState, enabled: bool) {
    let p = palette(ui);
    let x = rect.left() + 46.0;
    let room = rect.right() - x - 6.0;
    let color = if enabled || state == StepState::Done { p.text } else { p.muted };
    let font = if state == StepState::Current { theme::semibold(theme::BODY) } else { theme::regular(theme::BODY) };
    let middle = rect.center().y;
    let name_y = if note.is_empty() { middle } else { middle - 8.0 };
    widgets::paint_line(ui, Pos2::new(x, name_y), name, font, color, room);
    if !note.is_empty() {
        let at = Pos2::new(x, middle + 9.5);
        widgets::paint_line(ui, at, note, theme::regular(theme::SMALL), p.muted, room);
    }
}

/// Home, monitor, diagnosis, settings, help.
fn side(ui: &mut Ui, model: &Model, text: &Text, slim: bool) -> Option<Action> {
    let mut action = None;
    let mut entry = |ui: &mut Ui, screen: Screen, icon: &str| {
        let said = text.get(&format!("rail-{}", screen.word()));
        let button = Button {
            kind: ButtonKind::Quiet,
            icon,
            text: &said,
            name: "",
            enabled: is_permitted(model, screen),
            only_icon: slim,
        };
        if button.show(ui).clicked() {
            action = Some(Action::Go(screen));
        }
    };
    let home = is_permitted(model, Screen::Home);
    ui.spacing_mut().item_spacing.y = space::XS;
    ui.with_layout(Layout::top_down(Align::Min), |ui| {
        if home {
            entry(ui, Screen::Home, icons::PACKAGE);
        }
        entry(ui, Screen::Monitor, icons::ACTIVITY);
        entry(ui, Screen::Diagnose, icons::SEARCH);
        if slim {
            entry(ui, Screen::Settings, icons::SETTINGS);
            entry(ui, Screen::Help, icons::CIRCLE_HELP);
        } else {
            ui.horizontal(|ui| {
                entry(ui, Screen::Settings, icons::SETTINGS);
                entry(ui, Screen::Help, icons::CIRCLE_HELP);
            });
        }
    });
    action
}
