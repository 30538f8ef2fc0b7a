//! Numbers as text: sizes, speeds and durations for people, hashes in hexadecimal. Made here and nowhere else.

use std::time::Duration;

/// A size in decimal units, as disks and downloads are sold: `2.95 GB`, `14 MB`, `512 B`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    // 999.5 would be shown as "1000".
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    match unit {
        0 => format!("{bytes} B"),
        _ if value < 10.0 => format!("{value:.2} {name}"),
        _ if value < 100.0 => format!("{value:.1} {name}"),
        _ => format!("{value:.0} {name}"),
    }
}

/// Done and total in the unit of the total, which alone names it: `1.42`, `2.53 GB`.
pub fn size_of(done: u64, total: u64) -> (String, String) {
    let shown = size(total);
    let unit = shown.split(' ').next_back().unwrap_or("B");
    let factor = match unit {
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        _ => 1.0,
    };
    let digits = shown.split_once('.').map_or(0, |(_, rest)| rest.chars().take_while(char::is_ascii_digit).count());
    (format!("{:.digits$}", done as f64 / factor), shown)
}

/// Memory of a card or a machine in binary units, as it is sold and as every other tool shows it: `12.0 GiB`.
pub fn memory(bytes: u64) -> String {
    let gib = bytes as f64 / f64::from(1 << 30);
    if gib < 1.0 { format!("{:.0} MiB", gib * 1024.0) } else { format!("{gib:.1} GiB") }
}

/// A speed: `48.2 MB/s`.
pub fn speed(bytes_per_second: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
    let whole = bytes_per_second.clamp(0.0, 1e18) as u64;
    format!("{}/s", size(whole))
}

/// A duration at the precision a person needs: `0.4 s`, `42 s`, `3 min 05 s`, `2 h 10 min`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A count with its noun: `1 file`, `33 files`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Bytes as lower-case hexadecimal digits, as hashes are written.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    })
}

/// A small number with two digits that count: `3.1e-6`, and `0.38`, `1`, `0` where that is shorter.
pub fn scientific(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(0.01..=1.0).contains(&size) {
        return format!("{value:.1e}");
    }
    let digits = if size < 0.1 { 3 } else { 2 };
    format!("{value:.digits$}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_keep_three_digits() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.00 kB"),
            (14_180_000, "14.2 MB"),
            (999_600_000, "1.00 GB"),
            (2_950_000_000, "2.95 GB"),
            (12_878_610_432, "12.9 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn done_and_total_share_the_unit_of_the_total() {
        for (done, total, text) in [
            (1_420_000_000, 2_530_000_000, ("1.42", "2.53 GB")),
            (0, 14_180_000, ("0.0", "14.2 MB")),
            (12, 999, ("12", "999 B")),
        ] {
            assert_eq!(size_of(done, total), (text.0.to_owned(), text.1.to_owned()));
        }
    }

    #[test]
    fn durations_are_as_exact_as_a_person_needs() {
        for (seconds, text) in [(0.42, "0.4 s"), (42.9, "42 s"), (185.0, "3 min 05 s"), (7_800.0, "2 h 10 min")] {
            assert_eq!(duration(Duration::from_secs_f64(seconds)), text);
        }
    }

    #[test]
    fn small_numbers_have_two_digits_that_count() {
        for (value, text) in [
            (3.14e-6, "3.1e-6"),
            (0.0078, "7.8e-3"),
            (0.0234, "0.023"),
            (0.384, "0.38"),
            (1.0, "1"),
            (0.0, "0"),
            (12.3, "1.2e1"),
        ] {
            assert_eq!(scientific(value), text);
        }
    }
}
