//! What goes wrong is said in words: cause, what changed, next step; and nothing is left half-done.

use crate::index_server::Mischief;
use crate::world::{Ran, World, files_in, run, tools};
use std::fs;

/// The three parts of a message, and these words in it.
#[track_caller]
fn assert_says(ran: &Ran, words: &[&str]) {
    let mut lines = ran.err.lines().skip_while(|line| !line.starts_with("error: "));
    let cause = lines.next().unwrap_or_default();
    assert!(cause.len() > 20, "no cause in\n{}\n{}", ran.out, ran.err);
    let changed = lines.next().unwrap_or_default();
    assert!(changed.starts_with("  ") && changed.len() > 10, "nothing on what changed in\n{}", ran.err);
    assert!(lines.next().is_some_and(|line| line.starts_with("  → ")), "no next step in\n{}", ran.err);
    for word in words {
        assert!(ran.err.contains(word), "{word:?} is not in\n{}", ran.err);
    }
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
}

/// Runs a command that must fail and must not touch anything a user sees.
#[track_caller]
fn refused(world: &World, words: Vec<std::ffi::OsString>, code: i32, says: &[&str]) {
    let before = world.seen_by_user();
    let mut command = world.wizard(&[]);
    command.args(words);
    let ran = run(command).expect(code);
    assert_says(&ran, says);
    assert_eq!(world.seen_by_user(), before);
    assert!(!world.path("wizard/data/runs").exists() || files_in(&world.path("wizard/data/runs"), 1).is_empty());
}

fn install(world: &World, more: &[&str]) -> Vec<std::ffi::OsString> {
    world.words(&["install", "--yes"], more)
}

#[test]
fn a_place_that_cannot_be_written_is_found_out_before_anything_is_fetched() {
    let Some(world) = World::new() else { return };
    // Nobody can make a folder in /proc, root included.
    let words = ["install", "--yes", "--route", "cpu", "--env", "/proc/env", "--index-url", &world.server.torch()];
    refused(&world, words.map(Into::into).to_vec(), 1, &["You cannot write in /proc", "--env"]);
    assert_eq!(world.server.fetches("").len(), 0);
}

#[test]
fn a_place_that_no_environment_can_have_is_refused() {
    let Some(world) = World::new() else { return };
    for place in ["/", "/tmp/a:b"] {
        let words = ["install", "--yes", "--route", "cpu", "--env", place, "--index-url", &world.server.torch()];
        refused(&world, words.map(Into::into).to_vec(), 2, &["cannot hold an environment"]);
    }
}

#[test]
fn spaces_and_other_scripts_in_a_path_are_no_trouble() {
    for engine in ["uv", "pip"] {
        let Some(world) = World::new() else { return };
        let target = world.path("place/x y/Käse 測試/env");
        let mut command = world.wizard(&["install", "--yes", "--route", "cpu", "--engine", engine, "--index-url"]);
        command.arg(world.server.torch()).arg("--env").arg(&target);
        let ran = run(command).expect(0);
        assert!(ran.out.contains("Käse 測試"), "{}", ran.out);
        let script = run(world.command(target.join("bin/torchrun"))).expect(0);
        assert!(script.out.starts_with("torchrun"), "{engine}: {}", script.out);
        assert_eq!(files_in(target.parent().unwrap(), 1), ["env"]);
        // What it prints for activation is right for a shell.
        let line = ran.out.lines().find_map(|line| line.strip_prefix("Use it:  ")).unwrap();
        let mut sh = world.command("/bin/bash");
        sh.args(["-c", &format!("{line} && python -c 'import torch, sys; print(sys.prefix)'")]);
        assert_eq!(run(sh).expect(0).out.trim(), target.to_str().unwrap());
    }
}

