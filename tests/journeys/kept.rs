//! Environments over time: what is wrong with them, what they were, and how they are had back.

use crate::index_server::Mischief;
use crate::index_server::wheels::sha256;
use crate::repair::{self, machine};
use crate::shelf::versions;
use crate::world::{World, files_in, run, tools};
use serde_json::Value;
use std::collections::BTreeMap;
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
    assert!(answer["milliseconds"].as_u64().unwrap() < 1_000, "{answer}");
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

/// Hashes of all files of packages, by path.
fn files_of_packages(world: &World) -> BTreeMap<String, String> {
    let site = repair::site_packages(world);
    let of_wheel = |file: &String| {
        !["REQUESTED", "INSTALLER", "RECORD", "uv_cache.json"].iter().any(|name| file.ends_with(name))
            && !file.contains("__pycache__")
    };
    let files = files_in(&site, 10).into_iter().filter(of_wheel).filter(|file| site.join(file).is_file());
    files.map(|file| (file.clone(), sha256(&fs::read(site.join(&file)).unwrap()))).collect()
}

/// What other hands do to an environment: a package more, one less, one of another version.
fn disturb(world: &World) {
    let python = world.target().join("bin/python");
    let mut pip = world.command(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--index-url", &world.server.pypi(), "--extra-index-url"]);
    pip.args([&format!("{}/cpu", world.server.torch()), "drags==1.0"]);
    run(pip).expect(0);
    let mut pip = world.command(&python);
    pip.args(["-m", "pip", "uninstall", "--quiet", "--yes", "plain-extra"]);
    run(pip).expect(0);
}

#[test]
fn an_environment_becomes_again_what_a_snapshot_says() {
    let Some(mut world) = known_machine() else { return };
    let before = files_of_packages(&world);
    let name = snapshot(&world)["name"].as_str().unwrap().to_owned();
    let mirror = world.server.torch();
    let words = ["envs", "restore", "env", &name, "--index-url", &mirror];
    let same = run(world.wizard(&words)).expect(0).out;
    assert_eq!(same, format!("{} is what it was then.\n", world.target().display()));
    disturb(&world);
    assert_ne!(files_of_packages(&world), before);
    let text = run(world.wizard(&[&words[..], &["--format", "text"]].concat())).expect(0).out;
    assert!(text.contains("becomes again what it was on"), "{text}");
    assert_ne!(files_of_packages(&world), before, "a look changes nothing");

    // With a driver that does not run that torch nothing is fetched to fail in its proof.
    let disturbed = files_of_packages(&world);
    world.simulate(&repair::CARD.replace("581.57", "516.94").replace("13000", "11070"));
    let refused = run(world.wizard(&[&words[..], &["--yes"]].concat())).expect(1);
    assert!(refused.err.contains("does not run on this PC"), "{}", refused.err);
    assert_eq!(files_of_packages(&world), disturbed);
    world.simulate(repair::CARD);

    // What is not proven is undone.
    world.replay("rtx5070-wrong-softmax.jsonl");
    run(world.wizard(&[&words[..], &["--yes"]].concat())).expect(1);
    assert_eq!(files_of_packages(&world), disturbed);
    run(world.wizard(&["rollback"])).expect(0);

    world.replay("rtx5070-healthy.jsonl");
    let ran = run(world.wizard(&[&words[..], &["--yes", "--json"]].concat()));
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}", ran.err);
    assert_eq!(files_of_packages(&world), before);
    assert!(!ran.err.contains("not in everything"), "{}", ran.err);
    run(world.wizard(&["envs", "diff", &name, "env"])).expect(0);
    assert_eq!(files_in(&world.target(), 1).iter().filter(|file| file.starts_with(".torch-wizard")).count(), 0);
}

#[test]
fn what_cannot_be_had_again_is_told_before_anything_changes() {
    let Some(world) = repair::with_own_package() else { return };
    let name = snapshot_of(&world);
    let mirror = world.server.torch();
    let place = world.path("place/like it");
    let clone = ["envs", "clone", "env", place.to_str().unwrap(), "--index-url", &mirror, "--yes"];
    let lost = run(world.wizard(&clone)).expect(1).out;
    assert_eq!(
        lost,
        "These packages cannot be had again, so nothing was changed:\n  \
         mine 1.0: it came from file:///home/me/mine and from no index\n"
    );
    assert!(!place.exists());
    // A version that the index has dropped.
    let site = repair::site_packages(&world);
    fs::rename(site.join("plain_extra-0.9.dist-info"), site.join("plain_extra-0.8.dist-info")).unwrap();
    let older = snapshot_of(&world);
    fs::rename(site.join("plain_extra-0.8.dist-info"), site.join("plain_extra-0.9.dist-info")).unwrap();
    let before = files_of_packages(&world);
    let words = ["envs", "restore", "env", &older, "--index-url", &mirror];
    let answer = json(&world, &words, 1);
    let expected =
        serde_json::json!([{"name": "plain-extra", "version": "0.8", "why": "no index has this version of it"}]);
    assert_eq!((&answer["lost"], &answer["same"]), (&expected, &false.into()));
    assert_eq!(files_of_packages(&world), before);
    assert_ne!(name, older);
}

