//! Takes the person, the PC and its secrets out of a text before it is given away: one function, [`redacted`]. Pure.
//!
//! What is hidden, by [`Kind`]: passwords and tokens (`***`), private keys, the home folder (`~`), the user's name
//! (`<user>`), names of other people's folders (`<user-1>`), this PC's name and domain (`<host>`, `<domain>`), other hosts
//! that are not publicly known (`<host-1>`), IP, MAC and e-mail addresses, identifiers of cards, serial numbers. Within
//! one [`Redactor`] the same value has the same number, so that a reader can tell two apart.
//!
//! A version and an IPv4 address look alike. Four numbers below 256 are an address unless what stands around them makes
//! them a version: see `redact/addresses`.

mod addresses;
mod folders;
mod hosts;
mod ids;
mod json;
mod names;
#[cfg(test)]
mod real_texts;
#[cfg(test)]
mod tests;

use super::secrets;
use regex::Regex;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

/// What a text is replaced by may make another replacement possible; so often it is looked at again, at most.
const PASSES: usize = 8;

/// Names of people that many share and that programs use as words: taking them out hides nothing and spoils sentences.
const EVERYBODYS: [&str; 41] = [
    "root",
    "user",
    "users",
    "admin",
    "administrator",
    "public",
    "default",
    "home",
    "torch",
    "shared",
    "all users",
    "all",
    "runner",
    "runneradmin",
    "linuxbrew",
    "ubuntu",
    "debian",
    "vscode",
    "jovyan",
    "nobody",
    "guest",
    "username",
    "you",
    "dev",
    "test",
    "data",
    "docker",
    "nvidia",
    "cuda",
    "python",
    "conda",
    "linux",
    "windows",
    "system",
    "local",
    "bin",
    "lib",
    "usr",
    "tmp",
    "opt",
    "pip",
];

/// What shall not leave the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Private {
    /// The user's home folder.
    pub home: String,
    /// The user's name, if it is more than the last part of the home folder; may be `DOMAIN\name`.
    pub user: Option<String>,
    /// Names of this PC.
    pub hosts: Vec<String>,
    /// Names of the domain it belongs to.
    pub domains: Vec<String>,
    /// Hosts that the user's settings name: indexes, mirrors, proxies. Lower case, with a dot in each.
    pub servers: Vec<String>,
}

impl Private {
    /// From the home folder, and the name the system knows the user by.
    pub fn new(home: &Path, user: Option<String>) -> Self {
        let home = home.to_string_lossy().trim_end_matches(['/', '\\']).to_owned();
        Self { home, user, ..Self::default() }
    }

    /// With the names of this PC and of its domain.
    #[must_use]
    pub fn on(mut self, hosts: impl IntoIterator<Item = String>, domains: impl IntoIterator<Item = String>) -> Self {
        self.hosts.extend(hosts);
        self.domains.extend(domains);
        self
    }

    /// With the hosts that stand in values of settings: addresses, or lists of hosts.
    #[must_use]
    pub fn with_settings<'a>(mut self, values: impl IntoIterator<Item = &'a str>) -> Self {
        for host in values.into_iter().flat_map(hosts::named_in) {
            if !self.servers.contains(&host) {
                self.servers.push(host);
            }
        }
        self
    }

    /// Windows does not tell upper from lower case, and takes both strokes.
    fn is_windows(&self) -> bool {
        self.home.starts_with(r"\\") || self.home.chars().nth(1) == Some(':')
    }
}

/// What was hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A password, a token, a key of a service.
    Secret,
    /// A private key.
    PrivateKey,
    /// The home folder.
    Home,
    /// A person's name.
    User,
    /// A host or a domain.
    Host,
    /// An IP address.
    Ip,
    /// A hardware address of a network card.
    Mac,
    /// An e-mail address.
    Email,
    /// The identifier of a card.
    Gpu,
    /// A serial number.
    Serial,
}

impl Kind {
    /// One and several of them, in words.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Secret => ("password or token", "passwords or tokens"),
            Self::PrivateKey => ("private key", "private keys"),
            Self::Home => ("home folder", "times the home folder"),
            Self::User => ("user name", "user names"),
            Self::Host => ("host name", "host names"),
            Self::Ip => ("IP address", "IP addresses"),
            Self::Mac => ("MAC address", "MAC addresses"),
            Self::Email => ("e-mail address", "e-mail addresses"),
            Self::Gpu => ("card identifier", "card identifiers"),
            Self::Serial => ("serial number", "serial numbers"),
        }
    }

    /// The word that stands with a number where a value stood, and that its sentences end with.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::PrivateKey => "private-key",
            Self::Home => "home",
            Self::User => "user",
            Self::Host => "host",
            Self::Ip => "ip",
            Self::Mac => "mac",
            Self::Email => "email",
            Self::Gpu => "gpu",
            Self::Serial => "serial",
        }
    }
}

/// How many of each kind were hidden.
pub type Hidden = BTreeMap<Kind, usize>;

/// A place in a text that is to be hidden.
struct Found {
    range: Range<usize>,
    kind: Kind,
    by: By,
}

/// What stands there instead.
enum By {
    /// This.
    Fixed(&'static str),
    /// The kind's word with the number of this value.
    Numbered(String),
}

impl Found {
    const fn fixed(range: Range<usize>, kind: Kind, by: &'static str) -> Self {
        Self { range, kind, by: By::Fixed(by) }
    }

