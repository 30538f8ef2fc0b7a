//! One line a fact: what was found, where, what it means for the choice, and how good that is.

mod software;

use super::state;
use crate::app::{Model, Row, Scanning};
use crate::assess::{self, Reason};
use crate::catalog::Platform;
use crate::facts::{Gpu, MachineFacts, OsFacts, Probed, Reach, Source, Via};
use crate::gui::icons;
use crate::gui::widgets::Tone;
use crate::text::Text;
pub use software::torch_meaning;

/// Where the words of a row begin: what stands below it stands there too.
pub const INDENT: f32 = 32.0;

/// One line of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub icon: &'static str,
    /// In words.
    pub label: String,
    /// What was found.
    pub value: String,
    /// Where, and what it means.
    pub source: String,
    /// How good that is; `None` while it is being asked.
    pub tone: Option<Tone>,
}

/// What a fact says: value, source and meaning, tone.
type Said = (String, String, Tone);

/// The rows shown: the usual ones, all of them where that is set, and others that have something to tell.
pub fn rows(model: &Model) -> Vec<Row> {
    let speaks = |row: Row| match row {
        Row::Settings => model.facts().is_some_and(|facts| !facts.masks.is_empty()),
        Row::Network => {
            let network = model.facts().and_then(|facts| facts.network.found());
            network.is_some_and(|network| network.torch_index == Reach::Blocked)
        }
        Row::Gpu
        | Row::Driver
        | Row::System
        | Row::Hardware
        | Row::Python
        | Row::Disk
        | Row::Toolkit
        | Row::Torch
        | Row::Tools => false,
    };
    let more = Row::MORE.into_iter().filter(|&row| model.settings.show_everything || speaks(row));
    Row::USUAL.into_iter().chain(more).collect()
}

/// The name of a row.
pub fn label(text: &Text, row: Row) -> String {
    text.get(&format!("detect-fact-{}", row.word()))
}

/// The user did not want to wait for this row's probes.
pub fn is_skipped(model: &Model, row: Row) -> bool {
    model.detection.skipped.iter().any(|skipped| skipped.probes() == row.probes())
}

/// "from NVML", "set by you"
pub fn from(text: &Text, source: &Source) -> String {
    text.get(&format!("detect-via-{}", source.via.word()))
}

/// The lines of a row: one for each card, one for everything else.
pub fn lines(model: &Model, text: &Text, row: Row) -> Vec<Line> {
    let mut lines: Vec<Line> = match (row, model.facts().and_then(|facts| facts.gpus.found())) {
        (Row::Gpu, Some(gpus)) if !gpus.is_empty() => {
            gpus.iter().map(|gpu| line(label_of(text, gpu, gpus.len()), row, card(model, text, gpu))).collect()
        }
        _ => vec![line(label(text, row), row, said(model, text, row))],
    };
    if model.detection.is_waiting(row) {
        for line in &mut lines {
            line.tone = None;
            let asked = question(model, text, row);
            // What an earlier look found stands while it is asked for again.
            if model.detection.scan > 1 && model.facts().is_some() {
                line.source = asked;
            } else {
                (line.value, line.source) = (String::new(), waited(model, text, asked));
            }
        }
    }
    // What an installed torch means shows as soon as card and driver are known.
    if row == Row::Torch && [Row::Gpu, Row::Driver].iter().any(|&row| model.detection.is_waiting(row)) {
        for line in lines.iter_mut().filter(|line| line.tone == Some(Tone::Warn)) {
            line.tone = None;
            line.source = question(model, text, Row::Gpu);
        }
    }
    lines
}

fn line(label: String, row: Row, (value, source, tone): Said) -> Line {
    Line { icon: icon(row), label, value, source, tone: Some(tone) }
}

fn label_of(text: &Text, gpu: &Gpu, count: usize) -> String {
    if count == 1 {
        label(text, Row::Gpu)
    } else {
        text.with("detect-fact-gpu-number", &[("number", gpu.index.into())])
    }
}

const fn icon(row: Row) -> &'static str {
    match row {
        Row::Gpu => icons::GPU,
        Row::Driver => icons::MICROCHIP,
        Row::System => icons::APP_WINDOW,
        Row::Hardware => icons::CPU,
        Row::Python => icons::TERMINAL,
        Row::Disk => icons::HARD_DRIVE,
        Row::Network => icons::ACTIVITY,
        Row::Toolkit => icons::HAMMER,
        Row::Torch => icons::PACKAGE,
        Row::Tools => icons::WRENCH,
        Row::Settings => icons::SETTINGS,
    }
}

