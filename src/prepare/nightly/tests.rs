use super::*;
use crate::assess::Origin;
use crate::catalog::Pythons;
use crate::facts::{OsFamily, PythonVersion};
use crate::host::fake::World;
use crate::prepare::linux::fixtures::scan;

const PYTHON: PythonVersion = PythonVersion::minor(3, 12);

fn build(night: &str) -> Build {
    Build {
        torch: format!("2.16.0.dev{night}").parse().unwrap(),
        variant: "cu132".to_owned(),
        python: Some(PYTHON),
        origin: Origin::TorchIndex { url: "https://download.pytorch.org/whl/nightly/cu132".to_owned() },
        seen_live: true,
    }
}

fn live(audio: bool) -> LiveIndex {
    let pythons: Pythons = [(Platform::LinuxX86, [PYTHON].into())].into();
    let night = Nightly {
        date: "2026-11-20".parse().unwrap(),
        torch: "2.16.0.dev20261120".parse().unwrap(),
        torchvision: Some("0.30.0.dev20261120".to_owned()),
        torchaudio: Some("2.12.0.dev20261120".to_owned()),
        with_audio: if audio { pythons.clone() } else { Pythons::new() },
        pythons,
        lacks_hashes: true,
    };
    let mut live = LiveIndex::offline();
    live.nightly.insert("cu132".to_owned(), vec![night]);
    live
}

fn with(packages: &[&str]) -> Wish {
    let torch = "2.16.0.dev20261120".parse().ok();
    Wish { torch, packages: packages.iter().map(|&name| name.to_owned()).collect(), ..Wish::default() }
}

#[test]
fn torch_and_its_companions_are_of_one_night_by_exact_version() {
    let facts = scan(OsFamily::Linux).facts;
    let asked = |live: &LiveIndex, build: &Build, packages: &[&str]| requirements(&facts, live, build, &with(packages));
    assert_eq!(
        asked(&live(true), &build("20261120"), &["Torchaudio", "numpy<3"]).unwrap(),
        [
            "torch==2.16.0.dev20261120+cu132",
            "torchvision==0.30.0.dev20261120",
            "pip",
            "torchaudio==2.12.0.dev20261120",
            "numpy<3"
        ]
    );
    let label = |live: &LiveIndex, night: &str| asked(live, &build(night), &["torchaudio"]).unwrap_err().cause;
    assert!(label(&live(false), "20261120").contains("no torchaudio"));
    assert!(label(&live(true), "20261119").contains("no torchvision"));
    assert!(hashless(Platform::LinuxX86, &live(true), &build("20261120")).is_some());
    assert!(hashless(Platform::WindowsX86, &live(true), &build("20261120")).is_none());
}

fn kept_in(world: &World) {
    let wheel = |name: &str, version: &str| {
        format!(
            "[[packages]]\nname = \"{name}\"\nversion = \"{version}+cu132\"\nwheels = [{{ url = \
            \"https://f.example/{name}-{version}%2Bcu132-cp312-cp312-manylinux_2_28_x86_64.whl\" }}]\n"
        )
    };
    let text = format!(
        "lock-version = \"1.0\"\n{}{}",
        wheel("torch", "2.16.0.dev20261101"),
        wheel("torchvision", "0.30.0.dev20261101")
    );
    let torch = "2.16.0.dev20261101".parse().unwrap();
    nightlies::keep(world, "cu132", &torch, &Lock::from_pylock(&text).unwrap()).unwrap();
}

#[test]
fn a_night_that_is_kept_counts_as_there_if_it_is_asked_for_by_name() {
    let world = World::new(OsFamily::Linux);
    kept_in(&world);
    let facts = scan(OsFamily::Linux).facts;
    let named = |text: &str| Wish { torch: text.parse().ok(), ..Wish::default() };
    let nights = |wish: &Wish| with_kept(&world, &facts, wish, live(true)).nightly["cu132"].len();
    assert_eq!(nights(&named("2.16.0.dev20261101")), 2);
    assert_eq!(nights(&named("2.16.0.dev20261102")), 1);
    assert_eq!(nights(&named("2.15.0")), 1);
    assert_eq!(nights(&Wish::default()), 1);
    let windows = scan(OsFamily::Windows).facts;
    let elsewhere = with_kept(&world, &windows, &named("2.16.0.dev20261101"), live(true));
    assert_eq!(elsewhere.nightly["cu132"].len(), 1, "its wheels are for Linux");
    let merged = with_kept(&world, &facts, &named("2.16.0.dev20261101"), live(true));
    let night = night(Platform::LinuxX86, &merged, &build("20261101")).unwrap();
    assert_eq!((night.torchvision.as_deref(), night.torchaudio), (Some("0.30.0.dev20261101"), None));
}

#[test]
fn its_lock_is_taken_for_the_same_python_and_packages_alone() {
    let world = World::new(OsFamily::Linux);
    kept_in(&world);
    let is_taken = |build: &Build, wish: &Wish| kept_lock(&world, build, wish).is_some();
    let wish = |packages: &[&str]| Wish { torch: "2.16.0.dev20261101".parse().ok(), ..with(packages) };
    assert!(is_taken(&build("20261101"), &wish(&[])));
    assert!(is_taken(&build("20261101"), &wish(&["torchvision"])));
    assert!(!is_taken(&build("20261101"), &wish(&["numpy"])));
    assert!(!is_taken(&build("20261120"), &wish(&[])));
    assert!(!is_taken(&Build { python: Some(PythonVersion::minor(3, 13)), ..build("20261101") }, &wish(&[])));
    assert!(!is_taken(&Build { variant: "cu130".to_owned(), ..build("20261101") }, &wish(&[])));
    assert!(!is_taken(&build("20261101"), &Wish { torch: None, ..wish(&[]) }), "who names no night wants the newest");
}
