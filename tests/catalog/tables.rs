//! Look-ups in the tables about images, source builds, WSL, drivers and packages.

use super::{catalog, cc};
use torch_wizard::catalog::{
    BuildOf, Catalog, Flavour, Image, ImageKind, KernelModule, Needed, Numbering, Platform, Replaces, Texts,
};
use torch_wizard::facts::{ContainerProgram, CudaVersion, OsFamily};
use torch_wizard::verify::Kernels;

fn cuda(text: &str) -> CudaVersion {
    text.parse().unwrap()
}

fn image(tag: &str) -> &'static Image {
    catalog().images().iter().find(|image| image.image.ends_with(tag)).unwrap()
}

#[test]
fn every_file_says_how_old_it_is() {
    let files: Vec<_> = catalog().files.iter().map(|head| (head.file, head.schema, head.date.year())).collect();
    assert_eq!(files.len(), 13);
    assert!(files.iter().all(|(_, schema, year)| *schema == 1 && *year >= 2026), "{files:?}");
    assert!(catalog().as_of().unwrap() >= "2026-11-21".parse().unwrap());
}

#[test]
fn an_image_has_the_code_of_its_wheels_or_what_its_maker_says() {
    for (tag, card, expected) in [
        ("2.14.0-cuda13.0-cudnn9-runtime", "12.0", Some(true)),
        ("2.14.0-cuda13.0-cudnn9-runtime", "6.1", Some(false)),
        ("2.14.1-cuda12.6-cudnn9-runtime", "6.1", Some(true)),
        ("2.9.0-cuda12.8-cudnn9-devel", "7.0", Some(true)),
        ("26.09-py3", "12.0", Some(true)),
        ("26.09-py3", "7.5", Some(true)),
        ("26.09-py3", "7.0", Some(false)),
        ("26.09-py3", "13.0", None),
        ("26.07-py3", "8.9", Some(true)),
        ("25.06-py3", "12.1", Some(true)),
        ("25.06-py3", "7.5", None),
        ("24.12-py3", "12.0", Some(false)),
        ("24.12-py3", "8.9", None),
    ] {
        assert_eq!(catalog().image_has_code(image(tag), cc(card)), expected, "{tag} on {card}");
    }
    let of_cu126 = catalog().images().iter().filter(|image| image.variant.as_deref() == Some("cu126"));
    assert!(of_cu126.clone().count() >= 3);
    for image in of_cu126 {
        assert_eq!(catalog().image_has_code(image, cc("12.0")), Some(false), "{}", image.image);
    }
}

#[test]
fn the_driver_of_an_image_is_the_highest_of_three_floors() {
    let floor = |tag: &str, card: &str| {
        let floor = catalog().image_driver_floor(image(tag), Numbering::Linux, cc(card));
        floor.map(|floor| floor.least.to_string())
    };
    assert_eq!(floor("2.9.0-cuda12.8-cudnn9-devel", "8.6").as_deref(), Some("525.60.13"));
    assert_eq!(floor("2.9.0-cuda12.8-cudnn9-devel", "12.0").as_deref(), Some("570.0"));
    assert_eq!(floor("25.12-py3", "8.6").as_deref(), Some("580.0"), "13.1 has no wheel, its major version counts");
    assert_eq!(floor("24.12-py3", "8.6").as_deref(), Some("560.0"), "the maker asks for more than the runtime");
    assert_eq!(floor("26.08-py3", "8.6").as_deref(), Some("580.0"), "nobody has told its runtime");
}

#[test]
fn tags_that_nobody_has_seen_are_made_by_the_pattern_but_not_those_that_were_missing() {
    let tag = |torch: &str, version: &str| {
        catalog().image_by_pattern(&torch.parse().unwrap(), cuda(version), Flavour::Runtime)
    };
    assert_eq!(tag("2.11.0+cu128", "12.8").as_deref(), Some("pytorch/pytorch:2.11.0-cuda12.8-cudnn9-runtime"));
    assert_eq!(tag("2.15.0", "13.0"), None);
    for image in catalog().images().iter().filter(|image| image.kind == ImageKind::Pytorch) {
        let made =
            catalog().image_by_pattern(image.torch.as_ref().unwrap(), image.cuda().unwrap(), image.flavour).unwrap();
        assert_eq!(made, image.image);
    }
}

