//! A training log that is followed: what is appended to a file, and which of its lines are marks on the time axis.

use crate::host::{Host, HostError};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What is looked for if the user names nothing.
pub const USUAL: [&str; 3] = ["loss", "Using bfloat16", "CUDA out of memory"];

/// Bytes taken at once; the rest comes with the next look.
const PIECE: usize = 256 * 1024;
/// A line longer than this is cut into pieces.
const LONGEST: usize = 16 * 1024;
/// The beginning of a file, by which another one of the same name is told from it.
const HEAD: usize = 64;
/// Characters of a mark's line that are kept.
const SHOWN: usize = 200;

/// A line that matched.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mark {
    /// The pattern that matched.
    pub word: String,
    /// The number behind it, e.g. the loss.
    pub number: Option<f64>,
    /// The line, without colours and blanks around it.
    pub line: String,
}

/// Which lines are marks: those that hold one of the words, in capitals or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matcher {
    words: Vec<(String, String)>,
}

impl Matcher {
    /// Looks for these words; for [`USUAL`] ones if there are none.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let pair = |word: &str| (word.to_owned(), word.to_lowercase());
        let mut words: Vec<_> = words.into_iter().map(str::trim).filter(|word| !word.is_empty()).map(pair).collect();
        if words.is_empty() {
            words = USUAL.into_iter().map(pair).collect();
        }
        Self { words }
    }

    /// The first word that a line holds.
    pub fn mark(&self, line: &str) -> Option<Mark> {
        let line = crate::run::output::without_colours(line);
        let small = line.to_lowercase();
        self.words.iter().find_map(|(word, wanted)| {
            let behind = small.find(wanted).and_then(|at| small.get(at + wanted.len()..))?;
            let shown = line.trim().chars().take(SHOWN).collect();
            Some(Mark { word: word.clone(), number: number(behind), line: shown })
        })
    }
}

