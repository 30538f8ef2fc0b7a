//! Journeys through the window by its accessibility tree: everything a person does, without a screen.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail by panicking as tests do")]
#![expect(clippy::indexing_slicing, reason = "helpers of tests may fail by panicking as tests do")]

mod access;
mod choose;
mod detect;
mod diagnose;
mod done;
mod flow;
mod home;
mod homes;
mod knowledge;
mod looks;
#[path = "../plans/made.rs"]
#[expect(dead_code, reason = "made for tests of all routes")]
mod made;
mod monitor;
mod other;
mod pc;
mod perform;
#[cfg(target_os = "linux")]
mod played;
mod proofs;
mod review;
mod routes;
mod run;
mod runs;
mod settings;
mod shown;
mod states;
mod support;
mod verify;
