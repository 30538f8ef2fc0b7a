//! Names of cards as drivers, lists and people write them.

use super::{Card, NamedCards};
use crate::facts::ComputeCapability;
use std::collections::BTreeMap;

/// Every known name in its plain form; `None` where cards of several capabilities bear it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names(BTreeMap<String, Option<ComputeCapability>>);

/// Words behind a name that do not change which card it is: where it is built in, and who built it.
const BESIDE: &str = "laptop|gpu|graphics|mobile|notebook|max|maxq|q|with|design|edition|founders|fe|oc|gaming\
    |refresh|generation|ti|super|vram|lhr|trio|strix|ventus|nvgpu|pcie|nvl|fhhl|dgxs|card\
    |cards|cut";

/// Beginnings of words that say how a card is built in: `SXM4`, `HBM3`, `GDDR6X`.
const BUILT: [&str; 3] = ["sxm", "hbm", "gddr"];

impl Names {
    pub(super) fn new(cards: &[Card], named: &[NamedCards]) -> Self {
        let mut names = Self::default();
        for card in cards {
            names.add(&card.name, card.capability);
            for name in &card.driver_names {
                names.add(name, card.capability);
            }
        }
        for row in named {
            for name in &row.names {
                names.add(name, row.capability);
            }
        }
        names
    }

    fn add(&mut self, name: &str, capability: ComputeCapability) {
        let known = self.0.entry(plain(name)).or_insert(Some(capability));
        if *known != Some(capability) {
            *known = None;
        }
    }

    /// The capability of a name: its own, that of all names it begins, or its own without words that say nothing.
    pub(super) fn capability(&self, name: &str) -> Option<ComputeCapability> {
        let name = name.trim();
        if let Some(stem) = name.strip_suffix("...").or_else(|| name.strip_suffix('…')) {
            return self.of_all(&plain(stem));
        }
        let mut wanted = plain(name);
        loop {
            if let Some(known) = self.0.get(&wanted) {
                return *known;
            }
            if let Some(found) = self.of_all(&format!("{wanted} ")) {
                return Some(found);
            }
            let (shorter, last) = wanted.rsplit_once(' ')?;
            if !is_beside(last) {
                // `GRID T4-8Q` is a slice of a T4.
                let (_, unbranded) = wanted.split_once(' ').filter(|(first, _)| *first == "grid")?;
                wanted = unbranded.to_owned();
                continue;
            }
            wanted = shorter.to_owned();
        }
    }

    /// The one capability of all names that begin like this.
    fn of_all(&self, start: &str) -> Option<ComputeCapability> {
        if !start.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let mut bearing = self.0.range(start.to_owned()..).take_while(|(name, _)| name.starts_with(start));
        let first = (*bearing.next()?.1)?;
        bearing.all(|(_, capability)| *capability == Some(first)).then_some(first)
    }
}

/// A word that does not change which card it is.
fn is_beside(word: &str) -> bool {
    BESIDE.split('|').any(|beside| beside == word)
        || BUILT.iter().any(|start| word.starts_with(start))
        || is_slice(word)
}

/// `32C`, `8Q`: what a virtual card has of the real one.
fn is_slice(word: &str) -> bool {
    let digits = word.trim_end_matches(['q', 'c', 'a', 'b']);
    digits.len() + 1 == word.len() && !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
}

/// A name without what people and drivers add, leave out or mix up: maker, brand, memory, GTX for RTX, blanks.
fn plain(name: &str) -> String {
    let lower = name.to_ascii_lowercase().replace(['(', ')', '[', ']', '-', '_', '/', ',', '"', '\''], " ");
    let mut words: Vec<&str> = Vec::new();
    for word in lower.split_whitespace() {
        if ["nvidia", "geforce", "tesla", "corporation", "jetson"].contains(&word) || is_memory(word) {
            continue;
        }
        // `80 GB`, but not the GB of GB200.
        if ["gb", "gib"].contains(&word) {
            words.pop_if(|last| is_memory(&format!("{last}gb")));
            continue;
        }
        match apart(word) {
            Some((brand, model, suffix)) => words.extend([brand, model, suffix].iter().filter(|part| !part.is_empty())),
            None => words.push(word),
        }
    }
    // Not after Quadro: Quadro RTX 4000 is Turing, RTX 4000 (Ada) is not, and Quadro 4000 is neither. GTX TITAN X is
    // not TITAN X.
    let is_model = words.get(1).is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    match words.first() {
        Some(&"rtx") if words.len() > 1 => drop(words.remove(0)),
        Some(&"gtx") if is_model => drop(words.remove(0)),
        Some(_) | None => {}
    }
    words.iter().map(|word| if *word == "s" { "super" } else { word }).collect::<Vec<_>>().join(" ")
}

