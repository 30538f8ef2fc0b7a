//! The table of checks: rows are there from the beginning and light up as they pass.

use super::super::super::theme::{self, palette, space};
use super::super::super::widgets::{self, Tone};
use super::Standing;
use crate::app::{CheckRow, Model, RowState, VerifyState, VerifyView};
use crate::text::Text;
use crate::verify::checks::KERNELS;
use crate::verify::words::{self, check_name};
use crate::verify::{Basis, Check, CheckOutcome, Proof, Speed};
use eframe::egui::{Align2, Label, Pos2, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};
use std::time::Duration;

/// Below this a row has two lines.
const NARROW: f32 = 660.0;
/// What counts as just now.
const JUST: Duration = Duration::from_millis(300);
/// Height of a row, and of one with two lines.
const ROW: f32 = 28.0;
const TWO_LINES: f32 = 52.0;

/// What a row says.
struct Row<'a> {
    name: String,
    has_numbers: bool,
    standing: Standing<'a>,
    time: String,
    speed: String,
    error: String,
}

/// The table; `scrolls` in the height that is left.
pub fn show(ui: &mut Ui, model: &Model, text: &Text, scrolls: bool) {
    let view = &model.verify;
    widgets::card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if matches!(view.state, VerifyState::Running) {
            let (done, all) = view.counts();
            widgets::progress(ui, &text.get("verify-progress-name"), done as f64 / all.max(1) as f64, 6.0);
            ui.add_space(space::M);
        }
        let columns = Columns::of(ui, text);
        columns.head(ui, text);
        if scrolls {
            let height = (ui.available_height() - space::M).max(ROW);
            let area = ScrollArea::vertical().id_salt("checks").auto_shrink([false, true]).max_height(height);
            area.show(ui, |ui| rows(ui, model, &columns, text));
        } else {
            rows(ui, model, &columns, text);
        }
        calculated(ui, view, text);
    });
}

fn rows(ui: &mut Ui, model: &Model, columns: &Columns, text: &Text) {
    let view = &model.verify;
    let many = super::devices(view).len() > 1;
    let mut device = None;
    for (at, (row, standing)) in view.rows.iter().zip(super::standings(view)).enumerate() {
        if many && (at == 0 || device != row.device) {
            group(ui, model, row.device, text);
            device = row.device;
        }
        let said = Row::of(row, standing, text);
        let rect = columns.row(ui, &said, model.now, text);
        // A check that has just begun comes into sight; afterwards the page is the reader's.
        let is_new = row.began.is_some_and(|began| model.now.saturating_sub(began) < JUST);
        if standing == Standing::Running && is_new {
            ui.scroll_to_rect(rect.expand(space::S), None);
        }
        detail(ui, standing, text);
    }
}

/// What the mark before a best speed means, where one stands.
fn calculated(ui: &mut Ui, view: &VerifyView, text: &Text) {
    let is_marked = |row: &CheckRow| match &row.state {
        RowState::Ended(check) => {
            check.speed().is_some_and(|speed| speed.best.is_some() && speed.basis == Basis::Calculated)
        }
        RowState::Waiting | RowState::Running => false,
    };
    if view.rows.iter().any(is_marked) {
        ui.add_space(space::S);
        ui.add(Label::new(widgets::muted(ui, text.get("verify-calculated"))).wrap());
    }
}

/// The name of what the next rows ran on, with its verdict.
fn group(ui: &mut Ui, model: &Model, device: Option<u32>, text: &Text) {
    ui.add_space(space::S);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let name = match device {
            Some(index) => super::device_name(model, index, text),
            None => text.get("verify-group-installation"),
        };
        widgets::name(ui, name);
        let report = model.verify.report().filter(|report| !report.simulated);
        let known = report.and_then(|report| report.devices.iter().find(|known| Some(known.index) == device));
        if let Some(known) = known {
            let (tone, key) = match known.verdict {
                Proof::Proven => (Tone::Success, "verify-device-proven"),
                Proof::Failed => (Tone::Danger, "verify-device-failed"),
                Proof::NoGpu | Proof::CpuOnly | Proof::Incomplete => (Tone::Warn, "verify-device-not-proven"),
            };
            widgets::pill(ui, tone, &text.get(key));
        }
    });
    ui.add_space(space::XS);
}

