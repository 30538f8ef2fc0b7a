use super::*;
use crate::facts::{OsFamily, Reach};
use crate::host::fake::World;
use crate::index::wheels_of;

fn whose() -> Whose {
    let catalog = catalog().as_of();
    Whose { torch: "https://download.pytorch.org/whl".to_owned(), pypi: None, catalog }
}

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

fn ask(variants: &[&str], nightly: &[&str]) -> Ask {
    let owned = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect();
    Ask { mirror: None, variants: owned(variants), nightly: owned(nightly), pypi: None, limit: Duration::ZERO }
}

fn now(host: &World) -> Timestamp {
    Timestamp::try_from(host.now()).unwrap()
}

/// What a look at this moment found.
fn found(host: &World, variants: &[&str]) -> LiveIndex {
    let page = |variant: &str| {
        let link = format!("<a href=\"torch-2.16.0%2B{variant}-cp312-cp312-win_amd64.whl\">x</a>");
        (variant.to_owned(), wheels_of("https://download.pytorch.org/whl/", &link))
    };
    LiveIndex {
        torch_index: Reach::Reached,
        pages: variants.iter().map(|variant| page(variant)).collect(),
        absent: ["cu136".to_owned()].into(),
        taken_at: Some(crate::time::now(host)),
        ..LiveIndex::offline()
    }
}

fn keep(host: &World, live: &LiveIndex) {
    write(host, read(host, whose()).unwrap(), live);
}

#[test]
fn what_was_read_is_known_again_and_marked() {
    let host = World::new(OsFamily::Windows);
    let live = found(&host, &["cu130", "cu132"]);
    keep(&host, &live);
    host.advance(Duration::from_hours(30));
    let again = read(&host, whose()).unwrap().recall(&ask(&["cu130", "cu132", "cu136"], &[]), catalog(), now(&host));
    let again = again.unwrap();
    assert_eq!((&again.pages, &again.absent), (&live.pages, &live.absent));
    assert!(again.from_cache);
    assert_eq!(again.torch_index, Reach::Unknown, "how it is reached now is another matter");
    assert_eq!(again.taken_at, live.taken_at);
    let age = Duration::from_hours(30).as_secs();
    assert_eq!(again.age(now(&host)).map(|age| age.as_secs()), Some(age));
    assert_eq!(read(&host, whose()).unwrap().recall(&ask(&["cu128"], &[]), catalog(), now(&host)), None);
}

#[test]
fn only_what_is_new_enough_and_complete_spares_the_questions() {
    let host = World::new(OsFamily::Linux);
    keep(&host, &found(&host, &["cu130", "cu132"]));
    host.advance(Duration::from_mins(59));
    let hour = Duration::from_hours(1);
    let spared = |variants: &[&str], nightly: &[&str]| {
        let kept = read(&host, whose()).unwrap();
        kept.recall_within(hour, &ask(variants, nightly), catalog(), now(&host)).is_some()
    };
    assert!(spared(&["cu130", "cu132", "cu136"], &[]));
    assert!(!spared(&["cu130", "cu126"], &[]), "one page was never read");
    assert!(!spared(&["cu130"], &["cu130"]), "its nightly builds were not asked for");
    // A look for one variant does not make the others young, and leaves them there.
    keep(&host, &found(&host, &["cu130"]));
    host.advance(Duration::from_mins(2));
    assert!(spared(&["cu130"], &[]) && !spared(&["cu130", "cu132"], &[]));
    let kept = read(&host, whose()).unwrap();
    let both = kept.recall(&ask(&["cu130", "cu132"], &[]), catalog(), now(&host)).unwrap();
    assert_eq!(both.taken_at.as_deref(), Some("2026-11-21T12:00:00.000Z"), "the oldest page counts");
}

#[test]
fn a_clock_that_was_put_back_makes_nothing_young() {
    let host = World::new(OsFamily::Linux);
    keep(&host, &found(&host, &["cu130"]));
    let earlier = now(&host).checked_sub(jiff::SignedDuration::from_hours(3)).unwrap();
    let kept = read(&host, whose()).unwrap();
    assert!(kept.recall_within(Duration::from_hours(1), &ask(&["cu130"], &[]), catalog(), earlier).is_none());
}

