//! "Choose a route": every way to a working PyTorch with its verdict, its price and its reasons, in one radio group.

mod card;
mod knowledge;
pub(super) mod reasons;
pub(super) mod words;

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::theme;
use super::super::widgets::{self, FooterButton};
use super::detect;
use crate::app::{Action, Model, Scanning, steps};
use crate::assess::{Assessment, Need, Route, Verdict};
use crate::text::Text;
use card::Radio;
use eframe::egui::{EventFilter, Id, Key, Label, Modifiers, Ui};
use reasons::{Numbers, Pages};

/// What stands above.
pub fn head(model: &Model, text: &Text) -> Head {
    let is_busy = !matches!(model.detection.scanning, Scanning::Done { .. });
    let mut lead = text.get("choose-lead");
    if is_busy && !model.offline {
        lead = format!("{lead} {}", text.get("choose-index-asked"));
    }
    Head { title: text.get("choose-title"), lead, is_busy, ..Head::default() }
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let mut action = detect::changes(ui, model, text);
    action = action.or(knowledge::banners(ui, model, text));
    action = action.or(cards(ui, model, text));
    let mut numbers = Numbers::default();
    let mut focus = None;
    for assessment in &model.detection.assessments {
        action = action.or(route(ui, model, text, assessment, &mut numbers, &mut focus));
    }
    if let Some(to) = focus {
        // Not before all are drawn: a card that is no stop of Tab in this frame would give the focus away again.
        ui.memory_mut(|memory| memory.request_focus(id_of(to)));
    }
    if model.detection.assessments.is_empty() {
        widgets::muted_wrapped(ui, text.get("choose-wait"));
    }
    action
}

/// Which of several cards shall be served.
fn cards(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let gpus = model.facts().and_then(|facts| facts.gpus.found()).map(Vec::as_slice).unwrap_or_default();
    if gpus.len() < 2 {
        return None;
    }
    let mut options = vec![(None, text.get("choose-cards-all"))];
    options.extend(gpus.iter().map(|gpu| {
        let name = gpu.name.trim_start_matches("NVIDIA ").trim_start_matches("GeForce ");
        let words = text.with("choose-cards-only", &[("number", gpu.index.into()), ("name", name.into())]);
        (Some(gpu.index), words)
    }));
    let current = model.choice.gpus.as_ref().and_then(|chosen| chosen.first().copied());
    let label = text.get("choose-cards");
    let picked = widgets::card(ui, |ui| {
        ui.add(Label::new(widgets::muted(ui, &label)).wrap());
        widgets::choice(ui, &label, &options, current)
    });
    picked.map(|card| Action::PickCards(card.map(|index| vec![index])))
}

fn id_of(route: Route) -> Id {
    Id::unique(("route", route.word()))
}

fn route(
    ui: &mut Ui,
    model: &Model,
    text: &Text,
    assessment: &Assessment,
    numbers: &mut Numbers,
    focus: &mut Option<Route>,
) -> Option<Action> {
    let chosen = model.chosen().map(|chosen| chosen.route);
    let on = chosen == Some(assessment.route);
    let enabled = true;
    let title = words::title(text, assessment);
    let (tone, verdict) = words::verdict(text, assessment);
    let sentence = words::sentence(text, model, assessment);
    // The reasons below say it with its source; and what cannot be chosen takes no more room than one line.
    let about = || text.get(&format!("choose-about-{}", assessment.route.word()));
    let (shown, cost) = match (enabled, &assessment.build) {
        (false, _) => (String::new(), sentence.clone()),
        (true, None) if on => (about(), String::new()),
        (true, _) => (sentence.clone(), words::cost(text, assessment)),
    };
    let places = [
        ("route", title.as_str().into()),
        ("verdict", verdict.as_str().into()),
        ("sentence", sentence.trim_end_matches('.').into()),
    ];
    let mut name = text.with("choose-said", &places);
    if enabled && !cost.is_empty() {
        name = format!("{name}. {cost}");
    }
    let radio = Radio {
        id: id_of(assessment.route),
        name: &name,
        title: &title,
        pill: (tone, &verdict),
        sentence: &shown,
        cost: &cost,
        on,
        enabled,
        has_tab: tab_stop(&model.detection.assessments, chosen) == Some(assessment.route),
    };
    let helps = matches!(&assessment.verdict, Verdict::Blocked { unblock, .. } if !unblock.is_empty());
    let below = (on || helps).then_some(|ui: &mut Ui| unfolded(ui, text, assessment, on, numbers));
    let (response, done) = card::show(ui, &radio, below);
    let mut action = response.clicked().then_some(Action::Pick(assessment.route)).or(done.flatten());
    if response.has_focus() {
        // The arrows belong to the group here; without this they would move the focus anywhere.
        let arrows = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        if let Some(to) = pressed(ui).and_then(|by| neighbour(&model.detection.assessments, assessment.route, by)) {
            action = Some(Action::Pick(to));
            *focus = Some(to);
        }
    }
    action
}

/// Where Tab enters the group: at the chosen card, else at the first that can be chosen.
fn tab_stop(list: &[Assessment], chosen: Option<Route>) -> Option<Route> {
    let mut free = list.iter().map(|assessment| assessment.route);
    let first = free.clone().next();
    chosen.filter(|chosen| free.any(|route| route == *chosen)).or(first)
}

/// A step of the arrow keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Next,
    Previous,
}

fn pressed(ui: &Ui) -> Option<By> {
    let hit = |key: Key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if hit(Key::ArrowDown) || hit(Key::ArrowRight) {
        Some(By::Next)
    } else if hit(Key::ArrowUp) || hit(Key::ArrowLeft) {
        Some(By::Previous)
    } else {
        None
    }
}

