//! Fetching one wheel from a server of which each byte is watched.
#![expect(clippy::disallowed_methods, reason = "prepares and reads the store past the Host")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may fail by panicking as tests do")]

#[path = "local_server/server.rs"]
mod server;
#[path = "download/trouble.rs"]
mod trouble;

use server::{Asked, Server, file, head, reply};
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use std::net::TcpStream;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use torch_wizard::host::{Host, real::RealHost};
use torch_wizard::lock::LockedWheel;
use torch_wizard::run::download::{FetchError, FetchNews, Place, STALL, Source, bytes_here, fetch, place};
use torch_wizard::text::hex;

const NAME: &str = "torch-2.15.0+cu130-cp312-cp312-win_amd64.whl";
const PATH: &str = "/whl/torch-2.15.0%2Bcu130-cp312-cp312-win_amd64.whl";
const SIZE: usize = 1_000_000;

/// A wheel's bytes, all different from their neighbours.
fn bytes() -> Vec<u8> {
    (0..SIZE).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect()
}

fn hash(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).as_slice())
}

/// A store in a folder of its own, and what is to be fetched into it.
struct Bench {
    folder: TempDir,
    host: Arc<dyn Host>,
    wheel: LockedWheel,
}

impl Bench {
    fn new(server: &Server) -> Self {
        let url = url::Url::parse(&server.url(PATH)).unwrap();
        let (sha256, size) = (Some(hash(&bytes())), Some(SIZE as u64));
        Self {
            folder: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(),
            host: Arc::new(RealHost::new().unwrap()),
            wheel: LockedWheel { file_name: NAME.to_owned(), url, sha256, size },
        }
    }

    fn without_hash(mut self) -> Self {
        self.wheel.sha256 = None;
        self
    }

    fn without_size(mut self) -> Self {
        self.wheel.size = None;
        self
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("wheels")
    }

    /// Where the unfinished file lies.
    fn part(&self) -> PathBuf {
        let key = self.wheel.sha256.clone().unwrap_or_else(|| hash(self.wheel.url.as_str().as_bytes()));
        self.store().join("partial").join(format!("{key}.part"))
    }

    fn with_part(self, bytes: &[u8]) -> Self {
        std::fs::create_dir_all(self.part().parent().unwrap()).unwrap();
        std::fs::write(self.part(), bytes).unwrap();
        self
    }

    fn fetch(&self) -> Result<String, FetchError> {
        self.fetch_until(|_| false)
    }

    fn fetch_until(&self, mut stop: impl FnMut(&FetchNews) -> bool) -> Result<String, FetchError> {
        let mut on = |news: FetchNews| if stop(&news) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        fetch(&self.host, &self.store(), &self.wheel, None, &Source::only(self.wheel.url.as_str()), &mut on)
    }

    /// With other places that have the file; answers also how often they were asked for.
    fn fetch_or_from(&self, others: &[Place]) -> (Result<String, FetchError>, usize) {
        let asked = AtomicUsize::new(0);
        let elsewhere = |wanted: &str, _: &mut torch_wizard::run::download::On<'_>| {
            assert_eq!(wanted, hash(&bytes()));
            asked.fetch_add(1, Ordering::Relaxed);
            Ok(others.to_vec())
        };
        let source = Source { url: self.wheel.url.as_str(), elsewhere: &elsewhere, stall: STALL };
        let go_on = &mut |_: FetchNews| ControlFlow::Continue(());
        let result = fetch(&self.host, &self.store(), &self.wheel, None, &source, go_on);
        (result, asked.load(Ordering::Relaxed))
    }

    /// The store holds exactly this wheel and no part of it.
    fn assert_whole(&self, bytes: &[u8]) {
        let whole = place(&self.store(), &hash(bytes), NAME);
        assert!(std::fs::read(whole).unwrap() == bytes, "another file");
        assert_eq!(self.left_over(), Vec::<PathBuf>::new());
    }

    /// What lies in the folder of parts, lock files apart.
    fn left_over(&self) -> Vec<PathBuf> {
        let files = self.host.list(&self.store().join("partial")).unwrap_or_default();
        files.into_iter().map(|entry| entry.path).filter(|path| path.extension() != Some("lock".as_ref())).collect()
    }
}

/// A good server of the wheel that cuts each answer after so many bytes, and counts what it sends.
fn good(limit: usize) -> (Server, Arc<AtomicUsize>) {
    let (sent, count) = (Arc::new(AtomicUsize::new(0)), bytes());
    let counter = Arc::clone(&sent);
    let server = Server::start(move |asked, to| {
        counter.fetch_add(file(asked, to, &count, "\"v1\"", limit), Ordering::Relaxed);
    });
    (server, sent)
}

