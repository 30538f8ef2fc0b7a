//! Fetches one wheel: goes on where an earlier try stopped, also after a restart; hashes while it streams; keeps the file
//! only if the hash is right. A server in trouble is asked again with growing pauses, one that refuses is left for another
//! place that has the same file.

mod patience;
mod stream;

use crate::host::{Guard, Host, HostError};
use crate::lock::LockedWheel;
use crate::text::hex;
use patience::{Backoff, worth_another_try};
use sha2::{Digest as _, Sha256};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use stream::PartSink;

pub use stream::page;

/// A server that sends nothing for so long is given up and asked again.
pub const STALL: Duration = Duration::from_secs(20);
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

impl FetchError {
    /// Another place may do better: it is neither the user's word nor this machine's disk.
    const fn is_of_the_place(&self) -> bool {
        match self {
            Self::HashMismatch { .. } | Self::WrongSize { .. } | Self::Network { .. } => true,
            Self::Disk(_) | Self::Cancelled => false,
        }
    }
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

/// Hears the news of a fetch, and may end it.
pub type On<'a> = dyn FnMut(FetchNews) -> ControlFlow<()> + 'a;

/// A place that has a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// An address, with user name and password where needed.
    Address(String),
    /// A file of this machine.
    File(PathBuf),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(url) => f.write_str(&crate::lock::public(url)),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Other places that have the file of this SHA-256, best first; may ask indexes for it.
pub type Elsewhere<'a> = dyn Fn(&str, &mut On<'_>) -> Result<Vec<Place>, FetchError> + 'a;

/// Where a wheel is fetched from.
pub struct Source<'a> {
    /// Its address, with user name and password where needed.
    pub url: &'a str,
    /// Asked once the address does not give the file, and only for a file whose hash is known.
    pub elsewhere: &'a Elsewhere<'a>,
    /// A server that sends nothing for so long is given up.
    pub stall: Duration,
}

impl<'a> Source<'a> {
    /// One address and no other.
    pub fn only(url: &'a str) -> Self {
        Self { url, elsewhere: &|_, _| Ok(Vec::new()), stall: STALL }
    }
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
/// whose index names none.
pub fn fetch(
    host: &Arc<dyn Host>,
    store: &Path,
    wheel: &LockedWheel,
    known: Option<&str>,
    source: &Source<'_>,
    on: &mut On<'_>,
) -> Result<String, FetchError> {
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
    let expected = wheel.sha256.as_deref().or(known);
    Job { host, store, part: &part, wheel, expected, stall: source.stall, on }.run(source)
}

/// One wheel under way.
struct Job<'a, 'on> {
    host: &'a Arc<dyn Host>,
    store: &'a Path,
    part: &'a Path,
    wheel: &'a LockedWheel,
    expected: Option<&'a str>,
    stall: Duration,
    on: &'a mut On<'on>,
}

impl Job<'_, '_> {
    fn run(&mut self, source: &Source<'_>) -> Result<String, FetchError> {
        let first = Place::Address(source.url.to_owned());
        let mut backoff = Backoff::default();
        // While another place may have the file, one in trouble is not waited for long.
        let few = if self.expected.is_some() { patience::FEW } else { u32::MAX };
        let trouble = match self.take(&first, &mut backoff, few) {
            Err(trouble) if trouble.is_of_the_place() => trouble,
            other => return other,
        };
        let others = match self.expected {
            Some(hash) => (source.elsewhere)(hash, self.on)?,
            None => Vec::new(),
        };
        for place in &others {
            self.tell_of_another(&trouble, place)?;
            match self.take(place, &mut Backoff::default(), u32::MAX) {
                Err(trouble) if trouble.is_of_the_place() => {}
                other => return other,
            }
        }
        // Nobody else has it: the first one is given the rest of its tries.
        let may_do_better = matches!(&trouble, FetchError::Network { source, .. } if worth_another_try(source));
        if may_do_better && few < u32::MAX { self.take(&first, &mut backoff, u32::MAX) } else { Err(trouble) }
    }

    fn tell_of_another(&mut self, trouble: &FetchError, place: &Place) -> Result<(), FetchError> {
        let why = format!("{trouble}; the same file is at {place}");
        if (self.on)(FetchNews::Retry { why }).is_break() { Err(FetchError::Cancelled) } else { Ok(()) }
    }

    fn here(&self) -> u64 {
        self.host.meta(self.part).map_or(0, |meta| meta.len)
    }

