//! What `wsl.exe` prints, in whatever language Windows speaks: order, columns and signs are the same in all of them, the
//! words are not. Pure; its bytes become text by [`crate::host::decode`], since they are UTF-16LE without a mark unless
//! `WSL_UTF8=1` is set and understood.

use crate::facts::Distribution;

/// What `wsl --status` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The default distribution.
    pub distribution: Option<String>,
    /// What a new distribution becomes: 1 or 2.
    pub default_version: Option<u8>,
    /// Version of the Linux kernel; only older ones say it here.
    pub kernel: Option<String>,
}

/// What `wsl --version` says; only WSL from the Store knows the word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    /// Of WSL itself.
    pub wsl: String,
    /// Of its Linux kernel.
    pub kernel: String,
}

/// The distributions of `wsl --list --verbose`, the default one first.
///
/// A row is a star for the default one, a name in a wide column, its state in words, and 1 or 2 right behind.
pub fn list(text: &str) -> Vec<Distribution> {
    let mut found: Vec<(bool, Distribution)> = text.lines().filter_map(row).collect();
    found.sort_by_key(|(is_default, _)| !is_default);
    found.into_iter().map(|(_, distribution)| distribution).collect()
}

fn row(line: &str) -> Option<(bool, Distribution)> {
    let line = line.trim();
    let (is_default, line) = line.strip_prefix('*').map_or((false, line), |rest| (true, rest.trim_start()));
    let (name, state) = line.split_once("  ")?;
    let mut ending = state.chars().rev();
    let version = ending.next().map(String::from).as_deref().and_then(wsl_version)?;
    // The header ends in a letter, a sentence about versions in a number with a point.
    let is_alone = ending.next().is_some_and(|before| before.is_whitespace() || before.is_alphabetic());
    (is_alone && is_name(name)).then(|| (is_default, Distribution { name: name.to_owned(), version }))
}

/// The answer of `wsl --status`: a line for the default distribution if there is one, then one for the version of new
/// ones; what follows differs. Nothing for any other text.
pub fn status(text: &str) -> Status {
    let mut status = Status::default();
    for value in text.lines().filter_map(value) {
        match wsl_version(value) {
            Some(version) if status.default_version.is_none() => status.default_version = Some(version),
            None if status.default_version.is_none() && status.distribution.is_none() && is_name(value) => {
                status.distribution = Some(value.to_owned());
            }
            None if status.default_version.is_some() && status.kernel.is_none() && is_number(value) => {
                status.kernel = Some(value.to_owned());
            }
            Some(_) | None => {}
        }
    }
    // It always names the version.
    if status.default_version.is_some() { status } else { Status::default() }
}

/// The answer of `wsl --version`: WSL's own version stands first, the kernel's second. `None` for anything else, such as
/// the help of a `wsl.exe` that does not know the word.
pub fn versions(text: &str) -> Option<Versions> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let mut number = || lines.next().and_then(value).filter(|value| is_number(value)).map(str::to_owned);
    Some(Versions { wsl: number()?, kernel: number()? })
}

/// What stands behind the colon, if it is one word. Chinese has a colon of its own.
fn value(line: &str) -> Option<&str> {
    let (_, value) = line.rsplit_once([':', '：'])?;
    let value = value.trim();
    (!value.is_empty() && !value.contains(char::is_whitespace)).then_some(value)
}

fn wsl_version(word: &str) -> Option<u8> {
    word.parse().ok().filter(|version| [1, 2].contains(version))
}

/// WSL takes no other signs for a name.
fn is_name(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

/// `2.6.1.0`, and what a builder of kernels adds behind: `6.6.87.2-1`.
fn is_number(word: &str) -> bool {
    let parts = || word.split(['.', '-']);
    parts().count() >= 3 && parts().take(3).all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()))
}
