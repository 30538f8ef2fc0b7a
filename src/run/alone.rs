//! Two wizards never work on one environment, nor on one source.

use super::{Runner, Stop, problems};
use crate::environments::places::name_of;
use crate::facts::OsFamily;
use crate::host::{Guard, Host, HostError};
use crate::plan::{Inside, Plan};
use crate::problem::Problem;
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// One name for a folder, however it is spelled: by a link, with `..`, in other case on Windows, or by its short name
/// there.
pub(super) fn true_name(host: &dyn Host, folder: &Path) -> String {
    let text = host.resolve(folder).to_string_lossy().into_owned();
    match host.family() {
        // A folder that is not there yet has no true case.
        OsFamily::Windows => text.replace('/', "\\").trim_end_matches('\\').to_lowercase(),
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => text,
    }
}

/// Keeps two wizards off the environment of a plan.
pub(crate) fn take_lock(host: &dyn Host, plan: &Plan) -> Result<Box<dyn Guard>, Problem> {
    let target = match plan.inside {
        Inside::Here => true_name(host, &plan.target),
        // Nothing of another system is looked up for this: it would have to be started.
        Inside::Container { .. } | Inside::Wsl { .. } => plan.target.to_string_lossy().into_owned(),
    };
    take(host, &target, &plan.target)
        .map_err(|busy| busy.advise("Wait until it is done, or choose another folder with --env."))
}

/// Keeps them off the source that it compiles as well, which is one for all environments.
pub(super) fn take_locks(host: &dyn Host, plan: &Plan) -> Result<Vec<Box<dyn Guard>>, Problem> {
    let mut guards = vec![take_lock(host, plan)?];
    if let Some(recipe) = &plan.recipe {
        let source = take(host, &true_name(host, &recipe.folder), &recipe.folder);
        guards.push(source.map_err(|busy| busy.advise("Wait until it is done."))?);
    }
    Ok(guards)
}

fn take(host: &dyn Host, name: &str, folder: &Path) -> Result<Box<dyn Guard>, Problem> {
    let name = crate::text::hex(Sha256::digest(name.as_bytes()).as_slice());
    let path = host.folders().data.join("locks").join(format!("{}.lock", name.get(..16).unwrap_or(&name)));
    match host.lock(&path) {
        Ok(Some(guard)) => Ok(guard),
        Ok(None) => Err(Problem::new("busy", format!("Another torch-wizard is working on {}.", folder.display()))),
        Err(error) => Err(problems::problem_of(&error)),
    }
}

impl Runner<'_> {
    /// A git that was killed leaves the locks of its repository behind and refuses to work from then on. The source is
    /// ours alone, and nobody of an earlier life works on it any more.
    pub(super) fn unlock_source(&self) -> Result<(), Stop> {
        if let Some(recipe) = &self.plan.recipe {
            unlock(&*self.host, &recipe.folder.join(".git"))?;
        }
        Ok(())
    }
}

/// Removes the lock files of a repository and of the submodules in it. No name of a branch or tag ends so.
fn unlock(host: &dyn Host, folder: &Path) -> Result<(), HostError> {
    for entry in host.list(folder).unwrap_or_default() {
        let name = name_of(&entry.path);
        // Objects are many, and none of them is ever locked.
        if entry.meta.is_dir && !entry.meta.is_link && name != "objects" {
            unlock(host, &entry.path)?;
        } else if !entry.meta.is_dir && Path::new(&name).extension().is_some_and(|end| end == "lock") {
            host.remove(&entry.path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::fake::World;
    use crate::plan::source::tests::planned;

    #[test]
    fn one_source_is_compiled_by_one_wizard_at_a_time_whatever_the_environments() {
        let world = World::new(OsFamily::Linux);
        let (one, mut other) = (planned(OsFamily::Linux), planned(OsFamily::Linux));
        other.target = "/home/a/other".into();
        let locks = take_locks(&world, &one).unwrap();
        let Err(busy) = take_locks(&world, &other) else { panic!("both compile at once") };
        assert_eq!(busy.label, "busy");
        assert!(busy.cause.contains("/cache/source/v2.15.0"), "{busy}");
        drop(locks);
        let other_source = take_locks(&world, &other).unwrap();
        other.recipe = None;
        drop(other_source);
        let locks = take_locks(&world, &one).unwrap();
        assert_eq!(take_locks(&world, &other).map(|locks| locks.len()).ok(), Some(1), "it compiles nothing");
        drop(locks);
    }

    #[test]
    fn the_locks_of_a_killed_git_go_and_nothing_else_does() {
        let git = "/source/.git";
        let file = |name: &str| format!("{git}/{name}");
        let stay = [file("HEAD"), file("index"), file("objects/pack/x.lock"), file("modules/a/config"), file("lock")];
        let go = [file("index.lock"), file("refs/tags/v2.lock"), file("modules/a/index.lock")];
        let world = stay.iter().chain(&go).fold(World::new(OsFamily::Linux), |world, path| world.file(path, ""));
        unlock(&world, Path::new(git)).unwrap();
        for (paths, is_there) in [(&stay[..], true), (&go[..], false)] {
            for path in paths {
                assert_eq!(world.meta(Path::new(path)).is_some(), is_there, "{path}");
            }
        }
        unlock(&world, Path::new("/not/there")).unwrap();
    }
}
