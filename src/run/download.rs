//! Fetches one wheel: goes on where an earlier try stopped, also after a restart; hashes while it streams; keeps the file
//! only if the hash is right.

mod pipe;

use crate::host::{Guard, Hop, Host, HostError, Request};
use crate::lock::LockedWheel;
use crate::text::hex;
use pipe::{Heard, pipe};
use sha2::{Digest as _, Sha256};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Tries without a single new byte before it is given up.
const TRIES: u32 = 5;
/// The wait before the second try; doubled for each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// So many bytes at most wait to be written: a power cut loses no more, and no write at the end is a long silence.
const SYNC_EVERY: u64 = 64 << 20;
/// How often a holder of the part is asked whether it is done.
const TURN: Duration = Duration::from_millis(200);

/// Why a file could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// What came is not what the lock names.
    #[error("{file}: the lock names SHA-256 {expected}, what came has {found}")]
    HashMismatch {
        /// The wheel.
        file: String,
        /// By the lock.
        expected: String,
        /// Of what came.
        found: String,
    },
    /// What came has not the size that the lock names, and there is no hash to ask.
    #[error("{file}: the lock names {expected} bytes, {found} came")]
    WrongSize {
        /// The wheel.
        file: String,
        /// By the lock.
        expected: u64,
        /// Of what came.
        found: u64,
    },
    /// The server or the way to it said no, several times.
    #[error("{file}: {source}")]
    Network {
        /// The wheel.
        file: String,
        /// The last refusal.
        source: HostError,
    },
    /// The disk said no.
    #[error(transparent)]
    Disk(HostError),
    /// The user said stop.
    #[error("cancelled")]
    Cancelled,
}

/// What a fetch tells while it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchNews {
    /// So many bytes of the file are here.
    Bytes {
        /// Here.
        done: u64,
        /// The whole.
        total: Option<u64>,
    },
    /// Nothing came for a while.
    Waiting {
        /// What for.
        why: String,
    },
    /// A try failed; the next begins after a pause.
    Retry {
        /// What was refused.
        why: String,
    },
}

/// Where wheels lie by hash.
pub fn place(store: &Path, sha256: &str, file_name: &str) -> PathBuf {
    store.join(sha256.get(..2).unwrap_or("00")).join(sha256).join(file_name)
}

fn partial(store: &Path, wheel: &LockedWheel) -> PathBuf {
    let key = wheel.sha256.clone().unwrap_or_else(|| hex(Sha256::digest(wheel.url.as_str().as_bytes()).as_slice()));
    store.join("partial").join(format!("{key}.part"))
}

/// Bytes of a wheel that are here already, whole or in part.
pub fn bytes_here(host: &dyn Host, store: &Path, wheel: &LockedWheel, known: Option<&str>) -> u64 {
    let whole = wheel.sha256.as_deref().or(known).map(|hash| place(store, hash, &wheel.file_name));
    whole.and_then(|path| host.meta(&path)).or_else(|| host.meta(&partial(store, wheel))).map_or(0, |meta| meta.len)
}

/// The hash of a wheel that is here whole.
fn kept<'a>(host: &dyn Host, store: &Path, wheel: &'a LockedWheel, known: Option<&'a str>) -> Option<&'a str> {
    let hash = wheel.sha256.as_deref().or(known)?;
    let here = host.meta(&place(store, hash, &wheel.file_name))?.len;
    wheel.size.is_none_or(|size| size == here).then_some(hash)
}

/// Whether a wheel is here whole.
pub fn is_here(host: &dyn Host, store: &Path, wheel: &LockedWheel, known: Option<&str>) -> bool {
    kept(host, store, wheel, known).is_some()
}

/// The validator of the file that a part is of; kept only where no hash would notice another file.
fn etag_of(part: &Path) -> PathBuf {
    part.with_extension("etag")
}

