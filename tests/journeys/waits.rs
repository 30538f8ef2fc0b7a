//! Runs that wait for the user, and containers that outlive the wizard that started them.

use crate::container;
use crate::shelf::versions;
use crate::world::{Ran, World, run, start, tools, until};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::Path;
use torch_wizard::plan::{Action, Plan};

/// The plan of an install with these steps alone, saved as a run that was approved and not begun.
fn saved(world: &World, change: impl Fn(&mut Plan)) {
    let mut plan: Plan = serde_json::from_str(&run(world.plan(&["--json"])).expect(0).out).unwrap();
    change(&mut plan);
    fs::create_dir_all(&plan.places.run).unwrap();
    fs::write(plan.places.run.join("plan.json"), serde_json::to_vec(&plan).unwrap()).unwrap();
}

/// Puts a restart before the steps of a plan.
fn with_restart(plan: &mut Plan) {
    let mut restart = plan.steps[0].clone();
    "restart".clone_into(&mut restart.key);
    restart.action = Action::Restart { why: "WSL is switched on when Windows is restarted.".to_owned() };
    plan.steps.insert(0, restart);
}

/// The journal as it would be, had this system been started at another time when the run began to wait.
fn started_earlier(journal: &Path) {
    let text = fs::read_to_string(journal).unwrap();
    let lines = text.lines().map(|line| {
        let Some((head, rest)) = line.split_once("\"booted\":") else { return line.to_owned() };
        let event = head.split_once("\"event\":").unwrap().1;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let booted = digits.parse::<u64>().unwrap() - 3600;
        let event = format!("{event}\"booted\":{booted}{}", &rest[digits.len()..rest.len() - 1]);
        let sum: String = Sha256::digest(&event).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{{\"sum\":\"{}\",\"event\":{event}}}", &sum[..8])
    });
    let text: Vec<String> = lines.collect();
    fs::write(journal, text.join("\n")).unwrap();
}

fn steps(ran: &Ran) -> Vec<String> {
    let events = ran.events().into_iter().filter(|event| event["kind"] == "started");
    events.map(|event| event["step"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_install_that_needs_a_restart_ends_with_3_and_goes_on_after_it() {
    let Some(world) = World::new() else { return };
    saved(&world, with_restart);
    for _ in 0..2 {
        let waiting = run(world.resume()).expect(3);
        assert_eq!(steps(&waiting), ["restart"]);
        assert_eq!(waiting.label().as_deref(), Some("restart"));
        assert_eq!(waiting.ended(), serde_json::json!({"kind": "ended", "exit": 3, "env": null}));
        assert!(!world.target().exists() && !world.staging().exists());
    }
    let told = run(world.wizard(&["resume"])).expect(3);
    assert!(told.err.contains("WSL is switched on") && told.err.contains("torch-wizard resume"), "{}", told.err);
    started_earlier(&world.run_folder().join("journal.jsonl"));
    let ran = run(world.resume()).expect(0);
    assert_eq!(steps(&ran)[..2], ["restart", "environment"]);
    assert!(world.target().exists());
    assert_eq!(run(world.resume()).code, 1, "there is nothing to go on with");
}

#[test]
fn a_run_that_waits_can_be_undone() {
    let Some(world) = World::new() else { return };
    saved(&world, |plan| {
        let config = plan.target.with_file_name("config");
        let mut write = plan.steps[0].clone();
        "config".clone_into(&mut write.key);
        write.action =
            Action::WriteFile { path: config, text: "new\n".to_owned(), kept: Some(plan.places.run.join("kept")) };
        with_restart(plan);
        plan.steps.insert(0, write);
    });
    fs::write(world.path("place/config"), "old\n").unwrap();
    run(world.resume()).expect(3);
    assert_eq!(fs::read_to_string(world.path("place/config")).unwrap(), "new\n");
    let ran = run(world.wizard(&["rollback"])).expect(0);
    assert!(ran.out.contains("config is as it was before."), "{}", ran.out);
    assert_eq!(fs::read_to_string(world.path("place/config")).unwrap(), "old\n");
}

/// A docker whose containers go on when the program that started them is killed, as real ones do.
fn detaching(world: &World) {
    let script = fs::read_to_string(world.path("bin/docker")).unwrap();
    let python = format!("exec {}/bin/python \"$@\"", world.path("image").display());
    assert!(script.contains(&python), "{script}");
    let apart = format!(
        "exec 3<&0; /usr/bin/setsid {}/bin/python \"$@\" <&3 & echo $! >\"$cid\"; wait $!",
        world.path("image").display()
    );
    let script = script
        .replace(&python, &apart)
        .replace(
            "run)\n",
            "run)\n    for word; do case \"$word\" in --cidfile=*) cid=${word#--cidfile=} ;; esac; done\n",
        )
        .replace("rm) ;;", "rm) kill -9 \"$3\" 2>/dev/null || true ;;");
    fs::write(world.path("bin/docker"), script).unwrap();
}

fn is_alive(id: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['Z', 'X']))
}

#[test]
fn a_container_that_outlived_its_wizard_is_ended_by_the_next_one() {
    for undone in [false, true] {
        let Some(mut world) = container::world() else { return };
        detaching(&world);
        world.set("TW_TEST_HOLD", world.path("go"));
        let (torch, _) = versions();
        let words = container::wheels(&torch, &tools().unwrap().python_version);
        let mut running = start(&world, world.install(&words));
        let begun = || fs::read_to_string(world.path("stdout")).unwrap().contains("\"check\":\"import\"");
        until("the verification", begun);
        let id_file = world.run_folder().join("verify.container");
        let id = fs::read_to_string(&id_file).unwrap().trim().to_owned();
        running.kill();
        assert!(is_alive(&id), "this docker's containers should outlive their wizard");
        if undone {
            let ran = run(world.wizard(&["rollback"])).expect(0);
            assert!(ran.out.contains("docker image rm localhost/torch-wizard:"), "{}", ran.out);
            assert!(!world.staging().exists());
        } else {
            let mut again = start(&world, world.resume());
            until("the end of the old container", || !is_alive(&id));
            fs::write(world.path("go"), "").unwrap();
            // The card is a simulated one, which is never called proven.
            let ran = again.wait(&world).expect(1);
            assert_eq!(steps(&ran), ["verify", "promote"]);
            assert!(world.target().join("compose.yaml").exists());
        }
        assert!(!is_alive(&id) && !id_file.exists());
        let asked = fs::read_to_string(world.path("asked")).unwrap();
        assert!(asked.contains(&format!("[rm][--force][{id}]")), "{asked}");
    }
}

#[test]
fn a_cancelled_verification_leaves_no_container() {
    let Some(mut world) = container::world() else { return };
    detaching(&world);
    world.set("TW_TEST_HOLD", world.path("go"));
    let (torch, _) = versions();
    let words = container::wheels(&torch, &tools().unwrap().python_version);
    let mut running = start(&world, world.install(&words));
    until("the verification", || fs::read_to_string(world.path("stdout")).unwrap().contains("\"check\":\"import\""));
    let id = fs::read_to_string(world.run_folder().join("verify.container")).unwrap().trim().to_owned();
    running.signal(rustix::process::Signal::INT);
    running.wait(&world).expect(130);
    assert!(!is_alive(&id));
}
