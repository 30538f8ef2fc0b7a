//! The report for support, as it would be saved: its files, what was hidden in them, and every line of them to be read.

use super::super::frame::{Footer, Head};
use super::super::icons;
use super::super::theme::{self, palette, space};
use super::super::widgets::{self, FooterButton};
use crate::app::{Action, Model, Saved, SupportAction};
use crate::doctor::{Bundle, File};
use crate::report::Kind;
use crate::text::Text;
use eframe::egui::{CornerRadius, Frame, Label, Margin, RichText, Role, ScrollArea, Ui, WidgetInfo};

/// What stands above.
pub fn head(model: &Model, text: &Text) -> Head {
    let is_busy = model.support.bundle.is_busy();
    let (title, lead) =
        if is_busy { ("support-title-busy", "support-lead-busy") } else { ("support-title", "support-lead") };
    Head {
        title: text.find(title).unwrap_or_default(),
        lead: text.find(lead).unwrap_or_default(),
        is_busy,
        ..Head::default()
    }
}

/// The page.
pub fn content(ui: &mut Ui, model: &Model, text: &Text) -> Option<Action> {
    ui.spacing_mut().item_spacing.y = space::S;
    let bundle = model.support.bundle.ready()?;
    let file = bundle.files.get(model.support.file)?;
    let action = widgets::card(ui, |ui| files(ui, bundle, model.support.file, text));
    let height = (ui.available_height() - space::M - space::S).max(240.0);
    lines(ui, file, height);
    action
}

/// What is in it, and what is not.
fn files(ui: &mut Ui, bundle: &Bundle, shown: usize, text: &Text) -> Option<Action> {
    let names: Vec<(usize, String)> = bundle.files.iter().map(|file| file.name.to_owned()).enumerate().collect();
    let caption = text.get("support-files");
    let picked = widgets::choice(ui, &caption, &names, shown);
    if let Some(file) = bundle.files.get(shown) {
        let size = u64::try_from(file.text.len()).unwrap_or_default();
        let lines = text.whole(file.text.lines().count());
        let key = format!("support-about-{}", file.name.replace('.', "-"));
        let about = text.find(&key).unwrap_or_else(|| file.about.to_owned());
        let about = [("about", about.into()), ("size", text.size(size).into()), ("lines", lines.into())];
        widgets::muted_wrapped(ui, text.with("support-file", &about));
    }
    let hidden = hidden(bundle, text);
    let response = ui.add(Label::new(RichText::new(&hidden)).wrap());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &hidden));
    picked.map(|file| Action::Support(SupportAction::Show(file)))
}

/// How many of what was hidden, in one sentence.
fn hidden(bundle: &Bundle, text: &Text) -> String {
    let of_kind = |(kind, count): (&Kind, &usize)| {
        text.with(&format!("support-hidden-{}", kind.word()), &[("count", (*count).into())])
    };
    let said: Vec<String> = bundle.hidden.iter().map(of_kind).collect();
    if said.is_empty() {
        return text.get("support-hidden-nothing");
    }
    text.with("support-hidden", &[("what", said.join(", ").into())])
}

/// The lines of a file, cut where the width ends, as a terminal does; those in sight alone are laid out.
fn lines(ui: &mut Ui, file: &File, height: f32) {
    let p = palette(ui);
    let font = theme::mono(theme::LOG);
    let (row, letter) = ui.fonts_mut(|fonts| (fonts.row_height(&font), fonts.glyph_width(&font, '0')));
    let radius = CornerRadius::same(theme::RADIUS_CONTROL);
    Frame::new().fill(p.sunken).corner_radius(radius).inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
        let width = ui.available_width();
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = 0.0;
        // The bar stands beside the text.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a window has some hundred columns"
        )]
        let columns = ((width - space::L) / letter).floor().max(20.0) as usize;
        let all: Vec<&str> = file.text.lines().flat_map(|line| pieces(line, columns)).collect();
        let area = ScrollArea::vertical().id_salt(file.name).max_height(height - 16.0).auto_shrink([false, false]);
        area.show_rows(ui, row, all.len(), |ui, range| {
            for line in all.get(range).unwrap_or_default() {
                let shown = RichText::new(*line).font(font.clone()).color(p.text);
                ui.add(Label::new(shown).truncate().selectable(true));
            }
        });
    });
}

/// A line in pieces of so many characters; an empty one is a piece as well.
fn pieces(line: &str, columns: usize) -> Vec<&str> {
    let starts = line.char_indices().map(|(at, _)| at).step_by(columns.max(1));
    let mut starts: Vec<usize> = starts.collect();
    if starts.is_empty() {
        starts.push(0);
    }
    let ends = starts.iter().skip(1).copied().chain([line.len()]);
    starts.iter().zip(ends).map(|(from, to)| line.get(*from..to).unwrap_or_default()).collect()
}

/// What stands below.
pub fn footer(model: &Model, text: &Text) -> Footer {
    let back = FooterButton::secondary(icons::ARROW_LEFT, text.get("button-back"), Action::Back);
    let again =
        FooterButton::quiet(icons::REFRESH_CW, text.get("support-again"), Action::Support(SupportAction::Again));
    let save = FooterButton::primary(icons::SAVE, text.get("support-save"), Action::Save(Saved::Support));
    let shown = model.support.bundle.ready().and_then(|bundle| bundle.files.get(model.support.file));
    let copy = shown.map(|file| Action::Copy(file.text.clone()));
    let copy = copy.map(|copy| FooterButton::quiet(icons::COPY, text.get("support-copy"), copy));
    let is_free = !model.support.bundle.is_busy();
    let mut buttons = vec![back, again.when(is_free)];
    buttons.extend(copy);
    buttons.push(save.when(shown.is_some()));
    Footer { sentence: text.get("support-footer"), buttons }
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn a_line_is_cut_between_characters_and_nothing_of_it_is_lost() {
        assert_eq!(pieces("", 4), [""]);
        assert_eq!(pieces("abcd", 4), ["abcd"]);
        assert_eq!(pieces("äöüßabc", 3), ["äöü", "ßab", "c"]);
    }
}