    /// `value` is what makes two of them the same.
    fn numbered(range: Range<usize>, kind: Kind, value: impl Into<String>) -> Self {
        Self { range, kind, by: By::Numbered(value.into()) }
    }
}

/// Hides what is private in the texts of one report: the same value has the same number in all of them.
#[derive(Clone, Debug)]
pub struct Redactor<'a> {
    private: &'a Private,
    numbers: BTreeMap<(Kind, String), usize>,
    last: BTreeMap<&'static str, usize>,
    hidden: Hidden,
}

impl<'a> Redactor<'a> {
    /// Nothing is hidden yet.
    pub const fn new(private: &'a Private) -> Self {
        Self { private, numbers: BTreeMap::new(), last: BTreeMap::new(), hidden: Hidden::new() }
    }

    /// The text without what is private.
    pub fn text(&mut self, text: &str) -> String {
        self.pass_over(text);
        let mut out = text.to_owned();
        for _ in 0..PASSES {
            let Some(next) = self.once(&out) else { break };
            out = next;
        }
        out
    }

    /// JSON without what is private in its texts; its form stays. Text that is no JSON is taken as text.
    pub fn json(&mut self, text: &str) -> String {
        json::redacted(self, text)
    }

    /// What was hidden so far.
    pub const fn hidden(&self) -> &Hidden {
        &self.hidden
    }

    /// A number that a text brings along from an earlier redaction is given to nothing else.
    fn pass_over(&mut self, text: &str) {
        for found in PLACEHOLDER.iter().flat_map(|pattern| pattern.captures_iter(text)) {
            let Some((word, number)) = found.get(1).zip(found.get(2)) else { continue };
            let kinds = [Kind::User, Kind::Host, Kind::Ip, Kind::Mac, Kind::Email, Kind::Gpu, Kind::Serial];
            let kind = kinds.into_iter().find(|kind| kind.word() == word.as_str());
            if let (Some(kind), Ok(number)) = (kind, number.as_str().parse::<usize>()) {
                let last = self.last.entry(kind.word()).or_default();
                *last = number.max(*last);
            }
        }
    }

    /// One look at the whole text; `None` if there is nothing to hide.
    fn once(&mut self, text: &str) -> Option<String> {
        let done: Vec<Range<usize>> =
            PLACEHOLDER.iter().flat_map(|pattern| pattern.find_iter(text)).map(|found| found.range()).collect();
        let is_done = |range: &Range<usize>| {
            let at = done.partition_point(|done| done.end < range.end);
            done.get(at).is_some_and(|done| done.start <= range.start)
        };
        let mut all = found(text, self.private);
        all.retain(|found| !found.range.is_empty() && !is_done(&found.range));
        if all.is_empty() {
            return None;
        }
        all.sort_by_key(|found| (found.range.start, Reverse(found.range.end)));
        let (mut out, mut at) = (String::with_capacity(text.len()), 0);
        for Found { range, kind, by } in all {
            // What begins within another one and ends behind it is hidden as well, from there on.
            if range.end > at {
                out.push_str(text.get(at..range.start).unwrap_or_default());
                out.push_str(&self.placeholder(kind, by));
                at = range.end;
            }
        }
        out.push_str(text.get(at..).unwrap_or_default());
        Some(out)
    }

    fn placeholder(&mut self, kind: Kind, by: By) -> String {
        *self.hidden.entry(kind).or_default() += 1;
        match by {
            By::Fixed(text) => text.to_owned(),
            By::Numbered(value) => {
                let last = self.last.entry(kind.word()).or_default();
                let number = *self.numbers.entry((kind, value)).or_insert_with(|| {
                    *last = last.saturating_add(1);
                    *last
                });
                format!("<{}-{number}>", kind.word())
            }
        }
    }
}

/// The text without what is private: idempotent, and of an ordinary log nothing else is changed.
pub fn redacted(text: &str, private: &Private) -> String {
    Redactor::new(private).text(text)
}

/// The same for JSON: see [`Redactor::json`].
pub fn redacted_json(text: &str, private: &Private) -> String {
    Redactor::new(private).json(text)
}

/// What stands where something was hidden.
static PLACEHOLDER: Pattern =
    LazyLock::new(|| pattern(r"<(user|host|domain|ip|mac|email|gpu|serial|private-key)(?:-(\d{1,9}))?>|\*\*\*"));

/// A pattern of ours; the tests see to it that each can be read.
type Pattern = LazyLock<Option<Regex>>;

fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

/// Everything that is to be hidden. Of two that begin and end together the first counts.
fn found(text: &str, private: &Private) -> Vec<Found> {
    let mut all = Vec::new();
    names::find(text, private, &mut all);
    ids::find(text, &mut all);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let hide = |range: Range<usize>| Found::fixed(at + range.start..at + range.end, Kind::Secret, secrets::HIDDEN);
        all.extend(secrets::found(line).into_iter().map(hide));
        at += line.len();
    }
    hosts::find(text, private, &mut all);
    addresses::find(text, &mut all);
    folders::find(text, &mut all);
    all
}

/// The character before a place.
fn before(text: &str, at: usize) -> Option<char> {
    text.get(..at).and_then(|before| before.chars().next_back())
}

/// The character at a place.
fn after(text: &str, at: usize) -> Option<char> {
    text.get(at..).and_then(|after| after.chars().next())
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// Whether a name says who somebody is.
fn is_telling(name: &str) -> bool {
    !name.is_empty() && !EVERYBODYS.iter().any(|common| common.eq_ignore_ascii_case(name))
}
