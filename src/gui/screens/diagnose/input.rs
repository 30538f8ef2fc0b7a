//! How a log gets in: by the clipboard, by the system's dialog, or dropped onto the window.

use super::super::super::icons;
use super::super::super::theme::{self, palette, space};
use super::super::super::widgets::{self, Button, ButtonKind};
use crate::app::diagnose::MOST;
use crate::app::{Action, Amount, DiagnoseAction, Load, Log, Model};
use crate::text::Text;
use eframe::egui::text_edit::TextEditState;
use eframe::egui::{
    self, CornerRadius, Event, Frame, Id, Margin, Role, ScrollArea, Sense, Stroke, StrokeKind, TextBuffer as _,
    TextEdit, Ui, WidgetInfo,
};
use std::path::PathBuf;

/// Lines of the field, and once there is an answer to be seen below it.
const ROWS: usize = 10;
const ROWS_ANSWERED: usize = 4;

fn field_id() -> Id {
    Id::unique("log-text")
}

/// Takes what is pasted or dropped, wherever on the page, and shows what there is to look at.
pub fn show(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let came = if ui.is_enabled() { dropped(ui).or_else(|| pasted(ui, model)) } else { None };
    let done = widgets::card(ui, |ui| {
        let done = match &model.diagnose.held {
            None => field(ui, model, text).map(Action::Diagnose),
            Some(Log::File(path)) => {
                let (caption, open) = (text.get("diagnose-file"), text.get("diagnose-file-open"));
                let pressed = widgets::place_row(ui, &caption, &path.display().to_string(), &open);
                pressed.then(|| Action::OpenPath(path.clone()))
            }
            Some(Log::Pasted(pasted)) => {
                let bytes = u64::try_from(pasted.text.len()).unwrap_or_default();
                let said = [("size", text.size(bytes).into()), ("lines", text.whole(pasted.lines).into())];
                widgets::label(ui, text.with("diagnose-pasted", &said));
                None
            }
        };
        ui.add_space(space::XS);
        let done = done.or(buttons(ui, model, text).map(Action::Diagnose));
        let is_here = widgets::check(ui, &text.get("diagnose-of-this-pc"), model.diagnose.of_this_pc);
        done.or(is_here.map(|is_here| Action::Diagnose(DiagnoseAction::OfThisPc(is_here))))
    });
    came.map(Action::Diagnose).or(done)
}

/// Files that were let go over the window.
fn dropped(ui: &Ui) -> Option<DiagnoseAction> {
    let paths: Vec<PathBuf> =
        ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
    (!paths.is_empty()).then_some(DiagnoseAction::Drop(paths))
}

/// What is pasted where no field takes it, and what is too long for the field.
fn pasted(ui: &Ui, model: &Model) -> Option<DiagnoseAction> {
    let view = &model.diagnose;
    let is_in_field = view.held.is_none() && ui.memory(|memory| memory.has_focus(field_id()));
    let is_ours = |event: &Event| {
        if let Event::Paste(text) = event {
            !is_in_field || view.text.len() + text.len() > MOST
        } else {
            matches!(event, Event::MiddleClickPaste { text, .. } if text.len() > MOST)
        }
    };
    let event = ui.input_mut(|input| {
        let at = input.events.iter().position(is_ours)?;
        Some(input.events.remove(at))
    })?;
    let (Event::Paste(text) | Event::MiddleClickPaste { text, .. }) = event else { return None };
    if !is_in_field {
        return Some(DiagnoseAction::Paste(text));
    }
    // As the field would have done it: in the place of what is selected.
    let mut whole = view.text.clone();
    let selected = TextEditState::load(ui.ctx(), field_id()).and_then(|state| state.cursor.char_range());
    let mut at = whole.delete_selected(&selected.unwrap_or_default());
    whole.insert_text_at(&mut at, &text, usize::MAX);
    Some(DiagnoseAction::Paste(whole))
}

