//! Design tokens: the only place that names a colour, a size or a font.
//!
//! Colours are written once per theme; `contrast_holds` below checks every pair that is used against WCAG 2.2 (text
//! 4.5 : 1, parts of controls and strokes of plots 3 : 1).

use crate::store::{Settings, Theme as Wanted};
use eframe::egui::{
    self, Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke, TextStyle, Theme,
    ThemePreference, Vec2,
};
use std::sync::Arc;

/// Spacing steps in points. Nothing between them is used.
pub mod space {
    /// 4
    pub const XS: f32 = 4.0;
    /// 8
    pub const S: f32 = 8.0;
    /// 12
    pub const M: f32 = 12.0;
    /// 16
    pub const L: f32 = 16.0;
    /// 24
    pub const XL: f32 = 24.0;
    /// 32
    pub const XXL: f32 = 32.0;
}

/// Corners of buttons and fields.
pub const RADIUS_CONTROL: u8 = 6;
/// Corners of rail entries and the log.
pub const RADIUS_ROW: u8 = 8;
/// Corners of cards.
pub const RADIUS_CARD: u8 = 10;
/// Width of the rail.
pub const RAIL_WIDTH: f32 = 232.0;
/// Height of the footer.
pub const FOOTER_HEIGHT: f32 = 68.0;
/// The content is no wider than this.
pub const COLUMN: f32 = 880.0;
/// Least height of anything that can be pressed.
pub const TARGET: f32 = 36.0;
/// First size of the window.
pub const WINDOW: [f32; 2] = [1080.0, 720.0];
/// Least size of the window.
pub const LEAST_WINDOW: [f32; 2] = [860.0, 600.0];

/// Sizes of type, in points.
pub const TITLE: f32 = 24.0;
/// Headings of cards.
pub const HEADING: f32 = 16.0;
/// Names of routes and steps.
pub const NAME: f32 = 15.0;
/// Text.
pub const BODY: f32 = 14.0;
/// Second lines, labels, units, pills.
pub const SMALL: f32 = 12.5;
/// Commands.
pub const MONO: f32 = 13.0;
/// The log.
pub const LOG: f32 = 12.5;
/// Axes of plots.
pub const AXIS: f32 = 11.5;
/// Icons beside text.
pub const ICON: f32 = 16.0;

/// Every colour a screen may use. `*_soft` are fills behind text of the same tone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Left rail.
    pub rail: Color32,
    /// Page.
    pub bg: Color32,
    /// Cards.
    pub surface: Color32,
    /// Secondary buttons, tracks of bars, neutral pills.
    pub raised: Color32,
    /// Log, command boxes, text fields.
    pub sunken: Color32,
    /// Hairlines between things.
    pub border: Color32,
    /// Outlines of controls.
    pub border_strong: Color32,
    /// Text.
    pub text: Color32,
    /// Second lines, labels, units.
    pub muted: Color32,
    /// Primary button, bars, current step.
    pub accent_fill: Color32,
    /// The same under the pointer.
    pub accent_fill_hover: Color32,
    /// Text on it.
    pub on_accent: Color32,
    /// Links, quiet buttons, lines of plots, focus.
    pub accent: Color32,
    /// Chosen card, current step.
    pub accent_soft: Color32,
    /// Proven, passed, found.
    pub success: Color32,
    /// Behind it.
    pub success_soft: Color32,
    /// Needs something; limits.
    pub warn: Color32,
    /// Behind it.
    pub warn_soft: Color32,
    /// Blocked, failed.
    pub danger: Color32,
    /// Behind it.
    pub danger_soft: Color32,
}

