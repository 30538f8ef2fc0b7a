//! Cards and what stands in them.

use super::super::icons;
use super::super::theme::{self, palette, space};
use super::buttons::{ButtonKind, button, focus_ring};
use super::marks::{self, Tone};
use crate::app::Action;
use crate::app::remedy::{Offer, offer};
use crate::problem::Problem;
use crate::text::Text;
use eframe::egui::{
    self, Align2, CornerRadius, CursorIcon, Frame, Galley, Label, Margin, Pos2, Response, RichText, Role, Sense,
    Stroke, Ui, WidgetInfo, vec2,
};
use std::sync::Arc;

/// A card of full width.
pub fn card<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let p = palette(ui);
    framed(ui, p.surface, p.border, add)
}

/// A card in a tone: something to be told at once.
pub fn card_in<R>(ui: &mut Ui, tone: Tone, add: impl FnOnce(&mut Ui) -> R) -> R {
    let (fg, bg) = tone.colors(&palette(ui));
    framed(ui, bg, fg, add)
}

/// A card of rows that bring their own air above and below.
pub fn card_of_rows<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let p = palette(ui);
    framed_by(ui, Margin::symmetric(16, 8), p.surface, p.border, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        add(ui)
    })
}

fn framed<R>(ui: &mut Ui, fill: egui::Color32, stroke: egui::Color32, add: impl FnOnce(&mut Ui) -> R) -> R {
    framed_by(ui, Margin::same(16), fill, stroke, add)
}

fn framed_by<R>(
    ui: &mut Ui,
    margin: Margin,
    fill: egui::Color32,
    stroke: egui::Color32,
    add: impl FnOnce(&mut Ui) -> R,
) -> R {
    Frame::new()
        .fill(fill)
        .stroke(Stroke::new(1.0, stroke))
        .corner_radius(CornerRadius::same(theme::RADIUS_CARD))
        .inner_margin(margin)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            // A row of text in a card is no control: it need not be as high as one.
            ui.spacing_mut().interact_size.y = 20.0;
            add(ui)
        })
        .inner
}

/// The gap between two blocks of a page.
pub fn page_gap(ui: &mut Ui) {
    ui.add_space(space::S);
}

/// A line between rows of a card.
pub fn hairline(ui: &mut Ui) {
    let p = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, p.border));
}

/// A command or a path in a box: wraps, can be selected.
pub fn command_box(ui: &mut Ui, text: &str) -> Response {
    let p = palette(ui);
    Frame::new()
        .fill(p.sunken)
        .corner_radius(CornerRadius::same(theme::RADIUS_CONTROL))
        .inner_margin(Margin::symmetric(12, 8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            marks::mono_label(ui, text)
        })
        .inner
}

/// Label and value in two columns; the value wraps and can be selected.
pub fn key_value(ui: &mut Ui, key: &str, value: &str) {
    let width = (ui.available_width() * 0.32).clamp(88.0, 168.0);
    ui.horizontal_top(|ui| {
        ui.allocate_ui_with_layout(vec2(width, 18.0), egui::Layout::left_to_right(egui::Align::Min), |ui| {
            ui.set_width(width);
            ui.add(Label::new(marks::muted(ui, key)).wrap());
        });
        ui.add(Label::new(RichText::new(value).font(theme::regular(theme::SMALL))).wrap().selectable(true));
    });
}

/// A row of facts: icon, label, value, where it came from, tone; pressed, it opens.
#[derive(Clone, Debug)]
pub struct Fact<'a> {
    /// What it is about.
    pub icon: &'a str,
    /// In words.
    pub label: &'a str,
    /// What was found.
    pub value: &'a str,
    /// Where, and what it means.
    pub source: &'a str,
    /// How good that is; `None` while it is being asked.
    pub tone: Option<Tone>,
    /// Its details are shown below.
    pub is_open: bool,
}

