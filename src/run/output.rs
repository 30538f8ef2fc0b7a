//! Bytes of a child → lines. `\r` ends a line as well: progress bars are drawn with it.

/// Cuts a stream into lines; keeps an unfinished one until the next bytes.
#[derive(Debug, Default)]
pub struct Lines {
    rest: Vec<u8>,
}

/// A line longer than this is passed on in pieces, so that a stream without line ends cannot fill the memory.
const LONGEST: usize = 16 * 1024;

impl Lines {
    /// Takes bytes; calls `on` for every line that is complete now. Empty lines are left out.
    pub fn take(&mut self, bytes: &[u8], on: &mut dyn FnMut(&str)) {
        for &byte in bytes {
            let ends = byte == b'\n' || byte == b'\r';
            if !ends {
                self.rest.push(byte);
            }
            if ends || self.rest.len() >= LONGEST {
                self.flush(on);
            }
        }
    }

    /// Passes on what is left at the end of the stream.
    pub fn flush(&mut self, on: &mut dyn FnMut(&str)) {
        let text = String::from_utf8_lossy(&self.rest);
        let text = text.trim_end();
        if !text.is_empty() {
            on(text);
        }
        self.rest.clear();
    }
}

/// The text without terminal control sequences, for logs and JSON.
pub fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            out.push(c);
            continue;
        }
        if chars.next() == Some('[') {
            // Up to the letter that ends the sequence.
            for c in chars.by_ref() {
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_however_the_bytes_are_cut() {
        let text = "one\r\ntwo\rthree ü\n\nlast".as_bytes();
        for cut in 0..text.len() {
            let (mut lines, mut seen) = (Lines::default(), Vec::new());
            for part in [&text[..cut], &text[cut..]] {
                lines.take(part, &mut |line| seen.push(line.to_owned()));
            }
            lines.flush(&mut |line| seen.push(line.to_owned()));
            assert_eq!(seen, ["one", "two", "three ü", "last"], "cut at {cut}");
        }
    }

    #[test]
    fn colours_are_taken_out() {
        assert_eq!(without_colours("\u{1b}[2mResolved\u{1b}[0m 3"), "Resolved 3");
    }
}
