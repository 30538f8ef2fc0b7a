//! What holds for every card, driver, system and Python, not only for the rows of the tables.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod made_up;

use made_up::{facts, reach};
use proptest::prelude::*;
use torch_wizard::assess::{Assessment, Route, Verdict, Wishes, assess, driver_advice, python_why_not, wait};
use torch_wizard::catalog::{Catalog, Platform};
use torch_wizard::facts::{ComputeCapability, CudaVersion, DriverVersion, MachineFacts, OsFacts, OsFamily, Probed};
use torch_wizard::verify::Kernels;

/// Real capabilities, unknown ones, and some that nobody makes yet.
const CARDS: [&str; 24] = [
    "2.1", "3.0", "3.5", "3.7", "5.0", "5.2", "5.3", "6.0", "6.1", "6.2", "7.0", "7.2", "7.5", "8.0", "8.6", "8.7",
    "8.9", "9.0", "10.0", "10.3", "11.0", "12.0", "12.1", "13.0",
];
const DRIVERS: [&str; 26] = [
    "331.20",
    "384.81",
    "390.46",
    "410.48",
    "418.39",
    "440.33",
    "450.51.05",
    "450.80.02",
    "452.39",
    "470.256.02",
    "495.29.05",
    "510.39.01",
    "522.25",
    "525.60.13",
    "528.33",
    "535.129.03",
    "551.86",
    "566.36",
    "570.26",
    "572.16",
    "576.02",
    "580.65.06",
    "580.95.05",
    "590.44.01",
    "610.43.02",
    "700.10",
];
const SYSTEMS: [&str; 10] =
    ["windows", "linux", "wsl", "aarch64", "macos", "windows-arm", "linux/2.17", "linux/2.27", "linux/2.28", "?"];
const PYTHONS: [&str; 8] = ["3.8.10", "3.10.11", "3.12.4", "3.13.8", "3.13.9t", "3.14.2", "3.15.0", "3.12.4w"];

fn cards() -> impl Strategy<Value = String> {
    let one = prop::sample::select(CARDS.to_vec());
    prop_oneof![
        8 => prop::collection::vec(one, 1..4).prop_map(|list| list.join(";")),
        1 => Just("-".to_owned()),
        1 => Just("!".to_owned()),
        1 => Just("12.0;?".to_owned()),
    ]
}

fn driver() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => prop::sample::select(DRIVERS.to_vec()).prop_map(str::to_owned),
        1 => Just("-".to_owned()),
        1 => Just("?".to_owned()),
    ]
}

fn wishes() -> impl Strategy<Value = Wishes> {
    let torch = prop::option::of(prop::sample::select(vec!["2.4.1", "2.7.1", "2.11.0", "2.15.0", "2.99.0"]));
    let variant = prop::option::of(prop::sample::select(vec!["cpu", "cu118", "cu126", "cu128", "cu132", "cu999"]));
    let python = prop::option::of(prop::sample::select(vec!["3.9", "3.12", "3.15"]));
    (torch, variant, python, any::<bool>()).prop_map(|(torch, variant, python, none)| {
        if none {
            return Wishes::default();
        }
        Wishes {
            torch: torch.and_then(|text| text.parse().ok()),
            variant: variant.map(str::to_owned),
            python: python.and_then(|text| text.parse().ok()),
            ..Wishes::default()
        }
    })
}

fn judged(facts: &MachineFacts, live: &str, wishes: &Wishes) -> Vec<Assessment> {
    assess(facts, Catalog::embedded().unwrap(), &reach(live), wishes)
}

fn runs(assessment: &Assessment) -> bool {
    matches!(assessment.verdict, Verdict::Recommended { .. } | Verdict::Works { .. })
}

/// The platform whose builds a route takes.
fn platform(route: Route, os: &OsFacts) -> Option<Platform> {
    match route {
        Route::Wsl2 | Route::Docker => Platform::of(&OsFacts { family: OsFamily::Linux, ..os.clone() }),
        Route::Wheel | Route::Nightly | Route::Source | Route::Cpu => Platform::of(os),
    }
}

/// What a build has for a card; the build of a night is what the newest release has.
fn kernels(catalog: &Catalog, assessment: &Assessment, os: &OsFacts, card: ComputeCapability) -> Option<Kernels> {
    let build = assessment.build.as_ref()?;
    let platform = platform(assessment.route, os)?;
    let newest = &catalog.releases().first()?.torch;
    let torch = if assessment.route == Route::Nightly { newest } else { &build.torch };
    let list = catalog.arch_list(torch, &build.variant, platform)?;
    Some(catalog.runs_row(list, card, CudaVersion::of_variant(&build.variant)))
}

