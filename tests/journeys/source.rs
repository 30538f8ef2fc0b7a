//! A build from source of a tiny torch: real git with a submodule, real pip and uv, and a compiler that is a few lines of
//! Python. What would take an hour is cut in the middle and goes on.

use crate::index_server::wheels::{Shelf, Wheel};
use crate::install_real::python;
use crate::world::{World, files_in, run, shelf, tools};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use torch_wizard::assess::{Assessment, Build, Origin, Route, Verdict};
use torch_wizard::facts::{CudaToolkit, CudaVersion, OsFamily};
use torch_wizard::lock::Lock;
use torch_wizard::plan::source::{RECORD, Recipe, Setting, Targets, Workshop, plan};
use torch_wizard::plan::{Choices, Engine, Frame, Indexes, Inheritance, Places, Plan};

const CARD: &str = "driver=581.57\ncuda=13000\ngpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04";

/// Stands in for `setup.py`: `CMake` alone, as torch's own does with this variable.
const SETUP: &str = r#"import os, sys
assert sys.argv[1:] == ["build"] and os.environ["CMAKE_ONLY"] == "1"
os.makedirs("build", exist_ok=True)
archs = os.environ["TORCH_CUDA_ARCH_LIST"].replace(".", "").split(";")
with open("build/build.ninja", "w") as ninja:
    ninja.write("FLAGS = " + " ".join("-gencode arch=compute_%s,code=sm_%s" % (a, a) for a in archs))
"#;

/// Stands in for the build: makes a wheel of what is there, with the version and the code that the variables name.
const BACKEND: &str = r#"import base64, hashlib, os, sys, zipfile

def build_wheel(folder, settings=None, metadata=None):
    assert os.path.exists("third_party/part/part.txt"), "no submodule"
    assert os.path.exists("build/build.ninja"), "not configured"
    with open("build/compiled", "a") as done:
        done.write("x")
    if os.path.exists(os.environ["TW_TEST_BREAK"]):
        sys.exit("error: the compiler ran out of memory")
    version = os.environ["PYTORCH_BUILD_VERSION"]
    archs = " ".join("sm_" + a.replace(".", "") for a in os.environ["TORCH_CUDA_ARCH_LIST"].split(";"))
    files = {
        "torch/__init__.py": open("torch/__init__.py").read(),
        "torch/version.py": "__version__ = %r\ncuda = '13.0'\n" % version,
        "torch/_C.py": "def _cuda_getArchFlags():\n    return %r\n" % archs,
        "torch_wizard_replay.pth": "import _torch_wizard_replay\n",
        "_torch_wizard_replay.py": open("replay.py").read(),
    }
    info = "torch-%s.dist-info/" % version
    files[info + "METADATA"] = "Metadata-Version: 2.1\nName: torch\nVersion: %s\n" % version
    files[info + "WHEEL"] = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += "%s,sha256=%s,%d\n" % (path, digest, len(text.encode()))
    files[info + "RECORD"] = record + info + "RECORD,,\n"
    name = "torch-%s-py3-none-any.whl" % version
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return name
"#;

pub fn git(world: &World, folder: &Path, args: &[&str]) {
    let mut command: Command = world.command(which::which("git").unwrap());
    command.arg("-C").arg(folder).args(args);
    run(command).expect(0);
}

/// A repository with these files, one commit and a tag.
pub fn repository(world: &World, name: &str, files: &[(&str, &str)], with: &dyn Fn(&Path)) -> PathBuf {
    let folder = world.path(name);
    for (path, text) in files {
        fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
        fs::write(folder.join(path), text).unwrap();
    }
    git(world, &folder, &["init", "--quiet", "--initial-branch", "main"]);
    with(&folder);
    git(world, &folder, &["add", "--all"]);
    git(world, &folder, &["commit", "--quiet", "--message", "x"]);
    git(world, &folder, &["tag", "v2.15.0"]);
    // What comes later is not what was asked for.
    fs::write(folder.join("later"), "").unwrap();
    git(world, &folder, &["add", "--all"]);
    git(world, &folder, &["commit", "--quiet", "--message", "later"]);
    folder
}

/// An nvcc that can compile for every card.
const NVCC: &str = r#"while [ $# -gt 0 ]; do
    case "$1" in -o) echo object >"$2" ;; esac
    shift
done"#;

/// A PC with a card, git, a toolkit and the usual small tools.
pub fn machine_with(mut world: World) -> Option<(World, PathBuf)> {
    if which::which("git").is_err() {
        eprintln!("skipped: no git");
        return None;
    }
    let nvcc = world.path("cuda/bin/nvcc");
    fs::create_dir_all(nvcc.parent().unwrap()).unwrap();
    fs::rename(world.script("nvcc", NVCC), &nvcc).unwrap();
    world.simulate(CARD);
    world.replay("rtx5070-healthy.jsonl");
    world.set("TW_TEST_BREAK", world.path("break"));
    // git's own scripts use the small tools of every Linux.
    world.set("PATH", format!("{}:/usr/bin:/bin", world.path("bin").display()));
    let config = "[user]\nname = A\nemail = a@example.org\n[protocol \"file\"]\nallow = always\n";
    fs::write(world.path("home/.gitconfig"), config).unwrap();
    Some((world, nvcc))
}

