//! The repair of a known environment: planned as `envs repair` plans it, looked at on the page of every plan.

use super::{Becomes, Effect, Load, Model, Screen, review};
use crate::plan::Plan;
use crate::prepare::Wish;
use crate::problem::Problem;
use std::path::PathBuf;

/// Goes to the review of what would mend an environment.
pub(super) fn begin(model: &mut Model, environment: PathBuf) -> Vec<Effect> {
    enter(model, environment, Becomes::Mended)
}

/// The same for the way back to a snapshot.
pub(super) fn bring_back(model: &mut Model, environment: PathBuf, snapshot: PathBuf) -> Vec<Effect> {
    enter(model, environment, Becomes::Snapshot(snapshot))
}

/// The same for a kit on top of it.
pub(super) fn add_kit(model: &mut Model, environment: PathBuf, kit: String) -> Vec<Effect> {
    enter(model, environment, Becomes::WithKit(kit))
}

fn enter(model: &mut Model, environment: PathBuf, becomes: Becomes) -> Vec<Effect> {
    if model.is_running() || model.home.busy.is_some() {
        return Vec::new();
    }
    review::withdraw(model);
    model.run = None;
    (model.review.repairs, model.review.becomes) = (Some(environment), becomes);
    model.screen = Screen::Review;
    make(model)
}

/// Makes that plan. What the machine said is taken from the page of the machine, once it is whole.
pub(super) fn make(model: &mut Model) -> Vec<Effect> {
    let Some(environment) = model.review.repairs.clone() else { return Vec::new() };
    model.review.ticket += 1;
    model.review.plan = Load::Busy { since: model.now, doing: String::new() };
    let scan = model.scan().map(Box::new);
    let mirror = model.settings.torch_mirror.clone();
    let wish = Box::new(Wish { mirror, offline: model.offline, ..Wish::default() });
    let becomes = model.review.becomes.clone();
    vec![Effect::PlanRepair { ticket: model.review.ticket, environment, scan, wish, becomes }]
}

/// The plan came; `None`: nothing is wrong with it.
pub(super) fn found(model: &mut Model, ticket: u32, plan: Result<Option<Plan>, Problem>) {
    if ticket != model.review.ticket {
        return;
    }
    match plan {
        Ok(Some(plan)) => model.review.plan = Load::Ready(plan),
        Err(problem) => model.review.plan = Load::Failed(problem),
        Ok(None) => {
            let path = model.review.repairs.clone().unwrap_or_default();
            let name = model.home.card(&path).map_or_else(|| path.display().to_string(), super::Card::name);
            let key = match model.review.becomes {
                Becomes::Mended => "notice-sound",
                Becomes::Snapshot(_) | Becomes::WithKit(_) => "notice-same",
            };
            review::withdraw(model);
            if model.screen == Screen::Review {
                model.screen = Screen::Home;
            }
            super::update::notice(model, key, name, false);
        }
    }
}

#[cfg(test)]
mod tests;
