//! Beside the figures: what is to be known of them, what held the clocks down and when, who uses the card.

use super::super::super::icons;
use super::super::super::plot::{self, Axis, Lane, Piece};
use super::super::super::theme::{self, palette, space};
use super::super::super::widgets::{self, Button, ButtonKind, Tone};
use crate::app::{Action, Model, MonitorAction};
use crate::hardware::words::{self, Said};
use crate::host::{GpuProcess, ProcessKind, Throttle};
use crate::monitor::{Finding, Weight, What, held, reason_words};
use crate::text::Text;
use eframe::egui::{Key, Label, Pos2, Role, Sense, Ui, WidgetInfo, vec2};
use std::time::Duration;

/// What is to be known of the newest reading: of the card on the page, of the driver, and of other cards by number.
pub fn findings(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    told(ui, model, "monitor-findings", &of_readings(model, text), text)
}

fn of_readings(model: &Model, text: &Text) -> Vec<Said> {
    // What holds the clocks down has a place of its own below; a note of it is no news.
    let is_told =
        |finding: &&Finding| !(matches!(finding.what, What::HeldDown { .. }) && finding.weight == Weight::Note);
    let findings = model.monitor.findings.iter().filter(is_told);
    findings.map(|finding| words::of_finding(finding, model.catalog, text)).collect()
}

/// What the PC's hardware gives rise to at any time; a reading says it better.
pub fn hardware(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let of_readings = of_readings(model, text);
    let facts = model.facts().map(|facts| crate::hardware::advice(facts, model.catalog)).unwrap_or_default();
    let mut all = words::of(&facts, model.catalog, text);
    all.retain(|said| !of_readings.iter().any(|other| other.topic == said.topic && other.card == said.card));
    told(ui, model, "hardware-title", &all, text)
}

fn told(ui: &mut Ui, model: &Model, title: &str, all: &[Said], text: &Text) -> Option<Action> {
    if all.is_empty() {
        return None;
    }
    let mut action = None;
    widgets::card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        widgets::name(ui, text.find(title).unwrap_or_default());
        for said in all {
            let is_shown = said.card == Some(model.monitor.card);
            let words = if is_shown { said.what.clone() } else { said.with_card(text) };
            action = action.take().or(widgets::advice(ui, said, &words, text));
        }
    });
    action
}

/// What holds the clocks down now, in words, and what did in the time shown; below it the checks of the proof.
pub fn held_down(ui: &mut Ui, model: &Model, axis: &Axis, text: &Text) {
    let sample = model.monitor.latest().filter(|sample| !sample.lost);
    let mut lanes = throttle_lanes(model, axis, text);
    lanes.extend(checks(axis, text));
    lanes.extend(marks(axis, text));
    widgets::card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            ui.spacing_mut().interact_size.y = 22.0;
            ui.label(widgets::strong(text.get("monitor-throttle"), theme::NAME));
            match sample.map(|sample| sample.throttle.as_deref()) {
                None => {
                    widgets::muted_wrapped(ui, text.get("monitor-throttle-unknown"));
                }
                Some(None) => {
                    widgets::muted_wrapped(ui, text.get("monitor-throttle-not-reported"));
                }
                Some(Some([])) => {
                    widgets::muted_wrapped(ui, text.get("monitor-throttle-none"));
                }
                Some(Some(reasons)) => {
                    for reason in reasons {
                        widgets::pill(ui, tone(*reason), &reason_words(*reason, text));
                    }
                }
            }
        });
        plot::lanes(ui, &lanes, axis);
    });
}

fn tone(reason: Throttle) -> Tone {
    match reason {
        Throttle::HardwareSlowdown | Throttle::HardwareThermal | Throttle::PowerBrake => Tone::Danger,
        Throttle::PowerCap
        | Throttle::SoftwareThermal
        | Throttle::ApplicationClocks
        | Throttle::SyncBoost
        | Throttle::DisplayClocks
        | Throttle::Other(_) => Tone::Warn,
    }
}

fn time(seconds: f64, text: &Text) -> String {
    text.duration(Duration::from_secs_f64(seconds.max(0.0)))
}

fn throttle_lanes(model: &Model, axis: &Axis, text: &Text) -> Vec<Lane> {
    let stretch = model.monitor.stretch(model.now);
    let lane = |(reason, times): (Throttle, Vec<crate::app::Stretch>)| {
        let name = reason_words(reason, text);
        let held: f64 = times.iter().map(|time| time.seconds()).sum();
        let values = [
            ("reason", name.as_str().into()),
            ("held", time(held, text).into()),
            ("seconds", time(axis.seconds, text).into()),
        ];
        let said = text.with("monitor-throttle-lane", &values);
        let piece = |span: crate::app::Stretch| {
            let name = format!("{name}: {}", time(span.seconds(), text));
            Piece { from: span.from - stretch.to, to: span.to - stretch.to, name }
        };
        Lane { said, tone: tone(reason), pieces: times.into_iter().map(piece).collect(), name }
    };
    model.monitor.held_down(stretch).into_iter().map(lane).collect()
}

