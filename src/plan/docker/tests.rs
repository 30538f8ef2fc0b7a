use super::*;
use crate::assess::{Build, Origin, Route, Verdict};
use crate::facts::PythonVersion;
use crate::plan::export::action_text;
use crate::plan::{Engine, Indexes, Inheritance, Places, Shell, native_shell, retargeted};
use std::fmt::Write as _;

const LOCK: &str = r#"
lock-version = "1.0"

[[packages]]
name = "torch"
version = "2.15.0+cu130"
wheels = [{ url = "https://download.pytorch.org/whl/cu130/torch-2.15.0%2Bcu130-cp312-cp312-manylinux_2_28_x86_64.whl", size = 950000000, hashes = { sha256 = "2222222222222222222222222222222222222222222222222222222222222222" } }]
"#;

const IMAGE: &str = "pytorch/pytorch:2.14.0-cuda13.0-cudnn9-runtime";

fn flags(engine: ContainerProgram) -> Vec<Vec<String>> {
    let cards: &[&str] = match engine {
        ContainerProgram::Docker => &["--gpus", "all"],
        ContainerProgram::Podman => &["--device", "nvidia.com/gpu=all"],
    };
    let limits: [&[&str]; 3] = [&["--ipc=host"], &["--ulimit", "memlock=-1"], &["--ulimit", "stack=67108864"]];
    let security: &[&str] = &["--security-opt", "label=disable"];
    let all = std::iter::once(cards).chain(limits).chain((engine == ContainerProgram::Podman).then_some(security));
    all.map(|flag| flag.iter().copied().map(str::to_owned).collect()).collect()
}

fn container(engine: ContainerProgram, from: ImageFrom) -> Container {
    Container {
        engine,
        program: format!("/usr/bin/{}", engine.word()).into(),
        from,
        flags: flags(engine),
        cards: Vec::new(),
        only_all: false,
    }
}

fn docker() -> Container {
    container(ContainerProgram::Docker, ImageFrom::Wheels { base: "python:3.12-slim".to_owned() })
}

fn published() -> Container {
    container(ContainerProgram::Docker, ImageFrom::Registry { image: IMAGE.to_owned() })
}

fn desktop() -> Container {
    let program = r"C:\Program Files\Docker\Docker\resources\bin\docker.exe".into();
    Container { program, only_all: true, ..docker() }
}

