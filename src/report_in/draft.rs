//! What the lines of a text have told so far, each with its weight, and the facts that follow.

use super::cards::Cards;
use super::system::System;
use crate::assess;
use crate::catalog::{Catalog, Platform};
use crate::detect::gpu::DriverTrouble;
use crate::facts::{
    CudaVersion, DriverVersion, Environment, MachineFacts, Mask, OsFacts, OsFamily, Probe, Probed, Python,
    PythonVersion, Source, Tool, TorchSeen, TorchVersion, Via,
};
use crate::verify::Kernels;
use std::path::PathBuf;

/// How much a statement weighs; the first of the heaviest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// The look of a path.
    Trace,
    /// A sentence.
    Hint,
    /// A form filled in by hand.
    Person,
    /// Printed by a program.
    Program,
    /// Printed by the driver's own program.
    Driver,
}

/// Where a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    /// Number of the line, from 1.
    pub line: usize,
    /// What printed it; empty for a form filled in by hand.
    pub by: &'static str,
    /// The kind of place.
    pub via: Via,
}

impl At {
    /// As the source of a fact.
    pub(super) fn source(self) -> Source {
        let by = if self.by.is_empty() { String::new() } else { format!(": {}", self.by) };
        Source::new(self.via, format!("the report, line {}{by}", self.line))
    }
}

/// The heaviest statement about one thing.
#[derive(Debug)]
pub(super) struct Best<T>(Option<(Weight, T, At)>);

impl<T> Default for Best<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Best<T> {
    /// Takes a statement if it outweighs what is known.
    pub(super) fn offer(&mut self, weight: Weight, value: T, at: At) {
        if self.0.as_ref().is_none_or(|(known, ..)| weight > *known) {
            self.0 = Some((weight, value, at));
        }
    }

    /// What is known.
    pub(super) fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value, _)| value)
    }

    /// How well.
    pub(super) fn weight(&self) -> Option<Weight> {
        self.0.as_ref().map(|(weight, ..)| *weight)
    }

    /// Where it stands.
    pub(super) fn at(&self) -> Option<At> {
        self.0.as_ref().map(|(.., at)| *at)
    }

    fn into_fact(self, why: &str) -> Probed<T> {
        match self.0 {
            Some((_, value, at)) => Probed::Found { value, source: at.source() },
            None => unknown(why),
        }
    }
}

/// An interpreter as a text tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SeenPython {
    /// Version.
    pub version: PythonVersion,
    /// 32 or 64.
    pub bits: Option<u8>,
    /// Without the global interpreter lock.
    pub free_threaded: bool,
    /// `cpython`, `pypy`.
    pub implementation: &'static str,
}

