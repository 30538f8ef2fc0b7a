//! Sentences that programs print: torch's warnings, start-up logs, the kernel's log, version banners.

use super::cards::{Place, SeenCard};
use super::draft::{At, Draft, Weight};
use super::smi::mebibytes;
use super::{system, versions};
use crate::detect::gpu::DriverTrouble;
use crate::facts::{ComputeCapability, OsFamily, Via};

/// What earlier lines said that later ones go on with.
#[derive(Debug, Default)]
pub(super) struct Story {
    /// Capability of the card in `Found GPU0 …`.
    found: Option<ComputeCapability>,
    /// `Minimum and Maximum …` stood in the line before.
    awaits_range: bool,
    /// A question to torch stood in the line before.
    awaits_answer: usize,
}

fn at(line: usize, by: &'static str) -> At {
    At { line, by, via: Via::Command }
}

/// What stands between two marks.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(from)?;
    rest.split(to).next()
}

impl Story {
    /// Reads a line; true if nothing else need be looked for in it.
    pub(super) fn line(&mut self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        self.warning(draft, number, line)
            || self.answer(draft, number, line)
            || driver_line(draft, number, line)
            || card_line(draft, number, line)
            || banner(draft, number, line)
    }

    /// torch about cards that it has no code for.
    fn warning(&mut self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        let at = at(number, "torch's warning");
        if let Some((name, rest)) = line.split_once(" with CUDA capability sm_") {
            let digits = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            card(draft, None, name, format!("sm_{digits}").parse().ok(), at);
            draft.seen.sees_cards = true;
            draft.seen.refuses_card |= rest.contains("is not compatible");
            return true;
        }
        if let Some((_, list)) = line.split_once("PyTorch install supports CUDA capabilities ") {
            let archs = list.split_whitespace().map(|arch| arch.trim_end_matches(['.', ',', '`']));
            let archs: Vec<String> = archs.take_while(|arch| arch.starts_with("sm_") || arch.starts_with("compute_")).map(str::to_owned).collect();
            if draft.seen.archs.is_empty() {
                draft.seen.archs = archs;
            }
            return true;
        }
        if let Some((_, rest)) = line.split_once("Found GPU") {
            let (index, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            let kinds = [" which is of cuda capability ", " which is of compute capability (CC) ", " which is of compute capability "];
            if let Some((name, value)) = kinds.iter().find_map(|kind| rest.split_once(kind)) {
                self.found = versions::numbers(value).parse().ok();
                card(draft, index.parse().ok(), name, self.found, at);
                draft.seen.sees_cards = true;
                // This form is printed only where no code fits.
                draft.seen.refuses_card |= rest.contains("(CC)");
                return true;
            }
        }
        if line.contains("no longer supports this GPU because it is too old") {
            draft.seen.refuses_card = true;
            return true;
        }
        if line.contains("Minimum and Maximum cuda capability supported") || line.contains("minimum cuda capability supported") {
            self.awaits_range = true;
        }
        if self.awaits_range && let Some(least) = least_capability(line) {
            self.awaits_range = false;
            // Above the range newer code of the same generation may do; below it nothing does.
            draft.seen.refuses_card |= self.found.is_some_and(|found| found < least);
            return true;
        }
        false
    }

    /// `torch.cuda.is_available()` with its answer, in the same line or the next.
    fn answer(&mut self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        let at = at(number, "torch");
        if let Some((_, rest)) = line.split_once("cuda.is_available()") {
            match truth(rest) {
                Some(truth) => draft.available.offer(Weight::Program, truth, at),
                None => self.awaits_answer = number + 2,
            }
            return false;
        }
        if number <= self.awaits_answer && let Some(truth) = Some(line.trim()).filter(|line| line.len() < 8).and_then(truth) {
            self.awaits_answer = 0;
            draft.available.offer(Weight::Program, truth, at);
            return true;
        }
        if line.contains("Torch not compiled with CUDA enabled") {
            draft.seen.is_cpu_build = true;
            draft.available.offer(Weight::Hint, false, at);
            return true;
        }
        false
    }
}

/// `(7.0) - (12.0)`, `3.7.`
fn least_capability(line: &str) -> Option<ComputeCapability> {
    let from = line.find('(').filter(|_| line.contains(") - (")).map(|at| at + 1);
    let alone = || line.rfind("library is ").map(|at| at + "library is ".len());
    versions::numbers(line.get(from.or_else(alone)?..)?.trim_start()).parse().ok()
}

/// `True`, `false.`, `yes`, `No`, in a few words.
pub(super) fn truth(text: &str) -> Option<bool> {
    let lower = text.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).take(4);
    words.find_map(|word| match word {
        "true" | "yes" => Some(true),
        "false" | "no" => Some(false),
        _ => None,
    })
}

