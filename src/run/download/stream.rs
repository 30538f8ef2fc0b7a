//! One request of a wheel, or of a page. It is heard of several times a second also while nothing comes, so that a silent
//! server is noticed and a cancel is followed.

use super::{FetchError, FetchNews, Job, On, etag_of, remove_part};
use crate::host::{Answer, Growing, Hop, Host, HostError, Receiver, Request};
use crate::text::hex;
use sha2::{Digest as _, Sha256};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// So many bytes at most wait to be written: a power cut loses no more, and no write at the end is a long silence.
const SYNC_EVERY: u64 = 64 << 20;
/// A connection gives a few kilobytes at a time; the file is given so many at once.
const LOT: usize = 256 << 10;
/// On a slow way it is given what came after so long: a kill loses no more.
const LOT_TIME: Duration = Duration::from_millis(200);
/// A page of an index has a few megabytes at most.
const LONGEST_PAGE: usize = 32 << 20;

/// The text of a page as it comes.
struct Page<'a, 'on> {
    text: Vec<u8>,
    on: &'a mut On<'on>,
    cancelled: bool,
}

impl Page<'_, '_> {
    fn go_on(&mut self) -> ControlFlow<()> {
        let news = FetchNews::Waiting { why: "an index that may have the same file".to_owned() };
        self.cancelled = (self.on)(news).is_break();
        if self.cancelled || self.text.len() > LONGEST_PAGE {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

impl Receiver for Page<'_, '_> {
    fn begin(&mut self, _answer: &Answer) -> ControlFlow<()> {
        self.go_on()
    }

    fn piece(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.text.extend_from_slice(bytes);
        self.go_on()
    }

    fn nothing_yet(&mut self) -> ControlFlow<()> {
        self.go_on()
    }
}

/// The text of a page, `None` if the server does not give it in time.
pub fn page(host: &Arc<dyn Host>, url: &str, limit: Duration, on: &mut On<'_>) -> Result<Option<String>, FetchError> {
    let mut page = Page { text: Vec::new(), on, cancelled: false };
    let result = host.request(&Request { limit: Some(limit), ..Request::get(url) }, &mut page);
    if page.cancelled {
        return Err(FetchError::Cancelled);
    }
    Ok(result.is_ok().then(|| String::from_utf8_lossy(&page.text).into_owned()))
}

impl Job<'_, '_> {
    /// Adds to the part what is missing, in one request, and answers with the hash of the whole.
    pub(super) fn stream(&mut self, url: &str) -> Result<String, FetchError> {
        let (host, part, wheel) = (self.host, self.part, self.wheel);
        let mut have = self.here();
        if wheel.size.is_some_and(|size| have > size) {
            remove_part(&**host, part)?;
            have = 0;
        }
        let sink = PartSink::open(&**host, part, have, self.on)?;
        if wheel.size == Some(have) {
            // The last life ended between the last byte and the move.
            return Ok(sink.hash());
        }
        let etag = host.read(&etag_of(part)).ok().and_then(|bytes| String::from_utf8(bytes).ok()).filter(|_| have > 0);
        let request = Request { from: (have > 0).then_some(have), if_range: etag.clone(), ..Request::get(url) };
        let (total, last) = (wheel.size, host.uptime());
        let mut taking = Taking { job: self, url, etag, sink, total, last, written: last, failed: None };
        let result = host.request(&request, &mut taking);
        taking.end(result)
    }
}

/// A wheel as it comes.
struct Taking<'a, 'job, 'on> {
    job: &'a mut Job<'job, 'on>,
    url: &'a str,
    /// The validator of the part that is here.
    etag: Option<String>,
    sink: PartSink,
    /// Bytes of the whole file, once known.
    total: Option<u64>,
    /// When something came last.
    last: Duration,
    /// When a slow way's bytes were written last.
    written: Duration,
    /// Why this end broke it off.
    failed: Option<FetchError>,
}

impl Taking<'_, '_, '_> {
    fn refused(&self, source: HostError) -> FetchError {
        FetchError::Network { file: self.job.wheel.file_name.clone(), source }
    }

    fn broken(&self, text: String) -> FetchError {
        self.refused(HostError::Network { hop: Hop::Transfer, text, url: crate::lock::public(self.url) })
    }

    fn or_break(&mut self, result: Result<(), FetchError>) -> ControlFlow<()> {
        self.failed = result.err();
        if self.failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn begins(&mut self, answer: &Answer) -> Result<(), FetchError> {
        let (host, part) = (&**self.job.host, self.job.part);
        self.last = host.uptime();
        self.total = answer.total.or(self.total);
        if answer.status != 206 {
            if self.sink.done() > 0 {
                // The server sends the whole file again.
                self.sink = PartSink::restart(host, part)?;
            }
            if self.job.expected.is_none() {
                remember(host, part, answer.etag.as_deref())?;
            }
        } else if self.etag.is_some() && answer.etag.is_some() && self.etag != answer.etag {
            remove_part(host, part)?;
            return Err(self.broken("the file changed while it was fetched".to_owned()));
        }
        Ok(())
    }

    fn takes(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        self.sink.add(bytes)?;
        // Behind it: a disk that is slow to write is no silence of the server.
        self.last = self.job.host.uptime();
        if self.last.saturating_sub(self.written) >= LOT_TIME {
            self.written = self.last;
            self.sink.write()?;
        }
        let (done, total) = (self.sink.done(), self.total);
        if (self.job.on)(FetchNews::Bytes { done, total }).is_break() {
            return Err(FetchError::Cancelled);
        }
        match self.job.wheel.size {
            Some(expected) if done > expected.saturating_add(SYNC_EVERY) => {
                // A server that does not end would fill the disk.
                remove_part(&**self.job.host, self.job.part)?;
                Err(FetchError::WrongSize { file: self.job.wheel.file_name.clone(), expected, found: done })
            }
            _ => Ok(()),
        }
    }

    fn waits(&mut self) -> Result<(), FetchError> {
        self.sink.write()?;
        let why = url::Url::parse(self.url).ok().and_then(|url| url.host_str().map(str::to_owned));
        let why = why.unwrap_or_else(|| "the server".to_owned());
        if (self.job.on)(FetchNews::Waiting { why }).is_break() {
            return Err(FetchError::Cancelled);
        }
        let silent = self.job.host.uptime().saturating_sub(self.last);
        if silent >= self.job.stall {
            Err(self.broken(format!("nothing came for {} s", silent.as_secs())))
        } else {
            Ok(())
        }
    }

    /// Sees to it that what came is on the disk, also where the request failed: the next one goes on from there.
    fn end(mut self, result: Result<(), HostError>) -> Result<String, FetchError> {
        match self.failed.take() {
            Some(failure @ (FetchError::Disk(_) | FetchError::WrongSize { .. } | FetchError::HashMismatch { .. })) => {
                return Err(failure);
            }
            Some(failure) => {
                // The part may be gone already, and the disk is asked again by the next try.
                self.sink.sync().ok();
                return Err(failure);
            }
            None => self.sink.sync()?,
        }
        match (result, self.total) {
            (Ok(()), Some(total)) if self.sink.done() < total => {
                Err(self.broken(format!("only {} of {total} bytes came", self.sink.done())))
            }
            (Ok(()), _) => Ok(self.sink.hash()),
            (Err(error), _) => {
                let nothing_left = matches!(error, HostError::Status { status: 416, .. });
                let refused = self.refused(error);
                let (expected, hash) = (self.job.expected, self.sink.hash());
                if nothing_left && expected == Some(hash.as_str()) { Ok(hash) } else { Err(refused) }
            }
        }
    }
}

impl Receiver for Taking<'_, '_, '_> {
    fn begin(&mut self, answer: &Answer) -> ControlFlow<()> {
        let result = self.begins(answer);
        self.or_break(result)
    }

    fn piece(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        let result = self.takes(bytes);
        self.or_break(result)
    }

    fn nothing_yet(&mut self) -> ControlFlow<()> {
        let result = self.waits();
        self.or_break(result)
    }
}

fn remember(host: &dyn Host, part: &Path, etag: Option<&str>) -> Result<(), FetchError> {
    let path = etag_of(part);
    etag.map_or_else(|| host.remove(&path), |etag| host.write_atomic(&path, etag.as_bytes())).map_err(FetchError::Disk)
}

/// A part that grows, and the hash of what is in it.
pub struct PartSink {
    file: Box<dyn Growing>,
    hash: Sha256,
    done: u64,
    /// Hashed and not given to the file yet.
    lot: Vec<u8>,
    unsynced: u64,
}

impl PartSink {
    /// Opens the part and hashes what is in it.
    fn open(host: &dyn Host, part: &Path, have: u64, on: &mut On<'_>) -> Result<Self, FetchError> {
        let mut hash = Sha256::new();
        let mut at = 0;
        while at < have {
            let piece = host.read_at(part, at, 4 << 20).map_err(FetchError::Disk)?;
            if piece.is_empty() {
                break;
            }
            hash.update(&piece);
            at += piece.len() as u64;
            if on(FetchNews::Waiting { why: "checking what is here already".to_owned() }).is_break() {
                return Err(FetchError::Cancelled);
            }
        }
        Ok(Self {
            file: host.grow(part).map_err(FetchError::Disk)?,
            hash,
            done: have,
            lot: Vec::with_capacity(LOT),
            unsynced: 0,
        })
    }

