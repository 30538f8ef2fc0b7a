use super::super::opened::opened_by;
use super::super::{Action, Message, Screen, update};
use super::*;
use crate::diagnose::diagnose;
use crate::facts::OsFamily;
use std::path::Path;
use std::time::Duration;

const NO_KERNEL: &str = "start\nCUDA error: no kernel image is available for execution on the device\n";

fn opened() -> Model {
    let mut model = opened_by("jane");
    update(&mut model, Message::User(Action::Go(Screen::Diagnose)));
    model
}

fn act(model: &mut Model, action: DiagnoseAction) -> Vec<Effect> {
    update(model, Message::User(Action::Diagnose(action)))
}

/// What is to be looked at, if that is all that is to be done.
#[track_caller]
fn asked(effects: &[Effect]) -> (u32, &Log) {
    match effects {
        [Effect::Diagnose { ticket, log }] => (*ticket, log),
        other => panic!("{other:?}"),
    }
}

fn read_in(text: &str) -> Diagnosis {
    diagnose(&mut text.as_bytes(), Knowledge::embedded().unwrap()).unwrap()
}

fn found_in(text: &str) -> Found {
    Found::new(read_in(text), Knowledge::embedded().unwrap(), OsFamily::Linux)
}

fn tell(model: &mut Model, ticket: u32, text: &str) {
    let effects = update(model, Message::Diagnosed { ticket, found: Box::new(Ok(read_in(text))) });
    assert!(effects.is_empty());
}

#[test]
fn a_pasted_text_is_looked_at_at_once_and_a_typed_one_when_it_is_asked_for() {
    let mut model = opened();
    let effects = act(&mut model, DiagnoseAction::Paste(NO_KERNEL.to_owned()));
    let (ticket, log) = asked(&effects);
    assert_eq!(log, &Log::Pasted(Pasted { text: Arc::from(NO_KERNEL), lines: 2 }));
    assert!(model.diagnose.answer.is_busy());
    tell(&mut model, ticket, NO_KERNEL);
    assert_eq!(model.diagnose.answer, Load::Ready(found_in(NO_KERNEL)));

    assert!(act(&mut model, DiagnoseAction::Type("nvcc fatal".to_owned())).is_empty());
    assert_eq!(model.diagnose.answer, Load::Idle, "the answer was another text's");
    for asks in [Action::Diagnose(DiagnoseAction::Find), Action::Next] {
        let effects = update(&mut model, Message::User(asks));
        let (_, log) = asked(&effects);
        assert_eq!(log, &Log::Pasted(Pasted::new("nvcc fatal")));
    }
}

#[test]
fn a_text_that_is_too_long_for_the_field_is_kept_beside_it() {
    let mut model = opened();
    act(&mut model, DiagnoseAction::Paste("short".to_owned()));
    let long = "a line of a log\n".repeat(MOST / 16 + 1);
    let effects = act(&mut model, DiagnoseAction::Paste(long.clone()));
    let (_, log) = asked(&effects);
    assert_eq!(log, &Log::Pasted(Pasted { text: Arc::from(long.as_str()), lines: MOST / 16 + 1 }));
    assert_eq!((model.diagnose.text.as_str(), model.diagnose.held.as_ref()), ("", Some(log)));
    // A short one takes its place.
    act(&mut model, DiagnoseAction::Paste(NO_KERNEL.to_owned()));
    assert_eq!((model.diagnose.text.as_str(), &model.diagnose.held), (NO_KERNEL, &None));
}

#[test]
fn a_newer_log_replaces_an_answer_that_is_on_its_way() {
    let mut model = opened();
    let effects = act(&mut model, DiagnoseAction::Drop(vec![PathBuf::from("/logs/old.log")]));
    let (old, _) = asked(&effects);
    let effects = act(&mut model, DiagnoseAction::Paste("all is well".to_owned()));
    let (new, _) = asked(&effects);
    update(&mut model, Message::Diagnosing { ticket: old, amount: Amount { done: 7, total: Some(9) } });
    tell(&mut model, old, NO_KERNEL);
    assert!(model.diagnose.answer.is_busy(), "the old log's answer is not the new one's");
    assert_eq!(model.diagnose.amount, Amount::default());
    let amount = Amount { done: 3, total: Some(11) };
    update(&mut model, Message::Diagnosing { ticket: new, amount });
    assert_eq!(model.diagnose.amount, amount);
    tell(&mut model, new, "all is well");
    assert_eq!(model.diagnose.answer, Load::Ready(found_in("all is well")));
}

