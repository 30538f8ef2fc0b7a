//! Faults of the world while a run is under way: the network, the disk, rights, tools, other hands. What worked is
//! untouched, the failure is told with what changed and what to do, and the run goes on or is undone once the fault is
//! gone.

#![expect(clippy::print_stdout, reason = "the tests say how many faults they tried")]

mod disk;
mod network;
mod places;
mod records;
mod tools;

use crate::kills::machine::{Machine, next_life};
use crate::kills::points::{How, Next, Point, Record, Side, Whole, after, cut, held};
use crate::kills::tree::Tree;
use crate::world::{Ran, run};
use std::fs;

/// What is done to the machine.
type Deed<'a> = &'a dyn Fn(&Machine);

/// One fault.
struct Fault<'a> {
    name: &'a str,
    /// Kind and step of the record behind which it strikes; without it, before the run begins.
    at: Option<(&'a str, &'a str)>,
    /// Nothing fetched is there yet.
    fetches: bool,
    strike: Deed<'a>,
    /// The exit codes it may end with.
    codes: &'a [i32],
    mend: Deed<'a>,
    next: Next,
}

fn nothing(_: &Machine) {}

impl Default for Fault<'_> {
    fn default() -> Self {
        Self { name: "", at: None, fetches: false, strike: &nothing, codes: &[1], mend: &nothing, next: Next::Resume }
    }
}

/// Records of a route that one points at by kind and step.
fn point(whole: &Whole, at: (&str, &str)) -> Point {
    let is_it = |record: &&Record| record.kind == at.0 && record.step.as_deref() == Some(at.1);
    let record = whole.records.iter().find(is_it).unwrap_or_else(|| panic!("no {at:?} in {:?}", whole.records));
    Point { record: record.clone(), side: Side::After, how: How::Alone, next: Next::Resume }
}

/// A failure as people need it: cause, what changed, what to do.
fn is_told(ran: &Ran) -> bool {
    let mut failed = ran.out.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    match failed.rfind(|event| event["kind"] == "failed") {
        Some(event) => {
            let problem = &event["problem"];
            let says = |name: &str| problem[name].as_str().is_some_and(|text| !text.is_empty());
            says("cause") && says("changed") && problem["next"].as_array().is_some_and(|next| !next.is_empty())
        }
        None => ran.err.contains("error: ") && ran.err.contains('→'),
    }
}

/// What is not as it should be with a fault.
fn tried(machine: &Machine, whole: &Whole, fault: &Fault<'_>) -> Vec<String> {
    let world = &machine.world;
    machine.set_back();
    world.server.behave();
    if fault.fetches {
        for folder in ["wizard/cache/wheels", "wizard/cache/uv"] {
            fs::remove_dir_all(world.path(folder)).ok();
        }
    }
    let before = Tree::of(&world.target());
    let ran = match fault.at {
        None => {
            (fault.strike)(machine);
            next_life(world, &["resume", "--json"])
        }
        Some(at) => {
            let Some(mut running) = held(world, &["resume", "--json"], &point(whole, at)) else {
                return vec![format!("the run did not come to {at:?}")];
            };
            (fault.strike)(machine);
            fs::remove_file(world.path("mark")).unwrap();
            running.wait(world)
        }
    };
    let mut wrong = Vec::new();
    let label = ran.label().unwrap_or_default();
    if !fault.codes.contains(&ran.code) {
        wrong.push(format!("exit code {} ({label}) and none of {:?}: {}", ran.code, fault.codes, ran.err));
    }
    let is_over = ran.code == 0;
    if !is_over && ran.code != 130 && !is_told(&ran) {
        wrong.push(format!("it is not told with cause, change and remedy: {}", ran.err));
    }
    (fault.mend)(machine);
    world.server.behave();
    if !is_over {
        let now = Tree::of(&world.target()).differences(&before);
        wrong.extend(now.into_iter().map(|what| format!("what worked was touched: {what}")));
    }
    wrong.extend(after(machine, whole, fault.next, is_over));
    wrong
}

/// Tries faults and says how many were held.
fn hold(what: &str, machine: &Machine, whole: &Whole, faults: &[Fault<'_>]) {
    let mut broken = Vec::new();
    for fault in faults {
        let wrong = tried(machine, whole, fault);
        if !wrong.is_empty() {
            broken.push(format!("{}:\n    {}", fault.name, wrong.join("\n    ")));
        }
    }
    say(what, faults.len(), &broken);
}

fn say(what: &str, tried: usize, broken: &[String]) {
    println!("faults, {what}: {tried} tried, {} held", tried - broken.len());
    assert!(broken.is_empty(), "{what}: {} of {tried}\n  {}", broken.len(), broken.join("\n  "));
}

/// Kills a run behind a record.
fn killed(machine: &Machine, whole: &Whole, at: (&str, &str), how: How) {
    machine.set_back();
    let running = held(&machine.world, &["resume", "--json"], &point(whole, at)).unwrap();
    cut(&machine.world, running, how);
}

/// A tool of the system, for the test's own hands.
fn system(machine: &Machine, program: &str, args: &[&str]) -> bool {
    let mut command = machine.world.command(program);
    command.args(args).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    run(command).code == 0
}