/// The ranges that were asked for.
fn ranges(server: &Server) -> Vec<Option<usize>> {
    server.asked().iter().map(Asked::from).collect()
}

/// Says nothing until the client hangs up.
fn silence(to: &mut TcpStream) {
    while !matches!(to.peek(&mut [0]), Ok(0) | Err(_)) {
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_wheel_lies_in_the_store_under_its_hash() {
    let (server, _) = good(usize::MAX);
    let bench = Bench::new(&server);
    assert_eq!(bench.fetch().unwrap(), hash(&bytes()));
    bench.assert_whole(&bytes());
    assert_eq!(bench.fetch().unwrap(), hash(&bytes()));
    assert_eq!(server.asked().len(), 1, "what is there is not fetched again");
    assert_eq!(server.asked()[0].path, PATH);
    assert_eq!(bytes_here(&*bench.host, &bench.store(), &bench.wheel, None), SIZE as u64);
}

#[test]
fn a_fetch_goes_on_where_an_earlier_life_stopped() {
    let (server, sent) = good(usize::MAX);
    let bench = Bench::new(&server).with_part(&bytes()[..400_000]);
    assert_eq!(bytes_here(&*bench.host, &bench.store(), &bench.wheel, None), 400_000);
    bench.fetch().unwrap();
    bench.assert_whole(&bytes());
    assert_eq!((ranges(&server), sent.load(Ordering::Relaxed)), (vec![Some(400_000)], 600_000));
}

#[test]
fn a_complete_part_needs_no_request() {
    let (server, _) = good(usize::MAX);
    let bench = Bench::new(&server).with_part(&bytes());
    bench.fetch().unwrap();
    bench.assert_whole(&bytes());
    assert!(server.asked().is_empty());
}

#[test]
fn a_complete_part_of_unknown_size_is_known_by_its_hash() {
    let (server, sent) = good(usize::MAX);
    let bench = Bench::new(&server).without_size().with_part(&bytes());
    bench.fetch().unwrap();
    bench.assert_whole(&bytes());
    assert_eq!((ranges(&server), sent.load(Ordering::Relaxed)), (vec![Some(SIZE)], 0));
}

#[test]
fn a_part_longer_than_the_file_is_thrown_away() {
    let longer = [bytes(), vec![1, 2, 3]].concat();
    let (server, _) = good(usize::MAX);
    let bench = Bench::new(&server).with_part(&longer);
    bench.fetch().unwrap();
    bench.assert_whole(&bytes());
    let (server, _) = good(usize::MAX);
    let bench = Bench::new(&server).without_size().with_part(&longer);
    bench.fetch().unwrap();
    bench.assert_whole(&bytes());
    assert_eq!(ranges(&server), [Some(SIZE + 3), None], "416, then the whole");
}

#[test]
fn a_server_that_ignores_ranges_sends_the_whole_again() {
    let server = Server::start(|_, to| reply(to, "200 OK", &bytes()));
    let bench = Bench::new(&server).with_part(&bytes()[..400_000]);
    bench.fetch().unwrap();
    bench.assert_whole(&bytes());
}

#[test]
fn cut_connections_cost_no_byte_twice() {
    let (server, sent) = good(450_000);
    let bench = Bench::new(&server);
    let (mut most, mut retries) = (0, 0);
    bench
        .fetch_until(|news| {
            match news {
                FetchNews::Bytes { done, total } => {
                    assert_eq!(*total, Some(SIZE as u64));
                    assert!(*done >= most, "{done} after {most}");
                    most = *done;
                }
                FetchNews::Retry { .. } => retries += 1,
                FetchNews::Waiting { .. } => {}
            }
            false
        })
        .unwrap();
    bench.assert_whole(&bytes());
    assert_eq!((most, retries), (SIZE as u64, 2));
    assert!(sent.load(Ordering::Relaxed) <= SIZE * 102 / 100);
    assert_eq!(ranges(&server), [None, Some(450_000), Some(900_000)]);
}

#[test]
fn a_file_with_the_wrong_hash_is_thrown_away_and_not_asked_for_again() {
    let server = Server::start(|_, to| reply(to, "200 OK", &vec![9; SIZE]));
    let bench = Bench::new(&server);
    let error = bench.fetch().unwrap_err();
    let found = hash(&vec![9; SIZE]);
    assert!(matches!(&error, FetchError::HashMismatch { found: seen, .. } if *seen == found), "{error}");
    assert_eq!(server.asked().len(), 1);
    assert!(bench.left_over().is_empty() && !place(&bench.store(), &found, NAME).exists());
}

#[test]
fn a_part_of_another_file_costs_one_clean_try() {
    let (server, _) = good(usize::MAX);
    for part in [400_000, SIZE] {
        let bench = Bench::new(&server).with_part(&vec![9; part]);
        bench.fetch().unwrap();
        bench.assert_whole(&bytes());
    }
    assert_eq!(ranges(&server), [Some(400_000), None, None]);
    let wrong = Server::start(|_, to| reply(to, "200 OK", &vec![9; SIZE]));
    let bench = Bench::new(&wrong).with_part(&vec![9; 400_000]);
    assert!(matches!(bench.fetch(), Err(FetchError::HashMismatch { .. })));
    assert_eq!(wrong.asked().len(), 2);
}

#[test]
fn without_a_hash_a_file_that_changed_between_two_parts_is_fetched_anew() {
    let old = Server::start(|asked, to| {
        file(asked, to, &vec![9; SIZE], "\"v0\"", 400_000);
    });
    let (new, _) = good(usize::MAX);
    for keeps_if_range in [true, false] {
        let bench = Bench::new(&old).without_hash();
        let stopped = bench.fetch_until(|news| matches!(news, FetchNews::Retry { .. }));
        assert!(matches!(stopped, Err(FetchError::Cancelled)));
        assert_eq!(std::fs::metadata(bench.part()).unwrap().len(), 400_000);
        // The same address, another server behind it.
        let there = if keeps_if_range { &new } else { &old_protocol() };
        let answer = redirected(&bench, there);
        assert_eq!(answer.unwrap(), hash(&bytes()), "If-Range is heeded: {keeps_if_range}");
        bench.assert_whole(&bytes());
    }
}

/// Serves the new file and has never heard of `If-Range`.
fn old_protocol() -> Server {
    Server::start(|asked, to| {
        let mut asked = asked.clone();
        asked.headers.remove("if-range");
        file(&asked, to, &bytes(), "\"v2\"", usize::MAX);
    })
}

/// The wheel of the lock, fetched from another address (as behind a load balancer).
fn redirected(bench: &Bench, server: &Server) -> Result<String, FetchError> {
    let url = server.url(PATH);
    let go_on = &mut |_: FetchNews| ControlFlow::Continue(());
    fetch(&bench.host, &bench.store(), &bench.wheel, None, &Source::only(&url), go_on)
}

#[test]
fn without_a_hash_an_unchanged_file_goes_on() {
    let (server, sent) = good(600_000);
    let bench = Bench::new(&server).without_hash();
    assert_eq!(bench.fetch().unwrap(), hash(&bytes()));
    bench.assert_whole(&bytes());
    assert_eq!((ranges(&server), sent.load(Ordering::Relaxed)), (vec![None, Some(600_000)], SIZE));
    assert_eq!(server.asked()[1].header("if-range"), Some("\"v1\""));
}

#[test]
fn without_a_hash_a_log_in_page_is_no_wheel() {
    let server = Server::start(|_, to| reply(to, "200 OK", b"<html>Please log in</html>"));
    let bench = Bench::new(&server).without_hash();
    assert!(matches!(bench.fetch(), Err(FetchError::WrongSize { expected: 1_000_000, found: 26, .. })));
    assert!(bench.left_over().is_empty());
}

#[test]
fn a_hash_computed_in_an_earlier_life_counts() {
    let server = Server::start(|_, to| reply(to, "200 OK", &vec![9; SIZE]));
    let bench = Bench::new(&server).without_hash();
    let known = hash(&bytes());
    let go_on = &mut |_: FetchNews| ControlFlow::Continue(());
    let url = server.url(PATH);
    let source = Source::only(&url);
    let error = fetch(&bench.host, &bench.store(), &bench.wheel, Some(&known), &source, go_on).unwrap_err();
    assert!(matches!(error, FetchError::HashMismatch { .. }), "{error}");
}

#[test]
fn a_cut_file_in_the_store_is_replaced() {
    let (server, _) = good(usize::MAX);
    let bench = Bench::new(&server);
    let whole = place(&bench.store(), &hash(&bytes()), NAME);
    std::fs::create_dir_all(whole.parent().unwrap()).unwrap();
    std::fs::write(&whole, &bytes()[..10]).unwrap();
    bench.fetch().unwrap();
    bench.assert_whole(&bytes());
}

#[test]
fn a_server_in_trouble_is_asked_again_and_one_that_refuses_is_not() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |request, to| {
        if asked.fetch_add(1, Ordering::Relaxed) == 0 {
            return reply(to, "503 Service Unavailable", b"later");
        }
        file(request, to, &bytes(), "\"v1\"", usize::MAX);
    });
    let bench = Bench::new(&server);
    let mut retries = Vec::new();
    bench
        .fetch_until(|news| {
            if let FetchNews::Retry { why } = news {
                retries.push(why.clone());
            }
            false
        })
        .unwrap();
    bench.assert_whole(&bytes());
    assert!(matches!(retries.as_slice(), [why] if why.contains("503")), "{retries:?}");
    for status in ["401 Unauthorized", "403 Forbidden", "404 Not Found"] {
        let server = Server::start(move |_, to| reply(to, status, b"no"));
        assert!(matches!(Bench::new(&server).fetch(), Err(FetchError::Network { .. })), "{status}");
        assert_eq!(server.asked().len(), 1, "{status}");
    }
}

