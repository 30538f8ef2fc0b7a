//! The real window in a real X server, driven by mouse and keyboard through all steps, against an index on this machine
//! and a library that plays NVML.
//!
//! Needs Xvfb and xdotool, uv and a Python; where one is missing the tests say `SKIPPED` and pass.
//! `TORCH_WIZARD_SHOTS=folder` keeps a picture of every page.

use crate::desktop::{Desktop, Window};
use crate::index_server::{Mischief, Seen};
use crate::world::{self, World};

const RTX_5070: &str = "driver=580.95.05\ncuda=13000\nbusy=1\ngpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04";

/// A machine whose torch index is the test's own.
fn machine() -> Option<World> {
    let mut world = World::new()?;
    let settings = format!("{{\"schema\": 1, \"torch_mirror\": \"{}\", \"language\": \"en\"}}", world.server.torch());
    std::fs::create_dir_all(world.path("wizard/data")).unwrap();
    std::fs::write(world.path("wizard/data/settings.json"), settings).unwrap();
    world.set("XDG_RUNTIME_DIR", world.path("temp"));
    Some(world)
}

/// First start to Done in three clicks on the recommended way; a simulated card is never called proven.
#[test]
fn three_clicks_lead_from_the_first_start_to_done() {
    let Some(mut world) = machine() else { return };
    let Some(desktop) = Desktop::new(&mut world) else { return };
    world.simulate(RTX_5070);
    world.replay("rtx5070-healthy.jsonl");
    let mut window = desktop.open(&world);
    window.until("scan done");
    window.shot("detect");
    window.press_primary();
    window.until("plan ready");
    window.shot("review");
    window.press_primary();
    window.until("run promoted");
    window.shot("verify");
    window.press_primary();
    window.until("page done");
    window.shot("done");
    window.press_primary();
    assert_eq!(window.end(), Some(0));
    let registry = world.registry();
    assert_eq!(registry.len(), 1, "{registry:?}");
    assert_eq!(registry[0]["variant"], "cu130");
    assert_eq!(registry[0]["verdict"], "incomplete", "a simulated card proves nothing");
    // Opened again, the window begins with what is there.
    let window = desktop.open(&world);
    window.until("page home");
    window.shot("home");
}

/// Opens the window and begins the recommended install.
fn installing(desktop: &Desktop, world: &World) -> Window {
    let mut window = desktop.open(world);
    window.until("scan done");
    window.press_primary();
    window.until("plan ready");
    window.press_primary();
    window.until("run running");
    window
}

/// Killed in the download, the next start offers to go on in one click, and what was fetched is not fetched again.
#[test]
fn a_killed_window_goes_on_in_one_click() {
    let Some(mut world) = machine() else { return };
    let Some(desktop) = Desktop::new(&mut world) else { return };
    world.server.misbehave("/torch-", Mischief::Throttle { per_second: 400_000 });
    let mut window = installing(&desktop, &world);
    let has_bytes = || world.server.seen().iter().any(|seen| seen.path.contains("/torch-") && seen.sent > 500_000);
    world::until("half of torch is here", has_bytes);
    window.shot("run");
    window.kill();
    world.server.behave();
    let mut window = desktop.open(&world);
    window.until("page home");
    window.shot("resume");
    // The first control of the page is the button that goes on.
    window.keys(&["Tab", "Return"]);
    window.until("run promoted");
    let begun_anew = |seen: &&Seen| seen.method == "GET" && seen.path.contains("/torch-2");
    let from = world.server.seen().iter().rfind(begun_anew).and_then(|seen| seen.from);
    assert!(from.is_some_and(|from| from > 0), "the download began anew: {from:?}");
    assert_eq!(world.registry().len(), 1);
    window.keys(&["alt+Right"]);
    window.until("page done");
    window.close();
    assert_eq!(window.end(), Some(0));
}

/// Closing in a run asks first, then stops cleanly.
#[test]
fn closing_in_a_run_asks_and_stops_cleanly() {
    let Some(mut world) = machine() else { return };
    let Some(desktop) = Desktop::new(&mut world) else { return };
    world.server.misbehave("/torch-", Mischief::Throttle { per_second: 20_000 });
    let mut window = installing(&desktop, &world);
    window.close();
    window.pause();
    window.shot("close");
    assert!(window.is_open(), "it closed without asking");
    // Stop and close: the second button of the question.
    window.keys(&["Tab", "Tab", "Return"]);
    assert_eq!(window.end(), Some(0));
    assert!(window.has_said("run cancelled"), "{}", window.log());
    assert!(!world.target().exists());
    assert!(world::processes_with(world.path("").to_str().unwrap()).is_empty());
}
