//! A package index on 127.0.0.1 with the traits of `download.pytorch.org` and of `PyPI`, which records every request and
//! misbehaves on command.

// By path, because another test has this file at a place of its own.
#[path = "index_server/pages.rs"]
mod pages;
#[path = "index_server/wheels.rs"]
pub mod wheels;

use pages::Answer;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{Builder, sleep};
use std::time::Duration;
use wheels::Shelf;

/// What somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    pub path: String,
    /// First byte that was asked for.
    pub from: Option<u64>,
    pub agent: String,
    /// Bytes of the body that were sent.
    pub sent: u64,
    pub status: u16,
}

impl Seen {
    /// Asked by the program itself, not by uv or pip.
    pub fn is_ours(&self) -> bool {
        self.agent.starts_with("torch-wizard/")
    }
}

/// How the server misbehaves for paths that hold a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mischief {
    /// Hangs up after so many bytes of a body, so many times.
    Cut { after: u64, times: u32 },
    /// Sends so many bytes of a body a second.
    Throttle { per_second: u64 },
    /// Sends so many bytes of a body and then nothing, with the line open.
    Stall { after: u64 },
    /// Sends another content of the same length.
    OtherContent,
    /// Answers a request for a part with the whole.
    IgnoreRange,
    /// Answers with this status and no more.
    Status(u16),
    /// The same for so many answers, after others that were right.
    StatusAfter { answers: u32, status: u16, times: u32 },
    /// Names a length that is off by so much.
    Length(i64),
    /// Sends to another address, where the file is.
    Redirect,
    /// Sends to the same address again.
    RedirectLoop,
    /// Answers with bytes that are no page.
    Garbage,
    /// Answers 200 with the log-in page of a network.
    LoginPage,
}

struct State {
    shelf: Arc<Shelf>,
    ports: [u16; 2],
    seen: Mutex<Vec<Seen>>,
    /// How many of them are not asked about any more.
    forgotten: AtomicUsize,
    mischief: Mutex<Vec<(String, Mischief)>>,
    closed: AtomicBool,
}

/// The server; it ends when it is dropped.
pub struct IndexServer {
    state: Arc<State>,
}

impl IndexServer {
    /// Two ports of 127.0.0.1: pages on the first, the files of the torch index on the second.
    pub fn start(shelf: Arc<Shelf>) -> Self {
        let listeners = [TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap()];
        let ports = [0, 1].map(|at: usize| listeners[at].local_addr().unwrap().port());
        let state = State {
            shelf,
            ports,
            seen: Mutex::default(),
            forgotten: AtomicUsize::new(0),
            mischief: Mutex::default(),
            closed: AtomicBool::new(false),
        };
        let state = Arc::new(state);
        for listener in listeners {
            let state = Arc::clone(&state);
            Builder::new().name("index".into()).spawn(move || accept(&listener, &state)).unwrap();
        }
        Self { state }
    }

    /// The mirror of the torch index, as for `--index-url`.
    pub fn torch(&self) -> String {
        format!("http://127.0.0.1:{}/whl", self.state.ports[0])
    }

    /// The stand-in for `PyPI`.
    pub fn pypi(&self) -> String {
        format!("http://127.0.0.1:{}/simple", self.state.ports[0])
    }

    /// Where the torch index keeps the files of torch.
    pub fn files(&self) -> String {
        format!("http://127.0.0.1:{}/whl", self.state.ports[1])
    }

    /// From now on, requests whose path holds `word` are answered so.
    pub fn misbehave(&self, word: &str, how: Mischief) {
        self.state.mischief.lock().unwrap().push((word.to_owned(), how));
    }

    /// From now on, everything is answered as it should be, and what is under way hurries up.
    pub fn behave(&self) {
        self.state.mischief.lock().unwrap().clear();
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().unwrap().iter().skip(self.state.forgotten.load(Ordering::SeqCst)).cloned().collect()
    }

    pub fn forget_seen(&self) {
        self.state.forgotten.store(self.state.seen.lock().unwrap().len(), Ordering::SeqCst);
    }

