//! Files of ours in every state a disk, a newer version or a person can leave them in.
#![expect(clippy::disallowed_methods, reason = "prepares and reads the files past the Host")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail by panicking as tests do")]

use std::path::{Path, PathBuf};
use tempfile::TempDir;
use torch_wizard::host::real::RealHost;
use torch_wizard::problem::Problem;
use torch_wizard::store::{Known, Registry, Settings, StoreError, load, save};

const KNOWN: &str = r#"{"path": "/home/a/torch", "created": "2026-11-21T10:00:00Z", "torch": "2.15.0+cu130", "variant": "cu130",
    "route": "wheel", "plan_id": "1", "verdict": "proven", "verified_at": null, "driver": null, "last_report": null}"#;

struct Bench {
    folder: TempDir,
    host: RealHost,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(), host: RealHost::new().unwrap() }
    }

    fn with(content: impl AsRef<[u8]>) -> Self {
        let bench = Self::new();
        std::fs::write(bench.file(), content).unwrap();
        bench
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("file.json")
    }

    fn registry(&self) -> Result<Registry, StoreError> {
        load(&self.host, &self.file())
    }

    fn settings(&self) -> Result<Settings, StoreError> {
        load(&self.host, &self.file())
    }

    /// Names of what lies in the folder.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

#[test]
fn a_file_that_is_not_there_is_the_default() {
    assert_eq!(Bench::new().registry().unwrap(), Registry::default());
    assert_eq!(Bench::new().settings().unwrap(), Settings::default());
}

#[test]
fn what_was_saved_loads_the_same() {
    let bench = Bench::new();
    let mut registry = Registry::default();
    registry.put(serde_json::from_str::<Known>(KNOWN).unwrap());
    save(&bench.host, &bench.file(), &registry).unwrap();
    assert_eq!(bench.registry().unwrap(), registry);
    assert_eq!(bench.names(), ["file.json"]);
}

#[test]
fn older_forms_and_fields_that_nobody_knows_load() {
    for schema in [0, 1] {
        let text = format!(r#"{{"schema": {schema}, "environments": [{KNOWN}], "colour": "blue"}}"#);
        assert_eq!(Bench::with(text).registry().unwrap().environments.len(), 1, "{schema}");
        let settings = Bench::with(format!(r#"{{"schema": {schema}}}"#)).settings().unwrap();
        assert_eq!(settings.torch_mirror, None, "{schema}");
    }
}

#[test]
fn a_file_that_a_person_saved_with_a_byte_order_mark_loads() {
    let bench = Bench::with("\u{feff}{\"schema\": 1, \"torch_mirror\": \"https://m.example/whl\"}\r\n");
    assert_eq!(bench.settings().unwrap().torch_mirror.as_deref(), Some("https://m.example/whl"));
}

#[test]
fn a_newer_file_is_refused_and_left_alone_whatever_else_is_in_it() {
    for rest in ["", r#", "environments": {"by": "name"}"#, r#", "torch_mirror": 7"#] {
        let text = format!(r#"{{"schema": 2{rest}}}"#);
        let bench = Bench::with(&text);
        for error in [bench.registry().unwrap_err(), bench.settings().unwrap_err()] {
            assert!(matches!(error, StoreError::Newer { found: 2, .. }), "{error}");
            assert_eq!(Problem::from(error).label, "newer-file");
        }
        assert_eq!(std::fs::read_to_string(bench.file()).unwrap(), text);
        assert_eq!(bench.names(), ["file.json"]);
    }
}

#[test]
fn a_broken_file_is_set_aside_whole_and_the_next_load_begins_anew() {
    let whole = format!(r#"{{"schema": 1, "environments": [{KNOWN}]}}"#);
    let cut = &whole[..whole.len() / 2];
    let cases: [&[u8]; 9] = [
        b"",
        b"\0\0\0\0",
        b"\xff\xfe{\0}\0",
        b"{}",
        b"[]",
        b"null",
        b"{\"schema\": \"1\", \"environments\": []}",
        b"{\"schema\": 1, \"environments\": {}}",
        cut.as_bytes(),
    ];
    for content in cases {
        let said = String::from_utf8_lossy(content);
        let bench = Bench::with(content);
        let error = bench.registry().unwrap_err();
        let StoreError::Broken { aside, .. } = &error else { panic!("{said}: {error}") };
        assert_eq!(std::fs::read(aside).unwrap(), content, "{said}");
        assert!(!bench.file().exists(), "{said}");
        let problem = Problem::from(error);
        assert!(problem.label == "broken-file" && problem.changed.contains("was moved"), "{said}");
        assert_eq!(bench.registry().unwrap(), Registry::default(), "{said}");
    }
}

#[test]
fn a_second_broken_file_does_not_replace_the_first() {
    let bench = Bench::with("one");
    bench.registry().unwrap_err();
    std::fs::write(bench.file(), "two").unwrap();
    bench.registry().unwrap_err();
    let kept: Vec<String> =
        bench.names().iter().map(|name| std::fs::read_to_string(bench.folder.path().join(name)).unwrap()).collect();
    assert_eq!(kept, ["one", "two"]);
}

#[test]
fn a_folder_in_place_of_the_file_is_an_error_of_the_system_and_stays() {
    let bench = Bench::new();
    std::fs::create_dir(bench.file()).unwrap();
    assert!(matches!(bench.registry(), Err(StoreError::Host(_))));
    assert!(bench.file().is_dir());
}

#[test]
fn an_environment_is_found_by_its_folder_and_by_a_name_that_is_its_alone() {
    let known = |path: &str| Known { path: path.into(), ..serde_json::from_str(KNOWN).unwrap() };
    let mut registry = Registry::default();
    for path in ["/a/torch", "/b/torch", "/b/other", "/b/other"] {
        registry.put(known(path));
    }
    assert_eq!(registry.environments.len(), 3, "a folder is known once");
    let found = |name: &str| registry.find(Path::new(name)).map(|known| known.path.to_string_lossy().into_owned());
    assert_eq!(found("/b/torch").as_deref(), Some("/b/torch"));
    assert_eq!(found("other").as_deref(), Some("/b/other"));
    assert_eq!(found("torch"), None, "two have that name");
}
