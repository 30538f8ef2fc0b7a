//! From the lines of the check program to the verdict. The recordings of cards were written by the check program's
//! parent with a worker that plays the card, so the protocol in them is real and the numbers are not; `cpu-run` and
//! `no-driver` are from real runs without a card.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::fs;
use std::path::Path;
use torch_wizard::host::{GpuLimits, GpuSample, PowerSupply};
use torch_wizard::monitor::{MonitorTick, What};
use torch_wizard::verify::builder::{Circumstances, Progress, ReportBuilder};
use torch_wizard::verify::checks::{KERNELS, of};
use torch_wizard::verify::contract::{check_line, verdict_line};
use torch_wizard::verify::{
    Basis, Beside, Cause, CheckOutcome, DeviceChoice, Expected, Kernels, Level, Proof, VerificationReport,
};

const UUID: &str = "GPU-3f8e5a1c-0b6d-4d1e-9a57-2c4f1d9e7b60";

#[expect(clippy::disallowed_methods, reason = "a test reads its recording")]
fn recorded(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(name).with_extension("jsonl");
    fs::read_to_string(&path).unwrap()
}

fn fold(text: &str, circumstances: Circumstances, exit_code: Option<i32>) -> VerificationReport {
    let mut builder = ReportBuilder::new(circumstances, &|_, _| None);
    for line in text.lines() {
        builder.line(line);
    }
    builder.finish(exit_code)
}

fn on_a_card() -> Circumstances {
    Circumstances { card_present: Some(true), taken_at: "2026-11-21T10:00:00Z".to_owned(), ..Circumstances::default() }
}

fn choosing(text: &str) -> Circumstances {
    Circumstances { choice: text.parse().unwrap(), ..on_a_card() }
}

#[test]
fn each_recording_has_its_verdict_and_label() {
    for (name, verdict, label) in [
        ("rtx5070-healthy", Proof::Proven, None),
        ("rtx2060-healthy", Proof::Proven, None),
        ("rtx5070-wrong-softmax", Proof::Failed, Some("nan-or-wrong-result")),
        ("rtx5070-crash-conv2d", Proof::Incomplete, None),
        ("rtx5070-hang-lstm", Proof::Incomplete, None),
        ("rtx5070-arch-missing", Proof::Failed, Some("no-kernel-image")),
        ("rtx5070-and-gtx1080", Proof::Failed, Some("arch-not-compatible")),
        ("cpu-wheel", Proof::CpuOnly, Some("cpu-only-wheel")),
        ("no-driver", Proof::Failed, Some("driver-missing")),
        ("import-error", Proof::Failed, Some("vcredist-missing")),
    ] {
        let report = fold(&recorded(name), on_a_card(), Some(0));
        assert_eq!((report.verdict, report.label.as_deref()), (verdict, label), "{name}");
    }
}

#[test]
fn whether_there_is_a_card_decides_between_no_gpu_and_cpu_only() {
    for (name, card_present, verdict) in [
        ("cpu-wheel", Some(true), Proof::CpuOnly),
        ("cpu-wheel", Some(false), Proof::NoGpu),
        ("cpu-wheel", None, Proof::CpuOnly),
        ("no-driver", Some(true), Proof::Failed),
        ("no-driver", Some(false), Proof::NoGpu),
        ("no-driver", None, Proof::Incomplete),
        ("import-error", Some(false), Proof::Failed),
    ] {
        let report = fold(&recorded(name), Circumstances { card_present, ..on_a_card() }, Some(0));
        assert_eq!(report.verdict, verdict, "{name} {card_present:?}");
    }
    let without_a_card =
        fold(&recorded("no-driver"), Circumstances { card_present: Some(false), ..on_a_card() }, Some(0));
    assert_eq!(without_a_card.label, None);
}

#[test]
fn the_processor_is_never_a_proof() {
    for card_present in [Some(true), Some(false), None] {
        let cpu = Circumstances { choice: DeviceChoice::Cpu, card_present, ..Circumstances::default() };
        let report = fold(&recorded("cpu-run"), cpu, Some(0));
        assert_eq!((report.verdict, report.all_passed(), report.label), (Proof::CpuOnly, true, None));
        assert!(report.devices.is_empty());
    }
}