/// Where the words of a row of facts stand.
struct FactWords {
    label: Arc<Galley>,
    value: Arc<Galley>,
    source: Arc<Galley>,
    /// The label stands above the value, not before it.
    is_narrow: bool,
    /// The source stands behind the value, not below it.
    is_beside: bool,
    /// Between value and source.
    gap: f32,
}

/// Room for the icon before the words, and for tone and chevron behind them.
const FACT_LEFT: f32 = 32.0;
const FACT_RIGHT: f32 = 48.0;
const FACT_LABEL: f32 = 136.0;

impl FactWords {
    fn new(ui: &Ui, fact: &Fact<'_>, width: f32) -> Self {
        let p = palette(ui);
        let is_narrow = width < 520.0;
        let room = width - FACT_LEFT - FACT_RIGHT - if is_narrow { 0.0 } else { FACT_LABEL };
        let set = |text: &str, font, color, room| ui.painter().layout(text.to_owned(), font, color, room);
        let label_room = if is_narrow { room } else { FACT_LABEL - space::S };
        let label = set(fact.label, theme::regular(theme::BODY), p.muted, label_room);
        let value = set(fact.value, theme::semibold(theme::BODY), p.text, room);
        let source = set(fact.source, theme::regular(theme::SMALL), p.muted, room);
        let gap = if fact.value.is_empty() { 0.0 } else { space::M };
        let is_one = value.rows.len() <= 1 && source.rows.len() <= 1;
        let is_beside = is_one && value.size().x + gap + source.size().x <= room;
        Self { label, value, source, is_narrow, is_beside, gap }
    }

    fn height(&self) -> f32 {
        let above = if self.is_narrow { self.label.size().y + 2.0 } else { 0.0 };
        let below = if self.is_beside { 0.0 } else { self.source.size().y + 2.0 };
        let words = (above + self.value.size().y + below).max(self.label.size().y);
        (words + 20.0).max(44.0)
    }

    fn paint(self, ui: &Ui, rect: egui::Rect) {
        let below = if self.is_beside { 0.0 } else { self.source.size().y + 2.0 };
        let above = if self.is_narrow { self.label.size().y + 2.0 } else { 0.0 };
        let left = rect.left() + FACT_LEFT;
        let mut at = Pos2::new(left, rect.center().y - (above + self.value.size().y + below) / 2.0);
        let color = palette(ui).text;
        ui.painter().galley(at, self.label, color);
        at.y += above;
        at.x += if self.is_narrow { 0.0 } else { FACT_LABEL };
        let (value, source) = (self.value.size(), self.source.size());
        let then = if self.is_beside {
            Pos2::new(at.x + value.x + self.gap, at.y + (value.y - source.y) / 2.0)
        } else {
            Pos2::new(at.x, at.y + value.y + 2.0)
        };
        ui.painter().galley(at, self.value, color);
        ui.painter().galley(then, self.source, color);
    }
}

/// Draws a row of facts, as high as its words need; answers whether it was pressed.
pub fn fact_row(ui: &mut Ui, fact: &Fact<'_>, now: std::time::Duration) -> Response {
    let p = palette(ui);
    let set = FactWords::new(ui, fact, ui.available_width());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), set.height()), Sense::click());
    let words: [&str; 2] = [fact.value, fact.source];
    let words: Vec<&str> = words.into_iter().filter(|words| !words.is_empty()).collect();
    let said = format!("{}: {}", fact.label, words.join(". "));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_expanded(fact.is_open));
    let row = rect.expand2(vec2(8.0, 0.0));
    if response.hovered() {
        ui.painter().rect_filled(row, CornerRadius::same(theme::RADIUS_ROW), p.raised);
    }
    focus_ring(ui, &response, row.shrink(3.0));
    let y = rect.center().y;
    let painter = ui.painter();
    painter.text(Pos2::new(rect.left() + 10.0, y), Align2::CENTER_CENTER, fact.icon, theme::icon(17.0), p.muted);
    match fact.tone {
        Some(tone) => {
            let (fg, _) = tone.colors(&p);
            let at = Pos2::new(rect.right() - 10.0, y);
            painter.text(at, Align2::CENTER_CENTER, tone.icon(), theme::icon(17.0), fg);
        }
        None => marks::paint_ring(ui, Pos2::new(rect.right() - 10.0, y), now, 17.0),
    }
    let chevron = if fact.is_open { icons::CHEVRON_DOWN } else { icons::CHEVRON_RIGHT };
    let at = Pos2::new(rect.right() - 34.0, y);
    ui.painter().text(at, Align2::CENTER_CENTER, chevron, theme::icon(14.0), p.muted);
    set.paint(ui, rect);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// A message across the page.
