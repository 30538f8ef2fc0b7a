//! What the machine that a log is of says of its diagnosis: what it bears out is surer, what it contradicts gives way.

use super::knowledge::Knowledge;
use super::rank::{Answer, Diagnosis};
use crate::assess::{InstalledTorch, TorchStatus};
use crate::facts::{MachineFacts, OsFamily, Probed, SmartAppControl};

/// What is left of a doubt when the machine bears an answer out.
const DOUBT_LEFT: f64 = 0.2;
/// What is left of the confidence when it contradicts.
const CONTRADICTED: f64 = 0.4;
/// A volume with less than this is full for whatever was being written.
const FULL: u64 = 1 << 30;

/// A machine.
#[derive(Clone, Copy, Debug)]
pub struct Machine<'a> {
    /// What is known of it.
    pub facts: &'a MachineFacts,
    /// The torch in question.
    pub torch: &'a InstalledTorch,
}

/// What a machine says of a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    BearsOut(String),
    Contradicts(String),
    Nothing,
}

/// The diagnosis of a log of this machine, with what the machine says of it.
pub fn weigh(diagnosis: Diagnosis, machine: Machine<'_>, knowledge: &Knowledge) -> Diagnosis {
    let mut diagnosis = told_apart(diagnosis, machine, knowledge);
    let Answer::Known { failure, .. } = &diagnosis.answer else { return diagnosis };
    if diagnosis.here.is_some() {
        return diagnosis;
    }
    match word(&failure.label, machine) {
        Word::Nothing => diagnosis,
        Word::BearsOut(text) => {
            diagnosis.confidence = borne_out(diagnosis.confidence);
            diagnosis.here = Some(text);
            diagnosis
        }
        Word::Contradicts(text) => {
            diagnosis.confidence *= CONTRADICTED;
            diagnosis.here = Some(text);
            give_way(diagnosis, machine, knowledge)
        }
    }
}

/// What a program says that finds no card; why there is none, its words do not tell.
const NO_CARD: [&str; 3] = ["driver-missing", "cuda-unknown-error", "cuda-visible-devices"];

/// `torch.cuda.is_available()` is false for a dozen reasons that sound alike: the machine tells them apart.
fn told_apart(diagnosis: Diagnosis, machine: Machine<'_>, knowledge: &Knowledge) -> Diagnosis {
    let Answer::Known { failure, .. } = &diagnosis.answer else { return diagnosis };
    let found = NO_CARD.contains(&failure.label.as_str()).then(|| why_no_card(machine)).flatten();
    let known = found.and_then(|(label, text)| Some((knowledge.failure(label)?.clone(), text)));
    let Some((why, text)) = known else { return diagnosis };
    let others = diagnosis.others.into_iter().filter(|other| other.label != why.label).collect();
    // A guest that sees no card says nothing of its host, which may have none.
    let is_guest = matches!(why.label.as_str(), "wsl-no-gpu" | "docker-no-gpu-runtime");
    let confidence = if is_guest { diagnosis.confidence } else { borne_out(diagnosis.confidence) };
    let answer = Answer::Known { failure: Box::new(why), detail: None };
    Diagnosis { answer, confidence, others, here: Some(text), ..diagnosis }
}

