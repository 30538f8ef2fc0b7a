//! One known environment: what it holds, how it stands, what can be done with it.

use super::super::super::icons;
use super::super::super::theme::space;
use super::super::super::widgets::{self, Button, ButtonKind, Tone};
use super::more;
use crate::app::{Action, ArrangeAction, Card, Condition, Model};
use crate::environments::Trouble;
use crate::recheck;
use crate::report::moment;
use crate::run::kept::Replaced;
use crate::text::Text;
use eframe::egui::{Label, Ui};
use std::path::Path;

/// How an environment stands, in a word or two.
fn state(condition: &Condition, text: &Text) -> (Tone, String) {
    match condition {
        Condition::Proven { driver } if driver.is_empty() => (Tone::Success, text.get("home-state-proven-plain")),
        Condition::Proven { driver } => {
            (Tone::Success, text.with("home-state-proven", &[("driver", driver.as_str().into())]))
        }
        Condition::Changed(since) if super::is_of_the_driver(since) => (Tone::Warn, text.get("home-state-driver")),
        Condition::Changed(_) => (Tone::Warn, text.get("home-state-pc")),
        Condition::Unfit(_) => (Tone::Danger, text.get("home-state-unfit")),
        Condition::Unclear(_) => (Tone::Warn, text.get("home-state-unclear")),
        Condition::Processor => (Tone::Neutral, text.get("home-state-processor")),
        Condition::NotProven => (Tone::Warn, text.get("home-state-open")),
        Condition::Failed => (Tone::Danger, text.get("home-state-failed")),
        Condition::Broken(Trouble::Missing) => (Tone::Danger, text.get("home-state-missing")),
        Condition::Broken(Trouble::Damaged(_)) => (Tone::Danger, text.get("home-state-damaged")),
        Condition::Broken(Trouble::Changed(..) | Trouble::NoTorch) => (Tone::Danger, text.get("home-state-changed")),
    }
}

/// What that rests on.
fn detail(card: &Card, condition: &Condition, text: &Text) -> String {
    let at = card.kept.known.verified_at.as_deref().map(moment);
    match (condition, at) {
        (Condition::Proven { .. }, Some(at)) => text.with("home-proven-at", &[("at", at.into())]),
        (Condition::Changed(since), Some(at)) => {
            text.with("home-proven-before", &[("at", at.into()), ("changes", recheck::changes(since, text).into())])
        }
        (Condition::Changed(since), None) => recheck::changes(since, text),
        (Condition::Unfit(_) | Condition::Unclear(_), _) => {
            card.standing.as_ref().map(|standing| recheck::standing(standing, text)).unwrap_or_default()
        }
        (Condition::Failed, Some(at)) => text.with("home-failed-at", &[("at", at.into())]),
        (Condition::Failed, None) => text.get("home-failed"),
        (Condition::Broken(Trouble::Missing), _) => text.get("home-broken-missing"),
        (Condition::Broken(Trouble::Damaged(how)), _) => how.clone(),
        (Condition::Broken(Trouble::Changed(torch, variant)), _) => {
            text.with("home-broken-changed", &[("torch", torch.as_str().into()), ("variant", variant.as_str().into())])
        }
        (Condition::Broken(Trouble::NoTorch), _) => text.get("home-broken-no-torch"),
        (Condition::Processor | Condition::NotProven, Some(at)) => text.with("home-checked-at", &[("at", at.into())]),
        (Condition::NotProven, None) => text.get("home-never-checked"),
        (Condition::Proven { .. } | Condition::Processor, None) => String::new(),
    }
}

fn torch(card: &Card, text: &Text) -> String {
    // The variant stands beside the version: its local part would say the same once more.
    let version = card.kept.known.torch.as_deref().map(|torch| torch.split('+').next().unwrap_or(torch));
    match (version, card.kept.known.variant.as_deref()) {
        (Some(torch), Some(variant)) => {
            text.with("home-torch", &[("torch", torch.into()), ("variant", variant.into())])
        }
        (Some(torch), None) => text.with("home-torch-plain", &[("torch", torch.into())]),
        (None, _) => text.get("home-torch-unknown"),
    }
}

