//! The seam to the world: everything the outside can do to us goes through [`Host`].
//!
//! [`real`] is the only implementation in a release. Nothing else in the crate touches `std::env`,
//! `std::fs`, `std::process` or the network.

mod child;
mod error;
#[cfg(any(test, feature = "test-support"))]
pub mod fake;
mod gpu;
pub mod nvml;
pub mod real;
pub mod winhttp;

pub use child::{ChildEvent, ChildExit, Output, decode, has_wide_letters, output};
pub use error::{Holder, Hop, HostError, InUse};
pub use gpu::{GpuLibrary, GpuLimits, GpuProcess, GpuSample, NvmlGpu, NvmlInventory, PcieRate, ProcessKind, Throttle};

pub use crate::facts::PowerSupply;
use crate::plan::CommandSpec;
use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// What is known of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Where it begins.
    pub root: PathBuf,
    /// The system's name for its kind, e.g. `NTFS`, `exfat`.
    pub file_system: String,
    /// It is another machine's.
    pub is_network: bool,
}

impl Volume {
    /// Whether a file there can have two names. The kinds that cannot are known; of a network nothing is certain.
    pub fn has_links(&self) -> bool {
        !["fat", "fat12", "fat16", "fat32", "vfat", "msdos", "exfat"]
            .iter()
            .any(|kind| kind.eq_ignore_ascii_case(&self.file_system))
    }
}

impl std::fmt::Display for Volume {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let network = if self.is_network { ", over the network" } else { "" };
        write!(f, "{} ({}{network})", self.root.display(), self.file_system)
    }
}

/// A file or folder in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path.
    pub path: PathBuf,
    /// Kind and size; links are followed.
    pub meta: Meta,
}

/// What is known of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// A folder.
    pub is_dir: bool,
    /// A symbolic link or junction.
    pub is_link: bool,
    /// Bytes.
    pub len: u64,
    /// Last change.
    pub modified: Option<SystemTime>,
}

/// The folders of the product on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// The user's home.
    pub home: PathBuf,
    /// Settings, registry of environments, runs.
    pub data: PathBuf,
    /// Wheels, index pages, uv's cache.
    pub cache: PathBuf,
    /// The system's folder for temporary files.
    pub temp: PathBuf,
    /// The folder of the running program (a packed uv lies there).
    pub program: PathBuf,
}

/// What a server says of a file without sending it, or at the start of sending it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status: 200, or 206 for a part.
    pub status: u16,
    /// Length of the whole file, if told.
    pub total: Option<u64>,
    /// Whether parts can be asked for.
    pub ranges: bool,
    /// `Content-Type`, if told.
    pub content_type: Option<String>,
    /// Strong validator, to notice a file that changed between two parts.
    pub etag: Option<String>,
}

/// A request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The address; user name and password in it are sent as basic authentication.
    pub url: String,
    /// Ask for the bytes from here on.
    pub from: Option<u64>,
    /// `Accept` header.
    pub accept: Option<String>,
    /// Together with `from`: only if the file still has this validator, else the whole file.
    pub if_range: Option<String>,
    /// Give up after so long in all. Without it a request goes on for as long as bytes come.
    pub limit: Option<Duration>,
    /// Headers only (HEAD).
    pub head: bool,
}

impl Request {
    /// A plain GET.
    pub fn get(url: impl Into<String>) -> Self {
        Self { url: url.into(), ..Self::default() }
    }

    /// A HEAD.
    pub fn head(url: impl Into<String>) -> Self {
        Self { url: url.into(), head: true, ..Self::default() }
    }
}

/// What a request does with what comes.
pub trait Receiver {
    /// Called once, before the first byte. `Break` ends the request.
    fn begin(&mut self, answer: &Answer) -> ControlFlow<()>;
    /// Called for every piece. `Break` ends the request.
    fn piece(&mut self, bytes: &[u8]) -> ControlFlow<()>;
    /// Called several times a second while nothing comes. `Break` ends the request.
    fn nothing_yet(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// A file that grows.
pub trait Growing: Send {
    /// Adds bytes at the end.
    fn add(&mut self, bytes: &[u8]) -> Result<(), HostError>;
    /// Returns when what was added is on the disk.
    fn sync(&mut self) -> Result<(), HostError>;
}

/// A word to somebody who looks elsewhere, shown by the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// A few words.
    pub title: String,
    /// Lines of plain text.
    pub text: String,
}

/// Keeps others off while it lives.
pub trait Guard: Send + Sync {}

/// Everything the outside world can do to us.
pub trait Host: Send + Sync {
    /// A variable of our environment.
    fn var(&self, key: &str) -> Option<OsString>;
    /// All of them.
    fn vars(&self) -> Vec<(OsString, OsString)>;
    /// The wall clock.
    fn now(&self) -> SystemTime;
    /// Time since the program started; never goes back.
    fn uptime(&self) -> Duration;
    /// Lets time go by.
    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
    /// The product's folders.
    fn folders(&self) -> &Folders;
    /// The running program itself, to start it again.
    fn program(&self) -> PathBuf;
    /// Family of the operating system the program was built for.
    fn family(&self) -> crate::facts::OsFamily;