/// A card that a log names, if it names one.
fn card(draft: &mut Draft<'_>, index: Option<u32>, name: &str, capability: Option<ComputeCapability>, at: At) {
    // A log's own marks may stand before the name.
    let name = name.rsplit(['|', '`', ']']).next().unwrap_or(name);
    let name = name.trim_matches(|c: char| c.is_whitespace() || "\"'`*-:,".contains(c));
    let brand = ["NVIDIA", "GeForce", "Quadro", "Tesla", "TITAN", "GRID"].iter().filter_map(|brand| name.find(brand)).min();
    let name = brand.and_then(|at| name.get(at..)).unwrap_or(name);
    if !name.is_empty() && name.len() < 80 {
        let name = Some(name.to_owned());
        draft.cards.add(Place::Log, SeenCard { index, name, capability, ..SeenCard::new(at) });
    }
}

/// What torch, CUDA and the kernel say of the driver.
fn driver_line(draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
    let program = at(number, "torch's message");
    if let Some(number) = between(line, "found version ", ")") {
        if let Some(cuda) = versions::cuda_number(number) {
            draft.driver_cuda.offer(Weight::Program, cuda, program);
            draft.available.offer(Weight::Hint, false, program);
            return true;
        }
    }
    if line.contains("Found no NVIDIA driver on your system") {
        draft.no_driver.offer(Weight::Program, "torch found no driver".to_owned(), program);
        draft.available.offer(Weight::Hint, false, program);
        return true;
    }
    if line.contains("NVRM") { nvrm(draft, number, line) } else { false }
}

/// The kernel's log and `/proc/driver/nvidia/version`.
fn nvrm(draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
    let at = At { line: number, by: "the kernel", via: Via::ProcFs };
    let Some((_, text)) = line.split_once("NVRM") else { return false };
    if let Some((_, rest)) = text.split_once("Kernel Module") {
        if let Some(driver) = rest.split_whitespace().find_map(|word| versions::driver(word, false)) {
            draft.driver(Weight::Driver, driver, at);
        }
        if let Some(arch) = system::arch_of(text) {
            draft.system.arch(Weight::Program, arch, at);
        }
        return true;
    }
    if let Some(version) = text.strip_prefix(" version:").and_then(|text| versions::driver(text, false)) {
        draft.driver(Weight::Driver, version, at);
        return true;
    }
    draft.system.native_linux(Weight::Person, at);
    if let Some((before, _)) = text.split_once(" NVIDIA driver will ignore").or_else(|| text.split_once(" NVIDIA driver")) {
        if let Some(driver) = before.split_whitespace().next_back().and_then(|word| versions::driver(word, false)) {
            draft.driver(Weight::Program, driver, at);
        }
    }
    if let Some(named) = between(text, "The NVIDIA ", " GPU installed in this system") {
        card(draft, None, named, None, At { via: Via::PciBus, ..at });
    }
    if let Some(id) = between(text, "(PCI ID: ", ")").and_then(|id| id.trim().parse().ok()) {
        draft.cards.add(Place::Bus, SeenCard { pci_id: Some(id), ..SeenCard::new(At { via: Via::PciBus, ..at }) });
    }
    if text.contains("API mismatch") {
        let loaded = between(text, "kernel module has the version ", " ").and_then(|text| versions::driver(text, false));
        let files = between(text, "client has the version ", " ").and_then(|text| versions::driver(text, false));
        draft.trouble.get_or_insert(DriverTrouble::RestartNeeded { files, loaded });
    }
    if text.contains("nouveau") {
        draft.trouble.get_or_insert(DriverTrouble::Nouveau);
    }
    if text.contains("fallen off the bus") {
        draft.trouble.get_or_insert(DriverTrouble::CardLost);
    }
    true
}

