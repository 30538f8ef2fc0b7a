//! The compiled-in tables: they parse, they are sourced, and their look-ups say what the tables say.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

#[path = "catalog/recipes.rs"]
mod recipes;
#[path = "catalog/tables.rs"]
mod tables;

use std::collections::BTreeMap;
use torch_wizard::catalog::{Catalog, CatalogError, Drives, Numbering, Platform, PythonTrouble, Texts};
use torch_wizard::facts::{ComputeCapability, CudaVersion, PciId, Python, Source, Via};
use torch_wizard::verify::Kernels;

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

fn cc(text: &str) -> ComputeCapability {
    text.parse().unwrap()
}

fn id(device: u16) -> PciId {
    PciId { vendor: 0x10de, device }
}

/// A text of one file within the texts.
fn slot<'a, 'b>(texts: &'b mut Texts<'a>, file: &str) -> &'b mut &'a str {
    match file {
        "drivers.toml" => &mut texts.drivers,
        "gpus.toml" => &mut texts.gpus,
        "architectures.toml" => &mut texts.architectures,
        "wheels.toml" => &mut texts.wheels,
        "companions.toml" => &mut texts.companions,
        "tools.toml" => &mut texts.tools,
        "containers.toml" => &mut texts.containers,
        "build.toml" => &mut texts.build,
        "wsl.toml" => &mut texts.wsl,
        "systems.toml" => &mut texts.systems,
        "xids.toml" => &mut texts.xids,
        other => panic!("no file {other}"),
    }
}

/// A change of one place in a file; the place must exist.
type Change<'a> = (&'a str, &'a str, &'a str);

