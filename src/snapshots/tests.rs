use super::compare::{Side, compare, way_back};
use super::*;
use crate::environments::record::Fate;
use crate::facts::OsFamily;
use crate::host::fake::World;
use std::collections::BTreeSet;

const SITE: &str = "/home/ada/e/lib/python3.12/site-packages";

fn with(world: World, name: &str, requires: &str, more: &[(&str, &str)]) -> World {
    let info = format!("{SITE}/{name}.dist-info");
    let mut world = world
        .file(format!("{info}/METADATA"), format!("Metadata-Version: 2.1\n{requires}\n"))
        .file(format!("{info}/INSTALLER"), "uv\n")
        .file(format!("{info}/RECORD"), format!("{name}.py,sha256={name},5\n"));
    for (file, text) in more {
        world = world.file(format!("{info}/{file}"), text);
    }
    world
}

fn environment() -> World {
    let world = World::new(OsFamily::Linux)
        .file("/home/ada/e/pyvenv.cfg", "home = /usr/bin\nversion = 3.12.4\n")
        .file("/home/ada/e/bin/python", "")
        .file(format!("{SITE}/torch/version.py"), "__version__ = '2.15.0+cu130'\ncuda: str = '13.0'\n");
    let world = with(world, "torch-2.15.0+cu130", "Requires-Dist: filelock", &[("REQUESTED", "")]);
    let world = with(world, "filelock-4.2.11", "", &[("REQUESTED", "")]);
    with(world, "mine-1.0", "", &[("direct_url.json", r#"{"url": "file:///home/ada/mine"}"#)])
}

fn taken(world: &World) -> Snapshot {
    take(world, Path::new("/home/ada/e"), None).unwrap()
}

#[test]
fn a_snapshot_has_what_the_files_say_and_reads_back() {
    let world = environment();
    let snapshot = taken(&world);
    assert_eq!(
        (snapshot.torch.as_deref(), snapshot.variant.as_deref(), snapshot.kind.as_str()),
        (Some("2.15.0+cu130"), Some("cu130"), "venv")
    );
    assert_eq!(snapshot.python.map(|python| python.to_string()).as_deref(), Some("3.12.4"));
    let mine = snapshot.package("mine").unwrap();
    assert_eq!((mine.from.as_deref(), mine.requested), (Some("file:///home/ada/mine"), false));
    assert!(snapshot.packages.iter().all(|package| package.files.as_ref().is_some_and(|hash| hash.len() == 64)));
    assert_eq!(snapshot.file_name(), "e-20261121-120000000.json");
    let path = folder(&world).join(snapshot.file_name());
    save(&world, &path, &snapshot).unwrap();
    for word in ["e-20261121-120000000", "e-20261121-120000000.json"] {
        assert_eq!(file_of(&world, Path::new(word), Path::new("/elsewhere/x")), Some(path.clone()));
    }
    assert_eq!(load(&world, &path).unwrap(), snapshot);
}

/// The folder's name may have anything in it.
#[test]
fn the_name_of_a_snapshot_is_one_that_every_system_takes() {
    let named = |folder: &str| Snapshot { environment: folder.into(), ..Snapshot::default() }.file_name();
    assert_eq!(named(r"C:\Users\ada\Über: mein torch"), "-ber--mein-torch-0-0.json");
    assert_eq!(named("/home/ada/.venv"), "venv-0-0.json");
}

#[test]
fn three_hundred_packages_with_wheels_are_less_than_200_kb() {
    let world = environment();
    let mut snapshot = taken(&world);
    snapshot.packages = (0..300)
        .map(|number| {
            let file = format!("some_package_of_a_usual_name_{number}-1.22.333-cp312-cp312-manylinux_2_28_x86_64.whl");
            let hash = "0123456789abcdef".repeat(4);
            let path = format!("packages/{hash}/{file}");
            Package {
                name: format!("some-package-of-a-usual-name-{number}"),
                version: "1.22.333".to_owned(),
                requested: true,
                installer: Some("uv".to_owned()),
                files: Some(hash.clone()),
                index: Some("https://pypi.example/simple".to_owned()),
                wheel: Some(LockedWheel {
                    url: url::Url::parse(&format!("https://files.example/{path}")).unwrap(),
                    file_name: file,
                    sha256: Some(hash),
                    size: Some(123_456_789),
                }),
                ..Package::default()
            }
        })
        .collect();
    let bytes = save(&world, Path::new("/home/ada/x.json"), &snapshot).unwrap();
    assert!(bytes < 200_000, "{bytes}");
}

#[test]
fn what_is_no_snapshot_stays_and_is_told() {
    let world = environment();
    for text in ["{", "{\"schema\":1}", "{\"schema\":99,\"packages\":[]}"] {
        let world = World::new(OsFamily::Linux).file("/x.json", text);
        let problem = load(&world, Path::new("/x.json")).unwrap_err();
        assert_eq!(problem.label, "unreadable-snapshot");
        assert_eq!(world.read(Path::new("/x.json")).unwrap(), text.as_bytes());
    }
    assert_eq!(take(&world, Path::new("/home/ada/nowhere"), None).unwrap_err().label, "no-packages");
}

#[test]
fn a_difference_names_what_came_what_went_and_what_is_another() {
    let before = taken(&environment());
    assert!(compare(&before, &before, Vec::new()).is_none());
    let world =
        with(environment(), "torch-2.15.0+cu130", "Requires-Dist: filelock", &[("RECORD", "x.py,sha256=x,5\n")]);
    let after = taken(&with(world, "six-1.17.0", "", &[]));
    let difference = compare(&before, &after, Vec::new());
    assert_eq!(difference.added[0].name, "six");
    assert_eq!((difference.removed.len(), difference.torch), (0, None));
    assert_eq!((difference.changed[0].name.as_str(), difference.changed[0].to.as_str()), ("torch", "2.15.0+cu130"));
    let file = compare::File { side: Side::B, path: "torch/x.so".to_owned(), what: Fate::Missing };
    assert!(!compare(&before, &before, vec![file]).is_none());

    let way = way_back(&after, &before, &BTreeSet::new());
    assert_eq!((way.install.len(), way.install[0].name.as_str(), way.remove), (1, "torch", vec!["six".to_owned()]));
    let broken = BTreeSet::from(["filelock".to_owned()]);
    let way = way_back(&before, &before, &broken);
    assert_eq!((way.install.len(), way.install[0].name.as_str()), (1, "filelock"));
}
