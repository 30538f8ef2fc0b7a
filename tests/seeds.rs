//! The claims of the five source documents that turned out wrong, outdated, misleading or contradictory: what the
//! program says instead. Those that no verdict, plan or table can express stand at the end, with the reason.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod made_up;

use made_up::{facts, found, reach};
use torch_wizard::assess::{Assessment, Build, Route, TorchStatus, Verdict, Wishes, assess, installed_torch};
use torch_wizard::catalog::{BuildOf, Catalog, Needed, Numbering, Platform};
use torch_wizard::facts::{ComputeCapability, CudaToolkit, CudaVersion, Environment, MachineFacts, Tool, TorchVersion};
use torch_wizard::plan::source::Targets;
use torch_wizard::verify::Kernels;

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

fn cc(text: &str) -> ComputeCapability {
    text.parse().unwrap()
}

fn torch(text: &str) -> TorchVersion {
    text.parse().unwrap()
}

fn route(facts: &MachineFacts, route: Route) -> Assessment {
    let list = assess(facts, catalog(), &reach("all"), &Wishes::default());
    list.into_iter().find(|assessment| assessment.route == route).unwrap()
}

fn build(assessment: &Assessment) -> String {
    let Build { torch, variant, .. } = assessment.build.as_ref().unwrap();
    format!("{torch}+{variant}")
}

fn has_code(version: &str, variant: &str, platform: Platform, card: &str) -> bool {
    let list = catalog().arch_list(&torch(version), variant, platform).unwrap();
    !matches!(catalog().runs_row(list, cc(card), CudaVersion::of_variant(variant)), Kernels::None | Kernels::Ptx)
}

fn codes(assessment: &Assessment) -> Vec<&str> {
    assessment.verdict.reasons().iter().map(|reason| reason.code.as_str()).collect()
}

/// The setting of a source build of this name.
fn needed(name: &str) -> Needed {
    catalog().source.settings.iter().find(|row| row.name.contains(name)).unwrap_or_else(|| panic!("{name}")).needed
}

#[test]
fn cuda_12_4_has_no_code_for_12_0_and_12_8_is_the_first_that_has() {
    let compilers = &catalog().source.compilers;
    let first = compilers.iter().find(|row| row.knows(cc("12.0"))).unwrap();
    assert_eq!(first.cuda, CudaVersion::new(12, 8));
    assert!(!has_code("2.6.0", "cu124", Platform::WindowsX86, "12.0"));
    // Not 12.9, as one document has it in its summary.
    assert!(has_code("2.7.0", "cu128", Platform::WindowsX86, "12.0"));
}

#[test]
fn driver_550_does_not_suffice_for_a_card_of_12_0_whatever_the_runtime() {
    let got = route(&facts("12.0", "551.86", "windows", &[]), Route::Wheel);
    assert!(matches!(got.verdict, Verdict::Blocked { .. }));
    assert_eq!(codes(&got), ["driver-too-old"]);
    // The same driver runs the same runtime on an older card.
    assert_eq!(build(&route(&facts("8.9", "551.86", "windows", &[]), Route::Wheel)), "2.14.1+cu126");
}

#[test]
fn neither_581_57_nor_cuda_13_is_needed_for_a_card_of_12_0() {
    assert_eq!(build(&route(&facts("12.0", "572.16", "windows", &[]), Route::Wheel)), "2.11.0+cu128");
    let floor = catalog().driver_floor("cu128", Numbering::Windows, cc("12.0")).unwrap();
    // 571.86 was for the press; 572.16 is the first that one can have.
    assert_eq!((floor.least.to_string(), floor.first.to_string()), ("571.86".to_owned(), "572.16".to_owned()));
    // 580 is what CUDA 13 asks for, whatever the card; 12.8 itself is content with a driver of the year 2022.
    let of_runtime = |cuda, on| catalog().floor_of_runtime(cuda, on).unwrap().least.to_string();
    assert_eq!(of_runtime(CudaVersion::new(13, 0), Numbering::Windows), "580.0");
    assert_eq!(of_runtime(CudaVersion::new(12, 8), Numbering::Windows), "527.41");
    assert_eq!(of_runtime(CudaVersion::new(12, 8), Numbering::Linux), "525.60.13");
    let floor = catalog().driver_floor("cu128", Numbering::Linux, cc("12.0")).unwrap();
    assert_eq!(floor.first.to_string(), "570.86.16", "572 is a number of Windows");
}

#[test]
fn releases_came_out_when_they_did() {
    let published = |version: &str| catalog().release(&torch(version)).unwrap().published.to_string();
    let days = ["2.6.0", "2.7.0", "2.8.0", "2.9.0", "2.9.1"].map(published);
    assert_eq!(days, ["2025-01-29", "2025-04-23", "2025-08-06", "2025-10-15", "2025-11-12"]);
}