    /// The whole file.
    fn read(&self, path: &Path) -> Result<Vec<u8>, HostError>;
    /// At most `len` bytes from `from` on; fewer at the end of the file.
    fn read_at(&self, path: &Path, from: u64, len: usize) -> Result<Vec<u8>, HostError>;
    /// `None` if there is nothing.
    fn meta(&self, path: &Path) -> Option<Meta>;
    /// A folder's content, sorted by name.
    fn list(&self, path: &Path) -> Result<Vec<Entry>, HostError>;
    /// The path without links and `..`; the nearest existing parent is resolved if it does not exist.
    fn resolve(&self, path: &Path) -> PathBuf;
    /// Writes a sibling temporary file, syncs it, renames it over `path`.
    fn write_atomic(&self, path: &Path, bytes: &[u8]) -> Result<(), HostError>;
    /// Replaces the content of a file that is there; its permissions stay.
    fn overwrite(&self, path: &Path, bytes: &[u8]) -> Result<(), HostError>;
    /// Opens a file to add at its end; makes it, private to the user, if there is none.
    fn grow(&self, path: &Path) -> Result<Box<dyn Growing>, HostError>;
    /// Makes a folder and its parents.
    fn make_dir(&self, path: &Path) -> Result<(), HostError>;
    /// Moves within one volume; refuses to replace.
    fn rename(&self, from: &Path, to: &Path) -> Result<(), HostError>;
    /// Removes a file, or a folder with all in it (links are removed, not followed). Nothing there is success.
    fn remove(&self, path: &Path) -> Result<(), HostError>;
    /// Who holds a file, or runs from a folder or holds anything in it; `None` if nobody does or nobody can be seen.
    fn holders(&self, _path: &Path) -> Option<InUse> {
        None
    }
    /// A hard link, or a copy where the volume has none.
    fn link_or_copy(&self, from: &Path, to: &Path) -> Result<(), HostError>;
    /// What kind of volume a path is on (it need not exist yet); `None` if that cannot be told.
    fn volume(&self, _path: &Path) -> Option<Volume> {
        None
    }
    /// Where the volumes begin that are built into the PC; none where the system does not tell them from others.
    fn fixed_volumes(&self) -> Vec<PathBuf> {
        Vec::new()
    }
    /// Free bytes of the volume a path is on (it need not exist yet).
    fn free_bytes(&self, path: &Path) -> Result<u64, HostError>;
    /// A name that all paths of one volume have in common, and no path of another (it need not exist yet).
    fn volume_name(&self, path: &Path) -> String;
    /// Whether files of one folder can be had in another one at no cost, by hard links.
    fn can_link(&self, from: &Path, to: &Path) -> bool;
    /// Takes a lock file; `None` if somebody else holds it.
    fn lock(&self, path: &Path) -> Result<Option<Box<dyn Guard>>, HostError>;

