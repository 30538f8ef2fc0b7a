//! The upper card while a run goes: the whole, what is under way, the steps.

use super::super::super::icons;
use super::super::super::theme::{self, palette, space};
use super::super::super::widgets::{self, Tone};
use super::{doing, figures, told};
use crate::app::run::{Silence, Transfer};
use crate::app::{Action, Model, RunState, RunView, StepView};
use crate::progress::{Unit, Units};
use crate::run::Stall;
use crate::run::space::Shortage;
use crate::text::Text;
use eframe::egui::{self, Align, Label, Layout, Role, Sense, Ui, WidgetInfo, vec2};
use std::time::Duration;

/// Below this the figures stand under what they are of.
const NARROW: f32 = 600.0;
/// A silence is told from here on.
const TOLD: u64 = 2;
/// After so long it is said that one may cancel.
const LONG: u64 = 120;

/// Draws it.
pub fn card(ui: &mut Ui, model: &Model, run: &RunView, text: &Text) -> Option<Action> {
    let mut action = None;
    widgets::card(ui, |ui| {
        overall(ui, run, text);
        ui.add_space(space::XS);
        let silence = run.silence.as_ref().filter(|silence| silence.seconds >= TOLD);
        match (&run.transfer, silence) {
            (_, _) if run.state == RunState::Stopping => waiting(ui, model, &text.get("run-now-stopping"), ""),
            (_, _) if run.paused.is_some() => action = run.paused.as_ref().and_then(|short| paused(ui, short, text)),
            (Some(transfer), None) => moving(ui, model, run, transfer, text),
            (_, Some(silence)) => silent(ui, model, run, silence, text),
            (None, None) => {
                let said = told(run).map_or_else(|| text.get("run-now-begins"), |(_, step)| doing(step, text));
                waiting(ui, model, &said, "");
            }
        }
        ui.add_space(space::XS);
        pills(ui, run, model.now, text);
    });
    action
}

/// A volume is full: where, how much more, and what can be done.
fn paused(ui: &mut Ui, short: &Shortage, text: &Text) -> Option<Action> {
    line(ui, Mark::Warning, &text.get("run-paused"), &[]);
    let values = [
        ("folder", short.folder.display().to_string().into()),
        ("free", text.size(short.free).into()),
        ("missing", text.size(short.missing()).into()),
    ];
    ui.add(Label::new(text.with("run-paused-where", &values)).wrap());
    ui.add(Label::new(widgets::muted(ui, text.get("run-paused-ways"))).wrap());
    let pressed = widgets::quiet(ui, icons::FOLDER_OPEN, &text.get("run-paused-folder"));
    pressed.then(|| Action::OpenPath(short.folder.clone()))
}

fn overall(ui: &mut Ui, run: &RunView, text: &Text) {
    ui.horizontal(|ui| {
        ui.label(widgets::strong(text.get("run-overall"), theme::BODY));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(egui::RichText::new(text.percent(run.overall)).font(theme::mono(theme::MONO)));
        });
    });
    widgets::progress(ui, &text.get("run-overall-said"), run.overall, 8.0);
}

/// Bytes that come: what, how much of how much, how fast, how long still.
fn moving(ui: &mut Ui, model: &Model, run: &RunView, transfer: &Transfer, text: &Text) {
    let mut parts = vec![match (transfer.units, transfer.total) {
        (Some(units), _) => counted(units, text),
        (None, Some(total)) => text.size_of(transfer.done.min(total), total),
        (None, None) => text.size(transfer.done),
    }];
    // What stands still has no speed to speak of.
    parts.extend(transfer.per_second.filter(|speed| *speed >= 1.0).map(|speed| text.speed(speed)));
    parts.extend(run.left(model.now).map(|left| left_short(left, text)));
    line(ui, Mark::Icon(icons::DOWNLOAD), &under_way(&transfer.what, text), &parts);
    let of_bytes = transfer.total.filter(|total| *total > 0).map(|total| transfer.done as f64 / total as f64);
    let Some(share) = transfer.share.or(of_bytes) else {
        placeholder(ui);
        return;
    };
    let name = text.with("run-now-said", &[("what", transfer.what.as_str().into())]);
    widgets::progress(ui, &name, share, 4.0);
}

