//! What a log shows, as cards: the failure with the line that shows it, what to look at and what helps, what else it
//! may be; a log that is not recognised; one in which nothing is wrong.

use super::super::super::icons;
use super::super::super::theme::{self, palette, space};
use super::super::super::widgets::{self, Banner, ButtonKind, Tone};
use crate::app::remedy::instead;
use crate::app::{Action, Found, Model, Screen};
use crate::diagnose::{Answer, Evidence, Failure, Sureness};
use crate::text::Text;
use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{self, CornerRadius, Frame, Label, Margin, RichText, Role, Ui, WidgetInfo};

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, found: &Found, text: &Text) -> Option<Action> {
    let evidence = &found.diagnosis.evidence;
    let action = match &found.diagnosis.answer {
        Answer::Known { failure, .. } => {
            known(ui, failure, found, text);
            widgets::card(ui, |ui| remedy(ui, model, failure, &found.commands, text))
        }
        Answer::Unknown => unknown(ui, evidence, text),
        Answer::Fine => {
            widgets::card(ui, |ui| {
                lines(ui, &text.get("diagnose-evidence-fine"), evidence, text);
                widgets::muted_wrapped(ui, text.get("diagnose-fine-still"));
            });
            None
        }
    };
    others(ui, found, text);
    action
}

/// The failure, and the line that shows it.
fn known(ui: &mut Ui, failure: &Failure, found: &Found, text: &Text) {
    let sure = text.get(&format!("diagnose-sure-{}", Sureness::of(found.diagnosis.confidence).word()));
    let (fg, _) = Tone::Danger.colors(&palette(ui));
    widgets::card_in(ui, Tone::Danger, |ui| {
        ui.horizontal_top(|ui| {
            widgets::icon(ui, Tone::Danger.icon(), 18.0, fg);
            ui.vertical(|ui| {
                title(ui, failure, &sure);
                widgets::label(ui, &failure.cause);
                lines(ui, &text.get("diagnose-evidence"), &found.diagnosis.evidence, text);
                if let Some(here) = &found.diagnosis.here {
                    ui.add_space(space::XS);
                    caption(ui, &text.get("diagnose-here"));
                    widgets::label(ui, here);
                }
            });
        });
    });
}

/// Its name with how sure it is: one thing for a screen reader, in the words of the command.
fn title(ui: &mut Ui, failure: &Failure, sure: &str) {
    let p = palette(ui);
    let mut job = LayoutJob::default();
    let format = |font, color| TextFormat { font_id: font, color, ..TextFormat::default() };
    job.append(&failure.title, 0.0, format(theme::semibold(theme::HEADING), p.text));
    let small = format!("({}, {sure})", failure.label);
    job.append(&small, space::S, format(theme::regular(theme::SMALL), p.text));
    let response = ui.add(Label::new(job).wrap());
    let said = format!("{} {small}", failure.title);
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, &said));
    // The title of the page says that something was found, this one what.
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_live(egui::accesskit::Live::Polite));
}

/// Lines of the log with their numbers.
fn lines(ui: &mut Ui, heading: &str, evidence: &[Evidence], text: &Text) {
    if evidence.is_empty() {
        return;
    }
    let p = palette(ui);
    ui.add_space(space::XS);
    caption(ui, heading);
    let radius = CornerRadius::same(theme::RADIUS_CONTROL);
    Frame::new().fill(p.sunken).corner_radius(radius).inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        for line in evidence {
            let mut job = LayoutJob::default();
            let format = |color| TextFormat { font_id: theme::mono(theme::LOG), color, ..TextFormat::default() };
            job.append(&format!("{}:", line.line), 0.0, format(p.muted));
            job.append(&line.text, space::S, format(p.text));
            let response = ui.add(Label::new(job).wrap().selectable(true));
            let said = [("line", line.line.to_string().into()), ("words", line.text.as_str().into())];
            let said = text.with("diagnose-line", &said);
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
        }
    });
}

fn caption(ui: &mut Ui, words: &str) {
    ui.add(Label::new(widgets::strong(words, theme::BODY)).wrap());
}

/// What to look at, what helps, and the commands for it.
fn remedy(ui: &mut Ui, model: &Model, failure: &Failure, commands: &[String], text: &Text) -> Option<Action> {
    let mut action = None;
    for (key, words) in [("diagnose-check", &failure.check), ("diagnose-remedy", &failure.remedy)] {
        caption(ui, &text.get(key));
        widgets::label(ui, words);
        ui.add_space(space::XS);
    }
    for (number, command) in commands.iter().enumerate() {
        let copy = text.with("diagnose-copy", &[("number", (number + 1).into())]);
        if widgets::command_row(ui, command, &copy) {
            action = Some(Action::Copy(command.clone()));
        }
    }
    let mut does: Vec<(&'static str, Action)> = Vec::new();
    for offer in commands.iter().filter_map(|command| instead(model, command)) {
        if !does.contains(&offer) {
            does.push(offer);
        }
    }
    if does.is_empty() {
        return action;
    }
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| {
        for (key, does) in does {
            let words = text.find(key).unwrap_or_default();
            if widgets::button(ui, ButtonKind::Secondary, icons::ARROW_RIGHT, &words) {
                action = Some(does);
            }
        }
    });
    action
}

/// Something is wrong, and nobody knows what: the lines that tell most, and whom to ask.
fn unknown(ui: &mut Ui, evidence: &[Evidence], text: &Text) -> Option<Action> {
    let title = text.get("diagnose-unknown");
    let mut action = None;
    widgets::banner(ui, &Banner { tone: Tone::Warn, title: &title, text: "" }, |ui| {
        lines(ui, &text.get("diagnose-evidence-unknown"), evidence, text);
        ui.add_space(space::XS);
        if !evidence.is_empty()
            && widgets::button(ui, ButtonKind::Secondary, icons::COPY, &text.get("diagnose-copy-lines"))
        {
            let lines: Vec<&str> = evidence.iter().map(|line| line.text.as_str()).collect();
            action = Some(Action::Copy(lines.join("\n")));
        }
    });
    widgets::card(ui, |ui| {
        caption(ui, &text.get("diagnose-unknown-next"));
        for key in ["diagnose-unknown-before", "diagnose-unknown-ask", "diagnose-unknown-report"] {
            step(ui, text.find(key).unwrap_or_default());
        }
        ui.add_space(space::XS);
        if widgets::button(ui, ButtonKind::Secondary, icons::LIST_CHECKS, &text.get("support-entry")) {
            action = Some(Action::Go(Screen::Support));
        }
    });
    action
}

/// What was found beside the answer.
fn others(ui: &mut Ui, found: &Found, text: &Text) {
    let all = || found.diagnosis.others.iter().zip(&found.titles);
    if all().next().is_none() {
        return;
    }
    widgets::card(ui, |ui| {
        for (also, key) in [(true, "diagnose-also"), (false, "diagnose-perhaps")] {
            let mut group = all().filter(|(other, _)| other.also == also).peekable();
            if group.peek().is_none() {
                continue;
            }
            caption(ui, &text.find(key).unwrap_or_default());
            for (other, title) in group {
                step(ui, format!("{title} ({})", other.label));
            }
        }
    });
}

/// A row that begins with an arrow.
fn step(ui: &mut Ui, words: String) {
    ui.horizontal_top(|ui| {
        let muted = palette(ui).muted;
        widgets::icon(ui, icons::ARROW_RIGHT, 14.0, muted);
        ui.add(Label::new(RichText::new(words)).wrap());
    });
}