/// The checks of the proof that ran in the time shown.
fn checks(axis: &Axis, text: &Text) -> Option<Lane> {
    if axis.bands.is_empty() {
        return None;
    }
    let names: Vec<&str> = axis.bands.iter().map(|band| band.name.as_str()).collect();
    let said = text.with("monitor-checks-lane", &[("names", names.join(", ").into())]);
    let piece = |band: &plot::Band| Piece { from: band.from, to: band.to, name: band.name.clone() };
    let pieces = axis.bands.iter().map(piece).collect();
    Some(Lane { name: text.get("monitor-checks"), said, tone: Tone::Accent, pieces })
}

/// The log's lines in the time shown.
fn marks(axis: &Axis, text: &Text) -> Option<Lane> {
    if axis.marks.is_empty() {
        return None;
    }
    let said = text.with("monitor-log-lane", &[("count", axis.marks.len().into())]);
    let piece = |(at, line): &(f64, String)| Piece { from: *at, to: *at, name: line.clone() };
    let pieces = axis.marks.iter().map(piece).collect();
    Some(Lane { name: text.get("monitor-log"), said, tone: Tone::Neutral, pieces })
}

/// Who uses the card, the one with most of its memory first; and what holds one of them back.
pub fn processes(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    let sample = model.monitor.latest().filter(|sample| !sample.lost);
    let mut action = None;
    widgets::card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        widgets::name(ui, text.get("monitor-processes"));
        match sample.map(|sample| sample.processes.clone()) {
            None => {
                widgets::muted_wrapped(ui, text.get("monitor-throttle-unknown"));
            }
            Some(None) => {
                widgets::muted_wrapped(ui, text.get("monitor-throttle-not-reported"));
            }
            Some(Some(processes)) if processes.is_empty() => {
                widgets::muted_wrapped(ui, text.get("monitor-processes-none"));
            }
            Some(Some(mut processes)) => {
                processes.sort_by_key(|process| (std::cmp::Reverse(process.memory_bytes), process.pid));
                for process in &processes {
                    action = action.take().or(row(ui, process, text));
                }
            }
        }
        action = action.take().or(judged(ui, model, text));
    });
    action.map(Action::Monitor)
}

/// What holds the chosen process back, and the way to choose one that no card names.
fn judged(ui: &mut Ui, model: &Model, text: &Text) -> Option<MonitorAction> {
    let mut action = None;
    if let Some(watched) = &model.monitor.watched {
        ui.add_space(space::XS);
        let said = held(watched.pid(), &watched.verdict(), model.catalog, text);
        let response = ui.add(Label::new(&said).wrap());
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &said));
    }
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        ui.set_row_height(theme::TARGET);
        let (number, field) = widgets::text_field(ui, &text.get("monitor-judge"), &model.monitor.number, 120.0);
        let typed: Option<u32> = model.monitor.number.trim().parse().ok().filter(|pid| *pid > 0);
        let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let words = text.get("monitor-judge-go");
        let button = Button {
            kind: ButtonKind::Secondary,
            icon: icons::SEARCH,
            text: &words,
            name: "",
            enabled: typed.is_some(),
            only_icon: false,
        };
        if (button.show(ui).clicked() || is_entered) && typed.is_some() {
            action = Some(MonitorAction::Judge(typed));
        }
        if model.monitor.watched.is_some() && widgets::quiet(ui, icons::X, &text.get("monitor-judge-end")) {
            action = Some(MonitorAction::Judge(None));
        }
        action = action.take().or(number.map(MonitorAction::JudgeNumber));
    });
    action
}

/// Id, what it does, memory: three columns, one sentence.
fn row(ui: &mut Ui, process: &GpuProcess, text: &Text) -> Option<MonitorAction> {
    let p = palette(ui);
    let does = text.get(match process.kind {
        ProcessKind::Compute => "monitor-process-compute",
        ProcessKind::Graphics => "monitor-process-graphics",
        ProcessKind::Both => "monitor-process-both",
    });
    let memory =
        process.memory_bytes.map_or_else(|| text.get("monitor-process-memory-unknown"), |bytes| text.memory(bytes));
    let pid = process.pid.to_string();
    let values = [("pid", pid.as_str().into()), ("does", does.as_str().into()), ("memory", memory.as_str().into())];
    let said = text.with("monitor-process-row", &values);
    let mut action = None;
    let rect = ui
        .horizontal(|ui| {
            let width = (ui.available_width() - 160.0).max(200.0);
            let is_judged = process.kind != ProcessKind::Graphics;
            let height = if is_judged { theme::TARGET } else { 20.0 };
            let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Row, true, &said));
            if is_judged {
                let (words, name) = (text.get("monitor-why-slow"), text.with("monitor-why-slow-named", &values[..1]));
                let kind = ButtonKind::Quiet;
                let button =
                    Button { kind, icon: icons::SEARCH, text: &words, name: &name, enabled: true, only_icon: false };
                action = button.show(ui).clicked().then_some(MonitorAction::Judge(Some(process.pid)));
            }
            rect
        })
        .inner;
    let mono = || theme::mono(theme::LOG);
    let columns = [
        (0.0, pid, mono(), p.text),
        (0.16, does, theme::regular(theme::SMALL), p.muted),
        (0.55, memory, mono(), p.text),
    ];
    for (share, words, font, color) in columns {
        let at = Pos2::new(rect.left() + rect.width() * share, rect.center().y);
        widgets::paint_line(ui, at, &words, font, color, rect.right() - at.x);
    }
    action
}
