//! Files and folders.

use super::super::{Entry, Growing, Guard, HostError, Meta};
use super::holders;
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

/// Windows has no such call without administrator rights. NTFS writes its entries to a log in their order, and a file
/// that is flushed later (the journal's next line) takes the log before it along, on the same volume. What lies elsewhere
/// may lose its last moves with the power, which is why a new life looks where things lie and not at what was noted.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) {}

pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), HostError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_dir(folder)?;
    let write = || -> io::Result<()> {
        let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
        temporary.write_all(bytes)?;
        temporary.as_file().sync_all()?;
        // An index or a scanner may read the old file at this moment.
        let mut temporary = Some(temporary);
        patiently(|| {
            let Some(file) = temporary.take() else { return Ok(()) };
            file.persist(path).map(drop).map_err(|refused| {
                temporary = Some(refused.file);
                refused.error
            })
        })
        .map_err(|error| holders::named(path, error))?;
        sync_folder(folder);
        Ok(())
    };
    write().map_err(failed("could not write", path))
}

pub fn overwrite(path: &Path, bytes: &[u8]) -> Result<(), HostError> {
    let written = patiently(|| fs::write(path, bytes)).map_err(|error| holders::named(path, error));
    written.map_err(failed("could not write", path))
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
    let is_new = fs::symlink_metadata(path).is_err();
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let file = options.open(path).map_err(failed("could not open", path))?;
    if let Some(folder) = path.parent().filter(|_| is_new) {
        sync_folder(folder);
    }
    let file = GrowingFile { file, path: path.to_owned() };
    #[cfg(feature = "test-support")]
    let file = super::held::Held::new(file, path);
    Ok(Box::new(file))
}

pub fn make_dir(path: &Path) -> Result<(), HostError> {
    let is_new = |folder: &&Path| fs::symlink_metadata(folder).is_err();
    let made: Vec<&Path> = path.ancestors().take_while(is_new).collect();
    fs::create_dir_all(path).map_err(failed("could not make the folder", path))?;
    made.into_iter().filter_map(Path::parent).for_each(sync_folder);
    Ok(())
}

/// On Windows a virus scanner or an ending process may hold a file for a moment: such a refusal is tried again
/// for five seconds before it counts.
fn patiently<T>(mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let mut left = 25;
    loop {
        match attempt() {
            Err(error) if left > 0 && cfg!(windows) && holders::may_be_held(&error) => {
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
    let moved = patiently(|| fs::rename(from, to)).map_err(|error| holders::named(from, error));
    moved.map_err(failed("could not move to", to))?;
    for folder in [from.parent(), to.parent()].into_iter().flatten() {
        sync_folder(folder);
    }
    Ok(())
}

pub fn remove(path: &Path) -> Result<(), HostError> {
    let Ok(own) = fs::symlink_metadata(path) else { return Ok(()) };
    let attempt = || {
        if own.is_dir() {
            fs::remove_dir_all(path)
        } else {
            // A junction or a link to a folder is removed as what it is.
            fs::remove_file(path).or_else(|error| if own.is_symlink() { fs::remove_dir(path) } else { Err(error) })
        }
    };
    // What is read-only is so against accidents; whoever removes it means it.
    let result = attempt().or_else(|error| {
        if error.kind() == io::ErrorKind::PermissionDenied {
            make_writable(path);
        }
        patiently(attempt)
    });
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.map_err(|error| holders::named(path, error)).map_err(failed("could not remove", path)),
    }
}

/// Windows refuses to remove a file that is read-only, Linux one in a folder that is; best effort.
fn make_writable(path: &Path) {
    let Ok(own) = fs::symlink_metadata(path) else { return };
    if own.is_symlink() {
        return;
    }
    let mut permissions = own.permissions();
    #[cfg(unix)]
    if own.is_dir() {
        use std::os::unix::fs::PermissionsExt as _;
        permissions.set_mode(permissions.mode() | 0o700);
        fs::set_permissions(path, permissions).ok();
    }
    #[cfg(windows)]
    if permissions.readonly() {
        #[expect(clippy::permissions_set_readonly_false, reason = "an attribute on Windows, and no right of anybody")]
        permissions.set_readonly(false);
        fs::set_permissions(path, permissions).ok();
    }
    if own.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().filter_map(Result::ok) {
            make_writable(&entry.path());
        }
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

/// The path itself, or the nearest folder above it that is there.
fn present(path: &Path) -> PathBuf {
    let mut present = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    while fs::symlink_metadata(&present).is_err() {
        match present.parent() {
            Some(parent) => present = parent.to_owned(),
            None => break,
        }
    }
    present
}

pub fn free_bytes(path: &Path) -> Result<u64, HostError> {
    fs4::available_space(present(path)).map_err(failed("could not read the free space of", path))
}

#[cfg(unix)]
pub fn volume_name(path: &Path) -> String {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(present(path)).map_or_else(|_| path.display().to_string(), |meta| meta.dev().to_string())
}

/// The drive or the share that the path really lies on. A volume without a letter of its own that is mounted in a folder
/// counts as its drive's: asked for its free space by that folder, it still tells its own.
#[cfg(not(unix))]
pub fn volume_name(path: &Path) -> String {
    let real = resolve(&present(path));
    match real.components().next() {
        Some(Component::Prefix(prefix)) => prefix.as_os_str().to_string_lossy().to_lowercase(),
        _ => real.display().to_string(),
    }
}

/// Tried with an empty file: whether a volume has hard links (exFAT has none) no system tells in one call.
pub fn can_link(from: &Path, to: &Path) -> bool {
    let (from, to) = (present(from), present(to));
    let attempt = || -> io::Result<()> {
        let probe = tempfile::NamedTempFile::new_in(&from)?;
        let folder = tempfile::TempDir::new_in(&to)?;
        fs::hard_link(probe.path(), folder.path().join("link"))
    };
    attempt().is_ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_only_can_be_removed() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("env").join("lib");
        fs::create_dir_all(&inner).unwrap();
        let file = inner.join("read-only.txt");
        fs::write(&file, "x").unwrap();
        for path in [&file, &inner] {
            let mut permissions = fs::metadata(path).unwrap().permissions();
            permissions.set_readonly(true);
            fs::set_permissions(path, permissions).unwrap();
        }
        remove(&folder.path().join("env")).unwrap();
        assert!(fs::symlink_metadata(&inner).is_err());
    }

    #[cfg(windows)]
    #[test]
    fn whoever_holds_a_file_is_named_with_the_refusal() {
        use std::os::windows::fs::OpenOptionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("held.dll");
        fs::write(&file, "x").unwrap();
        // Shared with nobody; the holder is this process itself, which is not named.
        let held = fs::OpenOptions::new().read(true).share_mode(0).open(&file).unwrap();
        let error = overwrite(&file, b"y").unwrap_err();
        assert!(error.in_use().is_none(), "{error}");
        drop(held);
        overwrite(&file, b"y").unwrap();
    }
}
