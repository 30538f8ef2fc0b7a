//! The operating system, the processor and the memory.
//!
//! Asks, in order: the system's own interfaces ([`Host::basics`]); on Linux then files: `/proc/version` and
//! `binfmt_misc` for WSL, marker files and control groups for containers, the C library's own file for its version
//! (`getconf` only where that file is not in a known place), control groups for a limit on memory. At most 2 s.

use super::programs;
use crate::environments::places::name_of;
use crate::facts::{Hardware, OsFacts, OsFamily};
use crate::host::Host;
use crate::plan::CommandSpec;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// System and hardware of this machine.
pub fn read(host: &dyn Host) -> (OsFacts, Hardware) {
    let basics = host.basics();
    let is_linux = host.family() == OsFamily::Linux;
    let wsl = wsl_version(host);
    // WSL 1 has no GPU at all, so the version says which it is.
    let version = wsl.map_or_else(|| basics.os_version.clone(), |wsl| format!("{} (WSL {wsl})", basics.os_version));
    let os = OsFacts {
        family: host.family(),
        version,
        build: basics.os_build,
        arch: basics.arch.clone(),
        is_wsl: wsl.is_some(),
        is_container: is_linux && is_container(host),
        glibc: if is_linux { glibc(host, &basics.arch) } else { None },
    };
    let limit = if is_linux { memory_limit(host) } else { None };
    let hardware = Hardware {
        cpu: basics.cpu,
        logical_cores: basics.logical_cores,
        memory_bytes: limit.map_or(basics.memory_bytes, |limit| limit.min(basics.memory_bytes)),
    };
    (os, hardware)
}

/// 1 or 2 inside WSL. WSL 2 runs a kernel of its own, which may be one the user built and named otherwise; the
/// switch to Windows programs gives it away.
pub fn wsl_version(host: &dyn Host) -> Option<u8> {
    if host.family() != OsFamily::Linux {
        return None;
    }
    let kernel = text(host, "/proc/version").to_lowercase();
    let interop = ["WSLInterop", "WSLInterop-late"].map(|name| format!("/proc/sys/fs/binfmt_misc/{name}"));
    let has_interop = interop.iter().any(|path| host.meta(Path::new(path)).is_some());
    if !kernel.contains("microsoft") {
        return has_interop.then_some(2);
    }
    // `4.4.0-19041-Microsoft` is no Linux kernel but the layer of WSL 1; WSL 2 began with 4.19.
    let is_layer = kernel.contains("version 4.4.0-") && !kernel.contains("wsl2");
    Some(if is_layer { 1 } else { 2 })
}

/// Version of the kernel inside WSL.
pub fn wsl_kernel(host: &dyn Host) -> Option<String> {
    wsl_version(host)?;
    Some(text(host, "/proc/sys/kernel/osrelease").trim().to_owned()).filter(|version| !version.is_empty())
}

fn is_container(host: &dyn Host) -> bool {
    let has_marker = ["/.dockerenv", "/run/.containerenv"].iter().any(|path| host.meta(Path::new(path)).is_some());
    // systemd calls WSL a container too.
    let manager = text(host, "/run/systemd/container");
    let groups = text(host, "/proc/1/cgroup");
    let of_engine = ["docker", "kubepods", "containerd", "libpod", "/lxc"].iter().any(|word| groups.contains(word));
    has_marker || of_engine || !["", "wsl"].contains(&manager.trim())
}

/// Version of the GNU C library; `None` with another one (musl) or if nobody says.
fn glibc(host: &dyn Host, arch: &str) -> Option<(u32, u32)> {
    let folders = [
        format!("/lib/{arch}-linux-gnu"),
        format!("/usr/lib/{arch}-linux-gnu"),
        "/lib64".to_owned(),
        "/usr/lib64".to_owned(),
        "/lib".to_owned(),
        "/usr/lib".to_owned(),
    ];
    let library =
        folders.iter().map(|folder| PathBuf::from(folder).join("libc.so.6")).find(|path| host.meta(path).is_some());
    if let Some(library) = library {
        // Up to 2.33 the true name says it (`libc-2.31.so`); later it stands in the library's banner.
        let name = name_of(&host.resolve(&library));
        let by_name = name.strip_prefix("libc-").and_then(|rest| rest.strip_suffix(".so")).and_then(two_numbers);
        let found = by_name.or_else(|| banner(&host.read(&library).ok()?));
        if found.is_some() {
            return found;
        }
    }
    let command = CommandSpec::new("getconf", ["GNU_LIBC_VERSION"]);
    let output = programs::output(host, command, Duration::from_secs(1)).ok()?;
    two_numbers(output.text().trim().strip_prefix("glibc ")?)
}

/// `GNU C Library (…) stable release version 2.39.`
fn banner(bytes: &[u8]) -> Option<(u32, u32)> {
    let mark = b"GNU C Library";
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    let line = bytes.get(at..)?.split(|&byte| byte == b'\n' || byte == 0).next()?;
    let line = String::from_utf8_lossy(line);
    two_numbers(line.split("release version ").nth(1)?)
}

fn two_numbers(text: &str) -> Option<(u32, u32)> {
    let (major, rest) = text.split_once('.')?;
    let minor = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    Some((major.trim().parse().ok()?, minor.parse().ok()?))
}

/// The most memory the control group allows, of the second or the first version of control groups.
fn memory_limit(host: &dyn Host) -> Option<u64> {
    ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .iter()
        .find_map(|path| text(host, path).trim().parse().ok())
}

fn text(host: &dyn Host, path: &str) -> String {
    String::from_utf8_lossy(&host.read(Path::new(path)).unwrap_or_default()).into_owned()
}