#[test]
fn a_python_that_is_too_old_is_refused_with_its_version() {
    let Some(world) = World::new() else { return };
    let told = r#"{"version":"3.8.10","implementation":"cpython","bits":64,"free_threaded":false}"#;
    let old = world.script("python3.8", &format!("echo '{told}'"));
    let before = world.seen_by_user();
    let mut command = world.wizard(&[]);
    command.args(install(&world, &["--python"])).arg(&old);
    let ran = run(command).expect(1);
    assert_says(&ran, &["3.8"]);
    assert_eq!(world.seen_by_user(), before);
    refused(&world, install(&world, &["--python", "3.8"]), 1, &["3.8", "--python"]);
    refused(&world, install(&world, &["--python", "no-such-thing"]), 2, &["--python", "neither a version"]);
}

#[test]
fn without_a_network_nothing_is_begun() {
    let Some(mut world) = World::new() else { return };
    // A port that nobody listens on.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nowhere = format!("http://127.0.0.1:{port}");
    world.set("UV_DEFAULT_INDEX", format!("{nowhere}/simple"));
    let words = vec![
        "install".into(),
        "--yes".into(),
        "--route".into(),
        "cpu".into(),
        "--index-url".into(),
        format!("{nowhere}/whl").into(),
        "--env".into(),
        world.target().into(),
    ];
    refused(&world, words, 1, &["reached"]);
}

#[test]
fn a_proxy_that_refuses_is_named() {
    let Some(mut world) = World::new() else { return };
    world.server.misbehave("http://", Mischief::Status(407));
    let proxy = world.server.torch().replace("/whl", "");
    world.set("HTTP_PROXY", &proxy);
    world.set("http_proxy", &proxy);
    world.set("UV_DEFAULT_INDEX", "http://index.invalid/simple");
    let words = vec![
        "install".into(),
        "--yes".into(),
        "--route".into(),
        "cpu".into(),
        "--index-url".into(),
        "http://torch.invalid/whl".into(),
        "--env".into(),
        world.target().into(),
    ];
    refused(&world, words, 1, &["reached"]);
    let detected = run(world.wizard(&["detect"])).expect(0);
    assert!(detected.out.contains("proxy") && detected.out.contains("407"), "{}", detected.out);
}

#[test]
fn a_torch_index_without_torch_is_no_ground_for_a_guess() {
    for status in [403, 404, 500] {
        let Some(world) = World::new() else { return };
        world.server.misbehave("/whl/", Mischief::Status(status));
        refused(&world, install(&world, &[]), 1, &["torch==", "index"]);
    }
}

#[test]
fn a_page_that_is_no_index_is_no_empty_index() {
    for mischief in [Mischief::Garbage, Mischief::LoginPage] {
        let Some(world) = World::new() else { return };
        world.server.misbehave("/whl/", mischief);
        world.server.misbehave("/simple/", mischief);
        refused(&world, install(&world, &[]), 1, &["Route cpu"]);
    }
}

#[test]
fn a_company_index_that_refuses_is_named_as_such() {
    // pip and uv ask a server that is out of order again and again: once is enough here.
    let all = [
        (Mischief::Status(403), &["uv", "pip"][..]),
        (Mischief::Garbage, &["uv", "pip"]),
        (Mischief::Status(500), &["uv"]),
    ];
    for (mischief, engines) in all {
        let Some(world) = World::new() else { return };
        for project in ["filelock", "typing-extensions"] {
            world.server.misbehave(&format!("/simple/{project}"), mischief);
        }
        for engine in engines {
            refused(&world, install(&world, &["--engine", engine]), 1, &["index"]);
        }
    }
}

#[test]
fn an_unknown_package_is_named() {
    let Some(world) = World::new() else { return };
    for engine in ["uv", "pip"] {
        refused(
            &world,
            install(&world, &["--engine", engine, "--with", "no-such-package"]),
            1,
            &["no-such-package", "--with"],
        );
    }
}

