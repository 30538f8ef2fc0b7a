//! Hand-over: what is whole is unpacked into uv's cache while the rest still loads, because unpacking is the slow part of
//! an install and linking from the cache is not.
//!
//! uv has no command that fills its cache alone, so it installs into a folder that is thrown away, linked from the cache
//! and beside it. Nothing rests on that folder: the environment is filled by the step that installs, as ever, in one
//! piece, so an installer that is cut here leaves nothing that could be taken for whole. An entry of uv's cache appears by
//! a rename once it is complete. pip keeps nothing unpacked; handing wheels to it early would mean to fill the
//! environment piece by piece, so with pip the wheels are fetched side by side and installed at the end.

use crate::host::{ChildEvent, ChildExit, Host, HostError};
use crate::lock::{Lock, LockedPackage};
use crate::plan::{CommandSpec, Plan, PlanStep};
use crate::report::without_secrets;
use crate::run::output::{End, Lines};
use crate::run::{EventKind, Runner, Stop, said};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Less than this is not worth a process of its own: uv unpacks it in the blink of an eye at the end.
const WORTH_IT: u64 = 8 << 20;

/// How many children unpack at once. Each works on a large wheel with little more than one thread, so that the next wheel
/// would wait; more than two would be in each other's way on the disk.
const AT_ONCE: usize = 2;
/// Less than this waits for the child that is at work, while wheels are still to come.
const WORTH_A_SECOND: u64 = 128 << 20;

/// The folder of what is thrown away; in uv's cache, so that files are linked into it and no byte is copied.
pub fn place(plan: &Plan) -> PathBuf {
    plan.places.uv_cache.join(format!("unpack-{}", plan.id))
}

enum Said {
    Started(u32),
    Text(Vec<u8>),
    Ended(Result<ChildExit, HostError>),
}

/// A child under way.
struct Child {
    /// Its number, by which its files are named.
    number: usize,
    said: Receiver<Said>,
    text: Vec<u8>,
    lines: Lines,
    began: Duration,
    batch: Vec<LockedPackage>,
    numbers: Vec<usize>,
    stop: Arc<AtomicBool>,
}

impl Child {
    /// Ends it and waits for its end; its thread hangs up when the whole tree is gone.
    fn end(&self) {
        self.stop.store(true, Ordering::SeqCst);
        while self.said.recv().is_ok() {}
    }

    /// Hears what it said; answers with its end once it came.
    fn hear(&mut self, runner: &mut Runner<'_>, step: &PlanStep) -> Result<Option<Result<ChildExit, HostError>>, Stop> {
        while let Ok(said) = self.said.try_recv() {
            match said {
                Said::Started(id) => {
                    let began = runner.host.process_began(id).unwrap_or_default();
                    runner.emit(Some(step), EventKind::Child { id, began })?;
                }
                Said::Text(bytes) => {
                    runner.log.output(&mut self.lines, &bytes)?;
                    self.text.extend_from_slice(&bytes);
                }
                Said::Ended(result) => {
                    self.lines.flush(&mut |line| runner.log.line(&without_secrets(line), End::Line));
                    if let Ok(exit) = result {
                        runner.log.ended(exit, runner.host.uptime().saturating_sub(self.began))?;
                    }
                    return Ok(Some(result));
                }
            }
        }
        Ok(None)
    }
}

/// What was handed over, and what waits for it.
pub struct Ahead {
    /// It can be done at all, and did not fail.
    is_on: bool,
    waiting: Vec<(usize, LockedPackage)>,
    handed: BTreeSet<usize>,
    children: Vec<Child>,
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.give_up();
    }
}

impl Ahead {
    /// Nothing is handed over yet.
    pub fn new(plan: &Plan) -> Self {
        Self {
            is_on: crate::plan::unpack_ahead(plan, &PathBuf::new(), &place(plan)).is_some(),
            waiting: Vec::new(),
            handed: BTreeSet::new(),
            children: Vec::new(),
        }
    }

    /// A wheel is whole, its hash is right and it is linked under its name.
    pub fn take(&mut self, at: usize, package: Option<LockedPackage>) {
        let is_wheel = |package: &LockedPackage| !package.wheel.is_source();
        if let Some(package) = package.filter(|package| is_wheel(package) && self.is_on && self.handed.insert(at)) {
            self.waiting.push((at, package));
        }
    }

    /// A child is at work.
    pub const fn is_busy(&self) -> bool {
        !self.children.is_empty()
    }

    /// Ends the children and waits for their end.
    pub fn give_up(&mut self) {
        self.children.drain(..).for_each(|child| child.end());
    }