    /// GETs of our own downloader for wheels whose name holds `word`.
    pub fn fetches(&self, word: &str) -> Vec<Seen> {
        let is_fetch = |seen: &Seen| {
            seen.is_ours() && seen.method == "GET" && seen.path.ends_with(".whl") && seen.path.contains(word)
        };
        self.seen().into_iter().filter(is_fetch).collect()
    }
}

impl Drop for IndexServer {
    fn drop(&mut self) {
        self.state.closed.store(true, Ordering::SeqCst);
        for port in self.state.ports {
            TcpStream::connect(("127.0.0.1", port)).ok();
        }
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    while let Ok((stream, _)) = listener.accept() {
        if state.closed.load(Ordering::SeqCst) {
            return;
        }
        let state = Arc::clone(state);
        Builder::new().name("answer".into()).spawn(move || serve(&stream, &state)).unwrap();
    }
}

/// One request a connection: nothing then hangs on what was sent before.
fn serve(stream: &TcpStream, state: &State) {
    let Some(request) = read_request(stream) else { return };
    let at = {
        let mut seen = state.seen.lock().unwrap();
        seen.push(Seen {
            method: request.method.clone(),
            path: request.path.clone(),
            from: request.from,
            agent: request.agent.clone(),
            sent: 0,
            status: 0,
        });
        seen.len() - 1
    };
    let mischief: Vec<Mischief> = {
        let all = state.mischief.lock().unwrap();
        all.iter().filter(|(word, _)| is_meant(word, &request.path)).map(|(_, how)| *how).collect()
    };
    let mut answer =
        pages::answer(&state.shelf, state.ports, request.path.trim_end_matches("?there"), request.wants_json);
    let mut from = request.from;
    for how in &mischief {
        match how {
            Mischief::Status(status) => answer = Answer::status(*status),
            Mischief::Garbage => answer = Answer::page("\u{0}\u{1}\u{2}<<<not a page>>>"),
            Mischief::LoginPage => {
                answer = Answer::page("<html><body>Please <a href=\"/login\">log in</a> first.</body></html>");
            }
            Mischief::IgnoreRange => from = None,
            Mischief::OtherContent => answer.body = Arc::from(answer.body.iter().map(|b| b ^ 1).collect::<Vec<_>>()),
            Mischief::Redirect if request.path.contains("?there") => {}
            Mischief::Redirect | Mischief::RedirectLoop => answer = Answer::status(302),
            Mischief::StatusAfter { .. } => {
                if let Some(status) = status_now(state, &request.path) {
                    answer = Answer::status(status);
                }
            }
            Mischief::Cut { .. } | Mischief::Throttle { .. } | Mischief::Stall { .. } | Mischief::Length(_) => {}
        }
    }
    send(stream, state, at, &request, &answer, from, &mischief);
}

fn send(
    mut stream: &TcpStream,
    state: &State,
    at: usize,
    request: &Request,
    answer: &Answer,
    from: Option<u64>,
    mischief: &[Mischief],
) {
    let whole = answer.body.len();
    let mut first = 0;
    let mut end = whole;
    let mut status = answer.status;
    let mut head = String::new();
    if let Some(from) = from.filter(|_| status == 200 && answer.is_file) {
        first = usize::try_from(from).unwrap().min(whole);
        end = request.to.map_or(whole, |to| usize::try_from(to).unwrap().saturating_add(1).min(whole)).max(first);
        if first == whole {
            status = 416;
        } else {
            status = 206;
            write!(head, "Content-Range: bytes {first}-{}/{whole}\r\n", end - 1).unwrap();
        }
    }
    let body = if status == 416 { &[][..] } else { &answer.body[first..end] };
    if answer.is_file && !mischief.contains(&Mischief::IgnoreRange) {
        head.push_str("Accept-Ranges: bytes\r\n");
    }
    if status == 407 {
        head.push_str("Proxy-Authenticate: Basic realm=\"test\"\r\n");
    }
    if status == 302 {
        let there = if mischief.contains(&Mischief::RedirectLoop) { "" } else { "?there" };
        write!(head, "Location: {}{there}\r\n", request.path).unwrap();
    }
    let off = mischief.iter().find_map(|how| if let Mischief::Length(off) = how { Some(*off) } else { None });
    let told = i64::try_from(body.len()).unwrap() + off.unwrap_or(0);
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n{head}\r\n",
        answer.kind,
        told.max(0)
    );
    state.seen.lock().unwrap()[at].status = status;
    if stream.write_all(head.as_bytes()).is_err() || request.method == "HEAD" {
        return;
    }
    let limit = cut_at(state, &request.path).unwrap_or(u64::MAX);
    let stall = mischief.iter().find_map(|how| if let Mischief::Stall { after } = how { Some(*after) } else { None });
    let speed = mischief
        .iter()
        .find_map(|how| if let Mischief::Throttle { per_second } = how { Some(*per_second) } else { None });
    // A throttled body goes out in fifty pieces a second.
    let piece = speed.map_or(64 * 1024, |speed| usize::try_from(speed / 50).unwrap().max(1));
    let mut sent = 0_u64;
    for part in body.chunks(piece) {
        let most = limit.min(stall.unwrap_or(u64::MAX)).saturating_sub(sent);
        let part = &part[..part.len().min(usize::try_from(most).unwrap_or(usize::MAX))];
        if stream.write_all(part).is_err() {
            return;
        }
        sent += part.len() as u64;
        state.seen.lock().unwrap()[at].sent = sent;
        if sent >= limit {
            return;
        }
        while stall.is_some_and(|stall| sent >= stall) && !state.closed.load(Ordering::SeqCst) {
            sleep(Duration::from_millis(20));
        }
        if speed.is_some() && !state.mischief.lock().unwrap().is_empty() {
            sleep(Duration::from_millis(20));
        }
    }
}

