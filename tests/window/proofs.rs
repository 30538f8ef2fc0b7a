//! Proofs in every state: failed, skipped, on the processor, on several cards; and an hour of readings.

use crate::homes;
use crate::pc::{self, event, finished, started, tell};
use std::path::PathBuf;
use torch_wizard::app::{Action, Message, Model, Screen};
use torch_wizard::catalog::Catalog;
use torch_wizard::host::{GpuSample, Throttle};
use torch_wizard::monitor::MonitorTick;
use torch_wizard::problem::Problem;
use torch_wizard::run::{EventKind, Outcome};
use torch_wizard::verify::lines::{Line, parse};
use torch_wizard::verify::{Circumstances, Progress, ReportBuilder, VerificationReport};

/// Lines of a recording as the run tells them, a second each.
fn tell_lines(model: &mut Model, recorded: &str, lines: usize) {
    for line in pc::recording(recorded).lines().take(lines) {
        let now = model.now.as_secs_f64() + 0.5;
        pc::at(model, now);
        match parse(line) {
            Some(Line::Started { check, device, .. }) => {
                tell(model, event("verify", EventKind::Checking { check, device }));
            }
            Some(Line::Check(check)) => {
                tell(model, event("verify", EventKind::Check { check }));
            }
            Some(Line::Waiting { what, seconds }) => {
                tell(model, event("verify", EventKind::Quiet { seconds, doing: what, stall: None }));
            }
            _ => {}
        }
    }
}

fn report(recorded: &str, card_present: bool, cpu: bool) -> VerificationReport {
    let mut circumstances = Circumstances {
        card_present: Some(card_present),
        driver: card_present.then(|| "581.57".to_owned()),
        taken_at: "2026-11-21T10:03:00Z".to_owned(),
        cards: vec![(pc::UUID.to_owned(), 0)],
        ..Circumstances::default()
    };
    if cpu {
        circumstances.choice = torch_wizard::verify::DeviceChoice::Cpu;
    }
    let mut builder = ReportBuilder::new(circumstances, &|_, _| None);
    for line in pc::recording(recorded).lines() {
        builder.line(line);
    }
    builder.finish(Some(0))
}

/// The run's proof has ended without proving anything: the run has failed.
pub fn not_proven(recorded: &str) -> Model {
    let mut model = pc::verifying(recorded, usize::MAX);
    end_badly(&mut model, report(recorded, true, false));
    model
}

fn end_badly(model: &mut Model, report: VerificationReport) {
    let problem = Problem::new(report.label.as_deref().unwrap_or("not-proven"), "PyTorch was installed but not proven.")
        .changed(r"C:\Users\jane\torch-cu130 is as it was before; what was not proven waits in C:\Users\jane\torch-cu130.tw-new.")
        .command("Run the checks again", "torch-wizard resume")
        .command("Remove it", "torch-wizard rollback");
    tell(model, event("verify", EventKind::Verified { report: Box::new(report.clone()) }));
    tell(model, event("verify", EventKind::Failed { problem: problem.clone() }));
    tell(model, Message::RunEnded(Box::new(Outcome::Failed { problem, report: Some(Box::new(report)) })));
}

/// An install for the processor, in its proof: so many lines have come.
pub fn on_processor(lines: usize) -> Model {
    let mut model = pc::detected_with(pc::no_card());
    tell(&mut model, Message::User(Action::Go(Screen::Review)));
    let (plan, ticket) = (pc::plan_for(&model), model.review.ticket);
    tell(&mut model, Message::Planned { ticket, plan: Box::new(Ok(plan)) });
    tell(&mut model, Message::User(Action::Install));
    pc::at(&mut model, 60.0);
    tell(&mut model, started("verify"));
    tell_lines(&mut model, "cpu-run.jsonl", lines);
    model
}

/// The same, ended.
pub fn ended_on_processor() -> Model {
    let mut model = on_processor(usize::MAX);
    let report = Box::new(report("cpu-run.jsonl", false, true));
    tell(&mut model, event("verify", EventKind::Verified { report: report.clone() }));
    tell(&mut model, finished("verify"));
    tell(&mut model, Message::RunEnded(Box::new(Outcome::Promoted { report: Some(report) })));
    model
}

