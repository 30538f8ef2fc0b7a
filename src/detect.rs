//! Asks the machine.
pub mod settings;
