use super::*;
use crate::assess::{Route, Wishes, assess};
use crate::catalog::{Catalog, LiveIndex};
use serde_json::{Value, json};

#[test]
fn what_a_sentence_was_made_of_is_no_part_of_the_contract() {
    let facts = MachineFacts::unknown("2026-11-21T00:00:00Z");
    let mut routes = assess(&facts, Catalog::embedded().unwrap(), &LiveIndex::offline(), &Wishes::default());
    let args: std::collections::BTreeMap<_, _> = [("least".to_owned(), "572.16".to_owned())].into();
    let (code, text, command) = ("x".to_owned(), "Do it.".to_owned(), Some("do it".to_owned()));
    let reasons = vec![Reason { code: code.clone(), text: "It is so.".to_owned(), source: None, args: args.clone() }];
    routes[0].verdict = Verdict::Blocked { reasons, unblock: vec![Unblock { code, text, command, args }] };
    assert_eq!(routes[0].route, Route::Wheel);
    let line: Value = serde_json::to_value(route_line(&routes[0])).unwrap();
    assert_eq!(line["reasons"], json!([{ "code": "x", "text": "It is so.", "source": null }]));
    assert_eq!(line["unblock"], json!([{ "text": "Do it.", "command": "do it" }]));
}
