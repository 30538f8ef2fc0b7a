use super::*;
use crate::app::opened::opened_by;
use crate::app::{Action, Card, Message, update};
use crate::environments::{State, Trouble};
use crate::facts::Environment;
use crate::recheck::Kept;
use crate::store::Known;

const PLACE: &str = "/home/jane/torch-cu126";

fn opened() -> Model {
    let mut model = opened_by("jane");
    let known = Known::of_others(PLACE.into(), String::new());
    let held = Environment { path: PLACE.into(), kind: "venv".to_owned(), torch: None, torch_cuda: None, damage: None };
    let card = Card::new(Kept { known, state: State::Wrong(Trouble::NoTorch), held });
    update(&mut model, Message::Home { cards: vec![card], unfinished: None, trouble: None, damaged: None });
    model
}

fn repair(model: &mut Model) -> Vec<Effect> {
    update(model, Message::User(Action::Repair(PLACE.into())))
}

#[test]
fn a_repair_is_planned_and_looked_at_before_anything_is_changed() {
    let mut model = opened();
    let effects = repair(&mut model);
    let [Effect::PlanRepair { environment, scan, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(environment, &PathBuf::from(PLACE));
    assert!(scan.is_none(), "what is not whole is asked anew");
    assert_eq!((model.screen, model.review.plan.is_busy()), (Screen::Review, true));
    // Back leads to where one came from, not among the routes.
    update(&mut model, Message::User(Action::Back));
    assert_eq!(model.screen, Screen::Home);
}

#[test]
fn an_environment_that_nothing_is_wrong_with_is_told_so_on_home() {
    let mut model = opened();
    repair(&mut model);
    let ticket = model.review.ticket;
    update(&mut model, Message::RepairPlanned { ticket, plan: Box::new(Ok(None)) });
    assert_eq!((model.screen, &model.review.repairs), (Screen::Home, &None));
    assert_eq!(
        model.notice.as_ref().map(|notice| (notice.key, notice.what.as_str())),
        Some(("notice-sound", "torch-cu126"))
    );
}

#[test]
fn an_answer_to_an_older_question_is_not_taken() {
    let mut model = opened();
    repair(&mut model);
    let ticket = model.review.ticket;
    repair(&mut model);
    update(&mut model, Message::RepairPlanned { ticket, plan: Box::new(Ok(None)) });
    assert!(model.review.plan.is_busy());
}

#[test]
fn a_plan_that_failed_is_made_again_as_a_repair() {
    let mut model = opened();
    repair(&mut model);
    let ticket = model.review.ticket;
    let problem = Problem::new("network", "Nobody answered.");
    update(&mut model, Message::RepairPlanned { ticket, plan: Box::new(Err(problem)) });
    assert!(matches!(model.review.plan, Load::Failed(_)));
    let effects = update(&mut model, Message::User(Action::Replan));
    assert!(matches!(effects.as_slice(), [Effect::PlanRepair { .. }]), "{effects:?}");
}
