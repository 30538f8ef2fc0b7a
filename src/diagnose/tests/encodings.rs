//! Encodings, escapes, and bytes of any kind.

use super::*;
use proptest::prelude::*;

const LINE: &str = "RuntimeError: CUDA error: no kernel image is available for execution on the device";

fn wide(text: &str, of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(of).collect()
}

fn assert_found(bytes: &[u8], line: u64) {
    let said = of_bytes(bytes);
    assert_eq!(said.answer.label(), "no-kernel-image");
    assert_eq!(said.evidence, [Evidence { line, text: LINE.to_owned() }]);
}

#[test]
fn utf_16_is_read_with_and_without_a_mark() {
    let text = format!("größer 显卡\r\nline\r\n{LINE}\r\n");
    assert_found(&wide(&format!("\u{feff}{text}"), u16::to_le_bytes), 3);
    assert_found(&wide(&format!("\u{feff}{text}"), u16::to_be_bytes), 3);
    assert_found(&wide(&text, u16::to_le_bytes), 3);
    assert_found(&wide(&text, u16::to_be_bytes), 3);
    assert_found(&wide(&text.repeat(300), u16::to_le_bytes), 3);
}

#[test]
fn a_log_that_turns_to_utf_16_half_way_is_read_too() {
    let mut bytes = "a line of a batch file\r\n".repeat(400).into_bytes();
    bytes.extend(wide(&format!("{LINE}\r\n"), u16::to_le_bytes));
    assert_found(&bytes, 401);
}

#[test]
fn other_code_pages_do_not_hide_what_is_ascii() {
    let mut bytes = vec![0xe4, 0xf6, 0xfc, b'\n', 0x81, 0x8d, b'\n'];
    bytes.extend(LINE.as_bytes());
    assert_found(&bytes, 3);
}

#[test]
fn colours_and_titles_are_left_out() {
    let coloured = LINE.replace("kernel image", "\u{1b}[1;31mkernel\u{1b}[0m im\u{1b}]0;title\u{7}age");
    assert_found(coloured.as_bytes(), 1);
    assert_found(format!("\u{1b}[2K\u{1b}[1A\u{1b}(B{LINE}\u{1b}[0m").as_bytes(), 1);
}

/// Hands out a few bytes at a time.
struct Drops<'a>(&'a [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let (now, rest) = self.0.split_at(self.0.len().min(self.1).min(into.len()));
        into[..now.len()].copy_from_slice(now);
        self.0 = rest;
        Ok(now.len())
    }
}

#[test]
fn where_a_piece_ends_makes_no_difference() {
    let text = format!("\u{1b}[31mred\u{1b}[0m\r\nline\n{LINE}\n");
    for size in [1, 2, 3, 7, 64] {
        for bytes in [text.as_bytes().to_vec(), wide(&text, u16::to_le_bytes)] {
            let said = diagnose(&mut Drops(&bytes, size), Knowledge::embedded().unwrap()).unwrap();
            assert_eq!(said, of_bytes(&bytes), "{size}");
            assert_eq!(said.evidence.first().map(|line| line.line), Some(3));
        }
    }
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    let lines: Vec<&str> = words::LINES.iter().map(|(line, _)| *line).collect();
    let cut = (proptest::sample::select(lines), 0..80_usize, 0..200_usize)
        .prop_map(|(line, from, length)| line.bytes().skip(from).take(length).collect::<Vec<u8>>());
    let odd =
        proptest::sample::select(vec![&b"\n"[..], b"\r", b"\x1b[", b"\x1b]", b"\0", b"\xff\xfe", b" error: ", b"\x07"]);
    prop_oneof![cut, odd.prop_map(<[u8]>::to_vec), proptest::collection::vec(any::<u8>(), 0..60)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_get_an_answer(pieces in proptest::collection::vec(piece(), 0..40)) {
        let log = pieces.concat();
        let said = of_bytes(&log);
        prop_assert!((0.0..=1.0).contains(&said.confidence));
        let lines = log.split(|byte| *byte == b'\n').count() as u64;
        prop_assert!(said.evidence.iter().all(|line| line.line >= 1 && line.line <= lines + 1));
    }
}