/// The embedded texts with some places changed.
fn with(changes: &[Change<'_>]) -> Result<Catalog, CatalogError> {
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for (file, from, to) in changes {
        let text = files.entry(file).or_insert_with(|| (*slot(&mut Texts::EMBEDDED.clone(), file)).to_owned());
        assert!(text.contains(from), "{file} has no {from:?}");
        *text = text.replacen(from, to, 1);
    }
    let mut texts = Texts::EMBEDDED;
    for (file, text) in &files {
        *slot(&mut texts, file) = text;
    }
    Catalog::from_texts(&texts)
}

fn broken(file: &str, from: &str, to: &str) -> CatalogError {
    with(&[(file, from, to)]).err().unwrap()
}

#[test]
fn the_embedded_tables_hold_together() {
    let catalog = catalog();
    // What is there may grow, by one row each.
    assert!(catalog.cards.len() >= 157 && catalog.releases().len() >= 16 && catalog.images().len() >= 20);
    assert!(catalog.releases().first().unwrap().torch >= "2.15.0".parse().unwrap());
}

#[test]
fn a_corrupt_table_names_its_file_and_row() {
    for (file, from, to, says) in [
        ("drivers.toml", "[[runtime]]", "[[runtime", "drivers.toml"),
        ("drivers.toml", "linux = \"450.80.02\"", "linux = \"old\"", "runtime 1"),
        ("drivers.toml", "source = ", "sauce = ", "source"),
        ("drivers.toml", "date = \"2026-11-21\"", "date = \"yesterday\"", "date: "),
        ("gpus.toml", "pci = [\"2b87\"]", "pci = [\"x\"]", "cards 2 (\"GeForce RTX 5090 D\")"),
        ("gpus.toml", "\"GeForce RTX 5080\"", "\"GeForce RTX 5090\"", "twice"),
        (
            "gpus.toml",
            "pci = [\"2b85\"], capability = \"12.0\"",
            "pci = [\"2684\"], capability = \"12.0\"",
            "shares an id",
        ),
        ("gpus.toml", "confidence = \"inferred\" }", "confidence = \"certain\" }", "cards 2"),
        ("architectures.toml", "not_on = \"5.3\"", "not_at = \"5.3\"", "exception 1 (\"sm_50\")"),
        (
            "wheels.toml",
            "\"cu130\", \"cu132\", \"cpu\"",
            "\"cu999\", \"cpu\"",
            "2.15.0 on windows_x86_64: no size for cu999; ",
        ),
        ("wheels.toml", "torch = [\"2.5.0\", \"2.5.1\"]", "torch = [\"2.5.1\"]", "arch lists"),
        ("wheels.toml", "\"cp311\"", "\"py311\"", "py311 is no Python tag"),
        ("wheels.toml", "torch = \"2.15.0\"", "torch = \"2.13.5\"", "newest first"),
        ("companions.toml", "torch = \"2.14.1\"", "torch = \"2.14.7\"", "2.14.1: the release has no set"),
        ("tools.toml", "sha256 = \"0", "sha256 = \"", "64"),
        ("tools.toml", "[[python_kind]]", "[[python_kinds]]", "tools.toml"),
        ("tools.toml", "schema = 1", "schema = 2", "schema: is 2, 1 can be read"),
        ("wsl.toml", "version = 1\n", "", "version: is missing"),
        ("wsl.toml", "code = \"update\"", "code = \"status\"", "twice"),
        ("containers.toml", "kind = \"pytorch\"", "kind = \"docker\"", "2.14.1-cuda12.6-cudnn9-runtime"),
        ("containers.toml", "variant = \"cu126\"", "variant = \"cu128\"", "2.14.1 has no variant cu128"),
        ("build.toml", "needed = \"never\"", "needed = \"always\"", "has no value"),
        ("build.toml", "needed = \"until\"", "needed = \"since\"\ncuda = \"x\"", "CMAKE_POLICY_VERSION_MINIMUM"),
        ("build.toml", "torch = \"2.8.0\"\n", "", "name a release"),
        (
            "build.toml",
            "\"sm_90\", \"sm_100\", \"sm_101\", \"sm_120\"]",
            "\"sm_90\"]",
            "12.8: disagrees with architectures.toml about 12.0",
        ),
        ("build.toml", "msc = [1950, 1959]", "msc = [1960, 1969]", "no visual_studio has _MSC_VER 1959"),
        ("drivers.toml", "fixed_in = \"572.83\"", "fixed_in = \"571.0\"", "black-screen: is fixed before it begins"),
        ("drivers.toml", "dropped_from = 590", "dropped_from = 595", "generation 5.0 to 7.2: branch 590 drops it"),
        ("drivers.toml", "cuda = \"13.3\"", "cuda = \"13.1\"", "oldest first"),
    ] {
        let error = broken(file, from, to).to_string();
        assert!(error.contains(file) && error.contains(says), "{from} → {to}: {error}");
    }
}

#[test]
fn code_runs_within_its_major_version_and_not_below_its_minor() {
    use Kernels::{Native, None, Ptx, SameMajor};
    for (archs, card, cuda, expected) in [
        ("sm_86", "8.6", "13.0", Native),
        ("sm_80", "8.6", "13.0", SameMajor),
        ("sm_86", "8.9", "13.0", SameMajor),
        ("sm_86", "8.0", "13.0", None),
        ("sm_80", "8.7", "13.0", None),
        ("sm_80", "8.7", "13.2", SameMajor),
        ("sm_60", "6.1", "12.6", SameMajor),
        ("sm_60", "6.2", "12.6", None),
        ("sm_50", "5.2", "12.6", SameMajor),
        ("sm_50", "5.3", "12.6", None),
        ("sm_70", "7.2", "12.6", None),
        ("sm_70", "7.5", "12.6", SameMajor),
        ("sm_90", "12.0", "12.8", None),
        ("sm_100", "12.0", "12.8", None),
        ("sm_100", "10.3", "12.8", SameMajor),
        ("sm_120", "12.1", "13.0", SameMajor),
        ("sm_121", "12.0", "13.0", None),
        ("sm_120 compute_120", "13.0", "13.0", Ptx),
        ("sm_90a", "9.0", "12.6", Native),
    ] {
        let list: Vec<&str> = archs.split(' ').collect();
        let cuda = Some(cuda.parse::<CudaVersion>().unwrap());
        assert_eq!(catalog().runs_on(&list, cc(card), cuda), expected, "{archs} on {card}");
    }
}

#[test]
fn an_id_gives_its_card_and_memory_tells_twins_apart() {
    let gb = |n: u64| Some(n << 30);
    let name = |device, memory| catalog().gpu_by_pci(id(device), memory).map(|card| card.name.as_str());
    assert_eq!(name(0x2f04, None), Some("GeForce RTX 5070"));
    assert_eq!(name(0x2d04, gb(16)), Some("GeForce RTX 5060 Ti 16GB"));
    assert_eq!(name(0x2d04, Some(8_546_942_976)), Some("GeForce RTX 5060 Ti 8GB"));
    assert_eq!(name(0x2d04, None), None);
    assert_eq!(name(0x0001, gb(8)), None);
    assert_eq!(catalog().gpu_by_pci(PciId { vendor: 0x1002, device: 0x2f04 }, None), None);
}

#[test]
fn an_unknown_id_is_judged_by_its_first_digits_but_not_where_they_mislead() {
    for (device, expected) in [
        (0x2d04, Some("12.0")), // two cards of one capability
        (0x2bff, Some("12.0")),
        (0x2b00, Some("11.0")),
        (0x2e12, Some("12.1")),
        (0x2e03, None),
        (0x1dba, Some("7.0")),
        (0x15f9, Some("6.0")),
        (0x2299, Some("8.6")),
        (0x3199, Some("10.3")),
        (0x4001, None),
    ] {
        assert_eq!(catalog().capability_by_pci(id(device)), expected.map(cc), "{device:04x}");
    }
}

#[test]
fn the_driver_floor_is_the_higher_of_runtime_and_card() {
    for (variant, on, card, least, first) in [
        ("cu118", Numbering::Linux, "8.6", "450.80.02", "450.80.02"),
        ("cu128", Numbering::Linux, "8.6", "525.60.13", "525.60.13"),
        ("cu128", Numbering::Linux, "12.0", "570.0", "570.86.16"),
        ("cu128", Numbering::Windows, "12.0", "571.86", "572.16"),
        ("cu130", Numbering::Windows, "12.0", "580.0", "580.88"),
        ("cu130", Numbering::Linux, "7.5", "580.0", "580.65.06"),
        ("cu128", Numbering::Linux, "12.1", "580.0", "580.95.05"),
    ] {
        let floor = catalog().driver_floor(variant, on, cc(card)).unwrap();
        assert_eq!(
            (floor.least.to_string(), floor.first.to_string()),
            (least.into(), first.into()),
            "{variant} {card}"
        );
    }
    assert!(catalog().driver_floor("cpu", Numbering::Linux, cc("8.6")).is_none());
}

#[test]
fn branches_that_dropped_a_card_do_not_drive_it() {
    let drives = |driver: &str, card: &str, unseen| {
        catalog().drives(&driver.parse().unwrap(), Numbering::Linux, cc(card), unseen)
    };
    assert!(matches!(drives("590.44.01", "6.1", None), Drives::Dropped { last_branch: 580, .. }));
    assert!(matches!(drives("595.45.04", "7.0", None), Drives::Dropped { .. }));
    assert_eq!(drives("580.95.05", "6.1", None), Drives::Yes);
    assert_eq!(drives("595.45.04", "7.5", None), Drives::Yes);
    // A card no driver answered for: 5060 Ti is listed from 570.148.08 and from 575.51.02 on.
    assert!(matches!(drives("570.124.04", "12.0", Some(id(0x2d04))), Drives::TooOld(_)));
    assert_eq!(drives("570.124.04", "12.0", None), Drives::Yes);
    assert_eq!(drives("570.148.08", "12.0", Some(id(0x2d04))), Drives::Yes);
    assert_eq!(drives("610.43.02", "12.0", Some(id(0x2d04))), Drives::Yes);
    // 5090 D v2 is in 580 and 590, never in 575.
    assert!(matches!(drives("575.64.03", "12.0", Some(id(0x2b8c))), Drives::TooOld(_)));
    // GB10 runs on 580.95.05 by public reports.
    assert_eq!(drives("580.95.05", "12.1", Some(id(0x2e12))), Drives::Yes);
}

#[test]
fn peak_figures_come_by_id_or_by_an_unshared_name() {
    let catalog = catalog();
    assert_eq!(catalog.expected_tflops("whatever", Some(id(0x2b85)), None, "bf16"), Some(209.5));
    assert_eq!(catalog.expected_tflops("NVIDIA H100 80GB HBM3", None, None, "fp16"), Some(989.4));
    assert_eq!(catalog.expected_tflops("Tesla T4", None, None, "bf16"), None);
    assert_eq!(catalog.expected_tflops("NVIDIA GeForce RTX 3060", None, None, "fp16"), None, "8 GB or 12 GB");
    assert_eq!(catalog.expected_tflops("NVIDIA GeForce RTX 4090", None, None, "int4"), None);
}

#[test]
fn a_name_as_people_write_it_gives_a_capability_where_it_is_one() {
    for (name, expected) in [
        ("NVIDIA GeForce RTX 5070", Some("12.0")),
        ("rtx 3070", Some("8.6")),
        ("GTX 5060 Ti 16GB", Some("12.0")),
        ("RTX 3060", Some("8.6")),
        ("TITAN Xp", Some("6.1")),
        ("Tesla V100-SXM2-16GB", Some("7.0")),
        ("NVIDIA GeForce RTX 4070 Laptop GPU", Some("8.9")),
        ("Quadro RTX 4000", Some("7.5")),
        ("Quadro 4000", Some("2.0")),
        ("Quadro 9999", None),
        ("Radeon RX 7900", None),
        ("", None),
    ] {
        assert_eq!(catalog().capability_by_name(name), expected.map(cc), "{name}");
    }
}

#[test]
fn companions_and_variants_follow_the_release() {
    let catalog = catalog();
    let set = |torch: &str| catalog.companions(&torch.parse().unwrap()).unwrap();
    assert_eq!(set("2.15.0+cu130").torchvision, "0.29.2");
    assert_eq!((set("2.11.0").torchaudio.as_str(), set("2.13.0").torchaudio.as_str()), ("2.11.0", "2.11.0"));
    let has = |torch: &str, variant: &str, platform| {
        catalog
            .builds(platform)
            .any(|b| b.release.torch.to_string() == torch && b.variant == variant && !b.is_unverified)
    };
    assert!(has("2.11.0", "cu128", Platform::WindowsX86) && !has("2.12.0", "cu128", Platform::LinuxX86));
    assert!(has("2.13.0", "cu129", Platform::LinuxX86) && !has("2.13.0", "cu129", Platform::WindowsX86));
    assert!(!has("2.12.0", "cu129", Platform::LinuxX86) && has("2.12.1", "cu129", Platform::LinuxX86));
    assert!(has("2.14.1", "cu126", Platform::WindowsX86) && !has("2.15.0", "cu126", Platform::WindowsX86));
    assert!(!has("2.15.0", "cu134", Platform::LinuxX86));
}

#[test]
fn a_python_is_refused_for_what_it_is() {
    let release = |torch: &str| catalog().release(&torch.parse().unwrap()).unwrap();
    let python = |version: &str| Python {
        path: "python".into(),
        version: version.parse().ok(),
        implementation: "cpython".into(),
        bits: Some(64),
        free_threaded: false,
        source: Source::new(Via::System, ""),
        why_not: None,
    };
    let why = |python: &Python, torch: &str| catalog().python_why_not(python, release(torch), Platform::WindowsX86);
    for version in ["3.11.9", "3.12.4", "3.13.9", "3.14.2", "3.15.0"] {
        assert_eq!(why(&python(version), "2.15.0"), None, "{version}");
    }
    assert!(matches!(why(&python("3.10.11"), "2.15.0"), Some(PythonTrouble::NoWheel { range: Some(_) })));
    assert_eq!(why(&python("3.10.11"), "2.14.1"), None);
    assert!(matches!(why(&python("3.13.8"), "2.15.0"), Some(PythonTrouble::Trap { .. })));
    assert!(matches!(why(&python("3.14.1"), "2.15.0"), Some(PythonTrouble::Trap { .. })));
    assert_eq!(why(&Python { bits: Some(32), ..python("3.12.4") }, "2.15.0"), Some(PythonTrouble::ThirtyTwoBit));
    assert_eq!(why(&Python { free_threaded: true, ..python("3.14.2") }, "2.15.0"), Some(PythonTrouble::FreeThreaded));
    let pypy = Python { implementation: "pypy".into(), ..python("3.11.9") };
    assert_eq!(why(&pypy, "2.15.0"), Some(PythonTrouble::NotCpython));
    assert_eq!(why(&python("?"), "2.15.0"), Some(PythonTrouble::NotAsked));
}
