//! Environments with the usual damage, made by the real uv, and what `envs repair` makes of them.

use crate::index_server::wheels::{Recipe, Shelf, build};
use crate::install_real::python;
use crate::world::{Ran, World, files_in, fill_shelf, run, tools, versions};
use std::fs;
use std::process::Command;
use std::sync::Arc;

const CARD: &str = "driver=581.57\ncuda=13000\ngpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04";

/// With an older version of a package, to see that it stays.
fn with_older() -> Arc<Shelf> {
    let mut shelf = fill_shelf();
    shelf.wheels.push(build(&Recipe {
        name: "plain_extra",
        version: "0.9",
        tag: "py3-none-any",
        files: &[("plain_extra.py", b"version = '0.9'\n".to_vec())],
        ..Recipe::default()
    }));
    Arc::new(shelf)
}

/// A PC with a card and an environment that somebody made with the torch of `variant`.
fn machine(variant: &str) -> Option<World> {
    let mut world = World::with_shelf(&["uv", "python3"], with_older)?;
    world.simulate(CARD);
    world.replay("rtx5070-healthy.jsonl");
    let mut make = world.command(&tools()?.uv);
    make.args(["venv", "--quiet", "--python"]).arg(&tools()?.python).arg(world.target());
    run(make).expect(0);
    let (torch, vision) = versions();
    install(
        &world,
        &[&format!("torch=={torch}+{variant}"), &format!("torchvision=={vision}+{variant}"), "plain-extra==0.9", "pip"],
    );
    Some(world)
}

fn install(world: &World, what: &[&str]) {
    let mut command: Command = world.command(&tools().unwrap().uv);
    command.args(["pip", "install", "--quiet", "--no-cache", "--index-strategy", "unsafe-best-match", "--python"]);
    command.arg(world.target()).args(["--index", &format!("{}/cpu", world.server.torch())]);
    command.args(["--index", &format!("{}/cu130", world.server.torch())]).args(what);
    run(command).expect(0);
}

fn repair(world: &World, more: &[&str]) -> Ran {
    let (target, mirror) = (world.target(), world.server.torch());
    run(world.wizard(&[&["envs", "repair", target.to_str().unwrap(), "--index-url", &mirror], more].concat()))
}

fn versions_in(world: &World) -> Vec<String> {
    let code = "import importlib.metadata as m; print(' '.join(sorted(d.name.lower() + '=' + d.version \
        for d in m.distributions() if d.name not in ('pip', 'setuptools', 'wheel'))))";
    python(world, &world.target(), code).split(' ').map(str::to_owned).collect()
}

fn wanted(variant: &str) -> Vec<String> {
    let (torch, vision) = versions();
    let all = ["filelock=4.2.11", "plain_extra=0.9"].map(str::to_owned).into_iter();
    let own = [format!("torch={torch}+{variant}"), format!("torchvision={vision}+{variant}")];
    all.chain(own).chain(["typing_extensions=5.1.0".to_owned()]).collect()
}

#[test]
fn a_torch_for_the_processor_becomes_one_for_the_card_and_all_else_stays() {
    let Some(world) = machine("cpu") else { return };
    assert_eq!(versions_in(&world), wanted("cpu"));
    let text = repair(&world, &["--format", "text"]).expect(0).out;
    assert!(text.contains("is a build for the processor") && text.contains("made again beside its place"), "{text}");
    assert_eq!(versions_in(&world), wanted("cpu"), "a look changes nothing");
    let ran = repair(&world, &["--yes", "--json"]);
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}", ran.err);
    assert_eq!(versions_in(&world), wanted("cu130"));
    assert_eq!(files_in(&world.path("place"), 1), ["env"]);
    let again = repair(&world, &[]).expect(0);
    assert!(again.out.contains("Nothing is wrong"), "{}", again.out);
}

#[test]
fn a_repair_that_proves_nothing_leaves_the_environment_as_it_was() {
    let Some(mut world) = machine("cpu") else { return };
    world.replay("rtx5070-wrong-softmax.jsonl");
    repair(&world, &["--yes"]).expect(1);
    assert_eq!(versions_in(&world), wanted("cpu"));
    run(world.wizard(&["rollback"])).expect(0);
    assert_eq!(files_in(&world.path("place"), 1), ["env"]);
}

#[test]
fn leftovers_and_a_companion_of_another_index_are_found_and_mended() {
    let Some(world) = machine("cu130") else { return };
    let (_, vision) = versions();
    install(&world, &[&format!("torchvision=={vision}+cpu")]);
    let site = fs::read_dir(world.target().join("lib")).unwrap().next().unwrap().unwrap().path().join("site-packages");
    fs::create_dir(site.join("~orch")).unwrap();
    let text = repair(&world, &["--format", "text"]).expect(0).out;
    assert!(text.contains("has left ~orch") && text.contains("build of another variant than cu130"), "{text}");
    let ran = repair(&world, &["--yes", "--json"]);
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}", ran.err);
    assert_eq!(versions_in(&world), wanted("cu130"));
    assert!(!site.join("~orch").exists());
}

/// A package that came from a folder of the user's cannot be fetched from any index.
fn with_own_package() -> Option<World> {
    let world = machine("cpu")?;
    let site = fs::read_dir(world.target().join("lib")).unwrap().next().unwrap().unwrap().path().join("site-packages");
    let info = site.join("mine-1.0.dist-info");
    fs::create_dir(&info).unwrap();
    fs::write(info.join("METADATA"), "Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n").unwrap();
    fs::write(info.join("RECORD"), "mine.py,,\nmine-1.0.dist-info/METADATA,,\n").unwrap();
    fs::write(info.join("INSTALLER"), "pip\n").unwrap();
    fs::write(info.join("direct_url.json"), r#"{"url": "file:///home/me/mine", "dir_info": {}}"#).unwrap();
    fs::write(site.join("mine.py"), "").unwrap();
    fs::create_dir(site.join("~orch")).unwrap();
    Some(world)
}

#[test]
fn what_cannot_be_made_again_is_mended_where_it_stands() {
    let Some(world) = with_own_package() else { return };
    let text = repair(&world, &["--format", "text"]).expect(0).out;
    assert!(text.contains("mine came from file:///home/me/mine"), "{text}");
    let ran = repair(&world, &["--yes", "--json"]);
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}", ran.err);
    let mut now = wanted("cu130");
    now.insert(1, "mine=1.0".to_owned());
    assert_eq!(versions_in(&world), now);
    assert_eq!(files_in(&world.path("place"), 1), ["env"]);
    assert!(!files_in(&world.target(), 4).iter().any(|file| file.contains("~orch")));
    assert_eq!(world.registry()[0]["variant"], "cu130");
}

#[test]
fn a_repair_in_place_that_fails_is_put_back() {
    for engine in ["uv", "pip"] {
        let Some(mut world) = with_own_package() else { return };
        world.replay("rtx5070-wrong-softmax.jsonl");
        repair(&world, &["--yes", "--engine", engine]).expect(1);
        let mut before = wanted("cpu");
        before.insert(1, "mine=1.0".to_owned());
        assert_ne!(versions_in(&world), before);
        let said = run(world.wizard(&["rollback"])).expect(0).out;
        assert!(said.to_lowercase().contains("undone"), "{said}");
        assert_eq!(versions_in(&world), before, "{engine}");
    }
}
