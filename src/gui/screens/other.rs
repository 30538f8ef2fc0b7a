//! Another PC: a text to paste or a file to open, then what it says and the verdicts for its routes, to be read only.

mod known;

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::theme;
use super::super::widgets::{self, Banner, ButtonKind, FooterButton, Tone};
use super::choose::judged::Judged;
use super::choose::{group, served};
use crate::app::{Action, Model, OtherAction, Reading, Reported};
use crate::assess::{Route, Verdict};
use crate::text::Text;
use eframe::egui::{self, Id, ScrollArea, TextEdit, Ui};

/// What tells of a machine, as one types it there.
const COMMANDS: &str = "nvidia-smi\npython -m torch.utils.collect_env\nnvidia-smi -q\ntorch-wizard detect --json";
/// Letters that the field holds: more would make it slow, and a file can be opened.
const MOST: usize = 200_000;
/// Lines of the field.
const ROWS: usize = 9;

/// What stands above.
pub fn head(model: &Model, text: &Text) -> Head {
    let other = &model.other;
    let Some(reported) = other.reported() else {
        let is_busy = matches!(other.reading, Reading::Busy);
        let title = if is_busy { text.get("other-title-busy") } else { text.get("other-title") };
        return Head { title, lead: text.get("other-lead"), is_busy, ..Head::default() };
    };
    let (tone, key) = result(reported);
    let lead = match &other.file {
        Some(path) => text.with("other-lead-file", &[("path", path.display().to_string().into())]),
        None => text.get("other-lead-text"),
    };
    Head { mark: Some((tone.icon(), tone)), title: text.get(key), lead, is_busy: false }
}

/// The result for the other PC's card, as tone and title.
fn result(reported: &Reported) -> (Tone, &'static str) {
    let of_card = || reported.assessments.iter().filter(|assessment| assessment.route != Route::Cpu);
    let has = |is_it: fn(&Verdict) -> bool| of_card().any(|assessment| is_it(&assessment.verdict));
    if has(|verdict| matches!(verdict, Verdict::Recommended { .. } | Verdict::Works { .. })) {
        (Tone::Success, "other-title-runs")
    } else if reported.facts.gpus.is_absent() || reported.facts.gpus.found().is_some_and(Vec::is_empty) {
        (Tone::Warn, "other-title-no-card")
    } else if has(|verdict| matches!(verdict, Verdict::Unknown { .. })) {
        (Tone::Warn, "other-title-unknown")
    } else {
        (Tone::Danger, "other-title-blocked")
    }
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    match (&model.other.reading, Judged::other(model)) {
        (Reading::Done(reported), Some(judged)) => verdicts(ui, text, reported, &judged),
        _ => asking(ui, model, text),
    }
}

fn verdicts(ui: &mut Ui, text: &Text, reported: &Reported, judged: &Judged<'_>) -> Option<Action> {
    let (title, words) = (text.get("other-about"), text.get("other-about-text"));
    widgets::banner(ui, &Banner { tone: Tone::Accent, title: &title, text: &words }, |_| ());
    known::show(ui, text, reported);
    let action = served::choice(ui, text, judged);
    action.or(group::show(ui, text, judged))
}

fn asking(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let mut action = None;
    match &model.other.reading {
        Reading::Nothing => {
            let (title, words) = (text.get("other-nothing"), text.get("other-nothing-text"));
            widgets::banner(ui, &Banner { tone: Tone::Danger, title: &title, text: &words }, |_| ());
        }
        Reading::Failed(problem) => action = widgets::problem_card(ui, problem, None, text),
        Reading::Not | Reading::Busy | Reading::Done(_) => {}
    }
    action = action.or(widgets::card(ui, |ui| field(ui, model, text)));
    widgets::card(ui, |ui| {
        widgets::heading(ui, text.get("other-what"));
        widgets::label(ui, text.get("other-what-text"));
        widgets::command_box(ui, COMMANDS);
    });
    action
}

/// The text, which scrolls by itself, and the way to a file.
fn field(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let mut action = None;
    let mut typed = model.other.text.clone();
    let caption = ui.label(widgets::muted(ui, text.get("other-text")));
    let row = ui.fonts_mut(|fonts| fonts.row_height(&theme::mono(theme::LOG)));
    let height = row * ROWS as f32 + 18.0;
    let response = ScrollArea::vertical().id_salt("report").max_height(height).show(ui, |ui| {
        let field = TextEdit::multiline(&mut typed)
            .id(Id::unique("report"))
            .desired_width(ui.available_width())
            .desired_rows(ROWS)
            .char_limit(MOST)
            .margin(egui::Margin::symmetric(10, 9))
            .font(theme::mono(theme::LOG));
        ui.add(field).labelled_by(caption.id)
    });
    if response.inner.changed() {
        action = Some(Action::Other(OtherAction::Type(typed)));
    }
    if model.other.text.len() >= MOST {
        let said = text.with("other-limit", &[("count", text.whole(MOST).into())]);
        ui.add(egui::Label::new(widgets::muted(ui, said)).wrap());
    }
    if widgets::button(ui, ButtonKind::Secondary, icons::FOLDER_OPEN, &text.get("other-open")) {
        action = Some(Action::Other(OtherAction::Browse));
    }
    action
}

/// What stands below.
pub fn footer(model: &Model, text: &Text) -> Footer {
    let back = text.get("other-back");
    if model.other.reported().is_some() {
        let change = Action::Other(OtherAction::Change);
        let buttons = vec![
            FooterButton::secondary(icons::REFRESH_CW, text.get("other-change"), change),
            FooterButton::primary(icons::ARROW_LEFT, back, Action::Back),
        ];
        return Footer { sentence: text.get("other-footer-done"), buttons };
    }
    let can = !model.other.text.trim().is_empty() && !matches!(model.other.reading, Reading::Busy);
    let buttons = vec![
        FooterButton::secondary(icons::ARROW_LEFT, back, Action::Back),
        FooterButton::primary(icons::SEARCH, text.get("other-judge"), Action::Next).when(can),
    ];
    Footer { sentence: text.get("other-footer"), buttons }
}