/// Takes a snapshot of an environment that is not in the list; answers with its name.
fn snapshot_of(world: &World) -> String {
    run(world.wizard(&["envs", "adopt", world.target().to_str().unwrap()]));
    snapshot(world)["name"].as_str().unwrap().to_owned()
}

#[test]
fn a_clone_has_the_same_files_and_the_original_is_not_touched() {
    let Some(world) = World::new() else { return };
    run(world.install(&[])).expect(0);
    let before = files_of_packages(&world);
    let place = world.path("place/like it");
    let words = ["envs", "clone", "env", place.to_str().unwrap(), "--yes"];
    run(world.wizard(&words)).expect(0);
    assert_eq!(files_of_packages(&world), before);
    let same = run(world.wizard(&["envs", "diff", "env", place.to_str().unwrap()])).expect(0).out;
    assert!(same.ends_with("Nothing is different.\n"), "{same}");
    assert_eq!(world.registry().len(), 2);
    let taken = run(world.wizard(&words)).expect(1);
    assert!(taken.err.contains("is there already"), "{}", taken.err);

    // The wheels are kept here; without them the server has to be there.
    fs::remove_dir_all(world.path("wizard/cache")).unwrap();
    world.server.misbehave("filelock", Mischief::Status(404));
    let other = world.path("place/other");
    let lost = run(world.wizard(&["envs", "clone", "env", other.to_str().unwrap(), "--yes"])).expect(1).out;
    assert!(lost.contains("  filelock 4.2.11: the server of its wheel answers 404"), "{lost}");
    world.server.behave();
    run(world.wizard(&["envs", "clone", "env", other.to_str().unwrap(), "--yes"])).expect(0);
    run(world.wizard(&["envs", "diff", "env", other.to_str().unwrap()])).expect(0);
}

