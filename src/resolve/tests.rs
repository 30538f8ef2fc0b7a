use super::*;
use crate::facts::{OsFamily, PythonVersion};
use crate::host::fake::World;

const TORCH: &str = "https://download.pytorch.org/whl/cu130";
const OWN: &str = "https://mirror.example/simple";

fn question(torch: Option<&str>, default: Option<&str>) -> Question {
    Question {
        requirements: vec!["torch==2.15.0+cu130".to_owned(), "pip".to_owned()],
        python: "/usr/bin/python3".into(),
        engine: Engine::Pip,
        uv: None,
        indexes: Indexes { torch: torch.map(str::to_owned), default: default.map(str::to_owned), ..Indexes::default() },
        inheritance: Inheritance::default(),
        uv_cache: "/cache/uv".into(),
        offline: false,
        hashless: None,
        elsewhere: None,
        constraints: Vec::new(),
        alone: false,
        sources: Vec::new(),
    }
}

#[test]
fn a_full_disk_is_no_fault_of_the_packages() {
    let said = "error: Failed to write to the client cache\n  \
                cause: failed to write to file `/c/uv/.tmp1`: No space left on device (os error 28)\n";
    let problem = not_resolved(&question(None, None), said);
    assert_eq!(problem.label, "disk-full");
    assert!(problem.cause.contains("No space left on device") && problem.details.contains("client cache"));
}

#[test]
fn the_packages_of_a_container_are_those_of_its_system_and_its_python() {
    let elsewhere = Some(Tags { python: PythonVersion::minor(3, 12), platform: Platform::LinuxX86 });
    let question = Question { elsewhere, ..question(Some(TORCH), None) };
    let plain = |url: &str| url.to_owned();
    let args = by_uv(&World::new(OsFamily::Windows), &question, &plain).unwrap().args.join(" ");
    assert!(args.contains("--python-version 3.12 --python-platform x86_64-manylinux_2_28"), "{args}");
}

#[test]
fn the_torch_index_stands_beside_the_default_one_and_never_in_its_place() {
    let cases = [
        // torch index, default, pip's default, pip's extra, uv's first, uv's default
        (Some(TORCH), None, None, Some(TORCH), Some(TORCH), None),
        (Some(TORCH), Some(OWN), Some(OWN), Some(TORCH), Some(TORCH), Some(OWN)),
        (None, Some(OWN), Some(OWN), None, None, Some(OWN)),
        (None, None, None, None, None, None),
        // Only the torch index can be reached.
        (Some(TORCH), Some(TORCH), Some(TORCH), None, Some(TORCH), Some(TORCH)),
    ];
    for (torch, default, pip_default, pip_extra, uv_first, uv_default) in cases {
        let question = question(torch, default);
        let plain = |url: &str| url.to_owned();
        let world = World::new(OsFamily::Linux);
        let pip = by_pip(&world, &question, &plain).unwrap().env;
        let uv = by_uv(&world, &question, &plain).unwrap();
        let seen = [pip.get("PIP_INDEX_URL"), pip.get("PIP_EXTRA_INDEX_URL"), uv.env.get("UV_DEFAULT_INDEX")];
        let wanted = [pip_default, pip_extra, uv_default];
        assert_eq!(seen.map(|value| value.map(String::as_str)), wanted, "{torch:?} {default:?}");
        let listed = settings_file(&world, &question).unwrap().map(|file| world.read(&file).unwrap());
        let listed = listed.map(|bytes| String::from_utf8(bytes).unwrap()).unwrap_or_default();
        assert_eq!(listed.contains("[[index]]"), uv_first.is_some());
        assert!(uv_first.is_none_or(|url| listed.contains(url)), "{listed}");
    }
}

#[test]
fn a_password_of_an_index_stands_in_a_variable_and_not_in_the_arguments() {
    let question = question(Some(TORCH), Some(OWN));
    let secret = |url: &str| url.replace("https://", "https://user:secret@");
    let world = World::new(OsFamily::Linux);
    let file = settings_file(&world, &question).unwrap().unwrap();
    assert!(!String::from_utf8(world.read(&file).unwrap()).unwrap().contains("secret"));
    for command in [by_pip(&world, &question, &secret).unwrap(), by_uv(&world, &question, &secret).unwrap()] {
        assert!(command.env.values().any(|value| value.contains("secret")));
        assert!(!command.args.iter().any(|arg| arg.contains("secret")), "{:?}", command.args);
    }
}

/// What is made from source is known beforehand, so that nothing of it is run to learn what it needs.
#[test]
fn sources_are_named_to_uv_with_their_one_version_and_what_they_need() {
    let source: SourceOnly = crate::catalog::Catalog::embedded().unwrap().kits.sources[0].clone();
    let world = World::new(OsFamily::Linux);
    let question = Question { sources: vec![source.clone()], engine: Engine::Uv, ..question(None, None) };
    let plain = |url: &str| url.to_owned();
    let command = by_uv(&world, &question, &plain).unwrap();
    let args = command.args.join(" ");
    assert!(
        args.contains(&format!(
            "--only-binary :all: --no-header --python /usr/bin/python3 --no-binary {}",
            source.name
        )),
        "{args}"
    );
    assert!(!args.contains("unsafe-best-match"), "{args}");
    let file = |at: &str| {
        let at = command.args.iter().position(|arg| arg == at).unwrap();
        String::from_utf8(world.read(command.args[at + 1].as_ref()).unwrap().clone()).unwrap()
    };
    assert_eq!(file("--constraint"), format!("{}==={}\n", source.name, source.version));
    let known = format!("name = \"{}\"\nrequires-dist = [\"setuptools", source.name);
    assert!(file("--config-file").contains(&known), "{}", file("--config-file"));
}