#[test]
fn code_for_12_0_is_stable_since_2_7_0_in_cu128_and_on_pypi_since_2_8_0() {
    for platform in [Platform::WindowsX86, Platform::LinuxX86] {
        assert!(has_code("2.7.0", "cu128", platform, "12.0"));
        assert!(!has_code("2.7.0", "cu126", platform, "12.0"));
    }
    let on_pypi = |version: &str| catalog().release(&torch(version)).unwrap().linux_x86_64.pypi.clone();
    // 12.4 was the usual build for a long time: it was skipped by nobody, it only lacks the code.
    assert_eq!((on_pypi("2.5.0"), on_pypi("2.6.0")), ("cu124".to_owned(), "cu124".to_owned()));
    assert_eq!((on_pypi("2.7.0"), on_pypi("2.8.0")), ("cu126".to_owned(), "cu128".to_owned()));
    // torchvision and torchaudio belong to it.
    let set = catalog().companions(&torch("2.7.0")).unwrap();
    assert_eq!((set.torchvision.as_str(), set.torchaudio.as_str()), ("0.22.0", "2.7.0"));
}

#[test]
fn a_stable_wheel_is_recommended_and_never_a_nightly_where_it_runs() {
    let facts = facts("12.0", "581.57", "windows", &[]);
    assert!(matches!(route(&facts, Route::Wheel).verdict, Verdict::Recommended { .. }));
    assert!(!matches!(route(&facts, Route::Nightly).verdict, Verdict::Recommended { .. }));
    // cu128 nightlies ended in April 2026, and PyPI never had any.
    assert!(!catalog().nightly.iter().any(|variant| variant == "cu128"));
}

#[test]
fn code_for_9_0_does_not_run_on_12_0_and_code_for_8_9_does_not_either() {
    let runs = |code: &str| catalog().runs_on(&[code], cc("12.0"), None);
    assert_eq!([runs("sm_90"), runs("sm_89"), runs("sm_100")], [Kernels::None; 3]);
    // It runs only as PTX, which is compiled at first use.
    assert_eq!(runs("compute_90"), Kernels::Ptx);
    assert_eq!(runs("sm_120"), Kernels::Native);
}

#[test]
fn torch_2_6_on_a_card_of_12_0_fails_although_its_tensors_can_be_made() {
    let environment = Environment {
        path: "x".into(),
        kind: "venv".to_owned(),
        torch: "2.6.0+cu124".parse().ok(),
        torch_cuda: Some(CudaVersion::new(12, 4)),
        damage: None,
    };
    // The driver's CUDA (13.0 here) is not what torch uses: it brings its own 12.4.
    let mut facts = facts("12.0", "581.57", "windows", &[]);
    facts.driver_cuda = found(CudaVersion::new(13, 0));
    let got = installed_torch(&facts, &environment, catalog());
    assert_eq!((got.status, got.reasons[0].code.as_str()), (TorchStatus::Fails, "arch-missing"));
}

#[test]
fn a_wheel_needs_no_toolkit() {
    let with_none = facts("12.0", "581.57", "windows", &["3.12.4"]);
    let mut with_old = with_none.clone();
    let nvcc = Tool { path: "/usr/bin/nvcc".into(), version: Some("11.5".to_owned()) };
    with_old.tools.insert("nvcc".to_owned(), found(nvcc));
    let root = "/usr/local/cuda-12.4";
    let old = CudaToolkit { cuda: CudaVersion::new(12, 4), root: root.into(), nvcc: format!("{root}/bin/nvcc").into() };
    with_old.toolkits.push(old);
    let wheel = |facts: &MachineFacts| route(facts, Route::Wheel);
    assert_eq!(wheel(&with_none), wheel(&with_old));
}

#[test]
fn pythons_go_with_the_release() {
    let of = |version: &str| {
        let mut tags = catalog().release(&torch(version)).unwrap().windows_x86_64.pythons.clone();
        tags.retain(|tag| !tag.ends_with('t'));
        (tags.first().unwrap().clone(), tags.last().unwrap().clone())
    };
    assert_eq!(of("2.9.1"), ("cp310".to_owned(), "cp314".to_owned()));
    assert_eq!(of("2.15.0"), ("cp311".to_owned(), "cp315".to_owned()));
}

