//! A worker: one window with one renderer, and its word to the supervisor.

use super::{SAID, Said, Wish, say};
use crate::cli::exit;
use crate::gui::App;
use crate::gui::renderer::Renderer;
use crate::gui::theme::{LEAST_WINDOW, WINDOW};
use crate::host::Host;
use crate::host::real::{RealHost, bind_children_to_us};
use crate::store::Settings;
use eframe::egui;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// When the frame with this number begins, those before it were built, submitted and shown. That a device opens proves
/// nothing.
const PROVEN_FRAME: u64 = 4;
/// A window that nobody sees paints nothing, which is no failure: after this time it counts as open.
const HIDDEN: Duration = Duration::from_secs(3);
const ICON: &[u8] = include_bytes!("../../../assets/icon.png");

/// Opens the window and stays until it is closed; answers with the exit code.
pub fn run(renderer: Renderer, wish: &Wish) -> i32 {
    let host: Arc<dyn Host> = match RealHost::new() {
        Ok(host) => Arc::new(host),
        Err(error) => return fail(&error),
    };
    bind_children_to_us();
    let _log = crate::log::start(&*host, &wish.level, wish.log.as_deref());
    let settings: Settings = match crate::store::load(&*host, &Settings::path(&*host)) {
        Ok(settings) => settings,
        Err(error) => return fail(&error),
    };
    let mut options = renderer.options();
    options.viewport = viewport(&settings);
    let offline = wish.offline;
    let made = move |cc: &eframe::CreationContext<'_>| {
        let adapter = cc.wgpu_render_state.as_ref().map(|state| {
            let info = state.adapter.get_info();
            format!("{} ({:?}, {} {})", info.name, info.backend, info.driver, info.driver_info)
        });
        let began = host.uptime();
        super::instance::listen(Arc::clone(&host), cc.egui_ctx.clone());
        let app = App::new(cc, Arc::clone(&host), settings, offline);
        Ok(Box::new(Watched { app, host, began, adapter, first: None, is_ready: false }) as Box<dyn eframe::App>)
    };
    match eframe::run_native("torch-wizard", options, Box::new(made)) {
        Ok(()) => exit::DONE,
        Err(error) => fail(&error),
    }
}

fn fail(error: &dyn std::error::Error) -> i32 {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        text = format!("{text}: {deeper}");
        cause = deeper.source();
    }
    say(&text);
    exit::NO
}

fn viewport(settings: &Settings) -> egui::ViewportBuilder {
    let size = settings.window.map_or(WINDOW, |(width, height)| [f32::from(width), f32::from(height)]);
    let viewport = egui::ViewportBuilder::default()
        .with_title("torch-wizard")
        .with_app_id("torch-wizard")
        .with_inner_size([size[0].max(LEAST_WINDOW[0]), size[1].max(LEAST_WINDOW[1])])
        .with_min_inner_size(LEAST_WINDOW);
    match eframe::icon_data::from_png_bytes(ICON) {
        Ok(icon) => viewport.with_icon(icon),
        Err(_) => viewport,
    }
}

/// The window's program, watched until it has painted.
struct Watched {
    app: App,
    host: Arc<dyn Host>,
    began: Duration,
    adapter: Option<String>,
    first: Option<u64>,
    is_ready: bool,
}

impl Watched {
    fn ready(&mut self, hidden: bool) {
        self.is_ready = true;
        tell(&Said::Ready { adapter: self.adapter.take(), hidden });
    }
}

fn tell(said: &Said) {
    let mut out = std::io::stdout().lock();
    // Nobody listens if the supervisor is gone, and then we are about to be.
    writeln!(out, "{SAID}{}", serde_json::to_string(said).unwrap_or_default()).ok();
    out.flush().ok();
}

impl eframe::App for Watched {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        self.app.logic(ctx, frame);
        if self.is_ready {
            return;
        }
        let is_unseen = ctx.input(|input| {
            let viewport = input.viewport();
            viewport.minimized == Some(true) || viewport.occluded == Some(true)
        });
        if is_unseen && self.host.uptime().saturating_sub(self.began) > HIDDEN {
            self.ready(true);
        } else {
            ctx.request_repaint_after(Duration::from_millis(50));
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        if !self.is_ready {
            let now = ui.ctx().cumulative_frame_nr();
            let first = *self.first.get_or_insert(now);
            if now.saturating_sub(first) + 1 >= PROVEN_FRAME {
                self.ready(false);
            } else {
                ui.ctx().request_repaint();
            }
        }
        self.app.ui(ui, frame);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        self.app.save(storage);
    }

    fn on_exit(&mut self, gl: Option<&eframe::glow::Context>) {
        self.app.on_exit(gl);
        tell(&Said::Closing);
    }

    fn auto_save_interval(&self) -> Duration {
        self.app.auto_save_interval()
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        self.app.clear_color(visuals)
    }

    fn persist_egui_memory(&self) -> bool {
        self.app.persist_egui_memory()
    }

    fn raw_input_hook(&mut self, ctx: &egui::Context, input: &mut egui::RawInput) {
        self.app.raw_input_hook(ctx, input);
    }
}
