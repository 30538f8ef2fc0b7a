//! Tools and caches that change between two lives, or under a run; other programs; the clock.

use super::{Fault, hold, killed, say, system};
use crate::kills::machine::{Machine, next_life, replaced};
use crate::kills::points::{How, Next, after, is_broken, undisturbed};
use crate::world::{files_in, run, start, tools};
use std::fs;
use std::path::PathBuf;

/// The wheel of torch in the store.
fn wheel(machine: &Machine) -> PathBuf {
    let store = machine.world.path("wizard/cache/wheels");
    let files = files_in(&store, 3);
    store.join(files.iter().find(|file| file.contains("/torch-") && file.ends_with(".whl")).unwrap())
}

fn damage(path: &std::path::Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    // A file of its own: what is linked elsewhere is not touched.
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

fn without_uv_cache(machine: &Machine) {
    fs::remove_dir_all(machine.world.path("wizard/cache/uv")).ok();
}

#[test]
fn the_caches() {
    let Some(machine) = replaced() else { return };
    let whole = undisturbed(&machine);
    let wheel_is_damaged = |machine: &Machine| {
        damage(&wheel(machine));
        fs::remove_dir_all(machine.world.path("wizard/cache/links")).ok();
        without_uv_cache(machine);
    };
    let link_is_damaged = |machine: &Machine| {
        let links = machine.world.path("wizard/cache/links");
        let file = files_in(&links, 2).into_iter().find(|file| file.contains("/torch-")).unwrap();
        damage(&links.join(file));
        without_uv_cache(machine);
    };
    let wheel_is_cut = |machine: &Machine| {
        let path = wheel(machine);
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() / 3]).unwrap();
        without_uv_cache(machine);
    };
    let links_are_gone = |machine: &Machine| {
        fs::remove_dir_all(machine.world.path("wizard/cache/links")).unwrap();
        without_uv_cache(machine);
    };
    let all_is_gone = |machine: &Machine| {
        for folder in ["wheels", "links", "uv"] {
            fs::remove_dir_all(machine.world.path("wizard/cache").join(folder)).ok();
        }
    };
    let uv_is_gone = |machine: &Machine| fs::remove_file(machine.world.path("bin/uv")).unwrap();
    let uv_is_back =
        |machine: &Machine| std::os::unix::fs::symlink(&tools().unwrap().uv, machine.world.path("bin/uv")).unwrap();
    let fetched = Some(("finished", "download"));
    hold(
        "caches and tools",
        &machine,
        &whole,
        &[
            Fault {
                name: "a damaged wheel in the store",
                strike: &wheel_is_damaged,
                codes: &[0, 1],
                ..Fault::default()
            },
            Fault {
                name: "a wheel that is damaged once it was fetched",
                at: fetched,
                strike: &link_is_damaged,
                codes: &[0, 1],
                ..Fault::default()
            },
            Fault {
                name: "a wheel in the store that was cut",
                strike: &wheel_is_cut,
                codes: &[0, 1],
                ..Fault::default()
            },
            Fault {
                name: "links that vanish once the wheels were fetched",
                at: fetched,
                strike: &links_are_gone,
                codes: &[0, 1],
                ..Fault::default()
            },
            Fault {
                name: "caches that vanish once the wheels were fetched",
                at: fetched,
                strike: &all_is_gone,
                codes: &[0, 1],
                ..Fault::default()
            },
            Fault {
                name: "a uv that is gone since the plan",
                strike: &uv_is_gone,
                mend: &uv_is_back,
                ..Fault::default()
            },
            Fault {
                name: "a uv that vanishes under the run",
                at: fetched,
                strike: &uv_is_gone,
                mend: &uv_is_back,
                ..Fault::default()
            },
            Fault {
                name: "a uv that vanishes, undone",
                at: fetched,
                strike: &uv_is_gone,
                mend: &uv_is_back,
                next: Next::Rollback,
                ..Fault::default()
            },
        ],
    );
}

/// A case is what is wrong; empty if nothing.
type Case<'a> = (&'a str, &'a dyn Fn() -> Vec<String>);