    /// An empty part.
    pub fn restart(host: &dyn Host, part: &Path) -> Result<Self, FetchError> {
        host.remove(part).map_err(FetchError::Disk)?;
        Ok(Self {
            file: host.grow(part).map_err(FetchError::Disk)?,
            hash: Sha256::new(),
            done: 0,
            lot: Vec::with_capacity(LOT),
            unsynced: 0,
        })
    }

    /// Adds bytes at its end.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        self.hash.update(bytes);
        self.done += bytes.len() as u64;
        self.lot.extend_from_slice(bytes);
        if self.lot.len() >= LOT {
            self.write()?;
        }
        if self.unsynced >= SYNC_EVERY { self.sync() } else { Ok(()) }
    }

    /// Gives the file what was added so far.
    fn write(&mut self) -> Result<(), FetchError> {
        if self.lot.is_empty() {
            return Ok(());
        }
        self.file.add(&self.lot).map_err(FetchError::Disk)?;
        self.unsynced += self.lot.len() as u64;
        self.lot.clear();
        Ok(())
    }

    /// Returns when what was added is on the disk.
    pub fn sync(&mut self) -> Result<(), FetchError> {
        self.write()?;
        self.unsynced = 0;
        self.file.sync().map_err(FetchError::Disk)
    }

    /// So many bytes it was given.
    pub const fn done(&self) -> u64 {
        self.done
    }

    /// Lower-case hex.
    pub fn hash(self) -> String {
        hex(self.hash.finalize().as_slice())
    }
}
