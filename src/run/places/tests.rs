use super::*;
use crate::facts::OsFamily;
use crate::host::fake::{Script, World};
use crate::plan::{Action, CommandSpec, Plan};
use crate::run::journal::{History, SavedRun};
use crate::run::{EventKind, Outcome, RunEvent, Surroundings, finish, rollback, run};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A plan of these steps and nothing else; what it builds is at its place from the beginning.
fn plan(steps: Vec<(&str, Action)>) -> Plan {
    let mut plan = rollback::tests::run(None).plan;
    plan.steps = steps.into_iter().map(|(key, action)| step(key, action)).collect();
    plan
}

fn step(key: &str, action: Action) -> PlanStep {
    let (title, silence) = (format!("Do {key}"), String::new());
    PlanStep { key: key.to_owned(), title, action, writes: Vec::new(), weight: 1, silence, admin: false }
}

fn program(name: &str) -> Action {
    Action::Run { command: CommandSpec::new(name, ["a b"]) }
}

fn write(path: &str, text: &str, kept: Option<&str>) -> Action {
    Action::WriteFile { path: path.into(), text: text.to_owned(), kept: kept.map(PathBuf::from) }
}

/// One life of a run: how it ended, its exit code, what it told.
fn live(world: &Arc<World>, plan: &Plan) -> (Outcome, i32, Vec<RunEvent>) {
    let host: Arc<dyn Host> = Arc::<World>::clone(world);
    let mut events = Vec::new();
    let surroundings = Surroundings {
        host,
        address: &str::to_owned,
        expected: &|_, _| None,
        circumstances: crate::verify::Circumstances::default(),
        offline: true,
        interactive: false,
        cancel: &AtomicBool::new(false),
        sink: &mut |event| events.push(event.clone()),
    };
    let outcome = run(plan, surroundings);
    let code = finish(&**world, plan, &outcome).unwrap();
    (outcome, code, events)
}

/// Steps that were begun, in order.
fn begun(events: &[RunEvent]) -> Vec<&str> {
    let began = events.iter().filter(|event| matches!(event.kind, EventKind::Started { .. }));
    began.filter_map(|event| event.step.as_deref()).collect()
}

fn saved(world: &World, plan: &Plan) -> SavedRun {
    let folder = plan.places.run.clone();
    SavedRun { history: History::read(world, &folder).unwrap(), plan: plan.clone(), folder }
}

fn text(world: &World, path: &str) -> Option<String> {
    world.read(Path::new(path)).ok().map(|bytes| String::from_utf8(bytes).unwrap())
}

#[track_caller]
fn problem(outcome: Outcome) -> crate::problem::Problem {
    match outcome {
        Outcome::Failed { problem, .. } | Outcome::NeedsUser { problem } | Outcome::Cancelled { problem } => problem,
        Outcome::Promoted { .. } => panic!("it came to its end"),
    }
}

#[test]
fn a_plan_that_proves_nothing_ends_well_without_a_report() {
    let world = Arc::new(World::new(OsFamily::Linux).program("tool", Script::exits(0)));
    let (outcome, code, _) = live(&world, &plan(vec![("one", program("tool"))]));
    assert_eq!((outcome, code), (Outcome::Promoted { report: None }, 0));
    assert!(saved(&world, &plan(Vec::new())).history.ended);
}

#[test]
fn a_failed_step_is_repeated_and_done_ones_are_not() {
    let broken = World::new(OsFamily::Linux).program("good", Script::exits(0)).program("bad", Script::exits(7));
    let (world, plan) = (Arc::new(broken), plan(vec![("one", program("good")), ("two", program("bad"))]));
    for expected in [&["one", "two"][..], &["two"]] {
        let (outcome, code, events) = live(&world, &plan);
        assert_eq!((begun(&events), code), (expected.to_vec(), 1));
        let problem = problem(outcome);
        assert!(problem.cause.contains("bad ended with code 7"), "{problem}");
        // Nothing was built beside its place, so nothing can be said to be as it was.
        assert_eq!(problem.changed, "What is done so far is kept.");
    }
}

