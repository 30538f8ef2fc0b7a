//! A machine made up for a test: [`World`] answers as a real one would, a missing entry included.
//!
//! Only in tests and in builds with `test-support`; a release has no way to show a machine that is not there.
//! Time is virtual and each thread has its own share of it, so that a program "silent for 90 s" takes no time
//! and two of them side by side do not add up.

mod answers;
mod script;

pub use script::Script;

use super::{
    Answer, Basics, ChildEvent, ChildExit, Folders, GpuLibrary, Holder, Hop, Host, HostError, Note, PowerSupply,
};
use crate::facts::OsFamily;
use crate::plan::CommandSpec;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, SystemTime};

/// What a path holds.
#[derive(Clone, Debug)]
enum Node {
    Dir,
    File(Vec<u8>),
    Refused(io::ErrorKind),
}

/// How NVML answers.
#[derive(Clone)]
enum Nvml {
    Missing,
    Fails { code: Option<u32>, text: String },
    Loaded(Arc<dyn GpuLibrary>),
}

/// One entry of the table of programs.
#[derive(Clone, Debug)]
struct Program {
    path: PathBuf,
    args: Option<Vec<String>>,
    script: Script,
}

/// Paths by their key, with the spelling they were made with.
type Files = Arc<Mutex<BTreeMap<String, (PathBuf, Node)>>>;

/// A made-up machine. Built by a chain of calls; changed afterwards only through [`Host`] and [`World::advance`].
pub struct World {
    family: OsFamily,
    folders: Folders,
    vars: BTreeMap<String, String>,
    files: Files,
    programs: Vec<Program>,
    urls: BTreeMap<String, (Answer, Vec<u8>)>,
    broken_urls: BTreeMap<String, Hop>,
    proxy: Option<String>,
    free: Mutex<BTreeMap<String, u64>>,
    registry: BTreeMap<String, BTreeMap<String, String>>,
    basics: Basics,
    nvml: Nvml,
    locks: Arc<Mutex<BTreeSet<String>>>,
    groups: Mutex<BTreeSet<u32>>,
    start: SystemTime,
    booted: Mutex<Option<u64>>,
    at_log_in: Mutex<Option<CommandSpec>>,
    elevated: bool,
    power_supply: Option<PowerSupply>,
    present: Option<Vec<String>>,
    fixed: Vec<PathBuf>,
    held: Mutex<Vec<(PathBuf, Holder, u32)>>,
    base: Mutex<Duration>,
    spent: Mutex<HashMap<ThreadId, Duration>>,
    ran: Mutex<Vec<CommandSpec>>,
    launched: Mutex<Vec<CommandSpec>>,
    opened: Mutex<Vec<PathBuf>>,
    notes: Mutex<Vec<Note>>,
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn file_error(what: &'static str, path: &Path, kind: io::ErrorKind) -> HostError {
    HostError::File { what, path: path.to_owned(), source: kind.into() }
}

impl World {
    /// A bare machine of this family: home and product folders, no programs, no card, no network.
    pub fn new(family: OsFamily) -> Self {
        let at = |windows: &str, other: &str| PathBuf::from(if family == OsFamily::Windows { windows } else { other });
        let folders = Folders {
            home: at(r"C:\Users\ada", "/home/ada"),
            data: at(r"C:\Users\ada\AppData\Local\torch-wizard\data", "/home/ada/.local/share/torch-wizard"),
            cache: at(r"C:\Users\ada\AppData\Local\torch-wizard\cache", "/home/ada/.cache/torch-wizard"),
            temp: at(r"C:\Users\ada\AppData\Local\Temp", "/tmp"),
            program: at(r"C:\Program Files\torch-wizard", "/opt/torch-wizard"),
        };
        let basics = Basics {
            os_version: at("Windows 11 Pro", "Debian GNU/Linux 12 (bookworm)").display().to_string(),
            os_build: (family == OsFamily::Windows).then_some(26100),
            kernel: (family == OsFamily::Linux).then(|| "6.1.0-32-amd64".to_owned()),
            arch: "x86_64".to_owned(),
            cpu: "AMD Ryzen 7 7700X 8-Core Processor".to_owned(),
            logical_cores: 16,
            memory_bytes: 32 << 30,
            firmware_virtualisation: None,
            hypervisor: None,
        };
        let world = Self {
            family,
            vars: BTreeMap::new(),
            files: Files::default(),
            programs: Vec::new(),
            urls: BTreeMap::new(),
            broken_urls: BTreeMap::new(),
            proxy: None,
            free: Mutex::default(),
            registry: BTreeMap::new(),
            basics,
            nvml: Nvml::Missing,
            locks: Arc::default(),
            groups: Mutex::default(),
            // 2026-11-21T12:00:00Z
            start: SystemTime::UNIX_EPOCH + Duration::from_hours(498_684),
            booted: Mutex::new(Some(498_684 * 3600 - 7200)),
            at_log_in: Mutex::new(None),
            elevated: false,
            power_supply: None,
            present: None,
            fixed: Vec::new(),
            held: Mutex::default(),
            base: Mutex::default(),
            spent: Mutex::default(),
            ran: Mutex::default(),
            launched: Mutex::default(),
            opened: Mutex::default(),
            notes: Mutex::default(),
            folders,
        };
        let folders = world.folders.clone();
        for folder in [&folders.home, &folders.data, &folders.cache, &folders.temp, &folders.program] {
            world.put(folder, Node::Dir);
        }
        if family == OsFamily::Windows {
            world.var("WINDIR", r"C:\Windows").var("PATH", r"C:\Windows\System32").dir(r"C:\Windows\System32")
        } else {
            world.var("HOME", "/home/ada").var("PATH", "/usr/local/bin:/usr/bin").dir("/usr/bin").dir("/usr/local/bin")
        }
    }

