//! Kits that are a program in a repository: `ComfyUI`'s way, with the real git, a repository of this machine in the place of the
//! public one, and tiny wheels.

use crate::index_server::wheels::{Recipe, Shelf, build, source};
use crate::kits::{machine_with, torch_files, with_kits};
use crate::repair::versions_in;
use crate::shelf::{package, versions};
use crate::world::{Ran, World, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use torch_wizard::catalog::{Catalog, Within};
use torch_wizard::plan::Plan;
use torch_wizard::plan::kit::{Program, is_of_kit, with_calls, within_ref};

/// What `ComfyUI` prints when it starts as its own tests do.
const MAIN: &str = r#"
import sys
import torch, lists_it, torchaudio

assert "--quick-test-for-ci" in sys.argv, sys.argv
print(f"pytorch version: {torch.__version__}")
print("Device: cpu")
print("ComfyUI version: 0.99.0")
"#;

fn git(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=x", "-c", "user.email=x@example.org"]).args(args);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env_remove("GIT_DIR");
    let ran = command.output().unwrap();
    assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap().trim().to_owned()
}

/// A repository with these files in one commit of `master`.
fn commit(folder: &Path, files: &[(&str, &str)]) {
    if !folder.exists() {
        fs::create_dir_all(folder).unwrap();
        git(folder, &["init", "--quiet", "-b", "master"]);
    }
    for (name, text) in files {
        fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
        fs::write(folder.join(name), text).unwrap();
    }
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "-m", "one"]);
}

fn shelf() -> Arc<Shelf> {
    let mut shelf = Arc::into_inner(with_kits()).unwrap();
    let says = "import sys\ndef main():\n    print('started by', sys.executable)\n";
    let files = [("lists_it.py", says.as_bytes().to_vec())];
    let scripts = ["lists-it = lists_it:main"];
    let (name, version, tag) = ("lists_it", "1.1", "py3-none-any");
    shelf.wheels.push(build(&Recipe { name, version, tag, scripts: &scripts, files: &files, ..Recipe::default() }));
    package(&mut shelf, "torchaudio", "2.11.0", &["torch"], &[("torchaudio.py", "")]);
    Arc::new(shelf)
}

/// A PC with an environment and a `ComfyUI` that git takes from here.
fn machine(main: &str) -> Option<(World, PathBuf)> {
    let (torch, vision) = versions();
    let mut world = machine_with(shelf, &[&format!("torch=={torch}+cu130"), &format!("torchvision=={vision}+cu130")])?;
    let source = world.path("ComfyUI-source");
    commit(
        &source,
        &[("main.py", main), ("requirements.txt", "torch\n# own\nlists-it>=1.0\ntorchvision\ntorchaudio\n")],
    );
    let settings = world.path("gitconfig");
    let text = format!("[url \"file://{}\"]\n\tinsteadOf = https://github.com/Comfy-Org/ComfyUI\n", source.display());
    fs::write(&settings, text).unwrap();
    world.set("GIT_CONFIG_GLOBAL", &settings);
    world.install_real("git");
    Some((world, source))
}

fn comfyui(world: &World, more: &[&str]) -> Ran {
    let (target, mirror) = (world.target(), world.server.torch());
    run(world.wizard(&[&["kit", "comfyui", "--env", target.to_str().unwrap(), "--index-url", &mirror], more].concat()))
}

