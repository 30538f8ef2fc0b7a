//! Card × driver × system × Python × reach of the indexes → verdict, build and the first reason's code.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod driver_guide;
mod made_up;

use made_up::{absent, facts, found, reach, unknown};
use torch_wizard::assess::{
    Assessment, Build, Need, Origin, Route, TorchStatus, Verdict, Wishes, assess, driver_advice, installed_torch, wait,
};
use torch_wizard::catalog::{Catalog, LiveIndex, LiveWheel};
use torch_wizard::facts::{Environment, MachineFacts, PciId, Probed, Reach, Source, Via};

fn routes(facts: &MachineFacts, live: &LiveIndex, wishes: &Wishes) -> Vec<Assessment> {
    assess(facts, Catalog::embedded().unwrap(), live, wishes)
}

fn route(facts: &MachineFacts, live: &LiveIndex, wishes: &Wishes, route: Route) -> Assessment {
    routes(facts, live, wishes).into_iter().find(|assessment| assessment.route == route).unwrap()
}

fn wheel(facts: &MachineFacts, live: &LiveIndex, wishes: &Wishes) -> Assessment {
    route(facts, live, wishes, Route::Wheel)
}

/// `recommended 2.15.0+cu132 newest-torch`
fn say(assessment: &Assessment) -> String {
    let build = assessment.build.as_ref().map(|Build { torch, variant, .. }| format!("{torch}+{variant} "));
    let code = assessment.verdict.reasons().first().map(|reason| reason.code.clone());
    format!("{} {}{}", assessment.verdict.word(), build.unwrap_or_default(), code.unwrap_or_default())
}

