use super::*;
use crate::catalog::Catalog;
use crate::facts::PythonVersion;
use jiff::civil::Date;

fn wheel(version: &str, python: &str, platform: &str) -> LiveWheel {
    LiveWheel {
        version: version.parse().unwrap(),
        python_tag: python.to_owned(),
        platform_tag: platform.to_owned(),
        has_hash: true,
    }
}

fn torch(text: &str) -> TorchVersion {
    text.parse().unwrap()
}

fn pages(list: &[(&str, &[&str])]) -> LiveIndex {
    let of = |&(variant, versions): &(&str, &[&str])| {
        let wheels = versions.iter().map(|version| wheel(version, "cp312", "manylinux_2_28_x86_64")).collect();
        (variant.to_owned(), wheels)
    };
    LiveIndex { torch_index: Reach::Reached, pages: list.iter().map(of).collect(), ..LiveIndex::offline() }
}

#[test]
fn what_the_catalogue_knows_is_no_news() {
    let catalog = Catalog::embedded().unwrap();
    assert!(LiveIndex::offline().news(catalog).is_empty());
    let mut known = pages(&[
        ("cu130", &["2.15.0+cu130", "2.9.1+cu130", "1.13.1+cu130"]),
        ("cpu", &["2.15.0+cpu", "2.16.0rc1+cpu", "2.16.0.dev20261120+cpu"]),
        // A build of another kind, which lies on the page all the same.
        ("cu132", &["2.16.0+cu132.with.pypi.cudnn", "2.15.0+cu132"]),
    ]);
    known.pypi_torch = Some(vec![torch("2.15.0"), torch("2.16.0rc2")]);
    known.nightly.insert("cu136".to_owned(), Vec::new());
    assert_eq!(known.news(catalog), News::default());
}

#[test]
fn what_may_come_is_nothing_that_is_known() {
    let texts = crate::catalog::Texts::EMBEDDED;
    for wrong in ["cu132", "cpu", "rocm7"] {
        let wheels = texts.wheels.replacen("\"cu136\"", &format!("\"{wrong}\""), 1);
        let error = Catalog::from_texts(&crate::catalog::Texts { wheels: &wheels, ..texts }).unwrap_err().to_string();
        assert!(error.contains(wrong) && error.contains("may come"), "{error}");
    }
}

#[test]
fn newer_releases_and_unknown_variants_are_news() {
    let catalog = Catalog::embedded().unwrap();
    let mut live = pages(&[
        ("cu132", &["2.15.0+cu132", "2.16.0+cu132"]),
        ("cu136", &["2.16.0+cu136", "2.15.0+cu136"]),
        ("cpu", &["2.16.0+cpu", "2.16.1+cpu"]),
    ]);
    live.pypi_torch = Some(vec![torch("2.15.0"), torch("2.16.0"), torch("2.17.0")]);
    let night = Nightly {
        date: Date::new(2026, 11, 20).unwrap(),
        torch: torch("2.18.0.dev20261120"),
        torchvision: Some("0.32.0.dev20261120".to_owned()),
        torchaudio: None,
        pythons: Pythons::new(),
        with_audio: Pythons::new(),
        lacks_hashes: false,
    };
    live.nightly = [("cu132", vec![night.clone()]), ("cu140", vec![night])].map(|(v, n)| (v.to_owned(), n)).into();
    let news = live.news(catalog);
    let releases: Vec<_> = news
        .newer_releases
        .iter()
        .map(|release| (release.torch.to_string(), release.variants.join(" "), release.on_pypi))
        .collect();
    assert_eq!(
        releases,
        [
            ("2.17.0".to_owned(), String::new(), Some(true)),
            ("2.16.1".to_owned(), "cpu".to_owned(), Some(false)),
            ("2.16.0".to_owned(), "cpu cu132 cu136".to_owned(), Some(true)),
        ]
    );
    assert_eq!(news.new_variants, ["cu136"]);
    assert_eq!(news.new_nightly_variants, ["cu140"]);
    assert!(news.confirmed.is_empty());
    live.pypi_torch = None;
    let only_pages = live.news(catalog).newer_releases;
    assert_eq!((only_pages.len(), only_pages[0].on_pypi), (2, None));
}

#[test]
fn what_the_catalogue_is_not_sure_of_is_confirmed_by_a_stable_wheel() {
    let catalog = Catalog::embedded().unwrap();
    let unsure: Vec<_> = catalog.builds(Platform::LinuxX86).filter(|row| row.is_unverified).collect();
    let row = unsure.first().unwrap();
    let (variant, torch) = (row.variant, &row.release.torch);
    let live = pages(&[(variant, &[&format!("{torch}+{variant}")])]);
    assert_eq!(live.news(catalog).confirmed, [(torch.clone(), variant.to_owned())]);
    assert!(live.news(catalog).new_variants.is_empty());
    let older = pages(&[(variant, &[&format!("2.16.0.dev20261120+{variant}")])]);
    assert!(older.news(catalog).confirmed.is_empty());
}

#[test]
fn a_build_is_there_or_not_or_nobody_knows() {
    let mut live = pages(&[("cu130", &["2.15.0+cu130"]), ("cu132", &[])]);
    live.absent.insert("cu134".to_owned());
    let has = |variant, text: &str, platform| live.has_build(variant, &torch(text), platform);
    assert_eq!(has("cu130", "2.15.0", Platform::LinuxX86), Some(true));
    assert_eq!(has("cu130", "2.15.0", Platform::WindowsX86), Some(false));
    assert_eq!(has("cu130", "2.14.1", Platform::LinuxX86), Some(false));
    assert_eq!(has("cu134", "2.15.0", Platform::LinuxX86), Some(false));
    assert_eq!(has("cu132", "2.15.0", Platform::LinuxX86), None, "an empty page is a failed read");
    assert_eq!(has("cu126", "2.14.1", Platform::LinuxX86), None);
}

#[test]
fn the_pythons_of_an_unknown_release_stand_on_its_page() {
    let mut live = pages(&[("cu132", &["2.16.0+cu132"])]);
    let more = [
        wheel("2.16.0+cu132", "cp316", "manylinux_2_28_x86_64"),
        wheel("2.16.0+cu132", "cp315t", "manylinux_2_28_x86_64"),
        wheel("2.16.0+cu132", "cp313", "win_amd64"),
        wheel("2.15.0+cu132", "cp311", "manylinux_2_28_x86_64"),
    ];
    live.pages.get_mut("cu132").unwrap().extend(more);
    let pythons = live.pythons("cu132", &torch("2.16.0"), Platform::LinuxX86);
    assert_eq!(pythons, [PythonVersion::minor(3, 12), PythonVersion::minor(3, 16)]);
    assert!(live.pythons("cu130", &torch("2.16.0"), Platform::LinuxX86).is_empty());
}
