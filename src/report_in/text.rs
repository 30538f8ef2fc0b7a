//! Bytes and texts as lines that can be read one by one: without colours, quotation marks, bullets and the prefixes
//! of logs.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

/// The text of bytes: UTF-8, or UTF-16 as PowerShell's `>` writes it, with or without its mark.
pub fn decode(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| of(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => {
            // Latin letters in UTF-16 have a zero in every second byte.
            let zeros = |skip: usize| bytes.iter().skip(skip).step_by(2).filter(|&&byte| byte == 0).count();
            let is_half = |count: usize| count > 0 && count * 4 > bytes.len();
            match (is_half(zeros(1)), is_half(zeros(0))) {
                (true, false) => wide(bytes, u16::from_le_bytes),
                (false, true) => wide(bytes, u16::from_be_bytes),
                _ => String::from_utf8_lossy(bytes).into_owned(),
            }
        }
    }
}

/// The text without colours and other control characters, with plain spaces, colons and bars.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\n' | '\t' => out.push(c),
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => out.push(' '),
            '\u{ff1a}' => out.push_str(": "),
            '\u{2502}' | '\u{2503}' | '\u{2551}' | '\u{ff5c}' => out.push('|'),
            '\u{2013}' | '\u{2014}' => out.push('-'),
            '\u{2019}' => out.push('\''),
            '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' => {}
            _ if c.is_control() => {}
            _ => out.push(c),
        }
    }
    out
}

/// What follows an escape: `[0;32m`, a title up to a bell, or one letter.
fn skip_escape(chars: &mut Peekable<Chars<'_>>) {
    match chars.peek() {
        Some('[') => {
            chars.next();
            while let Some(c) = chars.next_if(|c| c.is_ascii() && !c.is_ascii_control()) {
                if c.is_ascii_alphabetic() || "@^`{|}~".contains(c) {
                    break;
                }
            }
        }
        Some(']') => {
            while let Some(c) = chars.next_if(|&c| c != '\n' && c != '\u{1b}') {
                if c == '\u{7}' {
                    break;
                }
            }
        }
        Some(c) if c.is_ascii_graphic() => {
            chars.next();
        }
        Some(_) | None => {}
    }
}

/// Longest piece that is read as one line; a text without line ends stays readable in pieces.
const LONGEST: usize = 2000;

/// Labels of `collect_env` at which a text that lost its line ends is cut again.
const LABELS: [&str; 14] = [
    "PyTorch version:",
    "Is debug build:",
    "CUDA used to build PyTorch:",
    "ROCM used to build PyTorch:",
    " OS: ",
    "GCC version:",
    "CMake version:",
    "Libc version:",
    "Python version:",
    "Python platform:",
    "Is CUDA available:",
    "CUDA runtime version:",
    "GPU models and configuration:",
    "Nvidia driver version:",
];

/// The lines with their numbers, each of a bearable length.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().flat_map(|(at, line)| pieces(line).map(move |piece| (at + 1, piece)))
}

fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let mut cuts: Vec<usize> = Vec::new();
    if line.len() > 60 && line.contains("version:") {
        let labels = LABELS.iter().filter(|label| line.contains(*label));
        cuts.extend(labels.flat_map(|label| line.match_indices(label).map(|(at, _)| at)));
        // A single label is no sign of lost line ends.
        if cuts.len() < 3 {
            cuts.clear();
        }
        cuts.sort_unstable();
    }
    let mut from = 0;
    let mut bounds = Vec::with_capacity(cuts.len() + 1);
    for end in cuts.into_iter().chain([line.len()]) {
        while end.saturating_sub(from) > LONGEST {
            let near =
                line.get(from..).and_then(|rest| rest.char_indices().map(|(at, _)| at).find(|&at| at >= LONGEST));
            let Some(step) = near else { break };
            bounds.push((from, from + step));
            from += step;
        }
        if end > from {
            bounds.push((from, end));
            from = end;
        }
    }
    bounds.into_iter().filter_map(move |(from, to)| line.get(from..to))
}

