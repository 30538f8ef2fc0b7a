//! Where a run is cut, how, and what must be true after its next life.

use super::machine::{Machine, next_life};
use super::tree::Tree;
use crate::world::{Ran, Running, World, run, start};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// On which side of a record, or in its middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Before,
    Torn,
    After,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// `kill -9` of the wizard; its children are left to the system and to the next life.
    Alone,
    /// All its processes at once, as when the power goes.
    Tree,
    /// Ctrl-C.
    Cancel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Resume,
    Rollback,
}

/// One record of an undisturbed run's journal.
#[derive(Clone, Debug)]
pub struct Record {
    /// From 1.
    pub number: usize,
    pub kind: String,
    pub step: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Point {
    pub record: Record,
    pub side: Side,
    pub how: How,
    pub next: Next,
}

impl std::fmt::Display for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Record { number, kind, step } = &self.record;
        let step = step.as_deref().unwrap_or("the run");
        write!(f, "{:?} record {number} ({kind} of {step}), {:?}, then {:?}", self.side, self.how, self.next)
    }
}

/// What an undisturbed run left.
pub struct Whole {
    code: i32,
    place: Tree,
    known: Vec<serde_json::Value>,
    own: Vec<String>,
    pub records: Vec<Record>,
}

/// Runs the plan to its end.
pub fn undisturbed(machine: &Machine) -> Whole {
    machine.set_back();
    let ran = next_life(&machine.world, &["resume", "--json"]);
    let target = machine.world.target();
    assert_eq!(ran.ended()["env"], target.to_str().unwrap(), "{}\n{}", ran.err, ran.out);
    assert_eq!(not_whole(machine), "", "an undisturbed run");
    Whole {
        code: ran.code,
        place: Tree::of(&machine.world.path("place")),
        known: machine.world.registry(),
        own: machine.own_files(),
        records: records(&machine.world),
    }
}

pub fn records(world: &World) -> Vec<Record> {
    let text = fs::read_to_string(world.run_folder().join("journal.jsonl")).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty());
    let events = lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["event"].clone());
    let word = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let record = |(at, event): (usize, serde_json::Value)| Record {
        number: at + 1,
        // The first one says the form of all others.
        kind: word(&event["kind"]).unwrap_or_else(|| "form".to_owned()),
        step: word(&event["step"]),
    };
    events.enumerate().map(record).collect()
}

/// The points of these records. All of them, or each record on both sides, with ways and next lives in turn; around the
/// move to the final place always with both next lives. Of a row of like records only the first and the last are taken.
pub fn points(records: &[Record], turn: usize) -> Vec<Point> {
    let all = std::env::var_os("TORCH_WIZARD_TEST_KILLS").is_some_and(|wish| wish == "all");
    let is_like = |a: Option<&Record>, b: &Record| a.is_some_and(|a| a.kind == b.kind && a.step == b.step);
    let last_step = records.iter().rev().find_map(|record| record.step.clone());
    let mut points = Vec::new();
    let mut count = turn;
    for (at, record) in records.iter().enumerate() {
        let inner =
            is_like(at.checked_sub(1).and_then(|at| records.get(at)), record) && is_like(records.get(at + 1), record);
        if inner && !all {
            continue;
        }
        let decides = record.step == last_step || record.step.is_none();
        for side in [Side::Before, Side::Torn, Side::After] {
            for how in [How::Alone, How::Tree, How::Cancel] {
                for next in [Next::Resume, Next::Rollback] {
                    let in_turn = how as usize == count % 3 && (decides || next as usize == (count / 3 + at) % 2);
                    // A torn record cannot be cancelled in its middle.
                    let can_be = side != Side::Torn || how != How::Cancel;
                    let rare = side != Side::Torn || (at + turn).is_multiple_of(3);
                    if can_be && (all || in_turn && rare) {
                        points.push(Point { record: record.clone(), side, how, next });
                    }
                }
            }
            count += 1;
        }
    }
    points
}

/// A run that stands still at a point, or ended before it came there.
pub fn held(world: &World, words: &[&str], point: &Point) -> Option<Running> {
    let mark = world.path("mark");
    fs::remove_file(&mark).ok();
    let side = match point.side {
        Side::Before => "before",
        Side::Torn => "torn",
        Side::After => "after",
    };
    let mut command = world.wizard(words);
    command.env("TORCH_WIZARD_TEST_HOLD", format!("{side}:{}", point.record.number));
    command.env("TORCH_WIZARD_TEST_MARK", &mark);
    let mut running = start(world, command);
    let began = Instant::now();
    while !mark.exists() {
        if running.has_ended() || began.elapsed() > Duration::from_mins(1) {
            return None;
        }
        sleep(Duration::from_millis(2));
    }
    Some(running)
}

