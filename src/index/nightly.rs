//! The three pages of a variant's nightly builds → the nights on which torch and torchvision are there together.
//!
//! A night fails now and then for one Python or one platform alone, and the projects are built apart: what the newest
//! torch of the page says is no promise that the rest of the night is there.

use super::page::{PageFile, WheelName};
use crate::catalog::{Nightly, Platform, Pythons};
use crate::facts::{PythonVersion, TorchVersion};
use jiff::civil::Date;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A wheel of one night.
struct Wheel<'a> {
    name: WheelName<'a>,
    /// Without the local part.
    version: TorchVersion,
    has_hash: bool,
}

/// The wheels of one project and one variant, by night. Where a night has two versions (the day on which the next
/// release was begun), the newer one counts.
fn by_night<'a>(files: &'a [PageFile], project: &str, variant: &str) -> BTreeMap<Date, Vec<Wheel<'a>>> {
    let mut nights: BTreeMap<Date, Vec<Wheel<'_>>> = BTreeMap::new();
    for file in files {
        let Some(name) = WheelName::parse(&file.file_name) else { continue };
        let Ok(version) = name.version.parse::<TorchVersion>() else { continue };
        let is_own = version.local().is_none_or(|local| local == variant);
        let Some(date) = Nightly::date_of(&version).filter(|_| is_own && name.project.eq_ignore_ascii_case(project))
        else {
            continue;
        };
        let Ok(version) = version.public().parse::<TorchVersion>() else { continue };
        let night = nights.entry(date).or_default();
        match night.first().map(|wheel| wheel.version.cmp(&version)) {
            Some(Ordering::Greater) => continue,
            Some(Ordering::Less) => night.clear(),
            Some(Ordering::Equal) | None => {}
        }
        night.push(Wheel { name, version, has_hash: file.sha256.is_some() });
    }
    nights
}

/// The nights of a variant, newest first. A night without any torchvision beside its torch is none.
pub(super) fn nights(variant: &str, torch: &[PageFile], vision: &[PageFile], audio: &[PageFile]) -> Vec<Nightly> {
    let (visions, audios) = (by_night(vision, "torchvision", variant), by_night(audio, "torchaudio", variant));
    let of_night = |list: &'_ BTreeMap<Date, Vec<Wheel<'_>>>, date, pythons: &Pythons| {
        let wheels = list.get(&date).map(Vec::as_slice).unwrap_or_default();
        let version = wheels.first().map(|wheel| wheel.version.to_string());
        (version, both(pythons, wheels), wheels.iter().any(|wheel| !wheel.has_hash))
    };
    let mut nights: Vec<Nightly> = by_night(torch, "torch", variant)
        .into_iter()
        .filter_map(|(date, wheels)| {
            let all = pythons_of(&wheels);
            let (torchvision, pythons, vision_lacks) = of_night(&visions, date, &all);
            let (torchaudio, with_audio, audio_lacks) = of_night(&audios, date, &pythons);
            let lacks_hashes = vision_lacks || audio_lacks || wheels.iter().any(|wheel| !wheel.has_hash);
            let torch = wheels.into_iter().next()?.version;
            let night = Nightly { date, torch, torchvision, torchaudio, pythons, with_audio, lacks_hashes };
            (!night.pythons.is_empty()).then_some(night)
        })
        .collect();
    nights.reverse();
    nights
}

