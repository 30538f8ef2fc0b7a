//! A tiny HTTP server on a free port of this machine: tests decide byte by byte what it does, and see what it was asked.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may fail by panicking as tests do")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::Builder;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Reads the head of a request; `None` at its early end.
    pub fn read(stream: &mut impl std::io::Read) -> Option<Self> {
        let mut lines = BufReader::new(stream).lines();
        let first = lines.next()?.ok()?;
        let mut words = first.split(' ').map(str::to_owned);
        let (method, path) = (words.next()?, words.next()?);
        let headers = lines
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty())
            .filter_map(|line| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned())))
            .collect();
        Some(Self { method, path, headers })
    }

    /// Where `Range: bytes=N-` begins.
    pub fn from(&self) -> Option<usize> {
        self.header("range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    }
}

/// One request a connection; each connection on a thread of its own.
pub struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    over: Arc<AtomicBool>,
}

impl Server {
    pub fn start(answer: impl Fn(&Asked, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, over, answer) =
            (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)), Arc::new(answer));
        let server = Self { address, asked: Arc::clone(&asked), over: Arc::clone(&over) };
        let accept = move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let (asked, answer) = (Arc::clone(&asked), Arc::clone(&answer));
                let serve = move || {
                    let Some(request) = Asked::read(&mut stream) else { return };
                    asked.lock().unwrap().push(request.clone());
                    answer(&request, &mut stream);
                };
                Builder::new().name("serve".into()).spawn(serve).unwrap();
            }
        };
        Builder::new().name("accept".into()).spawn(accept).unwrap();
        server
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority())
    }

    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        TcpStream::connect(self.address).ok();
    }
}

/// A head; what follows is up to the test. A client that hung up is no failure of the server.
pub fn head(to: &mut impl std::io::Write, status: &str, headers: &[(&str, &str)]) {
    let headers: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    to.write_all(format!("HTTP/1.1 {status}\r\nConnection: close\r\n{}\r\n", headers.concat()).as_bytes()).ok();
}

/// A head with its body.
pub fn reply(to: &mut TcpStream, status: &str, body: &[u8]) {
    head(to, status, &[("Content-Length", &body.len().to_string())]);
    to.write_all(body).ok();
}

/// Serves a file as a good server does: HEAD, ranges, `If-Range`, 416. At most `limit` bytes of the body, then it cuts.
/// Answers how many bytes of the body were sent.
pub fn file(asked: &Asked, to: &mut TcpStream, bytes: &[u8], etag: &str, limit: usize) -> usize {
    let whole = bytes.len().to_string();
    let fresh = asked.header("if-range").is_none_or(|wanted| wanted == etag);
    let from = asked.from().filter(|_| fresh);
    if from.is_some_and(|from| from >= bytes.len()) {
        head(
            to,
            "416 Range Not Satisfiable",
            &[("Content-Range", &format!("bytes */{whole}")), ("Content-Length", "0")],
        );
        return 0;
    }
    let body = &bytes[from.unwrap_or(0)..];
    let length = body.len().to_string();
    let common = [("Content-Length", length.as_str()), ("Accept-Ranges", "bytes"), ("ETag", etag)];
    match from {
        Some(from) => {
            let range = format!("bytes {from}-{}/{whole}", bytes.len() - 1);
            head(to, "206 Partial Content", &[common.as_slice(), &[("Content-Range", &range)]].concat());
        }
        None => head(to, "200 OK", &common),
    }
    if asked.method == "HEAD" {
        return 0;
    }
    let sent = &body[..body.len().min(limit)];
    to.write_all(sent).ok();
    sent.len()
}
