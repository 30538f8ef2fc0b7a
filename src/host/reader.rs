//! A file as a stream: it may be larger than what should be held of it.

use super::Host;
use std::io::Read;
use std::path::PathBuf;

/// Reads a file piece by piece.
pub struct FileReader<'a> {
    host: &'a dyn Host,
    path: PathBuf,
    at: u64,
}

impl<'a> FileReader<'a> {
    /// A file, which is opened when it is first read from.
    pub fn new(host: &'a dyn Host, path: impl Into<PathBuf>) -> Self {
        Self::starting_at(host, path, 0)
    }

    /// The same from that byte on.
    pub fn starting_at(host: &'a dyn Host, path: impl Into<PathBuf>, at: u64) -> Self {
        Self { host, path: path.into(), at }
    }
}

impl std::fmt::Debug for FileReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileReader").field("path", &self.path).field("at", &self.at).finish_non_exhaustive()
    }
}

impl Read for FileReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let bytes = self.host.read_at(&self.path, self.at, into.len()).map_err(std::io::Error::other)?;
        let count = bytes.len().min(into.len());
        for (place, byte) in into.iter_mut().zip(&bytes) {
            *place = *byte;
        }
        self.at += u64::try_from(count).unwrap_or_default();
        Ok(count)
    }
}
