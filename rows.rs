//! The visible lines: numbers, tones, the marked one, and the bar that says where among all lines they stand.

use super::super::theme::{self, palette, space};
use super::super::widgets::{self, Tone};
use super::{grip, keys, new_lines};
use crate::app::log::{self, tone};
use crate::app::{Action, LogAction, Model};
use crate::text::Text;
use eframe::egui::{
    self, Align2, CornerRadius, CursorIcon, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};
use std::ops::Range;

/// Height of a line: whole, so that lines stand on whole points however many there are.
pub const ROW: f32 = 18.0;
/// Width of the bar, and of the strip in which the pointer takes it.
const BAR: f32 = 6.0;
const GRIP: f32 = 20.0;
/// The handle is never shorter than this.
const HANDLE: f32 = 28.0;
/// Column of a line's mark.
const MARK: f32 = 18.0;

/// What of the log is shown, and where on the page.
pub(super) struct Area {
    /// The first line.
    pub top: usize,
    /// Whole lines that fit.
    pub visible: usize,
    /// All lines.
    pub count: usize,
    /// Where the lines stand.
    pub inner: Rect,
    /// Width of a character.
    pub letter: f32,
}

impl Area {
    /// The lines shown.
    pub fn range(&self) -> Range<usize> {
        self.top..(self.top + self.visible).min(self.count)
    }

    /// The first line when the end is shown.
    pub const fn last_top(&self) -> usize {
        self.count.saturating_sub(self.visible)
    }
}

/// Draws the lines.
pub fn show(ui: &mut Ui, model: &Model, text: &Text, height: f32) -> Option<Action> {
    let p = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height.floor()), Sense::click());
    let radius = CornerRadius::same(theme::RADIUS_ROW);
    ui.painter().rect(rect, radius, p.sunken, Stroke::new(1.0, p.border), StrokeKind::Inside);
    let inner = rect.shrink2(vec2(space::M, space::S)).with_max_x(rect.right() - GRIP);
    let count = model.lines.count();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the rows of a window are few")]
    let visible = ((inner.height() / ROW).floor() as usize).max(1);
    let last = count.saturating_sub(visible);
    let top = if model.log.follows { last } else { model.log.top.min(last) };
    let letter = ui.painter().layout_no_wrap("0".to_owned(), theme::mono(theme::LOG), p.text).size().x.max(1.0);
    let area = Area { top, visible, count, inner, letter };
    tell(ui, text, &response, &area);
    lines(ui, model, text, &area, &response);
    if response.has_focus() {
        ui.painter().rect_stroke(rect.shrink(1.0), radius, Stroke::new(2.0, p.accent), StrokeKind::Inside);
    }
    let bar = bar(ui, text, rect, &area);
    let clicked = clicked(&response, &area);
    if clicked.is_some() {
        response.request_focus();
    }
    let back = new_lines(ui, text, inner, model.log.new_lines(count));
    back.or(bar).or(clicked).or_else(|| keys::pressed(ui, model, &response, &area)).or_else(|| {
        let over = ui.rect_contains_pointer(rect);
        over.then(|| keys::turned(ui, &response, &area)).flatten()
    })
}

/// The log as a screen reader has it: a document with its visible lines.
fn tell(ui: &Ui, text: &Text, response: &Response, area: &Area) {
    let range = area.range();
    let said = if area.count == 0 {
        text.get("run-log-said-empty")
    } else {
        text.with(
            "run-log-said",
            &[
                ("count", text.whole(area.count).into()),
                ("first", text.whole(range.start + 1).into()),
                ("last", text.whole(range.end).into()),
            ],
        )
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Document, true, &said));
    // Lines that come are not read out: there may be hundreds a second.
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_live(egui::accesskit::Live::Off));
}

