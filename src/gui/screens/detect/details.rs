//! An open row: every question that was asked with its time, every answer as it came, and "This is wrong".

mod places;
mod windows;

use super::lines::{self, from};
use crate::app::{Action, Model, Row, Subject};
use crate::assess;
use crate::facts::{
    DiskRole, Environment, Gpu, MachineFacts, Probe, ProbeOutcome, Probed, Python, Reach, Source, Tool,
};
use crate::gui::icons;
use crate::gui::screens::choose::words;
use crate::gui::theme::space;
use crate::gui::widgets::{self, Button, ButtonKind, Tone};
use crate::text::Text;
use eframe::egui::{self, Ui};
use std::time::Duration;

/// The sentence of an outcome.
pub const fn outcome_key(outcome: ProbeOutcome) -> &'static str {
    match outcome {
        ProbeOutcome::Found => "detect-outcome-found",
        ProbeOutcome::Absent => "detect-outcome-absent",
        ProbeOutcome::Unknown => "detect-outcome-unknown",
        ProbeOutcome::TimedOut => "detect-outcome-timed-out",
    }
}

/// What the user can say of a row.
const fn subject(row: Row) -> Option<Subject> {
    match row {
        Row::Gpu => Some(Subject::Card),
        Row::Driver => Some(Subject::Driver),
        Row::System => Some(Subject::System),
        Row::Python => Some(Subject::Python),
        Row::Hardware | Row::Disk | Row::Network | Row::Toolkit | Row::Torch | Row::Tools | Row::Settings => None,
    }
}

/// Draws what stands below an open row.
pub fn show(ui: &mut Ui, model: &Model, text: &Text, row: Row) -> Option<Action> {
    // In a narrow window the words need the room more than the order does.
    #[expect(clippy::cast_possible_truncation, reason = "a small whole number of points")]
    let left = if ui.available_width() < 480.0 { 0 } else { lines::INDENT as i8 };
    egui::Frame::new()
        .inner_margin(egui::Margin { left, right: 0, top: 4, bottom: 12 })
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = space::XS;
            caption(ui, &text.get("detect-asked"));
            probes(ui, model, text, row);
            if let Some(facts) = model.facts() {
                caption(ui, &text.get("detect-raw"));
                raw(ui, model, text, facts, row);
            }
            subject(row).and_then(|subject| correct(ui, model, text, row, subject))
        })
        .inner
}

fn caption(ui: &mut Ui, words: &str) {
    ui.add_space(space::XS);
    ui.add(egui::Label::new(widgets::strong(words, crate::gui::theme::SMALL)).wrap());
}

/// The probes of a row, and for the driver the one that says what stands in its way.
fn of_row(model: &Model, row: Row) -> impl Iterator<Item = &Probe> {
    let driver = model.detection.ended.iter().filter(move |probe| row == Row::Driver && probe.name == "driver");
    model.detection.probes_of(row).chain(driver)
}

fn probes(ui: &mut Ui, model: &Model, text: &Text, row: Row) {
    if of_row(model, row).next().is_none() {
        widgets::muted_wrapped(ui, text.get("detect-nothing-yet"));
    }
    for probe in of_row(model, row) {
        let is_skipped = probe.outcome == ProbeOutcome::TimedOut && lines::is_skipped(model, row);
        let key = if is_skipped { "detect-outcome-skipped" } else { outcome_key(probe.outcome) };
        let time = match probe.milliseconds {
            short @ ..1000 => text.with("detect-milliseconds", &[("count", short.into())]),
            long => text.duration(Duration::from_millis(long)),
        };
        let mut said = text.with("detect-probe", &[("outcome", text.get(key).into()), ("time", time.into())]);
        if !probe.detail.is_empty() {
            said = format!("{said}: {}", probe.detail);
        }
        widgets::key_value(ui, &probe.name, &said);
    }
}

fn correct(ui: &mut Ui, model: &Model, text: &Text, row: Row, subject: Subject) -> Option<Action> {
    let mut action = None;
    let label = lines::label(text, row);
    let what = [("what", label.as_str().into())];
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| {
        let button = |icon: &'static str, words: &str, name: &str, ui: &mut Ui| {
            let kind = ButtonKind::Secondary;
            Button { kind, icon, text: words, name, enabled: true, only_icon: false }.show(ui).clicked()
        };
        let has = model.corrections.has(subject);
        if button(icons::WRENCH, &text.get("detect-wrong"), &text.with("detect-wrong-name", &what), ui) {
            action = Some(Action::Correct(subject));
        }
        if has {
            if button(icons::X, &text.get("detect-undo"), &text.with("detect-undo-name", &what), ui) {
                action = Some(Action::Uncorrect(subject));
            }
            widgets::pill(ui, Tone::Accent, &text.get("detect-set-by-you"));
        }
    });
    action
}

