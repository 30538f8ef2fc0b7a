use super::*;
use crate::assess::{Build, Origin, Route, Verdict};
use crate::facts::{OsFamily, PythonVersion};
use crate::plan::export::action_text;
use crate::plan::{Engine, Indexes, Inheritance, Places, native_shell, retargeted};
use std::fmt::Write as _;

const LOCK: &str = r#"
lock-version = "1.0"

[[packages]]
name = "torch"
version = "2.15.0+cu130"
wheels = [{ url = "https://download.pytorch.org/whl/cu130/torch-2.15.0%2Bcu130-cp312-cp312-manylinux_2_28_x86_64.whl", size = 950000000, hashes = { sha256 = "2222222222222222222222222222222222222222222222222222222222222222" } }]

[[packages]]
name = "uv"
version = "0.13.8"
wheels = [{ url = "https://files.example/uv-0.13.8-py3-none-manylinux_2_17_x86_64.whl", size = 17000000, hashes = { sha256 = "3333333333333333333333333333333333333333333333333333333333333333" } }]
"#;

fn by(what: SetUp, arguments: &[&str], admin: bool) -> Missing {
    let arguments = arguments.iter().map(|word| (*word).to_owned()).collect();
    Missing::By { what, arguments, admin, restart: admin }
}

fn distro(name: &str, home: &str, missing: Vec<Missing>) -> Distro {
    Distro {
        program: r"C:\Windows\System32\wsl.exe".into(),
        name: name.to_owned(),
        home: home.to_owned(),
        drives: "/mnt/".to_owned(),
        missing,
        driver: "/usr/lib/wsl/lib/libcuda.so".to_owned(),
        tar: r"C:\Windows\System32\tar.exe".into(),
        uv_wheel: "uv-0.13.8-py3-none-manylinux_2_17_x86_64.whl".to_owned(),
        uv_member: "uv-0.13.8.data/scripts/uv".to_owned(),
        variables: BTreeMap::from([("HTTPS_PROXY".to_owned(), "http://proxy.example:3128".to_owned())]),
    }
}

fn nothing() -> Distro {
    let missing = vec![
        by(SetUp::Platform, &["--install", "--no-distribution"], true),
        by(SetUp::Update, &["--update"], false),
        Missing::Config {
            path: r"C:\Users\Jörg\.wslconfig".into(),
            text: "[wsl2]\r\nmemory=12GB\r\n".to_owned(),
            is_there: false,
        },
        by(SetUp::Distribution, &["--install", "-d", "Ubuntu-24.04", "--no-launch", "--version", "2"], false),
        Missing::User { name: "jrg".to_owned() },
    ];
    distro("Ubuntu-24.04", "/home/jrg", missing)
}

fn made_at(distro: Distro, target: &str, cache: &str) -> Result<Plan, PlanError> {
    let url = "https://download.pytorch.org/whl/cu130".to_owned();
    let assessment = Assessment {
        route: Route::Wsl2,
        verdict: Verdict::Works { reasons: Vec::new() },
        build: Some(Build {
            torch: "2.15.0".parse().unwrap(),
            variant: "cu130".to_owned(),
            python: Some(PythonVersion::minor(3, 12)),
            origin: Origin::TorchIndex { url: url.clone() },
            seen_live: true,
        }),
        acceptable_variants: Vec::new(),
        gpus: Vec::new(),
        download_bytes: None,
        disk_bytes: None,
        seconds: None,
        needs: Vec::new(),
        risk: None,
    };
    let choices = Choices {
        target: target.into(),
        python: "python3.12".into(),
        python_version: Some(PythonVersion::minor(3, 12)),
        engine: Engine::Uv,
        uv: Some(r"C:\uv.exe".into()),
        cards: vec!["GPU-1".to_owned()],
        replace: false,
    };
    let at = |parts: &str| PathBuf::from(format!(r"{cache}\{parts}"));
    let frame = Frame {
        id: "20261121-100000".to_owned(),
        made_at: "2026-11-21T10:00:00Z".to_owned(),
        os: OsFamily::Windows,
        places: Places { run: at(r"runs\1"), store: at("wheels"), links: at(r"links\1"), uv_cache: at("uv") },
        indexes: Indexes { torch: Some(url), ..Indexes::default() },
        inheritance: Inheritance::default(),
    };
    plan(assessment, choices, Lock::from_pylock(LOCK).unwrap(), frame, distro)
}

