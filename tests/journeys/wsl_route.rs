//! Route `wsl2` from a PC without WSL to a proven environment, restart included, with real processes: a Windows that lies
//! in a folder of this Linux, and this program itself under the name of `wsl.exe` and `tar.exe`. In "the distribution"
//! the real uv makes a real environment.
//!
//! The wizard is a process of its own, too, so that it can be killed.
#![cfg_attr(
    target_os = "linux",
    expect(clippy::disallowed_methods, reason = "these tests play the user and Windows: no Host here"),
    expect(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "helpers of tests may fail by panicking as tests do"
    ),
    expect(clippy::print_stderr, clippy::print_stdout, reason = "what the tools say, and that a test is skipped"),
    expect(
        clippy::format_collect,
        clippy::case_sensitive_file_extension_comparisons,
        reason = "short texts, and names that we gave ourselves"
    )
)]

#[cfg(target_os = "linux")]
#[expect(dead_code, reason = "the journeys use all of it")]
mod index_server;
#[cfg(target_os = "linux")]
#[path = "wsl_route/journeys.rs"]
mod journeys;
#[cfg(target_os = "linux")]
#[path = "wsl_route/pc.rs"]
mod pc;
#[cfg(target_os = "linux")]
#[expect(dead_code, reason = "the journeys use all of it")]
mod shelf;
#[cfg(target_os = "linux")]
#[path = "wsl_route/tools.rs"]
mod tools;
#[cfg(target_os = "linux")]
#[expect(dead_code, reason = "the journeys use all of it")]
mod world;

/// Says what this program is; without it, the tests.
#[cfg(target_os = "linux")]
const PLAY: &str = "TW_TEST_PLAY";

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    use libtest_mimic::{Arguments, Trial};

    let words: Vec<String> = std::env::args().skip(1).collect();
    match std::env::var(PLAY).as_deref() {
        Ok("wsl") => tools::wsl(&words),
        Ok("tar") => tools::tar(&words),
        Ok("wizard") => pc::live(&words),
        _ => {
            let trials = journeys::TESTS.map(|(name, test)| {
                Trial::test(name, move || {
                    test();
                    Ok(())
                })
            });
            libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {}
