//! Where the tests of kills hold the program still: right before or after a record of a journal, or in its middle. Only in
//! builds with `test-support`, never in a release.
//!
//! `TORCH_WIZARD_TEST_HOLD` is `before:7`, `after:7` or `torn:7` (the seventh record that this process writes),
//! `TORCH_WIZARD_TEST_MARK` a file that is made then: whoever waits for it can kill the program there, or remove the file
//! to let it go on.

//!
//! `TORCH_WIZARD_TEST_HASTE` lets our own clock run so many times as fast: a server is waited for for minutes.

use super::super::{Growing, HostError};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How fast time goes by.
pub fn haste() -> u32 {
    static HASTE: OnceLock<u32> = OnceLock::new();
    let told = || std::env::var("TORCH_WIZARD_TEST_HASTE").ok()?.parse().ok();
    *HASTE.get_or_init(|| told().unwrap_or(1))
}

/// Records of journals that this process has begun to write.
static RECORDS: AtomicU64 = AtomicU64::new(0);

/// Where to stand still.
struct Point {
    /// `before`, `after` or `torn`.
    side: String,
    record: u64,
    mark: PathBuf,
}

impl Point {
    fn of_variables() -> Option<Self> {
        let point = std::env::var("TORCH_WIZARD_TEST_HOLD").ok()?;
        let (side, record) = point.split_once(':')?;
        let mark = std::env::var_os("TORCH_WIZARD_TEST_MARK")?.into();
        Some(Self { side: side.to_owned(), record: record.parse().ok()?, mark })
    }

    fn hold(&self) {
        if std::fs::write(&self.mark, "").is_ok() {
            while self.mark.exists() {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }
}

/// A file that grows, held if it is a journal.
pub struct Held<G> {
    file: G,
    point: Option<Point>,
    /// Number of the record that was added last.
    record: u64,
}

impl<G: Growing> Held<G> {
    /// Around the file of this path.
    pub fn new(file: G, path: &Path) -> Self {
        let is_journal = path.file_name().is_some_and(|name| name == "journal.jsonl");
        Self { file, point: if is_journal { Point::of_variables() } else { None }, record: 0 }
    }

    fn stand_still(&self, side: &str) {
        let here = self.point.as_ref().filter(|point| point.side == side && point.record == self.record);
        if let Some(point) = here {
            point.hold();
        }
    }
}

impl<G: Growing> Growing for Held<G> {
    fn add(&mut self, bytes: &[u8]) -> Result<(), HostError> {
        if self.point.is_none() {
            return self.file.add(bytes);
        }
        self.record = RECORDS.fetch_add(1, Ordering::SeqCst) + 1;
        self.stand_still("before");
        let is_torn = self.point.as_ref().is_some_and(|point| point.side == "torn" && point.record == self.record);
        let (head, rest) = bytes.split_at(if is_torn { bytes.len() / 2 } else { bytes.len() });
        self.file.add(head)?;
        if is_torn {
            self.file.sync()?;
            self.stand_still("torn");
            self.file.add(rest)?;
        }
        // Before it is synced, if it is: of what a killed program has written, the system loses nothing.
        self.stand_still("after");
        Ok(())
    }

    fn sync(&mut self) -> Result<(), HostError> {
        self.file.sync()
    }
}
