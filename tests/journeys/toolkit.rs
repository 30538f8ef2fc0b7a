//! "Can this toolkit build for this card?", answered by doing: NVIDIA's own nvcc out of the wheels on PyPI, laid out as a
//! toolkit, compiles the kernel that a plan begins with.
//!
//! Needs those wheels in the folder that `TORCH_WIZARD_TEST_CUDA` names (`packaging/fetch-build.sh --cuda`, 165 MB).

use crate::source::{begun, machine_with, recipe, saved};
use crate::world::{Ran, World, run};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use torch_wizard::catalog::Catalog;
use torch_wizard::facts::CudaVersion;
use torch_wizard::plan::source::{Targets, Workshop};
use torch_wizard::plan::{Action, Engine};

/// The wheels whose names begin so.
fn wheels(begin: &[&str]) -> Option<Vec<PathBuf>> {
    let folder = std::env::var_os("TORCH_WIZARD_TEST_CUDA").map(PathBuf::from);
    let find = |begin: &&str| {
        let mut files = fs::read_dir(folder.as_ref()?).ok()?.filter_map(|file| Some(file.ok()?.path()));
        files.find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(begin)))
    };
    let found: Option<Vec<PathBuf>> = begin.iter().map(find).collect();
    if found.is_none() {
        eprintln!("skipped: no wheels of nvcc: set TORCH_WIZARD_TEST_CUDA (packaging/fetch-build.sh --cuda)");
    }
    found
}

/// Takes files out of wheels; what lies in a folder of programs can be started.
fn unpack(wheels: &[PathBuf], below: &str, to: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    for wheel in wheels {
        let mut zip = zip::ZipArchive::new(fs::File::open(wheel).unwrap()).unwrap();
        for number in 0..zip.len() {
            let mut file = zip.by_index(number).unwrap();
            let Some(name) = file.name().unwrap().strip_prefix(below).map(str::to_owned) else { continue };
            // A library and a linker that no compiler starts.
            if file.is_dir() || name.contains("libnvvm") || name.ends_with("nvlink") {
                continue;
            }
            let path = to.join(&name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::io::copy(&mut file, &mut fs::File::create(&path).unwrap()).unwrap();
            if name.contains("bin/") {
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            }
        }
    }
}

/// A PC with the real toolkit 13.0 at `cuda`.
fn machine() -> Option<World> {
    let found =
        wheels(&["nvidia_cuda_nvcc-13.0", "nvidia_nvvm-13.0", "nvidia_cuda_crt-13.0", "nvidia_cuda_runtime-13.0"])?;
    let (world, _) = machine_with(World::new()?)?;
    unpack(&found, "nvidia/cu13/", &world.path("cuda"));
    Some(world)
}

/// Runs what a plan for these cards does before it fetches anything.
fn tried(world: &World, cards: &[&str], change: impl Fn(&World, &mut Workshop)) -> Ran {
    let mut recipe = recipe(world, "file:///nowhere");
    recipe.workshop.targets = Targets::of(cards.iter().map(|card| card.parse().unwrap()));
    change(world, &mut recipe.workshop);
    let mut plan = saved(world, Engine::Uv, recipe, &[]);
    plan.steps.truncate(2);
    assert!(matches!(plan.steps[1].action, Action::Run { .. }) && plan.steps[1].key == "toolkit");
    fs::write(plan.places.run.join("plan.json"), serde_json::to_vec(&plan).unwrap()).unwrap();
    let ran = run(world.resume());
    assert_eq!(begun(&ran).last().map(String::as_str), Some("toolkit"), "{}", ran.err);
    if ran.code == 0 {
        let object = fs::read(plan.places.run.join("kernel.o")).unwrap();
        for card in cards {
            let name = format!("sm_{}", card.replace('.', ""));
            assert!(object.windows(name.len()).any(|seen| seen == name.as_bytes()), "no {name} in the object");
        }
    } else {
        run(world.wizard(&["rollback"])).expect(0);
    }
    ran
}

#[test]
fn the_real_nvcc_compiles_for_this_years_card_and_refuses_one_it_has_forgotten() {
    let Some(world) = machine() else { return };
    tried(&world, &["12.0"], |_, _| {}).expect(0);
    tried(&world, &["8.6", "12.0"], |_, _| {}).expect(0);
    let ran = tried(&world, &["6.1", "12.0"], |_, _| {}).expect(1);
    assert_eq!(ran.label().as_deref(), Some("toolkit-lacks-card"), "{}", ran.out);
    assert!(ran.out.contains("does not know compute_61"), "{}", ran.out);
}

#[test]
fn a_toolkit_or_a_compiler_that_is_not_whole_is_told_in_seconds() {
    let Some(world) = machine() else { return };
    let without = |name: &'static str| {
        move |world: &World, _: &mut Workshop| {
            let (path, aside) = (world.path("cuda").join(name), world.path("cuda/aside"));
            fs::rename(path, aside).unwrap();
        }
    };
    let back = |name: &str| fs::rename(world.path("cuda/aside"), world.path("cuda").join(name)).unwrap();
    for name in ["include/cuda_runtime.h", "nvvm/bin/cicc", "include/crt/host_config.h"] {
        let ran = tried(&world, &["12.0"], without(name)).expect(1);
        assert_eq!(ran.label().as_deref(), Some("toolkit-incomplete"), "{name}: {}", ran.out);
        back(name);
    }
    // A compiler of a year to come, by the word that the toolkit's own header looks at.
    let newer = |world: &World, workshop: &mut Workshop| {
        let real = which::which("g++").unwrap();
        let script = format!("exec {} -U__GNUC__ -D__GNUC__=99 \"$@\"", real.display());
        workshop.host_compiler = Some(world.script("g++-99", &script));
    };
    let ran = tried(&world, &["12.0"], newer).expect(1);
    assert_eq!(ran.label().as_deref(), Some("host-compiler-too-new"), "{}", ran.out);
    assert!(ran.out.contains("unsupported GNU version"), "{}", ran.out);
    let none = |world: &World, workshop: &mut Workshop| workshop.search = world.path("home").display().to_string();
    let ran = tried(&world, &["12.0"], none).expect(1);
    assert_eq!(ran.label().as_deref(), Some("compiler-missing"), "{}", ran.out);
}