    /// Hears the children and starts the next one; `more` says that wheels are still to come. Answers with the packages that
    /// are unpacked now, and whether a child says that a volume is full.
    pub fn go_on(&mut self, runner: &mut Runner<'_>, step: &PlanStep, more: bool) -> Result<(Vec<usize>, bool), Stop> {
        let (mut unpacked, mut full, mut at) = (Vec::new(), false, 0);
        while let Some(child) = self.children.get_mut(at) {
            let Some(result) = child.hear(runner, step)? else {
                at += 1;
                continue;
            };
            let child = self.children.remove(at);
            if matches!(result, Ok(ChildExit::Code(0))) {
                unpacked.extend(child.numbers);
            } else {
                let is_full = said::says_full(&String::from_utf8_lossy(&child.text));
                self.failed(runner, step, child, is_full)?;
                full |= is_full;
            }
        }
        if self.children.len() < AT_ONCE && self.is_on && !full {
            self.begin(runner, step, more)?;
        }
        Ok((unpacked, full))
    }

    /// The step that installs does all of it again, and tells what is wrong if it fails as well.
    fn failed(&mut self, runner: &mut Runner<'_>, step: &PlanStep, child: Child, full: bool) -> Result<(), Stop> {
        if full {
            // The other one would only find out the same, when nobody asks any more.
            for child in std::iter::once(child).chain(self.children.drain(..)) {
                child.end();
                self.waiting.extend(child.numbers.into_iter().zip(child.batch));
            }
            return Ok(());
        }
        self.is_on = false;
        let text = "unpacking ahead failed; the packages are unpacked when all are here".to_owned();
        runner.emit(Some(step), EventKind::Log { stderr: true, text })
    }

    fn begin(&mut self, runner: &mut Runner<'_>, step: &PlanStep, more: bool) -> Result<(), Stop> {
        let bytes: u64 = self.waiting.iter().map(|(_, package)| package.wheel.size.unwrap_or(WORTH_IT)).sum();
        if bytes < if more && self.is_busy() { WORTH_A_SECOND } else { WORTH_IT } {
            return Ok(());
        }
        let plan = runner.plan;
        let (numbers, batch): (Vec<usize>, Vec<LockedPackage>) = self.waiting.drain(..).unzip();
        // Each has a folder of its own: uv lets only one write into the same.
        let free = |number: &usize| self.children.iter().all(|child| child.number != *number);
        let number = (0..AT_ONCE).find(free).unwrap_or_default();
        let pins = plan.places.run.join(format!("unpack-{number}.txt"));
        let made = place(plan).join(number.to_string());
        let Some(command) = crate::plan::unpack_ahead(plan, &pins, &made) else { return Ok(()) };
        let lock = Lock { packages: batch, ..plan.lock.clone() };
        // Not synced, which would wait for all that is being fetched: the next life writes it anew.
        runner.host.remove(&pins)?;
        runner.host.grow(&pins)?.add(lock.requirements().as_bytes())?;
        runner.log.command(&step.key, &command.display(runner.shell()))?;
        let stop = Arc::new(AtomicBool::new(false));
        let said = start(&runner.host, command, made, &stop)?;
        self.children.push(Child {
            number,
            said,
            text: Vec::new(),
            lines: Lines::default(),
            began: runner.host.uptime(),
            batch: lock.packages,
            numbers,
            stop,
        });
        Ok(())
    }
}

/// Runs it on a thread of its own, which lives as long as the child does, and throws away what it made.
fn start(
    host: &Arc<dyn Host>,
    command: CommandSpec,
    made: PathBuf,
    stop: &Arc<AtomicBool>,
) -> Result<Receiver<Said>, HostError> {
    let (sender, said) = channel();
    let (host, stop) = (Arc::clone(host), Arc::clone(stop));
    let body = move || {
        let result = host.run(&command, &mut |event| {
            match event {
                ChildEvent::Started(id) => sender.send(Said::Started(id)).ok(),
                ChildEvent::Stdout(bytes) | ChildEvent::Stderr(bytes) => sender.send(Said::Text(bytes.to_vec())).ok(),
                ChildEvent::Tick => Some(()),
            };
            if stop.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        // Thousands of links: that takes a while, and is looked at again when the step ends.
        host.remove(&made).ok();
        sender.send(Said::Ended(result)).ok();
    };
    std::thread::Builder::new()
        .name("unpack".to_owned())
        .spawn(body)
        .map_err(|source| HostError::Start { program: "unpack".into(), source })?;
    Ok(said)
}