/// Of several files the first, and how many more.
fn under_way(what: &str, text: &Text) -> String {
    let mut files = what.split(", ");
    let (Some(first), more) = (files.next(), files.count()) else { return String::new() };
    if more == 0 {
        return first.to_owned();
    }
    text.with("run-now-more", &[("first", first.into()), ("more", more.into())])
}

/// `12 of 3,456 files`.
fn counted(units: Units, text: &Text) -> String {
    let Units { done, total, unit } = units;
    if unit == Unit::Percent {
        return text.percent(done as f64 / 100.0);
    }
    let Some(total) = total else { return done.to_string() };
    let arguments = [("done", done.to_string().into()), ("total", total.to_string().into())];
    text.with(&format!("run-count-{}", unit.word()), &arguments)
}

/// Time left as a clock: `0:29 left`.
fn left_short(left: Duration, text: &Text) -> String {
    let seconds = left.as_secs();
    if seconds == 0 {
        return text.get("run-left-short-done");
    }
    // From two minutes on, seconds would only dance.
    let clock = if seconds < 120 {
        format!("{}:{:02}", seconds / 60, seconds % 60)
    } else {
        format!("{} min", seconds.div_ceil(60))
    };
    text.with("run-left-short", &[("time", clock.into())])
}

/// Nothing is heard: what is known of it, and for how long.
fn silent(ui: &mut Ui, model: &Model, run: &RunView, silence: &Silence, text: &Text) {
    let said = in_our_words(&silence.doing, run, text);
    let time = text.duration(Duration::from_secs(silence.seconds.max(10)));
    let time = if silence.seconds < 10 { text.with("run-seconds", &[("count", silence.seconds.into())]) } else { time };
    let waited = text.with("run-silent-for", &[("time", time.into())]);
    waiting(ui, model, &said, &waited);
    if let Some(stall) = &silence.stall {
        ui.add(Label::new(widgets::muted(ui, seen(stall, text))).wrap());
    }
    if silence.seconds >= LONG {
        let key = if run.plan.choices.replace { "run-silent-long-replace" } else { "run-silent-long" };
        ui.add(Label::new(widgets::muted(ui, text.get(key))).wrap());
    }
}

/// What can be seen of what says nothing.
fn seen(stall: &Stall, text: &Text) -> String {
    match stall {
        Stall::Processor => text.get("run-stall-processor"),
        Stall::Disk => text.get("run-stall-disk"),
        Stall::Scanner(name) => text.with("run-stall-scanner", &[("name", name.as_str().into())]),
        Stall::NoBytes => text.get("run-stall-no-bytes"),
        Stall::Idle => text.get("run-stall-idle"),
        Stall::Unknown => text.get("run-stall-unknown"),
    }
}

/// Phrases of the engine that end with a name.
const NAMED: [(&str, &str); 6] = [
    ("compiling ", "run-silence-compiling"),
    ("linking ", "run-silence-linking"),
    ("waiting for ", "run-silence-waiting"),
    ("fetching ", "run-silence-fetching"),
    ("unpacking ", "run-silence-unpacking"),
    ("writing ", "run-silence-writing"),
];

/// The engine's phrases in the language of the window; what it does not know is said as it is.
fn in_our_words(what: &str, run: &RunView, text: &Text) -> String {
    let key = match what {
        "making the environment" => "run-doing-environment",
        "waiting for the index" => "run-silence-index",
        "writing the pins" => "run-doing-pins",
        "unpacking wheels and linking files" => "run-doing-install",
        "rewriting scripts" => "run-doing-rehome",
        "loading PyTorch" => "run-silence-loading",
        "moving the environment to its place" => "run-doing-promote",
        other => {
            let step = told(run).map(|(_, step)| step).filter(|step| step.silence == other);
            let named = NAMED.iter().find_map(|(phrase, key)| Some((other.strip_prefix(phrase)?, *key)));
            if let (None, Some((name, key))) = (step, named) {
                return upper_first(&text.with(key, &[("what", name.into())]));
            }
            return upper_first(&step.map_or_else(|| other.to_owned(), |step| doing(step, text)));
        }
    };
    upper_first(&text.get(key))
}

