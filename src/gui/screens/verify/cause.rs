//! Software or card? What the failure points to, and why.

use super::super::super::widgets::{self, Banner, Tone};
use crate::app::Model;
use crate::text::Text;
use crate::verify::words::check_name;
use crate::verify::{Evidence, Suspect, VerificationReport, suspect};
use eframe::egui::Ui;

/// Says where the cause is to be looked for; nothing if nothing failed.
pub fn show(ui: &mut Ui, model: &Model, report: &VerificationReport, text: &Text) {
    let Some(found) = suspect(report) else { return };
    let device = found.check.device.map(|index| super::device_name(model, index, text)).unwrap_or_default();
    let (right, all) = found.right_of;
    let args = [
        ("check", check_name(&found.check.check, text).into()),
        ("device", device.into()),
        ("right", right.into()),
        ("all", all.into()),
        ("arch", report.arch_list.join(" ").into()),
    ];
    let why = text.with(why(found.evidence), &args);
    let (tone, title) = match found.suspect {
        Suspect::Software => (Tone::Warn, "verify-suspect-software"),
        Suspect::Card => (Tone::Warn, "verify-suspect-card"),
        Suspect::NotKnown => (Tone::Neutral, "verify-suspect-not-known"),
    };
    widgets::banner(ui, &Banner { tone, title: &text.get(title), text: &why }, |ui| {
        if let Some(detail) = &found.check.detail {
            widgets::command_box(ui, detail);
        }
    });
    widgets::page_gap(ui);
}

const fn why(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::NotImported => "verify-why-not-imported",
        Evidence::OnProcessor => "verify-why-on-processor",
        Evidence::NoKernels => "verify-why-no-kernels",
        Evidence::NotReached => "verify-why-not-reached",
        Evidence::Lost => "verify-why-lost",
        Evidence::RightElsewhere => "verify-why-right-elsewhere",
        Evidence::WrongElsewhere => "verify-why-wrong-elsewhere",
        Evidence::WrongOnProcessor => "verify-why-wrong-on-processor",
        Evidence::NotTheSame => "verify-why-not-the-same",
        Evidence::SomeWrong => "verify-why-some-wrong",
        Evidence::AllWrong => "verify-why-all-wrong",
        Evidence::Crashed => "verify-why-crashed",
        Evidence::TimedOut => "verify-why-timed-out",
        Evidence::Unclear => "verify-why-unclear",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_evidence_has_its_words() {
        let text = Text::new(crate::text::Language::English);
        for evidence in [
            Evidence::NotImported,
            Evidence::OnProcessor,
            Evidence::NoKernels,
            Evidence::NotReached,
            Evidence::Lost,
            Evidence::RightElsewhere,
            Evidence::WrongElsewhere,
            Evidence::WrongOnProcessor,
            Evidence::NotTheSame,
            Evidence::SomeWrong,
            Evidence::AllWrong,
            Evidence::Crashed,
            Evidence::TimedOut,
            Evidence::Unclear,
        ] {
            assert!(text.find(why(evidence)).is_some(), "{evidence:?}");
        }
    }
}
