//! Home: what the user has — each known environment with its proof — and what asks for something: an install that did
//! not end, a PC that is another one than that of the proofs.

mod cards;
mod more;

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::theme::space;
use super::super::widgets::{self, Banner, Button, ButtonKind, FooterButton, Tone};
use crate::app::{Action, Card, Condition, Model, Scanning, Screen};
use crate::facts::{Change, Probed};
use crate::hardware::words;
use crate::recheck::{self, Doubt};
use crate::run::journal::SavedRun;
use crate::text::Text;
use eframe::egui::{Label, Role, Ui, WidgetInfo};

/// What the page asks for above all: that has the primary button.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Resume,
    Again,
    /// The first environment that is broken, where nothing changed on the PC.
    Repair,
    New,
}

fn asks(model: &Model) -> Asks {
    if model.home.unfinished.is_some() {
        Asks::Resume
    } else if !model.home.changed().is_empty() {
        Asks::Again
    } else if first_to_repair(model).is_some() {
        Asks::Repair
    } else {
        Asks::New
    }
}

fn first_to_repair(model: &Model) -> Option<&Card> {
    model.home.cards.iter().find(|card| card.condition().can_be_repaired())
}

/// The repair of this card is what the page asks for above all.
fn asks_to_repair(model: &Model, card: &Card) -> bool {
    asks(model) == Asks::Repair && first_to_repair(model).is_some_and(|first| first.path() == card.path())
}

/// Whether something may be begun: nothing runs, nothing is being undone.
fn is_free(model: &Model) -> bool {
    !model.is_running() && model.home.busy.is_none() && !matches!(model.verify.state, crate::app::VerifyState::Running)
}

/// What stands above.
pub fn head(model: &Model, text: &Text) -> Head {
    let (mark, title) = title(model, text);
    let lead = if model.home.busy.is_some() {
        "home-lead-busy"
    } else if model.home.unfinished.is_some() {
        "home-lead-unfinished"
    } else if model.home.cards.is_empty() {
        "home-lead-none"
    } else {
        "home-lead"
    };
    Head { mark, title, lead: text.get(lead), is_busy: model.home.busy.is_some() }
}

fn title(model: &Model, text: &Text) -> (Option<(&'static str, Tone)>, String) {
    let of = |tone: Tone| Some((tone.icon(), tone));
    if let Some(saved) = &model.home.unfinished {
        let key = if saved.history.cancelled { "home-title-cancelled" } else { "home-title-interrupted" };
        return (of(Tone::Warn), text.get(key));
    }
    let conditions: Vec<Condition> = model.home.cards.iter().map(Card::condition).collect();
    let count = |is_it: fn(&Condition) -> bool| conditions.iter().filter(|condition| is_it(condition)).count();
    let proven = count(|condition| matches!(condition, Condition::Proven { .. }));
    let trouble = count(Condition::is_trouble);
    let total = conditions.len();
    if trouble > 0 {
        let several = || text.with("home-title-trouble", &[("count", trouble.into())]);
        let said = if trouble == 1 { text.get("home-title-trouble-one") } else { several() };
        return (of(Tone::Danger), said);
    }
    if conditions.iter().any(|condition| matches!(condition, Condition::Changed(_))) {
        let is_driver = model.home.changed().iter().all(|card| is_of_the_driver(&card.since));
        return (of(Tone::Warn), text.get(if is_driver { "home-title-driver" } else { "home-title-changed" }));
    }
    match (total, proven) {
        (0, _) if model.home.trouble.is_some() => (of(Tone::Danger), text.get("home-title-unread")),
        (0, _) => (None, text.get("home-title-none")),
        (1, 1) => (of(Tone::Success), text.get("home-title-one-proven")),
        (1, _) if conditions.contains(&Condition::Processor) => (None, text.get("home-title-one-processor")),
        (1, _) => (of(Tone::Warn), text.get("home-title-one-open")),
        (2, 2) => (of(Tone::Success), text.get("home-title-two-proven")),
        (total, proven) if total == proven => {
            (of(Tone::Success), text.with("home-title-all-proven", &[("count", total.into())]))
        }
        (total, proven) => (None, text.with("home-title-some", &[("count", total.into()), ("proven", proven.into())])),
    }
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let mut action = None;
    ui.spacing_mut().item_spacing.y = space::S;
    if let Some(problem) = &model.home.trouble {
        action = action.or(widgets::problem_card(ui, problem, None, text));
    }
    if let Some(saved) = &model.home.unfinished {
        action = action.or(unfinished(ui, model, saved, text));
    }
    action = action.or(changed(ui, model, text));
    if let Some(said) = &model.home.said {
        let response = ui.add(Label::new(widgets::muted(ui, said)).wrap());
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, said));
    }
    for card in &model.home.cards {
        action = action.or(cards::show(ui, model, card, text));
    }
    if model.home.is_empty() {
        widgets::card(ui, |ui| widgets::muted_wrapped(ui, text.get("home-empty")));
    }
    action.or(hardware(ui, model, text))
}

