//! torch-wizard: from a PC with an NVIDIA card to a PyTorch that is proven to run on that card.
//!
//! ```text
//!  MachineFacts ──assess()──► [Assessment] ──plan()──► Plan ──run──► RunEvent*
//!       ▲                          ▲                     │             │
//!    detect                  Catalog (index)             │          verify ──► VerificationReport
//!       │                          │                     ▼             │
//!       └───────────── Host ───────┴───────── journal / registry ──────┘
//! ```
//!
//! `facts`, `assess`, `plan`, `lock`, `verify` and `text` are pure; `detect`, `index`, `run`, `store` and
//! `monitor` reach the outside only through [`host::Host`]. See `docs/ARCHITECTURE.md`.

pub mod app;
pub mod assess;
pub mod caches;
pub mod catalog;
pub mod cli;
pub mod detect;
pub mod diagnose;
pub mod doctor;
pub mod engine;
pub mod environments;
pub mod facts;
pub mod gencode;
#[cfg(feature = "gui")]
pub mod gui;
pub mod hardware;
pub mod host;
pub mod index;
pub mod leave;
pub mod lock;
pub mod log;
pub mod log_on;
pub mod mistake;
pub mod monitor;
pub mod perform;
pub mod plan;
pub mod prepare;
pub mod problem;
pub mod progress;
pub mod recheck;
pub mod report;
pub mod report_in;
pub mod resolve;
pub mod run;
pub mod snapshots;
pub mod store;
pub mod text;
pub mod time;
pub mod verify;
pub mod waiting;
