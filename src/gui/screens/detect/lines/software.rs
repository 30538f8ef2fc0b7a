//! The lines of what is installed and reachable: interpreters, room, indexes, toolkit, environments, tools, settings.

use super::{Said, fact, from, has_cards, is_skipped, not_known};
use crate::app::{Model, Row, Subject};
use crate::assess::{self, Need, TorchStatus};
use crate::facts::{DiskRole, Environment, MachineFacts, Probed, Python, Reach, Tool, Via};
use crate::gui::screens::choose::words;
use crate::gui::widgets::Tone;
use crate::text::Text;

fn version_of(python: &Python) -> String {
    python.version.map_or_else(|| python.implementation.clone(), |version| version.to_string())
}

/// The interpreter that the choice rests on, what else was found, and what uv brings where none fits.
pub(super) fn python(model: &Model, text: &Text, facts: &MachineFacts) -> Said {
    let build = model.chosen().and_then(|chosen| chosen.build.as_ref());
    let is_brought = model.chosen().is_some_and(|chosen| chosen.needs.contains(&Need::Python));
    let brought = build
        .filter(|_| is_brought)
        .and_then(|build| build.python)
        .map(|python| text.with("detect-python-brought", &[("version", python.short().into())]));
    let found = match &facts.pythons {
        Probed::Found { value, .. } => value.as_slice(),
        Probed::Absent { .. } => &[],
        Probed::Unknown { why, .. } => return not_known(model, text, Row::Python, why),
    };
    if let Some(path) = model.corrections.python.as_ref().filter(|_| model.corrections.has(Subject::Python)) {
        let known = found.iter().find(|python| python.path == *path);
        let shown = path.display().to_string();
        let tone = if known.is_some_and(|python| python.why_not.is_some()) { Tone::Warn } else { Tone::Success };
        return match known {
            Some(python) => {
                let why = words::python_why(text, model, python).map(|why| format!("; {why}")).unwrap_or_default();
                let source = text.with("detect-python-set", &[("path", shown.into())]);
                (version_of(python), format!("{source}{why}"), tone)
            }
            None => (shown, text.get("detect-via-user"), Tone::Warn),
        };
    }
    let fits = |python: &&Python| python.why_not.is_none();
    let is_used = |python: &&Python| {
        let wanted =
            build.filter(|_| !is_brought).and_then(|build| build.python).map(crate::facts::PythonVersion::short);
        fits(python) && python.version.is_some_and(|version| Some(version.short()) == wanted)
    };
    let best = found.iter().filter(is_used).max_by_key(|python| python.version).or_else(|| found.iter().find(fits));
    let others: Vec<String> =
        found.iter().filter(|python| best.is_none_or(|best| best.path != python.path)).map(version_of).collect();
    let with = |key: &str| (!others.is_empty()).then(|| text.with(key, &[("others", others.join(", ").into())]));
    let join = |parts: [Option<String>; 3]| parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    if let Some(best) = best {
        let parts = [Some(from(text, &best.source)), brought, with("detect-python-others")];
        return (version_of(best), join(parts), Tone::Success);
    }
    let value = if found.is_empty() { text.get("detect-python-none") } else { text.get("detect-python-unfit") };
    // A Python that uv brings is as good as one that is there.
    let tone = if brought.is_some() { Tone::Neutral } else { Tone::Warn };
    (value, join([brought, with("detect-python-found"), None]), tone)
}

/// The volume of a folder as people call it: `C:` on Windows, the folder elsewhere.
fn volume(path: &std::path::Path) -> String {
    let shown = path.display().to_string();
    let drive = shown.get(..2).filter(|drive| drive.ends_with(':'));
    drive.map_or(shown.clone(), str::to_owned)
}