const fn hex(rgb: u32) -> Color32 {
    let [_, r, g, b] = rgb.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

/// Light text on dark.
pub const DARK: Palette = Palette {
    rail: hex(0x11_13_1A),
    bg: hex(0x16_18_21),
    surface: hex(0x1D_20_2B),
    raised: hex(0x27_2B_38),
    sunken: hex(0x0D_0E_14),
    border: hex(0x30_35_45),
    border_strong: hex(0x70_79_90),
    text: hex(0xEC_EE_F4),
    muted: hex(0xA3_AB_BD),
    accent_fill: hex(0x66_55_E0),
    accent_fill_hover: hex(0x72_62_E6),
    on_accent: hex(0xFF_FF_FF),
    accent: hex(0xA8_9C_FF),
    accent_soft: hex(0x29_26_48),
    success: hex(0x4F_CB_91),
    success_soft: hex(0x17_31_28),
    warn: hex(0xF2_B9_4B),
    warn_soft: hex(0x35_2B_18),
    danger: hex(0xFF_85_7D),
    danger_soft: hex(0x3B_20_22),
};

/// Dark text on light.
pub const LIGHT: Palette = Palette {
    rail: hex(0xF0_F1_F6),
    bg: hex(0xF8_F9_FC),
    surface: hex(0xFF_FF_FF),
    raised: hex(0xF1_F2_F7),
    sunken: hex(0xF3_F4_F9),
    border: hex(0xDA_DE_E8),
    border_strong: hex(0x81_89_9C),
    text: hex(0x17_19_22),
    muted: hex(0x55_5D_70),
    accent_fill: hex(0x5A_48_D8),
    accent_fill_hover: hex(0x4C_3B_C4),
    on_accent: hex(0xFF_FF_FF),
    accent: hex(0x4F_3E_CB),
    accent_soft: hex(0xEC_E9_FD),
    success: hex(0x0B_6E_43),
    success_soft: hex(0xE2_F5_EB),
    warn: hex(0x82_54_00),
    warn_soft: hex(0xFD_F1_D9),
    danger: hex(0xB4_25_1C),
    danger_soft: hex(0xFC_E8_E6),
};

impl Palette {
    /// With stronger outlines and without grey text.
    #[must_use]
    pub const fn with_more_contrast(self) -> Self {
        Self { border: self.border_strong, muted: self.text, ..self }
    }

    /// The fill under a plotted line.
    pub fn under_line(&self) -> Color32 {
        self.accent.gamma_multiply(0.16)
    }

    /// A band behind plotted lines.
    pub fn band(&self) -> Color32 {
        self.muted.gamma_multiply(0.14)
    }
}

/// The palette in force. More contrast shows in the style: its outlines are the strong ones.
pub fn palette(ui: &egui::Ui) -> Palette {
    palette_of(ui.visuals())
}

fn palette_of(visuals: &egui::Visuals) -> Palette {
    let plain = if visuals.dark_mode { DARK } else { LIGHT };
    let strong = visuals.window_stroke.color == plain.border_strong;
    if strong { plain.with_more_contrast() } else { plain }
}

/// Inter's semi-bold.
pub fn strong() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// Lucide.
pub fn icons() -> FontFamily {
    FontFamily::Name("icons".into())
}

/// Text of a size.
pub fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Strong text of a size.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, strong())
}

/// Fixed-width text of a size.
pub fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

/// An icon of a size.
pub fn icon(size: f32) -> FontId {
    FontId::new(size, icons())
}

/// Installs fonts and both themes. Called once, before the first frame.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    apply(ctx, &Settings::default());
}

/// What they lack, as other scripts and emoji, comes from the system's fonts (eframe's `system_fonts`).
fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let ours: [(&str, &[u8]); 4] = [
        ("inter", include_bytes!("../../assets/fonts/Inter-Regular.subset.ttf")),
        ("inter-strong", include_bytes!("../../assets/fonts/Inter-SemiBold.subset.ttf")),
        ("hack", include_bytes!("../../assets/fonts/Hack-Regular.subset.ttf")),
        ("lucide", include_bytes!("../../assets/fonts/lucide.subset.ttf")),
    ];
    for (name, bytes) in ours {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    for (family, names) in [
        (FontFamily::Proportional, ["inter", "lucide"].as_slice()),
        (FontFamily::Monospace, &["hack"]),
        (strong(), &["inter-strong", "lucide"]),
        (icons(), &["lucide"]),
    ] {
        fonts.families.insert(family, names.iter().copied().map(str::to_owned).collect());
    }
    fonts
}

/// Puts the settings of the look in force.
pub fn apply(ctx: &egui::Context, settings: &Settings) {
    ctx.set_theme(match settings.theme {
        Wanted::System => ThemePreference::System,
        Wanted::Light => ThemePreference::Light,
        Wanted::Dark => ThemePreference::Dark,
    });
    ctx.set_zoom_factor(f32::from(settings.zoom_percent) / 100.0);
    for (theme, plain) in [(Theme::Dark, DARK), (Theme::Light, LIGHT)] {
        let palette = if settings.more_contrast { plain.with_more_contrast() } else { plain };
        ctx.style_mut_of(theme, |style| {
            set(style, &palette);
            style.animation_time = if settings.less_motion { 0.0 } else { 0.12 };
        });
    }
}

