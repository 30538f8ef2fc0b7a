//! The wizard's own files, damaged or gone between two lives.

use super::{killed, say};
use crate::kills::machine::{Machine, next_life, replaced};
use crate::kills::points::{How, Next, Whole, after, is_as_before, undisturbed};
use crate::world::Ran;
use std::fs;
use std::path::PathBuf;

fn run_file(machine: &Machine, name: &str) -> PathBuf {
    machine.world.run_folder().join(name)
}

/// Lines of the journal, changed.
fn edit(machine: &Machine, change: impl Fn(&mut Vec<Vec<u8>>)) {
    let path = run_file(machine, "journal.jsonl");
    let bytes = fs::read(&path).unwrap();
    let mut lines: Vec<Vec<u8>> = bytes.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    change(&mut lines);
    fs::write(path, lines.join(&b'\n')).unwrap();
}

fn is_refused(ran: &Ran, word: &str) -> Vec<String> {
    let is_right = [1, 2].contains(&ran.code) && ran.err.contains(word) && ran.err.contains('→');
    (!is_right).then(|| format!("exit code {}, not told of {word}: {}", ran.code, ran.err)).into_iter().collect()
}

fn resumed(machine: &Machine) -> Ran {
    next_life(&machine.world, &["resume", "--json"])
}

/// A fault and what is wrong with what followed.
type Case<'a> = (&'a str, &'a dyn Fn(&Machine, &Whole) -> Vec<String>);

#[test]
fn the_records() {
    let Some(machine) = replaced() else { return };
    let whole = undisturbed(&machine);
    let install = ("finished", "install");
    let damaged = |machine: &Machine, at: (&str, &str)| {
        killed(machine, &whole, at, How::Tree);
        edit(machine, |lines| lines[3][30] ^= 1);
    };
    let cases: [Case<'_>; 9] = [
        ("a damaged journal is refused and can be undone", &|machine, whole| {
            damaged(machine, install);
            let mut wrong = is_refused(&resumed(machine), "damaged");
            wrong.extend(after(machine, whole, Next::Rollback, false));
            wrong
        }),
        ("a damaged journal of a run that was cut while it moved", &|machine, whole| {
            damaged(machine, ("started", "promote"));
            let world = &machine.world;
            fs::rename(world.target(), world.aside()).unwrap();
            fs::rename(world.staging(), world.target()).unwrap();
            let mut wrong = is_refused(&resumed(machine), "damaged");
            wrong.extend(after(machine, whole, Next::Rollback, false));
            wrong
        }),
        ("a torn journal", &|machine, whole| {
            killed(machine, whole, install, How::Tree);
            edit(machine, |lines| {
                let last = lines.last_mut().unwrap();
                last.truncate(last.len() / 2);
            });
            after(machine, whole, Next::Resume, false)
        }),
        ("a journal whose end the power cut turned into zeros", &|machine, whole| {
            killed(machine, whole, install, How::Tree);
            edit(machine, |lines| lines.push(vec![0; 512]));
            after(machine, whole, Next::Resume, false)
        }),
        ("an empty journal", &|machine, whole| {
            killed(machine, whole, install, How::Tree);
            fs::write(run_file(machine, "journal.jsonl"), "").unwrap();
            after(machine, whole, Next::Resume, false)
        }),
        ("a plan that is gone", &|machine, _| {
            killed(machine, &whole, install, How::Tree);
            fs::remove_file(run_file(machine, "plan.json")).unwrap();
            let mut wrong = is_refused(&resumed(machine), "No interrupted install");
            let ran = crate::world::run(machine.world.install(&["--replace"]));
            if ran.code != 0 {
                wrong.push(format!("a new install fails: {}", ran.err));
            }
            wrong
        }),
        ("a plan of a newer version", &|machine, _| {
            killed(machine, &whole, install, How::Tree);
            let path = run_file(machine, "plan.json");
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, text.replacen("\"schema\":1", "\"schema\":99", 1)).unwrap();
            let mut wrong = is_refused(&resumed(machine), "newer");
            wrong.extend(is_refused(&next_life(&machine.world, &["rollback"]), "newer"));
            wrong.extend(is_as_before(machine).into_iter().filter(|what| !what.contains("env.tw-new")));
            fs::write(&path, text).unwrap();
            wrong.extend(after(machine, &whole, Next::Resume, false));
            wrong
        }),
        ("a plan that is no plan", &|machine, _| {
            killed(machine, &whole, install, How::Tree);
            fs::write(run_file(machine, "plan.json"), "{\"schema\": 1, ").unwrap();
            let ran = resumed(machine);
            let mut wrong: Vec<String> =
                (ran.code != 1).then(|| format!("exit code {}", ran.code)).into_iter().collect();
            let ran = crate::world::run(machine.world.install(&["--replace"]));
            if ran.code != 0 {
                wrong.push(format!("a new install fails: {}", ran.err));
            }
            wrong
        }),
        ("a list of environments that cannot be read", &|machine, whole| {
            killed(machine, whole, ("started", "promote"), How::Tree);
            let list = machine.world.path("wizard/data/environments.json");
            let before = fs::read(&list).unwrap();
            fs::write(&list, "{").unwrap();
            let ran = resumed(machine);
            let mut wrong = is_refused(&ran, "environments.json");
            for broken in fs::read_dir(machine.world.path("wizard/data")).unwrap().map(Result::unwrap) {
                if broken.file_name().to_string_lossy().contains(".broken") {
                    fs::remove_file(broken.path()).unwrap();
                }
            }
            fs::write(&list, before).unwrap();
            wrong.extend(after(machine, whole, Next::Resume, false));
            wrong
        }),
    ];
    let mut broken = Vec::new();
    for (name, case) in cases {
        let wrong = case(&machine, &whole);
        if !wrong.is_empty() {
            broken.push(format!("{name}:\n    {}", wrong.join("\n    ")));
        }
    }
    say("records", cases.len(), &broken);
}
