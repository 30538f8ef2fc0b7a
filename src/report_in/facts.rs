//! Keys with their values as facts.

use super::bus::windows_id;
use super::cards::{Place, SeenCard};
use super::draft::{At, Draft, Weight};
use super::keys::{Key, key_of};
use super::names::{Care, cards_in};
use super::smi::mebibytes;
use super::warnings::truth;
use super::{banners, os_facts, os_names, versions};
use crate::catalog::Catalog;
use crate::facts::{ComputeCapability, OsFamily, Via};

/// Whether a value says that nothing was found.
pub(super) fn is_nothing(value: &str) -> bool {
    const NOTHING: [&str; 16] = [
        "",
        "n/a",
        "na",
        "none",
        "null",
        "nan",
        "unknown",
        "could not collect",
        "no cuda",
        "not installed",
        "not found",
        "not available",
        "-",
        "not set",
        "[not set]",
        "?",
    ];
    NOTHING.contains(&value.trim().to_lowercase().as_str())
}

fn form(line: usize) -> At {
    At { line, by: "", via: Via::User }
}

/// Enters a pair; true if nothing else need be looked for in its value.
pub(super) fn enter(draft: &mut Draft<'_>, line: usize, key: &str, value: &str, is_nvidia: bool) -> bool {
    mask(draft, key, value);
    let Some(known) = key_of(key) else { return unkeyed(draft, line, key, value) };
    let at = form(line);
    match known {
        Key::Torch => torch(draft, value, at),
        Key::TorchCuda => torch_cuda(draft, value, at),
        Key::Rocm => draft.is_rocm |= !is_nothing(value) && value.starts_with(|c: char| c.is_ascii_digit()),
        Key::Available => {
            if let Some(truth) = truth(value) {
                draft.available(Weight::Program, truth, at);
            }
        }
        // Apple's own, so there is no other system that it can be true on.
        Key::Metal => {
            if truth(value) == Some(true) {
                draft.system.family(Weight::Program, OsFamily::Macos, at);
            }
        }
        Key::Cards => return cards(draft, key, value, at),
        Key::Card(first, last) => card(draft, first, last, value, at),
        Key::CardCapability(first, last) => {
            let capability: Option<ComputeCapability> = versions::numbers(value).parse().ok();
            for card in draft.cards.numbered(first, last) {
                card.capability = card.capability.or(capability);
            }
        }
        Key::Capability => capability(draft, value, at),
        Key::Memory => memory(draft, line, value),
        Key::Driver => driver(draft, key, value, is_nvidia, at),
        Key::DriverCuda => {
            if let Some(cuda) = versions::cuda(value) {
                draft.driver_cuda.offer(Weight::Person, cuda, at);
            }
        }
        Key::Toolkit => {
            let version = versions::cuda(value)
                .map(|_| versions::numbers(value.trim_start_matches(|c: char| !c.is_ascii_digit())));
            if let Some(version) = version {
                draft.toolkit.offer(Weight::Person, version.to_owned(), at);
            }
        }
        Key::Os => {
            os_facts::os(draft, value, at);
            return false;
        }
        Key::OsVersion => os_facts::os_version(draft, key, value, at),
        Key::Platform => {
            if !draft.system.platform(value, at) {
                os_facts::os(draft, value, at);
                return false;
            }
        }
        Key::Kernel => os_facts::kernel(draft, value, at),
        Key::Arch => {
            if let Some(arch) = os_names::arch_of(&value.to_lowercase()) {
                draft.system.arch(Weight::Program, arch, at);
            }
        }
        Key::Libc => os_facts::libc(draft, value, at),
        Key::Python => {
            banners::python(draft, value, Weight::Program, at);
        }
        Key::Wsl => os_facts::wsl(draft, key, value, at),
        Key::Container => draft.system.is_container |= os_facts::is_container(value),
        Key::Processor => {
            if let Some(arch) = os_names::arch_of(&value.to_lowercase()) {
                draft.system.arch(Weight::Person, arch, at);
            }
            // `Ryzen 7 with Radeon Graphics` is no card.
            return true;
        }
    }
    // A long value says more than its key promises.
    value.len() < 30 || matches!(known, Key::Card(..) | Key::Rocm | Key::Platform) && !value.contains("driver")
}

