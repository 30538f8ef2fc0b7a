use super::*;
use crate::facts::{DriverVersion, Gpu, Network, OsFacts, OsFamily, Source, Via};
use crate::host::Hop;
use crate::host::fake::World;
use std::collections::BTreeMap;

const HOUR: Duration = Duration::from_hours(1);

fn found<T>(value: T) -> Probed<T> {
    Probed::Found { value, source: Source::new(Via::System, "") }
}

fn facts(driver: Option<&str>) -> MachineFacts {
    let mut facts = MachineFacts::unknown("2026-11-21T12:00:00Z");
    facts.os = found(OsFacts {
        version: "Windows 11".to_owned(),
        build: Some(26100),
        arch: "x86_64".to_owned(),
        ..OsFacts::of(OsFamily::Windows)
    });
    facts.network =
        found(Network { torch_index: Reach::Reached, pypi: Reach::Reached, failures: BTreeMap::new(), proxy: None });
    if let Some(driver) = driver {
        facts.driver = found(driver.parse::<DriverVersion>().unwrap());
        facts.gpus = found(vec![Gpu {
            index: 0,
            name: "NVIDIA GeForce RTX 5070".to_owned(),
            uuid: None,
            pci_id: None,
            pci_bus: None,
            capability: Some("12.0".parse().unwrap()),
            memory_bytes: None,
            board: crate::facts::Board::default(),
            source: Source::new(Via::Nvml, ""),
        }]);
    }
    facts
}

fn around(age: Duration) -> Wish {
    Wish { looking: Looking::Around { age }, ..Wish::default() }
}

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

fn nightly_of(driver: Option<&str>, wish: &Wish) -> Vec<String> {
    ask(catalog(), &facts(driver), wish).nightly
}

#[test]
fn nightly_builds_are_asked_for_where_card_driver_and_route_could_use_them() {
    let new = Some("581.57");
    let usual = nightly_of(new, &around(HOUR));
    assert!(usual.contains(&"cu132".to_owned()) && usual.contains(&"cu136".to_owned()), "{usual:?}");
    assert!(!usual.contains(&"cpu".to_owned()));
    assert_eq!(nightly_of(None, &around(HOUR)), [""; 0], "no card");
    assert_eq!(nightly_of(Some("566.36"), &around(HOUR)), [""; 0], "the driver serves none of them");
    let plan = |route| Wish { route, ..Wish::default() };
    assert_eq!(nightly_of(new, &plan(Some(Route::Wheel))), [""; 0]);
    assert_eq!(nightly_of(new, &plan(Some(Route::Nightly))), usual);
    assert_eq!(nightly_of(new, &plan(None)), usual);
    assert_eq!(nightly_of(new, &Wish { route: Some(Route::Wheel), ..around(HOUR) }), usual, "every route is judged");
    let one = |variant: &str| Wish { variant: Some(variant.to_owned()), ..around(HOUR) };
    assert_eq!(nightly_of(new, &one("cu130")), ["cu130"]);
    assert_eq!(nightly_of(new, &one("cpu")), [""; 0]);
    let mirror = |url: &str| Wish { mirror: Some(url.to_owned()), ..around(HOUR) };
    assert_eq!(nightly_of(new, &mirror("https://m.example/whl")), usual);
    assert_eq!(nightly_of(new, &mirror("https://m.example/whl/cu130")), [""; 0]);
}

#[test]
fn variants_that_may_appear_are_asked_for_beside_the_known_ones() {
    let asked = |wish: &Wish| ask(catalog(), &facts(None), wish).variants;
    let all = asked(&Wish::default());
    assert!(["cu118", "cu134", "cu136", "cpu"].iter().all(|name| all.iter().any(|asked| asked == name)), "{all:?}");
    assert_eq!(asked(&Wish { variant: Some("cu136".to_owned()), ..Wish::default() }), ["cu136", "cpu"]);
    assert_eq!(asked(&Wish { variant: Some("cpu".to_owned()), ..Wish::default() }), ["cpu"]);
    let mirror = Some("https://m.example/whl/cu130/".to_owned());
    assert_eq!(asked(&Wish { mirror, ..Wish::default() }), ["cu130"]);
}

const TORCH: &str = "https://download.pytorch.org/whl";

