//! The step that fetches, run by the program itself: several wheels at once, other places of a wheel, a full disk, wheels
//! that are unpacked while others load.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "prepares and reads the folders past the Host")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may fail by panicking as tests do")]

#[path = "plans/made.rs"]
#[expect(dead_code, reason = "made for tests of all routes")]
mod made;
#[path = "local_server/server.rs"]
mod server;

use made::Machine;
use serde_json::Value;
use server::{Server, file, head, reply};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use torch_wizard::facts::OsFamily;
use torch_wizard::host::real::RealHost;
use torch_wizard::lock::{Lock, LockedPackage, LockedWheel};
use torch_wizard::plan::{Engine, Plan};

use torch_wizard::run::{EventKind, Outcome, RunEvent, Surroundings};
use torch_wizard::text::hex;
use torch_wizard::verify::Circumstances;

fn hash(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).as_slice())
}

/// Bytes that are unlike those of another package.
fn bytes(number: usize, len: usize) -> Vec<u8> {
    (0..len).map(|at| u8::try_from((at * 7 + number * 13) % 251).unwrap()).collect()
}

fn wheel_name(number: usize) -> String {
    format!("pack{number}-1.0-py3-none-any.whl")
}

/// A package whose wheel lies on a server.
fn package(server: &Server, number: usize, bytes: &[u8]) -> LockedPackage {
    let file_name = wheel_name(number);
    let url = url::Url::parse(&server.url(&format!("/files/{file_name}"))).unwrap();
    let wheel = LockedWheel { file_name, url, sha256: Some(hash(bytes)), size: Some(bytes.len() as u64) };
    LockedPackage { name: format!("pack{number}"), version: "1.0".to_owned(), index: None, wheel }
}

/// A program with its folders, and a plan of which it has done nothing yet.
struct Wizard {
    folder: TempDir,
    plan: Plan,
}

impl Wizard {
    fn new(packages: Vec<LockedPackage>, steps: &[&str]) -> Self {
        Self::by(Engine::Pip, packages, steps)
    }

    fn by(engine: Engine, packages: Vec<LockedPackage>, steps: &[&str]) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let root = folder.path().display().to_string();
        let machine = Machine { root, ..Machine::new(OsFamily::Linux, engine) };
        let mut plan = machine.wheel(folder.path().join("env"));
        plan.steps.retain(|step| steps.contains(&step.key.as_str()));
        plan.lock = Lock { packages, ..plan.lock };
        plan.hosts = plan.lock.hosts();
        let cache = folder.path().join("home/cache");
        plan.places.run = folder.path().join("home/data/runs/20261128-100000");
        plan.places.store = cache.join("wheels");
        plan.places.links = cache.join("links/1");
        plan.places.uv_cache = cache.join("uv");
        plan.indexes = torch_wizard::plan::Indexes::default();
        Self { folder, plan }
    }

    /// For what was changed in its choices and places.
    fn make_steps_anew(&mut self) {
        let plan = torch_wizard::plan::retargeted(&self.plan, &self.plan.target, false).unwrap();
        let keys: Vec<String> = self.plan.steps.iter().map(|step| step.key.clone()).collect();
        self.plan.steps = plan.steps.into_iter().filter(|step| keys.contains(&step.key)).collect();
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_torch-wizard"));
        command.args(["resume", "--json"]).arg(&self.plan.target);
        command.env("TORCH_WIZARD_HOME", self.folder.path().join("home")).stdin(Stdio::null());
        command
    }

    fn save(&self) {
        std::fs::create_dir_all(&self.plan.places.run).unwrap();
        let text = serde_json::to_string(&self.plan).unwrap();
        std::fs::write(self.plan.places.run.join("plan.json"), text).unwrap();
    }

    fn run(&self) -> Ran {
        self.save();
        Ran::of(&self.command().output().unwrap())
    }

    fn links(&self) -> Vec<String> {
        names(&self.plan.places.links)
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .map(|files| files.map(|file| file.unwrap().file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    names.sort();
    names
}

/// What it told, and how it ended.
struct Ran {
    code: Option<i32>,
    events: Vec<Value>,
    said: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let events = out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        Self { code: output.status.code(), events, said: format!("{out}{}", String::from_utf8_lossy(&output.stderr)) }
    }

    #[track_caller]
    fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.said);
        self
    }

    fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.events.iter().filter(move |event| event["kind"] == kind)
    }

    fn label(&self) -> String {
        self.of_kind("failed").last().map(|event| event["problem"]["label"].to_string()).unwrap_or_default()
    }
}

