//! The log of a run as lines: an index of where each begins (8 bytes a line) in memory, the text read from the file when
//! it is shown. What a progress bar drew over itself, colours, and the moments of the lines are left out here.

use crate::app::Lines;
use crate::app::log::{Tone, tone};
use crate::host::Host;
use crate::run::log::without_moment;
use crate::run::output::without_colours;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Read at once while the index is made and while a word is searched for.
const PIECE: usize = 256 * 1024;
/// A line is shown as far as this: no window is as wide.
const LONGEST: usize = 8 * 1024;

#[derive(Debug, Default)]
struct Index {
    /// Where each line begins; a line that is still being written is the last.
    starts: Vec<u64>,
    /// How far the file is indexed.
    end: u64,
}

/// A log file that grows.
pub struct LogFile {
    host: Arc<dyn Host>,
    path: PathBuf,
    index: Mutex<Index>,
}

impl std::fmt::Debug for LogFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl LogFile {
    /// A file, which need not be there yet. Its present content is indexed at the first [`LogFile::grow`].
    pub fn new(host: Arc<dyn Host>, path: PathBuf) -> Self {
        Self { host, path, index: Mutex::default() }
    }

    /// Takes in what was added to the file since; answers whether there was anything.
    pub fn grow(&self) -> bool {
        let mut has_grown = false;
        loop {
            let from = self.with(|index| index.end);
            let Ok(bytes) = self.host.read_at(&self.path, from, PIECE) else { return has_grown };
            if bytes.is_empty() {
                // The part was closed and a new one begun: its lines are the log now.
                let is_another = from > 0 && self.host.meta(&self.path).is_some_and(|meta| meta.len < from);
                if !is_another {
                    return has_grown;
                }
                self.with(|index| *index = Index::default());
                has_grown = true;
                continue;
            }
            has_grown = true;
            self.with(|index| {
                if index.end == 0 {
                    index.starts.push(0);
                }
                let breaks = bytes.iter().zip(1_u64..).filter(|(byte, _)| **byte == b'\n');
                index.starts.extend(breaks.map(|(_, after)| from + after));
                index.end = from + bytes.len() as u64;
            });
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Index) -> T) -> T {
        // The index is only ever added to: what a panicking thread left is sound.
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut index)
    }

    /// Where a line begins and ends.
    fn place(index: &Index, line: usize) -> Option<(u64, u64)> {
        let start = *index.starts.get(line)?;
        Some((start, index.starts.get(line + 1).copied().unwrap_or(index.end)))
    }

    /// The first line from `from` on (then from the top) that `is_it`.
    fn search(&self, from: usize, is_it: &dyn Fn(&str) -> bool) -> Option<usize> {
        let count = self.count();
        let from = if from < count { from } else { 0 };
        let hit = |range: Range<usize>| {
            let mut at = range.start;
            while at < range.end {
                let next = (at + 2000).min(range.end);
                let lines = self.read(at..next);
                if let Some(found) = lines.iter().position(|line| is_it(line)) {
                    return Some(at + found);
                }
                at = next;
            }
            None
        };
        hit(from..count).or_else(|| hit(0..from))
    }
}

/// A line as it is shown: without colours and moment.
fn shown(bytes: &[u8]) -> String {
    without_colours(without_moment(&String::from_utf8_lossy(bytes)))
}

/// What is seen of a line: behind the last picture that was drawn over, and no more than a window is wide.
fn seen(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last + 1);
    let line = line.get(..end).unwrap_or_default();
    let start = line.iter().rposition(|&byte| byte == b'\r').map_or(0, |at| at + 1);
    let line = line.get(start..).unwrap_or_default();
    line.get(..line.len().min(LONGEST)).unwrap_or_default()
}

impl Lines for LogFile {
    fn count(&self) -> usize {
        self.with(|index| {
            // Behind the last line end there is no line yet.
            let is_open = index.starts.last().is_some_and(|start| *start < index.end);
            index.starts.len().saturating_sub(usize::from(!is_open && !index.starts.is_empty()))
        })
    }

