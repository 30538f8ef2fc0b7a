//! What an opened card shows beside: how else to use the environment, what keeps it as it is, its snapshots, and the ways to
//! be rid of it.

use super::super::super::icons;
use super::super::super::theme::{TARGET, space};
use super::super::super::widgets::{self, Button, ButtonKind};
use crate::app::{Action, ArrangeAction, Arranged, Card, Compared, Model, Opened, Taken};
use crate::report::moment;
use crate::text::Text;
use eframe::egui::{Label, Role, Ui, WidgetInfo};

/// So many lines of a comparison are shown; the command has them all.
const LINES: usize = 24;

fn opened<'a>(model: &'a Model, card: &Card) -> Option<&'a Opened> {
    model.home.opened.as_ref().filter(|opened| opened.environment == *card.path())
}

/// Whether this card is open.
pub fn is_open(model: &Model, card: &Card) -> bool {
    opened(model, card).is_some()
}

/// A row of buttons for one environment.
struct Row<'a> {
    name: &'a str,
    text: &'a Text,
    action: Option<Action>,
}

impl Row<'_> {
    fn offer(&mut self, ui: &mut Ui, icon: &str, key: &str, enabled: bool, does: Action) {
        let words = self.text.find(key).unwrap_or_default();
        let said = self.text.with(&format!("{key}-named"), &[("name", self.name.into())]);
        let button = Button { kind: ButtonKind::Quiet, icon, text: &words, name: &said, enabled, only_icon: false };
        let mut response = button.show(ui);
        if let Some(why) = self.text.find(&format!("{key}-why")) {
            response = response.on_hover_text(why);
        }
        if response.clicked() {
            self.action = Some(does);
        }
    }
}

/// Draws it, if the card is open.
pub fn show(ui: &mut Ui, model: &Model, card: &Card, name: &str, text: &Text) -> Option<Action> {
    let opened = opened(model, card)?;
    let mut row = Row { name, text, action: None };
    ui.add_space(space::XS);
    widgets::hairline(ui);
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| use_it(ui, model, card, opened, &mut row));
    ui.horizontal_wrapped(|ui| keep_it(ui, opened, &mut row));
    if let Some(problem) = &opened.trouble {
        row.action = row.action.take().or(widgets::problem_card(ui, problem, None, text));
    }
    for taken in opened.arranged.iter().flat_map(|arranged| &arranged.snapshots) {
        ui.horizontal_wrapped(|ui| snapshot(ui, model, opened, taken, &mut row));
        if let Some(compared) = opened.compared.as_ref().filter(|compared| compared.with == taken.file) {
            difference(ui, compared, text);
        }
    }
    kits(ui, model, card, &mut row);
    ui.horizontal_wrapped(|ui| be_rid_of_it(ui, model, card, &mut row));
    row.action
}

/// What can be put on top of it. One that is there already is brought up to date.
fn kits(ui: &mut Ui, model: &Model, card: &Card, row: &mut Row<'_>) {
    if card.kept.known.is_inside() {
        return;
    }
    ui.add_space(space::XS);
    widgets::muted_wrapped(ui, row.text.get("home-kits"));
    ui.horizontal_wrapped(|ui| {
        for kit in model.catalog.kits.all.iter().filter(|kit| kit.is_for(model.os)) {
            let said = row.text.with("home-kit-named", &[("kit", kit.name.as_str().into()), ("name", row.name.into())]);
            let kind = ButtonKind::Quiet;
            let enabled = super::is_free(model);
            let button = Button { kind, icon: icons::PACKAGE, text: &kit.name, name: &said, enabled, only_icon: false };
            if button.show(ui).on_hover_text(kit.what_in(row.text.language().code())).clicked() {
                row.action = Some(Action::Arrange(ArrangeAction::AddKit(kit.name.clone())));
            }
        }
    });
}

fn use_it(ui: &mut Ui, model: &Model, card: &Card, opened: &Opened, row: &mut Row<'_>) {
    let path = card.path();
    row.offer(ui, icons::FOLDER_OPEN, "home-folder", true, Action::OpenPath(path.clone()));
    if card.kept.held.kind == "venv" && !card.kept.known.is_inside() {
        // What an editor asks for.
        let copy = Action::Copy(crate::plan::python_of(model.os, path).display().to_string());
        row.offer(ui, icons::COPY, "home-interpreter", true, copy);
    }
    let Some(arranged) = &opened.arranged else { return };
    let key = if arranged.is_kernel { "home-kernel-off" } else { "home-kernel-on" };
    let does = Action::Arrange(ArrangeAction::Kernel(!arranged.is_kernel));
    row.offer(ui, icons::FLASK_CONICAL, key, !opened.is_busy, does);
}

fn keep_it(ui: &mut Ui, opened: &Opened, row: &mut Row<'_>) {
    let Some(Arranged { is_guarded, .. }) = &opened.arranged else {
        widgets::muted_wrapped(ui, row.text.get("home-more-looking"));
        return;
    };
    let key = if *is_guarded { "home-guard-off" } else { "home-guard-on" };
    let does = Action::Arrange(ArrangeAction::Guard(!is_guarded));
    row.offer(ui, icons::SHIELD_CHECK, key, !opened.is_busy, does);
    row.offer(ui, icons::SAVE, "home-snapshot", !opened.is_busy, Action::Arrange(ArrangeAction::Snapshot));
}

/// One snapshot, and what can be done with it.
fn snapshot(ui: &mut Ui, model: &Model, opened: &Opened, taken: &Taken, row: &mut Row<'_>) {
    let at = moment(&taken.at);
    let torch = taken.torch.clone().unwrap_or_else(|| row.text.get("home-torch-unknown"));
    let said = row.text.with("home-taken", &[("at", at.as_str().into()), ("torch", torch.into())]);
    // The words stand in the middle of the row that the buttons make.
    ui.set_row_height(TARGET);
    ui.add(Label::new(widgets::muted(ui, said)).wrap());
    let mut of_it = Row { name: &at, text: row.text, action: None };
    let compare = Action::Arrange(ArrangeAction::Compare(taken.file.clone()));
    of_it.offer(ui, icons::SEARCH, "home-compare", !opened.is_busy, compare);
    let bring_back = Action::Arrange(ArrangeAction::BringBack(taken.file.clone()));
    of_it.offer(ui, icons::ARROW_LEFT, "home-bring-back", super::is_free(model), bring_back);
    row.action = row.action.take().or(of_it.action);
}

fn difference(ui: &mut Ui, compared: &Compared, text: &Text) {
    if compared.lines.is_empty() {
        let said = text.get("home-nothing-different");
        let response = ui.add(Label::new(&said).wrap());
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &said));
        return;
    }
    let shown = compared.lines.iter().take(LINES).cloned().collect::<Vec<_>>().join("\n");
    widgets::command_box(ui, &shown);
    let more = compared.lines.len().saturating_sub(LINES);
    if more > 0 {
        widgets::muted_wrapped(ui, text.with("home-more-lines", &[("count", more.into())]));
    }
}

fn be_rid_of_it(ui: &mut Ui, model: &Model, card: &Card, row: &mut Row<'_>) {
    let (path, enabled) = (card.path(), super::is_free(model));
    row.offer(ui, icons::MINUS, "home-forget", enabled, Action::Forget(path.clone()));
    row.offer(ui, icons::X, "home-delete", enabled, Action::Remove(path.clone()));
}
