//! Environments with the usual damage, made by the real uv, and what `envs repair` makes of them.

use crate::index_server::wheels::{Recipe, Shelf, build, sha256};
use crate::install_real::python;
use crate::shelf::{torch_wheel, versions};
use crate::world::{Ran, World, files_in, fill_shelf, run, start, tools, until};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

pub const CARD: &str = "driver=581.57\ncuda=13000\ngpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04";

/// With an older version of a package, to see that it stays, and one that wants an older torch.
fn with_older() -> Arc<Shelf> {
    let mut shelf = fill_shelf();
    shelf.wheels.push(build(&Recipe {
        name: "plain_extra",
        version: "0.9",
        tag: "py3-none-any",
        files: &[("plain_extra.py", b"version = '0.9'\n".to_vec())],
        ..Recipe::default()
    }));
    shelf.wheels.push(build(&Recipe {
        name: "drags",
        version: "1.0",
        tag: "py3-none-any",
        requires: &["torch==2.9.1"],
        files: &[("drags.py", b"".to_vec())],
        ..Recipe::default()
    }));
    Arc::new(shelf)
}

/// A PC with a card and an environment that somebody made with the torch of `variant`.
pub fn machine(variant: &str) -> Option<World> {
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

pub fn versions_in(world: &World) -> Vec<String> {
    let code = "import importlib.metadata as m; print(' '.join(sorted(d.name.lower() + '=' + d.version \
        for d in m.distributions() if d.name not in ('pip', 'setuptools', 'wheel'))))";
    python(world, &world.target(), code).split(' ').map(str::to_owned).collect()
}

pub fn wanted(variant: &str) -> Vec<String> {
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
    assert_eq!(files_in(&world.path("place"), 1), ["env", "env.tw-old"], "what it replaced is kept for a while");
    let again = repair(&world, &[]).expect(0);
    assert!(again.out.contains("Nothing is wrong"), "{}", again.out);
}

/// Somebody's `pip install` has swapped the torch for another release's build for the processor.
#[test]
fn a_torch_that_was_swapped_becomes_the_one_that_it_was() {
    let Some(world) = machine("cu130") else { return };
    let target = world.target();
    run(world.wizard(&["envs", "adopt", target.to_str().unwrap()])).expect(0);
    // From a file, which nobody has to have any more: it is replaced.
    let wheel = torch_wheel("2.9.1+cpu", "cpu", "py3-none-any", false);
    let file = world.path(&wheel.file);
    fs::write(&file, &wheel.bytes).unwrap();
    install(&world, &[file.to_str().unwrap(), "--no-deps"]);
    let text = repair(&world, &["--format", "text"]).expect(0).out;
    assert!(text.contains("made again beside its place"), "{text}");
    let ran = repair(&world, &["--yes", "--json"]);
    assert_eq!(ran.ended()["env"], target.to_str().unwrap(), "{}", ran.err);
    assert_eq!(versions_in(&world), wanted("cu130"));
}

#[test]
fn the_companions_tell_what_torch_was_where_no_list_does() {
    let Some(world) = machine("cu130") else { return };
    let (torch, _) = versions();
    install(&world, &[&format!("torch=={torch}+cpu"), "--no-deps"]);
    repair(&world, &["--yes"]).expect(1);
    assert_eq!(versions_in(&world), wanted("cu130"));
}

#[test]
fn what_a_repair_replaced_comes_back_and_goes_only_when_it_is_let_go() {
    let Some(world) = machine("cpu") else { return };
    let target = world.target();
    let place = target.to_str().unwrap();
    run(world.wizard(&["envs", "adopt", place])).expect(0);
    guard(&world);
    // It stands; a simulated card proves nothing.
    repair(&world, &["--yes"]).expect(1);
    assert_eq!(versions_in(&world), wanted("cu130"));
    assert_guarded(&world, "cu130");
    let back = run(world.wizard(&["rollback", place])).expect(0);
    assert!(back.out.contains("is back"), "{}", back.out);
    assert_eq!(versions_in(&world), wanted("cpu"));
    assert_guarded(&world, "cpu");
    assert_eq!(files_in(&world.path("place"), 1), ["env"]);
    let listed = run(world.wizard(&["envs", "list", "--json"])).out;
    assert!(listed.contains("+cpu"), "what was known of it is known again: {listed}");
    repair(&world, &["--yes"]).expect(1);
    let gone = run(world.wizard(&["envs", "let-go", place])).expect(0);
    assert!(gone.out.contains("stands as it is"), "{}", gone.out);
    assert_eq!(files_in(&world.path("place"), 1), ["env"]);
    assert_eq!(versions_in(&world), wanted("cu130"));
    let back = run(world.wizard(&["rollback", place])).expect(0);
    assert!(back.out.contains("no interrupted install"), "{}", back.out);
}

fn guard(world: &World) {
    run(world.wizard(&["envs", "guard", world.target().to_str().unwrap(), "on"])).expect(0);
}

/// What is held is what is there.
fn assert_guarded(world: &World, variant: &str) {
    let target = world.target();
    let words = ["envs", "guard", target.to_str().unwrap(), "status", "--json"];
    let answer: Value = serde_json::from_str(&run(world.wizard(&words)).expect(0).out).unwrap();
    let (torch, vision) = versions();
    let held = [format!("torch=={torch}+{variant}"), format!("torchvision=={vision}+{variant}")];
    assert_eq!((&answer["guard"], &answer["held"]), (&"on".into(), &json!(held)), "{answer}");
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
    install_companion_of(&world, "cpu");
    leave_over(&world);
    let text = repair(&world, &["--format", "text"]).expect(0).out;
    assert!(text.contains("has left ~orch") && text.contains("build of another variant than cu130"), "{text}");
    let ran = repair(&world, &["--yes", "--json"]);
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}", ran.err);
    assert_eq!(versions_in(&world), wanted("cu130"));
    assert!(!site_packages(&world).join("~orch").exists());
}

