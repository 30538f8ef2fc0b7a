//! The real thing: the real index, the real uv, the real torch, killed once on the way. 3 GB and minutes, so only where
//! `TORCH_WIZARD_TEST_TORCH=1` asks for it.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "drives the program from outside, as a user would"
)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn wizard(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_torch-wizard"));
    command.env("TORCH_WIZARD_HOME", home).env_remove("TORCH_WIZARD_NVML").stdin(Stdio::null());
    command
}

fn bytes_in(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .filter_map(Result::ok)
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => bytes_in(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}

#[test]
fn a_killed_install_of_the_real_torch_is_resumed_without_fetching_twice_and_verified() {
    if std::env::var_os("TORCH_WIZARD_TEST_TORCH").is_none() {
        eprintln!("skipped: the install of the real torch (3 GB); TORCH_WIZARD_TEST_TORCH=1 runs it");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (home, target) = (folder.path().join("home"), folder.path().join("torch env"));
    let target_text = target.to_str().unwrap();
    let store = home.join("cache").join("wheels");

    let mut first = wizard(&home)
        .args(["install", "--yes", "--route", "cpu", "--json", "--env", target_text])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while bytes_in(&store) < 100_000_000 && began.elapsed() < Duration::from_mins(10) {
        assert!(first.try_wait().unwrap().is_none(), "it ended before it could be killed");
        std::thread::sleep(Duration::from_millis(50));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let kept = bytes_in(&store);
    assert!(!target.exists(), "an environment stands there although the install was cut");

    let second = wizard(&home).args(["resume", "--json"]).output().unwrap();
    let events: Vec<serde_json::Value> =
        String::from_utf8(second.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(second.status.code(), Some(0), "{}", String::from_utf8_lossy(&second.stderr));
    let first_progress = events.iter().find(|event| event["kind"] == "progress").unwrap();
    let (done, slack) = (first_progress["done_bytes"].as_u64().unwrap(), 8_000_000);
    assert!(done + slack >= kept, "{kept} bytes were here, it began again at {done}");

    let verified = wizard(&home).args(["verify", target_text, "--device", "cpu"]).status().unwrap();
    assert_eq!(verified.code(), Some(0));
}
