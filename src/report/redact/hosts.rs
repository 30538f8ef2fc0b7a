//! Hosts that are not publicly known, e-mail addresses and accounts.
//!
//! A host stands in an address (`https://host/…`), in `host='…'`, behind `resolve host:`, before a port or behind the `@` of
//! an account. It is hidden unless it is one that everybody uses: `assets/public-hosts.txt`. Hosts of the user's settings
//! are hidden wherever they stand.

use super::{Found, Kind, Pattern, Private, after, before, is_telling, is_word, pattern};
use std::net::Ipv4Addr;
use std::ops::Range;
use std::sync::LazyLock;

/// One pattern a line: `nvidia.com` stands for all hosts below it as well, `*` for one part of a name.
const PUBLIC: &str = include_str!("../../../assets/public-hosts.txt");

/// Ends of names that no public host has.
const INNER: [&str; 12] = [
    "local",
    "lan",
    "internal",
    "corp",
    "home",
    "intranet",
    "localdomain",
    "private",
    "arpa",
    "box",
    "test",
    "invalid",
];

pub(super) static ACCOUNT: Pattern = LazyLock::new(|| {
    pattern(
        r"[\p{Alphabetic}0-9._%+-]*[\p{Alphabetic}0-9_%+-]@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]*[A-Za-z0-9])*",
    )
});

/// A host that the words before it announce.
pub(super) static ANNOUNCED: Pattern = LazyLock::new(|| {
    pattern(r#"(?i)(?:\bhost ?= ?['"]|\bresolve (?:host|proxy)(?: name)?: ?['"]?)([A-Za-z0-9][A-Za-z0-9.-]*)"#)
});

pub(super) static WITH_PORT: Pattern = LazyLock::new(|| pattern(r"([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+):[0-9]{2,5}"));

pub(super) fn find(text: &str, private: &Private, all: &mut Vec<Found>) {
    let authorities = authorities(text);
    for (_, host) in &authorities {
        push(text, host, all);
    }
    for found in ANNOUNCED.iter().flat_map(|pattern| pattern.captures_iter(text)) {
        if let Some(host) = found.get(1) {
            push(text, &host.range(), all);
        }
    }
    for found in WITH_PORT.iter().flat_map(|pattern| pattern.captures_iter(text)) {
        let host = found.get(1).filter(|host| is_inner(host.as_str()) && !is_word(before(text, host.start())));
        if let Some(host) = host {
            push(text, &host.range(), all);
        }
    }
    for found in ACCOUNT.iter().flat_map(|pattern| pattern.find_iter(text)) {
        let is_in_address = authorities.iter().any(|(whole, _)| whole.start < found.end() && found.start() < whole.end);
        if !is_in_address && !is_word(before(text, found.start())) {
            account(text, &found.range(), all);
        }
    }
    for server in private.servers.iter().filter(|server| is_private(server)) {
        for (at, _) in text.to_ascii_lowercase().match_indices(server.as_str()) {
            let range = at..at + server.len();
            let is_part = |c: Option<char>| is_word(c) || c == Some('-');
            let goes_on = after(text, range.end) == Some('.') && is_word(after(text, range.end + 1));
            if !is_part(before(text, at))
                && before(text, at) != Some('.')
                && !is_part(after(text, range.end))
                && !goes_on
            {
                all.push(Found::numbered(range, Kind::Host, server.clone()));
            }
        }
    }
}

fn push(text: &str, range: &Range<usize>, all: &mut Vec<Found>) {
    let Some(name) = text.get(range.clone()) else { return };
    // The end of the sentence.
    let name = name.trim_end_matches(['.', '-']);
    if is_private(name) {
        all.push(Found::numbered(range.start..range.start + name.len(), Kind::Host, name.to_lowercase()));
    }
}

/// Where addresses name whom they ask: all of it with user and port, and the host alone.
fn authorities(text: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let ends = |c: char| {
        c.is_whitespace()
            || matches!(c, '/' | '\\' | '?' | '#' | '"' | '\'' | '<' | '>' | '`' | ',' | ';' | ')' | ']' | '}' | '|')
    };
    let mut found = Vec::new();
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        let rest = text.get(start..).unwrap_or_default();
        let length = rest.find(ends).unwrap_or(rest.len());
        let whole = rest.get(..length).unwrap_or_default();
        let user = whole.rfind('@').map_or(0, |sign| sign + 1);
        let host = whole.get(user..).unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        found.push((start..start + length, start + user..start + user + host.len()));
    }
    found
}

