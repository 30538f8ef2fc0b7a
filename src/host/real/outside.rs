//! Programs that are none of our children: started to outlive us, or asked to show a file.

use super::super::HostError;
use super::children;
use crate::plan::CommandSpec;
use std::path::Path;
#[cfg(unix)]
use std::process::Stdio;

/// Starts a program in a session of its own: neither the end of our process group nor that of our terminal reaches it.
#[cfg(unix)]
pub fn launch(spec: &CommandSpec) -> Result<(), HostError> {
    let mut command = children::command_of(spec);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut wrap = process_wrap::std::CommandWrap::from(command);
    wrap.wrap(process_wrap::std::ProcessSession);
    let mut child = wrap.spawn().map_err(|source| children::not_started(spec, source))?;
    // Somebody has to ask for its last word, or it stays in the table of processes for as long as we live.
    let body = move || {
        child.wait().ok();
    };
    std::thread::Builder::new().name("launched".to_owned()).spawn(body).ok();
    Ok(())
}

/// Starts a program outside of the job that ends with us, with a console of its own where it is a console program.
#[cfg(windows)]
pub fn launch(spec: &CommandSpec) -> Result<(), HostError> {
    use std::os::windows::process::CommandExt as _;
    use windows::Win32::System::Threading::{CREATE_BREAKAWAY_FROM_JOB, CREATE_NEW_CONSOLE};
    let start = |flags: u32| children::command_of(spec).creation_flags(flags).spawn();
    let _ours = OwnConsole::hide();
    start((CREATE_NEW_CONSOLE | CREATE_BREAKAWAY_FROM_JOB).0)
        // Refused where whoever started us put us into a job that nothing may leave.
        .or_else(|_| start(CREATE_NEW_CONSOLE.0))
        .map(drop)
        .map_err(|source| children::not_started(spec, source))
}

/// While it lives this process has no standard output and error, so that a child takes those of its new console and not
/// the pipes we may have.
#[cfg(windows)]
struct OwnConsole([(windows::Win32::System::Console::STD_HANDLE, Option<windows::Win32::Foundation::HANDLE>); 3]);

#[cfg(windows)]
#[expect(
    unsafe_code,
    reason = "the standard library hands its own standard handles on, and has no way to hand on none"
)]
impl OwnConsole {
    fn hide() -> Self {
        use windows::Win32::Foundation::HANDLE;
        use windows::Win32::System::Console::{
            GetStdHandle, STD_ERROR_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, SetStdHandle,
        };
        Self([STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE].map(|which| {
            // SAFETY: reads one word of the process's own block.
            let before = unsafe { GetStdHandle(which) }.ok();
            // SAFETY: writes that word and closes nothing; null is what a program without a console has there.
            unsafe { SetStdHandle(which, HANDLE::default()) }.ok();
            (which, before)
        }))
    }
}

#[cfg(windows)]
#[expect(unsafe_code, reason = "puts back what `hide` took away")]
impl Drop for OwnConsole {
    fn drop(&mut self) {
        for (which, before) in self.0 {
            // SAFETY: the handle is the one that stood there before and was not closed since.
            unsafe { windows::Win32::System::Console::SetStdHandle(which, before.unwrap_or_default()) }.ok();
        }
    }
}

/// Shows a file or folder with the program the system has for it.
pub fn open(path: &Path) -> Result<(), HostError> {
    let failed = |source| HostError::File { what: "could not open", path: path.to_owned(), source };
    // Says so before a program is started that would say it to nobody.
    std::fs::metadata(path).map_err(failed)?;
    #[cfg(target_os = "linux")]
    if let Some(command) = xdg_open(path) {
        return launch(&command);
    }
    opener::open(path).map_err(|error| failed(std::io::Error::other(error.to_string())))
}

/// The desktop's own opener, if there is one: started by us it gets a session of its own, which `opener` does not give
/// it. Under WSL the program that is wanted is one of Windows, which `opener` knows how to find.
#[cfg(target_os = "linux")]
fn xdg_open(path: &Path) -> Option<CommandSpec> {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    if kernel.to_lowercase().contains("microsoft") {
        return None;
    }
    // A path that is no text cannot be an argument of a command here.
    let path = path.to_str()?;
    Some(CommandSpec::new(which::which("xdg-open").ok()?, [path]))
}

/// Windows: the token of this process is an elevated one, which a plain one of an administrator is not.
#[cfg(windows)]
#[expect(unsafe_code, reason = "the token can be asked by this call only")]
pub fn is_elevated() -> bool {
    use windows::Win32::Foundation::HANDLE;
    use windows::Win32::Security::{GetTokenInformation, TOKEN_ELEVATION, TOKEN_QUERY, TokenElevation};
    use windows::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};
    use windows::core::Owned;
    let mut token = HANDLE::default();
    // SAFETY: the handle of the process is a constant; that of the token is written to a place that is ours.
    if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) }.is_err() {
        return false;
    }
    // SAFETY: the handle was just opened and is closed by nobody else.
    let token = unsafe { Owned::new(token) };
    let mut elevation = TOKEN_ELEVATION::default();
    let size = u32::try_from(size_of::<TOKEN_ELEVATION>()).unwrap_or_default();
    let (buffer, mut written) = (&raw mut elevation, 0);
    // SAFETY: the buffer is as long as is said and lives through the call.
    let asked = unsafe { GetTokenInformation(*token, TokenElevation, Some(buffer.cast()), size, &raw mut written) };
    asked.is_ok() && elevation.TokenIsElevated != 0
}

/// Elsewhere it is the superuser who may change the system.
#[cfg(unix)]
pub fn is_elevated() -> bool {
    rustix::process::geteuid().is_root()
}

/// Windows: a child that crashes shows no "has stopped working" box; children inherit this.
#[cfg(windows)]
#[expect(unsafe_code, reason = "the mode can be set by this call only")]
pub fn no_crash_boxes() {
    use windows::Win32::System::Diagnostics::Debug::{SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SetErrorMode};
    // SAFETY: sets flags of this process; takes and returns plain numbers.
    unsafe { SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX) };
}

/// Elsewhere there are none.
#[cfg(not(windows))]
pub const fn no_crash_boxes() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::io;
    use std::time::Duration;

    #[test]
    fn what_is_launched_leads_a_session_of_its_own_and_holds_nothing_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        let told = folder.path().join("told");
        // `pid (name) state parent group session …` of the shell itself, then where its output goes.
        let script =
            r#"read -r stat </proc/$$/stat; echo "$stat $(readlink /proc/$$/fd/1)" >"$1.part"; mv "$1.part" "$1""#;
        let command = CommandSpec::new("/bin/sh", ["-c", script, "sh", told.to_str().unwrap()]);
        launch(&command).unwrap();
        let text = (0..500).find_map(|_| {
            std::thread::sleep(Duration::from_millis(20));
            std::fs::read_to_string(&told).ok()
        });
        let text = text.unwrap();
        let words: Vec<&str> = text.split_whitespace().collect();
        assert_eq!((words[0], words[0]), (words[4], words[5]), "{text}");
        assert_eq!(words.last(), Some(&"/dev/null"));
    }

    #[test]
    fn what_is_not_there_is_said() {
        let missing = Path::new("/nonexistent/program");
        let answer = launch(&CommandSpec::new(missing, Vec::<String>::new()));
        assert!(matches!(answer, Err(HostError::NotFound { .. })), "{answer:?}");
        let answer = open(missing);
        assert_eq!(answer.unwrap_err().io_kind(), Some(io::ErrorKind::NotFound));
    }
}
