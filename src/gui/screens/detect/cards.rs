//! What stands around the rows: what changed, what is in the way, what mixed cards mean, what is recommended.

use super::lines;
use super::state::{self, State};
use crate::app::{Action, Model, Row, Screen, Subject};
use crate::assess::{self, Route, Verdict};
use crate::facts::Gpu;
use crate::gui::icons;
use crate::gui::screens::choose::judged::Judged;
use crate::gui::screens::choose::reasons::{Helping, Numbers, helps};
use crate::gui::screens::choose::{served, words};
use crate::gui::theme::{self, palette, space};
use crate::gui::widgets::{self, Banner, Button, ButtonKind, Tone};
use crate::text::Text;
use eframe::egui::{Align, Label, Layout, Ui};

/// What "check again" found changed; also above the routes, which are asked for anew.
pub fn changes(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let changes = &model.detection.changes;
    if changes.is_empty() {
        return None;
    }
    let banner = Banner { tone: Tone::Warn, title: &text.get("detect-changed"), text: "" };
    widgets::banner(ui, &banner, |ui| {
        for change in changes {
            let value = |value: &str| {
                if value.is_empty() { nothing(model, text, change.row) } else { value.to_owned() }
            };
            let before = if change.before.is_empty() { text.get("detect-unknown") } else { change.before.clone() };
            let said = text.with(
                "detect-change",
                &[
                    ("what", lines::label(text, change.row).into()),
                    ("before", before.into()),
                    ("now", value(&change.now).into()),
                ],
            );
            widgets::label(ui, said);
        }
        widgets::label(ui, text.get("detect-changed-text"));
    });
    None
}

/// The word for a fact that has no value now: not known is not the same as none.
fn nothing(model: &Model, text: &Text, row: Row) -> String {
    let is_absent = model.facts().is_some_and(|facts| match row {
        Row::Gpu => facts.gpus.is_absent(),
        Row::Driver => facts.driver.is_absent(),
        Row::System
        | Row::Hardware
        | Row::Python
        | Row::Disk
        | Row::Network
        | Row::Toolkit
        | Row::Torch
        | Row::Tools
        | Row::Settings => false,
    });
    text.get(if is_absent { "detect-change-none" } else { "detect-unknown" })
}

/// A way out of what is in the way.
#[derive(Clone, Copy)]
enum Way {
    Again,
    Card,
    Driver,
    Drivers,
    Mirror,
    Runtime,
    Retry,
    Cpu,
}

const fn ways(state: State) -> &'static [Way] {
    match state {
        State::Looking | State::Ready | State::Mixed => &[],
        State::NoCard => &[Way::Again, Way::Card, Way::Cpu],
        State::CardsUnknown | State::CardOld | State::CardNew | State::Unknown => &[Way::Card, Way::Cpu],
        State::NoDriver | State::DriverOld | State::DriverNew | State::DriverSilent | State::DriverUnknown => {
            &[Way::Drivers, Way::Driver, Way::Cpu]
        }
        State::NoRuntime => &[Way::Runtime, Way::Retry],
        State::NoIndex => &[Way::Retry, Way::Mirror],
        State::NoSystem => &[Way::Cpu],
    }
}

/// What stands between this PC and GPU PyTorch, with the ways on.
pub fn trouble(ui: &mut Ui, model: &Model, text: &Text, state: State) -> Option<Action> {
    let ways = ways(state);
    if ways.is_empty() {
        return None;
    }
    widgets::card(ui, |ui| {
        let mut numbers = Numbers::default();
        let mut action = None;
        // What stops a blocked route are all of its reasons; where a fact is missing the first one names it.
        let is_blocked = matches!(state::wheel(model).map(|wheel| &wheel.verdict), Some(Verdict::Blocked { .. }));
        let count = if is_blocked { usize::MAX } else { 1 };
        let first: Vec<_> = state::reasons(model).iter().take(count).collect();
        match state {
            State::NoCard => {
                widgets::label(ui, text.get("detect-no-card-text"));
            }
            State::DriverSilent | State::DriverUnknown => {
                if let Some(words) = state::driver_trouble(model) {
                    widgets::label(ui, words);
                }
                action = numbers.reasons(ui, text, &first, None);
                widgets::label(ui, text.get("detect-restart-text"));
            }
            State::Looking
            | State::Ready
            | State::CardsUnknown
            | State::NoDriver
            | State::DriverOld
            | State::DriverNew
            | State::CardOld
            | State::CardNew
            | State::Mixed
            | State::NoRuntime
            | State::NoIndex
            | State::NoSystem
            | State::Unknown => action = numbers.reasons(ui, text, &first, None),
        }
        if let Some(Verdict::Blocked { unblock, .. }) = state::wheel(model).map(|wheel| &wheel.verdict) {
            action = action.or(helps(ui, text, unblock, Helping::BesidePages));
        }
        if let Some(wait) = model.facts().and_then(|facts| assess::wait(facts, model.catalog)) {
            let places = [("variant", wait.variant.into()), ("arch", wait.arch.into())];
            widgets::label(ui, text.with("detect-wait-text", &places));
        }
        ui.add_space(space::XS);
        action.or(buttons(ui, model, text, ways))
    })
}

