//! IP and MAC addresses, told from versions.
//!
//! Four numbers below 256 are taken for an IPv4 address, so that in doubt a version is hidden and no address is shown. They
//! are a version where an address cannot be meant:
//!
//! - joined to a name or a comparison: `nvidia_cudnn_cu12-9.1.0.70-py3`, `==12.8.4.1`, `v12.8.4.1`, `12.8.4.1+x`;
//! - behind a word that has versions: `nvidia-cublas-cu12  12.8.4.1`, `"version": "12.8.4.1"`, `cuDNN 9.1.0.70`;
//! - in a list that such a version begins;
//! - alone with a name on a line, or as a folder, unless the numbers are those of a private network.
//!
//! With a port, a network's length, in an address or behind a word such as `host` they are an address in any case.
//! Loopback, `0.0.0.0` and masks are nobody's and stay.

use super::{Found, Kind, Pattern, after, before, is_word, pattern};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::sync::LazyLock;

pub(super) static FOUR_NUMBERS: Pattern = LazyLock::new(|| pattern(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"));
pub(super) static GROUPS: Pattern =
    LazyLock::new(|| pattern(r"[0-9A-Fa-f:]{2,}(?:[0-9]{0,3}(?:\.[0-9]{1,3}){3})?(?:%[A-Za-z0-9]+)?"));
pub(super) static PAIRS: Pattern = LazyLock::new(|| pattern(r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5,31}"));

/// Parts of names that have versions.
const VERSIONED: [&str; 31] = [
    "version",
    "versions",
    "release",
    "revision",
    "build",
    "cuda",
    "cudatoolkit",
    "cudnn",
    "cublas",
    "cufft",
    "curand",
    "cusolver",
    "cusparse",
    "cusparselt",
    "nccl",
    "nvtx",
    "nvjitlink",
    "nvrtc",
    "cupti",
    "nvshmem",
    "cufile",
    "nvidia",
    "torch",
    "triton",
    "tensorrt",
    "driver",
    "toolkit",
    "msvc",
    "sdk",
    "python",
    "wheel",
];

/// Words that an address follows.
const ADDRESSED: [&str; 27] = [
    "address",
    "addr",
    "ip",
    "ipv4",
    "inet",
    "host",
    "hostname",
    "server",
    "gateway",
    "proxy",
    "dns",
    "nameserver",
    "from",
    "to",
    "at",
    "peer",
    "remote",
    "client",
    "listen",
    "bind",
    "via",
    "src",
    "dst",
    "broadcast",
    "connect",
    "connected",
    "by",
];

pub(super) fn find(text: &str, all: &mut Vec<Found>) {
    // Before the others: they have more parts.
    for found in PAIRS.iter().flat_map(|pattern| pattern.find_iter(text)) {
        if is_hardware(text, &found.range()) {
            let value = found.as_str().to_lowercase().replace('-', ":");
            all.push(Found::numbered(found.range(), Kind::Mac, value));
        }
    }
    for found in GROUPS.iter().flat_map(|pattern| pattern.find_iter(text)) {
        all.extend(six(text, found.range()).map(|(range, value)| Found::numbered(range, Kind::Ip, value)));
    }
    let mut version_before = None;
    for found in FOUR_NUMBERS.iter().flat_map(|pattern| pattern.find_iter(text)) {
        let range = found.range();
        match four(text, &range, version_before) {
            Meaning::Address => all.push(Found::numbered(range, Kind::Ip, found.as_str())),
            Meaning::Version => version_before = Some(range.end),
            Meaning::Neither => {}
        }
    }
}

/// Six or eight pairs of one kind, neither all zeros nor all ones.
fn is_hardware(text: &str, range: &Range<usize>) -> bool {
    let Some(pairs) = text.get(range.clone()) else { return false };
    let is_joined = |c: Option<char>| is_word(c) || matches!(c, Some(':' | '-'));
    let is_one_kind = !(pairs.contains(':') && pairs.contains('-'));
    let is_nobodys = ["0", "f", "F"].iter().any(|one| pairs.replace([':', '-'], "").replace(one, "").is_empty());
    let count = pairs.len().div_ceil(3);
    let is_apart = !is_joined(before(text, range.start)) && !is_joined(after(text, range.end));
    matches!(count, 6 | 8) && is_one_kind && is_apart && !is_nobodys
}

/// An address of a network that is not this PC's own loop. `c10::` of C++ has the form of one, and is in no network.
fn six(text: &str, range: Range<usize>) -> Option<(Range<usize>, String)> {
    let found = text.get(range.clone())?;
    // A colon of the sentence.
    let trimmed = if found.ends_with("::") { found } else { found.trim_end_matches(':') };
    let (start, end) = (range.start, range.start + trimmed.len());
    let address: Ipv6Addr = trimmed.split('%').next()?.parse().ok()?;
    let is_apart = !is_word(before(text, start)) && !is_word(after(text, end));
    let [first, second, ..] = address.segments();
    let is_mapped = address.to_ipv4_mapped().is_some_and(|four| !is_nobodys(four));
    let is_of_a_network = matches!(first, 0x2000..=0x3fff | 0xfc00..=0xfdff | 0xfe80..=0xfeff | 0xff00..=0xffff)
        || (first == 0x64 && second == 0xff9b);
    (is_apart && (is_of_a_network || is_mapped)).then(|| (start..end, address.to_string()))
}

/// What four numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Address,
    Version,
    /// More than four, or an address that is nobody's.
    Neither,
}

fn is_nobodys(address: Ipv4Addr) -> bool {
    matches!(address.octets(), [0 | 127 | 255, ..])
}

/// `version_before`: where the version before these four numbers ends.
fn four(text: &str, range: &Range<usize>, version_before: Option<usize>) -> Meaning {
    let (left, right) = (before(text, range.start), after(text, range.end));
    let rest = text.get(range.end + right.map_or(0, char::len_utf8)..).unwrap_or_default();
    let digit_follows = rest.starts_with(|c: char| c.is_ascii_digit());
    if is_word(left) || is_word(right) || left == Some('.') || (right == Some('.') && digit_follows) {
        return Meaning::Neither;
    }
    // The parser takes neither numbers above 255 nor leading zeros.
    let Some(address) = text.get(range.clone()).and_then(|numbers| numbers.parse::<Ipv4Addr>().ok()) else {
        return Meaning::Version;
    };
    if is_nobodys(address) {
        return Meaning::Neither;
    }
    let head = text.get(..range.start).unwrap_or_default();
    let is_in_address = head.ends_with("//") || head.ends_with('@') || head.ends_with(r"\\");
    let has_port = right == Some(':') && digit_follows;
    if is_in_address || has_port || (right == Some('/') && is_length(rest)) {
        return Meaning::Address;
    }
    let follows_version = version_before.and_then(|end| text.get(end..range.start)).is_some_and(is_between);
    if follows_version || is_joined(head, right, rest) {
        return Meaning::Version;
    }
    by_context(text, range, address, right == Some('.') && rest.starts_with(|c: char| c.is_alphabetic()))
}

/// What stands between two entries of a list.
fn is_between(text: &str) -> bool {
    !text.is_empty() && text.len() < 6 && text.chars().all(|c| matches!(c, ' ' | ',' | '|' | '/' | '"' | '\'' | ';'))
}

/// The bits of a network: `/8` to `/32`.
fn is_length(rest: &str) -> bool {
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let bits: Option<u8> = rest.get(..digits).and_then(|bits| bits.parse().ok());
    bits.is_some_and(|bits| bits <= 32) && !matches!(after(rest, digits), Some('.' | '/'))
}

/// Whether the numbers are part of a file's name or of a requirement.
fn is_joined(head: &str, right: Option<char>, rest: &str) -> bool {
    let is_compared = ["==", "<=", ">=", "~=", "!="].iter().any(|sign| head.trim_end_matches(' ').ends_with(sign));
    let mut last = head.chars().rev();
    let joins = match last.next() {
        Some('+') => true,
        Some('-' | '<' | '>') => {
            let is_named = last.next().is_some_and(char::is_alphanumeric);
            is_named && !ADDRESSED.contains(&last_word(head.trim_end_matches(['-', '<', '>'])).as_str())
        }
        _ => false,
    };
    let goes_on = right == Some('+') || (right == Some('-') && rest.starts_with(|c: char| c.is_alphabetic()));
    is_compared || joins || goes_on
}

/// The word at the end, in lower case.
fn last_word(head: &str) -> String {
    let start = head.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')).len();
    head.get(start..).unwrap_or_default().to_lowercase()
}

fn by_context(text: &str, range: &Range<usize>, address: Ipv4Addr, has_ending: bool) -> Meaning {
    let head = text.get(..range.start).unwrap_or_default();
    let is_separator = |c: char| matches!(c, ' ' | '\t' | '"' | '\'' | ':' | '=' | '(' | '[' | '|' | ',' | '/' | '\\');
    let word = last_word(head.trim_end_matches(is_separator));
    let has_part = |known: &[&str]| word.split(['-', '_', '.']).any(|part| known.contains(&part));
    if ADDRESSED.contains(&word.as_str()) {
        return Meaning::Address;
    }
    if has_part(&VERSIONED) || word.ends_with("version") {
        return Meaning::Version;
    }
    let is_of_a_lan = address.is_private() || address.is_link_local() || address.octets().starts_with(&[100]);
    let is_folder = !word.is_empty() && head.ends_with(['/', '\\']);
    let may_be_version = is_folder || has_ending || is_row(text, range, &word);
    if may_be_version && !is_of_a_lan { Meaning::Version } else { Meaning::Address }
}

/// A line of a table that has a name and a version alone, as `pip list` prints it.
fn is_row(text: &str, range: &Range<usize>, word: &str) -> bool {
    let head = text.get(..range.start).unwrap_or_default();
    let line = head.rsplit('\n').next().unwrap_or_default();
    let rest = text.get(range.end..).unwrap_or_default();
    let has_end = rest.split('\n').next().unwrap_or_default().trim().is_empty();
    !word.is_empty() && has_end && line.ends_with([' ', '\t']) && line.trim().to_lowercase() == word
}
