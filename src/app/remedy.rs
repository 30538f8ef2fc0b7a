//! What the window does about a problem: the engine names a command, the window has a button that does the same.

use super::{Action, Model, Screen, steps};
use crate::assess::Route;
use crate::problem::Remedy;

/// A button for a remedy.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer {
    /// A button that does it.
    Button {
        /// The engine's words.
        text: String,
        /// What it does.
        action: Action,
    },
    /// Words alone: the user has to do it.
    Advice(String),
}

/// What the window offers for a remedy.
pub fn offer(remedy: &Remedy) -> Offer {
    match remedy {
        Remedy::Advice { text } => Offer::Advice(without_options(text)),
        Remedy::Command { text, command } => {
            let action = of_command(command).unwrap_or_else(|| Action::Copy(command.clone()));
            Offer::Button { text: text.clone(), action }
        }
    }
}

/// The window's own way to do what a command does.
fn of_command(command: &str) -> Option<Action> {
    let words: Vec<&str> = command.strip_prefix("torch-wizard ")?.split(' ').collect();
    match words.as_slice() {
        ["resume"] => Some(Action::Resume),
        ["rollback"] => Some(Action::RollBack),
        ["detect"] => Some(Action::Go(Screen::Detect)),
        ["install", "--route", "cpu"] => Some(Action::Pick(Route::Cpu)),
        ["install", "--gpu", number] => Some(Action::PickCards(Some(vec![number.parse().ok()?]))),
        ["install", .., "--replace"] => Some(Action::SetReplace(true)),
        ["install", "--index-url", _] => Some(Action::Go(Screen::Settings)),
        ["install"] => Some(Action::StartOver),
        ["envs", "list"] => Some(Action::Go(Screen::Home)),
        _ => None,
    }
}

/// What the window offers now in place of a command that a diagnosis names: the key of the button's words, and what it
/// does; `None` where the command can only be copied.
pub fn instead(model: &Model, command: &str) -> Option<(&'static str, Action)> {
    let words: Vec<&str> = command.strip_prefix("torch-wizard ")?.split(' ').collect();
    let is_free = !model.is_running() && model.home.busy.is_none();
    let (key, screen) = match words.as_slice() {
        ["resume"] => {
            return (is_free && model.home.unfinished.is_some()).then_some(("diagnose-do-resume", Action::Resume));
        }
        ["advise" | "install"] => ("diagnose-do-routes", Screen::Choose),
        // Which environment is meant, the log does not say; where there is but one, there is no question.
        ["envs", "repair", ..] if let ([card], true) = (model.home.cards.as_slice(), is_free) => {
            return Some(("diagnose-do-repair", Action::Repair(card.path().clone())));
        }
        ["envs", "repair" | "list", ..] | ["verify", ..] => ("diagnose-do-environments", Screen::Home),
        _ => return None,
    };
    steps::is_permitted(model, screen).then_some((key, Action::Go(screen)))
}

/// Options of the command line say nothing in the window, where the field stands beside.
pub fn without_options(text: &str) -> String {
    let mut out = text.to_owned();
    for option in [" with --env", " (--env)"] {
        out = out.replace(option, "");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(command: &str) -> Offer {
        offer(&Remedy::Command { text: "Do it".into(), command: command.into() })
    }

    #[test]
    fn a_command_of_ours_becomes_a_button_that_does_the_same() {
        for (text, action) in [
            ("torch-wizard resume", Action::Resume),
            ("torch-wizard rollback", Action::RollBack),
            ("torch-wizard install --route cpu", Action::Pick(Route::Cpu)),
            ("torch-wizard install --gpu 1", Action::PickCards(Some(vec![1]))),
            ("torch-wizard install --index-url https://mirror.example.org/whl", Action::Go(Screen::Settings)),
            ("torch-wizard install --env \"C:\\my env\" --replace", Action::SetReplace(true)),
        ] {
            assert_eq!(command(text), Offer::Button { text: "Do it".into(), action });
        }
        let other = Action::Copy("wsl --update".into());
        assert_eq!(command("wsl --update"), Offer::Button { text: "Do it".into(), action: other });
    }

    #[test]
    fn advice_does_not_speak_of_options() {
        let remedy = Remedy::Advice { text: "Choose another folder with --env.".into() };
        assert_eq!(offer(&remedy), Offer::Advice("Choose another folder.".into()));
    }
}
