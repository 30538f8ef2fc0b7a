//! Journeys through the window by its accessibility tree: everything a person does, without a screen.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail by panicking as tests do")]
#![expect(clippy::indexing_slicing, reason = "helpers of tests may fail by panicking as tests do")]

mod pc;
mod shown;
mod states;