/// Silent before its head, or after some bytes.
fn silent(after: Option<usize>) -> Server {
    Server::start(move |_, to| {
        if let Some(after) = after {
            head(to, "200 OK", &[("Content-Length", &SIZE.to_string())]);
            to.write_all(&bytes()[..after]).ok();
        }
        silence(to);
    })
}

#[test]
fn a_cancel_is_heard_at_once_while_the_server_is_silent_and_what_came_is_kept() {
    for after in [None, Some(300_000)] {
        let server = silent(after);
        let bench = Bench::new(&server);
        let began = Instant::now();
        let result = bench.fetch_until(|news| {
            matches!(news, FetchNews::Waiting { .. }) && began.elapsed() > Duration::from_millis(300)
        });
        assert!(matches!(result, Err(FetchError::Cancelled)));
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        let kept = std::fs::metadata(bench.part()).map_or(0, |meta| meta.len());
        assert_eq!(kept, after.unwrap_or(0) as u64);
    }
}

#[test]
fn a_cancel_ends_the_connection_of_a_server_that_trickles() {
    let over = Arc::new(AtomicUsize::new(0));
    let hung_up = Arc::clone(&over);
    let server = Server::start(move |_, to| {
        head(to, "200 OK", &[("Content-Length", &SIZE.to_string())]);
        while to.write_all(&[7; 1000]).is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
        hung_up.store(1, Ordering::Relaxed);
    });
    let bench = Bench::new(&server);
    assert!(matches!(bench.fetch_until(|_| true), Err(FetchError::Cancelled)));
    let began = Instant::now();
    while over.load(Ordering::Relaxed) == 0 {
        assert!(began.elapsed() < Duration::from_secs(5), "the connection stays open");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_silence_is_told_while_it_lasts() {
    let server = silent(Some(1000));
    let bench = Bench::new(&server);
    let (began, mut last, mut longest) = (Instant::now(), Instant::now(), Duration::ZERO);
    bench
        .fetch_until(|news| {
            if let FetchNews::Waiting { why } = news {
                assert_eq!(why, "127.0.0.1");
            }
            longest = longest.max(last.elapsed());
            last = Instant::now();
            began.elapsed() > Duration::from_secs(1)
        })
        .unwrap_err();
    assert!(longest < Duration::from_secs(1), "{longest:?}");
}

#[test]
fn two_wizards_at_once_fetch_a_file_once() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let server = Server::start(move |_, to| {
        head(to, "200 OK", &[("Content-Length", &SIZE.to_string())]);
        for piece in bytes().chunks(50_000) {
            std::thread::sleep(Duration::from_millis(10));
            counter.fetch_add(if to.write_all(piece).is_ok() { piece.len() } else { 0 }, Ordering::Relaxed);
        }
    });
    let bench = Bench::new(&server);
    let waited = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                bench
                    .fetch_until(|news| {
                        let other = matches!(news, FetchNews::Waiting { why } if why.contains("another torch-wizard"));
                        waited.fetch_add(usize::from(other), Ordering::Relaxed);
                        false
                    })
                    .unwrap()
            });
        }
    });
    bench.assert_whole(&bytes());
    assert_eq!((server.asked().len(), sent.load(Ordering::Relaxed)), (1, SIZE));
    assert!(waited.load(Ordering::Relaxed) >= 2);
}

#[test]
fn waiting_for_another_wizard_can_be_cancelled() {
    let (server, _) = good(usize::MAX);
    let bench = Bench::new(&server);
    let lock: &Path = &bench.part().with_extension("lock");
    let _other = bench.host.lock(lock).unwrap().unwrap();
    assert!(matches!(bench.fetch_until(|_| true), Err(FetchError::Cancelled)));
    assert!(server.asked().is_empty());
}