#[test]
fn a_written_file_is_taken_back_and_what_stood_there_is_put_back() {
    let kept = "/d/runs/1/kept/config";
    let steps = || {
        let mine = write("/home/ada/new/mine", "mine\r\nß", None);
        vec![("config", write("/home/ada/config", "new", Some(kept))), ("mine", mine), ("end", program("bad"))]
    };
    let plan = plan(steps());
    let world = World::new(OsFamily::Linux).program("bad", Script::exits(1));
    let world = Arc::new(world.file("/home/ada/config", "old").file(kept, "of a run long ago"));
    live(&world, &plan);
    assert_eq!(text(&world, "/home/ada/config").as_deref(), Some("new"));
    assert_eq!(text(&world, kept).as_deref(), Some("old"));
    assert_eq!(text(&world, "/home/ada/new/mine").as_deref(), Some("mine\r\nß"));
    let said = rollback::roll_back(&*world, &saved(&world, &plan)).unwrap();
    assert_eq!(said, "/home/ada/new/mine was removed. /home/ada/config is as it was before.");
    assert_eq!(text(&world, "/home/ada/config").as_deref(), Some("old"));
    assert_eq!((text(&world, kept), text(&world, "/home/ada/new/mine")), (None, None));
}

#[test]
fn a_file_that_somebody_changed_since_is_theirs() {
    let kept = "/d/runs/1/kept/config";
    let steps = vec![("config", write("/home/ada/config", "new", Some(kept))), ("end", program("bad"))];
    let (world, plan) = (World::new(OsFamily::Linux).program("bad", Script::exits(1)), plan(steps));
    let world = Arc::new(world.file("/home/ada/config", "old"));
    live(&world, &plan);
    world.write_atomic(Path::new("/home/ada/config"), b"by hand").unwrap();
    let said = rollback::roll_back(&*world, &saved(&world, &plan)).unwrap();
    assert!(said.contains("was changed since and stays") && said.contains(kept), "{said}");
    assert_eq!(text(&world, "/home/ada/config").as_deref(), Some("by hand"));
    assert_eq!(text(&world, kept).as_deref(), Some("old"));
}

#[test]
fn wherever_writing_was_cut_the_old_file_is_the_one_that_is_kept() {
    let kept = "/d/runs/1/kept/config";
    let plan = plan(vec![("config", write("/home/ada/config", "new", Some(kept)))]);
    // What was there of the file and of what is kept when the wizard was killed in the step.
    for (now, kept_now, is_restored) in [("old", None, "old"), ("old", Some("old"), "old"), ("new", Some("old"), "old")]
    {
        let world = Arc::new(World::new(OsFamily::Linux).file("/home/ada/config", now));
        if let Some(text) = kept_now {
            world.write_atomic(Path::new(kept), text.as_bytes()).unwrap();
        }
        let event = RunEvent {
            time: String::new(),
            step: Some("config".to_owned()),
            kind: EventKind::Started { title: String::new() },
        };
        crate::run::journal::Journal::open(&*world, &plan.places.run).unwrap().add(&event).unwrap();
        let before = saved(&world, &plan);
        assert_eq!(live(&world, &plan).1, 0);
        assert_eq!(text(&world, "/home/ada/config").as_deref(), Some("new"), "{now} {kept_now:?}");
        assert_eq!(text(&world, kept).as_deref(), Some("old"), "{now} {kept_now:?}");
        rollback::roll_back(&*world, &before).unwrap();
        assert_eq!(text(&world, "/home/ada/config").as_deref(), Some(is_restored));
    }
}

#[test]
fn a_file_of_which_a_run_has_no_record_is_nobodys_to_take_back() {
    let plan = plan(vec![("bad", program("bad")), ("config", write("/home/ada/config", "same", None))]);
    let world = World::new(OsFamily::Linux).program("bad", Script::exits(1)).file("/home/ada/config", "same");
    let world = Arc::new(world);
    live(&world, &plan);
    rollback::roll_back(&*world, &saved(&world, &plan)).unwrap();
    assert_eq!(text(&world, "/home/ada/config").as_deref(), Some("same"));
}

