use super::*;
use fluent_bundle::FluentResource;
use std::collections::{BTreeMap, BTreeSet};

/// Keys of a language with the names of their places.
fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::new();
    for file in language.files() {
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
        assert!(resource.entries().count() > 0 || file.trim().is_empty());
        let mut current = String::new();
        for line in file.lines() {
            if let Some((key, _)) = line.split_once(" =").filter(|(key, _)| !key.starts_with([' ', '#'])) {
                key.clone_into(&mut current);
                assert!(keys.insert(current.clone(), BTreeSet::new()).is_none(), "{key} stands twice");
            }
            for place in line.split('$').skip(1) {
                let end = place.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(place.len());
                keys.get_mut(&current).unwrap().insert(place[..end].to_owned());
            }
        }
    }
    keys
}

#[test]
fn every_language_has_every_sentence_with_the_same_places() {
    let english = keys(Language::English);
    for language in Language::ALL {
        assert_eq!(keys(language), english, "{}", language.name());
    }
}

/// The sources that ask for sentences.
fn sources(folder: &std::path::Path, into: &mut Vec<String>) {
    #[expect(clippy::disallowed_methods, reason = "the test reads our own sources: no Host here")]
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

/// Keys put together from parts (`route-{word}`) are covered by the tests of the screens that do so.
#[test]
fn every_key_in_the_sources_has_a_sentence() {
    let english = keys(Language::English);
    let mut all = Vec::new();
    sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let mut missing = BTreeSet::new();
    for source in &all {
        for call in ["text.get(\"", "text.with(\"", "t.get(\"", "t.with(\""] {
            for rest in source.split(call).skip(1) {
                let key = rest.split('"').next().unwrap();
                // `set.get("HTTPS_PROXY")` asks for something else: keys are lower-case.
                if !english.contains_key(key) && key == key.to_lowercase() {
                    missing.insert(key.to_owned());
                }
            }
        }
    }
    assert!(missing.is_empty(), "no sentence for {missing:?}");
}

#[test]
fn a_language_is_found_by_the_tags_of_every_system() {
    assert_eq!(Language::of("de-AT"), Some(Language::German));
    assert_eq!(Language::of("de_DE.UTF-8"), Some(Language::German));
    assert_eq!(Language::of("en-GB"), Some(Language::English));
    assert_eq!(Language::of("fr-FR"), None);
    assert_eq!(Language::of("C"), None);
}

#[test]
fn german_numbers_have_a_comma() {
    let text = Text::new(Language::German);
    assert_eq!(text.size(2_950_000_000), "2,95 GB");
    assert_eq!(text.size_of(1_420_000_000, 2_530_000_000), "1,42 von 2,53 GB");
}

#[test]
fn counts_have_their_thousands_set_apart() {
    let (english, german) = (Text::new(Language::English), Text::new(Language::German));
    for (number, said) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (1_000_000, "1,000,000")] {
        assert_eq!(english.whole(number), said);
        assert_eq!(german.whole(number), said.replace(',', "."));
    }
}

#[test]
fn pseudo_words_are_longer_and_values_stay() {
    let text = Text::pseudo();
    assert!(text.get("button-back").len() > Text::new(Language::English).get("button-back").len());
}