    /// A variable of the environment.
    #[must_use]
    pub fn var(mut self, key: &str, value: &str) -> Self {
        self.vars.insert(key.to_owned(), value.to_owned());
        self
    }

    /// A file; the folders above it come into being.
    #[must_use]
    pub fn file(self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Self {
        self.put(path.as_ref(), Node::File(bytes.as_ref().to_vec()));
        self
    }

    /// An empty folder.
    #[must_use]
    pub fn dir(self, path: impl AsRef<Path>) -> Self {
        self.put(path.as_ref(), Node::Dir);
        self
    }

    /// A path that is there and answers every operation with this error, e.g. `PermissionDenied`.
    #[must_use]
    pub fn refused(self, path: impl AsRef<Path>, kind: io::ErrorKind) -> Self {
        self.put(path.as_ref(), Node::Refused(kind));
        self
    }

    /// A program, whatever its arguments. A bare name lies in the first folder of PATH (with `.exe` on Windows).
    #[must_use]
    pub fn program(self, name_or_path: &str, script: Script) -> Self {
        self.add_program(name_or_path, None, script)
    }

    /// A program when it is called with exactly these arguments; goes before [`World::program`].
    #[must_use]
    pub fn program_with(self, name_or_path: &str, args: &[&str], script: Script) -> Self {
        self.add_program(name_or_path, Some(args.iter().map(|&arg| arg.to_owned()).collect()), script)
    }

    /// A page that answers with this status; 400 and above are refusals, as with a real server.
    #[must_use]
    pub fn url(self, url: &str, status: u16, body: impl AsRef<[u8]>) -> Self {
        let answer = Answer { status, ranges: true, ..Answer::default() };
        self.url_with(url, answer, body)
    }

    /// A page whose headers matter. `total` is filled in if it is `None`.
    #[must_use]
    pub fn url_with(mut self, url: &str, answer: Answer, body: impl AsRef<[u8]>) -> Self {
        self.urls.insert(url.to_owned(), (answer, body.as_ref().to_vec()));
        self
    }

    /// Every address that begins so fails at this hop.
    #[must_use]
    pub fn unreachable(mut self, prefix: &str, hop: Hop) -> Self {
        self.broken_urls.insert(prefix.to_owned(), hop);
        self
    }

    /// The proxy of every address.
    #[must_use]
    pub fn proxy(mut self, proxy: &str) -> Self {
        self.proxy = Some(proxy.to_owned());
        self
    }

    /// Free bytes of the volume that has this folder; the longest such folder counts.
    #[must_use]
    pub fn free(self, path: impl AsRef<Path>, bytes: u64) -> Self {
        self.set_free(path, bytes);
        self
    }

    /// A volume that is built in; what is free there [`World::free`] says.
    #[must_use]
    pub fn fixed_volume(mut self, root: &str) -> Self {
        self.fixed.push(root.into());
        self
    }

    /// The same while something runs.
    pub fn set_free(&self, path: impl AsRef<Path>, bytes: u64) {
        hold(&self.free).insert(self.key(path.as_ref()), bytes);
    }

    /// A value in the Windows registry; its key and the keys above it come into being.
    #[must_use]
    pub fn registry(mut self, key: &str, value: &str, text: &str) -> Self {
        self.registry.entry(key.to_owned()).or_default().insert(value.to_lowercase(), text.to_owned());
        self
    }

    /// The NVML of this machine.
    #[must_use]
    pub fn gpu_library(mut self, library: Arc<dyn GpuLibrary>) -> Self {
        self.nvml = Nvml::Loaded(library);
        self
    }

    /// An NVML that is there but refuses; `None` as code: it cannot be loaded.
    #[must_use]
    pub fn nvml_fails(mut self, code: impl Into<Option<u32>>, text: &str) -> Self {
        self.nvml = Nvml::Fails { code: code.into(), text: text.to_owned() };
        self
    }

    /// What the system's own interfaces tell.
    #[must_use]
    pub fn basics(mut self, basics: Basics) -> Self {
        self.basics = basics;
        self
    }

    /// What it runs on.
    #[must_use]
    pub fn power_supply(mut self, supply: PowerSupply) -> Self {
        self.power_supply = Some(supply);
        self
    }

    /// The devices that are plugged in, by their identities; without this nobody can say.
    #[must_use]
    pub fn present(mut self, ids: &[&str]) -> Self {
        self.present = Some(ids.iter().map(|&id| id.to_owned()).collect());
        self
    }

    /// The product's folders.
    #[must_use]
    pub fn folders(mut self, folders: Folders) -> Self {
        self.folders = folders;
        self
    }

    /// A process group that outlived its wizard.
    #[must_use]
    pub fn live_group(self, leader: u32) -> Self {
        hold(&self.groups).insert(leader);
        self
    }

    /// A file or folder that this process holds for so many questions.
    #[must_use]
    pub fn held(self, path: &str, name: &str, id: u32, questions: u32) -> Self {
        hold(&self.held).push((path.into(), Holder { name: name.to_owned(), id }, questions));
        self
    }

    /// This process has administrator rights.
    #[must_use]
    pub fn elevated(mut self) -> Self {
        self.elevated = true;
        self
    }

    /// The system was started when this says, in seconds since 1970; `None`: it does not tell.
    pub fn start_system(&self, booted: Option<u64>) {
        *hold(&self.booted) = booted;
    }

    /// What is started when the user logs in next.
    pub fn at_log_in(&self) -> Option<CommandSpec> {
        hold(&self.at_log_in).clone()
    }

    /// Lets virtual time go by for every thread.
    pub fn advance(&self, time: Duration) {
        *hold(&self.base) += time;
    }

    /// Every command that was started, in order.
    pub fn ran(&self) -> Vec<CommandSpec> {
        hold(&self.ran).clone()
    }

    /// Every program that was started to outlive us, in order.
    pub fn launched(&self) -> Vec<CommandSpec> {
        hold(&self.launched).clone()
    }

    /// Every file and folder that was shown with the system's program for it, in order.
    pub fn opened(&self) -> Vec<PathBuf> {
        hold(&self.opened).clone()
    }

    /// Every notification that was shown, in order.
    pub fn notes(&self) -> Vec<Note> {
        hold(&self.notes).clone()
    }

    fn add_program(mut self, name: &str, args: Option<Vec<String>>, script: Script) -> Self {
        let path = if name.contains(['/', '\\']) {
            PathBuf::from(name)
        } else {
            let folder = self.path_folders().into_iter().next().unwrap_or_default();
            let bare = self.family != OsFamily::Windows || name.to_lowercase().ends_with(".exe");
            PathBuf::from(folder + self.separator() + name + if bare { "" } else { ".exe" })
        };
        self.put(&path, Node::File(Vec::new()));
        self.programs.push(Program { path, args, script });
        self
    }

    fn separator(&self) -> &'static str {
        if self.family == OsFamily::Windows { "\\" } else { "/" }
    }

