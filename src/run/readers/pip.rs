//! pip: its bars (`raw`, and those it draws), and the words of its phases.

use super::{Reading, size};
use crate::progress::Unit;

/// An install by pip so far.
#[derive(Clone, Debug)]
pub struct Pip {
    /// So many packages it was told to install.
    expected: u64,
    /// Of which it has looked at so many.
    seen: u64,
    /// The file that comes.
    file: Option<String>,
    /// Its size, as it was announced.
    size: Option<u64>,
}

/// Share of the packages that are looked at; the rest is unpacking, of which pip says nothing.
const LOOKING: f64 = 0.15;

impl Pip {
    /// An install of so many packages.
    pub const fn new(packages: u64) -> Self {
        Self { expected: packages, seen: 0, file: None, size: None }
    }

    /// Takes a line.
    pub fn line(&mut self, line: &str) -> Option<Reading> {
        let words = line.trim_start();
        if let Some(bytes) = self.raw(words).or_else(|| self.drawn(words)) {
            return Some(bytes.bar());
        }
        if let Some(file) = words.strip_prefix("Downloading ").or_else(|| words.strip_prefix("Using cached ")) {
            self.announced(file);
            return Some(Reading::default().doing("waiting for the index"));
        }
        let looked_at = words.strip_prefix("Processing ").or_else(|| words.strip_prefix("Collecting "));
        if let Some(package) = looked_at {
            let name = super::file_name(package.split_whitespace().next().unwrap_or(package)).to_owned();
            self.seen += 1;
            return Some(self.looked(&name).doing(format!("reading {name}")));
        }
        if let Some(names) = words.strip_prefix("Installing collected packages: ") {
            let count = names.split(", ").count() as u64;
            let what = crate::text::count(usize::try_from(count).unwrap_or(usize::MAX), "package", "packages");
            return Some(Reading::default().at(LOOKING).doing(format!("unpacking {what}")));
        }
        if let Some(name) = words
            .strip_prefix("Building wheel for ")
            .or_else(|| words.strip_prefix("Building wheels for collected packages: "))
        {
            let name = name.split([' ', ',']).next().unwrap_or(name);
            return Some(Reading::default().doing(format!("compiling {name}")));
        }
        words.starts_with("Successfully installed ").then(|| Reading::default().at(1.0).doing(""))
    }

    fn looked(&self, name: &str) -> Reading {
        if self.expected == 0 {
            return Reading::default().of(name);
        }
        let share = LOOKING * (self.seen as f64 / self.expected as f64).min(1.0);
        Reading::units(self.seen, self.expected, Unit::Packages).of(name).at(share)
    }

    /// `torch-2.7.0-….whl (3338.3 MB)`, `https://…/torch-2.7.0-….whl (3338.3 MB)`.
    fn announced(&mut self, text: &str) {
        let (file, size_of) = text.split_once(" (").unwrap_or((text, ""));
        self.file = Some(super::file_name(file).to_owned());
        let mut words = size_of.trim_end_matches(')').split(' ');
        self.size = words.next().zip(words.next()).and_then(|(number, unit)| size(number, unit));
    }

    fn bytes(&self, done: u64, total: Option<u64>) -> Reading {
        // One file of many: it is no share of the whole.
        let share = LOOKING * (self.seen.saturating_sub(1) as f64 / self.expected.max(1) as f64).min(1.0);
        let reading = Reading::bytes(done, total.or(self.size)).at(if self.expected == 0 { 0.0 } else { share });
        match &self.file {
            Some(file) => reading.of(file.as_str()),
            None => reading,
        }
    }

    /// `Progress 262144 of 6299353`.
    fn raw(&self, words: &str) -> Option<Reading> {
        let rest = words.strip_prefix("Progress ")?;
        let (done, total) = rest.split_once(" of ").unwrap_or((rest, ""));
        Some(self.bytes(done.parse().ok()?, total.parse().ok().filter(|total| *total > 0)))
    }

    /// `━━━━╸━━━ 1.8/3.3 GB 16.2 MB/s eta 0:01:36`, `---- 152.7/152.7 MB 36.4 MB/s`.
    fn drawn(&self, words: &str) -> Option<Reading> {
        let rest = words.trim_start_matches(['━', '╸', '╺', '-', ' ']);
        if rest.len() == words.len() {
            return None;
        }
        let mut words = rest.split(' ');
        let (done, total) = words.next()?.split_once('/')?;
        let unit = words.next()?;
        self.bytes(size(done, unit)?, size(total, unit)).into()
    }
}
