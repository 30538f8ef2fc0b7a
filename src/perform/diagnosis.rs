//! The cause in a log, found on a thread: the log may be of gigabytes.

use super::Shared;
use crate::app::{Amount, Log, Message};
use crate::diagnose::{Diagnosis, Knowledge, diagnose};
use crate::host::FileReader;
use crate::problem::Problem;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The window is told of the reading so often at most.
const PAUSE: Duration = Duration::from_millis(100);

/// A log that tells how much of it was read, and ends once nobody wants the answer any more.
struct Told<'a> {
    log: &'a mut dyn Read,
    shared: &'a Shared,
    stop: &'a AtomicBool,
    ticket: u32,
    amount: Amount,
    last: Duration,
}

impl Read for Told<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::SeqCst) {
            return Err(io::Error::other("given up"));
        }
        let count = self.log.read(into)?;
        self.amount.done += u64::try_from(count).unwrap_or_default();
        let now = self.shared.host.uptime();
        if now.saturating_sub(self.last) >= PAUSE {
            self.last = now;
            self.shared.send(Message::Diagnosing { ticket: self.ticket, amount: self.amount });
        }
        Ok(count)
    }
}

/// Finds the cause; says nothing where a newer question has taken this one's place.
pub(super) fn find(shared: &Shared, ticket: u32, log: &Log, stop: &AtomicBool) {
    let found = look(shared, ticket, log, stop);
    if !stop.load(Ordering::SeqCst) {
        shared.send(Message::Diagnosed { ticket, found: Box::new(found) });
    }
}

fn look(shared: &Shared, ticket: u32, log: &Log, stop: &AtomicBool) -> Result<Diagnosis, Problem> {
    let knowledge = Knowledge::embedded()
        .map_err(|error| Problem::new("catalogue", format!("The built-in catalogue is damaged: {error}.")))?;
    let (mut bytes, mut file);
    let (log, total): (&mut dyn Read, Option<u64>) = match log {
        Log::Pasted(pasted) => {
            bytes = pasted.text.as_bytes();
            (&mut bytes, u64::try_from(pasted.text.len()).ok())
        }
        Log::File(path) => {
            file = FileReader::new(&*shared.host, path);
            (&mut file, shared.host.meta(path).map(|meta| meta.len).filter(|len| *len > 0))
        }
    };
    let last = shared.host.uptime();
    let mut told = Told { log, shared, stop, ticket, amount: Amount { done: 0, total }, last };
    diagnose(&mut told, knowledge).map_err(|error| {
        Problem::new("unreadable-log", format!("The log cannot be read: {error}."))
            .advise("Choose another file, or paste its text.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::facts::OsFamily;
    use crate::host::fake::World;
    use std::sync::Arc;
    use std::sync::mpsc::channel;

    #[test]
    fn a_log_that_nobody_waits_for_is_not_read_to_its_end() {
        let world = World::new(OsFamily::Linux);
        let (sender, receiver) = channel();
        let catalog = Catalog::embedded().unwrap();
        let shared = Shared { host: Arc::new(world), catalog, offline: true, sender, wake: Arc::new(|| {}) };
        let stop = AtomicBool::new(false);
        let mut endless = io::repeat(b'x');
        let (amount, last) = (Amount::default(), Duration::ZERO);
        let mut told = Told { log: &mut endless, shared: &shared, stop: &stop, ticket: 1, amount, last };
        assert_eq!(told.read(&mut [0; 8]).unwrap(), 8);
        stop.store(true, Ordering::SeqCst);
        assert!(diagnose(&mut told, Knowledge::embedded().unwrap()).is_err());
        find(&shared, 2, &Log::File("/gone.log".into()), &stop);
        drop(shared);
        assert!(!receiver.iter().any(|message| matches!(message, Message::Diagnosed { .. })));
    }
}
