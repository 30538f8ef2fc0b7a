//! From the thread that reads the network to the one that writes and hashes. A connection gives a few kilobytes at a
//! time; what came while the other side was busy is taken in one go, so that not each of them costs a hand-over and a write.

use crate::host::{Answer, Hop, HostError, Receiver};
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The reader waits while so much is not taken yet.
const FULL: usize = 1 << 20;

#[derive(Default)]
struct State {
    begin: Option<Answer>,
    bytes: Vec<u8>,
    end: Option<Result<(), HostError>>,
    taker_is_gone: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    ready: Condvar,
    space: Condvar,
}

impl Shared {
    fn hold(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What came.
pub enum Heard {
    /// The head of the answer.
    Begin(Answer),
    /// Bytes of the file.
    Bytes(Vec<u8>),
    /// The end, good or bad.
    End(Result<(), HostError>),
    /// Nothing, for as long as was waited.
    Silence,
}

/// The end that reads the network.
pub struct Inlet(Arc<Shared>);

/// The end that writes; dropping it ends the request at its next byte.
pub struct Outlet(Arc<Shared>);

/// Both ends.
pub fn pipe() -> (Inlet, Outlet) {
    let shared = Arc::new(Shared::default());
    (Inlet(Arc::clone(&shared)), Outlet(shared))
}

impl Inlet {
    /// Says how the request ended.
    pub fn end(self, result: Result<(), HostError>) {
        self.0.hold().end = Some(result);
        self.0.ready.notify_one();
    }
}

impl Drop for Inlet {
    /// A reader that died without a word is an end, too.
    fn drop(&mut self) {
        let died = || {
            let text = "the thread of the connection ended".to_owned();
            Err(HostError::Network { hop: Hop::Transfer, text, url: String::new() })
        };
        self.0.hold().end.get_or_insert_with(died);
        self.0.ready.notify_one();
    }
}

impl Receiver for &Inlet {
    fn begin(&mut self, answer: &Answer) -> ControlFlow<()> {
        let mut state = self.0.hold();
        state.begin = Some(answer.clone());
        self.0.ready.notify_one();
        if state.taker_is_gone { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn piece(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        let mut state = self.0.hold();
        while state.bytes.len() >= FULL && !state.taker_is_gone {
            state = self.0.space.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.taker_is_gone {
            return ControlFlow::Break(());
        }
        let was_empty = state.bytes.is_empty();
        state.bytes.extend_from_slice(bytes);
        drop(state);
        if was_empty {
            self.0.ready.notify_one();
        }
        ControlFlow::Continue(())
    }
}

impl Outlet {
    /// The next thing that came, in order; waits at most so long.
    pub fn next(&self, patience: Duration) -> Heard {
        let nothing = |state: &mut State| state.begin.is_none() && state.bytes.is_empty() && state.end.is_none();
        let waited = self.0.ready.wait_timeout_while(self.0.hold(), patience, nothing);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = state.begin.take() {
            return Heard::Begin(answer);
        }
        if !state.bytes.is_empty() {
            let bytes = std::mem::take(&mut state.bytes);
            drop(state);
            self.0.space.notify_one();
            return Heard::Bytes(bytes);
        }
        state.end.take().map_or(Heard::Silence, Heard::End)
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        self.0.hold().taker_is_gone = true;
        self.0.space.notify_one();
    }
}
