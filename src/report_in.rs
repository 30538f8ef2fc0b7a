//! Facts of another machine, read from the texts that people paste: `collect_env`, `nvidia-smi`, start-up logs, forms
//! filled in by hand, our own `detect --json`, all of them mixed.
//!
//! Pure. What the text does not say stays unknown; each fact names the line it was read from. Each line is looked at
//! once, so that a long log costs no more than its length.

mod banners;
mod bus;
mod cards;
mod draft;
mod facts;
mod kernel;
mod keys;
mod logs;
mod names;
mod os_facts;
mod os_names;
mod own;
mod pairs;
mod prose;
mod smi;
mod smi_long;
mod starts;
mod system;
mod text;
mod versions;
mod warnings;

pub use text::decode;

use crate::catalog::Catalog;
use crate::facts::{Environment, MachineFacts};
use draft::Draft;
use names::{Care, cards_in};

/// A text in which nothing tells of a machine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Nothing in this text tells of a machine")]
pub struct NotAReport;

/// Reads a text.
pub fn read(text: &str, catalog: &Catalog) -> Result<MachineFacts, NotAReport> {
    if let Some(facts) = own::read(text, catalog) {
        return Ok(facts);
    }
    let clean = text::clean(text);
    let mut reader = Reader::new(catalog);
    for (number, line) in text::lines(&clean) {
        reader.line(number, line);
    }
    reader.finish().ok_or(NotAReport)
}

/// The environment whose torch a report is about: the one it speaks of, else the only one with torch of our own list.
pub fn torch_of(facts: &MachineFacts) -> Option<&Environment> {
    let all = facts.environments.found()?;
    let with_torch: Vec<_> = all.iter().filter(|environment| environment.torch.is_some()).collect();
    let only = || if let [only] = with_torch.as_slice() { Some(*only) } else { None };
    all.iter().find(|environment| environment.kind == "report").or_else(only)
}

/// What goes on from line to line.
struct Reader<'a> {
    draft: Draft<'a>,
    table: smi::Table,
    long: smi_long::Long,
    warnings: warnings::Warnings,
    logs: logs::Logs,
    starts: starts::Starts,
    heads: pairs::Heads,
    device: bus::Device,
    /// A heading or a key without a value: the next line is its value.
    open: Option<(usize, String)>,
    /// Line in which `pip show` names torch.
    torch_at: usize,
    /// Line of the heading `CUDA` in Lightning's list, while it goes on.
    cuda_at: usize,
    /// Where a list of cards that something supports begins and goes on.
    foreign: Foreign,
}

/// A list of cards that are not the machine's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Foreign {
    No,
    /// Its heading was the last line.
    Ahead,
    /// It goes on up to the next blank line.
    Inside,
}

impl<'a> Reader<'a> {
    fn new(catalog: &'a Catalog) -> Self {
        Self {
            draft: Draft::new(catalog),
            table: smi::Table::default(),
            long: smi_long::Long::default(),
            warnings: warnings::Warnings::default(),
            logs: logs::Logs::default(),
            starts: starts::Starts::default(),
            heads: pairs::Heads::default(),
            device: bus::Device::default(),
            open: None,
            torch_at: 0,
            cuda_at: 0,
            foreign: Foreign::No,
        }
    }

    fn line(&mut self, number: usize, line: &str) {
        let draft = &mut self.draft;
        if line.trim().is_empty() {
            if self.foreign == Foreign::Inside {
                self.foreign = Foreign::No;
            }
            return;
        }
        if self.table.line(draft, number, line)
            || self.long.line(draft, number, line)
            || smi::failure(draft, number, line)
        {
            return;
        }
        let bare = text::bare(&text::without_moments(line));
        let bare = text::without_log_marks(self.unprefixed(&bare)).to_owned();
        if bare.is_empty() {
            return;
        }
        if prose::announces_cards(&bare) {
            self.foreign = Foreign::Ahead;
            return;
        }
        if self.foreign != Foreign::No {
            self.foreign = Foreign::Inside;
            if cards_in(&bare, Care::Strict, self.draft.catalog).ours.is_empty() {
                self.foreign = Foreign::No;
            } else {
                return;
            }
        }
        let draft = &mut self.draft;
        let is_told = self.starts.line(draft, number, &bare)
            || bus::lspci(draft, number, &bare)
            || bus::windows_row(draft, number, &bare)
            || kernel::line(draft, number, &bare)
            || self.warnings.line(draft, number, &bare)
            || self.logs.line(draft, number, &bare)
            || banners::line(draft, number, &bare);
        if is_told {
            // A warning begins with the file it comes from.
            prose::places(draft, number, &bare);
            return;
        }
        if self.pairs(number, &bare) {
            return;
        }
        prose::line(&mut self.draft, number, &bare);
    }

