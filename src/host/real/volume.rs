//! What kind of volume a path is on.

use super::super::Volume;
use std::path::Path;

/// The volume of a path that is absolute and without links.
#[cfg(target_os = "linux")]
pub fn of(path: &Path) -> Option<Volume> {
    volume_in(&std::fs::read_to_string("/proc/self/mountinfo").ok()?, path)
}

/// `36 35 98:0 / /mnt rw,noatime master:1 - ext4 /dev/root rw`; blanks in a path are written `\\040`. The last mount of
/// the longest path counts.
#[cfg(any(target_os = "linux", test))]
fn volume_in(mounts: &str, path: &Path) -> Option<Volume> {
    let parse = |line: &str| {
        let (own, kind) = line.split_once(" - ")?;
        let root = own.split(' ').nth(4)?.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
        let file_system = kind.split(' ').next()?.to_owned();
        Some((std::path::PathBuf::from(root), file_system))
    };
    let over = mounts.lines().filter_map(parse).filter(|(root, _)| path.starts_with(root));
    let (root, file_system) = over.max_by_key(|(root, _)| root.components().count())?;
    let network = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afs", "ceph"];
    let is_network = network.contains(&file_system.as_str());
    Some(Volume { root, file_system, is_network })
}

/// Asks for the volume's mount point, its file system and the kind of its drive.
#[cfg(windows)]
#[expect(unsafe_code, reason = "the standard library does not tell of volumes")]
pub fn of(path: &Path) -> Option<Volume> {
    use std::os::windows::ffi::{OsStrExt as _, OsStringExt as _};
    use windows::Win32::Storage::FileSystem::{GetDriveTypeW, GetVolumeInformationW, GetVolumePathNameW};
    use windows::core::PCWSTR;
    /// `DRIVE_REMOTE`
    const REMOTE: u32 = 4;
    let text = |units: &[u16]| {
        let end = units.iter().position(|&unit| unit == 0).unwrap_or(units.len());
        std::ffi::OsString::from_wide(units.get(..end).unwrap_or_default())
    };
    let name: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    let mut root = [0_u16; 1024];
    // SAFETY: the name ends with a zero; the buffer's length goes with it.
    unsafe { GetVolumePathNameW(PCWSTR(name.as_ptr()), &mut root) }.ok()?;
    let mut kind = [0_u16; 64];
    let of_root = PCWSTR(root.as_ptr());
    // SAFETY: the root ends with a zero, as the call before promises; what is not asked for is none.
    unsafe { GetVolumeInformationW(of_root, None, None, None, None, Some(&mut kind)) }.ok()?;
    // SAFETY: as before.
    let is_network = unsafe { GetDriveTypeW(of_root) } == REMOTE;
    Some(Volume { root: text(&root).into(), file_system: text(&kind).to_string_lossy().into_owned(), is_network })
}

/// The drives with a letter that are built in: no stick, no disc, no folder of another machine.
#[cfg(windows)]
#[expect(unsafe_code, reason = "the standard library does not tell of volumes")]
pub fn fixed() -> Vec<std::path::PathBuf> {
    use windows::Win32::Storage::FileSystem::{GetDriveTypeW, GetLogicalDrives};
    use windows::core::PCWSTR;
    /// `DRIVE_FIXED`
    const FIXED: u32 = 3;
    // SAFETY: returns a number and takes nothing.
    let drives = unsafe { GetLogicalDrives() };
    let is_fixed = |root: &String| {
        let name: Vec<u16> = root.encode_utf16().chain([0]).collect();
        // SAFETY: the name ends with a zero and lives until the call returns.
        unsafe { GetDriveTypeW(PCWSTR(name.as_ptr())) == FIXED }
    };
    let roots = ('A'..='Z').enumerate().filter(|(bit, _)| drives & (1 << bit) != 0);
    roots.map(|(_, letter)| format!("{letter}:\\")).filter(is_fixed).map(Into::into).collect()
}

/// The volumes of other systems are mounted in one tree, and the folders asked for tell theirs.
#[cfg(not(windows))]
pub const fn fixed() -> Vec<std::path::PathBuf> {
    Vec::new()
}

/// Elsewhere nobody is asked.
#[cfg(not(any(windows, target_os = "linux")))]
pub fn of(_path: &Path) -> Option<Volume> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "22 1 254:1 / / rw,relatime - ext4 /dev/vda rw\n\
        40 22 8:17 / /media/ada/USB\\040STICK rw - exfat /dev/sdb1 rw\n41 22 0:50 / /home rw - nfs4 server:/home rw\n\
        42 22 0:51 / /homestead rw - vfat /dev/sdc1 rw\n";

    #[test]
    fn the_longest_mount_that_a_path_is_below_is_its_volume() {
        let of = |path: &str| volume_in(MOUNTS, Path::new(path)).unwrap();
        assert_eq!((of("/opt/x").file_system.as_str(), of("/opt/x").has_links()), ("ext4", true));
        let stick = of("/media/ada/USB STICK/torch");
        assert_eq!((stick.to_string().as_str(), stick.has_links()), ("/media/ada/USB STICK (exfat)", false));
        assert!(of("/home/ada/torch").is_network && !of("/homestead/torch").is_network);
    }

    #[cfg(any(windows, target_os = "linux"))]
    #[test]
    fn this_machine_has_a_volume_for_a_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let volume = of(&std::fs::canonicalize(folder.path()).unwrap()).unwrap();
        assert!(!volume.file_system.is_empty(), "{volume:?}");
    }
}
