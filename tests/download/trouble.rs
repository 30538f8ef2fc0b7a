//! Servers in trouble, and other places that have the file.

use super::*;

/// One answer of a bad server.
type Fault = Box<dyn Fn(&Asked, &mut TcpStream) + Send + Sync>;

/// Answers with each of these in turn, then as a good server.
fn at_first(faults: Vec<Fault>) -> Server {
    let asked = AtomicUsize::new(0);
    Server::start(move |request, to| match faults.get(asked.fetch_add(1, Ordering::Relaxed)) {
        Some(fault) => fault(request, to),
        None => drop(file(request, to, &bytes(), "\"v1\"", usize::MAX)),
    })
}

#[test]
fn a_server_that_asks_for_a_pause_gets_it() {
    for in_seconds in [true, false] {
        let server = at_first(vec![Box::new(move |_, to| {
            let word = if in_seconds { "2".to_owned() } else { httpdate(Duration::from_secs(3)) };
            head(to, "429 Too Many Requests", &[("Retry-After", &word), ("Content-Length", "0")]);
        })]);
        let (bench, began) = (Bench::new(&server), Instant::now());
        bench.fetch().unwrap();
        bench.assert_whole(&bytes());
        assert!(began.elapsed() >= Duration::from_millis(1900), "{:?}", began.elapsed());
    }
}

