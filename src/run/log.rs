//! The log of a run on disk: every line with its moment, passwords taken out, in parts that rotate.
//!
//! A line is `2026-11-21T10:15:00.123Z words`. What a progress bar draws over itself ends with `\r` as it did at the
//! tool, so that a viewer shows the last of it. Commands begin with `── `, the end of one with `└─ `.

use super::output::{End, Lines};
use crate::host::{ChildExit, Growing, Host, HostError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The name of the newest part, in the folder of the run.
pub const NAME: &str = "install.log";
/// A part is closed when it is as long as this.
const LONGEST: u64 = 64 << 20;
/// So many closed parts are kept: `install.1.log` is the youngest of them.
const KEPT: u32 = 3;
/// Of a bar one picture in so long a time is kept, and its last.
const OF_A_BAR: Duration = Duration::from_millis(500);

/// A line of a log without its moment; any other line as it is.
pub fn without_moment(line: &str) -> &str {
    line.split_at_checked(MOMENT)
        .filter(|(moment, _)| moment.ends_with("Z ") && moment.as_bytes().get(10) == Some(&b'T'))
        .filter(|(moment, _)| moment.as_bytes().first().is_some_and(u8::is_ascii_digit))
        .map_or(line, |(_, rest)| rest)
}

/// Length of a moment and its blank.
const MOMENT: usize = "2026-11-21T10:15:00.123Z ".len();

/// The log of a run, open for writing.
pub struct RunLog {
    host: Arc<dyn Host>,
    path: PathBuf,
    file: Option<Box<dyn Growing>>,
    len: u64,
    longest: u64,
    pending: Vec<u8>,
    moment: (SystemTime, String),
    /// A picture of a bar that is not written yet, and when one was written last.
    bar: Option<String>,
    last_bar: Duration,
}

impl RunLog {
    /// Opens the log of a run, new or to be gone on with.
    pub fn open(host: Arc<dyn Host>, run: &Path) -> Result<Self, HostError> {
        Self::with_limit(host, run, LONGEST)
    }

    fn with_limit(host: Arc<dyn Host>, run: &Path, longest: u64) -> Result<Self, HostError> {
        let path = run.join(NAME);
        let file = host.grow(&path)?;
        let len = host.meta(&path).map_or(0, |meta| meta.len);
        // A life that was cut may have left half a line.
        let is_cut = len > 0 && host.read_at(&path, len - 1, 1)? != b"\n";
        let pending = if is_cut { b"\n".to_vec() } else { Vec::new() };
        let moment = (SystemTime::UNIX_EPOCH, String::new());
        Ok(Self { host, path, file: Some(file), len, longest, pending, moment, bar: None, last_bar: Duration::ZERO })
    }

    /// Adds a line that is known to hold no secrets; it is on its way to the disk with the next [`RunLog::flush`].
    pub fn line(&mut self, text: &str, end: End) {
        if end == End::Return {
            let now = self.host.uptime();
            if now.saturating_sub(self.last_bar) < OF_A_BAR {
                self.bar = Some(text.to_owned());
                return;
            }
            self.last_bar = now;
            self.bar = None;
            self.put(text, b'\r');
            return;
        }
        if let Some(bar) = self.bar.take() {
            self.put(&bar, b'\r');
        }
        self.put(text, b'\n');
    }

    /// The moment, as it stands before a line.
    pub fn moment(&mut self) -> &str {
        let now = self.host.now();
        // Many lines come in one millisecond.
        if now.duration_since(self.moment.0).map_or(true, |passed| passed.as_millis() > 0) {
            self.moment = (now, crate::time::text(now));
        }
        &self.moment.1
    }

    fn put(&mut self, text: &str, end: u8) {
        self.moment();
        self.pending.extend_from_slice(self.moment.1.as_bytes());
        self.pending.push(b' ');
        self.pending.extend_from_slice(text.as_bytes());
        self.pending.push(end);
    }

    /// The part that grows.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where in it the next line will stand.
    pub fn end(&self) -> u64 {
        self.len + self.pending.len() as u64
    }

    /// A command begins.
    pub fn command(&mut self, step: &str, command: &str) -> Result<(), HostError> {
        self.line(&start_of(step, command), End::Line);
        self.flush()
    }

    /// A command ended.
    pub fn ended(&mut self, exit: ChildExit, after: Duration) -> Result<(), HostError> {
        self.line(&end_of(exit, after), End::Line);
        self.flush()
    }

    /// A step that runs no command begins or ended, or something else that is worth a line of its own.
    pub fn note(&mut self, text: &str) -> Result<(), HostError> {
        self.line(&crate::report::without_secrets(text), End::Line);
        self.flush()
    }

    /// Takes what a child wrote, for those who do not look at it otherwise.
    pub fn output(&mut self, lines: &mut Lines, bytes: &[u8]) -> Result<(), HostError> {
        lines.take_ends(bytes, &mut |line, end| self.line(&crate::report::without_secrets(line), end));
        self.flush()
    }

    /// Writes what is pending; a part that is long enough is closed.
    pub fn flush(&mut self) -> Result<(), HostError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        if self.file.is_none() {
            self.file = Some(self.host.grow(&self.path)?);
        }
        if let Some(file) = &mut self.file {
            file.add(&self.pending)?;
        }
        self.len += self.pending.len() as u64;
        self.pending.clear();
        if self.len >= self.longest {
            self.rotate()?;
        }
        Ok(())
    }

    fn part(&self, number: u32) -> PathBuf {
        self.path.with_extension(format!("{number}.log"))
    }

    fn rotate(&mut self) -> Result<(), HostError> {
        if let Some(mut file) = self.file.take() {
            file.sync()?;
        }
        // Somebody may have one of them open, which Windows respects: then this part grows on, and it is tried again
        // after as much.
        let moved = (1..KEPT).rev().try_for_each(|number| {
            let part = self.part(number);
            if self.host.meta(&part).is_none() {
                return Ok(());
            }
            self.host.remove(&self.part(number + 1))?;
            self.host.rename(&part, &self.part(number + 1))
        });
        let moved = moved.and_then(|()| self.host.rename(&self.path, &self.part(1)));
        self.len = 0;
        self.file = Some(self.host.grow(&self.path)?);
        if moved.is_ok() {
            self.put(&format!("the log goes on from {}", self.part(1).display()), b'\n');
        }
        Ok(())
    }
}