/// Variables that hide cards, as `set`, `export` and lists of variables write them.
fn mask(draft: &mut Draft<'_>, key: &str, value: &str) {
    const NAMES: [&str; 4] =
        ["CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES"];
    let name = key.trim().rsplit([' ', ':']).next().unwrap_or_default();
    let before = key.trim().strip_suffix(name).unwrap_or_default().trim().to_ascii_lowercase();
    let is_set = ["", "set", "export", "env", "-e", "$env:", "$env", "setx", "declare -x"].contains(&before.as_str());
    // A word behind the value would be a command that it is set for alone.
    let is_value = value.is_empty() || !(is_nothing(value) || value.contains(' '));
    if NAMES.contains(&name) && is_set && is_value {
        draft.mask(name, value.trim_matches(['"', '\'']));
    }
}

/// NVIDIA's names for its generations of cards.
const GENERATIONS: [&str; 10] =
    ["fermi", "kepler", "maxwell", "pascal", "volta", "turing", "ampere", "ada lovelace", "hopper", "blackwell"];

/// A line without a key that means something: its value may still be a whole card's name or a system's.
fn unkeyed(draft: &mut Draft<'_>, line: usize, key: &str, value: &str) -> bool {
    let at = form(line);
    if windows_id(value).is_some() || key.len() > 40 || value.len() > 120 {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    // `wmic os get caption,version`
    if key.starts_with("Microsoft Windows") {
        os_facts::os(draft, key, at);
        os_facts::os_version(draft, "windows version", value, at);
        return true;
    }
    // `wmic path win32_VideoController get name,driverversion`
    let number = value.split_whitespace().next_back().unwrap_or_default();
    if let Some(driver) = versions::driver(number, true).filter(|_| key.to_ascii_lowercase().starts_with("nvidia ")) {
        draft.driver(Weight::Program, driver, at);
        // Only Windows writes it in four numbers.
        if number.matches('.').count() == 3 {
            draft.system.family(Weight::Hint, OsFamily::Windows, at);
        }
        return alone(draft, line, key);
    }
    // A table of generations lists what there is to buy.
    if GENERATIONS.contains(&key.trim().to_ascii_lowercase().as_str()) {
        return true;
    }
    let brands = ["nvidia ", "geforce ", "quadro ", "tesla ", "rtx ", "gtx "];
    if brands.iter().any(|brand| lower.starts_with(brand)) && !key.to_ascii_lowercase().contains("cpu") {
        let named = cards_in(value, Care::Strict, draft.catalog);
        if !named.ours.is_empty() {
            draft.cards.add_named(Place::Person, named, at);
            return true;
        }
    }
    false
}

/// A card's name in a line of its own, as in a list of cards; true if it is one.
pub(super) fn alone(draft: &mut Draft<'_>, line: usize, text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let brands = ["nvidia ", "geforce ", "quadro ", "tesla ", "titan ", "rtx ", "gtx "];
    if text.len() > 60 || !brands.iter().any(|brand| lower.starts_with(brand)) {
        return false;
    }
    let named = cards_in(text, Care::Strict, draft.catalog);
    let is_all = named.ours.first().is_some_and(|card| card.name.len() + 8 > text.len());
    if is_all {
        draft.cards.add_named(Place::Person, named, form(line));
    }
    is_all
}

fn torch(draft: &mut Draft<'_>, value: &str, at: At) {
    if let Some(version) =
        versions::torch(value.trim_start_matches(|c: char| c.is_alphabetic() && c != 'v').trim_start_matches("=="))
    {
        let text = version.to_string();
        // NVIDIA's containers bring builds of their own: `2.9.0a0+145a3a7bda.nv25.10`, `2.1.0a0+32f93b1`.
        let is_nvidias = text.contains("a0+") && !text.contains("a0+git") && !draft.is_rocm;
        if is_nvidias {
            draft.system.built_by_nvidia();
        }
        draft.torch(Weight::Program, version, at);
        // `PyTorch version (GPU?): 2.1.0 (True)`
        let remark = value.split_once('(').and_then(|(_, rest)| rest.split(')').next());
        let reached =
            remark.and_then(|remark| if ["CUDA", "GPU"].contains(&remark) { Some(true) } else { truth(remark) });
        if let Some(reached) = reached {
            draft.available(Weight::Program, reached, at);
        }
        // conda's builds: `1.7.1  py3.8_cuda11.0.221_cudnn8.0.5_0`
        if let Some(cuda) = value.split_once("_cuda").and_then(|(_, rest)| versions::cuda(rest)) {
            draft.torch_cuda.offer(Weight::Program, cuda, at);
        }
    } else if ["n/a", "not installed", "none", "not found"].contains(&value.trim().to_lowercase().as_str()) {
        draft.no_torch = true;
    }
}

fn torch_cuda(draft: &mut Draft<'_>, value: &str, at: At) {
    // fastai: `9.0.176 / is available`
    if let Some(reached) = value.split_once(" / ").and_then(|(_, remark)| truth(remark)) {
        draft.available(Weight::Program, reached, at);
    }
    match versions::cuda(value) {
        Some(cuda) => draft.torch_cuda.offer(Weight::Program, cuda, at),
        None if value.trim() == "None" => draft.seen.is_cpu_build = true,
        None => {}
    }
}

/// The value of `GPU:` and its like; true if it is about cards alone. A key that may speak of anything is read with
/// care.
fn cards(draft: &mut Draft<'_>, key: &str, value: &str, at: At) -> bool {
    const SURE: [&str; 14] = [
        "gpu",
        "graphic",
        "graf",
        "gráf",
        "video",
        "vga",
        "vídeo",
        "видео",
        "显",
        "顯",
        "グラ",
        "그래픽",
        "ekran",
        "accelerator",
    ];
    const ALONE: [&str; 7] = ["card", "cards", "nvidia card", "card name", "product name", "model", "device name"];
    let lower = key.to_lowercase();
    let is_sure = SURE.iter().any(|word| lower.contains(word)) || ALONE.contains(&lower.as_str());
    if value.eq_ignore_ascii_case("no cuda") {
        draft.no_driver.offer(Weight::Person, "no driver seen".to_owned(), at);
        draft.no_cards.get_or_insert_with(|| "the report's tool found no CUDA and so could not list cards".to_owned());
        return true;
    }
    // torch's name for the graphics of Apple's processors.
    if value.eq_ignore_ascii_case("mps") {
        draft.system.family(Weight::Program, OsFamily::Macos, at);
        return true;
    }
    if is_nothing(value) {
        if !value.is_empty() && is_sure {
            draft.no_cards.get_or_insert_with(|| "the report's tool could not list the cards".to_owned());
        }
        return true;
    }
    // `GPU models and configuration: GPU 0: NVIDIA …`
    if let Some((inner, name)) = value.split_once(':')
        && let Some(Key::Card(first, last)) = key_of(inner)
    {
        card(draft, first, last, name.trim(), at);
    } else if draft.is_rocm && is_sure {
        draft.cards.add_other(value.to_owned());
    } else {
        let care = if is_sure { Care::Loose } else { Care::Strict };
        let named = cards_in(&without_aliases(value, draft.catalog), care, draft.catalog);
        if !named.ours.is_empty() && named.others.is_empty() {
            driver_in_brackets(draft, value, at);
        }
        if is_sure || !named.ours.is_empty() {
            draft.cards.add_named(Place::Person, named, at);
        } else {
            named.others.into_iter().for_each(|other| draft.cards.add_other(other));
        }
    }
    is_sure && !value.to_ascii_lowercase().contains("driver")
}

/// `RTX 5070 Ti (572.83)`: behind a card's name a number of this form can only be its driver.
fn driver_in_brackets(draft: &mut Draft<'_>, value: &str, at: At) {
    let mut inside = value.split('(').skip(1).filter_map(|rest| rest.split(')').next());
    let version = inside.find_map(|text| versions::driver(text, false).filter(|found| found.to_string() == text));
    if let Some(version) = version.filter(|version| version.branch() >= 300) {
        draft.driver(Weight::Hint, version, at);
    }
}

/// `NVIDIA GB10 (DGX Spark)` is one card: what stands in brackets behind a card's name is another name of it.
fn without_aliases(value: &str, catalog: &Catalog) -> String {
    let names = |text: &str| !cards_in(text, Care::Strict, catalog).ours.is_empty();
    match value.split_once('(').and_then(|(before, rest)| Some((before, rest.split_once(')')?))) {
        Some((before, (inside, after))) if names(before) && names(inside) => format!("{before} {after}"),
        Some(_) | None => value.to_owned(),
    }
}

/// `GPU 0: NVIDIA H20`, `GPU 0,1,2: …`; the name as it stands.
fn card(draft: &mut Draft<'_>, first: u32, last: u32, value: &str, at: At) {
    let at = At { by: "a list of cards", via: Via::Command, ..at };
    if is_nothing(value) || value.len() > 120 || value.starts_with("MIG ") {
        return;
    }
    // `GeForce GTX 1650 (arch=7.5)`, `NVIDIA GeForce RTX 3080 [SUPPORTED]`, `"GeForce GTX 970"`
    let capability = value.split_once("arch=").and_then(|(_, rest)| versions::numbers(rest).parse().ok());
    // `11177MB | GeForce GTX 1080 Ti`
    let value = match value.split_once(" | ") {
        Some((size, name)) if mebibytes(size).is_some() => name,
        Some((name, _)) => name,
        None => value,
    };
    let name = value.split(" (arch=").next().unwrap_or(value).split(" (UUID").next().unwrap_or(value);
    let name = name.trim_matches(['"', '\'', ' ']).trim_start_matches("b'");
    let named = cards_in(name, Care::Loose, draft.catalog);
    if named.ours.is_empty() {
        for other in named.others {
            draft.cards.add_other(other);
        }
        if draft.is_rocm {
            draft.cards.add_other(name.to_owned());
        }
        return;
    }
    // `NVIDIA GA104 [GeForce RTX 3070] vendor: …` has more than a name.
    let known = named.ours.into_iter().next().filter(|known| known.capability.is_some()).map(|known| known.name);
    let known = known.filter(|_| draft.catalog.capability_by_name(name).is_none());
    let name = known.as_deref().unwrap_or(name);
    for index in first..=last {
        let name = Some(name.to_owned());
        draft.cards.add(Place::Torch, SeenCard { index: Some(index), name, capability, ..SeenCard::new(at) });
    }
}

fn capability(draft: &mut Draft<'_>, value: &str, at: At) {
    // `Architecture: arm64` is the processor's.
    if let Some(arch) = os_names::arch_of(&value.to_lowercase()) {
        draft.system.arch(Weight::Program, arch, at);
        return;
    }
    let text = value.trim_start_matches(['[', '(', ' ']);
    let by_name = text
        .find("sm_")
        .and_then(|at| text.get(at..))
        .map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default());
    let found: Option<ComputeCapability> = by_name.unwrap_or_else(|| versions::numbers(text)).parse().ok();
    let plausible = found.filter(|found| (2..20).contains(&found.major));
    if let (Some(card), Some(capability)) = (draft.cards.newest(), plausible) {
        card.capability = card.capability.or(Some(capability));
    }
}

