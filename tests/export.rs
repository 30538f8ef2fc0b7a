//! One plan in all its forms, for both systems, with folder names that shells stumble over.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail by panicking as tests do")]

use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use torch_wizard::assess::{Assessment, Build, Origin, Reason, Route, Verdict};
use torch_wizard::facts::OsFamily;
use torch_wizard::lock::Lock;
use torch_wizard::plan::export::{ExportError, Format, export};
use torch_wizard::plan::{Choices, Engine, Frame, Indexes, Inheritance, Places, Plan, plan};

const LOCK: &str = r#"
lock-version = "1.0"
created-by = "uv"
requires-python = ">=3.12"

[[packages]]
name = "filelock"
version = "4.2.11"
wheels = [{ url = "https://files.example/filelock-4.2.11-py3-none-any.whl", size = 21701, hashes = { sha256 = "1111111111111111111111111111111111111111111111111111111111111111" } }]

[[packages]]
name = "torch"
version = "2.15.0+cu130"
index = "https://download.pytorch.org/whl/cu130"
wheels = [{ url = "https://download.pytorch.org/whl/cu130/torch-2.15.0%2Bcu130-cp312-cp312-PLATFORM.whl", size = 2950000000, hashes = { sha256 = "2222222222222222222222222222222222222222222222222222222222222222" } }]
"#;

fn assessment() -> Assessment {
    let url = "https://download.pytorch.org/whl/cu130".to_owned();
    let text = "The card (sm_120) & driver 581.57 run CUDA 13.0 < 13.1.".to_owned();
    Assessment {
        route: Route::Wheel,
        verdict: Verdict::Recommended {
            reasons: vec![Reason { code: "fits".to_owned(), text, source: None, args: BTreeMap::new() }],
        },
        build: Some(Build {
            torch: "2.15.0".parse().unwrap(),
            variant: "cu130".to_owned(),
            python: "3.12".parse().ok(),
            origin: Origin::TorchIndex { url },
            seen_live: true,
        }),
        acceptable_variants: vec!["cu128".to_owned(), "cu130".to_owned()],
        download_bytes: Some(2_950_021_701),
        disk_bytes: Some(6_400_000_000),
        seconds: Some((60, 300)),
        needs: Vec::new(),
        risk: None,
    }
}