/// Why it did not pass and what became of it when it was tried once more, below its row.
fn detail(ui: &mut Ui, standing: Standing<'_>, text: &Text) {
    let Standing::Ended(check) = standing else { return };
    // Of what passed, only that it did not compute the same twice is worth a word.
    let is_told = check.outcome != CheckOutcome::Passed || check.deterministic == Some(false);
    let said = check.detail.clone().filter(|_| is_told).into_iter().chain(words::repeats(check, text));
    let said: Vec<String> = said.collect();
    for line in &said {
        ui.add(Label::new(widgets::muted(ui, line)).wrap());
    }
    if !said.is_empty() {
        ui.add_space(space::S);
    }
}

impl<'a> Row<'a> {
    fn of(row: &CheckRow, standing: Standing<'a>, text: &Text) -> Self {
        let check = row.check.as_str();
        let (time, speed, error) = match standing {
            Standing::Ended(check) => numbers(check, text),
            // A long one says how far it is.
            Standing::Running => {
                let far = row.fraction.map(|fraction| text.percent(fraction)).unwrap_or_default();
                (far, String::new(), String::new())
            }
            Standing::Waiting | Standing::LeftOut => Default::default(),
        };
        // A row of two lines has them from the beginning, or the table would move as its rows light up.
        let has_numbers = KERNELS.iter().any(|kernel| kernel.name == check);
        Self { name: check_name(check, text), has_numbers, standing, time, speed, error }
    }

    /// How it stands, in a word.
    fn word(&self) -> (Tone, &'static str) {
        match self.standing {
            Standing::Waiting => (Tone::Neutral, "verify-waits"),
            Standing::Running => (Tone::Accent, "verify-runs"),
            Standing::LeftOut => (Tone::Neutral, "verify-left-out"),
            Standing::Ended(check) => match check.outcome {
                CheckOutcome::Passed => (Tone::Success, "verify-passed"),
                CheckOutcome::Failed => (Tone::Danger, "verify-failed"),
                CheckOutcome::Skipped => (Tone::Neutral, "verify-skipped"),
                CheckOutcome::TimedOut => (Tone::Danger, "verify-timed-out"),
                CheckOutcome::Crashed => (Tone::Danger, "verify-crashed"),
            },
        }
    }

    /// The row as one sentence.
    fn said(&self, text: &Text) -> String {
        let error = if self.error.is_empty() {
            String::new()
        } else {
            text.with("verify-error-said", &[("numbers", self.error.as_str().into())])
        };
        let speed = match self.standing {
            Standing::Ended(check) => check.speed(),
            Standing::Running | Standing::Waiting | Standing::LeftOut => None,
        };
        let speed = speed.map(|speed| speed_said(&speed, "verify-speed-of-calculated-said", text)).unwrap_or_default();
        let parts = [text.get(self.word().1), self.time.clone(), speed, error];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        format!("{}: {}", self.name, parts.join(", "))
    }
}

/// Time, speed and error of a check that ran.
fn numbers(check: &Check, text: &Text) -> (String, String, String) {
    let time = check.milliseconds.map(|time| format!("{} ms", three(time, text))).unwrap_or_default();
    let speed = check.speed().map(|speed| speed_said(&speed, "verify-speed-of-calculated", text)).unwrap_or_default();
    let error = match (check.max_error, check.tolerance) {
        (Some(error), Some(allowed)) => text.with(
            "verify-error-of",
            &[("error", text.scientific(error).into()), ("allowed", text.scientific(allowed).into())],
        ),
        (Some(error), None) => text.scientific(error),
        (None, _) => String::new(),
    };
    (time, speed, error)
}

/// A speed beside the best; one that is calculated by the sentence of this key.
fn speed_said(speed: &Speed, calculated: &str, text: &Text) -> String {
    let unit = ("unit", speed.unit.into());
    let measured = ("speed", three(speed.measured, text).into());
    let Some(best) = speed.best else { return text.with("verify-speed", &[measured, unit]) };
    let key = match speed.basis {
        Basis::Calculated => calculated,
        Basis::Measured => "verify-speed-of",
    };
    text.with(key, &[measured, ("best", three(best, text).into()), unit])
}

/// A number with about three digits that count.
fn three(number: f64, text: &Text) -> String {
    let digits = match number {
        _ if number >= 100.0 => 0,
        _ if number >= 10.0 => 1,
        _ if number >= 1.0 => 2,
        _ => 3,
    };
    text.decimal(number, digits)
}

/// Where the columns end, from the left of the row.
struct Columns {
    narrow: bool,
    result: f32,
    time: f32,
    speed: f32,
    error: f32,
}

impl Columns {
    fn of(ui: &Ui, text: &Text) -> Self {
        let width = ui.available_width();
        let words = [
            "verify-waits",
            "verify-runs",
            "verify-passed",
            "verify-failed",
            "verify-skipped",
            "verify-timed-out",
            "verify-crashed",
            "verify-left-out",
        ];
        let pill = words.iter().map(|word| widgets::pill_width(ui, &text.get(word))).fold(0.0, f32::max);
        let (error, speed, time) = (width, width - 136.0, width - 300.0);
        Self { narrow: width < NARROW, result: time - 84.0 - pill, time, speed, error }
    }

