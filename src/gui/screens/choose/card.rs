//! A card of the radio group: one node that says everything, and below it what is shown when it is chosen.

use crate::gui::theme::{self, palette, space};
use crate::gui::widgets::{self, PILL, Tone};
use eframe::egui::{
    self, CornerRadius, CursorIcon, Frame, Galley, Id, Margin, Pos2, Rect, Response, Role, Sense, Shape, Stroke,
    StrokeKind, Ui, WidgetInfo, vec2,
};
use std::sync::Arc;

/// What a card says.
#[derive(Clone, Debug)]
pub struct Radio<'a> {
    /// Its place in the keyboard's world, the same in every frame.
    pub id: Id,
    /// What a screen reader says.
    pub name: &'a str,
    /// The route.
    pub title: &'a str,
    /// The verdict.
    pub pill: (Tone, &'a str),
    /// One sentence.
    pub sentence: &'a str,
    /// Download, disk, time, risk.
    pub cost: &'a str,
    /// It is the chosen one.
    pub on: bool,
    /// Tab stops here: at one card of the group.
    pub has_tab: bool,
}

const LEFT: f32 = 56.0;
const AIR: f32 = 14.0;
const GAP: f32 = 10.0;

/// The head of a card, set and measured before it is drawn.
struct Set {
    title: Arc<Galley>,
    sentence: Arc<Galley>,
    cost: Arc<Galley>,
    is_pill_beside: bool,
}

impl Set {
    fn new(ui: &Ui, radio: &Radio<'_>, room: f32) -> Self {
        let p = palette(ui);
        let set = |text: &str, font, color| ui.painter().layout(text.to_owned(), font, color, room);
        let title = set(radio.title, theme::semibold(theme::NAME), p.text);
        let sentence = set(radio.sentence, theme::regular(theme::SMALL), p.muted);
        let cost = set(radio.cost, theme::regular(theme::SMALL), p.muted);
        let pill = widgets::pill_width(ui, radio.pill.1);
        let with_pill = title.size().x + GAP + pill;
        Self { title, sentence, cost, is_pill_beside: with_pill <= room }
    }

    fn first(&self) -> f32 {
        self.title.size().y.max(PILL)
    }

    fn height(&self) -> f32 {
        let pill = if self.is_pill_beside { 0.0 } else { PILL + space::XS };
        (2.0 * AIR + self.first() + pill + row(&self.sentence) + row(&self.cost)).max(theme::TARGET)
    }

    fn paint(self, ui: &Ui, rect: Rect, pill: (Tone, &str)) {
        let color = palette(ui).text;
        let first = self.first();
        let left = rect.left() + LEFT;
        let mut y = rect.top() + AIR;
        let middle = y + first / 2.0;
        let (title_width, title_height) = (self.title.size().x, self.title.size().y);
        ui.painter().galley(Pos2::new(left, middle - title_height / 2.0), self.title, color);
        y += first + space::XS;
        if self.is_pill_beside {
            widgets::paint_pill(ui, Pos2::new(left + title_width + GAP, middle), pill.0, pill.1);
        } else {
            widgets::paint_pill(ui, Pos2::new(left, y + PILL / 2.0), pill.0, pill.1);
            y += PILL + space::XS;
        }
        let below = y + row(&self.sentence);
        ui.painter().galley(Pos2::new(left, y), self.sentence, color);
        ui.painter().galley(Pos2::new(left, below), self.cost, color);
    }
}

/// What a row below the title takes.
fn row(words: &Galley) -> f32 {
    if words.text().is_empty() { 0.0 } else { words.size().y + space::XS }
}

/// Draws a card with what stands in it; answers the response of its head and what was done below it.
pub fn show<R>(ui: &mut Ui, radio: &Radio<'_>, below: Option<impl FnOnce(&mut Ui) -> R>) -> (Response, Option<R>) {
    let p = palette(ui);
    let width = ui.available_width();
    // The fill is known only when everything in it has been measured.
    let behind = ui.painter().add(Shape::Noop);
    let set = Set::new(ui, radio, width - LEFT - space::L);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let (_, head) = ui.allocate_space(vec2(width, set.height()));
        let sense = if radio.has_tab { Sense::click() } else { Sense::CLICK };
        let response = ui.interact(head, radio.id, sense);
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, radio.on, radio.name));
        let mark = Pos2::new(head.left() + 30.0, head.top() + AIR + set.first() / 2.0);
        set.paint(ui, head, radio.pill);
        let done = below.map(|below| {
            ui.spacing_mut().item_spacing.y = space::S;
            let margin = Margin { left: 56, right: 16, top: 0, bottom: 14 };
            Frame::new().inner_margin(margin).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().interact_size.y = 20.0;
                ui.spacing_mut().item_spacing.y = space::XS;
                below(ui)
            })
        });
        let full = done.as_ref().map_or(head, |done| head.union(done.response.rect));
        let stroke = match (radio.on, response.hovered()) {
            (true, _) => Stroke::new(1.5, p.accent),
            (false, true) => Stroke::new(1.0, p.border_strong),
            (false, false) => Stroke::new(1.0, p.border),
        };
        let fill = if radio.on { p.accent_soft } else { p.surface };
        let radius = CornerRadius::same(theme::RADIUS_CARD);
        ui.painter().set(behind, egui::epaint::RectShape::new(full, radius, fill, stroke, StrokeKind::Inside));
        circle(ui, mark, radio);
        widgets::focus_ring(ui, &response, full.shrink(1.0));
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        (response, done.map(|done| done.inner))
    })
    .inner
}

fn circle(ui: &Ui, center: Pos2, radio: &Radio<'_>) {
    let p = palette(ui);
    let ring = if radio.on { p.accent } else { p.border_strong };
    ui.painter().circle_stroke(center, 9.0, Stroke::new(1.8, ring));
    if radio.on {
        ui.painter().circle_filled(center, 5.0, p.accent);
    }
}