/// The text, which scrolls by itself.
fn field(ui: &mut Ui, model: &Model, text: &Text) -> Option<DiagnoseAction> {
    let is_pasted = ui.input(|input| {
        let mut events = input.events.iter();
        events.any(|event| matches!(event, Event::Paste(_) | Event::MiddleClickPaste { .. }))
    });
    let mut typed = model.diagnose.text.clone();
    let caption = ui.label(widgets::muted(ui, text.get("diagnose-text")));
    let rows = if matches!(model.diagnose.answer, Load::Ready(_)) { ROWS_ANSWERED } else { ROWS };
    let height = ui.fonts_mut(|fonts| fonts.row_height(&theme::mono(theme::LOG))) * rows as f32;
    let response = framed(ui, |ui| {
        ScrollArea::vertical().id_salt("log").max_height(height).show(ui, |ui| {
            let field = TextEdit::multiline(&mut typed)
                .id(field_id())
                .desired_width(ui.available_width())
                .desired_rows(rows)
                .char_limit(MOST)
                .hint_text(text.get("diagnose-hint"))
                .frame(Frame::NONE)
                .font(theme::mono(theme::LOG));
            ui.add(field).labelled_by(caption.id)
        })
    });
    if !response.inner.changed() {
        return None;
    }
    // A pasted log is whole; one that is typed is not, until the person says so.
    Some(if is_pasted { DiagnoseAction::Paste(typed) } else { DiagnoseAction::Type(typed) })
}

/// The frame of the field, around what scrolls: its edges stay in sight.
fn framed<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let p = palette(ui);
    let has_focus = ui.memory(|memory| memory.has_focus(field_id()));
    let stroke = if has_focus { Stroke::new(2.0, p.accent) } else { Stroke::new(1.0, p.border_strong) };
    // A stroke takes room: without this the text would move when the field gets the focus.
    let margin = Margin::symmetric(10, 9) - Margin::from(stroke.width);
    let radius = CornerRadius::same(theme::RADIUS_CONTROL);
    Frame::new().fill(p.sunken).stroke(stroke).corner_radius(radius).inner_margin(margin).show(ui, add).inner
}

fn buttons(ui: &mut Ui, model: &Model, text: &Text) -> Option<DiagnoseAction> {
    let mut action = None;
    ui.horizontal_wrapped(|ui| {
        let browse = text.get(if model.diagnose.file().is_some() { "diagnose-other-file" } else { "diagnose-browse" });
        if widgets::button(ui, ButtonKind::Secondary, icons::FOLDER_OPEN, &browse) {
            action = Some(DiagnoseAction::Browse);
        }
        let can_clear = model.diagnose.held.is_some() || !model.diagnose.text.is_empty();
        let clear = text.get("diagnose-clear");
        let kind = ButtonKind::Quiet;
        let button = Button { kind, icon: icons::X, text: &clear, name: "", enabled: can_clear, only_icon: false };
        if button.show(ui).clicked() {
            action = Some(DiagnoseAction::Clear);
        }
    });
    action
}

/// How much of a long log was read.
pub fn amount(ui: &mut Ui, amount: Amount, text: &Text) {
    widgets::card(ui, |ui| {
        let Some(total) = amount.total else {
            widgets::label(ui, text.with("diagnose-read", &[("done", text.size(amount.done).into())]));
            return;
        };
        // A log that is still written to has more than it had.
        let total = total.max(amount.done);
        widgets::progress(ui, &text.get("diagnose-progress"), amount.done as f64 / total as f64, 8.0);
        let said = text.size_of(amount.done, total);
        ui.add(egui::Label::new(widgets::muted(ui, said).font(theme::mono(theme::LOG))));
    });
}

/// While a file is held over the window: where it goes.
pub fn hovered(ui: &mut Ui, text: &Text) {
    let is_over = ui.is_enabled() && ui.input(|input| !input.raw.hovered_files.is_empty());
    if !is_over {
        return;
    }
    let p = palette(ui);
    let rect = ui.clip_rect().shrink(space::S);
    let response = ui.interact(rect, ui.scope_id().with("drop"), Sense::hover());
    let said = text.get("diagnose-drop");
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &said));
    let radius = CornerRadius::same(theme::RADIUS_CARD);
    ui.painter().rect(rect, radius, p.accent_soft, Stroke::new(2.0, p.accent), StrokeKind::Inside);
    let galley = widgets::one_line(ui, &said, theme::semibold(theme::HEADING), p.text, rect.width() - 2.0 * space::L);
    let at = rect.center() - galley.size() / 2.0;
    ui.painter().galley(at, galley, p.text);
}
