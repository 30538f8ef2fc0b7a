//! Jupyter's kernels: each names the interpreter that it starts.
//! <https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs>

use super::places::{below, expand, name_of};
use super::{is_environment, prefix};
use crate::facts::OsFamily;
use crate::host::Host;
use std::path::{Path, PathBuf};

const FILE: &str = "kernel.json";

/// The environments of all kernels.
pub(super) fn environments(host: &dyn Host) -> Vec<PathBuf> {
    let folders = shelves(host).into_iter().flat_map(|shelf| expand(host, &shelf, "kernels/*"));
    folders.filter_map(|folder| environment(host, &folder)).collect()
}

/// The environment of a kernel, by its folder or by the file in it.
pub(super) fn environment(host: &dyn Host, kernel: &Path) -> Option<PathBuf> {
    #[derive(serde::Deserialize)]
    struct Kernel {
        argv: Vec<String>,
    }
    let file = if name_of(kernel) == FILE { kernel.to_owned() } else { kernel.join(FILE) };
    let read: Kernel = serde_json::from_slice(&host.read(&file).ok()?).ok()?;
    // A kernel of the environment that Jupyter itself runs in says `python` alone.
    let python = PathBuf::from(read.argv.first()?);
    host.meta(&python).filter(|meta| !meta.is_dir)?;
    Some(prefix(host, &python)).filter(|folder| is_environment(host, folder))
}

/// Where Jupyter looks for its data.
/// <https://docs.jupyter.org/en/latest/use/jupyter-directories.html#data-files>
fn shelves(host: &dyn Host) -> Vec<PathBuf> {
    let home = &host.folders().home;
    let folder = |name: &str| host.var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let mut found: Vec<PathBuf> = folder("JUPYTER_DATA_DIR").into_iter().collect();
    match host.family() {
        OsFamily::Windows => {
            let folders = [folder("APPDATA"), folder("PROGRAMDATA")];
            found.extend(folders.into_iter().flatten().map(|folder| folder.join("jupyter")));
        }
        OsFamily::Macos => found.push(below(home, "Library/Jupyter")),
        OsFamily::Linux | OsFamily::Other => {
            let data = folder("XDG_DATA_HOME").unwrap_or_else(|| below(home, ".local/share"));
            found.push(data.join("jupyter"));
            found.extend(["/usr/local/share/jupyter", "/usr/share/jupyter"].map(PathBuf::from));
        }
    }
    found
}
