use super::*;
use crate::facts::OsFamily;
use crate::host::fake::{Script, World};
use crate::lock::Lock;
use crate::run::{Outcome, RunEvent, Surroundings, finish, run};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A plan with one wheel of 1,000 bytes, of which nobody has measured what it unpacks to: 3,500 bytes.
fn plan_of(steps: &[&str]) -> Plan {
    let mut plan = crate::run::rollback::tests::run(None).plan;
    plan.steps.retain(|step| steps.contains(&step.key.as_str()));
    plan.choices.engine = Engine::Uv;
    plan.lock = Lock::from_pylock(
        "lock-version = \"1.0\"\n[[packages]]\nname = \"x\"\nversion = \"1\"\n\
         wheels = [{ url = \"https://h.example/x-1-py3-none-any.whl\", size = 1_000 }]\n",
    )
    .unwrap();
    plan
}

/// Runs it; `on` hears each event and may change the world or cancel.
fn live(
    world: &Arc<World>,
    plan: &Plan,
    interactive: bool,
    on: &mut dyn FnMut(&RunEvent, &AtomicBool),
) -> (Outcome, i32) {
    let host: Arc<dyn Host> = Arc::<World>::clone(world);
    let cancel = AtomicBool::new(false);
    let surroundings = Surroundings {
        host,
        address: &str::to_owned,
        expected: &|_, _| None,
        circumstances: crate::verify::Circumstances::default(),
        offline: true,
        interactive,
        cancel: &cancel,
        sink: &mut |event| on(event, &cancel),
    };
    let outcome = run(plan, surroundings);
    let code = finish(&**world, plan, &outcome).unwrap();
    (outcome, code)
}

#[track_caller]
fn problem(outcome: Outcome) -> Problem {
    let (Outcome::Failed { problem, .. } | Outcome::Cancelled { problem }) = outcome else { panic!("{outcome:?}") };
    problem
}

#[test]
fn a_volume_that_cannot_hold_the_packages_is_told_before_the_first_byte() {
    let plan = plan_of(&["download"]);
    let ends = |free: u64| {
        let world = Arc::new(World::new(OsFamily::Linux).free("/", free));
        let (outcome, code) = live(&world, &plan, false, &mut |_, _| {});
        assert!(world.meta(&plan.places.store).is_none(), "something was fetched");
        (problem(outcome), code)
    };
    let (full, code) = ends(4_499);
    assert_eq!((full.label.as_str(), code), ("disk-full", 4));
    assert!(full.cause.contains("4.50 kB") && full.cause.contains("1 B more"), "{full}");
    // With room for wheels and unpacked files it goes on to fetching, which is forbidden here.
    assert_eq!(ends(4_500).0.label, "offline");
}

#[test]
fn needs_of_one_volume_are_added_together_and_those_of_two_are_not() {
    let plan = plan_of(&["download"]);
    let text = |world: World| Demand::new(&world, &plan, &BTreeMap::new()).text(&world);
    let store = plan.places.store.display();
    let one = text(World::new(OsFamily::Linux).free("/", 9_000));
    assert_eq!(
        one,
        format!("it needs 4.50 kB for the wheels, the unpacked packages on the volume of {store}, which has 9.00 kB")
    );
    let two = text(World::new(OsFamily::Linux).free("/", 9_000).free(&plan.places.uv_cache, 8_000));
    // The environment's files cannot be links into a cache on another volume: they lie there twice.
    assert!(two.contains("3.50 kB for the unpacked packages"), "{two}");
    assert!(two.contains("4.50 kB for the wheels, the environment"), "{two}");
}

#[test]
#[expect(clippy::wildcard_enum_match_arm, reason = "all others do not matter here")]
fn a_run_that_somebody_watches_waits_for_room_and_goes_on_by_itself() {
    let plan = plan_of(&["download"]);
    let world = Arc::new(World::new(OsFamily::Linux).free("/", 400));
    let mut told = Vec::new();
    let (outcome, _) = live(&world, &plan, true, &mut |event, _| match &event.kind {
        EventKind::Paused { shortage } => told.push(format!("paused {} {}", shortage.needed, shortage.free)),
        EventKind::Quiet { doing, .. } => {
            told.push(doing.clone());
            if told.len() == 3 {
                world.set_free("/", 1 << 20);
            }
        }
        EventKind::Unpaused => told.push("unpaused".to_owned()),
        _ => {}
    });
    assert_eq!(problem(outcome).label, "offline", "it went on");
    let waiting =
        format!("waiting for free space: 4.10 kB more are needed on the volume of {}", plan.places.store.display());
    assert_eq!(told, ["paused 4500 400", &waiting, &waiting, "unpaused"]);
}

#[test]
fn waiting_for_room_can_be_cancelled() {
    let world = Arc::new(World::new(OsFamily::Linux).free("/", 400));
    let (outcome, code) = live(&world, &plan_of(&["download"]), true, &mut |event, cancel| {
        if matches!(event.kind, EventKind::Quiet { .. }) {
            cancel.store(true, Ordering::SeqCst);
        }
    });
    assert_eq!((problem(outcome).label.as_str(), code), ("cancelled", 130));
}

const WORDS: &str = "error: failed to write to the cache\n  Caused by: No space left on device (os error 28)\n";

