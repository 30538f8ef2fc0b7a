//! The moves on a made-up disk; `tests/in_place` does the same on a real one, cut after every operation.

use super::*;
use crate::facts::OsFamily;
use crate::host::fake::World;

const SITE: &str = "/e/lib/python3.12/site-packages";

/// An environment with a namespace that two packages share, and files that nobody lists.
fn world() -> World {
    let lib = |name: &str| format!("{SITE}/{name}");
    let record = |files: &[&str]| files.iter().fold(String::new(), |text, file| text + file + ",,\n");
    World::new(OsFamily::Linux)
        .file("/e/pyvenv.cfg", "home = /usr/bin\n")
        .file("/e/bin/python", "")
        .file("/e/bin/torchrun", "old")
        .file(lib("torch/__init__.py"), "old")
        .file(lib("torch/lib/a.so"), "old")
        .file(lib("torch/__pycache__/__init__.cpython-312.pyc"), "old")
        .file(lib("one.py"), "old")
        .file(lib("__pycache__/one.cpython-312.pyc"), "old")
        .file(lib("__pycache__/other.cpython-312.pyc"), "other")
        .file(lib("other.py"), "other")
        .file(lib("nvidia/__init__.py"), "shared")
        .file(lib("nvidia/cublas/b.so"), "old")
        .file(lib("nvidia/cufft/c.so"), "other")
        .file(lib("user/notes.txt"), "user's")
        .file(lib("user/listed.py"), "old")
        .file(lib("~orch/d.so"), "left")
        .file(
            lib("torch-1.dist-info/RECORD"),
            record(&[
                "torch/__init__.py",
                "torch/lib/a.so",
                "one.py",
                "nvidia/__init__.py",
                "nvidia/cublas/b.so",
                "user/listed.py",
                "torch-1.dist-info/RECORD",
                "../../../bin/torchrun",
                "../../../../outside",
                "missing.py",
            ]),
        )
        .file("/outside", "not ours")
        .file(
            lib("other-1.dist-info/RECORD"),
            record(&["nvidia/__init__.py", "nvidia/cufft/c.so", "other.py", "other-1.dist-info/RECORD"]),
        )
}

fn unpacked(world: World) -> World {
    let new = |name: &str| format!("/e/.torch-wizard/1/p/new/lib/python3.12/site-packages/{name}");
    world
        .file(new("torch/__init__.py"), "new")
        .file(new("torch/more.py"), "new")
        .file(new("one.py"), "new")
        .file(new("nvidia/__init__.py"), "new")
        .file(new("nvidia/cublas/e.so"), "new")
        .file(new("user/listed.py"), "new")
        .file(new("user/also.py"), "new")
        .file(new("torch-2.dist-info/RECORD"), "")
        .file("/e/.torch-wizard/1/p/new/bin/torchrun", "new")
        .file("/e/.torch-wizard/1/p/new/.lock", "")
}

/// Every file below the environment with what is in it.
fn tree(world: &World, folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in world.list(folder).unwrap() {
        let name = entry.path.display().to_string();
        if entry.meta.is_dir {
            found.push((format!("{name}/"), String::new()));
            found.extend(tree(world, &entry.path));
        } else {
            found.push((name, String::from_utf8(world.read(&entry.path).unwrap()).unwrap()));
        }
    }
    found
}

fn round() -> PathBuf {
    "/e/.torch-wizard/1/p".into()
}

fn aside(world: &World) {
    set_aside(world, Path::new("/e"), (&["torch".to_owned()], &[]), &round()).unwrap();
}

#[test]
#[cfg_attr(windows, ignore = "a Linux, whose paths this system spells its own way")]
fn whole_folders_go_where_all_in_them_goes_and_what_is_anothers_stays() {
    let found = owned::paths(&world(), Path::new("/e"), &["torch".to_owned()], &[format!("{SITE}/~orch").into()]);
    let site = SITE.trim_start_matches("/e/");
    let mut expected: Vec<String> = [
        "__pycache__/one.cpython-312.pyc",
        "nvidia/cublas",
        "one.py",
        "torch",
        "torch-1.dist-info",
        "user/listed.py",
        "~orch",
    ]
    .map(|name| format!("{site}/{name}"))
    .into();
    expected.insert(0, "bin/torchrun".to_owned());
    assert_eq!(found.unwrap(), expected);
}

