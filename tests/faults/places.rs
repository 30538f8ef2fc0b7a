//! Other hands in the folders where the environment is built and where it is to stand.

use super::{Fault, hold};
use crate::kills::machine::{Machine, cpu, replaced};
use crate::kills::points::{Next, undisturbed};
use std::fs;
use std::os::unix::fs::symlink;

const PROMOTE: Option<(&str, &str)> = Some(("started", "promote"));
const INSTALLED: Option<(&str, &str)> = Some(("finished", "install"));

/// Somebody's documents at a path.
fn documents(machine: &Machine, name: &str) {
    fs::create_dir_all(machine.world.path(name)).unwrap();
    fs::write(machine.world.path(name).join("letter.txt"), "dear\n").unwrap();
}

/// They are still there; they are moved out of the way.
fn rescued(machine: &Machine, name: &str) {
    let letter = machine.world.path(name).join("letter.txt");
    assert_eq!(fs::read_to_string(letter).unwrap(), "dear\n", "somebody's documents are gone");
    fs::remove_dir_all(machine.world.path(name)).unwrap();
}

#[test]
fn a_new_place() {
    let Some(machine) = cpu() else { return };
    let whole = undisturbed(&machine);
    let taken = |machine: &Machine| documents(machine, "place/env");
    let free = |machine: &Machine| rescued(machine, "place/env");
    let linked = |machine: &Machine| {
        documents(machine, "temp/documents");
        symlink(machine.world.path("temp/documents"), machine.world.target()).unwrap();
    };
    let unlinked = |machine: &Machine| {
        rescued(machine, "temp/documents");
        fs::remove_file(machine.world.target()).unwrap();
    };
    let swapped = |machine: &Machine| {
        documents(machine, "temp/documents");
        fs::remove_dir_all(machine.world.staging()).unwrap();
        symlink(machine.world.path("temp/documents"), machine.world.staging()).unwrap();
    };
    let documents_are_there = |machine: &Machine| rescued(machine, "temp/documents");
    let staging_is_gone = |machine: &Machine| fs::remove_dir_all(machine.world.staging()).unwrap();
    let all_is_gone = |machine: &Machine| fs::remove_dir_all(machine.world.path("place")).unwrap();
    hold(
        "a new place",
        &machine,
        &whole,
        &[
            Fault {
                name: "a folder of somebody's appears",
                at: PROMOTE,
                strike: &taken,
                mend: &free,
                ..Fault::default()
            },
            Fault {
                name: "a folder of somebody's appears, undone",
                at: PROMOTE,
                strike: &taken,
                mend: &free,
                next: Next::Rollback,
                ..Fault::default()
            },
            Fault {
                name: "a link to a folder of somebody's appears",
                at: PROMOTE,
                strike: &linked,
                mend: &unlinked,
                ..Fault::default()
            },
            Fault {
                name: "what is built becomes a link to somebody's folder",
                at: Some(("finished", "environment")),
                strike: &swapped,
                codes: &[1],
                mend: &documents_are_there,
                ..Fault::default()
            },
            Fault {
                name: "what is built vanishes before the move",
                at: PROMOTE,
                strike: &staging_is_gone,
                next: Next::Rollback,
                ..Fault::default()
            },
            Fault {
                name: "what is built vanishes after the install",
                at: INSTALLED,
                strike: &staging_is_gone,
                ..Fault::default()
            },
            Fault {
                name: "the folder above vanishes after the install",
                at: INSTALLED,
                strike: &all_is_gone,
                ..Fault::default()
            },
        ],
    );
}

#[test]
fn a_place_that_is_replaced() {
    let Some(machine) = replaced() else { return };
    let whole = undisturbed(&machine);
    // Somebody moves the old environment away and puts something else there.
    let exchanged = |machine: &Machine| {
        fs::rename(machine.world.target(), machine.world.path("temp/old")).unwrap();
        documents(machine, "place/env");
    };
    let back = |machine: &Machine| {
        rescued(machine, "place/env");
        fs::rename(machine.world.path("temp/old"), machine.world.target()).unwrap();
    };
    let aside = |machine: &Machine| {
        let world = &machine.world;
        fs::create_dir_all(world.aside().join("bin")).unwrap();
        fs::write(world.aside().join("bin/half"), "").unwrap();
    };
    let strike = Fault { at: PROMOTE, ..Fault::default() };
    let name = "something else stands where the old environment was";
    let faults = [
        Fault { name, strike: &exchanged, mend: &back, ..strike },
        Fault {
            name: "half of an older environment lies aside",
            at: PROMOTE,
            strike: &aside,
            codes: &[0, 1],
            ..Fault::default()
        },
    ];
    let faults: Vec<_> = faults.into_iter().collect();
    hold("a place that is replaced", &machine, &whole, &faults);
}
