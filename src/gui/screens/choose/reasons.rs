//! Reasons with their sources, and what would unblock a route.

use crate::app::remedy::{Offer, offer};
use crate::app::{Action, Screen};
use crate::assess::{Reason, Unblock};
use crate::gui::icons;
use crate::gui::theme::{self, palette};
use crate::gui::widgets::{self, ButtonKind};
use crate::problem::Remedy;
use crate::text::Text;
use eframe::egui::{Label, RichText, Role, Ui, WidgetInfo};

/// Numbers the sources of a page, so that each link has a name of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Numbers(usize);

impl Numbers {
    /// Draws reasons, each with its source below it; answers the page that was asked for.
    pub fn reasons(&mut self, ui: &mut Ui, text: &Text, reasons: &[Reason]) -> Option<Action> {
        let mut action = None;
        for reason in reasons {
            let muted = palette(ui).muted;
            ui.horizontal_top(|ui| {
                widgets::icon(ui, icons::ARROW_RIGHT, 14.0, muted);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    widgets::label(ui, reason.said(text));
                    if let Some(source) = &reason.source {
                        action = action.take().or(self.source(ui, text, source));
                    }
                });
            });
        }
        action
    }

    fn source(&mut self, ui: &mut Ui, text: &Text, source: &str) -> Option<Action> {
        let Some(host) = host(source) else {
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

/// The host of a page; `None` if the source is no page.
fn host(source: &str) -> Option<&str> {
    source.strip_prefix("https://")?.split('/').next().filter(|host| !host.is_empty())
}

/// The page that a sentence names.
fn page_in(words: &str) -> Option<&str> {
    let page = words.split_whitespace().find(|word| word.starts_with("https://"))?;
    Some(page.trim_end_matches(['.', ',', ';', ')']))
}

/// Whether a page that a sentence names has a button beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pages {
    /// It has.
    Open,
    /// There is one for it already.
    Named,
}

/// What would unblock a route: our own way as a button, a command to copy, or words alone.
pub fn helps(ui: &mut Ui, text: &Text, unblock: &[Unblock], pages: Pages) -> Option<Action> {
    let mut action = None;
    for way in unblock {
        let remedy = match &way.command {
            Some(command) => Remedy::Command { text: way.said(text), command: command.clone() },
            None => Remedy::Advice { text: way.said(text) },
        };
        match offer(&remedy) {
            Offer::Advice(words) => {
                help(ui, &words);
                if let Some(page) = page_in(&words).filter(|_| pages == Pages::Open) {
                    let said = text.with("choose-open", &[("host", host(page).unwrap_or(page).into())]);
                    if widgets::button(ui, ButtonKind::Secondary, icons::EXTERNAL_LINK, &said) {
                        action = Some(Action::OpenPage(page.to_owned()));
                    }
                }
            }
            Offer::Button { text: words, action: Action::Copy(command) } => {
                help(ui, &words);
                widgets::command_box(ui, &command);
                let name = text.with("choose-copy-name", &[("what", command.as_str().into())]);
                if widgets::copy_button(ui, &text.get("choose-copy"), &name) {
                    action = Some(Action::Copy(command));
                }
            }
            Offer::Button { text: words, action: does } => {
                help(ui, &words);
                let short = if let Action::PickCards(Some(cards)) = &does {
                    let number = cards.first().copied().unwrap_or_default();
                    text.with("choose-help-card", &[("number", number.into())])
                } else if does == Action::Go(Screen::Settings) {
                    text.get("choose-help-settings")
                } else {
                    words
                };
                if widgets::button(ui, ButtonKind::Secondary, icons::ARROW_RIGHT, &short) {
                    action = Some(does);
                }
            }
        }
    }
    action
}

fn help(ui: &mut Ui, words: &str) {
    let accent = palette(ui).accent;
    ui.horizontal_top(|ui| {
        widgets::icon(ui, icons::WRENCH, 14.0, accent);
        widgets::label(ui, words);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_is_a_link() {
        assert_eq!(host("https://docs.nvidia.com/cuda/x.html"), Some("docs.nvidia.com"));
        assert_eq!(host("ptxas --help"), None);
    }

    #[test]
    fn a_page_named_in_a_sentence_is_found_without_the_full_stop() {
        let words = "Install NVIDIA driver 572.16 or newer from https://www.nvidia.com/drivers.";
        assert_eq!(page_in(words), Some("https://www.nvidia.com/drivers"));
        assert_eq!(page_in("Use a newer system."), None);
    }
}