/// Cuts a run at a point. Answers the exit code of one that was cancelled.
pub fn cut(world: &World, mut running: Running, how: How) -> Option<i32> {
    match how {
        How::Alone => running.kill(),
        How::Tree => {
            let below = descendants(running.id());
            running.kill();
            for id in below {
                kill_process(id, Signal::KILL).ok();
            }
        }
        How::Cancel => {
            running.signal(Signal::INT);
            // The handler's own thread hears it.
            sleep(Duration::from_millis(30));
            fs::remove_file(world.path("mark")).unwrap();
            return Some(running.wait(world).code);
        }
    }
    None
}

/// Process id, parent and state of every process.
fn processes() -> Vec<(i32, i32, String)> {
    let stats = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let path = entry.ok()?.path();
        let id = path.file_name()?.to_str()?.parse().ok()?;
        let stat = fs::read_to_string(path.join("stat")).ok()?;
        let mut words = stat.rsplit_once(") ")?.1.split(' ');
        let state = words.next()?.to_owned();
        Some((id, words.next()?.parse().ok()?, state))
    });
    stats.collect()
}

fn descendants(of: u32) -> Vec<Pid> {
    let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    for (id, parent, _) in processes() {
        children.entry(parent).or_default().push(id);
    }
    let mut found = vec![i32::try_from(of).unwrap()];
    let mut at = 0;
    while at < found.len() {
        found.extend(children.get(&found[at]).cloned().unwrap_or_default());
        at += 1;
    }
    found.into_iter().skip(1).filter_map(Pid::from_raw).collect()
}

/// Processes that were started in this machine and still run.
pub fn survivors(world: &World) -> Vec<String> {
    let sign = format!("HOME={}", world.path("home").display());
    let alive = processes().into_iter().filter(|(_, _, state)| !matches!(state.as_str(), "Z" | "X"));
    let ours = alive.filter_map(|(id, _, _)| {
        let folder = format!("/proc/{id}");
        let variables = fs::read(format!("{folder}/environ")).ok()?;
        let is_ours = variables.split(|&byte| byte == 0).any(|variable| variable == sign.as_bytes());
        let line = fs::read(format!("{folder}/cmdline")).unwrap_or_default();
        is_ours.then(|| String::from_utf8_lossy(&line).replace('\0', " "))
    });
    ours.collect()
}

/// What is wrong with the installed environment; empty if nothing.
fn not_whole(machine: &Machine) -> String {
    is_broken(&machine.world, &machine.python)
}

