use super::*;
use crate::facts::OsFamily;
use crate::host::fake::{Script, World};
use crate::run::journal::{History, SavedRun};
use crate::run::{RunEvent, Surroundings, run};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

const CARD: &[u8] = include_bytes!("../../../tests/recorded/cpu-run.jsonl");

fn step(key: &str, action: Action, writes: &[&str]) -> PlanStep {
    let (title, silence) = (format!("Do {key}"), String::new());
    let writes = writes.iter().map(PathBuf::from).collect();
    PlanStep { key: key.to_owned(), title, action, writes, weight: 1, silence, admin: false }
}

fn command(words: &[&str]) -> Action {
    Action::Run { command: CommandSpec::new(words[0], words[1..].iter().copied()) }
}

/// An environment that is built, proven and moved by programs, as inside a distribution.
fn inside_wsl() -> (Plan, World) {
    let mut plan = rollback::tests::run(None).plan;
    let home = r"\\wsl.localhost\Ubuntu\home\me";
    let (target, staging) = (format!(r"{home}\torch"), format!(r"{home}\torch.tw-new"));
    (plan.target, plan.staging) = (target.clone().into(), staging.clone().into());
    plan.inside = Inside::Wsl { program: "wsl.exe".into(), distribution: "Ubuntu".to_owned() };
    let verify = Action::Verify { python: "bin/python".into(), device: "cpu".to_owned(), inside: plan.inside.clone() };
    plan.steps = vec![
        step("environment", command(&["make"]), &[&staging]),
        step("install", command(&["fill"]), &[&staging]),
        step("verify", verify, &[]),
        step("move", command(&["mv"]), &[&target]),
        step("register", Action::Register { at: target.into() }, &[]),
    ];
    let mut world = World::new(OsFamily::Linux);
    for name in ["make", "fill", "mv"] {
        world = world.program(name, Script::exits(0));
    }
    (plan, world.program("wsl.exe", Script::prints(CARD)))
}

/// The same made at its place from the beginning.
fn in_place_in_wsl() -> (Plan, World) {
    let (mut plan, world) = inside_wsl();
    let target = plan.target.clone();
    plan.steps.retain(|step| step.key != "move");
    for step in plan.steps.iter_mut().filter(|step| !step.writes.is_empty()) {
        step.writes = vec![target.clone()];
    }
    (plan, world)
}

/// The run as a killed wizard left it: these steps are done, this one was begun.
fn left(world: &World, plan: &Plan, done: &[&str], open: Option<&str>) -> SavedRun {
    let mut journal = crate::run::journal::Journal::open(world, &plan.places.run).unwrap();
    let mut add = |step: &str, kind: EventKind| {
        journal.add(&RunEvent { time: String::new(), step: Some(step.to_owned()), kind }).unwrap();
    };
    for step in done {
        add(step, EventKind::Started { title: String::new() });
        add(step, EventKind::Finished);
    }
    if let Some(step) = open {
        add(step, EventKind::Started { title: String::new() });
    }
    let folder = plan.places.run.clone();
    SavedRun { history: History::read(world, &folder).unwrap(), plan: plan.clone(), folder }
}

/// Steps of the next life.
fn next_life(world: World, plan: &Plan) -> Vec<String> {
    let mut begun = Vec::new();
    let surroundings = Surroundings {
        host: Arc::new(world),
        address: &str::to_owned,
        expected: &|_, _| None,
        circumstances: crate::verify::Circumstances::default(),
        offline: true,
        interactive: false,
        cancel: &AtomicBool::new(false),
        sink: &mut |event| {
            if let EventKind::Started { .. } = event.kind {
                begun.extend(event.step.clone());
            }
        },
    };
    run(plan, surroundings);
    begun
}

/// Steps that are done, the one that was open, whether the environment is there; the steps of the next life.
type Case<'a> = (&'a [&'a str], Option<&'a str>, bool, &'a [&'a str]);

#[test]
fn what_an_installer_left_half_done_is_begun_anew_wherever_it_stands() {
    let cases: [Case<'_>; 5] = [
        (&["environment"], Some("install"), true, &["environment", "install", "verify", "move", "register"]),
        (&["environment", "install"], Some("verify"), true, &["verify", "move", "register"]),
        // Its folder is gone meanwhile.
        (&["environment", "install"], Some("verify"), false, &["environment", "install", "verify", "move", "register"]),
        (&["environment", "install", "verify"], None, true, &["verify", "move", "register"]),
        (&[], Some("environment"), false, &["environment", "install", "verify", "move", "register"]),
    ];
    for (done, open, is_there, expected) in cases {
        let (plan, world) = inside_wsl();
        let world = if is_there { world.dir(&plan.staging) } else { world };
        left(&world, &plan, done, open);
        assert_eq!(next_life(world, &plan), expected, "{done:?} {open:?} {is_there}");
    }
}