const CACHE: &str = r"C:\Users\Jörg O'Neil\AppData\Local\torch-wizard";

fn made(distro: Distro) -> Plan {
    let target = windows_path(&distro.name, &format!("{}/torch-cu130", distro.home));
    made_at(distro, &target.display().to_string(), CACHE).unwrap()
}

fn shown(plan: &Plan) -> String {
    let mut out = format!("hosts: {}\n", plan.hosts.join(", "));
    for step in &plan.steps {
        let action = if let Action::Run { command } = &step.action {
            let CommandSpec { program, args, env, cwd, .. } = command;
            format!("{program:?} {args:?}\n  with {env:?} in {cwd:?}")
        } else {
            action_text(plan, &step.action, native_shell(plan.os))
        };
        let admin = if step.admin { " (administrator)" } else { "" };
        writeln!(out, "{}: {}{admin}\n  {action}\n  writes {:?}", step.key, step.title, step.writes).unwrap();
    }
    out
}

#[test]
fn on_a_pc_without_wsl_all_of_it_is_set_up() {
    insta::assert_snapshot!(shown(&made(nothing())));
}

#[test]
fn a_distribution_that_is_there_is_used_as_it_is() {
    insta::assert_snapshot!(shown(&made(distro("My Ubuntu 22", "/home/käse", Vec::new()))));
}

fn keys(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.key.as_str()).collect()
}

#[test]
fn one_of_wsl_1_is_converted_and_a_settings_file_that_is_there_is_kept() {
    let missing = vec![
        Missing::Config {
            path: r"C:\Users\Jörg\.wslconfig".into(),
            text: "[wsl2]\nmemory=12GB\nswap=0\n".to_owned(),
            is_there: true,
        },
        by(SetUp::Conversion, &["--set-version", "Debian", "2"], false),
    ];
    let plan = made(distro("Debian", "/home/me", missing));
    assert_eq!(keys(&plan)[..3], ["wslconfig", "wsl-2", "wsl-driver"]);
    let kept = PathBuf::from(r"C:\Users\Jörg\.wslconfig.before-torch-wizard");
    assert_eq!(plan.steps[0].writes, [PathBuf::from(r"C:\Users\Jörg\.wslconfig"), kept.clone()]);
    let Action::WriteFile { kept: seen, .. } = &plan.steps[0].action else { panic!() };
    assert_eq!(seen.as_ref(), Some(&kept));
}

