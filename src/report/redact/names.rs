//! The user's own home folder and name, and the names of this PC.

use super::{Found, Kind, Private, hosts, is_telling};
use std::ops::Range;

/// Names of PCs that say nothing of whose they are.
const ANY_PCS: [&str; 17] = [
    "localhost",
    "desktop",
    "laptop",
    "pc",
    "server",
    "linux",
    "windows",
    "docker",
    "workstation",
    "computer",
    "host",
    "fedora",
    "nvidia",
    "arch",
    "workgroup",
    "local",
    "gpu",
];

pub(super) fn find(text: &str, private: &Private, all: &mut Vec<Found>) {
    let windows = private.is_windows();
    if has_home(private) {
        let is_whole = |_, after: Option<char>| !after.is_some_and(continues_a_folder);
        let homes = places(text, &private.home, windows, is_whole);
        all.extend(homes.into_iter().map(|range| Found::fixed(range, Kind::Home, "~")));
    }
    for name in users(private) {
        let is_short = name.chars().count() < 3;
        let ranges = places(text, name, windows, |before, after| {
            let is_stroke = |c: Option<char>| matches!(c, Some('/' | '\\'));
            let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            if is_short { is_stroke(before) && is_stroke(after) } else { !is_word(before) && !is_word(after) }
        });
        for range in ranges {
            all.extend(
                domain_before(text, range.start, private).map(|domain| Found::fixed(domain, Kind::Host, DOMAIN)),
            );
            all.push(Found::fixed(range, Kind::User, "<user>"));
        }
    }
    machine(text, private, all);
}

const DOMAIN: &str = "<domain>";

/// The names of this PC and of its domain, in any case; a short or common name may be anything else.
fn machine(text: &str, private: &Private, all: &mut Vec<Found>) {
    let is_whole = |before: Option<char>, after: Option<char>| {
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !is_word(before) && !is_word(after)
    };
    let of_account = account_domain(private);
    let domains = private.domains.iter().map(String::as_str).chain(of_account);
    let named = private.hosts.iter().map(|name| (name.as_str(), "<host>")).chain(domains.map(|name| (name, DOMAIN)));
    for (name, by) in named.filter(|(name, _)| says_which_pc(name)) {
        for range in places(text, name, true, is_whole) {
            let end = range.end + hosts::rest_of_private_name(text, &range);
            all.push(Found::fixed(range.start..end, Kind::Host, by));
        }
    }
}

fn says_which_pc(name: &str) -> bool {
    name.len() > 2 && is_telling(name) && !ANY_PCS.iter().any(|common| common.eq_ignore_ascii_case(name))
}

/// `OFFICE` of the account `OFFICE\j.meyer`.
fn account_domain(private: &Private) -> Option<&str> {
    private.user.as_deref().and_then(|user| user.split_once('\\')).map(|(domain, _)| domain)
}

/// The domain of `DOMAIN\name`: one that is known, or capitals that are no folder.
fn domain_before(text: &str, name: usize, private: &Private) -> Option<Range<usize>> {
    let before = text.get(..name)?;
    // JSON and Python write the stroke doubled.
    let domain = before.strip_suffix(r"\\").or_else(|| before.strip_suffix('\\'))?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let start = domain.trim_end_matches(is_part).len();
    let word = domain.get(start..).filter(|word| word.len() > 1)?;
    let is_folder = matches!(super::before(text, start), Some('\\' | '/' | ':'));
    let is_known = private.domains.iter().chain(&private.hosts).any(|known| known.eq_ignore_ascii_case(word));
    let is_capital = word.starts_with(|c: char| c.is_ascii_uppercase()) && !word.contains(|c: char| c.is_lowercase());
    (!is_folder && (is_known || is_capital)).then_some(start..domain.len())
}

/// The last part of the home folder and the name of the account, longest first.
fn users(private: &Private) -> Vec<&str> {
    let ends: &[char] = if private.is_windows() { &['/', '\\'] } else { &['/'] };
    let folder = private.home.rsplit(ends).next().filter(|_| has_home(private));
    // A Windows account may be written `DOMAIN\name`.
    let account = private.user.as_deref().and_then(|user| user.rsplit('\\').next());
    let mut names: Vec<&str> = folder.into_iter().chain(account).filter(|name| is_telling(name)).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.dedup();
    names
}

/// Whether the home folder is a folder of one person, and neither empty nor the root of a volume.
fn has_home(private: &Private) -> bool {
    private.home.trim_end_matches(':').contains(['/', '\\'])
}

/// `/home/sam` is not the home folder in `/home/samuel` or `/home/sam-old`.
fn continues_a_folder(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// Where `part` stands and the characters around it allow that.
fn places(
    text: &str,
    part: &str,
    windows: bool,
    is_whole: impl Fn(Option<char>, Option<char>) -> bool,
) -> Vec<Range<usize>> {
    let Some(first) = part.chars().next() else { return Vec::new() };
    let is_stroke = |c: char| matches!(c, '/' | '\\');
    let may_begin = |c: char| {
        c == first || (windows && ((is_stroke(c) && is_stroke(first)) || c.to_lowercase().eq(first.to_lowercase())))
    };
    let (mut found, mut end) = (Vec::new(), 0);
    for (at, _) in text.char_indices().filter(|(_, c)| may_begin(*c)) {
        let rest = text.get(at..).unwrap_or_default();
        let length = matched(rest, part, windows).filter(|_| at >= end);
        let length = length.filter(|length| is_whole(super::before(text, at), super::after(rest, *length)));
        if let Some(length) = length {
            end = at + length;
            found.push(at..end);
        }
    }
    found
}

/// How many bytes at the start of the text are `part`; never none.
fn matched(text: &str, part: &str, windows: bool) -> Option<usize> {
    let is_stroke = |c: char| matches!(c, '/' | '\\');
    let (mut rest, mut part) = (text, part);
    while let Some(wanted) = part.chars().next() {
        let found = rest.chars().next()?;
        if windows && is_stroke(wanted) {
            let (after_wanted, after_found) = (part.trim_start_matches(is_stroke), rest.trim_start_matches(is_stroke));
            let (want, have) = (part.len() - after_wanted.len(), rest.len() - after_found.len());
            // JSON and Python write a path with doubled strokes.
            if have != want && have != 2 * want {
                return None;
            }
            (part, rest) = (after_wanted, after_found);
        } else if found == wanted || (windows && found.to_lowercase().eq(wanted.to_lowercase())) {
            part = part.get(wanted.len_utf8()..)?;
            rest = rest.get(found.len_utf8()..)?;
        } else {
            return None;
        }
    }
    Some(text.len() - rest.len()).filter(|length| *length > 0)
}