    /// Every program of this name on PATH, in order.
    fn find_programs(&self, name: &str) -> Vec<PathBuf>;
    /// Runs a child to its end. `on` is called for its output and every 100 ms; `Break` ends its whole
    /// process tree. No child outlives us.
    fn run(
        &self,
        command: &CommandSpec,
        on: &mut dyn FnMut(ChildEvent<'_>) -> ControlFlow<()>,
    ) -> Result<ChildExit, HostError>;
    /// Runs a part of ourselves: as [`Host::run`], but in our process group, so that Ctrl-C reaches it too, and what
    /// it leaves running at its end stays.
    fn run_part(
        &self,
        command: &CommandSpec,
        on: &mut dyn FnMut(ChildEvent<'_>) -> ControlFlow<()>,
    ) -> Result<ChildExit, HostError> {
        self.run(command, on)
    }
    /// Starts a program that outlives us, with nothing of ours in its hands; on Windows a console program gets a
    /// console of its own.
    fn launch(&self, command: &CommandSpec) -> Result<(), HostError>;
    /// Has a program started once, when the user logs in next; `None` takes that back. Nothing where the system has no
    /// place for it.
    fn start_at_log_in(&self, _command: Option<&CommandSpec>) -> Result<(), HostError> {
        Ok(())
    }
    /// Shows a notification of the system. Success where there is nobody to show it.
    fn notify(&self, _note: &Note) -> Result<(), HostError> {
        Ok(())
    }
    /// Opens a file or folder with the program the system has for it.
    fn open(&self, path: &Path) -> Result<(), HostError>;
    /// When a process began, in seconds since 1970; `None` if there is no such process.
    fn process_began(&self, id: u32) -> Option<u64>;
    /// What the tree of processes below this one does; `None` where that cannot be seen.
    fn activity(&self, _leader: u32) -> Option<Activity> {
        None
    }
    /// Whether a process of the group that this process led still runs (a survivor of a killed wizard).
    fn group_is_alive(&self, leader: u32) -> bool;
    /// Ends a process group and waits until it is gone.
    fn end_group(&self, leader: u32) -> Result<(), HostError>;

    /// Sends a request; what comes goes to `receiver`, on this thread.
    fn request(&self, request: &Request, receiver: &mut dyn Receiver) -> Result<(), HostError>;
    /// Proxy that requests to this address take, without user name and password.
    fn proxy_for(&self, url: &str) -> Option<String>;

    /// NVML, loaded at the first call.
    fn gpu_library(&self) -> Result<Arc<dyn GpuLibrary>, HostError>;
    /// Kind of operating system, processor, memory: what the system's own interfaces tell at once.
    fn basics(&self) -> Basics;
    /// What the PC runs on; `None` where it has no battery.
    fn power_supply(&self) -> Option<PowerSupply> {
        None
    }
    /// Identities of the devices on a bus that are plugged in now, as Windows names them (`PCI\…`); `None` where it cannot
    /// be told.
    fn present_devices(&self, _bus: &str) -> Option<Vec<String>> {
        None
    }
    /// When the system was started, in seconds since 1970; `None` if it does not say.
    fn booted(&self) -> Option<u64>;
    /// Whether this process has administrator rights now.
    fn is_elevated(&self) -> bool;
    /// A value of the Windows registry as text, numbers in decimal, bytes as hexadecimal digits; `None` elsewhere, or if it is not there. `key` begins with
    /// `HKLM\` or `HKCU\`.
    fn registry(&self, key: &str, value: &str) -> Option<String>;
    /// Names of the sub-keys of a registry key.
    fn registry_keys(&self, key: &str) -> Vec<String>;
}

/// What a tree of processes did since it began, as far as it still runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Their ids, in order.
    pub processes: Vec<u32>,
    /// Time on the processor.
    pub processor: Duration,
    /// Bytes read and written.
    pub bytes: u64,
    /// Command lines of those with no children, the one that was longest on the processor first.
    pub busiest: Vec<Vec<String>>,
    /// A program that looks at every file for viruses, with its time on the processor.
    pub scanner: Option<(String, Duration)>,
}

/// What the operating system's own interfaces tell at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basics {
    /// What the system calls itself.
    pub os_version: String,
    /// Windows build number.
    pub os_build: Option<u32>,
    /// Kernel version.
    pub kernel: Option<String>,
    /// Architecture of the machine (not of the program).
    pub arch: String,
    /// Name of the processor.
    pub cpu: String,
    /// Logical cores.
    pub logical_cores: u32,
    /// Main memory in bytes.
    pub memory_bytes: u64,
    /// The processor's virtualisation is switched on in the firmware (Windows); `None` if that could not be told.
    pub firmware_virtualisation: Option<bool>,
    /// A hypervisor runs beneath the system (Windows).
    pub hypervisor: Option<bool>,
}

/// Fetches a small text (an index page), at most `limit` bytes.
pub fn fetch_text(host: &dyn Host, request: &Request, limit: usize) -> Result<String, HostError> {
    struct Collect {
        bytes: Vec<u8>,
        limit: usize,
    }
    impl Receiver for Collect {
        fn begin(&mut self, _answer: &Answer) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
        fn piece(&mut self, bytes: &[u8]) -> ControlFlow<()> {
            self.bytes.extend_from_slice(bytes);
            if self.bytes.len() > self.limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }
    let mut collect = Collect { bytes: Vec::new(), limit };
    host.request(request, &mut collect)?;
    Ok(String::from_utf8_lossy(&collect.bytes).into_owned())
}

/// A file, read piece by piece: a log may be larger than what should be held of it.
pub struct FileReader<'a> {
    host: &'a dyn Host,
    path: PathBuf,
    at: u64,
}

impl<'a> FileReader<'a> {
    /// At the beginning of a file.
    pub const fn new(host: &'a dyn Host, path: PathBuf) -> Self {
        Self { host, path, at: 0 }
    }
}

impl std::io::Read for FileReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let bytes = self.host.read_at(&self.path, self.at, into.len()).map_err(std::io::Error::other)?;
        let count = bytes.len().min(into.len());
        for (place, byte) in into.iter_mut().zip(&bytes) {
            *place = *byte;
        }
        self.at += u64::try_from(count).unwrap_or_default();
        Ok(count)
    }
}
