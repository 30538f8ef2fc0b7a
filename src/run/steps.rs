//! What each kind of step does.

use super::output::{End, Lines, without_colours};
use super::problems::{target_taken, tool_failed, vanished};
use super::readers::{Reader, Reading};
use super::{EventKind, Runner, Stop, kernel, listed, locked, said};
use crate::diagnose::{Answer, Diagnosis, Knowledge, diagnose};
use crate::host::{ChildEvent, ChildExit, FileReader};
use crate::lock::LockedPackage;
use crate::plan::{CommandSpec, PlanStep};
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How many lines end in it.
fn lines_of(mut text: impl Read) -> std::io::Result<u64> {
    let mut block = vec![0; 1 << 16];
    let mut lines = 0;
    loop {
        let count = text.read(&mut block)?;
        if count == 0 {
            return Ok(lines);
        }
        lines += block.iter().take(count).map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
    }
}

/// What a child is heard with.
struct Hearing {
    out: Lines,
    err: Lines,
    reader: Option<Reader>,
}

impl Runner<'_> {
    /// Runs a child; its lines become log events, its silence is named, a cancel ends its tree.
    pub(super) fn run_command(&mut self, step: &PlanStep, command: &CommandSpec) -> Result<(), Stop> {
        if step.writes.contains(&self.plan.places.uv_cache) {
            self.room_before = self.host.free_bytes(&self.plan.places.uv_cache).ok();
        }
        let (from, began) = (self.log.end(), self.host.now());
        let mut heard = said::Heard::default();
        let exit = self.drive(step, command, &mut |_runner, _stderr, line| {
            heard.line(line);
            true
        })?;
        if exit == ChildExit::Code(0) || said::was_done_before(command, exit, &heard.text()) {
            return Ok(());
        }
        if kernel::may_know(exit) {
            self.note_kernel(began)?;
        }
        let diagnosis = self.diagnosed(from);
        let problem = tool_failed(self.plan, step, command, exit, &heard.text(), diagnosis.as_ref());
        self.tell_diagnosis(step, diagnosis)?;
        Err(Stop::Failed(problem))
    }

    /// Takes into the log what the kernel wrote since then.
    pub(super) fn note_kernel(&mut self, since: SystemTime) -> Result<(), Stop> {
        for line in kernel::words(&*self.host, since) {
            self.log.note(&line)?;
        }
        Ok(())
    }

    /// What the log says of a failure, from that place on; `None` if it names none that is known.
    pub(super) fn diagnosed(&self, from: u64) -> Option<Diagnosis> {
        let knowledge = Knowledge::embedded().ok()?;
        let path = self.log.path();
        // A part that was closed since begins anew.
        let from = if from > self.log.end() { 0 } else { from };
        let mut log = FileReader::starting_at(&*self.host, path, from);
        let mut diagnosis = diagnose(&mut log, knowledge).ok()?;
        let before = FileReader::new(&*self.host, path).take(from);
        let before = lines_of(before).ok()?;
        diagnosis.evidence.iter_mut().for_each(|line| line.line += before);
        diagnosis.system = Some(self.plan.os);
        matches!(diagnosis.answer, Answer::Known { .. }).then_some(diagnosis)
    }

    pub(super) fn tell_diagnosis(&mut self, step: &PlanStep, diagnosis: Option<Diagnosis>) -> Result<(), Stop> {
        diagnosis
            .map_or(Ok(()), |diagnosis| self.emit(Some(step), EventKind::Diagnosed { diagnosis: Box::new(diagnosis) }))
    }

    /// Runs a child and gives every line to `on`, which answers whether it is an ordinary log line.
    pub(super) fn drive(
        &mut self,
        step: &PlanStep,
        command: &CommandSpec,
        on: &mut dyn FnMut(&mut Self, bool, &str) -> bool,
    ) -> Result<ChildExit, Stop> {
        self.log.command(&step.key, &command.display(self.shell()))?;
        let began = self.host.uptime();
        let mut hearing = Hearing {
            out: Lines::default(),
            err: Lines::default(),
            reader: Reader::of(command, self.plan.lock.packages.len() as u64),
        };
        self.watch.tool(hearing.reader.as_ref().is_some_and(Reader::compiles));
        let host = Arc::clone(&self.host);
        let mut trouble = None;
        let exit = host.run(command, &mut |event| {
            let result = self.hear(step, &event, &mut hearing, on);
            let stop = result.is_err() || self.is_cancelled();
            trouble = trouble.take().or(result.err());
            if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        for stderr in [false, true] {
            let mut rest = Vec::new();
            let lines = if stderr { &mut hearing.err } else { &mut hearing.out };
            lines.flush(&mut |line| rest.push((line.to_owned(), End::Line)));
            self.lines(step, stderr, rest, &mut hearing.reader, on)?;
        }
        self.log.ended(exit, self.host.uptime().saturating_sub(began))?;
        match trouble {
            Some(trouble) => Err(trouble),
            None if self.is_cancelled() => Err(Stop::Cancelled),
            None => Ok(exit),
        }
    }

    fn hear(
        &mut self,
        step: &PlanStep,
        event: &ChildEvent<'_>,
        hearing: &mut Hearing,
        on: &mut dyn FnMut(&mut Self, bool, &str) -> bool,
    ) -> Result<(), Stop> {
        let mut lines = Vec::new();
        let mut keep = |line: &str, end| lines.push((line.to_owned(), end));
        let stderr = match *event {
            ChildEvent::Started(id) => {
                let began = self.host.process_began(id).unwrap_or_default();
                return self.emit(Some(step), EventKind::Child { id, began });
            }
            ChildEvent::Tick => {
                // A bar that stands still has been heard, too.
                hearing.out.pause(&mut keep);
                let out = std::mem::take(&mut lines);
                hearing.err.pause(&mut |line, end| lines.push((line.to_owned(), end)));
                self.lines(step, false, out, &mut hearing.reader, on)?;
                self.lines(step, true, lines, &mut hearing.reader, on)?;
                return self.quiet(step, &step.silence);
            }
            ChildEvent::Stdout(bytes) => {
                hearing.out.take_ends(bytes, &mut keep);
                false
            }
            ChildEvent::Stderr(bytes) => {
                hearing.err.take_ends(bytes, &mut keep);
                true
            }
        };
        self.lines(step, stderr, lines, &mut hearing.reader, on)
    }

    fn lines(
        &mut self,
        step: &PlanStep,
        stderr: bool,
        lines: Vec<(String, End)>,
        reader: &mut Option<Reader>,
        on: &mut dyn FnMut(&mut Self, bool, &str) -> bool,
    ) -> Result<(), Stop> {
        let lines: Vec<(String, End)> = lines
            .into_iter()
            .map(|(line, end)| match crate::report::without_secrets(&line) {
                std::borrow::Cow::Borrowed(_) => (line, end),
                std::borrow::Cow::Owned(safe) => (safe, end),
            })
            .collect();
        // On disk before anybody is told: the window reads the file.
        for (line, end) in &lines {
            self.log.line(line, *end);
        }
        self.log.flush()?;
        for (line, end) in lines {
            let text = without_colours(&line);
            let reading = reader.as_mut().and_then(|reader| reader.line(&text));
            let is_bar = end == End::Return || reading.as_ref().is_some_and(|reading| reading.is_bar);
            self.watch.heard(reading.as_ref().and_then(|reading| reading.doing.clone()));
            if let Some(reading) = reading {
                self.got_on(step, reading)?;
            } else if is_bar {
                self.last_sound = self.host.uptime();
            }
            if !is_bar && on(self, stderr, &text) {
                self.emit(Some(step), EventKind::Log { stderr, text })?;
            }
        }
        Ok(())
    }

    /// Takes what a tool said of how far it is; tells it ten times a second at most.
    fn got_on(&mut self, step: &PlanStep, reading: Reading) -> Result<(), Stop> {
        let now = self.host.uptime();
        self.last_sound = now;
        self.progress.heard(now, reading.amount, reading.share);
        let is_told = reading.amount.is_some() || reading.share.is_some();
        let is_soon = self.shown.is_some_and(|last| now.saturating_sub(last) < Duration::from_millis(100));
        if !is_told || (is_soon && self.progress.share() < 1.0) {
            return Ok(());
        }
        self.shown = Some(now);
        let kind = self.progress_of(reading.what.unwrap_or_default(), Some(self.progress.share()));
        self.emit(Some(step), kind)
    }

    /// How far the present step is.
    pub(super) fn progress_of(&self, what: String, share: Option<f64>) -> EventKind {
        let (done_bytes, total_bytes) = self.progress.of_step();
        EventKind::Progress {
            done_bytes,
            total_bytes,
            fraction: self.progress.fraction(),
            bytes_per_second: self.progress.per_second(),
            seconds_left: self.progress.left().map(|left| left.as_secs_f64()),
            what,
            units: self.progress.units_of_step(),
            share,
        }
    }

    pub(super) const fn shell(&self) -> crate::plan::Shell {
        crate::plan::native_shell(self.plan.os)
    }

    /// The pins with the hashes of the files that were fetched.
    pub(super) fn write_pins(&mut self, path: &Path) -> Result<(), Stop> {
        Ok(self.host.write_atomic(path, self.lock_with_hashes().wheels().requirements().as_bytes())?)
    }

    /// The lock with the hashes that were computed here, too.
    pub(super) fn lock_with_hashes(&self) -> crate::lock::Lock {
        let packages = (0..self.plan.lock.packages.len()).filter_map(|at| self.package_with_hash(at)).collect();
        crate::lock::Lock { packages, ..self.plan.lock.clone() }
    }

    /// One package of it.
    pub(super) fn package_with_hash(&self, at: usize) -> Option<LockedPackage> {
        let package = self.plan.lock.packages.get(at)?.clone();
        Some(locked::with_hash(package, &self.history))
    }

    /// Moves the environment to its place. Safe to repeat from any point at which it was cut. What it replaces stays
    /// aside until the end of the run is in the journal: until then it can be put back.
    pub(super) fn promote(
        &mut self,
        step: &PlanStep,
        from: &Path,
        to: &Path,
        aside: Option<&Path>,
    ) -> Result<(), Stop> {
        let host = Arc::clone(&self.host);
        let is_there = |path: &Path| host.meta(path).is_some();
        if is_there(from) {
            if is_there(to) {
                // Somebody may have put something there since the plan was made, or since an earlier life moved the old
                // environment away.
                let is_repeated = self.history.open.as_deref() == Some(step.key.as_str());
                let was_moved_away = |aside: &Path| is_repeated && is_there(aside);
                let free = aside.filter(|aside| !was_moved_away(aside) && listed::may_be_replaced(&*host, to));
                let Some(aside) = free else { return Err(Stop::Failed(target_taken(to))) };
                self.until_unused(step, to)?;
                // What lies aside from an older run was replaced then and is nobody's environment any more.
                self.insist(step, "removing an environment that was replaced", |host| host.remove(aside))?;
                self.insist(step, &step.silence, |host| host.rename(to, aside))?;
            }
            self.insist(step, &step.silence, |host| host.rename(from, to))?;
        }
        if !is_there(to) {
            return Err(Stop::Failed(vanished(from)));
        }
        self.keep_night()?;
        self.register(to, aside.unwrap_or(to))
    }

    /// A night that stands here was proven: with its lock it can be had again when the index has dropped it.
    fn keep_night(&self) -> Result<(), Stop> {
        let Some(build) = &self.plan.assessment.build else { return Ok(()) };
        if self.plan.assessment.route == crate::assess::Route::Nightly {
            crate::store::nightlies::keep(&*self.host, &build.variant, &build.torch, &self.lock_with_hashes())?;
        }
        Ok(())
    }

    /// Enters the environment into the list. Whoever had its torch guarded before, at `was`, has it guarded again.
    pub(super) fn register(&mut self, at: &Path, was: &Path) -> Result<(), Stop> {
        let created = crate::time::now(&*self.host);
        let known = listed::known_of(self.plan, self.report.as_deref(), at, created);
        listed::put(&*self.host, self.plan, known)?;
        if let Err(problem) = crate::environments::guard::renew(&*self.host, was, at) {
            self.log.note(&format!("The guard of its torch was not renewed: {}", problem.cause))?;
        }
        Ok(())
    }
}
