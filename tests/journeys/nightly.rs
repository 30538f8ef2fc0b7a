//! A nightly build with its companion of the same night, and that night after the index has dropped it.

use crate::index_server::Mischief;
use crate::index_server::wheels::{Recipe, Shelf, build};
use crate::install_real::python;
use crate::shelf::{platform_tag, torch_wheel};
use crate::world::{World, files_in, fill_shelf, run, tools};
use std::fs;
use std::sync::Arc;

const CARD: &str = "driver=581.57\ncuda=13000\ngpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04";

/// Two nights, the newest torch without a hash; and pre-releases of other packages, which nobody asked for.
fn nights() -> Arc<Shelf> {
    let mut shelf = fill_shelf();
    let python = format!("cp{}", tools().unwrap().python_version.replace('.', ""));
    let tag = format!("{python}-{python}-{}", platform_tag());
    let variant = Some("nightly/cu130");
    for (night, hides_hash) in [("20261119", false), ("20261120", true)] {
        let mut torch = torch_wheel(&format!("2.16.0.dev{night}+cu130"), "cu130", &tag, hides_hash);
        torch.variant = variant.map(str::to_owned);
        shelf.wheels.push(torch);
        for (name, version) in [("torchvision", "0.30.0"), ("torchaudio", "2.12.0")] {
            shelf.wheels.push(build(&Recipe {
                name,
                version: &format!("{version}.dev{night}+cu130"),
                tag: &tag,
                variant,
                requires: &[&format!("torch==2.16.0.dev{night}")],
                files: &[(&format!("{name}/__init__.py"), b"import torch\n".to_vec())],
                ..Recipe::default()
            }));
        }
    }
    for (name, version) in [("filelock", "99.0rc1"), ("typing_extensions", "99.0.dev1")] {
        shelf.wheels.push(build(&Recipe { name, version, tag: "py3-none-any", ..Recipe::default() }));
    }
    Arc::new(shelf)
}

pub fn machine() -> Option<World> {
    let mut world = World::with_shelf(&["uv", "python3"], nights)?;
    world.simulate(CARD);
    world.replay("rtx5070-healthy.jsonl");
    Some(world)
}

fn versions_in(world: &World) -> String {
    let code = "import importlib.metadata as m; print(' '.join(sorted(d.name + '=' + d.version for d in m.distributions() \
        if d.name not in ('pip', 'setuptools'))))";
    python(world, &world.target(), code)
}

const NEWEST: &str =
    "filelock=4.2.11 torch=2.16.0.dev20261120+cu130 torchvision=0.30.0.dev20261120+cu130 typing_extensions=5.1.0";

#[test]
fn the_newest_night_is_installed_whole_and_nothing_else_is_a_pre_release() {
    let Some(world) = machine() else { return };
    let text = run(world.plan(&["--route", "nightly"])).expect(0).out;
    assert!(text.contains("2.16.0.dev20261120") && text.contains("keep it until 2027-01-19"), "{text}");
    for engine in ["uv", "pip"] {
        // A simulated card proves nothing, but what passed all checks stands.
        let ran = run(world.install(&["--route", "nightly", "--engine", engine, "--replace"])).expect(1);
        assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}", ran.err);
        assert_eq!(versions_in(&world), NEWEST, "{engine}");
    }
    assert_eq!(world.registry()[0]["route"], "nightly");
    let with_audio = run(world.plan(&["--route", "nightly", "--with", "torchaudio", "--replace"])).expect(0).out;
    assert!(with_audio.contains("torchaudio 2.12.0.dev20261120+cu130"), "{with_audio}");
}

#[test]
fn the_last_good_night_can_be_had_after_the_index_has_dropped_it() {
    let Some(world) = machine() else { return };
    let night = ["--route", "nightly", "--torch", "2.16.0.dev20261120", "--replace"];
    let ran = run(world.install(&["--route", "nightly"]));
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}", ran.err);
    assert_eq!(files_in(&world.path("wizard/data/nightlies"), 1), ["cu130-20261120.pylock.toml"]);
    let lock = fs::read_to_string(world.path("wizard/data/nightlies/cu130-20261120.pylock.toml")).unwrap();
    // One more for pip; each has its hash, that of torch computed here.
    assert_eq!(lock.matches("[[packages]]").count(), 5, "{lock}");
    assert_eq!(lock.matches("sha256 = \"").count(), 5, "{lock}");

    let wheels = || {
        let files = files_in(&world.path("wizard/cache/wheels"), 3);
        files.into_iter().filter(|file| file.ends_with(".whl")).count()
    };
    let other = world.path("wizard/cache/wheels/aa/aabb");
    fs::create_dir_all(&other).unwrap();
    fs::write(other.join("other-1-py3-none-any.whl"), "x").unwrap();
    assert_eq!(wheels(), 6);
    run(world.wizard(&["cache", "clean"])).expect(0);
    assert_eq!(wheels(), 5, "the wheels of the last good night stay");

    world.server.misbehave("/nightly/", Mischief::Status(403));
    world.server.forget_seen();
    let ran = run(world.install(&night));
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}", ran.err);
    assert_eq!(versions_in(&world), NEWEST);
    assert_eq!(world.server.fetches(""), [], "everything was here");
    let text = run(world.plan(&night)).expect(0).out;
    assert!(text.contains("was proven on this PC before"), "{text}");

    let gone = run(world.plan(&["--route", "nightly", "--torch", "2.16.0.dev20261119", "--replace"])).expect(1);
    assert!(gone.err.contains("has no 2.16.0.dev20261119"), "{}", gone.err);
}
