//! Journeys in Settings and Help: a change holds at once, and what is typed holds when it is whole.

use crate::pc;
use crate::shown::{Look, Shown, show};
use eframe::egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::path::PathBuf;
use torch_wizard::app::{Action, Effect, Load, Message, Model, Screen, Setting};
use torch_wizard::log_on::Status;
use torch_wizard::plan::Shell;
use torch_wizard::problem::Problem;
use torch_wizard::store::{Settings, Theme};

fn click(harness: &mut Harness<'static, Shown>, name: &str) {
    harness.get_by_label(name).scroll_to_me();
    harness.run_steps(3);
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

fn on(screen: Screen, mut model: Model) -> Harness<'static, Shown> {
    pc::tell(&mut model, Message::User(Action::Go(screen)));
    show(model, Look::default())
}

fn settings() -> Harness<'static, Shown> {
    on(Screen::Settings, pc::detected())
}

/// The settings that were saved, in order.
fn saved(harness: &Harness<'static, Shown>) -> Vec<Settings> {
    let saved = |effect: &Effect| {
        if let Effect::SaveSettings(settings) = effect { Some((**settings).clone()) } else { None }
    };
    harness.state().effects.iter().filter_map(saved).collect()
}

fn type_into(harness: &mut Harness<'static, Shown>, name: &str, text: &str) {
    harness.get_by_label(name).scroll_to_me();
    harness.run_steps(3);
    harness.get_by_role_and_label(eframe::egui::accesskit::Role::TextInput, name).focus();
    harness.run_steps(2);
    harness.get_by_role_and_label(eframe::egui::accesskit::Role::TextInput, name).type_text(text);
    harness.run_steps(3);
}

#[test]
fn a_change_is_saved_and_shown_at_once() {
    let mut harness = settings();
    for (name, is_so) in [
        ("Theme: Light", (|s: &Settings| s.theme == Theme::Light) as fn(&Settings) -> bool),
        ("Language: Deutsch", |s| s.language.as_deref() == Some("de")),
        ("Language: As the system", |s| s.language.is_none()),
        ("Larger", |s| s.zoom_percent == 110),
        ("Smaller", |s| s.zoom_percent == 100),
        ("Commands for: Command Prompt", |s| s.shell == Some(Shell::Cmd)),
        ("More contrast", |s| s.more_contrast),
        ("Less motion", |s| s.less_motion),
        ("Show everything", |s| s.show_everything),
        ("Open again after a restart", |s| !s.opens_after_restart),
    ] {
        harness.state_mut().effects.clear();
        click(&mut harness, name);
        assert!(matches!(harness.state().effects.as_slice(), [Effect::SaveSettings(_), Effect::Restyle]), "{name}");
        assert!(is_so(&saved(&harness)[0]) && is_so(&harness.state().model.settings), "{name}");
    }
}

#[test]
fn the_check_at_log_on_follows_the_system_and_not_a_file() {
    let mut harness = settings();
    let name = "Look at the environments after log-on";
    harness.get_by_label("Asking the system …");
    let tell = |harness: &mut Harness<'static, Shown>, status, trouble| {
        pc::tell(&mut harness.state_mut().model, Message::LogOnCheck { status, trouble });
        harness.run_steps(3);
    };
    tell(&mut harness, Status::Off, None);
    click(&mut harness, name);
    assert!(
        matches!(harness.state().effects.as_slice(), [Effect::LogOnCheck(Some(true))]),
        "{:?}",
        harness.state().effects
    );
    // Until the system has answered there is nothing to press.
    assert!(harness.query_by_role_and_label(eframe::egui::accesskit::Role::CheckBox, name).is_none());
    tell(&mut harness, Status::On, None);
    harness.state_mut().effects.clear();
    click(&mut harness, name);
    assert!(matches!(harness.state().effects.as_slice(), [Effect::LogOnCheck(Some(false))]));
    tell(&mut harness, Status::Unavailable, Some(Problem::new("no-log-on-check", "No systemd.")));
    harness.get_by_label("This system has neither Windows' task scheduler nor a systemd of the user.");
    assert_eq!(harness.state().model.notice.as_ref().unwrap().what, "No systemd.");
}

#[test]
fn coming_to_the_settings_asks_how_the_check_at_log_on_stands() {
    let mut model = pc::detected();
    let asks =
        |effects: Vec<Effect>| effects.iter().filter(|effect| matches!(effect, Effect::LogOnCheck(None))).count();
    assert_eq!(asks(pc::tell(&mut model, Message::User(Action::Go(Screen::Settings)))), 1);
    assert_eq!(asks(pc::tell(&mut model, Message::User(Action::Go(Screen::Settings)))), 0);
}

