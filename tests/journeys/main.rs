//! The real program against real uv, real pip and an index of its own on this machine: offline, in seconds.
//!
//! Needs uv (`TORCH_WIZARD_TEST_UV`, else on PATH) and a Python with venv and pip (`TORCH_WIZARD_TEST_PYTHON`, else
//! `python3`); where one is missing the tests say `SKIPPED` and pass.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "these tests play the user and the network: no Host here")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may fail by panicking as tests do")]
#![expect(
    clippy::format_collect,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "short texts, and names that we gave ourselves"
)]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod advice;
mod bad_input;
mod cli;
mod compiled;
mod container;
#[cfg(feature = "gui")]
mod desktop;
mod exports;
#[cfg(feature = "test-support")]
#[path = "../faults/mod.rs"]
mod faults;
mod found;
mod freshness;
mod index_server;
mod install_real;
mod interrupted;
mod kept;
#[cfg(feature = "test-support")]
#[path = "../kills/mod.rs"]
mod kills;
mod kits;
mod mended;
mod nightly;
mod patch;
mod programs;
mod proof;
mod repair;
mod shelf;
mod source;
mod support;
mod toolkit;
mod waits;
#[cfg(feature = "gui")]
mod window;
mod world;
