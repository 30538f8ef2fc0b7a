//! Room on the volumes that a run writes to: counted before the first byte, watched while it runs, waited for where
//! somebody can make some.

mod unpacked;

use super::download;
use super::problems::no_space;
use super::wake::{unfinished_place, writes_below};
use super::{EventKind, Runner, Stop, in_place};
use crate::host::Host;
use crate::plan::{Action, Engine, Inside, Plan, PlanStep};
use crate::problem::Problem;
use crate::text::size;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What pip's own environment takes before a package is in it; uv's takes nothing worth counting.
const PIP_ITSELF: u64 = 25_000_000;
/// A writer that was refused needs at least so much more before it is tried again.
const SOME_ROOM: u64 = 64 << 20;
/// Free space is looked at so often while it is waited for.
const LOOK: Duration = Duration::from_millis(500);
/// Refusals that are followed at once by another try, because there seems to be room: a quota is no shortage that could
/// be waited for.
const PATIENCE: u32 = 2;

/// A volume has no room for what a run needs there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortage {
    /// A folder on it that the run writes to.
    pub folder: PathBuf,
    /// Bytes needed there.
    pub needed: u64,
    /// Bytes free there.
    pub free: u64,
    /// What for, e.g. `the wheels and the unpacked packages`.
    pub what: String,
}

impl Shortage {
    /// Bytes that must be freed.
    pub const fn missing(&self) -> u64 {
        self.needed.saturating_sub(self.free)
    }

    /// In one line.
    pub fn text(&self) -> String {
        format!("{} more are needed on the volume of {}", size(self.missing()), self.folder.display())
    }
}

/// The system says that a volume is full.
pub fn is_full(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::StorageFull
}

/// One package, as far as room goes.
#[derive(Clone, Debug)]
struct Item {
    /// Bytes of its wheel that are not here yet.
    to_come: u64,
    /// Bytes of its wheel.
    wheel: u64,
    /// Bytes on the disk once it is unpacked.
    unpacked: u64,
    /// It may be in uv's cache already: it was unpacked, or its wheel is from an earlier run.
    is_in_cache: bool,
    /// Its wheel is linked under its name.
    is_linked: bool,
}

/// What a run still needs, volume by volume.
pub struct Demand {
    items: Vec<Item>,
    engine: Engine,
    store: PathBuf,
    links: PathBuf,
    cache: PathBuf,
    /// Where the environment's files will lie; `None` in another system.
    environment: Option<PathBuf>,
    /// The store's files cost nothing in the folder of links.
    links_are_free: bool,
    /// uv's cache's files cost nothing in the environment.
    environment_is_free: bool,
}

impl Demand {
    /// Looks at what is here. `hashes` are those that were computed in earlier lives.
    pub fn new(host: &dyn Host, plan: &Plan, hashes: &BTreeMap<String, String>) -> Self {
        let places = &plan.places;
        let item = |package: &crate::lock::LockedPackage| {
            let wheel = &package.wheel;
            let known = hashes.get(&wheel.file_name).map(String::as_str);
            let here = download::bytes_here(host, &places.store, wheel, known);
            let whole = download::is_here(host, &places.store, wheel, known);
            let bytes = wheel.size.unwrap_or(here);
            let hash = wheel.sha256.as_deref().or(known).filter(|_| whole);
            let exact = hash.and_then(|hash| {
                unpacked::of_wheel(host, &download::place(&places.store, hash, &wheel.file_name), plan.choices.engine)
            });
            Item {
                to_come: if whole { 0 } else { bytes.saturating_sub(here) },
                wheel: bytes,
                unpacked: exact.unwrap_or_else(|| unpacked::guess(&package.name, bytes)),
                is_in_cache: whole,
                is_linked: host.meta(&places.links.join(&wheel.file_name)).is_some(),
            }
        };
        let environment = (plan.inside == Inside::Here).then(|| plan.staging.clone());
        Self {
            items: plan.lock.packages.iter().map(item).collect(),
            engine: plan.choices.engine,
            links_are_free: host.can_link(&places.store, &places.links),
            environment_is_free: environment.as_ref().is_some_and(|folder| host.can_link(&places.uv_cache, folder)),
            store: places.store.clone(),
            links: places.links.clone(),
            cache: places.uv_cache.clone(),
            environment,
        }
    }

    /// A wheel is whole: what it unpacks to is known now.
    pub fn is_whole(&mut self, host: &dyn Host, plan: &Plan, at: usize, hash: &str) {
        let Some((item, package)) = self.items.get_mut(at).zip(plan.lock.packages.get(at)) else { return };
        let path = download::place(&plan.places.store, hash, &package.wheel.file_name);
        item.to_come = 0;
        item.is_linked = true;
        if !item.is_in_cache
            && let Some(exact) = unpacked::of_wheel(host, &path, self.engine)
        {
            item.unpacked = exact;
        }
    }