/// The environment that the checks of the tests are run in beside a run.
pub fn known() -> PathBuf {
    homes::two_cards()[0].path().clone()
}

/// The checks of a known environment on a PC with two cards: so many lines have come.
pub fn beside(recorded: &str, lines: usize) -> Model {
    let mut model = homes::home(homes::two_cards(), None);
    let mixed = pc::mixed();
    model.detection.facts = Some(mixed.clone());
    model.detection.corrected = Some(mixed);
    tell(&mut model, Message::User(Action::VerifyEnvironment(known())));
    let mut builder =
        ReportBuilder::new(Circumstances { card_present: Some(true), ..Circumstances::default() }, &|_, _| None);
    for (number, line) in pc::recording(recorded).lines().take(lines).enumerate() {
        let now = model.now.as_secs_f64() + 0.5;
        pc::at(&mut model, now);
        tell(&mut model, Message::Tick(Box::new(two_cards(number))));
        if let Some(progress) = builder.line(line) {
            tell(&mut model, Message::Verifying(Box::new(progress)));
        }
    }
    model
}

/// The same, ended.
pub fn beside_ended(recorded: &str) -> Model {
    let mut model = beside(recorded, usize::MAX);
    tell(&mut model, Message::Verifying(Box::new(Progress::Finished)));
    tell(&mut model, Message::Verified(Box::new(Ok(Some(report(recorded, true, false))))));
    model
}

/// A soak of a card that somebody keeps at less power than it was made for, and in whose driver a fault showed: its
/// products are slow, and its copies too.
pub fn soaked() -> Model {
    let expected = |card: &str, check: &str| Catalog::embedded().unwrap().expected_of_check(card, check);
    let circumstances = Circumstances {
        card_present: Some(true),
        driver: Some("581.57".to_owned()),
        taken_at: "2026-11-21T10:03:00Z".to_owned(),
        cards: vec![(pc::UUID.to_owned(), 0)],
        ..Circumstances::default()
    };
    let mut builder = ReportBuilder::new(circumstances, &expected);
    let mut model = homes::home(homes::two_cards(), None);
    tell(&mut model, Message::User(Action::VerifyEnvironment(known())));
    let mut moments = 0..;
    for line in slow_lines() {
        let now = model.now.as_secs_f64() + 0.5;
        pc::at(&mut model, now);
        let tick = kept_low(moments.next().unwrap_or_default());
        builder.at(now);
        builder.read(&tick);
        tell(&mut model, Message::Tick(Box::new(tick)));
        if let Some(progress) = builder.line(&line) {
            tell(&mut model, Message::Verifying(Box::new(progress)));
        }
    }
    tell(&mut model, Message::Verified(Box::new(Ok(Some(builder.finish(Some(0)))))));
    model
}

