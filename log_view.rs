//! The log of a run: millions of lines with an integer first line, of which only the visible ones are read.
//!
//! Holds nothing: which part is looked at is in `Model::log`, the lines are where `Model::lines` has them. egui's memory
//! keeps the fraction of a row that a wheel has turned, and whether the search was open in the last frame.

mod keys;
mod rows;

use super::icons;
use super::theme::{self, palette, space};
use super::widgets::{self, Button, ButtonKind};
use crate::app::{Action, LogAction, Model};
use crate::text::Text;
use eframe::egui::{self, Align, Layout, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2};

/// Below this the buttons of the head are left with their icons.
const NARROW: f32 = 640.0;

/// Draws head, search and lines in the height given.
pub fn show(ui: &mut Ui, model: &Model, text: &Text, height: f32) -> Option<Action> {
    let top = ui.cursor().top();
    let mut action = head(ui, model, text);
    if let Some(word) = &model.log.search {
        action = action.or(search(ui, model, text, word));
    } else {
        remember_open(ui, false);
    }
    let left = height - (ui.cursor().top() - top);
    // Three lines at least: a log of one line is none.
    action.or(rows::show(ui, model, text, left.max(3.0 * rows::ROW)))
}

/// How many lines there are, and what is done with all of them.
fn head(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let narrow = ui.available_width() < NARROW;
    let count = text.whole(model.lines.count());
    let mut action = None;
    let words = |ui: &mut Ui| {
        ui.label(widgets::strong(text.get("run-log"), theme::BODY));
        let said = text.with("run-log-count", &[("count", count.as_str().into())]);
        ui.add(egui::Label::new(widgets::muted(ui, said)).truncate());
    };
    let mut buttons = |ui: &mut Ui| action = head_buttons(ui, model, text, narrow);
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = theme::TARGET;
        // Right to left draws the last button first; a frame of known width keeps the order of Tab.
        let room = ui.available_width();
        let width = buttons_width(ui, model, text, narrow).min(room);
        let left = vec2((room - width - space::S).max(0.0), theme::TARGET);
        ui.allocate_ui_with_layout(left, Layout::left_to_right(Align::Center), |ui| {
            ui.set_width(left.x);
            words(ui);
        });
        buttons(ui);
    });
    action
}

/// The buttons of the head as data: icon, words, name, what it does.
fn offers(model: &Model, text: &Text) -> Vec<(&'static str, String, Action)> {
    let mut offers = Vec::new();
    if let Some(line) = model.log.marked {
        let number = text.whole(line + 1);
        let words = text.with("run-log-copy-line", &[("line", number.into())]);
        let said = model.lines.read(line..line + 1).concat();
        offers.push((icons::COPY, words, Action::Copy(said)));
    }
    let log = |action: LogAction| Action::Log(action);
    offers.push((icons::SEARCH, text.get("run-log-find"), log(LogAction::Search(model.log.search.is_none()))));
    offers.push((icons::TRIANGLE_ALERT, text.get("run-log-next-problem"), log(LogAction::NextProblem)));
    offers.push((icons::COPY, text.get("button-copy-all"), Action::CopyLog));
    if let Some(run) = &model.run {
        offers.push((
            icons::FOLDER_OPEN,
            text.get("button-open-folder"),
            Action::OpenPath(run.plan.places.run.clone()),
        ));
    }
    offers
}

fn as_button<'a>((icon, words, action): &'a (&'static str, String, Action), narrow: bool) -> Button<'a> {
    // Search and "next problem" have keys, and are told by their icons where they stand.
    let is_small = matches!(action, Action::Log(_));
    Button { kind: ButtonKind::Quiet, icon, text: words, name: "", enabled: true, only_icon: narrow || is_small }
}

fn buttons_width(ui: &Ui, model: &Model, text: &Text, narrow: bool) -> f32 {
    let offers = offers(model, text);
    let widths: f32 = offers.iter().map(|offer| as_button(offer, narrow).width(ui) + space::XS).sum();
    widths + 1.0
}

fn head_buttons(ui: &mut Ui, model: &Model, text: &Text, narrow: bool) -> Option<Action> {
    let mut action = None;
    ui.spacing_mut().item_spacing.x = space::XS;
    for offer in offers(model, text) {
        if as_button(&offer, narrow).show(ui).clicked() {
            action = Some(offer.2);
        }
    }
    action
}

/// Whether the search is shown, for the next frame; answers what it was in the last one.
fn remember_open(ui: &Ui, is_open: bool) -> bool {
    let id = egui::Id::unique("log-search-open");
    ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or_default::<bool>(id), is_open))
}

fn search(ui: &mut Ui, model: &Model, text: &Text, word: &str) -> Option<Action> {
    let mut action = None;
    let was_open = remember_open(ui, true);
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = theme::TARGET;
        let width = (ui.available_width() - 240.0).clamp(96.0, 320.0);
        let (typed, field) = widgets::text_field(ui, &text.get("run-log-search"), word, width);
        action = typed.map(|word| Action::Log(LogAction::Word(word)));
        if !was_open {
            field.request_focus();
        }
        if field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
            action = Some(Action::Log(LogAction::FindNext));
            field.request_focus();
        }
        let only_icon = |icon: &'static str, words: &str, ui: &mut Ui| {
            let kind = ButtonKind::Quiet;
            Button { kind, icon, text: words, name: "", enabled: true, only_icon: true }.show(ui).clicked()
        };
        if only_icon(icons::CHEVRON_DOWN, &text.get("run-log-find-next"), ui) {
            action = Some(Action::Log(LogAction::FindNext));
        }
        if only_icon(icons::X, &text.get("run-log-find-close"), ui) {
            action = Some(Action::Log(LogAction::Search(false)));
        }
        if model.log.missed {
            missed(ui, text);
        }
    });
    action
}

/// The search came round without a hit.
fn missed(ui: &mut Ui, text: &Text) {
    let color = palette(ui).warn;
    let words = text.get("run-log-missed");
    let said = ui
        .add(egui::Label::new(egui::RichText::new(&words).font(theme::regular(theme::SMALL)).color(color)).truncate());
    said.widget_info(|| WidgetInfo::labeled(Role::Status, true, &words));
    ui.ctx().accesskit_node_builder(said.id, |node| node.set_live(egui::accesskit::Live::Polite));
}

/// The way back to the end, above the last line.
fn new_lines(ui: &mut Ui, text: &Text, area: Rect, count: usize) -> Option<Action> {
    if count == 0 {
        return None;
    }
    let key = if count == 1 { "run-log-new-one" } else { "run-log-new-many" };
    let words = text.with(key, &[("count", text.whole(count).into())]);
    let kind = ButtonKind::Secondary;
    let button = Button { kind, icon: icons::CHEVRON_DOWN, text: &words, name: "", enabled: true, only_icon: false };
    let size = vec2(button.width(ui).min(area.width()), theme::TARGET);
    let at = egui::pos2(area.center().x, area.bottom() - space::S - size.y / 2.0);
    let rect = Rect::from_center_size(at, size);
    let mut child = ui.new_child(UiBuilder::new().id_salt("new-lines").max_rect(rect));
    button.show(&mut child).clicked().then_some(Action::Log(LogAction::Follow))
}

/// A part of the view that takes the pointer but not the focus.
fn grip(ui: &Ui, rect: Rect, name: &str) -> egui::Response {
    ui.interact(rect, ui.scope_id().with(name), Sense::CLICK | Sense::DRAG)
}
