//! "Check this PC": every fact with where it came from, and what follows from them together for PyTorch on the GPU.

mod cards;
mod details;
pub(super) mod lines;
mod state;

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::theme::{TARGET, space};
use super::super::widgets::{self, Button, ButtonKind, Fact, FooterButton, Tone};
use super::choose::judged::Judged;
use super::choose::served;
use crate::app::{Action, Model, Row, Scanning, Screen, Setting, steps};
use crate::assess::Route;
use crate::text::Text;
pub(super) use cards::changes;
use eframe::egui::{Label, Ui};
use state::State;
use std::time::Duration;

/// What stands above.
pub fn head(model: &Model, text: &Text) -> Head {
    let state = state::state(model);
    let again = model.detection.scan > 1;
    let title = if again && state == State::Looking {
        text.get("detect-title-again")
    } else {
        text.get(&format!("detect-title-{}", state.word()))
    };
    let mark = match state {
        State::Looking => None,
        State::Ready => Some((icons::CIRCLE_CHECK, Tone::Success)),
        State::NoCard
        | State::CardsUnknown
        | State::DriverSilent
        | State::DriverUnknown
        | State::Mixed
        | State::NoRuntime
        | State::Unknown => Some((icons::TRIANGLE_ALERT, Tone::Warn)),
        State::NoDriver
        | State::DriverOld
        | State::DriverNew
        | State::CardOld
        | State::CardNew
        | State::NoIndex
        | State::NoSystem => Some((icons::CIRCLE_X, Tone::Danger)),
    };
    Head { mark, title, lead: lead(model, text, state), is_busy: state == State::Looking }
}

fn lead(model: &Model, text: &Text, state: State) -> String {
    let mut said = Vec::new();
    if let Some(took) = state::took(model) {
        said.push(text.with("detect-checked", &[("time", text.duration(took).into())]));
    }
    said.push(match (state, model.chosen().map(|chosen| chosen.route)) {
        (State::Ready, Some(Route::Cpu)) => text.get("detect-lead-ready-cpu"),
        (State::Ready, Some(Route::Wheel)) if leaves_cards(model) => text.get("detect-lead-ready-some"),
        (State::Ready, Some(Route::Wheel)) => text.get("detect-lead-ready"),
        (State::Ready, _) => text.get("detect-lead-ready-other"),
        (other, _) => text.get(&format!("detect-lead-{}", other.word())),
    });
    if matches!(model.detection.scanning, Scanning::Indexes { .. }) && !model.offline {
        said.push(text.get("detect-index-asked"));
    }
    if model.is_simulated() {
        said.push(text.get("detect-simulated"));
    }
    said.join(" ")
}

/// Whether the route of the primary button gives some card no kernels.
fn leaves_cards(model: &Model) -> bool {
    let judged = Judged::ours(model);
    model.chosen().is_some_and(|chosen| !served::losers(&judged, chosen).is_empty())
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let state = state::state(model);
    let mut action = cards::changes(ui, model, text);
    action = action.or(cards::trouble(ui, model, text, state));
    action = action.or(widgets::card_of_rows(ui, |ui| rows(ui, model, text)));
    action = action.or(cards::recommendation(ui, model, text));
    ui.spacing_mut().interact_size.y = TARGET;
    let all = model.settings.show_everything;
    ui.horizontal_wrapped(|ui| {
        if let Some(on) = widgets::check(ui, &text.get("detect-everything"), all) {
            action = Some(Action::Set(Setting::ShowEverything(on)));
        }
        ui.add_space(space::L);
        if widgets::quiet(ui, icons::MONITOR, &text.get("other-entry")) {
            action = Some(Action::Go(Screen::Other));
        }
    });
    action
}

fn rows(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let mut action = None;
    for (at, row) in lines::rows(model).into_iter().enumerate() {
        if at > 0 {
            widgets::hairline(ui);
        }
        action = action.or(row_of(ui, model, text, row));
        if row == Row::Gpu {
            action = action.or(cards::generations(ui, model, text));
        }
    }
    action
}

fn row_of(ui: &mut Ui, model: &Model, text: &Text, row: Row) -> Option<Action> {
    let mut action = None;
    let is_open = model.detection.open.contains(&row);
    for line in lines::lines(model, text, row) {
        let fact = Fact {
            icon: line.icon,
            label: &line.label,
            value: &line.value,
            source: &line.source,
            tone: line.tone,
            is_open,
        };
        if widgets::fact_row(ui, &fact, model.now).clicked() {
            action = Some(Action::Unfold(row));
        }
    }
    action = action.or(waiting(ui, model, text, row));
    if is_open {
        action = action.or(details::show(ui, model, text, row));
    }
    action
}