#[test]
fn a_container_runs_with_the_hosts_shared_memory_and_never_with_a_size_of_its_own() {
    let containers = &catalog().containers;
    let flags = |program| containers.flags(program).flat_map(|row| row.flag.clone()).collect::<Vec<_>>().join(" ");
    let docker = flags(ContainerProgram::Docker);
    assert_eq!(docker, "--gpus all --ipc=host --ulimit memlock=-1 --ulimit stack=67108864");
    assert!(flags(ContainerProgram::Podman).starts_with("--device nvidia.com/gpu=all"));
    let never: Vec<_> = containers.run_flags.iter().filter(|row| row.needed == Needed::Never).collect();
    assert!(never.iter().any(|row| row.flag.iter().any(|flag| flag.starts_with("--shm-size"))));
    assert_eq!(containers.base("3.12.4".parse().unwrap()).as_deref(), Some("python:3.12-slim"));
}

#[test]
fn jobs_go_by_memory_as_well_as_by_cores() {
    let memory = &catalog().source.memory;
    let jobs = |cores, gb: u64, with_attention| memory.jobs(cores, gb << 30, with_attention);
    assert_eq!((jobs(24, 32, true), jobs(24, 32, false)), (7, 14));
    assert_eq!((jobs(4, 128, true), jobs(16, 2, true), jobs(1, 8, true)), (4, 1, 1));
    assert_eq!(catalog().source.time.minutes(18), (20, 54));
    assert_eq!(catalog().source.time.minutes(4), (90, 240));
}

#[test]
fn host_compilers_go_with_their_toolkit() {
    let source = &catalog().source;
    let takes = |version: &str, msc: u32| source.compiler(cuda(version)).unwrap().max_msc >= msc;
    // Visual Studio 2022 from 17.10 on is 194x, 2026 is 195x.
    assert!(!takes("12.1", 1940) && takes("12.4", 1940));
    assert!(!takes("13.1", 1950) && takes("13.2", 1950));
    assert_eq!(source.visual_studio(1944).unwrap().year, 2022);
    assert_eq!(source.visual_studio(1950).unwrap().vswhere, "[18.0,19.0)");
    let knows = |version: &str, card: &str| source.compiler(cuda(version)).unwrap().knows(cc(card));
    assert!(!knows("12.6", "12.0") && knows("12.8", "12.0") && !knows("12.8", "12.1"));
    assert!(knows("12.9", "6.1") && !knows("13.0", "6.1"));
    assert_eq!(source.compiler(cuda("13.5")).unwrap().max_gcc, 16);
    let line = |torch: &str| source.line(&torch.parse().unwrap()).unwrap();
    assert_eq!((line("2.15.0").least_gcc.as_str(), line("2.12.1").cxx), ("11.3.0", 17));
    assert_eq!(line("2.16.0.dev20261120").pythons.0.to_string(), "3.11");
    assert!(source.line(&"2.4.0".parse().unwrap()).is_none());
}

