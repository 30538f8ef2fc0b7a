//! A file as a stream.

use super::Host;
use std::io::Read;
use std::path::PathBuf;

/// A file, read piece by piece: a log may be larger than what should be held of it.
pub struct FileReader<'a> {
    host: &'a dyn Host,
    path: PathBuf,
    at: u64,
}

impl<'a> FileReader<'a> {
    /// From that byte on.
    pub const fn new(host: &'a dyn Host, path: PathBuf, at: u64) -> Self {
        Self { host, path, at }
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
