//! One request of a wheel, or of a page: a thread of its own reads the network, so that a silent server is noticed and a
//! cancel is heard; it ends with its next byte once this end hangs up.

use super::pipe::{Heard, Outlet, pipe};
use super::{FetchError, FetchNews, Job, On, etag_of, remove_part};
use crate::host::{Growing, Hop, Host, HostError, Request};
use crate::text::hex;
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// So many bytes at most wait to be written: a power cut loses no more, and no write at the end is a long silence.
const SYNC_EVERY: u64 = 64 << 20;
/// A silence is looked at so often.
const TICK: Duration = Duration::from_millis(200);
/// A page of an index has a few megabytes at most.
const LONGEST_PAGE: usize = 32 << 20;

/// Begins a request on a thread of its own.
fn ask(host: &Arc<dyn Host>, request: Request) -> Result<Outlet, FetchError> {
    let (inlet, heard) = pipe();
    let remote = Arc::clone(host);
    let body = move || {
        let result = remote.request(&request, &mut &inlet);
        inlet.end(result);
    };
    let thread = std::thread::Builder::new().name("fetch".to_owned()).spawn(body);
    thread.map_err(|source| FetchError::Disk(HostError::Start { program: "fetch".into(), source }))?;
    Ok(heard)
}

/// The text of a page, `None` if the server does not give it in time.
pub fn page(host: &Arc<dyn Host>, url: &str, limit: Duration, on: &mut On<'_>) -> Result<Option<String>, FetchError> {
    let heard = ask(host, Request { limit: Some(limit), ..Request::get(url) })?;
    let until = host.uptime() + limit;
    let mut text = Vec::new();
    loop {
        match heard.next(TICK) {
            Heard::Bytes(bytes) => text.extend_from_slice(&bytes),
            Heard::End(Ok(())) => return Ok(Some(String::from_utf8_lossy(&text).into_owned())),
            Heard::End(Err(_)) => return Ok(None),
            Heard::Silence if host.uptime() >= until => return Ok(None),
            Heard::Begin(_) | Heard::Silence => {}
        }
        if text.len() > LONGEST_PAGE {
            return Ok(None);
        }
        if on(FetchNews::Waiting { why: "an index that may have the same file".to_owned() }).is_break() {
            return Err(FetchError::Cancelled);
        }
    }
}

impl Job<'_, '_> {
    /// Adds to the part what is missing, in one request, and answers with the hash of the whole.
    pub(super) fn stream(&mut self, url: &str) -> Result<String, FetchError> {
        let (host, part, wheel, expected) = (self.host, self.part, self.wheel, self.expected);
        let refused = |source| FetchError::Network { file: wheel.file_name.clone(), source };
        let broken =
            |text: String| refused(HostError::Network { hop: Hop::Transfer, text, url: crate::lock::public(url) });
        let mut have = self.here();
        if wheel.size.is_some_and(|size| have > size) {
            remove_part(&**host, part)?;
            have = 0;
        }
        let mut sink = PartSink::open(&**host, part, have, self.on)?;
        if wheel.size == Some(have) {
            // The last life ended between the last byte and the move.
            return Ok(sink.hash());
        }
        let etag = host.read(&etag_of(part)).ok().and_then(|bytes| String::from_utf8(bytes).ok()).filter(|_| have > 0);
        let request = Request { from: (have > 0).then_some(have), if_range: etag.clone(), ..Request::get(url) };
        let heard = ask(host, request)?;
        let mut total = wheel.size;
        let mut last = host.uptime();
        loop {
            let came = heard.next(TICK);
            if !matches!(came, Heard::Silence) {
                last = host.uptime();
            }
            match came {
                Heard::Begin(answer) => {
                    total = answer.total.or(total);
                    if answer.status != 206 {
                        if have > 0 {
                            // The server sends the whole file again.
                            sink = PartSink::restart(&**host, part)?;
                        }
                        if expected.is_none() {
                            remember(&**host, part, answer.etag.as_deref())?;
                        }
                    } else if etag.is_some() && answer.etag.is_some() && etag != answer.etag {
                        remove_part(&**host, part)?;
                        return Err(broken("the file changed while it was fetched".to_owned()));
                    }
                }
                Heard::Bytes(bytes) => {
                    sink.add(&bytes)?;
                    if (self.on)(FetchNews::Bytes { done: sink.done, total }).is_break() {
                        sink.sync()?;
                        return Err(FetchError::Cancelled);
                    }
                    if let Some(size) = wheel.size.filter(|size| sink.done > size.saturating_add(SYNC_EVERY)) {
                        // A server that does not end would fill the disk.
                        remove_part(&**host, part)?;
                        let file = wheel.file_name.clone();
                        return Err(FetchError::WrongSize { file, expected: size, found: sink.done });
                    }
                }
                Heard::End(Ok(())) => {
                    sink.sync()?;
                    return match total {
                        Some(total) if sink.done < total => {
                            Err(broken(format!("only {} of {total} bytes came", sink.done)))
                        }
                        _ => Ok(sink.hash()),
                    };
                }
                Heard::End(Err(error)) => {
                    sink.sync()?;
                    let nothing_left = matches!(error, HostError::Status { status: 416, .. });
                    let hash = sink.hash();
                    return if nothing_left && expected == Some(hash.as_str()) {
                        Ok(hash)
                    } else {
                        Err(refused(error))
                    };
                }
                Heard::Silence => {
                    let why = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
                    let why = why.unwrap_or_else(|| "the server".to_owned());
                    if (self.on)(FetchNews::Waiting { why }).is_break() {
                        sink.sync()?;
                        return Err(FetchError::Cancelled);
                    }
                    let silent = host.uptime().saturating_sub(last);
                    if silent >= self.stall {
                        sink.sync()?;
                        return Err(broken(format!("nothing came for {} s", silent.as_secs())));
                    }
                }
            }
        }
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
        Ok(Self { file: host.grow(part).map_err(FetchError::Disk)?, hash, done: have, unsynced: 0 })
    }

    /// An empty part.
    pub fn restart(host: &dyn Host, part: &Path) -> Result<Self, FetchError> {
        host.remove(part).map_err(FetchError::Disk)?;
        Ok(Self { file: host.grow(part).map_err(FetchError::Disk)?, hash: Sha256::new(), done: 0, unsynced: 0 })
    }

    /// Adds bytes at its end.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        self.file.add(bytes).map_err(FetchError::Disk)?;
        self.hash.update(bytes);
        self.done += bytes.len() as u64;
        self.unsynced += bytes.len() as u64;
        if self.unsynced >= SYNC_EVERY { self.sync() } else { Ok(()) }
    }

    /// Returns when what was added is on the disk.
    pub fn sync(&mut self) -> Result<(), FetchError> {
        self.unsynced = 0;
        self.file.sync().map_err(FetchError::Disk)
    }

    /// So many bytes are in it.
    pub const fn done(&self) -> u64 {
        self.done
    }

    /// Lower-case hex.
    pub fn hash(self) -> String {
        hex(self.hash.finalize().as_slice())
    }
}
