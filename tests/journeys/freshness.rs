//! An index that has moved on since the catalogue was written: what is noticed, how it is kept, how old it is said to be.

use crate::index_server::Mischief;
use crate::index_server::wheels::{Recipe, Shelf, Wheel, build};
use crate::world::{World, files_in, run};
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;

fn wheel(project: &str, version: &str, variant: &str, tag: &str) -> Wheel {
    let local = variant.rsplit('/').next().unwrap();
    let platform = if cfg!(target_arch = "aarch64") { "aarch64" } else { "x86_64" };
    build(&Recipe {
        name: project,
        version: &format!("{version}+{local}"),
        tag: &format!("{tag}-manylinux_2_28_{platform}"),
        variant: Some(variant),
        // The newest wheels of the torch index stand on its pages without a hash for a while.
        hides_hash: version.starts_with("2.16"),
        ..Recipe::default()
    })
}

/// Some weeks later: torch 2.16.0, a new variant, and nights of which the newest are not whole.
fn later() -> Arc<Shelf> {
    let pythons = ["cp311-cp311", "cp312-cp312", "cp313-cp313"];
    let of_python = |python: &&str| {
        let mut wheels: Vec<Wheel> = [
            ("2.15.0", "cpu"),
            ("2.15.0", "cu130"),
            ("2.16.0", "cu132"),
            ("2.16.0", "cu136"),
            ("2.17.0.dev20270110", "nightly/cu132"),
        ]
        .into_iter()
        .map(|(version, variant)| wheel("torch", version, variant, python))
        .collect();
        if *python != "cp311-cp311" {
            // A failed day for one Python.
            wheels.push(wheel("torch", "2.17.0.dev20270111", "nightly/cu132", python));
        }
        // No torchvision of this night.
        wheels.push(wheel("torch", "2.17.0.dev20270112", "nightly/cu132", python));
        wheels
    };
    let mut wheels: Vec<Wheel> = pythons.iter().flat_map(of_python).collect();
    for night in ["20270110", "20270111"] {
        wheels.push(wheel("torchvision", &format!("0.31.0.dev{night}"), "nightly/cu132", "py3-none"));
    }
    Arc::new(Shelf { wheels })
}

const CARD: &str = "driver=581.57\ncuda=13000\ngpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04";
const UNKNOWN_CARD: &str = "driver=620.10\ncuda=13040\ngpu=NVIDIA GeForce RTX 6070|16384|13|0|3f04";

fn machine(card: &str) -> Option<World> {
    let mut world = World::with_shelf(&["uv", "python3"], later)?;
    world.simulate(card);
    Some(world)
}

