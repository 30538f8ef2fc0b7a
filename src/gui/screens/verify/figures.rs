//! The card's figures beside the checks, on one time axis with them.

use super::super::super::icons;
use super::super::super::plot::{self, Axis, Band, Window};
use super::super::super::theme::{palette, space};
use super::super::super::widgets;
use crate::app::{Action, Model, MonitorAction, VerifyState};
use crate::text::Text;
use crate::verify::words::check_name;
use eframe::egui::Ui;

/// Lengths of the time axis, in seconds: the shortest that holds the whole proof.
const LENGTHS: [f64; 6] = [20.0, 40.0, 60.0, 120.0, 300.0, 600.0];

/// Four figures in a row; on the processor the words that there are none.
pub fn show(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let view = &model.verify;
    let devices = super::devices(view);
    if devices.is_empty() {
        on_processor(ui, text);
        return None;
    }
    let mut action = None;
    let has_ended = view.ended.is_some() && !matches!(view.state, VerifyState::Running);
    if has_ended && devices.len() > 1 {
        let options: Vec<(u32, String)> =
            devices.iter().map(|&device| (device, super::device_name(model, device, text))).collect();
        let picked = widgets::choice(ui, &text.get("monitor-card"), &options, model.monitor.card);
        action = picked.map(|card| Action::Monitor(MonitorAction::Card(card)));
    }
    let at = view.ended.filter(|_| has_ended).unwrap_or(model.now);
    let taken = at.saturating_sub(view.began).as_secs_f64();
    let seconds = LENGTHS.into_iter().find(|length| *length >= taken + 2.0).unwrap_or(taken + 2.0);
    let window = Window { at, seconds, highest_of: has_ended.then_some(taken) };
    let bands = bands(model, at.as_secs_f64(), text);
    let axis = Axis { seconds, height: plot::height(ui).min(72.0), bands, ..Axis::default() };
    let metrics = [
        plot::utilisation(model, &window, text),
        plot::memory(model, &window, text),
        plot::temperature(model, &window, text),
        plot::power(model, &window, text),
    ];
    let columns = columns(ui);
    plot::grid(ui, columns, &metrics, |ui, metric| {
        // This axis follows the proof.
        plot::metric(ui, metric, &axis, text);
    });
    let key = if has_ended { "verify-axis-ended" } else { "verify-axis" };
    plot::caption(ui, &text.with(key, &[("seconds", text.decimal(seconds, 0).into())]));
    if let Some(trouble) = &model.monitor.trouble {
        plot::caption(ui, &trouble.cause);
    }
    action
}

/// How many stand in a row.
pub fn columns(ui: &Ui) -> usize {
    plot::columns(ui.available_width(), &[4, 2])
}

fn on_processor(ui: &mut Ui, text: &Text) {
    widgets::card(ui, |ui| {
        ui.horizontal_top(|ui| {
            let muted = palette(ui).muted;
            widgets::icon(ui, icons::CPU, 18.0, muted);
            ui.add_space(space::XS);
            widgets::label(ui, text.get("verify-on-processor"));
        });
    });
}

/// The checks on the page's card as bands of the time axis.
pub fn bands(model: &Model, at: f64, text: &Text) -> Vec<Band> {
    let view = &model.verify;
    let of_card = view.rows.iter().filter(|row| row.device.is_none() || row.device == Some(model.monitor.card));
    of_card
        .filter_map(|row| {
            let from = row.began?.as_secs_f64() - at;
            let to = row.ended.map_or(0.0, |ended| (ended.as_secs_f64() - at).min(0.0));
            (to > from).then(|| Band { from, to, name: check_name(&row.check, text) })
        })
        .collect()
}
