//! Effects on threads, over a made-up machine.

use crate::pc;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;
use torch_wizard::app::{Effect, Message};
use torch_wizard::catalog::Catalog;
use torch_wizard::facts::OsFamily;
use torch_wizard::host::Note;
use torch_wizard::host::fake::{Script, World};
use torch_wizard::log_on::Status;
use torch_wizard::perform::Performer;
use torch_wizard::run::Outcome;
use torch_wizard::verify::Circumstances;

/// A window that was told to ask no server does not fetch either.
#[test]
fn a_run_in_an_offline_window_asks_no_server() {
    let world = World::new(OsFamily::Windows).program(r"C:\tools\uv.exe", Script::exits(0));
    let (sender, receiver) = channel();
    let mut performer = Performer::new(Arc::new(world), Catalog::embedded().unwrap(), true, sender, Arc::new(|| {}));
    let plan = Box::new(pc::plan_for(&pc::detected()));
    performer.perform(Effect::Run { plan, circumstances: Box::new(Circumstances::default()) });
    let ended = std::iter::from_fn(|| receiver.recv_timeout(Duration::from_secs(20)).ok())
        .find_map(|message| if let Message::RunEnded(outcome) = message { Some(*outcome) } else { None });
    let Some(Outcome::Failed { problem, .. }) = ended else { panic!("{ended:?}") };
    assert_eq!(problem.label, "offline", "{problem:?}");
}

#[test]
fn the_check_at_log_on_answers_how_it_stands_and_what_was_in_the_way() {
    for (systemctl, change, expected, label) in [
        (Some(Script::exits(0)), Some(true), Status::On, None),
        (Some(Script::exits(1)), None, Status::Off, None),
        (None, Some(true), Status::Unavailable, Some("no-log-on-check")),
    ] {
        let world = World::new(OsFamily::Linux);
        let world = match systemctl {
            Some(script) => world.program("systemctl", script),
            None => world,
        };
        let (sender, receiver) = channel();
        let mut performer =
            Performer::new(Arc::new(world), Catalog::embedded().unwrap(), true, sender, Arc::new(|| {}));
        performer.perform(Effect::LogOnCheck(change));
        let Ok(Message::LogOnCheck { status, trouble }) = receiver.recv_timeout(Duration::from_secs(20)) else {
            panic!("no answer")
        };
        assert_eq!((status, trouble.as_ref().map(|problem| problem.label.as_str())), (expected, label));
    }
}

#[test]
fn a_notification_is_shown_by_the_system() {
    let world = Arc::new(World::new(OsFamily::Linux));
    let (sender, receiver) = channel();
    let host = Arc::clone(&world);
    let mut performer = Performer::new(host, Catalog::embedded().unwrap(), true, sender, Arc::new(|| {}));
    let note = Note { title: "torch is installed".to_owned(), text: String::new() };
    performer.perform(Effect::Notify(note.clone()));
    drop(performer);
    // It says nothing, and hangs up once it is done.
    assert!(receiver.recv_timeout(Duration::from_secs(20)).is_err());
    assert_eq!(world.notes(), [note]);
}

#[test]
fn what_cannot_be_repaired_is_said_in_place_of_a_plan() {
    let world = World::new(OsFamily::Windows).dir(r"C:\Users\jane\torch-cu130");
    let (sender, receiver) = channel();
    let mut performer = Performer::new(Arc::new(world), Catalog::embedded().unwrap(), true, sender, Arc::new(|| {}));
    let environment = r"C:\Users\jane\torch-cu130".into();
    performer.perform(Effect::PlanRepair {
        ticket: 3,
        environment,
        scan: None,
        wish: Box::default(),
        becomes: torch_wizard::app::Becomes::Mended,
    });
    let answer = std::iter::from_fn(|| receiver.recv_timeout(Duration::from_secs(20)).ok()).find_map(|message| {
        if let Message::RepairPlanned { ticket, plan } = message { Some((ticket, *plan)) } else { None }
    });
    let Some((3, Err(problem))) = answer else { panic!("{answer:?}") };
    assert_eq!(problem.label, "not-repaired", "{problem:?}");
}

#[test]
fn a_damaged_list_is_set_aside_and_made_again() {
    let world = World::new(OsFamily::Linux);
    let data = torch_wizard::host::Host::folders(&world).data.clone();
    let world = world.file(data.join("environments.json"), "{ torn");
    let (sender, receiver) = channel();
    let mut performer = Performer::new(Arc::new(world), Catalog::embedded().unwrap(), true, sender, Arc::new(|| {}));
    performer.perform(Effect::LoadHome);
    let Ok(Message::HomeDone(Ok(said))) = receiver.recv_timeout(Duration::from_secs(20)) else { panic!("no word") };
    assert!(said.contains("made again"), "{said}");
    performer.perform(Effect::LoadHome);
    let Ok(Message::Home { trouble: None, .. }) = receiver.recv_timeout(Duration::from_secs(20)) else { panic!() };
}
