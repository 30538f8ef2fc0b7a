//! Installs that are cut off: by `kill -9`, by Ctrl-C, by the network; and what `resume` and `rollback` make of them.

use crate::index_server::Mischief;
use crate::install_real::assert_stands;
use crate::shelf::versions;
use crate::world::{Running, World, files_in, processes_with, run, shelf, start, until};
use rustix::process::Signal;
use std::fs;
use std::time::{Duration, Instant};

const FAST_ENOUGH: Duration = Duration::from_secs(2);

fn torch_size() -> u64 {
    shelf().find(Some("cpu"), "torch-", &versions().0).bytes.len() as u64
}

/// Installs as far as the middle of torch's download.
fn in_the_download(world: &World, more: &[&str]) -> Running {
    world.server.misbehave("/r2/", Mischief::Throttle { per_second: 250_000 });
    let running = start(world, world.install(more));
    until("the middle of the download", || world.server.fetches("torch-").iter().any(|seen| seen.sent > 150_000));
    running
}

/// No child of the wizard, nor a child of one, is left.
fn assert_no_process(world: &World) {
    let word = world.target().display().to_string();
    until("the end of its children", || processes_with(&word).is_empty());
}

#[test]
fn a_killed_download_goes_on_where_it_was_cut() {
    let Some(world) = World::new() else { return };
    let mut running = in_the_download(&world, &[]);
    running.kill();
    assert_no_process(&world);
    assert!(!world.target().exists());
    let before = world.server.fetches("");
    world.server.behave();
    world.server.forget_seen();
    let ran = run(world.resume()).expect(0);
    assert_stands(&world, &ran);
    let after = world.server.fetches("");
    let finished = before.iter().filter(|seen| !seen.path.contains("/torch-"));
    for seen in finished {
        assert!(!after.iter().any(|again| again.path == seen.path), "fetched twice: {}", seen.path);
    }
    let torch: Vec<_> = after.iter().filter(|seen| seen.path.contains("/torch-")).collect();
    assert_eq!(torch.len(), 1, "{torch:?}");
    let from = torch[0].from.unwrap();
    assert!(from >= 100_000, "it began at {from}");
    assert_eq!((torch[0].status, from + torch[0].sent), (206, torch_size()));
}

#[test]
fn a_cancel_ends_at_once_and_can_be_gone_on_with() {
    let Some(world) = World::new() else { return };
    let mut running = in_the_download(&world, &[]);
    let began = Instant::now();
    running.signal(Signal::INT);
    let ran = running.wait(&world).expect(130);
    assert!(began.elapsed() < FAST_ENOUGH, "{:?}", began.elapsed());
    assert_eq!(ran.ended(), serde_json::json!({"kind": "ended", "exit": 130, "env": null}));
    assert!(ran.events().iter().any(|event| event["kind"] == "cancelled"));
    assert_no_process(&world);
    assert!(!world.target().exists());
    world.server.behave();
    assert_stands(&world, &run(world.resume()).expect(0));
}

/// What the second life undid of the first must be readable for the third.
#[test]
fn a_run_that_was_cancelled_and_killed_goes_on_a_second_time() {
    let Some(world) = World::new() else { return };
    let running = in_the_download(&world, &[]);
    running.signal(Signal::INT);
    let mut running = running;
    running.wait(&world).expect(130);
    world.server.forget_seen();
    let mut running = start(&world, world.resume());
    until("more of torch", || world.server.fetches("torch-").iter().any(|seen| seen.sent > 50_000));
    running.kill();
    world.server.behave();
    assert_stands(&world, &run(world.resume()).expect(0));
}

#[test]
fn a_cancel_ends_a_server_that_says_nothing() {
    let Some(world) = World::new() else { return };
    world.server.misbehave("/r2/", Mischief::Stall { after: 100_000 });
    let mut running = start(&world, world.install(&[]));
    until("the stall", || world.server.fetches("torch-").iter().any(|seen| seen.sent == 100_000));
    let began = Instant::now();
    running.signal(Signal::TERM);
    running.wait(&world).expect(130);
    assert!(began.elapsed() < FAST_ENOUGH, "{:?}", began.elapsed());
}

