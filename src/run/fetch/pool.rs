//! The threads that fetch, and what each of them has got so far.

use super::mirrors::Mirrors;
use crate::host::Host;
use crate::lock::LockedWheel;
use crate::plan::Plan;
use crate::run::download::{self, FetchError, FetchNews, STALL, Source};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// One wheel to be fetched.
pub struct Order {
    /// Number of its package in the lock.
    pub at: usize,
    /// The wheel.
    pub wheel: LockedWheel,
    /// Hash computed in an earlier life.
    pub known: Option<String>,
    /// Its address, with user name and password where needed.
    pub url: String,
    /// So many bytes are here.
    pub here: u64,
    /// It is here whole.
    pub is_here: bool,
}

/// What a thread tells.
pub enum Told {
    /// A try failed; another one follows.
    Retry {
        /// Which file.
        file: String,
        /// What was refused.
        why: String,
    },
    /// A wheel came to its end.
    Ended {
        /// Number of its package in the lock.
        at: usize,
        /// Its hash.
        result: Result<String, FetchError>,
    },
}

/// A thread that waits looks so often whether it is its turn.
const TURN: Duration = Duration::from_millis(50);

const UNDER_WAY: u8 = 1;
const OVER: u8 = 2;

/// How far one wheel is.
struct Slot {
    done: AtomicU64,
    /// 0 while nobody told it.
    total: AtomicU64,
    state: AtomicU8,
}

/// Wheels, and how far each is.
pub struct Pool<'a> {
    host: &'a Arc<dyn Host>,
    plan: &'a Plan,
    orders: &'a [Order],
    slots: Vec<Slot>,
    next: AtomicUsize,
    /// Threads with a lower number may take the next wheel.
    allowed: AtomicUsize,
    stop: AtomicBool,
    waits_for: Mutex<String>,
    mirrors: Mirrors<'a>,
}

/// Stops the pool when it is dropped, also by a panic: its threads are waited for in any case.
pub struct StopAtEnd<'a, 'b>(pub &'a Pool<'b>);

impl Drop for StopAtEnd<'_, '_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl<'a> Pool<'a> {
    /// Nothing is under way yet.
    pub fn new(
        host: &'a Arc<dyn Host>,
        plan: &'a Plan,
        orders: &'a [Order],
        address: &'a (dyn Fn(&str) -> String + Sync),
    ) -> Self {
        let slot = |order: &Order| Slot {
            done: AtomicU64::new(order.here),
            total: AtomicU64::new(order.wheel.size.unwrap_or_default()),
            state: AtomicU8::new(0),
        };
        Self {
            host,
            plan,
            orders,
            slots: orders.iter().map(slot).collect(),
            next: AtomicUsize::new(0),
            allowed: AtomicUsize::new(super::hands::FEW),
            stop: AtomicBool::new(false),
            waits_for: Mutex::default(),
            mirrors: Mirrors { host, plan, address },
        }
    }

    /// Ends all of them as soon as they hear it.
    fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// So many threads may take the next wheel.
    pub fn allow(&self, count: usize) {
        self.allowed.store(count, Ordering::SeqCst);
    }

    /// Waits for its turn; says whether there is still something to do then.
    fn waits_for_its_turn(&self, hand: usize) -> bool {
        let is_over = || self.stop.load(Ordering::SeqCst) || self.next.load(Ordering::SeqCst) >= self.orders.len();
        while hand >= self.allowed.load(Ordering::SeqCst) && !is_over() {
            self.host.pause(TURN);
        }
        !is_over()
    }

    /// Fetches one after the other until none is left. The threads are numbered by `hand`.
    #[expect(clippy::needless_pass_by_value, reason = "its end tells that this thread has nothing more to tell")]
    pub fn work(&self, hand: usize, to: Sender<Told>) {
        while self.waits_for_its_turn(hand) {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            let (Some(order), Some(slot)) = (self.orders.get(number), self.slots.get(number)) else { return };
            slot.state.store(UNDER_WAY, Ordering::SeqCst);
            let result = self.one(order, slot, &to);
            slot.state.store(OVER, Ordering::SeqCst);
            let failed = result.is_err();
            if to.send(Told::Ended { at: order.at, result }).is_err() || failed {
                return;
            }
        }
    }

    fn one(&self, order: &Order, slot: &Slot, to: &Sender<Told>) -> Result<String, FetchError> {
        let elsewhere = |hash: &str, on: &mut download::On<'_>| self.mirrors.of(order, hash, on);
        let source = Source { url: &order.url, elsewhere: &elsewhere, stall: STALL };
        let store = &self.plan.places.store;
        let mut on = |news: FetchNews| {
            match news {
                FetchNews::Bytes { done, total } => {
                    slot.done.store(done, Ordering::SeqCst);
                    if let Some(total) = total {
                        slot.total.store(total, Ordering::SeqCst);
                    }
                }
                FetchNews::Waiting { why } => {
                    *self.waits_for.lock().unwrap_or_else(PoisonError::into_inner) = why;
                }
                FetchNews::Retry { why } => {
                    to.send(Told::Retry { file: order.wheel.file_name.clone(), why }).ok();
                }
            }
            if self.stop.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let hash = download::fetch(self.host, store, &order.wheel, order.known.as_deref(), &source, &mut on)?;
        let len = self.host.meta(&download::place(store, &hash, &order.wheel.file_name)).map(|meta| meta.len);
        for known in [&slot.done, &slot.total] {
            known.store(len.unwrap_or_default(), Ordering::SeqCst);
        }
        Ok(hash)
    }

    /// Bytes that are here, of all wheels.
    pub fn done(&self) -> u64 {
        self.slots.iter().map(|slot| slot.done.load(Ordering::SeqCst)).sum()
    }

    /// Bytes of all wheels, once each size is known.
    pub fn total(&self) -> Option<u64> {
        let sizes = self.slots.iter().map(|slot| slot.total.load(Ordering::SeqCst));
        sizes.map(|size| (size > 0).then_some(size)).sum()
    }

    /// Bytes still to come, as far as sizes are known.
    pub fn to_come(&self) -> u64 {
        let rest = |slot: &Slot| slot.total.load(Ordering::SeqCst).saturating_sub(slot.done.load(Ordering::SeqCst));
        self.slots.iter().map(rest).sum()
    }

    /// Names of the files under way, the biggest first.
    pub fn under_way(&self) -> String {
        let of_state = |wanted: u8| {
            let slots = self.orders.iter().zip(&self.slots);
            let names = slots.filter(move |(_, slot)| slot.state.load(Ordering::SeqCst) == wanted);
            names.map(|(order, _)| order.wheel.file_name.as_str())
        };
        let names: Vec<&str> = of_state(UNDER_WAY).collect();
        if names.is_empty() { of_state(OVER).last().unwrap_or_default().to_owned() } else { names.join(", ") }
    }

    /// What a silence is known to be.
    pub fn waits_for(&self) -> String {
        let why = self.waits_for.lock().unwrap_or_else(PoisonError::into_inner);
        format!("waiting for {}", if why.is_empty() { "the index" } else { &why })
    }
}
