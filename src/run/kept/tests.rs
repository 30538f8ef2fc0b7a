use super::*;
use crate::host::fake::World;
use crate::run::journal::Journal;
use crate::run::rollback::tests::run;
use crate::run::{EventKind, RunEvent, rollback};
use std::time::Duration;

/// The end of a repair: the new one stands, the old one is aside, both are in the lists.
fn repaired(world: World) -> (World, Plan) {
    let made_at = crate::time::now(&world);
    let plan = Plan { keeps_replaced: true, made_at, ..run(None).plan };
    let world = world.file("/home/a/torch/pyvenv.cfg", "new").file("/home/a/torch.tw-old/pyvenv.cfg", "old");
    crate::run::save(&world, &plan).unwrap();
    let mut journal = Journal::open(&world, &plan.places.run).unwrap();
    let started = EventKind::Started { title: String::new() };
    for (step, kind) in [
        (Some("promote"), started),
        (Some("promote"), EventKind::Finished),
        (None, EventKind::Ended { exit: 0, settled: true }),
    ] {
        let event = RunEvent { time: String::new(), step: step.map(str::to_owned), kind };
        journal.add(&event).unwrap();
    }
    (world, plan)
}

fn world() -> World {
    World::new(crate::facts::OsFamily::Linux).folders(crate::host::Folders {
        home: "/home/a".into(),
        data: "/d".into(),
        cache: "/c".into(),
        temp: "/tmp".into(),
        program: "/p".into(),
    })
}

fn who(world: &World, name: &str) -> Option<String> {
    let bytes = world.read(Path::new(&format!("/home/a/{name}/pyvenv.cfg"))).ok()?;
    Some(String::from_utf8(bytes).unwrap())
}

#[test]
fn what_was_replaced_is_kept_and_comes_back_in_one_move() {
    let (world, plan) = repaired(world());
    rollback::sweep(&world);
    let kept = of(&world, &plan.target).unwrap();
    assert_eq!(kept.aside, PathBuf::from("/home/a/torch.tw-old"));
    rollback::roll_back(&world, &kept.run).unwrap();
    assert_eq!(who(&world, "torch").as_deref(), Some("old"));
    assert_eq!((who(&world, "torch.tw-old"), who(&world, "torch.tw-new")), (None, None));
    assert!(of(&world, &plan.target).is_none(), "there is nothing to go back to any more");
}

#[test]
fn it_goes_when_the_user_lets_it_go_and_the_new_one_stays() {
    let (world, plan) = repaired(world());
    let kept = of(&world, &plan.target).unwrap();
    let_go(&world, &kept).unwrap();
    assert_eq!((who(&world, "torch").as_deref(), who(&world, "torch.tw-old")), (Some("new"), None));
}

#[test]
fn after_its_time_it_is_swept() {
    let (world, plan) = repaired(world());
    world.advance(Duration::from_hours(14 * 24 - 1));
    rollback::sweep(&world);
    assert!(of(&world, &plan.target).is_some());
    world.advance(Duration::from_hours(1));
    assert!(of(&world, &plan.target).is_none(), "what is about to be removed is not promised");
    rollback::sweep(&world);
    assert_eq!((who(&world, "torch").as_deref(), who(&world, "torch.tw-old")), (Some("new"), None));
}
