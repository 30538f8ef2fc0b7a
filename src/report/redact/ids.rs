//! Identifiers of things: cards, serial numbers, private keys.

use super::{Found, Kind, Pattern, before, is_word, pattern};
use std::ops::Range;
use std::sync::LazyLock;

/// UUIDs of cards and of their parts, also cut short as `CUDA_VISIBLE_DEVICES` takes them.
pub(super) static CARD: Pattern = LazyLock::new(|| {
    pattern(
        r"(?:MIG-GPU-|MIG-|GPU-)[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){0,3}(?:-[0-9a-fA-F]{12})?(?:/[0-9]{1,2}/[0-9]{1,2})?",
    )
});

pub(super) static SERIAL: Pattern = LazyLock::new(|| {
    pattern(r#"(?i)serial(?:[ _-]?(?:number|num|no))?["']?[ \t]*[:=][ \t]*["']?([A-Za-z0-9][A-Za-z0-9-]{4,})"#)
});

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const PRIVATE_KEY: &str = "PRIVATE KEY";
/// A line of a key has as many letters; the last one may be shorter.
const OF_A_KEY: usize = 16;

pub(super) fn find(text: &str, all: &mut Vec<Found>) {
    for card in CARD.iter().flat_map(|pattern| pattern.find_iter(text)) {
        if !is_word(before(text, card.start())) && !is_word(super::after(text, card.end())) {
            all.push(Found::numbered(card.range(), Kind::Gpu, card.as_str().to_lowercase()));
        }
    }
    for found in SERIAL.iter().flat_map(|pattern| pattern.captures_iter(text)) {
        let number = found.get(1).filter(|number| number.as_str().contains(|c: char| c.is_ascii_digit()));
        all.extend(number.map(|number| Found::numbered(number.range(), Kind::Serial, number.as_str())));
    }
    all.extend(keys(text).into_iter().map(|range| Found::fixed(range, Kind::PrivateKey, "<private-key>")));
}

/// Private keys in PEM form, also those of which the beginning or the end was cut off.
fn keys(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (start, _) in text.match_indices(BEGIN) {
        let is_inside = found.last().is_some_and(|last| start < last.end);
        let Some(head) = head_of(text, start, BEGIN).filter(|_| !is_inside) else { continue };
        let ending = text.get(head..).and_then(|rest| rest.find(END)).map(|at| head + at);
        let ending = ending.filter(|end| text.get(head..*end).is_some_and(|key| !key.contains(BEGIN)));
        let end = ending.and_then(|end| head_of(text, end, END));
        found.push(start..end.unwrap_or_else(|| head + material_after(text.get(head..).unwrap_or_default())));
    }
    for (at, _) in text.match_indices(END) {
        let is_inside = found.iter().any(|key| key.contains(&at));
        let Some(end) = head_of(text, at, END).filter(|_| !is_inside) else { continue };
        let before = text.get(..at).unwrap_or_default();
        found.push(at - material_before(before)..end);
    }
    found
}

/// The end of a line `-----BEGIN … PRIVATE KEY-----` that begins here.
fn head_of(text: &str, at: usize, word: &str) -> Option<usize> {
    let start = at + word.len();
    let rest = text.get(start..)?;
    let length = rest.find("-----")?;
    let name = rest.get(..length)?;
    let is_key = name.ends_with(PRIVATE_KEY) && !name.contains('\n');
    is_key.then_some(start + length + "-----".len())
}

/// How many bytes at the start are lines of a key.
fn material_after(text: &str) -> usize {
    let lines = text.split_inclusive('\n').enumerate();
    let of_key = lines.take_while(|(number, line)| *number == 0 && line.trim().is_empty() || is_material(line));
    let length: usize = of_key.map(|(_, line)| line.len()).sum();
    text.get(..length).map_or(0, |key| key.trim_end().len())
}

/// How many bytes at the end are lines of a key.
fn material_before(text: &str) -> usize {
    let lines = text.split_inclusive('\n').rev().enumerate();
    let of_key = lines.take_while(|(number, line)| is_material(line) || (*number == 0 && is_base64(line.trim())));
    of_key.map(|(_, line)| line.len()).sum()
}

/// A line of base64, or a head of an encrypted key; in our logs each has a moment before it.
fn is_material(line: &str) -> bool {
    let line = crate::run::log::without_moment(line.trim()).trim();
    let is_head = ["Proc-Type:", "DEK-Info:"].iter().any(|head| line.starts_with(head));
    is_head || (line.len() >= OF_A_KEY && is_base64(line))
}

fn is_base64(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}
