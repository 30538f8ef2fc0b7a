//! The real world, as the rest of the program sees it: children, files and connections of this machine.
#![expect(clippy::disallowed_methods, reason = "looks at the machine past the Host that is tested")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail by panicking as tests do")]

#[path = "host_real/children.rs"]
mod children;
#[path = "host_real/files.rs"]
mod files;
#[path = "host_real/http.rs"]
mod http;
#[path = "local_server/server.rs"]
mod server;

use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use torch_wizard::host::real::RealHost;

fn host() -> RealHost {
    RealHost::new().unwrap()
}

fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// Waits in short steps until it holds, at most ten seconds.
fn soon<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The number in a file that another process is about to write.
fn number_in(path: &Path) -> u32 {
    soon("the number", || std::fs::read_to_string(path).ok()?.trim().parse().ok())
}

/// This test binary once more, as another process that runs one test (marked `ignore`) in an environment of its own.
fn again(test: &str) -> std::process::Command {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads", "1"]);
    command
}
