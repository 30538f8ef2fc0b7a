//! One machine a route, with an approved plan that was not begun; it can be set back to that as often as one likes.

use super::tree::Tree;
use crate::shelf::versions;
use crate::world::{Ran, World, files_in, run, tools};
use crate::{container, nightly, repair, source};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const CARD: &str = "driver=581.57\ncuda=13000\ngpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04";

/// A machine before its run.
pub struct Machine {
    pub world: World,
    /// What is put back; all else (wheels, what uv has unpacked) is kept from run to run, as caches are.
    folders: Vec<&'static str>,
    /// Whose Python has the torch that was installed.
    pub python: PathBuf,
    pub place: Tree,
    pub home: Tree,
    pub known: Vec<serde_json::Value>,
}

/// What everybody sees before the run is what is to be seen after it was undone.
fn machine(world: World, plan: &str, more: &[&'static str]) -> Machine {
    let plan: serde_json::Value = serde_json::from_str(plan).unwrap();
    let folder = PathBuf::from(plan["places"]["run"].as_str().unwrap());
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("plan.json"), plan.to_string()).unwrap();
    let common = ["place", "home", "temp", "wizard/data", "wizard/cache/links"];
    let folders: Vec<_> = common.iter().chain(more).copied().collect();
    for name in folders.iter().filter(|name| world.path(name).exists()) {
        let saved = world.path("saved").join(name);
        fs::create_dir_all(saved.parent().unwrap()).unwrap();
        copy(&world.path(name), &saved);
    }
    let (place, home) = (Tree::of(&world.path("place")), home(&world));
    let (known, python) = (world.registry(), world.target().join("bin/python"));
    Machine { world, folders, python, place, home, known }
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
}

/// uv makes its own folder when it is asked for its Pythons.
fn home(world: &World) -> Tree {
    Tree::of(&world.path("home")).without(".local")
}

impl Machine {
    /// As it was before the run.
    pub fn set_back(&self) {
        for name in &self.folders {
            let (now, saved) = (self.world.path(name), self.world.path("saved").join(name));
            if now.exists() {
                fs::remove_dir_all(&now).unwrap();
            }
            if saved.exists() {
                copy(&saved, &now);
            }
        }
    }

    pub fn home_now(&self) -> Tree {
        home(&self.world)
    }

    /// What of the wizard's own is there, the folders of runs by their names alone.
    pub fn own_files(&self) -> Vec<String> {
        files_in(&self.world.path("wizard/data"), 2)
    }
}

/// The plan that `words` make.
fn planned(world: &World, words: &[&str]) -> String {
    run(world.plan(&[&["--json"], words].concat())).expect(0).out
}

fn with_card() -> Option<World> {
    let mut world = World::new()?;
    world.simulate(CARD);
    world.replay("rtx5070-healthy.jsonl");
    Some(world)
}

pub fn cpu() -> Option<Machine> {
    let world = World::new()?;
    let plan = planned(&world, &[]);
    Some(machine(world, &plan, &[]))
}

/// A card, and nothing at the place.
pub fn wheel(engine: &str) -> Option<Machine> {
    let world = with_card()?;
    let plan = planned(&world, &["--route", "wheel", "--engine", engine]);
    Some(machine(world, &plan, &[]))
}

/// An environment that works stands there and is to be replaced; it is in the list.
pub fn replaced() -> Option<Machine> {
    let world = World::new()?;
    run(world.install(&[])).expect(0);
    fs::write(world.target().join("mine.txt"), "kept by its owner\n").unwrap();
    fs::remove_dir_all(world.path("wizard/data/runs")).unwrap();
    let plan = planned(&world, &["--replace"]);
    Some(machine(world, &plan, &[]))
}

pub fn night() -> Option<Machine> {
    let world = nightly::machine()?;
    let plan = planned(&world, &["--route", "nightly"]);
    Some(machine(world, &plan, &[]))
}

pub fn built() -> Option<Machine> {
    let (world, url) = source::machine()?;
    let recipe = source::recipe(&world, &url);
    let plan = source::saved(&world, torch_wizard::plan::Engine::Uv, recipe, &source::pip_alone());
    let plan = serde_json::to_string(&plan).unwrap();
    Some(machine(world, &plan, &["wizard/cache/source", "wizard/cache/built"]))
}

/// The image is made once: what follows finds it in the engine's cache.
pub fn image() -> Option<Machine> {
    let world = container::world()?;
    let script = fs::read_to_string(world.path("bin/docker")).unwrap();
    let image = world.path("image");
    let kept = format!("build)\n    test -x {}/bin/pip && exit 0\n", image.display());
    // A container has a folder for temporary files of its own.
    let python = format!("exec {}/bin/python", image.display());
    let inside = format!("TMPDIR={} {python}", image.display());
    assert!(script.contains(&python), "{script}");
    fs::write(world.path("bin/docker"), script.replace("build)\n", &kept).replace(&python, &inside)).unwrap();
    let torch = versions().0;
    let plan = planned(&world, &container::wheels(&torch, &tools().unwrap().python_version));
    let machine = machine(world, &plan, &[]);
    Some(Machine { python: image.join("bin/python"), ..machine })
}

fn mended(world: World) -> Machine {
    let (target, mirror) = (world.target(), world.server.torch());
    let words = ["envs", "repair", target.to_str().unwrap(), "--index-url", &mirror, "--format", "json", "--json"];
    let plan = run(world.wizard(&words)).expect(0).out;
    machine(world, &plan, &[])
}

/// An environment that is made again beside its place.
pub fn mended_beside() -> Option<Machine> {
    Some(mended(repair::machine("cpu")?))
}

/// An environment that is mended where it stands.
pub fn mended_in_place() -> Option<Machine> {
    Some(mended(repair::with_own_package()?))
}

/// The next life of the run.
pub fn next_life(world: &World, words: &[&str]) -> Ran {
    run(world.wizard(words))
}