#[test]
fn settings_of_older_guides_are_never_set_and_say_why() {
    let source = &catalog().source;
    let set = |os| {
        let torch = "2.15.0".parse().unwrap();
        let rows = source.settings(BuildOf::Torch, os, &torch, cuda("13.0"));
        rows.map(|row| row.name.as_str()).collect::<Vec<_>>()
    };
    let windows = set(OsFamily::Windows);
    for name in ["TORCH_CUDA_ARCH_LIST", "DISTUTILS_USE_SDK", "CMAKE_GENERATOR", "USE_FLASH_ATTENTION", "MAX_JOBS"] {
        assert!(windows.contains(&name), "{name}");
    }
    let old = "2.7.1".parse().unwrap();
    let mut of_old = source.settings(BuildOf::Torch, OsFamily::Linux, &old, cuda("12.8"));
    assert!(of_old.any(|row| row.name == "CMAKE_POLICY_VERSION_MINIMUM"));
    assert!(!windows.contains(&"CMAKE_POLICY_VERSION_MINIMUM"));
    assert!(!set(OsFamily::Linux).contains(&"DISTUTILS_USE_SDK") && !windows.contains(&"FORCE_CUDA"));
    for name in [
        "CMAKE_CUDA_ARCHITECTURES",
        "CUDA_TOOLKIT_ROOT_DIR",
        "BUILD_CAFFE2",
        "CAFFE2_USE_PTHREADPOOL",
        "USE_PTHREADPOOL",
        "USE_OPENMP=OFF",
        "CMAKE_CXX_FLAGS",
        "CMAKE_*_USE_RESPONSE_FILE_FOR_*",
        "TORCH_CUDA_ARCH_LIST=sm_120",
        "python setup.py develop",
    ] {
        let row = source.settings.iter().find(|row| row.name == name).unwrap();
        assert!(row.needed == Needed::Never && !row.why.is_empty() && !windows.contains(&name), "{name}");
    }
    let debian = source.packages(&["linuxmint", "ubuntu", "debian"]).unwrap();
    assert_eq!(debian.toolkit.as_deref(), Some("cuda-toolkit-{major}-{minor}"));
    assert!(source.packages(&["alpine"]).is_none());
}

#[test]
fn wsl_asks_for_pascal_and_takes_no_linux_driver() {
    let wsl = &catalog().wsl;
    assert_eq!((wsl.needs.least_build, wsl.needs.least_capability), (19044, cc("6.0")));
    assert!(!wsl.needs.on_server);
    assert!(wsl.command("install-platform").unwrap().admin);
    assert_eq!(wsl.command("convert").unwrap().arguments, ["--set-version", "{distribution}", "2"]);
    for package in ["nvidia-driver-*", "cuda", "cuda-drivers", "nvidia-cuda-toolkit"] {
        assert!(wsl.forbidden.iter().any(|row| row.package == package), "{package}");
    }
}