/// `name@example.org`, `name@pc:~$`, `git@host:project`.
fn account(text: &str, range: &Range<usize>, all: &mut Vec<Found>) {
    let Some((name, host)) = text.get(range.clone()).and_then(|account| account.split_once('@')) else { return };
    let at = range.start + name.len() + 1;
    let is_repository = matches!(name, "git" | "hg") && after(text, range.end) == Some(':');
    let has_top =
        host.rsplit_once('.').is_some_and(|(_, top)| top.len() > 1 && top.bytes().all(|b| b.is_ascii_alphabetic()));
    if is_repository {
        push(text, &(at..range.end), all);
    } else if has_top {
        all.push(Found::numbered(range.clone(), Kind::Email, format!("{name}@{host}").to_lowercase()));
    } else if is_prompt(text, range) && is_private(host) {
        if is_telling(name) {
            all.push(Found::numbered(range.start..at - 1, Kind::User, name));
        }
        push(text, &(at..range.end), all);
    }
}

/// Whether a shell says who sits where, or is told where to go.
fn is_prompt(text: &str, range: &Range<usize>) -> bool {
    let rest = text.get(range.end..).unwrap_or_default();
    let head = text.get(..range.start).unwrap_or_default();
    [":~", ":/", ":$", ":#", " ~", "]$", "]#"].iter().any(|sign| rest.starts_with(sign))
        || ["ssh ", "scp ", "rsync "].iter().any(|word| head.ends_with(word))
}

/// Whether a host tells of a person or a company. What cannot be a name of a host tells nothing, and numbers are
/// addresses.
pub(super) fn is_private(host: &str) -> bool {
    let is_name = host
        .split('.')
        .all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')));
    let is_number = host.parse::<Ipv4Addr>().is_ok();
    // Documents write `https://example.com` and `http://host`.
    let is_meant_for_all = ["host", "localhost", "wsl.localhost", "user", "server", "proxy", "mirror"];
    is_name && !is_number && !is_meant_for_all.iter().any(|word| host.eq_ignore_ascii_case(word)) && !is_public(host)
}

fn is_inner(host: &str) -> bool {
    host.rsplit_once('.').is_some_and(|(_, end)| INNER.iter().any(|inner| inner.eq_ignore_ascii_case(end)))
}

fn is_public(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let patterns = PUBLIC.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    patterns.into_iter().any(|pattern| is_below(&host, pattern))
}

/// Whether the last parts of a name are those of a pattern. `*` at the end of a part stands for anything; a pattern with
/// one stands for whole names.
fn is_below(host: &str, pattern: &str) -> bool {
    let (mut parts, mut wanted) = (host.rsplit('.'), pattern.rsplit('.'));
    let fits = wanted.by_ref().all(|want| {
        parts.next().is_some_and(|part| want.strip_suffix('*').map_or(part == want, |start| part.starts_with(start)))
    });
    fits && (!pattern.contains('*') || parts.next().is_none())
}

/// How many bytes after the name of this PC belong to it: `.fritz.box`, `.corp.example.internal`.
pub(super) fn rest_of_private_name(text: &str, range: &Range<usize>) -> usize {
    let rest = text.get(range.end..).unwrap_or_default();
    if !rest.starts_with('.') {
        return 0;
    }
    let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(rest.len());
    let more = rest.get(..length).unwrap_or_default().trim_end_matches(['.', '-']);
    if is_inner(more) { more.len() } else { 0 }
}

/// The hosts with a dot that a setting's value names: an address, or a list of hosts.
pub(super) fn named_in(value: &str) -> Vec<String> {
    let pieces = value.split([',', ';', ' ', '\n']).map(str::trim);
    let hosts = pieces.filter_map(|piece| {
        let place = piece.split_once("://").map_or(piece, |(_, place)| place);
        let place = place.split(['/', '\\', '?', '#']).next()?;
        let host = place.rsplit('@').next()?.split(':').next()?;
        Some(host.trim_start_matches(['*', '.']).to_ascii_lowercase())
    });
    hosts.filter(|host| host.contains('.') && is_private(host)).collect()
}
