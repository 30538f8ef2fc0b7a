//! Below the rows of the system, the network and the processor: what Windows tells of itself.

use super::pair;
use crate::facts::{
    MachineFacts, MachineProxy, OsFamily, PowerSupply, Probed, RestartSign, SmartAppControl, VcRuntime,
};
use crate::text::Text;
use eframe::egui::Ui;

/// What belongs to the system itself.
pub(super) fn system(ui: &mut Ui, text: &Text, facts: &MachineFacts) {
    if facts.os.found().is_none_or(|os| os.family != OsFamily::Windows) {
        return;
    }
    let windows = &facts.windows;
    if let Some(release) = windows.release.found() {
        pair(ui, text, "detect-raw-release", release.display_version.clone());
        pair(ui, text, "detect-raw-revision", release.revision.map(|revision| revision.to_string()));
        pair(ui, text, "detect-raw-s-mode", release.is_s_mode.filter(|is| *is).map(|_| text.get("detect-raw-on")));
    }
    pair(ui, text, "detect-raw-vc-runtime", Some(said(text, &windows.vc_runtime, runtime)));
    pair(ui, text, "detect-raw-restart", Some(said(text, &windows.pending_restart, |signs| restart(text, signs))));
    pair(ui, text, "detect-raw-long-paths", Some(said(text, &windows.long_paths, |is_on| on(text, *is_on))));
    let control = said(text, &windows.smart_app_control, |control| text.get(control_key(*control)));
    pair(ui, text, "detect-raw-app-control", Some(control));
    let policy = windows.execution_policy.found().map(|policy| policy.policy.clone());
    pair(ui, text, "detect-raw-execution-policy", policy);
    pair(ui, text, "detect-raw-antivirus", Some(said(text, &windows.antivirus, |names| names.join(", "))));
}

/// What belongs to the power supply.
pub(super) fn power(ui: &mut Ui, text: &Text, facts: &MachineFacts) {
    let supply = facts.power_supply.found().map(|supply| {
        text.get(match supply {
            PowerSupply::Mains => "detect-raw-power-mains",
            PowerSupply::Battery => "detect-raw-power-battery",
            PowerSupply::Unknown => "detect-unknown",
        })
    });
    pair(ui, text, "detect-raw-power", supply);
    pair(ui, text, "detect-raw-power-plan", facts.windows.power_plan.found().cloned());
}

/// What belongs to the network.
pub(super) fn network(ui: &mut Ui, text: &Text, facts: &MachineFacts) {
    pair(ui, text, "detect-raw-machine-proxy", facts.windows.machine_proxy.found().map(proxy));
    let script = facts.windows.proxy_script.found();
    let seen = script.map(|address| text.with("detect-raw-script-seen", &[("address", address.as_str().into())]));
    pair(ui, text, "detect-raw-proxy-script", seen);
}

/// A fact in words, one that is not there or not known as well.
fn said<T>(text: &Text, fact: &Probed<T>, found: impl FnOnce(&T) -> String) -> String {
    match fact {
        Probed::Found { value, .. } => found(value),
        Probed::Absent { .. } => text.get("detect-absent"),
        Probed::Unknown { why, .. } => format!("{}: {why}", text.get("detect-unknown")),
    }
}

fn on(text: &Text, is_on: bool) -> String {
    text.get(if is_on { "detect-raw-on" } else { "detect-raw-off" })
}

fn runtime(runtime: &VcRuntime) -> String {
    let files = runtime.libraries.join(", ");
    runtime.version.as_ref().map_or_else(|| files.clone(), |version| format!("{version} ({files})"))
}

fn restart(text: &Text, signs: &[RestartSign]) -> String {
    let word = |sign: &RestartSign| {
        text.get(match sign {
            RestartSign::Components => "detect-raw-restart-components",
            RestartSign::Updates => "detect-raw-restart-updates",
            RestartSign::Files => "detect-raw-restart-files",
        })
    };
    signs.iter().map(word).collect::<Vec<_>>().join(", ")
}

const fn control_key(control: SmartAppControl) -> &'static str {
    match control {
        SmartAppControl::Off => "detect-raw-off",
        SmartAppControl::On => "detect-raw-on",
        SmartAppControl::Evaluation => "detect-raw-app-control-watches",
    }
}

fn proxy(proxy: &MachineProxy) -> String {
    let mut shown: Vec<String> = proxy.https.iter().chain(&proxy.http).cloned().collect();
    shown.dedup();
    shown.join(", ")
}