/// `16gb`, `80g`
fn is_memory(word: &str) -> bool {
    let digits = word.strip_suffix("gb").or_else(|| word.strip_suffix('g')).unwrap_or_default();
    !digits.is_empty() && digits.len() < 4 && digits.chars().all(|c| c.is_ascii_digit())
}

/// `rtx3090`, `gtx1060`, `3070ti`, `rtxa6000` → their parts.
fn apart(word: &str) -> Option<(&str, &str, &str)> {
    let brand = ["rtx", "gtx", "gts", "gt"]
        .into_iter()
        .find(|brand| {
            word.strip_prefix(brand).is_some_and(|rest| rest.len() > 2 && rest.contains(|c: char| c.is_ascii_digit()))
        })
        .unwrap_or_default();
    let rest = word.get(brand.len()..)?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (model, suffix) = rest.split_at_checked(digits)?;
    if (3..=4).contains(&digits) && ["ti", "s", "super", "laptop", "mobile", "max", "maxq"].contains(&suffix) {
        return Some((brand, model, suffix));
    }
    (!brand.is_empty()).then_some((brand, rest, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let mut names = Names::default();
        for (name, capability) in [
            ("GeForce RTX 3070 Ti", "8.6"),
            ("GeForce RTX 3080 10GB", "8.6"),
            ("GeForce RTX 5060 Ti 16GB", "12.0"),
            ("GeForce GTX 1050 Ti", "6.1"),
            ("GeForce GTX 1060 6GB", "6.1"),
            ("GeForce GT 1030", "6.1"),
            ("A100 SXM4 80 GB", "8.0"),
            ("RTX A6000", "8.6"),
            ("Quadro RTX 4000", "7.5"),
            ("Quadro 4000", "2.0"),
            ("RTX PRO 6000 Blackwell Workstation Edition", "12.0"),
            ("GeForce GTX TITAN X", "5.2"),
            ("TITAN X (Pascal)", "6.1"),
            ("TITAN X", "5.2"),
            ("TITAN X", "6.1"),
            ("V100D", "7.0"),
            ("GB200", "10.0"),
            ("T4", "7.5"),
        ] {
            names.add(name, capability.parse().unwrap());
        }
        names
    }

    #[test]
    fn a_card_is_known_by_any_name_people_and_drivers_give_it() {
        let names = names();
        for (name, capability) in [
            ("3070 Ti", Some("8.6")),
            ("rtx3070ti", Some("8.6")),
            ("GTX 5060 Ti 16GB", Some("12.0")),
            ("NVIDIA GeForce RTX 3080 Laptop GPU", Some("8.6")),
            ("NVIDIA GeForce RTX 3080 ...", Some("8.6")),
            ("GeForce GTX 105...", Some("6.1")),
            ("GTX1060", Some("6.1")),
            ("GT1030", Some("6.1")),
            ("NVIDIA A100-SXM4-80GB", Some("8.0")),
            ("NVIDIA A100-SXM...", Some("8.0")),
            ("A100 SXM4 80 GB", Some("8.0")),
            ("NVIDIA GB200", Some("10.0")),
            ("A100", Some("8.0")),
            ("A6000", Some("8.6")),
            ("NVIDIA RTXA6000-12Q", Some("8.6")),
            ("Quadro RTX 4000", Some("7.5")),
            ("Quadro 4000", Some("2.0")),
            ("RTX PRO 6000 Blackwell", Some("12.0")),
            ("GeForce GTX TITAN X", Some("5.2")),
            ("TITAN X (Pascal)", Some("6.1")),
            ("TITAN X", None),
            ("GRID V100D-32C", Some("7.0")),
            ("Tesla T4", Some("7.5")),
            ("RTX", None),
            ("GeForce ...", None),
            ("", None),
            ("GTX 9999", None),
        ] {
            assert_eq!(names.capability(name), capability.map(|text| text.parse().unwrap()), "{name}");
        }
    }
}