pub(super) fn disk(model: &Model, text: &Text, facts: &MachineFacts) -> Said {
    let target = facts.disks.iter().find(|disk| disk.role == DiskRole::Target);
    let Some((disk, free)) = target.and_then(|disk| disk.free_bytes.map(|free| (disk, free))) else {
        return not_known(model, text, Row::Disk, "");
    };
    let place = volume(&disk.path);
    let value = text.with("detect-disk", &[("free", text.size(free).into()), ("place", place.into())]);
    match model.chosen().and_then(|chosen| chosen.disk_bytes) {
        Some(bytes) if bytes > free => {
            let missing = text.size(bytes - free);
            let needs =
                text.with("detect-disk-short", &[("bytes", text.size(bytes).into()), ("missing", missing.into())]);
            (value, needs, Tone::Danger)
        }
        Some(bytes) => (value, text.with("detect-disk-needs", &[("bytes", text.size(bytes).into())]), Tone::Success),
        None => (value, String::new(), Tone::Success),
    }
}

pub(super) fn network(model: &Model, text: &Text, facts: &MachineFacts) -> Said {
    if model.offline {
        return (text.get("detect-unknown"), text.get("detect-network-offline"), Tone::Neutral);
    }
    fact(model, text, Row::Network, &facts.network, |network, source| {
        let (key, tone) = match (network.torch_index, network.pypi) {
            (Reach::Reached, Reach::Reached) => ("detect-network-both", Tone::Success),
            (Reach::Reached, Reach::Blocked | Reach::Unknown) => ("detect-network-torch", Tone::Success),
            (Reach::Blocked, Reach::Reached) => ("detect-network-pypi", Tone::Warn),
            (Reach::Blocked, Reach::Blocked) => ("detect-network-none", Tone::Warn),
            (Reach::Unknown, _) | (Reach::Blocked, Reach::Unknown) => ("detect-unknown", Tone::Warn),
        };
        let mut parts = vec![from(text, source)];
        if let Some(proxy) = &network.proxy {
            parts.push(text.with("detect-network-proxy", &[("proxy", proxy.as_str().into())]));
        }
        parts.extend(network.failures.values().cloned());
        (text.get(key), parts.join(", "), tone)
    })
}

pub(super) fn toolkit(model: &Model, text: &Text, facts: &MachineFacts) -> Said {
    let use_of = text.get("detect-toolkit-use");
    let Some(nvcc) = facts.tools.get("nvcc") else { return not_known(model, text, Row::Toolkit, "") };
    match nvcc {
        Probed::Found { value, source } => {
            let all: Vec<String> = facts.toolkits.iter().map(|toolkit| toolkit.cuda.to_string()).collect();
            let told = Some(all.join(", ")).filter(|all| !all.is_empty()).or_else(|| value.version.clone());
            (
                told.unwrap_or_else(|| value.path.display().to_string()),
                format!("{}; {use_of}", from(text, source)),
                Tone::Success,
            )
        }
        Probed::Absent { .. } => (text.get("detect-toolkit-none"), use_of, Tone::Neutral),
        Probed::Unknown { why, .. } => not_known(model, text, Row::Toolkit, why),
    }
}

pub(super) fn torch(model: &Model, text: &Text, facts: &MachineFacts) -> Said {
    fact(model, text, Row::Torch, &facts.environments, |all, _| {
        let with_torch: Vec<&Environment> =
            all.iter().filter(|environment| environment.torch.is_some() || environment.damage.is_some()).collect();
        let Some(first) = with_torch.first() else {
            return (text.get("detect-torch-none"), text.get("detect-torch-looked"), Tone::Neutral);
        };
        let torch = first.torch.as_ref().map_or_else(|| text.get("detect-torch-damaged"), ToString::to_string);
        let path = first.path.display().to_string();
        let value = text.with("detect-torch", &[("torch", torch.into()), ("path", path.into())]);
        let (mut meaning, tone) = torch_meaning(model, text, facts, first);
        if with_torch.len() > 1 {
            let more = text.with("detect-torch-more", &[("count", (with_torch.len() - 1).into())]);
            meaning = format!("{meaning}; {more}");
        }
        (value, meaning, tone)
    })
}