#[test]
fn words_that_cannot_be_followed_are_an_error_of_usage() {
    let Some(world) = World::new() else { return };
    for (words, says) in [
        (&["--with", "https://host.example/x.whl"][..], "--with"),
        (&["--with", "./x.whl"], "--with"),
        (&["--with", "torch >> 2"], "--with"),
        (&["--with", "x\n--index-url http://evil"], "--with"),
        (&["--variant", "cuda13"], "--variant"),
        (&["--torch", "newest"], "--torch"),
    ] {
        refused(&world, install(&world, words), 2, &[says]);
    }
    let words = ["install", "--yes", "--index-url", "ftp://host.example/whl"];
    refused(&world, words.map(Into::into).to_vec(), 2, &["--index-url"]);
}

#[test]
fn a_decimal_comma_changes_no_figure() {
    let Some(mut world) = World::new() else { return };
    world.set("LC_ALL", "de_DE.UTF-8");
    world.set("LANG", "de_DE.UTF-8");
    // A driver that prints numbers by the user's language.
    world.script(
        "nvidia-smi",
        "echo 'NVIDIA GeForce RTX 5070, 581,57, 12,0, 12227 MiB, 0x2F0410DE, GPU-3f8e5a1c, 00000000:01:00.0'",
    );
    let detected = run(world.wizard(&["detect", "--json"])).expect(0);
    let detected: serde_json::Value = serde_json::from_str(&detected.out).unwrap();
    let cards = detected["gpus"].as_array().cloned().unwrap_or_default();
    for card in cards {
        let capability = &card["compute_capability"];
        assert!(capability.is_null() || capability == "12.0", "{card}");
    }
    let ran = run(world.install(&[])).expect(0);
    assert_eq!(ran.ended()["exit"], 0);
}

#[test]
fn a_hanging_or_babbling_nvidia_smi_holds_nobody_up() {
    for script in
        ["exec /bin/sleep 600", "echo 'Segmentation fault (core dumped)'", "/bin/head -c 200000 /dev/urandom", "exit 9"]
    {
        let Some(world) = World::new() else { return };
        world.script("nvidia-smi", script);
        let began = std::time::Instant::now();
        let detected = run(world.wizard(&["detect", "--json"])).expect(0);
        assert!(began.elapsed() < std::time::Duration::from_secs(9), "{script}: {:?}", began.elapsed());
        let detected: serde_json::Value = serde_json::from_str(&detected.out).unwrap();
        assert_eq!(detected["gpus"].as_array().map(Vec::len).unwrap_or_default(), 0, "{detected}");
        let probe =
            detected["probes"].as_array().unwrap().iter().find(|probe| probe["name"] == "nvidia-smi").unwrap().clone();
        assert!(["unknown", "timed-out"].contains(&probe["outcome"].as_str().unwrap()), "{script}: {probe}");
    }
}