/// Cards in start-up logs.
fn card_line(draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
    let log = at(number, "a log");
    let capability = |text: &str| {
        let mark = ["compute capability: ", "compute capability ", "compute=", "sm_"].iter().find_map(|mark| text.split_once(mark).map(|(_, rest)| (*mark, rest)));
        let (mark, rest) = mark?;
        if mark == "sm_" { format!("sm_{}", versions::numbers(rest)).parse().ok() } else { versions::numbers(rest).parse().ok() }
    };
    // `Device: cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync`, `CUDA:0 (NVIDIA …, 12288MiB)`, `"cuda:0" : "NVIDIA …"`
    let lower = line.to_ascii_lowercase();
    if let Some(place) = lower.find("cuda:") {
        let rest = line.get(place + "cuda:".len()..).unwrap_or_default();
        let digits = versions::numbers(rest);
        let name = rest.get(digits.len()..).unwrap_or_default().trim_start_matches(|c: char| c.is_whitespace() || "\"'(:=,".contains(c));
        let end = name.find([':', '"', ',', ')', '(']).or_else(|| name.find("'")).unwrap_or(name.len());
        let name = name.get(..end).unwrap_or_default();
        let is_card = ["NVIDIA", "GeForce", "Quadro", "Tesla", "TITAN", "GRID"].iter().any(|brand| name.starts_with(brand));
        if let Ok(index) = digits.parse::<u32>() && index < 64 && is_card {
            card(draft, Some(index), name, capability(rest), log);
            if let Some(last) = draft.cards.last(Place::Log) {
                last.memory_bytes = last.memory_bytes.or_else(|| mebibytes(rest.split_once(", ")?.1));
            }
            draft.seen.sees_cards = true;
            // Ultralytics prints its torch in the same line.
            return !lower.contains("torch");
        }
    }
    // TensorFlow, llama.cpp, ollama
    for mark in [", name: ", " name=\"", "Device 0: ", "Device 1: ", "Device 2: ", "Device 3: ", "] Tesla", "] NVIDIA", "] GeForce", "] Quadro"] {
        let Some((before, rest)) = line.split_once(mark) else { continue };
        let name = if let Some(brand) = mark.strip_prefix("] ") { format!("{brand}{rest}") } else { rest.to_owned() };
        let name = name.trim_start_matches('"').split([',', '"', ';']).next().unwrap_or_default().to_owned();
        let is_card = ["NVIDIA", "GeForce", "Quadro", "Tesla", "TITAN", "GRID"].iter().any(|brand| name.starts_with(brand));
        // nccl-tests: `#  Rank  0 Pid 48592 on host device  0 [0x06] Tesla K80`
        let is_place = !mark.starts_with(']') || before.contains("device");
        if is_card && is_place {
            let own = mark.strip_prefix("Device ").map(|rest| rest.trim_end_matches([':', ' ']));
            let index = own.or_else(|| before.split_once("device").map(|(_, rest)| rest.trim_start_matches([':', ' '])));
            let index = index.map(versions::numbers).and_then(|digits| digits.parse().ok());
            card(draft, index, &name, capability(line), log);
            draft.seen.sees_cards = true;
            return true;
        }
    }
    if let Some((_, rest)) = line.split_once("Total VRAM ") {
        let bytes = mebibytes(rest.split(',').next().unwrap_or(rest));
        if let Some(card) = draft.cards.last(Place::Log) {
            card.memory_bytes = card.memory_bytes.or(bytes);
        }
        return true;
    }
    false
}

