//! What people read: numbers as text, and sentences by key in the language they chose. Pure.

mod lang;
mod numbers;
pub mod xml;

pub use lang::{Args, Language, Text, in_english};
pub use numbers::{count, duration, hex, memory, scientific, size, speed};
