//! One plan in all its forms, for both systems, with folder names that shells stumble over.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may fail by panicking as tests do")]
#![cfg_attr(unix, expect(clippy::print_stderr, reason = "a skipped test says so"))]

#[path = "plans/made.rs"]
mod made;

use made::Machine;
use proptest::prelude::*;
use torch_wizard::catalog::Catalog;
use torch_wizard::facts::OsFamily;
use torch_wizard::plan::export::{ExportError, Format, export};
use torch_wizard::plan::kit::{Program, with_calls};
use torch_wizard::plan::{Engine, Plan};

fn machine(os: OsFamily, engine: Engine) -> Machine {
    Machine::new(os, engine)
}

fn windows() -> Plan {
    let machine = machine(OsFamily::Windows, Engine::Uv);
    machine.wheel(machine.at("Käse, o'Brien (x86)/torch & co"))
}

fn linux() -> Plan {
    let machine = machine(OsFamily::Linux, Engine::Uv);
    machine.wheel(machine.at("home/käse/100% o'brien/$torch"))
}

fn pip(os: OsFamily) -> Plan {
    let machine = machine(os, Engine::Pip);
    machine.wheel(machine.at("home/a/torch"))
}

const IMAGE: &str = "pytorch/pytorch:2.15.0-cuda13.0-cudnn9-runtime";

fn container(os: OsFamily, image: Option<&str>) -> Plan {
    let machine = machine(os, Engine::Uv);
    machine.docker(image, machine.at("home/käse/100 o'brien/torch & co"))
}

fn built(os: OsFamily, engine: Engine) -> Plan {
    let machine = machine(os, engine);
    machine.source(machine.at("home/käse/o'brien & co/torch"))
}

fn wsl2() -> Plan {
    machine(OsFamily::Windows, Engine::Uv).wsl2()
}

fn source_only(os: OsFamily, engine: Engine) -> Plan {
    let machine = machine(os, engine);
    machine.with_source(machine.at("home/a/torch"))
}

/// A program with other repositories in it.
fn program() -> Plan {
    let machine = machine(OsFamily::Windows, Engine::Uv);
    let kit = Catalog::embedded().unwrap().kits.named("a1111").unwrap();
    let of = kit.program.as_ref().unwrap();
    let program = Program {
        kit: kit.name.clone(),
        git: machine.at("git tools/git.exe"),
        cache: machine.at("data o'f & co/programs/a1111.git"),
        at: "refs/planned/12ab".to_owned(),
        url: of.repository.clone(),
        branch: of.branch.clone(),
        folder: machine.at("home/web ui"),
        within: of.within.iter().take(2).cloned().collect(),
        stands: false,
    };
    with_calls(machine.with_source(machine.at("home/a/torch")), &[kit], &[program])
}