#[test]
fn the_same_is_true_of_an_environment_that_is_made_at_its_place() {
    let cases: [Case<'_>; 3] = [
        (&["environment"], Some("install"), true, &["environment", "install", "verify", "register"]),
        (&["environment", "install"], Some("verify"), true, &["verify", "register"]),
        (&["environment", "install", "verify"], Some("register"), true, &["verify", "register"]),
    ];
    for (done, open, is_there, expected) in cases {
        let (plan, world) = in_place_in_wsl();
        let world = if is_there { world.dir(&plan.target) } else { world };
        left(&world, &plan, done, open);
        assert_eq!(next_life(world, &plan), expected, "{done:?} {open:?} {is_there}");
    }
    for (done, open, is_removed) in [(&["environment"][..], "install", true), (&[][..], "elsewhere", false)] {
        let (plan, world) = in_place_in_wsl();
        let world = world.file(format!(r"{}\pyvenv.cfg", plan.target.display()), "");
        let run = left(&world, &plan, done, Some(open));
        let told = rollback::roll_back(&world, &run).unwrap();
        assert_eq!(told.contains("torch was removed."), is_removed, "{told}");
        assert_eq!(world.ran().len(), usize::from(is_removed));
    }
}

#[test]
fn what_is_changed_in_place_on_this_system_is_never_thrown_away() {
    let (mut plan, world) = in_place_in_wsl();
    (plan.inside, plan.distro) = (Inside::Here, None);
    plan.steps.retain(|step| step.key != "verify");
    let world = world.file(format!(r"{}\pyvenv.cfg", plan.target.display()), "");
    let run = left(&world, &plan, &["environment"], Some("install"));
    rollback::roll_back(&world, &run).unwrap();
    assert!(world.ran().is_empty() && world.meta(&plan.target).is_some());
    left(&world, &plan, &["environment"], Some("install"));
    assert_eq!(next_life(world, &plan), ["install", "register"]);
}

#[test]
fn a_move_that_was_done_and_not_noted_is_not_done_twice() {
    let (plan, world) = inside_wsl();
    let world = world.dir(&plan.target);
    left(&world, &plan, &["environment", "install", "verify"], Some("move"));
    assert_eq!(next_life(world, &plan), ["register"]);
    let (plan, world) = inside_wsl();
    let world = world.dir(&plan.staging);
    left(&world, &plan, &["environment", "install", "verify"], Some("move"));
    assert_eq!(next_life(world, &plan), ["move", "register"]);
}

#[test]
fn linux_removes_what_stands_in_linux() {
    for (done, open, there, said) in [
        (&["environment"][..], Some("install"), "torch.tw-new", "torch.tw-new was removed."),
        (&["environment", "install", "verify", "move"], Some("register"), "torch", r"torch was removed."),
        (&["environment", "install", "verify"], Some("move"), "torch", r"torch was removed."),
    ] {
        let (plan, world) = inside_wsl();
        let world = world.dir(format!(r"\\wsl.localhost\Ubuntu\home\me\{there}"));
        let run = left(&world, &plan, done, open);
        let told = rollback::roll_back(&world, &run).unwrap();
        assert!(told.contains(said) && told.contains("What was set up of WSL stays."), "{told}");
        let ran: Vec<String> = world.ran().iter().map(|command| command.args.join(" ")).collect();
        let path = format!("/home/me/{there}");
        assert_eq!(ran, [format!("--distribution Ubuntu --cd ~ --exec rm -rf -- {path}")], "{open:?}");
    }
}

#[test]
fn a_container_that_a_killed_wizard_left_is_ended_before_anything_else() {
    let mut plan = rollback::tests::run(None).plan;
    let inside = Inside::Container {
        program: "docker".into(),
        options: vec!["--ipc=host".to_owned()],
        image: "a/b:1".to_owned(),
    };
    let verify = Action::Verify { python: "python3".into(), device: "cpu".to_owned(), inside: inside.clone() };
    plan.steps = vec![step("verify", verify, &[])];
    plan.inside = inside;
    for resumed in [true, false] {
        let world = World::new(OsFamily::Linux)
            .program("docker", Script::prints(CARD))
            .program_with("docker", &["rm", "--force", "4f3a"], Script::exits(1).stderr("no such container"))
            .file("/d/runs/1/verify.container", "4f3a\n");
        let run = left(&world, &plan, &[], Some("verify"));
        let ran: Vec<CommandSpec> = if resumed {
            let world = Arc::new(world);
            let host: Arc<dyn Host> = Arc::<World>::clone(&world);
            let surroundings = Surroundings {
                host,
                address: &str::to_owned,
                expected: &|_, _| None,
                circumstances: crate::verify::Circumstances::default(),
                offline: true,
                interactive: false,
                cancel: &AtomicBool::new(false),
                sink: &mut |_| {},
            };
            crate::run::run(&plan, surroundings);
            assert!(world.meta(Path::new("/d/runs/1/verify.container")).is_none());
            world.ran()
        } else {
            let told = rollback::roll_back(&world, &run).unwrap();
            assert!(told.contains("docker image rm a/b:1"), "{told}");
            world.ran()
        };
        assert_eq!(ran[0].args, ["rm", "--force", "4f3a"]);
        let Some(proof) = ran.get(1) else { continue };
        assert!(resumed);
        let words: Vec<&str> = proof.args.iter().map(String::as_str).collect();
        let id_file = format!("--cidfile={}", plan.places.run.join("verify.container").display());
        let expected = ["run", "--rm", "--interactive", "--ipc=host", &id_file, "a/b:1", "python3"];
        assert_eq!(words[..7], expected);
        assert_eq!(proof.stdin.as_deref(), Some(crate::verify::VERIFY_PY.as_str()));
    }
}