/// The card that the arrow keys lead to: what cannot be chosen is passed over, and the ends meet, as in any radio group.
fn neighbour(list: &[Assessment], from: Route, by: By) -> Option<Route> {
    let free: Vec<Route> =
        list.iter().map(|assessment| assessment.route).collect();
    let at = free.iter().position(|route| *route == from)?;
    let to = match by {
        By::Next => (at + 1) % free.len(),
        By::Previous => (at + free.len() - 1) % free.len(),
    };
    free.get(to).copied().filter(|to| *to != from)
}

/// What stands in a card: all of it in the chosen one, what would unblock it in a blocked one.
fn unfolded(ui: &mut Ui, text: &Text, assessment: &Assessment, on: bool, numbers: &mut Numbers) -> Option<Action> {
    let mut action = None;
    if on {
        caption(ui, &text.get("choose-why"));
        action = numbers.reasons(ui, text, assessment.verdict.reasons());
        if !assessment.acceptable_variants.is_empty() {
            let names = assessment.acceptable_variants.join(", ");
            let said = text.with("choose-variants", &[("names", names.into())]);
            ui.add(Label::new(widgets::muted(ui, said)).wrap());
        }
        if let Some(bytes) = assessment.disk_bytes {
            let said = text.with("choose-disk", &[("bytes", text.size(bytes).into())]);
            ui.add(Label::new(widgets::muted(ui, said)).wrap());
        }
        for need in &assessment.needs {
            let key = match need {
                Need::Python => "choose-need-python",
                Need::Uv => "choose-need-uv",
                Need::Administrator => "choose-need-administrator",
                Need::Restart => "choose-need-restart",
                Need::Consent => "choose-need-consent",
            };
            ui.add(Label::new(widgets::muted(ui, text.get(key))).wrap());
        }
    }
    if let Verdict::Blocked { unblock, .. } = &assessment.verdict
        && !unblock.is_empty()
    {
        caption(ui, &text.get("choose-unblock"));
        action = action.or(reasons::helps(ui, text, unblock, Pages::Open));
    }
    action
}

fn caption(ui: &mut Ui, words: &str) {
    ui.add(Label::new(widgets::strong(words, theme::SMALL)).wrap());
}

/// What stands below.
pub fn footer(model: &Model, text: &Text) -> Footer {
    let chosen = model.chosen();
    let stop = match chosen.map(|chosen| (steps::is_usable(chosen), &chosen.verdict)) {
        Some((true, _)) => None,
        Some((false, Verdict::Blocked { .. })) => Some("choose-stop-blocked"),
        Some((false, _)) => Some("choose-stop-unknown"),
        None => Some("choose-stop-none"),
    };
    let sentence = text.get(stop.unwrap_or("nothing-changed"));
    let buttons = vec![
        FooterButton::secondary(icons::ARROW_LEFT, text.get("button-back"), Action::Back),
        FooterButton::primary(icons::ARROW_RIGHT, text.get("button-review"), Action::Next).when(stop.is_none()),
    ];
    Footer { sentence, buttons }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::Reason;
    use std::collections::BTreeMap;

    fn list(verdicts: &[(Route, &str)]) -> Vec<Assessment> {
        let reasons = |code: &str| {
            vec![Reason { code: code.to_owned(), text: String::new(), source: None, args: BTreeMap::new() }]
        };
        let of = |&(route, word): &(Route, &str)| Assessment {
            route,
            verdict: match word {
                "later" => Verdict::Unknown { reasons: reasons("not-in-this-version") },
                "blocked" => Verdict::Blocked { reasons: reasons("x"), unblock: Vec::new() },
                _ => Verdict::Works { reasons: reasons("x") },
            },
            build: None,
            acceptable_variants: Vec::new(),
            gpus: Vec::new(),
            download_bytes: None,
            disk_bytes: None,
            seconds: None,
            needs: Vec::new(),
            risk: None,
        };
        verdicts.iter().map(of).collect()
    }

    fn usual() -> Vec<Assessment> {
        list(&[
            (Route::Wheel, "works"),
            (Route::Nightly, "later"),
            (Route::Source, "later"),
            (Route::Wsl2, "blocked"),
            (Route::Docker, "later"),
            (Route::Cpu, "works"),
        ])
    }

    #[test]
    fn arrows_pass_over_what_this_version_does_not_judge() {
        let list = usual();
        assert_eq!(neighbour(&list, Route::Wheel, By::Next), Some(Route::Wsl2));
        assert_eq!(neighbour(&list, Route::Wsl2, By::Next), Some(Route::Cpu));
        assert_eq!(neighbour(&list, Route::Wsl2, By::Previous), Some(Route::Wheel));
    }

    #[test]
    fn arrows_go_round() {
        let list = usual();
        assert_eq!(neighbour(&list, Route::Cpu, By::Next), Some(Route::Wheel));
        assert_eq!(neighbour(&list, Route::Wheel, By::Previous), Some(Route::Cpu));
    }

    #[test]
    fn alone_there_is_nowhere_to_go() {
        let list = list(&[(Route::Wheel, "works"), (Route::Docker, "later")]);
        assert_eq!(neighbour(&list, Route::Wheel, By::Next), None);
        assert_eq!(neighbour(&[], Route::Wheel, By::Next), None);
    }

    #[test]
    fn tab_enters_the_group_once() {
        let list = usual();
        assert_eq!(tab_stop(&list, Some(Route::Cpu)), Some(Route::Cpu));
        assert_eq!(tab_stop(&list, None), Some(Route::Wheel));
        assert_eq!(tab_stop(&list, Some(Route::Nightly)), Some(Route::Wheel));
    }
}