#[test]
#[expect(clippy::wildcard_enum_match_arm, reason = "all others do not matter here")]
fn an_installer_that_finds_the_disk_full_is_begun_anew_once_there_is_room() {
    let mut plan = plan_of(&["environment", "install"]);
    let uv = plan.choices.uv.clone().unwrap_or_else(|| "uv".into()).display().to_string();
    let broken = || World::new(OsFamily::Linux).program(&uv, Script::exits(1).stderr(WORDS)).free("/", 400);
    for step in &mut plan.steps {
        if let Action::Run { command } = &mut step.action {
            command.program = uv.clone().into();
            if step.key == "environment" {
                command.args = vec!["venv".to_owned()];
            }
        }
    }
    let with_venv = |world: World| Arc::new(world.program_with(&uv, &["venv"], Script::exits(0)));
    // Nobody is there: the run can be gone on with later.
    let world = with_venv(broken());
    let (outcome, code) = live(&world, &plan, false, &mut |_, _| {});
    assert_eq!((problem(outcome).label.as_str(), code), ("disk-full", 4));
    // Somebody makes room, and the tool refuses all the same: it is tried again some times and not for ever.
    let world = with_venv(broken());
    let mut begun = Vec::new();
    let (outcome, code) = live(&world, &plan, true, &mut |event, _| match &event.kind {
        EventKind::Started { .. } => begun.extend(event.step.clone()),
        EventKind::Paused { .. } => world.set_free("/", 1 << 40),
        _ => {}
    });
    assert_eq!(begun[..4], ["environment", "install", "environment", "install"]);
    assert_eq!(begun.len(), 8, "{begun:?}");
    let full = problem(outcome);
    assert_eq!((full.label.as_str(), code), ("disk-full", 4));
    assert!(full.details.contains("os error 28"), "{full:?}");
}

#[test]
#[expect(clippy::wildcard_enum_match_arm, reason = "all others do not matter here")]
fn a_change_in_place_that_finds_the_disk_full_is_unpacked_anew_once_there_is_room() {
    let mut plan = plan_of(&["install"]);
    let uv = plan.choices.uv.clone().unwrap_or_else(|| "uv".into());
    let round = crate::plan::in_place::aside(&plan).join("torch");
    let new = round.join(crate::plan::in_place::NEW);
    let install = plan.steps.first_mut().unwrap();
    install.writes = vec![new.clone(), plan.places.uv_cache.clone()];
    if let Action::Run { command } = &mut install.action {
        command.program.clone_from(&uv);
    }
    let install = install.clone();
    let later = |key: &str, action| PlanStep { key: key.to_owned(), action, writes: Vec::new(), ..install.clone() };
    let moves = later("in", Action::MoveIn { aside: round, environment: plan.target.clone() });
    let ends = later("let-go", Action::DropAside { aside: crate::plan::in_place::aside(&plan) });
    plan.steps.extend([moves, ends]);
    let broken = Script::exits(1).stderr(WORDS);
    let half = new.join("half.py");
    let world = World::new(OsFamily::Linux).program(&uv.display().to_string(), broken).free("/", 400);
    let world = Arc::new(world.file(&half, "cut"));
    let (mut begun, mut was_there) = (Vec::new(), Vec::new());
    let (outcome, code) = live(&world, &plan, true, &mut |event, _| match &event.kind {
        EventKind::Started { .. } => {
            begun.extend(event.step.clone());
            was_there.push(world.meta(&half).is_some());
        }
        EventKind::Paused { .. } => world.set_free("/", 1 << 40),
        _ => {}
    });
    assert_eq!(begun, ["install", "install", "install", "install"], "nothing was moved in");
    assert_eq!(was_there, [true, false, false, false], "what was cut is not unpacked upon");
    assert_eq!((problem(outcome).label.as_str(), code), ("disk-full", 4));
}

#[test]
fn a_compiler_that_finds_the_disk_full_is_not_begun_anew_by_itself() {
    let mut plan = plan_of(&["install"]);
    let round = crate::plan::in_place::aside(&plan).join("extension");
    let uv = plan.choices.uv.clone().unwrap_or_else(|| "uv".into());
    let build = plan.steps.first_mut().unwrap();
    build.writes = vec![round.join(crate::plan::in_place::NEW)];
    if let Action::Run { command } = &mut build.action {
        command.program.clone_from(&uv);
    }
    let moves = PlanStep {
        key: "in".to_owned(),
        action: Action::MoveIn { aside: round, environment: plan.target.clone() },
        writes: Vec::new(),
        ..build.clone()
    };
    plan.steps.push(moves);
    let world = World::new(OsFamily::Linux).program(&uv.display().to_string(), Script::exits(1).stderr(WORDS));
    let mut begun = 0;
    let (outcome, _) = live(&Arc::new(world.free("/", 1 << 40)), &plan, true, &mut |event, _| {
        begun += usize::from(matches!(event.kind, EventKind::Started { .. }));
    });
    let told = problem(outcome);
    assert_eq!(begun, 1);
    // By the compiler's own words: which volume was full is not known here.
    assert!(told.label == "disk-full" && told.cause.contains("os error 28"), "{told}");
}

#[test]
fn full_disks_are_known_by_their_number_in_any_language() {
    for words in [
        WORDS,
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "OSError: [WinError 112] There is not enough space on the disk",
        "Es steht nicht genug Speicherplatz auf dem Datenträger zur Verfügung. (os error 112)",
        "npm ERR! ENOSPC",
    ] {
        assert!(crate::run::said::says_full(words), "{words}");
    }
    assert!(!crate::run::said::says_full("error: Failed to install: torch (os error 2)"));
}
