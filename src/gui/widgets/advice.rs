//! Advice on the hardware: what was measured, how to check it, and the page that says it.

use super::super::theme::{self, palette, space};
use super::{Tone, icon, label, muted};
use crate::app::Action;
use crate::hardware::words::Said;
use crate::monitor::Weight;
use crate::text::Text;
use eframe::egui::{Align, Label, Layout, RichText, Role, Ui, WidgetInfo};

/// The host of a page; `None` if the source is no page.
pub fn host(source: &str) -> Option<&str> {
    source.strip_prefix("https://")?.split('/').next().filter(|host| !host.is_empty())
}

/// The pages that a sentence names.
pub fn pages_in(words: &str) -> impl Iterator<Item = &str> {
    let from = words.match_indices("https://").map(|(at, _)| words.get(at..).unwrap_or_default());
    let page = |rest: &'_ str| rest.find(|c: char| c.is_whitespace() || c == ')').unwrap_or(rest.len());
    from.map(move |rest| rest.get(..page(rest)).unwrap_or_default().trim_end_matches(['.', ',', ';']))
}

/// One piece of advice; `words` is what was measured, with the card's number where that is not clear from the page.
pub fn advice(ui: &mut Ui, said: &Said, words: &str, text: &Text) -> Option<Action> {
    let tone = match said.weight {
        Weight::Note => Tone::Neutral,
        Weight::Warning => Tone::Warn,
        Weight::Danger => Tone::Danger,
    };
    let mut action = None;
    ui.with_layout(Layout::left_to_right(Align::TOP), |ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let (color, _) = tone.colors(&palette(ui));
        icon(ui, tone.icon(), theme::ICON, color);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            label(ui, words);
            let check = text.with("hardware-check", &[("check", said.check.as_str().into())]);
            ui.add(Label::new(muted(ui, check)).wrap());
            action = source(ui, said, text);
        });
    });
    action
}

/// Links to the pages that say it.
fn source(ui: &mut Ui, said: &Said, text: &Text) -> Option<Action> {
    let mut action = None;
    for page in pages_in(&said.source) {
        let words = text.with("choose-source", &[("host", host(page).unwrap_or(page).into())]);
        let name = text.with("hardware-source-name", &[("page", page.into()), ("what", said.what.as_str().into())]);
        let shown = RichText::new(words).font(theme::regular(theme::SMALL)).color(palette(ui).accent);
        let link = ui.link(shown).on_hover_text(page);
        link.widget_info(|| WidgetInfo::labeled(Role::Link, true, &name));
        if link.clicked() {
            action = Some(Action::OpenPage(page.to_owned()));
        }
    }
    action
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
    fn pages_named_in_a_sentence_are_found_without_what_stands_behind_them() {
        let words = "Install NVIDIA driver 572.16 or newer from https://www.nvidia.com/drivers.";
        assert_eq!(pages_in(words).collect::<Vec<_>>(), ["https://www.nvidia.com/drivers"]);
        let words = "Install one (https://docs.docker.com/engine/) or another (https://podman.io/docs), then go on.";
        assert_eq!(pages_in(words).collect::<Vec<_>>(), ["https://docs.docker.com/engine/", "https://podman.io/docs"]);
        assert_eq!(pages_in("Use a newer system.").count(), 0);
    }
}
