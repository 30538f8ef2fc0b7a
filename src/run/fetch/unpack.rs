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

/// The folder that is thrown away; in uv's cache, so that files are linked into it and no byte is copied.
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
    said: Receiver<Said>,
    text: Vec<u8>,
    lines: Lines,
    began: Duration,
    batch: Vec<LockedPackage>,
    numbers: Vec<usize>,
}

/// What was handed over, and what waits for it.
pub struct Ahead {
    /// It can be done at all, and did not fail.
    is_on: bool,
    waiting: Vec<(usize, LockedPackage)>,
    handed: BTreeSet<usize>,
    child: Option<Child>,
    stop: Arc<AtomicBool>,
}

impl Ahead {
    /// Nothing is handed over yet.
    pub fn new(plan: &Plan) -> Self {
        Self {
            is_on: crate::plan::unpack_ahead(plan, &PathBuf::new(), &place(plan)).is_some(),
            waiting: Vec::new(),
            handed: BTreeSet::new(),
            child: None,
            stop: Arc::default(),
        }
    }

    /// A wheel is whole, its hash is right and it is linked under its name.
    pub fn take(&mut self, at: usize, package: Option<LockedPackage>) {
        if let Some(package) = package.filter(|_| self.is_on && self.handed.insert(at)) {
            self.waiting.push((at, package));
        }
    }

    /// A child is at work.
    pub const fn is_busy(&self) -> bool {
        self.child.is_some()
    }

    /// Ends the child and waits for its end.
    pub fn give_up(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(child) = self.child.take() {
            // Its thread hangs up when the whole tree is gone.
            while child.said.recv().is_ok() {}
        }
    }

    /// Hears the child and starts the next one. Answers with the packages that are unpacked now, and whether the child
    /// says that a volume is full.
    pub fn go_on(&mut self, runner: &mut Runner<'_>, step: &PlanStep) -> Result<(Vec<usize>, bool), Stop> {
        let (mut unpacked, mut full) = (Vec::new(), false);
        while let Some(said) = self.child.as_ref().and_then(|child| child.said.try_recv().ok()) {
            match said {
                Said::Started(id) => {
                    let began = runner.host.process_began(id).unwrap_or_default();
                    runner.emit(Some(step), EventKind::Child { id, began })?;
                }
                Said::Text(bytes) => {
                    if let Some(child) = &mut self.child {
                        runner.log.output(&mut child.lines, &bytes)?;
                        child.text.extend_from_slice(&bytes);
                    }
                }
                Said::Ended(result) => {
                    let Some(mut child) = self.child.take() else { break };
                    child.lines.flush(&mut |line| runner.log.line(&without_secrets(line), End::Line));
                    if let Ok(exit) = result {
                        runner.log.ended(exit, runner.host.uptime().saturating_sub(child.began))?;
                    }
                    if matches!(result, Ok(ChildExit::Code(0))) {
                        unpacked.extend(child.numbers);
                    } else {
                        full = said::says_full(&String::from_utf8_lossy(&child.text));
                        self.failed(runner, step, child, full)?;
                    }
                }
            }
        }
        if self.child.is_none() && self.is_on && !full {
            self.begin(runner, step)?;
        }
        Ok((unpacked, full))
    }

    /// The step that installs does all of it again, and tells what is wrong if it fails as well.
    fn failed(&mut self, runner: &mut Runner<'_>, step: &PlanStep, child: Child, full: bool) -> Result<(), Stop> {
        if full {
            self.waiting.extend(child.numbers.into_iter().zip(child.batch));
            return Ok(());
        }
        self.is_on = false;
        let text = "unpacking ahead failed; the packages are unpacked when all are here".to_owned();
        runner.emit(Some(step), EventKind::Log { stderr: true, text })
    }

    fn begin(&mut self, runner: &mut Runner<'_>, step: &PlanStep) -> Result<(), Stop> {
        let bytes: u64 = self.waiting.iter().map(|(_, package)| package.wheel.size.unwrap_or(WORTH_IT)).sum();
        if bytes < WORTH_IT {
            return Ok(());
        }
        let plan = runner.plan;
        let (numbers, batch): (Vec<usize>, Vec<LockedPackage>) = self.waiting.drain(..).unzip();
        let pins = plan.places.run.join("unpack.txt");
        let Some(command) = crate::plan::unpack_ahead(plan, &pins, &place(plan)) else { return Ok(()) };
        let lock = Lock { packages: batch, ..plan.lock.clone() };
        // Not synced, which would wait for all that is being fetched: the next life writes it anew.
        runner.host.remove(&pins)?;
        runner.host.grow(&pins)?.add(lock.requirements().as_bytes())?;
        runner.log.command(&step.key, &command.display(runner.shell()))?;
        let said = start(&runner.host, command, place(plan), &self.stop)?;
        self.child = Some(Child {
            said,
            text: Vec::new(),
            lines: Lines::default(),
            began: runner.host.uptime(),
            batch: lock.packages,
            numbers,
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
