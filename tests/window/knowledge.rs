//! How old the knowledge is, what the index has beyond it, what is waited for: said above the routes.

use crate::pc;
use crate::shown::{Look, show};
use egui_kittest::kittest::Queryable as _;
use torch_wizard::app::{Action, Message, Model, Screen};
use torch_wizard::assess::Wait;
use torch_wizard::catalog::{LiveIndex, LiveWheel};
use torch_wizard::facts::Reach;
use torch_wizard::text::Language;
use torch_wizard::waiting::Watched;

fn index(versions: &[&str]) -> LiveIndex {
    let page = |version: &&str| {
        let wheel = LiveWheel {
            version: version.parse().unwrap(),
            python_tag: "cp312".to_owned(),
            platform_tag: "win_amd64".to_owned(),
            has_hash: true,
        };
        (version.split_once('+').unwrap().1.to_owned(), vec![wheel])
    };
    LiveIndex {
        torch_index: Reach::Reached,
        pypi: Reach::Reached,
        pages: versions.iter().map(page).collect(),
        taken_at: Some("2026-11-24T12:00:00.000Z".to_owned()),
        ..LiveIndex::offline()
    }
}

fn on_choose(live: LiveIndex, watched: Option<Watched>) -> Model {
    let mut model = pc::opened();
    let scan = model.detection.scan;
    pc::tell(&mut model, Message::Detected { scan, facts: Box::new(pc::rtx_5070()) });
    if let Some(watched) = watched {
        pc::tell(&mut model, Message::Watched { scan, watched: Box::new(watched) });
    }
    pc::tell(&mut model, Message::Indexed { scan, facts: Box::new(pc::rtx_5070()), live: Box::new(live) });
    pc::tell(&mut model, Message::User(Action::Go(Screen::Choose)));
    model
}

/// The index does not answer, and its last answer is three days old.
fn kept() -> Model {
    on_choose(
        LiveIndex { torch_index: Reach::Blocked, from_cache: true, stands_in: true, ..index(&["2.15.0+cu132"]) },
        None,
    )
}

fn news() -> Model {
    on_choose(index(&["2.16.0+cu132", "2.16.0+cu136"]), None)
}

fn waiting(new: &[&str], is_asked: bool) -> Model {
    let wait = Wait { what: "kernels for sm_130".to_owned(), arch: "sm_130".to_owned(), variant: "cu134".to_owned() };
    let new = new.iter().map(|&name| name.to_owned()).collect();
    let watched = Watched { wait, since: "2026-11-21T12:00:00.000Z".to_owned(), new, is_asked };
    on_choose(index(&["2.15.0+cu132"]), Some(watched))
}

/// States to look at.
pub fn states() -> Vec<(&'static str, Model)> {
    vec![
        ("choose-kept", kept()),
        ("choose-news", news()),
        ("choose-watched", waiting(&["torch 2.16.0", "cu136"], true)),
    ]
}

#[test]
fn an_older_answer_of_the_index_is_told_with_its_day() {
    let harness = show(kept(), Look::default());
    harness.get_by_label("The index could not be reached");
    harness.get_by_label_contains("as of 2026-11-21 and on what the index had on 2026-11-24 12:00 UTC.");
    let harness = show(kept(), Look { language: Some(Language::German), ..Look::default() });
    harness.get_by_label_contains("was der Index am 2026-11-24 12:00 UTC hatte.");
}

#[test]
fn what_the_catalogue_does_not_know_is_told() {
    let harness = show(news(), Look::default());
    harness.get_by_label("The index has torch 2.16.0, cu136");
    harness.get_by_label("This version of torch-wizard does not know it; it is judged by rule.");
    let harness = show(waiting(&[], true), Look::default());
    assert!(harness.query_by_label_contains("does not know it").is_none());
}

#[test]
fn a_wait_says_what_has_come_since() {
    for (new, is_asked, said) in [
        (&[][..], true, "Nothing new on the index since 2026-11-21."),
        (&[], false, "The index did not answer this time. Waiting since 2026-11-21."),
        (&["torch 2.16.0", "cu136"], true, "New since 2026-11-21: torch 2.16.0, cu136."),
    ] {
        let harness = show(waiting(new, is_asked), Look::default());
        harness.get_by_label("Waiting for kernels for sm_130");
        harness.get_by_label_contains(said);
    }
}

#[test]
fn an_answer_about_an_older_scan_is_not_taken() {
    let mut model = waiting(&["cu136"], true);
    let watched = model.detection.watched.clone().unwrap();
    pc::tell(&mut model, Message::User(Action::Rescan));
    assert_eq!(model.detection.watched, None);
    let scan = model.detection.scan - 1;
    pc::tell(&mut model, Message::Watched { scan, watched: Box::new(watched) });
    assert_eq!(model.detection.watched, None);
}