    fn path_folders(&self) -> Vec<String> {
        let list = Host::var(self, "PATH").unwrap_or_default().to_string_lossy().into_owned();
        let cut = if self.family == OsFamily::Windows { ';' } else { ':' };
        list.split(cut).filter(|folder| !folder.is_empty()).map(str::to_owned).collect()
    }

    /// Paths that mean the same file have the same key. Windows knows no case; both separators count everywhere,
    /// because `Path::join` takes that of the machine the test runs on.
    fn key(&self, path: &Path) -> String {
        let text = path.to_string_lossy().replace('\\', "/");
        let text = if self.family == OsFamily::Windows { text.to_lowercase() } else { text };
        let mut parts: Vec<&str> = Vec::new();
        for part in text.split('/').filter(|part| !part.is_empty() && *part != ".") {
            if part == ".." {
                parts.pop();
            } else {
                parts.push(part);
            }
        }
        format!("/{}", parts.join("/"))
    }

    fn put(&self, path: &Path, node: Node) {
        let mut files = hold(&self.files);
        // On the machine that runs the test `Path` may not know the separators of the one it plays.
        let text = path.to_string_lossy().into_owned();
        for (at, _) in text.match_indices(['/', '\\']).filter(|(at, _)| *at > 0) {
            let above = PathBuf::from(text.get(..at).unwrap_or_default());
            files.entry(self.key(&above)).or_insert((above, Node::Dir));
        }
        files.insert(self.key(path), (path.to_owned(), node));
    }

    fn node(&self, path: &Path) -> Option<Node> {
        hold(&self.files).get(&self.key(path)).map(|(_, node)| node.clone())
    }

    fn spend(&self, time: Duration) {
        *hold(&self.spent).entry(std::thread::current().id()).or_default() += time;
    }

    /// The path a command means, as found on PATH if it is a bare name.
    fn locate(&self, program: &Path) -> Option<PathBuf> {
        let text = program.to_string_lossy();
        if text.contains(['/', '\\']) {
            return self.node(program).map(|_| program.to_owned());
        }
        self.find_programs(&text).into_iter().next()
    }

    fn script(&self, path: &Path, args: &[String]) -> Option<Script> {
        let key = self.key(path);
        let of_path = || self.programs.iter().filter(|program| self.key(&program.path) == key);
        let exact = of_path().find(|program| program.args.as_deref() == Some(args));
        exact.or_else(|| of_path().find(|program| program.args.is_none())).map(|program| program.script.clone())
    }
}

#[cfg(test)]
mod tests;