/// What an environment's torch means for this card: a judgement from lists, never a proof.
pub fn torch_meaning(model: &Model, text: &Text, facts: &MachineFacts, environment: &Environment) -> (String, Tone) {
    if let Some(damage) = &environment.damage {
        return (damage.clone(), Tone::Warn);
    }
    let installed = assess::installed_torch(facts, environment, model.catalog);
    let code = installed.reasons.first().map(|reason| reason.code.as_str()).unwrap_or_default();
    match (installed.status, code) {
        (TorchStatus::Works, _) => (text.get("detect-torch-works"), Tone::Success),
        (TorchStatus::Fails, "arch-missing") => (text.get("detect-torch-no-kernels"), Tone::Warn),
        (TorchStatus::Fails, "driver-too-old" | "driver-missing") => (text.get("detect-torch-driver"), Tone::Warn),
        (TorchStatus::CpuOnly, _) if has_cards(facts) => (text.get("detect-torch-cpu"), Tone::Warn),
        (TorchStatus::CpuOnly, _) => (text.get("detect-torch-cpu"), Tone::Neutral),
        (TorchStatus::Unknown, "no-nvidia-card") => (text.get("detect-torch-no-card"), Tone::Neutral),
        (TorchStatus::None, _) => (text.get("detect-torch-none"), Tone::Neutral),
        (TorchStatus::Fails | TorchStatus::Unknown, _) => (text.get("detect-torch-unknown"), Tone::Warn),
    }
}

pub(super) fn tools(model: &Model, text: &Text, facts: &MachineFacts) -> Said {
    if facts.tools.is_empty() {
        return not_known(model, text, Row::Tools, "");
    }
    let unknown = facts.tools.values().find_map(|tool| match tool {
        Probed::Unknown { why, .. } => Some(why.as_str()),
        Probed::Found { .. } | Probed::Absent { .. } => None,
    });
    let found: Vec<String> = facts
        .tools
        .iter()
        .filter_map(|(name, tool)| {
            let version = tool.found()?.version.as_ref();
            Some(version.map_or_else(|| name.clone(), |version| format!("{name} {version}")))
        })
        .collect();
    // What this system cannot have is missed by nobody.
    let is_missing = |tool: &Probed<Tool>| tool.is_absent() && tool.source().via != Via::System;
    let missing: Vec<&str> =
        facts.tools.iter().filter(|(_, tool)| is_missing(tool)).map(|(name, _)| name.as_str()).collect();
    if let Some(why) = unknown.filter(|_| found.is_empty()) {
        return not_known(model, text, Row::Tools, why);
    }
    let value = if found.is_empty() { text.get("detect-tools-none") } else { found.join(", ") };
    let source = if missing.is_empty() {
        String::new()
    } else {
        text.with("detect-tools-missing", &[("names", missing.join(", ").into())])
    };
    (value, source, Tone::Neutral)
}

pub(super) fn settings(model: &Model, text: &Text, facts: &MachineFacts) -> Said {
    if is_skipped(model, Row::Settings) || model.detection.has_timed_out(Row::Settings) {
        return not_known(model, text, Row::Settings, "");
    }
    if !facts.masks.is_empty() {
        let masks: Vec<String> = facts.masks.iter().map(|mask| format!("{}={}", mask.name, mask.value)).collect();
        return (masks.join(", "), text.get("detect-masks"), Tone::Warn);
    }
    let settings = &facts.index_settings;
    let honoured = settings.default_index.iter().chain(&settings.extra_indexes).chain(&settings.find_links);
    let names: Vec<&str> = honoured.chain(&settings.honoured).map(|setting| setting.name.as_str()).collect();
    let cleared: Vec<&str> = settings.cleared.iter().map(|setting| setting.name.as_str()).collect();
    let value = if names.is_empty() {
        text.get("detect-settings-none")
    } else {
        text.with("detect-settings", &[("names", names.join(", ").into())])
    };
    if cleared.is_empty() {
        return (value, String::new(), Tone::Neutral);
    }
    (value, text.with("detect-settings-cleared", &[("names", cleared.join(", ").into())]), Tone::Neutral)
}
