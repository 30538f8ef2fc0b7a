use super::*;

const UV: &str = r#"
lock-version = "1.0"
created-by = "uv"
requires-python = ">=3.12"

[[packages]]
name = "torch"
version = "2.15.0+cu130"
index = "https://user:secret@mirror.example/whl/cu130"
wheels = [{ url = "https://user:secret@mirror.example/whl/cu130/torch-2.15.0%2Bcu130-cp312-cp312-win_amd64.whl#sha256=x", hashes = {} }]

[[packages]]
name = "filelock"
version = "4.2.11"
wheels = [{ url = "https://files.example/filelock-4.2.11-py3-none-any.whl", size = 7, hashes = { sha256 = "020e229e4bb9d410fc799c07ddf45fa217cba970278f40b30751d94f309b69e2" } }]
"#;

#[test]
fn a_lock_of_uv_is_read_without_credentials_and_with_plain_file_names() {
    let lock = Lock::from_pylock(UV).unwrap();
    let torch = lock.package("torch").unwrap();
    assert_eq!(torch.wheel.file_name, "torch-2.15.0+cu130-cp312-cp312-win_amd64.whl");
    assert_eq!(torch.wheel.sha256, None);
    assert!(!format!("{lock:?}").contains("secret"));
    assert_eq!(lock.hosts(), ["files.example", "mirror.example"]);
    assert_eq!(lock.download_bytes(), None);
}

#[test]
fn what_is_written_reads_back_the_same() {
    let lock = Lock::from_pylock(UV).unwrap();
    assert_eq!(Lock::from_pylock(&lock.to_pylock()).unwrap(), lock);
}

/// A package whose source alone an index has.
const SOURCE: &str = r#"
lock-version = "1.0"

[[packages]]
name = "Plain_Source"
version = "4.9.3"
sdist = { url = "https://files.example/plain-source-4.9.3.tar.gz", size = 7, hashes = { sha256 = "020e229e4bb9d410fc799c07ddf45fa217cba970278f40b30751d94f309b69e2" } }
"#;

#[test]
fn a_source_is_taken_of_the_version_alone_that_may_be_one_and_by_its_hash() {
    let is_it = |name: &str, version: &str| (name, version) == ("plain-source", "4.9.3");
    let lock = Lock::from_pylock_with(SOURCE, &is_it).unwrap();
    assert!(lock.packages[0].wheel.is_source());
    assert_eq!(lock.sources(), lock);
    assert!(lock.wheels().packages.is_empty());
    assert_eq!(Lock::from_pylock_with(&lock.to_pylock(), &is_it).unwrap().packages, lock.packages);
    let hash = SOURCE.find(", hashes").unwrap();
    let without = format!("{} }}\n", &SOURCE[..hash]);
    for (text, is_it) in [
        (SOURCE, &(|_: &str, _: &str| false) as &dyn Fn(&str, &str) -> bool),
        (&SOURCE.replace("version = \"4.9.3\"", "version = \"4.13\""), &is_it),
        (&SOURCE.replace(".tar.gz", ".exe"), &is_it),
        (&without, &is_it),
    ] {
        assert!(matches!(Lock::from_pylock_with(text, is_it), Err(LockError::NoWheel { .. })), "{text}");
    }
}

#[test]
fn pins_carry_their_hash_where_there_is_one() {
    let lock = Lock::from_pylock(UV).unwrap();
    assert_eq!(
        lock.requirements(),
        "filelock==4.2.11 --hash=sha256:020e229e4bb9d410fc799c07ddf45fa217cba970278f40b30751d94f309b69e2\ntorch==2.15.0+cu130\n"
    );
}

#[test]
fn a_file_name_that_would_leave_its_folder_is_refused() {
    for name in ["..%2F..%2Fevil-1-py3-none-any.whl", "a%5Cb-1-py3-none-any.whl", ".hidden-1-py3-none-any.whl"] {
        let text = format!(
            "lock-version = \"1.0\"\n[[packages]]\nname = \"x\"\nversion = \"1\"\nwheels = [{{ url = \"https://h.example/{name}\" }}]\n"
        );
        assert!(matches!(Lock::from_pylock(&text), Err(LockError::BadName { .. })), "{name}");
    }
}

#[test]
fn a_lock_that_cannot_be_installed_says_what_is_missing() {
    let one = |wheels: &str| {
        Lock::from_pylock(&format!("lock-version = \"1.0\"\n[[packages]]\nname = \"x\"\nversion = \"1\"\n{wheels}\n"))
    };
    assert!(matches!(one(""), Err(LockError::NoWheel { .. })));
    assert!(matches!(one("wheels = [{ url = \"https://h.example/x-1.tar.gz\" }]"), Err(LockError::NoWheel { .. })));
    assert!(matches!(
        one("wheels = [{ url = \"https://h.example/x-1-py3-none-any.whl\", hashes = { sha256 = \"beef\" } }]"),
        Err(LockError::BadHash { .. })
    ));
    assert!(matches!(Lock::from_pylock("lock-version = \"2.0\""), Err(LockError::Version(_))));
    assert!(matches!(Lock::from_pylock("<html>"), Err(LockError::Toml(_))));
}

#[test]
fn a_report_of_pip_gives_the_same_lock() {
    let report = r#"{"version":"1","pip_version":"26.3","install":[{"download_info":{"url":"https://f.example/Torch_X-1.0-py3-none-any.whl",
        "archive_info":{"hash":"sha256=aa","hashes":{"sha256":"020e229e4bb9d410fc799c07ddf45fa217cba970278f40b30751d94f309b69e2"}}},
        "is_direct":false,"metadata":{"name":"Torch_X","version":"1.0"}}]}"#;
    let lock = Lock::from_pip_report(report, Some("https://u:p@i.example/simple")).unwrap();
    let package = lock.package("torch-x").unwrap();
    assert_eq!(package.index.as_deref(), Some("https://i.example/simple"));
    assert_eq!(package.wheel.file_name, "Torch_X-1.0-py3-none-any.whl");
}

#[test]
fn of_several_wheels_that_run_here_the_closest_is_taken() {
    for (others, best) in [
        (&["x-1-py39-none-any.whl", "x-1-py310-none-any.whl"][..], "x-1-py313-none-any.whl"),
        (&["x-1-py3-none-any.whl"], "x-1-py313-none-any.whl"),
        (&["x-1-py3-none-any.whl"], "x-1-cp39-abi3-manylinux_2_17_x86_64.whl"),
        (&["x-1-cp39-abi3-win_amd64.whl"], "x-1-cp313-cp313-win_amd64.whl"),
        (&["x-1-cp313-abi3-win_amd64.whl"], "x-1-cp313-cp313-win_amd64.whl"),
        (
            &["x-1-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"],
            "x-1-cp313-cp313-manylinux_2_28_x86_64.whl",
        ),
        (&["x-1-py2.py3-none-any.whl"], "x-1-py3-none-manylinux_2_17_x86_64.whl"),
    ] {
        for turned in [false, true] {
            let mut names: Vec<&str> = others.iter().copied().chain([best]).collect();
            if turned {
                names.reverse();
            }
            let wheels: Vec<String> =
                names.iter().map(|name| format!("{{ url = \"https://h.example/{name}\" }}")).collect();
            let text = format!(
                "lock-version = \"1.0\"\n[[packages]]\nname = \"x\"\nversion = \"1\"\nwheels = [{}]\n",
                wheels.join(", ")
            );
            let lock = Lock::from_pylock(&text).unwrap();
            assert_eq!(lock.packages[0].wheel.file_name, best, "{names:?}");
        }
    }
}
