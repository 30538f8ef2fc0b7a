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

pub mod assess;
pub mod catalog;
pub mod facts;
pub mod host;
pub mod plan;
pub mod verify;
