//! What can still be chosen: where, which Python, what installs, with torchaudio and kits or not.

use super::super::super::icons;
use super::super::super::theme::{self, palette, space};
use super::super::super::widgets::{self, Button, ButtonKind, Tone};
use super::super::choose::words;
use super::NARROW;
use super::details::reason_line;
use crate::app::remedy::{Offer, offer};
use crate::app::{Action, Fields, Model};
use crate::assess::Route;
use crate::catalog::Kit;
use crate::facts::Python;
use crate::plan::{Engine, Plan};
use crate::problem::Problem;
use crate::text::Text;
use eframe::egui::{self, Align, Label, Layout, Role, TextEdit, Ui, WidgetInfo, vec2};

/// Column of the labels.
const LABEL: f32 = 76.0;

/// Draws the choices.
pub fn show(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let chosen = model.chosen()?;
    let fields = Fields::of(chosen);
    widgets::card(ui, |ui| {
        let mut action = place(ui, model, text);
        about_place(ui, model, chosen.route, text);
        if let Some(problem) = &model.review.target_trouble {
            action = action.or(trouble(ui, problem, fields, text));
        } else if model.review.is_checking_target {
            indented(ui, |ui| {
                widgets::ring(ui, model.now, 14.0);
                ui.label(widgets::muted(ui, text.get("review-checking")));
            });
        }
        action = action.or(replacing(ui, model, text));
        if fields.python {
            action = action.or(python(ui, model, text));
        }
        action = action.or(rest(ui, model, fields, text));
        if fields.kits {
            action = action.or(kits(ui, model, text));
        }
        action
    })
}

/// The kits that go on top, and what is known to go wrong with those that were picked.
fn kits(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let picked = &model.choice.kits;
    let names = picked.join(", ");
    let title = if picked.is_empty() {
        text.get("review-kits-none")
    } else {
        text.with("review-kits", &[("names", names.into())])
    };
    let mut action = None;
    let fits = |kit: &&Kit| kit.is_for(model.os);
    indented(ui, |ui| {
        ui.vertical(|ui| {
            super::fold(ui, "review-kits", &title, |ui| {
                for kit in model.catalog.kits.all.iter().filter(fits) {
                    let words = format!("{}: {}", kit.name, kit.what_in(text.language().code()));
                    if let Some(on) = widgets::check(ui, &words, picked.contains(&kit.name)) {
                        action = Some(Action::SetKit(kit.name.clone(), on));
                    }
                }
            });
            let reasons = model.review.plan.ready().map(|plan| plan.assessment.verdict.reasons()).unwrap_or_default();
            for reason in reasons.iter().filter(|reason| reason.code.starts_with("kit-")) {
                action = action.take().or(reason_line(ui, reason, text));
            }
        });
    });
    action
}

/// What was chosen, when nothing can be chosen any more.
pub fn fixed(ui: &mut Ui, plan: &Plan, text: &Text) {
    widgets::card(ui, |ui| {
        widgets::key_value(ui, &text.get("review-where"), &plan.target.display().to_string());
        let version = plan.choices.version().map(|version| format!("{version}  ")).unwrap_or_default();
        let python = format!("{version}{}", plan.choices.python.display());
        widgets::key_value(ui, &text.get("review-python"), &python);
        let engine = plan.container.as_ref().map_or(plan.choices.engine.word(), |container| container.engine.word());
        widgets::key_value(ui, &text.get("review-engine"), engine);
    });
}

/// A label in a column of its own and what it labels; one above the other where it is narrow.
fn row(ui: &mut Ui, label: &str, add: impl FnOnce(&mut Ui, egui::Id)) {
    let narrow = ui.available_width() < NARROW;
    if narrow {
        let caption = ui.add(Label::new(widgets::muted(ui, label)).truncate());
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = theme::TARGET;
            add(ui, caption.id);
        });
        return;
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = theme::TARGET;
        let size = vec2(LABEL, theme::TARGET);
        let caption = ui
            .allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                ui.set_width(LABEL);
                ui.add(Label::new(widgets::muted(ui, label)).truncate())
            })
            .inner;
        add(ui, caption.id);
    });
}