fn remove_part(host: &dyn Host, part: &Path) -> Result<(), FetchError> {
    host.remove(part).and_then(|()| host.remove(&etag_of(part))).map_err(FetchError::Disk)
}

/// Fetches a wheel into the store and answers with its hash. `known` is a hash computed in an earlier life for a file
/// whose index names none; `url` is the wheel's address, with user name and password where needed.
pub fn fetch(
    host: &Arc<dyn Host>,
    store: &Path,
    wheel: &LockedWheel,
    known: Option<&str>,
    url: &str,
    on: &mut dyn FnMut(FetchNews) -> ControlFlow<()>,
) -> Result<String, FetchError> {
    let expected = wheel.sha256.as_deref().or(known);
    let here = || kept(&**host, store, wheel, known).map(str::to_owned);
    if let Some(hash) = here() {
        return Ok(hash);
    }
    let part = partial(store, wheel);
    let _alone = alone(&**host, &part, on)?;
    // Another wizard may have brought it meanwhile.
    if let Some(hash) = here() {
        return Ok(hash);
    }
    let mut had_part = host.meta(&part).is_some_and(|meta| meta.len > 0);
    loop {
        let found = fetch_part(host, &part, wheel, expected, url, on)?;
        let len = host.meta(&part).map_or(0, |meta| meta.len);
        match check(wheel, expected, &found, len) {
            Ok(()) => {
                keep(&**host, &part, &place(store, &found, &wheel.file_name), len).map_err(FetchError::Disk)?;
                return Ok(found);
            }
            Err(wrong) => {
                remove_part(&**host, &part)?;
                // A part of an older file with the same name may have been at fault: once more from the first byte.
                if !had_part {
                    return Err(wrong);
                }
                had_part = false;
            }
        }
    }
}

/// Keeps other wizards off a part. The lock file stays: whoever removed it could take it from under a third one.
fn alone(
    host: &dyn Host,
    part: &Path,
    on: &mut dyn FnMut(FetchNews) -> ControlFlow<()>,
) -> Result<Box<dyn Guard>, FetchError> {
    let lock = part.with_extension("lock");
    loop {
        if let Some(guard) = host.lock(&lock).map_err(FetchError::Disk)? {
            return Ok(guard);
        }
        if on(FetchNews::Waiting { why: "another torch-wizard that fetches the same file".to_owned() }).is_break() {
            return Err(FetchError::Cancelled);
        }
        host.pause(TURN);
    }
}

fn check(wheel: &LockedWheel, expected: Option<&str>, found: &str, len: u64) -> Result<(), FetchError> {
    let file = wheel.file_name.clone();
    match (expected, wheel.size) {
        (Some(expected), _) if expected != found => {
            Err(FetchError::HashMismatch { file, expected: expected.to_owned(), found: found.to_owned() })
        }
        (None, Some(size)) if size != len => Err(FetchError::WrongSize { file, expected: size, found: len }),
        (Some(_) | None, _) => Ok(()),
    }
}

/// Moves the completed part to its place by hash. What stands there already is the same file, unless it was cut.
fn keep(host: &dyn Host, part: &Path, whole: &Path, len: u64) -> Result<(), HostError> {
    if host.meta(whole).is_some_and(|meta| meta.len == len) {
        host.remove(part)?;
    } else {
        host.remove(whole)?;
        whole.parent().map_or(Ok(()), |folder| host.make_dir(folder))?;
        host.rename(part, whole)?;
    }
    host.remove(&etag_of(part))
}