#[test]
fn a_cancel_ends_the_whole_tree_of_the_installer() {
    let Some(world) = World::with_tools(&["python3"]) else { return };
    world.slow_uv("pip install", "/bin/sleep 60 & wait");
    let mut running = start(&world, world.install(&[]));
    until("the installer", || world.path("slow").exists());
    let began = Instant::now();
    running.signal(Signal::INT);
    running.wait(&world).expect(130);
    assert!(began.elapsed() < FAST_ENOUGH, "{:?}", began.elapsed());
    until("the end of its children", || !world.slow_group_is_alive());
}

#[test]
fn a_connection_that_is_cut_three_times_costs_next_to_nothing() {
    let Some(world) = World::new() else { return };
    world.server.misbehave("/r2/", Mischief::Cut { after: 500_000, times: 3 });
    let ran = run(world.install(&[])).expect(0);
    assert_stands(&world, &ran);
    let fetches = world.server.fetches("torch-");
    assert_eq!(fetches.len(), 4, "{fetches:?}");
    let sent: u64 = fetches.iter().map(|seen| seen.sent).sum();
    assert!(sent * 100 <= torch_size() * 102, "{sent} of {}", torch_size());
}

#[test]
fn a_server_that_knows_no_parts_sends_the_whole_again() {
    let Some(world) = World::new() else { return };
    world.server.misbehave("/r2/", Mischief::Cut { after: 500_000, times: 1 });
    world.server.misbehave("/r2/", Mischief::IgnoreRange);
    assert_stands(&world, &run(world.install(&[])).expect(0));
    let fetches = world.server.fetches("torch-");
    assert_eq!(
        fetches.iter().map(|seen| (seen.from.is_some(), seen.status)).collect::<Vec<_>>(),
        [(false, 200), (true, 200)]
    );
}

#[test]
fn a_file_that_is_not_the_promised_one_is_thrown_away() {
    let Some(world) = World::new() else { return };
    world.server.misbehave("/r2/", Mischief::OtherContent);
    // uv reads the metadata from a file of its own, which is right.
    let ran = run(world.install(&[])).expect(1);
    assert_eq!(ran.label().as_deref(), Some("hash-mismatch"), "{}", ran.out);
    assert!(!world.target().exists());
    let kept = files_in(&world.path("wizard/cache/wheels"), 4);
    // Others that were under way are cut and kept.
    let part = format!("{}.part", shelf().find(Some("cpu"), "torch-", &versions().0).sha256);
    assert!(!kept.iter().any(|file| file.contains("torch-") || file.contains(&part)), "{kept:?}");
    // The way is clear: once the right file comes, the same run ends well.
    world.server.behave();
    assert_stands(&world, &run(world.resume()).expect(0));
}

