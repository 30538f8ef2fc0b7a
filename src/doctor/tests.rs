use super::gather::gather;
use super::*;
use crate::catalog::{Catalog, LiveIndex};
use crate::facts::{Disk, DiskRole, MachineFacts, OsFamily};
use crate::host::Host;
use crate::host::fake::World;
use crate::prepare::Scan;
use crate::run::journal::Journal;
use crate::run::{EventKind, RunEvent};
use std::io::Read as _;

const RUN: &str = "/home/ada/.local/share/torch-wizard/runs/20261121-120000";
const DATA: &str = "/home/ada/.local/share/torch-wizard";

fn private() -> Private {
    Private::new(Path::new("/home/ada"), None).on(["atlas-7".to_owned()], [])
}

fn of(world: &World, facts: MachineFacts) -> Report {
    let scan = Scan { facts, live: LiveIndex::offline(), assessments: Vec::new() };
    let machine = Machine { text: "driver  580.95.05\n".to_owned(), json: r#"{"schema":1,"pc":"atlas-7"}"#.to_owned() };
    gather(world, Catalog::embedded().unwrap(), &scan, machine)
}

fn facts() -> MachineFacts {
    MachineFacts::unknown("2026-11-21T12:00:00Z")
}

fn labels(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.label).collect()
}

fn add(world: &World, step: Option<&str>, kind: EventKind) {
    let event = RunEvent { time: "2026-11-21T12:00:00Z".to_owned(), step: step.map(str::to_owned), kind };
    Journal::open(world, Path::new(RUN)).unwrap().add(&event).unwrap();
}

/// A PC where an install failed, with everything in its log that must not leave it.
fn failed() -> World {
    let log = "2026-11-21T12:00:00.000Z pip at /home/ada/x on atlas-7 asks https://nexus.lab.example/simple for ada@lab.example\n\
        2026-11-21T12:00:01.000Z CUDA error: no kernel image is available for execution on the device\n";
    let world = World::new(OsFamily::Linux).file(format!("{RUN}/install.log"), log);
    let problem = Problem::new("tool-failed", "pip refused in /home/ada/x.").advise("Try again.").details("on atlas-7");
    add(&world, Some("environment"), EventKind::Started { title: "x".to_owned() });
    add(&world, Some("environment"), EventKind::Finished);
    add(&world, Some("install"), EventKind::Started { title: "y".to_owned() });
    add(&world, Some("install"), EventKind::Failed { problem });
    add(&world, None, EventKind::Ended { exit: 1, settled: false });
    world
}

#[test]
fn a_pc_with_nothing_has_a_report() {
    let report = of(&World::new(OsFamily::Windows), facts());
    assert_eq!(labels(&report), [""; 0]);
    let text = report.text(&private());
    for part in ["Findings\n  nothing is wrong", "Environments\n  none", "Last run\n  none", "version        0."] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let object: serde_json::Value = serde_json::from_str(&report.json(&private())).unwrap();
    assert_eq!((&object["schema"], &object["last_run"]), (&1.into(), &serde_json::Value::Null));
    assert_eq!(report.bundle(&private(), Form::Zip).files.len(), 3);
}

#[test]
fn the_last_run_is_told_with_its_steps_its_problem_and_what_its_log_says() {
    let report = of(&failed(), facts());
    let text = report.text(&private());
    for part in [
        "run            20261121-120000: exit code 1, can be resumed or undone",
        "✓ environment\n",
        "✕ install (failed)\n",
        "problem        pip refused in ~/x. (tool-failed)",
        "→ Try again.",
        "| on <host>",
        "its log says   No code for this card (no-kernel-image,",
        "End of its log\n  2026-11-21T12:00:00.000Z pip at ~/x on <host> asks https://<host-1>/simple for <email-1>\n",
        "! The install did not end; it can be resumed or undone.\n    → torch-wizard resume",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_run_that_was_undone_or_goes_on_is_told_as_that() {
    let world = failed();
    add(&world, None, EventKind::Resumed);
    let run = of(&world, facts()).run.unwrap();
    assert_eq!((run.exit(), run.end_in_words().as_str()), (None, "it did not end"));
    add(&world, None, EventKind::Undone { step: "environment".to_owned() });
    add(&world, None, EventKind::Ended { exit: 0, settled: true });
    let report = of(&world, facts());
    let run = report.run.as_ref().unwrap();
    assert_eq!(run.end_in_words(), "it was undone");
    assert!(run.problem().is_some() && labels(&report).is_empty());
    let text = report.text(&private());
    assert!(text.contains("… environment (undone)\n"), "{text}");
}

#[test]
fn nothing_private_is_in_any_file_and_what_was_hidden_is_counted() {
    let report = of(&failed(), facts());
    for form in [Form::Zip, Form::Json, Form::Text] {
        let bundle = report.bundle(&private(), form);
        for file in &bundle.files {
            for word in ["ada", "atlas", "nexus", "lab.example"] {
                assert!(!file.text.contains(word), "{word} in {}: {}", file.name, file.text);
            }
        }
        let bytes = bundle.bytes().unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("atlas"));
        assert!(bundle.hidden[&Kind::Host] > 1 && bundle.hidden[&Kind::Email] > 0, "{:?}", bundle.hidden);
    }
}

#[test]
fn a_zip_can_be_opened_and_holds_what_its_preview_says() {
    let bundle = of(&failed(), facts()).bundle(&private(), Form::Zip);
    let names: Vec<&str> = bundle.files.iter().map(|file| file.name).collect();
    assert_eq!(names, ["doctor.md", "doctor.json", "machine.json", "journal.jsonl", "install.log"]);
    let mut zip = zip::ZipArchive::new(io::Cursor::new(bundle.bytes().unwrap())).unwrap();
    for file in &bundle.files {
        let mut text = String::new();
        zip.by_name(file.name).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, file.text);
        if file.name.ends_with("json") {
            serde_json::from_str::<serde_json::Value>(&text).unwrap();
        }
    }
    let preview = bundle.preview(Path::new("/tmp/x.zip"));
    for part in ["In /tmp/x.zip:\n", "machine.json   this PC", "Hidden: ", "host names", "Nothing is sent"] {
        assert!(preview.contains(part), "{part}: {preview}");
    }
}

