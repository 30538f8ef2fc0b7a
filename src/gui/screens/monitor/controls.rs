//! Which card, how often, how far back; standing still and moving in time, also without a mouse.

use super::super::super::icons;
use super::super::super::theme::space;
use super::super::super::{plot, widgets};
use crate::app::{Action, Model, MonitorAction, Rate, Span};
use crate::text::Text;
use eframe::egui::Ui;

/// A button moves by this share of what is shown.
const MOVES: f64 = 0.5;

/// Choices and buttons.
pub fn show(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let mut action = None;
    let cards = model.monitor.cards();
    if cards.len() > 1 {
        let options: Vec<(u32, String)> = cards.iter().map(|&card| (card, option(model, card, text))).collect();
        let picked = widgets::choice(ui, &text.get("monitor-card"), &options, model.monitor.card);
        action = picked.map(MonitorAction::Card);
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::L;
        action = action.take().or(span(ui, model, text)).or(rate(ui, model, text));
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        action = action.take().or(moves(ui, model, text));
    });
    plot::caption(ui, &caption(model, text));
    action.map(Action::Monitor)
}

fn span(ui: &mut Ui, model: &Model, text: &Text) -> Option<MonitorAction> {
    let spans = Span::ALL.map(|span| {
        let key = match span {
            Span::Minute => "monitor-span-minute",
            Span::TenMinutes => "monitor-span-ten",
            Span::All => "monitor-span-all",
        };
        (span, text.get(key))
    });
    widgets::choice(ui, &text.get("monitor-span"), &spans, model.monitor.span).map(MonitorAction::Look)
}

fn rate(ui: &mut Ui, model: &Model, text: &Text) -> Option<MonitorAction> {
    let rates = Rate::ALL.map(|rate| (rate, format!("{} Hz", rate.per_second())));
    widgets::choice(ui, &text.get("monitor-rate"), &rates, model.monitor.rate).map(MonitorAction::Read)
}

/// Hold and go along; closer, further, earlier, later.
fn moves(ui: &mut Ui, model: &Model, text: &Text) -> Option<MonitorAction> {
    let seconds = model.monitor.stretch(model.now).seconds();
    let first = match model.monitor.held {
        None => (icons::SQUARE, "monitor-hold", MonitorAction::Hold),
        Some(_) => (icons::PLAY, "monitor-live", MonitorAction::Live),
    };
    let zoom = |factor| MonitorAction::Zoom { factor, around: 0.5 };
    let buttons = [
        first,
        (icons::SEARCH, "monitor-closer", zoom(MOVES)),
        (icons::MINUS, "monitor-further", zoom(1.0 / MOVES)),
        (icons::ARROW_LEFT, "monitor-earlier", MonitorAction::Slide(seconds * MOVES)),
        (icons::ARROW_RIGHT, "monitor-later", MonitorAction::Slide(-seconds * MOVES)),
    ];
    let mut action = None;
    for (icon, key, does) in buttons {
        if widgets::quiet(ui, icon, &text.get(key)) {
            action = Some(does);
        }
    }
    action
}

/// What is shown while it does not go along, else how to move.
fn caption(model: &Model, text: &Text) -> String {
    let Some(held) = model.monitor.held else { return text.get("monitor-move-hint") };
    let ago = model.now.as_secs_f64() - held.to;
    let values = [("seconds", text.decimal(held.seconds(), 0).into()), ("ago", text.decimal(ago.max(0.0), 0).into())];
    text.with("monitor-held", &values)
}

/// A card's number and short name.
fn option(model: &Model, card: u32, text: &Text) -> String {
    let name = super::card_name(model, card);
    let short = name.trim_start_matches("NVIDIA ").trim_start_matches("GeForce ");
    text.with("monitor-card-option", &[("index", card.to_string().into()), ("name", short.into())])
}