    fn read(&self, range: Range<usize>) -> Vec<String> {
        let range = range.start..range.end.min(self.count());
        let places: Vec<(u64, u64)> = self.with(|index| range.map_while(|line| Self::place(index, line)).collect());
        let (Some(&(from, _)), Some(&(_, to))) = (places.first(), places.last()) else { return Vec::new() };
        let length = usize::try_from(to - from).unwrap_or(usize::MAX).min(64 * PIECE);
        let bytes = self.host.read_at(&self.path, from, length).unwrap_or_default();
        places
            .into_iter()
            .map(|(start, end)| {
                let begin = usize::try_from(start - from).unwrap_or(usize::MAX).min(bytes.len());
                let end = usize::try_from(end - from).unwrap_or(usize::MAX).min(bytes.len());
                shown(seen(bytes.get(begin..end).unwrap_or_default()))
            })
            .collect()
    }

    fn find(&self, word: &str, from: usize) -> Option<usize> {
        let word = word.to_lowercase();
        self.search(from, &|line| line.to_lowercase().contains(&word))
    }

    fn next_problem(&self, from: usize) -> Option<usize> {
        self.search(from, &|line| matches!(tone(line), Tone::Trouble | Tone::Warning))
    }

    fn all(&self) -> String {
        String::from_utf8_lossy(&self.host.read(&self.path).unwrap_or_default()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::World;
    use std::path::Path;

    fn log(text: &str) -> LogFile {
        let world = World::new(OsFamily::Linux).file("/log", text);
        let log = LogFile::new(Arc::new(world), "/log".into());
        log.grow();
        log
    }

    #[test]
    fn lines_are_shown_as_a_terminal_would_leave_them() {
        let log = log("one\r\n\u{1b}[1mtwo\u{1b}[0m\n10 %\r50 %\r100 %\nopen");
        assert_eq!(log.count(), 4);
        assert_eq!(log.read(0..9), ["one", "two", "100 %", "open"]);
        assert_eq!(log.read(1..2), ["two"]);
        assert_eq!(log.read(7..9), [""; 0]);
    }

    #[test]
    fn a_file_that_is_not_there_has_no_lines() {
        let log = LogFile::new(Arc::new(World::new(OsFamily::Linux)), "/log".into());
        assert!(!log.grow());
        assert_eq!((log.count(), log.read(0..5).len()), (0, 0));
    }

    #[test]
    fn what_is_added_later_is_taken_in_even_in_the_middle_of_a_line() {
        let world = World::new(OsFamily::Linux).file("/log", "first\nsec");
        let host: Arc<dyn Host> = Arc::new(world);
        let log = LogFile::new(Arc::clone(&host), "/log".into());
        log.grow();
        assert_eq!(log.read(0..9), ["first", "sec"]);
        host.overwrite(Path::new("/log"), b"first\nsecond\nthird\n").unwrap();
        assert!(log.grow());
        assert_eq!((log.count(), log.read(0..9)), (3, vec!["first".into(), "second".into(), "third".into()]));
    }

    #[test]
    fn moments_are_not_shown_and_the_last_picture_of_a_long_bar_is() {
        let pictures: String =
            (0..1000).fold(String::new(), |text, n| text + &format!("2026-11-21T12:00:00.000Z {n} of 1000\r"));
        let log = log(&format!("2026-11-21T12:00:00.000Z error: gone\n{pictures}\n"));
        assert_eq!(log.read(0..9), ["error: gone", "999 of 1000"]);
        assert_eq!(log.next_problem(0), Some(0));
    }

    #[test]
    fn a_log_that_rotated_begins_anew() {
        let world = World::new(OsFamily::Linux).file("/log", "first\nsecond\n");
        let host: Arc<dyn Host> = Arc::new(world);
        let log = LogFile::new(Arc::clone(&host), "/log".into());
        log.grow();
        host.overwrite(Path::new("/log"), b"third\n").unwrap();
        assert!(log.grow());
        assert_eq!(log.read(0..9), ["third"]);
    }

    #[test]
    fn the_search_goes_round() {
        let log = log("alpha\nBeta\nerror: gone\nbeta again\n");
        assert_eq!(log.find("beta", 0), Some(1));
        assert_eq!(log.find("beta", 2), Some(3));
        assert_eq!(log.find("alpha", 2), Some(0));
        assert_eq!(log.find("nothing", 0), None);
        assert_eq!(log.next_problem(3), Some(2));
    }
}
