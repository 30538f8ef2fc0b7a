//! What a plan asks for, what it costs, and what it changes.

use super::super::super::icons;
use super::super::super::theme::{self, palette, space};
use super::super::super::widgets::{self, Banner, Tone};
use super::NARROW;
use crate::assess::Need;
use crate::plan::Plan;
use crate::text::Text;
use eframe::egui::{Label, Role, Ui, WidgetInfo};
use std::time::Duration;

/// What a person has to know before: rights, a restart, a large download, a replaced environment. Each in its own card.
pub fn needs(ui: &mut Ui, plan: &Plan, text: &Text) {
    for need in &plan.assessment.needs {
        let size = plan.lock.download_bytes().map_or_else(|| text.get("review-unknown"), |bytes| text.size(bytes));
        match need {
            Need::Administrator => asked(ui, icons::SHIELD_CHECK, "review-administrator", text),
            Need::Restart => asked(ui, icons::REFRESH_CW, "review-restart", text),
            Need::Consent => {
                let title = text.with("review-consent", &[("size", size.into())]);
                let words = text.get("review-consent-text");
                widgets::banner(ui, &Banner { tone: Tone::Warn, title: &title, text: &words }, |_| {});
            }
            // What is brought along is told below, with everything that is fetched.
            Need::Uv | Need::Python => {}
        }
    }
    if plan.choices.replace {
        let title = text.with("review-replaces", &[("path", plan.target.display().to_string().into())]);
        let words = text.get("review-replaces-text");
        widgets::banner(ui, &Banner { tone: Tone::Warn, title: &title, text: &words }, |_| {});
    }
}

fn asked(ui: &mut Ui, glyph: &str, key: &str, text: &Text) {
    let (title, words) = (text.get(key), text.get(&format!("{key}-text")));
    widgets::card_in(ui, Tone::Warn, |ui| {
        ui.horizontal_top(|ui| {
            let color = palette(ui).warn;
            widgets::icon(ui, glyph, 18.0, color);
            ui.vertical(|ui| {
                ui.add(Label::new(widgets::strong(&title, theme::NAME)).wrap());
                widgets::label(ui, &words);
            });
        });
    });
}

/// The plan in numbers.
pub fn figures(ui: &mut Ui, plan: &Plan, text: &Text) {
    let unknown = || text.get("review-unknown");
    let size = |bytes: Option<u64>| bytes.map_or_else(unknown, |bytes| text.size(bytes));
    let time = plan.assessment.seconds.map_or_else(unknown, |(low, high)| span(low, high, text));
    let cells = [
        (text.get("review-packages"), text.whole(plan.lock.packages.len())),
        (text.get("review-download"), size(plan.lock.download_bytes().or(plan.assessment.download_bytes))),
        (text.get("review-disk"), size(plan.assessment.disk_bytes)),
        (text.get("review-time"), time),
    ];
    widgets::card(ui, |ui| {
        let columns = if ui.available_width() < NARROW { 2 } else { 4 };
        for pair in cells.chunks(columns) {
            ui.columns(columns, |columns| {
                for (ui, (label, value)) in columns.iter_mut().zip(pair) {
                    cell(ui, label, value);
                }
            });
        }
    });
}

fn cell(ui: &mut Ui, label: &str, value: &str) {
    ui.spacing_mut().item_spacing.y = space::XS;
    let shown = ui.add(Label::new(widgets::strong(value, theme::HEADING)).wrap());
    shown.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{label}: {value}")));
    ui.add(Label::new(widgets::muted(ui, label)).wrap());
}

/// A range of time in round words: `1 to 4 min`.
fn span(low: u32, high: u32, text: &Text) -> String {
    let rounded = |seconds: u32| if seconds < 60 { seconds } else { seconds.div_ceil(60) * 60 };
    let (low, high) = (rounded(low), rounded(high));
    let minutes = |seconds: u32| (seconds / 60).max(1);
    let args = |low: u32, high: u32| [("low", low.into()), ("high", high.into())];
    if high < 60 {
        text.with("review-time-seconds", &args(low, high))
    } else if minutes(low) == minutes(high) {
        text.with("review-time-minutes-one", &[("high", minutes(high).into())])
    } else if high < 7200 {
        text.with("review-time-minutes", &args(minutes(low), minutes(high)))
    } else {
        let long = |seconds: u32| text.duration(Duration::from_secs(seconds.into()));
        text.with("review-time-long", &[("low", long(low).into()), ("high", long(high).into())])
    }
}

/// What is written, kept and undone, by where the environment stands.
const fn consequences(plan: &Plan) -> [&'static str; 3] {
    match (&plan.container, &plan.distro) {
        (Some(_), _) => ["review-writes-container", "review-keeps-all", "review-undo-container"],
        (None, Some(_)) => ["review-writes-wsl2", "review-keeps-wsl2", "review-undo-wsl2"],
        (None, None) if plan.choices.replace => {
            ["review-writes-replaced", "review-keeps-replaced", "review-undo-replaced"]
        }
        (None, None) => ["review-writes-new", "review-keeps-all", "review-undo-new"],
    }
}

/// A sentence about the place of the environment.
fn of_place(plan: &Plan, key: &str, text: &Text) -> String {
    let mut args = vec![("path", plan.target.display().to_string().into())];
    if let Some(container) = &plan.container {
        args.push(("image", crate::plan::docker::image(plan, container).into()));
        args.push(("engine", container.engine.word().into()));
    }
    args.extend(plan.distro.as_ref().map(|distro| ("distribution", distro.name.as_str().into())));
    text.with(key, &args)
}

/// What the run writes, what it leaves alone, how it is undone, whom it talks to.
pub fn effects(ui: &mut Ui, plan: &Plan, text: &Text) {
    let path = |path: &std::path::Path| path.display().to_string();
    let named = |key: &str, value: String| text.with(key, &[("path", value.into())]);
    widgets::card(ui, |ui| {
        let [writes, keeps, undo] = consequences(plan);
        widgets::key_value(ui, &text.get("review-writes"), &of_place(plan, writes, text));
        let own = [&plan.places.store, &plan.places.links, &plan.places.uv_cache, &plan.places.run];
        let own: Vec<String> = own.iter().map(|place| path(place)).collect();
        widgets::key_value(ui, &text.get("review-own"), &own.join("\n"));
        widgets::key_value(ui, &text.get("review-keeps"), &text.get(keeps));
        widgets::key_value(ui, &text.get("review-undo"), &of_place(plan, undo, text));
        if !plan.hosts.is_empty() {
            widgets::key_value(ui, &text.get("review-hosts"), &plan.hosts.join("\n"));
        }
        for need in &plan.assessment.needs {
            match need {
                Need::Uv => {
                    let place = plan.choices.uv.as_deref().map(path).unwrap_or_default();
                    widgets::key_value(ui, &text.get("review-brings"), &named("review-brings-uv", place));
                }
                Need::Python => {
                    let version = plan.choices.version().unwrap_or_default();
                    let words = text.with("review-brings-python", &[("version", version.into())]);
                    widgets::key_value(ui, &text.get("review-brings"), &words);
                }
                Need::Administrator | Need::Restart | Need::Consent => {}
            }
        }
        if !plan.inheritance.cleared.is_empty() {
            let names: Vec<&str> = plan.inheritance.cleared.iter().map(String::as_str).collect();
            widgets::key_value(ui, &text.get("review-cleared"), &names.join(", "));
        }
    });
}
