//! The real disk behind a host that fails at its nth change, and whose programs are played.

use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};
use torch_wizard::facts::OsFamily;
use torch_wizard::host::real::RealHost;
use torch_wizard::host::{
    Basics, ChildEvent, ChildExit, Entry, Folders, GpuLibrary, Growing, Guard, Host, HostError, Meta, Receiver, Request,
};
use torch_wizard::plan::CommandSpec;

/// What happens at the nth change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It and all after it fail: the wizard was killed or the power went, as far as the disk can tell.
    Dead,
    /// It alone fails.
    Once,
    /// The user cancels.
    Cancel,
    /// The wizard's own code goes wrong there.
    Mistake,
}

pub const NEVER: usize = usize::MAX;

/// Counts changes.
pub struct Counter {
    cut: Cut,
    at: usize,
    done: AtomicUsize,
    pub cancel: AtomicBool,
}

impl Counter {
    /// Whether this change happens.
    fn may(&self) -> bool {
        let number = self.done.fetch_add(1, Ordering::SeqCst);
        match self.cut {
            Cut::Dead => number < self.at,
            Cut::Once => number != self.at,
            Cut::Cancel => {
                if number == self.at {
                    self.cancel.store(true, Ordering::SeqCst);
                }
                true
            }
            Cut::Mistake => {
                assert!(number != self.at, "a mistake of our own");
                true
            }
        }
    }

    pub fn count(&self) -> usize {
        self.done.load(Ordering::SeqCst)
    }
}

/// A program that unpacks: each file by its path below the folder that follows `--prefix`.
pub type Unpacked = Vec<(String, Vec<u8>)>;

pub struct CutHost {
    inner: RealHost,
    folders: Folders,
    pub counter: Arc<Counter>,
    unpacks: Unpacked,
    says: &'static [u8],
}

impl CutHost {
    pub fn new(root: &Path, unpacks: &Unpacked, says: &'static [u8], cut: Cut, at: usize) -> Self {
        let counter = Counter { cut, at, done: AtomicUsize::new(0), cancel: AtomicBool::new(false) };
        let folders = Folders {
            home: root.join("home"),
            data: root.join("data"),
            cache: root.join("cache"),
            temp: root.join("temp"),
            program: root.to_owned(),
        };
        let inner = RealHost::new().unwrap();
        Self { inner, folders, counter: Arc::new(counter), unpacks: unpacks.clone(), says }
    }

    fn may(&self, path: &Path) -> Result<(), HostError> {
        if self.counter.may() { Ok(()) } else { Err(broken(path)) }
    }

    fn unpack(&self, prefix: &Path) -> Result<(), HostError> {
        for (path, bytes) in &self.unpacks {
            let path = prefix.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            if !self.counter.may() {
                // Half of it, as installers leave it.
                std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
                return Err(broken(&path));
            }
            std::fs::write(&path, bytes).unwrap();
        }
        Ok(())
    }
}

fn broken(path: &Path) -> HostError {
    failed(path, std::io::Error::other("cut"))
}

fn failed(path: &Path, source: std::io::Error) -> HostError {
    HostError::File { what: "failed at", path: path.to_owned(), source }
}

struct CutGrowing(Box<dyn Growing>, Arc<Counter>);

impl Growing for CutGrowing {
    fn add(&mut self, bytes: &[u8]) -> Result<(), HostError> {
        if self.1.may() {
            return self.0.add(bytes);
        }
        self.0.add(&bytes[..bytes.len() / 2]).unwrap();
        Err(broken(Path::new("a file that grows")))
    }

    fn sync(&mut self) -> Result<(), HostError> {
        Ok(())
    }
}