/// The small file with the metadata of a wheel is only meant where it is named.
fn is_meant(word: &str, path: &str) -> bool {
    path.contains(word) && (word.ends_with(".metadata") || !path.ends_with(".metadata"))
}

/// Where this body is to be cut; counts the times.
fn cut_at(state: &State, path: &str) -> Option<u64> {
    let mut all = state.mischief.lock().unwrap();
    all.iter_mut().filter(|(word, _)| is_meant(word, path)).find_map(|(_, how)| {
        let Mischief::Cut { after, times } = how else { return None };
        let left = times.checked_sub(1)?;
        *times = left;
        Some(*after)
    })
}

/// Which status this answer has, if it is one of those that are wrong; counts the answers.
fn status_now(state: &State, path: &str) -> Option<u16> {
    let mut all = state.mischief.lock().unwrap();
    all.iter_mut().filter(|(word, _)| is_meant(word, path)).find_map(|(_, how)| {
        let Mischief::StatusAfter { answers, status, times } = how else { return None };
        if let Some(left) = answers.checked_sub(1) {
            *answers = left;
            return None;
        }
        *times = times.checked_sub(1)?;
        Some(*status)
    })
}

#[derive(Default)]
struct Request {
    method: String,
    path: String,
    from: Option<u64>,
    to: Option<u64>,
    agent: String,
    wants_json: bool,
}

fn read_request(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream.take(64 * 1024)).lines();
    let first = lines.next()?.ok()?;
    let mut words = first.split(' ');
    let mut request =
        Request { method: words.next()?.to_owned(), path: words.next()?.to_owned(), ..Request::default() };
    for line in lines {
        let line = line.ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "range" => {
                let (from, to) = value.strip_prefix("bytes=")?.split_once('-')?;
                (request.from, request.to) = (from.parse().ok(), to.parse().ok());
            }
            "user-agent" => value.clone_into(&mut request.agent),
            "accept" => request.wants_json = value.contains("application/vnd.pypi.simple.v1+json"),
            _ => {}
        }
    }
    Some(request)
}