#[test]
fn card_driver_and_system_decide_the_wheel() {
    let mut wrong = Vec::new();
    for (cards, driver, system, live, expected) in [
        // RTX 50 and RTX PRO Blackwell: cu128 first, R570 least, 580 for CUDA 13.
        ("12.0", "581.57", "windows", "all", "recommended 2.15.0+cu132 newest-torch"),
        ("12.0", "580.88", "windows", "all", "recommended 2.15.0+cu132 newest-torch"),
        ("12.0", "576.02", "windows", "all", "recommended 2.11.0+cu128 newest-needs-driver"),
        ("12.0", "572.83", "windows", "all", "recommended 2.11.0+cu128 newest-needs-driver"),
        ("12.0", "566.36", "windows", "all", "blocked driver-too-old"),
        ("12.0", "580.95.05", "linux", "all", "recommended 2.15.0+cu132 newest-torch"),
        ("12.0", "575.57.08", "linux", "all", "recommended 2.13.0+cu129 newest-needs-driver"),
        ("12.0", "570.124.06", "linux", "all", "recommended 2.13.0+cu129 newest-needs-driver"),
        ("12.0", "565.77", "linux", "all", "blocked driver-too-old"),
        ("12.0", "572.83", "wsl", "all", "recommended 2.13.0+cu129 newest-needs-driver"),
        ("12.0", "566.36", "wsl", "all", "blocked driver-too-old"),
        // RTX 40 and 30.
        ("8.9", "581.57", "windows", "all", "recommended 2.15.0+cu132 newest-torch"),
        ("8.9", "576.02", "windows", "all", "recommended 2.14.1+cu126 newest-needs-driver"),
        ("8.9", "528.33", "windows", "all", "recommended 2.14.1+cu126 newest-needs-driver"),
        ("8.9", "522.25", "windows", "all", "recommended 2.7.1+cu118 newest-needs-driver"),
        ("8.6", "525.60.13", "linux", "all", "recommended 2.14.1+cu126 newest-needs-driver"),
        ("8.6", "525.60.12", "linux", "all", "recommended 2.7.1+cu118 newest-needs-driver"),
        ("8.6", "470.256.02", "linux", "all", "recommended 2.7.1+cu118 newest-needs-driver"),
        ("8.6", "440.33.01", "linux", "all", "blocked driver-too-old"),
        ("8.0", "535.129.03", "linux", "all", "recommended 2.14.1+cu126 newest-needs-driver"),
        ("7.5", "580.65.06", "linux", "all", "recommended 2.15.0+cu132 newest-torch"),
        ("7.5", "610.62", "windows", "all", "recommended 2.15.0+cu132 newest-torch"),
        // Maxwell, Pascal, Volta: cu126 ended with 2.14.1; branches from 590 on dropped them.
        ("5.2", "576.02", "windows", "all", "recommended 2.14.1+cu126 newest-lacks-card"),
        ("6.1", "580.95.05", "linux", "all", "recommended 2.14.1+cu126 newest-lacks-card"),
        ("6.1", "552.44", "windows", "all", "recommended 2.14.1+cu126 newest-lacks-card"),
        ("6.1", "470.256.02", "linux", "all", "recommended 2.7.1+cu118 newest-lacks-card"),
        ("6.1", "590.48.01", "linux", "all", "blocked driver-dropped-card"),
        ("6.1", "591.44", "windows", "all", "blocked driver-dropped-card"),
        ("7.0", "580.95.05", "linux", "all", "recommended 2.14.1+cu126 newest-lacks-card"),
        ("7.0", "595.45.04", "linux", "all", "blocked driver-dropped-card"),
        // Data centre and Arm.
        ("9.0", "535.129.03", "linux", "all", "recommended 2.14.1+cu126 newest-needs-driver"),
        ("10.0", "570.124.06", "linux", "all", "recommended 2.13.0+cu129 newest-needs-driver"),
        ("10.3", "580.95.05", "linux", "all", "recommended 2.15.0+cu132 newest-torch"),
        ("10.3", "570.124.06", "linux", "all", "blocked driver-too-old"),
        ("12.1", "580.95.05", "aarch64", "all", "recommended 2.15.0+cu132 newest-torch"),
        ("11.0", "580.95.05", "aarch64", "all", "recommended 2.15.0+cu132 newest-torch"),
        ("8.7", "580.95.05", "aarch64", "all", "recommended 2.15.0+cu132 newest-torch"),
        ("11.0", "580.95.05", "linux", "all", "blocked no-code-for-card"),
        // Several cards.
        ("9.0;12.0", "580.95.05", "linux", "all", "recommended 2.15.0+cu132 newest-torch"),
        ("9.0;12.0", "570.124.06", "linux", "all", "recommended 2.13.0+cu129 newest-needs-driver"),
        ("8.6;12.0", "566.36", "windows", "all", "blocked driver-too-old"),
        ("6.1;8.9", "580.95.05", "linux", "all", "recommended 2.14.1+cu126 newest-lacks-card"),
        // Of two cards without a common wheel the newer one is served; the other can have its own environment.
        ("6.1;12.0", "580.95.05", "linux", "all", "recommended 2.15.0+cu132 newest-torch"),
        ("6.1;6.1;12.0", "580.95.05", "linux", "all", "recommended 2.14.1+cu126 newest-lacks-card"),
        ("6.1;12.0", "566.36", "linux", "all", "recommended 2.14.1+cu126 newest-lacks-card"),
        // The Windows build of 2.7 has code from 5.0 to 12.0.
        ("6.1;12.0", "581.57", "windows", "all", "recommended 2.7.1+cu128 newest-lacks-card"),
        // A card that nothing serves does not stand in the way of the others.
        ("3.0;8.6", "581.57", "windows", "all", "recommended 2.15.0+cu132 newest-torch"),
        ("6.1;8.9", "590.48.01", "linux", "all", "recommended 2.15.0+cu132 newest-torch"),
        // Nothing serves it, or nobody knows.
        ("3.0", "470.256.02", "linux", "all", "blocked no-code-for-card"),
        ("3.7", "470.256.02", "linux", "all", "unknown reports-contradict"),
        ("13.0", "620.10", "windows", "all", "blocked card-too-new"),
        ("?", "581.57", "windows", "all", "unknown capability-unknown"),
        ("12.0;?", "581.57", "windows", "all", "unknown capability-unknown"),
        ("-", "-", "windows", "all", "blocked no-nvidia-card"),
        ("!", "?", "windows", "all", "unknown cards-unknown"),
        ("12.0", "?", "windows", "all", "unknown 2.15.0+cu132 driver-unknown"),
        ("6.1", "?", "linux", "all", "unknown 2.14.1+cu126 driver-unknown"),
        ("12.0", "-", "windows", "all", "blocked driver-missing"),
        // Systems.
        ("8.6", "580.95.05", "linux/2.27", "all", "recommended 2.6.0+cu124 newest-needs-glibc"),
        ("8.6", "580.95.05", "linux/2.28", "all", "recommended 2.15.0+cu132 newest-torch"),
        ("12.0", "580.95.05", "linux/2.27", "all", "blocked glibc-too-old"),
        ("8.6", "580.95.05", "macos", "all", "blocked no-cuda-on-macos"),
        ("!", "?", "wsl1", "all", "blocked wsl1-has-no-gpu"),
        ("8.6", "580.95.05", "windows-arm", "all", "blocked platform-not-covered"),
        ("!", "-", "windows", "all", "blocked no-driver"),
        ("8.6", "580.95.05", "?", "all", "unknown os-unknown"),
        // Reach: PyPI's build on Linux is a CUDA one, on Windows it is not.
        ("12.0", "581.57", "windows", "no-torch", "blocked torch-index-blocked"),
        ("12.0", "580.95.05", "linux", "no-torch", "recommended 2.15.0+cu132 newest-torch"),
        ("12.0", "575.57.08", "linux", "no-torch", "recommended 2.10.0+cu128 newest-needs-driver"),
        ("8.6", "560.35.03", "linux", "no-torch", "recommended 2.10.0+cu128 newest-needs-driver"),
        ("6.1", "580.95.05", "linux", "no-torch", "recommended 2.7.1+cu126 newest-lacks-card"),
        ("8.6", "470.256.02", "linux", "no-torch", "blocked torch-index-blocked"),
        ("8.6", "580.95.05", "linux", "no-pypi", "recommended 2.15.0+cu132 newest-torch"),
        ("8.6", "580.95.05", "linux", "none", "blocked indexes-unreachable"),
        ("8.6", "580.95.05", "linux", "offline", "recommended 2.15.0+cu132 newest-torch"),
    ] {
        let facts = facts(cards, driver, system, &["3.12.4"]);
        let got = say(&wheel(&facts, &reach(live), &Wishes::default()));
        if got != expected {
            wrong.push(format!("{cards} | {driver} | {system} | {live}: {got}, expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_newest_found_python_that_fits_is_taken_else_uv_brings_one() {
    for (pythons, driver, cards, wish, expected, brought) in [
        (&["3.12.4"][..], "581.57", "12.0", "", "3.12", false),
        (&["3.11.9", "3.13.9", "3.12.4"], "581.57", "12.0", "", "3.13", false),
        (&["3.14.2", "3.11.9"], "581.57", "12.0", "", "3.11", false),
        (&["3.14.2"], "581.57", "12.0", "", "3.12", true),
        (&["3.14.2"], "581.57", "12.0", "3.14", "3.14", false),
        (&["3.14.1"], "581.57", "12.0", "3.14", "3.14", true),
        (&["3.13.8"], "581.57", "12.0", "", "3.12", true),
        (&["3.13.8", "3.13.9"], "581.57", "12.0", "", "3.13", false),
        (&["3.10.11"], "581.57", "12.0", "", "3.12", true),
        (&["3.10.11"], "581.57", "6.1", "", "3.10", false),
        (&["3.12.4w", "3.11.9pypy", "3.13.9t"], "581.57", "12.0", "", "3.12", true),
        (&[], "581.57", "12.0", "3.11", "3.11", true),
    ] {
        let facts = facts(cards, driver, "windows", pythons);
        let wishes = Wishes { python: wish.parse().ok(), ..Wishes::default() };
        let got = wheel(&facts, &reach("all"), &wishes);
        let python = got.build.as_ref().unwrap().python.unwrap().to_string();
        assert_eq!((python.as_str(), got.needs.contains(&Need::Python)), (expected, brought), "{pythons:?} {wish}");
    }
}

#[test]
fn an_old_python_asked_for_costs_the_newest_torch() {
    let facts = facts("12.0", "581.57", "windows", &["3.9.13"]);
    let wishes = Wishes { python: "3.9".parse().ok(), ..Wishes::default() };
    assert_eq!(say(&wheel(&facts, &reach("all"), &wishes)), "recommended 2.8.0+cu128 newest-lacks-python");
    let wishes = Wishes { python: "3.8".parse().ok(), ..Wishes::default() };
    assert_eq!(say(&wheel(&facts, &reach("all"), &wishes)), "blocked python-does-not-fit");
}

#[test]
fn a_missing_uv_is_named_and_an_unknown_one_only_where_it_is_needed() {
    let mut facts = facts("12.0", "581.57", "windows", &["3.12.4"]);
    let needs = |facts: &MachineFacts| wheel(facts, &reach("all"), &Wishes::default()).needs;
    assert_eq!(needs(&facts), []);
    facts.tools.insert("uv".to_owned(), absent());
    assert_eq!(needs(&facts), [Need::Uv]);
    facts.tools.insert("uv".to_owned(), unknown());
    assert_eq!(needs(&facts), []);
    facts.pythons = found(Vec::new());
    assert_eq!(needs(&facts), [Need::Python, Need::Uv]);
}

#[test]
fn what_the_user_asks_for_is_done_or_refused_with_the_reason() {
    let wish = |torch: &str, variant: &str| Wishes {
        torch: torch.parse().ok(),
        variant: (!variant.is_empty()).then(|| variant.to_owned()),
        ..Wishes::default()
    };
    for (cards, driver, torch, variant, expected) in [
        ("12.0", "581.57", "2.9.1", "", "recommended 2.9.1+cu128 asked-for"),
        ("12.0", "581.57", "2.9.1", "cu130", "recommended 2.9.1+cu130 asked-for"),
        ("12.0", "581.57", "2.9.1+cu130", "", "recommended 2.9.1+cu130 asked-for"),
        ("12.0", "581.57", "", "cu130", "recommended 2.15.0+cu130 asked-for"),
        ("12.0", "581.57", "", "cu128", "recommended 2.11.0+cu128 asked-for"),
        ("12.0", "581.57", "", "cu134", "recommended 2.15.0+cu134 asked-for"),
        ("12.0", "581.57", "", "cu126", "blocked variant-does-not-fit"),
        ("12.0", "581.57", "", "cpu", "blocked variant-does-not-fit"),
        ("12.0", "581.57", "2.6.0", "", "blocked torch-does-not-fit"),
        ("12.0", "581.57", "2.4.1", "", "unknown torch-not-in-catalogue"),
        ("12.0", "572.83", "2.15.0", "", "blocked torch-does-not-fit"),
        ("6.1", "580.88", "2.15.0", "", "blocked torch-does-not-fit"),
    ] {
        let facts = facts(cards, driver, "windows", &["3.12.4"]);
        assert_eq!(say(&wheel(&facts, &reach("all"), &wish(torch, variant))), expected, "{cards} {torch} {variant}");
    }
}

#[test]
fn a_chosen_card_decides_alone_and_is_never_left_out() {
    let only = |gpus: &[u32]| Wishes { gpus: Some(gpus.to_vec()), ..Wishes::default() };
    let both = facts("6.1;12.0", "580.95.05", "linux", &["3.12.4"]);
    for (gpus, expected) in [
        (&[0][..], "recommended 2.14.1+cu126 newest-lacks-card"),
        (&[1], "recommended 2.15.0+cu132 newest-torch"),
        (&[0, 1], "blocked no-common-wheel"),
        (&[7], "blocked no-such-card"),
    ] {
        assert_eq!(say(&wheel(&both, &reach("all"), &only(gpus))), expected, "{gpus:?}");
    }
    let old = facts("3.0;8.6", "580.95.05", "linux", &["3.12.4"]);
    assert_eq!(say(&wheel(&old, &reach("all"), &only(&[0, 1]))), "blocked no-code-for-card");
    let Verdict::Blocked { unblock, .. } = wheel(&both, &reach("all"), &only(&[0, 1])).verdict else { panic!() };
    let commands: Vec<_> = unblock.into_iter().filter_map(|help| help.command).collect();
    assert_eq!(commands, ["torch-wizard install --gpu 0", "torch-wizard install --gpu 1"]);
}

#[test]
fn where_no_wheel_serves_all_cards_each_loss_is_named() {
    let both = facts("6.1;12.0", "580.95.05", "linux", &["3.12.4"]);
    let got = wheel(&both, &reach("all"), &Wishes::default());
    assert_eq!((got.gpus.as_slice(), got.acceptable_variants.as_slice()), (&[1][..], &[][..]));
    let said: Vec<_> = got.verdict.reasons().iter().map(|reason| reason.text.as_str()).collect();
    assert!(said.iter().any(|text| text.contains("6.1") && text.contains("served by cu118, cu121")), "{said:?}");
    assert!(said.iter().any(|text| text.contains("install --gpu 0")), "{said:?}");
}

#[test]
fn acceptable_are_all_variants_of_any_release_that_run_with_the_present_driver() {
    for (cards, driver, system, expected) in [
        ("12.0", "581.57", "windows", "cu128 cu129 cu130 cu132"),
        ("12.0", "572.83", "windows", "cu128 cu129"),
        ("12.0", "566.36", "windows", ""),
        ("12.0", "?", "windows", ""),
        ("8.6", "580.95.05", "linux", "cu118 cu121 cu124 cu126 cu128 cu129 cu130 cu132"),
        ("8.6", "470.256.02", "linux", "cu118"),
        ("6.1", "580.95.05", "linux", "cu118 cu121 cu124 cu126"),
        ("7.0", "580.95.05", "linux", "cu118 cu121 cu124 cu126 cu128 cu129"),
        ("8.6", "580.95.05", "linux/2.27", "cu118 cu121 cu124 cu126"),
        ("8.6;12.0", "575.57.08", "linux", "cu128 cu129"),
    ] {
        let got = wheel(&facts(cards, driver, system, &[]), &reach("all"), &Wishes::default());
        assert_eq!(got.acceptable_variants.join(" "), expected, "{cards} {driver} {system}");
    }
}

/// A variant and its wheels: version, Python tag, platform tag.
type Page<'a> = (&'a str, &'a [(&'a str, &'a str, &'a str)]);

fn page(wheels: &[(&str, &str, &str)]) -> Vec<LiveWheel> {
    let wheel = |&(version, python, platform): &(&str, &str, &str)| LiveWheel {
        version: version.parse().unwrap(),
        python_tag: python.to_owned(),
        platform_tag: platform.to_owned(),
        has_hash: true,
    };
    wheels.iter().map(wheel).collect()
}

#[test]
fn a_live_page_confirms_or_rules_out_exactly_one_wheel() {
    let facts = facts("12.0", "581.57", "windows", &["3.13.9", "3.12.4"]);
    let ask = |pages: &[Page<'_>]| {
        let pages = pages.iter().map(|(variant, wheels)| ((*variant).to_owned(), page(wheels))).collect();
        let build = wheel(&facts, &LiveIndex { pages, ..reach("all") }, &Wishes::default()).build.unwrap();
        format!("{}+{} {} {}", build.torch, build.variant, build.python.unwrap(), build.seen_live)
    };
    let (new132, new130) = ("2.15.0+cu132", "2.15.0+cu130");
    assert_eq!(ask(&[]), "2.15.0+cu132 3.13 false");
    assert_eq!(ask(&[("cu132", &[(new132, "cp313", "win_amd64")])]), "2.15.0+cu132 3.13 true");
    // The seen one before the unseen newer variant.
    assert_eq!(ask(&[("cu130", &[(new130, "cp313", "win_amd64")])]), "2.15.0+cu130 3.13 true");
    // Of another platform: not there.
    assert_eq!(ask(&[("cu132", &[(new132, "cp313", "manylinux_2_28_x86_64")])]), "2.15.0+cu130 3.13 false");
    // Only for the other Python.
    assert_eq!(ask(&[("cu132", &[(new132, "cp312", "win_amd64")])]), "2.15.0+cu132 3.12 true");
    // A page without a wheel was not read.
    assert_eq!(ask(&[("cu132", &[])]), "2.15.0+cu132 3.13 false");
}

#[test]
fn a_mirror_is_asked_first_and_a_page_of_one_variant_stays_one() {
    let facts = facts("12.0", "580.95.05", "linux", &["3.12.4"]);
    let ask = |mirror: &str, reached: Reach, torch_index: Reach| {
        let live = LiveIndex { mirror: Some(reached), torch_index, ..reach("all") };
        let wishes = Wishes { mirror: Some(mirror.to_owned()), ..Wishes::default() };
        wheel(&facts, &live, &wishes).build.unwrap()
    };
    let root = "https://mirror.example.org/whl/";
    let build = ask(root, Reach::Reached, Reach::Blocked);
    assert_eq!(build.origin, Origin::Mirror { url: "https://mirror.example.org/whl/cu132".into() });
    let build = ask("https://mirror.example.org/whl/cu130", Reach::Reached, Reach::Blocked);
    assert_eq!((build.torch.to_string().as_str(), build.variant.as_str()), ("2.15.0", "cu132"), "PyPI has that one");
    assert_eq!(build.origin, Origin::Pypi);
    let build = ask(root, Reach::Blocked, Reach::Reached);
    assert_eq!(build.origin, Origin::TorchIndex { url: "https://download.pytorch.org/whl/cu132".into() });
}

#[test]
fn the_processor_is_recommended_only_without_a_card() {
    for (cards, driver, system, live, expected) in [
        ("-", "-", "windows", "all", "recommended 2.15.0+cpu on-the-processor"),
        ("-", "-", "linux", "all", "recommended 2.15.0+cpu on-the-processor"),
        ("-", "-", "windows", "no-torch", "recommended 2.15.0+cpu on-the-processor"),
        ("-", "-", "linux", "no-torch", "recommended 2.15.0+cu132 cpu-build-unreachable"),
        ("-", "-", "linux", "none", "blocked indexes-unreachable"),
        ("-", "-", "macos", "all", "unknown platform-not-covered"),
        ("-", "-", "linux/2.12", "all", "blocked glibc-too-old"),
        ("-", "-", "linux/2.27", "all", "recommended 2.6.0+cpu on-the-processor"),
        ("12.0", "581.57", "windows", "all", "works 2.15.0+cpu on-the-processor"),
        ("12.0", "566.36", "windows", "all", "works 2.15.0+cpu on-the-processor"),
        ("!", "?", "windows", "all", "works 2.15.0+cpu on-the-processor"),
    ] {
        let facts = facts(cards, driver, system, &["3.12.4"]);
        let got = route(&facts, &reach(live), &Wishes::default(), Route::Cpu);
        assert_eq!(say(&got), expected, "{cards} {system} {live}");
        let is_large = got.build.is_some_and(|build| build.variant != "cpu");
        assert_eq!(got.needs.contains(&Need::Consent), is_large, "{cards} {system} {live}");
    }
}

#[test]
fn at_most_one_route_is_recommended_and_every_reason_is_a_sentence() {
    for (cards, driver) in [("12.0", "581.57"), ("12.0", "566.36"), ("-", "-"), ("!", "?"), ("6.1;12.0", "595.79")] {
        let facts = facts(cards, driver, "windows", &["3.12.4"]);
        let list = routes(&facts, &reach("all"), &Wishes::default());
        assert_eq!(list.iter().map(|a| a.route).collect::<Vec<_>>(), Route::ALL);
        assert!(list.iter().filter(|a| matches!(a.verdict, Verdict::Recommended { .. })).count() <= 1);
        for assessment in &list {
            assert!(!assessment.verdict.reasons().is_empty(), "{:?}", assessment.route);
            for reason in assessment.verdict.reasons() {
                assert!(reason.text.ends_with('.') && reason.source.as_deref() != Some(""), "{reason:?}");
            }
        }
    }
    let facts = facts("12.0", "581.57", "windows", &["3.12.4"]);
    let wishes = Wishes { route: Some(Route::Cpu), ..Wishes::default() };
    let words: Vec<_> = routes(&facts, &reach("all"), &wishes).iter().map(|a| a.verdict.word()).collect();
    assert_eq!(words, ["works", "unknown", "unknown", "unknown", "unknown", "recommended"]);
}

#[test]
fn a_card_without_a_driver_that_answers_waits_for_the_release_that_lists_it() {
    let mut facts = facts("12.0", "570.124.06", "linux", &["3.12.4"]);
    let unseen = |facts: &mut MachineFacts, device| {
        let Probed::Found { value, .. } = &mut facts.gpus else { panic!() };
        value[0].pci_id = Some(PciId { vendor: 0x10de, device });
        value[0].capability = None;
        value[0].source = Source::new(Via::PciBus, "");
    };
    unseen(&mut facts, 0x2b85);
    assert_eq!(say(&wheel(&facts, &reach("all"), &Wishes::default())), "recommended 2.13.0+cu129 newest-needs-driver");
    unseen(&mut facts, 0x2d04);
    let got = wheel(&facts, &reach("all"), &Wishes::default());
    assert_eq!(say(&got), "blocked driver-too-old");
    assert!(got.verdict.reasons()[0].text.contains("570.148.08"));
    unseen(&mut facts, 0x2e03);
    assert_eq!(say(&wheel(&facts, &reach("all"), &Wishes::default())), "unknown capability-unknown");
}

#[test]
fn the_newest_runtime_a_driver_accepts_stands_in_for_its_version() {
    for (driver_cuda, expected) in [
        ("13.0", "recommended 2.15.0+cu132 newest-torch"),
        ("12.8", "recommended 2.13.0+cu129 newest-needs-driver"),
        ("12.7", "blocked driver-too-old"),
    ] {
        let mut facts = facts("12.0", "?", "linux", &["3.12.4"]);
        facts.driver_cuda = found(driver_cuda.parse().unwrap());
        assert_eq!(say(&wheel(&facts, &reach("all"), &Wishes::default())), expected, "{driver_cuda}");
    }
}

#[test]
fn a_newer_driver_is_advised_only_where_it_helps() {
    for (cards, driver, system, required, minimum) in [
        ("12.0", "566.36", "windows", Some(true), Some("572.16")),
        ("12.0", "565.77", "linux", Some(true), Some("570.86.16")),
        ("12.0", "572.83", "windows", Some(false), None),
        ("8.6", "440.33.01", "linux", Some(true), Some("450.80.02")),
        ("6.1", "590.48.01", "linux", None, None),
        ("6.1;12.0", "580.95.05", "linux", Some(false), None),
        ("3.0", "470.256.02", "linux", None, None),
        ("8.6", "?", "linux", None, None),
        ("8.6", "-", "linux", Some(true), Some("450.80.02")),
        ("-", "-", "linux", None, None),
        ("12.1", "570.124.06", "aarch64", Some(true), Some("580.95.05")),
    ] {
        let got = driver_advice(&facts(cards, driver, system, &[]), Catalog::embedded().unwrap());
        let got_minimum = got.minimum.map(|driver| driver.to_string());
        assert_eq!((got.upgrade_required, got_minimum.as_deref()), (required, minimum), "{cards} {driver} {system}");
    }
}

#[test]
fn a_known_fault_of_the_driver_is_told_with_the_release_that_mends_it() {
    for (cards, driver, system, expected) in [
        ("12.0", "572.16", "windows", "572.83"),
        ("8.9", "572.16", "windows", ""),
        ("12.0", "572.83", "windows", ""),
        ("12.0", "570.86.16", "linux", ""),
        ("8.6", "595.59", "windows", "595.71"),
    ] {
        let got = driver_advice(&facts(cards, driver, system, &[]), Catalog::embedded().unwrap());
        let told = |reason: &torch_wizard::assess::Reason| reason.code == "driver-fault";
        let fault = got.reasons.iter().find(|reason| told(reason));
        assert_eq!(fault.is_some(), !expected.is_empty(), "{cards} {driver} {system}: {:?}", got.reasons);
        assert!(fault.is_none_or(|fault| fault.text.contains(expected)), "{fault:?}");
        assert_eq!(got.upgrade_required, Some(false));
    }
}

#[test]
fn the_installed_torch_is_judged_by_code_runtime_and_driver() {
    use TorchStatus::{CpuOnly, Fails, None as Nothing, Unknown, Works};
    for (torch, cuda, cards, driver, system, expected) in [
        ("2.6.0+cu124", "12.4", "12.0", "581.57", "windows", Fails),
        ("2.7.1+cu128", "12.8", "12.0", "572.83", "windows", Works),
        ("2.7.1+cu128", "12.8", "6.1", "572.83", "windows", Works),
        ("2.7.1+cu128", "12.8", "6.1", "570.124.06", "linux", Fails),
        ("2.8.0+cu128", "12.8", "6.1", "572.83", "windows", Unknown),
        ("2.15.0", "13.2", "8.6", "580.95.05", "linux", Works),
        ("2.15.0+cu132", "", "8.6", "580.95.05", "linux", Works),
        ("2.15.0+cu132", "13.2", "8.6", "575.57.08", "linux", Fails),
        ("2.15.0+cu132", "13.2", "6.1", "580.95.05", "linux", Fails),
        ("2.15.0+cu132", "13.2", "8.6;6.1", "580.95.05", "linux", Fails),
        ("2.15.0+cu132", "13.2", "8.6", "?", "linux", Unknown),
        ("2.15.0+cpu", "", "8.6", "580.95.05", "linux", CpuOnly),
        ("2.15.0", "", "8.6", "581.57", "windows", CpuOnly),
        ("2.9.0+rocm6.4", "", "8.6", "580.95.05", "linux", Unknown),
        ("2.3.0+cu121", "12.1", "12.0", "581.57", "windows", Fails),
        ("2.3.0+cu121", "12.1", "8.6", "581.57", "windows", Works),
        ("2.4.1+cu124", "12.4", "8.9", "561.09", "windows", Works),
        ("1.13.1+cu117", "11.7", "9.0", "535.129.03", "linux", Fails),
        ("1.7.1+cu110", "11.0", "8.6", "535.129.03", "linux", Works),
        ("1.7.1", "10.1", "8.6", "535.129.03", "linux", Fails),
        ("2.16.0.dev20261008+cu134", "13.4", "8.6", "616.92", "windows", Unknown),
        ("2.16.0.dev20261008+cu134", "13.4", "6.1", "580.95.05", "linux", Fails),
        ("", "", "8.6", "580.95.05", "linux", Nothing),
    ] {
        let environment = Environment {
            path: "somewhere".into(),
            kind: "venv".to_owned(),
            torch: torch.parse().ok(),
            torch_cuda: cuda.parse().ok(),
            damage: None,
        };
        let got = installed_torch(&facts(cards, driver, system, &[]), &environment, Catalog::embedded().unwrap());
        assert_eq!(got.status, expected, "{torch} {cards} {driver} {system}: {:?}", got.reasons);
    }
}

#[test]
fn only_a_card_newer_than_every_build_is_worth_waiting_for() {
    let catalog = Catalog::embedded().unwrap();
    let got = wait(&facts("13.0", "620.10", "windows", &[]), catalog).unwrap();
    assert_eq!((got.what.as_str(), got.variant.as_str()), ("kernels for sm_130", "cu134"));
    for cards in ["12.0", "6.1", "3.0", "?", "-"] {
        assert_eq!(wait(&facts(cards, "581.57", "windows", &[]), catalog), None, "{cards}");
    }
}
