//! The lock that a known environment was made from, as long as the environment still is what it says.

use super::journal::{History, SavedRun};
use super::prove::saved;
use super::remembered;
use crate::environments::{packages, site_packages, written_version};
use crate::host::Host;
use crate::lock::{Lock, LockedPackage, normalised};
use crate::plan::{Engine, Plan};
use crate::store::{Registry, load};
use pep440_rs::Version;
use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr as _;

/// What Python's own venv brings beside the packages that pip is told to install.
const SEEDS: [&str; 3] = ["pip", "setuptools", "wheel"];

/// Digest of the lock of a known environment, so that a proof of it is a proof of these wheels. `None` unless exactly the
/// packages of the lock are installed, in its versions, from an index, whole as far as their lists of files tell without
/// hashing gigabytes; also for one that was changed in place, whose lock has no more than the change.
pub fn lock_of(host: &dyn Host, environment: &Path) -> Option<String> {
    let registry: Registry = load(host, &Registry::path(host)).ok()?;
    let known = registry.environments.iter().find(|known| known.path == environment)?;
    let run = known.plan_id.as_ref().and(known.last_report.as_deref())?.parent()?;
    let plan: Option<Plan> = load(host, &run.join("plan.json")).ok()?;
    let plan = plan?;
    let digest = saved(host, run)?.lock?;
    is_exactly(host, environment, &plan.lock, plan.choices.engine).then_some(digest)
}

/// The wheels that runs which came to their end put into an environment, those of the last run first, with the hashes
/// that were computed where the index named none.
pub fn wheels_of(host: &dyn Host, environment: &Path) -> Vec<LockedPackage> {
    let runs = remembered::runs_that_stand(host).into_iter().filter(|run| run.plan.target == environment);
    runs.flat_map(|SavedRun { plan, history, .. }| {
        plan.lock.packages.into_iter().map(move |package| with_hash(package, &history))
    })
    .collect()
}

/// A package with the hash that was computed here, where the index named none.
pub(super) fn with_hash(mut package: LockedPackage, history: &History) -> LockedPackage {
    let wheel = &mut package.wheel;
    wheel.sha256 = wheel.sha256.take().or_else(|| history.hashes.get(&wheel.file_name).cloned());
    package
}

fn is_exactly(host: &dyn Host, environment: &Path, lock: &Lock, engine: Engine) -> bool {
    let markers = written_version(host, environment)
        .and_then(|python| packages::markers(host.family(), &host.basics().arch, python));
    let Some(markers) = markers else { return false };
    let site = packages::read(host, &site_packages(host, environment), &markers);
    let is_seed = |name: &str| engine == Engine::Pip && SEEDS.contains(&name) && lock.package(name).is_none();
    let installed: Vec<_> = site.packages.iter().filter(|package| !is_seed(&package.name)).collect();
    let is_whole = site.leftovers.is_empty()
        && installed.iter().all(|it| it.damage.is_none() && it.from.is_none() && it.registered.is_empty());
    let has: BTreeMap<String, Result<Version, String>> =
        installed.iter().map(|package| (package.name.clone(), version(&package.version))).collect();
    let wants: BTreeMap<String, Result<Version, String>> =
        lock.packages.iter().map(|package| (normalised(&package.name), version(&package.version))).collect();
    is_whole && has == wants
}

/// A version as such, which the name of a folder and a lock may spell in two ways; what is none as it stands.
fn version(text: &str) -> Result<Version, String> {
    Version::from_str(text).ok().ok_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::OsFamily;
    use crate::host::fake::World;

    const SITE: &str = "/home/ada/ai/lib/python3.12/site-packages";

    fn lock() -> Lock {
        let package = |name: &str, version: &str, file: &str| {
            let url = format!("https://index.example/{file}-py3-none-any.whl");
            format!("[[packages]]\nname = \"{name}\"\nversion = \"{version}\"\nwheels = [{{ url = \"{url}\" }}]\n")
        };
        let packages =
            [package("torch", "2.15.0+cu130", "torch-2.15.0%2Bcu130"), package("mpmath", "1.3", "mpmath-1.3")];
        Lock::from_pylock(&format!("lock-version = \"1.0\"\n{}", packages.concat())).unwrap()
    }

    fn with(world: World, name: &str) -> World {
        let info = format!("{SITE}/{name}.dist-info");
        world
            .file(format!("{info}/METADATA"), "Metadata-Version: 2.1\n")
            .file(format!("{info}/RECORD"), format!("{name}.dist-info/METADATA,sha256=x,22\n"))
    }

    /// An environment as the lock has it; the folder's spelling of a version is another.
    fn made() -> World {
        let world = World::new(OsFamily::Linux).file("/home/ada/ai/pyvenv.cfg", "home = /usr/bin\nversion = 3.12.4\n");
        with(with(world, "torch-2.15.0+cu130"), "mpmath-1.3.0")
    }

    fn holds(world: &World, engine: Engine) -> bool {
        is_exactly(world, Path::new("/home/ada/ai"), &lock(), engine)
    }

    #[test]
    fn an_environment_is_its_locks_as_long_as_it_holds_exactly_that() {
        assert!(holds(&made(), Engine::Uv));
        assert!(!holds(&with(made(), "numpy-2.3.0"), Engine::Uv), "one more");
        let other = with(World::new(OsFamily::Linux), "torch-2.15.0+cu126");
        let other = other.file("/home/ada/ai/pyvenv.cfg", "version = 3.12.4\n");
        assert!(!holds(&with(other, "mpmath-1.3.0"), Engine::Uv), "another version");
        let fewer = World::new(OsFamily::Linux).file("/home/ada/ai/pyvenv.cfg", "version = 3.12.4\n");
        assert!(!holds(&with(fewer, "torch-2.15.0+cu130"), Engine::Uv), "one less");
    }

    #[test]
    fn files_that_are_gone_and_packages_from_elsewhere_are_not_the_locks() {
        let info = format!("{SITE}/mpmath-1.3.0.dist-info");
        let torn = made().file(format!("{info}/RECORD"), "mpmath/__init__.py,sha256=x,5\n");
        assert!(!holds(&torn, Engine::Uv));
        let direct = made().file(format!("{info}/direct_url.json"), r#"{"url": "file:///home/ada/mpmath"}"#);
        assert!(!holds(&direct, Engine::Uv));
        let twice = with(made(), "mpmath-1.2.1");
        assert!(!holds(&twice, Engine::Uv));
        assert!(!holds(&made().file(format!("{SITE}/~pmath/__init__.py"), ""), Engine::Uv));
    }

    #[test]
    fn the_pip_that_venv_brings_is_no_change() {
        let seeded = with(made(), "pip-26.3");
        assert!(holds(&seeded, Engine::Pip));
        assert!(!holds(&seeded, Engine::Uv), "uv brings none: somebody put it there");
    }

    #[test]
    fn what_is_in_no_list_has_no_lock() {
        assert_eq!(lock_of(&made(), Path::new("/home/ada/ai")), None);
    }
}
