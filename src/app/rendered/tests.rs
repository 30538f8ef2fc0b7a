use super::*;
use crate::app::opened::opened_by;
use crate::app::{Load, VerifyState, VerifyView};
use crate::doctor::{Bundle, File};
use crate::host::GpuSample;
use crate::monitor::MonitorTick;
use crate::report::Hidden;
use crate::text::Language;
use crate::verify::{Check, CheckOutcome, Circumstances, Level, ReportBuilder};
use std::time::Duration;

fn model() -> Model {
    opened_by("maximiliane")
}

/// The proof of a known environment has ended; one check names a file of the user's.
fn proven() -> Model {
    let mut builder = ReportBuilder::new(Circumstances::default(), &|_, _| None);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/rtx5070-healthy.jsonl");
    #[expect(clippy::disallowed_methods, reason = "a test reads its recording")]
    let recording = std::fs::read_to_string(path).unwrap();
    for line in recording.lines() {
        builder.line(line);
    }
    let mut report = builder.finish(Some(0));
    report.checks.push(Check {
        check: "extra".to_owned(),
        outcome: CheckOutcome::Skipped,
        detail: Some("no /home/maximiliane/torch-cu130/lib/extra.so".to_owned()),
        ..Check::default()
    });
    let mut model = model();
    let environment = PathBuf::from("/home/maximiliane/torch-cu130");
    model.verify = VerifyView::begin(Watched::Environment(environment), Level::Quick, &[0], Duration::ZERO);
    model.verify.end(report, Duration::from_secs(9));
    model
}

fn made(model: &Model, what: Saved, path: &str) -> Result<String, Problem> {
    let bytes = rendered(model, what, Path::new(path), &Text::new(Language::English))?;
    Ok(String::from_utf8(bytes).unwrap())
}

#[test]
fn a_report_is_a_page_with_the_verdict_and_without_the_person() {
    let page = made(&proven(), Saved::Report, "/home/maximiliane/report.html").unwrap();
    assert!(page.contains("Your GPU runs PyTorch"));
    assert!(page.contains("~/torch-cu130"));
    assert!(!page.contains("maximiliane"));
}

#[test]
fn a_report_does_not_name_the_pc() {
    let mut model = proven();
    let VerifyState::Ended(report) = &mut model.verify.state else { panic!("{:?}", model.verify.state) };
    report.checks.last_mut().unwrap().detail = Some("asked atlas-7.lab.example".to_owned());
    model.private = model.private.on(["atlas-7.lab.example".to_owned(), "atlas-7".to_owned()], []);
    for path in ["/home/maximiliane/report.html", "/home/maximiliane/report.json"] {
        let saved = made(&model, Saved::Report, path).unwrap();
        assert!(saved.contains("asked ") && !saved.contains("atlas-7"), "{path}");
    }
}

#[test]
fn a_report_whose_name_ends_in_json_is_data_and_without_the_person_too() {
    let data = made(&proven(), Saved::Report, "/home/maximiliane/report.JSON").unwrap();
    let read: crate::verify::VerificationReport = serde_json::from_str(&data).unwrap();
    assert_eq!(read.checks.len(), proven().verify.report().unwrap().checks.len());
    assert!(data.contains("~/torch-cu130/lib/extra.so"));
    assert!(!data.contains("maximiliane"));
}

#[test]
fn readings_are_a_table_with_one_head() {
    let mut model = model();
    for second in 1..=2 {
        let samples = vec![GpuSample { index: 0, celsius: Some(40 + second), ..GpuSample::default() }];
        let tick = MonitorTick { time: format!("2026-11-21T10:00:0{second}.000Z"), samples, trouble: None };
        model.monitor.take(tick, Duration::from_secs(second.into()));
    }
    let table = made(&model, Saved::Readings, "a.csv").unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("time,gpu,") && lines[2].contains(",42,"), "{table}");
}

#[test]
fn what_is_not_there_is_a_problem_with_a_way_on() {
    for what in [Saved::Report, Saved::ReferenceCard, Saved::Plan(Format::Json), Saved::Readings] {
        let problem = made(&model(), what, "x").unwrap_err();
        assert!(!problem.next.is_empty(), "{what:?}");
    }
}

#[test]
fn a_report_for_support_is_what_its_name_says() {
    let mut model = model();
    assert_eq!(made(&model, Saved::Support, "a.zip").unwrap_err().label, "no-report");
    let file = |name, text: &str| File { name, about: "", text: text.to_owned() };
    let files = vec![file("doctor.md", "# words"), file("doctor.json", "{}"), file("install.log", "line")];
    model.support.bundle = Load::Ready(Bundle { form: Form::Zip, files, hidden: Hidden::default() });
    assert_eq!(made(&model, Saved::Support, "/tmp/a.md").unwrap(), "# words");
    assert_eq!(made(&model, Saved::Support, "/tmp/a.json").unwrap(), "{}");
    for path in ["/tmp/a.zip", "/tmp/without-an-end"] {
        let zip = rendered(&model, Saved::Support, Path::new(path), &Text::new(Language::English)).unwrap();
        assert_eq!(zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap().len(), 3, "{path}");
    }
}
