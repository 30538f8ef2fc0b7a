//! Rows with something to copy or to open: a command with its copy button, a path with its open button.

use super::super::icons;
use super::super::theme::{self, palette, space};
use super::buttons::{Button, ButtonKind};
use super::{cards, marks};
use eframe::egui::{Align, Label, Layout, Response, RichText, Role, Ui, WidgetInfo, vec2};

/// Below this label and value stand one above the other.
const NARROW: f32 = 640.0;
/// Room of a button that is an icon alone.
const ICON_BUTTON: f32 = theme::TARGET + space::S;

/// A path in one row; what does not fit is in the hover and in the name.
pub fn path_line(ui: &mut Ui, path: &str, said: &str) -> Response {
    let color = palette(ui).muted;
    let words = RichText::new(path).font(theme::mono(theme::LOG)).color(color);
    let response = ui.add(Label::new(words).truncate().selectable(true));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, said));
    response
}

/// A command under its caption, or beside it where there is room; answers whether it is to be copied.
pub fn copy_row(ui: &mut Ui, caption: &str, command: &str, copy: &str) -> bool {
    row(ui, caption, (icons::COPY, copy), |ui| {
        cards::command_box(ui, command);
    })
}

/// A command alone with its copy button behind it; answers whether it is to be copied.
pub fn command_row(ui: &mut Ui, command: &str, copy: &str) -> bool {
    let kind = ButtonKind::Quiet;
    let button = Button { kind, icon: icons::COPY, text: copy, name: "", enabled: true, only_icon: true };
    let width = ui.available_width() - ICON_BUTTON;
    ui.horizontal_top(|ui| {
        ui.allocate_ui_with_layout(vec2(width, theme::TARGET), Layout::top_down(Align::Min), |ui| {
            ui.set_width(width);
            cards::command_box(ui, command);
        });
        button.show(ui).clicked()
    })
    .inner
}

/// A path under its caption, or beside it where there is room; answers whether it is to be opened.
pub fn place_row(ui: &mut Ui, caption: &str, path: &str, open: &str) -> bool {
    row(ui, caption, (icons::FOLDER_OPEN, open), |ui| {
        let color = palette(ui).muted;
        let words = RichText::new(path).font(theme::mono(theme::LOG)).color(color);
        // The end of a path is what tells one from another: it wraps and is not cut.
        ui.add(Label::new(words).wrap().selectable(true));
    })
}

/// Caption, value, and a button that is an icon alone.
fn row(ui: &mut Ui, caption: &str, (icon, name): (&str, &str), value: impl FnOnce(&mut Ui)) -> bool {
    let button = Button { kind: ButtonKind::Quiet, icon, text: name, name: "", enabled: true, only_icon: true };
    let width = ui.available_width();
    let is_narrow = width < NARROW;
    let left = if is_narrow { width - ICON_BUTTON } else { (width * 0.24).min(176.0) };
    let mut value = Some(value);
    let pressed = ui
        .horizontal_top(|ui| {
            cell(ui, left, |ui| {
                ui.add(Label::new(marks::muted(ui, caption)).wrap());
            });
            if let Some(value) = value.take_if(|_| !is_narrow) {
                let room = width - left - ICON_BUTTON - ui.spacing().item_spacing.x;
                cell(ui, room, value);
            }
            button.show(ui).clicked()
        })
        .inner;
    if let Some(value) = value {
        value(ui);
    }
    pressed
}

/// A part of a row, as high as a control at least, its content in the middle.
fn cell(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(width, theme::TARGET), layout, |ui| {
        ui.set_min_size(vec2(width, theme::TARGET));
        ui.set_max_width(width);
        add(ui);
    });
}
