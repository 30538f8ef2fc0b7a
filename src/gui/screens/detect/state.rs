//! What the first page's title says: the result for the GPU, read from the verdicts.

use crate::app::{Model, Row, Scanning};
use crate::assess::{Assessment, Reason, Route, VC_RUNTIME_MISSING, Verdict};
use crate::facts::ProbeOutcome;

/// The result, one for each title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The machine is being asked.
    Looking,
    /// A route to the card is free.
    Ready,
    /// There is no NVIDIA card.
    NoCard,
    /// Nobody could say which cards there are.
    CardsUnknown,
    /// A card without a driver.
    NoDriver,
    /// A card whose driver gave no answer.
    DriverSilent,
    /// A card whose driver told no version.
    DriverUnknown,
    /// Every build needs a newer driver.
    DriverOld,
    /// The driver left the card behind.
    DriverNew,
    /// No build has code for the card.
    CardOld,
    /// No build has code for the card yet.
    CardNew,
    /// Each card needs a build of its own.
    Mixed,
    /// Windows lacks what torch's libraries need to load.
    NoRuntime,
    /// Nothing can be fetched.
    NoIndex,
    /// No CUDA build for this system.
    NoSystem,
    /// A deciding fact is missing.
    Unknown,
}

impl State {
    /// All of them.
    #[cfg(test)]
    pub const ALL: [Self; 16] = [
        Self::Looking,
        Self::Ready,
        Self::NoCard,
        Self::CardsUnknown,
        Self::NoDriver,
        Self::DriverSilent,
        Self::DriverUnknown,
        Self::DriverOld,
        Self::DriverNew,
        Self::CardOld,
        Self::CardNew,
        Self::Mixed,
        Self::NoRuntime,
        Self::NoIndex,
        Self::NoSystem,
        Self::Unknown,
    ];

    /// The word that title and lead end with.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Looking => "looking",
            Self::Ready => "ready",
            Self::NoCard => "no-card",
            Self::CardsUnknown => "cards-unknown",
            Self::NoDriver => "no-driver",
            Self::DriverSilent => "driver-silent",
            Self::DriverUnknown => "driver-unknown",
            Self::DriverOld => "driver-old",
            Self::DriverNew => "driver-new",
            Self::CardOld => "card-old",
            Self::CardNew => "card-new",
            Self::Mixed => "mixed",
            Self::NoRuntime => "no-runtime",
            Self::NoIndex => "no-index",
            Self::NoSystem => "no-system",
            Self::Unknown => "unknown",
        }
    }
}

/// The result for this machine.
pub fn state(model: &Model) -> State {
    let (Some(facts), true) = (model.facts(), model.detection.has_machine()) else { return State::Looking };
    let is_free = |assessment: &Assessment| {
        let works = matches!(assessment.verdict, Verdict::Recommended { .. } | Verdict::Works { .. });
        works && assessment.route != Route::Cpu
    };
    // WSL2 may work without it and asks for far more; then nothing is recommended.
    let lacks_runtime = || reasons(model).iter().any(|reason| reason.code == VC_RUNTIME_MISSING);
    if model.recommended().is_none() && lacks_runtime() {
        return State::NoRuntime;
    }
    if model.detection.assessments.iter().any(is_free) {
        return State::Ready;
    }
    if facts.gpus.is_absent() || facts.gpus.found().is_some_and(Vec::is_empty) {
        return State::NoCard;
    }
    reasons(model).iter().find_map(|reason| of_code(model, &reason.code)).unwrap_or(State::Unknown)
}

/// The reasons of the route that would be the usual one.
pub fn reasons(model: &Model) -> &[Reason] {
    wheel(model).map(|assessment| assessment.verdict.reasons()).unwrap_or_default()
}

/// The usual route to the card.
pub fn wheel(model: &Model) -> Option<&Assessment> {
    model.detection.assessments.iter().find(|assessment| assessment.route == Route::Wheel)
}

fn of_code(model: &Model, code: &str) -> Option<State> {
    Some(match code {
        "cards-unknown" => State::CardsUnknown,
        "driver-missing" => State::NoDriver,
        "driver-unknown" if is_silent(model) => State::DriverSilent,
        "driver-unknown" => State::DriverUnknown,
        "driver-too-old" => State::DriverOld,
        "driver-dropped-card" => State::DriverNew,
        "no-code-for-card" => State::CardOld,
        "card-too-new" => State::CardNew,
        "no-common-wheel" => State::Mixed,
        "indexes-unreachable" | "torch-index-blocked" | "not-on-index" => State::NoIndex,
        "glibc-too-old" | "no-cuda-on-macos" | "platform-not-covered" => State::NoSystem,
        _ => return None,
    })
}

/// A way to the driver was asked and gave no answer in time.
fn is_silent(model: &Model) -> bool {
    let late = |name: &str| {
        let mut probes = model.detection.probes_of(Row::Driver);
        probes.any(|probe| probe.name == name && probe.outcome == ProbeOutcome::TimedOut)
    };
    late("nvml") || late("nvidia-smi")
}

/// How long the machine took to answer, once it has.
pub const fn took(model: &Model) -> Option<std::time::Duration> {
    match model.detection.scanning {
        Scanning::Machine { .. } => None,
        Scanning::Indexes { took, .. } | Scanning::Done { took } => Some(took),
    }
}

/// What stands in the driver's way, in the probe's own words.
pub fn driver_trouble(model: &Model) -> Option<&str> {
    let probe = model.detection.ended.iter().find(|probe| probe.name == "driver")?;
    probe.detail.split_once(": ").map(|(_, words)| words)
}