/// A line without quotation marks, bullets, heading marks, check boxes and emphasis.
pub(super) fn bare(line: &str) -> String {
    let mut rest = line.trim();
    loop {
        let next = rest.trim_start_matches(['>', '#', '•', '·', '‣', '●', '▪']).trim_start();
        let next = next.strip_prefix("- ").or_else(|| next.strip_prefix("* ")).or_else(|| next.strip_prefix("+ "));
        let next = next.unwrap_or_else(|| rest.trim_start_matches(['>', '#', '•', '·', '‣', '●', '▪']));
        let next = next.trim_start();
        // A box that nobody ticked says nothing.
        if next.starts_with("[ ]") {
            return String::new();
        }
        let next = ["[x]", "[X]"].iter().find_map(|mark| next.strip_prefix(mark)).unwrap_or(next).trim_start();
        if next.len() == rest.len() {
            break;
        }
        rest = next;
    }
    // `**OS:** nt`, `- Python: `3.12``, `<b>GPU</b>: …`; `-**OS**`, `-OS:`
    let rest =
        rest.strip_prefix('-').filter(|rest| rest.starts_with(|c: char| c.is_alphabetic() || c == '*')).unwrap_or(rest);
    if !rest.contains(['*', '`', '<']) {
        return rest.trim().to_owned();
    }
    without_tags(&rest.replace("**", "").replace('`', "")).trim().to_owned()
}

