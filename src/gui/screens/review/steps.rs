//! The steps: what each does, how much it is, and exactly what runs.

use super::super::super::icons;
use super::super::super::theme::{self, space};
use super::super::super::widgets;
use super::NARROW;
use crate::app::{Action, Model};
use crate::plan::export::action_text;
use crate::plan::{self, Plan, PlanStep};
use crate::text::Text;
use eframe::egui::{Align, Label, Layout, Role, Ui, WidgetInfo, vec2};

/// Draws the steps.
pub fn show(ui: &mut Ui, model: &Model, plan: &Plan, text: &Text) -> Option<Action> {
    let mut action = None;
    widgets::card(ui, |ui| {
        for (at, step) in plan.steps.iter().enumerate() {
            if at > 0 {
                ui.add_space(space::XS);
                widgets::hairline(ui);
            }
            let shown = action_text(plan, &step.action, model.shell());
            if one(ui, plan, at + 1, step, &shown, text) {
                action = Some(Action::Copy(shown));
            }
        }
    });
    action
}

/// One step; answers whether its text is to be copied.
fn one(ui: &mut Ui, plan: &Plan, number: usize, step: &PlanStep, shown: &str, text: &Text) -> bool {
    let words = title(plan, step, text);
    let title = text.with("review-step", &[("number", number.into()), ("title", words.into())]);
    let amount = amount(plan, step, text);
    let copy = text.with("review-copy", &[("number", number.into())]);
    let by_whom = match &step.action {
        plan::Action::Run { .. } | plan::Action::Restart { .. } => None,
        plan::Action::Verify { .. } => Some("review-by-check"),
        plan::Action::Fetch
        | plan::Action::WritePins { .. }
        | plan::Action::Rehome { .. }
        | plan::Action::WriteFile { .. }
        | plan::Action::Expect { .. }
        | plan::Action::Register { .. }
        | plan::Action::SetAside { .. }
        | plan::Action::MoveIn { .. }
        | plan::Action::DropAside { .. }
        | plan::Action::Program { .. }
        | plan::Action::Promote { .. } => Some("review-by-itself"),
    };
    let narrow = ui.available_width() < NARROW;
    let mut pressed = false;
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = theme::TARGET;
        let button = widgets::Button {
            kind: widgets::ButtonKind::Quiet,
            icon: icons::COPY,
            text: &copy,
            name: "",
            enabled: true,
            only_icon: narrow,
        };
        let (full, right) = (ui.available_width(), button.width(ui) + space::S);
        let left = vec2((full - right).max(0.0), theme::TARGET);
        ui.allocate_ui_with_layout(left, Layout::left_to_right(Align::Center), |ui| {
            ui.set_width(left.x);
            head(ui, &title, if narrow { "" } else { &amount });
        });
        pressed = button.show(ui).clicked();
    });
    if narrow && !amount.is_empty() {
        ui.add(Label::new(widgets::muted(ui, &amount)).wrap());
    }
    widgets::command_box(ui, shown);
    if step.admin {
        marked(ui, icons::SHIELD_CHECK, &text.get("review-by-administrator"));
    }
    if matches!(step.action, plan::Action::Restart { .. }) {
        marked(ui, icons::REFRESH_CW, &text.get("review-by-you"));
    }
    if let Some(key) = by_whom {
        ui.add(Label::new(widgets::muted(ui, text.get(key))).wrap());
    }
    if let plan::Action::WriteFile { text: written, .. } = &step.action {
        let title = text.with("review-written", &[("number", number.into())]);
        super::fold(ui, &format!("review-written-{number}"), &title, |ui| {
            widgets::command_box(ui, written);
        });
    }
    pressed
}

/// What the user has to do or to grant.
fn marked(ui: &mut Ui, glyph: &str, words: &str) {
    ui.horizontal_top(|ui| {
        let color = theme::palette(ui).warn;
        widgets::icon(ui, glyph, 14.0, color);
        ui.add(Label::new(widgets::muted(ui, words).color(color)).wrap());
    });
}

/// What a step does, in the language of the window.
pub fn title(plan: &Plan, step: &PlanStep, text: &Text) -> String {
    if let plan::Action::Verify { device, .. } = &step.action
        && device == "cpu"
    {
        return text.get("review-step-verify-cpu");
    }
    // Some steps do the same elsewhere.
    let there = text.find(&format!("review-step-{}-{}", step.key, plan.assessment.route.word()));
    there.or_else(|| text.find(&format!("review-step-{}", step.key))).unwrap_or_else(|| step.title.clone())
}

/// Number and title at the left, what it takes at the right.
fn head(ui: &mut Ui, title: &str, amount: &str) {
    let font = theme::mono(theme::LOG);
    let color = theme::palette(ui).muted;
    let width = if amount.is_empty() {
        0.0
    } else {
        ui.painter().layout_no_wrap(amount.to_owned(), font.clone(), color).size().x + space::S
    };
    let room = vec2((ui.available_width() - width - space::S).max(0.0), theme::TARGET);
    ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
        ui.set_width(room.x);
        let response = ui.add(Label::new(widgets::strong(title, theme::NAME)).wrap());
        response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, title));
    });
    if !amount.is_empty() {
        ui.label(eframe::egui::RichText::new(amount).font(font).color(color));
    }
}

/// What a step takes, where it is known.
fn amount(plan: &Plan, step: &PlanStep, text: &Text) -> String {
    match &step.action {
        plan::Action::Fetch => plan.lock.download_bytes().map(|bytes| text.size(bytes)).unwrap_or_default(),
        plan::Action::Run { .. } if step.key == "build" => {
            plan.assessment.seconds.map(|(low, high)| super::summary::span(low, high, text)).unwrap_or_default()
        }
        plan::Action::Run { .. } if step.key == "install" && plan.recipe.is_none() => {
            plan.assessment.disk_bytes.map(|bytes| text.size(bytes)).unwrap_or_default()
        }
        plan::Action::Verify { .. } => text.with("review-seconds", &[("seconds", (step.weight / 1000).into())]),
        plan::Action::Run { .. }
        | plan::Action::WritePins { .. }
        | plan::Action::Rehome { .. }
        | plan::Action::WriteFile { .. }
        | plan::Action::Expect { .. }
        | plan::Action::Restart { .. }
        | plan::Action::Register { .. }
        | plan::Action::SetAside { .. }
        | plan::Action::MoveIn { .. }
        | plan::Action::DropAside { .. }
        | plan::Action::Program { .. }
        | plan::Action::Promote { .. } => String::new(),
    }
}
