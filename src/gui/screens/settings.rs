//! Settings: how the window looks, which shell commands are for, where new environments go. Every change holds at
//! once; what is typed holds when it is whole.

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::theme::{palette, space};
use super::super::widgets::{self, Button, ButtonKind, FooterButton, Tone};
use crate::app::{Action, Draft, Model, Setting};
use crate::facts::OsFamily;
use crate::log_on::Status;
use crate::plan::{Shell, native_shell};
use crate::report::below;
use crate::store::Theme;
use crate::text::{Language, Text};
use eframe::egui::{Label, RichText, Role, Ui, WidgetInfo};
use std::path::PathBuf;

/// A press of `+` or `−` changes the size by so much, as the keys do.
const STEP: u16 = 10;

/// What stands above.
pub fn head(_model: &Model, text: &Text) -> Head {
    Head { title: text.get("settings-title"), lead: text.get("settings-lead"), ..Head::default() }
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    ui.spacing_mut().item_spacing.y = space::S;
    let mut settle = false;
    let mut action = widgets::card(ui, |ui| look(ui, model, text));
    action = action.or(widgets::card(ui, |ui| work(ui, model, text)));
    action = action.or(widgets::card(ui, |ui| new(ui, model, text, &mut settle)));
    action = action.or(widgets::card(ui, |ui| places(ui, model, text)));
    // A click that leaves a field and presses a button is the button's: what was typed is settled before it.
    action.or_else(|| settle.then_some(Action::Settle))
}

fn set(setting: Setting) -> Action {
    Action::Set(setting)
}

/// A setting's name above what it is set with.
fn caption(ui: &mut Ui, words: &str) {
    ui.add_space(space::XS);
    ui.add(Label::new(widgets::muted(ui, words)).wrap());
}

/// What a setting means, below it.
fn why(ui: &mut Ui, words: String) {
    ui.add(Label::new(widgets::muted(ui, words)).wrap());
}

/// A box to tick, and what it means under its label.
fn tick(ui: &mut Ui, (label, means): (String, String), on: bool) -> Option<bool> {
    let ticked = widgets::check(ui, &label, on);
    ui.add_space(-space::S);
    ui.horizontal_top(|ui| {
        ui.add_space(space::XL + space::XS);
        why(ui, means);
    });
    ticked
}

fn look(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let settings = &model.settings;
    widgets::heading(ui, text.get("settings-look"));

    let name = text.get("settings-theme");
    caption(ui, &name);
    let themes = [
        (Theme::System, text.get("settings-theme-system")),
        (Theme::Light, text.get("settings-theme-light")),
        (Theme::Dark, text.get("settings-theme-dark")),
    ];
    let mut action = widgets::choice(ui, &name, &themes, settings.theme).map(|theme| set(Setting::Theme(theme)));

    let name = text.get("settings-language");
    caption(ui, &name);
    let own = Language::ALL.into_iter().map(|language| (Some(language), language.name().to_owned()));
    let languages: Vec<(Option<Language>, String)> =
        std::iter::once((None, text.get("settings-language-system"))).chain(own).collect();
    let current = settings.language.as_deref().and_then(Language::of);
    let picked = widgets::choice(ui, &name, &languages, current);
    let tag = |language: Option<Language>| language.map(|language| language.code().to_owned());
    action = action.or(picked.map(|language| set(Setting::Language(tag(language)))));

    caption(ui, &text.get("settings-zoom"));
    action = action.or(zoom(ui, settings.zoom_percent, text));

    ui.add_space(space::XS);
    let words = (text.get("settings-contrast"), text.get("settings-contrast-why"));
    let contrast = tick(ui, words, settings.more_contrast);
    action = action.or(contrast.map(|on| set(Setting::MoreContrast(on))));
    let motion = tick(ui, (text.get("settings-motion"), text.get("settings-motion-why")), settings.less_motion);
    action.or(motion.map(|on| set(Setting::LessMotion(on))))
}

