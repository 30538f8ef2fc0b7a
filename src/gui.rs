//! The window: drains the channel, calls `update`, hands effects to `perform`, draws. The only place that knows egui.

mod dialogs;
mod frame;
pub mod icons;
mod keys;
mod plot;
mod rail;
pub mod renderer;
mod screens;
pub mod start;
pub mod theme;
mod widgets;

use crate::app::{Action, Effect, Message, Model, Start, update};
use crate::catalog::Catalog;
use crate::host::Host;
use crate::perform::Performer;
use crate::store::Settings;
use crate::text::{Language, Text};
use eframe::egui;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// Draws the whole window; answers what was done in it.
pub fn screen(ui: &mut egui::Ui, model: &Model, text: &Text) -> Option<Action> {
    frame::show(ui, model, text)
}

/// Messages taken in one frame, and the time for them; the rest waits for the next frame.
const MOST_MESSAGES: usize = 1000;
const MOST_TIME: Duration = Duration::from_millis(2);
/// A ring turns smoothly enough with so many frames a second, and a processor without a card can draw them.
const RING: Duration = Duration::from_millis(66);
/// A run told to stop by a closing window has so long; what is not written by then the journal bears.
const CLOSING: Duration = Duration::from_secs(5);

/// The window's program.
pub struct App {
    model: Model,
    text: Text,
    host: Arc<dyn Host>,
    performer: Performer,
    sender: Sender<Message>,
    receiver: Receiver<Message>,
    closing_since: Option<Duration>,
}

impl App {
    /// Before the first frame: fonts, theme, model; detection begins here.
    pub fn new(cc: &eframe::CreationContext<'_>, host: Arc<dyn Host>, settings: Settings, offline: bool) -> Self {
        let ctx = cc.egui_ctx.clone();
        theme::install(&ctx);
        theme::apply(&ctx, &settings);
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let text = Text::new(language(&settings));
        let (sender, receiver) = channel();
        // The tables are compiled in and checked by a test: a damaged one cannot come this far.
        let catalog = Catalog::embedded().unwrap_or_else(|error| unreachable!("{error}"));
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(move || ctx.request_repaint());
        let performer = Performer::new(Arc::clone(&host), catalog, sender.clone(), wake);
        let start = Start { os: host.family(), settings, folders: host.folders().clone(), catalog, offline };
        let (model, effects) = Model::new(start);
        let mut app = Self { model, text, host, performer, sender, receiver, closing_since: None };
        app.carry_out(effects, &cc.egui_ctx);
        app
    }

    /// What is shown: for tests.
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// Hands in a message as if it had happened: for tests.
    pub fn tell(&mut self, message: Message, ctx: &egui::Context) {
        let effects = update(&mut self.model, message);
        self.carry_out(effects, ctx);
    }

    fn carry_out(&mut self, effects: Vec<Effect>, ctx: &egui::Context) {
        for effect in effects {
            match effect {
                Effect::Copy(text) => ctx.copy_text(text),
                Effect::OpenPage(url) => ctx.open_url(egui::OpenUrl::new_tab(url)),
                Effect::Restyle => {
                    theme::apply(ctx, &self.model.settings);
                    let wanted = language(&self.model.settings);
                    if wanted != self.text.language() {
                        self.text = Text::new(wanted);
                    }
                }
                Effect::Render { what, path } => {
                    let text = screens::rendered(&self.model, what, &path, &self.text);
                    match text {
                        Ok(text) => self.performer.perform(Effect::Write { path, text }),
                        Err(problem) => self.tell(Message::Trouble(problem), ctx),
                    }
                }
                Effect::BrowseFolder(from) => dialogs::browse(&self.sender, ctx, dialogs::Browse::Folder(from)),
                Effect::BrowseFile(from) => dialogs::browse(&self.sender, ctx, dialogs::Browse::File(from)),
                Effect::Close => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
                other => self.performer.perform(other),
            }
        }
    }

    fn drain(&mut self, ctx: &egui::Context) {
        let began = self.host.uptime();
        for taken in 0.. {
            if taken >= MOST_MESSAGES || self.host.uptime().saturating_sub(began) > MOST_TIME {
                ctx.request_repaint();
                return;
            }
            let Ok(message) = self.receiver.try_recv() else { return };
            self.tell(message, ctx);
        }
    }

    /// The cross of the window during a run: asked about first, and then given five seconds.
    fn mind_closing(&mut self, ctx: &egui::Context) {
        let now = self.model.now;
        let wants = ctx.input(|input| input.viewport().close_requested());
        let late = self.closing_since.is_some_and(|since| now.saturating_sub(since) > CLOSING);
        if wants && self.model.is_running() && !late {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.tell(Message::User(Action::Close), ctx);
        }
        if self.model.closing && self.model.is_running() {
            let since = *self.closing_since.get_or_insert(now);
            ctx.request_repaint_after(Duration::from_millis(100));
            if now.saturating_sub(since) > CLOSING {
                ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            }
        }
    }
}

/// The language of the settings, else of the system, else English.
fn language(settings: &Settings) -> Language {
    let wanted = settings.language.clone().or_else(sys_locale::get_locale);
    wanted.as_deref().and_then(Language::of).unwrap_or(Language::English)
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        let now = self.host.uptime();
        self.tell(Message::Clock(now), ctx);
        self.drain(ctx);
        self.mind_closing(ctx);
        if self.model.is_busy() {
            ctx.request_repaint_after(RING);
        } else if self.model.notice.is_some() {
            ctx.request_repaint_after(Duration::from_secs(1));
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let action = screen(ui, &self.model, &self.text);
        if let Some(action) = action {
            let ctx = ui.ctx().clone();
            self.tell(Message::User(action), &ctx);
            // What was done shows at once.
            ctx.request_repaint();
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.performer.end();
    }
}
