//! `advise --report` and `diagnose` as a user runs them: exit codes, standard input and files, text and JSON.
#![expect(clippy::disallowed_methods, reason = "these tests play the user: no Host here")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail by panicking as tests do")]

use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

const GOOD: &str = "OS: Ubuntu 24.04 (x86_64)\nGPU: RTX 4090\nDriver: 580.95.05\nPython: 3.9.2\ntorch: 2.6.0+cu124\n";

/// Runs the program with a text on standard input.
fn advise(words: &[&str], input: &[u8]) -> Output {
    wizard(&[&["advise", "--report"], words].concat(), input)
}

fn wizard(words: &[&str], input: &[u8]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_torch-wizard"))
        .args(words)
        .env("TORCH_WIZARD_HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_exit_code_says_whether_a_route_to_the_card_can_be_run() {
    for (text, code) in [
        (GOOD, 0),
        ("OS: Windows 11\nGPU: AMD Radeon RX 6800\n", 1),
        ("OS: Ubuntu 24.04\nGPU: RTX 4090\nDriver: 390.157\n", 1),
        ("nothing that tells of a machine\n", 2),
        ("", 2),
    ] {
        assert_eq!(advise(&["-"], text.as_bytes()).status.code(), Some(code), "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_said_with_a_next_step() {
    for (words, says) in [(["-"], "Nothing in this text"), (["/no/such/report.txt"], "cannot be read")] {
        let output = advise(&words, b"hello\n");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(says) && said.contains("  → ") && out(&output).is_empty(), "{said}");
    }
}

#[test]
fn the_answer_as_data_has_the_reported_interpreter_and_torch_first() {
    let output = advise(&["-", "--json"], GOOD.as_bytes());
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["facts"]["pythons"][0]["version"], "3.9.2");
    assert_eq!(answer["facts"]["pythons"][0]["usable"], false);
    assert_eq!(answer["installed_torch"]["version"], "2.6.0+cu124");
    assert_eq!(answer["installed_torch"]["status"], "works");
    assert_eq!(answer["facts"]["gpus"][0]["compute_capability"], "8.9");
    assert_eq!(answer["driver"]["upgrade_required"], false);
    assert_eq!(answer["recommended"], "wheel");
}

#[test]
fn what_the_report_does_not_say_is_null() {
    let answer: Value =
        serde_json::from_slice(&advise(&["-", "--json"], b"Driver Version: 580.95.05\n").stdout).unwrap();
    let facts = &answer["facts"];
    assert_eq!(
        (&facts["os"]["arch"], &facts["os"]["glibc"], &facts["hardware"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!((&facts["gpus_state"], &facts["torch_seen"]), (&"unknown".into(), &Value::Null));
    assert_eq!(answer["installed_torch"]["status"], "unknown");
}

#[test]
fn the_answer_as_text_begins_with_what_was_read_and_where() {
    let text = out(&advise(&["-"], b"OS: Ubuntu 24.04\nGPU: RTX 4090\nNVRM: Xid\ntorch.cuda.is_available(): True\n"));
    for line in ["card 0          RTX 4090, compute capability 8.9  (line 2)", "not said        the driver's version"] {
        assert!(text.lines().any(|other| other == line), "{line:?} is not in\n{text}");
    }
}

#[test]
fn a_file_that_powershell_wrote_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bericht ä.txt");
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(GOOD.replace('\n', "\r\n").encode_utf16().flat_map(u16::to_le_bytes));
    std::fs::write(&path, bytes).unwrap();
    let output = advise(&[path.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(out(&output).contains("RTX 4090"));
}

const NO_KERNEL: &str = "start\nCUDA error: no kernel image is available for execution on the device\n";

#[test]
fn the_exit_code_says_whether_a_cause_is_known() {
    for (text, code, says) in [
        (NO_KERNEL, 0, "No code for this card (no-kernel-image, sure)"),
        ("Successfully installed torch-2.9.0\n", 0, "Nothing wrong was found"),
        ("FrobError: no plutonium\n", 1, "Not recognised"),
        // Known is how it ended, and not why.
        (
            "exit code -1073741819 (0xC0000005)\n",
            1,
            "The program died inside native code (died-in-native-code, possible)",
        ),
    ] {
        let output = wizard(&["diagnose", "-"], text.as_bytes());
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(out(&output).starts_with(says), "{}", out(&output));
    }
    let output = wizard(&["diagnose", "/no/such/log.txt"], b"");
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(2), ""));
    assert!(String::from_utf8_lossy(&output.stderr).contains("  → "));
}

#[test]
fn a_cause_is_told_with_its_line_and_what_helps() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.txt");
    std::fs::write(&log, NO_KERNEL).unwrap();
    let log = log.to_str().unwrap();
    let text = out(&wizard(&["diagnose", log], b""));
    for part in
        ["  2: CUDA error: no kernel image", "To make sure: ", "What helps: ", "\n  torch-wizard envs repair ENV\n"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let answer: Value = serde_json::from_slice(&wizard(&["diagnose", log, "--json"], b"").stdout).unwrap();
    assert_eq!((&answer["schema"], &answer["label"]), (&Value::from(1), &Value::from("no-kernel-image")));
    assert_eq!(answer["evidence"]["line"], 2);
    assert_eq!((&answer["fix"]["automatic"], &answer["detail_label"]), (&Value::from(true), &Value::Null));
    assert!(answer["confidence"].as_f64().unwrap() >= 0.9 && answer["alternatives"].is_array());
    // This machine is asked only where it is told to; it has no card that could bear the answer out.
    assert_eq!(answer["machine"], Value::Null);
    let here = wizard(&["diagnose", log, "--here", "--json"], b"");
    let here: Value = serde_json::from_slice(&here.stdout).unwrap();
    assert_eq!(here["label"], "no-kernel-image", "{here}");
    let answer: Value =
        serde_json::from_slice(&wizard(&["diagnose", "-", "--json"], b"FrobError: x\n").stdout).unwrap();
    assert_eq!((&answer["label"], &answer["evidence"]["line"]), (&Value::from("unknown"), &Value::from(1)));
}