fn advise(world: &World, more: &[&str]) -> Value {
    let mirror = world.server.torch();
    let ran = run(world.wizard(&[&["advise", "--json", "--index-url", &mirror], more].concat()));
    assert!(ran.code <= 1, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn advise_in_words(world: &World, more: &[&str]) -> String {
    let mirror = world.server.torch();
    run(world.wizard(&[&["advise", "--index-url", &mirror], more].concat())).out
}

/// Pages that were read since the last question.
fn pages_read(world: &World) -> usize {
    let seen = world.server.seen();
    world.server.forget_seen();
    seen.iter().filter(|seen| seen.is_ours() && seen.method == "GET").count()
}

#[test]
fn what_the_index_has_beyond_the_catalogue_is_told() {
    let Some(world) = machine(CARD) else { return };
    let knowledge = advise(&world, &[])["knowledge"].clone();
    assert_eq!(knowledge["index"]["from"], "live");
    assert_eq!(knowledge["newer"], json!([{"torch": "2.16.0", "variants": ["cu132", "cu136"], "pypi": null}]));
    assert_eq!(knowledge["new_variants"], json!(["cu136"]));
    let said = advise_in_words(&world, &["--refresh"]);
    assert!(said.contains("The index has torch 2.16.0 (cu132, cu136), which this version does not know"), "{said}");
    assert!(said.contains("index asked now"), "{said}");
}

#[test]
fn a_second_look_within_the_hour_asks_nobody_and_a_plan_asks_anew() {
    let Some(world) = machine(CARD) else { return };
    let first = advise(&world, &[]);
    assert!(pages_read(&world) > 10);
    let second = advise(&world, &[]);
    assert_eq!(pages_read(&world), 0);
    assert_eq!(second["knowledge"]["index"]["from"], "cache");
    assert_eq!(second["knowledge"]["index"]["asked_at"], first["knowledge"]["index"]["asked_at"]);
    assert_eq!(second["knowledge"]["newer"], first["knowledge"]["newer"]);
    let words = |answer: &Value| {
        let routes = answer["routes"].as_array().unwrap();
        let said = |route: &Value| ["verdict", "torch", "variant"].map(|field| route[field].clone());
        routes.iter().map(said).collect::<Vec<_>>()
    };
    assert_eq!(words(&second), words(&first));
    assert_eq!(advise(&world, &["--refresh"])["knowledge"]["index"]["from"], "live");
    assert!(pages_read(&world) > 10);
    run(world.plan(&["--route", "cpu"]));
    assert!(pages_read(&world) > 3, "what is going to be installed is asked for anew");
}

#[test]
fn without_an_answer_the_last_one_stands_in_and_says_its_age() {
    let Some(world) = machine(CARD) else { return };
    let fresh = advise(&world, &[]);
    let offline = advise(&world, &["--offline"]);
    world.server.misbehave("/whl", Mischief::Status(503));
    world.server.misbehave("/simple", Mischief::Status(503));
    pages_read(&world);
    let lost = advise(&world, &["--refresh"]);
    for kept in [offline, lost] {
        assert_eq!(kept["knowledge"]["index"]["from"], "cache");
        assert_eq!(kept["knowledge"]["newer"], fresh["knowledge"]["newer"]);
    }
    let said = advise_in_words(&world, &["--offline"]);
    assert!(said.contains("s ago; nobody was asked"), "{said}");
    let said = advise_in_words(&world, &["--refresh"]);
    assert!(said.contains("s ago; it did not answer now"), "{said}");
    fs::remove_file(world.path("wizard/cache/index.json")).unwrap();
    let said = advise_in_words(&world, &["--offline"]);
    assert!(said.contains("catalogue as of 20") && said.contains("no index"), "{said}");
}

#[test]
fn a_damaged_memory_is_set_aside() {
    let Some(world) = machine(CARD) else { return };
    advise(&world, &[]);
    let cache = world.path("wizard/cache");
    let whole = fs::read(cache.join("index.json")).unwrap();
    fs::write(cache.join("index.json"), &whole[..whole.len() / 2]).unwrap();
    assert_eq!(advise(&world, &[])["knowledge"]["index"]["from"], "live");
    let aside = |name: &String| name.starts_with("index.json.broken-");
    assert_eq!(files_in(&cache, 1).iter().filter(|name| aside(name)).count(), 1);
    assert_eq!(advise(&world, &[])["knowledge"]["index"]["from"], "cache");
}

#[test]
fn the_newest_whole_night_is_taken() {
    let Some(world) = machine(CARD) else { return };
    let night = |python: &str| {
        let answer = advise(&world, &["--route", "nightly", "--python", python]);
        let routes = answer["routes"].as_array().unwrap();
        let nightly = routes.iter().find(|route| route["route"] == "nightly").unwrap();
        (nightly["torch"].clone(), nightly["variant"].clone())
    };
    assert_eq!(night("3.12"), (json!("2.17.0.dev20270111"), json!("cu132")), "the 12th has no torchvision");
    assert_eq!(night("3.11"), (json!("2.17.0.dev20270110"), json!("cu132")), "the 11th failed for 3.11");
}

#[test]
fn a_log_in_page_is_a_failed_read_and_the_other_pages_count() {
    let Some(world) = machine(CARD) else { return };
    world.server.misbehave("/cu136/", Mischief::LoginPage);
    world.server.misbehave("/nightly/", Mischief::Garbage);
    let knowledge = advise(&world, &[])["knowledge"].clone();
    assert_eq!(knowledge["newer"][0]["variants"], json!(["cu132"]));
    assert_eq!(knowledge["new_variants"], json!([]));
    // What could not be read is asked for again.
    pages_read(&world);
    world.server.behave();
    assert_eq!(advise(&world, &[])["knowledge"]["new_variants"], json!(["cu136"]));
    assert!(pages_read(&world) > 10);
}

#[test]
fn what_is_waited_for_is_looked_for_at_each_start() {
    let Some(world) = machine(UNKNOWN_CARD) else { return };
    world.server.misbehave("/cu136/", Mischief::Status(403));
    assert_eq!(advise(&world, &[])["wait"]["watching"], true);
    let said = advise_in_words(&world, &["--refresh"]);
    assert!(said.contains("nothing new on the index yet"), "{said}");
    world.server.behave();
    let said = advise_in_words(&world, &["--refresh"]);
    assert!(said.contains(": cu136. The index does not say whether they have kernels for sm_130"), "{said}");
}
