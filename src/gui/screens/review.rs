//! Step 3: the plan to be looked at before anything is changed: where, with what, exactly which commands.

mod choices;
mod details;
mod repair;
mod steps;
mod summary;

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::theme::{palette, space};
use super::super::widgets::{self, FooterButton, Tone};
use super::run::product;
use crate::app::{Action, Becomes, Load, Model, Screen};
use crate::assess::Route;
use crate::plan::Plan;
use crate::problem::{Problem, Remedy};
use crate::text::Text;
use eframe::egui::Ui;

/// Below this things stand one above the other.
const NARROW: f32 = 560.0;

/// The plan of the run there is: looked at, not changed any more.
fn fixed(model: &Model) -> Option<&Plan> {
    model.run.as_ref().map(|run| &*run.plan)
}

/// What stands above.
pub fn head(model: &Model, text: &Text) -> Head {
    if let Some(plan) = fixed(model) {
        let title = text.with("review-title-fixed", &[("what", product(plan, text).into())]);
        return Head { title, lead: text.get("review-lead-fixed"), ..Head::default() };
    }
    if let Some(environment) = &model.review.repairs {
        return repair::head(model, environment, text);
    }
    match &model.review.plan {
        Load::Idle | Load::Busy { .. } => Head {
            title: text.get("review-title-busy"),
            lead: text.get("review-lead-busy"),
            is_busy: model.review.plan.is_busy(),
            ..Head::default()
        },
        Load::Failed(_) if model.review.target_trouble.is_some() => folder_head("review-lead-folder-first", text),
        Load::Failed(_) => Head {
            mark: Some((Tone::Danger.icon(), Tone::Danger)),
            title: text.get("review-title-failed"),
            lead: text.get("nothing-changed"),
            is_busy: false,
        },
        Load::Ready(_) if model.review.target_trouble.is_some() => folder_head("review-lead-folder", text),
        Load::Ready(plan) => Head {
            title: text.with(title_key(plan), &[("what", product(plan, text).into())]),
            lead: text.get("review-lead"),
            ..Head::default()
        },
    }
}

/// What the plan makes ready, by its route.
const fn title_key(plan: &Plan) -> &'static str {
    match &plan.recipe {
        Some(recipe) if !recipe.is_built => "review-title-source",
        Some(_) | None => "review-title",
    }
}

fn folder_head(lead: &str, text: &Text) -> Head {
    Head {
        mark: Some((Tone::Warn.icon(), Tone::Warn)),
        title: text.get("review-title-folder"),
        lead: text.get(lead),
        is_busy: false,
    }
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    if let Some(plan) = fixed(model) {
        choices::fixed(ui, plan, text);
        return whole(ui, model, plan, text);
    }
    let failed = match &model.review.plan {
        // Trouble with the folder is told under its field.
        Load::Failed(problem) if model.review.target_trouble.is_none() => {
            widgets::problem_card(ui, problem, None, text)
        }
        Load::Idle | Load::Busy { .. } | Load::Failed(_) | Load::Ready(_) => None,
    };
    // The choices stand in every state: what is typed keeps the focus while the plan is made anew. A repair has none.
    let action = match (&model.review.repairs, &model.review.plan) {
        (None, _) => failed.or(choices::show(ui, model, text)),
        (Some(_), Load::Ready(plan)) => {
            let action = repair::troubles(ui, plan, &model.review.becomes, text);
            choices::fixed(ui, plan, text);
            action
        }
        (Some(_), Load::Idle | Load::Busy { .. } | Load::Failed(_)) => failed,
    };
    match &model.review.plan {
        Load::Idle | Load::Failed(_) => action,
        Load::Busy { since, doing } => {
            busy(ui, model, text, *since, doing);
            action
        }
        Load::Ready(plan) => action.or(whole(ui, model, plan, text)),
    }
}

/// Everything that follows from a plan.
fn whole(ui: &mut Ui, model: &Model, plan: &Plan, text: &Text) -> Option<Action> {
    summary::needs(ui, plan, text);
    summary::figures(ui, plan, text);
    let action = steps::show(ui, model, plan, text);
    summary::effects(ui, plan, text);
    action.or(details::show(ui, plan, text))
}

/// What the planning is doing, and for how long.
fn busy(ui: &mut Ui, model: &Model, text: &Text, since: std::time::Duration, doing: &str) {
    let said = match doing {
        "" => text.get("review-doing-begins"),
        "looking at this PC" => text.get("review-doing-pc"),
        "resolving the packages" => text.get("review-doing-resolving"),
        "asking for the sizes" => text.get("review-doing-sizes"),
        "fetching uv" => text.get("review-doing-uv"),
        "starting Linux" => text.get("review-doing-linux"),
        other => super::run::upper_first(other),
    };
    let waited = model.now.saturating_sub(since).as_secs();
    widgets::card(ui, |ui| {
        ui.horizontal_top(|ui| {
            widgets::ring(ui, model.now, 20.0);
            ui.vertical(|ui| {
                widgets::label(ui, said);
                let key = if waited < 1 { "review-waited-not" } else { "review-waited" };
                let color = palette(ui).muted;
                let time = text.with(key, &[("seconds", waited.into())]);
                ui.add(eframe::egui::Label::new(widgets::muted(ui, time).color(color)).wrap());
            });
        });
    });
}