/// What the PC's hardware gives rise to.
fn hardware(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let facts = model.facts()?;
    let all = words::of(&crate::hardware::advice(facts, model.catalog), model.catalog, text);
    if all.is_empty() {
        return None;
    }
    let mut action = None;
    widgets::card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        widgets::name(ui, text.get("hardware-title"));
        for said in &all {
            action = action.take().or(widgets::advice(ui, said, &said.with_card(text), text));
        }
    });
    action
}

/// What an install was to bring.
fn what(saved: &SavedRun) -> String {
    let build = saved.plan.assessment.build.as_ref();
    build.map_or_else(
        || saved.plan.assessment.route.word().to_owned(),
        |build| format!("torch {} ({})", build.torch.public(), build.variant),
    )
}

/// How far an install came: the last step that is done, and the next one.
fn how_far(saved: &SavedRun, text: &Text) -> String {
    let steps = &saved.plan.steps;
    let is_done = |step: &&crate::plan::PlanStep| saved.history.done.contains(&step.key);
    let done = steps.iter().filter(is_done).count();
    let last = steps.iter().rfind(is_done).map(|step| step.title.as_str());
    let next = steps.iter().find(|step| !is_done(step)).map(|step| step.title.as_str());
    let counts = [("done", done.into()), ("total", steps.len().into())];
    match (last, next) {
        (None, next) => text.with("home-unfinished-none", &[("next", next.unwrap_or_default().into())]),
        (Some(last), Some(next)) => {
            let [done, total] = counts;
            text.with("home-unfinished-far", &[done, total, ("last", last.into()), ("next", next.into())])
        }
        (Some(last), None) => {
            let [done, total] = counts;
            text.with("home-unfinished-end", &[done, total, ("last", last.into())])
        }
    }
}

fn unfinished(ui: &mut Ui, model: &Model, saved: &SavedRun, text: &Text) -> Option<Action> {
    let key = if saved.history.cancelled { "home-unfinished-cancelled" } else { "home-unfinished-interrupted" };
    let title = text.with(key, &[("what", what(saved).into())]);
    let enabled = is_free(model);
    let mut action = None;
    widgets::banner(ui, &Banner { tone: Tone::Warn, title: &title, text: &how_far(saved, text) }, |ui| {
        widgets::label(ui, text.get("home-unfinished-kept"));
        cards::path(ui, &saved.plan.target, text);
        ui.add_space(space::XS);
        ui.horizontal_wrapped(|ui| {
            for (kind, icon, words, does) in [
                (ButtonKind::Primary, icons::PLAY, text.get("button-resume"), Action::Resume),
                (ButtonKind::Secondary, icons::X, text.get("button-remove"), Action::RollBack),
            ] {
                let button = Button { kind, icon, text: &words, name: "", enabled, only_icon: false };
                if button.show(ui).clicked() {
                    action = Some(does);
                }
            }
        });
    });
    action
}

/// Whether the driver alone is another one.
fn is_of_the_driver(changes: &[Change]) -> bool {
    let is_it = |change: &Change| {
        matches!(change, Change::Driver { .. } | Change::DriverInstalled { .. } | Change::DriverRemoved { .. })
    };
    changes.iter().all(is_it)
}

