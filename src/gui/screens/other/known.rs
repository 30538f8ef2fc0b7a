//! What a report says of its PC, each with the line it was read from.

use crate::app::{Reported, Row};
use crate::facts::{MachineFacts, OsFacts, Probed};
use crate::gui::screens::choose::rests::from;
use crate::gui::screens::detect::lines;
use crate::gui::widgets;
use crate::text::Text;
use eframe::egui::Ui;

/// Draws it.
pub fn show(ui: &mut Ui, text: &Text, reported: &Reported) {
    widgets::card(ui, |ui| {
        widgets::heading(ui, text.get("other-known"));
        for (label, value) in rows(text, reported) {
            widgets::key_value(ui, &label, &value);
        }
    });
}

/// Label and value. What decides is always among them, and the rest as far as it was told.
fn rows(text: &Text, reported: &Reported) -> Vec<(String, String)> {
    let facts = &reported.facts;
    let mut rows = cards(text, facts);
    let driver = said(text, &facts.driver, |driver| match facts.driver_cuda.found() {
        Some(cuda) => {
            let places = [("version", driver.to_string().into()), ("cuda", cuda.to_string().into())];
            text.with("other-cuda", &places)
        }
        None => driver.to_string(),
    });
    rows.push((lines::label(text, Row::Driver), driver));
    rows.push((lines::label(text, Row::System), said(text, &facts.os, |os| system(text, os))));
    if facts.pythons.found().is_some() {
        let python = said(text, &facts.pythons, |pythons| {
            let versions = pythons.iter().filter_map(|python| python.version.as_ref().map(ToString::to_string));
            versions.collect::<Vec<_>>().join(", ")
        });
        rows.push((lines::label(text, Row::Python), python));
    }
    if facts.hardware.found().is_some() {
        rows.push((lines::label(text, Row::Hardware), said(text, &facts.hardware, |hardware| hardware.cpu.clone())));
    }
    rows.extend(torch(text, reported));
    rows
}

fn cards(text: &Text, facts: &MachineFacts) -> Vec<(String, String)> {
    let label = lines::label(text, Row::Gpu);
    let gpus = facts.gpus.found().map(Vec::as_slice).unwrap_or_default();
    if gpus.is_empty() {
        return vec![(label, said(text, &facts.gpus, |_| text.get("detect-gpu-none")))];
    }
    let of = |gpu: &crate::facts::Gpu| {
        let name = match gpu.memory_bytes {
            Some(bytes) => {
                text.with("detect-gpu", &[("name", gpu.name.as_str().into()), ("memory", text.memory(bytes).into())])
            }
            None => gpu.name.clone(),
        };
        let value = match gpu.capability {
            Some(capability) => {
                text.with("other-card", &[("name", name.into()), ("capability", capability.to_string().into())])
            }
            None => name,
        };
        let label = if gpus.len() == 1 {
            label.clone()
        } else {
            text.with("detect-fact-gpu-number", &[("number", gpu.index.into())])
        };
        (label, format!("{value} ({})", from(text, &gpu.source)))
    };
    gpus.iter().map(of).collect()
}

fn said<T>(text: &Text, fact: &Probed<T>, words: impl Fn(&T) -> String) -> String {
    match fact {
        Probed::Found { value, source } => format!("{} ({})", words(value), from(text, source)),
        Probed::Absent { source } => format!("{} ({})", text.get("detect-absent"), from(text, source)),
        Probed::Unknown { .. } => text.get("detect-unknown"),
    }
}

fn system(text: &Text, os: &OsFacts) -> String {
    let mut parts = vec![os.version.clone(), os.arch.clone()];
    parts.extend(os.glibc.map(|(major, minor)| format!("glibc {major}.{minor}")));
    for (is, key) in [(os.is_wsl, "detect-system-wsl"), (os.is_container, "detect-system-container")] {
        parts.extend(is.then(|| text.get(key)));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}

/// The torch that the report speaks of, with the first reason where it does not fit.
fn torch(text: &Text, reported: &Reported) -> Option<(String, String)> {
    let torch = reported.torch.as_ref()?;
    let version = torch.version.as_ref().map(ToString::to_string).unwrap_or_default();
    let key = format!("other-torch-{}", torch.status.word());
    let mut said = text.with(&key, &[("torch", version.into())]);
    if let Some(reason) = torch.reasons.first() {
        said = format!("{said}. {}", reason.said(text));
    }
    Some((text.get("other-torch"), said))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::TorchStatus;
    use crate::text::Language;

    #[test]
    fn every_state_of_a_torch_has_its_words() {
        use TorchStatus::{CpuOnly, Fails, None, Unknown, Works};
        let text = Text::new(Language::English);
        for status in [Works, Fails, CpuOnly, None, Unknown] {
            assert!(text.find(&format!("other-torch-{}", status.word())).is_some(), "{}", status.word());
        }
    }
}
