//! Who has a file open, or runs from a folder.

use super::super::{Holder, InUse};
use std::io;
use std::path::{Path, PathBuf};

/// Programs and libraries of a folder that are asked for: a running Python holds some of the first it loads.
#[cfg(any(windows, test))]
const ASKED: usize = 2000;

/// The system's refusal with the names of those who hold the file, where that is why and they can be seen.
pub fn named(path: &Path, error: io::Error) -> io::Error {
    if !may_be_held(&error) {
        return error;
    }
    match of(path) {
        Some(in_use) => io::Error::new(error.kind(), in_use),
        None => error,
    }
}

/// Windows' words for "somebody has it open": a sharing violation, a locked region, a folder whose files are about to
/// go; Linux has one of them, for a program that runs.
/// <https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499->
pub fn may_be_held(error: &io::Error) -> bool {
    if cfg!(windows) {
        const HELD: [i32; 3] = [32, 33, 145];
        let held = error.raw_os_error().is_some_and(|code| HELD.contains(&code));
        return held || error.kind() == io::ErrorKind::PermissionDenied;
    }
    error.kind() == io::ErrorKind::ExecutableFileBusy
}

/// Those who hold a file, or anything in a folder; `None` if nobody does or nobody can be seen.
#[cfg(target_os = "linux")]
pub fn of(path: &Path) -> Option<InUse> {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let processes = std::fs::read_dir("/proc").ok()?;
    let mut held: Option<PathBuf> = None;
    let mut holders = Vec::new();
    for process in processes.filter_map(Result::ok) {
        let id = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
        let Some(id) = id.filter(|id| *id != std::process::id()) else { continue };
        if let Some(file) = held_by(&process.path(), &path) {
            let name = std::fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            holders.push(Holder { name: name.trim().to_owned(), id });
            held = held.or(Some(file));
        }
    }
    holders.sort_by_key(|holder| holder.id);
    Some(InUse { path: held?, holders })
}

/// The file at or below `path` that a process has: its program, what it has loaded, what it has open; or the interpreter
/// by whose name it was started, which a virtual environment has as a link. Its folder alone holds nothing.
#[cfg(target_os = "linux")]
fn held_by(process: &Path, path: &Path) -> Option<PathBuf> {
    let is_inside = |file: &Path| file.starts_with(path);
    let program = std::fs::read_link(process.join("exe")).ok()?;
    if is_inside(&program) {
        return Some(program);
    }
    let command = std::fs::read(process.join("cmdline")).unwrap_or_default();
    let first = command.split(|byte| *byte == 0).next().unwrap_or_default();
    let first = PathBuf::from(String::from_utf8_lossy(first).into_owned());
    if is_inside(&first) {
        return Some(first);
    }
    let opened = std::fs::read_dir(process.join("fd")).ok().into_iter().flatten().filter_map(Result::ok);
    if let Some(file) = opened.filter_map(|entry| std::fs::read_link(entry.path()).ok()).find(|file| is_inside(file)) {
        return Some(file);
    }
    // `7f…-7f… r-xp 00000000 fd:00 123   /path with blanks`
    let maps = std::fs::read_to_string(process.join("maps")).ok()?;
    maps.lines()
        .filter_map(|line| line.find('/').and_then(|at| line.get(at..)))
        .map(|file| PathBuf::from(file.strip_suffix(" (deleted)").unwrap_or(file)))
        .find(|file| is_inside(file))
}

/// Asks the Restart Manager, which installers ask for the same reason.
#[cfg(windows)]
pub fn of(path: &Path) -> Option<InUse> {
    let mut files = Vec::new();
    candidates(path, &mut files);
    let holders = restart_manager::holders(&files)?;
    // Which of them it is: half of the files at a time.
    while files.len() > 1 {
        let half = files.split_off(files.len() / 2);
        if restart_manager::holders(&files).is_none() {
            files = half;
        }
    }
    Some(InUse { path: files.pop()?, holders })
}

/// Elsewhere nobody is asked.
#[cfg(not(any(windows, target_os = "linux")))]
pub fn of(_path: &Path) -> Option<InUse> {
    None
}

/// A file itself; of a folder the files that a running program loads.
#[cfg(any(windows, test))]
fn candidates(path: &Path, into: &mut Vec<PathBuf>) {
    let Ok(own) = std::fs::symlink_metadata(path) else { return };
    if !own.is_dir() {
        into.push(path.to_owned());
        return;
    }
    let mut folders = std::collections::VecDeque::from([path.to_owned()]);
    while let Some(folder) = folders.pop_front() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.filter_map(Result::ok) {
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            if kind.is_dir() {
                folders.push_back(path);
            } else if path
                .extension()
                .is_some_and(|end| ["exe", "dll", "pyd"].iter().any(|known| end.eq_ignore_ascii_case(known)))
            {
                into.push(path);
            }
            if into.len() >= ASKED {
                return;
            }
        }
    }
}

