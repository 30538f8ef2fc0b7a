//! A Windows PC from a user's side: the real program, the real uv and a real Python, in a folder with blanks, umlauts and
//! an `&`; tools that are not there are played by this program itself under their names. Runs on Windows and under wine.
//!
//! Needs `TORCH_WIZARD_TEST_UV` (`uv.exe`) and `TORCH_WIZARD_TEST_PYTHON` (`python.exe` of a whole installation); the
//! simulated card also needs `TORCH_WIZARD_TEST_NVML` (a built `tests/fake_nvml`). Where one is missing, its tests say
//! SKIPPED.
#![cfg_attr(
    windows,
    expect(clippy::disallowed_methods, reason = "these tests play the user, the tools and the network: no Host here"),
    expect(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "helpers of tests may fail by panicking as tests do"
    ),
    expect(
        clippy::format_collect,
        clippy::case_sensitive_file_extension_comparisons,
        reason = "short texts, and names that we gave ourselves"
    )
)]

#[cfg(windows)]
#[path = "../journeys/index_server.rs"]
#[expect(dead_code, reason = "the journeys use all of it")]
mod index_server;
#[cfg(windows)]
mod pc;
#[cfg(windows)]
#[path = "../journeys/shelf.rs"]
mod shelf;
#[cfg(windows)]
mod tests;
#[cfg(windows)]
mod tool;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    if let Some(code) = tool::play() {
        return code;
    }
    let trials = tests::TESTS.iter().map(|(name, needs, test)| {
        let missing = pc::missing(needs);
        let ignored = missing.is_some();
        let name = missing.map_or_else(|| (*name).to_owned(), |what| format!("{name} (SKIPPED: no {what})"));
        libtest_mimic::Trial::test(name, move || {
            test();
            Ok(())
        })
        .with_ignored_flag(ignored)
    });
    // One after the other: under wine two windows of one prefix get in each other's way.
    let arguments = libtest_mimic::Arguments { test_threads: Some(1), ..libtest_mimic::Arguments::from_args() };
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

#[cfg(not(windows))]
fn main() {}
