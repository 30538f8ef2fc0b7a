//! Files and folders.

use super::super::{Entry, Growing, Guard, HostError, Meta};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

fn failed(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> HostError {
    let path = path.to_owned();
    move |source| HostError::File { what, path, source }
}

pub fn read(path: &Path) -> Result<Vec<u8>, HostError> {
    fs::read(path).map_err(failed("could not read", path))
}

pub fn read_at(path: &Path, from: u64, len: usize) -> Result<Vec<u8>, HostError> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let read = || -> io::Result<Vec<u8>> {
        let mut file = fs::File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(len as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(failed("could not read", path))
}

fn describe(path: &Path) -> Option<Meta> {
    let own = fs::symlink_metadata(path).ok()?;
    // A link that leads nowhere is described by itself.
    let seen = fs::metadata(path).unwrap_or_else(|_| own.clone());
    Some(Meta { is_dir: seen.is_dir(), is_link: own.is_symlink(), len: seen.len(), modified: seen.modified().ok() })
}

pub fn meta(path: &Path) -> Option<Meta> {
    describe(path)
}

pub fn list(path: &Path) -> Result<Vec<Entry>, HostError> {
    let mut entries: Vec<Entry> = fs::read_dir(path)
        .map_err(failed("could not list", path))?
        .filter_map(Result::ok)
        .filter_map(|entry| describe(&entry.path()).map(|meta| Entry { path: entry.path(), meta }))
        .collect();
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

/// `\\?\C:\x` is right for the system and wrong for people and for pip.
fn plain(path: PathBuf) -> PathBuf {
    let text = path.to_string_lossy();
    match text.strip_prefix(r"\\?\") {
        Some(rest) if cfg!(windows) && !rest.starts_with("UNC") => PathBuf::from(rest.to_owned()),
        _ => path,
    }
}

pub fn resolve(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let parts: Vec<Component<'_>> = absolute.components().collect();
    let present = (1..=parts.len()).rev().find_map(|count| {
        let (head, missing) = parts.split_at_checked(count)?;
        Some((fs::canonicalize(head.iter().collect::<PathBuf>()).ok()?, missing))
    });
    let Some((real, missing)) = present else { return absolute };
    // What is not there has no links: `..` leaves it again.
    missing.iter().fold(plain(real), |mut path, part| {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            other @ (Component::Normal(_) | Component::RootDir | Component::Prefix(_)) => path.push(other),
        }
        path
    })
}

/// The folder's own entry must reach the disk too, or a rename is lost with the power.
#[cfg(unix)]
fn sync_folder(folder: &Path) {
    fs::File::open(folder).and_then(|folder| folder.sync_all()).ok();
}

/// Windows writes directory entries through by itself and cannot open a folder for this.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) {}

pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), HostError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_dir(folder)?;
    let write = || -> io::Result<()> {
        let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
        temporary.write_all(bytes)?;
        temporary.as_file().sync_all()?;
        temporary.persist(path)?;
        sync_folder(folder);
        Ok(())
    };
    write().map_err(failed("could not write", path))
}

pub fn overwrite(path: &Path, bytes: &[u8]) -> Result<(), HostError> {
    fs::write(path, bytes).map_err(failed("could not write", path))
}

struct GrowingFile {
    file: fs::File,
    path: PathBuf,
}

impl Growing for GrowingFile {
    fn add(&mut self, bytes: &[u8]) -> Result<(), HostError> {
        self.file.write_all(bytes).map_err(failed("could not write", &self.path))
    }

    fn sync(&mut self) -> Result<(), HostError> {
        self.file.sync_data().map_err(failed("could not write", &self.path))
    }
}

pub fn grow(path: &Path) -> Result<Box<dyn Growing>, HostError> {
    if let Some(folder) = path.parent() {
        make_dir(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let file = options.open(path).map_err(failed("could not open", path))?;
    Ok(Box::new(GrowingFile { file, path: path.to_owned() }))
}

pub fn make_dir(path: &Path) -> Result<(), HostError> {
    fs::create_dir_all(path).map_err(failed("could not make the folder", path))
}

/// Windows' words for "somebody has it open": a sharing violation, a locked region, a folder whose files are about to go.
/// <https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499->
const HELD: [i32; 3] = [32, 33, 145];

fn is_held(error: &io::Error) -> bool {
    let held = error.kind() == io::ErrorKind::PermissionDenied;
    cfg!(windows) && (held || error.raw_os_error().is_some_and(|code| HELD.contains(&code)))
}

/// On Windows a virus scanner or an ending process may hold a file for a moment: such a refusal is tried again
/// for five seconds before it counts.
fn patiently<T>(attempt: impl Fn() -> io::Result<T>) -> io::Result<T> {
    let mut left = 25;
    loop {
        match attempt() {
            Err(error) if left > 0 && is_held(&error) => {
                left -= 1;
                std::thread::sleep(Duration::from_millis(200));
            }
            other => return other,
        }
    }
}

pub fn rename(from: &Path, to: &Path) -> Result<(), HostError> {
    if fs::symlink_metadata(to).is_ok() {
        let exists = io::Error::new(io::ErrorKind::AlreadyExists, "something stands there already");
        return Err(failed("could not move to", to)(exists));
    }
    patiently(|| fs::rename(from, to)).map_err(failed("could not move to", to))?;
    for folder in [from.parent(), to.parent()].into_iter().flatten() {
        sync_folder(folder);
    }
    Ok(())
}

pub fn remove(path: &Path) -> Result<(), HostError> {
    let Ok(own) = fs::symlink_metadata(path) else { return Ok(()) };
    let result = patiently(|| {
        if own.is_dir() {
            fs::remove_dir_all(path)
        } else {
            // A junction or a link to a folder is removed as what it is.
            fs::remove_file(path).or_else(|error| if own.is_symlink() { fs::remove_dir(path) } else { Err(error) })
        }
    });
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.map_err(failed("could not remove", path)),
    }
}

pub fn link_or_copy(from: &Path, to: &Path) -> Result<(), HostError> {
    if let Some(folder) = to.parent() {
        make_dir(folder)?;
    }
    if fs::symlink_metadata(to).is_ok() {
        fs::remove_file(to).map_err(failed("could not replace", to))?;
    }
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop)).map_err(failed("could not copy to", to))
}

pub fn free_bytes(path: &Path) -> Result<u64, HostError> {
    let mut present = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    while fs::symlink_metadata(&present).is_err() {
        match present.parent() {
            Some(parent) => present = parent.to_owned(),
            None => break,
        }
    }
    fs4::available_space(&present).map_err(failed("could not read the free space of", path))
}

struct FileGuard(#[expect(dead_code, reason = "held for its lock, which ends when it is closed")] fs::File);

impl Guard for FileGuard {}

pub fn lock(path: &Path) -> Result<Option<Box<dyn Guard>>, HostError> {
    if let Some(folder) = path.parent() {
        make_dir(folder)?;
    }
    let file = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(failed("could not open", path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Box::new(FileGuard(file)))),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(source)) => Err(failed("could not lock", path)(source)),
    }
}