#[test]
fn a_program_is_checked_out_beside_its_environment_with_its_own_packages() {
    let Some((world, source)) = machine(MAIN) else { return };
    let (folder, files) = (world.path("place/ComfyUI"), torch_files(&world));
    let text = comfyui(&world, &["--format", "text"]).expect(0).out;
    let first = git(&source, &["rev-parse", "HEAD"]);
    let start = format!("Start it there: {}/bin/python main.py", world.target().display());
    let parts =
        ["lists-it 1.1", "torchaudio 2.11.0", &format!("commit {}", &first[..10]), &start, "custom_nodes are yours"];
    for part in parts {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!folder.exists(), "a look changes nothing");
    let ran = comfyui(&world, &["--yes"]).expect(1);
    let said = format!("comfyui: passed: ComfyUI 0.99.0 started with torch {}+cu130 on cpu", versions().0);
    assert!(ran.err.contains(&said), "{}", ran.err);
    assert!(versions_in(&world).contains(&"lists_it=1.1".to_owned()), "{:?}", versions_in(&world));
    let of_audio = |name: &String| name.starts_with("torchaudio");
    assert_eq!(torch_files(&world).into_iter().filter(|name| !of_audio(name)).collect::<Vec<_>>(), files);
    let script = world.target().join("bin/lists-it");
    let said = run(world.command(&script)).expect(0).out;
    assert_eq!(said.trim(), format!("started by {}", world.target().join("bin/python").display()));
    // A checkout that `git pull` brings up to date, and that has nothing of ours in it.
    assert_eq!(git(&folder, &["rev-parse", "HEAD"]), first);
    assert_eq!(git(&folder, &["config", "remote.origin.url"]), "https://github.com/Comfy-Org/ComfyUI");
    assert_eq!(git(&folder, &["rev-parse", "--abbrev-ref", "@{upstream}"]), "origin/master");
    assert_eq!(git(&folder, &["status", "--porcelain"]), "");

    assert!(!folder.join(".git/torch-wizard-run").exists(), "it is nobody's to take back");

    // What stands there is somebody's now: another try leaves it, and takes the packages that it lists by then.
    fs::write(folder.join("mine.txt"), "mine").unwrap();
    fs::write(folder.join("requirements.txt"), "torch\nlists-it\nplain-extra>=1.0\n").unwrap();
    let again = comfyui(&world, &["--yes"]).expect(1);
    assert!(again.err.contains("comfyui: passed"), "{}", again.err);
    assert!(versions_in(&world).contains(&"plain_extra=1.0".to_owned()), "{:?}", versions_in(&world));
    assert!(folder.join("mine.txt").exists());
    // Another thing of that name is in the way.
    fs::rename(&folder, world.path("place/other")).unwrap();
    fs::create_dir(&folder).unwrap();
    let taken = comfyui(&world, &["--yes"]).expect(1);
    assert!(taken.err.contains("There is something at") && taken.err.contains("Nothing was changed"), "{}", taken.err);
}

#[test]
fn a_new_environment_may_have_a_program_from_the_beginning_but_not_its_name() {
    let Some((world, _)) = machine(MAIN) else { return };
    fs::remove_dir_all(world.target()).unwrap();
    let ran = run(world.install(&["--kit", "comfyui"])).expect(0);
    assert!(ran.err.contains("comfyui: passed"), "{}", ran.err);
    assert!(world.path("place/ComfyUI/main.py").exists());
    let named = world.path("place/comfyui");
    let (mirror, place) = (world.server.torch(), named.to_str().unwrap());
    let words = ["install", "--route", "cpu", "--kit", "comfyui", "--index-url", &mirror, "--env", place, "--yes"];
    let ran = run(world.wizard(&words)).expect(1);
    assert!(ran.err.contains("would stand in one folder"), "{}", ran.err);
    assert!(!named.exists());
}

#[test]
fn a_program_that_does_not_start_is_taken_back_and_the_next_try_begins_anew() {
    let Some((world, source)) = machine("import sys; sys.exit('it is broken today')\n") else { return };
    let (folder, before) = (world.path("place/ComfyUI"), versions_in(&world));
    let ran = comfyui(&world, &["--yes"]).expect(1);
    let log = crate::world::files_in(&world.path("home"), 8);
    assert!(ran.err.contains("it is broken today") || ran.err.contains("Use the kit comfyui"), "{} {log:?}", ran.err);
    assert_eq!(versions_in(&world), before, "the environment is as it was");
    // Mended by its makers: what the run left is cleared away first.
    commit(&source, &[("main.py", MAIN)]);
    let ran = comfyui(&world, &["--yes"]).expect(1);
    assert!(ran.err.contains("comfyui: passed"), "{}", ran.err);
    assert_eq!(git(&folder, &["rev-parse", "HEAD"]), git(&source, &["rev-parse", "HEAD"]));
}

#[test]
fn undoing_removes_what_the_run_checked_out_and_nothing_else() {
    let Some((world, _)) = machine("raise SystemExit(1)\n") else { return };
    let folder = world.path("place/ComfyUI");
    comfyui(&world, &["--yes"]).expect(1);
    assert!(folder.exists());
    let undone = run(world.wizard(&["rollback"])).expect(0);
    assert!(undone.out.contains("ComfyUI was removed") || undone.err.contains("ComfyUI was removed"), "{}", undone.out);
    assert!(!folder.exists());
    assert_eq!(crate::world::files_in(&world.path("place"), 1), ["env"], "nothing lies about");

    // Somebody has begun to use it.
    comfyui(&world, &["--yes"]).expect(1);
    fs::create_dir_all(folder.join("models")).unwrap();
    fs::write(folder.join("models/mine.bin"), "mine").unwrap();
    let undone = run(world.wizard(&["rollback"])).expect(0);
    assert!((undone.out + &undone.err).contains("there are files in it that were not checked out"));
    assert!(folder.join("models/mine.bin").exists());
}

