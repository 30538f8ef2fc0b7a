//! `CMake` and ninja. Ninja's status line is what `NINJA_STATUS` says, which our plans leave at its usual form:
//! <https://ninja-build.org/manual.html#_environment_variables>

use super::{Reading, file_name, pair};
use crate::progress::Unit;

/// A build so far.
#[derive(Clone, Debug, Default)]
pub struct Build {
    /// Steps of the longest part that was seen: beside it, `CMake` run anew and an install are short.
    longest: u64,
    done: u64,
}

impl Build {
    /// Takes a line.
    pub fn line(&mut self, line: &str) -> Option<Reading> {
        self.ninja(line).or_else(|| cmake(line))
    }

    fn ninja(&mut self, line: &str) -> Option<Reading> {
        // A log with the moments of a build server before its lines is read as well.
        let (before, rest) = line.split_once('[')?;
        if before.contains(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | ':' | '.' | 'T' | 'Z' | ' ')) {
            return None;
        }
        let (inside, rest) = rest.split_once(']')?;
        let (done, total) = pair(inside)?;
        let what = rest.trim();
        if total == 0 || done > total || what.is_empty() {
            return None;
        }
        let reading = if total >= self.longest {
            // Ninja finds more to do while it goes, and begins anew when CMake has run again.
            self.longest = total;
            self.done = self.done.max(done).min(total);
            Reading::units(self.done, total, Unit::Files)
        } else {
            Reading::default()
        };
        let doing = if self.done == self.longest { "packing what was compiled" } else { "" };
        Some(reading.of(subject(what)).doing(doing))
    }
}

/// `Building CXX object a/b/c.cpp.o` → `c.cpp`; `Linking CXX shared library lib/libtorch_cpu.so` → `libtorch_cpu.so`.
fn subject(what: &str) -> &str {
    // A compiler's whole command, as builds of torch's extensions print it: the source is named behind `-c`.
    if let Some((_, source)) = what.split_once(" -c ") {
        return file_name(source.split_whitespace().next().unwrap_or(source));
    }
    let last = file_name(what.split_whitespace().next_back().unwrap_or(what));
    last.strip_suffix(".o").or_else(|| last.strip_suffix(".obj")).unwrap_or(last)
}

/// `CMake` tells no amounts: what it looks at, and three ends.
fn cmake(line: &str) -> Option<Reading> {
    let what = line.strip_prefix("-- ")?;
    let reading = Reading::default();
    Some(if what.starts_with("Configuring done") {
        reading.at(0.9).doing("writing the files of the build")
    } else if what.starts_with("Generating done") || what.starts_with("Build files have been written") {
        reading.at(1.0).doing("")
    } else {
        reading.of(what)
    })
}
