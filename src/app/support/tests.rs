use super::*;
use crate::app::opened::opened_by;
use crate::app::{Action, Message, Screen, update};
use crate::doctor::{File, Form};
use crate::report::Hidden;

fn on_page() -> (Model, Vec<Effect>) {
    let mut model = opened_by("jane");
    let effects = update(&mut model, Message::User(Action::Go(Screen::Support)));
    (model, effects)
}

fn bundle(names: &[&'static str]) -> Bundle {
    let files = names.iter().map(|&name| File { name, about: "", text: "one\n".to_owned() }).collect();
    Bundle { form: Form::Zip, files, hidden: Hidden::default() }
}

#[test]
fn it_is_gathered_each_time_its_page_is_opened() {
    let (mut model, effects) = on_page();
    let [Effect::Gather { ticket, scan: None, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    update(&mut model, Message::Gathered { ticket: *ticket, bundle: Box::new(bundle(&["doctor.md"])) });
    assert!(matches!(&model.support.bundle, Load::Ready(_)));
    update(&mut model, Message::User(Action::Go(Screen::Help)));
    let again = update(&mut model, Message::User(Action::Go(Screen::Support)));
    assert!(matches!(again.as_slice(), [Effect::Gather { .. }]), "{again:?}");
}

#[test]
fn an_older_answer_is_not_taken_and_a_file_that_is_gone_not_shown() {
    let (mut model, _) = on_page();
    let old = model.support.ticket;
    update(&mut model, Message::User(Action::Support(SupportAction::Again)));
    update(&mut model, Message::Gathered { ticket: old, bundle: Box::new(bundle(&["doctor.md"])) });
    assert!(model.support.bundle.is_busy());

    let ticket = model.support.ticket;
    update(&mut model, Message::Gathered { ticket, bundle: Box::new(bundle(&["doctor.md", "install.log"])) });
    update(&mut model, Message::User(Action::Support(SupportAction::Show(1))));
    update(&mut model, Message::User(Action::Support(SupportAction::Again)));
    let ticket = model.support.ticket;
    update(&mut model, Message::Gathered { ticket, bundle: Box::new(bundle(&["doctor.md"])) });
    assert_eq!(model.support.file, 0);
}
