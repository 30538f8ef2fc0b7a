//! Everything that is pressed.

use super::super::icons;
use super::super::theme::{self, palette, space};
use super::marks::one_line;
use crate::app::Action;
use eframe::egui::{
    self, Align, Align2, Color32, CornerRadius, CursorIcon, Layout, Pos2, Response, Role, Sense, Stroke, StrokeKind,
    Ui, WidgetInfo, vec2,
};

/// How much a button weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ButtonKind {
    /// One a screen.
    Primary,
    /// The others.
    Secondary,
    /// As text.
    Quiet,
}

/// A button as data.
#[derive(Clone, Debug)]
pub struct Button<'a> {
    /// How much it weighs.
    pub kind: ButtonKind,
    /// Its icon; an arrow to the right stands behind the text.
    pub icon: &'a str,
    /// Its text.
    pub text: &'a str,
    /// What a screen reader says; the text if empty.
    pub name: &'a str,
    /// It can be pressed.
    pub enabled: bool,
    /// Without its text, which goes to the hover: there is no room.
    pub only_icon: bool,
}

impl Button<'_> {
    fn pad(&self) -> f32 {
        match (self.kind, self.only_icon) {
            (_, true) => 10.0,
            (ButtonKind::Quiet, false) => space::S,
            (ButtonKind::Primary | ButtonKind::Secondary, false) => space::L,
        }
    }

    fn font(&self) -> egui::FontId {
        match self.kind {
            ButtonKind::Primary => theme::semibold(theme::BODY),
            ButtonKind::Secondary | ButtonKind::Quiet => theme::regular(theme::BODY),
        }
    }

    /// How wide it will be.
    pub fn width(&self, ui: &Ui) -> f32 {
        let text = if self.only_icon {
            -6.0
        } else {
            let galley = ui.painter().layout_no_wrap(self.text.to_owned(), self.font(), Color32::PLACEHOLDER);
            galley.size().x
        };
        let icon = if self.icon.is_empty() { 0.0 } else { 22.0 };
        text + icon + 2.0 * self.pad()
    }

    /// Draws it.
    pub fn show(&self, ui: &mut Ui) -> Response {
        let p = palette(ui);
        let width = self.width(ui).min(ui.available_width().max(2.0 * self.pad() + 22.0));
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(vec2(width, theme::TARGET), sense);
        let name = if self.name.is_empty() { self.text } else { self.name };
        response.widget_info(|| WidgetInfo::labeled(Role::Button, self.enabled, name));
        let hovered = response.hovered() && self.enabled;
        let (fg, fill, stroke) = match (self.kind, self.enabled, hovered) {
            (ButtonKind::Primary, true, false) => (p.on_accent, p.accent_fill, Color32::TRANSPARENT),
            (ButtonKind::Primary, true, true) => (p.on_accent, p.accent_fill_hover, Color32::TRANSPARENT),
            (ButtonKind::Primary | ButtonKind::Secondary, false, _) => (p.muted, p.raised, p.border),
            (ButtonKind::Secondary, true, false) => (p.text, p.raised, p.border),
            (ButtonKind::Secondary, true, true) => (p.text, p.border, p.border),
            (ButtonKind::Quiet, true, false) => (p.accent, Color32::TRANSPARENT, Color32::TRANSPARENT),
            (ButtonKind::Quiet, true, true) => (p.accent, p.raised, Color32::TRANSPARENT),
            (ButtonKind::Quiet, false, _) => (p.muted, Color32::TRANSPARENT, Color32::TRANSPARENT),
        };
        let radius = CornerRadius::same(theme::RADIUS_CONTROL);
        ui.painter().rect(rect, radius, fill, Stroke::new(1.0, stroke), StrokeKind::Inside);
        focus_ring(ui, &response, rect);
        let trails = self.icon == icons::ARROW_RIGHT && !self.only_icon;
        let mut x = rect.left() + self.pad();
        if !self.icon.is_empty() {
            let at = match (self.only_icon, trails) {
                (true, _) => rect.center().x,
                (false, true) => rect.right() - self.pad() - 8.0,
                (false, false) => x + 8.0,
            };
            let at = Pos2::new(at, rect.center().y);
            ui.painter().text(at, Align2::CENTER_CENTER, self.icon, theme::icon(theme::ICON), fg);
            if !trails {
                x += 22.0;
            }
        }
        if !self.only_icon {
            let room = rect.right() - self.pad() - x - if trails { 22.0 } else { 0.0 };
            let galley = one_line(ui, self.text, self.font(), fg, room + 1.0);
            let elided = galley.elided;
            ui.painter().galley(Pos2::new(x, rect.center().y - galley.size().y / 2.0), galley, fg);
            if elided {
                return finish(response, self.enabled).on_hover_text(self.text);
            }
            return finish(response, self.enabled);
        }
        finish(response, self.enabled).on_hover_text(self.text)
    }
}

fn finish(response: Response, enabled: bool) -> Response {
    if enabled { response.on_hover_cursor(CursorIcon::PointingHand) } else { response }
}