fn rank(assessment: &Assessment) -> u8 {
    match assessment.verdict {
        Verdict::Recommended { .. } | Verdict::Works { .. } => 2,
        Verdict::Unknown { .. } => 1,
        Verdict::Blocked { .. } => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_machine_has_a_way_or_hears_why_not(
        cards in cards(), driver in driver(), system in prop::sample::select(SYSTEMS.to_vec()),
        pythons in prop::collection::vec(prop::sample::select(PYTHONS.to_vec()), 0..4),
        live in prop::sample::select(vec!["all", "no-torch", "no-pypi", "none", "offline"]),
        wishes in wishes(), is_report in any::<bool>(),
    ) {
        let catalog = Catalog::embedded().unwrap();
        let mut facts = facts(&cards, &driver, system, &pythons);
        facts.is_report = is_report;
        let list = judged(&facts, live, &wishes);
        prop_assert_eq!(list.iter().map(|a| a.route).collect::<Vec<_>>(), Route::ALL);
        let recommended = list.iter().filter(|a| matches!(a.verdict, Verdict::Recommended { .. })).count();
        prop_assert!(recommended <= 1);
        for assessment in &list {
            prop_assert!(!assessment.verdict.reasons().is_empty(), "{assessment:?}");
            if let Verdict::Blocked { reasons, unblock } = &assessment.verdict {
                prop_assert!(reasons.iter().all(|reason| !reason.text.is_empty()));
                prop_assert!(unblock.iter().all(|way| !way.text.is_empty()));
            }
            if !is_report && runs(assessment) {
                prop_assert!(assessment.build.is_some(), "it works, but nothing would be installed: {assessment:?}");
            }
        }
        // A machine with a card whose routes all fail hears of the processor; without one it is recommended.
        driver_advice(&facts, catalog);
        wait(&facts, catalog);
        for python in facts.pythons.found().into_iter().flatten() {
            for platform in Platform::ALL {
                python_why_not(catalog, python, platform);
            }
        }
    }

    #[test]
    fn what_works_has_code_for_every_card_it_is_for_and_a_driver_that_runs_it(
        cards in cards(), driver in driver(), system in prop::sample::select(SYSTEMS.to_vec()), wishes in wishes(),
        is_report in any::<bool>(),
    ) {
        let catalog = Catalog::embedded().unwrap();
        let mut facts = facts(&cards, &driver, system, &["3.12.4"]);
        facts.is_report = is_report;
        let Some(os) = facts.os.found().cloned() else { return Ok(()) };
        for assessment in judged(&facts, "all", &wishes) {
            let is_of_the_index = matches!(assessment.route, Route::Wheel | Route::Nightly | Route::Wsl2);
            if !runs(&assessment) || !is_of_the_index || assessment.build.is_none() {
                continue;
            }
            let build = assessment.build.as_ref().unwrap();
            let on = torch_wizard::catalog::Numbering::of(&os);
            prop_assert!(!assessment.gpus.is_empty());
            for gpu in facts.gpus.found().unwrap().iter().filter(|gpu| assessment.gpus.contains(&gpu.index)) {
                let card = gpu.capability.unwrap();
                let code = kernels(catalog, &assessment, &os, card);
                prop_assert!(
                    matches!(code, Some(Kernels::Native | Kernels::SameMajor)),
                    "{card} has {code:?} in {build:?}"
                );
                let floor = catalog.driver_floor(&build.variant, on, card).unwrap();
                let driver: DriverVersion = driver.parse().unwrap();
                prop_assert!(driver >= floor.least, "{driver} is below {floor:?}");
            }
        }
    }

    #[test]
    fn a_newer_driver_makes_no_verdict_worse_unless_it_drops_a_card(
        cards in prop::collection::vec(prop::sample::select(CARDS.to_vec()), 1..4),
        older in 0..DRIVERS.len(), newer in 0..DRIVERS.len(),
        system in prop::sample::select(vec!["windows", "linux", "wsl", "aarch64", "linux/2.27"]),
    ) {
        let catalog = Catalog::embedded().unwrap();
        let (older, newer) = (DRIVERS[older.min(newer)], DRIVERS[older.max(newer)]);
        let driver: DriverVersion = newer.parse().unwrap();
        let os = facts("-", "-", system, &[]);
        let on = torch_wizard::catalog::Numbering::of(os.os.found().unwrap());
        let drops = |card: &&'static str| {
            let drives = catalog.drives(&driver, on, card.parse().unwrap(), None);
            matches!(drives, torch_wizard::catalog::Drives::Dropped { .. })
        };
        if cards.iter().any(drops) {
            return Ok(());
        }
        let cards = cards.join(";");
        let before = judged(&facts(&cards, older, system, &["3.12.4"]), "all", &Wishes::default());
        let after = judged(&facts(&cards, newer, system, &["3.12.4"]), "all", &Wishes::default());
        for (before, after) in before.iter().zip(&after) {
            prop_assert!(rank(after) >= rank(before), "{older} → {newer}: {before:?} → {after:?}");
            if before.route == Route::Wheel && runs(before) {
                prop_assert!(after.gpus.len() >= before.gpus.len());
                let torch = |a: &Assessment| a.build.as_ref().map(|build| build.torch.clone());
                // For other cards it may be another, older one.
                prop_assert!(after.gpus != before.gpus || torch(after) >= torch(before), "{before:?} → {after:?}");
            }
        }
    }

    #[test]
    fn a_report_that_is_silent_about_the_system_says_only_what_holds_on_both(
        cards in cards(), driver in driver(),
    ) {
        let on = |system| {
            let mut facts = facts(&cards, &driver, system, &[]);
            facts.is_report = true;
            if let Probed::Found { value, .. } = &mut facts.os {
                (value.arch, value.glibc) = (String::new(), None);
            }
            judged(&facts, "offline", &Wishes::default())
        };
        let (unsaid, linux, windows) = (on("?"), on("linux"), on("windows"));
        for ((unsaid, linux), windows) in unsaid.iter().zip(&linux).zip(&windows) {
            if runs(unsaid) {
                prop_assert!(runs(linux) && runs(windows), "{unsaid:?}");
            }
            if matches!(unsaid.verdict, Verdict::Blocked { .. }) {
                let both = [linux, windows].iter().all(|a| matches!(a.verdict, Verdict::Blocked { .. }));
                prop_assert!(both, "{unsaid:?}");
            }
            for variant in &unsaid.acceptable_variants {
                prop_assert!(linux.acceptable_variants.contains(variant));
                prop_assert!(windows.acceptable_variants.contains(variant));
            }
        }
    }
}