#[test]
fn a_run_on_the_processor_that_breaks_off_has_not_passed() {
    let text = recorded("cpu-run");
    let cut = text.find(r#"{"kind": "started", "check": "conv2d""#).unwrap();
    let report = fold(&text[..cut], choosing("cpu"), None);
    assert_eq!((report.verdict, report.all_passed()), (Proof::CpuOnly, false));
}

#[test]
fn no_check_may_be_missing_from_a_proof() {
    let text = recorded("rtx5070-healthy");
    let names = ["import", "cuda-available", "arch-list"].into_iter().chain(of(Level::Quick).map(|kernel| kernel.name));
    for name in names {
        let check = format!(r#""check": "{name}""#);
        let without: Vec<&str> = text.lines().filter(|line| !line.contains(&check)).collect();
        assert_eq!(fold(&without.join("\n"), on_a_card(), Some(0)).verdict, Proof::Incomplete, "{name}");
    }
}

#[test]
fn only_what_a_card_does_not_have_may_be_skipped() {
    let old = fold(&recorded("rtx2060-healthy"), on_a_card(), Some(0));
    assert_eq!((old.verdict, old.count(CheckOutcome::Skipped)), (Proof::Proven, 4));
    for kernel in of(Level::Quick) {
        let passed = format!(r#""check": "{}", "device": 0, "outcome": "passed""#, kernel.name);
        let text = recorded("rtx5070-healthy").replace(&passed, &passed.replace("passed", "skipped"));
        assert_eq!(fold(&text, on_a_card(), Some(0)).verdict, Proof::Incomplete, "{}", kernel.name);
        // Nor does the check program's word that there is no such thing excuse a card from what every card has.
        let skipped = passed.replace("passed", "skipped");
        let absent = |line: &str| {
            let is_it = line.contains(&skipped);
            if is_it { line.replace(r#""absent": false"#, r#""absent": true"#) } else { line.to_owned() }
        };
        let absent = text.lines().map(absent).collect::<Vec<_>>().join("\n");
        assert!(absent.contains(r#""absent": true"#), "{}", kernel.name);
        let may = ["torchvision", "torchaudio", "triton", "matmul-fp8", "attention-flash"].contains(&kernel.name);
        let verdict = if may { Proof::Proven } else { Proof::Incomplete };
        assert_eq!(fold(&absent, on_a_card(), Some(0)).verdict, verdict, "{}", kernel.name);
    }
}

#[test]
fn readings_of_hours_are_thinned_and_stay_in_order() {
    let expected = |_: &str, _: &str| None;
    let mut builder = ReportBuilder::new(on_a_card(), &expected);
    let samples = [0, 1].map(|index| GpuSample { index, ..GpuSample::default() }).to_vec();
    let tick = MonitorTick { time: String::new(), samples, trouble: None };
    for second in 0..20_000 {
        builder.at(f64::from(second));
        builder.read(&tick);
    }
    let readings = builder.finish(Some(0)).readings;
    assert!((4096..=8194).contains(&readings.len()), "{}", readings.len());
    assert_eq!(readings.iter().filter(|reading| reading.device == 0).count() * 2, readings.len());
    assert!(readings.windows(2).all(|pair| pair[0].seconds <= pair[1].seconds));
    let steps: Vec<f64> = readings.chunks(2).map(|moment| moment[0].seconds).collect();
    assert!(steps[0] < 1.0 && steps[steps.len() - 1] > 19_900.0, "{steps:?}");
    assert!(steps.windows(2).all(|pair| pair[1] - pair[0] < 9.0), "as dense at the beginning as at the end");
}

#[test]
fn a_copy_over_the_link_is_held_against_the_best_link_of_its_card_and_a_battery_explains_it() {
    let mut builder =
        ReportBuilder::new(Circumstances { cards: vec![(UUID.to_owned(), 3)], ..on_a_card() }, &|_, check| {
            (check == "pinned-copy").then_some(Expected::calculated(1.0))
        });
    let limits = GpuLimits { pcie: Some((4, 16)), ..GpuLimits::default() };
    let sample = GpuSample { index: 3, pcie: Some((4, 8)), limits, ..GpuSample::default() };
    let tick = MonitorTick { time: String::new(), samples: vec![sample], trouble: None };
    let hello = recorded("rtx5070-healthy").lines().next().unwrap().to_owned();
    let [started, check, end] = [
        r#"{"kind": "started", "check": "pinned-copy", "device": 0, "pid": 77}"#,
        r#"{"kind": "check", "check": "pinned-copy", "device": 0, "outcome": "passed", "gb_per_second": 12.4}"#,
        r#"{"kind": "end"}"#,
    ];
    // Unplugged meanwhile.
    builder.powered(Some(PowerSupply::Mains));
    builder.line(&hello);
    builder.line(started);
    for second in [1.0, 2.0] {
        builder.at(second);
        builder.read(&tick);
    }
    builder.powered(Some(PowerSupply::Battery));
    builder.line(check);
    builder.line(end);
    builder.powered(Some(PowerSupply::Mains));
    let report = builder.finish(Some(0));
    let copy = report.checks.iter().find(|check| check.check == "pinned-copy").unwrap();
    let best = copy.expected_gb_per_second.unwrap();
    assert!((31.0..32.0).contains(&best) && copy.device == Some(3), "{copy:?}");
    assert_eq!((copy.expected_tflops, copy.expected_basis), (None, Some(Basis::Calculated)));
    assert_eq!(report.devices[0].best_link, Some((4, 16)));
    let causes = [Cause::Reported(What::SlowLink { now: (4, 8), best: (4, 16) }), Cause::Beside(Beside::OnBattery)];
    assert_eq!(report.slow.len(), 1);
    assert_eq!(report.slow[0].causes, causes);
}

#[test]
fn an_unknown_capability_excuses_nothing() {
    let text = recorded("rtx2060-healthy").replace(r#""capability": "7.5""#, r#""capability": null"#);
    assert_eq!(fold(&text, on_a_card(), Some(0)).verdict, Proof::Incomplete);
}

#[test]
fn a_run_counts_only_with_its_end_and_a_clean_exit() {
    let text = recorded("rtx5070-healthy");
    let endless = text.replace(r#"{"kind": "end"}"#, "");
    for (text, exit_code) in [(&text, Some(1)), (&text, None), (&endless, Some(0))] {
        let report = fold(text, on_a_card(), exit_code);
        assert_eq!((report.verdict, report.all_passed()), (Proof::Incomplete, false), "{exit_code:?}");
        assert!(report.devices.iter().all(|device| device.verdict == Proof::Incomplete));
    }
    let torn = text.split_inclusive('\n').take_while(|line| !line.contains(r#""check", "check": "lstm""#));
    let report = fold(&torn.collect::<String>(), on_a_card(), None);
    let last = report.checks.last().unwrap();
    assert_eq!(last.detail.as_deref(), Some("the check program was ended from outside during lstm"));
    assert_eq!(fold("", on_a_card(), Some(2)).verdict, Proof::Incomplete);
}

#[test]
fn a_simulated_card_is_never_proven() {
    let simulated = Circumstances { simulated: true, ..on_a_card() };
    let report = fold(&recorded("rtx5070-healthy"), simulated.clone(), Some(0));
    assert_eq!((report.verdict, report.label.as_deref()), (Proof::Incomplete, Some("simulated")));
    assert!(report.simulated && report.devices.iter().all(|device| device.verdict == Proof::Incomplete));
    let wrong = fold(&recorded("rtx5070-wrong-softmax"), simulated, Some(0));
    assert_eq!((wrong.verdict, wrong.label.as_deref()), (Proof::Failed, Some("nan-or-wrong-result")));
}

#[test]
fn every_chosen_card_counts_and_no_other() {
    let two = recorded("rtx5070-and-gtx1080");
    let report = fold(&two, on_a_card(), Some(0));
    assert_eq!(report.devices.iter().map(|d| d.verdict).collect::<Vec<_>>(), [Proof::Proven, Proof::Failed]);

    let one = recorded("rtx5070-healthy");
    assert_eq!(fold(&one, choosing("0"), Some(0)).verdict, Proof::Proven);
    assert_eq!(fold(&one, choosing(UUID), Some(0)).verdict, Proof::Proven);
    assert_eq!(fold(&one, choosing("1"), Some(0)).verdict, Proof::Incomplete);
    assert_eq!(fold(&one, choosing("0,1"), Some(0)).verdict, Proof::Incomplete);
}

#[test]
fn a_card_keeps_nvmls_number_where_others_are_hidden() {
    let hidden = Circumstances { cards: vec![("GPU-other".to_owned(), 0), (UUID.to_owned(), 1)], ..on_a_card() };
    let report = fold(&recorded("rtx5070-healthy"), hidden, Some(0));
    assert_eq!((report.verdict, report.devices[0].index), (Proof::Proven, 1));
    assert!(report.checks.iter().filter_map(|check| check.device).all(|device| device == 1));
}

#[test]
fn what_the_program_says_becomes_progress() {
    let mut builder = ReportBuilder::new(on_a_card(), &|name, check| {
        (name == "NVIDIA GeForce RTX 5070" && check == "matmul-bf16").then_some(Expected::calculated(61.7))
    });
    let text = recorded("rtx5070-hang-lstm");
    let progress: Vec<Progress> = text.lines().filter_map(|line| builder.line(line)).collect();
    assert!(matches!(&progress[0], Progress::Began(hello) if hello.devices[0].kernels == Some(Kernels::Native)));
    assert!(progress.contains(&Progress::Started { check: "lstm".to_owned(), device: Some(0), pid: Some(77) }));
    assert!(progress.contains(&Progress::Waiting { what: "lstm".to_owned(), seconds: 2 }));
    assert_eq!(progress.last(), Some(&Progress::Finished));
    let expected = progress.iter().filter_map(|step| match step {
        Progress::Ended(check) => check.expected_tflops.map(|tflops| (check.check.as_str(), tflops)),
        Progress::Began(_)
        | Progress::Started { .. }
        | Progress::GoesOn { .. }
        | Progress::Waiting { .. }
        | Progress::Finished => None,
    });
    assert_eq!(expected.collect::<Vec<_>>(), [("matmul-bf16", 61.7)]);
}

#[test]
fn lines_that_are_not_ours_change_nothing() {
    let text = recorded("rtx5070-healthy");
    let mut noisy =
        "Microsoft Visual C++ Redistributable is not installed\n{\"kind\": \"temperature\", \"celsius\": 60}\n\
                     {\"kind\": \"check\"}\n[1, 2]\nnull\n{\n"
            .to_owned();
    noisy += &text.replace('\n', "\r\n\n");
    assert_eq!(fold(&noisy, on_a_card(), Some(0)), fold(&text, on_a_card(), Some(0)));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "looks at the repository")]
fn the_check_program_and_the_verdict_know_the_same_checks_and_levels() {
    let modules = ["companions", "dense", "network", "attention", "elements", "random", "training", "memory"];
    let more = ["transforms", "schedule", "cards", "compiled", "extras", "soak"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/python/verify/checks");
    let mut known = Vec::new();
    for module in modules.into_iter().chain(more) {
        let text = std::fs::read_to_string(folder.join(module).with_extension("py")).unwrap();
        for row in text.split("\n@check(").skip(1) {
            let head = row.split_once("\ndef ").unwrap().0;
            let name = head.split('"').nth(1).unwrap().to_owned();
            let level = head.split_once("level=\"").map_or("quick", |(_, rest)| rest.split('"').next().unwrap());
            let since = head.split_once("since=(").map(|(_, rest)| rest.split(')').next().unwrap().replace(", ", "."));
            known.push((name, level.to_owned(), since));
        }
    }
    let ours = KERNELS.iter().map(|kernel| {
        (kernel.name.to_owned(), kernel.level.word().to_owned(), kernel.since.map(|since| since.to_string()))
    });
    assert_eq!(known, ours.collect::<Vec<_>>());
    let main = std::fs::read_to_string(folder.parent().unwrap().join("__main__.py")).unwrap();
    let levels: Vec<String> = Level::ALL.iter().map(|level| format!("\"{}\"", level.word())).collect();
    assert!(main.contains(&format!("LEVELS = ({})", levels.join(", "))), "{levels:?}");
}

#[test]
fn the_json_lines_hold_the_fields_of_the_contract() {
    let report = fold(&recorded("rtx5070-crash-conv2d"), on_a_card(), Some(0));
    let crashed = report.checks.iter().find(|check| check.check == "conv2d").unwrap();
    assert_eq!(
        serde_json::to_string(&check_line(crashed)).unwrap(),
        r#"{"schema":1,"check":"conv2d","device":0,"outcome":"crashed","milliseconds":null,"max_error":null,"#
            .to_owned()
            + r#""tolerance":null,"tflops":null,"expected_tflops":null,"gb_per_second":null,"expected_gb_per_second":null,"#
            + r#""expected_basis":null,"#
            + r#""deterministic":null,"repeats":[{"where":"fresh process","outcome":"crashed","max_error":null},"#
            + r#"{"where":"cpu","outcome":"passed","max_error":1.4e-6}],"detail":"the process was ended by SIGSEGV"}"#
    );
    assert_eq!(
        serde_json::to_string(&verdict_line(&report)).unwrap(),
        format!(
            r#"{{"schema":1,"verdict":"incomplete","devices":[{{"index":0,"uuid":"{UUID}","verdict":"incomplete"}}],"#
        ) + r#""torch":"2.15.0+cu130","arch_list":["sm_75","sm_80","sm_86","sm_90","sm_100","sm_120"],"#
            + r#""passed":26,"failed":1,"skipped":0,"label":null,"lock":null,"reported":[],"slow":[]}"#
    );
}

#[test]
fn a_report_from_before_there_were_causes_is_read() {
    let report = fold(&recorded("rtx5070-healthy"), on_a_card(), Some(0));
    let mut old = serde_json::to_value(&report).unwrap();
    for (list, keys) in [("checks", ["expected_basis", "span"]), ("devices", ["best_link", "under_load"])] {
        for item in old[list].as_array_mut().unwrap() {
            for key in keys {
                assert!(item.as_object_mut().unwrap().remove(key).is_some(), "{key}");
            }
        }
    }
    assert!(old.as_object_mut().unwrap().remove("meanwhile").is_some());
    old["readings"] = serde_json::json!([{"seconds": 1.0, "device": 0, "is_ours": true}]);
    let read: VerificationReport = serde_json::from_value(old).unwrap();
    assert_eq!((read.verdict, read.checks.len(), read.readings.len()), (report.verdict, report.checks.len(), 1));
    assert_eq!((read.meanwhile, read.slow), (report.meanwhile, Vec::new()));
}