#[test]
fn a_card_that_nobody_knows_is_blocked_and_not_guessed() {
    let Some(mut world) = World::new() else { return };
    world.simulate("driver=620.10\ncuda=13040\ngpu=NVIDIA GeForce RTX 6070|16384|13|0|3f04");
    refused(&world, install(&world, &["--route", "wheel"]), 1, &["13.0", "RTX 6070", "--route cpu"]);
    let advised = run(world.wizard(&["advise", "--json", "--index-url", &world.server.torch()])).expect(1);
    let advised: serde_json::Value = serde_json::from_str(&advised.out).unwrap();
    assert!(advised["wait"]["for"].as_str().unwrap().contains("sm_130"), "{}", advised["wait"]);
    assert_eq!(advised["recommended"], serde_json::Value::Null);
    assert!(
        advised["routes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|route| route["route"] == "cpu" && route["verdict"] == "works")
    );
}

#[test]
fn a_damaged_journal_is_named_and_undone_by_its_plan() {
    let Some(mut world) = World::new() else { return };
    world.replay("cpu-wheel.jsonl");
    run(world.install(&[])).expect(1);
    let journal = world.run_folder().join("journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, text.replacen("environment", "enwironment", 1)).unwrap();
    let ran = run(world.wizard(&["resume"])).expect(1);
    assert_says(&ran, &["damaged", "journal.jsonl", "rollback"]);
    assert!(world.staging().exists(), "nothing is changed by a refusal");
    let ran = run(world.wizard(&["rollback"])).expect(0);
    assert!(ran.out.contains("env.tw-new was removed"), "{}", ran.out);
    assert_eq!(files_in(&world.path("place"), 1), [""; 0]);
    world.replay("cpu-run.jsonl");
    run(world.install(&[])).expect(0);
}

#[test]
fn a_damaged_plan_is_set_aside_and_the_place_can_be_used_again() {
    let Some(mut world) = World::new() else { return };
    world.replay("cpu-wheel.jsonl");
    run(world.install(&[])).expect(1);
    fs::write(world.run_folder().join("plan.json"), "{").unwrap();
    let ran = run(world.wizard(&["resume"])).expect(1);
    assert_says(&ran, &["plan.json"]);
    assert!(!world.target().exists());
    world.replay("cpu-run.jsonl");
    run(world.install(&[])).expect(0);
    assert_eq!(files_in(&world.path("place"), 1), ["env"]);
    assert!(run(world.wizard(&["resume"])).expect(1).err.contains("No interrupted install"));
}

#[test]
fn a_damaged_registry_is_set_aside_and_a_newer_one_left_alone() {
    let Some(world) = World::new() else { return };
    let data = world.path("wizard/data");
    fs::create_dir_all(&data).unwrap();
    for name in ["environments.json", "settings.json"] {
        for broken in ["{ not json", "", "\u{0}\u{0}\u{0}", "{\"schema\":1,\"environments\":7,\"torch_mirror\":7}"] {
            fs::write(data.join(name), broken).unwrap();
            let ran = run(world.wizard(&["envs", "list"])).expect(2);
            assert_says(&ran, &[name, "set aside"]);
            let aside =
                files_in(&data, 1).into_iter().find(|file| file.starts_with(&format!("{name}.broken"))).unwrap();
            assert_eq!(fs::read_to_string(data.join(&aside)).unwrap(), broken);
            fs::remove_file(data.join(aside)).unwrap();
            run(world.wizard(&["envs", "list"])).expect(0);
        }
        let newer = "{\"schema\":99,\"environments\":[],\"new\":1}";
        fs::write(data.join(name), newer).unwrap();
        let ran = run(world.wizard(&["envs", "list"])).expect(2);
        assert_says(&ran, &[name, "newer torch-wizard"]);
        assert_eq!(fs::read_to_string(data.join(name)).unwrap(), newer);
        fs::remove_file(data.join(name)).unwrap();
    }
}

#[test]
fn what_is_not_built_yet_says_so() {
    let Some(world) = World::new() else { return };
    let ran = run(world.wizard(&["bundle", "folder"])).expect(2);
    assert!(ran.err.contains("not in this version"), "{}", ran.err);
    assert_eq!(ran.out, "");
}

#[test]
fn a_failed_install_ends_its_json_all_the_same() {
    let Some(world) = World::new() else { return };
    fs::create_dir(world.target()).unwrap();
    let ran = run(world.install(&[])).expect(1);
    assert_eq!(ran.ended(), serde_json::json!({"kind": "ended", "exit": 1, "env": null}), "{}", ran.err);
    let ran = run(world.resume()).expect(1);
    assert_eq!(ran.ended(), serde_json::json!({"kind": "ended", "exit": 1, "env": null}), "{}", ran.err);
}

#[test]
fn an_install_asks_first_and_without_a_terminal_asks_for_yes() {
    let Some(world) = World::new() else { return };
    refused(&world, world.words(&["install"], &[]), 2, &["--yes"]);
    assert!(tools().is_some());
}