fn memory(draft: &mut Draft<'_>, line: usize, value: &str) {
    let bytes =
        value.parse::<u64>().ok().filter(|bytes| *bytes > 1 << 28 && *bytes < 1 << 45).or_else(|| mebibytes(value));
    if let Some(card) = draft.cards.newest().filter(|card| line <= card.at.line + 12) {
        card.memory_bytes = card.memory_bytes.or(bytes);
    }
}

fn driver(draft: &mut Draft<'_>, key: &str, value: &str, is_nvidia: bool, at: At) {
    if value.eq_ignore_ascii_case("no cuda") {
        draft.no_driver.offer(Weight::Person, "no driver seen".to_owned(), at);
        return;
    }
    let lower = key.to_ascii_lowercase();
    let is_nvidia = is_nvidia || lower.contains("nvidia") || lower.contains("geforce");
    // `NVIDIA 550.54.14`, `Game Ready 566.36`, `nvidia-driver-535 (535.183.01)`
    let words = std::iter::once(value).chain(value.split_whitespace().skip(1).take(6));
    let mut words = words.map(|text| text.trim_start_matches(['(', 'v']));
    if let Some(version) = words.find_map(|text| versions::driver(text, is_nvidia)) {
        // `32.0.15.8157`
        if value.matches('.').count() == 3 {
            draft.system.family(Weight::Hint, OsFamily::Windows, at);
        }
        draft.driver(Weight::Person, version, at);
        return;
    }
    // `CUDA Driver Version / Runtime Version: 10.2 / 10.1`, `CUDA Driver Version: 12040`, `Driver: 13.0`
    let cuda = versions::cuda_number(value.trim()).or_else(|| versions::cuda(value).filter(|cuda| cuda.major >= 9));
    if let Some(cuda) = cuda {
        draft.driver_cuda.offer(Weight::Person, cuda, at);
        if lower.contains("runtime version")
            && let Some(runtime) = value.split_once('/').and_then(|(_, runtime)| versions::cuda(runtime))
        {
            draft.toolkit.offer(Weight::Person, runtime.to_string(), at);
        }
    }
}
