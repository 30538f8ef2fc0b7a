//! A training log that is followed: its matched lines are marks in the plots, its numbers a line of their own.

use super::super::super::icons;
use super::super::super::plot::{self, Axis, Window};
use super::super::super::theme::space;
use super::super::super::widgets::{self, ButtonKind};
use crate::app::{Action, Model, MonitorAction};
use crate::text::Text;
use eframe::egui::Ui;

/// Lines that are shown.
const SHOWN: usize = 6;

/// Which file and which words; what it told.
pub fn show(ui: &mut Ui, model: &Model, axis: &Axis, window: &Window, text: &Text) -> Option<Action> {
    let log = &model.monitor.log;
    let mut action = None;
    widgets::card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        widgets::name(ui, text.get("monitor-log"));
        widgets::muted_wrapped(ui, text.get("monitor-log-hint"));
        action = fields(ui, model, text);
        if let Some(problem) = &log.trouble {
            widgets::muted_wrapped(ui, format!("{} {}", problem.cause, problem.details));
        }
        for (moment, mark) in log.marks.iter().rev().take(SHOWN) {
            let ago = (model.now.as_secs_f64() - moment).max(0.0);
            let values = [("seconds", text.decimal(ago, 0).into()), ("line", mark.line.as_str().into())];
            widgets::mono_label(ui, text.with("monitor-log-line", &values));
        }
        if log.is_on && log.marks.is_empty() {
            widgets::muted_wrapped(ui, text.get("monitor-log-none"));
        }
    });
    for numbers in plot::numbers_of_log(model, window, text) {
        let moved = ui.push_id(&numbers.title, |ui| plot::metric(ui, &numbers, axis, text)).inner;
        action = action.or(moved);
    }
    action.map(Action::Monitor)
}

fn fields(ui: &mut Ui, model: &Model, text: &Text) -> Option<MonitorAction> {
    let log = &model.monitor.log;
    let mut action = None;
    let width = (ui.available_width() - 24.0).min(460.0);
    let (path, field) = widgets::text_field(ui, &text.get("monitor-log-path"), &log.path, width);
    if widgets::button(ui, ButtonKind::Secondary, icons::FOLDER_OPEN, &text.get("monitor-log-browse")) {
        action = Some(MonitorAction::BrowseLog);
    }
    action = action.or(path.map(MonitorAction::LogPath));
    if field.lost_focus() && ui.input(|input| input.key_pressed(eframe::egui::Key::Enter)) {
        action = action.or(Some(MonitorAction::Follow));
    }
    let (words, _) = widgets::text_field(ui, &text.get("monitor-log-words"), &log.words, width);
    action = action.or(words.map(MonitorAction::LogWords));
    let (icon, key, does) = if log.is_on {
        (icons::SQUARE, "monitor-log-unfollow", MonitorAction::Unfollow)
    } else {
        (icons::PLAY, "monitor-log-follow", MonitorAction::Follow)
    };
    if widgets::button(ui, ButtonKind::Secondary, icon, &text.get(key)) {
        action = Some(does);
    }
    action
}
