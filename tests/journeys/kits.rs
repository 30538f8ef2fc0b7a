//! Kits on top of a torch that stays, with the real uv and tiny wheels under the names of the real packages.

use crate::index_server::wheels::{Shelf, sha256};
use crate::repair::{CARD, versions_in};
use crate::shelf::{jupyter, package, versions};
use crate::world::{Ran, World, files_in, fill_shelf, run, tools};
use std::fs;
use std::sync::Arc;

pub fn with_kits() -> Arc<Shelf> {
    let mut shelf = fill_shelf();
    package(&mut shelf, "plain_extra", "0.9", &[], &[("plain_extra.py", "version = '0.9'\n")]);
    jupyter(&mut shelf);
    package(&mut shelf, "xformers", "0.0.33", &["torch==2.9.1"], &[("xformers.py", "")]);
    for name in ["transformers", "accelerate", "safetensors", "sentencepiece"] {
        package(&mut shelf, name, "1.0", &[], &[(&format!("{name}.py"), "")]);
    }
    Arc::new(shelf)
}

/// The torch of `PyPI`: its list of packages has no variant, it itself names one.
fn with_torch_of_pypi() -> Arc<Shelf> {
    let mut shelf = Arc::into_inner(with_kits()).unwrap();
    let (torch, _) = versions();
    let says = format!("__version__ = '{torch}+cu130'\ncuda = '13.0'\n");
    let files = [
        ("torch/__init__.py", "from .version import __version__\n"),
        ("torch/version.py", &says),
        ("torch_wizard_replay.pth", "import _torch_wizard_replay\n"),
        ("_torch_wizard_replay.py", include_str!("replay.py")),
    ];
    package(&mut shelf, "torch", &torch, &["filelock", "typing-extensions>=4"], &files);
    Arc::new(shelf)
}

/// A PC with a card and an environment with the torch of CUDA 13.0, an older `plain-extra` beside it.
fn machine() -> Option<World> {
    let (torch, vision) = versions();
    machine_with(with_kits, &[&format!("torch=={torch}+cu130"), &format!("torchvision=={vision}+cu130")])
}

pub fn machine_with(shelf: fn() -> Arc<Shelf>, own: &[&str]) -> Option<World> {
    let mut world = World::with_shelf(&["uv", "python3"], shelf)?;
    world.simulate(CARD);
    world.replay("rtx5070-healthy.jsonl");
    let mut make = world.command(&tools()?.uv);
    make.args(["venv", "--relocatable", "--quiet", "--python"]).arg(&tools()?.python).arg(world.target());
    run(make).expect(0);
    let mut install = world.command(&tools()?.uv);
    install.args(["pip", "install", "--quiet", "--no-cache", "--index-strategy", "unsafe-best-match", "--python"]);
    install.arg(world.target());
    if own.iter().any(|package| package.contains('+')) {
        install.args(["--index", &format!("{}/cu130", world.server.torch())]);
    }
    install.args(own).args(["plain-extra==0.9", "pip"]);
    run(install).expect(0);
    Some(world)
}

fn kit(world: &World, name: &str, more: &[&str]) -> Ran {
    let (target, mirror) = (world.target(), world.server.torch());
    run(world.wizard(&[&["kit", name, "--env", target.to_str().unwrap(), "--index-url", &mirror], more].concat()))
}

/// Every file of the environment that is no list of what is installed.
pub fn torch_files(world: &World) -> Vec<String> {
    let site = world.target().join("lib");
    let site = site.join(&files_in(&site, 1)[0]).join("site-packages");
    let of_torch = |name: &String| name.starts_with("torch") && !name.contains("__pycache__");
    let files = files_in(&site, 4).into_iter().filter(of_torch).filter(|name| site.join(name).is_file());
    files.map(|name| format!("{name} {}", sha256(&fs::read(site.join(&name)).unwrap()))).collect()
}

