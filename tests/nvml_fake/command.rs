//! The command `monitor` as it is called, over the played NVML.

use super::Fake;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What the command says on standard output. `meanwhile` happens while it runs.
fn said(fake: &Fake, args: &[&str], meanwhile: impl FnOnce()) -> String {
    let folder = fake.path.parent().unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_torch-wizard"))
        .arg("monitor")
        .args(args)
        .current_dir(folder)
        .env("TORCH_WIZARD_NVML", &fake.path)
        .env("TORCH_WIZARD_HOME", folder.join("home"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    meanwhile();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn findings_and_lines_of_the_log_stand_beside_the_readings() {
    let fake = Fake::new("scene=power-cap\nspeed=20");
    let log = fake.path.with_file_name("train.log");
    let args = [
        "--json",
        "--interval",
        "100",
        "--seconds",
        "2",
        "--csv",
        "table.csv",
        "--follow",
        "train.log",
        "--match",
        "loss",
    ];
    let said = said(&fake, &args, || {
        // Later than the first look: what is there by then would be old. The table gets its row after it.
        let table = fake.path.with_file_name("table.csv");
        let begin = Instant::now();
        while fs::read_to_string(&table).map_or(0, |text| text.lines().count()) < 2 {
            assert!(begin.elapsed() < Duration::from_secs(20), "no reading came");
            std::thread::sleep(Duration::from_millis(20));
        }
        fs::write(&log, "CUDA out of memory\nstep 1 loss=0.5\n").unwrap();
    });
    let lines: Vec<serde_json::Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let findings = |line: &serde_json::Value| line["findings"].as_array().is_some_and(|list| !list.is_empty());
    assert!(!findings(&lines[0]) && lines[0]["samples"][0]["limits"]["most_watts"] == 600.0, "{said}");
    let lowered = lines.iter().rfind(|line| findings(line)).unwrap();
    assert_eq!(
        (&lowered["findings"][0]["kind"], &lowered["findings"][0]["watts"]),
        (&"limit_lowered".into(), &400.0.into())
    );
    // The user's own word stands in the place of the usual ones.
    let marks: Vec<_> = lines.iter().filter(|line| line["mark"].is_object()).collect();
    assert_eq!((marks.len(), &marks[0]["mark"]["number"]), (1, &0.5.into()), "{said}");
    let table = fs::read_to_string(fake.path.with_file_name("table.csv")).unwrap();
    let columns: Vec<usize> = table.lines().map(|line| line.split(',').count()).collect();
    assert!(columns.len() > 5 && columns.iter().all(|count| *count == columns[0]), "{table}");
    assert!(table.contains("sw_power_cap"), "{table}");
}

#[test]
fn in_lines_a_finding_is_said_when_it_begins() {
    let fake = Fake::new("scene=power-cap\nspeed=20");
    let said = said(&fake, &["--interval", "100", "--seconds", "1"], || ());
    let wanted = "  GPU 0: Clocks held down by a power limit of 400 W; the card comes with 575 W.";
    assert_eq!(said.lines().filter(|line| *line == wanted).count(), 1, "{said}");
    assert!(said.lines().filter(|line| line.contains("card 0")).count() > 4 && !said.contains('\u{1b}'), "{said}");
}
