//! What was read from a report on another machine, and where in it.

use super::line;
use crate::facts::{Gpu, MachineFacts, OsFacts, Probed, Python, Source, TorchSeen};
use crate::text;

/// The head of `advise --report`: what the verdicts below rest on, and what the report does not say.
pub(super) fn read(out: &mut String, facts: &MachineFacts) {
    line(out, "report", "judged from its text alone; this PC was not looked at");
    for gpu in facts.gpus.found().into_iter().flatten() {
        line(out, &format!("card {}", gpu.index), format!("{}  ({})", card(gpu), place(&gpu.source)));
    }
    if facts.gpus.is_absent() {
        line(out, "card", "no NVIDIA card");
    }
    for other in &facts.other_cards {
        line(out, "other card", other);
    }
    for mask in &facts.masks {
        line(out, "mask", format!("{}={} hides or orders cards for CUDA programs", mask.name, mask.value));
    }
    match &facts.driver {
        Probed::Found { source, .. } => line(out, "driver", with_place(&driver_text(facts), source)),
        Probed::Absent { source } => line(out, "driver", with_place("none that runs", source)),
        Probed::Unknown { .. } => {
            if let Probed::Found { value, source } = &facts.driver_cuda {
                line(out, "driver", with_place(&format!("runs CUDA up to {value}"), source));
            }
        }
    }
    for probe in facts.probes.iter().filter(|probe| probe.name == "driver") {
        if let Some((_, trouble)) = probe.detail.split_once(": ") {
            line(out, "", trouble);
        }
    }
    told(out, "system", &facts.os, system);
    for python in facts.pythons.found().into_iter().flatten() {
        line(out, "Python", with_place(&interpreter(python), &python.source));
    }
    if let Some(seen) = &facts.torch_seen {
        line(out, "torch", torch(seen));
    }
    let missing = missing(facts);
    if !missing.is_empty() {
        line(out, "not said", missing.join(", "));
    }
}

fn told<T>(out: &mut String, label: &str, fact: &Probed<T>, shown: impl FnOnce(&T) -> String) {
    if let Probed::Found { value, source } = fact {
        line(out, label, with_place(&shown(value), source));
    }
}

fn with_place(text: &str, source: &Source) -> String {
    format!("{text}  ({})", place(source))
}

/// `line 7: nvidia-smi`; of our own reports the word that stands there.
fn place(source: &Source) -> &str {
    source.detail.strip_prefix("the report, ").unwrap_or_else(|| source.via.word())
}

fn card(gpu: &Gpu) -> String {
    let capability =
        gpu.capability.map_or_else(|| "compute capability unknown".to_owned(), |c| format!("compute capability {c}"));
    let memory = gpu.memory_bytes.map(|bytes| format!(", {}", text::memory(bytes))).unwrap_or_default();
    format!("{}, {capability}{memory}", gpu.name)
}

fn driver_text(facts: &MachineFacts) -> String {
    let version = facts.driver.found().map(ToString::to_string).unwrap_or_default();
    let newest = facts.driver_cuda.found().map(|cuda| format!(", runs CUDA up to {cuda}")).unwrap_or_default();
    format!("{version}{newest}")
}

fn system(os: &OsFacts) -> String {
    let mut parts = vec![os.version.clone()];
    parts.extend(os.build.map(|build| format!("build {build}")));
    parts.extend(Some(os.arch.clone()).filter(|arch| !arch.is_empty()));
    parts.extend(os.glibc.map(|(major, minor)| format!("glibc {major}.{minor}")));
    parts.extend(os.is_container.then(|| "in a container".to_owned()));
    parts.join(", ")
}

fn interpreter(python: &Python) -> String {
    let version = python.version.map_or_else(|| "?".to_owned(), |version| version.to_string());
    let why = python.why_not.as_ref().map(|why| format!(" – {why}")).unwrap_or_default();
    format!("{version}{why}")
}

fn torch(seen: &TorchSeen) -> String {
    let mut parts = vec![seen.torch.as_ref().map_or_else(|| "of unknown version".to_owned(), ToString::to_string)];
    parts.extend(seen.cuda.map(|cuda| format!("built with CUDA {cuda}")));
    parts.extend(seen.is_cpu_build.then(|| "built without CUDA".to_owned()));
    parts.extend(seen.refuses_driver.then(|| "says that the driver is too old for it".to_owned()));
    parts.push(match (seen.refuses_card, seen.is_available) {
        (true, _) => "says that it has no code for a card".to_owned(),
        (false, Some(true)) => "reaches a card".to_owned(),
        (false, Some(false)) => "reaches no card".to_owned(),
        (false, None) => "does not say whether it reaches a card".to_owned(),
    });
    parts.join(", ")
}

/// What a verdict would like to know.
fn missing(facts: &MachineFacts) -> Vec<&'static str> {
    let unknown = [
        (matches!(facts.gpus, Probed::Unknown { .. }), "the card"),
        (matches!(facts.driver, Probed::Unknown { .. }), "the driver's version"),
        (matches!(facts.os, Probed::Unknown { .. }), "the system"),
    ];
    unknown.into_iter().filter(|(is_unknown, _)| *is_unknown).map(|(_, what)| what).collect()
}
