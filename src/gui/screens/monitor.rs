//! Live figures of the cards: what each does now and did lately, what holds it back, who computes on it.
//!
//! Readings are taken while the page is seen (`app::update`); a gap in a line is time without one.

mod beside;
mod controls;
mod log;

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::plot::{self, Axis, Metric, Window};
use super::super::theme::space;
use super::super::widgets::{self, ButtonKind, FooterButton, Tone};
use crate::app::{Action, Model, Saved, Screen};
use crate::facts::Probed;
use crate::text::Text;
use eframe::egui::Ui;
use std::time::Duration;

/// What the page can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The scan has not said yet whether there is a card.
    Looking,
    /// There is none.
    NoCard,
    /// Nobody could say whether there is one.
    NotKnown,
    /// NVML cannot be used.
    NoReadings,
    /// None has come yet.
    Waiting,
    /// The newest reading came without figures.
    NoAnswer,
    /// The card fell off the bus.
    Lost,
    /// All is well.
    Live,
}

fn state(model: &Model) -> State {
    let has_cards = model.facts().is_some_and(|facts| facts.gpus.found().is_some_and(|gpus| !gpus.is_empty()));
    match (&model.monitor.trouble, model.monitor.ticks.back(), model.monitor.latest()) {
        _ if !has_cards && model.detection.is_waiting(crate::app::Row::Gpu) => State::Looking,
        _ if !has_cards && is_unknown(model) => State::NotKnown,
        _ if !has_cards => State::NoCard,
        (Some(_), ..) => State::NoReadings,
        (None, None, _) => State::Waiting,
        (None, Some(_), Some(sample)) if sample.lost => State::Lost,
        (None, Some(_), Some(_)) => State::Live,
        (None, Some(_), None) => State::NoAnswer,
    }
}

fn is_unknown(model: &Model) -> bool {
    model.facts().is_none_or(|facts| matches!(facts.gpus, Probed::Unknown { .. }))
}

/// What stands above.
pub fn head(model: &Model, text: &Text) -> Head {
    let told = |mark, title: String, lead: &str| Head { mark: Some(mark), title, lead: text.get(lead), is_busy: false };
    let warn = (icons::TRIANGLE_ALERT, Tone::Warn);
    match state(model) {
        State::Looking => Head {
            title: text.get("monitor-title-looking"),
            lead: text.get("monitor-lead-no-card"),
            is_busy: true,
            mark: None,
        },
        State::NoCard => told(warn, text.get("monitor-title-no-card"), "monitor-lead-no-card"),
        State::NotKnown => told(warn, text.get("monitor-title-not-known"), "monitor-lead-no-card"),
        State::NoReadings => told(warn, text.get("monitor-title-no-readings"), "monitor-lead-no-card"),
        State::Waiting => {
            Head { title: text.get("monitor-title-waiting"), lead: lead(model, text), is_busy: true, mark: None }
        }
        State::NoAnswer => Head {
            mark: Some(warn),
            title: text.get("monitor-title-no-answer"),
            lead: format!("{} {}", trouble(model), text.get("monitor-lead-no-answer")).trim().to_owned(),
            is_busy: false,
        },
        State::Lost => {
            let index = [("index", model.monitor.card.to_string().into())];
            told((icons::CIRCLE_X, Tone::Danger), text.with("monitor-title-lost", &index), "monitor-lead-lost")
        }
        State::Live if model.is_simulated() => Head {
            mark: Some((icons::FLASK_CONICAL, Tone::Warn)),
            title: text.get("monitor-title-simulated"),
            lead: lead(model, text),
            is_busy: false,
        },
        State::Live => Head {
            mark: Some((icons::ACTIVITY, Tone::Accent)),
            title: text.with("monitor-title", &[("name", card_name(model, model.monitor.card).into())]),
            lead: lead(model, text),
            is_busy: false,
        },
    }
}

fn lead(model: &Model, text: &Text) -> String {
    if model.is_simulated() {
        let name = card_name(model, model.monitor.card);
        return text.with("monitor-lead-simulated", &[("name", name.into())]);
    }
    match model.facts().and_then(|facts| facts.driver.found()) {
        Some(driver) => text.with("monitor-lead", &[("driver", driver.to_string().into())]),
        None => text.get("monitor-lead-no-driver"),
    }
}