#[derive(Clone, Debug)]
pub struct Banner<'a> {
    /// How it is meant.
    pub tone: Tone,
    /// In strong words.
    pub title: &'a str,
    /// In a sentence; may be empty.
    pub text: &'a str,
}

/// Draws a message with what is offered below it.
pub fn banner<R>(ui: &mut Ui, banner: &Banner<'_>, add: impl FnOnce(&mut Ui) -> R) -> R {
    let (fg, _) = banner.tone.colors(&palette(ui));
    card_in(ui, banner.tone, |ui| {
        ui.horizontal_top(|ui| {
            marks::icon(ui, banner.tone.icon(), 18.0, fg);
            ui.vertical(|ui| {
                ui.add(Label::new(marks::strong(banner.title, theme::NAME)).wrap());
                if !banner.text.is_empty() {
                    marks::label(ui, banner.text);
                }
                add(ui)
            })
            .inner
        })
        .inner
    })
}

/// A failure: cause, evidence, what changed, what helps. The first button is the primary one.
pub fn problem_card(ui: &mut Ui, problem: &Problem, evidence: Option<&(usize, String)>, text: &Text) -> Option<Action> {
    card_of(ui, Tone::Danger, problem, evidence, text)
}

/// What the user has to do before it goes on, in the same form: nothing failed.
pub fn waiting_card(ui: &mut Ui, problem: &Problem, text: &Text) -> Option<Action> {
    card_of(ui, Tone::Warn, problem, None, text)
}

fn card_of(
    ui: &mut Ui,
    tone: Tone,
    problem: &Problem,
    evidence: Option<&(usize, String)>,
    text: &Text,
) -> Option<Action> {
    let mut action = None;
    banner(ui, &Banner { tone, title: &problem.cause, text: "" }, |ui| {
        if let Some((line, said)) = evidence {
            let shown = text.with("problem-evidence", &[("line", (line + 1).into())]);
            if super::quiet(ui, icons::SEARCH, &shown) {
                action = Some(Action::Log(crate::app::LogAction::Mark(*line)));
            }
            command_box(ui, said);
        }
        marks::label(ui, &problem.changed);
        let offers: Vec<Offer> = problem.next.iter().map(offer).collect();
        for words in offers.iter().filter_map(|offer| match offer {
            Offer::Advice(words) => Some(words),
            Offer::Button { .. } => None,
        }) {
            ui.horizontal_top(|ui| {
                let muted = palette(ui).muted;
                marks::icon(ui, icons::ARROW_RIGHT, 14.0, muted);
                marks::label(ui, words);
            });
        }
        let is_bare = problem.details.is_empty() && offers.iter().all(|offer| matches!(offer, Offer::Advice(_)));
        if is_bare {
            return;
        }
        ui.add_space(space::XS);
        ui.horizontal_wrapped(|ui| {
            let mut kind = ButtonKind::Primary;
            for offer in &offers {
                let Offer::Button { text: words, action: does } = offer else { continue };
                let glyph = if matches!(does, Action::Copy(_)) { icons::COPY } else { "" };
                if button(ui, kind, glyph, words) {
                    action = Some(does.clone());
                }
                kind = ButtonKind::Secondary;
            }
            if !problem.details.is_empty() && super::quiet(ui, icons::COPY, &text.get("problem-copy-details")) {
                action = Some(Action::Copy(format!("{problem}\n\n{}", problem.details)));
            }
        });
    });
    action
}