/// A plan in which the program gets another repository into a folder that it does not look at itself.
fn with_another_within(world: &World, source: &Path) -> PathBuf {
    let other = world.path("other-source");
    if !other.exists() {
        commit(&other, &[("of_other.py", "")]);
    }
    let plan = comfyui(world, &["--format", "json"]).expect(0).out;
    let mut plan: Plan = serde_json::from_str(&plan).unwrap();
    let kit = Catalog::embedded().unwrap().kits.named("comfyui").unwrap();
    let within = Within {
        folder: "repositories/other".to_owned(),
        repository: "https://other.example/other".to_owned(),
        commit: git(&other, &["rev-parse", "HEAD"]),
    };
    let cache = world.path("wizard/cache/programs/comfyui.git");
    let spec = format!("+HEAD:{}", within_ref(&within.commit));
    git(&cache, &["fetch", "--quiet", other.to_str().unwrap(), &spec]);
    let program = Program {
        kit: kit.name.clone(),
        git: world.path("bin/git"),
        cache,
        at: format!("refs/planned/{}", git(source, &["rev-parse", "HEAD"])),
        url: kit.program.as_ref().unwrap().repository.clone(),
        branch: "master".to_owned(),
        folder: world.path("place/ComfyUI"),
        within: vec![within],
        stands: false,
    };
    plan.steps.retain(|step| !is_of_kit(step));
    let plan = with_calls(plan, &[kit], &[program]);
    fs::create_dir_all(&plan.places.run).unwrap();
    fs::write(plan.places.run.join("plan.json"), serde_json::to_string(&plan).unwrap()).unwrap();
    world.path("place/ComfyUI/repositories/other")
}

