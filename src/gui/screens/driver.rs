//! Which driver the cards want, from where, which not, and what to do around it. Follows from the facts alone.

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::theme::space;
use super::super::widgets::{self, Button, ButtonKind, FooterButton, Tone};
use super::choose::reasons::Numbers;
use crate::app::{Action, Model};
use crate::assess::{DriverGuide, Reason, Serves, Unblock, driver_guide};
use crate::facts::OsFamily;
use crate::text::Text;
use eframe::egui::Ui;

/// The guide for this PC; `None` until the machine is known.
fn guide(model: &Model) -> Option<Result<DriverGuide, Vec<Reason>>> {
    model.facts().map(|facts| driver_guide(facts, model.catalog))
}

/// Whether the cards want another driver than the present one.
pub fn is_wanted(model: &Model) -> bool {
    matches!(guide(model), Some(Ok(guide)) if guide.serves == Serves::No)
}

/// What stands above.
pub fn head(model: &Model, text: &Text) -> Head {
    let Some(guide) = guide(model) else {
        return Head { title: text.get("driver-title-busy"), is_busy: true, ..Head::default() };
    };
    let of = |tone: Tone| Some((tone.icon(), tone));
    let (mark, title) = match guide.as_ref().map(|guide| guide.serves) {
        Ok(Serves::Yes) => (of(Tone::Success), "driver-title-yes"),
        Ok(Serves::Partly) => (None, "driver-title-partly"),
        Ok(Serves::No) => (of(Tone::Danger), "driver-title-no"),
        Ok(Serves::Unknown) => (of(Tone::Warn), "driver-title-unknown"),
        Err(_) => (of(Tone::Warn), "driver-title-none"),
    };
    let is_fine = guide.is_ok_and(|guide| guide.serves == Serves::Yes);
    let lead = if is_fine { "driver-lead-yes" } else { "driver-lead" };
    Head {
        mark,
        title: text.find(title).unwrap_or_default(),
        lead: text.find(lead).unwrap_or_default(),
        is_busy: false,
    }
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    ui.spacing_mut().item_spacing.y = space::S;
    let mut numbers = Numbers::default();
    let mut said = |ui: &mut Ui, reasons: &[Reason]| {
        let all: Vec<&Reason> = reasons.iter().collect();
        numbers.reasons(ui, text, &all, None)
    };
    match guide(model)? {
        Ok(guide) => {
            let why = widgets::card(ui, |ui| {
                widgets::heading(ui, text.get("driver-there"));
                said(ui, &guide.why)
            });
            let heed = widgets::card(ui, |ui| {
                let title = if guide.serves == Serves::Yes { "driver-take-later" } else { "driver-take-title" };
                widgets::heading(ui, text.get(title));
                widgets::label(ui, guide.take(text));
                said(ui, &guide.heed)
            });
            let has_steps = !guide.steps.is_empty();
            let steps = has_steps.then(|| widgets::card(ui, |ui| steps(ui, model, &guide, text))).flatten();
            why.or(heed).or(steps)
        }
        Err(why) => widgets::card(ui, |ui| said(ui, &why)),
    }
}

fn steps(ui: &mut Ui, model: &Model, guide: &DriverGuide, text: &Text) -> Option<Action> {
    let mut action = None;
    widgets::heading(ui, text.get("driver-steps"));
    for (number, step) in guide.steps.iter().enumerate() {
        widgets::label(ui, format!("{}. {}", number + 1, step.said(text)));
        action = action.or(does(ui, model, guide, step, text));
        ui.add_space(space::XS);
    }
    action
}

/// What a step can be helped with: its command to copy, the page it comes from, the window that comes back.
fn does(ui: &mut Ui, model: &Model, guide: &DriverGuide, step: &Unblock, text: &Text) -> Option<Action> {
    if step.code == "driver-look-again" {
        // The window does that itself.
        return None;
    }
    if let Some(command) = &step.command {
        let name = text.with("driver-copy-name", &[("what", command.as_str().into())]);
        return widgets::command_row(ui, command, &name).then(|| Action::Copy(command.clone()));
    }
    let (icon, key, does) = match step.code.as_str() {
        "driver-page" | "driver-package" => {
            (icons::EXTERNAL_LINK, "driver-open-page", Action::OpenPage(guide.page.clone()))
        }
        "driver-restart" if model.os == OsFamily::Windows && model.settings.opens_after_restart => {
            (icons::REFRESH_CW, "driver-come-back", Action::ComeBack)
        }
        _ => return None,
    };
    let words = text.find(key).unwrap_or_default();
    let button = Button { kind: ButtonKind::Secondary, icon, text: &words, name: "", enabled: true, only_icon: false };
    button.show(ui).clicked().then_some(does)
}

/// What stands below.
pub fn footer(_model: &Model, text: &Text) -> Footer {
    let back = FooterButton::secondary(icons::ARROW_LEFT, text.get("button-back"), Action::Back);
    let again = FooterButton::primary(icons::REFRESH_CW, text.get("detect-way-again"), Action::Rescan);
    Footer { sentence: text.get("driver-footer"), buttons: vec![back, again] }
}
