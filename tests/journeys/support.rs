//! An install fails, and the report for support holds what is needed to see why and nothing of the person.

use crate::index_server::Mischief;
use crate::world::{World, run};
use std::fs;

#[test]
fn a_failed_install_is_reported_without_the_person() {
    let Some(mut world) = World::new() else { return };
    let index = world.server.pypi().replace("http://", "http://mathilda:s3cretword@");
    world.set("UV_DEFAULT_INDEX", index);
    world.set("USER", "mathilda");
    world.set("HOSTNAME", "vega-9");
    world.set("GIT_AUTHOR_EMAIL", "mathilda.m@lab.example");
    world.server.misbehave("/r2/", Mischief::OtherContent);
    let target = world.path("place/of mathilda on vega-9");
    let mut install = world.wizard(&["install", "--yes", "--route", "cpu", "--index-url"]);
    install.arg(world.server.torch()).arg("--env").arg(&target);
    let failed = run(install).expect(1);
    assert!(failed.err.contains("mathilda"), "{}", failed.err);
    let zip = world.path("x.zip");
    let mut doctor = world.wizard(&["doctor", "--offline", "--yes", "--report"]);
    let told = run({
        doctor.arg(&zip);
        doctor
    })
    .expect(0);
    for name in ["doctor.md", "doctor.json", "machine.json", "plan.json", "journal.jsonl", "install.log"] {
        assert!(told.out.contains(name), "{name}: {}", told.out);
    }
    // Not compressed, so that its bytes are its texts.
    let bytes = fs::read(&zip).unwrap();
    let text = String::from_utf8_lossy(&bytes).to_lowercase();
    assert!(text.contains("hash-mismatch") && text.contains("of <user> on <host>"), "{text}");
    for word in ["mathilda", "vega-9", "s3cretword", "lab.example"] {
        let at = text.find(word);
        let around = at.and_then(|at| text.get(at.saturating_sub(80)..(at + 80).min(text.len())));
        assert_eq!(around, None, "{word}");
    }
}
