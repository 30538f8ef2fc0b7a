//! `recheck` and `watch` as a user runs them: on a PC whose driver is played, with the desktop's and systemd's programs
//! played as well.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "these tests play the user: no Host here")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail by panicking as tests do")]

use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const DRIVER_572: &str = "driver=572.16;cuda=12080;gpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04";
const DRIVER_581: &str = "driver=581.57;cuda=13000;gpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04";
/// Too old for CUDA 12.8, and for this card.
const DRIVER_516: &str = "driver=516.94;cuda=11070;gpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04";

/// A PC with one environment, all in one folder.
struct Pc {
    folder: tempfile::TempDir,
}

impl Pc {
    fn new() -> Self {
        let pc = Self { folder: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap() };
        for name in ["tools", "home/data", "config"] {
            fs::create_dir_all(pc.path(name)).unwrap();
        }
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fake_nvml/fake_nvml.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-o"]).arg(pc.path("libnvidia-ml.so.1")).arg(source).args(["-lm", "-ldl"]);
        assert!(compiler.status().unwrap().success(), "{compiler:?}");
        for name in ["notify-send", "systemctl"] {
            pc.tool(name);
        }
        pc
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn executable(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A program that writes down what it was called with, a word a line.
    fn tool(&self, name: &str) {
        let told = self.path(&format!("{name}.told"));
        Self::executable(
            &self.path("tools").join(name),
            &format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >>'{}'\n", told.display()),
        );
    }

    fn told(&self, name: &str) -> String {
        fs::read_to_string(self.path(&format!("{name}.told"))).unwrap_or_default()
    }

    /// An environment with torch 2.7.1+cu128 whose Python replays a recorded check, alone in the list.
    fn environment(&self) -> PathBuf {
        let (path, known) = self.planted("my torch");
        self.register(&json!([known]));
        path
    }

    /// The same under a name, and its entry.
    fn planted(&self, name: &str) -> (PathBuf, Value) {
        let path = self.path(name);
        let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/rtx5070-healthy.jsonl");
        assert!(recorded.is_file());
        Self::executable(&path.join("bin/python"), &format!("#!/bin/sh\nexec /bin/cat '{}'\n", recorded.display()));
        let site = path.join("lib/python3.12/site-packages");
        let files = [
            ("torch/version.py", "__version__ = '2.7.1+cu128'\ncuda: Optional[str] = '12.8'\n"),
            ("torch/__init__.py", ""),
            ("torch-2.7.1+cu128.dist-info/METADATA", "Name: torch\nVersion: 2.7.1+cu128\n"),
            ("torch-2.7.1+cu128.dist-info/RECORD", "torch/__init__.py,,\ntorch/version.py,,\n"),
        ];
        for (name, text) in files {
            let file = site.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        fs::write(path.join("pyvenv.cfg"), "home = /usr/bin\n").unwrap();
        let known = json!({"path": path, "created": "2026-10-01T08:00:00Z", "torch": "2.7.1+cu128", "variant": "cu128",
            "route": "wheel", "plan_id": null, "verdict": "proven", "verified_at": "2026-10-01T08:00:00Z",
            "driver": "572.16", "last_report": null});
        (path, known)
    }

    fn register(&self, environments: &Value) {
        let registry = json!({"schema": 1, "environments": environments});
        fs::write(self.path("home/data/environments.json"), registry.to_string()).unwrap();
    }

    fn registered(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path("home/data/environments.json")).unwrap()).unwrap()
    }

    fn run(&self, driver: &str, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_torch-wizard"));
        command.args(words).env_clear().env("PATH", self.path("tools")).env("HOME", self.path("home"));
        command.env("TORCH_WIZARD_HOME", self.path("home")).env("XDG_CONFIG_HOME", self.path("config"));
        command.env("LANG", "en_US.UTF-8").env("FAKE_NVML", driver);
        command.env("TORCH_WIZARD_NVML", self.path("libnvidia-ml.so.1"));
        command.output().unwrap()
    }

    #[track_caller]
    fn recheck(&self, driver: &str, words: &[&str], code: i32) -> (String, String) {
        let output = self.run(driver, &[&["recheck"], words].concat());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{out}\n{err}");
        (out, err)
    }
}

#[test]
fn without_environments_all_hold_and_nothing_is_said() {
    let pc = Pc::new();
    assert_eq!(pc.recheck(DRIVER_572, &["--quiet"], 0), (String::new(), String::new()));
    assert_eq!(pc.recheck(DRIVER_581, &["--quiet"], 0), (String::new(), String::new()));
    assert_eq!(pc.told("notify-send"), "");
    let answer: Value = serde_json::from_str(&pc.recheck(DRIVER_572, &["--json", "-q"], 0).0).unwrap();
    assert_eq!((&answer["schema"], &answer["all_hold"], &answer["simulated"]), (&json!(1), &json!(true), &json!(true)));
    assert_eq!(
        answer["changes"],
        json!([{"what": "driver", "from": "581.57", "to": "572.16", "text": "Driver 581.57 → 572.16"}])
    );
}

#[test]
fn quiet_judges_by_rule_notifies_once_and_starts_nothing_on_the_card() {
    let pc = Pc::new();
    let environment = pc.environment();
    fs::write(environment.join("bin/python"), "#!/bin/sh\nexit 9\n").unwrap();
    let before = pc.registered();
    pc.recheck(DRIVER_572, &["--quiet"], 1);
    fs::remove_file(pc.path("notify-send.told")).unwrap();
    let (out, _) = pc.recheck(DRIVER_516, &["--quiet"], 1);
    assert!(out.contains("my torch  2.7.1+cu128  broken  It does not run here any more. "), "{out}");
    let told = pc.told("notify-send");
    assert!(
        told.starts_with(
            "--app-name=torch-wizard\n--\nAn environment does not run any more\nDriver 572.16 → 516.94.\nmy torch: "
        ),
        "{told}"
    );
    pc.recheck(DRIVER_516, &["--quiet"], 1);
    assert_eq!(pc.told("notify-send"), told, "the same is not told again");
    assert_eq!(pc.registered(), before);
}

#[test]
fn what_needs_a_proof_gets_one_and_the_registry_keeps_what_it_rests_on() {
    let pc = Pc::new();
    let environment = pc.environment();
    let (out, err) = pc.recheck(DRIVER_581, &[], 1);
    assert!(err.contains(&format!("proving {} …", environment.display())), "{err}");
    // Nothing is proven on a card that is played.
    assert!(out.contains("  broken  The checks ended as "), "{out}");
    let known = &pc.registered()["environments"][0];
    assert_ne!(known["verified_at"], "2026-10-01T08:00:00Z");
    assert_eq!(known["driver"], "581.57");
    assert_eq!(known["machine"]["driver"], json!({"state": "found", "version": "581.57"}));
    assert_eq!(known["machine"]["cards"][0]["name"], "NVIDIA GeForce RTX 5070");
}

/// Two environments whose Pythons do this before they replay the check; `$PLACE` is a folder of theirs.
fn two(pc: &Pc, first: &str, last: &str) {
    let place = pc.path("place");
    fs::create_dir(&place).unwrap();
    let planted = ["one", "two"].map(|name| {
        let (path, known) = pc.planted(name);
        let python = path.join("bin/python");
        let replay = fs::read_to_string(&python).unwrap().replace("#!/bin/sh\nexec ", "");
        let text = format!("#!/bin/sh\nPLACE='{}'\n{first}\n{replay}\n{last}\n", place.display());
        Pc::executable(&python, &text);
        known
    });
    pc.register(&json!(planted));
}

fn verdicts(pc: &Pc) -> Vec<Value> {
    let registered = pc.registered();
    let all = registered.get("environments").and_then(Value::as_array).unwrap();
    all.iter().map(|known| known.get("verdict").unwrap().clone()).collect()
}

#[test]
fn several_are_proven_side_by_side() {
    let pc = Pc::new();
    // Each waits until the other has begun.
    let first = r#": >"$PLACE/$$"
for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    set -- "$PLACE"/*
    [ $# -ge 2 ] && break
    /bin/sleep 0.5
done
[ $# -ge 2 ] || exit 9"#;
    two(&pc, first, "");
    let (out, err) = pc.recheck(DRIVER_581, &[], 1);
    assert!(err.contains("proving 2 environments, 2 at once …"), "{err}");
    assert!(!err.contains("once more"), "{err}\n{out}");
    assert_eq!(verdicts(&pc), ["incomplete", "incomplete"], "on a card that is played: {out}");
}

#[test]
fn what_does_not_pass_beside_others_is_asked_again_alone() {
    let pc = Pc::new();
    two(&pc, "/bin/mkdir \"$PLACE/busy\" || exit 9\n/bin/sleep 1", "/bin/rmdir \"$PLACE/busy\"");
    let (out, err) = pc.recheck(DRIVER_581, &[], 1);
    assert_eq!(err.matches(": once more, alone …").count(), 1, "{err}");
    assert!(!err.contains(": failed"), "a verdict that does not count is not told: {err}");
    assert_eq!(verdicts(&pc), ["incomplete", "incomplete"], "{out}");
}

#[test]
fn the_driver_to_take_is_told_and_nothing_is_installed() {
    let pc = Pc::new();
    // Of another PC: this one may be a container, which has none of its own.
    let report = pc.path("report.txt");
    let ask = |driver: &str, words: &[&str]| {
        let text = format!("GPU: RTX 5070\nOS: Ubuntu 24.04.3 LTS\nDriver: {driver}\n");
        fs::write(&report, text).unwrap();
        pc.run(DRIVER_572, &[&["driver", "--report", report.to_str().unwrap()], words].concat())
    };
    let old = ask("535.183.01", &[]);
    let out = String::from_utf8(old.stdout).unwrap();
    assert_eq!(old.status.code(), Some(1), "{out}");
    assert!(out.starts_with("Driver 535.183.01 is too old for every build that serves the card"), "{out}");
    assert!(out.contains("Branch 580, which gets fixes until 2028-10. Every driver from 580.65.06 on"), "{out}");
    assert!(out.contains("\n     sudo apt install nvidia-driver-580-open\n"), "{out}");
    let good = ask("580.95.05", &["--json"]);
    assert_eq!(good.status.code(), Some(0), "{good:?}");
    let answer: Value = serde_json::from_slice(&good.stdout).unwrap();
    assert_eq!((&answer["serves"], &answer["take"]["steps"]), (&json!("yes"), &json!([])));
    let here = pc.run(DRIVER_572, &["driver", "--json"]);
    let answer: Value = serde_json::from_slice(&here.stdout).unwrap();
    assert_eq!((&answer["schema"], here.status.code()), (&json!(1), Some(i32::from(answer["serves"] != "partly"))));
}

#[test]
fn a_folder_that_is_gone_and_a_damaged_file_of_ours_are_said() {
    let pc = Pc::new();
    let environment = pc.environment();
    fs::remove_dir_all(&environment).unwrap();
    fs::write(pc.path("home/data/machine.json"), "{").unwrap();
    let (out, err) = pc.recheck(DRIVER_572, &[], 1);
    assert!(out.contains("  missing  The folder is gone."), "{out}");
    assert!(err.contains("machine.json could not be read"), "{err}");
    let again: Value = serde_json::from_slice(&fs::read(pc.path("home/data/machine.json")).unwrap()).unwrap();
    assert_eq!(again["told"][0]["standing"], "missing");
    // A newer torch-wizard's file is left alone.
    fs::write(pc.path("home/data/machine.json"), "{\"schema\": 9}").unwrap();
    pc.recheck(DRIVER_572, &[], 1);
    assert_eq!(fs::read_to_string(pc.path("home/data/machine.json")).unwrap(), "{\"schema\": 9}");
}

#[test]
fn the_check_at_log_on_is_set_up_and_taken_back() {
    let pc = Pc::new();
    let said = |words: &[&str]| {
        let output = pc.run(DRIVER_572, &[&["watch"], words].concat());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let units = pc.path("config/systemd/user");
    for _ in 0..2 {
        assert!(said(&["on"]).starts_with("on: "));
    }
    let service = fs::read_to_string(units.join("torch-wizard-recheck.service")).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_torch-wizard")).canonicalize().unwrap();
    assert!(service.contains(&format!("ExecStart=:\"{}\" recheck --quiet\n", program.display())), "{service}");
    assert_eq!(said(&["status", "--json"]), "{\"schema\":1,\"watch\":\"on\"}\n");
    for _ in 0..2 {
        assert_eq!(said(&["off"]), "off\n");
    }
    assert_eq!(fs::read_dir(&units).unwrap().count(), 0);
    fs::remove_file(pc.path("tools/systemctl")).unwrap();
    let refused = pc.run(DRIVER_572, &["watch", "on"]);
    let err = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        refused.status.code() == Some(1) && err.contains("there is no systemd here") && err.contains("  → "),
        "{err}"
    );
    assert!(said(&["status"]).starts_with("unavailable"));
}
