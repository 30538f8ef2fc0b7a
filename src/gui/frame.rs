//! The window's three regions, the announcements, and the order of Tab: content, footer, rail.

use super::theme::{self, palette, space};
use super::widgets::{self, FooterButton, Tone, footer_buttons};
use super::{dialogs, keys, rail, screens};
use crate::app::{Action, Model};
use crate::text::Text;
use eframe::egui::{
    self, Align, CornerRadius, Label, Layout, Margin, Rect, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, WidgetInfo, vec2,
};

/// What stands above the content of a page.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// A mark before the title.
    pub mark: Option<(&'static str, Tone)>,
    /// The result, not the topic.
    pub title: String,
    /// One or two sentences.
    pub lead: String,
    /// A ring before the title.
    pub is_busy: bool,
}

/// What stands below the content of a page.
#[derive(Clone, Debug, Default)]
pub struct Footer {
    /// One sentence on the state of this PC.
    pub sentence: String,
    /// The primary button last.
    pub buttons: Vec<FooterButton>,
}

/// Below this the whole page scrolls, its title too.
const LOW: f32 = 300.0;
/// The same for a page that fills the height with something that scrolls by itself.
const LOW_TO_FILL: f32 = 400.0;
/// Below this the margins of the page are small.
const NARROW: f32 = 620.0;

/// Draws the window.
pub fn show(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let mut action = keys::pressed(ui, model);
    let full = ui.max_rect();
    let (rail_rect, page) = full.split_left_right_at_x(full.left() + rail::width(full.width()));
    let (content_rect, footer_rect) = page.split_top_bottom_at_y(page.bottom() - theme::FOOTER_HEIGHT);
    let p = palette(ui);
    let side = if page.width() < NARROW { 16 } else { 32 };
    let dialog = model.dialog.is_some();

    let margin = Margin { left: side, right: side, top: 26, bottom: 0 };
    region(ui, "content", content_rect, p.bg, margin, dialog, |ui| {
        action = action.take().or(content(ui, model, text));
    });
    // What was typed is settled before anything that is done: the press that leaves a field is not lost.
    let settle = action.take_if(|action| *action == Action::Settle);
    region(ui, "footer", footer_rect, p.bg, Margin::symmetric(side, 16), dialog, |ui| {
        action = action.take().or(footer(ui, model, text));
    });
    let margin = Margin { left: 12, right: 12, top: 20, bottom: 16 };
    region(ui, "rail", rail_rect, p.rail, margin, dialog, |ui| {
        action = action.take().or(rail::show(ui, model, text));
    });
    action = action.or(dialogs::show(ui, model, text)).or(settle);
    notice(ui, model, text, page);
    action
}

/// A fixed part of the window, drawn in the order it is called.
fn region(
    ui: &mut Ui,
    id: &str,
    rect: Rect,
    fill: egui::Color32,
    margin: Margin,
    off: bool,
    add: impl FnOnce(&mut Ui),
) {
    ui.painter().rect_filled(rect, 0, fill);
    let layout = Layout::top_down(Align::Min);
    let mut child = ui.new_child(UiBuilder::new().id_salt(id).max_rect(rect - margin).layout(layout));
    child.set_clip_rect(rect.intersect(ui.clip_rect()));
    if off {
        // A question stands before the page: nothing behind it takes keys or clicks.
        child.disable();
        child.set_opacity(0.6);
    }
    add(&mut child);
}

/// The column of a page: at most 880 wide, in the middle beyond that.
fn column(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let room = ui.available_rect_before_wrap();
    let width = room.width().min(theme::COLUMN);
    let left = room.left() + ((room.width() - width) / 2.0).floor();
    let rect = Rect::from_min_size(egui::pos2(left, room.top()), vec2(width, room.height()));
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min)));
    add(&mut child);
    let used = child.min_rect();
    ui.allocate_rect(Rect::from_min_max(room.left_top(), egui::pos2(room.right(), used.bottom())), Sense::hover());
}

fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let mut action = None;
    let top = screens::head(model, text);
    let is_low = ui.available_height() < if screens::fills(model) { LOW_TO_FILL } else { LOW };
    let whole = |ui: &mut Ui, action: &mut Option<Action>| {
        column(ui, |ui| {
            head(ui, model, &top);
            *action = screens::content(ui, model, text);
            ui.add_space(space::M);
        });
    };
    if is_low {
        scroll(ui, model, |ui| whole(ui, &mut action));
        return action;
    }
    column(ui, |ui| head(ui, model, &top));
    scroll(ui, model, |ui| {
        column(ui, |ui| {
            action = screens::content(ui, model, text);
            ui.add_space(space::M);
        });
    });
    action
}