/// Replaces torchvision by a build of another variant.
pub fn install_companion_of(world: &World, variant: &str) {
    let (_, vision) = versions();
    install(world, &[&format!("torchvision=={vision}+{variant}")]);
}

/// What a removal that was cut leaves.
pub fn leave_over(world: &World) {
    fs::create_dir(site_packages(world).join("~orch")).unwrap();
}

pub fn site_packages(world: &World) -> PathBuf {
    fs::read_dir(world.target().join("lib")).unwrap().next().unwrap().unwrap().path().join("site-packages")
}

/// A package that came from a folder of the user's cannot be fetched from any index.
pub fn with_own_package() -> Option<World> {
    let world = machine("cpu")?;
    let site = site_packages(&world);
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
    guard(&world);
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
    assert_guarded(&world, "cu130");
}

/// Every path below a folder with its kind, rights and content; times aside.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut found = BTreeMap::new();
    for path in files_in(folder, 40) {
        let full = folder.join(&path);
        let meta = fs::symlink_metadata(&full).unwrap();
        let what = if meta.is_symlink() {
            format!("link {}", fs::read_link(&full).unwrap().display())
        } else if meta.is_dir() {
            "folder".to_owned()
        } else {
            sha256(&fs::read(&full).unwrap())
        };
        found.insert(path, format!("{:o} {what}", meta.permissions().mode()));
    }
    found
}

/// The same without what waits for the next life.
fn without_aside(mut tree: BTreeMap<String, String>) -> BTreeMap<String, String> {
    tree.retain(|path, _| !path.starts_with(".torch-wizard"));
    tree
}

#[track_caller]
fn same(now: &BTreeMap<String, String>, before: &BTreeMap<String, String>, when: &str) {
    let lost: Vec<_> = before.iter().filter(|(path, node)| now.get(*path) != Some(node)).collect();
    let more: Vec<_> = now.iter().filter(|(path, node)| before.get(*path) != Some(node)).collect();
    assert!(lost.is_empty() && more.is_empty(), "{when}\nlost {lost:?}\nmore {more:?}");
}

#[test]
fn a_repair_in_place_that_fails_is_back_at_once_byte_for_byte() {
    for engine in ["uv", "pip"] {
        let Some(mut world) = with_own_package() else { return };
        world.replay("rtx5070-wrong-softmax.jsonl");
        // Python writes what it compiles, as on a user's machine; the look makes pip compile itself.
        world.unset("PYTHONDONTWRITEBYTECODE");
        repair(&world, &["--engine", engine, "--format", "text"]).expect(0);
        let before = tree(&world.target());
        let failed = repair(&world, &["--yes", "--engine", engine]).expect(1);
        assert!(failed.err.contains("is as it was before"), "{}", failed.err);
        same(&without_aside(tree(&world.target())), &before, engine);
        run(world.wizard(&["rollback"])).expect(0);
        same(&tree(&world.target()), &before, engine);
    }
}