/// The question that is waited for.
fn question(model: &Model, text: &Text, row: Row) -> String {
    let has_ended = |name: &&&str| model.detection.ended.iter().any(|probe| probe.name == **name);
    let open = row.probes().iter().find(|name| !has_ended(name)).or(row.probes().first());
    open.map(|name| text.get(&format!("detect-ask-{name}"))).unwrap_or_default()
}

/// The question, and for how long once that is worth a word.
fn waited(model: &Model, text: &Text, asked: String) -> String {
    let Scanning::Machine { since } = model.detection.scanning else { return asked };
    let seconds = model.now.saturating_sub(since).as_secs();
    if seconds < 2 {
        return asked;
    }
    text.with("detect-waited", &[("asked", asked.into()), ("seconds", seconds.into())])
}

fn said(model: &Model, text: &Text, row: Row) -> Said {
    let Some(facts) = model.facts() else { return not_known(model, text, row, "") };
    match row {
        Row::Gpu => no_cards(model, text, facts),
        Row::Driver => driver(model, text, facts),
        Row::System => fact(model, text, row, &facts.os, |os, source| system(text, os, source)),
        Row::Hardware => fact(model, text, row, &facts.hardware, |hardware, source| {
            let source = text.with(
                "detect-hardware-source",
                &[
                    ("cores", hardware.logical_cores.into()),
                    ("memory", text.memory(hardware.memory_bytes).into()),
                    ("from", from(text, source).into()),
                ],
            );
            (hardware.cpu.clone(), source, Tone::Success)
        }),
        Row::Python => software::python(model, text, facts),
        Row::Disk => software::disk(model, text, facts),
        Row::Network => software::network(model, text, facts),
        Row::Toolkit => software::toolkit(model, text, facts),
        Row::Torch => software::torch(model, text, facts),
        Row::Tools => software::tools(model, text, facts),
        Row::Settings => software::settings(model, text, facts),
    }
}

/// A fact that is there, or the words for one that is not known. `Absent` has its own words everywhere.
fn fact<T>(model: &Model, text: &Text, row: Row, fact: &Probed<T>, found: impl FnOnce(&T, &Source) -> Said) -> Said {
    match fact {
        Probed::Found { value, source } => found(value, source),
        Probed::Absent { source } => (text.get("detect-absent"), from(text, source), Tone::Neutral),
        Probed::Unknown { why, .. } => not_known(model, text, row, why),
    }
}

/// Not known is never "not there": skipped, late or failed, with the reason.
fn not_known(model: &Model, text: &Text, row: Row, why: &str) -> Said {
    let source = if is_skipped(model, row) {
        text.get("detect-skipped")
    } else if model.detection.has_timed_out(row) {
        text.with("detect-late", &[("why", why.into())])
    } else {
        why.to_owned()
    };
    (text.get("detect-unknown"), source, Tone::Warn)
}

/// What was found, by a library that plays the driver: never as good as the real thing.
const fn tone_of(source: &Source, tone: Tone) -> Tone {
    match (source.via, tone) {
        (Via::Simulated, Tone::Success) => Tone::Neutral,
        _ => tone,
    }
}

fn card(model: &Model, text: &Text, gpu: &Gpu) -> Said {
    let value = match gpu.memory_bytes {
        Some(bytes) => {
            text.with("detect-gpu", &[("name", gpu.name.as_str().into()), ("memory", text.memory(bytes).into())])
        }
        None => gpu.name.clone(),
    };
    let origin = from(text, &gpu.source);
    let mut source = match gpu.capability {
        Some(capability) => {
            text.with("detect-gpu-source", &[("capability", capability.to_string().into()), ("from", origin.into())])
        }
        None => text.with("detect-gpu-source-unknown", &[("from", origin.into())]),
    };
    let tone = match (served(model, gpu), gpu.capability) {
        (Served::No, _) => {
            source = format!("{source}; {}", text.get("detect-gpu-unserved"));
            Tone::Danger
        }
        (Served::LeftOut, _) => {
            source = format!("{source}; {}", text.get("detect-gpu-left-out"));
            Tone::Warn
        }
        (Served::Yes, None) => Tone::Warn,
        (Served::Yes, Some(_)) => tone_of(&gpu.source, Tone::Success),
    };
    (value, source, tone)
}