#[test]
fn the_size_stays_between_80_and_200_percent() {
    for (percent, closed) in [(80, "Smaller"), (200, "Larger")] {
        let mut model = pc::detected();
        model.settings.zoom_percent = percent;
        let harness = on(Screen::Settings, model);
        assert!(harness.get_by_label(closed).accesskit_node().is_disabled());
        harness.get_by_label(&format!("Size: {percent} %"));
    }
}

#[test]
fn a_mirror_holds_when_it_is_whole_and_checks_the_pc_once() {
    let mut harness = settings();
    let name = "Mirror of the torch index";
    type_into(&mut harness, name, "https://mirror.example/whl");
    assert!(harness.state().effects.is_empty(), "{:?}", harness.state().effects);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let effects = &harness.state().effects;
    let scans = effects.iter().filter(|effect| matches!(effect, Effect::Detect { .. })).count();
    assert_eq!((saved(&harness).len(), scans), (1, 1), "{effects:?}");
    assert_eq!(harness.state().model.settings.torch_mirror.as_deref(), Some("https://mirror.example/whl"));
    click(&mut harness, "Use the torch index");
    assert_eq!(harness.state().model.settings.torch_mirror, None);
}

#[test]
fn what_is_no_address_is_said_and_not_taken() {
    let mut harness = settings();
    type_into(&mut harness, "Mirror of the torch index", "mirror");
    harness.get_by_label("This is no address that begins with http:// or https://.");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert!(harness.state().effects.is_empty());
    // It stays to be mended, and is dropped on the way out.
    assert_eq!(harness.state().model.drafts.mirror.as_deref(), Some("mirror"));
    click(&mut harness, "Back");
    assert_eq!(harness.state().model.screen, Screen::Detect);
    assert_eq!(harness.state().model.drafts, torch_wizard::app::Drafts::default());
}

#[test]
fn a_folder_that_is_typed_holds_when_the_page_is_left() {
    let mut harness = settings();
    type_into(&mut harness, "Folder for new environments", r"D:\ai");
    click(&mut harness, "Back");
    assert_eq!(harness.state().model.settings.environments_folder, Some(PathBuf::from(r"D:\ai")));
    assert_eq!((saved(&harness).len(), harness.state().model.screen), (1, Screen::Detect));
}

#[test]
fn a_folder_can_be_picked_and_withdraws_the_plan_for_another() {
    let mut harness = on(Screen::Settings, pc::reviewed());
    click(&mut harness, "Browse…");
    assert!(matches!(harness.state().effects.as_slice(), [Effect::BrowseFolder(_)]));
    let folder = PathBuf::from(r"D:\ai");
    let model = &mut harness.state_mut().model;
    pc::tell(model, Message::Picked(folder.clone()));
    assert_eq!(model.settings.environments_folder, Some(folder));
    assert_eq!(model.review.plan, Load::Idle);
    harness.run_steps(2);
    click(&mut harness, "Use the home folder");
    assert_eq!(harness.state().actions.last(), Some(&Action::Set(Setting::EnvironmentsFolder(None))));
}

#[test]
fn the_places_of_the_product_can_be_opened() {
    let mut harness = settings();
    for (name, path) in [
        ("Open: Data", r"C:\Users\jane\AppData\Local\torch-wizard"),
        ("Open: Runs and their logs", r"C:\Users\jane\AppData\Local\torch-wizard\runs"),
        ("Open: Settings file", r"C:\Users\jane\AppData\Local\torch-wizard\settings.json"),
    ] {
        click(&mut harness, name);
        assert_eq!(harness.state().actions.last(), Some(&Action::OpenPath(PathBuf::from(path))));
    }
}

#[test]
fn help_explains_the_words_and_leads_to_the_project() {
    let mut harness = on(Screen::Help, pc::detected());
    for word in ["Compute capability", "Variant", "Proven"] {
        harness.get_by_label(word);
    }
    click(&mut harness, "Project page");
    let page = env!("CARGO_PKG_REPOSITORY").to_owned();
    assert_eq!(harness.state().actions.last(), Some(&Action::OpenPage(page)));
    click(&mut harness, "Open settings");
    assert_eq!(harness.state().model.screen, Screen::Settings);
    click(&mut harness, "Back");
    assert_eq!(harness.state().model.screen, Screen::Detect);
}
