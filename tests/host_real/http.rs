//! What a server, a proxy or the way to them can do, and how it is told.

use super::server::{Asked, Server, file, head, reply};
use super::{again, host, soon};
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};
use torch_wizard::host::{Answer, Hop, Host as _, HostError, Receiver, Request, fetch_text};

const FILE: &[u8] = b"0123456789abcdef";

#[derive(Default)]
struct Kept {
    answer: Answer,
    bytes: Vec<u8>,
    enough: Option<usize>,
    silences: usize,
    patience: Option<usize>,
}

impl Receiver for Kept {
    fn begin(&mut self, answer: &Answer) -> ControlFlow<()> {
        self.answer = answer.clone();
        if self.enough == Some(0) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
    fn piece(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.bytes.extend_from_slice(bytes);
        if self.enough.is_some_and(|enough| self.bytes.len() >= enough) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
    fn nothing_yet(&mut self) -> ControlFlow<()> {
        self.silences += 1;
        if self.patience == Some(self.silences) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

fn get(request: &Request) -> Result<Kept, HostError> {
    let mut kept = Kept::default();
    host().request(request, &mut kept).map(|()| kept)
}

fn hop(result: Result<Kept, HostError>) -> Hop {
    match result {
        Err(HostError::Network { hop, .. }) => hop,
        Err(other) => panic!("{other}"),
        Ok(kept) => panic!("{} bytes came", kept.bytes.len()),
    }
}

/// A good server of one file, which cuts its body after so many bytes.
fn serves(bytes: impl Into<Vec<u8>>, etag: &'static str, limit: usize) -> Server {
    let bytes = bytes.into();
    Server::start(move |asked, to| {
        file(asked, to, &bytes, etag, limit);
    })
}

/// A port at which nobody listens.
fn closed_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn a_file_comes_whole_and_in_parts() {
    let server = serves(FILE, "\"v1\"", usize::MAX);
    let whole = get(&Request::get(server.url("/f"))).unwrap();
    assert_eq!(whole.bytes, FILE);
    let told = Answer { status: 200, total: Some(16), ranges: true, content_type: None, etag: Some("\"v1\"".into()) };
    assert_eq!(whole.answer, told);
    let part = get(&Request { from: Some(10), ..Request::get(server.url("/f")) }).unwrap();
    assert_eq!((part.bytes.as_slice(), part.answer.status, part.answer.total), (&FILE[10..], 206, Some(16)));
    let beyond = get(&Request { from: Some(16), ..Request::get(server.url("/f")) });
    assert!(matches!(beyond, Err(HostError::Status { status: 416, .. })));
}

#[test]
fn a_part_of_a_file_that_changed_is_the_whole_new_file() {
    let server = serves(FILE, "\"v2\"", usize::MAX);
    let ask = |etag: &str| {
        get(&Request { from: Some(10), if_range: Some(etag.to_owned()), ..Request::get(server.url("/f")) }).unwrap()
    };
    assert_eq!((ask("\"v2\"").answer.status, ask("\"v2\"").bytes.len()), (206, 6));
    assert_eq!((ask("\"v1\"").answer.status, ask("\"v1\"").bytes.len()), (200, 16));
}

#[test]
fn a_part_that_begins_elsewhere_is_refused() {
    let server = Server::start(|_, to| {
        head(to, "206 Partial Content", &[("Content-Range", "bytes 4-15/16"), ("Content-Length", "12")]);
        to.write_all(&FILE[4..]).ok();
    });
    assert_eq!(hop(get(&Request { from: Some(10), ..Request::get(server.url("/f")) })), Hop::Transfer);
}

#[test]
fn a_head_request_tells_the_size_and_brings_no_bytes() {
    let server = serves(FILE, "\"v1\"", usize::MAX);
    let kept = get(&Request::head(server.url("/f"))).unwrap();
    assert_eq!((kept.answer.total, kept.bytes.len()), (Some(16), 0));
    assert_eq!(server.asked()[0].method, "HEAD");
}

#[test]
fn a_weak_validator_is_none() {
    let server = serves(FILE, "W/\"v1\"", usize::MAX);
    assert_eq!(get(&Request::get(server.url("/f"))).unwrap().answer.etag, None);
}

#[test]
fn a_refusal_is_told_with_its_number() {
    let server = Server::start(|_, to| reply(to, "403 Forbidden", b"no"));
    let error = get(&Request::get(server.url("/f"))).err().unwrap();
    assert!(matches!(error, HostError::Status { status: 403, .. }), "{error}");
}

#[test]
fn a_closed_port_an_unknown_name_and_a_broken_transfer_are_told_apart() {
    let closed = get(&Request::get(format!("http://{}/", closed_port())));
    assert_eq!(hop(closed), Hop::Connect);
    // `.invalid` never resolves (RFC 2606).
    assert_eq!(hop(get(&Request::get("http://no-such-name.invalid/"))), Hop::Name);
    assert_eq!(hop(get(&Request::get("no address"))), Hop::Name);
    let server = serves(FILE, "\"v1\"", 5);
    assert_eq!(hop(get(&Request::get(server.url("/f")))), Hop::Transfer);
    let silent = Server::start(|_, _| {});
    assert!(matches!(hop(get(&Request::get(silent.url("/f")))), Hop::Connect | Hop::Transfer));
}

#[test]
fn a_silent_server_is_given_up_at_the_limit_before_and_after_its_first_byte() {
    for first in [&b""[..], &FILE[..3]] {
        let server = Server::start(move |_, to| {
            if !first.is_empty() {
                head(to, "200 OK", &[("Content-Length", "16")]);
                to.write_all(first).ok();
            }
            soon("the client's end", || is_closed(to).then_some(()));
        });
        let began = Instant::now();
        let request = Request { limit: Some(Duration::from_millis(300)), ..Request::get(server.url("/f")) };
        let error = get(&request).err().unwrap();
        assert!(began.elapsed() < Duration::from_secs(2), "{error}");
        assert!(error.to_string().contains("no answer in time"), "{error}");
    }
}

/// Whether the other side hung up.
fn is_closed(stream: &mut TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    !matches!(stream.peek(&mut [0]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}

#[test]
fn the_receiver_may_end_a_request_at_its_head_and_at_every_piece() {
    let server = serves(vec![7; 5_000_000], "\"v1\"", usize::MAX);
    for enough in [0, 1] {
        let mut kept = Kept { enough: Some(enough), ..Kept::default() };
        let result = host().request(&Request::get(server.url("/f")), &mut kept);
        assert!(matches!(result, Err(HostError::Stopped)));
        assert!(kept.bytes.len() < 1_000_000);
    }
}

#[test]
fn the_receiver_hears_of_a_silence_and_may_end_it_before_the_first_byte_and_after_it() {
    let servers = [&b""[..], &FILE[..3]].map(|first| {
        let hung_up = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&hung_up);
        let server = Server::start(move |_, to| {
            if !first.is_empty() {
                head(to, "200 OK", &[("Content-Length", "16")]);
                to.write_all(first).ok();
            }
            soon("the client's end", || is_closed(to).then_some(()));
            told.store(true, Ordering::SeqCst);
        });
        (server, hung_up)
    });
    let host = host();
    for (server, hung_up) in &servers {
        let mut kept = Kept { patience: Some(3), ..Kept::default() };
        let began = Instant::now();
        let result = host.request(&Request::get(server.url("/f")), &mut kept);
        assert!(matches!(result, Err(HostError::Stopped)), "{result:?}");
        assert_eq!(kept.silences, 3);
        assert!(began.elapsed() < Duration::from_secs(5));
        // The server is told at once, not when the program ends.
        soon("the server to hear of it", || hung_up.load(Ordering::SeqCst).then_some(()));
    }
}

/// Answers requests of one connection until it is told to close it, and counts connections.
fn keeps_alive(requests_each: usize) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/f", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    let serve = move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            count.fetch_add(1, Ordering::SeqCst);
            for _ in 0..requests_each {
                let Some(_) = Asked::read(&mut stream) else { break };
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").ok();
            }
            std::thread::sleep(Duration::from_millis(30));
        }
    };
    std::thread::Builder::new().name("serve".to_owned()).spawn(serve).unwrap();
    (url, connections)
}

#[test]
fn a_connection_is_used_again_and_one_that_the_server_closed_is_replaced() {
    let host = host();
    let ask = |url: &str| fetch_text(&host, &Request::get(url), 100).unwrap();
    let (url, connections) = keeps_alive(usize::MAX);
    assert_eq!([ask(&url), ask(&url), ask(&url)], ["ok", "ok", "ok"]);
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    let (url, connections) = keeps_alive(1);
    for _ in 0..3 {
        assert_eq!(ask(&url), "ok", "closed without a word after each");
        // The end comes when nobody waits for anything.
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}

#[test]
fn requests_at_the_same_time_do_not_wait_for_each_other() {
    let both = Arc::new(Barrier::new(2));
    let server = Server::start(move |_, to| {
        // Answers neither before both have come.
        both.wait();
        reply(to, "200 OK", b"ok");
    });
    let host = host();
    let ask = || fetch_text(&host, &Request::get(server.url("/f")), 100).unwrap();
    std::thread::scope(|scope| {
        let other = std::thread::Builder::new().name("other".to_owned()).spawn_scoped(scope, ask).unwrap();
        assert_eq!((ask(), other.join().unwrap()), ("ok".to_owned(), "ok".to_owned()));
    });
}

#[test]
fn a_text_longer_than_its_limit_is_cut_off() {
    let server = Server::start(|_, to| reply(to, "200 OK", &vec![b'x'; 3_000_000]));
    assert!(matches!(fetch_text(&host(), &Request::get(server.url("/")), 1000), Err(HostError::Stopped)));
    assert_eq!(fetch_text(&host(), &Request::get(server.url("/")), 3_000_000).unwrap().len(), 3_000_000);
}

#[test]
fn a_redirect_is_followed_with_its_range() {
    let target = serves(FILE, "\"v1\"", usize::MAX);
    let to_there = target.url("/there");
    let server = Server::start(move |_, to| {
        head(to, "302 Found", &[("Location", &to_there), ("Content-Length", "0")]);
    });
    let kept = get(&Request { from: Some(10), ..Request::get(server.url("/f")) }).unwrap();
    assert_eq!(kept.bytes, &FILE[10..]);
}

#[test]
fn redirects_in_a_circle_end() {
    let server =
        Server::start(|asked, to| head(to, "302 Found", &[("Location", &asked.path), ("Content-Length", "0")]));
    assert!(get(&Request::get(server.url("/f"))).is_err());
    assert!(server.asked().len() < 20);
}

#[test]
fn user_name_and_password_are_sent_and_never_shown() {
    let server = Server::start(|asked, to| match asked.header("authorization") {
        // user:p w
        Some("Basic dXNlcjpwIHc=") => reply(to, "200 OK", b"yes"),
        _ => reply(to, "401 Unauthorized", b"no"),
    });
    let at = |authority: &str| Request::get(format!("http://user:p%20w@{authority}/f"));
    assert_eq!(get(&at(&server.authority())).unwrap().bytes, b"yes");
    let circle =
        Server::start(|asked, to| head(to, "302 Found", &[("Location", &asked.path), ("Content-Length", "0")]));
    let refused = Server::start(|_, to| reply(to, "403 Forbidden", b"no"));
    let cut = serves(FILE, "\"v1\"", 5);
    for authority in [refused.authority(), cut.authority(), circle.authority(), closed_port(), "x.invalid".to_owned()] {
        let error = get(&at(&authority)).err().unwrap();
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(!text.contains("user") && !text.contains("p%20w") && !text.contains("p w"), "{text}");
        }
    }
}

#[test]
fn a_password_does_not_follow_a_redirect_to_another_host() {
    let target = Server::start(|_, to| reply(to, "200 OK", b"yes"));
    let to_there = format!("http://localhost:{}/f", target.authority().rsplit(':').next().unwrap());
    let server = Server::start(move |_, to| head(to, "302 Found", &[("Location", &to_there), ("Content-Length", "0")]));
    // Where `localhost` is the other protocol's address first, nothing listens there and nothing is sent either.
    get(&Request::get(format!("http://user:secret@{}/f", server.authority()))).ok();
    assert!(target.asked().iter().all(|asked| asked.header("authorization").is_none()));
}

/// The other side of the tests of proxies: asks for an address in the environment it was given and says what came.
#[test]
#[ignore = "a process of its own for other tests"]
fn asks_in_its_own_environment() {
    let Ok(url) = std::env::var("TW_TEST_URL") else { return };
    let host = host();
    let mut out = std::io::stdout();
    writeln!(out, "\nproxy {}", host.proxy_for(&url).unwrap_or_else(|| "none".to_owned())).unwrap();
    let mut kept = Kept::default();
    match host.request(&Request::get(url), &mut kept) {
        Ok(()) => writeln!(out, "came {}", String::from_utf8_lossy(&kept.bytes)).unwrap(),
        Err(HostError::Network { hop, text, .. }) => writeln!(out, "failed {hop:?} {text}").unwrap(),
        Err(error) => writeln!(out, "failed {error}").unwrap(),
    }
}

/// Asks in another process with these variables and no other setting of a proxy: the proxy shown, and what came.
fn ask_with(url: &str, variables: &[(&str, &str)]) -> (String, String) {
    let mut command = again("http::asks_in_its_own_environment");
    for name in
        ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"]
    {
        command.env_remove(name);
    }
    let done = command.env("TW_TEST_URL", url).envs(variables.iter().copied()).output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    let line = |word: &str| text.lines().find_map(|line| line.strip_prefix(word)).map(str::to_owned);
    (line("proxy ").unwrap(), line("came ").or_else(|| line("failed ")).unwrap())
}

#[test]
fn the_proxy_of_the_environment_is_taken_and_shown_without_its_password() {
    let proxy = Server::start(|asked, to| {
        let right = asked.header("proxy-authorization") == Some("Basic dXNlcjpzZWNyZXQ=");
        reply(to, "200 OK", if right { b"by proxy" } else { b"who are you" });
    });
    let (shown, came) =
        ask_with("http://pages.example/x", &[("http_proxy", &format!("http://user:secret@{}", proxy.authority()))]);
    assert_eq!(came, "by proxy");
    assert_eq!(shown.trim_end_matches('/'), format!("http://{}", proxy.authority()));
    assert_eq!(proxy.asked()[0].path, "http://pages.example/x");
    let bare = format!("user:secret@{}", proxy.authority());
    let (shown, _) = ask_with("http://pages.example/x", &[("ALL_PROXY", &bare)]);
    assert!(!shown.contains("secret"), "{shown}");
}

#[test]
fn an_address_that_no_proxy_names_goes_straight() {
    let server = Server::start(|_, to| reply(to, "200 OK", b"straight"));
    let dead = format!("http://{}", closed_port());
    let (shown, came) = ask_with(&server.url("/"), &[("http_proxy", &dead), ("no_proxy", "127.0.0.1")]);
    assert_eq!((shown.as_str(), came.as_str()), ("none", "straight"));
}

#[test]
fn a_proxy_that_refuses_or_is_not_there_is_named_as_what_failed() {
    for status in ["403 Forbidden", "407 Proxy Authentication Required"] {
        let proxy = Server::start(move |asked: &Asked, to| {
            assert_eq!(asked.method, "CONNECT");
            reply(to, status, b"");
        });
        let (_, came) = ask_with("https://pages.example/x", &[("HTTPS_PROXY", &proxy.url(""))]);
        assert!(came.starts_with("Proxy"), "{status}: {came}");
    }
    let (_, came) = ask_with("https://pages.example/x", &[("HTTPS_PROXY", &format!("http://{}", closed_port()))]);
    assert!(came.starts_with("Proxy"), "not there: {came}");
}

/// A server with a certificate that nobody vouches for.
fn with_own_certificate() -> (String, String) {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let pem = own.cert.pem();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
    let config = rustls::ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key.into())
        .unwrap();
    let config = std::sync::Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut tls = rustls::ServerConnection::new(std::sync::Arc::clone(&config)).unwrap();
            let mut both = rustls::Stream::new(&mut tls, &mut stream);
            if Asked::read(&mut both).is_some() {
                head(&mut both, "200 OK", &[("Content-Length", "6")]);
                both.write_all(b"secure").ok();
            }
        }
    };
    std::thread::Builder::new().name("tls".into()).spawn(serve).unwrap();
    (format!("https://localhost:{}/", address.port()), pem)
}

#[test]
fn a_certificate_nobody_vouches_for_is_refused_and_one_the_user_names_is_taken() {
    let folder = super::folder();
    let (url, pem) = with_own_certificate();
    let (_, came) = ask_with(&url, &[]);
    assert!(came.starts_with("Certificate"), "{came}");
    let file = folder.path().join("company.pem");
    std::fs::write(&file, pem).unwrap();
    for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"] {
        let (_, came) = ask_with(&url, &[(name, file.to_str().unwrap())]);
        assert_eq!(came, "secure", "{name}");
    }
}
