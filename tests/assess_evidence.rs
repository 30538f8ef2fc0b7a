//! What a torch that ran says of a driver that nobody named; and what an index that is newer than the catalogue says.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod made_up;

use made_up::{absent, facts, found, reach};
use torch_wizard::assess::{Assessment, Route, TorchStatus, Wishes, assess, driver_advice, installed_torch};
use torch_wizard::catalog::{Catalog, LiveIndex, LiveWheel};
use torch_wizard::facts::{Environment, MachineFacts, TorchSeen};

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

fn route(facts: &MachineFacts, live: &LiveIndex, wishes: &Wishes, route: Route) -> Assessment {
    assess(facts, catalog(), live, wishes).into_iter().find(|assessment| assessment.route == route).unwrap()
}

fn say(assessment: &Assessment) -> String {
    let build = assessment.build.as_ref().map(|build| format!(" {}+{}", build.torch, build.variant));
    let code = assessment.verdict.reasons().first().map(|reason| reason.code.clone()).unwrap_or_default();
    format!("{}{} {code}", assessment.verdict.word(), build.unwrap_or_default())
}

/// A report of a card whose driver is not named, with what torch said: `12.4`, then `available`, `seen` or `no`.
fn report(card: &str, cuda: &str, said: &str, system: &str) -> MachineFacts {
    let mut facts = facts(card, "?", system, &[]);
    facts.is_report = true;
    facts.torch_seen = Some(TorchSeen {
        cuda: cuda.parse().ok(),
        is_available: match said {
            "available" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        sees_cards: said == "seen",
        ..TorchSeen::default()
    });
    facts
}

#[test]
fn a_torch_that_reached_the_card_proves_a_driver() {
    for (card, cuda, said, system, wheel, acceptable, upgrade) in [
        // Whatever needs no more than what ran is certain; the rest is not.
        (
            "8.6",
            "12.4",
            "available",
            "linux",
            "recommended 2.14.1+cu126",
            "cu118 cu121 cu124 cu126 cu128 cu129",
            Some(false),
        ),
        (
            "8.6",
            "13.0",
            "available",
            "linux",
            "recommended 2.15.0+cu132",
            "cu118 cu121 cu124 cu126 cu128 cu129 cu130 cu132",
            Some(false),
        ),
        ("8.6", "11.3", "available", "windows", "recommended 2.7.1+cu118", "cu118", Some(false)),
        // CUDA 11.0 ran on drivers that 11.8 does not run on.
        ("8.0", "11.0", "available", "linux", "unknown 2.15.0+cu132", "", None),
        // A new card that torch sees, even one it has no code for, has a driver that knows it.
        ("12.0", "12.4", "seen", "windows", "recommended 2.11.0+cu128", "cu128 cu129", Some(false)),
        ("12.0", "", "seen", "linux", "recommended 2.13.0+cu129", "cu128 cu129", Some(false)),
        ("12.1", "", "seen", "aarch64", "recommended 2.15.0+cu132", "cu128 cu130 cu132", Some(false)),
        // Not reached, and said so.
        ("8.6", "12.4", "no", "linux", "unknown 2.15.0+cu132", "", None),
        ("8.6", "12.4", "", "linux", "unknown 2.15.0+cu132", "", None),
    ] {
        let facts = report(card, cuda, said, system);
        let got = route(&facts, &LiveIndex::offline(), &Wishes::default(), Route::Wheel);
        assert!(say(&got).starts_with(wheel), "{card} {cuda} {said}: {}, expected {wheel}", say(&got));
        assert_eq!(got.acceptable_variants.join(" "), acceptable, "{card} {cuda} {said}");
        assert_eq!(driver_advice(&facts, catalog()).upgrade_required, upgrade, "{card} {cuda} {said}");
    }
}

#[test]
fn a_lower_bound_never_makes_a_verdict_that_needs_more() {
    let facts = report("8.6", "12.4", "available", "linux");
    let nightly = route(&facts, &LiveIndex::offline(), &Wishes::default(), Route::Nightly);
    assert_eq!(say(&nightly), "unknown driver-unknown");
    let mut newer = report("8.6", "13.0", "available", "linux");
    let nightly = route(&newer, &LiveIndex::offline(), &Wishes::default(), Route::Nightly);
    assert_eq!(nightly.verdict.word(), "works");
    // A tool that finds no driver is overruled by what runs.
    newer.driver = absent();
    assert_eq!(
        say(&route(&newer, &LiveIndex::offline(), &Wishes::default(), Route::Wheel)),
        "recommended 2.15.0+cu132 newest-torch"
    );
}

#[test]
fn a_driver_too_old_for_every_runtime_is_too_old_whatever_the_card() {
    let mut facts = facts("!", "390.46", "linux", &[]);
    let ask = |facts: &MachineFacts, which| say(&route(facts, &LiveIndex::offline(), &Wishes::default(), which));
    assert_eq!(ask(&facts, Route::Wheel), "blocked driver-too-old");
    facts.driver = found("455.45.01".parse().unwrap());
    assert_eq!(ask(&facts, Route::Wheel), "unknown cards-unknown");
    assert_eq!(ask(&facts, Route::Nightly), "blocked driver-too-old");
    // Only the newest runtime it accepts is known, and that is older than all.
    let mut old = made_up::facts("5.2", "?", "windows", &[]);
    old.driver_cuda = found("7.5".parse().unwrap());
    assert_eq!(ask(&old, Route::Wheel), "blocked driver-too-old");
    assert_eq!(driver_advice(&old, catalog()).upgrade_required, Some(true));
}

#[test]
fn what_the_installed_torch_said_of_itself_counts_before_the_tables() {
    use TorchStatus::{CpuOnly, Fails, Unknown, Works};
    let seen = TorchSeen::default;
    for (torch, cuda, said, expected) in [
        ("2.8.0+cu128", "12.8", seen(), Unknown),
        ("2.8.0+cu128", "12.8", TorchSeen { refuses_card: true, ..seen() }, Fails),
        ("2.8.0+cu128", "12.8", TorchSeen { archs: vec!["sm_75".into(), "sm_120".into()], ..seen() }, Fails),
        ("2.8.0+cu128", "12.8", TorchSeen { archs: vec!["sm_60".into()], is_available: Some(true), ..seen() }, Works),
        // Nobody has listed NVIDIA's own builds; one that reached the card without a word against it has code for it.
        ("2.1.0a0+32f93b1", "12.2", TorchSeen { is_available: Some(true), ..seen() }, Works),
        ("2.1.0a0+32f93b1", "12.2", seen(), Unknown),
        ("1.13.0", "", TorchSeen { is_cpu_build: true, ..seen() }, CpuOnly),
        ("1.13.0", "", seen(), Unknown),
        ("1.13.0a0+c068180", "", TorchSeen { is_cpu_build: true, ..seen() }, CpuOnly),
        ("2.8.0+rocm6.4", "", TorchSeen { is_cpu_build: true, ..seen() }, Unknown),
        ("1.13.0", "", TorchSeen { refuses_driver: true, is_available: Some(false), ..seen() }, Fails),
        ("2.8.0+cu128", "12.8", TorchSeen { refuses_driver: true, ..seen() }, Fails),
        // Its own list leaves the card out, whatever runtime it was built with.
        ("1.7.1", "", TorchSeen { archs: vec!["sm_70".into(), "sm_75".into()], ..seen() }, Fails),
        ("2.5.1", "", TorchSeen { refuses_card: true, ..seen() }, Fails),
        ("2.5.1", "", TorchSeen { archs: vec!["sm_50".into(), "sm_60".into()], ..seen() }, Unknown),
        // A build with CUDA that says it has none: two environments.
        ("2.1.0+cu121", "12.1", TorchSeen { is_cpu_build: true, ..seen() }, Unknown),
    ] {
        let mut facts = facts("6.1", "?", "windows", &[]);
        (facts.is_report, facts.torch_seen) = (true, Some(said.clone()));
        let environment = Environment {
            path: "report".into(),
            kind: "report".to_owned(),
            torch: torch.parse().ok(),
            torch_cuda: cuda.parse().ok(),
            damage: None,
        };
        let got = installed_torch(&facts, &environment, catalog());
        assert_eq!(got.status, expected, "{torch} {said:?}: {:?}", got.reasons);
    }
}

#[test]
fn a_runtime_before_the_oldest_of_the_catalogue_needs_no_more_than_the_driver_it_came_with() {
    use TorchStatus::{Fails, Works};
    for (torch, cuda, driver, system, expected) in [
        ("1.7.1+cu102", "10.2", "440.33.01", "linux", Works),
        ("1.4.0+cu100", "10.0", "418.87.00", "linux", Works),
        ("1.6.0+cu101", "10.1", "441.22", "windows", Works),
        ("1.6.0+cu101", "10.1", "418.91", "windows", Fails),
        ("1.7.1+cu102", "10.2", "440.31", "linux", Fails),
        // From CUDA 11 on the tables of the cards count.
        ("2.0.1+cu118", "11.8", "440.33.01", "linux", Fails),
    ] {
        let mut facts = facts("7.5", driver, system, &[]);
        // No table has these builds: the program's own list stands in.
        let archs = vec!["sm_70".to_owned(), "sm_75".to_owned()];
        (facts.is_report, facts.torch_seen) = (true, Some(TorchSeen { archs, ..TorchSeen::default() }));
        let environment = Environment {
            path: "report".into(),
            kind: "report".to_owned(),
            torch: torch.parse().ok(),
            torch_cuda: cuda.parse().ok(),
            damage: None,
        };
        let got = installed_torch(&facts, &environment, catalog());
        assert_eq!(got.status, expected, "{torch} {driver}: {:?}", got.reasons);
    }
}

#[test]
fn what_a_torch_without_a_version_said_of_itself_is_its_verdict() {
    use TorchStatus::{CpuOnly, Fails, None as Nothing};
    let seen = TorchSeen::default;
    for (said, expected, code) in [
        (TorchSeen { is_cpu_build: true, is_available: Some(false), ..seen() }, CpuOnly, "cpu-build"),
        (TorchSeen { refuses_driver: true, is_available: Some(false), ..seen() }, Fails, "driver-too-old"),
        (TorchSeen { refuses_card: true, is_available: Some(true), ..seen() }, Fails, "torch-refuses-card"),
        (TorchSeen { is_available: Some(false), ..seen() }, Nothing, ""),
        // A card that was reached contradicts both.
        (TorchSeen { is_cpu_build: true, is_available: Some(true), ..seen() }, Nothing, ""),
    ] {
        let mut facts = facts("7.5", "?", "windows", &[]);
        (facts.is_report, facts.torch_seen) = (true, Some(said.clone()));
        let environment = Environment {
            path: "report".into(),
            kind: "report".to_owned(),
            torch: None,
            torch_cuda: None,
            damage: None,
        };
        let got = installed_torch(&facts, &environment, catalog());
        assert_eq!(got.status, expected, "{said:?}: {:?}", got.reasons);
        assert_eq!(got.reasons.first().map_or("", |reason| reason.code.as_str()), code, "{said:?}");
    }
}

fn wheels(list: &[(&str, &str)]) -> LiveIndex {
    let wheel = |version: &str| LiveWheel {
        version: version.parse().unwrap(),
        python_tag: "cp312".to_owned(),
        platform_tag: "win_amd64".to_owned(),
        has_hash: true,
    };
    let pages = list.iter().map(|(variant, version)| ((*variant).to_owned(), vec![wheel(version)])).collect();
    LiveIndex { pages, ..reach("all") }
}

#[test]
fn what_the_index_has_beyond_the_catalogue_is_judged_by_rule_and_never_works() {
    let wish = |torch: &str, variant: &str| Wishes {
        torch: torch.parse().ok(),
        variant: (!variant.is_empty()).then(|| variant.to_owned()),
        ..Wishes::default()
    };
    let live = wheels(&[("cu132", "2.16.0+cu132"), ("cu144", "2.16.0+cu144"), ("cu136", "2.15.0+cu136")]);
    for (driver, torch, variant, expected) in [
        ("581.57", "2.16.0", "", "unknown 2.16.0+cu132 newer-than-catalogue"),
        ("581.57", "2.16.0", "cu132", "unknown 2.16.0+cu132 newer-than-catalogue"),
        // A runtime of a major version that has a row: the floor of that major version.
        ("581.57", "", "cu136", "unknown 2.15.0+cu136 newer-than-catalogue"),
        ("576.02", "", "cu136", "blocked driver-too-old"),
        ("576.02", "2.16.0", "", "blocked driver-too-old"),
        // Of CUDA 14 nobody knows the driver.
        ("581.57", "2.16.0", "cu144", "unknown torch-not-in-catalogue"),
        ("581.57", "2.17.0", "", "unknown torch-not-in-catalogue"),
        ("581.57", "", "cu999", "unknown variant-does-not-fit"),
    ] {
        let facts = facts("12.0", driver, "windows", &["3.12.4"]);
        let got = route(&facts, &live, &wish(torch, variant), Route::Wheel);
        assert_eq!(say(&got), expected, "{driver} {torch} {variant}");
    }
    // Nobody asked for it: what is known stays recommended.
    let facts = facts("12.0", "581.57", "windows", &["3.12.4"]);
    let got = route(&facts, &wheels(&[("cu132", "2.15.0+cu132")]), &Wishes::default(), Route::Wheel);
    assert_eq!(say(&got), "recommended 2.15.0+cu132 newest-torch");
}

#[test]
fn a_variant_that_only_the_index_can_confirm_counts_once_it_is_seen() {
    let facts = facts("12.0", "581.57", "windows", &["3.12.4"]);
    let ask = |live: &LiveIndex| say(&route(&facts, live, &Wishes::default(), Route::Wheel));
    let live = wheels(&[("cu134", "2.15.0+cu134"), ("cu132", "2.15.0+cu132")]);
    assert_eq!(ask(&live), "recommended 2.15.0+cu134 newest-torch");
    assert_eq!(ask(&wheels(&[("cu132", "2.15.0+cu132")])), "recommended 2.15.0+cu132 newest-torch");
}

#[test]
fn what_an_earlier_run_read_neither_confirms_nor_rules_out() {
    let facts = facts("12.0", "581.57", "windows", &["3.12.4"]);
    let page = |stands_in| LiveIndex { stands_in, ..wheels(&[("cu132", "2.14.1+cu132"), ("cu130", "2.15.0+cu130")]) };
    let ask = |live: &LiveIndex| {
        let build = route(&facts, live, &Wishes::default(), Route::Wheel).build.unwrap();
        format!("{}+{} {}", build.torch, build.variant, build.seen_live)
    };
    assert_eq!(ask(&page(false)), "2.15.0+cu130 true");
    assert_eq!(ask(&page(true)), "2.15.0+cu132 false");
}
