//! What each kind of step does.

use super::download::{self, FetchError, FetchNews};
use super::output::{Lines, without_colours};
use super::problems::{fetch_failed, no_space, not_kept, target_taken, tool_failed};
use super::{EventKind, Runner, Stop};
use crate::facts::OsFamily;
use crate::host::{ChildEvent, ChildExit};
use crate::lock::LockedPackage;
use crate::plan::{CommandSpec, PlanStep, bin_dir};
use crate::problem::Problem;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How much of a tool's output is shown with its failure.
const LAST_LINES: usize = 12;

impl Runner<'_> {
    /// Runs a child; its lines become log events, its silence is named, a cancel ends its tree.
    pub(super) fn run_command(&mut self, step: &PlanStep, command: &CommandSpec) -> Result<(), Stop> {
        let mut tail = Vec::new();
        let exit = self.drive(step, command, &mut |_runner, _stderr, line| {
            tail.push(line.to_owned());
            if tail.len() > LAST_LINES {
                tail.remove(0);
            }
            true
        })?;
        match exit {
            ChildExit::Code(0) => Ok(()),
            exit @ (ChildExit::Code(_) | ChildExit::Signal(_) | ChildExit::Stopped) => {
                Err(Stop::Failed(tool_failed(self.plan, step, command, exit, &tail.join("\n"))))
            }
        }
    }

    /// Runs a child and gives every line to `on`, which answers whether it is an ordinary log line.
    pub(super) fn drive(
        &mut self,
        step: &PlanStep,
        command: &CommandSpec,
        on: &mut dyn FnMut(&mut Self, bool, &str) -> bool,
    ) -> Result<ChildExit, Stop> {
        self.log.add(format!("\n── {}: {}\n", step.key, command.display(self.shell())).as_bytes())?;
        let host = Arc::clone(&self.host);
        let (mut out, mut err) = (Lines::default(), Lines::default());
        let mut trouble = None;
        let exit = host.run(command, &mut |event| {
            let result = self.hear(step, &event, &mut out, &mut err, on);
            let stop = result.is_err() || self.is_cancelled();
            trouble = trouble.take().or(result.err());
            if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        for (lines, stderr) in [(&mut out, false), (&mut err, true)] {
            let mut rest = Vec::new();
            lines.flush(&mut |line| rest.push(line.to_owned()));
            self.lines(step, stderr, &rest, on)?;
        }
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
        out: &mut Lines,
        err: &mut Lines,
        on: &mut dyn FnMut(&mut Self, bool, &str) -> bool,
    ) -> Result<(), Stop> {
        let mut lines = Vec::new();
        let stderr = match *event {
            ChildEvent::Started(id) => {
                let began = self.host.process_began(id).unwrap_or_default();
                return self.emit(Some(step), EventKind::Child { id, began });
            }
            ChildEvent::Tick => return self.quiet(step, &step.silence),
            ChildEvent::Stdout(bytes) => {
                self.log.add(bytes)?;
                out.take(bytes, &mut |line| lines.push(line.to_owned()));
                false
            }
            ChildEvent::Stderr(bytes) => {
                self.log.add(bytes)?;
                err.take(bytes, &mut |line| lines.push(line.to_owned()));
                true
            }
        };
        self.lines(step, stderr, &lines, on)
    }

    fn lines(
        &mut self,
        step: &PlanStep,
        stderr: bool,
        lines: &[String],
        on: &mut dyn FnMut(&mut Self, bool, &str) -> bool,
    ) -> Result<(), Stop> {
        for line in lines {
            let text = without_colours(line);
            if on(self, stderr, &text) {
                self.emit(Some(step), EventKind::Log { stderr, text })?;
            }
        }
        Ok(())
    }

    pub(super) const fn shell(&self) -> crate::plan::Shell {
        match self.plan.os {
            OsFamily::Windows => crate::plan::Shell::PowerShell,
            OsFamily::Linux | OsFamily::Macos | OsFamily::Other => crate::plan::Shell::Posix,
        }
    }

    /// Fetches the wheels of the lock, one after the other, and links them under their names.
    pub(super) fn fetch(&mut self, step: &PlanStep) -> Result<(), Stop> {
        let total = self.plan.lock.download_bytes();
        self.check_space(total.unwrap_or_default())?;
        self.host.make_dir(&self.plan.places.links)?;
        let mut before = 0;
        for package in &self.plan.lock.packages {
            let hash = self.fetch_one(step, package, before, total)?;
            let known = self.history.hashes.get(&package.wheel.file_name) == Some(&hash);
            if package.wheel.sha256.is_none() && !known {
                let file = package.wheel.file_name.clone();
                self.emit(Some(step), EventKind::Hashed { file: file.clone(), sha256: hash.clone() })?;
                self.history.hashes.insert(file, hash.clone());
            }
            let whole = download::place(&self.store(), &hash, &package.wheel.file_name);
            let link = self.plan.places.links.join(&package.wheel.file_name);
            let len = self.host.meta(&whole).map(|meta| meta.len);
            // One that is there is left alone: another wizard may be installing from it.
            if self.host.meta(&link).map(|meta| meta.len) != len {
                self.host.link_or_copy(&whole, &link)?;
            }
            before += len.unwrap_or_default();
        }
        Ok(())
    }

    fn fetch_one(
        &mut self,
        step: &PlanStep,
        package: &LockedPackage,
        before: u64,
        total: Option<u64>,
    ) -> Result<String, Stop> {
        let (host, store) = (Arc::clone(&self.host), self.store());
        let url = (self.address)(package.wheel.url.as_str());
        let known = self.history.hashes.get(&package.wheel.file_name).cloned();
        if self.offline && !download::is_here(&*host, &store, &package.wheel, known.as_deref()) {
            return Err(Stop::Failed(not_kept(self.plan, &package.wheel.file_name)));
        }
        let mut trouble = None;
        let mut shown = None::<Duration>;
        let result = download::fetch(&host, &store, &package.wheel, known.as_deref(), &url, &mut |news| {
            let result = self.fetch_news(step, package, &news, before, total, &mut shown);
            let stop = result.is_err() || self.is_cancelled();
            trouble = trouble.take().or(result.err());
            if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if let Some(trouble) = trouble {
            return Err(trouble);
        }
        result.map_err(|error| {
            if matches!(error, FetchError::Cancelled) {
                Stop::Cancelled
            } else {
                Stop::Failed(fetch_failed(self.plan, &error))
            }
        })
    }

    fn fetch_news(
        &mut self,
        step: &PlanStep,
        package: &LockedPackage,
        news: &FetchNews,
        before: u64,
        total: Option<u64>,
        shown: &mut Option<Duration>,
    ) -> Result<(), Stop> {
        match news {
            FetchNews::Bytes { done, total: of_file } => {
                let now = self.host.uptime();
                self.progress.bytes(now, before + done, total);
                let whole = *of_file == Some(*done);
                // Ten times a second is as much as anybody can read.
                if !whole && shown.is_some_and(|last| now.saturating_sub(last) < Duration::from_millis(100)) {
                    return Ok(());
                }
                *shown = Some(now);
                let (done_bytes, total_bytes) = self.progress.of_step();
                let kind = EventKind::Progress {
                    done_bytes,
                    total_bytes,
                    fraction: self.progress.fraction(),
                    bytes_per_second: self.progress.per_second(),
                    seconds_left: self.progress.left().map(|left| left.as_secs_f64()),
                    what: package.wheel.file_name.clone(),
                };
                self.emit(Some(step), kind)
            }
            FetchNews::Waiting { why } => self.quiet(step, &format!("waiting for {why}")),
            FetchNews::Retry { why } => {
                let text = format!("{}: {why}; trying again", package.wheel.file_name);
                self.emit(Some(step), EventKind::Log { stderr: true, text })
            }
        }
    }

    /// The cache's volume must hold the wheels that are still to come and what uv unpacks from them; the environment's
    /// volume what is unpacked, which costs nothing more where both are one volume (hard links).
    fn check_space(&self, total: u64) -> Result<(), Stop> {
        let here: u64 = self
            .plan
            .lock
            .packages
            .iter()
            .map(|package| {
                let known = self.history.hashes.get(&package.wheel.file_name).map(String::as_str);
                download::bytes_here(&*self.host, &self.plan.places.store, &package.wheel, known)
            })
            .sum();
        let unpacked = self.plan.assessment.disk_bytes.unwrap_or(total * 2);
        let to_come = total.saturating_sub(here);
        // All wheels are here: an earlier environment has had them unpacked already.
        let in_cache = if to_come == 0 { 0 } else { to_come + unpacked };
        let in_place = if to_come == 0 { 0 } else { unpacked };
        for (folder, needed, what) in [
            (&self.plan.places.store, in_cache, "fetching and unpacking the packages"),
            (&self.plan.staging, in_place, "the environment"),
        ] {
            let Ok(free) = self.host.free_bytes(folder) else { continue };
            if free < needed {
                return Err(Stop::Failed(no_space(folder, free, needed, what)));
            }
        }
        Ok(())
    }

    /// The pins with the hashes of the files that were fetched.
    pub(super) fn write_pins(&mut self, path: &Path) -> Result<(), Stop> {
        Ok(self.host.write_atomic(path, self.lock_with_hashes().requirements().as_bytes())?)
    }

    /// The lock with the hashes that were computed here, too.
    fn lock_with_hashes(&self) -> crate::lock::Lock {
        let mut lock = self.plan.lock.clone();
        for package in &mut lock.packages {
            let wheel = &mut package.wheel;
            wheel.sha256 = wheel.sha256.take().or_else(|| self.history.hashes.get(&wheel.file_name).cloned());
        }
        lock
    }

    /// venv and pip write the environment's path into scripts; the path has another length after the move, which is fine
    /// for text and for the launchers of Windows, whose archive is found from its end.
    pub(super) fn rehome(&mut self, from: &Path, to: &Path) -> Result<(), Stop> {
        let (old, new) = (from.to_string_lossy().into_owned(), to.to_string_lossy().into_owned());
        let mut files: Vec<_> = self.host.list(&bin_dir(self.plan.os, from))?;
        files.extend(
            self.host
                .meta(&from.join("pyvenv.cfg"))
                .map(|meta| crate::host::Entry { path: from.join("pyvenv.cfg"), meta }),
        );
        for file in files.into_iter().filter(|file| !file.meta.is_dir && !file.meta.is_link) {
            let bytes = self.host.read(&file.path)?;
            if let Some(changed) = replaced(&bytes, old.as_bytes(), new.as_bytes()) {
                self.host.overwrite(&file.path, &changed)?;
            }
        }
        Ok(())
    }

    /// Moves the environment to its place. Safe to repeat from any point at which it was cut.
    pub(super) fn promote(&mut self, from: &Path, to: &Path, aside: Option<&Path>) -> Result<(), Stop> {
        if self.host.meta(from).is_some() {
            if self.host.meta(to).is_some() {
                let Some(aside) = aside else { return Err(Stop::Failed(target_taken(to))) };
                // What lies aside from an older run was replaced then and is nobody's environment any more.
                self.host.remove(aside)?;
                self.host.rename(to, aside)?;
            }
            self.host.rename(from, to)?;
        }
        self.keep_night()?;
        self.register(to)?;
        if let Some(aside) = aside {
            self.host.remove(aside)?;
        }
        Ok(())
    }

    /// A night that stands here was proven: with its lock it can be had again when the index has dropped it.
    fn keep_night(&self) -> Result<(), Stop> {
        let Some(build) = &self.plan.assessment.build else { return Ok(()) };
        if self.plan.assessment.route == crate::assess::Route::Nightly {
            crate::store::nightlies::keep(&*self.host, &build.variant, &build.torch, &self.lock_with_hashes())?;
        }
        Ok(())
    }

    pub(super) fn register(&mut self, at: &Path) -> Result<(), Stop> {
        use crate::store::{Known, Registry, load, save};
        let path = Registry::path(&*self.host);
        let put = |registry: &mut Registry| {
            let report = self.report.as_deref();
            let build = self.plan.assessment.build.as_ref();
            registry.put(Known {
                path: at.to_owned(),
                created: crate::time::now(&*self.host),
                torch: report.and_then(|report| report.torch.clone()),
                variant: build.map(|build| build.variant.clone()),
                route: Some(self.plan.assessment.route.word().to_owned()),
                plan_id: Some(self.plan.id.clone()),
                verdict: report.map(|report| report.verdict),
                verified_at: report.map(|report| report.taken_at.clone()),
                driver: report.and_then(|report| report.driver.clone()),
                last_report: Some(self.plan.places.run.join("report.json")),
            });
        };
        let result = load::<Registry>(&*self.host, &path).and_then(|mut registry| {
            put(&mut registry);
            save(&*self.host, &path, &registry)
        });
        result.map_err(|error| {
            let mut problem = Problem::from(error);
            problem.changed =
                format!("The environment stands at {} and is not yet in the list. {}", at.display(), problem.changed);
            Stop::Failed(problem.command("Put it into the list", "torch-wizard resume"))
        })
    }
}

/// The bytes with every occurrence replaced; `None` if there is none.
fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let (mut rest, mut found) = (bytes, false);
    while let Some(at) = rest.windows(old.len().max(1)).position(|window| window == old) {
        let (head, tail) = rest.split_at(at);
        out.extend_from_slice(head);
        out.extend_from_slice(new);
        rest = tail.get(old.len()..).unwrap_or_default();
        found = true;
    }
    out.extend_from_slice(rest);
    found.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::replaced;
    use crate::host::Host;
    use crate::host::fake::World;
    use crate::lock::Lock;
    use crate::run::{Outcome, Surroundings, run};
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn a_volume_that_cannot_hold_the_packages_is_told_before_the_first_byte() {
        let mut plan = crate::run::rollback::tests::run(None).plan;
        plan.steps.retain(|step| step.key == "download");
        plan.assessment.disk_bytes = Some(2_000);
        plan.lock = Lock::from_pylock(
            "lock-version = \"1.0\"\n[[packages]]\nname = \"x\"\nversion = \"1\"\n\
             wheels = [{ url = \"https://h.example/x-1-py3-none-any.whl\", size = 1_000 }]\n",
        )
        .unwrap();
        let ends = |free: u64| {
            let host: Arc<dyn Host> = Arc::new(World::new(crate::facts::OsFamily::Linux).free("/", free));
            let surroundings = Surroundings {
                host: Arc::clone(&host),
                address: &str::to_owned,
                expected: &|_, _| None,
                circumstances: crate::verify::Circumstances::default(),
                offline: true,
                cancel: &AtomicBool::new(false),
                sink: &mut |_| {},
            };
            let Outcome::Failed { problem, .. } = run(&plan, surroundings) else { panic!("it did not stop") };
            assert!(host.meta(Path::new("/s")).is_none(), "something was fetched");
            problem
        };
        let full = ends(2_999);
        assert_eq!(full.label, "disk-full");
        assert!(full.cause.contains("3.00 kB") && !full.next.is_empty(), "{full}");
        // With room for wheels and unpacked files it goes on to fetching, which is forbidden here.
        assert_eq!(ends(3_000).label, "offline");
    }

    #[test]
    fn every_occurrence_of_the_old_path_is_replaced() {
        let launcher = b"MZ\0\xff#!/a/b.tw-new/bin/python\nPK/a/b.tw-new!";
        assert_eq!(
            replaced(launcher, b"/a/b.tw-new", b"/a/b").unwrap(),
            b"MZ\0\xff#!/a/b/bin/python\nPK/a/b!".to_vec()
        );
        assert_eq!(replaced(b"nothing", b"/a/b", b"/c"), None);
    }
}
