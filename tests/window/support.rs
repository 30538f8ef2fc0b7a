//! The report for support: seen whole before it is saved, without what is private, saved in the form of its name.

use crate::homes;
use crate::pc;
use crate::shown::{is_enabled, press, tall};
use eframe::egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;
use torch_wizard::app::{Action, Effect, Message, Model, Saved, Screen};
use torch_wizard::catalog::Catalog;
use torch_wizard::facts::OsFamily;
use torch_wizard::host::fake::World;
use torch_wizard::perform::Performer;

fn on_page() -> (Model, Vec<Effect>) {
    let mut model = homes::home(homes::two_cards(), None);
    let effects = pc::tell(&mut model, Message::User(Action::Go(Screen::Support)));
    (model, effects)
}

/// The report as its thread makes it.
fn gathered() -> Model {
    let (mut model, effects) = on_page();
    let (sender, receiver) = channel();
    let world = Arc::new(World::new(OsFamily::Windows));
    let mut performer = Performer::new(world, Catalog::embedded().unwrap(), true, sender, Arc::new(|| {}));
    for effect in effects {
        performer.perform(effect);
    }
    let message = receiver.iter().find(|message| matches!(message, Message::Gathered { .. })).unwrap();
    pc::tell(&mut model, message);
    model
}

/// States to look at.
pub fn states() -> Vec<(&'static str, Model)> {
    vec![("support-busy", on_page().0), ("support", gathered())]
}

#[test]
fn it_is_read_before_it_is_saved() {
    let mut harness = tall(gathered());
    harness.get_by_label("The report for support");
    harness.get_by_label_contains("Hidden in it:");
    // The machine that the window knows is told, and not asked once more.
    let bundle = harness.state().model.support.bundle.ready().unwrap();
    assert!(bundle.files[0].text.contains("RTX 5070"), "{}", bundle.files[0].text);
    harness.get_by_role_and_label(Role::RadioButton, "Files of the report: machine.json").click();
    harness.run_steps(3);
    harness.get_by_label_contains("This PC, as detect --json tells it");
    press(&mut harness, "Copy this file");
    let Some(Effect::Copy(copied)) = harness.state().effects.last() else { panic!() };
    assert!(copied.starts_with('{'));
    press(&mut harness, "Save the report…");
    press(&mut harness, "Save");
    let path = PathBuf::from(r"C:\Users\jane").join("torch-wizard-doctor.zip");
    let effects = &harness.state().effects;
    assert!(
        matches!(effects.last(), Some(Effect::Render { what: Saved::Support, path: to }) if *to == path),
        "{effects:?}"
    );
}

#[test]
fn nothing_can_be_saved_before_it_is_made() {
    let harness = tall(on_page().0);
    harness.get_by_label("The report is being made");
    assert!(!is_enabled(&harness, "Save the report…"));
}

#[test]
fn it_is_reached_from_help() {
    let mut model = pc::detected();
    pc::tell(&mut model, Message::User(Action::Go(Screen::Help)));
    let mut harness = tall(model);
    press(&mut harness, "Make a report for support…");
    assert_eq!(harness.state().model.screen, Screen::Support);
}
