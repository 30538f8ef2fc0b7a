//! The promise that a crash, a power cut or a cancel at any instant leaves what worked untouched, and a state that goes on
//! or is undone by itself. Runs of every route are cut for real at each record of their journal; the records are those
//! of an undisturbed run.
//!
//! `TORCH_WIZARD_TEST_KILLS=all` tries every way at every record; else they take turns.

#![expect(clippy::print_stdout, reason = "the tests say how many points they tried")]

pub mod machine;
pub mod points;
mod random;
pub mod tree;

use machine::Machine;
use points::{points, second_life, tried, undisturbed};

/// Cuts a route's run at its points, or at every so-manieth of them, and says how many it survived.
fn survives(route: &str, turn: usize, every: usize, machine: Option<Machine>) {
    let Some(machine) = machine else { return };
    let whole = undisturbed(&machine);
    let points: Vec<_> = points(&whole.records, turn).into_iter().step_by(every).collect();
    let mut torn = Vec::new();
    for point in &points {
        let wrong = tried(&machine, &whole, point);
        if !wrong.is_empty() {
            torn.push(format!("{point}:\n    {}", wrong.join("\n    ")));
        }
    }
    let cancels = points.iter().filter(|point| point.how == points::How::Cancel).count();
    let heard = points::HEARD.load(std::sync::atomic::Ordering::Relaxed);
    assert!(points.len() >= 10, "{route}: only {} points", points.len());
    // One right before the end comes too late; a wizard that hears none is deaf.
    assert!(cancels == 0 || heard > 0, "{route}: none of {cancels} cancels was heard");
    let survived = points.len() - torn.len();
    println!("kill points, {route}: {} tried, {survived} survived", points.len());
    assert!(torn.is_empty(), "{route}: {} of {} points\n  {}", torn.len(), points.len(), torn.join("\n  "));
}

/// The first life was cut in the middle of the install or of the move; so are the lives that go on or undo it.
#[test]
fn second_lives() {
    let Some(machine) = machine::replaced() else { return };
    let whole = undisturbed(&machine);
    let record = |kind: &str, step: &str| {
        let is_it = |record: &&points::Record| record.kind == kind && record.step.as_deref() == Some(step);
        whole.records.iter().find(is_it).unwrap()
    };
    let (mut tried, mut torn) = (0, Vec::new());
    let (resume, rollback) = (&["resume", "--json"][..], &["rollback"][..]);
    for (first, words) in [
        (record("finished", "install"), resume),
        (record("finished", "install"), rollback),
        (record("finished", "promote"), resume),
        (record("finished", "promote"), rollback),
    ] {
        let (count, more) = second_life(&machine, &whole, first, words, tried);
        tried += count;
        torn.extend(more);
    }
    println!("kill points, second lives: {tried} tried, {} survived", tried - torn.len());
    assert!(torn.is_empty(), "{} of {tried} points\n  {}", torn.len(), torn.join("\n  "));
}

#[test]
fn cpu() {
    survives("cpu", 0, 1, machine::cpu());
}

#[test]
fn wheel_by_uv() {
    survives("wheel by uv", 1, 1, machine::wheel("uv"));
}

#[test]
fn wheel_by_pip() {
    // Each of its environments takes seconds: pip is unpacked and compiled first.
    survives("wheel by pip", 2, 5, machine::wheel("pip"));
}

#[test]
fn an_environment_that_is_replaced() {
    survives("replaced", 3, 1, machine::replaced());
}

#[test]
fn nightly() {
    survives("nightly", 4, 1, machine::night());
}

#[test]
fn source() {
    // A checkout, a build and an environment each.
    survives("source", 5, 3, machine::built());
}

#[test]
fn docker() {
    survives("docker", 6, 1, machine::image());
}

#[test]
fn repair_beside() {
    survives("repair beside", 7, 1, machine::mended_beside());
}

#[test]
fn repair_in_place() {
    survives("repair in place", 8, 1, machine::mended_in_place());
}