#[test]
fn what_is_damaged_is_a_finding_and_stays_where_it_is() {
    let world = World::new(OsFamily::Linux)
        .file(format!("{RUN}/journal.jsonl"), "\n{\"journal\":1}\nrubbish\n{\"sum\":\"0\",\"event\":{}}\nrubbish\n")
        .file(format!("{RUN}/plan.json"), "{")
        .file(format!("{DATA}/settings.json"), "{")
        .file(format!("{DATA}/environments.json"), "{\"schema\": 9}")
        .file(format!("{DATA}/environments.json.broken-1"), "{")
        .file("/home/ada/torch-cu130.tw-new/pyvenv.cfg", "")
        .file("/home/ada/torch-cu130.tw-old/pyvenv.cfg", "");
    let disk = Disk { role: DiskRole::Target, path: "/home/ada".into(), free_bytes: Some(5_000_000_000) };
    let report = of(&world, MachineFacts { disks: vec![disk], ..facts() });
    let told =
        ["unreadable-file", "unreadable-file", "set-aside", "journal-damaged", "leftover", "leftover", "little-room"];
    assert_eq!(labels(&report), told);
    for name in ["settings.json", "environments.json"] {
        assert!(world.meta(&Path::new(DATA).join(name)).is_some(), "{name}");
    }
    assert!(world.meta(&Path::new(RUN).join("plan.json")).is_some());
    let text = report.text(&private());
    assert!(text.contains("plan           cannot be read") && text.contains("Only 5.00 GB are free"), "{text}");
}

#[test]
fn a_lock_that_is_held_is_told() {
    let world = World::new(OsFamily::Linux);
    let lock = Path::new(DATA).join("locks").join("0a1b.lock");
    let world = world.file(&lock, "");
    let guard = world.lock(&lock).unwrap();
    assert_eq!(labels(&of(&world, facts())), ["busy"]);
    drop(guard);
    assert_eq!(labels(&of(&world, facts())), [""; 0]);
}

#[test]
fn the_log_is_told_from_its_end_and_settings_as_far_as_they_were_changed() {
    let lines: Vec<String> = (0..1000).map(|number| format!("line {number}")).collect();
    let world = World::new(OsFamily::Linux)
        .file(format!("{RUN}/install.log"), lines.join("\n"))
        .file(format!("{DATA}/settings.json"), r#"{"schema": 1, "zoom_percent": 150}"#);
    let report = of(&world, facts());
    let log = &report.run.as_ref().unwrap().log;
    assert_eq!((log.len(), log[0].as_str(), log[199].as_str()), (LINES, "line 800", "line 999"));
    assert_eq!(report.wizard.settings, [("zoom_percent".to_owned(), "150".to_owned())]);
    let text = report.text(&private());
    assert!(text.contains("line 980\n") && !text.contains("line 979\n"), "{text}");
    assert!(report.bundle(&private(), Form::Text).files[0].text.contains("\nline 800\n"));
}

#[test]
fn the_end_of_its_name_says_what_a_report_is() {
    for (name, form) in [("a.zip", Form::Zip), ("a.MD", Form::Text), ("a.txt", Form::Text), ("a.Json", Form::Json)] {
        assert_eq!(Form::of(Path::new(name)), Some(form), "{name}");
    }
    assert!(["a", ".zip", "a.pdf", "zip/a"].iter().all(|name| Form::of(Path::new(name)).is_none()));
}
