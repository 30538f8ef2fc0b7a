//! Free space where the environment goes, where wheels are kept, and in the folder for temporary files; and of every
//! volume that is built in.

use crate::facts::{Disk, DiskRole, FixedVolume};
use crate::host::Host;
use std::path::Path;

/// Asks the system about each of the three volumes.
pub fn read(host: &dyn Host, target: &Path) -> Vec<Disk> {
    let folders = host.folders();
    [(DiskRole::Target, target), (DiskRole::Cache, &folders.cache), (DiskRole::Temp, &folders.temp)]
        .map(|(role, path)| Disk { role, path: path.to_owned(), free_bytes: host.free_bytes(path).ok() })
        .into()
}

/// Asks every volume that is built in. One that sleeps takes seconds to answer, so nobody else waits for it.
pub fn volumes(host: &dyn Host) -> Vec<FixedVolume> {
    let of = |root: std::path::PathBuf| FixedVolume { free_bytes: host.free_bytes(&root).ok(), root };
    host.fixed_volumes().into_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::World;

    #[test]
    fn a_volume_that_does_not_say_what_is_free_is_named_all_the_same() {
        let world = World::new(OsFamily::Windows).fixed_volume(r"C:\").fixed_volume(r"D:\").free(r"C:\", 7);
        let found = volumes(&world);
        assert_eq!(found.iter().map(|volume| volume.free_bytes).collect::<Vec<_>>(), [Some(7), None]);
        assert_eq!(volumes(&World::new(OsFamily::Linux)), []);
    }
}
