//! What is arranged for one environment beside its proof: the guard of its torch, its kernel, its snapshots. Looked up when
//! its card is opened.

use super::{Effect, Model, repair};
use crate::problem::Problem;
use std::path::PathBuf;

/// What was done in an opened card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArrangeAction {
    /// Open the card of an environment, or close it.
    Unfold(PathBuf),
    /// Have pip hold its torch, or not any more.
    Guard(bool),
    /// Enter it among the kernels of Jupyter, or take the entry back.
    Kernel(bool),
    /// Write down what it is.
    Snapshot,
    /// Say what is different since this snapshot (its file).
    Compare(PathBuf),
    /// Plan the way back to this snapshot (its file).
    BringBack(PathBuf),
    /// Plan a kit on top of it, by its name.
    AddKit(String),
}

/// What is to be done for an environment; afterwards it is looked at once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrange {
    /// Nothing: look alone.
    Look,
    /// Hold its torch, or not.
    Guard(bool),
    /// Enter its kernel, or take it back.
    Kernel(bool),
    /// Take a snapshot.
    Snapshot,
    /// Compare it with a snapshot.
    Compare(PathBuf),
}

/// How it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arranged {
    /// pip holds its torch.
    pub is_guarded: bool,
    /// It is a kernel of Jupyter.
    pub is_kernel: bool,
    /// Its last snapshots, the newest first.
    pub snapshots: Vec<Taken>,
}

/// A snapshot that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its file.
    pub file: PathBuf,
    /// When (RFC 3339, UTC).
    pub at: String,
    /// The torch of then.
    pub torch: Option<String>,
}

/// What is different since a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The snapshot's file.
    pub with: PathBuf,
    /// A line each; none: nothing is.
    pub lines: Vec<String>,
}

/// The card that is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// Of this environment.
    pub environment: PathBuf,
    /// How it stands; `None` until that is known.
    pub arranged: Option<Arranged>,
    /// Something is being done, or looked up.
    pub is_busy: bool,
    /// The last comparison.
    pub compared: Option<Compared>,
    /// What went wrong last.
    pub trouble: Option<Problem>,
}

/// Does it.
pub(super) fn act(model: &mut Model, action: ArrangeAction) -> Vec<Effect> {
    let what = match action {
        ArrangeAction::Unfold(path) => return unfold(model, path),
        ArrangeAction::BringBack(snapshot) => {
            let opened = model.home.opened.as_ref().map(|opened| opened.environment.clone());
            return opened.map(|environment| repair::bring_back(model, environment, snapshot)).unwrap_or_default();
        }
        ArrangeAction::AddKit(kit) => {
            let opened = model.home.opened.as_ref().map(|opened| opened.environment.clone());
            return opened.map(|environment| repair::add_kit(model, environment, kit)).unwrap_or_default();
        }
        ArrangeAction::Guard(on) => Arrange::Guard(on),
        ArrangeAction::Kernel(on) => Arrange::Kernel(on),
        ArrangeAction::Snapshot => Arrange::Snapshot,
        ArrangeAction::Compare(file) => Arrange::Compare(file),
    };
    ask(model, what)
}

fn unfold(model: &mut Model, environment: PathBuf) -> Vec<Effect> {
    if model.home.opened.take().is_some_and(|opened| opened.environment == environment) {
        return Vec::new();
    }
    model.home.opened = Some(Opened { environment, arranged: None, is_busy: false, compared: None, trouble: None });
    ask(model, Arrange::Look)
}

fn ask(model: &mut Model, what: Arrange) -> Vec<Effect> {
    let Some(opened) = model.home.opened.as_mut().filter(|opened| !opened.is_busy) else { return Vec::new() };
    opened.is_busy = true;
    opened.trouble = None;
    vec![Effect::Arrange { environment: opened.environment.clone(), what }]
}

/// Looks again after the list was read again: another environment may stand there by now, or none.
pub(super) fn again(model: &mut Model) -> Vec<Effect> {
    let is_gone = |opened: &Opened| model.home.card(&opened.environment).is_none();
    if model.home.opened.as_ref().is_some_and(is_gone) {
        model.home.opened = None;
    }
    ask(model, Arrange::Look)
}

/// What came of it, and how it stands now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Came {
    /// The environment.
    pub environment: PathBuf,
    /// How it stands.
    pub arranged: Arranged,
    /// What is different, where that was asked.
    pub compared: Option<Compared>,
    /// What went wrong.
    pub trouble: Option<Problem>,
}

/// It was done, or not.
pub(super) fn came(model: &mut Model, came: Came) {
    let is_it = |opened: &&mut Opened| opened.environment == came.environment;
    let Some(opened) = model.home.opened.as_mut().filter(is_it) else { return };
    opened.is_busy = false;
    opened.arranged = Some(came.arranged);
    opened.trouble = came.trouble;
    opened.compared = came.compared.or_else(|| opened.compared.take());
}

#[cfg(test)]
mod tests;
