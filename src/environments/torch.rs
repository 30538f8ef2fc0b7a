//! The torch in one site-packages folder: its version, and what is wrong with its files.

use super::places::name_of;
use crate::facts::{CudaVersion, TorchVersion};
use crate::host::Host;
use std::path::{Path, PathBuf};

/// How many of the files outside `torch/lib` are looked at; all libraries are.
const SAMPLE: usize = 32;

/// What one folder holds of torch.
#[derive(Default)]
pub(super) struct Held {
    /// Version with local part.
    pub version: Option<TorchVersion>,
    /// CUDA runtime it was built with.
    pub cuda: Option<CudaVersion>,
    damages: Vec<String>,
}

impl Held {
    /// Everything that is wrong, in one text.
    pub(super) fn damage(&self) -> Option<String> {
        (!self.damages.is_empty()).then(|| self.damages.join("; "))
    }
}

/// Reads the torch of a site-packages folder; `None` if there is neither a torch nor the remains of one.
pub(super) fn read(host: &dyn Host, site: &Path) -> Option<Held> {
    let entries = host.list(site).ok()?;
    let mut infos: Vec<PathBuf> = Vec::new();
    let mut remains = Vec::new();
    let mut has_folder = false;
    for entry in entries {
        let name = name_of(&entry.path);
        if is_info(&name) {
            infos.push(entry.path);
        } else if is_remains(&name) {
            remains.push(name);
        } else if name == "torch" && entry.meta.is_dir {
            has_folder = true;
        }
    }
    if infos.is_empty() && remains.is_empty() && !has_folder {
        return None;
    }
    let mut held = from_version_file(host, site);
    let registered = infos.iter().filter_map(|info| version_of_info(info)).max();
    if !remains.is_empty() {
        held.damages.push(format!("a half-removed torch is left over ({})", remains.join(", ")));
    }
    match infos.as_slice() {
        [] if held.version.is_some() => held.damages.push("no installer knows of this torch (no dist-info)".to_owned()),
        [] if has_folder => held.damages.push("a folder torch without a torch in it".to_owned()),
        [] => {}
        [info] => check_record(host, site, info, &mut held),
        [first, ..] => {
            let names: Vec<String> = infos.iter().map(|info| name_of(info)).collect();
            held.damages.push(format!("{} torches are registered ({})", infos.len(), names.join(", ")));
            check_record(host, site, first, &mut held);
        }
    }
    if let (Some(version), Some(registered), [_]) = (&held.version, &registered, infos.as_slice())
        && version.public() != registered.public()
    {
        held.damages.push(format!("the files are of torch {version}, registered is {registered}"));
    }
    if held.version.is_none() {
        held.version = registered;
    }
    Some(held)
}

/// `torch-2.6.0+cu124.dist-info`; other packages write their own hyphens as underscores.
fn is_info(name: &str) -> bool {
    let version = name.strip_prefix("torch-").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    version.is_some() && [".dist-info", ".egg-info"].iter().any(|end| name.ends_with(end))
}

/// pip renames what it removes, letter by letter from the front: `~orch`, `~-rch`, `~orch-2.6.0.dist-info`.
fn is_remains(name: &str) -> bool {
    let Some(rest) = name.strip_prefix('~') else { return false };
    let Some(tail) = rest.strip_prefix(|c: char| "o-~.=%".contains(c) || c.is_ascii_digit()) else { return false };
    tail.strip_prefix("rch").is_some_and(|after| after.is_empty() || after.starts_with('-'))
}

fn version_of_info(info: &Path) -> Option<TorchVersion> {
    let name = name_of(info);
    let version = name.strip_prefix("torch-")?;
    let version = version.strip_suffix(".dist-info").or_else(|| version.strip_suffix(".egg-info"))?;
    // An egg-info goes on with the Python it is for: `2.5.1-py3.12`.
    version.split("-py").next()?.parse().ok()
}

/// `torch/version.py` is plain assignments, written at build time.
fn from_version_file(host: &dyn Host, site: &Path) -> Held {
    let bytes = host.read(&site.join("torch").join("version.py")).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let value_of = |key: &str| {
        text.lines().find_map(|line| {
            let rest = line.strip_prefix(key)?;
            // `cuda: Optional[str] = '12.4'`, but not `cuda_version = …`.
            let (hint, value) = rest.split_once('=')?;
            let is_whole = hint.trim().is_empty() || hint.trim_start().starts_with(':');
            is_whole.then(|| value.trim().trim_matches(['\'', '"']).to_owned())
        })
    };
    Held {
        version: value_of("__version__").and_then(|text| text.parse().ok()),
        cuda: value_of("cuda").and_then(|text| text.parse().ok()),
        damages: Vec::new(),
    }
}

/// Compares the disk with what the installer wrote down: all libraries by name and size, of the rest a sample.
fn check_record(host: &dyn Host, site: &Path, info: &Path, held: &mut Held) {
    let is_dist_info = name_of(info).ends_with(".dist-info");
    let Ok(bytes) = host.read(&info.join("RECORD")) else {
        // conda and Linux distributions keep their own lists and leave RECORD out.
        let installer = host.read(&info.join("INSTALLER")).unwrap_or_default();
        let installer = String::from_utf8_lossy(&installer).trim().to_owned();
        if is_dist_info && ["", "pip", "uv"].contains(&installer.as_str()) {
            held.damages.push(format!("{} has no RECORD: an installation or removal broke off", name_of(info)));
        }
        return;
    };
    if host.meta(&info.join("METADATA")).is_none() {
        held.damages.push(format!("{} has no METADATA", name_of(info)));
    }
    let text = String::from_utf8_lossy(&bytes);
    let files: Vec<Recorded<'_>> = text.lines().filter_map(recorded).collect();
    if held.version.is_none() && !files.iter().any(|file| file.path == "torch/version.py") {
        // Installed for development: the files lie elsewhere.
        return;
    }
    let (libraries, others): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.path.starts_with("torch/lib/"));
    let step = (others.len() / SAMPLE).max(1);
    let must = others.iter().filter(|file| ["torch/__init__.py", "torch/version.py"].contains(&file.path));
    let looked_at: Vec<&Recorded<'_>> =
        libraries.iter().copied().chain(others.iter().copied().step_by(step)).chain(must.copied()).collect();
    let is_missing = |file: &&&Recorded<'_>| host.meta(&path_of(site, file.path)).is_none();
    let missing: Vec<&&Recorded<'_>> = looked_at.iter().filter(is_missing).collect();
    if let Some(first) = missing.first() {
        let count = missing.len();
        held.damages.push(format!("{count} of {} files looked at are missing, e.g. {}", looked_at.len(), first.path));
    }
    let cut = libraries.iter().find(|file| {
        let size = host.meta(&path_of(site, file.path)).map(|meta| meta.len);
        size.is_some() && file.size.is_some() && size != file.size
    });
    if let Some(file) = cut {
        held.damages.push(format!("{} has not the size it was installed with", file.path));
    }
}

/// A line of RECORD: path, hash, size.
struct Recorded<'a> {
    path: &'a str,
    size: Option<u64>,
}

fn recorded(line: &str) -> Option<Recorded<'_>> {
    let mut fields = line.split(',');
    let path = fields.next()?;
    // Compiled files come and go; scripts lie outside; a quoted path holds a comma, which no file of torch does.
    let is_ours = path.starts_with("torch/") && !path.contains("__pycache__");
    is_ours.then(|| Recorded { path, size: fields.nth(1).and_then(|size| size.trim().parse().ok()) })
}

fn path_of(site: &Path, path: &str) -> PathBuf {
    super::places::below(site, path)
}