/// With a capital at its beginning, as a line of its own.
pub fn upper_first(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Something goes on of which no amount is known.
fn waiting(ui: &mut Ui, model: &Model, what: &str, waited: &str) {
    let parts: Vec<String> = if waited.is_empty() { Vec::new() } else { vec![waited.to_owned()] };
    line(ui, Mark::Ring(model.now), &upper_first(what), &parts);
    placeholder(ui);
}

/// The room of a bar that is not there: the card keeps its height.
fn placeholder(ui: &mut Ui) {
    ui.allocate_exact_size(vec2(ui.available_width(), 4.0), Sense::hover());
}

#[derive(Clone, Copy)]
enum Mark {
    Icon(&'static str),
    Ring(Duration),
    Warning,
}

fn mark(ui: &mut Ui, mark: Mark) {
    match mark {
        Mark::Icon(glyph) => {
            let color = palette(ui).accent;
            widgets::icon(ui, glyph, theme::ICON, color);
        }
        Mark::Warning => {
            let (color, _) = Tone::Warn.colors(&palette(ui));
            widgets::icon(ui, Tone::Warn.icon(), theme::ICON, color);
        }
        Mark::Ring(now) => {
            widgets::ring(ui, now, theme::ICON + 2.0);
        }
    }
}

/// What is under way at the left, its figures at the right, each in a column of its own so that none moves another.
fn line(ui: &mut Ui, sign: Mark, what: &str, parts: &[String]) {
    let said = std::iter::once(what.to_owned()).chain(parts.iter().cloned()).collect::<Vec<_>>().join(", ");
    let narrow = ui.available_width() < NARROW;
    let name = |ui: &mut Ui| {
        mark(ui, sign);
        let shown = ui.add(Label::new(what).truncate());
        shown.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    };
    if narrow {
        ui.horizontal(name);
        if !parts.is_empty() {
            let words = figures(ui, parts.join("   "));
            ui.add(Label::new(words).wrap());
        }
        return;
    }
    ui.horizontal(|ui| {
        let full = ui.available_width();
        // As wide as the widest they become: digits come and go, the columns stay.
        let columns: Vec<f32> = parts.iter().map(|part| column(ui, part)).collect();
        let right: f32 = columns.iter().map(|width| width + space::S).sum();
        let left = vec2((full - right).max(0.0), ui.spacing().interact_size.y);
        ui.allocate_ui_with_layout(left, Layout::left_to_right(Align::Center), |ui| {
            ui.set_width(left.x);
            name(ui);
        });
        for (part, width) in parts.iter().zip(columns) {
            let size = vec2(width, ui.spacing().interact_size.y);
            ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
                ui.set_width(width);
                let words = figures(ui, part);
                ui.add(Label::new(words).truncate());
            });
        }
    });
}

/// Width of a column of figures: in steps of four letters.
fn column(ui: &Ui, part: &str) -> f32 {
    let letters = part.chars().count().div_ceil(4) * 4;
    let galley = ui.painter().layout_no_wrap("0".to_owned(), theme::mono(theme::LOG), palette(ui).muted);
    galley.size().x * letters as f32 + space::XS
}

/// The steps, each with how it stands.
pub fn pills(ui: &mut Ui, run: &RunView, now: Duration, text: &Text) {
    ui.horizontal_wrapped(|ui| {
        for (step, state) in run.plan.steps.iter().zip(&run.steps) {
            let name = text.find(&format!("run-step-{}", step.key)).unwrap_or_else(|| step.title.clone());
            // A run that stands still has no ring.
            let state = if *state == StepView::Running && !run.is_under_way() { StepView::Waiting } else { *state };
            let (word, shown) = match state {
                StepView::Waiting => (text.get("run-step-waiting"), widgets::pill(ui, Tone::Neutral, &name)),
                StepView::Running => (text.get("run-step-running"), widgets::busy_pill(ui, &name, now)),
                StepView::Done => (text.get("run-step-done"), widgets::pill(ui, Tone::Success, &name)),
                StepView::Failed => (text.get("run-step-failed"), widgets::pill(ui, Tone::Danger, &name)),
            };
            let said = text.with("run-step-said", &[("name", name.into()), ("state", word.into())]);
            shown.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
            shown.on_hover_text(&said);
        }
    });
}