/// A folder of the system, in its own spelling.
fn path(os: OsFamily, parts: &str) -> PathBuf {
    match os {
        OsFamily::Windows => PathBuf::from(format!(r"C:\{}", parts.replace('/', r"\"))),
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => PathBuf::from(format!("/{parts}")),
    }
}

fn made(os: OsFamily, engine: Engine, target: PathBuf) -> Plan {
    let at = |parts: &str| path(os, &format!("data/{parts}"));
    let platform = if os == OsFamily::Windows { "win_amd64" } else { "manylinux_2_28_x86_64" };
    let python = if os == OsFamily::Windows { "Python312/python.exe" } else { "usr/bin/python3.12" };
    let choices = Choices {
        target,
        python: path(os, python),
        python_version: "3.12.4".parse().unwrap(),
        engine,
        uv: (engine == Engine::Uv).then(|| path(os, "tools/uv")),
        cards: vec!["GPU-5d2a".to_owned(), "1".to_owned()],
        replace: false,
    };
    let frame = Frame {
        id: "20261121-100000".to_owned(),
        made_at: "2026-11-21T10:00:00Z".to_owned(),
        os,
        places: Places { run: at("runs/1"), store: at("wheels"), links: at("links/1"), uv_cache: at("uv") },
        indexes: Indexes {
            torch: Some("https://download.pytorch.org/whl/cu130".to_owned()),
            default: Some("https://mirror.example/simple?a=1&b=2".to_owned()),
            extra: Vec::new(),
            find_links: Vec::new(),
        },
        inheritance: Inheritance {
            cleared: BTreeSet::from(["PYTHONPATH".to_owned(), "UV_INDEX".to_owned()]),
            set: BTreeMap::from([("SSL_CERT_FILE".to_owned(), path(os, "certs/100% o'k.pem").display().to_string())]),
        },
    };
    plan(assessment(), choices, Lock::from_pylock(&LOCK.replace("PLATFORM", platform)).unwrap(), frame).unwrap()
}

fn windows() -> Plan {
    made(OsFamily::Windows, Engine::Uv, path(OsFamily::Windows, "Käse, o'Brien (x86)/torch & co"))
}

fn linux() -> Plan {
    made(OsFamily::Linux, Engine::Uv, path(OsFamily::Linux, "home/käse/100% o'brien/$torch"))
}

macro_rules! shows {
    ($name:ident, $plan:expr, $format:expr) => {
        #[test]
        fn $name() {
            // Batch files end their lines as Windows does; a snapshot cannot show it.
            insta::assert_snapshot!(export(&$plan, $format).unwrap().replace("\r\n", "\n"));
        }
    };
}

shows!(text_for_windows, windows(), Format::Text);
shows!(text_for_linux_with_pip, made(OsFamily::Linux, Engine::Pip, "/home/a/torch".into()), Format::Text);
shows!(powershell, windows(), Format::Ps1);
shows!(powershell_with_pip, made(OsFamily::Windows, Engine::Pip, r"C:\torch".into()), Format::Ps1);
shows!(batch, windows(), Format::Bat);
shows!(batch_with_pip, made(OsFamily::Windows, Engine::Pip, r"C:\torch".into()), Format::Bat);
shows!(sh, linux(), Format::Sh);
shows!(sh_with_pip, made(OsFamily::Linux, Engine::Pip, "/home/a/torch".into()), Format::Sh);
shows!(requirements, linux(), Format::Requirements);
shows!(dockerfile, linux(), Format::Dockerfile);
shows!(pylock, windows(), Format::Pylock);

#[test]
fn a_batch_file_ends_each_line_as_windows_does_and_begins_without_a_mark() {
    let text = export(&windows(), Format::Bat).unwrap();
    assert_eq!(text.matches("\r\n").count(), text.matches('\n').count());
    assert!(text.starts_with("@echo off"));
}

#[test]
fn a_powershell_file_has_a_byte_order_mark_where_the_old_code_page_would_misread_it() {
    assert!(export(&windows(), Format::Ps1).unwrap().starts_with('\u{feff}'));
    let plain = made(OsFamily::Windows, Engine::Uv, r"C:\torch".into());
    assert!(export(&plain, Format::Ps1).unwrap().is_ascii());
}

#[test]
fn a_script_that_could_not_check_what_it_fetches_is_not_written() {
    let mut plan = linux();
    plan.lock.packages[1].wheel.sha256 = None;
    for format in [Format::Sh, Format::Ps1, Format::Bat, Format::Requirements, Format::Dockerfile] {
        assert!(matches!(export(&plan, format), Err(ExportError::NoHash(file)) if file.starts_with("torch-2.15.0")));
    }
    for format in [Format::Text, Format::Json, Format::Pylock] {
        assert!(export(&plan, format).is_ok());
    }
}

#[test]
fn what_a_reason_was_made_of_is_no_part_of_a_plan_as_data() {
    let (mut plan, bare) = (linux(), export(&linux(), Format::Json).unwrap());
    for reason in plan.assessment.verdict.reasons_mut() {
        reason.args.insert("card".to_owned(), "GTX 1080".to_owned());
    }
    assert_eq!(export(&plan, Format::Json).unwrap(), bare);
}

#[test]
fn a_container_is_not_made_from_the_packages_of_windows() {
    assert_eq!(export(&windows(), Format::Dockerfile), Err(ExportError::NotLinux(OsFamily::Windows)));
}

#[test]
fn the_pins_ask_pypi_unless_another_index_is_named() {
    let mut plan = linux();
    plan.indexes.default = None;
    let text = export(&plan, Format::Requirements).unwrap();
    assert!(!text.contains("--index-url https") || text.contains("--extra-index-url https"), "{text}");
    assert_eq!(text.matches("index-url").count(), 1);
    // Where only the torch index can be reached, it is the only one.
    plan.indexes.default.clone_from(&plan.indexes.torch);
    let text = export(&plan, Format::Requirements).unwrap();
    assert!(text.contains("\n--index-url https://download.pytorch.org/whl/cu130\n") && !text.contains("--extra"));
}

/// Feeds a script to a program that checks its grammar; nothing is run.
#[cfg(unix)]
fn accepts(program: &str, args: &[&str], script: &str) {
    use torch_wizard::host::{HostError, output, real::RealHost};
    let mut command = torch_wizard::plan::CommandSpec::new(program, args.iter().copied());
    command.stdin = Some(script.to_owned());
    match output(&RealHost::new().unwrap(), &command, std::time::Duration::from_secs(30)) {
        Err(HostError::NotFound { .. }) => {} // shellcheck is not on every machine
        Err(error) => panic!("{error}"),
        Ok(answer) => {
            let said = answer.text() + &String::from_utf8_lossy(&answer.stderr);
            assert!(answer.is_success(), "{said}\n{script}");
        }
    }
}

#[test]
#[cfg(unix)]
fn the_shell_and_shellcheck_accept_the_scripts() {
    for engine in [Engine::Uv, Engine::Pip] {
        for target in ["/home/a/torch", "/home/käse/100% o'brien/$torch \"x\" `y` \\z", "/-rf/ x "] {
            let script = export(&made(OsFamily::Linux, engine, target.into()), Format::Sh).unwrap();
            accepts("sh", &["-n"], &script);
            // SC2016: what looks like a variable in single quotes is a name that holds a dollar sign.
            accepts("shellcheck", &["-s", "sh", "-e", "SC2016", "-"], &script);
        }
    }
}

proptest! {
    #[test]
    fn a_plan_as_data_reads_back_the_same(
        target in "/[^\0:\\n]{1,20}",
        (windows, with_uv, replace) in any::<(bool, bool, bool)>(),
        cards in prop::collection::vec("[A-Za-z0-9-]{1,8}", 0..3),
        size in any::<Option<u64>>(),
        value in any::<String>(),
    ) {
        let os = if windows { OsFamily::Windows } else { OsFamily::Linux };
        let engine = if with_uv { Engine::Uv } else { Engine::Pip };
        let mut plan = made(os, engine, path(os, "home/torch"));
        plan.target = target.into();
        (plan.choices.cards, plan.choices.replace) = (cards, replace);
        plan.lock.packages[0].wheel.size = size;
        plan.lock.packages[1].wheel.sha256 = size.map(|size| format!("{size:064x}"));
        plan.inheritance.set.insert("NAME".to_owned(), value);
        let text = export(&plan, Format::Json).unwrap();
        prop_assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
    }
}