/// The same with the source of torch.
pub fn machine() -> Option<(World, String)> {
    let (world, _) = machine_with(World::new()?)?;
    let part = repository(&world, "part", &[("part.txt", "x")], &|_| {});
    let init = "from .version import __version__\nfrom . import _C\n";
    let project = "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n\
        [project]\nname = \"torch\"\ndynamic = [\"version\"]\n";
    let files = [
        ("setup.py", SETUP),
        ("backend.py", BACKEND),
        ("pyproject.toml", project),
        ("torch/__init__.py", init),
        ("replay.py", include_str!("replay.py")),
    ];
    let torch = repository(&world, "pytorch", &files, &|folder| {
        let url = format!("file://{}", part.display());
        git(&world, folder, &["submodule", "--quiet", "add", &url, "third_party/part"]);
    });
    Some((world, format!("file://{}", torch.display())))
}

pub fn recipe(world: &World, url: &str) -> Recipe {
    let setting = |name: &str, value: &str| Setting { name: name.into(), value: value.into(), why: "Because.".into() };
    let mut recipe = Recipe {
        git: which::which("git").unwrap(),
        url: url.to_owned(),
        tag: "v2.15.0".to_owned(),
        folder: world.path("wizard/cache/source/v2.15.0"),
        built: PathBuf::new(),
        is_built: false,
        wheel: ["-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "-v", "."].map(str::to_owned).to_vec(),
        workshop: Workshop {
            torch: "2.15.0".parse().unwrap(),
            variant: "cu130".to_owned(),
            targets: Targets::of(["8.6", "12.0"].map(|capability| capability.parse().unwrap())),
            toolkit: CudaToolkit {
                cuda: CudaVersion::new(13, 0),
                root: world.path("cuda"),
                nvcc: world.path("cuda/bin/nvcc"),
            },
            knows: Vec::new(),
            host_compiler: None,
            jobs: 2,
            settings: vec![
                setting("TORCH_CUDA_ARCH_LIST", "{archs}"),
                setting("MAX_JOBS", "{jobs}"),
                setting("PYTORCH_BUILD_VERSION", "{torch}+{variant}.source"),
            ],
            compiler: std::collections::BTreeMap::new(),
            search: "/usr/bin:/bin".to_owned(),
        },
    };
    recipe.built = world.path("wizard/cache/built").join(recipe.kept_name("cp312"));
    recipe
}

/// The wheels of the usual index that a build of nothing but Python needs.
pub fn pip_alone() -> Vec<&'static Wheel> {
    static SHELF: OnceLock<Arc<Shelf>> = OnceLock::new();
    vec![SHELF.get_or_init(shelf).find(None, "pip-", "")]
}

/// The plan of a build, saved as a run that was not begun yet.
pub fn saved(world: &World, engine: Engine, recipe: Recipe, wheels: &[&Wheel]) -> Plan {
    let mut lock = "lock-version = \"1.0\"\n".to_owned();
    for wheel in wheels {
        let address = format!("{}/{}", world.server.pypi().replace("/simple", "/files"), wheel.file);
        let version = wheel.file.split('-').nth(1).unwrap();
        write!(
            lock,
            "[[packages]]\nname = \"{}\"\nversion = \"{version}\"\n\
            wheels = [{{ url = \"{address}\", size = {}, hashes = {{ sha256 = \"{}\" }} }}]\n",
            wheel.project,
            wheel.bytes.len(),
            wheel.sha256
        )
        .unwrap();
    }
    let assessment = Assessment {
        route: Route::Source,
        verdict: Verdict::Works { reasons: Vec::new() },
        build: Some(Build {
            torch: "2.15.0".parse().unwrap(),
            variant: "cu130".to_owned(),
            python: tools().unwrap().python_version.parse().ok(),
            origin: Origin::Git { url: recipe.url.clone(), tag: recipe.tag.clone() },
            seen_live: false,
        }),
        acceptable_variants: Vec::new(),
        gpus: vec![0],
        download_bytes: None,
        disk_bytes: None,
        seconds: None,
        needs: Vec::new(),
        risk: None,
    };
    let choices = Choices {
        target: world.target(),
        python: tools().unwrap().python.clone(),
        python_version: "3.12.4".parse().ok(),
        engine,
        uv: Some(tools().unwrap().uv.clone()),
        cards: vec!["0".to_owned()],
        replace: true,
    };
    let data = world.path("wizard");
    let id = format!("20261121-10000{}", files_in(&data.join("data/runs"), 1).len());
    let frame = Frame {
        made_at: "2026-11-21T10:00:00Z".to_owned(),
        os: OsFamily::Linux,
        places: Places {
            run: data.join("data/runs").join(&id),
            store: data.join("cache/wheels"),
            links: data.join("cache/links/1"),
            uv_cache: data.join("cache/uv"),
        },
        id,
        indexes: Indexes::default(),
        inheritance: Inheritance::default(),
    };
    let plan = plan(assessment, choices, Lock::from_pylock(&lock).unwrap(), frame, recipe).unwrap();
    fs::create_dir_all(&plan.places.run).unwrap();
    fs::write(plan.places.run.join("plan.json"), serde_json::to_vec(&plan).unwrap()).unwrap();
    plan
}

