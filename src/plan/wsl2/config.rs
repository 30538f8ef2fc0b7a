//! `.wslconfig`: what WSL may take of the PC. <https://learn.microsoft.com/windows/wsl/wsl-config>

/// With so many gigabytes nothing of torch's is short of memory: a model is read into it on its way to the card.
const ENOUGH: u64 = 16;
/// What Windows itself keeps at least.
const LEFT_TO_WINDOWS: u64 = 4;

/// How many gigabytes WSL should have on a PC with so many bytes, if the share that it takes by itself is little.
pub fn memory_for(bytes: u64, share: f64) -> Option<u64> {
    // A few megabytes are always missing from what is built in.
    let all = bytes.div_ceil(1 << 30);
    let by_itself = all as f64 * share;
    let wanted = (all * 3 / 4).min(all.saturating_sub(LEFT_TO_WINDOWS));
    (by_itself < ENOUGH as f64 && wanted as f64 >= by_itself + 1.0).then_some(wanted)
}

/// The text with these keys in the section, where it has none of them yet; `None` if it has them all. All that stands
/// there stays as it is.
pub fn merged(text: &str, section: &str, values: &[(&str, String)]) -> Option<String> {
    let end = if text.contains("\r\n") || !text.contains('\n') { "\r\n" } else { "\n" };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (mut header, mut known, mut is_in) = (None, Vec::new(), false);
    for (number, line) in lines.iter().enumerate() {
        let line = line.trim_start_matches('\u{feff}').trim();
        if let Some(name) = line.strip_prefix('[') {
            is_in = name.split(']').next().is_some_and(|name| name.trim().eq_ignore_ascii_case(section));
            header = header.or(is_in.then_some(number));
        } else if let (true, Some((key, _))) = (is_in, line.split_once('=')) {
            known.push(key.trim().to_ascii_lowercase());
        }
    }
    let new: Vec<String> = values
        .iter()
        .filter(|(key, _)| !known.contains(&key.to_ascii_lowercase()))
        .map(|(key, value)| format!("{key}={value}{end}"))
        .collect();
    if new.is_empty() {
        return None;
    }
    let whole = |line: &&str| if line.ends_with('\n') { (*line).to_owned() } else { format!("{line}{end}") };
    let mut out: Vec<String> = lines.iter().map(whole).collect();
    let at = header.map_or(out.len(), |at| at + 1);
    let head = if header.is_some() { String::new() } else { format!("[{section}]{end}") };
    out.insert(at, head + &new.concat());
    Some(out.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with_memory(text: &str) -> Option<String> {
        merged(text, "wsl2", &[("memory", "12GB".to_owned())])
    }

    #[test]
    fn wsl_gets_three_quarters_of_a_small_memory_and_windows_keeps_four_gigabytes() {
        let gb = |count: u64| count << 30;
        for (built_in, given) in
            [(4, None), (8, None), (12, Some(8)), (16, Some(12)), (24, Some(18)), (32, None), (64, None)]
        {
            assert_eq!(memory_for(gb(built_in), 0.5), given, "{built_in}");
        }
        // As Windows tells it: what the firmware keeps is missing.
        assert_eq!(memory_for(gb(16) - 150_000_000, 0.5), Some(12));
        // A share of nearly all needs no more.
        assert_eq!(memory_for(gb(16), 0.8), None);
    }

    #[test]
    fn what_the_user_has_set_stays() {
        let cases = [
            ("", Some("[wsl2]\r\nmemory=12GB\r\n")),
            ("[wsl2]\nmemory=8GB\n", None),
            ("[WSL2]\r\n  Memory = 8GB # mine\r\n", None),
            ("[wsl2]\n# memory=8GB\nswap=0\n", Some("[wsl2]\nmemory=12GB\n# memory=8GB\nswap=0\n")),
            (
                "[experimental]\nmemory=1\nautoMemoryReclaim=gradual",
                Some("[experimental]\nmemory=1\nautoMemoryReclaim=gradual\n[wsl2]\nmemory=12GB\n"),
            ),
            ("\u{feff}[wsl2]\r\nprocessors=8", Some("\u{feff}[wsl2]\r\nmemory=12GB\r\nprocessors=8\r\n")),
            ("[wsl2]\nswap=0\n[x]\ny=1\n[wsl2]\nmemory=4GB\n", None),
            ("just words", Some("just words\r\n[wsl2]\r\nmemory=12GB\r\n")),
        ];
        for (before, after) in cases {
            assert_eq!(with_memory(before).as_deref(), after, "{before:?}");
        }
    }

    proptest! {
        #[test]
        fn every_line_stays_and_a_second_time_changes_nothing(text in "(\\[wsl2\\]|memory=1|#|[a-z=\\[\\] ]{0,8}|\r?\n){0,12}") {
            if let Some(after) = with_memory(&text) {
                let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
                let mut left = lines(&after);
                for line in lines(&text) {
                    let at = left.iter().position(|other| *other == line);
                    prop_assert!(at.is_some(), "{line:?} is gone from {after:?}");
                    left.remove(at.unwrap());
                }
                prop_assert!(left.iter().all(|line| line == "[wsl2]" || line == "memory=12GB"), "{left:?}");
                prop_assert_eq!(with_memory(&after), None);
            }
        }
    }
}