impl Drop for RunLog {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            self.put(&bar, b'\n');
        }
        self.flush().ok();
    }
}

/// What stands at the beginning of each life of a run: who runs what, and the volumes it is on.
pub fn heading(host: &dyn Host, plan: &crate::plan::Plan) -> Vec<String> {
    let version = env!("CARGO_PKG_VERSION");
    let mut lines = vec![format!("torch-wizard {version}, run {} for {}", plan.id, plan.target.display())];
    let places =
        [("environment", &plan.staging), ("wheels", &plan.places.store), ("cache of uv", &plan.places.uv_cache)];
    let volumes = places.map(|(what, path)| (what, host.volume(path)));
    lines.extend(volumes.iter().filter_map(|(what, volume)| Some(format!("{what} on {}", volume.as_ref()?))));
    if let [(_, Some(environment)), _, (_, Some(cache))] = &volumes
        && (environment.root != cache.root || !environment.has_links())
    {
        lines.push("files are copied into the environment, not linked: it takes their whole size once more".to_owned());
    }
    lines
}

fn start_of(step: &str, command: &str) -> String {
    format!("── {step}: {}", crate::report::without_secrets(command))
}

fn end_of(exit: ChildExit, after: Duration) -> String {
    format!("└─ {exit} after {}", seconds(after))
}