fn buttons(ui: &mut Ui, model: &Model, text: &Text, ways: &[Way]) -> Option<Action> {
    let mut action = None;
    let is_cpu_free = model
        .detection
        .assessments
        .iter()
        .any(|assessment| assessment.route == Route::Cpu && crate::app::steps::is_usable(assessment));
    ui.horizontal_wrapped(|ui| {
        for way in ways {
            let (icon, key, does) = match way {
                Way::Again => (icons::REFRESH_CW, "detect-way-again", Action::Rescan),
                Way::Card => (icons::GPU, "detect-way-card", Action::Correct(Subject::Card)),
                Way::Driver => (icons::WRENCH, "detect-way-driver", Action::Correct(Subject::Driver)),
                Way::Drivers => (icons::WRENCH, "driver-entry", Action::Go(Screen::Driver)),
                Way::Runtime => {
                    let Some(page) = assess::vc_runtime_page(model.catalog) else { continue };
                    (icons::EXTERNAL_LINK, "detect-way-runtime", Action::OpenPage(page.to_owned()))
                }
                Way::Mirror => (icons::SETTINGS, "detect-way-mirror", Action::Go(Screen::Settings)),
                Way::Retry => (icons::REFRESH_CW, "detect-way-retry", Action::Rescan),
                Way::Cpu if !is_cpu_free => continue,
                Way::Cpu => (icons::CPU, "detect-way-cpu", Action::Pick(Route::Cpu)),
            };
            let words = text.get(key);
            // The footer has a button of the same words.
            let name = if matches!(way, Way::Again) { text.get("detect-way-again-name") } else { String::new() };
            let kind = ButtonKind::Secondary;
            let button = Button { kind, icon, text: &words, name: &name, enabled: true, only_icon: false };
            if button.show(ui).clicked() {
                action = Some(does);
            }
        }
    });
    action
}

/// Several cards of different generations: what that means for the choice, and one button for each of them.
pub fn generations(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let gpus = model.facts().and_then(|facts| facts.gpus.found()).map(Vec::as_slice).unwrap_or_default();
    if !is_mixed(model, gpus) || model.detection.assessments.is_empty() {
        return None;
    }
    let p = palette(ui);
    let wheel = state::wheel(model);
    let has = |code: &str| state::reasons(model).iter().any(|reason| reason.code == code);
    let judged = Judged::ours(model);
    let losers = wheel.map(|wheel| served::losers(&judged, wheel)).unwrap_or_default();
    let is_lost = |gpu: &Gpu| losers.iter().any(|lost| lost.index == gpu.index);
    let served: Vec<String> = gpus.iter().filter(|gpu| !is_lost(gpu)).map(short).collect();
    let (key, tone, names) = match &model.choice.gpus {
        Some(chosen) => {
            let names = gpus.iter().filter(|gpu| chosen.contains(&gpu.index)).map(short);
            ("detect-generations-chosen", Tone::Accent, names.collect::<Vec<_>>())
        }
        None if has("no-common-wheel") && !losers.is_empty() => {
            ("detect-generations-some", Tone::Warn, gpus.iter().map(short).collect())
        }
        None if has("no-common-wheel") => ("detect-generations-apart", Tone::Warn, gpus.iter().map(short).collect()),
        None if has("card-left-out") => ("detect-generations-left", Tone::Warn, gpus.iter().map(short).collect()),
        None if wheel.is_some_and(crate::app::steps::is_usable) => {
            ("detect-generations-together", Tone::Success, gpus.iter().map(short).collect())
        }
        None => return None,
    };
    let mut action = None;
    widgets::hairline(ui);
    ui.add_space(space::S);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = space::M;
        widgets::icon(ui, tone.icon(), 17.0, tone.colors(&p).0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            let title = widgets::strong(text.get("detect-generations"), theme::BODY);
            ui.add(Label::new(title).wrap());
            let places = [("names", names.join(", ").into()), ("served", served.join(", ").into())];
            ui.add(Label::new(widgets::muted(ui, text.with(key, &places))).wrap());
            action = only(ui, model, text, &alone(model, gpus, &losers));
        });
    });
    ui.add_space(space::S);
    action
}