/// A label and a value; nothing where there is none.
fn pair(ui: &mut Ui, text: &Text, key: &str, value: Option<String>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        widgets::key_value(ui, &text.get(key), &value);
    }
}

/// Where from, with the command, file or call.
fn origin(text: &Text, source: &Source) -> String {
    let origin = from(text, source);
    if source.detail.is_empty() { origin } else { format!("{origin}: {}", source.detail) }
}

/// An answer that is not there.
fn nothing<T>(ui: &mut Ui, text: &Text, fact: &Probed<T>) {
    let said = match fact {
        Probed::Found { .. } => return,
        Probed::Absent { source } => format!("{}, {}", text.get("detect-absent"), origin(text, source)),
        Probed::Unknown { why, .. } => format!("{}: {why}", text.get("detect-unknown")),
    };
    widgets::muted_wrapped(ui, said);
}

fn raw(ui: &mut Ui, model: &Model, text: &Text, facts: &MachineFacts, row: Row) {
    match row {
        Row::Gpu => {
            nothing(ui, text, &facts.gpus);
            for gpu in facts.gpus.found().into_iter().flatten() {
                card(ui, model, text, gpu);
            }
        }
        Row::Driver => {
            nothing(ui, text, &facts.driver);
            pair(ui, text, "detect-raw-driver", facts.driver.found().map(ToString::to_string));
            pair(ui, text, "detect-raw-cuda", facts.driver_cuda.found().map(ToString::to_string));
            pair(ui, text, "detect-raw-driver-date", facts.driver_date.map(|date| date.to_string()));
            pair(ui, text, "detect-raw-source", Some(origin(text, facts.driver.source())));
        }
        Row::System => {
            system(ui, text, facts);
            windows::system(ui, text, facts);
        }
        Row::Hardware => {
            nothing(ui, text, &facts.hardware);
            if let Some(hardware) = facts.hardware.found() {
                pair(ui, text, "detect-raw-cpu", Some(hardware.cpu.clone()));
                pair(ui, text, "detect-raw-cores", Some(hardware.logical_cores.to_string()));
                pair(ui, text, "detect-raw-memory", Some(text.memory(hardware.memory_bytes)));
            }
            windows::power(ui, text, facts);
        }
        Row::Python => {
            nothing(ui, text, &facts.pythons);
            for python in facts.pythons.found().into_iter().flatten() {
                interpreter(ui, model, text, python);
            }
        }
        Row::Disk => disks(ui, text, facts),
        Row::Network => {
            network(ui, text, facts);
            windows::network(ui, text, facts);
        }
        Row::Toolkit => {
            match facts.tools.get("nvcc") {
                Some(nvcc) => tool(ui, text, "nvcc", nvcc),
                None => {
                    widgets::muted_wrapped(ui, text.get("detect-unknown"));
                }
            }
            places::toolkits(ui, text, facts);
        }
        Row::Torch => {
            nothing(ui, text, &facts.environments);
            for environment in facts.environments.found().into_iter().flatten() {
                torch(ui, model, text, facts, environment);
            }
        }
        Row::Tools => {
            for (name, found) in &facts.tools {
                tool(ui, text, name, found);
            }
            places::places(ui, text, facts);
        }
        Row::Settings => settings(ui, text, facts),
    }
}

fn card(ui: &mut Ui, model: &Model, text: &Text, gpu: &Gpu) {
    let capability = gpu.capability.map(|capability| {
        let places = [("capability", capability.to_string().into()), ("sm", capability.sm().into())];
        match model.catalog.architecture(capability) {
            Some(architecture) => {
                let [number, sm] = places;
                let generation = ("generation", architecture.name.as_str().into());
                text.with("detect-raw-capability-named", &[number, sm, generation])
            }
            None => text.with("detect-raw-capability-value", &places),
        }
    });
    pair(ui, text, "detect-raw-number", Some(gpu.index.to_string()));
    pair(ui, text, "detect-raw-name", Some(gpu.name.clone()));
    pair(ui, text, "detect-raw-capability", capability.or_else(|| Some(text.get("detect-unknown"))));
    pair(ui, text, "detect-raw-memory", gpu.memory_bytes.map(|bytes| text.memory(bytes)));
    pair(ui, text, "detect-raw-uuid", gpu.uuid.clone());
    pair(ui, text, "detect-raw-pci", gpu.pci_id.map(|id| id.to_string()));
    pair(ui, text, "detect-raw-bus", gpu.pci_bus.clone());
    pair(ui, text, "detect-raw-source", Some(origin(text, &gpu.source)));
    ui.add_space(space::XS);
}