/// A duration in seconds with a tenth.
pub fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::World;

    fn world() -> (Arc<World>, Arc<dyn Host>) {
        let world = Arc::new(World::new(OsFamily::Linux));
        (Arc::clone(&world), world)
    }

    fn read(host: &dyn Host, name: &str) -> String {
        String::from_utf8(host.read(&Path::new("/run").join(name)).unwrap_or_default()).unwrap()
    }

    #[test]
    fn each_line_has_its_moment_and_no_secret() {
        let (world, host) = world();
        let mut log = RunLog::open(Arc::clone(&host), Path::new("/run")).unwrap();
        log.command("install", "uv pip install --index-url https://ada:pw@h.example/simple").unwrap();
        world.advance(Duration::from_millis(1500));
        log.output(&mut Lines::default(), b"Resolved 3 packages\nusing https://tok@h.example/\n").unwrap();
        log.ended(ChildExit::Code(2), Duration::from_millis(1540)).unwrap();
        drop(log);
        assert_eq!(
            read(&*host, NAME),
            "2026-11-21T12:00:00.000Z ── install: uv pip install --index-url https://***@h.example/simple\n\
             2026-11-21T12:00:01.500Z Resolved 3 packages\n\
             2026-11-21T12:00:01.500Z using https://***@h.example/\n\
             2026-11-21T12:00:01.500Z └─ ended with code 2 after 1.5 s\n"
        );
        let words: Vec<String> = read(&*host, NAME).lines().map(|line| without_moment(line).to_owned()).collect();
        assert_eq!(words[1], "Resolved 3 packages");
        assert_eq!(without_moment("short"), "short");
        assert_eq!(without_moment("a line of another program, ZZ "), "a line of another program, ZZ ");
    }

    #[test]
    fn a_bar_is_thinned_out_and_its_last_picture_stays() {
        let (world, host) = world();
        world.advance(Duration::from_secs(1));
        let mut log = RunLog::open(Arc::clone(&host), Path::new("/run")).unwrap();
        let mut lines = Lines::default();
        for percent in 0..=100 {
            log.output(&mut lines, format!("{percent} %\r").as_bytes()).unwrap();
            world.advance(Duration::from_millis(100));
        }
        log.output(&mut lines, b"done\n").unwrap();
        drop(log);
        let text = read(&*host, NAME);
        let pictures: Vec<&str> = text.lines().next().unwrap().split('\r').map(without_moment).collect();
        assert!(pictures.len() < 30 && pictures.contains(&"100 %") && pictures.last() == Some(&"done"), "{pictures:?}");
    }

    #[test]
    fn a_log_goes_on_on_a_line_of_its_own() {
        let world = Arc::new(World::new(OsFamily::Linux).file("/run/install.log", "cut in the mid"));
        let host: Arc<dyn Host> = world;
        RunLog::open(Arc::clone(&host), Path::new("/run")).unwrap().note("again").unwrap();
        assert_eq!(read(&*host, NAME), "cut in the mid\n2026-11-21T12:00:00.000Z again\n");
    }

    #[test]
    fn parts_rotate_and_the_oldest_go() {
        let (_, host) = world();
        let mut log = RunLog::with_limit(Arc::clone(&host), Path::new("/run"), 1000).unwrap();
        for number in 0..200 {
            log.note(&format!("line {number:03}")).unwrap();
        }
        drop(log);
        let parts = [NAME, "install.1.log", "install.2.log", "install.3.log"].map(|name| read(&*host, name));
        assert!(parts.iter().all(|part| part.len() < 1200 && part.contains("line ")), "{parts:?}");
        assert!(parts[0].ends_with("line 199\n") && host.meta(Path::new("/run/install.4.log")).is_none());
        // No line is lost between the parts that are kept.
        let all = [&parts[3], &parts[2], &parts[1], &parts[0]].map(String::as_str).concat();
        let numbers: Vec<u32> = all.lines().filter_map(|line| line.rsplit_once("line ")?.1.parse().ok()).collect();
        assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1) && numbers.len() > 80, "{numbers:?}");
    }
}
