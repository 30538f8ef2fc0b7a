//! Live figures of the cards: what each does now and did lately, what holds it back, who computes on it.
//!
//! Readings are taken while the page is seen (`app::update`); a gap in a line is time without one.

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::plot::{self, Axis, Metric, Window};
use super::super::theme::{palette, space};
use super::super::widgets::{self, ButtonKind, FooterButton, Tone};
use crate::app::{Action, Model, MonitorAction, Saved, Screen, Span};
use crate::facts::Probed;
use crate::text::Text;
use eframe::egui::{Role, Sense, Ui, WidgetInfo, vec2};

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
        return text.get("monitor-lead-simulated");
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
    action = action.or(selectors(ui, model, text));
    plots(ui, model, text);
    throttle(ui, model, text);
    processes(ui, model, text);
    action
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

/// Which card, and how far back.
fn selectors(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let mut action = None;
    let cards = model.monitor.cards();
    if cards.len() > 1 {
        let options: Vec<(u32, String)> = cards.iter().map(|&card| (card, option(model, card, text))).collect();
        let picked = widgets::choice(ui, &text.get("monitor-card"), &options, model.monitor.card);
        action = picked.map(|card| Action::Monitor(MonitorAction::Card(card)));
    }
    let spans = Span::ALL.map(|span| {
        let key = match span {
            Span::Minute => "monitor-span-minute",
            Span::TenMinutes => "monitor-span-ten",
            Span::All => "monitor-span-all",
        };
        (span, text.get(key))
    });
    let picked = widgets::choice(ui, &text.get("monitor-span"), &spans, model.monitor.span);
    action.or(picked.map(|span| Action::Monitor(MonitorAction::Look(span))))
}

/// A card's number and short name.
fn option(model: &Model, card: u32, text: &Text) -> String {
    let name = card_name(model, card);
    let short = name.trim_start_matches("NVIDIA ").trim_start_matches("GeForce ");
    text.with("monitor-card-option", &[("index", card.to_string().into()), ("name", short.into())])
}

/// One of the cards of the grid.
enum Tile {
    Plot(Box<Metric>),
    Numbers(Vec<Metric>),
}

fn plots(ui: &mut Ui, model: &Model, text: &Text) {
    let seconds = model.monitor.seconds(model.now);
    let window = Window { at: model.now, seconds, highest_of: None };
    let axis = Axis { seconds, height: plot::height(ui), bands: Vec::new() };
    let tiles = [
        Tile::Plot(Box::new(plot::utilisation(model, &window, text))),
        Tile::Plot(Box::new(plot::memory(model, &window, text))),
        Tile::Plot(Box::new(plot::temperature(model, &window, text))),
        Tile::Plot(Box::new(plot::power(model, &window, text))),
        Tile::Plot(Box::new(plot::clocks(model, &window, text))),
        Tile::Numbers(vec![plot::link(model, text), plot::fan(model, text)]),
    ];
    let columns = plot::columns(ui.available_width() * 0.8, &[3, 2]);
    plot::grid(ui, columns, &tiles, |ui, tile| match tile {
        Tile::Plot(metric) => plot::metric(ui, metric, &axis, text),
        Tile::Numbers(metrics) => plot::numbers(ui, metrics, &axis),
    });
}

/// What holds the clocks down, in words.
fn throttle(ui: &mut Ui, model: &Model, text: &Text) {
    let sample = model.monitor.latest().filter(|sample| !sample.lost);
    strip(ui, text.get("monitor-throttle"), |ui| match sample {
        None => {
            widgets::muted_wrapped(ui, text.get("monitor-throttle-unknown"));
        }
        Some(sample) if sample.throttle.is_empty() => {
            widgets::muted_wrapped(ui, text.get("monitor-throttle-none"));
        }
        Some(sample) => {
            for reason in &sample.throttle {
                let words = text.find(&format!("monitor-throttle-{reason}")).unwrap_or_else(|| reason.clone());
                widgets::pill(ui, Tone::Warn, &words);
            }
        }
    });
}

/// Who computes on the card.
fn processes(ui: &mut Ui, model: &Model, text: &Text) {
    let pids = model.monitor.latest().map(|sample| sample.compute_pids.as_slice()).unwrap_or_default();
    widgets::card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        widgets::name(ui, text.get("monitor-processes"));
        if pids.is_empty() {
            widgets::muted_wrapped(ui, text.get("monitor-processes-none"));
        }
        for pid in pids {
            process(ui, &text.with("monitor-process", &[("pid", pid.to_string().into())]));
        }
    });
}

/// A card with a name and what belongs to it in one row, as far as there is room.
fn strip(ui: &mut Ui, name: String, add: impl FnOnce(&mut Ui)) {
    widgets::card(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            ui.spacing_mut().interact_size.y = 22.0;
            ui.label(widgets::strong(name, super::super::theme::NAME));
            add(ui);
        });
    });
}

fn process(ui: &mut Ui, words: &str) {
    let p = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Row, true, words));
    let font = super::super::theme::mono(super::super::theme::LOG);
    widgets::paint_line(ui, rect.left_center(), words, font, p.text, rect.width());
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
