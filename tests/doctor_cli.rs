//! `doctor` as a user runs it: what is printed, what is written, and that nothing of the person is in it.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "these tests play the user: no Host here")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail by panicking as tests do")]

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A PC of a person with a name, behind a company's index.
struct Pc {
    folder: tempfile::TempDir,
}

impl Pc {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("mathilda-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let pc = Self { folder };
        fs::create_dir_all(pc.data("logs")).unwrap();
        fs::create_dir_all(pc.path("mathilda")).unwrap();
        pc
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn data(&self, name: &str) -> PathBuf {
        self.path("mathilda/own/data").join(name)
    }

    fn doctor(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_torch-wizard"));
        command.arg("doctor").args(words).args(["--offline"]).env_clear().current_dir(self.folder.path());
        command.env("PATH", self.path("tools")).env("HOME", self.path("mathilda")).env("USER", "mathilda");
        command.env("TORCH_WIZARD_HOME", self.path("mathilda/own")).env("HOSTNAME", "vega-9");
        command.env("UV_DEFAULT_INDEX", "https://mathilda:s3cretword@nexus.lab.example/simple");
        command.env("HTTPS_PROXY", "http://proxy.lab.example:3128").stdin(Stdio::null());
        command.output().unwrap()
    }

    /// The log of a run that failed.
    fn failed_run(&self) {
        let run = self.data("runs/20261121-120000-aaaa");
        fs::create_dir_all(&run).unwrap();
        let log = "2026-11-21T12:00:00.000Z mathilda@vega-9 asks https://nexus.lab.example/simple/ for torch 2.9.0+cu130\n\
            2026-11-21T12:00:01.000Z mail mathilda.m@lab.example, proxy 10.1.2.3:3128, nvidia-cublas-cu12==12.8.4.1\n";
        fs::write(run.join("install.log"), log).unwrap();
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const PRIVATE: [&str; 6] = ["mathilda", "vega-9", "s3cretword", "nexus", "lab.example", "10.1.2.3"];

#[track_caller]
fn assert_nothing_private(text: &str) {
    for word in PRIVATE {
        assert!(!text.to_lowercase().contains(word), "{word} is in\n{text}");
    }
}

#[test]
fn a_pc_where_nothing_was_ever_done_has_a_report() {
    let pc = Pc::new();
    let output = pc.doctor(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    for heading in ["Findings\n", "Wizard\n", "This PC\n", "Routes\n", "Environments\n  none\n", "Last run\n  none\n"] {
        assert!(text.contains(heading), "{heading}: {text}");
    }
    assert!(
        text.contains("  UV_DEFAULT_INDEX = https://<host-") || text.contains("UV_DEFAULT_INDEX = https://"),
        "{text}"
    );
    assert_nothing_private(&text);
}

#[test]
fn the_report_as_data_is_one_object() {
    let pc = Pc::new();
    pc.failed_run();
    let output = pc.doctor(&["--json"]);
    let text = out(&output);
    assert_eq!((output.status.code(), text.lines().count()), (Some(0), 1), "{text}");
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&report["schema"], &report["machine"]["schema"]), (&1.into(), &1.into()));
    assert_eq!(report["last_run"]["id"], "20261121-120000-aaaa");
    let log = report["last_run"]["log"].as_str().unwrap();
    assert!(log.contains("<user>@<host> asks https://<host-"), "{log}");
    assert!(log.contains("torch 2.9.0+cu130") && log.contains("nvidia-cublas-cu12==12.8.4.1"), "{log}");
    assert_nothing_private(&text);
}

#[test]
fn a_zip_for_support_holds_nothing_of_the_person() {
    let pc = Pc::new();
    pc.failed_run();
    let output = pc.doctor(&["--report", "x.zip", "--yes"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let preview = out(&output);
    for part in
        ["doctor.md", "doctor.json", "machine.json", "install.log", "Hidden: ", "user name", "host name", "e-mail"]
    {
        assert!(preview.contains(part), "{part}: {preview}");
    }
    // Not compressed, so that its bytes are its texts.
    let bytes = fs::read(pc.path("x.zip")).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("<user>@<host>") && text.contains("nvidia-cublas-cu12==12.8.4.1"));
    assert_nothing_private(&text);
}

#[test]
fn one_file_is_written_as_its_name_says() {
    let pc = Pc::new();
    pc.failed_run();
    for (name, starts) in [("a.md", "# torch-wizard "), ("a.txt", "# torch-wizard "), ("a.json", "{\n  \"schema\": 1,")]
    {
        assert_eq!(pc.doctor(&["--report", name, "-y"]).status.code(), Some(0));
        let text = fs::read_to_string(pc.path(name)).unwrap();
        assert!(text.starts_with(starts), "{text}");
        assert_nothing_private(&text);
    }
    let saved: Value = serde_json::from_str(&out(&pc.doctor(&["--report", "b.json", "--json", "--yes"]))).unwrap();
    assert_eq!((&saved["schema"], &saved["files"][0]["name"]), (&1.into(), &"doctor.json".into()));
    assert!(saved["hidden"]["host"].as_u64().unwrap() > 0, "{saved}");
}

#[test]
fn nothing_is_written_unasked_or_over_a_file() {
    let pc = Pc::new();
    for (words, says) in
        [(&["--report", "x.zip"][..], "add --yes"), (&["--report", "x.pdf", "--yes"], "must end in .zip")]
    {
        let output = pc.doctor(words);
        assert_eq!(output.status.code(), Some(2));
        assert!(err(&output).contains(says) && out(&output).is_empty(), "{}", err(&output));
    }
    assert!(!pc.path("x.zip").exists());
    fs::write(pc.path("x.md"), "mine").unwrap();
    assert!(err(&pc.doctor(&["--report", "x.md"])).contains("is there already"));
    assert_eq!(fs::read_to_string(pc.path("x.md")).unwrap(), "mine");
    assert_eq!(pc.doctor(&["--report", "x.md", "--yes"]).status.code(), Some(0));
    assert_ne!(fs::read_to_string(pc.path("x.md")).unwrap(), "mine");
}

#[test]
fn damaged_files_of_the_wizard_are_told_and_stay() {
    let pc = Pc::new();
    pc.failed_run();
    for name in ["settings.json", "environments.json", "runs/20261121-120000-aaaa/plan.json"] {
        fs::write(pc.data(name), "{").unwrap();
    }
    fs::write(pc.data("runs/20261121-120000-aaaa/journal.jsonl"), "\n{\"journal\":9}\nwhat").unwrap();
    let output = pc.doctor(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    for part in ["settings.json cannot be read", "environments.json cannot be read", "is damaged"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(fs::read_to_string(pc.data("settings.json")).unwrap(), "{");
}
