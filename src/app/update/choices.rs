//! What is chosen, corrected, typed and set, and what that withdraws.

use super::super::{
    Action, Dialog, Effect, Model, MonitorAction, Saved, Screen, Setting, Subject, detection, diagnose, other, review,
};
use super::runs::cancel;
use super::user;
use super::way::go;
use crate::assess::Route;
use std::path::PathBuf;

/// What is known of a subject, to begin a correction with.
pub(super) fn known_text(model: &Model, subject: Subject) -> String {
    let Some(facts) = model.facts() else { return String::new() };
    match subject {
        Subject::Card => {
            let first = facts.gpus.found().and_then(|gpus| gpus.first());
            first.map(|gpu| gpu.name.trim_start_matches("NVIDIA ").to_owned()).unwrap_or_default()
        }
        Subject::Driver => facts.driver.found().map(ToString::to_string).unwrap_or_default(),
        Subject::System => {
            let os = facts.os.found();
            let build = os.and_then(|os| os.build).map(|build| build.to_string());
            build.or_else(|| os?.glibc.map(|(major, minor)| format!("{major}.{minor}"))).unwrap_or_default()
        }
        Subject::Python => {
            let fit = facts.pythons.found().and_then(|list| list.iter().find(|python| python.why_not.is_none()));
            fit.map(|python| python.path.display().to_string()).unwrap_or_default()
        }
    }
}

pub(super) fn confirm(model: &mut Model) -> Vec<Effect> {
    match model.dialog.take() {
        Some(Dialog::CloseDuringRun) => {
            model.closing = true;
            cancel(model)
        }
        Some(Dialog::RemoveEnvironment(path)) => {
            model.home.busy = Some(model.now);
            vec![Effect::Remove(path)]
        }
        Some(Dialog::Correct { subject, text, .. }) => {
            match model.corrections.take(subject, &text, model.catalog) {
                Ok(()) => corrected(model),
                Err(key) => model.dialog = Some(Dialog::Correct { subject, text, trouble: Some(key) }),
            }
            Vec::new()
        }
        Some(Dialog::Save { what, path }) => vec![Effect::Render { what, path: PathBuf::from(path) }],
        None => Vec::new(),
    }
}

/// The facts are others now: what was judged and planned by the old ones does not hold.
pub(super) fn corrected(model: &mut Model) {
    detection::correct(model);
    review::withdraw(model);
    detection::judge(model);
}

pub(super) fn pick(model: &mut Model, route: Route) -> Vec<Effect> {
    if model.choice.route != Some(route) {
        let before = model.chosen().map(|chosen| chosen.route);
        if (route == Route::Wsl2) != (before == Some(Route::Wsl2)) {
            // A folder of Windows is none in Linux, nor the other way round.
            model.choice.target = None;
        }
        // That something may be replaced was said of another plan.
        model.choice.replace = false;
        model.choice.route = Some(route);
        review::withdraw(model);
        detection::judge(model);
    }
    // From the first page's and a problem's button the way leads on to the plan.
    match model.screen {
        Screen::Detect => go(model, Screen::Review),
        Screen::Review => review::enter(model),
        Screen::Home
        | Screen::Choose
        | Screen::Run
        | Screen::Verify
        | Screen::Done
        | Screen::Monitor
        | Screen::Settings
        | Screen::Help
        | Screen::Other
        | Screen::Diagnose
        | Screen::Support
        | Screen::Driver => Vec::new(),
    }
}

/// A choice that bears on the packages.
pub(super) fn rejudged(model: &mut Model) -> Vec<Effect> {
    review::withdraw(model);
    detection::judge(model);
    review::make(model)
}

pub(super) fn picked(model: &mut Model, path: PathBuf) -> Vec<Effect> {
    let text = path.display().to_string();
    match &mut model.dialog {
        Some(Dialog::Save { path, .. } | Dialog::Correct { text: path, .. }) => {
            *path = text;
            Vec::new()
        }
        Some(Dialog::CloseDuringRun | Dialog::RemoveEnvironment(_)) => Vec::new(),
        None if model.screen == Screen::Other => other::read_file(model, path),
        None if model.screen == Screen::Diagnose => diagnose::read_file(model, path),
        None if model.screen == Screen::Monitor => user(model, Action::Monitor(MonitorAction::LogPath(text))),
        None if model.screen == Screen::Settings => set(model, Setting::EnvironmentsFolder(Some(path))),
        None => user(model, Action::SetTarget(text)),
    }
}

/// The zoom of the window, in percent.
const ZOOM: std::ops::RangeInclusive<u16> = 80..=200;

pub(in crate::app) fn set(model: &mut Model, setting: Setting) -> Vec<Effect> {
    let settings = &mut model.settings;
    let before = settings.clone();
    let (mut judges, mut moves) = (false, false);
    match setting {
        Setting::Theme(theme) => settings.theme = theme,
        Setting::Language(language) => settings.language = language,
        Setting::Zoom(percent) => settings.zoom_percent = percent.clamp(*ZOOM.start(), *ZOOM.end()),
        Setting::Shell(shell) => settings.shell = shell,
        Setting::EnvironmentsFolder(folder) => {
            settings.environments_folder = folder;
            model.drafts.folder = None;
            moves = true;
        }
        Setting::Mirror(mirror) => {
            settings.torch_mirror = mirror;
            model.drafts.mirror = None;
            judges = true;
        }
        Setting::MoreContrast(on) => settings.more_contrast = on,
        Setting::LessMotion(on) => settings.less_motion = on,
        Setting::ShowEverything(on) => settings.show_everything = on,
        Setting::OpensAfterRestart(on) => settings.opens_after_restart = on,
        Setting::Window(width, height) => settings.window = Some((width, height)),
    }
    if *settings == before {
        return Vec::new();
    }
    let mut effects = vec![Effect::SaveSettings(Box::new(settings.clone())), Effect::Restyle];
    if judges && !model.is_running() {
        review::withdraw(model);
        effects.extend(detection::begin(model));
    }
    if moves && model.run.is_none() && model.choice.target.is_none() {
        // A plan for the usual folder is one for another folder now: Review makes it anew.
        model.review = review::Review { ticket: model.review.ticket + 1, ..review::Review::default() };
    }
    effects
}

/// A name that says what it is; the folder is asked for.
pub(super) const fn file_name(what: Saved) -> &'static str {
    use crate::plan::export::Format;
    match what {
        Saved::Support => "torch-wizard-doctor.zip",
        Saved::Report => "torch-wizard-report.html",
        Saved::ReferenceCard => "torch-wizard-card.html",
        Saved::Readings => "torch-wizard-readings.csv",
        Saved::Plan(Format::Text) => "torch-wizard-plan.txt",
        Saved::Plan(Format::Json) => "torch-wizard-plan.json",
        Saved::Plan(Format::Sh) => "install-torch.sh",
        Saved::Plan(Format::Ps1) => "install-torch.ps1",
        Saved::Plan(Format::Bat) => "install-torch.bat",
        Saved::Plan(Format::Requirements) => "requirements.txt",
        Saved::Plan(Format::Dockerfile) => "Dockerfile",
        Saved::Plan(Format::Compose) => "compose.yaml",
        Saved::Plan(Format::Pylock) => "pylock.toml",
    }
}
