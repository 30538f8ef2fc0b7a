use super::*;
use crate::catalog::Catalog;
use crate::host::fake::World;
use std::time::{Duration, SystemTime};

const ENV: &str = "/home/ada/e";
const SITE: &str = "/home/ada/e/lib/python3.12/site-packages";

/// A sound virtual environment with these packages: folder name and lines of METADATA.
fn world(packages: &[(&str, &str)]) -> World {
    let mut world = World::new(OsFamily::Linux)
        .file("/usr/bin/python3.12", "")
        .file(format!("{ENV}/pyvenv.cfg"), "home = /usr/bin\nversion = 3.12.4\n")
        .file(format!("{ENV}/bin/python"), "")
        .file(format!("{ENV}/bin/activate"), format!("VIRTUAL_ENV=\"{ENV}\"\n"));
    for (name, lines) in packages {
        let info = format!("{SITE}/{name}.dist-info");
        world = world
            .file(format!("{info}/METADATA"), format!("Metadata-Version: 2.1\n{lines}\n\nText.\n"))
            .file(format!("{info}/INSTALLER"), "pip\n")
            .file(format!("{info}/RECORD"), "");
        if let Some(version) = name.strip_prefix("torch-") {
            world = world
                .file(format!("{SITE}/torch/version.py"), format!("__version__ = '{version}'\n"))
                .file(format!("{SITE}/torch/__init__.py"), "")
                .file(format!("{info}/RECORD"), "torch/version.py,,\ntorch/__init__.py,,\n");
        }
    }
    world
}

fn known(torch: &str, variant: &str) -> Known {
    Known {
        torch: Some(torch.to_owned()),
        variant: Some(variant.to_owned()),
        route: Some("wheel".to_owned()),
        ..Known::of_others(ENV.into(), String::new())
    }
}

fn seen(world: &World, known: Option<Known>) -> Health {
    look(world, Path::new(ENV), known, &Catalog::embedded().unwrap().companion_sets)
}

fn texts(health: &Health) -> Vec<&str> {
    health.findings.iter().map(|finding| finding.reason.text.as_str()).collect()
}

#[test]
fn a_sound_environment_is_sound_and_nothing_is_started() {
    let world = world(&[("torch-2.9.1+cu130", ""), ("numpy-2.3.1", "")]);
    for known in [None, Some(known("2.9.1+cu130", "cu130"))] {
        let health = seen(&world, known);
        assert!(health.is_sound(), "{health:?}");
        assert_eq!(health.python.map(|python| python.to_string()).as_deref(), Some("3.12.4"));
    }
    assert!(world.ran().is_empty());
}

#[test]
fn a_processor_torch_in_the_place_of_one_for_the_card_is_told_with_who_brought_it() {
    let world = world(&[
        ("torch-2.9.1+cpu", ""),
        ("torchvision-0.24.1+cu130", "Requires-Dist: torch==2.9.1"),
        ("xformers-0.0.33", "Requires-Dist: torch==2.9.1\nRequires-Dist: numpy"),
        ("filelock-4.2.11", ""),
    ]);
    let health = seen(&world, Some(known("2.8.0+cu130", "cu130")));
    assert_eq!(health.state.word(), "changed");
    assert_eq!(
        texts(&health),
        [
            "torch 2.9.1+cpu is a build for the processor; before it was torch 2.8.0+cu130.",
            "torchvision 0.24.1+cu130 brought it: it was installed together with it and asks for torch==2.9.1.",
        ]
    );
    let repair = Remedy::Command {
        text: "Repair it".to_owned(),
        command: "torch-wizard envs repair \"/home/ada/e\"".to_owned(),
    };
    assert!(health.findings.iter().all(|finding| finding.remedy == repair));
    // Without a registry the companion tells what was there.
    let health = seen(&world, None);
    assert_eq!(texts(&health)[0], "torch 2.9.1+cpu is a build for the processor; before it was a build for cu130.");
}

fn package(name: &str, minute: u64, torch: Option<&str>) -> Installed {
    Installed {
        name: name.to_owned(),
        version: "1.0".to_owned(),
        requires: torch.map(|_| "torch".to_owned()).into_iter().collect(),
        torch: torch.map(str::to_owned).filter(|wants| !wants.is_empty()),
        installed: Some(SystemTime::UNIX_EPOCH + Duration::from_mins(minute)),
        ..Installed::default()
    }
}

#[test]
fn who_brought_a_torch_is_known_by_time_by_what_it_asks_for_and_by_what_was_asked_for() {
    let torch = package("torch", 100, None);
    let by = |name: &str, wants: &str| {
        Some(Brought::By { package: name.to_owned(), version: "1.0".to_owned(), wants: wants.to_owned() })
    };
    let one_of = |names: &[&str]| Some(Brought::OneOf { packages: names.iter().map(|&name| name.into()).collect() });
    let requested = |package: Installed| Installed { is_requested: true, ..package };
    let before: TorchVersion = "2.8.0+cu130".parse().unwrap();
    let cases = [
        // Older ones were content with what was there.
        (vec![package("old", 3, Some("")), package("new", 101, Some(""))], by("new", "")),
        (vec![package("a", 99, Some("")), package("b", 102, Some("==2.9.1"))], by("b", "==2.9.1")),
        (vec![package("a", 99, Some("")), requested(package("b", 102, Some("")))], by("b", "")),
        (vec![package("a", 99, Some("")), package("b", 102, Some(""))], one_of(&["a", "b"])),
        (vec![package("a", 3, Some("")), package("b", 4, Some("==2.9.1"))], one_of(&["a", "b"])),
        (vec![package("a", 100, None)], None),
    ];
    for (others, expected) in cases {
        let all: Vec<Installed> = others.into_iter().chain([torch.clone()]).collect();
        assert_eq!(brought(&all, Some(&before)), expected, "{all:?}");
    }
    let asked = brought(&[requested(torch.clone()), package("new", 100, Some(""))], None);
    assert_eq!(asked, Some(Brought::Asked { torch: "1.0".to_owned() }));
    let from = Installed { from: Some("file:///x.whl".to_owned()), ..torch };
    assert_eq!(brought(&[from], None), Some(Brought::From { place: "file:///x.whl".to_owned() }));
}

