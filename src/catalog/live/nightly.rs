//! Nightly builds: those nights of a variant that have torch and torchvision together.

use super::LiveIndex;
use crate::catalog::{Catalog, Platform};
use crate::facts::{PythonVersion, TorchVersion};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Minor versions of Python by platform.
pub type Pythons = BTreeMap<Platform, BTreeSet<PythonVersion>>;

/// The builds of one night. A torchvision of a night asks for the torch of that very night, so that a night counts
/// for a platform and a Python only where both are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nightly {
    /// The day that the versions name.
    pub date: Date,
    /// Without its local part: `2.16.0.dev20261120`.
    pub torch: TorchVersion,
    /// Its torchvision, without the local part; `None` if none of that night was seen.
    pub torchvision: Option<String>,
    /// Its torchaudio, likewise.
    pub torchaudio: Option<String>,
    /// Where torch and torchvision are there together.
    pub pythons: Pythons,
    /// Those of them that have torchaudio as well.
    pub with_audio: Pythons,
    /// The page names no hash for a wheel of this night.
    pub lacks_hashes: bool,
}

impl Nightly {
    /// The day that a version names; `None` for a release.
    pub fn date_of(version: &TorchVersion) -> Option<Date> {
        let public = version.public();
        let (_, digits) = public.split_once(".dev")?;
        let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
        let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
        if digits.len() != 8 {
            return None;
        }
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }

    fn serves(&self, platform: Platform, python: PythonVersion) -> bool {
        has(&self.pythons, platform, python)
    }

    /// As it is for one platform and Python: a torchaudio that is not there for them is none.
    fn seen_from(&self, platform: Platform, python: PythonVersion) -> Self {
        let torchaudio = self.torchaudio.clone().filter(|_| has(&self.with_audio, platform, python));
        Self { torchaudio, ..self.clone() }
    }
}

fn has(pythons: &Pythons, platform: Platform, python: PythonVersion) -> bool {
    let minor = PythonVersion::minor(python.major, python.minor);
    pythons.get(&platform).is_some_and(|pythons| pythons.contains(&minor))
}

impl LiveIndex {
    /// The newest night of a variant that serves a platform and a Python. `None` if there is none, or if nobody asked:
    /// see [`LiveIndex::nightly`].
    pub fn newest_nightly(&self, variant: &str, platform: Platform, python: PythonVersion) -> Option<Nightly> {
        let nights = self.nightly.get(variant)?.iter().filter(|night| night.serves(platform, python));
        nights.max_by_key(|night| night.date).map(|night| night.seen_from(platform, python))
    }

    /// The night of a day, if it serves a platform and a Python.
    pub fn nightly_of(&self, date: Date, variant: &str, platform: Platform, python: PythonVersion) -> Option<Nightly> {
        let mut nights = self.nightly.get(variant)?.iter();
        let night = nights.find(|night| night.date == date && night.serves(platform, python))?;
        Some(night.seen_from(platform, python))
    }
}

impl Catalog {
    /// The last day on which a nightly build of this day is likely to be listed.
    pub fn nightly_kept_until(&self, date: Date) -> Option<Date> {
        date.checked_add(jiff::Span::new().days(self.nightly_life.days)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> TorchVersion {
        text.parse().unwrap()
    }

    fn night(day: i8, pythons: &[u8], with_audio: &[u8]) -> Nightly {
        let on_windows = |minors: &[u8]| {
            let pythons = minors.iter().map(|&minor| PythonVersion::minor(3, minor));
            Pythons::from([(Platform::WindowsX86, pythons.collect())])
        };
        Nightly {
            date: Date::new(2026, 11, day).unwrap(),
            torch: version(&format!("2.16.0.dev202611{day:02}")),
            torchvision: Some(format!("0.30.0.dev202611{day:02}")),
            torchaudio: Some(format!("2.12.0.dev202611{day:02}")),
            pythons: on_windows(pythons),
            with_audio: on_windows(with_audio),
            lacks_hashes: false,
        }
    }

    #[test]
    fn a_version_names_its_day() {
        let of = |text: &str| Nightly::date_of(&version(text)).map(|date| date.to_string());
        assert_eq!(of("2.16.0.dev20261120+cu132").as_deref(), Some("2026-11-20"));
        for text in ["2.15.0", "2.16.0.dev2", "2.16.0.dev20261399", "2.16.0.dev202611201", "2.16.0rc1"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn the_newest_night_is_that_of_the_platform_and_the_python() {
        let nights = vec![night(18, &[12, 13], &[12]), night(20, &[13], &[]), night(19, &[12, 13], &[13])];
        let live = LiveIndex { nightly: BTreeMap::from([("cu132".to_owned(), nights)]), ..LiveIndex::offline() };
        let newest = |variant, platform, minor| {
            let night = live.newest_nightly(variant, platform, PythonVersion::minor(3, minor))?;
            Some((night.date.day(), night.torchaudio.is_some()))
        };
        assert_eq!(newest("cu132", Platform::WindowsX86, 13), Some((20, false)));
        assert_eq!(newest("cu132", Platform::WindowsX86, 12), Some((19, false)), "its torchaudio is for 3.13 only");
        assert_eq!(newest("cu132", Platform::WindowsX86, 11), None);
        assert_eq!(newest("cu132", Platform::LinuxX86, 13), None);
        assert_eq!(newest("cu130", Platform::WindowsX86, 13), None);
        let of = |day, minor| {
            let date = Date::new(2026, 11, day).unwrap();
            live.nightly_of(date, "cu132", Platform::WindowsX86, PythonVersion::minor(3, minor)).is_some()
        };
        assert!(of(18, 12) && of(20, 13) && !of(20, 12) && !of(17, 13));
    }

    #[test]
    fn a_night_is_listed_for_about_two_months() {
        let catalog = Catalog::embedded().unwrap();
        let until = catalog.nightly_kept_until(Date::new(2026, 11, 20).unwrap()).unwrap();
        assert_eq!(until.to_string(), "2027-01-19");
    }
}