fn system(ui: &mut Ui, text: &Text, facts: &MachineFacts) {
    nothing(ui, text, &facts.os);
    let Some(os) = facts.os.found() else { return };
    let places = [(os.is_wsl, "detect-system-wsl"), (os.is_container, "detect-system-container")];
    let place: Vec<String> = places.iter().filter(|(is, _)| *is).map(|(_, key)| text.get(key)).collect();
    pair(ui, text, "detect-raw-version", Some(os.version.clone()));
    pair(ui, text, "detect-raw-build", os.build.map(|build| build.to_string()));
    pair(ui, text, "detect-raw-arch", Some(os.arch.clone()));
    pair(ui, text, "detect-raw-glibc", os.glibc.map(|(major, minor)| format!("{major}.{minor}")));
    pair(ui, text, "detect-fact-system", Some(place.join(", ")));
    pair(ui, text, "detect-raw-source", Some(origin(text, facts.os.source())));
}

fn interpreter(ui: &mut Ui, model: &Model, text: &Text, python: &Python) {
    let version = python.version.map_or_else(|| python.implementation.clone(), |version| version.to_string());
    let why = words::python_why(text, model, python).unwrap_or_else(|| text.get("detect-raw-fits"));
    let path = format!("{} ({})", python.path.display(), origin(text, &python.source));
    widgets::key_value(ui, &version, &text.with("detect-raw-python", &[("path", path.into()), ("why", why.into())]));
}

fn disks(ui: &mut Ui, text: &Text, facts: &MachineFacts) {
    for disk in &facts.disks {
        let key = match disk.role {
            DiskRole::Target => "detect-raw-target",
            DiskRole::Cache => "detect-raw-cache",
            DiskRole::Temp => "detect-raw-temp",
        };
        let free = disk.free_bytes.map_or_else(|| text.get("detect-unknown"), |bytes| text.size(bytes));
        let path = disk.path.display().to_string();
        pair(ui, text, key, Some(text.with("detect-raw-free", &[("free", free.into()), ("path", path.into())])));
    }
    for volume in &facts.volumes {
        let said = |bytes| text.with("detect-raw-volume", &[("free", text.size(bytes).into())]);
        let free = volume.free_bytes.map_or_else(|| text.get("detect-unknown"), said);
        widgets::key_value(ui, &volume.root.display().to_string(), &free);
    }
}

fn reach(text: &Text, reach: Reach) -> String {
    text.get(match reach {
        Reach::Reached => "detect-reach-reached",
        Reach::Blocked => "detect-reach-blocked",
        Reach::Unknown => "detect-reach-unknown",
    })
}

fn network(ui: &mut Ui, text: &Text, facts: &MachineFacts) {
    nothing(ui, text, &facts.network);
    let Some(network) = facts.network.found() else { return };
    pair(ui, text, "detect-raw-torch-index", Some(reach(text, network.torch_index)));
    pair(ui, text, "detect-raw-pypi", Some(reach(text, network.pypi)));
    pair(ui, text, "detect-raw-proxy", network.proxy.clone());
    for (index, failure) in &network.failures {
        widgets::key_value(ui, index, failure);
    }
}

fn tool(ui: &mut Ui, text: &Text, name: &str, tool: &Probed<Tool>) {
    let said = match tool {
        Probed::Found { value, source } => {
            let version = value.version.clone().unwrap_or_else(|| text.get("detect-unknown"));
            format!("{version}, {} ({})", value.path.display(), origin(text, source))
        }
        Probed::Absent { .. } => text.get("detect-absent"),
        Probed::Unknown { why, .. } => format!("{}: {why}", text.get("detect-unknown")),
    };
    widgets::key_value(ui, name, &said);
}

fn torch(ui: &mut Ui, model: &Model, text: &Text, facts: &MachineFacts, environment: &Environment) {
    let installed = assess::installed_torch(facts, environment, model.catalog);
    let (meaning, _) = lines::torch_meaning(model, text, facts, environment);
    let why = installed.reasons.first().map_or(meaning, |reason| reason.said(text));
    let version = environment.torch.as_ref().map_or_else(|| text.get("detect-torch-none"), ToString::to_string);
    let path = format!("{} ({})", environment.path.display(), environment.kind);
    widgets::key_value(ui, &version, &text.with("detect-raw-python", &[("path", path.into()), ("why", why.into())]));
}

fn settings(ui: &mut Ui, text: &Text, facts: &MachineFacts) {
    let settings = &facts.index_settings;
    for mask in &facts.masks {
        pair(ui, text, "detect-raw-mask", Some(format!("{}={}", mask.name, mask.value)));
    }
    let honoured = settings.default_index.iter().chain(&settings.extra_indexes).chain(&settings.find_links);
    for setting in honoured.chain(&settings.honoured) {
        widgets::key_value(ui, &setting.name, &format!("{} ({})", setting.value, origin(text, &setting.source)));
    }
    for setting in &settings.cleared {
        pair(ui, text, "detect-raw-cleared", Some(format!("{}={}", setting.name, setting.value)));
    }
    if *settings == crate::facts::IndexSettings::default() && facts.masks.is_empty() {
        widgets::muted_wrapped(ui, text.get("detect-settings-none"));
    }
}
