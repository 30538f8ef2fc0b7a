//! Every page in its states, looked at in every size, language and theme: nothing panics, nothing is without a name.

use crate::pc;
use crate::shown::{Look, shot, show};
use eframe::egui::Theme;
use torch_wizard::app::{Action, Message, Model, Screen};
use torch_wizard::text::Language;

fn on(mut model: Model, screen: Screen) -> Model {
    pc::tell(&mut model, Message::User(Action::Go(screen)));
    model
}

/// Name and state of each page.
pub fn all() -> Vec<(&'static str, Model)> {
    vec![
        ("detect-opened", pc::opened()),
        ("detect", pc::detected()),
        ("detect-mixed", pc::detected_with(pc::mixed())),
        ("detect-no-card", pc::detected_with(pc::no_card())),
        ("detect-sick", pc::detected_with(pc::sick_driver())),
        ("choose", on(pc::detected(), Screen::Choose)),
        ("choose-mixed", on(pc::detected_with(pc::mixed()), Screen::Choose)),
        ("review", pc::reviewed()),
        ("run", pc::running()),
        ("verify", pc::verifying("rtx5070-healthy.jsonl", 20)),
        ("verify-proven", pc::proven()),
        ("done", pc::done()),
        ("monitor", on(pc::proven(), Screen::Monitor)),
        ("settings", on(pc::detected(), Screen::Settings)),
        ("help", on(pc::detected(), Screen::Help)),
    ]
}

/// Pictures for a person: `TORCH_WIZARD_SHOTS=folder cargo test --features window-tests --test window -- pictures`
/// (`TORCH_WIZARD_SHOT=detect` for one page alone).
#[test]
fn pictures() {
    #[expect(clippy::disallowed_methods, reason = "tests have no Host")]
    let (folder, only) = (std::env::var_os("TORCH_WIZARD_SHOTS"), std::env::var("TORCH_WIZARD_SHOT").ok());
    if folder.is_none() {
        return;
    }
    for (name, model) in all() {
        if only.as_ref().is_some_and(|only| !name.starts_with(only.as_str())) {
            continue;
        }
        let small = [860.0, 600.0];
        let looks = [
            ("dark", Look::default()),
            ("light", Look { theme: Theme::Light, ..Look::default() }),
            ("small", Look { size: small, ..Look::default() }),
            ("german-zoom", Look { zoom: 1.5, language: Some(Language::German), ..Look::default() }),
        ];
        for (look, chosen) in looks {
            let mut harness = show(model.clone(), chosen);
            shot(&mut harness, &format!("{name}-{look}"));
        }
    }
}
