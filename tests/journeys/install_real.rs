//! Installs that go well, by uv and by pip.

use crate::shelf::versions;
use crate::world::{Ran, World, files_in, run, shelf, shelf_without_hashes, tools};
use std::fs;
use std::path::Path;

/// Python code run in an environment.
pub fn python(world: &World, environment: &Path, code: &str) -> String {
    let mut command = world.command(environment.join("bin/python"));
    command.args(["-c", code]);
    run(command).expect(0).out.trim().to_owned()
}

/// Files below a folder whose content holds a text; Python corrects the paths in compiled files when it loads them.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let holds = |file: &String| {
        if file.ends_with(".pyc") {
            return false;
        }
        let bytes = fs::read(folder.join(file)).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    files_in(folder, 9).into_iter().filter(holds).collect()
}

/// What every finished environment is: it works from its place, holds no trace of where it was built, is known.
#[track_caller]
pub fn assert_stands(world: &World, ran: &Ran) {
    let (torch, _) = versions();
    let target = world.target();
    assert_eq!(ran.ended()["env"], target.to_str().unwrap());
    // uv makes its own folder when it is asked for its Pythons.
    let home: Vec<String> = files_in(&world.path("home"), 9);
    assert!(home.iter().all(|file| file.starts_with(".local")), "{home:?}");
    assert_eq!(python(world, &target, "import torch, torchvision; print(torch.__version__)"), format!("{torch}+cpu"));
    let script = run(world.command(target.join("bin/torchrun"))).expect(0);
    assert_eq!(script.out, format!("torchrun {torch}+cpu\n"));
    assert_eq!(files_with(&target, "env.tw-new"), [""; 0], "the place where it was built");
    let files = files_in(&target, 9);
    assert!(!files.iter().any(|file| file.ends_with("direct_url.json")), "{files:?}");
    assert_eq!(files_in(&world.path("place"), 1), ["env"]);
    let registry = world.registry();
    assert_eq!(registry.len(), 1, "{registry:?}");
    assert_eq!(registry[0]["path"], target.to_str().unwrap());
    assert_eq!((&registry[0]["route"], &registry[0]["variant"]), (&"cpu".into(), &"cpu".into()));
    assert!(["no-gpu", "cpu-only"].contains(&registry[0]["verdict"].as_str().unwrap()));
    // One folder a lock, whatever the number of environments: uv knows by it what it has unpacked already.
    assert_eq!(files_in(&world.path("wizard/cache/links"), 1).len(), 1);
}

/// The pip of the environment works from its place, and sees what is in it.
#[track_caller]
fn assert_pip_works(world: &World) {
    let mut pip = world.command(world.target().join("bin/pip"));
    pip.args(["list", "--format", "freeze"]);
    assert!(run(pip).expect(0).out.contains(&format!("torch=={}+cpu", versions().0)));
}

/// Times are RFC 3339, the fraction never falls, the last line is the end, every step that began finished.
#[track_caller]
fn assert_keeps_the_contract(ran: &Ran) {
    let mut events = ran.events();
    let ended = events.pop().unwrap();
    assert_eq!((&ended["kind"], &ended["exit"]), (&"ended".into(), &ran.code.into()));
    let kinds = ["started", "progress", "log", "quiet", "finished", "failed", "diagnosed", "verified", "cancelled"];
    let (mut fraction, mut open) = (0.0, Vec::new());
    for event in &events {
        let time = event["time"].as_str().unwrap();
        assert!(time.parse::<jiff::Timestamp>().is_ok() && time.ends_with('Z'), "{time}");
        let kind = event["kind"].as_str().unwrap();
        assert!(kinds.contains(&kind), "{event}");
        match kind {
            "started" => open.push(event["step"].clone()),
            "finished" => assert_eq!(open.pop().as_ref(), Some(&event["step"])),
            "progress" => {
                let now = event["fraction"].as_f64().unwrap();
                assert!(now >= fraction && now <= 1.0, "{event} after {fraction}");
                // A tool that tells no bytes is counted in units of its own.
                if event["unit"].is_null() && event["step_fraction"].is_null() {
                    let (done, total) = (event["done_bytes"].as_u64(), event["total_bytes"].as_u64());
                    assert!(total.is_some() && done <= total, "{event}");
                } else if event["unit"].is_null() {
                    let share = event["step_fraction"].as_f64().unwrap();
                    assert!((0.0..=1.0).contains(&share), "{event}");
                } else {
                    let total = event["units_total"].as_u64().unwrap_or(u64::MAX);
                    assert!(event["units_done"].as_u64().unwrap() <= total, "{event}");
                }
                fraction = now;
            }
            _ => {}
        }
    }
    assert_eq!(open, [""; 0]);
    assert!(events.iter().any(|event| event["verified"]["verdict"].is_string()), "no verdict");
}