fn lines(ui: &mut Ui, model: &Model, text: &Text, area: &Area, response: &Response) {
    let p = palette(ui);
    if area.count == 0 {
        let said = text.get("run-log-empty");
        let at = Pos2::new(area.inner.left(), area.inner.top() + ROW / 2.0);
        widgets::paint_line(ui, at, &said, theme::regular(theme::SMALL), p.muted, area.inner.width());
        return;
    }
    let range = area.range();
    // As wide as the number of the last line there is, so that scrolling does not move the text.
    let digits = text.whole(area.count).chars().count().max(4) as f32;
    let gutter = digits * area.letter + space::S;
    let clipped = ui.clip_rect().intersect(area.inner.expand2(vec2(space::S, 0.0)));
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(area.inner).id_salt("lines"));
    ui.set_clip_rect(clipped);
    let hovered = response.hover_pos().and_then(|at| row_at(area, at));
    for (row, (number, line)) in range.clone().zip(model.lines.read(range)).enumerate() {
        let at = Pos2::new(area.inner.left(), area.inner.top() + row as f32 * ROW);
        let rect = Rect::from_min_size(at, vec2(area.inner.width(), ROW));
        let is_marked = model.log.marked == Some(number);
        if is_marked || hovered == Some(number) {
            let fill = if is_marked { p.accent_soft } else { p.surface };
            ui.painter().rect_filled(rect.expand2(vec2(space::XS, 0.0)), CornerRadius::same(4), fill);
        }
        let shown = text.whole(number + 1);
        let place = Pos2::new(at.x + gutter - space::S, rect.center().y);
        let galley = widgets::one_line(&ui, &shown, theme::mono(theme::LOG), p.muted, gutter);
        let size = galley.size();
        ui.painter().galley(Pos2::new(place.x - size.x, place.y - size.y / 2.0), galley, p.muted);
        let left = at.x + gutter;
        paint_text(&ui, &line, model.log.indent, Rect::from_min_max(Pos2::new(left, at.y), rect.max), area.letter);
        let node = ui.interact(rect, response.id.with(row), Sense::hover());
        let said = text.with("run-log-line", &[("line", shown.into()), ("words", line.as_str().into())]);
        node.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    }
}

/// A line's mark and words; what stands at the left of `indent` is scrolled out.
fn paint_text(ui: &Ui, line: &str, indent: usize, rect: Rect, letter: f32) {
    let p = palette(ui);
    let y = rect.center().y;
    let (mark, color) = match tone(line) {
        log::Tone::Plain => (None, p.text),
        log::Tone::Good => (Some(Tone::Success), p.success),
        log::Tone::Warning => (Some(Tone::Warn), p.warn),
        log::Tone::Trouble => (Some(Tone::Danger), p.danger),
    };
    if let Some(mark) = mark {
        let at = Pos2::new(rect.left() + MARK / 2.0 - 2.0, y);
        ui.painter().text(at, Align2::CENTER_CENTER, mark.icon(), theme::icon(theme::LOG), color);
    }
    let left = rect.left() + MARK;
    let room = rect.right() - left;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the columns of a window are few")]
    let columns = (room / letter).max(0.0) as usize + 2;
    // Only what can be seen is laid out: a line may be thousands of letters long.
    let seen: String = line.replace('\t', "    ").chars().skip(indent).take(columns).collect();
    widgets::paint_line(ui, Pos2::new(left, y), &seen, theme::mono(theme::LOG), color, room);
}

/// The line at a place on the page.
fn row_at(area: &Area, at: Pos2) -> Option<usize> {
    if !area.inner.expand2(vec2(space::S, 0.0)).contains(at) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside the rectangle")]
    let row = ((at.y - area.inner.top()) / ROW).max(0.0) as usize;
    Some(area.top + row).filter(|line| area.range().contains(line))
}

/// A click marks a line.
fn clicked(response: &Response, area: &Area) -> Option<Action> {
    if !response.clicked() {
        return None;
    }
    let line = response.interact_pointer_pos().and_then(|at| row_at(area, at))?;
    Some(Action::Log(LogAction::Mark(line)))
}

/// The bar at the right: where among all lines the visible ones stand.
fn bar(ui: &mut Ui, text: &Text, rect: Rect, area: &Area) -> Option<Action> {
    let last = area.last_top();
    if last == 0 {
        return None;
    }
    let p = palette(ui);
    let strip = Rect::from_min_max(Pos2::new(rect.right() - GRIP + 4.0, rect.top() + 4.0), rect.max - vec2(2.0, 4.0));
    let track = Rect::from_center_size(strip.center(), vec2(BAR, strip.height()));
    let length = (track.height() * area.visible as f32 / area.count as f32).max(HANDLE).min(track.height());
    let way = f64::from(track.height() - length).max(1.0);
    let response = grip(ui, strip, "log-bar").on_hover_cursor(CursorIcon::Default);
    let said = text.get("run-log-bar");
    response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, &said));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_numeric_value(area.top as f64);
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(last as f64);
    });
    // In double precision: a million lines are more than a float's steps on a long way.
    #[expect(clippy::cast_possible_truncation, reason = "a place within the window")]
    let y = track.top() + (way * area.top as f64 / last as f64) as f32;
    let is_held = response.hovered() || response.dragged();
    let fill = if is_held { p.muted } else { p.border_strong };
    let handle = Rect::from_min_size(Pos2::new(track.left(), y), vec2(BAR, length));
    ui.painter().rect_filled(handle, CornerRadius::same(3), fill);
    if !response.dragged() && !response.clicked() {
        return None;
    }
    let at = response.interact_pointer_pos()?;
    let share = (f64::from(at.y - track.top() - length / 2.0) / way).clamp(0.0, 1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the lines")]
    let top = (share * last as f64).round() as usize;
    (top != area.top).then_some(Action::Log(LogAction::To { top, visible: area.visible }))
}