fn all_hold(what: &str, cases: &[Case<'_>]) {
    let mut broken = Vec::new();
    for (name, case) in cases {
        let wrong = case();
        if !wrong.is_empty() {
            broken.push(format!("{name}:\n    {}", wrong.join("\n    ")));
        }
    }
    say(what, cases.len(), &broken);
}

/// Tells a program another time of the day.
const CLOCK: &str = "#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <time.h>\n#include <stdlib.h>\n\
    int clock_gettime(clockid_t id, struct timespec *now) {\n\
    static int (*real)(clockid_t, struct timespec *);\n\
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, \"clock_gettime\");\n\
    int result = real(id, now);\n\
    if (id == CLOCK_REALTIME) now->tv_sec -= 86400;\n\
    return result;\n}\n";

#[test]
fn other_hands() {
    let Some(machine) = replaced() else { return };
    let whole = undisturbed(&machine);
    let world = &machine.world;
    let install = ("finished", "install");
    all_hold(
        "other hands",
        &[
            ("a clock that was set back by a day between two lives", &|| {
                fs::write(world.path("clock.c"), CLOCK).unwrap();
                let (library, source) = (world.path("clock.so"), world.path("clock.c"));
                assert!(system(
                    &machine,
                    "cc",
                    &["-shared", "-fPIC", "-o", library.to_str().unwrap(), source.to_str().unwrap(), "-ldl"]
                ));
                killed(&machine, &whole, install, How::Tree);
                let mut second = world.resume();
                second.env("LD_PRELOAD", &library);
                let ran = run(second);
                let mut wrong: Vec<String> =
                    (ran.code != 0).then(|| format!("exit code {}: {}", ran.code, ran.err)).into_iter().collect();
                wrong.extend(after(&machine, &whole, Next::Resume, true));
                wrong
            }),
            ("a program that works in the old environment while it is replaced", &|| {
                machine.set_back();
                let mut command = world.command(world.target().join("bin/python"));
                command.args(["-c", "import sys, torch; sys.stdin.read()"]).current_dir(world.target());
                command.stdin(std::process::Stdio::piped());
                let mut child = command.spawn().unwrap();
                let ran = next_life(world, &["resume", "--json"]);
                let lived = child.try_wait().unwrap().is_none();
                drop(child.stdin.take());
                child.wait().unwrap();
                let mut wrong: Vec<String> =
                    (ran.code != 4 || !lived).then(|| format!("{}: {}", ran.code, ran.err)).into_iter().collect();
                if !(ran.err + &ran.out).contains("python") {
                    wrong.push("the program is not named".to_owned());
                }
                wrong.extend(after(&machine, &whole, Next::Resume, false));
                wrong
            }),
            ("two wizards on one target", &|| {
                let at = super::point(&whole, install);
                machine.set_back();
                let mut first = crate::kills::points::held(world, &["resume", "--json"], &at).unwrap();
                let mut wrong = Vec::new();
                for words in [&["resume", "--json"][..], &["rollback"]] {
                    let ran = next_life(world, words);
                    if ran.code != 1 || !(ran.err + &ran.out).contains("Another torch-wizard") {
                        wrong.push(format!("{words:?} ended with {}", ran.code));
                    }
                }
                fs::remove_file(world.path("mark")).unwrap();
                let ran = first.wait(world);
                wrong.extend((ran.code != 0).then(|| format!("the first ended with {}: {}", ran.code, ran.err)));
                wrong.extend(after(&machine, &whole, Next::Resume, true));
                wrong
            }),
            ("two wizards on one store", &|| {
                machine.set_back();
                for folder in ["wizard/cache/wheels", "wizard/cache/uv", "wizard/data/runs"] {
                    fs::remove_dir_all(world.path(folder)).ok();
                }
                let install = |name: &str| {
                    let place = world.path("place").join(name);
                    let mut command = world.wizard(&["install", "--yes", "--json", "--route", "cpu", "--index-url"]);
                    command.arg(world.server.torch()).arg("--env").arg(place);
                    command
                };
                let mut wrong = Vec::new();
                let mut other = std::thread::scope(|scope| {
                    let threads = ["a", "b", "c"].map(|name| scope.spawn(move || run(install(name))));
                    threads.map(|thread| thread.join().unwrap())
                });
                for ran in &mut other {
                    wrong.extend((ran.code != 0).then(|| format!("exit code {}: {}{}", ran.code, ran.err, ran.out)));
                }
                let known = world.registry().len();
                wrong.extend((known != 4).then(|| format!("{known} environments are in the list, four stand")));
                for name in ["a", "b", "c"] {
                    let broken = is_broken(world, &world.path("place").join(name).join("bin/python"));
                    wrong.extend((!broken.is_empty()).then_some(broken));
                }
                wrong
            }),
            ("a stalled server and a cancel", &|| {
                machine.set_back();
                fs::remove_dir_all(world.path("wizard/cache/wheels")).ok();
                world.server.misbehave("/r2/", crate::index_server::Mischief::Stall { after: 100_000 });
                let mut running = start(world, world.resume());
                crate::world::until("the stall", || {
                    world.server.fetches("torch-").iter().any(|seen| seen.sent == 100_000)
                });
                running.signal(rustix::process::Signal::INT);
                let ran = running.wait(world);
                world.server.behave();
                let mut wrong: Vec<String> =
                    (ran.code != 130).then(|| format!("exit code {}", ran.code)).into_iter().collect();
                wrong.extend(after(&machine, &whole, Next::Resume, false));
                wrong
            }),
        ],
    );
}