/// Completes the partial file and answers with the hash of the whole.
fn fetch_part(
    host: &Arc<dyn Host>,
    part: &Path,
    wheel: &LockedWheel,
    expected: Option<&str>,
    url: &str,
    on: &mut dyn FnMut(FetchNews) -> ControlFlow<()>,
) -> Result<String, FetchError> {
    let mut tries = 0;
    let mut pause = FIRST_PAUSE;
    loop {
        let before = host.meta(part).map_or(0, |meta| meta.len);
        match stream(host, part, wheel, expected, url, on) {
            Ok(hash) => return Ok(hash),
            Err(FetchError::Network { file, source }) => {
                let gained = host.meta(part).map_or(0, |meta| meta.len) > before;
                (tries, pause) = if gained { (0, FIRST_PAUSE) } else { (tries + 1, pause) };
                if tries >= TRIES || !worth_another_try(&source) {
                    return Err(FetchError::Network { file, source });
                }
                if let HostError::Status { status: 416, .. } = source {
                    // The part is longer than the file: it is of something else.
                    remove_part(&**host, part)?;
                }
                wait(host, pause, &source, on)?;
                pause *= 2;
            }
            Err(other) => return Err(other),
        }
    }
}

fn worth_another_try(error: &HostError) -> bool {
    match error {
        HostError::Network { hop, .. } => !matches!(hop, Hop::Certificate),
        HostError::Status { status, .. } => matches!(status, 408 | 416 | 425 | 429 | 500..=599),
        HostError::Timeout { .. } => true,
        HostError::NotFound { .. }
        | HostError::Nvml { .. }
        | HostError::Stopped
        | HostError::File { .. }
        | HostError::Start { .. } => false,
    }
}

fn wait(
    host: &Arc<dyn Host>,
    pause: Duration,
    why: &HostError,
    on: &mut dyn FnMut(FetchNews) -> ControlFlow<()>,
) -> Result<(), FetchError> {
    let until = host.uptime() + pause;
    if on(FetchNews::Retry { why: why.to_string() }).is_break() {
        return Err(FetchError::Cancelled);
    }
    while host.uptime() < until {
        host.pause(Duration::from_millis(50).min(pause));
        if on(FetchNews::Waiting { why: "the next try".to_owned() }).is_break() {
            return Err(FetchError::Cancelled);
        }
    }
    Ok(())
}

/// One request. A thread of its own reads the network, so that a silent server is noticed and a cancel is heard; it ends
/// with its next byte once this end hangs up.
fn stream(
    host: &Arc<dyn Host>,
    part: &Path,
    wheel: &LockedWheel,
    expected: Option<&str>,
    url: &str,
    on: &mut dyn FnMut(FetchNews) -> ControlFlow<()>,
) -> Result<String, FetchError> {
    let refused = |source| FetchError::Network { file: wheel.file_name.clone(), source };
    let mut have = host.meta(part).map_or(0, |meta| meta.len);
    if wheel.size.is_some_and(|size| have > size) {
        remove_part(&**host, part)?;
        have = 0;
    }
    let mut sink = PartSink::open(&**host, part, have, on)?;
    if wheel.size == Some(have) {
        // The last life ended between the last byte and the move.
        return Ok(sink.hash());
    }
    let etag = host.read(&etag_of(part)).ok().and_then(|bytes| String::from_utf8(bytes).ok()).filter(|_| have > 0);
    let (inlet, heard) = pipe();
    let request = Request { from: (have > 0).then_some(have), if_range: etag.clone(), ..Request::get(url) };
    let remote = Arc::clone(host);
    let body = move || {
        let result = remote.request(&request, &mut &inlet);
        inlet.end(result);
    };
    std::thread::Builder::new()
        .name("fetch".to_owned())
        .spawn(body)
        .map_err(|source| FetchError::Disk(HostError::Start { program: "fetch".into(), source }))?;
    let mut total = wheel.size;
    loop {
        match heard.next(Duration::from_millis(200)) {
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
                    let text = "the file changed while it was fetched".to_owned();
                    return Err(refused(HostError::Network { hop: Hop::Transfer, text, url: wheel.url.to_string() }));
                }
            }
            Heard::Bytes(bytes) => {
                sink.add(&bytes)?;
                if on(FetchNews::Bytes { done: sink.done, total }).is_break() {
                    sink.sync()?;
                    return Err(FetchError::Cancelled);
                }
            }
            Heard::End(Ok(())) => {
                sink.sync()?;
                return match total {
                    Some(total) if sink.done < total => Err(refused(HostError::Network {
                        hop: Hop::Transfer,
                        text: format!("only {} of {total} bytes came", sink.done),
                        url: wheel.url.to_string(),
                    })),
                    _ => Ok(sink.hash()),
                };
            }
            Heard::End(Err(error)) => {
                sink.sync()?;
                let nothing_left = matches!(error, HostError::Status { status: 416, .. });
                let hash = sink.hash();
                return if nothing_left && expected == Some(hash.as_str()) { Ok(hash) } else { Err(refused(error)) };
            }
            Heard::Silence => {
                let why = wheel.url.host_str().unwrap_or("the server").to_owned();
                if on(FetchNews::Waiting { why }).is_break() {
                    sink.sync()?;
                    return Err(FetchError::Cancelled);
                }
            }
        }
    }
}

