//! Cards in start-up logs of applications: `ComfyUI`, `TensorFlow`, `llama.cpp`, ollama and their like.

use super::cards::{Place, SeenCard};
use super::draft::{At, Draft, Weight};
use super::smi::mebibytes;
use super::versions;
use crate::facts::{ComputeCapability, Via};

const BRANDS: [&str; 6] = ["NVIDIA", "GeForce", "Quadro", "Tesla", "TITAN", "GRID"];

/// Whether a text names a maker or a series of cards.
pub(super) fn has_brand(text: &str) -> bool {
    BRANDS.iter().any(|brand| text.contains(brand))
}

/// Whether it begins with one.
pub(super) fn starts_with_brand(text: &str) -> bool {
    BRANDS.iter().any(|brand| text.starts_with(brand))
}

/// What earlier lines said that later ones go on with.
#[derive(Debug, Default)]
pub(super) struct Logs {
    /// Memory that stands before the card it belongs to.
    memory: Option<u64>,
}

impl Logs {
    /// Reads a line; true if nothing else need be looked for in it.
    pub(super) fn line(&mut self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        if let Some((_, rest)) = line.strip_prefix("Total VRAM ").map(|rest| ("", rest)) {
            self.memory = mebibytes(rest.split(',').next().unwrap_or(rest));
            return true;
        }
        let at = At { line: number, by: "a log", via: Via::Command };
        if !has_brand(line) {
            return false;
        }
        self.device(draft, line, at) || named(draft, line, at)
    }

    /// `Device: cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync`, `CUDA:0 (NVIDIA …, 12288MiB)`,
    /// `"cuda:0" : "NVIDIA …" (32 GiB, sm_120)`.
    fn device(&mut self, draft: &mut Draft<'_>, line: &str, at: At) -> bool {
        let Some((_, rest)) = line.split_once("cuda:").or_else(|| line.split_once("CUDA:")) else { return false };
        let digits = versions::numbers(rest);
        let Some(index) = digits.parse::<u32>().ok().filter(|index| *index < 64) else { return false };
        let rest = rest.get(digits.len()..).unwrap_or_default();
        let name = rest.trim_start_matches(|c: char| c.is_whitespace() || "\"'(:=,".contains(c));
        let name = name.split([':', '"', ',', ')', '(', '\'']).next().unwrap_or_default();
        if !starts_with_brand(name) {
            return false;
        }
        card(draft, Some(index), name, capability(rest), at);
        if let Some(last) = draft.cards.last(Place::Log) {
            let own = rest.split_once(", ").and_then(|(_, size)| mebibytes(size));
            last.memory_bytes = last.memory_bytes.or(own).or_else(|| self.memory.take());
        }
        draft.seen.sees_cards = true;
        // In quotation marks it is the list of a program that is not torch.
        if !rest.starts_with(['"', '\'']) {
            draft.available(Weight::Hint, true, at);
        }
        // Ultralytics prints its torch in the same line.
        !line.contains("torch")
    }
}

/// Programs that are not torch, with what stands before the name and behind it.
fn named(draft: &mut Draft<'_>, line: &str, at: At) -> bool {
    let ends = [",", "\"", ";", " computeCapability", " major:"];
    // llama.cpp and deviceQuery, TensorFlow, ollama, NCCL's tests.
    let place = [
        ("Device ", ": "),
        ("device: ", ", name: "),
        ("device:GPU:", ", name: "),
        ("", "name=\""),
        ("", "description=\""),
        ("device ", "] "),
        // YOLOv5: `device1 _CudaDeviceProperties(name='Tesla V100-SXM2-32GB', …)`
        ("device", " _CudaDeviceProperties(name='"),
        ("", "_CudaDeviceProperties(name='"),
    ];
    let found = place.iter().find_map(|(before, mark)| {
        let (head, rest) = line.split_once(mark)?;
        let rest = rest.trim_start_matches('"');
        let is_card = starts_with_brand(rest);
        let number = if before.is_empty() { "" } else { head.split_once(before)?.1.trim_start() };
        is_card.then(|| (versions::numbers(number).parse::<u32>().ok(), rest))
    });
    // TensorFlow 1: `name: GeForce GTX 1080 Ti major: 6 minor: 1`
    let first = || {
        let (_, rest) = line.split_once("name: ")?;
        (rest.contains(" major:") || rest.contains(" computeCapability")).then_some((None, rest))
    };
    let Some((index, rest)) = found.or_else(first) else { return false };
    let end = ends.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
    card(draft, index, rest.get(..end).unwrap_or_default(), capability(line), at);
    draft.seen.sees_cards = true;
    // ollama names its driver in the same line.
    !line.contains("driver")
}

fn capability(text: &str) -> Option<ComputeCapability> {
    let marks = ["compute capability: ", "compute capability ", "computeCapability: ", "compute=", "sm_"];
    let (mark, rest) = marks.iter().find_map(|mark| text.split_once(mark).map(|(_, rest)| (*mark, rest)))?;
    let numbers = versions::numbers(rest);
    if mark == "sm_" { format!("sm_{numbers}").parse().ok() } else { numbers.parse().ok() }
}

/// A card that a program names, without the log's own marks before it.
pub(super) fn card(
    draft: &mut Draft<'_>,
    index: Option<u32>,
    name: &str,
    capability: Option<ComputeCapability>,
    at: At,
) {
    let brand = BRANDS.iter().filter_map(|brand| name.find(brand)).min();
    let name = brand.and_then(|at| name.get(at..)).unwrap_or(name);
    let name = name.trim_matches(|c: char| c.is_whitespace() || "\"'`*-:,|".contains(c));
    if !name.is_empty() && name.len() < 80 {
        let name = Some(name.to_owned());
        draft.cards.add(Place::Log, SeenCard { index, name, capability, ..SeenCard::new(at) });
    }
}