#[test]
fn to_clear_ends_what_is_on_its_way_and_an_answer_that_comes_all_the_same_is_not_taken() {
    let mut model = opened();
    let effects = act(&mut model, DiagnoseAction::Paste(NO_KERNEL.to_owned()));
    let (ticket, _) = asked(&effects);
    let effects = act(&mut model, DiagnoseAction::Clear);
    assert!(matches!(effects.as_slice(), [Effect::StopDiagnosis]), "{effects:?}");
    tell(&mut model, ticket, NO_KERNEL);
    assert_eq!(model.diagnose.answer, Load::Idle);
    assert!(model.diagnose.is_empty());
    assert!(act(&mut model, DiagnoseAction::Clear).is_empty(), "nothing is on its way");
}

#[test]
fn what_is_blank_is_not_looked_at() {
    let mut model = opened();
    assert!(act(&mut model, DiagnoseAction::Paste(" \n\n".to_owned())).is_empty());
    assert!(act(&mut model, DiagnoseAction::Find).is_empty());
    act(&mut model, DiagnoseAction::Type("  \n".to_owned()));
    assert!(act(&mut model, DiagnoseAction::Find).is_empty());
    assert!(act(&mut model, DiagnoseAction::Drop(Vec::new())).is_empty());
    assert_eq!(model.diagnose.answer, Load::Idle);
}

#[test]
fn a_file_that_is_chosen_or_dropped_is_read_and_can_be_read_again() {
    let mut model = opened();
    let effects = act(&mut model, DiagnoseAction::Browse);
    assert!(matches!(effects.as_slice(), [Effect::BrowseOpen(from)] if from == Path::new("/home/jane")));
    let file = PathBuf::from("/logs/run.log");
    let effects = update(&mut model, Message::Picked(file.clone()));
    assert_eq!(asked(&effects).1, &Log::File(file.clone()));
    assert_eq!(model.diagnose.file(), Some(&file));
    let effects = act(&mut model, DiagnoseAction::Find);
    assert_eq!(asked(&effects).1, &Log::File(file));
    // The next dialog begins where the last file lies.
    let effects = act(&mut model, DiagnoseAction::Browse);
    assert!(matches!(effects.as_slice(), [Effect::BrowseOpen(from)] if from == Path::new("/logs")));
    assert!(model.notice.is_none());
    let effects = act(&mut model, DiagnoseAction::Drop(vec!["/logs/a.log".into(), "/logs/b.log".into()]));
    assert_eq!(asked(&effects).1, &Log::File("/logs/a.log".into()));
    let notice = model.notice.as_ref().unwrap();
    assert_eq!((notice.key, notice.what.as_str()), ("notice-first-file", "a.log"));
}

#[test]
fn a_log_that_cannot_be_read_says_why() {
    let mut model = opened();
    model.now = Duration::from_secs(9);
    let effects = act(&mut model, DiagnoseAction::Drop(vec!["/gone.log".into()]));
    let (ticket, _) = asked(&effects);
    let problem = Problem::new("unreadable-log", "The log cannot be read: it is gone.");
    update(&mut model, Message::Diagnosed { ticket, found: Box::new(Err(problem.clone())) });
    assert_eq!(model.diagnose.answer, Load::Failed(problem));
}

#[test]
fn what_else_it_may_be_comes_with_its_title() {
    let text = "ModuleNotFoundError: No module named 'triton'\nOSError: [Errno 28] No space left on device\n";
    let found = found_in(text);
    assert_eq!(found.titles.len(), found.diagnosis.others.len());
    assert!(!found.titles.is_empty() && found.titles.iter().all(|title| !title.is_empty()), "{found:?}");
}