/// A row that is waited for this long says so and offers to go on without it.
const PATIENCE: Duration = Duration::from_secs(2);

fn waiting(ui: &mut Ui, model: &Model, text: &Text, row: Row) -> Option<Action> {
    let Scanning::Machine { since } = model.detection.scanning else { return None };
    let waited = model.now.saturating_sub(since);
    if waited < PATIENCE || !model.detection.is_waiting(row) {
        return None;
    }
    // Rows that rest on the same probes are waited for together: one offer is enough.
    let shown = lines::rows(model);
    let same = |other: &&Row| other.probes() == row.probes() && model.detection.is_waiting(**other);
    if shown.iter().find(same) != Some(&row) {
        return None;
    }
    let mut action = None;
    let label = lines::label(text, row);
    let indent = lines::INDENT;
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = TARGET;
        ui.add_space(indent);
        if lines::is_skipped(model, row) {
            ui.add(Label::new(widgets::muted(ui, text.get("detect-skipping"))).wrap());
            return;
        }
        // The button first: the sentence takes what room is left.
        let name = text.with("detect-skip", &[("what", label.as_str().into())]);
        let skip = Button {
            kind: ButtonKind::Secondary,
            icon: icons::X,
            text: &text.get("button-skip"),
            name: &name,
            enabled: true,
            only_icon: false,
        };
        if skip.show(ui).clicked() {
            action = Some(Action::Skip(row));
        }
        ui.add(Label::new(widgets::muted(ui, text.get("detect-waited-long"))).wrap());
    });
    ui.add_space(space::S);
    action
}

/// What stands below.
pub fn footer(model: &Model, text: &Text) -> Footer {
    let has_routes = !model.detection.assessments.is_empty();
    let mut buttons = vec![FooterButton::secondary(icons::REFRESH_CW, text.get("button-rescan"), Action::Rescan)];
    let usable = model.chosen().filter(|chosen| steps::is_usable(chosen)).map(|chosen| chosen.route);
    let label = match usable {
        Some(Route::Cpu) => text.get("detect-cpu-primary"),
        None if has_routes => text.get("detect-choose-primary"),
        Some(Route::Wheel | Route::Nightly | Route::Source | Route::Wsl2 | Route::Docker) | None => {
            text.get("button-review")
        }
    };
    if usable.is_some() {
        let routes = FooterButton::secondary(icons::ROUTE, text.get("button-routes"), Action::Go(Screen::Choose));
        buttons.push(routes);
    }
    buttons.push(FooterButton::primary(icons::ARROW_RIGHT, label, Action::Next).when(has_routes));
    Footer { sentence: text.get("nothing-changed"), buttons }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Subject;
    use crate::facts::{ProbeOutcome, Via};
    use crate::text::Language;

    const VIAS: [Via; 12] = [
        Via::Nvml,
        Via::Simulated,
        Via::NvidiaSmi,
        Via::PciBus,
        Via::Registry,
        Via::ProcFs,
        Via::Command,
        Via::FileSystem,
        Via::Environment,
        Via::Index,
        Via::System,
        Via::User,
    ];

    #[test]
    fn every_key_put_together_from_parts_has_a_sentence() {
        let text = Text::new(Language::English);
        let mut keys: Vec<String> = Vec::new();
        for row in Row::USUAL.iter().chain(&Row::MORE) {
            keys.push(format!("detect-fact-{}", row.word()));
            keys.extend(row.probes().iter().map(|probe| format!("detect-ask-{probe}")));
        }
        keys.extend(VIAS.map(|via| format!("detect-via-{}", via.word())));
        for state in State::ALL {
            keys.push(format!("detect-title-{}", state.word()));
            keys.push(format!("detect-lead-{}", state.word()));
        }
        let outcomes = [ProbeOutcome::Found, ProbeOutcome::Absent, ProbeOutcome::Unknown, ProbeOutcome::TimedOut];
        keys.extend(outcomes.map(|outcome| details::outcome_key(outcome).to_owned()));
        keys.extend(Subject::ALL.map(|subject| format!("correct-{}-title", subject.word())));
        let missing: Vec<&String> = keys.iter().filter(|key| text.find(key).is_none()).collect();
        assert!(missing.is_empty(), "no sentence for {missing:?}");
    }
}