#[test]
fn a_wizard_killed_during_the_install_step_begins_the_environment_anew() {
    let Some(world) = World::with_tools(&["python3"]) else { return };
    // A torn install: some files are there, and a grandchild that outlives its parent.
    world.slow_uv("pip install", r#"for word in "$@"; do case "$word" in *env.tw-new/bin/python) /bin/mkdir -p "${word%/bin/python}/lib/half"; esac; done
/bin/sleep 60 & wait"#);
    let mut running = start(&world, world.install(&[]));
    until("the installer", || world.path("slow").exists() && world.staging().join("lib/half").exists());
    running.kill();
    assert!(!world.target().exists());
    world.fast_uv();
    world.server.forget_seen();
    let ran = run(world.resume()).expect(0);
    assert_stands(&world, &ran);
    assert!(!world.slow_group_is_alive(), "a survivor of the killed wizard");
    assert!(!world.target().join("lib/half").exists(), "what was torn was built on");
    assert_eq!(world.server.seen(), []);
}

/// A program that the kernel ends for want of memory says nothing: the kernel's own words do.
#[test]
fn an_installer_that_the_kernel_ended_for_want_of_memory_is_known() {
    let Some(world) = World::with_tools(&["python3"]) else { return };
    world.slow_uv("pip install", "kill -KILL $$");
    world.script(
        "dmesg",
        r#"read -r up _ </proc/uptime; echo "[$up] Out of memory: Killed process 7 (uv) total-vm:9kB""#,
    );
    let ran = run(world.install(&[])).expect(1);
    let diagnosed: Vec<_> = ran.events().into_iter().filter(|event| event["kind"] == "diagnosed").collect();
    assert_eq!(diagnosed.len(), 1, "{}", ran.out);
    assert_eq!(diagnosed[0]["label"], "host-oom-build");
    assert!(diagnosed[0]["evidence"]["text"].as_str().unwrap().contains("Killed process 7 (uv)"), "{}", diagnosed[0]);
    let log = fs::read_to_string(world.run_folder().join("install.log")).unwrap();
    let number = usize::try_from(diagnosed[0]["evidence"]["line"].as_u64().unwrap()).unwrap();
    assert!(log.lines().nth(number - 1).unwrap().contains("Killed process 7 (uv)"), "{log}");
    assert_eq!(ran.label().as_deref(), Some("host-oom-build"));
    world.fast_uv();
    assert_stands(&world, &run(world.resume()).expect(0));
}

/// There is no first moment at which a child runs and would be left behind: this one kills the wizard before it does
/// anything else.
#[test]
fn a_wizard_killed_by_the_installers_first_word_leaves_none_of_it() {
    let Some(world) = World::with_tools(&["python3"]) else { return };
    world.slow_uv("pip install", "/bin/sleep 600 & kill -KILL $PPID; wait");
    let mut running = start(&world, world.install(&[]));
    running.wait(&world);
    assert!(world.path("slow").exists(), "the installer never began");
    until("the end of its children", || !world.slow_group_is_alive());
    world.fast_uv();
    assert_stands(&world, &run(world.resume()).expect(0));
}

#[test]
fn a_wizard_killed_during_the_verification_verifies_again() {
    let Some(mut world) = World::new() else { return };
    world.set("TW_TEST_HOLD", world.path("go"));
    let mut running = start(&world, world.install(&[]));
    until("the verification", || fs::read_to_string(world.path("stdout")).unwrap().contains("\"check\":\"import\""));
    running.kill();
    assert_no_process(&world);
    assert!(!world.target().exists() && world.staging().exists());
    fs::write(world.path("go"), "").unwrap();
    let ran = run(world.resume()).expect(0);
    assert_stands(&world, &ran);
    let steps: Vec<_> = ran
        .events()
        .into_iter()
        .filter(|event| event["kind"] == "started")
        .map(|event| event["step"].clone())
        .collect();
    assert_eq!(steps, ["verify", "promote"]);
}

/// Where in the last step the wizard is killed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cut {
    /// Nothing has been moved.
    Before,
    /// The replaced environment is aside, the new one not yet in its place.
    Between,
    /// The new one is in its place and not yet registered.
    After,
}