fn scroll(ui: &mut Ui, model: &Model, add: impl FnOnce(&mut Ui)) {
    // A focus ring is three points outside its control: without this gap the edge would cut it.
    ScrollArea::vertical().id_salt(model.screen.word()).auto_shrink(false).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        add(ui);
    });
}

fn head(ui: &mut Ui, model: &Model, head: &Head) {
    let p = palette(ui);
    let title = ui
        .horizontal_top(|ui| {
            ui.spacing_mut().interact_size.y = 24.0;
            if head.is_busy {
                widgets::ring(ui, model.now, 28.0);
            } else if let Some((glyph, tone)) = head.mark {
                widgets::icon(ui, glyph, 26.0, tone.colors(&p).0);
            }
            ui.add(Label::new(widgets::strong(&head.title, theme::TITLE)).wrap())
        })
        .inner;
    title.widget_info(|| WidgetInfo::labeled(Role::Heading, true, &head.title));
    // The end is told in the title: a screen reader says it without being asked.
    ui.ctx().accesskit_node_builder(title.id, |node| node.set_live(egui::accesskit::Live::Polite));
    if !head.lead.is_empty() {
        ui.add_space(-2.0);
        ui.add(Label::new(RichText::new(&head.lead).color(p.muted)).wrap());
    }
    ui.add_space(space::S);
    ui.add_space(space::XS);
}

fn footer(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let p = palette(ui);
    let footer = screens::footer(model, text);
    let rect = ui.max_rect();
    ui.painter().hline(rect.x_range(), rect.top() - 16.0, Stroke::new(1.0, p.border));
    let mut action = None;
    ui.horizontal_centered(|ui| {
        let full = ui.available_rect_before_wrap();
        let mut right = ui.new_child(UiBuilder::new().id_salt("buttons").max_rect(full));
        let (pressed, room) = footer_buttons(&mut right, &footer.buttons, sentence_width(ui, &footer.sentence));
        action = pressed;
        if room > 90.0 {
            let left = Rect::from_min_size(full.min, vec2(room - space::L, full.height()));
            let mut left = ui.new_child(
                UiBuilder::new().id_salt("sentence").max_rect(left).layout(Layout::left_to_right(Align::Center)),
            );
            // Two rows where it is narrow: what is safe to do is not to be cut.
            let color = p.muted;
            let mut job =
                egui::text::LayoutJob::simple(footer.sentence.clone(), theme::regular(theme::SMALL), color, 0.0);
            job.wrap.max_rows = 2;
            left.add(Label::new(job).wrap());
        }
    });
    action
}

/// The width that the sentence needs in two rows; half of it and a word more.
fn sentence_width(ui: &Ui, sentence: &str) -> f32 {
    let font = theme::regular(theme::SMALL);
    let row = ui.painter().layout_no_wrap(sentence.to_owned(), font, egui::Color32::PLACEHOLDER).size().x;
    if sentence.is_empty() { 0.0 } else { (row * 0.5 + 48.0).min(row) + space::L }
}

/// A word that goes by itself, above the footer.
fn notice(ui: &mut Ui, model: &Model, text: &Text, page: Rect) {
    let Some(notice) = &model.notice else { return };
    let p = palette(ui);
    let said = text.with(notice.key, &[("what", notice.what.as_str().into())]);
    let (fg, bg) = if notice.is_trouble { Tone::Danger } else { Tone::Success }.colors(&p);
    let galley = widgets::one_line(ui, &said, theme::regular(theme::BODY), p.text, page.width() - 96.0);
    let size = galley.size() + vec2(52.0, 20.0);
    let center = egui::pos2(page.center().x, page.bottom() - theme::FOOTER_HEIGHT - 12.0 - size.y / 2.0);
    let rect = Rect::from_center_size(center, size);
    let response = ui.interact(rect, ui.scope_id().with("notice"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &said));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_live(egui::accesskit::Live::Polite));
    let radius = CornerRadius::same(theme::RADIUS_ROW);
    ui.painter().rect(rect, radius, bg, Stroke::new(1.0, fg), StrokeKind::Inside);
    let tone = if notice.is_trouble { Tone::Danger } else { Tone::Success };
    let at = egui::pos2(rect.left() + 20.0, rect.center().y);
    ui.painter().text(at, egui::Align2::CENTER_CENTER, tone.icon(), theme::icon(theme::ICON), fg);
    ui.painter().galley(egui::pos2(rect.left() + 36.0, rect.center().y - galley.size().y / 2.0), galley, p.text);
}