/// What stands below.
pub fn footer(model: &Model, text: &Text) -> Footer {
    let back = FooterButton::secondary(icons::ARROW_LEFT, text.get("button-back"), Action::Back);
    if fixed(model).is_some() {
        let to_run = FooterButton::primary(icons::ARROW_RIGHT, text.get("review-to-run"), Action::Go(Screen::Run));
        return Footer { sentence: text.get("review-footer-fixed"), buttons: vec![back, to_run] };
    }
    if let (Load::Failed(problem), None) = (&model.review.plan, &model.review.target_trouble) {
        return Footer { sentence: text.get("nothing-changed"), buttons: vec![back, again(problem, text)] };
    }
    let plan = model.review.plan.ready();
    let words = plan.map_or_else(|| text.get("button-install"), |plan| install_words(model, plan, text));
    let is_compiled = plan.is_some_and(|plan| title_key(plan) == "review-title-source");
    let (icon, key) = match &model.review.repairs {
        Some(_) => match model.review.becomes {
            Becomes::Mended => (icons::WRENCH, "review-repair"),
            Becomes::Snapshot(_) => (icons::ARROW_LEFT, "review-back"),
            Becomes::WithKit(_) => (icons::DOWNLOAD, "review-kit"),
        },
        None if is_compiled => (icons::HAMMER, "review-build-short"),
        None => (icons::DOWNLOAD, "button-install"),
    };
    let short = text.get(key);
    let install = FooterButton::primary(icon, words, Action::Install)
        .or_short(short.clone())
        .when(model.review.installable().is_some());
    let key = if model.review.target_trouble.is_some() {
        "review-footer-folder"
    } else if model.review.is_checking_target {
        "review-footer-checking"
    } else {
        "review-footer"
    };
    Footer { sentence: text.with(key, &[("button", short.into())]), buttons: vec![back, install] }
}

/// Another try; the primary button if the problem offers none of its own.
fn again(problem: &Problem, text: &Text) -> FooterButton {
    let has_button = problem.next.iter().any(|remedy| matches!(remedy, Remedy::Command { .. }));
    let button = if has_button { FooterButton::secondary } else { FooterButton::primary };
    button(icons::REFRESH_CW, text.get("button-retry"), Action::Replan)
}

/// The act in full: `Install PyTorch 2.15 for RTX 5070 (2.56 GB)`.
fn install_words(model: &Model, plan: &Plan, text: &Text) -> String {
    if model.review.repairs.is_some() {
        return text.find(&format!("review-{}", repair::word(&model.review.becomes))).unwrap_or_default();
    }
    let Some(build) = &plan.assessment.build else { return text.get("button-install") };
    let full = build.torch.public();
    let version = full.strip_suffix(".0").unwrap_or(&full).to_owned();
    let card =
        if plan.assessment.route == Route::Cpu { text.get("review-the-processor") } else { card(model, plan, text) };
    let base: [(&str, _); 2] = [("version", version.into()), ("card", card.into())];
    if title_key(plan) == "review-title-source" {
        return text.with("review-build", &base);
    }
    match summary::fetched(plan) {
        Some(bytes) => {
            let [version, card] = base;
            text.with("review-install", &[version, card, ("size", text.size(bytes).into())])
        }
        None => text.with("review-install-unsized", &base),
    }
}

/// The cards that the plan serves, in few words.
fn card(model: &Model, plan: &Plan, text: &Text) -> String {
    let gpus = model.facts().and_then(|facts| facts.gpus.found()).map(Vec::as_slice).unwrap_or_default();
    let is_served = |gpu: &&crate::facts::Gpu| {
        plan.choices.cards.iter().any(|card| gpu.uuid.as_ref() == Some(card) || *card == gpu.index.to_string())
    };
    let served: Vec<_> = gpus.iter().filter(is_served).collect();
    match served.as_slice() {
        [gpu] => gpu.name.trim_start_matches("NVIDIA ").trim_start_matches("GeForce ").to_owned(),
        [] => text.get("review-this-pc"),
        more => text.with("review-cards", &[("count", more.len().into())]),
    }
}

/// A heading that opens what is under it. Which are open is kept by egui: it bears on nothing else.
fn fold(ui: &mut Ui, id: &str, title: &str, add: impl FnOnce(&mut Ui)) {
    let id = eframe::egui::Id::unique(id);
    let is_open = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or(false);
    let icon = if is_open { icons::CHEVRON_DOWN } else { icons::CHEVRON_RIGHT };
    let kind = widgets::ButtonKind::Quiet;
    let button = widgets::Button { kind, icon, text: title, name: "", enabled: true, only_icon: false };
    let response = button.show(ui);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_expanded(is_open));
    if response.clicked() {
        ui.data_mut(|data| data.insert_temp(id, !is_open));
        ui.ctx().request_discard("a part of the page opens");
    }
    if is_open {
        add(ui);
        ui.add_space(space::S);
    }
}