/// The same for the environment of any Python.
pub fn is_broken(world: &World, python: &Path) -> String {
    if !python.exists() {
        return format!("there is no {}", python.display());
    }
    let mut check = world.command(python);
    check.args(["-B", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kills/whole.py")]);
    let ran = run(check);
    if ran.code == 0 { ran.out.trim().to_owned() } else { format!("{}{}", ran.out, ran.err) }
}

/// What of an entry in the list of environments does not depend on when it was made.
fn lasting(known: &[serde_json::Value]) -> Vec<String> {
    let word = |entry: &serde_json::Value| {
        ["path", "route", "variant", "torch", "verdict"].map(|name| entry[name].to_string()).join(" ")
    };
    known.iter().map(word).collect()
}

/// Cancels that ended a run as such.
pub static HEARD: AtomicUsize = AtomicUsize::new(0);

/// What is not as it should be after a run was cut at a point and had its next life; empty if all is well.
pub fn tried(machine: &Machine, whole: &Whole, point: &Point) -> Vec<String> {
    let world = &machine.world;
    machine.set_back();
    let Some(running) = held(world, &["resume", "--json"], point) else {
        return vec!["the run did not come there".to_owned()];
    };
    let code = cut(world, running, point.how);
    if code == Some(130) {
        HEARD.fetch_add(1, Ordering::Relaxed);
    }
    // A cancel may come too late to be heard.
    let is_over = code == Some(whole.code);
    let strange =
        code.filter(|code| *code != 130 && !is_over).map(|code| format!("the cancelled run ended with {code}"));
    strange.into_iter().chain(after(machine, whole, point.next, is_over)).collect()
}

/// Cuts a second life of a run, too, at each record that it writes. The first was cut right before a record; `words` are
/// those of the second. Answers how many points there were and what was not survived.
pub fn second_life(
    machine: &Machine,
    whole: &Whole,
    first: &Record,
    words: &[&str],
    turn: usize,
) -> (usize, Vec<String>) {
    let world = &machine.world;
    let begin = || {
        machine.set_back();
        let point = Point { record: first.clone(), side: Side::Before, how: How::Alone, next: Next::Resume };
        cut(world, held(world, &["resume", "--json"], &point).unwrap(), How::Alone);
        records(world).len()
    };
    let before = begin();
    next_life(world, words);
    let mut second = records(world).split_off(before);
    for record in &mut second {
        record.number -= before;
    }
    let is_undoing = words.contains(&"rollback");
    let every = if is_undoing { 1 } else { 5 };
    let points = points(&second, turn).into_iter().step_by(every).filter(|point| {
        // An undoing cannot be cancelled, and what it has ended is over.
        let is_over = point.record.kind == "ended" && point.side == Side::After;
        !is_undoing || point.how != How::Cancel && !is_over
    });
    let (mut count, mut torn) = (0, Vec::new());
    for point in points {
        begin();
        count += 1;
        let wrong = match held(world, words, &point) {
            None => vec!["the second life did not come there".to_owned()],
            Some(running) => {
                let code = cut(world, running, point.how);
                after(machine, whole, point.next, code == Some(whole.code))
            }
        };
        if !wrong.is_empty() {
            torn.push(format!("{words:?}, {point}:\n    {}", wrong.join("\n    ")));
        }
    }
    (count, torn)
}

/// Lets a run that was cut have its next life. `is_over` says that it came to its end all the same.
pub fn after(machine: &Machine, whole: &Whole, next: Next, mut is_over: bool) -> Vec<String> {
    let world = &machine.world;
    is_over |= has_ended(world);
    let mut wrong = Vec::new();
    let ran = match next {
        Next::Resume => next_life(world, &["resume", "--json"]),
        Next::Rollback => next_life(world, &["rollback"]),
    };
    let wanted = match next {
        Next::Resume if is_over => 1,
        Next::Resume => whole.code,
        Next::Rollback => 0,
    };
    if ran.code != wanted {
        wrong.push(format!("exit code {} and not {wanted}: {}{}", ran.code, last_lines(&ran), ran.err));
    }
    if next == Next::Resume || is_over {
        wrong.extend(stands(machine, whole));
    } else if ran.out.contains("had been proven and finished; it stays") {
        // A change in place that was proven, and whose old files were let go already.
        wrong.extend(stands(machine, whole));
    } else {
        wrong.extend(is_as_before(machine));
    }
    wrong.extend(left_behind(machine, whole));
    if !has_ended(world) {
        // An end without a proof and a failure have the same exit code.
        wrong.push(format!("the run did not come to an end: {}{}", last_lines(&ran), ran.err));
    }
    wrong
}

fn last_lines(ran: &Ran) -> String {
    let lines: Vec<&str> = ran.out.lines().collect();
    lines[lines.len().saturating_sub(2)..].join(" / ")
}

/// The journal says that nothing is left to do.
pub fn has_ended(world: &World) -> bool {
    let text = fs::read(world.run_folder().join("journal.jsonl")).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    text.lines().last().is_some_and(|line| line.contains("\"settled\":true") && line.ends_with("}}"))
}

fn stands(machine: &Machine, whole: &Whole) -> Vec<String> {
    let mut wrong = Tree::of(&machine.world.path("place")).differences(&whole.place);
    let broken = not_whole(machine);
    wrong.extend((!broken.is_empty()).then_some(broken));
    let (known, wanted) = (lasting(&machine.world.registry()), lasting(&whole.known));
    if known != wanted {
        wrong.push(format!("the list says {known:?} and should say {wanted:?}"));
    }
    wrong
}

pub fn is_as_before(machine: &Machine) -> Vec<String> {
    let mut wrong = Tree::of(&machine.world.path("place")).differences(&machine.place);
    let known = machine.world.registry();
    if known != machine.known {
        wrong.push(format!("the list says {known:?} and said {:?}", machine.known));
    }
    wrong
}

fn left_behind(machine: &Machine, whole: &Whole) -> Vec<String> {
    let mut wrong = machine.home_now().differences(&machine.home);
    let temp = Tree::of(&machine.world.path("temp")).differences(&Tree::default());
    wrong.extend(temp.into_iter().map(|what| format!("in the folder for temporary files: {what}")));
    let own = machine.own_files().into_iter().filter(|file| !file.starts_with("logs"));
    let foreign = own.filter(|file| !whole.own.contains(file));
    wrong.extend(foreign.map(|file| format!("{file} is left over in the wizard's folder")));
    let began = Instant::now();
    while !survivors(&machine.world).is_empty() {
        if began.elapsed() > Duration::from_secs(5) {
            wrong.extend(survivors(&machine.world).into_iter().map(|line| format!("survived: {line}")));
            break;
        }
        sleep(Duration::from_millis(20));
    }
    wrong
}
