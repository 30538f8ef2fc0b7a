//! The few widgets every screen is built from. Each paints with tokens only and reports itself to AccessKit.

mod buttons;
mod cards;
mod fields;
mod marks;

pub use buttons::{Button, ButtonKind, FooterButton, button, copy_button, footer_buttons, link, quiet};
pub use cards::{Banner, Fact, banner, card, card_in, command_box, fact_row, hairline, key_value, page_gap, problem_card};
pub use fields::{check, choice, radio_card, select, text_field};
pub use marks::{
    Tone, Trend, heading, icon, label, metric_head, mono_label, muted, muted_wrapped, name, one_line, paint_line, pill,
    progress, ring, strong,
};
