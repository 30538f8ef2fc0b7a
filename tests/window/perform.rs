//! Effects on threads, over a made-up machine.

use crate::pc;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;
use torch_wizard::app::{Effect, Message};
use torch_wizard::catalog::Catalog;
use torch_wizard::facts::OsFamily;
use torch_wizard::host::fake::{Script, World};
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
