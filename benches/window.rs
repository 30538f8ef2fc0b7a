//! How long a frame's user interface takes to build: `cargo bench --bench window --features window-tests`.
//!
//! Headless: egui lays out and paints into shapes and tessellates them; what a rasteriser then does is not counted.
#![expect(clippy::print_stdout, reason = "a bench says its figures")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench fails by panicking as tests do")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock: no Host here")]
#![expect(dead_code, reason = "the made-up PCs of the tests can do more than is measured here")]

#[path = "../tests/window/pc.rs"]
mod pc;

use eframe::egui::{self, Pos2, Rect, vec2};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};
use torch_wizard::app::diagnose::MOST;
use torch_wizard::app::{Action, DiagnoseAction, Lines, Message, Model, MonitorAction, Screen, Span};
use torch_wizard::gui::{screen, theme};
use torch_wizard::text::{Language, Text};

/// A log of a million lines that no disk holds.
#[derive(Debug)]
struct Million;

impl Lines for Million {
    fn count(&self) -> usize {
        1_000_000
    }
    fn read(&self, range: Range<usize>) -> Vec<String> {
        range.map(|line| format!("Downloading torch-2.15.0+cu130-cp312-cp312-win_amd64.whl piece {line}")).collect()
    }
    fn find(&self, _word: &str, _from: usize) -> Option<usize> {
        None
    }
    fn next_problem(&self, _from: usize) -> Option<usize> {
        None
    }
    fn all(&self) -> String {
        String::new()
    }
}

/// Median and slowest of 200 frames, after 20 to warm up.
fn measure(name: &str, model: &Model) {
    let ctx = egui::Context::default();
    theme::install(&ctx);
    ctx.enable_accesskit();
    let text = Text::new(Language::English);
    let mut times = Vec::new();
    for frame in 0..220_u32 {
        let input = egui::RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1080.0, 720.0))),
            time: Some(f64::from(frame) / 60.0),
            ..egui::RawInput::default()
        };
        let began = Instant::now();
        let mut output = ctx.run_ui(input, |ui| {
            screen(ui, model, &text);
        });
        // No painter takes the fonts' textures here.
        output.textures_delta.clear();
        let shapes = ctx.tessellate(output.shapes, output.pixels_per_point);
        let time = began.elapsed();
        std::hint::black_box(shapes);
        if frame >= 20 {
            times.push(time);
        }
    }
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!("{name:28} median {:.2} ms, slowest {:.2} ms", ms(times[times.len() / 2]), ms(times[times.len() - 1]));
}

fn main() {
    // `cargo test` builds benches and runs them with `--test`: nothing to measure then.
    if std::env::args().any(|word| word == "--test") {
        return;
    }
    measure("detect", &pc::detected());
    measure("review", &pc::reviewed());
    let mut run = pc::running();
    pc::tell(&mut run, Message::LogOpened(Arc::new(Million)));
    measure("run, 1,000,000 log lines", &run);
    let mut verify = pc::verifying("rtx5070-healthy.jsonl", usize::MAX);
    for second in 0..60_u16 {
        pc::at(&mut verify, 75.0 + f64::from(second));
        pc::tell(&mut verify, Message::Tick(Box::new(pc::tick(usize::from(second)))));
    }
    measure("verify, four plots", &verify);
    let mut monitor = pc::proven();
    pc::tell(&mut monitor, Message::User(Action::Go(Screen::Monitor)));
    for second in 0..3600_u16 {
        pc::at(&mut monitor, 80.0 + f64::from(second));
        pc::tell(&mut monitor, Message::Tick(Box::new(pc::tick(usize::from(second)))));
    }
    measure("monitor, an hour of readings", &monitor);
    pc::tell(&mut monitor, Message::User(Action::Monitor(MonitorAction::Look(Span::All))));
    measure("monitor, the hour in sight", &monitor);
    for tenth in 0..36_000_u32 {
        pc::at(&mut monitor, 3700.0 + f64::from(tenth) / 10.0);
        pc::tell(&mut monitor, Message::Tick(Box::new(pc::tick(tenth as usize))));
    }
    measure("monitor, the hour at 10 Hz", &monitor);
    for (name, bytes) in [("diagnose, the field full", MOST), ("diagnose, 5 MB pasted", 5_000_000)] {
        let mut diagnose = pc::detected();
        pc::tell(&mut diagnose, Message::User(Action::Go(Screen::Diagnose)));
        let line = "Collecting nvidia-cudnn-cu13 (from torch) of which a log has many a line\n";
        let log = line.repeat(bytes / line.len());
        pc::tell(&mut diagnose, Message::User(Action::Diagnose(DiagnoseAction::Paste(log))));
        measure(name, &diagnose);
    }
}