fn zoom(ui: &mut Ui, percent: u16, text: &Text) -> Option<Action> {
    let mut wanted = None;
    let button = |ui: &mut Ui, sign: &str, said: &str, enabled: bool| {
        let (sign, said) = (text.get(sign), text.get(said));
        let kind = ButtonKind::Secondary;
        let button = Button { kind, icon: "", text: &sign, name: &said, enabled, only_icon: false };
        button.show(ui).on_hover_text(said).clicked()
    };
    ui.horizontal(|ui| {
        if button(ui, "settings-zoom-less", "settings-zoom-less-said", percent > 80) {
            wanted = Some(percent.saturating_sub(STEP));
        }
        let now = text.with("settings-zoom-now", &[("percent", percent.into())]);
        let said = text.with("settings-zoom-said", &[("percent", percent.into())]);
        let response =
            ui.add(Label::new(RichText::new(now).font(super::super::theme::mono(super::super::theme::MONO))));
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
        if button(ui, "settings-zoom-more", "settings-zoom-more-said", percent < 200) {
            wanted = Some(percent.saturating_add(STEP));
        }
        if percent != 100 && widgets::quiet(ui, icons::REFRESH_CW, &text.get("settings-zoom-reset")) {
            wanted = Some(100);
        }
    });
    wanted.map(|percent| set(Setting::Zoom(percent)))
}

const fn shell_key(shell: Shell) -> &'static str {
    match shell {
        Shell::PowerShell => "settings-shell-powershell",
        Shell::Cmd => "settings-shell-cmd",
        Shell::Posix => "settings-shell-posix",
    }
}

/// The shells a system has; one that was chosen on another system stays to be seen.
fn shells(model: &Model) -> Vec<Shell> {
    let here: &[Shell] = match model.os {
        OsFamily::Windows => &[Shell::PowerShell, Shell::Cmd, Shell::Posix],
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => &[Shell::Posix, Shell::PowerShell],
    };
    let mut shells = here.to_vec();
    shells.extend(model.settings.shell.filter(|shell| !here.contains(shell)));
    shells
}

fn work(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    widgets::heading(ui, text.get("settings-work"));
    let name = text.get("settings-shell");
    caption(ui, &name);
    let named = shells(model).into_iter().map(|shell| (Some(shell), text.get(shell_key(shell))));
    let options: Vec<(Option<Shell>, String)> =
        std::iter::once((None, text.get("settings-shell-auto"))).chain(named).collect();
    let picked = widgets::choice(ui, &name, &options, model.settings.shell);
    let usual = text.get(shell_key(native_shell(model.os)));
    why(ui, text.with("settings-shell-why", &[("shell", usual.into())]));
    ui.add_space(space::XS);
    let words = (text.get("settings-everything"), text.get("settings-everything-why"));
    let everything = tick(ui, words, model.settings.show_everything);
    let picked = picked.map(|shell| set(Setting::Shell(shell)));
    let mut action = picked.or(everything.map(|on| set(Setting::ShowEverything(on))));
    if model.os == OsFamily::Windows {
        let words = (text.get("settings-restart"), text.get("settings-restart-why"));
        let again = tick(ui, words, model.settings.opens_after_restart);
        action = action.or(again.map(|on| set(Setting::OpensAfterRestart(on))));
    }
    action.or(log_on_check(ui, model, text))
}

/// What is asked for is no setting of ours but stands in the system.
fn log_on_check(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let label = text.get("settings-log-on");
    match model.log_on_check.ready() {
        Some(status @ (Status::On | Status::Off)) => {
            let words = (label, text.get("settings-log-on-why"));
            tick(ui, words, *status == Status::On).map(Action::SetLogOnCheck)
        }
        other => {
            caption(ui, &label);
            let key = if other.is_some() { "settings-log-on-unavailable" } else { "settings-log-on-asked" };
            why(ui, text.find(key).unwrap_or_default());
            None
        }
    }
}