#[test]
fn a_kit_is_put_beside_a_torch_that_stays_and_goes_again_as_a_whole() {
    let Some(world) = machine() else { return };
    let (before, files) = (versions_in(&world), torch_files(&world));
    let text = kit(&world, "jupyter", &["--format", "text"]).expect(0).out;
    for part in ["Kit jupyter", "plain-extra 0.9 → 1.0", "Use the kit jupyter with torch once", "kit-jupyter.py"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert_eq!(versions_in(&world), before, "a look changes nothing");
    let plan = kit(&world, "jupyter", &["--format", "json"]).expect(0).out;
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    let call = plan["steps"].as_array().unwrap().iter().find(|step| step["key"] == "kit-jupyter").unwrap();
    let (set, card) = (&call["action"]["command"]["env"], &plan["choices"]["cards"][0]);
    assert!(card.is_string() && set["CUDA_VISIBLE_DEVICES"] == *card, "{call}");
    assert_eq!(set["PYTHONDONTWRITEBYTECODE"], "1", "a kernel of the call leaves nothing behind");

    // A played card is never called proven.
    let ran = kit(&world, "jupyter", &["--yes"]).expect(1);
    let said = format!("jupyter: passed: JupyterLab 4.6.6; its kernel has torch {}+cu130", versions().0);
    assert!(ran.err.contains(&said), "{}", ran.err);
    let now = versions_in(&world);
    for package in ["jupyterlab=4.6.6", "jupyter_client=8.9.0", "ipywidgets=8.1.8", "plain_extra=1.0"] {
        assert!(now.contains(&package.to_owned()), "{package} is not in {now:?}");
    }
    assert_eq!(torch_files(&world), files);
    let kernels = files_in(&world.path("home/.local/share/jupyter/kernels"), 1);
    assert_eq!(kernels.len(), 1, "{kernels:?}");

    // The command that it names has everything back.
    let undo = ran.err.lines().find_map(|line| line.strip_prefix("Undo it:  torch-wizard ")).unwrap();
    let words: Vec<String> = shlex::split(undo).unwrap();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mirror = world.server.torch();
    run(world.wizard(&[&words[..], &["--yes", "--index-url", &mirror]].concat())).expect(1);
    assert_eq!((versions_in(&world), torch_files(&world)), (before, files));
    let kernels = files_in(&world.path("home/.local/share/jupyter/kernels"), 1);
    assert_eq!(kernels, [""; 0], "a kernel without ipykernel is not offered");
}

/// The torch index has a build of that name as well, which is another one.
#[test]
fn a_torch_of_pypi_is_held_as_that() {
    let (torch, _) = versions();
    let Some(world) = machine_with(with_torch_of_pypi, &[&format!("torch=={torch}")]) else {
        return;
    };
    let own = format!("torch={torch}");
    assert!(versions_in(&world).contains(&own), "{:?}", versions_in(&world));
    let ran = kit(&world, "jupyter", &["--yes"]).expect(1);
    assert!(ran.err.contains("jupyter: passed"), "{}", ran.err);
    assert!(versions_in(&world).contains(&own), "{:?}", versions_in(&world));
}

#[test]
fn a_kit_that_would_bring_another_torch_says_so_and_names_the_way_round() {
    let Some(world) = machine() else { return };
    let before = versions_in(&world);
    let ran = kit(&world, "xformers", &["--yes"]).expect(1);
    for part in ["does not fit torch", "it would bring torch 2.9.1", "torch-wizard install --kit xformers"] {
        assert!(ran.err.contains(part), "{part} is not in {}", ran.err);
    }
    assert_eq!(versions_in(&world), before);
}

#[test]
fn a_kit_whose_call_fails_is_taken_back_at_once() {
    let Some(world) = machine() else { return };
    let (before, files) = (versions_in(&world), torch_files(&world));
    // The packages are there and cannot do what is asked of them.
    let ran = kit(&world, "llm", &["--yes", "--json"]).expect(1);
    let failed = ran.events().into_iter().rfind(|event| event["kind"] == "failed").unwrap();
    assert_eq!(failed["step"], "kit-llm", "{failed}");
    assert!(failed["problem"]["details"].to_string().contains("ImportError"), "{failed}");
    assert_eq!((versions_in(&world), torch_files(&world)), (before, files));
}

#[test]
fn a_new_environment_may_have_its_kits_from_the_beginning() {
    let Some(world) = World::with_shelf(&["uv", "python3"], with_kits) else { return };
    let ran = run(world.install(&["--kit", "jupyter"])).expect(0);
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}\n{}", ran.err, ran.out);
    assert!(ran.err.contains("jupyter: passed"), "{}", ran.err);
    assert!(versions_in(&world).contains(&"jupyterlab=4.6.6".to_owned()));
    let steps = run(world.plan(&["--kit", "jupyter", "--replace"])).expect(0).out;
    let (proof, call) = (steps.find("Run the kernels").unwrap(), steps.find("Use the kit jupyter").unwrap());
    let promotion = steps.find("Move the environment to its place").unwrap();
    assert!(proof < call && call < promotion, "{steps}");
}

#[test]
fn the_kits_are_listed_and_one_that_is_none_is_said_to_be_none() {
    let Some(world) = World::new() else { return };
    let listed = run(world.wizard(&["kit", "list"])).expect(0).out;
    for part in ["qlora", "bitsandbytes>=0.45.3", "JupyterLab"] {
        assert!(listed.contains(part), "{listed}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&run(world.wizard(&["kit", "list", "--json"])).expect(0).out).unwrap();
    let xformers = json["kits"].as_array().unwrap().iter().find(|kit| kit["name"] == "xformers").unwrap();
    assert_eq!((&xformers["here"], &xformers["issues"][0]["harmless"]), (&true.into(), &false.into()), "{xformers}");
    let none = run(world.wizard(&["kit", "no-such", "--env", "place"])).expect(1);
    assert!(none.err.contains("There is no kit no-such") && none.err.contains("kit list"), "{}", none.err);
    for words in [&["kit", "qlora", "--env", "nowhere"][..], &["envs", "repair", "nowhere"]] {
        let gone = run(world.wizard(words)).expect(1);
        assert!(gone.err.contains("nowhere is not there."), "{words:?}: {}", gone.err);
    }
    let whose = run(world.wizard(&["kit", "qlora"])).expect(2);
    assert!(whose.err.contains("--env"), "{}", whose.err);
}

#[test]
fn every_call_is_python_that_says_what_came_of_it() {
    let Some(tools) = tools() else { return };
    for kit in &torch_wizard::catalog::Catalog::embedded().unwrap().kits.all {
        let mut command = std::process::Command::new(&tools.python);
        command.args(["-I", "-B", "-c", "import sys; compile(sys.argv[1], 'call', 'exec')", &kit.call]);
        let said = command.output().unwrap();
        assert!(said.status.success(), "{}: {}", kit.name, String::from_utf8_lossy(&said.stderr));
        assert!(kit.call.contains("kit-call: passed: "), "{}", kit.name);
    }
}