#[test]
fn a_numpy_of_another_generation_and_two_cudas_are_told() {
    let world = world(&[
        ("torch-2.2.2+cu121", ""),
        ("numpy-2.3.1", ""),
        ("opencv_python-4.8.0", "Requires-Dist: numpy<2,>=1.21"),
        ("xformers-0.0.23+cu118", ""),
    ]);
    assert_eq!(
        texts(&seen(&world, None)),
        [
            "Built for another CUDA than torch (cu121): xformers 0.0.23+cu118.",
            "torch 2.2.2+cu121 was compiled for a NumPy before 2, and numpy 2.3.1 is there: arrays cannot be exchanged.",
            "opencv-python asks for numpy>=1.21, <2, and numpy 2.3.1 is there.",
        ]
    );
    let holding = |torch: &str| Holding {
        path: ENV.into(),
        python: ENV.into(),
        python_version: None,
        torch: torch.parse().ok(),
        variant: None,
        serves: Serves::Yes,
        packages: vec![Installed { name: "numpy".to_owned(), version: "2.1.0".to_owned(), ..Installed::default() }],
        leftovers: Vec::new(),
        cannot_be_made: None,
        is_linked: false,
    };
    for (os, torch, count) in [
        (OsFamily::Windows, "2.4.0", 1),
        (OsFamily::Windows, "2.4.1", 0),
        (OsFamily::Linux, "2.4.0", 0),
        (OsFamily::Linux, "2.2.2", 1),
    ] {
        assert_eq!(numpy(os, &holding(torch)).len(), count, "{os:?} {torch}");
    }
}

#[test]
fn an_environment_that_was_moved_or_lost_its_python_is_told() {
    let codes = |world: &World, folder: &str| {
        let health = look(world, Path::new(folder), None, &[]);
        let codes: Vec<String> = health.findings.into_iter().map(|finding| finding.reason.code).collect();
        codes.join(" ")
    };
    let torch = [("torch-2.9.1+cu130", "")];
    let moved = world(&torch).file(format!("{ENV}/bin/activate"), "VIRTUAL_ENV='/home/ada/before'\n");
    assert_eq!(codes(&moved, ENV), "check-moved");
    let movable = world(&torch).file(format!("{ENV}/bin/activate"), "VIRTUAL_ENV=''\"$(dirname -- \"$0\")\"''\n");
    assert_eq!(codes(&movable, ENV), "");
    let gone = world(&torch).file(format!("{ENV}/pyvenv.cfg"), "home = /opt/gone/bin\nversion = 3.12.4\n");
    assert_eq!(codes(&gone, ENV), "check-base-gone");
    let newer = world(&torch)
        .file("/opt/new/bin/python3", "")
        .file("/opt/new/bin/python3.13", "")
        .file(format!("{ENV}/pyvenv.cfg"), "home = /opt/new/bin\nversion = 3.12.4\n");
    assert_eq!(codes(&newer, ENV), "check-base-changed");
    let empty = World::new(OsFamily::Linux)
        .file("/usr/bin/python3.12", "")
        .file(format!("{ENV}/pyvenv.cfg"), "home = /usr/bin\nversion = 3.12.4\n");
    assert_eq!(codes(&empty, ENV), "check-no-python");
    let windows = |line: &str| {
        World::new(OsFamily::Windows)
            .file(r"C:\Python312\python.exe", "")
            .file(r"C:\Python312\python312.dll", "")
            .file(r"C:\Envs\a\pyvenv.cfg", "home = C:\\Python312\r\nversion = 3.12.4\r\n")
            .file(r"C:\Envs\a\Scripts\python.exe", "")
            .file(r"C:\Envs\a\Scripts\activate.bat", line)
    };
    for (line, expected) in [
        ("set VIRTUAL_ENV=c:\\envs\\A\r\n", ""),
        ("set \"VIRTUAL_ENV=C:\\Users\\x y\\a\"\r\n", "check-moved"),
        ("@for %%i in (\"C:\\old\") do @set \"VIRTUAL_ENV=%%~fi\"\r\n", "check-moved"),
        ("@for %%i in (\"%~dp0..\") do @set \"VIRTUAL_ENV=%%~fi\"\r\n", ""),
    ] {
        assert_eq!(codes(&windows(line), r"C:\Envs\a"), expected, "{line}");
    }
}

#[test]
fn what_the_packages_do_not_say_is_told_by_the_registry() {
    let world = world(&[("six-1.17.0", "")]);
    let health = seen(&world, Some(known("2.9.1+cu130", "cu130")));
    assert_eq!((health.state.word(), texts(&health)), ("changed", vec!["torch is gone."]));
    let inside = Known { route: Some("wsl2".to_owned()), ..known("2.9.1+cu130", "cu130") };
    assert!(seen(&world, Some(inside)).findings.is_empty());
}
