//! Installs that are killed at any moment: while they look, fetch, unpack, link, check, move.

use super::machine::{self, Machine};
use super::points::{Next, Whole, after, has_ended, survivors, undisturbed};
use crate::index_server::Mischief;
use crate::world::{Running, files_in, start};
use std::fs;
use std::thread::sleep;
use std::time::Instant;

/// Numbers that are the same in each run of the tests.
struct Dice(u64);

impl Dice {
    /// From 0.0 to 1.0.
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// How many times.
const TRIALS: u32 = 50;

/// Wheels and what uv has unpacked are thrown away: each trial fetches, unpacks and links.
fn with_empty_caches(machine: &Machine) {
    machine.set_back();
    for folder in ["wizard/cache/wheels", "wizard/cache/uv"] {
        fs::remove_dir_all(machine.world.path(folder)).ok();
    }
}

fn begun(machine: &Machine) -> Running {
    start(&machine.world, machine.world.wizard(&["resume", "--json"]))
}

fn killed_at_any_moment(machine: &Machine, whole: &Whole, seed: u64) -> Vec<String> {
    let world = &machine.world;
    // Slow enough that some of the kills fall into the download.
    world.server.misbehave("/r2/", Mischief::Throttle { per_second: 4_000_000 });
    with_empty_caches(machine);
    let began = Instant::now();
    begun(machine).wait(world);
    let usual = began.elapsed();
    let mut dice = Dice(seed);
    let mut torn = Vec::new();
    for trial in 0..TRIALS {
        with_empty_caches(machine);
        let mut running = begun(machine);
        let moment = usual.mul_f64(dice.roll());
        sleep(moment);
        running.kill();
        let is_begun =
            world.path("wizard/data/runs").exists() && !files_in(&world.path("wizard/data/runs"), 1).is_empty();
        assert!(is_begun);
        let next = if trial % 2 == 0 { Next::Resume } else { Next::Rollback };
        let is_over = has_ended(world);
        let wrong = after(machine, whole, next, is_over);
        if !wrong.is_empty() {
            torn.push(format!(
                "trial {trial} after {moment:?} of {usual:?}, then {next:?}:\n    {}",
                wrong.join("\n    ")
            ));
        }
    }
    assert!(survivors(world).is_empty());
    torn
}

#[test]
fn at_any_moment() {
    let Some(machine) = machine::replaced() else { return };
    let whole = undisturbed(&machine);
    let torn = killed_at_any_moment(&machine, &whole, 1);
    println!("kill points, at random: {TRIALS} tried, {} survived", TRIALS as usize - torn.len());
    assert!(torn.is_empty(), "{} of {TRIALS}\n  {}", torn.len(), torn.join("\n  "));
}