#[test]
fn a_sign_that_is_not_there_is_told_with_the_file_and_the_texts() {
    let expected = |any: &[&str]| Action::Expect {
        path: r"C:\src\build\build.ninja".into(),
        any: any.iter().map(|&text| text.to_owned()).collect(),
        why: "The build was configured without code for this card.".to_owned(),
    };
    let with = |text: Option<&str>, any: &[&str]| {
        let mut plan = plan(vec![("expect", expected(any))]);
        plan.os = OsFamily::Windows;
        let world = World::new(OsFamily::Windows).dir(r"C:\src\build");
        let world = text.into_iter().fold(world, |world, text| world.file(r"C:\src\build\build.ninja", text));
        live(&Arc::new(world), &plan).0
    };
    assert_eq!(with(Some("x -gencode=sm_120 y"), &["sm_90", "sm_120"]), Outcome::Promoted { report: None });
    assert_eq!(with(Some(""), &[""]), Outcome::Promoted { report: None });
    let missing = problem(with(Some("x sm_86"), &["sm_90", "sm_120"]));
    assert_eq!(missing.cause, "The build was configured without code for this card.");
    assert_eq!(missing.details, r"C:\src\build\build.ninja has none of: sm_90, sm_120");
    assert!(problem(with(None, &["x"])).details.contains("is not there"));
}

#[test]
fn a_text_is_found_across_two_pieces_of_a_long_file() {
    for at in [0, PIECE - 3, PIECE, 2 * PIECE - 1] {
        let mut bytes = vec![b'.'; 2 * PIECE + 9];
        bytes[at..at + 6].copy_from_slice(b"sm_120");
        let world = World::new(OsFamily::Linux).file("/x", &bytes);
        let any = ["no".to_owned(), "sm_120".to_owned()];
        assert!(has_any(&world, Path::new("/x"), &any).unwrap(), "{at}");
        assert!(!has_any(&world, Path::new("/x"), &["sm_121".to_owned()]).unwrap());
    }
}

#[test]
fn of_several_files_that_match_the_newest_counts() {
    let folder = tempfile::tempdir().unwrap();
    let host = crate::host::real::RealHost::new().unwrap();
    let old = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
    for (name, age) in [("torch-2.15.0-cp312.whl", 0), ("torch-2.14.0-cp312.whl", 90), ("torchvision.whl", 500)] {
        let file = std::fs::File::create(folder.path().join(name)).unwrap();
        file.set_modified(old + std::time::Duration::from_secs(age)).unwrap();
    }
    std::fs::create_dir(folder.path().join("torch-9.whl")).unwrap();
    let found = |name: &str| {
        let path = newest(&host, host.family(), &folder.path().join(name)).unwrap()?;
        Some(path.file_name().unwrap().to_str().unwrap().to_owned())
    };
    assert_eq!(found("torch-*.whl").as_deref(), Some("torch-2.14.0-cp312.whl"));
    assert_eq!(found("torch-2.15.0-cp312.whl").as_deref(), Some("torch-2.15.0-cp312.whl"));
    assert_eq!(found("torch-*-cp311.whl"), None);
    // The two halves may not share a letter.
    assert_eq!(found("torchvision*vision.whl"), None);
    assert_eq!(found("no such folder/torch-*.whl"), None);
}

#[test]
fn a_run_that_asked_for_a_restart_goes_on_after_it_and_not_before() {
    let why = || Action::Restart { why: "WSL needs a restart.".to_owned() };
    let plan = plan(vec![("one", program("tool")), ("restart", why()), ("two", program("tool"))]);
    let world = Arc::new(World::new(OsFamily::Linux).program("tool", Script::exits(0)));
    world.start_system(Some(1_000_000));
    let (outcome, code, events) = live(&world, &plan);
    assert_eq!((code, begun(&events)), (3, vec!["one", "restart"]));
    assert!(!saved(&world, &plan).history.ended, "it can be gone on with");
    assert_eq!(problem(outcome).cause, "WSL needs a restart.");
    // The clock was set; nobody restarted anything.
    world.start_system(Some(1_000_059));
    let (outcome, code, events) = live(&world, &plan);
    assert_eq!((code, begun(&events)), (3, vec!["restart"]));
    let problem = problem(outcome);
    assert!(problem.cause.ends_with("was not restarted since.") && problem.label == "restart", "{problem}");
    world.start_system(Some(1_003_000));
    let (outcome, code, events) = live(&world, &plan);
    assert_eq!((outcome, code), (Outcome::Promoted { report: None }, 0));
    assert_eq!(begun(&events), ["restart", "two"]);
}

