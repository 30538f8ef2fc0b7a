//! git: the phases of a fetch, of many of them for submodules, and of writing files.
//!
//! git speaks the user's language, but its bars have one form: words, a colon, percent and a pair of numbers. Which phase
//! it is comes from the words in English, else from their order.

use super::{Reading, pair, size};
use crate::progress::{Amount, Unit};

/// A fetch so far.
#[derive(Clone, Debug, Default)]
pub struct Git {
    /// Submodules that were named, and those that are there.
    named: u64,
    there: u64,
    /// The submodule or repository that comes.
    what: Option<String>,
}

/// A phase of getting one repository, with its share of it.
struct Phase {
    from: f64,
    to: f64,
    doing: &'static str,
}

/// Words in the message of each language that git is translated to are not known here: what is not English is "something
/// of the fetch", which counts no share.
fn phase(words: &str) -> Option<Phase> {
    let (from, to, doing) = match words {
        "Enumerating objects" | "Counting objects" => (0.0, 0.02, "waiting for the server to count"),
        "Compressing objects" => (0.02, 0.05, "waiting for the server to pack"),
        "Receiving objects" => (0.05, 0.85, "waiting for the repository"),
        "Resolving deltas" => (0.85, 0.95, "putting the files together"),
        "Updating files" | "Checking out files" => (0.95, 1.0, "writing files"),
        _ => return None,
    };
    Some(Phase { from, to, doing })
}

impl Git {
    /// Takes a line.
    pub fn line(&mut self, line: &str) -> Option<Reading> {
        let line = line.trim();
        if let Some(bar) = self.bar(line) {
            return Some(bar);
        }
        if let Some(rest) = line.strip_prefix("Cloning into '") {
            let name = super::file_name(rest.trim_end_matches(['.', '\'']));
            self.what = Some(name.to_owned());
            return Some(self.libraries().of(name).doing(format!("fetching {name}")));
        }
        if line.starts_with("Submodule '") && line.contains(" registered for path ") {
            self.named += 1;
            return None;
        }
        if line.starts_with("Submodule path '") && line.contains(": checked out ") {
            self.there += 1;
            return Some(self.libraries().doing(""));
        }
        None
    }

    /// How many of the submodules are there. Nested ones are named while it goes, so it is no share.
    fn libraries(&self) -> Reading {
        if self.named == 0 {
            return Reading::default();
        }
        let share = (self.there as f64 / self.named as f64).min(1.0);
        Reading::units(self.there, self.named.max(self.there), Unit::Libraries).at(share * 0.95)
    }

    /// `remote: Counting objects:  24% (101/404)`, `Receiving objects: 100% (122/122), 366.69 KiB | 4.53 MiB/s, done.`
    fn bar(&self, line: &str) -> Option<Reading> {
        let line = line.strip_prefix("remote: ").unwrap_or(line);
        let (words, rest) = line.split_once([':', '：'])?;
        let (percent, rest) = rest.trim_start().split_once("% (")?;
        let percent: f64 = percent.trim().parse().ok()?;
        let (counts, rest) = rest.split_once(')')?;
        let (done, total) = pair(counts)?;
        let is_over = rest.contains("done.") || (!rest.is_empty() && percent >= 100.0);
        let phase = phase(words);
        let mut reading = Reading::units(done, total, Unit::Objects);
        if self.named > 0 {
            // One of many repositories, several at once: what counts is how many of them are there.
            reading.amount = None;
        } else {
            let share = phase.as_ref().map(|phase| phase.from + (phase.to - phase.from) * percent / 100.0);
            reading.share = Some(share.unwrap_or_default());
        }
        reading.what = self.what.clone().or_else(|| Some(words.to_owned()));
        if let Some(phase) = &phase {
            reading.doing = Some(phase.doing.to_owned());
        }
        // Of what comes over the network the bytes are told, but not how many there will be.
        let came = rest.strip_prefix(", ").and_then(received);
        if let (Some(done), Some(Amount::Units(_)), true) = (came, reading.amount, self.what.is_none()) {
            reading.what = Some(format!("{words}, {}", crate::text::size(done)));
        }
        reading.is_bar = !is_over;
        Some(reading)
    }
}

/// `366.69 KiB | 4.53 MiB/s, done.` → bytes.
fn received(rest: &str) -> Option<u64> {
    let mut words = rest.split(' ');
    size(words.next()?, words.next()?.trim_end_matches(','))
}