#[test]
fn no_step_reaches_for_a_linux_driver_or_the_toolkit_of_the_distribution() {
    let text = shown(&made(nothing()));
    for word in ["apt", "nvidia-driver", "nvidia-cuda-toolkit", "cuda-drivers", "--shutdown", "sh -c", "bash -"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

#[test]
fn every_word_is_an_argument_of_its_own_however_odd_the_names_are() {
    let plan = made(distro("a & b", "/home/k $HOME 'x'", Vec::new()));
    for step in &plan.steps {
        let Action::Run { command } = &step.action else { continue };
        if command.args.first().is_some_and(|word| word == "--distribution") {
            assert_eq!(command.args[1..5], ["a & b", "--cd", "~", "--exec"], "{}", step.key);
        }
    }
    let install = plan.steps.iter().find(|step| step.key == "install").unwrap();
    let Action::Run { command } = &install.action else { panic!() };
    assert!(command.args.contains(&"/home/k $HOME 'x'/torch-cu130/bin/python".to_owned()), "{command:?}");
    assert!(command.args.contains(&"/mnt/c/Users/Jörg O'Neil/AppData/Local/torch-wizard/links/1".to_owned()));
}

#[test]
fn only_a_folder_of_the_distribution_itself_can_hold_the_environment() {
    let good = [
        r"\\wsl.localhost\Ubuntu-24.04\home\me\t",
        r"\\WSL$\ubuntu-24.04\srv\t\",
        r"\\wsl.localhost\Ubuntu-24.04\data",
    ];
    for target in good {
        let plan = made_at(distro("Ubuntu-24.04", "/home/me", Vec::new()), target, CACHE);
        assert!(plan.is_ok(), "{target} {plan:?}");
    }
    let bad = [
        r"C:\Users\me\torch",
        r"\\wsl.localhost\Debian\home\me\t",
        r"\\server\share\t",
        r"\\wsl.localhost\Ubuntu-24.04",
        // Slow, and no place for links.
        r"\\wsl.localhost\Ubuntu-24.04\mnt\c\Users\me\t",
    ];
    for target in bad {
        let error = made_at(distro("Ubuntu-24.04", "/home/me", Vec::new()), target, CACHE).unwrap_err();
        // Where the test runs on Windows, it knows a share without a folder itself.
        let said = error.to_string();
        let is_told = said.contains(r"\\wsl.localhost\Ubuntu-24.04\home\me") || said.contains("root of a volume");
        assert!(is_told, "{target}: {error}");
    }
    // Our own files on a server are not seen inside.
    let error = made_at(nothing(), r"\\wsl.localhost\Ubuntu-24.04\home\me\t", r"\\server\me").unwrap_err();
    assert!(error.to_string().contains("drives with a letter"), "{error}");
}

#[test]
fn another_folder_keeps_what_is_set_up_and_moves_the_environment() {
    let plan = made(nothing());
    let moved = retargeted(&plan, Path::new(r"\\wsl.localhost\Ubuntu-24.04\home\jrg\other"), false).unwrap();
    let text = |plan: &Plan| serde_json::to_string(plan).unwrap();
    assert_eq!(text(&moved), text(&plan).replace("torch-cu130", "other"));
    assert_ne!(moved, plan);
    let read: Plan = serde_json::from_str(&text(&plan)).unwrap();
    assert_eq!(read, plan);
}

#[test]
fn paths_of_windows_and_of_the_distribution_name_the_same_folder() {
    for (windows, name, linux) in [
        (r"\\wsl.localhost\Ubuntu-24.04\home\käse\t 1", "Ubuntu-24.04", "/home/käse/t 1"),
        (r"\\wsl.localhost\My Distro\opt", "My Distro", "/opt"),
    ] {
        assert_eq!(linux_path(Path::new(windows)), Some((name.to_owned(), linux.to_owned())));
        assert_eq!(windows_path(name, linux), Path::new(windows));
    }
    for none in [r"C:\wsl.localhost\a\b", r"\\wsl.localhost\Ubuntu\", "/home/me", r"\\other\Ubuntu\home"] {
        assert_eq!(linux_path(Path::new(none)), None, "{none}");
    }
    for (windows, linux) in [
        (r"C:\a b\c", Some("/mnt/c/a b/c")),
        (r"\\?\D:\x", Some("/mnt/d/x")),
        (r"\\server\x", None),
        ("C:x", None),
        ("nothing", None),
    ] {
        assert_eq!(on_drive("/mnt/", windows).as_deref(), linux, "{windows}");
    }
    assert_eq!(on_drive("/", r"C:\x").as_deref(), Some("/c/x"));
    for (drives, path, is_drive) in
        [("/mnt/", "/mnt/c/x", true), ("/mnt/", "/mnt/data", false), ("/", "/c", true), ("/", "/home/me", false)]
    {
        assert_eq!(is_on_drive(drives, path), is_drive, "{drives} {path}");
    }
}

#[test]
fn an_environment_in_linux_is_entered_through_wsl() {
    let path = Path::new(r"\\wsl.localhost\Ubuntu-24.04\home\me\torch cu130");
    assert_eq!(
        crate::plan::activation(OsFamily::Windows, path, Shell::PowerShell),
        "& wsl.exe --distribution Ubuntu-24.04 --cd '~' --exec bash -c '. ''/home/me/torch cu130/bin/activate'' && exec bash -i'"
    );
    let usual = crate::plan::activation(OsFamily::Windows, Path::new(r"C:\t"), Shell::PowerShell);
    assert_eq!(usual, r"& C:\t\Scripts\Activate.ps1");
}

#[test]
fn every_step_is_said_in_every_language() {
    let conversion = vec![by(SetUp::Conversion, &["--set-version", "Debian", "2"], false)];
    for distro in [nothing(), distro("Debian", "/home/me", conversion)] {
        crate::plan::docker::tests::assert_is_said(&made(distro));
    }
}