/// Why a torch sees no card, by what is known of the machine: what hides it first, then what drives it.
fn why_no_card(machine: Machine<'_>) -> Option<(&'static str, String)> {
    let Machine { facts, torch } = machine;
    let os = facts.os.found();
    let reason = || torch.reasons.first().map(|reason| reason.text.clone()).unwrap_or_default();
    let trouble = |code: &str| facts.driver_troubles.get(code).cloned();
    let hides = |mask: &&crate::facts::Mask| matches!(mask.value.trim(), "" | "-1" | "none" | "void" | "NoDevFiles");
    let has_no_driver = facts.driver.found().is_none();
    if torch.status == TorchStatus::CpuOnly {
        return Some(("cpu-only-wheel", reason()));
    }
    if os.is_some_and(|os| os.family == OsFamily::Macos) {
        return Some(("macos-no-cuda", "This is a Mac: CUDA is not made for it.".to_owned()));
    }
    if let Some(mask) = facts.masks.iter().find(hides) {
        return Some(("cuda-visible-devices", format!("On this PC {} is set to “{}”.", mask.name, mask.value)));
    }
    for (code, label) in
        [("nouveau", "nouveau-in-use"), ("restart-needed", "driver-mismatch"), ("card-lost", "gpu-fell-off-bus")]
    {
        if let Some(text) = trouble(code) {
            return Some((label, text));
        }
    }
    if has_no_driver && os.is_some_and(|os| os.is_wsl) {
        return Some(("wsl-no-gpu", "This is WSL, and Windows' driver does not reach into it.".to_owned()));
    }
    if has_no_driver && os.is_some_and(|os| os.is_container) {
        return Some(("docker-no-gpu-runtime", "This is a container, and no card was handed to it.".to_owned()));
    }
    let is_too_old = torch.status == TorchStatus::Fails && torch.reasons.iter().any(|one| one.code == "driver-too-old");
    is_too_old.then(|| ("driver-too-old", reason()))
}

fn borne_out(confidence: f64) -> f64 {
    1.0 - (1.0 - confidence) * DOUBT_LEFT
}

/// An answer that the machine contradicts gives way to another one that is there as well, or that the machine bears out.
fn give_way(diagnosis: Diagnosis, machine: Machine<'_>, knowledge: &Knowledge) -> Diagnosis {
    let better = diagnosis.others.iter().enumerate().find_map(|(at, other)| match word(&other.label, machine) {
        Word::BearsOut(text) => Some((at, borne_out(other.confidence), Some(text))),
        Word::Nothing if other.also => Some((at, other.confidence, None)),
        Word::Nothing | Word::Contradicts(_) => None,
    });
    let next = better.and_then(|(at, confidence, here)| {
        let other = diagnosis.others.get(at)?;
        Some((at, confidence, here, other.line.clone(), knowledge.failure(&other.label)?.clone()))
    });
    let (Some((at, confidence, here, line, failure)), Answer::Known { failure: before, .. }) =
        (next, diagnosis.answer.clone())
    else {
        return diagnosis;
    };
    let mut others = diagnosis.others;
    let mut given_up = others.remove(at);
    given_up.label = before.label;
    given_up.confidence = diagnosis.confidence;
    given_up.also = false;
    if let Some(line) = diagnosis.evidence.first() {
        given_up.line.clone_from(line);
    }
    others.push(given_up);
    Diagnosis {
        answer: Answer::Known { failure: Box::new(failure), detail: None },
        confidence,
        evidence: vec![line],
        others,
        here,
        system: diagnosis.system,
    }
}

fn word(label: &str, machine: Machine<'_>) -> Word {
    let facts = machine.facts;
    let trouble = |code: &str| facts.driver_troubles.get(code).cloned();
    match label {
        "no-kernel-image" | "arch-not-compatible" => of_torch(machine, TorchStatus::Fails, "arch-missing"),
        "cpu-only-wheel" => of_torch(machine, TorchStatus::CpuOnly, ""),
        "driver-too-old" => of_torch(machine, TorchStatus::Fails, "driver-too-old"),
        "driver-missing" => match &facts.driver {
            Probed::Absent { .. } => Word::BearsOut("No NVIDIA driver was found on this PC.".to_owned()),
            Probed::Found { value, .. } => runs(&value.to_string()),
            Probed::Unknown { .. } => trouble("driver-not-loaded").map_or(Word::Nothing, Word::BearsOut),
        },
        "driver-mismatch" => trouble("restart-needed").map_or_else(|| driver_runs(facts), Word::BearsOut),
        "nouveau-in-use" => trouble("nouveau").map_or_else(|| driver_runs(facts), Word::BearsOut),
        "gpu-fell-off-bus" => trouble("card-lost").map_or(Word::Nothing, Word::BearsOut),
        "cuda-visible-devices" => masked(facts),
        "disk-full" => full(facts),
        "proxy-error" => facts
            .network
            .found()
            .and_then(|network| network.proxy.as_ref())
            .map_or(Word::Nothing, |proxy| Word::BearsOut(format!("This PC reaches the network through {proxy}."))),
        _ => of_windows(label, facts),
    }
}

