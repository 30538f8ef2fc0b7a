//! What is on this machine: each subject asks its own questions.

pub mod gpu;
