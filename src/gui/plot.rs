//! A figure over time: its number, its line with the steps of the proof behind it, and the same in words.
//!
//! A plot tells a screen reader nothing, so the words stand in the head's node. Gaps in the readings are gaps in the
//! line. Nothing here reads a clock: x is seconds before the moment that the page shows.

mod cards;
mod figures;
mod lanes;

pub use cards::{
    Window, clocks, ecc, fan, link, memory, memory_controller, memory_temperature, numbers_of_log, power, state,
    temperature, traffic, utilisation,
};
pub use figures::Point;
pub use lanes::{Lane, Piece, lanes};

use super::theme::{self, palette};
use super::widgets;
use crate::app::MonitorAction;
use crate::text::Text;
use eframe::egui::{self, Align, CornerRadius, Frame, Label, Layout, Margin, RichText, Sense, Stroke, Ui, vec2};
use egui_plot::{
    AxisHints, FilledArea, GridMark, HLine, Line, LineStyle, Plot, PlotBounds, PlotPoint, PlotPoints, PlotResponse,
    PlotUi, Points, VLine,
};

/// A figure with everything that is shown and said of it.
#[derive(Clone, Debug, Default)]
pub struct Metric {
    /// Unique on the page.
    pub id: &'static str,
    /// What it is.
    pub title: String,
    /// The number; `None` where there is none.
    pub value: Option<String>,
    /// Its unit.
    pub unit: String,
    /// Its readings, a new line after each gap.
    pub lines: Vec<Vec<Point>>,
    /// Top of the scale; 0 where there is none.
    pub top: f64,
    /// A dashed line, and its words.
    pub limit: Option<(f64, String)>,
    /// What the number is a part of.
    pub whole: String,
    /// How it moved lately, or why there is no number.
    pub note: String,
    /// Digits behind the decimal mark.
    pub digits: usize,
}

impl Metric {
    /// All of it as one sentence.
    fn said(&self) -> String {
        let number = self.value.as_ref().map(|value| format!("{value} {}", self.unit)).unwrap_or_default();
        let parts = [number.trim(), self.whole.as_str(), self.note.as_str(), self.limit_words()];
        let said: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        format!("{}: {}", self.title, said.join(", "))
    }

    fn limit_words(&self) -> &str {
        self.limit.as_ref().map(|(_, words)| words.as_str()).unwrap_or_default()
    }
}

/// A step of the proof on the time axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Where it begins, in seconds before the page's moment.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Its name.
    pub name: String,
}

/// The time axis that the plots of a page share.
#[derive(Clone, Debug, Default)]
pub struct Axis {
    /// Seconds from the left to the right.
    pub seconds: f64,
    /// Height of a plot.
    pub height: f32,
    /// Steps of the proof.
    pub bands: Vec<Band>,
    /// Lines of the log: where, and what they say.
    pub marks: Vec<(f64, String)>,
    /// It can be dragged and zoomed.
    pub moves: bool,
}

impl Axis {
    /// The line of the log next to a moment, if one is near.
    fn mark_near(&self, at: f64) -> Option<&str> {
        let far = |mark: &&(f64, String)| (mark.0 - at).abs();
        let near = self.marks.iter().filter(|mark| far(mark) <= self.seconds / 80.0);
        near.min_by(|one, other| far(one).total_cmp(&far(other))).map(|(_, words)| words.as_str())
    }
}

/// The height of a plot by the height that is in sight.
pub fn height(ui: &Ui) -> f32 {
    let seen = ui.clip_rect().height();
    if seen < 480.0 {
        56.0
    } else if seen < 640.0 {
        72.0
    } else {
        96.0
    }
}

/// A card is at least so wide.
const LEAST_CARD: f32 = 132.0;
/// Below this a card's margin is small.
const SLIM: f32 = 160.0;
/// Two small lines.
const NOTES: f32 = 38.0;
/// Title and number.
const HEAD: f32 = 48.0;

/// How many cards of a row fit, of those that would be nice.
pub fn columns(width: f32, choices: &[usize]) -> usize {
    let fits = |count: &&usize| (width - theme::space::S * (**count - 1) as f32) / **count as f32 >= LEAST_CARD;
    choices.iter().find(fits).copied().unwrap_or(1)
}