    /// Without the name that Docker Compose puts before each line of a container's log.
    fn unprefixed<'t>(&mut self, line: &'t str) -> &'t str {
        let Some((name, rest)) = line.split_once('|') else { return line };
        let name = name.trim();
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        let is_container = name.contains("container") || name.ends_with("-1") || name.ends_with("_1");
        if !is_name || !is_container {
            return line;
        }
        self.draft.system.is_container = true;
        rest.trim()
    }

    /// Reads the line as keys with values; true if one of them meant something, so that it is no sentence.
    fn pairs(&mut self, number: usize, line: &str) -> bool {
        let is_nvidia = self.device.is_nvidia() || self.draft.cards.is_at_ours;
        let mut is_known = false;
        if line.trim_end_matches(':').eq_ignore_ascii_case("cuda") {
            self.cuda_at = number;
        }
        let open = self.open.take().filter(|(from, _)| number <= from + 3);
        let pairs = pairs::pairs(line, &mut self.heads);
        for (key, value) in &pairs {
            self.device.value(&mut self.draft, number, key, value);
            self.package(number, key, value);
            if self.lightning(number, key, value) {
                is_known = true;
                continue;
            }
            if value.is_empty() && keys::key_of(key).is_some() {
                self.open = Some((number, key.clone()));
                is_known = true;
                continue;
            }
            is_known |= facts::enter(&mut self.draft, number, key, value, is_nvidia);
        }
        if pairs.is_empty()
            && let Some((_, key)) = &open
        {
            // The value of the heading above, unless it is a sentence of its own.
            facts::enter(&mut self.draft, number, key, line, is_nvidia);
            return false;
        }
        // `Driver 13.0` is no heading.
        let has_digit = line.contains(|c: char| c.is_ascii_digit());
        let is_heading = line.len() < 60 && !(has_digit && keys::key_of(line) == Some(keys::Key::Driver));
        if pairs.is_empty() && facts::alone(&mut self.draft, number, line) {
            return false;
        }
        if pairs.is_empty() && is_heading && keys::key_of(line).is_some() {
            self.open = Some((number, line.to_owned()));
        }
        is_known
    }

    /// `pip show torch`: the name, and the version in the next line.
    fn package(&mut self, number: usize, key: &str, value: &str) {
        if key == "Name" && value == "torch" {
            self.torch_at = number;
        } else if key == "Version" && self.torch_at + 1 == number {
            facts::enter(&mut self.draft, number, "torch", value, false);
        }
    }

    /// Lightning's list: `available: True` and `version: 11.8` under the heading `CUDA:`; true if it is one of these.
    fn lightning(&mut self, number: usize, key: &str, value: &str) -> bool {
        let key = key.trim_matches(['*', ' ']).to_ascii_lowercase();
        if value.is_empty() {
            if !["cuda", "gpu"].contains(&key.as_str()) {
                self.cuda_at = 0;
            }
            return false;
        }
        let name = match key.as_str() {
            "available" => "cuda available",
            "version" => "torch cuda version",
            _ => return false,
        };
        // Each card of the list has a line.
        if self.cuda_at == 0 || number > self.cuda_at + 24 {
            return false;
        }
        facts::enter(&mut self.draft, number, name, value, false)
    }

    fn finish(mut self) -> Option<MachineFacts> {
        self.long.end(&mut self.draft);
        self.device.end(&mut self.draft);
        self.draft.finish()
    }
}
