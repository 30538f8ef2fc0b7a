//! Microsoft's C++ runtime.

use super::{number, system_folder, text};
use crate::facts::{Probed, Source, VcRuntime, Via};
use crate::host::Host;

/// What its installer puts into the system's folder and torch's libraries ask for; which of them a release needs, the
/// catalogue says.
pub const LIBRARIES: [&str; 5] =
    ["concrt140.dll", "msvcp140.dll", "vcruntime140.dll", "vcruntime140_1.dll", "vcruntime140_threads.dll"];

/// Where its installer registers it, of 64-bit and of 32-bit programs.
/// <https://learn.microsoft.com/cpp/windows/redistributing-visual-cpp-files>
const REGISTERED: [&str; 2] = [
    r"HKLM\SOFTWARE\Microsoft\VisualStudio\14.0\VC\Runtimes\x64",
    r"HKLM\SOFTWARE\WOW6432Node\Microsoft\VisualStudio\14.0\VC\Runtimes\x64",
];

/// The files decide: an installer's entry survives the removal of its files, and files may come without an entry. A
/// folder that cannot be seen makes it *unknown*.
pub(super) fn read(host: &dyn Host) -> Probed<VcRuntime> {
    let folder = system_folder(host);
    let source = Source::new(Via::FileSystem, folder.display().to_string());
    if !host.meta(&folder).is_some_and(|meta| meta.is_dir) {
        return Probed::Unknown { why: format!("{} cannot be seen", folder.display()), source };
    }
    let is_there = |name: &&&str| host.meta(&folder.join(name)).is_some();
    let libraries: Vec<String> = LIBRARIES.iter().filter(is_there).map(|name| (*name).to_owned()).collect();
    if libraries.is_empty() {
        return Probed::Absent { source };
    }
    let version = REGISTERED.iter().find_map(|key| version(host, key));
    Probed::Found { value: VcRuntime { version, libraries }, source }
}

/// `v14.44.35211.00`, or its parts.
fn version(host: &dyn Host, key: &str) -> Option<String> {
    if number(host, key, "Installed")? != 1 {
        return None;
    }
    let whole = text(host, key, "Version").map(|text| text.trim_start_matches('v').to_owned());
    whole.or_else(|| {
        let part = |name: &str| number(host, key, name);
        Some(format!("{}.{}.{}", part("Major")?, part("Minor")?, part("Bld")?))
    })
}