    /// Fetches it from one place, trying at most so often, and moves it to the store.
    fn take(&mut self, place: &Place, backoff: &mut Backoff, most: u32) -> Result<String, FetchError> {
        let mut had_part = self.here() > 0;
        loop {
            let found = match place {
                Place::Address(url) => self.complete(url, backoff, most)?,
                Place::File(path) => self.copy(path)?,
            };
            let len = self.here();
            match check(self.wheel, self.expected, &found, len) {
                Ok(()) => {
                    let whole = self::place(self.store, &found, &self.wheel.file_name);
                    keep(&**self.host, self.part, &whole, len).map_err(FetchError::Disk)?;
                    return Ok(found);
                }
                Err(wrong) => {
                    remove_part(&**self.host, self.part)?;
                    // The part may have been at fault, of an older file or of another place: once more from the first byte.
                    if !had_part {
                        return Err(wrong);
                    }
                    had_part = false;
                }
            }
        }
    }

    /// Completes the partial file and answers with the hash of the whole.
    fn complete(&mut self, url: &str, backoff: &mut Backoff, most: u32) -> Result<String, FetchError> {
        loop {
            let before = self.here();
            match self.stream(url) {
                Ok(hash) => return Ok(hash),
                Err(FetchError::Network { file, source }) => {
                    if let HostError::Status { status: 416, .. } = source {
                        // The part is longer than the file: it is of something else.
                        remove_part(&**self.host, self.part)?;
                    }
                    if self.here() > before {
                        *backoff = Backoff::default();
                    }
                    let Some(pause) = backoff.after(&source, most, self.host.now()) else {
                        return Err(FetchError::Network { file, source });
                    };
                    patience::wait(&**self.host, pause, &source, self.on)?;
                }
                Err(other) => return Err(other),
            }
        }
    }

    /// Copies it: a link to a file of the user's would be written to when a later fetch goes on with it.
    fn copy(&mut self, from: &Path) -> Result<String, FetchError> {
        const PIECE: usize = 4 << 20;
        let mut sink = PartSink::restart(&**self.host, self.part)?;
        loop {
            let unread = |source| FetchError::Network { file: self.wheel.file_name.clone(), source };
            let piece = self.host.read_at(from, sink.done(), PIECE).map_err(unread)?;
            if piece.is_empty() {
                sink.sync()?;
                return Ok(sink.hash());
            }
            sink.add(&piece)?;
            if (self.on)(FetchNews::Bytes { done: sink.done(), total: self.wheel.size }).is_break() {
                return Err(FetchError::Cancelled);
            }
        }
    }
}

/// Keeps other wizards off a part. The lock file stays: whoever removed it could take it from under a third one.
fn alone(host: &dyn Host, part: &Path, on: &mut On<'_>) -> Result<Box<dyn Guard>, FetchError> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::Hop;
    use crate::host::fake::World;

    /// The tries and the pauses between them, in the world's own time.
    fn refusals(world: World) -> (usize, Duration) {
        let host: Arc<dyn Host> = Arc::new(world);
        let url = url::Url::parse("https://a.example/x-1-py3-none-any.whl").unwrap();
        let wheel =
            LockedWheel { file_name: "x-1-py3-none-any.whl".into(), url: url.clone(), sha256: None, size: None };
        let (began, mut retries) = (host.uptime(), 0);
        let source = Source::only(url.as_str());
        let result = fetch(&host, Path::new("/store"), &wheel, None, &source, &mut |news| {
            retries += usize::from(matches!(news, FetchNews::Retry { .. }));
            ControlFlow::Continue(())
        });
        assert!(matches!(result, Err(FetchError::Network { .. })), "{result:?}");
        (retries, host.uptime().saturating_sub(began))
    }

    #[test]
    fn a_connection_that_never_comes_about_is_given_up_after_five_tries() {
        let (retries, time) = refusals(World::new(OsFamily::Linux).unreachable("https://a.example", Hop::Connect));
        // Half a second, one, two, four, each a quarter more or less.
        assert_eq!(retries, 4);
        assert!((5..=9).contains(&time.as_secs()), "{time:?}");
    }

    #[test]
    fn a_certificate_that_is_not_accepted_is_not_asked_for_twice() {
        let world = World::new(OsFamily::Linux).unreachable("https://a.example", Hop::Certificate);
        assert_eq!(refusals(world).0, 0);
    }
}
