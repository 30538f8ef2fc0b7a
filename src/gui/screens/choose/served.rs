//! Several cards in one PC: which shall be served, and which a route serves.

use super::judged::{Judged, Whose};
use crate::app::Action;
use crate::assess::{Assessment, Reason};
use crate::facts::Gpu;
use crate::gui::icons;
use crate::gui::theme::{self, palette, space};
use crate::gui::widgets::{self, ButtonKind, Tone};
use crate::text::Text;
use eframe::egui::{Label, Ui};

/// "RTX 5090"
pub fn short(gpu: &Gpu) -> &str {
    gpu.name.trim_start_matches("NVIDIA ").trim_start_matches("GeForce ")
}

/// Which of several cards shall be served.
pub fn choice(ui: &mut Ui, text: &Text, judged: &Judged<'_>) -> Option<Action> {
    let gpus = judged.cards();
    if gpus.len() < 2 {
        return None;
    }
    let mut options = vec![(None, text.get("choose-cards-all"))];
    options.extend(gpus.iter().map(|gpu| {
        let words = text.with("choose-cards-only", &[("number", gpu.index.into()), ("name", short(gpu).into())]);
        (Some(gpu.index), words)
    }));
    let current = judged.gpus.and_then(|chosen| chosen.first().copied());
    let label = text.get("choose-cards");
    let picked = widgets::card(ui, |ui| {
        ui.add(Label::new(widgets::muted(ui, &label)).wrap());
        widgets::choice(ui, &label, &options, current)
    });
    picked.map(|card| judged.pick_cards(card.map(|index| vec![index])))
}

/// The cards that a route leaves without kernels, though they are to be served.
pub fn losers<'a>(judged: &Judged<'a>, assessment: &Assessment) -> Vec<&'a Gpu> {
    let is_wanted = |gpu: &&Gpu| judged.gpus.is_none_or(|wanted| wanted.contains(&gpu.index));
    let is_served = |gpu: &&Gpu| assessment.gpus.is_empty() || assessment.gpus.contains(&gpu.index);
    judged.cards().iter().filter(is_wanted).filter(|gpu| !is_served(gpu)).collect()
}

/// Whether a card that gets nothing has a build of its own.
pub fn has_own(assessment: &Assessment, gpu: &Gpu) -> bool {
    let number = gpu.index.to_string();
    let is_it = |reason: &Reason| reason.code == "own-environment" && reason.args.get("number") == Some(&number);
    assessment.verdict.reasons().iter().any(is_it)
}

/// A row a card where a route does not serve all of them, with the way to a plan for what it leaves out.
pub fn rows(ui: &mut Ui, text: &Text, judged: &Judged<'_>, assessment: &Assessment) -> Option<Action> {
    let losers = losers(judged, assessment);
    if losers.is_empty() || assessment.build.is_none() {
        return None;
    }
    let mut action = None;
    for gpu in judged.cards() {
        let is_lost = losers.iter().any(|lost| lost.index == gpu.index);
        let is_served = assessment.gpus.contains(&gpu.index);
        let (tone, key) = match (is_served, is_lost) {
            (true, _) => (Tone::Success, "choose-served"),
            (false, true) => (Tone::Danger, "choose-not-served"),
            (false, false) => continue,
        };
        let card = format!("{}: {}", gpu.index, short(gpu));
        let offers = is_lost && has_own(assessment, gpu);
        ui.horizontal_wrapped(|ui| {
            if offers {
                // The words stand in the middle of the button's height.
                ui.spacing_mut().interact_size.y = theme::TARGET;
            }
            let color = tone.colors(&palette(ui)).0;
            widgets::icon(ui, tone.icon(), 14.0, color);
            ui.add(Label::new(widgets::strong(text.with(key, &[("card", card.as_str().into())]), theme::BODY)).wrap());
            if offers {
                ui.add_space(space::S);
                let key = match judged.whose {
                    Whose::Ours => "choose-plan-for",
                    Whose::Other => "choose-judge-for",
                };
                let words = text.with(key, &[("card", short(gpu).into())]);
                if widgets::button(ui, ButtonKind::Secondary, icons::GPU, &words) {
                    action = Some(judged.pick_cards(Some(vec![gpu.index])));
                }
            }
        });
    }
    ui.add_space(space::XS);
    action
}