#[test]
fn an_install_on_the_processor_leaves_a_working_registered_environment() {
    let Some(world) = World::new() else { return };
    let ran = run(world.install(&[])).expect(0);
    assert_stands(&world, &ran);
    assert_pip_works(&world);
    assert_keeps_the_contract(&ran);
    let listed = run(world.wizard(&["envs", "list", "--json"])).expect(0);
    let listed: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!(listed["environments"][0]["state"], "ok", "{listed}");
    // Nothing is left to go on with.
    assert_eq!(run(world.wizard(&["resume"])).code, 1);
}

#[test]
fn an_environment_is_only_replaced_when_asked_for() {
    let Some(world) = World::new() else { return };
    run(world.install(&[])).expect(0);
    let mark = world.target().join("mark");
    fs::write(&mark, "mine").unwrap();
    let before = files_in(&world.path("place"), 9);
    let refused = run(world.install(&[])).expect(1);
    assert!(refused.err.contains("is there already") && refused.err.contains("--replace"), "{}", refused.err);
    assert_eq!(files_in(&world.path("place"), 9), before);
    let ran = run(world.install(&["--replace"])).expect(0);
    assert!(!mark.exists());
    assert_stands(&world, &ran);
}

#[test]
fn a_folder_that_is_no_environment_is_never_replaced() {
    let Some(world) = World::new() else { return };
    fs::create_dir(world.target()).unwrap();
    fs::write(world.target().join("thesis.txt"), "mine").unwrap();
    let refused = run(world.install(&["--replace"])).expect(1);
    assert!(refused.err.contains("is no Python environment"), "{}", refused.err);
    assert_eq!(files_in(&world.path("place"), 2), ["env", "env/thesis.txt"]);
}

#[test]
fn pip_makes_the_same_environment() {
    let Some(world) = World::new() else { return };
    let ran = run(world.install(&["--engine", "pip"])).expect(0);
    assert_stands(&world, &ran);
    assert_pip_works(&world);
    assert_keeps_the_contract(&ran);
    // Everything that was installed came through our downloader, by the lock.
    assert_eq!(world.server.fetches("").len(), 5, "{:?}", world.server.seen());
}

#[test]
fn pip_does_it_where_no_uv_is_and_none_can_be_fetched() {
    let Some(world) = World::with_tools(&["python3"]) else { return };
    let ran = run(world.install(&[])).expect(0);
    assert!(world.server.seen().iter().any(|seen| seen.path == "/simple/uv/"), "uv was not asked for");
    assert_stands(&world, &ran);
    let log = fs::read_to_string(world.run_folder().join("install.log")).unwrap();
    assert!(log.contains("-m pip install"), "{log}");
}

#[test]
fn a_file_without_a_hash_is_hashed_here_and_held_to_it_afterwards() {
    let Some(mut world) = World::with_shelf(&["uv", "python3"], shelf_without_hashes) else { return };
    // The verification fails, so that there is something to resume.
    world.replay("cpu-wheel.jsonl");
    run(world.install(&[])).expect(1);
    let journal = fs::read_to_string(world.run_folder().join("journal.jsonl")).unwrap();
    let shelf = shelf();
    let wheel = shelf.find(Some("cpu"), "torch-", &versions().0);
    // Planning needs the metadata alone; uv would fetch the whole wheel to compute the hash that the index lacks.
    let fetched: u64 = world.server.fetches(&wheel.file).iter().map(|seen| seen.sent).sum();
    assert!(fetched <= wheel.bytes.len() as u64 * 11 / 10, "{fetched} of {}", wheel.bytes.len());
    let hashed = format!("\"kind\":\"hashed\",\"file\":\"{}\",\"sha256\":\"{}\"", wheel.file, wheel.sha256);
    assert!(journal.contains(&hashed), "{journal}");
    let pins = fs::read_to_string(world.run_folder().join("pins.txt")).unwrap();
    assert!(pins.contains(&wheel.sha256), "{pins}");
    assert_eq!(pins.lines().filter(|line| line.contains("--hash=sha256:")).count(), 5, "{pins}");
    // The half-made environment is lost: the wheels are taken from the store, this one by the hash that was noted.
    fs::remove_dir_all(world.staging()).unwrap();
    world.server.forget_seen();
    world.replay("cpu-run.jsonl");
    let ran = run(world.resume()).expect(0);
    assert_eq!(world.server.seen(), []);
    assert_stands(&world, &ran);
}

#[test]
fn a_further_package_comes_from_the_companys_index() {
    let Some(world) = World::new() else { return };
    run(world.install(&["--with", "plain-extra"])).expect(0);
    assert_eq!(python(&world, &world.target(), "import plain_extra; print(plain_extra.version)"), "1.0");
}