/// What the verdicts say of a card.
enum Served {
    Yes,
    LeftOut,
    No,
}

fn served(model: &Model, gpu: &Gpu) -> Served {
    let is_unwanted = model.choice.gpus.as_ref().is_some_and(|chosen| !chosen.contains(&gpu.index));
    let of_wheel = state::wheel(model).filter(|wheel| wheel.build.is_some()).map(|wheel| wheel.gpus.as_slice());
    let is_lost = of_wheel.is_some_and(|served| !served.is_empty() && !served.contains(&gpu.index));
    if is_unwanted || is_lost {
        return Served::LeftOut;
    }
    let names = |reason: &&Reason| reason.args.get("card") == Some(&gpu.name);
    let said = state::reasons(model).iter().filter(names).find_map(|reason| match reason.code.as_str() {
        "no-code-for-card" | "card-too-new" | "driver-dropped-card" => Some(Served::No),
        _ => None,
    });
    said.unwrap_or(Served::Yes)
}

fn no_cards(model: &Model, text: &Text, facts: &MachineFacts) -> Said {
    match &facts.gpus {
        Probed::Found { .. } => (text.get("detect-gpu-none"), text.get("detect-gpu-asked"), Tone::Warn),
        Probed::Absent { source } => {
            let is_said = source.via == Via::User;
            let source = if is_said { from(text, source) } else { text.get("detect-gpu-asked") };
            (text.get("detect-gpu-none"), source, Tone::Warn)
        }
        Probed::Unknown { why, .. } => not_known(model, text, Row::Gpu, why),
    }
}

fn has_cards(facts: &MachineFacts) -> bool {
    facts.gpus.found().is_some_and(|gpus| !gpus.is_empty())
}

fn driver(model: &Model, text: &Text, facts: &MachineFacts) -> Said {
    let advice = assess::driver_advice(facts, model.catalog);
    let least = advice.minimum.map(|least| least.to_string()).unwrap_or_default();
    let has = |code: &str| state::reasons(model).iter().any(|reason| reason.code == code);
    match &facts.driver {
        Probed::Found { value, source } => {
            let origin = from(text, source);
            let accepts = match facts.driver_cuda.found() {
                Some(cuda) => {
                    text.with("detect-driver-source", &[("cuda", cuda.to_string().into()), ("from", origin.into())])
                }
                None => origin,
            };
            if advice.upgrade_required == Some(true) && !least.is_empty() {
                let old = text.with("detect-driver-old", &[("least", least.into())]);
                return (value.to_string(), format!("{accepts}; {old}"), Tone::Danger);
            }
            if has("driver-dropped-card") {
                let new = text.get("detect-driver-new");
                return (value.to_string(), format!("{accepts}; {new}"), Tone::Danger);
            }
            (value.to_string(), accepts, tone_of(source, Tone::Success))
        }
        Probed::Absent { .. } if !has_cards(facts) => {
            (text.get("detect-driver-none"), text.get("detect-driver-no-need"), Tone::Neutral)
        }
        Probed::Absent { source } => {
            let source = if least.is_empty() {
                from(text, source)
            } else {
                text.with("detect-driver-needs", &[("least", least.into())])
            };
            (text.get("detect-driver-none"), source, Tone::Danger)
        }
        Probed::Unknown { why, .. } => not_known(model, text, Row::Driver, why),
    }
}

fn system(text: &Text, os: &OsFacts, source: &Source) -> Said {
    let origin = from(text, source);
    let mut parts =
        vec![text.with("detect-system-source", &[("arch", os.arch.as_str().into()), ("from", origin.into())])];
    if os.is_wsl {
        parts.push(text.get("detect-system-wsl"));
    }
    if os.is_container {
        parts.push(text.get("detect-system-container"));
    }
    let is_fit = Platform::of(os).is_some();
    if !is_fit {
        parts.push(text.get("detect-system-unfit"));
    }
    (os.version.clone(), parts.join(", "), if is_fit { Tone::Success } else { Tone::Danger })
}