/// A line of a log without its moment and level, one of `neofetch` without its picture, one of `collect_env` without
/// the name of the installer.
pub(super) fn without_log_marks(line: &str) -> &str {
    let mut rest = without_syslog(line);
    for mark in ["[pip3]", "[pip]", "[conda]"] {
        rest = rest.strip_prefix(mark).unwrap_or(rest).trim_start();
    }
    // `[2025-05-08 12:00:00.123] [INFO]`
    while let Some((mark, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let is_moment = mark.len() < 40 && mark.contains(':') && mark.starts_with(|c: char| c.is_ascii_digit());
        let is_level =
            ["INFO", "Info", "WARNING", "Warning", "ERROR", "Error", "DEBUG", "Init", "START"].contains(&mark);
        let is_second = mark.contains('.') && mark.trim().parse::<f64>().is_ok();
        if !(is_moment || is_level || is_second) {
            break;
        }
        rest = after.trim_start_matches([' ', '-']);
    }
    // `::[InvokeAI]::DEBUG --> …`
    rest = rest.strip_prefix("::[").and_then(|rest| rest.split_once("--> ")).map_or(rest, |(_, after)| after);
    // `2025-05-08T12:00:00Z INFO …`, `15:50:01-123456 INFO …`
    let first = rest.split(' ').next().unwrap_or_default();
    let is_clock =
        first.matches(':').count() >= 2 && first.starts_with(|c: char| c.is_ascii_digit()) && first.len() > 7;
    if is_clock && !first.contains('.')
        || rest.starts_with("20") && rest.get(4..5) == Some("-") && rest.get(7..8) == Some("-")
    {
        let words = rest.split_inclusive(' ').take_while(|word| {
            let word = word.trim();
            let is_moment = word.starts_with(|c: char| c.is_ascii_digit()) && word.contains([':', '-']);
            is_moment || ["", "-", "INFO", "WARNING", "ERROR", "DEBUG", "|"].contains(&word)
        });
        rest = rest.get(words.map(str::len).sum()..).unwrap_or(rest);
    }
    // The picture of `neofetch` stands before its words.
    if !rest.contains("   ") {
        return rest;
    }
    let label = ["OS: ", "GPU: ", "Kernel: "].iter().filter_map(|label| rest.find(label)).min();
    match label.filter(|&at| rest.get(..at).is_some_and(|before| before.len() > 8 && before.ends_with("   "))) {
        Some(at) => rest.get(at..).unwrap_or(rest),
        None => rest,
    }
}

/// `Aug 12 10:37:39 host program[123]: …`; the kernel's own lines keep their name.
fn without_syslog(line: &str) -> &str {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    if !MONTHS.iter().any(|month| line.starts_with(month)) {
        return line;
    }
    let Some((head, rest)) = line.split_once(": ") else { return line };
    let words: Vec<&str> = head.split_whitespace().take(6).collect();
    match words.as_slice() {
        [_, day, clock, _, program]
            if day.len() <= 2 && clock.len() == 8 && clock.matches(':').count() == 2 && *program != "kernel" =>
        {
            rest.trim_start()
        }
        _ => line,
    }
}

/// A line without the moments that a program which prints piece by piece has left in its middle:
/// `** Python version:2025-11-27T00:45:36.445695 - 3.13.9`.
pub(super) fn without_moments(line: &str) -> Cow<'_, str> {
    let moments: Vec<(usize, usize)> = line.match_indices('T').filter_map(|(at, _)| moment(line, at)).collect();
    if moments.len() < 2 {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len());
    let mut from = 0;
    for (begin, end) in moments {
        out.push_str(line.get(from..begin).unwrap_or_default());
        out.push(' ');
        from = end;
    }
    out.push_str(line.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// Where a moment around this `T` begins and ends, with the dash behind it.
fn moment(line: &str, at: usize) -> Option<(usize, usize)> {
    let begin = at.checked_sub(10)?;
    let day = line.get(begin..at)?;
    let clock = line.get(at + 1..at + 9)?;
    let is_number = |text: &str, mark: char| text.chars().all(|c| c.is_ascii_digit() || c == mark);
    let is_it = is_number(day, '-') && is_number(clock, ':') && day.matches('-').count() == 2;
    let rest = line.get(at + 9..).filter(|_| is_it && clock.matches(':').count() == 2)?;
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == 'Z');
    let after = after.strip_prefix(" - ").unwrap_or(after);
    Some((begin, line.len() - after.len()))
}

/// The marks of web pages that stand around a line.
fn without_tags(text: &str) -> String {
    const TAGS: [&str; 13] =
        ["br", "b", "p", "li", "td", "tr", "th", "code", "pre", "strong", "summary", "details", "span"];
    if !text.contains('<') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let end = after.bytes().take(10).position(|byte| byte == b'>').unwrap_or_default();
        let tag = after.get(..end).zip(after.get(end + 1..));
        let tag = tag.filter(|(tag, _)| TAGS.contains(&tag.trim_matches('/').trim().to_ascii_lowercase().as_str()));
        let (mark, behind) = tag.map_or(('<', after), |(_, behind)| (' ', behind));
        out.push(mark);
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_read_in_both_orders_with_and_without_its_mark() {
        let text = "OS: Windows 11\nGPU: Ünït";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&little), text);
        assert_eq!(decode(&big), text);
        assert_eq!(decode(&[&[0xff, 0xfe], little.as_slice()].concat()), text);
        assert_eq!(decode(&[&[0xfe, 0xff], big.as_slice()].concat()), text);
        assert_eq!(decode(&[&[0xef, 0xbb, 0xbf], text.as_bytes()].concat()), text);
        assert_eq!(decode(text.as_bytes()), text);
        assert_eq!(decode(&[]), "");
    }

    #[test]
    fn colours_and_odd_blanks_are_taken_out() {
        assert_eq!(clean("\u{1b}[0;32mOS\u{1b}[0m\u{ff1a}\u{a0}Arch\r\nnext\rlast"), "OS:  Arch\nnext\nlast");
        assert_eq!(clean("\u{1b}]0;title\u{7}text"), "text");
    }

    #[test]
    fn bullets_quotes_and_emphasis_are_taken_off() {
        for (line, expected) in [
            ("> - **OS:** Windows 11", "OS: Windows 11"),
            ("  * `torch` 2.9.1", "torch 2.9.1"),
            ("### Driver", "Driver"),
            ("-GPU: RTX 3060", "GPU: RTX 3060"),
            ("- [x] <b>WSL</b>", "WSL"),
            ("- [ ] WSL 1", ""),
            ("print(torch.__version__): 2.0", "print(torch.__version__): 2.0"),
        ] {
            assert_eq!(bare(line), expected, "{line}");
        }
    }

    #[test]
    fn a_text_without_line_ends_is_cut_at_its_labels() {
        let text = "PyTorch version: 2.0.1 Is debug build: False CUDA used to build PyTorch: 11.7 OS: Ubuntu 22.04";
        let cut: Vec<&str> = lines(text).map(|(_, line)| line.trim()).collect();
        assert_eq!(
            cut,
            ["PyTorch version: 2.0.1", "Is debug build: False", "CUDA used to build PyTorch: 11.7", "OS: Ubuntu 22.04"]
        );
        assert_eq!(lines(&"x".repeat(5000)).count(), 3);
    }
}