#[test]
fn where_the_system_does_not_tell_when_it_started_the_users_word_counts() {
    let plan = plan(vec![("restart", Action::Restart { why: "WSL needs a restart.".to_owned() })]);
    let world = Arc::new(World::new(OsFamily::Linux));
    world.start_system(None);
    assert_eq!(live(&world, &plan).1, 3);
    assert_eq!(live(&world, &plan).1, 0);
}

#[test]
fn a_step_for_administrators_waits_for_one_and_names_its_command() {
    let mut plan = plan(vec![("wsl", program("tool"))]);
    plan.steps[0].admin = true;
    let world = || World::new(OsFamily::Linux).program("tool", Script::exits(0));
    let plain = Arc::new(world());
    for os in [OsFamily::Windows, OsFamily::Linux] {
        plan.os = os;
        let (outcome, code, events) = live(&plain, &plan);
        assert_eq!(code, 3);
        assert!(plain.ran().is_empty(), "it was run without rights");
        assert!(events.iter().any(|event| matches!(event.kind, EventKind::NeedsUser { .. })));
        let problem = problem(outcome);
        assert_eq!(problem.label, "needs-administrator");
        assert!(problem.cause.contains("Do wsl"), "{problem}");
        assert!(problem.to_string().contains("tool 'a b'"), "{problem}");
        assert_eq!(problem.to_string().contains("sudo tool"), os == OsFamily::Linux, "{problem}");
    }
    let elevated = Arc::new(world().elevated());
    assert_eq!(live(&elevated, &plan).1, 0);
    assert_eq!(elevated.ran().len(), 1);
}

#[test]
fn the_window_opens_once_after_a_restart_and_not_where_the_user_wants_it_otherwise() {
    use crate::host::Folders;
    let restart = || Action::Restart { why: "WSL needs a restart.".to_owned() };
    let plan = plan(vec![("restart", restart())]);
    let folders = |world: &World| Folders { program: r"C:\tw".into(), ..world.folders().clone() };
    let window = r"C:\tw\torch-wizardw.exe";
    let machine = || {
        let world = World::new(OsFamily::Windows);
        let folders = folders(&world);
        world.folders(folders).file(window, "MZ")
    };
    let world = Arc::new(machine());
    world.start_system(Some(1_000_000));
    let told = problem(live(&world, &plan).0);
    assert!(told.to_string().contains("opens again by itself"), "{told}");
    assert_eq!(world.at_log_in().unwrap().program, Path::new(window));
    // Goes on after the restart: nothing is left behind.
    world.start_system(Some(1_003_000));
    assert_eq!(live(&world, &plan).1, 0);
    assert_eq!(world.at_log_in(), None);

    let undone = Arc::new(machine());
    undone.start_system(Some(1_000_000));
    live(&undone, &plan);
    assert!(undone.at_log_in().is_some());
    rollback::roll_back(&*undone, &saved(&undone, &plan)).unwrap();
    assert_eq!(undone.at_log_in(), None);

    let off = machine();
    let path = crate::store::Settings::path(&off);
    let off = Arc::new(off.file(path, r#"{"schema": 1, "opens_after_restart": false}"#));
    let told = problem(live(&off, &plan).0);
    assert!(!told.to_string().contains("by itself"), "{told}");
    assert_eq!(off.at_log_in(), None);
    // No window beside the program, and no Windows: none of it.
    for world in [World::new(OsFamily::Windows), World::new(OsFamily::Linux).file("/p/torch-wizardw.exe", "")] {
        let world = Arc::new(world);
        live(&world, &plan);
        assert_eq!(world.at_log_in(), None);
    }
}