    /// Packages are in uv's cache.
    pub fn is_unpacked(&mut self, packages: &[usize]) {
        for at in packages {
            if let Some(item) = self.items.get_mut(*at) {
                item.is_in_cache = true;
            }
        }
    }

    /// What is needed in each folder, what comes from the network apart.
    fn needs(&self, to_come: u64) -> Vec<(&Path, u64, &'static str)> {
        let unpacked = |items: &mut dyn Iterator<Item = &Item>| items.map(|item| item.unpacked).sum::<u64>();
        let all = unpacked(&mut self.items.iter());
        let fresh = unpacked(&mut self.items.iter().filter(|item| !item.is_in_cache));
        let unlinked: u64 = self.items.iter().filter(|item| !item.is_linked).map(|item| item.wheel).sum();
        let mut needs = vec![(self.store.as_path(), to_come, "the wheels")];
        if !self.links_are_free {
            needs.push((&self.links, unlinked, "a copy of the wheels"));
        }
        let environment = self.environment.as_deref();
        match self.engine {
            Engine::Uv => {
                needs.push((&self.cache, fresh, "the unpacked packages"));
                if !self.environment_is_free {
                    needs.extend(environment.map(|folder| (folder, all, "the environment")));
                }
            }
            Engine::Pip => needs.extend(environment.map(|folder| (folder, all + PIP_ITSELF, "the environment"))),
        }
        needs
    }

    fn to_come(&self) -> u64 {
        self.items.iter().map(|item| item.to_come).sum()
    }

    /// The first volume that has no room for all that is still to come.
    pub fn shortage(&self, host: &dyn Host) -> Option<Shortage> {
        short(host, &self.needs(self.to_come()))
    }

    /// A shortage that is certain, as it is told while wheels load: what a child is unpacking this moment is half on the
    /// disk and counted in full, so only a volume without room for the wheels alone is one. `to_come` are the bytes that
    /// the network still has to give.
    pub fn certain_shortage(&self, host: &dyn Host, to_come: u64) -> Option<Shortage> {
        short(host, &[(&self.store, to_come, "the wheels")]).map(|_| {
            let all = short(host, &self.needs(to_come));
            all.unwrap_or_else(|| self.shortage_now(host))
        })
    }

    /// A write was refused: what is needed, and be it that the list thinks there is room.
    pub fn shortage_now(&self, host: &dyn Host) -> Shortage {
        self.shortage(host).unwrap_or_else(|| {
            let folders = [&self.store, &self.links, &self.cache].into_iter().chain(&self.environment);
            tightest(host, folders.map(PathBuf::as_path))
        })
    }

    /// What installing needs where nothing of it is in the environment and so many bytes are in uv's cache.
    fn of_install(&self, in_cache: u64) -> Vec<(&Path, u64, &'static str)> {
        let all: u64 = self.items.iter().map(|item| item.unpacked).sum();
        let environment = self.environment.as_deref();
        match self.engine {
            Engine::Pip => {
                environment.map(|folder| (folder, all + PIP_ITSELF, "the environment")).into_iter().collect()
            }
            Engine::Uv => {
                let copy =
                    environment.filter(|_| !self.environment_is_free).map(|folder| (folder, all, "the environment"));
                let cache = (self.cache.as_path(), all.saturating_sub(in_cache), "the unpacked packages");
                copy.into_iter().chain([cache]).collect()
            }
        }
    }

    /// In one line for the log, volume by volume.
    pub fn text(&self, host: &dyn Host) -> String {
        let volumes = by_volume(host, &self.needs(self.to_come()));
        let told = volumes.iter().map(|need| {
            format!(
                "{} for {} on the volume of {}, which has {}",
                size(need.needed),
                need.what,
                need.folder.display(),
                size(need.free)
            )
        });
        format!("it needs {}", told.collect::<Vec<_>>().join("; "))
    }
}

/// The same needs, those of one volume added together. A volume that does not tell its free space has enough.
fn by_volume(host: &dyn Host, needs: &[(&Path, u64, &str)]) -> Vec<Shortage> {
    let mut volumes: Vec<(String, Shortage)> = Vec::new();
    for &(folder, bytes, what) in needs.iter().filter(|need| need.1 > 0) {
        let name = host.volume_name(folder);
        if let Some((_, known)) = volumes.iter_mut().find(|(known, _)| *known == name) {
            known.needed += bytes;
            known.what = format!("{}, {what}", known.what);
            continue;
        }
        let free = host.free_bytes(folder).unwrap_or(u64::MAX);
        volumes.push((name, Shortage { folder: folder.to_owned(), needed: bytes, free, what: what.to_owned() }));
    }
    volumes.into_iter().map(|(_, need)| need).collect()
}

