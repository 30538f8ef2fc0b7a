//! What a plan asks for, what it costs, and what it changes.

use super::super::super::icons;
use super::super::super::theme::{self, palette, space};
use super::super::super::widgets::{self, Banner, Tone};
use super::{NARROW, steps};
use crate::assess::Need;
use crate::plan::{Action, Plan, PlanStep};
use crate::text::Text;
use eframe::egui::{Label, Role, Ui, WidgetInfo};

/// What a person has to know before: rights, a restart, a large download, a replaced environment. Each in its own card.
pub fn needs(ui: &mut Ui, plan: &Plan, text: &Text) {
    let of = |is_it: fn(&PlanStep) -> bool| -> Vec<String> {
        let steps = (1..).zip(&plan.steps).filter(|(_, step)| is_it(step));
        let named = steps.map(|(number, step): (usize, _)| {
            let title = steps::title(plan, step, text);
            text.with("review-step", &[("number", number.into()), ("title", title.into())])
        });
        named.collect()
    };
    asked(ui, icons::SHIELD_CHECK, "review-administrator", &of(|step| step.admin), text);
    asked(ui, icons::REFRESH_CW, "review-restart", &of(|step| matches!(step.action, Action::Restart { .. })), text);
    if plan.assessment.needs.contains(&Need::Consent) {
        let size = fetched(plan).map_or_else(|| text.get("review-unknown"), |bytes| text.size(bytes));
        let title = text.with("review-consent", &[("size", size.into())]);
        let words = text.get("review-consent-text");
        widgets::banner(ui, &Banner { tone: Tone::Warn, title: &title, text: &words }, |_| {});
    }
    // What is changed where it stands is not replaced.
    let moves = plan.steps.iter().any(|step| matches!(step.action, Action::Promote { .. }));
    if plan.choices.replace && moves {
        let title = text.with("review-replaces", &[("path", plan.target.display().to_string().into())]);
        let key = if plan.keeps_replaced { "review-replaces-kept" } else { "review-replaces-text" };
        let words = text.get(key);
        widgets::banner(ui, &Banner { tone: Tone::Warn, title: &title, text: &words }, |_| {});
    }
}

/// What steps ask of the user, with these steps by number and name; nothing if there are none.
fn asked(ui: &mut Ui, glyph: &str, key: &str, steps: &[String], text: &Text) {
    if steps.is_empty() {
        return;
    }
    let (title, words) = (text.get(key), text.get(&format!("{key}-text")));
    widgets::card_in(ui, Tone::Warn, |ui| {
        ui.horizontal_top(|ui| {
            let color = palette(ui).warn;
            widgets::icon(ui, glyph, 18.0, color);
            ui.vertical(|ui| {
                ui.add(Label::new(widgets::strong(&title, theme::NAME)).wrap());
                widgets::label(ui, &words);
                for step in steps {
                    ui.add(Label::new(widgets::muted(ui, step)).wrap());
                }
            });
        });
    });
}

/// Bytes that will be fetched: of the packages to the byte, of an image as it is known.
pub fn fetched(plan: &Plan) -> Option<u64> {
    plan.lock.download_bytes().filter(|bytes| *bytes > 0).or(plan.assessment.download_bytes)
}

/// The plan in numbers.
pub fn figures(ui: &mut Ui, plan: &Plan, text: &Text) {
    let unknown = || text.get("review-unknown");
    let size = |bytes: Option<u64>| bytes.map_or_else(unknown, |bytes| text.size(bytes));
    let time = plan.assessment.seconds.map_or_else(unknown, |(low, high)| span(low, high, text));
    let is_compiled = plan.recipe.as_ref().is_some_and(|recipe| !recipe.is_built);
    let download = match fetched(plan) {
        Some(bytes) if is_compiled => text.with("review-download-source", &[("bytes", text.size(bytes).into())]),
        bytes => size(bytes),
    };
    let mut cells = vec![(text.get("review-packages"), text.whole(plan.lock.packages.len()))];
    if plan.lock.packages.is_empty() {
        // A published image is taken as it is.
        cells.clear();
    }
    cells.extend([
        (text.get("review-download"), download),
        (text.get("review-disk"), size(plan.assessment.disk_bytes)),
        (text.get("review-time"), time),
    ]);
    widgets::card(ui, |ui| {
        let columns = if ui.available_width() < NARROW { 2 } else { cells.len() };
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
pub fn span(low: u32, high: u32, text: &Text) -> String {
    let minutes = |seconds: u32| seconds.div_ceil(60).max(1);
    let args = |low: u32, high: u32| [("low", low.into()), ("high", high.into())];
    if high < 60 {
        text.with("review-time-seconds", &args(low, high))
    } else if minutes(low) == minutes(high) {
        text.with("review-time-minutes-one", &args(minutes(low), minutes(high)))
    } else if high <= 10_800 {
        text.with("review-time-minutes", &args(minutes(low), minutes(high)))
    } else if low < 3600 {
        text.with("review-time-mixed", &args(minutes(low), high.div_ceil(3600)))
    } else {
        text.with("review-time-hours", &args((low + 1800) / 3600, high.div_ceil(3600)))
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
        let mut own = vec![&plan.places.run];
        if !plan.lock.packages.is_empty() {
            own.extend([&plan.places.store, &plan.places.links, &plan.places.uv_cache]);
        }
        own.extend(plan.recipe.iter().flat_map(|recipe| [&recipe.folder, &recipe.built]));
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