/// Its folder.
pub(super) fn path(ui: &mut Ui, path: &Path, text: &Text) {
    let shown = path.display().to_string();
    widgets::path_line(ui, &shown, &text.with("home-path", &[("path", shown.as_str().into())]));
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, model: &Model, card: &Card, text: &Text) -> Option<Action> {
    let condition = card.condition();
    let (tone, word) = state(&condition, text);
    widgets::card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        ui.horizontal_wrapped(|ui| {
            widgets::name(ui, card.name());
            ui.add_space(space::XS);
            widgets::pill(ui, tone, &word);
        });
        let detail = detail(card, &condition, text);
        let parts = [torch(card, text), detail];
        let line = parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
        ui.add(Label::new(widgets::muted(ui, line)).wrap());
        path(ui, card.path(), text);
        let kept = card.replaced.as_deref().and_then(|replaced| before(ui, model, card, replaced, text));
        ui.add_space(space::S);
        let action = kept.or(ui.horizontal_wrapped(|ui| buttons(ui, model, card, &condition, text)).inner);
        action.or(more::show(ui, model, card, &named(model, card), text))
    })
}

/// What its last repair replaced: kept for a while, to go back to.
fn before(ui: &mut Ui, model: &Model, card: &Card, replaced: &Replaced, text: &Text) -> Option<Action> {
    let known = replaced.known.as_ref();
    let torch = known.and_then(|known| known.torch.clone()).unwrap_or_else(|| text.get("home-kept-unknown"));
    let places = [("torch", torch.into()), ("until", moment(&replaced.until).into())];
    let name = named(model, card);
    let mut action = None;
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| {
        ui.add(Label::new(widgets::muted(ui, text.with("home-kept", &places))).wrap());
        for (icon, key, does) in [
            (icons::ARROW_LEFT, "home-go-back", Action::GoBack(card.path().clone())),
            (icons::CHECK, "home-let-go", Action::LetGo(card.path().clone())),
        ] {
            let words = text.find(key).unwrap_or_default();
            let said = text.with(&format!("{key}-named"), &[("name", name.as_str().into())]);
            let enabled = super::is_free(model);
            let button = Button { kind: ButtonKind::Quiet, icon, text: &words, name: &said, enabled, only_icon: false };
            let why = text.find(&format!("{key}-why")).unwrap_or_default();
            if button.show(ui).on_hover_text(why).clicked() {
                action = Some(does);
            }
        }
    });
    action
}

/// The name that its buttons are told apart by: the folder's, or the whole path where two folders have one name.
fn named(model: &Model, card: &Card) -> String {
    let name = card.name();
    let is_alone = model.home.cards.iter().filter(|other| other.name() == name).count() == 1;
    if is_alone { name } else { card.path().display().to_string() }
}

fn buttons(ui: &mut Ui, model: &Model, card: &Card, condition: &Condition, text: &Text) -> Option<Action> {
    let name = named(model, card);
    let path = card.path();
    let enabled = super::is_free(model);
    let mut action = None;
    let mut offer = |kind, icon, words: String, key: &str, enabled: bool, why: Option<String>, does: Action| {
        let said = text.with(key, &[("name", name.as_str().into())]);
        let button = Button { kind, icon, text: &words, name: &said, enabled, only_icon: false };
        let mut response = button.show(ui);
        if let Some(why) = why {
            response = response.on_hover_text(why);
        }
        if response.clicked() {
            action = Some(does);
        }
    };
    let is_there = !matches!(condition, Condition::Broken(Trouble::Missing));
    let quiet = ButtonKind::Quiet;
    if is_there {
        if condition.can_be_repaired() {
            let repair = Action::Repair(path.clone());
            let words = text.get("home-repair");
            let kind = if super::asks_to_repair(model, card) { ButtonKind::Primary } else { ButtonKind::Secondary };
            offer(kind, icons::WRENCH, words, "home-repair-named", enabled, None, repair);
        }
        let verify = Action::VerifyEnvironment(path.clone());
        let words = text.get("home-verify");
        offer(ButtonKind::Secondary, icons::SHIELD_CHECK, words, "home-verify-named", enabled, None, verify);
        let open = Action::OpenTerminal(path.clone());
        offer(quiet, icons::TERMINAL, text.get("home-terminal"), "home-terminal-named", true, None, open);
        let copy = Action::Copy(crate::plan::activation(model.os, path, model.shell()));
        offer(quiet, icons::COPY, text.get("home-copy"), "home-copy-named", true, None, copy);
        let is_open = more::is_open(model, card);
        let (icon, words) =
            if is_open { (icons::CHEVRON_DOWN, "home-less") } else { (icons::CHEVRON_RIGHT, "home-more") };
        let unfold = Action::Arrange(ArrangeAction::Unfold(path.clone()));
        let said = if is_open { "home-less-named" } else { "home-more-named" };
        offer(quiet, icon, text.find(words).unwrap_or_default(), said, true, None, unfold);
        return action;
    }
    let why = Some(text.get("home-forget-why"));
    let forget = Action::Forget(path.clone());
    offer(quiet, icons::MINUS, text.get("home-forget"), "home-forget-named", enabled, why, forget);
    action
}
