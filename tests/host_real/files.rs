//! Files stay whole, links are not followed where that would destroy something, nothing is replaced by accident.

use super::{again, folder, host, number_in, soon};
use std::fs;
use std::path::PathBuf;
use torch_wizard::host::Host as _;

#[test]
fn an_atomic_write_replaces_makes_folders_and_leaves_nothing_beside() {
    let folder = folder();
    let file = folder.path().join("a/ü b/settings.json");
    let host = host();
    host.write_atomic(&file, b"one").unwrap();
    host.write_atomic(&file, b"two").unwrap();
    assert_eq!(host.read(&file).unwrap(), b"two");
    assert_eq!(host.list(file.parent().unwrap()).unwrap().len(), 1);
}

#[test]
#[cfg(unix)]
fn an_atomic_write_that_fails_leaves_the_old_content() {
    let folder = folder();
    let file = folder.path().join("taken");
    fs::create_dir_all(file.join("inside")).unwrap();
    let error = host().write_atomic(&file, b"new").unwrap_err();
    assert!(matches!(error, torch_wizard::host::HostError::File { what: "could not write", .. }), "{error}");
    assert!(file.join("inside").is_dir());
    assert_eq!(host().list(folder.path()).unwrap().len(), 1, "no temporary file is left");
}

#[test]
fn a_file_of_ours_grows_over_two_lives_and_is_read_in_parts() {
    let folder = folder();
    let file = folder.path().join("runs/1/journal");
    let host = host();
    for piece in ["one ", "two"] {
        let mut growing = host.grow(&file).unwrap();
        growing.add(piece.as_bytes()).unwrap();
        growing.sync().unwrap();
    }
    assert_eq!(host.read(&file).unwrap(), b"one two");
    assert_eq!(host.read_at(&file, 4, 100).unwrap(), b"two");
    assert_eq!(host.read_at(&file, 2, 3).unwrap(), b"e t");
    assert_eq!(host.read_at(&file, 99, 3).unwrap(), b"");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "private to the user");
    }
}

#[test]
fn rename_refuses_to_replace_even_an_empty_folder() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    for name in ["new", "old"] {
        fs::create_dir(at(name)).unwrap();
    }
    let error = host().rename(&at("new"), &at("old")).unwrap_err();
    assert_eq!(error.io_kind(), Some(std::io::ErrorKind::AlreadyExists));
    host().rename(&at("new"), &at("free")).unwrap();
    assert!(at("free").is_dir() && at("old").is_dir() && !at("new").exists());
}

#[test]
#[cfg(unix)]
fn rename_refuses_to_replace_a_link_that_leads_nowhere() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("file"), "x").unwrap();
    std::os::unix::fs::symlink("nowhere", at("link")).unwrap();
    assert!(host().rename(&at("file"), &at("link")).is_err());
}

#[test]
#[cfg(unix)]
fn remove_takes_links_away_and_not_what_they_lead_to() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("kept/inside")).unwrap();
    fs::write(at("kept/file"), "x").unwrap();
    fs::create_dir(at("tree")).unwrap();
    std::os::unix::fs::symlink(at("kept"), at("tree/link")).unwrap();
    std::os::unix::fs::symlink(at("kept"), at("link")).unwrap();
    let host = host();
    host.remove(&at("tree")).unwrap();
    host.remove(&at("link")).unwrap();
    host.remove(&at("never was")).unwrap();
    assert!(at("kept/file").exists() && at("kept/inside").is_dir());
    assert!(!at("tree").exists() && fs::symlink_metadata(at("link")).is_err());
}

#[test]
#[cfg(unix)]
fn resolve_follows_links_and_keeps_a_tail_that_is_not_there() {
    let folder = folder();
    let real = fs::canonicalize(folder.path()).unwrap();
    fs::create_dir(real.join("there")).unwrap();
    std::os::unix::fs::symlink(real.join("there"), real.join("link")).unwrap();
    let cases = [
        ("link", "there"),
        ("link/new/env", "there/new/env"),
        ("there/../link/./x", "there/x"),
        ("new/../env", "env"),
        ("new/a/../../link", "link"),
        ("there/..", ""),
    ];
    for (given, wanted) in cases {
        // Joining the empty path adds a separator, which equality of paths does not see.
        assert_eq!(host().resolve(&real.join(given)), real.join(wanted), "{given}");
    }
    assert!(host().resolve(std::path::Path::new("relative/x")).is_absolute());
}

#[test]
fn free_space_is_told_for_a_path_that_is_not_there_yet() {
    let folder = folder();
    let here = host().free_bytes(folder.path()).unwrap();
    let there = host().free_bytes(&folder.path().join("not/there/yet")).unwrap();
    assert!(here > 0 && there.abs_diff(here) < 1 << 30, "{here} {there}");
}

#[test]
fn a_link_or_copy_replaces_what_was_there() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("wheel"), "new").unwrap();
    fs::create_dir(at("links")).unwrap();
    fs::write(at("links/wheel"), "old").unwrap();
    host().link_or_copy(&at("wheel"), &at("links/wheel")).unwrap();
    host().link_or_copy(&at("wheel"), &at("other/wheel")).unwrap();
    assert_eq!(host().read(&at("links/wheel")).unwrap(), b"new");
    assert_eq!(host().read(&at("other/wheel")).unwrap(), b"new");
}

#[test]
#[cfg(unix)]
fn a_listing_is_sorted_and_tells_links_from_folders() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("b")).unwrap();
    fs::write(at("a"), "123").unwrap();
    std::os::unix::fs::symlink(at("b"), at("c")).unwrap();
    std::os::unix::fs::symlink("nowhere", at("d")).unwrap();
    let seen: Vec<_> = host()
        .list(folder.path())
        .unwrap()
        .into_iter()
        .map(|entry| (entry.path.file_name().unwrap().to_owned(), entry.meta.is_dir, entry.meta.is_link))
        .collect();
    let wanted = [("a", false, false), ("b", true, false), ("c", true, true), ("d", false, true)];
    assert_eq!(seen, wanted.map(|(name, is_dir, is_link)| (name.into(), is_dir, is_link)));
    assert_eq!(host().meta(&at("a")).unwrap().len, 3);
    assert_eq!(host().meta(&at("x")), None);
}

/// The other side of the next test.
#[test]
#[ignore = "a process of its own for other tests"]
fn holds_a_lock_until_it_is_killed() {
    let Some(path) = std::env::var_os("TW_TEST_LOCK").map(PathBuf::from) else { return };
    let _guard = host().lock(&path).unwrap().unwrap();
    fs::write(path.with_extension("held"), format!("{}\n", std::process::id())).unwrap();
    loop {
        std::thread::park();
    }
}

#[test]
fn a_lock_keeps_others_off_and_ends_with_its_holder() {
    let folder = folder();
    let path = folder.path().join("locks/env.lock");
    let host = host();
    let guard = host.lock(&path).unwrap().unwrap();
    assert!(host.lock(&path).unwrap().is_none(), "also within one process");
    drop(guard);
    let mut holder = again("files::holds_a_lock_until_it_is_killed");
    let mut holder = holder.env("TW_TEST_LOCK", &path).stdout(std::process::Stdio::null()).spawn().unwrap();
    number_in(&path.with_extension("held"));
    assert!(host.lock(&path).unwrap().is_none());
    holder.kill().unwrap();
    holder.wait().unwrap();
    soon("the lock", || host.lock(&path).unwrap());
}