fn set(style: &mut egui::Style, p: &Palette) {
    style.text_styles = [
        (TextStyle::Heading, semibold(TITLE)),
        (TextStyle::Body, regular(BODY)),
        (TextStyle::Button, regular(BODY)),
        (TextStyle::Small, regular(SMALL)),
        (TextStyle::Monospace, mono(MONO)),
    ]
    .into();
    style.spacing.item_spacing = Vec2::new(space::S, space::S);
    style.spacing.button_padding = Vec2::new(space::M, space::S);
    style.spacing.interact_size.y = TARGET;
    style.spacing.window_margin = Margin::same(24);
    style.spacing.combo_width = 0.0;
    style.spacing.scroll = egui::style::ScrollStyle { bar_width: 8.0, floating: true, ..Default::default() };

    let v = &mut style.visuals;
    v.override_text_color = Some(p.text);
    v.weak_text_color = Some(p.muted);
    v.panel_fill = p.bg;
    v.window_fill = p.surface;
    v.window_stroke = Stroke::new(1.0, p.border);
    v.window_corner_radius = CornerRadius::same(RADIUS_CARD);
    v.menu_corner_radius = CornerRadius::same(RADIUS_ROW);
    v.extreme_bg_color = p.sunken;
    v.text_edit_bg_color = Some(p.sunken);
    v.faint_bg_color = p.raised;
    v.code_bg_color = p.raised;
    v.hyperlink_color = p.accent;
    v.warn_fg_color = p.warn;
    v.error_fg_color = p.danger;
    v.selection.bg_fill = p.accent_fill;
    v.selection.stroke = Stroke::new(2.0, p.accent);
    let radius = CornerRadius::same(RADIUS_CONTROL);
    let w = &mut v.widgets;
    for (state, fill, stroke) in [
        (&mut w.noninteractive, p.surface, p.border),
        (&mut w.inactive, p.raised, p.border_strong),
        (&mut w.hovered, p.raised, p.text),
        (&mut w.active, p.border, p.accent),
        (&mut w.open, p.raised, p.border_strong),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, stroke);
        state.fg_stroke = Stroke::new(1.5, p.text);
        state.corner_radius = radius;
        state.expansion = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG contrast ratio of two opaque colours, 1.0 to 21.0.
    fn contrast(a: Color32, b: Color32) -> f32 {
        fn luminance(c: Color32) -> f32 {
            let linear = |value: u8| {
                let share = f32::from(value) / 255.0;
                if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(c.r()) + 0.7152 * linear(c.g()) + 0.0722 * linear(c.b())
        }
        let (x, y) = (luminance(a), luminance(b));
        (x.max(y) + 0.05) / (x.min(y) + 0.05)
    }

    fn palettes() -> [(&'static str, Palette); 4] {
        [
            ("dark", DARK),
            ("light", LIGHT),
            ("dark, more contrast", DARK.with_more_contrast()),
            ("light, more contrast", LIGHT.with_more_contrast()),
        ]
    }

    #[test]
    fn contrast_holds() {
        let mut too_little = Vec::new();
        let mut check = |theme: &str, what: &str, a: Color32, b: Color32, least: f32| {
            let ratio = contrast(a, b);
            if ratio < least {
                too_little.push(format!("{theme}: {what} = {ratio:.2}, needs {least}"));
            }
        };
        for (theme, p) in palettes() {
            let backs = [p.rail, p.bg, p.surface, p.raised, p.sunken];
            for (at, back) in backs.into_iter().enumerate() {
                for (name, text) in [
                    ("text", p.text),
                    ("muted", p.muted),
                    ("accent", p.accent),
                    ("success", p.success),
                    ("warn", p.warn),
                    ("danger", p.danger),
                ] {
                    check(theme, &format!("{name} on background {at}"), text, back, 4.5);
                }
                check(theme, &format!("outline on background {at}"), p.border_strong, back, 3.0);
            }
            for (name, text, back) in [
                ("on_accent", p.on_accent, p.accent_fill),
                ("on_accent, hovered", p.on_accent, p.accent_fill_hover),
                ("accent on soft", p.accent, p.accent_soft),
                ("text on accent soft", p.text, p.accent_soft),
                ("muted on accent soft", p.muted, p.accent_soft),
                ("success on soft", p.success, p.success_soft),
                ("warn on soft", p.warn, p.warn_soft),
                ("danger on soft", p.danger, p.danger_soft),
                ("text on success soft", p.text, p.success_soft),
                ("text on warn soft", p.text, p.warn_soft),
                ("text on danger soft", p.text, p.danger_soft),
            ] {
                check(theme, name, text, back, 4.5);
            }
            check(theme, "bar on page", p.accent_fill, p.bg, 3.0);
            check(theme, "bar on card", p.accent_fill, p.surface, 3.0);
        }
        assert!(too_little.is_empty(), "too little contrast: {too_little:#?}");
    }

    #[test]
    fn the_style_says_which_palette_is_in_force() {
        for (_, palette) in palettes() {
            let mut style = egui::Style::default();
            style.visuals.dark_mode = palette.bg == DARK.bg;
            set(&mut style, &palette);
            assert_eq!(palette_of(&style.visuals), palette);
        }
    }
}
