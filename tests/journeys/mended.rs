//! From a failure to a mended state: what a tool says is diagnosed, and the command that the answer names is run.

use crate::index_server::Mischief;
use crate::install_real::assert_stands;
use crate::repair::{self, machine};
use crate::world::{Ran, World, run, start, until};
use serde_json::Value;
use std::fs;

/// What the program makes of a text.
fn diagnosed(world: &World, text: &str) -> Value {
    let log = world.path("log.txt");
    fs::write(&log, text).unwrap();
    let ran = run(world.wizard(&["diagnose", log.to_str().unwrap(), "--json"])).expect(0);
    serde_json::from_str(&ran.out).unwrap()
}

/// Runs what the answer says the program can do by itself.
#[track_caller]
fn mend(world: &World, answer: &Value, more: &[&str]) -> Ran {
    assert_eq!(answer["fix"]["automatic"], true, "{answer}");
    let command = answer["fix"]["commands"][0].as_str().unwrap();
    let target = world.target();
    let words: Vec<&str> = command.strip_prefix("torch-wizard ").unwrap().split(' ').collect();
    let words = words.iter().map(|word| if *word == "ENV" { target.to_str().unwrap() } else { word });
    let words: Vec<&str> = words.chain(more.iter().copied()).collect();
    run(world.wizard(&words))
}

#[test]
fn what_a_repair_mends_is_mended_by_the_command_of_its_diagnosis() {
    for (log, label, variant) in [
        // Of torch/cuda/__init__.py.
        ("AssertionError: Torch not compiled with CUDA enabled\n", "cpu-only-wheel", "cpu"),
        // Of the dispatcher, when torchvision's library belongs to another torch.
        ("RuntimeError: operator torchvision::nms does not exist\n", "torchvision-mismatch", "cu130"),
        // Of pip, when a removal was cut.
        (
            "WARNING: Ignoring invalid distribution ~orch (/x/lib/python3.12/site-packages)\n",
            "interrupted-install",
            "cu130",
        ),
    ] {
        let Some(world) = machine(variant) else { return };
        match label {
            "torchvision-mismatch" => repair::install_companion_of(&world, "cpu"),
            "interrupted-install" => repair::leave_over(&world),
            _ => {}
        }
        let answer = diagnosed(&world, log);
        assert_eq!(answer["label"], label, "{answer}");
        let mirror = world.server.torch();
        let ran = mend(&world, &answer, &["--index-url", &mirror, "--yes", "--json"]);
        assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{label}: {}", ran.err);
        assert_eq!(repair::versions_in(&world), repair::wanted("cu130"), "{label}");
        assert!(!repair::site_packages(&world).join("~orch").exists());
    }
}

/// Debian's own Python refuses packages, in the words of pip.
#[test]
fn where_the_systems_python_refuses_an_environment_of_its_own_is_made() {
    let Some(world) = World::new() else { return };
    let said = "error: externally-managed-environment\n\n× This environment is externally managed\n\
                ╰─> To install Python packages system-wide, try apt install python3-xyz\n";
    let answer = diagnosed(&world, said);
    assert_eq!(answer["label"], "externally-managed", "{answer}");
    let words = world.words(&[], &["--yes", "--json"]);
    let words: Vec<&str> = words.iter().map(|word| word.to_str().unwrap()).collect();
    assert_stands(&world, &mend(&world, &answer, &words).expect(0));
}

#[test]
fn a_file_that_was_not_the_promised_one_is_fetched_again() {
    let Some(world) = World::new() else { return };
    world.server.misbehave("/r2/", Mischief::OtherContent);
    run(world.install(&[])).expect(1);
    let log = fs::read_to_string(world.run_folder().join("install.log")).unwrap();
    let answer = diagnosed(&world, &log);
    assert_eq!(answer["label"], "hash-mismatch", "{log}");
    world.server.behave();
    assert_stands(&world, &mend(&world, &answer, &["--json"]).expect(0));
}

#[test]
fn an_install_whose_network_broke_goes_on() {
    let Some(world) = World::new() else { return };
    world.server.misbehave("/r2/", Mischief::Stall { after: 100_000 });
    let mut running = start(&world, world.install(&[]));
    until("the stall", || world.server.fetches("torch-").iter().any(|seen| seen.sent == 100_000));
    running.kill();
    let answer = diagnosed(&world, "The connection to download.pytorch.org broke (operation timed out).\n");
    assert_eq!(answer["label"], "network-timeout", "{answer}");
    world.server.behave();
    assert_stands(&world, &mend(&world, &answer, &["--json"]).expect(0));
}

#[test]
fn an_installer_that_dies_without_a_word_is_told_by_its_signal() {
    let Some(world) = World::with_tools(&["python3"]) else { return };
    world.slow_uv("pip install", "kill -ILL $$");
    let ran = run(world.install(&[])).expect(1);
    let diagnosed: Vec<_> = ran.events().into_iter().filter(|event| event["kind"] == "diagnosed").collect();
    assert_eq!(diagnosed.len(), 1, "{}", ran.out);
    assert_eq!(
        (&diagnosed[0]["label"], ran.label().as_deref()),
        (&"illegal-instruction".into(), Some("illegal-instruction"))
    );
    let failed = ran.events().into_iter().find(|event| event["kind"] == "failed").unwrap();
    let next: Vec<&str> =
        failed["problem"]["next"].as_array().unwrap().iter().filter_map(|next| next["command"].as_str()).collect();
    assert_eq!(next, ["torch-wizard resume", "torch-wizard rollback"], "{failed}");
    let again = self::diagnosed(&world, &fs::read_to_string(world.run_folder().join("install.log")).unwrap());
    assert_eq!(
        (&again["label"], &again["evidence"]),
        (&diagnosed[0]["label"], &diagnosed[0]["evidence"]),
        "the command says the same"
    );
    world.fast_uv();
    assert_stands(&world, &run(world.resume()).expect(0));
}