/// Cards side by side, `columns` in a row, each as wide as the others.
pub fn grid<T>(ui: &mut Ui, columns: usize, items: &[T], mut add: impl FnMut(&mut Ui, &T)) {
    let gap = theme::space::S;
    let width = ((ui.available_width() - gap * (columns - 1) as f32) / columns as f32).floor();
    for row in items.chunks(columns) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for item in row {
                ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
                    ui.set_width(width);
                    add(ui, item);
                });
            }
        });
    }
}

/// A card with a figure; answers where the time axis is moved to.
pub fn metric(ui: &mut Ui, metric: &Metric, axis: &Axis, text: &Text) -> Option<MonitorAction> {
    let mut moved = None;
    card(ui, |ui| {
        widgets::metric_head(ui, &metric.title, metric.value.as_deref(), &metric.unit, &metric.said());
        moved = line(ui, metric, axis, text);
        ui.add_space(2.0);
        notes(ui, metric);
    });
    moved
}

/// A card of a grid.
pub fn card(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let p = palette(ui);
    let margin = if ui.available_width() < SLIM { 12 } else { 16 };
    Frame::new()
        .fill(p.surface)
        .stroke(Stroke::new(1.0, p.border))
        .corner_radius(CornerRadius::same(theme::RADIUS_CARD))
        .inner_margin(Margin { bottom: 12, ..Margin::same(margin) })
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = theme::space::XS;
            add(ui);
        });
}

/// A card with figures that have no line, as high as one with a plot.
pub fn numbers(ui: &mut Ui, metrics: &[Metric], axis: &Axis) {
    card(ui, |ui| {
        ui.set_min_height(axis.height + HEAD + NOTES + 14.0);
        for (at, metric) in metrics.iter().enumerate() {
            if at > 0 {
                widgets::hairline(ui);
            }
            widgets::metric_head(ui, &metric.title, metric.value.as_deref(), &metric.unit, &metric.said());
            if !metric.note.is_empty() {
                caption(ui, &metric.note);
            }
        }
    });
}

/// The words below a figure: two lines, also where there is less to say, so that cards side by side are of one height.
fn notes(ui: &mut Ui, metric: &Metric) {
    let p = palette(ui);
    let lines = [(&*metric.whole, p.muted), (&*metric.note, p.muted), (metric.limit_words(), p.warn)];
    let size = vec2(ui.available_width(), NOTES);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.y = 2.0;
        for (words, color) in lines.into_iter().filter(|(words, _)| !words.is_empty()) {
            ui.add(Label::new(RichText::new(words).font(theme::regular(theme::SMALL)).color(color)).wrap());
        }
    });
}

/// A small line below a grid.
pub fn caption(ui: &mut Ui, words: &str) {
    let color = palette(ui).muted;
    ui.add(Label::new(RichText::new(words).font(theme::regular(theme::SMALL)).color(color)).wrap());
}

fn line(ui: &mut Ui, metric: &Metric, axis: &Axis, text: &Text) -> Option<MonitorAction> {
    let p = palette(ui);
    let top = metric.top;
    if top <= 0.0 {
        // Neither a reading nor a scale: an axis would be made up.
        ui.allocate_exact_size(vec2(ui.available_width(), axis.height), Sense::hover());
        return None;
    }
    let columns = columns_of(ui.available_width());
    let lines: Vec<Vec<Point>> = metric.lines.iter().map(|line| figures::thin(line, axis.seconds, columns)).collect();
    let half = move |share: f64| GridMark { value: top * share, step_size: top / 2.0 };
    let marks = AxisHints::new_y()
        .formatter(|mark, _| text.decimal(mark.value, 0))
        .min_thickness(26.0)
        .label_spacing(egui::Rangef::new(1.0, 2.0))
        .tick_label_color(p.muted)
        .tick_label_font(theme::regular(theme::AXIS));
    let shown = Plot::new(metric.id)
        .height(axis.height)
        .custom_y_axes(vec![marks])
        .show_axes([false, true])
        .show_grid([false, true])
        .show_background(false)
        .grid_color(p.border)
        .grid_fade(0.0)
        .grid_spacing(egui::Rangef::new(1.0, 2.0))
        .y_grid_spacer(move |_| [0.0, 0.5, 1.0].map(half).to_vec())
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_crosshair(false)
        .show_x(false)
        .show_y(false)
        .label_formatter(|_| None)
        .sense(if axis.moves { Sense::drag() } else { Sense::hover() })
        .show(ui, |plot| draw(plot, metric, axis, &lines, p));
    pointed_at(ui, &shown, metric, axis, text);
    if axis.moves { moved(ui, &shown, axis) } else { None }
}

