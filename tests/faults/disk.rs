//! Full disks and folders that become read-only, in a room of mounts of our own (user namespaces; Linux).

use super::say;
use crate::kills::machine::{Machine, replaced};
use crate::kills::points::{Next, Point, Whole, after, undisturbed};
use crate::world::{Running, start};
use std::fs;
use std::process::{Child, Command, Stdio};

/// Mounts that only programs in this room see.
struct Room {
    keeper: Child,
}

impl Room {
    /// `None`, said loudly, where this system lets nobody make one.
    fn new() -> Option<Self> {
        let mut keeper = Command::new("unshare");
        keeper.args(["-Urm", "sh", "-c", "echo ready; exec cat"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let Ok(mut keeper) = keeper.spawn() else {
            eprintln!("skipped: no unshare here, so no full disks");
            return None;
        };
        let mut word = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(keeper.stdout.take()?), &mut word).ok()?;
        if word != "ready\n" {
            eprintln!("skipped: no user and mount namespaces here, so no full disks");
            keeper.wait().ok();
            return None;
        }
        Some(Self { keeper })
    }

    /// A program in the room.
    fn command(&self, of: &Command) -> Command {
        let mut command = Command::new(which::which("nsenter").unwrap());
        command.args(["--target", &self.keeper.id().to_string(), "--user", "--mount", "--preserve-credentials", "--"]);
        command.arg(of.get_program()).args(of.get_args());
        command
    }

    #[track_caller]
    fn shell(&self, line: &str) {
        let mut shell = Command::new("sh");
        shell.args(["-c", line]);
        let output = self.command(&shell).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().ok();
    }
}

/// What happens to a folder while a run is under way.
struct Trouble {
    name: &'static str,
    folder: &'static str,
    /// It is a disk of its own of so many KB.
    disk: Option<u32>,
    /// Kind and step of the record behind which it strikes.
    at: (&'static str, &'static str),
    /// What is done then, in the shell; `$1` is the folder.
    strike: &'static str,
    fetches: bool,
    codes: &'static [i32],
    next: Next,
}

const FILL: &str = "dd if=/dev/zero of=\"$1/filled\" bs=1k 2>/dev/null || true";
const READ_ONLY: &str = "mount --bind \"$1\" \"$1\" && mount -o remount,ro,bind \"$1\"";

/// Runs the plan in a room where this happens. What the disk holds at the end is what the next life finds.
fn struck(machine: &Machine, whole: &Whole, room: &Room, trouble: &Trouble) -> Vec<String> {
    let world = &machine.world;
    machine.set_back();
    if trouble.fetches {
        fs::remove_dir_all(world.path("wizard/cache/wheels")).ok();
    }
    let (folder, below) = (world.path(trouble.folder), world.path("below"));
    fs::create_dir_all(&folder).unwrap();
    fs::create_dir_all(&below).unwrap();
    let (folder, below) = (folder.display(), below.display());
    if let Some(size) = trouble.disk {
        room.shell(&format!(
            "mount --bind {folder} {below} && mount -t tmpfs -o size={size}k tmpfs {folder} && cp -a {below}/. {folder}/"
        ));
    }
    let at: Point = super::point(whole, trouble.at);
    let mut running = held_in(machine, room, &at);
    room.shell(&trouble.strike.replace("$1", &folder.to_string()));
    fs::remove_file(world.path("mark")).unwrap();
    let ran = running.wait(world);
    if trouble.disk.is_some() {
        room.shell(&format!(
            "rm -f {folder}/filled; rm -rf {below}/* && cp -a {folder}/. {below}/ && umount {folder} && umount {below}"
        ));
    } else {
        room.shell(&format!("umount {folder}"));
    }
    let mut wrong = Vec::new();
    if !trouble.codes.contains(&ran.code) {
        wrong.push(format!("exit code {} and none of {:?}: {}", ran.code, trouble.codes, ran.err));
    }
    if ran.code != 0 && !super::is_told(&ran) {
        wrong.push(format!("it is not told with cause, change and remedy: {}{}", ran.out, ran.err));
    }
    wrong.extend(after(machine, whole, trouble.next, ran.code == 0));
    wrong
}

/// As [`crate::kills::points::held`], in the room.
fn held_in(machine: &Machine, room: &Room, point: &Point) -> Running {
    let world = &machine.world;
    let mark = world.path("mark");
    fs::remove_file(&mark).ok();
    let inner = world.resume();
    let mut command = room.command(&inner);
    command.env_clear().current_dir(world.path("")).stdin(Stdio::null());
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap());
    }
    command
        .env("TORCH_WIZARD_TEST_HOLD", format!("after:{}", point.record.number))
        .env("TORCH_WIZARD_TEST_MARK", &mark);
    let running = start(world, command);
    crate::world::until("the record", || mark.exists());
    running
}

#[test]
fn disks_and_rights() {
    let Some(machine) = replaced() else { return };
    let Some(room) = Room::new() else { return };
    let whole = undisturbed(&machine);
    let at = ("started", "promote");
    let usual = Trouble {
        name: "",
        folder: "place",
        disk: None,
        at,
        strike: READ_ONLY,
        fetches: false,
        codes: &[1],
        next: Next::Resume,
    };
    let environment = ("finished", "environment");
    let troubles = [
        Trouble {
            name: "the store's disk is too small",
            folder: "wizard/cache/wheels",
            disk: Some(900),
            at: environment,
            strike: ":",
            fetches: true,
            codes: &[4],
            ..usual
        },
        Trouble {
            name: "the environment's disk fills up",
            disk: Some(20_000),
            at: environment,
            strike: FILL,
            codes: &[1, 4],
            ..usual
        },
        Trouble {
            name: "the environment's disk fills up, undone",
            disk: Some(20_000),
            at: environment,
            strike: FILL,
            codes: &[1, 4],
            next: Next::Rollback,
            ..usual
        },
        Trouble {
            name: "the disk of the journal fills up",
            folder: "wizard/data",
            disk: Some(2_000),
            at: environment,
            strike: FILL,
            codes: &[1, 4],
            ..usual
        },
        Trouble {
            name: "the disk of the journal fills up, undone",
            folder: "wizard/data",
            disk: Some(2_000),
            at: ("started", "verify"),
            strike: FILL,
            codes: &[1, 4],
            next: Next::Rollback,
            ..usual
        },
        Trouble { name: "the folder of the environment becomes read-only", ..usual },
        Trouble { name: "the folder of the environment becomes read-only, undone", next: Next::Rollback, ..usual },
        Trouble {
            name: "the store becomes read-only",
            folder: "wizard/cache",
            at: environment,
            fetches: true,
            ..usual
        },
        Trouble {
            name: "the wizard's own folder becomes read-only",
            folder: "wizard/data",
            at: ("started", "verify"),
            ..usual
        },
    ];
    let mut broken = Vec::new();
    for trouble in &troubles {
        let wrong = struck(&machine, &whole, &room, trouble);
        if !wrong.is_empty() {
            broken.push(format!("{}:\n    {}", trouble.name, wrong.join("\n    ")));
        }
    }
    say("disks and rights", troubles.len(), &broken);
}