#[test]
#[cfg_attr(windows, ignore = "a Linux, whose paths this system spells its own way")]
fn what_was_moved_in_has_nothing_of_the_old_and_is_taken_out_again() {
    let world = unpacked(world());
    let before = tree(&world, Path::new("/e"));
    aside(&world);
    move_in(&world, Path::new("/e"), &round()).unwrap();
    let read = |name: &str| world.read(&Path::new(SITE).join(name)).ok().map(|bytes| String::from_utf8(bytes).unwrap());
    for (name, text) in [
        ("torch/__init__.py", Some("new")),
        ("torch/lib/a.so", None),
        ("torch/__pycache__/__init__.cpython-312.pyc", None),
        ("__pycache__/one.cpython-312.pyc", None),
        ("__pycache__/other.cpython-312.pyc", Some("other")),
        ("nvidia/__init__.py", Some("new")),
        ("nvidia/cublas/b.so", None),
        ("nvidia/cufft/c.so", Some("other")),
        ("user/notes.txt", Some("user's")),
        ("user/listed.py", Some("new")),
        ("torch-1.dist-info/RECORD", None),
    ] {
        assert_eq!(read(name).as_deref(), text, "{name}");
    }
    assert!(world.meta(Path::new("/e/.lock")).is_none() && world.meta(Path::new("/outside")).is_some());
    // Python has compiled what it ran.
    let world = world
        .file(format!("{SITE}/__pycache__/one.cpython-312.pyc"), "newer")
        .file(format!("{SITE}/torch/__pycache__/more.cpython-312.pyc"), "newer")
        .file(format!("{SITE}/user/__pycache__/also.cpython-312.pyc"), "newer");
    assert!(bring_back(&world, Path::new("/e"), &round()).unwrap());
    assert!(!bring_back(&world, Path::new("/e"), &round()).unwrap(), "it is done once");
    forget(&world, Path::new("/e/.torch-wizard/1")).unwrap();
    let after = tree(&world, Path::new("/e"));
    let before: Vec<_> = before.into_iter().filter(|(name, _)| !name.contains(".torch-wizard")).collect();
    assert_eq!(after, before);
}

#[test]
#[cfg_attr(windows, ignore = "a Linux, whose paths this system spells its own way")]
fn a_package_without_its_list_goes_with_the_modules_it_names() {
    let world = World::new(OsFamily::Linux)
        .file(format!("{SITE}/half_made/a.py"), "")
        .file(format!("{SITE}/named/b.py"), "")
        .file(format!("{SITE}/kept/c.py"), "")
        .file(format!("{SITE}/half_made-1.dist-info/top_level.txt"), "named\n../x\n");
    let found = owned::paths(&world, Path::new("/e"), &["half-made".to_owned()], &[]).unwrap();
    let site = SITE.trim_start_matches("/e/");
    assert_eq!(found, ["half_made", "half_made-1.dist-info", "named"].map(|name| format!("{site}/{name}")));
}

#[test]
fn a_list_of_a_newer_form_is_refused_and_nothing_is_moved() {
    let world = unpacked(world()).file(round().join(KEPT_LIST), r#"{"schema":99,"paths":["bin"]}"#);
    let error = set_aside(&world, Path::new("/e"), (&["torch".to_owned()], &[]), &round()).unwrap_err();
    assert!(error.to_string().contains("newer"), "{error}");
    bring_back(&world, Path::new("/e"), &round()).unwrap_err();
    assert!(world.meta(Path::new("/e/bin/python")).is_some());
}

#[test]
fn an_unfinished_change_is_seen_in_the_environment() {
    let world = unpacked(world());
    assert_eq!(unfinished_in(&world, Path::new("/e")), None, "nothing was moved");
    aside(&world);
    assert_eq!(unfinished_in(&world, Path::new("/e")), Some("/e/.torch-wizard/1".into()));
    bring_back(&world, Path::new("/e"), &round()).unwrap();
    assert_eq!(unfinished_in(&world, Path::new("/e")), None);
}
