//! Any log → the failure that caused it, the line that proves it, and what helps. Pure.
//!
//! What the program knows is data: `failures.toml` has the failures, `diagnosis.toml` the tools' words for them. A log
//! is read once, block by block: whatever its length, no more than a block and one line for each rule is kept.

mod anchors;
mod clean;
mod here;
mod knowledge;
mod matching;
mod rank;
mod sure;

pub use here::{Machine, weigh};
pub use knowledge::{Failure, Knowledge, KnowledgeError, Mend};
pub use rank::{Answer, Diagnosis, Evidence, Other};
pub use sure::Sureness;

use std::io::Read;

/// How much is read at once.
const BLOCK: usize = 1 << 18;

/// Finds the cause in a log, whatever its encoding.
pub fn diagnose(log: &mut dyn Read, knowledge: &Knowledge) -> std::io::Result<Diagnosis> {
    let mut cleaner = clean::Cleaner::default();
    let mut scan = matching::Scan::new(knowledge);
    let mut block = vec![0; BLOCK];
    let mut text = Vec::with_capacity(BLOCK * 2);
    loop {
        let count = match log.read(&mut block) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        cleaner.clean(block.get(..count).unwrap_or_default(), &mut text);
        scan.take(&mut text);
    }
    cleaner.finish(&mut text);
    scan.finish(&text);
    Ok(rank::rank(&scan.found(), knowledge))
}

#[cfg(test)]
mod tests;