/// What is another one on this PC than it was for the last proofs, what that means for them, and the first thing to do.
fn changed(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let cards = model.home.changed();
    let first = cards.first()?;
    let title = recheck::changes(&first.since, text);
    let of = |is_it: fn(&Condition) -> bool| cards.iter().copied().filter(move |card| is_it(&card.condition()));
    let broken: Vec<&Card> = of(|condition| matches!(condition, Condition::Unfit(_) | Condition::Failed)).collect();
    let open: Vec<&Card> = of(|condition| matches!(condition, Condition::Changed(_))).collect();
    let count = |key: &str, cards: &[&Card]| {
        let said = || text.with(key, &[("count", cards.len().into())]);
        (!cards.is_empty()).then(said)
    };
    let waits = of(|condition| matches!(condition, Condition::Unclear(Doubt::Restart))).next();
    let waits = waits.map(|_| text.get("recheck-restart"));
    let said: Vec<String> = [count("home-changed-broken", &broken), count("home-changed-open", &open), waits]
        .into_iter()
        .flatten()
        .collect();
    let next = of(Condition::can_be_repaired).next();
    let next = next.map(|card| (card, true)).or_else(|| open.first().map(|card| (*card, false)));
    let mut action = None;
    widgets::banner(ui, &Banner { tone: Tone::Warn, title: &title, text: &said.join(" ") }, |ui| {
        if super::driver::is_wanted(model) && widgets::quiet(ui, icons::WRENCH, &text.get("driver-entry")) {
            action = Some(Action::Go(Screen::Driver));
        }
        let Some((card, is_repair)) = next else { return };
        let path = card.path().clone();
        let (icon, key, does) = if is_repair {
            (icons::WRENCH, "home-changed-repair", Action::Repair(path))
        } else {
            (icons::SHIELD_CHECK, "home-changed-verify", Action::VerifyEnvironment(path))
        };
        ui.add_space(space::XS);
        let words = text.with(key, &[("name", card.name().into())]);
        let kind = if asks(model) == Asks::Again { ButtonKind::Primary } else { ButtonKind::Secondary };
        let button = Button { kind, icon, text: &words, name: "", enabled: is_free(model), only_icon: false };
        if button.show(ui).clicked() {
            action = Some(does);
        }
    });
    action
}

/// What stands below.
pub fn footer(model: &Model, text: &Text) -> Footer {
    let words = text.get("home-new");
    let new = match asks(model) {
        Asks::New => FooterButton::primary(icons::ARROW_RIGHT, words, Action::StartOver),
        Asks::Resume | Asks::Again | Asks::Repair => {
            FooterButton::secondary(icons::ARROW_RIGHT, words, Action::StartOver)
        }
    };
    let diagnose = FooterButton::quiet(icons::SEARCH, text.get("diagnose-entry"), Action::Go(Screen::Diagnose));
    Footer { sentence: this_pc(model, text), buttons: vec![diagnose, new.when(is_free(model))] }
}

/// Card and driver in one sentence.
fn this_pc(model: &Model, text: &Text) -> String {
    let Some(facts) = model.facts() else { return text.get("home-pc-checking") };
    let (first, more) = match &facts.gpus {
        Probed::Found { value, .. } => match value.split_first() {
            Some((first, others)) => (first.name.as_str(), others.len()),
            None => return text.get("home-pc-none"),
        },
        Probed::Absent { .. } => return text.get("home-pc-none"),
        Probed::Unknown { .. } if !matches!(model.detection.scanning, Scanning::Done { .. }) => {
            return text.get("home-pc-checking");
        }
        Probed::Unknown { .. } => return text.get("home-pc-unknown"),
    };
    match (facts.driver.found(), more) {
        (None, _) => text.with("home-pc-no-driver", &[("card", first.into())]),
        (Some(driver), 0) => text.with("home-pc", &[("card", first.into()), ("driver", driver.to_string().into())]),
        (Some(driver), more) => text.with(
            "home-pc-more",
            &[("card", first.into()), ("count", more.into()), ("driver", driver.to_string().into())],
        ),
    }
}
