//! Fetches the wheels of the lock, several at once, and hands each of them over as soon as it is whole.

mod hands;
mod mirrors;
mod pool;
mod unpack;

use super::download::{self, FetchError};
use super::problems::{fetch_failed, not_kept};
use super::space::{self, Demand, Shortage};
use super::{EventKind, Runner, Stop};
use crate::host::HostError;
use crate::plan::PlanStep;
use hands::Hands;
use pool::{Order, Pool, StopAtEnd, Told};
use std::cmp::Reverse;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use unpack::Ahead;

pub(super) use unpack::place as unpacking_place;

/// Ten times a second is as much as anybody can read.
const TICK: Duration = Duration::from_millis(100);
/// Free space is looked at so often.
const WATCH: Duration = Duration::from_secs(1);

/// Wheels below this load in a moment, and take their time to unpack all the same: most of them are thousands of small
/// files.
const SMALL: u64 = 16 << 20;

/// Puts what is to be fetched in its order: what is here already, so that it can be handed over; the largest, which takes
/// longest to load and to unpack; the small ones, which are asked for and unpacked meanwhile; then from large to small, so
/// that little is left to unpack when the last one is here.
fn in_turn<T>(orders: &mut [T], is_here: impl Fn(&T) -> bool, size: impl Fn(&T) -> u64) {
    orders.sort_by_key(|order| (!is_here(order), Reverse(size(order))));
    let here = orders.iter().take_while(|order| is_here(order)).count();
    if let Some(rest) = orders.get_mut(here + 1..) {
        rest.sort_by_key(|order| (size(order) >= SMALL, Reverse(size(order))));
    }
}

/// How a round of fetching ended other than by an error.
enum Round {
    /// Everything is here.
    Whole,
    /// A volume has no room for the rest.
    Short(Shortage),
}