#[test]
fn branches_drop_cards_and_carry_faults() {
    let catalog = catalog();
    let drops = |branch: u32| catalog.branches.iter().find(|row| row.branch == branch).unwrap().drops_below;
    assert_eq!((drops(580), drops(590)), (None, Some(cc("7.5"))));
    let faults = |driver: &str, on, card: &str| {
        let driver = driver.parse().unwrap();
        let rows = catalog.faults_of(&driver, on, cc(card));
        rows.map(|row| row.code.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(faults("572.16", Numbering::Windows, "12.0"), ["black-screen"]);
    assert!(faults("572.16", Numbering::Windows, "8.6").is_empty());
    assert!(faults("572.83", Numbering::Windows, "12.0").is_empty());
    assert!(faults("595.59", Numbering::Windows, "8.6").contains(&"fans-stopped"));
    assert!(faults("595.59", Numbering::Linux, "8.6").is_empty());
    assert_eq!(catalog.kernel_modules(cc("12.0")), [KernelModule::Open]);
    assert_eq!(catalog.kernel_modules(cc("6.1")), [KernelModule::Proprietary]);
    assert!(catalog.kernel_modules(cc("13.0")).is_empty());
}

#[test]
fn packages_say_what_they_do_to_torch_and_bring_for_the_card() {
    let package = |name: &str| catalog().packages.iter().find(|row| row.name == name).unwrap();
    let bnb = package("bitsandbytes");
    for (runtime, library) in
        [("12.8", Some("12.8")), ("12.9", Some("12.8")), ("13.4", Some("13.2")), ("12.0", Some("12.1")), ("14.0", None)]
    {
        assert_eq!(bnb.library(cuda(runtime)), library.map(cuda), "{runtime}");
    }
    let xformers = package("xformers");
    assert_eq!((xformers.asks("0.0.34"), xformers.asks("0.0.35")), (Some("==2.10.0"), Some(">=2.10")));
    assert_eq!(xformers.asks("0.0.20"), None);
    assert_eq!(xformers.replaces, Replaces::Yes);
    let code = |card: &str| {
        let names: Vec<_> = xformers.archs.iter().map(|arch| arch.sm()).collect();
        catalog().runs_on(&names, cc(card), Some(cuda("12.8")))
    };
    assert_eq!((code("12.0"), code("8.6")), (Kernels::None, Kernels::SameMajor));
    assert!(package("flash-attn").no_isolation && package("vllm").torch.as_deref() == Some("==2.13.0"));
}

#[test]
fn what_later_reports_corrected_stands_in_the_tables() {
    let catalog = catalog();
    let list = |torch: &str, variant: &str, on| catalog.arch_list(&torch.parse().unwrap(), variant, on).unwrap();
    let has = |torch: &str, variant: &str, on, card: &str| {
        let row = list(torch, variant, on);
        catalog.runs_row(row, cc(card), CudaVersion::of_variant(variant)) != Kernels::None
    };
    assert!(has("2.7.1", "cu128", Platform::WindowsX86, "5.2") && !has("2.7.1", "cu128", Platform::LinuxX86, "5.2"));
    assert!(!has("2.8.0", "cu128", Platform::WindowsX86, "6.1"));
    assert!(list("2.8.0", "cu128", Platform::WindowsX86).unsure.contains(&cc("6.1")));
    for torch in ["2.5.1", "2.6.0", "2.7.1"] {
        for on in [Platform::WindowsX86, Platform::LinuxX86] {
            assert!(list(torch, "cu118", on).unsure.contains(&cc("3.7")), "{torch} on {on}");
        }
    }
    let gb10 = catalog.driver_floor("cu128", Numbering::Linux, cc("12.1")).unwrap();
    assert_eq!(gb10.first.to_string(), "580.95.05");
    let other = catalog.other_builds.iter().find(|row| row.platform_tag == "win_arm64").unwrap();
    assert_eq!(
        (other.torch.to_string().as_str(), other.variant.as_str(), other.is_outdated),
        ("2.14.0", "cu134", false)
    );
    let old = catalog.driver_floor("cu118", Numbering::Linux, cc("8.6")).unwrap();
    assert_eq!(old.least.to_string(), "450.80.02");
    assert_eq!(catalog.release(&"2.6.0".parse().unwrap()).unwrap().linux_x86_64.glibc, Some((2, 17)));
}

#[test]
fn what_is_known_of_a_kit_concerns_its_versions_and_its_cards() {
    let kits = &catalog().kits;
    let concerns = |package: &str, version: &str, card: Option<&str>| {
        let card = card.map(|card| card.parse().unwrap());
        kits.issues.iter().any(|issue| issue.concerns(package, &version.parse().unwrap(), card))
    };
    assert!(concerns("bitsandbytes", "0.48.0", None) && !concerns("bitsandbytes", "0.48.1", None));
    assert!(concerns("xformers", "0.0.35", Some("12.0")) && concerns("xformers", "0.0.35", Some("12.1")));
    assert!(!concerns("xformers", "0.0.35", Some("8.9")) && !concerns("xformers", "0.0.35", None));
    let harmless: Vec<&str> = kits.issues_of(kits.named("llm").unwrap()).map(|issue| &*issue.package).collect();
    assert_eq!(harmless, ["tokenizers"]);
}

#[test]
fn a_kit_that_could_not_be_kept_is_refused() {
    let whole = Texts::EMBEDDED.kits;
    for (from, to, says) in [
        ("packages = [\"xformers\"]", "packages = [\"xformers\", \"torchvision\"]", "belong to the environment"),
        ("packages = [\"xformers\"]", "packages = []", "no packages"),
        ("kits = [\"xformers\"]", "kits = [\"xformer\"]", "names one that is there"),
        ("name = \"llm\"", "name = \"qlora\"", "stands there twice"),
        ("versions = \"==0.48.0\"", "versions = \"0.48\"", "issue 1"),
    ] {
        let kits = whole.replacen(from, to, 1);
        assert_ne!(kits, whole, "{from}");
        let error = Catalog::from_texts(&Texts { kits: &kits, ..Texts::EMBEDDED }).unwrap_err().to_string();
        assert!(error.contains("kits.toml") && error.contains(says), "{error}");
    }
}
