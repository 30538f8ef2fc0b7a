//! The packages with their hashes, the reasons, and the plan in other forms.

use super::super::super::icons;
use super::super::super::theme::{self, palette, space};
use super::super::super::widgets::{self, Button, ButtonKind, Tone};
use super::{NARROW, fold};
use crate::app::{Action, Saved};
use crate::lock::LockedPackage;
use crate::plan::Plan;
use crate::plan::export::{ExportError, Format, export};
use crate::text::Text;
use eframe::egui::{Align, Label, Layout, RichText, Role, Ui, WidgetInfo, vec2};

/// Draws them.
pub fn show(ui: &mut Ui, plan: &Plan, text: &Text) -> Option<Action> {
    widgets::card(ui, |ui| {
        if !plan.lock.packages.is_empty() {
            let count = text.whole(plan.lock.packages.len());
            let title = text.with("review-packages-fold", &[("count", count.into())]);
            fold(ui, "review-packages", &title, |ui| packages(ui, plan, text));
        }
        let mut action = None;
        let reasons = plan.assessment.verdict.reasons();
        if !reasons.is_empty() {
            fold(ui, "review-reasons", &text.get("review-reasons"), |ui| {
                for reason in reasons {
                    action = action.take().or(reason_line(ui, reason, text));
                }
            });
        }
        widgets::hairline(ui);
        action.or(exports(ui, plan, text))
    })
}

fn packages(ui: &mut Ui, plan: &Plan, text: &Text) {
    let bare = plan.lock.packages.iter().filter(|package| package.wheel.sha256.is_none()).count();
    let key = if bare == 0 { "review-hashes-all" } else { "review-hashes-some" };
    ui.add(Label::new(widgets::muted(ui, text.with(key, &[("count", bare.into())]))).wrap());
    for package in &plan.lock.packages {
        package_row(ui, package, text);
    }
}

fn package_row(ui: &mut Ui, package: &LockedPackage, text: &Text) {
    let size = package.wheel.size.map_or_else(|| text.get("review-unknown"), |bytes| text.size(bytes));
    let is_known = package.wheel.sha256.is_some();
    let hash = text.get(if is_known { "review-hash-known" } else { "review-hash-unknown" });
    let name = format!("{} {}", package.name, package.version);
    let said = format!("{name}, {size}, {hash}");
    let (tone, p) = (if is_known { Tone::Success } else { Tone::Warn }, palette(ui));
    let figures = |ui: &mut Ui| {
        ui.add(Label::new(RichText::new(&size).font(theme::mono(theme::LOG)).color(p.muted)).truncate());
    };
    let mark = |ui: &mut Ui| {
        widgets::icon(ui, tone.icon(), 13.0, tone.colors(&p).0);
        ui.add(Label::new(widgets::muted(ui, &hash)).truncate());
    };
    let title = |ui: &mut Ui| {
        let shown = ui.add(Label::new(RichText::new(&name).font(theme::mono(theme::LOG))).truncate());
        shown.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
        shown.on_hover_text(&package.wheel.file_name);
    };
    if ui.available_width() < NARROW {
        title(ui);
        ui.horizontal(|ui| {
            mark(ui);
            ui.with_layout(Layout::right_to_left(Align::Center), figures);
        });
        return;
    }
    ui.horizontal(|ui| {
        let full = ui.available_width();
        let cell = |ui: &mut Ui, width: f32, layout: Layout, add: &mut dyn FnMut(&mut Ui)| {
            ui.allocate_ui_with_layout(vec2(width, 20.0), layout, |ui| {
                ui.set_width(width);
                add(ui);
            });
        };
        let (amount, told) = (96.0, 200.0);
        let left = Layout::left_to_right(Align::Center);
        cell(ui, full - amount - told - 2.0 * space::S, left, &mut |ui| title(ui));
        cell(ui, amount, Layout::right_to_left(Align::Center), &mut |ui| figures(ui));
        cell(ui, told, left, &mut |ui| {
            ui.add_space(space::M);
            mark(ui);
        });
    });
}

pub(super) fn reason_line(ui: &mut Ui, reason: &crate::assess::Reason, text: &Text) -> Option<Action> {
    let mut action = None;
    ui.horizontal_top(|ui| {
        let color = palette(ui).muted;
        widgets::icon(ui, icons::CHEVRON_RIGHT, 14.0, color);
        ui.vertical(|ui| {
            widgets::label(ui, reason.said(text));
            let Some(source) = &reason.source else { return };
            for page in widgets::pages_in(source) {
                action = action.take().or(widgets::link(ui, page, page));
            }
            if widgets::pages_in(source).next().is_none() {
                let said = text.with("review-source", &[("source", source.as_str().into())]);
                ui.add(Label::new(widgets::muted(ui, said)).wrap());
            }
        });
    });
    action
}

/// The plan in other forms; what cannot be written says why.
fn exports(ui: &mut Ui, plan: &Plan, text: &Text) -> Option<Action> {
    // Each with its word in the trade.
    let forms = [
        (Format::Ps1, "PowerShell"),
        (Format::Bat, "batch"),
        (Format::Sh, "shell"),
        (Format::Dockerfile, "Dockerfile"),
        (Format::Compose, "compose.yaml"),
        (Format::Requirements, "requirements.txt"),
        (Format::Pylock, "pylock.toml"),
        (Format::Json, "JSON"),
    ];
    let forms = forms.map(|(format, word)| (format, word, export(plan, format).err()));
    // A form that the route has no use for is none at all.
    let of_route = |why: &ExportError| {
        !matches!(
            why,
            ExportError::NoLock(_) | ExportError::BuiltHere | ExportError::NoImage(_) | ExportError::NoContainer(_)
        )
    };
    let mut action = None;
    ui.add(Label::new(widgets::muted(ui, text.get("review-export"))).wrap());
    ui.horizontal_wrapped(|ui| {
        for (format, word, why) in forms.iter().filter(|(_, _, why)| why.as_ref().is_none_or(of_route)) {
            let enabled = why.is_none();
            let name = text.with("review-export-as", &[("form", (*word).into())]);
            let kind = ButtonKind::Secondary;
            let button = Button { kind, icon: "", text: word, name: &name, enabled, only_icon: false };
            if button.show(ui).clicked() && enabled {
                action = Some(Action::Save(Saved::Plan(*format)));
            }
        }
    });
    let any = |is_it: fn(&ExportError) -> bool| forms.iter().filter_map(|(_, _, why)| why.as_ref()).any(is_it);
    if any(|why| matches!(why, ExportError::NoHash(_))) {
        ui.add(Label::new(widgets::muted(ui, text.get("review-export-hashes"))).wrap());
    } else if any(|why| matches!(why, ExportError::NotLinux(_))) {
        ui.add(Label::new(widgets::muted(ui, text.get("review-export-linux"))).wrap());
    }
    action
}
