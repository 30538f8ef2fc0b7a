//! How fast a check ran, how fast it should, and from where on it is slow. Pure.

use super::Check;
use super::checks::{MEMORY_COPY, PINNED_COPY};
use crate::facts::link_carries;
use serde::{Deserialize, Serialize};

/// Where an expected speed comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Calculated from data sheets or standards: nobody has seen it on a real card yet.
    #[default]
    Calculated,
    /// Seen on a real card.
    Measured,
}

/// How fast a check runs at best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// 10¹² operations or 10⁹ bytes a second, as the check counts.
    pub best: f64,
    /// How that is known.
    pub basis: Basis,
}

impl Expected {
    /// A figure that nobody has seen on a real card.
    pub const fn calculated(best: f64) -> Self {
        Self { best, basis: Basis::Calculated }
    }
}

/// How fast a check ran.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    /// Measured.
    pub measured: f64,
    /// What is expected of this card at best.
    pub best: Option<f64>,
    /// How `best` is known.
    pub basis: Basis,
    /// Of both: `TFLOPS` or `GB/s`.
    pub unit: &'static str,
}

impl Speed {
    /// The part of the best that was reached: 1 is all of it.
    pub fn share(&self) -> Option<f64> {
        self.best.map(|best| self.measured / best)
    }
}

impl Check {
    /// How fast it ran, where it says; no card does nothing at best.
    pub fn speed(&self) -> Option<Speed> {
        let basis = self.expected_basis.unwrap_or_default();
        let of = |measured: Option<f64>, best: Option<f64>, unit| {
            measured.map(|measured| Speed { measured, best: best.filter(|best| *best > 0.0), basis, unit })
        };
        of(self.tflops, self.expected_tflops, "TFLOPS")
            .or_else(|| of(self.gb_per_second, self.expected_gb_per_second, "GB/s"))
    }

    /// Whether it ran below the range that is expected of its card.
    pub fn is_slow(&self) -> bool {
        let share_and_basis = self.speed().and_then(|speed| Some((speed.share()?, speed.basis)));
        share_and_basis.is_some_and(|(share, basis)| share < least_share(&self.check, basis))
    }
}

/// The least part of the best that a card reaches which nothing holds back.
///
/// A measured figure is met within a quarter. Of a calculated peak, products reach between some 60 % (float8, cards with
/// little power for their cores) and all of it, and copies from and to the PC depend on its memory as well; copies within
/// a card's memory reach 75 to 95 %. Below that by a margin something is worth a word; within it nobody is alarmed.
fn least_share(check: &str, basis: Basis) -> f64 {
    match basis {
        Basis::Measured => 0.75,
        Basis::Calculated if check == MEMORY_COPY => 0.65,
        Basis::Calculated => 0.5,
    }
}

/// What is expected of a copy from and to the PC over the best link that the card has there.
pub(super) fn over_link(check: &str, best: Option<(u32, u32)>) -> Option<Expected> {
    best.filter(|_| check == PINNED_COPY).and_then(link_carries).map(Expected::calculated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_range_begins_at_its_share() {
        let is_slow = |check: &str, share: f64, expected_basis| {
            let measured = Check { check: check.to_owned(), expected_basis, ..Check::default() };
            let arithmetic = Check { tflops: Some(share * 60.0), expected_tflops: Some(60.0), ..measured.clone() };
            let copy = Check { gb_per_second: Some(share * 60.0), expected_gb_per_second: Some(60.0), ..measured };
            assert_eq!(arithmetic.is_slow(), copy.is_slow(), "the unit decides nothing");
            copy.is_slow()
        };
        for (check, basis, least) in [
            ("matmul-bf16", None, 0.5),
            ("matmul-bf16", Some(Basis::Calculated), 0.5),
            ("matmul-bf16", Some(Basis::Measured), 0.75),
            (MEMORY_COPY, Some(Basis::Calculated), 0.65),
            (MEMORY_COPY, Some(Basis::Measured), 0.75),
            (PINNED_COPY, Some(Basis::Calculated), 0.5),
        ] {
            assert!(is_slow(check, least - 0.01, basis), "{check} {basis:?}");
            assert!(!is_slow(check, least + 0.01, basis), "{check} {basis:?}");
        }
        // Where nothing is expected nothing is slow.
        assert!(!Check { tflops: Some(0.1), ..Check::default() }.is_slow());
        assert!(!Check { tflops: Some(0.1), expected_tflops: Some(0.0), ..Check::default() }.is_slow());
    }

    #[test]
    fn a_link_carries_what_its_generation_does_on_each_lane() {
        let rounded = |link| link_carries(link).map(|speed| (speed * 10.0).round() / 10.0);
        assert_eq!(rounded((3, 16)), Some(15.8));
        assert_eq!((rounded((4, 4)), rounded((5, 16)), rounded((1, 1))), (Some(7.9), Some(63.0), Some(0.3)));
        assert_eq!(rounded((9, 16)), None);
        assert_eq!(over_link("matmul-fp32", Some((5, 16))), None);
        assert_eq!(over_link(PINNED_COPY, None), None);
    }
}
