//! Index, proxy and certificate settings that a company or the user made on purpose, and leftovers that must not
//! bend an install. May use `host` and `facts`; starts no program and asks no server.
//!
//! # Which setting wins
//!
//! uv's settings come before pip's, because uv is the engine of choice; within each tool the order is its own.
//!
//! uv (<https://docs.astral.sh/uv/concepts/configuration-files/>):
//! 1. `UV_DEFAULT_INDEX`, then `UV_INDEX_URL`,
//! 2. the file of `UV_CONFIG_FILE`, and then no other file; else the user's `uv.toml`
//!    (`$XDG_CONFIG_HOME/uv`, `%APPDATA%\uv`), then the first of the system's (`$XDG_CONFIG_DIRS/uv`, `/etc/uv`,
//!    `%PROGRAMDATA%\uv`). In one file: `[pip] index-url`, the `[[index]]` marked `default`, `index-url`.
//!
//!    Further indexes and `find-links` add up, variables first. An index marked `explicit` serves only packages
//!    that name it, so it is left out.
//!
//! pip (<https://pip.pypa.io/en/stable/topics/configuration/>):
//! 1. `PIP_INDEX_URL`,
//! 2. `pip.conf` (`pip.ini` on Windows) of `PIP_CONFIG_FILE`, of the active environment, of the user (not read if
//!    `PIP_CONFIG_FILE` names a file that exists), of the system. `[install]` of any file comes before `[global]`.
//!
//!    The strongest place that names a key has it alone; lists do not add up.
//!
//! An empty variable is no setting for either tool.

mod credentials;
mod files;

pub use credentials::{Credentials, credentials};

use crate::facts::{IndexSettings, OsFamily, Setting, Source, Via};
use crate::host::Host;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Variables that name an index or a place with wheels, or a file that does.
const INDEX_VARIABLES: [&str; 12] = [
    "UV_DEFAULT_INDEX",
    "UV_INDEX_URL",
    "UV_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_CONFIG_FILE",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_CONFIG_FILE",
    "UV_PYTHON_INSTALL_MIRROR",
    "UV_PYTHON_DOWNLOADS_JSON_URL",
];

/// Variables for proxies and certificates. The proxies' names are read in both cases, as curl began it.
const ACCESS_VARIABLES: [&str; 12] = [
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "PIP_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "PIP_CERT",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "UV_SYSTEM_CERTS",
    "UV_NATIVE_TLS",
];

/// Beginnings of the names that change what uv, pip or Python do.
const BENDING_PREFIXES: [&str; 5] = ["UV_", "PIP_", "PYTHON", "CONDA_", "VIRTUAL_ENV"];

/// A setting as it stands, credentials included; it never leaves this module.
struct Raw {
    name: String,
    value: String,
    /// The name of the index, to which `UV_INDEX_<NAME>_USERNAME` belongs.
    label: Option<String>,
    source: Source,
}

impl Raw {
    fn shown(&self) -> Setting {
        Setting { name: self.name.clone(), value: mask(&self.value), source: self.source.clone() }
    }
}

/// What one place says.
#[derive(Default)]
struct Layer {
    default_index: Option<Raw>,
    extra_indexes: Vec<Raw>,
    find_links: Vec<Raw>,
    honoured: Vec<Raw>,
}

impl Layer {
    /// Adds what a weaker place says.
    fn below(mut self, weaker: Self) -> Self {
        self.default_index = self.default_index.or(weaker.default_index);
        append_new(&mut self.extra_indexes, weaker.extra_indexes);
        append_new(&mut self.find_links, weaker.find_links);
        for raw in weaker.honoured {
            if !self.honoured.iter().any(|stronger| stronger.name == raw.name) {
                self.honoured.push(raw);
            }
        }
        self
    }
}

fn append_new(list: &mut Vec<Raw>, more: Vec<Raw>) {
    for raw in more {
        if !list.iter().any(|known| known.value == raw.value) {
            list.push(raw);
        }
    }
}

