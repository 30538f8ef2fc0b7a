//! The window: drains the channel, calls `update`, hands effects to `perform`, draws. The only place that knows egui.

pub mod attention;
mod dialogs;
mod frame;
pub mod icons;
mod keys;
mod log_view;
mod plot;
mod rail;
pub mod renderer;
mod screens;
pub mod start;
pub mod taskbar;
pub mod theme;
mod widgets;

use crate::app::{Action, Effect, Message, Model, RunState, Scanning, Screen, Setting, Start, update};
use crate::catalog::Catalog;
use crate::detect::identity;
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
/// Longest that a scan waits for a first frame.
const UNSEEN: Duration = Duration::from_secs(2);
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
    /// What waits for the first frame to be out: a scan starts a dozen programs, and where the processor draws as well they
    /// would hold the window up.
    pending: Vec<Effect>,
    /// Frames that were begun, as far as that matters.
    frames: u8,
    taskbar: taskbar::Taskbar,
    /// Inner size of the window as last seen, in points without zoom.
    size: Option<(u16, u16)>,
}

impl App {
    /// Before the first frame: fonts, theme, model; detection begins here.
    pub fn new(cc: &eframe::CreationContext<'_>, host: Arc<dyn Host>, settings: Settings, offline: bool) -> Self {
        let ctx = cc.egui_ctx.clone();
        theme::install(&ctx);
        theme::apply(&ctx, &settings);
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let text = Text::new(Language::wanted(settings.language.as_deref()));
        let (sender, receiver) = channel();
        // The tables are compiled in and checked by a test: a damaged one cannot come this far.
        let catalog = Catalog::embedded().unwrap_or_else(|error| unreachable!("{error}"));
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(move || ctx.request_repaint());
        let performer = Performer::new(Arc::clone(&host), catalog, offline, sender.clone(), wake);
        let private = identity::private(&*host, &settings);
        let start = Start { os: host.family(), settings, folders: host.folders().clone(), catalog, offline };
        let (mut model, effects) = Model::new(start);
        model.private = private;
        let mut app = Self {
            model,
            text,
            host,
            performer,
            sender,
            receiver,
            closing_since: None,
            pending: Vec::new(),
            frames: 0,
            taskbar: taskbar::Taskbar::default(),
            size: None,
        };
        let (later, now): (Vec<Effect>, Vec<Effect>) =
            effects.into_iter().partition(|effect| matches!(effect, Effect::Detect { .. }));
        app.pending = later;
        app.carry_out(now, &cc.egui_ctx);
        app
    }

    /// What is shown: for tests.
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// Hands in a message as if it had happened: for tests.
    pub fn tell(&mut self, message: Message, ctx: &egui::Context) {
        let before = Story::of(&self.model);
        let effects = update(&mut self.model, message);
        before.tell_changes(&self.model);
        if before.is_under_way() && !Story::of(&self.model).is_under_way() {
            attention::call(ctx, &self.model, &self.text, &mut self.performer);
        }
        self.carry_out(effects, ctx);
    }

