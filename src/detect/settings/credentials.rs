//! User names and passwords for indexes, by address: for the downloader alone, never shown, never saved.

use super::files::text_of;
use super::{Raw, folder, read, variable};
use crate::host::Host;
use url::Url;

/// Credentials by address. There is no way to print or to save it, on purpose: no `Debug`, no `Serialize`.
#[derive(Default)]
pub struct Credentials {
    indexes: Vec<Known>,
    machines: Vec<Machine>,
}

struct Known {
    url: Url,
    user: String,
    password: String,
}

/// An entry of a `.netrc`.
struct Machine {
    name: String,
    user: String,
    password: String,
}

impl Credentials {
    /// User name and password for an address.
    ///
    /// Asks, in order: the address itself; the index whose address it lies below, the longest first; any index of
    /// the same scheme, host and port (files often lie beside the index's pages); `.netrc` by host name. The
    /// `default` entry of a `.netrc` is left out: it would send a password to every host there is.
    pub fn for_url(&self, url: &str) -> Option<(String, String)> {
        let url = Url::parse(url).ok()?;
        if let Some(own) = userinfo(&url) {
            return Some(own);
        }
        let same_origin = self.indexes.iter().filter(|known| known.url.origin() == url.origin());
        let best = same_origin.max_by_key(|known| {
            let folder = known.url.path().trim_end_matches('/');
            let is_below = url.path().strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            if is_below { folder.len() + 1 } else { 0 }
        });
        if let Some(known) = best {
            return Some((known.user.clone(), known.password.clone()));
        }
        let name = url.host_str()?;
        let machine = self.machines.iter().find(|machine| machine.name.eq_ignore_ascii_case(name))?;
        Some((machine.user.clone(), machine.password.clone()))
    }

    /// The address with user name and password, where they are known for it.
    pub fn added_to(&self, url: &str) -> String {
        let Some((user, password)) = self.for_url(url) else { return url.to_owned() };
        let Ok(mut parsed) = Url::parse(url) else { return url.to_owned() };
        // Both fail only for addresses without a host, which no credentials are known for.
        if parsed.set_username(&user).is_err() || parsed.set_password(Some(&password)).is_err() {
            return url.to_owned();
        }
        parsed.into()
    }

    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        self.indexes.is_empty() && self.machines.is_empty()
    }
}

/// Collects the credentials for indexes from their settings (in the address, or `UV_INDEX_<NAME>_USERNAME` and
/// `…_PASSWORD`) and from the file of `NETRC`, `~/.netrc` or `~/_netrc`.
pub fn credentials(host: &dyn Host) -> Credentials {
    let layer = read(host, &mut Vec::new());
    let all = layer.default_index.iter().chain(&layer.extra_indexes).chain(&layer.find_links);
    let indexes = all.filter_map(|raw| of_index(host, raw)).collect();
    let home = &host.folders().home;
    let files = folder(host, "NETRC").map_or_else(|| vec![home.join(".netrc"), home.join("_netrc")], |file| vec![file]);
    let text = files.iter().find_map(|path| text_of(host, path, &mut Vec::new()));
    Credentials { indexes, machines: text.map(|text| parse_netrc(&text)).unwrap_or_default() }
}

fn of_index(host: &dyn Host, raw: &Raw) -> Option<Known> {
    let url = Url::parse(&raw.value).ok()?;
    let of_name = || {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        let name: String = raw.label.as_ref()?.chars().map(plain).collect();
        let user = variable(host, &format!("UV_INDEX_{name}_USERNAME"));
        let password = variable(host, &format!("UV_INDEX_{name}_PASSWORD"));
        (user.is_some() || password.is_some()).then(|| (user.unwrap_or_default(), password.unwrap_or_default()))
    };
    let (user, password) = of_name().or_else(|| userinfo(&url))?;
    Some(Known { url, user, password })
}

fn userinfo(url: &Url) -> Option<(String, String)> {
    let has_any = !url.username().is_empty() || url.password().is_some();
    has_any.then(|| (unescape(url.username()), unescape(url.password().unwrap_or_default())))
}

/// Undoes percent-encoding.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        let value = code.filter(|_| first == b'%').and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(value.unwrap_or(first));
        rest = if value.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads a `.netrc`: `machine`, `login`, `password` in any layout; macros and comments are passed over.
fn parse_netrc(text: &str) -> Vec<Machine> {
    let mut machines: Vec<Machine> = Vec::new();
    let mut is_machine = false;
    let mut in_macro = false;
    let mut words = text.lines().flat_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.is_empty() { vec![""] } else { words.into_iter().chain(["\n"]).collect() }
    });
    while let Some(word) = words.next() {
        match word {
            // A macro ends at an empty line.
            "" => in_macro = false,
            _ if in_macro => {}
            "macdef" => in_macro = true,
            "machine" => {
                is_machine = true;
                let name = next_value(&mut words);
                machines.push(Machine { name, user: String::new(), password: String::new() });
            }
            "default" => is_machine = false,
            "login" | "password" | "account" => {
                let value = next_value(&mut words);
                if let Some(machine) = machines.last_mut().filter(|_| is_machine) {
                    match word {
                        "login" => machine.user = value,
                        "password" => machine.password = value,
                        _ => {}
                    }
                }
            }
            comment if comment.starts_with('#') => {
                words.find(|word| *word == "\n");
            }
            _ => {}
        }
    }
    machines
}

fn next_value<'a>(words: &mut impl Iterator<Item = &'a str>) -> String {
    let word = words.find(|word| !word.trim().is_empty()).unwrap_or_default();
    let quoted = word.strip_prefix('"').and_then(|word| word.strip_suffix('"'));
    quoted.unwrap_or(word).to_owned()
}
