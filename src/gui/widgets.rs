//! The few widgets every screen is built from. Each paints with tokens only and reports itself to AccessKit.

mod advice;
mod buttons;
mod cards;
mod fields;
mod marks;
mod places;

pub use advice::{advice, host, pages_in};
pub use buttons::{Button, ButtonKind, FooterButton, button, copy_button, focus_ring, footer_buttons, link, quiet};
pub use cards::{
    Banner, Fact, banner, card, card_in, card_of_rows, command_box, fact_row, hairline, key_value, page_gap,
    problem_card, waiting_card,
};
pub use fields::{check, choice, select, text_field};
pub use marks::{
    PILL, Tone, Trend, busy_pill, heading, icon, label, metric_head, mono_label, muted, muted_wrapped, name, one_line,
    paint_busy_pill, paint_line, paint_pill, pill, pill_width, progress, ring, strong,
};
pub use places::{command_row, copy_row, path_line, place_row};