/// The settings in force, and what is wrong with files that could not be read.
pub fn index_settings(host: &dyn Host) -> (IndexSettings, Vec<String>) {
    let mut trouble = Vec::new();
    let layer = read(host, &mut trouble);
    let shown = |list: &[Raw]| list.iter().map(Raw::shown).collect::<Vec<_>>();
    let settings = IndexSettings {
        default_index: layer.default_index.as_ref().map(Raw::shown),
        extra_indexes: shown(&layer.extra_indexes),
        find_links: shown(&layer.find_links),
        honoured: shown(&layer.honoured),
        cleared: bending(host),
    };
    (settings, trouble)
}

/// Inherited variables that would bend an install: every `UV_…`, `PIP_…`, `PYTHON…`, `CONDA_…` and `VIRTUAL_ENV…`
/// but the honoured ones. Sorted by name; secrets are not shown.
pub fn bending(host: &dyn Host) -> Vec<Setting> {
    let mut found: Vec<Setting> = variables(host)
        .into_iter()
        .filter(|(name, _)| {
            let name = plain_name(host, name);
            BENDING_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && !is_honoured(&name)
        })
        .map(|(name, value)| {
            let value = if is_secret(&name) { "(hidden)".to_owned() } else { mask(&value) };
            Setting { source: Source::new(Via::Environment, name.clone()), name, value }
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// For a child of ours: the inherited variables to take away from it, and those to set.
///
/// Set are only values without credentials, because a [`crate::plan::CommandSpec`] is saved and shown. A
/// certificate or proxy known to pip alone is handed on under the names that uv reads as well.
pub fn child_env(host: &dyn Host) -> (BTreeSet<String>, BTreeMap<String, String>) {
    let mut set: BTreeMap<String, String> =
        [("PYTHONUTF8", "1"), ("PYTHONNOUSERSITE", "1"), ("PIP_NO_INPUT", "1"), ("PIP_DISABLE_PIP_VERSION_CHECK", "1")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
    let honoured = read(host, &mut Vec::new()).honoured;
    let value_of = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| honoured.iter().find(|raw| raw.name.eq_ignore_ascii_case(name)))
            .map(|raw| &raw.value)
    };
    if value_of(&["SSL_CERT_FILE", "SSL_CERT_DIR"]).is_none()
        && let Some(bundle) = value_of(&["PIP_CERT", "cert", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
    {
        set.insert("SSL_CERT_FILE".to_owned(), bundle.clone());
    }
    if value_of(&["HTTPS_PROXY", "ALL_PROXY", "https-proxy"]).is_none()
        && let Some(proxy) = value_of(&["PIP_PROXY", "proxy"])
        && mask(proxy) == *proxy
    {
        set.insert("HTTPS_PROXY".to_owned(), proxy.clone());
        set.entry("HTTP_PROXY".to_owned()).or_insert_with(|| proxy.clone());
    }
    // What is set anew need not be taken away first: nothing then hangs on the order.
    let names = bending(host).into_iter().map(|setting| setting.name);
    (names.filter(|name| !set.contains_key(name)).collect(), set)
}

/// The text without user names, passwords and query parts of the addresses in it.
pub fn mask(text: &str) -> String {
    text.split_inclusive(char::is_whitespace).map(mask_word).collect()
}

fn mask_word(word: &str) -> String {
    if !word.contains("://") {
        // `user:password@proxy:3128`; a path or a plain name may hold an `@` of its own.
        let (before, after) = word.rsplit_once('@').unwrap_or(("", word));
        return if before.contains(':') && !before.contains(['/', '\\']) { after.to_owned() } else { word.to_owned() };
    }
    let mut parts = word.split("://");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push_str("://");
        shown.push_str(without_query(without_userinfo(part)).as_str());
    }
    shown
}

/// Cuts `user:password@`. A password may hold an unescaped `/`, which shows in a port that is no number.
fn without_userinfo(part: &str) -> &str {
    let authority = part.split(['/', '?', '#']).next().unwrap_or_default();
    if let Some((_, host)) = authority.rsplit_once('@') {
        return part.get(authority.len() - host.len()..).unwrap_or_default();
    }
    let port = authority.rsplit_once(':').map_or("", |(_, port)| port);
    let is_port = port.ends_with(']') || port.chars().all(|c| c.is_ascii_digit());
    if is_port { part } else { part.rsplit_once('@').map_or(part, |(_, host)| host) }
}

/// Cuts `?token=…`.
fn without_query(part: &str) -> String {
    let Some((before, query)) = part.split_once('?') else { return part.to_owned() };
    let rest = query.find(|c: char| c == ',' || c.is_whitespace()).and_then(|end| query.get(end..)).unwrap_or_default();
    format!("{before}{rest}")
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["PASSWORD", "TOKEN", "SECRET", "USERNAME", "CREDENTIAL", "_KEY"].iter().any(|word| name.contains(word))
}

fn is_honoured(name: &str) -> bool {
    let belongs_to_an_index =
        name.starts_with("UV_INDEX_") && (name.ends_with("_USERNAME") || name.ends_with("_PASSWORD"));
    belongs_to_an_index || INDEX_VARIABLES.contains(&name) || ACCESS_VARIABLES.contains(&name)
}

/// Names of variables know no case on Windows.
fn plain_name(host: &dyn Host, name: &str) -> String {
    if host.family() == OsFamily::Windows { name.to_ascii_uppercase() } else { name.to_owned() }
}

/// All variables that are text.
fn variables(host: &dyn Host) -> Vec<(String, String)> {
    host.vars()
        .into_iter()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
        .collect()
}

/// A variable that is set and not empty.
fn variable(host: &dyn Host, name: &str) -> Option<String> {
    host.var(name).map(|value| value.to_string_lossy().trim().to_owned()).filter(|value| !value.is_empty())
}

fn folder(host: &dyn Host, name: &str) -> Option<PathBuf> {
    variable(host, name).map(PathBuf::from)
}

fn from_variable(host: &dyn Host, name: &str) -> Option<Raw> {
    let value = variable(host, name)?;
    Some(Raw { name: name.to_owned(), value, label: None, source: Source::new(Via::Environment, name) })
}

fn list_from_variable(host: &dyn Host, name: &str, separator: fn(char) -> bool) -> Vec<Raw> {
    let Some(raw) = from_variable(host, name) else { return Vec::new() };
    let values = raw.value.split(separator).map(str::trim).filter(|value| !value.is_empty());
    values
        .map(|value| {
            let (label, value) = files::split_label(value);
            Raw { name: raw.name.clone(), value, label, source: raw.source.clone() }
        })
        .collect()
}

fn uv_variables(host: &dyn Host) -> Layer {
    let mut extra_indexes = list_from_variable(host, "UV_INDEX", char::is_whitespace);
    append_new(&mut extra_indexes, list_from_variable(host, "UV_EXTRA_INDEX_URL", char::is_whitespace));
    let default_index = from_variable(host, "UV_DEFAULT_INDEX").or_else(|| from_variable(host, "UV_INDEX_URL"));
    let default_index = default_index.map(|raw| {
        let (label, value) = files::split_label(&raw.value);
        Raw { value, label, ..raw }
    });
    let find_links = list_from_variable(host, "UV_FIND_LINKS", |c| c == ',');
    Layer { default_index, extra_indexes, find_links, honoured: Vec::new() }
}

fn access_variables(host: &dyn Host) -> Layer {
    let mut honoured = Vec::new();
    for (name, value) in variables(host) {
        // Only proxies have a lower-case spelling, and Windows has no case at all.
        let is_known = ACCESS_VARIABLES.contains(&plain_name(host, &name).as_str())
            || (name.ends_with("_proxy") && ACCESS_VARIABLES.contains(&name.to_ascii_uppercase().as_str()));
        if is_known && !value.trim().is_empty() {
            honoured.push(Raw { source: Source::new(Via::Environment, name.clone()), name, value, label: None });
        }
    }
    honoured.sort_by(|a, b| a.name.cmp(&b.name));
    Layer { honoured, ..Layer::default() }
}

fn read(host: &dyn Host, trouble: &mut Vec<String>) -> Layer {
    let mut all = access_variables(host).below(uv_variables(host));
    for layer in files::uv_layers(host, trouble) {
        all = all.below(layer);
    }
    all.below(files::pip_layer(host, trouble))
}

#[cfg(test)]
mod tests;
