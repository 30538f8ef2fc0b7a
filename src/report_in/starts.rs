//! Lines in which a program says at its start which torch it runs with, and on what.

use super::cards::{Place, SeenCard};
use super::draft::{At, Draft, Weight};
use super::names::{Care, cards_in};
use super::{banners, logs, versions, warnings};
use crate::facts::{ComputeCapability, Via};

/// What earlier lines said that later ones go on with.
#[derive(Debug, Default)]
pub(super) struct Starts {
    /// Line in which torch begins to list what it was built with.
    config: usize,
}

/// Words without one of which a line is none of these.
const MARKS: [&str; 9] = [
    "torch-",
    "(you have ",
    "Torch detected GPU",
    "Num GPUs",
    "Torch reports CUDA",
    "CUDA Runtime ",
    "NVCC architecture flags",
    "Implementation: ",
    "PyTorch built with:",
];

impl Starts {
    /// Reads a line; true if nothing else need be looked for in it.
    pub(super) fn line(&mut self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        if numbered(draft, number, line) {
            return true;
        }
        if !MARKS.iter().any(|mark| line.contains(mark)) {
            return false;
        }
        let at = At { line: number, by: "a program's start", via: Via::Command };
        ultralytics(draft, line);
        built_for(draft, line, at)
            || detected(draft, line, at)
            || counted(draft, line, at)
            || self.build(draft, line, at)
            || implementation(draft, line, at)
    }

    /// `torch.__config__.show()`: `- CUDA Runtime 10.2`,
    /// `- NVCC architecture flags: -gencode;arch=compute_70,code=sm_70`.
    fn build(&mut self, draft: &mut Draft<'_>, line: &str, at: At) -> bool {
        if line.contains("PyTorch built with:") {
            self.config = at.line;
        }
        if self.config == 0 || at.line > self.config + 15 {
            return false;
        }
        if let Some((_, flags)) = line.split_once("NVCC architecture flags:") {
            warnings::archs_of(draft, flags.split("code=").skip(1).filter_map(|flag| flag.split([';', ',']).next()));
            return true;
        }
        let version = line.strip_prefix("CUDA Runtime ").filter(|text| versions::numbers(text) == *text);
        if let Some(cuda) = version.and_then(versions::cuda) {
            draft.torch_cuda.offer(Weight::Program, cuda, at);
            return true;
        }
        false
    }
}

/// `Ultralytics 8.3.0 Python-3.11.4 torch-2.0.1+cu118 CUDA:0 (NVIDIA …)`, or `CPU` in the place of the card.
fn ultralytics(draft: &mut Draft<'_>, line: &str) {
    let Some((_, rest)) = line.split_once(" torch-") else { return };
    let Some((word, device)) = rest.split_once(' ') else { return };
    let has_device = ["CUDA:", "CPU", "MPS"].iter().any(|mark| device.trim_start().starts_with(mark));
    if let Some(torch) = versions::torch(word).filter(|_| has_device) {
        draft.running(torch);
    }
}

/// What something was built for is not what is there: `PyTorch 2.0.1+cu118 with CUDA 1108 (you have 2.0.1+cpu)`.
fn built_for(draft: &mut Draft<'_>, line: &str, at: At) -> bool {
    let Some((before, there)) = line.split_once("(you have ") else { return false };
    let is_told = before.starts_with("PyTorch") || before.starts_with("Python");
    if before.starts_with("PyTorch") {
        if let Some(torch) = versions::torch(there) {
            draft.torch(Weight::Program, torch, at);
        }
    } else if before.starts_with("Python") {
        banners::python(draft, there, Weight::Program, at);
    }
    is_told
}

/// `Torch detected GPU: NVIDIA GeForce RTX 4060 VRAM 8188 Arch (8, 9) Cores 24`, `Torch reports CUDA not available`.
fn detected(draft: &mut Draft<'_>, line: &str, at: At) -> bool {
    if line.contains("Torch reports CUDA not available") || line.contains("Torch reports CUDA is not available") {
        draft.available(Weight::Program, false, at);
        return true;
    }
    let Some((_, rest)) = line.split_once("Torch detected GPU: ").filter(|(_, rest)| logs::has_brand(rest)) else {
        return false;
    };
    let (name, more) = rest.split_once(" VRAM ").unwrap_or((rest, ""));
    let arch = more.split_once("Arch (").and_then(|(_, arch)| arch.split(')').next());
    let capability: Option<ComputeCapability> = arch.and_then(|arch| arch.replace(", ", ".").parse().ok());
    logs::card(draft, None, name, capability, at);
    draft.available(Weight::Program, true, at);
    draft.seen.sees_cards = true;
    true
}

/// `NVIDIA GeForce RTX 4090. Num GPUs = 1. Max memory: …`; of several cards the line names only the first.
fn counted(draft: &mut Draft<'_>, line: &str, at: At) -> bool {
    let Some((name, rest)) = line.split_once(". Num GPUs = ").filter(|(name, _)| logs::has_brand(name)) else {
        return false;
    };
    let count = versions::numbers(rest).parse::<u32>().unwrap_or_default();
    if count == 1 {
        logs::card(draft, None, name, None, at);
    }
    if count > 0 {
        draft.available(Weight::Program, true, at);
        draft.seen.sees_cards = true;
    }
    false
}

/// `Version: 3.10.6, Implementation: CPython, Compiler: MSC v.1932 64 bit (AMD64)`
fn implementation(draft: &mut Draft<'_>, line: &str, at: At) -> bool {
    let Some(rest) = line.strip_prefix("Version: ").filter(|rest| rest.contains("Implementation: ")) else {
        return false;
    };
    banners::python(draft, rest, Weight::Program, at);
    true
}

/// A card with its number before it: `[0] NVIDIA RTX A2000 12GB`.
fn numbered(draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
    let Some((index, name)) = line.strip_prefix('[').and_then(|rest| rest.split_once("] ")) else { return false };
    let index = index.parse::<u32>().ok().filter(|index| *index < 64);
    // `[1] NVIDIA Tesla V100 GPU Architecture` is a book.
    let named = cards_in(name, Care::Loose, draft.catalog);
    let is_name =
        logs::starts_with_brand(name) && matches!(named.ours.as_slice(), [card] if card.name.len() + 8 > name.len());
    let Some(index) = index.filter(|_| is_name) else { return false };
    let at = At { line: number, by: "a list of cards", via: Via::Command };
    let card = SeenCard { index: Some(index), name: Some(name.to_owned()), ..SeenCard::new(at) };
    draft.cards.add(Place::Log, card);
    true
}