/// Below a field, where the field begins.
fn indented<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let narrow = ui.available_width() < NARROW;
    ui.horizontal_top(|ui| {
        if !narrow {
            ui.add_space(LABEL + space::S);
        }
        add(ui)
    })
    .inner
}

fn place(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let planned = model.review.plan.ready().map(|plan| plan.target.display().to_string());
    let shown = model.choice.target.clone().or(planned).unwrap_or_default();
    let mut action = None;
    row(ui, &text.get("review-where"), |ui, label| {
        let words = text.get("review-choose");
        let kind = ButtonKind::Secondary;
        let button = Button { kind, icon: icons::FOLDER_OPEN, text: &words, name: "", enabled: true, only_icon: false };
        let width = (ui.available_width() - button.width(ui) - space::S - 1.0).max(120.0);
        let mut typed = shown.clone();
        let field = TextEdit::singleline(&mut typed)
            .id(egui::Id::unique("review-where"))
            .desired_width(width)
            .margin(egui::Margin::symmetric(10, 9))
            .hint_text(text.get("review-where-hint"))
            .font(theme::mono(theme::MONO));
        let response = ui.add(field).labelled_by(label);
        if response.changed() {
            action = Some(Action::SetTarget(typed));
        }
        if button.show(ui).clicked() {
            action = Some(Action::BrowseTarget);
        }
    });
    action
}

/// What the folder is for, where that is no environment of this system.
fn about_place(ui: &mut Ui, model: &Model, route: Route, text: &Text) {
    let distribution =
        model.review.plan.ready().and_then(|plan| plan.distro.as_ref()).map(|distro| distro.name.as_str());
    let said = match (route, distribution) {
        (Route::Docker, _) => text.get("review-where-docker"),
        (Route::Wsl2, Some(name)) => text.with("review-where-wsl2", &[("distribution", name.into())]),
        (Route::Wsl2 | Route::Wheel | Route::Nightly | Route::Source | Route::Cpu, _) => return,
    };
    indented(ui, |ui| ui.add(Label::new(widgets::muted(ui, said)).wrap()));
}

/// What is wrong with the folder: cause, and what helps, at once and under the field.
fn trouble(ui: &mut Ui, problem: &Problem, fields: Fields, text: &Text) -> Option<Action> {
    let mut action = None;
    indented(ui, |ui| {
        let color = palette(ui).danger;
        widgets::icon(ui, Tone::Danger.icon(), theme::ICON, color);
        ui.vertical(|ui| {
            let said = ui.add(Label::new(egui::RichText::new(&problem.cause).color(color)).wrap());
            said.widget_info(|| WidgetInfo::labeled(Role::Alert, true, &problem.cause));
            ui.ctx().accesskit_node_builder(said.id, |node| node.set_live(egui::accesskit::Live::Polite));
            // In a container's folder and in Linux nothing is replaced.
            let is_fit = |offered: &Offer| {
                fields.replace || !matches!(offered, Offer::Button { action: Action::SetReplace(true), .. })
            };
            let offers: Vec<Offer> = problem.next.iter().map(offer).filter(is_fit).collect();
            ui.horizontal_wrapped(|ui| {
                for offered in &offers {
                    if let Offer::Button { text: words, action: does } = offered
                        && widgets::button(ui, ButtonKind::Secondary, "", words)
                    {
                        action = Some(does.clone());
                    }
                }
            });
            for offered in &offers {
                if let Offer::Advice(words) = offered {
                    ui.add(Label::new(widgets::muted(ui, words)).wrap());
                }
            }
            let shown = text.get("nothing-changed");
            if problem.changed != crate::problem::NOTHING_CHANGED && problem.changed != shown {
                ui.add(Label::new(widgets::muted(ui, &problem.changed)).wrap());
            }
        });
    });
    action
}

