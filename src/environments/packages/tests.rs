use super::*;
use crate::host::fake::World;

const SITE: &str = "/e/lib/python3.12/site-packages";

fn markers_here(family: OsFamily) -> MarkerEnvironment {
    markers(family, "x86_64", PythonVersion::minor(3, 12)).unwrap()
}

/// A world with a package: its folder name, the lines after name and version, and RECORD.
fn with(world: World, folder: &str, lines: &str, record: &str) -> World {
    let info = format!("{SITE}/{folder}.dist-info");
    world
        .file(
            format!("{info}/METADATA"),
            format!("Metadata-Version: 2.1\nName: x\nVersion: 1\n{lines}\n\nRequires-Dist: no\n"),
        )
        .file(format!("{info}/WHEEL"), "Wheel-Version: 1.0\nTag: cp312-cp312-linux_x86_64\n")
        .file(format!("{info}/INSTALLER"), "uv\n")
        .file(format!("{info}/RECORD"), record)
}

fn seen(world: &World) -> Site {
    read(world, &[SITE.into()], &markers_here(OsFamily::Linux))
}

#[test]
fn what_a_package_asks_for_here_is_told_and_nothing_else() {
    let lines = "Requires-Dist: filelock\nRequires-Dist: torch==2.9.1\nRequires-Dist: Typing_Extensions>=4\n\
        Requires-Dist: nvidia-cublas-cu12==12.8.4.1; platform_system == \"Linux\" and platform_machine == \"x86_64\"\n\
        Requires-Dist: colorama; platform_system == \"Windows\"\nRequires-Dist: tomli; python_version < \"3.11\"\n\
        Requires-Dist: scipy; extra == \"more\"";
    let world = with(World::new(OsFamily::Linux), "torchvision-0.24.1+cu128", lines, "");
    let site = seen(&world);
    let [vision] = site.packages.as_slice() else { panic!("{site:?}") };
    assert_eq!((vision.name.as_str(), vision.version.as_str()), ("torchvision", "0.24.1+cu128"));
    assert_eq!(vision.torch.as_deref(), Some("==2.9.1"));
    assert_eq!(vision.requires, ["filelock", "torch", "typing-extensions", "nvidia-cublas-cu12"]);
    assert!(!vision.is_for_any && vision.damage.is_none() && vision.from.is_none());
    let windows = read(&world, &[SITE.into()], &markers_here(OsFamily::Windows));
    assert!(windows.packages[0].requires.contains(&"colorama".to_owned()));
}

#[test]
fn double_registrations_and_leftovers_are_seen() {
    let world = with(World::new(OsFamily::Linux), "torch-2.9.1+cpu", "", "");
    let world = with(world, "torch-2.10.0+cu130", "", "")
        .dir(format!("{SITE}/~orch"))
        .dir(format!("{SITE}/~orch-2.8.0.dist-info"));
    let site = seen(&world);
    let [torch] = site.packages.as_slice() else { panic!("{site:?}") };
    assert_eq!(
        (torch.version.as_str(), torch.registered.as_slice()),
        ("2.10.0+cu130", &["2.10.0+cu130".to_owned(), "2.9.1+cpu".to_owned()][..])
    );
    assert_eq!(torch.stale, [PathBuf::from(format!("{SITE}/torch-2.9.1+cpu.dist-info"))]);
    assert_eq!(site.leftovers.len(), 2);
    assert_eq!(site.installer.as_deref(), Some("uv"));
}

#[test]
fn what_is_left_of_an_editable_install_is_seen_and_one_that_is_listed_is_not() {
    let world = with(World::new(OsFamily::Linux), "mine-1.0", "", "__editable__.mine-1.0.pth,sha256=x,1\n")
        .file(format!("{SITE}/__editable__.mine-1.0.pth"), "")
        .file(format!("{SITE}/__editable__.gone-1.0.pth"), "")
        .file(format!("{SITE}/__editable___gone_1_0_finder.py"), "");
    let left: Vec<String> = seen(&world).leftovers.iter().map(|path| name_of(path)).collect();
    assert_eq!(left, ["__editable__.gone-1.0.pth", "__editable___gone_1_0_finder.py"]);
}

#[test]
fn files_that_are_missing_or_cut_are_damage() {
    let cases = [
        ("six.py,sha256=x,3\nsix/lib.so,sha256=x,4\n../../bin/six,sha256=x,9\n", None),
        ("six.py,sha256=x,3\ngone.py,sha256=x,3\n", Some("gone.py is missing")),
        ("six/lib.so,sha256=x,5\n", Some("six/lib.so has not the size it was installed with")),
        ("six/other.so,sha256=x,5\n", Some("six/other.so is missing")),
        ("six/__pycache__/six.cpython-312.pyc,,\n", None),
    ];
    for (record, damage) in cases {
        let world = with(World::new(OsFamily::Linux), "six-1.17.0", "", record);
        let world = world.file(format!("{SITE}/six.py"), "abc").file(format!("{SITE}/six/lib.so"), "abcd");
        assert_eq!(seen(&world).packages[0].damage.as_deref(), damage, "{record}");
    }
    let info = format!("{SITE}/six-1.17.0.dist-info");
    let metadata = "Name: six\nVersion: 1.17.0\n";
    let bare = World::new(OsFamily::Linux).file(format!("{info}/METADATA"), metadata);
    assert_eq!(seen(&bare.file(format!("{info}/INSTALLER"), "conda")).packages[0].damage, None);
    let torn =
        World::new(OsFamily::Linux).file(format!("{info}/METADATA"), metadata).file(format!("{info}/INSTALLER"), "pip");
    assert!(seen(&torn).packages[0].damage.is_some());
}

#[test]
fn a_package_that_came_from_no_index_says_where_it_came_from() {
    let world = with(World::new(OsFamily::Linux), "mine-1.0", "", "");
    let file = format!("{SITE}/mine-1.0.dist-info/direct_url.json");
    let world = world.file(file, r#"{"url": "file:///home/a/mine", "dir_info": {"editable": true}}"#);
    assert_eq!(seen(&world).packages[0].from.as_deref(), Some("file:///home/a/mine"));
}
