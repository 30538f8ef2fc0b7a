//! Environments over time: what is wrong with them, what they were, and how they are had back.

use crate::repair::machine;
use crate::shelf::versions;
use crate::world::{World, run, tools};
use serde_json::Value;

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