fn runs(driver: &str) -> Word {
    Word::Contradicts(format!("On this PC driver {driver} runs."))
}

fn driver_runs(facts: &MachineFacts) -> Word {
    let runs_well = facts.driver.found().filter(|_| facts.driver_troubles.is_empty());
    runs_well.map_or(Word::Nothing, |driver| runs(&driver.to_string()))
}

/// What is known of the installed torch. `code`: the reason that speaks of this failure.
fn of_torch(machine: Machine<'_>, wrong: TorchStatus, code: &str) -> Word {
    let InstalledTorch { status, reasons, .. } = machine.torch;
    let Some(first) = reasons.first() else { return Word::Nothing };
    match *status {
        status if status == wrong && first.code.starts_with(code) => Word::BearsOut(first.text.clone()),
        TorchStatus::Works => Word::Contradicts(first.text.clone()),
        TorchStatus::Fails | TorchStatus::CpuOnly | TorchStatus::None | TorchStatus::Unknown => Word::Nothing,
    }
}

fn masked(facts: &MachineFacts) -> Word {
    match facts.masks.first() {
        Some(mask) => Word::BearsOut(format!("On this PC {} is set to “{}”.", mask.name, mask.value)),
        None => Word::Contradicts("On this PC no variable hides a card.".to_owned()),
    }
}

fn full(facts: &MachineFacts) -> Word {
    let is_full = |free: Option<u64>| free.is_some_and(|free| free < FULL);
    let full = facts.disks.iter().find(|disk| is_full(disk.free_bytes));
    full.map_or(Word::Nothing, |disk| {
        let free = crate::text::size(disk.free_bytes.unwrap_or_default());
        Word::BearsOut(format!("On this PC {} has {free} free.", disk.path.display()))
    })
}