/// A machine whose index has one wheel in every variant.
fn world() -> World {
    let catalog = catalog();
    let all = catalog.runtimes.iter().map(|runtime| runtime.variant.as_str()).chain(["cpu"]);
    let with_page = |world: World, variant: &str| {
        let link = format!("<a href=\"torch-2.15.0%2B{variant}-cp312-cp312-win_amd64.whl\">x</a>");
        world.url(&format!("{TORCH}/{variant}/torch/"), 200, link)
    };
    let world = all.fold(World::new(OsFamily::Windows), with_page);
    catalog.next.variants.iter().fold(world, |world, next| world.url(&format!("{TORCH}/{next}/torch/"), 403, ""))
}

/// The same folders on a machine without a network.
fn cut_off(from: &World) -> World {
    let kept = from.read(&cache::path(from)).unwrap();
    World::new(OsFamily::Windows).file(cache::path(from), kept).unreachable("https://", Hop::Name)
}

fn look_at(world: World, facts: &mut MachineFacts, wish: &Wish) -> (LiveIndex, Arc<World>) {
    let world = Arc::new(world);
    let host: Arc<dyn Host> = Arc::clone(&world) as Arc<dyn Host>;
    (look(&host, catalog(), facts, wish), world)
}

#[test]
fn what_does_not_answer_is_filled_from_the_last_look_and_said_to_be_old() {
    let (first, world) = look_at(world(), &mut facts(None), &Wish::default());
    assert!(first.is_known() && !first.from_cache);
    for offline in [false, true] {
        let world = cut_off(&world);
        world.advance(Duration::from_hours(24));
        let mut facts = facts(None);
        let (live, _) = look_at(world, &mut facts, &Wish { offline, ..Wish::default() });
        assert!(live.from_cache && live.stands_in);
        assert_eq!((live.pages.len(), &live.taken_at), (first.pages.len(), &first.taken_at));
        let expected = if offline { Reach::Unknown } else { Reach::Blocked };
        assert_eq!(live.torch_index, expected, "the pages are known, the index is not reached");
        let seen = facts.network.found().unwrap().torch_index;
        assert_eq!(seen, if offline { Reach::Reached } else { Reach::Blocked });
    }
}

#[test]
fn within_the_hour_only_advise_is_content_with_what_was_read() {
    let (first, world) = look_at(world(), &mut facts(None), &Wish::default());
    let look_again = |minutes: u64, torch_index: Reach, wish: &Wish| {
        let world = cut_off(&world);
        world.advance(Duration::from_mins(minutes));
        let mut facts = facts(None);
        if let Probed::Found { value, .. } = &mut facts.network {
            value.torch_index = torch_index;
        }
        let live = look_at(world, &mut facts, wish).0;
        assert_eq!((&live.pages, live.from_cache), (&first.pages, true));
        assert_eq!(live.stands_in, live.torch_index != Reach::Reached);
        live.torch_index
    };
    // Without a network, an index that is reached was not asked.
    assert_eq!(look_again(59, Reach::Reached, &around(HOUR)), Reach::Reached);
    assert_eq!(look_again(61, Reach::Reached, &around(HOUR)), Reach::Blocked);
    assert_eq!(look_again(1, Reach::Reached, &around(Duration::ZERO)), Reach::Blocked);
    assert_eq!(look_again(1, Reach::Reached, &Wish::default()), Reach::Blocked, "a plan asks anew");
    assert_eq!(look_again(1, Reach::Blocked, &around(HOUR)), Reach::Blocked, "detection did not reach it");
}

#[test]
fn nothing_secret_is_kept() {
    let mirror = "https://jane:secret@m.example/whl?token=hidden";
    let page = "<a href=\"torch-2.15.0%2Bcpu-cp312-cp312-win_amd64.whl\">x</a>";
    let world = World::new(OsFamily::Windows).url(&format!("{mirror}/cpu/torch/"), 200, page);
    let wish = Wish { mirror: Some(mirror.to_owned()), variant: Some("cpu".to_owned()), ..Wish::default() };
    let (live, world) = look_at(world, &mut facts(None), &wish);
    assert!(live.is_known());
    let kept = String::from_utf8(world.read(&cache::path(&*world)).unwrap()).unwrap();
    assert!(kept.contains("https://m.example/whl"), "{kept}");
    assert!(!["jane", "secret", "hidden"].iter().any(|word| kept.contains(word)), "{kept}");
}
