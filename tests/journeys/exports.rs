//! What the plan's other forms do, against what `install` does.

use crate::world::{World, files_in, run, tools};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Every package's RECORD: names and hashes of all its files. Scripts are left out (they hold paths), as is the line
/// of who installed it.
fn records(environment: &Path) -> BTreeMap<String, Vec<String>> {
    let own = |line: &&str| {
        !line.contains("../")
            && !line.contains("INSTALLER")
            && !line.contains("uv_cache.json")
            && !line.contains("__pycache__")
    };
    files_in(environment, 9)
        .into_iter()
        .filter(|file| file.ends_with(".dist-info/RECORD"))
        .map(|file| {
            let text = fs::read_to_string(environment.join(&file)).unwrap();
            let mut lines: Vec<String> = text.lines().filter(own).map(str::to_owned).collect();
            lines.sort();
            let package = file.rsplit('/').nth(1).unwrap().to_owned();
            (package, lines)
        })
        .collect()
}

/// The commands of the log are those that a plan shows; each plan has a name of its own, and with it the folder of its
/// links.
#[track_caller]
fn assert_shown(world: &World, shown: &str) {
    let log = fs::read_to_string(world.run_folder().join("install.log")).unwrap();
    let run_id = world.run_folder().file_name().unwrap().to_str().unwrap().to_owned();
    let words = log.lines().map(torch_wizard::run::log::without_moment);
    let headings = words.filter_map(|line| line.strip_prefix("── ")?.split_once(": "));
    let ran: Vec<&str> = headings.map(|(_, command)| command).collect();
    assert_eq!(ran.len(), 2, "{log}");
    for command in ran {
        let pieces: Vec<&str> = command.split(&run_id).collect();
        let line = shown.lines().find(|line| pieces.iter().all(|piece| line.contains(piece)));
        assert!(line.is_some(), "{command}\nis not in\n{shown}");
    }
}

#[test]
fn what_is_shown_is_run_and_the_exported_script_makes_the_same_environment() {
    for engine in ["uv", "pip"] {
        let Some(world) = World::new() else { return };
        let script = run(world.plan(&["--engine", engine, "--format", "sh"])).expect(0).out;
        let shown = run(world.plan(&["--engine", engine])).expect(0).out;
        run(world.install(&["--engine", engine])).expect(0);
        assert_shown(&world, &shown);
        let installed = records(&world.target());
        assert!(installed.len() >= 5, "{installed:?}");
        fs::rename(world.target(), world.path("installed")).unwrap();
        fs::write(world.path("plan.sh"), &script).unwrap();
        let mut sh = world.command("/bin/sh");
        // A stranger's shell has the usual programs.
        sh.arg(world.path("plan.sh")).env("PATH", format!("{}:/usr/bin:/bin", world.path("bin").display()));
        run(sh).expect(0);
        assert_eq!(records(&world.target()), installed, "{engine}");
        assert_eq!(files_in(&world.path("place"), 1), ["env"], "{engine}");
        // A second go finds the place taken and leaves it alone.
        let mut sh = world.command("/bin/sh");
        sh.arg(world.path("plan.sh")).env("PATH", format!("{}:/usr/bin:/bin", world.path("bin").display()));
        assert!(run(sh).expect(1).err.contains("is there already"));
    }
}

#[test]
fn exported_pins_are_installed_by_pip_with_every_hash_checked() {
    let Some(world) = World::new() else { return };
    let pins = run(world.plan(&["--format", "requirements"])).expect(0).out;
    fs::write(world.path("pins.txt"), &pins).unwrap();
    let target = world.path("flat");
    let mut pip = world.command(&tools().unwrap().python);
    pip.args(["-m", "pip", "install", "--require-hashes", "--no-deps", "--no-cache-dir", "--target"]).arg(&target);
    pip.arg("-r").arg(world.path("pins.txt"));
    run(pip).expect(0);
    assert!(target.join("torch/lib/libtorch_test.so").exists());
}

#[test]
fn the_exported_lock_is_one_that_uv_installs() {
    let Some(world) = World::new() else { return };
    let lock = world.path("pylock.toml");
    let mut plan = world.plan(&["--format", "pylock"]);
    plan.arg("-o").arg(&lock);
    run(plan).expect(0);
    let mut uv = world.command(&tools().unwrap().uv);
    uv.args(["pip", "install", "--preview", "--target"]).arg(world.path("flat")).arg("-r").arg(&lock);
    let ran = run(uv).expect(0);
    assert!(ran.err.contains("torch==") && ran.err.contains("Installed 5 packages"), "{}", ran.err);
    // Sizes, which uv leaves out, are in it.
    let text = fs::read_to_string(&lock).unwrap();
    assert_eq!(text.matches("size = ").count(), 5, "{text}");
}

#[test]
fn a_plan_changes_nothing_but_the_programs_own_cache() {
    let Some(world) = World::new() else { return };
    run(world.plan(&[])).expect(0);
    assert_eq!(files_in(&world.path("place"), 3), [""; 0]);
    assert!(!world.path("wizard/data/runs").exists());
}
