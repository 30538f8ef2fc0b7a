//! wsl.exe, in whatever language Windows speaks: its bar is a percentage in brackets, and each part begins with a line
//! `verb: name`. <https://github.com/microsoft/WSL/blob/master/src/windows/common/ConsoleProgressBar.cpp>

use super::Reading;
use crate::progress::Unit;

/// A set-up so far.
#[derive(Clone, Debug, Default)]
pub struct Wsl {
    /// The part that is under way, in Windows' own words.
    part: Option<String>,
}

impl Wsl {
    /// Takes a line.
    pub fn line(&mut self, line: &str) -> Option<Reading> {
        let line = line.trim();
        if let Some(percent) = percent(line) {
            let reading = Reading::units(percent, 100, Unit::Percent).bar();
            // The bar begins anew with each part, so it is no share of the step.
            return Some(match &self.part {
                Some(part) => reading.of(part.as_str()).at(0.0).doing(part.as_str()),
                None => reading.at(0.0),
            });
        }
        // `Installing: Ubuntu`, `Wird heruntergeladen: Ubuntu`, `正在安装：虚拟机平台`; an address has a colon as well.
        let (verb, name) = line.split_once([':', '：'])?;
        let is_part = !name.trim().is_empty() && !name.starts_with(['/', '\\']) && verb.split_whitespace().count() <= 4;
        if !is_part || verb.contains(['\\', '(', '"']) {
            return None;
        }
        self.part = Some(line.to_owned());
        Some(Reading::default().of(line).doing(line))
    }
}

/// `[=====        34.0%        ]`; the point may be a comma, the sign may stand before the number or behind a blank.
fn percent(line: &str) -> Option<u64> {
    let inside = line.strip_prefix('[')?.strip_suffix(']')?;
    if !inside.contains(['%', '٪']) {
        return None;
    }
    let number = inside.trim_matches(|c: char| !c.is_ascii_digit());
    let whole = number.split(['.', ',']).next()?;
    whole.parse().ok().filter(|percent| *percent <= 100)
}
