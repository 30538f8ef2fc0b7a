//! Bytes of a log → its text, a piece at a time: UTF-16 becomes UTF-8, colours and other escapes of terminals go.

/// How many bytes tell whether a log without a mark is UTF-16.
const SAMPLE: usize = 4096;
/// An escape that is longer than this is none.
const LONGEST_ESCAPE: usize = 256;
const ESCAPE: u8 = 0x1b;
const BELL: u8 = 0x07;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Encoding {
    #[default]
    Unknown,
    /// UTF-8, or a code page: what the tools say is ASCII in all of them.
    Narrow,
    Little,
    Big,
}

/// Where in an escape the last piece ended.
#[derive(Clone, Copy, Debug, Default)]
enum Inside {
    #[default]
    Text,
    /// Behind the escape's first byte.
    Escape,
    /// `ESC [ …` up to a letter.
    Control(usize),
    /// `ESC ] …` up to a bell or another escape.
    Title(usize),
}

/// Cleans a log that comes in pieces.
#[derive(Debug, Default)]
pub(super) struct Cleaner {
    encoding: Encoding,
    inside: Inside,
    /// The first half of a UTF-16 unit, or the beginning of the log until its encoding is known.
    held: Vec<u8>,
}

impl Cleaner {
    /// Adds the text of a piece to `out`.
    pub(super) fn clean(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.encoding == Encoding::Narrow {
            return self.strip(bytes, out);
        }
        self.held.extend_from_slice(bytes);
        if self.encoding == Encoding::Unknown {
            if self.held.len() < SAMPLE {
                return;
            }
            self.decide();
        }
        self.decode(out);
    }

    /// Adds what was held back.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        if self.encoding == Encoding::Unknown {
            self.decide();
        }
        self.decode(out);
    }

    fn decide(&mut self) {
        let sample = self.held.get(..SAMPLE).unwrap_or(&self.held);
        let zeros = |skip: usize| sample.iter().skip(skip).step_by(2).filter(|byte| **byte == 0).count();
        // Latin letters in UTF-16 have a zero in every second byte; a third of them is more than chance.
        let is_many = |count: usize| count > 0 && count * 6 > sample.len();
        let (encoding, mark) = match sample {
            [0xff, 0xfe, ..] => (Encoding::Little, 2),
            [0xfe, 0xff, ..] => (Encoding::Big, 2),
            [0xef, 0xbb, 0xbf, ..] => (Encoding::Narrow, 3),
            _ => match (is_many(zeros(1)), is_many(zeros(0))) {
                (true, false) => (Encoding::Little, 0),
                (false, true) => (Encoding::Big, 0),
                _ => (Encoding::Narrow, 0),
            },
        };
        self.encoding = encoding;
        self.held.drain(..mark);
    }

    fn decode(&mut self, out: &mut Vec<u8>) {
        let held = std::mem::take(&mut self.held);
        let of = match self.encoding {
            Encoding::Little => u16::from_le_bytes,
            Encoding::Big => u16::from_be_bytes,
            Encoding::Unknown | Encoding::Narrow => return self.strip(&held, out),
        };
        let (pairs, rest) = held.as_chunks::<2>();
        let units = pairs.iter().map(|pair| of(*pair));
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.held = rest.to_vec();
        self.strip(text.as_bytes(), out);
    }

    /// Leaves escapes out, and the zeros of a log that is UTF-16 in parts.
    fn strip(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let is_plain = matches!(self.inside, Inside::Text) && !bytes.iter().any(|byte| matches!(*byte, ESCAPE | 0));
        if is_plain {
            return out.extend_from_slice(bytes);
        }
        for &byte in bytes {
            self.inside = match (self.inside, byte) {
                // `ESC ( B`: some of the short ones have one or more bytes between.
                (Inside::Text | Inside::Title(_), ESCAPE) | (Inside::Escape, b' '..=b'/') => Inside::Escape,
                (Inside::Escape, b'[') => Inside::Control(0),
                (Inside::Escape, b']') => Inside::Title(0),
                (Inside::Control(length), b' '..=b'?') if length < LONGEST_ESCAPE => Inside::Control(length + 1),
                // A zero, or the last byte of an escape.
                (Inside::Text, 0)
                | (Inside::Title(_), BELL)
                | (Inside::Control(_), b'@'..=b'~')
                | (Inside::Escape, b'0'..=b'~') => Inside::Text,
                (Inside::Title(length), other) if length < LONGEST_ESCAPE && other != b'\n' => {
                    Inside::Title(length + 1)
                }
                (Inside::Text | Inside::Escape | Inside::Control(_) | Inside::Title(_), other) => {
                    out.push(other);
                    Inside::Text
                }
            };
        }
    }
}
