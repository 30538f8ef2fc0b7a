//! UTF-16 among the bytes of a child: `wsl.exe` writes its own words so, without a mark, unless it is asked not to and is
//! new enough to know the question. What a Linux in it writes comes through as it is, so each piece is looked at.

use std::borrow::Cow;

/// Turns what is UTF-16LE of a stream into UTF-8.
#[derive(Debug, Default)]
pub struct Wide {
    /// The first half of a unit, or of a pair of units, that a piece ended with.
    rest: Vec<u8>,
    was_wide: bool,
}

impl Wide {
    /// The piece in UTF-8, or as it is.
    pub fn narrow<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let is_wide =
            is_wide(&self.rest, bytes) || self.was_wide && (bytes.len() < 2 || std::str::from_utf8(bytes).is_err());
        self.was_wide = is_wide;
        if !is_wide {
            return if self.rest.is_empty() {
                Cow::Borrowed(bytes)
            } else {
                Cow::Owned([std::mem::take(&mut self.rest), bytes.to_vec()].concat())
            };
        }
        let mut whole = std::mem::take(&mut self.rest);
        whole.extend_from_slice(bytes);
        let mut units: Vec<u16> =
            whole.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(u16::from_le_bytes)).collect();
        let mut odd = whole.len() % 2;
        if units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
            units.pop();
            odd += 2;
        }
        self.rest = whole.split_off(whole.len() - odd);
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        Cow::Owned(text.trim_start_matches('\u{feff}').as_bytes().to_vec())
    }
}

/// A mark, or the letters themselves.
fn is_wide(rest: &[u8], bytes: &[u8]) -> bool {
    let is_marked = rest.is_empty() && bytes.starts_with(&[0xff, 0xfe]);
    is_marked || crate::host::has_wide_letters(rest.iter().chain(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn read(pieces: &[&[u8]]) -> String {
        let mut wide = Wide::default();
        let bytes: Vec<u8> = pieces.iter().flat_map(|piece| wide.narrow(piece).into_owned()).collect();
        String::from_utf8(bytes).unwrap()
    }

    const SAID: [&str; 4] = [
        "There is no distribution with the supplied name.\r\nError code: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\r\n",
        "Es ist keine Distribution mit dem angegebenen Namen vorhanden.\r\nFehlercode: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\r\n",
        "不存在具有所提供名称的分发。\r\n错误代码: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\r\n",
        "Не существует дистрибутива с указанным именем 🐧.\r\nКод ошибки: 0x80370102\r\n",
    ];

    #[test]
    fn what_wsl_says_is_read_in_every_language_however_its_bytes_are_cut() {
        for said in SAID {
            let bytes = wide(said);
            assert_eq!(read(&[&bytes]), said);
            // It hands over whole sentences; a pipe may cut them anywhere behind their first line.
            let first_line = 2 * said.encode_utf16().position(|unit| unit == u16::from(b'\n')).unwrap() + 2;
            for cut in first_line..bytes.len() {
                assert_eq!(read(&[&bytes[..cut], &bytes[cut..]]), said, "cut at {cut}");
            }
            let marked = [&[0xff, 0xfe], &bytes[..]].concat();
            assert_eq!(read(&[&marked]), said);
        }
    }

    #[test]
    fn utf_8_stays_as_it_is_before_and_after_words_of_wsls_own() {
        let linux = "/home/käse/测试: ok\n".as_bytes();
        assert_eq!(read(&[linux]), "/home/käse/测试: ok\n");
        let both = [linux, &wide(SAID[1]), linux];
        assert_eq!(read(&both), format!("/home/käse/测试: ok\n{}/home/käse/测试: ok\n", SAID[1]));
    }
}
