//! The routes as one radio group: Tab enters it once, the arrow keys move the choice.

use super::card::{self, Radio};
use super::judged::Judged;
use super::reasons::Numbers;
use super::{unfolded, words};
use crate::app::Action;
use crate::assess::{Assessment, Route, Verdict};
use crate::text::Text;
use eframe::egui::{EventFilter, Id, Key, Modifiers, Ui};

/// Draws the group.
pub fn show(ui: &mut Ui, text: &Text, judged: &Judged<'_>) -> Option<Action> {
    let mut group = Group { numbers: Numbers::default(), focus: None };
    let mut action = None;
    for assessment in judged.in_order() {
        action = action.or(group.route(ui, text, judged, assessment));
    }
    if let Some(to) = group.focus {
        // Not before all are drawn: a card that is no stop of Tab in this frame would give the focus away again.
        ui.memory_mut(|memory| memory.request_focus(id_of(to)));
    }
    action
}

/// What goes on from card to card.
struct Group {
    numbers: Numbers,
    focus: Option<Route>,
}

fn id_of(route: Route) -> Id {
    Id::unique(("route", route.word()))
}

impl Group {
    fn route(&mut self, ui: &mut Ui, text: &Text, judged: &Judged<'_>, assessment: &Assessment) -> Option<Action> {
        let routes: Vec<Route> = judged.in_order().map(|assessment| assessment.route).collect();
        let route = assessment.route;
        let on = judged.chosen == Some(route);
        let title = words::title(text, judged, assessment);
        let (tone, verdict) = words::verdict(text, assessment);
        let sentence = words::sentence(text, judged, assessment);
        // The reasons below say it with its source.
        let about = || text.get(&format!("choose-about-{}", route.word()));
        let (shown, cost) = match &assessment.build {
            None if on => (about(), String::new()),
            Some(build) if on => (words::build(text, judged, route, build), words::cost(text, assessment)),
            _ => (sentence.clone(), words::cost(text, assessment)),
        };
        let places = [
            ("route", title.as_str().into()),
            ("verdict", verdict.as_str().into()),
            ("sentence", sentence.trim_end_matches('.').into()),
        ];
        let mut name = text.with("choose-said", &places);
        if !cost.is_empty() {
            name = format!("{name}. {cost}");
        }
        let radio = Radio {
            id: id_of(route),
            name: &name,
            title: &title,
            pill: (tone, &verdict),
            sentence: &shown,
            cost: &cost,
            on,
            has_tab: tab_stop(&routes, judged.chosen) == Some(route),
        };
        let helps = matches!(&assessment.verdict, Verdict::Blocked { unblock, .. } if !unblock.is_empty());
        let numbers = &mut self.numbers;
        let below = (on || helps).then_some(|ui: &mut Ui| {
            if on {
                unfolded::all(ui, text, judged, assessment, numbers)
            } else {
                unfolded::brief(ui, text, assessment);
                None
            }
        });
        let (response, done) = card::show(ui, &radio, below);
        let mut action = response.clicked().then(|| judged.pick(route)).or(done.flatten());
        if response.has_focus() {
            // The arrows belong to the group here; without this they would move the focus anywhere.
            let arrows = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
            if let Some(to) = pressed(ui).and_then(|by| neighbour(&routes, route, by)) {
                action = Some(judged.pick(to));
                self.focus = Some(to);
            }
        }
        action
    }
}

/// Where Tab enters the group: at the chosen card, else at the first.
fn tab_stop(routes: &[Route], chosen: Option<Route>) -> Option<Route> {
    chosen.filter(|chosen| routes.contains(chosen)).or(routes.first().copied())
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

/// The card that the arrow keys lead to; the ends meet, as in any radio group.
fn neighbour(routes: &[Route], from: Route, by: By) -> Option<Route> {
    let at = routes.iter().position(|route| *route == from)?;
    let to = match by {
        By::Next => (at + 1) % routes.len(),
        By::Previous => (at + routes.len() - 1) % routes.len(),
    };
    routes.get(to).copied().filter(|to| *to != from)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: [Route; 3] = [Route::Wheel, Route::Wsl2, Route::Cpu];

    #[test]
    fn arrows_go_round() {
        assert_eq!(neighbour(&LIST, Route::Wheel, By::Next), Some(Route::Wsl2));
        assert_eq!(neighbour(&LIST, Route::Wsl2, By::Previous), Some(Route::Wheel));
        assert_eq!(neighbour(&LIST, Route::Cpu, By::Next), Some(Route::Wheel));
        assert_eq!(neighbour(&LIST, Route::Wheel, By::Previous), Some(Route::Cpu));
    }

    #[test]
    fn alone_there_is_nowhere_to_go() {
        assert_eq!(neighbour(&[Route::Wheel], Route::Wheel, By::Next), None);
        assert_eq!(neighbour(&[], Route::Wheel, By::Next), None);
    }

    #[test]
    fn tab_enters_the_group_once() {
        assert_eq!(tab_stop(&LIST, Some(Route::Cpu)), Some(Route::Cpu));
        assert_eq!(tab_stop(&LIST, None), Some(Route::Wheel));
        assert_eq!(tab_stop(&LIST, Some(Route::Nightly)), Some(Route::Wheel));
    }
}
