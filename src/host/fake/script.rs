//! What a made-up program does: pieces of output, each after a time, and an end.

use super::{ChildEvent, ChildExit};
use std::ops::ControlFlow;
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
enum Stream {
    Stdout,
    Stderr,
}

/// A program as a list of (delay, stream, bytes), then its end. Delays are virtual.
#[derive(Clone, Debug)]
pub struct Script {
    pieces: Vec<(Duration, Stream, Vec<u8>)>,
    last_delay: Duration,
    exit: ChildExit,
}

/// Longer than any limit in the product.
const FOR_EVER: Duration = Duration::from_hours(24);
const TICK: Duration = Duration::from_millis(100);

impl Script {
    /// Prints nothing and ends with this code.
    pub fn exits(code: i32) -> Self {
        Self { pieces: Vec::new(), last_delay: Duration::ZERO, exit: ChildExit::Code(code) }
    }

    /// Prints this and ends with 0.
    pub fn prints(stdout: impl AsRef<[u8]>) -> Self {
        Self::exits(0).stdout(stdout)
    }

    /// Prints nothing and does not end (for a day).
    pub fn hangs() -> Self {
        Self::exits(0).after(FOR_EVER)
    }

    /// More on its standard output.
    #[must_use]
    pub fn stdout(self, bytes: impl AsRef<[u8]>) -> Self {
        self.piece(Stream::Stdout, bytes.as_ref())
    }

    /// More on its standard error.
    #[must_use]
    pub fn stderr(self, bytes: impl AsRef<[u8]>) -> Self {
        self.piece(Stream::Stderr, bytes.as_ref())
    }

    /// Silent for so long before what comes next: output, or the end.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.last_delay += delay;
        self
    }

    /// Ends with this code.
    #[must_use]
    pub fn exit(mut self, code: i32) -> Self {
        self.exit = ChildExit::Code(code);
        self
    }

    /// Ends by a signal of somebody else.
    #[must_use]
    pub fn signal(mut self, signal: i32) -> Self {
        self.exit = ChildExit::Signal(signal);
        self
    }

    fn piece(mut self, stream: Stream, bytes: &[u8]) -> Self {
        self.pieces.push((std::mem::take(&mut self.last_delay), stream, bytes.to_vec()));
        self
    }

    /// Plays it: `spend` lets virtual time go by.
    pub(super) fn play(
        &self,
        spend: &dyn Fn(Duration),
        on: &mut dyn FnMut(ChildEvent<'_>) -> ControlFlow<()>,
    ) -> ChildExit {
        if on(ChildEvent::Started(4711)).is_break() {
            return ChildExit::Stopped;
        }
        for (delay, stream, bytes) in &self.pieces {
            let event = match stream {
                Stream::Stdout => ChildEvent::Stdout(bytes),
                Stream::Stderr => ChildEvent::Stderr(bytes),
            };
            if wait(*delay, spend, on).is_break() || on(event).is_break() {
                return ChildExit::Stopped;
            }
        }
        if wait(self.last_delay, spend, on).is_break() { ChildExit::Stopped } else { self.exit }
    }
}

fn wait(
    delay: Duration,
    spend: &dyn Fn(Duration),
    on: &mut dyn FnMut(ChildEvent<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut left = delay;
    while left > TICK {
        spend(TICK);
        left -= TICK;
        on(ChildEvent::Tick)?;
    }
    spend(left);
    ControlFlow::Continue(())
}