/// A kernel for the oldest card that all of them know, in the assembler's own language.
const PTX: &str = ".version 7.0\n.target sm_50\n.address_size 64\n.visible .entry empty() { ret; }\n";

/// The wheels of CUDA 12 have no nvcc, but the assembler that decides.
#[test]
fn what_the_catalogue_says_of_a_toolkit_is_what_its_assembler_takes() {
    for (version, begin, below) in [
        (CudaVersion::new(12, 4), "nvidia_cuda_nvcc_cu12-12.4", "nvidia/cuda_nvcc/"),
        (CudaVersion::new(12, 8), "nvidia_cuda_nvcc_cu12-12.8", "nvidia/cuda_nvcc/"),
        (CudaVersion::new(13, 0), "nvidia_cuda_nvcc-13.0", "nvidia/cu13/"),
    ] {
        let Some(found) = wheels(&[begin]) else { return };
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        unpack(&found, below, folder.path());
        let takes = |name: &str| {
            let mut ptxas = Command::new(folder.path().join("bin/ptxas"));
            ptxas.args(["-arch", name, "-o", "/dev/null", "-"]).stdin(Stdio::piped()).stderr(Stdio::null());
            let mut child = ptxas.spawn().unwrap();
            child.stdin.take().unwrap().write_all(PTX.as_bytes()).ok();
            child.wait().unwrap().success()
        };
        let catalog = Catalog::embedded().unwrap();
        let told = &catalog.source.compiler(version).unwrap().archs;
        let all: std::collections::BTreeSet<_> = ["11.8", "12.4", "12.8", "13.0"]
            .iter()
            .filter_map(|text| catalog.source.compiler(text.parse().ok()?))
            .flat_map(|row| row.archs.clone())
            .collect();
        for capability in all {
            let name = capability.sm();
            assert_eq!(takes(&name), told.contains(&capability), "{version}: {name}");
        }
        assert_eq!(takes("sm_120"), version >= CudaVersion::new(12, 8), "{version}");
    }
}