/// Everything told so far.
pub(super) struct Draft<'a> {
    pub catalog: &'a Catalog,
    pub system: System,
    pub cards: Cards,
    pub driver: Best<DriverVersion>,
    pub driver_cuda: Best<CudaVersion>,
    /// A program said that there is no driver, or that it does not run.
    pub no_driver: Best<String>,
    /// What stands in the driver's way.
    pub trouble: Option<DriverTrouble>,
    /// Why nothing is known of the cards, in a tool's words.
    pub no_cards: Option<String>,
    pub python: Best<SeenPython>,
    torch: Best<TorchVersion>,
    /// The torch that a program names together with the device it uses.
    running: Option<TorchVersion>,
    /// Two torches that differ: the text is of two environments, or of two times.
    is_of_several: bool,
    pub torch_cuda: Best<CudaVersion>,
    /// A program looked for torch and found none.
    pub no_torch: bool,
    pub is_rocm: bool,
    pub seen: TorchSeen,
    /// A program ended for want of code for the card; it need not have been torch itself.
    pub no_kernel_image: bool,
    available: Best<bool>,
    answers_differ: Option<Weight>,
    pub toolkit: Best<String>,
    pub masks: Vec<Mask>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        Self {
            catalog,
            system: System::default(),
            cards: Cards::default(),
            driver: Best::default(),
            driver_cuda: Best::default(),
            no_driver: Best::default(),
            trouble: None,
            no_cards: None,
            python: Best::default(),
            torch: Best::default(),
            running: None,
            is_of_several: false,
            torch_cuda: Best::default(),
            no_torch: false,
            is_rocm: false,
            seen: TorchSeen::default(),
            no_kernel_image: false,
            available: Best::default(),
            answers_differ: None,
            toolkit: Best::default(),
            masks: Vec::new(),
        }
    }

    /// A version of the driver; one of three numbers is not of Windows.
    pub(super) fn driver(&mut self, weight: Weight, version: DriverVersion, at: At) {
        if super::versions::is_of_linux(&version) {
            self.system.native_linux(weight.min(Weight::Person), at);
        }
        self.driver.offer(weight, version, at);
    }

    /// A version of torch; two that programs print are of two environments.
    pub(super) fn torch(&mut self, weight: Weight, version: TorchVersion, at: At) {
        let is_other = self.torch.get().is_some_and(|known| known.public() != version.public());
        self.is_of_several |= weight == Weight::Program && self.torch.weight() == Some(weight) && is_other;
        self.torch.offer(weight, version, at);
    }

    /// How well torch is known.
    pub(super) fn torch_weight(&self) -> Option<Weight> {
        self.torch.weight()
    }

    /// A torch that a program names together with the device it uses.
    pub(super) fn running(&mut self, torch: TorchVersion) {
        self.is_of_several |= self.running.as_ref().is_some_and(|known| *known != torch);
        self.running = Some(torch);
    }

    /// Whether torch reaches a card; answers of the same weight that differ are of two environments, or of two times.
    pub(super) fn available(&mut self, weight: Weight, truth: bool, at: At) {
        let is_other = self.available.get().is_some_and(|known| *known != truth);
        match self.available.weight() {
            Some(known) if known == weight && is_other => self.answers_differ = Some(weight),
            Some(known) if known >= weight => {}
            Some(_) | None => self.answers_differ = None,
        }
        self.available.offer(weight, truth, at);
    }

    /// A setting that hides cards; the first of a name counts.
    pub(super) fn mask(&mut self, name: &str, value: &str) {
        if !self.masks.iter().any(|mask| mask.name == name) {
            self.masks.push(Mask { name: name.to_owned(), value: value.to_owned() });
        }
    }

    /// The facts; `None` if the text told nothing of a machine.
    pub(super) fn finish(mut self) -> Option<MachineFacts> {
        let told = self.system.is_told()
            || !self.cards.is_empty()
            || self.driver.get().is_some()
            || self.driver_cuda.get().is_some()
            || self.no_driver.get().is_some()
            || self.trouble.is_some()
            || self.no_cards.is_some()
            || self.python.weight().is_some_and(|weight| weight > Weight::Trace)
            || self.torch.get().is_some()
            || self.seen.is_cpu_build
            || self.available.get().is_some()
            || self.toolkit.get().is_some();
        if !told {
            return None;
        }
        let mut facts = MachineFacts::unknown("");
        facts.is_report = true;
        let (os, wsl) = self.system.finish(self.catalog);
        facts.pythons = self.pythons(os.found());
        (facts.os, facts.wsl) = (os, wsl);
        facts.probes = self.probes();
        self.enter_cards(&mut facts);
        self.enter_torch(&mut facts);
        facts.masks = self.masks;
        if let Some(at) = self.toolkit.at()
            && let Some(version) = self.toolkit.get()
        {
            let tool = Tool { path: PathBuf::new(), version: Some(version.clone()) };
            facts.tools.insert("nvcc".to_owned(), Probed::Found { value: tool, source: at.source() });
        }
        Some(facts)
    }

    fn enter_cards(&mut self, facts: &mut MachineFacts) {
        let gpus = self.cards.chosen(self.catalog);
        let others = self.cards.others().to_vec();
        // torch for ROCm lists its own cards in the places where NVIDIA's stand otherwise.
        let only_others = self.cards.lists_others_only() || self.is_rocm && !others.is_empty();
        // No NVIDIA card works beside Apple's own processors.
        let is_apple = facts.os.found().is_some_and(|os| os.family == OsFamily::Macos && os.arch == "aarch64");
        let only_others = only_others || is_apple;
        let has_driver = self.driver.get().is_some() || self.driver_cuda.get().is_some();
        facts.gpus = match gpus.first().map(|gpu| gpu.source.clone()) {
            Some(source) => Probed::Found { value: gpus, source },
            None if only_others && !has_driver => {
                let detail = if others.is_empty() {
                    "the report is of a Mac".to_owned()
                } else {
                    format!("the report lists {}", others.join(", "))
                };
                Probed::Absent { source: Source::new(Via::User, detail) }
            }
            None => unknown(self.no_cards.as_deref().unwrap_or("the report names no card")),
        };
        facts.other_cards = others;
        facts.driver_cuda = std::mem::take(&mut self.driver_cuda).into_fact("the report does not say it");
        let driver = std::mem::take(&mut self.driver);
        facts.driver = match (driver.get(), self.no_driver.at()) {
            (None, Some(at)) => Probed::Absent { source: at.source() },
            (None, None) => unknown(self.trouble.as_ref().map_or("the report does not name it", |_| "it does not run")),
            (Some(_), _) => driver.into_fact(""),
        };
        facts.driver_troubles = crate::detect::gpu::by_code(&self.trouble);
        if let (Probed::Unknown { why, .. }, Some(trouble)) = (&mut facts.driver, &self.trouble) {
            *why = trouble.to_string();
        }
    }

    fn enter_torch(&mut self, facts: &mut MachineFacts) {
        let torch = self.torch.get().cloned().filter(|_| !self.is_of_several);
        let cuda = self.torch_cuda.get().copied().filter(|_| !self.is_of_several);
        let of_local = torch.as_ref().and_then(|torch| CudaVersion::of_variant(&torch.local()?));
        let is_one = !self.is_of_several && self.answers_differ.is_none();
        let is_available = self.available.get().copied().filter(|_| is_one);
        let listed = is_available == Some(true) && facts.gpus.found().is_some() && self.cards.has_program_list();
        let seen = TorchSeen {
            torch: torch.clone(),
            cuda: cuda.or(of_local),
            is_available,
            sees_cards: self.seen.sees_cards && is_one || listed,
            // torch for ROCm has no CUDA either.
            is_cpu_build: self.seen.is_cpu_build && !self.is_rocm && !self.is_of_several,
            refuses_card: self.seen.refuses_card || self.no_kernel_image && self.lacks_code(facts),
            ..self.seen.clone()
        };
        if seen != TorchSeen::default() {
            facts.torch_seen = Some(seen.clone());
        }
        let source = self.torch.at().map_or_else(|| Source::new(Via::User, "the report"), At::source);
        let speaks = seen.refuses_card || seen.refuses_driver || seen.is_cpu_build;
        facts.environments = if torch.is_some() || speaks {
            let (path, kind) = (PathBuf::new(), "report".to_owned());
            let environment = Environment { path, kind, torch, torch_cuda: seen.cuda, damage: None };
            Probed::Found { value: vec![environment], source }
        } else if self.no_torch {
            Probed::Found { value: Vec::new(), source }
        } else {
            unknown("the report names no torch")
        };
    }

    /// Whether the torch that is named may lack code for a card: where its list has some, an extension failed.
    fn lacks_code(&self, facts: &MachineFacts) -> bool {
        let Some(torch) = self.torch.get() else { return false };
        let variant = torch.local().or_else(|| self.torch_cuda.get().map(|cuda| cuda.variant()));
        let platform = facts.os.found().and_then(Platform::of).unwrap_or(Platform::LinuxX86);
        let public = self.catalog.release(torch).map_or(torch, |release| &release.torch);
        let list = variant.and_then(|variant| self.catalog.arch_list(public, &variant, platform));
        let mut cards = facts.gpus.found().into_iter().flatten().filter_map(|gpu| gpu.capability).peekable();
        let has_code = |capability| {
            let kernels = list.map(|list| self.catalog.runs_row(list, capability, None));
            matches!(kernels, Some(Kernels::Native | Kernels::SameMajor))
        };
        cards.peek().is_some() && !cards.all(has_code)
    }

    fn pythons(&self, os: Option<&OsFacts>) -> Probed<Vec<Python>> {
        let (Some(seen), Some(at)) = (self.python.get(), self.python.at()) else {
            return unknown("the report names no Python");
        };
        let mut python = Python {
            path: PathBuf::new(),
            version: Some(seen.version),
            implementation: seen.implementation.to_owned(),
            bits: seen.bits,
            free_threaded: seen.free_threaded,
            source: at.source(),
            why_not: None,
        };
        // Where there are no builds, the versions for the common systems still say what a Python is too old for.
        let usual = match os.map(|os| os.family) {
            Some(OsFamily::Windows) => Platform::WindowsX86,
            Some(OsFamily::Linux | OsFamily::Macos | OsFamily::Other) | None => Platform::LinuxX86,
        };
        let platform = os.and_then(Platform::of).unwrap_or(usual);
        python.why_not = assess::python_why_not(self.catalog, &python, platform).map(|reason| reason.text);
        Probed::Found { value: vec![python], source: at.source() }
    }

    /// What stands in the driver's way, in the form of a scan's own probe.
    fn probes(&self) -> Vec<Probe> {
        let probe = |trouble: &DriverTrouble| Probe {
            name: "driver".to_owned(),
            started_ms: 0,
            milliseconds: 0,
            outcome: crate::facts::ProbeOutcome::Unknown,
            detail: format!("{}: {trouble}", trouble.code()),
        };
        self.trouble.iter().map(probe).collect()
    }
}

pub(super) fn unknown<T>(why: &str) -> Probed<T> {
    Probed::Unknown { why: why.to_owned(), source: Source::new(Via::User, "the report") }
}
