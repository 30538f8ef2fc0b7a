//! Names of cards inside other words: what people write behind `GPU:` and in sentences, several cards at once.

use crate::catalog::Catalog;
use crate::facts::ComputeCapability;

/// Cards that a piece of text names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// NVIDIA's, each as often as the text says.
    pub ours: Vec<NamedCard>,
    /// Of other makers.
    pub others: Vec<String>,
}

/// A card's name with what it tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamedCard {
    /// As written.
    pub name: String,
    /// By the catalogue.
    pub capability: Option<ComputeCapability>,
    /// Of cards that the text counts, how many stand before it.
    pub nth: usize,
}

/// How much a piece of text must look like a card to be taken for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// It stands behind `GPU:`: `3070 Ti` will do.
    Loose,
    /// It may be about anything: a brand, and a model that the catalogue knows.
    Strict,
}

/// Longest name in words.
const LONGEST: usize = 9;

/// Reads the cards of a value or a sentence.
pub(super) fn cards_in(text: &str, care: Care, catalog: &Catalog) -> Named {
    let mut named = Named::default();
    // Names have no other letters than these; marks of emphasis stand around them.
    let ends =
        |c: char| c.is_whitespace() || "/,+&;()[]{}\"'|=:<>!?".contains(c) || !c.is_ascii() && !TIMES.contains(&c);
    let emphasis = |word: &&str| word.len() > 1;
    let words = text.split(ends).map(|word| word.trim_end_matches('.')).filter(|word| !word.is_empty());
    let words = words.map(|word| Some(word).filter(emphasis).map_or(word, |word| word.trim_matches(['_', '*'])));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let mut at = 0;
    while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
        // `3x 5090`: what stands behind a count is a thing.
        let is_counted = at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|word| is_count(word));
        // `2x 1080` may be lines of a picture.
        let is_size = rest.first() == Some(&"1080") && rest.get(1).is_none_or(|next| !next.eq_ignore_ascii_case("ti"));
        let care = if is_counted && !is_size { Care::Loose } else { care };
        if let Some((length, card)) = ours(rest, care, catalog).filter(|(length, _)| !is_series(rest.get(*length))) {
            let count = count(words.get(..at).unwrap_or_default(), words.get(at + length..).unwrap_or_default(), rest);
            named.ours.extend((0..count).map(|nth| NamedCard { nth, ..card.clone() }));
            at += length;
        } else if let Some((length, other)) = others(rest) {
            named.others.push(other);
            at += length;
        } else {
            at += 1;
        }
    }
    named
}

const TIMES: [char; 4] = ['x', 'X', '×', '*'];

/// How often a card is there: `2x`, `2 x`, `dual` before; `x2`, `x 2` behind; `8xA100` glued.
fn count(before: &[&str], after: &[&str], name: &[&str]) -> usize {
    let number = |text: &str| text.parse::<usize>().ok().filter(|count| (2..=16).contains(count));
    let is_times = |word: &&str| word.chars().count() == 1 && word.starts_with(TIMES);
    let glued = name.first().and_then(|word| number(word.split_once(TIMES)?.0));
    let leading = before.last().and_then(|word| match word.to_ascii_lowercase().as_str() {
        "two" | "dual" => Some(2),
        "three" | "triple" => Some(3),
        "four" | "quad" => Some(4),
        "eight" => Some(8),
        _ if is_times(word) => before.iter().rev().nth(1).and_then(|word| number(word)),
        _ => word.strip_suffix(TIMES).and_then(number).or_else(|| number(word).filter(|_| is_counted(before, after))),
    });
    let trailing = after.first().and_then(|word| {
        if is_times(word) { after.get(1).and_then(|word| number(word)) } else { number(word.strip_prefix(TIMES)?) }
    });
    glued.or(leading).or(trailing).unwrap_or(1)
}

/// `GeForce GTX 1000 series` is no card.
fn is_series(next: Option<&&str>) -> bool {
    next.is_some_and(|word| is_among("series|serie|family|class", &word.to_ascii_lowercase()))
}

/// `3x`
pub(super) fn is_count(word: &str) -> bool {
    word.strip_suffix(TIMES).is_some_and(|digits| digits.parse::<u32>().is_ok_and(|count| (2..=16).contains(&count)))
}

