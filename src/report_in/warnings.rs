//! What torch says of the cards and of itself: warnings, refusals, answers to questions.

use super::draft::{At, Draft, Weight};
use super::{logs, versions};
use crate::facts::{ComputeCapability, Via};

/// What earlier lines said that later ones go on with.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    /// Capability of the card in `Found GPU0 …`.
    found: Option<ComputeCapability>,
    /// `Minimum and Maximum …` stood in the line before.
    awaits_range: bool,
    /// Last line in which the answer to a question can stand.
    awaits_answer: usize,
}

/// Words without one of which a line is no warning.
const MARKS: [&str; 9] = [
    "capabilit",
    "Found GPU",
    "'sm_",
    "kernel image",
    "supports this GPU",
    "is_available()",
    "Torch ",
    "NVIDIA driver",
    "If you want to use the ",
];

impl Warnings {
    /// Reads a line; true if nothing else need be looked for in it.
    pub(super) fn line(&mut self, draft: &mut Draft<'_>, number: usize, line: &str) -> bool {
        let at = At { line: number, by: "torch", via: Via::Command };
        if number <= self.awaits_answer
            && let Some(truth) = Some(line.trim()).filter(|line| line.len() < 8).and_then(truth)
        {
            self.awaits_answer = 0;
            draft.available(Weight::Program, truth, at);
            return true;
        }
        if self.awaits_range
            && let Some(least) = least_capability(line)
        {
            self.awaits_range = false;
            // Above the range newer code of the same generation may do; below it nothing does.
            draft.seen.refuses_card |= self.found.is_some_and(|found| found < least);
            return true;
        }
        MARKS.iter().any(|mark| line.contains(mark))
            && (self.about_card(draft, line, at) || self.about_itself(draft, line, at) || about_driver(draft, line, at))
    }

    /// `NVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible …`,
    /// `Found GPU0 NVIDIA GeForce GTX 1080 which is of …`; torch has asked the card, so it reached it.
    fn about_card(&mut self, draft: &mut Draft<'_>, line: &str, at: At) -> bool {
        let kinds = [
            " which is of cuda capability ",
            " which is of compute capability (CC) ",
            " which is of compute capability ",
        ];
        if let Some((name, rest)) = line.split_once(" with CUDA capability sm_") {
            let digits = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            logs::card(draft, None, name, format!("sm_{digits}").parse().ok(), at);
            draft.seen.refuses_card |= rest.contains("is not compatible");
        } else if let Some((_, rest)) = line.split_once("Found GPU")
            && let (index, rest) = rest.split_once(' ').unwrap_or((rest, ""))
            && let Some((name, value)) = kinds.iter().find_map(|kind| rest.split_once(kind))
        {
            self.found = versions::numbers(value).parse().ok();
            logs::card(draft, index.parse().ok(), name, self.found, at);
            // This form is printed only where no code fits.
            draft.seen.refuses_card |= rest.contains("(CC)");
        } else if let Some((_, rest)) = line.split_once("If you want to use the ")
            && let Some((name, _)) = rest.split_once(" GPU with PyTorch")
        {
            // The last sentence of the warning that a card is not compatible.
            logs::card(draft, None, name, None, at);
            draft.seen.refuses_card = true;
        } else {
            return false;
        }
        draft.seen.sees_cards = true;
        draft.available(Weight::Hint, true, at);
        true
    }

    /// What is compiled into it, and whether it reaches a card.
    fn about_itself(&mut self, draft: &mut Draft<'_>, line: &str, at: At) -> bool {
        if let Some((_, list)) = line.split_once("install supports CUDA capabilities ") {
            let archs = list.split_whitespace().map(|arch| arch.trim_end_matches(['.', ',', '`']));
            archs_of(draft, archs);
            return true;
        }
        if line.matches("'sm_").count() > 1 {
            archs_of(draft, line.split('\'').filter(|word| is_arch(word)));
        }
        draft.no_kernel_image |= line.contains("no kernel image is available for execution on the device");
        if line.contains("no longer supports this GPU because it is too old") {
            draft.seen.refuses_card = true;
            return true;
        }
        if line.contains("inimum cuda capability supported") || line.contains("Minimum and Maximum cuda capability") {
            self.awaits_range = true;
        }
        if let Some((_, rest)) =
            line.split_once("cuda.is_available()").or_else(|| line.split_once("cuda::is_available()"))
        {
            match answer(rest) {
                Some((weight, truth)) => draft.available(weight, truth, at),
                None => self.awaits_answer = at.line + 2,
            }
            return false;
        }
        let is_cpu_build = line.contains("Torch not compiled with CUDA enabled");
        draft.seen.is_cpu_build |= is_cpu_build;
        if is_cpu_build || line.contains("Torch is not able to use GPU") {
            draft.available(Weight::Hint, false, at);
            return true;
        }
        false
    }
}

/// `CUDA initialization: The NVIDIA driver on your system is too old (found version 11040)`.
fn about_driver(draft: &mut Draft<'_>, line: &str, at: At) -> bool {
    if line.contains("Found no NVIDIA driver on your system") {
        draft.no_driver.offer(Weight::Program, "torch found no driver".to_owned(), at);
    } else if let Some((_, rest)) = line.split_once("found version ")
        && let Some(cuda) = versions::cuda_number(versions::numbers(rest))
    {
        draft.driver_cuda.offer(Weight::Program, cuda, at);
        draft.seen.refuses_driver |= line.contains("driver on your system is too old");
    } else {
        return false;
    }
    draft.available(Weight::Hint, false, at);
    true
}

fn is_arch(word: &str) -> bool {
    word.starts_with("sm_") || word.starts_with("compute_")
}

/// What stands behind the question: an answer alone is printed; a sentence weighs less, and code none.
fn answer(rest: &str) -> Option<(Weight, bool)> {
    let direct = rest.trim_start_matches(|c: char| c.is_whitespace() || ")`'\"*:=>-".contains(c));
    let word = direct.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let is_direct = ["true", "false", "yes", "no"].contains(&word.to_ascii_lowercase().as_str());
    let is_short = direct.split_whitespace().count() <= 3;
    let is_code = rest.trim_start_matches(')').starts_with([',', '&', '|']);
    let truth = truth(direct).filter(|_| !is_code)?;
    Some((if is_direct && is_short { Weight::Program } else { Weight::Hint }, truth))
}

/// The first list counts.
pub(super) fn archs_of<'t>(draft: &mut Draft<'_>, words: impl Iterator<Item = &'t str>) {
    if draft.seen.archs.is_empty() {
        draft.seen.archs = words.take_while(|word| is_arch(word)).take(40).map(str::to_owned).collect();
    }
}

/// `(7.0) - (12.0)`, `… supported by this library is 3.7.`
fn least_capability(line: &str) -> Option<ComputeCapability> {
    let from = line.find('(').filter(|_| line.contains(") - (")).map(|at| at + 1);
    let alone = || line.rfind("library is ").map(|at| at + "library is ".len());
    versions::numbers(line.get(from.or_else(alone)?..)?.trim_start()).parse().ok()
}

/// `True`, `false.`, `yes`, `not available`, within the first words.
pub(super) fn truth(text: &str) -> Option<bool> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).take(4);
    words.map(str::to_ascii_lowercase).find_map(|word| match word.as_str() {
        "true" | "yes" | "available" => Some(true),
        "false" | "no" | "not" | "unavailable" => Some(false),
        _ => None,
    })
}
