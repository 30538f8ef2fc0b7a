//! Text, icons, pills, bars and rings.

use super::super::icons;
use super::super::theme::{self, Palette, palette};
use eframe::egui::{
    self, Align2, Color32, CornerRadius, FontId, Galley, Label, Pos2, Rect, Response, RichText, Role, Sense, Shape,
    Stroke, Ui, Vec2, WidgetInfo, vec2,
};
use std::sync::Arc;
use std::time::Duration;

/// What a mark says; never by colour alone, each has an icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to say.
    Neutral,
    /// Under way, chosen.
    Accent,
    /// Found, passed, proven.
    Success,
    /// Needs something, not known.
    Warn,
    /// Blocked, failed.
    Danger,
}

impl Tone {
    /// Its colour and the fill behind it.
    pub const fn colors(self, p: &Palette) -> (Color32, Color32) {
        match self {
            Self::Neutral => (p.muted, p.raised),
            Self::Accent => (p.accent, p.accent_soft),
            Self::Success => (p.success, p.success_soft),
            Self::Warn => (p.warn, p.warn_soft),
            Self::Danger => (p.danger, p.danger_soft),
        }
    }

    /// Its icon.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Neutral => icons::MINUS,
            Self::Accent => icons::CIRCLE_DOT,
            Self::Success => icons::CIRCLE_CHECK,
            Self::Warn => icons::TRIANGLE_ALERT,
            Self::Danger => icons::CIRCLE_X,
        }
    }
}

/// Strong text of a size.
pub fn strong(text: impl Into<String>, size: f32) -> RichText {
    RichText::new(text).font(theme::semibold(size))
}

/// Small grey text.
pub fn muted(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text).font(theme::regular(theme::SMALL)).color(palette(ui).muted)
}

/// Grey text of the body's size that wraps: lead sentences, explanations.
pub fn muted_wrapped(ui: &mut Ui, text: impl Into<String>) -> Response {
    let color = palette(ui).muted;
    ui.add(Label::new(RichText::new(text).color(color)).wrap())
}

/// Text that wraps.
pub fn label(ui: &mut Ui, text: impl Into<String>) -> Response {
    ui.add(Label::new(RichText::new(text)).wrap())
}

/// Fixed-width text that can be selected and wraps.
pub fn mono_label(ui: &mut Ui, text: impl Into<String>) -> Response {
    ui.add(Label::new(RichText::new(text).font(theme::mono(theme::LOG))).wrap().selectable(true))
}

/// Heading of a card.
pub fn heading(ui: &mut Ui, text: impl Into<String>) -> Response {
    let text = text.into();
    let response = ui.add(Label::new(strong(text.clone(), theme::HEADING)).wrap());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, &text));
    response
}

/// Name of a thing in a list.
pub fn name(ui: &mut Ui, text: impl Into<String>) -> Response {
    ui.add(Label::new(strong(text, theme::NAME)).truncate())
}

/// An icon in a colour; tells nothing to a screen reader, the words beside it do.
pub fn icon(ui: &mut Ui, glyph: &str, size: f32, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(size + 2.0, size + 2.0), Sense::hover());
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, glyph, theme::icon(size), color);
}

/// Icon plus word on a soft fill.
pub fn pill(ui: &mut Ui, tone: Tone, text: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(pill_width(ui, text), PILL), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    paint_pill(ui, rect.left_center(), tone, text);
    response
}

/// Height of a pill.
pub const PILL: f32 = 22.0;

/// How wide a pill will be.
pub fn pill_width(ui: &Ui, text: &str) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), theme::semibold(theme::SMALL), Color32::PLACEHOLDER).size().x + 34.0
}

/// Paints a pill with its left middle at `at`, for a node that says its word itself.
pub fn paint_pill(ui: &Ui, at: Pos2, tone: Tone, text: &str) {
    let (fg, bg) = tone.colors(&palette(ui));
    let galley = ui.painter().layout_no_wrap(text.to_owned(), theme::semibold(theme::SMALL), fg);
    let size = vec2(galley.size().x + 34.0, PILL);
    let rect = Rect::from_min_size(Pos2::new(at.x, at.y - PILL / 2.0), size);
    ui.painter().rect_filled(rect, CornerRadius::same(11), bg);
    let at = Pos2::new(rect.left() + 15.0, rect.center().y);
    ui.painter().text(at, Align2::CENTER_CENTER, tone.icon(), theme::icon(13.0), fg);
    let text_at = Pos2::new(rect.left() + 25.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(text_at, galley, fg);
}

/// A pill for something under way: a ring in place of the icon.
pub fn busy_pill(ui: &mut Ui, text: &str, now: Duration) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(pill_width(ui, text), PILL), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    paint_busy_pill(ui, rect.left_center(), text, now);
    response
}