/// The cards that could be served alone: those that get nothing, or each of them where nothing serves all.
fn alone<'a>(model: &Model, gpus: &'a [Gpu], losers: &[&'a Gpu]) -> Vec<&'a Gpu> {
    let Some(wheel) = state::wheel(model) else { return Vec::new() };
    match &wheel.verdict {
        Verdict::Blocked { unblock, .. } if unblock.iter().any(|way| way.code == "one-environment-each") => {
            gpus.iter().collect()
        }
        Verdict::Blocked { .. } => Vec::new(),
        Verdict::Recommended { .. } | Verdict::Works { .. } | Verdict::Unknown { .. } => {
            losers.iter().filter(|gpu| served::has_own(wheel, gpu)).copied().collect()
        }
    }
}

/// A button for each card that can be served alone; and for all of them again.
fn only(ui: &mut Ui, model: &Model, text: &Text, cards: &[&Gpu]) -> Option<Action> {
    if model.choice.gpus.is_some() {
        let all = text.get("detect-all-cards");
        return widgets::button(ui, ButtonKind::Secondary, icons::GPU, &all).then_some(Action::PickCards(None));
    }
    let mut action = None;
    ui.horizontal_wrapped(|ui| {
        for gpu in cards {
            let words = text.with("detect-only", &[("name", short(gpu).into())]);
            if widgets::button(ui, ButtonKind::Secondary, icons::GPU, &words) {
                action = Some(Action::PickCards(Some(vec![gpu.index])));
            }
        }
    });
    action
}

/// "RTX 5090"; with its number where that is no name of its own.
pub fn short(gpu: &Gpu) -> String {
    let name = gpu.name.trim_start_matches("NVIDIA ").trim_start_matches("GeForce ");
    format!("{}: {name}", gpu.index)
}

/// Whether the cards are of more than one generation.
pub fn is_mixed(model: &Model, gpus: &[Gpu]) -> bool {
    let mut names: Vec<Option<&str>> =
        gpus.iter().map(|gpu| Some(model.catalog.architecture(gpu.capability?)?.name.as_str())).collect();
    names.sort_unstable();
    names.dedup();
    names.len() > 1
}

/// What the primary button leads to.
pub fn recommendation(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let chosen = model.chosen()?;
    let build = chosen.build.as_ref()?;
    let is_own = model.choice.route.is_some() && !matches!(chosen.verdict, Verdict::Recommended { .. });
    let (tone, key) = if is_own { (Tone::Accent, "detect-your-choice") } else { (Tone::Success, "detect-recommended") };
    let judged = Judged::ours(model);
    widgets::card(ui, |ui| {
        let title = widgets::strong(words::title(text, &judged, chosen), theme::NAME);
        let cost = widgets::muted(ui, words::cost(text, chosen));
        let is_wide = ui.available_width() > WIDE;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().interact_size.y = widgets::PILL;
            widgets::pill(ui, tone, &text.get(key));
            ui.add(Label::new(title).wrap());
            if is_wide {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(cost.clone()));
            }
        });
        if !is_wide {
            ui.add(Label::new(cost).wrap());
        }
        ui.add(Label::new(words::build(text, &judged, chosen.route, build)).wrap());
        for reason in chosen.verdict.reasons().iter().take(FIRST_REASONS) {
            ui.add(Label::new(widgets::muted(ui, reason.said(text))).wrap());
        }
    });
    None
}

/// From this width on the price stands behind the name.
const WIDE: f32 = 620.0;
/// So many reasons stand on the first page; all of them stand beside the route.
const FIRST_REASONS: usize = 2;
