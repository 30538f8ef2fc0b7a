//! What stands above the routes: how old the knowledge is, what the index has beyond it, what is waited for.

use crate::app::{Action, Model};
use crate::assess;
use crate::facts::Reach;
use crate::gui::icons;
use crate::gui::widgets::{self, Banner, ButtonKind, Tone};
use crate::text::Text;
use eframe::egui::{Label, Ui};

/// The banners that there is reason for.
pub fn banners(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let action = no_index(ui, model, text);
    news(ui, model, text);
    watched(ui, model, text);
    action
}

/// No index has answered: what is shown may be old.
fn no_index(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let date = model.catalog.as_of().map(|date| date.to_string()).unwrap_or_default();
    let live = &model.detection.live;
    let kept = live.taken_at.as_deref().filter(|_| live.from_cache).map(crate::time::minute);
    let is_lost = model.detection.has_asked_indexes && live.reach() != Reach::Reached;
    if model.offline {
        let words = match kept {
            Some(asked) => text.with("choose-offline-kept", &[("date", date.into()), ("asked", asked.into())]),
            None => text.with("choose-offline-text", &[("date", date.into())]),
        };
        plain(ui, &text.get("choose-offline"), &words);
        None
    } else if is_lost {
        let words = match kept {
            Some(asked) => text.with("choose-no-index-kept", &[("date", date.into()), ("asked", asked.into())]),
            None => text.with("choose-no-index-text", &[("date", date.into())]),
        };
        let title = text.get("choose-no-index");
        widgets::banner(ui, &Banner { tone: Tone::Warn, title: &title, text: &words }, |ui| {
            let network = model.facts().and_then(|facts| facts.network.found());
            for failure in network.iter().flat_map(|network| network.failures.values()) {
                ui.add(Label::new(widgets::muted(ui, failure)).wrap());
            }
            let again = widgets::button(ui, ButtonKind::Secondary, icons::REFRESH_CW, &text.get("button-retry"));
            again.then_some(Action::Rescan)
        })
    } else {
        None
    }
}

/// The index has what this version does not know.
fn news(ui: &mut Ui, model: &Model, text: &Text) {
    let news = &model.detection.news;
    let nightly = news.new_nightly_variants.iter().map(|variant| format!("nightly/{variant}"));
    let releases = news.newer_releases.iter().map(|release| format!("torch {}", release.torch));
    let names: Vec<String> = releases.chain(news.new_variants.iter().cloned()).chain(nightly).collect();
    if !names.is_empty() {
        let title = text.with("choose-news", &[("names", names.join(", ").into())]);
        plain(ui, &title, &text.get("choose-news-text"));
    }
}

/// A card is newer than every build.
fn watched(ui: &mut Ui, model: &Model, text: &Text) {
    let Some(watched) = &model.detection.watched else { return waiting(ui, model, text) };
    let date = watched.since.get(..10).unwrap_or_default();
    let words = match (watched.new.as_slice(), watched.is_asked) {
        ([], true) => text.with("choose-watched-none", &[("date", date.into())]),
        ([], false) => text.with("choose-watched-silent", &[("date", date.into())]),
        (new, _) => text.with("choose-watched-new", &[("date", date.into()), ("names", new.join(", ").into())]),
    };
    plain(ui, &text.with("choose-watched", &[("arch", watched.wait.arch.as_str().into())]), &words);
}

/// The same, where nothing is kept yet of when the wait began.
fn waiting(ui: &mut Ui, model: &Model, text: &Text) {
    let Some(wait) = model.facts().and_then(|facts| assess::wait(facts, model.catalog)) else { return };
    let words = text.with("choose-waiting-text", &[("variant", wait.variant.into())]);
    plain(ui, &text.with("choose-waiting", &[("arch", wait.arch.into())]), &words);
}

fn plain(ui: &mut Ui, title: &str, words: &str) {
    widgets::banner(ui, &Banner { tone: Tone::Neutral, title, text: words }, |_| ());
}