/// A field whose text holds once it is whole; answers a letter more.
fn field(
    ui: &mut Ui,
    label: &str,
    value: &str,
    trouble: Option<&'static str>,
    settle: &mut bool,
    text: &Text,
) -> Option<String> {
    let (changed, response) = widgets::text_field(ui, label, value, ui.available_width());
    // Enter takes the focus from a field of one line, as a click elsewhere does.
    *settle |= response.lost_focus();
    if let Some(key) = trouble {
        let color = palette(ui).danger;
        ui.horizontal_top(|ui| {
            widgets::icon(ui, Tone::Danger.icon(), super::super::theme::ICON, color);
            ui.add(Label::new(RichText::new(text.get(key)).color(color)).wrap());
        });
    }
    changed
}

fn new(ui: &mut Ui, model: &Model, text: &Text, settle: &mut bool) -> Option<Action> {
    widgets::heading(ui, text.get("settings-new"));
    why(ui, text.get("settings-typed"));
    ui.add_space(space::XS);
    let action = folder(ui, model, text, settle);
    ui.add_space(space::M);
    action.or(mirror(ui, model, text, settle))
}

fn folder(ui: &mut Ui, model: &Model, text: &Text, settle: &mut bool) -> Option<Action> {
    let set_to = model.settings.environments_folder.as_ref().map(|folder| folder.display().to_string());
    let value = model.drafts.folder.clone().or_else(|| set_to.clone()).unwrap_or_default();
    let label = text.get("settings-folder");
    let typed = field(ui, &label, &value, model.folder_trouble(), settle, text);
    let mut action = typed.map(|typed| Action::Draft(Draft::Folder(typed)));
    let home = model.folders.home.display().to_string();
    why(ui, text.with("settings-folder-why", &[("home", home.into())]));
    ui.horizontal_wrapped(|ui| {
        if widgets::button(ui, ButtonKind::Secondary, icons::FOLDER_OPEN, &text.get("settings-folder-browse")) {
            action = Some(Action::BrowseTarget);
        }
        if set_to.is_some() && widgets::quiet(ui, icons::X, &text.get("settings-folder-home")) {
            action = Some(set(Setting::EnvironmentsFolder(None)));
        }
    });
    action
}

fn mirror(ui: &mut Ui, model: &Model, text: &Text, settle: &mut bool) -> Option<Action> {
    let set_to = model.settings.torch_mirror.clone();
    let value = model.drafts.mirror.clone().or_else(|| set_to.clone()).unwrap_or_default();
    let label = text.get("settings-mirror");
    let typed = field(ui, &label, &value, model.mirror_trouble(), settle, text);
    let mut action = typed.map(|typed| Action::Draft(Draft::Mirror(typed)));
    why(ui, text.get("settings-mirror-why"));
    if set_to.is_some() && widgets::quiet(ui, icons::X, &text.get("settings-mirror-none")) {
        action = Some(set(Setting::Mirror(None)));
    }
    action
}

/// Key of the name and path of each place of the product's own.
fn own_places(model: &Model) -> [(&'static str, PathBuf); 4] {
    let data = &model.folders.data;
    [
        ("settings-place-data", data.clone()),
        ("settings-place-cache", model.folders.cache.clone()),
        ("settings-place-runs", below(model.os, data, "runs")),
        ("settings-place-settings", settings_file(model)),
    ]
}

fn settings_file(model: &Model) -> PathBuf {
    below(model.os, &model.folders.data, "settings.json")
}

fn places(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let mut action = None;
    widgets::heading(ui, text.get("settings-places"));
    for (key, path) in own_places(model) {
        let name = text.get(key);
        let open = text.with("settings-open-named", &[("what", name.as_str().into())]);
        if widgets::place_row(ui, &name, &path.display().to_string(), &open) {
            action = Some(Action::OpenPath(path));
        }
    }
    action
}

/// What stands below.
pub fn footer(model: &Model, text: &Text) -> Footer {
    let path = settings_file(model).display().to_string();
    Footer {
        sentence: text.with("settings-footer", &[("path", path.into())]),
        buttons: vec![FooterButton::secondary(icons::ARROW_LEFT, text.get("button-back"), Action::Back)],
    }
}
