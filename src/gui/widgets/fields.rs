//! Everything that is chosen or typed.

use super::super::icons;
use super::super::theme::{self, palette, space};
use super::buttons::focus_ring;
use super::marks::{self, paint_line};
use eframe::egui::{
    self, Align2, CornerRadius, CursorIcon, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, TextEdit, Ui,
    WidgetInfo, vec2,
};

/// A text field with its label before it; answers the new text if it was changed, and the field's response.
pub fn text_field(ui: &mut Ui, label: &str, value: &str, width: f32) -> (Option<String>, Response) {
    let caption = ui.label(marks::muted(ui, label));
    let mut text = value.to_owned();
    let field = TextEdit::singleline(&mut text)
        .desired_width(width)
        .margin(egui::Margin::symmetric(10, 9))
        .font(theme::mono(theme::MONO));
    let response = ui.add(field).labelled_by(caption.id);
    let changed = response.changed().then_some(text);
    (changed, response)
}

/// A box to tick; answers the new state if it was pressed.
pub fn check(ui: &mut Ui, label: &str, on: bool) -> Option<bool> {
    let p = palette(ui);
    let galley = ui.painter().layout_no_wrap(label.to_owned(), theme::regular(theme::BODY), p.text);
    let width = (galley.size().x + 28.0).min(ui.available_width());
    let (rect, response) = ui.allocate_exact_size(vec2(width, theme::TARGET), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, label));
    let square = Rect::from_center_size(Pos2::new(rect.left() + 10.0, rect.center().y), vec2(18.0, 18.0));
    let fill = if on { p.accent_fill } else { p.sunken };
    let stroke = Stroke::new(1.5, if on { p.accent_fill } else { p.border_strong });
    ui.painter().rect(square, CornerRadius::same(4), fill, stroke, StrokeKind::Inside);
    if on {
        ui.painter().text(square.center(), Align2::CENTER_CENTER, icons::CHECK, theme::icon(13.0), p.on_accent);
    }
    focus_ring(ui, &response, square);
    let at = Pos2::new(rect.left() + 28.0, rect.center().y);
    paint_line(ui, at, label, theme::regular(theme::BODY), p.text, rect.right() - at.x + 1.0);
    response.on_hover_cursor(CursorIcon::PointingHand).clicked().then_some(!on)
}

/// A few choices side by side, of which one holds; answers the one that was pressed. Arrow keys move between them.
pub fn choice<T: Copy + PartialEq>(ui: &mut Ui, name: &str, options: &[(T, String)], current: T) -> Option<T> {
    let mut picked = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        for (value, label) in options {
            if segment(ui, name, label, *value == current) {
                picked = Some(*value);
            }
        }
    });
    picked.filter(|picked| *picked != current)
}

fn segment(ui: &mut Ui, group: &str, label: &str, on: bool) -> bool {
    let p = palette(ui);
    let font = if on { theme::semibold(theme::BODY) } else { theme::regular(theme::BODY) };
    let galley = ui.painter().layout_no_wrap(label.to_owned(), font, p.text);
    let (rect, response) =
        ui.allocate_exact_size(vec2(galley.size().x + 2.0 * space::M, theme::TARGET), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, on, format!("{group}: {label}")));
    let (fill, stroke) = match (on, response.hovered()) {
        (true, _) => (p.accent_soft, p.accent),
        (false, true) => (p.border, p.border_strong),
        (false, false) => (p.raised, p.border_strong),
    };
    let radius = CornerRadius::same(theme::RADIUS_CONTROL);
    ui.painter().rect(rect, radius, fill, Stroke::new(if on { 1.5 } else { 1.0 }, stroke), StrokeKind::Inside);
    focus_ring(ui, &response, rect);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, p.text);
    response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}

/// A list that drops down, of which one holds; answers the place of the one that was picked.
pub fn select(ui: &mut Ui, id: &str, label: &str, options: &[String], current: usize) -> Option<usize> {
    let mut picked = None;
    let shown = options.get(current).cloned().unwrap_or_default();
    let inner = egui::ComboBox::from_id_salt(id).selected_text(&shown).truncate().show_ui(ui, |ui| {
        for (at, option) in options.iter().enumerate() {
            if ui.selectable_label(at == current, option).clicked() {
                picked = Some(at);
            }
        }
    });
    inner.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("{label}: {shown}")));
    focus_ring(ui, &inner.response, inner.response.rect);
    picked.filter(|picked| *picked != current)
}
