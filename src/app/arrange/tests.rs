use super::*;
use crate::app::opened::opened_by;
use crate::app::{Action, Message, update};
use std::path::Path;

fn act(model: &mut Model, action: ArrangeAction) -> Vec<Effect> {
    update(model, Message::User(Action::Arrange(action)))
}

fn asked(effects: &[Effect]) -> Vec<Arrange> {
    let of = |effect: &Effect| {
        if let Effect::Arrange { what, .. } = effect { Some(what.clone()) } else { None }
    };
    effects.iter().filter_map(of).collect()
}

fn came(arranged: Arranged, compared: Option<Compared>, trouble: Option<Problem>) -> Message {
    let environment = PathBuf::from("/e");
    Message::Arranged(Box::new(Came { environment, arranged, compared, trouble }))
}

#[test]
fn an_opened_card_is_looked_at_and_one_thing_is_done_at_a_time() {
    let mut model = opened_by("jane");
    assert_eq!(act(&mut model, ArrangeAction::Guard(true)).len(), 0, "no card is open");
    assert_eq!(asked(&act(&mut model, ArrangeAction::Unfold("/e".into()))), [Arrange::Look]);
    assert_eq!(act(&mut model, ArrangeAction::Guard(true)).len(), 0, "it is still being looked at");
    update(&mut model, came(Arranged::default(), None, None));
    assert_eq!(asked(&act(&mut model, ArrangeAction::Guard(true))), [Arrange::Guard(true)]);
    let guarded = Arranged { is_guarded: true, ..Arranged::default() };
    update(&mut model, came(guarded.clone(), None, None));
    assert_eq!(model.home.opened.as_ref().and_then(|opened| opened.arranged.clone()), Some(guarded));
    act(&mut model, ArrangeAction::Unfold("/e".into()));
    assert_eq!(model.home.opened, None, "the second click closes it");
}

#[test]
fn an_answer_for_another_card_is_not_taken_and_trouble_stays_until_something_else_is_done() {
    let mut model = opened_by("jane");
    act(&mut model, ArrangeAction::Unfold("/other".into()));
    update(&mut model, came(Arranged::default(), None, None));
    assert!(model.home.opened.as_ref().unwrap().arranged.is_none());
    act(&mut model, ArrangeAction::Unfold("/e".into()));
    let compared = Compared { with: "/s.json".into(), lines: vec!["+ drags 1.0".to_owned()] };
    update(&mut model, came(Arranged::default(), Some(compared.clone()), Some(Problem::new("no-ipykernel", "None."))));
    let opened = model.home.opened.clone().unwrap();
    assert_eq!((opened.environment.as_path(), opened.compared), (Path::new("/e"), Some(compared.clone())));
    assert!(opened.trouble.is_some());
    act(&mut model, ArrangeAction::Snapshot);
    let opened = model.home.opened.clone().unwrap();
    assert_eq!((opened.trouble, opened.compared), (None, Some(compared)));
}
