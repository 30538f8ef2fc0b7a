//! The folder an environment goes to: which one, and whether it will do.

use crate::assess::Build;
use crate::catalog::Catalog;
use crate::host::Host;
use crate::problem::Problem;
use std::path::{Path, PathBuf};

/// The folder an environment of this variant goes to when none is named: below `folder`, else below the home folder,
/// numbered if taken.
pub fn default_target(host: &dyn Host, folder: Option<&Path>, variant: &str) -> PathBuf {
    let home = folder.unwrap_or(&host.folders().home);
    let name = format!("torch-{variant}");
    let first = home.join(&name);
    let numbered = (2..).map(|number: u32| home.join(format!("{name}-{number}")));
    std::iter::once(first.clone())
        .chain(numbered)
        .find(|path| {
            host.meta(path).is_none() && host.meta(&crate::plan::beside(path, crate::plan::STAGING_SUFFIX)).is_none()
        })
        .unwrap_or(first)
}

/// Whether an environment can be made there: a usable name, nothing in the way, the right to write.
pub fn check_target(host: &dyn Host, target: &Path, replace: bool) -> Result<(), Problem> {
    let bad = |error: &crate::plan::PlanError| {
        Problem::new("bad-target", format!("{error}.")).advise("Choose another folder with --env.")
    };
    crate::plan::check_target(host.family(), target).map_err(|error| bad(&error))?;
    if host.meta(target).is_some() {
        let is_empty = host.list(target).is_ok_and(|entries| entries.is_empty());
        let is_environment = host.meta(&target.join("pyvenv.cfg")).is_some();
        if !replace {
            return Err(Problem::new("target-taken", format!("{} is there already.", target.display()))
                .command(
                    "Replace it once the new one is proven",
                    format!("torch-wizard install --env \"{}\" --replace", target.display()),
                )
                .advise("Or choose another folder with --env."));
        }
        // Only what looks like an environment is ever replaced: not somebody's documents.
        if !is_environment && !is_empty {
            return Err(Problem::new(
                "target-taken",
                format!("{} is no Python environment, so it is not replaced.", target.display()),
            )
            .advise("Choose another folder with --env."));
        }
    }
    probe_writable(host, target)
}

/// Windows ends a path after 259 characters unless long paths are switched on; pip and uv then fail on single files.
pub fn check_length(host: &dyn Host, catalog: &Catalog, target: &Path, build: &Build) -> Result<(), Problem> {
    const LONGEST_PATH: usize = 259;
    let key = r"HKLM\SYSTEM\CurrentControlSet\Control\FileSystem";
    let is_windows = host.family() == crate::facts::OsFamily::Windows;
    if !is_windows || host.registry(key, "LongPathsEnabled").as_deref() == Some("1") {
        return Ok(());
    }
    let Some(member) = catalog.longest_member(&build.torch) else { return Ok(()) };
    let staging = crate::plan::beside(target, crate::plan::STAGING_SUFFIX).join(r"Lib\site-packages\");
    let length = staging.to_string_lossy().encode_utf16().count();
    if length + member <= LONGEST_PATH {
        return Ok(());
    }
    let most = target.to_string_lossy().encode_utf16().count().saturating_sub(length + member - LONGEST_PATH);
    Err(Problem::new(
        "path-too-long",
        format!("{} is too long a path: files of torch would lie deeper than Windows allows.", target.display()),
    )
    .advise(format!("Choose a folder with at most {most} characters with --env, e.g. C:\\torch."))
    .advise("Or have an administrator switch on long paths (LongPathsEnabled)."))
}

/// The nearest folder that exists must let us make folders: found out now, not after three gigabytes.
fn probe_writable(host: &dyn Host, target: &Path) -> Result<(), Problem> {
    // A distribution of WSL may have to be installed first, and gives its user's home to that user.
    if crate::plan::wsl2::linux_path(target).is_some() {
        return Ok(());
    }
    let mut above = target.parent();
    while let Some(folder) = above {
        if host.meta(folder).is_some() {
            let probe = folder.join(format!(".torch-wizard-{}", crate::time::run_id(host)));
            return host.make_dir(&probe).and_then(|()| host.remove(&probe)).map_err(|error| {
                Problem::new("not-writable", format!("You cannot write in {}.", folder.display()))
                    .advise("Choose another folder with --env.")
                    .details(error.to_string())
            });
        }
        above = folder.parent();
    }
    Err(Problem::new("bad-target", format!("{} is on a volume that is not there.", target.display()))
        .advise("Choose another folder with --env."))
}