impl Host for CutHost {
    fn var(&self, key: &str) -> Option<OsString> {
        self.inner.var(key)
    }
    fn vars(&self) -> Vec<(OsString, OsString)> {
        Vec::new()
    }
    fn now(&self) -> SystemTime {
        self.inner.now()
    }
    fn uptime(&self) -> Duration {
        self.inner.uptime()
    }
    fn folders(&self) -> &Folders {
        &self.folders
    }
    fn program(&self) -> PathBuf {
        self.inner.program()
    }
    fn family(&self) -> OsFamily {
        self.inner.family()
    }
    fn read(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        self.inner.read(path)
    }
    fn read_at(&self, path: &Path, from: u64, len: usize) -> Result<Vec<u8>, HostError> {
        self.inner.read_at(path, from, len)
    }
    fn meta(&self, path: &Path) -> Option<Meta> {
        self.inner.meta(path)
    }
    fn list(&self, path: &Path) -> Result<Vec<Entry>, HostError> {
        self.inner.list(path)
    }
    fn resolve(&self, path: &Path) -> PathBuf {
        self.inner.resolve(path)
    }
    fn write_atomic(&self, path: &Path, bytes: &[u8]) -> Result<(), HostError> {
        self.may(path)?;
        // Without the waits for the disk, which a cut of this kind cannot lose.
        let new = path.with_extension("new");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&new, bytes).and_then(|()| std::fs::rename(&new, path)).map_err(|error| failed(path, error))
    }
    fn overwrite(&self, path: &Path, bytes: &[u8]) -> Result<(), HostError> {
        self.may(path)?;
        self.inner.overwrite(path, bytes)
    }
    fn grow(&self, path: &Path) -> Result<Box<dyn Growing>, HostError> {
        self.may(path)?;
        Ok(Box::new(CutGrowing(self.inner.grow(path)?, Arc::clone(&self.counter))))
    }
    fn make_dir(&self, path: &Path) -> Result<(), HostError> {
        self.may(path)?;
        std::fs::create_dir_all(path).map_err(|error| failed(path, error))
    }
    fn rename(&self, from: &Path, to: &Path) -> Result<(), HostError> {
        self.may(from)?;
        if std::fs::symlink_metadata(to).is_ok() {
            return Err(failed(to, std::io::ErrorKind::AlreadyExists.into()));
        }
        std::fs::rename(from, to).map_err(|error| failed(from, error))
    }
    fn remove(&self, path: &Path) -> Result<(), HostError> {
        if self.inner.meta(path).is_none() {
            return Ok(());
        }
        let Err(error) = self.may(path) else { return self.inner.remove(path) };
        // A folder is not removed at once.
        if self.inner.meta(path).is_some_and(|meta| meta.is_dir && !meta.is_link) {
            for entry in self.inner.list(path)?.into_iter().step_by(2) {
                self.inner.remove(&entry.path)?;
            }
        }
        Err(error)
    }
    fn link_or_copy(&self, from: &Path, to: &Path) -> Result<(), HostError> {
        self.may(to)?;
        self.inner.link_or_copy(from, to)
    }
    fn free_bytes(&self, path: &Path) -> Result<u64, HostError> {
        self.inner.free_bytes(path)
    }
    fn volume_name(&self, path: &Path) -> String {
        self.inner.volume_name(path)
    }
    fn can_link(&self, from: &Path, to: &Path) -> bool {
        self.inner.can_link(from, to)
    }
    fn lock(&self, path: &Path) -> Result<Option<Box<dyn Guard>>, HostError> {
        self.inner.lock(path)
    }
    fn find_programs(&self, _name: &str) -> Vec<PathBuf> {
        Vec::new()
    }
    fn run(
        &self,
        command: &CommandSpec,
        on: &mut dyn FnMut(ChildEvent<'_>) -> ControlFlow<()>,
    ) -> Result<ChildExit, HostError> {
        if let Some(at) = command.args.iter().position(|arg| arg == "--prefix") {
            self.unpack(Path::new(&command.args[at + 1]))?;
        } else if on(ChildEvent::Stdout(self.says)).is_break() {
            return Ok(ChildExit::Stopped);
        }
        Ok(ChildExit::Code(0))
    }
    fn launch(&self, _command: &CommandSpec) -> Result<(), HostError> {
        Err(HostError::Stopped)
    }
    fn open(&self, _path: &Path) -> Result<(), HostError> {
        Err(HostError::Stopped)
    }
    fn process_began(&self, _id: u32) -> Option<u64> {
        None
    }
    fn group_is_alive(&self, _leader: u32) -> bool {
        false
    }
    fn end_group(&self, _leader: u32) -> Result<(), HostError> {
        Ok(())
    }
    fn request(&self, _request: &Request, _receiver: &mut dyn Receiver) -> Result<(), HostError> {
        Err(HostError::Stopped)
    }
    fn proxy_for(&self, _url: &str) -> Option<String> {
        None
    }
    fn gpu_library(&self) -> Result<Arc<dyn GpuLibrary>, HostError> {
        Err(HostError::Stopped)
    }
    fn basics(&self) -> Basics {
        self.inner.basics()
    }
    fn booted(&self) -> Option<u64> {
        None
    }
    fn is_elevated(&self) -> bool {
        false
    }
    fn registry(&self, _key: &str, _value: &str) -> Option<String> {
        None
    }
    fn registry_keys(&self, _key: &str) -> Vec<String> {
        Vec::new()
    }
}