fn remember(host: &dyn Host, part: &Path, etag: Option<&str>) -> Result<(), FetchError> {
    let path = etag_of(part);
    etag.map_or_else(|| host.remove(&path), |etag| host.write_atomic(&path, etag.as_bytes())).map_err(FetchError::Disk)
}

struct PartSink {
    file: Box<dyn crate::host::Growing>,
    hash: Sha256,
    done: u64,
    unsynced: u64,
}

impl PartSink {
    /// Opens the part and hashes what is in it.
    fn open(
        host: &dyn Host,
        part: &Path,
        have: u64,
        on: &mut dyn FnMut(FetchNews) -> ControlFlow<()>,
    ) -> Result<Self, FetchError> {
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

    fn restart(host: &dyn Host, part: &Path) -> Result<Self, FetchError> {
        host.remove(part).map_err(FetchError::Disk)?;
        Ok(Self { file: host.grow(part).map_err(FetchError::Disk)?, hash: Sha256::new(), done: 0, unsynced: 0 })
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        self.file.add(bytes).map_err(FetchError::Disk)?;
        self.hash.update(bytes);
        self.done += bytes.len() as u64;
        self.unsynced += bytes.len() as u64;
        if self.unsynced >= SYNC_EVERY { self.sync() } else { Ok(()) }
    }

    fn sync(&mut self) -> Result<(), FetchError> {
        self.unsynced = 0;
        self.file.sync().map_err(FetchError::Disk)
    }

    fn hash(self) -> String {
        hex(self.hash.finalize().as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::World;

    /// The tries and the pauses between them, in the world's own time.
    fn refusals(world: World) -> (usize, Duration) {
        let host: Arc<dyn Host> = Arc::new(world);
        let url = url::Url::parse("https://a.example/x-1-py3-none-any.whl").unwrap();
        let wheel =
            LockedWheel { file_name: "x-1-py3-none-any.whl".into(), url: url.clone(), sha256: None, size: None };
        let (began, mut retries) = (host.uptime(), 0);
        let result = fetch(&host, Path::new("/store"), &wheel, None, url.as_str(), &mut |news| {
            retries += usize::from(matches!(news, FetchNews::Retry { .. }));
            ControlFlow::Continue(())
        });
        assert!(matches!(result, Err(FetchError::Network { .. })), "{result:?}");
        (retries, host.uptime().saturating_sub(began))
    }

    #[test]
    fn a_connection_that_never_comes_about_is_given_up_after_five_tries() {
        let (retries, time) = refusals(World::new(OsFamily::Linux).unreachable("https://a.example", Hop::Connect));
        assert_eq!((retries, time.as_secs()), (4, 7));
    }

    #[test]
    fn a_certificate_that_is_not_accepted_is_not_asked_for_twice() {
        let world = World::new(OsFamily::Linux).unreachable("https://a.example", Hop::Certificate);
        assert_eq!(refusals(world).0, 0);
    }
}
