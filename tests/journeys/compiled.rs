//! A build from source with the real git, `CMake`, Ninja and C++ compiler: a small library of eight files in torch's place,
//! with a submodule and with headers of a package of the environment. Cut in the middle it goes on with what is compiled.
//!
//! Needs the wheels of `CMake` and Ninja in the folder that `TORCH_WIZARD_TEST_BUILD` names (`packaging/fetch-build.sh`).

use crate::index_server::wheels::{Recipe as Built, Shelf, Wheel, build, ready};
use crate::install_real::python;
use crate::source::{begun, machine_with, recipe, repository, saved};
use crate::world::{Ran, World, fill_shelf, processes_with, run, start, until};
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use torch_wizard::plan::Engine;
use torch_wizard::plan::source::{RECORD, Recipe};

/// Files of the library, without the one that says for which cards it is.
const UNITS: usize = 8;

/// The wheels of `CMake` and Ninja.
fn build_tools() -> Option<Vec<(String, PathBuf)>> {
    let folder = std::env::var_os("TORCH_WIZARD_TEST_BUILD").map(PathBuf::from);
    let found = ["cmake-", "ninja-"].map(|begin| {
        let mut files = fs::read_dir(folder.as_ref()?).ok()?.filter_map(|file| Some(file.ok()?.path()));
        let name = |path: &PathBuf| Some(path.file_name()?.to_str()?.to_owned());
        files.find_map(|path| Some((name(&path).filter(|name| name.starts_with(begin))?, path)))
    });
    let tools: Option<Vec<_>> = found.into_iter().collect();
    if tools.is_none() || which::which("c++").is_err() {
        eprintln!("skipped: no wheels of CMake and Ninja: set TORCH_WIZARD_TEST_BUILD (packaging/fetch-build.sh)");
        return None;
    }
    tools
}

/// The usual index with what the build asks for.
fn workshop() -> Arc<Shelf> {
    static SHELF: OnceLock<Arc<Shelf>> = OnceLock::new();
    let fill = || {
        let mut shelf = fill_shelf();
        shelf
            .wheels
            .extend(build_tools().unwrap().into_iter().map(|(name, path)| ready(&name, fs::read(path).unwrap())));
        let header = b"#pragma once\n#define ARRAYS 2\n".to_vec();
        shelf.wheels.push(build(&Built {
            name: "arrays",
            version: "1.0",
            tag: "py3-none-any",
            files: &[("arrays/__init__.py", b"".to_vec()), ("arrays/include/arrays.h", header)],
            ..Built::default()
        }));
        Arc::new(shelf)
    };
    Arc::clone(SHELF.get_or_init(fill))
}

fn needed() -> Vec<&'static Wheel> {
    static SHELF: OnceLock<Arc<Shelf>> = OnceLock::new();
    let shelf = SHELF.get_or_init(workshop);
    ["pip-", "cmake-", "ninja-", "arrays-"].map(|begin| shelf.find(None, begin, "")).into()
}

/// What the compiler is started through: it notes each file, waits before those that are held, breaks those that are to
/// break.
const LAUNCHER: &str = r#"for word; do case "$word" in *.cpp.o) unit="${word##*/}" ;; esac; done
case "$unit" in ""|CMake*) exec "$@" ;; esac
echo "begin $unit" >>"$TW_TEST_COMPILED"
while case " $(cat "$TW_TEST_HELD" 2>/dev/null) " in *" $unit "*) true ;; *) false ;; esac; do sleep 0.05; done
if [ "$(cat "$TW_TEST_BREAK" 2>/dev/null)" = "$unit" ]; then set -- "$@" -DBROKEN; fi
"$@" || exit
echo "end $unit" >>"$TW_TEST_COMPILED""#;

fn unit(number: usize) -> String {
    format!("part_{number}.cpp.o")
}

