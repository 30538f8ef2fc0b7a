//! An X server of the test's own with one window in it, and hands on mouse and keyboard.

use crate::world::World;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longest wait for anything; a machine under load starts a window in a second or two.
const LIMIT: Duration = Duration::from_mins(1);

/// The X server with a window manager; both end with the test.
pub struct Desktop {
    server: Child,
    manager: Child,
    display: String,
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in [&mut self.manager, &mut self.server] {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

impl Desktop {
    /// A server on a free display. `None` where this machine lacks a program for it.
    pub fn new(world: &mut World) -> Option<Self> {
        if let Some(missing) = ["Xvfb", "xdotool", "openbox"].into_iter().find(|name| which::which(name).is_err()) {
            eprintln!("skipped: no {missing}");
            return None;
        }
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x860x24", "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let display = format!(":{}", number.trim());
        world.set("DISPLAY", &display);
        let manager = Command::new("openbox")
            .env("DISPLAY", &display)
            .env("HOME", world.path("home"))
            .env("XDG_CONFIG_HOME", world.path("temp"))
            .env("XDG_CACHE_HOME", world.path("temp"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self { server, manager, display })
    }

    /// Starts the program without arguments, as a double click does, and waits for its window.
    pub fn open(&self, world: &World) -> Window {
        let file = |name: &str| std::fs::File::create(world.path(name)).unwrap();
        let child = world.wizard(&[]).stdout(file("window.out")).stderr(file("window.err")).spawn().unwrap();
        let window = Window {
            child,
            display: self.display.clone(),
            logs: world.path("wizard/data/logs"),
            began: log_of(&world.path("wizard/data/logs")).len(),
        };
        let is_there = || !window.tool(&["search", "--onlyvisible", "--name", "^torch-wizard$"]).is_empty();
        window.wait("the window", is_there);
        window
    }
}

/// The program's log files, one after the other.
fn log_of(folder: &std::path::Path) -> String {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap_or_default()).collect()
}

/// The program with its window.
pub struct Window {
    child: Child,
    display: String,
    logs: PathBuf,
    /// How long the log was when it was opened.
    began: usize,
}

impl Drop for Window {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Window {
    /// What the window has written into its log since it was opened.
    pub fn log(&self) -> String {
        log_of(&self.logs).get(self.began..).unwrap_or_default().to_owned()
    }

    pub fn has_said(&self, what: &str) -> bool {
        self.log().contains(&format!("window: {what}"))
    }

    /// Waits until the window says so.
    #[track_caller]
    pub fn until(&self, what: &str) {
        self.wait(what, || self.has_said(what));
        // What was changed is drawn in the next frame.
        sleep(Duration::from_millis(300));
    }

    #[track_caller]
    fn wait(&self, what: &str, is_so: impl Fn() -> bool) {
        let began = Instant::now();
        while !is_so() {
            assert!(began.elapsed() < LIMIT, "waited in vain: {what}\n{}", self.log());
            sleep(Duration::from_millis(20));
        }
    }

    fn tool(&self, args: &[&str]) -> String {
        let output = Command::new("xdotool").env("DISPLAY", &self.display).args(args).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn id(&self) -> String {
        let ids = self.tool(&["search", "--onlyvisible", "--name", "^torch-wizard$"]);
        ids.lines().next().unwrap_or_default().to_owned()
    }

    /// Presses the primary button: always at the right end of the footer.
    pub fn press_primary(&mut self) {
        let geometry = self.tool(&["getwindowgeometry", "--shell", &self.id()]);
        let number = |name: &str| -> i32 {
            geometry.lines().find_map(|line| line.strip_prefix(name)).and_then(|value| value.parse().ok()).unwrap()
        };
        let (x, y) = (number("X=") + number("WIDTH=") - 70, number("Y=") + number("HEIGHT=") - 34);
        self.tool(&["mousemove", &x.to_string(), &y.to_string()]);
        self.pause();
        self.tool(&["click", "1"]);
        self.pause();
    }

    /// Presses keys, one after the other.
    pub fn keys(&mut self, keys: &[&str]) {
        self.tool(&["windowfocus", &self.id()]);
        self.pause();
        for key in keys {
            self.tool(&["key", "--clearmodifiers", key]);
            self.pause();
        }
    }

    /// Long enough for a frame on a machine without a card.
    #[expect(clippy::unused_self, reason = "reads as what the person before the window does")]
    pub fn pause(&self) {
        sleep(Duration::from_millis(250));
    }

    /// As the cross of the window's frame: the window manager sends the same message.
    pub fn close(&mut self) {
        self.keys(&["alt+F4"]);
    }

    pub fn is_open(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// As `kill -9` or a power cut.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.wait("the end of the window", || self.id().is_empty());
    }

    /// Waits for the end of the program; its exit code.
    pub fn end(&mut self) -> Option<i32> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(began.elapsed() < LIMIT, "it does not end\n{}", self.log());
            sleep(Duration::from_millis(20));
        }
    }

    /// A picture for a person, if one is wanted.
    pub fn shot(&self, name: &str) {
        let Some(folder) = std::env::var_os("TORCH_WIZARD_SHOTS") else { return };
        let path = PathBuf::from(folder).join(format!("{name}.png"));
        Command::new("import").env("DISPLAY", &self.display).args(["-window", &self.id()]).arg(path).status().ok();
    }
}