/// What stands at the place will be replaced: said where it was asked for, with the way back.
fn replacing(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    if !model.choice.replace {
        return None;
    }
    let (on, words) = (model.choice.replace, text.get("review-replace"));
    indented(ui, |ui| widgets::check(ui, &words, on).map(Action::SetReplace))
}

/// The interpreters that can hold this torch, and those that cannot with the reason.
fn python(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let found = model.facts().and_then(|facts| facts.pythons.found()).map(Vec::as_slice).unwrap_or_default();
    let (fit, unfit): (Vec<&Python>, Vec<&Python>) = found.iter().partition(|python| python.why_not.is_none());
    let plan = model.review.plan.ready().filter(|_| model.choice.python.is_none());
    let decided = match plan.and_then(|plan| plan.choices.version()) {
        Some(version) => text.with("review-python-decided", &[("version", version.into())]),
        None => text.get("review-python-decide"),
    };
    let mut options = vec![decided];
    options.extend(fit.iter().map(|python| named(python)));
    let chosen = model.choice.python.as_ref();
    let place = chosen.and_then(|chosen| fit.iter().position(|python| python.path == *chosen));
    // A path that the scan did not find (typed as a correction) stands in the list as well.
    let current = match (chosen, place) {
        (None, _) => 0,
        (Some(_), Some(at)) => at + 1,
        (Some(path), None) => {
            options.push(path.display().to_string());
            options.len() - 1
        }
    };
    let mut action = None;
    let label = text.get("review-python");
    row(ui, &label, |ui, _| {
        if let Some(at) = widgets::select(ui, "review-python", &label, &options, current) {
            let picked = at.checked_sub(1).and_then(|at| fit.get(at)).map(|python| python.path.clone());
            action = Some(Action::SetPython(picked));
        }
    });
    if !unfit.is_empty() {
        indented(ui, |ui| ui.vertical(|ui| unfit_ones(ui, model, &unfit, text)));
    }
    action
}

fn named(python: &Python) -> String {
    let version = python.version.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{version}  {}", python.path.display()).trim_start().to_owned()
}

fn unfit_ones(ui: &mut Ui, model: &Model, unfit: &[&Python], text: &Text) {
    let key = if unfit.len() == 1 { "review-unfit-one" } else { "review-unfit-many" };
    let title = text.with(key, &[("count", unfit.len().into())]);
    super::fold(ui, "review-unfit", &title, |ui| {
        for python in unfit {
            ui.horizontal_top(|ui| {
                let color = palette(ui).muted;
                widgets::icon(ui, icons::MINUS, 14.0, color);
                let why = words::python_why(text, model, python).unwrap_or_default();
                ui.add(Label::new(widgets::muted(ui, format!("{}: {why}", named(python)))).wrap());
            });
        }
    });
}

/// Engine and torchaudio, as far as the route leaves them to choose.
fn rest(ui: &mut Ui, model: &Model, fields: Fields, text: &Text) -> Option<Action> {
    let mut action = None;
    let label = text.get("review-engine");
    let options = [
        (None, text.get("review-engine-auto")),
        (Some(Engine::Uv), Engine::Uv.word().to_owned()),
        (Some(Engine::Pip), Engine::Pip.word().to_owned()),
    ];
    let audio = text.get("review-audio");
    let mut tick = |ui: &mut Ui| {
        if let Some(on) = widgets::check(ui, &audio, model.choice.audio) {
            action = Some(Action::SetAudio(on));
        }
    };
    let is_beside = fields.engine && ui.available_width() >= NARROW;
    let mut picked = None;
    if fields.engine {
        row(ui, &label, |ui, _| {
            picked = widgets::choice(ui, &label, &options, model.choice.engine);
            if is_beside && fields.audio {
                ui.add_space(space::L);
                tick(ui);
            }
        });
    }
    if fields.audio && !is_beside {
        indented(ui, tick);
    }
    action.or(picked.map(Action::SetEngine))
}