/// Whether a number before a name counts cards: `2 GTX 1070 GPUs`, `I have 2 RTX 3090`; but not `CUDA 10`.
fn is_counted(before: &[&str], after: &[&str]) -> bool {
    let previous = before.iter().rev().nth(1).map(|word| word.to_ascii_lowercase()).unwrap_or_default();
    let is_plural = after.first().is_some_and(|word| is_among("gpus|cards", &word.to_ascii_lowercase()));
    let is_version = is_among("windows|win|cuda|ubuntu|debian|fedora|python|version|driver|torch|pytorch", &previous);
    is_plural && !is_version || is_among("have|has|had|got|own|with|using|use", &previous)
}

/// An NVIDIA card at the start of the words: how many words, and which.
fn ours(words: &[&str], care: Care, catalog: &Catalog) -> Option<(usize, NamedCard)> {
    let lower = without_count(words.first()?).to_ascii_lowercase();
    let has_brand = is_brand(&lower);
    let may_be = has_brand || is_known_alone(&lower) || care == Care::Loose && is_model(&lower);
    if !may_be {
        return None;
    }
    let behind = words.iter().skip(1).take(LONGEST - 1).take_while(|word| goes_on(word)).count();
    let run = words.get(..=behind)?;
    // `NVIDIA GA104 [GeForce RTX 3070]`: the chip stands before the name.
    let later = || {
        let mut starts = (1..run.len()).filter_map(|at| Some((at, run.get(at..)?)));
        starts.find_map(|(at, run)| {
            let (length, card) = is_brand(&run.first()?.to_ascii_lowercase()).then(|| known(run, care, catalog))??;
            Some((at + length, card))
        })
    };
    // A model that the catalogue does not know is a card all the same if its maker stands there.
    let unknown = || {
        let has_model = run.iter().any(|word| is_model(&word.to_ascii_lowercase())) || lower == "titan" && behind > 0;
        // In a sentence maker, series and model together make a card that no table has: `GeForce GT 540M`.
        let has = |list: &str| run.iter().any(|word| is_among(list, &word.to_ascii_lowercase()));
        let is_whole = has("geforce") && has("gt|gtx|gts|rtx");
        let is_sure = (care == Care::Loose || is_whole) && has_brand && has_model;
        is_sure.then(|| (run.len(), NamedCard { name: joined(run), capability: None, nth: 0 }))
    };
    // `GTX 760 M`: no table need have it, but it is none of the cards of PCs.
    let of_notebook = || {
        words.get(run.len()).filter(|word| has_brand && word.eq_ignore_ascii_case("m"))?;
        run.last().filter(|word| word.len() >= 3 && word.chars().all(|c| c.is_ascii_digit()))?;
        let name = format!("{}M", joined(run));
        let capability = catalog.capability_by_name(&name);
        Some((run.len() + 1, NamedCard { name, capability, nth: 0 }))
    };
    of_notebook().or_else(|| known(run, care, catalog)).or_else(later).or_else(unknown)
}

/// The longest name at the start of the words that the catalogue knows: what follows a name may look like a part of it.
fn known(words: &[&str], care: Care, catalog: &Catalog) -> Option<(usize, NamedCard)> {
    let first = words.first()?;
    (1..=words.len()).rev().find_map(|length| {
        // `Max-Q with Max-Q Design` has it in the middle.
        let name = joined(words.get(..length).filter(|words| words.last() != Some(&"with"))?);
        // `NVIDIA 570` is a driver.
        let is_driver = care == Care::Strict
            && length == 2
            && first.eq_ignore_ascii_case("nvidia")
            && words.get(1).is_some_and(|word| word.len() == 3);
        let capability = catalog.capability_by_name(&name).filter(|_| !is_driver)?;
        Some((length, NamedCard { name, capability: Some(capability), nth: 0 }))
    })
}

/// The name that words make.
fn joined(words: &[&str]) -> String {
    let first = words.first().map_or("", |word| without_count(word));
    let words = std::iter::once(first).chain(words.iter().skip(1).copied());
    words.collect::<Vec<_>>().join(" ").trim_end_matches('-').to_owned()
}

