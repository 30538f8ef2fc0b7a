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
    if !replace && let Some(service) = synchronised(host, target) {
        let outside = host.folders().home.join("torch");
        return Err(Problem::new("synchronised-folder", format!("{} is in a folder of {service}.", target.display()))
            .advise(format!(
                "{service} would upload tens of thousands of files and hold them while they are written. Choose a folder \
                 outside of it with --env, e.g. {}.",
                outside.display()
            )));
    }
    check_volume(host, target)?;
    probe_writable(host, target)
}

/// Services that keep a folder the same on several machines: by the name of their folder, and by what they wrote into the
/// registry and the environment.
fn synchronised(host: &dyn Host, target: &Path) -> Option<&'static str> {
    const NAMES: [(&str, &str); 7] = [
        ("onedrive", "OneDrive"),
        ("dropbox", "Dropbox"),
        ("google drive", "Google Drive"),
        ("googledrive", "Google Drive"),
        ("iclouddrive", "iCloud"),
        ("icloud drive", "iCloud"),
        ("nextcloud", "Nextcloud"),
    ];
    let is_windows = host.family() == crate::facts::OsFamily::Windows;
    let plain = |path: &str| path.to_lowercase().replace('\\', "/");
    let text = plain(&target.to_string_lossy());
    // `OneDrive - Company`
    let is =
        |part: &str, name: &str| part.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(" - "));
    let named = |part: &str| NAMES.iter().find(|(name, _)| is(part, name));
    if let Some((_, service)) = text.split('/').find_map(named) {
        return Some(service);
    }
    let accounts = r"HKCU\Software\Microsoft\OneDrive\Accounts";
    let keys = host.registry_keys(accounts);
    let registered = keys.iter().filter_map(|key| host.registry(&format!(r"{accounts}\{key}"), "UserFolder"));
    let variables = ["OneDrive", "OneDriveConsumer", "OneDriveCommercial"];
    let set = variables.iter().filter_map(|name| host.var(name)?.into_string().ok());
    let is_below = |folder: String| {
        let folder = plain(&folder);
        let folder = folder.trim_end_matches('/');
        !folder.is_empty() && text.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    (is_windows && registered.chain(set).any(is_below)).then_some("OneDrive")
}

/// Linux makes an environment of links and of programs with the right to run, which these volumes do not know.
fn check_volume(host: &dyn Host, target: &Path) -> Result<(), Problem> {
    let volume = host.volume(target).filter(|volume| !volume.has_links());
    match volume {
        Some(volume) if host.family() == crate::facts::OsFamily::Linux => Err(Problem::new(
            "volume-without-links",
            format!("{} is on {volume}, which knows no links and no right to run a program.", target.display()),
        )
        .advise("Choose a folder on a volume of Linux (ext4, xfs, btrfs) with --env.")),
        Some(_) | None => Ok(()),
    }
}

/// Windows ends a path after 259 characters unless long paths are switched on; pip and uv then fail on single files.
pub fn check_length(host: &dyn Host, catalog: &Catalog, target: &Path, build: &Build) -> Result<(), Problem> {
    const LONGEST_PATH: usize = 259;
    let is_windows = host.family() == crate::facts::OsFamily::Windows;
    if !is_windows || crate::detect::windows::long_paths(host).found() == Some(&true) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::Origin;
    use crate::facts::OsFamily;
    use crate::host::fake::World;

    fn label(world: &World, target: &str) -> Option<String> {
        check_target(world, Path::new(target), false).err().map(|problem| problem.label)
    }

    #[test]
    fn a_folder_that_a_service_synchronises_is_refused() {
        let world = World::new(OsFamily::Windows)
            .var("OneDrive", r"C:\Users\ada\Documents")
            .dir(r"C:\Users\ada\Documents")
            .dir(r"C:\Users\ada\OneDrive - Company Ltd")
            .dir(r"C:\Users\ada\Documents and more");
        for inside in [r"C:\Users\ada\OneDrive - Company Ltd\torch", r"c:\users\ADA\documents\torch"] {
            assert_eq!(label(&world, inside).as_deref(), Some("synchronised-folder"), "{inside}");
        }
        for outside in [r"C:\Users\ada\torch", r"C:\Users\ada\Documents and more\torch"] {
            assert_ne!(label(&world, outside).as_deref(), Some("synchronised-folder"), "{outside}");
        }
        let world = World::new(OsFamily::Linux).dir("/home/ada/Dropbox").dir("/home/ada/dropboxes");
        assert_eq!(label(&world, "/home/ada/Dropbox/torch").as_deref(), Some("synchronised-folder"));
        assert_eq!(label(&world, "/home/ada/dropboxes/torch"), None);
    }

    #[test]
    fn a_folder_too_deep_for_windows_is_refused_with_the_length_that_fits() {
        let catalog = Catalog::embedded().unwrap();
        let torch = catalog.releases().first().unwrap().torch.clone();
        let build = Build {
            torch,
            variant: "cpu".into(),
            python: None,
            origin: Origin::TorchIndex { url: String::new() },
            seen_live: false,
        };
        let refused = |world: &World, length: usize| {
            let target = format!(r"C:\{}", "x".repeat(length - 3));
            check_length(world, catalog, Path::new(&target), &build).err()
        };
        let key = r"HKLM\SYSTEM\CurrentControlSet\Control\FileSystem";
        let off = World::new(OsFamily::Windows).registry(key, "LongPathsEnabled", "0");
        let most = (4..200).take_while(|&length| refused(&off, length).is_none()).last().unwrap();
        let problem = refused(&off, most + 1).unwrap();
        assert_eq!(problem.label, "path-too-long");
        assert!(format!("{:?}", problem.next).contains(&format!("at most {most} characters")), "{:?}", problem.next);
        let on = World::new(OsFamily::Windows).registry(key, "LongPathsEnabled", "1");
        assert!(refused(&on, most + 1).is_none());
        assert!(refused(&World::new(OsFamily::Linux), most + 1).is_none());
    }
}