/// The keys of the steps that were begun.
pub fn begun(ran: &crate::world::Ran) -> Vec<String> {
    let events = ran.events().into_iter().filter(|event| event["kind"] == "started");
    events.map(|event| event["step"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_build_that_was_cut_goes_on_and_its_wheel_is_kept_for_the_next_environment() {
    let Some((world, url)) = machine() else { return };
    let recipe = recipe(&world, &url);
    saved(&world, Engine::Uv, recipe.clone(), &pip_alone());
    fs::write(world.path("break"), "").unwrap();
    let ran = run(world.resume()).expect(1);
    assert!(ran.out.contains("the compiler ran out of memory"), "{}", ran.out);
    assert_eq!(begun(&ran).last().map(String::as_str), Some("build"));
    assert!(!world.target().exists());

    fs::remove_file(world.path("break")).unwrap();
    let ran = run(world.resume());
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}\n{}", ran.err, ran.out);
    // What was fetched, installed and configured is there.
    let steps = begun(&ran);
    assert_eq!(steps[0], "build", "{steps:?}");
    assert_eq!(fs::read_to_string(recipe.folder.join("build/compiled")).unwrap(), "xx");
    let asked = "import torch; print(torch.__version__, torch._C._cuda_getArchFlags())";
    assert_eq!(python(&world, &world.target(), asked), "2.15.0+cu130.source sm_86 sm_120");
    assert!(!recipe.folder.join("later").exists(), "the tag is built and not the newest state");
    assert_eq!(fs::read_to_string(recipe.built.join(RECORD)).unwrap(), recipe.record("cp312"));
    assert_eq!(world.registry()[0]["route"], "source");

    // Another environment from the same wheel: nothing is compiled, nothing is fetched.
    fs::remove_dir_all(&recipe.folder).unwrap();
    world.server.forget_seen();
    let kept = Recipe { is_built: true, ..recipe.clone() };
    saved(&world, Engine::Pip, kept, &pip_alone());
    let ran = run(world.resume());
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}\n{}", ran.err, ran.out);
    assert_eq!(world.server.seen(), []);
    assert_eq!(python(&world, &world.target(), asked), "2.15.0+cu130.source sm_86 sm_120");
    let script = fs::read_to_string(world.target().join("pyvenv.cfg")).unwrap();
    assert!(!script.contains("tw-new"), "{script}");
}

#[test]
fn a_build_without_code_for_the_card_stops_before_an_hour_of_compiling() {
    let Some((world, url)) = machine() else { return };
    let mut recipe = recipe(&world, &url);
    // CMake goes its own way.
    recipe.workshop.settings[0].value = "8.6".to_owned();
    saved(&world, Engine::Uv, recipe.clone(), &pip_alone());
    let ran = run(world.resume()).expect(1);
    assert_eq!(begun(&ran).last().map(String::as_str), Some("check-build-2"));
    assert!(ran.out.contains("no code for sm_120"), "{}", ran.out);
    assert!(!recipe.folder.join("build/compiled").exists());
    // A new run begins with a clean source.
    run(world.wizard(&["rollback"])).expect(0);
    recipe.workshop.settings[0].value = "{archs}".to_owned();
    let stale = recipe.folder.join("build/stale");
    fs::write(&stale, "").unwrap();
    saved(&world, Engine::Uv, recipe, &pip_alone());
    let ran = run(world.resume());
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}\n{}", ran.err, ran.out);
    assert!(!stale.exists(), "CMake would take its paths from there");
}

#[test]
fn locks_that_a_killed_git_left_are_in_nobodys_way() {
    let Some((world, url)) = machine() else { return };
    let recipe = recipe(&world, &url);
    saved(&world, Engine::Uv, recipe.clone(), &pip_alone());
    let git = recipe.folder.join(".git");
    fs::create_dir_all(&git).unwrap();
    for name in ["index.lock", "HEAD.lock", "shallow.lock", "config.lock"] {
        fs::write(git.join(name), "").unwrap();
    }
    let ran = run(world.resume());
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}\n{}", ran.err, ran.out);
}