#[test]
fn pins_alone_are_refused_where_something_is_made_from_its_source() {
    for format in [Format::Requirements, Format::Dockerfile] {
        let refused = export(&source_only(OsFamily::Linux, Engine::Uv), format);
        assert!(matches!(&refused, Err(ExportError::Source(name)) if name == "jsonmerge"), "{refused:?}");
    }
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
shows!(text_for_linux_with_pip, pip(OsFamily::Linux), Format::Text);
shows!(powershell, windows(), Format::Ps1);
shows!(powershell_with_pip, pip(OsFamily::Windows), Format::Ps1);
shows!(batch, windows(), Format::Bat);
shows!(batch_with_pip, pip(OsFamily::Windows), Format::Bat);
shows!(sh, linux(), Format::Sh);
shows!(sh_with_pip, pip(OsFamily::Linux), Format::Sh);
shows!(requirements, linux(), Format::Requirements);
shows!(dockerfile, linux(), Format::Dockerfile);
shows!(pylock, windows(), Format::Pylock);
shows!(source_only_sh, source_only(OsFamily::Linux, Engine::Uv), Format::Sh);
shows!(source_only_powershell, source_only(OsFamily::Windows, Engine::Uv), Format::Ps1);
shows!(source_only_pylock, source_only(OsFamily::Linux, Engine::Uv), Format::Pylock);
shows!(program_text, program(), Format::Text);
shows!(wsl2_text, wsl2(), Format::Text);
shows!(wsl2_powershell, wsl2(), Format::Ps1);
shows!(wsl2_batch, wsl2(), Format::Bat);
shows!(docker_text, container(OsFamily::Linux, Some(IMAGE)), Format::Text);
shows!(docker_sh, container(OsFamily::Linux, None), Format::Sh);
shows!(docker_published_sh, container(OsFamily::Linux, Some(IMAGE)), Format::Sh);
shows!(docker_powershell, container(OsFamily::Windows, Some(IMAGE)), Format::Ps1);
shows!(docker_batch, container(OsFamily::Windows, Some(IMAGE)), Format::Bat);
shows!(docker_dockerfile, container(OsFamily::Windows, None), Format::Dockerfile);
shows!(docker_published_dockerfile, container(OsFamily::Linux, Some(IMAGE)), Format::Dockerfile);
shows!(docker_compose, container(OsFamily::Linux, None), Format::Compose);
shows!(docker_published_compose, container(OsFamily::Windows, Some(IMAGE)), Format::Compose);
shows!(source_sh, built(OsFamily::Linux, Engine::Uv), Format::Sh);
shows!(source_sh_with_pip, built(OsFamily::Linux, Engine::Pip), Format::Sh);
shows!(source_powershell, built(OsFamily::Windows, Engine::Uv), Format::Ps1);
shows!(source_batch, built(OsFamily::Windows, Engine::Uv), Format::Bat);

#[test]
fn a_batch_file_ends_each_line_as_windows_does_and_begins_without_a_mark() {
    let text = export(&windows(), Format::Bat).unwrap();
    assert_eq!(text.matches("\r\n").count(), text.matches('\n').count());
    assert!(text.starts_with("@echo off"));
}

#[test]
fn a_powershell_file_has_a_byte_order_mark_where_the_old_code_page_would_misread_it() {
    assert!(export(&windows(), Format::Ps1).unwrap().starts_with('\u{feff}'));
    let plain = machine(OsFamily::Windows, Engine::Uv).wheel(r"C:\torch".into());
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

#[test]
fn a_folder_of_wheels_is_one_word_for_whoever_reads_the_pins() {
    for (mut plan, folder, line) in [
        (linux(), "/my wheels/100% o'k", "file:///my%20wheels/100%25%20o%27k"),
        (windows(), r"D:\Räder & co", "file:///D:/R%C3%A4der%20%26%20co"),
        (windows(), r"\\server\share\w 1", "file://server/share/w%201"),
        (linux(), "https://wheels.example/a", "https://wheels.example/a"),
    ] {
        plan.indexes.find_links = vec![folder.to_owned()];
        let text = export(&plan, Format::Requirements).unwrap();
        assert!(text.contains(&format!("\n--find-links {line}\n")), "{text}");
    }
}

/// Feeds a script to a program that checks its grammar; nothing is run.
#[cfg(unix)]
fn accepts(program: &str, args: &[&str], script: &str) {
    use torch_wizard::host::{HostError, output, real::RealHost};
    let mut command = torch_wizard::plan::CommandSpec::new(program, args.iter().copied());
    command.stdin = Some(script.to_owned());
    match output(&RealHost::new().unwrap(), &command, std::time::Duration::from_secs(30)) {
        Err(HostError::NotFound { .. }) => eprintln!("skipped: {program} is not on this machine"),
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
            is_accepted(&machine(OsFamily::Linux, engine).wheel(target.into()));
        }
    }
    for image in [None, Some(IMAGE)] {
        is_accepted(&container(OsFamily::Linux, image));
    }
    for engine in [Engine::Uv, Engine::Pip] {
        is_accepted(&built(OsFamily::Linux, engine));
    }
    // From Git's shell for Windows.
    is_accepted(&wsl2());
}

#[cfg(unix)]
fn is_accepted(plan: &Plan) {
    let script = export(plan, Format::Sh).unwrap();
    for shell in ["sh", "bash", "dash"] {
        accepts(shell, &["-n"], &script);
    }
    accepts("shellcheck", &["-"], &script);
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
        let machine = machine(os, engine);
        let mut plan = machine.wheel(machine.at("home/torch"));
        plan.target = target.into();
        (plan.choices.cards, plan.choices.replace) = (cards, replace);
        plan.lock.packages[0].wheel.size = size;
        plan.lock.packages[1].wheel.sha256 = size.map(|size| format!("{size:064x}"));
        plan.inheritance.set.insert("NAME".to_owned(), value);
        let text = export(&plan, Format::Json).unwrap();
        prop_assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
    }
}