/// Paints the same with its left middle at `at`, for a node that says its word itself.
pub fn paint_busy_pill(ui: &Ui, at: Pos2, text: &str, now: Duration) {
    let (fg, bg) = Tone::Accent.colors(&palette(ui));
    let galley = ui.painter().layout_no_wrap(text.to_owned(), theme::semibold(theme::SMALL), fg);
    let size = vec2(galley.size().x + 34.0, PILL);
    let rect = Rect::from_min_size(Pos2::new(at.x, at.y - PILL / 2.0), size);
    ui.painter().rect_filled(rect, CornerRadius::same(11), bg);
    paint_ring(ui, Pos2::new(rect.left() + 15.0, rect.center().y), now, 13.0);
    ui.painter().galley(Pos2::new(rect.left() + 25.0, rect.center().y - galley.size().y / 2.0), galley, fg);
}

/// One row of text at most `width` wide, shortened with an ellipsis.
pub fn one_line(ui: &Ui, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    ui.painter().layout_job(job)
}

/// Paints one row of text with its left middle at `at`; answers its width and whether it was shortened.
pub fn paint_line(ui: &Ui, at: Pos2, text: &str, font: FontId, color: Color32, width: f32) -> (f32, bool) {
    let galley = one_line(ui, text, font, color, width);
    let (size, elided) = (galley.size(), galley.elided);
    ui.painter().galley(Pos2::new(at.x, at.y - size.y / 2.0), galley, color);
    (size.x, elided)
}

/// A determinate bar. `fraction` never goes down while a phase runs: that is the model's affair.
pub fn progress(ui: &mut Ui, name: &str, fraction: f64, height: f32) -> Response {
    let p = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = Some((fraction * 100.0).clamp(0.0, 100.0).floor());
        info
    });
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(100.0);
    });
    #[expect(clippy::cast_possible_truncation, reason = "a share of a bar's width")]
    let shown = ui.ctx().animate_value_with_time(
        response.id,
        fraction.clamp(0.0, 1.0) as f32,
        (ui.style().animation_time * 1.25).min(0.15),
    );
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "half the height of a bar")]
    let radius = CornerRadius::same((height / 2.0) as u8);
    ui.painter().rect_filled(rect, radius, p.raised);
    if shown > 0.0 {
        let filled = Rect::from_min_size(rect.min, Vec2::new((rect.width() * shown).max(height), height));
        ui.painter().rect_filled(filled, radius, p.accent_fill);
    }
    response
}

/// A ring that says "under way". Its angle comes from the model's clock, so that it stands still in a picture.
pub fn ring(ui: &mut Ui, now: Duration, size: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(size, size), Sense::hover());
    paint_ring(ui, rect.center(), now, size);
    response
}

/// The same at a place of the painter's choice.
pub(super) fn paint_ring(ui: &Ui, center: Pos2, now: Duration, size: f32) {
    let p = palette(ui);
    let radius = size / 2.0 - 1.5;
    ui.painter().circle_stroke(center, radius, Stroke::new(2.0, p.raised));
    // One turn a second; still where nothing shall move.
    let turn = if ui.style().animation_time > 0.0 { now.as_secs_f32().fract() } else { 0.125 };
    let points = (0..=16_u8)
        .map(|step| {
            let angle = (turn + f32::from(step) / 16.0 * 0.3) * std::f32::consts::TAU;
            center + radius * Vec2::angled(angle)
        })
        .collect();
    ui.painter().add(Shape::line(points, Stroke::new(2.0, p.accent)));
}

/// How a figure moved lately, for those who cannot see the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// Up.
    Rising,
    /// Down.
    Falling,
    /// Neither.
    Steady,
}

/// The head of a metric: title, big number, unit; one node with the whole sentence.
pub fn metric_head(ui: &mut Ui, title: &str, value: Option<&str>, unit: &str, sentence: &str) {
    let p = palette(ui);
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, 48.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, sentence));
    let at = |y: f32| Pos2::new(rect.left(), rect.top() + y);
    paint_line(ui, at(8.0), title, theme::regular(theme::SMALL), p.muted, width);
    let value = value.unwrap_or("–");
    let (number, _) = paint_line(ui, at(33.0), value, theme::semibold(theme::TITLE), p.text, width);
    let unit_at = Pos2::new(rect.left() + number + 5.0, rect.top() + 36.0);
    paint_line(ui, unit_at, unit, theme::regular(theme::SMALL), p.muted, width - number - 5.0);
}