#[test]
fn an_interpreter_named_by_its_path_is_taken_wherever_it_lies() {
    let Some(world) = World::with_tools(&["uv"]) else { return };
    let python = world.path("home/my python");
    std::os::unix::fs::symlink(&tools().unwrap().python, &python).unwrap();
    run(world.install(&["--python", python.to_str().unwrap()])).expect(0);
    let text = fs::read_to_string(world.target().join("pyvenv.cfg")).unwrap();
    assert!(text.contains(&tools().unwrap().python_version), "{text}");
}

#[test]
fn settings_that_would_bend_an_install_are_named_and_change_nothing() {
    let Some(mut world) = World::new() else { return };
    let plain = run(world.plan(&["--format", "pylock"])).expect(0).out;
    fs::write(world.path("uv.toml"), "no-index = true\nindex-url = \"http://127.0.0.1:1/evil\"\n").unwrap();
    fs::write(world.path("pip.conf"), "[global]\nno-index = true\nindex-url = http://127.0.0.1:1/evil\n").unwrap();
    fs::write(world.path("evil.txt"), "filelock==0.0.1\n").unwrap();
    let evil = world.path("evil.txt");
    let hostile: [(&str, &str); 27] = [
        ("UV_NO_INDEX", "1"),
        ("UV_CONSTRAINT", evil.to_str().unwrap()),
        ("UV_OVERRIDE", evil.to_str().unwrap()),
        ("UV_BUILD_CONSTRAINT", evil.to_str().unwrap()),
        ("UV_EXCLUDE_NEWER", "2001-01-01"),
        ("UV_INDEX_STRATEGY", "unsafe-first-match"),
        ("UV_PRERELEASE", "allow"),
        ("UV_RESOLUTION", "lowest"),
        ("UV_TORCH_BACKEND", "cu118"),
        ("UV_OFFLINE", "1"),
        ("UV_SYSTEM_PYTHON", "1"),
        ("UV_PYTHON", "3.7"),
        ("UV_LINK_MODE", "symlink"),
        ("UV_NO_BINARY", "1"),
        ("UV_REQUIRE_HASHES", "1"),
        ("UV_CACHE_DIR", "/proc/nowhere"),
        ("PIP_NO_INDEX", "1"),
        ("PIP_CONSTRAINT", evil.to_str().unwrap()),
        ("PIP_TARGET", "/proc/nowhere"),
        ("PIP_PREFIX", "/proc/nowhere"),
        ("PIP_USER", "1"),
        ("PIP_NO_BINARY", ":all:"),
        ("PIP_REQUIRE_VIRTUALENV", "0"),
        ("PYTHONHOME", "/proc/nowhere"),
        ("PYTHONPATH", "/proc/nowhere"),
        ("PYTHONSTARTUP", "/proc/nowhere"),
        ("VIRTUAL_ENV", "/proc/nowhere"),
    ];
    for (name, value) in hostile {
        world.set(name, value);
    }
    assert_eq!(run(world.plan(&["--format", "pylock"])).expect(0).out, plain);
    let text = run(world.plan(&[])).expect(0).out;
    let named = text.lines().find(|line| line.starts_with("not passed on")).unwrap();
    for (name, _) in hostile {
        assert!(named.contains(name), "{name} is not in: {named}");
    }
    for engine in ["uv", "pip"] {
        run(world.install(&["--engine", engine, "--replace"])).expect(0);
        for (name, _) in hostile.iter().filter(|(name, _)| name.starts_with("PYTHON")) {
            world.unset(name);
        }
        assert_eq!(
            python(&world, &world.target(), "import torch; print(torch.__version__)"),
            format!("{}+cpu", versions().0)
        );
    }
}

#[test]
fn a_simulated_card_is_never_proven() {
    let Some(mut world) = World::new() else { return };
    let card = "driver=581.57\ncuda=13000\ngpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04";
    world.simulate(card);
    world.replay("rtx5070-healthy.jsonl");
    let ran = run(world.install(&["--route", "wheel"]));
    let verdict = ran.events().into_iter().rfind(|event| event["verified"].is_object());
    let ran = ran.expect(1);
    let verdict = verdict.unwrap()["verified"].clone();
    assert_eq!((&verdict["verdict"], &verdict["label"]), (&"incomplete".into(), &"simulated".into()), "{verdict}");
    assert!(!ran.out.contains("\"proven\""), "{}", ran.out);
    let listed = run(world.wizard(&["verify", world.target().to_str().unwrap()]));
    assert_eq!(listed.code, 1, "{}", listed.err);
    assert!(!listed.out.contains("proven: "), "{}", listed.out);
}
