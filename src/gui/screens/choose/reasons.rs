//! Reasons with their sources, and what would unblock a route.

use super::judged::Judged;
use super::rests;
use crate::app::remedy::{Offer, offer, without_options};
use crate::app::{Action, Screen};
use crate::assess::{DRIVER_PAGE, Reason, Unblock};
use crate::gui::icons;
use crate::gui::theme::{self, palette, space};
use crate::gui::widgets::{self, ButtonKind};
use crate::problem::Remedy;
use crate::text::Text;
use eframe::egui::{Label, RichText, Role, Ui, WidgetInfo};

/// Numbers the sources of a page, so that each link has a name of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Numbers(usize);

impl Numbers {
    /// Draws reasons, each with its source below it, and with the facts it rests on where `judged` knows them; answers
    /// the page that was asked for.
    pub fn reasons(
        &mut self,
        ui: &mut Ui,
        text: &Text,
        reasons: &[&Reason],
        judged: Option<&Judged<'_>>,
    ) -> Option<Action> {
        let mut action = None;
        for reason in reasons {
            let muted = palette(ui).muted;
            ui.horizontal_top(|ui| {
                widgets::icon(ui, icons::ARROW_RIGHT, 14.0, muted);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    widgets::label(ui, reason.said(text));
                    let facts = judged.map(|judged| rests::facts(text, judged, reason)).unwrap_or_default();
                    ui.horizontal_wrapped(|ui| {
                        ui.spacing_mut().item_spacing.x = space::M;
                        for fact in facts {
                            ui.add(Label::new(widgets::muted(ui, fact)).wrap());
                        }
                        if let Some(source) = &reason.source {
                            action = action.take().or(self.source(ui, text, source));
                        }
                    });
                });
            });
        }
        action
    }

    fn source(&mut self, ui: &mut Ui, text: &Text, source: &str) -> Option<Action> {
        let Some(host) = widgets::host(source) else {
            let said = text.with("choose-measured", &[("what", source.into())]);
            ui.add(Label::new(widgets::muted(ui, said)).wrap());
            return None;
        };
        self.0 += 1;
        let said = text.with("choose-source", &[("host", host.into())]);
        let name = text.with("choose-source-name", &[("number", self.0.into()), ("host", host.into())]);
        let shown = RichText::new(said).font(theme::regular(theme::SMALL)).color(palette(ui).accent);
        let link = ui.link(shown).on_hover_text(source);
        link.widget_info(|| WidgetInfo::labeled(Role::Link, true, &name));
        link.clicked().then(|| Action::OpenPage(source.to_owned()))
    }
}

/// Where it is said what would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Helping {
    /// In a card of this PC's routes: what we can do has a button.
    Here,
    /// The same, where the pages have buttons of their own beside it.
    BesidePages,
    /// In a card of another PC's routes: we can do nothing there.
    There,
}

/// What would unblock a route: our own way as a button, a command to copy, or words alone.
pub fn helps(ui: &mut Ui, text: &Text, unblock: &[Unblock], helping: Helping) -> Option<Action> {
    let mut action = None;
    for way in unblock {
        let done = match (&way.command, helping) {
            (None, _) => advice(ui, text, way, helping),
            (Some(command), Helping::There) => {
                help(ui, &way.said(text));
                copied(ui, text, command)
            }
            (Some(command), Helping::Here | Helping::BesidePages) => {
                let remedy = Remedy::Command { text: way.said(text), command: command.clone() };
                match offer(&remedy) {
                    Offer::Advice(words) => {
                        help(ui, &words);
                        None
                    }
                    Offer::Button { text: words, action: Action::Copy(command) } => {
                        help(ui, &words);
                        copied(ui, text, &command)
                    }
                    Offer::Button { text: words, action } => own(ui, text, &words, action),
                }
            }
        };
        action = action.or(done);
    }
    action
}

/// Words, with a button for each page that they name.
fn advice(ui: &mut Ui, text: &Text, way: &Unblock, helping: Helping) -> Option<Action> {
    let words = without_options(&way.said(text));
    help(ui, &words);
    if helping == Helping::BesidePages {
        return None;
    }
    let is_driver = matches!(way.code.as_str(), "install-driver" | "install-a-driver" | "older-branch");
    if is_driver && helping == Helping::Here {
        // Which one, from where and how is more than the maker's page says.
        let pressed = widgets::button(ui, ButtonKind::Secondary, icons::WRENCH, &text.get("driver-entry"));
        return pressed.then_some(Action::Go(Screen::Driver));
    }
    let pages: Vec<&str> = if is_driver { vec![DRIVER_PAGE] } else { widgets::pages_in(&words).collect() };
    let mut action = None;
    if !pages.is_empty() {
        ui.horizontal_wrapped(|ui| {
            for page in pages {
                let said = match page {
                    DRIVER_PAGE => text.get("detect-way-drivers"),
                    other => text.with("choose-open", &[("host", widgets::host(other).unwrap_or(other).into())]),
                };
                if widgets::button(ui, ButtonKind::Secondary, icons::EXTERNAL_LINK, &said) {
                    action = Some(Action::OpenPage(page.to_owned()));
                }
            }
        });
    }
    action
}

/// A command with the button that copies it.
fn copied(ui: &mut Ui, text: &Text, command: &str) -> Option<Action> {
    widgets::command_box(ui, command);
    let name = text.with("choose-copy-name", &[("what", command.into())]);
    widgets::copy_button(ui, &text.get("choose-copy"), &name).then(|| Action::Copy(command.to_owned()))
}

/// What the window does itself.
fn own(ui: &mut Ui, text: &Text, words: &str, does: Action) -> Option<Action> {
    help(ui, words);
    let short = if let Action::PickCards(Some(cards)) = &does {
        let number = cards.first().copied().unwrap_or_default();
        text.with("choose-help-card", &[("number", number.into())])
    } else if does == Action::Go(Screen::Settings) {
        text.get("choose-help-settings")
    } else {
        words.to_owned()
    };
    widgets::button(ui, ButtonKind::Secondary, icons::ARROW_RIGHT, &short).then_some(does)
}

fn help(ui: &mut Ui, words: &str) {
    let accent = palette(ui).accent;
    ui.horizontal_top(|ui| {
        widgets::icon(ui, icons::WRENCH, 14.0, accent);
        widgets::label(ui, words);
    });
}