/// Two points of accent, three outside the control.
pub fn focus_ring(ui: &Ui, response: &Response, rect: egui::Rect) {
    if response.has_focus() {
        let radius = CornerRadius::same(theme::RADIUS_CONTROL + 3);
        let stroke = Stroke::new(2.0, palette(ui).accent);
        ui.painter().rect_stroke(rect.expand(3.0), radius, stroke, StrokeKind::Inside);
    }
}

/// A button; answers whether it was pressed.
pub fn button(ui: &mut Ui, kind: ButtonKind, icon: &str, text: &str) -> bool {
    Button { kind, icon, text, name: "", enabled: true, only_icon: false }.show(ui).clicked()
}

/// A quiet button; answers whether it was pressed.
pub fn quiet(ui: &mut Ui, icon: &str, text: &str) -> bool {
    button(ui, ButtonKind::Quiet, icon, text)
}

/// A quiet button that copies: what it copies is part of its name, since several stand on a page.
pub fn copy_button(ui: &mut Ui, text: &str, name: &str) -> bool {
    let button =
        Button { kind: ButtonKind::Quiet, icon: icons::COPY, text, name, enabled: true, only_icon: text.is_empty() };
    button.show(ui).on_hover_text(name).clicked()
}

/// A link to a page.
pub fn link(ui: &mut Ui, text: &str, url: &str) -> Option<Action> {
    // The text's own colour would win over that of links otherwise.
    let shown = egui::RichText::new(text).color(palette(ui).accent);
    let pressed = ui.link(shown).on_hover_text(url).clicked();
    pressed.then(|| Action::OpenPage(url.to_owned()))
}

/// A button of the footer, as a screen hands it out.
#[derive(Clone, Debug)]
pub struct FooterButton {
    /// How much it weighs.
    pub kind: ButtonKind,
    /// Its icon; none may be without, since that is all that is left of it where room is short.
    pub icon: &'static str,
    /// Its text.
    pub text: String,
    /// What it does.
    pub action: Action,
    /// It can be pressed.
    pub enabled: bool,
    /// Its text where the whole one would leave no room for the footer's sentence; the whole one if empty.
    pub short: String,
}

impl FooterButton {
    /// The one primary button.
    pub const fn primary(icon: &'static str, text: String, action: Action) -> Self {
        Self { kind: ButtonKind::Primary, icon, text, action, enabled: true, short: String::new() }
    }

    /// Another button.
    pub const fn secondary(icon: &'static str, text: String, action: Action) -> Self {
        Self { kind: ButtonKind::Secondary, icon, text, action, enabled: true, short: String::new() }
    }

    /// A button as text.
    pub const fn quiet(icon: &'static str, text: String, action: Action) -> Self {
        Self { kind: ButtonKind::Quiet, icon, text, action, enabled: true, short: String::new() }
    }

    /// The same, with less text where room is short; its name stays whole.
    #[must_use]
    pub fn or_short(mut self, short: String) -> Self {
        self.short = short;
        self
    }

    /// The same, to be pressed only if `enabled`.
    #[must_use]
    pub const fn when(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    fn as_button(&self, only_icon: bool, whole: bool) -> Button<'_> {
        Button {
            kind: self.kind,
            icon: self.icon,
            text: if whole || self.short.is_empty() { &self.text } else { &self.short },
            name: &self.text,
            enabled: self.enabled,
            only_icon,
        }
    }
}

/// Room for the footer's sentence, before a button may be wordy.
const SENTENCE: f32 = 230.0;

/// The buttons of a footer at its right, in the order given: the primary one last. Where room is short the others are
/// left with their icons; `sentence` is the width that stands left of them. Answers what was pressed and how much room is left at the left.
pub fn footer_buttons(ui: &mut Ui, buttons: &[FooterButton], sentence: f32) -> (Option<Action>, f32) {
    let available = ui.available_width();
    let gaps = space::S * buttons.len().saturating_sub(1) as f32;
    let width_of = |short: usize, whole: bool, ui: &Ui| -> f32 {
        let widths = buttons.iter().enumerate().map(|(at, button)| button.as_button(at < short, whole).width(ui));
        widths.sum::<f32>() + gaps
    };
    let whole = width_of(0, true, ui) + SENTENCE <= available;
    let width = |short: usize, ui: &Ui| width_of(short, whole, ui);
    // From the left on, one after the other loses its text, the primary one never.
    let most = buttons.len().saturating_sub(1);
    let fits = |room: f32, ui: &Ui| (0..=most).find(|&short| width(short, ui) <= room);
    // The sentence at the left is worth the words of a button; where even that is not enough, it goes.
    let short = fits(available - sentence, ui).or_else(|| fits(available, ui)).unwrap_or(most);
    let used = width(short, ui).min(available);
    let mut action = None;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let size = vec2(used, theme::TARGET);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            for (at, button) in buttons.iter().enumerate() {
                if button.as_button(at < short, whole).show(ui).clicked() {
                    action = Some(button.action.clone());
                }
            }
        });
    });
    (action, available - used)
}
