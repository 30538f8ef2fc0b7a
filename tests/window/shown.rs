//! The window in the harness: model, language and look chosen; actions change the model, effects are kept.

use eframe::egui::{self, Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use torch_wizard::app::{Action, Effect, Message, Model, update};
use torch_wizard::gui::{screen, theme};
use torch_wizard::store::Settings;
use torch_wizard::text::{Language, Text};

/// The window over a model, without its threads.
pub struct Shown {
    pub model: Model,
    pub text: Text,
    /// What was done, in order.
    pub actions: Vec<Action>,
    /// What is to be done in the world.
    pub effects: Vec<Effect>,
}

impl eframe::App for Shown {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        if let Some(action) = screen(ui, &self.model, &self.text) {
            self.actions.push(action.clone());
            self.effects.extend(update(&mut self.model, Message::User(action)));
            ui.ctx().request_repaint();
        }
    }
}

/// How it is looked at.
#[derive(Clone, Copy)]
pub struct Look {
    pub theme: Theme,
    pub size: [f32; 2],
    pub zoom: f32,
    pub language: Option<Language>,
}

impl Default for Look {
    fn default() -> Self {
        Self { theme: Theme::Dark, size: theme::WINDOW, zoom: 1.0, language: Some(Language::English) }
    }
}

/// The window in the harness. `language: None` is the pseudo-language with longer words.
pub fn show(model: Model, look: Look) -> Harness<'static, Shown> {
    let text = look.language.map_or_else(Text::pseudo, Text::new);
    let zoom = look.zoom;
    let mut harness = Harness::builder()
        // The harness counts in points, and a zoom makes them larger: fewer fit into the same window.
        .with_size(vec2(look.size[0], look.size[1]) / zoom)
        .with_pixels_per_point(1.0)
        .with_theme(look.theme)
        .with_context_setup(move |ctx| {
            theme::install(ctx);
            // What our sentences need is in the fonts that the program brings.
            ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Panic);
            let mut settings = Settings { less_motion: true, ..Settings::default() };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a zoom of a test")]
            let percent = (zoom * 100.0) as u16;
            settings.zoom_percent = percent;
            settings.theme = match look.theme {
                Theme::Dark => torch_wizard::store::Theme::Dark,
                Theme::Light => torch_wizard::store::Theme::Light,
            };
            theme::apply(ctx, &settings);
            ctx.options_mut(|options| options.zoom_with_keyboard = false);
        })
        .build_eframe(move |_| Shown { model, text, actions: Vec::new(), effects: Vec::new() });
    harness.run_steps(3);
    harness
}

/// The same, high enough that nothing has to be scrolled to.
pub fn tall(model: Model) -> Harness<'static, Shown> {
    show(model, Look { size: [1080.0, 2400.0], ..Look::default() })
}

/// Clicks what has that name.
pub fn press(harness: &mut Harness<'static, Shown>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

/// Whether what has that name can be used.
pub fn is_enabled(harness: &Harness<'static, Shown>, name: &str) -> bool {
    !harness.get_by_label(name).accesskit_node().is_disabled()
}

/// Writes a picture for a person to look at: `TORCH_WIZARD_SHOTS` names the folder.
pub fn shot(harness: &mut Harness<'static, Shown>, name: &str) {
    #[expect(clippy::disallowed_methods, reason = "tests have no Host")]
    let Some(folder) = std::env::var_os("TORCH_WIZARD_SHOTS") else { return };
    let picture = harness.render().unwrap();
    picture.save(std::path::Path::new(&folder).join(format!("{name}.png"))).unwrap();
}