/// A PC with a card, and the library's repository in the place of torch's.
fn machine() -> Option<(World, String)> {
    build_tools()?;
    let (mut world, _) = machine_with(World::with_shelf(&["uv", "python3"], workshop)?)?;
    let launcher = world.script("launcher", LAUNCHER);
    world.set("CMAKE_CXX_COMPILER_LAUNCHER", launcher);
    world.set("TW_TEST_COMPILED", world.path("compiled"));
    world.set("TW_TEST_HELD", world.path("held"));
    let part = repository(&world, "parts", &[("part.h", "#pragma once\n#define PART 1\n")], &|_| {});
    let project = "[build-system]\nrequires = [\"cmake\", \"ninja\", \"arrays\"]\nbuild-backend = \"backend\"\n\
        backend-path = [\".\"]\n[project]\nname = \"torch\"\ndynamic = [\"version\"]\n";
    let mut files: Vec<(String, String)> = [
        ("CMakeLists.txt", include_str!("compiled/CMakeLists.txt")),
        ("setup.py", include_str!("compiled/setup.py")),
        ("backend.py", include_str!("compiled/backend.py")),
        ("torch/_C.py", include_str!("compiled/_C.py")),
        ("torch/__init__.py", "from .version import __version__\nfrom . import _C\n"),
        ("replay.py", include_str!("replay.py")),
        ("pyproject.toml", project),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .into();
    let calls: String = (0..UNITS).map(|number| format!(" + part_{number}()")).collect();
    let declared: String = (0..UNITS).map(|number| format!("int part_{number}();\n")).collect();
    files.push((
        "csrc/archs.cpp".to_owned(),
        format!("{declared}extern \"C\" int sum() {{ return 0{calls}; }}\nextern \"C\" const char *gencode() {{ return GENCODE; }}\n"),
    ));
    for number in 0..UNITS {
        let text = format!(
            "#include <part.h>\n#include <arrays.h>\n#ifdef BROKEN\nint q = nonsense_{number};\n#endif\n\
             int part_{number}() {{ return {number} * (PART + ARRAYS); }}\n"
        );
        files.push((format!("csrc/part_{number}.cpp"), text));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let torch = repository(&world, "library", &files, &|folder| {
        let url = format!("file://{}", part.display());
        crate::source::git(&world, folder, &["submodule", "--quiet", "add", &url, "third_party/part"]);
    });
    Some((world, format!("file://{}", torch.display())))
}

/// What the compiler began and ended, in this order.
fn noted(world: &World, word: &str) -> Vec<String> {
    let text = fs::read_to_string(world.path("compiled")).unwrap_or_default();
    text.lines().filter_map(|line| Some(line.strip_prefix(word)?.trim().to_owned())).collect()
}

fn hold(world: &World, numbers: std::ops::Range<usize>) {
    fs::write(world.path("held"), numbers.map(unit).collect::<Vec<_>>().join(" ")).unwrap();
}

#[track_caller]
fn assert_stands(world: &World, ran: &Ran) {
    // The card is a simulated one, which is never called proven; what passed all checks stands.
    assert_eq!(ran.ended()["env"], world.target().to_str().unwrap(), "{}\n{}", ran.err, ran.out);
    let asked = "import torch; print(torch.__version__, torch._C._cuda_getArchFlags())";
    assert_eq!(python(world, &world.target(), asked), "2.15.0+cu130.source sm_86 sm_120");
}

#[test]
fn a_build_that_was_killed_goes_on_and_compiles_nothing_twice() {
    for engine in [Engine::Uv, Engine::Pip] {
        let Some((world, url)) = machine() else { return };
        let recipe = recipe(&world, &url);
        saved(&world, engine, recipe.clone(), &needed());
        hold(&world, 4..UNITS);
        let mut running = start(&world, world.resume());
        // The one with the cards' names is compiled as well.
        until("half of the build", || noted(&world, "end").len() == 5);
        until("files under way", || noted(&world, "begin").len() >= 7);
        running.kill();
        let compiled = noted(&world, "end");
        assert_eq!(compiled.len(), 5, "{compiled:?}");

        let mut again = start(&world, world.resume());
        let is_building = || fs::read_to_string(world.path("stdout")).unwrap().contains("\"step\":\"build\"");
        until("the build again", is_building);
        hold(&world, 0..0);
        let ran = again.wait(&world);
        assert_stands(&world, &ran);
        let ended = noted(&world, "end");
        assert_eq!(ended.len(), UNITS + 1, "{engine:?}: compiled again: {ended:?}");
        for unit in compiled {
            assert_eq!(noted(&world, "begin").iter().filter(|other| **other == unit).count(), 1, "{unit}");
        }
        let steps = begun(&ran);
        assert_eq!(steps[0], "build", "{steps:?}");
        let cache = fs::read_to_string(recipe.folder.join("build/CMakeCache.txt")).unwrap();
        let ninja = cache.lines().find(|line| line.starts_with("CMAKE_MAKE_PROGRAM:")).unwrap();
        assert!(ninja.contains("env.tw-new/bin/ninja"), "not the environment's own: {ninja}");
        assert_eq!(processes_with(world.path("wizard").to_str().unwrap()), [""; 0]);
    }
}

#[test]
fn a_file_that_does_not_compile_is_told_in_its_compilers_words_and_the_others_are_kept() {
    let Some((world, url)) = machine() else { return };
    saved(&world, Engine::Uv, recipe(&world, &url), &needed());
    fs::write(world.path("break"), unit(3)).unwrap();
    let ran = run(world.resume()).expect(1);
    assert_eq!(ran.label().as_deref(), Some("compile-failed"), "{}", ran.out);
    let failed = ran.events().into_iter().rfind(|event| event["kind"] == "failed").unwrap();
    let cause = failed["problem"]["cause"].as_str().unwrap();
    assert!(cause.contains("part_3.cpp:4:") && cause.contains("nonsense_3"), "{cause}");
    assert!(!world.target().exists());
    let compiled = noted(&world, "end");

    fs::remove_file(world.path("break")).unwrap();
    let ran = run(world.resume());
    assert_stands(&world, &ran);
    let ended = noted(&world, "end");
    assert_eq!(ended.len(), UNITS + 1, "{compiled:?} and then {ended:?}");
}

#[test]
fn the_wheel_is_kept_and_the_next_environment_compiles_nothing() {
    let Some((world, url)) = machine() else { return };
    let recipe = recipe(&world, &url);
    saved(&world, Engine::Uv, recipe.clone(), &needed());
    assert_stands(&world, &run(world.resume()));
    assert_eq!(noted(&world, "end").len(), UNITS + 1);
    assert!(recipe.built.join(RECORD).exists());
    fs::remove_dir_all(&recipe.folder).unwrap();
    saved(&world, Engine::Uv, Recipe { is_built: true, ..recipe }, &needed()[..1]);
    let ran = run(world.resume());
    assert_stands(&world, &ran);
    assert!(!begun(&ran).contains(&"toolkit".to_owned()));
    assert_eq!(noted(&world, "end").len(), UNITS + 1);
}