    fn carry_out(&mut self, effects: Vec<Effect>, ctx: &egui::Context) {
        for effect in effects {
            match effect {
                Effect::Copy(text) => ctx.copy_text(text),
                Effect::OpenPage(url) => ctx.open_url(egui::OpenUrl::new_tab(url)),
                Effect::Restyle => {
                    theme::apply(ctx, &self.model.settings);
                    let wanted = Language::wanted(self.model.settings.language.as_deref());
                    if wanted != self.text.language() {
                        self.text = Text::new(wanted);
                    }
                }
                Effect::Render { what, path } => {
                    let made = screens::rendered(&self.model, what, &path, &self.text);
                    match made {
                        Ok(bytes) => self.performer.perform(Effect::Write { path, bytes }),
                        Err(problem) => self.tell(Message::Trouble(problem), ctx),
                    }
                }
                Effect::BrowseFolder(from) => dialogs::browse(&self.sender, ctx, dialogs::Browse::Folder(from)),
                Effect::BrowseFile(from) => dialogs::browse(&self.sender, ctx, dialogs::Browse::File(from)),
                Effect::BrowseOpen(from) => dialogs::browse(&self.sender, ctx, dialogs::Browse::Open(from)),
                Effect::Close => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
                of_the_engine @ (Effect::LoadHome
                | Effect::Detect { .. }
                | Effect::SkipProbes(_)
                | Effect::Plan { .. }
                | Effect::CheckTarget { .. }
                | Effect::Run { .. }
                | Effect::Resume { .. }
                | Effect::RollBack(_)
                | Effect::Cancel
                | Effect::Verify { .. }
                | Effect::StopVerify
                | Effect::Watch(_)
                | Effect::Unwatch
                | Effect::WatchProcess(_)
                | Effect::Follow { .. }
                | Effect::Unfollow
                | Effect::LogOnCheck(_)
                | Effect::Notify(_)
                | Effect::SaveSettings(_)
                | Effect::ReadReport(_)
                | Effect::PlanRepair { .. }
                | Effect::Arrange { .. }
                | Effect::Glance
                | Effect::ComeBack
                | Effect::Gather { .. }
                | Effect::Diagnose { .. }
                | Effect::StopDiagnosis
                | Effect::LetGo(_)
                | Effect::Forget(_)
                | Effect::Remove(_)
                | Effect::Write { .. }
                | Effect::OpenTerminal(_)
                | Effect::OpenPath(_)) => self.performer.perform(of_the_engine),
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

    /// When the second frame begins, the first is out; a window that nobody sees draws none and begins all the same.
    fn begin_when_seen(&mut self, ctx: &egui::Context) {
        let is_out = self.frames == 2;
        if is_out && !self.pending.is_empty() {
            tracing::info!("window: first frame");
        }
        if is_out || self.model.now > UNSEEN {
            let pending = std::mem::take(&mut self.pending);
            self.carry_out(pending, ctx);
        }
    }

    /// The window opens next time as large as it was; a maximised one says nothing of its size.
    fn mind_size(&mut self, ctx: &egui::Context) {
        let seen = ctx.input(|input| {
            let viewport = input.viewport();
            viewport.inner_rect.filter(|_| viewport.maximized != Some(true) && viewport.fullscreen != Some(true))
        });
        if let Some(rect) = seen {
            let size = rect.size() * ctx.zoom_factor();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
            let whole = |points: f32| points.round().clamp(0.0, 20_000.0) as u16;
            self.size = Some((whole(size.x), whole(size.y)));
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

/// The window's story in a few words, for the log file.
#[derive(PartialEq)]
struct Story {
    page: Screen,
    has_scanned: bool,
    has_plan: bool,
    run: Option<&'static str>,
}

impl Story {
    fn of(model: &Model) -> Self {
        let run = model.run.as_ref().map(|run| match run.state {
            RunState::Running => "running",
            RunState::Stopping => "stopping",
            RunState::Cancelled(_) => "cancelled",
            RunState::Failed(_) => "failed",
            RunState::NeedsUser(_) => "waiting for the user",
            RunState::Promoted => "promoted",
        });
        Self {
            page: model.screen,
            has_scanned: matches!(model.detection.scanning, Scanning::Done { .. }),
            has_plan: model.review.installable().is_some(),
            run,
        }
    }

    fn is_under_way(&self) -> bool {
        matches!(self.run, Some("running" | "stopping"))
    }

    fn tell_changes(&self, model: &Model) {
        let now = Self::of(model);
        if now.page != self.page {
            tracing::info!("window: page {}", now.page.word());
        }
        if now.has_scanned && !self.has_scanned {
            tracing::info!("window: scan done");
        }
        if now.has_plan && !self.has_plan {
            tracing::info!("window: plan ready");
        }
        if let Some(run) = now.run.filter(|run| self.run != Some(run)) {
            tracing::info!("window: run {run}");
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        let now = self.host.uptime();
        self.tell(Message::Clock(now), ctx);
        let hidden = ctx.input(|input| input.viewport().visible() == Some(false));
        if hidden != self.model.is_hidden {
            self.tell(Message::Hidden(hidden), ctx);
        }
        self.drain(ctx);
        self.mind_closing(ctx);
        self.mind_size(ctx);
        self.taskbar.show(taskbar::Mark::of(&self.model), frame);
        if self.model.now > UNSEEN {
            self.begin_when_seen(ctx);
        }
        if self.model.is_busy() {
            ctx.request_repaint_after(RING);
        } else if self.model.notice.is_some() {
            ctx.request_repaint_after(Duration::from_secs(1));
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.frames = self.frames.saturating_add(1);
        self.begin_when_seen(&ctx);
        let action = screen(ui, &self.model, &self.text);
        if let Some(action) = action {
            self.tell(Message::User(action), &ctx);
            // What was done shows at once.
            ctx.request_repaint();
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if let Some((width, height)) = self.size {
            let effects = update(&mut self.model, Message::User(Action::Set(Setting::Window(width, height))));
            for effect in effects.into_iter().filter(|effect| !effect.is_of_the_window()) {
                self.performer.perform(effect);
            }
        }
        self.performer.end();
    }
}
