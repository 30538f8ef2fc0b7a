//! An empty eframe window with the renderer that the product takes: what ours is measured beside (`benches/window.py`).
//! Says on standard output when its second frame begins: the first is out then.

use eframe::egui;
use std::io::Write as _;

struct Empty {
    frames: u32,
}

impl eframe::App for Empty {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.frames += 1;
        if self.frames == 2 {
            writeln!(std::io::stdout(), "ready").ok();
            std::io::stdout().flush().ok();
        }
        if self.frames < 2 {
            ui.ctx().request_repaint();
        }
        ui.label("empty");
    }
}

fn main() -> eframe::Result {
    let viewport = egui::ViewportBuilder::default().with_inner_size([1080.0, 720.0]);
    let options = eframe::NativeOptions { viewport, ..Default::default() };
    eframe::run_native("empty-window", options, Box::new(|_| Ok(Box::new(Empty { frames: 0 }))))
}