/// `8xA100` → `A100`
fn without_count(word: &str) -> &str {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit());
    match rest.strip_prefix(TIMES) {
        Some(name) if rest.len() < word.len() && name.len() > 1 => name,
        Some(_) | None => word,
    }
}

fn is_brand(word: &str) -> bool {
    const BRANDS: [&str; 12] =
        ["nvidia", "geforce", "quadro", "tesla", "titan", "grid", "rtx", "gtx", "gt", "gts", "jetson", "dgx"];
    let is_glued = ["rtx", "gtx", "gt", "gts"].iter().any(|brand| {
        let rest = word.strip_prefix(brand).unwrap_or_default();
        rest.len() > 2 && rest.starts_with(|c: char| c.is_ascii_digit() || c == 'a')
    });
    let is_mx = word.strip_prefix("mx").is_some_and(|rest| rest.len() == 3 && rest.chars().all(|c| c.is_ascii_digit()));
    is_glued || is_mx || BRANDS.contains(&word)
}

/// Models of computing centres that nothing else is called: `A100`, `H100-80GB`, `V100`, `GB200`, `A6000`.
fn is_known_alone(word: &str) -> bool {
    let model = word.split('-').next().unwrap_or_default();
    let digits = model.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = model.len() - digits.len();
    let number = digits.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    (1..=2).contains(&letters)
        && number.len() >= 3
        && digits.len() <= number.len() + 1
        && number.chars().all(|c| c.is_ascii_digit())
        && ["a", "h", "v", "p", "b", "gb", "gh"].contains(&model.get(..letters).unwrap_or_default())
        && number.len() <= 4
}

/// A word with a number as models have them: `3070`, `3070ti`, `A100`, `T4`, `V100-SXM2-16GB`.
fn is_model(word: &str) -> bool {
    let has_digit = word.contains(|c: char| c.is_ascii_digit());
    let is_short = word.len() <= 16 && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
    let is_number = word.chars().all(|c| c.is_ascii_digit());
    has_digit && is_short && (!is_number || (3..=4).contains(&word.len())) && !is_memory(word) && !word.contains("..")
        || ["orin", "xavier", "thor"].contains(&word)
}

fn is_memory(word: &str) -> bool {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_digit());
    digits.len() < word.len() && ["gb", "g", "gib", "mb", "mib", "vram"].contains(&digits)
}

/// Whether a word stands between the bars of a list.
pub(super) fn is_among(list: &str, word: &str) -> bool {
    list.split('|').any(|one| one == word)
}

/// Words that a name can go on with.
fn goes_on(word: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: [&str; 51] = [
        "nvidia", "geforce", "quadro", "tesla", "titan", "rtx", "gtx", "gt", "ti", "super", "laptop",
        "gpu", "mobile", "notebook", "max-q", "maxq", "with", "design", "d", "v2", "ada", "generation",
        "blackwell", "pro", "workstation", "server", "edition", "sff", "pcie", "sxm", "nvl", "hbm3", "x",
        "xp", "z", "v", "black", "pascal", "jetson", "orin", "xavier", "tegra", "cmp", "spark", "nvgpu",
        "mig", "graphics", "agx", "nano", "nx", "hbm2e",
    ];
    let lower = word.to_ascii_lowercase();
    WORDS.contains(&lower.as_str()) || is_memory(&lower) || is_model(&lower)
}

/// A card of another maker at the start of the words: how many words, and its name.
fn others(words: &[&str]) -> Option<(usize, String)> {
    const PARTS: &str = "r|tm|graphics|uhd|hd|iris|xe|plus|arc|radeon|rx|vega|instinct|pro|xt|xtx|max|ultra|gre|gpu|\
        firepro|data|center|flex";
    if !is_of_other_maker(words) {
        return None;
    }
    let is_part = |word: &&&str| {
        let lower = word.to_ascii_lowercase();
        let number = lower.trim_start_matches(['a', 'b', 'm']);
        is_among(PARTS, &lower) || lower.len() <= 8 && number.starts_with(|c: char| c.is_ascii_digit())
    };
    let length = 1 + words.iter().skip(1).take(6).take_while(is_part).count();
    // The brackets were taken for ends of words.
    let name = words.get(..length)?.join(" ").replace(" R ", "(R) ").replace(" TM ", "(TM) ");
    Some((length, name))
}