/// A moment so long from now, as HTTP writes it.
fn httpdate(from_now: Duration) -> String {
    let then = jiff::Timestamp::now() + from_now;
    then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[test]
fn a_server_that_fails_three_of_four_requests_still_gives_the_file() {
    let count = AtomicUsize::new(0);
    let server = Server::start(move |request, to| match count.fetch_add(1, Ordering::Relaxed) % 4 {
        0 => reply(to, "500 Internal Server Error", b"oh"),
        1 => reply(to, "503 Service Unavailable", b"later"),
        // Hangs up without a word.
        2 => {}
        _ => drop(file(request, to, &bytes(), "\"v1\"", 600_000)),
    });
    let bench = Bench::new(&server);
    bench.fetch().unwrap();
    bench.assert_whole(&bytes());
    let good: Vec<_> = ranges(&server).into_iter().skip(3).step_by(4).collect();
    assert_eq!(good, [None, Some(600_000)]);
}

#[test]
fn a_server_that_falls_silent_is_given_up_and_asked_for_the_rest() {
    let server = at_first(vec![Box::new(|_, to| {
        head(to, "200 OK", &[("Content-Length", &SIZE.to_string())]);
        to.write_all(&bytes()[..300_000]).ok();
        silence(to);
    })]);
    let bench = Bench::new(&server);
    let source = Source { stall: Duration::from_secs(1), ..Source::only(bench.wheel.url.as_str()) };
    let go_on = &mut |_: FetchNews| ControlFlow::Continue(());
    fetch(&bench.host, &bench.store(), &bench.wheel, None, &source, go_on).unwrap();
    bench.assert_whole(&bytes());
    assert_eq!(ranges(&server), [None, Some(300_000)]);
}

#[test]
fn cuts_at_random_bytes_cost_no_byte_twice() {
    // Any seed will do; it is told where it fails.
    let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().subsec_nanos() as usize;
    let (sent, count) = (Arc::new(AtomicUsize::new(0)), AtomicUsize::new(1));
    let counter = Arc::clone(&sent);
    let server = Server::start(move |asked, to| {
        let cut = seed.wrapping_mul(count.fetch_add(1, Ordering::Relaxed)) % 300_000 + 1;
        counter.fetch_add(file(asked, to, &bytes(), "\"v1\"", cut), Ordering::Relaxed);
    });
    let bench = Bench::new(&server);
    // A cut right after another takes a pause: what was gained ends it.
    bench.fetch().unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    bench.assert_whole(&bytes());
    assert_eq!(sent.load(Ordering::Relaxed), SIZE, "seed {seed}");
}

#[test]
fn a_server_that_lies_about_the_length_gives_no_file_that_is_not_the_promised_one() {
    // Shorter than the file: what came so far is a cut file.
    let short = Server::start(|_, to| reply(to, "200 OK", &bytes()[..SIZE - 1000]));
    let bench = Bench::new(&short);
    assert!(matches!(bench.fetch(), Err(FetchError::HashMismatch { .. })));
    assert!(bench.left_over().is_empty());
    // Longer than the file: every byte of it came all the same.
    let long = Server::start(|_, to| {
        head(to, "200 OK", &[("Content-Length", &(SIZE + 1000).to_string())]);
        to.write_all(&bytes()).ok();
    });
    let bench = Bench::new(&long);
    bench.fetch().unwrap();
    bench.assert_whole(&bytes());
    assert_eq!(long.asked().len(), 1);
}

#[test]
fn a_file_that_does_not_end_is_given_up() {
    let server = Server::start(|_, to| {
        head(to, "200 OK", &[]);
        while to.write_all(&vec![7; 1 << 20]).is_ok() {}
    });
    let bench = Bench::new(&server);
    assert!(matches!(bench.fetch(), Err(FetchError::WrongSize { expected: 1_000_000, .. })));
    assert!(bench.left_over().is_empty());
}

#[test]
fn what_one_place_refuses_is_taken_from_another_by_its_hash() {
    for status in ["403 Forbidden", "404 Not Found", "410 Gone", "503 Service Unavailable"] {
        let refusing = Server::start(move |_, to| reply(to, status, b"no"));
        let (mirror, sent) = good(usize::MAX);
        let bench = Bench::new(&refusing);
        let (result, asked) = bench.fetch_or_from(&[Place::Address(mirror.url(PATH))]);
        assert_eq!((result.unwrap(), asked), (hash(&bytes()), 1), "{status}");
        bench.assert_whole(&bytes());
        assert_eq!(sent.load(Ordering::Relaxed), SIZE);
    }
}

#[test]
fn a_server_that_nobody_answers_for_is_left_for_another() {
    let (mirror, _) = good(usize::MAX);
    let (gone, _) = good(usize::MAX);
    let bench = Bench::new(&gone);
    drop(gone);
    let (result, _) = bench.fetch_or_from(&[Place::Address(mirror.url(PATH))]);
    result.unwrap();
    bench.assert_whole(&bytes());
}

#[test]
fn another_place_goes_on_where_the_first_one_ended() {
    let first = Server::start(|asked, to| match asked.from() {
        None => drop(file(asked, to, &bytes(), "\"v1\"", 400_000)),
        Some(_) => reply(to, "404 Not Found", b"gone"),
    });
    let (mirror, sent) = good(usize::MAX);
    let bench = Bench::new(&first);
    bench.fetch_or_from(&[Place::Address(mirror.url(PATH))]).0.unwrap();
    bench.assert_whole(&bytes());
    assert_eq!((ranges(&mirror), sent.load(Ordering::Relaxed)), (vec![Some(400_000)], 600_000));
}

#[test]
fn wrong_bytes_of_one_place_are_made_good_by_another_and_none_of_them_is_kept() {
    let liar = Server::start(|_, to| reply(to, "200 OK", &vec![9; SIZE]));
    let second_liar = Server::start(|_, to| reply(to, "200 OK", &vec![8; SIZE]));
    let (honest, _) = good(usize::MAX);
    let bench = Bench::new(&liar);
    let places = [Place::Address(second_liar.url(PATH)), Place::Address(honest.url(PATH))];
    bench.fetch_or_from(&places).0.unwrap();
    bench.assert_whole(&bytes());
    // With liars alone the first one's lie is told.
    let bench = Bench::new(&liar);
    let error = bench.fetch_or_from(&places[..1]).0.unwrap_err();
    let found = hash(&vec![9; SIZE]);
    assert!(matches!(&error, FetchError::HashMismatch { found: seen, .. } if *seen == found), "{error}");
    assert!(bench.left_over().is_empty());
}

#[test]
fn a_wheel_among_the_users_own_files_is_copied_and_stays_as_it_is() {
    let refusing = Server::start(move |_, to| reply(to, "404 Not Found", b"no"));
    let bench = Bench::new(&refusing).with_part(&bytes()[..400_000]);
    let own = bench.folder.path().join(NAME);
    std::fs::write(&own, bytes()).unwrap();
    bench.fetch_or_from(&[Place::File(bench.folder.path().join("missing.whl")), Place::File(own.clone())]).0.unwrap();
    bench.assert_whole(&bytes());
    std::fs::write(place(&bench.store(), &hash(&bytes()), NAME), b"changed").unwrap();
    assert!(std::fs::read(own).unwrap() == bytes(), "the user's file is the store's");
}

#[test]
fn a_file_without_a_known_hash_is_never_taken_from_another_place() {
    let refusing = Server::start(move |_, to| reply(to, "404 Not Found", b"no"));
    let (mirror, _) = good(usize::MAX);
    let bench = Bench::new(&refusing).without_hash();
    let (result, asked) = bench.fetch_or_from(&[Place::Address(mirror.url(PATH))]);
    assert!(matches!(result, Err(FetchError::Network { .. })));
    assert_eq!((asked, mirror.asked().len()), (0, 0));
}