/// Dragged aside, or zoomed with Ctrl and the wheel (the wheel alone scrolls the page).
fn moved(ui: &Ui, shown: &PlotResponse<()>, axis: &Axis) -> Option<MonitorAction> {
    let frame = shown.transform.frame();
    let share = |points: f32| f64::from(points / frame.width().max(1.0));
    let aside = shown.response.drag_delta().x;
    if shown.response.dragged() && aside != 0.0 {
        return Some(MonitorAction::Slide(share(aside) * axis.seconds));
    }
    let pointer = shown.response.hover_pos()?;
    let zoom = f64::from(ui.input(egui::InputState::zoom_delta));
    let is_zoomed = (zoom - 1.0).abs() > f64::EPSILON;
    is_zoomed.then(|| MonitorAction::Zoom { factor: 1.0 / zoom, around: share(pointer.x - frame.left()) })
}

/// Pixel columns of a plot in a card of this width.
fn columns_of(width: f32) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a width in points")]
    let columns = (width - 30.0).max(1.0) as usize;
    columns
}

fn draw(plot: &mut PlotUi<'_>, metric: &Metric, axis: &Axis, lines: &[Vec<Point>], p: theme::Palette) {
    // A little room above the top, or half of the line's width would be cut there.
    plot.set_plot_bounds(PlotBounds::from_min_max([-axis.seconds, 0.0], [0.0, metric.top * 1.05]));
    for band in axis.bands.iter().step_by(2) {
        let area = FilledArea::new("", &[band.from, band.to], &[0.0; 2], &[metric.top * 1.05; 2]);
        plot.add(area.fill_color(p.band()).stroke(Stroke::NONE).allow_hover(false));
    }
    for points in lines {
        if let [[x, y]] = points.as_slice() {
            plot.points(Points::new("", vec![[*x, *y]]).radius(2.0).color(p.accent).allow_hover(false));
            continue;
        }
        let (xs, ys): (Vec<f64>, Vec<f64>) = points.iter().map(|[x, y]| (*x, *y)).unzip();
        let area = FilledArea::new("", &xs, &vec![0.0; xs.len()], &ys);
        plot.add(area.fill_color(p.under_line()).stroke(Stroke::NONE).allow_hover(false));
        plot.line(Line::new("", PlotPoints::from(points.clone())).color(p.accent).width(1.8).allow_hover(false));
    }
    let mut drawn = f64::NEG_INFINITY;
    for (at, _) in &axis.marks {
        // A progress bar writes more lines than there are columns.
        if at - drawn < axis.seconds / 200.0 {
            continue;
        }
        drawn = *at;
        let line = VLine::new("", *at).color(p.muted).width(1.0).style(LineStyle::dotted_loose());
        plot.vline(line.allow_hover(false));
    }
    if let Some((at, words)) = &metric.limit {
        let line = HLine::new(words.as_str(), *at).color(p.warn).width(1.2).style(LineStyle::dashed_loose());
        plot.hline(line.allow_hover(false));
    }
}

/// Value, time and step under the pointer.
fn pointed_at(ui: &Ui, shown: &PlotResponse<()>, metric: &Metric, axis: &Axis, text: &Text) {
    let Some(pointer) = shown.response.hover_pos() else { return };
    let p = palette(ui);
    let at = shown.transform.value_from_position(pointer).x;
    let reach = (axis.seconds / 40.0).max(1.0);
    let mut words = Vec::new();
    if let Some([x, y]) = figures::nearest(&metric.lines, at, reach) {
        let dot = shown.transform.position_from_point(&PlotPoint::new(x, y));
        ui.painter().vline(dot.x, shown.transform.frame().y_range(), Stroke::new(1.0, p.border_strong));
        ui.painter().circle_filled(dot, 3.5, p.accent);
        let value = format!("{} {}", text.decimal(y, metric.digits), metric.unit);
        let ago = text.decimal(-x, 0);
        words.push(text.with("monitor-pointed", &[("value", value.trim().into()), ("seconds", ago.into())]));
    } else {
        words.push(text.get("monitor-pointed-gap"));
    }
    words.extend(axis.bands.iter().find(|band| band.from <= at && at < band.to).map(|band| band.name.clone()));
    words.extend(axis.mark_near(at).map(str::to_owned));
    shown.response.clone().on_hover_text_at_pointer(words.join("\n"));
}