/// The number that stands right behind a word: `loss: 0.25`, `'loss': 1e-3`, `loss=0.25, …`. One that is no number
/// (`nan`) or stands further away is none.
fn number(behind: &str) -> Option<f64> {
    let text = behind.trim_start_matches(['"', '\'', ':', '=', ' ', '\t', '(']);
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-' | 'e' | 'E');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let text = text.get(..end)?.trim_end_matches(['.', 'e', '-', '+']);
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The end of a file that grows.
#[derive(Debug)]
pub struct Tail {
    path: PathBuf,
    /// Up to here it was read; `None` before the first look.
    position: Option<u64>,
    /// How the file began when it was last seen.
    head: Vec<u8>,
    /// The line that is not whole yet.
    rest: Vec<u8>,
}

impl Tail {
    /// What is in the file now is old: only what comes from the first look on is told.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), position: None, head: Vec::new(), rest: Vec::new() }
    }

    /// The whole lines that came since the last look. A file that is not there yet is waited for, and one that was
    /// replaced or cut is read from its beginning. A progress bar's states (`\r`) are lines; bytes that are no UTF-8
    /// are replaced.
    pub fn look(&mut self, host: &dyn Host) -> Result<Vec<String>, HostError> {
        let Some(meta) = host.meta(&self.path).filter(|meta| !meta.is_dir) else {
            // Whatever comes here next is new.
            (self.position, self.head, self.rest) = (Some(0), Vec::new(), Vec::new());
            return Ok(Vec::new());
        };
        let before = self.position;
        let mut position = before.unwrap_or(meta.len);
        if before != Some(meta.len) {
            let Some(head) = self.piece(host, 0, HEAD)? else { return Ok(Vec::new()) };
            if position > meta.len || !head.starts_with(&self.head) {
                position = 0;
                self.rest.clear();
            }
            self.head = head;
        }
        let bytes = if position < meta.len { self.piece(host, position, PIECE)? } else { Some(Vec::new()) };
        let Some(bytes) = bytes else { return Ok(Vec::new()) };
        self.position = Some(position + bytes.len() as u64);
        Ok(self.lines(&bytes))
    }

    /// A piece of it; `None` if it went since it was seen: it is waited for like one that was never there.
    fn piece(&self, host: &dyn Host, from: u64, most: usize) -> Result<Option<Vec<u8>>, HostError> {
        match host.read_at(&self.path, from, most) {
            Err(_) if host.meta(&self.path).is_none() => Ok(None),
            piece => piece.map(Some),
        }
    }

    fn lines(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for &byte in bytes {
            let ends = matches!(byte, b'\n' | b'\r');
            // PowerShell's `>` writes UTF-16: without its zeros Latin text is what it was.
            if !ends && byte != 0 {
                self.rest.push(byte);
            }
            if ends || self.rest.len() >= LONGEST {
                let line = String::from_utf8_lossy(&self.rest).into_owned();
                self.rest.clear();
                if !line.trim().is_empty() {
                    lines.push(line);
                }
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::World;

    const LOG: &str = "/home/ada/train.log";

    fn mark(line: &str) -> Option<Mark> {
        Matcher::new([]).mark(line)
    }

    #[test]
    fn the_loss_is_found_as_trainers_write_it() {
        for (line, number) in [
            ("step 10 loss: 0.25", Some(0.25)),
            ("{'loss': 1.5e-3, 'epoch': 1}", Some(0.0015)),
            ("\"train_loss\": 2,", Some(2.0)),
            ("Epoch 3: 40%|████ | 4/10 [00:01<00:02, loss=0.125, v_num=3]", Some(0.125)),
            ("Loss 0.31 (0.40)", Some(0.31)),
            ("\u{1b}[32mloss\u{1b}[0m=0.5", Some(0.5)),
            ("loss -0.5.", Some(-0.5)),
            ("loss: nan", None),
            ("the loss function is chosen", None),
        ] {
            assert_eq!(mark(line).unwrap().number, number, "{line}");
        }
        assert_eq!(mark("epoch 3 of 10"), None);
    }

    #[test]
    fn other_words_are_marks_without_a_number_and_the_users_own_replace_them() {
        let mark = Matcher::new([]).mark("  using BFloat16 Automatic Mixed Precision\t").unwrap();
        assert_eq!((mark.word.as_str(), mark.number), ("Using bfloat16", None));
        assert_eq!(mark.line, "using BFloat16 Automatic Mixed Precision");
        let own = Matcher::new([" val_acc ", ""]);
        assert_eq!(own.mark("VAL_ACC = 0.9").map(|mark| (mark.word, mark.number)), Some(("val_acc".into(), Some(0.9))));
        assert_eq!(own.mark("loss: 1"), None);
        assert_eq!(Matcher::new(["loss"]).mark(&"loss ".repeat(400)).unwrap().line.chars().count(), SHOWN);
    }

    #[test]
    fn a_letter_that_grows_in_small_letters_hurts_nobody() {
        // The small form of this one is longer than itself.
        assert_eq!(mark("İİİİ loss=0.5").unwrap().number, Some(0.5));
    }

    fn add(world: &World, bytes: &[u8]) {
        world.grow(Path::new(LOG)).unwrap().add(bytes).unwrap();
    }

    #[test]
    fn what_comes_is_told_once_and_in_whole_lines() {
        let world = World::new(OsFamily::Linux);
        add(&world, b"old\n");
        let mut tail = Tail::new(Path::new(LOG));
        let mut look = |bytes: &[u8]| {
            add(&world, bytes);
            tail.look(&world).unwrap()
        };
        // What was there before the first look is old, and so is what came with it.
        assert!(look(b"old too\n").is_empty());
        assert_eq!(look(b"one\r\ntwo\nhal"), ["one", "two"]);
        assert_eq!(look(b"f\n"), ["half"]);
        assert_eq!(look(b"\r 10%\r 20%\r"), [" 10%", " 20%"]);
        assert_eq!(look(b"broken \xff\xfe bytes\n"), ["broken \u{fffd}\u{fffd} bytes"]);
        assert!(look(b"").is_empty());
        let lines = look(&[vec![b'x'; LONGEST + 5], b"\n".to_vec()].concat());
        assert_eq!(lines.iter().map(String::len).collect::<Vec<_>>(), [LONGEST, 5]);
    }

    #[test]
    fn a_file_that_is_cut_replaced_or_made_later_is_read_from_its_beginning() {
        let world = World::new(OsFamily::Linux);
        let (path, mut tail) = (Path::new(LOG), Tail::new(Path::new(LOG)));
        assert!(tail.look(&world).unwrap().is_empty());
        add(&world, b"born\n");
        assert_eq!(tail.look(&world).unwrap(), ["born"]);
        world.overwrite(path, b"cut\n").unwrap();
        assert_eq!(tail.look(&world).unwrap(), ["cut"]);
        // Longer than the one before it: only its beginning tells that it is another one.
        world.remove(path).unwrap();
        add(&world, b"replaced by a longer one\n");
        assert_eq!(tail.look(&world).unwrap(), ["replaced by a longer one"]);
        world.remove(path).unwrap();
        assert!(tail.look(&world).unwrap().is_empty());
        add(&world, b"back\n");
        assert_eq!(tail.look(&world).unwrap(), ["back"]);
    }

    #[test]
    fn what_powershell_redirects_is_read_as_well() {
        let world = World::new(OsFamily::Windows);
        add(&world, b"");
        let mut tail = Tail::new(Path::new(LOG));
        tail.look(&world).unwrap();
        add(&world, &"step 3 loss: 0.25\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
        let lines = tail.look(&world).unwrap();
        assert_eq!(lines.iter().filter_map(|line| mark(line)?.number).collect::<Vec<_>>(), [0.25], "{lines:?}");
    }

    #[test]
    fn a_flood_is_taken_piece_by_piece() {
        let world = World::new(OsFamily::Linux);
        add(&world, b"");
        let mut tail = Tail::new(Path::new(LOG));
        tail.look(&world).unwrap();
        add(&world, &b"0123456\n".repeat(PIECE / 8 + 1));
        assert_eq!((tail.look(&world).unwrap().len(), tail.look(&world).unwrap().len()), (PIECE / 8, 1));
    }
}
