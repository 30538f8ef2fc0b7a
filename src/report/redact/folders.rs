//! Folders of other people: `/home/X`, `C:\Users\X`, `/Users/X`, `/mnt/c/Users/X`, `\\server\profiles\X`.

use super::{Found, Kind, Pattern, before, hosts, is_telling, is_word, pattern};
use regex::Captures;
use std::ops::Range;
use std::sync::LazyLock;

/// A folder that holds the folders of people.
pub(super) static ABOVE: Pattern =
    LazyLock::new(|| pattern(r"(?i)[/\\]{1,2}(home|users|documents and settings)[/\\]{1,2}"));

/// A share of another PC: `\\server\share`, or with each stroke doubled as JSON and Python write it.
pub(super) static SHARE: Pattern = LazyLock::new(|| {
    pattern(
        r"(\\{4}|\\{2})([A-Za-z0-9][A-Za-z0-9._-]+)(\\{1,2})([A-Za-z0-9$_-]+)(?:\\{1,2}([A-Za-z0-9][A-Za-z0-9._-]*))?",
    )
});

/// Shares that hold the folders of people.
const PROFILES: [&str; 9] =
    ["users", "users$", "home", "home$", "homes", "profiles", "profiles$", "people", "userdata"];

/// What stands before `/home` where it is not the root itself.
const ROOTS: [&str; 7] = ["/var", "/export", "/usr", "/private", "/rootfs", "/host", "/data"];

pub(super) fn find(text: &str, all: &mut Vec<Found>) {
    for found in ABOVE.iter().flat_map(|pattern| pattern.captures_iter(text)) {
        all.extend(of_person(text, &found).map(|(range, name)| Found::numbered(range, Kind::User, name)));
    }
    for found in SHARE.iter().flat_map(|pattern| pattern.captures_iter(text)) {
        share(text, &found, all);
    }
}

/// The name of somebody's folder, and what makes two of them the same.
fn of_person(text: &str, found: &Captures<'_>) -> Option<(Range<usize>, String)> {
    let (whole, above) = (found.get(0)?, found.get(1)?.as_str());
    let is_home = above.eq_ignore_ascii_case("home");
    let root = text.get(..whole.start())?;
    let is_root = !is_word(before(text, whole.start()));
    let is_place = if is_home {
        above == "home" && (is_root || ROOTS.iter().any(|known| root.ends_with(known)))
    } else {
        is_drive(root) || (is_root && above == "Users" && whole.as_str().starts_with('/'))
    };
    let rest = text.get(whole.end()..)?;
    let length = if is_home { one_word(rest) } else { with_blanks(rest).unwrap_or_else(|| one_word(rest)) };
    let name = rest.get(..length)?.trim_end_matches('.');
    let value = if is_home { name.to_owned() } else { name.to_lowercase() };
    let starts_well = name.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    (is_place && starts_well && is_telling(name)).then(|| (whole.end()..whole.end() + name.len(), value))
}

/// `C:`, `/mnt/c`, and `/c` of Git's shell.
fn is_drive(root: &str) -> bool {
    let mut last = root.chars().rev();
    match (last.next(), last.next()) {
        (Some(':'), Some(letter)) => letter.is_ascii_alphabetic(),
        (Some(letter), Some('/')) => letter.is_ascii_alphabetic() && !is_word(last.next().filter(|c| *c != 't')),
        _ => false,
    }
}

/// Short names of Windows (`MATHIL~1`) and letters of an address (`%C3%A9`) belong to it.
fn one_word(rest: &str) -> usize {
    rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@' | '%' | '~')))
        .unwrap_or(rest.len())
}

/// The name of a folder with blanks in it, which can be told where more of the path follows.
fn with_blanks(rest: &str) -> Option<usize> {
    let end = rest.find(|c: char| {
        c.is_control() || matches!(c, '/' | '\\' | ':' | '"' | '\'' | '<' | '>' | '|' | '*' | '?' | ',' | ';')
    })?;
    let is_folder = rest.get(end..)?.starts_with(['/', '\\']);
    (is_folder && rest.get(..end)?.split(' ').count() < 5).then_some(end)
}

/// A share names a host, and often a person.
fn share(text: &str, found: &Captures<'_>, all: &mut Vec<Found>) {
    let (Some(strokes), Some(host), Some(between), Some(share)) =
        (found.get(1), found.get(2), found.get(3), found.get(4))
    else {
        return;
    };
    let is_inner = before(text, strokes.start()).is_some_and(|c| c.is_alphanumeric() || matches!(c, '\\' | ':' | '.'));
    // `\\folder\\file` is `\folder\file` written with doubled strokes.
    if is_inner || strokes.len() != 2 * between.len() {
        return;
    }
    if hosts::is_private(host.as_str()) {
        all.push(Found::numbered(host.range(), Kind::Host, host.as_str().to_lowercase()));
    }
    let is_profile = PROFILES.iter().any(|known| known.eq_ignore_ascii_case(share.as_str()));
    if let Some(name) = found.get(5).filter(|name| is_profile && is_telling(name.as_str())) {
        all.push(Found::numbered(name.range(), Kind::User, name.as_str().to_lowercase()));
    }
}