fn of_windows(label: &str, facts: &MachineFacts) -> Word {
    let says = |known: Option<bool>, yes: &str, no: &str| match known {
        Some(true) => Word::BearsOut(yes.to_owned()),
        Some(false) => Word::Contradicts(no.to_owned()),
        None => Word::Nothing,
    };
    let windows = &facts.windows;
    match label {
        "vcredist-missing" => {
            let is_missing = match &windows.vc_runtime {
                Probed::Absent { .. } => Some(true),
                Probed::Found { .. } => Some(false),
                Probed::Unknown { .. } => None,
            };
            says(is_missing, "This PC lacks Microsoft's C++ runtime.", "This PC has Microsoft's C++ runtime.")
        }
        "long-path" => {
            let are_off = windows.long_paths.found().map(|on| !on);
            says(are_off, "Long paths are off on this PC.", "Long paths are on on this PC.")
        }
        "virtualization-off" => {
            let is_off = facts.virtualisation.firmware.map(|on| !on);
            says(is_off, "Virtualisation is off in this PC's firmware.", "Virtualisation is on in this PC's firmware.")
        }
        "wsl-not-enabled" => {
            let is_missing = match &facts.wsl {
                Probed::Absent { .. } => Some(true),
                Probed::Found { .. } => Some(false),
                Probed::Unknown { .. } => None,
            };
            says(is_missing, "WSL is not set up on this PC.", "WSL is set up on this PC.")
        }
        "app-control-policy" => {
            let is_on = windows.smart_app_control.found().map(|state| *state == SmartAppControl::On);
            let bears_out = is_on.filter(|on| *on);
            says(bears_out, "Smart App Control refuses programs on this PC.", "")
        }
        _ => Word::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Evidence, diagnose};
    use super::*;
    use crate::assess::Reason;
    use crate::facts::{Mask, Source, Via};

    fn source() -> Source {
        Source::new(Via::System, "")
    }

    fn facts() -> MachineFacts {
        MachineFacts::unknown("2026-11-29T00:00:00Z")
    }

    fn torch(status: TorchStatus, code: &str) -> InstalledTorch {
        let reason = Reason {
            code: code.to_owned(),
            text: "It is so.".to_owned(),
            source: None,
            args: std::collections::BTreeMap::new(),
        };
        InstalledTorch { version: None, status, reasons: vec![reason] }
    }

    fn weighed(log: &str, facts: &MachineFacts, torch: &InstalledTorch) -> (Diagnosis, Diagnosis) {
        let knowledge = Knowledge::embedded().unwrap();
        let alone = diagnose(&mut log.as_bytes(), knowledge).unwrap();
        (alone.clone(), weigh(alone, Machine { facts, torch }, knowledge))
    }

    const NO_KERNEL: &str = "RuntimeError: CUDA error: no kernel image is available for execution on the device\n";

    #[test]
    fn a_card_that_the_torch_has_no_code_for_makes_the_answer_certain() {
        let (alone, here) = weighed(NO_KERNEL, &facts(), &torch(TorchStatus::Fails, "arch-missing"));
        assert!(here.confidence > alone.confidence && here.confidence > 0.98);
        assert_eq!(here.here.as_deref(), Some("It is so."));
        let (alone, other) = weighed(NO_KERNEL, &facts(), &torch(TorchStatus::Fails, "driver-too-old"));
        assert_eq!(alone, other, "another reason says nothing of this failure");
    }

    #[test]
    fn what_the_machine_contradicts_is_no_longer_sure() {
        let (_, here) = weighed(NO_KERNEL, &facts(), &torch(TorchStatus::Works, "torch-fits"));
        assert_eq!(here.answer.label(), "no-kernel-image", "an extension may be meant");
        assert!(here.confidence < 0.5, "{here:?}");
    }

    #[test]
    fn what_the_machine_contradicts_gives_way_to_what_it_bears_out() {
        let hidden = "RuntimeError: No CUDA GPUs are available\nCUDA_VISIBLE_DEVICES=''\n";
        let alone = diagnose(&mut hidden.as_bytes(), Knowledge::embedded().unwrap()).unwrap();
        let first = alone.answer.label().to_owned();
        let mut pc = facts();
        pc.driver = Probed::Found { value: "581.57".parse().unwrap(), source: source() };
        let none = torch(TorchStatus::Unknown, "");
        pc.masks = vec![Mask { name: "CUDA_VISIBLE_DEVICES".to_owned(), value: String::new() }];
        let (_, masked) = weighed(hidden, &pc, &none);
        assert_eq!(masked.answer.label(), "cuda-visible-devices", "{first}: {masked:?}");
        assert!(masked.here.is_some_and(|text| text.contains("is set to “”")));

        let both = format!("{NO_KERNEL}A module that was compiled using NumPy 1.x cannot be run in NumPy 2.0.2.\n");
        let (alone, here) = weighed(&both, &facts(), &torch(TorchStatus::Works, "torch-fits"));
        assert_eq!((alone.answer.label(), here.answer.label()), ("no-kernel-image", "numpy-abi"), "{here:?}");
        let line = both.lines().nth(1).unwrap().to_owned();
        assert_eq!(here.evidence, [Evidence { line: 2, text: line }]);
        assert!(here.others.iter().any(|other| other.label == "no-kernel-image" && !other.also));
    }

    #[test]
    fn why_no_card_is_seen_is_told_apart() {
        let log = "RuntimeError: Found no NVIDIA driver on your system.\n";
        let on = |change: &dyn Fn(&mut MachineFacts), torch: InstalledTorch| {
            let mut pc = facts();
            pc.os = Probed::Found { value: crate::facts::OsFacts::of(OsFamily::Linux), source: source() };
            change(&mut pc);
            weighed(log, &pc, &torch).1.answer.label().to_owned()
        };
        let unknown = || torch(TorchStatus::Unknown, "");
        let trouble = |code: &'static str| {
            move |pc: &mut MachineFacts| {
                pc.driver_troubles.insert(code.to_owned(), "It is so.".to_owned());
            }
        };
        let os = |change: fn(&mut crate::facts::OsFacts)| {
            move |pc: &mut MachineFacts| {
                if let Probed::Found { value, .. } = &mut pc.os {
                    change(value);
                }
            }
        };
        let masked = |value: &'static str| {
            move |pc: &mut MachineFacts| {
                pc.masks = vec![Mask { name: "CUDA_VISIBLE_DEVICES".to_owned(), value: value.to_owned() }];
            }
        };
        assert_eq!(on(&|_| (), unknown()), "driver-missing");
        assert_eq!(on(&|_| (), torch(TorchStatus::CpuOnly, "")), "cpu-only-wheel");
        assert_eq!(on(&|_| (), torch(TorchStatus::Fails, "driver-too-old")), "driver-too-old");
        assert_eq!(on(&masked("-1"), unknown()), "cuda-visible-devices");
        assert_eq!(on(&masked("0"), unknown()), "driver-missing", "it hides no card but the others");
        assert_eq!(on(&trouble("nouveau"), unknown()), "nouveau-in-use");
        assert_eq!(on(&trouble("restart-needed"), unknown()), "driver-mismatch");
        assert_eq!(on(&trouble("card-lost"), unknown()), "gpu-fell-off-bus");
        assert_eq!(on(&os(|os| os.is_wsl = true), unknown()), "wsl-no-gpu");
        assert_eq!(on(&os(|os| os.is_container = true), unknown()), "docker-no-gpu-runtime");
        assert_eq!(on(&os(|os| os.family = OsFamily::Macos), unknown()), "macos-no-cuda");

        let mut guest = facts();
        let container = crate::facts::OsFacts { is_container: true, ..crate::facts::OsFacts::of(OsFamily::Linux) };
        guest.os = Probed::Found { value: container, source: source() };
        let (alone, here) = weighed(log, &guest, &unknown());
        assert!((alone.confidence - here.confidence).abs() < 1e-9, "its host may have no card: {here:?}");
    }

    #[test]
    fn what_is_not_known_says_nothing() {
        let (alone, here) = weighed(NO_KERNEL, &facts(), &torch(TorchStatus::Unknown, ""));
        assert_eq!(alone, here);
        let fine = "Successfully installed torch-2.9.0\n";
        let (alone, here) = weighed(fine, &facts(), &torch(TorchStatus::Works, "torch-fits"));
        assert_eq!(alone, here);
    }

    #[test]
    fn windows_speaks_of_what_it_knows() {
        let log = "OSError: [WinError 126] The specified module could not be found. Error loading \"C:\\x\\torch\\lib\\fbgemm.dll\" or one of its dependencies.\n";
        let none = torch(TorchStatus::Unknown, "");
        let mut pc = facts();
        pc.windows.vc_runtime = Probed::Absent { source: source() };
        let (alone, here) = weighed(log, &pc, &none);
        assert_eq!(alone.answer.label(), "vcredist-missing");
        assert!(here.confidence > alone.confidence);
        pc.windows.vc_runtime = Probed::Found { value: crate::facts::VcRuntime::default(), source: source() };
        assert!(weighed(log, &pc, &none).1.confidence < 0.5);
    }
}
