//! A CUDA extension's `setup.py` that names the cards it makes code for, and not this one: which lines are missing. Pure.
//!
//! Most extensions leave that to torch, which reads `TORCH_CUDA_ARCH_LIST`. Some write it down, as options of nvcc, and
//! those options are what counts then.

use crate::catalog::Catalog;
use crate::facts::ComputeCapability;
use crate::verify::Kernels;

/// What a `setup.py` says of the code it makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing: torch decides.
    LeftToTorch,
    /// Code that every one of the cards runs is among it.
    Serves,
    /// It names code, in a way that no line can be added to.
    NotUnderstood,
    /// With lines added it serves.
    Missing {
        /// The code that is added: `sm_120`.
        adds: Vec<String>,
        /// The whole file with it.
        text: String,
    },
}

/// How an option stands in the file, with the lines that it takes.
struct Entry {
    /// From this line to that one, both included.
    lines: (usize, usize),
    /// `80`, of `code=sm_80`.
    number: String,
}

/// Looks at a file.
pub fn look(text: &str, cards: &[ComputeCapability], catalog: &Catalog) -> Found {
    let named: Vec<String> = codes(text);
    if named.is_empty() {
        return Found::LeftToTorch;
    }
    let is_missing = |card: &&ComputeCapability| {
        !matches!(catalog.runs_on(&named, **card, None), Kernels::Native | Kernels::SameMajor)
    };
    let mut missing: Vec<ComputeCapability> = cards.iter().filter(is_missing).copied().collect();
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        return Found::Serves;
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let Some(last) = least_conditional(entries(&lines), &lines) else { return Found::NotUnderstood };
    let (from, to) = last.lines;
    let Some(model) = lines.get(from..=to) else { return Found::NotUnderstood };
    let mut out: String = lines.get(..=to).unwrap_or_default().concat();
    // The last line of a file may have no end of its own.
    if !out.ends_with('\n') {
        out.push('\n');
    }
    for card in &missing {
        let number = card.sm().replace("sm_", "");
        out.extend(model.iter().map(|line| with_number(line, &last.number, &number)));
        if !out.ends_with('\n') {
            out.push('\n');
        }
    }
    out.extend(lines.get(to + 1..).unwrap_or_default().iter().copied());
    Found::Missing { adds: missing.iter().map(|card| card.sm()).collect(), text: out }
}

/// Whether a file is what it was before and nothing but options for more cards.
pub fn is_patched(before: &str, now: &str) -> bool {
    let diff = similar::TextDiff::from_lines(before, now);
    diff.iter_all_changes().all(|change| match change.tag() {
        similar::ChangeTag::Equal => true,
        similar::ChangeTag::Insert => number_of(change.value()).is_some() || is_option_alone(change.value()),
        similar::ChangeTag::Delete => false,
    })
}

/// `sm_80`, `compute_90`: every code that is named after `code=`, comments left out.
fn codes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines().map(without_comment) {
        let mut rest = line;
        while let Some((_, behind)) = rest.split_once("code=") {
            let word =
                |part: &str| part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
            // `code=[sm_80,compute_80]` names several.
            let list = behind.strip_prefix('[').and_then(|inner| inner.split_once(']')).map(|(inner, _)| inner);
            let words: Vec<String> =
                list.map_or_else(|| vec![word(behind)], |list| list.split(',').map(|it| word(it.trim())).collect());
            found.extend(words.into_iter().filter(|word| word.starts_with("sm_") || word.starts_with("compute_")));
            rest = behind;
        }
    }
    found
}

fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with('#') { "" } else { line }
}

/// The options that stand alone on lines: `flags.append("arch=compute_80,code=sm_80")` below `flags.append("-gencode")`, or a
/// member of a list with a comma behind it.
fn entries(lines: &[&str]) -> Vec<Entry> {
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let plain = without_comment(line).trim();
        let Some(number) = number_of(plain) else { continue };
        let before = at.checked_sub(1).and_then(|before| lines.get(before)).map(|line| line.trim());
        let is_appended = plain.contains(".append(") && plain.ends_with(')');
        let is_member = plain.starts_with(['"', '\'']) && plain.ends_with(',');
        let option_before = before.is_some_and(is_option_alone);
        let has_option = plain.contains("-gencode");
        let from = match (is_appended || is_member, has_option, option_before) {
            (true, true, _) => at,
            (true, false, true) => at - 1,
            (true, false, false) | (false, ..) => continue,
        };
        found.push(Entry { lines: (from, at), number });
    }
    found
}

/// The last of those that stand least deep: one below an `if` is made for some compilers alone. One whose `if` asks for its
/// own number is no place for another.
fn least_conditional(entries: Vec<Entry>, lines: &[&str]) -> Option<Entry> {
    let depth = |at: usize| lines.get(at).map_or(0, |line| depth(line));
    let least = entries.iter().map(|entry| depth(entry.lines.0)).min()?;
    let entry = entries.into_iter().rfind(|entry| depth(entry.lines.0) == least)?;
    let above = lines.get(..entry.lines.0)?.iter().rfind(|line| !line.trim().is_empty() && self::depth(line) < least);
    let asks_for_it = above.is_some_and(|line| {
        let line = line.trim();
        (line.starts_with("if ") || line.starts_with("elif ")) && line.contains(&entry.number)
    });
    (!asks_for_it).then_some(entry)
}

/// How far a line is indented.
fn depth(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// `flags.append("-gencode")`, `"-gencode",`
fn is_option_alone(line: &str) -> bool {
    line.contains("\"-gencode\"") || line.contains("'-gencode'")
}

/// The number of an option for one card and for nothing else on its line.
fn number_of(line: &str) -> Option<String> {
    let (_, behind) = line.split_once("arch=compute_")?;
    let number: String = behind.chars().take_while(char::is_ascii_digit).collect();
    let whole = format!("arch=compute_{number},code=sm_{number}");
    (!number.is_empty() && line.contains(&whole) && line.matches("arch=").count() == 1).then_some(number)
}

fn with_number(line: &str, old: &str, new: &str) -> String {
    line.replace(&format!("compute_{old}"), &format!("compute_{new}"))
        .replace(&format!("sm_{old}"), &format!("sm_{new}"))
}

#[cfg(test)]
mod tests;