#[test]
fn repositories_within_a_program_go_with_it_unless_somebody_uses_them() {
    let Some((world, source)) = machine("raise SystemExit(1)\n") else { return };
    commit(&source, &[(".gitignore", "/repositories\n")]);
    let (folder, within) = (world.path("place/ComfyUI"), with_another_within(&world, &source));
    run(world.wizard(&["resume", "--json"])).expect(1);
    assert!(within.join("of_other.py").exists());
    assert_eq!(git(&within, &["config", "remote.origin.url"]), "https://other.example/other");
    assert_eq!(git(&within, &["rev-parse", "HEAD"]), git(&world.path("other-source"), &["rev-parse", "HEAD"]));
    run(world.wizard(&["rollback"])).expect(0);
    assert!(!folder.exists(), "both are as they were checked out");

    for mine in ["of_other.py", "models/mine.bin", "../mine.bin"] {
        with_another_within(&world, &source);
        run(world.wizard(&["resume", "--json"])).expect(1);
        fs::create_dir_all(within.join("models")).unwrap();
        fs::write(within.join(mine), "mine").unwrap();
        let undone = run(world.wizard(&["rollback"])).expect(0);
        assert!((undone.out + &undone.err).contains("there are files in it that were not checked out"), "{mine}");
        assert_eq!(fs::read_to_string(within.join(mine)).unwrap(), "mine");
        fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn a_run_whose_record_is_damaged_takes_no_program_away() {
    let Some((world, _)) = machine(MAIN) else { return };
    let folder = world.path("place/ComfyUI");
    comfyui(&world, &["--yes"]).expect(1);
    fs::write(folder.join("mine.bin"), "mine").unwrap();
    let runs = world.path("wizard/data/runs");
    for run in fs::read_dir(&runs).unwrap().map(|run| run.unwrap().path()) {
        fs::write(run.join("journal.jsonl"), "garbage\n").unwrap();
    }
    run(world.wizard(&["rollback"]));
    assert!(folder.join("mine.bin").exists() && folder.join("main.py").exists());
}

#[test]
fn a_program_that_wants_another_torch_says_which() {
    let Some((world, source)) = machine(MAIN) else { return };
    commit(&source, &[("requirements.txt", "torch==2.9.1\nlists-it\n")]);
    let ran = comfyui(&world, &["--yes"]).expect(1);
    for part in ["does not fit torch", "torch 2.9.1", "install --kit comfyui"] {
        assert!(ran.err.contains(part), "{part} is not in {}", ran.err);
    }
    assert!(!world.path("place/ComfyUI").exists());
}

#[test]
fn without_git_the_way_to_it_is_named() {
    let Some((world, _)) = machine(MAIN) else { return };
    fs::remove_file(world.path("bin/git")).ok();
    let ran = comfyui(&world, &["--yes"]).expect(1);
    assert!(ran.err.contains("https://git-scm.com/downloads"), "{}", ran.err);
}

/// As much of a setuptools as makes the package below: it runs its setup.py.
const BUILD_META: &str = r#"
import pathlib, zipfile

class Legacy:
    def build_wheel(self, wheel_directory, config_settings=None, metadata_directory=None):
        told = {}
        exec(pathlib.Path("setup.py").read_text(), told)
        name, version = told["NAME"], told["VERSION"]
        info = f"{name}-{version}.dist-info"
        files = {
            told["MODULE"]: pathlib.Path(told["MODULE"]).read_text(),
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
        wheel = f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(pathlib.Path(wheel_directory) / wheel, "w") as archive:
            for path, text in files.items():
                archive.writestr(path, text)
        return wheel

__legacy__ = Legacy()
"#;

/// Leaves a trace of each time that it is run.
const SETUP: &str = r#"
import os, pathlib
NAME, VERSION, MODULE = "antlr4_python3_runtime", "4.9.3", "antlr4.py"
with open(pathlib.Path(os.environ["HOME"]) / "setup-ran", "a") as trace:
    trace.write("ran\n")
"#;

/// What `Fooocus` does of itself when it starts: it wants its folders, and serves a page.
const LAUNCH: &str = r#"
import http.server, os, sys
import antlr4, fastapi, torch

assert fastapi.version == "0.112", fastapi.version
assert os.path.exists(os.path.join(os.environ["path_fooocus_expansion"], "pytorch_model.bin"))
assert os.path.exists(os.path.join(os.environ["path_fooocus_expansion"], "config.json"))
assert "--disable-preset-download" in sys.argv, sys.argv
print("Fooocus version: 9.9")
open("hash_cache.txt", "a").close()

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<title>Fooocus 9.9</title>")

http.server.HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Page).serve_forever()
"#;

fn with_source() -> Arc<Shelf> {
    let mut shelf = Arc::into_inner(with_kits()).unwrap();
    for (version, says) in [("0.112", "version = '0.112'\n"), ("0.150", "version = '0.150'\n")] {
        package(&mut shelf, "fastapi", version, &[], &[("fastapi.py", says)]);
    }
    package(&mut shelf, "starlette", "0.38.6", &[], &[("starlette.py", "")]);
    package(&mut shelf, "gradio", "3.41.2", &[], &[("gradio/__init__.py", "")]);
    let files = [("setuptools/__init__.py", ""), ("setuptools/build_meta.py", BUILD_META)];
    package(&mut shelf, "setuptools", "80.9.0", &[], &files);
    shelf.wheels.push(source("antlr4-python3-runtime", "4.9.3", &[("setup.py", SETUP), ("antlr4.py", "")]));
    // By PEP 440 this one is a 4.9.3, too, and a newer one.
    shelf.wheels.push(source("antlr4-python3-runtime", "4.9.3+other", &[("setup.py", SETUP), ("antlr4.py", "")]));
    Arc::new(shelf)
}

/// A PC with an environment and a `Fooocus` that git takes from here.
fn machine_for_fooocus() -> Option<World> {
    let (torch, vision) = versions();
    let mut world =
        machine_with(with_source, &[&format!("torch=={torch}+cu130"), &format!("torchvision=={vision}+cu130")])?;
    let place = world.path("Fooocus-source");
    let list = "antlr4-python3-runtime==4.9.*\nsetuptools==69.5.1\nfastapi==0.150\ngradio==3.41.2";
    let config = "models/prompt_expansion/fooocus_expansion/config.json";
    commit(&place, &[("launch.py", LAUNCH), ("requirements_versions.txt", list), (config, "{}")]);
    git(&place, &["branch", "--quiet", "-m", "main"]);
    let settings = world.path("gitconfig");
    let text = format!("[url \"file://{}\"]\n\tinsteadOf = https://github.com/lllyasviel/Fooocus\n", place.display());
    fs::write(&settings, text).unwrap();
    world.set("GIT_CONFIG_GLOBAL", &settings);
    world.install_real("git");
    Some(world)
}

#[test]
fn a_package_of_source_alone_is_made_here_and_nothing_of_it_runs_before() {
    let Some(world) = machine_for_fooocus() else { return };
    let (target, mirror, trace) = (world.target(), world.server.torch(), world.path("home/setup-ran"));
    let fooocus = |more: &[&str]| {
        let words = ["kit", "fooocus", "--env", target.to_str().unwrap(), "--index-url", &mirror];
        run(world.wizard(&[&words[..], more].concat()))
    };
    let (before, files) = (versions_in(&world), torch_files(&world));
    let text = fooocus(&["--format", "text"]).expect(0).out;
    for part in [
        "made for torch 2.1.0",
        "source alone and are made here, after their hashes were checked, by their own setup.py: antlr4-python3-runtime 4.9.3",
        "Make antlr4-python3-runtime from source",
        "fastapi 0.112",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let ran = fooocus(&["--engine", "pip", "--yes"]).expect(1);
    let next = "antlr4-python3-runtime is there as source alone, which the engine uv makes: leave --engine pip out.";
    assert!(ran.err.contains("No set of packages") && ran.err.contains(next), "{}", ran.err);
    assert!(!trace.exists(), "a plan runs no setup.py");

    let ran = fooocus(&["--yes"]).expect(1);
    let said = format!("fooocus: passed: the server of Fooocus 9.9 answers, with torch {}+cu130", versions().0);
    assert!(ran.err.contains(&said), "{}", ran.err);
    assert!(versions_in(&world).contains(&"antlr4_python3_runtime=4.9.3".to_owned()), "{:?}", versions_in(&world));
    assert_eq!(torch_files(&world), files);
    assert_eq!(fs::read_to_string(&trace).unwrap(), "ran\n");
    let folder = world.path("place/Fooocus");
    assert_eq!(git(&folder, &["status", "--porcelain", "--ignored"]), "", "the call left nothing");
    // A proxy is for what is not on this machine; what somebody has written there meanwhile stays.
    fs::write(folder.join("hash_cache.txt"), "mine").unwrap();
    let mut call = world.command(target.join("bin/python"));
    call.args(["-I", "-B"]).arg(world.run_folder().join("kit-fooocus.py")).current_dir(&folder);
    call.env("PYTHONDONTWRITEBYTECODE", "1")
        .env("http_proxy", "http://127.0.0.1:9")
        .env("HTTP_PROXY", "http://127.0.0.1:9");
    assert!(run(call).expect(0).out.contains("kit-call: passed"));
    assert_eq!(fs::read_to_string(folder.join("hash_cache.txt")).unwrap(), "mine");

    // It goes again as a whole, and comes back from the list of what was installed.
    let saved = crate::world::files_in(&world.path("wizard/data/snapshots"), 1);
    let then = world.path("wizard/data/snapshots").join(&saved[0]);
    let with_it = run(world.wizard(&["envs", "snapshot", target.to_str().unwrap(), "--json"])).expect(0);
    let restore = |file: &str| {
        let words = ["envs", "restore", target.to_str().unwrap(), file, "--index-url", &mirror, "--yes"];
        run(world.wizard(&words)).expect(1)
    };
    restore(then.to_str().unwrap());
    assert_eq!(versions_in(&world), before);
    let with_it: serde_json::Value = serde_json::from_str(&with_it.out).unwrap();
    restore(with_it["path"].as_str().unwrap());
    assert!(versions_in(&world).contains(&"antlr4_python3_runtime=4.9.3".to_owned()), "{:?}", versions_in(&world));
    assert_eq!(fs::read_to_string(&trace).unwrap(), "ran\nran\n");
}

#[test]
fn a_new_environment_has_what_is_made_from_source_from_the_beginning() {
    let Some(world) = machine_for_fooocus() else { return };
    fs::remove_dir_all(world.target()).unwrap();
    let ran = run(world.install(&["--kit", "fooocus"])).expect(0);
    assert!(ran.err.contains("fooocus: passed"), "{}", ran.err);
    assert!(versions_in(&world).contains(&"antlr4_python3_runtime=4.9.3".to_owned()), "{:?}", versions_in(&world));
}