impl Runner<'_> {
    /// Fetches the wheels and links them under their names. A shortage of space ends what is under way, which costs no
    /// byte twice, until there is room.
    pub(super) fn fetch(&mut self, step: &PlanStep) -> Result<(), Stop> {
        let mut demand = Demand::new(&*self.host, self.plan, &self.history.hashes);
        let mut ahead = Ahead::new(self.plan);
        self.host.remove(&unpacking_place(self.plan))?;
        let result = self.fetch_in_rounds(step, &mut demand, &mut ahead);
        ahead.give_up();
        self.host.remove(&unpacking_place(self.plan))?;
        result
    }

    fn fetch_in_rounds(&mut self, step: &PlanStep, demand: &mut Demand, ahead: &mut Ahead) -> Result<(), Stop> {
        self.log.note(&format!("Room: {}", demand.text(&*self.host)))?;
        if let Some(shortage) = demand.shortage(&*self.host) {
            self.wait_for_room(step, &shortage)?;
        }
        self.host.make_dir(&self.plan.places.links)?;
        loop {
            match self.round(step, demand, ahead)? {
                Round::Whole => return Ok(()),
                Round::Short(shortage) => self.wait_for_room(step, &shortage)?,
            }
        }
    }

    fn round(&mut self, step: &PlanStep, demand: &mut Demand, ahead: &mut Ahead) -> Result<Round, Stop> {
        let (host, plan) = (Arc::clone(&self.host), self.plan);
        let orders = self.orders()?;
        let pool = Pool::new(&host, plan, &orders, self.address);
        let (sender, told) = channel();
        std::thread::scope(|scope| {
            // Whoever is still at it hears this within a moment.
            let stops = StopAtEnd(&pool);
            for hand in 0..hands::MOST.min(orders.len()) {
                let sender = sender.clone();
                let thread = std::thread::Builder::new().name("fetch-wheel".to_owned());
                let pool = &pool;
                let started = thread.spawn_scoped(scope, move || pool.work(hand, sender));
                if let Err(source) = started {
                    return Err(HostError::Start { program: "fetch-wheel".into(), source }.into());
                }
            }
            drop(sender);
            let result = self.follow(step, &pool, &told, demand, ahead);
            drop(stops);
            result
        })
    }

    /// What is to be fetched, in its order.
    fn orders(&self) -> Result<Vec<Order>, Stop> {
        let store = self.store();
        let mut orders = Vec::new();
        for (at, package) in self.plan.lock.packages.iter().enumerate() {
            let known = self.history.hashes.get(&package.wheel.file_name).cloned();
            let is_here = download::is_here(&*self.host, &store, &package.wheel, known.as_deref());
            if self.offline && !is_here {
                return Err(Stop::Failed(not_kept(self.plan, &package.wheel.file_name)));
            }
            let url = (self.address)(package.wheel.url.as_str());
            let here = download::bytes_here(&*self.host, &store, &package.wheel, known.as_deref());
            orders.push(Order { at, wheel: package.wheel.clone(), known, url, here, is_here });
        }
        in_turn(&mut orders, |order| order.is_here, |order| order.wheel.size.unwrap_or(u64::MAX));
        Ok(orders)
    }

    /// Hears the threads, tells of the progress, hands over what is whole, watches the disk.
    fn follow(
        &mut self,
        step: &PlanStep,
        pool: &Pool<'_>,
        told: &Receiver<Told>,
        demand: &mut Demand,
        ahead: &mut Ahead,
    ) -> Result<Round, Stop> {
        let mut watched = self.host.uptime();
        let mut hands = Hands::new(watched);
        let mut bytes = None;
        let mut open = true;
        while open || ahead.is_busy() {
            match told.recv_timeout(TICK) {
                Ok(Told::Retry { file, why }) => {
                    let text = format!("{file}: {why}; trying again");
                    self.emit(Some(step), EventKind::Log { stderr: true, text })?;
                }
                Ok(Told::Ended { at, result: Ok(hash) }) => {
                    demand.is_whole(&*self.host, self.plan, at, &hash);
                    self.linked(step, at, &hash)?;
                    ahead.take(at, self.package_with_hash(at));
                }
                Ok(Told::Ended { result: Err(error), .. }) => return self.ended_badly(demand, &error),
                // Nobody is left who could tell anything; the child that unpacks may still be busy.
                Err(RecvTimeoutError::Disconnected) if open => open = false,
                Err(RecvTimeoutError::Disconnected) => self.host.pause(TICK),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.is_cancelled() {
                return Err(Stop::Cancelled);
            }
            let (batch, full) = ahead.go_on(self, step, open)?;
            demand.is_unpacked(&batch);
            if full {
                return Ok(Round::Short(demand.shortage_now(&*self.host)));
            }
            if bytes != Some(pool.done()) || !open {
                self.tell_progress(step, pool, &mut bytes)?;
            }
            if open {
                self.no_bytes(step, &pool.waits_for())?;
            } else {
                self.quiet(step, "unpacking what came")?;
            }
            let now = self.host.uptime();
            pool.allow(hands.look(now, pool.done()));
            if open && now.saturating_sub(watched) >= WATCH {
                watched = now;
                if let Some(shortage) = demand.certain_shortage(&*self.host, pool.to_come()) {
                    return Ok(Round::Short(shortage));
                }
            }
        }
        self.tell_progress(step, pool, &mut bytes)?;
        Ok(Round::Whole)
    }

    fn ended_badly(&self, demand: &Demand, error: &FetchError) -> Result<Round, Stop> {
        match error {
            FetchError::Cancelled => Err(Stop::Cancelled),
            FetchError::Disk(HostError::File { source, .. }) if space::is_full(source) => {
                Ok(Round::Short(demand.shortage_now(&*self.host)))
            }
            FetchError::HashMismatch { .. }
            | FetchError::WrongSize { .. }
            | FetchError::Network { .. }
            | FetchError::Disk(_) => Err(Stop::Failed(fetch_failed(self.plan, error))),
        }
    }

    /// Notes the hash of a wheel that had none and links it under its name.
    fn linked(&mut self, step: &PlanStep, at: usize, hash: &str) -> Result<(), Stop> {
        let plan = self.plan;
        let Some(wheel) = plan.lock.packages.get(at).map(|package| &package.wheel) else { return Ok(()) };
        let known = self.history.hashes.get(&wheel.file_name).is_some_and(|known| known == hash);
        if wheel.sha256.is_none() && !known {
            let file = wheel.file_name.clone();
            self.emit(Some(step), EventKind::Hashed { file: file.clone(), sha256: hash.to_owned() })?;
            self.history.hashes.insert(file, hash.to_owned());
        }
        let whole = download::place(&self.store(), hash, &wheel.file_name);
        let link = plan.places.links.join(&wheel.file_name);
        let len = self.host.meta(&whole).map(|meta| meta.len);
        // One that is there is left alone: another wizard may be installing from it.
        if self.host.meta(&link).map(|meta| meta.len) != len {
            self.host.link_or_copy(&whole, &link)?;
        }
        Ok(())
    }

    fn tell_progress(&mut self, step: &PlanStep, pool: &Pool<'_>, told: &mut Option<u64>) -> Result<(), Stop> {
        let done = pool.done();
        if *told == Some(done) {
            return Ok(());
        }
        *told = Some(done);
        self.progress.bytes(self.host.uptime(), done, pool.total());
        let kind = self.progress_of(pool.under_way(), None);
        self.emit(Some(step), kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_here_comes_first_then_the_largest_then_small_ones_then_the_rest() {
        let mut wheels =
            [(false, 200), (false, 2), (true, 100), (false, u64::MAX >> 20), (true, 1), (false, 500), (false, 9)];
        in_turn(&mut wheels, |wheel| wheel.0, |wheel| wheel.1 << 20);
        assert_eq!(wheels.map(|wheel| wheel.1), [100, 1, u64::MAX >> 20, 9, 2, 500, 200]);
        let mut none: [(bool, u64); 0] = [];
        in_turn(&mut none, |wheel| wheel.0, |wheel| wheel.1);
    }
}