/// The Pythons of torch's own wheels, which are built for one each.
fn pythons_of(wheels: &[Wheel<'_>]) -> Pythons {
    let mut found = Pythons::new();
    for wheel in wheels {
        let Some(python) = python_of(wheel.name) else { continue };
        for platform in Platform::ALL.into_iter().filter(|platform| wheel.name.is_on(*platform)) {
            found.entry(platform).or_default().insert(python);
        }
    }
    found
}

fn python_of(name: WheelName<'_>) -> Option<PythonVersion> {
    let minor = name.python.strip_prefix("cp3")?.parse().ok()?;
    let python = PythonVersion::minor(3, minor);
    name.fit(python).map(|_| python)
}

/// Those of the Pythons that one of the wheels fits.
fn both(pythons: &Pythons, wheels: &[Wheel<'_>]) -> Pythons {
    let fitting = |platform: Platform, python: PythonVersion| {
        wheels.iter().any(|wheel| wheel.name.is_on(platform) && wheel.name.fit(python).is_some())
    };
    let of_platform = |(&platform, list): (&Platform, &BTreeSet<PythonVersion>)| {
        let list: BTreeSet<_> = list.iter().copied().filter(|&python| fitting(platform, python)).collect();
        (!list.is_empty()).then_some((platform, list))
    };
    pythons.iter().filter_map(of_platform).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOWS: &str = "win_amd64";
    const LINUX: &str = "manylinux_2_28_x86_64";

    fn file(name: &str) -> PageFile {
        let url = format!("https://i.example/whl/nightly/cu132/{}", name.replace('+', "%2B"));
        PageFile { url: url.parse().unwrap(), file_name: name.to_owned(), sha256: Some("ab".to_owned()) }
    }

    fn torch(day: &str, python: &str, platform: &str) -> PageFile {
        file(&format!("torch-2.16.0.dev{day}+cu132-{python}-{python}-{platform}.whl"))
    }

    fn vision(day: &str, platform: &str) -> PageFile {
        file(&format!("torchvision-0.30.0.dev{day}+cu132-py3-none-{platform}.whl"))
    }

    fn shown(nights: &[Nightly]) -> Vec<String> {
        let place = |(platform, pythons): (&Platform, &BTreeSet<PythonVersion>)| {
            let pythons: Vec<_> = pythons.iter().map(|python| python.short()).collect();
            format!(" {platform} {}", pythons.join(","))
        };
        let night = |night: &Nightly| night.date.to_string() + &night.pythons.iter().map(place).collect::<String>();
        nights.iter().map(night).collect()
    }

    #[test]
    fn a_night_counts_where_torch_and_torchvision_are_there_together() {
        let torch = [
            torch("20261118", "cp312", LINUX),
            torch("20261118", "cp313", LINUX),
            torch("20261118", "cp312", WINDOWS),
            // A failed day for one Python.
            torch("20261119", "cp313", LINUX),
            torch("20261119", "cp312", WINDOWS),
            // No torchvision at all.
            torch("20261120", "cp312", LINUX),
        ];
        let vision = [
            vision("20261118", LINUX),
            vision("20261118", WINDOWS),
            vision("20261119", LINUX),
            vision("20261121", LINUX),
        ];
        let nights = nights("cu132", &torch, &vision, &[]);
        assert_eq!(
            shown(&nights),
            ["2026-11-19 linux_x86_64 3.13", "2026-11-18 windows_x86_64 3.12 linux_x86_64 3.12,3.13"]
        );
        assert_eq!(nights[0].torch.to_string(), "2.16.0.dev20261119");
        assert_eq!(nights[0].torchvision.as_deref(), Some("0.30.0.dev20261119"));
        assert_eq!(nights[0].torchaudio, None);
    }

    #[test]
    fn torchvision_may_be_built_for_each_python() {
        let torch = [torch("20261118", "cp312", LINUX), torch("20261118", "cp313", LINUX)];
        let vision = [file(&format!("torchvision-0.30.0.dev20261118+cu132-cp313-cp313-{LINUX}.whl"))];
        assert_eq!(shown(&nights("cu132", &torch, &vision, &[])), ["2026-11-18 linux_x86_64 3.13"]);
    }

    #[test]
    fn torchaudio_is_an_addition() {
        let torch = [torch("20261118", "cp312", LINUX), torch("20261118", "cp313", LINUX)];
        let audio = [file(&format!("torchaudio-2.12.0.dev20261118+cu132-cp312-cp312-{LINUX}.whl"))];
        let nights = nights("cu132", &torch, &[vision("20261118", LINUX)], &audio);
        assert_eq!(nights[0].torchaudio.as_deref(), Some("2.12.0.dev20261118"));
        assert_eq!(nights[0].with_audio[&Platform::LinuxX86].len(), 1);
        assert_eq!(nights[0].pythons[&Platform::LinuxX86].len(), 2);
    }

    #[test]
    fn releases_other_variants_and_free_threaded_builds_are_no_nights() {
        let others = [
            file(&format!("torch-2.15.0+cu132-cp312-cp312-{LINUX}.whl")),
            file(&format!("torch-2.16.0.dev20261118+cu130-cp312-cp312-{LINUX}.whl")),
            file(&format!("torch-2.16.0.dev20261118+cu132-cp313-cp313t-{LINUX}.whl")),
        ];
        assert!(nights("cu132", &others, &[vision("20261118", LINUX)], &[]).is_empty());
    }

    #[test]
    fn of_two_versions_of_a_night_the_newer_one_counts() {
        let old = file(&format!("torch-2.15.0.dev20261118+cu132-cp312-cp312-{LINUX}.whl"));
        let mut new = torch("20261118", "cp313", LINUX);
        new.sha256 = None;
        for list in [vec![old.clone(), new.clone()], vec![new, old]] {
            let nights = nights("cu132", &list, &[vision("20261118", LINUX)], &[]);
            assert_eq!(shown(&nights), ["2026-11-18 linux_x86_64 3.13"]);
            assert_eq!(nights[0].torch.to_string(), "2.16.0.dev20261118");
            assert!(nights[0].lacks_hashes);
        }
    }
}
