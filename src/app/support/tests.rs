use super::*;
use crate::app::{Action, Message, Screen, Start, update};
use crate::catalog::Catalog;
use crate::doctor::{File, Form};
use crate::facts::OsFamily;
use crate::host::Folders;
use crate::report::Hidden;
use crate::store::Settings;
use std::path::PathBuf;

fn on_page() -> (Model, Vec<Effect>) {
    let folder = || PathBuf::from("/home/jane");
    let folders = Folders { home: folder(), data: folder(), cache: folder(), temp: folder(), program: folder() };
    let (os, catalog) = (OsFamily::Linux, Catalog::embedded().unwrap());
    let mut model = Model::new(Start { os, settings: Settings::default(), folders, catalog, offline: true }).0;
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