fn short(host: &dyn Host, needs: &[(&Path, u64, &str)]) -> Option<Shortage> {
    by_volume(host, needs).into_iter().find(|need| need.free < need.needed)
}

/// The folder whose volume has least; what was refused there is not known, so some more than there is must be there.
fn tightest<'a>(host: &dyn Host, folders: impl Iterator<Item = &'a Path>) -> Shortage {
    let free = |folder: &Path| host.free_bytes(folder).unwrap_or(u64::MAX);
    let folder = folders.min_by_key(|folder| free(folder)).unwrap_or(Path::new(""));
    Shortage { folder: folder.to_owned(), needed: SOME_ROOM, free: free(folder), what: "what is written".to_owned() }
}

impl Runner<'_> {
    /// Waits until there is room, if somebody is there who can make it.
    pub(super) fn wait_for_room(&mut self, step: &PlanStep, shortage: &Shortage) -> Result<(), Stop> {
        let free = |host: &dyn Host| host.free_bytes(&shortage.folder).unwrap_or(u64::MAX);
        if free(&*self.host) >= shortage.needed {
            self.refusals += 1;
            return if self.refusals > PATIENCE { Err(Stop::Failed(no_space(shortage))) } else { Ok(()) };
        }
        if !self.interactive {
            return Err(Stop::Failed(no_space(shortage)));
        }
        self.refusals = 0;
        self.emit(Some(step), EventKind::Paused { shortage: shortage.clone() })?;
        loop {
            let now = Shortage { free: free(&*self.host), ..shortage.clone() };
            if now.missing() == 0 {
                return self.emit(Some(step), EventKind::Unpaused);
            }
            if self.is_cancelled() {
                return Err(Stop::Cancelled);
            }
            self.host.pause(LOOK);
            self.quiet(step, &format!("waiting for free space: {}", now.text()))?;
        }
    }

    /// Takes a step that failed for want of room to where it can be begun again; any other failure is handed back.
    pub(super) fn make_room(&mut self, step: &PlanStep, stop: Stop) -> Result<(), Stop> {
        let Stop::Failed(problem) = &stop else { return Err(stop) };
        // What an installer filled can be thrown away and made again, unless it stands among what is in use.
        let place = unfinished_place(self.plan).filter(|place| writes_below(step, place)).map(Path::to_owned);
        let place = place.or_else(|| in_place::filled_by(self.plan, step));
        let installs = place.is_some() || step.writes.contains(&self.plan.places.uv_cache);
        // A container engine has volumes of its own, which nobody here knows.
        if !is_shortage(problem) || !installs || self.plan.container.is_some() {
            return Err(stop);
        }
        let details = problem.details.clone();
        let Some(place) = place.filter(|_| self.interactive && matches!(step.action, Action::Run { .. })) else {
            return Err(Stop::Failed(no_space(&self.missing_for_install()).details(details)));
        };
        self.begin_environment_anew(&place)?;
        let shortage = self.missing_for_install();
        self.wait_for_room(step, &shortage).map_err(|stop| match stop {
            Stop::Failed(problem) => Stop::Failed(problem.details(details)),
            other @ (Stop::Cancelled | Stop::NeedsUser(_)) => other,
        })
    }

    /// A program that installs found a volume full: what is missing, as far as it can be told.
    fn missing_for_install(&self) -> Shortage {
        let plan = self.plan;
        let demand = Demand::new(&*self.host, plan, &self.history.hashes);
        // The cache is shared: what is in it says nothing of how far this install came, what it took meanwhile does.
        let free = self.host.free_bytes(&plan.places.uv_cache).ok();
        let in_cache = self.room_before.zip(free).map_or(0, |(before, now)| before.saturating_sub(now));
        short(&*self.host, &demand.of_install(in_cache)).unwrap_or_else(|| {
            let temp = self.host.folders().temp.clone();
            let folders = [&plan.staging, &plan.places.uv_cache, &temp, &plan.places.run];
            tightest(&*self.host, folders.into_iter().map(PathBuf::as_path))
        })
    }
}

/// A program's last words, or the system's own, are that a volume is full.
fn is_shortage(problem: &Problem) -> bool {
    problem.label == "disk-full" || problem.label == "tool-failed" && super::said::says_full(&problem.details)
}

#[cfg(test)]
mod tests;