    /// Names of the columns; rows of two lines name their numbers themselves.
    fn head(&self, ui: &mut Ui, text: &Text) {
        if self.narrow {
            return;
        }
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
        let words = [
            "verify-column-check",
            "verify-column-result",
            "verify-column-time",
            "verify-column-speed",
            "verify-column-error",
        ]
        .map(|key| text.get(key));
        response.widget_info(|| WidgetInfo::labeled(Role::Row, true, words.join(", ")));
        let p = palette(ui);
        let [check, result, time, speed, error] = &words;
        let small = || theme::regular(theme::SMALL);
        let y = rect.top() + 8.0;
        let at = |x: f32| Pos2::new(rect.left() + x, y);
        widgets::paint_line(ui, at(0.0), check, small(), p.muted, self.result - 8.0);
        widgets::paint_line(ui, at(self.result), result, small(), p.muted, self.time - self.result - 60.0);
        for (words, right, room) in [(time, self.time, 80.0), (speed, self.speed, 156.0), (error, self.error, 128.0)] {
            right_line(ui, at(right), words, small(), p.muted, room);
        }
    }

    fn row(&self, ui: &mut Ui, row: &Row<'_>, now: Duration, text: &Text) -> Rect {
        let height = if self.narrow && row.has_numbers { TWO_LINES } else { ROW };
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let said = row.said(text);
        response.widget_info(|| WidgetInfo::labeled(Role::Row, true, &said));
        if self.narrow {
            two_lines(ui, rect, row, now, text);
        } else {
            self.one_line(ui, rect, row, now, text);
        }
        let detail = if let Standing::Ended(check) = row.standing { check.detail.as_deref() } else { None };
        response.on_hover_text(detail.map_or_else(|| said.clone(), |detail| format!("{said}\n{detail}")));
        rect
    }

    fn one_line(&self, ui: &Ui, rect: Rect, row: &Row<'_>, now: Duration, text: &Text) {
        let p = palette(ui);
        let at = |x: f32| Pos2::new(rect.left() + x, rect.center().y);
        let quiet = matches!(row.standing, Standing::Waiting | Standing::LeftOut);
        let color = if quiet { p.muted } else { p.text };
        widgets::paint_line(ui, at(0.0), &row.name, theme::regular(theme::BODY), color, self.result - 8.0);
        mark(ui, at(self.result), row, now, text);
        let mono = || theme::mono(theme::LOG);
        right_line(ui, at(self.time), &row.time, mono(), p.text, 80.0);
        right_line(ui, at(self.speed), &row.speed, mono(), p.text, 156.0);
        right_line(ui, at(self.error), &row.error, mono(), p.text, 128.0);
    }
}

/// Name and result, below them the numbers.
fn two_lines(ui: &Ui, rect: Rect, row: &Row<'_>, now: Duration, text: &Text) {
    let p = palette(ui);
    let pill = widgets::pill_width(ui, &text.get(row.word().1));
    let y = rect.top() + 14.0;
    let room = rect.width() - pill - space::S;
    widgets::paint_line(ui, Pos2::new(rect.left(), y), &row.name, theme::regular(theme::BODY), p.text, room);
    mark(ui, Pos2::new(rect.right() - pill, y), row, now, text);
    let numbers: Vec<&str> =
        [&row.time, &row.speed, &row.error].into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let at = Pos2::new(rect.left(), rect.top() + 35.0);
    widgets::paint_line(ui, at, &numbers.join("   "), theme::mono(theme::LOG), p.muted, rect.width());
}

fn mark(ui: &Ui, at: Pos2, row: &Row<'_>, now: Duration, text: &Text) {
    let (tone, key) = row.word();
    let word = text.get(key);
    match row.standing {
        Standing::Running => widgets::paint_busy_pill(ui, at, &word, now),
        Standing::Waiting | Standing::LeftOut | Standing::Ended(_) => widgets::paint_pill(ui, at, tone, &word),
    }
}

/// One row of text with its right middle at `at`.
fn right_line(ui: &Ui, at: Pos2, words: &str, font: eframe::egui::FontId, color: eframe::egui::Color32, room: f32) {
    let galley = widgets::one_line(ui, words, font, color, room);
    let rect = Align2::RIGHT_CENTER.anchor_size(at, galley.size());
    ui.painter().galley(rect.min, galley, color);
}