/// A plan for a machine with these cards, in the spelling of its system.
fn made_at(os: OsFamily, container: Container, cards: &[&str], target: &str) -> Result<Plan, PlanError> {
    let at = |parts: &str| {
        PathBuf::from(match os {
            OsFamily::Windows => format!(r"C:\Users\Jörg\AppData\{}", parts.replace('/', r"\")),
            OsFamily::Linux | OsFamily::Macos | OsFamily::Other => format!("/home/jörg/.cache/{parts}"),
        })
    };
    let is_published = matches!(container.from, ImageFrom::Registry { .. });
    let url = "https://download.pytorch.org/whl/cu130".to_owned();
    let assessment = Assessment {
        route: Route::Docker,
        verdict: Verdict::Works { reasons: Vec::new() },
        build: Some(Build {
            torch: if is_published { "2.14.0" } else { "2.15.0" }.parse().unwrap(),
            variant: "cu130".to_owned(),
            python: (!is_published).then(|| PythonVersion::minor(3, 12)),
            origin: if is_published {
                Origin::Image { image: IMAGE.to_owned() }
            } else {
                Origin::TorchIndex { url: url.clone() }
            },
            seen_live: true,
        }),
        acceptable_variants: Vec::new(),
        gpus: Vec::new(),
        download_bytes: Some(3_690_000_000),
        disk_bytes: None,
        seconds: None,
        needs: Vec::new(),
        risk: None,
    };
    let choices = Choices {
        target: target.into(),
        python: python(&container),
        python_version: assessment.build.as_ref().and_then(|build| build.python),
        engine: Engine::Uv,
        uv: None,
        cards: cards.iter().map(|card| (*card).to_owned()).collect(),
        replace: false,
    };
    let lock = if is_published { "lock-version = \"1.0\"" } else { LOCK };
    let frame = Frame {
        id: "20261121-100000".to_owned(),
        made_at: "2026-11-21T10:00:00Z".to_owned(),
        os,
        places: Places { run: at("runs/1"), store: at("wheels"), links: at("links/1"), uv_cache: at("uv") },
        indexes: Indexes { torch: (!is_published).then_some(url), ..Indexes::default() },
        inheritance: Inheritance::default(),
    };
    plan(assessment, choices, Lock::from_pylock(lock).unwrap(), frame, container)
}

fn made(os: OsFamily, container: Container, cards: &[&str]) -> Plan {
    let target = if os == OsFamily::Windows { r"C:\Users\Jörg\torch, my & co" } else { "/home/jörg/torch $1 o'k" };
    made_at(os, container, cards, target).unwrap()
}

/// The steps as the review page has them.
fn shown(plan: &Plan) -> String {
    let mut out = format!("hosts: {}\n", plan.hosts.join(", "));
    for step in &plan.steps {
        let action = if let Action::Run { command } = &step.action {
            format!("{:?} {:?}", command.program, command.args)
        } else {
            action_text(plan, &step.action, native_shell(plan.os))
        };
        let admin = if step.admin { " (administrator)" } else { "" };
        writeln!(out, "{}: {}{admin}\n  {action}\n  writes {:?}", step.key, step.title, step.writes).unwrap();
    }
    out
}

#[test]
fn a_published_image_is_fetched_looked_at_and_proven() {
    insta::assert_snapshot!(shown(&made(OsFamily::Linux, published(), &["GPU-1"])));
}

#[test]
fn without_one_an_image_is_built_from_the_wheels_of_the_lock() {
    insta::assert_snapshot!(shown(&made(OsFamily::Windows, desktop(), &["GPU-1"])));
}

#[test]
fn podman_is_asked_in_its_own_words() {
    let podman = container(ContainerProgram::Podman, ImageFrom::Wheels { base: "python:3.12-slim".to_owned() });
    insta::assert_snapshot!(shown(&made(OsFamily::Linux, podman, &["GPU-1"])));
}

/// What hands the cards to a container, of a plan's options.
fn cards_of(container: Container, os: OsFamily) -> Vec<String> {
    let Inside::Container { options, .. } = made(os, container, &["GPU-1", "GPU-2"]).inside else { panic!() };
    let at = |word: &str| options.iter().position(|option| option == word);
    let mut found = Vec::new();
    for word in ["--gpus", "--device", "--env"] {
        if let Some(at) = at(word) {
            found.push(options[at + 1].clone());
        }
    }
    found
}

#[test]
fn one_or_two_of_several_cards_are_handed_over_as_each_engine_takes_them() {
    let cards = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let podman = container(ContainerProgram::Podman, ImageFrom::Registry { image: IMAGE.to_owned() });
    let cases = [
        (docker(), OsFamily::Linux, cards(&[]), vec!["all"]),
        (docker(), OsFamily::Linux, cards(&["GPU-1"]), vec!["device=GPU-1"]),
        // Several are one value only in quotes that reach Docker.
        (docker(), OsFamily::Linux, cards(&["0", "2"]), vec!["\"device=0,2\""]),
        (podman, OsFamily::Linux, cards(&["GPU-2"]), vec!["nvidia.com/gpu=GPU-2"]),
        // WSL hands over all or none.
        (desktop(), OsFamily::Windows, cards(&["GPU-1"]), vec!["all", "CUDA_VISIBLE_DEVICES=GPU-1"]),
    ];
    for (container, os, cards, expected) in cases {
        assert_eq!(cards_of(Container { cards, ..container.clone() }, os), expected, "{container:?}");
    }
}

#[test]
fn cards_are_proven_by_name_and_without_names_all_that_are_seen() {
    let device = |cards: &[&str]| {
        let plan = made(OsFamily::Linux, published(), cards);
        let verify = plan.steps.into_iter().find(|step| step.key == "verify").unwrap();
        let Action::Verify { device, python, inside } = verify.action else { panic!() };
        assert_eq!((python.as_path(), inside), (Path::new("python3"), plan.inside));
        device
    };
    assert_eq!(device(&["GPU-1", "GPU-2"]), "GPU-1,GPU-2");
    // A container counts its cards from 0 on.
    assert_eq!(device(&["1"]), "all");
    assert_eq!(device(&[]), "all");
}

#[test]
fn an_own_image_has_a_name_that_follows_its_wheels_and_that_no_registry_answers_to() {
    let first = made(OsFamily::Linux, docker(), &[]);
    let name = image(&first, &docker());
    assert!(name.starts_with("localhost/torch-wizard:2.15.0-cu130-"), "{name}");
    let mut other = first;
    other.lock.packages[0].version = "2.15.1".to_owned();
    assert_ne!(image(&other, &docker()), name);
}

#[test]
fn the_registry_is_the_first_part_of_an_images_name_if_that_is_a_host() {
    for (image, registry) in [
        ("python:3.12-slim", "docker.io"),
        ("pytorch/pytorch:2.14.0", "docker.io"),
        ("nvcr.io/nvidia/pytorch:26.09-py3", "nvcr.io"),
        ("registry:5000/x", "registry:5000"),
    ] {
        assert_eq!(registry_of(image), registry, "{image}");
    }
}

#[test]
fn another_folder_changes_the_folder_alone() {
    let plan = made(OsFamily::Linux, docker(), &["GPU-1"]);
    let moved = retargeted(&plan, Path::new("/data/torch"), true).unwrap();
    assert!(!moved.choices.replace && !moved.can_replace(), "somebody's work would be lost");
    assert_eq!(moved.inside, plan.inside);
    let text = |plan: &Plan| serde_json::to_string(plan).unwrap();
    let (old, new) = ("/home/jörg/torch $1 o'k", "/data/torch");
    assert_eq!(text(&moved), text(&plan).replace(old, new));
    assert!(matches!(retargeted(&plan, Path::new("relative"), false), Err(PlanError::BadTarget { .. })));
    let read: Plan = serde_json::from_str(&text(&plan)).unwrap();
    assert_eq!(read, plan);
}

#[test]
fn the_files_for_an_image_of_wheels() {
    let plan = made(OsFamily::Linux, docker(), &["GPU-1"]);
    let container = docker();
    let files = [dockerfile(&plan, &container), compose(&plan, &container), launcher(&plan, &container)];
    insta::assert_snapshot!(files.join("\n---- next file\n"));
}

#[test]
fn the_files_for_a_published_image_and_two_of_three_cards() {
    let container = Container { cards: vec!["GPU-1".to_owned(), "GPU-2".to_owned()], ..published() };
    let plan = made(OsFamily::Linux, container.clone(), &["GPU-1", "GPU-2"]);
    let files = [dockerfile(&plan, &container), compose(&plan, &container), launcher(&plan, &container)];
    insta::assert_snapshot!(files.join("\n---- next file\n"));
}

#[test]
fn the_files_for_docker_desktop_and_for_podman() {
    let container = Container { cards: vec!["GPU-1".to_owned()], ..desktop() };
    let plan = made(OsFamily::Windows, container.clone(), &["GPU-1"]);
    let mut files = vec![compose(&plan, &container), launcher(&plan, &container).replace("\r\n", "\n")];
    let podman = container_of_podman(&["GPU-2"]);
    let plan = made(OsFamily::Linux, podman.clone(), &["GPU-2"]);
    files.extend([compose(&plan, &podman), launcher(&plan, &podman)]);
    insta::assert_snapshot!(files.join("\n---- next file\n"));
}

fn container_of_podman(cards: &[&str]) -> Container {
    let from = ImageFrom::Registry { image: IMAGE.to_owned() };
    let cards = cards.iter().map(|card| (*card).to_owned()).collect();
    Container { cards, ..container(ContainerProgram::Podman, from) }
}

#[test]
fn every_option_of_the_catalogue_has_its_words_in_compose() {
    let catalog = crate::catalog::Catalog::embedded().unwrap();
    for engine in [ContainerProgram::Docker, ContainerProgram::Podman] {
        let rows = catalog.containers.run_flags.iter();
        let given = rows.filter(|row| row.needed != crate::catalog::Needed::Never && row.programs.contains(&engine));
        let flags: Vec<_> = given.map(|row| row.flag.clone()).collect();
        let container =
            Container { flags: flags.clone(), ..container(engine, ImageFrom::Registry { image: IMAGE.into() }) };
        let plan = made(OsFamily::Linux, container.clone(), &[]);
        let whole = compose(&plan, &container);
        for flag in flags {
            let without: Vec<_> = container.flags.iter().filter(|other| **other != flag).cloned().collect();
            let less = compose(&plan, &Container { flags: without, ..container.clone() });
            // Without a word for the cards, compose asks in Docker's words.
            assert!(less != whole || flag[0] == "--gpus", "{flag:?} is not in\n{whole}");
        }
    }
}

#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_methods, reason = "a shell reads what is made for it")]
fn the_launcher_is_one_that_the_shell_and_shellcheck_accept() {
    use std::io::Write as _;
    for container in [published(), Container { cards: vec!["0".to_owned(), "2".to_owned()], ..docker() }] {
        let text = launcher(&made(OsFamily::Linux, container.clone(), &[]), &container);
        for (program, args) in [("sh", &["-n"][..]), ("shellcheck", &["-"][..])] {
            let Ok(mut child) = std::process::Command::new(program)
                .args(args)
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::piped())
                .spawn()
            else {
                // shellcheck is not everywhere; the tests of the exports say when it is missed.
                continue;
            };
            child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stdout));
        }
    }
}