/// Lines of a healthy card whose products and copies take three times as long, and of a soak.
fn slow_lines() -> Vec<String> {
    let recorded = pc::recording("rtx5070-healthy.jsonl").replace(r#""level": "quick""#, r#""level": "soak""#);
    let soak = [
        r#"{"kind": "started", "check": "soak", "device": 0, "pid": 77}"#,
        r#"{"kind": "progress", "check": "soak", "device": 0, "done": 150, "total": 300}"#,
        r#"{"kind": "progress", "check": "soak", "device": 0, "done": 300, "total": 300}"#,
        r#"{"kind": "check", "check": "soak", "device": 0, "outcome": "passed", "max_error": 0.4, "tolerance": 1.0, "detail": "90210 results in 300 s, 0 differed"}"#,
    ];
    let mut lines: Vec<String> = Vec::new();
    for line in recorded.lines() {
        if line.contains(r#""kind": "end""#) {
            lines.extend(soak.map(str::to_owned));
        }
        let slower = [("61.4", "20.5"), ("61.8", "20.6"), ("120.8", "39.7"), ("614.0", "305.0")];
        lines.push(slower.iter().fold(line.to_owned(), |line, (fast, slow)| {
            line.replace(&format!(r#"tflops": {fast}"#), &format!(r#"tflops": {slow}"#))
                .replace(&format!(r#"second": {fast}"#), &format!(r#"second": {slow}"#))
        }));
    }
    lines
}

/// A reading of a card at a lowered limit; a fault shows in one.
fn kept_low(number: usize) -> MonitorTick {
    let mut tick = pc::tick(number);
    for sample in &mut tick.samples {
        sample.limit_watts = Some(120.0);
        sample.watts = Some(119.0);
        sample.clock_mhz = Some(840 + u32::try_from(number % 7).unwrap_or_default() * 15);
        sample.throttle = Some(vec![Throttle::PowerCap]);
        sample.xids = Some(if number == 20 { vec![31] } else { Vec::new() });
    }
    tick
}

/// A simulated card's proof.
pub fn simulated() -> Model {
    let mut model = pc::verifying("rtx5070-healthy.jsonl", usize::MAX);
    let report = Box::new(pc::report("rtx5070-healthy.jsonl", true));
    tell(&mut model, event("verify", EventKind::Verified { report: report.clone() }));
    tell(&mut model, Message::RunEnded(Box::new(Outcome::Promoted { report: Some(report) })));
    model
}

/// A reading of two cards, the second one idle and without a fan.
fn two_cards(number: usize) -> MonitorTick {
    let mut tick = pc::tick(number);
    tick.samples.push(GpuSample {
        index: 1,
        utilisation_percent: Some(3),
        memory_used_bytes: Some(800 << 20),
        memory_total_bytes: Some(11264 << 20),
        celsius: Some(41),
        clock_mhz: Some(139),
        pcie: Some((3, 16)),
        throttle: Some(Vec::new()),
        processes: Some(Vec::new()),
        ..GpuSample::default()
    });
    tick
}

/// The monitor after so many readings, each changed by `with`.
pub fn monitor(readings: usize, with: impl Fn(usize, &mut MonitorTick)) -> Model {
    let mut model = pc::detected();
    tell(&mut model, Message::User(Action::Go(Screen::Monitor)));
    take(&mut model, readings, with);
    model
}

fn take(model: &mut Model, readings: usize, with: impl Fn(usize, &mut MonitorTick)) {
    for number in 0..readings {
        let now = model.now.as_secs_f64() + 1.0;
        pc::at(model, now);
        let mut tick = pc::tick(number);
        with(number, &mut tick);
        tell(model, Message::Tick(Box::new(tick)));
    }
}

/// Two cards.
pub fn monitor_of_two() -> Model {
    let mut model = pc::detected_with(pc::mixed());
    tell(&mut model, Message::User(Action::Go(Screen::Monitor)));
    take(&mut model, 50, |number, tick| *tick = two_cards(number));
    model
}

/// A card held down by its power limit, with a gap in its readings.
pub fn throttled() -> Model {
    monitor(80, |number, tick| {
        tick.samples[0].throttle = Some(vec![Throttle::PowerCap, Throttle::SoftwareThermal]);
        if (45..55).contains(&number) {
            tick.samples.clear();
            tick.trouble = Some("the driver has not answered for 5 s".to_owned());
        }
    })
}

/// A card that fell off the bus.
pub fn lost() -> Model {
    monitor(40, |number, tick| {
        if number >= 35 {
            tick.samples[0] = GpuSample { index: 0, lost: true, ..GpuSample::default() };
        }
    })
}

/// A driver that hangs.
pub fn hanging() -> Model {
    monitor(40, |number, tick| {
        if number >= 33 {
            tick.samples.clear();
            tick.trouble = Some(format!("the driver has not answered for {} s", number - 33));
        }
    })
}

/// A card that tells only its temperature.
pub fn silent() -> Model {
    monitor(40, |_, tick| {
        let celsius = tick.samples[0].celsius;
        tick.samples[0] = GpuSample { index: 0, celsius, ..GpuSample::default() };
    })
}

/// NVML cannot be used.
pub fn no_readings() -> Model {
    let mut model = monitor(0, |_, _| ());
    let problem = Problem::new("no-readings", "The driver gives no readings of the cards.")
        .advise("See on the first page what is known of card and driver.")
        .details("libnvidia-ml.so.1 was not found");
    tell(&mut model, Message::NoReadings(problem));
    model
}

/// No card in the PC.
pub fn nothing_to_watch() -> Model {
    let mut model = pc::detected_with(pc::no_card());
    tell(&mut model, Message::User(Action::Go(Screen::Monitor)));
    model
}
