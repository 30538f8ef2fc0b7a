//! The window opens by itself, whatever is broken: the real program on a display of its own, with drivers taken away.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "a test of the program from outside")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may fail by panicking as tests do")]
#![expect(clippy::print_stderr, reason = "a skipped test says so, and times are shown")]

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Debug build, software rendering, a busy machine.
const LIMIT: Duration = Duration::from_mins(1);
const NO_VULKAN: [(&str, &str); 2] = [("VK_ICD_FILENAMES", "/nonexistent"), ("VK_DRIVER_FILES", "/nonexistent")];
/// Together with a display that has no GLX, this is no OpenGL at all.
const NO_EGL: [(&str, &str); 1] = [("__EGL_VENDOR_LIBRARY_FILENAMES", "/nonexistent")];

/// A display nobody else uses, on a number that was free.
struct Desktop {
    server: Child,
    name: String,
}

impl Desktop {
    fn new() -> Option<Self> {
        Self::with(&[])
    }

    fn without_glx() -> Option<Self> {
        Self::with(&["-extension", "GLX"])
    }

    fn with(more: &[&str]) -> Option<Self> {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]).args(more);
        let Ok(mut server) = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn() else {
            eprintln!("skipped: there is no Xvfb here");
            return None;
        };
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(!number.trim().is_empty(), "Xvfb found no free display");
        Some(Self { server, name: format!(":{}", number.trim()) })
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

/// The program, running in a process group of its own, with all of its files in `home`.
struct Wizard {
    child: Child,
    home: PathBuf,
}

impl Wizard {
    fn start(home: &Path, display: Option<&Desktop>, env: &[&[(&str, &str)]]) -> Self {
        // What an earlier start wrote is no answer of this one.
        std::fs::remove_file(home.join("data/window-start.json")).ok();
        let mut command = Command::new(env!("CARGO_BIN_EXE_torch-wizard"));
        // Nothing of this machine but its drivers: no program that shows boxes, no session bus, no network.
        command.env_clear().env("PATH", "/nonexistent").env("HOME", home).env("TORCH_WIZARD_HOME", home);
        if let Some(display) = display {
            command.arg("--offline").env("DISPLAY", &display.name);
        }
        command.envs(env.iter().flat_map(|env| env.iter().copied()));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        Self { child: command.spawn().unwrap(), home: home.to_owned() }
    }

    fn file(&self, name: &str) -> Value {
        let bytes = std::fs::read(self.home.join("data").join(name)).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// Renderers and what became of them, as written down.
    fn tries(&self) -> Vec<(String, String)> {
        let word = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
        let record = self.file("window-start.json");
        let tries = record["tries"].as_array().cloned().unwrap_or_default();
        tries.iter().map(|one| (word(one, "renderer"), word(one, "outcome"))).collect()
    }

    /// Waits until a window is open, the nth in a row.
    #[track_caller]
    fn opened(&mut self, nth: usize) -> Vec<(String, String)> {
        let began = Instant::now();
        loop {
            let tries = self.tries();
            if tries.len() >= nth && tries.last().is_some_and(|(_, outcome)| outcome == "open") {
                eprintln!("after {:?}: {}", began.elapsed(), self.file("window-start.json")["tries"]);
                return tries;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && began.elapsed() < LIMIT, "{ended:?} {:#}", self.file("window-start.json"));
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for its end: exit status, standard output, standard error.
    #[track_caller]
    fn end(mut self) -> (ExitStatus, String, String) {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(began.elapsed() < LIMIT, "it does not end: {:#}", self.file("window-start.json"));
            std::thread::sleep(Duration::from_millis(20));
        };
        let (mut out, mut err) = (String::new(), String::new());
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (status, out, err)
    }

    /// Its child that has the window.
    fn worker(&self) -> Option<u32> {
        let ours = self.child.id().to_string();
        std::fs::read_dir("/proc").unwrap().filter_map(Result::ok).find_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            // `pid (name) state parent …`
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            let mut fields = stat.rsplit(") ").next()?.split(' ');
            (fields.next() != Some("Z") && fields.next() == Some(&ours)).then_some(id)
        })
    }
}

