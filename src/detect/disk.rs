//! Free space where the environment goes, where wheels are kept, and in the folder for temporary files.

use crate::facts::{Disk, DiskRole};
use crate::host::Host;
use std::path::Path;

/// Asks the system about each of the three volumes.
pub fn read(host: &dyn Host, target: &Path) -> Vec<Disk> {
    let folders = host.folders();
    [(DiskRole::Target, target), (DiskRole::Cache, &folders.cache), (DiskRole::Temp, &folders.temp)]
        .map(|(role, path)| Disk { role, path: path.to_owned(), free_bytes: host.free_bytes(path).ok() })
        .into()
}