#[test]
fn windows_and_wsl2_have_the_same_builds_for_a_new_card() {
    let mut facts = facts("12.0", "581.57", "windows", &[]);
    if let torch_wizard::facts::Probed::Found { value, .. } = &mut facts.os {
        value.build = Some(26100);
    }
    assert_eq!(build(&route(&facts, Route::Wheel)), build(&route(&facts, Route::Wsl2)));
    assert!(matches!(route(&facts, Route::Wheel).verdict, Verdict::Recommended { .. }));
    let forbidden: Vec<_> = catalog().wsl.forbidden.iter().map(|row| row.package.as_str()).collect();
    assert!(forbidden.contains(&"nvidia-cuda-toolkit") && forbidden.contains(&"nvidia-driver-*"));
}

#[test]
fn containers_bring_python_and_are_run_without_a_flag_that_does_nothing() {
    let containers = &catalog().containers;
    assert!(containers.bases.iter().all(|base| base.needed == Needed::Never || base.image.starts_with("python:")));
    let flags = containers.run_flags.iter().filter(|row| row.needed != Needed::Never);
    let words: Vec<_> = flags.flat_map(|row| &row.flag).map(String::as_str).collect();
    assert!(words.iter().any(|word| word.starts_with("--ipc")), "{words:?}");
    assert!(!words.iter().any(|word| word.starts_with("--shm-size")), "{words:?}");
    // NGC 25.04 holds CUDA 12.9 already.
    let image = catalog().images().iter().find(|image| image.image.contains("pytorch:25.04")).unwrap();
    assert_eq!(image.cuda(), Some(CudaVersion::new(12, 9)));
}

#[test]
fn a_source_build_takes_what_the_source_really_asks_for() {
    let line = &catalog().source.lines[0];
    assert_eq!((line.least_gcc.as_str(), line.least_cmake.as_str()), ("11.3.0", "3.27"));
    let disk = &catalog().source.disk;
    assert!(disk.plan_gb < 100, "one document asks for a terabyte");
    for name in ["USE_CAFFE2", "CMAKE_CUDA_ARCHITECTURES", "PTHREADPOOL", "CUDA_TOOLKIT_ROOT_DIR"] {
        assert_eq!(needed(name), Needed::Never, "{name}");
    }
    // Torch itself does not read it, extensions do.
    assert!(catalog().source.settings.iter().any(|row| row.name == "FORCE_CUDA" && row.of == [BuildOf::Extension]));
    assert_ne!(needed("TORCH_CUDA_ARCH_LIST"), Needed::Never);
    // Ninja makes response files by itself.
    assert_eq!(needed("RESPONSE_FILE"), Needed::Never);
}

#[test]
fn the_toolkit_of_12_9_came_with_575() {
    let row = catalog().toolkits.iter().find(|row| row.cuda == CudaVersion::new(12, 9)).unwrap();
    assert_eq!(row.linux.to_string(), "575.51.03");
}

#[test]
fn a_rtx_5090_is_what_its_maker_says() {
    let card = catalog().gpu_by_name("NVIDIA GeForce RTX 5090").unwrap();
    assert_eq!((card.capability, card.memory_gb, card.watts), (cc("12.0"), Some(32.0), Some(575.0)));
    // 209.5 is dense and accumulated in single precision.
    assert_eq!(card.tflops.fp16, Some(209.5));
    let older = catalog().gpu_by_name("NVIDIA GeForce RTX 4090").unwrap().tflops.fp16.unwrap();
    assert!((209.5 / older - 1.268).abs() < 0.001);
}

#[test]
fn code_is_built_for_the_card_and_for_no_other_of_its_maker() {
    let targets = Targets::of([cc("12.0")]);
    assert_eq!(
        targets.list(),
        "12.0",
        "neither sm_100, whose code is of no use on it, nor sm_120, which torch refuses"
    );
    assert_eq!(catalog().runs_on(&["sm_100"], cc("12.0"), None), Kernels::None);
}

#[test]
fn xformers_has_no_code_for_12_0_and_bitsandbytes_is_taken_from_its_wheel() {
    let text = include_str!("../assets/catalog/companions.toml");
    let named = |name: &str| text.contains(&format!("name = \"{name}\""));
    assert!(named("xformers") && named("bitsandbytes"));
    assert!(!text.contains("TimDettmers"));
}

// Told elsewhere or nowhere:
// - `x @ x.T` proves nothing by itself: the verification runs every kernel family (tests/verify_py_test.py).
// - `requirements.txt` with one --index-url, plain pip with +cu128: tests/export.rs reads the index lines.
// - sm_120 in TORCH_CUDA_ARCH_LIST, `setup.py develop`, bare cmake: the tests of plan/source.
// - launch days, core counts, FP4, profit tables, the .run installer, --no-cache-dir: the program makes no such claim.