impl Drop for Wizard {
    fn drop(&mut self) {
        // The worker goes with it.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn send(signal: rustix::process::Signal, id: u32) {
    let id = rustix::process::Pid::from_raw(id.try_into().unwrap()).unwrap();
    rustix::process::kill_process(id, signal).unwrap();
}

fn has_vulkan() -> bool {
    let has = std::fs::read_dir("/usr/share/vulkan/icd.d").is_ok_and(|mut drivers| {
        drivers.any(|driver| driver.is_ok_and(|driver| driver.file_name().to_string_lossy().starts_with("lvp_icd")))
    });
    if !has {
        eprintln!("skipped: there is no Vulkan driver here that needs no card");
    }
    has
}

fn pair(renderer: &str, outcome: &str) -> (String, String) {
    (renderer.to_owned(), outcome.to_owned())
}

#[test]
fn the_window_opens_and_what_drew_it_is_remembered() {
    let Some(desktop) = Desktop::new() else { return };
    let home = tempfile::tempdir().unwrap();
    let mut wizard = Wizard::start(home.path(), Some(&desktop), &[]);
    let tries = wizard.opened(1);
    assert_eq!(wizard.file("renderer.json")["renderer"], tries.last().unwrap().0.as_str());
    drop(wizard);
    // What is remembered comes first.
    std::fs::write(home.path().join("data/renderer.json"), r#"{"schema": 1, "renderer": "software"}"#).unwrap();
    let tries = Wizard::start(home.path(), Some(&desktop), &[]).opened(1);
    assert_eq!(tries, [pair("software", "open")]);
}

#[test]
fn without_vulkan_opengl_draws() {
    let Some(desktop) = Desktop::new() else { return };
    let home = tempfile::tempdir().unwrap();
    let mut wizard = Wizard::start(home.path(), Some(&desktop), &[&NO_VULKAN]);
    assert_eq!(wizard.opened(2), [pair("vulkan", "failed"), pair("glow", "open")]);
    assert_eq!(wizard.file("renderer.json")["renderer"], "glow");
    drop(wizard);
    let tries = Wizard::start(home.path(), Some(&desktop), &[&NO_VULKAN]).opened(1);
    assert_eq!(tries, [pair("glow", "open")]);
}

#[test]
fn without_opengl_vulkan_draws() {
    let Some(desktop) = Desktop::without_glx() else { return };
    if !has_vulkan() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let forced = [("TORCH_WIZARD_RENDERER", "glow")];
    let wizard = Wizard::start(home.path(), Some(&desktop), &[&NO_EGL, &forced]);
    let (status, _, err) = wizard.end();
    assert_eq!(status.code(), Some(1), "{err}");
    let mut wizard = Wizard::start(home.path(), Some(&desktop), &[&NO_EGL]);
    assert_eq!(wizard.opened(1), [pair("vulkan", "open")]);
    drop(wizard);
    // A renderer that broke since it was remembered.
    std::fs::write(home.path().join("data/renderer.json"), r#"{"schema": 1, "renderer": "glow"}"#).unwrap();
    let mut wizard = Wizard::start(home.path(), Some(&desktop), &[&NO_EGL]);
    assert_eq!(wizard.opened(2), [pair("glow", "failed"), pair("vulkan", "open")]);
    assert_eq!(wizard.file("renderer.json")["renderer"], "vulkan");
}

#[test]
fn without_both_the_console_program_is_named() {
    let Some(desktop) = Desktop::without_glx() else { return };
    let home = tempfile::tempdir().unwrap();
    let wizard = Wizard::start(home.path(), Some(&desktop), &[&NO_VULKAN, &NO_EGL]);
    let record = wizard.home.join("data/window-start.json");
    let (status, out, err) = wizard.end();
    assert_eq!((status.code(), out.as_str()), (Some(1), ""), "{err}");
    assert!(err.starts_with("error: The window could not be opened"), "{err}");
    for words in ["torch-wizard detect\n", "torch-wizard install\n", record.to_str().unwrap()] {
        assert!(err.contains(words), "{words:?} is not in\n{err}");
    }
    assert!(!err.contains("panicked") && !err.contains("zenity"), "{err}");
    let record: Value = serde_json::from_slice(&std::fs::read(&record).unwrap()).unwrap();
    let tries: Vec<_> = record["tries"].as_array().unwrap().iter().map(|one| one["renderer"].as_str()).collect();
    assert_eq!(tries, [Some("vulkan"), Some("glow"), Some("software")]);
    assert!(record["tries"][0]["stderr"].as_str().unwrap().len() > 20, "{record:#}");
    assert!(!home.path().join("data/renderer.json").exists());
}

#[test]
fn without_a_desktop_the_words_of_the_command_are_shown() {
    let home = tempfile::tempdir().unwrap();
    let (status, out, err) = Wizard::start(home.path(), None, &[]).end();
    assert_eq!(status.code(), Some(0), "{err}");
    assert!(out.contains("Usage: torch-wizard"), "{out}");
}

#[test]
fn a_window_that_dies_is_opened_again_with_the_same_renderer() {
    let Some(desktop) = Desktop::new() else { return };
    let home = tempfile::tempdir().unwrap();
    let mut wizard = Wizard::start(home.path(), Some(&desktop), &[]);
    let first = wizard.opened(1).pop().unwrap().0;
    for nth in 2..=3 {
        let before = wizard.worker().unwrap();
        send(rustix::process::Signal::KILL, before);
        let mut expected = vec![pair(&first, "died"); nth - 1];
        expected.push(pair(&first, "open"));
        assert_eq!(wizard.opened(nth), expected);
        assert_ne!(wizard.worker(), Some(before));
    }
}

#[test]
fn the_window_goes_with_its_supervisor() {
    let Some(desktop) = Desktop::new() else { return };
    let home = tempfile::tempdir().unwrap();
    let gone = |worker: u32| {
        let began = Instant::now();
        while std::fs::read_to_string(format!("/proc/{worker}/stat")).is_ok_and(|stat| !stat.contains(") Z ")) {
            assert!(began.elapsed() < LIMIT, "the window stays");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    // Killed.
    let mut wizard = Wizard::start(home.path(), Some(&desktop), &[]);
    wizard.opened(1);
    let worker = wizard.worker().unwrap();
    send(rustix::process::Signal::KILL, wizard.child.id());
    gone(worker);
    drop(wizard);
    // Ctrl-C in a terminal, which the whole process group gets.
    let mut wizard = Wizard::start(home.path(), Some(&desktop), &[]);
    wizard.opened(1);
    let worker = wizard.worker().unwrap();
    let group = rustix::process::Pid::from_raw(wizard.child.id().try_into().unwrap()).unwrap();
    rustix::process::kill_process_group(group, rustix::process::Signal::INT).unwrap();
    let began = Instant::now();
    let (status, _, err) = wizard.end();
    assert_eq!(status.code(), Some(130), "{err}");
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    gone(worker);
}

#[test]
fn a_second_start_brings_the_first_window_to_the_front() {
    let Some(desktop) = Desktop::new() else { return };
    let home = tempfile::tempdir().unwrap();
    let mut first = Wizard::start(home.path(), Some(&desktop), &[]);
    let tries = first.opened(1);
    let worker = first.worker();
    let mut second = Command::new(env!("CARGO_BIN_EXE_torch-wizard"));
    second.arg("--offline").env_clear().env("PATH", "/nonexistent").env("HOME", home.path());
    second.env("TORCH_WIZARD_HOME", home.path()).env("DISPLAY", &desktop.name);
    let began = Instant::now();
    let ended = second.output().unwrap();
    let err = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!((ended.status.code(), err.trim()), (Some(0), "The window is open already and was asked to the front."));
    let told = || {
        let logs = std::fs::read_dir(home.path().join("data/logs")).unwrap().map(Result::unwrap);
        let texts = logs.map(|log| std::fs::read_to_string(log.path()).unwrap_or_default());
        texts.collect::<String>().contains("window: asked to the front")
    };
    while !told() {
        assert!(began.elapsed() < LIMIT, "the first window does not hear of it");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!home.path().join("data/raise-window").exists());
    assert_eq!((first.opened(tries.len()), first.worker()), (tries, worker), "it is the same window");
    // Another data folder has a window of its own, and after the first is gone its folder is free.
    let other = tempfile::tempdir().unwrap();
    Wizard::start(other.path(), Some(&desktop), &[]).opened(1);
    drop(first);
    Wizard::start(home.path(), Some(&desktop), &[]).opened(1);
}

#[test]
fn a_window_that_is_just_being_closed_makes_room() {
    let Some(desktop) = Desktop::new() else { return };
    let home = tempfile::tempdir().unwrap();
    let locks = home.path().join("data/locks");
    std::fs::create_dir_all(&locks).unwrap();
    let lock = std::fs::File::create(locks.join("window.lock")).unwrap();
    lock.lock().unwrap();
    let mut wizard = Wizard::start(home.path(), Some(&desktop), &[]);
    let wish = home.path().join("data/raise-window");
    let began = Instant::now();
    while !wish.exists() {
        assert!(began.elapsed() < LIMIT, "nobody was asked");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(lock);
    wizard.opened(1);
    assert!(!wish.exists(), "an old wish is none of the new window's");
}
