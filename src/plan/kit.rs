//! The steps that show that a kit works with the torch of its environment: one call, made before anything is final. Pure.

use super::wheel::step;
use super::{Action, CommandSpec, Inside, Plan, PlanStep, inside};
use crate::assess::Route;
use crate::catalog::Kit;
use std::path::Path;

/// Puts the call of each kit behind the proof: what fails there is undone as a whole.
///
/// Does nothing where torch runs in a Linux or a container of its own.
#[must_use]
pub fn with_calls(mut plan: Plan, kits: &[&Kit]) -> Plan {
    let proof = plan.steps.iter().enumerate().find_map(|(at, step)| {
        let Action::Verify { python, inside: Inside::Here, .. } = &step.action else { return None };
        Some((at, python.clone()))
    });
    let Some((at, python)) = proof else { return plan };
    let calls: Vec<PlanStep> = kits.iter().flat_map(|kit| call(&plan, kit, &python)).collect();
    let last = plan.steps.split_off(at + 1);
    plan.steps.extend(calls);
    plan.steps.extend(last);
    plan
}

/// Whether a plan makes the call of a kit.
pub fn has_call(plan: &Plan, kit: &Kit) -> bool {
    plan.steps.iter().any(|step| step.key == key(kit))
}

fn key(kit: &Kit) -> String {
    format!("kit-{}", kit.name)
}

/// The cards that were proven, as CUDA takes them: a call on another one would say nothing of this torch.
fn cards(plan: &Plan) -> Option<String> {
    if plan.assessment.route == Route::Cpu {
        return Some("-1".to_owned());
    }
    let cards = &plan.choices.cards;
    (!cards.is_empty()).then(|| cards.join(","))
}

fn call(plan: &Plan, kit: &Kit, python: &Path) -> [PlanStep; 2] {
    let file = inside(plan.os, &plan.places.run, &format!("{}.py", key(kit)));
    let write = Action::WriteFile { path: file.clone(), text: kit.call.clone(), kept: None };
    // Neither the user's settings of Python nor what it compiles change what is installed; a kernel that the call starts
    // has no options of ours.
    let mut command =
        CommandSpec::new(python, ["-I", "-B", &file.display().to_string()]).with_env("PYTHONDONTWRITEBYTECODE", "1");
    command.env.extend(cards(plan).map(|cards| ("CUDA_VISIBLE_DEVICES".to_owned(), cards)));
    command.env_remove.clone_from(&plan.inheritance.cleared);
    [
        step(
            &format!("{}-write", key(kit)),
            &format!("Write the call of the kit {}", kit.name),
            write,
            vec![file],
            50,
            "writing a file",
        ),
        step(
            &key(kit),
            &format!("Use the kit {} with torch once", kit.name),
            Action::Run { command },
            Vec::new(),
            15_000,
            "loading the packages",
        ),
    ]
}