/// Installs up to the last step, in which the moves are done and registering never ends: the registry is a pipe that
/// nobody writes to.
fn held_before_promote(world: &mut World, more: &[&str]) -> Running {
    world.set("TW_TEST_HOLD", world.path("go"));
    let running = start(world, world.install(more));
    until("the verification", || fs::read_to_string(world.path("stdout")).unwrap().contains("\"check\":\"import\""));
    let registry = world.path("wizard/data/environments.json");
    fs::remove_file(&registry).ok();
    rustix::fs::mknodat(rustix::fs::CWD, &registry, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
    fs::write(world.path("go"), "").unwrap();
    running
}

/// An environment stands, a new one is to replace it, and the wizard dies in the last step.
fn killed_in_promote(mut world: World, cut: Cut) -> World {
    run(world.install(&[])).expect(0);
    fs::write(world.target().join("old"), "").unwrap();
    let registry = world.path("wizard/data/environments.json");
    let before = fs::read(&registry).unwrap();
    let mut running = held_before_promote(&mut world, &["--replace"]);
    until("the moves", || world.aside().exists() && world.target().exists() && !world.staging().exists());
    running.kill();
    fs::remove_file(&registry).unwrap();
    fs::write(&registry, before).unwrap();
    if cut != Cut::After {
        fs::rename(world.target(), world.staging()).unwrap();
    }
    if cut == Cut::Before {
        fs::rename(world.aside(), world.target()).unwrap();
    }
    world
}

#[test]
fn a_wizard_killed_in_the_last_step_ends_it_at_the_next_go() {
    for cut in [Cut::Before, Cut::Between, Cut::After] {
        let Some(world) = World::new() else { return };
        let world = killed_in_promote(world, cut);
        let ran = run(world.resume()).expect(0);
        assert_stands(&world, &ran);
        assert!(!world.target().join("old").exists(), "{cut:?}");
    }
}

#[test]
fn a_wizard_killed_in_the_last_step_gives_the_old_environment_back() {
    for cut in [Cut::Before, Cut::Between, Cut::After] {
        let Some(world) = World::new() else { return };
        let world = killed_in_promote(world, cut);
        let ran = run(world.wizard(&["rollback"])).expect(0);
        assert!(world.target().join("old").exists(), "{cut:?}: {}", ran.out);
        assert_eq!(files_in(&world.path("place"), 1), ["env"], "{cut:?}");
        assert_eq!(world.registry().len(), 1, "{cut:?}");
        assert_eq!(run(world.resume()).code, 1, "{cut:?}: there is nothing to go on with");
        let listed = run(world.wizard(&["envs", "list"])).expect(0);
        assert!(listed.out.contains(world.target().to_str().unwrap()), "{}", listed.out);
    }
}

#[test]
fn a_new_environment_that_was_moved_and_not_registered_is_undone_as_well() {
    let Some(mut world) = World::new() else { return };
    let mut running = held_before_promote(&mut world, &[]);
    until("the move", || world.target().exists());
    running.kill();
    fs::remove_file(world.path("wizard/data/environments.json")).unwrap();
    let ran = run(world.wizard(&["rollback"])).expect(0);
    assert_eq!(files_in(&world.path("place"), 1), [""; 0], "{}", ran.out);
    assert!(ran.out.contains("was removed"), "{}", ran.out);
}

#[test]
fn rollback_after_a_killed_download_leaves_nothing_but_the_wheels() {
    let Some(world) = World::new() else { return };
    in_the_download(&world, &[]).kill();
    let ran = run(world.wizard(&["rollback"])).expect(0);
    assert!(ran.out.contains("env.tw-new was removed"), "{}", ran.out);
    assert_eq!(files_in(&world.path("place"), 1), [""; 0]);
    assert_eq!(run(world.resume()).code, 1);
    // The next install takes the bytes that are there.
    world.server.behave();
    world.server.forget_seen();
    assert_stands(&world, &run(world.install(&[])).expect(0));
    assert!(world.server.fetches("torch-")[0].from.is_some());
}

#[test]
fn a_second_wizard_keeps_its_hands_off_the_first_ones_work() {
    let Some(world) = World::new() else { return };
    let mut running = in_the_download(&world, &[]);
    for words in [&["resume"][..], &["rollback"]] {
        let refused = run(world.wizard(words)).expect(1);
        assert!(refused.err.contains("Another torch-wizard is working"), "{words:?}: {}", refused.err);
    }
    let refused = run(world.install(&[])).expect(1);
    assert!(refused.err.contains("Another torch-wizard is working"), "{}", refused.err);
    world.server.behave();
    assert_stands(&world, &running.wait(&world).expect(0));
    assert_eq!(files_in(&world.path("wizard/data/runs"), 1).len(), 1, "the refused one left a run");
}