/// The engine's words for a reading without figures, as a sentence.
fn trouble(model: &Model) -> String {
    let Some(said) = model.monitor.ticks.back().and_then(|(_, tick)| tick.trouble.as_deref()) else {
        return String::new();
    };
    let mut letters = said.trim_end_matches('.').chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

/// The card's name; its number alone where it has none.
fn card_name(model: &Model, index: u32) -> String {
    let gpus = model.facts().and_then(|facts| facts.gpus.found());
    let known = gpus.and_then(|gpus| gpus.iter().find(|gpu| gpu.index == index)).map(|gpu| gpu.name.clone());
    known.unwrap_or_else(|| format!("GPU {index}"))
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let state = state(model);
    let mut action = None;
    match state {
        State::Looking | State::NoCard | State::NotKnown => return no_card(ui, model, state, text),
        State::NoReadings => {
            if let Some(problem) = &model.monitor.trouble {
                action = widgets::problem_card(ui, problem, None, text);
                widgets::page_gap(ui);
            }
            if widgets::button(ui, ButtonKind::Secondary, icons::REFRESH_CW, &text.get("button-rescan")) {
                action = Some(Action::Rescan);
            }
            if model.monitor.ticks.is_empty() {
                return action;
            }
        }
        State::Waiting | State::NoAnswer | State::Lost | State::Live => {}
    }
    let (axis, window) = axis(ui, model, text);
    action = action.or(beside::findings(ui, model, text));
    action = action.or(controls::show(ui, model, text));
    action = action.or(plots(ui, model, &axis, &window, text));
    beside::held_down(ui, model, &axis, text);
    action = action.or(beside::processes(ui, model, text));
    action = action.or(beside::hardware(ui, model, text));
    action.or(log::show(ui, model, &axis, &window, text))
}

/// What to do where there is nothing to watch.
fn no_card(ui: &mut Ui, model: &Model, state: State, text: &Text) -> Option<Action> {
    let mut action = None;
    let why = match model.facts().map(|facts| &facts.gpus) {
        Some(Probed::Unknown { why, .. }) => why.as_str(),
        Some(Probed::Found { .. } | Probed::Absent { .. }) | None => "",
    };
    let is_looking = state == State::Looking;
    let words = match state {
        State::Looking => text.get("monitor-looking-text"),
        State::NotKnown => text.with("monitor-not-known-text", &[("why", why.trim_end_matches('.').into())]),
        State::NoCard | State::NoReadings | State::Waiting | State::NoAnswer | State::Lost | State::Live => {
            text.get("monitor-no-card-text")
        }
    };
    widgets::card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::M;
        widgets::label(ui, words);
        ui.horizontal_wrapped(|ui| {
            if !is_looking && widgets::button(ui, ButtonKind::Secondary, icons::REFRESH_CW, &text.get("button-rescan"))
            {
                action = Some(Action::Rescan);
            }
            if widgets::quiet(ui, icons::ARROW_RIGHT, &text.get("step-detect")) {
                action = Some(Action::Go(Screen::Detect));
            }
        });
    });
    action
}

/// One of the cards of the grid.
enum Tile {
    Plot(Box<Metric>),
    Numbers(Vec<Metric>),
}

/// The figures, and where their time axis is moved to.
fn plots(ui: &mut Ui, model: &Model, axis: &Axis, window: &Window, text: &Text) -> Option<Action> {
    let tiles = [
        Tile::Plot(Box::new(plot::utilisation(model, window, text))),
        Tile::Plot(Box::new(plot::memory(model, window, text))),
        Tile::Plot(Box::new(plot::temperature(model, window, text))),
        Tile::Plot(Box::new(plot::power(model, window, text))),
        Tile::Plot(Box::new(plot::clocks(model, window, text))),
        Tile::Plot(Box::new(plot::traffic(model, window, text))),
        Tile::Numbers(vec![plot::link(model, text), plot::memory_controller(model, text)]),
        Tile::Numbers(vec![plot::fan(model, text), plot::memory_temperature(model, text)]),
        Tile::Numbers(vec![plot::state(model, text), plot::ecc(model, text)]),
    ];
    let columns = plot::columns(ui.available_width() * 0.8, &[3, 2]);
    let mut moved = None;
    plot::grid(ui, columns, &tiles, |ui, tile| match tile {
        Tile::Plot(metric) => moved = moved.take().or(plot::metric(ui, metric, axis, text)),
        Tile::Numbers(metrics) => plot::numbers(ui, metrics, axis),
    });
    moved.map(Action::Monitor)
}

/// The time axis of the page: what its plots and lanes share.
fn axis(ui: &Ui, model: &Model, text: &Text) -> (Axis, Window) {
    let stretch = model.monitor.stretch(model.now);
    let (seconds, at) = (stretch.seconds(), stretch.to);
    let highest_of = model.monitor.held.map(|_| seconds);
    let window = Window { at: Duration::from_secs_f64(at.max(0.0)), seconds, highest_of };
    let bands = super::verify::bands(model, at, text);
    let bands = bands.into_iter().filter(|band| band.to >= -seconds && band.from <= 0.0).collect();
    let marks = model.monitor.log.marks.iter().filter(|(moment, _)| stretch.from <= *moment && *moment <= stretch.to);
    let marks = marks.map(|(moment, mark)| (moment - at, mark.line.clone())).collect();
    (Axis { seconds, height: plot::height(ui), bands, marks, moves: true }, window)
}

/// What stands below.
pub fn footer(model: &Model, text: &Text) -> Footer {
    let count = model.monitor.ticks.len();
    let sentence = if count == 0 {
        text.get("monitor-footer-none")
    } else {
        text.with("monitor-footer", &[("count", count.into())])
    };
    let export =
        FooterButton::primary(icons::SAVE, text.get("monitor-export"), Action::Save(Saved::Readings)).when(count > 0);
    let back = FooterButton::secondary(icons::ARROW_LEFT, text.get("button-back"), Action::Back);
    Footer { sentence, buttons: vec![back, export] }
}