#[test]
fn a_command_can_be_pasted_with_the_quotes_that_docker_needs() {
    let container = Container { cards: vec!["0".to_owned(), "2".to_owned()], ..published() };
    let plan = made(OsFamily::Linux, container, &["0", "2"]);
    let step = plan.steps.iter().find(|step| step.key == "gpu").unwrap();
    let Action::Run { command } = &step.action else { panic!() };
    assert!(command.display(Shell::Posix).contains("--gpus '\"device=0,2\"' "), "{}", command.display(Shell::Posix));
}

#[test]
fn the_container_is_started_by_the_script_of_its_folder() {
    let windows = start(OsFamily::Windows, Path::new(r"C:\my torch"), &["python3", "-c", "print(1)"]);
    assert_eq!(
        windows.display(Shell::PowerShell),
        r"& powershell.exe -ExecutionPolicy Bypass -File 'C:\my torch\run.ps1' python3 -c 'print(1)'"
    );
    assert_eq!(start(OsFamily::Linux, Path::new("/a b"), &[]).display(Shell::Posix), "sh '/a b/run.sh'");
}

/// What a step is called, before and while it runs, in every language.
pub(in crate::plan) fn assert_is_said(plan: &Plan) {
    for language in crate::text::Language::ALL {
        let text = crate::text::Text::new(language);
        for PlanStep { key, .. } in &plan.steps {
            for start in ["review-step", "run-doing", "run-step"] {
                assert!(text.find(&format!("{start}-{key}")).is_some(), "{start}-{key} in {}", language.name());
            }
        }
    }
}

#[test]
fn every_step_is_said_in_every_language() {
    assert_is_said(&made(OsFamily::Linux, docker(), &[]));
    assert_is_said(&made(OsFamily::Linux, published(), &[]));
}
