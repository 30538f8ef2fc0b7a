//! Bytes of a child → lines. `\r` ends a line as well: progress bars are drawn with it.

use super::wide::Wide;

/// Cuts a stream into lines; keeps an unfinished one until the next bytes.
#[derive(Debug, Default)]
pub struct Lines {
    rest: Vec<u8>,
    wide: Wide,
    /// A line that ended with `\r`: whether it is drawn over is known by what follows.
    returned: bool,
}

/// How a line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It stays.
    Line,
    /// What comes next is drawn over it.
    Return,
}

/// A line longer than this is passed on in pieces, so that a stream without line ends cannot fill the memory.
const LONGEST: usize = 16 * 1024;

impl Lines {
    /// Takes bytes; calls `on` for every line that is complete now. Empty lines are left out.
    pub fn take(&mut self, bytes: &[u8], on: &mut dyn FnMut(&str)) {
        self.take_ends(bytes, &mut |line, _| on(line));
    }

    /// The same, with how each line ended.
    pub fn take_ends(&mut self, bytes: &[u8], on: &mut dyn FnMut(&str, End)) {
        // From one line end to the next at once.
        let bytes = self.wide.narrow(bytes);
        let mut bytes = &*bytes;
        while let Some(&first) = bytes.first() {
            // What follows a `\r` is looked at by itself.
            if first == b'\n' || first == b'\r' || self.returned {
                self.byte(first, on);
                bytes = bytes.get(1..).unwrap_or_default();
                continue;
            }
            let room = LONGEST.saturating_sub(self.rest.len());
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(bytes.len());
            let (piece, rest) = bytes.split_at(end.min(room));
            self.rest.extend_from_slice(piece);
            bytes = rest;
            if self.rest.len() >= LONGEST {
                self.pass(End::Line, on);
            }
        }
    }

    fn byte(&mut self, byte: u8, on: &mut dyn FnMut(&str, End)) {
        let is_end = byte == b'\n';
        if std::mem::take(&mut self.returned) {
            self.pass(if is_end { End::Line } else { End::Return }, on);
        }
        if byte == b'\r' {
            self.returned = true;
        } else if is_end {
            self.pass(End::Line, on);
        } else {
            self.rest.push(byte);
        }
    }

    fn pass(&mut self, end: End, on: &mut dyn FnMut(&str, End)) {
        if self.rest.is_empty() {
            return;
        }
        let text = String::from_utf8_lossy(&self.rest);
        let text = text.trim_end();
        if !text.is_empty() {
            on(text, end);
        }
        self.rest.clear();
    }

    /// Passes on what is complete but for knowing what comes next: a bar that stands still, and waits.
    pub fn pause(&mut self, on: &mut dyn FnMut(&str, End)) {
        if std::mem::take(&mut self.returned) {
            self.pass(End::Return, on);
        }
    }

    /// Passes on what is left at the end of the stream.
    pub fn flush(&mut self, on: &mut dyn FnMut(&str)) {
        self.returned = false;
        self.pass(End::Line, &mut |line, _| on(line));
    }
}

/// The text without terminal control sequences, for logs and JSON.
pub fn without_colours(text: &str) -> String {
    if !text.contains('\u{1b}') {
        return text.to_owned();
    }
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

    fn cut(bytes: &[u8], at: usize) -> Vec<(String, End)> {
        let (mut lines, mut seen) = (Lines::default(), Vec::new());
        for part in [&bytes[..at], &bytes[at..]] {
            lines.take_ends(part, &mut |line, end| seen.push((line.to_owned(), end)));
        }
        lines.flush(&mut |line| seen.push((line.to_owned(), End::Line)));
        seen
    }

    fn texts(seen: &[(String, End)]) -> Vec<&str> {
        seen.iter().map(|(text, _)| text.as_str()).collect()
    }

    #[test]
    fn lines_come_whole_however_the_bytes_are_cut() {
        let text = "one\r\ntwo\rthree ü\n\nlast".as_bytes();
        for at in 0..text.len() {
            let seen = cut(text, at);
            assert_eq!(texts(&seen), ["one", "two", "three ü", "last"], "cut at {at}");
            let ends: Vec<End> = seen.iter().map(|(_, end)| *end).collect();
            assert_eq!(ends, [End::Line, End::Return, End::Line, End::Line], "cut at {at}");
        }
    }

    #[test]
    fn utf_16_is_noticed_marked_or_not_in_any_script() {
        let lines =
            ["Downloading: Ubuntu", "[=====     34,0%     ]", "正在安装: 虚拟机平台", "Wird installiert: Ubuntu"];
        for first in 0..lines.len() {
            for mark in [false, true] {
                let text = format!("{}\r\n", lines[first..].join("\r\n"));
                let mut bytes = if mark { vec![0xff, 0xfe] } else { Vec::new() };
                bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
                // It hands over whole sentences.
                let whole = 2 * (text.encode_utf16().position(|unit| unit == u16::from(b'\n')).unwrap() + 1);
                for at in whole..bytes.len() {
                    let seen = cut(&bytes, at);
                    assert_eq!(texts(&seen), lines[first..], "cut at {at}");
                }
            }
        }
    }

    #[test]
    fn a_bar_that_stands_still_is_passed_on() {
        let (mut lines, mut seen) = (Lines::default(), Vec::new());
        let mut on = |line: &str, end| seen.push((line.to_owned(), end));
        lines.take_ends(b"50 %\r", &mut on);
        lines.pause(&mut on);
        lines.take_ends(b"100 %\n", &mut on);
        assert_eq!(seen, [("50 %".to_owned(), End::Return), ("100 %".to_owned(), End::Line)]);
    }

    #[test]
    fn colours_are_taken_out() {
        assert_eq!(without_colours("\u{1b}[2mResolved\u{1b}[0m 3"), "Resolved 3");
    }
}
