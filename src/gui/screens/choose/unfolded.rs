//! What stands in a card: in the chosen one every reason, each card of the PC, risk and needs, and what would help; in a
//! blocked one that is not chosen, what would unblock it.

use super::judged::{Judged, Whose};
use super::reasons::{self, Helping, Numbers};
use super::{served, words};
use crate::app::{Action, Subject};
use crate::assess::{Assessment, Need, Reason, Verdict};
use crate::gui::icons;
use crate::gui::theme::{self, palette, space};
use crate::gui::widgets::{self, ButtonKind};
use crate::text::Text;
use eframe::egui::{Label, Ui};

/// All of it, in the chosen card.
pub fn all(
    ui: &mut Ui,
    text: &Text,
    judged: &Judged<'_>,
    assessment: &Assessment,
    numbers: &mut Numbers,
) -> Option<Action> {
    let mut action = served::rows(ui, text, judged, assessment);
    caption(ui, &text.get("choose-why"));
    // Which card loses what has rows of its own above.
    let is_told = |reason: &&Reason| reason.code != "own-environment";
    let reasons: Vec<&Reason> = assessment.verdict.reasons().iter().filter(is_told).collect();
    action = action.or(numbers.reasons(ui, text, &reasons, Some(judged)));
    asked(ui, text, assessment);
    match &assessment.verdict {
        Verdict::Blocked { unblock, .. } => {
            ui.add_space(space::XS);
            if !unblock.is_empty() {
                caption(ui, &text.get("choose-unblock"));
            }
            let helping = match judged.whose {
                Whose::Ours => Helping::Here,
                Whose::Other => Helping::There,
            };
            action = action.or(reasons::helps(ui, text, unblock, helping));
            action.or(ways(ui, text, judged, &[Way::Again]))
        }
        Verdict::Unknown { reasons } => action.or(ways(ui, text, judged, &settling(reasons))),
        Verdict::Recommended { .. } | Verdict::Works { .. } => action,
    }
}

/// Words alone, in a card that is blocked and not chosen.
pub fn brief(ui: &mut Ui, text: &Text, assessment: &Assessment) {
    if let Verdict::Blocked { unblock, .. } = &assessment.verdict {
        for way in unblock {
            ui.horizontal_top(|ui| {
                let muted = palette(ui).muted;
                widgets::icon(ui, icons::WRENCH, 13.0, muted);
                ui.add(Label::new(widgets::muted(ui, crate::app::remedy::without_options(&way.said(text)))).wrap());
            });
        }
    }
}

fn caption(ui: &mut Ui, words: &str) {
    ui.add(Label::new(widgets::strong(words, theme::SMALL)).wrap());
}

/// What the route asks of the user: its risk, what it needs, and the variants that would do as well.
fn asked(ui: &mut Ui, text: &Text, assessment: &Assessment) {
    let mut lines: Vec<(&str, String)> = Vec::new();
    lines.extend(words::risk(text, assessment).map(|said| (icons::GAUGE, said)));
    lines.extend(assessment.needs.iter().map(|need| {
        let (icon, key) = match need {
            Need::Python => (icons::TERMINAL, "choose-need-python"),
            Need::Uv => (icons::DOWNLOAD, "choose-need-uv"),
            Need::Administrator => (icons::SHIELD_CHECK, "choose-need-administrator"),
            Need::Restart => (icons::REFRESH_CW, "choose-need-restart"),
            Need::Consent => (icons::DOWNLOAD, "choose-need-consent"),
        };
        (icon, text.get(key))
    }));
    if !assessment.acceptable_variants.is_empty() {
        let names = assessment.acceptable_variants.join(", ");
        lines.push((icons::PACKAGE, text.with("choose-variants", &[("names", names.into())])));
    }
    if !lines.is_empty() {
        ui.add_space(space::XS);
    }
    for (icon, said) in lines {
        ui.horizontal_top(|ui| {
            let muted = palette(ui).muted;
            widgets::icon(ui, icon, 13.0, muted);
            ui.add(Label::new(widgets::muted(ui, said)).wrap());
        });
    }
}

/// What can be done here about a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Again,
    Tell(Subject),
}

/// What would settle a verdict that a missing fact leaves open.
fn settling(reasons: &[Reason]) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for reason in reasons {
        let way = match reason.code.as_str() {
            "driver-unknown" => Way::Tell(Subject::Driver),
            "cards-unknown" | "capability-unknown" => Way::Tell(Subject::Card),
            "windows-build-unknown" => Way::Tell(Subject::System),
            "os-unknown" | "engine-unknown" | "engine-gpu-unknown" | "program-unknown" | "nights-not-asked" => {
                Way::Again
            }
            _ => continue,
        };
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways
}

fn ways(ui: &mut Ui, text: &Text, judged: &Judged<'_>, ways: &[Way]) -> Option<Action> {
    if ways.is_empty() || judged.whose == Whose::Other {
        return None;
    }
    let mut action = None;
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| {
        for way in ways {
            let (icon, key, does) = match way {
                Way::Again => (icons::REFRESH_CW, "button-rescan", Action::Rescan),
                Way::Tell(Subject::Driver) => (icons::WRENCH, "detect-way-driver", Action::Correct(Subject::Driver)),
                Way::Tell(Subject::System) => (icons::WRENCH, "choose-way-system", Action::Correct(Subject::System)),
                Way::Tell(subject @ (Subject::Card | Subject::Python)) => {
                    (icons::WRENCH, "detect-way-card", Action::Correct(*subject))
                }
            };
            if widgets::button(ui, ButtonKind::Secondary, icon, &text.get(key)) {
                action = Some(does);
            }
        }
    });
    action
}