#[test]
fn a_guard_makes_pip_refuse_what_wants_another_torch() {
    let Some(mut world) = known_machine() else { return };
    // pip's settings are what this is about.
    world.unset("PIP_CONFIG_FILE");
    let (torch, vision) = versions();
    let held = format!("torch=={torch}+cu130, torchvision=={vision}+cu130");
    let place = world.target().display().to_string();
    let off = run(world.wizard(&["envs", "guard", "env", "status"])).expect(0).out;
    assert_eq!(off, format!("{place}: nothing is held.\n"));
    let on = run(world.wizard(&["envs", "guard", "env", "on"])).expect(0).out;
    assert!(on.starts_with(&format!("{place}: pip holds {held}.\n")), "{on}");
    let pip = |what: &str| {
        let mut pip = world.command(world.target().join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--index-url", &world.server.pypi(), "--extra-index-url"]);
        pip.args([&format!("{}/cpu", world.server.torch()), what]);
        run(pip)
    };
    let before = repair::versions_in(&world);
    let refused = pip("drags==1.0").expect(1);
    assert!(refused.err.contains("conflicting dependencies"), "{}", refused.err);
    // The torch of that index is another build of the same release.
    pip(&format!("torch=={torch}")).expect(0);
    assert_eq!(repair::versions_in(&world), before);
    pip("plain-extra==1.0").expect(0);
    assert!(repair::versions_in(&world).contains(&"plain_extra=1.0".to_owned()), "all else may come");
    let uv_constraint = json(&world, &["envs", "guard", "env", "status"], 0)["uv_constraint"].clone();
    let uv = |with_guard: bool| {
        let mut uv = world.command(&tools().unwrap().uv);
        uv.args(["pip", "install", "--dry-run", "--index-strategy", "unsafe-best-match", "drags==1.0", "--python"]);
        uv.arg(world.target()).args(["--find-links", &format!("{}/cpu/torch/", world.server.torch())]);
        if with_guard {
            uv.env("UV_CONSTRAINT", uv_constraint.as_str().unwrap());
        }
        run(uv)
    };
    assert!(uv(true).expect(1).err.contains("your requirements are unsatisfiable"));
    uv(false).expect(0);
    run(world.wizard(&["envs", "guard", "env", "off"])).expect(0);
    assert!(!world.target().join("pip.conf").exists() && !world.target().join("torch-wizard-guard.txt").exists());
    pip("drags==1.0").expect(0);
    let after = json(&world, &["envs", "guard", "env", "status"], 0);
    assert_eq!(after["guard"], "off");
}

#[test]
fn an_environment_is_entered_among_the_kernels_of_jupyter_and_taken_back() {
    let Some(world) = known_machine() else { return };
    let place = world.target().display().to_string();
    let kernel = |what: &str, code: i32| run(world.wizard(&["envs", "kernel", "env", what])).expect(code);
    let refused = kernel("on", 1);
    assert!(refused.err.contains("has no ipykernel"), "{}", refused.err);
    assert!(refused.err.contains(&format!("\"{place}/bin/python\" -m pip install ipykernel")), "{}", refused.err);
    let info = repair::site_packages(&world).join("ipykernel-7.1.0.dist-info");
    fs::create_dir(&info).unwrap();
    fs::write(info.join("METADATA"), "Metadata-Version: 2.1\nName: ipykernel\nVersion: 7.1.0\n").unwrap();
    kernel("on", 0);
    let entered = json(&world, &["envs", "kernel", "env", "status"], 0);
    let folder = entered["folder"].as_str().unwrap();
    let spec: Value = serde_json::from_slice(&fs::read(format!("{folder}/kernel.json")).unwrap()).unwrap();
    assert_eq!((&entered["kernel"], &spec["argv"][0]), (&"on".into(), &format!("{place}/bin/python").into()));
    // What a kernel of ours starts is found again as any kernel's.
    run(world.wizard(&["envs", "forget", "env"])).expect(0);
    run(world.wizard(&["envs", "adopt", &format!("{folder}/kernel.json")])).expect(0);
    assert_eq!(world.registry()[0]["path"], place.as_str());
    run(world.wizard(&["envs", "remove", "env", "--yes"])).expect(0);
    assert!(!fs::exists(folder).unwrap(), "Jupyter would offer what is gone");
    // The entry of a folder that is gone can be taken back all the same.
    let off = run(world.wizard(&["envs", "kernel", &place, "off"])).expect(0).out;
    assert_eq!(off, format!("{place}: it is no kernel of Jupyter.\n"));
}

/// What the check names as the way out has to be one.
#[test]
fn an_environment_whose_python_is_gone_is_made_anew_by_the_command_that_the_check_names() {
    let Some(world) = World::new() else { return };
    run(world.install(&[])).expect(0);
    let python = world.target().join("bin/python");
    fs::remove_file(&python).unwrap();
    std::os::unix::fs::symlink("/gone/bin/python3", &python).unwrap();
    let config = world.target().join("pyvenv.cfg");
    let lines = fs::read_to_string(&config).unwrap();
    let lines = lines.lines().map(|line| if line.starts_with("home") { "home = /gone/bin" } else { line });
    let lines = lines.filter(|line| !line.starts_with("executable")).collect::<Vec<_>>().join("\n");
    fs::write(&config, lines).unwrap();
    let answer = json(&world, &["envs", "check", "env"], 1);
    assert_eq!(answer["findings"][0]["text"], "The Python it was made from is gone: /gone/bin.", "{answer}");
    let place = world.path("place/anew").display().to_string();
    let command = answer["findings"][0]["command"].as_str().unwrap().replace("PATH", &place).replace('"', "");
    let words: Vec<&str> = command.strip_prefix("torch-wizard ").unwrap().split(' ').chain(["--yes"]).collect();
    run(world.wizard(&words)).expect(0);
    run(world.wizard(&["envs", "check", &place])).expect(0);
}

#[test]
fn a_file_of_the_same_name_with_another_hash_is_not_taken() {
    let Some(world) = World::new() else { return };
    run(world.install(&[])).expect(0);
    let taken = snapshot(&world);
    let path = taken["path"].as_str().unwrap();
    let mut saved: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let packages = saved["packages"].as_array_mut().unwrap();
    let package = packages.iter_mut().find(|package| package["name"] == "filelock").unwrap();
    let other = "0".repeat(64);
    let url = package["wheel"]["url"].as_str().unwrap().replace("/filelock", "/gone/filelock");
    package["files"] = other.clone().into();
    package["wheel"]["sha256"] = other.into();
    package["wheel"]["url"] = url.into();
    fs::write(path, saved.to_string()).unwrap();
    let before = files_of_packages(&world);
    let name = taken["name"].as_str().unwrap();
    let lost = run(world.wizard(&["envs", "restore", "env", name, "--yes"])).expect(1).out;
    let why = "the server of its wheel answers 404, and no index has a file with its hash";
    assert!(lost.contains(&format!("  filelock 4.2.11: {why}\n")), "{lost}");
    assert_eq!(files_of_packages(&world), before);
}
