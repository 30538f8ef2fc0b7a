//! Questions before the page, and the system's own dialogs.

use super::icons;
use super::theme::{palette, space};
use super::widgets::{self, FooterButton, footer_buttons};
use crate::app::{Action, Dialog, Message, Model, Subject};
use crate::text::Text;
use eframe::egui::{self, Role, Ui, WidgetInfo};
use std::path::PathBuf;
use std::sync::mpsc::Sender;

/// Which of the system's dialogs.
#[derive(Debug)]
pub enum Browse {
    /// For a folder; where it begins.
    Folder(PathBuf),
    /// For a file to be written; its name as proposed.
    File(PathBuf),
    /// For a file to be read; the folder it begins in.
    Open(PathBuf),
}

/// Opens a dialog of the system on a thread of its own: it may stand for minutes. Where there is none (no portal), it
/// answers nothing, and the path can be typed as well.
pub fn browse(sender: &Sender<Message>, ctx: &egui::Context, browse: Browse) {
    let (sender, ctx) = (sender.clone(), ctx.clone());
    let body = move || {
        let dialog = rfd::FileDialog::new();
        let picked = match browse {
            Browse::Folder(from) => dialog.set_directory(from.parent().unwrap_or(&from)).pick_folder(),
            Browse::File(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let folder = path.parent().unwrap_or(&path).to_owned();
                dialog.set_directory(folder).set_file_name(name).save_file()
            }
            Browse::Open(from) => dialog.set_directory(from).pick_file(),
        };
        if let Some(path) = picked {
            sender.send(Message::Picked(path)).ok();
            ctx.request_repaint();
        }
    };
    if let Err(error) = std::thread::Builder::new().name("dialog".to_owned()).spawn(body) {
        tracing::warn!("no thread for the dialog: {error}");
    }
}

/// Draws the open question, if there is one.
pub fn show(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let dialog = model.dialog.as_ref()?;
    let mut action = None;
    let width = (ui.max_rect().width() - 96.0).clamp(240.0, 460.0);
    let frame = egui::Frame::window(ui.style()).inner_margin(space::XL);
    let modal = egui::Modal::new(egui::Id::unique("dialog")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = space::M;
        action = match dialog {
            Dialog::CloseDuringRun => close(ui, text),
            Dialog::RemoveEnvironment(path) => remove(ui, text, path),
            Dialog::Correct { subject, text: typed, trouble } => correct(ui, model, text, *subject, typed, *trouble),
            Dialog::Save { path, .. } => save(ui, text, path),
        };
    });
    if action.is_none() && modal.backdrop_response.clicked() {
        return Some(Action::Dismiss);
    }
    action
}

fn title(ui: &mut Ui, words: &str) {
    let response = ui.add(egui::Label::new(widgets::strong(words, super::theme::HEADING)).wrap());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, words));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_live(egui::accesskit::Live::Assertive));
}

/// The buttons of a question: the one that does nothing first, so that it is reached first.
fn buttons(ui: &mut Ui, no: String, icon: &'static str, yes: String, can: bool) -> Option<Action> {
    ui.spacing_mut().interact_size.y = super::theme::TARGET;
    let both = [
        FooterButton::secondary(icons::X, no, Action::Dismiss),
        FooterButton::primary(icon, yes, Action::Confirm).when(can),
    ];
    ui.horizontal(|ui| footer_buttons(ui, &both, 0.0).0).inner
}

fn close(ui: &mut Ui, text: &Text) -> Option<Action> {
    title(ui, &text.get("dialog-close-title"));
    widgets::muted_wrapped(ui, text.get("dialog-close-text"));
    buttons(ui, text.get("dialog-close-no"), icons::SQUARE, text.get("dialog-close-yes"), true)
}

fn remove(ui: &mut Ui, text: &Text, path: &std::path::Path) -> Option<Action> {
    title(ui, &text.get("dialog-remove-title"));
    widgets::command_box(ui, &path.display().to_string());
    widgets::muted_wrapped(ui, text.get("dialog-remove-text"));
    buttons(ui, text.get("dialog-no"), icons::X, text.get("dialog-remove-yes"), true)
}

fn correct(
    ui: &mut Ui,
    model: &Model,
    text: &Text,
    subject: Subject,
    typed: &str,
    trouble: Option<&'static str>,
) -> Option<Action> {
    let word = subject.word();
    title(ui, &text.get(&format!("correct-{word}-title")));
    widgets::muted_wrapped(ui, text.get(&format!("correct-{word}-text")));
    let mut action = None;
    if subject == Subject::Card {
        // Cards by name, the newest first, as the catalogue has them.
        let mut names: Vec<String> = model.catalog.cards.iter().map(|card| card.name.clone()).collect();
        names.insert(0, text.get("correct-card-none"));
        let current = names.iter().position(|name| name == typed).unwrap_or(usize::MAX);
        if let Some(at) = widgets::select(ui, "cards", &text.get("correct-card-list"), &names, current) {
            let name = names.get(at).cloned().unwrap_or_default();
            action = Some(Action::Type(if at == 0 { String::new() } else { name }));
        }
    }
    let label = text.get(&format!("correct-{word}-label"));
    let (changed, response) = widgets::text_field(ui, &label, typed, ui.available_width() - 24.0);
    action = action.or(changed.map(Action::Type));
    if let Some(key) = trouble {
        let color = palette(ui).danger;
        ui.add(egui::Label::new(egui::RichText::new(text.get(key)).color(color)).wrap());
    }
    if response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
        action = Some(Action::Confirm);
    }
    action.or_else(|| buttons(ui, text.get("dialog-no"), icons::CHECK, text.get("correct-yes"), true))
}

fn save(ui: &mut Ui, text: &Text, path: &str) -> Option<Action> {
    title(ui, &text.get("dialog-save-title"));
    let width = ui.available_width() - 24.0;
    let (changed, response) = widgets::text_field(ui, &text.get("dialog-save-label"), path, width);
    let mut action = changed.map(Action::Type);
    if widgets::quiet(ui, icons::FOLDER_OPEN, &text.get("dialog-save-browse")) {
        action = Some(Action::BrowseSave);
    }
    if response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
        action = Some(Action::Confirm);
    }
    let can = !path.trim().is_empty();
    action.or_else(|| buttons(ui, text.get("dialog-no"), icons::SAVE, text.get("dialog-save-yes"), can))
}
