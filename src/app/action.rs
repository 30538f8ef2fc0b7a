//! What a person does: screens return it, `update` alone changes the model by it.

use super::{
    ArrangeAction, DiagnoseAction, Draft, LogAction, MonitorAction, OtherAction, Row, Saved, Screen, Subject,
    SupportAction,
};
use crate::assess::Route;
use crate::plan::{Engine, Shell};
use crate::store::Theme;
use crate::verify::Level;
use std::path::PathBuf;

/// What a person did. Screens return it; they never change the model.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Go to a screen, if it is permitted.
    Go(Screen),
    /// One step back, or from a side screen to where one came from.
    Back,
    /// The primary button of the page.
    Next,
    /// Look at the machine again.
    Rescan,
    /// Do not wait for a row's probes any longer.
    Skip(Row),
    /// Open or close a row.
    Unfold(Row),
    /// A fact is wrong.
    Correct(Subject),
    /// Take back what was said of a fact.
    Uncorrect(Subject),
    /// Text of the open dialog.
    Type(String),
    /// Yes to the open dialog.
    Confirm,
    /// Close the open dialog.
    Dismiss,
    /// Choose a route.
    Pick(Route),
    /// Serve these cards alone; `None` is all.
    PickCards(Option<Vec<u32>>),
    /// Another folder, as typed.
    SetTarget(String),
    /// The folder dialog of the system.
    BrowseTarget,
    /// Replace what stands there.
    SetReplace(bool),
    /// Another Python; `None` lets the wizard decide.
    SetPython(Option<PathBuf>),
    /// Another engine; `None` lets the wizard decide.
    SetEngine(Option<Engine>),
    /// With torchaudio.
    SetAudio(bool),
    /// With this kit, or without it.
    SetKit(String, bool),
    /// Make the plan again.
    Replan,
    /// Run the plan.
    Install,
    /// Stop the run.
    Cancel,
    /// Go on with the interrupted run.
    Resume,
    /// Undo the interrupted run.
    RollBack,
    /// Leave the proof out.
    SkipVerify,
    /// Run the checks again, so thoroughly.
    VerifyAgain(Level),
    /// Run the checks of a known environment.
    VerifyEnvironment(PathBuf),
    /// A new install from the beginning.
    StartOver,
    /// To the clipboard.
    Copy(String),
    /// The whole log to the clipboard.
    CopyLog,
    /// A terminal with the environment active.
    OpenTerminal(PathBuf),
    /// A file or folder in the system's own program.
    OpenPath(PathBuf),
    /// A page in the browser.
    OpenPage(String),
    /// Open the window once more after the next restart.
    ComeBack,
    /// Find out what is wrong with a known environment, and plan the smallest change that mends it.
    Repair(PathBuf),
    /// Bring back what the last repair of an environment replaced.
    GoBack(PathBuf),
    /// Remove what the last repair of an environment replaced.
    LetGo(PathBuf),
    /// In the opened card of a known environment.
    Arrange(ArrangeAction),
    /// Off the list; its files stay.
    Forget(PathBuf),
    /// Delete an environment (asks first).
    Remove(PathBuf),
    /// Save a text (asks where).
    Save(Saved),
    /// The save dialog of the system.
    BrowseSave,
    /// A setting.
    Set(Setting),
    /// The check at log-on, wanted or not.
    SetLogOnCheck(bool),
    /// A letter more of a setting that holds once it is whole.
    Draft(Draft),
    /// What was typed into the settings is whole.
    Settle,
    /// In the log.
    Log(LogAction),
    /// In the monitor.
    Monitor(MonitorAction),
    /// With another PC's report.
    Other(OtherAction),
    /// With a log whose cause is looked for.
    Diagnose(DiagnoseAction),
    /// With the report for support.
    Support(SupportAction),
    /// Close the window.
    Close,
}

/// A change of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// Light, dark, system.
    Theme(Theme),
    /// Tag of the language; `None` follows the system.
    Language(Option<String>),
    /// In percent; kept between 80 and 200.
    Zoom(u16),
    /// The shell of the commands.
    Shell(Option<Shell>),
    /// Where new environments go.
    EnvironmentsFolder(Option<PathBuf>),
    /// A mirror of the torch index.
    Mirror(Option<String>),
    /// Stronger outlines.
    MoreContrast(bool),
    /// Nothing moves.
    LessMotion(bool),
    /// All facts.
    ShowEverything(bool),
    /// The window opens again by itself after a restart that a run asked for.
    OpensAfterRestart(bool),
    /// Inner size of the window, in points.
    Window(u16, u16),
}