#[test]
fn pages_of_others_and_of_an_older_catalogue_count_for_nothing() {
    let host = World::new(OsFamily::Linux);
    keep(&host, &found(&host, &["cu130"]));
    let others = [
        Whose { torch: "https://m.example/whl".to_owned(), ..whose() },
        Whose { pypi: Some("https://m.example/simple".to_owned()), ..whose() },
        Whose { catalog: Some(jiff::civil::date(2027, 3, 1)), ..whose() },
    ];
    for other in others {
        let kept = read(&host, other.clone()).unwrap();
        assert!(kept.recall(&ask(&["cu130"], &[]), catalog(), now(&host)).is_none(), "{other:?}");
    }
}

#[test]
fn a_damaged_file_is_set_aside_and_a_newer_one_left_alone() {
    let place = path(&World::new(OsFamily::Windows));
    let host = World::new(OsFamily::Windows).file(&place, "{\"schema\": 1, \"whose\": ");
    keep(&host, &found(&host, &["cu130"]));
    assert!(read(&host, whose()).unwrap().recall(&ask(&["cu130"], &[]), catalog(), now(&host)).is_some());
    let names = host.list(place.parent().unwrap()).unwrap();
    let is_aside = |entry: &&crate::host::Entry| entry.path.to_string_lossy().contains("index.json.broken-");
    assert_eq!(names.iter().filter(is_aside).count(), 1);
    let newer = "{\"schema\": 2, \"whose\": 7}";
    let host = World::new(OsFamily::Windows).file(&place, newer);
    assert!(read(&host, whose()).is_none());
    assert_eq!(host.read(&place).unwrap(), newer.as_bytes());
}

#[test]
fn nights_that_are_gone_by_now_are_not_recalled() {
    let host = World::new(OsFamily::Linux);
    let night = |date: &str, version: &str| Nightly {
        date: date.parse().unwrap(),
        torch: version.parse().unwrap(),
        torchvision: None,
        torchaudio: None,
        pythons: crate::catalog::Pythons::new(),
        with_audio: crate::catalog::Pythons::new(),
        lacks_hashes: false,
    };
    let nights = vec![night("2026-11-20", "2.16.0.dev20261120"), night("2026-10-01", "2.16.0.dev20261001")];
    let live = LiveIndex { nightly: [("cu132".to_owned(), nights)].into(), ..found(&host, &["cu132"]) };
    keep(&host, &live);
    host.advance(Duration::from_hours(24 * 20));
    let kept = read(&host, whose()).unwrap();
    let again = kept.recall(&ask(&["cu132"], &["cu132"]), catalog(), now(&host)).unwrap();
    assert_eq!(again.nightly["cu132"].len(), 1);
    assert_eq!(again.nightly["cu132"][0].date.to_string(), "2026-11-20");
}

#[test]
fn an_answer_is_filled_with_what_was_known_only_where_there_was_none() {
    let host = World::new(OsFamily::Linux);
    let kept = LiveIndex { from_cache: true, ..found(&host, &["cu130"]) };
    let silent = LiveIndex { torch_index: Reach::Blocked, ..LiveIndex::offline() };
    let filled = fill(silent.clone(), Some(kept.clone()));
    assert!(filled.from_cache && filled.is_known());
    assert_eq!(filled.torch_index, Reach::Blocked);
    assert_eq!(fill(silent.clone(), None), silent);
    let answered = found(&host, &["cu132"]);
    assert_eq!(fill(answered.clone(), Some(kept)), answered);
}

#[test]
fn what_came_from_here_is_not_written_as_if_it_were_new() {
    let host = World::new(OsFamily::Linux);
    keep(&host, &LiveIndex { from_cache: true, ..found(&host, &["cu130"]) });
    assert!(host.meta(&path(&host)).is_none());
}
