//! The recipes of CONTRIBUTING.md: who adds a row learns every table that lacks it, and with those rows the catalogue
//! holds together.

use super::{Change, cc, with};
use torch_wizard::catalog::Platform;
use torch_wizard::facts::CudaVersion;

/// Everything in the error, in any order.
fn names(changes: &[Change<'_>], expected: &[&str]) {
    let error = with(changes).err().unwrap().to_string();
    for part in expected {
        assert!(error.contains(part), "{part:?} is not in: {error}");
    }
    assert_eq!(error.split("; ").count(), expected.len(), "more than was expected: {error}");
}

const RELEASE: &str = r#"[[release]]
torch = "2.16.0"
published = "2027-01-27"
[release.windows_x86_64]
variants = ["cu138", "cpu"]
pypi = "cpu"
pypi_mb = 130
pythons = ["cp312", "cp313", "cp314", "cp315", "cp316"]
[release.linux_x86_64]
variants = ["cu138", "cpu"]
pypi = "cu138"
pypi_mb = 540
pythons = ["cp312", "cp313", "cp314", "cp315", "cp316"]
glibc = "2.28"
[release.linux_aarch64]
variants = ["cu138", "cpu"]
unknown_archs = ["cu138"]
pypi = "cu138"
pypi_mb = 490
pythons = ["cp312", "cp313", "cp314", "cp315", "cp316"]
glibc = "2.28"

[[release]]
torch = "2.15.0"
"#;

const RELEASED: Change<'_> = ("wheels.toml", "[[release]]\ntorch = \"2.15.0\"\n", RELEASE);

#[test]
fn a_new_release_with_a_new_variant_names_each_table_that_lacks_it() {
    names(
        &[RELEASED],
        &[
            "companions.toml, 2.16.0: the release has no set",
            "build.toml, 2.16.0: its wheels are not for Python 3.11 to 3.15",
            "drivers.toml, cu138: the variant has no runtime",
            "drivers.toml, 13.8: no toolkit",
            "build.toml, 13.8: no compiler",
            "wheels.toml, 2.16.0 on windows_x86_64: no size for cu138",
            "wheels.toml, 2.16.0 on windows_x86_64: cu138 has 0 arch lists",
            "wheels.toml, 2.16.0 on linux_x86_64: no size for cu138",
            "wheels.toml, 2.16.0 on linux_x86_64: no size for cu138 of PyPI",
            "wheels.toml, 2.16.0 on linux_x86_64: cu138 has 0 arch lists",
            "wheels.toml, 2.16.0 on linux_aarch64: no size for cu138",
            "wheels.toml, 2.16.0 on linux_aarch64: no size for cu138 of PyPI",
        ],
    );
}

#[test]
fn a_new_release_with_a_new_variant_holds_once_each_table_has_it() {
    let runtime = r#"[[runtime]]
variant = "cu138"
cuda = "13.8"
linux = "580.0"
windows = "580.0"

[[runtime]]
variant = "cu134"
"#;
    let toolkit = r#"

[[toolkit]]
cuda = "13.8"
linux = "640.0"
windows = "640.0"

# --- branches"#;
    let compiler = r#"
[[compiler]]
cuda = "13.8"
max_gcc = 16
max_msc = 1959
archs = ["sm_75", "sm_80", "sm_86", "sm_87", "sm_89", "sm_90", "sm_100", "sm_103", "sm_107", "sm_110", "sm_120", "sm_121"]
windows_driver = false

# --- Visual Studio"#;
    let line = r#"[[line]]
from = "2.16.0"
pythons = ["3.12", "3.16"]
cxx = 20
least_gcc = "11.3.0"
least_msc = 1930
least_cmake = "3.27"
requires = ["cmake>=3.27"]
runs_with = ["filelock"]

[[line]]
from = "2.15.0"
"#;
    let list = r#"[[arch_list]]
torch = ["2.16.0"]
variants = ["cu138"]
platforms = ["windows_x86_64", "linux_x86_64"]
archs = ["sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"]

[[arch_list]]
torch = ["2.5.0", "2.5.1"]
variants = ["cu118"]
"#;
    let set = r#"[[set]]
torch = "2.16.0"
torchvision = "0.30.0"
torchaudio = "2.11.0"
triton = "~=3.10.0"

[[set]]
torch = "2.15.0"
"#;
    let sized = r#"variants = ["cu130", "cu132", "cu134", "cu138"]"#;
    let size = r#"variants = ["cu130", "cu132", "cu134"]
download_mb"#;
    let sized = format!("{sized}\ndownload_mb");
    let arm = r#"variants = ["cu126", "cu128", "cu130", "cu132", "cu134"]"#;
    let catalog = with(&[
        RELEASED,
        ("wheels.toml", size, &sized),
        ("wheels.toml", size, &sized),
        ("wheels.toml", arm, r#"variants = ["cu126", "cu128", "cu130", "cu132", "cu134", "cu138"]"#),
        ("wheels.toml", "[[arch_list]]\ntorch = [\"2.5.0\", \"2.5.1\"]\nvariants = [\"cu118\"]\n", list),
        ("companions.toml", "[[set]]\ntorch = \"2.15.0\"\n", set),
        ("drivers.toml", "[[runtime]]\nvariant = \"cu134\"\n", runtime),
        ("drivers.toml", "\n\n# --- branches", toolkit),
        ("build.toml", "\n# --- Visual Studio", compiler),
        ("build.toml", "[[line]]\nfrom = \"2.15.0\"\n", line),
    ])
    .unwrap();
    let torch = "2.16.0".parse().unwrap();
    assert!(catalog.builds(Platform::WindowsX86).any(|row| row.release.torch == torch && row.variant == "cu138"));
    assert_eq!(catalog.source.line(&torch).unwrap().from, torch);
}

#[test]
fn a_release_of_known_variants_and_pythons_needs_its_companions_and_lists_alone() {
    let again = RELEASE.replace("cu138", "cu132").replace("\"cp312\"", "\"cp311\", \"cp312\"");
    let again = again.replace(", \"cp316\"", "").replace("unknown_archs = [\"cu132\"]\n", "");
    names(
        &[("wheels.toml", "[[release]]\ntorch = \"2.15.0\"\n", &again)],
        &[
            "companions.toml, 2.16.0: the release has no set",
            "2.16.0 on windows_x86_64: cu132 has 0 arch lists",
            "2.16.0 on linux_x86_64: cu132 has 0 arch lists",
            "2.16.0 on linux_aarch64: cu132 has 0 arch lists",
        ],
    );
}

const CARD: &str = "cards = [\n  { name = \"GeForce RTX 6090\", pci = [\"3301\"], capability = \"13.0\" },\n";

#[test]
fn a_card_of_a_known_generation_is_one_row() {
    let card = CARD.replace("13.0", "12.0");
    let catalog = with(&[("gpus.toml", "cards = [\n", &card)]).unwrap();
    assert_eq!(catalog.capability_by_name("RTX 6090"), Some(cc("12.0")));
}

#[test]
fn a_card_of_a_new_generation_names_each_table_that_lacks_it() {
    names(
        &[("gpus.toml", "cards = [\n", CARD)],
        &[
            "architectures.toml, 13.0: no architecture has capability 13.0 of GeForce RTX 6090",
            "drivers.toml, 13.0: no generation has capability 13.0",
            "drivers.toml, 13.0: no kernel_module has capability 13.0",
        ],
    );
    let architecture = "[[architecture]]\nname = \"Next\"\ncapabilities = [\"13.0\"]\nfirst_cuda = \"13.5\"\n";
    let architecture = format!("{architecture}\n[[architecture]]\nname = \"Turing\"\n");
    let turing = "[[architecture]]\nname = \"Turing\"\n";
    names(
        &[("gpus.toml", "cards = [\n", CARD), ("architectures.toml", turing, &architecture)],
        &[
            "build.toml, 13.0: no compiler makes code for GeForce RTX 6090",
            "build.toml, 13.5: disagrees with architectures.toml about 13.0 (Next)",
            "drivers.toml, 13.0: no generation has capability 13.0",
            "drivers.toml, 13.0: no kernel_module has capability 13.0",
        ],
    );
    let generation = "[[generation]]\nfrom = \"13.0\"\nto = \"13.9\"\nlinux = \"630.0\"\nwindows = \"630.0\"\n";
    let catalog = with(&[
        ("gpus.toml", "cards = [\n", CARD),
        ("architectures.toml", turing, &architecture),
        ("build.toml", "archs = [\"sm_75\", \"sm_80\", \"sm_86\", \"sm_87\", \"sm_88\", \"sm_89\", \"sm_90\", \"sm_100\", \"sm_103\", \"sm_107\", \"sm_110\", \"sm_120\", \"sm_121\"]\nwindows_driver = false\nsource = \"crt/host_config.h and ptxas --help of the nvidia-cuda-nvcc wheel\"\nconfidence = \"measured\"\n\n# --- Visual", "archs = [\"sm_75\", \"sm_80\", \"sm_86\", \"sm_87\", \"sm_89\", \"sm_90\", \"sm_100\", \"sm_103\", \"sm_107\", \"sm_110\", \"sm_120\", \"sm_121\", \"13.0\"]\nwindows_driver = false\nsource = \"ptxas\"\n\n# --- Visual"),
        ("drivers.toml", "[[generation]]\nfrom = \"3.0\"", &format!("{generation}\n[[generation]]\nfrom = \"3.0\"")),
        ("drivers.toml", "from = \"10.0\"\nto = \"12.9\"\n", "from = \"10.0\"\nto = \"13.9\"\n"),
    ])
    .unwrap();
    assert!(catalog.source.compiler(CudaVersion::new(13, 5)).unwrap().knows(cc("13.0")));
    assert!(!catalog.could_have_code(CudaVersion::new(13, 4), cc("13.0")));
}

const PATTERN: &str = "# How the other tags of that repository are made up.";

#[test]
fn an_image_of_a_known_release_is_one_row_and_another_says_what_is_missing() {
    let row = |torch: &str, cuda: &str, variant: &str| {
        format!(
            "[[image]]\nimage = \"pytorch/pytorch:{torch}-cuda{cuda}-cudnn9-runtime\"\nkind = \"pytorch\"\n\
             flavour = \"runtime\"\ntorch = \"{torch}\"\nvariant = \"{variant}\"\nplatforms = [\"linux_x86_64\"]\n\n{PATTERN}"
        )
    };
    let known = row("2.15.0", "13.2", "cu132");
    let catalog = with(&[("containers.toml", PATTERN, &known)]).unwrap();
    let image = catalog.images().iter().find(|image| image.image.contains("2.15.0")).unwrap();
    assert_eq!(catalog.image_has_code(image, cc("12.0")), Some(true));
    names(&[("containers.toml", PATTERN, &row("2.16.0", "13.2", "cu132"))], &["there is no release 2.16.0"]);
    names(
        &[("containers.toml", PATTERN, &row("2.15.0", "12.8", "cu128"))],
        &["2.15.0 has no variant cu128 on Linux", "2.15.0+cu128 has no arch list"],
    );
    let odd = known.replace("kind = \"pytorch\"", "kind = \"ngc\"").replace("cu132", "cu150");
    names(
        &[("containers.toml", PATTERN, &odd)],
        &["no runtime has the major version of cu150", "neither archs nor newest"],
    );
}