fn is_of_other_maker(words: &[&str]) -> bool {
    let word = |at: usize| words.get(at).map(|word| word.to_ascii_lowercase()).unwrap_or_default();
    let is_numbered =
        |word: &str, from: usize| word.get(from..from + 3).is_some_and(|rest| rest.parse::<u32>().is_ok());
    let first = word(0);
    match first.as_str() {
        "radeon" | "instinct" | "firepro" => true,
        "amd" | "ati" => is_among("radeon|instinct|firepro|rx|vega|custom|ati", &word(1)) || word(1).starts_with("mi"),
        "rx" => is_numbered(&word(1), 0),
        "intel" => {
            let next = if is_among("r|tm", &word(1)) { word(2) } else { word(1) };
            is_among("uhd|hd|iris|arc|graphics|data", &next)
        }
        "arc" => word(1).starts_with(['a', 'b']) && is_numbered(&word(1), 1),
        "uhd" | "iris" => is_among("graphics|xe|plus", &word(1)),
        "apple" => word(1).len() == 2 && word(1).starts_with('m'),
        // `7900 XTX`: NVIDIA's cards have no such ending.
        _ if first.len() == 4 && is_numbered(&first, 0) => is_among("xtx|gre", &word(1)),
        _ => {
            let is_gfx = first.starts_with("gfx") && first.len() >= 6;
            is_gfx || (first.starts_with("rx") || first.starts_with("mi")) && is_numbered(&first, 2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, care: Care) -> (Vec<String>, Vec<String>) {
        let named = cards_in(text, care, Catalog::embedded().unwrap());
        (named.ours.into_iter().map(|card| card.name).collect(), named.others)
    }

    #[test]
    fn the_cards_of_a_form_are_read_as_people_write_them() {
        for (text, ours, others) in [
            ("3070 Ti", &["3070 Ti"][..], &[][..]),
            ("rtx3090 (x2)", &["rtx3090", "rtx3090"], &[]),
            ("2x NVIDIA GeForce RTX 4090 24GB", &["NVIDIA GeForce RTX 4090 24GB"; 2], &[]),
            ("8xA100-SXM4-80GB", &["A100-SXM4-80GB"; 8], &[]),
            ("RTX 3080 / GTX 1050 Ti", &["RTX 3080", "GTX 1050 Ti"], &[]),
            ("A6000 and GT1030", &["A6000", "GT1030"], &[]),
            (
                "Intel(R) UHD Graphics 630, NVIDIA Quadro P2000",
                &["NVIDIA Quadro P2000"],
                &["Intel(R) UHD Graphics 630"],
            ),
            ("AMD Radeon RX 7900 XTX", &[], &["AMD Radeon RX 7900 XTX"]),
            ("Ryzen 7700X / Intel Arc A770 (DG2)", &[], &["Intel Arc A770"]),
            ("NVIDIA RTX 9090 Ti", &["NVIDIA RTX 9090 Ti"], &[]),
            ("Orin (nvgpu)", &["Orin nvgpu"], &[]),
            ("none", &[], &[]),
        ] {
            let (mine, theirs) = read(text, Care::Loose);
            assert_eq!(
                (mine.as_slice(), theirs.as_slice()),
                (
                    &ours.iter().map(ToString::to_string).collect::<Vec<_>>()[..],
                    &others.iter().map(ToString::to_string).collect::<Vec<_>>()[..]
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn a_sentence_names_only_cards_that_are_known() {
        for (text, ours) in [
            ("On my rack I have two GPUs: A6000 and GT1030, and a warning", &["A6000", "GT1030"][..]),
            ("Run on RTX 5060", &["RTX 5060"]),
            ("it fails in line 3070 of 4090 lines", &[]),
            ("the RTX 50 series needs 12.8", &[]),
            ("[Bug]: run fail in nvidia b300", &["nvidia b300"]),
            ("Found in the A-100 building", &[]),
        ] {
            assert_eq!(read(text, Care::Strict).0, ours, "{text}");
        }
    }
}
