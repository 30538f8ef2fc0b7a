//! Below the rows of the toolkit and the tools: toolkits, Visual Studio, what WSL2 needs, containers.

use super::pair;
use crate::facts::{ContainerEngine, EngineTrouble, MachineFacts};
use crate::gui::widgets;
use crate::text::Text;
use eframe::egui::Ui;

/// Every CUDA toolkit.
pub(super) fn toolkits(ui: &mut Ui, text: &Text, facts: &MachineFacts) {
    for toolkit in &facts.toolkits {
        let name = text.with("detect-raw-toolkit", &[("version", toolkit.cuda.to_string().into())]);
        widgets::key_value(ui, &name, &toolkit.root.display().to_string());
    }
}

/// What a source build, WSL2 and containers rest on, beyond the programs.
pub(super) fn places(ui: &mut Ui, text: &Text, facts: &MachineFacts) {
    for studio in &facts.visual_studios {
        let said = match studio.toolsets.as_slice() {
            [] => text.with("detect-raw-studio-lacks", &[("component", studio.missing.join(", ").into())]),
            toolsets => text.with("detect-raw-studio", &[("toolsets", toolsets.join(", ").into())]),
        };
        widgets::key_value(ui, &studio.name, &said);
    }
    let virtualisation = facts.virtualisation;
    for (key, known) in [
        ("detect-raw-firmware", virtualisation.firmware),
        ("detect-raw-platform", virtualisation.platform),
        ("detect-raw-hypervisor", virtualisation.hypervisor),
    ] {
        pair(ui, text, key, known.map(|is| text.get(if is { "detect-raw-on" } else { "detect-raw-off" })));
    }
    if let Some(engine) = facts.containers.found() {
        pair(ui, text, "detect-raw-containers", Some(containers(text, engine)));
    }
}

fn containers(text: &Text, engine: &ContainerEngine) -> String {
    let gpu = text.get(match engine.has_gpu {
        Some(true) => "detect-raw-engine-gpu",
        Some(false) => "detect-raw-engine-no-gpu",
        None => "detect-raw-engine-gpu-unknown",
    });
    let mut said = format!("{}, {gpu}", engine.program.word());
    if let Some(trouble) = &engine.trouble {
        said = format!("{said}; {}", words(text, trouble));
    }
    said
}

fn words(text: &Text, trouble: &EngineTrouble) -> String {
    match trouble {
        EngineTrouble::NotRunning => text.get("detect-raw-engine-off"),
        EngineTrouble::PermissionDenied => text.get("detect-raw-engine-refused"),
        EngineTrouble::NoAnswer => text.get("detect-raw-engine-silent"),
        EngineTrouble::Remote { host } => text.with("detect-raw-engine-remote", &[("host", host.as_str().into())]),
        EngineTrouble::WindowsContainers => text.get("detect-raw-engine-windows"),
        EngineTrouble::NeedsNoCgroups => text.get("detect-raw-engine-cgroups"),
        EngineTrouble::Other { words } => words.clone(),
    }
}
