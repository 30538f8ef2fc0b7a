//! Environments over time: what is wrong with them, what they were, and how they are had back.

use crate::repair::{self, machine};
use crate::shelf::versions;
use crate::world::{World, run, tools};
use serde_json::Value;
use std::fs;

fn json(world: &World, words: &[&str], code: i32) -> Value {
    let ran = run(world.wizard(&[words, &["--json"]].concat())).expect(code);
    serde_json::from_str(&ran.out).unwrap()
}

/// A PC with a known environment, whose torch is one for the card.
fn known_machine() -> Option<World> {
    let world = machine("cu130")?;
    run(world.wizard(&["envs", "adopt", world.target().to_str().unwrap()])).expect(0);
    Some(world)
}

#[test]
fn a_check_tells_at_once_who_brought_a_torch_for_the_processor() {
    let Some(world) = known_machine() else { return };
    let sound = run(world.wizard(&["envs", "check", "env"])).expect(0).out;
    assert!(sound.ends_with("Nothing is wrong with its files.\n"), "{sound}");
    // As a user does it, who wants one package more.
    let mut command = world.command(world.target().join("bin/python"));
    command.args(["-m", "pip", "install", "--quiet", "--index-url", &world.server.pypi(), "--extra-index-url"]);
    command.args([&format!("{}/cpu", world.server.torch()), "drags==1.0"]);
    run(command).expect(0);
    let (torch, vision) = versions();
    let place = world.target().display().to_string();
    let python = &tools().unwrap().python_version;
    let text = run(world.wizard(&["envs", "check", "env"])).expect(1).out;
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[1].starts_with(&format!("  torch 2.9.1+cpu (cpu), Python {python}")), "{text}");
    assert_eq!(lines[0], place);
    assert_eq!(
        lines[2..],
        [
            "  not verified".to_owned(),
            format!("- torch 2.9.1+cpu is a build for the processor; before it was torch {torch}+cu130."),
            "- drags 1.0 brought it: it was installed together with it and asks for torch==2.9.1.".to_owned(),
            format!("- torchvision {vision}+cu130 is made for another torch: it asks for torch=={torch}."),
            format!("  → Repair it: torch-wizard envs repair \"{place}\""),
        ]
    );
    let answer = json(&world, &["envs", "check", "env"], 1);
    assert_eq!((&answer["state"], &answer["variant"]), (&"changed".into(), &"cpu".into()));
    assert_eq!(answer["findings"][1]["code"], "check-brought-by");
    assert!(answer["milliseconds"].as_u64().unwrap() < 50, "{answer}");
    let gone = run(world.wizard(&["envs", "check", "nowhere"])).expect(1);
    assert!(gone.err.contains("is not there"), "{}", gone.err);
}

/// Takes a snapshot of the environment; answers with what was said of it.
fn snapshot(world: &World) -> Value {
    json(world, &["envs", "snapshot", "env"], 0)
}

#[test]
fn a_snapshot_is_held_against_what_the_environment_became() {
    let Some(world) = World::new() else { return };
    run(world.install(&[])).expect(0);
    let taken = snapshot(&world);
    let bytes = fs::metadata(taken["path"].as_str().unwrap()).unwrap().len();
    assert!(bytes < 200_000 && taken["bytes"] == bytes, "{taken}");
    assert_eq!(taken["packages"], taken["with_wheel"], "each was put there by a run of ours: {taken}");
    let saved: Value = serde_json::from_slice(&fs::read(taken["path"].as_str().unwrap()).unwrap()).unwrap();
    assert_eq!((&saved["schema"], &saved["verdict"]), (&1.into(), &"no-gpu".into()), "{saved}");
    let asked: Vec<&str> = saved["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| package["requested"] == true)
        .map(|package| package["name"].as_str().unwrap())
        .collect();
    assert_eq!(asked, ["pip", "torch", "torchvision"]);
    let name = taken["name"].as_str().unwrap();
    let same = run(world.wizard(&["envs", "diff", name, "env"])).expect(0).out;
    assert!(same.ends_with("\nNothing is different.\n"), "{same}");

    // One package more, one less, and a file of torch that somebody wrote to.
    let library = repair::site_packages(&world).join("torch/lib/libtorch_test.so");
    let mut content = fs::read(&library).unwrap();
    content[1_000] ^= 1;
    fs::remove_file(&library).unwrap();
    fs::write(&library, content).unwrap();
    let mut command = world.command(&tools().unwrap().uv);
    command.args(["pip", "install", "--quiet", "--no-cache", "plain-extra==1.0", "--python"]).arg(world.target());
    run(command).expect(0);
    let mut command = world.command(&tools().unwrap().uv);
    command.args(["pip", "uninstall", "--quiet", "filelock", "--python"]).arg(world.target());
    run(command).expect(0);
    let other = run(world.wizard(&["envs", "diff", name, "env"])).expect(1).out;
    let lines: Vec<&str> = other.lines().skip(2).collect();
    assert_eq!(
        lines,
        ["- filelock 4.2.11", "+ plain-extra 1.0", "! b: torch/lib/libtorch_test.so is not what was installed"],
        "{other}"
    );
    let answer = json(&world, &["envs", "diff", name, "env"], 1);
    assert_eq!((&answer["same"], &answer["added"][0]["name"]), (&false.into(), &"plain-extra".into()), "{answer}");
    assert_eq!(answer["files"][0]["what"], "changed", "{answer}");
    // A file of the user's own serves as well.
    let copy = world.path("mine.json");
    run(world.wizard(&["envs", "snapshot", "env", "-o", copy.to_str().unwrap()])).expect(0);
    run(world.wizard(&["envs", "diff", copy.to_str().unwrap(), name])).expect(1);
    let unknown = run(world.wizard(&["envs", "diff", "nobody", "env"])).expect(1);
    assert!(unknown.err.contains("nobody is neither an environment nor a snapshot"), "{}", unknown.err);
}