/// Version lines of Python, CUDA's compiler, the kernel, Windows and the C library.
fn banner(draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
    let plain = line.trim_start_matches(['>', '$', '|', ' ', '-', '*', '`']);
    if let Some((_, rest)) = line.split_once("Cuda compilation tools, release ") {
        let exact = rest.split_once(", V").map(|(_, version)| versions::numbers(version));
        let version = exact.filter(|version| !version.is_empty()).unwrap_or_else(|| versions::numbers(rest));
        if !version.is_empty() {
            draft.toolkit.offer(Weight::Program, version.to_owned(), at(number, "nvcc"));
        }
        return false;
    }
    if ["Copyright (c)", "Built on ", "Build cuda_", "nvcc: NVIDIA (R)"].iter().any(|start| plain.starts_with(start)) {
        // The compiler's date names its time zone's Windows: `Pacific_Daylight_Time`.
        return true;
    }
    if let Some(rest) = plain.strip_prefix("Python ").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
        let by = at(number, "Python's banner");
        let is_banner = rest.contains('(') || versions::numbers(rest).len() + 12 > rest.trim().len();
        python(draft, rest, if is_banner { Weight::Program } else { Weight::Hint }, by);
        return is_banner;
    }
    for start in ["Using CPython ", "Using Python ", "Using python "] {
        if let Some((_, rest)) = line.split_once(start) {
            python(draft, rest, Weight::Program, at(number, "uv"));
            return false;
        }
    }
    if let Some(version) = between(line, "Microsoft Windows [Version ", "]").or_else(|| between(line, "Microsoft Windows [", "]").filter(|text| text.contains("10.0."))) {
        let by = at(number, "the command prompt");
        draft.system.family(Weight::Program, OsFamily::Windows, by);
        if let Some(build) = system::build_of(version) {
            draft.system.build(Weight::Program, build, by);
        }
        return false;
    }
    if let Some(rest) = plain.strip_prefix("Linux version ") {
        draft.system.kernel(rest.split_whitespace().next().unwrap_or_default(), at(number, "/proc/version"));
        return true;
    }
    if let Some((before, _)) = line.split_once("GNU/Linux").filter(|_| plain.starts_with("Linux ")) {
        let by = at(number, "uname");
        draft.system.kernel(plain.split_whitespace().nth(2).unwrap_or_default(), by);
        if let Some(arch) = before.split_whitespace().next_back().and_then(system::arch_of) {
            draft.system.arch(Weight::Program, arch, by);
        }
        return true;
    }
    if let Some((_, rest)) = line.split_once("GLIBC ").or_else(|| line.split_once("(GNU libc) ")).filter(|_| plain.starts_with("ldd ")) {
        if let Some(version) = system::two_numbers(rest) {
            draft.system.libc(Weight::Program, version, at(number, "ldd"));
        }
        return true;
    }
    if line.contains("microsoft-standard") {
        draft.system.kernel("5.0.0-microsoft-standard", at(number, "the kernel's name"));
    }
    false
}

/// An interpreter, and what its banner says of the system.
pub(super) fn python(draft: &mut Draft<'_>, text: &str, weight: Weight, by: At) {
    let Some(seen) = versions::python(text) else { return };
    draft.python.offer(weight, seen, by);
    if let Some((_, rest)) = text.split_once("[MSC ") {
        draft.system.family(Weight::Program, OsFamily::Windows, by);
        if let Some(arch) = system::arch_of(rest) {
            draft.system.arch(Weight::Program, arch, by);
        }
    } else if text.contains("[GCC ") || text.contains("on linux") {
        draft.system.family(Weight::Hint, OsFamily::Linux, by);
    } else if text.contains("on darwin") {
        draft.system.family(Weight::Program, OsFamily::Macos, by);
    }
}
