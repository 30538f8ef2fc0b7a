//! uv, whose bars are drawn on a terminal alone: elsewhere it says when a phase is over.

use super::Reading;
use crate::progress::Unit;

/// An install by uv so far.
#[derive(Clone, Debug)]
pub struct Uv {
    expected: u64,
    /// Packages of which a file came, out of those that were announced.
    came: u64,
    announced: u64,
    prepared: bool,
}

/// Shares of the phases: uv unpacks while it prepares, and links in no time unless it has to copy.
const RESOLVED: f64 = 0.05;
const PREPARED: f64 = 0.7;

impl Uv {
    /// An install of so many packages.
    pub const fn new(packages: u64) -> Self {
        Self { expected: packages, came: 0, announced: 0, prepared: false }
    }

    /// Takes a line.
    pub fn line(&mut self, line: &str) -> Option<Reading> {
        let words = line.trim();
        let (first, rest) = words.split_once(' ')?;
        let reading = Reading::default();
        match first {
            "Resolved" | "Audited" => {
                self.count(rest)?;
                let what = crate::text::count(usize::try_from(self.expected).unwrap_or(0), "package", "packages");
                Some(reading.at(RESOLVED).doing(format!("unpacking {what}")))
            }
            "Prepared" => {
                let count = self.count(rest)?;
                self.prepared = true;
                Some(
                    Reading::units(count, count, Unit::Packages)
                        .at(PREPARED)
                        .doing("linking files into the environment"),
                )
            }
            "Installed" => {
                let count = self.count(rest)?;
                Some(Reading::units(count, count, Unit::Packages).at(1.0).doing(""))
            }
            "Uninstalled" => self.count(rest).map(|_| reading.doing("linking files into the environment")),
            "Downloading" => {
                self.announced += 1;
                Some(reading.of(rest).doing(format!("fetching {}", name(rest))))
            }
            "Downloaded" => {
                self.came += 1;
                let all = self.expected.max(self.announced);
                let share = RESOLVED + (PREPARED - RESOLVED) * self.came as f64 / all as f64;
                Some(Reading::units(self.came, all, Unit::Packages).of(rest).at(share).doing(""))
            }
            "Building" => Some(reading.of(rest).doing(format!("compiling {}", name(rest)))),
            "Built" => Some(reading.of(rest).doing("")),
            _ => None,
        }
    }

    /// `3 packages in 953ms`.
    fn count(&mut self, rest: &str) -> Option<u64> {
        let (count, what) = rest.split_once(' ')?;
        if !what.starts_with("package") {
            return None;
        }
        self.expected = count.parse().ok()?;
        Some(self.expected)
    }
}

/// `numpy (16.1MiB)`, `flash-attn @ file:///x` → the name.
fn name(text: &str) -> &str {
    text.split(' ').next().unwrap_or(text)
}