/// A server of these wheels that sends slowly, and counts how many it serves at once.
fn shelf(wheels: Vec<Vec<u8>>, pause: Duration) -> (Server, Arc<AtomicUsize>) {
    let (busy, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let peak = Arc::clone(&most);
    let server = Server::start(move |asked, to| {
        let number = wheels.iter().enumerate().find(|(number, _)| asked.path.ends_with(&wheel_name(*number)));
        let Some((_, bytes)) = number else { return reply(to, "404 Not Found", b"no") };
        peak.fetch_max(busy.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        if asked.from().is_some() {
            file(asked, to, bytes, "\"v1\"", usize::MAX);
        } else {
            head(to, "200 OK", &[("Content-Length", &bytes.len().to_string()), ("Accept-Ranges", "bytes")]);
            for piece in bytes.chunks(20_000) {
                std::thread::sleep(pause);
                if to.write_all(piece).is_err() {
                    break;
                }
            }
        }
        busy.fetch_sub(1, Ordering::SeqCst);
    });
    (server, most)
}

const FETCH: [&str; 1] = ["download"];

/// Wheels on such a server, and a wizard that is to fetch them; answers with how many were served at once, too.
fn fetches(wheels: &[Vec<u8>], pause: Duration) -> (Server, Arc<AtomicUsize>, Wizard) {
    let (server, most) = shelf(wheels.to_vec(), pause);
    let packages = wheels.iter().enumerate().map(|(number, bytes)| package(&server, number, bytes)).collect();
    (server, most, Wizard::new(packages, &FETCH))
}

#[test]
fn several_wheels_are_fetched_at_once_the_biggest_first_and_the_bar_never_falls() {
    let wheels: Vec<Vec<u8>> = (0..9).map(|number| bytes(number, 60_000 + number * 20_000)).collect();
    let (server, most, wizard) = fetches(&wheels, Duration::from_millis(30));
    let ran = wizard.run().expect(0);
    assert!(most.load(Ordering::SeqCst) >= 2, "{most:?} at once");
    let first: Vec<String> = server.asked().iter().take(2).map(|asked| asked.path.clone()).collect();
    for number in 7..9 {
        assert!(first.iter().any(|path| path.ends_with(&wheel_name(number))), "{first:?}");
    }
    assert_eq!(server.asked().len(), 9);
    assert_eq!(wizard.links().len(), 9);
    let whole: u64 = wheels.iter().map(|bytes| bytes.len() as u64).sum();
    let (mut done, mut fraction, mut side_by_side) = (0, 0.0, false);
    for event in ran.of_kind("progress") {
        assert_eq!(event["total_bytes"], whole);
        assert!(event["done_bytes"].as_u64().unwrap() >= done && event["fraction"].as_f64().unwrap() >= fraction);
        (done, fraction) = (event["done_bytes"].as_u64().unwrap(), event["fraction"].as_f64().unwrap());
        side_by_side |= event["what"].as_str().unwrap().contains(".whl, pack");
    }
    assert_eq!(done, whole);
    assert!(side_by_side, "no event names two files");
}

#[test]
fn where_each_connection_gets_only_so_much_one_more_is_begun_after_a_while() {
    // 80 KB a second each: the first two take six seconds.
    let wheels: Vec<Vec<u8>> = (0..6).map(|number| bytes(number, 500_000)).collect();
    let (server, most, wizard) = fetches(&wheels, Duration::from_millis(250));
    wizard.run().expect(0);
    assert!(most.load(Ordering::SeqCst) > 2, "{most:?} at once");
    assert_eq!((server.asked().len(), wizard.links().len()), (6, 6));
}

#[test]
fn one_wheel_that_cannot_be_had_ends_the_others_and_what_came_of_them_is_kept() {
    let wheels: Vec<Vec<u8>> = (0..3).map(|number| bytes(number, 2_000_000)).collect();
    let (server, _) = shelf(wheels.clone(), Duration::from_millis(200));
    let mut packages: Vec<_> =
        wheels.iter().enumerate().map(|(number, bytes)| package(&server, number, bytes)).collect();
    packages[1].wheel.url = url::Url::parse(&server.url("/missing.whl")).unwrap();
    let wizard = Wizard::new(packages, &FETCH);
    let began = Instant::now();
    let ran = wizard.run().expect(4);
    assert_eq!(ran.label(), "\"index-refused\"");
    // The others would take twenty seconds.
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
    let parts = names(&wizard.plan.places.store.join("partial"));
    assert!(parts.iter().filter(|name| name.contains(".part")).count() >= 1, "{parts:?}");
}

#[test]
fn a_mistake_of_who_watches_ends_the_fetching_at_once_and_is_told() {
    let wheels: Vec<Vec<u8>> = (0..3).map(|number| bytes(number, 2_000_000)).collect();
    let (server, _, wizard) = fetches(&wheels, Duration::from_millis(200));
    wizard.save();
    let (mut told, mut went_wrong) = (Vec::new(), false);
    let mut sink = |event: &RunEvent| {
        if let EventKind::Failed { problem } = &event.kind {
            told.push(problem.details.clone());
        }
        let is_first = matches!(event.kind, EventKind::Progress { .. }) && !std::mem::replace(&mut went_wrong, true);
        assert!(!is_first, "a trial");
    };
    let began = Instant::now();
    let surroundings = Surroundings {
        host: Arc::new(RealHost::new().unwrap()),
        address: &str::to_owned,
        expected: &|_, _| None,
        circumstances: Circumstances::default(),
        offline: false,
        interactive: true,
        cancel: &AtomicBool::new(false),
        sink: &mut sink,
    };
    let outcome = torch_wizard::run::run(&wizard.plan, surroundings);
    let Outcome::Failed { problem, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(problem.label, torch_wizard::mistake::LABEL);
    assert_eq!(told, ["a trial"]);
    // Whole they would take twenty seconds.
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
    drop(server);
    // What came is kept, and the journal knows why it ended.
    let journal = std::fs::read_to_string(wizard.plan.places.run.join("journal.jsonl")).unwrap();
    assert!(journal.contains("a trial"), "{journal}");
}

#[test]
fn a_killed_fetch_of_several_wheels_costs_next_to_nothing() {
    // Large beside what the system holds of a connection, which counts as sent and is lost with the process.
    let wheels: Vec<Vec<u8>> = (0..4).map(|number| bytes(number, 48_000_000)).collect();
    let sent = Arc::new(AtomicUsize::new(0));
    let slow = Arc::new(AtomicUsize::new(1));
    let (counter, pace) = (Arc::clone(&sent), Arc::clone(&slow));
    let shelf = wheels.clone();
    let server = Server::start(move |asked, to| {
        let (_, bytes) = shelf.iter().enumerate().find(|(n, _)| asked.path.ends_with(&wheel_name(*n))).unwrap();
        let from = asked.from().unwrap_or(0);
        let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
        let length = (bytes.len() - from).to_string();
        let status = if from > 0 { "206 Partial Content" } else { "200 OK" };
        head(to, status, &[("Content-Length", &length), ("Content-Range", &range), ("Accept-Ranges", "bytes")]);
        for piece in bytes[from..].chunks(65_536) {
            std::thread::sleep(Duration::from_millis(10 * pace.load(Ordering::SeqCst) as u64));
            if to.write_all(piece).is_err() {
                return;
            }
            counter.fetch_add(piece.len(), Ordering::SeqCst);
        }
    });
    let packages = wheels.iter().enumerate().map(|(number, bytes)| package(&server, number, bytes)).collect();
    let wizard = Wizard::new(packages, &FETCH);
    wizard.save();
    let whole: usize = wheels.iter().map(Vec::len).sum();
    for at in [3, 2] {
        let mut child = wizard.command().stdout(Stdio::null()).spawn().unwrap();
        while sent.load(Ordering::SeqCst) < whole / at {
            assert!(child.try_wait().unwrap().is_none(), "it ended early");
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    slow.store(0, Ordering::SeqCst);
    wizard.run().expect(0);
    let sent = sent.load(Ordering::SeqCst);
    assert!(sent * 100 <= whole * 102, "{sent} bytes for {whole}, killed twice");
}

/// A page of an index that lists a file at an address.
fn page_of(address: &str, bytes: &[u8]) -> String {
    format!("<!DOCTYPE html><html><body><a href=\"{address}#sha256={}\">file</a></body></html>", hash(bytes))
}

#[test]
fn a_wheel_that_its_server_refuses_is_taken_from_another_index_of_the_user_and_from_nowhere_else() {
    let content = bytes(0, 300_000);
    let refusing = Server::start(|_, to| reply(to, "403 Forbidden", b"no"));
    let stranger = Server::start(|_, to| reply(to, "200 OK", b"not asked for"));
    let stranger_url = stranger.url(&format!("/{}", wheel_name(0))).replace("127.0.0.1", "localhost");
    let served = content.clone();
    let own = Server::start(move |asked, to| match asked.path.as_str() {
        "/simple/pack0/" => {
            // The first address is on a host that nobody named.
            let text = page_of(&stranger_url, &served) + &page_of("/other/renamed-1.0-py3-none-any.whl", &served);
            reply(to, "200 OK", text.as_bytes());
        }
        "/other/renamed-1.0-py3-none-any.whl" => drop(file(asked, to, &served, "\"v1\"", usize::MAX)),
        _ => reply(to, "404 Not Found", b"no"),
    });
    let mut wizard = Wizard::new(vec![package(&refusing, 0, &content)], &FETCH);
    wizard.plan.indexes.extra = vec![own.url("/simple")];
    let ran = wizard.run().expect(0);
    assert_eq!(wizard.links(), [wheel_name(0)]);
    assert!(stranger.asked().is_empty(), "{:?}", stranger.asked());
    assert!(ran.said.contains("the same file is at"), "{}", ran.said);
    // Without a hash nothing else is even asked.
    let mut wizard = Wizard::new(vec![package(&refusing, 0, &content)], &FETCH);
    wizard.plan.indexes.extra = vec![own.url("/simple")];
    wizard.plan.lock.packages[0].wheel.sha256 = None;
    let before = own.asked().len();
    wizard.run().expect(4);
    assert_eq!(own.asked().len(), before);
}

#[test]
fn a_wheel_is_taken_from_a_folder_of_the_users() {
    let content = bytes(0, 300_000);
    let refusing = Server::start(|_, to| reply(to, "404 Not Found", b"no"));
    let mut wizard = Wizard::new(vec![package(&refusing, 0, &content)], &FETCH);
    let folder = wizard.folder.path().join("own wheels");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join(wheel_name(0)), &content).unwrap();
    wizard.plan.indexes.find_links = vec![folder.display().to_string()];
    wizard.run().expect(0);
    assert_eq!(wizard.links(), [wheel_name(0)]);
}

/// Runs a shell's words in a mount namespace of its own, with a small volume where the caches are; `None` where the
/// system does not allow that.
fn on_a_small_volume(wizard: &Wizard, words: &str) -> Option<Output> {
    let possible = Command::new("unshare").args(["-Urm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]).output();
    if !possible.is_ok_and(|output| output.status.success()) {
        #[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
        {
            eprintln!("skipped: no volume can be mounted here (unshare -Urm)");
        }
        return None;
    }
    let cache = wizard.folder.path().join("home/cache");
    std::fs::create_dir_all(&cache).unwrap();
    let script = format!("set -u; mount -t tmpfs -o size=3m tmpfs \"$1\" || exit 99; shift; {words}");
    let resume = wizard.command();
    let output = Command::new("unshare")
        .args(["-Urm", "sh", "-c", &script, "sh"])
        .arg(&cache)
        .arg(resume.get_program())
        .args(resume.get_args())
        .env("TORCH_WIZARD_HOME", wizard.folder.path().join("home"))
        .env("CACHE", &cache)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Some(output)
}

#[test]
fn a_volume_that_is_too_small_is_told_before_the_first_request() {
    let content = bytes(0, 2_000_000);
    let (server, _) = shelf(vec![content.clone()], Duration::ZERO);
    let mut wizard = Wizard::by(Engine::Uv, vec![package(&server, 0, &content)], &FETCH);
    wizard.plan.choices.engine = Engine::Uv;
    wizard.save();
    let Some(output) = on_a_small_volume(&wizard, "\"$@\"") else { return };
    let ran = Ran::of(&output).expect(4);
    assert_eq!(ran.label(), "\"disk-full\"");
    assert!(server.asked().is_empty(), "something was fetched");
}

#[test]
fn a_disk_that_fills_up_on_the_way_ends_in_a_run_that_goes_on_when_there_is_room() {
    let content = bytes(0, 6_000_000);
    let (server, _) = shelf(vec![content.clone()], Duration::ZERO);
    let mut wizard = Wizard::new(vec![package(&server, 0, &content)], &FETCH);
    // Nobody knows beforehand how much it will be.
    wizard.plan.lock.packages[0].wheel.size = None;
    wizard.save();
    let words = "\"$@\"; echo \"code $?\" >&2; mount -o remount,size=20m \"$CACHE\"; \"$@\"; code=$?; \
                 ls \"$CACHE/links/1\" >&2; exit $code";
    let Some(output) = on_a_small_volume(&wizard, words) else { return };
    let ran = Ran::of(&output).expect(0);
    assert!(ran.said.contains("code 4") && ran.label() == "\"disk-full\"", "{}", ran.said);
    assert!(ran.said.contains(&wheel_name(0)), "{}", ran.said);
    // What had been written before the disk was full was not fetched again.
    let second = server.asked().last().unwrap().from().unwrap();
    assert!(second >= 2_000_000, "it went on at {second}");
}

/// A wheel that uv takes: one module and a big file.
fn real_wheel(number: usize, len: usize) -> Vec<u8> {
    let mut wheel = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let info = format!("pack{number}-1.0.dist-info");
    let metadata = format!("Metadata-Version: 2.1\nName: pack{number}\nVersion: 1.0\n");
    let tags = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n".to_owned();
    let files = [
        (format!("pack{number}/__init__.py"), b"VALUE = 1\n".to_vec()),
        (format!("pack{number}/big.bin"), bytes(number, len)),
        (format!("{info}/METADATA"), metadata.into_bytes()),
        (format!("{info}/WHEEL"), tags.into_bytes()),
    ];
    let mut record = String::new();
    for (name, content) in &files {
        wheel.start_file(name.as_str(), stored).unwrap();
        wheel.write_all(content).unwrap();
        writeln!(record, "{name},,{}", content.len()).unwrap();
    }
    wheel.start_file(format!("{info}/RECORD"), stored).unwrap();
    wheel.write_all(format!("{record}{info}/RECORD,,\n").as_bytes()).unwrap();
    wheel.finish().unwrap().into_inner()
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn a_big_wheel_is_unpacked_while_another_one_loads_and_installed_from_the_cache() {
    let Some(uv) = std::env::var_os("TORCH_WIZARD_TEST_UV") else {
        eprintln!("skipped: no uv (TORCH_WIZARD_TEST_UV)");
        return;
    };
    let python = std::env::var_os("TORCH_WIZARD_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    let big = real_wheel(0, 9 << 20);
    let small = real_wheel(1, 100_000);
    let (first, _) = shelf(vec![big.clone()], Duration::ZERO);
    let uv_cache = Arc::new(std::sync::Mutex::new(PathBuf::new()));
    let seen = Arc::clone(&uv_cache);
    let content = small.clone();
    // The small one is held back until the big one is unpacked.
    let second = Server::start(move |asked, to| {
        let began = Instant::now();
        let archive = seen.lock().unwrap().join("archive-v0");
        while names(&archive).is_empty() && began.elapsed() < Duration::from_mins(1) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let status = if names(&archive).is_empty() { "500 Too Early" } else { "200 OK" };
        match status {
            "200 OK" => drop(file(asked, to, &content, "\"v1\"", usize::MAX)),
            status => reply(to, status, b"it was not unpacked"),
        }
    });
    let packages = vec![package(&first, 0, &big), package(&second, 1, &small)];
    let mut wizard = Wizard::by(Engine::Uv, packages, &["environment", "download", "pins", "install"]);
    uv_cache.lock().unwrap().clone_from(&wizard.plan.places.uv_cache);
    wizard.plan.choices.uv = Some(uv.into());
    wizard.plan.choices.python = which::which(python).unwrap();
    wizard.make_steps_anew();
    wizard.run().expect(0);
    let cache = &wizard.plan.places.uv_cache;
    assert_eq!(names(&cache.join("archive-v0")).len(), 2, "each wheel was unpacked once");
    assert!(!names(cache).iter().any(|name| name.starts_with("unpack-")), "{:?}", names(cache));
    let site = std::fs::read_dir(wizard.plan.staging.join("lib")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(std::fs::read(site.join("site-packages/pack0/big.bin")).unwrap(), bytes(0, 9 << 20));
    assert!(site.join("site-packages/pack1/__init__.py").exists());
    let log = std::fs::read_to_string(wizard.plan.places.run.join("install.log")).unwrap();
    assert_eq!(log.matches("--target").count(), 1, "{log}");
}

#[cfg(feature = "test-support")]
#[test]
fn unpacking_that_goes_on_behind_the_last_byte_is_no_silent_network() {
    use std::os::unix::fs::PermissionsExt as _;
    let content = bytes(0, 9 << 20);
    let (server, _) = shelf(vec![content.clone()], Duration::ZERO);
    let mut wizard = Wizard::by(Engine::Uv, vec![package(&server, 0, &content)], &["download", "install"]);
    let uv = wizard.folder.path().join("uv");
    std::fs::write(&uv, "#!/bin/sh\nsleep 3\n").unwrap();
    std::fs::set_permissions(&uv, std::fs::Permissions::from_mode(0o755)).unwrap();
    wizard.plan.choices.uv = Some(uv);
    wizard.make_steps_anew();
    wizard.save();
    // By its own clock that is more than half a minute.
    let ran = Ran::of(&wizard.command().env("TORCH_WIZARD_TEST_HASTE", "12").output().unwrap()).expect(0);
    let is_long = |event: &&Value| event["doing"] == "unpacking what came" && event["seconds"].as_u64() >= Some(20);
    let long: Vec<&Value> = ran.of_kind("quiet").filter(is_long).collect();
    assert!(!long.is_empty(), "{}", ran.said);
    assert!(long.iter().all(|event| event["stall"] != "no bytes come"), "{long:?}");
}