/// The wizard killed between the moves and the proof, the moment at which the environment is neither the old nor a
/// proven new one.
fn killed_while_proving(world: &mut World) -> BTreeMap<String, String> {
    let before = tree(&world.target());
    world.set("TW_TEST_HOLD", world.path("go"));
    let (target, mirror) = (world.target(), world.server.torch());
    let command = world.wizard(&["envs", "repair", target.to_str().unwrap(), "--index-url", &mirror, "--yes"]);
    let mut wizard = start(world, command);
    let journal = || {
        let runs = files_in(&world.path("wizard/data/runs"), 1);
        let file =
            world.path("wizard/data/runs").join(runs.first().map_or("none", String::as_str)).join("journal.jsonl");
        fs::read_to_string(file).unwrap_or_default()
    };
    until("the checks run", || journal().contains(r#""step":"verify","kind":"child""#));
    wizard.kill();
    assert_ne!(without_aside(tree(&world.target())), before, "nothing was moved in yet");
    world.unset("TW_TEST_HOLD");
    before
}

#[test]
fn a_repair_in_place_that_was_killed_is_undone_byte_for_byte() {
    let Some(mut world) = with_own_package() else { return };
    let before = killed_while_proving(&mut world);
    // A look tells, instead of repairing what is half changed.
    let told = repair(&world, &[]);
    assert!(told.err.contains("did not come to its end") && told.err.contains("rollback"), "{}", told.err);
    run(world.wizard(&["rollback"])).expect(0);
    same(&tree(&world.target()), &before, "rolled back");
}

#[test]
fn a_repair_in_place_that_was_killed_goes_on() {
    let Some(mut world) = with_own_package() else { return };
    killed_while_proving(&mut world);
    let ran = run(world.resume());
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}", ran.err);
    let mut now = wanted("cu130");
    now.insert(1, "mine=1.0".to_owned());
    assert_eq!(versions_in(&world), now);
    assert!(!files_in(&world.target(), 1).contains(&".torch-wizard".to_owned()));
    let said = run(world.wizard(&["rollback"])).expect(0).out;
    assert!(said.contains("no interrupted install"), "{said}");
}

/// A Python that is whole in its folder and no virtual environment, as portable applications and conda have it. The
/// libraries of the language are links to this machine's.
fn own_python(world: &World) -> Option<PathBuf> {
    use std::os::unix::fs::symlink;
    let (real, version) = (&tools()?.python, &tools()?.python_version);
    let root = real.parent()?.parent()?.to_owned();
    let target = world.target();
    let library = target.join(format!("lib/python{version}"));
    fs::create_dir_all(library.join("site-packages")).unwrap();
    fs::create_dir_all(target.join("bin")).unwrap();
    fs::copy(real, target.join("bin/python")).unwrap();
    symlink("python", target.join("bin/python3")).unwrap();
    for entry in fs::read_dir(root.join(format!("lib/python{version}"))).ok()?.map(Result::unwrap) {
        if entry.file_name() != "site-packages" {
            symlink(entry.path(), library.join(entry.file_name())).unwrap();
        }
    }
    for entry in fs::read_dir(root.join("lib")).ok()?.map(Result::unwrap) {
        if entry.file_name().to_string_lossy().starts_with("libpython") {
            symlink(entry.path(), target.join("lib").join(entry.file_name())).unwrap();
        }
    }
    Some(library.join("site-packages"))
}

/// With the torch for the processor in it.
fn machine_with_own_python(mark: &str) -> Option<World> {
    let mut world = World::with_shelf(&["uv", "python3"], with_older)?;
    world.simulate(CARD);
    world.replay("rtx5070-healthy.jsonl");
    let Some(_site) = own_python(&world) else {
        eprintln!("skipped: this machine's Python cannot be put together elsewhere");
        return None;
    };
    let mark = world.target().join(mark);
    fs::create_dir_all(mark.parent().unwrap()).unwrap();
    fs::write(mark, "{}").unwrap();
    let (torch, vision) = versions();
    let python = world.target().join("bin/python");
    let mut command: Command = world.command(&tools().unwrap().uv);
    command.args(["pip", "install", "--quiet", "--no-cache", "--index-strategy", "unsafe-best-match", "--system"]);
    command.arg("--python").arg(python).args(["--index", &format!("{}/cpu", world.server.torch())]);
    command.args([&format!("torch=={torch}+cpu"), &format!("torchvision=={vision}+cpu"), "plain-extra==0.9", "pip"]);
    run(command).expect(0);
    Some(world)
}

#[test]
fn an_environment_of_conda_and_a_portable_python_are_mended_where_they_stand_or_left_as_they_were() {
    for (mark, engine) in [("conda-meta/python-3.11.7.json", "uv"), ("conda-meta/history", "pip")] {
        let Some(mut world) = machine_with_own_python(mark) else { return };
        // Python compiles at its first start what the looks need, in an environment of anybody's.
        world.unset("PYTHONDONTWRITEBYTECODE");
        let mut pip = world.command(world.target().join("bin/python"));
        pip.args(["-m", "pip", "--version"]);
        run(pip).expect(0);
        repair(&world, &["--engine", engine, "--format", "text"]).expect(0);
        world.replay("rtx5070-wrong-softmax.jsonl");
        let before = tree(&world.target());
        let failed = repair(&world, &["--yes", "--engine", engine]).expect(1);
        same(&without_aside(tree(&world.target())), &before, &failed.err);
        run(world.wizard(&["rollback"])).expect(0);
        same(&tree(&world.target()), &before, mark);
        world.replay("rtx5070-healthy.jsonl");
        let ran = repair(&world, &["--yes", "--json", "--engine", engine]);
        assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}", ran.err);
        assert_eq!(versions_in(&world), wanted("cu130"));
        let after = tree(&world.target());
        assert_eq!(after.get(mark), before.get(mark));
        assert!(!after.keys().any(|path| path.starts_with(".torch-wizard")), "{:?}", after.keys());
        // The scripts start the Python that they stand beside.
        let script = run(world.command(world.target().join("bin/torchrun"))).expect(0).out;
        assert!(script.contains("+cu130"), "{script}");
    }
}