/// <https://learn.microsoft.com/windows/win32/rstmgr/using-restart-manager-with-a-secondary-installer>
#[cfg(windows)]
#[expect(unsafe_code, reason = "the Restart Manager has no other door")]
mod restart_manager {
    use super::Holder;
    use std::os::windows::ffi::OsStrExt as _;
    use std::path::PathBuf;
    use windows::Win32::Foundation::ERROR_SUCCESS;
    use windows::Win32::System::RestartManager::{
        CCH_RM_SESSION_KEY, RM_PROCESS_INFO, RmEndSession, RmGetList, RmRegisterResources, RmStartSession,
    };
    use windows::core::{PCWSTR, PWSTR};

    /// More than hold one file.
    const MOST: usize = 64;

    struct Session(u32);

    impl Drop for Session {
        fn drop(&mut self) {
            // SAFETY: the session was started by us and is ended once.
            let _nothing_to_be_done = unsafe { RmEndSession(self.0) };
        }
    }

    impl Session {
        fn start() -> Option<Self> {
            let mut session = 0;
            let mut key = [0_u16; CCH_RM_SESSION_KEY as usize + 1];
            // SAFETY: the key has the length that is asked for, and both live through the call.
            let answer = unsafe { RmStartSession(&raw mut session, None, PWSTR(key.as_mut_ptr())) };
            (answer == ERROR_SUCCESS).then_some(Self(session))
        }
    }

    /// Those who hold any of the files; `None` if nobody does.
    pub fn holders(files: &[PathBuf]) -> Option<Vec<Holder>> {
        let session = Session::start()?;
        let wide: Vec<Vec<u16>> =
            files.iter().map(|file| file.as_os_str().encode_wide().chain([0]).collect()).collect();
        let names: Vec<PCWSTR> = wide.iter().map(|file| PCWSTR(file.as_ptr())).collect();
        // SAFETY: each name ends with a zero and lives in `wide` through the call.
        if unsafe { RmRegisterResources(session.0, Some(&names), None, None) } != ERROR_SUCCESS {
            return None;
        }
        let mut found = vec![RM_PROCESS_INFO::default(); MOST];
        let (mut needed, mut count, mut reasons) = (0, u32::try_from(MOST).unwrap_or_default(), 0);
        // SAFETY: `found` has room for as many as `count` says; the numbers are ours.
        let answer = unsafe {
            RmGetList(session.0, &raw mut needed, &raw mut count, Some(found.as_mut_ptr()), &raw mut reasons)
        };
        if answer != ERROR_SUCCESS {
            return None;
        }
        found.truncate(usize::try_from(count).unwrap_or_default());
        let own = std::process::id();
        let holders: Vec<Holder> =
            found.iter().filter(|process| process.Process.dwProcessId != own).map(holder).collect();
        (!holders.is_empty()).then_some(holders)
    }

    /// By the file name of its program, else by the name that it calls itself.
    fn holder(process: &RM_PROCESS_INFO) -> Holder {
        use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};
        let id = process.Process.dwProcessId;
        let pid = Pid::from_u32(id);
        let program = System::new().ok().and_then(|mut system| {
            system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, ProcessRefreshKind::nothing());
            system.process(pid).map(|process| process.name().to_string_lossy().into_owned())
        });
        let own = process.strAppName;
        let end = own.iter().position(|&unit| unit == 0).unwrap_or(own.len());
        let own = String::from_utf16_lossy(own.get(..end).unwrap_or_default());
        Holder { name: program.filter(|name| !name.is_empty()).unwrap_or(own), id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_libraries_of_a_folder_are_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let lib = folder.path().join("Lib").join("torch");
        std::fs::create_dir_all(&lib).unwrap();
        for name in ["torch_cuda.DLL", "_C.pyd", "__init__.py"] {
            std::fs::write(lib.join(name), name).unwrap();
        }
        let mut files = Vec::new();
        candidates(folder.path(), &mut files);
        files.sort();
        assert_eq!(files, [lib.join("_C.pyd"), lib.join("torch_cuda.DLL")]);
        assert!(of(folder.path()).is_none());
    }

    /// A shell that has a file of the folder open, and one that was started from it.
    #[cfg(target_os = "linux")]
    #[test]
    fn who_holds_a_file_of_a_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("torch_cuda.so");
        std::fs::write(&file, "x").unwrap();
        let mut child = std::process::Command::new("/bin/sh")
            .args(["-c", "exec 7<\"$1\"; echo ready; read -r _", "sh", file.to_str().unwrap()])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = [0_u8; 6];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut ready).unwrap();
        for asked in [folder.path(), &file] {
            let found = of(asked).unwrap();
            assert_eq!(found.holders, [Holder { name: "sh".to_owned(), id: child.id() }]);
            assert_eq!(found.path.file_name(), file.file_name());
        }
        assert!(of(&folder.path().join("torch")).is_none());
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(of(folder.path()).is_none());
        let python = folder.path().join("python");
        std::os::unix::fs::symlink("/bin/sleep", &python).unwrap();
        let mut child = std::process::Command::new(&python).arg("60").spawn().unwrap();
        let found = (0..200).find_map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            of(folder.path())
        });
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(found.unwrap().holders[0].id, child.id());
    }
}
