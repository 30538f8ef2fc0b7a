//! What held for a while, below the plots on the same time axis: a lane each, with its name and the same in words.

use super::super::theme::{self, palette, space};
use super::super::widgets::{Tone, paint_line};
use super::Axis;
use eframe::egui::{CornerRadius, Pos2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Something that held from one moment to another, in seconds before the page's moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// What the pointer is told.
    pub name: String,
}

/// A row of pieces.
#[derive(Clone, Debug)]
pub struct Lane {
    /// What stands before it.
    pub name: String,
    /// All of it as one sentence.
    pub said: String,
    /// Its colour.
    pub tone: Tone,
    /// What it holds.
    pub pieces: Vec<Piece>,
}

/// Height of a lane, and of the coloured part of it.
const HIGH: f32 = 22.0;
const BAR: f32 = 12.0;
/// The name may take so much of the width.
const NAME_SHARE: f32 = 0.3;
/// A piece is at least so wide, or it would not be seen.
const LEAST: f32 = 2.0;

/// The lanes of a page.
pub fn lanes(ui: &mut Ui, lanes: &[Lane], axis: &Axis) {
    ui.spacing_mut().item_spacing.y = 2.0;
    for lane in lanes {
        one(ui, lane, axis);
    }
}

fn one(ui: &mut Ui, lane: &Lane, axis: &Axis) {
    let p = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HIGH), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &lane.said));
    let name = (rect.width() * NAME_SHARE).min(220.0);
    paint_line(ui, rect.left_center(), &lane.name, theme::regular(theme::SMALL), p.text, name - space::S);
    let track = Rect::from_center_size(
        pos2(f32::midpoint(rect.left() + name, rect.right()), rect.center().y),
        vec2(rect.width() - name, BAR),
    );
    ui.painter().rect_filled(track, CornerRadius::same(2), p.raised);
    let (fill, _) = lane.tone.colors(&p);
    let mut pointed = Vec::new();
    let pointer = response.hover_pos();
    for (at, piece) in lane.pieces.iter().enumerate() {
        let Some(bar) = place(track, piece, axis.seconds) else { continue };
        // Pieces that touch are told apart.
        let fill = if at % 2 == 1 { fill.gamma_multiply(0.6) } else { fill };
        ui.painter().rect_filled(bar, CornerRadius::same(1), fill);
        let is_pointed = |pointer: &Pos2| bar.expand(1.0).x_range().contains(pointer.x);
        pointed.extend(pointer.filter(is_pointed).map(|_| piece.name.as_str()));
    }
    if !pointed.is_empty() {
        response.on_hover_text_at_pointer(pointed.join("\n"));
    }
}

/// Where a piece stands in the track; `None` for one outside.
fn place(track: Rect, piece: &Piece, seconds: f64) -> Option<Rect> {
    #[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
    let x = |at: f64| track.left() + track.width() * ((at + seconds) / seconds).clamp(0.0, 1.0) as f32;
    if piece.to < -seconds || piece.from > 0.0 {
        return None;
    }
    let (left, right) = (x(piece.from), x(piece.to));
    let right = right.max(left + LEAST).min(track.right());
    Some(Rect::from_min_max(pos2(left.min(right - LEAST), track.top()), pos2(right, track.bottom())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: f64, to: f64) -> Option<(f32, f32)> {
        let track = Rect::from_min_max(pos2(100.0, 0.0), pos2(700.0, 10.0));
        let piece = Piece { from, to, name: String::new() };
        place(track, &piece, 60.0).map(|rect| (rect.left(), rect.right()))
    }

    #[test]
    fn a_piece_stands_at_its_time_and_is_cut_at_the_ends() {
        assert_eq!(range(-30.0, -15.0), Some((400.0, 550.0)));
        assert_eq!(range(-90.0, -54.0), Some((100.0, 160.0)));
        assert_eq!((range(-90.0, -61.0), range(1.0, 2.0)), (None, None));
    }

    #[test]
    fn the_shortest_piece_is_seen_also_at_the_right_end() {
        assert_eq!(range(-30.0, -30.0), Some((400.0, 402.0)));
        assert_eq!(range(0.0, 0.0), Some((698.0, 700.0)));
    }
}
