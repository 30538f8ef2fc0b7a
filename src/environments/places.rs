//! Where people's environments lie.

use crate::facts::OsFamily;
use crate::host::Host;
use std::path::{Path, PathBuf};

/// Folders of well-known applications that carry a torch, below the user's home, its usual sub-folders and the
/// system drive. `*` stands for any part of one name. From the applications' own installation guides.
const APPLICATIONS: [&str; 22] = [
    "ComfyUI/venv",
    "ComfyUI/.venv",
    "ComfyUI_windows_portable*/python_embeded",
    "ComfyUI_windows_portable*/ComfyUI_windows_portable/python_embeded",
    "stable-diffusion-webui*/venv",
    "sd.webui/system/python",
    "webui_forge*/system/python",
    "automatic/venv",
    "sdnext/venv",
    "InvokeAI/.venv",
    "invokeai/.venv",
    "text-generation-webui*/installer_files/env",
    "kohya_ss/venv",
    "kohya_ss/.venv",
    "OneTrainer/venv",
    "Fooocus*/python_embeded",
    "Fooocus*/venv",
    "Fooocus*/fooocus_env",
    "SwarmUI/dlbackend/ComfyUI*/venv",
    "SwarmUI/dlbackend/comfy/python_embeded",
    "StabilityMatrix/Packages/*/venv",
    "pinokio/api/*/env",
];

/// Names of environments in a folder one works in.
const USUAL: [&str; 2] = [".venv", "venv"];

/// Where conda and its relatives install themselves, below home and the places for all users.
pub(crate) const CONDAS: [&str; 8] =
    ["miniconda3", "anaconda3", "miniforge3", "mambaforge", "miniconda", "anaconda", "micromamba", "conda"];

/// Every folder worth a look; most do not exist.
pub(super) fn all(host: &dyn Host) -> Vec<PathBuf> {
    let home = &host.folders().home;
    let folder = |name: &str| host.var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let mut found: Vec<PathBuf> = ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(folder).collect();
    let here = host.resolve(Path::new("."));
    for root in [&here, home] {
        found.extend(USUAL.map(|name| root.join(name)));
    }
    // What the product itself makes if the user names no folder.
    found.extend(expand(host, home, "torch-*"));
    found.extend(shelves(host).iter().flat_map(|shelf| expand(host, shelf, "*")));
    found.extend(condas(host));
    found.extend(super::kernels::environments(host));
    let mut roots = vec![home.clone()];
    roots.extend(["Desktop", "Documents", "Downloads", "AI"].map(|name| home.join(name)));
    if host.family() == OsFamily::Windows {
        roots.extend(folder("SYSTEMDRIVE").map(|drive| PathBuf::from(format!("{}\\", drive.display()))));
        roots.extend(folder("APPDATA"));
    }
    // Models are large: who has a second disk keeps such applications there.
    roots.extend(host.fixed_volumes().into_iter().flat_map(|volume| [volume.join("AI"), volume]));
    for root in roots.into_iter().filter(|root| host.meta(root).is_some()) {
        for pattern in APPLICATIONS {
            found.extend(expand(host, &root, pattern));
        }
    }
    found
}

/// Folders in which tools keep the environments of all projects, one a folder.
/// <https://virtualenvwrapper.readthedocs.io/en/latest/install.html#location-of-environments>,
/// <https://python-poetry.org/docs/configuration/#cache-dir>, <https://pipenv.pypa.io/en/latest/virtualenv.html>,
/// <https://docs.astral.sh/uv/concepts/tools/#tools-directory>
fn shelves(host: &dyn Host) -> Vec<PathBuf> {
    let home = &host.folders().home;
    let folder = |name: &str| host.var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let (cache, data) = match host.family() {
        OsFamily::Windows => {
            let local = folder("LOCALAPPDATA").unwrap_or_else(|| home.join("AppData").join("Local"));
            let roaming = folder("APPDATA").unwrap_or_else(|| home.join("AppData").join("Roaming"));
            (below(&local, "pypoetry/Cache"), roaming)
        }
        OsFamily::Macos => (below(home, "Library/Caches/pypoetry"), below(home, ".local/share")),
        OsFamily::Linux | OsFamily::Other => (
            folder("XDG_CACHE_HOME").unwrap_or_else(|| home.join(".cache")).join("pypoetry"),
            folder("XDG_DATA_HOME").unwrap_or_else(|| below(home, ".local/share")),
        ),
    };
    let poetry = folder("POETRY_VIRTUALENVS_PATH")
        .unwrap_or_else(|| folder("POETRY_CACHE_DIR").unwrap_or(cache).join("virtualenvs"));
    let tools = folder("UV_TOOL_DIR").unwrap_or_else(|| below(&data, "uv/tools"));
    let mut found = vec![folder("WORKON_HOME").unwrap_or_else(|| home.join(".virtualenvs")), poetry, tools];
    // pipenv's, where nobody set WORKON_HOME.
    found.push(data.join("virtualenvs"));
    found
}

/// conda's installations and their environments.
pub(crate) fn condas(host: &dyn Host) -> Vec<PathBuf> {
    let home = &host.folders().home;
    let list = host.read(&home.join(".conda").join("environments.txt")).unwrap_or_default();
    let mut found: Vec<PathBuf> = String::from_utf8_lossy(&list)
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(PathBuf::from)
        .collect();
    let mut roots = vec![home.clone()];
    match host.family() {
        OsFamily::Windows => {
            roots.push(home.join("AppData").join("Local"));
            roots.extend(host.var("PROGRAMDATA").map(PathBuf::from));
        }
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => roots.push(PathBuf::from("/opt")),
    }
    for root in roots {
        for name in CONDAS {
            let base = root.join(name);
            if host.meta(&base).is_some() {
                let inner = expand(host, &base, "envs/*");
                found.push(base);
                found.extend(inner);
            }
        }
    }
    found
}

/// The last part of a path. `Path::file_name` knows only the separators of the system it was compiled for, and the
/// lists of Windows machines are read elsewhere too (in tests).
pub(crate) fn name_of(path: &Path) -> String {
    path.to_string_lossy().rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

/// The folder a path lies in, by the same rule.
pub(crate) fn parent_of(path: &Path) -> Option<PathBuf> {
    let text = path.to_string_lossy().into_owned();
    let end = text.rfind(['/', '\\'])?;
    let above = text.get(..end)?;
    // A root keeps its separator: `/`, `C:\`.
    let is_root = above.is_empty() || above.ends_with(':');
    Some(PathBuf::from(if is_root { text.get(..=end)? } else { above }))
}

/// The path below a folder, part by part, so that each system gets its own separator.
pub(crate) fn below(folder: &Path, path: &str) -> PathBuf {
    path.split('/').fold(folder.to_owned(), |folder, part| folder.join(part))
}

/// The existing folders that a pattern stands for.
pub(crate) fn expand(host: &dyn Host, root: &Path, pattern: &str) -> Vec<PathBuf> {
    let mut folders = vec![root.to_owned()];
    for part in pattern.split('/') {
        let Some((start, end)) = part.split_once('*') else {
            folders = folders.into_iter().map(|folder| folder.join(part)).collect();
            continue;
        };
        let fits = |name: &str| name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end);
        folders = folders
            .iter()
            .flat_map(|folder| host.list(folder).unwrap_or_default())
            .filter(|entry| entry.meta.is_dir && fits(&name_of(&entry.path)))
            .map(|entry| entry.path)
            .collect();
    }
    folders.retain(|folder| host.meta(folder).is_some_and(|meta| meta.is_dir));
    folders
}
